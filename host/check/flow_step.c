/*
 * flow_step - what one instruction does to registers and stack slots
 *
 * SPDX-License-Identifier: MIT
 *
 * Calls: AAPCS32 6.1.1, a callee may change r0 to r3, r12 and r14 and keeps
 * the others and the stack pointer.
 */
#include <stdio.h>
#include <string.h>

#include "flow_priv.h"

enum { SP = 13, LR = 14, PC = 15 };

/// Registers and slots ///

static struct value get(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned r) {
    if (r == PC) {
        return value_const(insn->addr + 4);
    }
    return r < 16 ? state->reg[r] : value_top();
}

static struct value *slot_at(struct flow_state_ *state,
        const struct value *addr) {
    if (addr->kind != VALUE_STACK || !addr->count) {
        return NULL;
    }
    const int32_t offset = (int32_t)addr->v[0];
    if (offset >= 0 || offset & 3 || offset < -4 * (int32_t)FLOW_SLOTS) {
        return NULL;
    }
    return &state->slot[-offset / 4 - 1];
}

// Somebody may have written to the frame; not to the return address, which
// only a broken program does.
static void wipe_slots(const struct flow_ *flow, struct flow_state_ *state) {
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        if (state->slot[i].kind != VALUE_RETURN) {
            state->slot[i] =
                    value_lost(&flow->model->world, &state->slot[i], NULL);
        }
    }
}

static void set(struct flow_ *flow, struct flow_state_ *state, unsigned r,
        struct value value) {
    if (r >= PC) {
        return;
    }
    state->reg[r] = value;
    if (r != SP) {
        return;
    }
    if (value.kind != VALUE_STACK || !value.count) {
        flow->stack_unknown = true;
    } else if (-(int32_t)value.v[0] > flow->result->stack_bytes) {
        flow->result->stack_bytes = -(int32_t)value.v[0];
    }
}

/// Events ///

static void tell_access(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    if (how != FLOW_LITERAL) {
        flow->result->returns_only = false;
    }
    if (flow->emit && addr->kind != VALUE_STACK) {
        flow->events->access(flow->events->ctx, insn, how, addr, bytes, data);
    }
}

static void tell_use(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_use how, const struct value *value) {
    uint32_t addr;
    if (flow->emit && value_forbidden(&flow->model->world, value, &addr)) {
        flow->events->use(flow->events->ctx, insn, how, value);
    }
}

static void tell_call(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, enum flow_call how,
        const struct value *target, bool direct) {
    if (how == FLOW_CALL) {
        flow->result->returns_only = false;
    }
    const struct value *sp = &state->reg[SP];
    const bool known = sp->kind == VALUE_STACK && sp->count;
    if (flow->emit) {
        flow->events->call(flow->events->ctx, insn, how, target, direct,
                state->reg, known ? -(int32_t)sp->v[0] : -1);
    }
}

void flow_call_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target) {
    tell_call(flow, state, insn, FLOW_TAIL, target, true);
}

// A flash address that was in none of the operands was made here.
static void tell_form(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b,
        const struct value *result) {
    const struct value_world *world = &flow->model->world;
    uint32_t addr;
    if (!flow->emit || result->kind == VALUE_TOP ||
            value_forbidden(world, a, &addr) ||
            (b && value_forbidden(world, b, &addr)) ||
            !value_forbidden(world, result, &addr)) {
        return;
    }
    flow->events->form(flow->events->ctx, insn, addr);
}

/// Arithmetic ///

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

static struct value operand2(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn) {
    static uint32_t (*const shifts[])(uint32_t, uint32_t) = {
            [THUMB_SHIFT_LSL] = do_lsl,
            [THUMB_SHIFT_LSR] = do_lsr,
            [THUMB_SHIFT_ASR] = do_asr,
            [THUMB_SHIFT_ROR] = do_ror,
    };
    if (insn->immediate) {
        return value_const(insn->imm);
    }
    const struct value value = get(state, insn, insn->rm);
    if (insn->shift == THUMB_SHIFT_RRX) {
        return value_lost(&flow->model->world, &value, NULL);
    }
    if (!insn->amount) {
        return value;
    }
    const struct value amount = value_const(insn->amount);
    return combine(flow, &value, &amount, shifts[insn->shift]);
}

