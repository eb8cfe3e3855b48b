/*
 * lines - a text file line by line, without comments
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES (1 << 20)

FILE *lines_open(const char *path, const char **why) {
    // O_NONBLOCK: a FIFO is refused instead of waited for.
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) {
        *why = strerror(errno);
    } else if (!S_ISREG(st.st_mode)) {
        *why = "not a regular file";
    } else if (st.st_size > FILE_MAX_BYTES) {
        *why = "larger than 1 MB, which no such file is";
    } else {
        FILE *file = fdopen(fd, "r");
        if (file) {
            return file;
        }
        *why = strerror(errno);
    }
    if (fd >= 0) {
        close(fd);
    }
    return NULL;
}

static bool is_printable(const char *text) {
    for (; *text; text++) {
        if (*text != '\t' && (*text < ' ' || *text > '~')) {
            return false;
        }
    }
    return true;
}

char *lines_next(struct lines *l) {
    ssize_t length;
    while ((length = getline(&l->line, &l->room, l->file)) > 0) {
        l->number++;
        if (l->number == 1 && !strncmp(l->line, "\xEF\xBB\xBF", 3)) {
            memset(l->line, ' ', 3); // the byte order mark that editors write
        }
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
        if (!is_printable(text)) {
            l->error = "has a character that is not printable ASCII: write it "
                       "without, or behind a #";
            return NULL;
        }
        if (*text) {
            return text;
        }
    }
    if (!feof(l->file)) {
        l->error = errno == ENOMEM ? "out of memory; close other programs"
                                   : "cannot be read: give a text file";
    }
    return NULL;
}

void lines_free(struct lines *l) {
    free(l->line);
    l->line = NULL;
    l->room = 0;
}
