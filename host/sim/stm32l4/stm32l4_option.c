/*
 * stm32l4_option - option bytes of an STM32L476
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 3.4 and 3.7. The registers from OPTR on are written first, OPTSTRT
 * programs all of them, and OBL_LAUNCH or a power-on loads what is programmed,
 * which only then acts. Of the options IWDG_SW, WWDG_SW and the write protection
 * do.
 */
#include <string.h>

#include "sim/stm32l4/stm32l4_priv.h"

#define PAGE_BYTES 2048u
#define OPTR 0u // indices of 32-bit registers
#define WRP1AR 3u
#define WRP2AR 11u
#define IWDG_SW (1u << 16)
#define WWDG_SW (1u << 19)
#define WRP_FACTORY 0xFF00FF00u

void l4_option_init(struct stm32l4 *m) {
    static const uint32_t factory[L4_OPTIONS] = {
            [OPTR] = 0xFFEFF8AA,
            [1] = 0xFFFFFFFF, // PCROP1SR
            [WRP1AR] = WRP_FACTORY,
            [WRP1AR + 1] = WRP_FACTORY,
            [9] = 0xFFFFFFFF, // PCROP2SR
            [WRP2AR] = WRP_FACTORY,
            [WRP2AR + 1] = WRP_FACTORY,
    };
    memcpy(m->flash.stored, factory, sizeof factory);
    l4_option_load(m);
}

void l4_option_load(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    memcpy(f->loaded, f->stored, sizeof f->loaded);
    memcpy(f->option, f->stored, sizeof f->option);
}

// A bit of OPTR, or of a PCROP register, that nothing here looks at.
static bool has_no_effect(const struct l4_flash *f) {
    for (unsigned i = 0; i < L4_OPTIONS; i++) {
        const bool acts = i == WRP1AR || i == WRP1AR + 1 || i == WRP2AR ||
                i == WRP2AR + 1;
        const uint32_t changed = f->option[i] ^ f->stored[i];
        if (!acts && (changed & ~(i == OPTR ? IWDG_SW | WWDG_SW : 0u)) != 0) {
            return true;
        }
    }
    return false;
}

void l4_option_program(struct stm32l4 *m) {
    struct l4_flash *f = &m->flash;
    if (has_no_effect(f)) {
        stm32_note_once(&m->soc, &f->noted_options,
                "the option bytes are programmed (OPTR 0x%08x): of them only "
                "IWDG_SW, WWDG_SW and the write protection act on this model",
                (unsigned)f->option[OPTR]);
    }
    memcpy(f->stored, f->option, sizeof f->stored);
}

bool l4_iwdg_hardware(const struct stm32l4 *m) {
    return (m->flash.loaded[OPTR] & IWDG_SW) == 0;
}

bool l4_wwdg_hardware(const struct stm32l4 *m) {
    return (m->flash.loaded[OPTR] & WWDG_SW) == 0;
}

// Pages of a WRP area: start in bits 7:0, end in 23:16 (RM0351 3.7.13).
// The reference manual's value as delivered names page 0, which no chip that
// is delivered protects.
static bool in_area(uint32_t area, uint32_t page) {
    return area != WRP_FACTORY && page >= (area & 0xFFu) &&
            page <= ((area >> 16) & 0xFFu);
}

bool l4_option_protects(const struct stm32l4 *m, uint32_t off, uint32_t bytes) {
    const struct l4_flash *f = &m->flash;
    const uint32_t bank_bytes = m->internal.bytes / 2;
    for (uint32_t at = off; at < off + bytes; at += PAGE_BYTES) {
        const uint32_t page = at % bank_bytes / PAGE_BYTES;
        const uint32_t *area = f->loaded + (at < bank_bytes ? WRP1AR : WRP2AR);
        if (in_area(area[0], page) || in_area(area[1], page)) {
            return true;
        }
    }
    return false;
}
