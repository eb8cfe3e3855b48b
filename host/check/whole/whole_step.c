/*
 * whole_step - executes one instruction on sets of values
 *
 * SPDX-License-Identifier: MIT
 *
 * Branches with a condition, tables of them and IT are whole_path.c's.
 */
#include "check/whole/whole_priv.h"

enum { SP = 13, LR = 14, PC = 15 };

struct whole_value_ whole_get_(const struct whole_state_ *state,
        const struct thumb_insn *insn, unsigned r) {
    return r == PC   ? whole_const_(insn->addr + 4)
            : r < PC ? state->reg[r]
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
    if (state->sum.to == r || state->sum.from == r) {
        state->sum = (struct whole_sum_){0};
    }
    state->copy_of[r] = 0;
    state->reg[r] = value;
}

void whole_set_any_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned r,
        const struct whole_value_ *value) {
    if (r == SP) {
        whole_set_sp_(w, call, state, value);
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

struct whole_value_ whole_multiply_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    uint32_t low, high;
    if (a->kind == WHOLE_SET && b->kind != WHOLE_SET) {
        return whole_multiply_(world, b, a);
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
        return whole_xor_(world, a, b);
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
        return whole_multiply_(world, a, b);
    default:
        return whole_any_();
    }
}

// Armv7-M ARM A2.2.1: the last bit that a shift of one number drops.
static enum whole_outcome_ carry_of(const struct whole_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned n = insn->amount;
    if (insn->op != THUMB_MOV || insn->immediate || insn->rm >= SP || !n ||
            n > 32 || insn->shift > THUMB_SHIFT_ASR ||
            !whole_is_const_(&state->reg[insn->rm])) {
        return WHOLE_EITHER;
    }
    const uint32_t v = state->reg[insn->rm].v[0];
    const unsigned bit = insn->shift == THUMB_SHIFT_LSL ? 32 - n : n - 1;
    return v >> bit & 1 ? WHOLE_HOLDS : WHOLE_FAILS;
}

static void set_flags(struct whole_state_ *state, const struct thumb_insn *insn,
        const struct whole_value_ *a, const struct whole_value_ *b,
        const struct whole_value_ *result, enum whole_outcome_ carry) {
    const bool turned = insn->op == THUMB_RSB;
    // Armv7-M ARM A2.2.1: a + b sets the flags as a - (-b) does, but for b that
    // is its own negative.
    const bool sum = insn->op == THUMB_ADD && whole_is_const_(b) &&
            b->v[0] != 0u - b->v[0];
    const struct whole_value_ negative = whole_const_(0u - b->v[0]);
    b = sum ? &negative : b;
    if (turned || sum || insn->op == THUMB_SUB) {
        // A register that the instruction wrote holds neither any more.
        const uint8_t rn = insn->rn != insn->rd ? insn->rn : THUMB_NONE;
        const uint8_t rm = !sum && !insn->immediate && !insn->amount &&
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
            .carry = carry,
            .a = *result,
            .b = whole_const_(0)};
}

void whole_limit_(struct whole_call_ *call, uint32_t limit) {
    for (unsigned i = 0; i < call->limit_count; i++) {
        if (call->limits[i] == limit) {
            return;
        }
    }
    if (call->limit_count < WHOLE_LIMITS) {
        call->limits[call->limit_count++] = limit;
    }
}

// Where what the instruction compares or masks may end.
static void limits_of(struct whole_call_ *call, const struct thumb_insn *insn,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    if (insn->op == THUMB_SUB && insn->rd == THUMB_NONE) {
        if (whole_is_const_(b)) {
            whole_limit_(call, b->v[0]);
        } else if (whole_is_const_(a)) {
            whole_limit_(call, a->v[0]);
        }
    } else if (insn->op == THUMB_AND && whole_is_const_(b) &&
            !(b->v[0] & (b->v[0] + 1))) {
        whole_limit_(call, b->v[0] + 1);
    }
}

static struct whole_jump_ jump(const struct whole_value_ *to) {
    return (struct whole_jump_){.next = WHOLE_GOES, .targets = *to};
}

static const struct whole_jump_ next = {.next = WHOLE_NEXT};

// Of two operands that have different bits, both are in the result.
static bool puts_together(const struct thumb_insn *insn) {
    return insn->rd != THUMB_NONE &&
            (insn->op == THUMB_ADD || insn->op == THUMB_ORR ||
                    insn->op == THUMB_EOR);
}

// In flash it has other than 16 zero bits, which are rather bits of a register.
static bool is_address(struct whole *w, uint32_t v) {
    const struct whole_value_ one = whole_const_(v);
    return w->world.is_ram(w->world.ctx, v, v) ||
            (v & 0xFFFFu && whole_leads_(w, &one));
}

#define PLACES_MAX 4096u

// An address of data that goes into a number of a device, which may go to a
// device: as if it went there as it is. Of a range, as of places in a table,
// the first one is such, too: a field that is not known begins with 0. NULL:
// that is not so.
static const struct whole_value_ *meets_number(struct whole *w,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    static const struct whole_value_ number = {.kind = WHOLE_NUMBER};
    const struct whole_value_ *set = a->kind == WHOLE_NUMBER ? b : a;
    const bool places = set->kind == WHOLE_RANGE &&
            (set->high - set->low) >> set->step < PLACES_MAX &&
            is_address(w, set->low);
    uint32_t v;
    bool given = false;
    if ((a->kind != WHOLE_NUMBER && b->kind != WHOLE_NUMBER) ||
            (set->kind != WHOLE_SET && !places)) {
        return NULL;
    }
    for (uint32_t i = 0; whole_each_(set, i, &v); i++) {
        if (is_address(w, v)) {
            const struct whole_value_ one = whole_const_(v);
            whole_give_(w, &one);
            given = true;
        }
    }
    return given ? &number : NULL;
}

static struct whole_jump_ arithmetic(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it) {
    const bool narrow = insn->size_bytes == 2 && insn->rd != THUMB_NONE;
    const struct whole_value_ a = insn->rn == THUMB_NONE
            ? whole_const_(0)
            : whole_get_(state, insn, insn->rn);
    const struct whole_value_ b = operand2(state, insn);
    const struct whole_value_ *const number =
            puts_together(insn) ? meets_number(w, &a, &b) : NULL;
    struct whole_value_ result = number ? *number : result_of(w, insn, &a, &b);
    if (insn->rn == PC && insn->immediate) {
        result = whole_const_(insn->target);
    }
    if (insn->rd == PC) {
        const struct whole_value_ one = whole_const_(1);
        result = whole_or_(&w->world, &result, &one);
        return jump(&result);
    }
    const bool copies = insn->op == THUMB_MOV && !insn->immediate &&
            !insn->amount && insn->shift == THUMB_SHIFT_LSL && insn->rm < PC;
    const uint8_t copied = copies ? state->copy_of[insn->rm] : 0;
    const enum whole_outcome_ carry = carry_of(state, insn);
    limits_of(call, insn, &a, &b);
    if (insn->rd != THUMB_NONE) {
        whole_set_any_(w, call, state, insn->rd, &result);
        if (insn->rd < SP) {
            state->copy_of[insn->rd] = copied;
        }
        if ((insn->op == THUMB_ADD || insn->op == THUMB_SUB) &&
                insn->immediate && insn->rn < SP && insn->rd < SP &&
                insn->rd != insn->rn) {
            state->sum = (struct whole_sum_){insn->rd, insn->rn,
                    insn->op == THUMB_ADD ? insn->imm : 0u - insn->imm};
        } else if (copies && insn->rm < SP && insn->rd < SP &&
                insn->rd != insn->rm && state->sum.to == state->sum.from) {
            state->sum = (struct whole_sum_){insn->rd, insn->rm, 0};
        }
    }
    if (insn->sets_flags && !(in_it && narrow)) {
        set_flags(state, insn, &a, &b, &result, carry);
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
            whole_set_any_(w, call, state, insn->rn, &after);
        }
        return next;
    }
    w->pushes = insn->rn == SP && insn->writeback;
    const struct whole_value_ raw =
            whole_load_(w, call, state, &addr, pair ? 4u : insn->access_bytes);
    const struct whole_value_ first = extended(&raw, insn);
    const struct whole_value_ behind = whole_add_(&w->world, &addr, &four);
    const struct whole_value_ second =
            pair ? whole_load_(w, call, state, &behind, 4) : whole_any_();
    if (insn->writeback) {
        whole_set_any_(w, call, state, insn->rn, &after);
    }
    if (insn->rd == PC) {
        return jump(&first);
    }
    whole_set_any_(w, call, state, insn->rd, &first);
    const int32_t slot = -(int32_t)addr.low / 4;
    if (whole_is_place_(&addr) && addr.of == state->reg[SP].of && slot > 0 &&
            slot <= (int32_t)WHOLE_SLOTS && insn->access_bytes == 4 &&
            !(addr.low & 3) && insn->rd < SP) {
        state->copy_of[insn->rd] = (uint8_t)slot;
    }
    if (pair) {
        whole_set_any_(w, call, state, insn->rd2, &second);
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
    const bool exclusive = core && !pair && insn->rd2 < 16; // STREX
    w->floating = insn->floating;
    w->by_sp = insn->rn == SP;
    w->pushes = insn->rn == SP && insn->writeback;
    struct whole_value_ data = first;
    if (exclusive) { // which may fail
        const struct whole_value_ old =
                whole_load_(w, call, state, &addr, insn->access_bytes);
        data = whole_join_(&w->world, &old, &data);
    }
    whole_store_(w, call, state, &addr, pair ? 4u : insn->access_bytes, &data);
    if (core && !pair && !exclusive && insn->access_bytes == 4 &&
            insn->rd < SP && whole_is_place_(&addr) &&
            addr.of == state->reg[SP].of && !(addr.low & 3) &&
            -(int32_t)addr.low / 4 > 0 &&
            -(int32_t)addr.low / 4 <= (int32_t)WHOLE_SLOTS) {
        state->copy_of[insn->rd] = (uint8_t)(-(int32_t)addr.low / 4);
    }
    if (pair) {
        addr = whole_add_(&w->world, &addr, &four);
        whole_store_(w, call, state, &addr, 4, &second);
    }
    if (insn->writeback) {
        whole_set_any_(w, call, state, insn->rn, &after);
    }
    if (exclusive) {
        const struct whole_value_ status = whole_range_(0, 1, 0);
        whole_set_any_(w, call, state, insn->rd2, &status);
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
    struct whole_value_ own, others = {0};
    const struct whole_value_ four = whole_const_(4);
    whole_accesses_(w, &addr, insn->access_bytes);
    w->pushes = insn->rn == SP && insn->writeback;
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            loaded[r] = whole_load_(w, call, state, &addr, 4);
            // The return address, and what others put in its place.
            if (r == PC &&
                    whole_frame_parts_(w, call, state, &addr, &own, &others)) {
                loaded[r] = own;
            }
            addr = whole_add_(&w->world, &addr, &four);
        }
    }
    if (insn->writeback) {
        whole_set_any_(w, call, state, insn->rn, &after);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (insn->list >> r & 1) {
            whole_set_any_(w, call, state, r, &loaded[r]);
        }
    }
    struct whole_jump_ to = insn->list >> PC ? jump(&loaded[PC]) : next;
    to.others = others;
    return to;
}

