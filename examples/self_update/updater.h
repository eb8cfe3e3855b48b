/*
 * updater - receives an image by XMODEM-1K and installs it in the other slot
 *
 * SPDX-License-Identifier: MIT
 *
 * Polled from the main loop, which runs between two calls and, through the
 * library's yield hook, between two outages. Prints nothing, since the answers
 * to the sender go out on the same line.
 */
#ifndef UPDATER_H
#define UPDATER_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_flash.h"
#include "xip_slots.h"

// slot: the number of one that this image does not run from.
void updater_init(struct xip_flash *dev, struct xip_slots *journal,
        unsigned slot);

enum updater_state {
    UPDATER_WAITING,   // for a sender; asks every three seconds
    UPDATER_RECEIVING, // the line belongs to the transfer
    UPDATER_INSTALLED, // reset to try the new image
};

// Process the bytes that have arrived. One call opens at most the outages of
// one packet and one erase unit.
enum updater_state updater_poll(void);

// The application has this function, which says so on the console. The sender
// is quiet by then. reason: of XIP_ERR_IMAGE and XIP_ERR_ADDRESS, an enum
// xip_image_reason.
void updater_failed(int err, uint8_t reason);

// Bytes of the image installed last, packets that had to be repeated.
uint32_t updater_image_bytes(void);
uint32_t updater_errors(void);

#endif
