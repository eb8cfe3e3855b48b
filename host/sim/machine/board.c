/*
 * board - the boards that the simulator knows
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "sim/machine/board_priv.h"

#define INTERNAL_ADDR 0x08000000u
#define INTERNAL_BYTES 0x100000u
#define SRAM1_ADDR 0x20000000u
#define SRAM1_BYTES (96u * 1024u)
#define SRAM2_ADDR 0x10000000u
#define SRAM2_BYTES (32u * 1024u)
#define WINDOW_ADDR 0x90000000u
#define WINDOW_BYTES 0x10000000u

#define BUTTON (1u << 13) // PC13 on a Nucleo

/// The table ///

#define PORT(letter) ((letter) - 'A')
#define HSE_NOTE \
    "HSE is started: this board has none unless a crystal or a " \
    "solder bridge was added; the model gives 8 MHz"

#define RAM \
    .ram = {{SRAM1_ADDR, SRAM1_BYTES}, {SRAM2_ADDR, SRAM2_BYTES}}, \
    .ram_count = 2

// UM1879 (32L476GDISCOVERY) and UM1724 (Nucleo-64) for the wiring; the Nucleo
// has no flash of its own; its row describes the usual way to wire one to the
// pins of an LQFP64 (DS10198 table "alternate function AF10").
static const struct sim_board_row boards[] = {
        {
                .info =
                        {
                                .name = "stm32l476g-disco",
                                .mcu = "STM32L476VG",
                                .part = "n25q128a",
                                .internal_addr = INTERNAL_ADDR,
                                .internal_bytes = INTERNAL_BYTES,
                                .window_addr = WINDOW_ADDR,
                                .window_bytes = WINDOW_BYTES,
                                .text = "32L476GDISCOVERY: N25Q128A on "
                                        "QUADSPI, USART2 on PD5/PD6",
                        },
                RAM,
                .wiring =
                        {
                                .qspi_clk = {PORT('E'), 10, 10},
                                .qspi_ncs = {PORT('E'), 11, 10},
                                .qspi_io = {{PORT('E'), 12, 10},
                                        {PORT('E'), 13, 10},
                                        {PORT('E'), 14, 10},
                                        {PORT('E'), 15, 10}},
                                .uart_tx = {PORT('D'), 5, 7},
                                .uart_rx = {PORT('D'), 6, 7},
                                .hse_hz = 8000000,
                                .hse_note = HSE_NOTE,
                        },
        },
        {
                .info =
                        {
                                .name = "nucleo-l476rg-w25q128",
                                .mcu = "STM32L476RG",
                                .part = "w25q128jv",
                                .internal_addr = INTERNAL_ADDR,
                                .internal_bytes = INTERNAL_BYTES,
                                .window_addr = WINDOW_ADDR,
                                .window_bytes = WINDOW_BYTES,
                                .text = "Nucleo with a W25Q128JV wired to "
                                        "QUADSPI (PB10 PB11 PB1 PB0 PA7 PA6), "
                                        "USART2 on PA2/PA3",
                        },
                RAM,
                .wiring =
                        {
                                .qspi_clk = {PORT('B'), 10, 10},
                                .qspi_ncs = {PORT('B'), 11, 10},
                                .qspi_io = {{PORT('B'), 1, 10},
                                        {PORT('B'), 0, 10}, {PORT('A'), 7, 10},
                                        {PORT('A'), 6, 10}},
                                .uart_tx = {PORT('A'), 2, 7},
                                .uart_rx = {PORT('A'), 3, 7},
                                .hse_hz = 8000000,
                                .hse_note = HSE_NOTE,
                                // The button, not pressed.
                                .pulled_up = {[PORT('C')] = BUTTON},
                        },
        },
};
#define BOARDS (sizeof boards / sizeof boards[0])

const struct sim_board_info *sim_board_at(size_t i) {
    return i < BOARDS ? &boards[i].info : NULL;
}

const struct sim_board_row *sim_board_row_(const char *name) {
    for (size_t i = 0; i < BOARDS; i++) {
        if (!strcmp(boards[i].info.name, name)) {
            return &boards[i];
        }
    }
    return NULL;
}

const struct sim_board_info *sim_board_find(const char *name) {
    const struct sim_board_row *row = sim_board_row_(name);
    return row ? &row->info : NULL;
}

struct sim_board_info sim_board_default(void) {
    struct sim_board_info info = boards[0].info;
    info.name = info.part = "";
    info.text = "a board of your own";
    return info;
}
