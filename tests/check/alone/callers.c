/*
 * callers - a function that is called by an address that nothing holds as such
 *
 * SPDX-License-Identifier: MIT
 *
 * The caller that is easily seen hands it RAM; the other one, flash.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os clang,m0plus Os gcc
// unsafe-build: BAD_OFFSET load-unknown
// unsafe-build: BAD_TABLE load-unknown
// unsafe-build: BAD_EVEN load-unknown
// unsafe-build: BAD_START load-unknown|load|address
// unsafe-build: BAD_NEIGHBOUR load-unknown|load|address
// safe-build: OK
#include "harness.h"

volatile uint32_t vi;
typedef const volatile uint32_t *words;
typedef uint32_t reads(words);
volatile uint32_t good[2] = {1, 2};
const uint32_t bad[2] = {5, 6};
RAM uint32_t read_second(words p) {
    return p[1];
}
RAM void ram_reads(void) {
    vi = read_second(good);
}
// From the word itself, from the beginning of its table, without the Thumb bit.
#if defined BAD_OFFSET || defined BAD_TABLE
__asm__(".pushsection .rodata.offsets, \"a\", %progbits\n\t.align 2\n\t"
        ".global itself\n\t.type itself, %object\n\t.size itself, 4\n"
        "itself:\n\t.word read_second - .\n\t"
        ".global table\n\t.type table, %object\n\t.size table, 8\n"
        "table:\n\t.word 0, read_second - table\n\t.popsection");
extern const uint32_t itself[1], table[2];
#endif
extern char ramcode_start_[]; // of which read_second is the first
#ifdef BAD_EVEN
static char *volatile code = ramcode_start_;
#endif
FLASH void flash_reads(void) {
#if defined BAD_OFFSET
    const uint32_t *from = itself;
    __asm__("" : "+r"(from));
    vi = ((reads *)((uint32_t)from + *from))(bad);
#elif defined BAD_TABLE
    vi = ((reads *)((uint32_t)table + table[vi & 1u]))(bad);
#elif defined BAD_EVEN
    vi = ((reads *)((uint32_t)code | 1u))(bad);
#elif defined BAD_START
    uint32_t code = (uint32_t)ramcode_start_;
    __asm__("" : "+r"(code));
    vi = ((reads *)(code | 1u))(bad);
#elif defined BAD_NEIGHBOUR
    uint32_t code = (uint32_t)(uintptr_t)read_second - 16u;
    __asm__("" : "+r"(code));
    vi = ((reads *)(code + 16u))(bad);
#else
    (void)bad;
#endif
}
int main(void) {
    ram_reads();
    flash_reads();
    return 0;
}
