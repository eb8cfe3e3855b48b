/*
 * receiver - bytes from USART2, received whatever the flash is doing
 *
 * SPDX-License-Identifier: MIT
 *
 * This USART has no FIFO: a byte not fetched within one byte time (87 us at
 * 115200 baud) is lost, and an erase takes a thousand times as long. So the
 * interrupt is above the ceiling, and its handler and its ring are in RAM.
 */
#ifndef RECEIVER_H
#define RECEIVER_H

#include <stdint.h>

// Holds all bytes that can arrive during the erase of one unit: XMODEM sends at
// most one packet of 1029 bytes without an answer.
#define RECEIVER_RING_BYTES 2048u

// The console is initialised. priority in register form, 0x10 for 1 of 15.
void receiver_start(uint8_t priority);

// The oldest byte not yet fetched, or -1. Thread.
int receiver_get(void);

// Bytes lost since start: the USART was not read in time, or the ring was full.
struct receiver_losses {
    uint32_t overruns;
    uint32_t ring_full;
};
struct receiver_losses receiver_losses(void);

// Bytes received since start.
uint32_t receiver_bytes(void);

#endif
