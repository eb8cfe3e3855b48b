/*
 * cmd_torn - what a cut of the supply leaves of the flash chip, in words
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_TORN_H
#define CMD_TORN_H

#include "nor/nor.h"
#include "sim/line/console.h"

#define CMD_TORN_BYTES 100u

struct cmd_torn {
    char kind;         // of the operation: 'E', 'P', 'S'; 0: none
    uint8_t status[3]; // SR1 to SR3
};

// While the supply is good. text: ", in the erase of the 4096 bytes at
// 0x001000"; empty: in no operation.
struct cmd_torn cmd_torn_before(struct nor *nor, uint64_t time_ps,
        char text[CMD_TORN_BYTES]);
// Without the supply: a note if status registers were torn.
void cmd_torn_after(const struct nor *nor, const struct cmd_torn *before,
        struct cmd_console *console);

#endif
