/*
 * xip_fault - record what a fault left behind, and print it after the reset
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/fault: records a fault in memory that survives the reset, in
 * an outage too.
 *
 * The handlers run when nothing can be trusted: the flash may be unreadable,
 * the stack may have overflowed, PC may point anywhere. So they are resident,
 * call no library, use a stack of their own, write the record to no-init RAM
 * and reset the MCU. After the reset xip_fault_begin() returns the record, and
 * xip_fault_print() prints it as text that `xipsafe crash LOG app.elf` reads.
 *
 * Needs nothing else of the library: this header, xip_compiler.h,
 * xip_resident.h and the two sources of xipsafe/fault work in any project for
 * an Armv6-M, v7-M or v8-M core. docs/FAULTS.md has the steps.
 *
 * The first record is kept until xip_fault_clear(): the first fault is the
 * cause, and those behind it are counted.
 */
#ifndef XIP_FAULT_H
#define XIP_FAULT_H

#include <stdint.h>

#include "xip_compiler.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Configuration: the same for all sources, on the command line ///

// Words of the interrupted stack that are recorded, 4 bytes of RAM each.
#ifndef XIP_CFG_FAULT_STACK_WORDS
#define XIP_CFG_FAULT_STACK_WORDS 64
#endif
// Where a stack may lie: the recorder reads this RAM and nothing else. Armv6-M
// and v8-M Baseline need it; elsewhere the default is all below 0x40000000.
// XIP_CFG_FAULT_MAY_READ(addr) takes its place where there are several.
#ifndef XIP_CFG_FAULT_RAM_ADDR
#define XIP_CFG_FAULT_RAM_ADDR 0x20000000u
#endif
// #define XIP_CFG_FAULT_RAM_BYTES 0x4000u
// The recorder's own stack. It needs 128; xip_fault_finish() has the rest.
#ifndef XIP_CFG_FAULT_OWN_STACK_BYTES
#define XIP_CFG_FAULT_OWN_STACK_BYTES 256
#endif
// Memory that xip_fault_add_range() names, in all, a multiple of 16. There may
// be one range for each 16 bytes, and 8 bytes of RAM more for each.
#ifndef XIP_CFG_FAULT_RANGE_BYTES
#define XIP_CFG_FAULT_RANGE_BYTES 0
#endif
// 1: record S0 to S31 and FPSCR, 140 bytes of RAM and about 70 of code.
#ifndef XIP_CFG_FAULT_FP
#ifdef __ARM_FP
#define XIP_CFG_FAULT_FP 1
#else
#define XIP_CFG_FAULT_FP 0
#endif
#endif
// 0: define no handlers by their CMSIS names; your vector table, or a naked
// function of yours, leads to xip_fault_handler().
#ifndef XIP_CFG_FAULT_HANDLERS
#define XIP_CFG_FAULT_HANDLERS 1
#endif
// 0: NMI_Handler is yours (STM32: clock security system).
#ifndef XIP_CFG_FAULT_NMI
#define XIP_CFG_FAULT_NMI 1
#endif

/// The record ///

#define XIP_FAULT_MAGIC 0x544C4658u // "XFLT"
#define XIP_FAULT_LAYOUT 1u
#define XIP_FAULT_NO_CAUSE 0xFFFFFFFFu
#define XIP_FAULT_PC 6u // in frame[]
#define XIP_FAULT_XPSR 7u

// The exception frame could not be pushed or read: r0 to r3, r12, lr, pc and
// xPSR are unknown, and sp is where the frame was to be.
#define XIP_FAULT_FRAME_LOST 0x1u
// The recorder did not get to what follows the header.
#define XIP_FAULT_HEADER_ONLY 0x2u
// xip_fault_panic(): no exception; file and line say where.
#define XIP_FAULT_PANIC 0x4u
// Has the SFSR, MSPLIM ... of Armv8-M Mainline.
#define XIP_FAULT_V8M 0x8u
// Armv6-M or v8-M Baseline: HardFault is the only fault, without status.
#define XIP_FAULT_BASELINE 0x10u
#define XIP_FAULT_HAS_BUILD_ID 0x20u
// Armv8-M: the frame is on a stack of the other security state, which the
// recorder does not read; with XIP_FAULT_FRAME_LOST.
#define XIP_FAULT_OTHER_STATE 0x40u

