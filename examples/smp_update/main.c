/*
 * smp_update - an application that mcumgr's tools update while it runs
 *
 * SPDX-License-Identifier: MIT
 *
 * Text and SMP packets share the serial port. Bytes are received through every
 * erase, into a ring that holds the largest packet; a client sends no second
 * one before it has its answer.
 *
 * What a fault left behind is kept in a region of the flash, and clients can
 * fetch it. The character ! between packets makes one.
 */
#include "board.h"
#include "receiver.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_fault_ring.h"
#include "xip_journal.h"
#include "xip_slots.h"
#include "xip_smp.h"
#include "xip_smp_fault.h"
#include "xip_smp_slots.h"
#include "xip_smp_uart.h"

#define CEILING 0x40u
#define RX_PRIORITY 0x10u      // above the ceiling: receives in an outage
#define ERASE_BYTES 4096u      // 45 ms: no client waits so long in vain
#define FAULTS_OFF 0x00200000u // after both slots
#define FAULTS_BYTES 0x3000u   // the last three

static const struct xip_boot_slot slot_table[LAYOUT_SLOT_COUNT] = {
        LAYOUT_SLOTS};

static struct xip_flash flash;
static struct xip_journal_flash journal_place;
static struct xip_slots journal;
static struct xip_smp_slots slots;
static struct xip_smp_uart uart;
static struct xip_smp smp;
static struct xip_region faults_region;
static struct xip_smp_fault faults;
static uint32_t fault_buffer[256]; // more than a record has
static uint8_t line[1024], answer[512];
static uint8_t bounce[256];

static int attach(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .ceiling = CEILING,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
    return xip_flash_attach(&flash, &config);
}

// What boot program and application record. Without it updates still work: the
// highest version starts.
static struct xip_slots *open_journal(void) {
    struct xip_journal_io io;
    int err = xip_journal_flash_io(&io, &journal_place, &flash,
            LAYOUT_JOURNAL_OFF, LAYOUT_JOURNAL_BYTES);
    if (err == 0) {
        err = xip_slots_open(&journal, &io, slot_table, LAYOUT_SLOT_COUNT);
    }
    return err == 0 ? &journal : NULL;
}

// Keeps the record that a fault before the reset left, if there is one.
static int keep_fault(uint32_t reset_cause) {
    const struct xip_fault_record *const record = xip_fault_begin(reset_cause);
    int err = xip_region_init(&faults_region, &flash, FAULTS_OFF, FAULTS_BYTES,
            0);
    if (err == 0 && record != NULL) {
        err = xip_fault_ring_store(&faults_region, record);
        board_uart_puts("smp_update: a fault was recorded\n");
    }
    if (err != 0) {
        faults.record = record; // until the next reset
        faults.forget = xip_fault_clear;
        return err;
    }
    xip_fault_clear();
    xip_smp_fault_use_ring(&faults, &faults_region, fault_buffer,
            sizeof(fault_buffer));
    return 0;
}

static void serve(void) {
    const struct xip_smp_slots_config slots_config = {
            .dev = &flash,
            .slots = slot_table,
            .slot_count = LAYOUT_SLOT_COUNT,
            .journal = open_journal(),
            .erase_max_bytes = ERASE_BYTES,
    };
    xip_smp_slots_init(&slots, &slots_config);
    const struct xip_smp_config config = {
            .images = &slots.images,
            .ctx = &slots,
            .buffer_bytes = sizeof(line),
            .board = LAYOUT_BOARD_NAME,
            .info = "smp_update " APP_VERSION,
            .more = xip_smp_fault_handle,
            .more_ctx = &faults,
    };
    xip_smp_init(&smp, &config);
    xip_smp_uart_init(&uart, line, sizeof(line));
}

static void put(void *ctx, uint8_t byte) {
    (void)ctx;
    board_uart_putc((char)byte);
}

// Reads where no memory is.
static void fault_on_purpose(void) {
    (void)*(volatile const uint32_t *)0x30000000u;
}

static void take(uint8_t byte) {
    const int32_t got = xip_smp_uart_byte(&uart, byte);
    if (got == XIP_SMP_UART_TEXT && byte == (uint8_t)'!') {
        fault_on_purpose();
    }
    if (got <= 0) {
        return;
    }
    const uint32_t len = xip_smp_handle(&smp, uart.packet, (uint32_t)got,
            answer, sizeof(answer));
    if (len != 0u) {
        xip_smp_uart_send(answer, len, put, NULL);
    }
}

int main(void) {
    const uint32_t reset_cause = RCC->CSR;
    board_reset_cause_clear();
    board_uart_init(BOARD_BAUD);
    board_uart_puts("smp_update: version " APP_VERSION "\n");
    const int err = attach();
    if (err != 0) {
        board_uart_puts("smp_update: no updates, ");
        board_uart_puts(xip_err_name(err));
        board_uart_puts("\n");
        return 0;
    }
    if (keep_fault(reset_cause) != 0) {
        board_uart_puts("smp_update: no region for fault records\n");
    }
    serve();
    receiver_start(RX_PRIORITY);
    while (!smp.reset_wanted) {
        const int byte = receiver_get();
        if (byte >= 0) {
            take((uint8_t)byte);
        } else {
            // An error stays and is the answer to the next packet.
            const int erased = xip_smp_slots_idle(&slots);
            (void)erased;
        }
    }
    board_uart_puts("smp_update: reset\n");
    board_uart_flush();
    board_reset();
}
