/*
 * command - picks one command of several by its name
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>

struct command {
    const char *name;
    const char *full_name;             // "image sign": begins its error lines
    int (*run)(int argc, char **argv); // argv[0] is the name
};

// Runs the command that argv[1] names, or prints the help text for --help, -h
// and help. Returns its status, or CLI_TROUBLE after a line on stderr.
int command_run(const struct command *commands, size_t count,
        const char *help_text, int argc, char **argv);

#endif
