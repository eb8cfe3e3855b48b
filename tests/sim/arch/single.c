/*
 * single - single instructions of any encoding in random states; another
 * machine has to print the same
 *
 * SPDX-License-Identifier: MIT
 *
 * FIRST, COUNT: the first instruction, and how many. One line for each:
 * encoding, what came of it, hash of the state; with WHOLE, the state itself.
 * What came of it is the number of the next exception, or 'u' for an undefined
 * instruction. The first E800h instructions are all of 16 bits, in order, and
 * so again and again with other states up to NARROW; the others are random ones
 * of 32 bits.
 *
 * The instruction lies in a page of SVCs and is started by an exception return.
 * The next exception, whichever it is, looks at what has become of the state.
 * With an MPU the thread is unprivileged, but for instructions that access
 * special registers, and reaches its code and its data only. Without one its
 * addresses are chosen.
 */
#include <stdbool.h>

#include "arch.h"
#include "random.h"

#define NARROWS 0xE800u
#define NARROW (4 * NARROWS)
#define PAGE_WORDS 256u // of data, and of code
#define SLOT 64u        // the instruction's word of the page
#define FRAME_WORDS 8u
#define FP_WORDS 18u

#if __ARM_ARCH_ISA_THUMB == 1
#define ARMV6M
#define FP_FRAME 0
#define RETURN 0xFFFFFFFDu
#else
#define FP_FRAME 1
#define RETURN 0xFFFFFFEDu
#endif
#define STACKED (FRAME_WORDS + FP_FRAME * FP_WORDS)

#define ICSR R32(0xE000ED04)
#define AIRCR R32(0xE000ED0C)
#define HFSR R32(0xE000ED2C)
#define MMFAR R32(0xE000ED34)
#define BFAR R32(0xE000ED38)
#define PENDED 0xF000u           // of SHCSR: what was overtaken
#define STACK_ERRORS 0x00101010u // MSTKERR, STKERR, STKOF

// Whole pages: what lies beside them is for the handler alone.
struct memory {
    uint32_t code[PAGE_WORDS], data[PAGE_WORDS];
};
static struct memory memory __attribute__((aligned(2048), section(".bss.a")));
static uint32_t kept[8]; // r4 to r11 of the thread
#if FP_FRAME
static uint32_t high[16]; // s16 to s31
#endif
static uint32_t done, hash, encoding;

static uint32_t address_of(const void *p) {
    return (uint32_t)(uintptr_t)p;
}

/// The instruction ///

static bool is_wide(uint32_t w) {
    return w >> 16;
}

static uint32_t choose(void) {
    if (done < NARROW) {
        return done % NARROWS;
    }
    const uint32_t first = 0xE800 + below(0x1800);
    return first << 16 | (random_word() & 0xFFFF);
}

// Computes the PC, as a result or a base, which is unpredictable: QEMU may go
// there for ever.
static bool computes_pc(uint32_t w) {
    if ((w & 0xFA2F0000) == 0xE82F0000 || (w & 0xFFFFFF00) == 0xF3EF8F00 ||
            (w & 0xFFEFD000) == 0xF38F8000) { // MRS, MSR
        return true;
    }
    const uint32_t to = w >> 8 & 15, op = w >> 20 & 31; // with S
    const bool compares = w < 0xFA000000 && (w & 0xFA000000) != 0xF2000000 &&
            (op == 1 || op == 9 || op == 17 || op == 27); // TST, TEQ, CMN, CMP
    return is_wide(w) && to == 15 && !compares &&
            ((w & 0xF8008000) == 0xF0000000 || (w & 0xFE000000) == 0xEA000000 ||
                    (w & 0xFE000000) == 0xFA000000);
}

// What another exception than that of the SVC behind it would have to end: WFI,
// and branches to themselves; and what would reach beyond that SVC.
static bool goes_on_alone(uint32_t w) {
    const bool branch = (w & 0xF0FF) == 0xD0FE && w < 0xDE00;
    const bool wide = (w & 0xFC3FFFFF) == 0xF43FAFFE || w == 0xF7FFFFFE ||
            w == 0xF7FFBFFE;
#ifdef ARMV6M
    // SP and PC to nowhere: ADD, MOV of one and SP or PC; a branch out of the
    // page, a load or store beyond it.
    const uint32_t target = 4 * SLOT + 4 + ((w & 0x7FF) ^ 0x400) * 2 - 0x800;
    if (((w & 0xFDE8) == 0x44E8 && (w & 0x85) == 0x85) ||
            (w >> 11 == 0x1C && target >= 4 * PAGE_WORDS) ||
            (w >> 12 == 9 && (w & 0xFF) > 64)) {
        return true;
    }
#endif
    // MSR to a register of the Non-secure state, which QEMU would keep.
    const bool non_secure = (w & 0xFFE0D080u) == 0xF3808080u;
    return branch || wide || non_secure || computes_pc(w) || w == 0xE7FE ||
            w == 0xBF30 || w == 0xF3AF8003;
}

