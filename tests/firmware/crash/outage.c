/*
 * outage - faults in an outage, and with the flash or its controller
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "cases.h"
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"
#include "xip_fault.h"

#define CEILING 0x40u
#define ERASE_BYTES 0x10000u
#define BOOT_VECTORS LAYOUT_INTERNAL_ADDR

static volatile uint32_t sum;
static const uint32_t table[4] = {0x11, 0x22, 0x33, 0x44};

/// Handlers that go on in the outage, above the ceiling ///

__attribute__((noinline)) static void in_flash(void) {
    sum++; // AT call_flash
}

XIP_RESIDENT static void calls_flash(void) {
    in_flash(); // from here
    sum++;
}

XIP_RESIDENT static void reads_table(void) {
    sum += ((const volatile uint32_t *)table)[sum & 3u]; // AT read_table
}

XIP_RESIDENT static void asserts(void) {
    XIP_ASSERT(sum == 99u); // AT assert_in_outage
}

static void erase_with(void (*handler)(void)) {
    struct xip_flash_config config = fw_config();
    config.ceiling = CEILING;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    fw_handler(15, handler);
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0x10);
    // The tick may come in ordinary code first, where it does no harm.
    const int erased = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_check("the fault comes before this line", false, erased);
    fw_end();
}

void case_call_flash(void) {
    erase_with(calls_flash);
}

void case_read_table(void) {
    erase_with(reads_table);
}

void case_assert_in_outage(void) {
    erase_with(asserts);
}

/// A driver of its own ///

XIP_RESIDENT static void begin_erase(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    while ((QUADSPI->CR & QUADSPI_CR_ABORT) != 0u) {
    }
    QUADSPI->CCR = 0x06u | QUADSPI_CCR_IMODE_1;
    while ((QUADSPI->SR & QUADSPI_SR_BUSY) != 0u) {
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
    QUADSPI->CCR = 0x20u | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_ADMODE_1 |
            QUADSPI_CCR_ADSIZE_24;
    QUADSPI->AR = FW_AREA_OFF;
    while ((QUADSPI->SR & QUADSPI_SR_BUSY) != 0u) {
    }
}

// Without a wait and without mapped mode.
void case_busy_return(void) {
    begin_erase();
    sum++; // AT busy_return
}

XIP_RESIDENT static void erase_unmasked(void) {
    begin_erase();
    for (;;) {
        // The tick comes.
    }
}

// The table is still in the flash: neither the vector of the tick nor that of
// the fault can be read.
void case_vector_in_flash(void) {
    startup_use_vectors(false);
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0x10);
    erase_unmasked(); // AT vector_in_flash
}

// As the application's HAL_QSPI_DeInit() and _Init() begin.
void case_re_init(void) {
    RCC_AHB3RSTR = RCC_AHB3_QSPI;
    RCC_AHB3RSTR = 0; // AT re_init
    sum++;
}

// Resident, with the controller as it is after a reset.
XIP_RESIDENT __attribute__((used)) static uint32_t too_early(void) {
    RCC_AHB3RSTR = RCC_AHB3_QSPI;
    RCC_AHB3RSTR = 0;
    return ((const volatile uint32_t *)table)[1]; // AT before_init
}

void case_before_init(void) {
    sum = too_early();
}

/// No handler runs ///

void case_watchdog_outage(void) {
    struct xip_flash_config config = fw_config();
    config.watchdog = (struct xip_watchdog){0};
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    board_uart_flush();
    board_start_watchdog(20);
    const int erased = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_check("the watchdog comes before this line", false, erased);
    fw_end();
}

void case_watchdog_loop(void) {
    board_start_watchdog(20);
    while (sum != 1u) { // AT watchdog_loop
    }
}

void case_wait_masked(void) {
    fw_start_tick(2000, 0x80);
    __asm volatile("cpsid i"); // AT wait_masked
    while (sum != 1u) {
    }
}

// The table of the boot program, as without an own VTOR.
void case_boot_systick(void) {
    SCB->VTOR = BOOT_VECTORS;
    fw_start_tick(2000, 0x80);
    for (;;) {
        sum++;
    }
}
