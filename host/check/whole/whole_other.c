/*
 * whole_other - instructions that the decoder does not take apart
 *
 * SPDX-License-Identifier: MIT
 *
 * Those that compilers use to compute addresses and indices, and special
 * registers. What no case here knows makes all that it writes unknown, the
 * flags too.
 */
#include "check/whole/whole_priv.h"

enum { SP = 13, PC = 15 };

static uint32_t low_bit(uint32_t e) {
    return (e >> 10 & 0x1C) | (e >> 6 & 3);
}

// Armv7-M ARM A7.7: UBFX, and what puts words together.
static bool bit_field(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const unsigned rd = e >> 8 & 15, rn = e >> 16 & 15;
    const unsigned lsb = low_bit(e), width = e & 31;
    if (insn->size_bytes != 4 || rd >= SP || rn == SP) {
        return false;
    }
    const struct whole_value_ old = state->reg[rd];
    if ((e & 0xFFF08020u) == 0xF3C00000u && rn != PC) { // UBFX
        const struct whole_value_ mask =
                whole_const_(width < 31 ? (1u << (width + 1)) - 1 : ~0u);
        const struct whole_value_ from =
                whole_shift_(&state->reg[rn], THUMB_SHIFT_LSR, lsb);
        whole_limit_(call, mask.v[0] + 1);
        whole_set_(state, rd, whole_and_(&w->world, &from, &mask));
        return true;
    }
    if ((e & 0xFFF08020u) == 0xF3600000u && width >= lsb) { // BFI, BFC
        const uint32_t field =
                (width - lsb < 31 ? (1u << (width - lsb + 1)) - 1 : ~0u) << lsb;
        const struct whole_value_ mask = whole_const_(field);
        const struct whole_value_ others = whole_const_(~field);
        const struct whole_value_ rest = whole_and_(&w->world, &old, &others);
        const struct whole_value_ from =
                rn == PC ? whole_const_(0) : state->reg[rn];
        const struct whole_value_ moved =
                whole_shift_(&from, THUMB_SHIFT_LSL, lsb);
        const struct whole_value_ in = whole_and_(&w->world, &moved, &mask);
        whole_set_(state, rd, whole_or_(&w->world, &rest, &in));
        return true;
    }
    return false;
}

static uint32_t quotient(uint32_t a, uint32_t b) {
    return b ? a / b : 0;
}
static uint32_t signed_quotient(uint32_t a, uint32_t b) {
    const int64_t y = (int32_t)b;
    return y ? (uint32_t)((int32_t)a / y) : 0;
}
static uint32_t unsigned_high(uint32_t a, uint32_t b) {
    return (uint32_t)((uint64_t)a * b >> 32);
}
static uint32_t signed_high(uint32_t a, uint32_t b) {
    return (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int32_t)b) >> 32);
}
static uint32_t zeros(uint32_t a, uint32_t b) {
    (void)b;
    return a ? (uint32_t)__builtin_clz(a) : 32;
}
static uint32_t swapped(uint32_t a, uint32_t b) {
    (void)b;
    return __builtin_bswap32(a);
}

// Two operands and one result that is known of sets only.
static bool of_two(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn) {
    static const struct {
        uint32_t mask, bits;
        uint32_t (*f)(uint32_t, uint32_t);
    } wide[] = {
            {0xFFF0F0F0u, 0xFBB0F0F0u, quotient},
            {0xFFF0F0F0u, 0xFB90F0F0u, signed_quotient},
            {0xFFF0F0F0u, 0xFAB0F080u, zeros},
            {0xFFF0F0F0u, 0xFA90F080u, swapped},
    };
    const uint32_t e = insn->encoding;
    for (unsigned i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        const unsigned rd = e >> 8 & 15, rn = e >> 16 & 15, rm = e & 15;
        if (insn->size_bytes == 4 && (e & wide[i].mask) == wide[i].bits &&
                rd < SP && rn < SP && rm < SP) {
            whole_set_(state, rd,
                    whole_combine_(&w->world, &state->reg[rn], &state->reg[rm],
                            wide[i].f));
            return true;
        }
    }
    return false;
}

