/*
 * stm32_syscfg - what the SoC shows at address 0, and other settings
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_SYSCFG_H
#define STM32_SYSCFG_H

#include "sim/stm32/stm32_soc.h"

struct stm32_syscfg_options {
    // Of the SoC: MEMRMP has changed, or a reset; SCSR.SRAM2ER is set;
    // CFGR2.SPF has changed.
    void (*remap)(void *ctx, uint32_t memrmp);
    void (*erase_sram2)(void *ctx);
    void (*parity)(void *ctx);
};

struct stm32_syscfg {
    const struct stm32_soc *soc;
    struct stm32_syscfg_options o;
    uint32_t reg[0x28 / 4];
    unsigned key_step; // of SKR
};

extern const struct stm32_ops stm32_syscfg_ops;

void stm32_syscfg_init(struct stm32_syscfg *s, const struct stm32_soc *soc,
        const struct stm32_syscfg_options *options);
// The port, A being 0, whose pin of that number EXTI looks at (EXTICR).
unsigned stm32_syscfg_exti_port(const struct stm32_syscfg *s, unsigned line);
// CFGR2.SPF: a word of SRAM2 did not fit its parity.
void stm32_syscfg_parity(struct stm32_syscfg *s);
bool stm32_syscfg_parity_failed(const struct stm32_syscfg *s);

#endif
