/*
 * cmd_cut - the command `xipsafe cut`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/cut: cuts the power of a firmware update at every point, and says
 * what boots afterwards.
 */
#ifndef CMD_CUT_H
#define CMD_CUT_H

int cmd_cut(int argc, char **argv);

#endif
