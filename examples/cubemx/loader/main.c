/*
 * main - a user's boot loader, in the form of a CubeMX project
 *
 * SPDX-License-Identifier: MIT
 *
 * Does not use xipsafe. Sets the clock up, maps the flash chip through HAL_QSPI
 * with its own read command, starts the higher version of two slots by looking
 * at the headers, and checks no digest: so the application does that before it
 * lets a new image be found.
 */
#include <stdbool.h>
#include <string.h>

#include "stm32l4xx_hal.h"

#define WINDOW_ADDR 0x90000000u
#define SLOT_BYTES 0x100000u
#define HEADER_BYTES 0x200u
#define HEADER_MAGIC 0x96F3B83Du
#define HEADER_VERSION_WORD 5u // major, minor, revision

static UART_HandleTypeDef huart2 = {.BaudRate = 115200};
static QSPI_HandleTypeDef hqspi = {.ClockPrescaler = 1, .FlashSize = 23};

_Noreturn static void Error_Handler(void) {
    for (;;) {
        // Stops here for a debugger, until the watchdog resets.
    }
}

static void say(const char *text) {
    (void)HAL_UART_Transmit(&huart2, (const uint8_t *)text,
            (uint16_t)strlen(text), 1000);
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
}

void HAL_QSPI_MspInit(QSPI_HandleTypeDef *handle) {
    (void)handle;
    const GPIO_InitTypeDef pins = {.Pins = 0xFC00, // PE10 to PE15
            .Mode = GPIO_ALTERNATE,
            .Speed = 3,
            .Alternate = 10};
    RCC->AHB3ENR |= RCC_AHB3_QSPI;
    (void)RCC->AHB3ENR;
    HAL_GPIO_Init(GPIO_E, &pins);
}

/// The chip, W25Q128 ///

static void command(uint32_t instruction) {
    const QSPI_CommandTypeDef cmd = {.Instruction = instruction};
    if (HAL_QSPI_Command(&hqspi, &cmd) != HAL_OK) {
        Error_Handler();
    }
}

static uint8_t read_status(uint32_t instruction) {
    const QSPI_CommandTypeDef cmd = {
            .Instruction = instruction, .DataLines = 1, .NbData = 1};
    uint8_t value = 0;
    if (HAL_QSPI_Command(&hqspi, &cmd) != HAL_OK ||
            HAL_QSPI_Receive(&hqspi, &value, 1) != HAL_OK) {
        Error_Handler();
    }
    return value;
}

// Ends any operation that the last run left running.
static void QSPI_ResetMemory(void) {
    command(0x66);
    command(0x99);
    const uint32_t start = HAL_GetTick();
    while (HAL_GetTick() - start < 2u) {
        // tRST, 30 us.
    }
    while ((read_status(0x05) & 1u) != 0u) {
        // BUSY
    }
}

static void QSPI_QuadEnable(void) {
    const uint8_t quad_enable = 0x02;
    if ((read_status(0x35) & quad_enable) != 0u) {
        return;
    }
    command(0x50); // the volatile bit
    const QSPI_CommandTypeDef cmd = {
            .Instruction = 0x31, .DataLines = 1, .NbData = 1};
    if (HAL_QSPI_Command(&hqspi, &cmd) != HAL_OK ||
            HAL_QSPI_Transmit(&hqspi, &quad_enable, 1) != HAL_OK) {
        Error_Handler();
    }
}

// Fast read quad I/O: EBh, mode byte, four dummy clocks.
static void QSPI_EnableMemoryMappedMode(void) {
    const QSPI_CommandTypeDef cmd = {.Instruction = 0xEB,
            .AddressLines = 4,
            .AlternateLines = 4,
            .AlternateByte = 0xFF,
            .DataLines = 4,
            .DummyCycles = 4};
    if (HAL_QSPI_MemoryMapped(&hqspi, &cmd) != HAL_OK) {
        Error_Handler();
    }
}

/// Starting the application ///

static const uint32_t *slot_words(unsigned slot) {
    return (const uint32_t *)(WINDOW_ADDR + slot * SLOT_BYTES);
}

// 0 for an empty slot; major, minor, revision as one number otherwise.
static uint32_t slot_version(unsigned slot) {
    const uint32_t *const header = slot_words(slot);
    const uint32_t version = header[HEADER_VERSION_WORD];
    if (header[0] != HEADER_MAGIC) {
        return 0;
    }
    return (version & 0xFFu) << 24 | (version >> 8 & 0xFFu) << 16 |
            version >> 16;
}

// As in most projects: of the core it sets only the stack pointer, not VTOR,
// and it stops its own tick.
_Noreturn static void JumpToApplication(unsigned slot) {
    const uint32_t *const vectors =
            slot_words(slot) + HEADER_BYTES / sizeof(uint32_t);
    SYSTICK->CSR = 0;
    __asm volatile("msr msp, %0\n"
                   "bx %1\n"
                   :
                   : "r"(vectors[0]), "r"(vectors[1]));
    __builtin_unreachable();
}

int main(void) {
    HAL_Init();
    SystemClock_Config();
    if (HAL_UART_Init(&huart2) != HAL_OK || HAL_QSPI_Init(&hqspi) != HAL_OK) {
        Error_Handler();
    }
    QSPI_ResetMemory();
    QSPI_QuadEnable();
    QSPI_EnableMemoryMappedMode();

    say((RCC->CSR & RCC_CSR_IWDGRSTF) != 0u ? "\r\nloader: reset by IWDG\r\n"
                                            : "\r\nloader: start\r\n");
    const unsigned slot = slot_version(1) > slot_version(0) ? 1u : 0u;
    if (slot_version(slot) == 0u) {
        say("loader: no application\r\n");
        Error_Handler();
    }
    say(slot == 0u ? "loader: jump to slot 0\r\n"
                   : "loader: jump to slot 1\r\n");
    JumpToApplication(slot);
}

void SysTick_Handler(void);
void SysTick_Handler(void) {
    HAL_IncTick();
}
