/*
 * number - numbers, times and sizes as people type and read them
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The power of two of a letter after a number; 0: none.
static unsigned shift_of(char letter) {
    switch (letter) {
    case 'K':
    case 'k':
        return 10;
    case 'M':
    case 'm':
        return 20;
    case 'G':
    case 'g':
        return 30;
    default:
        return 0;
    }
}

bool number_parse_part(const char *text, uint64_t max, uint64_t *value,
        const char **end) {
    // strtoull would accept blanks and a minus sign, and octal with base 0.
    const bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    const bool starts = hex ? isxdigit((unsigned char)digits[0])
                            : isdigit((unsigned char)digits[0]);
    if (!starts) {
        return false;
    }
    char *rest;
    errno = 0;
    const uint64_t number = strtoull(digits, &rest, hex ? 16 : 10);
    const unsigned shift = shift_of(*rest);
    if (errno || number > max >> shift) {
        return false;
    }
    *value = number << shift;
    *end = rest + (shift != 0);
    return true;
}

bool number_parse(const char *text, uint64_t max, uint64_t *value) {
    const char *end;
    uint64_t number;
    if (!number_parse_part(text, max, &number, &end) || *end) {
        return false;
    }
    *value = number;
    return true;
}

bool number_parse_region(const char *text, uint32_t *addr,
        uint32_t *size_bytes) {
    uint64_t start, size;
    const char *end;
    if (!number_parse_part(text, UINT32_MAX, &start, &end) || *end != ':' ||
            !number_parse(end + 1, UINT32_MAX, &size) || !size ||
            start + size > 1ull << 32) {
        return false;
    }
    *addr = (uint32_t)start;
    *size_bytes = (uint32_t)size;
    return true;
}

bool number_parse_time(const char *text, uint64_t *ps) {
    static const struct {
        const char *name;
        uint64_t ps;
    } units[] = {
            {"s", 1000000000000ull},
            {"ms", 1000000000ull},
            {"us", 1000000ull},
            {"ns", 1000ull},
    };
    uint64_t whole = 0;
    uint64_t part = 0;
    uint64_t scale = 1;
    const char *p = text;
    if (!isdigit((unsigned char)*p)) {
        return false;
    }
    for (; isdigit((unsigned char)*p); p++) {
        if (whole > 1000000000) {
            return false;
        }
        whole = whole * 10 + (uint64_t)(*p - '0');
    }
    if (*p == '.') {
        p++;
        if (!isdigit((unsigned char)*p)) {
            return false;
        }
        for (; isdigit((unsigned char)*p); p++) {
            if (scale >= 1000000000) {
                return false;
            }
            part = part * 10 + (uint64_t)(*p - '0');
            scale *= 10;
        }
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(p, units[i].name) != 0) {
            continue;
        }
        if (whole > UINT64_MAX / 2 / units[i].ps) {
            return false;
        }
        // part < scale <= 1e9 and the unit <= 1e12: multiply the short way.
        const double fraction = (double)part / (double)scale;
        *ps = whole * units[i].ps +
                (uint64_t)(fraction * (double)units[i].ps + 0.5);
        return true;
    }
    return false;
}

const char *number_format_time(char text[NUMBER_TEXT_BYTES], uint64_t ps) {
    const double value = (double)ps;
    if (ps >= 1000000000000ull) {
        snprintf(text, NUMBER_TEXT_BYTES, "%.3f s", value / 1e12);
    } else if (ps >= 1000000000ull) {
        snprintf(text, NUMBER_TEXT_BYTES, "%.2f ms", value / 1e9);
    } else if (ps >= 1000000ull) {
        snprintf(text, NUMBER_TEXT_BYTES, "%.2f us", value / 1e6);
    } else {
        snprintf(text, NUMBER_TEXT_BYTES, "%" PRIu64 " ns", (ps + 500) / 1000);
    }
    return text;
}

const char *number_format_count(char text[NUMBER_TEXT_BYTES], uint64_t value) {
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            text[at++] = ',';
        }
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}
