/*
 * stm32l476 - registers of the STM32L476 that the board code and the examples
 * touch, and no others
 *
 * SPDX-License-Identifier: MIT
 *
 * Names are those of RM0351; each block has its section. Flag macros are
 * values in place, _POS ones are shifts. The core's are in cortexm.h.
 */
#ifndef STM32L476_H
#define STM32L476_H

#include <stddef.h>
#include <stdint.h>

#include "cortexm.h"

/// Reset and clock control, RM0351 section 6.4 ///

struct rcc_regs {
    uint32_t CR, ICSCR, CFGR, PLLCFGR;
    uint32_t reserved_10[14];
    uint32_t AHB1ENR, AHB2ENR, AHB3ENR, reserved_54;
    uint32_t APB1ENR1, APB1ENR2, APB2ENR;
    uint32_t reserved_64[9];
    uint32_t CCIPR, reserved_8c, BDCR, CSR;
};
#define RCC REG_BLOCK(rcc_regs, 0x40021000)
// Reset register of the AHB3 peripherals, at offset 0x30.
#define RCC_AHB3RSTR (*(volatile uint32_t *)(uintptr_t)0x40021030)

#define RCC_CR_MSION 0x00000001u
#define RCC_CR_MSIRDY 0x00000002u
#define RCC_CR_MSIRGSEL 0x00000008u
#define RCC_CR_MSIRANGE_4MHZ 0x00000060u
#define RCC_CR_MSIRANGE_MASK 0x000000F0u
#define RCC_CR_HSEON 0x00010000u
#define RCC_CR_HSERDY 0x00020000u
#define RCC_CR_PLLON 0x01000000u
#define RCC_CR_PLLRDY 0x02000000u
#define RCC_CFGR_SW_MSI 0u
#define RCC_CFGR_SW_PLL 3u
#define RCC_CFGR_SW_MASK 0x00000003u
#define RCC_CFGR_SWS_PLL 0x0000000Cu
#define RCC_CFGR_SWS_MASK 0x0000000Cu
#define RCC_CFGR_PRESCALERS 0x00003FF0u // HPRE, PPRE1, PPRE2
#define RCC_PLLCFGR_SRC_MSI 1u
#define RCC_PLLCFGR_SRC_HSE 3u
#define RCC_PLLCFGR_M(m) (((uint32_t)(m)-1u) << 4)
#define RCC_PLLCFGR_N(n) ((uint32_t)(n) << 8)
#define RCC_PLLCFGR_REN 0x01000000u
#define RCC_PLLCFGR_R2 0u
#define RCC_AHB2ENR_GPIO(port) (1u << (port))
#define RCC_AHB3_QSPI 0x00000100u
#define RCC_APB1ENR1_USART2 0x00020000u
#define RCC_APB1ENR1_PWR 0x10000000u
#define RCC_APB2ENR_SYSCFG 0x00000001u
#define RCC_CSR_RMVF 0x00800000u
#define RCC_CSR_FWRSTF 0x01000000u
#define RCC_CSR_OBLRSTF 0x02000000u
#define RCC_CSR_PINRSTF 0x04000000u
#define RCC_CSR_BORRSTF 0x08000000u
#define RCC_CSR_SFTRSTF 0x10000000u
#define RCC_CSR_IWDGRSTF 0x20000000u
#define RCC_CSR_WWDGRSTF 0x40000000u
#define RCC_CSR_LPWRRSTF 0x80000000u

/// Power control, RM0351 section 5.4 ///

struct pwr_regs {
    uint32_t CR1, CR2, CR3, CR4, SR1, SR2, SCR;
};
#define PWR REG_BLOCK(pwr_regs, 0x40007000)
#define PWR_CR1_VOS_RANGE1 0x00000200u
#define PWR_CR1_VOS_MASK 0x00000600u
#define PWR_SR2_VOSF 0x00000400u

/// Internal flash interface, RM0351 section 3.7 ///

struct flash_regs {
    uint32_t ACR;
};
#define FLASH_IF REG_BLOCK(flash_regs, 0x40022000)
#define FLASH_ACR_LATENCY_MASK 0x00000007u
#define FLASH_ACR_LATENCY_4 4u
#define FLASH_ACR_PRFTEN 0x00000100u
#define FLASH_ACR_ICEN 0x00000200u
#define FLASH_ACR_DCEN 0x00000400u

/// General-purpose I/O, RM0351 section 8.5 ///

