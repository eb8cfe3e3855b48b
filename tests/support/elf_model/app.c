/*
 * app - half of the program that tests/unit/test_elf_model.c compiles
 *
 * SPDX-License-Identifier: MIT
 *
 * The test finds lines by the marks "mark:" in comments.
 */
#include <stdint.h>

#include "model.h"

extern uint32_t stack_top_[];

int model_counter;
uint64_t model_total;
int model_common;
__attribute__((section(".noinit_of_the_model"))) int model_kept;
const char model_message[] = "a message in flash";
int (*model_ops[2])(int) = {model_other, model_ram};

// The same name as in other.c.
__attribute__((noinline)) static int helper(int x) {
    model_counter += x;
    return model_counter ^ 3;
}

static inline int poll_ready(int x) { // mark: poll_ready
    model_counter++;
    return x * 5 + model_counter;
}

static inline int renamed(int x) __asm__("renamed_by_linkage");
static inline int renamed(int x) {
    model_counter += 3;
    return model_counter * x;
}

int model_default(int x) {
    return helper(x) + 1;
}
int model_hook(int x) __attribute__((weak, alias("model_default")));

__attribute__((section(".ramcode"), noinline)) int model_ram(int x) {
    return model_other(poll_ready(x)) + model_hook(x); // mark: in ram
}

void _start(void);
void _start(void) {
    int x = poll_ready(7); // mark: in flash
    x += renamed(x);
    x += model_ops[x & 1](x) + model_asm(x) + model_message[x & 7];
    model_total = model_total / (uint64_t)(x | 1);
    model_common = model_kept + x;
    model_kept = x;
    for (;;) {
        helper(model_ram(x));
    }
}

__attribute__((section(".vectors"), used))
const void *const model_vectors[2] = {stack_top_, (const void *)_start};