static struct value subtract(struct flow_ *flow, const struct thumb_insn *insn,
        const struct value *a, const struct value *b) {
    if (value_is_const(b)) {
        const struct value minus = value_const(0u - b->v[0]);
        if (a->kind != VALUE_CONST || !model_forbidden(flow->model, b->v[0])) {
            uint32_t addr;
            if (value_forbidden(&flow->model->world, b, &addr)) {
                tell_use(flow, insn, FLOW_USE_COMPARE, b);
                return value_top();
            }
            return value_add(&flow->model->world, a, &minus);
        }
    }
    if (a->kind == VALUE_STACK) {
        return (struct value){.kind = VALUE_STACK, .count = 0};
    }
    if (b->kind != VALUE_CONST || a->kind != VALUE_CONST) {
        // A distance, or an object with an unknown offset as before.
        tell_use(flow, insn, FLOW_USE_COMPARE, b);
        if (a->kind == VALUE_INTO || a->kind == VALUE_PARAM) {
            return *a;
        }
        return value_lost(&flow->model->world, a, NULL);
    }
    return combine(flow, a, b, do_sub);
}

// Masks that align an address keep the object.
static struct value mask(struct flow_ *flow, const struct value *a,
        const struct value *b, uint32_t (*f)(uint32_t, uint32_t)) {
    if (a->kind == VALUE_STACK) {
        return (struct value){.kind = VALUE_STACK, .count = 0};
    }
    if ((a->kind == VALUE_INTO || a->kind == VALUE_PARAM) &&
            value_is_const(b)) {
        return *a;
    }
    return combine(flow, a, b, f);
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
        return subtract(flow, insn, a, b);
    case THUMB_RSB:
        return subtract(flow, insn, b, a);
    case THUMB_AND:
        return mask(flow, a, b, do_and);
    case THUMB_BIC:
        return mask(flow, a, b, do_bic);
    case THUMB_ORR:
        return mask(flow, a, b, do_or);
    case THUMB_EOR:
        return combine(flow, a, b, do_xor);
    case THUMB_ORN:
        return combine(flow, a, b, do_orn);
    case THUMB_LSL:
        return combine(flow, a, b, do_lsl);
    case THUMB_LSR:
        return combine(flow, a, b, do_lsr);
    case THUMB_ASR:
        return combine(flow, a, b, do_asr);
    case THUMB_ROR:
        return combine(flow, a, b, do_ror);
    case THUMB_MUL:
        return combine(flow, a, b, do_mul);
    case THUMB_MOVT:
        return combine(flow, a, b, do_movt);
    default:
        return value_lost(&flow->model->world, a, b);
    }
}

/// Jumps ///

static enum flow_end_ leave(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    tell_use(flow, insn, FLOW_USE_RETURN, &state->reg[0]);
    return FLOW_STOP;
}

static bool all_inside(const struct flow_ *flow, const struct value *target) {
    for (unsigned i = 0; i < target->count; i++) {
        if (!flow_inside_(flow, target->v[i] & ~1u)) {
            return false;
        }
    }
    return true;
}

static enum flow_end_ jump(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target) {
    if (target->kind == VALUE_RETURN) {
        return leave(flow, state, insn);
    }
    if (target->kind == VALUE_CONST && all_inside(flow, target)) {
        for (unsigned i = 0; i < target->count; i++) {
            flow_reach_(flow, target->v[i] & ~1u, state);
        }
        return FLOW_STOP;
    }
    tell_call(flow, state, insn, FLOW_TAIL, target, false);
    return FLOW_STOP;
}

