/*
 * sim_board - a machine put together: MCU model, NOR chip, UART peer
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/machine: MCU, flash chip and UART line put together into a
 * board.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

#include "board/board.h"
#include "nor/nor.h"
#include "sim/sim.h"
#include "sim/soc.h"

struct sim_board_options {
    const struct board *board; // sim_board_can; must outlive the machine
    const struct sim_soc *soc; // NULL: the one that the MCU of the board is
    uint8_t *internal; // internal flash contents, as many bytes as the board's
    struct nor *nor;
    struct sim_uart_peer peer; // tx NULL: nothing attached
    // Reads leave an extra byte in the controller's FIFO more often than the
    // errata sheet says.
    bool fifo_residue;
};

// Whether a machine can be made of this board. False: why holds one line, with
// what to do.
#define SIM_BOARD_WHY_BYTES 400
bool sim_board_can(const struct board *board, char why[SIM_BOARD_WHY_BYTES]);

// Fills the start of the internal flash with a loader that maps the chip and
// starts the program whose vector table is at vectors_addr in the window.
void sim_board_start_code(const struct board *board, uint32_t chip_bytes,
        uint32_t vectors_addr, uint8_t *internal);

// The SoC whose name begins the MCU's name; NULL: it is not simulated.
const struct sim_soc *sim_soc_find(const char *mcu);

struct sim_board;
// Adds memories and peripherals to a new machine. NULL: its MCU is unknown, or
// there is no memory left.
struct sim_board *sim_board_new(struct sim *sim,
        const struct sim_board_options *options);
void sim_board_free(struct sim_board *board);

// The peer has new bytes: call next() from now on.
void sim_board_uart_kick(struct sim_board *board);

// The supply of MCU and chip has failed (nor_power_off) or returned
// (nor_power_on). After SIM_STOP_POWER_CUT: false, then true, then
// sim_power_on().
void sim_board_power(struct sim_board *board, bool on);

// --set ADDR[:MASK]=VALUE: reads of addr give the memory with the bits of mask
// replaced by those of value.
void sim_board_set(struct sim_board *board, uint32_t addr, uint32_t mask,
        uint32_t value);

// Ready-made callbacks for struct nor_options; its ctx is a struct
// sim_board_nor that outlives the chip. A report becomes a violation "nor-...",
// or a note.
struct sim_board_nor {
    struct sim *sim;
    uint32_t window_addr;                            // of the board
    uint32_t noted[NOR_KINDS - NOR_NOTES][256 / 32]; // by opcode
};
void sim_board_nor_report(void *ctx, const struct nor_report *report);
void sim_board_nor_changed(void *ctx, uint32_t off, uint32_t len_bytes);
void sim_board_nor_operation(void *ctx, char kind, uint32_t off,
        uint32_t len_bytes, uint64_t time_ps, bool begun);
void sim_board_nor_suspension(void *ctx, char kind, uint32_t off,
        uint64_t time_ps, bool suspended);

// Another tear of an operation that a loss of power cuts, in the flash of the
// MCU: a number for each of them. 0: the one that comes without a call.
void sim_board_tear(struct sim_board *board, uint64_t tear);
// When the erase or program of that flash will be done; SIM_NEVER: none runs.
sim_time sim_board_internal_until(const struct sim_board *board);

struct sim_soc_counters sim_board_counters(const struct sim_board *board);

#endif
