/*
 * data - pointers that come by offsets, and what only looks like one
 *
 * SPDX-License-Identifier: MIT
 */
// unsafe: bad_self load-unknown
// unsafe: bad_self_run load-unknown
// safe: ok_index
// safe: ok_compare
#include "harness.h"

volatile uint32_t index_in_ram;
uint32_t words[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {1, 2, 3, 4};

// A distance from the table, as code that can be moved has it.
int32_t offsets[2] = {0x70000100, 4};
RAM void bad_self(int i) {
    const uint8_t *base = (const uint8_t *)offsets;
    QSPI_DR = *(const volatile uint32_t *)(base + offsets[i & 1]);
}

// The difference of two pointers, and one of them.
RAM void bad_self_run(const uint8_t *from) {
    const intptr_t distance = (intptr_t)from - (intptr_t)words;
    __asm volatile("" ::: "memory");
    for (unsigned i = 0; i < 4; i++) {
        volatile const uint32_t *at = &words[i];
        uintptr_t sum = (uintptr_t)at;
        __asm volatile("add %0, %1" : "+r"(sum) : "r"(distance) : "cc");
        QSPI_DR = *(const volatile uint32_t *)sum;
    }
}

RAM void ok_index(void) {
    QSPI_DR = words[index_in_ram & 3u];
}

RAM void ok_compare(const uint32_t *p) {
    QSPI_DR = p == in_flash;
}

int main(void) {
    bad_self((int)index_in_ram);
    bad_self_run((const uint8_t *)(uintptr_t)index_in_ram);
    offsets[1] = 3;
    ok_index();
    ok_compare(words);
    return 0;
}
