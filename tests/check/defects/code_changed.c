/*
 * code_changed - code-changed: code in flash patches an instruction of a
 * function in RAM
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=code-changed class=unknown function=patch
// note: allow load-unknown ram_erase: it reads no memory
// agree-skip: what the new instruction does is no defect of its own
#include "harness.h"

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    QSPI_CR = 1;
}

volatile uint16_t parameter;

FLASH void patch(uint16_t instruction) {
#ifdef CLEAN
    parameter = instruction;
#else
    volatile uint16_t *code = (uint16_t *)((uintptr_t)ram_erase & ~1u);
    code[1] = instruction; // DEFECT
#endif
}

int main(void) {
    patch(0xBF00u);
    ram_erase(1);
    return 0;
}
