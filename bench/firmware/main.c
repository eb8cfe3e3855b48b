/*
 * bench - repeats the same work under interrupts of chosen rates
 *
 * SPDX-License-Identifier: MIT
 *
 * Measures nothing itself: the LEDs mark the phases in the simulator's trace.
 * Red: only interrupts, for comparison. Green: first an erase, then a program
 * of the same place, for each rate.
 */
#include "bench.h"

#include "baseline.h"
#include "dma.h"
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define CEILING 0x40u
#define ABOVE 0x10u
#define BELOW 0x80u
#define TIM2_IRQ 28u
#define CYCLES_PER_MS (BOARD_HCLK_HZ / 1000u)
#define DATA_BYTES 65536u
#define RING_BYTES 1024u

struct tim_regs {
    uint32_t CR1, CR2, SMCR, DIER, SR, EGR;
    uint32_t reserved_18[3];
    uint32_t CNT, PSC, ARR;
};
#define TIM2 REG_BLOCK(tim_regs, 0x40000000)
#define RCC_APB1ENR1_TIM2 0x1u

#define PARAMS \
    ((const struct bench_params *)(LAYOUT_WINDOW_ADDR + BENCH_PARAMS_OFF))

// Incremented by the interrupts, which may lose counts.
static volatile uint32_t ticks, bytes;

static uint32_t data[DATA_BYTES / 4u];
volatile uint32_t bench_result; // keeps the compiler from dropping the work
static uint8_t ring[RING_BYTES];

/// Interrupts: in the flash, and resident ///

// Longest time from the end of an outage to the first statement of a handler in
// the flash that had waited for it: TIM2 counts from its interrupt.
static uint32_t first_max;

static void timer_measuring(void) {
    const uint32_t since = DWT_CYCCNT - fw_flash.resident.end_cycles;
    if (since < TIM2->CNT && since > first_max) {
        first_max = since;
    }
    TIM2->SR = 0;
    ticks++;
}

static void timer_waiting(void) {
    TIM2->SR = 0;
    ticks++;
}

XIP_RESIDENT static void timer_resident(void) {
    TIM2->SR = 0;
    ticks++;
}

static void byte_waiting(void) {
    USART2->ICR = USART_ICR_ORECF;
    (void)USART2->RDR;
    bytes++;
}

XIP_RESIDENT static void byte_resident(void) {
    USART2->ICR = USART_ICR_ORECF;
    (void)USART2->RDR;
    bytes++;
}

static void start_timer(uint32_t rate_hz) {
    TIM2->CR1 = 0;
    TIM2->DIER = 0;
    TIM2->SR = 0;
    NVIC_ICPR[0] = 1u << TIM2_IRQ;
    if (rate_hz == 0u) {
        return;
    }
    TIM2->PSC = 0;
    TIM2->ARR = BOARD_HCLK_HZ / rate_hz - 1u;
    TIM2->EGR = 1;
    TIM2->SR = 0;
    TIM2->DIER = 1;
    TIM2->CR1 = 1;
}

static void start_dma(void) {
    dma_start_clock();
    DMA1->CSELR = DMA_CSELR_USART2;
    DMA1_CHANNEL(DMA_USART2_RX)->CPAR = (uint32_t)(uintptr_t)&USART2->RDR;
    DMA1_CHANNEL(DMA_USART2_RX)->CMAR = (uint32_t)(uintptr_t)ring;
    DMA1_CHANNEL(DMA_USART2_RX)->CNDTR = RING_BYTES;
    USART2->CR3 |= USART_CR3_DMAR;
    (void)USART2->RDR;
    USART2->ICR = USART_ICR_ORECF;
    DMA1_CHANNEL(DMA_USART2_RX)->CCR = DMA_CCR_MINC | DMA_CCR_CIRC | DMA_CCR_EN;
}

static void start_receiver(const struct bench_params *p) {
    if (p->receive == BENCH_NOTHING) {
        return;
    }
    board_uart_flush();
    board_uart_init(p->baud);
    if (p->receive == BENCH_DMA) {
        start_dma();
        return;
    }
    const bool above = p->receive == BENCH_RESIDENT;
    fw_handler(16u + USART2_IRQ, above ? byte_resident : byte_waiting);
    fw_enable_irq(USART2_IRQ, above ? ABOVE : BELOW);
    USART2->CR1 |= USART_CR1_RXNEIE;
}

/// Work ///

static int erase(const struct bench_params *p) {
    switch (p->method) {
    case BENCH_MASKED:
        baseline_erase_masked(FW_AREA_OFF, p->erase_bytes);
        return 0;
    case BENCH_BY_UNIT:
        baseline_erase_by_unit(FW_AREA_OFF, p->erase_bytes);
        return 0;
    default:
        return xip_flash_erase(&fw_flash, FW_AREA_OFF, p->erase_bytes);
    }
}

