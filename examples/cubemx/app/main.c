/*
 * main - a user's application, in the form of a CubeMX project
 *
 * SPDX-License-Identifier: MIT
 *
 * Executes from one of two slots of the QSPI flash, which the boot loader has
 * mapped. Changes to the code that CubeMX writes are marked "xipsafe".
 */
#include "main.h"

#include <string.h>

#include "updater.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

UART_HandleTypeDef huart2 = {.BaudRate = 115200};
IWDG_HandleTypeDef hiwdg = {.Prescaler = 2, .Reload = 999}; // 0.5 s
#ifdef KEEP_QSPI_INIT
static QSPI_HandleTypeDef hqspi = {.ClockPrescaler = 1, .FlashSize = 23};
#endif

_Noreturn void Error_Handler(void) {
    for (;;) {
        // Stops here for a debugger, until the watchdog resets.
    }
}

void say(const char *text) {
    (void)HAL_UART_Transmit(&huart2, (const uint8_t *)text,
            (uint16_t)strlen(text), HAL_MAX_DELAY);
}

void say_number(const char *text, uint32_t value) {
    char digits[11];
    unsigned n = sizeof(digits);
    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    say(text);
    say(&digits[n]);
}

// Unchanged. It requests the settings that the boot loader has made already, so
// the HAL changes nothing; for other settings of the PLL it returns HAL_ERROR.
static void SystemClock_Config(void) {
    const RCC_OscInitTypeDef osc = {.PLLM = 1, .PLLN = 40, .PLLR = 2};
    if (HAL_RCC_OscConfig(&osc) != HAL_OK ||
            HAL_RCC_ClockConfig(FLASH_ACR_LATENCY_4) != HAL_OK) {
        Error_Handler();
    }
}

// xipsafe: PendSV is not used here, but its handler is in the flash and after
// reset its priority is 0. (SysTick: stm32l4xx_hal_conf.h.)
void HAL_MspInit(void) {
    HAL_NVIC_SetPriority(PendSV_IRQn, 15, 0);
}

// xipsafe: priority 1 instead of 0 is still above the ceiling; any other
// interrupt of the project gets 4 to 15.
void HAL_UART_MspInit(UART_HandleTypeDef *huart) {
    (void)huart;
    const GPIO_InitTypeDef pins = {.Pins = 0x0060,
            .Mode = GPIO_ALTERNATE,
            .Pull = 1,
            .Speed = 3,
            .Alternate = 7};
    HAL_GPIO_Init(GPIO_D, &pins);
    RCC->APB1ENR1 |= RCC_APB1ENR1_USART2;
    (void)RCC->APB1ENR1;
    HAL_NVIC_SetPriority(USART2_IRQn, 1, 0);
    HAL_NVIC_EnableIRQ(USART2_IRQn);
}

static void MX_USART2_UART_Init(void) {
    if (HAL_UART_Init(&huart2) != HAL_OK) {
        Error_Handler();
    }
    USART2->CR1 |= USART_CR1_RXNEIE; // xipsafe: our own receiver
}

static void MX_IWDG_Init(void) {
    if (HAL_IWDG_Init(&hiwdg) != HAL_OK) {
        Error_Handler();
    }
}

int main(void) {
    HAL_Init();
    SystemClock_Config();
    __asm volatile("cpsie i"); // the boot loader may have left them masked
    MX_USART2_UART_Init();
    MX_IWDG_Init();
    // xipsafe: no MX_QUADSPI_Init(). This code is read through QUADSPI.
#ifdef KEEP_QSPI_INIT
    if (HAL_QSPI_Init(&hqspi) != HAL_OK) {
        say("app: HAL_QSPI_Init failed\r\n");
        Error_Handler();
    }
#endif
    say("app v" TEXT(APP_VERSION) ": running\r\n");
    updater_start();
    for (;;) {
        HAL_IWDG_Refresh(&hiwdg);
        updater_poll();
    }
}
