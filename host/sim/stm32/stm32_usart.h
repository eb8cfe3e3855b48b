/*
 * stm32_usart - a USART without FIFO, and the line to its peer
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_USART_H
#define STM32_USART_H

#include "sim/stm32/stm32_soc.h"

struct stm32_usart_options {
    const char *name;      // "USART2"
    const char *registers; // where the manual describes them: "RM0351 40.8"
    unsigned irq;
    unsigned clock; // kernel clock
    struct sim_pin tx_pin, rx_pin;
    struct sim_uart_peer peer;
};

struct stm32_usart {
    const struct stm32_soc *soc;
    struct stm32_usart_options o;
    bool powered;
    uint32_t cr1, cr2, cr3, brr, gtpr, rtor, isr;
    uint16_t rdr, tdr, shift;
    bool tdr_full, sending, preamble; // preamble: the idle frame after TE
    bool line_busy;                   // a byte of the peer is on the way
    uint8_t line_byte;
    sim_time line_from; // when its start bit began
    struct sim_event tx, line, idle, kick;
    uint64_t rx_count, tx_count, overruns;
    bool noted_tx_pin, noted_rx_pin, noted_baud, noted_off, noted_frame;
    bool noted_locked, noted_clock, noted_silent, noted_lost;
};

extern const struct stm32_ops stm32_usart_ops;

void stm32_usart_init(struct stm32_usart *u, const struct stm32_soc *soc,
        const struct stm32_usart_options *options);
// The peer has bytes again.
void stm32_usart_kick(struct stm32_usart *u);
void stm32_usart_power(struct stm32_usart *u, bool on);
// Does it ask DMA to take a received word (or else for one to send)?
bool stm32_usart_request(const struct stm32_usart *u, bool receive);

#endif
