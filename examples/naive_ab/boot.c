/*
 * boot - the boot loader of naive_ab: chooses a slot, repairs, starts
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs from internal flash. Prints one line about what it does.
 */
#include <string.h>

#include "ab.h"
#include "board.h"
#include "startup.h"
#include "xip_boot.h"

static struct xip_flash flash;

static void say(const char *text, uint32_t value) {
    board_uart_puts(text);
    board_uart_put_dec(value);
    board_uart_puts("\n");
}

static bool image_is_good(unsigned slot, const struct ab_record *record) {
    const uint32_t bytes = ab_has(AB_SHORT_CRC) ? 256u : record->bytes;
    if (ab_has(AB_NO_IMAGE_CRC) || ab_has(AB_RECORD_IN_MIDDLE)) {
        return true;
    }
    return bytes <= LAYOUT_SLOT_BYTES &&
            ab_crc(0, ab_flash(ab_slot_off(slot)), bytes) == record->crc;
}

static _Noreturn void start(unsigned slot) {
    say("boot: starting slot ", slot);
    board_uart_flush();
    xip_boot_jump(LAYOUT_WINDOW_ADDR + ab_slot_off(slot) + LAYOUT_HEADER_BYTES);
}

// The other copy becomes like the one that was read, before anything relies on
// a record that a cut may have torn.
static int repair(unsigned slot, const struct ab_record *record) {
    struct ab_record other;
    bool differs[AB_COPIES];
    for (unsigned copy = 0; copy < AB_COPIES; copy++) {
        differs[copy] = !ab_record_read(slot, copy, &other) ||
                memcmp(&other, record, sizeof(other)) != 0;
    }
    if ((!differs[0] && !differs[1]) || ab_has(AB_ONE_COPY)) {
        return 0;
    }
    int err = 0;
    if (ab_has(AB_REPAIR_GOOD)) {
        err = xip_flash_erase(&flash, ab_record_off(slot, 0),
                AB_COPIES * AB_SECTOR_BYTES);
        differs[0] = differs[1] = true;
    }
    for (unsigned copy = 0; copy < AB_COPIES && err == 0; copy++) {
        if (differs[copy]) {
            err = ab_record_write(&flash, slot, copy, record);
        }
    }
    return err;
}

// The newest record of both slots below `limit`; false: there is none.
static bool newest(uint64_t limit, unsigned *slot, struct ab_record *best) {
    bool found = false;
    for (unsigned i = 0; i < 2u; i++) {
        for (unsigned copy = 0; copy < AB_COPIES; copy++) {
            struct ab_record record;
            if (ab_record_read(i, copy, &record) && record.sequence < limit &&
                    (!found || record.sequence > best->sequence)) {
                *best = record;
                *slot = i;
                found = true;
            }
        }
    }
    return found;
}

static void choose(void) {
    struct ab_record record = {0};
    unsigned slot = 0;
    uint64_t limit = (uint64_t)UINT32_MAX + 1u;
    while (newest(limit, &slot, &record)) {
        if (image_is_good(slot, &record)) {
            if (repair(slot, &record) != 0) {
                say("boot: cannot repair the record of slot ", slot);
            }
            start(slot);
        }
        say("boot: damaged image in slot ", slot);
        if (ab_has(AB_NO_FALLBACK)) {
            return;
        }
        limit = record.sequence;
    }
}

static void start_by_flag(void) {
    const uint32_t flag = *(const volatile uint32_t *)AB_FLAG_ADDR;
    volatile uint32_t *const ram = (volatile uint32_t *)AB_RAM_FLAG_ADDR;
    if (ab_has(AB_RAM_FLAG) && ram[0] == AB_RAM_FLAG_VALUE && ram[1] < 2u) {
        ram[0] = 0;
        start(ram[1]);
    }
    if (ab_has(AB_INTERNAL_FLAG)) {
        if (flag < 2u || flag == UINT32_MAX) { // blank: as from the factory
            start(flag == 1u ? 1u : 0u);
        }
        say("boot: no slot is active, flag ", flag);
        board_uart_flush();
        for (;;) {
            __asm volatile("wfi");
        }
    }
}

int main(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
    };
    (void)board_init_clock();
    board_init_flash_pins();
    board_uart_init(BOARD_BAUD);
    const int err = xip_flash_bringup(&flash, &config, BOARD_FLASH_PRESCALER);
    if (err == 0) {
        start_by_flag();
        choose();
    }
    board_uart_puts("boot: nothing to start\n");
    board_uart_flush();
    return 0;
}
