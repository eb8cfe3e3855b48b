/*
 * startup_stm32l476vgtx - from the reset vector to main(), CubeMX's order
 *
 * SPDX-License-Identifier: MIT
 *
 * Stack pointer, SystemInit, copy .data (and with it .RamFunc), clear .bss,
 * main. Nothing in here depends on xipsafe.
 */
#include <stdint.h>

#include "stm32l4xx_hal.h"

extern uint32_t _estack[], _sdata[], _edata[], _sbss[], _ebss[];
extern const uint32_t _sidata[];

int main(void);
void Reset_Handler(void);
_Noreturn void start(void);

_Noreturn void __attribute__((used)) start(void) {
    SystemInit();
    const uint32_t *from = _sidata;
    for (uint32_t *to = _sdata; to < _edata; to++) {
        *to = *from++;
    }
    for (uint32_t *to = _sbss; to < _ebss; to++) {
        *to = 0;
    }
    (void)main();
    for (;;) {
        // CubeMX's main() does not return.
    }
}

__attribute__((naked)) void Reset_Handler(void) {
    __asm volatile("ldr r0, =_estack\n"
                   "mov sp, r0\n"
                   "b start\n"
                   ".ltorg\n");
}

void Default_Handler(void);
void Default_Handler(void) {
    for (;;) {
        // The handler of every interrupt without one.
    }
}

#define WEAK __attribute__((weak, alias("Default_Handler")))
void NMI_Handler(void) WEAK;
void HardFault_Handler(void) WEAK;
void MemManage_Handler(void) WEAK;
void BusFault_Handler(void) WEAK;
void UsageFault_Handler(void) WEAK;
void SVC_Handler(void) WEAK;
void DebugMon_Handler(void) WEAK;
void PendSV_Handler(void) WEAK;
void SysTick_Handler(void) WEAK;
void USART2_IRQHandler(void) WEAK;

struct vectors {
    uint32_t *stack;
    void (*handler[97])(void);
};

#define D1 Default_Handler
#define D8 D1, D1, D1, D1, D1, D1, D1, D1
#define D32 D8, D8, D8, D8

__attribute__((section(".isr_vector"), used))
const struct vectors g_pfnVectors = {
        _estack,
        {
                Reset_Handler, NMI_Handler, HardFault_Handler,
                MemManage_Handler, BusFault_Handler, UsageFault_Handler, 0, 0,
                0, 0, SVC_Handler, DebugMon_Handler, 0, PendSV_Handler,
                SysTick_Handler, D32, D1, D1, D1, D1, D1, D1, // 0 to 37
                USART2_IRQHandler,                            // 38
                D32, D8, D1, D1, D1,                          // 39 to 81
        },
};
