/*
 * arch_v8 - what Armv8-M adds: limits of stacks, acquire and release, regions
 * by their ends, TT
 *
 * SPDX-License-Identifier: MIT
 */
#include "arch.h"

#ifdef __ARM_ARCH_8M_MAIN__

static uint32_t space[64] __attribute__((aligned(256)));

/// Acquire and release ///

static void ordered(void) {
    uint32_t value, status;
    space[0] = 0x87654321;
    ASM("lda %0, [%1]" : "=r"(value) : "r"(space));
    say("lda", value);
    ASM("ldah %0, [%1]" : "=r"(value) : "r"(space));
    say("ldah", value);
    ASM("ldab %0, [%1]" : "=r"(value) : "r"(space));
    say("ldab", value);
    ASM("stl %0, [%1]" ::"r"(0x11223344), "r"(space) : "memory");
    say("stl", space[0]);
    ASM("stlh %0, [%1]\n stlb %0, [%2]" ::"r"(0x5566), "r"(space),
            "r"((uint8_t *)space + 3)
            : "memory");
    say("stlh_stlb", space[0]);
    ASM("ldaex %0, [%2]\n stlex %1, %3, [%2]"
            : "=&r"(value), "=&r"(status)
            : "r"(space), "r"(7)
            : "memory");
    say("ldaex", value);
    say("stlex", status << 16 | space[0]);
    ASM("stlexh %0, %2, [%1]" : "=&r"(status) : "r"(space), "r"(9) : "memory");
    say("stlex_without", status << 16 | space[0]);
    ASM("lda r2, [%0]" ::"r"((uint8_t *)space + 2) : "r2");
    fault("lda_unaligned");
    ASM("stlh r2, [%0]" ::"r"((uint8_t *)space + 1) : "r2");
    fault("stlh_unaligned");
    ASM("ldaex r2, [%0]" ::"r"((uint8_t *)space + 1) : "r2");
    fault("ldaex_unaligned");
}

/// Limits ///

#define LIMIT (space + 16)

// The instruction on a process stack with so many bytes above its limit.
#define LIMITED(instruction, bytes) \
    do { \
        register uint32_t *limit_ __asm("r0") = LIMIT; \
        register uint32_t *sp_ __asm("r1") = LIMIT + (bytes) / 4; \
        ASM("push {r4-r11}\n msr psplim, r0\n msr psp, r1\n movs r2, #2\n" \
            "msr control, r2\n isb\n" instruction "\n mov r1, sp\n" \
            "movs r2, #0\n msr control, r2\n isb\n msr psplim, r2\n" \
            "pop {r4-r11}" \
                : "+r"(limit_), "+r"(sp_)::"r2", "r3", "r12", "lr", "memory"); \
        put_word(instruction); \
        say("_sp", (uint32_t)((uint8_t *)sp_ - (uint8_t *)LIMIT)); \
        put_word(instruction); \
        fault("_limit"); \
    } while (0)

static void limits(void) {
    uint32_t value;
    ASM("msr msplim, %1\n mrs %0, msplim\n msr msplim, %2"
            : "=&r"(value)
            : "r"(0x107), "r"(0));
    say("msplim", value);
    LIMITED("sub sp, #64", 64);
    LIMITED("sub.w sp, #72", 64);
    LIMITED("subs.w sp, #72", 64);
    LIMITED("mvn r0, #71\n add sp, r0", 64);
    LIMITED("mov r0, sp\n subs r0, #40\n mov sp, r0", 32);
    LIMITED("str.w r0, [sp, #-72]!", 64);
    LIMITED("strb.w r0, [sp], #-72", 64);
    LIMITED("ldr.w r0, [sp, #-72]!", 64);
    LIMITED("strd r0, r1, [sp, #-72]!", 64);
    LIMITED("push {r0-r7}", 32);
    LIMITED("push.w {r0-r8, r10, r12, lr}", 40);
    LIMITED("stmdb sp!, {r0-r12}", 48);
    LIMITED("ldmdb sp!, {r0-r3, r12}", 64);
    LIMITED("vpush {s0-s31}", 120);
}

// FPCCR of a fault whose frame with FP registers was below the limit, before
// and behind an FP instruction; and the words below it, which nothing writes.
#define FPCCR_LAZY 0x201u // SPLIMVIOL, LSPACT
volatile uint32_t lazy_seen[2];

static void forget_lazy(void) {
    lazy_seen[0] = lazy_seen[1] = 0;
    for (uint32_t *p = LIMIT - 16; p < LIMIT; p++) {
        *p = 0x12345678;
    }
}

static void say_lazy(void) {
    uint32_t written = 0;
    for (uint32_t *p = LIMIT - 16; p < LIMIT; p++) {
        written += *p != 0x12345678;
    }
    say("lazy_entry", lazy_seen[0] & FPCCR_LAZY);
    say("lazy_used", lazy_seen[1] & FPCCR_LAZY);
    say("lazy_written", written);
}

