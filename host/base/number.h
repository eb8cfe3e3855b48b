/*
 * number - numbers, times and sizes as people type and read them
 *
 * SPDX-License-Identifier: MIT
 *
 * The parsers are strict: the whole text must be one value with its unit.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// "10s", "1.5ms", "200us", "50ns" in picoseconds. A unit is required.
bool number_parse_time(const char *text, uint64_t *ps);
// Decimal or 0x hexadecimal, no sign, at most max.
bool number_parse(const char *text, uint64_t max, uint64_t *value);

#define NUMBER_TEXT_BYTES 48
// "1.234 s", "152.0 ms", "3.1 us", "50 ns".
const char *number_format_time(char text[NUMBER_TEXT_BYTES], uint64_t ps);
// "1,048,576".
const char *number_format_count(char text[NUMBER_TEXT_BYTES], uint64_t value);

#endif
