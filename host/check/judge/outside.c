/*
 * outside - calls of what an annotation says never runs in an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * The annotation is not true if a function that is judged cannot do without the
 * call. So from where that is entered all ways are followed that do not come to
 * the call. If one leads out, or to where no way leads to the call any more (an
 * endless loop), the call is one that may be left out. A call into the window
 * is a violation all the same, which needs a line of its own.
 */
#include <stdlib.h>

#include "check/judge/judge_priv.h"

#define PC 15u
#define HALFWORDS_MAX 8192u

enum { REACHED = 1, COMES = 2, WAITS = 4 };

struct ways {
    const struct model *model;
    const struct function_extent *extent;
    uint32_t to; // the instruction
    uint8_t *marks;
    uint32_t *next; // two for each halfword; 0: none
    uint32_t count; // of halfwords
    bool out;       // one leads out
};

static bool decode(const struct ways *w, uint32_t addr,
        struct thumb_insn *insn) {
    const uint32_t left = w->extent->end_addr - addr;
    const uint32_t room = left < 4 ? left : 4;
    const uint8_t *bytes = model_bytes(w->model, addr, room);
    return bytes && thumb_decode(insn, addr, bytes, room);
}

static uint32_t at(const struct ways *w, uint32_t addr) {
    return (addr - (w->extent->entry_addr & ~1u)) / 2;
}

static void add(struct ways *w, uint32_t from, unsigned i, uint32_t addr) {
    if (addr == w->to) {
        w->marks[at(w, from)] |= COMES;
        return;
    }
    if (at(w, addr) >= w->count) {
        w->out = true;
        return;
    }
    w->next[2 * at(w, from) + i] = addr;
    if (!(w->marks[at(w, addr)] & REACHED)) {
        w->marks[at(w, addr)] |= REACHED | WAITS;
    }
}

// Where the instruction leads. conditional: it is one of an IT block.
static void follow(struct ways *w, const struct thumb_insn *insn,
        bool conditional) {
    const uint32_t behind = insn->addr + insn->size_bytes;
    switch (insn->op) {
    case THUMB_B:
        add(w, insn->addr, 0, insn->target);
        if (insn->cond != THUMB_AL || conditional) {
            add(w, insn->addr, 1, behind);
        }
        break;
    case THUMB_CBZ:
    case THUMB_CBNZ:
        add(w, insn->addr, 0, insn->target);
        add(w, insn->addr, 1, behind);
        break;
    case THUMB_BL:
    case THUMB_BLX:
        add(w, insn->addr, 0, behind);
        break;
    default:
        w->out |= insn->op == THUMB_UNDEFINED || insn->op == THUMB_BX ||
                insn->op == THUMB_TABLE || insn->writes >> PC & 1;
        add(w, insn->addr, 0, behind);
        break;
    }
}

// The instructions of an IT block follow one another.
static void run_from(struct ways *w, uint32_t addr) {
    unsigned conditional = 0;
    while (!w->out) {
        struct thumb_insn insn;
        if (!decode(w, addr, &insn)) {
            w->out = true;
            return;
        }
        w->marks[at(w, addr)] |= REACHED;
        w->marks[at(w, addr)] &= (uint8_t)~WAITS;
        follow(w, &insn, conditional != 0);
        conditional = thumb_it_left(&insn, conditional);
        addr += insn.size_bytes;
        if (!conditional) {
            return;
        }
        if (addr == w->to) { // under that condition
            w->out = true;
        }
    }
}

static bool comes(const struct ways *w, uint32_t i) {
    bool some = w->marks[i] & COMES;
    for (unsigned k = 0; !some && k < 2; k++) {
        const uint32_t next = w->next[2 * i + k];
        some = next && w->marks[at(w, next)] & COMES;
    }
    return some;
}

// Each of those that were reached.
static bool all_come(struct ways *w) {
    bool all = true;
    for (bool more = true; more;) {
        more = false;
        all = true;
        for (uint32_t i = w->count; i-- > 0;) {
            if (w->marks[i] & REACHED && !(w->marks[i] & COMES)) {
                const bool now = comes(w, i);
                w->marks[i] |= now ? COMES : 0;
                more |= now;
                all &= now;
            }
        }
    }
    return all;
}

// It is a branch that may not be taken.
static bool is_conditional(const struct ways *w) {
    struct thumb_insn insn;
    return !decode(w, w->to, &insn) || insn.op == THUMB_CBZ ||
            insn.op == THUMB_CBNZ ||
            (insn.op == THUMB_B && insn.cond != THUMB_AL);
}

static bool find(struct ways *w) {
    if (is_conditional(w)) {
        return false;
    }
    if ((w->extent->entry_addr & ~1u) == w->to) {
        return true;
    }
    w->marks[0] = REACHED | WAITS;
    for (bool more = true; more && !w->out;) {
        more = false;
        for (uint32_t i = 0; i < w->count && !w->out; i++) {
            if (w->marks[i] & WAITS) {
                run_from(w, (w->extent->entry_addr & ~1u) + 2 * i);
                more = true;
            }
        }
    }
    return !w->out && all_come(w);
}

// Each path of the function comes to the instruction at addr, and executes it
// whatever the flags are.
static bool is_certain(const struct analysis *a,
        const struct function_extent *extent, uint32_t addr) {
    struct ways w = {.model = &a->model,
            .extent = extent,
            .to = addr,
            .count = (extent->end_addr - (extent->entry_addr & ~1u)) / 2};
    if (!w.count || w.count > HALFWORDS_MAX) {
        return false;
    }
    w.marks = calloc(w.count, 1);
    w.next = calloc(w.count, 2 * sizeof *w.next);
    const bool always = w.marks && w.next && find(&w);
    free(w.marks);
    free(w.next);
    return always;
}

// By default each function in internal flash may run in an outage, and its
// callers with it: who takes it out takes them out, too.
static bool is_assumed(struct analysis *a) {
    const struct node *top = analysis_here(a);
    while (top->parent != NO_NODE) {
        top = &a->nodes[top->parent];
    }
    const struct elf_section *s = model_section(&a->model, top->addr);
    return !a->options->root_count && !top->is_handler && s && !s->zero &&
            s->load_addr == s->addr;
}

bool judge_outside(struct analysis *a, const struct thumb_insn *insn,
        bool direct, uint32_t addr, const struct check_note *note) {
    const char *name = symbol_name(a, addr);
    const bool only =
            (direct || followed_only(a, insn->addr)) && !is_assumed(a);
    if (only && model_forbidden(&a->model, addr)) {
        return false;
    }
    const bool always =
            only && is_certain(a, &analysis_here(a)->extent, insn->addr);
    if (always) {
        notes_refute(a, CHECK_NOTE_OUTSIDE, name,
                "code that may run in an outage calls it on each path",
                insn->addr);
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_CALL_UNKNOWN,
                    .addr = insn->addr,
                    .target_addr = addr,
                    .target_known = true,
                    .reason = always ? NULL : note->reason},
            a->current,
            "calls %s%s, and an annotation says that it never runs in an "
            "outage",
            name, always ? " on each path" : "");
    return true;
}
