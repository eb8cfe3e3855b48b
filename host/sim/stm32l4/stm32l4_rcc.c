/*
 * stm32l4_rcc - reset and clock control of an STM32L476, its registers
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 6.4. Oscillators become ready after a time that is long for the part,
 * so that a driver that does not wait for RDY is seen. Clock changes while the
 * QUADSPI window is open: switching SYSCLK, HPRE or the PLL is free of
 * glitches and only changes the speed of the burst, which is noted; taking
 * the clock away or resetting the controller makes the window unreadable and is
 * a violation (stm32_quadspi_map.c).
 */
#include <stdio.h>
#include <string.h>

#include "sim/stm32l4/stm32l4_priv.h"

#define CR 0x00u
#define ICSCR 0x04u
#define CFGR 0x08u
#define PLLCFGR 0x0Cu
#define CIER 0x18u
#define CIFR 0x1Cu
#define CICR 0x20u
#define AHB1RSTR 0x28u
#define AHB1ENR L4_AHB1
#define APB2ENR L4_APB2
#define BDCR 0x90u
#define CSR 0x94u
#define END 0x9Cu // CRRCR does not exist on the L476

#define CR_WRITABLE 0x150D0BFDu // all but the RDY bits
#define CR_MSIRGSEL (1u << 3)
#define CR_CSSON (1u << 19)
#define CR_HSEON (1u << 16)
#define CR_HSEBYP (1u << 18)
#define PLL_ENABLES ((1u << 16) | (1u << 20) | (1u << 24))
#define PLLREN (1u << 24)
#define WWDGEN (1u << 11)
#define CSR_RMVF (1u << 23)
#define CSR_FLAGS 0xFF000000u
#define FLAG_OBL (1u << 25)
#define FLAG_PIN (1u << 26)
#define FLAG_BOR (1u << 27)
#define FLAG_SFT (1u << 28)
#define FLAG_IWDG (1u << 29)
#define FLAG_WWDG (1u << 30)

struct osc {
    uint8_t reg;     // that has the ON bit
    uint8_t on, rdy; // bit numbers
    uint8_t irq;     // in CIER, CIFR
    uint32_t start_us;
    const char *name;
};
// DS10198 6.3.8 to 6.3.10, the longest where it gives a range; LSE is shorter
// than its 2 s, since firmware only waits for it.
static const struct osc oscs[OSC_COUNT] = {
        [OSC_MSI] = {CR, 0, 1, 2, 10, "MSI"},
        [OSC_HSI] = {CR, 8, 10, 3, 4, "HSI16"},
        [OSC_HSE] = {CR, 16, 17, 4, 2000, "HSE"},
        [OSC_PLL] = {CR, 24, 25, 5, 40, "PLL"},
        [OSC_SAI1] = {CR, 26, 27, 6, 40, "PLLSAI1"},
        [OSC_SAI2] = {CR, 28, 29, 7, 40, "PLLSAI2"},
        [OSC_LSI] = {CSR, 0, 1, 0, 130, "LSI"},
        [OSC_LSE] = {BDCR, 0, 1, 1, 250000, "LSE"},
};
static const enum l4_osc sw_source[4] = {OSC_MSI, OSC_HSI, OSC_HSE, OSC_PLL};

static uint32_t *reg(struct stm32l4 *m, uint32_t off) {
    return &m->rcc.reg[off / 4];
}

static bool is_on(struct stm32l4 *m, enum l4_osc osc) {
    return (*reg(m, oscs[osc].reg) >> oscs[osc].on & 1u) != 0;
}

static bool is_pll(enum l4_osc osc) {
    return osc == OSC_PLL || osc == OSC_SAI1 || osc == OSC_SAI2;
}

/// Oscillators ///

static void irq_update(struct stm32l4 *m) {
    sim_irq(m->sim, L4_IRQ_RCC, (*reg(m, CIFR) & *reg(m, CIER)) != 0);
}

