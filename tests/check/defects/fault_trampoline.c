/*
 * fault_trampoline - a naked fault handler in RAM that goes on in C code in
 * the flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts none
// expect: rule=tail-call|call function=HardFault_Handler target=report_fault
// agree: -DAGREE_FAULT
// agree-stuck: the handler is an endless loop
#include "harness.h"

MOVED void report_fault(uint32_t *frame) {
    QSPI_DR = frame[6];
    for (;;) {
        __asm volatile("");
    }
}

__attribute__((section(".ramcode"), naked, used)) void HardFault_Handler(void) {
    __asm volatile("tst lr, #4\n\t"
                   "ite eq\n\t"
                   "mrseq r0, msp\n\t"
                   "mrsne r0, psp\n\t"
                   "b report_fault");
}

int main(void) {
    return 0;
}
