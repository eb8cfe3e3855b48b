/*
 * whole_stack - the two stack pointers, and stacks that begin
 *
 * SPDX-License-Identifier: MIT
 *
 * A stack that code sets up is like the first one: what lies on it belongs to
 * frames, and is not known by its address (A3). What runs on it is a call that
 * nothing called: no place in an older frame is known there, and it does not
 * return to what ran before. So all frames of a call lie on one stack.
 * Handlers run on the main stack; a new stack pointer in one is what it returns
 * with (whole_task.c).
 */
#include <string.h>

#include "check/whole/whole_priv.h"

enum { SP = 13, LR = 14, PC = 15 };
enum { SYS_MSP = 8, SYS_PSP = 9, SYS_CONTROL = 20 };

/// Where stacks lie ///

static bool is_first_stack(const struct whole *w, uint32_t sp) {
    const uint32_t top = model_stack_top(w->model, sp);
    for (size_t i = 0; i < w->table_count; i++) {
        uint32_t word;
        if (model_word(w->model, w->tables[i], &word) &&
                model_stack_top(w->model, word) == top) {
            return true;
        }
    }
    return false;
}

// The object that holds the word below top; NULL: none is named.
static const struct elf_symbol *object_below(const struct whole *w,
        uint32_t top) {
    const struct elf_symbol *symbol = model_symbol(w->model, top - 4);
    return symbol && top - 4 - symbol->addr < symbol->size_bytes ? symbol
                                                                 : NULL;
}

// Two stacks in one memory: the one may run into the other.
static bool meets(const struct whole *w, const struct model_stack *a,
        const struct model_stack *b) {
    const struct elf_symbol *x = object_below(w, a->top);
    const struct elf_symbol *y = object_below(w, b->top);
    return x || y ? x == y : a->low < b->top && b->low < a->top;
}

// Of a stack that no object is: an object in what it takes.
static bool runs_into_object(const struct whole *w, uint32_t top) {
    for (size_t i = 0; i < w->stacks.stack_count; i++) {
        const struct model_stack *s = &w->stacks.stacks[i];
        for (uint32_t at = top; s->top == top && at > s->low; at -= 4) {
            if (object_below(w, at)) {
                return true;
            }
        }
    }
    return false;
}

// Each stack has one kind of user: what a thread pushes is not in a frame that
// an exception returns to, and no exception pushes its frame there.
static void check_users(struct whole *w, uint32_t top, enum whole_user_ user) {
    const struct whole_value_ here = whole_const_(top);
    whole_grow_(w, &w->tops[user], &here);
    bool alone = user == WHOLE_BY_MAIN || !is_first_stack(w, top);
    for (unsigned u = 0; u < WHOLE_USERS; u++) {
        alone &= w->tops[u].kind == WHOLE_SET || w->tops[u].kind == WHOLE_NONE;
        for (unsigned i = 0; u != user && i < w->tops[u].count; i++) {
            alone &= w->tops[u].v[i] != top;
        }
    }
    if (!alone) {
        whole_stop_(w, "sets a stack that is in use");
    }
}

void whole_stack_at_(struct whole *w, uint32_t top, enum whole_user_ user) {
    const size_t count = w->stacks.stack_count;
    top = model_stack_top(w->model, top);
    if (top >= 4 && model_forbidden(w->model, top - 4) && !w->window_stack) {
        w->window_stack = top;
        w->window_stack_by = w->pc;
    }
    if (top & 3 || top < 4 || whole_is_device_(w, top - 4) ||
            model_constant(w->model, top - 4) ||
            model_forbidden(w->model, top - 4)) {
        whole_stop_(w, "sets a stack that is no memory");
        return;
    }
    check_users(w, top, user);
    model_add_stack(&w->stacks, top);
    if (!is_first_stack(w, top) && !object_below(w, top) &&
            runs_into_object(w, top)) {
        whole_stop_(w, "sets a stack that runs into an object");
    }
    if (w->stacks.stack_count > count) {
        w->changed = true;
    }
    for (size_t i = 0; i < w->stacks.stack_count; i++) {
        if (w->stacks.stacks[i].top == top) {
            for (size_t k = 0; k < w->stacks.stack_count; k++) {
                if (k != i &&
                        meets(w, &w->stacks.stacks[i], &w->stacks.stacks[k])) {
                    whole_stop_(w, "sets a stack where another one is");
                }
            }
            return;
        }
    }
    whole_stop_(w, "has too many stacks to be followed");
}

// `object` holds the address, if one does. `deep`: without an object the stack
// may be deeper than is known.
static bool lies_in(const struct whole *w, const struct model_stack *s,
        uint32_t addr, const struct elf_symbol *object, bool deep) {
    const struct elf_symbol *of = object_below(w, s->top);
    return object || of ? object == of
                        : (deep || addr >= s->low) && addr < s->top;
}

