/*
 * elf_cover - which of many ranges holds an address
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "elf/elf_priv.h"

bool elf_cover_init_(struct elf_cover_ *cover, size_t count) {
    cover->leaves = 1;
    while (cover->leaves <= count) {
        cover->leaves *= 2;
    }
    cover->end = calloc(2 * cover->leaves, sizeof *cover->end);
    return cover->end != NULL;
}

void elf_cover_set_(struct elf_cover_ *cover, size_t i, uint64_t end) {
    cover->end[cover->leaves + i] = end;
}

void elf_cover_finish_(struct elf_cover_ *cover) {
    uint64_t *end = cover->end;
    for (size_t i = cover->leaves; i-- > 1;) {
        end[i] = end[2 * i] > end[2 * i + 1] ? end[2 * i] : end[2 * i + 1];
    }
}

uint32_t elf_cover_find_(const struct elf_cover_ *cover, size_t top,
        uint32_t addr) {
    if (!cover->end) {
        return ELF_NONE_;
    }
    // Up, until the subtree to the left has one; then down to its last.
    size_t i = cover->leaves + top;
    while (i > 1 && (i % 2 == 0 || cover->end[i - 1] <= addr)) {
        i /= 2;
    }
    if (i <= 1) {
        return ELF_NONE_;
    }
    i--;
    while (i < cover->leaves) {
        i = cover->end[2 * i + 1] > addr ? 2 * i + 1 : 2 * i;
    }
    return (uint32_t)(i - cover->leaves);
}
