/*
 * stm32_quadspi - QUADSPI: a controller that maps a serial flash
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_QUADSPI_H
#define STM32_QUADSPI_H

#include "sim/stm32/stm32_soc.h"

#define QSPI_FIFO_BYTES 16u

struct stm32_qspi_options {
    const char *registers; // where the manual describes them: "RM0351 17.5"
    const char *errata;    // "ES0250"
    const char *reset_bit; // of the SoC: "RCC_AHB3RSTR.QSPIRST"
    const char *clock_bit; // "RCC_AHB3ENR"
    unsigned irq;
    unsigned clock; // HCLK
    struct sim_pin clk, ncs, io[4];
    struct nor *nor;
    bool residue; // every read at CLK >= HCLK/2 leaves a byte in the FIFO
};

enum stm32_qspi_phase {
    QSPI_IDLE,
    QSPI_COMMAND, // no data: ends at t_next
    QSPI_WRITE,
    QSPI_READ, // bytes come in, or wait to be popped
    QSPI_POLL,
    QSPI_MAPPED,
    QSPI_ABORT,
};

struct stm32_qspi {
    const struct stm32_soc *soc;
    struct stm32_qspi_options o;
    uint32_t cr, dcr, flags, dlr, ccr, ar, abr, psmkr, psmar, pir, lptr;
    bool ccr_armed; // CCR was written since reset: FTF means something
    // CCR has a command that waits for AR or DR; SIM_NEVER: none does.
    sim_time waits_since;
    enum stm32_qspi_phase phase;
    uint32_t start_pc; // of the write that began the command
    unsigned start_exception;
    bool popped;                       // DR was read since then
    uint8_t fifo[QSPI_FIFO_BYTES + 1]; // one more for the residue of a read
    unsigned level;
    bool connected;     // pins are right: the chip sees this frame
    bool in_frame;      // nCS is low
    uint64_t remaining; // bytes still to cross the bus
    sim_time clock_ps;  // one CLK period of the running transfer
    sim_time byte_ps;
    sim_time t_next;   // when the next byte has crossed; end of the phase
    bool paused;       // FIFO full or empty: CLK is stopped
    sim_time free_at;  // nCS has been high long enough
    sim_time nor_time; // last time told to the chip: never goes back
    unsigned polls;    // real polls since the start
    sim_time poll_start, poll_period;
    bool poll_ftf;
    unsigned looks; // at SR in a row with nothing left that could end BUSY
    sim_time looks_since;
    sim_time timeout_at;  // mapped with TCEN: when TOF is set
    uint32_t poll_status; // what was read last
    bool ar_dirty;        // the last address had AR[1:0] != 0, no abort yet
    bool window_wanted;   // mapped: window closed since the chip is busy
    struct sim_event event;
    bool noted_pins, noted_fsize, noted_disabled;
    bool noted_dr, noted_sioo, noted_speed, noted_poll, noted_cut;
};

extern const struct stm32_ops stm32_qspi_ops;

void stm32_qspi_init(struct stm32_qspi *q, const struct stm32_soc *soc,
        const struct stm32_qspi_options *options);
// Switches controller and chip. A frame that was not finished has no effect.
void stm32_qspi_power(struct stm32_qspi *q, bool on);
// The controller was without power: it discards what it was doing.
void stm32_qspi_forget(struct stm32_qspi *q);
// Stops at once, as EN=0 does. The SoC calls it first in a reset: a window that
// the reset closes must not look like one whose pins or clock were taken away.
void stm32_qspi_stop(struct stm32_qspi *q);
// A pin's mode or function has changed.
void stm32_qspi_pins(struct stm32_qspi *q);
// HCLK has changed from `old_hz`.
void stm32_qspi_hclk(struct stm32_qspi *q, uint32_t old_hz);
// The line that asks for DMA: FTF with DMAEN.
bool stm32_qspi_request(const struct stm32_qspi *q);
// Time to read some bytes from the open window, as a burst of their own.
sim_time stm32_qspi_window_ps(const struct stm32_qspi *q, unsigned bytes);

#endif
