/*
 * swapped_halves - --begin and --end that look swapped
 *
 * SPDX-License-Identifier: MIT
 *
 * If each function that calls both halves of a driver calls one of --end first
 * and one of --begin last, the outage that was judged begins where the real one
 * ends. It is a violation all the same; the report says why.
 */
#include <string.h>

#include "base/match.h"
#include "check/analysis/findings.h"

struct halves {
    const struct analysis *a;
    bool any;               // of the function that is looked at
    bool first_end, at_end; // its first and its last call of one is of --end
    bool straight;          // one begins with --begin, or ends with --end
    const char *swapped;    // one that does neither
};

static bool is_half(const struct analysis *a, bool end, const char *name) {
    const struct check_options *o = a->options;
    const char *const *patterns = end ? o->ends : o->begins;
    const size_t count = end ? o->end_count : o->begin_count;
    bool found = note_names(a, end ? CHECK_NOTE_ENDS : CHECK_NOTE_BEGINS, name);
    for (size_t i = 0; i < count && !found; i++) {
        found = match_copies(patterns[i], name);
    }
    return found;
}

static void add_call(void *ctx, const struct thumb_insn *insn) {
    struct halves *h = ctx;
    bool veneer = false;
    const uint32_t addr = analysis_past_veneers(h->a, insn->target, &veneer);
    const struct elf_symbol *s = model_symbol(&h->a->model, addr);
    if (!s || s->addr != addr) {
        return;
    }
    const bool end = is_half(h->a, true, s->name);
    if (end || is_half(h->a, false, s->name)) {
        h->first_end = h->any ? h->first_end : end;
        h->any = true;
        h->at_end = end;
    }
}

static void look_at(struct halves *h, const struct elf_symbol *symbol) {
    struct function_extent extent;
    if (!symbol->function ||
            !model_function(&h->a->model, symbol->addr, &extent)) {
        return;
    }
    h->any = h->first_end = h->at_end = false;
    analysis_branches(h->a, &extent, add_call, h);
    if (h->first_end && !h->at_end) {
        h->swapped = h->swapped ? h->swapped : symbol->name;
    } else {
        h->straight |= h->any && h->first_end != h->at_end;
    }
}

// It says that the flash is off where code in it goes on.
static bool is_of_halves(const struct check_finding *f) {
    return f->rule == CHECK_RULE_CODE ? f->addr != f->function_addr
                                      : f->rule == CHECK_RULE_RETURN_UNKNOWN &&
                    f->target_known && f->target_addr == f->function_addr;
}

void swapped_halves_check(struct analysis *a) {
    struct check_report *r = a->report;
    struct halves h = {.a = a};
    bool wanted = false;
    for (size_t i = 0; i < r->finding_count && !wanted; i++) {
        wanted = is_of_halves(&r->findings[i]);
    }
    for (size_t k = 0; k < a->model.image_count && wanted; k++) {
        const struct elf_symbol *s;
        for (size_t i = 0; (s = elf_image_symbol_index(a->model.images[k], i));
                i++) {
            look_at(&h, s);
        }
    }
    for (size_t i = 0; i < r->finding_count && h.swapped; i++) {
        if (!h.straight && is_of_halves(&r->findings[i])) {
            r->findings[i].swapped = h.swapped;
        }
    }
}
