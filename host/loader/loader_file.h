/*
 * loader_file - what a .FLM or .stldr says of itself
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LOADER_FILE_H
#define LOADER_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "elf/elf_image.h"

#define LOADER_SECTORS_MAX 512

struct loader_file {
    struct elf_image *image;
    bool stldr;
    // Of the program, without the description: where it is linked.
    uint32_t link_addr, link_bytes;
    uint32_t static_off; // of PrgData in it, for R9
    // The description.
    char name[129];
    uint32_t start_addr, size_bytes, page_bytes;
    uint8_t erased;
    uint32_t program_ms, erase_ms; // a .FLM says them
    struct {
        uint32_t off, bytes;
    } sector[LOADER_SECTORS_MAX]; // kinds, by offset of the first one
    unsigned sector_count;
};

// Returns -1, or the exit code after one line on stderr.
int loader_file_open(struct loader_file *file, const char *path);
void loader_file_close(struct loader_file *file);
// The bytes as they are loaded, link_bytes of them; zeros are in it.
void loader_file_load(const struct loader_file *file, uint8_t *to);
// Link address of a function, with the Thumb bit; 0: it has none.
uint32_t loader_file_function(const struct loader_file *file, const char *name);
// The sector that holds off.
void loader_file_sector(const struct loader_file *file, uint32_t off,
        uint32_t *first_off, uint32_t *bytes);

#endif
