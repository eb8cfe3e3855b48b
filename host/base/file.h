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

// Replaces path by the given bytes, or leaves it as it was: written to a
// temporary file beside it, synced, renamed. An existing file keeps its mode.
bool file_write(const char *path, const void *data, size_t size);

// Maps a file of exactly size bytes, shared and writable: what is stored there
// is in the file, whatever becomes of this process. A file that does not exist
// is created, filled with `fill`. NULL: failed, wrong size included. Disk
// space is reserved, so a later store cannot fail.
uint8_t *file_map(const char *path, size_t size, uint8_t fill);
void file_unmap(uint8_t *data, size_t size);

#endif
