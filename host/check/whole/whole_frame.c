/*
 * whole_frame - words of the stack
 *
 * SPDX-License-Identifier: MIT
 *
 * Each call has a frame of its own, which no address in RAM reaches (A3). Its
 * own code knows what a slot holds at each instruction. What it showed to other
 * code, and what that stored, are sets like those of RAM. Whoever stores an
 * address in a frame to RAM loses it, so an address that is used belongs to a
 * call up the chain, or to this one.
 */
#include "check/whole/whole_priv.h"

enum { LR = 14 };

// Places that one load or store may mean.
#define PLACES_MAX 1024

// Bytes of which each may be the one that is stored to, of which words are
// looked at.
#define WORDWISE 64

static bool too_many(const struct whole_value_ *addr) {
    return ((int32_t)addr->high - (int32_t)addr->low) >> addr->step >
            PLACES_MAX;
}

// The slot of a word below the stack pointer at entry; WHOLE_SLOTS: too far.
static unsigned slot_of(int32_t offset) {
    const int32_t i = -offset / 4 - 1;
    return i >= 0 && i < (int32_t)WHOLE_SLOTS ? (unsigned)i : WHOLE_SLOTS;
}

static void forget_copies(struct whole_state_ *state, unsigned slot) {
    for (unsigned r = 0; r < 16; r++) {
        if (state->copy_of[r] == slot + 1) {
            state->copy_of[r] = 0;
        }
    }
}

static bool is_own(const struct whole *w, const struct whole_call_ *call,
        const struct whole_value_ *addr) {
    return w->calls[addr->of] == call;
}

// What a call up the chain holds is not what this one holds.
static struct whole_value_ foreign(const struct whole_value_ *v) {
    const struct whole_value_ plain = whole_unmarked_(v);
    return v->kind == WHOLE_KEPT ? whole_any_() : whole_unhidden_(&plain);
}

/// Saved registers ///

// A slot that PUSH writes a register of the caller to, and that nothing but POP
// uses, is in no object: what is added to an object's address does not lead
// there (A4). Each other use ends that.
static void uses_slot(struct whole *w, struct whole_call_ *of, unsigned slot,
        const struct whole_value_ *pushed) {
    const bool saves = w->pushes && (!pushed || pushed->kind == WHOLE_KEPT);
    if (slot == WHOLE_SLOTS || of->saved[slot] == WHOLE_USED) {
        return;
    }
    if (!saves) {
        w->changed |= of->saved[slot] == WHOLE_SAVED_REGISTER;
        of->saved[slot] = WHOLE_USED;
    } else if (pushed) {
        of->saved[slot] = WHOLE_SAVED_REGISTER;
    }
}

static bool is_saved(const struct whole_call_ *of, int32_t offset) {
    const unsigned slot = offset < 0 ? slot_of(offset & ~3) : WHOLE_SLOTS;
    return slot != WHOLE_SLOTS && of->saved[slot] == WHOLE_SAVED_REGISTER;
}

struct whole_value_ whole_frame_word_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, int32_t offset) {
    if (offset >= 0) {
        return offset / 4 < (int32_t)WHOLE_INCOMING ? call->incoming[offset / 4]
                                                    : whole_any_();
    }
    const unsigned i = slot_of(offset);
    return i == WHOLE_SLOTS
            ? whole_any_()
            : whole_join_(&w->world, &state->slot[i], &call->outside[i]);
}

bool whole_frame_parts_(const struct whole *w, const struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *addr,
        struct whole_value_ *own, struct whole_value_ *others) {
    const int32_t offset = (int32_t)addr->low;
    if (!whole_is_place_(addr) || !is_own(w, call, addr) || offset >= 0 ||
            offset & 3 || slot_of(offset) == WHOLE_SLOTS) {
        return false;
    }
    *own = state->slot[slot_of(offset)];
    *others = call->outside[slot_of(offset)];
    return true;
}

static struct whole_value_ word_at(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *addr,
        int32_t offset) {
    if (is_own(w, call, addr)) {
        return whole_frame_word_(w, call, state, offset);
    }
    const struct whole_call_ *other = w->calls[addr->of];
    const unsigned i = slot_of(offset);
    if (offset >= 0 || i == WHOLE_SLOTS || other->interrupted) {
        return whole_any_();
    }
    const struct whole_value_ all =
            whole_join_(&w->world, &other->visible[i], &other->outside[i]);
    return foreign(&all);
}

