/*
 * test_p256_fast_field - as test_p256_field, with XIP_CFG_IMAGE_FAST
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/image/xip_sha256.c
#define XIP_CFG_IMAGE_FAST 1
#include "test_p256_field.c" // NOLINT(bugprone-suspicious-include)
