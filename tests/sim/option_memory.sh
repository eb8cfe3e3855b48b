#!/usr/bin/env bash
# command: optimised
# Options that change what memory gives: the parity check of SRAM2 (SRAM2_PE),
# and a PCROP area.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

cat >main.c <<'END'
#include <stdint.h>
#define REG(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define BYTE(a) (*(volatile uint8_t *)(uintptr_t)(a))
#define CFGR2 REG(0x4001001C)
static volatile uint32_t nmis, seen;
void start(void);
static void put(const char *s) {
    for (; *s; s++) {
        while (!(REG(0x4000441C) & 0x80)) {
        }
        REG(0x40004428) = (uint8_t)*s;
    }
}
static void hex(uint32_t value) {
    char text[10] = "........ ";
    for (unsigned i = 0; i < 8; i++) {
        text[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    put(text);
}
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
static void dma(uint32_t from, uint32_t to) { // DMA1 channel 1, a word
    REG(0x40020008) = 0;
    REG(0x40020010) = from;
    REG(0x40020014) = to;
    REG(0x4002000C) = 1;
    REG(0x40020008) = 0x4AC1;
    while (REG(0x4002000C)) {
    }
}
static void options(void) {
    REG(0x40022008) = 0x45670123;
    REG(0x40022008) = 0xCDEF89AB;
    REG(0x4002200C) = 0x08192A3B;
    REG(0x4002200C) = 0x4C5D6E7F;
#ifdef PE
    REG(0x40022020) &= ~(1u << 24);
#else
    REG(0x40022044) = 1; // 08080008h to 0808000Fh
    REG(0x40022048) = 1;
#endif
    REG(0x40022014) = 1u << 17;
    while (REG(0x40022010) & 1u << 16) {
    }
    REG(0x40022014) = 1u << 27; // OBL_LAUNCH
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
    REG(0x40021058) |= 1u << 17;
    REG(0x40021060) |= 1;
    REG(0x40021048) |= 1;
    REG(0x4000440C) = 35;
    REG(0x40004400) = 9;
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
build() { # -DWHAT...
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib \
        -Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000100 \
        -Wl,--section-start=.area=0x08080008 \
        -Wl,-Tbss=0x20000000,-e,start "$@" main.c -o main.elf
}
run() {
    sim 0 --board-file any.board --internal main.elf --uart out \
        --time-limit 100ms --expect 'done'
}
printf '%s\n' 'name any' 'internal 1M' 'ram 0x20000000 96K' \
    'ram 0x10000000 32K' 'part w25q128jv' >any.board

# Each byte that is read has to be written first, by whatever.
build -DPE
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
build -DPE -DKEEP
sim 1 --board-file any.board --internal main.elf --uart out \
    --time-limit 100ms --expect 'not written'
not_printed "not written"

# What the area holds is not given to a load, nor to DMA.
build
run
printed "00000000 00000003 00000000 done"
reported "0x08080008 is read as data at pc 0x0800"
finish
