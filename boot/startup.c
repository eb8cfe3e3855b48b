/*
 * startup - vectors, start and last words of the boot program
 *
 * SPDX-License-Identifier: MIT
 *
 * Every handler is weak and leads to one place that says over the UART what
 * happened and where, then resets: a boot program that hangs in silence looks
 * like a dead board.
 */
#include "startup.h"

#include <stdint.h>

#include "board.h"
#include "stm32l476.h"

// Symbols of boot.ld, all multiples of 4.
extern uint32_t stack_top_[];
extern uint32_t data_start_[], data_end_[];
extern const uint32_t data_load_[];
extern uint32_t bss_start_[], bss_end_[];

volatile bool boot_console_ready_;

void Reset_Handler(void);

/// Last words ///

static void say(const char *name, uint32_t value) {
    board_uart_puts(name);
    board_uart_put_hex(value);
}

// frame is what the exception pushed (ARMv7-M B1.5.6): [5] LR, [6] PC.
static void __attribute__((used))
last_words(const uint32_t *frame, uint32_t exception) {
    if (boot_console_ready_) {
        board_uart_puts("\nboot: exception ");
        board_uart_put_dec(exception & 0x1FFu);
        say(", PC ", frame[6]);
        say(", LR ", frame[5]);
        say(", CFSR ", SCB->CFSR);
        say(", HFSR ", SCB->HFSR);
        say(", BFAR ", SCB->BFAR);
        board_uart_puts(", resetting\n");
        board_uart_flush();
    }
    board_reset();
}

__attribute__((naked)) void Unexpected_Handler(void) {
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
                   "b last_words\n");
}

/// Vectors, RM0351 section 13.3 ///

// X(name) for an interrupt, R for a reserved place.
// clang-format off
#define EXCEPTIONS(X, R) \
    X(NMI_Handler) X(HardFault_Handler) X(MemManage_Handler) \
    X(BusFault_Handler) X(UsageFault_Handler) R R R R X(SVC_Handler) \
    X(DebugMon_Handler) R X(PendSV_Handler) X(SysTick_Handler)
#define INTERRUPTS(X, R) \
    X(WWDG_IRQHandler) X(PVD_PVM_IRQHandler) X(TAMP_STAMP_IRQHandler) \
    X(RTC_WKUP_IRQHandler) X(FLASH_IRQHandler) X(RCC_IRQHandler) \
    X(EXTI0_IRQHandler) X(EXTI1_IRQHandler) X(EXTI2_IRQHandler) \
    X(EXTI3_IRQHandler) X(EXTI4_IRQHandler) X(DMA1_Channel1_IRQHandler) \
    X(DMA1_Channel2_IRQHandler) X(DMA1_Channel3_IRQHandler) \
    X(DMA1_Channel4_IRQHandler) X(DMA1_Channel5_IRQHandler) \
    X(DMA1_Channel6_IRQHandler) X(DMA1_Channel7_IRQHandler) \
    X(ADC1_2_IRQHandler) X(CAN1_TX_IRQHandler) X(CAN1_RX0_IRQHandler) \
    X(CAN1_RX1_IRQHandler) X(CAN1_SCE_IRQHandler) X(EXTI9_5_IRQHandler) \
    X(TIM1_BRK_TIM15_IRQHandler) X(TIM1_UP_TIM16_IRQHandler) \
    X(TIM1_TRG_COM_TIM17_IRQHandler) X(TIM1_CC_IRQHandler) \
    X(TIM2_IRQHandler) X(TIM3_IRQHandler) X(TIM4_IRQHandler) \
    X(I2C1_EV_IRQHandler) X(I2C1_ER_IRQHandler) X(I2C2_EV_IRQHandler) \
    X(I2C2_ER_IRQHandler) X(SPI1_IRQHandler) X(SPI2_IRQHandler) \
    X(USART1_IRQHandler) X(USART2_IRQHandler) X(USART3_IRQHandler) \
    X(EXTI15_10_IRQHandler) X(RTC_Alarm_IRQHandler) \
    X(DFSDM1_FLT3_IRQHandler) X(TIM8_BRK_IRQHandler) X(TIM8_UP_IRQHandler) \
    X(TIM8_TRG_COM_IRQHandler) X(TIM8_CC_IRQHandler) X(ADC3_IRQHandler) \
    X(FMC_IRQHandler) X(SDMMC1_IRQHandler) X(TIM5_IRQHandler) \
    X(SPI3_IRQHandler) X(UART4_IRQHandler) X(UART5_IRQHandler) \
    X(TIM6_DAC_IRQHandler) X(TIM7_IRQHandler) X(DMA2_Channel1_IRQHandler) \
    X(DMA2_Channel2_IRQHandler) X(DMA2_Channel3_IRQHandler) \
    X(DMA2_Channel4_IRQHandler) X(DMA2_Channel5_IRQHandler) \
    X(DFSDM1_FLT0_IRQHandler) X(DFSDM1_FLT1_IRQHandler) \
    X(DFSDM1_FLT2_IRQHandler) X(COMP_IRQHandler) X(LPTIM1_IRQHandler) \
    X(LPTIM2_IRQHandler) X(OTG_FS_IRQHandler) X(DMA2_Channel6_IRQHandler) \
    X(DMA2_Channel7_IRQHandler) X(LPUART1_IRQHandler) X(QUADSPI_IRQHandler) \
    X(I2C3_EV_IRQHandler) X(I2C3_ER_IRQHandler) X(SAI1_IRQHandler) \
    X(SAI2_IRQHandler) X(SWPMI1_IRQHandler) X(TSC_IRQHandler) \
    X(LCD_IRQHandler) R X(RNG_IRQHandler) X(FPU_IRQHandler)

#define NOTHING
#define DECLARE(name) \
    void name(void) __attribute__((weak, alias("Unexpected_Handler")));
#define ENTRY(name) name,
#define RESERVED Unexpected_Handler,
// clang-format on

EXCEPTIONS(DECLARE, NOTHING)
INTERRUPTS(DECLARE, NOTHING)

struct vectors {
    uint32_t *stack;
    void (*reset)(void);
    void (*exception[14])(void);
    void (*interrupt[LAYOUT_VECTOR_COUNT - 16])(void);
};

__attribute__((section(".vectors"), used)) const struct vectors boot_vectors = {
        .stack = stack_top_,
        .reset = Reset_Handler,
        .exception = {EXCEPTIONS(ENTRY, RESERVED)},
        .interrupt = {INTERRUPTS(ENTRY, RESERVED)},
};

/// The way to main ///

void Reset_Handler(void) {
    // A debugger may start us with the vectors of another program in force.
    SCB->VTOR = (uint32_t)(uintptr_t)&boot_vectors;
    const uint32_t *from = data_load_;
    for (uint32_t *to = data_start_; to < data_end_;) {
        *to++ = *from++;
    }
    for (uint32_t *to = bss_start_; to < bss_end_;) {
        *to++ = 0;
    }
    boot_main();
}
