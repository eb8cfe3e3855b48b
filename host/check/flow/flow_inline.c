/*
 * flow_inline - walks a callee with what its caller knows
 *
 * SPDX-License-Identifier: MIT
 *
 * The callee's places in the stack count from its own stack pointer, so what
 * goes down is moved there and what comes up is moved back. The caller's frame
 * is above it, and so is that of the caller's caller.
 */
#include "check/flow/flow_priv.h"

#define DEEPEST 6u

// The address, of a frame whose stack pointer differs by `by`.
static struct value moved(const struct value *value, int32_t by) {
    struct value result = *value;
    if (value->kind == VALUE_STACK && (value->count || value->v[2])) {
        result.v[0] += (uint32_t)by;
    }
    return result;
}

static struct value down(const struct flow_ *flow, const struct value *value,
        int32_t sp) {
    if (value->kind == VALUE_RETURN) {
        return (struct value){
                .kind = VALUE_CALLER, .v = {flow->depth, value->v[1]}};
    }
    return moved(value, -sp);
}

static struct value up(const struct flow_ *flow, const struct value *value,
        int32_t sp) {
    const bool in_callee = value->kind == VALUE_STACK &&
            (value->count || value->v[2]) && (int32_t)value->v[0] < 0;
    if (value->kind == VALUE_CALLER && value->v[0] == flow->depth) {
        return (struct value){.kind = VALUE_RETURN, .v = {0, value->v[1]}};
    }
    if (value->kind == VALUE_RETURN) {
        return value_top(); // the callee's own
    }
    return in_callee ? value_some_stack(value->v[1]) : moved(value, sp);
}

struct value flow_outermost_(const struct flow_ *flow,
        const struct value *value) {
    return moved(value, flow->shift);
}

// The word of the caller that the callee has at 4 * i above its stack pointer.
static struct value above(const struct flow_ *flow,
        const struct flow_state_ *state, int32_t sp, unsigned i) {
    const struct value at = value_stack(sp + 4 * (int32_t)i);
    const struct value *slot =
            flow_slot_((struct flow_state_ *)(uintptr_t)state, &at);
    return slot ? *slot : flow_frame_word_(flow, state, &at);
}

static struct flow_state_ begin(const struct flow_ *flow,
        const struct flow_state_ *state, int32_t sp) {
    struct flow_state_ start = {.inlined = true,
            .exact = state->exact,
            .floats = state->floats,
            .above_escaped = state->escaped || state->above_escaped,
            .above_given = state->given || state->above_given};
    for (unsigned r = 0; r < 16; r++) {
        start.reg[r] = down(flow, &state->reg[r], sp);
    }
    for (unsigned s = 0; state->exact && s < FLOW_SINGLES; s++) {
        start.single[s] = down(flow, &state->single[s], sp);
    }
    start.reg[SP] = value_stack(0);
    start.reg[LR] = (struct value){.kind = VALUE_RETURN};
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        start.slot[i] = value_top();
    }
    for (unsigned i = 0; i < FLOW_ABOVE; i++) {
        const struct value word = above(flow, state, sp, i);
        start.above[i] = down(flow, &word, sp);
    }
    return start;
}

// What the callee left in its caller's words.
static void take_above(const struct flow_ *flow, struct flow_state_ *state,
        const struct flow_state_ *left, int32_t sp) {
    for (unsigned i = 0; i < FLOW_ABOVE; i++) {
        const struct value at = value_stack(sp + 4 * (int32_t)i);
        const struct value before = flow_frame_word_(flow, state, &at);
        const struct value after = up(flow, &left->above[i], sp);
        struct value *word = flow_slot_(state, &at);
        if (word) {
            *word = after;
        } else if (!value_equal(&before, &after)) {
            state->arguments_changed = true;
        }
    }
}

static void take(struct flow_ *flow, struct flow_state_ *state,
        const struct flow_ *callee, uint32_t writes, int32_t sp) {
    const struct flow_state_ *left = callee->left;
    take_above(flow, state, left, sp);
    for (unsigned r = 0; r < PC; r++) {
        if (writes >> r & 1) {
            // AAPCS32 6.4: results are in r0 to r3.
            state->reg[r] = r < 4 ? up(flow, &left->reg[r], sp) : value_top();
        }
    }
    // AAPCS32 6.1.2.1: s16 to s31 are kept.
    for (unsigned s = 0; state->exact && s < FLOW_SINGLES_LOST; s++) {
        state->single[s] = up(flow, &left->single[s], sp);
    }
    value_remember(&state->floats, &left->floats);
    // The callee's own frame is gone.
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        if (-4 * (int32_t)(i + 1) < sp) {
            state->slot[i] = value_top();
        }
    }
    if (left->above_escaped) {
        state->escaped = true;
        state->above_escaped |= state->inlined;
        state->arguments_changed = true;
    }
    if (left->above_given) {
        state->given = true;
        state->above_given |= state->inlined;
    }
    if (callee->far) {
        flow_forget_frame_(flow, state);
    }
}

