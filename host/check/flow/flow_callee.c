/*
 * flow_callee - what a walk of a function that is called finds out
 *
 * SPDX-License-Identifier: MIT
 *
 * The words above its stack pointer that it may write to, or read: AAPCS32 6.5,
 * these are its arguments, and a caller does not find there what it put there.
 * And whether it returns, which is asked where nothing follows the call, or
 * what looks like a return is a jump. What was found out is remembered.
 */
#include "check/flow/flow_priv.h"

#define ASKED_DEEPEST 8u // functions that are asked about for each other

struct asked {
    const struct model *model;
    struct flow_callee_ answer;
};

#define GIVES_ALL 0xFFFFu

static const struct flow_callee_ anything = {FLOW_ABOVE_ANY, FLOW_ABOVE_ANY,
        GIVES_ALL, GIVES_ALL, true, false, true};
static const struct flow_callee_ nothing;

static void add(struct flow_callee_ *to, const struct flow_callee_ *from) {
    to->above_bytes = from->above_bytes > to->above_bytes ? from->above_bytes
                                                          : to->above_bytes;
    to->reads_bytes = from->reads_bytes > to->reads_bytes ? from->reads_bytes
                                                          : to->reads_bytes;
    to->gives |= from->gives;
    to->results |= from->results;
    to->returns |= from->returns;
    to->leaves |= from->leaves;
    to->pops_jump |= from->pops_jump;
}

// What goes out with a value that is given, or (behind) with what it leads to:
// arguments, by bit. A place in the own frame may lead to all of them.
static uint32_t given(const struct value *v, bool itself, bool behind) {
    const uint32_t bits = value_arguments(v);
    uint32_t all = itself ? bits : 0;
    for (unsigned k = 0; behind && k < VALUE_ARGUMENTS; k++) {
        all |= bits & (VALUE_ARGUMENT(k) | VALUE_BEHIND(k)) ? VALUE_BEHIND(k)
                                                            : 0;
    }
    return value_tells_stack(v) && (itself || behind) ? GIVES_ALL : all;
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct asked *asked = ctx;
    const int32_t end = (int32_t)(addr->v[0] + bytes +
            (value_is_range(addr) ? addr->v[2] : 0));
    (void)insn;
    if (how == FLOW_STORE && data && addr->kind != VALUE_STACK) {
        asked->answer.gives |= given(data, true, false);
    }
    // Of a place that is not known, flow_result.above_made says whether it can
    // be there.
    if (addr->kind == VALUE_STACK && (addr->count || value_is_range(addr)) &&
            end > 0) {
        const uint32_t some = (uint32_t)end;
        add(&asked->answer,
                &(struct flow_callee_){
                        .above_bytes = how == FLOW_STORE ? some : 0,
                        .reads_bytes = how == FLOW_STORE ? 0 : some});
    }
}

// What its own callees give.
static void hand_over(struct asked *asked, const struct value *target,
        const struct value *regs) {
    uint32_t gives = 0;
    bool known = false;
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const struct value *v = flow_argument(regs, k);
        if (!value_arguments(v) && !value_tells_stack(v)) {
            continue;
        }
        if (!known) {
            gives = flow_callee_of_(asked->model, target).gives;
            known = true;
        }
        asked->answer.gives |=
                given(v, gives & VALUE_ARGUMENT(k), gives & VALUE_BEHIND(k));
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct asked *asked = ctx;
    (void)direct;
    asked->answer.pops_jump |= how == FLOW_TAIL && insn->rn == SP;
    hand_over(asked, target, regs);
    if (how == FLOW_TAIL) { // its arguments are in the same place
        const struct flow_callee_ callee =
                sp_bytes ? anything : flow_callee_of_(asked->model, target);
        add(&asked->answer, &callee);
    }
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct asked *asked = ctx;
    (void)insn;
    if (where == FLOW_GONE_RETURN || where == FLOW_GONE_RETURN_HIGH) {
        asked->answer.results |= value_arguments(value);
    } else if (where == FLOW_GONE_UNSEEN) {
        asked->answer.gives |= given(value, true, false);
    }
    asked->answer.returns |= where == FLOW_GONE_RETURN;
    asked->answer.leaves |= where == FLOW_GONE_RETURN;
}

static void on_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct asked *asked = ctx;
    (void)addr, (void)detail;
    if (rule != CHECK_RULE_MASK_CHANGED) {
        // A pop that jumps is none of these.
        asked->answer.above_bytes = FLOW_ABOVE_ANY;
        asked->answer.reads_bytes = FLOW_ABOVE_ANY;
        asked->answer.returns = true;
    }
}

