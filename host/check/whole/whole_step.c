/*
 * whole_step - executes one instruction on sets of values
 *
 * SPDX-License-Identifier: MIT
 *
 * Branches with a condition, tables of them and IT are whole_call.c's. What no
 * case here knows makes all that it writes unknown, the flags too.
 */
#include "check/whole/whole_priv.h"

enum { SP = 13, LR = 14, PC = 15 };

struct whole_value_ whole_get_(const struct whole_state_ *state,
        const struct thumb_insn *insn, unsigned r) {
    return r == PC      ? whole_const_(insn->addr + 4)
            : r < PC    ? state->reg[r]
                        : whole_any_();
}

void whole_set_(struct whole_state_ *state, unsigned r,
        struct whole_value_ value) {
    if (r >= PC) {
        return;
    }
    struct whole_flags_ *f = &state->flags;
    f->ra = f->ra == r ? THUMB_NONE : f->ra;
    f->rb = f->rb == r ? THUMB_NONE : f->rb;
    f->rd = f->rd == r ? THUMB_NONE : f->rd;
    state->copy_of[r] = 0;
    state->reg[r] = value;
}

/// The stack pointer ///

static bool is_first_stack(const struct whole *w, uint32_t sp) {
    for (size_t i = 0; i < w->table_count; i++) {
        uint32_t word;
        if (model_word(w->model, w->tables[i], &word) && word == sp) {
            return true;
        }
    }
    return false;
}

static void lose_slots(struct whole_state_ *state, int32_t from, int32_t to) {
    for (int32_t at = from; at < to; at += 4) {
        const int32_t i = -at / 4 - 1;
        if (i >= 0 && i < (int32_t)WHOLE_SLOTS) {
            state->slot[i] = whole_any_();
        }
    }
}

static void set_stack_pointer(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *value) {
    const int32_t lowest = -4 * (int32_t)WHOLE_SLOTS;
    struct whole_value_ *sp = &state->reg[SP];
    if (whole_is_const_(value) && is_first_stack(w, value->v[0])) {
        // A stack from its beginning: what was on it is not used any more.
        call->stack_set = true;
        lose_slots(state, lowest, 0);
        *sp = whole_frame_(sp->of, 0);
        return;
    }
    if (!whole_is_place_(value) || value->of != sp->of) {
        whole_stop_(w, "sets the stack pointer");
        return;
    }
    // An exception may write to what lies below.
    const int32_t old = (int32_t)sp->low, new = (int32_t)value->low;
    lose_slots(state, old < lowest ? lowest : old, new < 0 ? new : 0);
    *sp = *value;
}

static void set(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned r,
        const struct whole_value_ *value) {
    if (r == SP) {
        set_stack_pointer(w, call, state, value);
    } else {
        whole_set_(state, r, *value);
    }
}

/// Arithmetic ///

static struct whole_value_ operand2(const struct whole_state_ *state,
        const struct thumb_insn *insn) {
    if (insn->immediate) {
        return whole_const_(insn->imm);
    }
    const struct whole_value_ rm = whole_get_(state, insn, insn->rm);
    return whole_shift_(&rm, insn->shift, insn->amount);
}

static uint32_t exclusive(uint32_t a, uint32_t b) {
    return a ^ b;
}
static uint32_t product(uint32_t a, uint32_t b) {
    return a * b;
}
static uint32_t or_not(uint32_t a, uint32_t b) {
    return a | ~b;
}

static struct whole_value_ inverted(const struct whole_world_ *world,
        const struct whole_value_ *a) {
    const struct whole_value_ ones = whole_const_(~0u);
    return whole_sub_(world, &ones, a);
}

static struct whole_value_ multiply(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    uint32_t low, high;
    if (a->kind == WHOLE_SET && b->kind != WHOLE_SET) {
        return multiply(world, b, a);
    }
    if (a->kind == WHOLE_RANGE && whole_is_const_(b) && b->v[0] &&
            whole_bounds_(a, &low, &high) && high <= ~0u / b->v[0]) {
        const unsigned zero = (unsigned)__builtin_ctz(b->v[0]);
        return whole_range_(low * b->v[0], high * b->v[0], a->step + zero);
    }
    return whole_combine_(world, a, b, product);
}

// By a register: only amounts that are one number.
static struct whole_value_ shift_by(const struct whole_value_ *a,
        const struct whole_value_ *by, unsigned shift) {
    const unsigned n = whole_is_const_(by) ? by->v[0] & 255 : 256;
    if (n > 255) {
        const struct whole_value_ most = whole_range_(0, ~0u, 0);
        return a->kind == WHOLE_NUMBER ? whole_number_()
                : shift == THUMB_SHIFT_LSR && a->kind != WHOLE_NONE
                ? most
                : whole_any_();
    }
    return whole_shift_(a, shift,
            shift == THUMB_SHIFT_ROR ? n & 31
                    : n > 32         ? 32
                                     : n);
}

