/*
 * timeline - a picture of outages, chip operations and interrupts, as SVG
 *
 * SPDX-License-Identifier: MIT
 *
 * The recording half, and the choice of the interval.
 */
#include "sim/observe/timeline.h"
#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#include "sim/observe/timeline_priv.h"

// Three hours of a busy line; a longer recording adds nothing to a picture.
#define LIST_MAX (64u << 20)

#define SLICES 5 // runs of a suspended erase that fill a picture

struct timeline *timeline_new(void) {
    return calloc(1, sizeof(struct timeline));
}

void timeline_free(struct timeline *t) {
    if (!t) {
        return;
    }
    free(t->outages.at);
    free(t->operations.at);
    free(t->runs.at);
    free(t->exceptions.at);
    free(t->bytes.at);
    free(t->resets.at);
    free(t);
}

static bool make_room(struct timeline *t, void **list, size_t count,
        size_t *room, size_t size) {
    void *bigger =
            count < LIST_MAX ? array_more(*list, count, room, size) : NULL;
    if (!bigger) {
        t->full = true;
        return false;
    }
    *list = bigger;
    return true;
}

static void open_span(struct timeline *t, struct timeline_spans *list,
        const struct sim_trace *e, char kind) {
    void *at = list->at;
    if (make_room(t, &at, list->count, &list->room, sizeof *list->at)) {
        list->at = at;
        list->at[list->count++] = (struct timeline_span){
                .from = e->time, .to = SIM_NEVER, .off = e->b, .kind = kind};
    }
}

static void close_span(struct timeline_spans *list, sim_time now) {
    if (list->count && list->at[list->count - 1].to == SIM_NEVER) {
        list->at[list->count - 1].to = now;
    }
}

static void add_point(struct timeline *t, struct timeline_points *list,
        sim_time now, uint32_t what) {
    void *at = list->at;
    if (make_room(t, &at, list->count, &list->room, sizeof *list->at)) {
        list->at = at;
        list->at[list->count++] =
                (struct timeline_point){.at = now, .what = what};
    }
}

static bool is_open(const struct timeline_spans *list) {
    return list->count && list->at[list->count - 1].to == SIM_NEVER;
}

static void enter(struct timeline *t, const struct sim_trace *e) {
    const size_t before = t->exceptions.count;
    add_point(t, &t->exceptions, e->time, e->a);
    if (t->exceptions.count != before) {
        t->exceptions.at[before].wait_ns = e->b;
        t->exceptions.at[before].in_outage = is_open(&t->outages);
        if (e->a < CMD_EXCEPTIONS) {
            t->entered[e->a] = before + 1;
        }
    }
}

static void leave(struct timeline *t, const struct sim_trace *e) {
    if (e->a < CMD_EXCEPTIONS && t->entered[e->a]) {
        struct timeline_point *p = &t->exceptions.at[t->entered[e->a] - 1];
        const sim_time run_ns = (e->time - p->at) / SIM_NS;
        p->run_ns = run_ns < UINT32_MAX ? (uint32_t)run_ns : UINT32_MAX;
        t->entered[e->a] = 0;
    }
}

static void trace_chip(struct timeline *t, const struct sim_trace *e) {
    if (e->c == SIM_CHIP_SUSPENDED && is_open(&t->runs)) {
        t->runs.at[t->runs.count - 1].suspends = true;
    }
    close_span(&t->runs, e->time);
    if (e->c == SIM_CHIP_SUSPENDED) {
        return;
    }
    // An operation inside a suspension of another has ended that one's span.
    if (e->c != SIM_CHIP_RESUMED || !is_open(&t->operations)) {
        close_span(&t->operations, e->time);
        if (e->c != SIM_CHIP_ENDED) {
            open_span(t, &t->operations, e, (char)e->a);
        }
    }
    if (e->c != SIM_CHIP_ENDED) {
        open_span(t, &t->runs, e, (char)e->a);
        if (is_open(&t->runs)) {
            t->runs.at[t->runs.count - 1].resumed = e->c == SIM_CHIP_RESUMED;
        }
    }
}

static void trace_window(struct timeline *t, const struct sim_trace *e) {
    if (e->a) {
        t->window_used = true;
        close_span(&t->outages, e->time);
    } else if (t->window_used &&
            (!t->outages.count ||
                    t->outages.at[t->outages.count - 1].to != SIM_NEVER)) {
        open_span(t, &t->outages, e, 0);
    }
}

