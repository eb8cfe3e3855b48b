/*
 * xip_err - names of the codes
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_err.h"

#include <stddef.h>

#include "xip_flash.h"

static const char *const names[] = {
        "XIP_OK",
        "XIP_ERR_PARAM",
        "XIP_ERR_RANGE",
        "XIP_ERR_ALIGN",
        "XIP_ERR_RUNNING",
        "XIP_ERR_BUSY",
        "XIP_ERR_CONTEXT",
        "XIP_ERR_VECTOR",
        "XIP_ERR_DMA",
        "XIP_ERR_ABI",
        "XIP_ERR_RESIDENT",
        "XIP_ERR_CONFIG",
        "XIP_ERR_PART",
        "XIP_ERR_PROTECT",
        "XIP_ERR_TIMEOUT",
        "XIP_ERR_VERIFY",
        "XIP_ERR_IMAGE",
        "XIP_ERR_HASH",
        "XIP_ERR_SIGNATURE",
        "XIP_ERR_ADDRESS",
        "XIP_ERR_VERSION",
        "XIP_ERR_TRANSFER",
        "XIP_ERR_HELD",
        "XIP_ERR_TRIAL",
};

const char *xip_err_name(int err) {
    const size_t count = sizeof(names) / sizeof(names[0]);
    if (err > 0 || (size_t)-err >= count) {
        return "unknown code";
    }
    return names[-err];
}
