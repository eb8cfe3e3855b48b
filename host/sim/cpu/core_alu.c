/*
 * core_alu - data processing: Armv7-M ARM A5.2.1 to A5.2.3, A5.3.1, A5.3.3,
 * A5.3.11, A5.3.12
 *
 * SPDX-License-Identifier: MIT
 *
 * One function per operation, form of the second operand, and whether it sets
 * the flags, all made by the compiler out of one; SP and PC as destination
 * have slower functions of their own.
 */
#include "sim/cpu/core_priv.h"

enum kind {
    KIND_AND,
    KIND_BIC,
    KIND_ORR,
    KIND_ORN,
    KIND_EOR,
    KIND_MOV,
    KIND_MVN,
    KIND_ADD,
    KIND_ADC,
    KIND_SBC,
    KIND_SUB,
    KIND_RSB,
    KIND_TST,
    KIND_TEQ,
    KIND_CMN,
    KIND_CMP,
    KINDS,
};

enum form {
    FORM_IMMEDIATE,
    FORM_REGISTER,
    FORM_LSL, // by 1..31
    FORM_LSR, // by 1..32
    FORM_ANY,
    FORMS,
};

/// Shifts ///

// Armv7-M ARM A2.2.1, Shift_C(); amount is not 0.
static uint32_t shift_any(unsigned shift, uint32_t value, unsigned amount,
        uint32_t *carry) {
    switch (shift) {
    case THUMB_SHIFT_LSL:
        *carry = amount <= 32 ? value >> (32 - amount) & 1 : 0;
        return amount < 32 ? value << amount : 0;
    case THUMB_SHIFT_LSR:
        *carry = amount <= 32 ? value >> (amount - 1) & 1 : 0;
        return amount < 32 ? value >> amount : 0;
    case THUMB_SHIFT_ASR: {
        const int64_t wide = (int32_t)value;
        const unsigned by = amount < 32 ? amount : 32;
        *carry = (uint32_t)((wide * 2) >> by) & 1;
        return (uint32_t)(wide >> by);
    }
    case THUMB_SHIFT_ROR: {
        const unsigned by = amount & 31;
        const uint32_t result = by ? value >> by | value << (32 - by) : value;
        *carry = result >> 31;
        return result;
    }
    default: { // RRX
        const uint32_t result = *carry << 31 | value >> 1;
        *carry = value & 1;
        return result;
    }
    }
}

static inline uint32_t operand2(const struct sim_cpu *cpu,
        const struct core_insn *in, enum form form, uint32_t *carry) {
    const uint32_t value = cpu->r[in->rm];
    const unsigned amount = in->extra;
    switch (form) {
    case FORM_IMMEDIATE:
        // extra: the immediate was rotated, and its top bit is the carry.
        *carry = in->extra ? in->imm >> 31 : *carry;
        return in->imm;
    case FORM_REGISTER:
        return value;
    case FORM_LSL:
        *carry = value >> (32 - amount) & 1;
        return value << amount;
    case FORM_LSR:
        *carry = value >> (amount - 1) & 1;
        return amount < 32 ? value >> amount : 0;
    default:
        return shift_any(in->shift, value, amount, carry);
    }
}

/// The operations ///

static inline uint32_t logical(enum kind kind, uint32_t a, uint32_t b) {
    switch (kind) {
    case KIND_AND:
    case KIND_TST:
        return a & b;
    case KIND_BIC:
        return a & ~b;
    case KIND_ORR:
        return a | b;
    case KIND_ORN:
        return a | ~b;
    case KIND_EOR:
    case KIND_TEQ:
        return a ^ b;
    case KIND_MVN:
        return ~b;
    default:
        return b;
    }
}

static inline uint32_t sum(struct sim_cpu *cpu, enum kind kind, uint32_t a,
        uint32_t b, bool flags) {
    uint32_t carry = 0;
    switch (kind) {
    case KIND_ADC:
        carry = cpu->c;
        break;
    case KIND_SBC:
        b = ~b;
        carry = cpu->c;
        break;
    case KIND_SUB:
    case KIND_CMP:
        b = ~b;
        carry = 1;
        break;
    case KIND_RSB: {
        const uint32_t subtrahend = a;
        a = b;
        b = ~subtrahend;
        carry = 1;
        break;
    }
    default:
        break;
    }
    return flags ? core_add_flags_(cpu, a, b, carry) : a + b + carry;
}

