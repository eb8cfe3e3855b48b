/*
 * trace_text - the trace as text, one line an event
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/observe/trace_text.h"

#include <inttypes.h>

void trace_text_write(FILE *file, const struct sim_trace *e) {
    static const char *const resets[] = {
            "power-on", "pin", "software", "watchdog"};
    static const char *const phases[] = {
            "ended", "begun", "suspended", "resumed"};
    fprintf(file, "%.9f ", (double)e->time / (double)SIM_S);
    switch (e->kind) {
    case SIM_TRACE_WINDOW:
        fprintf(file, "window %s\n", e->a ? "open" : "closed");
        break;
    case SIM_TRACE_CHIP:
        fprintf(file, "chip %s 0x%06" PRIx32 " %s\n",
                e->a == 'E'           ? "erase"
                        : e->a == 'P' ? "program"
                                      : "status-write",
                e->b, e->c < 4 ? phases[e->c] : "?");
        break;
    case SIM_TRACE_INTERNAL:
        fprintf(file, "internal %s 0x%06" PRIx32 " %s\n",
                e->a == 'E' ? "erase" : "program", e->b,
                e->c < 4 ? phases[e->c] : "?");
        break;
    case SIM_TRACE_EXC_ENTER:
        fprintf(file, "exception %" PRIu32 " enter after %" PRIu32 " ns\n",
                e->a, e->b);
        break;
    case SIM_TRACE_EXC_EXIT:
        fprintf(file, "exception %" PRIu32 " exit\n", e->a);
        break;
    case SIM_TRACE_UART_TX:
        fprintf(file, "uart tx %02" PRIx32 "\n", e->a);
        break;
    case SIM_TRACE_UART_RX:
        fprintf(file, "uart rx %02" PRIx32 "%s\n", e->a, e->b ? " lost" : "");
        break;
    case SIM_TRACE_RESET:
        fprintf(file, "reset %s\n", e->a < 4 ? resets[e->a] : "?");
        break;
    case SIM_TRACE_SLEEP:
        fprintf(file, "%s\n", e->a ? "sleep" : "awake");
        break;
    case SIM_TRACE_PIN:
        fprintf(file, "pin P%c%" PRIu32 " %" PRIu32 "\n",
                (char)('A' + (e->a >> 8)), e->a & 0xFF, e->b);
        break;
    case SIM_TRACE_VIOLATION:
        fprintf(file, "violation %s at pc 0x%08" PRIx32 "%s\n",
                sim_rules[e->a].name, e->b, e->c ? " allowed" : "");
        break;
    }
}
