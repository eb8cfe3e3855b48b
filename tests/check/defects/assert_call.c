/*
 * assert_call - an assertion: function, file name and line in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_page target=assert_failed
// also: rule=address function=ram_page
// agree: -DAGREE_ENTRY=ram_page
#include "harness.h"

FLASH void assert_failed(const char *file, int line) {
    QSPI_DR = (uint32_t)file[0];
    QSPI_DR = (uint32_t)line;
}

#ifdef CLEAN
#define assert_that(x) (void)(x)
#else
#define assert_that(x) ((x) ? (void)0 : assert_failed(__FILE__, __LINE__))
#endif

RAM void ram_page(uint32_t addr) {
    assert_that((addr & 0xffu) == 0);
    QSPI_AR = addr;
}

int main(void) {
    ram_page(0x100);
    return 0;
}
