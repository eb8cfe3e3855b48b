/*
 * base.c - start code, vectors in RAM, and the call
 *
 * SPDX-License-Identifier: MIT
 */
#include "base.h"
struct big b1, b2;
volatile uint32_t u;
volatile uint64_t w;
volatile float f;
volatile double d;
extern uint32_t _sidata[], _sdata[], _edata[], _estack[];
__attribute__((section(".RamFunc"), optimize("no-stack-protector"))) void
stop(void) {
    for (;;) {
    }
}
__attribute__((optimize("no-stack-protector"),
        optimize("no-tree-loop-distribute-patterns"))) void
Reset_Handler(void) {
    for (uint32_t *from = _sidata, *to = _sdata; to < _edata;) {
        *to++ = *from++;
    }
    *(volatile uint32_t *)0xE000ED08u = (uint32_t)_sdata;
    for (;;) {
        subject();
    }
}
__attribute__((section(".isr_vector"), used)) void *const flash_vectors[16] = {
        _estack, Reset_Handler, stop, stop};
__attribute__((section(".ram_vectors"), used)) void *ram_vectors[16] = {_estack,
        stop, stop, stop, stop, stop, stop, 0, 0, 0, 0, stop, stop, 0, stop,
        stop};
