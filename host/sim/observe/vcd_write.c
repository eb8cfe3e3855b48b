/*
 * vcd - the machine's trace as waveforms, in the format of IEEE 1364 clause 18
 *
 * SPDX-License-Identifier: MIT
 *
 * The writing half: declarations, the recorded changes with those of pending
 * interrupts among them, and GTKWave's save file.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/observe/vcd_priv.h"

#define NAME_BYTES 64

static const char *const kinds[] = {[BIT] = "wire 1",
        [BYTE] = "wire 8",
        [WORD] = "wire 32",
        [EVENT] = "event 1",
        [TEXT] = "string 1"};

static const char *scope_of(unsigned signal) {
    return signal < FIXED   ? vcd_fixed_[signal].scope
            : signal < PINS ? "interrupts"
                            : "pins";
}

// As it is declared: letters, digits and '_'.
static const char *name_of(char name[NAME_BYTES], unsigned signal,
        const struct sim_irqs *irqs) {
    char irq[CMD_NAME_BYTES];
    if (signal < FIXED) {
        snprintf(name, NAME_BYTES, "%s", vcd_fixed_[signal].name);
    } else if (signal < PENDING) {
        snprintf(name, NAME_BYTES, "%s",
                cmd_exception_name(irq, signal - EXCEPTIONS, irqs));
    } else if (signal < PINS) {
        snprintf(name, NAME_BYTES, "%s_pending",
                cmd_exception_name(irq, signal - PENDING, irqs));
    } else {
        snprintf(name, NAME_BYTES, "P%c%u",
                (char)('A' + (signal - PINS) / PORT_PINS),
                (signal - PINS) % PORT_PINS);
    }
    for (char *c = name; *c; c++) {
        *c = isalnum((unsigned char)*c) ? *c : '_';
    }
    return name;
}

// The i-th signal of the file: each interrupt beside its pending one. Returns
// SIGNALS at the end.
static unsigned in_order(unsigned i) {
    if (i < EXCEPTIONS || i >= PINS) {
        return i;
    }
    const unsigned exception = (i - EXCEPTIONS) / 2;
    return (i - EXCEPTIONS) % 2 ? PENDING + exception : EXCEPTIONS + exception;
}

static void declare_all(const struct vcd *v, FILE *file,
        const struct sim_irqs *irqs) {
    const char *scope = NULL;
    for (unsigned i = 0; i < SIGNALS; i++) {
        const unsigned signal = in_order(i);
        if (!v->used[signal]) {
            continue;
        }
        char name[NAME_BYTES];
        char code[4];
        const char *own = scope_of(signal);
        if (!scope || strcmp(scope, own) != 0) {
            fprintf(file, "%s$scope module %s $end\n",
                    scope ? "$upscope $end\n" : "", own);
            scope = own;
        }
        fprintf(file, "$var %s %s %s $end\n", kinds[vcd_kind_(signal)],
                vcd_code_(code, signal), name_of(name, signal, irqs));
    }
    fputs(scope ? "$upscope $end\n" : "", file);
}

// Everything is 0 until its first change; an event has no value.
static void put_start(const struct vcd *v, FILE *file) {
    static const char *const zeros[] = {[BIT] = "0",
            [BYTE] = "b00000000 ",
            [WORD] = "b00000000000000000000000000000000 ",
            [EVENT] = ""};
    fputs("#0\n$dumpvars\n", file);
    for (unsigned i = 0; i < SIGNALS; i++) {
        const enum kind kind = vcd_kind_(i);
        char code[4];
        if (v->used[i] && kind != EVENT) {
            const char *zero = kind != TEXT ? zeros[kind]
                    : i == OPERATION        ? "sidle "
                                            : "s? ";
            fprintf(file, "%s%s\n", zero, vcd_code_(code, i));
        }
    }
    fputs("$end\n", file);
}

/// Changes ///

static int by_time(const void *a, const void *b) {
    const struct vcd_pending *x = a;
    const struct vcd_pending *y = b;
    if (x->ns != y->ns) {
        return x->ns < y->ns ? -1 : 1;
    }
    // One that ends and begins at the same time ends first.
    return x->signal != y->signal ? (x->signal < y->signal ? -1 : 1)
                                  : (int)x->value - (int)y->value;
}

struct merge {
    const struct vcd *v;
    FILE *file;
    size_t next; // of the pending ones
    uint64_t now_ns;
};

static void go_to(struct merge *m, uint64_t ns) {
    if (ns > m->now_ns) {
        m->now_ns = ns;
        fprintf(m->file, "#%" PRIu64 "\n", ns);
    }
}

// Those before ns.
static void put_pending(struct merge *m, uint64_t ns) {
    for (; m->next < m->v->pending_count && m->v->pending[m->next].ns < ns;
            m->next++) {
        const struct vcd_pending *p = &m->v->pending[m->next];
        char code[4];
        go_to(m, p->ns);
        fprintf(m->file, "%d%s\n", p->value, vcd_code_(code, p->signal));
    }
}

static bool put_changes(const struct vcd *v, FILE *file) {
    struct merge m = {.v = v, .file = file};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, v->body) > 0) {
        if (line[0] != '#') {
            fputs(line, file);
            continue;
        }
        const uint64_t ns = strtoull(line + 1, NULL, 10);
        put_pending(&m, ns);
        go_to(&m, ns);
    }
    put_pending(&m, UINT64_MAX);
    free(line);
    return !ferror(v->body) && fflush(file) == 0 && !ferror(file);
}

static void add_waiting(struct vcd *v, const struct sim_waiting *waiting) {
    for (size_t i = 0; waiting && i < waiting->count; i++) {
        const unsigned number = waiting->pending[i].number;
        if (number < CMD_EXCEPTIONS) {
            vcd_add_pending_(v, waiting->pending[i].since / SIM_NS, number,
                    true);
        }
    }
}

bool vcd_write(struct vcd *v, FILE *file, const struct vcd_options *o) {
    vcd_at_(v, o->end); // the last values reach to there
    add_waiting(v, o->waiting);
    if (v->full) {
        errno = ENOMEM;
        return false;
    }
    errno = 0;
    if (v->pending_count) {
        qsort(v->pending, v->pending_count, sizeof *v->pending, by_time);
    }
    fprintf(file,
            "$version xipsafe sim $end\n"
            "$comment board %s, flash chip %s $end\n"
            "$timescale 1 ns $end\n",
            o->board, o->part);
    declare_all(v, file, o->irqs);
    fputs("$enddefinitions $end\n", file);
    put_start(v, file);
    if (fflush(v->body) || ferror(v->body) || fseek(v->body, 0, SEEK_SET)) {
        return false;
    }
    return put_changes(v, file);
}

/// GTKWave's save file ///

// A picture of 800 pixels has all of the run. GTKWave keeps the zoom as the
// negative power of two of the time in 200 pixels.
bool vcd_write_view(const struct vcd *v, FILE *file,
        const struct vcd_options *o, sim_time marker) {
    const double ns = (double)o->end / SIM_NS;
    errno = 0;
    fprintf(file, "[*] a view of xipsafe sim --vcd\n[timestart] 0\n*%.6f ",
            -log2(ns > 4 ? ns / 4 : 1));
    fprintf(file, "%" PRIu64 "\n", (uint64_t)(marker / SIM_NS));
    const char *scope = NULL;
    for (unsigned i = 0; i < SIGNALS; i++) {
        const unsigned signal = in_order(i);
        if (!v->used[signal]) {
            continue;
        }
        char name[NAME_BYTES];
        const enum kind kind = vcd_kind_(signal);
        const char *own = scope_of(signal);
        if (!scope || strcmp(scope, own) != 0) {
            fprintf(file, "@200\n-%s\n", own);
            scope = own;
        }
        fprintf(file, "@%s\n%s.%s%s\n",
                kind == BYTE || kind == WORD ? "22" : "28", own,
                name_of(name, signal, o->irqs),
                kind == BYTE           ? "[7:0]"
                        : kind == WORD ? "[31:0]"
                                       : "");
    }
    return fflush(file) == 0 && !ferror(file);
}
