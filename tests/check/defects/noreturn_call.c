/*
 * noreturn_call - a call that never returns: behind it lie only literals
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_fail target=flash_reset
// also: rule=load-unknown function=ram_fail
// note: allow load-unknown ram_fail: the address is lost behind the call, which
//     does not return
// agree: -DAGREE_STATUS=0x10
// agree-stuck: leaves for an endless loop
#include "harness.h"

#ifdef CLEAN
RAM _Noreturn void flash_reset(uint32_t reason);
#else
FLASH _Noreturn void flash_reset(uint32_t reason);
#endif

_Noreturn void flash_reset(uint32_t reason) {
    QSPI_CR = reason;
    for (;;) {
        __asm volatile("");
    }
}

RAM void ram_fail(void) {
    if (QSPI_SR & 0x12345678u) {
        flash_reset(0x87654321u);
    }
    QSPI_CR = 3;
}

int main(void) {
    ram_fail();
    return 0;
}
