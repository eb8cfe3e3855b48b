/*
 * xip_boot_priv - shared by the two ways to choose
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_BOOT_PRIV_H
#define XIP_BOOT_PRIV_H

#include "xip_boot.h"

void xip_boot_report_(const struct xip_boot_config *config, unsigned slot,
        const struct xip_image *img);

// Parse the image in a slot, and check that it was linked for it.
int xip_boot_read_slot_(const struct xip_boot_slot *slot,
        struct xip_image *img);

// Digest, signature, vectors.
int xip_boot_verify_(struct xip_image *img, uint32_t addr,
        const struct xip_boot_config *config);

#endif