static struct whole_jump_ store_block(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn) {
    struct whole_value_ after;
    struct whole_value_ addr = block_of(w, state, insn, &after);
    const struct whole_value_ any = whole_any_(), four = whole_const_(4);
    const unsigned words = insn->floating ? insn->access_bytes / 4u : 16u;
    // First the stack pointer: what is below it is lost.
    const bool push = insn->rn == SP && insn->writeback && insn->decrement;
    w->floating = insn->floating;
    w->by_sp = insn->rn == SP;
    w->pushes = push;
    if (push) {
        whole_set_any_(w, call, state, SP, &after);
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
        whole_set_any_(w, call, state, insn->rn, &after);
    }
    return next;
}

// Coprocessors 0 to 7 may be extensions that work on core registers (Armv8-M
// ARM, CDE).
static bool is_custom(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 &&
            (insn->encoding & 0xEC000000u) == 0xEC000000u &&
            (insn->encoding >> 8 & 15) < 8;
}

#define SEMIHOSTING 0xABu

// Semihosting for AArch32, 5.4: what r0 asks for writes no memory that the
// block at r1 leads to, as SYS_READ, SYS_GET_CMDLINE, SYS_TMPNAM, SYS_HEAPINFO
// and SYS_ELAPSED do.
static bool only_reads(const struct whole_value_ *asked) {
    bool reads = asked->kind == WHOLE_SET;
    for (unsigned i = 0; i < asked->count && reads; i++) {
        const uint32_t v = asked->v[i];
        reads = v < 0x32u && v != 0x06u && v != 0x0du && v != 0x15u &&
                v != 0x16u && v != 0x30u;
    }
    return reads;
}

