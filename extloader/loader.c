/*
 * loader - what both kinds of external loader do, over xip_flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Position-independent in the one file that links at address 0: no pointer in
 * initialised data, here or in what it calls (tests/cli/extloader.sh looks).
 */
#include "loader.h"

#include <string.h>

#include "board.h"
#include "cortexm.h"
#include "entry.h"
#include "loader_board.h"
#include "xip_err.h"

// Says "failed" to the probe, see flm.c and stldr.c.
#ifndef LOADER_FAULT_RESULT
#error "LOADER_FAULT_RESULT: what a function returns when it failed"
#endif
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

// No interrupt is ever enabled, so that exceptions 1 to 15 are all.
#define VECTORS 16u
#define VECTOR_ALIGN 128u // ARMv7-M B3.2.5: VTOR[6:0] are zero

static struct xip_flash flash;
// Room to align the table in: the loader lies at any multiple of 4.
static uint32_t vector_room[VECTORS + VECTOR_ALIGN / 4u - 1u];
static struct {
    uint32_t vtor, primask;
    uint32_t taken; // not 0: vtor and primask have to be restored
} before;

// The lowest data: what overflows runs into the code, and a test looks whether
// it came near.
__attribute__((section(".loader_stack"), aligned(8), used))
uint8_t loader_stack_[LOADER_STACK_BYTES];

// r4 carries the caller's stack pointer over the call; r0 to r3 are arguments.
__attribute__((naked, used, section(".loader_entry"))) void
loader_own_stack_(void) {
    __asm volatile("mov r4, sp\n"
                   "ldr r12, 2f\n"
                   "1: add r12, pc\n"
                   // A loader at an odd multiple of 4.
                   "bic r12, r12, #7\n"
                   "mov sp, r12\n"
                   "bx lr\n"
                   ".align 2\n"
                   "2: .word loader_stack_ + " TEXT(LOADER_STACK_BYTES) " - "
                                                                        "(1b + "
                                                                        "4)\n");
}

/// The core ///

// The handlers of what ran before may be erased or in a window that is closed.
// A fault halts the core for the probe, with a result that says so.
__attribute__((naked, used)) static void fault(void) {
    __asm volatile("movs r0, #" TEXT(LOADER_FAULT_RESULT) "\n"
                                                          "1: bkpt #0\n"
                                                          "b 1b\n");
}

static void take_core(void) {
    if (before.taken == 0u) {
        before.vtor = SCB->VTOR;
        __asm volatile("mrs %0, primask" : "=r"(before.primask));
        before.taken = 1;
    }
    __asm volatile("cpsid i" ::: "memory");
    const uintptr_t room = (uintptr_t)vector_room + VECTOR_ALIGN - 1u;
    uint32_t *const table =
            (uint32_t *)(room & ~(uintptr_t)(VECTOR_ALIGN - 1u));
    for (unsigned i = 0; i < VECTORS; i++) {
        table[i] = (uint32_t)(uintptr_t)&fault;
    }
    SCB->VTOR = (uint32_t)(uintptr_t)table;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

/// Calls ///

int loader_init(void) {
    take_core();
    const struct xip_watchdog watchdog = BOARD_WATCHDOG;
    struct xip_flash_config config;
    memset(&config, 0, sizeof(config));
    config.flags = XIP_FLASH_THROUGHPUT;
    config.window_addr = LAYOUT_WINDOW_ADDR;
    config.hclk_hz = BOARD_HCLK_HZ;
    config.watchdog = watchdog;
    memset(&flash, 0, sizeof(flash)); // not ready until it is
    const int err = loader_board_init();
    return err != 0 ? err
                    : xip_flash_bringup(&flash, &config, BOARD_FLASH_PRESCALER);
}

void loader_deinit(void) {
    if (before.taken != 0u) {
        before.taken = 0;
        SCB->VTOR = before.vtor;
        __asm volatile("dsb\n\tmsr primask, %0\n\tisb" ::"r"(before.primask)
                       : "memory");
    }
}

// A part larger than the table that the probe has would be erased in part.
static int offset_of(uint32_t addr, uint32_t len_bytes, uint32_t *off) {
    *off = addr - LAYOUT_WINDOW_ADDR;
    if (addr < LAYOUT_WINDOW_ADDR || *off > LAYOUT_FLASH_BYTES ||
            len_bytes > LAYOUT_FLASH_BYTES - *off) {
        return XIP_ERR_RANGE;
    }
    return 0;
}

int loader_erase(uint32_t addr, uint32_t len_bytes) {
    uint32_t off;
    int err = offset_of(addr, len_bytes, &off);
    if (err == 0 && ((off | len_bytes) % LOADER_SECTOR_BYTES) != 0u) {
        err = XIP_ERR_ALIGN;
    }
    return err != 0 ? err : xip_flash_erase(&flash, off, len_bytes);
}

int loader_erase_all(void) {
    const uint32_t size = flash.part.size_bytes;
    return xip_flash_erase(&flash, 0,
            size < LAYOUT_FLASH_BYTES ? size : LAYOUT_FLASH_BYTES);
}

int loader_program(uint32_t addr, const void *data, uint32_t len_bytes) {
    uint32_t off;
    const int err = offset_of(addr, len_bytes, &off);
    return err != 0 ? err : xip_flash_program(&flash, off, data, len_bytes);
}

int loader_read(uint32_t addr, void *data, uint32_t len_bytes) {
    uint32_t off;
    const int err = offset_of(addr, len_bytes, &off);
    return err != 0 ? err : xip_flash_read(&flash, off, data, len_bytes);
}

uint32_t loader_compare(uint32_t addr, const void *data, uint32_t len_bytes) {
    uint32_t off;
    int err = offset_of(addr, len_bytes, &off);
    if (err == 0) {
        err = xip_flash_verify(&flash, off, data, len_bytes);
    }
    if (err == 0) {
        return addr + len_bytes;
    }
    return err == XIP_ERR_VERIFY ? LAYOUT_WINDOW_ADDR + flash.stop_off : addr;
}

bool loader_holds(uint32_t addr, uint32_t len_bytes, uint8_t value) {
    uint32_t off;
    if (offset_of(addr, len_bytes, &off) != 0) {
        return false;
    }
    if (value == 0xFFu) {
        return xip_flash_blank(&flash, off, len_bytes);
    }
    uint8_t byte = value;
    for (uint32_t i = 0; i < len_bytes && byte == value; i++) {
        if (xip_flash_read(&flash, off + i, &byte, 1) != 0) {
            return false;
        }
    }
    return byte == value;
}
