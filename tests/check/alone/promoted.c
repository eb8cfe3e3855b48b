/*
 * promoted - a static function whose one argument, a structure by its address,
 * LLVM makes two, and which debug information says to have one
 *
 * SPDX-License-Identifier: MIT
 *
 * The second one is the vector table.
 */
// builds: m4 O3 clang,m4 O2 gcc
// unsafe-build: FLASH_HANDLER vector
// safe-build: RAM_HANDLER
#include "harness.h"

typedef void handler(void);
uint32_t sum;

struct vector {
    handler *to;
    handler **table;
};

__attribute__((noinline)) static void set(const struct vector *v) {
    v->table[16 + 1] = v->to;
}

#ifdef FLASH_HANDLER
FLASH
#else
RAM
#endif
static void tick(void) {
    sum++;
}

RAM void erase(void) {
    QSPI_CR = 1;
    while (QSPI_SR & 1u) {
    }
    QSPI_CR = 0;
}

int main(void) {
#ifdef FLASH_HANDLER
    REG(REG(0x40001000u)) = 1;
#endif
    struct vector v = {tick, ram_vectors};
    set(&v);
    v.to = IRQ1_Handler;
    REG(0xE000E100u) = 2;
    erase();
    set(&v);
    return 0;
}
