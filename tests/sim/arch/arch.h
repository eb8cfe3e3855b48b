/*
 * arch - what the questions of all profiles share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdint.h>

#include "uart.h"

#define CCR R32(0xE000ED14)
#define SHCSR R32(0xE000ED24)
#define CFSR R32(0xE000ED28)
#define CPACR R32(0xE000ED88)
#define BARRIER() __asm volatile("dsb\n isb" ::: "memory")
#define ASM __asm volatile

void put_char(char c);
void put(const char *text);
// Up to the first space.
void put_word(const char *text);
void hex(uint32_t value, int digits);
void say(const char *name, uint32_t value);
// The fault since the last call.
void fault(const char *name);
// Where a thread goes on whose fault has no frame: its stack; 0: nowhere.
extern uint32_t *volatile escape;

#define FPCCR R32(0xE000EF34)
// At that fault, and behind an FP instruction of its handler. Armv8-M.
extern volatile uint32_t lazy_seen[2];

void doubles(void);
void armv8(void);
void events(void);

#endif
