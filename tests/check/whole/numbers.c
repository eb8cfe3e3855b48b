/*
 * numbers - places in a frame that become numbers
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which comes from a word of a frame. Each BAD
 * firmware changes that word through a number that it made of the word's
 * address, of its bits or by comparing it, or in another way that keeps an
 * address where the run of the whole program must not lose it.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc
// check: --interrupts none
// safe-build: OK
// safe-build: OK_INDEX
// safe-build: OK_COMPARED
// safe-build: OK_CYCLES
// unsafe-build: BAD_RANGE load-unknown|load|address
// unsafe-build: BAD_EQUAL load-unknown|load|address
// unsafe-build: BAD_LOW_BITS load-unknown|load|address
// unsafe-build: BAD_FIELD load-unknown|load|address
// unsafe-build: BAD_BYTES load-unknown|load|address
// unsafe-build: BAD_BRANCHES load-unknown|load|address
// unsafe-build: BAD_SHIFTED load-unknown|load|address
// unsafe-build: BAD_DISGUISED load-unknown|load|address
// unsafe-build: BAD_DEEP load-unknown|load|address
// unsafe-build: BAD_PAINTED load-unknown|load|address
// unsafe-build: BAD_ODD_STACK load-unknown|load|address
// unsafe-build: BAD_BELOW load-unknown|load|address
// unsafe-build: BAD_CYCLES load-unknown|load|address
// unsafe-build: BAD_DEBUG_DATA load-unknown|load|address
// unsafe-build: BAD_PRIORITIES load-unknown|load|address
// unsafe-build: BAD_HANDLER_PRIORITIES load-unknown|load|address
// unsafe-build: BAD_CYCLES_OFFSET load-unknown|load|address
// unsafe-build: BAD_PATCHED load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data
#define DMA_ADDRESS REG(0x40020014u)
#define STACK_PAGE 0x20009000u // the one below stack_top_

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#define BAD_PLACE ((place)in_flash)
place cell = good;
volatile uint32_t keeper, others[20];
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

FLASH void stores(uint32_t at) {
    *(place volatile *)at = BAD_PLACE;
}

// More words since than a path remembers.
FLASH uint32_t kept(const volatile void *at) {
    keeper = (uint32_t)at;
    for (int i = 0; i < 20; i++) {
        others[i] = 5;
    }
    return keeper;
}

#ifdef BAD_BELOW
RAM void SysTick_Handler(void) {
    sum++;
}
#endif

FLASH void works(void) {
    volatile place mine[4] = {good, good, good, good};
#if defined OK_COMPARED
    volatile uint32_t *const at = (volatile uint32_t *)kept(others + 2);
    if (at == others + 2) {
        *at = 7;
    }
#elif defined BAD_RANGE
    const uint32_t at = kept(mine);
    if (at >= STACK_PAGE + 0xf00u && at < STACK_PAGE + 0x1000u) {
        stores(at);
    }
#elif defined BAD_EQUAL
    const uint32_t at = kept(mine);
    for (uint32_t k = STACK_PAGE + 0xf00u; k < STACK_PAGE + 0x1000u; k += 4) {
        if (at == k) {
            stores(at);
        }
    }
#elif defined BAD_LOW_BITS
    const uint32_t low = (uint32_t)mine >> 2 & 0x3ffu;
    stores(STACK_PAGE + low * 4);
#elif defined BAD_FIELD
    uint32_t low;
    __asm volatile("ubfx %0, %1, #2, #10" : "=r"(low) : "r"(mine) : "memory");
    stores(STACK_PAGE + low * 4);
#elif defined BAD_BYTES
    kept(mine);
    const uint32_t low = ((volatile uint8_t *)&keeper)[0];
    const uint32_t high = ((volatile uint8_t *)&keeper)[1] & 15u;
    stores(STACK_PAGE + (high << 8) + low);
#elif defined BAD_BRANCHES
    // Each bit decides: none is in the number.
    uint32_t bits = (uint32_t)mine, at = STACK_PAGE + 0xf80u;
    __asm volatile("" : "+r"(bits) : : "memory");
    for (uint32_t bit = 4; bit < 0x80u; bit *= 2) {
        if (bits & bit) {
            at += bit;
        }
    }
    stores(at);
#elif defined BAD_SHIFTED
    __asm volatile("lsr r3, %0, #2\n\tcmp r3, %2\n\tblo 1f\n\tcmp r3, %3\n\t"
                   "bhs 1f\n\tlsl r3, r3, #2\n\tstr %1, [r3]\n1:"
                   :
                   : "r"(mine), "r"(BAD_PLACE), "r"((STACK_PAGE + 0xf00u) / 4),
                   "r"((STACK_PAGE + 0x1000u) / 4)
                   : "r3", "cc", "memory");
#elif defined BAD_DISGUISED
    __asm volatile("eor r3, %0, %4\n\tcmp r3, %2\n\tblo 1f\n\tcmp r3, %3\n\t"
                   "bhs 1f\n\teor r3, r3, %4\n\tstr %1, [r3]\n1:"
                   :
                   : "r"(mine), "r"(BAD_PLACE), "r"(STACK_PAGE - 0x100u),
                   "r"(STACK_PAGE), "r"(0x1000u)
                   : "r3", "cc", "memory");
#elif defined BAD_DEEP
    // Deeper than a stack is known to reach.
    volatile uint32_t much[600];
    much[599] = much[0] = 1;
    const uint32_t low = (uint32_t)mine >> 2 & 0x3ffu;
    stores(STACK_PAGE + low * 4);
    sum = much[599];
#elif defined BAD_PAINTED
    for (uint32_t at = STACK_PAGE + 0xc00u; at < STACK_PAGE + 0x1000u;
            at += 4) {
        if (*(volatile uint32_t *)at == (uint32_t)good) {
            stores(at);
        }
    }
#elif defined BAD_ODD_STACK
    // Bits 0 and 1 of the stack pointer stay zero: the second store is at 5.
    __asm volatile("mov r2, sp\n\tsub sp, #32\n\tmov r3, sp\n\tadd r3, #3\n\t"
                   "str %1, [r3, #1]\n\tmov sp, r3\n\tstr %0, [sp, #5]\n\t"
                   "ldr r1, [r3, #1]\n\tmov sp, r2\n\tstr r1, [%2]"
                   :
                   : "r"((uint32_t)BAD_PLACE >> 8), "r"(good), "r"(mine)
                   : "r1", "r2", "r3", "memory");
#elif defined BAD_BELOW
    // An exception stores there.
    __asm volatile("mov r2, %1\n\tstr r2, [sp, #-8]\n\tldr r3, [sp, #-8]\n\t"
                   "cmp r3, %1\n\tbne 1f\n\tldr r3, [sp, #-8]\n\t"
                   "str r3, [%0]\n1:"
                   :
                   : "r"(mine), "r"(good)
                   : "r2", "r3", "cc", "memory");
#endif
    cell = mine[0];
}

// A number that stays one.
FLASH void indexes(void) {
    others[DEVICE & 15u] = (uint32_t)BAD_PLACE;
}

int main(void) {
#if defined OK_INDEX
    indexes();
#elif defined OK_CYCLES
    REG(0xe0001004u) = 0;
    DMA_ADDRESS = REG(0xe0001004u);
#elif defined BAD_CYCLES
    REG(0xe0001004u) = (uint32_t)&cell;
    DMA_ADDRESS = REG(0xe0001004u);
#elif defined BAD_CYCLES_OFFSET
    REG(0xe0001004u) = (uint32_t)&cell - 16;
    DMA_ADDRESS = REG(0xe0001004u) + 16;
#elif defined BAD_DEBUG_DATA
    REG(0xe000edf8u) = (uint32_t)&cell;
    DMA_ADDRESS = REG(0xe000edf8u);
#elif defined BAD_PRIORITIES
    REG(0xe000e400u) = (uint32_t)&cell;
    DMA_ADDRESS = REG(0xe000e400u);
#elif defined BAD_HANDLER_PRIORITIES
    REG(0xe000ed18u) = (uint32_t)&cell;
    DMA_ADDRESS = REG(0xe000ed18u);
#elif defined BAD_PATCHED
    // The flash patch unit puts a word of RAM in place of a literal.
    REG(0xe0002004u) = (uint32_t)others;
    REG(0xe0002008u) = 0x101u;
    REG(0xe0002000u) = 3;
#else
#ifdef BAD_BELOW
    REG(0xe000e010u) = 7;
#endif
    works();
#endif
    outage();
    return 0;
}
