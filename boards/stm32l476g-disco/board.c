/*
 * board - clock, pins, console, LED and watchdog of the STM32L476G-DISCO
 *
 * SPDX-License-Identifier: MIT
 */
#include "board.h"

#include "stm32l476.h"

// Turns of a polling loop, each at least ten cycles: more than the slowest
// thing waited for (PLL lock, a byte at 9600 baud at 80 MHz, IWDG register
// transfer) needs by a factor of ten.
#define POLL_LIMIT 1000000u

enum { LED_GREEN_PIN = 8, LED_RED_PIN = 2 };

static bool wait_for_flag(volatile const uint32_t *reg, uint32_t mask,
        uint32_t value) {
    for (uint32_t i = 0; i < POLL_LIMIT; i++) {
        if ((*reg & mask) == value) {
            return true;
        }
    }
    return false;
}

/// Clock ///

// Range 1 is the reset value; a program that was in range 2 before it jumped
// here leaves it otherwise, and 80 MHz needs range 1 (RM0351 5.1.8).
static bool raise_voltage(void) {
    RCC->APB1ENR1 |= RCC_APB1ENR1_PWR;
    (void)RCC->APB1ENR1;
    PWR->CR1 = (PWR->CR1 & ~PWR_CR1_VOS_MASK) | PWR_CR1_VOS_RANGE1;
    return wait_for_flag(&PWR->SR2, PWR_SR2_VOSF, 0);
}

static bool start_pll(void) {
    RCC->CR |= RCC_CR_MSION;
    if (!wait_for_flag(&RCC->CR, RCC_CR_MSIRDY, RCC_CR_MSIRDY)) {
        return false;
    }
    RCC->CR = (RCC->CR & ~RCC_CR_MSIRANGE_MASK) | RCC_CR_MSIRANGE_4MHZ |
            RCC_CR_MSIRGSEL;
    RCC->CR &= ~RCC_CR_PLLON;
    if (!wait_for_flag(&RCC->CR, RCC_CR_PLLRDY, 0)) {
        return false;
    }
    RCC->PLLCFGR = RCC_PLLCFGR_SRC_MSI | RCC_PLLCFGR_M(1) | RCC_PLLCFGR_N(40) |
            RCC_PLLCFGR_R2 | RCC_PLLCFGR_REN;
    RCC->CR |= RCC_CR_PLLON;
    return wait_for_flag(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY);
}

int board_init_clock(void) {
    if ((RCC->CFGR & RCC_CFGR_SWS_MASK) == RCC_CFGR_SWS_PLL) {
        return 0;
    }
    if (board_window_watchdog()) {
        // 3.3 ms at 80 MHz are less than a line on the console takes.
        WWDG->CFR = WWDG_CFR_WDGTB_8 | WWDG_CFR_W;
    }
    if (!raise_voltage() || !start_pll()) {
        return -1;
    }
    // Wait states first: internal flash at 80 MHz with fewer returns garbage.
    FLASH_IF->ACR = (FLASH_IF->ACR & ~FLASH_ACR_LATENCY_MASK) |
            FLASH_ACR_LATENCY_4 | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN |
            FLASH_ACR_DCEN;
    if (!wait_for_flag(&FLASH_IF->ACR, FLASH_ACR_LATENCY_MASK,
                FLASH_ACR_LATENCY_4)) {
        return -1;
    }
    RCC->CFGR = (RCC->CFGR & ~(RCC_CFGR_PRESCALERS | RCC_CFGR_SW_MASK)) |
            RCC_CFGR_SW_PLL;
    return wait_for_flag(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL) ? 0
                                                                          : -1;
}

/// Pins ///

static void enable_port(unsigned port) {
    RCC->AHB2ENR |= RCC_AHB2ENR_GPIO(port);
    // The clock needs two bus cycles; reading back takes them.
    (void)RCC->AHB2ENR;
}

