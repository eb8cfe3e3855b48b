/*
 * scs - the private peripheral bus: NVIC, SCB, MPU, FPU and debug registers
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM B3 and C1, Armv6-M ARM (DDI 0419) B3. Each register is a word;
 * byte and halfword accesses become a word with a mask of the bits they touch,
 * so that writing one byte of CFSR or IPR leaves the others alone.
 */
#include <string.h>

#include "sim/core/sim_core.h"

#define SCS 0xE000E000u
#define ITM 0xE0000000u
#define ITM_PORTS_END 0xE0000080u
#define ITM_TER 0xE0000E00u
#define ITM_TPR 0xE0000E40u
#define ITM_TCR 0xE0000E80u
#define ITM_LAR 0xE0000FB0u
#define DWT 0xE0001000u
#define DEMCR_TRCENA (1u << 24)
#define FPB 0xE0002000u

// Offsets from SCS.
enum {
    ICTR = 0x004,
    ACTLR = 0x008,
    SYST = 0x010,
    ISER = 0x100,
    ICER = 0x180,
    ISPR = 0x200,
    ICPR = 0x280,
    IABR = 0x300,
    IPR = 0x400,
    CPUID = 0xD00,
    ICSR = 0xD04,
    VTOR = 0xD08,
    AIRCR = 0xD0C,
    SCR = 0xD10,
    CCR = 0xD14,
    SHPR1 = 0xD18,
    SHPR2 = 0xD1C,
    SHPR3 = 0xD20,
    SHCSR = 0xD24,
    CFSR = 0xD28,
    HFSR = 0xD2C,
    DFSR = 0xD30,
    MMFAR = 0xD34,
    BFAR = 0xD38,
    AFSR = 0xD3C,
    ID_PFR0 = 0xD40,
    CLIDR = 0xD78,
    CSSELR = 0xD84,
    CPACR = 0xD88,
    MPU_TYPE = 0xD90,
    MPU_CTRL = 0xD94,
    MPU_RNR = 0xD98,
    MPU_RBAR = 0xD9C,
    MPU_RASR = 0xDA0,
    MPU_RASR_A3 = 0xDB8,
    MPU_MAIR0 = 0xDC0,
    MPU_MAIR1 = 0xDC4,
    DHCSR = 0xDF0,
    DEMCR = 0xDFC,
    STIR = 0xF00,
    FPCCR = 0xF34,
    FPCAR = 0xF38,
    FPDSCR = 0xF3C,
    MVFR0 = 0xF40,
    MVFR2 = 0xF48,
    ICIALLU = 0xF50,
    BPIALL = 0xF78,
};

static const uint8_t shcsr_active[][2] = {
        {0, EXC_MEM},
        {1, EXC_BUS},
        {3, EXC_USAGE},
        {7, EXC_SVC},
        {8, EXC_DEBUG},
        {10, EXC_PENDSV},
        {11, EXC_SYSTICK},
};
static const uint8_t shcsr_pending[][2] = {
        {12, EXC_USAGE},
        {13, EXC_MEM},
        {14, EXC_BUS},
        {15, EXC_SVC},
};
#define SHCSR_SVC_PENDED (1u << 15)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_main(const struct sim *sim) {
    return sim_profile_is_main(sim->profile);
}

static bool is_v8(const struct sim *sim) {
    return sim_profile_is_v8(sim->profile);
}

// The others read as 0 there.
static bool is_in_armv6(uint32_t off) {
    return off == ACTLR || (off >= SYST && off < SYST + 16) ||
            (off >= ISER && off < IABR) || (off >= IPR && off < IPR + 32) ||
            (off >= CPUID && off <= CCR) || (off >= SHPR2 && off <= SHCSR) ||
            (off >= MPU_TYPE && off <= MPU_RASR);
}

/// NVIC ///

// NVIC registers come for 32 interrupts at a time (ICTR.INTLINESNUM); the bits
// of those that the SoC does not have read 0 and take no writes.
static unsigned nvic_words(const struct sim *sim) {
    return (sim->irq_count + 31) / 32;
}

static uint32_t nvic_bits(const struct sim *sim, unsigned n) {
    if (n >= nvic_words(sim)) {
        return 0;
    }
    const unsigned rest = sim->irq_count - 32 * n;
    return rest < 32 ? (1u << rest) - 1 : UINT32_MAX;
}

static bool is_nvic(const struct sim *sim, uint32_t off) {
    return off >= ISER && off < IPR + 32 * nvic_words(sim);
}