void whole_users_of_(const struct whole *w, uint32_t addr, bool *others,
        bool *tasks) {
    const struct elf_symbol *object = object_below(w, addr + 4);
    *others = *tasks = false;
    for (size_t i = 0; i < w->stacks.stack_count; i++) {
        const struct model_stack *s = &w->stacks.stacks[i];
        const struct whole_value_ *by_task = &w->tops[WHOLE_BY_TASK];
        bool here = lies_in(w, s, addr, object, false);
        for (unsigned k = 0; here && k < by_task->count; k++) {
            if (by_task->v[k] == s->top) {
                *tasks = true;
                here = false;
            }
        }
        *others |= here;
    }
}

static void lose_slots(struct whole_state_ *state, int32_t from, int32_t to) {
    for (int32_t at = from; at < to; at += 4) {
        const int32_t i = -at / 4 - 1;
        if (i >= 0 && i < (int32_t)WHOLE_SLOTS) {
            state->slot[i] = whole_any_();
        }
    }
    memset(state->copy_of, 0, sizeof state->copy_of);
}

// Nothing is linked between addr and the stack's top.
static bool lies_below(const struct whole *w, uint32_t addr, uint32_t top) {
    const struct elf_section *s;
    for (size_t k = 0; k < w->model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(w->model->images[k], i));
                i++) {
            if (s->size_bytes && s->addr < top &&
                    s->addr + (s->size_bytes - 1) >= addr) {
                return false;
            }
        }
    }
    return addr < top;
}

bool whole_holds_frames_(const struct whole *w, uint32_t addr, bool deep) {
    bool frames = model_in_stack(&w->stacks, addr);
    for (size_t i = 0; deep && !frames && i < w->stacks.stack_count; i++) {
        frames = lies_below(w, addr, w->stacks.stacks[i].top);
    }
    return frames;
}

static struct whole_value_ top_of(const struct whole *w, uint32_t top) {
    return whole_const_(is_first_stack(w, top)
                    ? 0
                    : model_stack_top(w->model, top));
}

// SP may be on the stack that ends there.
static bool is_on(const struct whole *w, const struct whole_stacks_ *stacks,
        uint32_t top) {
    const struct whole_value_ other = top_of(w, top);
    bool on = stacks->top.kind != WHOLE_SET;
    for (unsigned i = 0; i < stacks->top.count; i++) {
        on |= stacks->top.v[i] == other.v[0];
    }
    return on;
}

// Frames of this path may lie there.
static bool has_own_frames(const struct whole *w,
        const struct whole_stacks_ *stacks, uint32_t addr) {
    const struct elf_symbol *object = object_below(w, addr + 4);
    bool own = stacks->selected != WHOLE_MAIN;
    for (size_t i = 0; i < w->stacks.stack_count; i++) {
        const struct model_stack *s = &w->stacks.stacks[i];
        own |= lies_in(w, s, addr, object, true) && is_on(w, stacks, s->top);
    }
    return own;
}

void whole_stores_number_(struct whole *w, const struct whole_call_ *call,
        struct whole_state_ *state, uint32_t addr, bool is_exact) {
    bool others, tasks;
    if (whole_is_device_(w, addr) || !whole_holds_frames_(w, addr, !is_exact)) {
        return;
    }
    whole_users_of_(w, addr, &others, &tasks);
    const bool starts = w->kind == WHOLE_RESET;
    if (starts && tasks && !others) {
        return; // what a task begins with
    }
    if (starts && !has_own_frames(w, &state->stacks, addr)) {
        return; // a stack that is not in use yet
    }
    if (!starts || !call->entry || call->leaky) {
        whole_stop_(w, "stores into a stack by a number");
        return;
    }
    // Start code, which no other frame is there beside.
    lose_slots(state, -4 * (int32_t)WHOLE_SLOTS, 0);
}

void whole_stacks_join_(const struct whole_world_ *world,
        struct whole_stacks_ *into, const struct whole_stacks_ *other,
        bool widen) {
    into->other = widen ? whole_widen_(world, &into->other, &other->other)
                        : whole_join_(world, &into->other, &other->other);
    into->top = whole_join_(world, &into->top, &other->top);
    if (into->selected != other->selected) {
        into->selected = WHOLE_ONE_OF_THEM;
    }
}

/// SP ///

