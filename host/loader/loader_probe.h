/*
 * loader_probe - a board with a debug probe that calls functions in RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * A few instructions in internal flash stand for the probe: they take their
 * arguments from registers at an address where the MCU has none, call, and
 * hand the result back. The core halts in between.
 */
#ifndef LOADER_PROBE_H
#define LOADER_PROBE_H

#include "loader/loader_file.h"
#include "sim/machine/chip.h"

struct loader_board {
    const struct board *board;
    const struct nor_part *part;
};

struct loader_outcome {
    enum loader_end {
        LOADER_RETURNED,
        LOADER_FAULT,
        LOADER_VIOLATION, // of the chip, the controller or the window
        LOADER_LATE,
        LOADER_RESET,
    } end;
    uint32_t r0, r1;
    sim_time took;
    uint32_t stack_bytes; // that it has used
    uint32_t pc;          // link address of the fault or of the late core
    char what[600];       // of a fault or violation
};

struct loader_probe {
    const struct loader_file *file;
    uint32_t base;       // where the program was loaded
    uint32_t stack_addr; // top
    uint32_t buffer_addr, buffer_bytes;
    uint8_t *chip; // contents
    uint32_t chip_bytes;
    // The rest belongs to loader_probe.c.
    struct chip model;
    struct sim *sim;
    struct sim_board *board;
    uint8_t *internal;
    uint32_t args[8];
    uint32_t result[4];
    bool done, faulted, late, was_reset;
    struct sim_fault fault;
    struct sim_event alarm;
};

// A board that has been on for some time, the loader at base. The chip holds
// loader_fill() everywhere. Returns -1, or the exit code after a line on
// stderr. loader_probe_close is needed either way.
int loader_probe_open(struct loader_probe *p, const struct loader_board *board,
        const struct loader_file *file, uint32_t base, uint32_t stack_bytes);
// Lets the program be visible at its link address, too; base is a multiple of
// 4 KB.
void loader_probe_show(struct loader_probe *p);
void loader_probe_close(struct loader_probe *p);
uint8_t loader_fill(uint32_t off);

// After anything but LOADER_RETURNED there is nothing to call any more.
void loader_probe_call(struct loader_probe *p, uint32_t function,
        const uint32_t args[4], sim_time limit, struct loader_outcome *outcome);
// Host memory of the buffer; call it again with data that has changed.
uint8_t *loader_probe_buffer(struct loader_probe *p);
bool loader_probe_window_open(const struct loader_probe *p);

#endif
