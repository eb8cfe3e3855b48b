/*
 * measure - the figures of a run, gathered from the machine's trace
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/observe: watches a run: figures, timeline, waveforms, trace,
 * call stacks.
 *
 * Two sets: the whole run, and the update: from the first byte sent or the
 * first chip operation, whichever came first after a reset, to the last chip
 * operation before the next one or the acknowledged end of the transfer.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

#define CMD_EXCEPTIONS 256 // of ARMv7-M that an MCU here uses: 16 + 240

struct cmd_exception {
    uint64_t served;
    uint64_t in_outages;  // of them while the window was closed
    uint32_t wait_max_ns; // from pending and enabled to entry
    sim_time wait_at;     // entry of the longest wait
    uint64_t wait_sum_ns;
};

struct cmd_figures {
    bool valid;
    sim_time from, to;
    uint64_t erases, programs, status_writes;
    sim_time busy; // the chip worked: without suspensions
    uint64_t suspensions;
    sim_time suspended_sum, suspended_max, suspended_max_at;
    uint64_t outages;
    sim_time outage_sum, outage_max, outage_max_at;
    char outage_max_kind; // 'E', 'P', 'S', 0: no operation in it
    uint32_t outage_max_off;
    uint64_t uart_rx, uart_tx, uart_lost;
    struct cmd_exception exceptions[CMD_EXCEPTIONS];
};

struct cmd_operation {
    bool active;
    char kind;
    uint32_t off;
    sim_time at; // when it began to run, or was suspended
};

struct cmd_measure {
    struct cmd_figures run, update; // update.valid: there was one
    uint64_t resets[4];             // by enum sim_reset
    // Working state.
    struct cmd_figures open; // of an update that may continue
    struct cmd_figures best; // of several unannounced updates
    bool in_update, announced, open_announced;
    bool window_closed, window_used;
    sim_time closed_at;
    struct cmd_operation running, suspended;
    char outage_kind;
    uint32_t outage_off;
};

void cmd_measure_init(struct cmd_measure *m);
// A sim_trace_fn.
void cmd_measure_trace(void *ctx, const struct sim_trace *entry);
// The transfer began or ended: this defines the update. Without a transfer it
// is the run of chip operations between two resets in which the chip was busy
// longest.
void cmd_measure_update_begin(struct cmd_measure *m, sim_time now);
void cmd_measure_update_mark(struct cmd_measure *m, sim_time now);
// Fills run.to and update; once.
void cmd_measure_end(struct cmd_measure *m, sim_time now);

// Of all interrupts, including SVCall and PendSV, but not faults.
uint64_t cmd_figures_served(const struct cmd_figures *f);
uint64_t cmd_figures_served_in_outages(const struct cmd_figures *f);
// Exception number of the longest wait; 0: none was served.
unsigned cmd_figures_longest_wait(const struct cmd_figures *f);

#define CMD_NAME_BYTES 24
// "SysTick", "USART2", "interrupt 12". irqs: names of interrupts, may be NULL.
const char *cmd_exception_name(char name[CMD_NAME_BYTES], unsigned exception,
        const struct sim_irqs *irqs);

#endif
