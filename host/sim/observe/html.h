/*
 * html - a run as one page for a browser, to look around in
 *
 * SPDX-License-Identifier: MIT
 *
 * The page holds its script and its data and loads nothing. view.html is its
 * source; the data are the rows below, as text in digits of base 32.
 *
 * It stays below HTML_BYTES_MAX. Where a run has too many events for that,
 * neighbours in a row that together are shorter than some time are drawn as
 * one; the page gives that time and how many they were. Resets and violations
 * are spared, and the longest wait and outage are exact in any case.
 */
#ifndef HTML_H
#define HTML_H

#include <stdio.h>

#include "sim/observe/places.h"

#define HTML_BYTES_MAX 5000000

struct html;

// NULL: out of memory.
struct html *html_new(void);
void html_free(struct html *h);
// An event, and where the core was.
void html_trace(struct html *h, const struct sim_trace *event,
        struct places_now place);
void html_power_cut(struct html *h, sim_time at);

struct html_options {
    const char *title, *figures; // two lines of plain text
    const char *board, *part;
    const struct sim_irqs *irqs; // their names, may be NULL
    const struct place *places;
    size_t place_count;
    const struct places_call *calls;
    size_t call_count;
    const struct sim_violation *violation; // NULL: none
    const struct sim_waiting *waiting;     // at the end
    sim_time end;                          // of the run
    size_t bytes_max;                      // 0: HTML_BYTES_MAX
};
// Once. False: not written, see errno.
bool html_write(struct html *h, FILE *file, const struct html_options *o);

#endif
