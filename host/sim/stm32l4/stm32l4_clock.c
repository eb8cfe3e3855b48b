/*
 * stm32l4_clock - frequencies of an STM32L476 from its RCC registers
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 6.2. Everything is computed anew from the registers after each change,
 * so that no order of writes can leave a stale frequency behind.
 */
#include "sim/stm32l4/stm32l4_priv.h"

#define CR 0x00u
#define CFGR 0x08u
#define PLLCFGR 0x0Cu
#define CCIPR 0x88u

#define CR_MSIRGSEL (1u << 3)
#define PLLREN (1u << 24)

#define HCLK_MAX_HZ 80000000u
#define LOW_POWER_MAX_HZ 2000000u

static uint32_t reg(const struct stm32l4 *m, uint32_t off) {
    return m->rcc.reg[off / 4];
}

static uint32_t msi_hz(const struct stm32l4 *m) {
    static const uint32_t range_hz[16] = {100000, 200000, 400000, 800000,
            1000000, 2000000, 4000000, 8000000, 16000000, 24000000, 32000000,
            48000000};
    // CSR.MSISRANGE is for the way out of Standby, which is not modelled.
    const uint32_t range =
            (reg(m, CR) & CR_MSIRGSEL) != 0 ? (reg(m, CR) >> 4) & 15u : 6;
    return range_hz[range];
}

enum l4_osc l4_pll_source(const struct stm32l4 *m) {
    static const enum l4_osc source[4] = {OSC_COUNT, OSC_MSI, OSC_HSI, OSC_HSE};
    return source[reg(m, PLLCFGR) & 3u];
}

static uint32_t pll_hz(const struct stm32l4 *m) {
    const enum l4_osc source = l4_pll_source(m);
    if (source == OSC_COUNT || (reg(m, PLLCFGR) & PLLREN) == 0) {
        return 0;
    }
    const uint32_t cfg = reg(m, PLLCFGR);
    const uint64_t in = l4_osc_hz(m, source);
    const uint64_t div_m = ((cfg >> 4) & 7u) + 1u;
    const uint64_t mul_n = (cfg >> 8) & 0x7Fu;
    const uint64_t div_r = (((cfg >> 25) & 3u) + 1u) * 2u;
    return (uint32_t)(in * mul_n / (div_m * div_r));
}

uint32_t l4_osc_hz(const struct stm32l4 *m, enum l4_osc osc) {
    switch (osc) {
    case OSC_MSI:
        return msi_hz(m);
    case OSC_HSI:
        return 16000000u;
    case OSC_HSE:
        return m->wiring->hse_hz;
    case OSC_PLL:
        return pll_hz(m);
    case OSC_LSI:
        return 32000u;
    case OSC_LSE:
        return 32768u;
    default:
        return 0;
    }
}

static uint32_t usart2_hz(const struct stm32l4 *m) {
    switch ((reg(m, CCIPR) >> 2) & 3u) {
    case 0:
        return m->rcc.pclk1;
    case 1:
        return m->rcc.sysclk;
    case 2:
        return m->rcc.ready[OSC_HSI] ? 16000000u : 0;
    default:
        return m->rcc.ready[OSC_LSE] ? 32768u : 0;
    }
}

uint32_t l4_clock_hz(const void *ctx, unsigned clock) {
    const struct stm32l4 *m = ctx;
    switch (clock) {
    case L4_PCLK1:
        return m->rcc.pclk1;
    case L4_TIMERS_CLOCK:
        // RM0351 6.2.14: twice the bus clock unless the bus divides by 1.
        return m->rcc.pclk1 == m->rcc.hclk ? m->rcc.pclk1 : 2 * m->rcc.pclk1;
    case L4_USART2_CLOCK:
        return usart2_hz(m);
    case L4_CLK48: // its source is taken to run
        return (reg(m, CCIPR) >> 26 & 3u) != 0 ? 48000000u : 0;
    default:
        return m->rcc.hclk;
    }
}

static uint32_t hpre_shift(uint32_t hpre) {
    static const uint8_t shift[8] = {1, 2, 3, 4, 6, 7, 8, 9};
    return hpre < 8u ? 0 : shift[hpre - 8u];
}

