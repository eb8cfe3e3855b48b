/*
 * stack_room - is there as much stack as an outage needs?
 *
 * SPDX-License-Identifier: MIT
 *
 * stack.c says how much its roots need. Only what the run of the whole program
 * has come along is a violation.
 */
#include <stdlib.h>

#include "check/analysis/findings.h"
#include "check/follow/follow.h"
#include "check/whole/whole.h"

// Armv7-M ARM B1.5.6: what an exception pushes, without floating point.
#define FRAME_BYTES 32u

// What is in use lies up to there: the end of an object, or of a section with
// contents; what the linker script keeps free for heap and stack is neither.
static void find_floor(const struct elf_image *image, uint32_t top,
        uint32_t *floor) {
    const struct elf_section *s;
    const struct elf_symbol *o;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        const uint32_t end = s->addr + s->size_bytes;
        if (s->size_bytes && !s->zero && end <= top && end > *floor) {
            *floor = end;
        }
    }
    for (size_t i = 0; (o = elf_image_symbol_index(image, i)); i++) {
        const uint32_t end = o->addr + o->size_bytes;
        if ((o->code && !o->object) || o->absolute || !o->size_bytes) {
            continue;
        }
        if (top - 1 - o->addr < o->size_bytes) { // the stack is an object
            *floor = o->addr;
            return;
        }
        if (end <= top && end > *floor &&
                elf_image_section_at(image, o->addr)) {
            *floor = end;
        }
    }
}

// Without a board, the RAM of the stack is not known: what lies in another
// block of 16 MB is none of it.
#define BLOCK_BITS 24u

// The floor is in the memory that holds the stack. False: none of these does.
static bool begin_memory(const struct check_region *memory, size_t count,
        uint32_t top, uint32_t *floor) {
    bool known = false;
    for (size_t i = 0; i < count; i++) {
        const struct check_region *r = &memory[i];
        if (top - 1 - r->addr < r->size_bytes) {
            known = true;
            *floor = r->addr > *floor ? r->addr : *floor;
        }
    }
    return known;
}

// Of the stack after a reset; 0: it is not known.
static uint32_t room(const struct analysis *a, uint32_t *top) {
    const struct check_options *o = a->options;
    const struct vector_table *table =
            a->first_count ? &a->first_tables[0] : &a->tables[0];
    uint32_t floor = 0;
    if ((!a->first_count && !a->tables[0].count) || a->first_count > 1 ||
            !model_word(&a->model, table->addr, top)) {
        return 0;
    }
    *top = model_stack_top(&a->model, *top);
    for (size_t k = 0; k < a->model.image_count; k++) {
        find_floor(a->model.images[k], *top, &floor);
    }
    if (!begin_memory(o->memory, o->ram_count, *top, &floor) &&
            !begin_memory(o->resident, o->resident_count, *top, &floor) &&
            (*top - 1) >> BLOCK_BITS != floor >> BLOCK_BITS) {
        return 0;
    }
    return floor && *top > floor ? *top - floor : 0;
}

/// Handlers ///

// The vector n of a table in use leads to the function, and the exception may
// come: those of the core, and interrupts that some code enables.
static bool leads_to(const struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t addr) {
    uint32_t values[VALUE_CONSTS];
    unsigned count = whole_vector(a->whole, table->addr, n, values);
    if (!count && model_word(&a->model, table->addr + 4 * n, &values[0])) {
        count = 1;
    }
    bool leads = false;
    for (unsigned i = 0; i < count; i++) {
        leads |= (values[i] & ~1u) == addr;
    }
    return leads;
}

// False: all vectors that lead to it are of interrupts that nothing enables.
static bool may_come(const struct analysis *a, const struct node *handler) {
    bool found = false, enabled = false;
    for (size_t i = 0; i < a->table_count; i++) {
        for (uint32_t n = 2; n < a->tables[i].count; n++) {
            if (leads_to(a, &a->tables[i], n, handler->addr)) {
                found = true;
                enabled |= whole_enables(a->whole, n);
            }
        }
    }
    return enabled || !found;
}

