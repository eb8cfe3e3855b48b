/*
 * measure - the figures of a run, gathered from the machine's trace
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/observe/measure.h"

#include "base/exception_name.h"

#include <stdio.h>
#include <string.h>

// ARMv7-M ARM, B1.5.2: all exceptions that are not faults count as served.
#define FIRST_ASYNC 11 // SVCall
#define FIRST_IRQ 16

void cmd_measure_init(struct cmd_measure *m) {
    memset(m, 0, sizeof *m);
    m->run.valid = true;
}

static void begin(struct cmd_measure *m, sim_time now) {
    memset(&m->open, 0, sizeof m->open);
    m->open.valid = true;
    m->open.from = now;
    m->in_update = true;
    m->open_announced = false;
}

void cmd_measure_update_begin(struct cmd_measure *m, sim_time now) {
    m->best.valid = false;
    m->announced = true;
    if (!m->in_update) {
        begin(m, now);
    }
    m->open_announced = true;
}

static void keep_best(struct cmd_measure *m) {
    if (m->update.valid && (!m->best.valid || m->update.busy > m->best.busy)) {
        m->best = m->update;
    }
}

static void begin_unannounced(struct cmd_measure *m, sim_time now) {
    if (!m->announced) {
        keep_best(m);
        m->update.valid = false;
    }
    begin(m, now);
}

// The counts so far belong to the update; later ones may.
void cmd_measure_update_mark(struct cmd_measure *m, sim_time now) {
    if (m->in_update && (m->open_announced || !m->announced)) {
        m->update = m->open;
        m->update.to = now;
    }
}

static void count_operation(struct cmd_figures *f, char kind) {
    switch (kind) {
    case 'E':
        f->erases++;
        break;
    case 'P':
        f->programs++;
        break;
    default:
        f->status_writes++;
        break;
    }
}

static void add_suspension(struct cmd_figures *f, sim_time from,
        sim_time length) {
    f->suspended_sum += length;
    if (length > f->suspended_max) {
        f->suspended_max = length;
        f->suspended_max_at = from;
    }
}

// The operation runs from now on, and an outage is counted as its own.
static void run(struct cmd_measure *m, const struct sim_trace *e) {
    m->running = (struct cmd_operation){true, (char)e->a, e->b, e->time};
    m->outage_kind = m->running.kind;
    m->outage_off = m->running.off;
}

static void stop(struct cmd_measure *m, sim_time now) {
    const sim_time busy = now - m->running.at;
    m->run.busy += busy;
    m->open.busy += busy;
    m->running.active = false;
}

static void trace_end(struct cmd_measure *m, const struct sim_trace *e) {
    if (m->running.active) {
        stop(m, e->time);
    } else if (m->suspended.active) {
        m->suspended.active = false; // aborted in a suspension
    } else {
        return;
    }
    count_operation(&m->run, (char)e->a);
    count_operation(&m->open, (char)e->a);
    if (e->a != 'S') {
        cmd_measure_update_mark(m, e->time);
    }
}

static void trace_chip(struct cmd_measure *m, const struct sim_trace *e) {
    switch (e->c) {
    case SIM_CHIP_BEGUN:
        if (e->a != 'S' && !m->in_update) {
            begin_unannounced(m, e->time);
        }
        run(m, e);
        break;
    case SIM_CHIP_SUSPENDED:
        if (m->running.active) {
            stop(m, e->time);
            m->suspended = m->running;
            m->suspended.active = true;
            m->suspended.at = e->time;
            m->run.suspensions++;
            m->open.suspensions++;
        }
        break;
    case SIM_CHIP_RESUMED:
        if (m->suspended.active) {
            const sim_time length = e->time - m->suspended.at;
            add_suspension(&m->run, m->suspended.at, length);
            add_suspension(&m->open, m->suspended.at, length);
            m->suspended.active = false;
        }
        run(m, e);
        break;
    default:
        trace_end(m, e);
        break;
    }
}

// m->update is a mark in m->open, not an earlier one.
static bool of_open(const struct cmd_measure *m) {
    return m->update.valid && m->update.from == m->open.from;
}

static void add_outage(struct cmd_figures *f, const struct cmd_measure *m,
        sim_time length) {
    f->outages++;
    f->outage_sum += length;
    if (length > f->outage_max) {
        f->outage_max = length;
        f->outage_max_at = m->closed_at;
        f->outage_max_kind = m->outage_kind;
        f->outage_max_off = m->outage_off;
    }
}

static void trace_window(struct cmd_measure *m, const struct sim_trace *e) {
    const bool closed = e->a == 0;
    // A window that was never opened since reset does not count as closed.
    m->window_used |= !closed;
    if (closed == m->window_closed || !m->window_used) {
        return;
    }
    m->window_closed = closed;
    if (closed) {
        m->closed_at = e->time;
        m->outage_kind = m->running.active ? m->running.kind : 0;
        m->outage_off = m->running.off;
        return;
    }
    const sim_time length = e->time - m->closed_at;
    add_outage(&m->run, m, length);
    // An outage belongs to the update with the operation that it was for,
    // whose end was already marked while the window was still closed.
    if (m->in_update) {
        const bool marked = of_open(m) && m->update.to >= m->closed_at;
        add_outage(&m->open, m, length);
        if (marked) {
            add_outage(&m->update, m, length);
            m->update.to = e->time;
        }
    }
}

static void add_exception(struct cmd_figures *f, const struct cmd_measure *m,
        const struct sim_trace *e) {
    struct cmd_exception *x = &f->exceptions[e->a];
    x->served++;
    x->in_outages += m->window_closed;
    x->wait_sum_ns += e->b;
    if (e->b > x->wait_max_ns || x->served == 1) {
        x->wait_max_ns = e->b;
        x->wait_at = e->time;
    }
}

static void trace_exception(struct cmd_measure *m, const struct sim_trace *e) {
    add_exception(&m->run, m, e);
    add_exception(&m->open, m, e);
    // It waited for the last operation of the update, whose end is marked.
    if (m->in_update && of_open(m) && e->time - e->b * SIM_NS <= m->update.to) {
        add_exception(&m->update, m, e);
    }
}

static void trace_uart(struct cmd_figures *f, const struct sim_trace *e) {
    if (e->kind == SIM_TRACE_UART_TX) {
        f->uart_tx++;
    } else {
        f->uart_rx++;
        f->uart_lost += e->b != 0;
    }
}

static void trace_reset(struct cmd_measure *m, const struct sim_trace *e) {
    if (e->a < 4) {
        m->resets[e->a]++;
    }
    m->window_closed = false;
    m->window_used = false;
    m->running.active = false;
    m->suspended.active = false;
    m->in_update = false;
}

void cmd_measure_trace(void *ctx, const struct sim_trace *e) {
    struct cmd_measure *m = ctx;
    switch (e->kind) {
    case SIM_TRACE_WINDOW:
        trace_window(m, e);
        break;
    case SIM_TRACE_CHIP:
        trace_chip(m, e);
        break;
    case SIM_TRACE_RESET:
        trace_reset(m, e);
        break;
    case SIM_TRACE_UART_TX:
    case SIM_TRACE_UART_RX:
        trace_uart(&m->run, e);
        trace_uart(&m->open, e);
        break;
    case SIM_TRACE_EXC_ENTER:
        if (e->a < CMD_EXCEPTIONS) {
            trace_exception(m, e);
        }
        break;
    default:
        break;
    }
}

void cmd_measure_end(struct cmd_measure *m, sim_time now) {
    m->run.to = now;
    keep_best(m);
    m->update = m->best;
}

/// Sums and names ///

uint64_t cmd_figures_served(const struct cmd_figures *f) {
    uint64_t sum = 0;
    for (unsigned i = FIRST_ASYNC; i < CMD_EXCEPTIONS; i++) {
        sum += f->exceptions[i].served;
    }
    return sum;
}

uint64_t cmd_figures_served_in_outages(const struct cmd_figures *f) {
    uint64_t sum = 0;
    for (unsigned i = FIRST_ASYNC; i < CMD_EXCEPTIONS; i++) {
        sum += f->exceptions[i].in_outages;
    }
    return sum;
}

unsigned cmd_figures_longest_wait(const struct cmd_figures *f) {
    unsigned longest = 0;
    for (unsigned i = FIRST_ASYNC; i < CMD_EXCEPTIONS; i++) {
        const struct cmd_exception *x = &f->exceptions[i];
        if (x->served &&
                (!longest ||
                        x->wait_max_ns > f->exceptions[longest].wait_max_ns)) {
            longest = i;
        }
    }
    return longest;
}

const char *cmd_exception_name(char name[CMD_NAME_BYTES], unsigned exception,
        const struct sim_irqs *irqs) {
    const char *system = exception ? exception_name(exception) : "thread";
    if (system) {
        return strcpy(name, system);
    }
    const unsigned irq = exception - FIRST_IRQ; // large below it
    if (irqs && irq < irqs->count && irqs->name && irqs->name[irq]) {
        snprintf(name, CMD_NAME_BYTES, "%s", irqs->name[irq]);
        return name;
    }
    snprintf(name, CMD_NAME_BYTES,
            exception < FIRST_IRQ ? "exception %u" : "interrupt %u",
            exception < FIRST_IRQ ? exception : exception - FIRST_IRQ);
    return name;
}
