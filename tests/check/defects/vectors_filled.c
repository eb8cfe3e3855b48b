/*
 * vectors_filled - vector-runtime: the table in RAM is filled at run time
 *
 * SPDX-License-Identifier: MIT
 */
// start: -DSTART_FILL_VECTORS
// check: --interrupts none
// expect: rule=vector-runtime class=unknown
// note: vectors ram_vectors 2=NMI_Handler 3=HardFault_Handler
//     4=MemManage_Handler 5=BusFault_Handler 6=UsageFault_Handler:
//     Reset_Handler() copies them
#include "harness.h"

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
