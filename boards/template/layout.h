/*
 * layout - where things lie on your board
 *
 * SPDX-License-Identifier: MIT
 *
 * Plain numbers, no casts and no suffixes: C sources and, through the
 * preprocessor, linker scripts read the same file. The numbers below are an
 * example of a device with 256 KB of flash and 64 KB of RAM: put yours, each
 * from the memory map of the reference manual.
 *
 * _ADDR is an address on the bus, _OFF a position from the start of the flash
 * chip, _BYTES a length.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

// Internal flash. The boot program owns the first part of it; the table of
// resident functions follows its vector table (4 * LAYOUT_VECTOR_COUNT).
#define LAYOUT_INTERNAL_ADDR 0x08000000
#define LAYOUT_INTERNAL_BYTES 0x00040000
#define LAYOUT_BOOT_BYTES 0x00008000
#define LAYOUT_RESIDENT_TABLE_ADDR 0x080001C0

#define LAYOUT_SRAM1_ADDR 0x20000000
#define LAYOUT_SRAM1_BYTES 0x0000FF00

// RAM that neither boot program nor application clears; struct xip_breadcrumb
// is the first thing in it. Here: the last 256 bytes.
#define LAYOUT_NOINIT_ADDR 0x2000FF00
#define LAYOUT_NOINIT_BYTES 0x00000100
#define LAYOUT_BREADCRUMB_ADDR LAYOUT_NOINIT_ADDR

// Every RAM that an application may have its stack in: address, length.
#define LAYOUT_RAMS \
    { LAYOUT_SRAM1_ADDR, LAYOUT_SRAM1_BYTES }
// The boot program's own data and stack.
#define LAYOUT_BOOT_RAM_ADDR LAYOUT_SRAM1_ADDR
#define LAYOUT_BOOT_RAM_BYTES LAYOUT_SRAM1_BYTES

// The external flash and where the controller maps it.
#define LAYOUT_WINDOW_ADDR 0x90000000
#define LAYOUT_FLASH_BYTES 0x00800000

// An image: header, vector table, code, TLVs. Slots are whole erase units.
#define LAYOUT_SLOT_COUNT 2
#define LAYOUT_SLOT0_OFF 0x00000000
#define LAYOUT_SLOT1_OFF 0x00100000
#define LAYOUT_SLOT_BYTES 0x00100000
#define LAYOUT_HEADER_BYTES 0x200

// Two erase sectors for the journal.
#define LAYOUT_JOURNAL_OFF 0x007FE000
#define LAYOUT_JOURNAL_BYTES 0x00002000

// 16 and the interrupts of the device; VTOR wants the next power of two of
// four times that.
#define LAYOUT_VECTOR_COUNT 98
#define LAYOUT_VECTOR_ALIGN 512

#endif
