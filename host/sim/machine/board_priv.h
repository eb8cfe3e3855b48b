/*
 * board_priv - a row of the table of boards
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BOARD_PRIV_H
#define BOARD_PRIV_H

#include "sim/machine/sim_board.h"

struct sim_board_row {
    struct sim_board_info info;
    struct {
        uint32_t addr, bytes;
    } ram[SIM_BOARD_RAMS];
    unsigned ram_count;
    struct sim_wiring wiring;
};
// NULL: unknown.
const struct sim_board_row *sim_board_row_(const char *name);

#endif