static void schedule(struct stm32l4 *m) {
    sim_time next = SIM_NEVER;
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        if (!m->rcc.ready[i] && m->rcc.ready_at[i] < next) {
            next = m->rcc.ready_at[i];
        }
    }
    if (next == SIM_NEVER) {
        sim_cancel(m->sim, &m->rcc.event);
    } else {
        sim_schedule(m->sim, &m->rcc.event, next);
    }
}

static void set_ready(struct stm32l4 *m, enum l4_osc osc, bool ready) {
    m->rcc.ready[osc] = ready;
    uint32_t *r = reg(m, oscs[osc].reg);
    const uint32_t bit = 1u << oscs[osc].rdy;
    *r = ready ? *r | bit : *r & ~bit;
}

// Start the PLLs whose input runs; a PLL without input never locks.
static void start_plls(struct stm32l4 *m) {
    const enum l4_osc source = l4_pll_source(m);
    const bool fed = source != OSC_COUNT && m->rcc.ready[source];
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        if (is_pll(i) && is_on(m, i) && fed && !m->rcc.ready[i] &&
                m->rcc.ready_at[i] == SIM_NEVER) {
            m->rcc.ready_at[i] = sim_now(m->sim) + oscs[i].start_us * SIM_US;
        }
    }
}

// RM0351 6.2.4, 6.4.4: VCO input 4 to 16 MHz, VCO 64 to 344 MHz, N 8 to 86.
static void check_pll(struct stm32l4 *m) {
    const enum l4_osc source = l4_pll_source(m);
    const uint32_t cfg = *reg(m, PLLCFGR);
    const uint32_t n = (cfg >> 8) & 0x7Fu;
    if (source == OSC_COUNT || !is_on(m, source)) {
        stm32_note_once(&m->soc, &m->rcc.pll_noted,
                "the PLL is switched on without "
                "a running input: PLLRDY never rises. Set PLLCFGR.PLLSRC and "
                "start that oscillator first");
        return;
    }
    const uint32_t in = l4_osc_hz(m, source) / (((cfg >> 4) & 7u) + 1u);
    const uint64_t vco = (uint64_t)in * n;
    if (in < 4000000u || in > 16000000u || n < 8 || n > 86 || vco < 64000000u ||
            vco > 344000000u) {
        const struct stm32_violation v = {
                .rule = SIM_RULE_PLL_RANGE,
                .source = "RM0351 6.4.4: input 4 to 16 MHz, PLLN 8 to 86, "
                          "oscillator 64 to 344 MHz",
        };
        stm32_violate(&m->soc, &v,
                "started the PLL with %u Hz at its input, PLLN %u",
                (unsigned)in, (unsigned)n);
    }
}

static void osc_edge(struct stm32l4 *m, enum l4_osc osc, bool on) {
    if (!on) {
        m->rcc.ready_at[osc] = SIM_NEVER;
        set_ready(m, osc, osc == OSC_LSI && stm32_iwdg_running(&m->iwdg));
        return;
    }
    if (is_pll(osc)) {
        if (osc == OSC_PLL) {
            check_pll(m);
        }
        m->rcc.ready_at[osc] = SIM_NEVER;
        return; // start_plls
    }
    if (osc == OSC_HSE && m->wiring->hse_hz == 0) {
        stm32_note_once(&m->soc, &m->rcc.hse_noted,
                "HSE is started, but the board has no crystal, so HSERDY "
                "never comes: a line as 'hse 8000000' in the --board-file "
                "gives it one");
        m->rcc.ready_at[osc] = SIM_NEVER;
        return;
    }
    if (osc == OSC_HSE && m->wiring->hse_note) {
        stm32_note_once(&m->soc, &m->rcc.hse_noted, "%s", m->wiring->hse_note);
    }
    m->rcc.ready_at[osc] = sim_now(m->sim) + oscs[osc].start_us * SIM_US;
}