// A number. Of a handler it is what it returns with: one time, and nothing is
// pushed there.
static void set_number(struct whole *w, struct whole_state_ *state,
        const struct whole_value_ *value) {
    struct whole_value_ *sp = &state->reg[SP];
    const bool handler = w->kind == WHOLE_HANDLER;
    if (sp->kind == WHOLE_SET && !whole_equal_(sp, value)) {
        whole_stop_(w, "uses another stack in an exception");
        return;
    }
    if (!handler && !whole_is_const_(value)) {
        whole_stop_(w, "sets one of several stacks");
        return;
    }
    if (!handler && value->v[0] & 3) {
        whole_stop_(w, "sets a stack that is not aligned");
        return;
    }
    if (handler) {
        whole_switches_(w);
    }
    *sp = *value;
}

void whole_set_sp_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *value) {
    const int32_t lowest = -4 * (int32_t)WHOLE_SLOTS;
    struct whole_value_ *sp = &state->reg[SP];
    if (sp->kind == WHOLE_FRAME && whole_is_const_(value) &&
            is_first_stack(w, value->v[0]) && call->entry &&
            w->kind == WHOLE_RESET && state->stacks.selected == WHOLE_MAIN &&
            !sp->low && !call->leaky) {
        // A stack from its beginning: what was on it is not used any more.
        call->stack_set = true;
        lose_slots(state, lowest, 0);
        *sp = whole_frame_(sp->of, 0);
        return;
    }
    if (value->kind == WHOLE_SET) {
        set_number(w, state, value);
        return;
    }
    if (!whole_is_place_(value) || sp->kind != WHOLE_FRAME ||
            value->of != sp->of || (int32_t)value->low > 0 || value->low & 3) {
        whole_stop_(w, "sets the stack pointer");
        return;
    }
    // An exception may write to what lies below.
    const int32_t old = (int32_t)sp->low, new = (int32_t)value->low;
    if (new > old) {
        lose_slots(state, old < lowest ? lowest : old, new < 0 ? new : 0);
    }
    *sp = *value;
}

bool whole_both_meet_(const struct whole_state_ *state) {
    return state->stacks.selected == WHOLE_PROCESS &&
            state->stacks.other.kind == WHOLE_FRAME;
}

// What a frame of before, or its caller, held is not followed.
static struct whole_value_ left_behind(const struct whole_value_ *v) {
    return v->kind == WHOLE_FRAME || v->kind == WHOLE_KEPT ? whole_any_()
                                                           : whole_unhidden_(v);
}

static void begin_with(struct whole *w, struct whole_call_ *next,
        const struct whole_call_ *call, const struct whole_state_ *state) {
    for (unsigned r = 0; r < PC; r++) {
        struct whole_value_ v = left_behind(&state->reg[r]);
        // A function that sets a stack and returns, by lr.
        if (r == LR && state->reg[r].kind == WHOLE_KEPT &&
                state->reg[r].of == LR && !call->entry && !call->begun) {
            v = call->return_to;
        }
        if (next->grown > WHOLE_JOINS_MAX) {
            v = whole_widen_(&w->world, &next->given[r], &v);
        }
        const struct whole_value_ before = next->given[r];
        whole_grow_(w, &next->given[r], &v);
        next->grown += !whole_equal_(&before, &next->given[r]);
    }
}

void whole_stack_begins_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, uint32_t pc) {
    const uint32_t top = state->reg[SP].v[0];
    whole_stack_at_(w, top,
            state->stacks.selected == WHOLE_PROCESS ? WHOLE_BY_PROCESS
                                                    : WHOLE_BY_MAIN);
    struct whole_call_ *next =
            state->it_left ? NULL : whole_begun_(w, pc, false);
    if (!next || whole_stopped_(w)) {
        whole_stop_(w, "sets a stack under a condition");
        return;
    }
    next->noted |= state->noted;
    begin_with(w, next, call, state);
    struct whole_past_ past = whole_past_(state);
    past.stacks.other = left_behind(&past.stacks.other);
    past.stacks.top = top_of(w, top);
    for (unsigned i = 0; i < past.recent.count; i++) {
        if (past.recent.word[i].value.kind == WHOLE_FRAME) {
            whole_recent_drop_(&past.recent, past.recent.word[i--].addr);
        }
    }
    whole_past_add_(w, &next->past_in, &next->came, &past);
    if (next->round != w->round) {
        whole_run_(w, next);
    }
}

/// MRS and MSR ///

// What the other stack pointer holds may be what an exception set: PSP where
// exceptions switch tasks, and then go back to the main stack (A11). With a new
// MSP none goes back to a thread that uses the process stack.
static bool is_lost(const struct whole *w, unsigned selected) {
    return selected == WHOLE_MAIN && w->psp_by_handler && w->resumes_any;
}

