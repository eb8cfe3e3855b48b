/*
 * option_watchdog - one that runs from the reset on, by option byte
 *
 * SPDX-License-Identifier: MIT
 *
 * The first start programs IWDG_SW or WWDG_SW (OPTR_SOFTWARE_START) to 0 and
 * launches it. From then on boot program, application and library live with a
 * watchdog of 512 ms (4096 counts of LSI / 4) or of 26 ms. When it has bitten
 * once, serial recovery is asked for, which has to live with it, too.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_boot.h"

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
#define ERASE_BYTES 0x10000u
#define ERASES 4u // more than 512 ms together

static _Noreturn void program_option(void) {
    FLASH_KEYR = 0x45670123u;
    FLASH_KEYR = 0xCDEF89ABu;
    FLASH_OPTKEYR = 0x08192A3Bu;
    FLASH_OPTKEYR = 0x4C5D6E7Fu;
    FLASH_OPTR &= ~OPTR_SOFTWARE_START;
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
    config.watchdog = (struct xip_watchdog)BOARD_WATCHDOG;
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
        // At most 512 ms.
    }
}

static _Noreturn void ask_for_recovery(void) {
    *(volatile uint32_t *)(uintptr_t)(LAYOUT_NOINIT_ADDR + LAYOUT_NOINIT_BYTES -
            4u) = XIP_BOOT_RECOVERY_REQUEST;
    board_uart_flush();
    board_reset();
}

int main(void) {
    board_kick_watchdog();
    const enum board_reset cause = board_reset_cause();
    board_reset_cause_clear();
    fw_begin("option_watchdog");
    if ((FLASH_OPTR & OPTR_SOFTWARE_START) != 0u) {
        program_option();
    }
    if (cause == BOARD_RESET_OTHER) { // the launch
        work();
        wait_for_it();
    }
    if (cause == BOARD_RESET_WATCHDOG) {
        ask_for_recovery();
    }
    fw_check("the boot program came through", cause == BOARD_RESET_SOFTWARE,
            (int)cause);
    fw_end();
}
