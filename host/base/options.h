/*
 * options - one grammar of options for all commands
 *
 * SPDX-License-Identifier: MIT
 *
 * getopt_long() with our own error lines. A wrong value gives one line through
 * cli_fail(), with the option, the value and what to give instead; the
 * functions then return false, and the command CLI_TROUBLE.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Begins with argv[1], even if another command has used getopt before.
void options_begin(void);
// Those that are refused the second time, as "flash json": one of two files
// would be left alone. Of others with one value the last one counts.
void options_once(const char *names);
// As getopt_long(): the option's number, or -1 at the end. '?' after a line on
// stderr, also for an empty value. short_options begins with ":" (or "-:", to
// receive other arguments in order). *name, which may be NULL, is the name of a
// long option.
int options_next(int argc, char **argv, const char *short_options,
        const struct option *long_options, const char **name);

// A file where none is taken, which is rather the value of an option before it:
// that is written with "=". True after the line.
bool options_stray(const char *text);

// Names are without the dashes: "baud". Always false, after the line.
bool option_bad(const char *name, const char *text, const char *wanted);
bool option_number(const char *name, const char *text, uint64_t min,
        uint64_t max, uint64_t *value);
// A number of at most 32 bits.
bool option_u32(const char *name, const char *text, uint32_t max,
        uint32_t *value);
// More than 0, in picoseconds.
bool option_time(const char *name, const char *text, uint64_t *ps);
// The index of text in names[count]. Words: "stop, fault or stall".
bool option_choice(const char *name, const char *text, const char *const *names,
        size_t count, const char *words, size_t *choice);

#endif
