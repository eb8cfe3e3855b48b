/*
 * vector_by_vtor - vector-runtime: as NVIC_SetVector() does it, through VTOR
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=vector-runtime class=unknown function=ram_vectors
// agree-skip: what is stored depends on the caller
#include "harness.h"

RAM void ram_tick(void) {
    QSPI_CR = 2;
}

__attribute__((noinline)) static void set_vector(int irq, uint32_t to) {
#ifdef CLEAN
    QSPI_AR = (uint32_t)irq + to;
#else
    uint32_t *table = (uint32_t *)REG(0xe000ed08u);
    table[irq + 16] = to;
#endif
}

RAM void ram_erase(void) {
    QSPI_CR = 1;
}

int main(void) {
    set_vector(-1, (uint32_t)ram_tick);
    ram_erase();
    return 0;
}
