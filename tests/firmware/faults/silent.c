/*
 * faults_silent - there is no flash behind the controller
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs from internal flash: the pins are never connected, as on a board with a
 * cold solder joint. Every call has to come back with a code that says so.
 */
#include "fw.h"
#include "stm32l476.h"
#include "startup.h"

int main(void) {
    fw_begin("faults_silent");
    struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach without a controller is CONFIG", err == XIP_ERR_CONFIG,
            err);

    RCC->AHB3ENR |= RCC_AHB3_QSPI;
    (void)RCC->AHB3ENR;
    err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach to a window that is not mapped is CONFIG",
            err == XIP_ERR_CONFIG, err);

    err = xip_flash_bringup(&fw_flash, &config, BOARD_FLASH_PRESCALER);
    fw_check("bring-up without a chip is PART", err == XIP_ERR_PART, err);
    err = xip_flash_erase(&fw_flash, 0, 4096);
    fw_check("and the device stays unusable", err == XIP_ERR_PARAM, err);

    fw_end();
}
