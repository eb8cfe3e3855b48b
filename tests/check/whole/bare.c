/*
 * bare - a device gets an address at which no image has anything
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through a pointer in RAM that the board names and no section
 * covers, as where an address is cast. Who says how large the buffer is there?
 * A device that gets an address may change all of it. An object that ends
 * where its section does may be given by its end, and memory that has labels
 * only by any place in it.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// link: --section-start=.last=0x2407fff0
// board: window 0x90000000 16M
// board: ram 0x20000000 96K
// board: ram 0x24000000 256K
// board: ram 0x24040000 256K
// board: internal 0x10000000 64K
// safe-build: OK_NONE
// unsafe-build: BAD_BEFORE load-unknown|load|address
// safe-build: OK_END
// unsafe-build: BAD load-unknown|load|address
// unsafe-build: BAD_BEHIND load-unknown|load|address
// unsafe-build: BAD_DESCRIPTOR load-unknown|load|address
// unsafe-build: BAD_LATER load-unknown|load|address
// unsafe-build: BAD_NAMELESS load-unknown|load|address
// unsafe-build: BAD_ELSEWHERE load-unknown|load|address
// unsafe-build: BAD_ACROSS load-unknown|load|address
// unsafe-build: BAD_INTERNAL load-unknown|load|address
// unsafe-build: BAD_RESET load-unknown|load|address
// safe-build: OK_LABEL
// unsafe-build: BAD_LABEL_END load-unknown|load|address
// unsafe-build: BAD_LABEL_LAST load-unknown|load|address
// unsafe-build: BAD_LAST load-unknown|load|address
// unsafe-build: BAD_END load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
struct object {
    place cell;
    uint32_t more[3];
};
#define DMA_ADDRESS REG(0x40020014u)

volatile uint32_t good[4] = {1, 2, 3, 4};
static volatile uint32_t sum;

#if defined BAD_LAST // where it ends, RAM ends
__attribute__((section(".last,\"aw\",%nobits @"))) volatile struct object last;
#define OBJECT (&last)
#elif defined BAD_END || defined OK_END
__attribute__((section(".bss.zz"), aligned(8))) volatile struct object last;
#define OBJECT (&last)
#elif defined BAD_LABEL_END || defined BAD_LABEL_LAST
#define OBJECT ((volatile struct object *)label)
#elif defined BAD_NAMELESS // the board does not name it
#define OBJECT ((volatile struct object *)0x30000000u)
#elif defined BAD_ACROSS // two lines of the board
#define OBJECT ((volatile struct object *)0x24040000u)
#elif defined BAD_INTERNAL // with nothing of an image in it, as a CCM
#define OBJECT ((volatile struct object *)0x10000100u)
#elif defined BAD_ELSEWHERE
#define OBJECT ((volatile struct object *)0x24000000u)
#else
#define OBJECT ((volatile struct object *)0x20010100u)
#endif

// As a linker script's: nothing says that it is an object.
#if defined BAD_LABEL_END || defined BAD_LABEL_LAST || defined OK_LABEL
__asm__(".pushsection .labels, \"aw\", %nobits\n\t.balign 4\n\t"
        ".global label, label_end\nlabel:\n\t.space 32\nlabel_end:\n\t"
        ".space 32\n\t.popsection");
extern uint32_t label[8], label_end[];
#endif

const uint32_t in_flash[4] = {5, 6, 7, 8};
#define DEVICE REG(0x40004424u)
void again(uint32_t a, uint32_t b, uint32_t c,
        uint32_t d) __asm("Reset_Handler");

static place kept;
RAM void outage(void) {
    QSPI_CR = 1;
    sum += *kept;
    QSPI_CR = 2;
}

int main(void) {
#ifdef BAD_RESET // what it held before one
    kept = OBJECT->cell;
    outage();
    OBJECT->cell = (place)in_flash;
    if (DEVICE) {
        REG(0xe000ed0cu) = 0x05fa0004u;
        for (;;) {
        }
    }
    OBJECT->cell = good;
    again(DEVICE, DEVICE, DEVICE, DEVICE);
#endif
#ifndef BAD_LATER
    OBJECT->cell = good;
#endif
#if defined BAD || defined BAD_LATER || defined BAD_ELSEWHERE || \
        defined BAD_NAMELESS || defined BAD_INTERNAL
    DMA_ADDRESS = (uintptr_t)OBJECT;
#elif defined BAD_BEHIND
    DMA_ADDRESS = (uintptr_t)OBJECT - 256;
#elif defined BAD_DESCRIPTOR
    good[0] = (uintptr_t)OBJECT;
    DMA_ADDRESS = (uintptr_t)good;
#elif defined BAD_ACROSS
    DMA_ADDRESS = (uintptr_t)OBJECT - 16;
#elif defined BAD_BEFORE // where it ends, as for DMA that counts down
    DMA_ADDRESS = (uintptr_t)OBJECT + 64;
#elif defined BAD_LABEL_END || defined OK_LABEL
    DMA_ADDRESS = (uintptr_t)label_end;
#elif defined BAD_LABEL_LAST
    DMA_ADDRESS = (uintptr_t)(label_end - 1);
#elif defined BAD_END || defined BAD_LAST
    DMA_ADDRESS = (uintptr_t)(OBJECT + 1);
#elif defined OK_END
    DMA_ADDRESS = (uintptr_t)(OBJECT + 2);
#endif
#ifdef BAD_LATER
    OBJECT->cell = good;
#endif
    kept = OBJECT->cell;
    outage();
    return 0;
}
