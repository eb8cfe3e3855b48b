/*
 * reset_tables - vector tables that the processor may start with
 *
 * SPDX-License-Identifier: MIT
 *
 * By what they hold: a stack pointer, and the first instruction of a program. A
 * table stands at the beginning of a section, or behind the header of an image,
 * in memory that nothing has to write first.
 */
#ifndef RESET_TABLES_H
#define RESET_TABLES_H

#include "check/model/model.h"

#define RESET_TABLES_MAX 16u

struct reset_tables {
    uint32_t addr[RESET_TABLES_MAX]; // those in the window first
    size_t count;
    bool more; // there are more
};

void reset_tables_find(const struct model *model, struct reset_tables *tables);

// Word n of a table is no vector: no exception has that number.
bool reset_tables_reserved(const struct model *model, uint32_t n);

// Start code writes what is there: the processor does not start with it.
bool reset_tables_copied(const struct elf_image *image, uint32_t addr);

#endif
