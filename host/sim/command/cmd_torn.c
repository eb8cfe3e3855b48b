/*
 * cmd_torn - what a cut of the supply leaves of the flash chip, in words
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_torn.h"

#include <inttypes.h>
#include <stdio.h>

static void read_status(const struct nor *nor, uint8_t status[3]) {
    for (unsigned i = 0; i < 3; i++) {
        status[i] = nor_stored_status(nor, i + 1);
    }
}

struct cmd_torn cmd_torn_before(struct nor *nor, uint64_t time_ps,
        char text[CMD_TORN_BYTES]) {
    struct cmd_torn torn;
    uint32_t off, len;
    read_status(nor, torn.status);
    torn.kind = nor_busy(nor, time_ps) ? nor_running(nor, &off, &len)
                                       : nor_suspended(nor, &off, &len);
    text[0] = '\0';
    if (torn.kind == 'E' || torn.kind == 'P') {
        snprintf(text, CMD_TORN_BYTES,
                ", in the %s of the %" PRIu32 " bytes at 0x%06" PRIx32,
                torn.kind == 'E' ? "erase" : "program", len, off);
    } else if (torn.kind == 'S') {
        snprintf(text, CMD_TORN_BYTES, ", in a write of the chip's registers");
    }
    return torn;
}

void cmd_torn_after(const struct nor *nor, const struct cmd_torn *before,
        struct cmd_console *console) {
    if (before->kind != 'S') {
        return;
    }
    const uint8_t *was = before->status;
    uint8_t is[3];
    read_status(nor, is);
    cmd_console_say(console,
            "note: the cut tears a write of the chip's registers, whose cells "
            "are erased before they are programmed: each bit may be as before, "
            "as written or 0. SR1 SR2 SR3 were %02Xh %02Xh %02Xh and are %02Xh "
            "%02Xh %02Xh: look for protection and a lost quad enable. Write "
            "them only when they differ, or after 50h (volatile) where the "
            "part has it",
            was[0], was[1], was[2], is[0], is[1], is[2]);
}