#ifndef ARMV6M
// MSR, MRS, CPS. With FAULTMASK set the SVC behind it would be a lockup.
static bool is_special(uint32_t w) {
    const bool faultmask =
            (w & 0xFFF1) == 0xB671 || ((w & 0xFFE000FFu) == 0xF3800013u);
    return !faultmask &&
            ((w & 0xFFC0D000u) == 0xF3808000u ||
                    (w & 0xFFE0D000u) == 0xF3E08000u ||
                    (w & 0xFFFFFFE0u) == 0xB660);
}
#endif

static void place(uint32_t w) {
    uint16_t *slot = (uint16_t *)&memory.code[SLOT];
    slot[0] = (uint16_t)(is_wide(w) ? w >> 16 : w);
    slot[1] = is_wide(w) ? (uint16_t)w : 0xDF00;
}

/// Its state ///

static uint32_t data_address(void) {
    const uint32_t skew = below(4) ? 0 : below(4);
    return address_of(&memory.data[96 + below(64)]) + skew;
}

static uint32_t code_address(void) {
    const uint32_t word = (SLOT + 1 + below(PAGE_WORDS - 1)) % PAGE_WORDS;
    return address_of(&memory.code[word]) | (below(8) != 0);
}

#ifdef ARMV6M
// Nothing is there, in any of the machines.
static uint32_t nowhere(void) {
    return 0x70000000u + (random_word() & 0xFFFFFC);
}

// The base of a load or store, 5xxx to 9xxx and Cxxx; 16: none.
static uint32_t base_of(uint32_t w) {
    const uint32_t kind = w >> 12;
    return kind >= 5 && kind <= 8 ? w >> 3 & 7 : kind == 12 ? w >> 8 & 7 : 16;
}

static uint32_t random_value(uint32_t reg) {
    const uint32_t w = encoding;
    if (w >> 12 == 5 && reg == (w >> 6 & 7)) {
        return reg == (w >> 3 & 7) ? data_address() / 2 : below(32) * 4;
    }
    if (reg == base_of(w)) {
        return below(8) ? data_address() : nowhere();
    }
    if (reg == (w >> 3 & 15) && (w & 0xFF87) == 0x4485) {
        return below(16) * 4; // ADD SP
    }
    if (reg == (w >> 3 & 15) && (w & 0xFF87) == 0x4685) {
        return data_address();
    }
    if ((w & 0xFF00) == 0x4700) {
        return below(4) ? code_address() : nowhere() | 1;
    }
    if ((w & 0xFF87) == 0x4487) {
        return below(PAGE_WORDS) * 2; // ADD PC
    }
    return (w & 0xFF87) == 0x4687 ? code_address() : random_word();
}

static uint32_t random_data(void) {
    return code_address();
}
#else
static uint32_t random_value(uint32_t reg) {
    static const uint32_t special[] = {0, 1, 2, 31, 32, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFFF, 0x7F800000, 0x7FC00000, 0x7F800001, 0x00800000,
            0x007FFFFF, 0x3F800000, 0x4F000000, 0xCF000000};
    (void)reg;
    switch (below(8)) {
    case 0:
    case 1:
    case 2:
        return data_address();
    case 3:
        return code_address();
    case 4:
        return special[below(16)];
    case 5:
        return below(256);
    default:
        return random_word();
    }
}

static uint32_t random_data(void) {
    return random_value(0);
}
#endif

static void make_data(void) {
    for (uint32_t i = 96; i < 160; i++) {
        memory.data[i] = random_data();
    }
}

// Where the thread goes on, as an exception return finds it.
static uint32_t *make_frame(void) {
    // Of 16 bytes: nothing is aligned on entry.
    uint32_t *const sp = &memory.data[128 + 4 * below(4)];
    uint32_t *const frame = sp - STACKED;
    for (uint32_t i = 0; i < 4; i++) {
        frame[i] = random_value(i);
    }
    frame[4] = random_value(12);
    frame[5] = random_value(14);
    frame[6] = address_of(&memory.code[SLOT]);
    frame[7] = (random_word() & 0xF80F0000u) | 1u << 24;
    for (uint32_t i = 0; i < 8; i++) {
        kept[i] = random_value(4 + i);
    }
#if FP_FRAME
    for (uint32_t i = 8; i < 24; i++) {
        frame[i] = random_value(0);
    }
    for (uint32_t i = 0; i < 16; i++) {
        high[i] = random_value(0);
    }
    frame[24] = random_word() & 0xF7C0009Fu;
    frame[25] = 0;
#else
    frame[7] &= 0xF1000000u;
#endif
    return frame;
}

