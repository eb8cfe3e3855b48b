/*
 * vcd - the machine's trace as waveforms, in the format of IEEE 1364 clause 18
 *
 * SPDX-License-Identifier: MIT
 *
 * The recording half.
 */
#include "sim/observe/vcd.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "sim/observe/vcd_priv.h"

const struct vcd_fixed vcd_fixed_[FIXED] = {
        [READABLE] = {"flash", "window_readable", BIT},
        [OUTAGE] = {"flash", "outage", BIT},
        [OPERATION] = {"flash", "chip_operation", TEXT},
        [ADDRESS] = {"flash", "chip_address", WORD},
        [ERASING] = {"flash", "chip_erases", BIT},
        [PROGRAMMING] = {"flash", "chip_programs", BIT},
        [STATUS_WRITE] = {"flash", "chip_writes_status", BIT},
        [SUSPENDED] = {"flash", "chip_suspended", BIT},
        [FUNCTION] = {"cpu", "function", TEXT},
        [SLEEP] = {"cpu", "sleep", BIT},
        [RESET] = {"cpu", "reset", EVENT},
        [VIOLATION] = {"cpu", "violation", EVENT},
        [RX] = {"uart", "rx", EVENT},
        [RX_BYTE] = {"uart", "rx_byte", BYTE},
        [RX_LOST] = {"uart", "rx_lost", EVENT},
        [TX] = {"uart", "tx", EVENT},
        [TX_BYTE] = {"uart", "tx_byte", BYTE},
};

// Values of OPERATION.
enum { IDLE, ERASE, PROGRAM, STATUS, IS_SUSPENDED };
static const char *const operations[] = {
        "idle", "erase", "program", "status_write", "suspended"};

struct vcd *vcd_new(void) {
    struct vcd *v = calloc(1, sizeof *v);
    FILE *body = v ? tmpfile() : NULL;
    if (!body) {
        free(v);
        return NULL;
    }
    v->body = body;
    return v;
}

void vcd_free(struct vcd *v) {
    if (v) {
        fclose(v->body);
        free(v->pending);
        free(v);
    }
}

/// Changes ///

const char *vcd_code_(char code[4], unsigned signal) {
    unsigned n = 0;
    do {
        code[n++] = (char)('!' + signal % 94);
        signal /= 94;
    } while (signal);
    code[n] = '\0';
    return code;
}

enum kind vcd_kind_(unsigned signal) {
    return signal < FIXED ? vcd_fixed_[signal].kind : BIT;
}

static void put(struct vcd *v, unsigned signal, enum kind kind,
        uint32_t value) {
    char code[4];
    vcd_code_(code, signal);
    if (kind == TEXT) {
        fprintf(v->body, "s%s %s\n", operations[value], code);
        return;
    }
    if (kind != BYTE && kind != WORD) {
        fprintf(v->body, "%u%s\n", (unsigned)value, code);
        return;
    }
    const unsigned width = kind == BYTE ? 8 : 32;
    char bits[33] = "";
    for (unsigned i = 0; i < width; i++) {
        bits[i] = (value >> (width - 1 - i)) & 1 ? '1' : '0';
    }
    fprintf(v->body, "b%s %s\n", bits, code);
}

// The chip's events are reported late, so that times may decrease: the file
// must not.
void vcd_at_(struct vcd *v, sim_time time) {
    const uint64_t ns = time / SIM_NS;
    if (ns > v->now_ns) {
        v->now_ns = ns;
        fprintf(v->body, "#%" PRIu64 "\n", ns);
    }
}

static void set(struct vcd *v, unsigned signal, uint32_t value) {
    const enum kind kind = vcd_kind_(signal);
    v->used[signal] = true;
    if (kind == EVENT || v->value[signal] != value) {
        v->value[signal] = value;
        put(v, signal, kind, value);
    }
}

void vcd_add_pending_(struct vcd *v, uint64_t ns, unsigned exception,
        bool value) {
    struct vcd_pending *grown = array_more(v->pending, v->pending_count,
            &v->pending_room, sizeof *v->pending);
    if (!grown) {
        v->full = true;
        return;
    }
    v->pending = grown;
    v->pending[v->pending_count++] =
            (struct vcd_pending){ns, PENDING + exception, value};
    v->used[PENDING + exception] = true;
}

