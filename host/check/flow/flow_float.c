/*
 * flow_float - values in floating-point registers
 *
 * SPDX-License-Identifier: MIT
 *
 * Compilers keep addresses there, and hand them over in float and double
 * arguments. Only moves are followed; what anything else writes is unknown.
 * Followed are the registers as s0 to s31; d0 is s0 and s1.
 */
#include "check/flow/flow_priv.h"

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

void flow_float_forget_(struct flow_state_ *state, unsigned count) {
    for (unsigned s = 0; state->exact && s < count; s++) {
        state->single[s] = value_top();
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
    set(state, number_d(as_single), value_top());
    set(state, number_d(as_double), value_top());
    set(state, number_d(as_double) + 1, value_top());
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
    return state->exact && insn->floating && (e & 0xE00u) == 0xA00u && !lazy &&
            *first + *count <= FLOW_SINGLES;
}