static uint32_t ppre_shift(uint32_t ppre) {
    return ppre < 4u ? 0 : ppre - 3u;
}

// RM0351 5.3.2: in low-power run the clock is 2 MHz at most.
static void check_low_power(struct stm32l4 *m) {
    const bool bad = l4_low_power_run(m) && m->rcc.sysclk > LOW_POWER_MAX_HZ;
    if (bad && !m->rcc.low_power_bad) {
        const struct stm32_violation v = {
                .rule = SIM_RULE_CLOCK_RANGE, .source = "RM0351 5.3.2"};
        stm32_violate(&m->soc, &v,
                "runs SYSCLK at %u Hz with PWR_CR1.LPR=1, which allows %u Hz",
                (unsigned)m->rcc.sysclk, LOW_POWER_MAX_HZ);
    }
    m->rcc.low_power_bad = bad;
}

void l4_clock_check(struct stm32l4 *m) {
    // RM0351 3.3.3, table "number of wait states according to CPU clock".
    static const uint8_t limit_mhz[2][5] = {
            {16, 32, 48, 64, 80}, {6, 12, 18, 26, 26}};
    const unsigned range = l4_voltage_range(m);
    unsigned latency = l4_flash_latency(m);
    latency = latency > 4 ? 4 : latency;
    const uint32_t limit = limit_mhz[range - 1][latency] * 1000000u;
    check_low_power(m);

    if (m->rcc.hclk <= limit) {
        m->rcc.latency_bad = false;
        return;
    }
    if (m->rcc.latency_bad) {
        return;
    }
    m->rcc.latency_bad = true;
    const struct stm32_violation v = {
            SIM_RULE_FLASH_LATENCY, "RM0351 3.3.3", false, 0};
    stm32_violate(&m->soc, &v,
            "runs HCLK at %u Hz with FLASH_ACR.LATENCY=%u in voltage range "
            "%u, which allows %u Hz",
            (unsigned)m->rcc.hclk, latency, range, (unsigned)limit);
}

static void check_speed(struct stm32l4 *m, uint32_t sysclk) {
    if (sysclk > HCLK_MAX_HZ) {
        const struct stm32_violation v = {.rule = SIM_RULE_CLOCK_RANGE};
        stm32_violate(&m->soc, &v,
                "set SYSCLK to %u Hz, above the 80 MHz of the STM32L476",
                (unsigned)sysclk);
    }
}

void l4_clock_update(struct stm32l4 *m) {
    static const enum l4_osc source[4] = {OSC_MSI, OSC_HSI, OSC_HSE, OSC_PLL};
    const uint32_t cfgr = reg(m, CFGR);
    uint32_t sysclk = l4_osc_hz(m, source[(cfgr >> 2) & 3u]);
    if (sysclk == 0) {
        sysclk = 1; // stopped; a frequency of 0 has no cycle time
    }
    const uint32_t old_hclk = m->rcc.hclk;
    uint32_t hclk = sysclk >> hpre_shift((cfgr >> 4) & 15u);
    hclk = hclk == 0 ? 1 : hclk;
    const uint32_t pclk1 = hclk >> ppre_shift((cfgr >> 8) & 7u);
    const bool timers = pclk1 != m->rcc.pclk1 || hclk != old_hclk;

    if (timers) {
        for (unsigned i = 0; i < L4_TIMERS; i++) {
            stm32_tim_freeze(&m->tim[i]);
        }
        stm32_wwdg_freeze(&m->wwdg);
    }
    if (sysclk != m->rcc.sysclk) {
        check_speed(m, sysclk);
    }
    m->rcc.sysclk = sysclk;
    m->rcc.hclk = hclk;
    m->rcc.pclk1 = pclk1;
    m->rcc.pclk2 = hclk >> ppre_shift((cfgr >> 11) & 7u);
    if (hclk != old_hclk) {
        sim_set_hclk(m->sim, hclk);
        stm32_qspi_hclk(&m->qspi, old_hclk);
    }
    if (timers) {
        for (unsigned i = 0; i < L4_TIMERS; i++) {
            stm32_tim_thaw(&m->tim[i]);
        }
        stm32_wwdg_thaw(&m->wwdg);
    }
    l4_clock_check(m);
}
