/*
 * cmd_check - `xipsafe check`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/command: the command `xipsafe check`: options,
 * annotations, output files.
 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

// argv[0] is "check". Returns an enum cli_status.
int cmd_check(int argc, char **argv);

#endif
