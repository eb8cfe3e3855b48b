/*
 * paths - whether code comes to the end of an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * Of a driver in two halves (ends.c). Each path is followed from an instruction
 * on until it calls what ends the outage, or leaves its function.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/begin/begin_priv.h"
#include "check/whole/whole.h"

#define SP 13u
#define LR 14u
#define PC 15u

// Functions that end an outage are looked for so deep in calls.
#define DEEPEST 4u

// Outages that began in one another: the flash may be off until each has ended,
// as with a counter. The last one stands for more.
#define NESTED_MAX 3u

// By halfword, for each number of outages.
enum { FOLLOWED = 1, MAYBE = 2 }; // in an IT block
static uint8_t mark_of(unsigned outages, unsigned what) {
    return (uint8_t)(what << 2 * (outages - 1));
}

struct place {
    uint32_t addr;
    unsigned outages;
};

struct paths {
    struct ends *e;
    struct function_extent extent;
    uint8_t *seen;
    struct place *pending;
    size_t pending_count, pending_room;
    unsigned depth;
    uint32_t begun_by;      // the call that paths go on behind, or 0
    bool from_entry;        // of a function that no outage enters
    bool endless;           // nothing ends one
    const uint8_t *reached; // seen, of paths from the entry; NULL: all
    const uint32_t *stops;  // instructions that paths end at
    size_t stop_count;
    bool *hit;
    bool returns; // with the flash off, as far as is known
    bool may_end; // somewhere an end is called, or what may be one
    bool lost;    // it may go on inside of the function, where is not known
};

static bool closes(const struct ends *e, uint32_t addr) {
    for (size_t i = 0; i < e->closer_count; i++) {
        if (e->closers[i] == addr) {
            return true;
        }
    }
    return false;
}

// Where it leads is not known.
static void lose(struct paths *p) {
    p->returns = p->may_end = p->lost = true;
}

static void later(struct paths *p, uint32_t addr, unsigned outages) {
    if (addr < p->extent.entry_addr || addr >= p->extent.end_addr) {
        lose(p);
        return;
    }
    struct place *grown = array_more(p->pending, p->pending_count,
            &p->pending_room, sizeof *grown);
    if (!grown) {
        p->e->a->failed = p->returns = true;
        return;
    }
    p->pending = grown;
    p->pending[p->pending_count++] = (struct place){addr, outages};
}

static bool is_named(const struct ends *e, uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < e->opener_count; i++) {
        found |= e->openers[i].named && (e->openers[i].addr & ~1u) == addr;
    }
    return found;
}

// Outages that the function at addr, which calls what begins one, may begin and
// leave when it returns; NESTED_MAX, too: it is not known how many.
static unsigned left_by(struct ends *e, uint32_t addr, unsigned depth) {
    struct function_extent extent;
    unsigned left = 0;
    bool any;
    if (depth >= DEEPEST || !model_function(&e->a->model, addr, &extent)) {
        return NESTED_MAX;
    }
    for (uint32_t at = extent.entry_addr & ~1u; at + 2 <= extent.end_addr;
            at += 2) {
        struct thumb_insn insn;
        bool veneer = false;
        const uint32_t room = extent.end_addr - at < 4 ? 2 : 4;
        const uint8_t *b = model_bytes(&e->a->model, at, room);
        if (!b || !thumb_decode(&insn, at, b, room) ||
                (insn.op != THUMB_BL && insn.op != THUMB_B)) {
            continue;
        }
        const uint32_t to = analysis_past_veneers(e->a, insn.target, &veneer);
        const unsigned begun = is_named(e, to)     ? 1
                : to != addr && ends_around(e, to) ? left_by(e, to, depth + 1)
                                                   : 0;
        const uint32_t behind = at + insn.size_bytes;
        const bool leaves = insn.op == THUMB_B || behind >= extent.end_addr;
        if (begun &&
                (leaves || paths_may_return(e, behind, at, depth + 1, &any))) {
            left = left ? NESTED_MAX : begun;
        }
    }
    for (size_t i = 0; i < e->copy_count; i++) {
        const uint32_t at = e->copies[i].addr;
        const bool inside =
                at >= (extent.entry_addr & ~1u) && at < extent.end_addr;
        if (inside && paths_may_return(e, at, at, depth + 1, &any)) {
            left = NESTED_MAX;
        }
    }
    return left;
}

// How many outages there are behind a call, at `by`, of the function at addr.
// One that begins another outage and ends that has ended none.
static unsigned behind_call(struct paths *p, uint32_t by, uint32_t addr,
        unsigned outages) {
    bool veneer = false, may_end = true;
    const uint32_t to = analysis_past_veneers(p->e->a, addr, &veneer);
    const bool again = p->from_entry || by == p->begun_by; // in a loop
    p->e->nested |= !again && ends_around(p->e, to);
    if (is_named(p->e, to)) {
        return outages + (!again && outages < NESTED_MAX);
    }
    const bool ends = closes(p->e, to) ||
            (p->depth < DEEPEST &&
                    !paths_may_return(p->e, to, 0, p->depth + 1, &may_end));
    p->may_end |= may_end;
    outages -= ends;
    if (!again && ends_around(p->e, to)) {
        outages += left_by(p->e, to, p->depth + 1);
    }
    return outages < NESTED_MAX ? outages : NESTED_MAX;
}

// A call through a pointer ends an outage where the run of the whole program
// sees ends there only.
static unsigned behind_pointer(struct paths *p, uint32_t by, unsigned outages) {
    const uint32_t *targets = NULL;
    size_t count = 0;
    unsigned most = 0;
    const bool known =
            whole_targets(p->e->a->whole, by, &targets, &count) == WHOLE_ALL &&
            count;
    for (size_t i = 0; i < count; i++) {
        const unsigned behind = behind_call(p, by, targets[i] & ~1u, outages);
        most = behind > most ? behind : most;
    }
    p->may_end = true; // what it calls is not known, or it ends
    return known ? most : outages;
}

// Where the table behind an instruction leads: it ends where its first target
// begins.
static void table(struct paths *p, const struct thumb_insn *insn,
        unsigned outages) {
    const uint32_t entry_bytes = insn->access_bytes;
    const uint32_t base = insn->addr + 4;
    uint32_t end = p->extent.end_addr;
    if (insn->rn != PC) {
        lose(p);
        return;
    }
    for (uint32_t at = base; at + entry_bytes <= end; at += entry_bytes) {
        const uint8_t *b = model_bytes(&p->e->a->model, at, entry_bytes);
        const uint32_t entry = !b  ? 0
                : entry_bytes == 2 ? (uint32_t)(b[0] | b[1] << 8)
                                   : b[0];
        const uint32_t target = base + 2 * entry;
        if (target <= at) {
            continue; // what fills the table up
        }
        end = target < end ? target : end;
        later(p, target, outages);
    }
}

static bool fetch(const struct paths *p, uint32_t addr,
        struct thumb_insn *insn) {
    const uint32_t left = p->extent.end_addr - addr;
    const uint32_t room = left < 4 ? left : 4;
    const uint8_t *b = addr >= p->extent.entry_addr && left >= 2 &&
                    addr < p->extent.end_addr
            ? model_bytes(&p->e->a->model, addr, room)
            : NULL;
    return b && thumb_decode(insn, addr, b, room);
}

// A branch in the function leads to the instruction at addr.
static bool is_branched_to(const struct paths *p, uint32_t addr) {
    bool found = false;
    for (uint32_t at = p->extent.entry_addr; at < p->extent.end_addr; at += 2) {
        struct thumb_insn insn;
        found |= fetch(p, at, &insn) && insn.target == addr &&
                (insn.op == THUMB_B || insn.op == THUMB_CBZ ||
                        insn.op == THUMB_CBNZ);
    }
    return found;
}

// Where the instruction right before one says that its register rn leads, as
// GCC puts it; 0: it does not.
static uint32_t adr_before(const struct paths *p,
        const struct thumb_insn *insn) {
    struct thumb_insn before;
    for (uint32_t bytes = 2; bytes <= 4; bytes += 2) {
        if (fetch(p, insn->addr - bytes, &before) &&
                before.size_bytes == bytes && before.op == THUMB_ADD &&
                before.rn == PC && before.immediate && before.rd == insn->rn &&
                !is_branched_to(p, insn->addr)) {
            return before.target;
        }
    }
    return 0;
}

// The same of words that the PC is loaded from. False: it is no such load.
static bool word_table(struct paths *p, const struct thumb_insn *insn,
        unsigned outages) {
    const struct model *model = &p->e->a->model;
    uint32_t end = p->extent.end_addr, word;
    if (insn->op != THUMB_LOAD || insn->rd != PC || insn->immediate ||
            insn->subtract) {
        return false;
    }
    const uint32_t base =
            insn->rn == PC ? (insn->addr + 4) & ~3u : adr_before(p, insn);
    uint32_t at = base;
    while (base && at + 4 <= end && model_word(model, at, &word) && word & 1) {
        end = (word & ~1u) > at && (word & ~1u) < end ? word & ~1u : end;
        later(p, word & ~1u, outages);
        at += 4;
    }
    if (at == base) { // it is elsewhere
        lose(p);
    }
    return true;
}

// By LR, or by what was pushed of it.
static bool is_return(const struct thumb_insn *insn) {
    const bool pops = insn->rn == SP &&
            (insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_LOAD);
    return pops || (insn->op == THUMB_BX && insn->rm == LR);
}

// What behind_call() says of a call that the instruction holds, or the code
// behind it.
static unsigned behind(struct paths *p, const struct thumb_insn *insn,
        unsigned outages) {
    if (insn->op == THUMB_BLX) {
        return p->endless ? outages : behind_pointer(p, insn->addr, outages);
    }
    if (flow_is_switch_helper(&p->e->a->model, insn->target)) {
        lose(p);
    }
    return p->endless ? outages
                      : behind_call(p, insn->addr, insn->target, outages);
}

// The instruction leaves the function, or goes on where it says. False: not on
// behind it.
static bool jump(struct paths *p, const struct thumb_insn *insn,
        unsigned outages) {
    const bool inside = insn->target >= p->extent.entry_addr &&
            insn->target < p->extent.end_addr;
    switch (insn->op) {
    case THUMB_B:
        if (inside) {
            later(p, insn->target, outages);
        } else {
            p->returns |=
                    behind_call(p, insn->addr, insn->target, outages) != 0;
        }
        return insn->cond != THUMB_AL;
    case THUMB_CBZ:
    case THUMB_CBNZ:
        later(p, insn->target, outages);
        return true;
    case THUMB_TABLE:
        table(p, insn, outages);
        return false;
    case THUMB_UDF: // a fault, and those are judged
        return false;
    case THUMB_BKPT:
    case THUMB_SVC:
    case THUMB_IT:
        return true;
    default: // BX, POP {PC}
        if (insn->op < THUMB_B && !(insn->writes >> PC & 1)) {
            return true;
        }
        if (word_table(p, insn, outages)) {
            return false;
        }
        p->returns |= insn->op != THUMB_BX || insn->rm == LR ||
                behind_pointer(p, insn->addr, outages);
        p->lost |= !is_return(insn);
        return false;
    }
}

// A store of what ends an outage, inlined there: the compiler moves other
// instructions across a branch.
static bool ends_here(const struct paths *p, const struct thumb_insn *insn) {
    const bool stores =
            insn->op == THUMB_STORE || insn->op == THUMB_STORE_MULTIPLE;
    bool found = false;
    for (size_t i = 0; i < p->e->end_copy_count && stores; i++) {
        const struct check_region *r = &p->e->end_copies[i];
        found |= insn->addr - r->addr < r->size_bytes;
    }
    return found && !p->from_entry;
}

static bool stops_at(struct paths *p, uint32_t addr) {
    bool stops = false;
    for (size_t i = 0; i < p->stop_count; i++) {
        stops |= p->stops[i] == addr;
        p->hit[i] |= p->stops[i] == addr;
    }
    return stops;
}

// To the end of what follows without a choice.
static void follow(struct paths *p, struct place from) {
    unsigned conditional = 0; // instructions of an IT block that are left
    while (from.outages) {
        struct thumb_insn insn;
        if (!fetch(p, from.addr, &insn)) {
            lose(p);
            return;
        }
        uint8_t *const seen = &p->seen[(from.addr - p->extent.entry_addr) / 2];
        const bool maybe = conditional != 0;
        if (*seen & mark_of(from.outages, FOLLOWED) && !maybe) {
            return;
        }
        *seen |= mark_of(from.outages, maybe ? MAYBE : FOLLOWED);
        if (stops_at(p, insn.addr) && !maybe) {
            return;
        }
        conditional = thumb_it_left(&insn, conditional);
        from.addr += insn.size_bytes;
        if (ends_here(p, &insn)) {
            p->may_end = true;
            from.outages -= !maybe;
        } else if (insn.op == THUMB_BL || insn.op == THUMB_BLX) {
            const unsigned outages = behind(p, &insn, from.outages);
            from.outages =
                    maybe && outages < from.outages ? from.outages : outages;
        } else if (!jump(p, &insn, from.outages) && !maybe) {
            return;
        }
    }
}

static bool open_paths(struct paths *p, uint32_t addr) {
    if (!model_function(&p->e->a->model, addr, &p->extent)) {
        return false;
    }
    p->extent.entry_addr &= ~1u;
    p->seen = calloc((p->extent.end_addr - p->extent.entry_addr) / 2 + 1, 1);
    p->e->a->failed |= !p->seen;
    return p->seen;
}

static void follow_all(struct paths *p) {
    while (p->pending_count) {
        follow(p, p->pending[--p->pending_count]);
    }
}

bool paths_may_return(struct ends *e, uint32_t addr, uint32_t begun_by,
        unsigned depth, bool *may_end) {
    enum { RETURNS = 1, MAY_END = 2 };
    const uint64_t key = (uint64_t)addr << 8 | depth;
    size_t from = 0, known = index_next(&e->walked, key, &from);
    if (known == INDEX_NONE) {
        struct paths p = {.e = e, .depth = depth, .begun_by = begun_by};
        if (open_paths(&p, addr)) {
            later(&p, addr, 1);
            follow_all(&p);
        } else {
            lose(&p);
        }
        free(p.seen);
        free(p.pending);
        known = (p.returns ? RETURNS : 0) | (p.may_end ? MAY_END : 0);
        e->a->failed |= !index_add(&e->walked, key, known);
    }
    *may_end = known & MAY_END;
    return known & RETURNS;
}

bool paths_first(struct analysis *a, uint32_t addr, const uint32_t *stops,
        size_t count, bool *hit) {
    struct ends none = {.a = a};
    struct paths p = {.e = &none,
            .depth = DEEPEST,
            .from_entry = true,
            .endless = true,
            .stops = stops,
            .stop_count = count,
            .hit = hit};
    if (open_paths(&p, addr)) {
        later(&p, addr, 1);
        follow_all(&p);
    }
    free(p.seen);
    free(p.pending);
    return p.returns;
}

/// Code behind the end ///

static bool opens(const struct ends *e, uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < e->opener_count; i++) {
        found |= (e->openers[i].addr & ~1u) == addr;
    }
    return found;
}

// The flash may be off behind the call, though it was on before.
static bool call_opens(const struct paths *p, const struct thumb_insn *insn) {
    const uint32_t *targets = NULL;
    size_t count = 0;
    bool veneer = false, found = false;
    if (insn->op == THUMB_BL) {
        const struct analysis *a = p->e->a;
        return opens(p->e, analysis_past_veneers(a, insn->target, &veneer));
    }
    if (whole_targets(p->e->a->whole, insn->addr, &targets, &count) !=
            WHOLE_ALL) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        found |= opens(p->e, targets[i] & ~1u);
    }
    return found;
}

static bool is_reached(const struct paths *p, uint32_t at) {
    return !p->reached || p->reached[(at - p->extent.entry_addr) / 2];
}

// An outage begins behind each call of what begins one, wherever that is. What
// reads like a call through a register may be half of another instruction.
static void begin_again(struct paths *p) {
    for (uint32_t at = p->extent.entry_addr; at + 4 <= p->extent.end_addr;
            at += 2) {
        struct thumb_insn insn;
        const uint8_t *b = model_bytes(&p->e->a->model, at, 4);
        if (b && thumb_decode(&insn, at, b, 4) &&
                (insn.op == THUMB_BL ||
                        (insn.op == THUMB_BLX && is_reached(p, at))) &&
                call_opens(p, &insn) &&
                at + insn.size_bytes < p->extent.end_addr) {
            later(p, at + insn.size_bytes, 1);
        }
    }
    for (size_t i = 0; i < p->e->copy_count; i++) {
        const uint32_t at = p->e->copies[i].addr;
        if (at >= p->extent.entry_addr && at < p->extent.end_addr) {
            later(p, at, 1);
        }
    }
}

// What begins an outage is called in it, and its frame lies on top of this one.
static void mark_begins(struct paths *p) {
    for (uint32_t at = p->extent.entry_addr; at < p->extent.end_addr; at += 2) {
        struct thumb_insn insn;
        bool veneer = false;
        if (fetch(p, at, &insn) &&
                (insn.op == THUMB_BL || insn.op == THUMB_B) &&
                opens(p->e,
                        analysis_past_veneers(p->e->a, insn.target, &veneer))) {
            p->seen[(at - p->extent.entry_addr) / 2] |= mark_of(1, FOLLOWED);
        }
    }
}

// What paths from the entry reach, whatever ends there. NULL: not known.
static uint8_t *reached_from_entry(struct analysis *a, uint32_t addr) {
    struct paths p = {.e = a->ends, .from_entry = true, .endless = true};
    if (!open_paths(&p, addr)) {
        return NULL;
    }
    later(&p, addr, 1);
    follow_all(&p);
    free(p.pending);
    if (p.lost) {
        free(p.seen);
        return NULL;
    }
    return p.seen;
}

// Where the flash may be off, if an outage enters the function or (on) none
// does. NULL: that is not known.
static uint8_t *off_from(struct analysis *a, uint32_t addr,
        const uint8_t *reached, bool on) {
    struct paths p = {.e = a->ends, .from_entry = true, .reached = reached};
    if (!open_paths(&p, addr)) {
        return NULL;
    }
    if (!on) {
        later(&p, addr, 1);
        follow_all(&p);
    }
    begin_again(&p);
    follow_all(&p);
    if (on) {
        mark_begins(&p);
    }
    free(p.pending);
    if (p.lost || (!on && !p.may_end)) {
        free(p.seen);
        return NULL;
    }
    return p.seen;
}

// Of two answers of off_from().
static void mark_before(uint8_t *begun, const uint8_t *off, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!begun[i] && (!off || off[i])) {
            begun[i] = ANALYSIS_BEFORE;
        }
    }
}

void ends_enter(struct analysis *a) {
    struct node *node = analysis_here(a);
    const struct ends *e = a->ends;
    if (!e || !e->closer_count || e->nested) {
        return;
    }
    uint8_t *const reached = reached_from_entry(a, node->addr);
    uint8_t *const off = off_from(a, node->addr, reached, false);
    uint8_t *const begun = reached && ends_enters_on(e, node)
            ? off_from(a, node->addr, reached, true)
            : NULL;
    node->off = begun ? begun : off;
    if (begun) {
        const uint32_t from = node->extent.entry_addr & ~1u;
        mark_before(begun, off, (node->extent.end_addr - from) / 2 + 1);
        free(off);
        node->enters_on = true;
    }
    free(reached);
}
