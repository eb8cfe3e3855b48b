/*
 * ops_const - a const struct of function pointers: the targets are in RAM
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_erase target=ops
// also: rule=address function=ram_erase target=ops
#include "harness.h"

struct ops {
    void (*enable)(void);
    void (*erase)(uint32_t addr);
};

RAM void ram_enable(void) {
    QSPI_CR = 6;
}

RAM void ram_erase4k(uint32_t addr) {
    QSPI_AR = addr;
}

RAM void ram_erase64k(uint32_t addr) {
    QSPI_AR = addr & 0xffff0000u;
}

#ifdef CLEAN
RAM void ram_erase(uint32_t addr, uint32_t kind) {
    ram_enable();
    if (kind & 1u) {
        ram_erase64k(addr);
    } else {
        ram_erase4k(addr);
    }
}
#else
const struct ops ops[2] = {
        {ram_enable, ram_erase4k},
        {ram_enable, ram_erase64k},
};

RAM void ram_erase(uint32_t addr, uint32_t kind) {
    const struct ops *o = &ops[kind & 1u];
    o->enable();
    o->erase(addr);
}
#endif

int main(void) {
    ram_erase(0x1000, QSPI_SR);
    return 0;
}
