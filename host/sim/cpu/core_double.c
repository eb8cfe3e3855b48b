/*
 * core_double - double precision, and what FPv5 added to singles, too
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM A6.4, A7.7. rd, rn and rm are single registers; a double is one
 * of them and the next. `extra` says which operation of a function it is.
 */
#include "sim/cpu/core_priv.h"
#include "sim/cpu/float/float.h"

#define WIDE 0x100u             // of the encoding: doubles
enum { FLOAT_AS_FPSCR = 0xFF }; // behind those of enum float_rounding

static const struct float_format *format_of(bool wide) {
    return wide ? &float_double : &float_single;
}

static uint64_t get(const struct sim_cpu *cpu, unsigned reg, bool wide) {
    return wide ? cpu->s[reg] | (uint64_t)cpu->s[reg + 1] << 32 : cpu->s[reg];
}

static void put(struct sim_cpu *cpu, unsigned reg, bool wide, uint64_t value) {
    cpu->s[reg] = (uint32_t)value;
    if (wide) {
        cpu->s[reg + 1] = (uint32_t)(value >> 32);
    }
}

static uint64_t sign_of(bool wide) {
    return wide ? 1ull << 63 : 1ull << 31;
}

static bool is_nan(bool wide, uint64_t a) {
    return (a & (sign_of(wide) - 1)) >
            (wide ? 0x7FF0000000000000ull : 0x7F800000ull);
}

/// Three registers ///

enum arithmetic {
    VMLA,
    VMLS,
    VNMLS,
    VNMLA,
    VMUL,
    VNMUL,
    VADD,
    VSUB,
    VDIV,
    VFNMS,
    VFNMA,
    VFMA,
    VFMS,
    VMAXNM,
    VMINNM,
};

// Without one rounding of the two: a product, then a sum.
static uint64_t multiply_add(struct sim_cpu *cpu,
        const struct float_format *format, const uint64_t operands[3],
        uint64_t negate_addend, uint64_t negate_product) {
    const uint64_t product =
            float_mul(format, operands[1], operands[2], &cpu->fpscr);
    return float_add(format, operands[0] ^ negate_addend,
            product ^ negate_product, &cpu->fpscr);
}

static enum core_next arithmetic(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool wide = in->encoding & WIDE;
    const struct float_format *const f = format_of(wide);
    const uint64_t sign = sign_of(wide);
    const uint64_t d = get(cpu, in->rd, wide), n = get(cpu, in->rn, wide);
    const uint64_t m = get(cpu, in->rm, wide), all[3] = {d, n, m};
    uint32_t *const fpscr = &cpu->fpscr;
    uint64_t result;
    switch (in->extra) {
    case VMLA:
        result = multiply_add(cpu, f, all, 0, 0);
        break;
    case VMLS:
        result = multiply_add(cpu, f, all, 0, sign);
        break;
    case VNMLS:
        result = multiply_add(cpu, f, all, sign, 0);
        break;
    case VNMLA:
        result = multiply_add(cpu, f, all, sign, sign);
        break;
    case VMUL:
        result = float_mul(f, n, m, fpscr);
        break;
    case VNMUL:
        result = float_mul(f, n, m, fpscr) ^ sign;
        break;
    case VADD:
        result = float_add(f, n, m, fpscr);
        break;
    case VSUB: // a NaN keeps its sign
        result = float_add(f, n, is_nan(wide, m) ? m : m ^ sign, fpscr);
        break;
    case VDIV:
        result = float_div(f, n, m, fpscr);
        break;
    case VFMA:
        result = float_fma(f, d, n, m, fpscr);
        break;
    case VFMS:
        result = float_fma(f, d, n ^ sign, m, fpscr);
        break;
    case VFNMS:
        result = float_fma(f, d ^ sign, n, m, fpscr);
        break;
    case VFNMA:
        result = float_fma(f, d ^ sign, n ^ sign, m, fpscr);
        break;
    default:
        result = float_max(f, n, m, in->extra == VMINNM, fpscr);
        break;
    }
    put(cpu, in->rd, wide, result);
    return CORE_NEXT;
}

// VSEL: EQ, VS, GE, GT of the APSR.
static enum core_next vsel(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    static const uint8_t conditions[] = {0, 6, 10, 12};
    const bool wide = in->encoding & WIDE;
    const bool first = core_condition_(cpu, conditions[in->extra]);
    put(cpu, in->rd, wide, get(cpu, first ? in->rn : in->rm, wide));
    return CORE_NEXT;
}

/// Two registers ///

enum move { VMOV, VABS, VNEG, VSQRT };

