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
    VALUE_NUMBER,  // 0 to v[0], and no address: a byte, a counter, an index;
                   // v[1]: certainly from v[2] to v[0], a multiple of
                   // 1 << (v[1] - 1)
    VALUE_INSIDE,  // an unknown offset from one of count bases: inside the
                   // object at one of them
    VALUE_INITIAL, // loaded from memory at v[1] that may change; v[0] is what
                   // the image holds there
    VALUE_WORD_OF, // loaded from somewhere inside an object: one of count
    VALUE_STACK,  // stack pointer at entry + (int32_t)v[0]; count 0: + unknown,
                  // or (v[2]) + up to v[2] more, a multiple of 1 << v[3];
                  // v[1]: read from MSP or PSP, so an exception's frame
    VALUE_PARAM,  // made from what the bits of v[0] say, plus any offset:
                  // VALUE_ARGUMENT(k), VALUE_BEHIND(k); v[1]: an offset was
                  // added, or it is behind (VALUE_DEEP: by two loads or more);
                  // v[2]: those that were added to each other; v[3]: and more
                  // than once
    VALUE_RETURN, // the return address; v[1]: pushed at the entry, above
                  // v[1] - 1 words of other registers that are kept; 0: it is
                  // in a register or a variable
    VALUE_CALLER, // that of a caller, whose walk has the depth v[0]; v[1] too
    VALUE_BYTES, // in the frame only: of v[0], the bytes whose bits in v[1] are
                 // set are known
    VALUE_TOP,   // anything; v: the addresses that it was made from and that
                 // are followed, count of them; VALUE_MANY: too many, and v
                 // has the first, and one that is not aligned
};

#define VALUE_MANY 0xFFu

#define VALUE_CONSTS 4u

// The arguments of a function, in r0 to r3 and in the first words of the stack,
// and what is read through them: through the argument, or through a pointer
// that was read so.
#define VALUE_ARGUMENTS 8u
#define VALUE_REGISTER_ARGUMENTS 4u
#define VALUE_ARGUMENT(k) (1u << (k))
#define VALUE_BEHIND(k) (0x100u << (k))
#define VALUE_OWN (VALUE_BEHIND(0) - 1)
// The bits of what is behind arguments, or behind that.
static inline uint32_t value_behind(uint32_t bits) {
    return (bits << VALUE_ARGUMENTS | bits) & 0xFF00u;
}
#define VALUE_DEEP 2u

// A number that was counted, scaled or loaded as a byte stays below; anything
// larger may be an address.
#define VALUE_NUMBER_MAX 0xFFFFFu

struct value {
    uint8_t kind;
    uint8_t count; // of CONST, INSIDE, WORD_OF, TOP
    // TOP, BYTES: may be, or be computed from, the flash address taint;
    // WORD_OF: an index was added to the word.
    bool tainted : 1;
    // May be the distance of two objects, so no index. Of a constant:
    // model.kept_lengths.
    bool distance : 1;
    // May be, or be computed from, an address in the stack; a STACK without it.
    bool of_stack : 1;
    // The same of the arguments in `args`, or of what is read through them; a
    // PARAM without those that v[0] has.
    bool of_own : 1, of_behind : 1;
    // INSIDE: in a block of registers, by an argument that was added and may be
    // more than an index.
    bool loose : 1;
    // TOP: one of numbers (also of a device, or computed from such), addresses
    // that are not forbidden and values made from arguments, whose bits are in
    // taint.
    bool chosen : 1;
    uint8_t args; // VALUE_ARGUMENT()
    uint32_t taint;
    uint32_t v[VALUE_CONSTS]; // CONST, INSIDE, WORD_OF, TOP: ascending
};

