/*
 * xip_smp_slots - the images that an SMP server shows and installs
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/smp: gives the SMP server the slots: what lies in them, and the
 * updater to write to them; and the fault records.
 *
 * An image is linked for one slot, so its header chooses the slot, whatever
 * slot or image number the client names. The slot that runs is never written.
 * The header and the first bytes are checked before anything is erased, and
 * after the last byte the image's digest (and with keys its signature): an
 * image that does not pass loses its header, and the client is told.
 *
 * `erase` of a boot program (XIP_CFG_UPDATE_BARE) takes the first unit of a
 * slot: without a header it is empty.
 *
 * With a journal an upload is on trial when it is complete, `test` puts an
 * image on trial, `confirm` confirms the one that runs or chooses another one
 * that was confirmed before, and an upload that a reset interrupted goes on
 * where it was. Without one the highest version starts at the next reset, so
 * `test` and `confirm` succeed for the image of which this is true already, and
 * are refused for the others.
 *
 * Call context: thread, one at a time; opens outages as xip_update does. Power
 * loss as xip_update.
 */
#ifndef XIP_SMP_SLOTS_H
#define XIP_SMP_SLOTS_H

#include <stdint.h>

#include "xip_boot.h"
#include "xip_flash.h"
#include "xip_slots.h"
#include "xip_smp.h"
#include "xip_update.h"

#ifdef __cplusplus
extern "C" {
#endif

struct xip_smp_slots_config {
    struct xip_flash *dev; // ready
    // May lie in the flash. The slot that dev's running image lies in is the
    // active one; a boot program has none.
    const struct xip_boot_slot *slots;
    uint8_t slot_count;
    // Number of the golden slot and 1: no upload goes there, and nothing erases
    // it. 0: there is none.
    uint8_t golden;
    // The journal, open and of the same slots. NULL: none is kept.
    struct xip_slots *journal;
    // As in xip_update_options. A client waits for its answer while a unit is
    // erased, and some wait only 0.2 s: 4096 serves them all.
    uint32_t erase_max_bytes;
    // Keys that an upload must be signed by, and the watchdog; NULL: only the
    // digest is checked. The boot program decides in any case.
    const struct xip_image_trust *trust;
};

// Caller-allocated, in resident RAM, some 700 bytes.
struct xip_smp_slots {
    // For xip_smp_config.images; its ctx is this struct.
    struct xip_smp_images images;
    struct xip_update update; // public fields: progress and errors

    // Private.
    struct xip_smp_slots_config config;
    uint8_t target;  // slot of the upload
    uint8_t resumed; // it was looked whether a part is there already
};

// Fill in `images`. *config is copied; what it points to is not.
void xip_smp_slots_init(struct xip_smp_slots *s,
        const struct xip_smp_slots_config *config);

// Erase one unit ahead of an upload, while nothing else is to be done. Returns
// as xip_update_idle, and 0 while there is no upload.
int xip_smp_slots_idle(struct xip_smp_slots *s);

#ifdef __cplusplus
}
#endif

#endif
