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
// unsafe-build: BAD_GOTO load-unknown
// unsafe-build: BAD_JOIN .*
// unsafe-build: BAD_MANGLED load-unknown
// unsafe-build: BAD_USED_TWICE load-unknown|load|address
// unsafe-build: BAD_STORED_EVEN load-unknown
// unsafe-build: BAD_DEAD_CODE load-unknown
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
volatile uint32_t mangled;
volatile uint32_t cookie = 77;
reads *volatile hook;
#ifdef BAD_GOTO
FLASH uint32_t machine(uint32_t n) {
    static const void *const labels[] = {&&one, &&two, &&three};
    uint32_t sum = 0;
    goto *labels[n];
one:
    sum += read_second(bad);
    goto *labels[vi & 1u];
two:
    sum += vi;
    goto *labels[2];
three:
    return sum;
}
#elif defined BAD_MANGLED
FLASH void set(void) {
    mangled = (uint32_t)(uintptr_t)read_second ^ cookie;
}
#elif defined BAD_STORED_EVEN
FLASH void set(void) {
    mangled = (uint32_t)ramcode_start_;
}
#elif defined BAD_DEAD_CODE
// A part that its beginning does not lead to.
__asm__(".text\n\t.syntax unified\n\t.thumb\n\t.thumb_func\n\t.global two_parts\n\t.type two_parts, %function\n"
        "two_parts:\n\tmovs r0, #0\n\tbx lr\n\t"
        "ldr r3, 1f\n\tbx r3\n\t.align 2\n1:\t.word read_second\n\t"
        ".size two_parts, . - two_parts\n\t.thumb_func\n\t"
        ".global second_part\n\t.type second_part, %function\n"
        "second_part:\n\tb two_parts + 4\n\t.size second_part, . - second_part");
uint32_t second_part(words p);
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
#elif defined BAD_GOTO
    vi = machine(vi);
#elif defined BAD_JOIN
    reads *to = vi ? read_second : hook;
    vi = to(bad);
#elif defined BAD_MANGLED
    set();
    vi = ((reads *)(uintptr_t)(mangled ^ cookie))(bad);
#elif defined BAD_STORED_EVEN
    set();
    vi = ((reads *)(uintptr_t)(mangled | 1u))(bad);
#elif defined BAD_USED_TWICE
    reads *to = read_second;
    __asm__("" : "+r"(to));
    vi = to(good);
    to = vi & 1u ? hook : to;
    vi = to(bad);
#elif defined BAD_DEAD_CODE
    vi = second_part(bad);
#else
    (void)bad;
#endif
}
int main(void) {
    ram_reads();
    flash_reads();
    return 0;
}
