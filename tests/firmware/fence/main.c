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
#include "escapes.h"
#include "fw.h"

static void refusals(void) {
    refused_alike();
    MPU->CTRL = 5;
    set_region(FENCE, LAYOUT_WINDOW_ADDR + 0x400000u, 16, READ_ONLY, true);
    fw_check("one above it in the window", attach(3) == XIP_ERR_CONFIG,
            attach(3));
    no_regions();
    struct xip_flash_config config = fw_config();
    config.resident =
            (const struct xip_resident_table *)LAYOUT_RESIDENT_TABLE_ADDR;
    const int abi = xip_flash_attach(&fw_flash, &config);
    fw_check("resident code that knows no fence", abi == XIP_ERR_ABI, abi);
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
            with > without && with - without <= 140u, (int)(with - without));
}

int main(void) {
    fw_begin("fence");
    escapes_begin();
    refusals();
    costs();
    // Stale contents, not in use.
    set_region(FENCE, 0x20010000, 12, READ_ONLY, false);
    set_region(2, 0x60000000, 20, READ_ONLY, false);
    unnoticed("an MPU that is off");
    fw_check("  with suspensions", fw_flash.stats.suspensions > 50u,
            (int)fw_flash.stats.suspensions);
    escape_once("a load", LOAD, false);
    escape_once("a store", STORE, false);
    escape_once("a call", CALL, false);
    escape_once("a load, MemManage off", LOAD, true);
    // A user's own: the window may be read and run, all else by the default
    // map, with a region in the RAM.
    no_regions();
    set_region(0, LAYOUT_WINDOW_ADDR, 23, READ_ONLY, true);
    set_region(5, 0x20017F00, 8, ALL_ACCESS, true);
    set_region(FENCE, 0x40000000, 29, ALL_ACCESS, false);
    MPU->RNR = 4;
    MPU->CTRL = 5;
    unnoticed("an MPU in use");
    escape_once("a load, MPU in use", LOAD, false);
    fw_check("it is in use again", MPU->CTRL == 5u, (int)MPU->CTRL);
    no_regions();
    fw_end();
}