// MOV pc and ADD pc: only what is exactly known is followed.
static enum flow_end_ computed_jump(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *target) {
    if (target->kind == VALUE_RETURN || target->kind == VALUE_CONST) {
        return jump(flow, state, insn, target);
    }
    // clang for ARMv6-M loads the arm's address, then moves it.
    if (insn->op == THUMB_MOV && target->kind == VALUE_ELEMENT &&
            flow_inside_(flow, target->v[0] & ~1u) &&
            flow_table_words_(flow, state, insn, target->v[0], 0)) {
        return FLOW_STOP;
    }
    if (insn->op == THUMB_MOV && insn->rm == LR && !insn->amount) {
        return leave(flow, state, insn);
    }
    flow_unknown_(flow, insn->addr, "U7",
            "the jump's target is computed, and no table tells it");
    return FLOW_STOP;
}

static enum flow_end_ arithmetic(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned first = insn->op == THUMB_MOVT ? insn->rd : insn->rn;
    struct value a = get(state, insn, first);
    struct value b = operand2(flow, state, insn);
    if (insn->rd == THUMB_NONE) {
        tell_use(flow, insn, FLOW_USE_COMPARE, &a);
        tell_use(flow, insn, FLOW_USE_COMPARE, &b);
        return FLOW_FALL;
    }
    struct value result;
    if (insn->op == THUMB_ADD && insn->rn == PC && insn->immediate) {
        result = value_const(insn->target); // ADR
    } else if (insn->op == THUMB_UXTB || insn->op == THUMB_UXTH) {
        const struct value m =
                value_const(insn->op == THUMB_UXTB ? 0xFF : 0xFFFF);
        a = get(state, insn, insn->rm);
        result = combine(flow, &a, &m, do_and);
    } else {
        if (insn->op == THUMB_MOV || insn->op == THUMB_MVN) {
            a = value_const(0);
        }
        result = compute(flow, insn, &a, &b);
    }
    if (insn->rd == PC) {
        return computed_jump(flow, state, insn, &result);
    }
    const bool copies = insn->op == THUMB_MOV && !insn->immediate;
    tell_form(flow, insn, &a,
            copies                    ? &b
                    : insn->immediate ? NULL
                                      : &b,
            &result);
    set(flow, state, insn->rd, result);
    return FLOW_FALL;
}

/// Memory ///

static struct value address_of(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        struct value *after) {
    if (insn->rn == PC) {
        *after = value_top();
        if (insn->immediate) {
            return value_const(insn->target);
        }
    }
    const struct value base = get(state, insn, insn->rn);
    struct value offset = operand2(flow, state, insn);
    *after = insn->subtract ? subtract(flow, insn, &base, &offset)
                            : value_add(&flow->model->world, &base, &offset);
    return insn->indexed ? *after : base;
}

// The words at a set of known addresses.
static struct value load_const(struct flow_ *flow, const struct value *addr,
        bool literal) {
    const struct value_world *world = &flow->model->world;
    struct value sum = {.kind = VALUE_NONE};
    for (unsigned i = 0; i < addr->count; i++) {
        uint32_t word;
        struct value one;
        if (!model_word(flow->model, addr->v[i], &word)) {
            one = value_top();
        } else if (literal || model_settled(flow->model, addr->v[i])) {
            one = value_const(word);
        } else {
            one = (struct value){.kind = VALUE_GUESS, .v = {word, addr->v[i]}};
        }
        sum = value_join(world, &sum, &one);
    }
    return sum;
}

static struct value load(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr,
        uint32_t bytes) {
    if (addr->kind == VALUE_STACK) {
        struct value *slot = slot_at(state, addr);
        if (!slot) {
            return value_top();
        }
        return bytes == 4 ? *slot : value_lost(&flow->model->world, slot, NULL);
    }
    if (bytes != 4) {
        return value_top();
    }
    switch (addr->kind) {
    case VALUE_CONST:
        return load_const(flow, addr, insn->rn == PC);
    case VALUE_INTO:
        return (struct value){.kind = VALUE_ELEMENT, .v = {addr->v[0]}};
    case VALUE_GUESS: {
        uint32_t word;
        if (addr->v[0] && model_word(flow->model, addr->v[0], &word)) {
            return (struct value){.kind = VALUE_GUESS, .v = {word, addr->v[1]}};
        }
        return value_top();
    }
    default:
        return value_top();
    }
}

