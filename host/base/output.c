/*
 * output - a report that goes to a file or to standard output
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"

struct output output_of(const char *text) {
    const bool file = text && strcmp(text, "-") != 0;
    return (struct output){.wanted = true, .path = file ? text : NULL};
}

static bool same(const struct output *a, const struct output *b) {
    if (!a->wanted || !b->wanted) {
        return false;
    }
    return a->path && b->path ? !strcmp(a->path, b->path) : a->path == b->path;
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

static struct output *pending[8];

void output_abandon(void) {
    for (size_t i = 0; i < sizeof pending / sizeof pending[0]; i++) {
        if (pending[i]) {
            unlink(pending[i]->temporary);
        }
    }
}

void output_die(int number) {
    output_abandon();
    signal(number, SIG_DFL);
    raise(number);
}

// Of the signals that would end the process: those that nobody has a handler
// for or ignores.
static void guard(void) {
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
        struct sigaction action;
        if (!sigaction(deadly[i], NULL, &action) &&
                action.sa_handler == SIG_DFL) {
            signal(deadly[i], output_die);
        }
    }
}

static void note_pending(const struct output *o, struct output *with) {
    for (size_t i = 0; i < sizeof pending / sizeof pending[0]; i++) {
        if (pending[i] == o) {
            pending[i] = with;
            return;
        }
    }
}

static void forget(struct output *o) {
    note_pending(o, NULL);
    free(o->temporary);
    free(o->target);
    o->temporary = o->target = NULL;
}

static FILE *open_file(struct output *o) {
    mode_t mode = 0;
    if (!beside(o, &mode)) {
        return fopen(o->path, "w");
    }
    o->target = file_behind_links(o->path);
    if (!o->target || asprintf(&o->temporary, "%s.XXXXXX", o->target) < 0) {
        const int error = o->target ? ENOMEM : errno;
        o->temporary = NULL;
        forget(o);
        errno = error;
        return NULL;
    }
    const int fd = mkostemp(o->temporary, O_CLOEXEC);
    FILE *file = fd >= 0 && !fchmod(fd, mode) ? fdopen(fd, "w") : NULL;
    if (!file) {
        const int error = errno;
        if (fd >= 0) {
            close(fd);
            unlink(o->temporary);
        }
        forget(o);
        errno = error;
    } else {
        note_pending(NULL, o);
        guard();
    }
    return file;
}

bool output_open(struct output *o) {
    if (!o->wanted) {
        return true;
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

// Puts the temporary file in its place, if it is good.
static bool settle(struct output *o, bool good) {
    bool settled = good;
    if (o->temporary) {
        settled = good && !rename(o->temporary, o->target);
        if (!settled) {
            const int error = errno;
            unlink(o->temporary);
            errno = error;
        }
        forget(o);
    }
    return settled;
}

void output_discard(struct output *o) {
    if (o->file && o->path) {
        fclose(o->file);
    }
    o->file = NULL;
    settle(o, false);
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
    if (settle(o, written && !failed && closed)) {
        return true;
    }
    error = error ? error : errno;
    cli_fail(CLI_TROUBLE,
            "cannot write all of %s: %s; free some space or name another place",
            o->path ? o->path : "standard output",
            error ? strerror(error) : "a write failed");
    return false;
}
