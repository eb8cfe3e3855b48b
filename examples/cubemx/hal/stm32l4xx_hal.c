/*
 * stm32l4xx_hal - core, clock, pins, USART2 and IWDG of the stand-in
 *
 * SPDX-License-Identifier: MIT
 */
#include "stm32l4xx_hal.h"

#include <stdbool.h>
#include <stddef.h>

#define WEAK __attribute__((weak))

volatile uint32_t uwTick;
uint32_t uwTickPrio = TICK_INT_PRIORITY;
uint32_t uwTickFreq = 1;

static HAL_StatusTypeDef wait_for(volatile const uint32_t *reg, uint32_t mask,
        uint32_t value, uint32_t timeout_ms) {
    const uint32_t start = HAL_GetTick();
    while ((*reg & mask) != value) {
        if (HAL_GetTick() - start > timeout_ms) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

/// Core ///

WEAK void HAL_MspInit(void) {
}

HAL_StatusTypeDef HAL_Init(void) {
    const HAL_StatusTypeDef status = HAL_InitTick(TICK_INT_PRIORITY);
    HAL_MspInit();
    return status;
}

// Again after each change of the clock, with the priority it had.
HAL_StatusTypeDef HAL_InitTick(uint32_t priority) {
    SYSTICK->RVR = SystemCoreClock / 1000u - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
    HAL_NVIC_SetPriority(SysTick_IRQn, priority, 0);
    uwTickPrio = priority;
    return HAL_OK;
}

WEAK void HAL_IncTick(void) {
    uwTick += uwTickFreq;
}

WEAK uint32_t HAL_GetTick(void) {
    return uwTick;
}

// Priority group 4: all four bits are preemption.
void HAL_NVIC_SetPriority(IRQn_Type irq, uint32_t preempt, uint32_t sub) {
    (void)sub;
    const uint8_t value = (uint8_t)(preempt << 4);
    if (irq < 0) { // exception 16 + irq; SHPR begins with 4
        SCB->SHPR[12 + irq] = value;
    } else {
        NVIC_IPR[irq] = value;
    }
}

void HAL_NVIC_EnableIRQ(IRQn_Type irq) {
    const uint32_t n = (uint32_t)irq;
    NVIC_ISER[n / 32u] = 1u << (n % 32u);
}

_Noreturn void HAL_NVIC_SystemReset(void) {
    __asm volatile("dsb" ::: "memory");
    SCB->AIRCR = SCB_AIRCR_RESET;
    for (;;) {
        // The reset takes a few cycles.
    }
}

/// Clock ///

static bool pll_runs_the_core(void) {
    return (RCC->CFGR & RCC_CFGR_SWS_MASK) == RCC_CFGR_SWS_PLL;
}

HAL_StatusTypeDef HAL_RCC_OscConfig(const RCC_OscInitTypeDef *init) {
    const uint32_t wanted = RCC_PLLCFGR_SRC_MSI | RCC_PLLCFGR_M(init->PLLM) |
            RCC_PLLCFGR_N(init->PLLN) | (init->PLLR / 2u - 1u) << 25 |
            RCC_PLLCFGR_REN;
    if (pll_runs_the_core()) {
        return RCC->PLLCFGR == wanted ? HAL_OK : HAL_ERROR;
    }
    RCC->CR |= RCC_CR_MSION;
    HAL_StatusTypeDef status =
            wait_for(&RCC->CR, RCC_CR_MSIRDY, RCC_CR_MSIRDY, 2);
    RCC->CR &= ~RCC_CR_PLLON;
    if (status == HAL_OK) {
        status = wait_for(&RCC->CR, RCC_CR_PLLRDY, 0, 2);
    }
    if (status == HAL_OK) {
        RCC->PLLCFGR = wanted;
        RCC->CR |= RCC_CR_PLLON;
        status = wait_for(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY, 2);
    }
    return status;
}

HAL_StatusTypeDef HAL_RCC_ClockConfig(uint32_t latency) {
    FLASH_IF->ACR = (FLASH_IF->ACR & ~FLASH_ACR_LATENCY_MASK) | latency;
    if ((FLASH_IF->ACR & FLASH_ACR_LATENCY_MASK) != latency) {
        return HAL_ERROR;
    }
    RCC->CFGR &= ~RCC_CFGR_PRESCALERS;
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
    if (wait_for(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL, 5000) !=
            HAL_OK) {
        return HAL_TIMEOUT;
    }
    SystemCoreClock = 80000000u;
    return HAL_InitTick(uwTickPrio);
}

/// Pins ///

static void set_field(volatile uint32_t *reg, unsigned pos, uint32_t mask,
        uint32_t value) {
    *reg = (*reg & ~(mask << pos)) | (value << pos);
}

void HAL_GPIO_Init(unsigned port, const GPIO_InitTypeDef *init) {
    RCC->AHB2ENR |= RCC_AHB2ENR_GPIO(port);
    (void)RCC->AHB2ENR;
    for (unsigned pin = 0; pin < 16u; pin++) {
        if ((init->Pins >> pin & 1u) == 0u) {
            continue;
        }
        set_field(&GPIO(port)->OSPEEDR, 2u * pin, 3u, init->Speed);
        set_field(&GPIO(port)->PUPDR, 2u * pin, 3u, init->Pull);
        set_field(&GPIO(port)->AFR[pin / 8u], 4u * (pin % 8u), 0xFu,
                init->Alternate);
        set_field(&GPIO(port)->MODER, 2u * pin, 3u, init->Mode);
    }
}

/// USART2 ///

WEAK void HAL_UART_MspInit(UART_HandleTypeDef *huart) {
    (void)huart;
}

HAL_StatusTypeDef HAL_UART_Init(UART_HandleTypeDef *huart) {
    HAL_UART_MspInit(huart);
    USART2->CR1 = 0;
    USART2->CR2 = 0;
    USART2->CR3 = 0;
    USART2->BRR = (SystemCoreClock + huart->BaudRate / 2u) / huart->BaudRate;
    USART2->CR1 = USART_CR1_UE | USART_CR1_RE | USART_CR1_TE;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_Transmit(UART_HandleTypeDef *huart,
        const uint8_t *data, uint16_t size, uint32_t timeout_ms) {
    (void)huart;
    for (uint16_t i = 0; i < size; i++) {
        if (wait_for(&USART2->ISR, USART_ISR_TXE, USART_ISR_TXE, timeout_ms) !=
                HAL_OK) {
            return HAL_TIMEOUT;
        }
        USART2->TDR = data[i];
    }
    return wait_for(&USART2->ISR, USART_ISR_TC, USART_ISR_TC, timeout_ms);
}

HAL_StatusTypeDef HAL_UART_Receive_IT(UART_HandleTypeDef *huart, uint8_t *data,
        uint16_t size) {
    if (huart->RxXferCount != 0u) {
        return HAL_BUSY;
    }
    huart->pRxBuffPtr = data;
    huart->RxXferCount = size;
    USART2->CR1 |= USART_CR1_RXNEIE;
    return HAL_OK;
}

WEAK void HAL_UART_RxCpltCallback(UART_HandleTypeDef *huart) {
    (void)huart;
}

void HAL_UART_IRQHandler(UART_HandleTypeDef *huart) {
    const uint32_t flags = USART2->ISR;
    USART2->ICR = USART_ICR_ORECF | USART_ICR_FECF | USART_ICR_NCF;
    if ((flags & USART_ISR_RXNE) == 0u || huart->RxXferCount == 0u) {
        return;
    }
    *huart->pRxBuffPtr++ = (uint8_t)USART2->RDR;
    if (--huart->RxXferCount == 0u) {
        USART2->CR1 &= ~USART_CR1_RXNEIE;
        HAL_UART_RxCpltCallback(huart);
    }
}

/// IWDG ///

HAL_StatusTypeDef HAL_IWDG_Init(IWDG_HandleTypeDef *hiwdg) {
    IWDG->KR = IWDG_KR_START;
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = hiwdg->Prescaler;
    IWDG->RLR = hiwdg->Reload;
    const HAL_StatusTypeDef status = wait_for(&IWDG->SR, 7u, 0, 48);
    IWDG->KR = IWDG_KR_RELOAD;
    return status;
}

HAL_StatusTypeDef HAL_IWDG_Refresh(IWDG_HandleTypeDef *hiwdg) {
    (void)hiwdg;
    IWDG->KR = IWDG_KR_RELOAD;
    return HAL_OK;
}
