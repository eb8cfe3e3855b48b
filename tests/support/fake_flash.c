/*
 * fake_flash - xip_flash.h over an array, for tests of its users
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/fake_flash.h"

#include <string.h>

void fake_open(struct fake_flash *fake, const uint32_t *sizes,
        uint32_t page_bytes) {
    memset(fake, 0, sizeof *fake);
    memset(fake->mem, 0xFF, sizeof fake->mem);
    struct xip_flash_part *part = &fake->dev.part;
    fake->dev.config.window_addr = FAKE_WINDOW;
    fake->dev.ready = 1;
    part->size_bytes = FAKE_BYTES;
    part->page_bytes = page_bytes;
    part->addr_bytes = 3;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES && sizes[i] != 0; i++) {
        part->erase[i].size_bytes = sizes[i];
        part->erase[i].opcode = (uint8_t)(0x20 + i);
    }
    fake->seed = 1;
}

void fake_restart(struct fake_flash *fake) {
    fake->operations = fake->erases = fake->programs = fake->twice = 0;
    fake->fail_at = 0;
    fake->fail_err = 0;
}

static uint8_t random8(struct fake_flash *fake) {
    fake->seed = fake->seed * 1103515245u + 12345u;
    return (uint8_t)(fake->seed >> 16);
}

// The new contents of [off, off + len). data NULL: erase.
static void change(struct fake_flash *fake, uint32_t off, const uint8_t *data,
        uint32_t len, bool torn) {
    for (uint32_t i = 0; i < len; i++) {
        uint8_t *byte = &fake->mem[off + i];
        const uint8_t keep = torn ? random8(fake) : 0;
        *byte = data ? (uint8_t)(*byte & (data[i] | keep))
                     : (uint8_t)(*byte | (uint8_t)~keep);
    }
}

static void note_programmed(struct fake_flash *fake, uint32_t off, uint32_t len,
        bool erase) {
    for (uint32_t unit = off / 16; unit <= (off + len - 1) / 16; unit++) {
        fake->twice += !erase && fake->programmed[unit];
        fake->programmed[unit] = !erase;
    }
}

static int operate(struct fake_flash *fake, uint32_t off, const uint8_t *data,
        uint32_t len) {
    if (fake->before) {
        fake->before(fake, off, data, len);
    }
    const bool last = ++fake->operations == fake->fail_at;
    *(data ? &fake->programs : &fake->erases) += 1;
    if (!last || fake->tear != FAKE_NOTHING_DONE) {
        change(fake, off, data, len, last && fake->tear == FAKE_TORN);
        note_programmed(fake, off, len, !data);
    }
    if (fake->after) {
        fake->after(fake);
    }
    if (last) {
        fake->dev.stop_off = off;
        if (fake->fail_err == 0) {
            longjmp(fake->power, 1);
        }
        return fake->fail_err;
    }
    return 0;
}

static struct fake_flash *fake_of(struct xip_flash *dev) {
    return (struct fake_flash *)dev;
}

static bool inside(uint32_t off, uint32_t len) {
    return off <= FAKE_BYTES && len <= FAKE_BYTES - off;
}

int xip_flash_erase(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    if (!inside(off, len_bytes)) {
        return XIP_ERR_RANGE;
    }
    while (len_bytes != 0) {
        const struct xip_part_erase *type =
                xip_part_fit(&dev->part, off, len_bytes);
        if (!type) {
            return XIP_ERR_ALIGN;
        }
        const int err = operate(fake_of(dev), off, NULL, type->size_bytes);
        if (err != 0) {
            return err;
        }
        off += type->size_bytes;
        len_bytes -= type->size_bytes;
    }
    return 0;
}

int xip_flash_program(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) {
    const uint8_t *p = data;
    if (!inside(off, len_bytes)) {
        return XIP_ERR_RANGE;
    }
    while (len_bytes != 0) {
        const uint32_t page = dev->part.page_bytes;
        uint32_t n = page - off % page;
        n = n < len_bytes ? n : len_bytes;
        int err = operate(fake_of(dev), off, p, n);
        if (err == 0 && !fake_of(dev)->reads_nothing_back) {
            err = xip_flash_verify(dev, off, p, n);
        }
        if (err != 0) {
            return err;
        }
        off += n;
        p += n;
        len_bytes -= n;
    }
    return 0;
}

int xip_flash_verify(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) {
    if (!inside(off, len_bytes)) {
        return XIP_ERR_RANGE;
    }
    return memcmp(fake_of(dev)->mem + off, data, len_bytes) == 0
            ? 0
            : XIP_ERR_VERIFY;
}

int xip_flash_read(struct xip_flash *dev, uint32_t off, void *data,
        uint32_t len) {
    const struct fake_flash *fake = (const struct fake_flash *)dev;
    memcpy(data, fake->mem + off, len);
    return 0;
}

int xip_flash_bare_erase(struct xip_flash *dev, uint32_t off) {
    return xip_flash_erase(dev, off, dev->part.erase[0].size_bytes);
}

int xip_flash_bare_program(struct xip_flash *dev, uint32_t off,
        const void *data, uint32_t len) {
    return xip_flash_program(dev, off, data, len);
}
