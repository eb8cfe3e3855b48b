/*
 * exidx - from a frame to its caller by .ARM.exidx
 *
 * SPDX-License-Identifier: MIT
 */
#include "crash/exidx.h"

#include <string.h>

#define SP 13
#define LR 14
#define PC 15
#define CANTUNWIND 1u
#define CODE_MAX 256

struct code {
    uint8_t at[CODE_MAX];
    size_t count, next;
};

struct target {
    uint32_t *regs;
    bool (*read)(void *ctx, uint32_t addr, uint32_t *word);
    void *ctx;
    bool pc_set;
};

static uint32_t word_at(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static uint32_t prel31(uint32_t at, uint32_t word) {
    return at + (uint32_t)((int32_t)(word << 1) >> 1);
}

// Its bytes are in the words from the most significant one down.
static void add_word(struct code *c, uint32_t word, unsigned bytes) {
    while (bytes-- && c->count < CODE_MAX) {
        c->at[c->count++] = (uint8_t)(word >> 8 * bytes);
    }
}

// 7.3: a compact entry, inline or in .ARM.extab.
static bool take_entry(const struct elf_image *image, uint32_t at,
        uint32_t word, struct code *c) {
    const uint8_t *more = NULL;
    if (!(word >> 31)) {
        at = prel31(at, word);
        more = elf_image_bytes(image, at, 4);
        if (!more) {
            return false;
        }
        word = word_at(more);
        if (!(word >> 31)) {
            return false; // a personality of a language
        }
    }
    switch (word >> 24 & 0xF) {
    case 0:
        add_word(c, word, 3);
        return true;
    case 1:
    case 2:
        add_word(c, word, 2);
        for (uint32_t left = word >> 16 & 0xFF; more && left; left--) {
            at += 4;
            more = elf_image_bytes(image, at, 4);
            if (!more) {
                return false;
            }
            add_word(c, word_at(more), 4);
        }
        return more;
    default:
        return false;
    }
}

// 6: the last entry whose function begins at or before addr.
static bool find_entry(const struct elf_image *image, uint32_t addr,
        struct code *c) {
    const struct elf_section *table = NULL, *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        table = strcmp(s->name, ".ARM.exidx") ? table : s;
    }
    uint32_t best = 0, best_at = 0, best_word = CANTUNWIND;
    for (uint32_t off = 0; table && off + 8 <= table->size_bytes; off += 8) {
        const uint32_t at = table->addr + off;
        const uint8_t *entry = elf_image_bytes(image, at, 8);
        if (!entry) {
            return false;
        }
        const uint32_t function = prel31(at, word_at(entry));
        if (function <= addr && function >= best) {
            best = function;
            best_at = at + 4;
            best_word = word_at(entry + 4);
        }
    }
    const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
    // ld leaves out an entry that says, in itself, the same as the one before.
    const bool merged = best_word & 0x80000000u;
    return best_word != CANTUNWIND && symbol &&
            (merged || best >= symbol->addr) &&
            take_entry(image, best_at, best_word, c);
}

static int next(struct code *c) {
    return c->next < c->count ? c->at[c->next++] : -1;
}

static bool pop(struct target *t, uint32_t mask) {
    uint32_t at = t->regs[SP];
    for (unsigned i = 0; i < 16; i++) {
        if (mask >> i & 1) {
            if (!t->read(t->ctx, at, &t->regs[i])) {
                return false;
            }
            at += 4;
        }
    }
    t->regs[SP] = mask >> SP & 1 ? t->regs[SP] : at;
    t->pc_set |= mask >> PC & 1;
    return true;
}

static uint32_t uleb128(struct code *c) {
    uint32_t value = 0;
    int byte;
    for (unsigned shift = 0; shift < 32 && (byte = next(c)) >= 0; shift += 7) {
        value |= (uint32_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            break;
        }
    }
    return value;
}

// Table 4. False: refused, spare or not of this core.
static bool execute(struct target *t, struct code *c, int op) {
    if (op < 0x40) {
        t->regs[SP] += ((uint32_t)op & 0x3F) * 4 + 4;
    } else if (op < 0x80) {
        t->regs[SP] -= ((uint32_t)op & 0x3F) * 4 + 4;
    } else if (op < 0x90) {
        const uint32_t mask =
                ((uint32_t)op & 0xF) << 12 | (uint32_t)next(c) << 4;
        return mask && mask <= 0xFFFF && pop(t, mask);
    } else if (op < 0xA0) {
        if (op == 0x9D || op == 0x9F) {
            return false;
        }
        t->regs[SP] = t->regs[op & 0xF];
    } else if (op < 0xB0) {
        const uint32_t mask = 0xFF0u >> (7 - (op & 7)) & 0xFF0u;
        return pop(t, mask | (op & 8 ? 1u << LR : 0));
    } else if (op == 0xB1) {
        const int mask = next(c);
        return mask > 0 && mask < 0x10 && pop(t, (uint32_t)mask);
    } else if (op == 0xB2) {
        t->regs[SP] += 0x204 + (uleb128(c) << 2);
    } else if (op == 0xC8 || op == 0xC9) {
        t->regs[SP] += 8 * (((uint32_t)next(c) & 0xF) + 1);
    } else if (op == 0xB3) {
        t->regs[SP] += 8 * (((uint32_t)next(c) & 0xF) + 1) + 4;
    } else if (op >= 0xB8 && op < 0xC0) {
        t->regs[SP] += 8 * (((uint32_t)op & 7) + 1) + 4;
    } else if (op >= 0xD0 && op < 0xD8) {
        t->regs[SP] += 8 * (((uint32_t)op & 7) + 1);
    } else {
        return false;
    }
    return true;
}

bool exidx_unwind(struct elf_image *image, uint32_t regs[16],
        bool (*read)(void *ctx, uint32_t addr, uint32_t *word), void *ctx) {
    struct code c = {.count = 0};
    uint32_t caller[16];
    memcpy(caller, regs, sizeof caller);
    struct target t = {.regs = caller, .read = read, .ctx = ctx};
    const uint32_t at = regs[PC] & 1 ? regs[PC] - 2 : regs[PC];
    if (!find_entry(image, at & ~1u, &c)) {
        return false;
    }
    int op;
    while ((op = next(&c)) >= 0 && op != 0xB0) {
        if (!execute(&t, &c, op)) {
            return false;
        }
    }
    caller[PC] = t.pc_set ? caller[PC] : caller[LR];
    if (caller[SP] < regs[SP] ||
            (caller[SP] == regs[SP] && caller[PC] == regs[PC])) {
        return false; // damaged, or it could go on for ever
    }
    memcpy(regs, caller, sizeof caller);
    return true;
}
