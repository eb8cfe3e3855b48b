/*
 * unused_table - a table in a section that nothing copies
 *
 * SPDX-License-Identifier: MIT
 *
 * It is assembly without a type, and its address is in a variable.
 */
// builds: m4 Os gcc,m0plus O2 gcc,m4 Os clang
// link: --section-start=.late=0x20006000
// safe: ram_erase no-copy
// unsafe-build: BAD no-copy
// unsafe-build: BAD_LATER no-copy
#include "harness.h"

__asm__(".section .late,\"ax\",%progbits\n.align 2\nlate_table:\n"
        ".word ram_step + 1\n.text");

RAM void ram_step(void) {
    QSPI_DR = 1;
}

#if defined BAD || defined BAD_LATER
extern void (*const late_table[])(void);
#if defined BAD
void (*const *volatile table)(void) = late_table;
#else
void (*const *volatile table)(void);
#endif
#endif

RAM void ram_erase(void) {
    QSPI_CR = 1;
#if defined BAD || defined BAD_LATER
    (*table)();
#else
    ram_step();
#endif
}

int main(void) {
#if defined BAD_LATER
    table = late_table;
#endif
    ram_erase();
    return 0;
}