// The function is being walked already.
static bool recurs(const struct flow_ *flow, uint32_t entry_addr) {
    for (; flow; flow = flow->outer) {
        if (flow->entry_addr == entry_addr) {
            return true;
        }
    }
    return false;
}

static void tell(struct flow_ *flow, const struct thumb_insn *insn,
        uint32_t target, enum flow_inlined how) {
    if (flow->emit) {
        flow->events->inlined(flow->events->ctx, insn, target, how);
    }
}

static bool walk_callee(struct flow_ *flow, struct flow_state_ *state,
        uint32_t target, const struct function_extent *extent,
        uint32_t writes) {
    const int32_t sp = (int32_t)state->reg[SP].v[0];
    const struct flow_state_ start = begin(flow, state, sp);
    struct flow_state_ left = {.inlined = true, .exact = state->exact};
    struct flow_result result = {0};
    struct flow_ callee = {
            .model = flow->model,
            .events = flow->events,
            .result = &result,
            .nested = true,
            .emit = flow->emit,
            .inlining = flow->inlining,
            .outer = flow,
            .depth = flow->depth + 1,
            .shift = flow->shift + sp,
            .left = &left,
    };
    if (!flow_walk_(&callee, extent, target, &start)) {
        flow->inlining->failed = true;
        return false;
    }
    if (callee.gave_up || !callee.leaves) {
        return false;
    }
    take(flow, state, &callee, writes, sp);
    return true;
}

// To begin a walk costs, too.
static bool afford(struct flow_ *flow, const struct function_extent *extent) {
    const uint32_t cost = (extent->end_addr - extent->entry_addr) / 16 + 1;
    const bool enough = flow->inlining->steps_left > cost;
    flow->inlining->steps_left -= enough ? cost : 0;
    return enough;
}

static bool wanted(const struct flow_ *flow, const struct flow_state_ *state,
        uint32_t target) {
    const struct flow_events *events = flow->events;
    struct value regs[FLOW_CALL_VALUES];
    if (!events->walks_into) {
        return true;
    }
    flow_call_values_(flow, state, regs);
    return events->walks_into(events->ctx, target, regs);
}

bool flow_inline_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, uint32_t target, uint32_t writes) {
    struct function_extent extent;
    const struct value *sp = &state->reg[SP];
    if (!flow->inlining || !wanted(flow, state, target)) {
        return false;
    }
    const bool possible = sp->kind == VALUE_STACK && sp->count && !sp->v[1] &&
            (int32_t)sp->v[0] <= 0 && !(sp->v[0] & 3) &&
            flow->depth < DEEPEST && flow->inlining->steps_left &&
            !flow->inlining->failed &&
            model_function(flow->model, target, &extent) &&
            afford(flow, &extent) && !recurs(flow, extent.entry_addr & ~1u);
    if (possible) {
        tell(flow, insn, target, FLOW_INLINED_ENTER);
        const bool good = walk_callee(flow, state, target, &extent, writes);
        tell(flow, insn, target, FLOW_INLINED_LEAVE);
        if (good) {
            return true;
        }
    }
    tell(flow, insn, target, FLOW_INLINED_NOT);
    return false;
}

void flow_not_inlined_(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *target) {
    const unsigned count = target->kind == VALUE_CONST ? target->count : 0;
    for (unsigned i = 0; flow->inlining && i < count; i++) {
        tell(flow, insn, target->v[i] & ~1u, FLOW_INLINED_NOT);
    }
}

void flow_left_(struct flow_ *flow, const struct flow_state_ *state) {
    if ((flow->emit && !flow->tracing) || !flow->left) {
        return;
    }
    if (flow->leaves) {
        (void)flow_join_(flow, flow->left, state);
    } else {
        *flow->left = *state;
        flow->leaves = true;
    }
}
