/*
 * flow_flags - condition flags, and which way a branch goes
 *
 * SPDX-License-Identifier: MIT
 *
 * Of constants and places in the frame they are exact, so a loop with a known
 * count is walked as often as it runs. A flag is unknown unless the
 * instruction is one of those below.
 */
#include "check/flow/flow_priv.h"

enum { N = 8, Z = 4, C = 2, V = 1 };

static void put(struct flow_state_ *state, uint8_t flag, bool set) {
    state->flags_known |= flag;
    state->flags = (uint8_t)((state->flags & ~flag) | (set ? flag : 0));
}

static void forget(struct flow_state_ *state, uint8_t flags) {
    state->flags_known &= (uint8_t)~flags;
}

// Armv7-M ARM A2.2.1, AddWithCarry: a difference is a + ~b + 1.
static void of_sum(struct flow_state_ *state, uint32_t a, uint32_t b,
        unsigned carry) {
    const uint64_t sum = (uint64_t)a + b + carry;
    const uint32_t low = (uint32_t)sum;
    put(state, N, low >> 31);
    put(state, Z, !low);
    put(state, C, sum >> 32);
    put(state, V, (~(a ^ b) & (a ^ low)) >> 31);
}

static bool is_place(const struct value *v) {
    return v->kind == VALUE_STACK && v->count && !v->v[1];
}

// Places in one frame: no stack wraps around, and none is at address 0.
static void of_places(struct flow_state_ *state, const struct value *a,
        const struct value *b) {
    if (is_place(a) && is_place(b)) {
        put(state, Z, a->v[0] == b->v[0]);
        put(state, C, (int32_t)a->v[0] >= (int32_t)b->v[0]);
    } else if (is_place(a) && value_is_const(b) && !b->v[0]) {
        put(state, Z, false);
        put(state, C, true);
    }
}

static void of_difference(struct flow_state_ *state, const struct value *a,
        const struct value *b) {
    forget(state, N | Z | C | V);
    if (value_is_const(a) && value_is_const(b)) {
        of_sum(state, a->v[0], ~b->v[0], 1);
    } else {
        of_places(state, a, b);
    }
}

static void of_result(struct flow_state_ *state, uint32_t result) {
    put(state, N, result >> 31);
    put(state, Z, !result);
}

// The last bit that is shifted out.
static void of_shift(struct flow_state_ *state, const struct thumb_insn *insn,
        uint32_t word) {
    const unsigned n = insn->amount;
    switch (insn->shift) {
    case THUMB_SHIFT_LSL:
        put(state, C, n <= 32 && word >> (32 - n) & 1);
        break;
    case THUMB_SHIFT_LSR:
    case THUMB_SHIFT_ASR:
    case THUMB_SHIFT_ROR:
        put(state, C, n <= 32 && word >> (n - 1) & 1);
        break;
    default:
        break;
    }
}

// MOV, AND and the like leave V alone, and C too where nothing is shifted. An
// immediate of a wide one may be rotated.
static void of_bits(struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *rm, const struct value *result) {
    const bool kept = insn->immediate
            ? insn->size_bytes == 2
            : !insn->amount && insn->shift == THUMB_SHIFT_LSL;
    forget(state, N | Z | (kept ? 0 : C));
    if (value_is_const(result)) {
        of_result(state, result->v[0]);
    }
    if (!insn->immediate && insn->amount && value_is_const(rm)) {
        of_shift(state, insn, rm->v[0]);
    }
}

void flow_flags_(struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *a, const struct value *b, const struct value *rm,
        const struct value *result) {
    switch (insn->op) {
    case THUMB_SUB:
        of_difference(state, a, b);
        break;
    case THUMB_RSB:
        of_difference(state, b, a);
        break;
    case THUMB_ADD:
        forget(state, N | Z | C | V);
        if (value_is_const(a) && value_is_const(b)) {
            of_sum(state, a->v[0], b->v[0], 0);
        }
        break;
    case THUMB_MOV:
    case THUMB_MVN:
    case THUMB_AND:
    case THUMB_ORR:
    case THUMB_EOR:
    case THUMB_BIC:
    case THUMB_ORN:
        of_bits(state, insn, rm, result);
        break;
    default: // a shift by a register, a product
        forget(state, N | Z | C | V);
        if (value_is_const(result)) {
            of_result(state, result->v[0]);
        }
        break;
    }
}

// Armv7-M ARM A7.3.1.
enum flow_outcome_ flow_condition_(const struct flow_state_ *state,
        unsigned cond) {
    static const uint8_t of[] = {Z, C, N, V, C | Z, N | V, N | Z | V};
    const unsigned flags = state->flags;
    const bool n = flags & N, z = flags & Z, c = flags & C, v = flags & V;
    const bool holds[] = {z, c, n, v, c && !z, n == v, n == v && !z};
    const unsigned which = cond >> 1;
    if (!state->exact || which >= sizeof of ||
            of[which] & ~state->flags_known || flow_known_(state)) {
        return FLOW_EITHER;
    }
    return holds[which] != (cond & 1) ? FLOW_HOLDS : FLOW_FAILS;
}

enum flow_outcome_ flow_is_zero_(const struct flow_state_ *state,
        const struct value *value) {
    if (!state->exact || flow_known_(state) ||
            (!value_is_const(value) && !is_place(value))) {
        return FLOW_EITHER;
    }
    return value->kind == VALUE_CONST && !value->v[0] ? FLOW_HOLDS : FLOW_FAILS;
}
