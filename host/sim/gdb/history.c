/*
 * history - the simulated machine forwards and backwards
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/gdb/history.h"

#include <stdlib.h>
#include <string.h>

#include "sim/snapshot.h"

#define EVERY 500000u
#define MAX_BYTES ((size_t)384 << 20)
#define MAX_COUNT 600u
#define MAX_STRETCHES 100u
#define NEVER UINT64_MAX
#define SVC 11u

struct mark {
    struct sim_place place;
    struct sim_snapshot *snapshot;
    bool base; // a stretch begins here
};

struct history {
    struct history_options o;
    struct sim *sim;
    struct mark *marks; // in order
    size_t count, room;
    struct sim_place now, end;
    bool changed; // since the last run
    bool into;
    bool passing; // the next run begins with an instruction that was told of
    bool faulted; // there, a fault was told: the next run takes it
    struct sim_place fault_at;
    struct sim_touch touch;
    struct sim_fault fault;
    struct sim_violation violation;
};

/// Marks ///

static int compare(const struct sim_place *a, const struct sim_place *b) {
    return sim_place_compare(a, b);
}

// The last mark that is not behind the place; there always is one.
static size_t mark_at(const struct history *h, const struct sim_place *place) {
    size_t low = 0, high = h->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (compare(&h->marks[middle].place, place) <= 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static void drop_mark(struct history *h, size_t i) {
    sim_snapshot_free(h->marks[i].snapshot);
    memmove(&h->marks[i], &h->marks[i + 1],
            (--h->count - i) * sizeof h->marks[0]);
}

static uint64_t distance(uint64_t a, uint64_t b) {
    return a > b ? a - b : b - a;
}

// The one that is missed least: the hole is small, seen from here.
static void drop_one(struct history *h) {
    size_t best = 0;
    double best_worth = 0;
    for (size_t i = 1; i + 1 < h->count; i++) {
        if (h->marks[i].base || h->marks[i + 1].base) {
            continue;
        }
        const uint64_t hole = h->marks[i + 1].place.instructions -
                h->marks[i - 1].place.instructions;
        const double far = (double)distance(h->marks[i].place.instructions,
                                   h->now.instructions) +
                (double)h->o.every;
        const double worth = (double)hole / far;
        if (!best || worth < best_worth) {
            best = i;
            best_worth = worth;
        }
    }
    if (best) {
        drop_mark(h, best);
        return;
    }
    // Nothing but bases: the oldest stretch goes.
    size_t next = 1;
    while (next < h->count && !h->marks[next].base) {
        next++;
    }
    for (; next < h->count && next; next--) {
        drop_mark(h, 0);
    }
}

static void thin_out(struct history *h) {
    size_t bases = 0;
    for (size_t i = 0; i < h->count; i++) {
        bases += h->marks[i].base;
    }
    while (h->count > 2 &&
            (h->count > h->o.max_count || bases > MAX_STRETCHES ||
                    sim_snapshots_bytes() > h->o.max_bytes)) {
        const size_t before = h->count;
        drop_one(h);
        if (h->count == before) {
            break;
        }
        bases -= bases > MAX_STRETCHES;
    }
}

// Keeps the state that the machine is in. false: no memory is left.
static bool mark_here(struct history *h, const struct sim_place *place,
        bool base) {
    if (h->count == h->room) {
        const size_t room = h->room ? 2 * h->room : 64;
        struct mark *more = realloc(h->marks, room * sizeof *more);
        if (!more) {
            return false;
        }
        h->marks = more;
        h->room = room;
    }
    size_t at = h->count ? mark_at(h, place) + 1 : 0;
    if (at && !compare(&h->marks[at - 1].place, place)) {
        if (!base) {
            return true;
        }
        base |= h->marks[at - 1].base;
        drop_mark(h, --at);
    }
    struct sim_snapshot *snapshot = sim_save(h->sim);
    if (!snapshot) {
        return false;
    }
    memmove(&h->marks[at + 1], &h->marks[at],
            (h->count++ - at) * sizeof h->marks[0]);
    h->marks[at] = (struct mark){*place, snapshot, base};
    thin_out(h);
    return true;
}

static void restore(struct history *h, size_t mark) {
    sim_restore(h->sim, h->marks[mark].snapshot, true);
    h->now = h->marks[mark].place;
}

/// Running again ///

// Before an instruction, the first such place behind that one.
static struct sim_place next_after(const struct sim_place *place) {
    return (struct sim_place){
            .instructions = place->instructions,
            .entries = place->kind == SIM_PLACE_BEFORE ? place->entries + 1 : 0,
            .kind = SIM_PLACE_BEFORE,
    };
}

// To a place of the same stretch, whatever happens on the way. false: the run
// ended before.
static bool run_again(struct history *h, const struct sim_place *to) {
    sim_set_stops(h->sim, &(struct sim_stops){.faults = false});
    sim_stop_at(h->sim, to);
    sim_stop_before(h->sim, NEVER);
    for (;;) {
        switch (sim_run(h->sim)) {
        case SIM_STOP_REACHED:
            sim_place_of(h->sim, &h->now);
            return true;
        case SIM_STOP_BREAK:
            sim_pass(h->sim, false);
            break;
        case SIM_STOP_WATCH:
        case SIM_STOP_REQUEST:
            break;
        case SIM_STOP_POWER_CUT:
            if (!h->o.power_cut(h->o.ctx)) {
                return false;
            }
            break;
        default:
            return false;
        }
    }
}

// Marks on a long way to a place, so that the next steps back are short.
static void run_up(struct history *h, uint64_t to) {
    for (uint64_t near = (uint64_t)1 << 26; near >= 1 << 14; near >>= 3) {
        if (to > near && to - near > h->now.instructions + near) {
            const struct sim_place place = {
                    .instructions = to - near,
                    .kind = SIM_PLACE_BEHIND,
            };
            if (!run_again(h, &place) || !mark_here(h, &h->now, false)) {
                return;
            }
        }
    }
}

// Here the state may have been changed from outside.
static void arrive(struct history *h) {
    const size_t mark = mark_at(h, &h->now);
    if (h->marks[mark].base && !compare(&h->marks[mark].place, &h->now)) {
        restore(h, mark);
    }
}

static void go_to(struct history *h, const struct sim_place *place) {
    const size_t mark = mark_at(h, place);
    restore(h, mark);
    if (compare(&h->marks[mark].place, place)) {
        run_up(h, place->instructions);
        run_again(h, place);
        arrive(h);
    }
}

// Goes to the last place before an instruction that lies before the limit.
// false: there is none, the machine is at the beginning.
static bool go_before(struct history *h, struct sim_place limit) {
    for (size_t i = mark_at(h, &limit) + 1; i-- > 0;) {
        const struct mark *mark = &h->marks[i];
        if (compare(&mark->place, &limit) >= 0) {
            continue;
        }
        const bool base = mark->base;
        const struct sim_place begin = mark->place;
        const uint64_t last = limit.instructions ? limit.instructions - 1 : 0;
        struct sim_place to = {
                .instructions = last,
                .kind = SIM_PLACE_BEFORE,
        };
        restore(h, i);
        run_up(h, last);
        struct sim_snapshot *found = NULL;
        struct sim_place place = begin;
        if (begin.kind == SIM_PLACE_BEFORE && begin.instructions >= last) {
            found = sim_save(h->sim); // it may be the one
            to = next_after(&begin);
        }
        while (run_again(h, &to) && compare(&h->now, &limit) < 0) {
            sim_snapshot_free(found);
            found = sim_save(h->sim);
            place = h->now;
            to = next_after(&place);
        }
        if (found) {
            sim_restore(h->sim, found, true);
            sim_snapshot_free(found);
            h->now = place;
            return true;
        }
        if (base) { // what lies before is another stretch
            limit = begin;
        }
    }
    restore(h, 0);
    return false;
}

/// Forwards ///

// The state as it was changed begins a stretch.
static void begin_stretch(struct history *h) {
    if (h->changed) {
        h->changed = false;
        mark_here(h, &h->now, true);
    }
}

static const struct mark *next_base(const struct history *h) {
    for (size_t i = mark_at(h, &h->now) + 1; i < h->count; i++) {
        if (h->marks[i].base) {
            return &h->marks[i];
        }
    }
    return NULL;
}

static enum history_stop ended(struct history *h, enum sim_stop why,
        bool *back) {
    const struct sim_violation *violation = sim_violation_of(h->sim);
    *back = false;
    switch (why) {
    case SIM_STOP_BREAK:
        return HISTORY_BREAK;
    case SIM_STOP_WATCH:
        sim_touch_of(h->sim, &h->touch);
        return HISTORY_WATCH;
    case SIM_STOP_FAULT:
        sim_fault_of(h->sim, &h->fault);
        *back = true;
        return HISTORY_FAULT;
    case SIM_STOP_VIOLATION:
    case SIM_STOP_LOCKUP:
        if (violation) {
            h->violation = *violation;
        }
        *back = true;
        return why == SIM_STOP_LOCKUP ? HISTORY_LOCKUP : HISTORY_VIOLATION;
    case SIM_STOP_ASLEEP:
        return HISTORY_INTERRUPT;
    case SIM_STOP_TIME:
        return HISTORY_TIME;
    case SIM_STOP_IDLE:
        return HISTORY_IDLE;
    case SIM_STOP_POWER_CUT:
        return HISTORY_OFF;
    default:
        return HISTORY_DONE;
    }
}

static bool poll_asleep(void *ctx) {
    const struct history *h = ctx;
    return h->o.poll && h->o.poll(h->o.ctx);
}

static void at_end(struct history *h) {
    if (compare(&h->now, &h->end) > 0) {
        h->end = h->now;
    }
}

// until NULL: no such place. leave: until no more than `depth` exceptions are
// active.
static enum history_stop forwards(struct history *h,
        const struct sim_place *until, bool leave, unsigned depth) {
    struct sim *sim = h->sim;
    sim_set_stops(sim,
            &(struct sim_stops){
                    .faults = true,
                    .bkpt = h->o.bkpt,
                    .leaves = leave,
                    .depth = depth,
                    .asleep = poll_asleep,
                    .ctx = h,
            });
    if (h->passing) {
        sim_pass(sim, h->faulted && !compare(&h->fault_at, &h->now));
        h->passing = false;
    }
    for (;;) {
        const struct mark *base = next_base(h);
        const bool border =
                base && (!until || compare(&base->place, until) < 0);
        const struct sim_place end = border ? base->place
                : until                     ? *until
                                            : h->now;
        sim_stop_at(sim, border || until ? &end : NULL);
        sim_stop_before(sim,
                (h->now.instructions / h->o.every + 1) * h->o.every);
        const enum sim_stop why = sim_run(sim);
        sim_place_of(sim, &h->now);
        if (why == SIM_STOP_POWER_CUT && h->o.power_cut(h->o.ctx)) {
            continue;
        }
        if (why == SIM_STOP_REQUEST) {
            continue;
        }
        if (why != SIM_STOP_REACHED) {
            bool back;
            const enum history_stop stop = ended(h, why, &back);
            if (back) {
                // An instruction that cannot be fetched is not counted.
                struct sim_place limit = h->now;
                limit.kind = SIM_PLACE_BEFORE;
                limit.entries++;
                go_before(h, limit);
            }
            if (stop == HISTORY_FAULT) {
                h->faulted = true;
                h->fault_at = h->now;
            }
            at_end(h);
            return stop;
        }
        if ((border || until) && h->now.kind == end.kind &&
                compare(&h->now, &end) >= 0) {
            at_end(h);
            arrive(h);
            if (!border) {
                return HISTORY_DONE;
            }
            continue;
        }
        at_end(h);
        mark_here(h, &h->now, false);
        if (h->o.poll && h->o.poll(h->o.ctx)) {
            return HISTORY_INTERRUPT;
        }
    }
}

// Begins a run: what is told at this place was told already.
static void set_off(struct history *h) {
    begin_stretch(h);
    h->passing = true;
}

static bool is_svc(const struct history *h, uint32_t pc) {
    uint32_t regs[17];
    const uint8_t *code = sim_memory(h->sim, pc, 2);
    sim_registers(h->sim, regs);
    return code && code[1] == 0xDF && (regs[16] & 0x1FF) == SVC;
}

static enum history_stop step(struct history *h) {
    const unsigned depth = sim_depth(h->sim);
    const bool into = h->into;
    enum history_stop stop = HISTORY_DONE;
    if (h->now.kind != SIM_PLACE_BEFORE) { // events and exceptions come first
        const struct sim_place before = next_after(&h->now);
        stop = forwards(h, &before, false, 0);
        if (stop != HISTORY_DONE || (into && sim_depth(h->sim) > depth)) {
            return stop;
        }
        if (sim_depth(h->sim) > depth) {
            stop = forwards(h, NULL, true, depth);
        }
        if (stop != HISTORY_DONE) {
            return stop;
        }
        h->passing = true;
    }
    const uint32_t pc = sim_pc(h->sim);
    const struct sim_place next = next_after(&h->now);
    stop = forwards(h, &next, false, 0);
    if (stop == HISTORY_DONE && !into && sim_depth(h->sim) > depth &&
            !is_svc(h, pc)) {
        stop = forwards(h, NULL, true, depth);
    }
    return stop;
}

void history_step_into(struct history *h, bool into) {
    h->into = into;
}

enum history_stop history_step(struct history *h) {
    set_off(h);
    return step(h);
}

enum history_stop history_step_range(struct history *h, uint32_t from,
        uint32_t to) {
    set_off(h);
    for (uint32_t n = 1;; n++) {
        const enum history_stop stop = step(h);
        if (stop != HISTORY_DONE || sim_pc(h->sim) - from >= to - from) {
            return stop;
        }
        if (n % 4096 == 0 && h->o.poll && h->o.poll(h->o.ctx)) {
            return HISTORY_INTERRUPT;
        }
        h->passing = true;
    }
}

enum history_stop history_continue(struct history *h) {
    set_off(h);
    return forwards(h, NULL, false, 0);
}

enum history_stop history_settle(struct history *h) {
    const struct sim_place next = {
            .instructions = h->now.instructions,
            .kind = SIM_PLACE_BEFORE,
    };
    return forwards(h, &next, false, 0);
}

enum history_stop history_go(struct history *h, uint64_t instructions) {
    const struct sim_place place = {
            .instructions = instructions,
            .kind = SIM_PLACE_BEFORE,
    };
    set_off(h);
    if (instructions > h->now.instructions) {
        return forwards(h, &place, false, 0);
    }
    if (compare(&place, &h->marks[0].place) <= 0) {
        restore(h, 0);
        return HISTORY_BEGIN;
    }
    go_to(h, &place);
    return HISTORY_DONE;
}

/// Backwards ///

enum { BREAKS = 1, WATCHES = 2, ENTRIES = 4, TRACES = 8 };

struct found {
    unsigned traces; // of TRACES: which
    int what;        // 0: nothing
    struct sim_place place;
    struct sim_touch touch;
};

// The last of these in a stretch from here to the limit.
static void search_segment(struct history *h, const struct sim_place *limit,
        int wanted, struct found *found) {
    sim_set_stops(h->sim,
            &(struct sim_stops){
                    .entries = wanted & ENTRIES,
                    .traces = wanted & TRACES ? found->traces : 0,
            });
    sim_stop_at(h->sim, limit);
    sim_stop_before(h->sim, NEVER);
    for (;;) {
        const enum sim_stop why = sim_run(h->sim);
        const int what = why == SIM_STOP_BREAK ? BREAKS
                : why == SIM_STOP_WATCH        ? WATCHES
                : why == SIM_STOP_ENTRY        ? ENTRIES
                : why == SIM_STOP_TRACE        ? TRACES
                                               : 0;
        if (what & wanted) {
            found->what = what;
            sim_place_of(h->sim, &found->place);
            sim_touch_of(h->sim, &found->touch);
        }
        if (why == SIM_STOP_BREAK) {
            sim_pass(h->sim, false);
        } else if (why == SIM_STOP_POWER_CUT) {
            if (!h->o.power_cut(h->o.ctx)) {
                return;
            }
        } else if (!what && why != SIM_STOP_REQUEST) {
            return;
        }
    }
}

// Before the limit; what touches memory, and an entry, may be at it. false: the
// debugger has interrupted.
static bool search(struct history *h, struct sim_place limit, int wanted,
        struct found *found) {
    found->what = 0;
    for (size_t i = mark_at(h, &limit) + 1; i-- > 0 && !found->what;) {
        if (compare(&h->marks[i].place, &limit) > 0) {
            continue;
        }
        const struct sim_place begin = h->marks[i].place;
        restore(h, i); // a breakpoint right there belongs to this segment
        search_segment(h, &limit, wanted, found);
        limit = begin;
        if (wanted != ENTRIES && h->o.poll && h->o.poll(h->o.ctx)) {
            return false;
        }
    }
    return true;
}

// Out of handlers that came between, to code that they have interrupted.
static bool back_over(struct history *h, unsigned depth) {
    while (sim_depth(h->sim) > depth) {
        struct found found;
        search(h, h->now, ENTRIES, &found);
        if (!found.what || !go_before(h, found.place)) {
            return false;
        }
    }
    return true;
}

enum history_stop history_back_step(struct history *h) {
    begin_stretch(h);
    const unsigned depth = sim_depth(h->sim);
    if (!go_before(h, h->now)) {
        return HISTORY_BEGIN;
    }
    if (!h->into && sim_depth(h->sim) > depth && !back_over(h, depth)) {
        restore(h, 0);
        return HISTORY_BEGIN;
    }
    return HISTORY_DONE;
}

static enum history_stop back_to(struct history *h, int wanted,
        unsigned traces) {
    const struct sim_place from = h->now;
    struct found found = {.traces = traces};
    if (!search(h, from, wanted, &found)) {
        go_to(h, &from);
        return HISTORY_INTERRUPT;
    }
    if (found.what == WATCHES || found.what == TRACES) {
        h->touch = found.touch;
        return !go_before(h, found.place) ? HISTORY_BEGIN
                : found.what == WATCHES   ? HISTORY_WATCH
                                          : HISTORY_DONE;
    }
    if (found.what == BREAKS) {
        go_to(h, &found.place);
        return HISTORY_BREAK;
    }
    restore(h, 0);
    return HISTORY_BEGIN;
}

enum history_stop history_back_continue(struct history *h) {
    begin_stretch(h);
    return back_to(h, BREAKS | WATCHES, 0);
}

enum history_stop history_back_trace(struct history *h, unsigned traces) {
    begin_stretch(h);
    return back_to(h, TRACES, traces);
}

/// State ///

const struct sim_touch *history_touch(const struct history *h) {
    return &h->touch;
}

const struct sim_fault *history_fault(const struct history *h) {
    return &h->fault;
}

const struct sim_violation *history_violation(const struct history *h) {
    return &h->violation;
}

bool history_is_past(const struct history *h) {
    return compare(&h->now, &h->end) < 0;
}

bool history_change(struct history *h) {
    const bool cut = history_is_past(h);
    h->changed = true;
    h->faulted = false;
    if (!cut) {
        return false;
    }
    while (h->count > 1 &&
            compare(&h->marks[h->count - 1].place, &h->now) > 0) {
        drop_mark(h, h->count - 1);
    }
    h->end = h->now;
    struct sim_snapshot *here = sim_save(h->sim);
    if (here) { // what comes is told, although as much was told before
        sim_restore(h->sim, here, false);
        sim_snapshot_free(here);
    }
    if (h->o.forget_future) {
        h->o.forget_future(h->o.ctx);
    }
    return true;
}

void history_figures(const struct history *h, struct history_figures *figures) {
    *figures = (struct history_figures){
            .now = h->now,
            .begin = h->marks[0].place,
            .end = h->end,
            .snapshots = h->count,
            .bytes = sim_snapshots_bytes(),
    };
}

/// Life ///

struct history *history_new(const struct history_options *options) {
    struct history *h = calloc(1, sizeof *h);
    if (!h) {
        return NULL;
    }
    h->o = *options;
    h->sim = options->sim;
    h->o.every = h->o.every ? h->o.every : EVERY;
    h->o.max_bytes = h->o.max_bytes ? h->o.max_bytes : MAX_BYTES;
    h->o.max_count = h->o.max_count ? h->o.max_count : MAX_COUNT;
    const struct sim_place first = {
            .instructions = sim_instructions(h->sim),
            .kind = SIM_PLACE_BEFORE,
    };
    sim_set_stops(h->sim, &(struct sim_stops){.faults = false});
    sim_stop_at(h->sim, &first);
    if (sim_run(h->sim) == SIM_STOP_REACHED) {
        sim_place_of(h->sim, &h->now);
    }
    h->end = h->now;
    if (!mark_here(h, &h->now, true)) {
        history_free(h);
        return NULL;
    }
    return h;
}

void history_free(struct history *h) {
    if (!h) {
        return;
    }
    for (size_t i = 0; i < h->count; i++) {
        sim_snapshot_free(h->marks[i].snapshot);
    }
    free(h->marks);
    free(h);
}
