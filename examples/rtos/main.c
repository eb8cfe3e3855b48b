/*
 * rtos - two threads share the flash they run from, and the clock stays correct
 *
 * SPDX-License-Identifier: MIT
 *
 * Thread 0 erases 128 KB. Thread 1 runs meanwhile: it works every 10 ms, and
 * after a while writes into a log on the same chip. That makes it wait until
 * the erase is over: a thread that must not wait leaves writing to another one.
 *
 * The slice is set to 4 ms, longer than a tick: fewer suspensions, faster
 * erases, and lost ticks. The hook adds them again. Leave slice_us at 0 and
 * none is lost. docs/RTOS.md has the hooks for FreeRTOS and Zephyr.
 */
#include "board.h"
#include "kernel.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_flash.h"

#define ERASE_OFF LAYOUT_SLOT1_OFF
#define ERASE_BYTES 0x20000u
#define LOG_OFF 0x00200000u
#define WORK_TICKS 10u
#define WORK_FIRST 20u
#define LINES 3u

static struct xip_flash flash;
static uint8_t bounce[256];
static volatile uint32_t worked, lines, made_up;
static volatile int log_err;

/// Hooks ///

static void lock(void *ctx) { // xSemaphoreTakeRecursive, k_mutex_lock
    (void)ctx;
    kernel_lock();
}

static void unlock(void *ctx) {
    (void)ctx;
    kernel_unlock();
}

static void lost_ticks(void *ctx, uint32_t ticks) { // xTaskCatchUpTicks
    (void)ctx;
    kernel_catch_up(ticks);
    made_up += ticks;
}

static const struct xip_flash_hooks hooks = {
        .lock = lock,
        .unlock = unlock,
        .lost_ticks = lost_ticks,
};

/// Threads ///

static void control(void) {
    for (;;) {
        kernel_delay(WORK_TICKS);
        worked++;
        if (worked >= WORK_FIRST && lines < LINES && log_err == 0) {
            log_err = xip_flash_program(&flash, LOG_OFF + 16u * lines,
                    "thread 1 worked\n", 16);
            lines++;
        }
    }
}

static void say(const char *what, uint32_t value) {
    board_uart_puts(what);
    board_uart_put_dec(value);
    board_uart_puts("\n");
}

static int erase(void) {
    const uint32_t cycles = DWT_CYCCNT;
    const uint32_t ticks = kernel_ticks();
    const uint32_t before = worked;
    const int err = xip_flash_erase(&flash, ERASE_OFF, ERASE_BYTES);
    const uint32_t ms = (DWT_CYCCNT - cycles) / (BOARD_HCLK_HZ / 1000u);
    const uint32_t counted = kernel_ticks() - ticks;

    say("rtos: the erase took ms ", ms);
    say("rtos: ticks counted ", counted);
    say("rtos: of them made up for ", made_up);
    say("rtos: thread 1 worked times ", worked - before);
    board_uart_puts(counted + 2u >= ms && counted <= ms + 2u
                    ? "rtos: the clock is right\n"
                    : "rtos: the clock is WRONG\n");
    return err;
}

int main(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .slice_us = 4000,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
            .hooks = &hooks,
    };
    board_uart_init(BOARD_BAUD);
    int err = xip_flash_attach(&flash, &config);
    if (err == 0) {
        err = xip_flash_erase(&flash, LOG_OFF, 4096);
    }
    if (err == 0) {
        kernel_start(control, BOARD_HCLK_HZ);
        err = erase();
    }
    while (err == 0 && lines < LINES) {
        kernel_delay(1);
    }
    if (err == 0) {
        err = log_err;
    }
    say("rtos: thread 1 waited for the flash, times ", kernel_waits());
    board_uart_puts(err == 0 ? "rtos: done" : xip_err_name(err));
    board_uart_puts("\n");
    return 0;
}
