/*
 * arguments - flash addresses that are passed from function to function
 *
 * SPDX-License-Identifier: MIT
 *
 * To pass on the address of a string literal is no fault; to read through it is
 * one. So each function has a summary of its first eight arguments (AAPCS32
 * 6.5, r0 to r3 and the stack): read through, stored, called.
 */
#include <stdlib.h>

#include "check/judge/judge_priv.h"

uint16_t arguments_behind(uint32_t bits) {
    return (uint16_t)value_behind(bits);
}

// What the callee does to its argument k and behind it, done to the caller's
// own arguments `own`.
static uint16_t inherited(uint16_t callee, unsigned k, uint32_t own) {
    return (uint16_t)((callee & VALUE_ARGUMENT(k) ? own : 0) |
            (callee & VALUE_BEHIND(k) ? arguments_behind(own) : 0));
}

// Adds what a callee does to the caller's own arguments.
static bool inherit(struct analysis *a, struct node *node,
        const struct call_edge *edge) {
    const uint16_t before[] = {node->args_read, node->args_written,
            node->args_stored, node->args_called, node->args_handed};
    for (unsigned k = 0; edge->has_args && k < VALUE_ARGUMENTS; k++) {
        if (edge->args[k].kind != VALUE_PARAM) {
            continue;
        }
        const uint32_t own = edge->args[k].v[0];
        if (edge->callee == NO_NODE) {
            node->args_stored |= (uint16_t)own; // the callee is unknown
            node->args_handed |= (uint16_t)own;
            continue;
        }
        const struct node *callee = &a->nodes[edge->callee];
        node->args_read |= inherited(callee->args_read, k, own);
        node->args_written |= inherited(callee->args_written, k, own);
        node->args_stored |= inherited(callee->args_stored, k, own);
        node->args_called |= inherited(callee->args_called, k, own);
        node->args_handed |= inherited(callee->args_handed, k, own);
    }
    return before[0] != node->args_read || before[1] != node->args_written ||
            before[2] != node->args_stored || before[3] != node->args_called ||
            before[4] != node->args_handed;
}

static void summarise(struct analysis *a) {
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t n = a->node_count; n-- > 0;) {
            struct node *node = &a->nodes[n];
            for (size_t i = 0; i < node->edge_count; i++) {
                changed |= inherit(a, node, &node->edges[i]);
            }
        }
    }
}

static void judge_argument(struct analysis *a, uint32_t n,
        const struct call_edge *edge, unsigned k) {
    struct node *node = &a->nodes[n];
    uint32_t addr;
    if (!value_forbidden(&a->model.world, &edge->args[k], &addr)) {
        return;
    }
    const struct node *callee =
            edge->callee == NO_NODE ? NULL : &a->nodes[edge->callee];
    const uint16_t bit = (uint16_t)VALUE_ARGUMENT(k);
    const char *name = shown_name(a, addr);
    name = name ? name : "flash";
    struct check_finding f = {
            .addr = edge->addr, .target_addr = addr, .target_known = true};
    const bool certain = edge->args[k].kind != VALUE_TOP;
    if (callee && callee->args_read & bit && certain) {
        f.rule = CHECK_RULE_LOAD;
        analysis_account_for(a, node, addr);
        finding_add(a, &f, n,
                "passes the address of %s (0x%08x) to %s, which reads through "
                "it",
                name, (unsigned)addr, callee->name);
    } else if (callee && callee->args_called & bit && certain) {
        f.rule = CHECK_RULE_INDIRECT_CALL;
        f.target_addr &= ~1u;
        analysis_account_for(a, node, addr);
        finding_add(a, &f, n,
                "passes %s, which is in flash, to %s, which calls it", name,
                callee->name);
    } else if (!callee ||
            (callee->args_stored | callee->args_read | callee->args_called) &
                    bit) {
        f.rule = CHECK_RULE_ADDRESS;
        analysis_account_for(a, node, addr);
        finding_add(a, &f, n,
                callee ? "passes the address of %s (0x%08x) to %s, which "
                         "stores it"
                       : "passes the address of %s (0x%08x) to %s",
                name, (unsigned)addr,
                callee ? callee->name : "an unknown function");
    }
}

