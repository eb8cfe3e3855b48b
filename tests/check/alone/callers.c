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
// unsafe-build: BAD_SHIFTED load-unknown
// unsafe-build: BAD_MOVT_FIRST load-unknown
// unsafe-build: BAD_MOV_PC load-unknown
// unsafe-build: BAD_ADR_SUM load-unknown
// unsafe-build: BAD_PACKED_EVEN load-unknown
// unsafe-build: BAD_UNTYPED_EVEN load-unknown
// unsafe-build: BAD_INSIDE no-symbols
// unsafe-build: BAD_INSIDE_UNSIZED no-symbols|load-unknown
// unsafe-build: BAD_INSIDE_MADE no-symbols
// unsafe-build: BAD_STILL_THERE load-unknown|load|address
// unsafe-build: BAD_BEHIND_CALLER load-unknown|load|address
// unsafe-build: BAD_BEHIND_POINTER load-unknown|load|address
// safe-build: OK
// safe-build: OK_SHIFTED
// safe-build: OK_PACKED
// safe-build: OK_INSIDE
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
// Addresses that code makes in parts; make() returns one.
#ifdef __ARM_ARCH_8M_MAIN__
#define HALVES 1
#elif defined __ARM_ARCH_7EM__
#define HALVES 1
#endif
#define FLASH_ASM(name, body) \
    __asm__(".text\n\t.syntax unified\n\t.thumb\n\t.thumb_func\n\t" \
            ".balign 4\n\t.global " #name "\n\t" \
            ".type " #name ", %function\n" #name ":\n\t" body \
            "\n\t.size " #name ", . - " #name)
#define BY_SHIFTS(r) \
    "movs " #r ", #:upper8_15:#read_second\n\tlsls " #r ", " #r ", #8\n\t" \
    "adds " #r ", #:upper0_7:#read_second\n\tlsls " #r ", " #r ", #8\n\t" \
    "adds " #r ", #:lower8_15:#read_second\n\tlsls " #r ", " #r ", #8\n\t" \
    "adds " #r ", #:lower0_7:#read_second\n\t"
#if defined __clang__ // knows no :upper8_15:
#undef BY_SHIFTS
#define BY_SHIFTS(r) \
    "movw " #r ", #:lower16:read_second\n\t" \
    "movt " #r ", #:upper16:read_second\n\t"
#endif
#if defined BAD_SHIFTED || (defined BAD_MOVT_FIRST && !defined HALVES)
FLASH_ASM(make, BY_SHIFTS(r0) "bx lr");
#elif defined BAD_MOVT_FIRST
FLASH_ASM(make,
        "b 2f\n"
        "1:\tmovt r0, #:upper16:read_second\n\tbx lr\n"
        "2:\tmovw r0, #:lower16:read_second\n\tb 1b");
#elif defined BAD_MOV_PC
FLASH_ASM(make,
        "mov r0, pc\n1:\tldr r1, 2f\n\tadds r0, r0, r1\n\t"
        "bx lr\n\t.balign 4\n2:\t.word read_second - 1b - 2");
#elif defined BAD_ADR_SUM
FLASH_ASM(make,
        "adr r0, 2f\n\tldr r1, 2f\n\tadds r0, r0, r1\n\t"
        "bx lr\n\t.balign 4\n2:\t.word read_second - 2b");
#elif defined OK_SHIFTED
FLASH_ASM(call,
        "push {r4, lr}\n\t" BY_SHIFTS(
                r3) "ldr r0, 1f\n\tblx r3\n\tpop {r4, pc}\n\t.balign 4\n1:\t"
                    ".word good");
uint32_t call(void);
#endif
reads *make(void);
#if defined BAD_PACKED_EVEN || defined OK_PACKED
struct __attribute__((packed)) packed {
    char kind;
    const volatile void *what;
};
#ifdef OK_PACKED
volatile struct packed packed = {1, good};
#else
volatile struct packed packed = {1, ramcode_start_};
#endif
#endif
__asm__(".pushsection .data.untyped, \"aw\", %progbits\n\t.balign 4\n\t"
        ".global untyped\nuntyped:\n\t.word "
#ifdef BAD_UNTYPED_EVEN
        "ramcode_start_"
#else
        "good"
#endif
        "\n\t.popsection");
extern uint32_t untyped[1];
// The call leaves the register alone; another function leads to the call.
#if defined BAD_STILL_THERE
FLASH_ASM(still,
        "push {r4, lr}\n\tldr r3, 1f\n\tmov ip, r3\n\tldr r0, 2f\n\t"
        "blx r3\n\tmov r0, ip\n\tpop {r4, pc}\n\t.balign 4\n"
        "1:\t.word read_second\n2:\t.word good");
reads *still(void);
#elif defined BAD_BEHIND_CALLER || defined BAD_BEHIND_POINTER
FLASH_ASM(calls_good,
        "ldr r0, 1f\n\tldr r3, 2f\n\tbx r3\n\t"
        ".balign 4\n1:\t.word good\n2:\t.word read_second");
#ifdef BAD_BEHIND_CALLER
FLASH_ASM(leads, "b calls_good + 2");
#else
FLASH_ASM(leads,
        "ldr r3, 1f\n\tbx r3\n\t.balign 4\n"
        "1:\t.word calls_good + 2");
#endif
void calls_good(void);
uint32_t leads(words p);
#endif
// What is behind its first instruction reads any address.
#if defined BAD_INSIDE || defined BAD_INSIDE_MADE || defined OK_INSIDE || \
        defined BAD_INSIDE_UNSIZED
#ifdef BAD_INSIDE_UNSIZED
#define SIZE_READS_GOOD
#else
#define SIZE_READS_GOOD "\n\t.size reads_good, . - reads_good"
#endif
__asm__(".pushsection .ramcode, \"ax\", %progbits\n\t.syntax unified\n\t.thumb\n\t"
        ".balign 4\n\t.thumb_func\n\t.global reads_good\n\t"
        ".type reads_good, %function\nreads_good:\n\t"
        "ldr r0, 1f\n\tldr r0, [r0]\n\tbx lr\n\t.balign 4\n1:\t"
        ".word good" SIZE_READS_GOOD "\n\t.popsection");
uint32_t reads_good(words p);
#if defined BAD_INSIDE || defined BAD_INSIDE_UNSIZED
FLASH_ASM(enter,
        "ldr r3, 1f\n\tbx r3\n\t.balign 4\n1:\t"
        ".word reads_good + 2");
#elif defined BAD_INSIDE_MADE
FLASH_ASM(enter,
        "ldr r3, 1f\n\tadds r3, #2\n\tbx r3\n\t.balign 4\n1:\t"
        ".word reads_good");
#else
FLASH_ASM(enter,
        "ldr r3, 1f\n\tbx r3\n\t.balign 4\n1:\t"
        ".word reads_good");
#endif
uint32_t enter(words p);
#endif
FLASH void flash_reads(void) {
    vi = REG(0x40004424u); // what a device delivers is not known
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
#elif defined BAD_SHIFTED || defined BAD_MOVT_FIRST || defined BAD_MOV_PC || \
        defined BAD_ADR_SUM
    hook = make();
    vi = hook(bad);
#elif defined BAD_STILL_THERE
    vi = still()(bad);
#elif defined BAD_BEHIND_CALLER || defined BAD_BEHIND_POINTER
    calls_good();
    vi = leads(bad);
#elif defined BAD_PACKED_EVEN
    vi = ((reads *)((uint32_t)packed.what | 1u))(bad);
#elif defined OK_PACKED
    vi = *(words)packed.what;
#elif defined BAD_UNTYPED_EVEN
    vi = ((reads *)(untyped[0] + 1u))(bad);
#elif defined OK_SHIFTED
    vi = call();
#elif defined BAD_INSIDE || defined BAD_INSIDE_UNSIZED || \
        defined BAD_INSIDE_MADE || defined OK_INSIDE
    vi = enter(bad);
#else
    (void)bad;
#endif
}
int main(void) {
    ram_reads();
    flash_reads();
    return 0;
}
