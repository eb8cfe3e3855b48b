/*
 * p256_options - the signature check as its options build it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef P256_OPTIONS_H
#define P256_OPTIONS_H

#include "xip_p256_priv.h"

// As xip_p256_verify_ of a build with XIP_CFG_IMAGE_FAST=1.
bool p256_fast_verify(const uint8_t *key, const uint8_t *digest,
        const uint8_t *der, uint32_t len, const struct xip_image_trust *trust);

// With XIP_CFG_IMAGE_BEARSSL=1.
bool p256_bearssl_verify(const uint8_t *key, const uint8_t *digest,
        const uint8_t *der, uint32_t len, const struct xip_image_trust *trust);

#endif
