/*
 * left_over - an argument that the callee reads late, or where the caller
 * seems to have left something over
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O2 gcc
// unsafe-build: BAD_NEAR vector-runtime
// unsafe-build: BAD_FAR vector-runtime
// unsafe-build: BAD_FAR_FIRST vector-runtime
// unsafe-build: BAD_BEHIND_CALLS vector-runtime
// unsafe-build: BAD_BEHIND_POINTER vector-runtime
// unsafe-build: BAD_PUSHED vector|vector-runtime
// unsafe-build: BAD_PUSHED_BY_STORE vector|vector-runtime
// unsafe-build: BAD_PUSHED_TO_TAIL vector|vector-runtime
// unsafe-build: BAD_PUSHED_TO_FOURTH vector|vector-runtime
// unsafe-build: BAD_PUSHED_TO_INDEX vector|vector-runtime
// unsafe-build: BAD_POPPED vector|vector-runtime
// unsafe-build: BAD_POPPED_ELSEWHERE vector|vector-runtime
// unsafe-build: BAD_LOADED vector|vector-runtime
// unsafe-build: BAD_FLOAT_LOADED vector|vector-runtime
// unsafe-build: BAD_BLOCK vector|vector-runtime
// unsafe-build: BAD_CONDITION vector|vector-runtime
// unsafe-build: BAD_DECLARED vector-runtime
// unsafe-build: BAD_NOT_DECLARED vector-runtime
// unsafe-build: BAD_FOLDED vector-runtime
// safe-build: OK_DECLARED
// safe-build: OK_ALIGNS
// safe-build: OK_OVERWRITTEN
// safe-build: OK_FAR
// safe-build: OK_FIFTH
// safe-build: OK_CONDITION
#include "harness.h"

volatile uint32_t ticks;
uint32_t flash_ticks;
extern harness_handler *const flash_vectors[];
FLASH void flash_isr(void) {
    flash_ticks++;
}
RAM void program(void) {
    QSPI_CR = 1;
    while (QSPI_SR & 1u) {
    }
    QSPI_CR = 0;
}
void nothing(void) {
}
void (*volatile hook)(void) = nothing;
void set(void);
#define TICK_4 \
    ticks++; \
    ticks++; \
    ticks++; \
    ticks++;
#define TICK_32 TICK_4 TICK_4 TICK_4 TICK_4 TICK_4 TICK_4 TICK_4 TICK_4
#define FLASH_ASM(name, body) \
    __asm__(".text\n\t.syntax unified\n\t.fpu fpv4-sp-d16\n\t.thumb\n\t" \
            ".thumb_func\n\t.balign 4\n\t.global " #name "\n\t" \
            ".type " #name ", %function\n" #name ":\n\t" body \
            "\n\t.balign 4\n\t.ltorg\n\t.size " #name ", . - " #name)
#define STORES(from) from "\n\tldr r1, =flash_isr\n\tstr r1, [r0, #60]\n\t"
// use() is called with what is left in r3, or by `set` through more code.
#define SET \
    FLASH_ASM(set, \
            "push {r4, lr}\n\tldr r3, =ram_vectors\n\tbl use\n\tpop {r4, pc}")

typedef volatile uint32_t *words;
#define SCB ((words)0xE000ED00u)
#if defined BAD_NEAR
FLASH void use(uint32_t n, words scb) {
    ticks += n;
    scb[2] = (uint32_t)flash_vectors;
}
FLASH void set(void) {
    use(1, SCB);
}
#elif defined BAD_FAR
FLASH void use(uint32_t n, words scb) {
    ticks += n;
    TICK_32 TICK_32 scb[2] = (uint32_t)flash_vectors;
}
FLASH void set(void) {
    use(1, SCB);
}
#elif defined BAD_FAR_FIRST
FLASH void use(words scb) {
    TICK_32 TICK_32 scb[2] = (uint32_t)flash_vectors;
}
FLASH void set(void) {
    use(SCB);
}
#elif defined BAD_BEHIND_CALLS
FLASH void step(void) {
    ticks++;
}
FLASH void use(uint32_t n, words scb) {
    for (uint32_t i = 0; i < n; i++) {
        step();
        step();
    }
    scb[2] = (uint32_t)flash_vectors;
}
FLASH void set(void) {
    use(1, SCB);
}
#elif defined BAD_BEHIND_POINTER
FLASH void use(uint32_t n, words scb) {
    ticks += n;
    hook();
    scb[2] = (uint32_t)flash_vectors;
}
FLASH void set(void) {
    use(1, SCB);
}
#elif defined BAD_DECLARED
FLASH void use(uint32_t a, uint32_t b, uint32_t c, words scb) {
    ((void (*)(uint32_t, uint32_t, uint32_t, words))hook)(a, b, c, scb);
}
FLASH void set(void) {
    SCB[2] = (uint32_t)ram_vectors;
    use(1, 2, 3, SCB);
}
#elif defined BAD_FOLDED
// As a linker does it with functions that have the same code.
FLASH void alike(void) {
    hook();
}
void use(words scb) __attribute__((alias("alike")));
FLASH void set(void) {
    SCB[2] = (uint32_t)ram_vectors;
    use(SCB);
}
#elif defined BAD_NOT_DECLARED || defined OK_DECLARED
#ifdef OK_DECLARED
FLASH void use(void) {
    hook();
}
#else
FLASH_ASM(use, "ldr r0, =hook\n\tldr r0, [r0]\n\tbx r0");
#endif
FLASH_ASM(set,
        "push {r4, lr}\n\tldr r3, =0xE000ED00\n\tldr r2, =ram_vectors\n\tstr r2, [r3, #8]\n\tbl use\n\tpop {r4, pc}");
#elif defined OK_FAR
FLASH void use(uint32_t n) {
    ticks += n;
    TICK_32 TICK_32 TICK_32
}
FLASH void set(void) {
    SCB[2] = (uint32_t)ram_vectors;
    use(1);
}
#elif defined BAD_PUSHED
SET;
FLASH_ASM(use, "push {r3, lr}\n\tbl fifth\n\tpop {r3, pc}");
FLASH_ASM(fifth, "push {r4, lr}\n\t" STORES("ldr r0, [sp, #8]") "pop {r4, pc}");
#elif defined BAD_PUSHED_BY_STORE
SET;
FLASH_ASM(use,
        "push {r4, lr}\n\tstr r3, [sp, #-4]!\n\tbl fifth\n\tadd sp, #4\n\tpop {r4, pc}");
FLASH_ASM(fifth, STORES("ldr r0, [sp]") "bx lr");
#elif defined BAD_PUSHED_TO_TAIL
FLASH_ASM(set,
        "push {r3, r4, r5, lr}\n\tldr r3, =ram_vectors\n\tbl use\n\tpop {r3, r4, r5, pc}");
FLASH_ASM(use, "push {r3, lr}\n\tbl jumps\n\tpop {r3, pc}");
FLASH_ASM(jumps, "nop\n\tb.w fifth");
FLASH_ASM(fifth, "push {r4, lr}\n\t" STORES("ldr r0, [sp, #8]") "pop {r4, pc}");
#elif defined BAD_PUSHED_TO_FOURTH
SET;
FLASH_ASM(use, "push {r2, r3, r4, lr}\n\tbl sixth\n\tpop {r2, r3, r4, pc}");
FLASH_ASM(sixth, STORES("ldr r0, [sp, #4]") "bx lr");
#elif defined BAD_PUSHED_TO_INDEX
SET;
FLASH_ASM(use, "push {r3, lr}\n\tmovs r0, #0\n\tbl fifth\n\tpop {r3, pc}");
FLASH_ASM(fifth,
        "add r1, sp, #0\n\t" STORES("ldr r0, [r1, r0, lsl #2]") "bx lr");
#elif defined BAD_POPPED
SET;
FLASH_ASM(use,
        "push {r3, lr}\n\tmovs r3, #0\n\tpop {r3}\n\t" STORES(
                "mov r0, r3") "pop {pc}");
#elif defined BAD_POPPED_ELSEWHERE
SET;
FLASH_ASM(use,
        "push {r3, lr}\n\tmovs r3, #0\n\tpop {r2}\n\t" STORES(
                "mov r0, r2") "pop {pc}");
#elif defined BAD_LOADED
SET;
FLASH_ASM(use,
        "push {r3, lr}\n\tmovs r3, #0\n\t" STORES(
                "ldr r0, [sp]") "pop {r3, pc}");
#elif defined BAD_FLOAT_LOADED
SET;
FLASH_ASM(use,
        "push {r3, lr}\n\tmovs r3, #0\n\tvldr s0, [sp]\n\t" STORES(
                "vmov r0, s0") "pop {r3, pc}");
#elif defined BAD_BLOCK
SET;
FLASH_ASM(use,
        "push {r3, lr}\n\tmovs r3, #0\n\tmov r2, sp\n\t" STORES(
                "ldmia r2, {r0}") "pop {r3, pc}");
#elif defined BAD_CONDITION
SET;
FLASH_ASM(use,
        "cmp r0, #0\n\titte ne\n\tmovne r2, #0\n\tmovne r3, #0\n\t"
        "moveq r2, r3\n\tcbnz r0, 1f\n\t" STORES("mov r0, r2") "1:\tbx lr");
#elif defined OK_CONDITION
SET;
FLASH_ASM(use,
        "cmp r0, #0\n\tite ne\n\tmovne r3, #0\n\tmoveq r3, #1\n\tmov r2, r3\n\tbx lr");
#elif defined OK_ALIGNS
SET;
FLASH_ASM(use,
        "push {r3, r4, r5, lr}\n\tmovs r3, #0\n\tbl fourth\n\tpop {r3, r4, r5, pc}");
FLASH_ASM(fourth, "push {r3, lr}\n\tmovs r0, #0\n\tbl nothing\n\tpop {r3, pc}");
#elif defined OK_OVERWRITTEN
SET;
FLASH_ASM(use,
        "push {r3, lr}\n\tmovs r0, #1\n\tstr r0, [sp]\n\tbl fifth\n\tpop {r3, pc}");
FLASH_ASM(fifth,
        "push {r4, lr}\n\tldr r0, [sp, #8]\n\tmovs r3, #0\n\tpop {r4, pc}");
#elif defined OK_FIFTH
SET;
FLASH_ASM(use,
        "push {r3, r4, r5, lr}\n\tsub sp, #8\n\tmovs r0, #1\n\tstr r0, [sp]\n\tbl fifth\n\tadd sp, #8\n\tpop {r3, r4, r5, pc}");
FLASH_ASM(fifth,
        "push {r4, lr}\n\tldr r0, [sp, #8]\n\tmovs r3, #0\n\tpop {r4, pc}");
#endif
int main(void) {
    set();
    program();
    return 0;
}