// The 32 interrupts of one NVIC word: exceptions 16 + 32 n and up.
static uint32_t irq_word(const uint32_t *set, unsigned n) {
    return set[n] >> 16 | (n + 1 < SIM_EXC_WORDS ? set[n + 1] << 16 : 0);
}

static uint32_t nvic_read(const struct sim *sim, uint32_t off) {
    const unsigned n = (off & 0x7F) / 4;
    if (off >= IPR) {
        const unsigned first = EXC_IRQ0 + (off - IPR);
        uint32_t value = 0;
        if (first + 3 < SIM_EXCEPTIONS) {
            memcpy(&value, &sim->exc.priority[first], 4);
        }
        return value;
    }
    if (n >= nvic_words(sim)) {
        return 0;
    }
    switch (off & ~0x7Fu) {
    case ISER:
    case ICER:
        return irq_word(sim->exc.enabled, n);
    case ISPR:
    case ICPR:
        return irq_word(sim->exc.pending, n);
    case IABR:
        return irq_word(sim->exc.active, n);
    default:
        return 0;
    }
}

static void nvic_write(struct sim *sim, uint32_t off, uint32_t value,
        uint32_t mask) {
    const unsigned n = (off & 0x7F) / 4;
    if (off >= IPR) {
        const unsigned first = EXC_IRQ0 + (off - IPR);
        const unsigned end = EXC_IRQ0 + sim->irq_count;
        for (unsigned i = 0; i < 4 && first + i < end; i++) {
            if (mask >> 8 * i & 0xFF) {
                sim->exc.priority[first + i] =
                        (uint8_t)(value >> 8 * i) & sim->profile->priority_bits;
            }
        }
        sim_exc_changed_(sim);
        return;
    }
    for (uint32_t bits = value & mask & nvic_bits(sim, n); bits;
            bits &= bits - 1) {
        const unsigned number =
                EXC_IRQ0 + 32 * n + (unsigned)__builtin_ctz(bits);
        switch (off & ~0x7Fu) {
        case ISER:
            sim_exc_enable_(sim, number, true);
            break;
        case ICER:
            sim_exc_enable_(sim, number, false);
            break;
        case ISPR:
            sim_exc_pend_(sim, number);
            break;
        case ICPR:
            sim_exc_unpend_(sim, number);
            break;
        default:
            break;
        }
    }
}

/// SCB ///

static uint32_t icsr_read(struct sim *sim) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    const struct exceptions *exc = &sim->exc;
    const uint32_t current = state.xpsr & 0x1FF;
    uint32_t value = current, others = 0, irqs = 0;
    for (unsigned w = 0; w < sim->exc_words; w++) {
        uint32_t active = exc->active[w];
        if (current && current / 32 == w) {
            active &= ~(1u << current % 32);
        }
        others |= active;
        // Interrupts that are pending but disabled count too (B3.2.4).
        irqs |= w ? exc->pending[w] : exc->pending[w] & 0xFFFF0000u;
    }
    // VECTPENDING includes the effect of BASEPRI and FAULTMASK, but not of
    // PRIMASK and of active exceptions: so only the masks are compared.
    const unsigned highest = sim_exc_highest_(sim);
    if (sim_exc_preempts_(sim, highest, sim_exc_mask_(sim, &state, false))) {
        value |= highest << 12;
    }
    value |= others || !is_main(sim) ? 0 : 1u << 11;
    value |= irqs ? 1u << 22 : 0;
    value |= (uint32_t)sim_exc_is_(exc->pending, EXC_SYSTICK) << 26;
    value |= (uint32_t)sim_exc_is_(exc->pending, EXC_PENDSV) << 28;
    value |= (uint32_t)sim_exc_is_(exc->pending, EXC_NMI) << 31;
    return value;
}

static void icsr_write(struct sim *sim, uint32_t value) {
    if (value >> 31) {
        sim_exc_pend_(sim, EXC_NMI);
    } else if (is_v8(sim) && value >> 30 & 1) {
        sim_exc_unpend_(sim, EXC_NMI);
    }
    if (value >> 28 & 1) {
        sim_exc_pend_(sim, EXC_PENDSV);
    } else if (value >> 27 & 1) {
        sim_exc_unpend_(sim, EXC_PENDSV);
    }
    if (value >> 26 & 1) {
        sim_exc_pend_(sim, EXC_SYSTICK);
    } else if (value >> 25 & 1) {
        sim_exc_unpend_(sim, EXC_SYSTICK);
    }
}

