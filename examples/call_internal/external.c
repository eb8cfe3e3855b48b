/*
 * external - runs from the external flash and calls into internal flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Nothing to copy and nothing to set up: internal flash is memory like any
 * other, and a call there is a call. What it must not be used for is a table
 * that a later boot program lays out differently, hence the check.
 */
#include <stddef.h>

#include "services.h"

void Reset_Handler(void);
static void stop(void);

extern uint32_t stack_top_[];

__attribute__((section(".vectors"), used)) const struct {
    uint32_t *stack;
    void (*handler[15])(void);
} vectors = {
        stack_top_,
        {Reset_Handler, stop, stop, stop, stop, stop, stop, stop, stop, stop,
                stop, stop, stop, stop, stop},
};

static const char text[] = "123456789";

static void stop(void) {
    for (;;) {
        __asm volatile("wfi");
    }
}

// No .data and no .bss in this program: there is nothing to copy.
void Reset_Handler(void) {
    const struct services *const s = (const struct services *)SERVICES_ADDR;
    if (s->magic != SERVICES_MAGIC || s->version < SERVICES_VERSION) {
        stop();
    }
    // The published check value of CRC-32 over these nine digits is cbf43926.
    const uint32_t crc = s->crc32(text, sizeof(text) - 1u);
    s->puts("external: crc32 in internal flash, of text in external flash: ");
    s->put_hex(crc);
    s->puts("\nexternal: end\n");
    stop();
}
