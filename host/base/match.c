/*
 * match - shell-like patterns for names
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/match.h"

#include <stddef.h>
#include <string.h>

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

// GCC: constants and unused arguments are taken out, a part is split off, or
// link-time optimisation tells functions of one name apart; clang does so too.
static const char *const copies[] = {
        ".constprop.", ".isra.", ".part.", ".lto_priv.", ".llvm."};

bool match_copies(const char *pattern, const char *name) {
    char stem[256];
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        const char *at = strstr(name, copies[i]);
        if (at && at != name && (size_t)(at - name) < length) {
            length = (size_t)(at - name);
        }
    }
    if (match_name(pattern, name)) {
        return true;
    }
    if (!name[length] || length >= sizeof stem) {
        return false;
    }
    memcpy(stem, name, length);
    stem[length] = '\0';
    return match_name(pattern, stem);
}

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool match_files(const char *a, const char *b) {
    return !strcmp(last_part(a), last_part(b));
}
