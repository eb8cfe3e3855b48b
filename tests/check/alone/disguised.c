/*
 * disguised - addresses that are kept as another number, which code turns back
 *
 * SPDX-License-Identifier: MIT
 *
 * The linker says what numbers those are: code has none of the addresses.
 */
// unsafe-build: BAD_CALL_NOT load-unknown
// unsafe-build: BAD_CALL_NEGATED load-unknown
// unsafe-build: BAD_CALL_REVERSED load-unknown
// unsafe-build: BAD_CALL_ROTATED load-unknown
// unsafe-build: BAD_CALL_HALVED load-unknown
// unsafe-build: BAD_CALL_XOR load-unknown
// unsafe-build: BAD_CALL_MOV load-unknown
// unsafe-build: BAD_CALL_POP load-unknown
// unsafe-build: BAD_CALL_ADD load-unknown
// unsafe-build: BAD_CALL_RETURNED load-unknown
// unsafe-build: BAD_CALL_PASSED load-unknown
// unsafe-build: BAD_VTOR_NOT vector-runtime
// unsafe-build: BAD_VTOR_DATA vector-runtime
// unsafe-build: BAD_VTOR_ROTATED vector-runtime
// unsafe-build: BAD_VTOR_SHIFTED vector-runtime
// unsafe-build: BAD_VTOR_XOR vector-runtime
// unsafe-build: BAD_VTOR_RETURNED vector-runtime
// unsafe-build: BAD_TABLE_NOT vector-runtime
// unsafe-build: BAD_TABLE_FORMED vector-runtime
// unsafe-build: BAD_TABLE_HALVED vector-runtime
// unsafe-build: BAD_CODE_NOT code-changed
// unsafe-build: BAD_CODE_FORMED code-changed
// unsafe-build: BAD_CODE_PASSED code-changed
// safe-build: OK_NUMBERS
// safe-build: OK_INDEX
// safe-build: OK_TURNED
// link: -Wl,--defsym=not_reads=~(ABSOLUTE(read_second)|1)
// link: -Wl,--defsym=twice_reads=(ABSOLUTE(read_second)|1)<<1
// link: -Wl,--defsym=not_table=~ABSOLUTE(ram_vectors)
// link: -Wl,--defsym=half_table=ABSOLUTE(ram_vectors)>>1
// link: -Wl,--defsym=not_pool=~ABSOLUTE(pool)
// builds: m4 O2 gcc,m4 O0 gcc,m33 Os clang
#include "harness.h"

#define vi REG(0x40004424u) // of a device: not known
typedef uint32_t reads(const volatile uint32_t *p);
volatile uint32_t good[2] = {1, 2};
const uint32_t bad[2] = {5, 6};
extern harness_handler *const flash_vectors[];

RAM uint32_t read_second(const volatile uint32_t *p) {
    return p[1];
}
RAM void ram_reads(void) {
    QSPI_CR = read_second(good);
}
FLASH void flash_tick(void) {
    QSPI_CR = 3;
}
extern uint32_t pool[1];
__asm__(".section .ramcode.pool, \"ax\", %progbits\n"
        "    .syntax unified\n"
        "    .balign 4\n"
        "    .thumb_func\n"
        "    .global pooled\n"
        "    .type pooled, %function\n"
        "pooled:\n"
        "    ldr r0, pool\n"
        "    ldr r0, [r0]\n"
        "    bx lr\n"
        "    .balign 4\n"
        "    .global pool\n"
        "pool:\n"
        "    .word good\n"
        "    .size pooled, . - pooled\n"
        "    .text\n");
uint32_t pooled(void);
extern char not_reads[], twice_reads[], not_table[], half_table[], not_pool[];

static uint32_t turned(uint32_t word) {
    __asm__("rev %0, %0" : "+r"(word));
    return word;
}
static uint32_t rotated(uint32_t word) {
    __asm__("ror %0, %0, #8" : "+r"(word));
    return word;
}
FLASH uint32_t complement(uint32_t word) {
    return ~word;
}
FLASH uint32_t call(uint32_t to, const volatile uint32_t *p) {
    return ((reads *)(uintptr_t)to)(p);
}
FLASH void put(uint32_t to, uint32_t word) {
    *(volatile uint32_t *)(uintptr_t)to = word;
}

