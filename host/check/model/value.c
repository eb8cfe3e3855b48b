/*
 * value - joining and adding of abstract values
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/model/value.h"

#include <string.h>

unsigned value_zero_bits(const struct value *a) {
    uint32_t all = 0;
    unsigned bits = 0;
    for (uint32_t i = 0; a->kind == VALUE_CONST && i < a->count; i++) {
        all |= a->v[i];
    }
    if (a->kind != VALUE_CONST) {
        return a->kind == VALUE_NUMBER && a->v[1] ? a->v[1] - 1 : 0;
    }
    while (bits < 31 && !(all >> bits & 1)) {
        bits++;
    }
    return bits;
}

bool value_equal(const struct value *a, const struct value *b) {
    if (a->kind != b->kind || a->count != b->count ||
            a->tainted != b->tainted || a->chosen != b->chosen ||
            ((a->tainted || a->chosen) && a->taint != b->taint) ||
            a->distance != b->distance || a->of_stack != b->of_stack ||
            a->loose != b->loose || a->of_own != b->of_own ||
            a->of_behind != b->of_behind || a->args != b->args) {
        return false;
    }
    switch (a->kind) {
    case VALUE_CONST:
    case VALUE_INSIDE:
    case VALUE_WORD_OF:
        return !memcmp(a->v, b->v, a->count * sizeof a->v[0]);
    case VALUE_TOP:
        return !a->count ||
                !memcmp(a->v, b->v,
                        (a->count == VALUE_MANY ? VALUE_CONSTS : a->count) *
                                sizeof a->v[0]);
    case VALUE_INITIAL:
        return a->v[0] == b->v[0] && a->v[1] == b->v[1];
    case VALUE_STACK:
        return a->v[1] == b->v[1] && a->v[2] == b->v[2] && a->v[3] == b->v[3] &&
                ((!a->count && !a->v[2]) || a->v[0] == b->v[0]);
    case VALUE_PARAM:
        return !memcmp(a->v, b->v, sizeof a->v);
    case VALUE_BYTES:
        return a->v[0] == b->v[0] && a->v[1] == b->v[1];
    case VALUE_NUMBER:
        return !memcmp(a->v, b->v, 3 * sizeof a->v[0]);
    case VALUE_RETURN:
    case VALUE_CALLER:
        return a->v[0] == b->v[0] && a->v[1] == b->v[1];
    default:
        return true;
    }
}

bool value_forbidden(const struct value_world *world, const struct value *a,
        uint32_t *addr) {
    uint32_t count = 0;
    switch (a->kind) {
    case VALUE_CONST:
    case VALUE_INSIDE:
        count = a->count;
        break;
    case VALUE_INITIAL:
        count = 1;
        break;
    case VALUE_TOP:
    case VALUE_BYTES:
        *addr = a->taint;
        return a->tainted;
    default:
        break;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (world->forbidden(world->ctx, a->v[i])) {
            *addr = a->v[i];
            return true;
        }
    }
    return false;
}

// Adds v to the ascending set. False: full.
static bool insert(struct value *set, uint32_t v) {
    uint32_t i = 0;
    while (i < set->count && set->v[i] < v) {
        i++;
    }
    if (i < set->count && set->v[i] == v) {
        return true;
    }
    if (set->count == VALUE_CONSTS) {
        return false;
    }
    memmove(&set->v[i + 1], &set->v[i], (set->count - i) * sizeof set->v[0]);
    set->v[i] = v;
    set->count++;
    return true;
}

// Of too many, the first ones stay, and one that is not aligned.
static void add_part(struct value *top, uint32_t addr) {
    if (top->count != VALUE_MANY && insert(top, addr)) {
        return;
    }
    top->count = VALUE_MANY;
    if (addr & 3 && !(top->v[VALUE_CONSTS - 1] & 3)) {
        top->v[VALUE_CONSTS - 1] = addr;
    }
}

static void add_many(struct value *top, const struct value *from) {
    const struct value before = *top;
    if (top->count != VALUE_MANY) {
        top->count = VALUE_MANY;
        memcpy(top->v, from->v, sizeof top->v);
    }
    for (uint32_t i = 0; i < VALUE_CONSTS; i++) {
        if (before.count == VALUE_MANY || i < before.count) {
            add_part(top, before.v[i]);
        }
        add_part(top, from->v[i]);
    }
}

void value_add_parts(const struct value_world *world, struct value *top,
        const struct value *from) {
    switch (from->kind) {
    case VALUE_CONST:
    case VALUE_INSIDE:
        for (uint32_t i = 0; i < from->count; i++) {
            if (world->kept(world->ctx, from->v[i])) {
                add_part(top, from->v[i]);
            }
        }
        break;
    case VALUE_INITIAL:
        if (world->kept_word(world->ctx, from->v[1])) {
            add_part(top, from->v[1]);
        }
        break;
    case VALUE_WORD_OF:
        for (uint32_t i = 0; i < from->count; i++) {
            if (world->kept_word(world->ctx, from->v[i])) {
                add_part(top, from->v[i]);
            }
        }
        break;
    case VALUE_TOP:
        if (from->count == VALUE_MANY) {
            add_many(top, from);
        } else {
            for (uint32_t i = 0; i < from->count; i++) {
                add_part(top, from->v[i]);
            }
        }
        break;
    default:
        break;
    }
}

// Adds the bits of arguments. False: it may be anything, or a forbidden
// address.
static bool add_choice(const struct value_world *world, const struct value *a,
        uint32_t *bits) {
    uint32_t addr;
    const bool top = a->kind == VALUE_TOP;
    if (a->kind == VALUE_PARAM || (top && a->chosen)) {
        *bits |= top ? a->taint : a->v[0];
        return top || !(a->v[2] & VALUE_OWN);
    }
    return a->kind == VALUE_NUMBER ||
            ((a->kind == VALUE_CONST || a->kind == VALUE_INSIDE) &&
                    !value_forbidden(world, a, &addr));
}

// A number that was computed. Two arguments make an address.
static void set_computed(const struct value_world *world, struct value *top,
        const struct value *a, const struct value *b) {
    uint32_t of_a = 0, of_b = 0;
    top->chosen = !top->tainted && add_choice(world, a, &of_a) &&
            add_choice(world, b, &of_b) &&
            !(of_a & VALUE_OWN && of_b & VALUE_OWN);
    top->taint = top->chosen ? of_a | of_b : top->taint;
}

struct value value_lost(const struct value_world *world, const struct value *a,
        const struct value *b) {
    struct value top = value_top();
    if (a->kind == VALUE_TOP && !b) {
        top = *a;
        top.chosen = false;
        top.taint = a->chosen ? 0 : a->taint;
        return top;
    }
    top.tainted = value_forbidden(world, a, &top.taint) ||
            (b && value_forbidden(world, b, &top.taint));
    top.distance = a->distance || (b && b->distance);
    value_remember(&top, a);
    value_add_parts(world, &top, a);
    if (b) {
        value_remember(&top, b);
        value_add_parts(world, &top, b);
        set_computed(world, &top, a, b);
    }
    return top;
}

/// Bytes ///

#define ALL_BYTES 0xFu

static struct value as_bytes(const struct value_world *world,
        const struct value *a) {
    struct value bytes = {.kind = VALUE_BYTES};
    bytes.tainted = value_forbidden(world, a, &bytes.taint);
    bytes.distance = a->distance;
    value_remember(&bytes, a);
    if (a->kind == VALUE_BYTES || (a->kind == VALUE_CONST && a->count == 1)) {
        bytes.v[0] = a->v[0];
        bytes.v[1] = a->kind == VALUE_BYTES ? a->v[1] : ALL_BYTES;
    }
    return bytes;
}

static struct value from_bytes(const struct value *bytes) {
    if (bytes->v[1] == ALL_BYTES) {
        return value_const(bytes->v[0]);
    }
    struct value top = value_top();
    top.tainted = bytes->tainted;
    top.taint = bytes->taint;
    top.distance = bytes->distance;
    value_remember(&top, bytes);
    return bytes->v[1] ? *bytes : top;
}

bool value_byte(const struct value *a, unsigned i, uint8_t *byte) {
    *byte = (uint8_t)(a->v[0] >> 8 * i);
    return (a->kind == VALUE_CONST && a->count == 1) ||
            (a->kind == VALUE_BYTES && a->v[1] >> i & 1);
}

struct value value_with_byte(const struct value_world *world,
        const struct value *word, unsigned i, const uint8_t *byte,
        const struct value *from) {
    struct value bytes = as_bytes(world, word);
    if (!bytes.tainted) {
        bytes.tainted = value_forbidden(world, from, &bytes.taint);
    }
    bytes.distance |= from->distance;
    value_remember(&bytes, from);
    bytes.v[0] &= ~(0xFFu << 8 * i);
    bytes.v[1] &= ~(1u << i);
    if (byte) {
        bytes.v[0] |= (uint32_t)*byte << 8 * i;
        bytes.v[1] |= 1u << i;
    }
    return from_bytes(&bytes);
}

static struct value join_bytes(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value sum = as_bytes(world, a);
    const struct value other = as_bytes(world, b);
    if (!sum.tainted) {
        sum.tainted = other.tainted;
        sum.taint = other.taint;
    }
    sum.distance |= other.distance;
    value_remember(&sum, &other);
    for (unsigned i = 0; i < 4; i++) {
        uint8_t x, y;
        if (!value_byte(&sum, i, &x) || !value_byte(&other, i, &y) || x != y) {
            sum.v[0] &= ~(0xFFu << 8 * i);
            sum.v[1] &= ~(1u << i);
        }
    }
    return from_bytes(&sum);
}

bool value_small(const struct value *a, uint32_t *most) {
    if (a->kind == VALUE_NUMBER) {
        *most = a->v[0];
        return true;
    }
    // The count of a TOP may be VALUE_MANY.
    *most = a->kind == VALUE_CONST && a->count ? a->v[a->count - 1] : 0;
    return a->kind == VALUE_CONST && *most <= VALUE_NUMBER_MAX;
}

// Both are from low to most, not only by A4.
static bool bounded(const struct value *a, uint32_t *low) {
    *low = a->kind == VALUE_NUMBER ? a->v[2] : a->count ? a->v[0] : 0;
    return a->kind == VALUE_CONST || (a->kind == VALUE_NUMBER && a->v[1]);
}

static unsigned less(unsigned a, unsigned b) {
    return a < b ? a : b;
}

static struct value number_up_to(uint32_t most) {
    return value_number(most < VALUE_NUMBER_MAX ? most : VALUE_NUMBER_MAX);
}

// Adds the object at addr to those that the value is inside of. False: full.
static bool insert_object(const struct value_world *world, struct value *set,
        uint32_t addr) {
    const uint32_t object = world->object(world->ctx, addr);
    for (uint32_t i = 0; i < set->count; i++) {
        if (world->object(world->ctx, set->v[i]) == object) {
            return true;
        }
    }
    return insert(set, addr);
}

// Compilers let a pointer that is moved before each access begin one element
// before its object, or behind it. Of the addresses that a loop has gone
// through, that one then is the first or the last, and no other is in that
// object.
static uint32_t without_outside(const struct value_world *world, uint32_t *v,
        uint32_t count) {
    const uint32_t step = v[1] - v[0];
    for (uint32_t i = 2; i < count; i++) {
        if (v[i] - v[i - 1] != step) {
            return count;
        }
    }
    if (count < VALUE_CONSTS + 1 || step > 8) {
        return count;
    }
    const uint32_t second = world->object(world->ctx, v[1]);
    const uint32_t last = world->object(world->ctx, v[count - 1]);
    if (second == v[1] && second == last) {
        memmove(v, v + 1, --count * sizeof v[0]);
    } else if (last == v[count - 1] &&
            second == world->object(world->ctx, v[0]) &&
            second == world->object(world->ctx, v[count - 2])) {
        count--;
    }
    return count;
}

// What may be an address, and not just a number, is no index.
static bool holds_address(const struct value_world *world,
        const struct value *a) {
    const uint32_t count =
            a->kind == VALUE_CONST ? a->count : a->kind == VALUE_INITIAL;
    for (uint32_t i = 0; i < count; i++) {
        if (a->v[i] > VALUE_NUMBER_MAX && world->address(world->ctx, a->v[i])) {
            return true;
        }
    }
    return a->kind == VALUE_INSIDE ||
            ((a->kind == VALUE_TOP || a->kind == VALUE_BYTES) && a->tainted);
}

// One of both, and neither is followed any more.
static struct value lose_one(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value top = value_lost(world, a, b);
    uint32_t bits = 0;
    top.distance |= holds_address(world, a) || holds_address(world, b);
    top.chosen = add_choice(world, a, &bits) && add_choice(world, b, &bits);
    top.taint = top.chosen ? bits : top.taint;
    return top;
}

// The constants became too many: a counter, inside one of a few objects, or
// anything.
static struct value widen(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value sum = {.kind = VALUE_INSIDE};
    uint32_t most, all[2 * VALUE_CONSTS], count = 0;
    if (value_small(a, &most) && value_small(b, &most)) {
        return value_number(VALUE_NUMBER_MAX);
    }
    for (uint32_t i = 0, k = 0; i < a->count || k < b->count;) {
        const bool first =
                k == b->count || (i < a->count && a->v[i] <= b->v[k]);
        const uint32_t v = first ? a->v[i++] : b->v[k++];
        if (!count || all[count - 1] != v) {
            all[count++] = v;
        }
    }
    count = without_outside(world, all, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!world->address(world->ctx, all[i]) ||
                !insert_object(world, &sum, all[i])) {
            return lose_one(world, a, b);
        }
    }
    return sum;
}

// a is INSIDE; b is INSIDE or CONST.
static struct value join_into(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value sum = *a;
    sum.loose |= b->loose;
    for (uint32_t i = 0; i < b->count; i++) {
        if (!world->address(world->ctx, b->v[i]) ||
                !insert_object(world, &sum, b->v[i])) {
            return lose_one(world, a, b);
        }
    }
    return sum;
}

static bool join_numbers(const struct value *a, const struct value *b,
        struct value *sum) {
    uint32_t most_a, most_b;
    if ((a->kind != VALUE_NUMBER && b->kind != VALUE_NUMBER) ||
            !value_small(a, &most_a) || !value_small(b, &most_b)) {
        return false;
    }
    // What grows while a loop is walked is a counter.
    *sum = value_number(most_b <= most_a ? most_a : VALUE_NUMBER_MAX);
    uint32_t low_a, low_b;
    if (bounded(a, &low_a) && bounded(b, &low_b) && most_b <= most_a) {
        const unsigned bits = less(value_zero_bits(a), value_zero_bits(b));
        *sum = value_bounded(low_b >= low_a ? low_a : 0, most_a, bits);
    }
    return true;
}

static struct value join_values(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value sum;
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST) {
        sum = *a;
        for (uint32_t i = 0; i < b->count; i++) {
            if (!insert(&sum, b->v[i])) {
                return widen(world, a, b);
            }
        }
        return sum;
    }
    if (a->kind == VALUE_BYTES || b->kind == VALUE_BYTES) {
        return join_bytes(world, a, b);
    }
    if (join_numbers(a, b, &sum)) {
        return sum;
    }
    if (a->kind == VALUE_INSIDE &&
            (b->kind == VALUE_CONST || b->kind == VALUE_INSIDE)) {
        return join_into(world, a, b);
    }
    if (a->kind == VALUE_CONST && b->kind == VALUE_INSIDE) {
        return join_into(world, b, a);
    }
    if (a->kind == VALUE_STACK && b->kind == VALUE_STACK) {
        return value_some_stack(a->v[1] || b->v[1]);
    }
    if (value_is_return(a) && a->kind == b->kind && a->v[0] == b->v[0]) {
        return value_variable(a);
    }
    if (a->kind == VALUE_PARAM && b->kind == VALUE_PARAM) {
        sum = *a;
        for (unsigned i = 0; i < VALUE_CONSTS; i++) {
            sum.v[i] |= b->v[i]; // good if all of them are
        }
        return sum;
    }
    return lose_one(world, a, b);
}

struct value value_join(const struct value_world *world, const struct value *a,
        const struct value *b) {
    if (a->kind == VALUE_NONE || value_equal(a, b)) {
        return *b;
    }
    if (b->kind == VALUE_NONE) {
        return *a;
    }
    struct value sum = join_values(world, a, b);
    value_remember(&sum, a);
    value_remember(&sum, b);
    return sum;
}

struct value value_combine(const struct value_world *world,
        const struct value *a, const struct value *b,
        uint32_t (*f)(uint32_t, uint32_t)) {
    if (a->kind != VALUE_CONST || b->kind != VALUE_CONST) {
        return value_lost(world, a, b);
    }
    struct value result = {
            .kind = VALUE_CONST, .distance = a->distance || b->distance};
    value_remember(&result, a);
    value_remember(&result, b);
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t k = 0; k < b->count; k++) {
            if (!insert(&result, f(a->v[i], b->v[k]))) {
                return value_lost(world, a, b);
            }
        }
    }
    return result;
}

static uint32_t add(uint32_t a, uint32_t b) {
    return a + b;
}

// A constant, of either sign, that is no address.
static bool small_step(const struct value *b) {
    for (uint32_t i = 0; b->kind == VALUE_CONST && i < b->count; i++) {
        if (b->v[i] > VALUE_NUMBER_MAX && 0u - b->v[i] > VALUE_NUMBER_MAX) {
            return false;
        }
    }
    return b->kind == VALUE_CONST;
}

// An object with an unknown offset, and a constant more: the compiler may have
// formed the address of one object from that of another, its section's anchor,
// and the index may have come first. So the sum is inside one of both.
static struct value add_offset(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value sum = *a;
    // The distance of two memories: the sum is in the other one. If that is the
    // window, the index may be an address there, less its beginning.
    const bool far = !small_step(b);
    sum.count = far ? 0 : a->count;
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t k = 0; k < b->count; k++) {
            const uint32_t moved = a->v[i] + b->v[k];
            if (far && !world->address(world->ctx, moved)) {
                return value_lost(world, a, b);
            }
            sum.loose |= far && world->forbidden(world->ctx, moved);
            if (world->address(world->ctx, moved) &&
                    !insert_object(world, &sum, moved)) {
                return value_lost(world, a, b);
            }
        }
    }
    return sum;
}

// A null pointer is not used where another one is.
static bool null_beside(const struct value_world *world, const struct value *a,
        uint32_t i) {
    return !a->v[i] && a->count > 1 && !world->forbidden(world->ctx, 0);
}

// Each sum of two constants, of which there are many, is inside of an object.
static struct value add_constants(const struct value_world *world,
        const struct value *a, const struct value *b) {
    struct value sum = {.kind = VALUE_INSIDE};
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t k = 0; k < b->count; k++) {
            const uint32_t to = a->v[i] + b->v[k];
            if (null_beside(world, a, i) || null_beside(world, b, k)) {
                continue;
            }
            if (!world->address(world->ctx, to) ||
                    !insert_object(world, &sum, to)) {
                return value_lost(world, a, b);
            }
        }
    }
    return sum;
}

// b is no index but the distance from a to something in the window.
static bool offset_leaves(const struct value_world *world,
        const struct value *a, const struct value *b, struct value *sum) {
    const bool base = a->kind == VALUE_CONST || a->kind == VALUE_INSIDE;
    const bool word = b->kind == VALUE_INITIAL || b->kind == VALUE_WORD_OF;
    for (unsigned i = 0; base && word && i < a->count; i++) {
        if (world->offset(world->ctx, a->v[i], b, &sum->taint)) {
            sum->tainted = true;
            return true;
        }
    }
    return false;
}

// One of the addresses reads like a register's, and leads to the window from
// some memory that b may be the address of.
static bool may_be_distance(const struct value_world *world,
        const struct value *a) {
    bool may = false;
    for (uint32_t i = 0; i < a->count; i++) {
        may |= world->distance(world->ctx, a->v[i]);
    }
    return may;
}

// What is no number is added to the address of a register.
static bool is_loose(const struct value_world *world, const struct value *a,
        const struct value *b) {
    bool device = false;
    for (uint32_t i = 0; i < a->count; i++) {
        device |= world->device(world->ctx, a->v[i]);
    }
    return device && b->kind == VALUE_PARAM;
}

// a is the address of an object, or an argument, and b is what is added to it.
static bool add_index(const struct value_world *world, const struct value *a,
        const struct value *b, struct value *sum) {
    uint32_t most;
    const bool small = value_small(b, &most);
    *sum = (struct value){.kind = VALUE_TOP};
    if (offset_leaves(world, a, b, sum)) {
        return true;
    }
    // Compilers add one address to the distance from there to another one.
    if ((a->kind == VALUE_CONST || a->kind == VALUE_INSIDE) &&
            b->kind != VALUE_CONST && holds_address(world, b)) {
        return false;
    }
    switch (a->kind) {
    case VALUE_INSIDE:
        *sum = b->kind == VALUE_CONST ? add_offset(world, a, b) : *a;
        sum->loose |= sum->kind == VALUE_INSIDE && is_loose(world, a, b);
        return b->kind == VALUE_CONST || small || !may_be_distance(world, a);
    case VALUE_CONST:
        sum->kind = VALUE_INSIDE;
        sum->count = 0;
        sum->loose = is_loose(world, a, b);
        for (uint32_t i = 0; i < a->count; i++) {
            if (null_beside(world, a, i)) {
                continue;
            }
            if (!world->address(world->ctx, a->v[i]) ||
                    (!small && world->distance(world->ctx, a->v[i]))) {
                return false;
            }
            insert_object(world, sum, a->v[i]);
        }
        return true;
    case VALUE_PARAM:
        *sum = *a;
        sum->v[1] |= 1;
        if (b->kind == VALUE_PARAM) {
            sum->v[1] |= b->v[1];
            // Which of them is the address, if any, the callers say.
            sum->v[0] |= b->v[0];
            sum->v[2] = sum->v[0];
            sum->v[3] |= b->v[3] | (a->v[0] & b->v[0]);
        }
        // Of anything else it is not known which of the two is the address.
        return small || small_step(b) || b->kind == VALUE_PARAM;
    case VALUE_WORD_OF:
        *sum = *a;
        sum->tainted = true;
        return small || small_step(b);
    case VALUE_INITIAL: // not of the image: read from a register
        *sum = *a;
        return a->v[1] >= 0xE0000000u;
    default:
        return false;
    }
}

static bool is_distance(const struct value_world *world,
        const struct value *a) {
    return a->distance ||
            ((a->kind == VALUE_INITIAL || a->kind == VALUE_WORD_OF) &&
                    world->far(world->ctx, a));
}

static struct value add_unknown(const struct value_world *world,
        const struct value *a, const struct value *b) {
    uint32_t most_a, most_b;
    struct value sum;
    if (value_small(a, &most_a) && value_small(b, &most_b)) {
        uint32_t low_a, low_b;
        if (bounded(a, &low_a) && bounded(b, &low_b) &&
                most_a + most_b <= VALUE_NUMBER_MAX) {
            return value_bounded(low_a + low_b, most_a + most_b,
                    less(value_zero_bits(a), value_zero_bits(b)));
        }
        return number_up_to(most_a + most_b);
    }
    if (a->kind == VALUE_NUMBER && small_step(b)) {
        return value_number(a->v[0]); // a counter that counts down
    }
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST && !small_step(a) &&
            !small_step(b)) {
        return add_constants(world, a, b);
    }
    if (a->kind == VALUE_INSIDE && b->kind == VALUE_INSIDE) {
        return value_lost(world, a, b); // one of them is no address
    }
    if (b->kind == VALUE_INSIDE) {
        const struct value *swap = a;
        a = b;
        b = swap;
    }
    // A distance leads from one object to another.
    const bool distance = is_distance(world, a) || is_distance(world, b);
    if (!distance &&
            (add_index(world, a, b, &sum) || add_index(world, b, a, &sum))) {
        return sum;
    }
    sum = value_lost(world, a, b);
    sum.distance = distance;
    return sum;
}

// Every address of a is in one of b's objects.
static bool same_objects(const struct value_world *world, const struct value *a,
        const struct value *b) {
    for (uint32_t i = 0; i < a->count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < b->count; k++) {
            found |= world->object(world->ctx, a->v[i]) ==
                    world->object(world->ctx, b->v[k]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

struct value value_distance(const struct value_world *world,
        const struct value *a, const struct value *b) {
    const bool object = b->kind == VALUE_CONST || b->kind == VALUE_INSIDE;
    uint32_t most;
    if (a->kind == VALUE_INSIDE && object && b->count == 1 &&
            same_objects(world, a, b)) {
        return value_number(VALUE_NUMBER_MAX);
    }
    struct value sum = value_lost(world, a, NULL);
    sum.distance = (object && !value_small(b, &most)) || a->distance ||
            b->distance || b->kind == VALUE_STACK;
    set_computed(world, &sum, a, b);
    value_remember(&sum, b);
    return sum;
}

// a is in the stack.
static struct value add_to_place(const struct value *a, const struct value *b) {
    struct value sum = *a;
    if (value_is_const(b) && a->count) {
        return value_stack((int32_t)(a->v[0] + b->v[0]));
    }
    if (value_is_const(b) && value_is_range(a)) {
        sum.v[0] += b->v[0];
        return sum;
    }
    if (b->kind == VALUE_NUMBER && b->v[1] && a->count && !a->v[1] &&
            b->v[0] > b->v[2]) {
        sum.count = 0;
        sum.v[0] += b->v[2];
        sum.v[2] = b->v[0] - b->v[2];
        sum.v[3] = b->v[1] - 1;
        return sum;
    }
    return value_some_stack(a->v[1]);
}

static struct value add_values(const struct value_world *world,
        const struct value *a, const struct value *b) {
    if (value_is_const(b) && !b->v[0]) {
        return *a;
    }
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST) {
        struct value sum = value_combine(world, a, b, add);
        return sum.kind == VALUE_CONST ? sum : add_unknown(world, a, b);
    }
    if (b->kind == VALUE_STACK) {
        const struct value *swap = a;
        a = b;
        b = swap;
    }
    if (a->kind == VALUE_STACK) {
        if (b->kind == VALUE_STACK || b->distance ||
                value_forbidden(world, b, &(uint32_t){0}) ||
                (b->kind == VALUE_CONST && !small_step(b))) {
            return value_lost(world, a, b);
        }
        return add_to_place(a, b);
    }
    if (b->kind == VALUE_INITIAL) {
        const struct value *swap = a;
        a = b;
        b = swap;
    }
    if (a->kind == VALUE_INITIAL && a->v[0] && value_is_const(b) &&
            !world->address(world->ctx, b->v[0])) {
        struct value moved = *a;
        moved.v[0] += b->v[0];
        return moved;
    }
    return add_unknown(world, a, b);
}

struct value value_add(const struct value_world *world, const struct value *a,
        const struct value *b) {
    struct value sum = add_values(world, a, b);
    if (sum.kind == VALUE_TOP) {
        value_add_parts(world, &sum, a);
        value_add_parts(world, &sum, b);
    }
    value_remember(&sum, a);
    value_remember(&sum, b);
    return sum;
}
