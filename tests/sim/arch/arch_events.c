/*
 * arch_events - of the Main profiles: waiting, unprivileged writes, bit-band,
 * regions of Armv7-M, accesses that fault halfway
 *
 * SPDX-License-Identifier: MIT
 */
#include "arch.h"

#if __ARM_ARCH_ISA_THUMB != 1

#define SCR R32(0xE000ED10)
#define ICSR R32(0xE000ED04)
#define MMFAR R32(0xE000ED34)
#define ENABLED R32(0xE000E100)
#define DISABLED R32(0xE000E180)
#define PENDED R32(0xE000E200)
#define UNPENDED R32(0xE000E280)

enum { ONE = 1u << 6 }; // an interrupt

// None of these sleeps for ever: each waits for what is already there.
static void waits(void) {
    ENABLED = ONE;
    ASM("cpsid i");
    PENDED = ONE;
    ASM("dsb\n wfi");
    say("wfi_primask", ICSR >> 22 & 1); // ISRPENDING: it did not run
    ASM("cpsie i\n isb");
    say("wfi_runs", ICSR >> 22 & 1);
    DISABLED = ONE;
    SCR = 0x10; // SEVONPEND
    ASM("sev\n wfe");
    PENDED = ONE; // of an interrupt that is disabled
    ASM("dsb\n wfe");
    say("sevonpend", PENDED & ONE);
    UNPENDED = ONE;
    say("scr", SCR);
    SCR = 0;
    ASM("sev\n wfe"); // the event register is set, and clear again
    say("unpended", PENDED & ONE);
}

// A thread without rights reads some of it and writes none.
static void unprivileged(void) {
    uint32_t control, basepri, psp, ipsr;
    ASM("mrs r4, psp\n movs r5, #1\n msr control, r5\n isb\n"
        "movs r6, #0\n msr control, r6\n isb\n mrs %0, control\n"
        "movs r6, #64\n msr basepri, r6\n msr faultmask, r5\n"
        "mrs %1, basepri\n msr psp, r6\n mrs %2, psp\n mrs %3, ipsr\n"
        "svc 2\n mrs r6, psp\n subs r6, r6, r4\n add %2, %2, r6\n"
        "mrs r6, faultmask\n add %2, %2, r6"
            : "=&r"(control), "=&r"(basepri), "=&r"(psp), "=&r"(ipsr)::"r4",
            "r5", "r6", "memory");
    say("unprivileged_control", control & 3);
    say("unprivileged_basepri", basepri);
    say("unprivileged_psp", psp);
    say("unprivileged_ipsr", ipsr);
}

// Registers and memory of an access that is not aligned, which stays undone.
static void halfway(void) {
    static uint32_t words[4] = {1, 2, 3, 4};
    uint32_t base = (uint32_t)(uintptr_t)words + 2, first = 7;
    ASM("mov r2, #5\n mov r3, #6\n ldrd r2, r3, [%0], #8\n"
        "add %1, r2, r3, lsl #4"
            : "+r"(base), "=r"(first)::"r2", "r3", "memory");
    fault("ldrd_post");
    say("ldrd_registers", first);
    say("ldrd_base", base - (uint32_t)(uintptr_t)words);
    ASM("mov r2, #5\n mov r3, #6\n ldmia %0!, {r2, r3}\n"
        "add %1, r2, r3, lsl #4"
            : "+r"(base), "=r"(first)::"r2", "r3", "memory");
    fault("ldm_wb");
    say("ldm_registers", first);
    say("ldm_base", base - (uint32_t)(uintptr_t)words);
    ASM("mov r2, #5\n mov r3, #6\n stmdb %0!, {r2, r3}" ::"r"(base + 8)
            : "r2", "r3", "memory");
    fault("stm_wb");
    say("stm_memory", words[0] << 8 | words[1] << 4 | words[2]);
    ASM("mov r2, #5\n movs r3, #0\n cmp r3, #0\n ittee eq\n"
        "addeq r2, #1\n ldrexeq r3, [%1]\n addne r2, #16\n addne r2, #32\n"
        "mov %0, r2"
            : "=r"(first)
            : "r"(base)
            : "r2", "r3", "cc", "memory");
    fault("it_fault"); // the handler ends the block
    say("it_registers", first);
}

