/*
 * elf_image - one view of a linked ARM ELF: bytes, symbols, lines, frames
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/elf: one view of a linked ELF: segments, symbols, lines,
 * inlines, call frames.
 *
 * Read-only and in memory; damaged files give an error, never a crash.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_image;

// Opens an ELF32 little-endian ARM executable. On failure returns NULL and
// puts one line (what, where, what to do) in error.
struct elf_image *elf_image_open(const char *path, char *error, size_t size);
void elf_image_close(struct elf_image *image);
const char *elf_image_path(const struct elf_image *image);
uint32_t elf_image_entry(const struct elf_image *image);
// Tag_CPU_arch of its attributes (Addenda to the ABI for the Arm Architecture);
// -1: it does not say.
enum elf_arch {
    ELF_ARCH_V7 = 10,
    ELF_ARCH_V6_M = 11,
    ELF_ARCH_V6S_M = 12,
    ELF_ARCH_V7E_M = 13,
    ELF_ARCH_V8_M_BASE = 16,
    ELF_ARCH_V8_M_MAIN = 17,
    ELF_ARCH_V8_1_M_MAIN = 21,
};
int elf_image_cpu_arch(const struct elf_image *image);
// The linker's --build-id, or NULL: the ELF has none.
const uint8_t *elf_image_build_id(const struct elf_image *image,
        uint32_t *size_bytes);

struct elf_segment {
    uint32_t load_addr; // LMA: where a programmer writes it
    uint32_t run_addr;  // VMA
    const uint8_t *data;
    uint32_t file_bytes, memory_bytes;
    bool execute, write;
};
// i-th PT_LOAD segment with file bytes; false at the end. Headers of the file
// that the linker put in front of the first section are left out.
bool elf_image_segment(const struct elf_image *image, size_t i,
        struct elf_segment *segment);

struct elf_place {
    const char *function; // "?" if unknown
    uint32_t function_addr;
    uint32_t offset;  // into the function or object
    const char *file; // NULL if there is no line information
    int line;
};
// The symbol and source line at a run-time address.
struct elf_place elf_image_place(struct elf_image *image, uint32_t addr);
// Address of a symbol by name; false if there is none. Thumb bit removed.
bool elf_image_symbol(struct elf_image *image, const char *name, uint32_t *addr,
        uint32_t *size_bytes);

// Unwind one frame by .debug_frame. regs: r0..r15; read fetches target memory.
//
// Start with the exact PC. The caller's r15 is returned as it was stored, with
// the Thumb bit: use elf_image_place(regs[15] - 2) for the line of the call. An
// EXC_RETURN value in r15 is unwound too, through the frame on MSP; the
// interrupted PC is then returned even and exact.
// False: no frame information, or the outermost frame; regs are unchanged.
bool elf_image_unwind(struct elf_image *image, uint32_t regs[16],
        bool (*read)(void *ctx, uint32_t addr, uint32_t *word), void *ctx);

/// Sections, symbols and references, for tools that judge the whole image ///

struct elf_section {
    const char *name;
    uint32_t addr; // VMA
    uint32_t size_bytes;
    uint32_t load_addr;  // LMA, by the segment that holds it; addr if none does
    bool loaded;         // inside a PT_LOAD
    bool execute, write; // flags; GNU ld leaves out write of a .data that
                         // begins with code
    bool zero;           // SHT_NOBITS: no contents in the file
    bool note;           // SHT_NOTE: for tools, as a build-id; never code
    bool data;           // no code: a note, or not `execute`, and no symbol of
                         // the ELF, which has mapping symbols, says otherwise
};
// Sections that occupy memory (SHF_ALLOC), by address. NULL: no section
// headers, or i is past the end.
const struct elf_section *elf_image_section(const struct elf_image *image,
        size_t i);
const struct elf_section *elf_image_section_at(const struct elf_image *image,
        uint32_t addr);

// len bytes of the image at their run-time address, as they are once the start
// code has copied initialised data. NULL: not all in one segment's file bytes
// (memory that starts as zero, memory outside the image).
const uint8_t *elf_image_bytes(const struct elf_image *image, uint32_t addr,
        uint32_t len);
// True if addr is inside a segment, zeroed memory included.
bool elf_image_holds(const struct elf_image *image, uint32_t addr);

enum elf_bind { ELF_LOCAL, ELF_GLOBAL, ELF_WEAK };
struct elf_symbol {
    const char *name;
    uint32_t addr;       // Thumb bit removed
    uint32_t size_bytes; // not beyond the end of its section
    bool function;       // STT_FUNC
    bool object;         // STT_OBJECT, or data with a size and no type
    bool code;           // function, or label in an executable section
    bool thumb;          // a function with the Thumb bit
    bool absolute;       // SHN_ABS: a number of the linker script, not a place
    enum elf_bind bind;
    const char *file; // STT_FILE that it follows, local symbols only; or NULL
};
// i-th symbol by address (and best name last among equals); NULL at the end.
const struct elf_symbol *elf_image_symbol_index(const struct elf_image *image,
        size_t i);
// First i whose symbol begins at or after addr.
size_t elf_image_symbol_from(const struct elf_image *image, uint32_t addr);
// The best function (or code label) that covers addr, or object; NULL if none.
const struct elf_symbol *elf_image_symbol_at(const struct elf_image *image,
        uint32_t addr);
// Every symbol of that exact name, for names that several files have; one that
// is not local comes first. Start with *i = 0 and pass it on; NULL at the end.
const struct elf_symbol *elf_image_symbol_named(const struct elf_image *image,
        const char *name, size_t *i);

// Mapping symbols (AAELF32 5.5.5): the content at addr and where it ends.
// ELF_CONTENT_NONE: no mapping symbol at or before addr in its section; up to
// the next one or the end of the section, or addr itself outside of all.
// Objects are data even where the compiler gave them no mapping symbol.
enum elf_content {
    ELF_CONTENT_NONE,
    ELF_CONTENT_ARM,
    ELF_CONTENT_THUMB,
    ELF_CONTENT_DATA,
};
enum elf_content elf_image_content(const struct elf_image *image, uint32_t addr,
        uint32_t *end_addr);

// Relocations that the linker left (--emit-relocs, -q), by address; without
// R_ARM_NONE and R_ARM_V4BX, which refer to nothing, and those of sections
// without memory. The linker's veneers have none.
struct elf_reloc {
    uint32_t addr;      // of the place, run time
    uint8_t type;       // R_ARM_*
    const char *symbol; // as the object file named it; section name if none
    uint32_t value;     // of the symbol, Thumb bit removed
    bool thumb;         // the symbol is a Thumb function
    bool weak;
};
// First relocation at or after addr is index i; count them from there. NULL:
// none left.
const struct elf_reloc *elf_image_reloc(const struct elf_image *image,
        size_t i);
size_t elf_image_reloc_from(const struct elf_image *image, uint32_t addr);

// Inlined copies of functions (DW_TAG_inlined_subroutine), to find copies in
// flash of functions that should run from RAM. Calls found() once per
// contiguous range of each copy that is in the image; stops when it returns
// false. False: no debug information.
struct elf_inline {
    const char *name;      // linkage name or name of the inlined function
    const char *plain;     // name as the source has it, or NULL
    const char *decl_file; // where it is declared, or NULL
    int decl_line;
    bool external; // not static
    uint32_t low_addr, high_addr;
    const char *call_file; // where it is called
    int call_line;
    const struct elf_image *image;
    uint64_t origin; // in the debug information: what all its copies refer to
};
bool elf_image_inlines(struct elf_image *image,
        bool (*found)(void *ctx, const struct elf_inline *copy), void *ctx);

// Whether it is a copy of the function that begins at addr. By name only: debug
// information does not have that function.
enum elf_copy { ELF_COPY_NO, ELF_COPY_BY_NAME, ELF_COPY_YES };
enum elf_copy elf_image_copy_at(struct elf_image *image, uint32_t addr,
        const struct elf_inline *copy);
// The function of which it is a copy, of those at wanted addresses (NULL: all).
// False: there is none.
bool elf_image_copied(struct elf_image *image, const struct elf_inline *copy,
        bool (*wanted)(void *ctx, uint32_t addr), void *ctx, uint32_t *addr);

// How many words of arguments the function at addr has, by DWARF; -1: it does
// not say, it may not be what the compiler made of it, or one of them is larger
// than a word.
int elf_image_arguments(struct elf_image *image, uint32_t addr);
// By DWARF, the function at addr has a fixed number of arguments, none larger
// than a word: no array and no structure is among those on the stack, whatever
// a compiler made of them.
bool elf_image_takes_scalars(struct elf_image *image, uint32_t addr);
// By DWARF, it is a function of C with a prototype and without a result.
bool elf_image_returns_nothing(struct elf_image *image, uint32_t addr);
// File where the function that begins at addr is declared, by DWARF, from the
// i-th on of those that a linker folded; NULL: it does not say.
const char *elf_image_declared(struct elf_image *image, uint32_t addr,
        size_t i);
// Debug information has the function that begins at addr.
bool elf_image_defined(struct elf_image *image, uint32_t addr);

// Compilation unit of an address ("src/driver.c"), or NULL: data, or no debug
// information. With link-time optimisation the one it was written in.
const char *elf_image_unit(struct elf_image *image, uint32_t addr);

// Reads a map file of GNU ld or LLVM's ld, so that elf_image_object() knows
// archive members. False: not readable or of another link, one line in error;
// the result of an earlier call is kept.
bool elf_image_read_map(struct elf_image *image, const char *path, char *error,
        size_t size);
// "libgcc.a(_udivmoddi4.o)", "main.o", "linker stubs": object or archive member
// that the bytes at addr come from, by the map. Otherwise, or if the map only
// has the temporary file of link-time optimisation, the source ("main.c") by
// STT_FILE, or the compilation unit if the two differ; NULL if unknown.
const char *elf_image_object(struct elf_image *image, uint32_t addr);
// That is what the map says.
bool elf_image_object_mapped(const struct elf_image *image, uint32_t addr);

#endif
