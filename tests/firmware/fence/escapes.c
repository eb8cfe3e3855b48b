/*
 * escapes - a handler above the ceiling that reads, writes and calls the flash
 * in an outage, and what the MPU has to be like then and afterwards
 *
 * SPDX-License-Identifier: MIT
 */
#include "escapes.h"

#include "fw.h"
#include "xip_compiler.h"

// The tick that finds the outage open. One that comes before the fence is
// closed finds the window readable, rightly: where an erase pends the tick
// itself, none should come by time.
#ifndef TICK_CYCLES
#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#endif

// Where the program is not in the window as a whole.
#ifndef IN_WINDOW
#define IN_WINDOW
#endif

#define SHCSR SCB->SHCSR
#define CFSR SCB->CFSR
#define MMFAR SCB->MMFAR
#define MMARVALID 0x80u
#define DACCVIOL 0x02u
#define IACCVIOL 0x01u

extern struct xip_breadcrumb xip_breadcrumb_;

/// Escapes, and their faults ///

static volatile enum escape escape;
static volatile uint32_t escapes, faults, hard_faults;
static volatile uint32_t cause, address, crumb, ctrl;

IN_WINDOW static uint32_t from_the_flash(uint32_t x) {
    return x * 3u + escapes;
}
uint32_t (*volatile in_flash)(uint32_t x) = from_the_flash;
static volatile uint32_t *volatile in_window =
        (volatile uint32_t *)LAYOUT_WINDOW_ADDR;

XIP_RESIDENT static void tick(void) {
    if (escape == NONE || fw_flash.resident.breadcrumb->state == 0u) {
        return;
    }
    escapes++;
    ctrl = MPU->CTRL;
    if (escape == LOAD) {
        (void)*in_window;
    } else if (escape == STORE) {
        *in_window = 0;
    } else {
        (void)in_flash(1);
    }
    escape = NONE;
}

// frame: r0 to r3, r12, lr, pc, xPSR.
void fence_fault(uint32_t *frame, uint32_t exception);
XIP_RESIDENT void fence_fault(uint32_t *frame, uint32_t exception) {
    faults++;
    hard_faults += exception == 3u ? 1u : 0u;
    cause = CFSR;
    address = (cause & MMARVALID) != 0u ? MMFAR : frame[6];
    crumb = xip_breadcrumb_.state;
    CFSR = cause;
    if ((cause & IACCVIOL) != 0u) {
        frame[6] = frame[5] & ~1u; // back to the caller
    } else {
        // Length of the load or store.
        const uint16_t first = *(const uint16_t *)(uintptr_t)frame[6];
        frame[6] += first >> 11 >= 0x1Du ? 4u : 2u;
    }
}

XIP_RESIDENT __attribute__((naked)) static void fault_entry(void) {
    __asm volatile("tst lr, #4\n\t"
                   "ite eq\n\t"
                   "mrseq r0, msp\n\t"
                   "mrsne r0, psp\n\t"
                   "mrs r1, ipsr\n\t"
                   "b fence_fault");
}

/// Helpers ///

int attach(uint8_t fence) {
    struct xip_flash_config config = fw_config();
    config.ceiling = CEILING;
    config.fence = fence;
    return xip_flash_attach(&fw_flash, &config);
}

static int work(void) {
    static uint8_t page[700];
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTORS * 4096u);
    for (uint32_t i = 0; i < sizeof page; i++) {
        page[i] = fw_pattern(FW_AREA_OFF + i);
    }
    if (err == 0) {
        err = xip_flash_program(&fw_flash, FW_AREA_OFF, page, sizeof page);
    }
    if (err == 0 && !fw_is_pattern(FW_AREA_OFF, sizeof page)) {
        err = XIP_ERR_VERIFY;
    }
    return err;
}

#if __ARM_ARCH >= 8
void set_region(uint32_t n, uint32_t addr, uint32_t size_bits,
        enum access access, bool on) {
    MPU->RNR = n;
    MPU->RLAR = 0;
    MPU->RBAR = addr | (access == READ_ONLY ? 3u : 1u) << 1;
    MPU->RLAR = ((addr + ((1u << size_bits) - 1u)) & ~31u) | (on ? 1u : 0u);
}
#else
void set_region(uint32_t n, uint32_t addr, uint32_t size_bits,
        enum access access, bool on) {
    MPU->RNR = n;
    MPU->RLAR = 0;
    MPU->RBAR = addr;
    MPU->RLAR = (access == READ_ONLY ? 6u : 3u) << 24 | (size_bits - 1u) << 1 |
            (on ? 1u : 0u);
}
#endif

