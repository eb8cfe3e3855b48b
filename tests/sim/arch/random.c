/*
 * random - random instructions in random states; another machine has to print
 * the same
 *
 * SPDX-License-Identifier: MIT
 *
 * FIRST, BATCHES: the first batch, and how many. A batch is SEQUENCES short
 * programs, each of which is executed once, and one line, "number hash". With
 * WHOLE, two lines for each program: its code, and the state behind it.
 * Programs hold no encoding whose result the architecture leaves open, keep SP
 * and the address of the data, and are interrupted: by SVC, which pends
 * PendSV, and by SysTick at times that differ between machines, which must not
 * matter.
 */
#include "arch.h"
#include "random.h"

#if __ARM_ARCH_ISA_THUMB == 1
#define ARMV6M
#define APSR_BITS 0xF0000000u
#else
#define APSR_BITS 0xF80F0000u
#endif

#define SEQUENCES 1000u
#define LENGTH 12u
#define DATA_WORDS 64u

struct state {
    uint32_t r[13], apsr, unused, fpscr, s[32];
};
static struct state state;
// At the same address on both machines: it gets into registers.
static uint32_t data[DATA_WORDS]
        __attribute__((aligned(256), section(".bss.a")));
static uint16_t code[8 * LENGTH + 16];
static uint16_t *end;

/// Programs ///

static void half(uint32_t h) {
    *end++ = (uint16_t)h;
}

#ifdef ARMV6M
#include "random_base.h"
#else
#include "random_main.h"
#endif

/// States ///

static uint32_t random_value(void) {
    static const uint32_t special[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
            0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0x00800000,
            0x007FFFFF, 0x3F800000, 0x4F000000, 0xCF000000, 0x33000000};
    return below(3) ? random_word() : special[below(15)];
}

static void make_state(void) {
    for (uint32_t i = 0; i < 13; i++) {
        state.r[i] = random_value();
    }
    state.r[BASE] = (uint32_t)(uintptr_t)data;
    state.apsr = random_word() & APSR_BITS;
    state.fpscr = random_word() & 0xF7C0009F;
    for (uint32_t i = 0; i < 32; i++) {
        state.s[i] = random_value();
    }
    for (uint32_t i = 0; i < DATA_WORDS; i++) {
        data[i] = random_value();
    }
}

__attribute__((naked)) static void execute(struct state *at, uint32_t to) {
    (void)at;
    (void)to;
#ifdef ARMV6M
    ASM("push {r0, r4-r7, lr}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n"
        "mov r7, r11\n push {r4-r7}\n mov lr, r1\n"
        "adds r0, #32\n ldmia r0!, {r3-r7}\n subs r0, #52\n"
        "mov r8, r3\n mov r9, r4\n mov r10, r5\n mov r11, r6\n"
        "mov r12, r7\n ldr r3, [r0, #52]\n msr apsr_nzcvq, r3\n"
        "ldmia r0, {r0-r7}\n blx lr\n push {r0-r7}\n mrs r1, apsr\n"
        "ldr r0, [sp, #48]\n str r1, [r0, #52]\n"
        "pop {r2-r5}\n stmia r0!, {r2-r5}\n"
        "pop {r2-r5}\n stmia r0!, {r2-r5}\n"
        "mov r2, r8\n mov r3, r9\n mov r4, r10\n mov r5, r11\n mov r6, r12\n"
        "stmia r0!, {r2-r6}\n pop {r4-r7}\n mov r8, r4\n mov r9, r5\n"
        "mov r10, r6\n mov r11, r7\n pop {r0, r4-r7, pc}");
#else
    ASM("push {r0, r4-r11, lr}\n mov lr, r1\n"
        "add r2, r0, #64\n vldmia r2, {s0-s31}\n"
        "ldr r3, [r0, #60]\n vmsr fpscr, r3\n"
        "ldr r3, [r0, #52]\n msr apsr_nzcvqg, r3\n"
        "ldmia r0, {r0-r12}\n blx lr\n"
        "push {r0}\n ldr r0, [sp, #4]\n"
        "add r0, r0, #4\n stmia r0, {r1-r12}\n sub r0, r0, #4\n"
        "pop {r1}\n str r1, [r0]\n"
        "mrs r1, apsr\n str r1, [r0, #52]\n"
        "vmrs r1, fpscr\n str r1, [r0, #60]\n"
        "add r2, r0, #64\n vstmia r2, {s0-s31}\n"
        "pop {r0, r4-r11, pc}");
#endif
}

static uint32_t hash_of(uint32_t hash, const uint32_t *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        hash = (hash ^ words[i]) * 16777619u;
        hash ^= hash >> 15;
    }
    return hash;
}

/// Interrupts ///

// All that an exception has to keep, and no more.
#ifdef ARMV6M
#define SPOIL_FP
#else
#define SPOIL_FP "vmsr fpscr, r0\n vmov.f32 s0, #2.0\n vmul.f32 s15, s0, s0\n"
#endif
#define SPOIL \
    SPOIL_FP "movs r0, #0\n mvns r1, r0\n mov r2, r1\n mov r3, r1\n" \
             "mov r12, r1\n adds r0, r1, r1\n"

__attribute__((naked)) static void on_interrupt(void) {
    ASM(SPOIL "bx lr");
}

__attribute__((naked)) static void on_svc(void) {
    ASM("ldr r0, =0xE000ED04\n ldr r1, =0x10000000\n str r1, [r0]\n" SPOIL
        "bx lr\n .ltorg");
}

static void on_fault(void) {
    put("fault\r\n");
    for (;;) {
    }
}

/// Batches ///

static void batch(uint32_t number) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        seed = 0x9E3779B97F4A7C15u * (number * SEQUENCES + i + 1);
        make_program();
        make_state();
        BARRIER();
        execute(&state, (uint32_t)(uintptr_t)code | 1);
        state.r[11] = 0; // an address, which the other machine has elsewhere
        const uint32_t *all = (const uint32_t *)&state;
        hash = hash_of(hash, all, sizeof state / 4);
        hash = hash_of(hash, data, DATA_WORDS);
#ifdef WHOLE
        hex(i, 4);
        for (const uint16_t *h = code; h < end; h++) {
            uart_put(' ');
            hex(*h, 4);
        }
        put("\r\n     ");
        for (uint32_t k = 0; k < sizeof state / 4; k++) {
            uart_put(' ');
            hex(all[k], 8);
        }
        uart_put(' ');
        hex(hash_of(0, data, DATA_WORDS), 8);
        put("\r\n");
#endif
    }
    hex(number, 8);
    uart_put(' ');
    hex(hash, 8);
    put("\r\n");
}

void start(void);
void start(void) {
    extern uint32_t bss_start[], bss_end[];
    for (uint32_t *p = bss_start; p < bss_end; p++) {
        *p = 0;
    }
    uart_open();
#ifndef ARMV6M
    CPACR = 0xFu << 20;
    BARRIER();
#endif
    R32(0xE000E014) = 4999; // SysTick
    R32(0xE000E018) = 0;
    R32(0xE000E010) = 7;
    for (uint32_t i = 0; i < BATCHES; i++) {
        batch(FIRST + i);
    }
    put("that was all\r\n");
    for (;;) {
    }
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[16])(void) = {
        (void (*)(void))stack_top, start, on_fault, on_fault, on_fault,
        on_fault, on_fault, 0, 0, 0, 0, on_svc, on_fault, 0, on_interrupt,
        on_interrupt};
