/*
 * cmd_crash - `xipsafe crash`
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_CRASH_H
#define CMD_CRASH_H

int cmd_crash(int argc, char **argv);

#endif