static void store(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    if (addr->kind == VALUE_STACK) {
        struct value *slot = slot_at(state, addr);
        if (slot) {
            *slot = bytes == 4 && data ? *data : value_top();
        } else if (!addr->count) {
            wipe_slots(flow, state);
        }
        return;
    }
    tell_access(flow, insn, FLOW_STORE, addr, bytes, data);
    if (data && data->kind == VALUE_STACK) {
        state->escaped = true;
    }
    if (state->escaped && addr->kind == VALUE_TOP) {
        wipe_slots(flow, state);
    }
}

static enum flow_end_ jump_loaded(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *addr, const struct value *target) {
    const bool pops = insn->rn == SP;
    if (target->kind == VALUE_RETURN ||
            (pops && target->kind == VALUE_TOP && !target->tainted)) {
        return leave(flow, state, insn);
    }
    if (addr->kind == VALUE_INTO && model_settled(flow->model, addr->v[0]) &&
            flow_table_words_(flow, state, insn, addr->v[0], 0)) {
        return FLOW_STOP;
    }
    if (insn->rn == PC && target->kind == VALUE_CONST) {
        const struct value at = *target;
        if (all_inside(flow, &at)) {
            return jump(flow, state, insn, &at);
        }
        tell_call(flow, state, insn, FLOW_TAIL, &at, true);
        return FLOW_STOP;
    }
    return jump(flow, state, insn, target);
}

static enum flow_end_ load_one(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    const struct value addr = address_of(flow, state, insn, &after);
    const bool pair = insn->rd2 < 16 && insn->access_bytes == 8;
    const uint32_t bytes = pair ? 4 : insn->access_bytes;
    tell_access(flow, insn, insn->rn == PC ? FLOW_LITERAL : FLOW_LOAD, &addr,
            insn->access_bytes, NULL);
    if (insn->floating) {
        if (insn->writeback) {
            set(flow, state, insn->rn, after);
        }
        return FLOW_FALL;
    }
    const struct value first = load(flow, state, insn, &addr, bytes);
    const struct value four = value_const(4);
    const struct value next = value_add(&flow->model->world, &addr, &four);
    const struct value second =
            pair ? load(flow, state, insn, &next, 4) : value_top();
    if (addr.kind == VALUE_CONST) {
        tell_form(flow, insn, &addr, NULL, &first);
        tell_form(flow, insn, &addr, NULL, &second);
    }
    if (insn->writeback) {
        set(flow, state, insn->rn, after);
    }
    if (insn->rd == PC) {
        return jump_loaded(flow, state, insn, &addr, &first);
    }
    set(flow, state, insn->rd, first);
    if (pair) {
        set(flow, state, insn->rd2, second);
    }
    return FLOW_FALL;
}

static enum flow_end_ store_one(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    const struct value addr = address_of(flow, state, insn, &after);
    const bool pair = insn->rd2 < 16 && insn->access_bytes == 8;
    const struct value first = get(state, insn, insn->rd);
    store(flow, state, insn, &addr, pair ? 4 : insn->access_bytes,
            insn->floating ? NULL : &first);
    if (pair) {
        const struct value four = value_const(4);
        const struct value next = value_add(&flow->model->world, &addr, &four);
        const struct value second = get(state, insn, insn->rd2);
        store(flow, state, insn, &next, 4, &second);
    } else if (insn->rd2 < 16) {
        set(flow, state, insn->rd2, value_top()); // STREX: the status
    }
    if (insn->writeback) {
        set(flow, state, insn->rn, after);
    }
    return FLOW_FALL;
}

// Lowest address of a block transfer, and the base register behind it.
static struct value block_of(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        struct value *after) {
    const struct value base = get(state, insn, insn->rn);
    const struct value bytes = value_const(insn->access_bytes);
    const struct value minus = value_const(0u - insn->access_bytes);
    *after = value_add(&flow->model->world, &base,
            insn->decrement ? &minus : &bytes);
    return insn->decrement ? *after : base;
}

