/*
 * xip_journal_bare - the journal's callbacks for a boot program
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <string.h>

#include "xip_journal.h"

static int read(void *ctx, uint32_t off, void *data, uint32_t len) {
    const struct xip_journal_flash *f = ctx;
    memcpy(data,
            (const uint8_t *)(uintptr_t)(f->dev->config.window_addr + f->off) +
                    off,
            len);
    return 0;
}

static int program(void *ctx, uint32_t off, const void *data, uint32_t len) {
    const struct xip_journal_flash *f = ctx;
    return xip_flash_bare_program(f->dev, f->off + off, data, len);
}

static int erase(void *ctx, uint32_t off, uint32_t len) {
    const struct xip_journal_flash *f = ctx;
    int err = 0;
    for (uint32_t done = 0; err == 0 && done < len;) {
        const uint32_t at = f->off + off + done;
        err = xip_flash_bare_erase(f->dev, at);
        done += xip_part_unit(&f->dev->part, at);
    }
    return err;
}

void xip_journal_bare_io(struct xip_journal_io *io,
        struct xip_journal_flash *ctx, struct xip_flash *dev, uint32_t off,
        uint32_t bytes) {
    *ctx = (struct xip_journal_flash){dev, off};
    *io = (struct xip_journal_io){
            .read = read,
            .program = program,
            .erase = erase,
            .ctx = ctx,
            .sector_bytes = bytes / 2u,
            .payload_bytes = XIP_JOURNAL_PAYLOAD_BYTES,
            .mark_bytes = XIP_JOURNAL_MARK_BYTES,
    };
}
