/*
 * fake_sim - a machine without a CPU, for tests of peripherals
 *
 * SPDX-License-Identifier: MIT
 *
 * Implements the part of host/sim/sim.h that peripherals use. Time moves only
 * when a test says so or an access stalls; events then fire in order.
 */
#ifndef FAKE_SIM_H
#define FAKE_SIM_H

#include "sim/sim.h"

#define FAKE_IRQS SIM_MAX_IRQS
#define FAKE_NOTES 64
#define FAKE_TRACES 4096

struct sim *fake_sim_new(void);
void fake_sim_free(struct sim *sim);

// As the CPU does, 1, 2 or 4 bytes. Fails the test if there is no peripheral.
uint32_t fake_read(struct sim *sim, uint32_t addr, unsigned size);
void fake_write(struct sim *sim, uint32_t addr, uint32_t value, unsigned size);
uint32_t fake_r32(struct sim *sim, uint32_t addr);
void fake_w32(struct sim *sim, uint32_t addr, uint32_t value);
// Read, OR, write.
void fake_or32(struct sim *sim, uint32_t addr, uint32_t bits);

void fake_run_until(struct sim *sim, sim_time to);
void fake_run(struct sim *sim, sim_time ps); // from now
// Resets all peripherals.
void fake_reset(struct sim *sim, enum sim_reset kind);
// Poll addr every 100 ns until (value & mask) == want. False: not in `limit`.
bool fake_wait(struct sim *sim, uint32_t addr, uint32_t mask, uint32_t want,
        sim_time limit);

bool fake_irq(const struct sim *sim, unsigned irq);
bool fake_nmi(const struct sim *sim);
uint32_t fake_hclk(const struct sim *sim);
// Rule of the first violation since fake_forget, or NULL.
const char *fake_rule(const struct sim *sim);
const struct sim_violation *fake_violation(const struct sim *sim);
void fake_forget(struct sim *sim);
// How many notes contain `text`.
unsigned fake_notes(const struct sim *sim, const char *text);
// In this handler from now on; 0: in a thread.
void fake_exception(struct sim *sim, unsigned number);
unsigned fake_unmodelled(const struct sim *sim); // such registers reported
bool fake_bus_error(struct sim *sim);            // one since the last call?
const char *fake_window_reason(const struct sim *sim);
const char *fake_window_cure(const struct sim *sim); // NULL: none
struct sim_window_timing fake_window_timing(const struct sim *sim);
bool fake_sleep_clock(const struct sim *sim);
struct sim_flash_timing fake_flash_timing(const struct sim *sim);
// Since the last call: how often the cache of code was emptied, and 16 times
// how often that of data.
unsigned fake_flash_forgotten(struct sim *sim);
uint32_t fake_alias(const struct sim *sim); // target of the alias at 0
int fake_reset_request(struct sim *sim);    // kind, -1: none; clears it
sim_time fake_stalled(struct sim *sim);     // since the last call
// A store of the CPU to flash memory. false: a bus error.
bool fake_store(struct sim *sim, uint32_t addr, uint32_t value, unsigned size);
uint64_t fake_changed(struct sim *sim); // bytes, since the last call
// The i-th trace entry of a kind, or NULL.
const struct sim_trace *fake_trace(const struct sim *sim,
        enum sim_trace_kind kind, size_t i);
// What the device says that it waits for, or NULL.
const char *fake_busy(struct sim *sim);
void fake_set_pc(struct sim *sim, uint32_t pc);

#endif
