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

// False: it is code, and no function of an outage is in it or forms an address
// there.
bool section_is_used(struct analysis *a, const struct elf_image *image,
        const struct elf_section *section);

#endif
