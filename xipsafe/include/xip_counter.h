/*
 * xip_counter - the lowest security counter that may start, in internal flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/counter: keeps the security counter's floor in two pages of
 * internal flash.
 *
 * A floor in the external chip could be exchanged with the chip. Here it only
 * rises, and a loss of power at any point of a raise leaves the old or the new
 * value, which then stays, however unstable what was cut reads. When a page is
 * full the other one is erased, which holds lower values.
 *
 * The first two functions fit counter_get and counter_raise of struct
 * xip_boot_policy. On an STM32L4 a double word whose programming was cut may
 * read with ECCD, which raises the NMI: every program that calls them needs an
 * NMI handler that calls xip_counter_nmi().
 *
 * Call context: thread, not reentrant. While a bank of internal flash is
 * programmed, code in it stands still, interrupts and watchdog included:
 * 182 us for a raise and 25 ms when it erases a page (STM32L476, DS10198 table
 * 56). Pages of the bank that holds no code cost nobody that.
 */
#ifndef XIP_COUNTER_H
#define XIP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_err.h"

#ifdef __cplusplus
extern "C" {
#endif

// Two pages, as double words; offsets count from the first one. read returns
// false if the word is damaged, what it holds being unknown; program and erase
// return 0 or an error.
struct xip_counter_io {
    bool (*read)(void *ctx, uint32_t off, uint32_t words[2]);
    int (*program)(void *ctx, uint32_t off, const uint32_t words[2]);
    int (*erase)(void *ctx, uint32_t off);
    void *ctx;
    uint32_t page_bytes;
};

// Get the floor; 0 if none was ever kept. `io` is a struct xip_counter_io.
//
// Programs two double words after a raise that was cut.
// Returns 0; VERIFY if that could not be programmed.
int xip_counter_get(void *io, uint32_t *floor) XIP_MUST_CHECK;

// Raise the floor. A lower value than the floor changes nothing.
//
// Programs two double words, and erases a page every page_bytes / 16 raises.
// Returns 0; VERIFY if it could not be programmed; the floor is then the old
// or the new one.
int xip_counter_raise(void *io, uint32_t counter) XIP_MUST_CHECK;

/// STM32L4 with 1 MB ///

// It is kept in the two pages of 2 KB from addr on, which nothing else uses.
// Once in a program, and before its first NMI.
void xip_counter_open(struct xip_counter_io *io, uint32_t addr);

// From the NMI handler; resident, as the handler must be. True: a double word
// of the counter was damaged, which is dealt with; return from the handler.
// False: something else raised it.
bool xip_counter_nmi(void);

#ifdef __cplusplus
}
#endif

#endif
