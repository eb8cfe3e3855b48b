/*
 * toy_soc - a SoC that does not exist, made of the simulator's STM32 devices
 *
 * SPDX-License-Identifier: MIT
 *
 * The TOY1 shares no address, no interrupt number, no clock and no DMA request
 * with the SoCs of host/sim. 150 interrupts; flash at 0, RAM at 18000000, the
 * window at 70000000. All pins are always connected.
 *
 *   50000000  TOYCLK   bit 0: UART A, 1: UART B, 2: QUADSPI, 3: BDMA
 *   50001000  UART A   64 MHz, interrupt 149
 *   50002000  UART B    8 MHz, interrupt 148
 *   50003000  BDMA     64 MHz; channel 3, request 9: UART B sends
 *   52005000  QUADSPI  64 MHz, interrupt 3
 */
#ifndef TOY_SOC_H
#define TOY_SOC_H

#include "sim/soc.h"

extern const struct sim_soc toy_soc;

#define TOY_IRQS 150
#define TOY_UART_A_IRQ 149
#define TOY_RAM_ADDR 0x18000000u
#define TOY_WINDOW_ADDR 0x70000000u

// The other end of UART B; that of UART A is the peer of the board. Set before
// the SoC is made.
extern struct sim_uart_peer toy_second_peer;

#endif
