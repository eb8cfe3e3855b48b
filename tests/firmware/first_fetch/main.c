/*
 * first_fetch - how long after an outage an ordinary handler begins
 *
 * SPDX-License-Identifier: MIT
 *
 * The declared latency ends with the outage. A handler that lies in the flash
 * is fetched from the window after that, one that is resident is not: core
 * cycles from the last look at the counter in the outage to the handler's own.
 */
#include "fw.h"
#include "startup.h"
#include "xip_compiler.h"

#define DWT_CYCCNT (*(volatile uint32_t *)0xE0001004u)
#define AREA_BYTES 0x10000u

// Of those that waited for the end of an outage; others come later.
static volatile uint32_t least;

static void in_flash(void) {
    const uint32_t cycles = DWT_CYCCNT - fw_flash.resident.end_cycles;
    least = cycles < least ? cycles : least;
}

XIP_RESIDENT static void in_ram(void) {
    const uint32_t cycles = DWT_CYCCNT - fw_flash.resident.end_cycles;
    least = cycles < least ? cycles : least;
}

static uint32_t measure(void (*handler)(void)) {
    least = UINT32_MAX;
    fw_handler(15, handler);
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0xF0);
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_stop_tick();
    fw_check("the erase", err == 0, err);
    return least;
}

int main(void) {
    fw_begin("first_fetch");
    const struct xip_flash_config config = fw_config();
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    const uint32_t ram = measure(in_ram);
    const uint32_t flash = measure(in_flash);
    // Figures of xip_flash_latency_us() in xip_flash.h.
    fw_check("a resident handler begins at once", ram <= 50u, (int)ram);
    fw_check("one in the flash is fetched first", flash <= 320u, (int)flash);
    fw_check("which takes time", flash > ram + 100u, (int)flash);
    fw_end();
}
