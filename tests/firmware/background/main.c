/*
 * background - an erase that makes a step whenever the main loop has time
 *
 * SPDX-License-Identifier: MIT
 *
 * The main loop is ordinary code in the flash and has its constants there; the
 * tick's handler too. Between two polls the erase stands still and all of that
 * has to work.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#define UNIT_BYTES 0x8000u
#define SECTOR_BYTES 4096u
#define AREA_OFF FW_AREA_OFF
#define AREA_BYTES (UNIT_BYTES + SECTOR_BYTES)
#define OTHER_OFF (FW_AREA_OFF + 0x20000u)

// Something for the main loop to read.
static const uint32_t table[64] = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, [63] = 7};
#define TABLE_SUM 238u

static volatile uint32_t ticks;
static uint32_t progress_done, progress_calls;

static void tick(void) {
    ticks++;
}

static void progress(void *ctx, uint32_t done, uint32_t total) {
    (void)ctx;
    progress_calls++;
    progress_done = total == AREA_BYTES ? done : 0u;
}

static __attribute__((noinline)) bool main_loop(void) {
    const volatile uint32_t *const words = table;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        sum += words[i];
    }
    return sum == TABLE_SUM;
}

static void attach(void) {
    static const struct xip_flash_hooks hooks = {.progress = progress};
    struct xip_flash_config config = fw_config();
    config.hooks = &hooks;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
}

// What other calls do between two polls.
static void between_polls(void) {
    static uint8_t data[64];
    fw_check("it stands still", fw_flash.resident.suspended != 0u, 0);
    fw_check("not idle: no stop mode, no reset", !xip_flash_idle(&fw_flash), 0);
    int err = xip_flash_read(&fw_flash, AREA_OFF + 100u, data, sizeof data);
    fw_check("its unit cannot be read", err == XIP_ERR_BUSY, err);
    err = xip_flash_read(&fw_flash, AREA_OFF + UNIT_BYTES - 1u, data, 2);
    fw_check("nor its last byte", err == XIP_ERR_BUSY, err);
    err = xip_flash_read(&fw_flash, OTHER_OFF, data, sizeof data);
    fw_check("another can", err == 0 && data[9] == fw_pattern(OTHER_OFF + 9u),
            err);
    err = xip_flash_erase(&fw_flash, OTHER_OFF, SECTOR_BYTES);
    fw_check("an erase is refused", err == XIP_ERR_BUSY, err);
    err = xip_flash_program(&fw_flash, OTHER_OFF, data, 1);
    fw_check("a program is refused", err == XIP_ERR_BUSY, err);
    err = xip_flash_erase_begin(&fw_flash, OTHER_OFF, SECTOR_BYTES);
    fw_check("another background erase is refused", err == XIP_ERR_BUSY, err);
    err = xip_flash_clock_changed(&fw_flash, BOARD_HCLK_HZ);
    fw_check("so is a change of the clock", err == XIP_ERR_BUSY, err);
}

static uint32_t in_us(uint32_t cycles) {
    return cycles / (BOARD_HCLK_HZ / 1000000u);
}

// Polls to the end. The longest poll in cycles; 0 if something was wrong.
static uint32_t poll_all(int *err) {
    uint32_t longest = 0;
    bool right = true;
    do {
        const uint32_t outages = fw_flash.stats.outages;
        const uint32_t start = DWT_CYCCNT;
        *err = xip_flash_erase_poll(&fw_flash);
        const uint32_t took = DWT_CYCCNT - start;
        // The polls that end a unit also read it back.
        if (*err == XIP_FLASH_MORE && fw_flash.resident.suspended != 0u &&
                took > longest) {
            longest = took;
        }
        right = right && main_loop() && fw_flash.stats.outages <= outages + 1u;
    } while (*err == XIP_FLASH_MORE);
    return right ? longest : 0u;
}

static void to_the_end(void) {
    int err = xip_flash_erase_begin(&fw_flash, AREA_OFF, AREA_BYTES);
    fw_check("begin", err == 0, err);
    fw_check("begin alone changes nothing",
            fw_is_pattern(AREA_OFF, SECTOR_BYTES), 0);
    err = xip_flash_erase_poll(&fw_flash);
    fw_check("the first poll wants more", err == XIP_FLASH_MORE, err);
    between_polls();
    ticks = 0;
    fw_flash.stats.outage_max_cycles = 0;
    const uint32_t start = DWT_CYCCNT;
    const uint32_t longest = poll_all(&err);
    const uint32_t elapsed = (DWT_CYCCNT - start) / TICK_CYCLES;
    const uint32_t served = ticks;
    fw_check("the last poll", err == 0, err);
    fw_check("the main loop ran between all, one outage a poll", longest != 0u,
            0);
    const uint32_t declared_us = xip_flash_latency_us(&fw_flash);
    const uint32_t outage_us = in_us(fw_flash.stats.outage_max_cycles);
    fw_check("no outage took longer than declared", outage_us <= declared_us,
            (int)outage_us);
    // The code around it is executed from the flash, with interrupts.
    fw_check("no poll took twice as long", in_us(longest) <= 2u * declared_us,
            (int)in_us(longest));
    fw_check("it was many polls", fw_flash.stats.suspensions > 20u,
            (int)fw_flash.stats.suspensions);
    fw_check("no tick was lost", served + 1u >= elapsed, (int)served);
    fw_check("progress tells each unit",
            progress_calls == 2u && progress_done == AREA_BYTES,
            (int)progress_calls);
    fw_check("idle", xip_flash_idle(&fw_flash), 0);
    fw_check("all is erased", fw_is_blank(AREA_OFF, AREA_BYTES), 0);
    fw_check("the neighbours are as they were",
            fw_is_pattern(AREA_OFF + AREA_BYTES, SECTOR_BYTES) &&
                    fw_is_pattern(OTHER_OFF, SECTOR_BYTES),
            0);
    err = xip_flash_erase_poll(&fw_flash);
    fw_check("a poll too many is PARAM", err == XIP_ERR_PARAM, err);
}

static void cancelled(void) {
    int err = xip_flash_erase_begin(&fw_flash, AREA_OFF, AREA_BYTES);
    fw_check("begin again", err == 0, err);
    for (uint32_t i = 0; i < 3u && err >= 0; i++) {
        err = xip_flash_erase_poll(&fw_flash);
    }
    fw_check("three polls", err == XIP_FLASH_MORE, err);
    err = xip_flash_erase_cancel(&fw_flash);
    fw_check("cancel", err == 0, err);
    fw_check("it names the unit as dirty",
            fw_flash.dirty_off == AREA_OFF &&
                    fw_flash.dirty_bytes == UNIT_BYTES,
            (int)fw_flash.dirty_bytes);
    fw_check("the unit after it was not touched",
            fw_is_pattern(AREA_OFF + UNIT_BYTES, SECTOR_BYTES), 0);
    fw_check("idle again", xip_flash_idle(&fw_flash), 0);
    err = xip_flash_erase_cancel(&fw_flash);
    fw_check("cancel without an erase is PARAM", err == XIP_ERR_PARAM, err);
    err = xip_flash_erase(&fw_flash, fw_flash.dirty_off, fw_flash.dirty_bytes);
    fw_check("the dirty unit can be erased", err == 0, err);
    fw_check("and is", fw_is_blank(AREA_OFF, UNIT_BYTES), 0);
}

int main(void) {
    fw_begin("background");
    attach();
    fw_fill(AREA_OFF, AREA_BYTES + SECTOR_BYTES);
    fw_fill(OTHER_OFF, SECTOR_BYTES);
    fw_handler(15, tick);
    fw_start_tick(TICK_CYCLES, 0xF0);
    progress_calls = 0;
    to_the_end();
    fw_fill(AREA_OFF, AREA_BYTES);
    cancelled();
    fw_end();
}