static struct whole_value_ exclusive_or(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    uint32_t alow, ahigh, low, high;
    if ((a->kind != WHOLE_SET || b->kind != WHOLE_SET) &&
            whole_bounds_(a, &alow, &ahigh) && whole_bounds_(b, &low, &high)) {
        const uint32_t top = ahigh | high;
        return whole_range_(0, top ? ~0u >> __builtin_clz(top) : 0, 0);
    }
    return whole_combine_(world, a, b, exclusive);
}

static struct whole_value_ result_of(const struct whole *w,
        const struct thumb_insn *insn, const struct whole_value_ *a,
        const struct whole_value_ *b) {
    const struct whole_world_ *world = &w->world;
    const struct whole_value_ no = inverted(world, b);
    switch (insn->op) {
    case THUMB_MOV:
        return *b;
    case THUMB_MVN:
        return no;
    case THUMB_ADD:
        return whole_add_(world, a, b);
    case THUMB_SUB:
        return whole_sub_(world, a, b);
    case THUMB_RSB:
        return whole_sub_(world, b, a);
    case THUMB_AND:
        return whole_and_(world, a, b);
    case THUMB_ORR:
        return whole_or_(world, a, b);
    case THUMB_EOR:
        return exclusive_or(world, a, b);
    case THUMB_BIC:
        return whole_and_(world, a, &no);
    case THUMB_ORN:
        return whole_combine_(world, a, b, or_not);
    case THUMB_LSL:
        return shift_by(a, b, THUMB_SHIFT_LSL);
    case THUMB_LSR:
        return shift_by(a, b, THUMB_SHIFT_LSR);
    case THUMB_ASR:
        return shift_by(a, b, THUMB_SHIFT_ASR);
    case THUMB_ROR:
        return shift_by(a, b, THUMB_SHIFT_ROR);
    case THUMB_MUL:
        return multiply(world, a, b);
    default:
        return whole_any_();
    }
}

static void set_flags(struct whole_state_ *state, const struct thumb_insn *insn,
        const struct whole_value_ *a, const struct whole_value_ *b,
        const struct whole_value_ *result) {
    const bool turned = insn->op == THUMB_RSB;
    if (turned || insn->op == THUMB_SUB) {
        // A register that the instruction wrote holds neither any more.
        const uint8_t rn = insn->rn != insn->rd ? insn->rn : THUMB_NONE;
        const uint8_t rm = !insn->immediate && !insn->amount &&
                        insn->rm != insn->rd
                ? insn->rm
                : THUMB_NONE;
        state->flags = (struct whole_flags_){.kind = WHOLE_FLAGS_DIFFERENCE,
                .ra = turned ? rm : rn,
                .rb = turned ? rn : rm,
                .rd = insn->rd,
                .a = turned ? *b : *a,
                .b = turned ? *a : *b};
        return;
    }
    state->flags = (struct whole_flags_){.kind = WHOLE_FLAGS_RESULT,
            .ra = insn->rd,
            .rb = THUMB_NONE,
            .rd = THUMB_NONE,
            .a = *result,
            .b = whole_const_(0)};
}

static struct whole_jump_ jump(const struct whole_value_ *to) {
    return (struct whole_jump_){.next = WHOLE_GOES, .targets = *to};
}

static const struct whole_jump_ next = {.next = WHOLE_NEXT};

static struct whole_jump_ arithmetic(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it) {
    const bool narrow = insn->size_bytes == 2 && insn->rd != THUMB_NONE;
    const struct whole_value_ a = insn->rn == THUMB_NONE
            ? whole_const_(0)
            : whole_get_(state, insn, insn->rn);
    const struct whole_value_ b = operand2(state, insn);
    struct whole_value_ result = result_of(w, insn, &a, &b);
    if (insn->rn == PC && insn->immediate) {
        result = whole_const_(insn->target);
    }
    if (insn->rd == PC) {
        const struct whole_value_ one = whole_const_(1);
        result = whole_or_(&w->world, &result, &one);
        return jump(&result);
    }
    const uint8_t copied = insn->op == THUMB_MOV && !insn->immediate &&
                    !insn->amount && insn->rm < PC
            ? state->copy_of[insn->rm]
            : 0;
    if (insn->rd != THUMB_NONE) {
        set(w, call, state, insn->rd, &result);
        if (insn->rd < SP) {
            state->copy_of[insn->rd] = copied;
        }
    }
    if (insn->sets_flags && !(in_it && narrow)) {
        set_flags(state, insn, &a, &b, &result);
    }
    return next;
}

