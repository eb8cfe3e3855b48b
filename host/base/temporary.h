/*
 * temporary - a file beside another, that takes its place when it is whole
 *
 * SPDX-License-Identifier: MIT
 *
 * None is left behind when the process ends early: it is known before it
 * exists.
 */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include <stdbool.h>
#include <sys/types.h>

struct temporary {
    char *path;   // NULL: there is none
    char *target; // what it is to replace, behind symbolic links
};

// Makes an empty file of that mode, to replace path. The descriptor, or -1 with
// errno and nothing left. t must stay where it is until temporary_settle.
int temporary_create(struct temporary *t, const char *path, mode_t mode);
// Puts it in its place if it is good, else removes it. False with errno if it
// is not in its place. Without a file: good.
bool temporary_settle(struct temporary *t, bool good);
// Removes those of this process that are not settled. For the end of the
// process: safe in a handler of signals and without memory.
void temporary_abandon(void);
// A handler of signals: that, and the process ends by the signal. While there
// is a file it is that of SIGINT, SIGTERM, SIGHUP and SIGPIPE, unless they have
// another one or are ignored.
void temporary_die(int number);

#endif
