/*
 * references - what enters some functions, by all code and data of the images
 *
 * SPDX-License-Identifier: MIT
 *
 * A function is entered by the calls that are seen and by nothing else, if no
 * data holds its address and no instruction makes it but to call it. Code that
 * never runs in an outage counts as well. An address is looked for
 *
 * - in data at any byte, with the Thumb bit or without it, and as an offset;
 * - in pools, where an instruction loads it but does not only call it;
 * - in what a straight line of code computes, and MOVW and MOVT of a function
 *   in any order;
 * - in what a walk of a function finds in a register, is stored or passed on:
 *   of each that has the parts of such an address, or calls what it computes.
 *
 * Whoever computes it in yet another way breaks assumption A5.
 */
#ifndef REFERENCES_H
#define REFERENCES_H

#include "check/analysis/analysis.h"

struct references {
    struct analysis *a;
    void *ctx;
    // The instruction calls function `which`, or jumps to it. direct: it holds
    // the target; else a register does, for this and nothing else.
    void (*called)(void *ctx, uint32_t which, const struct thumb_insn *insn,
            bool direct);
    // Its address is made or kept at `at`, so it may be called from anywhere.
    void (*kept)(void *ctx, uint32_t which, uint32_t at);
    // Code at `at` leads to `to`, behind its first instruction.
    void (*entered)(void *ctx, uint32_t which, uint32_t at, uint32_t to);
    // Each call that a walk meets, of the function at `by`; NULL: of no
    // interest, and no function is walked for its calls.
    void (*met)(void *ctx, uint32_t which, uint32_t by,
            const struct thumb_insn *insn, const struct value *regs);
    struct references_search *search; // by references_add()
};

// Function `which`, which begins at addr, is looked for. False: out of memory.
bool references_add(struct references *r, uint32_t which, uint32_t addr);
// Only what enters it behind its first instruction is looked for.
bool references_add_inside(struct references *r, uint32_t which, uint32_t addr);
void references_find(struct references *r);
void references_free(struct references *r);

// The function that the code at addr belongs to; 0 if no symbol says.
uint32_t references_function_of(const struct analysis *a, uint32_t addr);

#endif
