/*
 * string_passed - a string literal passed to a RAM function that reads it
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=address|load function=ram_erase|ram_puts
#include "harness.h"

RAM void ram_puts(const char *text) {
    while (*text) {
        QSPI_DR = (uint32_t)*text++;
    }
}

MOVED_CONST const char message[] = "erasing";

RAM void ram_erase(void) {
#ifdef CLEAN
    ram_puts(message);
#else
    ram_puts("erasing");
#endif
    QSPI_CR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
