/*
 * xip_journal_flash - the journal's callbacks over xip_flash
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "xip_journal.h"

#define POSITION_BYTES 128u
#define BYTES_MAX 0x8000u

static int read(void *ctx, uint32_t off, void *data, uint32_t len) {
    const struct xip_journal_flash *f = ctx;
    return xip_flash_read(f->dev, f->off + off, data, len);
}

static int program(void *ctx, uint32_t off, const void *data, uint32_t len) {
    const struct xip_journal_flash *f = ctx;
    return xip_flash_program(f->dev, f->off + off, data, len);
}

static int erase(void *ctx, uint32_t off, uint32_t len) {
    const struct xip_journal_flash *f = ctx;
    return xip_flash_erase(f->dev, f->off + off, len);
}

int xip_journal_flash_io(struct xip_journal_io *io,
        struct xip_journal_flash *ctx, struct xip_flash *dev, uint32_t off,
        uint32_t bytes) {
    if (io == NULL || ctx == NULL || dev == NULL || dev->ready == 0u) {
        return XIP_ERR_PARAM;
    }
    if (off > dev->part.size_bytes || bytes > dev->part.size_bytes - off) {
        return XIP_ERR_RANGE;
    }
    const uint32_t sector = bytes / 2u;
    if (bytes > BYTES_MAX || sector < 2u * POSITION_BYTES || bytes % 2u != 0u ||
            !xip_part_whole_units(&dev->part, off, sector) ||
            !xip_part_whole_units(&dev->part, off + sector, sector)) {
        return XIP_ERR_ALIGN;
    }
    *ctx = (struct xip_journal_flash){dev, off};
    *io = (struct xip_journal_io){
            .read = read,
            .program = program,
            .erase = erase,
            .ctx = ctx,
            .sector_bytes = sector,
            .payload_bytes = XIP_JOURNAL_PAYLOAD_BYTES,
            .mark_bytes = XIP_JOURNAL_MARK_BYTES,
    };
    return 0;
}