// SWS follows SW once the source is ready (RM0351 6.2.8).
static void switch_source(struct stm32l4 *m) {
    uint32_t *cfgr = reg(m, CFGR);
    const uint32_t sw = *cfgr & 3u;
    const enum l4_osc source = sw_source[sw];
    if (((*cfgr >> 2) & 3u) == sw) {
        return;
    }
    if (m->rcc.ready[source] &&
            (source != OSC_PLL || (*reg(m, PLLCFGR) & PLLREN) != 0)) {
        *cfgr = (*cfgr & ~0xCu) | sw << 2;
        return;
    }
    stm32_note_once(&m->soc, &m->rcc.sw_noted,
            "CFGR.SW selects %s, which is not "
            "%s: the clock does not change until it is",
            oscs[source].name,
            m->rcc.ready[source] ? "let through by PLLCFGR.PLLREN" : "ready");
}

static void changed(struct stm32l4 *m) {
    start_plls(m);
    switch_source(m);
    schedule(m);
    l4_clock_update(m);
    irq_update(m);
}

static void fire(void *ctx) {
    struct stm32l4 *m = ctx;
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        if (!m->rcc.ready[i] && m->rcc.ready_at[i] <= sim_now(m->sim)) {
            set_ready(m, i, true);
            const uint32_t flag = 1u << oscs[i].irq;
            *reg(m, CIFR) |= *reg(m, CIER) & flag;
        }
    }
    changed(m);
}

// The ON bits that hardware keeps set since SYSCLK comes from there.
static uint32_t kept_on(struct stm32l4 *m) {
    const enum l4_osc now = sw_source[(*reg(m, CFGR) >> 2) & 3u];
    uint32_t keep = 1u << oscs[now].on;
    const enum l4_osc pll = l4_pll_source(m);
    if (now == OSC_PLL && pll != OSC_COUNT) {
        keep |= 1u << oscs[pll].on;
    }
    return keep;
}

static void edges(struct stm32l4 *m, uint32_t off, uint32_t old, uint32_t now) {
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        const uint32_t bit = 1u << oscs[i].on;
        if (oscs[i].reg == off && ((old ^ now) & bit) != 0) {
            osc_edge(m, i, (now & bit) != 0);
        }
    }
}

/// Register writes ///

static void write_cr(struct stm32l4 *m, uint32_t want) {
    const uint32_t old = *reg(m, CR);
    want = (old & ~CR_WRITABLE) | (want & CR_WRITABLE);
    want |= old & (kept_on(m) | CR_MSIRGSEL | CR_CSSON);
    if ((old & CR_HSEON) != 0) {
        want = (want & ~CR_HSEBYP) | (old & CR_HSEBYP);
    }
    if (((want >> 4) & 15u) > 11u) { // RM0351 6.4.1: the write is ignored
        want = (want & ~0xF0u) | (old & 0xF0u);
    }
    if (((want ^ old) & 0xF0u) != 0 && (old & 1u) != 0 &&
            !m->rcc.ready[OSC_MSI]) {
        stm32_note_once(&m->soc, &m->rcc.range_noted,
                "CR.MSIRANGE is changed while "
                "MSI is on and not ready, which RM0351 6.4.1 forbids");
    }
    *reg(m, CR) = want;
    edges(m, CR, old, want);
}

static void write_pllcfgr(struct stm32l4 *m, uint32_t want) {
    const uint32_t old = *reg(m, PLLCFGR);
    want &= 0x07737F73u;
    if ((*reg(m, CR) & (3u << 24)) != 0 && ((want ^ old) & ~PLL_ENABLES) != 0) {
        stm32_note_once(&m->soc, &m->rcc.pll_bad,
                "PLLCFGR is written while the PLL "
                "is on: only its output enables change. Clear PLLON and wait "
                "for PLLRDY=0 first");
        want = (want & PLL_ENABLES) | (old & ~PLL_ENABLES);
    }
    if (((*reg(m, CFGR) >> 2) & 3u) == 3u) {
        want |= PLLREN; // RM0351 6.4.4: cannot be cleared as system clock
    }
    *reg(m, PLLCFGR) = want;
}

