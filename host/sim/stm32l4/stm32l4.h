/*
 * stm32l4 - the STM32L476: its devices, and the wires between them
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/stm32l4: the STM32L476: memory map, clocks, power, internal
 * flash; makes the devices and wires them.
 *
 * RM0351, with the errata of ES0250 and the figures of DS10198.
 */
#ifndef STM32L4_H
#define STM32L4_H

#include "sim/soc.h"

extern const struct sim_soc stm32l476_soc;

// RM0351, 2.2.2.
#define STM32L4_INTERNAL_ADDR 0x08000000u
#define STM32L4_WINDOW_ADDR 0x90000000u
#define STM32L4_SYSTEM_ADDR 0x1FFF7000u // OTP, identification, options
#define STM32L4_SYSTEM_BYTES 0x1000u

#endif