void no_regions(void) {
    MPU->CTRL = 0;
    for (uint32_t n = 0; n < 8u; n++) {
        set_region(n, 0, 5, READ_ONLY, false);
    }
}

static uint32_t mpu_word(uint32_t i) {
    if (i < 2u) {
        return i == 0u ? MPU->CTRL : MPU->RNR;
    }
    MPU->RNR = (i - 2u) / 2u;
    return i % 2u == 0u ? MPU->RBAR : MPU->RLAR;
}

static uint32_t before[18];
static void remember_mpu(void) {
    for (uint32_t i = 0; i < 18u; i++) {
        before[i] = mpu_word(i);
    }
    MPU->RNR = before[1];
}

static uint32_t mpu_differences(void) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < 18u; i++) {
        n += mpu_word(i) != before[i] ? 1u : 0u;
    }
    MPU->RNR = before[1];
    return n;
}

/// Checks ///

void escape_once(const char *what, enum escape how, bool hard) {
    faults = 0;
    hard_faults = 0;
    escapes = 0;
    cause = 0;
    SHCSR = hard ? 0u : MEMFAULTENA;
    int err = attach(FENCE);
    escape = how;
    fw_start_tick(TICK_CYCLES, 0x10);
    if (err == 0) {
        err = work();
    }
    fw_stop_tick();
    const uint32_t want = how == CALL ? (uint32_t)(uintptr_t)in_flash & ~1u
                                      : (uint32_t)(uintptr_t)in_window;
    const uint32_t on = (MPU->CTRL & 1u) != 0u ? MPU->CTRL | 2u : 7u;
    const uint32_t named = how == CALL ? IACCVIOL : DACCVIOL | MMARVALID;
    fw_check(what, escapes == 1u && faults == 1u, (int)faults);
    fw_check("  is the fault that it should be",
            hard_faults == (hard ? 1u : 0u) && cause == named, (int)cause);
    fw_check("  at its address", address == want, (int)address);
    fw_check("  with the breadcrumb open",
            (crumb & XIP_BREADCRUMB_MASK) == XIP_BREADCRUMB_OPEN, (int)crumb);
    fw_check("  with an MPU that counts for HardFault, too", ctrl == on,
            (int)ctrl);
    fw_check("  and the work goes on", err == 0, err);
}

void unnoticed(const char *what) {
    remember_mpu();
    const int err = attach(FENCE);
    fw_check(what, err == 0, err);
    fw_start_tick(TICK_CYCLES, 0xF0);
    fw_check("  work", err == 0 && work() == 0, err);
    fw_stop_tick();
    const uint32_t opened = fw_flash.stats.outages;
    fw_check("  with outages", opened > SECTORS, (int)opened);
    fw_check("  leaves the MPU as it was", mpu_differences() == 0u,
            (int)mpu_differences());
}

void escapes_begin(void) {
    fw_handler(3, fault_entry);
    fw_handler(4, fault_entry);
    fw_handler(15, tick);
    no_regions();
}

void refused_alike(void) {
    fw_check("fence 16 is none", attach(16) == XIP_ERR_PARAM, attach(16));
    const uint8_t none = (uint8_t)(MPU->TYPE >> 8);
    fw_check("a region that does not exist",
            attach(none) == (none < 16u ? XIP_ERR_CONFIG : XIP_ERR_PARAM),
            attach(none));
    set_region(FENCE, 0x20000000, 17, ALL_ACCESS, true);
    fw_check("a region that is in use", attach(FENCE) == XIP_ERR_CONFIG,
            attach(FENCE));
    fw_check("one that an MPU switched on would bring to life",
            attach(3) == XIP_ERR_CONFIG, attach(3));
    MPU->CTRL = 5;
    fw_check("one above it elsewhere is none", attach(3) == 0, attach(3));
    no_regions();
    SHCSR = MEMFAULTENA;
    fw_handler(4, (void (*)(void))(uintptr_t)in_flash);
    const int err = attach(FENCE);
    fw_check("a MemManage handler in the flash", err == XIP_ERR_VECTOR, err);
    fw_check("  is named", fw_flash.bad_exception == 4u,
            fw_flash.bad_exception);
    fw_handler(4, fault_entry);
    SHCSR = 0;
}
