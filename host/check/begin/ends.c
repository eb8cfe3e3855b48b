/*
 * ends - outages that begin in one function and end in another
 *
 * SPDX-License-Identifier: MIT
 *
 * A split driver has one function that switches the flash off and another that
 * switches it on again (--begin, --end). What calls the first runs in the
 * outage from there on. Code in flash cannot: the return to it already is the
 * violation. A resident caller is a root, and begins an outage itself if it may
 * return before the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/index.h"
#include "base/match.h"
#include "check/analysis/references.h"
#include "check/begin/begin_priv.h"
#include "check/whole/whole.h"

#define LR 14u
#define PC 15u

// Functions that end an outage are looked for so deep in calls.
#define DEEPEST 4u

struct opener { // returns with the flash switched off
    uint32_t addr;
    const char *name;
    bool named; // by --begin; else it calls one that is
    bool may;   // or it meets an end on its way
};

struct ends {
    struct analysis *a;
    struct opener *openers;
    size_t opener_count, opener_room;
    uint32_t *closers; // named by --end
    size_t closer_count, closer_room;
    struct index walked; // what may_return() said, by address and depth
};

static bool closes(const struct ends *e, uint32_t addr) {
    for (size_t i = 0; i < e->closer_count; i++) {
        if (e->closers[i] == addr) {
            return true;
        }
    }
    return false;
}

static void add_opener(struct ends *e, uint32_t addr, bool named, bool may) {
    for (size_t i = 0; i < e->opener_count; i++) {
        if (e->openers[i].addr == addr) {
            return;
        }
    }
    struct opener *grown = array_more(e->openers, e->opener_count,
            &e->opener_room, sizeof *grown);
    if (!grown) {
        e->a->failed = true;
        return;
    }
    const char *name = symbol_name(e->a, addr);
    e->openers = grown;
    e->openers[e->opener_count++] =
            (struct opener){addr, name ? name : "?", named, may};
}

/// May it return before the end? ///

struct paths {
    struct ends *e;
    struct function_extent extent;
    uint8_t *seen; // by halfword
    uint32_t *pending;
    size_t pending_count, pending_room;
    unsigned depth;
    bool returns; // with the flash off, as far as is known
    bool may_end; // somewhere an end is called, or what may be one
};

static bool may_return(struct ends *e, uint32_t addr, unsigned depth,
        bool *may_end);

// Where it leads is not known.
static void lose(struct paths *p) {
    p->returns = p->may_end = true;
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
                    !may_return(p->e, to, p->depth + 1, &may_end));
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
        if (p->seen[i] && !maybe) {
            return;
        }
        p->seen[i] |= !maybe;
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
                if (!maybe) {
                    return;
                }
            }
            break;
        }
    }
}

static bool walk(struct paths *p, uint32_t addr) {
    if (!model_function(&p->e->a->model, addr, &p->extent)) {
        return false;
    }
    p->seen = calloc((p->extent.end_addr - p->extent.entry_addr) / 2 + 1, 1);
    p->e->a->failed |= !p->seen;
    if (!p->seen) {
        return false;
    }
    later(p, addr);
    while (p->pending_count) {
        follow(p, p->pending[--p->pending_count]);
    }
    free(p->seen);
    free(p->pending);
    return true;
}

// A path leads from the instruction at addr out of its function and meets no
// end. *may_end: another one does, or may.
static bool may_return(struct ends *e, uint32_t addr, unsigned depth,
        bool *may_end) {
    enum { RETURNS = 1, MAY_END = 2 };
    const uint64_t key = (uint64_t)addr << 8 | depth;
    size_t from = 0, known = index_next(&e->walked, key, &from);
    if (known == INDEX_NONE) {
        struct paths p = {.e = e, .depth = depth};
        if (!walk(&p, addr)) {
            lose(&p);
        }
        known = (p.returns ? RETURNS : 0) | (p.may_end ? MAY_END : 0);
        e->a->failed |= !index_add(&e->walked, key, known);
    }
    *may_end = known & MAY_END;
    return known & RETURNS;
}

/// Callers ///

static void returns_to(const struct ends *e, const struct opener *o,
        uint32_t function, uint32_t addr) {
    struct analysis *a = e->a;
    const char *detail =
            "%s returns to it before the outage ends, and it lies in flash";
    if (o->named) {
        detail = "%s begins an outage and returns to it, and it lies in flash";
    } else if (o->may) {
        detail = "%s may return to it before the outage ends, and it lies in "
                 "flash";
    }
    finding_add(a,
            &(struct check_finding){.rule = o->may ? CHECK_RULE_RETURN_UNKNOWN
                                                   : CHECK_RULE_CODE,
                    .function = symbol_name(a, function),
                    .function_addr = function,
                    .addr = addr,
                    .target_addr = function,
                    .target_known = true},
            NO_NODE, detail, o->name);
}

static void kept(const struct ends *e, const struct opener *o, uint32_t addr) {
    const char *name = symbol_name(e->a, addr);
    finding_add(e->a,
            &(struct check_finding){.rule = CHECK_RULE_CALL_UNKNOWN,
                    .function = o->name,
                    .function_addr = o->addr,
                    .addr = o->addr},
            NO_NODE,
            "%s (0x%08x) keeps the address of %s, so it is not known what runs "
            "between it and the end of the outage",
            name ? name : "something", (unsigned)addr, o->name);
}

// The code at addr calls o, jumps to it or is a copy of it; `behind` it what
// calls goes on, 0: nowhere.
static void called(struct ends *e, size_t opener, uint32_t addr,
        uint32_t behind) {
    struct analysis *a = e->a;
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    const struct opener o = e->openers[opener];
    struct function_extent extent;
    if (!symbol || !model_function(&a->model, addr, &extent)) {
        kept(e, &o, addr);
        return;
    }
    const bool flash = model_forbidden(&a->model, addr);
    if (!flash) {
        analysis_root(a, symbol->addr,
                keep_text(a, "calls %s, which begins an outage", o.name));
    }
    bool may_end = false;
    if (flash && behind) {
        returns_to(e, &o, symbol->addr, addr);
    } else if (!behind || may_return(e, behind, 0, &may_end)) {
        add_opener(e, symbol->addr, false, o.may || may_end);
    }
}

static void on_called(void *ctx, uint32_t which, const struct thumb_insn *insn,
        bool direct) {
    struct ends *e = ctx;
    if (direct) {
        called(e, which, insn->addr,
                insn->op == THUMB_BL ? insn->addr + insn->size_bytes : 0);
    } else {
        kept(e, &e->openers[which], insn->addr);
    }
}

static void on_kept(void *ctx, uint32_t which, uint32_t at) {
    const struct ends *e = ctx;
    kept(e, &e->openers[which], at);
}

static void on_entered(void *ctx, uint32_t which, uint32_t at, uint32_t to) {
    (void)to;
    on_kept(ctx, which, at);
}

// Of the openers from the first one on. Adds others.
static void find_callers(struct ends *e, size_t first) {
    struct references r = {.a = e->a,
            .ctx = e,
            .called = on_called,
            .kept = on_kept,
            .entered = on_entered};
    const size_t count = e->opener_count;
    for (size_t i = first; i < count && !e->a->failed; i++) {
        e->a->failed |=
                !references_add(&r, (uint32_t)i, e->openers[i].addr & ~1u);
    }
    references_find(&r);
    references_free(&r);
}

/// Copies ///

struct copies {
    struct ends *e;
    size_t count; // of the openers that were named
};

// Of what was named, inlined into another function: one in flash is a violation
// by itself.
static bool on_copy(void *ctx, const struct elf_inline *copy) {
    const struct copies *c = ctx;
    for (size_t i = 0; i < c->count && copy->name; i++) {
        const struct opener *o = &c->e->openers[i];
        const struct elf_symbol *in =
                model_symbol(&c->e->a->model, copy->low_addr);
        if (!model_forbidden(&c->e->a->model, copy->low_addr) &&
                match_copies(copy->name, o->name) && in &&
                in->addr != o->addr) {
            called(c->e, i, copy->low_addr, copy->low_addr);
            break;
        }
    }
    return true;
}

// Without debug information they cannot be found, and the report says so.
static void find_copies(struct ends *e) {
    struct copies c = {e, e->opener_count};
    for (size_t i = 0; c.count && i < e->a->model.image_count; i++) {
        elf_image_inlines(e->a->model.images[i], on_copy, &c);
    }
}

/// What was asked ///

static unsigned add_matching(struct ends *e, const char *pattern, bool end) {
    unsigned count = 0;
    const struct elf_symbol *s;
    for (size_t k = 0; k < e->a->model.image_count; k++) {
        for (size_t i = 0;
                (s = elf_image_symbol_index(e->a->model.images[k], i)); i++) {
            // A copy of what ends an outage may be a part of it.
            const bool is_it = end ? match_name(pattern, s->name)
                                   : match_copies(pattern, s->name);
            if (!s->code || s->absolute || !is_it) {
                continue;
            }
            count++;
            analysis_root(e->a, s->addr,
                    end ? "ends an outage" : "begins an outage");
            if (!end) {
                add_opener(e, s->addr, true, false);
                continue;
            }
            uint32_t *grown = array_more(e->closers, e->closer_count,
                    &e->closer_room, sizeof *grown);
            if (!grown) {
                e->a->failed = true;
                return count;
            }
            e->closers = grown;
            e->closers[e->closer_count++] = s->addr;
        }
    }
    return count;
}

static bool add_all(struct ends *e, const char *const *names, size_t count,
        bool end) {
    for (size_t i = 0; i < count; i++) {
        if (!add_matching(e, names[i], end)) {
            snprintf(e->a->error, e->a->error_size,
                    "no function matches --%s %s; it may have been inlined or "
                    "dropped by the linker (nm lists what is left)",
                    end ? "end" : "begin", names[i]);
            return false;
        }
    }
    return true;
}

// Of annotations, those that name no function are reported as unused.
static void add_noted(struct ends *e) {
    for (size_t i = 0; i < e->a->options->note_count; i++) {
        struct check_note *note = &e->a->options->notes[i];
        const bool end = note->kind == CHECK_NOTE_ENDS;
        if ((end || note->kind == CHECK_NOTE_BEGINS) && !note->refused) {
            note->used += add_matching(e, note->place, end);
        }
    }
}

bool ends_check(struct analysis *a) {
    const struct check_options *o = a->options;
    struct ends e = {.a = a};
    const bool good = add_all(&e, o->begins, o->begin_count, false) &&
            add_all(&e, o->ends, o->end_count, true);
    add_noted(&e);
    if (good) {
        find_copies(&e);
    }
    for (size_t i = 0; good && i < e.opener_count && !a->failed;) {
        const size_t count = e.opener_count;
        find_callers(&e, i);
        i = count;
    }
    free(e.openers);
    free(e.closers);
    index_free(&e.walked);
    return good;
}
