/*
 * cmd_set - registers that the user sets: --set and --set-file
 *
 * SPDX-License-Identifier: MIT
 *
 * All return as the parser of the command line does: -1 to go on, or the exit
 * code after one line about what is wrong and where.
 */
#ifndef CMD_SET_H
#define CMD_SET_H

#include "sim/command/cmd_options.h"

int cmd_set_copy(struct cmd_options *o, const struct board_set *set);
// One ADDR[:MASK]=VALUE; where names its place in messages.
int cmd_set_add(struct cmd_options *o, const char *text, const char *where);
// A --set-file: one per line, # begins a comment.
int cmd_set_file(struct cmd_options *o, const char *path);

#endif