static void write_bdcr(struct stm32l4 *m, uint32_t want) {
    const uint32_t old = *reg(m, BDCR);
    if (!l4_backup_writable(m)) {
        stm32_note_once(&m->soc, &m->rcc.bdcr_noted,
                "RCC_BDCR is written while "
                "PWR_CR1.DBP is 0: the write is lost");
        return;
    }
    want = (want & 0x0301833Du) | (old & 0x42u); // LSERDY, LSECSSD
    want |= old & 0x20u;                         // LSECSSON: set only
    if ((old & 0x300u) != 0) {                   // RTCSEL: until BDRST
        want = (want & ~0x300u) | (old & 0x300u);
    }
    if ((want & (1u << 16)) != 0) {
        want = 1u << 16;
        memset(m->pwr.backup, 0, sizeof m->pwr.backup);
    }
    *reg(m, BDCR) = want;
    edges(m, BDCR, old, want);
}

static void write_csr(struct stm32l4 *m, uint32_t want) {
    uint32_t *csr = reg(m, CSR);
    const uint32_t old = *csr;
    *csr = (old & (CSR_FLAGS | 2u)) | (want & 0x00800F01u);
    const uint32_t range = want >> 8 & 15u;
    if ((*reg(m, CR) & CR_MSIRGSEL) == 0 || range < 4 || range > 7) {
        *csr = (*csr & ~0xF00u) | (old & 0xF00u); // RM0351 6.4.29
    }
    if ((want & CSR_RMVF) != 0) {
        *csr &= ~CSR_FLAGS;
    }
    edges(m, CSR, old, *csr);
}

// A reset bit that goes to 1 resets the block, then holds it; an enable bit
// that goes to 0 stops it.
static void gates(struct stm32l4 *m, uint32_t off, uint32_t old, uint32_t now) {
    const bool is_reset = off < AHB1ENR;
    const uint32_t edge = is_reset ? now & ~old : old & ~now;
    const uint32_t gate = is_reset ? off + 0x20u : off;
    for (unsigned i = 0; edge != 0 && i < L4_BLOCKS; i++) {
        const struct stm32_block *b = &m->block[i];
        if (!b->ops || b->gate != gate || (edge >> b->gate_bit & 1u) == 0) {
            continue;
        }
        if (b->ops->unclocked) {
            b->ops->unclocked(b->device, is_reset);
        }
        if (is_reset && b->ops->reset) {
            b->ops->reset(b->device);
        }
    }
}

static bool rcc_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32l4 *m = device;
    if (off >= END || off == 0x24 || off == 0x34 || off == 0x44 ||
            off == 0x54 || off == 0x64 || off == 0x74 || off == 0x84 ||
            off == 0x8C) {
        return false;
    }
    uint32_t *r = reg(m, off);
    const uint32_t old = *r;
    const uint32_t want = stm32_merge(old, value, mask);

    switch (off) {
    case CR:
        write_cr(m, want);
        break;
    case ICSCR:
        *r = (old & 0x00FF00FFu) | (want & 0x1F00FF00u);
        break;
    case CFGR:
        *r = (want & 0x7700BFF3u) | (old & 0xCu);
        break;
    case PLLCFGR:
        write_pllcfgr(m, want);
        break;
    case CIFR:
        break;
    case CICR:
        *reg(m, CIFR) &= ~(value & mask);
        break;
    case BDCR:
        write_bdcr(m, want);
        break;
    case CSR:
        write_csr(m, want);
        break;
    default:
        *r = want;
        if (off == L4_APB1) {
            *r |= old & WWDGEN; // cleared by reset only
        }
        if (off >= AHB1RSTR && off <= APB2ENR) {
            gates(m, off, old, *r);
            m->soc.requests_changed(m); // DMA may have got its clock back
        }
        break;
    }
    changed(m);
    return true;
}

