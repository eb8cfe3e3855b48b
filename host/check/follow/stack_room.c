/*
 * stack_room - is there as much stack as an outage needs?
 *
 * SPDX-License-Identifier: MIT
 *
 * stack.c says how much its roots need.
 */
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
        if (!o->object || o->absolute || !o->size_bytes) {
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
    for (size_t i = 0; i < o->ram_count; i++) {
        const struct check_region *r = &o->memory[i];
        if (*top - 1 - r->addr < r->size_bytes && r->addr > floor) {
            floor = r->addr;
        }
    }
    return floor && *top > floor ? *top - floor : 0;
}

// The root that uses most: a handler, or another one. NULL: there is none.
static const struct node *deepest(const struct analysis *a, bool handler) {
    const struct node *most = NULL;
    for (uint32_t n = 0; n < a->node_count; n++) {
        const struct node *node = &a->nodes[n];
        if (node->why_root && node->is_handler == handler &&
                (!most || node->stack_bytes > most->stack_bytes)) {
            most = node;
        }
    }
    return most;
}

// The deepest root, and the deepest handler on it. Whether it is the stack of
// the reset that they use says the run of the whole program: where something
// sets a stack pointer, it may be another one.
void stack_room_check(struct analysis *a) {
    const bool one = whole_complete(a->whole) && !a->switches;
    const struct node *root = deepest(a, false);
    const struct node *handler = deepest(a, true);
    uint32_t top = 0;
    const uint32_t bytes = room(a, &top);
    const uint32_t below = root ? root->stack_bytes : 0;
    const uint32_t above = handler ? FRAME_BYTES + handler->stack_bytes : 0;
    a->report->stack_room_bytes = bytes;
    a->report->stack_nested_bytes = below + above;
    if (!one || !bytes || below + above <= bytes) {
        return;
    }
    const struct node *who = below >= above ? root : handler;
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_STACK_SMALL,
                    .function = who->name,
                    .function_addr = who->addr,
                    .addr = who->addr,
                    .target_addr = top,
                    .target_known = true},
            NO_NODE,
            "%u bytes of stack are needed (%u of %s, %u of %s with its frame), "
            "and there are %u below 0x%08x",
            (unsigned)(below + above), (unsigned)below,
            root ? root->name : "no function", (unsigned)above,
            handler ? handler->name : "no handler", (unsigned)bytes,
            (unsigned)top);
}
