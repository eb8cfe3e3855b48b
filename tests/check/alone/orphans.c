/*
 * orphans - sections that no line of the linker script names
 *
 * SPDX-License-Identifier: MIT
 *
 * Their names say that they are for RAM. Of constants that may be the contents
 * which start code puts there.
 */
// builds: m4 Os gcc
// safe-build: OK_DATA
// unsafe-build: BAD_CODE orphan
#include "harness.h"

#ifdef OK_DATA
__attribute__((section(".itcm_image"), used)) const uint32_t image[2] = {7, 8};
#else
__attribute__((section(".itcm_code"), used)) void late(void) {
    QSPI_CR = 3;
}
#endif

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
}

int main(void) {
#ifdef OK_DATA
    return (int)image[1];
#else
    return 0;
#endif
}
