/*
 * xip_p256_priv - the signature check under xip_image_verify
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_P256_PRIV_H
#define XIP_P256_PRIV_H

#include "xip_image.h"

#define XIP_P256_POINT_BYTES 65u

// Calls trust->feed, if there is one.
void xip_image_feed_(const struct xip_image_trust *trust);

// Is `der`, a SEQUENCE of two INTEGERs in at most 129 bytes, a signature over
// the digest of 32 bytes by this key, an uncompressed point?
//
// Calls trust->feed 512 times, never more than 50,000 instructions apart.
// 1.7 KB of stack.
bool xip_p256_verify_(const uint8_t *key, const uint8_t *digest,
        const uint8_t *der, uint32_t len, const struct xip_image_trust *trust)
        XIP_MUST_CHECK;

#endif
