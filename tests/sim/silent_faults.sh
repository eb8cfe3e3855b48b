#!/usr/bin/env bash
# command: optimised
# Faults of small firmwares that the chip bears without a word: each is named,
# with what to do. One program in the internal flash, and a mistake for each -D.
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
#define KEYR REG(0x40022008)
void start(void);
__attribute__((section(".vectors"), used)) const uintptr_t vectors[16] = {
        0x20018000, (uintptr_t)start};
static volatile uint32_t flag;
static void wait(void) {
    while (!(SR & 2)) {
    }
    FCR = 2;
    while (SR & 0x20) {
    }
}
static void command(uint32_t ccr) {
    CCR = ccr | 1u << 8;
    wait();
}
static void at(uint32_t ccr, uint32_t addr) {
    CCR = ccr | 1u << 8 | 1u << 10 | 2u << 12;
    AR = addr;
    wait();
}
static void pause(uint32_t ms) {
    for (volatile uint32_t i = 0; i < ms * 300; i++) {
    }
}
static void status(uint8_t value) {
    command(0x06);
    DLR = 0;
    CCR = 0x01u | 1u << 8 | 1u << 24;
    DR = value;
    wait();
}
static void fast(void) { // 80 MHz
    REG(0x40022000) = 0x704;
    REG(0x4002100C) = 1 | 40 << 8 | 1 << 24;
    REG(0x40021000) |= 1 << 24;
    while (!(REG(0x40021000) & 1 << 25)) {
    }
    REG(0x40021008) = 3;
    while ((REG(0x40021008) & 0xC) != 0xC) {
    }
}
static void software_reset(void) {
    REG(0xE000ED0C) = 0x05FA0004;
    for (;;) {
    }
}
void start(void) {
    const uint32_t causes = REG(0x40021094);
    REG(0x40021048) |= 1;
    REG(0x40021050) |= 0x100;
    REG(0x40021058) |= 1u << 17 | 1;
    REG(0xA0001004) = 23u << 16;
    CR = 3u << 24 | 1;
    pause(20);
    (void)causes;
#if defined RESET_IN_ERASE || defined RESET_AFTER_ERASE || \
        defined RESET_SUSPENDED
    if (!(causes & 1u << 28)) {
        command(0x06);
        at(0xD8, 0x100000);
        pause(2);
#ifdef RESET_AFTER_ERASE
        pause(400);
#elif defined RESET_SUSPENDED
        command(0x75);
        pause(1);
#endif
        software_reset();
    }
#elif defined TIMER_DISABLED || defined TIMER_EVENT
#ifdef TIMER_EVENT
    REG(0xE000ED10) = 1u << 4; // SEVONPEND
#endif
    REG(0x4000002C) = 400;
    REG(0x4000000C) = 1;
    REG(0x40000000) = 1;
    while (!flag) {
    }
#elif defined NO_ADDRESS || defined NO_ADDRESS_ASLEEP
    CCR = 0x20u | 1u << 8 | 1u << 10 | 2u << 12;
#ifdef NO_ADDRESS
    while (!(SR & 2)) {
    }
#endif
#elif defined TORN
    KEYR = 0x45670123;
    KEYR = 0xCDEF89AB;
    REG(0x40003000) = 0x5555;
    REG(0x40003004) = 0;
    REG(0x40003008) = 40; // 5 ms
    REG(0x40003000) = 0xCCCC;
    REG(0x40022014) = 2 | 100 << 3;
    REG(0x40022014) |= 1u << 16;
#elif defined BAD_KEY
    KEYR = 1;
#elif defined KEY_TOO_MUCH
    KEYR = 0x45670123;
    KEYR = 0xCDEF89AB;
    KEYR = 0x45670123;
#elif defined BAD_OPTION_KEY
    KEYR = 0x45670123;
    KEYR = 0xCDEF89AB;
    REG(0x4002200C) = 1;
#elif defined PCROP
    if (causes & 1u << 25) { // OBL_LAUNCH
        flag = REG(0x0808000C); // THE LOAD
    } else {
        KEYR = 0x45670123;
        KEYR = 0xCDEF89AB;
        REG(0x4002200C) = 0x08192A3B;
        REG(0x4002200C) = 0x4C5D6E7F;
        REG(0x40022044) = 1;
        REG(0x40022048) = 1;
        REG(0x40022014) = 1u << 17;
        while (REG(0x40022010) & 1u << 16) {
        }
        REG(0x40022014) = 1u << 27;
    }
#elif defined DMA_DIRECTION
    static uint8_t data[64];
    REG(0x400200A8) = 5u << 16;
    REG(0x40020060) = 0xA0001020;
    REG(0x40020064) = (uintptr_t)data;
    REG(0x4002005C) = 64;
    REG(0x40020058) = 0x91; // MINC, DIR, EN: TO THE PERIPHERAL
    CR |= 4;
    DLR = 63;
    at(0x03u | 1u << 24 | 1u << 26, 0);
#elif defined LONG_READ
    DLR = 31;
    at(0x03u | 1u << 24 | 1u << 26, 0);
#elif defined NEVER_EXECUTED
    REG(0xE000ED9C) = 0x20010010; // MPU_RBAR: region 0
    REG(0xE000EDA0) = 1u << 28 | 3u << 24 | 9u << 1 | 1;
    REG(0xE000ED94) = 5;
    ((void (*)(void))0x20010021)();
#elif defined ERASE_LEFT
    KEYR = 0x45670123;
    KEYR = 0xCDEF89AB;
    REG(0x40022014) = 2 | 1;
    REG(0x08080000) = 1;
#elif defined TWO_ERASES
    KEYR = 0x45670123;
    KEYR = 0xCDEF89AB;
    REG(0x40022014) = 2 | 4 | 1u << 16;
#elif defined LOCK
    status(0x80);
#elif defined UART
    REG(0x40004400) = 5;
    while (!(REG(0x4000441C) & 0x20)) {
    }
#elif defined UNKNOWN
    while (!(REG(0x40005418) & 1)) { // I2C1
    }
#elif defined PORT
    while (!(REG(0x50000000) & 1)) {
    }
#elif defined CLOCK || defined CLOCK_FITS
    fast();
    CR = 1;
#ifdef CLOCK_FITS
    CR = 1u << 24 | 1;
#endif
    DLR = 3;
    CCR = 0x03u | 1u << 8 | 1u << 10 | 2u << 12 | 1u << 24 | 1u << 26;
    AR = 0;
    flag = DR;
#elif defined SELECT_HIGH || defined SELECT_FITS
    fast();
    CR = 1;
#ifdef SELECT_FITS
    REG(0xA0001004) = 23u << 16 | 3u << 8;
#endif
    CCR = 0x0Bu | 1u << 8 | 1u << 10 | 2u << 12 | 8u << 18 | 1u << 24 |
            3u << 26;
    flag = REG(0x90000000);
#endif
    (void)status;
    (void)fast;
    (void)software_reset;
    for (;;) {
    }
}
END
run() { # STATUS -DMISTAKE ARGUMENTS...
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib \
        -Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000100 \
        -Wl,-Tbss=0x20000000,-e,start "$2" main.c -o main.elf
    sim "$1" --board-file any.board --internal main.elf --uart none \
        --time-limit 1s "${@:3}"
    tr -s ' \n' '  ' <err >words
}
says() {
    grep -qF -- "$1" words || fail "does not say: $1"
}
never_says() {
    ! grep -qF -- "$1" words || fail "says: $1"
}
printf '%s\n' 'internal 1M' 'ram 0x20000000 96K' 'part w25q128jv' >any.board