static void set_field(volatile uint32_t *reg, unsigned pos, uint32_t mask,
        uint32_t value) {
    *reg = (*reg & ~(mask << pos)) | (value << pos);
}

static void set_mode(unsigned port, unsigned pin, uint32_t mode) {
    set_field(&GPIO(port)->MODER, 2u * pin, 3u, mode);
}

// Alternate function last but one: the pin must not show another function's
// level in between.
static void set_alternate(unsigned port, unsigned pin, uint32_t function,
        uint32_t speed, uint32_t pull) {
    set_field(&GPIO(port)->OSPEEDR, 2u * pin, 3u, speed);
    set_field(&GPIO(port)->PUPDR, 2u * pin, 3u, pull);
    set_field(&GPIO(port)->AFR[pin / 8u], 4u * (pin % 8u), 0xFu, function);
    set_mode(port, pin, GPIO_ALTERNATE);
}

void board_init_flash_pins(void) {
    if ((RCC->AHB3ENR & RCC_AHB3_QSPI) != 0u &&
            (QUADSPI->CR & QUADSPI_CR_EN) != 0u) {
        return;
    }
    enable_port(GPIO_E);
    // PE10 CLK, PE11 NCS, PE12 to PE15 IO0 to IO3; AF10 (datasheet table 17).
    for (unsigned pin = 10; pin <= 15; pin++) {
        set_alternate(GPIO_E, pin, 10, 3, pin == 11 ? 1u : 0u);
    }
    RCC->AHB3ENR |= RCC_AHB3_QSPI;
    (void)RCC->AHB3ENR;
    RCC_AHB3RSTR |= RCC_AHB3_QSPI;
    RCC_AHB3RSTR &= ~RCC_AHB3_QSPI;
}

void board_init_pins(void) {
    enable_port(GPIO_B);
    enable_port(GPIO_E);
    board_led(false);
    board_led_red(false);
    set_mode(GPIO_E, LED_GREEN_PIN, GPIO_OUTPUT);
    set_mode(GPIO_B, LED_RED_PIN, GPIO_OUTPUT);
}

void board_led(bool on) {
    GPIO(GPIO_E)->BSRR = 1u << (LED_GREEN_PIN + (on ? 0 : 16));
}

void board_led_red(bool on) {
    GPIO(GPIO_B)->BSRR = 1u << (LED_RED_PIN + (on ? 0 : 16));
}

/// Console ///

void board_uart_init(uint32_t baud) {
    enable_port(GPIO_D);
    set_alternate(GPIO_D, 5, 7, 1, 0);
    set_alternate(GPIO_D, 6, 7, 1, 1);
    RCC->APB1ENR1 |= RCC_APB1ENR1_USART2;
    (void)RCC->APB1ENR1;

    const bool pll = (RCC->CFGR & RCC_CFGR_SWS_MASK) == RCC_CFGR_SWS_PLL;
    const uint32_t clock_hz = pll ? BOARD_HCLK_HZ : 4000000u;
    USART2->CR1 = 0;
    USART2->CR2 = 0;
    USART2->CR3 = 0;
    USART2->BRR = (clock_hz + baud / 2u) / baud;
    USART2->CR1 = USART_CR1_UE | USART_CR1_RE | USART_CR1_TE;
}

void board_uart_putc(char c) {
    if (wait_for_flag(&USART2->ISR, USART_ISR_TXE, USART_ISR_TXE)) {
        USART2->TDR = (uint8_t)c;
    }
}

void board_uart_puts(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            board_uart_putc('\r');
        }
        board_uart_putc(*text);
    }
}

void board_uart_put_hex(uint32_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) {
        board_uart_putc("0123456789abcdef"[(value >> shift) & 0xFu]);
    }
}

void board_uart_put_dec(uint32_t value) {
    char digits[11];
    unsigned n = sizeof(digits);
    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    board_uart_puts(&digits[n]);
}