// All words little-endian. What follows the header are pieces, each a word
// `kind << 24 | bytes`, a word with the address, and the bytes.
#define XIP_FAULT_PIECE_MEMORY 1u
#define XIP_FAULT_PIECE_FP 2u // S0 to S31, FPSCR; address 0

// Registers that exception entry leaves as they are, and what was kept for the
// record before.
struct xip_fault_saved {
    uint32_t file, line; // address of the text, of a panic; or 0
    uint32_t primask, r4_r11[8];
    uint32_t exc_return; // of a panic: the return address
    uint32_t main_sp, process_sp, control;
    uint32_t basepri, faultmask, main_limit, process_limit;
    uint8_t build_id[20]; // the linker's, cut or padded with 0
};

struct xip_fault_record {
    uint32_t magic;
    uint32_t reset_cause; // added after the reset; XIP_FAULT_NO_CAUSE
    uint32_t later;       // faults after this one that were not recorded
    uint32_t crc;         // CRC-32 (IEEE 802.3) of all that follows
    uint32_t layout;      // header bytes << 16 | XIP_FAULT_LAYOUT
    uint32_t size_bytes;  // of all, pieces included
    uint32_t flags;
    uint32_t sp;       // of the code at fault
    uint32_t frame[8]; // r0 r1 r2 r3 r12 lr pc xPSR; of a panic: 0
    struct xip_fault_saved saved;
    uint32_t ipsr; // exception that was taken; of a panic: that runs
    // CPUID ICSR VTOR AIRCR SCR CCR SHPR1 SHPR2 SHPR3 SHCSR CFSR HFSR DFSR
    // MMFAR BFAR AFSR, as at 0xE000ED00.
    uint32_t scb[16];
    uint32_t cpacr, mpu_ctrl, sfsr, sfar, abfsr;
    uint32_t fpccr, fpcar, fpdscr;
    uint32_t breadcrumb, breadcrumb_off; // struct xip_breadcrumb
};

/// After the reset ///

// Call early in main(), before anything that can fault and with the flash
// readable. Keeps the build-id where it can be read in an outage, switches
// MemManage, BusFault and UsageFault on and clears their sticky status bits.
//
// reset_cause: the MCU's register of it (RCC_CSR), for the record.
// Returns the record that a fault before the reset left, or NULL.
const struct xip_fault_record *xip_fault_begin(uint32_t reset_cause);

// For a boot program: the record at `memory`, aligned to 4, of an application
// that may never come to print it, with room_bytes at most. The application's
// options may differ. Changes nothing; needs no recorder of its own.
// Returns NULL: no intact one is there.
const struct xip_fault_record *xip_fault_find(const void *memory,
        uint32_t room_bytes);

// Print the record through `put`: about 60 bytes for each 16.
void xip_fault_print(const struct xip_fault_record *record,
        void (*put)(void *ctx, char c), void *ctx);

// Forget the record; the next fault is recorded.
void xip_fault_clear(void);

// Also record [start, start + len_bytes), RAM, of each fault from now on.
// Returns 0, or -1: XIP_CFG_FAULT_RANGE_BYTES has no room for it.
int xip_fault_add_range(const void *start, uint32_t len_bytes);

/// Faults ///

// The handler of all faults. Only for a vector table: it expects LR and the
// stack as exception entry leaves them.
void xip_fault_handler(void);

// Record this place and reset. file must be a string constant: its address is
// recorded, the text is never read, so it may lie in the flash in an outage.
// Any context.
XIP_NORETURN void xip_fault_panic(const char *file, uint32_t line);

#define XIP_PANIC() xip_fault_panic(__FILE__, (uint32_t)__LINE__)
#define XIP_ASSERT(condition) ((condition) ? (void)0 : XIP_PANIC())

// Called with the finished record, interrupts masked, on the recorder's stack;
// the default resets the MCU, or waits here while a debugger is attached. Yours
// must be resident; if it returns, it is called again.
void xip_fault_finish(const struct xip_fault_record *record);

#ifdef __cplusplus
}
#endif

#endif
