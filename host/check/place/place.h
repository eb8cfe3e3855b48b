/*
 * place - where code and data lie, and whether they are copied there
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/place: where code and data lie, and what copies them there.
 */
#ifndef PLACE_H
#define PLACE_H

#include "check/analysis/analysis.h"

// Sections that were meant for RAM, and their copies.
void placement_check(struct analysis *a);

/// no_debug.c ///

// has: some file of the image has debug information.
void no_debug_check(struct analysis *a, struct elf_image *image, bool has);

#endif
