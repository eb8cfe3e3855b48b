/*
 * stm32l4xx_it - the interrupt handlers; those that had to change are resident
 *
 * SPDX-License-Identifier: MIT
 *
 * NMI and the faults cannot be masked: resident. USART2 is above the ceiling,
 * so it runs during an erase: resident, with all it calls and reads;
 * HAL_UART_IRQHandler() and its handle's callbacks lie in the flash. SysTick is
 * below the ceiling and stays as CubeMX wrote it.
 */
#include "main.h"
#include "xip_compiler.h"

void NMI_Handler(void);
void HardFault_Handler(void);
void MemManage_Handler(void);
void BusFault_Handler(void);
void UsageFault_Handler(void);
void SysTick_Handler(void);
void USART2_IRQHandler(void);

XIP_RESIDENT void NMI_Handler(void) {
    for (;;) {
        // The watchdog ends it.
    }
}

XIP_RESIDENT void HardFault_Handler(void) {
    for (;;) {
        // The watchdog ends it.
    }
}

// These three are taken only if SHCSR enables them, otherwise HardFault is.
XIP_RESIDENT void MemManage_Handler(void) {
    HardFault_Handler();
}

XIP_RESIDENT void BusFault_Handler(void) {
    HardFault_Handler();
}

XIP_RESIDENT void UsageFault_Handler(void) {
    HardFault_Handler();
}

void SysTick_Handler(void) {
    HAL_IncTick();
}

/// USART2, resident ///

// A packet of XMODEM-1K and the bytes that arrive while one page is programmed.
#define RING_BYTES 2048u

// One writer, one reader; both count up without end.
static volatile uint8_t ring[RING_BYTES];
static volatile uint32_t head, tail, lost;

XIP_RESIDENT void USART2_IRQHandler(void) {
    const uint32_t flags = USART2->ISR;
    USART2->ICR = USART_ICR_ORECF | USART_ICR_FECF | USART_ICR_NCF;
    if ((flags & USART_ISR_ORE) != 0u) {
        lost++;
    }
    if ((flags & USART_ISR_RXNE) == 0u) {
        return;
    }
    const uint8_t byte = (uint8_t)USART2->RDR;
    const uint32_t at = head;
    if (at - tail == RING_BYTES) {
        lost++;
        return;
    }
    ring[at % RING_BYTES] = byte;
    head = at + 1u;
}

int receiver_get(void) {
    const uint32_t at = tail;
    if (at == head) {
        return -1;
    }
    const uint8_t byte = ring[at % RING_BYTES];
    tail = at + 1u;
    return byte;
}

uint32_t receiver_lost(void) {
    return lost;
}
