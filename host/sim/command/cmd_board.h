/*
 * cmd_board - a board that a user describes, and register settings
 *
 * SPDX-License-Identifier: MIT
 *
 * All return as the parser of the command line does: -1 to go on, or the exit
 * code after one line about what is wrong and where.
 */
#ifndef CMD_BOARD_H
#define CMD_BOARD_H

#include "sim/command/cmd_options.h"

// A --board-file: sets board, custom, part unless one was given, and adds its
// register settings. docs/SIMULATE_YOURS.md has the format.
int cmd_board_file(struct cmd_options *o, const char *path);

// One ADDR[:MASK]=VALUE; where names its place in messages.
int cmd_set_add(struct cmd_options *o, const char *text, const char *where);
// A --set-file: one per line, # begins a comment.
int cmd_set_file(struct cmd_options *o, const char *path);

#endif
