/*
 * baseline - the library as it is compiled for ARMv6-M
 *
 * SPDX-License-Identifier: MIT
 *
 * No BASEPRI, no cycle counter (TIM2 is named instead), no unaligned access,
 * no division. All of its instructions exist on ARMv7-M: so they run here.
 */
#include "fw.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define TIM2_CR1 (*(volatile uint32_t *)(uintptr_t)0x40000000)
#define TIM2_EGR (*(volatile uint32_t *)(uintptr_t)0x40000014)
#define TIM2_CNT (*(volatile uint32_t *)(uintptr_t)0x40000024)
#define TIM2_ARR (*(volatile uint32_t *)(uintptr_t)0x4000002C)
#define RCC_APB1ENR1_TIM2 0x1u
#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#define ERASE_BYTES 0x10000u

static uint32_t vectors[LAYOUT_VECTOR_COUNT]
        __attribute__((aligned(LAYOUT_VECTOR_ALIGN)));
static volatile uint32_t ticks;

int main(void);
void NMI_Handler(void);
void HardFault_Handler(void);
void SysTick_Handler(void);

XIP_RESIDENT void NMI_Handler(void) {
    for (;;) {
        // Never comes.
    }
}

XIP_RESIDENT void HardFault_Handler(void) {
    for (;;) {
        // The simulator has stopped before.
    }
}

void SysTick_Handler(void) {
    ticks++;
}

static void start_counter(void) {
    RCC->APB1ENR1 |= RCC_APB1ENR1_TIM2;
    (void)RCC->APB1ENR1;
    TIM2_ARR = 0xFFFFFFFFu;
    TIM2_EGR = 1; // UG
    TIM2_CR1 = 1; // CEN
}

static void erase_under_a_tick(void) {
    const uint32_t first = ticks;
    const uint32_t start = TIM2_CNT;
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    const uint32_t wanted = (TIM2_CNT - start) / TICK_CYCLES;
    const uint32_t seen = ticks - first;
    fw_check("erase", err == 0, err);
    fw_check("it is blank", fw_is_blank(FW_AREA_OFF, ERASE_BYTES), 0);
    fw_check("suspended for the tick", fw_flash.stats.suspensions > 50u,
            (int)fw_flash.stats.suspensions);
    fw_check("no tick lost", seen + 1u >= wanted && seen <= wanted + 1u,
            (int)seen);
    const uint32_t worst_us =
            fw_flash.stats.wait_max_cycles / (BOARD_HCLK_HZ / 1000000u);
    fw_check("latency as declared", worst_us <= xip_flash_latency_us(&fw_flash),
            (int)worst_us);
}

int main(void) {
    fw_begin("baseline");
    start_counter();
    fw_check("vectors to RAM",
            xip_flash_vectors_move(vectors, LAYOUT_VECTOR_COUNT) == 0, 0);

    struct xip_flash_config config = fw_config();
    config.ceiling = 0x40;
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("a ceiling is refused", err == XIP_ERR_PARAM, err);
    config.ceiling = 0;
    err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);

    fw_start_tick(TICK_CYCLES, 0xF0);
    erase_under_a_tick();
    fw_fill(FW_AREA_OFF + 0x1000u, 0x1000u);
    fw_check("it holds the pattern",
            fw_is_pattern(FW_AREA_OFF + 0x1000u, 0x1000u), 0);
    fw_end();
}
