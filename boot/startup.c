/*
 * startup - vectors, start and last words of the boot program
 *
 * SPDX-License-Identifier: MIT
 *
 * Every handler is weak and leads to one place that says over the UART what
 * happened and where, then resets: a boot program that hangs in silence looks
 * like a dead board.
 */
#include "startup.h"

#include <stdint.h>

#include "board.h"
#include "cortexm.h"

// Symbols of boot.ld, all multiples of 4.
extern uint32_t stack_top_[];
extern uint32_t data_start_[], data_end_[];
extern const uint32_t data_load_[];
extern uint32_t bss_start_[], bss_end_[];

volatile bool boot_console_ready_;

void Reset_Handler(void);

/// Last words ///

static void say(const char *name, uint32_t value) {
    board_uart_puts(name);
    board_uart_put_hex(value);
}

// frame is what the exception pushed (ARMv7-M B1.5.6): [5] LR, [6] PC.
static void __attribute__((used))
last_words(const uint32_t *frame, uint32_t exception) {
    if (boot_console_ready_) {
        board_uart_puts("\nboot: exception ");
        board_uart_put_dec(exception & 0x1FFu);
        say(", PC ", frame[6]);
        say(", LR ", frame[5]);
        say(", CFSR ", SCB->CFSR);
        say(", HFSR ", SCB->HFSR);
        say(", BFAR ", SCB->BFAR);
        board_uart_puts(", resetting\n");
        board_uart_flush();
    }
    board_reset();
}

__attribute__((naked)) void Unexpected_Handler(void) {
    // EXC_RETURN bit 2 says which stack holds the frame (Armv7-M ARM B1.5.8);
    // in instructions that every Cortex-M has.
    __asm volatile(".syntax unified\n"
                   "mov r0, lr\n"
                   "lsls r0, r0, #29\n"
                   "bmi 1f\n"
                   "mrs r0, msp\n"
                   "b 2f\n"
                   "1: mrs r0, psp\n"
                   "2: mrs r1, ipsr\n"
                   "b last_words\n");
}

/// Vectors ///

#define NVIC_WORDS 8u // 240 interrupts

// X(name) for an exception, R for a reserved place. The interrupts behind them
// are off, so their vectors would be 0.3 KB that nothing reads.
// clang-format off
#define EXCEPTIONS(X, R) \
    X(NMI_Handler) X(HardFault_Handler) X(MemManage_Handler) \
    X(BusFault_Handler) X(UsageFault_Handler) R R R R X(SVC_Handler) \
    X(DebugMon_Handler) R X(PendSV_Handler) X(SysTick_Handler)

#define NOTHING
#define DECLARE(name) \
    void name(void) __attribute__((weak, alias("Unexpected_Handler")));
#define ENTRY(name) name,
#define RESERVED Unexpected_Handler,
// clang-format on

EXCEPTIONS(DECLARE, NOTHING)

struct vectors {
    uint32_t *stack;
    void (*reset)(void);
    void (*exception[14])(void);
};

__attribute__((section(".vectors"), used)) const struct vectors boot_vectors = {
        .stack = stack_top_,
        .reset = Reset_Handler,
        .exception = {EXCEPTIONS(ENTRY, RESERVED)},
};

/// The way to main ///

void Reset_Handler(void) {
    // A debugger may start us with interrupts and vectors of another program in
    // force.
    for (unsigned i = 0; i < NVIC_WORDS; i++) {
        NVIC_ICER[i] = UINT32_MAX;
    }
    SCB->VTOR = (uint32_t)(uintptr_t)&boot_vectors;
    const uint32_t *from = data_load_;
    for (uint32_t *to = data_start_; to < data_end_;) {
        *to++ = *from++;
    }
    for (uint32_t *to = bss_start_; to < bss_end_;) {
        *to++ = 0;
    }
    boot_main();
}
