/*
 * uart - the UART of the machine: of the simulator's STM32L4, or of one of
 * QEMU's
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef UART_H
#define UART_H

#include <stdint.h>

#define R32(a) (*(volatile uint32_t *)(uintptr_t)(a))

#if defined MICROBIT // nRF51: UART of its reference manual, section 29
static inline void uart_open(void) {
    R32(0x40002500) = 4;
    R32(0x40002008) = 1;
}

static inline void uart_put(char c) {
    R32(0x4000211C) = 0;
    R32(0x4000251C) = (uint8_t)c;
    while (!R32(0x4000211C)) {
    }
}
#elif defined UART     // MPS2: UART of CMSDK
static inline void uart_open(void) {
    R32(UART + 0x10) = 16;
    R32(UART + 8) = 1;
}

static inline void uart_put(char c) {
    while (R32(UART + 4) & 1) {
    }
    R32(UART) = (uint8_t)c;
}
#elif defined NETDUINO // USART1 of an STM32F4
static inline void uart_open(void) {
    R32(0x4001100C) = 0x200C;
}

static inline void uart_put(char c) {
    R32(0x40011004) = (uint8_t)c;
}
#else                  // USART2 of an STM32L4, 250000 baud at 4 MHz
static inline void uart_open(void) {
    R32(0x40021058) |= 1u << 17;
    (void)R32(0x40021058);
    R32(0x4000440C) = 16;
    R32(0x40004400) = 9;
}

static inline void uart_put(char c) {
    while (!(R32(0x4000441C) & 0x80)) {
    }
    R32(0x40004428) = (uint8_t)c;
}
#endif

#endif
