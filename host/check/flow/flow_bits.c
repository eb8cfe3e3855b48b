/*
 * flow_bits - instructions that take words apart and put them together
 *
 * SPDX-License-Identifier: MIT
 *
 * Of constants the result is exact, and it is followed like any other. Of other
 * values only its size: an index that was extracted.
 */
#include "check/flow/flow_priv.h"

struct operands {
    unsigned rd, rd_high; // rd_high: of a long multiplication, else THUMB_NONE
    unsigned rn, rm, ra;  // THUMB_NONE: none
    uint64_t (*f)(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a);
};

// Armv7-M ARM A7.7: imm3:imm2, and the field in bits 4 to 0.
static unsigned low_bit(uint32_t encoding) {
    return (encoding >> 10 & 0x1C) | (encoding >> 6 & 3);
}

static uint32_t ones(unsigned count) {
    return count < 32 ? (1u << count) - 1 : ~0u;
}

static uint32_t field(uint32_t encoding) {
    const unsigned lsb = low_bit(encoding), msb = encoding & 31;
    return msb < lsb ? 0 : ones(msb - lsb + 1) << lsb;
}

static uint64_t bfi(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)m;
    return (a & ~field(encoding)) | (n << low_bit(encoding) & field(encoding));
}
static uint64_t bfc(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)n, (void)m;
    return a & ~field(encoding);
}
static uint64_t ubfx(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)m, (void)a;
    return n >> low_bit(encoding) & ones((encoding & 31) + 1);
}
static uint64_t rev(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)encoding, (void)n, (void)a;
    return m >> 24 | (m >> 8 & 0xFF00) | (m << 8 & 0xFF0000) | m << 24;
}
static uint64_t rev16(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)encoding, (void)n, (void)a;
    return (m >> 8 & 0x00FF00FF) | (m << 8 & 0xFF00FF00);
}
static uint64_t rbit(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    uint32_t bits = 0;
    (void)encoding, (void)n, (void)a;
    for (unsigned i = 0; i < 32; i++) {
        bits |= (m >> i & 1) << (31 - i);
    }
    return bits;
}
// Armv7-M ARM A7.7.93: the shift of the TB form is arithmetic, and 0 is 32.
static uint64_t pkh(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    const unsigned shift = low_bit(encoding);
    (void)a;
    if (!(encoding & 0x20)) {
        return (n & 0xFFFF) | (m << shift & 0xFFFF0000);
    }
    const uint32_t sign = m >> 31 ? ~0u : 0;
    const uint32_t shifted = shift ? m >> shift | sign << (32 - shift) : sign;
    return (n & 0xFFFF0000) | (shifted & 0xFFFF);
}
static uint64_t umull(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)encoding, (void)a;
    return (uint64_t)n * m;
}
static uint64_t mla(uint32_t encoding, uint32_t n, uint32_t m, uint32_t a) {
    (void)encoding;
    return (uint32_t)(a + n * m);
}

static const struct {
    uint32_t mask, bits;
    uint64_t (*f)(uint32_t, uint32_t, uint32_t, uint32_t);
} wide[] = {
        {0xFFFF8020u, 0xF36F0000u, bfc},
        {0xFFF08020u, 0xF3600000u, bfi},
        {0xFFF08020u, 0xF3C00000u, ubfx},
        {0xFFF0F0F0u, 0xFA90F080u, rev},
        {0xFFF0F0F0u, 0xFA90F090u, rev16},
        {0xFFF0F0F0u, 0xFA90F0A0u, rbit},
        {0xFFF08010u, 0xEAC00000u, pkh},
        {0xFFF000F0u, 0xFBA00000u, umull},
        {0xFFF000F0u, 0xFB000000u, mla},
};

static bool decode_narrow(const struct thumb_insn *insn, struct operands *o) {
    const uint32_t which = insn->encoding >> 6;
    *o = (struct operands){.rd = insn->encoding & 7,
            .rd_high = THUMB_NONE,
            .rn = THUMB_NONE,
            .rm = insn->encoding >> 3 & 7,
            .ra = THUMB_NONE,
            .f = which == 0x2E8      ? rev
                    : which == 0x2E9 ? rev16
                                     : NULL};
    return o->f;
}

static bool decode(const struct thumb_insn *insn, struct operands *o) {
    const uint32_t e = insn->encoding;
    size_t i = 0;
    if (insn->size_bytes == 2) {
        return decode_narrow(insn, o);
    }
    while (i < sizeof wide / sizeof wide[0] &&
            (e & wide[i].mask) != wide[i].bits) {
        i++;
    }
    if (i == sizeof wide / sizeof wide[0]) {
        return false;
    }
    *o = (struct operands){.rd = e >> 8 & 15,
            .rd_high = THUMB_NONE,
            .rn = e >> 16 & 15,
            .rm = e & 15,
            .ra = THUMB_NONE,
            .f = wide[i].f};
    if (o->f == bfi || o->f == bfc) {
        o->ra = o->rd;
        o->rn = o->f == bfc ? THUMB_NONE : o->rn;
        o->rm = THUMB_NONE;
    } else if (o->f == ubfx) {
        o->rm = THUMB_NONE;
    } else if (o->f == rev || o->f == rev16 || o->f == rbit) {
        o->rn = THUMB_NONE;
    } else if (o->f == umull) {
        o->rd_high = o->rd;
        o->rd = e >> 12 & 15;
    } else if (o->f == mla) {
        o->ra = e >> 12 & 15;
    }
    return true;
}

enum flow_bits flow_bits_kind(const struct thumb_insn *insn) {
    struct operands o;
    if (!decode(insn, &o)) {
        return FLOW_BITS_NONE;
    }
    return o.f == ubfx && (insn->encoding & 31) < 20 ? FLOW_BITS_NUMBER
                                                     : FLOW_BITS_WORD;
}

static bool known(const struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned r, struct value *value) {
    *value = r == THUMB_NONE ? value_const(0) : flow_get_(state, insn, r);
    return value_is_const(value);
}

static void set(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn, unsigned r, uint32_t word,
        const struct value *from[2]) {
    const struct value result = value_const(word);
    flow_emit_new_address_(flow, insn, from[0], from[1], &result);
    flow_set_(flow, state, r, result);
}

bool flow_bits_(struct flow_ *flow, struct flow_state_ *state,
        const struct thumb_insn *insn) {
    struct operands o;
    struct value n, m, a;
    if (!decode(insn, &o)) {
        return false;
    }
    bool all = known(state, insn, o.rn, &n);
    all = known(state, insn, o.rm, &m) && all;
    all = known(state, insn, o.ra, &a) && all;
    // Other code can make the address again from what is left of it.
    flow_clobber_(flow, state, insn);
    if (all) {
        const uint64_t word = o.f(insn->encoding, n.v[0], m.v[0], a.v[0]);
        const struct value *from[2] = {
                o.rn == THUMB_NONE ? &m : &n, o.ra == THUMB_NONE ? &m : &a};
        set(flow, state, insn, o.rd, (uint32_t)word, from);
        if (o.rd_high != THUMB_NONE) {
            set(flow, state, insn, o.rd_high, (uint32_t)(word >> 32), from);
        }
    } else if (o.f == ubfx && (insn->encoding & 31) < 20) {
        struct value bits =
                value_bounded(0, ones((insn->encoding & 31) + 1), 0);
        value_remember(&bits, &n);
        if (!(insn->encoding & 31)) {
            flow_give_unseen_(flow, state, insn, &n);
        }
        flow_set_(flow, state, o.rd, bits);
    }
    return true;
}
