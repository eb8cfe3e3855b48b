/*
 * core_decode - an instruction as host/thumb decodes it, to a record
 *
 * SPDX-License-Identifier: MIT
 *
 * host/thumb knows all M profiles and refuses what is unpredictable. Here only
 * what the core of the profile has is left.
 */
#include "sim/cpu/core_priv.h"

enum core_next core_undefined_(struct sim_cpu *cpu,
        const struct core_insn *in) {
    (void)in;
    return core_stop_(cpu, SIM_CPU_UNDEFINED, 0);
}

enum core_next core_nocp_(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)in;
    return core_stop_(cpu, SIM_CPU_NOCP, 0);
}

static uint8_t reg(uint8_t number) {
    return number == THUMB_NONE ? 0 : number;
}

// 0xECxx to 0xEFxx, 0xFCxx to 0xFFxx.
static bool is_coprocessor(uint32_t w) {
    return (w & 0xEC000000u) == 0xEC000000u;
}

// Armv8-M: SG, TT, LDA, STL and their exclusives, CSEL.
static bool is_armv8(const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    if (w == 0xE97FE97Fu || (w & 0xFFF0F000u) == 0xE840F000u) {
        return true;
    }
    return (w & 0xFFE00080u) == 0xE8C00080u || (w & 0xFE008000u) == 0xEA008000u;
}

// Armv6-M ARM (DDI 0419) A5.2, A5.3: what it shares with the others.
static bool is_in_armv6(const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    if (insn->size_bytes == 4) {
        return insn->op == THUMB_BL || insn->op == THUMB_UDF ||
                (w & 0xFFFFFFC0u) == 0xF3BF8F40u || // DSB, DMB, ISB
                (w & 0xFFF0FF00u) == 0xF3808800u || // MSR to all of APSR
                (w & 0xFFFFF000u) == 0xF3EF8000u;   // MRS
    }
    const bool cps_f = (w & 0xFFE1) == 0xB661;
    return insn->op != THUMB_CBZ && insn->op != THUMB_CBNZ &&
            insn->op != THUMB_IT && !cps_f;
}

// Computes with registers other than the PC, and cannot trap.
static bool is_plain(const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const bool divides = (w & 0xFFD000F0u) == 0xFB9000F0u;
    return !((insn->reads | insn->writes) >> CORE_PC & 1) && !divides;
}

static core_fn *choose(struct core_insn *record,
        const struct sim_profile *profile, const struct thumb_insn *insn,
        bool in_ram) {
    if (profile->arch == SIM_ARM_V6M && !is_in_armv6(insn)) {
        return NULL;
    }
    if (insn->size_bytes == 4) {
        if (is_coprocessor(insn->encoding)) {
            return core_fp_(record, insn);
        }
        if (is_armv8(insn)) {
            return NULL;
        }
    }
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_STORE:
    case THUMB_LOAD_MULTIPLE:
    case THUMB_STORE_MULTIPLE:
    case THUMB_PRELOAD:
    case THUMB_TABLE:
        return core_memory_(record, insn);
    case THUMB_B:
    case THUMB_CBZ:
    case THUMB_CBNZ:
        return record->quick = core_system_(record, profile, insn, in_ram);
    case THUMB_UNDEFINED:
    case THUMB_BL:
    case THUMB_BX:
    case THUMB_BLX:
    case THUMB_IT:
    case THUMB_SVC:
    case THUMB_BKPT:
    case THUMB_UDF:
        return core_system_(record, profile, insn, in_ram);
    default:
        break;
    }
    core_fn *fn = core_alu_(record, insn);
    if (!fn && insn->size_bytes == 4) {
        fn = core_dsp_(record, insn->encoding);
    }
    if (fn) {
        record->quick = is_plain(insn) ? fn : NULL;
        return fn;
    }
    return core_system_(record, profile, insn, in_ram);
}

void core_decode_(struct core_insn *record, const struct sim_profile *profile,
        const struct thumb_insn *insn, bool in_ram) {
    record->rd = reg(insn->rd);
    record->rn = reg(insn->rn);
    record->rm = reg(insn->rm);
    record->imm = insn->imm;
    record->shift = insn->shift;
    // ALU instructions of 16 bits set flags outside IT blocks only; those that
    // do nothing else, always.
    record->keeps_flags = insn->size_bytes == 2 && insn->rd != THUMB_NONE;
    core_fn *fn = choose(record, profile, insn, in_ram);
    // An Armv6-M has no EPSR.ICI: its multiples are not interrupted.
    record->continues &= sim_profile_is_main(profile);
    record->fn = fn ? fn : core_undefined_;
}
