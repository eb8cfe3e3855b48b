/*
 * arguments - calls of what the callers pass
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os clang
// safe: ram_direct
// safe: ram_through
// safe: ram_fifth
// safe: ram_null
// safe: ram_register
// unsafe: ram_bad_register load-unknown
// unsafe: ram_bad .*call.*
// unsafe: ram_moved call-.*
// unsafe: ram_masked call-.*
// unsafe: ram_either call-.*
// unsafe: ram_kept call-.*
// unsafe: ram_variable call-.*
// unsafe: ram_behind call-.*
// unsafe: ram_from_flash .*call.*
#include "harness.h"

typedef void fn(void);
volatile uint32_t vi;

RAM void ram_wait(void) {
    QSPI_CR = 1;
}
RAM void ram_idle(void) {
    QSPI_CR = 2;
}
FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

#define TAKES(name) \
    RAM void take_##name(fn *f) { \
        f(); \
        QSPI_CR = 4; \
    }

TAKES(direct)
RAM void ram_direct(void) {
    take_direct(ram_wait);
    take_direct(ram_idle);
}

TAKES(inner)
RAM void take_through(uint32_t n, fn *f) {
    if (n) {
        take_inner(f);
    }
}
RAM void ram_through(void) {
    take_through(vi, vi ? ram_wait : ram_idle);
}

RAM void take_fifth(int a, int b, int c, int d, fn *f) {
    if (a + b + c + d) {
        f();
    }
}
RAM void ram_fifth(void) {
    take_fifth(1, 2, 3, 4, ram_wait);
}

RAM void take_null(fn *f) {
    if (f) {
        f();
    }
}
RAM void ram_null(void) {
    take_null(NULL);
    take_null(ram_wait);
}

TAKES(bad)
RAM void ram_bad(void) {
    take_bad(vi ? ram_wait : flash_tick);
}

RAM void take_moved(uint32_t f) {
    ((fn *)(f + 4u * (vi & 1u)))();
    QSPI_CR = 4;
}
RAM void ram_moved(void) {
    take_moved((uint32_t)ram_wait);
}

RAM void take_masked(uint32_t f) {
    ((fn *)(f ^ 0xb0000000u))(); // leads into the flash
    QSPI_CR = 4;
}
RAM void ram_masked(void) {
    take_masked((uint32_t)ram_wait);
}

RAM void take_either(fn *f, fn *g) {
    (vi ? f : g)();
    QSPI_CR = 4;
}
RAM void ram_either(void) {
    take_either(ram_wait, *(fn *volatile *)0x20003000u);
}

TAKES(kept)
void (*volatile kept)(fn *) = take_kept;
RAM void ram_kept(void) {
    take_kept(ram_wait);
}
FLASH void use_kept(void) {
    kept(flash_tick);
}

fn *volatile variable = ram_wait;
FLASH void set_variable(fn *to) {
    variable = to;
}
TAKES(variable)
RAM void ram_variable(void) {
    take_variable(variable);
}

RAM void take_behind(fn **f) {
    (*f)();
    QSPI_CR = 4;
}
RAM void ram_behind(void) {
    fn *list[2] = {ram_wait, flash_tick};
    take_behind(&list[vi & 1u]);
}

// Code in flash passes its own function.
TAKES(from_flash)
RAM void ram_from_flash(fn *f) {
    take_from_flash(f);
}
FLASH void begin(void) {
    ram_from_flash(flash_tick);
}

int main(void) {
    return 0;
}

// What is added to a register's address may lead out of its block.
RAM uint32_t get_register(uint32_t offset) {
    return REG(0x40000000u + offset);
}
RAM void ram_register(void) {
    QSPI_CR = get_register(8);
}
RAM uint32_t get_bad_register(uint32_t offset) {
    return REG(0x40000000u + offset);
}
RAM void ram_bad_register(void) {
    QSPI_CR = get_bad_register(8);
}
FLASH void flash_register(void) {
    vi = get_bad_register(0x50000000u);
}
