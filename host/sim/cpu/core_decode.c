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

enum core_next core_security_(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)in;
    return core_stop_(cpu, SIM_CPU_SECURITY, 0);
}

// SG where all code is Secure.
static enum core_next nothing(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)cpu;
    (void)in;
    return CORE_NEXT;
}

// Armv8-M: SG, TT, LDA, STL and their exclusives; CSEL of Armv8.1-M is not of
// these. false: *fn is not changed.
static bool armv8(struct core_insn *record, const struct sim_profile *profile,
        const struct thumb_insn *insn, core_fn **fn) {
    const uint32_t w = insn->encoding;
    const bool gate = w == 0xE97FE97Fu, test = (w & 0xFFF0F000u) == 0xE840F000u;
    const bool ordered = (w & 0xFFE00080u) == 0xE8C00080u;
    const bool later = (w & 0xFE008000u) == 0xEA008000u;
    if (!gate && !test && !ordered && !later) {
        return false;
    }
    *fn = NULL;
    if (!sim_profile_is_v8(profile) || insn->op == THUMB_UNDEFINED || later) {
        return true;
    }
    *fn = gate     ? nothing
            : test ? core_test_target_
                   : core_memory_(record, insn);
    return true;
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
            return core_fp_(record, profile, insn);
        }
        core_fn *fn;
        if (armv8(record, profile, insn, &fn)) {
            return fn;
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
    // A quick function cannot stop where the limit of SP forbids it.
    if (sim_profile_is_v8(profile) && insn->writes >> CORE_SP & 1) {
        record->quick = NULL;
    }
    // An Armv6-M has no EPSR.ICI: its multiples are not interrupted.
    record->continues &= sim_profile_is_main(profile);
    record->fn = fn ? fn : core_undefined_;
}
