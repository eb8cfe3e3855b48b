/*
 * debugged - what the tests of the debugger step through
 *
 * SPDX-License-Identifier: MIT
 *
 * Functions in RAM, called from the window in several ways; a tick; an outage;
 * at the end a call into the window while it cannot be read.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#define IN_RAM __attribute__((section(".RamFunc.debugged"), noinline))

uint32_t ram_without_lines(uint32_t x);

volatile uint32_t ticks, last_sum;
static volatile uint32_t erased;

IN_RAM static void count_tick(void) {
    ticks++;
}

IN_RAM void SysTick_Handler(void) {
    count_tick();
}

// Not static and without long_call: the linker puts a veneer in between.
IN_RAM uint32_t ram_add(uint32_t a, uint32_t b) {
    const uint32_t sum = a + b;
    last_sum = sum;
    return sum;
}

__attribute__((noinline)) static uint32_t call_them(void) {
    uint32_t (*volatile pointer)(uint32_t, uint32_t) = ram_add;
    uint32_t x = 1;
    x = ram_add(x, 2);
    x = pointer(x, 3);
    x = ram_without_lines(x);
    return x;
}

__attribute__((noinline)) static void wait_for_ticks(uint32_t count) {
    const uint32_t until = ticks + count;
    while ((int32_t)(until - ticks) > 0) {
    }
}

__attribute__((noinline)) static uint32_t in_window(uint32_t x) {
    return x * 5u + 1u;
}

IN_RAM static uint32_t in_outage(uint32_t x) {
    return x + 1u;
}

// What no program should do: the controller is off, and the code behind it.
__attribute__((noinline)) XIP_RESIDENT static void break_the_rule(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    while ((QUADSPI->CR & QUADSPI_CR_ABORT) != 0u) {
    }
    QUADSPI->CR &= ~QUADSPI_CR_EN;
    last_sum = in_outage(last_sum);
    last_sum = in_window(last_sum);
}

int main(void) {
    fw_begin("debugged");
    last_sum = call_them();
    SYSTICK->RVR = TICK_CYCLES - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
    wait_for_ticks(2);
    const struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    if (!err) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096u);
    }
    erased = err == 0;
    wait_for_ticks(2);
    SYSTICK->CSR = 0;
    fw_check("the erase is done", erased == 1u, err);
    board_uart_puts("now what must not be done\n");
    break_the_rule();
    fw_end();
}