static uint32_t shcsr_read(const struct sim *sim) {
    uint32_t value = 0;
    for (size_t i = 0; i < COUNT(shcsr_active); i++) {
        value |= (uint32_t)sim_exc_is_(sim->exc.active, shcsr_active[i][1])
                << shcsr_active[i][0];
    }
    for (size_t i = 0; i < COUNT(shcsr_pending); i++) {
        value |= (uint32_t)sim_exc_is_(sim->exc.pending, shcsr_pending[i][1])
                << shcsr_pending[i][0];
    }
    for (unsigned number = EXC_MEM; number <= EXC_USAGE; number++) {
        value |= (uint32_t)sim_exc_enabled_(sim, number) << (12 + number);
    }
    return is_main(sim) ? value : value & SHCSR_SVC_PENDED;
}

static void shcsr_write(struct sim *sim, uint32_t value, uint32_t mask) {
    mask = is_main(sim) ? mask : mask & SHCSR_SVC_PENDED;
    for (size_t i = 0; i < COUNT(shcsr_active); i++) {
        if (mask >> shcsr_active[i][0] & 1) {
            const uint32_t bit = 1u << shcsr_active[i][1];
            sim->exc.active[0] = value >> shcsr_active[i][0] & 1
                    ? sim->exc.active[0] | bit
                    : sim->exc.active[0] & ~bit;
        }
    }
    for (size_t i = 0; i < COUNT(shcsr_pending); i++) {
        if (!(mask >> shcsr_pending[i][0] & 1)) {
            continue;
        }
        if (value >> shcsr_pending[i][0] & 1) {
            sim_exc_pend_(sim, shcsr_pending[i][1]);
        } else {
            sim_exc_unpend_(sim, shcsr_pending[i][1]);
        }
    }
    for (unsigned number = EXC_MEM; number <= EXC_USAGE; number++) {
        if (mask >> (12 + number) & 1) {
            sim_exc_enable_(sim, number, value >> (12 + number) & 1);
        }
    }
}

static void aircr_write(struct sim *sim, uint32_t value) {
    if (value >> 16 != 0x05FA) {
        if (!sim->exc.key_noted) {
            sim->exc.key_noted = true;
            sim_note(sim,
                    "AIRCR is written at pc 0x%08x without its key, 05FAh in "
                    "bits 31:16: the write is lost",
                    (unsigned)sim_pc(sim));
        }
        return;
    }
    sim->scs.aircr = is_main(sim) ? value & 0x700 : 0;
    if (value & 4) {
        sim_request_reset(sim, SIM_RESET_SOFTWARE);
    }
    sim_exc_changed_(sim);
}

void sim_scs_configure_(struct sim *sim) {
    const struct scs *scs = &sim->scs;
    sim_cpu_configure(sim->cpu,
            &(struct sim_cpu_config){
                    .divide_trap = scs->ccr & CCR_DIV_0_TRP,
                    .align_trap = scs->ccr & CCR_UNALIGN_TRP,
                    .limits_ignored = scs->ccr & CCR_STKOFHFNMIGN,
                    // A Cortex-M0+ buffers no writes.
                    .precise_writes =
                            !is_main(sim) || (scs->actlr & ACTLR_DISDEFWBUF),
                    // CP10 and CP11 have to be the same (B3.2.20).
                    .fpu = scs->cpacr >> 20 & scs->cpacr >> 22 & 3,
                    .fp_automatic = scs->fpccr & FPCCR_ASPEN,
                    .fp_waits = scs->fpccr & FPCCR_LSPACT,
                    .fpdscr = scs->fpdscr,
                    .mpu = scs->mpu,
            });
}

static void check_vtor(struct sim *sim, uint32_t value, uint32_t writable) {
    if ((value & ~writable) == 0 || sim->exc.table_noted) {
        return;
    }
    sim->exc.table_noted = true;
    sim_note(sim,
            "VTOR is set to 0x%08x: its low bits do not exist, so that vectors "
            "come from 0x%08x on. Align the vector table",
            (unsigned)value, (unsigned)(value & writable));
}