// UMULL and SMULL of sets.
static bool long_product(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const unsigned high = e >> 8 & 15, low = e >> 12 & 15, rn = e >> 16 & 15,
                   rm = e & 15;
    if (insn->size_bytes != 4 || (e & 0xFFD000F0u) != 0xFB800000u ||
            high >= SP || low >= SP || rn >= SP || rm >= SP) {
        return false;
    }
    const bool is_signed = !(e & 0x200000u);
    const struct whole_value_ a = state->reg[rn], b = state->reg[rm];
    whole_set_(state, low, whole_multiply_(&w->world, &a, &b));
    whole_set_(state, high,
            whole_combine_(&w->world, &a, &b,
                    is_signed ? signed_high : unsigned_high));
    return true;
}

// MLA and MLS.
static bool multiply_add(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const unsigned rd = e >> 8 & 15, rn = e >> 16 & 15, rm = e & 15,
                   ra = e >> 12 & 15;
    if (insn->size_bytes != 4 || (e & 0xFFF000E0u) != 0xFB000000u || rd >= SP ||
            rn >= SP || rm >= SP || ra >= SP) {
        return false;
    }
    const struct whole_value_ times =
            whole_multiply_(&w->world, &state->reg[rn], &state->reg[rm]);
    whole_set_(state, rd,
            e & 0x10 ? whole_sub_(&w->world, &state->reg[ra], &times)
                     : whole_add_(&w->world, &state->reg[ra], &times));
    return true;
}

// Of an operand that was rotated: its lowest byte or halfword, extended.
static struct whole_value_ extended(struct whole *w,
        const struct whole_value_ *rm, bool byte, bool is_signed) {
    const unsigned up = byte ? 24 : 16;
    const struct whole_value_ mask = whole_const_(byte ? 0xFFu : 0xFFFFu);
    const struct whole_value_ low = whole_and_(&w->world, rm, &mask);
    const struct whole_value_ high = whole_shift_(&low, THUMB_SHIFT_LSL, up);
    return is_signed ? whole_shift_(&high, THUMB_SHIFT_ASR, up) : low;
}

// SXTB, SXTH, and what adds a byte or halfword to a register (Armv7-M ARM
// A5.3.13): SXTAB, SXTAH, UXTAB, UXTAH, and UXTB and UXTH of what is rotated.
static bool extend(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const bool narrow = insn->size_bytes == 2 && (e & 0xFF80u) == 0xB200u;
    const bool wide = insn->size_bytes == 4 && (e & 0xFF80F0C0u) == 0xFA00F080u;
    const unsigned op = e >> 20 & 7, rn = narrow ? PC : e >> 16 & 15;
    if ((!narrow && !wide) || (wide && op != 4 && op != 5 && op > 1)) {
        return false;
    }
    const unsigned rd = narrow ? e & 7 : e >> 8 & 15;
    const unsigned rm = narrow ? e >> 3 & 7 : e & 15;
    const bool byte = narrow ? e & 0x40u : op >= 4;
    if (rd >= SP || rm >= SP || rn == SP) {
        return false;
    }
    const struct whole_value_ from = whole_shift_(&state->reg[rm],
            THUMB_SHIFT_ROR, wide ? 8 * (e >> 4 & 3) : 0);
    const struct whole_value_ v = extended(w, &from, byte, narrow || !(op & 1));
    whole_limit_(call, byte ? 0x100u : 0x10000u);
    whole_set_(state, rd,
            rn == PC ? v : whole_add_(&w->world, &state->reg[rn], &v));
    return true;
}

