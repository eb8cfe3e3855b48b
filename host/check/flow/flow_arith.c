/*
 * flow_arith - the arithmetic by which compilers form addresses
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/flow/flow_priv.h"

static uint32_t do_and(uint32_t a, uint32_t b) {
    return a & b;
}
static uint32_t do_or(uint32_t a, uint32_t b) {
    return a | b;
}
static uint32_t do_xor(uint32_t a, uint32_t b) {
    return a ^ b;
}
static uint32_t do_bic(uint32_t a, uint32_t b) {
    return a & ~b;
}
static uint32_t do_orn(uint32_t a, uint32_t b) {
    return a | ~b;
}
static uint32_t do_sub(uint32_t a, uint32_t b) {
    return a - b;
}
static uint32_t do_mul(uint32_t a, uint32_t b) {
    return a * b;
}
static uint32_t do_lsl(uint32_t a, uint32_t b) {
    b &= 0xFF;
    return b < 32 ? a << b : 0;
}
static uint32_t do_lsr(uint32_t a, uint32_t b) {
    b &= 0xFF;
    return b < 32 ? a >> b : 0;
}
static uint32_t do_asr(uint32_t a, uint32_t b) {
    b &= 0xFF;
    const uint32_t sign = a >> 31 ? ~0u : 0;
    return b == 0 ? a : b < 32 ? a >> b | (sign << (32 - b)) : sign;
}
static uint32_t do_ror(uint32_t a, uint32_t b) {
    b &= 31;
    return b ? a >> b | a << (32 - b) : a;
}
static uint32_t do_movt(uint32_t a, uint32_t b) {
    return (a & 0xFFFF) | b << 16;
}

static struct value combine(struct flow_ *flow, const struct value *a,
        const struct value *b, uint32_t (*f)(uint32_t, uint32_t)) {
    return value_combine(&flow->model->world, a, b, f);
}

struct value flow_subtract_(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b) {
    if (value_is_const(b)) {
        const struct value minus = value_const(0u - b->v[0]);
        if (a->kind != VALUE_CONST || !model_forbidden(flow->model, b->v[0])) {
            uint32_t addr;
            if (value_forbidden(&flow->model->world, b, &addr)) {
                flow_emit_use_(flow, insn, FLOW_USE_COMPARE, b);
                return value_distance(&flow->model->world, a, b);
            }
            const struct value_world *world = &flow->model->world;
            if (a->kind != VALUE_CONST && world->address(world->ctx, b->v[0])) {
                return value_distance(world, a, b);
            }
            return value_add(&flow->model->world, a, &minus);
        }
    }
    uint32_t most_a, most_b;
    if (a->kind == VALUE_STACK && b->kind != VALUE_STACK && !b->distance) {
        return value_some_stack(a->v[1]);
    }
    if (value_small(a, &most_a) && value_small(b, &most_b) &&
            (a->kind != VALUE_CONST || b->kind != VALUE_CONST)) {
        return value_number(VALUE_NUMBER_MAX);
    }
    if (b->kind != VALUE_CONST || a->kind != VALUE_CONST) {
        // The difference of two addresses, or an object with an unknown offset.
        flow_emit_use_(flow, insn, FLOW_USE_COMPARE, b);
        if (a->kind == VALUE_CONST && !value_small(b, &most_b)) {
            flow_emit_use_(flow, insn, FLOW_USE_COMPARE, a);
            struct value number = value_top();
            number.distance = b->distance;
            return value_distance(&flow->model->world, &number, a);
        }
        if (a->kind == VALUE_INSIDE && b->kind != VALUE_INSIDE &&
                !b->distance) {
            return *a;
        }
        if (a->kind == VALUE_PARAM && value_small(b, &most_b)) {
            struct value moved = *a;
            moved.v[1] |= 1;
            return moved;
        }
        return value_distance(&flow->model->world, a, b);
    }
    return combine(flow, a, b, do_sub);
}

// A mask that only aligns an address, or sets its low bits.
#define ALIGNMENT_MAX 0xFFFu

// The bits of an index are zero in the constants that it is or'ed to: it is
// added.
static bool or_adds(const struct value *a, const struct value *b) {
    uint32_t most;
    if (a->kind != VALUE_CONST || !value_small(b, &most)) {
        return false;
    }
    for (unsigned i = 1; i < 32; i *= 2) {
        most |= most >> i;
    }
    for (unsigned i = 0; i < a->count; i++) {
        if (a->v[i] & most) {
            return false;
        }
    }
    return true;
}

// Masks that align an address keep the object; others leave a number.
static struct value mask(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b,
        uint32_t (*f)(uint32_t, uint32_t)) {
    const bool and = insn->op == THUMB_AND;
    uint32_t most_a, most_b;
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST) {
        return combine(flow, a, b, f);
    }
    const bool small_a = value_small(a, &most_a);
    const bool small_b = value_small(b, &most_b);
    if (and&&(small_a || small_b)) {
        // Of a counter only the mask is certain.
        const unsigned zeros_a = value_zero_bits(a),
                       zeros_b = value_zero_bits(b);
        const bool certain = a->kind == VALUE_CONST || b->kind == VALUE_CONST;
        const uint32_t most =
                !small_b || (small_a && most_a < most_b) ? most_a : most_b;
        const uint32_t limit = a->kind == VALUE_CONST ? most_a : most_b;
        return certain && most == limit
                ? value_bounded(0, most, zeros_a > zeros_b ? zeros_a : zeros_b)
                : value_number(most);
    }
    if (small_a && insn->op == THUMB_BIC) {
        return value_number(most_a);
    }
    if (insn->op == THUMB_ORR && !(small_a && small_b) &&
            (or_adds(a, b) || or_adds(b, a))) {
        return value_add(&flow->model->world, a, b);
    }
    if (small_a && small_b && (most_a | most_b) <= VALUE_NUMBER_MAX / 2) {
        // Not more bits than both have: no word is built from pieces here.
        return value_number(2 * (most_a | most_b));
    }
    if (value_is_const(b) && (and? ~b->v[0] : b->v[0]) <= ALIGNMENT_MAX) {
        const uint32_t cleared = and? ~b->v[0] : b->v[0];
        // AAPCS32 6.2.1.2, and Armv7-M ARM B1.5.7 for a handler: the stack
        // pointer is a multiple of eight at the entry.
        if (a->kind == VALUE_STACK && a->count && !a->v[1] && cleared <= 7 &&
                insn->op != THUMB_ORR) {
            return value_stack((int32_t)(a->v[0] & ~cleared));
        }
        if (a->kind == VALUE_STACK) {
            return value_some_stack(a->v[1]);
        }
        if (a->kind == VALUE_INSIDE || a->kind == VALUE_PARAM) {
            struct value masked = *a;
            masked.v[1] |= a->kind == VALUE_PARAM;
            return masked;
        }
    }
    return combine(flow, a, b, f);
}

// An index is scaled by the size of an element; more is how words are built
// from bytes.
#define SCALE_MAX 3u

static struct value shift(struct flow_ *flow, unsigned kind,
        const struct value *a, const struct value *b,
        uint32_t (*f)(uint32_t, uint32_t)) {
    uint32_t most;
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST) {
        return combine(flow, a, b, f);
    }
    const bool small = value_small(a, &most);
    const bool certain = a->kind == VALUE_NUMBER && a->v[1];
    if (small && (kind == THUMB_SHIFT_LSR || kind == THUMB_SHIFT_ASR)) {
        return certain && value_is_const(b)
                ? value_bounded(f(a->v[2], b->v[0]), f(most, b->v[0]), 0)
                : value_number(value_is_const(b) ? f(most, b->v[0]) : most);
    }
    if (kind == THUMB_SHIFT_LSR && value_is_const(b) && b->v[0] >= 12) {
        return value_bounded(0, f(~0u, b->v[0]), 0);
    }
    if (kind == THUMB_SHIFT_LSL && value_is_const(b) && b->v[0] <= 31 &&
            small && (uint64_t)most << b->v[0] <= VALUE_NUMBER_MAX) {
        return certain ? value_bounded(a->v[2] << b->v[0], most << b->v[0],
                                 value_zero_bits(a) + b->v[0])
                       : value_number(most << b->v[0]);
    }
    if (kind == THUMB_SHIFT_LSL && value_is_const(b) && b->v[0] <= SCALE_MAX &&
            small) {
        return value_number(VALUE_NUMBER_MAX); // of a counter
    }
    return combine(flow, a, b, f);
}

static struct value multiply(struct flow_ *flow, const struct value *a,
        const struct value *b) {
    uint32_t most_a, most_b;
    if ((a->kind != VALUE_CONST || b->kind != VALUE_CONST) &&
            value_small(a, &most_a) && value_small(b, &most_b) &&
            (uint64_t)most_a * most_b <=
                    (uint64_t)VALUE_NUMBER_MAX * ALIGNMENT_MAX) {
        return value_number(VALUE_NUMBER_MAX); // an index by an element's size
    }
    return combine(flow, a, b, do_mul);
}

struct value flow_operand2_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    static uint32_t (*const shifts[])(uint32_t, uint32_t) = {
            [THUMB_SHIFT_LSL] = do_lsl,
            [THUMB_SHIFT_LSR] = do_lsr,
            [THUMB_SHIFT_ASR] = do_asr,
            [THUMB_SHIFT_ROR] = do_ror,
    };
    if (insn->immediate) {
        return value_const(insn->imm);
    }
    const struct value value = flow_get_(state, insn, insn->rm);
    if (insn->shift == THUMB_SHIFT_RRX) {
        return value_lost(&flow->model->world, &value, NULL);
    }
    if (!insn->amount) {
        return value;
    }
    const struct value amount = value_const(insn->amount);
    struct value shifted =
            shift(flow, insn->shift, &value, &amount, shifts[insn->shift]);
    const struct thumb_insn shifts_only = {.op = THUMB_LSL,
            .addr = insn->addr,
            .amount = insn->shift == THUMB_SHIFT_LSL ? insn->amount : 0};
    flow_follow_(flow, &shifts_only, &value, NULL, &shifted);
    value_remember(&shifted, &value);
    return shifted;
}

static struct value compute(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b) {
    const struct value ones = value_const(~0u);
    switch (insn->op) {
    case THUMB_MOV:
        return *b;
    case THUMB_MVN:
        return combine(flow, b, &ones, do_xor);
    case THUMB_ADD:
        return value_add(&flow->model->world, a, b);
    case THUMB_SUB:
        return flow_subtract_(flow, insn, a, b);
    case THUMB_RSB:
        return flow_subtract_(flow, insn, b, a);
    case THUMB_AND:
        return mask(flow, insn, a, b, do_and);
    case THUMB_BIC:
        return mask(flow, insn, a, b, do_bic);
    case THUMB_ORR:
        return mask(flow, insn, a, b, do_or);
    case THUMB_EOR:
        return combine(flow, a, b, do_xor);
    case THUMB_ORN:
        return combine(flow, a, b, do_orn);
    case THUMB_LSL:
        return shift(flow, THUMB_SHIFT_LSL, a, b, do_lsl);
    case THUMB_LSR:
        return shift(flow, THUMB_SHIFT_LSR, a, b, do_lsr);
    case THUMB_ASR:
        return shift(flow, THUMB_SHIFT_ASR, a, b, do_asr);
    case THUMB_ROR:
        return combine(flow, a, b, do_ror);
    case THUMB_MUL:
        return multiply(flow, a, b);
    case THUMB_MOVT:
        return combine(flow, a, b, do_movt);
    default:
        return value_lost(&flow->model->world, a, b);
    }
}

static void flags(const struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *a,
        const struct value *b, const struct value *rm,
        const struct value *result) {
    if (!state->exact) {
        return;
    }
    if (insn->sets_flags && !flow->in_it) {
        flow_flags_(state, insn, a, b, rm, result);
    } else if (insn->sets_flags || flow_sets_flags_(insn) ||
            flow_it_sets_flags_(insn)) {
        state->flags_known = 0;
    }
}

// What may be an address in the stack stays so in a result that says it.
static void leave_place(struct flow_state_ *state, const struct value *operand,
        const struct value *result) {
    if (operand->kind == VALUE_STACK || !result->of_stack) {
        flow_escape_(state, operand);
    }
}

// Whatever is made of an address in the stack, or of an argument: it may be put
// together again. A few bits of the address itself say how it is aligned.
static void keep_place(const struct value *a, const struct value *mask,
        struct value *result) {
    const bool itself = a->kind == VALUE_STACK || a->kind == VALUE_PARAM;
    if (mask && value_is_const(mask) && mask->v[0] < 0xFFu && itself) {
        return;
    }
    value_remember(result, a);
}

static bool is_bit(const struct value *v) {
    return !value_is_const(v) || !(v->v[0] & (v->v[0] - 1));
}

// What the instruction makes of the value is one bit of it after the other, in
// flags or a register, by which it can be put together again unseen: a branch
// may look at them.
static bool takes_bits(const struct thumb_insn *insn, const struct value *v,
        const struct value *other) {
    const bool itself = v->kind == VALUE_STACK || v->kind == VALUE_PARAM;
    const bool few = value_is_const(other) && other->v[0] < 0xFFu;
    if (!value_tells_stack(v) && !value_arguments(v)) {
        return false;
    }
    switch (insn->op) {
    case THUMB_AND: // an address itself tells how it is aligned
        return is_bit(other) && !(itself && few);
    case THUMB_LSL:
    case THUMB_LSR:
    case THUMB_ASR:
    case THUMB_ROR:
        return !value_is_const(other) || (!itself && insn->sets_flags);
    default:
        return false;
    }
}

enum flow_end_ flow_arithmetic_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned first = insn->op == THUMB_MOVT ? insn->rd : insn->rn;
    struct value a = flow_get_(state, insn, first);
    struct value b = flow_operand2_(flow, state, insn);
    const struct value rm = flow_get_(state, insn, insn->rm);
    if (takes_bits(insn, &a, &b)) {
        flow_give_unseen_(flow, state, insn, &a);
    }
    if (insn->op == THUMB_AND && takes_bits(insn, &b, &a)) {
        flow_give_unseen_(flow, state, insn, &b);
    }
    if (insn->rd == THUMB_NONE) {
        const struct value bits = insn->op == THUMB_AND || insn->op == THUMB_EOR
                ? compute(flow, insn, &a, &b)
                : value_top();
        flags(flow, state, insn, &a, &b, &rm, &bits);
        flow_emit_use_(flow, insn, FLOW_USE_COMPARE, &a);
        flow_emit_use_(flow, insn, FLOW_USE_COMPARE, &b);
        if (insn->op == THUMB_AND || insn->op == THUMB_EOR) { // bit by bit
            flow_lose_(flow, insn, &a);
            flow_lose_(flow, insn, &b);
        }
        return FLOW_FALL;
    }
    struct value result;
    if (insn->op == THUMB_ADD && insn->rn == PC && insn->immediate) {
        result = value_const(insn->target); // ADR
    } else if (insn->op == THUMB_UXTB || insn->op == THUMB_UXTH) {
        const struct value m =
                value_const(insn->op == THUMB_UXTB ? 0xFF : 0xFFFF);
        a = flow_get_(state, insn, insn->rm);
        result = a.kind == VALUE_CONST ? combine(flow, &a, &m, do_and)
                                       : value_bounded(0, m.v[0], 0);
        flow_escape_(state, &a);
        keep_place(&a, &m, &result);
        flow_follow_(flow, insn, &a, NULL, &result);
    } else {
        if (insn->op == THUMB_MOV || insn->op == THUMB_MVN) {
            a = value_const(0);
        }
        result = compute(flow, insn, &a, &b);
        flow_follow_(flow, insn, &a, &b, &result);
        // Other code can make the address again from what is left of it.
        if (result.kind != VALUE_STACK) {
            state->escaped |= a.kind == VALUE_STACK || b.kind == VALUE_STACK;
            const bool and = insn->op == THUMB_AND;
            keep_place(&a, and? &b : NULL, &result);
            keep_place(&b, and? &a : NULL, &result);
            leave_place(state, &a, &result);
            leave_place(state, &b, &result);
        }
    }
    flags(flow, state, insn, &a, &b, &rm, &result);
    if (insn->rd == PC) {
        return flow_computed_jump_(flow, state, insn, &result);
    }
    const bool copies = insn->op == THUMB_MOV && !insn->immediate;
    flow_emit_new_address_(flow, insn, &a,
            copies                    ? &b
                    : insn->immediate ? NULL
                                      : &b,
            &result);
    flow_set_(flow, state, insn->rd, result);
    return FLOW_FALL;
}
