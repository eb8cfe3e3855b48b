/*
 * clock - milliseconds that stay correct although ticks are lost
 *
 * SPDX-License-Identifier: MIT
 */
#include "clock.h"

#include "board.h"
#include "startup.h"
#include "stm32l476.h"

static volatile uint32_t ticks;
static uint32_t lost; // separate: handler and thread write one each

// In the flash like most of the application: it runs between outages.
void SysTick_Handler(void) {
    ticks++;
}

void clock_start(void) {
    SCB->SHPR[SCB_SHPR_SYSTICK] = 0xF0;
    SYSTICK->RVR = BOARD_HCLK_HZ / 1000u - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
}

uint32_t clock_ms(void) {
    return ticks + lost;
}

void clock_add_lost(uint32_t count) {
    lost += count;
}