/// Calls ///

#if defined BAD_CALL_NOT || defined BAD_CALL_MOV || defined BAD_CALL_POP || \
        defined BAD_CALL_RETURNED || defined BAD_CALL_PASSED || \
        defined BAD_CALL_ADD
static volatile uint32_t kept = (uint32_t)not_reads;
FLASH void change(void) {
#if defined BAD_CALL_NOT
    good[1] = ((reads *)(uintptr_t)~kept)(bad);
#elif defined BAD_CALL_RETURNED
    good[1] = ((reads *)(uintptr_t)complement(kept))(bad);
#elif defined BAD_CALL_PASSED
    good[1] = call(~kept, bad);
#elif defined BAD_CALL_MOV
    register uint32_t r0 __asm__("r0") = (uint32_t)bad;
    __asm__ volatile("mvn r3, %1\n\torr r3, #1\n\tmov r2, pc\n\tadd r2, #5\n\t"
                     "mov lr, r2\n\tmov pc, r3\n\tnop"
                     : "+r"(r0)
                     : "r"(kept)
                     : "r1", "r2", "r3", "lr", "memory");
#elif defined BAD_CALL_POP
    register uint32_t r0 __asm__("r0") = (uint32_t)bad;
    __asm__ volatile("mvn r3, %1\n\tmov r2, pc\n\tadd r2, #7\n\t"
                     "mov lr, r2\n\tpush {r3}\n\tpop {pc}\n\tnop"
                     : "+r"(r0)
                     : "r"(kept)
                     : "r1", "r2", "r3", "lr", "memory");
#else
    register uint32_t r0 __asm__("r0") = (uint32_t)bad;
    __asm__ volatile("mvn r3, %1\n\tbic r3, #1\n\tmov r2, pc\n\tadd r2, #9\n\t"
                     "mov lr, r2\n\tsubs r3, #12\n\tsubs r3, r3, r2\n\t"
                     "add pc, r3\n\tnop"
                     : "+r"(r0)
                     : "r"(kept)
                     : "r1", "r2", "r3", "lr", "memory");
#endif
}
#elif defined BAD_CALL_NEGATED
static volatile uint32_t kept = (uint32_t)not_reads + 1;
FLASH void change(void) {
    good[1] = ((reads *)(uintptr_t)(0u - kept))(bad);
}
#elif defined BAD_CALL_REVERSED || defined BAD_CALL_ROTATED
// read_second is the first in RAM.
#ifdef BAD_CALL_REVERSED
static volatile uint32_t kept = 0x01000020u;
#else
static volatile uint32_t kept = 0x00000120u;
#endif
FLASH void change(void) {
#ifdef BAD_CALL_REVERSED
    good[1] = ((reads *)(uintptr_t)turned(kept))(bad);
#else
    good[1] = ((reads *)(uintptr_t)rotated(kept))(bad);
#endif
}
#elif defined BAD_CALL_HALVED
static volatile uint32_t kept = (uint32_t)twice_reads;
FLASH void change(void) {
    good[1] = ((reads *)(uintptr_t)(kept >> 1))(bad);
}
#elif defined BAD_CALL_XOR
static volatile uint32_t kept = 0x20000001u ^ 0x12345678u;
FLASH void change(void) {
    good[1] = ((reads *)(uintptr_t)(kept ^ 0x12345678u))(bad);
}

/// VTOR ///

#elif defined BAD_VTOR_NOT || defined BAD_VTOR_DATA || \
        defined BAD_VTOR_ROTATED || defined BAD_VTOR_SHIFTED || \
        defined BAD_VTOR_XOR || defined BAD_VTOR_RETURNED
