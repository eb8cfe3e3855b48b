/*
 * fw - what the test programs share: console, verdicts, the flash device
 *
 * SPDX-License-Identifier: MIT
 *
 * A program prints "PASS name" or "FAIL name (detail)" per check and ends with
 * "done: N passed, M failed"; then it sleeps for ever with all interrupts off,
 * which ends the simulation.
 */
#ifndef FW_H
#define FW_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "xip_flash.h"

// Where the tests may write: the second slot.
#define FW_AREA_OFF ((uint32_t)LAYOUT_SLOT1_OFF)

// Console at 115200 baud; prints the program's name.
void fw_begin(const char *name);

// One verdict. got is printed when the check failed.
void fw_check(const char *name, bool ok, int got);
_Noreturn void fw_end(void);

// The configuration all programs begin with: this image protected, a bounce
// buffer, resident code as the program was built. Change and attach.
struct xip_flash_config fw_config(void);

extern struct xip_flash fw_flash;
extern uint8_t fw_bounce[256];

// Byte of a pattern that no shift by a page or a word leaves equal.
uint8_t fw_pattern(uint32_t i);

// Put a handler into the vector table in RAM that start-up has chosen.
void fw_handler(uint32_t exception, void (*handler)(void));

// Enable interrupt `irq` at this priority (upper four bits).
void fw_enable_irq(uint32_t irq, uint8_t priority);

// SysTick every `cycles`, at this priority.
void fw_start_tick(uint32_t cycles, uint8_t priority);
void fw_stop_tick(void);

// Erase [off, off + len) and program the pattern there. Ends with a verdict.
void fw_fill(uint32_t off, uint32_t len_bytes);
// Does it hold the pattern (or 0xff) as far as the window shows?
bool fw_is_pattern(uint32_t off, uint32_t len_bytes);
bool fw_is_blank(uint32_t off, uint32_t len_bytes);

#endif
