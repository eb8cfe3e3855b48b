/*
 * packed - the address of the beginning of RAM at an odd byte of a structure as
 * large as one that is not packed
 *
 * SPDX-License-Identifier: MIT
 *
 * Only the relocations that the linker left say that it is one.
 */
// unsafe-build: BAD_BYTE load-unknown|code-changed
// unsafe-build: BAD_HALFWORD load-unknown|code-changed
// safe-build: OK_NUMBERS
// link: -Wl,-q
// builds: m4 O2 gcc,m33 Os clang
#include "harness.h"

extern char ramcode_start_[]; // of which read_second is the first
typedef uint32_t reads(const volatile uint32_t *p);
volatile uint32_t good[2] = {1, 2};
const uint32_t bad[2] = {5, 6};

RAM uint32_t read_second(const volatile uint32_t *p) {
    return p[1];
}
RAM void ram_reads(void) {
    QSPI_CR = read_second(good);
}

#if defined BAD_BYTE
volatile struct __attribute__((packed)) {
    char kind;
    const char *what;
    char rest[3];
} packed = {1, ramcode_start_, {0}};
#elif defined BAD_HALFWORD
volatile struct __attribute__((packed)) {
    uint16_t kind;
    const char *what;
    uint16_t rest;
} packed = {1, ramcode_start_, 0};
#endif
// These read like one, too.
volatile uint32_t pairs[4] = {5, 32, 0, 0x2000};

FLASH void change(void) {
#if defined BAD_BYTE || defined BAD_HALFWORD
    good[1] = ((reads *)((uint32_t)packed.what | 1u))(bad);
#else
    good[1] = pairs[good[0] & 3];
#endif
}

int main(void) {
    change();
    ram_reads();
    (void)bad;
    return 0;
}