#ifdef __ARM_ARCH_8M_MAIN__
// Of its stack, in half of all cases, and none that SP is below: whether an
// instruction that moves SP up from there stops is open.
static uint32_t stack_limit(const uint32_t *frame) {
    const uint32_t sp = address_of(frame + STACKED);
    return below(2) ? 0 : sp - 8 * below(20);
}
#endif

/// What has become of it ///

static void mix(uint32_t word) {
    hash = (hash ^ word) * 16777619u;
    hash ^= hash >> 15;
#ifdef WHOLE
    uart_put(' ');
    hex(word, 8);
#endif
}

static uint32_t hash_of(const uint32_t *words, uint32_t count) {
    uint32_t h = 0;
    for (uint32_t i = 0; i < count; i++) {
        h = (h ^ words[i]) * 16777619u;
        h ^= h >> 15;
    }
    return h;
}

// Behind the words that are made anew each time; written by few. They are 0.
static uint32_t take_rest(void) {
    uint32_t any = 0;
    for (uint32_t i = 0; i < 96; i++) {
        any |= memory.data[i] | memory.data[160 + i];
    }
    if (any) {
        any = hash_of(memory.data, PAGE_WORDS);
        for (uint32_t i = 0; i < 96; i++) {
            memory.data[i] = memory.data[160 + i] = 0;
        }
    }
    return any;
}

static bool is_in(const void *p, const uint32_t page[PAGE_WORDS]) {
    return address_of(p) - address_of(page) < 4 * PAGE_WORDS;
}

static void describe(const uint32_t *frame, uint32_t exc_return) {
    const uint32_t number = ICSR & 0x1FF;
#ifdef ARMV6M
    const uint32_t cfsr = 0, hfsr = 0;
#else
    const uint32_t cfsr = CFSR, hfsr = HFSR;
#endif
    mix(number);
    mix(SHCSR & PENDED);
    mix(cfsr);
    mix(hfsr);
    mix(cfsr & 0x80 ? MMFAR : 0);
    mix(cfsr & 0x8000 ? BFAR : 0);
    for (uint32_t i = 0; i < 8; i++) {
        mix(kept[i]);
    }
    const uint32_t rest = take_rest();
    if ((cfsr & STACK_ERRORS) || !is_in(frame, memory.data)) {
        return; // it holds nothing
    }
    mix(exc_return);
    mix(address_of(frame) - address_of(memory.data));
    for (uint32_t i = 0; i < FRAME_WORDS; i++) {
        mix(frame[i]);
    }
#if FP_FRAME
    if (!(exc_return & 0x10)) {
        mix(hash_of(frame + 8, 16));
        mix(frame[24]);
        mix(hash_of(high, 16));
    }
#endif
    mix(hash_of(memory.data + 96, 64));
    mix(rest);
}

static void tell(const uint32_t *frame, uint32_t exc_return) {
    const uint32_t number = ICSR & 15;
#ifdef ARMV6M
    const bool undefined = false; // a HardFault like any other
#else
    const bool undefined = CFSR & 1u << 16;
#endif
    hex(encoding, is_wide(encoding) ? 8 : 4);
    uart_put(' ');
    uart_put(undefined ? 'u' : "0123456789abcdef"[number]);
    hash = 2166136261u;
    describe(frame, exc_return);
    uart_put(' ');
    hex(hash, 6);
    put("\r\n");
}

static void finish(void) {
    put("that was all\r\n");
    for (;;) {
    }
}

static void next_encoding(void) {
    do {
        if (done == FIRST + COUNT) {
            finish();
        }
        seed = 0x9E3779B97F4A7C15u * (done + 1);
        (void)random_word();
        (void)random_word();
        encoding = choose();
        done++;
    } while (goes_on_alone(encoding));
}

static void rights(uint32_t mpu_ctrl) {
#ifdef ARMV6M
    (void)mpu_ctrl;
#else
    R32(0xE000ED94) = mpu_ctrl;
    BARRIER();
#endif
}

