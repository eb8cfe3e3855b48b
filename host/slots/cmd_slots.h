/*
 * cmd_slots - the command `xipsafe slots`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/slots: the command `xipsafe slots`: what the journal in the
 * contents of a chip says, and which image the boot program would start.
 */
#ifndef CMD_SLOTS_H
#define CMD_SLOTS_H

int cmd_slots(int argc, char **argv);

#endif
