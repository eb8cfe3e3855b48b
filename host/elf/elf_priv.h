/*
 * elf_priv - what the files of host/elf share
 *
 * SPDX-License-Identifier: MIT
 *
 * elf_image.c checks the file and owns it, elf_symbols.c answers by symbol,
 * elf_lines.c by DWARF line, elf_unwind.c by frame.
 */
#ifndef ELF_PRIV_H
#define ELF_PRIV_H

#include <elfutils/libdw.h>

#include "elf_image.h"

struct elf_symbol_ {
    const char *name; // in the file's bytes
    uint32_t addr;    // Thumb bit removed
    uint32_t size_bytes;
    uint64_t reach; // highest end of this and all symbols before it
    bool code;      // a function, or a label in an executable section
    bool data;      // an object
    bool global;
};

struct elf_line_ {
    uint32_t addr;
    int line;         // 0: nothing known from here on
    const char *file; // owned by libdw
    uint32_t order;   // as in the table: rows at one address, the last counts
};

struct elf_image {
    char *path;
    uint8_t *bytes;
    size_t size;
    uint32_t entry;

    struct elf_segment *segments;
    size_t segment_count;

    struct elf_symbol_ *symbols; // by address
    size_t symbol_count;
    uint32_t *by_name; // indices into symbols

    // Opened when first asked for.
    bool dwarf_tried;
    Elf *elf;
    Dwarf *dwarf;
    Dwarf_CFI *frames;
    bool lines_tried;
    struct elf_line_ *lines; // by address
    size_t line_count;
};

// [off, off + len) inside the file, or NULL.
const uint8_t *elf_bytes_(const struct elf_image *image, uint64_t off,
        uint64_t len);

// The segment that holds a run-time address, memory without file bytes
// included; NULL if none.
const struct elf_segment *elf_segment_at_(const struct elf_image *image,
        uint32_t addr);

// Fills symbols and by_name; an image without symbols is a good one. False:
// the tables are damaged, one line in error.
bool elf_symbols_read_(struct elf_image *image, char *error, size_t size);
const struct elf_symbol_ *elf_symbol_at_(const struct elf_image *image,
        uint32_t addr);

// The DWARF data, opened at the first call; NULL if there is none.
Dwarf *elf_dwarf_(struct elf_image *image);
bool elf_line_at_(struct elf_image *image, uint32_t addr, const char **file,
        int *line);

#endif
