/*
 * startup - from the reset vector of an application in the flash to main()
 *
 * SPDX-License-Identifier: MIT
 *
 * The boot program has set up clock and flash and jumps here. This code relies
 * on nothing else: it sets masks, stack pointer and VTOR again, so the image
 * also starts from a debugger. NMI and HardFault cannot be masked in an outage,
 * so the table moves to RAM and every handler in this file is resident.
 */
#include "startup.h"

#include <stdint.h>

#include "layout.h"
#include "stm32l476.h"
#include "xip_compiler.h"

// Symbols of app.ld and xip_ram.ld: addresses, all multiples of 8.
extern uint32_t stack_top_[];
extern uint32_t data_start_[], data_end_[];
extern const uint32_t data_load_[];
extern uint32_t bss_start_[], bss_end_[];
extern uint32_t xip_ram_start_[], xip_ram_end_[];
extern const uint32_t xip_ram_load_[];

void Reset_Handler(void);
_Noreturn void start(void);

/// Faults, resident ///

// Turns of a polling loop: far more than a byte takes. Without a console the
// flag is never set, and the reset below still has to happen.
#define POLL_LIMIT 100000u

XIP_RESIDENT static void put(char c) {
    for (uint32_t i = 0; i < POLL_LIMIT; i++) {
        if ((USART2->ISR & USART_ISR_TXE) != 0u) {
            USART2->TDR = (uint8_t)c;
            return;
        }
    }
}

// No string here: it would lie in the flash.
XIP_RESIDENT static void put_word(char a, char b, uint32_t value) {
    put(' ');
    put(a);
    put(b);
    put('=');
    for (int shift = 28; shift >= 0; shift -= 4) {
        const uint32_t digit = (value >> shift) & 0xFu;
        put((char)(digit < 10u ? '0' + digit : 'a' - 10u + digit));
    }
}

// frame: what the exception pushed; [5] is LR, [6] the return address.
XIP_RESIDENT static void __attribute__((used))
fault(const uint32_t *frame, uint32_t exception) {
    put('\r');
    put('\n');
    put('!');
    put_word('e', 'x', exception & 0x1FFu);
    put_word('p', 'c', frame[6]);
    put_word('l', 'r', frame[5]);
    put_word('f', 's', SCB->CFSR);
    put_word('f', 'a', SCB->BFAR);
    put('\r');
    put('\n');
    // A reset would cut the last byte off.
    for (uint32_t i = 0; i < POLL_LIMIT; i++) {
        if ((USART2->ISR & USART_ISR_TC) != 0u) {
            break;
        }
    }
    SCB->AIRCR = SCB_AIRCR_RESET;
    for (;;) {
        // The reset takes a few cycles.
    }
}

XIP_RESIDENT __attribute__((naked)) void Fault_Handler(void) {
    // EXC_RETURN bit 2 says which stack holds the frame (Armv7-M ARM B1.5.8);
    // in instructions that every Cortex-M has.
    __asm volatile(".syntax unified\n"
                   "mov r0, lr\n"
                   "lsls r0, r0, #29\n"
                   "bmi 1f\n"
                   "mrs r0, msp\n"
                   "b 2f\n"
                   "1: mrs r0, psp\n"
                   "2: mrs r1, ipsr\n"
                   "b fault\n");
}

/// Vectors ///

#define WEAK __attribute__((weak, alias("Fault_Handler")))
void NMI_Handler(void) WEAK;
void HardFault_Handler(void) WEAK;
void MemManage_Handler(void) WEAK;
void BusFault_Handler(void) WEAK;
void UsageFault_Handler(void) WEAK;
void SVC_Handler(void) WEAK;
void PendSV_Handler(void) WEAK;
void SysTick_Handler(void) WEAK;
void EXTI0_IRQHandler(void) WEAK;
void EXTI1_IRQHandler(void) WEAK;
void USART2_IRQHandler(void) WEAK;

struct vectors {
    uint32_t *stack;
    void (*handler[LAYOUT_VECTOR_COUNT - 1])(void);
};

#define F1 Fault_Handler
#define F6 F1, F1, F1, F1, F1, F1
#define F10 F6, F1, F1, F1, F1
#define F30 F10, F10, F10

__attribute__((section(".vectors"), used))
const struct vectors startup_vectors = {
        stack_top_,
        {
                Reset_Handler, NMI_Handler, HardFault_Handler,
                MemManage_Handler, BusFault_Handler, UsageFault_Handler, F1, F1,
                F1, F1, SVC_Handler, F1, F1, PendSV_Handler, SysTick_Handler,
                F6,                                 // 0 to 5
                EXTI0_IRQHandler, EXTI1_IRQHandler, // 6, 7
                F30,                                // 8 to 37
                USART2_IRQHandler,                  // 38
                F30, F10, F1, F1, F1,               // 39 to 81
        },
};

static uint32_t ram_vectors[LAYOUT_VECTOR_COUNT]
        __attribute__((aligned(LAYOUT_VECTOR_ALIGN)));

void startup_use_vectors(bool in_ram) {
    const uint32_t *const table =
            in_ram ? ram_vectors : (const uint32_t *)&startup_vectors;
    SCB->VTOR = (uint32_t)(uintptr_t)table;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

/// The way to main ///

static void copy(uint32_t *to, const uint32_t *to_end, const uint32_t *from) {
    while (to < to_end) {
        *to++ = *from++;
    }
}

XIP_WEAK void startup_early(void) {
}

_Noreturn void __attribute__((used)) start(void) {
    startup_early();
    copy(data_start_, data_end_, data_load_);
    copy(xip_ram_start_, xip_ram_end_, xip_ram_load_);
    for (uint32_t *p = bss_start_; p < bss_end_; p++) {
        *p = 0;
    }
    copy(ram_vectors, ram_vectors + LAYOUT_VECTOR_COUNT,
            (const uint32_t *)&startup_vectors);
    startup_use_vectors(true);
    // The copied code must be in memory before it is fetched.
    __asm volatile("dsb\n\tisb\n\tcpsie i" ::: "memory");
    (void)main();
    for (;;) {
        __asm volatile("wfi");
    }
}

// In assembly, because there is no valid stack yet.
__attribute__((naked)) void Reset_Handler(void) {
    __asm volatile("cpsid i\n"
                   "movs r0, #0\n"
                   "msr basepri, r0\n"
                   "msr control, r0\n"
                   "isb\n"
                   "ldr r0, =stack_top_\n"
                   "msr msp, r0\n"
                   "ldr r0, =startup_vectors\n"
                   "ldr r1, =0xE000ED08\n"
                   "str r0, [r1]\n"
                   "dsb\n"
                   "isb\n"
                   "b start\n"
                   ".ltorg\n");
}