static inline __attribute__((always_inline)) uint32_t result_of(struct sim_cpu
                                                                        *cpu,
        const struct core_insn *in, enum kind kind, enum form form,
        bool flags) {
    const bool is_sum =
            (kind >= KIND_ADD && kind <= KIND_RSB) || kind >= KIND_CMN;
    uint32_t carry = cpu->c;
    const uint32_t b = operand2(cpu, in, form, &carry);
    if (is_sum) {
        return sum(cpu, kind, cpu->r[in->rn], b, flags);
    }
    const uint32_t result = logical(kind, cpu->r[in->rn], b);
    if (flags) {
        core_nz_(cpu, result);
        cpu->c = carry;
    }
    return result;
}

#define NAME(kind, form, flags) do_##kind##_##form##_##flags

#define MAKE(kind, form, flags) \
    static enum core_next NAME(kind, form, flags)(struct sim_cpu * cpu, \
            const struct core_insn *in) { \
        const uint32_t result = \
                result_of(cpu, in, KIND_##kind, FORM_##form, flags); \
        if (KIND_##kind < KIND_TST) { \
            cpu->r[in->rd] = result; \
        } \
        return CORE_NEXT; \
    }

#define MAKE_FORMS(kind, flags) \
    MAKE(kind, IMMEDIATE, flags) \
    MAKE(kind, REGISTER, flags) \
    MAKE(kind, LSL, flags) \
    MAKE(kind, LSR, flags) \
    MAKE(kind, ANY, flags)

#define MAKE_BOTH(kind) \
    MAKE_FORMS(kind, 0) \
    MAKE_FORMS(kind, 1)

MAKE_BOTH(AND)
MAKE_BOTH(BIC)
MAKE_BOTH(ORR)
MAKE_BOTH(ORN)
MAKE_BOTH(EOR)
MAKE_BOTH(MOV)
MAKE_BOTH(MVN)
MAKE_BOTH(ADD)
MAKE_BOTH(ADC)
MAKE_BOTH(SBC)
MAKE_BOTH(SUB)
MAKE_BOTH(RSB)
MAKE_FORMS(TST, 1)
MAKE_FORMS(TEQ, 1)
MAKE_FORMS(CMN, 1)
MAKE_FORMS(CMP, 1)

#define ROW(kind, flags) \
    { \
        NAME(kind, IMMEDIATE, flags), NAME(kind, REGISTER, flags), \
                NAME(kind, LSL, flags), NAME(kind, LSR, flags), \
                NAME(kind, ANY, flags) \
    }
#define ROWS(kind) [KIND_##kind] = {ROW(kind, 0), ROW(kind, 1)}
#define FLAGS_ROW(kind) [KIND_##kind] = {ROW(kind, 1), ROW(kind, 1)}

static core_fn *const functions[KINDS][2][FORMS] = {ROWS(AND), ROWS(BIC),
        ROWS(ORR), ROWS(ORN), ROWS(EOR), ROWS(MOV), ROWS(MVN), ROWS(ADD),
        ROWS(ADC), ROWS(SBC), ROWS(SUB), ROWS(RSB), FLAGS_ROW(TST),
        FLAGS_ROW(TEQ), FLAGS_ROW(CMN), FLAGS_ROW(CMP)};

/// SP and PC as destination ///

// MOV, ADD, SUB; extra is the amount of any shift, imm an immediate.
static uint32_t special_result(struct sim_cpu *cpu,
        const struct core_insn *in) {
    uint32_t carry = cpu->c, value = in->imm;
    if (in->shift & 0x80) { // no immediate
        value = cpu->r[in->rm];
        if (in->extra) {
            value = shift_any(in->shift & 0x7F, value, in->extra, &carry);
        }
    }
    switch (in->encoding & 0xF) {
    case KIND_ADD:
        return cpu->r[in->rn] + value;
    case KIND_SUB:
        return cpu->r[in->rn] - value;
    default:
        return value;
    }
}

static enum core_next to_sp(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t sp = special_result(cpu, in);
    if (!core_sp_allowed_(cpu, sp)) {
        return CORE_STOP;
    }
    core_set_(cpu, CORE_SP, sp);
    return CORE_NEXT;
}

static enum core_next to_sp_flags(struct sim_cpu *cpu,
        const struct core_insn *in) {
    uint32_t carry = cpu->c, value = in->imm;
    if (in->shift & 0x80) {
        value = cpu->r[in->rm];
        if (in->extra) {
            value = shift_any(in->shift & 0x7F, value, in->extra, &carry);
        }
    }
    if (!core_sp_allowed_(cpu, special_result(cpu, in))) {
        return CORE_STOP;
    }
    core_set_(cpu, CORE_SP,
            sum(cpu, (enum kind)(in->encoding & 0xF), cpu->r[in->rn], value,
                    true));
    return CORE_NEXT;
}

static enum core_next to_pc(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->target = special_result(cpu, in) & ~1u;
    return CORE_JUMP;
}

static core_fn *special(struct core_insn *record, enum kind kind, bool flags) {
    if (kind != KIND_MOV && kind != KIND_ADD && kind != KIND_SUB) {
        return NULL;
    }
    record->encoding = (record->encoding & ~0xFu) | (uint32_t)kind;
    if (record->rd == CORE_PC) {
        return flags ? NULL : to_pc;
    }
    return flags ? to_sp_flags : to_sp;
}

/// Shifts by register, MOVT, extensions ///

// extra: sets flags; shift: which.
static enum core_next shift_by_register(struct sim_cpu *cpu,
        const struct core_insn *in) {
    const unsigned amount = cpu->r[in->rm] & 0xFF;
    uint32_t carry = cpu->c, result = cpu->r[in->rn];
    if (amount) {
        result = shift_any(in->shift, result, amount, &carry);
    }
    cpu->r[in->rd] = result;
    if (in->extra) {
        core_nz_(cpu, result);
        cpu->c = carry;
    }
    return CORE_NEXT;
}

static enum core_next movt(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = (cpu->r[in->rd] & 0xFFFF) | in->imm << 16;
    return CORE_NEXT;
}

static enum core_next mul(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t result = cpu->r[in->rn] * cpu->r[in->rm];
    cpu->r[in->rd] = result;
    if (in->extra) {
        core_nz_(cpu, result);
    }
    return CORE_NEXT;
}

static enum core_next uxth(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = cpu->r[in->rm] & 0xFFFF;
    return CORE_NEXT;
}

static enum core_next uxtb(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = cpu->r[in->rm] & 0xFF;
    return CORE_NEXT;
}

static enum core_next sxth(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = (uint32_t)(int16_t)cpu->r[in->rm];
    return CORE_NEXT;
}

static enum core_next sxtb(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = (uint32_t)(int8_t)cpu->r[in->rm];
    return CORE_NEXT;
}

static enum core_next rev(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = __builtin_bswap32(cpu->r[in->rm]);
    return CORE_NEXT;
}

static enum core_next rev16(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t value = cpu->r[in->rm];
    cpu->r[in->rd] = (value & 0x00FF00FF) << 8 | (value >> 8 & 0x00FF00FF);
    return CORE_NEXT;
}

static enum core_next revsh(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t value = cpu->r[in->rm];
    cpu->r[in->rd] =
            (uint32_t)(int16_t)((value & 0xFF) << 8 | (value >> 8 & 0xFF));
    return CORE_NEXT;
}

/// Choice ///

static int kind_of(const struct thumb_insn *insn) {
    const bool none = insn->rd == THUMB_NONE;
    switch (insn->op) {
    case THUMB_MOV:
        return KIND_MOV;
    case THUMB_MVN:
        return KIND_MVN;
    case THUMB_ADD:
        return none ? KIND_CMN : KIND_ADD;
    case THUMB_SUB:
        return none ? KIND_CMP : KIND_SUB;
    case THUMB_RSB:
        return KIND_RSB;
    case THUMB_AND:
        return none ? KIND_TST : KIND_AND;
    case THUMB_ORR:
        return KIND_ORR;
    case THUMB_EOR:
        return none ? KIND_TEQ : KIND_EOR;
    case THUMB_BIC:
        return KIND_BIC;
    case THUMB_ORN:
        return KIND_ORN;
    default:
        return -1;
    }
}

// ADC and SBC, which host/thumb does not describe.
static int carried_kind(const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    if (insn->op != THUMB_OTHER) {
        return -1;
    }
    if (insn->size_bytes == 2) {
        return (w & 0xFFC0) == 0x4140    ? KIND_ADC
                : (w & 0xFFC0) == 0x4180 ? KIND_SBC
                                         : -1;
    }
    const bool shifted = (w & 0xFE000000u) == 0xEA000000u;
    const bool immediate = (w & 0xFA008000u) == 0xF0000000u;
    const uint32_t op = w >> 21 & 15;
    if (!shifted && !immediate) {
        return -1;
    }
    return op == 10 ? KIND_ADC : op == 11 ? KIND_SBC : -1;
}

static core_fn *data(struct core_insn *record, const struct thumb_insn *insn,
        enum kind kind) {
    const uint32_t w = insn->encoding;
    const bool wide = insn->size_bytes == 4;
    enum form form = FORM_REGISTER;
    record->extra = 0;
    if (insn->immediate) {
        form = FORM_IMMEDIATE;
        // ThumbExpandImm_C(): a rotated byte gives the carry.
        record->extra = wide && (w & 0xFA000000u) == 0xF0000000u &&
                (w >> 26 & 1 || w >> 14 & 1);
    } else if (insn->amount) {
        record->extra = insn->amount;
        form = insn->shift == THUMB_SHIFT_LSL    ? FORM_LSL
                : insn->shift == THUMB_SHIFT_LSR ? FORM_LSR
                                                 : FORM_ANY;
    }
    if (kind == KIND_ADD || kind == KIND_SUB) {
        if (insn->immediate && insn->rn == CORE_PC) { // ADR
            kind = KIND_MOV;
            record->imm = insn->target;
        }
    }
    if (insn->rd == CORE_SP || insn->rd == CORE_PC) {
        record->shift |= insn->immediate ? 0 : 0x80;
        return special(record, kind, insn->sets_flags);
    }
    return functions[kind][insn->sets_flags][form];
}

static core_fn *other16(uint32_t h) {
    switch (h & 0xFFC0) {
    case 0xB200:
        return sxth;
    case 0xB240:
        return sxtb;
    case 0xBA00:
        return rev;
    case 0xBA40:
        return rev16;
    case 0xBAC0:
        return revsh;
    default:
        return NULL;
    }
}

core_fn *core_alu_(struct core_insn *record, const struct thumb_insn *insn) {
    const int carried = carried_kind(insn);
    const int kind = carried >= 0 ? carried : kind_of(insn);
    record->extra = insn->sets_flags;
    if (kind >= 0) {
        return data(record, insn, (enum kind)kind);
    }
    switch (insn->op) {
    case THUMB_LSL:
        record->shift = THUMB_SHIFT_LSL;
        return shift_by_register;
    case THUMB_LSR:
        record->shift = THUMB_SHIFT_LSR;
        return shift_by_register;
    case THUMB_ASR:
        record->shift = THUMB_SHIFT_ASR;
        return shift_by_register;
    case THUMB_ROR:
        record->shift = THUMB_SHIFT_ROR;
        return shift_by_register;
    case THUMB_MUL:
        return mul;
    case THUMB_MOVT:
        return movt;
    case THUMB_UXTH:
        return uxth;
    case THUMB_UXTB:
        return uxtb;
    default:
        return insn->size_bytes == 2 ? other16(insn->encoding) : NULL;
    }
}
