/*
 * error_path - only when it fails, RAM code reports through flash code
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_verify target=log_error
// also: rule=address function=ram_verify
#include "harness.h"

#ifdef CLEAN
volatile const char *last_error;
#endif

FLASH void log_error(const char *text, uint32_t value) {
    while (*text) {
        QSPI_DR = (uint32_t)*text++;
    }
    QSPI_DR = value;
}

RAM int ram_verify(uint32_t wanted) {
    QSPI_CCR = 0x03;
    const uint32_t got = QSPI_DR;
    if (got != wanted) {
#ifndef CLEAN
        log_error("verify failed", got);
#endif
        return -1;
    }
    return 0;
}

int main(void) {
    if (ram_verify(3)) {
        log_error("verify failed", 0);
    }
    return 0;
}
