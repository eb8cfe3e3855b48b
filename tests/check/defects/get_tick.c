/*
 * get_tick - a time-out from HAL_GetTick, which stayed in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call function=ram_wait target=HAL_GetTick
// agree: -DAGREE_STATUS=2
#include "harness.h"

volatile uint32_t uwTick;

MOVED uint32_t HAL_GetTick(void) {
    return uwTick;
}

RAM int ram_wait(uint32_t flag, uint32_t timeout_ms) {
    const uint32_t start = HAL_GetTick();
    while (!(QSPI_SR & flag)) {
        if (HAL_GetTick() - start > timeout_ms) {
            return -1;
        }
    }
    return 0;
}

int main(void) {
    return ram_wait(2, 100);
}
