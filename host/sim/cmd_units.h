/*
 * cmd_units - numbers, times and sizes as people type and read them
 *
 * SPDX-License-Identifier: MIT
 *
 * The parsers are strict: the whole text must be one value with its unit.
 */
#ifndef CMD_UNITS_H
#define CMD_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// "10s", "1.5ms", "200us", "50ns" in picoseconds. A unit is required.
bool cmd_parse_time(const char *text, uint64_t *ps);
// Decimal or 0x hexadecimal, no sign, at most max.
bool cmd_parse_number(const char *text, uint64_t max, uint64_t *value);

#define CMD_TEXT_BYTES 48
// "1.234 s", "152.0 ms", "3.1 us", "50 ns".
const char *cmd_format_time(char text[CMD_TEXT_BYTES], uint64_t ps);
// "1,048,576".
const char *cmd_format_count(char text[CMD_TEXT_BYTES], uint64_t value);

#endif