// A debugger answers in r0, and writes to memory as a device does (A6).
static void asks_debugger(struct whole *w, struct whole_state_ *state,
        const struct thumb_insn *insn) {
    if ((insn->encoding & 0xFFu) == SEMIHOSTING &&
            !only_reads(&state->reg[0])) {
        whole_give_(w, &state->reg[1]);
    }
    whole_set_(state, 0, whole_any_());
}

struct whole_jump_ whole_step_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct thumb_insn *insn, bool in_it) {
    struct whole_value_ to, after;
    if (is_custom(insn)) {
        whole_stop_(w, "runs an instruction of a coprocessor");
    }
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
        whole_limit_(call, mask.v[0] + 1);
        whole_set_(state, insn->rd, whole_and_(&w->world, &rm, &mask));
        return next;
    }
    case THUMB_OTHER:
        return whole_other_(w, call, state, insn, in_it)
                ? next
                : (struct whole_jump_){.next = WHOLE_ENDS};
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
        whole_lets_in_(w, state);
        return whole_svc_returns_(w, state)
                ? next
                : (struct whole_jump_){.next = WHOLE_ENDS};
    case THUMB_BKPT:
        whole_stores_with_(w, whole_tables_(w, state));
        asks_debugger(w, state, insn);
        return next;
    case THUMB_UDF:
        return (struct whole_jump_){.next = WHOLE_ENDS};
    case THUMB_BL:
        return (struct whole_jump_){
                .next = WHOLE_CALLS, .targets = whole_const_(insn->target | 1)};
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
