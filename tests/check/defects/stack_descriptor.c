/*
 * stack_descriptor - a descriptor on the stack holds the address of a table in
 * flash; the driver in RAM reads it
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load-unknown class=unknown function=ram_transfer
// also: rule=address function=ram_go
// note: pointers ram_transfer r0*: its callers pass descriptors of RAM
#include "harness.h"

struct transfer {
    uint32_t command;
    const uint8_t *data;
    uint32_t bytes;
};

MOVED_CONST const uint8_t magic[4] = {1, 2, 3, 4};

RAM void ram_transfer(const struct transfer *t) {
    QSPI_CCR = t->command;
    for (uint32_t i = 0; i < t->bytes; i++) {
        QSPI_DR = t->data[i];
    }
}

RAM void ram_go(uint32_t command) {
    struct transfer t;
    t.command = command;
    t.data = magic;
    t.bytes = command + 2;
    if (command) {
        ram_transfer(&t);
    }
}

int main(void) {
    ram_go(1);
    return 0;
}