// Armv7-M ARM A7.7.1, A7.7.2, A7.7.124, A7.7.125: ADC and SBC of registers that
// are not shifted.
static bool with_carry(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn, bool in_it) {
    const uint32_t e = insn->encoding;
    const bool narrow = insn->size_bytes == 2 &&
            ((e & 0xFFC0u) == 0x4140u || (e & 0xFFC0u) == 0x4180u);
    const bool wide = insn->size_bytes == 4 &&
            ((e & 0xFFE0F0F0u) == 0xEB400000u ||
                    (e & 0xFFE0F0F0u) == 0xEB600000u);
    const unsigned rd = narrow ? e & 7 : e >> 8 & 15;
    const unsigned rn = narrow ? rd : e >> 16 & 15;
    const unsigned rm = narrow ? e >> 3 & 7 : e & 15;
    if ((!narrow && !wide) || rd >= SP || rn >= SP || rm >= SP) {
        return false;
    }
    const bool subtracts = narrow ? e & 0x80u : e & 1u << 21;
    const enum whole_outcome_ carry = whole_condition_(w, state, 2); // CS
    const struct whole_value_ in =
            whole_range_((carry == WHOLE_HOLDS) - (uint32_t)subtracts,
                    (carry != WHOLE_FAILS) - (uint32_t)subtracts, 0);
    const struct whole_value_ sum = subtracts
            ? whole_sub_(&w->world, &state->reg[rn], &state->reg[rm])
            : whole_add_(&w->world, &state->reg[rn], &state->reg[rm]);
    const struct whole_value_ result = whole_add_(&w->world, &sum, &in);
    whole_set_(state, rd, result);
    if (narrow ? !in_it : e >> 20 & 1) {
        state->flags = (struct whole_flags_){.kind = WHOLE_FLAGS_RESULT,
                .ra = (uint8_t)rd,
                .rb = THUMB_NONE,
                .rd = THUMB_NONE,
                .a = result,
                .b = whole_const_(0)};
    }
    return true;
}

enum {
    SYS_IPSR = 5,
    SYS_MSP = 8,
    SYS_PRIMASK = 16,
    SYS_PSP = 9,
    SYS_CONTROL = 20,
    SYS_SECURE = 0x80
};

// Armv7-M ARM B5.2.2, B5.2.3. False: neither MRS nor MSR.
static bool special(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding, which = e & 0xFF;
    if (insn->size_bytes == 4 && (e & 0xFFFFF000u) == 0xF3EF8000u) {
        const bool stack =
                which == SYS_MSP || which == SYS_PSP || which == SYS_CONTROL;
        whole_set_(state, e >> 8 & 15,
                stack ? whole_read_stack_(w, state, which)
                        : which == SYS_IPSR ||
                                (which >= SYS_PRIMASK && which < SYS_CONTROL)
                        ? whole_number_()
                        : whole_any_());
        return true;
    }
    if (insn->size_bytes != 4 || (e & 0xFFF0F000u) != 0xF3808000u) {
        return false;
    }
    const struct whole_value_ v = whole_get_(state, insn, e >> 16 & 15);
    if (which == SYS_MSP || which == SYS_PSP || which == SYS_CONTROL) {
        whole_write_stack_(w, call, state, which, &v);
    } else if (which >= SYS_SECURE) {
        whole_stop_(w, "sets another stack");
    } else if (which < SYS_MSP) {
        state->flags = (struct whole_flags_){0};
    }
    return true;
}

bool whole_other_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it) {
    if (with_carry(w, state, insn, in_it) || bit_field(w, call, state, insn) ||
            of_two(w, state, insn) || multiply_add(w, state, insn) ||
            long_product(w, state, insn) || extend(w, call, state, insn) ||
            special(w, call, state, insn)) {
        return true;
    }
    const struct whole_value_ any = whole_any_();
    for (unsigned r = 0; r < PC; r++) {
        if (insn->writes >> r & 1) {
            whole_set_any_(w, call, state, r, &any);
        }
    }
    state->flags = (struct whole_flags_){0};
    if (insn->writes >> PC & 1) {
        whole_stop_(w, "jumps in a way that is not followed");
        return false;
    }
    return true;
}
