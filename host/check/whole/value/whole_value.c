/*
 * whole_value - the sets and their arithmetic
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/whole/value/whole_value.h"
#include "thumb/thumb.h"

#define SIGN 0x80000000u
#define SMALL 0xFFFFu
// Offsets into a frame beyond that are not followed.
#define FRAME_MAX 0x100000

bool whole_same_(const void *a, const void *b, size_t bytes) {
    return !memcmp(a, b, bytes);
}

bool whole_equal_(const struct whole_value_ *a, const struct whole_value_ *b) {
    return whole_same_(a, b, sizeof *a);
}

bool whole_bounds_(const struct whole_value_ *a, uint32_t *low,
        uint32_t *high) {
    if (a->kind == WHOLE_SET) {
        *low = a->v[0];
        *high = a->v[a->count - 1];
    } else if (a->kind == WHOLE_RANGE) {
        *low = a->low;
        *high = a->high;
    } else {
        *low = 0;
        *high = ~0u;
        return false;
    }
    return true;
}

bool whole_each_(const struct whole_value_ *a, uint32_t i, uint32_t *v) {
    if (a->kind == WHOLE_SET) {
        *v = a->v[i % WHOLE_COUNT];
        return i < a->count;
    }
    *v = a->low + (i << a->step);
    return a->kind == WHOLE_RANGE && i <= (a->high - a->low) >> a->step;
}

// Adds a number to a set. False: it is full.
static bool put(struct whole_value_ *set, uint32_t v) {
    unsigned i = 0;
    while (i < set->count && set->v[i] < v) {
        i++;
    }
    if (i < set->count && set->v[i] == v) {
        return true;
    }
    if (set->count == WHOLE_COUNT) {
        return false;
    }
    memmove(&set->v[i + 1], &set->v[i],
            (WHOLE_COUNT - 1 - i) * sizeof set->v[0]);
    set->v[i] = v;
    set->count++;
    return true;
}

struct whole_value_ whole_range_(uint32_t low, uint32_t high, unsigned step) {
    const uint32_t last = (high - low) >> step;
    if (last >= WHOLE_COUNT) {
        return (struct whole_value_){.kind = WHOLE_RANGE,
                .step = (uint8_t)step,
                .v = {low, low + (last << step)}};
    }
    struct whole_value_ set = {.kind = WHOLE_SET};
    for (uint32_t i = 0; i <= last; i++) {
        put(&set, low + (i << step));
    }
    return set;
}

// Bits from bit 0 up in which all numbers are alike, counted from low.
static unsigned step_of(const struct whole_value_ *a) {
    if (a->kind == WHOLE_RANGE) {
        return a->step;
    }
    uint32_t bits = SIGN;
    for (unsigned i = 1; i < a->count; i++) {
        bits |= a->v[i] ^ a->v[0];
    }
    return (unsigned)__builtin_ctz(bits);
}

static struct whole_value_ hull(const struct whole_value_ *a,
        const struct whole_value_ *b) {
    uint32_t alow, ahigh, blow, bhigh;
    whole_bounds_(a, &alow, &ahigh);
    whole_bounds_(b, &blow, &bhigh);
    const unsigned between = (unsigned)__builtin_ctz((alow ^ blow) | SIGN);
    unsigned step = step_of(a) < step_of(b) ? step_of(a) : step_of(b);
    step = between < step ? between : step;
    const uint32_t low = alow < blow ? alow : blow;
    const uint32_t high = ahigh > bhigh ? ahigh : bhigh;
    return whole_range_(low, high, step);
}

static bool is_numbers(const struct whole_value_ *a) {
    return a->kind == WHOLE_SET || a->kind == WHOLE_RANGE;
}

// No address in RAM.
static bool is_number(const struct whole_world_ *world,
        const struct whole_value_ *a) {
    uint32_t low, high;
    if (a->kind == WHOLE_SET) {
        for (unsigned i = 0; i < a->count; i++) {
            if (world->is_ram(world->ctx, a->v[i], a->v[i])) {
                return false;
            }
        }
        return true;
    }
    return a->kind == WHOLE_NUMBER ||
            (whole_bounds_(a, &low, &high) &&
                    !world->is_ram(world->ctx, low, high));
}

// What a device delivers is no address, and with a number none either. Two
// constants may make one.
static struct whole_value_ unknown(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    const bool device = a->kind == WHOLE_NUMBER || b->kind == WHOLE_NUMBER;
    return device && is_number(world, a) && is_number(world, b)
            ? whole_number_()
            : whole_any_();
}

static bool is_zero(const struct whole_value_ *a) {
    return whole_is_const_(a) && !a->v[0];
}

// A number of a device, or a constant, is both no more: but for 0, from which
// no other operand makes an address that it is not itself.
static struct whole_value_ either(const struct whole_value_ *a,
        const struct whole_value_ *b) {
    const bool number = (a->kind == WHOLE_NUMBER || is_zero(a)) &&
            (b->kind == WHOLE_NUMBER || is_zero(b));
    return number ? whole_number_() : whole_any_();
}

// At least one was saved, and the other one is numbers.
static bool has_saved(const struct whole_value_ *a,
        const struct whole_value_ *b) {
    return (a->kind == WHOLE_SAVED || b->kind == WHOLE_SAVED) &&
            (a->kind == WHOLE_SAVED || a->kind == WHOLE_SET) &&
            (b->kind == WHOLE_SAVED || b->kind == WHOLE_SET);
}

static struct whole_value_ both_saved(const struct whole_value_ *a,
        const struct whole_value_ *b) {
    struct whole_value_ all = {.kind = WHOLE_SAVED};
    bool room = true;
    all.step = a->kind == WHOLE_SAVED ? a->step : b->step;
    all.step |= b->kind == WHOLE_SAVED ? b->step : 0;
    for (unsigned i = 0; i < a->count + b->count; i++) {
        const uint32_t v = i < a->count ? a->v[i] : b->v[i - a->count];
        room = room && put(&all, v);
    }
    return room ? all : whole_any_();
}

static struct whole_value_ join_kinds(const struct whole_value_ *a,
        const struct whole_value_ *b) {
    if (a->kind == WHOLE_SET && b->kind == WHOLE_SET) {
        struct whole_value_ set = *a;
        bool room = true;
        for (unsigned i = 0; i < b->count; i++) {
            room = room && put(&set, b->v[i]);
        }
        return room ? set : hull(a, b);
    }
    if (is_numbers(a) && is_numbers(b)) {
        return hull(a, b);
    }
    if (has_saved(a, b)) {
        return both_saved(a, b);
    }
    if (a->kind == WHOLE_FRAME && b->kind == WHOLE_FRAME && a->of == b->of) {
        struct whole_value_ both = *a;
        const uint32_t other = b->low;
        const unsigned apart = (unsigned)__builtin_ctz((a->low ^ other) |
                (uint32_t)1 << a->step | (uint32_t)1 << b->step);
        const bool exact = a->low == a->high && b->low == b->high;
        const unsigned between =
                (unsigned)__builtin_ctz((a->low ^ other) | SIGN);
        both.step = (uint8_t)(exact ? between : apart);
        if ((int32_t)b->low < (int32_t)a->low) {
            both.low = b->low;
        }
        if ((int32_t)b->high > (int32_t)a->high) {
            both.high = b->high;
        }
        return both;
    }
    return either(a, b);
}

struct whole_value_ whole_join_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    (void)world;
    if (a->kind == WHOLE_NONE || whole_equal_(a, b)) {
        return *b;
    }
    if (b->kind == WHOLE_NONE) {
        return *a;
    }
    struct whole_value_ both = join_kinds(a, b);
    both.marks = (uint8_t)((a->marks & b->marks & WHOLE_LEADS) |
            ((a->marks | b->marks) & WHOLE_RENEWED));
    return both;
}

// The least of the limits, and of the numbers below them, up to which the range
// may go; what it may be at most if there is none.
static uint32_t next_limit(const struct whole_value_ *range,
        const uint32_t *limits, size_t count) {
    const uint32_t mask = (1u << range->step) - 1;
    uint32_t least = (~0u & ~mask) | (range->low & mask);
    for (size_t i = 0; i < 2 * count; i++) {
        const uint32_t limit = limits[i / 2] - (i & 1);
        const uint32_t at = limit - ((limit - range->low) & mask);
        if (limit >= range->high && at >= range->high && at < least) {
            least = at;
        }
    }
    return least;
}

// It stays inside the frame (A4), wherever that ends.
static struct whole_value_ grown_frame(const struct whole_value_ *old,
        const struct whole_value_ *all) {
    const int32_t room = FRAME_MAX >> all->step << all->step;
    struct whole_value_ grown = *all;
    if ((int32_t)all->low < (int32_t)old->low) {
        grown.low -= (uint32_t)(((int32_t)all->low + room) >> all->step
                        << all->step);
    }
    if ((int32_t)all->high > (int32_t)old->high) {
        grown.high += (uint32_t)((room - (int32_t)all->high) >> all->step
                        << all->step);
    }
    return grown;
}

struct whole_value_ whole_widen_(const struct whole_world_ *world,
        const struct whole_value_ *old, const struct whole_value_ *more) {
    return whole_widen_to_(world, old, more, NULL, 0);
}

struct whole_value_ whole_widen_to_(const struct whole_world_ *world,
        const struct whole_value_ *old, const struct whole_value_ *more,
        const uint32_t *limits, size_t count) {
    struct whole_value_ all = whole_join_(world, old, more);
    if (whole_equal_(&all, old)) {
        return all;
    }
    if (all.kind == WHOLE_FRAME) {
        return old->kind == WHOLE_FRAME ? grown_frame(old, &all) : whole_any_();
    }
    if (all.kind == WHOLE_RANGE) {
        uint32_t low, high;
        whole_bounds_(old, &low, &high);
        const uint32_t mask = (1u << all.step) - 1;
        if (all.low < low) {
            all.low &= mask;
        }
        if (all.high > high) {
            all.high = next_limit(&all, limits, count);
        }
    }
    return all;
}

struct whole_value_ whole_combine_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b,
        uint32_t (*f)(uint32_t, uint32_t)) {
    if (a->kind == WHOLE_NONE || b->kind == WHOLE_NONE) {
        return (struct whole_value_){0};
    }
    struct whole_value_ set = {.kind = WHOLE_SET};
    if (a->kind != WHOLE_SET || b->kind != WHOLE_SET) {
        return unknown(world, a, b);
    }
    for (unsigned i = 0; i < a->count; i++) {
        for (unsigned k = 0; k < b->count; k++) {
            if (!put(&set, f(a->v[i], b->v[k]))) {
                return whole_any_();
            }
        }
    }
    return set;
}

// What was saved stays so: how far it is from there is not followed.
static struct whole_value_ saved_plus(const struct whole_value_ *a,
        uint32_t more) {
    struct whole_value_ all = {.kind = WHOLE_SAVED, .step = a->step};
    for (unsigned i = 0; i < a->count; i++) {
        put(&all, a->v[i] + more);
    }
    return all;
}

static uint32_t sum(uint32_t a, uint32_t b) {
    return a + b;
}
static uint32_t difference(uint32_t a, uint32_t b) {
    return a - b;
}
static uint32_t both_bits(uint32_t a, uint32_t b) {
    return a & b;
}
static uint32_t either_bits(uint32_t a, uint32_t b) {
    return a | b;
}

// A frame plus numbers from low to high, which are signed.
static struct whole_value_ frame_plus(const struct whole_value_ *frame,
        int64_t low, int64_t high, unsigned step) {
    struct whole_value_ moved = *frame;
    int64_t from = (int32_t)frame->low + low;
    int64_t to = (int32_t)frame->high + high;
    const bool exact = frame->low == frame->high;
    const bool grown = (int32_t)frame->low < -FRAME_MAX / 2 ||
            (int32_t)frame->high > FRAME_MAX / 2;
    if (!exact && grown && low == high && from <= FRAME_MAX &&
            to >= -FRAME_MAX) {
        // See grown_frame().
        from = from < -FRAME_MAX ? (int32_t)frame->low : from;
        to = to > FRAME_MAX ? (int32_t)frame->high : to;
    }
    if (from < -FRAME_MAX || to > FRAME_MAX) {
        return whole_any_();
    }
    moved.step = (uint8_t)(low == high   ? frame->step
                    : exact              ? step
                    : frame->step < step ? frame->step
                                         : step);
    moved.low = (uint32_t)from;
    moved.high = (uint32_t)to;
    return moved;
}

// Both bounds of the sum wrap around, or neither does. Else nothing but its
// lowest bits is known.
static bool range_plus(const struct whole_value_ *a,
        const struct whole_value_ *b, struct whole_value_ *result) {
    uint32_t alow, ahigh, blow, bhigh;
    if (!whole_bounds_(a, &alow, &ahigh) || !whole_bounds_(b, &blow, &bhigh)) {
        return false;
    }
    const unsigned step = step_of(a) < step_of(b) ? step_of(a) : step_of(b);
    const uint32_t mask = (1u << step) - 1, rest = (alow + blow) & mask;
    const bool wraps =
            ((uint64_t)alow + blow) >> 32 != ((uint64_t)ahigh + bhigh) >> 32;
    *result = wraps ? whole_range_(rest, ~mask | rest, step)
                    : whole_range_(alow + blow, ahigh + bhigh, step);
    return step || !wraps;
}

// A device's number may be 0: only with a small one it is certainly no address.
static bool makes_address(const struct whole_value_ *a,
        const struct whole_value_ *b) {
    uint32_t low, high;
    const struct whole_value_ *other = a->kind == WHOLE_NUMBER ? b : a;
    return (a->kind == WHOLE_NUMBER || b->kind == WHOLE_NUMBER) &&
            whole_bounds_(other, &low, &high) && high > SMALL &&
            low < 0u - SMALL;
}

static struct whole_value_ add_kinds(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    struct whole_value_ result;
    uint32_t low, high;
    if (a->kind == WHOLE_SET && b->kind == WHOLE_SET) {
        result = whole_combine_(world, a, b, sum);
        struct whole_value_ range;
        return result.kind == WHOLE_SET || !range_plus(a, b, &range) ? result
                                                                     : range;
    }
    if (b->kind == WHOLE_FRAME) {
        return a->kind == WHOLE_FRAME ? whole_any_() : add_kinds(world, b, a);
    }
    if (a->kind == WHOLE_SAVED && whole_is_const_(b)) {
        return saved_plus(a, b->v[0]);
    }
    if (makes_address(a, b)) {
        return whole_any_();
    }
    if (a->kind == WHOLE_FRAME && whole_bounds_(b, &low, &high) &&
            (low ^ high) < SIGN) {
        return frame_plus(a, (int32_t)low, (int32_t)high, step_of(b));
    }
    if (range_plus(a, b, &result)) {
        return result;
    }
    return whole_combine_(world, a, b, sum);
}

// What is added to a pointer is an index; two pointers make no third one.
static struct whole_value_ marked(struct whole_value_ sum,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    sum.marks = (uint8_t)(((a->marks ^ b->marks) & WHOLE_LEADS) |
            ((a->marks | b->marks) & WHOLE_RENEWED));
    sum.marks = sum.kind == WHOLE_NONE ? 0 : sum.marks;
    return sum;
}

struct whole_value_ whole_add_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    return marked(add_kinds(world, a, b), a, b);
}

static struct whole_value_ sub_kinds(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    uint32_t alow, ahigh, low, high;
    if (a->kind == WHOLE_SET && b->kind == WHOLE_SET) {
        return whole_combine_(world, a, b, difference);
    }
    if (a->kind == WHOLE_SAVED && whole_is_const_(b)) {
        return saved_plus(a, 0u - b->v[0]);
    }
    if (makes_address(a, b)) {
        return whole_any_();
    }
    if (a->kind == WHOLE_FRAME && whole_bounds_(b, &low, &high) &&
            (low ^ high) < SIGN) {
        return frame_plus(a, -(int64_t)(int32_t)high, -(int64_t)(int32_t)low,
                step_of(b));
    }
    if (whole_bounds_(a, &alow, &ahigh) && whole_bounds_(b, &low, &high) &&
            alow >= high) {
        const unsigned step = step_of(a) < step_of(b) ? step_of(a) : step_of(b);
        return whole_range_(alow - high, ahigh - low, step);
    }
    return whole_combine_(world, a, b, difference);
}

struct whole_value_ whole_sub_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    return marked(sub_kinds(world, a, b), a, b);
}

// The mask leaves nothing but numbers up to it.
static bool is_mask(const struct whole_value_ *b) {
    return whole_is_const_(b) && b->v[0];
}

struct whole_value_ whole_and_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    if (a->kind == WHOLE_NONE || b->kind == WHOLE_NONE ||
            (a->kind == WHOLE_SET && b->kind == WHOLE_SET)) {
        return whole_combine_(world, a, b, both_bits);
    }
    if (!is_mask(b)) {
        return is_mask(a)            ? whole_and_(world, b, a)
                : whole_is_const_(b) ? *b
                : whole_is_const_(a) ? *a
                                     : unknown(world, a, b);
    }
    const uint32_t mask = b->v[0];
    const unsigned zero = (unsigned)__builtin_ctz(mask);
    uint32_t low, high;
    // The stack pointer is a multiple of four (Armv7-M ARM B1.4.1).
    if (whole_is_place_(a) && mask <= 3) {
        return whole_const_(a->low & mask);
    }
    if (a->kind == WHOLE_FRAME) {
        const uint32_t cleared = ~mask;
        return cleared & (cleared + 1) ? whole_any_()
                                       : frame_plus(a, -(int64_t)cleared, 0, 0);
    }
    if (a->kind == WHOLE_NUMBER && world->is_ram(world->ctx, 0, mask)) {
        return whole_number_();
    }
    if (whole_bounds_(a, &low, &high) && !(~mask & (~mask + 1)) &&
            ~mask < SIGN) {
        return whole_range_(low & mask, high & mask, zero); // aligned
    }
    const bool known = whole_bounds_(a, &low, &high);
    const uint32_t most = known && high < mask ? high : mask;
    // Bits below the steps are alike in all of them.
    const uint32_t alike = known ? (1u << step_of(a)) - 1 : 0;
    const uint32_t others = mask & ~alike, least = low & mask & alike;
    if (!others) {
        return whole_const_(least);
    }
    return whole_range_(least, most, (unsigned)__builtin_ctz(others));
}

struct whole_value_ whole_or_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    uint32_t alow, ahigh, low, high;
    if (a->kind == WHOLE_SET && b->kind == WHOLE_SET) {
        return whole_combine_(world, a, b, either_bits);
    }
    if (!whole_bounds_(a, &alow, &ahigh) || !whole_bounds_(b, &low, &high)) {
        return whole_combine_(world, a, b, either_bits);
    }
    if (!whole_is_const_(b)) {
        return whole_is_const_(a) ? whole_or_(world, b, a) : whole_any_();
    }
    const uint32_t below =
            ahigh ? ~0u >> __builtin_clz(ahigh) : 0; // ones up to its highest
    if (!(low & below)) {
        return whole_add_(world, a, b);
    }
    const uint32_t top = ahigh | low;
    return whole_range_(alow > low ? alow : low, ~0u >> __builtin_clz(top), 0);
}

static uint32_t differing_bits(uint32_t a, uint32_t b) {
    return a ^ b;
}

// A place, or one that was hidden so, with its bits turned over by one number:
// by the same number twice it is the place again.
static bool hide(const struct whole_value_ *a, const struct whole_value_ *b,
        struct whole_value_ *result) {
    const bool hidden = a->kind == WHOLE_HIDDEN && !a->step;
    if ((!whole_is_place_(a) && !hidden) || !whole_is_const_(b)) {
        return false;
    }
    const uint32_t mask = b->v[0] ^ (hidden ? a->v[1] : 0);
    *result = mask ? (struct whole_value_){.kind = WHOLE_HIDDEN,
                             .of = a->of,
                             .v = {a->low, mask}}
                   : whole_frame_(a->of, (int32_t)a->low);
    return true;
}

struct whole_value_ whole_xor_(const struct whole_world_ *world,
        const struct whole_value_ *a, const struct whole_value_ *b) {
    uint32_t alow, ahigh, low, high;
    struct whole_value_ hidden;
    if (hide(a, b, &hidden) || hide(b, a, &hidden)) {
        return hidden;
    }
    if ((a->kind != WHOLE_SET || b->kind != WHOLE_SET) &&
            whole_bounds_(a, &alow, &ahigh) && whole_bounds_(b, &low, &high)) {
        const uint32_t top = ahigh | high;
        return whole_range_(0, top ? ~0u >> __builtin_clz(top) : 0, 0);
    }
    return whole_combine_(world, a, b, differing_bits);
}

// To the right and back to the left: the place, aligned. The lowest two bits of
// the stack pointer are zero (Armv7-M ARM B1.4.1).
static bool align_by_shifts(const struct whole_value_ *a, unsigned shift,
        unsigned amount, struct whole_value_ *result) {
    if (whole_is_place_(a) && shift == THUMB_SHIFT_LSR && amount <= 2) {
        *result = (struct whole_value_){.kind = WHOLE_HIDDEN,
                .step = 1,
                .of = a->of,
                .v = {a->low & ~0u << amount, amount}};
        return true;
    }
    if (a->kind == WHOLE_HIDDEN && a->step && shift == THUMB_SHIFT_LSL &&
            amount == a->v[1]) {
        *result = whole_frame_(a->of, (int32_t)a->v[0]);
        return true;
    }
    return false;
}

static uint32_t shifted(uint32_t v, unsigned shift, unsigned n) {
    switch (shift) {
    case THUMB_SHIFT_LSL:
        return n < 32 ? v << n : 0;
    case THUMB_SHIFT_LSR:
        return n < 32 ? v >> n : 0;
    case THUMB_SHIFT_ASR:
        return n < 32 ? v >> n | (v >> 31 && n ? ~0u << (32 - n) : 0)
                      : 0u - (v >> 31);
    default:
        n &= 31;
        return n ? v >> n | v << (32 - n) : v;
    }
}

struct whole_value_ whole_shift_(const struct whole_value_ *a, unsigned shift,
        unsigned amount) {
    struct whole_value_ set = {.kind = WHOLE_SET};
    uint32_t low, high;
    if (!amount || a->kind == WHOLE_NONE) {
        return *a;
    }
    if (shift > THUMB_SHIFT_ROR) {
        return whole_any_();
    }
    if (a->kind == WHOLE_SET) {
        for (unsigned i = 0; i < a->count; i++) {
            put(&set, shifted(a->v[i], shift, amount));
        }
        return set;
    }
    if (align_by_shifts(a, shift, amount, &set)) {
        return set;
    }
    if (whole_is_place_(a) && shift == THUMB_SHIFT_LSL && amount >= 30) {
        return whole_const_(shifted(a->low, shift, amount)); // the lowest two
    }
    const bool known = whole_bounds_(a, &low, &high);
    if (shift == THUMB_SHIFT_LSL && known && amount < 32 &&
            high <= ~0u >> amount) {
        return whole_range_(low << amount, high << amount, a->step + amount);
    }
    if (shift == THUMB_SHIFT_LSR ||
            (shift == THUMB_SHIFT_ASR && known && high < SIGN)) {
        return whole_range_(known ? shifted(low, THUMB_SHIFT_LSR, amount) : 0,
                shifted(known ? high : ~0u, THUMB_SHIFT_LSR, amount), 0);
    }
    return a->kind == WHOLE_NUMBER ? whole_number_() : whole_any_();
}

/// Parts of words ///

uint32_t whole_ones_(unsigned bytes) {
    return bytes < 4 ? (1u << 8 * bytes) - 1 : ~0u;
}

struct whole_value_ whole_part_(const struct whole_world_ *world,
        const struct whole_value_ *word, unsigned at, unsigned bytes) {
    if (bytes == 4 && !at) {
        return *word;
    }
    const struct whole_value_ low = whole_shift_(word, THUMB_SHIFT_LSR, 8 * at);
    const struct whole_value_ mask = whole_const_(whole_ones_(bytes));
    return whole_and_(world, &low, &mask);
}

struct whole_value_ whole_with_part_(const struct whole_world_ *world,
        const struct whole_value_ *word, unsigned at, unsigned bytes,
        const struct whole_value_ *part) {
    if (bytes == 4 && !at) {
        return *part;
    }
    const struct whole_value_ mask = whole_const_(whole_ones_(bytes) << 8 * at);
    const struct whole_value_ others =
            whole_const_(~(whole_ones_(bytes) << 8 * at));
    const struct whole_value_ moved =
            whole_shift_(part, THUMB_SHIFT_LSL, 8 * at);
    const struct whole_value_ in = whole_and_(world, &moved, &mask);
    const struct whole_value_ rest = whole_and_(world, word, &others);
    return whole_or_(world, &rest, &in);
}
