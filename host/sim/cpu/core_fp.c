/*
 * core_fp - singles, and what moves doubles: Armv7-M ARM A6
 *
 * SPDX-License-Identifier: MIT
 *
 * Thirty-two single registers, which loads, stores and moves also take as
 * sixteen doubles, whose arithmetic is in core_double.c.
 */
#include "sim/cpu/core_priv.h"
#include "sim/cpu/float/float.h"

#define FPSCR_WRITABLE 0xF7C0009Fu
#define FPSCR_CONTEXT 0x07C00000u // AHP, DN, FZ, RMode: from FPDSCR
#define SIGN 0x80000000u

bool core_fp_access_(const struct sim_cpu *cpu) {
    return cpu->config.fpu == 3 ||
            (cpu->config.fpu == 1 && core_privileged_(cpu));
}

// ExecuteFPCheck(), Armv7-M ARM A2.5, Armv8-M ARM: access, the state of another
// context, a new one with the modes of FPDSCR.
bool core_fp_ready_(struct sim_cpu *cpu) {
    if (!core_fp_access_(cpu)) {
        core_stop_(cpu, SIM_CPU_NOCP, 0);
        return false;
    }
    if (cpu->config.fp_waits) {
        core_stop_(cpu, SIM_CPU_LAZY, 0);
        return false;
    }
    // Armv8-M: in Secure state a context that is not Secure is none.
    const uint32_t active = core_control_bits_(cpu->profile) &
            (CORE_CONTROL_FPCA | CORE_CONTROL_SFPA);
    if (cpu->config.fp_automatic && (cpu->control & active) != active) {
        cpu->control |= active;
        // There, flags of the old one are gone, too: they may be another's.
        const uint32_t kept = sim_profile_is_v8(cpu->profile)
                ? 0
                : cpu->fpscr & ~FPSCR_CONTEXT;
        cpu->fpscr = kept | (cpu->config.fpdscr & FPSCR_CONTEXT);
    }
    return true;
}

/// Arithmetic; rd, rn, rm are single registers ///

static uint32_t multiply_add(struct sim_cpu *cpu, const struct core_insn *in,
        bool negate_addend, bool negate_product) {
    const uint32_t product =
            float_mul_single(cpu->s[in->rn], cpu->s[in->rm], &cpu->fpscr);
    return float_add_single(cpu->s[in->rd] ^ (negate_addend ? SIGN : 0),
            product ^ (negate_product ? SIGN : 0), &cpu->fpscr);
}

static uint32_t fused(struct sim_cpu *cpu, const struct core_insn *in,
        bool negate_addend, bool negate_operand) {
    return float_fma_single(cpu->s[in->rd] ^ (negate_addend ? SIGN : 0),
            cpu->s[in->rn] ^ (negate_operand ? SIGN : 0), cpu->s[in->rm],
            &cpu->fpscr);
}

#define ARITHMETIC(name, expression) \
    static enum core_next name(struct sim_cpu *cpu, \
            const struct core_insn *in) { \
        if (!core_fp_ready_(cpu)) { \
            return CORE_STOP; \
        } \
        const uint32_t n = cpu->s[in->rn], m = cpu->s[in->rm]; \
        uint32_t *const fpscr = &cpu->fpscr; \
        cpu->s[in->rd] = (expression); \
        (void)n; \
        (void)m; \
        (void)fpscr; \
        return CORE_NEXT; \
    }

ARITHMETIC(vmla, multiply_add(cpu, in, false, false))
ARITHMETIC(vmls, multiply_add(cpu, in, false, true))
ARITHMETIC(vnmls, multiply_add(cpu, in, true, false))
ARITHMETIC(vnmla, multiply_add(cpu, in, true, true))
ARITHMETIC(vfma, fused(cpu, in, false, false))
ARITHMETIC(vfms, fused(cpu, in, false, true))
ARITHMETIC(vfnms, fused(cpu, in, true, false))
ARITHMETIC(vfnma, fused(cpu, in, true, true))
ARITHMETIC(vmul, float_mul_single(n, m, fpscr))
ARITHMETIC(vnmul, float_mul_single(n, m, fpscr) ^ SIGN)
ARITHMETIC(vadd, float_add_single(n, m, fpscr))
ARITHMETIC(vdiv, float_div_single(n, m, fpscr))
ARITHMETIC(vsqrt, float_sqrt_single(m, fpscr))
ARITHMETIC(vmov, m)
ARITHMETIC(vmov_immediate, in->imm)
ARITHMETIC(vabs, m & ~SIGN)
ARITHMETIC(vneg, m ^ SIGN)
ARITHMETIC(vcvtb_from,
        (uint32_t)float_from_half(&float_single, m & 0xFFFF, fpscr))
