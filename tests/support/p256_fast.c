/*
 * p256_fast - the signature check with XIP_CFG_IMAGE_FAST, renamed
 *
 * SPDX-License-Identifier: MIT
 */
#define XIP_CFG_IMAGE_FAST 1
#define xip_p256_verify_ p256_fast_verify
#include "xip_p256.c" // NOLINT(bugprone-suspicious-include)
