/*
 * html - a run as one page for a browser, to look around in
 *
 * SPDX-License-Identifier: MIT
 *
 * The recording half.
 */
#include "sim/observe/html.h"

#include <stdlib.h>

#include "base/array.h"
#include "sim/observe/html_priv.h"

#define FIRST_ASYNC 11 // SVCall: faults do not wait
#define ROW_MAX (1u << 18)
#define FIRST_STEP_NS 256u

struct html *html_new(void) {
    return calloc(1, sizeof(struct html));
}

void html_free(struct html *h) {
    if (!h) {
        return;
    }
    for (unsigned i = 0; i < HTML_ROWS; i++) {
        free(h->rows[i].at);
    }
    free(h);
}

/// Rows ///

static bool one_with(const struct html_item *a, const struct html_item *b,
        uint64_t step_ns, bool any_kind) {
    const bool closed = a->length_ns != HTML_OPEN && b->length_ns != HTML_OPEN;
    return closed && b->at_ns + b->length_ns - a->at_ns <= step_ns &&
            (any_kind || a->kind == b->kind) &&
            (a->flags & 3) != HTML_BY_RESET && (b->flags & 3) != HTML_BY_RESET;
}

static void join(struct html_item *a, const struct html_item *b) {
    a->length_ns = b->at_ns + b->length_ns - a->at_ns;
    a->count += b->count;
    a->in_outages += b->in_outages;
    a->wait_ns = b->wait_ns > a->wait_ns ? b->wait_ns : a->wait_ns;
    a->value |= b->value & 0x100; // a lost byte stays one
}

void html_thin_(struct html_row *row, uint64_t step_ns, bool any_kind) {
    size_t out = 0;
    for (size_t i = 0; i < row->count; i++) {
        if (out &&
                one_with(&row->at[out - 1], &row->at[i], step_ns, any_kind)) {
            join(&row->at[out - 1], &row->at[i]);
        } else {
            row->at[out++] = row->at[i];
        }
    }
    row->count = out;
    row->step_ns = step_ns;
}

// A long run stays in bounds while it is recorded.
static void bound(struct html_row *row) {
    while (row->count >= ROW_MAX - ROW_MAX / 4) {
        const size_t before = row->count;
        html_thin_(row, row->step_ns ? 2 * row->step_ns : FIRST_STEP_NS,
                row->step_ns > 1000000000);
        if (row->count == before && row->step_ns > UINT64_MAX / 4) {
            return;
        }
    }
}

static struct html_item *last_open(struct html_row *row) {
    struct html_item *last = row->count ? &row->at[row->count - 1] : NULL;
    return last && last->length_ns == HTML_OPEN ? last : NULL;
}

static void add(struct html *h, unsigned number, const struct html_item *item) {
    struct html_row *row = &h->rows[number];
    if (row->count >= ROW_MAX) {
        bound(row);
    }
    struct html_item *grown =
            array_more(row->at, row->count, &row->room, sizeof *row->at);
    if (!grown) {
        h->full = true;
        return;
    }
    row->at = grown;
    struct html_item *to = &row->at[row->count];
    *to = *item;
    to->count = 1;
    // The chip's events are noticed late: a row never goes back.
    if (row->count && to->at_ns < to[-1].at_ns) {
        to->at_ns = to[-1].at_ns;
    }
    row->count++;
}

static void close_row(struct html_row *row, uint64_t now_ns,
        enum html_end flags) {
    struct html_item *last = last_open(row);
    if (!last) {
        return;
    }
    last->length_ns = now_ns > last->at_ns ? now_ns - last->at_ns : 0;
    last->flags |= (uint8_t)flags;
}

/// Events ///

static void longest(struct html_worst *w, uint64_t at_ns, uint64_t length_ns,
        unsigned row) {
    if (length_ns > w->length_ns) {
        *w = (struct html_worst){at_ns, length_ns, row};
    }
}

static void trace_window(struct html *h, const struct html_item *item,
        bool open) {
    struct html_row *outages = &h->rows[HTML_OUTAGE];
    if (open) {
        const struct html_item *outage = last_open(outages);
        if (outage) {
            longest(&h->outage, outage->at_ns, item->at_ns - outage->at_ns,
                    HTML_OUTAGE);
        }
        close_row(outages, item->at_ns, HTML_ENDED);
        if (!h->window_used) {
            add(h, HTML_MAPPED, item);
        }
        h->window_used = true;
    } else if (h->window_used && !h->window_closed) {
        add(h, HTML_OUTAGE, item);
    }
    h->window_closed = h->window_used && !open;
}

