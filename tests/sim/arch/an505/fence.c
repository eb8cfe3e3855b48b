/*
 * fence - the MPU fence of Armv8-M, on the AN505 machine of QEMU
 *
 * SPDX-License-Identifier: MIT
 *
 * QEMU has no flash controller and no flash for this machine: here is a port
 * to a chip that is a memory with a second address, and never busy. An erase
 * ends with a tick, so that a handler above the ceiling runs in the outage.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "escapes.h"
#include "fw.h"
#include "xip_port.h"
#include "xip_port_opcode.h"
#include "xip_soc.h"

#define R32(a) (*(volatile uint32_t *)(uintptr_t)(a))
#define UART 0x50200000u // CMSDK

/// The board ///

void board_uart_putc(char c) {
    while ((R32(UART + 4u) & 1u) != 0u) {
    }
    R32(UART) = (uint8_t)c;
}

void board_uart_puts(const char *text) {
    while (*text != '\0') {
        board_uart_putc(*text++);
    }
}

void board_uart_put_dec(uint32_t value) {
    if (value > 9u) {
        board_uart_put_dec(value / 10u);
    }
    board_uart_putc((char)('0' + value % 10u));
}

int board_init_clock(void) {
    return 0;
}

void board_init_pins(void) {
}

void board_uart_init(uint32_t baud) {
    (void)baud;
    R32(UART + 0x10u) = 16;
    R32(UART + 8u) = 1;
}

void board_uart_flush(void) {
}

/// The family: nobody else reads the window ///

bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes) {
    const uintptr_t a = (uintptr_t)p;
    return a < LAYOUT_WINDOW_ADDR + CHIP_BYTES &&
            a + len_bytes > LAYOUT_WINDOW_ADDR;
}

int xip_soc_dma_in_window(void) {
    return -1;
}

struct xip_watch *xip_soc_watch(struct xip_watch *next,
        const struct xip_watch *end) {
    (void)end;
    return next;
}

/// The port ///

static const struct xip_flash_part part = {
        .name = "memory",
        .id = {0xEF, 0x40, 0x14},
        .addr_bytes = 3,
        .size_bytes = CHIP_BYTES,
        .page_bytes = 256,
        .erase = {{4096, 1000, 2000, 0x20}},
        .page_typ_us = 1000,
        .page_max_us = 2000,
        .reset_max_us = 1000,
        .program_opcode = 0x02,
        .program_lanes = 1,
        .read_opcode = 0x0B,
        .read_lanes = 1,
};

static uint32_t status;

uint32_t xip_port_command(uint8_t opcode, uint8_t addr_bytes,
        uint8_t dummy_clocks, enum xip_dir dir, uint8_t data_lanes) {
    (void)addr_bytes;
    (void)dummy_clocks;
    (void)data_lanes;
    return dir == XIP_DIR_IN ? xip_port_opcode_in(opcode)
                             : xip_port_opcode(opcode);
}

int xip_port_adopt(struct xip_resident *r) {
    (void)r;
    return 0;
}

struct xip_mapped_read xip_port_mapped_read(const struct xip_resident *r) {
    (void)r;
    return (struct xip_mapped_read){0, 0, 0, 0};
}

uint32_t xip_port_divider(void) {
    return 1;
}

void xip_port_unmap_(void) {
}

void xip_port_map_(const struct xip_resident *r) {
    (void)r;
}

// By words, since a loop over bytes may become memset, which is in no outage.
static void erase(volatile uint8_t *at) {
    for (uint32_t i = 0; i < 4096u; i++) {
        at[i] = 0xFF;
    }
    if ((SYSTICK->CSR & SYSTICK_CSR_TICKINT) != 0u) {
        SCB->ICSR = 1u << 26; // PENDSTSET
        __asm volatile("dsb\n\tisb" ::: "memory");
    }
}

void xip_port_transfer_(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len_bytes) {
    const uint32_t opcode = cmd & TEMPLATE_CMD_OPCODE;
    volatile uint8_t *const at = (volatile uint8_t *)(CHIP_ADDR + addr);
    if (opcode == 0x9Fu) {
        for (uint32_t i = 0; i < len_bytes && i < 3u; i++) {
            data[i] = part.id[i];
        }
    } else if ((cmd & TEMPLATE_CMD_IN) != 0u) {
        for (uint32_t i = 0; i < len_bytes; i++) {
            data[i] = (uint8_t)(opcode == 0x05u ? status : 0u);
        }
    } else if (opcode == 0x06u) {
        status = 2;
    } else if (opcode == 0x20u) {
        status = 0;
        erase(at);
    } else if (opcode == 0x02u) {
        status = 0;
        for (uint32_t i = 0; i < len_bytes; i++) {
            at[i] &= data[i];
        }
    }
}

/// The program ///

struct xip_flash_config fw_config(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .bounce = fw_bounce,
            .bounce_bytes = sizeof fw_bounce,
            .part = &part,
    };
    return config;
}

static void refusals(void) {
    refused_alike();
    MPU->CTRL = 5;
    set_region(FENCE - 1u, 0x40000000, 16, ALL_ACCESS, true);
    fw_check("the one below it in use", attach(FENCE) == XIP_ERR_CONFIG,
            attach(FENCE));
    fw_check("one above it", attach(3) == 0, attach(3));
    fw_check("two others", attach(5) == 0, attach(5));
    no_regions();
}

int main(void) {
    fw_begin("fence");
    fw_check("eight regions", (MPU->TYPE >> 8 & 0xFFu) >= 8u, (int)MPU->TYPE);
    escapes_begin();
    refusals();
    set_region(FENCE, 0x20010000, 12, READ_ONLY, false); // stale
    set_region(2, 0x60000000, 20, READ_ONLY, false);
    unnoticed("an MPU that is off");
    escape_once("a load", LOAD, false);
    escape_once("a store", STORE, false);
    escape_once("a call", CALL, false);
    escape_once("a load, MemManage off", LOAD, true);
    // The user's own regions: over the window and elsewhere.
    no_regions();
    set_region(0, LAYOUT_WINDOW_ADDR, 20, READ_ONLY, true);
    set_region(5, 0x38008000, 8, ALL_ACCESS, true);
    set_region(FENCE - 1u, 0x40000000, 29, ALL_ACCESS, false);
    MPU->RNR = 4;
    MPU->CTRL = 5;
    unnoticed("an MPU in use");
    escape_once("a load, MPU in use", LOAD, false);
    escape_once("a store, MPU in use", STORE, false);
    escape_once("a call, MPU in use", CALL, false);
    fw_check("it is in use again", MPU->CTRL == 5u, (int)MPU->CTRL);
    no_regions();
    fw_end();
}

extern uint32_t stack_top[], bss_start[], bss_end[];
void start(void);

static void stop(void) {
    board_uart_puts("an exception without a handler\n");
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handler[15])(void);
} vectors = {
        stack_top,
        {start, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop,
                stop, stop, stop, stop},
};

void start(void) {
    for (uint32_t *p = bss_start; p < bss_end; p++) {
        *p = 0;
    }
    main();
}
