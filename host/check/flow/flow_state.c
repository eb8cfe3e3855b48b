/*
 * flow_state - registers, places in the stack, and what is reported of them
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/flow/flow_priv.h"

/// Registers and slots ///

struct value flow_get_(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned r) {
    if (r == PC) {
        return value_const(insn->addr + 4);
    }
    return r < 16 ? state->reg[r] : value_top();
}

struct value *flow_slot_(struct flow_state_ *state, const struct value *addr) {
    if (addr->kind != VALUE_STACK || !addr->count) {
        return NULL;
    }
    if (state->inlined && addr->v[0] < 4 * FLOW_ABOVE && !(addr->v[0] & 3)) {
        return &state->above[addr->v[0] / 4];
    }
    const uint32_t below = 0u - addr->v[0]; // the stack pointer at entry
    if (below < 4 || below & 3 || below / 4 > FLOW_SLOTS) {
        return NULL;
    }
    return &state->slot[below / 4 - 1];
}

struct value flow_frame_word_(const struct flow_ *flow,
        const struct flow_state_ *state, const struct value *addr) {
    const uint32_t above = addr->v[0];
    const uint32_t most = VALUE_ARGUMENTS - VALUE_REGISTER_ARGUMENTS;
    if (!state->inlined && addr->count && !(above & 3) && above / 4 < most) {
        // AAPCS32 6.5: the fifth argument is at the stack pointer of the entry.
        return state->arguments_changed
                ? value_top()
                : (struct value){.kind = VALUE_PARAM,
                          .v = {VALUE_ARGUMENT(VALUE_REGISTER_ARGUMENTS +
                                  above / 4)}};
    }
    const struct value *slot =
            flow_slot_((struct flow_state_ *)(uintptr_t)state, addr);
    if (slot && slot->kind == VALUE_BYTES) {
        return value_lost(&flow->model->world, slot, NULL);
    }
    return slot ? *slot : value_top();
}

// An address in a frame, of bytes below the stack pointer at the entry or above
// it.
static bool may_be_above(const struct value *v) {
    return v->of_stack ||
            (v->kind == VALUE_STACK && (!v->count || (int32_t)v->v[0] >= 0));
}
static bool may_be_below(const struct value *v) {
    return v->of_stack ||
            (v->kind == VALUE_STACK && (!v->count || (int32_t)v->v[0] < 0));
}

// Addresses that lie in what other code knows.
static void spread(struct flow_state_ *state) {
    for (unsigned i = 0; state->escaped && i < FLOW_SLOTS; i++) {
        const struct value *v = &state->slot[i];
        state->above_escaped |= may_be_above(v);
    }
    for (unsigned i = 0; state->above_escaped && i < FLOW_ABOVE; i++) {
        const struct value *v = &state->above[i];
        state->escaped |= may_be_below(v);
    }
}

// Other code knows the address of the word at `at`, or of a register that was
// saved below it: then it can change the return address, too.
static bool expose(struct value *word, int32_t at, int32_t address) {
    if (value_is_return(word) && word->v[1] && address < at + 4 &&
            address >= at - 4 * (int32_t)(word->v[1] - 1)) {
        *word = value_variable(word);
        return true;
    }
    return false;
}

bool flow_expose_(struct flow_state_ *state, const struct value *place) {
    bool changed = false;
    if (place->kind != VALUE_STACK || !place->count) {
        return false;
    }
    const int32_t address = (int32_t)place->v[0];
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        changed |= expose(&state->slot[i], -4 * (int32_t)(i + 1), address);
    }
    for (unsigned i = 0; state->inlined && i < FLOW_ABOVE; i++) {
        changed |= expose(&state->above[i], 4 * (int32_t)i, address);
    }
    return changed;
}

void flow_escape_(struct flow_state_ *state, const struct value *value) {
    if (!value_tells_stack(value)) {
        return;
    }
    const bool place = value->kind == VALUE_STACK && value->count;
    (void)flow_expose_(state, value);
    // The frame is below the stack pointer at the entry.
    const bool above = place && (int32_t)value->v[0] >= 0;
    state->arguments_changed |= above;
    state->escaped |= !above;
    if (state->inlined) {
        state->above_escaped |= above || !place;
        spread(state);
        spread(state); // what the first one found
    }
}

void flow_give_(struct flow_ *flow, struct flow_state_ *state,
        const struct value *value) {
    if (!value_tells_stack(value)) {
        return;
    }
    flow_escape_(state, value);
    state->given |= may_be_below(value);
    state->above_given |= state->inlined && may_be_above(value);
    // What it has leads on.
    for (unsigned i = 0; state->given && i < FLOW_SLOTS; i++) {
        state->above_given |= state->inlined && may_be_above(&state->slot[i]);
    }
    for (unsigned i = 0; state->above_given && i < FLOW_ABOVE; i++) {
        state->given |= may_be_below(&state->above[i]);
    }
    flow_forget_frame_(flow, state);
}

void flow_give_unseen_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *value) {
    flow_give_(flow, state, value);
    if (flow->alone) {
        flow_emit_gone_(flow, insn, value, FLOW_GONE_UNSEEN);
    }
}

bool flow_known_(const struct flow_state_ *state) {
    return state->escaped || state->above_escaped;
}

void flow_emit_gone_(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    if (flow->emit && flow->events->gone) {
        flow->events->gone(flow->events->ctx, insn, value, where);
    }
}

static uint32_t parts(const struct flow_ *flow, const struct value *value,
        struct value *top) {
    *top = value_top();
    value_add_parts(&flow->model->world, top, value);
    return top->count;
}

void flow_lose_(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *value) {
    struct value top;
    if (flow->emit && flow->model->kept && parts(flow, value, &top)) {
        flow_emit_gone_(flow, insn, value, FLOW_GONE_OTHER);
    }
}

// The object at addr is one of those that the value is inside of.
static bool is_inside(const struct value_world *world, const struct value *v,
        uint32_t addr) {
    for (unsigned i = 0; i < v->count; i++) {
        if (world->object(world->ctx, v->v[i]) ==
                world->object(world->ctx, addr)) {
            return true;
        }
    }
    return false;
}

static bool all_inside(const struct value_world *world, const struct value *v,
        const struct value *of) {
    for (unsigned i = 0; i < v->count; i++) {
        if (!is_inside(world, of, v->v[i])) {
            return false;
        }
    }
    return v->count != VALUE_MANY;
}

// Each of the constants is one of the others, moved by no more than an object's
// size.
static bool all_moved(const struct value *v, const struct value *from) {
    for (unsigned i = 0; i < v->count; i++) {
        bool found = false;
        for (unsigned k = 0; k < from->count; k++) {
            const uint32_t step = v->v[i] - from->v[k];
            found |= step <= VALUE_NUMBER_MAX || 0u - step <= VALUE_NUMBER_MAX;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

// A left shift that leaves no more than the lowest byte, as a test of alignment
// does: no address can be made of it.
#define LEAST_LOSS 24u

static bool leaves_byte(const struct thumb_insn *insn,
        const struct value *amount) {
    const uint32_t by =
            amount && value_is_const(amount) ? amount->v[0] : insn->amount;
    return insn->op == THUMB_LSL && by >= LEAST_LOSS && by < 32;
}

// What the addresses became is still known.
static bool carries(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *value, const struct value *top,
        const struct value *other, struct value *result) {
    const struct value_world *world = &flow->model->world;
    const bool subtracts = insn->op == THUMB_SUB || insn->op == THUMB_RSB;
    const bool adds = insn->op == THUMB_ADD || insn->op == THUMB_SUB ||
            insn->op >= THUMB_LOAD;
    const bool offset = subtracts && other && other->count &&
            (other->kind == VALUE_CONST || other->kind == VALUE_INSIDE) &&
            all_inside(world, top, other);
    const bool length = subtracts && flow->model->kept_lengths && other &&
            value_is_const(value) && value_is_const(other) &&
            value_is_const(result) && result->v[0] <= VALUE_NUMBER_MAX;
    if (length) {
        result->distance = true;
    }
    if (value_equal(value, result) || length || leaves_byte(insn, other)) {
        return true;
    }
    switch (result->kind) {
    case VALUE_TOP:
        return true;
    case VALUE_INSIDE:
        return all_inside(world, top, result);
    case VALUE_CONST:
        return offset ||
                (adds && value->kind == VALUE_CONST &&
                        all_moved(result, value));
    default:
        return offset && result->kind == VALUE_NUMBER;
    }
}

void flow_follow_(const struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b, struct value *result) {
    struct value top;
    if (!flow->model->kept && !flow->model->keep_words) {
        return;
    }
    if (result->kind == VALUE_TOP) {
        value_add_parts(&flow->model->world, result, a);
        if (b) {
            value_add_parts(&flow->model->world, result, b);
        }
        return;
    }
    if (parts(flow, a, &top) && !carries(flow, insn, a, &top, b, result)) {
        flow_lose_(flow, insn, a);
    }
    if (b && parts(flow, b, &top) && !carries(flow, insn, b, &top, a, result)) {
        flow_lose_(flow, insn, b);
    }
}

static void forget_above(struct flow_ *flow, struct flow_state_ *state) {
    flow->far |= state->inlined;
    for (unsigned i = 0; state->inlined && i < FLOW_ABOVE; i++) {
        struct value *word = &state->above[i];
        if (!value_is_return(word) || !word->v[1]) {
            flow_emit_gone_(flow, NULL, word, FLOW_GONE_FRAME);
            *word = value_lost(&flow->model->world, word, NULL);
        }
    }
}

void flow_forget_frame_(struct flow_ *flow, struct flow_state_ *state) {
    state->arguments_changed = true;
    forget_above(flow, state);
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        if (state->slot[i].kind != VALUE_RETURN || !state->slot[i].v[1]) {
            flow_emit_gone_(flow, NULL, &state->slot[i], FLOW_GONE_FRAME);
            state->slot[i] =
                    value_lost(&flow->model->world, &state->slot[i], NULL);
        }
    }
}

void flow_set_(struct flow_ *flow, struct flow_state_ *state, unsigned r,
        struct value value) {
    if (r >= PC) {
        return;
    }
    state->reg[r] = value;
    if (flow->emit && flow->events->formed && value.kind == VALUE_CONST) {
        flow->events->formed(flow->events->ctx, flow->insn, r, &value);
    }
    if (r != SP) {
        flow->result->above_made |= value.kind == VALUE_STACK && value.count &&
                (int32_t)value.v[0] >= 0;
        return;
    }
    if (value.kind != VALUE_STACK || !value.count) {
        flow->stack_unknown = true;
    } else if (-(int32_t)value.v[0] > flow->result->stack_bytes) {
        flow->result->stack_bytes = -(int32_t)value.v[0];
    }
}

/// Events ///

void flow_emit_access_(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    if (flow->emit && flow->events->access) {
        const struct value outermost = flow_outermost_(flow, addr);
        flow->events->access(flow->events->ctx, insn, how, &outermost, bytes,
                data);
    }
}

void flow_emit_use_(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_use how, const struct value *value) {
    uint32_t addr;
    if (flow->emit && flow->events->use &&
            value_forbidden(&flow->model->world, value, &addr)) {
        flow->events->use(flow->events->ctx, insn, how, value);
    }
}

void flow_call_values_(const struct flow_ *flow,
        const struct flow_state_ *state, struct value *regs) {
    const struct value *sp = &state->reg[SP];
    const bool known = sp->kind == VALUE_STACK && sp->count;
    memcpy(regs, state->reg, sizeof state->reg);
    for (unsigned i = 16; i < FLOW_CALL_VALUES; i++) {
        const struct value at = value_stack((int32_t)(sp->v[0] + 4 * (i - 16)));
        regs[i] = known ? flow_frame_word_(flow, state, &at) : value_top();
    }
}

void flow_emit_call_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, enum flow_call how,
        const struct value *target, bool direct) {
    const struct value *sp = &state->reg[SP];
    const bool known = sp->kind == VALUE_STACK && sp->count;
    if (!flow->emit || !flow->events->call) {
        return;
    }
    const struct value outermost = flow_outermost_(flow, target);
    struct value regs[FLOW_CALL_VALUES];
    flow_call_values_(flow, state, regs);
    flow->events->call(flow->events->ctx, insn, how, &outermost, direct, regs,
            known ? -(int32_t)sp->v[0] : -1);
}

void flow_emit_new_address_(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b,
        const struct value *result) {
    const struct value_world *world = &flow->model->world;
    uint32_t addr;
    if (!flow->emit || !flow->events->new_address ||
            result->kind == VALUE_TOP || value_forbidden(world, a, &addr) ||
            (b && value_forbidden(world, b, &addr)) ||
            !value_forbidden(world, result, &addr)) {
        return;
    }
    flow->events->new_address(flow->events->ctx, insn, addr);
}
