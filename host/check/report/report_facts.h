/*
 * report_facts - the order of the findings, and which are of one fact
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include "check/check.h"

// A finding and its sort keys.
struct report_entry_ {
    const struct check_finding *f;
    enum check_class worst; // of its function
    size_t at;              // in the report
    size_t next;  // the next one of the same fact; REPORT_NO_ENTRY: none
    bool follows; // is one of those
    uint64_t cause_hash, fix_hash;
};

#define REPORT_NO_ENTRY SIZE_MAX

// By function, functions with violations first; grouped by fact. NULL if no
// memory. The caller frees.
struct report_entry_ *report_sort_(const struct check_finding *findings,
        size_t count);

// How many findings have one rule and one target.
struct report_sum_ {
    const struct check_finding *f;
    size_t count;
};
// Fills sums, one for each at most, the most frequent first in its class.
// Returns how many.
size_t report_add_up_(const struct check_report *r, struct report_sum_ *sums);

// NULL is an empty text.
int report_compare_(const char *a, const char *b);
bool report_same_function_(const struct check_finding *a,
        const struct check_finding *b);
// Findings of its rule about one table are of one fact.
bool report_by_table_(const struct check_finding *f);

#endif
