/*
 * jump_state - what an application finds when the boot program has jumped
 *
 * SPDX-License-Identifier: MIT
 *
 * Its first instructions read the core's registers before anything can change
 * them. Once started, it leaves everything in a bad state and jumps to itself
 * as a boot program does: what it finds has to be the same.
 */
#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "cortexm.h"
#include "layout.h"
#include "stm32l476.h"
#include "xip_boot.h"

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))
#define ICSR REG(0xE000ED04)
#define ICSR_PENDING 0x94400000u // NMI, PendSV, SysTick, and ISRPENDING
#define ICSR_PENDSVSET 0x10000000u
#define SHCSR REG(0xE000ED24)
#define CPACR REG(0xE000ED88)
#define FPCCR REG(0xE000EF34)
#define MPU_CTRL REG(0xE000ED94)
#define IRQ_WORDS 3u // 82 interrupts
#define EXTI0_IRQ 6u
#define MAGIC 0x4A554D50u

extern uint32_t stack_top_[], bss_start_[], bss_end_[];
extern uint32_t data_start_[], data_end_[];
extern const uint32_t data_load_[];

void Reset_Handler(void);

static uint32_t jumped __attribute__((section(".noinit.jumped")));
static unsigned passed, failed;

static void stop(void) {
    board_uart_puts("an exception\n");
    board_uart_flush();
    for (;;) {
        __asm volatile("cpsid i\n\twfi");
    }
}

// No interrupt is ever enabled here.
struct vectors {
    uint32_t *stack;
    void (*exception[15])(void);
    uint32_t interrupt[LAYOUT_VECTOR_COUNT - 16];
};
__attribute__((section(".vectors"), used)) const struct vectors own_vectors = {
        .stack = stack_top_,
        .exception = {Reset_Handler, stop, stop, stop, stop, stop, stop, stop,
                stop, stop, stop, stop, stop, stop, stop},
};

static void check(const char *name, bool good, uint32_t found) {
    board_uart_puts(good ? "PASS " : "FAIL ");
    board_uart_puts(name);
    board_uart_puts(" (0x");
    board_uart_put_hex(found);
    board_uart_puts(")\n");
    passed += good ? 1u : 0u;
    failed += good ? 0u : 1u;
}

static void check_core(uint32_t msp, uint32_t control, uint32_t masks,
        uint32_t lr) {
    check("MSP", msp == (uint32_t)(uintptr_t)stack_top_, msp);
    check("CONTROL: privileged, MSP, no FP context", control == 0u, control);
    check("PRIMASK, BASEPRI, FAULTMASK", masks == 0u, masks);
    check("LR as after reset", lr == UINT32_MAX, lr);
    check("VTOR", SCB->VTOR == (uint32_t)(uintptr_t)&own_vectors, SCB->VTOR);
    check("no fault enabled or active", SHCSR == 0u, SHCSR);
    check("MPU off", MPU_CTRL == 0u, MPU_CTRL);
}

static void check_interrupts(void) {
    uint32_t enabled = 0;
    uint32_t pending = 0;
    for (uint32_t i = 0; i < IRQ_WORDS; i++) {
        enabled |= NVIC_ISER[i];
        pending |= NVIC_ISPR[i];
    }
    check("no interrupt enabled", enabled == 0u, enabled);
    check("no interrupt pending", pending == 0u, pending);
    check("no exception pending", (ICSR & ICSR_PENDING) == 0u, ICSR);
    check("SysTick off", SYSTICK->CSR == 0u, SYSTICK->CSR);
}

// The window is read by this very code, so they work; they must be as the boot
// program has made them.
static void check_clocks(void) {
    const uint32_t source = RCC->CFGR & RCC_CFGR_SWS_MASK;
    check("the PLL clocks the core", source == RCC_CFGR_SWS_PLL, source);
    check("QUADSPI has its clock", (RCC->AHB3ENR & RCC_AHB3_QSPI) != 0u,
            RCC->AHB3ENR);
}

// Off at first, as after reset. Later an application's own affair: it stays as
// it is, but no state is left to be stacked.
static void check_fpu(bool first) {
    const uint32_t access = CPACR >> 20 & 15u;
    check("FPU access", access == (first ? 0u : 15u), access);
    check("no lazy FP state", (FPCCR & 1u) == 0u, FPCCR);
}

static _Noreturn void make_a_mess_and_jump(void) {
    CPACR |= 15u << 20;
    SHCSR = 7u << 16;
    NVIC_ISER[0] = 1u << EXTI0_IRQ;
    __asm volatile(".fpu fpv4-sp-d16\n\t"
                   "cpsid i\n\tdsb\n\tisb\n\t"
                   "vmov.f32 s0, #1.0" ::
                           : "memory");
    NVIC_ISPR[0] = 1u << EXTI0_IRQ;
    ICSR = ICSR_PENDSVSET;
    SYSTICK->RVR = 100;
    SYSTICK->CVR = 0;
    SYSTICK->CSR = SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT;
    SCB->VTOR = LAYOUT_INTERNAL_ADDR;
    __asm volatile("movs r0, #0x40\n\t"
                   "msr basepri, r0\n\t"
                   "mov r0, sp\n\t"
                   "msr psp, r0\n\t"
                   "movs r0, #2\n\t"
                   "mrs r1, control\n\t"
                   "orrs r0, r1\n\t"
                   "msr control, r0\n\t"
                   "isb" ::
                           : "r0", "r1", "memory");
    jumped = MAGIC;
    xip_boot_jump((uint32_t)(uintptr_t)&own_vectors);
}

_Noreturn void __attribute__((used))
start(uint32_t msp, uint32_t control, uint32_t masks, uint32_t lr) {
    const uint32_t *from = data_load_;
    for (uint32_t *to = data_start_; to < data_end_;) {
        *to++ = *from++;
    }
    for (uint32_t *to = bss_start_; to < bss_end_;) {
        *to++ = 0;
    }
    const bool first = jumped != MAGIC;
    board_uart_init(BOARD_BAUD);
    board_uart_puts(first ? "jump_state: by the boot program\n"
                          : "jump_state: out of a mess\n");
    check_core(msp, control, masks, lr);
    check_interrupts();
    check_clocks();
    check_fpu(first);
    if (first && failed == 0u) {
        board_uart_flush();
        make_a_mess_and_jump();
    }
    board_uart_puts("done: ");
    board_uart_put_dec(passed);
    board_uart_puts(" passed, ");
    board_uart_put_dec(failed);
    board_uart_puts(" failed\n");
    board_uart_flush();
    for (;;) {
        __asm volatile("cpsid i\n\twfi");
    }
}

__attribute__((naked)) void Reset_Handler(void) {
    __asm volatile("mrs r0, msp\n\t"
                   "mrs r1, control\n\t"
                   "mrs r2, primask\n\t"
                   "mrs r3, basepri\n\t"
                   "orr r2, r2, r3, lsl #8\n\t"
                   "mrs r3, faultmask\n\t"
                   "orr r2, r2, r3, lsl #16\n\t"
                   "mov r3, lr\n\t"
                   "b start");
}
