/*
 * cmd_chip - the NOR model of a run, and power cuts in its operations
 *
 * SPDX-License-Identifier: MIT
 *
 * Reports and operations go on to the board's callbacks; the operations are
 * counted, and the supply is cut in the middle of a chosen one.
 */
#ifndef CMD_CHIP_H
#define CMD_CHIP_H

#include "sim/command/cmd_files.h"

struct cmd_chip {
    struct sim *sim;
    struct nor *nor;
    struct sim_board_nor to;
    uint64_t operations; // begun since the last power-on
    uint64_t cut_at;     // of these, 0: never
    unsigned cut_percent;
    struct sim_event cut_event;
    bool cut_planned; // cut_event has found out when
};

// False: out of memory.
bool cmd_chip_open(struct cmd_chip *chip, struct sim *sim,
        const struct cmd_options *o, const struct cmd_files *files);
void cmd_chip_close(struct cmd_chip *chip);
// Counts anew; cut_at 0: no cut in this cycle.
void cmd_chip_new_cycle(struct cmd_chip *chip, uint64_t cut_at);

#endif
