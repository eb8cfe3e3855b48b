/*
 * chip - the NOR model of a run, and power cuts in its operations
 *
 * SPDX-License-Identifier: MIT
 *
 * Reports and operations are passed to the board's callbacks; the operations
 * are counted, and the supply is cut in the middle of a chosen one.
 */
#ifndef CHIP_H
#define CHIP_H

#include "sim/machine/sim_board.h"

struct chip_options {
    const struct nor_part *part;
    uint8_t *array; // size_bytes of the part, page-aligned
    uint32_t window_addr;
    bool max_times; // the maximum times instead of the typical ones
    unsigned resume_loss_percent; // of the part's figure; 0: 100
    uint64_t seed;
    unsigned cut_percent; // of the operation in which the supply is cut
};

struct chip {
    struct sim *sim;
    struct nor *nor;
    struct sim_board_nor to;
    uint64_t operations; // begun since the last power-on
    uint64_t cut_at;     // of these, 0: never
    unsigned cut_percent;
    struct sim_event cut_event;
    bool cut_planned;  // cut_event has found out when
    uint8_t *pages[2]; // of snapshots: the array, and which bits are unstable
};

// False: out of memory.
bool chip_open(struct chip *chip, struct sim *sim,
        const struct chip_options *options);
void chip_close(struct chip *chip);
// Restarts the count; cut_at 0: no cut in this cycle.
void chip_new_cycle(struct chip *chip, uint64_t cut_at);

#endif
