/*
 * elf_lines - source file and line of an address, by libdw
 *
 * SPDX-License-Identifier: MIT
 *
 * Rows are read a unit at a time: those of a megabyte of code take a fifth of a
 * second and 30 MB. The units themselves list their addresses; that is more
 * robust than .debug_aranges, which assembler files often lack.
 */
#include <dwarf.h>
#include <stdlib.h>

#include "elf/elf_priv.h"

Dwarf *elf_dwarf_(struct elf_image *image) {
    if (!image->dwarf_tried) {
        image->dwarf_tried = true;
        elf_version(EV_CURRENT);
        image->elf = elf_memory((char *)image->bytes, image->size);
        if (image->elf) {
            image->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
        }
    }
    return image->dwarf;
}

static int compare_lines(const void *a, const void *b) {
    const struct elf_line_ *x = a, *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    // A sequence that ends where the next begins must not hide it.
    if ((x->line != 0) != (y->line != 0)) {
        return x->line != 0 ? 1 : -1;
    }
    return x->order < y->order ? -1 : 1;
}

// Reads one row. False: the row is of no use.
static bool convert(Dwarf_Line *row, struct elf_line_ *line) {
    Dwarf_Addr addr;
    bool end = false;
    if (dwarf_lineaddr(row, &addr) || dwarf_lineendsequence(row, &end) ||
            addr > UINT32_MAX) {
        return false;
    }
    *line = (struct elf_line_){.addr = (uint32_t)addr};
    if (end) {
        return true;
    }
    if (dwarf_lineno(row, &line->line) || line->line <= 0) {
        return false;
    }
    line->file = dwarf_linesrc(row, NULL, NULL);
    return line->file != NULL;
}

static void read_lines(struct elf_unit_ *unit) {
    Dwarf_Lines *rows;
    size_t count;
    unit->lines_tried = true;
    if (dwarf_getsrclines(&unit->die, &rows, &count) || !count) {
        return; // no lines here
    }
    unit->lines = calloc(count, sizeof *unit->lines);
    for (size_t i = 0; unit->lines && i < count; i++) {
        struct elf_line_ *line = &unit->lines[unit->line_count];
        Dwarf_Line *row = dwarf_onesrcline(rows, i);
        if (row && convert(row, line)) {
            line->order = (uint32_t)unit->line_count++;
        }
    }
    if (unit->line_count) {
        qsort(unit->lines, unit->line_count, sizeof *unit->lines,
                compare_lines);
    }
}

static const struct elf_line_ *find(struct elf_unit_ *unit, uint32_t addr) {
    if (!unit->lines_tried) {
        read_lines(unit);
    }
    size_t low = 0, high = unit->line_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (unit->lines[middle].addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low && unit->lines[low - 1].line ? &unit->lines[low - 1] : NULL;
}

bool elf_line_at_(struct elf_image *image, uint32_t addr, const char **file,
        int *line) {
    if (!elf_segment_at_(image, addr)) {
        return false;
    }
    const struct elf_extent_ *extent = elf_extent_at_(image, addr);
    const struct elf_line_ *row =
            extent ? find(&image->units[extent->unit], addr) : NULL;
    // Units that do not list their addresses.
    for (size_t i = 0; !row && !extent && i < image->unit_count; i++) {
        if (!image->units[i].placed) {
            row = find(&image->units[i], addr);
        }
    }
    if (!row) {
        return false;
    }
    *file = row->file;
    *line = row->line;
    return true;
}
