/*
 * stm32l4xx_hal - a stand-in for the vendor's HAL, written by us
 *
 * SPDX-License-Identifier: MIT
 *
 * The names that CubeMX projects use and the order of steps that matters here
 * (which step waits for which flag, which counts ticks, what is refused), over
 * the registers of an STM32L476. Only what this example calls. All of it lies
 * in the flash.
 */
#ifndef STM32L4XX_HAL_H
#define STM32L4XX_HAL_H

#include <stdint.h>

#include "stm32l476.h"
#include "stm32l4xx_hal_conf.h"

typedef enum { HAL_OK, HAL_ERROR, HAL_BUSY, HAL_TIMEOUT } HAL_StatusTypeDef;

#define HAL_MAX_DELAY 0xFFFFFFFFu

/// Core ///

typedef enum {
    PendSV_IRQn = -2,
    SysTick_IRQn = -1,
    USART2_IRQn = 38,
} IRQn_Type;

extern volatile uint32_t uwTick;
extern uint32_t uwTickPrio;
extern uint32_t uwTickFreq; // milliseconds a tick
extern uint32_t SystemCoreClock;

void SystemInit(void);
HAL_StatusTypeDef HAL_Init(void);
HAL_StatusTypeDef HAL_InitTick(uint32_t priority);
void HAL_MspInit(void);
void HAL_IncTick(void);
uint32_t HAL_GetTick(void);
void HAL_NVIC_SetPriority(IRQn_Type irq, uint32_t preempt, uint32_t sub);
void HAL_NVIC_EnableIRQ(IRQn_Type irq);
_Noreturn void HAL_NVIC_SystemReset(void);

/// Clock: MSI at 4 MHz into the PLL ///

typedef struct {
    uint32_t PLLM, PLLN, PLLR;
} RCC_OscInitTypeDef;

// With the PLL in use already: HAL_OK for the same settings, HAL_ERROR for
// others.
HAL_StatusTypeDef HAL_RCC_OscConfig(const RCC_OscInitTypeDef *init);
HAL_StatusTypeDef HAL_RCC_ClockConfig(uint32_t latency);

/// Pins ///

typedef struct {
    uint32_t Pins; // a bit for each
    uint32_t Mode; // GPIO_OUTPUT, GPIO_ALTERNATE
    uint32_t Pull, Speed, Alternate;
} GPIO_InitTypeDef;

void HAL_GPIO_Init(unsigned port, const GPIO_InitTypeDef *init);

/// USART2 ///

typedef struct {
    uint32_t BaudRate;
    uint8_t *pRxBuffPtr;
    volatile uint16_t RxXferCount;
} UART_HandleTypeDef;

HAL_StatusTypeDef HAL_UART_Init(UART_HandleTypeDef *huart);
void HAL_UART_MspInit(UART_HandleTypeDef *huart);
HAL_StatusTypeDef HAL_UART_Transmit(UART_HandleTypeDef *huart,
        const uint8_t *data, uint16_t size, uint32_t timeout_ms);
HAL_StatusTypeDef HAL_UART_Receive_IT(UART_HandleTypeDef *huart, uint8_t *data,
        uint16_t size);
void HAL_UART_IRQHandler(UART_HandleTypeDef *huart);
void HAL_UART_RxCpltCallback(UART_HandleTypeDef *huart);

/// IWDG ///

typedef struct {
    uint32_t Prescaler, Reload;
} IWDG_HandleTypeDef;

HAL_StatusTypeDef HAL_IWDG_Init(IWDG_HandleTypeDef *hiwdg);
HAL_StatusTypeDef HAL_IWDG_Refresh(IWDG_HandleTypeDef *hiwdg);

/// QUADSPI ///

typedef enum {
    HAL_QSPI_STATE_RESET,
    HAL_QSPI_STATE_READY,
    HAL_QSPI_STATE_BUSY_MEM_MAPPED,
    HAL_QSPI_STATE_ERROR,
} HAL_QSPI_StateTypeDef;

typedef struct {
    uint32_t ClockPrescaler, FlashSize;
    volatile HAL_QSPI_StateTypeDef State;
    uint32_t Timeout;
} QSPI_HandleTypeDef;

// Lines are 0, 1 or 4. NbData 0: no data phase.
typedef struct {
    uint32_t Instruction, Address, AlternateByte;
    uint32_t AddressLines, AlternateLines, DataLines;
    uint32_t DummyCycles, NbData;
} QSPI_CommandTypeDef;

HAL_StatusTypeDef HAL_QSPI_Init(QSPI_HandleTypeDef *hqspi);
void HAL_QSPI_MspInit(QSPI_HandleTypeDef *handle);
HAL_StatusTypeDef HAL_QSPI_Command(QSPI_HandleTypeDef *hqspi,
        const QSPI_CommandTypeDef *cmd);
HAL_StatusTypeDef HAL_QSPI_Receive(QSPI_HandleTypeDef *hqspi, uint8_t *data,
        uint32_t size);
HAL_StatusTypeDef HAL_QSPI_Transmit(QSPI_HandleTypeDef *hqspi,
        const uint8_t *data, uint32_t size);
HAL_StatusTypeDef HAL_QSPI_MemoryMapped(QSPI_HandleTypeDef *hqspi,
        const QSPI_CommandTypeDef *cmd);

#endif
