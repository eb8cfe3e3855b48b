/*
 * xip_read - reading and comparing through the open window
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "xip_flash_priv.h"

static const uint8_t *window(const struct xip_flash *dev, uint32_t off) {
    return (const uint8_t *)((uintptr_t)dev->config.window_addr + off);
}

int xip_flash_check_range_(const struct xip_flash *dev, uint32_t off,
        uint32_t len) {
    if (dev == NULL || dev->ready == 0u) {
        return XIP_ERR_PARAM;
    }
    if (off > dev->part.size_bytes || len > dev->part.size_bytes - off) {
        return XIP_ERR_RANGE;
    }
    return 0;
}

// A suspended program makes its whole page unreadable: JESD216 DW12 bit 2.
static bool stands_suspended(const struct xip_flash *dev, uint32_t off,
        uint32_t len) {
    const uint32_t page = dev->part.page_bytes - 1u;
    return dev->resident.suspended != 0u &&
            off + len > (dev->op.addr & ~page) &&
            off <= ((dev->op.addr + dev->op_bytes - 1u) | page);
}

// While an operation is suspended its unit reads as garbage. Waits for its end
// if there is a lock hook.
static int readable(struct xip_flash *dev, uint32_t off, uint32_t len) {
    const int err = xip_flash_check_range_(dev, off, len);
    if (err != 0 || !stands_suspended(dev, off, len)) {
        return err;
    }
    if (dev->hooks.lock == NULL || dev->background != 0u) {
        return XIP_ERR_BUSY;
    }
    dev->hooks.lock(dev->config.hook_ctx);
    // A recursive lock admits the thread that erases, from its own hook.
    const bool still = stands_suspended(dev, off, len);
    dev->hooks.unlock(dev->config.hook_ctx);
    return still ? XIP_ERR_BUSY : 0;
}

int xip_flash_read(struct xip_flash *dev, uint32_t off, void *data,
        uint32_t len_bytes) {
    const int err = readable(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    if (data == NULL && len_bytes != 0u) {
        return XIP_ERR_PARAM;
    }
    if (len_bytes != 0u) {
        memcpy(data, window(dev, off), len_bytes);
    }
    return 0;
}

// Read-back runs from the flash that it reads: each turn of the loop costs one
// burst for the code and one for the data, so a turn takes 32 bytes.
#define CHUNK_BYTES 32u

// Read back between two looks at the watchdog: 64 KB take some 20 ms.
#define FEED_BYTES 4096u

// From i on, of whole chunks.
static uint32_t feed_and_end(struct xip_flash *dev, uint32_t i,
        uint32_t len_bytes) {
    const uint32_t left = (len_bytes - i) / CHUNK_BYTES * CHUNK_BYTES;
    xip_flash_feed(dev);
    return i + (left < FEED_BYTES ? left : FEED_BYTES);
}

static uint32_t word(const uint8_t *p) {
    return ((const struct xip_word_any *)p)->value;
}

static bool chunk_blank(const uint8_t *p) {
    return (word(p) & word(p + 4) & word(p + 8) & word(p + 12) & word(p + 16) &
                   word(p + 20) & word(p + 24) & word(p + 28)) == 0xFFFFFFFFu;
}

static bool chunk_equal(const uint8_t *p, const uint8_t *q) {
    return ((word(p) ^ word(q)) | (word(p + 4) ^ word(q + 4)) |
                   (word(p + 8) ^ word(q + 8)) | (word(p + 12) ^ word(q + 12)) |
                   (word(p + 16) ^ word(q + 16)) |
                   (word(p + 20) ^ word(q + 20)) |
                   (word(p + 24) ^ word(q + 24)) |
                   (word(p + 28) ^ word(q + 28))) == 0u;
}

bool xip_flash_blank(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    if (readable(dev, off, len_bytes) != 0) {
        return false;
    }
    const uint8_t *const p = window(dev, off);
    uint32_t i = 0;
    uint32_t end = 0; // of what was equal, or is looked at
    while (i == end && len_bytes - i >= CHUNK_BYTES) {
        end = feed_and_end(dev, i, len_bytes);
        while (i < end && chunk_blank(p + i)) {
            i += CHUNK_BYTES;
        }
    }
    for (; i < len_bytes; i++) {
        if (p[i] != 0xFFu) {
            dev->stop_off = off + i;
            return false;
        }
    }
    return true;
}

int xip_flash_verify(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) {
    const int err = readable(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    if (data == NULL && len_bytes != 0u) {
        return XIP_ERR_PARAM;
    }
    const uint8_t *const p = window(dev, off);
    const uint8_t *const q = data;
    uint32_t i = 0;
    uint32_t end = 0;
    while (i == end && len_bytes - i >= CHUNK_BYTES) {
        end = feed_and_end(dev, i, len_bytes);
        while (i < end && chunk_equal(p + i, q + i)) {
            i += CHUNK_BYTES;
        }
    }
    for (; i < len_bytes; i++) {
        if (p[i] != q[i]) {
            dev->stop_off = off + i;
            return XIP_ERR_VERIFY;
        }
    }
    return 0;
}
