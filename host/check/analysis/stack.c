/*
 * stack - worst-case stack of each root, over the same calls
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/analysis.h"

#define SP 13u

enum { FRESH, BUSY, DONE };

// Calls are nested as deep as the program nests them; a limit keeps a damaged
// file from using up our own stack.
#define DEPTH_MAX 10000u

static void measure(struct analysis *a, uint32_t n, unsigned depth) {
    struct node *node = &a->nodes[n];
    node->stack_state = BUSY;
    node->stack_bytes =
            node->flow.stack_bytes < 0 ? 0 : (uint32_t)node->flow.stack_bytes;
    node->stack_why = node->flow.stack_bytes < 0
            ? "a frame whose size depends on data"
            : node->calls_unknown ? "a call with an unknown target"
                                  : NULL;
    for (size_t i = 0; i < node->edge_count; i++) {
        const struct call_edge *edge = &node->edges[i];
        if (edge->callee == NO_NODE) {
            node->stack_why = node->stack_why ? node->stack_why
                                              : "a call that is not followed";
            continue;
        }
        struct node *callee = &a->nodes[edge->callee];
        if (callee->stack_state == BUSY || depth > DEPTH_MAX) {
            node->stack_why = "recursion";
            continue;
        }
        if (callee->stack_state == FRESH) {
            measure(a, edge->callee, depth + 1);
        }
        const uint32_t at = edge->sp_bytes < 0 ? node->stack_bytes
                                               : (uint32_t)edge->sp_bytes;
        if (at + callee->stack_bytes > node->stack_bytes) {
            node->stack_bytes = at + callee->stack_bytes;
        }
        node->stack_why = node->stack_why ? node->stack_why : callee->stack_why;
    }
    node->stack_state = DONE;
}

void stack_check(struct analysis *a) {
    for (uint32_t n = 0; n < a->node_count; n++) {
        if (a->nodes[n].why_root && a->nodes[n].stack_state == FRESH) {
            measure(a, n, 0);
        }
    }
}

/// What is taken ///

// Pushes, or makes room.
static bool lowers_stack(const struct thumb_insn *insn) {
    const bool stores =
            insn->op == THUMB_STORE || insn->op == THUMB_STORE_MULTIPLE;
    return insn->writes >> SP & 1 &&
            (insn->op == THUMB_SUB || (stores && insn->rn == SP));
}

bool stack_is_taken(const struct analysis *a, const struct node *node,
        uint32_t call, bool (*executed)(const void *ctx, uint32_t addr)) {
    bool taken = node->walked && node->image, found = !call;
    unsigned conditional = 0;
    uint32_t size;
    for (uint32_t at = node->extent.entry_addr & ~1u;
            taken && at + 2 <= node->extent.end_addr; at += size) {
        struct thumb_insn insn;
        const uint32_t room = node->extent.end_addr - at < 4 ? 2 : 4;
        const uint8_t *bytes = model_bytes(&a->model, at, room);
        uint32_t end;
        size = 2;
        if (elf_image_content(node->image, at, &end) != ELF_CONTENT_THUMB ||
                !bytes || !thumb_decode(&insn, at, bytes, room)) {
            continue;
        }
        size = insn.size_bytes;
        if (call ? at == call : lowers_stack(&insn)) {
            taken = !conditional && executed(a, at);
            found = true;
        }
        conditional = thumb_it_left(&insn, conditional);
    }
    return taken && found;
}
