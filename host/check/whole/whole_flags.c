/*
 * whole_flags - which way a condition goes, and what it tells
 *
 * SPDX-License-Identifier: MIT
 *
 * Of a comparison whose operands are known well enough the outcome is certain.
 * Else both ways are run, and a register that was compared is bounded in each,
 * as is the slot that it was loaded from.
 */
#include "check/whole/whole_priv.h"

#define SIGN 0x80000000u

enum { EQ, NE, CS, CC, MI, PL, VS, VC, HI, LS, GE, LT, GT, LE };

// Armv7-M ARM A7.3.1, of a - b.
static bool holds(unsigned cond, uint32_t a, uint32_t b) {
    const int32_t sa = (int32_t)a, sb = (int32_t)b;
    const uint32_t d = a - b;
    const bool v = ((a ^ b) & (a ^ d)) >> 31;
    const bool of[] = {a == b, a >= b, d >> 31, v, a > b, sa >= sb, sa > sb};
    return of[cond >> 1] != (cond & 1);
}

static enum whole_outcome_ outcome(bool some, bool others) {
    return some && others ? WHOLE_EITHER : some ? WHOLE_HOLDS : WHOLE_FAILS;
}

static enum whole_outcome_ of_sets(const struct whole_value_ *a,
        const struct whole_value_ *b, unsigned cond) {
    bool some = false, others = false;
    for (unsigned i = 0; i < a->count; i++) {
        for (unsigned k = 0; k < b->count; k++) {
            const bool one = holds(cond, a->v[i], b->v[k]);
            some |= one;
            others |= !one;
        }
    }
    return outcome(some, others);
}

// Unsigned, or signed where both have one sign.
static enum whole_outcome_ of_bounds(const struct whole_value_ *a,
        const struct whole_value_ *b, unsigned cond) {
    uint32_t alow, ahigh, low, high;
    if (!whole_bounds_(a, &alow, &ahigh) || !whole_bounds_(b, &low, &high)) {
        return WHOLE_EITHER;
    }
    const bool one_sign =
            !((alow ^ ahigh) >> 31 | (low ^ high) >> 31 | (alow ^ low) >> 31);
    const bool apart = ahigh < low || alow > high; // never equal
    const bool one = alow == high && ahigh == low; // always
    switch (cond & ~1u) {
    case EQ:
        return outcome(cond & 1 ? apart || !one : one || !apart,
                cond & 1 ? one || !apart : apart || !one);
    case CS:
    case HI:
        break;
    case GE:
    case GT:
        if (one_sign) {
            break;
        }
        return WHOLE_EITHER;
    default:
        return WHOLE_EITHER;
    }
    // Both grow with a and fall with b.
    const unsigned even = cond & ~1u;
    const bool most = holds(even, ahigh, low), least = holds(even, alow, high);
    return outcome(cond & 1 ? !least : most, cond & 1 ? most : !least);
}

// Places in one frame: no stack wraps around, and none is at address 0.
static enum whole_outcome_ of_places(const struct whole *w,
        const struct whole_value_ *a, const struct whole_value_ *b,
        unsigned cond) {
    if (a->kind != WHOLE_FRAME || w->calls[a->of]->recursive) {
        return WHOLE_EITHER;
    }
    if (b->kind == WHOLE_FRAME && b->of == a->of) {
        // Offsets from the lowest that a frame has, as unsigned numbers.
        const struct whole_value_ x =
                whole_range_(a->low + SIGN, a->high + SIGN, 0);
        const struct whole_value_ y =
                whole_range_(b->low + SIGN, b->high + SIGN, 0);
        return of_bounds(&x, &y, cond);
    }
    return whole_is_const_(b) && !b->v[0] && (cond & ~1u) == EQ
            ? cond == NE ? WHOLE_HOLDS : WHOLE_FAILS
            : WHOLE_EITHER;
}

enum whole_outcome_ whole_condition_(const struct whole *w,
        const struct whole_state_ *state, unsigned cond) {
    const struct whole_flags_ *f = &state->flags;
    const bool of_zero = (cond & ~1u) == EQ || (cond & ~1u) == MI;
    if (f->kind == WHOLE_FLAGS_RESULT && (cond & ~1u) == CS &&
            f->carry != WHOLE_EITHER) {
        return (f->carry == WHOLE_HOLDS) == (cond == CS) ? WHOLE_HOLDS
                                                         : WHOLE_FAILS;
    }
    if (f->kind == WHOLE_FLAGS_UNKNOWN || cond > LE ||
            (f->kind == WHOLE_FLAGS_RESULT && !of_zero)) {
        return WHOLE_EITHER;
    }
    if (f->a.kind == WHOLE_SET && f->b.kind == WHOLE_SET) {
        return of_sets(&f->a, &f->b, cond);
    }
    const enum whole_outcome_ places = of_places(w, &f->a, &f->b, cond);
    return places != WHOLE_EITHER ? places : of_bounds(&f->a, &f->b, cond);
}