ARITHMETIC(vcvtt_from, (uint32_t)float_from_half(&float_single, m >> 16, fpscr))
ARITHMETIC(vcvtb_to,
        (cpu->s[in->rd] & 0xFFFF0000u) | float_to_half(&float_single, m, fpscr))
ARITHMETIC(vcvtt_to,
        (cpu->s[in->rd] & 0xFFFF) |
                float_to_half(&float_single, m, fpscr) << 16)
// extra: signed, and for _to also truncates; imm: fraction bits.
ARITHMETIC(vcvt_from,
        (uint32_t)float_from_fixed(&float_single, m, 0, in->extra & 1,
                float_rounding_of(*fpscr), fpscr))
ARITHMETIC(vcvt_to,
        float_to_fixed(&float_single, m, 0, 32, in->extra & 1,
                in->extra & 2 ? FLOAT_TO_ZERO : float_rounding_of(*fpscr),
                fpscr))

// A NaN minuend of VSUB keeps its sign: the subtrahend is not just negated.
static enum core_next vsub(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t n = cpu->s[in->rn], m = cpu->s[in->rm];
    const bool nan = (m & ~SIGN) > 0x7F800000u;
    cpu->s[in->rd] = float_add_single(n, nan ? m : m ^ SIGN, &cpu->fpscr);
    return CORE_NEXT;
}

static enum core_next compare(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const bool zero = in->encoding >> 16 & 1, quiet = !(in->encoding & 0x80);
    const uint32_t flags = float_compare(&float_single, cpu->s[in->rd],
            zero ? 0 : cpu->s[in->rm], quiet, &cpu->fpscr);
    cpu->fpscr = (cpu->fpscr & 0x0FFFFFFFu) | flags;
    return CORE_NEXT;
}

// Between fixed point and single, in rd. imm: fraction bits; extra: size.
static enum core_next vcvt_fixed(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t w = in->encoding, old = cpu->s[in->rd];
    const bool is_signed = !(w & 1u << 16), short_word = in->extra == 16;
    if (w & 1u << 18) {
        uint32_t fixed = float_to_fixed(&float_single, old, in->imm, in->extra,
                is_signed, FLOAT_TO_ZERO, &cpu->fpscr);
        if (short_word) {
            fixed = is_signed ? (uint32_t)(int16_t)fixed : fixed & 0xFFFF;
        }
        cpu->s[in->rd] = fixed;
        return CORE_NEXT;
    }
    uint32_t fixed = old;
    if (short_word) {
        fixed = is_signed ? (uint32_t)(int16_t)old : old & 0xFFFF;
    }
    cpu->s[in->rd] = (uint32_t)float_from_fixed(&float_single, fixed, in->imm,
            is_signed, FLOAT_TO_NEAREST, &cpu->fpscr);
    return CORE_NEXT;
}

/// Moves between core and FP; rd and extra are core registers ///

static enum core_next vmov_to_core(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    cpu->r[in->rd] = cpu->s[in->rn];
    return CORE_NEXT;
}

static enum core_next vmov_from_core(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    cpu->s[in->rn] = cpu->r[in->rd];
    return CORE_NEXT;
}

static enum core_next vmov_two_to_core(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    cpu->r[in->rd] = cpu->s[in->rm];
    cpu->r[in->extra] = cpu->s[in->rm + 1];
    return CORE_NEXT;
}

static enum core_next vmov_two_from_core(struct sim_cpu *cpu,
        const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    cpu->s[in->rm] = cpu->r[in->rd];
    cpu->s[in->rm + 1] = cpu->r[in->extra];
    return CORE_NEXT;
}

