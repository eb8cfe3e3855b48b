/*
 * recovery - serial recovery: an image over the console, by SMP
 *
 * SPDX-License-Identifier: MIT
 *
 * Bytes are polled: a client sends nothing while it waits for its answer, and
 * the work between two bytes of one packet takes less than a byte.
 */
#include "recovery.h"

#include "board.h"
#include "boot_cfg.h"
#include "cortexm.h"
#include "xip_smp.h"
#include "xip_smp_slots.h"
#include "xip_smp_uart.h"

#define LINE_BYTES 1024u
#define ANSWER_BYTES 512u
#define ERASE_BYTES 4096u
#define TICKS_PER_SECOND 10u
#define RESET_TICKS 3u // until the answer has left a USB bridge, too

static struct xip_smp_slots slots;
static struct xip_smp_uart uart;
static struct xip_smp smp;
static uint8_t line[LINE_BYTES], answer[ANSWER_BYTES];

XIP_WEAK bool boot_recovery_button(void) {
    return false;
}

bool recovery_requested(void) {
    volatile uint32_t *const word = (volatile uint32_t *)BOOT_RECOVERY_ADDR;
    const bool requested = *word == XIP_BOOT_RECOVERY_REQUEST;
    *word = 0;
    return requested || boot_recovery_button();
}

static void put(void *ctx, uint8_t byte) {
    (void)ctx;
    board_kick_watchdog();
    board_uart_putc((char)byte);
}

// True: it was the end of a packet.
static bool take(uint8_t byte) {
    const int32_t got = xip_smp_uart_byte(&uart, byte);
    if (got <= 0) {
        return false;
    }
    const uint32_t len = xip_smp_handle(&smp, uart.packet, (uint32_t)got,
            answer, sizeof(answer));
    if (len != 0u) {
        xip_smp_uart_send(answer, len, put, NULL);
    }
    return true;
}

static void prepare(struct xip_flash *flash,
        const struct xip_boot_config *config, struct xip_slots *journal) {
    const struct xip_smp_slots_config slots_config = {
            .dev = flash,
            .slots = config->slots,
            .slot_count = config->slot_count,
            .golden = BOOT_GOLDEN,
            .journal = journal,
            .erase_max_bytes = ERASE_BYTES,
            .trust = &config->trust,
    };
    static const struct xip_smp_config smp_config = {
            .images = &slots.images,
            .ctx = &slots,
            .buffer_bytes = sizeof(line),
            .board = LAYOUT_BOARD_NAME,
    };
    xip_smp_slots_init(&slots, &slots_config);
    xip_smp_init(&smp, &smp_config);
    xip_smp_uart_init(&uart, line, sizeof(line));
}

void recovery_serve(struct xip_flash *flash,
        const struct xip_boot_config *config, struct xip_slots *journal,
        uint32_t quiet_seconds) {
    uint32_t ticks = quiet_seconds * TICKS_PER_SECOND;
    prepare(flash, config, journal);
    SYSTICK->RVR = BOARD_HCLK_HZ / TICKS_PER_SECOND - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR = SYSTICK_CSR_CLKSOURCE | SYSTICK_CSR_ENABLE;
    while (ticks != 0u) {
        board_kick_watchdog();
        const int byte = board_uart_getc();
        if (byte >= 0 && take((uint8_t)byte)) {
            ticks = smp.reset_wanted ? RESET_TICKS
                                     : quiet_seconds * TICKS_PER_SECOND;
        }
        if ((SYSTICK->CSR & SYSTICK_CSR_COUNTFLAG) != 0u) {
            ticks--;
        }
    }
    SYSTICK->CSR = 0;
    if (smp.reset_wanted) {
        board_reset();
    }
}
