/*
 * trace_text - the trace as text, one line an event
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <stdio.h>

#include "sim/sim.h"

// "1.234567890 window closed": seconds of simulated time, then the event.
void trace_text_write(FILE *file, const struct sim_trace *entry);

#endif
