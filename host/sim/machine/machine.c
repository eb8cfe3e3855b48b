/*
 * machine - a SoC, a chip and a line, put together as the board describes
 *
 * SPDX-License-Identifier: MIT
 *
 * The only file that knows which SoCs there are.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/machine/board_priv.h"
#include "sim/stm32l4/stm32l4.h"

static const struct sim_soc *const socs[] = {
        &stm32l476_soc,
};

_Static_assert(SIM_BOARD_SYSTEM_ADDR == STM32L4_SYSTEM_ADDR &&
                SIM_BOARD_SYSTEM_BYTES == STM32L4_SYSTEM_BYTES,
        "what a board file must keep free");

struct sim_board {
    const struct sim_soc *soc;
    void *mcu;
    struct sim_wiring wiring;
    struct sim_soc_options options;
};

const struct sim_soc *sim_soc_find(const char *mcu) {
    for (size_t i = 0; i < sizeof socs / sizeof socs[0]; i++) {
        if (!strncmp(mcu, socs[i]->name, strlen(socs[i]->name))) {
            return socs[i];
        }
    }
    return NULL;
}

/// What the board says ///

static void take_memories(struct sim_soc_options *to,
        const struct sim_board_info *info, uint8_t *internal) {
    const uint32_t chip_bytes = nor_part_of(to->nor)->size_bytes;
    to->internal = (struct sim_region){
            .addr = info->internal_addr,
            .bytes = info->internal_bytes,
            .host = internal,
    };
    to->window = (struct sim_region){
            .addr = info->window_addr,
            .bytes = chip_bytes < info->window_bytes ? chip_bytes
                                                     : info->window_bytes,
    };
}

static void take_custom(struct sim_board *board,
        const struct sim_board_custom *custom) {
    const struct sim_board_row *like =
            custom->like ? sim_board_row_(custom->like) : NULL;
    if (like) {
        board->wiring = like->wiring;
    }
    board->wiring.any_pin = !custom->like;
    board->wiring.hse_hz = custom->hse_hz;
    board->wiring.hse_note = NULL;
    board->options.ram_count = custom->ram_count;
    for (unsigned i = 0; i < custom->ram_count; i++) {
        board->options.ram[i].addr = custom->ram[i].addr;
        board->options.ram[i].bytes = custom->ram[i].bytes;
    }
}

static void take_row(struct sim_board *board, const struct sim_board_row *row) {
    board->wiring = row->wiring;
    board->options.ram_count = row->ram_count;
    for (unsigned i = 0; i < row->ram_count; i++) {
        board->options.ram[i].addr = row->ram[i].addr;
        board->options.ram[i].bytes = row->ram[i].bytes;
    }
}

/// Life ///

static bool allocate_rams(struct sim_soc_options *options) {
    for (unsigned i = 0; i < options->ram_count; i++) {
        struct sim_region *ram = &options->ram[i];
        ram->host = aligned_alloc(4096, ram->bytes); // pages, for the CPU core
        if (!ram->host) {
            return false;
        }
        memset(ram->host, 0, ram->bytes);
    }
    return true;
}

struct sim_board *sim_board_new(struct sim *sim,
        const struct sim_board_options *options) {
    const struct sim_board_custom *custom = options->custom;
    const struct sim_board_row *row =
            custom ? NULL : sim_board_row_(options->board);
    const struct sim_board_info *info = custom ? &custom->info
            : row                              ? &row->info
                                               : NULL;
    const struct sim_soc *soc = options->soc ? options->soc
            : info                           ? sim_soc_find(info->mcu)
                                             : NULL;
    struct sim_board *board = info && soc ? calloc(1, sizeof *board) : NULL;
    if (!board) {
        return NULL;
    }
    board->soc = soc;
    board->options.sim = sim;
    board->options.wiring = &board->wiring;
    board->options.nor = options->nor;
    board->options.peer = options->peer;
    take_memories(&board->options, info, options->internal);
    if (custom) {
        take_custom(board, custom);
    } else {
        take_row(board, row);
    }
    if (allocate_rams(&board->options)) {
        board->mcu = soc->make(&board->options);
    }
    if (!board->mcu) {
        sim_board_free(board);
        return NULL;
    }
    return board;
}

void sim_board_free(struct sim_board *board) {
    if (!board) {
        return;
    }
    if (board->mcu) {
        board->soc->free(board->mcu);
    }
    for (unsigned i = 0; i < board->options.ram_count; i++) {
        free(board->options.ram[i].host);
    }
    free(board);
}

/// Requests ///

void sim_board_uart_kick(struct sim_board *board) {
    board->soc->uart_kick(board->mcu);
}

void sim_board_power(struct sim_board *board, bool on) {
    board->soc->power(board->mcu, on);
}

void sim_board_set(struct sim_board *board, uint32_t addr, uint32_t mask,
        uint32_t value) {
    board->soc->set(board->mcu, addr, mask, value);
}

struct sim_soc_counters sim_board_counters(const struct sim_board *board) {
    return board->soc->counters(board->mcu);
}