void timeline_trace(void *ctx, const struct sim_trace *e) {
    struct timeline *t = ctx;
    if (t->full) {
        return;
    }
    switch (e->kind) {
    case SIM_TRACE_WINDOW:
        trace_window(t, e);
        break;
    case SIM_TRACE_CHIP:
        trace_chip(t, e);
        break;
    case SIM_TRACE_EXC_ENTER:
        enter(t, e);
        break;
    case SIM_TRACE_EXC_EXIT:
        leave(t, e);
        break;
    case SIM_TRACE_UART_RX:
        add_point(t, &t->bytes, e->time, e->b ? 1 : 0);
        break;
    case SIM_TRACE_RESET:
        close_span(&t->outages, e->time);
        close_span(&t->operations, e->time);
        close_span(&t->runs, e->time);
        memset(t->entered, 0, sizeof t->entered);
        t->window_used = false;
        add_point(t, &t->resets, e->time, e->a);
        break;
    default:
        break;
    }
}

/// What to draw ///

static sim_time length_of(const struct timeline_span *span) {
    return span->to == SIM_NEVER ? 0 : span->to - span->from;
}

// The first erase of the slowest kind that is soon followed by page programs,
// or the first of that kind. NULL: there was no erase.
static const struct timeline_span *find_erase(const struct timeline *t,
        size_t *index) {
    sim_time longest = 0;
    for (size_t i = 0; i < t->operations.count; i++) {
        const struct timeline_span *s = &t->operations.at[i];
        if (s->kind == 'E' && length_of(s) > longest) {
            longest = length_of(s);
        }
    }
    const struct timeline_span *first = NULL;
    for (size_t i = 0; i < t->operations.count; i++) {
        const struct timeline_span *s = &t->operations.at[i];
        if (s->kind != 'E' || length_of(s) < longest - longest / 5) {
            continue;
        }
        const bool programs_follow = i + 1 < t->operations.count &&
                t->operations.at[i + 1].kind == 'P' &&
                t->operations.at[i + 1].from < s->to + 2 * longest;
        if (!first || programs_follow) {
            first = s;
            *index = i;
        }
        if (programs_follow) {
            break;
        }
    }
    return first;
}

void timeline_subject_(const struct timeline *t,
        const struct timeline_options *o, sim_time *from, sim_time *to) {
    size_t index = 0;
    const struct timeline_span *erase = find_erase(t, &index);
    if (!erase && t->operations.count) {
        erase = &t->operations.at[0]; // programs only
    }
    if (!erase || !length_of(erase)) {
        *from = 0;
        *to = o->end ? o->end : SIM_MS;
        return;
    }
    const sim_time length = length_of(erase);
    const sim_time before = length / 4;
    sim_time after = length / 2;
    // Room for some page programs, if they follow soon.
    const size_t last = index + 12 < t->operations.count
            ? index + 12
            : t->operations.count - 1;
    const struct timeline_span *s = &t->operations.at[last];
    if (s->to != SIM_NEVER && s->to - erase->to > after) {
        after = s->to - erase->to;
    }
    after = after > 3 * length ? 3 * length : after;
    *from = erase->from > before ? erase->from - before : 0;
    *to = erase->to + after;
}

// The beginning of the erase, magnified so that its suspensions show.
static bool find_slices(const struct timeline *t, sim_time *from,
        sim_time *to) {
    size_t index = 0;
    const struct timeline_span *erase = find_erase(t, &index);
    const struct timeline_span *run = t->runs.at;
    const struct timeline_span *end = run + t->runs.count;
    while (erase && run < end && run->from < erase->from) {
        run++;
    }
    if (!erase || end - run <= SLICES || run[SLICES].from >= erase->to) {
        return false;
    }
    const sim_time each = (run[SLICES].from - erase->from) / SLICES;
    *from = erase->from > each ? erase->from - each : 0;
    *to = run[SLICES].from + each / 2;
    return true;
}

void timeline_interval(const struct timeline *t,
        const struct timeline_options *o, sim_time *from, sim_time *to) {
    if (o->to) {
        *from = o->from;
        *to = o->to;
    } else if (!find_slices(t, from, to)) {
        timeline_subject_(t, o, from, to);
    }
}
