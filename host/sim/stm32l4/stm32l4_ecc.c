/*
 * stm32l4_ecc - double words of internal flash whose bits are not right
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 3.3.1. Eight bits of ECC are programmed with each double word; the
 * code itself is not published. So this file holds which double words a reset
 * has torn and what reading one gives, and which ones read as erased although
 * they were programmed. ECCR is written only while ECCC and ECCD are 0.
 */
#include <string.h>

#include "sim/stm32l4/stm32l4_priv.h"

#define ECCR_ADDR 0x0007FFF8u
#define ECCR_BK (1u << 19)
#define ECCR_ECCCIE (1u << 24)
#define ECCR_ECCC (1u << 30)
#define ECCR_ECCD (1u << 31)

static bool touches(const struct l4_marked *mark, uint32_t off,
        uint32_t bytes) {
    return off < mark->off + mark->bytes && mark->off < off + bytes;
}

static void remove_at(struct l4_flash *f, size_t i) {
    f->marked_count--;
    memmove(f->marked + i, f->marked + i + 1,
            (f->marked_count - i) * sizeof f->marked[0]);
}

static void add(struct stm32l4 *m, const struct l4_marked *mark) {
    struct l4_flash *f = &m->flash;
    if (mark->bytes == 0) {
        return;
    }
    if (f->marked_count == L4_MARKED) {
        remove_at(f, 0); // lenient: the oldest one counts as right again
    }
    f->marked[f->marked_count++] = *mark;
}

void l4_ecc_unmark(struct stm32l4 *m, uint32_t off, uint32_t bytes) {
    struct l4_flash *f = &m->flash;
    for (size_t i = f->marked_count; i-- > 0;) {
        const struct l4_marked old = f->marked[i];
        if (!touches(&old, off, bytes)) {
            continue;
        }
        remove_at(f, i);
        struct l4_marked rest = old;
        rest.bytes = off > old.off ? off - old.off : 0;
        add(m, &rest);
        rest.off = off + bytes;
        rest.bytes = old.off + old.bytes > rest.off
                ? old.off + old.bytes - rest.off
                : 0;
        add(m, &rest);
    }
}

void l4_ecc_mark(struct stm32l4 *m, uint32_t off, uint32_t bytes,
        enum l4_mark kind) {
    struct l4_flash *f = &m->flash;
    l4_ecc_unmark(m, off, bytes);
    if (kind != L4_MARK_FULL) {
        sim_weak_memory(m->sim, m->internal.addr + off, bytes);
    }
    for (size_t i = 0; i < f->marked_count; i++) {
        struct l4_marked *before = &f->marked[i];
        if (before->kind == kind && before->off + before->bytes == off) {
            before->bytes += bytes;
            return;
        }
    }
    add(m, &(struct l4_marked){.off = off, .bytes = bytes, .kind = kind});
}

// Of the double word at off; NULL: it is as it seems.
static const struct l4_marked *mark_at(const struct stm32l4 *m, uint32_t off) {
    const struct l4_flash *f = &m->flash;
    for (size_t i = 0; i < f->marked_count; i++) {
        if (off - f->marked[i].off < f->marked[i].bytes) {
            return &f->marked[i];
        }
    }
    return NULL;
}

static bool reads_blank(const struct stm32l4 *m, uint32_t off) {
    uint8_t blank[8];
    memset(blank, 0xFF, sizeof blank);
    return memcmp(m->internal.host + off, blank, sizeof blank) == 0;
}

bool l4_ecc_erased(const struct stm32l4 *m, uint32_t off) {
    return reads_blank(m, off) && !mark_at(m, off);
}

/// Reading ///

static void tell(struct stm32l4 *m, uint32_t addr, uint32_t pc, bool twice) {
    struct l4_flash *f = &m->flash;
    bool *noted = twice ? &f->noted_eccd : &f->noted_eccc;
    stm32_note_once(&m->soc, noted,
            twice ? "the double word of internal flash at 0x%08x, which a "
                    "reset has torn, is read at pc 0x%08x: ECCR.ECCD is set "
                    "and raises an NMI, which comes again until its handler "
                    "writes 1 to ECCD (RM0351 3.3.1)"
                  : "the double word of internal flash at 0x%08x, which a "
                    "reset has torn, is read at pc 0x%08x: one bit is "
                    "corrected and ECCR.ECCC is set (RM0351 3.3.1)",
            (unsigned)addr, (unsigned)pc);
}

