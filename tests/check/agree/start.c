/*
 * start - runs a case of tests/check/defects in an outage, on the simulator
 *
 * SPDX-License-Identifier: MIT
 *
 * Internal flash opens the window and jumps to the start-up code of the
 * harness, which lies in the window as ever. Instead of main() that calls
 * agree(), in internal flash: it takes the window away, pends what has a
 * handler of its own, calls the case, and brings the window back.
 *
 * AGREE_ENTRY: what runs in the outage instead of main(), which then runs
 * before it; with AGREE_ONLY main() never runs. AGREE_ARGUMENTS: three words
 * for it. AGREE_STATUS: what QSPI_SR reads. AGREE_EXCEPTIONS: those that may be
 * pended, one bit each. AGREE_FAULT: ends with an undefined instruction.
 * AGREE_BUS_FAULT: with a read of nothing.
 */
#define main agree
#include "../defects/harness/start.c"
#undef main

#include "board.h"
#include "stm32l476.h"

#ifndef AGREE_STATUS
#define AGREE_STATUS 0u
#endif
#ifndef AGREE_EXCEPTIONS
#define AGREE_EXCEPTIONS 0xffffffffu
#endif

#ifndef AGREE_ARGUMENTS
#define AGREE_ARGUMENTS 1, 0, 0
#endif

#define INTERNAL __attribute__((section(".internal"), noinline))
#define READ_SLOWLY \
    (0x03u | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_ADMODE_1 | \
            QUADSPI_CCR_ADSIZE_24 | QUADSPI_CCR_DMODE_1 | \
            QUADSPI_CCR_FMODE_MAPPED)
#define CPACR REG(0xe000ed88u)
#define SHCSR REG(0xe000ed24u)

enum { NMI = 2, HARD_FAULT, BUS_FAULT = 5, PENDSV = 14, SYSTICK_TICK, IRQ0 };

int main(void);
#ifdef AGREE_ENTRY
uint32_t AGREE_ENTRY(uint32_t a, uint32_t b, uint32_t c);
#endif

// Before there is a window: nothing here may lie in it, and nothing is copied.
INTERNAL void agree_reset(void) {
    CPACR |= 0xf00000u;
    __asm volatile("dsb\n\tisb" ::: "memory");
    board_uart_init(BOARD_BAUD);
    board_init_flash_pins();
    QUADSPI->CR = QUADSPI_CR_EN | QUADSPI_CR_SSHIFT;
    QUADSPI->DCR = 23u << QUADSPI_DCR_FSIZE_POS;
    QUADSPI->CCR = READ_SLOWLY;
    Reset_Handler();
}

__attribute__((section(".internal_vectors"), used)) const struct {
    uint32_t *stack;
    void (*reset)(void);
} internal_vectors = {stack_top_, agree_reset};

INTERNAL static void close_window(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    while (QUADSPI->CR & QUADSPI_CR_ABORT) {
        // Until nCS is high.
    }
}

// For cases that have an outage of their own, in main().
INTERNAL void agree_begin(void) {
    close_window();
}

INTERNAL void agree_end(void) {
    QUADSPI->CCR = READ_SLOWLY;
}

INTERNAL _Noreturn void agree_finish(void) {
    agree_end();
    // No string here: it would lie in the window.
    board_uart_putc('e');
    board_uart_putc('n');
    board_uart_putc('d');
    board_uart_flush();
    for (;;) {
        __asm volatile("wfi");
    }
}

INTERNAL static void pend(unsigned number) {
    if (number == NMI) {
        SCB->ICSR = 1u << 31;
    } else if (number == PENDSV) {
        SCB->ICSR = 1u << 28;
    } else if (number == SYSTICK_TICK) {
        SCB->ICSR = 1u << 26;
    } else if (number >= IRQ0) {
        NVIC_ISER[0] = 1u << (number - IRQ0);
        NVIC_ISPR[0] = 1u << (number - IRQ0);
    }
    __asm volatile("dsb\n\tisb" ::: "memory");
}

// Those that the case gave a handler: the others' would not come back.
INTERNAL uint32_t agree_handlers(void) {
    uint32_t found = 0;
    for (unsigned i = NMI; i < HARNESS_VECTORS; i++) {
        if (ram_vectors[i] && ram_vectors[i] != Default_Handler) {
            found |= 1u << i;
        }
    }
    return found & AGREE_EXCEPTIONS;
}

// Called by Reset_Handler().
INTERNAL int agree(void) {
#ifdef START_KEEP_VTOR
    SCB_VTOR = (uint32_t)(uintptr_t)flash_vectors;
#endif
    QSPI_SR = AGREE_STATUS;
#if defined AGREE_ENTRY && !defined AGREE_ONLY
    (void)main();
#endif
    const uint32_t exceptions = agree_handlers();
    close_window();
#ifdef START_KEEP_VTOR
    pend(SYSTICK_TICK);
#endif
    for (unsigned i = NMI; exceptions >> i; i++) {
        if (exceptions >> i & 1u) {
            pend(i);
        }
    }
#ifdef AGREE_ENTRY
    (void)AGREE_ENTRY(AGREE_ARGUMENTS);
#elif !defined AGREE_ONLY
    (void)main();
#endif
#ifdef AGREE_FAULT
    __asm volatile("udf #0");
#endif
#ifdef AGREE_BUS_FAULT
    SHCSR |= 1u << 17;
    (void)REG(0x60000000u);
#endif
    agree_finish();
}
