/*
 * harness - what the firmwares of this directory share
 *
 * SPDX-License-Identifier: MIT
 *
 * A case is one file with main() and functions in RAM; start.c and app.ld make
 * a firmware of it. Compiled as it is, it has one defect; with CLEAN defined,
 * none. Flash means the window at 0x90000000.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// What the optimiser knows about the body would remove half of the defects.
#ifdef __clang__
#define HARNESS_OPAQUE __attribute__((noinline, used))
#else
#define HARNESS_OPAQUE __attribute__((noipa, used))
#endif

#define RAM __attribute__((section(".ramcode"))) HARNESS_OPAQUE
#define FLASH HARNESS_OPAQUE

// In the flash where that is the defect, else in RAM.
#ifdef CLEAN
#define MOVED RAM
#define MOVED_CONST __attribute__((section(".data.moved_const")))
#else
#define MOVED FLASH
#define MOVED_CONST
#endif

#define REG(addr) (*(volatile uint32_t *)(addr))
// A controller, as far as a checker can see. tests/check/agree.sh runs the
// cases and has a use for the real one: there it is a piece of RAM.
#ifndef QSPI_BASE
#define QSPI_BASE 0xa0001000u
#endif
#define QSPI_CR REG(QSPI_BASE)
#define QSPI_SR REG(QSPI_BASE + 0x08u)
#define QSPI_CCR REG(QSPI_BASE + 0x14u)
#define QSPI_AR REG(QSPI_BASE + 0x18u)
#define QSPI_DR REG(QSPI_BASE + 0x20u)

typedef void harness_handler(void);

#define HARNESS_VECTORS 24u
extern harness_handler *ram_vectors[HARNESS_VECTORS]; // weak
extern uint32_t stack_top_[];

// Weak, endless loops in RAM.
harness_handler NMI_Handler, HardFault_Handler, MemManage_Handler,
        BusFault_Handler, UsageFault_Handler, SVC_Handler, DebugMon_Handler,
        PendSV_Handler, SysTick_Handler, IRQ0_Handler, IRQ1_Handler;
harness_handler Default_Handler;

int main(void);

#endif
