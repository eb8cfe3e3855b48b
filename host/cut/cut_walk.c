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
    key = (key ^
                  (before->sent | before->confirmed << 1 |
                          before->forbidden << 2)) *
            0x100000001B3ull;
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

/// The update, begun again ///

// It is under way, and what boots is good and not the update.
static bool can_resume(const struct cut_machine *m, enum cut_verdict verdict,
        int image) {
    return verdict == CUT_GOOD && m->line.sending &&
            (image < 0 || !m->images.at[image].sent);
}

// True: it arrives.
static bool arrives(struct cut_walk *w, enum cut_stop *stop) {
    return cut_machine_update(w->m, 2 * w->plan->end + 30 * SIM_S, stop);
}

/// Cuts of the second level ///

const char cut_level_marks[CUT_LEVELS + 1] = "/+";
// Tears of the second level are others than those of the first.
static const uint32_t tears_from[CUT_LEVELS] = {16, 2048};
#define ENDS_EVERY 16u // cut of CUT_AGAIN is followed by a third attempt

// Where a second level begins, and what was executed from there.
struct second {
    enum cut_level level;
    const struct cut_point *first;
    const struct sim_snapshot *from; // CUT_RECOVERY: without supply
    struct cut_plan plan;
};

static void keep_second(struct cut_walk *w, const struct second *s,
        const struct cut_point *p, enum cut_verdict verdict, const char *why) {
    struct cut_table *t = w->shared->table;
    const uint32_t i = __atomic_fetch_add(&t->seconds, 1, __ATOMIC_RELAXED);
    if (i >= CUT_SECONDS_MAX) {
        return;
    }
    char a[CUT_NAME_BYTES], b[CUT_NAME_BYTES];
    cut_point_name(s->first, a);
    cut_point_name(p, b);
    snprintf(t->second[i].name, sizeof t->second[i].name, "%.31s%c%.31s", a,
            cut_level_marks[s->level], b);
    t->second[i].verdict = (uint8_t)verdict;
    snprintf(t->second[i].why, sizeof t->second[i].why, "%s", why);
}

static void go_to_second(struct cut_machine *m, const struct second *s) {
    sim_restore(m->sim, s->from, false);
    if (s->level == CUT_RECOVERY) {
        cut_machine_power_on(m);
    }
}

// The second cut, and what comes of it.
static void cut_second(struct cut_walk *w, const struct second *s,
        const struct cut_before *before, const struct cut_point *p,
        struct cut_seconds *counts) {
    struct cut_machine *m = w->m;
    uint32_t same;
    uint64_t flash;
    cut_machine_power_off(m, p->tear + tears_from[s->level]);
    const uint64_t key = key_of(m, before, p, &flash);
    if (!cut_states_claim(w->shared, key, CUT_SECOND, &same)) {
        counts->equal++;
        return;
    }
    struct cut_outcome out;
    enum cut_stop stop;
    cut_judge(m, before, flash, false, &out);
    if (s->level == CUT_AGAIN && counts->run++ % ENDS_EVERY == 0 &&
            can_resume(m, out.verdict, out.image)) {
        if (arrives(w, &stop)) {
            counts->ended++;
        } else {
            out.verdict = CUT_STUCK;
            cut_machine_why(m, stop, out.why, sizeof out.why);
        }
    }
    counts->verdicts[out.verdict]++;
    if (out.verdict != CUT_GOOD) {
        keep_second(w, s, p, out.verdict, out.why);
    }
}

static bool walk_second(struct cut_walk *w, struct second *s,
        const struct cut_before *before, struct cut_seconds *counts) {
    struct cut_machine *m = w->m;
    if (!cut_plan_operations(&s->plan, m->options, false)) {
        return false;
    }
    go_to_second(m, s);
    for (size_t i = 0; i < s->plan.count && !w->shared->table->stop; i++) {
        if (s->plan.points[i].fault != CUT_POWER) {
            continue;
        }
        if (!advance(m, &s->plan.points[i])) {
            return false;
        }
        struct sim_snapshot *at = sim_save(m->sim);
        if (!at) {
            return false;
        }
        const struct cut_before now =
                s->level == CUT_AGAIN ? before_point(m, w->plan) : *before;
        cut_second(w, s, &now, &s->plan.points[i], counts);
        sim_restore(m->sim, at, false);
        sim_snapshot_free(at);
    }
    return true;
}

/// One point ///

