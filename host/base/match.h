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
// Also the copies that compilers make of a function and name after it:
// erase.constprop.0 is one of erase.
bool match_copies(const char *pattern, const char *name);

// The last parts of two paths are the same.
bool match_files(const char *a, const char *b);

#endif