int board_uart_getc(void) {
    const uint32_t flags = USART2->ISR;
    if ((flags & USART_ISR_ORE) != 0u) {
        USART2->ICR = USART_ICR_ORECF;
    }
    return (flags & USART_ISR_RXNE) != 0u ? (int)(USART2->RDR & 0xFFu) : -1;
}

void board_uart_flush(void) {
    (void)wait_for_flag(&USART2->ISR, USART_ISR_TC, USART_ISR_TC);
}

/// Resets and watchdog ///

enum board_reset board_reset_cause(void) {
    // Every internal reset also pulls NRST, and a flag stays until cleared:
    // the narrowest cause first, the pin last.
    const uint32_t csr = RCC->CSR;
    if ((csr & (RCC_CSR_IWDGRSTF | RCC_CSR_WWDGRSTF)) != 0u) {
        return BOARD_RESET_WATCHDOG;
    }
    if ((csr & RCC_CSR_SFTRSTF) != 0u) {
        return BOARD_RESET_SOFTWARE;
    }
    if ((csr & (RCC_CSR_LPWRRSTF | RCC_CSR_OBLRSTF | RCC_CSR_FWRSTF)) != 0u) {
        return BOARD_RESET_OTHER;
    }
    if ((csr & RCC_CSR_BORRSTF) != 0u) {
        return BOARD_RESET_POWER;
    }
    return (csr & RCC_CSR_PINRSTF) != 0u ? BOARD_RESET_PIN : BOARD_RESET_OTHER;
}

void board_reset_cause_clear(void) {
    RCC->CSR |= RCC_CSR_RMVF;
    RCC->CSR &= ~RCC_CSR_RMVF;
}

const char *board_reset_name(enum board_reset cause) {
    switch (cause) {
    case BOARD_RESET_POWER:
        return "power-on";
    case BOARD_RESET_PIN:
        return "reset pin";
    case BOARD_RESET_SOFTWARE:
        return "software";
    case BOARD_RESET_WATCHDOG:
        return "watchdog";
    default:
        return "other";
    }
}

void board_start_watchdog(uint32_t timeout_ms) {
    // Prescaler 4 * 2^pr; the smallest that reaches gives the finest step.
    uint32_t pr = 0;
    uint32_t ticks = timeout_ms * (IWDG_LSI_HZ / 1000u) / 4u;
    while (ticks > IWDG_RLR_MAX && pr < IWDG_PR_MAX) {
        ticks /= 2u;
        pr++;
    }
    if (ticks > IWDG_RLR_MAX) {
        ticks = IWDG_RLR_MAX;
    }
    // Started first: that switches LSI on, which carries the values over.
    IWDG->KR = IWDG_KR_START;
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = pr;
    IWDG->RLR = ticks;
    (void)wait_for_flag(&IWDG->SR, 0x7u, 0);
    IWDG->KR = IWDG_KR_RELOAD;
}

// Its clock is on behind each reset (RM0351 6.4.19), and W as a reset leaves
// it, so that no store comes too early.
bool board_window_watchdog(void) {
    return (RCC->APB1ENR1 & RCC_APB1ENR1_WWDGEN) != 0u &&
            (WWDG->CFR & WWDG_CFR_W) == WWDG_CFR_W &&
            (WWDG->CR & WWDG_CR_WDGA) != 0u;
}

void board_kick_watchdog(void) {
    IWDG->KR = IWDG_KR_RELOAD;
    if (board_window_watchdog()) {
        WWDG->CR = WWDG_CR_WDGA | WWDG_CR_T;
    }
}

_Noreturn void board_reset(void) {
    __asm volatile("dsb" ::: "memory");
    SCB->AIRCR = SCB_AIRCR_RESET;
    __asm volatile("dsb" ::: "memory");
    for (;;) {
        // SYSRESETREQ takes a few cycles to act.
    }
}
