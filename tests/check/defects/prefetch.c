/*
 * prefetch - a prefetch of the next page of the flash
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m7
// expect: rule=load|address function=ram_touch target=pages
// objdump: pld
#include "harness.h"

MOVED_CONST const uint32_t pages[64] = {1};

RAM void ram_touch(void) {
    __builtin_prefetch(&pages[16]);
    QSPI_CR = 1;
}

int main(void) {
    ram_touch();
    return 0;
}
