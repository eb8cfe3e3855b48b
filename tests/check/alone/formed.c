/*
 * formed - addresses of VTOR, of the vector table and of code in RAM that
 * arithmetic makes, that are kept, or that are copied to
 *
 * SPDX-License-Identifier: MIT
 */
// unsafe-build: BAD_VTOR_MVN vector-runtime
// unsafe-build: BAD_VTOR_SHIFT vector-runtime
// unsafe-build: BAD_VTOR_ADDED vector-runtime
// unsafe-build: BAD_VTOR_MUL vector-runtime
// unsafe-build: BAD_VTOR_CONSTANT vector-runtime
// unsafe-build: BAD_VTOR_SPILLED vector-runtime
// unsafe-build: BAD_VTOR_JOINED vector-runtime
// unsafe-build: BAD_VTOR_SWITCH vector-runtime
// unsafe-build: BAD_VTOR_INDEX vector-runtime
// unsafe-build: BAD_TABLE_FAR vector-runtime|vector
// unsafe-build: BAD_TABLE_NEGATED vector-runtime|vector
// unsafe-build: BAD_TABLE_COPIED vector-runtime
// unsafe-build: BAD_CODE_MVN code-changed
// unsafe-build: BAD_CODE_FAR code-changed
// unsafe-build: BAD_CODE_KEPT code-changed
// unsafe-build: BAD_CODE_DATA code-changed
// unsafe-build: BAD_CODE_DISTANCE code-changed
// unsafe-build: BAD_CODE_COPIED code-changed
// unsafe-build: BAD_CODE_COPIED_CALL code-changed
// safe-build: OK_CODE
// safe-build: OK_SHIFTS
// safe-build: OK_ALIGNMENT
// unsafe-build: BAD_CODE_SHIFTED code-changed
// unsafe-build: BAD_CODE_TURNED code-changed
// safe-build: OK_COPY_CALL
// safe-build: OK_BIT
// builds: m4 O2 gcc,m4 Os gcc,m33 O0 gcc
#include "harness.h"

extern harness_handler *const flash_vectors[];
extern uint32_t data_load_[], data_start_[];
extern uint32_t ramcode_start_[], ramcode_end_[], ramcode_load_[];
#define vi REG(0x40004424u) // of a device: not known
volatile uint32_t good[2] = {1, 2};
const uint32_t bad[2] = {5, 6};
harness_handler *hooks[HARNESS_VECTORS];

FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

RAM void own(void) {
    QSPI_CR = 7;
}

// RAM code that reads by a word of its pool.
void reads(void);
extern uint32_t pool[1];
__asm__(".section .ramcode.reads, \"ax\", %progbits\n"
        "    .syntax unified\n"
        "    .balign 4\n"
        "    .thumb_func\n"
        "    .global reads\n"
        "    .type reads, %function\n"
        "reads:\n"
        "    ldr r0, pool\n"
        "    ldr r0, [r0]\n"
        "    bx lr\n"
        "    .balign 4\n"
        "    .global pool\n"
        "pool:\n"
        "    .word good\n"
        "    .size reads, . - reads\n"
        "    .text\n");

#define ASM(body) \
    void change(void); \
    __asm__(".text\n" \
            "    .syntax unified\n" \
            "    .thumb_func\n" \
            "    .balign 4\n" \
            "    .global change\n" \
            "    .type change, %function\n" \
            "change:\n" body "    bx lr\n" \
            "    .balign 4\n" \
            "    .ltorg\n" \
            "    .size change, . - change\n")

#if defined BAD_VTOR_MVN
ASM("ldr r0, =0x1fff12f7\n mvns r0, r0\n ldr r1, =flash_vectors\n"
    "str r1, [r0]\n");
#elif defined BAD_VTOR_SHIFT
ASM("movs r0, #7\n lsls r0, r0, #29\n ldr r2, =0xed08\n"
    "ldr r1, =flash_vectors\n str r1, [r0, r2]\n");
#elif defined BAD_VTOR_ADDED
ASM("ldr r0, =0x70007684\n adds r0, r0, r0\n ldr r1, =flash_vectors\n"
    "str r1, [r0]\n");
#elif defined BAD_VTOR_MUL
ASM("ldr r0, =0x1c001da1\n movs r2, #8\n muls r0, r2, r0\n"
    "ldr r1, =flash_vectors\n str r1, [r0]\n");
#elif defined BAD_VTOR_CONSTANT
ASM("ldr r0, =number\n ldr r0, [r0]\n eor r0, r0, #0x00010001\n"
    "ldr r1, =flash_vectors\n str r1, [r0]\n");
__asm__(".section .rodata.number, \"a\", %progbits\n"
        ".balign 4\n .global number\n .type number, %object\n"
        ".size number, 4\n number: .word 0xe001ed09\n .text\n");
#elif defined BAD_VTOR_SPILLED
ASM("push {r4, lr}\n sub sp, #8\n ldr r0, =0x1fff12f7\n str r0, [sp, #4]\n"
    "movs r0, #0\n ldr r3, [sp, #4]\n mvns r3, r3\n add sp, #8\n"
    "ldr r1, =flash_vectors\n str r1, [r3]\n pop {r4, pc}\n");
