/*
 * it_blocks - load-unknown: one IT block sets a pointer and the next uses it
 *
 * SPDX-License-Identifier: MIT
 *
 * The second block runs only if the first one did, unless there is a comparison
 * in between, or another condition.
 */
// expect: rule=load-unknown class=unknown function=ram_compared
// expect: rule=load-unknown class=unknown function=ram_other
#include "harness.h"

#ifdef CLEAN
#define COMPARISON "nop\n"
#define OTHER "ne"
#else
#define COMPARISON "cmp %1, #2\n"
#define OTHER "ls"
#endif

static uint32_t word;
const uint32_t *volatile source = &word;

#define BLOCKS(first, between, second) \
    __asm volatile("cmp %1, #1\n" first between "it " second "\n" \
                   "ldr" second " %0, [%2]\n" \
                   : "+l"(result), "+l"(n), "+l"(from) \
                   : "l"(&word) \
                   : "cc")

RAM uint32_t ram_compared(const uint32_t *from, uint32_t n) {
    uint32_t result = 0;
    BLOCKS("it eq\nmoveq %2, %3\n", COMPARISON, "eq");
    return result;
}

RAM uint32_t ram_other(const uint32_t *from, uint32_t n) {
    uint32_t result = 0;
    BLOCKS("ite eq\nmoveq %1, %1\nmovne %2, %3\n", "nop\n", OTHER);
    return result;
}

RAM void ram_command(uint32_t code) {
    QSPI_CCR = code;
}

int main(void) {
    ram_command(0x03);
    QSPI_DR = ram_compared(source, QSPI_DR) + ram_other(source, QSPI_DR);
    return 0;
}
