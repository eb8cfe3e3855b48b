/*
 * receiver - bytes from USART2, received whatever the flash is doing
 *
 * SPDX-License-Identifier: MIT
 */
#include "receiver.h"

#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

// One writer, one reader: head belongs to the handler, tail to the thread. Both
// count up without end; the index is the value modulo the size.
static volatile uint8_t ring[RECEIVER_RING_BYTES];
static volatile uint32_t head, tail;
static volatile uint32_t overruns, ring_full;

XIP_RESIDENT void USART2_IRQHandler(void) {
    const uint32_t flags = USART2->ISR;
    if ((flags & USART_ISR_ORE) != 0u) {
        overruns++;
    }
    // If ORE stayed set, it would raise this interrupt forever; FE and NE are
    // cleared with it.
    USART2->ICR = USART_ICR_ORECF | USART_ICR_FECF | USART_ICR_NCF;
    if ((flags & USART_ISR_RXNE) == 0u) {
        return;
    }
    const uint8_t byte = (uint8_t)USART2->RDR;
    const uint32_t at = head;
    if (at - tail == RECEIVER_RING_BYTES) {
        ring_full++;
        return;
    }
    ring[at % RECEIVER_RING_BYTES] = byte;
    head = at + 1u;
}

void receiver_start(uint8_t priority) {
    NVIC_IPR[USART2_IRQ] = priority;
    NVIC_ISER[USART2_IRQ / 32u] = 1u << (USART2_IRQ % 32u);
    USART2->CR1 |= USART_CR1_RXNEIE;
}

int receiver_get(void) {
    const uint32_t at = tail;
    if (at == head) {
        return -1;
    }
    const uint8_t byte = ring[at % RECEIVER_RING_BYTES];
    tail = at + 1u;
    return byte;
}

struct receiver_losses receiver_losses(void) {
    return (struct receiver_losses){overruns, ring_full};
}

uint32_t receiver_bytes(void) {
    return head;
}
