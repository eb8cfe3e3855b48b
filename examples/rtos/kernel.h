/*
 * kernel - the smallest code that behaves like an RTOS: two threads, a tick
 *
 * SPDX-License-Identifier: MIT
 *
 * A stand-in for FreeRTOS or Zephyr; main.c names their corresponding calls.
 * All of it lies in the flash: tick and switch have the lowest priority, so
 * they wait in an outage and run in a suspension.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

// The caller continues as thread 0, `second` begins as thread 1 and must not
// return. A tick every millisecond.
void kernel_start(void (*second)(void), uint32_t hclk_hz);

uint32_t kernel_ticks(void); // xTaskGetTickCount
void kernel_catch_up(uint32_t count);
void kernel_delay(uint32_t count); // not before as many ticks have passed

// A recursive mutex: one for all.
void kernel_lock(void);
void kernel_unlock(void);
uint32_t kernel_waits(void); // how often a thread had to wait for it

#endif
