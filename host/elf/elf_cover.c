/*
 * elf_cover - which of many ranges holds an address
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "elf/elf_priv.h"

// Pieces of the address space, each up to the next one, with the range that
// begins last of those that hold it.
struct elf_stretch_ {
    uint32_t start, range;
};

// A range that was added and may not have ended where the next piece begins.
struct elf_open_ {
    uint64_t end;
    uint32_t range;
};

bool elf_cover_init_(struct elf_cover_ *cover, size_t count) {
    *cover = (struct elf_cover_){
            .pieces = calloc(2 * count + 1, sizeof *cover->pieces),
            .open = calloc(count + 1, sizeof *cover->open)};
    return cover->pieces && cover->open;
}

static void begin_piece(struct elf_cover_ *cover, uint64_t start,
        uint32_t range) {
    if (!cover->piece_count ||
            cover->pieces[cover->piece_count - 1].range != range) {
        cover->pieces[cover->piece_count++] =
                (struct elf_stretch_){(uint32_t)start, range};
    }
}

static void go_on(struct elf_cover_ *cover, uint64_t to) {
    uint64_t at = cover->start;
    while (at < to) {
        while (cover->open_count &&
                cover->open[cover->open_count - 1].end <= at) {
            cover->open_count--;
        }
        const struct elf_open_ none = {to, ELF_NONE_},
                               top = cover->open_count
                ? cover->open[cover->open_count - 1]
                : none;
        begin_piece(cover, at, top.range);
        at = top.end;
    }
    cover->start = to;
}

void elf_cover_add_(struct elf_cover_ *cover, uint32_t start, uint64_t end) {
    go_on(cover, start);
    if (end > start) {
        cover->open[cover->open_count++] =
                (struct elf_open_){end, cover->range_count};
    }
    cover->range_count++;
}

void elf_cover_finish_(struct elf_cover_ *cover) {
    go_on(cover, (uint64_t)UINT32_MAX + 1);
    free(cover->open);
    cover->open = NULL;
}

uint32_t elf_cover_find_(const struct elf_cover_ *cover, uint32_t addr) {
    size_t low = 0, high = cover->piece_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (cover->pieces[middle].start <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? cover->pieces[low - 1].range : ELF_NONE_;
}

void elf_cover_free_(struct elf_cover_ *cover) {
    free(cover->pieces);
    free(cover->open);
}
