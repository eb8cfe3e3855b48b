/*
 * cmd_part - `xipsafe part` and `xipsafe sfdp`
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_PART_H
#define CMD_PART_H

int cmd_part(int argc, char **argv);
int cmd_sfdp(int argc, char **argv);

#endif
