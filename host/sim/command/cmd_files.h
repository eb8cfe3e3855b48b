/*
 * cmd_files - the files of `xipsafe sim`: chip, images, symbols
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_FILES_H
#define CMD_FILES_H

#include "base/file.h"
#include "sim/command/cmd_options.h"
#include "sim/observe/call_stack.h"

struct cmd_files {
    uint8_t *chip; // size_bytes of the part
    size_t chip_bytes;
    struct file_map map;  // chip is its data, or memory of our own
    uint8_t *internal;    // internal_bytes of the board, erased is FFh
    struct elf_list elfs; // for symbols
    uint8_t *send;        // contents of --send
    size_t send_bytes;
};

// Opens and loads everything *o names. Returns -1, or the exit code after one
// line on stderr. cmd_files_close is needed either way.
int cmd_files_open(struct cmd_files *files, const struct cmd_options *o);
void cmd_files_close(struct cmd_files *files);
// Lines on stderr about programs in slots that no boot program would start.
void cmd_files_doubt_slots(const struct cmd_files *files,
        const struct cmd_options *o);

#endif
