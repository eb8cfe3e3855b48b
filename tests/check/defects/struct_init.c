/*
 * struct_init - the initialiser of a local struct is loaded from .rodata
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load|call function=ram_erase
// also: rule=address function=ram_erase
// objdump[gcc]: ldmia
#include "harness.h"

struct command {
    uint32_t instruction, address_mode, dummy, data_mode, bytes, function;
};

RAM void ram_erase(void) {
#ifdef CLEAN
    struct command c;
    volatile struct command *v = &c;
    v->instruction = 0x20;
    v->address_mode = 0x12345;
    v->dummy = 0x23456;
    v->data_mode = 0x34567;
    v->bytes = 0x45678;
    v->function = 0x56789;
#else
    struct command c = {0x20, 0x12345, 0x23456, 0x34567, 0x45678, 0x56789};
#endif
    __asm volatile("" ::"r"(&c) : "memory");
    QSPI_CCR = c.instruction;
}

int main(void) {
    ram_erase();
    return 0;
}
