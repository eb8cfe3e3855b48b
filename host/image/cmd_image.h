/*
 * cmd_image - the subcommand `xipsafe image`
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_IMAGE_H
#define CMD_IMAGE_H

// keygen, sign, verify, dumpinfo, getpub. argv[0] is "image". Returns an
// enum cli_status.
int cmd_image(int argc, char **argv);

#endif
