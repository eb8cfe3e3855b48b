/*
 * xip_p256_priv - the signature check under xip_image_verify
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_P256_PRIV_H
#define XIP_P256_PRIV_H

#include "xip_image.h"

#define XIP_P256_POINT_BYTES 65u

// Is `der`, a SEQUENCE of two INTEGERs in at most 129 bytes, a signature over
// the digest of 32 bytes by this key, an uncompressed point?
//
// Calls trust->feed 514 times (526 with XIP_CFG_IMAGE_FAST), never more than
// 40,000 instructions apart; with XIP_CFG_IMAGE_BEARSSL there is a long pause.
// 1.2 KB of stack, 2.4 KB with XIP_CFG_IMAGE_FAST.
bool xip_p256_verify_(const uint8_t *key, const uint8_t *digest,
        const uint8_t *der, uint32_t len, const struct xip_image_trust *trust)
        XIP_MUST_CHECK;

#endif