static enum flow_end_ load_block(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    struct value addr = block_of(flow, state, insn, &after);
    tell_access(flow, insn, insn->rn == PC ? FLOW_LITERAL : FLOW_LOAD, &addr,
            insn->access_bytes, NULL);
    const struct value four = value_const(4);
    const struct value start = addr;
    struct value loaded[16];
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            loaded[r] = load(flow, state, insn, &addr, 4);
            if (addr.kind == VALUE_CONST) {
                tell_form(flow, insn, &addr, NULL, &loaded[r]);
            }
            addr = value_add(&flow->model->world, &addr, &four);
        }
    }
    if (insn->writeback) {
        set(flow, state, insn->rn, after);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (insn->list >> r & 1) {
            set(flow, state, r, loaded[r]);
        }
    }
    return insn->list >> PC
            ? jump_loaded(flow, state, insn, &start, &loaded[PC])
            : FLOW_FALL;
}

static enum flow_end_ store_block(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    struct value addr = block_of(flow, state, insn, &after);
    const struct value four = value_const(4);
    if (insn->floating) {
        store(flow, state, insn, &addr, insn->access_bytes, NULL);
    }
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            const struct value data = get(state, insn, r);
            store(flow, state, insn, &addr, 4, &data);
            addr = value_add(&flow->model->world, &addr, &four);
        }
    }
    if (insn->writeback) {
        set(flow, state, insn->rn, after);
    }
    return FLOW_FALL;
}

/// Calls and branches ///

static void after_call(struct flow_ *flow, struct flow_state_ *state) {
    for (unsigned r = 0; r < 4; r++) {
        if (state->reg[r].kind == VALUE_STACK) {
            state->escaped = true;
        }
    }
    if (state->escaped) {
        wipe_slots(flow, state);
    }
    for (unsigned r = 0; r < 4; r++) {
        state->reg[r] = value_top();
    }
    state->reg[12] = state->reg[LR] = value_top();
}

// C11 7.24.2 and 7.24.6: these return their first argument, and compilers use
// that instead of keeping it.
static bool returns_argument(const struct flow_ *flow, uint32_t target) {
    static const char *const names[] = {
            "memcpy", "memmove", "memset", "strcpy", "strncpy", "strcat"};
    const struct elf_symbol *symbol = model_symbol(flow->model, target);
    for (size_t i = 0; symbol && i < sizeof names / sizeof names[0]; i++) {
        char veneer[32];
        snprintf(veneer, sizeof veneer, "__%s_veneer", names[i]);
        if (!strcmp(symbol->name, names[i]) || !strcmp(symbol->name, veneer)) {
            return true;
        }
    }
    return false;
}

// libgcc's switch helpers for ARMv6-M take the table behind the call and do
// not return to it.
static bool switch_helper(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, enum flow_end_ *end) {
    static const struct {
        const char *suffix;
        unsigned width;
        bool sign;
    } kinds[] = {{"sqi", 1, true}, {"uqi", 1, false}, {"shi", 2, true},
            {"uhi", 2, false}, {"si", 4, true}};
    static const char prefix[] = "__gnu_thumb1_case_";
    const struct elf_symbol *symbol = model_symbol(flow->model, insn->target);
    const char *name = symbol ? strstr(symbol->name, prefix) : NULL;
    for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++) {
        const size_t length = strlen(kinds[i].suffix);
        const char *rest = name + sizeof prefix - 1;
        // Behind the name nothing, or "_veneer".
        if (strncmp(rest, kinds[i].suffix, length) ||
                (rest[length] && rest[length] != '_')) {
            continue;
        }
        const uint32_t table = insn->addr + 4;
        const struct value target = value_const(insn->target | 1);
        tell_call(flow, state, insn, FLOW_CALL, &target, true);
        state->reg[0] = state->reg[12] = state->reg[LR] = value_top();
        const bool good = kinds[i].width == 4
                ? flow_table_words_(flow, state, insn, (table + 3) & ~3u,
                          (table + 3) & ~3u)
                : flow_table_offsets_(flow, state, insn, table, kinds[i].width,
                          kinds[i].sign, table);
        if (!good) {
            flow_unknown_(flow, insn->addr, "U7",
                    "the switch table behind this call makes no sense");
        }
        *end = FLOW_STOP;
        return true;
    }
    return false;
}

