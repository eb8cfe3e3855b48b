/*
 * entered - exceptions that an instruction of an outage leads to
 *
 * SPDX-License-Identifier: MIT
 *
 * No interrupt comes, but code in RAM executes SVC or BKPT. VTOR may lead to
 * either of two tables. Each BAD firmware has, or stores, a handler in flash
 * where the processor looks.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// safe-build: OK
// safe-build: OK_STORED
// unsafe-build: BAD_FIRST vector
// unsafe-build: BAD_SECOND vector
// unsafe-build: BAD_SECOND_BKPT vector
// unsafe-build: BAD_STORED vector
// unsafe-build: BAD_STORED_BKPT vector
// unsafe-build: BAD_BEHIND vector
// unsafe-build: BAD_BEHIND_BKPT vector
// unsafe-build: BAD_MANY vector-runtime
// unsafe-build: BAD_MANY_BKPT vector-runtime
// unsafe-build: BAD_CORE_RESET core-reset
// unsafe-build: BAD_ANSWER load-unknown|load|address
#include "harness.h"

static volatile uint32_t sum;
typedef const volatile uint32_t *place;
volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
const place places[2] = {good, in_flash};
place cell = good;

#if defined BAD_SECOND_BKPT || defined BAD_STORED_BKPT || \
        defined BAD_BEHIND_BKPT || defined BAD_MANY_BKPT
#define ENTER "bkpt 1"
#define AT 12
#else
#define ENTER "svc 1"
#define AT 11
#endif

static volatile uint32_t *volatile control = &REG(0xe000ed0cu); // AIRCR

RAM void outage(void) {
    QSPI_CR = 1;
#ifdef BAD_CORE_RESET
    *control = 0x05fa0001u;
#endif
    __asm volatile(ENTER);
    sum += *cell;
    QSPI_CR = 2;
}
RAM void near(void) {
    sum = 1;
}
FLASH void far(void) {
    sum = 2;
}
#if defined BAD_MANY || defined BAD_MANY_BKPT
RAM void near_3(void) {
    sum = 3;
}
RAM void near_4(void) {
    sum = 4;
}
RAM void near_5(void) {
    sum = 5;
}
RAM void near_6(void) {
    sum = 6;
}
#endif

#if defined BAD_BEHIND || defined BAD_BEHIND_BKPT
#define WORDS 8 // and more in the next object
#else
#define WORDS 24
#endif
#if defined BAD_SECOND || defined BAD_SECOND_BKPT
#define HANDLER far
#else
#define HANDLER near
#endif
struct {
    harness_handler *vector[WORDS];
} other_table __attribute__((aligned(256), section(".data.other.0"))) = {
        {(harness_handler *)stack_top_, near, near, near, near, near, near
#if WORDS > 8
                ,
                [11] = HANDLER, [12] = HANDLER
#endif
        }};
__attribute__((section(".data.other.1")))
harness_handler *volatile behind[16] = {[3] = near, [4] = near};

int main(void) {
    if (REG(0x40020000u) & 1) {
        REG(0xe000ed08u) = (uint32_t)&other_table;
    }
    ram_vectors[11] = ram_vectors[12] = near;
#if defined BAD_FIRST
    ram_vectors[AT] = far;
#elif defined BAD_MANY || defined BAD_MANY_BKPT
    // More than a few, of which one is bad, from the first outage on.
    outage();
    static harness_handler *const all[] = {near_3, near_4, near_5, near_6};
    for (unsigned i = 0; i < 4; i++) {
        ((harness_handler *volatile *)ram_vectors)[AT] = all[i];
    }
    ram_vectors[AT] = far;
#elif defined BAD_STORED || defined BAD_STORED_BKPT
    other_table.vector[AT] = far;
#elif defined BAD_BEHIND || defined BAD_BEHIND_BKPT
    behind[AT - 8] = far;
#elif defined OK_STORED
    other_table.vector[3] = near;
    other_table.vector[15] = far; // which does not come
#elif defined BAD_ANSWER
    // Of a debugger, to what semihosting asked: 6 is not what comes back.
    register uint32_t answer __asm("r0") = 6;
    __asm volatile("bkpt 0xab" : "+r"(answer));
    cell = places[answer & 1];
#endif
    outage();
    return 0;
}
