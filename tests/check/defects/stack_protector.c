/*
 * stack_protector - -fstack-protector: the check fails into the flash
 *
 * SPDX-License-Identifier: MIT
 */
// defect-flags: -fstack-protector-all
// expect: rule=call|tail-call function=ram_read target=__stack_chk_fail
// note: allow load-unknown ram_read: it writes to its own frame
// also: rule=load-unknown function=ram_read
#include "harness.h"

uintptr_t __stack_chk_guard = 0xdeadbeefu;

__attribute__((used, noreturn)) void __stack_chk_fail(void);
void __stack_chk_fail(void) {
    for (;;) {
        __asm volatile("");
    }
}

RAM uint32_t ram_read(uint32_t count) {
    uint8_t bytes[16];
    volatile uint8_t *to = bytes;
    for (uint32_t i = 0; i < count; i++) {
        to[i & 15u] = (uint8_t)QSPI_DR;
    }
    return to[0];
}

int main(void) {
    return (int)ram_read(8);
}