void vcd_function(struct vcd *v, const char *name) {
    if (name == v->function) {
        return;
    }
    char code[4];
    v->function = name;
    v->used[FUNCTION] = true;
    fputc('s', v->body);
    for (; *name; name++) { // a blank ends the text
        fputc(isgraph((unsigned char)*name) ? *name : '_', v->body);
    }
    fprintf(v->body, " %s\n", vcd_code_(code, FUNCTION));
}

static void trace_operation(struct vcd *v, const struct sim_trace *e) {
    const bool runs = e->c == SIM_CHIP_BEGUN || e->c == SIM_CHIP_RESUMED;
    const unsigned kind = e->a == 'E' ? ERASE : e->a == 'P' ? PROGRAM : STATUS;
    // A program in the suspension of an erase leaves it suspended.
    set(v, OPERATION, runs ? kind : v->value[SUSPENDED] ? IS_SUSPENDED : IDLE);
    if (runs && kind != STATUS) {
        set(v, ADDRESS, e->b);
    }
}

static void trace_chip(struct vcd *v, const struct sim_trace *e) {
    const bool runs = e->c == SIM_CHIP_BEGUN || e->c == SIM_CHIP_RESUMED;
    const bool ran = v->value[ERASING] || v->value[PROGRAMMING] ||
            v->value[STATUS_WRITE];
    set(v, ERASING, runs && e->a == 'E');
    set(v, PROGRAMMING, runs && e->a == 'P');
    set(v, STATUS_WRITE, runs && e->a == 'S');
    if (e->c == SIM_CHIP_SUSPENDED) {
        set(v, SUSPENDED, 1);
    } else if (e->c == SIM_CHIP_RESUMED || (!runs && !ran)) {
        set(v, SUSPENDED, 0); // resumed, or was aborted
    }
    trace_operation(v, e);
}

static void trace_enter(struct vcd *v, const struct sim_trace *e) {
    const uint64_t ns = e->time / SIM_NS;
    set(v, EXCEPTIONS + e->a, 1);
    if (e->b && e->b <= ns) {
        vcd_add_pending_(v, ns - e->b, e->a, true);
        vcd_add_pending_(v, ns, e->a, false);
    }
}

static void trace_window(struct vcd *v, bool open) {
    v->window_used |= open;
    set(v, READABLE, open);
    set(v, OUTAGE, v->window_used && !open);
}

static void trace_reset(struct vcd *v) {
    v->window_used = false;
    set(v, RESET, 1);
    set(v, OUTAGE, 0);
    set(v, SLEEP, 0);
    for (unsigned i = EXCEPTIONS; i < PENDING; i++) {
        if (v->used[i]) {
            set(v, i, 0);
        }
    }
}

void vcd_trace(void *ctx, const struct sim_trace *e) {
    struct vcd *v = ctx;
    vcd_at_(v, e->time);
    switch (e->kind) {
    case SIM_TRACE_WINDOW:
        trace_window(v, e->a != 0);
        break;
    case SIM_TRACE_CHIP:
        trace_chip(v, e);
        break;
    case SIM_TRACE_EXC_ENTER:
        if (e->a < CMD_EXCEPTIONS) {
            trace_enter(v, e);
        }
        break;
    case SIM_TRACE_EXC_EXIT:
        if (e->a < CMD_EXCEPTIONS) {
            set(v, EXCEPTIONS + e->a, 0);
        }
        break;
    case SIM_TRACE_UART_TX:
        set(v, TX_BYTE, e->a & 0xFF);
        set(v, TX, 1);
        break;
    case SIM_TRACE_UART_RX:
        set(v, RX_BYTE, e->a & 0xFF);
        set(v, e->b ? RX_LOST : RX, 1);
        break;
    case SIM_TRACE_RESET:
        trace_reset(v);
        break;
    case SIM_TRACE_SLEEP:
        set(v, SLEEP, e->a != 0);
        break;
    case SIM_TRACE_PIN:
        if (e->a >> 8 < PORT_PINS && (e->a & 0xFF) < PORT_PINS) {
            set(v, PINS + (e->a >> 8) * PORT_PINS + (e->a & 0xFF), e->b != 0);
        }
        break;
    case SIM_TRACE_INTERNAL:
        break;
    case SIM_TRACE_VIOLATION:
        set(v, VIOLATION, 1);
        break;
    }
}
