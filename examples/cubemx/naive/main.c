/*
 * main - the same project before the changes for xipsafe
 *
 * SPDX-License-Identifier: MIT
 *
 * Everything at priority 0, all handlers in the flash, the vector table too. A
 * ceiling is configured. Tries to attach, prints what the library refuses,
 * fixes that one item, and tries again: this gives the list of changes that a
 * project needs, in the order in which they appear. Nothing crashes on the way.
 */
#include "main.h"

#include <string.h>

#include "xip_compiler.h"
#include "xip_flash.h"

#define CEILING (4u << 4)
#define VECTOR_COUNT 98u
#define FREE_OFF 0x100000u

enum { NMI = 2, HARD_FAULT = 3 };

UART_HandleTypeDef huart2 = {.BaudRate = 115200};
static uint8_t received;

static struct xip_flash flash;
static uint32_t vectors[VECTOR_COUNT] __attribute__((aligned(512)));

_Noreturn void Error_Handler(void) {
    for (;;) {
        // Stops here for a debugger.
    }
}

void say(const char *text) {
    (void)HAL_UART_Transmit(&huart2, (const uint8_t *)text,
            (uint16_t)strlen(text), HAL_MAX_DELAY);
}

void say_number(const char *text, uint32_t value) {
    char digits[4] = {(char)('0' + value / 100u % 10u),
            (char)('0' + value / 10u % 10u), (char)('0' + value % 10u), '\0'};
    say(text);
    say(digits);
}

static void SystemClock_Config(void) {
    const RCC_OscInitTypeDef osc = {.PLLM = 1, .PLLN = 40, .PLLR = 2};
    if (HAL_RCC_OscConfig(&osc) != HAL_OK ||
            HAL_RCC_ClockConfig(FLASH_ACR_LATENCY_4) != HAL_OK) {
        Error_Handler();
    }
}

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
    HAL_NVIC_SetPriority(USART2_IRQn, 0, 0);
    HAL_NVIC_EnableIRQ(USART2_IRQn);
}

void HAL_MspInit(void) {
    HAL_NVIC_SetPriority(PendSV_IRQn, 0, 0);
}

static void try(const char *state) {
    const struct xip_flash_config config = {
            .window_addr = 0x90000000u,
            .hclk_hz = SystemCoreClock,
            .ceiling = CEILING,
            XIP_FLASH_IMAGE_FROM_LINKER,
    };
    const int err = xip_flash_attach(&flash, &config);
    say(state);
    say(": ");
    say(xip_err_name(err));
    if (err == XIP_ERR_VECTOR) {
        say_number(", exception ", flash.bad_exception);
    }
    say("\r\n");
}

XIP_RESIDENT static void resident_handler(void) {
    for (;;) {
        // What NMI_Handler and HardFault_Handler are, in RAM.
    }
}

static void set_handler(unsigned exception, void (*handler)(void)) {
    vectors[exception] = (uint32_t)(uintptr_t)handler;
    __asm volatile("dsb" ::: "memory");
}

int main(void) {
    HAL_Init();
    SystemClock_Config();
    (void)HAL_UART_Init(&huart2);
    (void)HAL_UART_Receive_IT(&huart2, &received, 1);

    try("as CubeMX wrote it");
    if (xip_flash_vectors_move(vectors, VECTOR_COUNT) != XIP_OK) {
        Error_Handler();
    }
    try("vector table in RAM");
    set_handler(NMI, resident_handler);
    try("NMI_Handler resident");
    set_handler(HARD_FAULT, resident_handler);
    try("HardFault_Handler resident");
    HAL_NVIC_SetPriority(PendSV_IRQn, 15, 0);
    try("PendSV at priority 15");
    HAL_NVIC_SetPriority(SysTick_IRQn, 15, 0);
    try("SysTick at priority 15");
    HAL_NVIC_SetPriority(USART2_IRQn, 5, 0);
    try("USART2 at priority 5");

    const int err = xip_flash_erase(&flash, FREE_OFF, 0x1000);
    say("erase: ");
    say(xip_err_name(err));
    say("\r\nnaive: end\r\n");
    for (;;) {
        // CubeMX's main() does not return.
    }
}
