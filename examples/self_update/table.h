/*
 * table - 64 KB of constants, so that the image has the size of a real one
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdint.h>

#define TABLE_WORDS 16384u

// FNV-1a over the words. Reads all of the table, in the flash: some 10 ms.
uint32_t table_checksum(void);

#endif
