/*
 * read_suspended - reads the sector whose erase is suspended, by a pointer
 *
 * SPDX-License-Identifier: MIT
 *
 * The library refuses such a read, but it cannot see a pointer into the window.
 * The simulator reports it as window-suspended; one in the next sector is
 * right. The erase is left suspended.
 */
#include "fw.h"

#define SECTOR_BYTES 4096u

static uint32_t word_at(uint32_t off) {
    return *(const volatile uint32_t *)(uintptr_t)(LAYOUT_WINDOW_ADDR + off);
}

static void nothing(void) {
    // A waiting interrupt is what an erase is suspended for.
}

int main(void) {
    fw_begin("read_suspended");
    fw_handler(15, nothing);
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0xF0);
    struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    err = xip_flash_erase_begin(&fw_flash, FW_AREA_OFF, SECTOR_BYTES);
    fw_check("begin", err == 0, err);
    err = xip_flash_erase_poll(&fw_flash);
    fw_check("suspended", err == XIP_FLASH_MORE, err);
    (void)word_at(FW_AREA_OFF + SECTOR_BYTES);
    fw_check("the next sector", true, 0);
    (void)word_at(FW_AREA_OFF + 0x100u);
    fw_check("went on", true, 0);
    for (volatile uint32_t i = 0; i < BOARD_HCLK_HZ / 40u; i++) {
    }
    fw_check("much later", true, 0);
    fw_end();
}
