/*
 * faults_timeout - an erase that takes longer than the library was told
 *
 * SPDX-License-Identifier: MIT
 *
 * The part's description is falsified, so that a healthy chip is late: the
 * library has to suspend it in the middle of the erase, get the mapped read
 * back as it was, and say so; then reset it in the next call. That this line of
 * code is fetched afterwards is half of the proof.
 */
#include "fw.h"
#include "startup.h"

static struct xip_flash_part hasty;

static void learn(void) {
    struct xip_flash_config config = fw_config();
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    if (err) {
        fw_end();
    }
    hasty = fw_flash.part;
}

static void late_erase(void) {
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        hasty.erase[i].max_us = 100;
    }
    struct xip_flash_config config = fw_config();
    config.part = &hasty;
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach with a false description", err == 0, err);
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096);
    fw_check("a late erase is TIMEOUT", err == XIP_ERR_TIMEOUT, err);
    fw_check("it names the sector", fw_flash.stop_off == FW_AREA_OFF,
            (int)fw_flash.stop_off);
    fw_check("and the sector as dirty",
            fw_flash.dirty_off == FW_AREA_OFF && fw_flash.dirty_bytes == 4096u,
            (int)fw_flash.dirty_bytes);
    fw_check("the chip was not reset", fw_flash.stats.recoveries == 0,
            (int)fw_flash.stats.recoveries);
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096);
    fw_check("late once more", err == XIP_ERR_TIMEOUT, err);
    fw_check("what stood suspended was ended by a reset",
            fw_flash.stats.recoveries == 1, (int)fw_flash.stats.recoveries);
}

static void works_again(void) {
    static const uint8_t data[3] = {0x11, 0x22, 0x33};
    struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach again", err == 0, err);
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096);
    fw_check("the sector can be erased", err == 0, err);
    err = xip_flash_program(&fw_flash, FW_AREA_OFF, data, sizeof data);
    fw_check("and programmed", err == 0, err);
}

static void wrong_part(void) {
    hasty.id[2] ^= 0xFFu;
    struct xip_flash_config config = fw_config();
    config.part = &hasty;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("another chip than described is PART", err == XIP_ERR_PART, err);
}

int main(void) {
    fw_begin("faults_timeout");
    learn();
    late_erase();
    works_again();
    wrong_part();
    fw_end();
}
