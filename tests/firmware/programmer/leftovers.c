/*
 * leftovers - a chip that somebody was stopped in the middle of using
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "chip.h"
#include "fw.h"
#include "programmer.h"

#define KEPT (WINDOW + 0x300000u)
#define OFF 0x310000u // one sector on
#define WREN 0x06u
#define ERASE_64K 0xD8u
#define SUSPEND 0x75u
#define POWER_DOWN 0xB9u
#define SR_WIP 0x01u
#define WINBOND 0xEFu

static uint32_t call(const struct probe *p, const char *name, uint32_t r0,
        uint32_t r1, const void *r2) {
    return probe_call(p, name, r0, r1, (uint32_t)(uintptr_t)r2, 0).r0;
}

// Init has to make it usable; the page at KEPT has to be there still, and the
// sector behind it can be written.
static void usable(const struct probe *p, const char *name, bool erasing) {
    uint32_t got = call(p, "Init", WINDOW, 0, NULL);
    fw_check(name, got == 0u, (int)got);
    got = call(p, "Verify", KEPT, PAGE, page);
    fw_check("  what was there is there", got == KEPT + PAGE, (int)got);
    // An erase that was under way has ended by now.
    const bool blank = call(p, "BlankCheck", WINDOW + OFF, SECTOR,
                               (const void *)0xFF) == 0u;
    fw_check("  the interrupted erase is finished", blank || !erasing, 0);
    got = blank ? 0u : call(p, "EraseSector", WINDOW + OFF, 0, NULL);
    got |= call(p, "ProgramPage", WINDOW + OFF, PAGE, page);
    fw_check("  and the rest is usable", got == 0u, (int)got);
    fw_check("  as the window shows",
            memcmp((const void *)(WINDOW + OFF), page, PAGE) == 0, 0);
}

static void begin_erase(void) {
    chip_take();
    chip_send(WREN);
    chip_send_to(ERASE_64K, OFF);
}

void test_leftovers(const struct probe *p) {
    page_fill(3);
    uint32_t got = call(p, "Init", WINDOW, 0, NULL);
    got |= call(p, "EraseSector", KEPT, 0, NULL);
    got |= call(p, "ProgramPage", KEPT, PAGE, page);
    fw_check("a page that has to survive", got == 0u, (int)got);
    usable(p, "Init with the window open", false);

    begin_erase();
    fw_check("an erase is under way", (chip_status() & SR_WIP) != 0u, 0);
    usable(p, "Init while the chip erases", true);

    begin_erase();
    chip_send(SUSPEND);
    while ((chip_status() & SR_WIP) != 0u) {
    }
    usable(p, "Init with an erase suspended", true);

    chip_take();
    if (chip_maker() == WINBOND) { // the others enter and sleep otherwise
        chip_enter_continuous();
        usable(p, "Init in continuous read", false);
        chip_take();
        chip_send(POWER_DOWN);
        usable(p, "Init in deep power-down", false);
    }
    (void)call(p, "UnInit", 0, 0, NULL);
}

void test_no_chip(void) {
    probe_wipe();
    const struct probe loader =
            probe_load_flm(probe_flm_file, LAYOUT_SRAM1_ADDR);
    const struct probe *const p = &loader;
    chip_disconnect();
    const uint32_t got = call(p, "Init", WINDOW, 0, NULL);
    fw_check("Init without a chip says PART", got == (uint32_t)-XIP_ERR_PART,
            (int)got);
    fw_check("and nothing works after it",
            call(p, "EraseSector", KEPT, 0, NULL) != 0u &&
                    call(p, "ProgramPage", KEPT, 16, page) != 0u &&
                    call(p, "Verify", KEPT, 16, page) == KEPT &&
                    call(p, "EraseChip", 0, 0, NULL) != 0u,
            0);
}
