#!/usr/bin/env bash
# command: optimised
# Options that change what memory gives: the parity check of SRAM2 (SRAM2_PE),
# and a PCROP area.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
# shellcheck source=tests/sim/internal.bash
. "$tests/sim/internal.bash"

cat >main.c <<'END'
#include "small.h"
#define CFGR2 REG(0x4001001C)
static volatile uint32_t nmis, seen;
static void nmi(void) {
    nmis++;
    seen = CFGR2;
#ifndef KEEP
    CFGR2 = seen; // SPF, and the locks stay
#endif
}
static void say(const char *name) {
    put(name);
    put(": ");
    hex(nmis);
    hex(seen);
    put("\r\n");
    nmis = seen = 0;
}
static void svc(void) {
}
__attribute__((section(".vectors"), used)) const uintptr_t vectors[] = {
        0x20018000, (uintptr_t)start, (uintptr_t)nmi, [11] = (uintptr_t)svc};
__attribute__((section(".area"), used)) static const uint32_t area[] = {
        1, 2, 3, 4};
static void options(void) {
    unlock();
    REG(0x4002200C) = 0x08192A3B;
    REG(0x4002200C) = 0x4C5D6E7F;
#ifdef PE
    REG(0x40022020) &= ~(1u << 24);
#else
    REG(0x40022044) = 1; // 08080008h to 0808000Fh
    REG(0x40022048) = 1;
#endif
    CR = 1u << 17;
    ready();
    CR = 1u << 27; // OBL_LAUNCH
}
static void check(void) {
    CFGR2 = 2; // SPL
    (void)REG(0x10000000); // THE LOAD
    say("not written");
    REG(0x10000004) = 1;
    (void)REG(0x10000004);
    say("written");
    BYTE(0x10000008) = 1;
    (void)BYTE(0x10000008);
    say("its byte");
    (void)REG(0x10000008);
    say("its word");
    dma(0x10000010, 0x20010000);
    say("DMA from");
    dma(0x20010000, 0x10000010);
    (void)REG(0x10000010);
    say("DMA to");
    __asm volatile("msr msp, %0\n svc 0\n" ::"r"(0x10008000));
    say("frame");
    (void)REG(0x10000100);
    say("before");
    (void)REG(0x10000104); // written before the option was
    say("long written");
    REG(0x40010018) = 1; // SCSR, without the keys
    (void)REG(0x10000200);
    say("locked");
    REG(0x40010024) = 0xCA;
    REG(0x40010024) = 0x53;
    REG(0x40010018) = 1;
    while (REG(0x40010018) & 3) {
    }
    hex(REG(0x10000204) | REG(0x10000000));
    say("erased");
    put("done\r\n");
}
void start(void) {
    const uint32_t causes = REG(0x40021094);
    nmis = seen = 0;
    console();
    REG(0x40021060) |= 1;
    REG(0x40021048) |= 1;
    if (!(causes & 1u << 25)) {
        (void)REG(0x10000000);
        say("no check");
        REG(0x10000104) = 1;
        options();
    }
#ifdef PE
    check();
#else
    hex(REG(0x08080008));
    hex(REG(0x08080010));
    dma(0x08080008, 0x20010000);
    hex(REG(0x20010000));
    put("done\r\n");
#endif
    for (;;) {
    }
}
END
area=-Wl,--section-start=.area=0x08080008
run() {
    sim 0 --board-file small.board --internal main.elf --uart out \
        --time-limit 100ms --expect 'done'
}

# Each byte that is read has to be written first, by whatever.
build "$area" -DPE
run
printed "no check: 00000000 00000000"
printed "not written: 00000001 00000102"
printed "written: 00000000 00000000"
printed "its byte: 00000000 00000000"
printed "its word: 00000001 00000102"
printed "DMA from: 00000001 00000102"
printed "DMA to: 00000000 00000000"
printed "frame: 00000000 00000000"
printed "before: 00000001 00000102"
printed "long written: 00000000 00000000"
printed "locked: 00000001 00000102"
printed "00000000 erased: 00000000 00000000"
reported "0x10000000 in SRAM2 is read at pc 0x0800"
reported "main.c:$(grep -n 'THE LOAD' main.c | cut -d: -f1))"

# The NMI comes again until SPF is cleared.
build "$area" -DPE -DKEEP
sim 1 --board-file small.board --internal main.elf --uart out \
    --time-limit 100ms --expect 'not written'
not_printed "not written"

# What the area holds is not given to a load, nor to DMA.
build "$area"
run
printed "00000000 00000003 00000000 done"
reported "0x08080008 is read as data at pc 0x0800"
finish
