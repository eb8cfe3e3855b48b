/*
 * cmd_sim - the command `xipsafe sim`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/command: the command `xipsafe sim`: options, files, reports.
 */
#ifndef CMD_SIM_H
#define CMD_SIM_H

// argv[0] is the subcommand's name. Returns the exit code: 0 good, 1 the
// firmware did wrong, 2 unusable input.
int cmd_sim(int argc, char **argv);

#endif
