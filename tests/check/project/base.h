/*
 * base.h - what every subject of the small project is compiled with
 *
 * SPDX-License-Identifier: MIT
 *
 * Flash at 0x90000000, .data with .RamFunc in it copied to RAM.
 */
#ifndef BASE_H
#define BASE_H

#include <math.h>
#include <stdint.h>
#include <string.h>
#define RAM __attribute__((section(".RamFunc"), noinline))
struct big {
    int a[20];
};
extern struct big b1, b2;
extern volatile uint32_t u;
extern volatile uint64_t w;
extern volatile float f;
extern volatile double d;
void subject(void);

#endif