static enum core_next move(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool wide = in->encoding & WIDE;
    const uint64_t m = get(cpu, in->rm, wide), sign = sign_of(wide);
    const uint64_t result = in->extra == VABS ? m & ~sign
            : in->extra == VNEG               ? m ^ sign
            : in->extra == VSQRT ? float_sqrt(format_of(wide), m, &cpu->fpscr)
                                 : m;
    put(cpu, in->rd, wide, result);
    return CORE_NEXT;
}

static enum core_next immediate(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    put(cpu, in->rd, true, (uint64_t)in->imm << 32);
    return CORE_NEXT;
}

static enum core_next compare(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool zero = in->encoding >> 16 & 1, quiet = !(in->encoding & 0x80);
    const uint32_t flags = float_compare(&float_double, get(cpu, in->rd, true),
            zero ? 0 : get(cpu, in->rm, true), quiet, &cpu->fpscr);
    cpu->fpscr = (cpu->fpscr & 0x0FFFFFFFu) | flags;
    return CORE_NEXT;
}

static enum float_rounding rounding_in(const struct sim_cpu *cpu,
        const struct core_insn *in) {
    return in->extra == FLOAT_AS_FPSCR ? float_rounding_of(cpu->fpscr)
                                       : (enum float_rounding)in->extra;
}

// VRINT. imm: IXC tells of a fraction.
static enum core_next integral(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool wide = in->encoding & WIDE;
    put(cpu, in->rd, wide,
            float_integral(format_of(wide), get(cpu, in->rm, wide),
                    rounding_in(cpu, in), in->imm, &cpu->fpscr));
    return CORE_NEXT;
}

// To an integer in a single register. imm: signed.
static enum core_next to_integer(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool wide = in->encoding & WIDE;
    cpu->s[in->rd] = float_to_fixed(format_of(wide), get(cpu, in->rm, wide), 0,
            32, in->imm, rounding_in(cpu, in), &cpu->fpscr);
    return CORE_NEXT;
}

static enum core_next from_integer(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    put(cpu, in->rd, true,
            float_from_fixed(&float_double, cpu->s[in->rm], 0, in->imm,
                    float_rounding_of(cpu->fpscr), &cpu->fpscr));
    return CORE_NEXT;
}

// In rd. imm: fraction bits; extra: size.
static enum core_next fixed(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint64_t old = get(cpu, in->rd, true);
    const bool is_signed = !(in->encoding & 1u << 16);
    const bool to_fixed = in->encoding & 1u << 18;
    uint32_t word = to_fixed
            ? float_to_fixed(&float_double, old, in->imm, in->extra, is_signed,
                      FLOAT_TO_ZERO, &cpu->fpscr)
            : (uint32_t)old;
    if (in->extra == 16) {
        word = is_signed ? (uint32_t)(int16_t)word : word & 0xFFFF;
    }
    const uint64_t extended =
            is_signed ? (uint64_t)(int64_t)(int32_t)word : word;
    put(cpu, in->rd, true,
            to_fixed ? extended
                     : float_from_fixed(&float_double, word, in->imm, is_signed,
                               FLOAT_TO_NEAREST, &cpu->fpscr));
    return CORE_NEXT;
}

// Between double and single: the encoding tells what rm is.
static enum core_next convert(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool from_wide = in->encoding & WIDE;
    put(cpu, in->rd, !from_wide,
            float_convert(format_of(!from_wide), format_of(from_wide),
                    get(cpu, in->rm, from_wide), &cpu->fpscr));
    return CORE_NEXT;
}

// VCVTB, VCVTT. extra: the upper half.
static enum core_next from_half(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t half = cpu->s[in->rm] >> (in->extra ? 16 : 0) & 0xFFFF;
    put(cpu, in->rd, true, float_from_half(&float_double, half, &cpu->fpscr));
    return CORE_NEXT;
}

static enum core_next to_half(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t half =
            float_to_half(&float_double, get(cpu, in->rm, true), &cpu->fpscr);
    const unsigned shift = in->extra ? 16 : 0;
    cpu->s[in->rd] = (cpu->s[in->rd] & ~(0xFFFFu << shift)) | half << shift;
    return CORE_NEXT;
}

/// Choice ///

// D:Vd and the like, where a double has the bit in the other place, which is 0.
static uint8_t reg(uint32_t w, unsigned high, unsigned low) {
    return (uint8_t)((w >> high & 15) << 1 | (w >> low & 1));
}

static void registers(struct core_insn *record, bool wide_d, bool wide_m) {
    const uint32_t w = record->encoding;
    record->rd = reg(w, 12, 22) & (wide_d ? 0xFE : 0xFF);
    record->rn = reg(w, 16, 7) & (w & WIDE ? 0xFE : 0xFF);
    record->rm = reg(w, 0, 5) & (wide_m ? 0xFE : 0xFF);
}

