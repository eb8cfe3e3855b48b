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
#include "xip_slots.h"

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_BOOT_SLOTS_MAX 16u

// In the last four bytes of the board's LAYOUT_NOINIT, before a reset: a boot
// program with serial recovery serves SMP on its console instead of starting
// an image, until it is reset or nothing comes for a minute.
#define XIP_BOOT_RECOVERY_REQUEST 0x50524D53u // "SMRP"

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

// In memory that a reset leaves alone and a loss of power does not: the image
// that was started last, so that a warm reset need not check its signature
// again. Its digest is computed at each start. docs/SECURITY.md.
struct xip_boot_warm {
    uint32_t digest[XIP_IMAGE_DIGEST_BYTES / 4u];
    uint32_t complement[XIP_IMAGE_DIGEST_BYTES / 4u]; // garbage never fits
};

// For trust.known. Call it before choosing; forgets after a loss of power.
// Returns the digest, or NULL.
const uint8_t *xip_boot_warm_known(struct xip_boot_warm *warm, bool power_lost);

// Before the jump, with the digest of the image that was chosen.
void xip_boot_warm_keep(struct xip_boot_warm *warm,
        const uint8_t digest[XIP_IMAGE_DIGEST_BYTES]);

// How trials and refusals go. May lie in the flash. Zero means the default.
struct xip_boot_policy {
    uint8_t trials_max;   // starts without a confirmation; 3
    uint8_t golden;       // number of the golden slot and 1; none
    bool allow_downgrade; // trials of a version lower than what runs
    bool power_lost;      // this start follows a loss of power
    // Lowest security counter that may start, kept outside of the flash chip.
    // get returns 0 with *floor; raise is called before the start of a
    // confirmed image with a higher one. An error of either is no start. NULL:
    // there is no counter.
    int (*counter_get)(void *ctx, uint32_t *floor);
    int (*counter_raise)(void *ctx, uint32_t counter);
    void *ctx;
};

// Find the slot to start by what is recorded (xip_slots.h), which is open and
// of the same slots. NULL: nothing is known of any. In this order:
//   1. an image on trial, at most trials_max times. Each start is recorded
//      before it. A start after a loss of power in a trial does not count, up
//      to three times an image; watchdog, faults and software resets count. An
//      image that does not verify, is older than what would start otherwise, or
//      has used up its starts, is rejected, with the reason, and stays where it
//      is.
//   2. the slot that was chosen or confirmed last; a higher version of which
//      nothing is known (a programmer has put it there); then the highest
//      version that is confirmed or unknown, the lower slot of two equal ones.
//   3. the golden slot.
//   4. rather than nothing, one that was rejected because it did not confirm
//      itself, or was older; or whose trial cannot be recorded.
// Never one that is being written. Images of 2 to 4 that do not verify are
// reported and stay what they are.
//
// Records nothing unless there is an image on trial.
// Returns as xip_boot_choose.
int xip_boot_choose_recorded(const struct xip_boot_config *config,
        struct xip_slots *slots, const struct xip_boot_policy *policy,
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
