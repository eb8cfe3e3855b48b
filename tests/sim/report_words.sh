#!/usr/bin/env bash
# command: optimised
# Reports read by somebody who does not know the firmware: what was wrong, which
# line, what to do. One program in the window, with its driver in the internal
# flash, and a mistake for each -D.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"

cat >main.c <<'END'
#include <stdint.h>
#define REG(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define CR REG(0xA0001000)
#define SR REG(0xA0001008)
#define FCR REG(0xA000100C)
#define DLR REG(0xA0001010)
#define CCR REG(0xA0001014)
#define AR REG(0xA0001018)
#define DR (*(volatile uint8_t *)0xA0001020)
#define RESIDENT __attribute__((section(".resident"), noinline))
void start(void);
RESIDENT void boot(void);
__attribute__((section(".boot"), used)) const uintptr_t boot_vectors[16] = {
        0x20018000, (uintptr_t)boot};
__attribute__((section(".vectors"), used)) const uintptr_t vectors[16] = {
        0x20018000, (uintptr_t)start};
static volatile uint32_t seen;
RESIDENT static void command(uint32_t ccr) {
    CCR = ccr | 1u << 8;
    while (!(SR & 2)) {
    }
    FCR = 2;
}
RESIDENT static void leave(void) {
    CR |= 2;
    while (CR & 2 || SR & 0x20) {
    }
    FCR = 2; // of the abort
}
RESIDENT static void map(void) {
    AR = 0;
    leave();
    CCR = 0x03u | 1u << 8 | 1u << 10 | 2u << 12 | 1u << 24 | 3u << 26;
}
RESIDENT static int busy(void) {
    DLR = 0;
    CCR = 0x05u | 1u << 8 | 1u << 24 | 1u << 26;
    while (!(SR & 2)) {
    }
    const int status = DR;
    FCR = 2;
    leave();
    return status & 1;
}
RESIDENT static void erase(uint32_t addr) {
    leave();
    command(0x06);
    CCR = 0xD8u | 1u << 8 | 1u << 10 | 2u << 12;
    AR = addr;
    while (!(SR & 2)) {
    }
    FCR = 2;
    leave();
#ifdef NO_SUSPEND_WAIT
    for (unsigned i = 0; i < 2000; i++) {
        (void)SR;
    }
    command(0x75);
#else
    while (busy()) {
    }
#endif
    map();
}
void boot(void) {
    REG(0x40021050) |= 0x100;
    REG(0xA0001004) = 23u << 16 | 3u << 8;
    CR = 1u << 24 | 1;
    map();
    REG(0xE000ED08) = 0x90000000;
    ((void (*)(void))vectors[1])();
}
void start(void) {
    for (volatile unsigned i = 0; i < 5000; i++) {
    }
#ifdef WATCHDOG
    REG(0x40003000) = 0x5555;
    REG(0x40003004) = 0;
    REG(0x40003008) = 399; // 50 ms
    REG(0x40003000) = 0xCCCC;
    REG(0x40003000) = 0xAAAA; // THE LAST MEAL
#endif
#ifdef ERASE_SELF
    erase(0);
#else
    erase(0x400000);
#endif
    seen = REG(0x90000000);
    for (;;) {
    }
}
END
line() { # TEXT: its number
    grep -n "$1" main.c | cut -d: -f1
}
run() { # STATUS FLAGS...
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib \
        -Wl,--section-start=.vectors=0x90000000,-Ttext=0x90000100 \
        -Wl,--section-start=.boot=0x08000000,-Tbss=0x20000000,-e,boot \
        -Wl,--section-start=.resident=0x08000100 \
        "${@:2}" main.c -o main.elf
    sim "$1" --board-file small.board --internal main.elf --uart none \
        --time-limit 2s
    tr -s ' \n' '  ' <err >words
}
says() {
    grep -qF -- "$1" words || fail "does not say: $1"
}
printf '%s\n' 'name small' 'internal 1M' 'ram 0x20000000 96K' \
    'part w25q128jv' >small.board

run 0
run 1 -DNO_SUSPEND_WAIT
says 'why the chip is being suspended, tSUS is not over: the window cannot be'
says 'fix wait tSUS after the suspend command, or poll until WIP is 0, before'
run 1 -DERASE_SELF
says "the erase of 65536 bytes at 0x000000 reaches code that runs, start (/"
says "main.c:$(line '    erase(0)')), and the vector table; the core is at 0x0800"
says "Keep what is erased out of the range of the running image"
run 1 -DWATCHDOG
says 'the watchdog was not fed for 50 ms, which is its time (IWDG_PR 0, IWDG_RLR 399)'
says "fed last at pc 0x90000"
says "main.c:$(line 'THE LAST MEAL')). Feed it"
says 'Feed it (AAAAh to IWDG_KR) in every wait for the chip too'
says 'the chip goes on with the erase or program of the 65536 bytes at 0x400000'
says 'why the chip is erasing since before the reset: the window cannot be read'
says 'fix a reset of MCU or QUADSPI does not end it: wait until WIP is 0, or'
