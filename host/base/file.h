/*
 * file - whole files: read, replace, map
 *
 * SPDX-License-Identifier: MIT
 *
 * Every failure puts one line (what, where, what to do) on stderr through
 * cli_fail; the caller only returns CLI_TROUBLE.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Reads a regular file of at most max_bytes. NULL: failed. The caller frees;
// an empty file gives a pointer too.
uint8_t *file_read(const char *path, size_t max_bytes, size_t *size);

// Replaces path, which is no input, by the given bytes, or leaves it as it was:
// written to a
// temporary file beside it, synced, renamed. An existing file keeps its mode.
bool file_write(const char *path, const void *data, size_t size);

// A file mapped shared and writable: stores to data reach the file even if this
// process is killed. A lock keeps a second program from mapping it.
struct file_map {
    uint8_t *data; // NULL: not open
    size_t size;
    int fd;
    bool created; // it did not exist
};

// Maps a file of exactly size bytes. A file that does not exist is created,
// filled with `fill`. False: failed, a wrong size or a second user included.
// Disk space is reserved, so a later store cannot fail.
bool file_map_open(struct file_map *map, const char *path, size_t size,
        uint8_t fill);
// Does nothing if it is not open.
void file_map_close(struct file_map *map);

#endif
