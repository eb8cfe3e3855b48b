/*
 * stack_room - more stack than there is: on a path that is taken, on one that
 * is not, and with a handler on top
 *
 * SPDX-License-Identifier: MIT
 *
 * 32 KB of RAM; variables fill half of it.
 */
// builds: m4 Os gcc,m4 O2 gcc,m33 Os clang
// check: --interrupts 0
// safe-build: OK
// safe-build: OK_NOT_ENABLED
// safe-build: OK_MOVED
// unsafe-build: BAD stack-small
// unsafe-build: BAD_CALLED stack-small
// unsafe-build: MAYBE_ENABLED stack-nested
// unsafe-build: MAYBE_UNCALLED stack-nested
// unsafe-build: MAYBE_NOT_TAKEN stack-nested
// unsafe-build: MAYBE_FRAME stack-nested
#include "harness.h"

#define NVIC_ISER REG(0xe000e100u)
#define USE(bytes) \
    do { \
        uint8_t b[bytes]; \
        __asm__ volatile("" : : "r"(b) : "memory"); \
    } while (0)

static volatile uint8_t variables[16 * 1024];
static volatile uint32_t never;

#if defined OK_NOT_ENABLED || defined MAYBE_ENABLED
#define HANDLER 9000
#else
#define HANDLER 16
#endif
RAM void IRQ0_Handler(void) {
    USE(HANDLER);
}

#if defined BAD_CALLED || defined MAYBE_UNCALLED || defined MAYBE_NOT_TAKEN
RAM __attribute__((used)) void deep(void) {
#ifdef MAYBE_NOT_TAKEN
    USE(9000);
#else
    USE(20000);
#endif
}
#endif

#ifdef MAYBE_FRAME
// The frame is made behind the condition.
RAM __attribute__((naked)) void framed(__attribute__((unused)) uint32_t at) {
    __asm__("cmp r0, #5\n\tit ne\n\tbxne lr\n\tsub sp, #508\n\t"
            "sub.w sp, sp, #20480\n\tadd.w sp, sp, #20480\n\tadd sp, #508\n\t"
            "bx lr");
}
#endif

RAM void outage(__attribute__((unused)) uint32_t at) {
    QSPI_CR = 1;
#ifdef BAD
    USE(20000);
#elif defined BAD_CALLED
    deep();
#else
    USE(9000);
#endif
#ifdef MAYBE_NOT_TAKEN
    if (at == 5) {
        deep();
    }
#elif defined MAYBE_FRAME
    framed(at);
#endif
    QSPI_CR = 2;
}

#ifdef OK_MOVED
// Below the variables there is more than below the stack of the reset.
static __attribute__((aligned(8))) uint8_t other_stack[12 * 1024];
#endif

int main(void) {
    variables[0] = 1;
#ifdef OK_MOVED
    __asm__ volatile("mov sp, %0\n\tbl outage\n1: b 1b"
                     :
                     : "r"(other_stack + sizeof other_stack)
                     : "memory");
#endif
#ifdef MAYBE_ENABLED
    NVIC_ISER = 1;
#endif
#ifdef MAYBE_NOT_TAKEN
    deep();
#endif
    outage(never);
    return 0;
}
