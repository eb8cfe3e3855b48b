#!/usr/bin/env bash
# command: optimised
# QUADSPI in memory-mapped mode is BUSY from the first access on: of the core's
# data, its code, DMA, a vector.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
# shellcheck source=tests/sim/internal.bash
. "$tests/sim/internal.bash"

cat >main.c <<'END'
#include "small.h"
#define QUADSPI(off) REG(0xA0001000 + (off))
#define DMA(off) REG(0x40020008 + (off))
static volatile uint32_t came;
void handler(void);
__attribute__((used)) void handler(void) {
    came++;
}
__attribute__((section(".vectors"), used)) const uintptr_t vectors[16] = {
        0x20018000, (uintptr_t)start};
static uint32_t busy(void) {
    return QUADSPI(8) >> 5 & 1;
}
static void map(void) {
    QUADSPI(0) |= 2;
    while (QUADSPI(0) & 2) {
    }
    QUADSPI(0x14) = 3u << 26 | 1u << 24 | 2u << 12 | 1u << 10 | 1u << 8 | 3;
    while (busy()) {
    }
}
static void check(const char *name) {
    put(busy() ? "PASS " : "FAIL ");
    put(name);
    put("\r\n");
}
void start(void) {
    came = 0;
    console();
    REG(0x40021048) |= 1;
    REG(0x40021050) |= 0x100;
    for (volatile uint32_t i = 0; i < 3000; i++) {
    }
    QUADSPI(4) = 23u << 16;
    QUADSPI(0) = 3u << 24 | 1;
    map();
    (void)REG(0x90000100);
    check("data");
    map();
    ((void (*)(void))0x90000001)(); // bx lr
    check("code");
    map();
    DMA(4) = 1;
    DMA(8) = 0x90000000;
    DMA(12) = 0x20001000;
    DMA(0) = 1u << 14 | 2u << 10 | 2u << 8 | 1;
    while (DMA(4)) {
    }
    check("DMA");
    map();
    REG(0xE000ED08) = 0x90000200;
    REG(0xE000ED04) = 1u << 28; // PendSV
    __asm volatile("dsb\nisb");
    check("a vector");
    put(came == 1 ? "done\r\n" : "FAIL\r\n");
    for (;;) {
    }
}
END
# shellcheck disable=SC2119 # no flags
build
handler=$(arm-none-eabi-nm main.elf | sed -n 's/ T handler$//p')
printf '\x70\x47' >code.bin
# PendSV's entry: bit 0 is Thumb.
printf '%08x' $((0x$handler + 1)) | sed 's/\(..\)\(..\)\(..\)\(..\)/\\x\4\\x\3\\x\2\\x\1/' >text
printf '%b' "$(cat text)" >vector.bin
sim 0 --board-file small.board --internal main.elf --load code.bin@0 \
    --load vector.bin@0x238 --uart out --time-limit 1s --expect "done"
not_printed FAIL
[ "$(grep -c PASS out)" = 4 ] || fail "not all"