static int program(const struct bench_params *p) {
    switch (p->method) {
    case BENCH_MASKED:
        baseline_program_masked(FW_AREA_OFF, (const uint8_t *)data,
                p->program_bytes);
        return 0;
    case BENCH_BY_UNIT:
        baseline_program_by_unit(FW_AREA_OFF, (const uint8_t *)data,
                p->program_bytes);
        return 0;
    default:
        return xip_flash_program(&fw_flash, FW_AREA_OFF, data,
                p->program_bytes);
    }
}

// Ordinary code in the flash, like that of an application.
static void idle(uint32_t ms) {
    for (uint32_t i = 0; i < ms; i++) {
        const uint32_t start = DWT_CYCCNT;
        uint32_t x = start | 1u;
        while (DWT_CYCCNT - start < CYCLES_PER_MS) {
            for (uint32_t k = 0; k < 32u; k++) {
                x ^= x << 13;
                x ^= x >> 17;
                x ^= x << 5;
            }
        }
        bench_result = x;
    }
}

static bool is_programmed(uint32_t len_bytes) {
    const uint32_t *const there =
            (const uint32_t *)(LAYOUT_WINDOW_ADDR + FW_AREA_OFF);
    for (uint32_t i = 0; i < len_bytes / 4u; i++) {
        if (there[i] != data[i]) {
            return false;
        }
    }
    return true;
}

static int phases(const struct bench_params *p, uint32_t rate_hz) {
    start_timer(rate_hz);
    board_led_red(true);
    idle(p->idle_ms);
    board_led_red(false);
    board_led(true);
    int err = erase(p);
    board_led(false);
    if (err == 0 && p->program_bytes != 0u) {
        board_led(true);
        err = program(p);
        board_led(false);
    }
    start_timer(0);
    if (err == 0 && !is_programmed(p->program_bytes)) {
        err = XIP_ERR_VERIFY;
    }
    return err;
}

/// Console ///

static void put(const char *name, uint32_t value) {
    board_uart_puts("bench: ");
    board_uart_puts(name);
    board_uart_puts(" ");
    board_uart_put_dec(value);
    board_uart_puts("\n");
}

static _Noreturn void give_up(const char *where, int err) {
    board_uart_puts("bench: ");
    board_uart_puts(where);
    board_uart_puts(" failed, ");
    board_uart_puts(xip_err_name(err));
    board_uart_puts("\nbench: end\n");
    fw_end();
}

static void attach(const struct bench_params *p) {
    struct xip_flash_config config = fw_config();
    config.ceiling = CEILING;
    config.flags = (uint8_t)p->flags;
    config.erase_max_bytes = p->unit_bytes;
    config.credits = (uint8_t)p->credits;
    config.slowdown_percent = (uint8_t)p->slowdown_percent;
    config.latency_us = p->latency_us;
    const int err = xip_flash_attach(&fw_flash, &config);
    if (err != 0) {
        give_up("attach", err);
    }
}

int main(void) {
    fw_begin("bench");
    const struct bench_params *const p = PARAMS;
    if (p->magic != BENCH_MAGIC || p->program_bytes > DATA_BYTES) {
        give_up("finding the parameters", XIP_ERR_PARAM);
    }
    for (uint32_t i = 0; i < DATA_BYTES / 4u; i++) {
        data[i] = i * 0x9E3779B1u; // a Weyl sequence: no page equals another
    }
    DEMCR |= DEMCR_TRCENA;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
    RCC->APB1ENR1 |= RCC_APB1ENR1_TIM2;
    static void (*const handlers[])(void) = {
            timer_waiting, timer_resident, timer_measuring};
    fw_handler(16u + TIM2_IRQ, handlers[p->interrupt % 3u]);
    fw_enable_irq(TIM2_IRQ, p->interrupt == BENCH_ABOVE ? ABOVE : BELOW);
    attach(p);
    start_receiver(p);
    for (uint32_t i = 0; i < BENCH_RATES && p->rate_hz[i] != UINT32_MAX; i++) {
        const int err = phases(p, p->rate_hz[i]);
        if (err != 0) {
            give_up("the work", err);
        }
    }
    USART2->CR1 &= ~USART_CR1_RXNEIE;
    put("declared_us", xip_flash_latency_us(&fw_flash));
    put("first_cycles", first_max);
    put("sporadic_us", xip_flash_latency_sporadic_us(&fw_flash, 1, 8));
    put("early", fw_flash.stats.early);
    put("lost_ticks", fw_flash.stats.lost_ticks);
    put("wait_max_cycles", fw_flash.stats.wait_max_cycles);
    put("suspensions", fw_flash.stats.suspensions);
    put("erase_interval_us", fw_flash.part.erase_suspend.interval_us);
    put("program_lanes", fw_flash.part.program_lanes);
    put("address_bytes", fw_flash.part.addr_bytes);
    put("page_bytes", fw_flash.part.page_bytes);
    board_uart_puts("bench: end\n");
    fw_end();
}
