/*
 * flow_call - calls, branches and returns
 *
 * SPDX-License-Identifier: MIT
 *
 * AAPCS32 6.1.1: a callee may change r0 to r3, r12 and r14 and keeps the others
 * and the stack pointer.
 */
#include <string.h>

#include "check/flow/flow_priv.h"

/// Jumps ///

// AAPCS32 6.4: the result is in r0, or in r0 and r1.
static void leave_values(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    flow_emit_use_(flow, insn, FLOW_USE_RETURN, &state->reg[0]);
    flow_emit_gone_(flow, insn, &state->reg[0], FLOW_GONE_RETURN);
    flow_emit_gone_(flow, insn, &state->reg[1], FLOW_GONE_RETURN_HIGH);
}

// The caller goes on with the stack pointer that it had. MSR to it was
// reported.
static void check_sp(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const struct value *sp = &state->reg[SP];
    const bool kept = sp->kind == VALUE_STACK && sp->count && !sp->v[0];
    flow->gave_up |= !kept && flow->outer;
    if (!kept && !(sp->kind == VALUE_STACK && sp->v[1])) {
        const bool falls = !(insn->writes >> PC & 1);
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                falls ? "goes on behind the end that its symbol's size says "
                        "it has (.size, or that of a weak alias), with another "
                        "stack pointer than it was called with"
                      : "leaves with another stack pointer than it was called "
                        "with");
    }
}

enum flow_end_ flow_leave_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    check_sp(flow, state, insn);
    leave_values(flow, state, insn);
    flow_left_(flow, state);
    return FLOW_STOP;
}

enum flow_end_ flow_return_unknown_(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const char *detail) {
    leave_values(flow, state, insn);
    flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN, detail);
    return FLOW_STOP;
}

bool flow_all_inside_(const struct flow_ *flow, const struct value *target) {
    for (unsigned i = 0; i < target->count; i++) {
        if (!flow_inside_(flow, target->v[i] & ~1u)) {
            return false;
        }
    }
    return true;
}

enum flow_end_ flow_jump_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target) {
    if (target->kind == VALUE_RETURN) {
        return flow_leave_(flow, state, insn);
    }
    // Armv7-M ARM B1.5.8, EXC_RETURN: the stacked PC says where it goes.
    if (value_is_const(target) && target->v[0] >= 0xFF000000u) {
        return flow_return_unknown_(flow, state, insn,
                "returns from an exception by an EXC_RETURN of its own");
    }
    if (target->kind == VALUE_CONST && flow_all_inside_(flow, target)) {
        for (unsigned i = 0; i < target->count; i++) {
            flow_reach_(flow, target->v[i] & ~1u, state);
        }
        return FLOW_STOP;
    }
    flow_tail_(flow, state, insn, target, false);
    return FLOW_STOP;
}

static const char unknown_lr[] =
        "returns to an address in lr that is not the one it was called with";

enum flow_end_ flow_computed_jump_(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *target) {
    if (target->kind == VALUE_RETURN) {
        return flow_jump_(flow, state, insn, target);
    }
    if (target->kind == VALUE_CONST) {
        // Armv7-M ARM A2.3.1: these stay in Thumb state, whatever bit 0 is.
        struct value thumb = *target;
        for (unsigned i = 0; i < thumb.count; i++) {
            thumb.v[i] |= 1;
        }
        return flow_jump_(flow, state, insn, &thumb);
    }
    // clang for ARMv6-M loads the arm's address, then moves it.
    if (insn->op == THUMB_MOV && target->kind == VALUE_WORD_OF &&
            !target->tainted && target->count == 1 &&
            flow_inside_(flow, target->v[0] & ~1u) &&
            flow_table_words_(flow, state, insn, target->v[0], 0)) {
        return FLOW_STOP;
    }
    if (insn->op == THUMB_MOV && insn->rm == LR && !insn->amount) {
        return flow_return_unknown_(flow, state, insn, unknown_lr);
    }
    flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
            "the jump's target is computed, and no table was found");
    return FLOW_STOP;
}

/// Calls and branches ///

// AAPCS32 6.1.1: r0 to r3, r12, lr.
#define SCRATCH 0x500Fu

static bool says_nothing(const struct value *v) {
    return v->kind == VALUE_TOP && !v->count && !v->tainted && !v->of_stack;
}

