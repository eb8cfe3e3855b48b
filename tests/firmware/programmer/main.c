/*
 * programmer - external loaders, called as a debug probe calls them
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs from internal flash with its data in SRAM2; SRAM1 is the loaders'.
 */
#include "programmer.h"

#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

uint8_t page[PAGE + 1u];

void page_fill(uint32_t seed) {
    for (uint32_t i = 0; i < sizeof page; i++) {
        page[i] = fw_pattern(seed + i);
    }
}

int main(void) {
    fw_begin("programmer");
#ifdef PROGRAMMER_WHOLE
    test_flm_whole_chip();
    test_stldr_whole_chip();
#else
    // Where pyOCD puts one: behind a stack of 512 bytes and its own header.
    board_uart_puts("FLM at 0x20000220\n");
    test_flm(LAYOUT_SRAM1_ADDR + 0x220u, false);
    // An odd multiple of 4, far away from the first.
    board_uart_puts("FLM at 0x2000b084\n");
    test_flm(LAYOUT_SRAM1_ADDR + 0xB084u, true);

    board_uart_puts("stldr\n");
    test_stldr();
    __asm volatile("cpsie i"); // it has no call to give the core back
    startup_use_vectors(true);

    board_uart_puts("no chip\n");
    test_no_chip();
#endif
    fw_end();
}
