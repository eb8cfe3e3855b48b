/*
 * explain_linker - linker script lines that move something into RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * ld takes the first line of a script that matches an input section. A line in
 * .data does nothing while *(.text*) comes before it, so each answer has two
 * halves.
 */
#include <string.h>

#include "check/explain/explain_priv.h"

static const char *base_name(const char *path, size_t *length) {
    const char *start = path;
    for (size_t i = 0; i < *length; i++) {
        if (path[i] == '/' || path[i] == '\\') {
            start = path + i + 1;
        }
    }
    *length -= (size_t)(start - path);
    return start;
}

// Characters that need no quotes in a file pattern of ld or in a shell.
static bool plain(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (!strchr("_-.+", c) && !(c >= '0' && c <= '9') &&
                !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) {
            return false;
        }
    }
    return length > 0;
}

static bool ends_with(const char *text, size_t length, const char *end) {
    const size_t n = strlen(end);
    return length > n && !memcmp(text + length - n, end, n);
}

// ccAb12Cd.o: what gcc calls an object that it makes and links at once.
static bool passing_name(const char *name, size_t length) {
    if (length != 10 || memcmp(name, "cc", 2) != 0 ||
            memcmp(name + 8, ".o", 2) != 0) {
        return false;
    }
    for (size_t i = 2; i < 8; i++) {
        if ((name[i] >= '0' && name[i] <= '9') ||
                (name[i] >= 'A' && name[i] <= 'Z')) {
            return true;
        }
    }
    return false;
}

bool explain_file_(const char *object, char *pattern, size_t size) {
    // Objects that LTO makes have another name next time.
    if (!object || strstr(object, ".ltrans")) {
        return false;
    }
    size_t length = strlen(object);
    const char *open = strrchr(object, '(');
    if (open && object[length - 1] == ')') {
        size_t archive_length = (size_t)(open - object);
        const char *archive = base_name(object, &archive_length);
        const size_t member_length = length - 2 - (size_t)(open - object);
        if (!plain(archive, archive_length) ||
                !plain(open + 1, member_length)) {
            return false;
        }
        const int n = snprintf(pattern, size, "*%.*s:%.*s", (int)archive_length,
                archive, (int)member_length, open + 1);
        return n > 0 && (size_t)n < size;
    }
    const char *name = base_name(object, &length);
    if (!plain(name, length) || passing_name(name, length)) {
        return false;
    }
    const bool compiled =
            ends_with(name, length, ".o") || ends_with(name, length, ".obj");
    if (!compiled) {
        // A source: the build may call its object x.o or x.c.obj.
        const char *dot = memrchr(name, '.', length);
        if (!dot || dot == name) {
            return false;
        }
        length = (size_t)(dot - name);
    }
    const int n = snprintf(pattern, size, "*%.*s%s", (int)length, name,
            compiled ? "" : ".*");
    return n > 0 && (size_t)n < size;
}

bool explain_target_file_(const struct check_finding *finding,
        const struct explain_known *known, char *pattern, size_t size) {
    const char *object = finding->target_object;
    const bool member = object && strchr(object, '(');
    if (member || !known || !known->library || explain_elsewhere_(finding)) {
        return explain_file_(object, pattern, size);
    }
    // A bare "memcpy.o" or "libgcc2.c" would match nothing in an archive.
    const int n = snprintf(pattern, size, "%s", known->library);
    return n > 0 && (size_t)n < size;
}

void explain_move_(FILE *out, const char *file, const char *section) {
    fprintf(out,
            "into the output section that is copied to RAM (.data in scripts "
            "of CubeMX), and out of %s in front of it, where it replaces "
            "*(%s) *(%s*):\n"
            "    %s(%s %s*)\n"
            "    EXCLUDE_FILE(%s) *(%s %s*)",
            section, section, section, file, section, section, file, section,
            section);
}
