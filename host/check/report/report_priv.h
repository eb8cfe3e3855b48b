/*
 * report_priv - what the printers of a check report share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef REPORT_PRIV_H
#define REPORT_PRIV_H

#include <jansson.h>

#include "check/report/report.h"

const char *report_class_(enum check_class class);       // "violation"
const char *report_verdict_(enum check_verdict verdict); // "proved"
size_t report_count_(const struct check_report *report, enum check_class class);
// The first annotation at or after *i that was not used; NULL at the end.
const struct check_note *report_stale_(const struct check_options *options,
        size_t *i);
// The report rests on it: it was used, and not refused.
bool report_applied_(const struct check_note *note);
// The first exception at or behind `from` that --interrupts names; 0: none.
unsigned report_interrupt_(const struct check_options *options, unsigned from);
// "IRQ 15: uart_isr" for exception *n, or "IRQ 3 to 7: default_isr" for those
// behind it that have the same handler, too; *n becomes the last of them. The
// caller frees; NULL if memory ran out.
char *report_interrupts_(const struct check_report *report,
        const struct check_options *options, unsigned *n);
const char *report_note_verb_(enum check_note_kind kind); // "allow"

// Names come from ELFs, which may be damaged: bytes that are no UTF-8 or would
// be an escape on a terminal become '?'. NULL gives an empty string. The caller
// frees; NULL if memory ran out.
char *report_clean_(const char *text);
// The same as a JSON string; JSON null for NULL.
json_t *report_string_(const char *text);
// Each name of C++ in it as the source has it. The caller frees; NULL if memory
// ran out.
char *report_demangle_(const char *text);
// All of report_interrupts_(); empty where --interrupts names none.
json_t *report_interrupt_list_(const struct check_report *report,
        const struct check_options *options);
json_t *report_addr_(uint32_t addr); // "0x08000000"

const char *report_base_(const char *path); // without the folders
// The path from the working directory, if it lies below it; else as it is.
const char *report_path_(const char *path);

#endif
