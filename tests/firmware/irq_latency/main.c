/*
 * irq_latency - how long an interrupt waits while the chip erases
 *
 * SPDX-License-Identifier: MIT
 *
 * SysTick measures itself: its counter runs down from the reload value, so at
 * the handler's first instruction the distance travelled is the latency. Above
 * the ceiling it must be what it is without any outage; below, it is bounded
 * by what the library declares, and no tick goes missing unaccounted.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#define CEILING 0x40u

// Entry takes 12 cycles; flushing the pipeline, the prologue and bus waits
// take the rest. An erase takes millions.
#define LATENCY_LIMIT_CYCLES 200u

static volatile uint32_t ticks, worst_cycles;

XIP_RESIDENT void SysTick_Handler(void) {
    const uint32_t cycles = TICK_CYCLES - 1u - SYSTICK->CVR;
    ticks++;
    if (cycles > worst_cycles) {
        worst_cycles = cycles;
    }
}

static void start_tick(uint8_t priority) {
    SCB->SHPR[SCB_SHPR_SYSTICK] = priority;
    SYSTICK->RVR = TICK_CYCLES - 1u;
    SYSTICK->CVR = 0;
    ticks = 0;
    worst_cycles = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
}

static int work(uint32_t *elapsed_ms) {
    static uint8_t page[1024];
    DEMCR |= DEMCR_TRCENA;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
    const uint32_t start = DWT_CYCCNT;
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 3u * 4096u);
    for (uint32_t i = 0; i < sizeof page; i++) {
        page[i] = fw_pattern(i);
    }
    if (!err) {
        err = xip_flash_program(&fw_flash, FW_AREA_OFF, page, sizeof page);
    }
    *elapsed_ms = (DWT_CYCCNT - start) / TICK_CYCLES;
    return err;
}

static void put_result(const char *what, uint32_t elapsed_ms) {
    board_uart_puts(what);
    board_uart_puts(": ms ");
    board_uart_put_dec(elapsed_ms);
    board_uart_puts(", ticks ");
    board_uart_put_dec(ticks);
    board_uart_puts(", lost ");
    board_uart_put_dec(fw_flash.stats.lost_ticks);
    board_uart_puts(", worst cycles ");
    board_uart_put_dec(worst_cycles);
    board_uart_puts(", longest wait cycles ");
    board_uart_put_dec(fw_flash.stats.wait_max_cycles);
    board_uart_puts("\n");
}

static bool near(uint32_t a, uint32_t b) {
    return a <= b + 2u && b <= a + 2u;
}

static void above_ceiling(void) {
    struct xip_flash_config config = fw_config();
    config.ceiling = CEILING;
    int err = xip_flash_attach(&fw_flash, &config);
    uint32_t elapsed_ms = 0;
    start_tick(0x10);
    if (!err) {
        err = work(&elapsed_ms);
    }
    SYSTICK->CSR = 0;
    put_result("above", elapsed_ms);
    fw_check("work with a tick above the ceiling", err == 0, err);
    fw_check("it takes long enough to matter", elapsed_ms >= 20,
            (int)elapsed_ms);
    fw_check("above the ceiling no tick waits",
            worst_cycles <= LATENCY_LIMIT_CYCLES, (int)worst_cycles);
    fw_check("above the ceiling every tick is served", near(ticks, elapsed_ms),
            (int)ticks);
    fw_check("above the ceiling no tick is called lost",
            fw_flash.stats.lost_ticks == 0, (int)fw_flash.stats.lost_ticks);
}

static void below(const char *name, uint8_t ceiling) {
    struct xip_flash_config config = fw_config();
    config.ceiling = ceiling;
    int err = xip_flash_attach(&fw_flash, &config);
    uint32_t elapsed_ms = 0;
    start_tick(0xF0);
    if (!err) {
        err = work(&elapsed_ms);
    }
    SYSTICK->CSR = 0;
    put_result(name, elapsed_ms);
    fw_check("work with a waiting tick", err == 0, err);
    fw_check("waiting ticks are served or accounted as lost",
            near(ticks + fw_flash.stats.lost_ticks, elapsed_ms),
            (int)(ticks + fw_flash.stats.lost_ticks));
    const uint32_t masked_us =
            fw_flash.stats.wait_max_cycles / (BOARD_HCLK_HZ / 1000000u);
    fw_check("the longest wait is within the declared one",
            masked_us <= xip_flash_latency_us(&fw_flash), (int)masked_us);
    fw_check("something did wait", masked_us > 20, (int)masked_us);
}

int main(void) {
    fw_begin("irq_latency");
    above_ceiling();
    below("below", CEILING);
    below("primask", 0);
    fw_end();
}
