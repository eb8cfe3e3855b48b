/*
 * lines - a text file line by line, without comments
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LINES_H
#define LINES_H

#include <stddef.h>
#include <stdio.h>

// Opens a regular file of at most 1 MB. NULL: *why says why, as strerror().
FILE *lines_open(const char *path, const char **why);

// Zero-initialised but for file. # begins a comment.
struct lines {
    FILE *file;
    unsigned number;   // of the last line, from 1 on
    const char *error; // what ended it early: a line's end of a message
    char *line;
    size_t room;
};

// The next line that is not empty, without the blanks around it, in printable
// ASCII: what is printed again cannot reach the terminal as a command. It may
// be changed and is good until the next call. NULL: the end, or error is set.
char *lines_next(struct lines *lines);
void lines_free(struct lines *lines); // leaves the file open

#endif
