/*
 * whole_task - what exceptions return to
 *
 * SPDX-License-Identifier: MIT
 *
 * A handler that leaves the two stack pointers and its frame alone goes back to
 * where it came from. Else it goes to a task (A11): to one that was saved, that
 * goes on as it was interrupted, as any code does between any two instructions;
 * or to one that begins, with the frame that was written for it (Armv7-M ARM
 * B1.5.8). That one is an entry of the program, at any time. A frame in which a
 * handler changes the address goes to an entry, too, of which no register is
 * known.
 */
#include "check/whole/whole_priv.h"

enum { SP = 13, LR = 14, PC = 15 };
// Words of an exception's frame (Armv7-M ARM B1.5.6).
enum { FRAME_R12 = 4, FRAME_LR, FRAME_PC, FRAME_XPSR, FRAME_WORDS };
#define THUMB_STATE (1u << 24)
// Bits of EXC_RETURN.
#define TO_THREAD 8u
#define BY_PROCESS 4u

bool whole_is_exc_return_(uint32_t v) {
    return v >= 0xFF000000u;
}

// 0 is what memory held before the address was written (A11).
static bool is_begun(const struct whole *w, uint32_t addr) {
    return (addr || model_forbidden(w->model, addr)) &&
            !whole_never_executed_(w, addr);
}

struct whole_value_ whole_prepared_(struct whole *w, uint32_t addr) {
    const struct whole_cell_ *cell = addr & 3 || whole_may_be_device_(w, addr)
            ? NULL
            : whole_cell_(w, addr);
    return cell && whole_cell_known_(cell) && !cell->given ? cell->value
                                                           : whole_any_();
}

// What a handler's own frame, or the interrupted code, held is not followed.
static struct whole_value_ handed(const struct whole_value_ *v) {
    return v->kind == WHOLE_FRAME || v->kind == WHOLE_KEPT ||
                    v->kind == WHOLE_SAVED
            ? whole_any_()
            : whole_unhidden_(v);
}

static void add_task(struct whole *w, uint32_t addr,
        const struct whole_value_ *given, unsigned selected) {
    struct whole_root_ *root = whole_root_add_(w, addr | 1, WHOLE_TASK);
    if (!root) {
        return;
    }
    const bool first = root->given[LR].kind == WHOLE_NONE;
    for (unsigned r = 0; r < PC; r++) {
        const struct whole_value_ v = handed(&given[r]);
        whole_grow_(w, &root->given[r], &v);
    }
    const uint32_t before = root->selected;
    root->selected = first || before == selected ? selected
                                                 : (uint32_t)WHOLE_ONE_OF_THEM;
    w->changed |= before != root->selected;
}

// What lies at p leads to no instruction: it is no frame, or a fault comes.
static bool leads_nowhere(struct whole *w, uint32_t p) {
    const struct whole_value_ state = whole_prepared_(w, p + 4 * FRAME_XPSR);
    const struct whole_value_ to = whole_prepared_(w, p + 4 * FRAME_PC);
    bool thumb = state.kind != WHOLE_SET, begun = to.kind != WHOLE_SET;
    for (unsigned i = 0; i < state.count; i++) {
        thumb |= (state.v[i] & THUMB_STATE) != 0;
    }
    for (unsigned i = 0; i < to.count; i++) {
        begun |= is_begun(w, to.v[i]);
    }
    return !thumb || !begun;
}

// In a stack that is in use: the frame of what an exception interrupted there.
static void goes_on_at(struct whole *w, uint32_t p) {
    bool others, tasks;
    whole_users_of_(w, p, &others, &tasks);
    w->changed |= (others && !w->resumes_any) || (tasks && !w->resumes);
    w->resumes_any |= others;
    w->resumes |= tasks;
}

// The frame at p is a task's that begins.
static void begin_at(struct whole *w, const struct whole_state_ *state,
        uint32_t p, unsigned selected) {
    struct whole_value_ given[PC];
    if (whole_is_null_(w, p)) {
        return; // PSP is set before it is used (A11)
    }
    if (p & 3 || p > ~0u - 4 * FRAME_WORDS) {
        whole_stop_(w, "returns by a frame that is not aligned");
        return;
    }
    if (leads_nowhere(w, p)) {
        goes_on_at(w, p);
        return;
    }
    whole_stack_at_(w, p + 4 * FRAME_WORDS, WHOLE_BY_TASK);
    for (unsigned r = 0; r < PC; r++) {
        given[r] = r < 4  ? whole_prepared_(w, p + 4 * r)
                : r == 12 ? whole_prepared_(w, p + 4 * FRAME_R12)
                : r == LR ? whole_prepared_(w, p + 4 * FRAME_LR)
                          : state->reg[r];
    }
    const struct whole_value_ to = whole_prepared_(w, p + 4 * FRAME_PC);
    if (to.kind != WHOLE_SET) {
        whole_stop_(w, "begins a task at an address that is not known");
    }
    for (unsigned i = 0; i < to.count && !whole_stopped_(w); i++) {
        if (is_begun(w, to.v[i])) {
            add_task(w, to.v[i], given, selected);
        }
    }
    if (selected == WHOLE_PROCESS) {
        w->changed |= !w->psp_used;
        w->psp_used = true;
    }
}