// Exception entry has no space for its frame: UsageFault goes before SVC; or
// the UsageFault of the limit itself has none.
__attribute__((noipa)) static void entry(const char *name, uint32_t own) {
    static uint32_t frame[26] __attribute__((aligned(8)));
    extern uint32_t resumed[];
    frame[6] = (uint32_t)(uintptr_t)resumed & ~1u;
    frame[7] = 1u << 24;
    escape = frame;
    register uint32_t *limit __asm("r0") = LIMIT;
    register uint32_t *sp __asm("r1") = LIMIT + 6;
    register uint32_t faults __asm("r3") = own;
    ASM("push {r4-r11}\n msr psplim, r0\n msr psp, r1\n movs r2, #2\n"
        "msr control, r2\n isb\n cbnz r3, 1f\n svc 4\n 1: sub sp, #64\n"
        ".global resumed\n resumed:\n mov r1, sp\n movs r2, #0\n"
        "msr control, r2\n isb\n msr psplim, r2\n pop {r4-r11}"
            : "+r"(limit), "+r"(sp), "+r"(faults)::"r2", "r12", "lr", "memory");
    put(name);
    say("_sp", (uint32_t)((uint8_t *)sp - (uint8_t *)frame));
    put(name);
    fault("_stkof");
}

/// Regions ///

#define MPU_CTRL R32(0xE000ED94)
#define MPU_RNR R32(0xE000ED98)
#define MPU_RBAR R32(0xE000ED9C)
#define MPU_RLAR R32(0xE000EDA0)
#define MPU_RBAR_A1 R32(0xE000EDA4)
#define MPU_RLAR_A1 R32(0xE000EDA8)
#define MPU_MAIR0 R32(0xE000EDC0)
#define MMFAR R32(0xE000ED34)

static void region(uint32_t number, const void *first, const void *last,
        uint32_t rights) {
    MPU_RNR = number;
    MPU_RBAR = (uint32_t)(uintptr_t)first | rights;
    MPU_RLAR = (uint32_t)(uintptr_t)last | 1;
}

static void touch(const char *name, uint32_t *at) {
    uint32_t value = 0;
    MMFAR = (uint32_t)(uintptr_t)space;
    ASM("ldr %0, [%1]" : "+r"(value) : "r"(at));
    say(name, MMFAR - (uint32_t)(uintptr_t)space);
    put(name);
    fault("_load");
    ASM("str %0, [%1]" ::"r"(value), "r"(at) : "memory");
    put(name);
    fault("_store");
    ASM("ldrt %0, [%1]" : "+r"(value) : "r"(at));
    put(name);
    fault("_ldrt");
    ASM("strt %0, [%1]" ::"r"(value), "r"(at) : "memory");
    put(name);
    fault("_strt");
    ASM("tt %0, %1" : "=r"(value) : "r"(at));
    put(name);
    say("_tt", value & 0x000D00FF);
    ASM("ttt %0, %1" : "=r"(value) : "r"(at));
    put(name);
    say("_ttt", value & 0x000D00FF);
    ASM("tta %0, %1" : "=r"(value) : "r"(at));
    put(name);
    say("_tta", value & 0x007D00FF);
    ASM("ttat %0, %1" : "=r"(value) : "r"(at));
    put(name);
    say("_ttat", value & 0x007D00FF);
}

static void regions(void) {
    touch("no_mpu", space);
    MPU_MAIR0 = 0x44;
    say("mair", MPU_MAIR0);
    // AP and XN of RBAR: for all, read only; privileged; read only; never code.
    region(0, space, space + 15, 3 << 1);
    region(1, space + 16, space + 23, 0 << 1);
    region(2, space + 24, space + 31, 2 << 1);
    region(3, space + 32, space + 47, 1 << 1 | 1);
    region(4, space + 40, space + 63, 1 << 1);
    MPU_RNR = 4;
    MPU_RBAR_A1 = 0xFFFFFFFF;
    say("rbar_a1", MPU_RBAR_A1);
    MPU_RNR = 5;
    say("rbar_5", MPU_RBAR);
    MPU_RLAR_A1 = 0;
    MPU_CTRL = 5;
    BARRIER();
    touch("read_only", space + 3);
    touch("last_word", space + 15);
    touch("privileged", space + 16);
    touch("privileged_ro", space + 31);
    touch("all", space + 32);
    touch("both", space + 41);
    touch("behind", space + 48);
    space[50] = 0x47704770; // bx lr
    space[33] = 0x47704770;
    BARRIER();
    ASM("blx %0" ::"r"((uint8_t *)&space[50] + 1) : "lr", "memory");
    fault("executes");
    ASM("blx %0" ::"r"((uint8_t *)&space[33] + 1) : "lr", "memory");
    fault("never");
    MPU_CTRL = 0;
    BARRIER();
}

/// The rest ///

void armv8(void) {
    uint32_t control;
    ASM("msr control, %0\n isb" ::"r"(0));
    say("v8_ccr", CCR);
    ASM("vmov.f32 s0, #1.0\n mrs %0, control" : "=r"(control)::"s0");
    say("sfpa", control);
    ASM("sg"); // nothing, in Secure memory
    fault("sg");
    ordered();
    ASM("msr control, %0\n isb" ::"r"(0)); // frames without FP
    SHCSR |= 7u << 16;
    limits();
    entry("entry", 0);
    entry("own", 1);
    SHCSR = 0;
    entry("entry_escalates", 0);
    entry("own_escalates", 1);
    SHCSR = 7u << 16;
    forget_lazy();
    ASM("vmov.f32 s0, #1.0" ::: "s0");
    entry("entry_fp", 0);
    say_lazy();
    ASM("msr control, %0\n isb" ::"r"(0));
    regions();
}

#endif