# A reset in the middle of an operation, whatever its cause.
run 0 -DRESET_IN_ERASE
says "note: reset by software at 0x080"
says "the chip goes on with the erase or program of the 65536 bytes at 0x100000. Wait until WIP is 0 first"
run 0 -DRESET_SUSPENDED
says "the chip keeps the suspended operation of the 65536 bytes at 0x100000. Resume it"
run 0 -DRESET_AFTER_ERASE
never_says "reset by software"

# A device that requests an interrupt which is not enabled.
run 0 -DTIMER_DISABLED
says "at the end TIM2 has requested its interrupt for 9"
says "and the NVIC does not enable it: no handler runs. Set bit 28 of NVIC_ISER0"
run 0 -DTIMER_EVENT
never_says "NVIC_ISER0"

# A command without its address.
run 1 -DNO_ADDRESS
says "VIOLATION quadspi-not-sent"
says "the command 20h was never sent: the controller waits for AR, which was not written since CCR was"
says "fix write AR after CCR"
run 0 -DNO_ADDRESS_ASLEEP
says "at the end QUADSPI has not sent the command 20h: it waits for AR"

# Torn erases of internal flash are counted.
run 1 -DTORN
[ "$(grep -c "the reset tears the erase of 2048 bytes" err)" = 4 ] ||
    fail "not four notes"
