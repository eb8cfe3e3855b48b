/*
 * match - shell-like patterns for names
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MATCH_H
#define MATCH_H

#include <stdbool.h>

// * matches any text, ? one character, every other character itself.
bool match_name(const char *pattern, const char *name);

#endif
