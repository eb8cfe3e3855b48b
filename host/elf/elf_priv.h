/*
 * elf_priv - what the files of host/elf share
 *
 * SPDX-License-Identifier: MIT
 *
 * elf_image.c checks the file and owns it; elf_attributes.c reads what it is
 * for. elf_sections.c, elf_symbols.c,
 * elf_mapping.c and elf_relocs.c read the tables of the linker when a file is
 * opened; elf_units.c, elf_lines.c, elf_functions.c, elf_inline.c,
 * elf_arguments.c and elf_unwind.c read debug information at the first query;
 * elf_map_file.c reads a map file.
 */
#ifndef ELF_PRIV_H
#define ELF_PRIV_H

#include <elf.h>
#include <elfutils/libdw.h>

#include "elf/elf_image.h"

#define ELF_NONE_ UINT32_MAX

// Finds the one that begins last of the ranges that hold an address, in
// logarithmic time even if they overlap.
struct elf_cover_ {
    struct elf_stretch_ *pieces; // sorted; the first begins at 0
    size_t piece_count;
    struct elf_open_ *open; // while ranges are added: those that have not ended
    size_t open_count;
    uint32_t range_count;
    uint64_t start; // of the range that was added last
};

// Space for count ranges. False: out of memory.
bool elf_cover_init_(struct elf_cover_ *cover, size_t count);
// Adds the next one, sorted by their start; end is excluded, an empty one has
// none above its start.
void elf_cover_add_(struct elf_cover_ *cover, uint32_t start, uint64_t end);
// Call once all are added.
void elf_cover_finish_(struct elf_cover_ *cover);
// The number of the range, in the order they were added, or ELF_NONE_.
uint32_t elf_cover_find_(const struct elf_cover_ *cover, uint32_t addr);
void elf_cover_free_(struct elf_cover_ *cover);

struct elf_section_ {
    struct elf_section s;
    const uint8_t *data; // NULL: none in the file
    uint32_t index;      // in the file
};

struct elf_symbol_ {
    struct elf_symbol s;
    uint32_t label;   // index of the unsized label that this place belongs to
    uint16_t section; // st_shndx
};

struct elf_name_ {
    uint32_t hash;
    uint32_t index; // into symbols
};

struct elf_mapping_ {
    uint32_t addr;
    uint32_t end_addr; // where the next content begins
    uint16_t section;
    uint8_t content;  // enum elf_content
    uint32_t order;   // in the symbol table
    const char *file; // STT_FILE that it follows, or NULL
};

struct elf_line_ {
    uint32_t addr;
    int line;         // 0: unknown from here on
    const char *file; // owned by libdw
    uint32_t order;   // as in the table: rows at one address, the last counts
};

// A compilation unit. Its line rows are read at the first query.
struct elf_unit_ {
    Dwarf_Die die;
    bool placed; // it lists its addresses
    bool lines_tried;
    struct elf_line_ *lines; // by address
    size_t line_count;
};

// A function by DWARF, or a part of one: those for code that is seldom run may
// lie apart.
struct elf_function_ {
    uint32_t addr;
    uint32_t size_bytes; // of that part
    Dwarf_Off off;       // of its definition
};

// The same, to be found by its name.
struct elf_named_ {
    uint32_t hash;
    uint32_t function; // index
    Dwarf_Off origin;
};

struct elf_extent_ {
    uint32_t low_addr;
    uint32_t high_addr; // the last one
    uint32_t unit;
    const char *name; // of the unit, or of the one that it was written in
};

struct elf_piece_ {
    uint32_t addr;
    uint32_t size_bytes;
    const char *object;
};

struct elf_image {
    char *path;
    uint8_t *bytes;
    size_t size;
    uint32_t entry;

    struct elf_segment *segments;
    size_t segment_count;

    // Section headers as they are in the file.
    const uint8_t *headers; // NULL: none
    uint32_t header_count;
    const char *header_names; // NULL: sections have no names
    uint32_t header_names_bytes;
    struct elf_section_ *sections; // by address
    size_t section_count;
    struct elf_cover_ section_cover;

    // The symbol table as it is in the file.
    const uint8_t *table; // NULL: none
    uint32_t table_count, table_header;
    const char *table_names;
    struct elf_symbol_ *symbols; // by address
    size_t symbol_count;
    struct elf_cover_ symbol_cover;
    struct elf_name_ *by_name;
    struct elf_mapping_ *mappings; // by address
    size_t mapping_count;
    struct elf_reloc *relocs; // by address
    size_t reloc_count;

