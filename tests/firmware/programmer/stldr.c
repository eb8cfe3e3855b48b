/*
 * stldr - the external loader of STM32CubeProgrammer, call by call
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "fw.h"
#include "programmer.h"

#define AT (WINDOW + 0x500000u)
#define GOOD 1u
#define BAD 0u

static struct probe loader;

static struct probe_result call(const char *name, uint32_t r0, uint32_t r1,
        uint32_t r2, uint32_t r3) {
    return probe_call(&loader, name, r0, r1, r2, r3);
}

static void check(const char *name, uint32_t got, uint32_t wanted) {
    fw_check(name, got == wanted, (int)got);
}

static uint32_t at(const uint8_t *data) {
    return (uint32_t)(uintptr_t)data;
}

static uint32_t sum_of(const uint8_t *data, uint32_t len) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < len; i++) {
        sum += data[i];
    }
    return sum;
}

static void erases(void) {
    check("SectorErase of one, by its first and last byte",
            call("SectorErase", AT, AT + SECTOR - 1u, 0, 0).r0, GOOD);
    check("Write", call("Write", AT, PAGE, at(page), 0).r0, GOOD);
    check("Write to the next sector",
            call("Write", AT + SECTOR, 1, at(page), 0).r0, GOOD);
    check("SectorErase by addresses inside two sectors",
            call("SectorErase", AT + 5u, AT + SECTOR, 0, 0).r0, GOOD);
    fw_check("erased both, and not the one behind",
            *(const volatile uint32_t *)AT == UINT32_MAX &&
                    *(const volatile uint32_t *)(AT + SECTOR) == UINT32_MAX &&
                    *(const volatile uint8_t *)(AT + 2u * SECTOR) == 0x5Au,
            0);
    check("SectorErase of the last sector, end given as the chip's",
            call("SectorErase", END - SECTOR, END, 0, 0).r0, GOOD);
    check("SectorErase backwards fails",
            call("SectorErase", AT + SECTOR, AT, 0, 0).r0, BAD);
    check("SectorErase behind the chip fails",
            call("SectorErase", END, END + 1u, 0, 0).r0, BAD);
    check("SectorErase below the window fails",
            call("SectorErase", WINDOW - SECTOR, WINDOW, 0, 0).r0, BAD);
}

static void verifies(void) {
    struct probe_result got = call("Verify", AT, at(page), PAGE / 4u, 0);
    check("Verify", got.r0, 0);
    check("and the sum", got.r1, sum_of(page, PAGE));
    got = call("Verify", AT, at(page), PAGE / 4u, 2u << 16 | 3u);
    check("Verify with padding", got.r0, 0);
    check("and the sum without it", got.r1, sum_of(page + 3, PAGE - 5u));
    page[1001] ^= 1u;
    got = call("Verify", AT, at(page), PAGE / 4u, 0);
    check("Verify names the difference", got.r0, AT + 1001u);
    page[1001] ^= 1u;
    check("and the sum is the flash's", got.r1, sum_of(page, PAGE));
    check("CheckSum goes on from a value",
            call("CheckSum", AT, 128, 1000, 0).r0, 1000u + sum_of(page, 128));
    check("Verify behind the chip names it",
            call("Verify", END, at(page), 4, 0).r0, END);
}

static void reads(void) {
    static uint8_t back[64];
    check("Read", call("Read", AT + 1u, 63, at(back), 0).r0, GOOD);
    fw_check("gives what is there", memcmp(back, page + 1, 63) == 0, 0);
    check("Read behind the chip fails",
            call("Read", END - 1u, 2, at(back), 0).r0, BAD);
}

void test_stldr(void) {
    probe_wipe();
    loader = probe_load_fixed(probe_stldr_file);
    fw_check("stldr is loaded", loader.usable, 0);
    page_fill(AT);
    check("Write before Init fails", call("Write", AT, 16, at(page), 0).r0,
            BAD);
    check("SectorErase before Init fails", call("SectorErase", AT, AT, 0, 0).r0,
            BAD);
    check("Init", call("Init", 0, 0, 0, 0).r0, GOOD);
    check("SectorErase of the third", // a marker goes there
            call("SectorErase", AT + 2u * SECTOR, AT + 2u * SECTOR, 0, 0).r0,
            GOOD);
    const uint8_t mark = 0x5A;
    check("Write of one byte",
            call("Write", AT + 2u * SECTOR, 1, at(&mark), 0).r0, GOOD);
    erases();
    check("Write", call("Write", AT, PAGE, at(page), 0).r0, GOOD);
    fw_check("the window shows it", memcmp((const void *)AT, page, PAGE) == 0,
            0);
    verifies();
    reads();
    check("Write over the end fails",
            call("Write", END - 16u, 32, at(page), 0).r0, BAD);
    check("Init again", call("Init", 0, 0, 0, 0).r0, GOOD);
    fw_check("registers and stack are as they were", probe_broken() == 0u,
            (int)probe_broken());
    const uint32_t left = probe_stack_left(&loader);
    fw_check("a quarter of its own stack is left", left >= 384u, (int)left);
}

void test_stldr_whole_chip(void) {
    probe_wipe();
    loader = probe_load_fixed(probe_stldr_file);
    page_fill(AT);
    check("Init", call("Init", 0, 0, 0, 0).r0, GOOD);
    check("Write", call("Write", AT, PAGE, at(page), 0).r0, GOOD);
    check("MassErase", call("MassErase", 0, 0, 0, 0).r0, GOOD);
    check("erased what was written", *(const volatile uint32_t *)AT,
            UINT32_MAX);
}
