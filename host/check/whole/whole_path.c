/*
 * whole_path - runs the code that one call reaches, path by path
 *
 * SPDX-License-Identifier: MIT
 *
 * As long as each condition is known there is one path, and loops are run as
 * often as they run. Where both ways are possible paths part, and where many
 * have come to one instruction they are joined there. Jumps lead anywhere: what
 * a function is, is not asked.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/whole/whole_priv.h"

enum { SP = 13, LR = 14, PC = 15 };

// Paths that parted and come to one instruction before they are joined there.
#define PARTED_MAX 12u
// So often a loop with known conditions is run before it is joined: one that
// copies or clears, and one that stores nothing, as a checksum or a delay.
#define LOOPS_MAX 1000000u
#define QUIET_MAX 2000u
#define DEPTH_MAX 200u
#define STEPS_MAX 20000000u
// A copy of a state takes as long as so many instructions.
#define COPY_STEPS 16u
// Targets of one jump.
#define TARGETS_MAX 256u

// Where jumps lead.
struct place {
    uint32_t pc;
    uint32_t arrived, parted, joined;
    uint32_t quiet;  // arrivals since a store,
    uint64_t stores; // of which there were so many
    struct whole_state_ *join;
    struct whole_state_ *before; // one that arrived earlier: a loop that
                                 // changes nothing is run once
};

struct path {
    uint32_t pc;
    struct whole_state_ *state;
};

struct run {
    struct whole *w;
    struct whole_call_ *call;
    struct place *places;
    size_t place_count, place_room;
    struct index place_index; // key: address
    struct path *paths;
    size_t path_count, path_room;
};

static struct whole_state_ *copy(struct whole *w,
        const struct whole_state_ *state) {
    struct whole_state_ *s = malloc(sizeof *s);
    if (s) {
        memcpy(s, state, sizeof *s);
    }
    w->failed = w->failed || !s;
    w->steps += COPY_STEPS;
    return s;
}

/// Joining ///

typedef struct whole_value_ join_(const struct whole_world_ *,
        const struct whole_value_ *, const struct whole_value_ *);

// Slots are most of a state, and most are the same. True: that changed one.
static bool join_slots(const struct whole *w, struct whole_value_ *into,
        const struct whole_value_ *from, join_ *f) {
    bool changed = false;
    if (whole_same_(into, from, WHOLE_SLOTS * sizeof *into)) {
        return false;
    }
    for (unsigned i = 0; i < WHOLE_SLOTS; i++) {
        if (!whole_equal_(&into[i], &from[i])) {
            const struct whole_value_ v = f(&w->world, &into[i], &from[i]);
            changed |= !whole_equal_(&into[i], &v);
            into[i] = v;
        }
    }
    return changed;
}

// True: that changed it.
static bool join(const struct whole *w, struct whole_state_ *into,
        const struct whole_state_ *from, bool widen) {
    join_ *f = widen ? whole_widen_ : whole_join_;
    uint8_t before[offsetof(struct whole_state_, slot)];
    memcpy(before, into, sizeof before);
    for (unsigned r = 0; r < PC; r++) {
        into->reg[r] = f(&w->world, &into->reg[r], &from->reg[r]);
        if (into->copy_of[r] != from->copy_of[r]) {
            into->copy_of[r] = 0;
        }
    }
    into->back = f(&w->world, &into->back, &from->back);
    whole_written_by_both_(&into->written, &from->written);
    whole_written_by_both_(&into->copied, &from->copied);
    whole_recent_join_(&w->world, &into->recent, &from->recent, widen);
    whole_stacks_join_(&w->world, &into->stacks, &from->stacks, widen);
    into->noted |= from->noted;
    into->shown |= from->shown;
    if (!whole_same_(&into->sum, &from->sum, sizeof into->sum)) {
        memset(&into->sum, 0, sizeof into->sum);
    }
    if (!whole_same_(&into->flags, &from->flags, sizeof into->flags)) {
        memset(&into->flags, 0, sizeof into->flags);
    }
    const bool changed = !whole_same_(before, into, sizeof before);
    return join_slots(w, into->slot, from->slot, f) || changed;
}

static bool same(const struct whole_state_ *a, const struct whole_state_ *b) {
    return a && whole_same_(a, b, sizeof *a);
}

static struct place *place_of(struct run *run, uint32_t pc, bool make) {
    size_t from = 0;
    const size_t at = index_next(&run->place_index, pc, &from);
    if (at != INDEX_NONE) {
        return &run->places[at];
    }
    if (!make) {
        return NULL;
    }
    struct place *grown = array_more(run->places, run->place_count,
            &run->place_room, sizeof *grown);
    if (!grown || !index_add(&run->place_index, pc, run->place_count)) {
        run->places = grown ? grown : run->places;
        run->w->failed = true;
        return NULL;
    }
    run->places = grown;
    run->places[run->place_count] = (struct place){.pc = pc};
    return &run->places[run->place_count++];
}

// A path comes to pc, where others come too. False: it has nothing new.
static bool arrive(struct run *run, uint32_t pc, struct whole_state_ *state,
        bool parted) {
    struct whole *w = run->w;
    struct place *p = state->it_left ? NULL : place_of(run, pc, true);
    if (whole_both_meet_(state)) {
        whole_stop_(w, "jumps while both stack pointers lead to one place");
    }
    if (!p) {
        return !w->failed;
    }
    if (same(p->before, state)) {
        return false;
    }
    p->arrived++;
    p->quiet = p->stores == w->stores ? p->quiet + 1 : 0;
    p->stores = w->stores;
    p->parted += parted;
    if (!(p->arrived & (p->arrived - 1))) {
        free(p->before);
        p->before = copy(w, state);
    }
    if (!p->join && p->arrived < LOOPS_MAX && p->quiet < QUIET_MAX &&
            p->parted < PARTED_MAX) {
        return true;
    }
    if (!p->join) {
        p->join = copy(w, state);
        return p->join != NULL;
    }
    if (!join(w, p->join, state, ++p->joined > WHOLE_JOINS_MAX)) {
        return false;
    }
    memcpy(state, p->join, sizeof *state);
    return true;
}

static void later(struct run *run, uint32_t pc, struct whole_state_ *state) {
    struct path *grown = state ? array_more(run->paths, run->path_count,
                                         &run->path_room, sizeof *grown)
                               : NULL;
    if (!grown) {
        free(state);
        run->w->failed = true;
        return;
    }
    run->paths = grown;
    run->paths[run->path_count++] = (struct path){pc, state};
}

/// One call ///

static void free_run(struct run *run) {
    for (size_t i = 0; i < run->place_count; i++) {
        free(run->places[i].join);
        free(run->places[i].before);
    }
    while (run->path_count) {
        free(run->paths[--run->path_count].state);
    }
    free(run->places);
    free(run->paths);
    index_free(&run->place_index);
}

static void walk(struct run *run, uint32_t pc, struct whole_state_ *state);

void whole_run_(struct whole *w, struct whole_call_ *call) {
    struct run run = {.w = w, .call = call};
    struct whole_state_ *state = calloc(1, sizeof *state);
    if (!state || w->depth >= DEPTH_MAX) {
        whole_stop_(w, "calls too deep to be followed");
        free(state);
        return;
    }
    for (unsigned r = 0; r < PC; r++) {
        state->reg[r] = call->begun ? call->given[r]
                : r < 4             ? call->argument[r]
                : r == 12           ? whole_any_()
                                    : whole_kept_(r);
    }
    state->reg[SP] = whole_frame_(call->number, 0);
    state->noted = call->noted;
    if (!call->begun) {
        whole_enters_(w, state, call->addr, call->addr);
    }
    state->stacks = call->past_in.stacks;
    state->written = call->past_in.written;
    state->copied = call->past_in.copied;
    state->recent = call->past_in.recent;
    for (unsigned i = 0; i < WHOLE_SLOTS; i++) {
        state->slot[i] = whole_any_();
    }
    call->round = w->round;
    call->running = true;
    call->depth = w->depth++;
    later(&run, call->addr, state);
    while (run.path_count && !whole_stopped_(w)) {
        const struct path path = run.paths[--run.path_count];
        walk(&run, path.pc, path.state);
        free(path.state);
    }
    w->depth--;
    call->running = false;
    free_run(&run);
}

/// Paths ///

// Start code has put the instruction there (A2): where the run sees that it
// does, it should have done so before.
static void check_copied(struct whole *w, const struct whole_state_ *state,
        uint32_t low, uint32_t end) {
    if (!whole_has_written_(&state->copied, low, end)) {
        whole_see_(w, WHOLE_SEEN_LATE, low, low);
    }
}

// What is executed never changes: it is what the image has, and no store or
// device may make it something else.
static bool executes(struct whole *w, const struct whole_state_ *state,
        uint32_t pc, unsigned bytes) {
    for (uint32_t at = pc & ~3u; at < pc + bytes; at += 4) {
        struct whole_cell_ *cell = whole_cell_(w, at);
        if (cell && !cell->fixed &&
                (cell->given || cell->cleared ||
                        !whole_is_const_(&cell->value))) {
            if (cell->value.kind == WHOLE_SET && !cell->cleared) {
                whole_see_changed_(w, pc, cell->changed_by, &cell->value);
            }
            whole_stop_(w, "runs code that something stores to");
        }
        if (model_in_stack(&w->stacks, at)) {
            whole_stop_(w, "runs code that lies in a stack");
        }
        if (!cell || whole_stopped_(w)) {
            return false;
        }
        if (cell->copied && w->from_entry) {
            check_copied(w, state, at < pc ? pc : at,
                    at + 4 > pc + bytes ? pc + bytes : at + 4);
        }
        w->changed |= !cell->fixed;
        cell->fixed = true;
        cell->executed |= at < pc ? 2 : 1;
    }
    return true;
}

// What is in memory there, the same in all images that have it. False: nothing
// is known.
static bool fetch(struct whole *w, const struct whole_state_ *state,
        uint32_t pc, struct thumb_insn *insn) {
    const struct model *model = w->model;
    const uint8_t *bytes = NULL;
    uint32_t len = 0;
    for (size_t i = 0; i < model->image_count; i++) {
        for (uint32_t n = 4; n >= 2; n -= 2) {
            const uint8_t *b = elf_image_bytes(model->images[i], pc, n);
            if (b && bytes && memcmp(b, bytes, n < len ? n : len) != 0) {
                whole_stop_(w, "runs code that two images have");
                return false;
            }
            if (b) {
                len = bytes && len > n ? len : n;
                bytes = bytes ? bytes : b;
                break;
            }
        }
    }
    if (!bytes || !thumb_decode(insn, pc, bytes, len)) {
        whole_stop_(w, "runs code that is in no image");
        return false;
    }
    return executes(w, state, pc, insn->size_bytes);
}

// RAM in which code was put that no image has there.
static bool is_absent(const struct whole *w, uint32_t target) {
    const struct check_options *o = w->model->options;
    bool ram = target >= 0x20000000u && target < 0x40000000u;
    for (size_t i = 0; i < o->ram_count; i++) {
        ram |= target - o->memory[i].addr < o->memory[i].size_bytes;
    }
    return ram && !model_forbidden(w->model, target) &&
            !model_bytes(w->model, target, 2);
}

/// Where a path goes ///

static bool comes_back(const struct whole_state_ *state, uint32_t target) {
    bool back = false;
    for (unsigned i = 0; i < state->back.count; i++) {
        back |= state->back.v[i] == target;
    }
    return back;
}

// A return from a call that is run in the path, as others: no jump.
static bool returns_here(const struct whole_state_ *state,
        const struct whole_value_ *to) {
    bool all = to->kind == WHOLE_SET;
    for (unsigned i = 0; i < to->count && all; i++) {
        all = comes_back(state, to->v[i]);
    }
    return all;
}

// One target of a jump or call. The path goes on later, or ends.
static void go(struct run *run, uint32_t target, uint32_t behind,
        const struct whole_state_ *state, bool calls, bool parted) {
    struct whole *w = run->w;
    if (!(target & 1)) {
        return; // a fault: its vector is an entry
    }
    if (is_absent(w, target & ~1u)) {
        whole_see_(w, WHOLE_SEEN_ABSENT, target & ~1u, w->pc);
    }
    struct whole_state_ *s = copy(w, state);
    const bool here =
            s && calls && whole_runs_here_(w, run->call, state, target & ~1u);
    if (here) {
        whole_set_(s, LR, whole_const_(behind | 1));
        s->back = whole_const_(behind | 1);
        calls = false;
    } else if (s && !calls && comes_back(s, target)) {
        s->back = (struct whole_value_){0};
    }
    const uint32_t to = calls ? behind : target & ~1u;
    const struct whole_value_ *lr = &run->call->given[LR];
    for (unsigned i = 0; !calls && run->call->task && i < lr->count; i++) {
        if (lr->v[i] == target) { // the task returns
            const struct whole_value_ end = whole_const_(target);
            whole_grow_(w, &w->ends, &end);
        }
    }
    if (s && !calls && !here) {
        whole_enters_(w, s, w->pc, to);
    }
    if (s && (!calls || whole_calls_(w, run->call, target & ~1u, behind, s)) &&
            arrive(run, to, s, parted)) {
        later(run, to, s);
    } else {
        free(s);
    }
}

// Numbers of which one is an EXC_RETURN, or what a handler has saved of one.
static bool leaves_exception(const struct whole *w,
        const struct whole_value_ *to) {
    bool leaves = to->kind == WHOLE_SAVED;
    for (unsigned i = 0; i < to->count && to->kind == WHOLE_SET; i++) {
        leaves |= whole_is_exc_return_(to->v[i]);
    }
    return leaves && w->kind == WHOLE_HANDLER;
}

static void leave_exception(struct run *run, const struct thumb_insn *insn,
        const struct whole_value_ *to, const struct whole_state_ *state) {
    struct whole *w = run->w;
    for (unsigned i = 0; i < to->count && !whole_stopped_(w); i++) {
        if (whole_is_exc_return_(to->v[i])) {
            whole_returns_(w, run->call, state, &to->v[i]);
        } else if (to->v[i] & 1) { // else a fault: its vector is an entry
            whole_stop_(w, "goes to an address, or leaves an exception");
        }
    }
    if (to->kind == WHOLE_SAVED) {
        // What was saved of lr is loaded into lr (A11).
        const bool by_lr = insn->op == THUMB_BX && insn->rm == LR;
        if (state->stacks.other.kind != WHOLE_SAVED || !w->lr_saved || !by_lr) {
            whole_stop_(w, "goes to an unknown address");
        }
        whole_returns_(w, run->call, state, NULL);
    }
}

static void go_all(struct run *run, const struct whole_jump_ *jump,
        const struct thumb_insn *insn, const struct whole_state_ *state) {
    struct whole *w = run->w;
    const bool calls = jump->next == WHOLE_CALLS;
    const struct whole_value_ *to = &jump->targets;
    uint32_t target;
    if (!calls && leaves_exception(w, to)) {
        leave_exception(run, insn, to, state);
        return;
    }
    if (insn->op != THUMB_BL && !returns_here(state, to)) {
        whole_goes_(w, to);
    }
    if (!calls && to->kind == WHOLE_KEPT && to->of == LR) {
        if (run->call->handler) {
            whole_returns_(w, run->call, state, NULL);
        } else {
            whole_leaves_(w, run->call, state);
        }
        return;
    }
    if (to->kind != WHOLE_SET && to->kind != WHOLE_NONE) {
        whole_stop_(w, "goes to an unknown address");
        return;
    }
    for (uint32_t i = 0; whole_each_(to, i, &target) && !whole_stopped_(w) &&
            to->kind == WHOLE_SET;
            i++) {
        go(run, target, insn->addr + insn->size_bytes, state, calls,
                to->count > 1);
    }
}

// TBB, TBH, and a load of the PC from one of many words.
static void go_by_table(struct run *run, const struct thumb_insn *insn,
        struct whole_state_ *state, const struct whole_value_ *places) {
    struct whole *w = run->w;
    uint32_t at;
    if (places->kind == WHOLE_RANGE &&
            (places->high - places->low) >> places->step >= TARGETS_MAX) {
        whole_stop_(w, "jumps by a table whose size is unknown");
        return;
    }
    if (places->kind != WHOLE_SET && places->kind != WHOLE_RANGE) {
        whole_stop_(w, "jumps by an unknown table");
        return;
    }
    for (uint32_t i = 0; whole_each_(places, i, &at) && !whole_stopped_(w);
            i++) {
        const struct whole_value_ place = whole_const_(at);
        const unsigned bytes = insn->access_bytes;
        struct whole_jump_ jump = {.next = WHOLE_GOES,
                .targets = whole_load_(w, run->call, state, &place, bytes)};
        if (insn->op == THUMB_TABLE) {
            const struct whole_value_ base = whole_const_(insn->addr + 5);
            const struct whole_value_ twice =
                    whole_shift_(&jump.targets, THUMB_SHIFT_LSL, 1);
            jump.targets = whole_add_(&w->world, &base, &twice);
        }
        go_all(run, &jump, insn, state);
    }
}

static struct whole_value_ table_places(struct whole *w,
        const struct whole_state_ *state, const struct thumb_insn *insn) {
    const struct whole_value_ base = whole_get_(state, insn, insn->rn);
    const struct whole_value_ index = whole_get_(state, insn, insn->rm);
    const struct whole_value_ moved = whole_shift_(&index, THUMB_SHIFT_LSL,
            insn->access_bytes == 2 ? 1 : 0);
    return whole_add_(&w->world, &base, &moved);
}

// The places of `ldr pc, [...]` that are many.
static bool is_load_jump(struct whole *w, const struct whole_state_ *state,
        const struct thumb_insn *insn, struct whole_value_ *places) {
    if (insn->op != THUMB_LOAD || insn->rd != PC || !insn->indexed ||
            insn->writeback || insn->rn == PC || insn->subtract) {
        return false;
    }
    const struct whole_value_ base = whole_get_(state, insn, insn->rn);
    const struct whole_value_ offset = insn->immediate
            ? whole_const_(insn->imm)
            : whole_shift_(&state->reg[insn->rm % 15], insn->shift,
                      insn->amount);
    *places = whole_add_(&w->world, &base, &offset);
    return places->kind == WHOLE_RANGE || places->kind == WHOLE_SET;
}

// Both ways of a condition. Returns whether the path goes on where it holds;
// the other way is kept for later, at `fails_pc`.
static bool part(struct run *run, struct whole_state_ *state, unsigned cond,
        uint32_t fails_pc, void (*in_other)(struct whole_state_ *)) {
    struct whole *w = run->w;
    const enum whole_outcome_ outcome = whole_condition_(w, state, cond);
    if (outcome != WHOLE_EITHER) {
        return outcome == WHOLE_HOLDS;
    }
    struct whole_state_ *other = copy(w, state);
    if (other) {
        whole_refine_(w, run->call, other, cond, false);
        if (in_other) {
            in_other(other);
        }
        if (arrive(run, fails_pc, other, true)) {
            later(run, fails_pc, other);
        } else {
            free(other);
        }
    }
    whole_refine_(w, run->call, state, cond, true);
    return true;
}

static void it_fails(struct whole_state_ *state) {
    state->it_known = true;
    state->it_holds = false;
}

// Whether the next instruction of the IT block is executed.
static bool it_next(struct run *run, struct whole_state_ *state, uint32_t pc) {
    if (!state->it_known) {
        const bool holds = part(run, state, state->it_cond, pc, it_fails);
        state->it_known = true;
        state->it_holds = holds;
    }
    const bool executed = (state->it_bits & 1) == state->it_holds;
    state->it_bits >>= 1;
    state->it_left--;
    if (!state->it_left) {
        state->it_known = state->it_holds = false;
        state->it_cond = 0;
    }
    return executed;
}

static void begin_it(struct whole_state_ *state,
        const struct thumb_insn *insn) {
    state->it_left = (uint8_t)thumb_it_length(insn);
    state->it_cond = insn->cond;
    state->it_known = state->it_holds = insn->cond == THUMB_AL;
    state->it_bits = 1;
    for (unsigned i = 1; i < state->it_left; i++) {
        const bool then = (insn->it_mask >> (4 - i) & 1) == (insn->cond & 1);
        state->it_bits |= (uint8_t)(then << i);
    }
}

// CBZ and CBNZ: whether it branches; the other way, if possible, is kept.
static bool part_zero(struct run *run, struct whole_state_ *state,
        const struct thumb_insn *insn, uint32_t behind) {
    struct whole *w = run->w;
    const struct whole_flags_ flags = state->flags;
    state->flags = (struct whole_flags_){.kind = WHOLE_FLAGS_RESULT,
            .ra = insn->rn,
            .rb = THUMB_NONE,
            .rd = THUMB_NONE,
            .a = state->reg[insn->rn % PC],
            .b = whole_const_(0)};
    const unsigned cond = insn->op == THUMB_CBZ ? 0 : 1;
    const enum whole_outcome_ outcome = whole_condition_(w, state, cond);
    struct whole_state_ *other =
            outcome == WHOLE_EITHER ? copy(w, state) : NULL;
    if (other) {
        whole_refine_(w, run->call, other, cond, false);
        other->flags = flags;
        if (arrive(run, behind, other, true)) {
            later(run, behind, other);
        } else {
            free(other);
        }
        whole_refine_(w, run->call, state, cond, true);
    }
    state->flags = flags;
    return outcome != WHOLE_FAILS;
}

// A jump of this path alone. False: it ends.
static bool jump_to(struct run *run, uint32_t *pc, uint32_t target,
        struct whole_state_ *state, bool parted) {
    whole_enters_(run->w, state, *pc, target);
    *pc = target;
    return arrive(run, target, state, parted);
}

// One instruction. False: the path ends, or goes on later.
static bool step(struct run *run, uint32_t *pc, struct whole_state_ *state,
        const struct thumb_insn *insn, bool in_it) {
    struct whole *w = run->w;
    const uint32_t behind = *pc + insn->size_bytes;
    struct whole_value_ places;
    switch (insn->op) {
    case THUMB_IT:
        begin_it(state, insn);
        *pc = behind;
        return true;
    case THUMB_B:
        // Where another function is entered so, it returns there.
        if (!returns_here(state, &state->reg[LR])) {
            whole_goes_(w, &state->reg[LR]);
        }
        if (insn->cond != THUMB_AL) {
            const bool known =
                    whole_condition_(w, state, insn->cond) != WHOLE_EITHER;
            if (!part(run, state, insn->cond, behind, NULL)) {
                *pc = behind;
                return true;
            }
            return jump_to(run, pc, insn->target, state, !known);
        }
        return jump_to(run, pc, insn->target, state, false);
    case THUMB_CBZ:
    case THUMB_CBNZ:
        if (!part_zero(run, state, insn, behind)) {
            *pc = behind;
            return true;
        }
        return jump_to(run, pc, insn->target, state, false);
    case THUMB_TABLE:
        places = table_places(w, state, insn);
        go_by_table(run, insn, state, &places);
        return false;
    default:
        break;
    }
    if (is_load_jump(w, state, insn, &places)) {
        go_by_table(run, insn, state, &places);
        return false;
    }
    const bool flags_before = state->it_left != 0;
    const struct whole_jump_ jump =
            whole_step_(w, run->call, state, insn, in_it);
    if (flags_before && in_it &&
            (insn->op == THUMB_OTHER ||
                    (insn->sets_flags &&
                            (insn->size_bytes == 4 ||
                                    insn->rd == THUMB_NONE)))) {
        state->it_known = false; // the condition is asked again
    }
    if (jump.next == WHOLE_NEXT) {
        *pc = behind;
        return true;
    }
    if (jump.next != WHOLE_ENDS && !whole_stopped_(w)) {
        const struct whole_jump_ other = {
                .next = jump.next, .targets = jump.others};
        go_all(run, &jump, insn, state);
        if (other.targets.kind != WHOLE_NONE && !whole_stopped_(w)) {
            go_all(run, &other, insn, state);
        }
    }
    return false;
}

static void walk(struct run *run, uint32_t pc, struct whole_state_ *state) {
    struct whole *w = run->w;
    struct thumb_insn insn;
    while (!whole_stopped_(w)) {
        w->pc = pc;
        if (++w->steps > STEPS_MAX) {
            whole_stop_(w, "runs too long to be followed");
        }
        if (!fetch(w, state, pc, &insn)) {
            return;
        }
        const bool in_it = state->it_left != 0;
        if (in_it && !it_next(run, state, pc)) {
            pc += insn.size_bytes;
            continue;
        }
        if (!step(run, &pc, state, &insn, in_it)) {
            return;
        }
        if (state->reg[SP].kind == WHOLE_SET && w->kind != WHOLE_HANDLER) {
            whole_stack_begins_(w, run->call, state, pc);
            return;
        }
    }
}