// Plain storage, by offset; NULL: not one of these.
static uint32_t *storage(struct sim *sim, uint32_t off, uint32_t *writable) {
    struct scs *scs = &sim->scs;
    const struct sim_profile *profile = sim->profile;
    const struct {
        uint32_t off, writable;
        uint32_t *word;
    } plain[] = {
            {ACTLR, profile->actlr_bits, &scs->actlr},
            {VTOR, profile->vtor_bits, &scs->vtor},
            {SCR, 0x16, &scs->scr},
            {CCR, profile->ccr_bits, &scs->ccr},
            {MMFAR, UINT32_MAX, &scs->mmfar},
            {BFAR, UINT32_MAX, &scs->bfar},
            {CPACR, 0x00F00000, &scs->cpacr},
            {FPCCR, is_v8(sim) ? 0xFC0007FF : 0xC000017B, &scs->fpccr},
            {FPCAR, 0xFFFFFFF8, &scs->fpcar},
            {FPDSCR, 0x07C00000, &scs->fpdscr},
            {MPU_CTRL, 7, &scs->mpu.ctrl},
            {MPU_RNR, 7, &scs->mpu.rnr},
            {MPU_MAIR0, is_v8(sim) ? UINT32_MAX : 0, &scs->mair[0]},
            {MPU_MAIR1, is_v8(sim) ? UINT32_MAX : 0, &scs->mair[1]},
    };
    for (size_t i = 0; i < COUNT(plain); i++) {
        if (plain[i].off == off) {
            *writable = plain[i].writable;
            return plain[i].word;
        }
    }
    return NULL;
}

/// Words ///

static bool fixed(const struct sim *sim, uint32_t off, uint32_t *value) {
    const struct sim_profile *profile = sim->profile;
    if (off >= ID_PFR0 && off < ID_PFR0 + sizeof profile->id) {
        *value = profile->id[(off - ID_PFR0) / 4];
        return true;
    }
    if (off >= MVFR0 && off <= MVFR2) {
        *value = profile->mvfr[(off - MVFR0) / 4];
        return true;
    }
    const bool is_cache = (off >= CLIDR && off <= CSSELR) ||
            (off >= ICIALLU && off <= BPIALL);
    if (profile->caches && is_cache) { // there are none of any size
        *value = 0;
        return true;
    }
    switch (off) {
    case CPUID:
        *value = profile->cpuid;
        return true;
    case MPU_TYPE:
        *value = SIM_MPU_REGIONS << 8;
        return true;
    case AFSR:
    case DHCSR:
    case STIR:
        *value = 0;
        return true;
    default:
        return false;
    }
}

// Armv8-M: the aliases 1 to 3 are the regions with those numbers of four.
static uint32_t *mpu_word8(struct sim *sim, uint32_t off) {
    struct sim_mpu *const mpu = &sim->scs.mpu;
    const uint32_t alias = (off - MPU_RBAR) / 8;
    const uint32_t region = alias ? (mpu->rnr & ~3u) + alias : mpu->rnr;
    return (off - MPU_RBAR) & 4 ? &mpu->rasr[region] : &mpu->rbar[region];
}

static uint32_t mpu_read(struct sim *sim, uint32_t off) {
    if (is_v8(sim)) {
        return *mpu_word8(sim, off);
    }
    const unsigned region = sim->scs.mpu.rnr;
    return (off - MPU_RBAR) & 4 ? sim->scs.mpu.rasr[region]
                                : sim->scs.mpu.rbar[region] | region;
}

static void mpu_write(struct sim *sim, uint32_t off, uint32_t value) {
    if (is_v8(sim)) {
        *mpu_word8(sim, off) = (off - MPU_RBAR) & 4 ? value & ~0x10u : value;
        sim_scs_configure_(sim);
        return;
    }
    if ((off - MPU_RBAR) & 4) {
        // Without TEX (Cortex-M0+ TRM 4.2).
        sim->scs.mpu.rasr[sim->scs.mpu.rnr] =
                value & (is_main(sim) ? 0x173FFF3F : 0x1707FF3F);
        sim_scs_configure_(sim);
        return;
    }
    if (value & 0x10) { // VALID: selects the region too
        sim->scs.mpu.rnr = value & 7;
    }
    sim->scs.mpu.rbar[sim->scs.mpu.rnr] =
            value & ~(is_main(sim) ? 0x1Fu : 0xFFu);
    sim_scs_configure_(sim);
}

