/*
 * loader - what both kinds of external loader do, over xip_flash
 *
 * SPDX-License-Identifier: MIT
 *
 * An external loader ("flash algorithm") is a program that a debug probe puts
 * into RAM and whose functions it calls one by one: registers set, the link
 * register at a breakpoint, then wait until the core halts there. So nothing
 * here prints, waits for ever or expects an interrupt; interrupts stay masked
 * from init on. The window is open between calls: probes read through it.
 *
 * Addresses are those of the bus, LAYOUT_WINDOW_ADDR on. Codes are enum
 * xip_err. A call before a successful init gets XIP_ERR_PARAM.
 */
#ifndef LOADER_H
#define LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "xip_flash.h"

// In the table for the probe: the chip is erased in pieces of this size. Every
// part with 64 KB erase fits.
#define LOADER_SECTOR_BYTES 0x10000u
#define LOADER_SECTORS (LAYOUT_FLASH_BYTES / LOADER_SECTOR_BYTES)

// Stack of an entry point. A probe may offer 512 bytes (pyOCD up to 0.34),
// less than bring-up takes; so each entry moves to a stack of its own.
#define LOADER_STACK_BYTES 1536

// Clock, pins, controller and chip, from any state, to an open window. May be
// called again without deinit: after an operation that the probe gave up.
// Blocks for as long as the chip still erases what was interrupted.
// Returns as xip_flash_bringup, and XIP_ERR_CONFIG when the clock fails.
int loader_init(void);

// Give vector table and interrupt mask back. The window stays open.
void loader_deinit(void);

// Erase whole sectors; addr and len must be multiples of one.
int loader_erase(uint32_t addr, uint32_t len_bytes);

// Erase as much of the chip as the table for the probe says.
int loader_erase_all(void);

// Any address, any length, data in RAM. Reads back what it programmed.
int loader_program(uint32_t addr, const void *data, uint32_t len_bytes);

int loader_read(uint32_t addr, void *data, uint32_t len_bytes);

// Where [addr, addr + len) first differs from data; addr + len: nowhere.
// addr when the range is not in the chip.
uint32_t loader_compare(uint32_t addr, const void *data, uint32_t len_bytes);

// Is all of it this byte? False when the range is not in the chip.
bool loader_holds(uint32_t addr, uint32_t len_bytes, uint8_t value);

#endif
