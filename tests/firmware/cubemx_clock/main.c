/*
 * cubemx_clock - a start-up in the shape that STM32CubeMX generates
 *
 * SPDX-License-Identifier: MIT
 *
 * Our own writing, with the order of steps and the waiting that projects of
 * that tool have: SystemInit, a tick that counts milliseconds, voltage range,
 * HSE, PLL, flash latency with read-back, bus prescalers. What a simulator of
 * somebody else's firmware has to get through before anything interesting
 * happens. Runs from internal flash.
 */
#include "board.h"
#include "startup.h"
#include "stm32l476.h"

enum status { STATUS_OK, STATUS_ERROR, STATUS_TIMEOUT };

static volatile uint32_t tick_ms;

void SysTick_Handler(void) {
    tick_ms++;
}

// Before .data exists: FPU access, interrupts of the clock controller off.
void startup_early(void) {
    *(volatile uint32_t *)0xE000ED88u |= 0x00F00000u;
    RCC->CR |= RCC_CR_MSION;
}

static enum status init_tick(uint32_t hclk_hz) {
    SYSTICK->RVR = hclk_hz / 1000u - 1u;
    SCB->SHPR[SCB_SHPR_SYSTICK] = 0xF0;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
    return STATUS_OK;
}

static enum status wait_bits(volatile const uint32_t *reg, uint32_t mask,
        uint32_t value, uint32_t timeout_ms) {
    const uint32_t start = tick_ms;
    while ((*reg & mask) != value) {
        if (tick_ms - start > timeout_ms) {
            return STATUS_TIMEOUT;
        }
    }
    return STATUS_OK;
}

static enum status scale_voltage(void) {
    RCC->APB1ENR1 |= RCC_APB1ENR1_PWR;
    (void)RCC->APB1ENR1;
    PWR->CR1 = (PWR->CR1 & ~PWR_CR1_VOS_MASK) | PWR_CR1_VOS_RANGE1;
    return wait_bits(&PWR->SR2, PWR_SR2_VOSF, 0, 1);
}

// HSE 8 MHz, VCO 8 / 1 * 20 = 160 MHz, 160 / 2 = 80 MHz.
static enum status start_oscillators(void) {
    RCC->CR |= RCC_CR_HSEON;
    enum status status = wait_bits(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY, 100);
    if (status != STATUS_OK) {
        return status;
    }
    RCC->CR &= ~RCC_CR_PLLON;
    status = wait_bits(&RCC->CR, RCC_CR_PLLRDY, 0, 2);
    if (status != STATUS_OK) {
        return status;
    }
    RCC->PLLCFGR = RCC_PLLCFGR_SRC_HSE | RCC_PLLCFGR_M(1) | RCC_PLLCFGR_N(20) |
            RCC_PLLCFGR_R2;
    RCC->CR |= RCC_CR_PLLON;
    RCC->PLLCFGR |= RCC_PLLCFGR_REN;
    return wait_bits(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY, 2);
}

static enum status switch_clock(void) {
    FLASH_IF->ACR =
            (FLASH_IF->ACR & ~FLASH_ACR_LATENCY_MASK) | FLASH_ACR_LATENCY_4;
    if ((FLASH_IF->ACR & FLASH_ACR_LATENCY_MASK) != FLASH_ACR_LATENCY_4) {
        return STATUS_ERROR;
    }
    RCC->CFGR &= ~RCC_CFGR_PRESCALERS;
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
    return wait_bits(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL, 5000);
}

static void report(const char *step, enum status status) {
    static const char *const names[] = {"ok", "error", "timeout"};
    board_uart_puts(step);
    board_uart_puts(" ");
    board_uart_puts(names[status]);
    board_uart_puts("\n");
}

int main(void) {
    (void)init_tick(4000000u);
    const enum status voltage = scale_voltage();
    const enum status oscillators = start_oscillators();
    const enum status clock = switch_clock();
    (void)init_tick(BOARD_HCLK_HZ);

    board_init_pins();
    board_uart_init(BOARD_BAUD);
    board_uart_puts("cubemx_clock: begin\n");
    report("voltage", voltage);
    report("oscillators", oscillators);
    report("clock", clock);

    // The tick at the new clock, against the core's own counter, which stands
    // still while the core sleeps.
    DEMCR |= DEMCR_TRCENA;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
    const uint32_t first = tick_ms;
    const uint32_t start = DWT_CYCCNT;
    while (tick_ms - first < 10u) {
    }
    const uint32_t cycles = DWT_CYCCNT - start;
    const bool good = cycles > 9u * BOARD_HCLK_HZ / 1000u &&
            cycles <= 10u * BOARD_HCLK_HZ / 1000u + 1000u;
    report("tick", good ? STATUS_OK : STATUS_ERROR);
    board_uart_puts("cubemx_clock: end\n");
    board_uart_flush();
    SYSTICK->CSR = 0;
    return 0;
}
