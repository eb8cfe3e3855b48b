/*
 * undecodable - undecodable: an encoding that the architecture does not define
 *
 * SPDX-License-Identifier: MIT
 */
// also: rule=load-unknown|return-unknown function=ram_erase
// expect: rule=undecodable class=unknown function=ram_erase
// also: rule=vector-runtime
#include "harness.h"

#ifdef CLEAN
#define INSTRUCTION "nop"
#else
#define INSTRUCTION ".inst.n 0xb680"
#endif

RAM void ram_erase(void) {
    QSPI_AR = 1;
    __asm volatile(INSTRUCTION);
    QSPI_CR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
