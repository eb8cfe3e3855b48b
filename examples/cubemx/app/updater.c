/*
 * updater - takes a new image over USART2 and puts it in the other slot
 *
 * SPDX-License-Identifier: MIT
 */
#include "updater.h"

#include <stdbool.h>

#include "key_p256.h"
#include "main.h"
#include "xip_flash.h"
#include "xip_image.h"
#include "xip_update.h"
#include "xip_xmodem.h"

#define WINDOW_ADDR 0x90000000u
#define SLOT_BYTES 0x100000u
#define OTHER_OFF (APP_ADDR == WINDOW_ADDR ? SLOT_BYTES : 0u)
#define VECTOR_COUNT 98u // 16 and the 82 interrupts of an STM32L476

#define CEILING (4u << 4) // priorities 0 to 3 keep running, 4 to 15 wait
#define FEED_US 100000u   // of the watchdog's 500 ms
// No waiting interrupt is urgent, so an erase may run longer without a
// suspension than a tick of the HAL; lost_ticks() adds the lost ticks.
#define SLICE_US 4000u

// One signature check, in code that is fetched from the flash without a cache,
// takes 6 s here.

#define ASK_MS 3000u   // between two 'C'
#define QUIET_MS 1000u // in a transfer: ask for the packet again

static struct xip_flash flash;
static uint8_t bounce[256];
static uint32_t vectors[VECTOR_COUNT] __attribute__((aligned(512)));

static struct xip_xmodem xmodem;
static struct xip_update update;
static uint8_t packet[XIP_XMODEM_PACKET_BYTES];
static bool receiving;
static uint32_t last_ms;                // of the last byte
static uint32_t begin_ms, begin_cycles; // of the transfer

/// Attaching ///

// The tick can interrupt at any time, and += is three instructions.
static void lost_ticks(void *ctx, uint32_t ticks) {
    (void)ctx;
    uint32_t primask; // the caller of the library may have set it
    __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    uwTick += ticks * uwTickFreq;
    __asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

static const struct xip_flash_hooks hooks = {.lost_ticks = lost_ticks};

static int attach(void) {
    const struct xip_flash_config config = {
            .window_addr = WINDOW_ADDR,
            .hclk_hz = SystemCoreClock,
            .ceiling = CEILING,
            .slice_us = SLICE_US,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
#ifndef NO_FEED
            .watchdog = {&IWDG->KR, IWDG_KR_RELOAD, FEED_US},
#endif
            .hooks = &hooks,
    };
    const int err = xip_flash_vectors_move(vectors, VECTOR_COUNT);
    return err != 0 ? err : xip_flash_attach(&flash, &config);
}

void updater_start(void) {
    const int err = attach();
    say("updater: ");
    say(err != 0 ? xip_err_name(err) : "ready");
    if (err == XIP_ERR_VECTOR) {
        say_number(", exception ", flash.bad_exception);
    }
    say("\r\n");
    if (err != 0) {
        Error_Handler();
    }
    last_ms = HAL_GetTick();
    (void)xip_xmodem_begin(&xmodem, packet, packet);
}

/// Installing ///

static void refresh(void *ctx) {
    (void)ctx;
    (void)HAL_IWDG_Refresh(&hiwdg);
}

// This project's boot loader starts what has a header. So digest and signature
// are checked here, and the header of an image that fails is erased again.
// After a power loss in between, the header remains: a boot loader that
// verifies is the better place.
static int verify(void) {
    static const uint8_t *const keys[] = {ecdsa_pub_key};
    static const struct xip_image_trust trust = {
            .keys = keys,
            .key_count = 1,
            .feed = refresh,
    };
    struct xip_image image;
    int err = xip_image_parse(&image,
            (const void *)(uintptr_t)(WINDOW_ADDR + OTHER_OFF), SLOT_BYTES);
    if (err == 0) {
        err = xip_image_verify(&image, &trust); // takes seconds
    }
    if (err != 0) {
        const uint32_t unit = flash.part.erase[0].size_bytes;
        const int erased = xip_flash_erase(&flash, OTHER_OFF, unit);
        err = erased != 0 ? erased : err;
    }
    return err;
}

static void say_how_it_went(void) {
    const uint32_t khz = SystemCoreClock / 1000u;
    const uint32_t tick_ms = HAL_GetTick() - begin_ms;
    const uint32_t real_ms = (DWT_CYCCNT - begin_cycles) / khz;
    const uint32_t wrong =
            tick_ms > real_ms ? tick_ms - real_ms : real_ms - tick_ms;
    say_number("\r\nupdater: installed, bytes ", update.received_bytes);
    say_number("\r\nupdater: bytes lost ", receiver_lost());
    say_number(", ticks made up for ", flash.stats.lost_ticks);
    say_number("\r\nupdater: took ms ", real_ms);
    say_number(", HAL_GetTick() wrong by ms ", wrong);
    say("\r\n");
}

static void answer(uint32_t events) {
    const uint8_t byte = (uint8_t)(events & XIP_XMODEM_ANSWER);
    const uint16_t times = (events & XIP_XMODEM_TWICE) != 0u ? 2 : 1;
    for (uint16_t i = 0; byte != 0u && i < times; i++) {
        (void)HAL_UART_Transmit(&huart2, &byte, 1, HAL_MAX_DELAY);
    }
}

static void fail(int err) {
    xip_update_abort(&update);
    receiving = false;
    say("\r\nupdater: failed, ");
    say(xip_err_name(err));
    say("; send again\r\n");
    last_ms = HAL_GetTick();
    (void)xip_xmodem_begin(&xmodem, packet, packet);
}

static int take_packet(void) {
    if (!receiving) {
        receiving = true;
        begin_ms = HAL_GetTick();
        begin_cycles = DWT_CYCCNT;
        const int err =
                xip_update_begin(&update, &flash, OTHER_OFF, SLOT_BYTES, NULL);
        if (err != 0) {
            return err;
        }
    }
    return xip_update_write(&update, xmodem.data, xmodem.data_bytes);
}

static void install(uint32_t events) {
    int err = receiving ? xip_update_finish(&update) : XIP_ERR_TRANSFER;
    if (err == 0) {
        err = verify();
    }
    if (err != 0) {
        answer(xip_xmodem_cancel(&xmodem));
        fail(err);
        return;
    }
    answer(events); // the sender's "done" means installed
    say_how_it_went();
    HAL_NVIC_SystemReset();
}

static void handle(uint32_t events) {
    if ((events & XIP_XMODEM_END) != 0u) {
        install(events);
        return;
    }
    // Answered first: the next packet travels while this one is programmed.
    answer(events);
    int err = 0;
    if ((events & XIP_XMODEM_FAILED) != 0u) {
        fail(xmodem.error);
    } else if ((events & XIP_XMODEM_DATA) != 0u) {
        err = take_packet();
        last_ms = HAL_GetTick();
    }
    if (err != 0) {
        answer(xip_xmodem_cancel(&xmodem));
        fail(err);
    }
}

void updater_poll(void) {
    const int byte = receiver_get();
    if (byte >= 0) {
        last_ms = HAL_GetTick();
        handle(xip_xmodem_byte(&xmodem, (uint8_t)byte));
    } else if (HAL_GetTick() - last_ms >= (receiving ? QUIET_MS : ASK_MS)) {
        last_ms = HAL_GetTick();
        handle(xip_xmodem_timeout(&xmodem));
    }
}
