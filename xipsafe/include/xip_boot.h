/*
 * xip_boot - choose an image, check it before the jump, jump
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/boot: chooses the image to start and checks its vectors
 * before the jump.
 *
 * The part of a boot program that can be tested on a host; boot/ is a thin
 * main around it. Nothing here writes: a slot that is refused keeps its
 * contents, and the reason goes to a callback.
 *
 * Call context: thread, once, with the window readable.
 */
#ifndef XIP_BOOT_H
#define XIP_BOOT_H

#include <stdint.h>

#include "xip_err.h"
#include "xip_image.h"

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_BOOT_SLOTS_MAX 16u

// In the last four bytes of the board's LAYOUT_NOINIT, before a reset: a boot
// program with serial recovery serves SMP on its console instead of starting
// an image, until it is reset or nothing comes for a minute.
#define XIP_BOOT_RECOVERY_REQUEST 0x50524D53u // "SMRP"

struct xip_boot_slot {
    const void *data; // where the CPU reads it
    uint32_t addr;    // bus address that images in it are linked for
    uint32_t size_bytes;
};

// Memory that may hold the application's first stack.
struct xip_boot_ram {
    uint32_t addr;
    uint32_t size_bytes;
};

struct xip_boot_config {
    const struct xip_boot_slot *slots;
    const struct xip_boot_ram *ram;
    uint8_t slot_count; // at most XIP_BOOT_SLOTS_MAX
    uint8_t ram_count;
    // Entries of the chip's vector table, 16 + interrupts: an STM32L476 has
    // 98. Gives table size and VTOR alignment.
    uint16_t vector_count;
    struct xip_image_trust trust;

    // Once for each slot, refused ones first, the chosen one last with reason
    // XIP_REASON_NONE. img->version is only meaningful for reasons after the
    // header was read. May be NULL.
    void (*report)(void *ctx, unsigned slot, const struct xip_image *img);
    void *ctx;
};

struct xip_boot_choice {
    struct xip_image image;
    uint32_t vectors_addr; // argument of xip_boot_jump
    unsigned slot;
};

// Find the slot to start: the highest version whose image lies where it was
// linked for, verifies, and has a vector table that can be jumped to; the next
// lower one if it fails; the lower slot number of two equal versions.
//
// Verifies no more images than needed: at best one.
// Returns 0 with *choice filled; PARAM; or IMAGE when no slot can be started.
int xip_boot_choose(const struct xip_boot_config *config,
        struct xip_boot_choice *choice) XIP_MUST_CHECK;

// Can the verified image at bus address addr be started? Vector table wholly
// inside it and aligned for VTOR (Armv7-M ARM B3.2.5), initial SP in RAM and
// 8-byte aligned, reset vector with the Thumb bit and inside the payload.
// Returns 0, or IMAGE with img->reason.
int xip_boot_check_vectors(struct xip_image *img, uint32_t addr,
        const struct xip_boot_config *config) XIP_MUST_CHECK;

// Start the program whose vector table is at vectors_addr, with the core as it
// is after reset: interrupts and SysTick off, nothing pending, MPU off, VTOR
// and MSP set, CONTROL 0, PRIMASK 0. Clocks, pins and the flash controller
// stay as they are: the program runs through them.
//
// Privileged thread mode on MSP or PSP. On a core with a data cache the caller
// cleans it first. xipsafe/port/cortexm/xip_jump.c.
XIP_NORETURN void xip_boot_jump(uint32_t vectors_addr);

#ifdef __cplusplus
}
#endif

#endif
