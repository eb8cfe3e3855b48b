/*
 * words - words of RAM that the run of the whole program knows, and does not
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which leads to RAM. Each BAD firmware has one
 * way more to change it, or to lead the run astray, that it must see or stop
 * at; each OK one has a way that it follows.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// check: --interrupts none
// safe-build: OK
// safe-build: OK_ARGUMENT
// safe-build: OK_LOOP
// safe-build: OK_FRAME
// safe-build: OK_CLEARED
// safe-build: OK_HANDLER
// safe-build: OK_DEVICE
// safe-build: OK_INDEX
// safe-build: OK_CALLED
// unsafe-build: BAD_STORED load-unknown|load|address
// unsafe-build: BAD_LATER load-unknown|load|address
// unsafe-build: BAD_ARGUMENT load-unknown|load|address
// unsafe-build: BAD_LOOP load-unknown|load|address
// unsafe-build: BAD_FRAME load-unknown|load|address
// unsafe-build: BAD_FRAME_OF_CALLER load-unknown|load|address
// unsafe-build: BAD_HANDLER load-unknown|load|address
// unsafe-build: BAD_SECOND_TABLE load-unknown|load|address
// unsafe-build: BAD_DMA load-unknown|load|address
// unsafe-build: BAD_DESCRIPTOR load-unknown|load|address
// unsafe-build: BAD_DESCRIPTOR_LATER load-unknown|load|address
// unsafe-build: BAD_DESCRIPTOR_CONST load-unknown|load|address
// unsafe-build: BAD_STACK_READ load-unknown|load|address
// unsafe-build: BAD_INDEX load-unknown|load|address
// unsafe-build: BAD_NOT_CLEARED load-unknown
// unsafe-build: BAD_CALLED load-unknown|load|address
// unsafe-build: BAD_KEPT load-unknown|load|address
// unsafe-build: BAD_RETURN load-unknown|load|address
// unsafe-build: BAD_BYTES load-unknown|load|address
// unsafe-build: BAD_HALVES load-unknown|load|address
// unsafe-build: BAD_UNALIGNED load-unknown|load|address
// unsafe-build: BAD_MANY_CALLS load-unknown|load|address
// unsafe-build: BAD_RECURSION load-unknown|load|address
// unsafe-build: BAD_TWO_PATHS load-unknown|load|address
// unsafe-build: BAD_MANY_PATHS load-unknown|load|address
// unsafe-build: BAD_NINTH load-unknown|load|address
// unsafe-build: BAD_EARLY_READ load-unknown
// unsafe-build: BAD_STACK_LEFT load-unknown|load|address
// unsafe-build: BAD_HANDLER_READS load-unknown|load|address
// unsafe-build: BAD_JUMP .*
// unsafe-build: BAD_CODE .*
// unsafe-build: BAD_RECENT load-unknown|load|address
// unsafe-build: BAD_RECENT_INDEX load-unknown|load|address
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
place other = good + 1;
__attribute__((section(".noinit"))) place not_cleared;
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

FLASH void put(int a, int b, int c, int d, place *where, place what) {
    if (a + b + c + d > 1) {
        *(place volatile *)where = what;
    }
}

#if defined OK_HANDLER || defined BAD_HANDLER
FLASH void SysTick_Handler(void) {
#ifdef BAD_HANDLER
    cell = BAD_PLACE;
#else
    cell = good + 2;
#endif
}
#elif defined BAD_HANDLER_READS
static place volatile *volatile where = &cell;
FLASH void SysTick_Handler(void) {
    *where = other;
}
#elif defined BAD_SECOND_TABLE
FLASH void changes(void) {
    cell = BAD_PLACE;
}
__attribute__((aligned(128))) const uint32_t second[16] = {0};
__attribute__((aligned(128))) static uint32_t made[32];
#endif

#if defined BAD_FRAME || defined OK_FRAME
FLASH void fills(place *where, place what) {
    where[0] = good;
    where[1] = what;
}
#endif

#ifdef BAD_FRAME_OF_CALLER
FLASH void changes_frame(place **where) {
    *where = &cell;
}
#endif

#if defined BAD_CALLED || defined OK_CALLED
FLASH void sets_good(void) {
    cell = good + 3;
}
FLASH void sets_bad(void) {
    cell = BAD_PLACE;
}
static void (*volatile called)(void) = sets_good;
#endif

#ifdef BAD_KEPT
// Does not keep r4, where its caller has an address.
__asm__(".pushsection .text.loses, \"ax\", %progbits\n\t.thumb\n\t.thumb_func\n\t"
        ".global loses\n\t.type loses, %function\nloses:\n\tldr r4, =ram + 16\n\t"
        "bx lr\n\t.ltorg\n\t.size loses, . - loses\n\t"
        ".thumb_func\n\t.global keeps\n\t.type keeps, %function\nkeeps:\n\t"
        "push {r4, lr}\n\tldr r4, =other\n\tpush {r0}\n\tbl loses\n\t"
        "pop {r0}\n\tstr r0, [r4]\n\tpop {r4, pc}\n\t.ltorg\n\t"
        ".size keeps, . - keeps\n\t.popsection");
void keeps(place what);
#endif

#ifdef BAD_RETURN
FLASH place *cell_or_other(uint32_t which) {
    return which ? &cell : &other;
}
#endif

#ifdef BAD_MANY_CALLS
FLASH void one_of_many(uint32_t i) {
    if (i == 150) {
        cell = BAD_PLACE;
    }
}
#endif

#ifdef BAD_RECURSION
FLASH uint32_t deeper(uint32_t n, place *where) {
    place *mine[2] = {where, &other};
    if (n == 0) {
        **(place *volatile *)mine = BAD_PLACE;
        return 1;
    }
    return deeper(n - 1, n & 1 ? &cell : mine[0]) + n;
}
#endif

#ifdef BAD_NINTH
FLASH void many(int a, int b, int c, int d, int e, int f, int g, int h, int i,
        int j, int k, int l, int m, place *where, place what) {
    if (a + b + c + d + e + f + g + h + i + j + k + l + m) {
        *(place volatile *)where = what;
    }
}
#endif

#ifdef BAD_STACK_LEFT
// What a function left below the stack pointer is read by the next one.
FLASH void leaves(void) {
    place volatile *volatile left[6] = {
            &cell, &cell, &cell, &cell, &cell, &cell};
    (void)left;
}
FLASH void takes(place what) {
    place volatile *volatile left[6];
    *left[3] = what;
}
#endif

#ifdef BAD_JUMP
FLASH void changes(void) {
    cell = BAD_PLACE;
}
#endif

#ifdef BAD_CODE
RAM uint32_t which(void) {
    return 0;
}
#endif

int main(void) {
#if defined BAD_STORED
    cell = BAD_PLACE;
#elif defined OK_ARGUMENT
    put(1, 2, 3, 4, &cell, good + 1);
#elif defined BAD_ARGUMENT
    put(1, 2, 3, 4, &cell, BAD_PLACE);
#elif defined OK_LOOP
    for (int i = 0; i < 3; i++) {
        ((place volatile *)table)[i] = good + i;
    }
    cell = table[1];
#elif defined BAD_LOOP
    for (place volatile *p = table;
            p != table + sizeof table / sizeof table[0] + 1; p++) {
        *p = BAD_PLACE; // the one behind the table, too
    }
    cell = ((place volatile *)table)[2];
#elif defined OK_FRAME
    place mine[2] = {BAD_PLACE, BAD_PLACE};
    fills(mine, good + 2);
    cell = ((place volatile *)mine)[0] == good ? good : good + 1;
#elif defined BAD_FRAME
    place mine[2] = {good, good};
    fills(mine, BAD_PLACE);
    cell = ((place volatile *)mine)[1];
#elif defined BAD_FRAME_OF_CALLER
    place *mine = &other;
    changes_frame(&mine);
    *mine = BAD_PLACE;
#elif defined OK_HANDLER || defined BAD_HANDLER || defined BAD_HANDLER_READS
    ram_vectors[15] = SysTick_Handler;
#ifdef BAD_HANDLER_READS
    other = BAD_PLACE;
#endif
#elif defined BAD_SECOND_TABLE
    for (int i = 0; i < 16; i++) {
        made[i] = second[i];
    }
    ((volatile uint32_t *)made)[15] = (uint32_t)changes;
    REG(0xe000ed08u) = (uint32_t)made;
#elif defined BAD_DMA
    DMA_ADDRESS = (uint32_t)&cell;
#elif defined BAD_DESCRIPTOR
    static volatile uint32_t descriptor[2];
    descriptor[1] = (uint32_t)&cell;
    DMA_ADDRESS = (uint32_t)descriptor;
#elif defined BAD_DESCRIPTOR_LATER
    static volatile uint32_t descriptor[2];
    DMA_ADDRESS = (uint32_t)descriptor;
    descriptor[1] = (uint32_t)&cell;
#elif defined BAD_DESCRIPTOR_CONST
    static place *const descriptor[2] = {0, &cell};
    DMA_ADDRESS = (uint32_t)descriptor;
#elif defined BAD_STACK_READ
    // By its address, not by the stack pointer.
    volatile place mine[4] = {BAD_PLACE, BAD_PLACE, BAD_PLACE, BAD_PLACE};
    for (uint32_t *p = stack_top_ - 64; p < stack_top_; p++) {
        if (*(volatile uint32_t *)p == (uint32_t)mine[0]) {
            cell = *(place volatile *)p;
        }
    }
#elif defined OK_DEVICE
    static volatile uint32_t buffer[4];
    DMA_ADDRESS = (uint32_t)(buffer + 1);
    DEVICE = (uint32_t)in_flash >> 4;
#elif defined OK_INDEX
    const uint32_t i = DEVICE;
    if (i < 4) {
        ((place volatile *)table)[i] = BAD_PLACE;
    }
#elif defined BAD_INDEX
    const uint32_t i = DEVICE;
    if (i < 64) {
        ((place volatile *)table)[i] = BAD_PLACE;
    }
#elif defined BAD_NOT_CLEARED
    cell = *(place volatile *)&not_cleared;
#elif defined BAD_EARLY_READ
    cell = *(place volatile *)&not_cleared;
    not_cleared = 0;
#elif defined OK_CALLED
    called();
#elif defined BAD_CALLED
    if (DEVICE & 1) {
        called = sets_bad;
    }
    called();
#elif defined BAD_KEPT
    keeps(BAD_PLACE);
#elif defined BAD_RETURN
    *(place volatile *)cell_or_other(DEVICE & 1) = BAD_PLACE;
#elif defined BAD_BYTES
    const uint32_t bad = (uint32_t)BAD_PLACE;
    for (int i = 0; i < 4; i++) {
        ((volatile uint8_t *)&cell)[i] = (uint8_t)(bad >> 8 * i);
    }
#elif defined BAD_HALVES
    const uint32_t bad = (uint32_t)BAD_PLACE;
    ((volatile uint16_t *)&cell)[1] = (uint16_t)(bad >> 16);
    ((volatile uint16_t *)&cell)[0] = (uint16_t)bad;
#elif defined BAD_UNALIGNED
    struct __attribute__((packed)) {
        uint8_t first;
        place second;
    } volatile *packed = (void *)((uint8_t *)&cell - 1);
    packed->second = BAD_PLACE;
#elif defined BAD_MANY_CALLS
    for (uint32_t i = 0; i < 200; i++) {
        one_of_many(i);
    }
#elif defined BAD_RECURSION
    sum += deeper(5, &other);
#elif defined BAD_TWO_PATHS
    place *p = &other;
    if (DEVICE & 1) {
        p = &cell;
    }
    *(place volatile *)p = BAD_PLACE;
#elif defined BAD_MANY_PATHS
    uint32_t n = 0;
    for (int i = 0; i < 24; i++) {
        n += DEVICE & 1;
    }
    if (n == 23) {
        cell = BAD_PLACE;
    }
#elif defined BAD_NINTH
    many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, &cell, BAD_PLACE);
#elif defined BAD_STACK_LEFT
    leaves();
    takes(BAD_PLACE);
#elif defined BAD_JUMP
    ((void (*)(void))(DEVICE | (uint32_t)changes))();
#elif defined BAD_CODE
    *(volatile uint16_t *)((uint32_t)which & ~1u) = (uint16_t)DEVICE;
    sum += which();
#elif defined BAD_RECENT_INDEX
    // Stored exactly, and then, maybe, by an index.
    const uint32_t i = DEVICE;
    cell = good;
    if (i < 8) {
        ((place volatile *)table)[i] = BAD_PLACE;
    }
#elif defined BAD_RECENT
    // Stored, used in a call, and changed there.
    cell = good;
    put(1, 2, 3, 4, &cell, BAD_PLACE);
    outage();
    cell = good;
#endif
    outage();
#if defined BAD_LATER
    cell = BAD_PLACE;
    if (DEVICE & 1) {
        outage();
    }
#endif
    return 0;
}
