/*
 * number - numbers, sizes and times as people type and read them
 *
 * SPDX-License-Identifier: MIT
 *
 * The parsers are strict: the whole text must be one value. A number is decimal
 * or 0x hexadecimal, and never octal: a leading zero has no effect. It may end
 * in K, M or G (times 1024, 1024^2, 1024^3). No parser prints.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// "4096", "0x1000", "4K": no sign, at most max.
bool number_parse(const char *text, uint64_t max, uint64_t *value);
// The same at the start of a text; *end points after it.
bool number_parse_part(const char *text, uint64_t max, uint64_t *value,
        const char **end);
// "ADDR:SIZE", as 0x90000000:16M. The range is not empty and ends at 2^32 or
// before.
bool number_parse_region(const char *text, uint32_t *addr,
        uint32_t *size_bytes);
// "10s", "1.5ms", "200us", "50ns" in picoseconds. A unit is required.
bool number_parse_time(const char *text, uint64_t *ps);

#define NUMBER_TEXT_BYTES 48
// "1.234 s", "152.00 ms", "3.10 us", "50 ns".
const char *number_format_time(char text[NUMBER_TEXT_BYTES], uint64_t ps);
// "1,048,576".
const char *number_format_count(char text[NUMBER_TEXT_BYTES], uint64_t value);

#endif
