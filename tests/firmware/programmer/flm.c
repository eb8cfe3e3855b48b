/*
 * flm - the flash algorithm of CMSIS-Pack, call by call
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "fw.h"
#include "programmer.h"
#include "stm32l476.h"

#define AT (WINDOW + 0x200000u)
#define ERASE 1u
#define PROGRAM 2u
#define VERIFY 3u
#define WHOLE_BASE (LAYOUT_SRAM1_ADDR + 0x1000u)

static uint32_t call(const struct probe *p, const char *name, uint32_t r0,
        uint32_t r1, uint32_t r2) {
    return probe_call(p, name, r0, r1, r2, 0).r0;
}

static uint32_t at(const uint8_t *data) {
    return (uint32_t)(uintptr_t)data;
}

static void check(const char *name, uint32_t got, uint32_t wanted) {
    fw_check(name, got == wanted, (int)got);
}

static void before_init(const struct probe *p) {
    fw_check("erase before Init fails", call(p, "EraseSector", AT, 0, 0) != 0u,
            0);
    fw_check("program before Init fails",
            call(p, "ProgramPage", AT, PAGE, at(page)) != 0u, 0);
    check("verify before Init names the first byte",
            call(p, "Verify", AT, PAGE, at(page)), AT);
    fw_check("blank check before Init fails",
            call(p, "BlankCheck", AT, PAGE, 0xFF) != 0u, 0);
    check("UnInit before Init is harmless", call(p, "UnInit", ERASE, 0, 0), 0);
    fw_check("Init for another memory fails",
            call(p, "Init", LAYOUT_INTERNAL_ADDR, 0, ERASE) != 0u, 0);
}

static void usual(const struct probe *p) {
    check("Init to erase", call(p, "Init", WINDOW, 0, ERASE), 0);
    check("EraseSector", call(p, "EraseSector", AT, 0, 0), 0);
    check("BlankCheck of it", call(p, "BlankCheck", AT, SECTOR, 0xFF), 0);
    check("UnInit", call(p, "UnInit", ERASE, 0, 0), 0);
    check("Init to program", call(p, "Init", WINDOW, 0, PROGRAM), 0);
    page_fill(AT);
    check("ProgramPage", call(p, "ProgramPage", AT, PAGE, at(page)), 0);
    fw_check("the window shows it", memcmp((const void *)AT, page, PAGE) == 0,
            0);
    fw_check("and no more",
            *(const volatile uint32_t *)(AT + PAGE) == UINT32_MAX, 0);
    check("UnInit", call(p, "UnInit", PROGRAM, 0, 0), 0);
    check("Init to verify", call(p, "Init", WINDOW, 0, VERIFY), 0);
    check("Verify", call(p, "Verify", AT, PAGE, at(page)), AT + PAGE);
    page[1234] ^= 0x10u;
    check("Verify names what differs", call(p, "Verify", AT, PAGE, at(page)),
            AT + 1234u);
    page[1234] ^= 0x10u;
    fw_check("BlankCheck of a programmed page",
            call(p, "BlankCheck", AT, PAGE, 0xFF) != 0u, 0);
    fw_check("BlankCheck with one byte too many",
            call(p, "BlankCheck", AT + PAGE - 1u, 2, 0xFF) != 0u, 0);
    check("BlankCheck with the byte that is there",
            call(p, "BlankCheck", AT, 1, page[0]), 0);
    fw_check("BlankCheck with another one",
            call(p, "BlankCheck", AT, 1, page[0] ^ 1u) != 0u, 0);
}

// Every refusal has to leave the sector at AT alone.
static void wrong(const struct probe *p) {
    static const struct {
        const char *name, *text;
        uint32_t addr, len;
    } calls[] = {
            {"EraseSector", "erase inside a sector fails", AT + 0x1000u, 0},
            {"EraseSector", "erase below the window fails", WINDOW - SECTOR, 0},
            {"EraseSector", "erase behind the chip fails", END, 0},
            {"EraseSector", "erase at 0 fails", 0, 0},
            {"ProgramPage", "program over the end fails", END - 16u, 32},
            {"ProgramPage", "program around the address space fails",
                    UINT32_MAX - 15u, 32},
            {"ProgramPage", "program in RAM fails", LAYOUT_SRAM1_ADDR, 32},
            {"ProgramPage", "program of 4 GB fails", AT, UINT32_MAX},
    };
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        fw_check(calls[i].text,
                call(p, calls[i].name, calls[i].addr, calls[i].len, at(page)) !=
                        0u,
                0);
    }
    fw_check("program from nowhere fails",
            call(p, "ProgramPage", AT + PAGE, 16, 0) != 0u, 0);
    fw_check("program from the window fails",
            call(p, "ProgramPage", AT + PAGE, 16, AT) != 0u, 0);
    check("verify behind the chip names it",
            call(p, "Verify", END, 16, at(page)), END);
    fw_check("blank check behind the chip fails",
            call(p, "BlankCheck", END - 1u, 2, 0xFF) != 0u, 0);
    check("program of nothing is nothing",
            call(p, "ProgramPage", AT, 0, at(page)), 0);
    check("nothing was changed", call(p, "Verify", AT, PAGE, at(page)),
            AT + PAGE);
}

static void unaligned(const struct probe *p) {
    const uint32_t to = AT + 0x20F3u; // over three pages of the chip
    check("ProgramPage of an odd length at an odd address from one",
            call(p, "ProgramPage", to, 517, at(page + 1)), 0);
    fw_check("the window shows it",
            memcmp((const void *)to, page + 1, 517) == 0, 0);
    check("Verify of it", call(p, "Verify", to, 517, at(page + 1)), to + 517u);
    fw_check("the bytes around it are blank",
            call(p, "BlankCheck", AT + PAGE, to - AT - PAGE, 0xFF) == 0u &&
                    call(p, "BlankCheck", to + 517u, 1000, 0xFF) == 0u,
            0);
}

static void gives_back(const struct probe *p) {
    check("UnInit", call(p, "UnInit", VERIFY, 0, 0), 0);
    const uint32_t vtor = SCB->VTOR;
    check("Init", call(p, "Init", WINDOW, 80000000u, PROGRAM), 0);
    fw_check("vectors are the loader's",
            SCB->VTOR >= p->static_base && SCB->VTOR < p->end &&
                    SCB->VTOR % 128u == 0u,
            0);
    check("Init again", call(p, "Init", WINDOW, 80000000u, PROGRAM), 0);
    check("UnInit", call(p, "UnInit", PROGRAM, 0, 0), 0);
    uint32_t primask;
    __asm volatile("mrs %0, primask" : "=r"(primask));
    fw_check("vectors and mask are as they were",
            SCB->VTOR == vtor && primask == 0u, 0);
    check("the window is open after UnInit", *(const volatile uint8_t *)AT,
            page[0]);
}

void test_flm(uint32_t base, bool leftovers) {
    probe_wipe();
    const struct probe p = probe_load_flm(probe_flm_file, base);
    fw_check("FLM is loaded", p.usable, 0);
    before_init(&p);
    usual(&p);
    wrong(&p);
    unaligned(&p);
    gives_back(&p);
    if (leftovers) {
        test_leftovers(&p);
    }
    fw_check("registers and stack are as they were", probe_broken() == 0u,
            (int)probe_broken());
    const uint32_t left = probe_stack_left(&p);
    fw_check("a quarter of its own stack is left", left >= 384u, (int)left);
}

void test_flm_whole_chip(void) {
    probe_wipe();
    const struct probe loader = probe_load_flm(probe_flm_file, WHOLE_BASE);
    const struct probe *const p = &loader;
    check("Init", call(p, "Init", WINDOW, 0, ERASE), 0);
    check("EraseChip", call(p, "EraseChip", 0, 0, 0), 0);
    check("BlankCheck of all",
            call(p, "BlankCheck", WINDOW, LAYOUT_FLASH_BYTES, 0xFF), 0);
    page_fill(7);
    check("ProgramPage at the very end",
            call(p, "ProgramPage", END - PAGE, PAGE, at(page)), 0);
    check("Verify of it", call(p, "Verify", END - PAGE, PAGE, at(page)), END);
    check("UnInit", call(p, "UnInit", PROGRAM, 0, 0), 0);
}
