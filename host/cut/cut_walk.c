/*
 * cut_walk - goes forward through a run and cuts it at its points
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK 16u // points that a process takes at once

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

bool cut_walk_is_ours(const struct cut_options *o, size_t point) {
    return point / CHUNK % o->shards == o->shard - 1;
}

/// To a point ///

static bool advance(struct cut_machine *m, const struct cut_point *p) {
    if (p->place == CUT_INSTRUCTION) {
        if (sim_instructions(m->sim) >= p->instruction) {
            return sim_instructions(m->sim) == p->instruction;
        }
        sim_stop_before(m->sim, p->instruction);
    } else {
        cut_machine_point(m, p->at);
    }
    enum cut_stop stop;
    do {
        stop = cut_machine_run(m);
    } while (stop == CUT_DECIDED || stop == CUT_TEXT);
    sim_stop_before(m->sim, SIM_NEVER);
    return stop == CUT_POINT;
}

/// At a point ///

// What the verdict depends on beside the flash.
static uint64_t key_of(struct cut_machine *m, const struct cut_before *before,
        const struct cut_point *p, uint64_t *flash) {
    struct sim_snapshot *s = sim_save(m->sim);
    uint64_t key = *flash = s ? cut_machine_hash(m, s) : 0;
    sim_snapshot_free(s);
    key = (key ^ (uint64_t)(before->running + 8)) * 0x100000001B3ull;
    key = (key ^ (before->sent | before->confirmed << 1)) * 0x100000001B3ull;
    if (m->marks.internal_busy) { // torn when the power returns
        key = (key ^ p->at ^ (uint64_t)p->tear << 40) * 0x100000001B3ull;
    }
    return key ^ key >> 29;
}

static struct cut_before before_point(const struct cut_machine *m,
        const struct cut_plan *plan) {
    struct cut_before before = cut_before(m);
    if (before.running == CUT_NO_IMAGE) { // it has not been started yet
        before.running = plan->first;
        before.running_off = plan->first_off;
    }
    return before;
}

static enum nor_fault nor_fault_of(unsigned fault) {
    return fault == CUT_NO_EFFECT  ? NOR_FAULT_NO_EFFECT
            : fault == CUT_REFUSED ? NOR_FAULT_REFUSED
                                   : NOR_FAULT_NEIGHBOUR;
}

// The fault happens, and the run ends as it ends; then the power fails.
static void go_on(struct cut_machine *m, const struct cut_plan *plan,
        unsigned fault) {
    enum cut_stop stop;
    nor_fault_next(m->chip.nor, nor_fault_of(fault));
    cut_machine_update(m, 2 * (plan->end - sim_now(m->sim)) + 10 * SIM_S,
            &stop);
    cut_machine_power_off(m, 0);
}

// Up to a machine without supply, or (watchdog) one that will reset.
static struct cut_before apply(struct cut_machine *m,
        const struct cut_plan *plan, const struct cut_point *p) {
    struct cut_before before = before_point(m, plan);
    if (p->fault == CUT_POWER) {
        cut_machine_power_off(m, p->tear);
    } else if (p->fault == CUT_WATCHDOG) {
        sim_request_reset(m->sim, SIM_RESET_IWDG);
    } else {
        go_on(m, plan, p->fault);
        before = before_point(m, plan);
    }
    return before;
}

/// Cuts in the recovery ///

static void keep_second(struct cut_walk *w, const struct cut_point *first,
        const struct cut_point *second, const struct cut_outcome *out) {
    struct cut_table *t = w->shared->table;
    const uint32_t i = __atomic_fetch_add(&t->seconds, 1, __ATOMIC_RELAXED);
    if (i >= CUT_SECONDS_MAX) {
        return;
    }
    char a[CUT_NAME_BYTES], b[CUT_NAME_BYTES];
    cut_point_name(first, a);
    cut_point_name(second, b);
    snprintf(t->second[i].name, sizeof t->second[i].name, "%.31s/%.31s", a, b);
    t->second[i].verdict = (uint8_t)out->verdict;
    memcpy(t->second[i].why, out->why, sizeof out->why);
}

// off: the machine as it was without supply. What booting it did is in
// operations.
static bool walk_second(struct cut_walk *w, const struct cut_point *first,
        const struct cut_before *before, const struct sim_snapshot *off,
        struct cut_plan *plan, struct cut_row *row) {
    struct cut_machine *m = w->m;
    if (!cut_plan_operations(plan, m->options, false)) {
        return false;
    }
    sim_restore(m->sim, off, false);
    cut_machine_power_on(m);
    for (size_t i = 0; i < plan->count && !w->shared->table->stop; i++) {
        const struct cut_point *p = &plan->points[i];
        if (p->fault != CUT_POWER) {
            continue;
        }
        if (!advance(m, p)) {
            return false;
        }
        struct sim_snapshot *at = sim_save(m->sim);
        if (!at) {
            return false;
        }
        uint32_t same;
        cut_machine_power_off(m, p->tear + 16);
        uint64_t flash;
        const uint64_t key = key_of(m, before, p, &flash);
        if (cut_states_claim(w->shared, key, CUT_SECOND, &same)) {
            struct cut_outcome out;
            cut_judge(m, before, flash, false, &out);
            row->second[out.verdict]++;
            if (out.verdict != CUT_GOOD) {
                keep_second(w, first, p, &out);
            }
        } else {
            row->second_equal++;
        }
        sim_restore(m->sim, at, false);
        sim_snapshot_free(at);
    }
    return true;
}

/// One point ///

static void resume(struct cut_walk *w, size_t index, struct cut_row *row) {
    struct cut_machine *m = w->m;
    enum cut_stop stop;
    if (!w->stride || index % w->stride || row->verdict != CUT_GOOD ||
            !m->line.sending ||
            (row->image >= 0 && m->images.at[row->image].sent)) {
        return;
    }
    if (cut_machine_update(m, 2 * w->plan->end + 30 * SIM_S, &stop)) {
        row->resume = CUT_RESUMED;
        if (m->marks.unstable) {
            row->verdict = CUT_UNSTABLE;
            snprintf(row->why, sizeof row->why,
                    "after the update was begun again and has succeeded");
        }
        return;
    }
    row->resume = CUT_NEVER_RESUMED;
    row->verdict = CUT_STUCK;
    cut_machine_why(m, stop, row->why, sizeof row->why);
}

static bool run_point(struct cut_walk *w, size_t index, struct cut_row *row) {
    struct cut_machine *m = w->m;
    const struct cut_point *p = &w->plan->points[index];
    const uint64_t begin = now_us();
    const struct cut_before before = apply(m, w->plan, p);
    struct sim_snapshot *off = NULL;
    struct cut_plan second = {.points = NULL};
    uint64_t flash = 0;
    if (p->fault == CUT_POWER) {
        row->key = key_of(m, &before, p, &flash);
        if (!cut_states_claim(w->shared, row->key, (uint32_t)index,
                    &row->same)) {
            row->other_us = (uint32_t)(now_us() - begin);
            row->state = CUT_EQUAL;
            return true;
        }
        if (m->options->twice) {
            off = sim_save(m->sim);
            m->told = cut_operations_trace;
            m->told_ctx = &second.operations;
        }
    }
    struct cut_outcome out;
    cut_judge(m, &before, flash, p->fault == CUT_WATCHDOG, &out);
    m->told = NULL;
    row->verdict = (uint8_t)out.verdict;
    row->boots = (uint8_t)out.boots;
    row->image = (int16_t)out.image;
    memcpy(row->why, out.why, sizeof row->why);
    const uint64_t judged = now_us();
    row->cut_us = (uint32_t)(judged - begin);
    resume(w, index, row);
    row->other_us = (uint32_t)(now_us() - judged);
    const bool good = !off || !second.operations.count ||
            walk_second(w, p, &before, off, &second, row);
    sim_snapshot_free(off);
    cut_plan_free(&second);
    row->state = CUT_DONE;
    return good;
}

static bool cut_at(struct cut_walk *w, size_t index) {
    struct cut_machine *m = w->m;
    struct cut_row *row = &w->shared->table->row[index];
    if (!advance(m, &w->plan->points[index])) {
        return false;
    }
    struct sim_snapshot *at = sim_save(m->sim);
    if (!at) {
        return false;
    }
    row->state = CUT_CLAIMED;
    const bool good = run_point(w, index, row);
    sim_restore(m->sim, at, false);
    sim_snapshot_free(at);
    return good;
}

/// All points ///

bool cut_walk_all(struct cut_walk *w) {
    struct cut_table *t = w->shared->table;
    sim_restore(w->m->sim, w->plan->start, false);
    for (;;) {
        const uint32_t from =
                __atomic_fetch_add(&t->next, CHUNK, __ATOMIC_RELAXED);
        if (from >= t->points) {
            return true;
        }
        for (uint32_t i = from; i < from + CHUNK && i < t->points; i++) {
            if (t->stop) {
                return true;
            }
            if (t->row[i].state != CUT_TODO ||
                    !cut_walk_is_ours(w->m->options, i)) {
                continue;
            }
            if (!cut_at(w, i)) {
                return false;
            }
        }
    }
}

/// One point, to look at ///

bool cut_walk_one(struct cut_walk *w, size_t index, const char *name,
        struct cut_outcome *out) {
    struct cut_machine *m = w->m;
    const struct cut_point *p = &w->plan->points[index];
    struct cut_plan second = {.points = NULL};
    sim_restore(m->sim, w->plan->start, false);
    if (!advance(m, p)) {
        return false;
    }
    const struct cut_before before = apply(m, w->plan, p);
    uint64_t flash = 0;
    bool good = true;
    if (p->fault == CUT_POWER) {
        key_of(m, &before, p, &flash);
    }
    if (name) {
        struct sim_snapshot *off = sim_save(m->sim);
        size_t at = 0;
        m->told = cut_operations_trace;
        m->told_ctx = &second.operations;
        cut_judge(m, &before, flash, false, out);
        m->told = NULL;
        good = off && cut_plan_operations(&second, m->options, false) &&
                cut_plan_find(&second, name, &at);
        if (good) {
            sim_restore(m->sim, off, false);
            cut_machine_power_on(m);
            good = advance(m, &second.points[at]);
            cut_machine_power_off(m, second.points[at].tear + 16);
            key_of(m, &before, &second.points[at], &flash);
        }
        sim_snapshot_free(off);
        cut_plan_free(&second);
    }
    if (good) {
        cut_judge(m, &before, flash, p->fault == CUT_WATCHDOG, out);
    }
    return good;
}
