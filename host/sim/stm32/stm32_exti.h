/*
 * stm32_exti - interrupt lines that software or a pin triggers
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_EXTI_H
#define STM32_EXTI_H

#include "sim/stm32/stm32_soc.h"

#define STM32_EXTI_BANKS 2

struct stm32_exti_options {
    // Which lines of the first bank raise which interrupt; lines 0: the end.
    struct stm32_exti_irq {
        uint32_t lines;
        unsigned irq;
    } irq[16];
    uint32_t imr[STM32_EXTI_BANKS];       // after a reset
    uint32_t triggered[STM32_EXTI_BANKS]; // lines with a trigger of their own
};

struct stm32_exti {
    const struct stm32_soc *soc;
    struct stm32_exti_options o;
    uint32_t reg[0x38 / 4];
};

extern const struct stm32_ops stm32_exti_ops;

void stm32_exti_init(struct stm32_exti *e, const struct stm32_soc *soc,
        const struct stm32_exti_options *options);
// The input of a line of the first bank has changed.
void stm32_exti_edge(struct stm32_exti *e, unsigned line, bool high);

#endif