static core_fn *with(struct core_insn *record, core_fn *fn, unsigned extra) {
    record->extra = (uint8_t)extra;
    return fn;
}

// FPv5, 0xFExx.
static core_fn *fpv5(struct core_insn *record, uint32_t w) {
    const bool wide = w & WIDE;
    static const uint8_t modes[] = {
            FLOAT_TO_AWAY, FLOAT_TO_NEAREST, FLOAT_UP, FLOAT_DOWN};
    registers(record, wide, wide);
    if (!(w & 1u << 23)) {
        return with(record, vsel, w >> 20 & 3);
    }
    if (!(w & 1u << 20)) {
        return with(record, arithmetic, w & 0x40 ? VMINNM : VMAXNM);
    }
    if (!(w & 1u << 18)) { // VRINTA, VRINTN, VRINTP, VRINTM
        record->imm = false;
        return with(record, integral, modes[w >> 16 & 3]);
    }
    registers(record, false, wide);
    record->imm = w >> 7 & 1; // VCVTA, VCVTN, VCVTP, VCVTM
    return with(record, to_integer, modes[w >> 16 & 3]);
}

// VRINTR, VRINTZ, VRINTX; of singles FPv5, too.
static core_fn *vrint(struct core_insn *record, uint32_t w) {
    registers(record, w & WIDE, w & WIDE);
    record->imm = w >> 16 & 1; // VRINTX
    return with(record, integral,
            !record->imm && w & 0x80 ? FLOAT_TO_ZERO : FLOAT_AS_FPSCR);
}

static core_fn *two_operands(struct core_insn *record, uint32_t w) {
    const bool op = w & 0x80;
    const uint32_t imm5 = (w & 15) << 1 | (w >> 5 & 1);
    registers(record, true, true);
    switch (w >> 16 & 15) {
    case 0:
        return with(record, move, op ? VABS : VMOV);
    case 1:
        return with(record, move, op ? VSQRT : VNEG);
    case 2:
        registers(record, true, false);
        return with(record, from_half, op);
    case 3:
        registers(record, false, true);
        return with(record, to_half, op);
    case 4:
    case 5:
        return compare;
    case 6:
        return vrint(record, w);
    case 7:
        if (!op) {
            return vrint(record, w);
        }
        registers(record, false, true);
        return convert;
    case 8:
        registers(record, true, false);
        record->imm = op;
        return from_integer;
    case 12:
    case 13:
        registers(record, false, true);
        record->imm = w >> 16 & 1;
        return with(record, to_integer, op ? FLOAT_TO_ZERO : FLOAT_AS_FPSCR);
    default: // 10, 11, 14, 15
        record->extra = op ? 32 : 16;
        record->imm = record->extra - imm5;
        return fixed;
    }
}

// VFPExpandImm(), the upper word.
static uint32_t expand(uint32_t w) {
    const uint32_t imm8 = (w >> 12 & 0xF0) | (w & 15);
    return (imm8 & 0x80) << 24 | (imm8 & 0x40 ? 0x3FC00000u : 0x40000000u) |
            (imm8 & 0x3F) << 16;
}

static core_fn *doubles(struct core_insn *record, uint32_t w) {
    const bool op = w & 0x40;
    static const uint8_t operations[][2] = {
            [0x0] = {VMLA, VMLS},
            [0x1] = {VNMLS, VNMLA},
            [0x2] = {VMUL, VNMUL},
            [0x3] = {VADD, VSUB},
            [0x8] = {VDIV, VDIV},
            [0x9] = {VFNMS, VFNMA},
            [0xA] = {VFMA, VFMS},
    };
    const uint32_t opc = w >> 20 & 0xB;
    registers(record, true, true);
    if (opc != 0xB) {
        return with(record, arithmetic, operations[opc][op]);
    }
    if (op) {
        return two_operands(record, w);
    }
    record->imm = expand(w);
    return immediate;
}

core_fn *core_double_(struct core_insn *record,
        const struct sim_profile *profile) {
    const uint32_t w = record->encoding;
    // Of two operands with an opcode of 7 and bit 7, one is a double always.
    const uint32_t two = w & 0x0FBF00C0u;
    const bool wide = w & WIDE || two == 0x0EB700C0u;
    if (!profile->fpv5 || (wide && !profile->doubles)) {
        return NULL;
    }
    if (w & 1u << 28) {
        return fpv5(record, w);
    }
    if (two == 0x0EB700C0u && !(w & WIDE)) {
        registers(record, true, false);
        return convert;
    }
    if (w & WIDE) {
        return doubles(record, w);
    }
    return (w >> 17 & 7) == 3 && two >> 20 == 0xEB ? vrint(record, w) : NULL;
}
