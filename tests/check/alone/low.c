/*
 * low - code at the beginning of the memory: its addresses read like counts
 *
 * SPDX-License-Identifier: MIT
 */
// unsafe-build: BAD_KEPT code-changed
// unsafe-build: BAD_DATA code-changed
// unsafe-build: BAD_PASSED code-changed
// unsafe-build: BAD_CALLED load-unknown
// safe-build: OK_NUMBERS
// script: -DRAMCODE_ORIGIN=0x00000400
// link: -Wl,-q
// builds: m4 O2 gcc,m4 O0 gcc,m33 Os clang
#include "harness.h"

#define vi REG(0x40004424u) // of a device: not known
typedef uint32_t reads(const volatile uint32_t *p);
volatile uint32_t good[2] = {1, 2};
const uint32_t bad[2] = {5, 6};

RAM uint32_t read_second(const volatile uint32_t *p) {
    return p[1];
}
RAM void ram_reads(void) {
    QSPI_CR = read_second(good);
}
extern uint32_t pool[1];
__asm__(".section .ramcode.pool, \"ax\", %progbits\n"
        "    .syntax unified\n"
        "    .balign 4\n"
        "    .thumb_func\n"
        "    .global pooled\n"
        "    .type pooled, %function\n"
        "pooled:\n"
        "    ldr r0, pool\n"
        "    ldr r0, [r0]\n"
        "    bx lr\n"
        "    .balign 4\n"
        "    .global pool\n"
        "pool:\n"
        "    .word good\n"
        "    .size pooled, . - pooled\n"
        "    .text\n");
uint32_t pooled(void);

#if defined BAD_KEPT || defined BAD_DATA
#ifdef BAD_DATA
static uint32_t *volatile place = pool;
FLASH void keep(void) {
    good[1] = 1;
}
#else
static uint32_t *volatile place;
FLASH void keep(void) {
    place = pool;
}
#endif
FLASH void change(void) {
    keep();
    *place = (uint32_t)bad;
}
#elif defined BAD_PASSED
FLASH void put(uint32_t *to, uint32_t n) {
    *to = n;
}
FLASH void change(void) {
    put(pool, (uint32_t)bad);
}
#elif defined BAD_CALLED
static reads *volatile hook;
FLASH void keep(void) {
    hook = read_second;
}
FLASH void change(void) {
    keep();
    good[1] = hook(bad);
}
#else
// All that code of an outage can have as its address, as a number.
static volatile uint32_t numbers[4] = {0x400, 0x404, 0x410, 0x41c};
FLASH void change(void) {
    numbers[vi & 3] = 0x410;
    numbers[1] = 0x418;
    numbers[2] = numbers[vi & 3] + 0x420;
}
#endif

int main(void) {
    change();
    ram_reads();
    pooled();
    (void)bad;
    return 0;
}
