/*
 * judge_call - judges the calls of a function in an outage
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/judge/judge_priv.h"
#include "base/array.h"
#include "base/match.h"
#include "base/number.h"
#include "check/whole/whole.h"

static void add_edge(struct analysis *a, uint32_t callee,
        const struct thumb_insn *insn, enum flow_call how, const char *via,
        const struct value *regs, int32_t sp_bytes) {
    struct node *node = analysis_here(a);
    struct call_edge *grown = array_more(node->edges, node->edge_count,
            &node->edge_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    node->edges = grown;
    struct call_edge *edge = &node->edges[node->edge_count++];
    *edge = (struct call_edge){
            .callee = callee,
            .addr = insn->addr,
            .via = via,
            .sp_bytes = sp_bytes,
            .tail = how == FLOW_TAIL,
            .has_args = regs != NULL,
    };
    if (regs) {
        for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
            edge->args[k] = *flow_argument(regs, k);
        }
    }
}

// A pointer value without the Thumb bit: BLX and BX take it as ARM state and
// fault with INVSTATE (Armv7-M ARM, B1.5.8).
static bool even(struct analysis *a, const struct thumb_insn *insn,
        uint32_t target, uint32_t holder) {
    if (target & 1) {
        return false;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_POINTER_EVEN,
                    .addr = insn->addr,
                    .target_addr = target,
                    .target_known = true},
            a->current,
            holder ? "the pointer at 0x%08x holds 0x%08x, an even address"
                   : "the call at 0x%08x goes to 0x%08x, an even address",
            (unsigned)(holder ? holder : insn->addr), (unsigned)target);
    return true;
}

// A null pointer, as of a weak function that nothing defines: behind its test
// it is not called, and where it is, that is a fault, whose handler is judged.
static bool is_null(const struct analysis *a, uint32_t target) {
    return !target && !model_image(&a->model, 0) &&
            !model_forbidden(&a->model, 0);
}

// One possible target. holder: address of the pointer it came from, or 0.
static void call_target(struct analysis *a, const struct call_site *site,
        uint32_t target, bool direct, uint32_t holder) {
    const struct thumb_insn *insn = site->insn;
    bool veneer = false;
    if (!direct && !holder && is_null(a, target)) {
        return;
    }
    if (!direct && even(a, insn, target, holder)) {
        return;
    }
    uint32_t addr = analysis_past_veneers(a, target & ~1u, &veneer);
    const char *callee_name = symbol_name(a, addr);
    const struct check_note *outside = callee_name
            ? note_find(a, CHECK_NOTE_OUTSIDE, callee_name, 0)
            : NULL;
    if (outside && judge_outside(a, insn, direct, addr, outside)) {
        analysis_account_for(a, analysis_here(a), target);
        return;
    }
    const char *via = holder         ? "pointer"
            : veneer                 ? "veneer"
            : site->how == FLOW_TAIL ? "tail call"
                                     : "call";
    // If the caller itself has to move out of the flash, so do its callees:
    // each is reported once (judge_place), not once for each call.
    const bool moves = model_forbidden(&a->model, analysis_here(a)->addr);
    if (!moves && veneer && model_forbidden(&a->model, target & ~1u)) {
        addr = target & ~1u; // the veneer itself lies in flash
    }
    if (!moves && model_forbidden(&a->model, addr)) {
        struct check_finding f = {
                .rule = holder                   ? CHECK_RULE_INDIRECT_CALL
                        : site->how == FLOW_TAIL ? CHECK_RULE_TAIL_CALL
                                                 : CHECK_RULE_CALL,
                .addr = insn->addr,
                .target_addr = addr,
                .target_known = true,
                .through_veneer = veneer,
        };
        const char *name = symbol_name(a, addr);
        analysis_account_for(a, analysis_here(a), target);
        if (holder) {
            const char *object = symbol_name(a, holder);
            finding_add(a, &f, a->current,
                    "calls through the pointer at 0x%08x (%s), which leads to "
                    "%s in flash",
                    (unsigned)holder, object ? object : "?",
                    name ? name : "an address");
        } else {
            finding_add(a, &f, a->current, "%s %s in flash%s",
                    site->how == FLOW_TAIL ? "jumps to" : "calls",
                    name ? name : "an address",
                    veneer ? ", through a veneer of the linker" : "");
        }
        add_edge(a, NO_NODE, insn, site->how, via, NULL, site->sp_bytes);
        return;
    }
    struct function_extent extent;
    if (!model_function(&a->model, addr, &extent)) {
        analysis_here(a)->calls_unknown = true;
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_CALL_UNKNOWN,
                        .addr = insn->addr,
                        .target_addr = addr,
                        .target_known = true},
                a->current,
                "0x%08x is in none of the images; add the image that holds it "
                "(--with)",
                (unsigned)addr);
        add_edge(a, NO_NODE, insn, site->how, via, site->regs, site->sp_bytes);
        return;
    }
    const uint32_t callee = analysis_node(a, addr, a->current, via, insn->addr);
    add_edge(a, callee, insn, site->how, via, site->regs, site->sp_bytes);
}

// Calls all functions of that name; of none, what labels of assembly say.
// *may: by the run of the whole program it may go there.
static void call_named(struct analysis *a, const struct call_site *site,
        const char *name, bool *may) {
    bool found = false;
    for (int labels = 0; labels < 2 && !found; labels++) {
        for (size_t i = 0; i < a->model.image_count; i++) {
            const struct elf_image *image = a->model.images[i];
            const struct elf_symbol *s;
            for (size_t k = 0; (s = elf_image_symbol_index(image, k)); k++) {
                const bool is_it = labels
                        ? s->code && !strcmp(name, s->name)
                        : s->function && match_name(name, s->name) &&
                                !analysis_is_veneer(a, s);
                if (is_it && model_image(&a->model, s->addr) == image) {
                    call_target(a, site, s->addr | 1, false, 0);
                    *may |= followed_may_go(a, site->insn->addr, s->addr,
                            s->size_bytes > 2 ? s->size_bytes : 2);
                    found = true;
                }
            }
        }
    }
}

// Targets that a note names. False: there is none for this place, or it names
// none that there is.
static bool call_noted(struct analysis *a, const struct call_site *site,
        enum check_rule_id rule, const char *pointer, const char *what) {
    struct check_note *note =
            note_find(a, CHECK_NOTE_TARGETS, analysis_here(a)->name,
                    site->insn->addr - analysis_here(a)->extent.entry_addr);
    if (!note) {
        return false;
    }
    bool may = false;
    for (char **t = note->targets; *t; t++) {
        uint64_t addr;
        if (number_parse(*t, UINT32_MAX, &addr)) {
            call_target(a, site, (uint32_t)addr | 1, false, 0);
            may |= followed_may_go(a, site->insn->addr, (uint32_t)addr & ~1u,
                    2);
            continue;
        }
        call_named(a, site, *t, &may); // note_names.c reports what is nowhere
    }
    if (!may) {
        return false; // nothing is there, or it never goes there
    }
    finding_add(a,
            &(struct check_finding){.rule = rule,
                    .addr = site->insn->addr,
                    .target = pointer,
                    .reason = note->reason},
            a->current, "%s", what);
    return true;
}

// The targets are those of a run of the whole program. False: it does not know.
static bool call_followed(struct analysis *a, const struct call_site *site) {
    const uint32_t *targets;
    size_t count;
    if (!followed_targets(a, site->insn->addr, &targets, &count)) {
        return false;
    }
    const struct function_extent *own = &analysis_here(a)->extent;
    for (size_t i = 0; i < count; i++) {
        // An arm of a switch is walked already, or crossed.c says so.
        const bool arm = site->how == FLOW_TAIL &&
                targets[i] - 1 > own->entry_addr &&
                targets[i] - 1 < own->end_addr;
        if (targets[i] && !arm) {
            call_target(a, site, targets[i], false, 0);
        }
    }
    return true;
}

bool judge_followed(struct analysis *a, uint32_t addr) {
    const struct thumb_insn insn = {.addr = addr};
    const struct call_site site = {&insn, FLOW_TAIL, NULL, -1};
    return call_followed(a, &site);
}

// pointer: the variable that holds it, or NULL.
void judge_unknown_call(struct analysis *a, const struct call_site *site,
        enum check_rule_id rule, const char *pointer, const char *what) {
    if (call_followed(a, site) || call_noted(a, site, rule, pointer, what)) {
        return;
    }
    analysis_here(a)->undecided = true;
    analysis_here(a)->calls_unknown = true;
    const uint32_t bad = followed_bad_target(a, site->insn->addr);
    const char *name = bad ? symbol_name(a, bad & ~1u) : NULL;
    finding_add(a,
            &(struct check_finding){.rule = rule,
                    .addr = site->insn->addr,
                    .target = pointer,
                    .certain = bad != 0},
            a->current, "%s%s%s%s", what,
            bad ? "; in the run of the whole program it leads to " : "",
            name          ? name
                    : bad ? "an address"
                          : "",
            bad ? " in the window" : "");
    add_edge(a, NO_NODE, site->insn, site->how, "pointer", site->regs,
            site->sp_bytes);
}

// A pointer in memory that may change, at `holder`; `word` is its first value.
static void call_pointer(struct analysis *a, const struct call_site *site,
        uint32_t holder, uint32_t word) {
    const char *object = symbol_name(a, holder);
    char what[256];
    if (object && note_find(a, CHECK_NOTE_CONST, object, 0)) {
        if (word) {
            call_target(a, site, word, false, holder);
        }
        return;
    }
    analysis_want(a, holder, 0);
    if (!word) {
        snprintf(what, sizeof what,
                "calls through %s, which is zero in the image and set at run "
                "time",
                object ? object : "a pointer");
        judge_unknown_call(a, site, CHECK_RULE_CALL_NULL, object, what);
        return;
    }
    call_target(a, site, word, false, holder);
    if (!model_forbidden(&a->model, word & ~1u)) {
        const char *now = symbol_name(a, word & ~1u);
        snprintf(what, sizeof what,
                "calls through %s, which is initialised to %s and may change",
                object ? object : "a pointer", now ? now : "an address");
        judge_unknown_call(a, site, CHECK_RULE_CALL_MUTABLE, object, what);
    }
}

// A word of a table that is a function's address, with the Thumb bit or, by
// mistake, without.
static bool leads_to_code(const struct analysis *a, uint32_t word) {
    const struct elf_symbol *symbol = model_symbol(&a->model, word & ~1u);
    if (word & 1) {
        const struct elf_image *image = model_image(&a->model, word);
        const struct elf_section *in = model_section(&a->model, word);
        uint32_t end;
        // A string, a constant: data, in a section without code.
        const enum elf_content content = image
                ? elf_image_content(image, word & ~1u, &end)
                : ELF_CONTENT_NONE;
        const bool data = in && !(symbol && symbol->code) &&
                (content == ELF_CONTENT_DATA ||
                        (!in->execute && content != ELF_CONTENT_THUMB));
        return (model_forbidden(&a->model, word) && !data) ||
                (symbol && symbol->code);
    }
    return symbol && symbol->function && symbol->addr == word;
}

// The objects beside it, in a set that a label begins: their functions are
// targets, too, if all are known and none is in the window.
static void call_beside(struct analysis *a, const struct call_site *site,
        const struct elf_symbol *symbol) {
    uint32_t start, end, word;
    if (!model_set(&a->model, symbol->addr, &start, &end)) {
        return;
    }
    bool good = model_constant(&a->model, symbol->addr);
    for (uint32_t at = start; good && at + 4 <= end; at += 4) {
        good = model_word(&a->model, at, &word) &&
                !(leads_to_code(a, word) &&
                        (!(word & 1) || model_forbidden(&a->model, word)));
    }
    for (uint32_t at = start; good && at + 4 <= end; at += 4) {
        if (model_word(&a->model, at, &word) && word &&
                leads_to_code(a, word)) {
            call_target(a, site, word, false, at);
        }
    }
    if (!good) {
        char what[256];
        snprintf(what, sizeof what,
                "calls through the table %s, where a label of the linker "
                "script is: what follows behind that object may be called, too",
                symbol->name);
        judge_unknown_call(a, site, CHECK_RULE_CALL_UNKNOWN, symbol->name,
                what);
    }
}

// Any word of the object at base.
static void call_element(struct analysis *a, const struct call_site *site,
        uint32_t base) {
    const struct elf_symbol *symbol = model_symbol(&a->model, base);
    if (!symbol || !symbol->object || !symbol->size_bytes) {
        judge_unknown_call(a, site, CHECK_RULE_CALL_UNKNOWN, NULL,
                "calls through a table of unknown length: no symbol covers it");
        return;
    }
    const bool noted = note_find(a, CHECK_NOTE_CONST, symbol->name, 0);
    const bool constant = noted || model_constant(&a->model, base);
    bool zero = true, settled = true;
    for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
        uint32_t words[VALUE_CONSTS] = {0};
        unsigned count = constant
                ? 0
                : model_values(&a->model, symbol->addr + at, words);
        settled &= constant || count;
        if (!count) {
            model_word(&a->model, symbol->addr + at, &words[count++]);
        }
        for (unsigned i = 0; i < count; i++) {
            if (words[i] &&
                    (leads_to_code(a, words[i]) || symbol->size_bytes == 4)) {
                call_target(a, site, words[i], false, symbol->addr + at);
                zero = false;
            }
        }
    }
    if (settled && !zero) {
        if (!constant) {
            judge_assumption(a, site->insn, base);
        }
        call_beside(a, site, symbol);
        return;
    }
    char what[256];
    analysis_want(a, base, 0);
    snprintf(what, sizeof what,
            zero ? "calls through the table %s, which is zero in the image and "
                   "filled at run time"
                 : "calls through the table %s, which may change at run time",
            symbol->name);
    judge_unknown_call(a, site,
            zero ? CHECK_RULE_CALL_NULL : CHECK_RULE_CALL_MUTABLE, symbol->name,
            what);
}

// NULL also if one of them is in the window: it may be passed where there is no
// outage.
static const struct known_argument *argument_known(const struct analysis *a,
        uint32_t function, unsigned k) {
    const struct known_argument *known = NULL;
    for (size_t i = 0; i < a->argument_count; i++) {
        if (a->arguments[i].function == function && a->arguments[i].k == k) {
            known = &a->arguments[i];
        }
    }
    for (unsigned i = 0; known && i < known->count; i++) {
        if (model_forbidden(&a->model, known->values[i] & ~1u)) {
            return NULL;
        }
    }
    return known;
}

// A call of what the callers pass. False: that is not known.
static bool call_argument(struct analysis *a, const struct call_site *site,
        const struct value *target) {
    const uint32_t function = analysis_here(a)->addr;
    for (unsigned k = 0; k < 16; k++) {
        if (target->v[0] >> k & 1 &&
                (target->v[1] || k >= VALUE_ARGUMENTS ||
                        !argument_known(a, function, k))) {
            return false;
        }
    }
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const struct known_argument *known =
                target->v[0] >> k & 1 ? argument_known(a, function, k) : NULL;
        for (unsigned i = 0; known && i < known->count; i++) {
            // A call of a null pointer faults.
            if (known->values[i]) {
                call_target(a, site, known->values[i], false, 0);
            }
        }
    }
    return true;
}

// A call of what is known where the function is called. False: it is not.
static bool call_in_context(struct analysis *a, const struct call_site *site) {
    const struct known_call *c = contexts_call(a, site->insn->addr);
    for (unsigned i = 0; c && i < c->targets.count; i++) {
        if (c->targets.v[i]) {
            call_target(a, site, c->targets.v[i], false, 0);
        }
    }
    analysis_here(a)->undecided |= c != NULL;
    return c;
}

static void want_arguments(struct analysis *a, const struct value *target,
        const struct value *regs) {
    for (unsigned k = 0; regs && k < VALUE_ARGUMENTS; k++) {
        const struct value *v = flow_argument(regs, k);
        const bool loaded =
                v->kind == VALUE_INITIAL || (v->kind == VALUE_TOP && v->count);
        if (loaded && !flow_left_over(&a->model, target, k)) {
            analysis_want_of(a, v);
        }
    }
}

enum { SP = 13 };

// What is called stores to the stack: one that code has set has to be known, or
// the run of the whole program sees where they all are.
static void judge_stack(struct analysis *a, const struct thumb_insn *insn,
        const struct value *regs) {
    const struct value *sp = regs ? &regs[SP] : NULL;
    uint32_t addr;
    const bool known = !sp || value_tells_stack(sp) ||
            (sp->kind == VALUE_CONST &&
                    !value_forbidden(&a->model.world, sp, &addr));
    if (known || whole_executed(a->whole, insn->addr) ||
            findings_tell(a, insn->addr)) {
        return;
    }
    finding_add(a,
            &(struct check_finding){
                    .rule = CHECK_RULE_MEMORY_UNKNOWN, .addr = insn->addr},
            a->current,
            "calls with a stack pointer that code has set to an address that "
            "is not known to stay readable");
}

void judge_call(void *ctx, const struct thumb_insn *insn, enum flow_call how,
        const struct value *target, bool direct, const struct value *regs,
        int32_t sp_bytes) {
    struct analysis *a = ctx;
    const struct call_site site = {insn, how, regs, sp_bytes};
    if (judge_call_is_over(a, insn, target, regs)) {
        return;
    }
    judge_stack(a, insn, regs);
    switch (target->kind) {
    case VALUE_CONST:
        for (unsigned i = 0; i < target->count; i++) {
            // A call of a null pointer faults (Armv7-M ARM B1.5.14, INVSTATE),
            // and the faults are judged.
            if (target->v[i] || target->count == 1 ||
                    model_forbidden(&a->model, 0)) {
                call_target(a, &site, target->v[i], direct, 0);
            }
        }
        break;
    case VALUE_INITIAL:
        call_pointer(a, &site, target->v[1], target->v[0]);
        break;
    case VALUE_WORD_OF:
        if (target->tainted) {
            judge_unknown_call(a, &site, CHECK_RULE_JUMP_UNKNOWN, NULL,
                    "jumps to a computed address inside a function");
            break;
        }
        for (unsigned i = 0; i < target->count; i++) {
            call_element(a, &site, target->v[i]);
        }
        break;
    case VALUE_PARAM:
        analysis_here(a)->args_called |= (uint16_t)target->v[0];
        if (call_argument(a, &site, target) || call_in_context(a, &site)) {
            break;
        }
        judge_unknown_call(a, &site, CHECK_RULE_CALL_UNKNOWN, NULL,
                target->v[0] < VALUE_BEHIND(0)
                        ? "calls a function that its caller passes in"
                        : "calls through a pointer that is known at run time "
                          "only");
        break;
    case VALUE_INSIDE:
        judge_unknown_call(a, &site, CHECK_RULE_JUMP_UNKNOWN, NULL,
                "jumps to a computed address inside a function");
        break;
    default:
        if (call_in_context(a, &site)) {
            break;
        }
        analysis_want_of(a, target);
        judge_unknown_call(a, &site, CHECK_RULE_CALL_UNKNOWN, NULL,
                "calls through a pointer that is known at run time only");
        break;
    }
    want_arguments(a, target, regs);
}
