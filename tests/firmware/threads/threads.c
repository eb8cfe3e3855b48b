/*
 * threads - two threads on one CPU: preemption, a mutex, nothing else
 *
 * SPDX-License-Identifier: MIT
 */
#include "threads.h"

#include <stdbool.h>

#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

#define STACK_WORDS 512u
#define LOWEST 0xF0u

struct thread {
    uint32_t *sp; // first: PendSV knows
    volatile bool waits;
};

static struct thread threads[2];
static struct thread *volatile running = &threads[0];
static uint32_t stack[STACK_WORDS] __attribute__((aligned(8)));
static volatile uint32_t switches, blocked;
static struct thread *volatile owner;
static volatile uint32_t depth;

/// Switching ///

static void __attribute__((used)) choose(void) {
    struct thread *const other =
            running == &threads[0] ? &threads[1] : &threads[0];
    if (!other->waits) {
        running = other;
        switches++;
    }
}

// The hardware has saved r0 to r3, r12, lr, pc and xPSR on the thread's stack;
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

void SysTick_Handler(void) {
    SCB->ICSR = SCB_ICSR_PENDSVSET;
}

void threads_yield(void) {
    SCB->ICSR = SCB_ICSR_PENDSVSET;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

unsigned threads_current(void) {
    return running == &threads[0] ? 0u : 1u;
}

uint32_t threads_switches(void) {
    return switches;
}

void threads_start(void (*second)(void), uint32_t tick_cycles) {
    uint32_t *const frame = stack + STACK_WORDS - 16u; // r4 to r11 first
    frame[14] = (uint32_t)(uintptr_t)second & ~1u;
    frame[15] = 0x01000000u; // xPSR: Thumb
    threads[1].sp = frame;
    // The caller keeps its stack, as a process stack; handlers get what is
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
    fw_start_tick(tick_cycles, LOWEST);
}

/// Mutex ///

void threads_lock(void) {
    for (;;) {
        __asm volatile("cpsid i" ::: "memory");
        if (owner == NULL || owner == running) {
            owner = running;
            depth++;
            __asm volatile("cpsie i" ::: "memory");
            return;
        }
        running->waits = true;
        blocked++;
        __asm volatile("cpsie i" ::: "memory");
        threads_yield();
    }
}

void threads_unlock(void) {
    __asm volatile("cpsid i" ::: "memory");
    depth--;
    if (depth == 0u) {
        owner = NULL;
        threads[0].waits = false;
        threads[1].waits = false;
    }
    __asm volatile("cpsie i" ::: "memory");
}

uint32_t threads_blocked(void) {
    return blocked;
}
