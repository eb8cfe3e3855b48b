#!/usr/bin/env bash
# command: optimised
# A program that programs internal flash: page erase, double words, the bank
# that stalls, a row by fast programming.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
# shellcheck source=tests/sim/internal.bash
. "$tests/sim/internal.bash"

cat >main.c <<'END'
#include "small.h"
#define CYCLES REG(0xE0001004)
__attribute__((section(".vectors"), used)) const uintptr_t vectors[16] = {
        0x20018000, (uintptr_t)start};
static void check(const char *name, int good) {
    put(good ? "PASS " : "FAIL ");
    put(name);
    put("\r\n");
}
static void store_from_ram(uint32_t addr, uint32_t value) {
    REG(0x20000800) = 0x47706001; // str r1, [r0]; bx lr
    __asm volatile("dsb\nisb");
    ((void (*)(uint32_t, uint32_t))0x20000801)(addr, value);
}
static uint32_t program(uint32_t addr, uint32_t a, uint32_t b) {
    const uint32_t from = CYCLES;
    CR = 1;
    REG(addr) = a;
    __asm volatile("isb");
    REG(addr + 4) = b;
    const uint32_t took = CYCLES - from;
    ready();
    CR = 0;
    return took;
}
void start(void) {
    console();
    REG(0xE000EDFC) |= 1u << 24;
    REG(0xE0001000) |= 1;
    unlock();
    const uint32_t own = program(0x08010000, 0x12345678, 0x9ABCDEF0);
    check("both words", REG(0x08010000) == 0x12345678 &&
            REG(0x08010004) == 0x9ABCDEF0);
    check("its own bank stalls", own > 340 && own < 450);
    check("the other bank does not", program(0x08090000, 1, 2) < 60);
    program(0x08010000, 1, 2);
    check("PROGERR", SR == 8);
    SR = 8;
    CR = 2 | 32 << 3;
    CR |= 1u << 16;
    ready();
    CR = 0;
    check("erased", REG(0x08010000) == 0xFFFFFFFF);
    uint32_t from = CYCLES;
    store_from_ram(0x40022014, 2 | 32 << 3 | 1 << 16);
    check("the way back into the bank waits", CYCLES - from > 80000 && !SR);
    from = CYCLES;
    store_from_ram(0x40022014, 2 | 32 << 3 | 1 << 11 | 1 << 16);
    check("but not for the other one", CYCLES - from < 500 && SR == 0x10000);
    (void)REG(0x080FFFFC);
    check("until it is read", CYCLES - from > 80000 && !SR);
    CR = 2 | 1;
    REG(0x08010000) = 1;
    REG(0x08010004) = 1;
    check("PER is left on", SR == 0x80 && REG(0x08010000) == 0xFFFFFFFF);
    SR = 0x80;
    CR = 1u << 15; // MER2
    CR |= 1u << 16;
    ready();
    CR = 1u << 18; // FSTPG
    uint32_t spent = CYCLES;
    for (uint32_t i = 0; i < 64; i++) {
        REG(0x08090100 + 4 * i) = ~i;
    }
    ready();
    spent = CYCLES - spent;
    CR = 0;
    check("fast row", SR == 0 && REG(0x080901FC) == ~63u &&
            REG(0x08090200) == 0xFFFFFFFF && spent > 7600 && spent < 7900);
    *(volatile double *)0x08010008 = 1.0;
    check("PGSERR", SR == 0x80);
    SR = 0x80;
    CR = 1u << 25; // ERRIE
    REG(0x08010008) = 0;
    check("OPERR follows with ERRIE", SR == 0x82);
    SR = 0x80;
    check("and has to be cleared", SR == 2);
    SR = 2;
    check("once", SR == 0);
    check("option words of bank 2", REG(0x1FFFF808) == ~REG(0x1FFFF80C) &&
            REG(0x1FFFF818) == 0xFF00FF00);
    CR = 1;
    REG(0x1FFF7000) = 1;
    REG(0x1FFF7004) = 2;
    CR = 0;
    check("OTP", REG(0x1FFF7000) == 0xFFFFFFFF);
    put("done\r\n");
    CR |= 1u << 31;
    REG(0x08010000) = 0;
    put("FAIL no fault\r\n");
}
END
# shellcheck disable=SC2119 # no flags
build
sim 0 --board-file small.board --internal main.elf --uart out --time-limit 1s \
    --expect-fault hardfault
not_printed FAIL
printed "PASS PGSERR"
printed 'done'
reported "stored to 0x08010000, internal flash that is locked"
reported "a store to internal flash at 0x08010004 does nothing: PROGERR"
printed "PASS fast row"
reported "a store to the OTP area at 0x1fff7000 is not modelled"
[ "$(grep -c PASS out)" = 16 ] || fail "not all"
