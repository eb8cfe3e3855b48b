/*
 * cmd_image - the subcommand `xipsafe image`
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/image: the command `xipsafe image`: keys, signing, verifying,
 * packs, the factory file.
 */
#ifndef CMD_IMAGE_H
#define CMD_IMAGE_H

// Each returns an enum cli_status; argv[0] is its own name.
int cmd_image(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_dumpinfo(int argc, char **argv);
int cmd_factory(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_unpack(int argc, char **argv);

#endif
