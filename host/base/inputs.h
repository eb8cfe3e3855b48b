/*
 * inputs - no output takes the place of a file that the command reads
 *
 * SPDX-License-Identifier: MIT
 *
 * Which files a command reads, now or later, its command line says: each word
 * of it, and what follows a '=', a ':' or the letter of an option or precedes
 * an '@' in one.
 */
#ifndef INPUTS_H
#define INPUTS_H

#include <stdbool.h>

// Once, by main(): the words stay where they are.
void inputs_of(int argc, char **argv);
// Both are there and are one file, by device and inode.
bool inputs_same_file(const char *a, const char *b);
// path: of an output, if it is a word of the command line then by its pointer
// into that. False, after a line on stderr, if another word names the same
// regular file.
bool inputs_spare(const char *path);

#endif
