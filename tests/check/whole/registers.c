/*
 * registers - devices where the architecture has none
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`. The board has registers between the addresses
 * of RAM, in a `devices` line and at an alias of it; others are where nobody
 * says what there is, or in a section among the peripherals. DMA that gets the
 * address of `cell` there may change it, and what is loaded from there may be
 * any number.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none --resident 0x41000000:1M
// check: --resident 0x18000000:1M --resident 0xd0000000:1M
// link: --section-start=.registers=0x41000100
// link: --section-start=.controller=0xa0001000
// link: --section-start=.sdram=0xd0000000
// board: window 0x90000000 16M
// board: ram 0x20000000 96K
// board: ram 0x68000000 1M
// board: internal 0x08000000 64K
// board: devices 0x30000000 16M
// board: devices 0xa0000000 64K
// board: alias 0x38000000 16M 0x30000000
// safe-build: OK_GIVE
// safe-build: OK_BACK
// safe-build: OK_RAM
// safe-build: OK_SDRAM_NAMED
// unsafe-build: BAD_GIVE load-unknown|load|address
// unsafe-build: BAD_GIVE_ALIAS load-unknown|load|address
// unsafe-build: BAD_GIVE_NAMELESS load-unknown|load|address
// unsafe-build: BAD_GIVE_LOW load-unknown|load|address
// unsafe-build: BAD_GIVE_LOWER load-unknown|load|address
// unsafe-build: BAD_GIVE_RESIDENT load-unknown|load|address
// unsafe-build: BAD_BACK load-unknown|load|address
// unsafe-build: BAD_BACK_ALIAS load-unknown|load|address
// unsafe-build: BAD_BACK_NAMELESS load-unknown|load|address
// unsafe-build: BAD_BACK_RESIDENT load-unknown|load|address
// unsafe-build: BAD_BACK_LINKED load-unknown|load|address
// unsafe-build: BAD_BACK_CONTROLLER load-unknown|load|address
// unsafe-build: BAD_GIVE_CONTROLLER load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;

volatile uint32_t good[4] = {1, 2, 3, 4};
volatile struct {
    place cell;
    uint32_t more[3];
} object = {good, {0}};
volatile uint32_t other[4] = {1, 2, 3, 4};
static volatile uint32_t sum;

#if defined OK_RAM
#define AT 0x68000000u
#elif defined BAD_GIVE_ALIAS || defined BAD_BACK_ALIAS
#define AT 0x382c0014u
#elif defined BAD_GIVE_NAMELESS || defined BAD_BACK_NAMELESS
#define AT 0x60000014u
#elif defined BAD_GIVE_LOW
#define AT 0x14000014u
#elif defined BAD_GIVE_LOWER
#define AT 0x04000014u
#elif defined BAD_GIVE_RESIDENT
#define AT 0x18000014u
#elif defined BAD_BACK_RESIDENT
#define AT 0x41000014u
#elif defined BAD_BACK_LINKED || defined BAD_BACK_CONTROLLER || \
        defined BAD_GIVE_CONTROLLER || defined OK_SDRAM_NAMED
#if defined BAD_BACK_LINKED
#define SECTION ".registers"
#elif defined OK_SDRAM_NAMED
#define SECTION ".sdram"
#else
#define SECTION ".controller"
#endif
#define AT &registers
__asm__(".pushsection " SECTION
        ", \"aw\", %nobits\n\t.type registers, %object\n"
        "\t.size registers, 4\n\t.global registers\nregisters:\n\t.space 4\n"
        "\t.popsection");
extern volatile uint32_t registers;
#else
#define AT 0x302c0014u
#endif
#ifdef OK_GIVE
#define TO (other + 1) // object may end where others begin
#else
#define TO &object
#endif

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *object.cell;
    QSPI_CR = 2;
}

int main(void) {
#if defined OK_BACK
    REG(AT) = 1;
    sum += REG(AT);
#elif defined OK_RAM || defined OK_SDRAM_NAMED || \
        defined BAD_BACK_CONTROLLER || defined BAD_BACK || \
        defined BAD_BACK_ALIAS || defined BAD_BACK_NAMELESS || \
        defined BAD_BACK_RESIDENT || defined BAD_BACK_LINKED
    REG(AT) = (uintptr_t)(good + 1); // where no object ends
    object.cell = (place)REG(AT);
#else
    REG(AT) = (uintptr_t)TO;
#endif
    outage();
    return 0;
}