static void trace_chip(struct html *h, struct html_item *item,
        const struct sim_trace *e) {
    const bool runs = e->c == SIM_CHIP_BEGUN || e->c == SIM_CHIP_RESUMED;
    const bool ran = last_open(&h->rows[HTML_CHIP]) != NULL;
    item->kind = (char)e->a;
    item->value = e->b;
    close_row(&h->rows[HTML_CHIP], item->at_ns,
            e->c == SIM_CHIP_SUSPENDED ? HTML_SUSPENDS : HTML_ENDED);
    if (e->c == SIM_CHIP_SUSPENDED) {
        add(h, HTML_SUSPENDED, item);
    } else if (e->c == SIM_CHIP_RESUMED || (!runs && !ran)) {
        close_row(&h->rows[HTML_SUSPENDED], item->at_ns, HTML_ENDED);
    }
    if (runs) {
        item->flags = e->c == SIM_CHIP_RESUMED ? HTML_RESUMED : 0;
        add(h, HTML_CHIP, item);
    }
}

static void trace_enter(struct html *h, struct html_item *item,
        const struct sim_trace *e, unsigned handler) {
    if (e->a >= CMD_EXCEPTIONS) {
        return;
    }
    const unsigned number = HTML_EXCEPTIONS + e->a;
    item->wait_ns = e->b;
    item->in_outages = h->window_closed;
    h->rows[number].handler = handler;
    close_row(&h->rows[number], item->at_ns, HTML_ENDED);
    add(h, number, item);
    if (e->a >= FIRST_ASYNC) {
        longest(&h->wait, item->at_ns - item->wait_ns, item->wait_ns, number);
    }
}

static void trace_reset(struct html *h, struct html_item *item, uint32_t kind) {
    struct html_row *outages = &h->rows[HTML_OUTAGE];
    const struct html_item *outage = last_open(outages);
    // The reset itself closes the window.
    outages->count -= outage && outage->at_ns >= item->at_ns;
    for (unsigned i = 0; i < HTML_ROWS; i++) {
        close_row(&h->rows[i], item->at_ns, HTML_BY_RESET);
    }
    h->window_used = h->window_closed = false;
    item->value = kind;
    item->length_ns = 0;
    add(h, HTML_RESET, item);
}

static void trace_point(struct html *h, struct html_item *item, unsigned row,
        uint32_t value) {
    item->value = value;
    item->length_ns = 0;
    add(h, row, item);
}

static void trace_level(struct html *h, const struct html_item *item,
        unsigned row, bool high) {
    if (high && !last_open(&h->rows[row])) {
        add(h, row, item);
    } else if (!high) {
        close_row(&h->rows[row], item->at_ns, HTML_ENDED);
    }
}

void html_trace(struct html *h, const struct sim_trace *e,
        struct places_now place) {
    struct html_item item = {.at_ns = e->time / SIM_NS,
            .length_ns = HTML_OPEN,
            .place = place.at,
            .calls = place.calls};
    switch (e->kind) {
    case SIM_TRACE_WINDOW:
        trace_window(h, &item, e->a != 0);
        break;
    case SIM_TRACE_CHIP:
        trace_chip(h, &item, e);
        break;
    case SIM_TRACE_EXC_ENTER:
        trace_enter(h, &item, e, place.handler);
        break;
    case SIM_TRACE_EXC_EXIT:
        if (e->a < CMD_EXCEPTIONS) {
            close_row(&h->rows[HTML_EXCEPTIONS + e->a], item.at_ns, HTML_ENDED);
        }
        break;
    case SIM_TRACE_UART_RX:
        trace_point(h, &item, HTML_RX, (e->a & 0xFF) | (e->b ? 0x100 : 0));
        break;
    case SIM_TRACE_UART_TX:
        trace_point(h, &item, HTML_TX, e->a & 0xFF);
        break;
    case SIM_TRACE_SLEEP:
        trace_level(h, &item, HTML_SLEEP, e->a != 0);
        break;
    case SIM_TRACE_PIN:
        if (e->a >> 8 < 16 && (e->a & 0xFF) < 16) {
            trace_level(h, &item, HTML_PINS + (e->a >> 8) * 16 + (e->a & 0xFF),
                    e->b != 0);
        }
        break;
    case SIM_TRACE_RESET:
        trace_reset(h, &item, e->a);
        break;
    case SIM_TRACE_VIOLATION:
        item.kind = e->c ? 'A' : 0;
        trace_point(h, &item, HTML_VIOLATION, e->a);
        break;
    case SIM_TRACE_INTERNAL: // has no row
        break;
    }
}

void html_power_cut(struct html *h, sim_time at) {
    struct html_item item = {.at_ns = at / SIM_NS};
    trace_reset(h, &item, HTML_POWER_CUT);
}
