/*
 * frames - stores into a frame that is not the function's own
 *
 * SPDX-License-Identifier: MIT
 *
 * An exception's frame is above the stack pointer that its handler begins with
 * (Armv7-M ARM B1.5.6), and holds the address that it returns to. Whatever runs
 * on the handler's stack can store there: what it calls, jumps to or falls
 * into. A function that is called may store above its own stack pointer, where
 * its arguments are, but not above that of its caller: return addresses are
 * there.
 *
 * A run of the whole program follows what is stored into frames, or stops: what
 * it executed is not reported.
 */
#include <stdlib.h>

#include "check/judge/judge_priv.h"
#include "check/whole/whole.h"

#define NOT_REACHED UINT32_MAX
#define ANYWHERE INT32_MAX

// A store above the stack pointer that function n begins with.
struct above {
    int32_t end;   // behind the last byte; 0: there is none
    uint32_t by;   // node
    uint32_t addr; // of the instruction
};

struct frames {
    struct analysis *a;
    uint32_t *room;      // from a handler's stack pointer down to that of n
    struct above *above; // of n and of what it calls
    bool *told;          // of n
    bool seen;           // the one that is judged, by the run
};

// Down the calls, from the handlers.
static void measure_room(struct frames *f) {
    const struct analysis *a = f->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        f->room[n] = a->nodes[n].is_handler ? 0 : NOT_REACHED;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t n = 0; n < a->node_count; n++) {
            for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
                const struct call_edge *e = &a->nodes[n].edges[i];
                const uint32_t used =
                        e->sp_bytes < 0 ? 0 : (uint32_t)e->sp_bytes;
                if (f->room[n] != NOT_REACHED && e->callee != NO_NODE &&
                        f->room[n] + used < f->room[e->callee]) {
                    f->room[e->callee] = f->room[n] + used;
                    changed = true;
                }
            }
        }
    }
}

static bool raise(struct above *to, int32_t end, uint32_t by, uint32_t addr) {
    if (end <= to->end) {
        return false;
    }
    *to = (struct above){end, by, addr};
    return true;
}

// The callee stores through argument k: from there on, whatever it is.
static bool passed(const struct frames *f, uint32_t n,
        const struct call_edge *e, unsigned k, int32_t *end) {
    const struct node *node = &f->a->nodes[n];
    const struct value *v = &e->args[k];
    if (v->kind != VALUE_STACK || e->callee == NO_NODE ||
            !(f->a->nodes[e->callee].args_written & VALUE_ARGUMENT(k))) {
        return false;
    }
    const bool handled = f->room[n] != NOT_REACHED;
    if (!v->count && !value_is_range(v)) {
        *end = ANYWHERE;
        return handled && node->flow.above_made;
    }
    *end = (int32_t)(v->v[0] + (v->count ? 0 : v->v[2])) + 4;
    return *end > 0;
}

static void begin(struct frames *f, uint32_t n) {
    const struct node *node = &f->a->nodes[n];
    f->above[n] = (struct above){node->above_end, n, node->above_addr};
    // An array may have been indexed; above the frame, whatever is there.
    if (node->somewhere_addr && node->flow.above_made &&
            f->room[n] != NOT_REACHED) {
        raise(&f->above[n], ANYWHERE, n, node->somewhere_addr);
    }
    for (size_t i = 0; i < node->edge_count; i++) {
        const struct call_edge *e = &node->edges[i];
        int32_t end;
        for (unsigned k = 0; e->has_args && k < VALUE_ARGUMENTS; k++) {
            if (passed(f, n, e, k, &end)) {
                raise(&f->above[n], end, n, e->addr);
            }
        }
    }
}

