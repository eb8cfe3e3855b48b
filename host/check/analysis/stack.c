/*
 * stack - worst-case stack of each root, over the same calls
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/analysis.h"

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
