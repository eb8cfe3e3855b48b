/*
 * vcd_priv - the signals that recorder and writer of vcd share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef VCD_PRIV_H
#define VCD_PRIV_H

#include <stdbool.h>

#include "sim/observe/measure.h"
#include "sim/observe/vcd.h"

enum kind { BIT, BYTE, WORD, EVENT, TEXT };

enum {
    READABLE,
    OUTAGE,
    OPERATION,
    ADDRESS,
    ERASING,
    PROGRAMMING,
    STATUS_WRITE,
    SUSPENDED,
    FUNCTION,
    SLEEP,
    RESET,
    VIOLATION,
    RX,
    RX_BYTE,
    RX_LOST,
    TX,
    TX_BYTE,
    FIXED,
    EXCEPTIONS = FIXED,
    PENDING = EXCEPTIONS + CMD_EXCEPTIONS,
    PINS = PENDING + CMD_EXCEPTIONS,
    PORT_PINS = 16,
    SIGNALS = PINS + 16 * PORT_PINS,
};

struct vcd_fixed {
    const char *scope, *name;
    enum kind kind;
};
extern const struct vcd_fixed vcd_fixed_[FIXED];

// When an interrupt became pending is known when it is served.
struct vcd_pending {
    uint64_t ns;
    unsigned signal;
    bool value;
};

struct vcd {
    FILE *body;
    uint64_t now_ns;
    uint32_t value[SIGNALS];
    bool used[SIGNALS];
    bool window_used; // before the first mapping a closed window is no outage
    bool full;        // memory ran out
    const char *function;
    struct vcd_pending *pending;
    size_t pending_count, pending_room;
};

// The short name of a signal in the file: digits of base 94, from '!' on.
const char *vcd_code_(char code[4], unsigned signal);
enum kind vcd_kind_(unsigned signal);
// A line with the time, unless it is that of the line before.
void vcd_at_(struct vcd *v, sim_time time);
void vcd_add_pending_(struct vcd *v, uint64_t ns, unsigned exception,
        bool value);

#endif