#elif defined BAD_VTOR_JOINED
// The halves come from different ways.
ASM("ldr r3, =0x40004424\n ldr r3, [r3]\n movw r0, #0xed08\n cmp r3, #2\n beq 1f\n"
    "movw r0, #0xed0c\n 1: movt r0, #0xe000\n ldr r1, =flash_vectors\n"
    "str r1, [r0]\n");
#elif defined BAD_VTOR_SWITCH
ASM("ldr r3, =0x40004424\n ldr r3, [r3]\n and r3, #1\n ldr r0, =0x1fff12f7\n"
    "tbb [pc, r3]\n .byte 1, 2\n nop\n mvns r0, r0\n"
    "ldr r1, =flash_vectors\n str r1, [r0]\n");
#elif defined BAD_VTOR_INDEX
ASM("ldr r3, =0x40004424\n ldr r3, [r3]\n ldr r0, =0xe0000000\n"
    "add r0, r0, r3, lsl #2\n add r0, r0, #0xed00\n"
    "ldr r1, =flash_vectors\n str r1, [r0]\n");
#elif defined BAD_TABLE_FAR
ASM("ldr r0, =ram_vectors + 0x20000\n sub r0, #0x20000\n ldr r1, =flash_tick\n"
    "str r1, [r0, #60]\n");
#elif defined BAD_TABLE_NEGATED
ASM("ldr r0, =-0x20000000\n rsbs r0, r0, #0\n ldr r2, =ram_vectors\n"
    "sub r2, #0x20000000\n add r0, r2\n ldr r1, =flash_tick\n"
    "str r1, [r0, #60]\n");
#elif defined BAD_CODE_MVN
ASM("ldr r0, =pool + 0x20000\n sub r0, #0x20000\n ldr r1, =bad\n"
    "str r1, [r0]\n");
#elif defined BAD_CODE_FAR
ASM("ldr r0, =pool - 0x10000\n ldr r2, =0x10000\n ldr r1, =bad\n"
    "str r1, [r0, r2]\n");
#elif defined BAD_CODE_KEPT
static uint32_t *volatile kept;
FLASH void keep(void) {
    kept = pool;
}
FLASH void change(void) {
    keep();
    *kept = (uint32_t)bad;
}
#elif defined BAD_CODE_DATA
static uint32_t *volatile kept = pool;
FLASH void change(void) {
    *kept = (uint32_t)bad;
}
#elif defined BAD_CODE_DISTANCE
static volatile uint32_t off;
FLASH void keep(void) {
    off = (uint32_t)stack_top_ - (uint32_t)pool;
}
FLASH void change(void) {
    keep();
    *(volatile uint32_t *)((uint32_t)stack_top_ - off) = (uint32_t)bad;
}
#elif defined BAD_TABLE_COPIED
FLASH void change(void) {
    const uint32_t skip = (uint32_t)((uint32_t *)hooks - data_start_);
    for (uint32_t i = 0; i < HARNESS_VECTORS; i++) {
        ((volatile uint32_t *)ram_vectors)[i] = data_load_[i + skip];
    }
}
#elif defined BAD_CODE_COPIED
FLASH void change(void) {
    *(volatile uint32_t *)pool = data_load_[1];
}
#elif defined BAD_CODE_COPIED_CALL
FLASH void put(uint32_t *to, const uint32_t *from, uint32_t n) {
    while (n--) {
        *to++ = *from++;
    }
}
FLASH void change(void) {
    put(pool, data_load_ + vi, 1);
    vi = 1;
}
#elif defined BAD_CODE_TURNED || defined OK_COPY_CALL
#ifdef OK_COPY_CALL
#define TURN 0
#define put memcpy
#else
#define TURN 1 // only memcpy() puts each word where it belongs
#endif
FLASH void *put(void *to, const void *from, size_t n) {
    for (size_t i = 0; i < n / 4; i++) {
        ((volatile uint32_t *)to)[i ^ TURN] = ((const uint32_t *)from)[i];
    }
    return to;
}
FLASH void change(void) {
    put(ramcode_start_, ramcode_load_,
            (uintptr_t)ramcode_end_ - (uintptr_t)ramcode_start_);
    vi = 1;
}
#elif defined OK_SHIFTS
FLASH void change(void) {
    uint32_t x = vi;
    for (uint32_t i = 0; i < 8; i++) {
        x = (x >> 1 | x << 31) ^ 0xedb88320u * (x & 1u);
        x = ~x + (x << i);
    }
    vi = x;
}
#elif defined OK_ALIGNMENT
// What is left of the address is three bits.
ASM("ldr r0, =pool\n lsls r0, r0, #29\n lsrs r0, r0, #31\n beq 1f\n"
    "movs r0, #0\n 1:\n ldr r1, =0x40004424\n str r0, [r1]\n");
#elif defined BAD_CODE_SHIFTED
ASM("ldr r0, =pool\n lsls r0, r0, #4\n lsrs r0, r0, #4\n"
    "orr r0, r0, #0x20000000\n ldr r1, =bad\n str r1, [r0]\n");
#elif defined OK_BIT
// The beginning of the code in RAM reads like a bit.
FLASH void change(void) {
    vi = vi | 0x20000000u;
    good[1] = 0x20000000u;
}
#else
FLASH void change(void) {
    vi = 1;
}
#endif

int main(void) {
    change();
    own();
    reads();
    return 0;
}
