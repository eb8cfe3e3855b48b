/*
 * layout - where things lie on the STM32L476G-DISCO
 *
 * SPDX-License-Identifier: MIT
 *
 * Plain numbers, no casts and no suffixes: C sources and, through the
 * preprocessor, linker scripts read the same file. Sources: RM0351 section 2.2
 * (memory map), UM1879 (the board's 16 MB flash on QUADSPI).
 *
 * _ADDR is an address on the bus, _OFF a position from the start of the flash
 * chip, _BYTES a length.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

// Internal flash. The boot program owns its first 32 KB; the vector table has
// 98 words (0x188 bytes), the table of resident functions follows it.
#define LAYOUT_INTERNAL_ADDR 0x08000000
#define LAYOUT_INTERNAL_BYTES 0x00100000
#define LAYOUT_BOOT_BYTES 0x00008000
#define LAYOUT_RESIDENT_TABLE_ADDR 0x080001C0

// Two memories with a hole between them: SRAM2 has no alias behind SRAM1 here.
#define LAYOUT_SRAM1_ADDR 0x20000000
#define LAYOUT_SRAM1_BYTES 0x00018000
#define LAYOUT_SRAM2_ADDR 0x10000000
#define LAYOUT_SRAM2_BYTES 0x00008000

// First bytes of SRAM2: shared by boot program and application, never
// cleared. struct xip_breadcrumb is the first thing in it. A system reset keeps
// SRAM2 while option bit SRAM2_RST is 1, as the chip is delivered.
#define LAYOUT_NOINIT_ADDR 0x10000000
#define LAYOUT_NOINIT_BYTES 0x00000100
#define LAYOUT_BREADCRUMB_ADDR LAYOUT_NOINIT_ADDR

// Every RAM that an application may have its stack in, for the boot program.
#define LAYOUT_RAMS \
    {LAYOUT_SRAM1_ADDR, LAYOUT_SRAM1_BYTES}, { \
        LAYOUT_SRAM2_ADDR, LAYOUT_SRAM2_BYTES \
    }
// The boot program's own: the rest of SRAM2. SRAM1 stays as it came up, so that
// the simulator sees an application that calls its RAM code before it has
// copied it.
#define LAYOUT_BOOT_RAM_ADDR 0x10000100
#define LAYOUT_BOOT_RAM_BYTES 0x00007F00

// The external flash and where QUADSPI maps it.
#define LAYOUT_WINDOW_ADDR 0x90000000
#define LAYOUT_FLASH_BYTES 0x01000000

// An image: header, vector table (VTOR wants a multiple of 0x200), code, TLVs.
#define LAYOUT_SLOT_COUNT 2
#define LAYOUT_SLOT0_OFF 0x00000000
#define LAYOUT_SLOT1_OFF 0x00100000
#define LAYOUT_SLOT_BYTES 0x00100000
#define LAYOUT_HEADER_BYTES 0x200

// Kept free: two erase sectors at the end of the chip for the journal.
#define LAYOUT_JOURNAL_OFF 0x00FFE000
#define LAYOUT_JOURNAL_BYTES 0x00002000

#define LAYOUT_VECTOR_COUNT 98
#define LAYOUT_VECTOR_ALIGN 512

#endif
