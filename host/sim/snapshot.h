/*
 * snapshot - states that the simulated machine can go back to
 *
 * SPDX-License-Identifier: MIT
 *
 * For power cuts by the hundred and a debugger that runs backwards. A snapshot
 * holds the CPU, the core and its events, all memory, and what devices, chip
 * and peer have registered: plain structs, which are copied as they are, with
 * their pointers, so they must neither move nor own memory that does. It can be
 * put back only into the machine it is from, between two sim_run() calls.
 *
 * Pages of 4 KB are shared by all snapshots in which they are the same: a
 * snapshot costs the structs (about 100 KB for an STM32L476 with its chip) and
 * the pages that changed since the one before. The first one reads all memory;
 * the next ones RAM, and other memory only where it was said to have changed.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "sim/sim.h"

struct sim_snapshot;

// NULL: no memory is left, or the CPU core is Unicorn, which cannot.
struct sim_snapshot *sim_save(struct sim *sim);
// What follows is what followed the first time. replay: trace entries and notes
// that were told already are not told again. Otherwise all are, for a run that
// will differ.
void sim_restore(struct sim *sim, const struct sim_snapshot *snapshot,
        bool replay);
void sim_snapshot_free(struct sim_snapshot *snapshot);
// Memory of its own, without shared pages.
size_t sim_snapshot_bytes(const struct sim_snapshot *snapshot);
// Of all snapshots of the process, and of what the machines compare with.
size_t sim_snapshots_bytes(void);
// Of all memory, kept page by page: equal contents, equal hashes.
uint64_t sim_snapshot_hash(const struct sim_snapshot *snapshot);
// Of what a loss of power keeps: all but RAM.
uint64_t sim_snapshot_flash_hash(const struct sim_snapshot *snapshot);

// A struct that is part of the state. Until the machine is freed.
void sim_add_state(struct sim *sim, void *at, size_t bytes);
// Large memory, of which sim_state_changed() or sim_memory_changed() tells each
// change. bytes is a multiple of 4 KB.
void sim_add_state_pages(struct sim *sim, uint8_t *at, size_t bytes);
void sim_state_changed(struct sim *sim, const uint8_t *at, size_t bytes);

#endif
