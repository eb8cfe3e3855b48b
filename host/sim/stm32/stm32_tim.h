/*
 * stm32_tim - a timer as an up-counter: update and compare interrupts
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_TIM_H
#define STM32_TIM_H

#include "sim/stm32/stm32_soc.h"

struct stm32_tim_options {
    unsigned irq;
    unsigned clock;
    uint32_t top; // largest ARR
    bool general; // has channels that capture and compare
};

struct stm32_tim {
    const struct stm32_soc *soc;
    struct stm32_tim_options o;
    uint32_t cr1, cr2, smcr, dier, sr, psc, arr, ccr[4], ccmr[2], ccer;
    uint32_t psc_now; // in force since the last update event
    uint32_t count;   // at `since`
    sim_time since;
    bool noted;
    struct sim_event event;
};

extern const struct stm32_ops stm32_tim_ops;

void stm32_tim_init(struct stm32_tim *t, const struct stm32_soc *soc,
        const struct stm32_tim_options *options);
// Call the first before the clock changes, so that what was counted is kept,
// and the second afterwards.
void stm32_tim_freeze(struct stm32_tim *t);
void stm32_tim_thaw(struct stm32_tim *t);
void stm32_tim_power_off(struct stm32_tim *t);

#endif
