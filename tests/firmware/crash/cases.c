/*
 * cases - faults that have nothing to do with the flash
 *
 * SPDX-License-Identifier: MIT
 */
#include "cases.h"

#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"
#include "xip_fault.h"

#define NOINLINE __attribute__((noinline, noclone, noipa))
#define WORD(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

#define CCR WORD(0xE000ED14)
#define CCR_DIV_0_TRP 0x10u
#define CPACR WORD(0xE000ED88)
#define MPU_CTRL WORD(0xE000ED94)
#define MPU_RBAR WORD(0xE000ED9C)
#define MPU_RASR WORD(0xE000EDA0)
#define MPU_XN 0x10000000u
#define MPU_READ_ONLY 0x06000000u
#define MPU_ALL 0x03000000u
#define MPU_SIZE_32 (4u << 1 | 1u)

// Where the linker put something may be of no interest to the compiler.
static volatile uint32_t hidden;

static uint32_t hide(uint32_t value) {
    hidden = value;
    return hidden;
}

void case_none(void) {
}

/// Jumps ///

NOINLINE static void jump(uint32_t to) {
    ((void (*)(void))(uintptr_t)to)();
    hidden++;
}

NOINLINE static void harmless(void) {
    hidden++;
}

void case_even(void) {
    jump(hide((uint32_t)(uintptr_t)harmless & ~1u)); // AT even
    hidden++;
}

void case_null_call(void) {
    void (*callback)(void) = (void (*)(void))(uintptr_t)hide(0);
    callback(); // AT null_call
    hidden++;
}

void case_jump_register(void) {
    jump(hide(0x48000001)); // AT jump_register
    hidden++;
}

// As a local array that is written too far.
NOINLINE static void smash(uint32_t with) {
    uint32_t saved;
    __asm volatile("push {r4, lr}\n"
                   "str %1, [sp, #4]\n"
                   "mov %0, %1\n"
                   "pop {r4, pc}\n"
                   : "=r"(saved)
                   : "r"(with)
                   : "memory");
    hidden = saved;
}

void case_smashed(void) {
    smash(hide(0x61616161)); // AT smashed
    hidden++;
}

// What a boot program does with a slot that it has not looked at.
void case_blank_image(void) {
    const uint32_t slot = hide(LAYOUT_WINDOW_ADDR + 0x800000u);
    const uint32_t sp = WORD(slot), pc = WORD(slot + 4u);
    __asm volatile("msr msp, %0\n"
                   "bx %1\n" // AT blank_image
                   :
                   : "r"(sp), "r"(pc));
}

/// Data ///

NOINLINE static uint32_t read_through(const uint32_t *p) {
    const uint32_t got = *p; // AT wild_read
    hidden++;
    return got;
}

void case_wild_read(void) {
    hidden = read_through((const uint32_t *)(uintptr_t)hide(0x30000000));
}

void case_wild_store(void) {
    volatile uint32_t *const p = (uint32_t *)(uintptr_t)hide(0x30000000);
    *p = 1;
    __asm volatile("nop\n nop\n dsb"); // AT wild_store
}

void case_unaligned(void) {
    static uint32_t words[4];
    const uint32_t at = hide((uint32_t)(uintptr_t)words + 1u);
    __asm volatile("ldmia %0, {r2, r3}" // AT unaligned
                   :
                   : "r"(at)
                   : "r2", "r3");
}

NOINLINE static void ratio(volatile int32_t *a, int32_t b) {
    *a /= b; // AT divide
    hidden++;
}

void case_divide(void) {
    CCR |= CCR_DIV_0_TRP;
    volatile int32_t seven = 7;
    ratio(&seven, (int32_t)hide(0));
}

void case_undefined(void) {
    __asm volatile("udf #7"); // AT undefined
}

void case_breakpoint(void) {
    __asm volatile("bkpt #0xAB"); // AT breakpoint
}

void case_svc_masked(void) {
    __asm volatile("cpsid i");
    __asm volatile("svc #0"); // AT svc_masked
}

void case_no_fpu(void) {
    __asm volatile("vmov.f32 s0, #1.0"); // AT no_fpu
}

/// Exceptions ///

static void tick_soon(void) {
    fw_start_tick(2000, 0x80);
    for (;;) {
        // The tick comes.
    }
}

__attribute__((naked)) static void returns_wrong(void) {
    __asm volatile("ldr r0, =0xFFFFFFF3\n"
                   "bx r0\n"
                   ".ltorg\n");
}

void case_bad_return(void) {
    fw_handler(15, returns_wrong);
    tick_soon(); // AT bad_return
}

static void faults(void) {
    hidden = read_through((const uint32_t *)(uintptr_t)hide(0x30000000));
}

void case_in_handler(void) {
    fw_handler(15, faults); // the stack goes through the interrupt
    tick_soon();            // AT in_handler
}

void case_blank_vector(void) {
    fw_handler(15, (void (*)(void))(uintptr_t)hide(0xFFFFFFFF));
    tick_soon(); // AT blank_vector
}

void case_even_vector(void) {
    fw_handler(15,
            (void (*)(void))(uintptr_t)hide((uint32_t)(uintptr_t)harmless &
                    ~1u));
    tick_soon(); // AT even_vector
}

