/*
 * xip_boot_warm - what a warm reset need not check again
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <string.h>

#include "xip_boot.h"

#define WORDS (XIP_IMAGE_DIGEST_BYTES / 4u)

const uint8_t *xip_boot_warm_known(struct xip_boot_warm *warm,
        bool power_lost) {
    uint32_t wrong = power_lost ? 1u : 0u;
    for (uint32_t i = 0; i < WORDS; i++) {
        wrong |= warm->digest[i] ^ ~warm->complement[i];
    }
    if (wrong != 0u) {
        memset(warm, 0, sizeof(*warm));
        return NULL;
    }
    return (const uint8_t *)warm->digest;
}

void xip_boot_warm_keep(struct xip_boot_warm *warm,
        const uint8_t digest[XIP_IMAGE_DIGEST_BYTES]) {
    memcpy(warm->digest, digest, sizeof(warm->digest));
    for (uint32_t i = 0; i < WORDS; i++) {
        warm->complement[i] = ~warm->digest[i];
    }
}
