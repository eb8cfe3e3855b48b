/*
 * ram_function - how a function comes to run from RAM, and how it is called
 *
 * SPDX-License-Identifier: MIT
 *
 * Without any library. Three conditions have to be met:
 *  1. the section: the attribute names it, ram_function.ld gives it an address
 *     in RAM (VMA) and a place in the flash where its bytes are kept (LMA);
 *  2. the copy: start-up moves the bytes before the first call;
 *  3. noinline: or the compiler puts the body back into its caller.
 *
 * RAM at 0x20000000 is farther from the flash than a branch reaches (16 MB).
 * The linker then inserts a veneer, silently: a few instructions in the flash,
 * in reach of the caller, that jump to the function. A debugger that steps over
 * lines without source seems to skip the function; see docs/RAM_FUNCTIONS.md.
 * Calling through a pointer, or long_call, needs no veneer.
 */
#include "board.h"

#define RAM_FUNCTION __attribute__((section(".RamFunc"), noinline))

// The address of this instruction, from the pc.
static inline uint32_t here(void) {
    uint32_t pc;
    __asm volatile("mov %0, pc" : "=r"(pc));
    return pc;
}

RAM_FUNCTION uint32_t where_in_ram(void) {
    return here();
}

__attribute__((noinline)) uint32_t where_in_flash(void) {
    return here();
}

// Declared with long_call, the caller loads the address: no veneer.
#if defined(__clang__) // has it for whole files only: -mlong-calls
#define LONG_CALL
#else
#define LONG_CALL __attribute__((long_call))
#endif
LONG_CALL RAM_FUNCTION uint32_t add_in_ram(uint32_t a, uint32_t b) {
    return a + b;
}

static void show(const char *what, uint32_t value) {
    board_uart_puts(what);
    board_uart_puts(" 0x");
    board_uart_put_hex(value);
    board_uart_puts("\n");
}

int main(void) {
    (void)board_init_clock();
    board_uart_init(BOARD_BAUD);
    show("where_in_flash runs at", where_in_flash());
    show("where_in_ram runs at", where_in_ram());

    // A function pointer has bit 0 set: Thumb. volatile, so that the compiler
    // cannot turn the call back into a direct one.
    uint32_t (*volatile pointer)(void) = where_in_ram;
    show("through a pointer, runs at", pointer());
    show("the pointer itself is", (uint32_t)(uintptr_t)pointer);
    show("long_call gives", add_in_ram(0x20000000u, 0x18u));
    board_uart_puts("ram_function: end\n");
    board_uart_flush();
    for (;;) {
        __asm volatile("wfi");
    }
}