#if !defined __ARM_ARCH_8M_MAIN__
#define MPU_CTRL R32(0xE000ED94)
#define MPU_RNR R32(0xE000ED98)
#define MPU_RBAR R32(0xE000ED9C)
#define MPU_RASR R32(0xE000EDA0)

static uint32_t block[256] __attribute__((aligned(1024)));

static void region(uint32_t number, uint32_t rasr) {
    MPU_RNR = number;
    MPU_RBAR = (uint32_t)(uintptr_t)block;
    MPU_RASR = rasr;
}

static void touch(const char *name, uint32_t word) {
    volatile uint32_t *const at = &block[word];
    const uint32_t base = (uint32_t)(uintptr_t)block;
    (void)*at;
    const uint32_t far = MMFAR;
    put(name);
    put_char('_');
    hex(word, 2);
    fault("_load");
    *at = word;
    put(name);
    put_char('_');
    hex(word, 2);
    fault("_store");
    say("mmfar", far - base < 1024 ? far - base : 0xFFFFFFFF);
}

static void regions(void) {
    // 1 KB without rights but for its subregions 1 and 7, where region 1 is
    // met, read only; region 2 gives the first 256 bytes back.
    region(0, 9 << 1 | 1);
    region(1, 6u << 24 | 9 << 1 | 1);
    region(2, 3u << 24 | 7 << 1 | 1);
    MPU_RNR = 1;
    MPU_RASR = 6u << 24 | 0x42u << 8 | 9 << 1 | 1;
    MPU_RNR = 0;
    MPU_RASR = 0x82u << 8 | 9 << 1 | 1;
    MPU_CTRL = 5;
    BARRIER();
    for (uint32_t word = 8; word < 256; word += 32) {
        touch("region", word);
    }
    // With a negative priority it does not count, unless HFNMIENA is set.
    region(2, 0);
    BARRIER();
    ASM("cpsid f");
    block[128] = 77;
    const uint32_t read = block[128];
    ASM("cpsie f");
    say("hfnmiena", read);
    fault("hfnmiena_fault");
    MPU_CTRL = 0;
    for (uint32_t i = 0; i < 3; i++) {
        region(i, 0);
    }
    BARRIER();
}
#endif

#if defined __ARM_ARCH_7EM__ && !defined FPV5 // a Cortex-M4
// A word for each bit, of which bit 0 counts, whatever
// the size of the access.
static void bits(void) {
    static uint32_t word;
    word = 0x80;
    const uint32_t alias =
            0x22000000 + ((uint32_t)(uintptr_t)&word - 0x20000000) * 32;
    volatile uint8_t *const bytes = (volatile uint8_t *)(uintptr_t)alias;
    volatile uint16_t *const halves = (volatile uint16_t *)(uintptr_t)alias;
    say("bit_byte", (uint32_t)bytes[7 * 4] << 8 | bytes[6 * 4]);
    say("bit_half", (uint32_t)halves[7 * 2] << 8 | halves[6 * 2]);
    bytes[3 * 4] = 0xFF;
    halves[7 * 2] = 0xFFFE;
    halves[12 * 2] = 1;
    say("bit_written", word);
    R32(alias + 31 * 4) = 3;
    say("bit_word", word);
}
#endif

void events(void) {
    waits();
    unprivileged();
    halfway();
#if !defined __ARM_ARCH_8M_MAIN__
    regions();
#endif
#if defined __ARM_ARCH_7EM__ && !defined FPV5
    bits();
#endif
}

#endif
