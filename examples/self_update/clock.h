/*
 * clock - milliseconds that stay correct although ticks are lost
 *
 * SPDX-License-Identifier: MIT
 *
 * SysTick is below the ceiling, so it waits in an outage, and at most one tick
 * stays pending. The library counts the others and reports them.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

void clock_start(void);
uint32_t clock_ms(void);             // wraps after 49 days: compare differences
void clock_add_lost(uint32_t count); // thread

#endif
