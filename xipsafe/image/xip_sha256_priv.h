/*
 * xip_sha256_priv - SHA-256 of bytes that lie in one piece
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_SHA256_PRIV_H
#define XIP_SHA256_PRIV_H

#include "xip_image.h"

// In front of a loop of at most 8 turns, as fast as without one.
#if XIP_CFG_IMAGE_FAST && defined(__GNUC__) && !defined(__clang__)
#define XIP_IMAGE_UNROLL_ _Pragma("GCC unroll 8")
#else
#define XIP_IMAGE_UNROLL_
#endif

// Calls trust->feed, if there is one.
void xip_image_feed_(const struct xip_image_trust *trust);

// Digest of len_bytes from data on: FIPS 180-4.
//
// Calls trust->feed for each KB that it begins. 0.7 KB of stack.
void xip_sha256_(uint8_t digest[XIP_IMAGE_DIGEST_BYTES], const uint8_t *data,
        uint32_t len_bytes, const struct xip_image_trust *trust);

#endif
