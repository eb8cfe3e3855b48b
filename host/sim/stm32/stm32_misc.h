/*
 * stm32_misc - small devices: CRC, RNG, DBGMCU
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_MISC_H
#define STM32_MISC_H

#include "sim/stm32/stm32_soc.h"

struct stm32_crc {
    uint32_t dr, idr, cr, init, pol;
};
extern const struct stm32_ops stm32_crc_ops; // its reset is enough to begin

// It gives the same numbers in every run.
struct stm32_rng {
    const struct stm32_soc *soc;
    unsigned clock; // while it is 0 Hz there are no numbers
    uint32_t cr;
    uint64_t state;
    sim_time ready;
    bool noted;
};
extern const struct stm32_ops stm32_rng_ops;
void stm32_rng_init(struct stm32_rng *r, const struct stm32_soc *soc,
        unsigned clock);

struct stm32_dbgmcu {
    const struct stm32_soc *soc;
    uint32_t idcode;
    uint32_t reg[5];
};
// It has no reset: the registers are kept until the power is lost. Of them
// CR.DBG_SLEEP acts.
extern const struct stm32_ops stm32_dbgmcu_ops;
void stm32_dbgmcu_power_on(struct stm32_dbgmcu *d, const struct stm32_soc *soc,
        uint32_t idcode);

#endif
