/*
 * whole_value - what a word can be, in a run of the whole program
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/whole/value: sets of numbers and addresses, and their
 * arithmetic.
 *
 * It is modulo 2^32, and each operation gives a set that holds all results.
 * Nothing here knows of memory but what is an address of RAM. Values are
 * compared byte by byte: fields that a kind does not use are zero.
 */
#ifndef WHOLE_VALUE_H
#define WHOLE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum whole_kind_ {
    WHOLE_NONE,   // no value: not reached yet
    WHOLE_SET,    // one of count numbers, ascending
    WHOLE_RANGE,  // low, low + (1 << step), and so on up to high
    WHOLE_FRAME,  // the stack pointer at the entry of call `of`, plus such an
                  // offset, which is signed
    WHOLE_KEPT,   // what register `of` held at the entry
    WHOLE_NUMBER, // any number that a device delivered, or made from such: no
                  // address in RAM
    WHOLE_SAVED,  // one of count numbers, or what a handler has saved of the
                  // task that it interrupted: a place in the process stack if
                  // step is 0, else a word there, which may be anything
    WHOLE_HIDDEN, // place v[0] in the frame of call `of` as another number: its
                  // exclusive or with v[1], or if step is 1 shifted right by
                  // v[1] bits, which are zero in the stack pointer
    WHOLE_ANY,
};

#define WHOLE_COUNT 8u

// What an annotation `pointers` says of the value, beside its numbers.
enum {
    WHOLE_LEADS = 1,   // what is read through it leads to no window
    WHOLE_RENEWED = 2, // it may be what an outage has stored in such a place
};

struct whole_value_ {
    uint8_t kind, count, step, marks;
    uint32_t of;
    union {
        uint32_t v[WHOLE_COUNT];
        struct {
            uint32_t low, high;
        };
    };
};

// What the arithmetic must know: the number is an address in RAM.
struct whole_world_ {
    bool (*is_ram)(const void *ctx, uint32_t low, uint32_t high);
    const void *ctx;
};

static inline struct whole_value_ whole_any_(void) {
    return (struct whole_value_){.kind = WHOLE_ANY};
}
static inline struct whole_value_ whole_number_(void) {
    return (struct whole_value_){.kind = WHOLE_NUMBER};
}
static inline struct whole_value_ whole_const_(uint32_t v) {
    return (struct whole_value_){.kind = WHOLE_SET, .count = 1, .v = {v}};
}
static inline struct whole_value_ whole_saved_place_(void) {
    return (struct whole_value_){.kind = WHOLE_SAVED};
}
static inline struct whole_value_ whole_saved_word_(void) {
    return (struct whole_value_){.kind = WHOLE_SAVED, .step = 1};
}
static inline bool whole_is_saved_place_(const struct whole_value_ *a) {
    return a->kind == WHOLE_SAVED && !a->step;
}
static inline struct whole_value_ whole_kept_(unsigned r) {
    return (struct whole_value_){.kind = WHOLE_KEPT, .of = r};
}
static inline struct whole_value_ whole_frame_(uint32_t call, int32_t offset) {
    return (struct whole_value_){.kind = WHOLE_FRAME,
            .of = call,
            .v = {(uint32_t)offset, (uint32_t)offset}};
}
// What other code, or another time, knows of it.
static inline struct whole_value_ whole_unhidden_(const struct whole_value_
                *a) {
    return a->kind == WHOLE_HIDDEN ? whole_any_() : *a;
}
static inline struct whole_value_ whole_unmarked_(const struct whole_value_
                *a) {
    struct whole_value_ v = *a;
    v.marks = 0;
    return v;
}
static inline bool whole_is_const_(const struct whole_value_ *a) {
    return a->kind == WHOLE_SET && a->count == 1;
}
// A place in a frame that is one offset.
static inline bool whole_is_place_(const struct whole_value_ *a) {
    return a->kind == WHOLE_FRAME && a->low == a->high;
}

// low to high in steps; the set of its numbers, if they are few.
struct whole_value_ whole_range_(uint32_t low, uint32_t high, unsigned step);
// The bounds of a set or range. False: it has none, and they are 0 and 2^32 -
// 1.
bool whole_bounds_(const struct whole_value_ *a, uint32_t *low, uint32_t *high);
// Number i of a set or range. False: there are not so many.
bool whole_each_(const struct whole_value_ *a, uint32_t i, uint32_t *v);

// Values and what consists of them are compared byte by byte: they have no
// padding, and what a kind does not use is zero.
bool whole_same_(const void *a, const void *b, size_t bytes);
bool whole_equal_(const struct whole_value_ *a, const struct whole_value_ *b);
struct whole_value_ whole_join_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
// The same, but far larger than old if anything was added: repeated, it ends.
struct whole_value_ whole_widen_(const struct whole_world_ *world,
        const struct whole_value_ *old, const struct whole_value_ *more);
// Upwards no farther than to one of the limits, or right below it, if they are
// not all passed: repeated, it ends, too.
struct whole_value_ whole_widen_to_(const struct whole_world_ *world,
        const struct whole_value_ *old, const struct whole_value_ *more,
        const uint32_t *limits, size_t count);

struct whole_value_ whole_add_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
struct whole_value_ whole_sub_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
struct whole_value_ whole_and_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
struct whole_value_ whole_or_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
struct whole_value_ whole_xor_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b);
// THUMB_SHIFT_LSL, LSR, ASR or ROR by 0 to 32.
struct whole_value_ whole_shift_(const struct whole_value_ *a, unsigned shift,
        unsigned amount);
// Any other operation on two words; of more than sets nothing is known.
struct whole_value_ whole_combine_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b,
        uint32_t (*f)(uint32_t, uint32_t));

// The lowest bytes are ones.
uint32_t whole_ones_(unsigned bytes);
// Part of a word: bytes from byte `at` on.
struct whole_value_ whole_part_(const struct whole_world_ *world,
        const struct whole_value_ *word, unsigned at, unsigned bytes);
struct whole_value_ whole_with_part_(const struct whole_world_ *world,
        const struct whole_value_ *word, unsigned at, unsigned bytes,
        const struct whole_value_ *part);

#endif