// The words at the stack pointer are the callee's, as far as they are its
// arguments.
static void forget_arguments(struct flow_ *flow, struct flow_state_ *state,
        const struct value *target) {
    const struct value *sp = &state->reg[SP];
    const bool known = sp->kind == VALUE_STACK && sp->count;
    const int32_t first = known ? (int32_t)sp->v[0] : INT32_MIN / 2;
    bool some = false;
    for (unsigned i = 0;
            !some && i < FLOW_SLOTS && -4 * (int32_t)(i + 1) >= first; i++) {
        some = !says_nothing(&state->slot[i]);
    }
    if (!some && first < 0) {
        return; // what is above the frame is not this function's to pass
    }
    const uint32_t bytes = flow_callee_of_(flow->model, target).above_bytes;
    if (!bytes) {
        return;
    }
    if (!known || bytes > 4 * FLOW_SLOTS) {
        flow_forget_frame_(flow, state);
        return;
    }
    const struct value at = value_stack(first);
    flow_overwrite_(flow, state, &at, bytes);
}

// Words of the frame are addresses in it.
static bool holds_places(const struct flow_state_ *state) {
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        if (value_tells_stack(&state->slot[i])) {
            return true;
        }
    }
    return false;
}

// A callee may give to a device what it gets, and what that leads to. target:
// NULL for what is not known.
static void give_arguments(struct flow_ *flow, struct flow_state_ *state,
        const struct value *target) {
    struct value regs[FLOW_CALL_VALUES];
    uint32_t gives = ~0u;
    bool asked = !target;
    flow_call_values_(flow, state, regs);
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const struct value v = *flow_argument(regs, k);
        if (!value_tells_stack(&v)) {
            continue;
        }
        if (!asked) {
            gives = flow_callee_of_(flow->model, target).gives;
            asked = true;
        }
        if (gives & VALUE_ARGUMENT(k) ||
                (gives & VALUE_BEHIND(k) && holds_places(state))) {
            flow_give_(flow, state, &v);
        }
    }
}

// What the callee returns: computed from these arguments, as far as it says.
static struct value result_of(struct flow_ *flow,
        const struct flow_state_ *state, const struct value *target) {
    struct value regs[FLOW_CALL_VALUES], result = value_top();
    uint32_t results = ~0u;
    bool asked = !target;
    flow_call_values_(flow, state, regs);
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const struct value *v = flow_argument(regs, k);
        if (!value_tells_stack(v) && !value_arguments(v)) {
            continue;
        }
        if (!asked) {
            results = flow_callee_of_(flow->model, target).results;
            asked = true;
        }
        if (results & VALUE_ARGUMENT(k)) {
            value_remember(&result, v);
        }
    }
    return result;
}

// writes: registers that the callee may change, of those it need not keep.
// target: the callee, or NULL: none that has arguments.
static void after_call(struct flow_ *flow, struct flow_state_ *state,
        uint32_t writes, const struct value *target) {
    const struct value result = result_of(flow, state, target);
    flow_give_unseen_(flow, state, flow->insn, &state->floats);
    if (!flow->alone) {
        give_arguments(flow, state, target);
    }
    if (target && !flow->alone) {
        forget_arguments(flow, state, target);
    }
    // In r0 to r3, in r12 (a nested function's chain), or in the frame: a
    // structure there may be what a pointer leads to, or an argument.
    for (unsigned r = 0; r < 4; r++) {
        flow_escape_(state, &state->reg[r]);
    }
    flow_escape_(state, &state->reg[12]);
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        flow_escape_(state, &state->slot[i]);
    }
    if (flow_known_(state)) {
        flow_forget_frame_(flow, state);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (writes & SCRATCH & 1u << r) {
            state->reg[r] = r < 4 ? result : value_top();
        }
    }
    value_remember(&state->floats, &result);
    flow_float_forget_(state, FLOW_SINGLES_LOST);
}

// C11 7.24.2 and 7.24.6: these return their first argument, and compilers use
// that instead of keeping it. Whether a function of that name does is looked
// at.
static bool returns_argument(struct flow_ *flow,
        const struct thumb_insn *insn) {
    static const char *const names[] = {
            "memcpy", "memmove", "memset", "strcpy", "strncpy", "strcat"};
    uint8_t *marks = &flow->marks[(insn->addr - flow->entry_addr) / 2];
    if (!(*marks & (FLOW_KEEPS | FLOW_CHANGES))) {
        const uint32_t addr = flow_past_veneers_(flow->model, insn->target);
        const struct elf_symbol *symbol = model_symbol(flow->model, addr);
        bool keeps = false;
        for (size_t i = 0; symbol && symbol->addr == addr && !flow->nested &&
                i < sizeof names / sizeof names[0];
                i++) {
            keeps |= !strcmp(symbol->name, names[i]);
        }
        // Mostly, nothing looks at the result.
        keeps = keeps &&
                !flow_ignores(flow->model, insn->addr + insn->size_bytes, 0) &&
                flow_returns_first_(flow->model, addr);
        *marks |= keeps ? FLOW_KEEPS : FLOW_CHANGES;
    }
    return *marks & FLOW_KEEPS;
}