static enum core_next vmrs(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t fpscr = cpu->fpscr;
    if (in->rd != CORE_PC) {
        cpu->r[in->rd] = fpscr;
        return CORE_NEXT;
    }
    cpu->n = fpscr;
    cpu->z = ~fpscr & 1u << 30;
    cpu->c = fpscr >> 29 & 1;
    cpu->v = fpscr << 3;
    return CORE_NEXT;
}

static enum core_next vmsr(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    cpu->fpscr = cpu->r[in->rd] & FPSCR_WRITABLE;
    return CORE_NEXT;
}

/// Loads and stores; rd is the first register, extra how many words ///

static enum core_next vldm(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t w = in->encoding;
    const uint32_t base = cpu->r[in->rn];
    const bool single = (w >> 24 & 1) && !(w >> 21 & 1), down = !(w & 1u << 23);
    const uint32_t from = in->rn == CORE_PC ? base & ~3u : base;
    const uint32_t addr = single ? from + in->imm
            : down               ? base - in->imm
                                 : base;
    uint32_t loaded[32];
    if (addr & 3) {
        return core_stop_(cpu, SIM_CPU_UNALIGNED, addr);
    }
    if (!single && (w >> 21 & 1) && !core_base_allowed_(cpu, in->rn, addr)) {
        return CORE_STOP;
    }
    for (uint32_t i = 0; i < in->extra; i++) {
        if (!core_read_(cpu, addr + 4 * i, 4, &loaded[i])) {
            return CORE_STOP;
        }
    }
    memcpy(&cpu->s[in->rd], loaded, 4u * in->extra);
    if (!single && (w >> 21 & 1)) {
        core_set_(cpu, in->rn, down ? base - in->imm : base + in->imm);
    }
    return CORE_NEXT;
}

static enum core_next vstm(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_fp_ready_(cpu)) {
        return CORE_STOP;
    }
    const uint32_t w = in->encoding;
    const uint32_t base = cpu->r[in->rn];
    const bool single = (w >> 24 & 1) && !(w >> 21 & 1), down = !(w & 1u << 23);
    const uint32_t addr = single ? base + in->imm
            : down               ? base - in->imm
                                 : base;
    if (addr & 3) {
        return core_stop_(cpu, SIM_CPU_UNALIGNED, addr);
    }
    if (!single && (w >> 21 & 1) && !core_base_allowed_(cpu, in->rn, addr)) {
        return CORE_STOP;
    }
    for (uint32_t i = 0; i < in->extra; i++) {
        if (!core_write_(cpu, addr + 4 * i, cpu->s[in->rd + i], 4)) {
            return CORE_STOP;
        }
    }
    if (!single && (w >> 21 & 1)) {
        core_set_(cpu, in->rn, down ? base - in->imm : base + in->imm);
    }
    return CORE_NEXT;
}

/// Choice ///

static uint8_t single_register(uint32_t w, unsigned high, unsigned low) {
    return (uint8_t)((w >> high & 15) << 1 | (w >> low & 1));
}

static void single_registers(struct core_insn *record) {
    const uint32_t w = record->encoding;
    record->rd = single_register(w, 12, 22);
    record->rn = single_register(w, 16, 7);
    record->rm = single_register(w, 0, 5);
}

// VFPExpandImm().
static uint32_t immediate(uint32_t w) {
    const uint32_t imm8 = (w >> 12 & 0xF0) | (w & 15);
    return (imm8 & 0x80) << 24 | (imm8 & 0x40 ? 0x3E000000u : 0x40000000u) |
            (imm8 & 0x3F) << 19;
}

static core_fn *fixed(struct core_insn *record, uint32_t w) {
    const uint32_t imm5 = (w & 15) << 1 | (w >> 5 & 1);
    record->extra = w & 0x80 ? 32 : 16;
    record->imm = record->extra - imm5;
    return vcvt_fixed;
}

// A6.4, the operations with two registers.
static core_fn *two_operands(struct core_insn *record,
        const struct sim_profile *profile, uint32_t w) {
    const bool op = w & 0x80;
    switch (w >> 16 & 15) {
    case 0:
        return op ? vabs : vmov;
    case 1:
        return op ? vsqrt : vneg;
    case 2:
        return op ? vcvtt_from : vcvtb_from;
    case 3:
        return op ? vcvtt_to : vcvtb_to;
    case 4:
    case 5:
        return compare;
    case 8:
        record->extra = op;
        return vcvt_from;
    case 12:
    case 13:
        record->extra = (uint8_t)((w >> 16 & 1) | (op ? 2 : 0));
        return vcvt_to;
    case 10:
    case 11:
    case 14:
    case 15:
        return fixed(record, w);
    default:
        return core_double_(record, profile);
    }
}

