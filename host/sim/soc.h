/*
 * soc - the interface of a system on chip to the machine around it
 *
 * SPDX-License-Identifier: MIT
 *
 * A SoC owns its devices, its memory map, its clocks and its interrupt
 * numbers; sim/machine knows it by this table only. A new SoC is a folder with
 * one of these and a row in sim/machine/machine.c. See docs/ARCHITECTURE.md.
 */
#ifndef SOC_H
#define SOC_H

#include "nor/nor.h"
#include "sim/sim.h"

// The other end of a USART line. Bytes the peer offers travel back to back at
// `baud` (8N1) in simulated time.
struct sim_uart_peer {
    void (*tx)(void *ctx, uint8_t byte); // the MCU's byte is out
    int (*next)(void *ctx); // next byte for the MCU, -1: none for now
    void *ctx;
    uint32_t baud;
};

/// The board ///

struct sim_pin {
    uint8_t port, pin, af; // port 0: A; af: the alternate function it needs
};
#define SIM_PORTS 11u // A to K

// What a board connects to the MCU.
struct sim_wiring {
    struct sim_pin qspi_clk, qspi_ncs, qspi_io[4];
    struct sim_pin uart_tx, uart_rx;
    uint32_t hse_hz;      // 0: no crystal
    const char *hse_note; // printed once when the firmware starts the HSE
    uint32_t pulled_up[SIM_PORTS]; // inputs that the board holds high
    bool any_pin; // the pins above are unknown: all count as connected
};

struct sim_region {
    uint32_t addr, bytes;
    uint8_t *host;
};
#define SIM_SOC_RAMS 8

// All pointers must outlive the SoC.
struct sim_soc_options {
    struct sim *sim;
    const struct sim_wiring *wiring;
    struct sim_region ram[SIM_SOC_RAMS];
    unsigned ram_count;
    struct sim_region internal; // flash
    struct sim_region window;   // host: not used, the chip's array is shown
    struct nor *nor;
    struct sim_uart_peer peer; // tx NULL: nothing attached
    bool fifo_residue;         // see struct sim_board_options
};

/// The SoC ///

struct sim_soc_counters {
    uint64_t uart_rx, uart_tx, uart_overruns;
};

struct sim_soc {
    const char *name; // the prefix of its MCUs' names: "STM32L476"
    // Adds memories, peripherals and interrupts to the machine. The result is
    // the first argument of all others. NULL: out of memory.
    void *(*make)(const struct sim_soc_options *options);
    void (*free)(void *soc);
    // The supply of SoC and chip has failed, or has returned.
    void (*power)(void *soc, bool on);
    // The peer has new bytes.
    void (*uart_kick)(void *soc);
    // --set: reads of addr give the bits of mask from value.
    void (*set)(void *soc, uint32_t addr, uint32_t mask, uint32_t value);
    // How the next loss of power tears its own flash; 0: always alike. May be
    // NULL.
    void (*tear)(void *soc, uint64_t tear);
    // When the operation of its own flash will be done; SIM_NEVER: none runs.
    // May be NULL.
    sim_time (*internal_until)(const void *soc);
    struct sim_soc_counters (*counters)(const void *soc);
};

#endif
