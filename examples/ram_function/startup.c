/*
 * startup - the smallest start-up code that makes a RAM function callable
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

int main(void);
void Reset_Handler(void);
static void stop(void);

// Symbols of ram_function.ld.
extern uint32_t ram_start_[], ram_end_[], bss_start_[], bss_end_[];
extern const uint32_t ram_load_[];
extern uint32_t stack_top_[];

__attribute__((section(".vectors"), used)) const struct {
    uint32_t *stack;
    void (*handler[15])(void);
} vectors = {
        stack_top_,
        {Reset_Handler, stop, stop, stop, stop, stop, stop, stop, stop, stop,
                stop, stop, stop, stop, stop},
};

static void stop(void) {
    for (;;) {
        // Look here with the debugger.
    }
}

void Reset_Handler(void) {
    // Code first: it cannot be called until it is in RAM.
    const uint32_t *from = ram_load_;
    for (uint32_t *to = ram_start_; to < ram_end_; to++) {
        *to = *from++;
    }
    for (uint32_t *p = bss_start_; p < bss_end_; p++) {
        *p = 0;
    }
    __asm volatile("dsb\n\tisb" ::: "memory");
    (void)main();
    stop();
}