// libgcc's switch helpers for ARMv6-M read the table after the call and do not
// return to it.
static bool switch_helper(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct flow_switch_ reads;
    if (!flow_switch_helper_(flow->model,
                flow_past_veneers_(flow->model, insn->target), &reads)) {
        return false;
    }
    const uint32_t table = insn->addr + 4;
    const struct value target = value_const(insn->target | 1);
    flow_emit_call_(flow, state, insn, FLOW_CALL, &target, true);
    state->reg[0] = state->reg[12] = state->reg[LR] = value_top();
    const bool good = reads.width == 4
            ? flow_table_words_(flow, state, insn, (table + 3) & ~3u,
                      (table + 3) & ~3u)
            : flow_table_offsets_(flow, state, table, reads.width, reads.sign,
                      table);
    if (!good) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
                "the switch table after this call makes no sense");
    }
    return true;
}

static bool never_returns(struct flow_ *flow, const struct thumb_insn *insn) {
    uint8_t *marks = &flow->marks[(insn->addr - flow->entry_addr) / 2];
    if (!(*marks & (FLOW_RETURNS | FLOW_NEVER_RETURNS))) {
        *marks |= flow_never_returns_(flow->model, insn->target)
                ? FLOW_NEVER_RETURNS
                : FLOW_RETURNS;
    }
    return *marks & FLOW_NEVER_RETURNS;
}

// The registers that the callee may change.
static uint32_t writes(struct flow_ *flow, const struct thumb_insn *insn) {
    uint16_t *known = &flow->writes[(insn->addr - flow->entry_addr) / 2];
    if (!*known) { // bit 14, LR, is set in all of them
        *known = (uint16_t)flow_writes_(flow->model, insn->target);
    }
    return *known;
}

static enum flow_end_ call_direct(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    if (switch_helper(flow, state, insn)) {
        return FLOW_STOP;
    }
    if (flow_inside_(flow, insn->target) && insn->target != flow->entry_addr) {
        // A long jump of ARMv6-M, or a routine inside this one: it shares the
        // frame and returns by the address in LR.
        state->reg[LR] = value_const((insn->addr + insn->size_bytes) | 1);
        flow_reach_(flow, insn->target, state);
        return FLOW_STOP;
    }
    const struct value target = value_const(insn->target | 1);
    flow->called = target;
    flow_emit_call_(flow, state, insn, FLOW_CALL, &target, true);
    if (never_returns(flow, insn)) {
        flow_not_inlined_(flow, insn, &target);
        return FLOW_STOP;
    }
    const uint32_t may_write = writes(flow, insn) & SCRATCH;
    if (flow_inline_(flow, state, insn, insn->target, may_write)) {
        return FLOW_AFTER_CALL;
    }
    const struct value first = state->reg[0];
    after_call(flow, state, may_write, &target);
    if (returns_argument(flow, insn)) {
        state->reg[0] = first;
    }
    return FLOW_AFTER_CALL;
}

// The callee leaves in place of this function.
static void tail_inline(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target) {
    struct flow_state_ after = *state;
    const bool possible = flow->inlining && value_is_const(target) &&
            target->v[0] & 1 && state->reg[LR].kind == VALUE_RETURN;
    if (!possible) {
        flow_not_inlined_(flow, insn, target);
    }
    if (possible &&
            flow_inline_(flow, &after, insn, target->v[0] & ~1u, SCRATCH)) {
        flow_left_(flow, &after);
    } else {
        flow->gave_up |= flow->outer != NULL;
    }
}

