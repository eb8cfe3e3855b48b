/*
 * match - shell-like patterns for names
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MATCH_H
#define MATCH_H

#include <stdbool.h>

// * stands for any text, ? for one character, everything else for itself.
bool match_name(const char *pattern, const char *name);

#endif
