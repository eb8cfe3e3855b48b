/*
 * handlers_const - a const table of function pointers to RAM functions
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_dispatch target=handlers
// also: rule=address function=ram_dispatch target=handlers
#include "harness.h"

RAM void ram_a(void) {
    QSPI_CR = 1;
}

RAM void ram_b(void) {
    QSPI_CR = 2;
}

#ifdef CLEAN
RAM void ram_dispatch(uint32_t i) {
    if (i & 1u) {
        ram_b();
    } else {
        ram_a();
    }
}
#else
static void (*const handlers[2])(void) = {ram_a, ram_b};

RAM void ram_dispatch(uint32_t i) {
    handlers[i & 1u]();
}
#endif

int main(void) {
    ram_dispatch(QSPI_SR);
    return 0;
}
