/*
 * stm32l4xx_hal_conf - the HAL settings that CubeMX offers
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32L4XX_HAL_CONF_H
#define STM32L4XX_HAL_CONF_H

// "SYS, Time Base", "NVIC, System tick timer". 0 has long been CubeMX's
// default; with a ceiling the tick has to be below it.
#ifndef TICK_INT_PRIORITY
#define TICK_INT_PRIORITY 15u
#endif

#endif