/// Refinement ///

static void narrow(const struct whole *w, const struct whole_call_ *call,
        struct whole_state_ *state, unsigned r, struct whole_value_ value) {
    const unsigned slot = state->copy_of[r];
    const struct whole_value_ *sp = &state->reg[13];
    state->reg[r] = value;
    // Below the stack pointer an exception may have stored since.
    const bool here = slot && whole_is_place_(sp) && w->calls[sp->of] == call &&
            -4 * (int32_t)slot >= (int32_t)sp->low;
    if (here && call->outside[slot - 1].kind == WHOLE_NONE) {
        state->slot[slot - 1] = value;
    }
}

static struct whole_value_ cut(const struct whole_value_ *a, uint32_t low,
        uint32_t high) {
    struct whole_value_ none = {0};
    uint32_t alow, ahigh;
    if (low > high) {
        return none;
    }
    if (!whole_bounds_(a, &alow, &ahigh)) {
        return whole_range_(low, high, 0);
    }
    const uint32_t mask = (1u << a->step) - 1;
    if (alow < low) {
        const uint64_t up = (uint64_t)low + ((alow - low) & mask);
        if (up > high) {
            return none;
        }
        alow = (uint32_t)up;
    }
    ahigh = ahigh < high ? ahigh : high;
    return alow > ahigh ? none : whole_range_(alow, ahigh, a->step);
}

// a where cond holds of a - b, and b is one number.
static struct whole_value_ where(const struct whole_value_ *a, uint32_t b,
        unsigned cond) {
    uint32_t low, high;
    const bool known = whole_bounds_(a, &low, &high);
    if (a->kind == WHOLE_SET) {
        struct whole_value_ some = {.kind = WHOLE_SET};
        for (unsigned i = 0; i < a->count; i++) {
            if (holds(cond, a->v[i], b)) {
                some.v[some.count++] = a->v[i];
            }
        }
        return some.count ? some : (struct whole_value_){0};
    }
    const bool positive = known && high < SIGN && b < SIGN;
    switch (cond) {
    case EQ:
        return a->kind == WHOLE_FRAME ? *a : whole_const_(b);
    case NE:
        if (known && low == b && high > b) {
            return whole_range_(low + (1u << a->step), high, a->step);
        }
        if (known && high == b && low < b) {
            return whole_range_(low, high - (1u << a->step), a->step);
        }
        return *a;
    case GE:
        return positive ? cut(a, b, ~0u) : *a;
    case GT:
        return positive ? cut(a, b + 1, ~0u) : *a;
    case LT:
        return positive && b ? cut(a, 0, b - 1) : *a;
    case LE:
        return positive ? cut(a, 0, b) : *a;
    default:
        break;
    }
    if (a->kind == WHOLE_FRAME) {
        return *a;
    }
    switch (cond) {
    case CS:
        return cut(a, b, ~0u);
    case CC:
        return b ? cut(a, 0, b - 1) : (struct whole_value_){0};
    case HI:
        return b != ~0u ? cut(a, b + 1, ~0u) : (struct whole_value_){0};
    case LS:
        return cut(a, 0, b);
    default:
        return *a;
    }
}

// The condition on b - a that says the same as one on a - b.
static unsigned swapped(unsigned cond) {
    static const uint8_t other[] = {[EQ] = EQ,
            [NE] = NE,
            [CS] = LS,
            [CC] = HI,
            [HI] = CC,
            [LS] = CS,
            [GE] = LE,
            [LT] = GT,
            [GT] = LT,
            [LE] = GE};
    return (cond >= MI && cond <= VC) ? THUMB_NONE : other[cond];
}

// The one number that bounds a where cond holds: of b the largest, or least.
static uint32_t bound_of(const struct whole_value_ *b, unsigned cond) {
    uint32_t low, high;
    whole_bounds_(b, &low, &high);
    const bool below = cond == CC || cond == LS || cond == LT || cond == LE;
    return below ? high : low;
}

