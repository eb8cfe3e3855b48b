/*
 * match - shell-like patterns for names
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/match.h"

#include <stddef.h>

// Only the last * is ever retried, so this is at worst quadratic, whatever
// names a damaged ELF has.
bool match_name(const char *pattern, const char *name) {
    const char *star = NULL, *resume = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            resume = name;
        } else if (*pattern == '?' || *pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return !*pattern;
}