struct whole_value_ whole_frame_load_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *addr,
        unsigned bytes) {
    struct whole_value_ all = {0};
    const int32_t low = (int32_t)addr->low, high = (int32_t)addr->high;
    if (too_many(addr)) {
        return whole_any_();
    }
    if (low == high) {
        uses_slot(w, w->calls[addr->of], slot_of(low & ~3), NULL);
        uses_slot(w, w->calls[addr->of],
                slot_of((low + (int32_t)bytes - 1) & ~3), NULL);
    }
    for (int32_t at = low; at <= high; at += 1 << addr->step) {
        const int32_t word = at & ~3;
        if ((at & 3) + (int32_t)bytes > 4 || all.kind == WHOLE_ANY ||
                (low != high && is_saved(w->calls[addr->of], at))) {
            return whole_any_();
        }
        const struct whole_value_ v = word_at(w, call, state, addr, word);
        if (bytes < 4) {
            whole_reads_part_(w, &v);
        }
        const struct whole_value_ part =
                whole_part_(&w->world, &v, (unsigned)(at & 3), bytes);
        all = whole_join_(&w->world, &all, &part);
    }
    return all;
}

// Of a call up the chain, at an address that was handed down.
static void store_foreign(struct whole *w, struct whole_call_ *other,
        const struct whole_state_ *state, unsigned i, unsigned at,
        unsigned bytes, const struct whole_value_ *data) {
    struct whole_value_ v = foreign(data);
    if (bytes != 4) {
        const struct whole_value_ old =
                whole_join_(&w->world, &other->visible[i], &other->outside[i]);
        v = whole_with_part_(&w->world, &old, at, bytes, &v);
    }
    whole_renews_(w, state, &other->renewed[i]);
    whole_grow_(w, &other->outside[i], &v);
}

// Armv7-M ARM B1.5.6: the address that an exception returns to.
#define FRAME_PC 24

// Above the stack pointer that a frame began with.
static void store_above(struct whole *w, struct whole_call_ *call,
        struct whole_call_ *other, const struct whole_value_ *addr,
        int32_t offset, unsigned bytes, const struct whole_value_ *data) {
    const struct whole_value_ any = whole_any_();
    // Where a thread uses the process stack, its frame is there; one that does
    // not may have set PSP to what is no frame.
    // A path may count beyond an array: no run does (A4).
    const bool leaves = !w->by_sp && other->no_stack_arguments &&
            !other->interrupted && !other->handler && !other->begun;
    const bool in_frame = other->interrupted ? w->psp.kind == WHOLE_NONE
                                             : other->handler && !w->psp_used;
    if (leaves) {
        return;
    }
    if (in_frame && offset == FRAME_PC && bytes == 4 &&
            addr->low == addr->high && w->kind == WHOLE_HANDLER) {
        whole_diverts_(w, data);
    } else if (offset / 4 >= (int32_t)WHOLE_INCOMING || other != call ||
            call->handler || call->begun) {
        whole_stop_(w, "stores above a frame");
    } else {
        call->writes_above = true;
        whole_grow_(w, &call->incoming[offset / 4], &any);
    }
}

