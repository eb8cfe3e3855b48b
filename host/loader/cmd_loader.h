/*
 * cmd_loader - the command `xipsafe loader`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/loader: calls a flash algorithm as debug probes do, and says
 * which call did what wrong.
 */
#ifndef CMD_LOADER_H
#define CMD_LOADER_H

// argv[0] is "loader". Returns the exit code.
int cmd_loader(int argc, char **argv);

#endif