// It hands the interrupt controller to a function that writes there: which of
// its registers is unknown.
static void judge_controller(struct analysis *a, uint32_t n,
        const struct call_edge *edge, unsigned k) {
    const struct value *v = &edge->args[k];
    const bool known = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
    bool controller = false;
    for (unsigned i = 0; known && i < v->count; i++) {
        controller |= v->v[i] - MODEL_SCS_ADDR < MODEL_SCS_BYTES;
    }
    if (controller && !a->options->interrupts_all && edge->callee != NO_NODE &&
            a->nodes[edge->callee].args_written & VALUE_ARGUMENT(k)) {
        finding_add(a,
                &(struct check_finding){
                        .rule = CHECK_RULE_MASK_CHANGED, .addr = edge->addr},
                n,
                "passes a register of the interrupt controller to %s, which "
                "writes there: it may let an interrupt in",
                a->nodes[edge->callee].name);
    }
}

/// What is reached through objects ///

// The words of an object that was passed on: code that has its address can
// follow them.
static void judge_object(struct analysis *a, uint32_t object) {
    const struct elf_symbol *symbol = model_symbol(&a->model, object);
    const char *name = symbol->name;
    uint32_t start = symbol->addr, end = start + symbol->size_bytes;
    (void)model_set(&a->model, object, &start, &end);
    for (uint32_t place = start; place + 4 <= end; place += 4) {
        const uint32_t at = place - symbol->addr;
        uint32_t word;
        if (symbol->addr & 3 ||
                !model_word(&a->model, symbol->addr + at, &word) ||
                !model_forbidden(&a->model, word)) {
            continue;
        }
        const struct elf_symbol *to = model_symbol(&a->model, word & ~1u);
        const bool code = word & 1 && to && to->function;
        const char *leads = code ? to->name : shown_name(a, word);
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_DATA_POINTER,
                        .function = name,
                        .function_addr = symbol->addr,
                        .addr = symbol->addr + at,
                        .target_addr = word & ~(code ? 1u : 0u),
                        .target_known = true,
                        .stored_in_table = true},
                NO_NODE,
                "word %u of %s, whose address outage code passes on, points to "
                "%s in flash",
                (unsigned)(at / 4), name, leads ? leads : "something");
    }
}

// An object that is passed exactly is reached if the callee reads or stores it.
static void reach_objects(struct analysis *a, const struct call_edge *edge) {
    for (unsigned k = 0; edge->has_args && k < VALUE_ARGUMENTS; k++) {
        const struct value *v = &edge->args[k];
        const bool looks = edge->callee == NO_NODE ||
                ((a->nodes[edge->callee].args_read |
                         a->nodes[edge->callee].args_stored) &
                        (VALUE_ARGUMENT(k) | VALUE_BEHIND(k)));
        if (looks && v->kind != VALUE_INITIAL) {
            analysis_reach(a, v);
        }
    }
}

// A flash address whose use was not seen may have been kept somewhere: in the
// frame, in a structure, in a register that is not followed.
static void unused_addresses(struct analysis *a, uint32_t n) {
    const struct node *node = &a->nodes[n];
    for (size_t i = 0; i < node->new_address_count; i++) {
        const struct new_address *f = &node->new_addresses[i];
        if (f->accounted_for) {
            continue;
        }
        const char *name = shown_name(a, f->value);
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_ADDRESS,
                        .addr = f->addr,
                        .target_addr = f->value,
                        .target_known = true},
                n,
                "computes the address of %s (0x%08x); no use of it was found",
                name ? name : "flash", (unsigned)f->value);
    }
}

void arguments_check(struct analysis *a) {
    summarise(a);
    for (uint32_t n = 0; n < a->node_count; n++) {
        for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
            const struct call_edge *edge = &a->nodes[n].edges[i];
            for (unsigned k = 0; edge->has_args && k < VALUE_ARGUMENTS; k++) {
                judge_argument(a, n, edge, k);
                judge_controller(a, n, edge, k);
            }
            reach_objects(a, edge);
        }
        unused_addresses(a, n);
    }
    for (size_t i = 0; i < a->reached_count; i++) {
        judge_object(a, a->reached[i]);
    }
}
