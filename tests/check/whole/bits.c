/*
 * bits - words and addresses that are made in parts or disguised
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which an exact path makes of bits or bytes,
 * or changes through an address in a frame that is another number for a while.
 * Each BAD firmware breaks one thing that the run of the whole program must see
 * to take no more from that than there is.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc
// check: --interrupts none
// safe-build: OK_BITS
// safe-build: OK_BYTES
// safe-build: OK_HALVES
// safe-build: OK_CARRY
// safe-build: OK_LSL
// safe-build: OK_LSR
// safe-build: OK_LSR_ALL
// safe-build: OK_ASR
// safe-build: OK_HIDDEN
// safe-build: OK_SHIFTED
// safe-build: OK_HEAP
// unsafe-build: BAD_BITS load-unknown|load|address
// unsafe-build: BAD_BITS_LAST load-unknown|load|address
// unsafe-build: BAD_BITS_HANDLER load-unknown|load|address
// unsafe-build: BAD_BITS_ONE_PATH load-unknown|load|address
// unsafe-build: BAD_BITS_INDEX load-unknown|load|address
// unsafe-build: BAD_BITS_DEVICE load-unknown|load|address
// unsafe-build: BAD_BITS_AND_BYTE load-unknown|load|address
// unsafe-build: BAD_BITS_ACROSS load-unknown|load|address
// unsafe-build: BAD_BITS_DMA load-unknown|load|address
// unsafe-build: BAD_BITS_JOINED load-unknown|load|address
// unsafe-build: BAD_BITS_MEET load-unknown|load|address
// unsafe-build: BAD_BITS_MEET_OTHER load-unknown|load|address
// unsafe-build: BAD_BYTES_LAST load-unknown|load|address
// unsafe-build: BAD_BYTES_OF_TWO load-unknown|load|address
// unsafe-build: BAD_CARRY load-unknown|load|address
// unsafe-build: BAD_LSL load-unknown|load|address
// unsafe-build: BAD_LSR load-unknown|load|address
// unsafe-build: BAD_LSR_ALL load-unknown|load|address
// unsafe-build: BAD_ASR load-unknown|load|address
// unsafe-build: BAD_CARRY_GONE load-unknown|load|address
// unsafe-build: BAD_CARRY_SUM load-unknown|load|address
// unsafe-build: BAD_HIDDEN load-unknown|load|address
// unsafe-build: BAD_HIDDEN_OTHER load-unknown|load|address
// unsafe-build: BAD_HIDDEN_KEPT load-unknown|load|address
// unsafe-build: BAD_HIDDEN_ARGUMENT load-unknown|load|address
// unsafe-build: BAD_HIDDEN_READ load-unknown|load|address
// unsafe-build: BAD_HIDDEN_FRAME load-unknown|load|address
// unsafe-build: BAD_HIDDEN_LEFT load-unknown|load|address
// unsafe-build: BAD_SHIFTED load-unknown|load|address
// unsafe-build: BAD_SHIFTED_UP load-unknown|load|address
// unsafe-build: BAD_SHIFTED_MORE load-unknown|load|address
// unsafe-build: BAD_HEAP load-unknown|load|address
// unsafe-build: BAD_HEAP_STEP load-unknown|load|address
// unsafe-build: BAD_HEAP_WRAPS load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data
#define DMA_ADDRESS REG(0x40020014u)

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#define BAD_PLACE ((place)in_flash)
// The cell is behind the table.
struct {
    place table[4];
    place cell;
} ram = {{good, good + 1, good + 2, good + 3}, good};
#define table ram.table
#define cell ram.cell
uint32_t used;
static volatile uint32_t sum, kept;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

#define BITS(object) \
    ((volatile uint32_t *)(0x22000000u + \
            ((uint32_t)(object)-0x20000000u) * 32u))

FLASH void by_bits(place what, int from, int to) {
    volatile uint32_t *bits = BITS(&cell);
    for (int i = from; i < to; i++) {
        bits[i] = (uint32_t)what >> i & 1u;
    }
}

FLASH void by_bytes(place what, int from, int to) {
    for (int i = from; i < to; i++) {
        ((volatile uint8_t *)&cell)[i] = (uint8_t)((uint32_t)what >> 8 * i);
    }
}

#ifdef BAD_BITS_HANDLER
FLASH void SysTick_Handler(void) {
    cell = BAD_PLACE;
}
#endif

// What SHIFT leaves in C decides.
#define CHOSEN(shift, number, cond, otherwise) \
    __asm volatile("mov r3, %1\n\t" shift "\n\tite " cond "\n\tmov" cond \
                   " %0, %2\n\tmov" otherwise " %0, %3" \
                   : "=&r"(cell) \
                   : "r"(number), "r"(good), "r"(BAD_PLACE) \
                   : "r3", "cc")

FLASH void store_hidden(uint32_t hidden, place what) {
    *(place *)(hidden ^ 0x5a5a5a5au) = what;
}

FLASH void load_hidden(uint32_t hidden) {
    cell = *(place volatile *)(hidden ^ 0x5a5a5a5au);
}

// The same call, whatever came before.
FLASH void by_last_bits(void) {
    by_bits(good, 0, 16);
}

FLASH uint32_t leaves_hidden(void) {
    place mine = good;
    uint32_t hidden;
    __asm volatile("eor %0, %1, %2"
                   : "=r"(hidden)
                   : "r"(&mine), "r"(0x5a5a5a5au)
                   : "memory");
    return hidden;
}

FLASH void takes(place what) {
    volatile place mine[8];
    for (int i = 0; i < 8; i++) {
        mine[i] = what;
    }
    cell = mine[DEVICE & 7u];
}

#ifdef BAD_HIDDEN_KEPT
// Of a frame that is gone, where another one is now.
FLASH void keeps_hidden(void) {
    volatile place mine = good;
    __asm volatile("eor r3, %0, %2\n\tstr r3, [%1]"
                   :
                   : "r"(&mine), "r"(&kept), "r"(0x5a5a5a5au)
                   : "r3", "memory");
}

FLASH void takes_kept(void) {
    volatile place mine[8];
    for (int i = 0; i < 8; i++) {
        mine[i] = good;
    }
    __asm volatile("ldr r3, [%0]\n\teor r3, r3, %2\n\tstr %1, [r3]"
                   :
                   : "r"(&kept), "r"(BAD_PLACE), "r"(0x5a5a5a5au)
                   : "r3", "memory");
    cell = mine[DEVICE & 7u];
}
#endif

FLASH place *allocate(uint32_t bytes) {
    place *at = (place *)((char *)table + (used & 28u));
    used += bytes;
    return at;
}

int main(void) {
    // What the loops store is not known before they run.
    cell = good;
#if defined OK_BITS
    by_bits(good + 2, 0, 32);
#elif defined BAD_BITS
    by_bits(BAD_PLACE, 0, 32);
#elif defined BAD_BITS_LAST
    cell = BAD_PLACE;
    by_bits(good, 0, 28); // the others are the window's
#elif defined BAD_BITS_HANDLER
    ram_vectors[15] = SysTick_Handler;
    REG(0xe000e010u) = 7;
    by_bits(good + 2, 0, 32);
#elif defined BAD_BITS_ONE_PATH
    cell = BAD_PLACE;
    if (DEVICE & 1u) {
        by_bits(good + 2, 0, 32);
    }
#elif defined BAD_BITS_INDEX
    by_bits(good + 2, 0, 32);
    for (int i = 0; i < 32; i++) {
        BITS(&cell)[DEVICE & 31u] = (uint32_t)BAD_PLACE >> i & 1u;
    }
#elif defined BAD_BITS_DEVICE
    by_bits(good + 2, 0, 32);
    BITS(&cell)[31] = DEVICE;
    BITS(&cell)[29] = DEVICE;
    BITS(&cell)[28] = DEVICE;
#elif defined BAD_BITS_AND_BYTE
    by_bits((place)((uint32_t)BAD_PLACE ^ 0xff000000u), 0, 32);
    ((volatile uint8_t *)&cell)[3] = (uint8_t)((uint32_t)BAD_PLACE >> 24);
#elif defined BAD_BITS_ACROSS
    by_bits(good + 2, 0, 32);
    *(volatile uint32_t *)((char *)&cell - 2) = (uint32_t)BAD_PLACE << 16;
    *(volatile uint32_t *)((char *)&cell + 2) = (uint32_t)BAD_PLACE >> 16;
#elif defined BAD_BITS_DMA
    DMA_ADDRESS = (uint32_t)&cell;
    by_bits(good + 2, 0, 32);
#elif defined BAD_BITS_JOINED
    by_bits(good + 2, 0, 32);
    for (int i = 0; i < 40; i++) {
        if (DEVICE & 1u) {
            by_bits(BAD_PLACE, 0, i);
        }
    }
#elif defined OK_BYTES
    by_bytes(good + 2, 0, 4);
#elif defined BAD_BITS_MEET || defined BAD_BITS_MEET_OTHER
#ifdef BAD_BITS_MEET
    const place one = BAD_PLACE, another = good;
#else
    const place one = good, another = BAD_PLACE;
#endif
    // More words since than a path remembers.
    static volatile uint32_t others[20];
    for (int i = 0; i < 20; i++) {
        others[i] = 5;
    }
    if (DEVICE & 1u) {
        by_bits(one, 16, 32);
        by_last_bits();
    } else {
        by_bits(another, 16, 32);
        by_last_bits();
    }
#elif defined BAD_BYTES_LAST
    cell = BAD_PLACE;
    by_bytes(good + 2, 0, 3);
#elif defined BAD_BYTES_OF_TWO
    for (int i = 3; i >= 0; i--) {
        const place what = DEVICE & 1u ? BAD_PLACE : good;
        by_bytes(what, i, i + 1);
    }
#elif defined OK_HALVES
    ((volatile uint16_t *)&cell)[1] = (uint16_t)((uint32_t)good >> 16);
    ((volatile uint16_t *)&cell)[0] = (uint16_t)(uint32_t)good;
#elif defined OK_CARRY || defined BAD_CARRY
#ifdef OK_CARRY
    const place from = good + 1;
#else
    const place from = BAD_PLACE;
#endif
    place to;
    __asm volatile("mov r3, %1\n\tmovs r2, #32\n\tmovs %0, #0\n"
                   "1:\tlsls r3, r3, #1\n\tadc %0, %0, %0\n\t"
                   "subs r2, #1\n\tbne 1b"
                   : "=&r"(to)
                   : "r"(from)
                   : "r2", "r3", "cc");
    cell = to;
#elif defined OK_LSL
    CHOSEN("lsls r3, r3, #4", 0x10000000u, "cs", "cc");
#elif defined BAD_LSL
    CHOSEN("lsls r3, r3, #4", 0x2fffffffu, "cs", "cc");
#elif defined OK_LSR
    CHOSEN("lsrs r3, r3, #4", 0x8u, "cs", "cc");
#elif defined BAD_LSR
    CHOSEN("lsrs r3, r3, #4", 0xfffffff7u, "cs", "cc");
#elif defined OK_LSR_ALL
    CHOSEN("lsrs r3, r3, #32", 0x80000000u, "cs", "cc");
#elif defined BAD_LSR_ALL
    CHOSEN("lsrs r3, r3, #32", 0x7fffffffu, "cs", "cc");
#elif defined OK_ASR
    CHOSEN("asrs r3, r3, #3", 0x80000003u, "cc", "cs");
#elif defined BAD_ASR
    CHOSEN("asrs r3, r3, #3", 0x80000004u, "cc", "cs");
#elif defined BAD_CARRY_GONE
    // Other flags since: C of the comparison.
    CHOSEN("lsls r3, r3, #4\n\tcmp r3, #1", 0x10000000u, "cs", "cc");
#elif defined BAD_CARRY_SUM
    CHOSEN("lsls r3, r3, #4\n\tadds r3, r3, #1", 0x10000000u, "cs", "cc");
#elif defined OK_HIDDEN || defined BAD_HIDDEN || defined BAD_HIDDEN_OTHER
    volatile place mine[4] = {good, good, good, good};
#ifdef OK_HIDDEN
#define BACK "%2"
    const place what = good + 1;
#elif defined BAD_HIDDEN
#define BACK "%2"
    const place what = BAD_PLACE;
#else
#define BACK "#4"
    const place what = BAD_PLACE;
#endif
    __asm volatile("eor r3, %0, %2\n\teor r3, r3, " BACK "\n\tstr %1, [r3]"
                   :
                   : "r"(mine), "r"(what), "r"(0x5a5a5a5au)
                   : "r3", "memory");
    cell = mine[0] == good ? mine[1] : mine[0];
#elif defined BAD_HIDDEN_KEPT
    keeps_hidden();
    takes_kept();
#elif defined BAD_HIDDEN_ARGUMENT || defined BAD_HIDDEN_READ
#ifdef BAD_HIDDEN_READ
    volatile place mine = BAD_PLACE;
#else
    volatile place mine = good;
#endif
    uint32_t hidden;
    __asm volatile("eor %0, %1, %2"
                   : "=r"(hidden)
                   : "r"(&mine), "r"(0x5a5a5a5au)
                   : "memory");
#ifdef BAD_HIDDEN_READ
    load_hidden(hidden);
#else
    store_hidden(hidden, BAD_PLACE);
    cell = mine;
#endif
#elif defined BAD_HIDDEN_FRAME
    volatile place mine = good;
    volatile uint32_t slot[2];
    __asm volatile("eor r3, %0, %2\n\tstr r3, [%1]\n\tstr r3, [%1, #4]"
                   :
                   : "r"(&mine), "r"(slot), "r"(0x5a5a5a5au)
                   : "r3", "memory");
    store_hidden(slot[0], BAD_PLACE);
    cell = mine;
#elif defined BAD_HIDDEN_LEFT
    // The frame of the callee is this one's since.
    const uint32_t hidden = leaves_hidden();
    __asm volatile("sub sp, #64\n\tmov r2, sp\n\tadd r3, sp, #64\n"
                   "1:\tstr %1, [r2], #4\n\tcmp r2, r3\n\tbne 1b\n\t"
                   "eor r3, %0, %3\n\tstr %2, [r3]\n\tmov r2, sp\n\t"
                   "add r3, sp, #64\n2:\tldr r12, [r2], #4\n\tcmp r12, %2\n\t"
                   "it eq\n\tstreq r12, [%4]\n\tcmp r2, r3\n\tbne 2b\n\t"
                   "add sp, #64"
                   :
                   : "r"(hidden), "r"(good), "r"(BAD_PLACE), "r"(0x5a5a5a5au),
                   "r"(&cell)
                   : "r2", "r3", "r12", "cc", "memory");
#elif defined OK_SHIFTED || defined BAD_SHIFTED || defined BAD_SHIFTED_UP || \
        defined BAD_SHIFTED_MORE
    volatile place mine[4] = {good, good, good, good};
#if defined OK_SHIFTED
#define ADDED 3
#define BACK "lsl r3, r3, #2"
    const place what = good + 1;
#elif defined BAD_SHIFTED
#define ADDED 3
#define BACK "lsl r3, r3, #2"
    const place what = BAD_PLACE;
#elif defined BAD_SHIFTED_UP
#define ADDED 7
#define BACK "lsl r3, r3, #2"
    const place what = BAD_PLACE;
#else
#define ADDED 7
#define BACK "add r3, r3, #1\n\tlsl r3, r3, #2"
    const place what = BAD_PLACE;
#endif
    __asm volatile("add r3, %0, %2\n\tlsr r3, r3, #2\n\t" BACK "\n\t"
                   "str %1, [r3]"
                   :
                   : "r"(mine), "r"(what), "I"(ADDED)
                   : "r3", "memory");
#if defined BAD_SHIFTED_UP
    cell = mine[1];
#elif defined BAD_SHIFTED_MORE
    cell = mine[2];
#else
    cell = mine[0];
#endif
#elif defined OK_HEAP
    // Of the table, and not behind it.
    for (uint32_t i = 0; i < 60; i++) {
        used &= 15u;
        *(place volatile *)allocate(4) = good + (i & 3u);
    }
    cell = table[1];
#elif defined BAD_HEAP
    for (uint32_t i = 0; i < 60; i++) {
        *(place volatile *)allocate(4) = BAD_PLACE;
    }
#elif defined BAD_HEAP_STEP
    for (uint32_t i = 0; i < 60; i++) {
        *(place volatile *)allocate(8) = BAD_PLACE;
    }
#elif defined BAD_HEAP_WRAPS
    used = 0xffffff00u;
    for (uint32_t i = 0; i < 600; i++) {
        place *at = allocate(12);
        if (used < 0x100u) {
            *(place volatile *)at = BAD_PLACE;
        }
    }
#endif
    outage();
    return 0;
}
