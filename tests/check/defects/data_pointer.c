/*
 * data_pointer - a data pointer in a RAM struct leads into the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=data-pointer|load function=ram_config|chip
// also: rule=data-pointer
// also: rule=load-unknown function=ram_config
// note: const chip: only the initialiser writes it
#include "harness.h"

struct chip {
    uint32_t size;
    const uint32_t *timing;
};

MOVED_CONST const uint32_t timing[2] = {400, 3};
struct chip chip = {0x1000000, timing};

RAM uint32_t ram_config(void) {
    return chip.timing[1] + chip.size;
}

int main(void) {
    return (int)ram_config();
}
