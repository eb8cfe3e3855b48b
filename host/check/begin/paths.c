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

enum { FOLLOWED = 1, MAYBE = 2 };

struct paths {
    struct ends *e;
    struct function_extent extent;
    uint8_t *seen; // by halfword: FOLLOWED, or MAYBE in an IT block
    uint32_t *pending;
    size_t pending_count, pending_room;
    unsigned depth;
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

static void later(struct paths *p, uint32_t addr) {
    if (addr < p->extent.entry_addr || addr >= p->extent.end_addr) {
        lose(p);
        return;
    }
    uint32_t *grown = array_more(p->pending, p->pending_count, &p->pending_room,
            sizeof *grown);
    if (!grown) {
        p->e->a->failed = p->returns = true;
        return;
    }
    p->pending = grown;
    p->pending[p->pending_count++] = addr;
}

// A call of the function at addr ends the outage.
static bool call_ends(struct paths *p, uint32_t addr) {
    bool veneer = false, may_end = true;
    const uint32_t to = analysis_past_veneers(p->e->a, addr, &veneer);
    const bool ends = closes(p->e, to) ||
            (p->depth < DEEPEST &&
                    !paths_may_return(p->e, to, p->depth + 1, &may_end));
    p->may_end |= may_end;
    return ends;
}

// A call through a pointer ends it where the run of the whole program sees ends
// there only.
static bool pointer_ends(struct paths *p, uint32_t addr) {
    const uint32_t *targets = NULL;
    size_t count = 0;
    bool ends = whole_targets(p->e->a->whole, addr, &targets, &count) ==
                    WHOLE_ALL &&
            count;
    for (size_t i = 0; i < count; i++) {
        ends &= call_ends(p, targets[i] & ~1u);
    }
    p->may_end = true; // what it calls is not known, or it ends
    return ends;
}

// Where the table behind an instruction leads: it ends where its first target
// begins.
static void table(struct paths *p, const struct thumb_insn *insn) {
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
        later(p, target);
    }
}

// By LR, or by what was pushed of it.
static bool is_return(const struct thumb_insn *insn) {
    const bool pops = insn->rn == SP &&
            (insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_LOAD);
    return pops || (insn->op == THUMB_BX && insn->rm == LR);
}

// From addr on, to the end of what follows without a choice.
static void follow(struct paths *p, uint32_t addr) {
    unsigned conditional = 0; // instructions of an IT block that are left
    while (true) {
        struct thumb_insn insn;
        const uint32_t i = (addr - p->extent.entry_addr) / 2;
        const uint32_t left = p->extent.end_addr - addr;
        const uint32_t room = left < 4 ? left : 4;
        const uint8_t *b = addr >= p->extent.entry_addr && left >= 2 &&
                        addr < p->extent.end_addr
                ? model_bytes(&p->e->a->model, addr, room)
                : NULL;
        if (!b || !thumb_decode(&insn, addr, b, room)) {
            lose(p);
            return;
        }
        const bool maybe = conditional != 0;
        if (p->seen[i] & FOLLOWED && !maybe) {
            return;
        }
        p->seen[i] |= maybe ? MAYBE : FOLLOWED;
        conditional = insn.op == THUMB_IT ? thumb_it_length(&insn)
                                          : conditional - maybe;
        addr += insn.size_bytes;
        const bool inside = insn.target >= p->extent.entry_addr &&
                insn.target < p->extent.end_addr;
        switch (insn.op) {
        case THUMB_BL:
            if (flow_is_switch_helper(&p->e->a->model, insn.target)) {
                lose(p);
            }
            if (call_ends(p, insn.target) && !maybe) {
                return;
            }
            break;
        case THUMB_B:
            if (!inside) {
                p->returns |= !call_ends(p, insn.target);
            } else {
                later(p, insn.target);
            }
            if (insn.cond == THUMB_AL && !maybe) {
                return;
            }
            break;
        case THUMB_CBZ:
        case THUMB_CBNZ:
            later(p, insn.target);
            break;
        case THUMB_BLX:
            if (pointer_ends(p, insn.addr) && !maybe) {
                return;
            }
            break;
        case THUMB_TABLE:
            table(p, &insn);
            return;
        case THUMB_UDF: // a fault, and those are judged
            if (!maybe) {
                return;
            }
            break;
        case THUMB_BKPT:
        case THUMB_SVC:
        case THUMB_IT:
            break;
        default: // BX LR, POP {PC}, in an IT block or not
            if (insn.op >= THUMB_B || insn.writes >> PC & 1) {
                p->returns |= insn.op != THUMB_BX || insn.rm == LR ||
                        !pointer_ends(p, insn.addr);
                p->lost |= !is_return(&insn);
                if (!maybe) {
                    return;
                }
            }
            break;
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

bool paths_may_return(struct ends *e, uint32_t addr, unsigned depth,
        bool *may_end) {
    enum { RETURNS = 1, MAY_END = 2 };
    const uint64_t key = (uint64_t)addr << 8 | depth;
    size_t from = 0, known = index_next(&e->walked, key, &from);
    if (known == INDEX_NONE) {
        struct paths p = {.e = e, .depth = depth};
        if (open_paths(&p, addr)) {
            later(&p, addr);
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

// An outage begins behind each call of what begins one, wherever that is.
static void begin_again(struct paths *p) {
    for (uint32_t at = p->extent.entry_addr; at + 4 <= p->extent.end_addr;
            at += 2) {
        struct thumb_insn insn;
        const uint8_t *b = model_bytes(&p->e->a->model, at, 4);
        if (b && thumb_decode(&insn, at, b, 4) &&
                (insn.op == THUMB_BL || insn.op == THUMB_BLX) &&
                call_opens(p, &insn) &&
                at + insn.size_bytes < p->extent.end_addr) {
            later(p, at + insn.size_bytes);
        }
    }
    for (size_t i = 0; i < p->e->copy_count; i++) {
        const uint32_t at = p->e->copies[i];
        if (at >= p->extent.entry_addr && at < p->extent.end_addr) {
            later(p, at);
        }
    }
}

void ends_enter(struct analysis *a) {
    struct node *node = analysis_here(a);
    struct paths p = {.e = a->ends};
    if (!a->ends || !a->ends->closer_count || !open_paths(&p, node->addr)) {
        return;
    }
    later(&p, node->addr);
    follow_all(&p);
    begin_again(&p);
    follow_all(&p);
    if (p.may_end && !p.lost) {
        node->off = p.seen;
        p.seen = NULL;
    }
    free(p.seen);
    free(p.pending);
}
