/*
 * flow - walks all paths through a function
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/flow/flow.h"
#include "base/array.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "check/flow/flow_priv.h"

static uint32_t at(const struct flow_ *flow, uint32_t addr) {
    return (addr - flow->entry_addr) / 2;
}

bool flow_is_code_(const struct flow_ *flow, uint32_t addr) {
    if (flow_inside_(flow, addr)) {
        return !(flow->marks[(addr - flow->entry_addr) / 2] & FLOW_DATA);
    }
    const struct elf_image *image = model_image(flow->model, addr);
    uint32_t end;
    return !image || elf_image_content(image, addr, &end) != ELF_CONTENT_DATA;
}

void flow_unknown_(struct flow_ *flow, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    flow->gave_up |= flow->outer && rule != CHECK_RULE_MASK_CHANGED;
    if (flow->emit && flow->events->unknown) {
        flow->events->unknown(flow->events->ctx, addr, rule, detail);
    }
}

/// States ///

static void push(struct flow_ *flow, uint32_t halfword) {
    flow->marks[halfword] |= FLOW_QUEUED;
    flow->lowest = halfword < flow->lowest ? halfword : flow->lowest;
}

// In the order of the addresses: most code is reached from lower ones, so most
// states are whole when they are walked. The count: there is none left.
static uint32_t pop(struct flow_ *flow) {
    uint32_t i = flow->lowest;
    while (i < flow->count && !(flow->marks[i] & FLOW_QUEUED)) {
        i++;
    }
    flow->lowest = i;
    if (i < flow->count) {
        flow->marks[i] &= (uint8_t)~FLOW_QUEUED;
    }
    return i;
}

static struct flow_state_ *state_at(const struct flow_ *flow, int32_t i) {
    void *state = flow->states + (size_t)i * flow->state_bytes;
    return state;
}

static struct flow_state_ *new_state(struct flow_ *flow, uint32_t halfword) {
    uint8_t *grown = array_more(flow->states, flow->state_count,
            &flow->state_room, flow->state_bytes);
    if (!grown) {
        flow->failed = true;
        return NULL;
    }
    flow->states = grown;
    flow->state_of[halfword] = (int32_t)flow->state_count;
    return state_at(flow, (int32_t)flow->state_count++);
}

static bool join_value(struct flow_ *flow, struct flow_state_ *state,
        struct value *into, const struct value *from) {
    if (value_equal(into, from)) {
        return false;
    }
    const struct value before = *into;
    const struct value joined = value_join(&flow->model->world, into, from);
    const bool same = value_equal(&before, &joined);
    bool changed = !same;
    if (!same) {
        *into = joined;
    }
    if (value_tells_stack(&joined) && !value_equal(from, &joined)) {
        changed |= flow_expose_(state, from);
        changed |= !same && flow_expose_(state, &before);
    }
    return changed;
}

// Most are the same to the last bit. Padding may differ: then the slow way
// says so.
static bool join_values(struct flow_ *flow, struct flow_state_ *state,
        struct value *into, const struct value *from, unsigned count) {
    const void *const all = into, *const others = from;
    bool changed = false;
    if (!memcmp(all, others, count * sizeof *into)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const void *const a = &into[i], *const b = &from[i];
        if (memcmp(a, b, sizeof *into)) {
            changed |= join_value(flow, state, &into[i], &from[i]);
        }
    }
    return changed;
}

bool flow_join_(struct flow_ *flow, struct flow_state_ *into,
        const struct flow_state_ *from) {
    bool changed = !into->escaped && from->escaped;
    into->escaped |= from->escaped;
    changed |= !into->above_escaped && from->above_escaped;
    into->above_escaped |= from->above_escaped;
    changed |= (!into->given && from->given) ||
            (!into->above_given && from->above_given);
    into->given |= from->given;
    into->above_given |= from->above_given;
    changed |= !into->arguments_changed && from->arguments_changed;
    into->arguments_changed |= from->arguments_changed;
    const struct value floats = into->floats;
    value_remember(&into->floats, &from->floats);
    changed |= !value_equal(&floats, &into->floats);
    const uint8_t known = into->flags_known & from->flags_known &
            (uint8_t) ~(into->flags ^ from->flags);
    changed |= known != into->flags_known;
    into->flags_known = known;
    changed |= join_values(flow, into, into->reg, from->reg, 16);
    changed |= join_values(flow, into, into->slot, from->slot, FLOW_SLOTS);
    if (into->exact) {
        changed |= join_values(flow, into, into->single, from->single,
                FLOW_SINGLES);
    }
    if (into->inlined) {
        changed |=
                join_values(flow, into, into->above, from->above, FLOW_ABOVE);
    }
    return changed;
}

void flow_reach_(struct flow_ *flow, uint32_t addr,
        const struct flow_state_ *state) {
    const uint32_t i = at(flow, addr);
    if (flow->tracing) {
        flow->way_addr = addr;
        memcpy(flow->way, state, flow->state_bytes);
        flow->ways++;
        return;
    }
    if (flow->emit) {
        return;
    }
    if (!(flow->marks[i] & FLOW_LEADER)) {
        flow->marks[i] |= FLOW_LEADER;
        flow->restart = true;
    }
    if (flow->state_of[i] < 0) {
        struct flow_state_ *fresh = new_state(flow, i);
        if (fresh) {
            memcpy(fresh, state, flow->state_bytes);
            push(flow, i);
        }
    } else if (flow_join_(flow, state_at(flow, flow->state_of[i]), state)) {
        push(flow, i);
    }
}

/// Decoding ///

static const struct thumb_insn *decode(struct flow_ *flow, uint32_t addr) {
    struct thumb_insn *insn = &flow->insns[at(flow, addr)];
    if (insn->size_bytes) {
        return insn;
    }
    uint32_t room = flow->end_addr - addr;
    room = room < 4 ? room : 4;
    const uint8_t *bytes = model_bytes(flow->model, addr, room);
    if (!bytes || !thumb_decode(insn, addr, bytes, room)) {
        insn->op = THUMB_UNDEFINED;
        insn->size_bytes = 2;
        insn->addr = addr;
    }
    return insn;
}

// Marks where paths join, by the direct branches, before anything is walked.
static void mark_leaders(struct flow_ *flow) {
    // The function's symbol may begin outside of the image in a damaged file;
    // the place where it is entered does not.
    const struct elf_image *image = model_image(flow->model, flow->start_addr);
    uint32_t addr = flow->entry_addr;
    uint32_t run_end = addr; // of code
    while (addr + 2 <= flow->end_addr) {
        uint32_t end = flow->end_addr;
        const enum elf_content content = addr < run_end
                ? ELF_CONTENT_THUMB
                : elf_image_content(image, addr, &end);
        if (content == ELF_CONTENT_DATA || content == ELF_CONTENT_ARM) {
            for (; addr < end && addr + 2 <= flow->end_addr; addr += 2) {
                flow->marks[at(flow, addr)] |=
                        content == ELF_CONTENT_DATA ? FLOW_DATA : 0;
            }
            addr = (end + 1) & ~1u;
            continue;
        }
        run_end = addr < run_end ? run_end : end;
        const struct thumb_insn *insn = decode(flow, addr);
        const bool branch = insn->op == THUMB_B || insn->op == THUMB_CBZ ||
                insn->op == THUMB_CBNZ || insn->op == THUMB_BL;
        if (branch && flow_inside_(flow, insn->target)) {
            flow->marks[at(flow, insn->target)] |= FLOW_LEADER;
        }
        addr += insn->size_bytes;
    }
}

/// Walking ///

struct it_block {
    unsigned left;   // instructions that are left
    uint8_t pattern; // from bit 7 down: 1 if the first condition applies
    uint8_t cond;    // the first condition
    bool alive[2];   // [1]: the condition holds
    // Behind the block both states are kept, since the flags are those that it
    // tested: the next block may have the same condition.
    bool held;
    bool unsure[2]; // the flags were set in it: it may hold or not
};

static void it_begin(struct it_block *it, const struct thumb_insn *insn) {
    unsigned length = 4;
    while (length > 1 && !(insn->it_mask >> (4 - length) & 1)) {
        length--;
    }
    it->left = length;
    it->pattern = 0;
    it->cond = insn->cond;
    it->held = insn->cond != THUMB_AL;
    for (unsigned i = 0; i < length; i++) {
        const unsigned bit =
                i == 0 ? insn->cond & 1u : insn->it_mask >> (4 - i) & 1u;
        it->pattern |= (uint8_t)((bit == (insn->cond & 1u)) << (7 - i));
    }
    it->alive[0] = it->alive[1] = true;
    it->unsure[0] = it->unsure[1] = false;
    if (insn->cond == THUMB_AL) {
        it->alive[0] = false;
    }
}

// The flags say which outcome it is.
static void it_decide(struct it_block *it, const struct flow_state_ *state) {
    switch (flow_condition_(state, it->cond)) {
    case FLOW_HOLDS:
        it->alive[0] = false;
        break;
    case FLOW_FAILS:
        it->alive[1] = false;
        break;
    default:
        break;
    }
}

static bool code_at(const struct flow_ *flow, uint32_t addr) {
    return flow_inside_(flow, addr) && flow_is_code_(flow, addr);
}

bool flow_pads_(const struct thumb_insn *insn) {
    // NOP is an instruction of its own, and MOV r8, r8 in ARMv6-M code.
    return insn->encoding == 0xBF00u || insn->encoding == 0xF3AF8000u ||
            insn->encoding == 0x46C0u;
}

// The path goes on after a call, unless only padding follows: then the callee
// does not return.
static bool code_follows(struct flow_ *flow, uint32_t addr) {
    while (code_at(flow, addr)) {
        const struct thumb_insn *insn = decode(flow, addr);
        if (!flow_pads_(insn)) {
            return true;
        }
        addr += insn->size_bytes;
    }
    return false;
}

#define PADDING 8u // instructions

// The function that begins at addr or behind padding; else addr.
static uint32_t next_function(const struct flow_ *flow, uint32_t addr) {
    uint32_t next = addr;
    for (unsigned i = 0; i < PADDING; i++) {
        struct thumb_insn insn;
        const struct elf_symbol *symbol = model_symbol(flow->model, next);
        const uint8_t *bytes = model_bytes(flow->model, next, 4);
        if (symbol && symbol->function && symbol->addr == next) {
            return next;
        }
        if (!bytes || !thumb_decode(&insn, next, bytes, 4) ||
                !flow_pads_(&insn)) {
            break;
        }
        next += insn.size_bytes;
    }
    return addr;
}

static bool runs_out(struct flow_ *flow, const struct flow_state_ *state,
        uint32_t addr, uint32_t from_addr) {
    if (code_at(flow, addr)) {
        return false;
    }
    if (!flow_inside_(flow, addr)) {
        // Falls into what follows: a function without a symbol of its own, or
        // an assembler routine in two pieces.
        addr = next_function(flow, addr);
        const struct value target = value_const(addr | 1);
        const struct thumb_insn fall = {.addr = from_addr,
                .size_bytes = 2,
                .target = addr,
                .immediate = !flow->maybe_called};
        struct function_extent next;
        if (model_function(flow->model, addr, &next)) {
            flow_tail_(flow, state, &fall, &target, true);
            flow->gave_up |= flow->outer != NULL;
            return true;
        }
    }
    flow_unknown_(flow, from_addr, CHECK_RULE_UNDECODABLE,
            "the way leads out of the code and into data");
    return true;
}

// The path goes on behind insn. Compilers put nothing behind the call of a
// function that does not return; assembly may go on in the next function.
static bool goes_on(struct flow_ *flow, const struct thumb_insn *insn,
        enum flow_end_ end) {
    flow->maybe_called = false;
    if (end != FLOW_AFTER_CALL ||
            code_follows(flow, insn->addr + insn->size_bytes)) {
        return end != FLOW_STOP;
    }
    const struct flow_callee_ callee =
            flow_callee_of_(flow->model, &flow->called);
    flow->maybe_called = !callee.leaves;
    return callee.returns;
}

static enum flow_end_ step(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    if (flow->outer) {
        flow->gave_up |= !flow->inlining->steps_left;
        flow->inlining->steps_left -= flow->inlining->steps_left > 0;
    }
    flow->insn = insn;
    if (flow->emit && !flow->outer && flow->events->visit) {
        flow->events->visit(flow->events->ctx, insn);
    }
    const enum flow_end_ end = flow_step_(flow, state, insn);
    flow->result->frame_known |= state->escaped;
    return end;
}

// One instruction of an IT block, for both outcomes. False: no path goes on.
static bool step_predicated(struct flow_ *flow, struct flow_state_ *states,
        struct it_block *it, const struct thumb_insn *insn) {
    const unsigned which = it->pattern >> 7;
    it->pattern = (uint8_t)(it->pattern << 1);
    it->left--;
    it->held = it->held && insn->op < THUMB_B && !flow_it_sets_flags_(insn);
    flow->in_it = true;
    for (unsigned i = 0; i < 2; i++) {
        if (it->alive[i] && it->unsure[i]) {
            struct flow_state_ done = states[i];
            if (goes_on(flow, insn, step(flow, &done, insn))) {
                flow_join_(flow, &states[i], &done);
            }
        } else if (it->alive[i] && i == which) {
            it->alive[i] = goes_on(flow, insn, step(flow, &states[i], insn));
            it->unsure[i] = flow_it_sets_flags_(insn);
        }
    }
    flow->in_it = false;
    if (it->left) {
        return it->alive[0] || it->alive[1];
    }
    if (!it->alive[0]) {
        states[0] = states[1];
    }
    if (!it->alive[0] || !it->alive[1]) {
        it->held = false;
    } else if (!it->held) {
        flow_join_(flow, &states[0], &states[1]);
    }
    return it->alive[0] || it->alive[1];
}

static void release(struct flow_ *flow, struct flow_state_ *states,
        struct it_block *it) {
    if (it->held) {
        flow_join_(flow, &states[0], &states[1]);
        it->held = false;
    }
}

// The instruction leaves the flags and the path alone.
static bool keeps_condition(const struct thumb_insn *insn) {
    return insn->op < THUMB_B && insn->op != THUMB_UNDEFINED &&
            !(insn->writes >> PC & 1) && !flow_sets_flags_(insn);
}

// Both outcomes of the last block; what is reported is what covers both.
static void step_held(struct flow_ *flow, struct flow_state_ *states,
        const struct thumb_insn *insn) {
    struct flow_state_ both = states[0];
    const bool emit = flow->emit;
    flow_join_(flow, &both, &states[1]);
    (void)step(flow, &both, insn);
    flow->emit = false;
    (void)step(flow, &states[0], insn);
    (void)step(flow, &states[1], insn);
    flow->emit = emit;
}

// An IT instruction behind another block.
static void it_again(struct flow_ *flow, struct flow_state_ *states,
        struct it_block *it, const struct thumb_insn *insn) {
    // Conditions come in pairs of opposites (Armv7-M ARM A7.3).
    const bool again = it->held && insn->cond != THUMB_AL &&
            insn->cond >> 1 == it->cond >> 1;
    if (again && insn->cond != it->cond) {
        const struct flow_state_ swap = states[0];
        states[0] = states[1];
        states[1] = swap;
    } else if (!again) {
        release(flow, states, it);
        states[1] = states[0];
    }
    it_begin(it, insn);
    if (!again) {
        it_decide(it, &states[0]);
    }
}

// One instruction. False: no path goes on behind it.
static bool advance(struct flow_ *flow, struct flow_state_ *states,
        struct it_block *it, const struct thumb_insn *insn) {
    if (it->left) {
        return step_predicated(flow, states, it, insn);
    }
    if (insn->op == THUMB_IT) {
        it_again(flow, states, it, insn);
    } else if (it->held && keeps_condition(insn)) {
        step_held(flow, states, insn);
    } else {
        release(flow, states, it);
        return goes_on(flow, insn, step(flow, &states[0], insn));
    }
    return true;
}

// The path goes on at `next`, behind the last instruction of the code.
static bool leaves_code(struct flow_ *flow, struct flow_state_ *states,
        struct it_block *it, uint32_t next, uint32_t addr) {
    if (code_at(flow, next)) {
        return false;
    }
    if (it->left) {
        flow_unknown_(flow, addr, CHECK_RULE_UNDECODABLE,
                "an IT block goes on behind the end of the code");
        return true;
    }
    release(flow, states, it);
    return runs_out(flow, &states[0], next, addr);
}

// Walks from a leader to the next one, or to the end of the path.
static void walk(struct flow_ *flow, uint32_t leader) {
    struct flow_state_ states[2];
    struct it_block it = {.left = 0};
    uint32_t addr = flow->entry_addr + 2 * leader;
    memcpy(&states[0], state_at(flow, flow->state_of[leader]),
            flow->state_bytes);
    for (bool first = true; !flow->failed; first = false) {
        const uint32_t i = at(flow, addr);
        if (!first && !it.left && flow->marks[i] & FLOW_LEADER) {
            release(flow, states, &it);
            flow_reach_(flow, addr, &states[0]);
            return;
        }
        flow->marks[i] |= FLOW_SEEN;
        const struct thumb_insn *insn = decode(flow, addr);
        const uint32_t next = addr + insn->size_bytes;
        if (!advance(flow, states, &it, insn)) {
            return;
        }
        if (leaves_code(flow, states, &it, next, addr)) {
            return;
        }
        addr = next;
    }
}

#define TRACED 1000u // instructions, of one walk

// What a trace goes back to where it finds two ways.
struct before {
    uint32_t addr;
    struct flow_state_ state;
};

static void remember(struct flow_ *flow, struct before *before, uint32_t addr,
        const struct flow_state_ *states, const struct it_block *it) {
    before->addr = addr;
    memcpy(&before->state, &states[0], flow->state_bytes);
    if (it->held) {
        flow_join_(flow, &before->state, &states[1]);
    }
}

// Follows the only way from the start as far as there is one. before: where
// there are two. False: there is no such place, the way has ended.
static bool trace_to(struct flow_ *flow, const struct flow_state_ *start,
        struct before *before) {
    struct flow_state_ states[2];
    struct it_block it = {.left = 0};
    uint32_t addr = flow->start_addr;
    memcpy(&states[0], start, flow->state_bytes);
    for (unsigned i = 0; !flow->failed && !flow->gave_up; i++) {
        if (!it.left) {
            remember(flow, before, addr, states, &it);
            flow->ways = 0;
        }
        if (i >= TRACED && !it.left) {
            return true;
        }
        flow->result->instructions++;
        const struct thumb_insn *insn = decode(flow, addr);
        const uint32_t next = addr + insn->size_bytes;
        const bool goes_on = advance(flow, states, &it, insn);
        if (flow->ways > 1 || (goes_on && flow->ways)) {
            return true;
        }
        if (goes_on) {
            if (leaves_code(flow, states, &it, next, addr)) {
                return false;
            }
            addr = next;
        } else if (flow->ways) {
            addr = flow->way_addr;
            memcpy(&states[0], flow->way, flow->state_bytes);
            it = (struct it_block){.left = 0};
        } else {
            return false;
        }
    }
    return false;
}

// emit: this walk is reported, and what the trace meets is met once.
static bool trace(struct flow_ *flow, const struct flow_state_ *start,
        struct before *seed, bool emit) {
    struct flow_state_ way;
    flow->way = &way;
    flow->tracing = true;
    flow->emit = emit;
    const bool more = trace_to(flow, start, seed);
    flow->tracing = flow->emit = false;
    flow->way = NULL;
    return more;
}

static void begin_states(struct flow_ *flow, const struct flow_state_ *start) {
    for (uint32_t i = 0; i < flow->count; i++) {
        flow->state_of[i] = -1;
        flow->marks[i] &= FLOW_LEADER | FLOW_RETURNS | FLOW_NEVER_RETURNS |
                FLOW_KEEPS | FLOW_CHANGES | FLOW_DATA;
    }
    flow->state_count = 0;
    flow->lowest = flow->count;
    flow->restart = false;
    flow_reach_(flow, flow->walk_addr, start);
    flow->restart = false;
}

// As any caller calls it.
static struct flow_state_ any_call(bool exact) {
    struct flow_state_ start = {.exact = exact};
    for (unsigned i = 0; i < 16; i++) {
        start.reg[i] = value_top();
    }
    for (unsigned i = 0; i < VALUE_REGISTER_ARGUMENTS; i++) {
        start.reg[i] =
                (struct value){.kind = VALUE_PARAM, .v = {VALUE_ARGUMENT(i)}};
    }
    start.reg[SP] = value_stack(0);
    start.reg[LR] = (struct value){.kind = VALUE_RETURN};
    for (unsigned i = 0; i < FLOW_SLOTS; i++) {
        start.slot[i] = value_top();
    }
    flow_float_forget_(&start, FLOW_SINGLES);
    return start;
}

// Walks until no state changes. A jump that is found late and leads into the
// middle of a straight run starts the walk again with that place as a leader.
// Each restart adds at least one leader, so this ends.
static void run_to_fixpoint(struct flow_ *flow,
        const struct flow_state_ *start) {
    do {
        begin_states(flow, start);
        uint32_t leader;
        while (!flow->failed && !flow->restart && !flow->gave_up &&
                (leader = pop(flow)) < flow->count) {
            walk(flow, leader);
        }
    } while (flow->restart && !flow->failed && !flow->gave_up);
}

static void emit_all(struct flow_ *flow) {
    flow->emit = true;
    for (uint32_t i = 0; i < flow->count && !flow->failed; i++) {
        if (flow->state_of[i] >= 0) {
            walk(flow, i);
        }
    }
    for (uint32_t i = 0; i < flow->count; i++) {
        flow->result->instructions += (flow->marks[i] & FLOW_SEEN) != 0;
    }
}

static bool room_for(struct flow_ *flow) {
    flow->insns = calloc(flow->count, sizeof *flow->insns);
    flow->state_of = calloc(flow->count, sizeof *flow->state_of);
    flow->marks = calloc(flow->count, 1);
    flow->writes = calloc(flow->count, sizeof *flow->writes);
    return flow->insns && flow->state_of && flow->marks && flow->writes;
}

bool flow_walk_(struct flow_ *flow, const struct function_extent *extent,
        uint32_t entry_addr, const struct flow_state_ *start) {
    const bool emit = flow->emit || !flow->outer;
    flow->emit = false;
    flow->entry_addr = extent->entry_addr & ~1u;
    flow->end_addr = extent->end_addr;
    flow->start_addr = entry_addr & ~1u;
    flow->count = (flow->end_addr - flow->entry_addr + 1) / 2;
    flow->state_bytes = (uint32_t)(start->inlined ? sizeof *start
                    : start->exact ? offsetof(struct flow_state_, above)
                                   : offsetof(struct flow_state_, single));
    flow->failed = !room_for(flow);
    if (!flow->failed) {
        bool more = true;
        uint32_t end;
        const enum elf_content content =
                elf_image_content(model_image(flow->model, flow->start_addr),
                        flow->start_addr, &end);
        flow->marks[at(flow, flow->start_addr)] |= FLOW_LEADER;
        if (content == ELF_CONTENT_DATA || content == ELF_CONTENT_ARM) {
            flow->emit = true;
            flow_unknown_(flow, flow->start_addr, CHECK_RULE_UNDECODABLE,
                    content == ELF_CONTENT_ARM
                            ? "this is ARM code; a Cortex-M executes Thumb only"
                            : "the entry is marked as data");
        } else {
            struct before seed = {.addr = flow->start_addr};
            mark_leaders(flow);
            if (start->exact) {
                more = trace(flow, start, &seed, emit);
                start = &seed.state;
            }
            flow->walk_addr = seed.addr;
            if (more) {
                run_to_fixpoint(flow, start);
            }
            if (emit && more && !flow->gave_up) {
                emit_all(flow);
            }
        }
        if (content == ELF_CONTENT_NONE) {
            flow->emit = true;
            flow_unknown_(flow, flow->start_addr, CHECK_RULE_NO_SYMBOLS,
                    "there are no mapping symbols, so code and data cannot be told apart");
        }
        flow->gave_up |= content != ELF_CONTENT_THUMB;
    }
    free(flow->insns);
    free(flow->state_of);
    free(flow->marks);
    free(flow->writes);
    free(flow->states);
    return !flow->failed;
}

#define INLINED_STEPS 20000u // in all, of one function and what it calls

static bool walk_function(const struct model *model,
        const struct function_extent *extent, uint32_t entry_addr,
        const struct flow_events *events, struct flow_result *result,
        bool nested, bool alone) {
    struct flow_inlining_ inlining = {.steps_left = INLINED_STEPS};
    struct flow_ flow = {
            .model = model,
            .events = events,
            .result = result,
            .nested = nested,
            .alone = alone,
            .inlining = events->inlined ? &inlining : NULL,
    };
    const struct flow_state_ start =
            any_call(events->inlined && events->traces);
    *result = (struct flow_result){0};
    const bool good = flow_walk_(&flow, extent, entry_addr, &start);
    result->inlined_steps = INLINED_STEPS - inlining.steps_left;
    if (flow.stack_unknown) {
        result->stack_bytes = -1;
    }
    return good && !inlining.failed;
}

bool flow_walk_alone_(const struct model *model,
        const struct function_extent *extent, uint32_t entry_addr,
        const struct flow_events *events, struct flow_result *result) {
    return walk_function(model, extent, entry_addr, events, result, true, true);
}

bool flow_function(const struct model *model,
        const struct function_extent *extent, uint32_t entry_addr,
        const struct flow_events *events, struct flow_result *result) {
    return walk_function(model, extent, entry_addr, events, result, false,
            false);
}

/// What a function returns ///

struct returned {
    bool some, other;
};

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct returned *returned = ctx;
    (void)insn;
    if (where == FLOW_GONE_RETURN) {
        returned->some = true;
        returned->other |= value->kind != VALUE_PARAM ||
                value->v[0] != VALUE_ARGUMENT(0) || value->v[1];
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct returned *returned = ctx;
    (void)insn, (void)target, (void)direct, (void)regs, (void)sp_bytes;
    returned->other |= how == FLOW_TAIL;
}

static void on_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct returned *returned = ctx;
    (void)addr, (void)rule, (void)detail;
    returned->other = true;
}

static bool returns_first(const struct model *model, uint32_t addr) {
    struct returned returned = {false, false};
    const struct flow_events events = {.ctx = &returned,
            .gone = on_gone,
            .call = on_call,
            .unknown = on_unknown};
    struct function_extent extent;
    struct flow_result result;
    return model_function(model, addr, &extent) &&
            walk_function(model, &extent, addr, &events, &result, true,
                    false) &&
            returned.some && !returned.other;
}

bool flow_returns_first_(const struct model *model, uint32_t addr) {
    struct flow_memo *memo = model->memo;
    size_t from = 0;
    const size_t known =
            memo ? index_next(&memo->firsts, addr, &from) : INDEX_NONE;
    if (known != INDEX_NONE) {
        return known;
    }
    const bool first = returns_first(model, addr);
    if (memo) { // without memory it is found out again
        (void)index_add(&memo->firsts, addr, first);
    }
    return first;
}
