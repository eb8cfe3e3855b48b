/*
 * fake_flash - xip_flash.h over an array, for tests of its users
 *
 * SPDX-License-Identifier: MIT
 *
 * Erase sets, program clears bits. One operation is one erase command or one
 * page program. A chosen operation can fail or be the last one: the power fails
 * while it runs, and longjmp takes the test to its next boot.
 */
#ifndef FAKE_FLASH_H
#define FAKE_FLASH_H

#include <setjmp.h>

#include "xip_flash.h"

#define FAKE_WINDOW 0x90000000u
#define FAKE_BYTES 0x80000u

enum fake_tear {
    FAKE_NOTHING_DONE, // the operation had not begun
    FAKE_TORN,         // some bits have changed
    FAKE_ALL_DONE,     // it had just ended
};

struct fake_flash {
    struct xip_flash dev; // first, so that a pointer to it points to this
    uint8_t mem[FAKE_BYTES];
    uint8_t programmed[FAKE_BYTES / 16]; // since the last erase, per 16 bytes
    unsigned operations;                 // begun so far
    unsigned erases, programs;
    unsigned twice; // 16-byte units programmed again without an erase

    unsigned fail_at; // number of the operation, from 1; 0: never
    int fail_err;     // what it returns; 0: power is cut instead
    enum fake_tear tear;
    uint32_t seed;
    jmp_buf power;

    bool reads_nothing_back; // after a program
    // Called in front of each operation; data NULL: an erase.
    void (*before)(struct fake_flash *fake, uint32_t off, const uint8_t *data,
            uint32_t len);
    // Called after each operation.
    void (*after)(struct fake_flash *fake);
};

// A blank chip. sizes: erase types, smallest first, ended by 0.
void fake_open(struct fake_flash *fake, const uint32_t *sizes,
        uint32_t page_bytes);

// Operations count from 0 again; no failure is planned.
void fake_restart(struct fake_flash *fake);

#endif
