/*
 * elf_bench - ELF files for tests: compiled, hand-made, damaged
 *
 * SPDX-License-Identifier: MIT
 *
 * Every function fails the running test if it does not work.
 */
#ifndef ELF_BENCH_H
#define ELF_BENCH_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/elf_image.h"

#define BENCH_FLASH 0x90000000u
#define BENCH_RAM 0x20000000u
#define BENCH_PATH_MAX 300

// A directory below /tmp for the files of this test, made at the first call.
const char *bench_dir(void);
void bench_remove(void);

// False: no compiler for the target is installed.
bool bench_can_compile(void);
// Runs a command in bench_dir(); $S in it is tests/support/elf_model.
void bench_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Compiles and links tests/support/elf_model into <name>.elf and <name>.map.
void bench_build(const char *name, const char *compiler_flags,
        const char *linker_flags);

// Path of a file in bench_dir(). The fourth call after this one overwrites it.
const char *bench_path(const char *name);
struct elf_image *bench_open(const char *name);
uint8_t *bench_read(const char *name, size_t *size);
void bench_write(const char *name, const void *data, size_t size);
// 1-based number of the line of tests/support/elf_model/<file> with that mark.
int bench_line(const char *file, const char *mark);

// A file with sections .text (at BENCH_FLASH), .bss (at BENCH_RAM), .symtab,
// .strtab, .rel.text and .shstrtab.
enum { BENCH_TEXT = 1, BENCH_BSS = 2 };
struct bench_file {
    uint32_t text_bytes, bss_bytes;
    const Elf32_Sym *symbols;
    uint32_t symbol_count;
    const char *names; // st_name is an offset into it
    uint32_t names_bytes;
    const Elf32_Rel *relocs;
    uint32_t reloc_count;
};
void bench_make(const char *name, const struct bench_file *file);

// Calls every query for many addresses, and checks what must be true of any
// file. With a path, reads that map file too.
void bench_use(struct elf_image *image, const char *map_path);

#endif
