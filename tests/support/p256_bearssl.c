/*
 * p256_bearssl - the signature check with XIP_CFG_IMAGE_BEARSSL, renamed
 *
 * SPDX-License-Identifier: MIT
 */
#define XIP_CFG_IMAGE_BEARSSL 1
#define xip_p256_verify_ p256_bearssl_verify
#include "xip_p256.c" // NOLINT(bugprone-suspicious-include)
