/*
 * option_iwdg - a watchdog that runs from the reset on, by option byte
 *
 * SPDX-License-Identifier: MIT
 *
 * The first start programs IWDG_SW = 0 and launches it. From then on boot
 * program, application and library live with a watchdog of 512 ms (4096 counts
 * of LSI / 4), which nobody has configured.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

// RM0351 3.7.
#define FLASH_REG(off) (*(volatile uint32_t *)(uintptr_t)(0x40022000u + (off)))
#define FLASH_KEYR FLASH_REG(0x08)
#define FLASH_OPTKEYR FLASH_REG(0x0C)
#define FLASH_SR FLASH_REG(0x10)
#define FLASH_CR FLASH_REG(0x14)
#define FLASH_OPTR FLASH_REG(0x20)
#define SR_BSY 0x00010000u
#define CR_OPTSTRT 0x00020000u
#define CR_OBL_LAUNCH 0x08000000u
#define OPTR_IWDG_SW 0x00010000u

#define FEED_US 100000u
#define ERASE_BYTES 0x10000u
#define ERASES 4u // more than 512 ms together

static _Noreturn void program_option(void) {
    FLASH_KEYR = 0x45670123u;
    FLASH_KEYR = 0xCDEF89ABu;
    FLASH_OPTKEYR = 0x08192A3Bu;
    FLASH_OPTKEYR = 0x4C5D6E7Fu;
    FLASH_OPTR &= ~OPTR_IWDG_SW;
    FLASH_CR |= CR_OPTSTRT;
    while ((FLASH_SR & SR_BSY) != 0u) {
        // 22 ms for the page of option bytes.
    }
    board_uart_puts("option byte programmed\n");
    board_uart_flush();
    FLASH_CR |= CR_OBL_LAUNCH;
    for (;;) {
        // The reset comes at once.
    }
}

static void work(void) {
    struct xip_flash_config config = fw_config();
    config.flags = XIP_FLASH_NO_VERIFY;
    config.watchdog = (struct xip_watchdog){
            .reg = &IWDG->KR,
            .value = IWDG_KR_RELOAD,
            .interval_us = FEED_US,
    };
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    for (uint32_t i = 0; i < ERASES && err == 0; i++) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF + i * ERASE_BYTES,
                ERASE_BYTES);
    }
    fw_check("erases, fed by the library alone", err == 0, err);
    board_kick_watchdog();
}

static void wait_for_it(void) {
    board_uart_puts("nothing feeds it now\n");
    board_uart_flush();
    for (;;) {
        // 512 ms.
    }
}

int main(void) {
    const enum board_reset cause = board_reset_cause();
    board_reset_cause_clear();
    fw_begin("option_iwdg");
    if ((FLASH_OPTR & OPTR_IWDG_SW) != 0u) {
        program_option();
    }
    if (cause != BOARD_RESET_WATCHDOG) {
        work();
        wait_for_it();
    }
    fw_check("the watchdog ran, and the boot program came through", true, 0);
    fw_end();
}
