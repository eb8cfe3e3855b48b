/*
 * foreign - a firmware that was not written for a board of this project
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs from its crystal, waits for the ADC's ready bit, talks on PA2 and PA3,
 * has the flash on port B, and keeps data in a slot of its own.
 */
#include <string.h>

#include "stm32l476.h"
#include "xip_flash.h"

#define HSE_HZ 16000000u
#define SLOT_OFF 0x00480000u
#define ADC1_ISR (*(volatile uint32_t *)(uintptr_t)0x50040000)
#define ADC1_CR (*(volatile uint32_t *)(uintptr_t)0x50040008)
#define ADC_ADRDY 1u
#define ADC_ADEN 1u
#define RCC_AHB2ENR_ADC (1u << 13)
#define GPIO_A 0u

extern uint32_t stack_top_[], data_start_[], data_end_[], bss_start_[];
extern uint32_t bss_end_[];
extern const uint32_t data_load_[];
void Reset_Handler(void);

static void stop(void) {
    __builtin_trap();
}

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handler[15])(void);
} vectors = {
        stack_top_,
        {Reset_Handler, stop, stop, stop, stop, stop, stop, stop, stop, stop,
                stop, stop, stop, stop, stop},
};

static struct xip_flash flash;
static uint8_t data[300] = {1}; // in .data: RAM of its own holds it

static void use_crystal(void) {
    RCC->CR |= RCC_CR_HSEON;
    while ((RCC->CR & RCC_CR_HSERDY) == 0u) {
        // 2 ms
    }
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | 2u;
    while (((RCC->CFGR >> 2) & RCC_CFGR_SW_MASK) != 2u) {
    }
}

static void alternate(unsigned port, unsigned pin, uint32_t function) {
    RCC->AHB2ENR |= RCC_AHB2ENR_GPIO(port);
    (void)RCC->AHB2ENR;
    GPIO(port)->AFR[pin / 8u] |= function << (4u * (pin % 8u));
    GPIO(port)->MODER =
            (GPIO(port)->MODER & ~(3u << (2u * pin))) | 2u << (2u * pin);
}

static void start_console(void) {
    alternate(GPIO_A, 2, 7);
    alternate(GPIO_A, 3, 7);
    RCC->APB1ENR1 |= RCC_APB1ENR1_USART2;
    (void)RCC->APB1ENR1;
    USART2->BRR = HSE_HZ / 115200u;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE;
}

static void say(const char *text) {
    for (; *text; text++) {
        while ((USART2->ISR & USART_ISR_TXE) == 0u) {
        }
        USART2->TDR = (uint8_t)*text;
    }
}

// Some other part of the product.
static void start_adc(void) {
    RCC->AHB2ENR |= RCC_AHB2ENR_ADC;
    (void)RCC->AHB2ENR;
    ADC1_CR = ADC_ADEN;
    while ((ADC1_ISR & ADC_ADRDY) == 0u) {
    }
}

static int use_flash(void) {
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u,
            .hclk_hz = HSE_HZ,
            .flags = XIP_FLASH_NONVOLATILE_QE,
    };
    static const unsigned pins[] = {0, 1, 10, 11};
    for (unsigned i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        alternate(GPIO_B, pins[i], 10);
    }
    RCC->AHB3ENR |= RCC_AHB3_QSPI;
    (void)RCC->AHB3ENR;
    int err = xip_flash_bringup(&flash, &config, 1);
    if (err == 0) {
        err = xip_flash_erase(&flash, SLOT_OFF, 4096);
    }
    if (err == 0) {
        memset(data + 1, 0x42, sizeof data - 1u);
        err = xip_flash_program(&flash, SLOT_OFF + 7u, data, sizeof data);
    }
    return err;
}

void Reset_Handler(void) {
    const uint32_t *from = data_load_;
    for (uint32_t *to = data_start_; to < data_end_; to++) {
        *to = *from++;
    }
    for (uint32_t *p = bss_start_; p < bss_end_; p++) {
        *p = 0;
    }
    use_crystal();
    start_console();
    say("foreign: up\r\n");
    start_adc();
    say("foreign: adc\r\n");
    const int err = use_flash();
    say(err == 0 ? "foreign: flash of " : xip_err_name(err));
    say(err == 0 ? flash.part.name : "");
    say("\r\n");
    while ((USART2->ISR & USART_ISR_TC) == 0u) {
    }
    __asm volatile("cpsid i");
    for (;;) {
        __asm volatile("wfi");
    }
}