#define VTOR 0xe000ed08u
#if defined BAD_VTOR_ROTATED
#define HIDDEN (VTOR << 8 | VTOR >> 24)
#define SHOWN rotated(kept)
#elif defined BAD_VTOR_SHIFTED
#define HIDDEN (VTOR >> 3)
#define SHOWN (kept << 3)
#elif defined BAD_VTOR_XOR
#define HIDDEN (VTOR ^ 0x12345678u)
#define SHOWN (kept ^ 0x12345678u)
#elif defined BAD_VTOR_RETURNED
#define HIDDEN ~VTOR
#define SHOWN complement(kept)
#else
#define HIDDEN ~VTOR
#define SHOWN (~kept)
#endif
#ifdef BAD_VTOR_DATA
static volatile uint32_t kept = HIDDEN;
FLASH void keep(void) {
    good[1] = 1;
}
#else
static volatile uint32_t kept;
FLASH void keep(void) {
    kept = HIDDEN;
}
#endif
FLASH void change(void) {
    keep();
    *(volatile uint32_t *)(uintptr_t)SHOWN = (uint32_t)flash_vectors;
}

/// The table, and code ///

#elif defined BAD_TABLE_NOT || defined BAD_TABLE_HALVED
#ifdef BAD_TABLE_NOT
static volatile uint32_t kept = (uint32_t)not_table;
#define SHOWN (~kept)
#else
static volatile uint32_t kept = (uint32_t)half_table;
#define SHOWN (kept << 1)
#endif
FLASH void change(void) {
    ((harness_handler **)(uintptr_t)SHOWN)[15] = flash_tick;
}
#elif defined BAD_TABLE_FORMED
static volatile uint32_t kept;
FLASH void keep(void) {
    kept = (uint32_t)not_table;
}
FLASH void change(void) {
    keep();
    ((harness_handler **)(uintptr_t)~kept)[15] = flash_tick;
}
#elif defined BAD_CODE_NOT
static volatile uint32_t kept = (uint32_t)not_pool;
FLASH void change(void) {
    *(uint32_t *)(uintptr_t)~kept = (uint32_t)bad;
}
#elif defined BAD_CODE_FORMED
static volatile uint32_t kept;
FLASH void keep(void) {
    kept = (uint32_t)not_pool;
}
FLASH void change(void) {
    keep();
    *(uint32_t *)(uintptr_t)~kept = (uint32_t)bad;
}
#elif defined BAD_CODE_PASSED
static volatile uint32_t kept = (uint32_t)not_pool;
FLASH void change(void) {
    put(~kept, (uint32_t)bad);
}

#elif defined OK_NUMBERS
// They are no addresses, and become none.
static volatile uint32_t kept = ~0xe000ed08u;
FLASH void change(void) {
    good[1] = ~kept ^ 0x12345678u;
    good[0] = turned(kept) + rotated(kept) + complement(kept) + (kept << 3);
}
#elif defined OK_INDEX
// What is shifted is an index.
static volatile uint32_t list[8];
static harness_handler *const handlers[2] = {flash_tick, flash_tick};
FLASH void change(void) {
    volatile uint32_t *p = list + (vi & 1);
    uint32_t i = vi & 3;
    __asm__("" : "+r"(p), "+r"(i));
    p[i] = 5;
    p[(i ^ 1) & 3] = 6;
    handlers[vi & 1]();
    put((uint32_t)p + (i << 2), 7);
    switch (vi) {
    case 0:
        good[1] = 1;
        break;
    case 1:
        good[1] = 7;
        break;
    case 2:
        good[0] = 8;
        break;
    case 3:
        good[1] = 9;
        break;
    case 4:
        good[0] = 11;
        break;
    default:
        break;
    }
}
#elif defined OK_TURNED
// Some code stores at what it turned, and nothing is an image of an address of
// importance.
static volatile uint32_t kept = ~0x40004400u;
FLASH void change(void) {
    *(volatile uint32_t *)(uintptr_t)~kept = 1;
}
#else
FLASH void change(void) {
    good[1] = 1;
}
#endif

int main(void) {
    change();
    ram_reads();
    pooled();
    (void)turned, (void)rotated, (void)bad, (void)flash_tick;
    return 0;
}
