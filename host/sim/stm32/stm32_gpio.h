/*
 * stm32_gpio - one GPIO port
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_GPIO_H
#define STM32_GPIO_H

#include "sim/stm32/stm32_soc.h"

struct stm32_gpio_options {
    unsigned port;                  // 0: A
    uint32_t moder, ospeedr, pupdr; // after a reset
    uint32_t pulled_up;             // inputs that the board holds high
};

struct stm32_gpio {
    const struct stm32_soc *soc;
    struct stm32_gpio_options o;
    uint32_t moder, otyper, ospeedr, pupdr, odr, afr[2], ascr, lckr;
    unsigned lock_step;
    uint32_t lock_pins;
    uint32_t level; // driven high, as last traced
    uint32_t input; // IDR, as last told
};

extern const struct stm32_ops stm32_gpio_ops;

void stm32_gpio_init(struct stm32_gpio *g, const struct stm32_soc *soc,
        const struct stm32_gpio_options *options);
// The pin is in alternate-function mode with exactly this function.
bool stm32_gpio_is(const struct stm32_gpio *g, unsigned pin, unsigned af);

#endif
