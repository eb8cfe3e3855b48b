/*
 * machine - a SoC, a chip and a line, put together as the board describes
 *
 * SPDX-License-Identifier: MIT
 *
 * The only file that knows which SoCs there are.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/machine/sim_board.h"
#include "sim/stm32l4/stm32l4.h"

static const struct sim_soc *const socs[] = {
        &stm32l476_soc,
};

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

_Static_assert(BOARD_RAMS_MAX <= SIM_SOC_RAMS, "memories");
_Static_assert(BOARD_PORTS == SIM_PORTS, "ports");

static struct sim_pin pin_of(const struct board *board,
        enum board_signal signal) {
    const struct board_pin *pin = &board->pin[signal];
    return (struct sim_pin){pin->port, pin->pin, pin->af};
}

static void take_wiring(struct sim_wiring *to, const struct board *board) {
    to->qspi_clk = pin_of(board, BOARD_CLK);
    to->qspi_ncs = pin_of(board, BOARD_NCS);
    for (unsigned i = 0; i < 4; i++) {
        to->qspi_io[i] = pin_of(board, BOARD_IO0 + i);
    }
    to->uart_tx = pin_of(board, BOARD_TX);
    to->uart_rx = pin_of(board, BOARD_RX);
    to->hse_hz = board->hse_hz;
    to->hse_note = *board->hse_note ? board->hse_note : NULL;
    memcpy(to->pulled_up, board->pulled_up, sizeof to->pulled_up);
    to->any_pin = !board->pins_known;
}

static void take_memories(struct sim_soc_options *to, const struct board *board,
        uint8_t *internal) {
    const uint32_t chip_bytes = nor_part_of(to->nor)->size_bytes;
    to->internal = (struct sim_region){
            .addr = board->internal.addr,
            .bytes = board->internal.bytes,
            .host = internal,
    };
    to->window = (struct sim_region){
            .addr = board->window.addr,
            .bytes = chip_bytes < board->window.bytes ? chip_bytes
                                                      : board->window.bytes,
    };
    to->ram_count = board->ram_count;
    for (unsigned i = 0; i < board->ram_count; i++) {
        to->ram[i].addr = board->ram[i].addr;
        to->ram[i].bytes = board->ram[i].bytes;
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
    const struct sim_soc *soc =
            options->soc ? options->soc : sim_soc_find(options->board->mcu);
    struct sim_board *board = soc ? calloc(1, sizeof *board) : NULL;
    if (!board) {
        return NULL;
    }
    board->soc = soc;
    board->options.sim = sim;
    board->options.wiring = &board->wiring;
    board->options.nor = options->nor;
    board->options.peer = options->peer;
    board->options.fifo_residue = options->fifo_residue;
    take_wiring(&board->wiring, options->board);
    take_memories(&board->options, options->board, options->internal);
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

void sim_board_tear(struct sim_board *board, uint64_t tear) {
    if (board->soc->tear) {
        board->soc->tear(board->mcu, tear);
    }
}

sim_time sim_board_internal_until(const struct sim_board *board) {
    return board->soc->internal_until ? board->soc->internal_until(board->mcu)
                                      : SIM_NEVER;
}

struct sim_soc_counters sim_board_counters(const struct sim_board *board) {
    return board->soc->counters(board->mcu);
}
