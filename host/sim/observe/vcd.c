/*
 * vcd - the machine's trace as waveforms, in the format of IEEE 1364 clause 18
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/observe/vcd.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/observe/measure.h"

enum kind { BIT, BYTE, EVENT };

enum {
    READABLE,
    OUTAGE,
    ERASING,
    PROGRAMMING,
    STATUS_WRITE,
    SUSPENDED,
    SLEEP,
    RESET,
    RX,
    RX_BYTE,
    RX_LOST,
    TX,
    TX_BYTE,
    FIXED,
    EXCEPTIONS = FIXED,
    PINS = EXCEPTIONS + CMD_EXCEPTIONS,
    PORT_PINS = 16,
    SIGNALS = PINS + 16 * PORT_PINS,
};

static const struct {
    const char *scope, *name;
    enum kind kind;
} fixed[FIXED] = {
        [READABLE] = {"flash", "window_readable", BIT},
        [OUTAGE] = {"flash", "outage", BIT},
        [ERASING] = {"flash", "chip_erases", BIT},
        [PROGRAMMING] = {"flash", "chip_programs", BIT},
        [STATUS_WRITE] = {"flash", "chip_writes_status", BIT},
        [SUSPENDED] = {"flash", "chip_suspended", BIT},
        [SLEEP] = {"cpu", "sleep", BIT},
        [RESET] = {"cpu", "reset", EVENT},
        [RX] = {"uart", "rx", EVENT},
        [RX_BYTE] = {"uart", "rx_byte", BYTE},
        [RX_LOST] = {"uart", "rx_lost", EVENT},
        [TX] = {"uart", "tx", EVENT},
        [TX_BYTE] = {"uart", "tx_byte", BYTE},
};

struct vcd {
    FILE *body;
    uint64_t now_ns;
    uint16_t value[SIGNALS];
    bool used[SIGNALS];
    bool window_used; // before the first mapping a closed window is no outage
};

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
        free(v);
    }
}

/// Changes ///

// The short name of a signal in the file: digits of base 94, from '!' on.
static const char *code_of(char code[4], unsigned signal) {
    unsigned n = 0;
    do {
        code[n++] = (char)('!' + signal % 94);
        signal /= 94;
    } while (signal);
    code[n] = '\0';
    return code;
}

static void put(struct vcd *v, unsigned signal, enum kind kind,
        unsigned value) {
    char code[4];
    code_of(code, signal);
    if (kind != BYTE) {
        fprintf(v->body, "%u%s\n", value, code);
        return;
    }
    char bits[9] = "";
    for (unsigned i = 0; i < 8; i++) {
        bits[i] = (value & (0x80u >> i)) ? '1' : '0';
    }
    fprintf(v->body, "b%s %s\n", bits, code);
}

// The chip's events are reported late, so that times may decrease: the file
// must not.
static void at(struct vcd *v, sim_time time) {
    const uint64_t ns = time / SIM_NS;
    if (ns > v->now_ns) {
        v->now_ns = ns;
        fprintf(v->body, "#%" PRIu64 "\n", ns);
    }
}

static void set(struct vcd *v, unsigned signal, unsigned value) {
    const enum kind kind = signal < FIXED ? fixed[signal].kind : BIT;
    v->used[signal] = true;
    if (kind == EVENT || v->value[signal] != value) {
        v->value[signal] = (uint16_t)value;
        put(v, signal, kind, value);
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
    for (unsigned i = EXCEPTIONS; i < PINS; i++) {
        if (v->used[i]) {
            set(v, i, 0);
        }
    }
}

void vcd_trace(void *ctx, const struct sim_trace *e) {
    struct vcd *v = ctx;
    at(v, e->time);
    switch (e->kind) {
    case SIM_TRACE_WINDOW:
        trace_window(v, e->a != 0);
        break;
    case SIM_TRACE_CHIP:
        trace_chip(v, e);
        break;
    case SIM_TRACE_EXC_ENTER:
    case SIM_TRACE_EXC_EXIT:
        if (e->a < CMD_EXCEPTIONS) {
            set(v, EXCEPTIONS + e->a, e->kind == SIM_TRACE_EXC_ENTER);
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
    }
}

/// The file ///

static void declare(FILE *file, unsigned signal, enum kind kind,
        const char *name) {
    static const char *const types[] = {"wire 1", "wire 8", "event 1"};
    char code[4];
    fprintf(file, "$var %s %s ", types[kind], code_of(code, signal));
    for (; *name; name++) {
        fputc(isalnum((unsigned char)*name) ? *name : '_', file);
    }
    fputs(" $end\n", file);
}

static void declare_fixed(const struct vcd *v, FILE *file) {
    for (unsigned i = 0; i < FIXED; i++) {
        if (i == 0 || strcmp(fixed[i].scope, fixed[i - 1].scope) != 0) {
            fprintf(file, "%s$scope module %s $end\n",
                    i ? "$upscope $end\n" : "", fixed[i].scope);
        }
        if (v->used[i]) {
            declare(file, i, fixed[i].kind, fixed[i].name);
        }
    }
    fputs("$upscope $end\n", file);
}

static void declare_rest(const struct vcd *v, FILE *file,
        const struct sim_irqs *irqs) {
    fputs("$scope module interrupts $end\n", file);
    for (unsigned i = 0; i < CMD_EXCEPTIONS; i++) {
        char name[CMD_NAME_BYTES];
        if (v->used[EXCEPTIONS + i]) {
            declare(file, EXCEPTIONS + i, BIT,
                    cmd_exception_name(name, i, irqs));
        }
    }
    fputs("$upscope $end\n$scope module pins $end\n", file);
    for (unsigned i = 0; i < SIGNALS - PINS; i++) {
        char name[8];
        if (v->used[PINS + i]) {
            snprintf(name, sizeof name, "P%c%u", (char)('A' + i / PORT_PINS),
                    i % PORT_PINS);
            declare(file, PINS + i, BIT, name);
        }
    }
    fputs("$upscope $end\n", file);
}

// Everything is 0 until its first change; an event has no value.
static void put_start(const struct vcd *v, FILE *file) {
    fputs("#0\n$dumpvars\n", file);
    for (unsigned i = 0; i < SIGNALS; i++) {
        const enum kind kind = i < FIXED ? fixed[i].kind : BIT;
        char code[4];
        if (v->used[i] && kind != EVENT) {
            fprintf(file, "%s%s\n", kind == BYTE ? "b00000000 " : "0",
                    code_of(code, i));
        }
    }
    fputs("$end\n", file);
}

bool vcd_write(struct vcd *v, FILE *file, const struct vcd_options *o) {
    errno = 0;
    at(v, o->end); // the last values reach to there
    fprintf(file,
            "$version xipsafe sim $end\n"
            "$comment board %s, flash chip %s $end\n"
            "$timescale 1 ns $end\n",
            o->board, o->part);
    declare_fixed(v, file);
    declare_rest(v, file, o->irqs);
    fputs("$enddefinitions $end\n", file);
    put_start(v, file);
    if (fflush(v->body) || ferror(v->body) || fseek(v->body, 0, SEEK_SET)) {
        return false;
    }
    char part[16384];
    size_t got;
    while ((got = fread(part, 1, sizeof part, v->body)) > 0) {
        if (fwrite(part, 1, got, file) != got) {
            return false;
        }
    }
    return !ferror(v->body) && fflush(file) == 0 && !ferror(file);
}
