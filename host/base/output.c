/*
 * output - a report that goes to a file or to standard output
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/inputs.h"

struct output output_of(const char *text) {
    const bool file = text && strcmp(text, "-") != 0;
    return (struct output){.wanted = true, .path = file ? text : NULL};
}

static bool same(const struct output *a, const struct output *b) {
    if (!a->wanted || !b->wanted) {
        return false;
    }
    if (!a->path || !b->path) {
        return a->path == b->path;
    }
    return !strcmp(a->path, b->path) || inputs_same_file(a->path, b->path);
}

bool output_all_differ(const struct output *const *outputs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (same(outputs[i], outputs[k])) {
                cli_fail(CLI_TROUBLE,
                        "two reports both on %s; give each a file of its own, "
                        "as --json=FILE",
                        outputs[i]->path ? outputs[i]->path
                                         : "standard output");
                return false;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        const char *path = outputs[i]->wanted ? outputs[i]->path : NULL;
        if (path && !inputs_spare(path)) {
            return false;
        }
    }
    return true;
}

bool output_is_stdout(const struct output *o) {
    return o->wanted && !o->path;
}

// What is no regular file (/dev/null, a pipe) is written itself.
static bool beside(const struct output *o, mode_t *mode) {
    struct stat st;
    if (o->live) {
        return false;
    }
    if (stat(o->path, &st)) {
        const mode_t mask = umask(0);
        umask(mask);
        *mode = 0666 & ~mask;
        return errno == ENOENT;
    }
    *mode = st.st_mode & 07777;
    return S_ISREG(st.st_mode) && !access(o->path, W_OK);
}

static FILE *open_file(struct output *o) {
    mode_t mode = 0;
    if (!beside(o, &mode)) {
        return fopen(o->path, "w");
    }
    const int fd = temporary_create(&o->temporary, o->path, mode);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file && fd >= 0) {
        const int error = errno;
        close(fd);
        temporary_settle(&o->temporary, false);
        errno = error;
    }
    return file;
}

bool output_open(struct output *o) {
    if (!o->wanted) {
        return true;
    }
    if (o->path && !inputs_spare(o->path)) {
        return false;
    }
    o->file = o->path ? open_file(o) : stdout;
    if (!o->file) {
        cli_fail(CLI_TROUBLE,
                "cannot write %s: %s; name another place, or make its folder",
                o->path, strerror(errno));
        return false;
    }
    return true;
}

void output_discard(struct output *o) {
    if (o->file && o->path) {
        fclose(o->file);
    }
    o->file = NULL;
    temporary_settle(&o->temporary, false);
}

bool output_close(struct output *o, bool written) {
    if (!o->file) {
        return true;
    }
    int error = written ? 0 : errno;
    errno = 0;
    const bool failed = ferror(o->file) != 0;
    const bool closed = o->path ? !fclose(o->file) : !fflush(stdout);
    if (!closed && !error) {
        error = errno;
    }
    o->file = NULL;
    if (temporary_settle(&o->temporary, written && !failed && closed)) {
        return true;
    }
    error = error ? error : errno;
    cli_fail(CLI_TROUBLE,
            "cannot write all of %s: %s; free some space or name another place",
            o->path ? o->path : "standard output",
            error ? strerror(error) : "a write failed");
    return false;
}