void flow_tail_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target,
        bool direct) {
    const struct value *lr = &state->reg[LR];
    if (lr->kind == VALUE_CONST && flow_all_inside_(flow, lr)) {
        // It returns into this function.
        struct flow_state_ after = *state;
        flow_emit_call_(flow, state, insn, FLOW_CALL, target, direct);
        flow_not_inlined_(flow, insn, target);
        after_call(flow, &after, SCRATCH, target);
        for (unsigned i = 0; i < lr->count; i++) {
            flow_reach_(flow, lr->v[i] & ~1u, &after);
        }
        return;
    }
    flow_emit_call_(flow, state, insn, FLOW_TAIL, target, direct);
    if (value_is_const(target) &&
            flow_never_returns_(flow->model, target->v[0] & ~1u)) {
        flow_not_inlined_(flow, insn, target);
        return;
    }
    tail_inline(flow, state, insn, target);
    if (lr->kind != VALUE_RETURN) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                "jumps to a function with an address in lr that is not the one "
                "it was called with");
    } else {
        check_sp(flow, state, insn);
    }
}

// outcome: of its condition.
static enum flow_end_ branch(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, bool conditional,
        enum flow_outcome_ outcome) {
    if (outcome == FLOW_FAILS) {
        return FLOW_FALL;
    }
    if (flow_inside_(flow, insn->target)) {
        flow_reach_(flow, insn->target, state);
    } else {
        const struct value target = value_const(insn->target | 1);
        flow_tail_(flow, state, insn, &target, true);
    }
    return conditional && outcome == FLOW_EITHER ? FLOW_FALL : FLOW_STOP;
}

static enum flow_outcome_ compare_zero(const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const struct value value = flow_get_(state, insn, insn->rn);
    const enum flow_outcome_ zero = flow_is_zero_(state, &value);
    return zero == FLOW_EITHER                                ? FLOW_EITHER
            : (zero == FLOW_HOLDS) == (insn->op == THUMB_CBZ) ? FLOW_HOLDS
                                                              : FLOW_FAILS;
}

static enum flow_end_ table(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value base = flow_get_(state, insn, insn->rn);
    flow_emit_access_(flow, insn, FLOW_TABLE, &base, insn->access_bytes, NULL);
    if (!value_is_const(&base) || !model_settled(flow->model, base.v[0]) ||
            !flow_table_offsets_(flow, state, base.v[0], insn->access_bytes,
                    false, insn->addr + 4)) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
                "the switch table cannot be read, or may change");
    } else {
        flow_emit_assumption_(flow, insn, base.v[0]);
    }
    return FLOW_STOP;
}

enum flow_end_ flow_control_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value target = flow_get_(state, insn, insn->rm);
    switch (insn->op) {
    case THUMB_B:
        return branch(flow, state, insn, insn->cond != THUMB_AL,
                flow_condition_(state, insn->cond));
    case THUMB_CBZ:
    case THUMB_CBNZ:
        return branch(flow, state, insn, true, compare_zero(state, insn));
    case THUMB_BL:
        return call_direct(flow, state, insn);
    case THUMB_BX:
        if (insn->rm == LR && target.kind != VALUE_CONST &&
                target.kind != VALUE_RETURN) {
            return flow_return_unknown_(flow, state, insn, unknown_lr);
        }
        return flow_jump_(flow, state, insn, &target);
    case THUMB_BLX:
        flow->called = target;
        flow_emit_call_(flow, state, insn, FLOW_CALL, &target, false);
        if (value_is_const(&target) && target.v[0] & 1) {
            if (flow_inline_(flow, state, insn, target.v[0] & ~1u, SCRATCH)) {
                return FLOW_AFTER_CALL;
            }
        } else {
            flow_not_inlined_(flow, insn, &target);
        }
        after_call(flow, state, SCRATCH, &target);
        return FLOW_AFTER_CALL;
    case THUMB_TABLE:
        return table(flow, state, insn);
    case THUMB_UDF:
        return FLOW_STOP;
    case THUMB_SVC: // the vector leads to the handler; it may return values
        if (flow->emit && flow->events->use) {
            flow->events->use(flow->events->ctx, insn, FLOW_USE_SVC, &target);
        }
        for (unsigned r = 0; r < PC; r++) { // the handler may look at them
            flow_lose_(flow, insn, &state->reg[r]);
        }
        // LR comes back from the exception's frame, with the other registers.
        after_call(flow, state, SCRATCH & ~(1u << LR), NULL);
        return FLOW_FALL;
    default: // BKPT: without a debugger, DebugMon or HardFault
        if (flow->emit && flow->events->use) {
            flow->events->use(flow->events->ctx, insn, FLOW_USE_BKPT, &target);
        }
        for (unsigned r = 0; r < 2; r++) { // it may write there
            flow_give_(flow, state, &state->reg[r]);
        }
        state->reg[0] = value_top(); // a debugger's answer (semihosting)
        return FLOW_FALL;
    }
}