static bool rcc_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    struct stm32l4 *m = device;
    (void)mask;
    if (off >= END) {
        return false;
    }
    *value = off == CICR ? 0 : *reg(m, off);
    if (off == CSR && stm32_iwdg_running(&m->iwdg)) {
        *value |= 2u; // the watchdog keeps LSI running
    }
    return true;
}

/// Clock gates ///

bool l4_block_clocked(const void *ctx, const struct stm32_block *block) {
    const struct stm32l4 *m = ctx;
    if (block->gate == L4_ALWAYS) {
        return true;
    }
    const uint32_t bit = 1u << block->gate_bit;
    return (m->rcc.reg[block->gate / 4] & bit) != 0 &&
            (m->rcc.reg[(block->gate - 0x20u) / 4] & bit) == 0;
}

void l4_gate_text(const struct stm32_block *block, char *text, size_t size) {
    snprintf(text, size, "RCC (register offset 0x%02X, bit %u)",
            (unsigned)block->gate, (unsigned)block->gate_bit);
}

/// Life ///

void l4_rcc_init(struct stm32l4 *m) {
    m->rcc.event = (struct sim_event){.fire = fire, .ctx = m, .at = SIM_NEVER};
}

static uint32_t flags_after(uint32_t flags, enum sim_reset kind,
        bool launched) {
    if (launched) {
        return flags | FLAG_OBL | FLAG_PIN;
    }
    switch (kind) {
    case SIM_RESET_POWER_ON:
        return FLAG_BOR | FLAG_PIN;
    case SIM_RESET_SOFTWARE:
        return flags | FLAG_SFT | FLAG_PIN;
    case SIM_RESET_IWDG:
        return flags | FLAG_IWDG | FLAG_PIN;
    case SIM_RESET_WWDG:
        return flags | FLAG_WWDG | FLAG_PIN;
    default:
        return flags | FLAG_PIN;
    }
}

// RM0351 6.4.19: set by hardware if the option bit WWDG_SW is 0.
void l4_rcc_keep_wwdg(struct stm32l4 *m) {
    *reg(m, L4_APB1) |= WWDGEN;
}

// launched: by OBL_LAUNCH.
// RM0351 6.1.2, 6.4: all registers but BDCR and the flags of CSR. The internal
// resets pull NRST low too, so the pin's flag comes with each of them.
void l4_rcc_reset(struct stm32l4 *m, enum sim_reset kind, bool launched) {
    const uint32_t flags =
            flags_after(*reg(m, CSR) & CSR_FLAGS, kind, launched);
    const bool cold = kind == SIM_RESET_POWER_ON;
    const uint32_t bdcr = cold ? 0 : *reg(m, BDCR);
    const bool lse_ready = !cold && m->rcc.ready[OSC_LSE];
    const sim_time lse_at = cold ? SIM_NEVER : m->rcc.ready_at[OSC_LSE];

    memset(m->rcc.reg, 0, sizeof m->rcc.reg);
    *reg(m, CR) = 0x63;
    *reg(m, ICSCR) = 0x106E0082;
    *reg(m, PLLCFGR) = 0x1000;
    *reg(m, 0x10) = 0x1000;
    *reg(m, 0x14) = 0x1000;
    *reg(m, 0x48) = 0x100;
    *reg(m, 0x68) = 0x11303;
    *reg(m, 0x6C) = 0x532FF;
    *reg(m, 0x70) = 0x101;
    *reg(m, 0x78) = 0xF2FECA3F;
    *reg(m, 0x7C) = 0x25;
    *reg(m, 0x80) = 0x01677C01;
    *reg(m, CSR) = flags | 0x600;
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        m->rcc.ready[i] = i == OSC_MSI;
        m->rcc.ready_at[i] = SIM_NEVER;
    }
    *reg(m, BDCR) = bdcr;
    m->rcc.ready[OSC_LSE] = lse_ready;
    m->rcc.ready_at[OSC_LSE] = lse_at;
    m->rcc.latency_bad = false;
    changed(m);
}

const struct stm32_ops l4_rcc_ops = {.read = rcc_read, .write = rcc_write};