says "at 0x08032000; further ones are counted only"
torn=$(sed -n 's/.*resets have torn \([0-9]*\) operations.*/\1/p' err)
[ "$torn" -gt 10 ] || fail "$torn torn operations"

# Keys.
for mistake in BAD_KEY KEY_TOO_MUCH; do
    run 1 -D$mistake
    says "wrote a value to 0x40022008 that the register refuses, at 0x0800"
    says "takes its two keys in order and once"
    says "locks FLASH_CR until the next reset (RM0351 3.3.5)"
    says "fix write 45670123h and then CDEF89ABh, only if CR.LOCK is 1"
    never_says "look at the pointer"
done
run 1 -DBAD_OPTION_KEY
says "fix write 08192A3Bh and then 4C5D6E7Fh"

# A load of what can be executed only.
run 0 -DPCROP
says "note: 0x0808000c is read as data at pc 0x0800"
says "main.c:$(grep -n 'THE LOAD' main.c | cut -d: -f1)), in a PCROP area"

# DMA that writes DR in a read.
run 1 -DDMA_DIRECTION
says "VIOLATION quadspi-stuck"
says "QUADSPI_DR is written, but CCR is not set to an indirect write"
says "The access is one of DMA1 channel 5, enabled at pc 0x080"
says "from memory to peripheral (CCR.DIR=1)"
says "main.c:$(grep -n 'TO THE PERI' main.c | cut -d: -f1)"

# A read that is longer than the FIFO.
run 1 -DLONG_READ
says "VIOLATION quadspi-stuck"
says "32 byte(s) of the 32 that DLR announces were not read, and the FIFO is full"

# RAM that the MPU does not let execute.
run 1 -DNEVER_EXECUTED
says "what the firmware jumped to 0x20010020, which may not be executed"
says "why an MPU region with XN, or none at all, covers it"

# Bits of an erase of internal flash, in another operation.
run 0 -DERASE_LEFT
says "0x08080000 does nothing: PGSERR: CR.PG or CR.FSTPG is 0, PER, MER1"
run 0 -DTWO_ERASES
says "an erase of internal flash at pc 0x080"
says "does nothing: PGSERR, since CR has bits of two operations"

# The lock of the status register.
run 0 -DLOCK
says "01h sets the lock of the status register: SR1 goes from 00h to 80h"

# Registers that are polled have names; those that are not modelled a place.
run 0 -DUART
says "has read USART2_ISR (0x4000441c) for"
run 1 -DUART --expect never
says "the last register it has read is USART2_ISR (0x4000441c)"
run 0 -DUNKNOWN
says "has read I2C1_ISR (0x40005418) for"
run 0 -DPORT
says "has read OTG_FS + 0x0 (0x50000000) for"

# The limits of the bus.
run 1 -DCLOCK
says "VIOLATION nor-clock"
says "fix raise CR.PRESCALER"
run 0 -DCLOCK_FITS
never_says "VIOLATION"
run 1 -DSELECT_HIGH --part n25q128a
says "VIOLATION nor-select-high"
says "fix set DCR.CSHT to the clocks that tSHSL takes at this clock"
run 0 -DSELECT_FITS --part n25q128a
never_says "VIOLATION"
finish
