/*
 * stm32_wwdg - window watchdog
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_WWDG_H
#define STM32_WWDG_H

#include "sim/stm32/stm32_soc.h"

struct stm32_wwdg_options {
    unsigned irq;
    unsigned clock;
};

struct stm32_wwdg {
    const struct stm32_soc *soc;
    struct stm32_wwdg_options o;
    bool running; // WDGA
    uint32_t cfr, sr;
    uint32_t count;  // T, at `since`
    sim_time since;  // the end of a tick
    uint32_t fed_pc; // where the core was when it was loaded
    bool noted;
    struct sim_event event;
};

extern const struct stm32_ops stm32_wwdg_ops;

void stm32_wwdg_init(struct stm32_wwdg *w, const struct stm32_soc *soc,
        const struct stm32_wwdg_options *options);
// A SoC whose option byte asks for it calls this after each reset.
void stm32_wwdg_start(struct stm32_wwdg *w);
// Call the first before the clock changes, and the second afterwards.
void stm32_wwdg_freeze(struct stm32_wwdg *w);
void stm32_wwdg_thaw(struct stm32_wwdg *w);
void stm32_wwdg_power_off(struct stm32_wwdg *w);

#endif
