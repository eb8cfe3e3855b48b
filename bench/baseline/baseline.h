/*
 * baseline - the two usual ways to write to the flash the code runs from
 *
 * SPDX-License-Identifier: MIT
 *
 * What a project writes without a library: a driver in RAM, and interrupts off
 * while the flash cannot be read. The benchmark compares it with xipsafe. It
 * has no time-outs, no recovery and no option to shorten the wait. For a
 * W25Q128JV that is mapped.
 *
 * _masked: interrupts are off for the whole call. _by_unit: they are on for a
 * moment between two sectors of 4 KB, or two pages.
 *
 * Call context: privileged thread, interrupts on.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include <stdint.h>

// off and len_bytes: multiples of 64 KB (masked) or 4 KB (by unit).
void baseline_erase_masked(uint32_t off, uint32_t len_bytes);
void baseline_erase_by_unit(uint32_t off, uint32_t len_bytes);
// off and len_bytes: multiples of 256. data is in RAM.
void baseline_program_masked(uint32_t off, const uint8_t *data,
        uint32_t len_bytes);
void baseline_program_by_unit(uint32_t off, const uint8_t *data,
        uint32_t len_bytes);

#endif
