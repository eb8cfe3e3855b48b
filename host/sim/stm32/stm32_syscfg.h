/*
 * stm32_syscfg - what the SoC shows at address 0, and other settings
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_SYSCFG_H
#define STM32_SYSCFG_H

#include "sim/stm32/stm32_soc.h"

struct stm32_syscfg {
    const struct stm32_soc *soc;
    void (*remap)(void *ctx, uint32_t memrmp); // MEMRMP has changed, or a reset
    uint32_t reg[0x28 / 4];
};

extern const struct stm32_ops stm32_syscfg_ops;

void stm32_syscfg_init(struct stm32_syscfg *s, const struct stm32_soc *soc,
        void (*remap)(void *ctx, uint32_t memrmp));

#endif