/// Others ///

static uint32_t low_bit(uint32_t e) {
    return (e >> 10 & 0x1C) | (e >> 6 & 3);
}

// Armv7-M ARM A7.7: UBFX, and what puts words together.
static bool bit_field(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const unsigned rd = e >> 8 & 15, rn = e >> 16 & 15;
    const unsigned lsb = low_bit(e), width = e & 31;
    if (insn->size_bytes != 4 || rd >= SP || rn == SP) {
        return false;
    }
    const struct whole_value_ old = state->reg[rd];
    if ((e & 0xFFF08020u) == 0xF3C00000u && rn != PC) { // UBFX
        const struct whole_value_ mask = whole_const_(
                width < 31 ? (1u << (width + 1)) - 1 : ~0u);
        const struct whole_value_ from = whole_shift_(&state->reg[rn],
                THUMB_SHIFT_LSR, lsb);
        whole_set_(state, rd, whole_and_(&w->world, &from, &mask));
        return true;
    }
    if ((e & 0xFFF08020u) == 0xF3600000u && width >= lsb) { // BFI, BFC
        const uint32_t field = (width - lsb < 31
                                               ? (1u << (width - lsb + 1)) - 1
                                               : ~0u)
                << lsb;
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
    whole_set_(state, low, multiply(&w->world, &a, &b));
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
            multiply(&w->world, &state->reg[rn], &state->reg[rm]);
    whole_set_(state, rd,
            e & 0x10 ? whole_sub_(&w->world, &state->reg[ra], &times)
                     : whole_add_(&w->world, &state->reg[ra], &times));
    return true;
}

// SXTB and SXTH of what is not negative, and of sets.
static bool sign_extend(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const bool narrow = insn->size_bytes == 2 && (e & 0xFF80u) == 0xB200u;
    const bool wide = insn->size_bytes == 4 &&
            ((e & 0xFFFFF0F0u) == 0xFA0FF080u ||
                    (e & 0xFFFFF0F0u) == 0xFA4FF080u);
    if (!narrow && !wide) {
        return false;
    }
    const unsigned rd = narrow ? e & 7 : e >> 8 & 15;
    const unsigned rm = narrow ? e >> 3 & 7 : e & 15;
    const bool byte = narrow ? e & 0x40u : (e & 0xFFF00000u) == 0xFA400000u;
    if (rd >= SP || rm >= SP) {
        return false;
    }
    const unsigned up = byte ? 24 : 16;
    const struct whole_value_ mask = whole_const_(byte ? 0xFFu : 0xFFFFu);
    const struct whole_value_ low =
            whole_and_(&w->world, &state->reg[rm], &mask);
    const struct whole_value_ high = whole_shift_(&low, THUMB_SHIFT_LSL, up);
    whole_set_(state, rd, whole_shift_(&high, THUMB_SHIFT_ASR, up));
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
    const struct whole_value_ in = whole_range_(
            (carry == WHOLE_HOLDS) - (uint32_t)subtracts,
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

enum { SYS_MSP = 8, SYS_PSP = 9, SYS_CONTROL = 20, SYS_SECURE = 0x80 };

// Armv7-M ARM B5.2.2, B5.2.3. False: neither MRS nor MSR.
static bool special(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding, which = e & 0xFF;
    if (insn->size_bytes == 4 && (e & 0xFFFFF000u) == 0xF3EF8000u) {
        whole_set_(state, e >> 8 & 15,
                which == SYS_MSP || which == SYS_PSP || which >= SYS_SECURE
                        ? whole_any_()
                        : whole_number_());
        return true;
    }
    if (insn->size_bytes != 4 || (e & 0xFFF0F000u) != 0xF3808000u) {
        return false;
    }
    const struct whole_value_ v = whole_get_(state, insn, e >> 16 & 15);
    if (which == SYS_MSP) {
        set_stack_pointer(w, call, state, &v);
    } else if (which == SYS_PSP || which >= SYS_SECURE ||
            (which == SYS_CONTROL && (v.kind != WHOLE_SET || v.v[0] & 2 ||
                                            v.v[v.count - 1] & 2))) {
        whole_stop_(w, "sets another stack");
    } else if (which < SYS_MSP) {
        state->flags = (struct whole_flags_){0};
    }
    return true;
}

static struct whole_jump_ other(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it) {
    if (with_carry(w, state, insn, in_it) || bit_field(w, state, insn) || of_two(w, state, insn) ||
            multiply_add(w, state, insn) ||
            long_product(w, state, insn) || sign_extend(w, state, insn) ||
            special(w, call, state, insn)) {
        return next;
    }
    const struct whole_value_ any = whole_any_();
    for (unsigned r = 0; r < PC; r++) {
        if (insn->writes >> r & 1) {
            set(w, call, state, r, &any);
        }
    }
    state->flags = (struct whole_flags_){0};
    if (insn->writes >> PC & 1) {
        whole_stop_(w, "jumps in a way that is not followed");
    }
    return next;
}

/// Loads and stores ///

static struct whole_value_ address(struct whole *w,
        const struct whole_state_ *state, const struct thumb_insn *insn,
        struct whole_value_ *after) {
    if (insn->rn == PC && insn->immediate) {
        *after = whole_any_();
        return whole_const_(insn->target);
    }
    const struct whole_value_ base = whole_get_(state, insn, insn->rn);
    const struct whole_value_ offset = operand2(state, insn);
    *after = insn->subtract ? whole_sub_(&w->world, &base, &offset)
                            : whole_add_(&w->world, &base, &offset);
    return insn->indexed ? *after : base;
}

static struct whole_value_ extended(const struct whole_value_ *v,
        const struct thumb_insn *insn) {
    const unsigned up = 32 - 8 * insn->access_bytes;
    if (!insn->sign_extended || !up) {
        return *v;
    }
    const struct whole_value_ high = whole_shift_(v, THUMB_SHIFT_LSL, up);
    return whole_shift_(&high, THUMB_SHIFT_ASR, up);
}

static struct whole_jump_ load(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    struct whole_value_ after;
    const struct whole_value_ addr = address(w, state, insn, &after);
    const bool pair = insn->rd2 < 16 && insn->access_bytes == 8;
    const struct whole_value_ four = whole_const_(4);
    if (insn->floating) {
        whole_accesses_(w, &addr, insn->access_bytes);
        if (insn->writeback) {
            set(w, call, state, insn->rn, &after);
        }
        return next;
    }
    const struct whole_value_ raw = whole_load_(w, call, state, &addr,
            pair ? 4u : insn->access_bytes);
    const struct whole_value_ first = extended(&raw, insn);
    const struct whole_value_ behind = whole_add_(&w->world, &addr, &four);
    const struct whole_value_ second = pair
            ? whole_load_(w, call, state, &behind, 4)
            : whole_any_();
    if (insn->writeback) {
        set(w, call, state, insn->rn, &after);
    }
    if (insn->rd == PC) {
        return jump(&first);
    }
    set(w, call, state, insn->rd, &first);
    const int32_t slot = -(int32_t)addr.low / 4;
    if (whole_is_place_(&addr) && addr.of == state->reg[SP].of && slot > 0 &&
            slot <= (int32_t)WHOLE_SLOTS && insn->access_bytes == 4 &&
            !(addr.low & 3) && insn->rd < SP) {
        state->copy_of[insn->rd] = (uint8_t)slot;
    }
    if (pair) {
        set(w, call, state, insn->rd2, &second);
    }
    return next;
}

static struct whole_jump_ store(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    struct whole_value_ after;
    struct whole_value_ addr = address(w, state, insn, &after);
    const bool pair = insn->access_bytes == 8;
    const struct whole_value_ any = whole_any_(), four = whole_const_(4);
    const bool core = !insn->floating;
    const struct whole_value_ first =
            core ? whole_get_(state, insn, insn->rd) : any;
    const struct whole_value_ second =
            core && pair ? whole_get_(state, insn, insn->rd2) : any;
    whole_store_(w, call, state, &addr, pair ? 4u : insn->access_bytes, &first);
    if (core && !pair && insn->access_bytes == 4 && insn->rd < SP &&
            whole_is_place_(&addr) && addr.of == state->reg[SP].of &&
            !(addr.low & 3) && -(int32_t)addr.low / 4 > 0 &&
            -(int32_t)addr.low / 4 <= (int32_t)WHOLE_SLOTS) {
        state->copy_of[insn->rd] = (uint8_t)(-(int32_t)addr.low / 4);
    }
    if (pair) {
        addr = whole_add_(&w->world, &addr, &four);
        whole_store_(w, call, state, &addr, 4, &second);
    }
    if (insn->writeback) {
        set(w, call, state, insn->rn, &after);
    }
    if (core && !pair && insn->rd2 < 16) { // STREX
        const struct whole_value_ status = whole_range_(0, 1, 0);
        set(w, call, state, insn->rd2, &status);
    }
    return next;
}

// The first address of a block, and the base register after it.
static struct whole_value_ block_of(struct whole *w,
        const struct whole_state_ *state, const struct thumb_insn *insn,
        struct whole_value_ *after) {
    const struct whole_value_ base = whole_get_(state, insn, insn->rn);
    const struct whole_value_ size = whole_const_(insn->access_bytes);
    *after = insn->decrement ? whole_sub_(&w->world, &base, &size)
                             : whole_add_(&w->world, &base, &size);
    return insn->decrement ? *after : base;
}

static struct whole_jump_ load_block(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    struct whole_value_ after, loaded[16];
    struct whole_value_ addr = block_of(w, state, insn, &after);
    const struct whole_value_ four = whole_const_(4);
    whole_accesses_(w, &addr, insn->access_bytes);
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            loaded[r] = whole_load_(w, call, state, &addr, 4);
            addr = whole_add_(&w->world, &addr, &four);
        }
    }
    if (insn->writeback) {
        set(w, call, state, insn->rn, &after);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (insn->list >> r & 1) {
            set(w, call, state, r, &loaded[r]);
        }
    }
    return insn->list >> PC ? jump(&loaded[PC]) : next;
}

static struct whole_jump_ store_block(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    struct whole_value_ after;
    struct whole_value_ addr = block_of(w, state, insn, &after);
    const struct whole_value_ any = whole_any_(), four = whole_const_(4);
    const unsigned words =
            insn->floating ? insn->access_bytes / 4u : 16u;
    // First the stack pointer: what is below it is lost.
    const bool push = insn->rn == SP && insn->writeback;
    if (push) {
        set(w, call, state, SP, &after);
    }
    for (unsigned r = 0; r < words && !whole_stopped_(w); r++) {
        if (insn->floating || insn->list >> r & 1) {
            const struct whole_value_ data =
                    insn->floating ? any : whole_get_(state, insn, r);
            whole_store_(w, call, state, &addr, 4, &data);
            addr = whole_add_(&w->world, &addr, &four);
        }
    }
    if (insn->writeback && !push) {
        set(w, call, state, insn->rn, &after);
    }
    return next;
}

struct whole_jump_ whole_step_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn,
        bool in_it) {
    struct whole_value_ to, after;
    switch (insn->op) {
    case THUMB_UNDEFINED:
        whole_stop_(w, "runs an instruction that is not known");
        return (struct whole_jump_){.next = WHOLE_ENDS};
    case THUMB_MOVT: {
        const struct whole_value_ mask = whole_const_(0xFFFFu);
        const struct whole_value_ high = whole_const_(insn->imm << 16);
        const struct whole_value_ low =
                whole_and_(&w->world, &state->reg[insn->rd], &mask);
        whole_set_(state, insn->rd, whole_or_(&w->world, &low, &high));
        return next;
    }
    case THUMB_UXTH:
    case THUMB_UXTB: {
        const struct whole_value_ mask =
                whole_const_(insn->op == THUMB_UXTB ? 0xFFu : 0xFFFFu);
        const struct whole_value_ rm = whole_get_(state, insn, insn->rm);
        whole_set_(state, insn->rd, whole_and_(&w->world, &rm, &mask));
        return next;
    }
    case THUMB_OTHER:
        return other(w, call, state, insn, in_it);
    case THUMB_LOAD:
        return load(w, call, state, insn);
    case THUMB_STORE:
        return store(w, call, state, insn);
    case THUMB_LOAD_MULTIPLE:
        return load_block(w, call, state, insn);
    case THUMB_STORE_MULTIPLE:
        return store_block(w, call, state, insn);
    case THUMB_PRELOAD:
        to = address(w, state, insn, &after);
        whole_accesses_(w, &to, 1);
        return next;
    case THUMB_SVC:
    case THUMB_BKPT:
        return next;
    case THUMB_UDF:
        return (struct whole_jump_){.next = WHOLE_ENDS};
    case THUMB_BL:
        return (struct whole_jump_){.next = WHOLE_CALLS,
                .targets = whole_const_(insn->target | 1)};
    case THUMB_BX:
    case THUMB_BLX:
        to = whole_get_(state, insn, insn->rm);
        if (insn->secure) {
            whole_stop_(w, "changes the security state");
        }
        return (struct whole_jump_){
                .next = insn->op == THUMB_BX ? WHOLE_GOES : WHOLE_CALLS,
                .targets = to};
    default:
        return arithmetic(w, call, state, insn, in_it);
    }
}