static void faults_again(void) {
    *(volatile uint32_t *)(uintptr_t)0x30000000 = 1;
    __asm volatile("udf #0");
}

void case_lockup(void) {
    fw_handler(3, faults_again);
    fw_handler(4, faults_again);
    fw_handler(5, faults_again);
    fw_handler(6, faults_again);
    __asm volatile("cpsid f");
    __asm volatile("udf #0"); // AT lockup
}

/// Stacks and the MPU ///

// Below the RAM, as after an overflow of a stack that begins it.
void case_stack_below(void) {
    __asm volatile("msr msp, %0\n"
                   "push {r4, r5}\n" // AT stack_below
                   :
                   : "r"(LAYOUT_SRAM1_ADDR));
}

static void protect(uint32_t addr, uint32_t attributes) {
    MPU_RBAR = addr | 0x10u;
    MPU_RASR = attributes | MPU_SIZE_32;
    MPU_CTRL = 5; // the rest as without it
    __asm volatile("dsb\n isb");
}

static uint8_t stack[512] __attribute__((aligned(32)));

NOINLINE static uint32_t deep(const volatile uint32_t *above) {
    volatile uint32_t local[8];
    local[0] = *above + 1u;
    const uint32_t below =
            local[0] < 1000u ? deep(local) : 0u; // AT stack_guard
    return below + local[0];
}

NOINLINE static void on_psp(void (*run)(void), uint32_t top) {
    __asm volatile("msr psp, %0\n" // AT on_psp
                   "msr control, %1\n"
                   "isb\n"
                   "blx %2\n"
                   :
                   : "r"(top), "r"(2), "r"(run)
                   : "r0", "r1", "r2", "r3", "r12", "lr", "memory");
}

static void overflow(void) {
    hidden = deep(&hidden);
}

void case_stack_guard(void) {
    protect((uint32_t)(uintptr_t)stack, MPU_READ_ONLY | MPU_XN);
    on_psp(overflow, (uint32_t)(uintptr_t)&stack[sizeof stack]);
}

static uint8_t first_stack[512] __attribute__((section(".ram_first")));

// Below the memory there is nothing.
NOINLINE static uint32_t deeper(const volatile uint32_t *above) {
    volatile uint32_t local[8];
    local[0] = *above + 1u;
    const uint32_t below =
            local[0] < 1000u ? deeper(local) : 0u; // AT stack_overflow
    return below + local[0];
}

static void overflow_first(void) {
    hidden = deeper(&hidden);
}

void case_stack_overflow(void) {
    on_psp(overflow_first,
            (uint32_t)(uintptr_t)&first_stack[sizeof first_stack]);
}

void case_on_psp(void) {
    on_psp(faults, (uint32_t)(uintptr_t)&stack[sizeof stack]);
}

XIP_RESIDENT __attribute__((aligned(32))) static void resident_work(void) {
    hidden++; // AT not_here
    __asm volatile("" ::: "memory");
}

void case_execute_never(void) {
    protect((uint32_t)(uintptr_t)resident_work & ~31u, MPU_ALL | MPU_XN);
    resident_work(); // AT execute_never
    hidden++;
}

void case_read_only(void) {
    static uint32_t words[8] __attribute__((aligned(32)));
    protect((uint32_t)(uintptr_t)words, MPU_READ_ONLY);
    words[hide(1)] = 1; // AT read_only
}

/// Code in RAM ///

__attribute__((section(".ram_lost"), noinline)) static void lost(void) {
    hidden++;
}

void case_not_copied(void) {
    lost(); // AT not_copied
    hidden++;
}

void case_overwritten(void) {
    volatile uint16_t *const code =
            (uint16_t *)(uintptr_t)((uint32_t)(uintptr_t)resident_work & ~1u);
    *code = 0xDE00;
    resident_work(); // AT overwritten
    hidden++;
}

/// What the program itself says ///

NOINLINE static void check(uint32_t value) {
    XIP_ASSERT(value == 3u); // AT assertion
    hidden++;
}

void case_assertion(void) {
    check(hide(4));
}

void Error_Handler(void) {
    XIP_PANIC(); // AT error_handler
}

void case_error_handler(void) {
    if (hide(1) != 0u) {
        Error_Handler();
    }
    hidden++;
}

void case_unprivileged(void) {
    __asm volatile("msr control, %0\n isb" ::"r"(1));
    XIP_PANIC(); // AT unprivileged
}

/// State ///

NOINLINE static void use_fp(void) {
    const uint32_t addr = hide(0x30000000);
    uint32_t got;
    __asm volatile("vmov.f32 s0, #1.0\n" // AT with_fp
                   "vmov.f32 s3, #2.5\n"
                   "vmov.f32 s31, #-3.0\n"
                   "ldr %0, [%1]\n"
                   : "=r"(got)
                   : "r"(addr)
                   : "s0", "s3", "s31");
    hidden = got;
}

void case_with_fp(void) {
    CPACR |= 0xFu << 20;
    __asm volatile("dsb\n isb");
    use_fp();
    hidden++;
}

// main() calls it again after the reset, before the record was read.
void case_twice(void) {
    hidden = WORD(hide(0x30000000)); // AT twice
}
