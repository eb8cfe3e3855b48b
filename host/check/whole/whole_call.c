/*
 * whole_call - calls, and what they give back
 *
 * SPDX-License-Identifier: MIT
 *
 * A call of a function with arguments that were seen before is not run again in
 * the same round; what it gave then is what it gives. What else it depends on,
 * words on the stack and in RAM, is joined over all that call it so.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/whole/whole_priv.h"

enum { SP = 13, LR = 14, PC = 15 };

// Calls of one function that are run each by itself.
#define CALLS_MAX 100u
#define ALL_CALLS_MAX 20000u

// What debug information says of its arguments, as of an earlier call.
static void describe(const struct whole *w, struct whole_call_ *call) {
    size_t from = 0;
    const size_t at = index_next(&w->call_index, call->addr, &from);
    struct elf_image *image = model_image(w->model, call->addr);
    if (at != INDEX_NONE) {
        call->no_stack_arguments = w->calls[at]->no_stack_arguments;
        call->only_scalars = w->calls[at]->only_scalars;
    } else if (image) {
        const int words = elf_image_arguments(image, call->addr);
        call->no_stack_arguments = words >= 0 && words <= 4;
        call->only_scalars = elf_image_takes_scalars(image, call->addr);
    }
}

static struct whole_call_ *new_call(struct whole *w, uint32_t addr) {
    struct whole_call_ *call = calloc(1, sizeof *call);
    struct whole_call_ **grown = array_more(w->calls, w->call_count,
            &w->call_room, sizeof(struct whole_call_ *));
    w->calls = grown ? grown : w->calls;
    if (w->call_count >= ALL_CALLS_MAX) {
        whole_stop_(w, "has too many calls to be followed");
    }
    if (call) {
        call->addr = addr;
        describe(w, call);
    }
    if (!call || !grown || !index_add(&w->call_index, addr, w->call_count)) {
        free(call);
        w->failed = true;
        return NULL;
    }
    call->root = w->root;
    call->number = (uint32_t)w->call_count;
    w->changed = true;
    return w->calls[w->call_count++] = call;
}

// The call of addr with these arguments; of a function with too many of them
// one for all.
static struct whole_call_ *call_of(struct whole *w, uint32_t addr,
        const struct whole_value_ *arguments, bool noted) {
    size_t from = 0, at;
    unsigned count = 0;
    while ((at = index_next(&w->call_index, addr, &from)) != INDEX_NONE) {
        struct whole_call_ *call = w->calls[at];
        if (call->root != w->root || call->handler || call->begun ||
                call->entry || call->noted != noted) {
            continue;
        }
        if (whole_same_(call->argument, arguments, sizeof call->argument)) {
            return call;
        }
        if (call->any_arguments) {
            const bool widen = call->grown > WHOLE_JOINS_MAX;
            for (unsigned i = 0; i < 4; i++) {
                const struct whole_value_ all = widen
                        ? whole_widen_(&w->world, &call->argument[i],
                                  &arguments[i])
                        : whole_join_(&w->world, &call->argument[i],
                                  &arguments[i]);
                whole_grow_(w, &call->argument[i], &all);
            }
            call->grown++;
            return call;
        }
        count++;
    }
    struct whole_call_ *call = new_call(w, addr);
    if (call) {
        memcpy(call->argument, arguments, sizeof call->argument);
        call->any_arguments = count >= CALLS_MAX;
        call->noted = noted;
    }
    return call;
}

// What a caller's caller holds says nothing in the callee.
static struct whole_value_ handed(struct whole *w,
        const struct whole_value_ *v) {
    if (v->kind == WHOLE_FRAME) {
        w->calls[v->of]->leaky = true;
    }
    return v->kind == WHOLE_KEPT ? whole_any_() : whole_unhidden_(v);
}

static void hand_over_stack(struct whole *w, struct whole_call_ *caller,
        struct whole_call_ *callee, const struct whole_state_ *state) {
    const struct whole_value_ *sp = &state->reg[SP];
    for (unsigned i = 0; i < WHOLE_INCOMING; i++) {
        const struct whole_value_ word = whole_frame_word_(w, caller, state,
                (int32_t)sp->low + 4 * (int32_t)i);
        const struct whole_value_ v = handed(w, &word);
        whole_grow_(w, &callee->incoming[i], &v);
    }
}

static struct whole_value_ still_there(const struct whole *w,
        const struct whole_call_ *callee, const struct whole_value_ *v) {
    const bool dead = v->kind == WHOLE_FRAME &&
            (w->calls[v->of] == callee || !w->calls[v->of]->running);
    return dead ? whole_any_() : *v;
}

// What the callee left in register r, as the caller sees it.
static struct whole_value_ brought_back(const struct whole *w,
        const struct whole_call_ *callee, const struct whole_state_ *before,
        unsigned r) {
    const struct whole_value_ *v = &callee->out[r];
    if (v->kind == WHOLE_KEPT) {
        return v->of < SP ? before->reg[v->of] : whole_any_();
    }
    return still_there(w, callee, v);
}

void whole_past_add_(struct whole *w, struct whole_past_ *all, bool *some,
        const struct whole_past_ *more) {
    const struct whole_past_ before = *all;
    if (!*some) {
        *some = true;
        *all = *more;
    } else {
        whole_written_by_both_(&all->written, &more->written);
        whole_written_by_both_(&all->copied, &more->copied);
        whole_recent_join_(&w->world, &all->recent, &more->recent, true);
        whole_stacks_join_(&w->world, &all->stacks, &more->stacks, true);
    }
    w->changed |= !whole_same_(&before, all, sizeof before);
}

// What a path did before it comes to a call.
static void come(struct whole *w, struct whole_call_ *callee,
        const struct whole_state_ *state) {
    struct whole_past_ past = whole_past_(state);
    past.stacks.other = handed(w, &past.stacks.other);
    whole_past_add_(w, &callee->past_in, &callee->came, &past);
}

static void add_all(struct whole_written_ *into,
        const struct whole_written_ *more) {
    for (uint32_t i = 0; i < more->count; i++) {
        whole_written_add_(into, more->span[i].low, more->span[i].end);
    }
}

static void come_back(struct whole *w, const struct whole_call_ *callee,
        struct whole_state_ *state) {
    const struct whole_value_ any = whole_any_();
    struct whole_value_ out[SP];
    for (unsigned r = 0; r < SP; r++) {
        out[r] = brought_back(w, callee, state, r);
    }
    for (unsigned r = 0; r < SP; r++) {
        if (!whole_equal_(&out[r], &state->reg[r])) {
            whole_set_(state, r, out[r]);
        }
    }
    whole_set_(state, LR, any);
    add_all(&state->written, &callee->past_out.written);
    add_all(&state->copied, &callee->past_out.copied);
    state->recent = callee->past_out.recent;
    whole_recent_after_(w, &state->recent, callee);
    if (callee->sets_stacks) {
        state->stacks = callee->past_out.stacks;
        state->stacks.other = still_there(w, callee, &state->stacks.other);
    }
    // A register that seems to be the same may be another number.
    memset(&state->flags, 0, sizeof state->flags);
    memset(&state->sum, 0, sizeof state->sum);
    const int32_t sp = (int32_t)state->reg[SP].low;
    for (int32_t i = 0; callee->writes_above && i < (int32_t)WHOLE_INCOMING;
            i++) {
        const int32_t slot = -(sp + 4 * i) / 4 - 1;
        if (sp + 4 * i >= 0) {
            whole_stop_(w, "stores above a frame");
        } else if (slot < (int32_t)WHOLE_SLOTS) {
            state->slot[slot] = any;
        }
    }
    // Below the stack pointer is what the callee left.
    for (int32_t slot = -sp / 4; slot < (int32_t)WHOLE_SLOTS; slot++) {
        if (slot >= 0) {
            state->slot[slot] = any;
        }
    }
    for (unsigned r = 0; r < SP; r++) {
        state->copy_of[r] = 0;
    }
}

static bool is_of(const struct whole *w, const struct whole_call_ *call,
        const struct whole_value_ *v) {
    return v->kind == WHOLE_FRAME && w->calls[v->of] == call;
}

// What a callee gets has an address in the caller's frame.
static bool shows(struct whole *w, struct whole_call_ *caller,
        const struct whole_state_ *state) {
    const int32_t sp = (int32_t)state->reg[SP].low;
    bool shown = is_of(w, caller, &state->stacks.other);
    for (unsigned i = 0; i < 4; i++) {
        shown |= is_of(w, caller, &state->reg[i]);
    }
    for (int32_t i = 0; i < (int32_t)WHOLE_INCOMING; i++) {
        const struct whole_value_ word =
                whole_frame_word_(w, caller, state, sp + 4 * i);
        shown |= is_of(w, caller, &word);
    }
    return shown;
}

bool whole_calls_(struct whole *w, struct whole_call_ *caller, uint32_t target,
        uint32_t return_addr, struct whole_state_ *state) {
    struct whole_value_ arguments[4];
    if (!whole_is_place_(&state->reg[SP]) || whole_both_meet_(state)) {
        whole_stop_(w, "calls with one of several stack pointers");
        return false;
    }
    const int32_t sp = (int32_t)state->reg[SP].low;
    const uint32_t own = state->reg[SP].of;
    state->shown |= shows(w, caller, state);
    for (unsigned i = 0; i < 4; i++) {
        const struct whole_value_ *v = &state->reg[i];
        // Below the stack pointer is the callee's frame.
        const bool dead =
                v->kind == WHOLE_FRAME && v->of == own && (int32_t)v->low < sp;
        arguments[i] = dead ? whole_any_() : handed(w, v);
    }
    whole_recent_above_(&state->recent, own, sp);
    struct whole_call_ *callee = call_of(w, target, arguments, state->noted);
    if (!callee || whole_stopped_(w)) {
        return false;
    }
    const struct whole_value_ behind = whole_const_(return_addr | 1);
    whole_grow_(w, &callee->return_to, &behind);
    hand_over_stack(w, caller, callee, state);
    come(w, callee, state);
    whole_frame_shown_(w, caller, state);
    if (callee->round != w->round) {
        whole_run_(w, callee);
    } else if (callee->running && !callee->recursive) {
        callee->recursive = true;
        w->changed = true;
    }
    caller->sets_stacks |= callee->sets_stacks;
    if (callee->writes_above && caller->leaky) {
        whole_stop_(w, "calls what stores to its arguments on the stack");
    }
    if (whole_stopped_(w) || !callee->returns) {
        return false;
    }
    come_back(w, callee, state);
    return !whole_stopped_(w);
}

void whole_leaves_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state) {
    const struct whole_value_ *sp = &state->reg[SP];
    if (!whole_is_place_(sp) || sp->low || call->stack_set || call->begun ||
            whole_both_meet_(state)) {
        whole_stop_(w, "returns with another stack pointer");
    }
    for (unsigned r = 0; r < SP; r++) {
        // The caller may go on when the outage is over.
        const struct whole_value_ plain = whole_unmarked_(&state->reg[r]);
        const struct whole_value_ out = whole_unhidden_(&plain);
        const struct whole_value_ *const v = &out;
        if (call->handler && r >= 4 && r <= 11 &&
                (v->kind != WHOLE_KEPT || v->of != r)) {
            whole_stop_(w, "returns from an exception with other registers");
        }
        struct whole_value_ all = whole_join_(&w->world, &call->out[r], v);
        if (call->grown > WHOLE_JOINS_MAX) {
            all = whole_widen_(&w->world, &call->out[r], v);
        }
        if (!whole_equal_(&all, &call->out[r])) {
            call->out[r] = all;
            call->grown++;
            w->changed = true;
        }
    }
    struct whole_past_ past = whole_past_(state);
    if (past.stacks.other.kind == WHOLE_KEPT) {
        past.stacks.other = whole_any_();
    }
    whole_past_add_(w, &call->past_out, &call->returns, &past);
}

struct whole_call_ *whole_begun_(struct whole *w, uint32_t addr, bool task) {
    size_t from = 0, at;
    while ((at = index_next(&w->call_index, addr, &from)) != INDEX_NONE) {
        struct whole_call_ *call = w->calls[at];
        if (call->root == w->root && call->begun && call->task == task) {
            return call;
        }
    }
    struct whole_call_ *call = new_call(w, addr);
    if (call) {
        call->begun = true;
        call->task = task;
        for (unsigned i = 0; i < WHOLE_INCOMING; i++) {
            call->incoming[i] = whole_any_();
        }
    }
    return call;
}

static struct whole_call_ *entry_of(struct whole *w, uint32_t addr) {
    size_t from = 0, at;
    while ((at = index_next(&w->call_index, addr, &from)) != INDEX_NONE) {
        if (w->calls[at]->root == w->root && w->calls[at]->entry) {
            return w->calls[at];
        }
    }
    return new_call(w, addr);
}

// The process stack where a handler is entered: what is in it is not followed.
static void make_interrupted(struct whole *w) {
    if (!w->call_count) {
        struct whole_call_ *call = new_call(w, ~0u);
        if (call) {
            call->begun = call->interrupted = call->running = true;
        }
    }
}

void whole_run_root_(struct whole *w, uint32_t number) {
    const struct whole_root_ root = w->roots[number];
    const uint32_t addr = root.addr & ~1u;
    const bool task = root.kind == WHOLE_TASK;
    make_interrupted(w);
    w->root = number;
    w->kind = root.kind;
    // What ran before other resets, it does not know.
    w->from_entry =
            root.kind == WHOLE_RESET && model_is_entry(w->model, root.addr);
    w->in_handler = root.kind != WHOLE_RESET;
    w->depth = 0;
    struct whole_call_ *call =
            task ? whole_begun_(w, addr, true) : entry_of(w, addr);
    if (!call) {
        return;
    }
    memcpy(call->given, root.given, sizeof call->given);
    call->past_in.stacks = (struct whole_stacks_){.selected = root.selected,
            .top = root.kind == WHOLE_RESET ? whole_const_(0) : whole_any_(),
            .other = root.kind == WHOLE_HANDLER
                    ? whole_frame_(w->interrupted, 0)
                    : whole_any_()};
    call->entry = !task;
    call->handler = root.kind == WHOLE_HANDLER;
    for (unsigned i = 0; i < 4; i++) {
        call->argument[i] = whole_any_();
    }
    for (unsigned i = 0; i < WHOLE_INCOMING; i++) {
        call->incoming[i] = whole_any_();
    }
    whole_run_(w, call);
}

/// Calls that are run as a part of the path ///

// What a function like memset() does to a frame of its caller is exact then:
// each store is one to an own slot. It must call nothing itself.

#define LEAF_BYTES 256u
#define LEAF_LOOPS 1024u // bytes that it may be asked to set
// In all rounds; then such calls are run by themselves, as all others.
#define LEAF_LOOPS_ALL 0x20000u

// It leaves its function by a return, or calls something.
static bool is_plain(const struct thumb_insn *insn,
        const struct function_extent *extent) {
    const uint32_t from = extent->entry_addr & ~1u;
    const bool pops = insn->rn == SP &&
            (insn->op == THUMB_LOAD || insn->op == THUMB_LOAD_MULTIPLE);
    switch (insn->op) {
    case THUMB_UNDEFINED:
    case THUMB_BL:
    case THUMB_BLX:
    case THUMB_SVC:
    case THUMB_BKPT:
    case THUMB_TABLE:
        return false;
    case THUMB_BX:
        return insn->rm == LR;
    case THUMB_B:
        return insn->target - from < extent->end_addr - from;
    default:
        return pops || insn->op >= THUMB_B || !(insn->writes >> PC & 1);
    }
}

// The linker's veneer, of cores with such a load, leads to another function.
static uint32_t past_veneer(const struct model *model, uint32_t addr) {
    const uint8_t *b = model_bytes(model, addr, 4);
    struct thumb_insn insn;
    uint32_t to;
    return b && thumb_decode(&insn, addr, b, 4) && insn.op == THUMB_LOAD &&
                    insn.rd == PC && insn.rn == PC && insn.immediate &&
                    model_word(model, insn.target, &to)
            ? to & ~1u
            : addr;
}

static bool is_leaf(const struct whole *w, uint32_t addr) {
    const struct model *model = w->model;
    struct function_extent extent;
    struct thumb_insn insn;
    uint32_t end;
    addr = past_veneer(model, addr);
    if (!model_function(model, addr, &extent) ||
            (extent.entry_addr & ~1u) != addr ||
            extent.end_addr - addr > LEAF_BYTES) {
        return false;
    }
    for (uint32_t at = addr; at < extent.end_addr; at += insn.size_bytes) {
        const uint32_t left = extent.end_addr - at;
        const uint32_t room = left < 4 ? left : 4;
        const uint8_t *b = model_bytes(model, at, room);
        if (elf_image_content(model_image(model, at), at, &end) ==
                ELF_CONTENT_DATA) {
            break; // its pool
        }
        if (!b || !thumb_decode(&insn, at, b, room) ||
                !is_plain(&insn, &extent)) {
            return false;
        }
    }
    return true;
}

static bool is_own_place(const struct whole *w, const struct whole_call_ *call,
        const struct whole_value_ *v) {
    return whole_is_place_(v) && w->calls[v->of] == call;
}

bool whole_runs_here_(struct whole *w, const struct whole_call_ *call,
        const struct whole_state_ *state, uint32_t target) {
    const struct whole_value_ *size = &state->reg[2];
    bool own = is_own_place(w, call, &state->reg[0]) ||
            is_own_place(w, call, &state->reg[1]);
    for (size_t i = 0; own && i < w->claim_count; i++) {
        own = w->claims[i].addr != target;
    }
    if (!own || call->recursive || !is_own_place(w, call, &state->reg[SP]) ||
            !whole_is_const_(size) || size->v[0] > LEAF_LOOPS ||
            w->leaf_loops > LEAF_LOOPS_ALL || !is_leaf(w, target)) {
        return false;
    }
    w->leaf_loops += size->v[0] + LEAF_BYTES / 4;
    return true;
}
