/*
 * elf_image - one view of a linked ARM ELF: bytes, symbols, lines, frames
 *
 * SPDX-License-Identifier: MIT
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

struct elf_segment {
    uint32_t load_addr; // LMA: where a programmer writes it
    uint32_t run_addr;  // VMA
    const uint8_t *data;
    uint32_t file_bytes, memory_bytes;
    bool execute, write;
};
// i-th PT_LOAD segment with file bytes; false at the end.
bool elf_image_segment(const struct elf_image *image, size_t i,
        struct elf_segment *segment);

struct elf_place {
    const char *function; // "?" if unknown
    uint32_t function_addr;
    uint32_t offset;  // into the function or object
    const char *file; // NULL if there is no line information
    int line;
};
// What stands at a run-time address.
struct elf_place elf_image_place(struct elf_image *image, uint32_t addr);
// Address of a symbol by name; false if there is none. Thumb bit removed.
bool elf_image_symbol(struct elf_image *image, const char *name, uint32_t *addr,
        uint32_t *size_bytes);

// Unwind one frame by .debug_frame. regs: r0..r15; read fetches target memory.
//
// Start with the exact PC. A caller's r15 comes back as it was stored, with
// the Thumb bit: ask elf_image_place(regs[15] - 2) for the line of the call.
// An EXC_RETURN value in r15 is unwound too, through the frame on MSP; the
// interrupted PC then comes back even and exact.
// False: no frame information, or the outermost frame; regs are unchanged.
bool elf_image_unwind(struct elf_image *image, uint32_t regs[16],
        bool (*read)(void *ctx, uint32_t addr, uint32_t *word), void *ctx);

#endif
