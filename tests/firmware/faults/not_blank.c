/*
 * faults_not_blank - programs a byte twice
 *
 * SPDX-License-Identifier: MIT
 *
 * A chip does what it is told and clears bits; the simulated one says so. The
 * library's read-back finds it as well.
 */
#include "fw.h"
#include "startup.h"

int main(void) {
    static const uint8_t first = 0xF0, second = 0x3C;
    fw_begin("faults_not_blank");
    struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    if (!err) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096);
    }
    if (!err) {
        err = xip_flash_program(&fw_flash, FW_AREA_OFF + 9, &first, 1);
    }
    fw_check("program once", err == 0, err);
    err = xip_flash_program(&fw_flash, FW_AREA_OFF + 9, &second, 1);
    fw_check("program over bytes not erased is VERIFY", err == XIP_ERR_VERIFY,
            err);
    fw_check("it names the byte", fw_flash.stop_off == FW_AREA_OFF + 9,
            (int)fw_flash.stop_off);
    uint8_t byte = 0;
    err = xip_flash_read(&fw_flash, FW_AREA_OFF + 9, &byte, 1);
    fw_check("which holds the AND", err == 0 && byte == 0x30, byte);
    fw_end();
}
