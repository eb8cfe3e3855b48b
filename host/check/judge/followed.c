/*
 * followed - what a run of the whole program says of one instruction
 *
 * SPDX-License-Identifier: MIT
 *
 * The walk of a function does not know who calls it with what. Where it does
 * not know where an instruction goes, the run of the whole program may: it has
 * all that the instruction does in any run, in an outage or not. If none of that
 * goes to the window, the instruction is good; else nothing is taken from it.
 */
#include "check/judge/judge_priv.h"
#include "check/whole/whole.h"

bool followed_run(struct analysis *a) {
    if (a->whole || a->options->assume_settled) {
        return false;
    }
    a->whole = whole_find(&a->model, a->table.count ? a->table.addr : 0);
    a->failed = a->failed || !a->whole;
    if (!a->whole || !whole_complete(a->whole)) {
        return false;
    }
    a->model.settled = whole_values;
    a->model.settled_ctx = a->whole;
    return true;
}

void followed_report(struct analysis *a) {
    if (!a->whole || whole_complete(a->whole)) {
        return;
    }
    const uint32_t at = whole_stopped_at(a->whole);
    const struct elf_symbol *symbol = model_symbol(&a->model, at);
    a->report->not_followed = symbol
            ? keep_text(a, "%s+0x%x %s", symbol->name,
                      (unsigned)(at - symbol->addr),
                      whole_stopped_why(a->whole))
            : keep_text(a, "0x%08x %s", (unsigned)at,
                      whole_stopped_why(a->whole));
}

// Bytes that are looked at one by one.
#define SPAN_MAX 0x10000u

// All of it stays readable.
static bool is_good(const struct analysis *a, const struct whole_span *span) {
    const uint32_t bytes = span->last - span->first;
    if (bytes > SPAN_MAX) {
        return false;
    }
    for (uint32_t i = 0; i <= bytes; i++) {
        const uint32_t at = span->first + i;
        if (model_forbidden(&a->model, at) || !memory_readable(a, at)) {
            return false;
        }
    }
    return true;
}

bool followed_access(const struct analysis *a, uint32_t addr,
        const struct whole_span **spans, size_t *count) {
    bool good = whole_accesses(a->whole, addr, spans, count);
    for (size_t i = 0; good && i < *count; i++) {
        good = is_good(a, &(*spans)[i]);
    }
    return good;
}

bool followed_targets(const struct analysis *a, uint32_t addr,
        const uint32_t **targets, size_t *count) {
    bool good = whole_targets(a->whole, addr, targets, count);
    for (size_t i = 0; good && i < *count; i++) {
        const uint32_t target = (*targets)[i];
        // A call of a null pointer faults, and the faults are judged.
        good = !model_forbidden(&a->model, target & ~1u) &&
                (target & 1 || !target);
    }
    return good;
}