void l4_ecc_read(void *ctx, uint32_t addr, unsigned size, bool fetch) {
    struct stm32l4 *m = ctx;
    struct l4_flash *f = &m->flash;
    const uint32_t bank_bytes = m->internal.bytes / 2;
    const uint32_t first = addr - m->internal.addr;
    if (first >= m->internal.bytes || f->marked_count == 0) {
        return;
    }
    for (uint32_t off = first & ~7u; off < first + size; off += 8) {
        const struct l4_marked *mark = mark_at(m, off);
        // Two wrong bits of an erased one are not detected.
        if (!mark || mark->kind == L4_MARK_FULL ||
                (mark->kind == L4_MARK_ECCD && reads_blank(m, off)) ||
                (f->eccr & (ECCR_ECCC | ECCR_ECCD)) != 0) {
            continue;
        }
        const bool twice = mark->kind == L4_MARK_ECCD;
        f->eccr = (f->eccr & ECCR_ECCCIE) | (off % bank_bytes & ECCR_ADDR) |
                (off >= bank_bytes ? ECCR_BK : 0) |
                (twice ? ECCR_ECCD : ECCR_ECCC);
        tell(m, m->internal.addr + off, fetch ? addr : sim_pc(m->sim), twice);
        l4_flash_irq(m);
    }
}

/// ECCR ///

void l4_ecc_write(struct stm32l4 *m, uint32_t value, uint32_t mask) {
    struct l4_flash *f = &m->flash;
    const uint32_t bits = value & mask;
    f->eccr &= ~(bits & (ECCR_ECCC | ECCR_ECCD));
    f->eccr = (f->eccr & ~(ECCR_ECCCIE & mask)) | (bits & ECCR_ECCCIE);
}

bool l4_ecc_interrupts(const struct stm32l4 *m) {
    const uint32_t both = ECCR_ECCC | ECCR_ECCCIE;
    return (m->flash.eccr & both) == both;
}

bool l4_ecc_nmi(const struct stm32l4 *m) {
    return (m->flash.eccr & ECCR_ECCD) != 0;
}

/// Tearing ///

uint32_t l4_tear_random(uint64_t *state) { // xorshift64
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

// What is left of a double word whose programming was cut: half of its bits;
// all of them, and an ECC that does not fit; all but one, or only one, both
// corrected; only two, which nothing detects. Without a number for it, the
// first.
void l4_tear_program(struct stm32l4 *m, uint32_t off, const uint32_t word[2],
        uint64_t tear) {
    enum { HALF, WRONG_ECC, ALL_BUT_ONE, ONE, TWO, SHAPES };
    const unsigned shape = (unsigned)(tear % SHAPES);
    uint64_t state = tear * 0x9E3779B97F4A7C15u;
    uint8_t want[8];
    uint8_t *p = m->internal.host + off;
    memcpy(want, word, sizeof want);
    if (shape == HALF) {
        for (unsigned i = 0; i < 8; i++) {
            const uint32_t left = tear != 0 ? l4_tear_random(&state) : 0xA5u;
            p[i] &= (uint8_t)(want[i] | left);
        }
    } else if (shape == WRONG_ECC || shape == ALL_BUT_ONE) {
        memcpy(p, want, sizeof want);
    }
    unsigned bits = shape == TWO ? 2 : 0;
    for (unsigned i = 0; i < 64 && bits != 0; i++) {
        if ((want[i / 8] >> i % 8 & 1) == 0 && (p[i / 8] >> i % 8 & 1) != 0) {
            p[i / 8] &= (uint8_t) ~(1u << i % 8);
            bits--;
        }
    }
    l4_ecc_mark(m, off, 8,
            shape == HALF || shape == WRONG_ECC ? L4_MARK_ECCD
                    : shape == TWO              ? L4_MARK_FULL
                                                : L4_MARK_ECCC);
}
