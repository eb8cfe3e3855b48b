/*
 * temporary - a file beside another, that takes its place when it is whole
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    struct temporary *file;
    pid_t owner; // a child does not remove its parent's
} pending[8];

#define PENDING_COUNT (sizeof pending / sizeof pending[0])

void temporary_abandon(void) {
    for (size_t i = 0; i < PENDING_COUNT; i++) {
        if (pending[i].file && pending[i].owner == getpid()) {
            unlink(pending[i].file->path);
        }
    }
}

void temporary_die(int number) {
    temporary_abandon();
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
            signal(deadly[i], temporary_die);
        }
    }
}

static void exchange(const struct temporary *t, struct temporary *with) {
    for (size_t i = 0; i < PENDING_COUNT; i++) {
        if (pending[i].file == t) {
            pending[i].owner = getpid();
            pending[i].file = with;
            return;
        }
    }
}

static void forget(struct temporary *t) {
    const int error = errno;
    exchange(t, NULL);
    free(t->path);
    free(t->target);
    *t = (struct temporary){0};
    errno = error;
}

// Where a file that is replaced by renaming has to lie: behind symbolic links.
// NULL with errno: a link that leads to nothing, or in circles.
static char *behind_links(const char *path) {
    char *real = realpath(path, NULL);
    const int error = errno;
    struct stat st;
    if (real || error != ENOENT || !lstat(path, &st)) {
        errno = error;
        return real;
    }
    return strdup(path); // not there yet
}

int temporary_create(struct temporary *t, const char *path, mode_t mode) {
    *t = (struct temporary){.target = behind_links(path)};
    if (!t->target) {
        return -1;
    }
    if (asprintf(&t->path, "%s.XXXXXX", t->target) < 0) {
        t->path = NULL;
        forget(t);
        errno = ENOMEM;
        return -1;
    }
    guard();
    exchange(NULL, t);
    const int fd = mkostemp(t->path, O_CLOEXEC);
    if (fd < 0) {
        forget(t);
    } else if (fchmod(fd, mode)) {
        const int error = errno;
        close(fd);
        temporary_settle(t, false);
        errno = error;
        return -1;
    }
    return fd;
}

bool temporary_settle(struct temporary *t, bool good) {
    if (!t->path) {
        return good;
    }
    const bool settled = good && !rename(t->path, t->target);
    if (!settled) {
        const int error = errno;
        unlink(t->path);
        errno = error;
    }
    forget(t);
    return settled;
}