// The thread is described, and the next one is made. Its frame.
uint32_t *next(const uint32_t *frame, uint32_t exc_return);
uint32_t *next(const uint32_t *frame, uint32_t exc_return) {
    if (exc_return) {
        tell(frame, exc_return);
    }
    next_encoding();
    SHCSR &= ~PENDED;
#ifndef ARMV6M
    CFSR = 0xFFFFFFFF;
    HFSR = 0xFFFFFFFF;
#endif
    make_data();
    rights(0); // an Armv8-M has no right to write that threads do not share
    place(encoding);
    rights(5);
    uint32_t *const made = make_frame();
#ifdef ARMV6M
    const uint32_t control = 0;
#else
    const uint32_t control = !is_special(encoding);
#endif
#ifdef __ARM_ARCH_8M_MAIN__
    ASM("msr psplim, %0" ::"r"(stack_limit(made)));
#endif
    ASM("msr psp, %0\n msr control, %1\n msr primask, %2" ::"r"(made),
            "r"(control), "r"(0));
#ifndef ARMV6M
    ASM("msr basepri, %0\n msr faultmask, %0" ::"r"(0));
#endif
    BARRIER();
    return made;
}

/// Exceptions ///

// All of them: the thread may have moved both stacks, and set their limits.
__attribute__((naked, used)) static void on_exception(void) {
    ASM("mov r1, lr\n ldr r0, =kept\n"
#ifdef ARMV6M
        "stmia r0!, {r4-r7}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n"
        "mov r7, r11\n stmia r0!, {r4-r7}\n"
#else
        "stmia r0, {r4-r11}\n ldr r0, =high\n vstmia r0, {s16-s31}\n"
#endif
        "mrs r0, psp\n movs r2, #4\n tst r1, r2\n bne 1f\n mrs r0, msp\n"
#ifdef __ARM_ARCH_8M_MAIN__
        "1: movs r2, #0\n msr psplim, r2\n msr msplim, r2\n"
#else
        "1:\n"
#endif
        "ldr r2, =stack_top\n mov sp, r2\n"
        "ldr r2, =resume\n mov lr, r2\n ldr r2, =next\n bx r2\n .ltorg");
}

__attribute__((naked, used)) static void resume(void) {
    ASM("ldr r0, =kept\n"
#ifdef ARMV6M
        "adds r0, r0, #16\n ldmia r0!, {r4-r7}\n mov r8, r4\n mov r9, r5\n"
        "mov r10, r6\n mov r11, r7\n subs r0, r0, #32\n ldmia r0!, {r4-r7}\n"
#else
        "ldmia r0, {r4-r11}\n ldr r0, =high\n vldmia r0, {s16-s31}\n"
#endif
        "ldr r0, =%c0\n bx r0\n .ltorg" ::"i"(RETURN));
}

__attribute__((naked, used)) static void on_first(void) {
    ASM("movs r1, #0\n ldr r2, =resume\n mov lr, r2\n ldr r2, =next\n"
        "bx r2\n .ltorg");
}

/// The page's rights ///

#ifndef ARMV6M
static void protect(void) {
#if defined __ARM_ARCH_8M_MAIN__
    R32(0xE000EDC0) = 0x44;
    R32(0xE000ED98) = 0;
    R32(0xE000ED9C) = address_of(memory.code) | 3 << 1; // read only
    R32(0xE000EDA0) = (address_of(memory.code) + 1023) | 1;
    R32(0xE000ED98) = 1;
    R32(0xE000ED9C) = address_of(memory.data) | 1 << 1 | 1;
    R32(0xE000EDA0) = (address_of(memory.data) + 1023) | 1;
#else
    R32(0xE000ED9C) = address_of(memory.code) | 0x10;
    R32(0xE000EDA0) = 2u << 24 | 1u << 16 | 9 << 1 | 1;
    R32(0xE000ED9C) = address_of(memory.data) | 0x11;
    R32(0xE000EDA0) = 1u << 28 | 3u << 24 | 1u << 16 | 9 << 1 | 1;
#endif
}
#endif

void start(void);
void start(void) {
    extern uint32_t bss_start[], bss_end[];
    for (uint32_t *p = bss_start; p < bss_end; p++) {
        *p = 0;
    }
    done = FIRST;
    uart_open();
    for (uint32_t i = 0; i < PAGE_WORDS; i++) {
        memory.code[i] = 0xDF00DF00;
    }
#ifndef ARMV6M
    CPACR = 0xFu << 20;
    BARRIER();
    SHCSR = 7u << 16;
    R32(0xE000EF34) = 1u << 31;    // FP registers are stacked at once
    R32(0xE000ED1C) = 0x80u << 24; // SVC is below the faults
    CCR |= 0x10;                   // DIV_0_TRP
    protect();
#endif
    ICSR = 1u << 28;
    for (;;) {
    }
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[16])(void) = {
        (void (*)(void))stack_top, start, on_exception, on_exception,
        on_exception, on_exception, on_exception, on_exception, 0, 0, 0,
        on_exception, on_exception, 0, on_first, on_exception};
