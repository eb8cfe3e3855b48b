/*
 * places - addresses of code that read like something else, that lie where no
 * address is aligned, or that are kept with their Thumb bit and stored beside
 *
 * SPDX-License-Identifier: MIT
 */
// unsafe-build: BAD_PACKED code-changed
// unsafe-build: BAD_START_KEPT code-changed
// unsafe-build: BAD_START_DATA code-changed
// unsafe-build: BAD_ODD_STORE code-changed
// unsafe-build: BAD_ODD_BELOW code-changed
// unsafe-build: BAD_ODD_PASSED code-changed
// unsafe-build: BAD_BIT_CLEARED code-changed
// unsafe-build: BAD_BIT_SHIFTED code-changed
// safe-build: OK_PACKED
// safe-build: OK_START
// safe-build: OK_CALLBACK
// safe-build: OK_BIT_CLEARED
// builds: m4 O2 gcc,m0plus O0 gcc,m33 Os clang
#include "harness.h"

extern char ramcode_start_[]; // of which what follows is the first
#define vi REG(0x40004424u)   // of a device: not known
volatile uint32_t good[2] = {1, 2};
const uint32_t bad[2] = {5, 6};

RAM uint32_t read_second(const volatile uint32_t *p) {
    return p[1];
}
RAM void ram_reads(void) {
    QSPI_CR = read_second(good);
}
RAM void own(void) {
    QSPI_CR = 7;
}
FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

// Its pool is at an even address that is not 0x20000000.
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

struct __attribute__((packed)) packed {
    char kind;
    const volatile void *what;
#ifdef OK_PACKED
    char rest[3];
#endif
};
harness_handler *volatile kept;

#if defined BAD_PACKED
volatile struct packed packed = {1, pool};
FLASH void change(void) {
    *(uint32_t *)(uintptr_t)packed.what = (uint32_t)bad;
}
#elif defined OK_PACKED
// Numbers beside each other.
volatile struct packed packed = {1, good, {1, 2, 3}};
volatile uint32_t pairs[4] = {5, 32, 0, 0x2000};
FLASH void change(void) {
    good[1] = *(const volatile uint32_t *)packed.what + pairs[vi & 3];
}
#elif defined BAD_START_KEPT || defined BAD_START_DATA
#ifdef BAD_START_DATA
static volatile uint16_t *volatile place = (volatile uint16_t *)ramcode_start_;
FLASH void keep(void) {
    good[1] = 1;
}
#else
static volatile uint16_t *volatile place;
FLASH void keep(void) {
    place = (volatile uint16_t *)ramcode_start_;
}
#endif
FLASH void change(void) {
    keep();
    place[0] = 0x4770u;
}
#elif defined OK_START
// The beginning of RAM as a number, and as a bit.
FLASH void change(void) {
    good[0] = 0x20000000u;
    good[1] = vi | 0x20000000u;
}
#elif defined BAD_ODD_STORE
FLASH void keep(void) {
    kept = own;
}
FLASH void change(void) {
    keep();
    *(volatile uint16_t *)((uintptr_t)kept + 3) = 0x4770u;
}
#elif defined BAD_ODD_BELOW
FLASH void keep(void) {
    kept = own;
}
FLASH void change(void) {
    keep();
    *(volatile uint16_t *)((uintptr_t)kept - 1) = 0x4770u;
}
#elif defined BAD_ODD_PASSED
// In another function than where it is moved.
FLASH void put(volatile uint16_t *to, uint32_t n) {
    *to = (uint16_t)n;
}
FLASH void keep(void) {
    kept = own;
}
FLASH void change(void) {
    keep();
    put((volatile uint16_t *)((uintptr_t)kept - 1), 0x4770u);
}
#elif defined BAD_BIT_CLEARED || defined BAD_BIT_SHIFTED
FLASH void keep(void) {
    kept = own;
}
FLASH void change(void) {
    keep();
#ifdef BAD_BIT_CLEARED
    *(volatile uint16_t *)((uintptr_t)kept & ~1u) = 0x4770u;
#else
    uintptr_t half = (uintptr_t)kept >> 1;
    __asm__("" : "+r"(half));
    *(volatile uint16_t *)(half << 1) = 0x4770u;
#endif
}
#elif defined OK_CALLBACK || defined OK_BIT_CLEARED
// Nothing is stored there.
FLASH void keep(void) {
    kept = own;
}
FLASH void change(void) {
    keep();
    kept();
#ifdef OK_BIT_CLEARED
    good[1] = vi & ~1u;
    good[0] = (uint32_t)kept & ~1u;
#endif
}
#else
FLASH void change(void) {
    good[1] = 1;
}
#endif

int main(void) {
    change();
    ram_reads();
    own();
    pooled();
    (void)bad;
    return 0;
}
