/*
 * core_system - branches, IT, hints, special registers, exceptions:
 * Armv7-M ARM A5.2.5, A5.2.6, A5.3.4, B5.2
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/cpu/core_priv.h"

#define RETURN_BITS 0xF0000000u // of EXC_RETURN, in handler mode
// A thread that jumps there does not return: but that is the core's to say.
#define RETURN_THREAD 0xFF000000u
#define FUNCTION_RETURN 0xFEFFFFFEu // FNC_RETURN, Armv8-M: to the Secure state

/// Branches ///

enum core_next core_exchange_(struct sim_cpu *cpu, uint32_t target) {
    if (target >= (cpu->ipsr && !sim_profile_is_v8(cpu->profile)
                                  ? RETURN_BITS
                                  : RETURN_THREAD)) {
        return core_stop_(cpu, SIM_CPU_RETURN, target);
    }
    if (sim_profile_is_v8(cpu->profile) && (target & ~1u) == FUNCTION_RETURN) {
        return core_stop_(cpu, SIM_CPU_SECURITY, target);
    }
    cpu->target = target & ~1u;
    if (target & 1) {
        return CORE_JUMP;
    }
    cpu->thumb = false;
    return core_stop_(cpu, SIM_CPU_STATE, 0);
}

static enum core_next b(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->target = in->imm;
    return CORE_JUMP;
}

static enum core_next b_if(struct sim_cpu *cpu, const struct core_insn *in) {
    if (!core_condition_(cpu, in->extra)) {
        return CORE_NEXT;
    }
    cpu->target = in->imm;
    return CORE_JUMP;
}

static enum core_next b_eq(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->target = in->imm;
    return cpu->z == 0 ? CORE_JUMP : CORE_NEXT;
}

static enum core_next b_ne(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->target = in->imm;
    return cpu->z != 0 ? CORE_JUMP : CORE_NEXT;
}

static enum core_next bl(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[CORE_LR] = cpu->clock.next_pc | 1;
    cpu->target = in->imm;
    return CORE_JUMP;
}

static enum core_next bx(struct sim_cpu *cpu, const struct core_insn *in) {
    return core_exchange_(cpu, cpu->r[in->rm]);
}

static enum core_next blx(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t target = cpu->r[in->rm];
    cpu->r[CORE_LR] = cpu->clock.next_pc | 1;
    cpu->target = target & ~1u;
    if (target & 1) {
        return CORE_JUMP;
    }
    cpu->thumb = false;
    return core_stop_(cpu, SIM_CPU_STATE, 0);
}

// BXNS and BLXNS: with bit 0, a branch like any other.
static enum core_next bxns(struct sim_cpu *cpu, const struct core_insn *in) {
    return cpu->r[in->rm] & 1 ? bx(cpu, in) : core_security_(cpu, in);
}

static enum core_next blxns(struct sim_cpu *cpu, const struct core_insn *in) {
    return cpu->r[in->rm] & 1 ? blx(cpu, in) : core_security_(cpu, in);
}

static core_fn *leaves_secure(const struct sim_profile *profile, core_fn *fn) {
    return sim_profile_is_v8(profile) ? fn : NULL;
}

static enum core_next cbz(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->target = in->imm;
    return cpu->r[in->rn] == 0 ? CORE_JUMP : CORE_NEXT;
}

static enum core_next cbnz(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->target = in->imm;
    return cpu->r[in->rn] != 0 ? CORE_JUMP : CORE_NEXT;
}

static core_fn *conditional(struct core_insn *record, unsigned cond) {
    record->extra = (uint8_t)cond;
    switch (cond) {
    case 0:
        return b_eq;
    case 1:
        return b_ne;
    case THUMB_AL:
        return b;
    default:
        return b_if;
    }
}

static enum core_next it(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->it = (uint8_t)in->encoding;
    return CORE_NEXT;
}

/// Exceptions and hints ///

static enum core_next svc(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)in;
    return core_stop_(cpu, SIM_CPU_SVC, 0);
}

static enum core_next bkpt(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)in;
    return core_stop_(cpu, SIM_CPU_BKPT, 0);
}

// UDF that the next halfword repeats, in RAM: it was never written.
static enum core_next fill(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t addr = cpu->clock.next_pc;
    const struct core_page *page = core_page_(cpu, addr);
    uint16_t follows = 0;
    if (page && page->ram) {
        memcpy(&follows, page->host + (addr & (CORE_PAGE_BYTES - 1)), 2);
    }
    return follows == in->encoding
            ? core_stop_(cpu, SIM_CPU_FILL, cpu->clock.pc)
            : core_undefined_(cpu, in);
}

static enum core_next nothing(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)cpu;
    (void)in;
    return CORE_NEXT;
}

static enum core_next hint(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->exit.op = in->size == 2 ? in->encoding << 16 : in->encoding;
    return core_stop_(cpu, SIM_CPU_HINT, 0);
}

static core_fn *hint_of(unsigned number) {
    return number >= 2 && number <= 4 ? hint : nothing; // WFE, WFI, SEV
}

static enum core_next clrex(struct sim_cpu *cpu, const struct core_insn *in) {
    (void)in;
    cpu->exclusive = false;
    return CORE_NEXT;
}

/// Special registers ///

// A mask register was written; interrupts that wait may be taken behind it.
static void mask_written(struct sim_cpu *cpu, bool raised) {
    if (raised) {
        cpu->clock.mask_pc = cpu->clock.pc;
    }
    if (cpu->irq_waiting) {
        cpu->clock.deadline = 0;
    }
}

// FAULTMASK cannot be set at the priority of NMI and HardFault.
static void set_faultmask(struct sim_cpu *cpu, uint32_t value) {
    if (!value) {
        cpu->faultmask = 0;
    } else if (cpu->ipsr != 2 && cpu->ipsr != 3) {
        cpu->faultmask = 1;
    }
    core_rights_changed_(cpu);
}

// The next instruction may have other rights.
static enum core_next again(struct sim_cpu *cpu) {
    cpu->target = cpu->clock.next_pc;
    return CORE_JUMP;
}

static enum core_next cps(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t value = in->encoding >> 4 & 1;
    if (core_privileged_(cpu)) {
        if (in->encoding & 2) {
            cpu->primask = value;
        }
        if (in->encoding & 1) {
            set_faultmask(cpu, value);
        }
    }
    mask_written(cpu, value);
    return again(cpu);
}

static bool psp_is_current(const struct sim_cpu *cpu) {
    return cpu->ipsr == 0 && (cpu->control & CORE_CONTROL_SPSEL);
}

static uint32_t *stack_pointer(struct sim_cpu *cpu, bool psp) {
    return psp == psp_is_current(cpu) ? &cpu->r[CORE_SP] : &cpu->other_sp;
}

static uint32_t special(struct sim_cpu *cpu, uint32_t sysm) {
    if (sysm < 8) { // EPSR reads as 0
        return (sysm & 4 ? 0 : core_xpsr_(cpu) & 0xF80F0000u) |
                (sysm & 1 ? cpu->ipsr : 0);
    }
    if (sysm == 0x14) {
        return cpu->control;
    }
    if (!core_privileged_(cpu)) {
        return 0;
    }
    switch (sysm) {
    case 0x08:
    case 0x09:
        return *stack_pointer(cpu, sysm & 1);
    case 0x0A:
    case 0x0B:
        return cpu->limit_of[sysm & 1];
    case 0x10:
        return cpu->primask;
    case 0x13:
        return cpu->faultmask;
    default:
        return cpu->basepri;
    }
}

static enum core_next mrs(struct sim_cpu *cpu, const struct core_insn *in) {
    cpu->r[in->rd] = special(cpu, in->encoding & 0xFF);
    return CORE_NEXT;
}

static void set_apsr(struct sim_cpu *cpu, uint32_t value, uint32_t mask) {
    if (mask & 2) {
        cpu->n = value;
        cpu->z = ~value & 1u << 30;
        cpu->c = value >> 29 & 1;
        cpu->v = value << 3;
        cpu->q = value >> 27 & sim_profile_is_main(cpu->profile);
    }
    if (mask & 1) {
        cpu->ge = value >> 16 & 15;
    }
}

static void set_control(struct sim_cpu *cpu, uint32_t value) {
    const uint32_t fixed = cpu->ipsr ? CORE_CONTROL_SPSEL : 0;
    value &= core_control_bits_(cpu->profile) & ~fixed;
    core_set_control_(cpu, (cpu->control & fixed) | value);
    core_rights_changed_(cpu);
}

static void set_special(struct sim_cpu *cpu, uint32_t sysm, uint32_t value) {
    const uint32_t priority = value & cpu->profile->priority_bits;
    switch (sysm) {
    case 0x08:
    case 0x09:
        *stack_pointer(cpu, sysm & 1) = value & ~3u;
        break;
    case 0x0A:
    case 0x0B:
        cpu->limit_of[sysm & 1] = value & ~7u;
        core_rights_changed_(cpu);
        break;
    case 0x10:
        cpu->primask = value & 1;
        break;
    case 0x11:
        cpu->basepri = priority;
        break;
    case 0x12:
        if (priority && (priority < cpu->basepri || !cpu->basepri)) {
            cpu->basepri = priority;
        }
        break;
    case 0x13:
        set_faultmask(cpu, value & 1);
        break;
    case 0x14:
        set_control(cpu, value);
        break;
    default:
        break;
    }
}

static enum core_next msr(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint32_t sysm = in->encoding & 0xFF, value = cpu->r[in->rn];
    if (sysm < 4) {
        set_apsr(cpu, value, in->encoding >> 10 & 3);
    } else if (core_privileged_(cpu)) {
        set_special(cpu, sysm, value);
    }
    mask_written(cpu, value && sysm >= 0x10 && sysm <= 0x13);
    return again(cpu);
}

// Those of the Non-secure state are an Armv8-M's, but not modelled; an Armv6-M
// has PRIMASK and CONTROL only.
static core_fn *special_of(const struct sim_profile *profile, uint32_t sysm,
        core_fn *fn) {
    if (sysm & 0x80) {
        return sim_profile_is_v8(profile) ? core_security_ : NULL;
    }
    const bool has = sysm < 0x0A || sysm == 0x10 || sysm == 0x14 ||
            (sim_profile_is_main(profile) && sysm > 0x10 && sysm < 0x14) ||
            (sim_profile_is_v8(profile) && sysm < 0x0C);
    return has ? fn : NULL;
}

/// Choice ///

static core_fn *system16(uint32_t h) {
    if ((h & 0xFFE0) == 0xB660) {
        return cps;
    }
    if ((h & 0xFF0F) == 0xBF00) {
        return hint_of(h >> 4 & 15);
    }
    return NULL;
}

static core_fn *system32(const struct sim_profile *profile, uint32_t w) {
    switch (w >> 20) {
    case 0xF38:
    case 0xF39:
        return special_of(profile, w & 0xFF, msr);
    case 0xF3E:
    case 0xF3F:
        return special_of(profile, w & 0xFF, mrs);
    case 0xF3A:
        return hint_of(w & 0xFF);
    case 0xF3B:
        return (w & 0xF0) == 0x20 ? clrex : nothing;
    default:
        return NULL;
    }
}

core_fn *core_system_(struct core_insn *record,
        const struct sim_profile *profile, const struct thumb_insn *insn,
        bool in_ram) {
    const uint32_t w = insn->encoding;
    const bool wide = insn->size_bytes == 4;
    record->imm = insn->target;
    switch (insn->op) {
    case THUMB_B:
        return conditional(record, insn->cond);
    case THUMB_BL:
        return bl;
    case THUMB_BX:
        return insn->secure ? leaves_secure(profile, bxns) : bx;
    case THUMB_BLX:
        return insn->secure ? leaves_secure(profile, blxns) : blx;
    case THUMB_CBZ:
        return cbz;
    case THUMB_CBNZ:
        return cbnz;
    case THUMB_IT:
        return it;
    case THUMB_SVC:
        return svc;
    case THUMB_BKPT:
        return bkpt;
    case THUMB_UDF:
        return !wide && in_ram && w == (SIM_RAM_FILL << 8 | SIM_RAM_FILL)
                ? fill
                : NULL;
    case THUMB_UNDEFINED: // hints that are not allocated do nothing
        return !wide && (w & 0xFF0F) == 0xBF00 ? nothing : NULL;
    default:
        return wide ? system32(profile, w) : system16(w);
    }
}
