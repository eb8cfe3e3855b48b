/*
 * vector_unaligned - vector-runtime: VTOR cannot hold the table's address
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=vector-runtime class=unknown function=ram_vectors
// agree-skip: what lies before the table is left to chance
#include "harness.h"

#ifdef CLEAN
#define ALIGNED 256
#else
#define ALIGNED 4
__attribute__((section(".data.aa"), aligned(256), used)) uint32_t before = 1;
#endif

__attribute__((section(".data.ab"), aligned(ALIGNED)))
harness_handler *ram_vectors[HARNESS_VECTORS] = {(harness_handler *)stack_top_,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler, Default_Handler,
        Default_Handler, Default_Handler, Default_Handler};

RAM void ram_erase(void) {
    QSPI_CR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
