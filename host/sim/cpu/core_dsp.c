/*
 * core_dsp - multiplications, division, bit fields, saturation, and the
 * parallel operations: Armv7-M ARM A5.3.3, A5.3.11 to A5.3.17
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/cpu/core_priv.h"

static int32_t half(uint32_t value, bool top) {
    return (int16_t)(top ? value >> 16 : value);
}

// Armv7-M ARM A2.2.1: SignedSatQ(), UnsignedSatQ().
static uint32_t saturate(struct sim_cpu *cpu, int64_t value, int64_t low,
        int64_t high) {
    if (value >= low && value <= high) {
        return (uint32_t)value;
    }
    cpu->q = 1;
    return (uint32_t)(value < low ? low : high);
}

static uint32_t saturate32(struct sim_cpu *cpu, int64_t value) {
    return saturate(cpu, value, INT32_MIN, INT32_MAX);
}

// A sum that sets Q if it does not fit, and is not saturated.
static uint32_t accumulate(struct sim_cpu *cpu, int64_t sum) {
    cpu->q |= sum != (int32_t)sum;
    return (uint32_t)sum;
}

/// Multiplication; extra is the register added ///

static enum core_next mla(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = cpu->r[in->extra] + cpu->r[in->rn] * cpu->r[in->rm];
    return CORE_NEXT;
}

static enum core_next mls(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = cpu->r[in->extra] - cpu->r[in->rn] * cpu->r[in->rm];
    return CORE_NEXT;
}

static int64_t addend(const struct sim_cpu *cpu, const struct core_insn *in) {
    return in->extra == CORE_PC ? 0 : (int32_t)cpu->r[in->extra];
}

static enum core_next smla_halves(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const int32_t product = half(cpu->r[in->rn], in->encoding & 0x20) *
            half(cpu->r[in->rm], in->encoding & 0x10);
    cpu->r[in->rd] = accumulate(cpu, product + addend(cpu, in));
    return CORE_NEXT;
}

static enum core_next smlaw(struct sim_cpu *cpu, const struct core_insn *in) {
    const int64_t product = (int64_t)(int32_t)cpu->r[in->rn] *
            half(cpu->r[in->rm], in->encoding & 0x10);
    cpu->r[in->rd] = accumulate(cpu, (product >> 16) + addend(cpu, in));
    return CORE_NEXT;
}

// Products of the low and the high halves, with rm's exchanged or not.
static int64_t two_products(const struct sim_cpu *cpu,
        const struct core_insn *in, bool subtract) {
    const uint32_t a = cpu->r[in->rn], b = cpu->r[in->rm];
    const bool exchange = in->encoding & 0x10;
    const int64_t low = (int64_t)half(a, false) * half(b, exchange);
    const int64_t high = (int64_t)half(a, true) * half(b, !exchange);
    return subtract ? low - high : low + high;
}

static enum core_next smlad(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] =
            accumulate(cpu, two_products(cpu, in, false) + addend(cpu, in));
    return CORE_NEXT;
}

static enum core_next smlsd(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] =
            accumulate(cpu, two_products(cpu, in, true) + addend(cpu, in));
    return CORE_NEXT;
}

// The top word of a product, rounded or not, added or subtracted.
static enum core_next smm(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint64_t product = (uint64_t)((int64_t)(int32_t)cpu->r[in->rn] *
            (int32_t)cpu->r[in->rm]);
    const uint64_t base =
            in->extra == CORE_PC ? 0 : (uint64_t)cpu->r[in->extra] << 32;
    const bool subtract = (in->encoding >> 20 & 7) == 6;
    const uint64_t sum = (subtract ? base - product : base + product) +
            (in->encoding & 0x10 ? 0x80000000u : 0);
    cpu->r[in->rd] = (uint32_t)(sum >> 32);
    return CORE_NEXT;
}

static enum core_next usada8(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t sum = in->extra == CORE_PC ? 0 : cpu->r[in->extra];
    for (int i = 0; i < 32; i += 8) {
        const int a = cpu->r[in->rn] >> i & 0xFF;
        const int b = cpu->r[in->rm] >> i & 0xFF;
        sum += (uint32_t)(a > b ? a - b : b - a);
    }
    cpu->r[in->rd] = sum;
    return CORE_NEXT;
}

static core_fn *multiply(struct core_insn *record, uint32_t w) {
    record->extra = w >> 12 & 15;
    switch (w >> 20 & 7) {
    case 0:
        return w & 0x10 ? mls : mla;
    case 1:
        return smla_halves;
    case 2:
        return smlad;
    case 3:
        return smlaw;
    case 4:
        return smlsd;
    case 7:
        return usada8;
    default:
        return smm;
    }
}

/// Long multiplication and division; rd is the low word, extra the high ///

static void put_long(struct sim_cpu *cpu, const struct core_insn *in,
        uint64_t value) {
    cpu->r[in->rd] = (uint32_t)value;
    cpu->r[in->extra] = (uint32_t)(value >> 32);
}

static uint64_t get_long(const struct sim_cpu *cpu,
        const struct core_insn *in) {
    return cpu->r[in->rd] | (uint64_t)cpu->r[in->extra] << 32;
}

static uint64_t product_signed(const struct sim_cpu *cpu,
        const struct core_insn *in) {
    return (uint64_t)((int64_t)(int32_t)cpu->r[in->rn] *
            (int32_t)cpu->r[in->rm]);
}

static uint64_t product_unsigned(const struct sim_cpu *cpu,
        const struct core_insn *in) {
    return (uint64_t)cpu->r[in->rn] * cpu->r[in->rm];
}

static enum core_next smull(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in, product_signed(cpu, in));
    return CORE_NEXT;
}

static enum core_next umull(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in, product_unsigned(cpu, in));
    return CORE_NEXT;
}

static enum core_next smlal(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in, get_long(cpu, in) + product_signed(cpu, in));
    return CORE_NEXT;
}

static enum core_next umlal(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in, get_long(cpu, in) + product_unsigned(cpu, in));
    return CORE_NEXT;
}

static enum core_next umaal(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in,
            product_unsigned(cpu, in) + cpu->r[in->rd] + cpu->r[in->extra]);
    return CORE_NEXT;
}

static enum core_next smlal_halves(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const int64_t product = (int64_t)half(cpu->r[in->rn], in->encoding & 0x20) *
            half(cpu->r[in->rm], in->encoding & 0x10);
    put_long(cpu, in, get_long(cpu, in) + (uint64_t)product);
    return CORE_NEXT;
}

static enum core_next smlald(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in,
            get_long(cpu, in) + (uint64_t)two_products(cpu, in, false));
    return CORE_NEXT;
}

static enum core_next smlsld(struct sim_cpu *cpu, const struct core_insn *in) {
    put_long(cpu, in,
            get_long(cpu, in) + (uint64_t)two_products(cpu, in, true));
    return CORE_NEXT;
}

static enum core_next sdiv(struct sim_cpu *cpu, const struct core_insn *in) {
    const int32_t a = (int32_t)cpu->r[in->rn], b = (int32_t)cpu->r[in->rm];
    if (b == 0) {
        if (cpu->config.divide_trap) {
            return core_stop_(cpu, SIM_CPU_DIVIDE, 0);
        }
        cpu->r[in->rd] = 0;
    } else { // INT32_MIN / -1 wraps
        cpu->r[in->rd] = (uint32_t)((int64_t)a / b);
    }
    return CORE_NEXT;
}

static enum core_next udiv(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t b = cpu->r[in->rm];
    if (b == 0 && cpu->config.divide_trap) {
        return core_stop_(cpu, SIM_CPU_DIVIDE, 0);
    }
    cpu->r[in->rd] = b ? cpu->r[in->rn] / b : 0;
    return CORE_NEXT;
}

static core_fn *multiply_long(struct core_insn *record, uint32_t w) {
    const uint32_t op2 = w >> 4 & 15;
    record->extra = w >> 8 & 15;
    switch (w >> 20 & 7) {
    case 0:
        return smull;
    case 1:
        return sdiv;
    case 2:
        return umull;
    case 3:
        return udiv;
    case 4:
        return op2 == 0 ? smlal : op2 & 4 ? smlald : smlal_halves;
    case 5:
        return smlsld;
    default:
        return op2 == 0 ? umlal : umaal;
    }
}

/// Bit fields, saturation, packing; imm and extra are the field's ends ///

// These two have shifts in their place: first left, then right.
static enum core_next sbfx(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] =
            (uint32_t)((int32_t)(cpu->r[in->rn] << in->extra) >> in->imm);
    return CORE_NEXT;
}

static enum core_next ubfx(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = cpu->r[in->rn] << in->extra >> in->imm;
    return CORE_NEXT;
}

// BFI; BFC inserts 0.
static enum core_next bfi(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t mask = UINT32_MAX >> (31 - in->extra) >> in->imm << in->imm;
    const bool clears = (in->encoding >> 16 & 15) == 15;
    const uint32_t bits = clears ? 0 : cpu->r[in->rn] << in->imm;
    cpu->r[in->rd] = (cpu->r[in->rd] & ~mask) | (bits & mask);
    return CORE_NEXT;
}

// SSAT, USAT of a shifted register, or of both halves.
static enum core_next saturation(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const uint32_t w = in->encoding;
    const bool is_unsigned = w & 1u << 23;
    const unsigned bits = (w & 31) + (is_unsigned ? 0 : 1);
    const int64_t high =
            is_unsigned ? (1ll << bits) - 1 : (1ll << (bits - 1)) - 1;
    const int64_t low = is_unsigned ? 0 : -(1ll << (bits - 1));
    const uint32_t value = cpu->r[in->rn];
    if (!(w & 1u << 21)) { // LSL
        const int32_t shifted = (int32_t)(value << in->imm);
        cpu->r[in->rd] = saturate(cpu, shifted, low, high);
    } else if (in->imm) { // ASR
        cpu->r[in->rd] = saturate(cpu, (int32_t)value >> in->imm, low, high);
    } else {
        const uint32_t bottom = saturate(cpu, half(value, false), low, high);
        const uint32_t top = saturate(cpu, half(value, true), low, high);
        cpu->r[in->rd] = (bottom & 0xFFFF) | top << 16;
    }
    return CORE_NEXT;
}

static void field_to_shifts(struct core_insn *record) {
    record->extra = (uint8_t)(31 - record->imm - record->extra);
    record->imm += record->extra;
}

static core_fn *plain_immediate(struct core_insn *record, uint32_t w) {
    record->imm = (w >> 12 & 7) << 2 | (w >> 6 & 3);
    record->extra = w & 31;
    switch (w >> 20 & 31) {
    case 0x14:
        field_to_shifts(record);
        return sbfx;
    case 0x16:
        return bfi;
    case 0x1C:
        field_to_shifts(record);
        return ubfx;
    default:
        return saturation;
    }
}

static enum core_next pkh(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t a = cpu->r[in->rn], b = cpu->r[in->rm];
    if (in->encoding & 0x20) { // PKHTB: ASR, 0 is 32
        const uint32_t shifted =
                (uint32_t)((int32_t)b >> (in->imm ? in->imm : 31));
        cpu->r[in->rd] = (a & 0xFFFF0000u) | (shifted & 0xFFFF);
    } else {
        cpu->r[in->rd] = (a & 0xFFFF) | ((b << in->imm) & 0xFFFF0000u);
    }
    return CORE_NEXT;
}

/// Extension with addition; extra is the rotation ///

static enum core_next extend(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t w = in->encoding, value = cpu->r[in->rm];
    const unsigned by = in->extra;
    const uint32_t turned = by ? value >> by | value << (32 - by) : value;
    const uint32_t base = (w >> 16 & 15) == 15 ? 0 : cpu->r[in->rn];
    uint32_t low, high;
    switch (w >> 20 & 7) {
    case 0:
        cpu->r[in->rd] = base + (uint32_t)(int16_t)turned;
        return CORE_NEXT;
    case 1:
        cpu->r[in->rd] = base + (turned & 0xFFFF);
        return CORE_NEXT;
    case 4:
        cpu->r[in->rd] = base + (uint32_t)(int8_t)turned;
        return CORE_NEXT;
    case 5:
        cpu->r[in->rd] = base + (turned & 0xFF);
        return CORE_NEXT;
    case 2:
        low = (uint32_t)(int8_t)turned;
        high = (uint32_t)(int8_t)(turned >> 16);
        break;
    default:
        low = turned & 0xFF;
        high = turned >> 16 & 0xFF;
        break;
    }
    cpu->r[in->rd] = ((base + low) & 0xFFFF) | ((base >> 16) + high) << 16;
    return CORE_NEXT;
}

/// Parallel operations ///

enum prefix { SIGNED = 0, SATURATED = 1, HALVED = 2 };

// One lane of `bits`. ge: what the lane gives to GE.
static uint32_t lane(int32_t a, int32_t b, bool subtract, unsigned bits,
        unsigned prefix, bool *ge) {
    const bool is_unsigned = prefix & 4;
    const int32_t sum = subtract ? a - b : a + b;
    const int32_t top = 1 << bits;
    *ge = is_unsigned && !subtract ? sum >= top : sum >= 0;
    if ((prefix & 3) == HALVED) {
        return (uint32_t)(sum >> 1);
    }
    if ((prefix & 3) == SATURATED) {
        const int32_t high = is_unsigned ? top - 1 : top / 2 - 1;
        const int32_t low = is_unsigned ? 0 : -top / 2;
        return (uint32_t)(sum > high ? high : sum < low ? low : sum);
    }
    return (uint32_t)sum;
}

static int32_t lane_of(uint32_t value, unsigned at, unsigned bits,
        bool is_unsigned) {
    const uint32_t lane_bits = value >> at & ((1u << bits) - 1);
    const uint32_t sign = 1u << (bits - 1);
    return is_unsigned ? (int32_t)lane_bits
                       : (int32_t)((lane_bits ^ sign) - sign);
}

// op1: 0 ADD8, 1 ADD16, 2 ASX, 4 SUB8, 5 SUB16, 6 SAX.
static enum core_next parallel(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const uint32_t op1 = in->encoding >> 20 & 7;
    const unsigned prefix = in->encoding >> 4 & 7;
    const unsigned bits = (op1 & 3) == 0 ? 8 : 16;
    const uint32_t a = cpu->r[in->rn];
    uint32_t b = cpu->r[in->rm], result = 0, ge = 0;
    const bool exchange = (op1 & 3) == 2;
    if (exchange) {
        b = b >> 16 | b << 16;
    }
    for (unsigned at = 0; at < 32; at += bits) {
        // ASX subtracts the low lane and adds the high one; SAX the reverse.
        const bool subtract =
                exchange ? (at == 0) == (op1 == 2) : (op1 & 4) != 0;
        bool set;
        const uint32_t value = lane(lane_of(a, at, bits, prefix & 4),
                lane_of(b, at, bits, prefix & 4), subtract, bits, prefix, &set);
        result |= (value & ((1u << bits) - 1)) << at;
        ge |= (set ? bits == 8 ? 1u : 3u : 0u) << at / 8;
    }
    cpu->r[in->rd] = result;
    if ((prefix & 3) == SIGNED) {
        cpu->ge = ge;
    }
    return CORE_NEXT;
}

/// Saturating sums, bit order, SEL, CLZ ///

// QADD, QDADD, QSUB, QDSUB: rm OP (2 *) rn.
static enum core_next qadd(struct sim_cpu *cpu, const struct core_insn *in) {
    int64_t b = (int32_t)cpu->r[in->rn];
    if (in->encoding & 0x10) {
        b = (int32_t)saturate32(cpu, 2 * b);
    }
    const int64_t a = (int32_t)cpu->r[in->rm];
    cpu->r[in->rd] = saturate32(cpu, in->encoding & 0x20 ? a - b : a + b);
    return CORE_NEXT;
}

static enum core_next reverse(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t value = cpu->r[in->rm];
    switch (in->encoding >> 4 & 3) {
    case 0: // REV
        value = __builtin_bswap32(value);
        break;
    case 1: // REV16
        value = (value & 0x00FF00FF) << 8 | (value >> 8 & 0x00FF00FF);
        break;
    case 2: // RBIT
        value = (value & 0x55555555) << 1 | (value >> 1 & 0x55555555);
        value = (value & 0x33333333) << 2 | (value >> 2 & 0x33333333);
        value = (value & 0x0F0F0F0F) << 4 | (value >> 4 & 0x0F0F0F0F);
        value = __builtin_bswap32(value);
        break;
    default: // REVSH
        value = (uint32_t)(int16_t)((value & 0xFF) << 8 | (value >> 8 & 0xFF));
        break;
    }
    cpu->r[in->rd] = value;
    return CORE_NEXT;
}

static enum core_next sel(struct sim_cpu *cpu, const struct core_insn *in) {
    uint32_t mask = 0;
    for (int i = 0; i < 4; i++) {
        mask |= (cpu->ge >> i & 1 ? 0xFFu : 0u) << 8 * i;
    }
    cpu->r[in->rd] = (cpu->r[in->rn] & mask) | (cpu->r[in->rm] & ~mask);
    return CORE_NEXT;
}

static enum core_next clz(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t value = cpu->r[in->rm];
    cpu->r[in->rd] = value ? (uint32_t)__builtin_clz(value) : 32;
    return CORE_NEXT;
}

static core_fn *register_operation(struct core_insn *record, uint32_t w) {
    if (!(w & 1u << 23)) {
        record->extra = (uint8_t)((w >> 4 & 3) * 8);
        return w & 0x80 ? extend : NULL;
    }
    if (!(w & 0x80)) {
        return parallel;
    }
    switch (w >> 20 & 7) {
    case 0:
        return qadd;
    case 1:
        return reverse;
    case 2:
        return sel;
    case 3:
        return clz;
    default:
        return NULL;
    }
}

core_fn *core_dsp_(struct core_insn *record, uint32_t w) {
    if ((w & 0xFFF00000u) == 0xEAC00000u) {
        record->imm = (w >> 12 & 7) << 2 | (w >> 6 & 3);
        return pkh;
    }
    if ((w & 0xFA008000u) == 0xF2000000u) {
        return plain_immediate(record, w);
    }
    switch (w >> 24) {
    case 0xFA:
        return register_operation(record, w);
    case 0xFB:
        return w & 1u << 23 ? multiply_long(record, w) : multiply(record, w);
    default:
        return NULL;
    }
}