    char *map_text;
    struct elf_piece_ *pieces; // by address
    size_t piece_count;

    // Opened at the first query.
    bool dwarf_tried;
    Elf *elf;
    Dwarf *dwarf;
    Dwarf_CFI *frames;
    bool units_tried;
    struct elf_unit_ *units;
    size_t unit_count;
    struct elf_extent_ *extents; // of the units, by address
    size_t extent_count;
    struct elf_cover_ extent_cover;
    bool functions_tried;
    struct elf_function_ *functions; // by address
    size_t function_count;
    bool named_tried;
    struct elf_named_ *named; // by hash of the name without qualifiers
    size_t named_count;
    const struct elf_symbol **strays; // with a name that was made of another
    size_t stray_count;               // one, and without a definition
};

// A whole file and a zero byte after it, to be freed. NULL: one line in error
// that ends in the advice.
uint8_t *elf_read_file_(const char *path, const char *advice, size_t *bytes,
        char *error, size_t size);

// [off, off + len) inside the file, or NULL.
const uint8_t *elf_bytes_(const struct elf_image *image, uint64_t off,
        uint64_t len);

// The segment that holds a run-time address, memory without file bytes
// included; NULL if none.
const struct elf_segment *elf_segment_at_(const struct elf_image *image,
        uint32_t addr);

// Reads the section headers and finds the symbol table. False: damaged.
bool elf_sections_read_(struct elf_image *image);
// i must be below header_count.
Elf32_Shdr elf_header_(const struct elf_image *image, uint32_t i);
const char *elf_header_name_(const struct elf_image *image, uint32_t i);
// i must be below table_count.
Elf32_Sym elf_table_(const struct elf_image *image, uint32_t i);

// Why it is for no Cortex-M, by its attributes; NULL: they do not say so.
const char *elf_other_profile_(const struct elf_image *image);

// Fills symbols, in no order; an image may have none. False: the table is
// damaged, or out of memory.
bool elf_symbols_read_(struct elf_image *image);
// Behind elf_mapping_read_(), which knows what is an object. Fills by_name.
bool elf_symbols_sort_(struct elf_image *image);
const struct elf_symbol_ *elf_symbol_at_(const struct elf_image *image,
        uint32_t addr);
// A veneer or another stub.
bool elf_made_by_linker_(const char *name);
// A function begins exactly here.
bool elf_function_begins_(const struct elf_image *image, uint32_t addr);

bool elf_mapping_read_(struct elf_image *image);
enum elf_content elf_mapping_kind_(const char *name);
// The mapping symbol that applies to addr, or NULL.
const struct elf_mapping_ *elf_mapping_at_(const struct elf_image *image,
        uint32_t addr);

bool elf_relocs_read_(struct elf_image *image);

// The DWARF data, opened at the first call; NULL if there is none.
Dwarf *elf_dwarf_(struct elf_image *image);
// The part of a unit that holds addr, or NULL.
const struct elf_extent_ *elf_extent_at_(struct elf_image *image,
        uint32_t addr);
bool elf_line_at_(struct elf_image *image, uint32_t addr, const char **file,
        int *line);
// Debug information of functions that the linker discarded has address 0. True:
// nothing of the image begins there.
bool elf_dropped_(const struct elf_image *image, uint64_t low_addr);

// The definitions of functions by DWARF that may be those of the code at addr:
// several where sections lie over each other, or a linker folded functions with
// the same code (LLVM's gives the others no address). NULL: none.
const struct elf_function_ *elf_functions_at_(struct elf_image *image,
        uint32_t addr, size_t *count);
// DWARF says addr 0 of the function, and it is not the one that is there.
bool elf_discarded_(struct elf_image *image, Dwarf_Die *function);

// Names of a function by DWARF, each may be NULL.
struct elf_names_ {
    const char *plain;   // as the source has it, without qualifiers
    const char *linkage; // as the symbol's, in C++
};
struct elf_names_ elf_names_(Dwarf_Die *function);
// The same; or of a constructor or destructor, of which there are variants.
bool elf_same_linkage_(const char *a, const char *b, size_t length);
// The symbol is that of the function, or (may be NULL: it has to be that)
// *variant: of what a compiler made of it and named after it.
bool elf_is_name_of_(const struct elf_names_ *names, const char *symbol,
        bool *variant);
// Where what it was made of is described first: the same for all copies.
Dwarf_Off elf_origin_(Dwarf_Die *function);
// DW_AT_external: it is not static.
bool elf_external_(Dwarf_Die *function);
// File of its declaration, or NULL.
const char *elf_declared_(Dwarf_Die *die);

#endif
