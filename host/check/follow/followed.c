/*
 * followed - what a run of the whole program says of one instruction
 *
 * SPDX-License-Identifier: MIT
 *
 * The walk of a function does not know who calls it with what. Where it does
 * not know where an instruction goes, the run of the whole program may: it has
 * all that the instruction does in any run, in an outage or not. If none of
 * that goes to the window, the instruction is good; else nothing is taken from
 * it. Of one that the run never reached it says nothing: a root is judged as if
 * somebody called it, so what words of RAM hold is not told to the walks.
 */
#include "base/number.h"
#include "check/analysis/findings.h"
#include "check/analysis/memory.h"
#include "check/follow/follow.h"
#include "check/whole/whole.h"

#define SP 13u
enum { SYS_MSP = 8, SYS_PSP = 9 }; // Armv7-M ARM B5.1.1

// What --vectors names; 0: nothing.
static uint32_t named_table(const struct analysis *a) {
    const char *name = a->options->vectors;
    uint64_t number = 0;
    uint32_t addr = 0, size;
    if (!name || number_parse(name, UINT32_MAX, &number)) {
        return (uint32_t)number;
    }
    for (size_t i = 0; !addr && i < a->model.image_count; i++) {
        elf_image_symbol(a->model.images[i], name, &addr, &size);
    }
    return addr;
}

static void run(struct analysis *a, uint32_t table) {
    whole_free(a->whole);
    a->whole = whole_find(&a->model, table);
    a->failed = a->failed || !a->whole;
    a->switches = whole_switches(a->whole);
}

void followed_run(struct analysis *a) {
    run(a, named_table(a));
}

bool followed_run_again(struct analysis *a) {
    if (!whole_complete(a->whole) || !a->tables[0].count ||
            whole_has_table(a->whole, a->tables[0].addr)) {
        return false;
    }
    run(a, a->tables[0].addr);
    return true;
}

// What the run of the whole program did not come to: code that sets a stack
// pointer to a constant.

struct stack_search {
    struct analysis *a;
    uint32_t top, by; // the first one in the window; 0: none
};

static void on_formed(void *ctx, const struct thumb_insn *insn, unsigned r,
        const struct value *value) {
    struct stack_search *s = ctx;
    for (unsigned i = 0; r == SP && i < value->count && !s->top; i++) {
        const uint32_t top = model_stack_top(&s->a->model, value->v[i]);
        if (top >= 4 && model_forbidden(&s->a->model, top - 4)) {
            s->top = top;
            s->by = insn->addr;
        }
    }
}

// MSR of MSP or PSP (Armv7-M ARM B5.2.3), or a move into SP.
static bool sets_stack(const struct thumb_insn *insn) {
    const uint32_t which = insn->encoding & 0xFFu;
    return (insn->size_bytes == 4 &&
                   (insn->encoding & 0xFFF0FF00u) == 0xF3808800u &&
                   (which == SYS_MSP || which == SYS_PSP)) ||
            (insn->op == THUMB_MOV && insn->rd == SP) ||
            (insn->op == THUMB_LOAD && insn->rd == SP);
}

static bool mentions(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    const struct stack_search *s = ctx;
    bool found = false;
    (void)symbol;
    for (uint32_t at = extent->entry_addr & ~1u;
            !found && at < extent->end_addr; at += 2) {
        struct thumb_insn insn;
        const uint32_t room = extent->end_addr - at < 4 ? 2 : 4;
        const uint8_t *b = model_bytes(&s->a->model, at, room);
        found = b && thumb_decode(&insn, at, b, room) && sets_stack(&insn);
    }
    return found;
}

static uint32_t search_stack(struct analysis *a, uint32_t *by) {
    struct stack_search s = {.a = a};
    const struct flow_events events = {.ctx = &s, .formed = on_formed};
    for (size_t i = 0; i < a->model.image_count && !a->failed; i++) {
        analysis_scan(a, a->model.images[i], &events, mentions);
    }
    *by = s.by;
    return s.top;
}