static void store_at(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *addr,
        int32_t offset, unsigned bytes, const struct whole_value_ *data) {
    struct whole_call_ *other = w->calls[addr->of];
    const int32_t word = offset & ~3;
    const unsigned at = (unsigned)(offset & 3), i = slot_of(word);
    if (word >= 0) { // of the caller
        store_above(w, call, other, addr, offset, bytes, data);
        return;
    }
    // Of what it saves, the handler knows nothing: in a function that it calls
    // a register may have been set.
    const bool saves = data->kind == WHOLE_KEPT && call->handler;
    if (addr->low == addr->high) {
        uses_slot(w, other, i, data);
    } else if (is_saved(other, word)) {
        return;
    }
    if (other->interrupted && !saves && !w->floating) {
        // It could be a frame that is not the interrupted task's.
        whole_stop_(w, "stores into the stack of a task");
    }
    if (other->interrupted && saves && data->of == LR) {
        w->changed |= !w->lr_saved;
        w->lr_saved = true;
    }
    if (i == WHOLE_SLOTS || other->interrupted) {
        return; // what it holds is not followed
    }
    if (other != call || call->recursive) {
        store_foreign(w, other, state, i, at, bytes, data);
        if (other != call) {
            return;
        }
    }
    // Bytes beside it may be what others stored.
    const struct whole_value_ old =
            whole_join_(&w->world, &state->slot[i], &call->outside[i]);
    struct whole_value_ v = whole_with_part_(&w->world, &old, at, bytes, data);
    if (addr->low != addr->high || call->recursive) {
        v = whole_join_(&w->world, &old, &v);
    }
    if (offset < (int32_t)state->reg[13].low) {
        v = whole_any_(); // an exception stores there
    }
    state->slot[i] = v;
    forget_copies(state, i);
}

// An address of this frame, or of one further down, does not stay true in a
// frame further up.
static bool outlives(const struct whole *w, const struct whole_value_ *addr,
        const struct whole_value_ *data) {
    return data->kind == WHOLE_FRAME &&
            w->calls[data->of]->depth > w->calls[addr->of]->depth;
}

// Where something is added to an address in a frame, it stays in an object
// there (A4), and none is above where all arguments are scalars. What is far
// below is not followed.
static struct whole_value_ inside_frame(const struct whole *w,
        const struct whole_value_ *addr, unsigned bytes) {
    const struct whole_call_ *of = w->calls[addr->of];
    struct whole_value_ inside = *addr;
    const int32_t lowest = -4 * (int32_t)WHOLE_SLOTS;
    const int32_t low = (int32_t)addr->low, high = (int32_t)addr->high;
    const int32_t step = 1 << addr->step, last = -(int32_t)bytes;
    if (low > last || high < lowest || low == high || of->interrupted ||
            of->begun) {
        return inside;
    }
    if (high > last && of->only_scalars) {
        inside.high = (uint32_t)(low + (last - low) / step * step);
    }
    if (low < lowest) {
        inside.low = (uint32_t)(low + (lowest - low + step - 1) / step * step);
    }
    return inside;
}

void whole_frame_store_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *addr,
        unsigned bytes, const struct whole_value_ *data) {
    const struct whole_value_ any = whole_any_();
    const struct whole_value_ inside = inside_frame(w, addr, bytes);
    const int32_t low = (int32_t)inside.low, high = (int32_t)inside.high;
    addr = &inside;
    if (too_many(addr)) {
        whole_stop_(w, "stores somewhere into a frame");
        return;
    }
    if (data->kind == WHOLE_FRAME) {
        w->calls[data->of]->leaky = true;
        state->shown |= w->calls[data->of] == call && !is_own(w, call, addr);
    }
    if (!is_own(w, call, addr) &&
            (outlives(w, addr, data) || data->kind == WHOLE_HIDDEN)) {
        data = &any;
    }
    if (high - low > WORDWISE) {
        for (int32_t at = low & ~3; at <= high && !whole_stopped_(w); at += 4) {
            store_at(w, call, state, addr, at, 4, &any);
        }
        return;
    }
    for (int32_t at = low; at <= high && !whole_stopped_(w);
            at += 1 << addr->step) {
        if ((at & 3) + (int32_t)bytes <= 4) {
            store_at(w, call, state, addr, at, bytes, data);
        } else {
            store_at(w, call, state, addr, at & ~3, 4, &any);
            store_at(w, call, state, addr, (at & ~3) + 4, 4, &any);
        }
    }
}

void whole_frame_shown_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state) {
    for (unsigned i = 0; state->shown && i < WHOLE_SLOTS; i++) {
        const struct whole_value_ *slot = &state->slot[i];
        const struct whole_value_ *sp = &state->reg[13];
        const bool dead = slot->kind == WHOLE_FRAME && slot->of == sp->of &&
                (int32_t)slot->low < (int32_t)sp->low;
        const struct whole_value_ v = dead ? whole_any_() : foreign(slot);
        whole_grow_(w, &call->visible[i], &v);
    }
}
