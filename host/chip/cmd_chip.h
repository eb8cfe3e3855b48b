/*
 * cmd_chip - the command `xipsafe chip`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/chip: the chip model behind a programmer, for the tools of others.
 */
#ifndef CMD_CHIP_H
#define CMD_CHIP_H

// argv[0] is "chip". Returns the exit code.
int cmd_chip(int argc, char **argv);

#endif