static uint32_t scs_read(struct sim *sim, uint32_t off) {
    uint32_t value = 0, writable;
    if (!is_main(sim) && !is_in_armv6(off)) {
        return 0;
    }
    const uint32_t *word = storage(sim, off, &writable);
    if (word) {
        return *word;
    }
    if (fixed(sim, off, &value)) {
        return value;
    }
    if (off >= SYST && off < SYST + 16) {
        return sim_systick_read_(sim, off - SYST);
    }
    if (is_nvic(sim, off)) {
        return nvic_read(sim, off);
    }
    if (off >= SHPR1 && off <= SHPR3) {
        memcpy(&value, &sim->exc.priority[4 + (off - SHPR1)], 4);
        return value;
    }
    if (off >= MPU_RBAR && off <= MPU_RASR_A3) {
        return mpu_read(sim, off);
    }
    switch (off) {
    case ICTR:
        return nvic_words(sim) - 1;
    case ICSR:
        return icsr_read(sim);
    case AIRCR:
        return 0xFA050000u | sim->scs.aircr;
    case SHCSR:
        return shcsr_read(sim);
    case CFSR:
        return sim->scs.cfsr;
    case HFSR:
        return sim->scs.hfsr;
    case DFSR:
        return sim->scs.dfsr;
    case DEMCR:
        return sim->scs.demcr;
    default:
        break;
    }
    sim_unmodelled(sim, "SCS", SCS + off, false);
    return *sim_register(sim, SCS + off);
}

// Registers that are not simple storage. false: unknown.
static bool scs_write_special(struct sim *sim, uint32_t off, uint32_t value,
        uint32_t mask) {
    switch (off) {
    case ICSR:
        icsr_write(sim, value & mask);
        return true;
    case AIRCR:
        aircr_write(sim, value & mask);
        return true;
    case SHCSR:
        shcsr_write(sim, value, mask);
        return true;
    case CFSR:
        sim->scs.cfsr &= ~(value & mask);
        return true;
    case HFSR:
        sim->scs.hfsr &= ~(value & mask);
        return true;
    case DFSR:
        sim->scs.dfsr &= ~(value & mask);
        return true;
    case STIR:
        if ((value & 0x1FF) < sim->irq_count) {
            sim_exc_pend_(sim, EXC_IRQ0 + (value & 0x1FF));
        }
        return true;
    case DEMCR:
        sim_dwt_configure_(sim, sim->dwt.ctrl,
                (sim->scs.demcr & ~mask) | (value & mask));
        return true;
    case DHCSR: // no debugger is attached: C_DEBUGEN is not writable
    case AFSR:
    case ICTR:
        return true;
    default:
        return false;
    }
}

static void write_system_priorities(struct sim *sim, uint32_t off,
        uint32_t value, uint32_t mask) {
    for (unsigned i = 0; i < 4; i++) {
        const unsigned number = 4 + (off - SHPR1) + i;
        const bool exists = is_main(sim) || number == EXC_SVC ||
                number == EXC_PENDSV || number == EXC_SYSTICK;
        if (exists && mask >> 8 * i & 0xFF) {
            sim->exc.priority[number] =
                    (uint8_t)(value >> 8 * i) & sim->profile->priority_bits;
        }
    }
    sim_exc_changed_(sim);
}

static void scs_write(struct sim *sim, uint32_t off, uint32_t value,
        uint32_t mask) {
    uint32_t writable, ignored;
    if (!is_main(sim) && !is_in_armv6(off)) {
        return;
    }
    uint32_t *word = storage(sim, off, &writable);
    if (word) {
        if (off == VTOR) {
            check_vtor(sim, value & mask, writable);
        }
        writable &= mask;
        *word = (*word & ~writable) | (value & writable);
        sim_scs_configure_(sim);
    } else if (scs_write_special(sim, off, value, mask)) {
        return;
    } else if (off >= SYST && off < SYST + 16) {
        sim_systick_write_(sim, off - SYST, value);
    } else if (is_nvic(sim, off)) {
        nvic_write(sim, off, value, mask);
    } else if (off >= SHPR1 && off <= SHPR3) {
        write_system_priorities(sim, off, value, mask);
    } else if (off >= MPU_RBAR && off <= MPU_RASR_A3) {
        mpu_write(sim, off, value);
    } else if (!fixed(sim, off, &ignored)) {
        sim_unmodelled(sim, "SCS", SCS + off, true);
        uint32_t *reg = sim_register(sim, SCS + off);
        *reg = (*reg & ~mask) | (value & mask);
    }
}

/// ITM ///

// Of ITM the stimulus ports: a driver waits until one reads as ready.
static bool is_itm(uint32_t addr) {
    return addr < ITM_PORTS_END || addr == ITM_TER || addr == ITM_TPR ||
            addr == ITM_TCR || addr == ITM_LAR;
}

