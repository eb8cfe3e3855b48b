/*
 * recorder - a healthy program with the fault recorder, to be proved
 *
 * SPDX-License-Identifier: MIT
 *
 * Its one fault is an assertion in ordinary code, after an erase.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_fault.h"

static void put(void *ctx, char c) {
    (void)ctx;
    board_uart_putc(c);
}

int main(void) {
    fw_begin("recorder");
    const struct xip_fault_record *const record = xip_fault_begin(RCC->CSR);
    if (record != NULL) {
        xip_fault_print(record, put, NULL);
        xip_fault_clear();
        fw_check("the fault was recorded", record->later == 0u,
                (int)record->later);
        fw_end();
    }
    struct xip_flash_config config = fw_config();
    int err = xip_flash_attach(&fw_flash, &config);
    if (!err) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096);
    }
    fw_check("erase", err == 0, err);
    XIP_ASSERT(err != 0);
    fw_end();
}
