/*
 * clock - the core clock changes between two erases, from 80 to 16 MHz
 *
 * SPDX-License-Identifier: MIT
 *
 * The library counts time in core cycles: slices, time-outs and the declared
 * wait all depend on the clock it was told. A tick of the same length in both
 * measures by itself how long it waited, and another timer keeps it from
 * falling into step with the slices.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

#define SLOW_HZ 16000000u
#define TICK_US 1000u
#define OTHER_US 370u
#define ERASE_BYTES 0x8000u

#define RCC_CR_HSION 0x00000100u
#define RCC_CR_HSIRDY 0x00000400u
#define RCC_CFGR_SW_HSI 1u
#define RCC_CFGR_SWS_HSI 4u
#define RCC_APB1ENR1_TIM2 0x1u

// RM0351 section 31.4.
struct tim_regs {
    uint32_t CR1, CR2, SMCR, DIER, SR, EGR, CCMR[2], CCER, CNT, PSC, ARR;
};
#define TIM2 REG_BLOCK(tim_regs, 0x40000000)
#define TIM2_IRQ 28u
#define TIM_CEN 0x1u
#define TIM_UIE 0x1u
#define TIM_UG 0x1u

static uint32_t mhz = BOARD_HCLK_HZ / 1000000u;
static volatile uint32_t ticks, worst_cycles;

// Its counter has run down from the reload value since the tick.
static void tick(void) {
    const uint32_t cycles = SYSTICK->RVR - SYSTICK->CVR;
    ticks++;
    if (cycles > worst_cycles) {
        worst_cycles = cycles;
    }
}

static void other(void) {
    TIM2->SR = 0;
}

static void start_other(void) {
    RCC->APB1ENR1 |= RCC_APB1ENR1_TIM2;
    (void)RCC->APB1ENR1;
    TIM2->PSC = mhz - 1u;
    TIM2->ARR = OTHER_US - 1u;
    TIM2->EGR = TIM_UG;
    TIM2->SR = 0;
    TIM2->DIER = TIM_UIE;
    TIM2->CR1 = TIM_CEN;
}

// The window is fed by the same clock: the switch has no glitch, the bursts
// get slower. The flash's wait states stay, more than 16 MHz needs.
static void run_at_16_mhz(void) {
    RCC->CR |= RCC_CR_HSION;
    while ((RCC->CR & RCC_CR_HSIRDY) == 0u) {
        // A few microseconds.
    }
    board_uart_flush();
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_HSI;
    while ((RCC->CFGR & RCC_CFGR_SWS_MASK) != RCC_CFGR_SWS_HSI) {
        // Some cycles of both clocks.
    }
    USART2->CR1 &= ~USART_CR1_UE;
    USART2->BRR = (SLOW_HZ + BOARD_BAUD / 2u) / BOARD_BAUD;
    USART2->CR1 |= USART_CR1_UE;
    mhz = SLOW_HZ / 1000000u;
}

static void put_us(const char *text, uint32_t us) {
    board_uart_puts(text);
    board_uart_put_dec(us);
}

// Returns the time in ms that the erase took.
static uint32_t erase(void) {
    const uint32_t declared_us = xip_flash_latency_us(&fw_flash);
    fw_flash.stats.wait_max_cycles = 0;
    fw_flash.stats.suspensions = 0;
    ticks = 0;
    worst_cycles = 0;
    start_other();
    fw_start_tick(TICK_US * mhz, 0xF0);
    const uint32_t start = DWT_CYCCNT;
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    const uint32_t elapsed_ms = (DWT_CYCCNT - start) / (1000u * mhz);
    fw_stop_tick();
    TIM2->CR1 = 0;
    const uint32_t waited_us = fw_flash.stats.wait_max_cycles / mhz;
    put_us("MHz ", mhz);
    put_us(", ms ", elapsed_ms);
    put_us(", declared us ", declared_us);
    put_us(", longest wait us ", waited_us);
    put_us(", worst tick us ", worst_cycles / mhz);
    put_us(", suspensions ", fw_flash.stats.suspensions);
    board_uart_puts("\n");
    fw_check("the erase", err == 0, err);
    fw_check("it was suspended", fw_flash.stats.suspensions > 20u,
            (int)fw_flash.stats.suspensions);
    fw_check("no recovery", fw_flash.stats.recoveries == 0u,
            (int)fw_flash.stats.recoveries);
    fw_check("the longest wait is within the declared one",
            waited_us <= declared_us, (int)waited_us);
    // Entry, the handler's prologue fetched from the flash.
    const uint32_t entry_us = 200u / mhz + 2u;
    fw_check("the tick says so too",
            worst_cycles / mhz <= declared_us + entry_us,
            (int)(worst_cycles / mhz));
    fw_check("some tick waited for most of a slice",
            worst_cycles / mhz > declared_us / 3u, (int)(worst_cycles / mhz));
    fw_check("no tick was lost",
            ticks + 2u >= elapsed_ms && fw_flash.stats.lost_ticks == 0u,
            (int)ticks);
    return elapsed_ms;
}

int main(void) {
    fw_begin("clock");
    struct xip_flash_config config = fw_config();
    config.flags = XIP_FLASH_NO_VERIFY; // its time depends on the clock
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    fw_handler(15, tick);
    fw_handler(16u + TIM2_IRQ, other);
    fw_enable_irq(TIM2_IRQ, 0xF0);
    const uint32_t fast_us = xip_flash_latency_us(&fw_flash);
    const uint32_t fast_ms = erase();

    run_at_16_mhz();
    err = xip_flash_clock_changed(&fw_flash, SLOW_HZ);
    fw_check("tell the new clock", err == 0, err);
    const uint32_t slow_us = xip_flash_latency_us(&fw_flash);
    fw_check("the same commands take longer: more is declared",
            slow_us > fast_us, (int)slow_us);
    const uint32_t slow_ms = erase();
    fw_check("both are erased", fw_is_blank(FW_AREA_OFF, ERASE_BYTES), 0);
    // The chip is as fast as before.
    fw_check("the erase takes about as long", slow_ms < 2u * fast_ms,
            (int)slow_ms);
    err = xip_flash_clock_changed(&fw_flash, 0);
    fw_check("no clock at all is PARAM", err == XIP_ERR_PARAM, err);
    fw_end();
}
