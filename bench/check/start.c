/*
 * start - start-up code of a generated image, for scripts/bench-check
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

extern const uint32_t ram_load_[];
extern uint32_t ram_start_[], ram_end_[], stack_top_[];

void Reset_Handler(void);

__attribute__((section(".text.ram_stop"))) static void stop(void) {
    for (;;) {
        __asm volatile("");
    }
}

#define TABLE \
    { \
        stack_top_, Reset_Handler, stop, stop, stop, stop, stop, 0, 0, 0, 0, \
                stop, stop, 0, stop, stop \
    }
__attribute__((section(".vectors"), used)) void *const flash_vectors[16] =
        TABLE;
__attribute__((section(".data.vectors"), aligned(128),
        used)) static void *ram_vectors[16] = TABLE;

void Reset_Handler(void) {
    const uint32_t *from = ram_load_;
    for (uint32_t *to = ram_start_; to < ram_end_; to++, from++) {
        *to = *from;
    }
    *(volatile uint32_t *)0xe000ed08u = (uint32_t)(uintptr_t)ram_vectors;
    for (;;) {
        __asm volatile("wfi");
    }
}