// Up the calls: what is behind the end of the caller's frame.
static void collect(struct frames *f) {
    const struct analysis *a = f->a;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t n = a->node_count; n-- > 0;) {
            for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
                const struct call_edge *e = &a->nodes[n].edges[i];
                if (e->callee == NO_NODE) {
                    continue;
                }
                const struct above *from = &f->above[e->callee];
                const int32_t used = e->sp_bytes < 0 ? 0 : e->sp_bytes;
                changed |= raise(&f->above[n],
                        from->end == ANYWHERE ? ANYWHERE : from->end - used,
                        from->by, from->addr);
            }
        }
    }
}

static void report(struct frames *f, const struct above *above,
        const char *what) {
    if (f->told[above->by] ||
            (f->seen && whole_executed(f->a->whole, above->addr))) {
        return;
    }
    f->told[above->by] = true;
    finding_add(f->a,
            &(struct check_finding){
                    .rule = CHECK_RULE_RETURN_UNKNOWN, .addr = above->addr},
            above->by, "%s", what);
}

// An exception's frame, by MSP or PSP, is passed to what writes there.
static void judge_passed(struct analysis *a, uint32_t n,
        const struct call_edge *e, unsigned k) {
    const struct value *v = &e->args[k];
    if (v->kind == VALUE_STACK && v->v[1] &&
            !whole_executed(a->whole, e->addr) &&
            a->nodes[e->callee].args_written & VALUE_ARGUMENT(k)) {
        finding_add(a,
                &(struct check_finding){
                        .rule = CHECK_RULE_RETURN_UNKNOWN, .addr = e->addr},
                n,
                "passes an exception's frame to %s, which writes there: it may "
                "change the address that the exception returns to",
                a->nodes[e->callee].name);
    }
}

static void judge(struct frames *f, uint32_t n) {
    const struct node *node = &f->a->nodes[n];
    const struct above *above = &f->above[n];
    f->seen = whole_executed(f->a->whole, node->addr);
    if (node->is_handler && above->end > 0) {
        report(f, above,
                "stores into an exception's frame, which may hold the address "
                "that it returns to");
    }
    for (size_t i = 0; i < node->edge_count; i++) {
        const struct call_edge *e = &node->edges[i];
        const int32_t used = e->sp_bytes < 0 ? 0 : e->sp_bytes;
        if (e->callee == NO_NODE) {
            continue;
        }
        for (unsigned k = 0; e->has_args && k < VALUE_ARGUMENTS; k++) {
            judge_passed(f->a, n, e, k);
        }
        if (!e->tail && f->above[e->callee].end > used) {
            report(f, &f->above[e->callee],
                    "stores above the frame of its caller, where a return "
                    "address may be");
        }
    }
}

void frames_check(struct analysis *a) {
    const size_t count = a->node_count ? a->node_count : 1;
    struct frames f = {.a = a,
            .room = calloc(count, sizeof *f.room),
            .above = calloc(count, sizeof *f.above),
            .told = calloc(count, sizeof *f.told)};
    if (f.room && f.above && f.told) {
        measure_room(&f);
        for (uint32_t n = 0; n < a->node_count; n++) {
            begin(&f, n);
        }
        collect(&f);
        for (uint32_t n = 0; n < a->node_count; n++) {
            judge(&f, n);
        }
    } else {
        a->failed = true;
    }
    free(f.room);
    free(f.above);
    free(f.told);
}

void frames_store(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, uint32_t bytes) {
    struct node *node = analysis_here(a);
    if (whole_executed(a->whole, insn->addr)) {
        return;
    }
    if (addr->v[1]) {
        judge_unknown(a, insn->addr, CHECK_RULE_RETURN_UNKNOWN,
                "stores into an exception's frame, which may hold the address "
                "that it returns to");
    } else if (!addr->count && !value_is_range(addr)) {
        node->somewhere_addr =
                node->somewhere_addr ? node->somewhere_addr : insn->addr;
    } else {
        const int32_t end =
                (int32_t)(addr->v[0] + (addr->count ? 0 : addr->v[2]) + bytes);
        if (end > node->above_end) {
            node->above_end = end;
            node->above_addr = insn->addr;
        }
    }
}