static core_fn *arithmetic(struct core_insn *record,
        const struct sim_profile *profile, uint32_t w) {
    const bool op = w & 0x40;
    if (w & 0x100 || w & 1u << 28) {
        return core_double_(record, profile);
    }
    single_registers(record);
    switch (w >> 20 & 0xB) {
    case 0x0:
        return op ? vmls : vmla;
    case 0x1:
        return op ? vnmla : vnmls;
    case 0x2:
        return op ? vnmul : vmul;
    case 0x3:
        return op ? vsub : vadd;
    case 0x8:
        return vdiv;
    case 0x9:
        return op ? vfnma : vfnms;
    case 0xA:
        return op ? vfms : vfma;
    default:
        if (op) {
            return two_operands(record, profile, w);
        }
        record->imm = immediate(w);
        return vmov_immediate;
    }
}

// One core register: VMOV of a single or of half a double, VMRS, VMSR.
static core_fn *one_register(struct core_insn *record, uint32_t w) {
    const bool to_core = w & 1u << 20;
    record->rd = w >> 12 & 15;
    record->rn = single_register(w, 16, 7);
    if ((w >> 21 & 7) == 7) {
        return to_core ? vmrs : vmsr;
    }
    if (w & 0x100) {
        record->rn = (uint8_t)((w >> 16 & 15) << 1 | (w >> 21 & 1));
    }
    return to_core ? vmov_to_core : vmov_from_core;
}

static core_fn *two_registers(struct core_insn *record, uint32_t w) {
    record->rd = w >> 12 & 15;
    record->extra = w >> 16 & 15;
    record->rm =
            w & 0x100 ? (uint8_t)((w & 15) << 1) : single_register(w, 0, 5);
    return w & 1u << 20 ? vmov_two_to_core : vmov_two_from_core;
}

static core_fn *load_store(struct core_insn *record,
        const struct sim_profile *profile, uint32_t w) {
    const bool single = (w >> 24 & 1) && !(w >> 21 & 1), wide = w & 0x100;
    const uint32_t words = w & 0xFF;
    if (!(w & 0x01800000u)) { // P and U are 0: VLSTM, VLLDM
        return sim_profile_is_v8(profile) ? core_security_ : NULL;
    }
    record->rn = w >> 16 & 15;
    record->rd =
            wide ? (uint8_t)((w >> 12 & 15) << 1) : single_register(w, 12, 22);
    record->extra = (uint8_t)(single ? (wide ? 2u : 1u)
                    : wide           ? words & ~1u
                                     : words);
    record->imm = 4 * words;
    if (single && !(w & 1u << 23)) {
        record->imm = 0 - record->imm;
    }
    return w & 1u << 20 ? vldm : vstm;
}

// An undefined one of a coprocessor that is off is NOCP.
enum core_next core_fp_undefined_(struct sim_cpu *cpu,
        const struct core_insn *in) {
    return !core_fp_access_(cpu) ? core_nocp_(cpu, in)
                                 : core_undefined_(cpu, in);
}

core_fn *core_fp_(struct core_insn *record, const struct sim_profile *profile,
        const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding, number = w >> 8 & 15;
    core_fn *fn = NULL;
    if ((w >> 24 & 3) == 3) { // vectors, which no M profile before v8.1 has
        return core_undefined_;
    }
    if (number != 10 && number != 11) {
        return core_nocp_;
    }
    if (insn->op == THUMB_UNDEFINED) {
        return core_fp_undefined_;
    }
    if (w & 1u << 25) {
        fn = w & 0x10 ? one_register(record, w)
                      : arithmetic(record, profile, w);
    } else if ((w >> 21 & 15) == 2) {
        fn = two_registers(record, w);
    } else {
        fn = load_store(record, profile, w);
    }
    return fn ? fn : core_fp_undefined_;
}
