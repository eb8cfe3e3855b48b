/*
 * system_stm32l4xx - the code before main(), in the form of CubeMX
 *
 * SPDX-License-Identifier: MIT
 *
 * The stock file leaves VTOR alone unless USER_VECT_TAB_ADDRESS is defined: an
 * application then takes its interrupts through the boot loader's table, or
 * through the one that the boot loader has set. Define it, and the base as the
 * address of the image.
 */
#include "stm32l4xx_hal.h"

#define CPACR (*(volatile uint32_t *)(uintptr_t)0xE000ED88)
#define CPACR_FPU 0x00F00000u

uint32_t SystemCoreClock = 4000000u;

void SystemInit(void) {
#ifdef USER_VECT_TAB_ADDRESS
    SCB->VTOR = VECT_TAB_BASE_ADDRESS + VECT_TAB_OFFSET;
#endif
    CPACR |= CPACR_FPU;
}
