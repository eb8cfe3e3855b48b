/*
 * places - function and line at the events of a run, each place once
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/observe/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/index.h"

#define SVCALL 11
#define PENDSV 14
#define DEPTH_MAX 32

struct seen {
    uint64_t key; // instruction and address
    unsigned place;
};

struct places {
    const struct elf_list *elfs;
    struct sim *sim;
    struct place *table;
    size_t count, room;
    struct seen *seen;
    size_t seen_count, seen_room;
    struct index by_key, by_line, by_call;
    struct places_call *calls;
    size_t call_count, call_room;
    unsigned walks;
    // What the active handlers interrupted, innermost last.
    unsigned interrupted[DEPTH_MAX];
    size_t depth;
    unsigned returned; // what the last return went to
};

struct places *places_new(const struct elf_list *elfs, struct sim *sim) {
    struct places *p = calloc(1, sizeof *p);
    if (!p) {
        return NULL;
    }
    p->elfs = elfs;
    p->sim = sim;
    p->table = array_more(NULL, 0, &p->room, sizeof *p->table);
    if (!p->table) {
        free(p);
        return NULL;
    }
    p->table[p->count++] = (struct place){.function = "?"};
    return p;
}

void places_free(struct places *p) {
    if (!p) {
        return;
    }
    index_free(&p->by_key);
    index_free(&p->by_line);
    index_free(&p->by_call);
    free(p->calls);
    free(p->table);
    free(p->seen);
    free(p);
}

// Without memory a place is unknown: nothing depends on it.
static unsigned add_place(struct places *p, const struct place *place) {
    const uint64_t key = (uint64_t)(uintptr_t)place->function * 31 +
            (uint64_t)(unsigned)place->line;
    size_t from = 0;
    size_t i;
    while ((i = index_next(&p->by_line, key, &from)) != INDEX_NONE) {
        const struct place *old = &p->table[i];
        if (old->function == place->function && old->line == place->line &&
                old->file == place->file) {
            return (unsigned)i;
        }
    }
    struct place *grown =
            array_more(p->table, p->count, &p->room, sizeof *p->table);
    if (!grown) {
        return 0;
    }
    p->table = grown;
    if (!index_add(&p->by_line, key, p->count)) {
        return 0;
    }
    p->table[p->count] = *place;
    return (unsigned)p->count++;
}

static unsigned look_up(struct places *p, uint32_t pc) {
    const struct cmd_frame f = cmd_stack_place(p->elfs, p->sim, pc);
    if (!strcmp(f.place.function, "?")) {
        return 0;
    }
    const struct place place = {f.place.function, f.place.file, f.place.line};
    return add_place(p, &place);
}

static unsigned place_of(struct places *p, uint32_t pc) {
    const uint8_t *code = sim_memory(p->sim, pc, 2);
    if (!code) {
        return 0;
    }
    const uint64_t key = (uint64_t)(code[0] | code[1] << 8) << 32 | pc;
    size_t from = 0;
    const size_t known = index_next(&p->by_key, key, &from);
    if (known != INDEX_NONE) {
        return p->seen[known].place;
    }
    const struct seen new = {key, look_up(p, pc)};
    struct seen *grown =
            array_more(p->seen, p->seen_count, &p->seen_room, sizeof *p->seen);
    if (grown) {
        p->seen = grown;
        p->seen[p->seen_count] = new;
        p->seen_count += index_add(&p->by_key, key, p->seen_count);
    }
    return new.place;
}

static struct places_now enter(struct places *p, const struct sim_trace *e,
        uint32_t pc) {
    // A tail-chained handler interrupts what the one before would return to.
    const unsigned at = pc >= 0xE0000000u ? p->returned : place_of(p, pc);
    if (p->depth < DEPTH_MAX) {
        p->interrupted[p->depth++] = at;
    }
    const uint8_t *v = sim_memory(p->sim, sim_vtor(p->sim) + 4 * e->a, 4);
    const uint32_t handler = v ? v[0] | (uint32_t)v[1] << 8 |
                    (uint32_t)v[2] << 16 | (uint32_t)v[3] << 24
                               : 0;
    return (struct places_now){.at = at, .handler = place_of(p, handler & ~1u)};
}

static struct places_now leave(struct places *p, const struct sim_trace *e,
        uint32_t pc) {
    p->returned = p->depth ? p->interrupted[--p->depth] : 0;
    // A kernel may go on with another thread.
    if (!p->depth && (e->a == SVCALL || e->a == PENDSV)) {
        p->returned = 0;
    }
    return (struct places_now){.at = place_of(p, pc), .handler = p->returned};
}

/// Callers ///

static unsigned add_call(struct places *p, unsigned place, unsigned caller) {
    const uint64_t key = (uint64_t)place << 32 | caller;
    size_t from = 0;
    const size_t known = index_next(&p->by_call, key, &from);
    if (known != INDEX_NONE) {
        return (unsigned)known;
    }
    struct places_call *grown = array_more(p->calls, p->call_count,
            &p->call_room, sizeof *p->calls);
    if (!grown) {
        return 0;
    }
    p->calls = grown;
    if (!p->call_count) {
        p->calls[p->call_count++] = (struct places_call){0, 0};
        return add_call(p, place, caller);
    }
    if (!index_add(&p->by_call, key, p->call_count)) {
        return 0;
    }
    p->calls[p->call_count] = (struct places_call){place, caller};
    return (unsigned)p->call_count++;
}

// From the outermost caller in; the innermost frame is the event's own place.
static unsigned walk(struct places *p) {
    uint32_t regs[17];
    struct cmd_stack stack;
    unsigned call = 0;
    sim_registers(p->sim, regs);
    cmd_stack_walk(p->elfs, p->sim, regs, &stack);
    for (size_t i = stack.count; i-- > 1;) {
        const struct elf_place *at = &stack.frames[i].place;
        if (!strcmp(at->function, "?")) {
            call = 0;
            continue;
        }
        const struct place place = {at->function, at->file, at->line};
        call = add_call(p, add_place(p, &place), call);
    }
    return call;
}

/// Events ///

struct places_now places_at(struct places *p, const struct sim_trace *e) {
    const uint32_t pc = e->kind == SIM_TRACE_VIOLATION ? e->b : sim_pc(p->sim);
    switch (e->kind) {
    case SIM_TRACE_EXC_ENTER:
        return enter(p, e, pc);
    case SIM_TRACE_EXC_EXIT:
        return leave(p, e, pc);
    case SIM_TRACE_RESET:
        p->depth = 0;
        break;
    default:
        break;
    }
    const unsigned at = place_of(p, pc);
    struct places_now now = {.at = at, .handler = at};
    if (e->kind == SIM_TRACE_CHIP && e->c == SIM_CHIP_BEGUN &&
            p->walks < PLACES_WALKS_MAX) {
        p->walks++;
        now.calls = walk(p);
    }
    return now;
}

const struct place *places_table(const struct places *p, size_t *count) {
    *count = p->count;
    return p->table;
}

const struct places_call *places_calls(const struct places *p, size_t *count) {
    *count = p->call_count;
    return p->calls;
}