static void resume(struct cut_walk *w, struct cut_row *row) {
    struct cut_machine *m = w->m;
    enum cut_stop stop;
    if (arrives(w, &stop)) {
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

// Resumes with every operation noted, and cuts there.
static bool resume_and_cut(struct cut_walk *w, const struct cut_point *p,
        const struct cut_before *before, struct cut_row *row) {
    struct cut_machine *m = w->m;
    struct second s = {.level = CUT_AGAIN,
            .first = p,
            .from = sim_save(m->sim),
            .plan.operations.sim = m->sim};
    if (!s.from) {
        return false;
    }
    m->told = cut_operations_trace;
    m->told_ctx = &s.plan.operations;
    resume(w, row);
    m->told = NULL;
    const bool good = walk_second(w, &s, before, &row->second[CUT_AGAIN]);
    sim_snapshot_free((struct sim_snapshot *)s.from);
    cut_plan_free(&s.plan);
    return good;
}

static bool after_verdict(struct cut_walk *w, size_t index,
        const struct cut_before *before, struct cut_row *row) {
    if (!can_resume(w->m, (enum cut_verdict)row->verdict, row->image)) {
        return true;
    }
    if (w->again_stride && index % w->again_stride == 0 &&
            w->plan->points[index].fault == CUT_POWER) {
        return resume_and_cut(w, &w->plan->points[index], before, row);
    }
    if (w->stride && index % w->stride == 0) {
        resume(w, row);
    }
    return true;
}

static bool run_point(struct cut_walk *w, size_t index, struct cut_row *row) {
    struct cut_machine *m = w->m;
    const struct cut_point *p = &w->plan->points[index];
    const uint64_t begin = now_us();
    const struct cut_before before = apply(m, w->plan, p);
    struct sim_snapshot *off = NULL;
    struct second recovery = {
            .level = CUT_RECOVERY, .first = p, .plan.operations.sim = m->sim};
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
            recovery.from = off = sim_save(m->sim);
            m->told = cut_operations_trace;
            m->told_ctx = &recovery.plan.operations;
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
    bool good = after_verdict(w, index, &before, row);
    row->other_us = (uint32_t)(now_us() - judged);
    if (good && off && recovery.plan.operations.count) {
        good = walk_second(w, &recovery, &before, &row->second[CUT_RECOVERY]);
    }
    sim_snapshot_free(off);
    cut_plan_free(&recovery.plan);
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

// The machine has been cut at the first point and goes to the second one: marks
// and its name. *before and *flash are of that one then.
static bool to_second(struct cut_walk *w, const struct cut_point *first,
        const char *name, struct cut_before *before, uint64_t *flash) {
    struct cut_machine *m = w->m;
    struct cut_outcome out;
    enum cut_stop stop;
    size_t at = 0;
    struct second s = {.level = *name == cut_level_marks[CUT_AGAIN]
                    ? CUT_AGAIN
                    : CUT_RECOVERY,
            .first = first,
            .plan.operations.sim = m->sim};
    struct sim_snapshot *from = s.level == CUT_AGAIN ? NULL : sim_save(m->sim);
    m->told = s.level == CUT_AGAIN ? NULL : cut_operations_trace;
    m->told_ctx = &s.plan.operations;
    cut_judge(m, before, *flash, false, &out);
    if (s.level == CUT_AGAIN) {
        from = sim_save(m->sim);
        m->told = cut_operations_trace;
        arrives(w, &stop);
    }
    m->told = NULL;
    s.from = from;
    bool good = from && cut_plan_operations(&s.plan, m->options, false) &&
            cut_plan_find(&s.plan, name + 1, &at);
    if (good) {
        const struct cut_point *p = &s.plan.points[at];
        go_to_second(m, &s);
        good = advance(m, p);
        if (s.level == CUT_AGAIN) {
            *before = before_point(m, w->plan);
        }
        cut_machine_power_off(m, p->tear + tears_from[s.level]);
        key_of(m, before, p, flash);
    }
    sim_snapshot_free(from);
    cut_plan_free(&s.plan);
    return good;
}

bool cut_walk_one(struct cut_walk *w, size_t index, const char *second,
        struct cut_outcome *out) {
    struct cut_machine *m = w->m;
    const struct cut_point *p = &w->plan->points[index];
    sim_restore(m->sim, w->plan->start, false);
    if (!advance(m, p)) {
        return false;
    }
    struct cut_before before = apply(m, w->plan, p);
    uint64_t flash = 0;
    if (p->fault == CUT_POWER) {
        key_of(m, &before, p, &flash);
    }
    if (second && !to_second(w, p, second, &before, &flash)) {
        return false;
    }
    const uint64_t executed = sim_instructions(m->sim);
    cut_judge(m, &before, flash, p->fault == CUT_WATCHDOG, out);
    out->executed = executed;
    return true;
}
