/*
 * stm32l4xx_it - the interrupt handlers as CubeMX writes them
 *
 * SPDX-License-Identifier: MIT
 */
#include "main.h"

void NMI_Handler(void);
void HardFault_Handler(void);
void SysTick_Handler(void);
void USART2_IRQHandler(void);

void NMI_Handler(void) {
    for (;;) {
        // As generated.
    }
}

void HardFault_Handler(void) {
    for (;;) {
        // As generated.
    }
}

void SysTick_Handler(void) {
    HAL_IncTick();
}

void USART2_IRQHandler(void) {
    HAL_UART_IRQHandler(&huart2);
}
