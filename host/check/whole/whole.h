/*
 * whole - runs the whole program on sets of values, from every entry
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/whole: all that words of RAM ever hold, by a run of the
 * whole program.
 *
 * From the reset and from each vector, along every branch and call, with all
 * that registers, frames and words of RAM can hold there. Nothing is looked
 * for: what runs is what was reached, and a store, a call or a return of which
 * the run does not know where it goes ends it, since then nothing is known. So
 * if it comes to its end, every store of every run of the firmware was seen, if
 * the ELFs are what the device holds (A2), stacks do not overflow (A3) and
 * nothing but code, and DMA to objects whose address code gives to a device,
 * writes to RAM (A6).
 *
 * What RAM holds does not depend on the time: each word has one set for the
 * whole run, which is repeated until no set grows.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include "check/model/model.h"

struct whole;

// table_addr: of the vector table that is in use; 0: none but those that the
// run finds. NULL: out of memory.
struct whole *whole_find(const struct model *model, uint32_t table_addr);
void whole_free(struct whole *whole);

// It came to its end; NULL did not. Else: where it did not know how to go on,
// and why, one sentence.
bool whole_complete(const struct whole *whole);
uint32_t whole_stopped_at(const struct whole *whole);
const char *whole_stopped_why(const struct whole *whole);

// The top of a stack in the window that code sets a stack pointer to, or that a
// task begins on, and the instruction at *by that does; 0: none was seen. Also
// where the run did not come to its end.
uint32_t whole_window_stack(const struct whole *whole, uint32_t *by);

// All that the word of RAM at addr ever holds: up to VALUE_CONSTS values,
// ascending; returns how many, 0: not known. ctx is the struct whole: this is
// the callback of struct model.
unsigned whole_values(const void *ctx, uint32_t addr, uint32_t *values);

// The instruction at addr was executed, and all that it does is known.
bool whole_executed(const struct whole *whole, uint32_t addr);
// What is in memory there is what the image has, in all runs.
bool whole_unchanged(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes);
// The instruction that put another word than the image's there, where start
// code copies code to RAM, with the word and its address: a copy from the wrong
// place, before the run stopped. 0: none.
uint32_t whole_other_copy(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes, uint32_t *at, uint32_t *word);
// The first instruction that makes the words from addr on other than what the
// image has, or gives their address to a device (*by_device), and not only that
// of what lies behind them; 0: none was seen. Also where the run did not come
// to its end.
uint32_t whole_changed_by(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes, bool *by_device);
// What the run saw of code in RAM that is not what the image has: the first
// place of each kind at *addr, and the instruction at *by that is to blame.
// Also where the run did not come to its end.
enum whole_seen {
    WHOLE_SEEN_CHANGED, // an instruction that runs, and something stores to it
    WHOLE_SEEN_GIVEN,   // a device gets its address
    WHOLE_SEEN_ABSENT,  // it runs, and no image has code there
    WHOLE_SEEN_LATE,    // it runs, and nothing has put it there on that path
    WHOLE_SEEN_COUNT,
};
bool whole_saw(const struct whole *whole, enum whole_seen what, uint32_t *addr,
        uint32_t *by);
// Of WHOLE_SEEN_CHANGED: what was seen in the word there, VALUE_CONSTS at most.
// 0: not known.
unsigned whole_changed_to(const struct whole *whole, uint32_t *values);
// On a path from the program's entry code has stored to each word there, and
// nothing else than what the image has. Also where the run did not come to its
// end.
bool whole_copied(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes);
// The run came to its end, and no code or device stored to any word there.
bool whole_never_stored(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes);
// A device got the address at *at, where an object begins and another one ends,
// which counts as given, too: where that one begins, of the first. 0: of none.
uint32_t whole_given_by_end(const struct whole *whole, uint32_t *at);
// The vectors of the table at addr are entries of the run.
bool whole_has_table(const struct whole *whole, uint32_t addr);
// The word n of the table at addr is a vector of the run: it is one of the
// table's, or code enables its interrupt. False, too: the run did not come to
// its end.
bool whole_is_vector(const struct whole *whole, uint32_t addr, uint32_t n);
// Behind the last exception that code is seen to enable while the table at addr
// may be in use, or before; 0: none is known.
uint32_t whole_enabled_end(const struct whole *whole, uint32_t addr);
// The exception n may come, in any table: it is one of the core's, or code
// enables that interrupt, or some that is not known.
bool whole_enables(const struct whole *whole, uint32_t n);
// Of the word n of the table at addr, what it holds when its exception comes in
// an outage.
unsigned whole_vector(const struct whole *whole, uint32_t addr, uint32_t n,
        uint32_t *values);
// The i-th address that VTOR is set to, and the instruction at *by that does so
// first. False: there are no more, or the run did not come to its end.
bool whole_vtor(const struct whole *whole, size_t i, uint32_t *addr,
        uint32_t *by);

/// What an instruction does, in all runs ///

#define WHOLE_SPANS_MAX 16u
struct whole_span {
    uint32_t first, last; // last: the last byte
};
enum whole_known {
    WHOLE_NOTHING, // it was never executed, or the run did not come to its end
    WHOLE_SOME,    // these, and others
    WHOLE_ALL,
};

// Spans that hold all addresses that the instruction at addr reads or writes,
// but for places in stacks. *count is 0 where those are all.
enum whole_known whole_accesses(const struct whole *whole, uint32_t addr,
        const struct whole_span **spans, size_t *count);

// The instruction at addr reads or writes at an address that is not known, and
// that may be what an outage has stored where `pointers` speaks of what is
// read: so the annotation says nothing of it.
bool whole_renewed(const struct whole *whole, uint32_t addr);
// The run rests on that note of the options.
bool whole_rests_on(const struct whole *whole, size_t note);

// The targets, with the Thumb bit, of the call, jump or return at addr that is
// no direct branch; where it goes back to its caller, that is not among them.
#define WHOLE_TARGETS_MAX 32u
enum whole_known whole_targets(const struct whole *whole, uint32_t addr,
        const uint32_t **targets, size_t *count);

// Which vector tables may be in use while the instruction at addr stores to a
// device or lets an exception in (SVC, a register of the core), or from then on
// where it sets VTOR to the window; 0: it does none of that, no exception can
// come then, or only those are that code sets VTOR to, outside of the window.
enum whole_tables {
    WHOLE_FIRST_TABLE = 1,  // that of the reset, or one that is not known
    WHOLE_WINDOW_TABLE = 2, // one in the window, that code sets VTOR to
};
unsigned whole_tables(const struct whole *whole, uint32_t addr);

// The instruction at addr may set AIRCR.VECTRESET: by a constant, or what is
// not known, but for numbers that were computed (A1).
bool whole_resets_core(const struct whole *whole, uint32_t addr);

// Something sets a stack pointer, or what an exception returns to (A11).
bool whole_switches(const struct whole *whole);
// Some code, or a task, uses another stack than that of the reset.
bool whole_has_stacks(const struct whole *whole);
// It is one of these, or a store that makes an exception return to one.
bool whole_jumps(const struct whole *whole, uint32_t addr);

#endif