struct whole_value_ whole_read_stack_(struct whole *w,
        const struct whole_state_ *state, unsigned which) {
    const struct whole_stacks_ *s = &state->stacks;
    if (which == SYS_CONTROL) {
        // Bits 0, 2 and 3; bit 1 is the stack (Armv8-M ARM, CONTROL).
        struct whole_value_ all = {.kind = WHOLE_SET, .count = WHOLE_COUNT};
        for (unsigned i = 0; i < WHOLE_COUNT; i++) {
            all.v[i] = (i & 1) | (i & 6) << 1 |
                    (s->selected == WHOLE_PROCESS ? 2u : 0u);
        }
        return s->selected == WHOLE_ONE_OF_THEM ? whole_number_() : all;
    }
    if (s->selected == WHOLE_ONE_OF_THEM) {
        return whole_any_();
    }
    if ((which == SYS_PSP) == (s->selected == WHOLE_PROCESS)) {
        return state->reg[SP];
    }
    if (w->kind != WHOLE_HANDLER) {
        return which == SYS_PSP && w->psp_by_handler ? whole_any_() : s->other;
    }
    // PSP, of a handler: where the interrupted thread uses it, that stack.
    bool stacks = w->psp.kind == WHOLE_NONE || w->psp.kind == WHOLE_SET;
    for (unsigned i = 0; i < w->psp.count; i++) {
        stacks &= model_in_stack(&w->stacks, w->psp.v[i] - 4);
    }
    return stacks ? s->other : whole_any_();
}

// A thread that does not use it sets PSP.
static void keep_psp(struct whole *w, const struct whole_value_ *value) {
    const struct whole_value_ v = left_behind(value);
    whole_grow_(w, &w->psp, &v);
}

static void set_other(struct whole *w, struct whole_state_ *state,
        unsigned which, const struct whole_value_ *value) {
    if (w->kind == WHOLE_HANDLER) { // PSP
        const bool own = whole_is_place_(value) &&
                value->of == w->interrupted && !value->low;
        if (value->kind != WHOLE_SET && !whole_is_saved_place_(value) && !own) {
            whole_stop_(w, "sets another stack");
        }
        w->changed |= !w->psp_by_handler;
        w->psp_by_handler = true;
    } else if (which == SYS_PSP) {
        keep_psp(w, value);
    } else if (!whole_is_const_(value)) {
        whole_stop_(w, "sets the main stack to a place that is not known");
    } else if (is_on(w, &state->stacks, value->v[0])) {
        whole_stop_(w, "sets both stack pointers to one stack");
    } else {
        whole_stack_at_(w, value->v[0], WHOLE_BY_MAIN);
    }
    state->stacks.other = *value;
}

static void use_process(struct whole *w) {
    w->changed |= !w->psp_used || (w->kind == WHOLE_RESET && !w->reset_on_psp);
    w->psp_used = true;
    w->reset_on_psp |= w->kind != WHOLE_TASK;
}

// CONTROL.SPSEL; the two change places.
static void select(struct whole *w, struct whole_state_ *state,
        const struct whole_value_ *control) {
    struct whole_stacks_ *s = &state->stacks;
    const bool known = control->kind == WHOLE_SET;
    uint32_t ones = 0, zeros = 0;
    for (unsigned i = 0; known && i < control->count; i++) {
        ones |= control->v[i];
        zeros |= ~control->v[i];
    }
    const unsigned to = ones & 2 ? WHOLE_PROCESS : WHOLE_MAIN;
    if (!known || ones & ~15u || (ones & zeros & 2) ||
            (w->kind == WHOLE_HANDLER && to == WHOLE_PROCESS)) {
        whole_stop_(w, "sets another stack");
        return;
    }
    if (s->selected == to || w->kind == WHOLE_HANDLER) {
        return;
    }
    struct whole_value_ *sp = &state->reg[SP];
    const bool same = whole_equal_(&s->other, sp); // both lead to one place
    if (s->selected == WHOLE_ONE_OF_THEM || is_lost(w, s->selected) ||
            (!same && !whole_is_const_(&s->other))) {
        whole_stop_(w, "sets another stack");
        return;
    }
    if (to == WHOLE_PROCESS) {
        use_process(w);
    }
    const struct whole_value_ before = *sp;
    *sp = s->other;
    s->other = before;
    s->selected = to;
}

void whole_write_stack_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned which,
        const struct whole_value_ *value) {
    const struct whole_value_ mask = whole_const_(~3u);
    const struct whole_value_ v = value->kind == WHOLE_SET
            ? whole_and_(&w->world, value, &mask)
            : whole_unhidden_(value);
    whole_switches_(w);
    call->sets_stacks = true;
    if (which == SYS_CONTROL) {
        select(w, state, value);
    } else if (state->stacks.selected == WHOLE_ONE_OF_THEM) {
        whole_stop_(w, "sets another stack");
    } else if ((which == SYS_PSP) ==
            (state->stacks.selected == WHOLE_PROCESS)) {
        whole_set_sp_(w, call, state, &v);
    } else {
        set_other(w, state, which, &v);
    }
}
