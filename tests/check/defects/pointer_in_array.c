/*
 * pointer_in_array - one of four function pointers in RAM leads to the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=pointer|indirect-call function=ram_dispatch|handlers
//     target=flash_c
// also: rule=data-pointer function=handlers target=flash_c
// also: rule=call-mutable function=ram_dispatch
// note: const handlers: nothing writes it
// agree: -DAGREE_STATUS=2
#include "harness.h"

typedef void handler(void);

RAM void ram_a(void) {
    QSPI_CR = 1;
}

RAM void ram_b(void) {
    QSPI_CR = 2;
}

MOVED void flash_c(void) {
    QSPI_CR = 3;
}

RAM void ram_d(void) {
    QSPI_CR = 4;
}

handler *handlers[4] = {ram_a, ram_b, flash_c, ram_d};

RAM void ram_dispatch(uint32_t i) {
    handlers[i & 3u]();
    QSPI_DR = 1;
}

int main(void) {
    ram_dispatch(QSPI_SR);
    return 0;
}
