/*
 * stm32_iwdg - independent watchdog
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_IWDG_H
#define STM32_IWDG_H

#include "sim/stm32/stm32_soc.h"

struct stm32_iwdg {
    const struct stm32_soc *soc;
    bool unlocked, running;
    uint32_t pr, rlr, winr;
    sim_time busy_until[3]; // PVU, RVU, WVU
    uint32_t count;         // at `since`
    sim_time since;
    uint32_t fed_pc; // where the core was when it was loaded
    bool noted;
    struct sim_event event;
};

extern const struct stm32_ops stm32_iwdg_ops;

void stm32_iwdg_init(struct stm32_iwdg *w, const struct stm32_soc *soc);
// A SoC whose option byte asks for it calls this after each reset.
void stm32_iwdg_start(struct stm32_iwdg *w);
// It keeps its oscillator on.
bool stm32_iwdg_running(const struct stm32_iwdg *w);
void stm32_iwdg_power_off(struct stm32_iwdg *w);

#endif
