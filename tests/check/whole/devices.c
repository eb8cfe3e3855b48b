/*
 * devices - what a device gets, by a register of the core or from flash
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which leads to RAM. DMA may change it where
 * its address is in a descriptor that a device gets, wherever that lies and
 * whichever register it came through. The OK ones give a device others.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// safe-build: OK_CORE
// safe-build: OK_ONE_OF_MANY
// safe-build: OK_RING
// safe-build: OK_COUNTS
// safe-build: OK_INNER_TABLE
// safe-build: OK_BITS
// safe-build: OK_DEBUGGER
// safe-build: OK_BEHIND_CODE
// unsafe-build: BAD_BITS_FLASH load-unknown|load|address
// unsafe-build: BAD_BITS_ONE_OF_MANY load-unknown|load|address
// unsafe-build: BAD_DEBUGGER load-unknown|load|address
// unsafe-build: BAD_DEBUGGER_ANY load-unknown|load|address
// unsafe-build: BAD_BEHIND_CODE load-unknown|load|address
// unsafe-build: BAD_BEHIND_CODE_FLASH load-unknown|load|address
// unsafe-build: BAD_CORE_DESCRIPTOR load-unknown|load|address
// unsafe-build: BAD_CORE_ALIAS load-unknown|load|address
// unsafe-build: BAD_CORE_ONE_OF_MANY load-unknown|load|address
// unsafe-build: BAD_DEBUG_DESCRIPTOR load-unknown|load|address
// unsafe-build: BAD_ONE_OF_MANY load-unknown|load|address
// unsafe-build: BAD_ONE_OF_MORE load-unknown|load|address
// unsafe-build: BAD_NO_NAME load-unknown|load|address
// unsafe-build: BAD_RING load-unknown|load|address
// unsafe-build: BAD_INNER_TABLE load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data
#define DMA_ADDRESS REG(0x40020014u)
#define CYCCNT REG(0xe0001004u)
#define DCRDR REG(0xe000edf8u)

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#if defined BAD_BEHIND_CODE || defined OK_BEHIND_CODE
// Behind a function that does not say where it ends.
__asm__(".pushsection .ramcode.code, \"ax\", %progbits\n\t.thumb\n\t"
        ".global ends_nowhere\n\t.type ends_nowhere, %function\n"
        "ends_nowhere:\n\tbx lr\n\t.balign 4\n\t.global cell\n\t"
        ".type cell, %object\n\t.size cell, 4\ncell:\n\t.word good\n\t"
        ".global unnamed\nunnamed:\n\t.word 1, 2\n\t.popsection");
extern place cell;
extern uint32_t unnamed[2];
#else
place cell = good;
#endif
#ifdef BAD_BEHIND_CODE_FLASH
__asm__(".pushsection .text.code, \"ax\", %progbits\n\t.thumb\n\t"
        ".global ends_nowhere\n\t.type ends_nowhere, %function\n"
        "ends_nowhere:\n\tbx lr\n\t.balign 4\n\t.global behind\n\t"
        ".type behind, %object\n\t.size behind, 4\nbehind:\n\t"
        ".word cell\n\t.popsection");
extern const uint32_t behind;
#endif
uint32_t others[3] = {1, 2, 3}; // from the second one on
volatile uint32_t ring[20];
static volatile uint32_t sum;

struct descriptor {
    const volatile void *to;
    uint32_t count;
};
#if defined OK_CORE || defined OK_ONE_OF_MANY || defined OK_BITS
#define TO (others + 1)
#else
#define TO (&cell)
#endif
const struct descriptor one = {TO, 4};
#define FOUR(to) \
    {to, 1}, {to, 2}, {to, 3}, { \
        to, 4 \
    }
const struct descriptor many[16] = {
        FOUR(others + 2), FOUR(others + 1), FOUR(TO), FOUR(others + 1)};
const struct descriptor more[8192] = {[8000] = {TO, 4}};

#ifdef BAD_NO_NAME
// No object has the address that this one holds.
__asm__(".pushsection .rodata, \"a\", %progbits\n\t.balign 4\n"
        ".Lno_name:\n\t.word others + 4\n\t.word 4\n\t.word cell\n\t"
        ".word 4\n\t.global no_name\n\t.type no_name, %object\n\t"
        ".size no_name, 4\nno_name:\n\t.word .Lno_name\n\t.popsection");
extern const uint32_t no_name;
#endif

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

// Semihosting: SYS_WRITE is 5, SYS_READ 6.
static __attribute__((noinline)) uint32_t ask(uint32_t what,
        const void *block) {
    register uint32_t r0 __asm__("r0") = what;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}
const uint32_t block[3] = {1, (uint32_t)&cell, 8};

#if defined OK_INNER_TABLE || defined BAD_INNER_TABLE
// Behind others in its section, as behind the header of an image: the boot
// program may begin with this one.
void Reset_Handler(void);
FLASH void early(void) {
#ifdef BAD_INNER_TABLE
    cell = (place)in_flash;
#else
    cell = good + 2;
#endif
}
__attribute__((aligned(128), used)) harness_handler *const inner[16] = {
        (harness_handler *)stack_top_, Reset_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler, 0,
        0, 0, 0, Default_Handler, Default_Handler, 0, Default_Handler, early};
#endif

int main(void) {
    cell = good + 1;
#if defined OK_BITS
    DMA_ADDRESS = (DMA_ADDRESS & ~3u) | (uint32_t)&one;
    DMA_ADDRESS |= 0x90000000u;
#elif defined BAD_BITS_FLASH
    DMA_ADDRESS = (DMA_ADDRESS & ~3u) | (uint32_t)&one;
#elif defined BAD_BITS_ONE_OF_MANY
    DMA_ADDRESS = (DMA_ADDRESS & ~3u) | (uint32_t)&many[DEVICE & 15u];
#elif defined OK_DEBUGGER
    sum += ask(5, block);
    sum += ask(0x13, 0);
#elif defined BAD_DEBUGGER
    sum += ask(6, block);
#elif defined BAD_DEBUGGER_ANY
    sum += ask(DEVICE, block);
#elif defined BAD_BEHIND_CODE_FLASH
    DMA_ADDRESS = (uint32_t)&behind;
#elif defined BAD_BEHIND_CODE
    DMA_ADDRESS = (uint32_t)&cell;
#elif defined OK_BEHIND_CODE
    DMA_ADDRESS = (uint32_t)&unnamed[1];
#elif defined OK_CORE
    CYCCNT = (uint32_t)&one;
    DMA_ADDRESS = (uint32_t)&one;
    sum += CYCCNT;
#elif defined OK_ONE_OF_MANY
    DMA_ADDRESS = (uint32_t)&many[DEVICE & 15u];
#elif defined OK_RING
    DMA_ADDRESS = (uint32_t)&ring[4 + (DEVICE & 15u)];
#elif defined OK_COUNTS
    DMA_ADDRESS = DEVICE & 0xffffu;
    DMA_ADDRESS = DEVICE & 0xffffffu;
#elif defined BAD_CORE_DESCRIPTOR
    CYCCNT = (uint32_t)&one;
    DMA_ADDRESS = CYCCNT;
#elif defined BAD_CORE_ALIAS
    // Bits of the cell.
    CYCCNT = 0x22000000u + ((uint32_t)&cell - 0x20000000u) * 32u;
    DMA_ADDRESS = CYCCNT;
#elif defined BAD_CORE_ONE_OF_MANY
    CYCCNT = (uint32_t)&many[DEVICE & 15u];
    DMA_ADDRESS = CYCCNT;
#elif defined BAD_DEBUG_DESCRIPTOR
    DCRDR = (uint32_t)&one;
    DMA_ADDRESS = DCRDR;
#elif defined BAD_ONE_OF_MANY
    DMA_ADDRESS = (uint32_t)&many[DEVICE & 15u];
#elif defined BAD_ONE_OF_MORE
    DMA_ADDRESS = (uint32_t)&more[DEVICE & 8191u];
#elif defined BAD_NO_NAME
    DMA_ADDRESS = *(const volatile uint32_t *)&no_name;
#elif defined BAD_RING
    DMA_ADDRESS = (uint32_t) & (&cell)[DEVICE & 3u];
#endif
    outage();
    return 0;
}
