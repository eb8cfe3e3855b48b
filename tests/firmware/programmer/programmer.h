/*
 * programmer - the parts of this test
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PROGRAMMER_H
#define PROGRAMMER_H

#include <stdbool.h>
#include <stdint.h>

#include "probe.h"

#define WINDOW ((uint32_t)LAYOUT_WINDOW_ADDR)
#define END (WINDOW + LAYOUT_FLASH_BYTES)
#define SECTOR 0x10000u
#define PAGE 4096u

// A page of the pattern, and one more byte to begin at an odd address.
extern uint8_t page[PAGE + 1u];
void page_fill(uint32_t seed);

// All of the interface of a flash algorithm that is loaded at `base`.
void test_flm(uint32_t base, bool leftovers);
// All of that of an external loader for STM32CubeProgrammer.
void test_stldr(void);
// A minute each on the simulator, which sees every status poll.
void test_flm_whole_chip(void);
void test_stldr_whole_chip(void);
// What a program that was stopped leaves behind, seen by the next Init.
void test_leftovers(const struct probe *p);
// After this the board has no chip until the next reset.
void test_no_chip(void);

#endif
