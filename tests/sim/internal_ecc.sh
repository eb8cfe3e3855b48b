#!/usr/bin/env bash
# command: optimised
# A double word of internal flash whose programming a power cut tears: what a
# program sees of it that reads it, executes it, moves it by DMA.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
# shellcheck source=tests/sim/internal.bash
. "$tests/sim/internal.bash"

cat >main.c <<'END'
#include "small.h"
#define ECCR REG(0x40022018)
#define PLACE (0x08000000 + OFF)
static volatile uint32_t nmis, corrections, seen;
static void nmi(void) {
    nmis++;
    seen = ECCR;
#ifndef KEEP
    ECCR = ECCR; // all flags, and ECCCIE stays
#endif
}
static void flash(void) {
    corrections++;
    seen = ECCR;
    ECCR = ECCR;
}
__attribute__((section(".vectors"), used)) const uintptr_t vectors[21] = {
        0x20018000, (uintptr_t)start, (uintptr_t)nmi, [20] = (uintptr_t)flash};
static void say(const char *name) {
    put(name);
    put(": ");
    hex(nmis);
    hex(corrections);
    hex(seen);
    put("\r\n");
    nmis = corrections = seen = 0;
}
static void program(uint32_t a, uint32_t b) {
    CR = 1;
    REG(PLACE) = a;
    __asm volatile("isb");
    REG(PLACE + 4) = b;
    ready();
    CR = 0;
}
void start(void) {
    nmis = corrections = seen = 0;
    console();
    unlock();
    REG(0x40021048) |= 1;
    REG(0xE000E100) = 1u << 4;
    ECCR = 1u << 24;
    if (REG(PLACE + 16) == UINT32_MAX) {
        CR = 1;
        REG(PLACE + 16) = 1;
        __asm volatile("isb");
        REG(PLACE + 20) = 1;
        ready();
        put("first\r\n");
        program(0x47704770, 0x47704770); // bx lr: here the supply fails
        put("not torn\r\n");
    }
    put("second\r\n");
    const uint32_t word = REG(PLACE + 4);
    say("load");
    hex(word);
    (void)*(volatile uint8_t *)OFF;
    say("alias");
    if (word == 0x47704770) {
        ((void (*)(void))(PLACE + 3))();
        say("fetch");
    }
    dma(PLACE, 0x20010100);
    say("DMA");
    program(1, 2);
    hex(SR);
    SR = 8;
    program(0, 0);
    hex(SR);
    (void)REG(PLACE);
    say("zeros");
    put("done\r\n");
    for (;;) {
    }
}
END
wanted=0
torn() { # TEAR [OPTION...]
    sim $wanted --board-file small.board --internal main.elf --uart out \
        --time-limit 1s --power-cut-internal 2 --power-cut-percent 30 \
        --tear "$1" "${@:2}"
    printed "first"
    not_printed "not torn"
}

# Twice seen, where the double word is torn for good, however it reads.
build -DOFF=0x90008
torn 0 --expect 'done'
printed "load: 00000001 00000000 81090008"
printed "DMA: 00000001 00000000 81090008"
printed "00000008 00000000 zeros: 00000000 00000000 00000000"
reported "the double word of internal flash at 0x08090008, which a reset has"
torn 1 --expect 'done'
printed "47704770 alias: 00000001 00000000 81090008"
printed "fetch: 00000001 00000000 81090008"
# One bit is corrected, of the word or of an erased one.
torn 2 --expect 'done'
printed "load: 00000000 00000001 41090008"
printed "47704770 alias: 00000000 00000001 41090008"
printed "fetch: 00000000 00000001 41090008"
torn 3 --expect 'done'
printed "ffffffff alias: 00000000 00000001 41090008"
printed "00000008 00000000 zeros: "
# Two bits of an erased one: nothing is detected, and it is not erased.
torn 4 --expect 'done'
printed "load: 00000000 00000000 00000000"
printed "00000008 00000000 zeros: 00000000 00000000 00000000"
# The first bank.
build -DOFF=0x10000
torn 1 --expect 'done'
printed "load: 00000001 00000000 81010000"
printed "fetch: 00000001 00000000 81010000"
# An NMI handler that does not clear ECCD is left never again.
build -DOFF=0x90008 -DKEEP
wanted=1
torn 0
not_printed "load"
reported "comes again until its handler writes 1 to ECCD"
reported "the run ended in the handler of NMI"
