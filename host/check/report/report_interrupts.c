/*
 * report_interrupts - what --interrupts names, and the handlers that are meant
 *
 * SPDX-License-Identifier: MIT
 *
 * IRQ 15 is exception 31: a number alone does not say which of both is meant,
 * and the handler does.
 */
#include <stdlib.h>
#include <string.h>

#include "base/exception_name.h"
#include "check/report/report_priv.h"

#define EXCEPTIONS (EXCEPTION_IRQ0 + EXCEPTION_IRQ_MAX + 1)

unsigned report_interrupt_(const struct check_options *options, unsigned from) {
    while (from < EXCEPTIONS && !options->interrupts_on[from]) {
        from++;
    }
    return from < EXCEPTIONS ? from : 0;
}

// "tick", or "one or other" if code stores another one there.
static char *handlers_of(const struct check_report *report, unsigned n) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    const char *before = "";
    for (size_t i = 0; i < report->handler_count; i++) {
        if (report->handlers[i].exception == n) {
            fprintf(out, "%s%s", before, report->handlers[i].function);
            before = " or ";
        }
    }
    fputs(*before ? "" : "no handler known", out);
    fclose(out);
    return text;
}

static void put_names(FILE *out, unsigned first, unsigned last) {
    const char *name = exception_name(first);
    if (name) {
        fputs(name, out);
    } else {
        fprintf(out, "IRQ %u", first - EXCEPTION_IRQ0);
    }
    if (last != first) {
        fprintf(out, " to %u", last - EXCEPTION_IRQ0);
    }
}

// The last of those behind `first` that have the same handler.
static unsigned alike(const struct check_report *report,
        const struct check_options *options, unsigned first,
        const char *handlers) {
    unsigned last = first;
    bool same = first >= EXCEPTION_IRQ0;
    while (same && report_interrupt_(options, last + 1) == last + 1) {
        char *next = handlers_of(report, last + 1);
        same = next && !strcmp(next, handlers);
        free(next);
        last += same;
    }
    return last;
}

char *report_interrupts_(const struct check_report *report,
        const struct check_options *options, unsigned *n) {
    char *text = NULL, *handlers = handlers_of(report, *n);
    size_t size = 0;
    FILE *out = handlers ? open_memstream(&text, &size) : NULL;
    if (out) {
        const unsigned last = alike(report, options, *n, handlers);
        put_names(out, *n, last);
        fprintf(out, ": %s", handlers);
        fclose(out);
        *n = last;
    }
    free(handlers);
    return text;
}

json_t *report_interrupt_list_(const struct check_report *report,
        const struct check_options *options) {
    json_t *list = json_array();
    unsigned n = options->interrupts_all ? 0 : report_interrupt_(options, 0);
    for (; n; n = report_interrupt_(options, n + 1)) {
        char *one = report_interrupts_(report, options, &n);
        json_t *text = one ? report_string_(one) : NULL;
        free(one);
        if (json_array_append_new(list, text)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