void followed_stack(struct analysis *a) {
    uint32_t by;
    uint32_t top = whole_window_stack(a->whole, &by);
    if (!top && !whole_complete(a->whole)) {
        top = search_stack(a, &by);
    }
    if (top) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_MEMORY_UNKNOWN,
                        .addr = by,
                        .target_addr = top - 4,
                        .target_known = true},
                NO_NODE,
                "sets up a stack that ends at 0x%08x, in the window: what runs "
                "on it in an outage stores there",
                (unsigned)top);
    }
}

// A device may have got the end of one object, and not the beginning of the
// next: what to change.
static const char *by_end(struct analysis *a) {
    uint32_t at;
    const uint32_t object = whole_given_by_end(a->whole, &at);
    const char *name = object ? symbol_name(a, object) : NULL;
    const char *next = object ? symbol_name(a, at) : NULL;
    return name && next ? keep_text(a,
                                  "; %s counts as given to a device, since it "
                                  "ends where %s begins, whose address a "
                                  "device gets: put something between them",
                                  name, next)
                        : "";
}

void followed_report(struct analysis *a) {
    if (!a->whole || whole_complete(a->whole)) {
        return;
    }
    const uint32_t at = whole_stopped_at(a->whole);
    const struct elf_symbol *symbol = model_symbol(&a->model, at);
    const char *more = by_end(a);
    const char *why = whole_stopped_why(a->whole);
    a->report->not_followed = symbol
            ? keep_text(a, "%s+0x%x %s%s", symbol->name,
                      (unsigned)(at - symbol->addr), why, more)
            : keep_text(a, "0x%08x %s%s", (unsigned)at, why, more);
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
    bool good = whole_accesses(a->whole, addr, spans, count) == WHOLE_ALL;
    for (size_t i = 0; good && i < *count; i++) {
        good = is_good(a, &(*spans)[i]);
    }
    return good;
}

bool followed_targets(const struct analysis *a, uint32_t addr,
        const uint32_t **targets, size_t *count) {
    bool good = whole_targets(a->whole, addr, targets, count) == WHOLE_ALL;
    for (size_t i = 0; good && i < *count; i++) {
        const uint32_t target = (*targets)[i];
        // A call of a null pointer faults, and the faults are judged.
        good = !model_forbidden(&a->model, target & ~1u) &&
                (target & 1 || !target);
    }
    return good;
}

bool followed_may_go(const struct analysis *a, uint32_t addr, uint32_t target,
        uint32_t size_bytes) {
    const uint32_t *targets;
    size_t count;
    bool may = whole_targets(a->whole, addr, &targets, &count) != WHOLE_ALL ||
            !count;
    for (size_t i = 0; i < count; i++) {
        bool veneer = false;
        const uint32_t to = targets[i] & ~1u;
        const uint32_t past = analysis_past_veneers(a, to, &veneer);
        may |= to - target < size_bytes || past - target < size_bytes;
    }
    return may;
}

uint32_t followed_window(const struct analysis *a, uint32_t addr) {
    const struct whole_span *spans;
    size_t count;
    bool all = whole_accesses(a->whole, addr, &spans, &count) == WHOLE_ALL;
    for (size_t i = 0; all && i < count; i++) {
        all = spans[i].last - spans[i].first <= SPAN_MAX &&
                model_forbidden(&a->model, spans[i].first) &&
                model_forbidden(&a->model, spans[i].last);
    }
    return all && count ? spans[0].first : 0;
}

bool followed_only(const struct analysis *a, uint32_t addr) {
    const uint32_t *targets;
    size_t count;
    return whole_targets(a->whole, addr, &targets, &count) == WHOLE_ALL &&
            count == 1;
}

uint32_t followed_bad_target(const struct analysis *a, uint32_t addr) {
    const uint32_t *targets;
    size_t count;
    whole_targets(a->whole, addr, &targets, &count);
    for (size_t i = 0; i < count; i++) {
        if (targets[i] & 1 && model_forbidden(&a->model, targets[i])) {
            return targets[i];
        }
    }
    return 0;
}