// The root that uses most: a handler, or another one. NULL: there is none.
static const struct node *deepest(const struct analysis *a, bool handler) {
    const struct node *most = NULL;
    for (uint32_t n = 0; n < a->node_count; n++) {
        const struct node *node = &a->nodes[n];
        if (node->why_root && node->is_handler == handler &&
                (!most || node->stack_bytes > most->stack_bytes) &&
                (!handler || may_come(a, node))) {
            most = node;
        }
    }
    return most;
}

/// What is taken in the run of the whole program ///

enum { FRESH, BUSY, DONE };
struct taken {
    uint32_t bytes;
    uint8_t state;
};

static bool executed(const void *ctx, uint32_t addr) {
    const struct analysis *a = ctx;
    return whole_executed(a->whole, addr);
}

// The most along calls that the run has executed.
static uint32_t measure(const struct analysis *a, struct taken *all,
        uint32_t n) {
    const struct node *node = &a->nodes[n];
    struct taken *t = &all[n];
    if (t->state != FRESH) {
        return t->bytes; // BUSY: a recursion, 0
    }
    t->state = BUSY;
    uint32_t most =
            node->flow.stack_bytes > 0 && stack_is_taken(a, node, 0, executed)
            ? (uint32_t)node->flow.stack_bytes
            : 0;
    for (size_t i = 0; i < node->edge_count; i++) {
        const struct call_edge *edge = &node->edges[i];
        if (edge->callee == NO_NODE || edge->sp_bytes < 0 ||
                !stack_is_taken(a, node, edge->addr, executed)) {
            continue;
        }
        const uint32_t bytes =
                (uint32_t)edge->sp_bytes + measure(a, all, edge->callee);
        most = bytes > most ? bytes : most;
    }
    t->bytes = most;
    t->state = DONE;
    return most;
}

// The root that certainly uses most; *bytes: how much.
static const struct node *deepest_taken(struct analysis *a, uint32_t *bytes) {
    struct taken *all = calloc(a->node_count + 1, sizeof *all);
    const struct node *most = NULL;
    *bytes = 0;
    a->failed = a->failed || !all;
    for (uint32_t n = 0; all && n < a->node_count; n++) {
        const struct node *node = &a->nodes[n];
        if (node->why_root && !node->is_handler &&
                measure(a, all, n) > *bytes) {
            *bytes = all[n].bytes;
            most = node;
        }
    }
    free(all);
    return most;
}

static void too_deep(struct analysis *a, const struct node *root,
        uint32_t needed, uint32_t bytes, uint32_t top) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_STACK_SMALL,
                    .function = root->name,
                    .function_addr = root->addr,
                    .addr = root->addr,
                    .target_addr = top,
                    .target_known = true},
            NO_NODE,
            "%s needs %u bytes of stack, and there are %u below 0x%08x",
            root->name, (unsigned)needed, (unsigned)bytes, (unsigned)top);
}

// The deepest root, and the deepest handler on it. Whether it is the stack of
// the reset that they use says the run of the whole program: where something
// sets a stack pointer, it may be another one.
void stack_room_check(struct analysis *a) {
    const bool one = whole_complete(a->whole) && !a->switches &&
            !whole_has_stacks(a->whole);
    const struct node *root = deepest(a, false);
    const struct node *handler = deepest(a, true);
    uint32_t top = 0, taken_bytes;
    const uint32_t bytes = room(a, &top);
    const uint32_t below = root ? root->stack_bytes : 0;
    const uint32_t above = handler ? FRAME_BYTES + handler->stack_bytes : 0;
    a->report->stack_room_bytes = bytes;
    a->report->stack_nested_bytes = below + above;
    if (!one || !bytes || below + above <= bytes) {
        return;
    }
    const struct node *taken = deepest_taken(a, &taken_bytes);
    if (taken && taken_bytes > bytes) {
        too_deep(a, taken, taken_bytes, bytes, top);
        return;
    }
    const struct node *who = below >= above ? root : handler;
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_STACK_NESTED,
                    .function = who->name,
                    .function_addr = who->addr,
                    .addr = who->addr,
                    .target_addr = top,
                    .target_known = true},
            NO_NODE,
            "%u bytes of stack may be needed (%u of %s, %u of %s with its "
            "frame), and there are %u below 0x%08x",
            (unsigned)(below + above), (unsigned)below,
            root ? root->name : "no function", (unsigned)above,
            handler ? handler->name : "no handler", (unsigned)bytes,
            (unsigned)top);
}