static inline struct value value_top(void) {
    return (struct value){.kind = VALUE_TOP};
}
// What a device delivers.
static inline struct value value_delivered(void) {
    return (struct value){.kind = VALUE_TOP, .chosen = true};
}
static inline struct value value_const(uint32_t v) {
    return (struct value){.kind = VALUE_CONST, .count = 1, .v = {v}};
}
static inline struct value value_number(uint32_t most) {
    return (struct value){.kind = VALUE_NUMBER, .v = {most}};
}
// Certainly, not as an index that stays in its object.
static inline struct value value_bounded(uint32_t low, uint32_t most,
        unsigned zero_bits) {
    return (struct value){
            .kind = VALUE_NUMBER, .v = {most, zero_bits + 1, low}};
}
static inline struct value value_stack(int32_t offset) {
    return (struct value){
            .kind = VALUE_STACK, .count = 1, .v = {(uint32_t)offset}};
}
// Somewhere in a stack.
static inline struct value value_some_stack(bool special) {
    return (struct value){.kind = VALUE_STACK, .v = {0, special}};
}
static inline bool value_is_return(const struct value *a) {
    return a->kind == VALUE_RETURN || a->kind == VALUE_CALLER;
}
// Other code that gets it may get an address in the stack.
static inline bool value_tells_stack(const struct value *a) {
    return a->kind == VALUE_STACK || a->of_stack;
}
// Arguments, as a PARAM has them, that it is or may be computed from.
static inline uint32_t value_arguments(const struct value *a) {
    return (a->kind == VALUE_PARAM ? a->v[0] : 0) | (a->of_own ? a->args : 0) |
            (a->of_behind ? (uint32_t)a->args << VALUE_ARGUMENTS : 0);
}
// `to` was computed from the other one, too, in any way.
static inline void value_remember(struct value *to, const struct value *from) {
    if (to->kind == VALUE_STACK) {
        return;
    }
    const uint32_t known = to->kind == VALUE_PARAM ? to->v[0] : 0;
    const uint32_t bits = value_arguments(from) & ~known;
    to->of_stack |= value_tells_stack(from);
    to->of_own |= (bits & VALUE_OWN) != 0;
    to->of_behind |= bits > VALUE_OWN;
    to->args |= (uint8_t)(bits | bits >> VALUE_ARGUMENTS);
}
// What was pushed, as any other copy of it.
static inline struct value value_variable(const struct value *a) {
    struct value copy = *a;
    copy.v[1] = value_is_return(a) ? 0 : copy.v[1];
    return copy;
}
// A place in the stack that is one of some, in steps, from v[0] on.
static inline bool value_is_range(const struct value *a) {
    return a->kind == VALUE_STACK && !a->count && a->v[2];
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
    // It is that of a register.
    bool (*device)(const void *ctx, uint32_t addr);
    // The number looks like a register's address, and may also be the distance
    // of two memories.
    bool (*distance)(const void *ctx, uint32_t number);
    // The value was loaded from a word of RAM. By what the image holds there it
    // is an offset and no index: it leads from addr to the address *to in the
    // window; or (far) it is large, and no address.
    bool (*offset)(const void *ctx, uint32_t addr, const struct value *word,
            uint32_t *to);
    bool (*far)(const void *ctx, const struct value *word);
    // Where the address goes to is followed, through arithmetic too (kept); or
    // what was loaded from there (kept_word).
    bool (*kept)(const void *ctx, uint32_t addr);
    bool (*kept_word)(const void *ctx, uint32_t addr);
    const void *ctx;
};

// The bits from bit 0 up that are zero in all that the value can be; at most
// 31.
unsigned value_zero_bits(const struct value *a);

bool value_equal(const struct value *a, const struct value *b);

// The least value that covers both.
struct value value_join(const struct value_world *world, const struct value *a,
        const struct value *b);

// Byte i of the value, in memory. False: it is not one byte that is known.
bool value_byte(const struct value *a, unsigned i, uint8_t *byte);

// The word with byte i replaced, by `byte` or (NULL) by one that is not known,
// from a value that was split into bytes.
struct value value_with_byte(const struct value_world *world,
        const struct value *word, unsigned i, const uint8_t *byte,
        const struct value *from);

// TOP that remembers a flash address among what went into it, and the stack.
struct value value_lost(const struct value_world *world, const struct value *a,
        const struct value *b);

// Adds the addresses that are followed and went into the value to those of a
// TOP.
void value_add_parts(const struct value_world *world, struct value *top,
        const struct value *from);

// The value is too small for an address and was not made from one; the most it
// can be.
bool value_small(const struct value *a, uint32_t *most);

// a + b, for addresses: keeps constants, stack offsets, arguments and objects.
struct value value_add(const struct value_world *world, const struct value *a,
        const struct value *b);

// a - b, where one of both is no constant.
struct value value_distance(const struct value_world *world,
        const struct value *a, const struct value *b);

// Constants combined one by one, as long as they stay few; else TOP.
struct value value_combine(const struct value_world *world,
        const struct value *a, const struct value *b,
        uint32_t (*f)(uint32_t, uint32_t));

// The flash address that the value is or may be; false if none.
bool value_forbidden(const struct value_world *world, const struct value *a,
        uint32_t *addr);

#endif
