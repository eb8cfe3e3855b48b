/*
 * stm32l476_vectors - the interrupts of the STM32L476, RM0351 section 13.3
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32L476_VECTORS_H
#define STM32L476_VECTORS_H

// X(name) for an interrupt, R for a reserved place.
// clang-format off
#define STM32L476_INTERRUPTS(X, R) \
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
// clang-format on

#endif
