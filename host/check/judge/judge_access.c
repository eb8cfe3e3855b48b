/*
 * judge_access - loads, stores and flash addresses of a function in an outage
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/judge/judge_priv.h"
#include "base/array.h"

static const enum check_rule_id access_rule[] = {
        [FLOW_LOAD] = CHECK_RULE_LOAD,
        [FLOW_STORE] = CHECK_RULE_STORE,
        [FLOW_PRELOAD] = CHECK_RULE_LOAD,
        [FLOW_LITERAL] = CHECK_RULE_LITERAL,
        [FLOW_TABLE] = CHECK_RULE_JUMP_TABLE,
};
static const char *const access_word[] = {
        [FLOW_LOAD] = "loads from",
        [FLOW_STORE] = "stores to",
        [FLOW_PRELOAD] = "preloads",
        [FLOW_LITERAL] = "loads a constant from",
        [FLOW_TABLE] = "reads its switch table from",
};

static void bad_access(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t addr, bool certain, const char *how_so) {
    const char *name = symbol_name(a, addr);
    analysis_account_for(a, analysis_here(a), addr);
    finding_add(a,
            &(struct check_finding){
                    .rule = certain ? access_rule[how] : CHECK_RULE_ADDRESS,
                    .addr = insn->addr,
                    .target_addr = addr,
                    .target_known = true},
            a->current, "%s %s%s (0x%08x)%s",
            certain ? access_word[how] : "may use an address derived from",
            name ? name : "flash", name ? " in flash" : "", (unsigned)addr,
            how_so);
}

// A pointer loaded from some word of the object at base.
static void access_element(struct analysis *a, const struct thumb_insn *insn,
        enum flow_access how, uint32_t base) {
    const struct elf_symbol *symbol = model_symbol(&a->model, base);
    for (uint32_t at = 0;
            symbol && symbol->object && at + 4 <= symbol->size_bytes; at += 4) {
        uint32_t word;
        if (model_word(&a->model, symbol->addr + at, &word) &&
                model_forbidden(&a->model, word)) {
            bad_access(a, insn, how, word, true,
                    ", through a table of pointers");
            return;
        }
    }
    analysis_here(a)->unknown_accesses++;
}

static void stored_value(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, const struct value *data) {
    uint32_t word;
    if (data->kind == VALUE_PARAM) {
        analysis_here(a)->args_stored |= (uint8_t)(1u << data->v[0]);
    }
    analysis_reach(a, data);
    if (!value_forbidden(&a->model.world, data, &word)) {
        return;
    }
    analysis_account_for(a, analysis_here(a), word);
    const bool device = addr->kind == VALUE_CONST && model_device(addr->v[0]);
    const char *name = symbol_name(a, word);
    struct check_finding f = {
            .rule = CHECK_RULE_ADDRESS,
            .addr = insn->addr,
            .target_addr = word,
            .target_known = true,
    };
    finding_add(a, &f, a->current,
            device ? "writes the address of %s (0x%08x) to a register; what "
                     "the device does with it is not known"
                   : "stores the address of %s (0x%08x); whether it is read in "
                     "an outage is not known",
            name ? name : "flash", (unsigned)word);
}

void judge_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct analysis *a = ctx;
    uint32_t word;
    (void)bytes;
    // A function's own pool and tables move with it.
    if ((how == FLOW_LITERAL || how == FLOW_TABLE) && value_is_const(addr) &&
            model_forbidden(&a->model, analysis_here(a)->addr) &&
            addr->v[0] - analysis_here(a)->extent.entry_addr <
                    analysis_here(a)->extent.end_addr -
                            analysis_here(a)->extent.entry_addr) {
        return;
    }
    memory_access(a, insn, addr);
    memory_shared(a, insn, addr);
    switch (addr->kind) {
    case VALUE_CONST:
    case VALUE_INSIDE:
    case VALUE_INITIAL:
        if (value_forbidden(&a->model.world, addr, &word)) {
            bad_access(a, insn, how, word, true,
                    addr->kind == VALUE_INITIAL ? ", through a pointer in RAM"
                                                : "");
        } else if (addr->kind == VALUE_INITIAL) {
            const char *object = symbol_name(a, addr->v[1]);
            if (!object || !note_find(a, CHECK_NOTE_CONST, object, 0)) {
                analysis_here(a)->unknown_accesses++;
            }
        }
        break;
    case VALUE_WORD_OF:
        access_element(a, insn, how, addr->v[0]);
        break;
    case VALUE_PARAM:
        analysis_here(a)->args_read |= (uint8_t)(1u << addr->v[0]);
        analysis_here(a)->unknown_accesses++;
        break;
    case VALUE_TOP:
        if (addr->tainted) {
            bad_access(a, insn, how, addr->taint, false, "");
        } else {
            analysis_here(a)->unknown_accesses++;
        }
        break;
    default:
        break;
    }
    if (addr->kind == VALUE_INSIDE) {
        analysis_reach(a, addr);
    }
    if (data) {
        stored_value(a, insn, addr, data);
    }
}

void judge_assumption(void *ctx, const struct thumb_insn *insn, uint32_t addr) {
    struct analysis *a = ctx;
    const char *object = symbol_name(a, addr);
    if (!object || note_find(a, CHECK_NOTE_CONST, object, 0)) {
        return;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_SETTLED,
                    .addr = insn->addr,
                    .target_addr = addr,
                    .target_known = true},
            a->current,
            "assumes that %s never changes: no code in the images writes to it",
            object);
}

void judge_new_address(void *ctx, const struct thumb_insn *insn,
        uint32_t value) {
    struct analysis *a = ctx;
    struct node *node = analysis_here(a);
    struct new_address *grown = array_more(node->new_addresses,
            node->new_address_count, &node->new_address_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    node->new_addresses = grown;
    node->new_addresses[node->new_address_count++] =
            (struct new_address){.addr = insn->addr, .value = value};
}

void judge_use(void *ctx, const struct thumb_insn *insn, enum flow_use how,
        const struct value *value) {
    struct analysis *a = ctx;
    uint32_t word;
    if (!value_forbidden(&a->model.world, value, &word)) {
        return;
    }
    analysis_account_for(a, analysis_here(a), word);
    if (how == FLOW_USE_COMPARE) {
        return; // a number like any other
    }
    const char *name = symbol_name(a, word);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_ADDRESS,
                    .addr = insn->addr,
                    .target_addr = word,
                    .target_known = true},
            a->current, "returns the address of %s (0x%08x)",
            name ? name : "flash", (unsigned)word);
}
