/*
 * xip_fault - before a fault and after the reset: ordinary code
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "xip_fault_priv.h"

#define REG(addr) (*(volatile uint32_t *)(addr))

#define NOTE_HEADER_WORDS 4u // sizes, type, name
#define NOTE_BUILD_ID 3u
#define NOTE_NAME_GNU 0x00554E47u
#define LINE_WORDS 8u

// The linker's note, if the linker script names it.
extern const uint32_t xip_build_id_[] XIP_WEAK;

static void keep_build_id(struct xip_fault_state *s) {
    s->has_build_id = 0;
    for (unsigned i = 0; i < sizeof(s->saved.build_id); i++) {
        s->saved.build_id[i] = 0;
    }
    // A linker script may name the place without the linker's option.
    if (xip_build_id_ == NULL || xip_build_id_[0] != 4u ||
            xip_build_id_[2] != NOTE_BUILD_ID ||
            xip_build_id_[3] != NOTE_NAME_GNU) {
        return;
    }
    const uint32_t bytes = xip_build_id_[1];
    const uint8_t *const id =
            (const uint8_t *)&xip_build_id_[NOTE_HEADER_WORDS];
    for (unsigned i = 0; i < sizeof(s->saved.build_id) && i < bytes; i++) {
        s->saved.build_id[i] = id[i];
    }
    s->has_build_id = XIP_FAULT_HAS_BUILD_ID;
}

// A size that is not possible would make the CRC run out of the record.
static bool intact(const struct xip_fault_record *r, uint32_t room_bytes) {
    const uint32_t *const words = (const uint32_t *)r;
    return r->magic == XIP_FAULT_MAGIC &&
            r->layout == (sizeof(*r) << 16 | XIP_FAULT_LAYOUT) &&
            r->size_bytes >= sizeof(*r) && r->size_bytes <= room_bytes &&
            r->size_bytes % 4u == 0u &&
            r->crc ==
            xip_fault_crc_words_(&r->layout, &words[r->size_bytes / 4u]);
}

const struct xip_fault_record *xip_fault_find(const void *memory,
        uint32_t room_bytes) {
    const struct xip_fault_record *const r = memory;
    return room_bytes >= sizeof(*r) && intact(r, room_bytes) ? r : NULL;
}

const struct xip_fault_record *xip_fault_begin(uint32_t reset_cause) {
    struct xip_fault_record *const r = &xip_fault_record_.record;
    struct xip_fault_state *const s = &xip_fault_state_;
    s->busy = 0;
    keep_build_id(s);
#if XIP_FAULT_RANGES_ > 0
    for (unsigned i = 0; i < XIP_FAULT_RANGES_; i++) {
        s->range[i].len_bytes = 0;
    }
#endif
#if __ARM_ARCH_ISA_THUMB == 2
    REG(0xE000ED28u) = 0xFFFFFFFFu; // CFSR and HFSR: written ones are cleared
    REG(0xE000ED2Cu) = 0xFFFFFFFFu;
    REG(0xE000ED24u) |= 7u << 16; // SHCSR: MemManage, BusFault, UsageFault
    __asm volatile("dsb\n\tisb" ::: "memory");
#endif
    if (!intact(r, sizeof(xip_fault_record_))) {
        r->magic = 0;
        return NULL;
    }
    if (r->reset_cause == XIP_FAULT_NO_CAUSE) {
        r->reset_cause = reset_cause;
    }
    return r;
}

void xip_fault_clear(void) {
    xip_fault_record_.record.magic = 0;
}

int xip_fault_add_range(const void *start, uint32_t len_bytes) {
#if XIP_FAULT_RANGES_ > 0
    struct xip_fault_state *const s = &xip_fault_state_;
    uint32_t left = XIP_CFG_FAULT_RANGE_BYTES;
    for (unsigned i = 0; i < XIP_FAULT_RANGES_; i++) {
        if (s->range[i].len_bytes != 0u) {
            left -= s->range[i].len_bytes;
            continue;
        }
        const uint32_t addr = (uint32_t)(uintptr_t)start & ~3u;
        const uint32_t bytes =
                (((uint32_t)(uintptr_t)start - addr) + len_bytes + 3u) & ~3u;
        if (len_bytes == 0u || len_bytes > left || bytes > left) {
            return -1;
        }
        s->range[i].addr = addr;
        s->range[i].len_bytes = bytes;
        return 0;
    }
#endif
    (void)start;
    (void)len_bytes;
    return -1;
}

/// Text ///

struct printer {
    void (*put)(void *ctx, char c);
    void *ctx;
};

static void put_text(const struct printer *p, const char *text) {
    while (*text != '\0') {
        p->put(p->ctx, *text++);
    }
}

static void put_hex(const struct printer *p, uint32_t value, unsigned digits) {
    while (digits-- != 0u) {
        p->put(p->ctx, "0123456789abcdef"[(value >> (4u * digits)) & 15u]);
    }
}

void xip_fault_print(const struct xip_fault_record *record,
        void (*put)(void *ctx, char c), void *ctx) {
    const struct printer p = {put, ctx};
    const uint32_t *const word = (const uint32_t *)record;
    const uint32_t words = record->size_bytes / 4u;
    for (uint32_t i = 0; i < words; i++) {
        if (i % LINE_WORDS == 0u) {
            put_text(&p, i == 0u ? "xipfault " : "\nxipfault ");
            put_hex(&p, 4u * i, 4);
            put_text(&p, ":");
        }
        put_text(&p, " ");
        put_hex(&p, word[i], 8);
    }
    put_text(&p, "\nxipfault end\n");
}
