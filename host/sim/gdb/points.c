/*
 * points - breakpoints and watchpoints, without limit or as a core has them
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/gdb/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t bkpt[2] = {0x00, 0xBE};

static struct sim_watch watch_of(const struct point *point) {
    return (struct sim_watch){
            .addr = point->addr,
            .len = point->len,
            .read = point->kind == POINT_READ || point->kind == POINT_ACCESS,
            .write = point->kind == POINT_WRITE || point->kind == POINT_ACCESS,
    };
}

static bool is_watch(const struct point *point) {
    return point->kind >= POINT_WRITE;
}

static size_t count_of(const struct points *p, bool watches) {
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        count +=
                watches ? is_watch(&p->at[i]) : p->at[i].kind == POINT_HARDWARE;
    }
    return count;
}

static bool refuse(char *why, const char *format, uint32_t addr) {
    snprintf(why, POINTS_WHY_BYTES, format, (unsigned)addr);
    return false;
}

/// As a core has them ///

static bool real_watch(const struct points *p, const struct point *point,
        char *why) {
    const uint32_t len = point->len;
    if (count_of(p, true) >= POINTS_DWT) {
        return refuse(why,
                "watchpoint at 0x%08x: all four comparators of the DWT are in "
                "use",
                point->addr);
    }
    if (len & (len - 1) || point->addr & (len - 1)) {
        return refuse(why,
                "watchpoint at 0x%08x: a DWT comparator takes an aligned power "
                "of two",
                point->addr);
    }
    return true;
}

static bool real_hardware(const struct points *p, const struct point *point,
        char *why) {
    if (point->addr >= POINTS_FPB_END) {
        return refuse(why,
                "hardware breakpoint at 0x%08x: the FPB of a Cortex-M4 "
                "(version 1) compares addresses below 0x20000000 only",
                point->addr);
    }
    if (count_of(p, false) >= POINTS_FPB) {
        return refuse(why,
                "hardware breakpoint at 0x%08x: all six comparators of the FPB "
                "are in use",
                point->addr);
    }
    return true;
}

// A BKPT over the code: in RAM only.
static bool real_software(struct points *p, struct point *point, char *why) {
    uint8_t *code = sim_memory(p->sim, point->addr, 2);
    if (!code || point->addr < 0x10000000u || point->addr >= 0x40000000u) {
        return refuse(why,
                "software breakpoint at 0x%08x: a debugger cannot write there "
                "as into RAM",
                point->addr);
    }
    memcpy(point->saved, code, 2);
    return sim_debug_write(p->sim, point->addr, bkpt, 2);
}

static bool restore_code(struct points *p, const struct point *point,
        char *why) {
    uint8_t *code = sim_memory(p->sim, point->addr, 2);
    if (!code || memcmp(code, bkpt, 2) != 0) {
        return refuse(why,
                "the breakpoint at 0x%08x was overwritten, as by a start-up "
                "copy: set it behind the copy",
                point->addr);
    }
    return sim_debug_write(p->sim, point->addr, point->saved, 2);
}

/// The list ///

static struct point *find(const struct points *p, const struct point *point) {
    for (size_t i = 0; i < p->count; i++) {
        if (p->at[i].kind == point->kind && p->at[i].addr == point->addr &&
                (p->at[i].len == point->len || !is_watch(point))) {
            return &p->at[i];
        }
    }
    return NULL;
}

static bool add(struct points *p, const struct point *point) {
    if (p->count == p->room) {
        const size_t room = p->room ? 2 * p->room : 16;
        struct point *more = realloc(p->at, room * sizeof *more);
        if (!more) {
            return false;
        }
        p->at = more;
        p->room = room;
    }
    p->at[p->count++] = *point;
    return true;
}

bool points_set(struct points *p, const struct point *point,
        char why[POINTS_WHY_BYTES]) {
    struct point new = *point;
    *why = '\0';
    if (find(p, point)) {
        return true;
    }
    if (p->real &&
            !(is_watch(point) ? real_watch(p, point, why)
                            : point->kind == POINT_HARDWARE
                            ? real_hardware(p, point, why)
                            : real_software(p, &new, why))) {
        return false;
    }
    const struct sim_watch watch = watch_of(point);
    const bool set = is_watch(point) ? sim_watch(p->sim, &watch, true)
            : p->real && point->kind == POINT_SOFTWARE
            ? true
            : sim_break(p->sim, point->addr, true);
    return set && add(p, &new);
}

bool points_clear(struct points *p, const struct point *point,
        char why[POINTS_WHY_BYTES]) {
    struct point *at = find(p, point);
    *why = '\0';
    if (!at) {
        return true;
    }
    const struct point old = *at;
    *at = p->at[--p->count];
    if (is_watch(&old)) {
        const struct sim_watch watch = watch_of(&old);
        return sim_watch(p->sim, &watch, false);
    }
    if (p->real && old.kind == POINT_SOFTWARE) {
        return restore_code(p, &old, why);
    }
    for (size_t i = 0; i < p->count; i++) {
        if (p->at[i].addr == old.addr && !is_watch(&p->at[i])) {
            return true; // the other kind is still there
        }
    }
    return sim_break(p->sim, old.addr, false);
}

const struct point *points_find(const struct points *p,
        const struct sim_touch *touch) {
    for (size_t i = 0; i < p->count; i++) {
        const struct sim_watch watch = watch_of(&p->at[i]);
        if (is_watch(&p->at[i]) && watch.addr == touch->watch.addr &&
                watch.len == touch->watch.len &&
                watch.read == touch->watch.read &&
                watch.write == touch->watch.write) {
            return &p->at[i];
        }
    }
    return NULL;
}

void points_free(struct points *p) {
    free(p->at);
}
