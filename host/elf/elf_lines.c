/*
 * elf_lines - source file and line of an address, by libdw
 *
 * SPDX-License-Identifier: MIT
 *
 * All line rows are sorted into one table at the first question. That is more
 * robust than .debug_aranges, which assembler files often lack.
 */
#include <dwarf.h>
#include <stdlib.h>

#include "elf_priv.h"

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

static bool add_unit(struct elf_image *image, Dwarf_Die *unit,
        size_t *capacity) {
    Dwarf_Lines *rows;
    size_t count;
    if (dwarf_getsrclines(unit, &rows, &count)) {
        return true; // no lines here
    }
    if (image->line_count + count > *capacity) {
        *capacity = 2 * (image->line_count + count);
        struct elf_line_ *grown =
                realloc(image->lines, *capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        image->lines = grown;
    }
    for (size_t i = 0; i < count; i++) {
        struct elf_line_ *line = &image->lines[image->line_count];
        Dwarf_Line *row = dwarf_onesrcline(rows, i);
        if (row && convert(row, line)) {
            line->order = (uint32_t)image->line_count++;
        }
    }
    return true;
}

static void read_lines(struct elf_image *image) {
    Dwarf *dwarf = elf_dwarf_(image);
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    size_t capacity = 0;
    image->lines_tried = true;
    while (dwarf &&
            dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        if (dwarf_tag(&die) != DW_TAG_compile_unit) {
            continue;
        }
        if (!add_unit(image, &die, &capacity)) {
            break;
        }
    }
    if (image->line_count) {
        qsort(image->lines, image->line_count, sizeof *image->lines,
                compare_lines);
    }
}

bool elf_line_at_(struct elf_image *image, uint32_t addr, const char **file,
        int *line) {
    if (!elf_segment_at_(image, addr)) {
        return false;
    }
    if (!image->lines_tried) {
        read_lines(image);
    }
    size_t low = 0, high = image->line_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->lines[middle].addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || !image->lines[low - 1].line) {
        return false;
    }
    *file = image->lines[low - 1].file;
    *line = image->lines[low - 1].line;
    return true;
}
