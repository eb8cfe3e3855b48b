/*
 * between_checks - ordinary interrupts change what the checks rest on
 *
 * SPDX-License-Identifier: MIT
 *
 * TIM2 waits for the end of each outage, and may come between the library's
 * checks and its mask. Every third time it makes an interrupt whose handler
 * lies in the flash one that goes on above the ceiling: enables it, raises its
 * priority, or changes its vector. A resident tick above the ceiling makes that
 * interrupt pending again and again, so that an outage that was let through
 * runs it, and the simulator stops.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define CEILING 0x40u
#define ABOVE 0x10u
#define TICK 0x20u
#define BELOW 0x80u
#define TIM2_IRQ 28u
#define VICTIM_IRQ 40u
#define PERIOD_CYCLES 34703u // 434 us; a prime number sweeps all phases

struct tim_regs {
    uint32_t CR1, CR2, SMCR, DIER, SR, EGR;
    uint32_t reserved_18[3];
    uint32_t CNT, PSC, ARR;
};
#define TIM2 REG_BLOCK(tim_regs, 0x40000000)
#define RCC_APB1ENR1_TIM2 0x1u

enum change { ENABLE, PRIORITY, VECTOR };

static volatile enum change change;
static volatile uint32_t turns, in_outage, ran;

static void victim_in_flash(void) {
    ran++;
}

XIP_RESIDENT static void victim_in_ram(void) {
    ran++;
}

XIP_RESIDENT static void tick(void) {
    in_outage += fw_flash.resident.breadcrumb->state != 0u ? 1u : 0u;
    NVIC_ISPR[VICTIM_IRQ / 32u] = 1u << (VICTIM_IRQ % 32u);
}

// Is it now one that must not go on?
static void set_victim(bool bad) {
    const bool enabled = bad || change != ENABLE;
    const bool high = bad || change != PRIORITY;
    const bool flash = bad || change != VECTOR;
    NVIC_ICER[VICTIM_IRQ / 32u] = 1u << (VICTIM_IRQ % 32u);
    NVIC_IPR[VICTIM_IRQ] = high ? ABOVE : BELOW;
    fw_handler(16u + VICTIM_IRQ, flash ? victim_in_flash : victim_in_ram);
    if (enabled) {
        NVIC_ISER[VICTIM_IRQ / 32u] = 1u << (VICTIM_IRQ % 32u);
    }
}

static void timer(void) {
    TIM2->SR = 0;
    turns++;
    set_victim(turns % 3u == 0u);
}

static void work(const char *what, enum change how) {
    const uint32_t held_back = fw_flash.stats.held_back;
    change = how;
    turns = 0; // the first ones change nothing bad, while the erase begins
    in_outage = 0;
    set_victim(false);
    TIM2->CR1 = 1;
    fw_start_tick(BOARD_HCLK_HZ / 20000u, TICK);
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 65536);
    fw_stop_tick();
    TIM2->CR1 = 0;
    NVIC_ICER[VICTIM_IRQ / 32u] = 1u << (VICTIM_IRQ % 32u);
    fw_check(what, err == 0, err);
    const uint32_t held = fw_flash.stats.held_back - held_back;
    fw_check("  holds outages back", held > 10u, (int)held);
    fw_check("  while others go on above the ceiling", in_outage > 1000u,
            (int)in_outage);
}

int main(void) {
    fw_begin("between_checks");
    struct xip_flash_config config = fw_config();
    config.ceiling = CEILING;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    RCC->APB1ENR1 |= RCC_APB1ENR1_TIM2;
    TIM2->PSC = 0;
    TIM2->ARR = PERIOD_CYCLES - 1u;
    TIM2->EGR = 1;
    TIM2->SR = 0;
    TIM2->DIER = 1;
    fw_handler(16u + TIM2_IRQ, timer);
    fw_handler(15, tick);
    fw_enable_irq(TIM2_IRQ, BELOW);
    work("an interrupt that is enabled", ENABLE);
    work("a priority that is raised", PRIORITY);
    work("a vector that is changed", VECTOR);
    fw_check("the interrupt ran between outages", ran > 10u, (int)ran);
    fw_end();
}
