/*
 * internal - maps the flash, jumps into it, and serves calls from there
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs from internal flash at 0x08000000. Register level, one data line: no
 * quad enable bit and no dummy clocks to care for, any chip answers. The boot
 * program in boot/ is the real thing; this one shows the two mechanisms and
 * nothing else:
 *  - a jump hands over for good: stack pointer, vector table and then the
 *    reset vector of the other program;
 *  - a call comes back: an ordinary function call through a pointer. Internal
 *    flash stays readable whatever the external chip does.
 */
#include "board.h"
#include "services.h"
#include "stm32l476.h"

#define FLASH_SIZE_LOG2 24u // 16 MB
#define CMD_RESET_ENABLE 0x66u
#define CMD_RESET 0x99u
#define CMD_READ 0x03u

/// Served to the other program ///

static uint32_t crc32(const void *data, size_t len_bytes) {
    const uint8_t *p = data;
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < len_bytes; i++) {
        crc ^= p[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

__attribute__((section(".services"), used)) const struct services services = {
        .magic = SERVICES_MAGIC,
        .version = SERVICES_VERSION,
        .crc32 = crc32,
        .puts = board_uart_puts,
        .put_hex = board_uart_put_hex,
};

/// The flash ///

static void quadspi_wait(void) {
    for (uint32_t i = 0; i < 100000u; i++) {
        if ((QUADSPI->SR & QUADSPI_SR_BUSY) == 0u) {
            return;
        }
    }
}

static void command(uint32_t opcode) {
    QUADSPI->CCR = opcode | QUADSPI_CCR_IMODE_1;
    quadspi_wait();
}

static void map_flash(void) {
    board_init_flash_pins();
    QUADSPI->CR = (3u << QUADSPI_CR_PRESCALER_POS) | QUADSPI_CR_SSHIFT;
    QUADSPI->DCR = (FLASH_SIZE_LOG2 - 1u) << QUADSPI_DCR_FSIZE_POS;
    QUADSPI->CR |= QUADSPI_CR_EN;
    // The chip is not reset with the MCU; whatever it was left in ends here.
    command(CMD_RESET_ENABLE);
    command(CMD_RESET);
    for (volatile uint32_t i = 0; i < 2000u; i++) {
        // 30 us, the part's reset time.
    }
    QUADSPI->CCR = CMD_READ | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_ADMODE_1 |
            QUADSPI_CCR_ADSIZE_24 | QUADSPI_CCR_DMODE_1 |
            QUADSPI_CCR_FMODE_MAPPED;
}

/// The jump ///

// Assembly, because nothing may use the stack between the two.
_Noreturn static void jump(uint32_t sp, uint32_t pc) {
    __asm volatile("msr msp, %0\n"
                   "isb\n"
                   "bx %1\n" ::"r"(sp),
                   "r"(pc)
                   : "memory");
    __builtin_unreachable();
}

int main(void) {
    (void)board_init_clock();
    board_uart_init(BOARD_BAUD);
    map_flash();
    const uint32_t *const vectors = (const uint32_t *)LAYOUT_WINDOW_ADDR;
    const uint32_t sp = vectors[0];
    const uint32_t pc = vectors[1];
    // A stack pointer in RAM and a Thumb address in the window: enough to see
    // that something is there, not that it is what you want; see boot/.
    if (sp - LAYOUT_SRAM1_ADDR > LAYOUT_SRAM1_BYTES ||
            pc - LAYOUT_WINDOW_ADDR >= LAYOUT_FLASH_BYTES || (pc & 1u) == 0u) {
        board_uart_puts("call_internal: no program in the external flash\n");
        return 1;
    }
    board_uart_puts("call_internal: jumping to 0x");
    board_uart_put_hex(pc & ~1u);
    board_uart_puts("\n");
    board_uart_flush();
    SCB->VTOR = LAYOUT_WINDOW_ADDR;
    __asm volatile("dsb" ::: "memory");
    jump(sp, pc);
}
