/*
 * verdicts - a boot program that does one wrong thing, for tests/cli/cut.sh
 *
 * SPDX-License-Identifier: MIT
 *
 * The first sectors of the chip hold images A and B, of 256 bytes each, which
 * loop at their first instruction. A word of the chip says what is done once,
 * at the first start.
 */
#include <stdbool.h>
#include <string.h>

#include "board.h"
#include "layout.h"
#include "startup.h"
#include "xip_flash.h"

#define LOOP 0xE7FEu // a branch to itself
#define SECTOR_BYTES 4096u
#define IMAGE_BYTES 256u
#define A_OFF 0u
#define B_OFF SECTOR_BYTES
#define WHAT_OFF 0x10000u
#define DONE_OFF 0x11000u // blank: not yet
#define COUNT_OFF 0x12000u

enum what {
    REWRITE_ALONE = 1, // A is erased and programmed, and nothing else starts
    REWRITE_RUNNING,   // the same, and B starts if A does not begin well
    TAKE_TURNS,        // A and B start in turns
};

static struct xip_flash flash;

static const uint8_t *at(uint32_t off) {
    return (const uint8_t *)(uintptr_t)(LAYOUT_WINDOW_ADDR + off);
}

static uint32_t word_at(uint32_t off) {
    uint32_t word;
    memcpy(&word, at(off), sizeof(word));
    return word;
}

static void program(uint32_t off, const void *data, uint32_t len_bytes) {
    if (xip_flash_program(&flash, off, data, len_bytes) != 0) {
        board_uart_puts("not programmed\n");
    }
}

static void rewrite(void) {
    const uint32_t now = 0;
    uint8_t image[IMAGE_BYTES];
    memcpy(image, at(A_OFF), sizeof(image));
    program(DONE_OFF, &now, sizeof(now));
    if (xip_flash_erase(&flash, A_OFF, SECTOR_BYTES) == 0) {
        program(A_OFF, image, sizeof(image));
    }
}

// A bit less at each start.
static bool take_turn(void) {
    const uint32_t bits = word_at(COUNT_OFF) << 1;
    program(COUNT_OFF, &bits, sizeof(bits));
    return (__builtin_popcount(bits) & 1) != 0;
}

static _Noreturn void start(uint32_t off) {
    board_uart_puts("starts\n");
    board_uart_flush();
    ((void (*)(void))(uintptr_t)(LAYOUT_WINDOW_ADDR + off + 1u))();
    for (;;) {
        // It does not come back.
    }
}

int main(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
    };
    (void)board_init_clock();
    board_uart_init(BOARD_BAUD);
    board_init_flash_pins();
    if (xip_flash_bringup(&flash, &config, BOARD_FLASH_PRESCALER) != 0) {
        board_uart_puts("no flash\n");
        return 1;
    }
    const uint32_t what = word_at(WHAT_OFF);
    bool other = false;
    if (what == TAKE_TURNS) {
        other = take_turn();
    } else if (word_at(DONE_OFF) == UINT32_MAX) {
        rewrite();
    }
    const uint32_t first = word_at(A_OFF);
    if (what == REWRITE_RUNNING) {
        other = (first & UINT16_MAX) != LOOP;
    }
    if (first == UINT32_MAX && !other) {
        board_uart_puts("nothing to start\n");
        return 1;
    }
    start(other ? B_OFF : A_OFF);
}
