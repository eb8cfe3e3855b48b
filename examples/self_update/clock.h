/*
 * clock - milliseconds that stay right although ticks go missing
 *
 * SPDX-License-Identifier: MIT
 *
 * SysTick is below the ceiling, so it waits in an outage and remembers one
 * tick at most. The library counts the others and hands them over.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

void clock_start(void);
uint32_t clock_ms(void);             // wraps after 49 days: compare differences
void clock_add_lost(uint32_t count); // thread

#endif
