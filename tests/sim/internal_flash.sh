#!/usr/bin/env bash
# command: optimised
# A program that programs internal flash: page erase, double words, the bank
# that stalls, a row by fast programming.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

cat >main.c <<'END'
#include <stdint.h>
#define REG(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define SR REG(0x40022010)
#define CR REG(0x40022014)
#define CYCLES REG(0xE0001004)
void start(void);
__attribute__((section(".vectors"), used)) const uintptr_t vectors[16] = {
        0x20018000, (uintptr_t)start};
static void put(const char *s) {
    for (; *s; s++) {
        while (!(REG(0x4000441C) & 0x80)) {
        }
        REG(0x40004428) = (uint8_t)*s;
    }
}
static void check(const char *name, int good) {
    put(good ? "PASS " : "FAIL ");
    put(name);
    put("\r\n");
}
static uint32_t program(uint32_t addr, uint32_t a, uint32_t b) {
    const uint32_t from = CYCLES;
    CR = 1;
    REG(addr) = a;
    __asm volatile("isb");
    REG(addr + 4) = b;
    const uint32_t took = CYCLES - from;
    while (SR & 0x10000) {
    }
    CR = 0;
    return took;
}
void start(void) {
    REG(0x40021058) |= 1u << 17;
    REG(0x4000440C) = 35;
    REG(0x40004400) = 9;
    REG(0xE000EDFC) |= 1u << 24;
    REG(0xE0001000) |= 1;
    REG(0x40022008) = 0x45670123;
    REG(0x40022008) = 0xCDEF89AB;
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
    while (SR & 0x10000) {
    }
    CR = 0;
    check("erased", REG(0x08010000) == 0xFFFFFFFF);
    CR = 1u << 15; // MER2
    CR |= 1u << 16;
    while (SR & 0x10000) {
    }
    CR = 1u << 18; // FSTPG
    uint32_t spent = CYCLES;
    for (uint32_t i = 0; i < 64; i++) {
        REG(0x08090100 + 4 * i) = ~i;
    }
    while (SR & 0x10000) {
    }
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
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib \
    -Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000100,-e,start \
    main.c -o main.elf
printf '%s\n' 'name small' 'internal 1M' 'ram 0x20000000 96K' \
    'part w25q128jv' >small.board
sim 0 --board-file small.board --internal main.elf --uart out --time-limit 1s \
    --expect-fault hardfault
not_printed FAIL
printed "PASS PGSERR"
printed 'done'
reported "stored to 0x08010000, internal flash that is locked"
reported "a store to internal flash at 0x08010004 does nothing: PROGERR"
printed "PASS fast row"
reported "a store to the OTP area at 0x1fff7000 is not modelled"
[ "$(grep -c PASS out)" = 12 ] || fail "not all"