static enum flow_end_ call_direct(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    enum flow_end_ end;
    if (switch_helper(flow, state, insn, &end)) {
        return end;
    }
    if (flow_inside_(flow, insn->target) && insn->target != flow->entry_addr) {
        // A long jump of ARMv6-M, or a routine inside a routine.
        flow_reach_(flow, insn->target, state);
    } else {
        const struct value target = value_const(insn->target | 1);
        tell_call(flow, state, insn, FLOW_CALL, &target, true);
    }
    const struct value first = state->reg[0];
    after_call(flow, state);
    if (returns_argument(flow, insn->target)) {
        state->reg[0] = first;
    }
    return FLOW_AFTER_CALL;
}

static enum flow_end_ branch(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, bool conditional) {
    if (flow_inside_(flow, insn->target)) {
        flow_reach_(flow, insn->target, state);
    } else {
        const struct value target = value_const(insn->target | 1);
        tell_call(flow, state, insn, FLOW_TAIL, &target, true);
    }
    return conditional ? FLOW_FALL : FLOW_STOP;
}

static enum flow_end_ table(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value base = get(state, insn, insn->rn);
    tell_access(flow, insn, FLOW_TABLE, &base, insn->access_bytes, NULL);
    if (!value_is_const(&base) ||
            !flow_table_offsets_(flow, state, insn, base.v[0],
                    insn->access_bytes, false, insn->addr + 4)) {
        flow_unknown_(flow, insn->addr, "U7",
                "the switch table cannot be read");
    }
    return FLOW_STOP;
}

static void clobber(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value lost = value_top();
    for (unsigned r = 0; r < PC; r++) {
        uint32_t addr;
        if (insn->reads >> r & 1 && !lost.tainted &&
                value_forbidden(&flow->model->world, &state->reg[r], &addr)) {
            lost = value_lost(&flow->model->world, &state->reg[r], NULL);
        }
    }
    for (unsigned r = 0; r < PC; r++) {
        if (insn->writes >> r & 1) {
            set(flow, state, r, lost);
        }
    }
}

static enum flow_end_ control(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value target = get(state, insn, insn->rm);
    switch (insn->op) {
    case THUMB_B:
        return branch(flow, state, insn, insn->cond != THUMB_AL);
    case THUMB_CBZ:
    case THUMB_CBNZ:
        return branch(flow, state, insn, true);
    case THUMB_BL:
        return call_direct(flow, state, insn);
    case THUMB_BX:
        if (insn->rm == LR && target.kind == VALUE_TOP) {
            return leave(flow, state, insn);
        }
        return jump(flow, state, insn, &target);
    case THUMB_BLX:
        tell_call(flow, state, insn, FLOW_CALL, &target, false);
        after_call(flow, state);
        return FLOW_AFTER_CALL;
    case THUMB_TABLE:
        return table(flow, state, insn);
    case THUMB_UDF:
        return FLOW_STOP;
    case THUMB_SVC: // the handler is a vector; it may return values
        after_call(flow, state);
        return FLOW_FALL;
    default:
        return FLOW_FALL; // BKPT
    }
}

enum flow_end_ flow_step_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    switch (insn->op) {
    case THUMB_UNDEFINED:
        flow_unknown_(flow, insn->addr, "U4",
                "this is no instruction that the checker knows");
        for (unsigned r = 0; r < PC; r++) {
            state->reg[r] = value_top();
        }
        return FLOW_FALL;
    case THUMB_OTHER:
        clobber(flow, state, insn);
        return FLOW_FALL;
    case THUMB_LOAD:
        return load_one(flow, state, insn);
    case THUMB_STORE:
        return store_one(flow, state, insn);
    case THUMB_LOAD_MULTIPLE:
        return load_block(flow, state, insn);
    case THUMB_STORE_MULTIPLE:
        return store_block(flow, state, insn);
    case THUMB_PRELOAD: {
        const struct value addr = address_of(flow, state, insn, &after);
        tell_access(flow, insn, FLOW_PRELOAD, &addr, 1, NULL);
        return FLOW_FALL;
    }
    default:
        return insn->op < THUMB_OTHER ? arithmetic(flow, state, insn)
                                      : control(flow, state, insn);
    }
}
