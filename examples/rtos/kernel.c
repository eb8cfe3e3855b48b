/*
 * kernel - the smallest code that behaves like an RTOS: two threads, a tick
 *
 * SPDX-License-Identifier: MIT
 */
#include "kernel.h"

#include <stdbool.h>
#include <stddef.h>

#include "startup.h"
#include "stm32l476.h"

#define STACK_WORDS 512u
#define LOWEST 0xF0u

struct thread {
    uint32_t *sp; // first: PendSV_Handler relies on that
    volatile uint32_t wakes_at;
    volatile uint32_t sleeps;
};

static struct thread threads[2];
static struct thread *volatile running = &threads[0];
static uint32_t second_stack[STACK_WORDS] __attribute__((aligned(8)));

static volatile uint32_t ticks;
static struct thread *volatile owner;
static volatile uint32_t depth, waits;

/// Switching ///

static bool runs(const struct thread *t) {
    return t->sleeps == 0u || (int32_t)(ticks - t->wakes_at) >= 0;
}

// Round robin; if both are asleep, the running one keeps polling.
static void __attribute__((used)) choose(void) {
    struct thread *const other =
            running == &threads[0] ? &threads[1] : &threads[0];
    if (runs(other)) {
        running = other;
    }
}

// The hardware has put r0 to r3, r12, lr, pc and xPSR on the thread's stack;
// the rest goes there too (ARMv7-M B1.5.6). No thread uses the FPU.
__attribute__((naked)) void PendSV_Handler(void) {
    __asm volatile("mrs r0, psp\n"
                   "stmdb r0!, {r4-r11}\n"
                   "ldr r1, =running\n"
                   "ldr r2, [r1]\n"
                   "str r0, [r2]\n"
                   "push {r1, lr}\n"
                   "bl choose\n"
                   "pop {r1, lr}\n"
                   "ldr r2, [r1]\n"
                   "ldr r0, [r2]\n"
                   "ldmia r0!, {r4-r11}\n"
                   "msr psp, r0\n"
                   "bx lr\n"
                   ".ltorg\n");
}

static void switch_threads(void) {
    SCB->ICSR = SCB_ICSR_PENDSVSET;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

void SysTick_Handler(void) {
    ticks++;
    SCB->ICSR = SCB_ICSR_PENDSVSET;
}

void kernel_start(void (*second)(void), uint32_t hclk_hz) {
    uint32_t *const frame = second_stack + STACK_WORDS - 16u; // r4 to r11 first
    frame[14] = (uint32_t)(uintptr_t)second & ~1u;
    frame[15] = 0x01000000u; // xPSR: Thumb
    threads[1].sp = frame;
    // The caller keeps its stack, as a process stack; handlers get the memory
    // below it.
    __asm volatile("mrs r0, msp\n\t"
                   "msr psp, r0\n\t"
                   "sub r0, r0, #1024\n\t"
                   "movs r1, #2\n\t"
                   "msr control, r1\n\t"
                   "isb\n\t"
                   "msr msp, r0\n\t" ::
                           : "r0", "r1", "memory");
    SCB->SHPR[SCB_SHPR_PENDSV] = LOWEST;
    SCB->SHPR[SCB_SHPR_SYSTICK] = LOWEST;
    SYSTICK->RVR = hclk_hz / 1000u - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
}

/// Time ///

uint32_t kernel_ticks(void) {
    return ticks;
}

// The tick handler increments it too, so mask it.
void kernel_catch_up(uint32_t count) {
    __asm volatile("cpsid i" ::: "memory");
    ticks += count;
    __asm volatile("cpsie i" ::: "memory");
}

void kernel_delay(uint32_t count) {
    running->wakes_at = ticks + count;
    running->sleeps = 1;
    while (!runs(running)) {
        switch_threads();
    }
    running->sleeps = 0;
}

/// Mutex ///

void kernel_lock(void) {
    for (;;) {
        __asm volatile("cpsid i" ::: "memory");
        if (owner == NULL || owner == running) {
            owner = running;
            depth++;
            __asm volatile("cpsie i" ::: "memory");
            return;
        }
        waits++;
        __asm volatile("cpsie i" ::: "memory");
        kernel_delay(1);
    }
}

void kernel_unlock(void) {
    __asm volatile("cpsid i" ::: "memory");
    depth--;
    if (depth == 0u) {
        owner = NULL;
    }
    __asm volatile("cpsie i" ::: "memory");
}

uint32_t kernel_waits(void) {
    return waits;
}
