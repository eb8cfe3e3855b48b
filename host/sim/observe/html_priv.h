/*
 * html_priv - the rows that recorder and writer of html share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef HTML_PRIV_H
#define HTML_PRIV_H

#include "sim/observe/html.h"
#include "sim/observe/measure.h"

enum html_row_kind {
    HTML_MAPPED, // the window can be read, or an outage that ends
    HTML_OUTAGE,
    HTML_CHIP, // the chip works
    HTML_SUSPENDED,
    HTML_SLEEP,
    HTML_RX,
    HTML_TX,
    HTML_RESET,
    HTML_VIOLATION,
    HTML_FIXED,
    HTML_EXCEPTIONS = HTML_FIXED,
    HTML_PINS = HTML_EXCEPTIONS + CMD_EXCEPTIONS,
    HTML_ROWS = HTML_PINS + 256
};

#define HTML_OPEN UINT64_MAX
// How a span ended. A chip operation also has whether it was resumed.
enum html_end {
    HTML_ENDED,
    HTML_SUSPENDS,
    HTML_BY_RESET,
    HTML_AT_END, // the run ended first
    HTML_RESUMED = 4
};
#define HTML_POWER_CUT 4 // after enum sim_reset

struct html_item {
    uint64_t at_ns, length_ns; // HTML_OPEN: not ended yet
    uint32_t value;            // offset; byte, 0x100 lost; rule; enum sim_reset
    uint32_t wait_ns;
    uint32_t place;
    uint32_t calls; // of a chip operation
    uint32_t count; // 1, or of those that are drawn as one
    uint32_t in_outages;
    char kind;     // 'E', 'P', 'S'; 'A': a violation that was allowed
    uint8_t flags; // enum html_end
};

struct html_row {
    struct html_item *at;
    size_t count, room;
    uint64_t step_ns; // neighbours that together are shorter are one; 0: none
    unsigned handler; // place of an exception's handler
};

// Of the longest.
struct html_worst {
    uint64_t at_ns, length_ns;
    unsigned row;
};

struct html {
    struct html_row rows[HTML_ROWS];
    struct html_worst wait, outage;
    bool full; // memory ran out
    bool window_used, window_closed;
};

// any_kind: erases and programs, too, become one.
void html_thin_(struct html_row *row, uint64_t step_ns, bool any_kind);

#endif
