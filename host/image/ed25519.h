/*
 * ed25519 - images that imgtool has signed with an Ed25519 key
 *
 * SPDX-License-Identifier: MIT
 *
 * For `xipsafe image verify` only: the boot program refuses them by name.
 */
#ifndef ED25519_H
#define ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xip_image.h"

#define ED25519_PUBLIC_BYTES 32u
#define ED25519_SPKI_BYTES 44u // RFC 8410 clause 4

// The public half from the DER of "PUBLIC KEY" (RFC 8410 clause 4) or "PRIVATE
// KEY" (clause 7). False: it is neither.
bool ed25519_take(uint8_t spki[ED25519_SPKI_BYTES], const uint8_t *der,
        size_t len);

// Checks digest and signature of a parsed image, by the rules of
// xip_image_verify: SHA-256 or SHA-512 over header, payload and protected TLVs,
// the signature over that digest, or over those bytes themselves (--pure).
// Returns 0, or an error with img->reason.
int ed25519_verify(struct xip_image *img,
        const uint8_t spki[ED25519_SPKI_BYTES]);

#endif
