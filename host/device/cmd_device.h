/*
 * cmd_device - the command `xipsafe device`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/device: the command `xipsafe device`: images of a device, over its
 * serial port by SMP.
 */
#ifndef CMD_DEVICE_H
#define CMD_DEVICE_H

int cmd_device(int argc, char **argv);

#endif
