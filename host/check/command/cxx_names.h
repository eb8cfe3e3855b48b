/*
 * cxx_names - functions and objects of C++ by the names of the source
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CXX_NAMES_H
#define CXX_NAMES_H

#include "check/command/check_args.h"
#include "elf/elf_image.h"

// Options and annotations that name nothing in the images, and one symbol of
// C++ as the source does, with its arguments or without, name that from now on;
// as long as the images are open.
void cxx_names_find(struct check_args *args, struct elf_image *const *images);

#endif