// A place in a stack, by another number or of another time.
static bool is_other_place(const struct whole_value_ *a) {
    return a->kind == WHOLE_KEPT || a->kind == WHOLE_HIDDEN ||
            a->kind == WHOLE_SAVED;
}

// Register r is in those bounds now, and with it what it was made from.
static void refine_sum(const struct whole *w, const struct whole_call_ *call,
        struct whole_state_ *state, unsigned r,
        const struct whole_value_ *some) {
    const struct whole_sum_ *sum = &state->sum;
    const struct whole_value_ *from = &state->reg[sum->from % 15];
    uint32_t low, high;
    if (sum->to != sum->from && sum->from == r && !sum->by) {
        narrow(w, call, state, sum->to, *some); // a copy of it
        return;
    }
    if (sum->to == sum->from || sum->to != r || is_other_place(from) ||
            from->kind == WHOLE_FRAME || !whole_bounds_(some, &low, &high) ||
            low - sum->by > high - sum->by) {
        return;
    }
    struct whole_value_ v = where(from, low - sum->by, CS);
    v = v.kind == WHOLE_NONE ? v : where(&v, high - sum->by, LS);
    v.marks = v.kind == WHOLE_NONE ? 0 : from->marks;
    if (v.kind != WHOLE_NONE && !whole_is_const_(&v)) {
        narrow(w, call, state, sum->from, v);
    }
}

// Of places in one frame, as of_places().
static void refine_place(const struct whole *w, const struct whole_call_ *call,
        struct whole_state_ *state, unsigned r, const struct whole_value_ *b,
        unsigned cond) {
    struct whole_value_ place = state->reg[r];
    if (b->of != place.of || b->low != b->high ||
            w->calls[place.of]->recursive ||
            (cond > CC && cond != HI && cond != LS)) {
        return;
    }
    const struct whole_value_ all =
            whole_range_(place.low + SIGN, place.high + SIGN, place.step);
    const struct whole_value_ some = where(&all, b->low + SIGN, cond);
    if (whole_bounds_(&some, &place.low, &place.high)) {
        place.low -= SIGN;
        place.high -= SIGN;
        narrow(w, call, state, r, place);
        refine_sum(w, call, state, r, &place);
    }
}

static void refine_register(const struct whole *w,
        const struct whole_call_ *call, struct whole_state_ *state, unsigned r,
        const struct whole_value_ *b, unsigned cond) {
    uint32_t low, high;
    if (r < 15 && state->reg[r].kind == WHOLE_FRAME && b->kind == WHOLE_FRAME) {
        refine_place(w, call, state, r, b, cond);
        return;
    }
    if (r >= 15 || cond == THUMB_NONE || is_other_place(&state->reg[r]) ||
            !whole_bounds_(b, &low, &high) ||
            (low != high &&
                    (cond <= NE || (cond >= MI && cond <= VC) ||
                            (low ^ high) >> 31))) {
        return;
    }
    struct whole_value_ some = where(&state->reg[r], bound_of(b, cond), cond);
    some.marks = some.kind == WHOLE_NONE ? 0 : state->reg[r].marks;
    // What may be a place in a frame stays that, whatever its number is.
    const bool place = state->reg[r].kind == WHOLE_ANY &&
            whole_is_const_(&some) && whole_holds_frames_(w, some.v[0], true);
    if (some.kind != WHOLE_NONE && !place) {
        narrow(w, call, state, r, some);
        refine_sum(w, call, state, r, &some);
    }
}

static void refine_zero(const struct whole *w, const struct whole_call_ *call,
        struct whole_state_ *state, unsigned r, bool zero) {
    const struct whole_value_ null = whole_const_(0);
    refine_register(w, call, state, r, &null, zero ? EQ : NE);
}

void whole_refine_(const struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, unsigned cond, bool does) {
    const struct whole_flags_ f = state->flags;
    const unsigned c = does ? cond : cond ^ 1;
    if (f.kind == WHOLE_FLAGS_UNKNOWN || c > LE ||
            (f.kind == WHOLE_FLAGS_RESULT && c > NE)) {
        return;
    }
    refine_register(w, call, state, f.ra, &f.b, c);
    refine_register(w, call, state, f.rb, &f.a, swapped(c));
    if (f.rd != THUMB_NONE && c <= NE) {
        refine_zero(w, call, state, f.rd, c == EQ);
    }
}
