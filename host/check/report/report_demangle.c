/*
 * report_demangle - names of C++ as the source has them
 *
 * SPDX-License-Identifier: MIT
 *
 * Names of the Itanium C++ ABI begin with _Z. libstdc++ reads them
 * (__cxa_demangle); it comes with the compiler that builds this.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/report_priv.h"

// Of a C++ library, without its header.
char *__cxa_demangle(const char *name, char *buffer, size_t *size, int *status);

// A longer one is not of a compiler but of a damaged file.
#define NAME_MAX_CHARS 1000u

static bool in_name(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

// Puts the name of that length, or what it stands for.
static void put(FILE *out, const char *name, size_t length) {
    char mangled[NAME_MAX_CHARS + 1];
    char *plain = NULL;
    if (length > 2 && length <= NAME_MAX_CHARS && name[0] == '_' &&
            name[1] == 'Z') {
        memcpy(mangled, name, length);
        mangled[length] = '\0';
        plain = __cxa_demangle(mangled, NULL, NULL, NULL);
    }
    if (plain) {
        fputs(plain, out);
    } else {
        fwrite(name, 1, length, out);
    }
    free(plain);
}

char *report_demangle_(const char *text) {
    char *made = NULL;
    size_t size;
    if (!text || !strstr(text, "_Z")) {
        return strdup(text ? text : "");
    }
    FILE *out = open_memstream(&made, &size);
    while (out && *text) {
        size_t length = 0;
        while (in_name(text[length])) {
            length++;
        }
        put(out, text, length ? length : 1);
        text += length ? length : 1;
    }
    if (out) {
        fclose(out);
    }
    return made;
}
