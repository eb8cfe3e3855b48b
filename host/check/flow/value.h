/*
 * value - what a register or stack slot can hold
 *
 * SPDX-License-Identifier: MIT
 *
 * A lattice of finite height: joining goes upwards only, from NONE over a few
 * exact constants to "somewhere in that object" to TOP.
 */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum value_kind {
    VALUE_NONE,    // not reached yet
    VALUE_CONST,   // one of count constants
    VALUE_INSIDE,  // v[0] plus an unknown offset: inside the object there
    VALUE_INITIAL, // loaded from memory at v[1] that may change; v[0] is what
                   // the image holds there
    VALUE_WORD_OF, // loaded from somewhere inside the object at v[0]
    VALUE_STACK,   // stack pointer at entry + (int32_t)v[0]; count 0: + unknown
    VALUE_PARAM,   // argument v[0] (r0..r3) of the function, plus any offset
    VALUE_RETURN,  // the return address
    VALUE_TOP,     // anything
};

#define VALUE_CONSTS 4u

struct value {
    uint8_t kind;
    uint8_t count; // of CONST
    bool tainted;  // TOP: may be, or be computed from, the flash address taint
    uint32_t taint;
    uint32_t v[VALUE_CONSTS]; // CONST: ascending
};

static inline struct value value_top(void) {
    return (struct value){.kind = VALUE_TOP};
}
static inline struct value value_const(uint32_t v) {
    return (struct value){.kind = VALUE_CONST, .count = 1, .v = {v}};
}
static inline struct value value_stack(int32_t offset) {
    return (struct value){
            .kind = VALUE_STACK, .count = 1, .v = {(uint32_t)offset}};
}
static inline bool value_is_const(const struct value *a) {
    return a->kind == VALUE_CONST && a->count == 1;
}

// What the lattice needs to know about addresses.
struct value_world {
    // The address may be neither read nor called (it is inside an XIP region).
    bool (*forbidden)(const void *ctx, uint32_t addr);
    // Start of the object that holds addr; addr itself if none is known.
    uint32_t (*object)(const void *ctx, uint32_t addr);
    // The number can be an address; it is not just small.
    bool (*address)(const void *ctx, uint32_t addr);
    const void *ctx;
};

bool value_equal(const struct value *a, const struct value *b);

// The least value that covers both.
struct value value_join(const struct value_world *world, const struct value *a,
        const struct value *b);

// TOP that remembers a flash address among what went into it.
struct value value_lost(const struct value_world *world, const struct value *a,
        const struct value *b);

// a + b, for addresses: keeps constants, stack offsets, arguments and objects.
struct value value_add(const struct value_world *world, const struct value *a,
        const struct value *b);

// Constants combined one by one, as long as they stay few; else TOP.
struct value value_combine(const struct value_world *world,
        const struct value *a, const struct value *b,
        uint32_t (*f)(uint32_t, uint32_t));

// The flash address that the value is or may be; false if none.
bool value_forbidden(const struct value_world *world, const struct value *a,
        uint32_t *addr);

#endif