struct gpio_regs {
    uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR;
    uint32_t AFR[2], BRR, ASCR;
};
#define GPIO(port) REG_BLOCK(gpio_regs, 0x48000000u + 0x400u * (port))
enum { GPIO_A, GPIO_B, GPIO_C, GPIO_D, GPIO_E, GPIO_F, GPIO_G, GPIO_H };
enum { GPIO_INPUT, GPIO_OUTPUT, GPIO_ALTERNATE, GPIO_ANALOG };

/// USART, RM0351 section 40.8 ///

struct usart_regs {
    uint32_t CR1, CR2, CR3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR;
};
#define USART2 REG_BLOCK(usart_regs, 0x40004400)
#define USART2_IRQ 38u
#define USART_CR1_UE 0x00000001u
#define USART_CR1_RE 0x00000004u
#define USART_CR1_TE 0x00000008u
#define USART_CR1_RXNEIE 0x00000020u
#define USART_ISR_FE 0x00000002u
#define USART_ISR_NE 0x00000004u
#define USART_ISR_ORE 0x00000008u
#define USART_ISR_RXNE 0x00000020u
#define USART_ISR_TC 0x00000040u
#define USART_ISR_TXE 0x00000080u
#define USART_ICR_FECF 0x00000002u
#define USART_ICR_NCF 0x00000004u
#define USART_ICR_ORECF 0x00000008u

/// QUADSPI, RM0351 section 17.5 ///

struct quadspi_regs {
    uint32_t CR, DCR, SR, FCR, DLR, CCR, AR, ABR, DR, PSMKR, PSMAR, PIR, LPTR;
};
#define QUADSPI REG_BLOCK(quadspi_regs, 0xA0001000)
// A FIFO register: the access width is the number of bytes moved.
#define QUADSPI_DR8 (*(volatile uint8_t *)(uintptr_t)0xA0001020)
#define QUADSPI_CR_EN 0x00000001u
#define QUADSPI_CR_ABORT 0x00000002u
#define QUADSPI_CR_SSHIFT 0x00000010u
#define QUADSPI_CR_PRESCALER_POS 24
#define QUADSPI_DCR_FSIZE_POS 16
#define QUADSPI_SR_TCF 0x00000002u
#define QUADSPI_SR_FTF 0x00000004u
#define QUADSPI_SR_BUSY 0x00000020u
#define QUADSPI_FCR_CTCF 0x00000002u
#define QUADSPI_CCR_IMODE_1 0x00000100u
#define QUADSPI_CCR_ADMODE_1 0x00000400u
#define QUADSPI_CCR_ADSIZE_24 0x00002000u
#define QUADSPI_CCR_DCYC_POS 18
#define QUADSPI_CCR_DMODE_1 0x01000000u
#define QUADSPI_CCR_FMODE_WRITE 0x00000000u
#define QUADSPI_CCR_FMODE_READ 0x04000000u
#define QUADSPI_CCR_FMODE_MAPPED 0x0C000000u

/// Independent watchdog, RM0351 section 36.4: clocked by LSI, 32 kHz ///

struct iwdg_regs {
    uint32_t KR, PR, RLR, SR, WINR;
};
#define IWDG REG_BLOCK(iwdg_regs, 0x40003000)
#define IWDG_KR_RELOAD 0x0000AAAAu
#define IWDG_KR_UNLOCK 0x00005555u
#define IWDG_KR_START 0x0000CCCCu
#define IWDG_RLR_MAX 0xFFFu
#define IWDG_PR_MAX 6u
#define IWDG_LSI_HZ 32000u

struct wwdg_regs {
    uint32_t CR, CFR, SR;
};
#define WWDG REG_BLOCK(wwdg_regs, 0x40002C00)
#define WWDG_CR_WDGA 0x80u
#define WWDG_CR_T 0x7Fu
#define WWDG_CFR_W 0x7Fu
#define WWDG_CFR_WDGTB_POS 7u
#define WWDG_CFR_WDGTB_8 0x180u
#define RCC_APB1ENR1_WWDGEN 0x00000800u

// The offsets the reader would otherwise have to count.
_Static_assert(offsetof(struct rcc_regs, AHB1ENR) == 0x48, "RCC");
_Static_assert(offsetof(struct rcc_regs, APB1ENR1) == 0x58, "RCC");
_Static_assert(offsetof(struct rcc_regs, CSR) == 0x94, "RCC");
_Static_assert(offsetof(struct pwr_regs, SR2) == 0x14, "PWR");
_Static_assert(offsetof(struct gpio_regs, AFR) == 0x20, "GPIO");
_Static_assert(offsetof(struct usart_regs, TDR) == 0x28, "USART");
_Static_assert(offsetof(struct quadspi_regs, LPTR) == 0x30, "QUADSPI");

#endif