static struct flow_callee_ walk(const struct model *model, uint32_t target) {
    struct asked asked = {.model = model};
    const struct flow_events events = {.ctx = &asked,
            .access = on_access,
            .call = on_call,
            .gone = on_gone,
            .unknown = on_unknown};
    struct function_extent extent;
    struct flow_result result;
    if (!model_function(model, target, &extent) ||
            !flow_walk_alone_(model, &extent, target, &events, &result)) {
        return anything;
    }
    if (result.above_made) {
        asked.answer.above_bytes = FLOW_ABOVE_ANY;
        asked.answer.reads_bytes = FLOW_ABOVE_ANY;
    }
    return asked.answer;
}

// Functions that are asked about for each other, the last one first.
struct flow_asking {
    uint32_t addr;
    unsigned depth;
    const struct flow_asking *outer;
};

static uint32_t arguments_of(const struct index *of, uint32_t target) {
    size_t from = 0;
    const size_t bits = index_next(of, target, &from);
    return bits == INDEX_NONE ? GIVES_ALL : (uint32_t)bits;
}

static struct flow_callee_ ask(const struct model *model, uint32_t target) {
    struct flow_memo *memo = model->memo;
    size_t from = 0;
    if (!memo) {
        return anything;
    }
    const struct flow_asking *outer = memo->asking;
    for (const struct flow_asking *c = outer; c; c = c->outer) {
        if (c->addr == target) { // its own part is added by its own walk
            return c == outer ? nothing : anything;
        }
    }
    const size_t known = index_next(&memo->callees, target, &from);
    if (known != INDEX_NONE) {
        from = 0;
        const size_t reads = index_next(&memo->reads, target, &from);
        return (struct flow_callee_){(uint32_t)(known >> 3),
                reads == INDEX_NONE ? FLOW_ABOVE_ANY : (uint32_t)reads,
                arguments_of(&memo->gives, target),
                arguments_of(&memo->results, target), known >> 2 & 1,
                known >> 1 & 1, known & 1};
    }
    const struct flow_asking now = {
            target, outer ? outer->depth + 1 : 0, outer};
    if (now.depth == ASKED_DEEPEST) {
        return anything;
    }
    memo->asking = &now;
    const struct flow_callee_ answer = walk(model, target);
    memo->asking = outer;
    // Without memory it is found out again.
    (void)index_add(&memo->callees, target,
            (size_t)answer.above_bytes << 3 | (size_t)answer.returns << 2 |
                    (size_t)answer.leaves << 1 | answer.pops_jump);
    (void)index_add(&memo->reads, target, answer.reads_bytes);
    (void)index_add(&memo->gives, target, answer.gives);
    (void)index_add(&memo->results, target, answer.results);
    return answer;
}

#define MOST_WORDS 64u

// The functions of a table. That its words may change is judged at the call.
static struct flow_callee_ of_table(const struct model *model, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(model, addr);
    struct flow_callee_ all = {0};
    uint32_t word;
    uint32_t start = symbol ? symbol->addr : 0,
             end = symbol ? start + symbol->size_bytes : 0;
    (void)model_set(model, addr, &start, &end);
    if (!symbol || !symbol->object || end - start > 4 * MOST_WORDS) {
        return anything;
    }
    for (uint32_t at = start; at + 4 <= end; at += 4) {
        if (model_word(model, at, &word) && word & 1 &&
                model_image(model, word)) {
            const struct flow_callee_ one = ask(model, word & ~1u);
            add(&all, &one);
        }
    }
    return all;
}

struct flow_callee_ flow_callee_of_(const struct model *model,
        const struct value *target) {
    struct flow_callee_ all = {0}, one;
    const bool initial = target->kind == VALUE_INITIAL;
    if (!initial && target->kind != VALUE_CONST &&
            target->kind != VALUE_WORD_OF) {
        return anything;
    }
    for (unsigned i = 0; i < (initial ? 1u : target->count); i++) {
        one = target->kind == VALUE_WORD_OF ? of_table(model, target->v[i])
                                            : ask(model, target->v[i] & ~1u);
        add(&all, &one);
    }
    return all;
}

bool flow_keeps(const struct model *model, const struct value *target,
        unsigned k) {
    return flow_callee_of_(model, target).gives & VALUE_ARGUMENT(k);
}

void flow_memo_free(struct flow_memo *memo) {
    index_free(&memo->callees);
    index_free(&memo->reads);
    index_free(&memo->gives);
    index_free(&memo->results);
    index_free(&memo->writes);
    index_free(&memo->endless);
    index_free(&memo->firsts);
}
