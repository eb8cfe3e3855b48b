/*
 * flow_step - what one instruction does to registers and stack slots
 *
 * SPDX-License-Identifier: MIT
 *
 * Calls: AAPCS32 6.1.1, a callee may change r0 to r3, r12 and r14 and keeps
 * the others and the stack pointer.
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

// Addresses that lie in what other code knows.
static void spread(struct flow_state_ *state) {
    for (unsigned i = 0; state->escaped && i < FLOW_SLOTS; i++) {
        const struct value *v = &state->slot[i];
        state->above_escaped |=
                v->kind == VALUE_STACK && (!v->count || (int32_t)v->v[0] >= 0);
    }
    for (unsigned i = 0; state->above_escaped && i < FLOW_ABOVE; i++) {
        const struct value *v = &state->above[i];
        state->escaped |=
                v->kind == VALUE_STACK && (!v->count || (int32_t)v->v[0] < 0);
    }
}

// Other code knows the address of the word at `at`, or of a register that was
// saved below it: then it can change the return address, too.
static void expose(struct value *word, int32_t at, int32_t address) {
    if (value_is_return(word) && word->v[1] && address < at + 4 &&
            address >= at - 4 * (int32_t)(word->v[1] - 1)) {
        *word = value_variable(word);
    }
}

static void expose_all(struct flow_state_ *state, int32_t address) {
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        expose(&state->slot[i], -4 * (int32_t)(i + 1), address);
    }
    for (unsigned i = 0; state->inlined && i < FLOW_ABOVE; i++) {
        expose(&state->above[i], 4 * (int32_t)i, address);
    }
}

void flow_escape_(struct flow_state_ *state, const struct value *value) {
    if (value->kind != VALUE_STACK) {
        return;
    }
    if (value->count) {
        expose_all(state, (int32_t)value->v[0]);
    }
    // The frame is below the stack pointer at the entry.
    const bool above = value->count && (int32_t)value->v[0] >= 0;
    state->arguments_changed |= above;
    state->escaped |= !above;
    if (state->inlined) {
        state->above_escaped |= above || !value->count;
        spread(state);
        spread(state); // what the first one found
    }
}

bool flow_known_(const struct flow_state_ *state) {
    return state->escaped || state->above_escaped;
}

static void emit_gone(const struct flow_ *flow, const struct thumb_insn *insn,
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
        emit_gone(flow, insn, value, FLOW_GONE_OTHER);
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
    if (value_equal(value, result) || length) {
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
            emit_gone(flow, NULL, word, FLOW_GONE_FRAME);
            *word = value_lost(&flow->model->world, word, NULL);
        }
    }
}

void flow_forget_frame_(struct flow_ *flow, struct flow_state_ *state) {
    state->arguments_changed = true;
    forget_above(flow, state);
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        if (state->slot[i].kind != VALUE_RETURN || !state->slot[i].v[1]) {
            emit_gone(flow, NULL, &state->slot[i], FLOW_GONE_FRAME);
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

/// Jumps ///

// AAPCS32 6.4: the result is in r0, or in r0 and r1.
static void leave_values(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    flow_emit_use_(flow, insn, FLOW_USE_RETURN, &state->reg[0]);
    emit_gone(flow, insn, &state->reg[0], FLOW_GONE_RETURN);
    emit_gone(flow, insn, &state->reg[1], FLOW_GONE_RETURN_HIGH);
}

// The caller goes on with the stack pointer that it had. MSR to it was
// reported.
static void check_sp(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const struct value *sp = &state->reg[SP];
    const bool kept = sp->kind == VALUE_STACK && sp->count && !sp->v[0];
    flow->gave_up |= !kept && flow->outer;
    if (!kept && !(sp->kind == VALUE_STACK && sp->v[1])) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                "leaves with another stack pointer than it was called with");
    }
}

enum flow_end_ flow_leave_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    check_sp(flow, state, insn);
    leave_values(flow, state, insn);
    flow_left_(flow, state);
    return FLOW_STOP;
}

enum flow_end_ flow_return_unknown_(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const char *detail) {
    leave_values(flow, state, insn);
    flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN, detail);
    return FLOW_STOP;
}

bool flow_all_inside_(const struct flow_ *flow, const struct value *target) {
    for (unsigned i = 0; i < target->count; i++) {
        if (!flow_inside_(flow, target->v[i] & ~1u)) {
            return false;
        }
    }
    return true;
}

enum flow_end_ flow_jump_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target) {
    if (target->kind == VALUE_RETURN) {
        return flow_leave_(flow, state, insn);
    }
    // Armv7-M ARM B1.5.8, EXC_RETURN: the stacked PC says where it goes.
    if (value_is_const(target) && target->v[0] >= 0xFF000000u) {
        return flow_return_unknown_(flow, state, insn,
                "returns from an exception by an EXC_RETURN of its own");
    }
    if (target->kind == VALUE_CONST && flow_all_inside_(flow, target)) {
        for (unsigned i = 0; i < target->count; i++) {
            flow_reach_(flow, target->v[i] & ~1u, state);
        }
        return FLOW_STOP;
    }
    flow_tail_(flow, state, insn, target, false);
    return FLOW_STOP;
}

static const char unknown_lr[] =
        "returns to an address in lr that is not the one it was called with";

enum flow_end_ flow_computed_jump_(struct flow_ *flow,
        const struct flow_state_ *state, const struct thumb_insn *insn,
        const struct value *target) {
    if (target->kind == VALUE_RETURN) {
        return flow_jump_(flow, state, insn, target);
    }
    if (target->kind == VALUE_CONST) {
        // Armv7-M ARM A2.3.1: these stay in Thumb state, whatever bit 0 is.
        struct value thumb = *target;
        for (unsigned i = 0; i < thumb.count; i++) {
            thumb.v[i] |= 1;
        }
        return flow_jump_(flow, state, insn, &thumb);
    }
    // clang for ARMv6-M loads the arm's address, then moves it.
    if (insn->op == THUMB_MOV && target->kind == VALUE_WORD_OF &&
            !target->tainted && target->count == 1 &&
            flow_inside_(flow, target->v[0] & ~1u) &&
            flow_table_words_(flow, state, insn, target->v[0], 0)) {
        return FLOW_STOP;
    }
    if (insn->op == THUMB_MOV && insn->rm == LR && !insn->amount) {
        return flow_return_unknown_(flow, state, insn, unknown_lr);
    }
    flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
            "the jump's target is computed, and no table was found");
    return FLOW_STOP;
}

/// Flags ///

static bool is_coprocessor(const struct thumb_insn *insn) {
    return insn->size_bytes == 4 &&
            (insn->encoding & 0xEC000000u) == 0xEC000000u &&
            (insn->encoding >> 8 & 15) < 8;
}

bool flow_is_custom_(const struct thumb_insn *insn) {
    return is_coprocessor(insn) &&
            (insn->encoding & 0x03000000u) == 0x02000000u;
}

bool flow_is_opaque_(const struct thumb_insn *insn) {
    return is_coprocessor(insn) &&
            (insn->op == THUMB_LOAD || insn->op == THUMB_STORE);
}

// Armv8-M ARM C2.4, CX1 to CX3: the destination is in bits 15 to 12, of CX3 in
// 3 to 0, and the next register, too, if bit 6 is set.
uint32_t flow_changes_(const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    if (e == 0xF3AF801Du || e == 0xF3AF800Du) {
        return 1u << 12; // PAC, PACBTI (Armv8-M ARM C2.4): else a hint
    }
    if (!flow_is_custom_(insn)) {
        return insn->writes;
    }
    const uint32_t pair = e & 0x40 ? 3 : 1;
    return (insn->writes | pair << (e >> 12 & 15) | pair << (e & 15)) & 0x7FFF;
}

// Of wide instructions bit 20 says so (Armv7-M ARM A5.3.1, A5.3.11); VMRS to
// APSR and MSR (B5.2.3) do, and what has the flags for its destination.
static bool wide_sets_flags(const struct thumb_insn *insn) {
    if (flow_is_custom_(insn)) {
        return true;
    }
    if ((insn->encoding & 0xFFF0F000u) == 0xF3808000u) {
        return true;
    }
    return (insn->encoding & 0xEC000000u) == 0xEC000000u // a coprocessor's
            ? insn->encoding == 0xEEF1FA10u
            : insn->encoding >> 20 & 1;
}

// Of narrow ones: shifts, additions, immediates, data processing (A5.2.1,
// A5.2.2) and CMP of high registers (A5.2.3).
bool flow_sets_flags_(const struct thumb_insn *insn) {
    if (insn->op > THUMB_OTHER || insn->op == THUMB_UNDEFINED) {
        return insn->op == THUMB_UNDEFINED;
    }
    return insn->size_bytes == 2
            ? insn->encoding < 0x4400u || insn->encoding >> 8 == 0x45u
            : wide_sets_flags(insn);
}

bool flow_it_sets_flags_(const struct thumb_insn *insn) {
    return insn->op == THUMB_UNDEFINED ||
            (insn->op <= THUMB_OTHER &&
                    (insn->size_bytes == 2 ? insn->rd == THUMB_NONE
                                           : wide_sets_flags(insn)));
}

/// Calls and branches ///

// AAPCS32 6.1.1: r0 to r3, r12, lr.
#define SCRATCH 0x500Fu

static bool says_nothing(const struct value *v) {
    return v->kind == VALUE_TOP && !v->count && !v->tainted;
}

// The words at the stack pointer are the callee's, as far as they are its
// arguments.
static void forget_arguments(struct flow_ *flow, struct flow_state_ *state,
        const struct value *target) {
    const struct value *sp = &state->reg[SP];
    const bool known = sp->kind == VALUE_STACK && sp->count;
    const int32_t first = known ? (int32_t)sp->v[0] : INT32_MIN / 2;
    bool some = false;
    for (unsigned i = 0;
            !some && i < FLOW_SLOTS && -4 * (int32_t)(i + 1) >= first; i++) {
        some = !says_nothing(&state->slot[i]);
    }
    if (!some && first < 0) {
        return; // what is above the frame is not this function's to pass
    }
    const uint32_t bytes = flow_callee_of_(flow->model, target).above_bytes;
    if (!bytes) {
        return;
    }
    if (!known || bytes > 4 * FLOW_SLOTS) {
        flow_forget_frame_(flow, state);
        return;
    }
    const struct value at = value_stack(first);
    flow_overwrite_(flow, state, &at, bytes);
}

// writes: registers that the callee may change, of those it need not keep.
// target: the callee, or NULL: none that has arguments.
static void after_call(struct flow_ *flow, struct flow_state_ *state,
        uint32_t writes, const struct value *target) {
    if (target && !flow->alone) {
        forget_arguments(flow, state, target);
    }
    // In r0 to r3, in r12 (a nested function's chain), or in the frame: a
    // structure there may be what a pointer leads to, or an argument.
    for (unsigned r = 0; r < 4; r++) {
        flow_escape_(state, &state->reg[r]);
    }
    flow_escape_(state, &state->reg[12]);
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        flow_escape_(state, &state->slot[i]);
    }
    if (flow_known_(state)) {
        flow_forget_frame_(flow, state);
    }
    for (unsigned r = 0; r < PC; r++) {
        if (writes & SCRATCH & 1u << r) {
            state->reg[r] = value_top();
        }
    }
    flow_float_forget_(state, FLOW_SINGLES_LOST);
}

#define VENEERS 4u // one after the other

// The function that a call of target enters, past the linker's veneers.
static uint32_t entered(const struct flow_ *flow, uint32_t target) {
    uint32_t next;
    for (unsigned i = 0;
            i < VENEERS && flow_veneer(flow->model, target, &next) && next & 1;
            i++) {
        target = next & ~1u;
    }
    return target;
}

// C11 7.24.2 and 7.24.6: these return their first argument, and compilers use
// that instead of keeping it. Whether a function of that name does is looked
// at.
static bool returns_argument(struct flow_ *flow,
        const struct thumb_insn *insn) {
    static const char *const names[] = {
            "memcpy", "memmove", "memset", "strcpy", "strncpy", "strcat"};
    uint8_t *marks = &flow->marks[(insn->addr - flow->entry_addr) / 2];
    if (!(*marks & (FLOW_KEEPS | FLOW_CHANGES))) {
        const uint32_t addr = entered(flow, insn->target);
        const struct elf_symbol *symbol = model_symbol(flow->model, addr);
        bool keeps = false;
        for (size_t i = 0; symbol && symbol->addr == addr && !flow->nested &&
                i < sizeof names / sizeof names[0];
                i++) {
            keeps |= !strcmp(symbol->name, names[i]);
        }
        // Mostly, nothing looks at the result.
        keeps = keeps &&
                !flow_ignores(flow->model, insn->addr + insn->size_bytes, 0,
                        false) &&
                flow_returns_first_(flow->model, addr);
        *marks |= keeps ? FLOW_KEEPS : FLOW_CHANGES;
    }
    return *marks & FLOW_KEEPS;
}

// libgcc's switch helpers for ARMv6-M read the table after the call and do not
// return to it.
static bool switch_helper(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct flow_switch_ reads;
    if (!flow_switch_helper_(flow->model, entered(flow, insn->target),
                &reads)) {
        return false;
    }
    const uint32_t table = insn->addr + 4;
    const struct value target = value_const(insn->target | 1);
    flow_emit_call_(flow, state, insn, FLOW_CALL, &target, true);
    state->reg[0] = state->reg[12] = state->reg[LR] = value_top();
    const bool good = reads.width == 4
            ? flow_table_words_(flow, state, insn, (table + 3) & ~3u,
                      (table + 3) & ~3u)
            : flow_table_offsets_(
                      flow, state, table, reads.width, reads.sign, table);
    if (!good) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
                "the switch table after this call makes no sense");
    }
    return true;
}

static bool never_returns(struct flow_ *flow, const struct thumb_insn *insn) {
    uint8_t *marks = &flow->marks[(insn->addr - flow->entry_addr) / 2];
    if (!(*marks & (FLOW_RETURNS | FLOW_NEVER_RETURNS))) {
        *marks |= flow_never_returns_(flow->model, insn->target, 0)
                ? FLOW_NEVER_RETURNS
                : FLOW_RETURNS;
    }
    return *marks & FLOW_NEVER_RETURNS;
}

// The registers that the callee may change.
static uint32_t writes(struct flow_ *flow, const struct thumb_insn *insn) {
    uint16_t *known = &flow->writes[(insn->addr - flow->entry_addr) / 2];
    if (!*known) { // bit 14, LR, is set in all of them
        *known = (uint16_t)flow_writes_(flow->model, insn->target, 0);
    }
    return *known;
}

static enum flow_end_ call_direct(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    if (switch_helper(flow, state, insn)) {
        return FLOW_STOP;
    }
    if (flow_inside_(flow, insn->target) && insn->target != flow->entry_addr) {
        // A long jump of ARMv6-M, or a routine inside this one: it shares the
        // frame and returns by the address in LR.
        state->reg[LR] = value_const((insn->addr + insn->size_bytes) | 1);
        flow_reach_(flow, insn->target, state);
        return FLOW_STOP;
    }
    const struct value target = value_const(insn->target | 1);
    flow->called = target;
    flow_emit_call_(flow, state, insn, FLOW_CALL, &target, true);
    if (never_returns(flow, insn)) {
        flow_not_inlined_(flow, insn, &target);
        return FLOW_STOP;
    }
    const uint32_t may_write = writes(flow, insn) & SCRATCH;
    if (flow_inline_(flow, state, insn, insn->target, may_write)) {
        return FLOW_AFTER_CALL;
    }
    const struct value first = state->reg[0];
    after_call(flow, state, may_write, &target);
    if (returns_argument(flow, insn)) {
        state->reg[0] = first;
    }
    return FLOW_AFTER_CALL;
}

// The callee leaves in place of this function.
static void tail_inline(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target) {
    struct flow_state_ after = *state;
    const bool possible = flow->inlining && value_is_const(target) &&
            target->v[0] & 1 && state->reg[LR].kind == VALUE_RETURN;
    if (!possible) {
        flow_not_inlined_(flow, insn, target);
    }
    if (possible &&
            flow_inline_(flow, &after, insn, target->v[0] & ~1u, SCRATCH)) {
        flow_left_(flow, &after);
    } else {
        flow->gave_up |= flow->outer != NULL;
    }
}

void flow_tail_(struct flow_ *flow, const struct flow_state_ *state,
        const struct thumb_insn *insn, const struct value *target,
        bool direct) {
    const struct value *lr = &state->reg[LR];
    if (lr->kind == VALUE_CONST && flow_all_inside_(flow, lr)) {
        // It returns into this function.
        struct flow_state_ after = *state;
        flow_emit_call_(flow, state, insn, FLOW_CALL, target, direct);
        flow_not_inlined_(flow, insn, target);
        after_call(flow, &after, SCRATCH, target);
        for (unsigned i = 0; i < lr->count; i++) {
            flow_reach_(flow, lr->v[i] & ~1u, &after);
        }
        return;
    }
    flow_emit_call_(flow, state, insn, FLOW_TAIL, target, direct);
    if (value_is_const(target) &&
            flow_never_returns_(flow->model, target->v[0] & ~1u, 0)) {
        flow_not_inlined_(flow, insn, target);
        return;
    }
    tail_inline(flow, state, insn, target);
    if (lr->kind != VALUE_RETURN) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                "jumps to a function with an address in lr that is not the one "
                "it was called with");
    } else {
        check_sp(flow, state, insn);
    }
}

// outcome: of its condition.
static enum flow_end_ branch(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, bool conditional,
        enum flow_outcome_ outcome) {
    if (outcome == FLOW_FAILS) {
        return FLOW_FALL;
    }
    if (flow_inside_(flow, insn->target)) {
        flow_reach_(flow, insn->target, state);
    } else {
        const struct value target = value_const(insn->target | 1);
        flow_tail_(flow, state, insn, &target, true);
    }
    return conditional && outcome == FLOW_EITHER ? FLOW_FALL : FLOW_STOP;
}

static enum flow_outcome_ compare_zero(const struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const struct value value = flow_get_(state, insn, insn->rn);
    const enum flow_outcome_ zero = flow_is_zero_(state, &value);
    return zero == FLOW_EITHER                                ? FLOW_EITHER
            : (zero == FLOW_HOLDS) == (insn->op == THUMB_CBZ) ? FLOW_HOLDS
                                                              : FLOW_FAILS;
}

static enum flow_end_ table(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value base = flow_get_(state, insn, insn->rn);
    flow_emit_access_(flow, insn, FLOW_TABLE, &base, insn->access_bytes, NULL);
    if (!value_is_const(&base) || !model_settled(flow->model, base.v[0]) ||
            !flow_table_offsets_(flow, state, base.v[0], insn->access_bytes,
                    false, insn->addr + 4)) {
        flow_unknown_(flow, insn->addr, CHECK_RULE_JUMP_UNKNOWN,
                "the switch table cannot be read, or may change");
    } else {
        flow_emit_assumption_(flow, insn, base.v[0]);
    }
    return FLOW_STOP;
}

void flow_clobber_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value lost = value_top();
    for (unsigned r = 0; r < PC; r++) {
        uint32_t addr;
        // Into a register that is not followed, or mixed with something.
        if (!(insn->reads >> r & 1)) {
            continue;
        }
        flow_escape_(state, &state->reg[r]);
        emit_gone(flow, insn, &state->reg[r], FLOW_GONE_OTHER);
        if (!lost.tainted &&
                value_forbidden(&flow->model->world, &state->reg[r], &addr)) {
            lost = value_lost(&flow->model->world, &state->reg[r], NULL);
        }
    }
    for (unsigned r = 0; r < PC; r++) {
        if (flow_changes_(insn) >> r & 1) {
            flow_set_(flow, state, r, lost);
        }
    }
}

// Whatever it does, it may do it to all that is known.
static enum flow_end_ opaque(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    flow_unknown_(flow, insn->addr, CHECK_RULE_UNDECODABLE,
            "the checker does not know this instruction");
    state->escaped = state->arguments_changed = true;
    state->flags_known = 0;
    flow_float_forget_(state, FLOW_SINGLES);
    for (unsigned r = 0; r < PC; r++) {
        state->reg[r] = value_top();
    }
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        state->slot[i] = value_top();
    }
    return FLOW_FALL;
}

// Armv7-M ARM B5.1.1, Armv8-M ARM D1.2: SYSm of MRS and MSR.
enum { MSP = 8, PSP = 9, PRIMASK = 16, BASEPRI = 17, FAULTMASK = 19 };
enum { CONTROL = 20, NON_SECURE = 0x80 };

static bool is_msr(const struct thumb_insn *insn) {
    return (insn->encoding & 0xFFF0F000u) == 0xF3808000u &&
            insn->size_bytes == 4;
}

static bool is_mrs(const struct thumb_insn *insn) {
    return (insn->encoding & 0xFFFFF000u) == 0xF3EF8000u &&
            insn->size_bytes == 4;
}

static void write_special(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned which = insn->encoding & 0x7Fu;
    const struct value value =
            flow_get_(state, insn, insn->encoding >> 16 & 15);
    switch (which) {
    case MSP:
    case PSP:
    case CONTROL:
        flow_unknown_(flow, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                which == CONTROL ? "writes CONTROL, which selects the stack"
                                 : "sets a stack pointer, so that what follows "
                                   "returns somewhere else");
        if (which != PSP) {
            flow_set_(flow, state, SP, value_some_stack(true));
        }
        break;
    case PRIMASK:
    case FAULTMASK:
        if (value_is_const(&value) && value.v[0] & 1) {
            return; // masks
        }
        // fallthrough
    case BASEPRI:
        flow_unknown_(flow, insn->addr, CHECK_RULE_MASK_CHANGED,
                "writes an interrupt mask, which may let interrupts in");
        break;
    default:
        break;
    }
}

static void special(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    const unsigned which = insn->encoding & 0x7Fu;
    const uint32_t cps = insn->encoding & 0xFFF0u;
    if (is_msr(insn)) {
        const struct value value =
                flow_get_(state, insn, insn->encoding >> 16 & 15);
        flow_lose_(flow, insn, &value);
        write_special(flow, state, insn);
    } else if (is_mrs(insn) && (which == MSP || which == PSP)) {
        flow_set_(flow, state, insn->encoding >> 8 & 15,
                value_some_stack(true));
    } else if (insn->size_bytes == 2 && cps == 0xB660u) { // CPSIE
        flow_unknown_(flow, insn->addr, CHECK_RULE_MASK_CHANGED,
                "clears an interrupt mask and lets interrupts in");
    }
}

static enum flow_end_ control(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value target = flow_get_(state, insn, insn->rm);
    switch (insn->op) {
    case THUMB_B:
        return branch(flow, state, insn, insn->cond != THUMB_AL,
                flow_condition_(state, insn->cond));
    case THUMB_CBZ:
    case THUMB_CBNZ:
        return branch(flow, state, insn, true, compare_zero(state, insn));
    case THUMB_BL:
        return call_direct(flow, state, insn);
    case THUMB_BX:
        if (insn->rm == LR && target.kind != VALUE_CONST &&
                target.kind != VALUE_RETURN) {
            return flow_return_unknown_(flow, state, insn, unknown_lr);
        }
        return flow_jump_(flow, state, insn, &target);
    case THUMB_BLX:
        flow->called = target;
        flow_emit_call_(flow, state, insn, FLOW_CALL, &target, false);
        if (value_is_const(&target) && target.v[0] & 1) {
            if (flow_inline_(flow, state, insn, target.v[0] & ~1u, SCRATCH)) {
                return FLOW_AFTER_CALL;
            }
        } else {
            flow_not_inlined_(flow, insn, &target);
        }
        after_call(flow, state, SCRATCH, &target);
        return FLOW_AFTER_CALL;
    case THUMB_TABLE:
        return table(flow, state, insn);
    case THUMB_UDF:
        return FLOW_STOP;
    case THUMB_SVC: // the vector leads to the handler; it may return values
        if (flow->emit && flow->events->use) {
            flow->events->use(flow->events->ctx, insn, FLOW_USE_SVC, &target);
        }
        for (unsigned r = 0; r < PC; r++) { // the handler may look at them
            flow_lose_(flow, insn, &state->reg[r]);
        }
        // LR comes back from the exception's frame, with the other registers.
        after_call(flow, state, SCRATCH & ~(1u << LR), NULL);
        return FLOW_FALL;
    default: // BKPT: without a debugger, DebugMon or HardFault
        if (flow->emit && flow->events->use) {
            flow->events->use(flow->events->ctx, insn, FLOW_USE_BKPT, &target);
        }
        return FLOW_FALL;
    }
}

static void other(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value before[16];
    if (flow_bits_(flow, state, insn)) {
        return;
    }
    memcpy(before, state->reg, sizeof before);
    if (!is_msr(insn)) {
        flow_clobber_(flow, state, insn);
    }
    special(flow, state, insn);
    flow_float_(flow, state, insn, before);
}

// Arithmetic and loads do not: flow_arithmetic_() says what they set.
static bool loses_flags(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_UNDEFINED:
    case THUMB_BL:
    case THUMB_BLX:
    case THUMB_SVC:
    case THUMB_BKPT:
        return true;
    case THUMB_OTHER:
        return insn->encoding != 0xBF00u &&
                insn->encoding != 0xF3AF8000u; // NOP
    default:
        return false;
    }
}

enum flow_end_ flow_step_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct value after;
    if (insn->op == THUMB_OTHER && flow_carry_(flow, state, insn)) {
        return FLOW_FALL;
    }
    if (loses_flags(insn)) {
        state->flags_known = 0;
    }
    if (flow_is_opaque_(insn)) {
        return opaque(flow, state, insn);
    }
    switch (insn->op) {
    case THUMB_UNDEFINED:
        return opaque(flow, state, insn);
    case THUMB_OTHER:
        other(flow, state, insn);
        return FLOW_FALL;
    case THUMB_LOAD:
        return flow_load_(flow, state, insn);
    case THUMB_STORE:
        return flow_store_(flow, state, insn);
    case THUMB_LOAD_MULTIPLE:
        return flow_load_block_(flow, state, insn);
    case THUMB_STORE_MULTIPLE:
        return flow_store_block_(flow, state, insn);
    case THUMB_PRELOAD: {
        const struct value addr = flow_address_(flow, state, insn, &after);
        flow_emit_access_(flow, insn, FLOW_PRELOAD, &addr, 1, NULL);
        return FLOW_FALL;
    }
    default:
        return insn->op < THUMB_OTHER ? flow_arithmetic_(flow, state, insn)
                                      : control(flow, state, insn);
    }
}