static bool port_is_on(struct sim *sim, uint32_t addr) {
    return (sim->scs.demcr & DEMCR_TRCENA) &&
            (*sim_register(sim, ITM_TCR) & 1) &&
            (*sim_register(sim, ITM_TER) >> (addr - ITM) / 4 & 1);
}

// FIFOREADY: nothing is slow here.
static uint32_t itm_read(struct sim *sim, uint32_t addr) {
    return addr < ITM_PORTS_END ? port_is_on(sim, addr)
            : addr == ITM_LAR   ? 0
                                : *sim_register(sim, addr);
}

static void itm_write(struct sim *sim, uint32_t addr, uint32_t value,
        uint32_t mask) {
    if (addr >= ITM_PORTS_END) {
        uint32_t *reg = sim_register(sim, addr);
        *reg = (*reg & ~mask) | (value & mask);
    } else if (port_is_on(sim, addr) && !sim->exc.itm_noted) {
        sim->exc.itm_noted = true;
        sim_note(sim,
                "ITM stimulus port %u is written at pc 0x%08x: no probe "
                "listens, and the text is not shown. Send it to the UART of "
                "the console, too",
                (unsigned)(addr - ITM) / 4, (unsigned)sim_pc(sim));
    }
}

/// DWT and the rest ///

// Of an Armv6-M, the debugger's alone (Cortex-M0+ TRM 6.2).
static bool is_hidden(const struct sim *sim, uint32_t addr) {
    return !is_main(sim) && addr - SCS >= 0x1000;
}

static uint32_t word_read(struct sim *sim, uint32_t addr) {
    if (is_hidden(sim, addr)) {
        return 0;
    }
    switch (addr) {
    case DWT:
        return 0x40000000u | sim->dwt.ctrl; // four comparators
    case DWT + 4:
        return sim_cyccnt_(sim);
    case FPB:
        return 0x260;
    default:
        break;
    }
    if (addr - SCS < 0x1000) {
        return scs_read(sim, addr - SCS);
    }
    if (is_itm(addr)) {
        return itm_read(sim, addr);
    }
    sim_unmodelled(sim, "PPB", addr, false);
    return *sim_register(sim, addr);
}

static void word_write(struct sim *sim, uint32_t addr, uint32_t value,
        uint32_t mask) {
    if (is_hidden(sim, addr)) {
        return;
    }
    if (addr == DWT) {
        sim_dwt_configure_(sim, value & 1, sim->scs.demcr);
    } else if (addr == DWT + 4) {
        sim_cyccnt_set_(sim, value);
    } else if (addr - SCS < 0x1000) {
        scs_write(sim, addr - SCS, value, mask);
    } else if (is_itm(addr)) {
        itm_write(sim, addr, value, mask);
    } else {
        sim_unmodelled(sim, "PPB", addr, true);
        uint32_t *reg = sim_register(sim, addr);
        *reg = (*reg & ~mask) | (value & mask);
    }
}

// Unprivileged accesses fault, but for STIR with CCR.USERSETMPEND (B3.2.26).
static bool refused(struct sim *sim, uint32_t addr) {
    if (!sim_cpu_unprivileged(sim->cpu) ||
            (addr == SCS + STIR && (sim->scs.ccr & CCR_USERSETMPEND))) {
        return false;
    }
    sim_bus_error(sim);
    return true;
}

uint32_t sim_ppb_read_(struct sim *sim, uint32_t addr, unsigned size) {
    (void)size;
    return refused(sim, addr) ? 0
                              : word_read(sim, addr & ~3u) >> 8 * (addr & 3);
}

void sim_ppb_write_(struct sim *sim, uint32_t addr, uint32_t value,
        unsigned size) {
    if (refused(sim, addr)) {
        return;
    }
    const unsigned shift = 8 * (addr & 3);
    const uint32_t bits = size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;
    word_write(sim, addr & ~3u, value << shift, bits << shift);
}

void sim_scs_reset_(struct sim *sim) {
    memset(&sim->scs, 0, sizeof sim->scs);
    sim->scs.ccr = sim->profile->ccr;
    sim->scs.fpccr = sim->profile->fpu ? 0xC0000000u : 0;
    sim->scs.fpccr |= is_v8(sim) ? FPCCR_S : 0;
    sim->scs.mpu.v8 = is_v8(sim);
    sim->dwt = (struct dwt){0};
    sim_scs_configure_(sim);
}
