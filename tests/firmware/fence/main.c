/*
 * fence - the MPU keeps the core out of the window in an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * A tick above the ceiling escapes into the window in three ways. Each time the
 * fault handler finds the breadcrumb open, steps over the access, and the work
 * goes on. Otherwise the fence is not to be noticed: the MPU is afterwards as
 * it was, in every register.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define CEILING 0x40u
#define FENCE 7u
#define SECTORS 3u

struct mpu_regs {
    uint32_t TYPE, CTRL, RNR, RBAR, RASR;
};
#define MPU REG_BLOCK(mpu_regs, 0xE000ED90)
#define SHCSR SCB->SHCSR
#define CFSR SCB->CFSR
#define MMFAR SCB->MMFAR
#define MEMFAULTENA (1u << 16)
#define MMARVALID 0x80u
#define DACCVIOL 0x02u
#define IACCVIOL 0x01u

#define RASR_ON 1u
#define RASR_SIZE(bits) (((bits)-1u) << 1)
#define RASR_ALL (3u << 24) // full access
#define RASR_READ (6u << 24)

extern struct xip_breadcrumb xip_breadcrumb_;

/// Escapes, and their faults ///

enum escape { NONE, LOAD, STORE, CALL };

static volatile enum escape escape;
static volatile uint32_t escapes, faults, hard_faults;
static volatile uint32_t cause, address, crumb, ctrl;

static uint32_t from_the_flash(uint32_t x) {
    return x * 3u + escapes;
}
static uint32_t (*volatile in_flash)(uint32_t x) = from_the_flash;
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

static int attach(uint8_t fence) {
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

static void set_region(uint32_t n, uint32_t addr, uint32_t rasr) {
    MPU->RNR = n;
    MPU->RASR = 0;
    MPU->RBAR = addr;
    MPU->RASR = rasr;
}

static void no_regions(void) {
    MPU->CTRL = 0;
    for (uint32_t n = 0; n < 8u; n++) {
        set_region(n, 0, 0);
    }
}

static uint32_t mpu_word(uint32_t i) {
    if (i < 2u) {
        return i == 0u ? MPU->CTRL : MPU->RNR;
    }
    MPU->RNR = (i - 2u) / 2u;
    return i % 2u == 0u ? MPU->RBAR : MPU->RASR;
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

static void escape_once(const char *what, enum escape how, bool hard) {
    faults = 0;
    hard_faults = 0;
    escapes = 0;
    cause = 0;
    SHCSR = hard ? 0u : MEMFAULTENA;
    int err = attach(FENCE);
    escape = how;
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0x10);
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

static void unnoticed(const char *what) {
    remember_mpu();
    const int err = attach(FENCE);
    fw_check(what, err == 0, err);
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0xF0);
    fw_check("  work", err == 0 && work() == 0, err);
    fw_stop_tick();
    fw_check("  with suspensions", fw_flash.stats.suspensions > 50u,
            (int)fw_flash.stats.suspensions);
    fw_check("  leaves the MPU as it was", mpu_differences() == 0u,
            (int)mpu_differences());
}

static void refusals(void) {
    fw_check("fence 16 is none", attach(16) == XIP_ERR_PARAM, attach(16));
    fw_check("fence 8 does not exist", attach(8) == XIP_ERR_CONFIG, attach(8));
    set_region(FENCE, 0x20000000, RASR_SIZE(17u) | RASR_ALL | RASR_ON);
    fw_check("a region that is in use", attach(FENCE) == XIP_ERR_CONFIG,
            attach(FENCE));
    fw_check("one that an MPU switched on would bring to life",
            attach(3) == XIP_ERR_CONFIG, attach(3));
    MPU->CTRL = 5;
    fw_check("one above it elsewhere is none", attach(3) == 0, attach(3));
    set_region(FENCE, LAYOUT_WINDOW_ADDR + 0x400000u,
            RASR_SIZE(16u) | RASR_READ | RASR_ON);
    fw_check("one above it in the window is", attach(3) == XIP_ERR_CONFIG,
            attach(3));
    no_regions();
    struct xip_flash_config config = fw_config();
    config.resident =
            (const struct xip_resident_table *)LAYOUT_RESIDENT_TABLE_ADDR;
    const int abi = xip_flash_attach(&fw_flash, &config);
    fw_check("resident code that knows no fence", abi == XIP_ERR_ABI, abi);
    SHCSR = MEMFAULTENA;
    fw_handler(4, (void (*)(void))(uintptr_t)in_flash);
    const int err = attach(FENCE);
    fw_check("a MemManage handler in the flash", err == XIP_ERR_VECTOR, err);
    fw_check("  is named", fw_flash.bad_exception == 4u,
            fw_flash.bad_exception);
    fw_handler(4, fault_entry);
    SHCSR = 0;
}

// Of an outage with the same command.
static void costs(void) {
    (void)attach(0);
    const uint32_t without = fw_flash.resident.outage_cycles;
    (void)attach(FENCE);
    const uint32_t with = fw_flash.resident.outage_cycles;
    board_uart_puts("cycles of an outage without and with: ");
    board_uart_put_dec(without);
    board_uart_puts(" ");
    board_uart_put_dec(with);
    board_uart_puts("\n");
    fw_check("the fence takes cycles that are declared",
            with > without && with - without <= 80u, (int)(with - without));
}

int main(void) {
    fw_begin("fence");
    fw_handler(3, fault_entry);
    fw_handler(4, fault_entry);
    fw_handler(15, tick);
    no_regions();
    refusals();
    costs();
    // Stale contents, not in use.
    set_region(FENCE, 0x20010000, RASR_SIZE(12u) | RASR_READ);
    set_region(2, 0x60000000, RASR_SIZE(20u));
    unnoticed("an MPU that is off");
    escape_once("a load", LOAD, false);
    escape_once("a store", STORE, false);
    escape_once("a call", CALL, false);
    escape_once("a load, MemManage off", LOAD, true);
    // A user's own: the window may be read and run, all else by the default
    // map, with a region in the RAM.
    no_regions();
    set_region(0, LAYOUT_WINDOW_ADDR, RASR_SIZE(23u) | RASR_READ | RASR_ON);
    set_region(5, 0x20017F00, RASR_SIZE(8u) | RASR_ALL | RASR_ON);
    set_region(FENCE, 0x40000000, RASR_SIZE(29u));
    MPU->RNR = 4;
    MPU->CTRL = 5;
    unnoticed("an MPU in use");
    escape_once("a load, MPU in use", LOAD, false);
    fw_check("it is in use again", MPU->CTRL == 5u, (int)MPU->CTRL);
    no_regions();
    fw_end();
}
