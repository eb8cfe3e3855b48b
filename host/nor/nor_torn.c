/*
 * nor_torn - garbage, torn operations and bits that read differently each time
 *
 * SPDX-License-Identifier: MIT
 *
 * A cell that was being programmed or erased when the supply failed can be near
 * the sense amplifier's threshold: it reads either way, independently of the
 * bits around it. The worst consequence is not random data but data that looks
 * right once, so a tear prefers patterns that look untouched or finished, and a
 * shake sometimes gives all unstable bits the same value.
 *
 * Ranges are multiples of 8 bytes and aligned to 8: work goes in words.
 */
#include "nor/nor_priv.h"

enum shake { SHAKE_ONES, SHAKE_ZEROS, SHAKE_RANDOM };

static uint64_t load(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static void store(uint8_t *p, uint64_t word) {
    memcpy(p, &word, sizeof word);
}

// Bits that are 1 with a probability of eighths/8. key is random already; a
// rotation and a product mix it well enough, since no attacker chooses it.
static uint64_t density(uint64_t key, unsigned eighths) {
    if (eighths >= 8) {
        return ~0ull;
    }
    const uint64_t r[3] = {
            key * 0xBF58476D1CE4E5B9ull,
            (key << 23 | key >> 41) * 0x94D049BB133111EBull,
            (key << 47 | key >> 17) * 0xD6E8FEB86659FD93ull,
    };
    uint64_t mask = 0;
    for (unsigned bit = 0; bit < 3; bit++) {
        mask = eighths >> bit & 1 ? mask | r[bit] : mask & r[bit];
    }
    return mask;
}

static uint64_t other(uint64_t key) {
    return (key << 32 | key >> 32) * 0x2545F4914F6CDD1Dull;
}

void nor_garble_(struct nor *nor, const struct operation *op) {
    // Exclusive-or, so that a tear can get the old contents back.
    uint8_t *p = nor->array + op->off;
    for (uint32_t i = 0; i < op->len; i += 8) {
        store(p + i, load(p + i) ^ nor_mix_(op->key + i));
    }
}

static void add_weak(struct nor *nor, uint32_t off, uint32_t len) {
    if (nor->weak_count < NOR_WEAK_MAX) {
        nor->weak_range[nor->weak_count++] = (struct weak_range){off, len};
        return;
    }
    // The list is full: grow the range that grows least.
    struct weak_range *best = &nor->weak_range[0];
    uint32_t best_len = UINT32_MAX;
    uint32_t best_off = 0;
    for (unsigned i = 0; i < NOR_WEAK_MAX; i++) {
        struct weak_range *range = &nor->weak_range[i];
        const uint32_t first = off < range->off ? off : range->off;
        const uint32_t end = off + len > range->off + range->len
                ? off + len
                : range->off + range->len;
        if (end - first - range->len < best_len) {
            best = range;
            best_off = first;
            best_len = end - first - range->len;
        }
    }
    best->len += best_len;
    best->off = best_off;
}

void nor_settle_(struct nor *nor, uint32_t off, uint32_t len) {
    for (unsigned i = nor->weak_count; i-- > 0;) {
        struct weak_range *range = &nor->weak_range[i];
        const uint32_t first = off > range->off ? off : range->off;
        const uint32_t end = off + len < range->off + range->len
                ? off + len
                : range->off + range->len;
        if (first >= end) {
            continue;
        }
        memset(nor->weak + first, 0, end - first);
        if (end - first == range->len) {
            *range = nor->weak_range[--nor->weak_count];
        }
    }
}

void nor_shake_(struct nor *nor) {
    for (unsigned n = 0; n < nor->weak_count; n++) {
        const struct weak_range *range = &nor->weak_range[n];
        const uint64_t key = nor_key_(nor);
        const enum shake shake = (enum shake)(key % 3);
        for (uint32_t i = range->off; i < range->off + range->len; i += 8) {
            const uint64_t weak = load(nor->weak + i);
            if (!weak) {
                continue;
            }
            uint64_t value = shake == SHAKE_ONES ? ~0ull : 0;
            if (shake == SHAKE_RANDOM) {
                value = nor_mix_(key + i);
            }
            store(nor->array + i,
                    (load(nor->array + i) & ~weak) | (value & weak));
        }
        nor_changed_(nor, range->off, range->len);
    }
}

uint8_t nor_shake_byte_(struct nor *nor, uint32_t off) {
    const uint8_t weak = nor->weak[off];
    if (weak) {
        const enum shake shake = (enum shake)(nor->frame.key % 3);
        uint8_t value = shake == SHAKE_ONES ? 0xFF : 0;
        if (shake == SHAKE_RANDOM) {
            value = (uint8_t)nor_mix_(nor->frame.key + off);
        }
        value = (uint8_t)((nor->array[off] & ~weak) | (value & weak));
        if (value != nor->array[off]) {
            nor->array[off] = value;
            nor_changed_(nor, off, 1);
        }
    }
    return nor->array[off];
}

// An erase first programs every cell, then erases all of them, then repairs
// over-erased ones. f: progress in 1/256.
void nor_tear_erase_(struct nor *nor, const struct operation *op, unsigned f) {
    enum { UNTOUCHED, PROGRAMMED, MIXED, BLANK } shape;
    const uint64_t key = nor_mix_(op->key ^ nor->tear ^ 1);
    const unsigned pick = (unsigned)(key >> 40) % 3;
    if (f < 86) {
        shape = pick == 0 ? UNTOUCHED : pick == 1 ? PROGRAMMED : MIXED;
    } else if (f < 171) {
        shape = pick == 0 ? PROGRAMMED : pick == 1 ? MIXED : BLANK;
    } else {
        shape = pick == 0 ? MIXED : BLANK;
    }
    nor_settle_(nor, op->off, op->len);
    uint64_t any = 0;
    for (uint32_t i = 0; i < op->len; i += 8) {
        uint8_t *p = nor->array + op->off + i;
        const uint64_t old = load(p) ^ nor_mix_(op->key + i);
        const uint64_t k = nor_mix_(key + i);
        uint64_t now = 0;
        uint64_t weak = 0;
        switch (shape) {
        case UNTOUCHED:
            now = old;
            weak = old & density(k, 1) & density(other(k), 2);
            break;
        case PROGRAMMED:
            now = old & density(k, 1);
            weak = old & density(other(k), 1);
            break;
        case MIXED:
            now = (old & density(k, 6)) | density(other(k), 1 + f / 43);
            weak = density(other(other(k)), 2);
            break;
        case BLANK:
            now = ~0ull;
            weak = density(k, 1) & density(other(k), 2);
            break;
        }
        if (pick == 2 && key & 1) {
            weak = 0; // some tears are stable
        }
        store(p, now);
        store(nor->weak + op->off + i, weak);
        any |= weak;
    }
    if (any) {
        add_weak(nor, op->off, op->len);
    }
    nor_changed_(nor, op->off, op->len);
}

void nor_tear_program_(struct nor *nor, const struct operation *op,
        unsigned f) {
    const uint64_t key = nor_mix_(op->key ^ nor->tear ^ 1);
    const unsigned pick = (unsigned)(key >> 40) % 4;
    unsigned cleared = 1 + f * 6 / 256; // eighths of the bits to clear
    if (pick == 0 && f < 192) {
        cleared = 0;
    } else if (pick == 1 && f >= 64) {
        cleared = 8;
    }
    const bool stable = key % 4 == 0;
    uint64_t any = 0;
    for (uint32_t i = 0; i < op->len; i += 8) {
        uint8_t *p = nor->array + op->off + i;
        const uint64_t old = load(p);
        const uint64_t want = old & ~load(nor->page + i);
        const uint64_t k = nor_mix_(key + i);
        const uint64_t weak = stable ? 0 : want & density(other(k), 2);
        store(p, old & ~(want & density(k, cleared)));
        store(nor->weak + op->off + i, load(nor->weak + op->off + i) | weak);
        any |= weak;
    }
    if (any) {
        add_weak(nor, op->off, op->len);
    }
    nor_changed_(nor, op->touch_off, op->touch_len);
}

// The part of a suspended program that is done: some of its bits.
void nor_part_program_(struct nor *nor, const struct operation *op) {
    for (uint32_t i = 0; i < op->len; i += 8) {
        uint8_t *p = nor->array + op->off + i;
        const uint64_t want = load(p) & ~load(nor->page + i);
        store(p, load(p) & ~(want & nor_mix_(op->key + i)));
    }
    nor_changed_(nor, op->touch_off, op->touch_len);
}

void nor_tear_registers_(struct nor *nor, const struct operation *op) {
    const uint64_t key = nor_mix_(op->key ^ nor->tear ^ 1);
    for (unsigned i = 0; i < 3; i++) {
        const uint8_t pick = (uint8_t)(key >> 8 * i);
        nor->nv.sr[i] = (uint8_t)((nor->nv.sr[i] & ~pick) |
                (nor->pending.sr[i] & pick));
        // The cells are erased before they are programmed: bits that are 1
        // before and after can be lost, so that writing the same value again
        // is no less dangerous.
        if (key >> 60 & 1) {
            nor->nv.sr[i] &= (uint8_t)(key >> (24 + 8 * i));
        }
    }
    const uint16_t pick = (uint16_t)(key >> 32);
    nor->nv.nvcr =
            (uint16_t)((nor->nv.nvcr & ~pick) | (nor->pending.nvcr & pick));
}
