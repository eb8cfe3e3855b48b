/*
 * lines - a text file line by line, without comments
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/lines.h"

#include <stdlib.h>
#include <string.h>

char *lines_next(struct lines *l) {
    ssize_t length;
    while ((length = getline(&l->line, &l->room, l->file)) > 0) {
        l->number++;
        if (strlen(l->line) != (size_t)length) {
            l->error = "holds a zero byte: this is no text file";
            return NULL;
        }
        l->line[strcspn(l->line, "#\r\n")] = '\0';
        char *text = l->line + strspn(l->line, " \t");
        char *end = text + strlen(text);
        while (end > text && (end[-1] == ' ' || end[-1] == '\t')) {
            *--end = '\0';
        }
        if (*text) {
            return text;
        }
    }
    if (ferror(l->file)) {
        l->error = "cannot be read: give a text file";
    }
    return NULL;
}

void lines_free(struct lines *l) {
    free(l->line);
    l->line = NULL;
    l->room = 0;
}
