/*
 * chip - single commands to the flash, past the loader
 *
 * SPDX-License-Identifier: MIT
 *
 * To leave the chip as a program that was stopped anywhere leaves it. The
 * controller is in command mode afterwards, the window closed.
 */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

// The controller out of whatever it does.
void chip_take(void);
void chip_send(uint8_t opcode);
void chip_send_to(uint8_t opcode, uint32_t off);
uint8_t chip_status(void);
uint8_t chip_maker(void); // first byte of the id

// 1-4-4 read with the mode bits that make the next read need no opcode.
void chip_enter_continuous(void);

// Port E without its alternate function, and locked so: as if no chip were
// there. Only a reset takes it back.
void chip_disconnect(void);

#endif
