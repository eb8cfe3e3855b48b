/*
 * flm - flash algorithm for CMSIS-Pack: Keil, pyOCD, probe-rs, J-Link
 *
 * SPDX-License-Identifier: MIT
 *
 * Functions return 0, or a code of enum xip_err with its sign turned, which
 * the probe prints: 12 is a chip that does not answer.
 *
 * Runs wherever the probe puts it. All references to data are relative to the
 * program counter, since probes load code and data as one block; R9, which the
 * specification sets to the data's address, is not needed and kept.
 */
#include "flm.h"

#include "entry.h"
#include "loader.h"

#define PAGE_BYTES 4096u // fewer round trips than by pages of the chip

__attribute__((section("DevDscr"), used, visibility("default")))
const struct flm_device FlashDevice = {
        .version = FLM_VERSION,
        .name = LOADER_NAME,
        .type = FLM_EXTERNAL_SPI,
        .start_addr = LAYOUT_WINDOW_ADDR,
        .size_bytes = LAYOUT_FLASH_BYTES,
        .page_bytes = PAGE_BYTES,
        .erased = 0xFF,
        // The slowest parts take 10 ms a page and 10 s a sector.
        .program_timeout_ms = 1000,
        .erase_timeout_ms = 15000,
        .sectors = {{LOADER_SECTOR_BYTES, 0}, {FLM_END, FLM_END}},
};

// function: 1 erase, 2 program, 3 verify. The chip is left ready for each.
LOADER_CALLED int flm_init(uint32_t addr, uint32_t clock_hz,
        uint32_t function) {
    (void)clock_hz;
    (void)function;
    if (addr - LAYOUT_WINDOW_ADDR >= LAYOUT_FLASH_BYTES) {
        return -XIP_ERR_RANGE; // configured for another memory
    }
    return -loader_init();
}

LOADER_CALLED int flm_uninit(uint32_t function) {
    (void)function;
    loader_deinit();
    return 0;
}

LOADER_CALLED int flm_erase_chip(void) {
    return -loader_erase_all();
}

LOADER_CALLED int flm_erase_sector(uint32_t addr) {
    return -loader_erase(addr, LOADER_SECTOR_BYTES);
}

LOADER_CALLED int flm_program_page(uint32_t addr, uint32_t len_bytes,
        const uint8_t *data) {
    return -loader_program(addr, data, len_bytes);
}

LOADER_CALLED uint32_t flm_verify(uint32_t addr, uint32_t len_bytes,
        const uint8_t *data) {
    return loader_compare(addr, data, len_bytes);
}

LOADER_CALLED int flm_blank_check(uint32_t addr, uint32_t len_bytes,
        uint8_t pattern) {
    return loader_holds(addr, len_bytes, pattern) ? 0 : 1;
}

LOADER_ENTRY(Init, flm_init)
LOADER_ENTRY(UnInit, flm_uninit)
LOADER_ENTRY(EraseChip, flm_erase_chip)
LOADER_ENTRY(EraseSector, flm_erase_sector)
LOADER_ENTRY(ProgramPage, flm_program_page)
LOADER_ENTRY(Verify, flm_verify)
LOADER_ENTRY(BlankCheck, flm_blank_check)
