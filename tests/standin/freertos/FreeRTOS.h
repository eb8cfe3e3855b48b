/*
 * FreeRTOS - as much of the kernel's header as the listings of docs/RTOS.md use
 *
 * SPDX-License-Identifier: MIT
 *
 * The names are the kernel's. As in its ports for Cortex-M3, M4 and M7 a yield
 * is a macro, and there is no function to link.
 */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdint.h>

#define portYIELD() (*(volatile uint32_t *)0xE000ED04u = 1u << 28)

#endif