static void begin_all(struct whole *w, const struct whole_state_ *state,
        const struct whole_value_ *at, unsigned selected) {
    for (unsigned i = 0; i < at->count && !whole_stopped_(w); i++) {
        begin_at(w, state, at->v[i], selected);
    }
    if (at->kind == WHOLE_SAVED) {
        w->changed |= !w->resumes;
        w->resumes = true;
    } else if (at->kind != WHOLE_SET && at->kind != WHOLE_NONE) {
        whole_stop_(w, "returns by a frame that is not known");
    }
}

static bool keeps_registers(const struct whole_state_ *state) {
    for (unsigned r = 4; r <= 11; r++) {
        if (state->reg[r].kind != WHOLE_KEPT || state->reg[r].of != r) {
            return false;
        }
    }
    return true;
}

// To where it came from; PSP stays what the handler set.
static void go_back(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, bool psp_set) {
    struct whole_state_ same = *state;
    same.reg[SP] = whole_frame_(call->number, 0);
    if (psp_set) {
        if (state->stacks.other.kind != WHOLE_SET) {
            whole_stop_(w, "sets another stack");
            return;
        }
        whole_grow_(w, &w->psp, &state->stacks.other);
    }
    const struct whole_root_ *root = &w->roots[w->root];
    w->changed |= root->by_svc && !w->svc_returns;
    w->svc_returns |= root->by_svc;
    whole_leaves_(w, call, &same);
}

// By the EXC_RETURN that the processor gave.
static void leave_as_entered(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, bool msp_set, bool psp_set) {
    if (!msp_set && !psp_set) {
        go_back(w, call, state, false);
        return;
    }
    if (msp_set) {
        begin_all(w, state, &state->reg[SP], WHOLE_MAIN);
    }
    if (psp_set) {
        begin_all(w, state, &state->stacks.other, WHOLE_PROCESS);
    }
    // Of a stack that the interrupted code does not use nothing is taken. With
    // other registers it is a switch of tasks that use that stack (A11).
    if (keeps_registers(state) && state->stacks.other.kind != WHOLE_SAVED) {
        go_back(w, call, state, psp_set);
    }
}

void whole_returns_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const uint32_t *v) {
    const struct whole_value_ *sp = &state->reg[SP];
    const struct whole_value_ *psp = &state->stacks.other;
    const bool msp_set = sp->kind == WHOLE_SET;
    const bool psp_set = psp->kind != WHOLE_FRAME;
    if (!call->handler ||
            (!msp_set &&
                    (!whole_is_place_(sp) || sp->low ||
                            w->calls[sp->of] != call))) {
        whole_stop_(w, "returns from an exception with another stack pointer");
        return;
    }
    if (v || msp_set || psp_set) {
        whole_switches_(w);
    }
    if (!v) {
        leave_as_entered(w, call, state, msp_set, psp_set);
    } else if (*v & TO_THREAD && *v & BY_PROCESS) {
        // A thread that does not use PSP may have set it.
        begin_all(w, state, psp_set ? psp : &w->psp, WHOLE_PROCESS);
        if (!psp_set) {
            go_back(w, call, state, false);
        }
    } else if (msp_set) {
        begin_all(w, state, sp, WHOLE_MAIN);
    } else {
        w->changed |= w->psp_used && !w->resumes_any;
        w->resumes_any |= w->psp_used;
        go_back(w, call, state, psp_set);
    }
    if (w->psp_used && msp_set) {
        whole_stop_(w, "sets the main stack in an exception of a task");
    }
}

// Its handlers, run as entries, say whether one goes back; or the task was
// saved, by them or by an exception that came before them, and goes on.
bool whole_svc_returns_(const struct whole *w,
        const struct whole_state_ *state) {
    return w->svc_returns || w->resumes_any ||
            (w->resumes && state->stacks.selected != WHOLE_MAIN);
}

void whole_diverts_(struct whole *w, const struct whole_value_ *to) {
    struct whole_value_ given[PC];
    for (unsigned r = 0; r < PC; r++) {
        given[r] = whole_any_();
    }
    if (to->kind != WHOLE_SET) {
        whole_stop_(w, "returns from an exception to an unknown address");
    }
    whole_switches_(w);
    for (unsigned i = 0; i < to->count && !whole_stopped_(w); i++) {
        if (is_begun(w, to->v[i])) {
            add_task(w, to->v[i], given, WHOLE_ONE_OF_THEM);
        }
    }
}
