/*
 * flow_exact - condition flags and floating-point registers
 *
 * SPDX-License-Identifier: MIT
 *
 * They are followed in walks that go into calls (state->exact). Flags of
 * constants and of places in the frame are exact, so a loop with a known count
 * is walked as often as it runs; a flag is unknown unless the instruction is
 * one of those below.
 *
 * Compilers keep addresses in floating-point registers, and hand them over in
 * float and double arguments. Only moves are followed; what anything else
 * writes is unknown. The registers are s0 to s31; d0 is s0 and s1.
 */
#include "check/flow/flow_priv.h"

/// Flags ///

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

// Armv7-M ARM A7.7.2, A7.7.125: ADC and SBC of registers that are not shifted.
bool flow_carry_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const bool narrow = insn->size_bytes == 2 &&
            ((e & 0xFFC0u) == 0x4140u || (e & 0xFFC0u) == 0x4180u);
    const bool wide = insn->size_bytes == 4 &&
            ((e & 0xFFE0F0F0u) == 0xEB400000u ||
                    (e & 0xFFE0F0F0u) == 0xEB600000u);
    const bool subtracts = narrow ? e & 0x80u : e & 1u << 21;
    if (!state->exact || !(state->flags_known & C) || flow->in_it ||
            (!narrow && !wide)) {
        return false;
    }
    const unsigned rd = narrow ? e & 7 : e >> 8 & 15;
    const struct value a = flow_get_(state, insn, narrow ? rd : e >> 16 & 15);
    const struct value b = flow_get_(state, insn, narrow ? e >> 3 & 7 : e & 15);
    if (!value_is_const(&a) || !value_is_const(&b)) {
        return false;
    }
    const uint32_t y = subtracts ? ~b.v[0] : b.v[0];
    const unsigned carry = (state->flags & C) != 0;
    const struct value sum = value_const(a.v[0] + y + carry);
    if (narrow || e & 1u << 20) {
        of_sum(state, a.v[0], y, carry);
    }
    flow_emit_new_address_(flow, insn, &a, &b, &sum);
    flow_set_(flow, state, rd, sum);
    return true;
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

/// Floating-point registers ///

static bool is_double(uint32_t encoding) {
    return encoding & 0x100;
}

// Armv7-M ARM A6.3: four bits of the number, and one that is the lowest of a
// single and the highest of a double.
static unsigned number(uint32_t encoding, unsigned four, unsigned one) {
    const unsigned most = encoding >> four & 15, bit = encoding >> one & 1;
    return is_double(encoding) ? 2 * (bit << 4 | most) : most << 1 | bit;
}
static unsigned number_d(uint32_t encoding) {
    return number(encoding, 12, 22);
}
static unsigned number_n(uint32_t encoding) {
    return number(encoding, 16, 7);
}
static unsigned number_m(uint32_t encoding) {
    return number(encoding, 0, 5);
}

static void set(struct flow_state_ *state, unsigned s, struct value value) {
    if (s < FLOW_SINGLES) {
        state->single[s] = value;
    }
}

static struct value get(const struct flow_state_ *state, unsigned s) {
    return s < FLOW_SINGLES ? state->single[s] : value_top();
}

// What one may hold that is not followed.
static struct value some_float(const struct flow_state_ *state) {
    struct value value = value_top();
    value_remember(&value, &state->floats);
    return value;
}

void flow_float_forget_(struct flow_state_ *state, unsigned count) {
    for (unsigned s = 0; state->exact && s < count; s++) {
        state->single[s] = some_float(state);
    }
}

// Armv7-M ARM A7.7: VMOV between core registers and others. False: it is none.
static bool move_core(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *reg) {
    const uint32_t e = insn->encoding;
    const unsigned first = e >> 12 & 15, second = e >> 16 & 15;
    const bool to_core = e & 1u << 20;
    unsigned s, count = 1;
    if ((e & 0xFFE00F7Fu) == 0xEE000A10u) { // a single
        s = number_n(e);
    } else if ((e & 0xFFC00F7Fu) == 0xEE000B10u) { // half of a double
        s = number_n(e) + (e >> 21 & 1);
    } else if ((e & 0xFFE00ED0u) == 0xEC400A10u) { // two
        s = number_m(e);
        count = 2;
    } else {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const unsigned r = i ? second : first;
        if (to_core) {
            flow_set_(flow, state, r, get(state, s + i));
        } else {
            set(state, s + i, reg[r]);
        }
    }
    return true;
}

// What arithmetic writes: the register as a single and as a double, since a
// conversion has both.
static void forget_result(struct flow_state_ *state, uint32_t encoding) {
    const uint32_t as_single = encoding & ~0x100u, as_double = encoding | 0x100;
    set(state, number_d(as_single), some_float(state));
    set(state, number_d(as_double), some_float(state));
    set(state, number_d(as_double) + 1, some_float(state));
}

void flow_float_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *reg) {
    const uint32_t e = insn->encoding;
    if (!state->exact || insn->size_bytes != 4 ||
            (e & 0xEC000000u) != 0xEC000000u ||
            move_core(flow, state, insn, reg)) {
        return;
    }
    if ((e & 0xFFBF0ED0u) == 0xEEB00A40u) { // VMOV of registers
        for (unsigned i = 0; i < (is_double(e) ? 2 : 1); i++) {
            set(state, number_d(e) + i, get(state, number_m(e) + i));
        }
    } else if ((e & 0xFF000E10u) == 0xEE000A00u) {
        forget_result(state, e);
    } else if ((e & 0xFFEF0F10u) != 0xEEE10A10u) { // VMSR, VMRS
        flow_float_forget_(state, FLOW_SINGLES);
    }
}

bool flow_float_block_(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned *first, unsigned *count) {
    const uint32_t e = insn->encoding;
    // Neither before nor behind its base: all registers of the Secure state.
    const bool lazy = insn->op >= THUMB_LOAD_MULTIPLE && !(e & 0x01800000u);
    *first = number_d(e);
    *count = insn->access_bytes / 4u;
    // FLDMX and FSTMX have a word more than registers.
    const bool extra = is_double(e) && *count & 1;
    return !extra && state->exact && insn->floating && (e & 0xE00u) == 0xA00u &&
            !lazy && *first + *count <= FLOW_SINGLES;
}
