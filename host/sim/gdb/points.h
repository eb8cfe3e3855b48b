/*
 * points - breakpoints and watchpoints, without limit or as a core has them
 *
 * SPDX-License-Identifier: MIT
 *
 * A real Cortex-M4 has a breakpoint unit (FPB, version 1) of six comparators
 * that see addresses below 0x20000000 only, four watchpoints of aligned powers
 * of two, and nothing else: a breakpoint in RAM is a BKPT instruction that the
 * debugger writes over the code, and one in external flash is impossible.
 */
#ifndef POINTS_H
#define POINTS_H

#include "sim/debug.h"

#define POINTS_FPB 6u
#define POINTS_FPB_END 0x20000000u
#define POINTS_DWT 4u

enum point_kind { // as in gdb's Z packets
    POINT_SOFTWARE,
    POINT_HARDWARE,
    POINT_WRITE,
    POINT_READ,
    POINT_ACCESS,
    POINT_KINDS,
};

struct point {
    enum point_kind kind;
    uint32_t addr, len;
    uint8_t saved[2]; // under a BKPT
};

struct points {
    struct sim *sim;
    bool real;
    struct point *at;
    size_t count, room;
};

#define POINTS_WHY_BYTES 200
// false: why says it in one sentence; empty: no memory is left.
bool points_set(struct points *p, const struct point *point,
        char why[POINTS_WHY_BYTES]);
// false: as points_set; it is gone all the same.
bool points_clear(struct points *p, const struct point *point,
        char why[POINTS_WHY_BYTES]);
// The one that such a touch was looked for by; NULL: none.
const struct point *points_find(const struct points *p,
        const struct sim_touch *touch);
void points_free(struct points *p);

#endif
