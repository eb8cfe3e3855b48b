/*
 * pointer_handed - outage code hands on an object in RAM that points to flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Whatever takes the job reads the words, in the outage or after it.
 */
// expect: rule=data-pointer class=unknown function=job target=pattern
#include "harness.h"

struct job {
    const uint32_t *words;
    uint32_t count;
};

MOVED_CONST const uint32_t pattern[2] = {0x5a5a5a5au, 0xa5a5a5a5u};
struct job job = {pattern, 2};
struct job *volatile posted;

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    posted = &job;
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
