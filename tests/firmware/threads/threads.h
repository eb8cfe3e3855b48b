/*
 * threads - two threads on one CPU: preemption, a mutex, nothing else
 *
 * SPDX-License-Identifier: MIT
 *
 * All of it is ordinary code in the flash: PendSV and SysTick have the lowest
 * priority, so an outage keeps them back, and a suspension lets them in. The
 * stacks are in RAM, as the library wants.
 */
#ifndef THREADS_H
#define THREADS_H

#include <stdint.h>

// The caller goes on as the first thread; `second` begins to run at the next
// tick. It must not return.
void threads_start(void (*second)(void), uint32_t tick_cycles);

// Let the other thread run.
void threads_yield(void);

// 0 or 1: who runs.
unsigned threads_current(void);

// How often the CPU went from one thread to the other.
uint32_t threads_switches(void);

// A recursive mutex. lock blocks while the other thread has it.
void threads_lock(void);
void threads_unlock(void);
uint32_t threads_blocked(void); // how often lock had to wait

#endif
