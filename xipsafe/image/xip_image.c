/*
 * xip_image - header and TLV areas of an MCUboot image
 *
 * SPDX-License-Identifier: MIT
 *
 * Everything here works on hostile bytes. Sizes are compared with what is left
 * of the bound, never added first: a sum could wrap.
 */
#include "xip_image.h"

#include <stddef.h>

#define OFF_LOAD_ADDR 4u
#define OFF_HEADER_SIZE 8u
#define OFF_PROTECTED_SIZE 10u
#define OFF_IMAGE_SIZE 12u
#define OFF_FLAGS 16u
#define OFF_VERSION 20u

#define TLV_INFO_BYTES 4u  // {u16 magic, u16 total}
#define TLV_ENTRY_BYTES 4u // {u16 type, u16 length}

// Areas follow a payload of any length, so nothing is aligned.
static uint16_t get16(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16;
}

static int refuse(struct xip_image *img, int err,
        enum xip_image_reason reason) {
    img->reason = (uint8_t)reason;
    return err;
}

// True if the entries of [off, off + len) fill it exactly.
static bool entries_fit(const uint8_t *p, uint32_t len) {
    while (len != 0u) {
        if (len < TLV_ENTRY_BYTES) {
            return false;
        }
        const uint32_t entry = TLV_ENTRY_BYTES + get16(p + 2);
        if (entry > len) {
            return false;
        }
        p += entry;
        len -= entry;
    }
    return true;
}

// Check one area that begins at p with `left` bytes up to the bound. Returns
// its size, 0 if it cannot be right.
static uint32_t area_bytes(const uint8_t *p, uint32_t left, uint16_t magic) {
    if (left < TLV_INFO_BYTES || get16(p) != magic) {
        return 0;
    }
    const uint32_t size = get16(p + 2);
    if (size < TLV_INFO_BYTES || size > left) {
        return 0;
    }
    return entries_fit(p + TLV_INFO_BYTES, size - TLV_INFO_BYTES) ? size : 0;
}

// What the header is followed by, up to the bound.
static int parse_areas(struct xip_image *img, uint32_t avail_bytes) {
    const uint8_t *p = img->data + img->total_bytes;
    const uint32_t left = avail_bytes - img->total_bytes;
    if (img->protected_bytes != 0u &&
            area_bytes(p - img->protected_bytes, img->protected_bytes,
                    XIP_IMAGE_TLV_PROTECTED_MAGIC) != img->protected_bytes) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_TLV);
    }
    img->unprotected_bytes = area_bytes(p, left, XIP_IMAGE_TLV_MAGIC);
    if (img->unprotected_bytes == 0u) {
        const bool cut = get16(p) == XIP_IMAGE_TLV_MAGIC && get16(p + 2) > left;
        return refuse(img, XIP_ERR_IMAGE,
                cut ? XIP_REASON_TRUNCATED : XIP_REASON_TLV);
    }
    img->total_bytes += img->unprotected_bytes;
    return XIP_OK;
}

// Take a part off what is left up to the bound.
static bool fits(uint32_t part, uint32_t *left) {
    if (part > *left) {
        return false;
    }
    *left -= part;
    return true;
}

int xip_image_parse_header(struct xip_image *img, const void *header,
        uint32_t avail_bytes) {
    if (img == NULL || header == NULL) {
        return XIP_ERR_PARAM;
    }
    const uint8_t *p = header;
    *img = (struct xip_image){.data = p};
    if (avail_bytes < XIP_IMAGE_HEADER_MIN) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_TRUNCATED);
    }
    const uint32_t magic = get32(p);
    if (magic != XIP_IMAGE_MAGIC) {
        return refuse(img, XIP_ERR_IMAGE,
                magic == UINT32_MAX ? XIP_REASON_EMPTY : XIP_REASON_NO_MAGIC);
    }

    img->load_addr = get32(p + OFF_LOAD_ADDR);
    img->header_bytes = get16(p + OFF_HEADER_SIZE);
    img->protected_bytes = get16(p + OFF_PROTECTED_SIZE);
    img->payload_bytes = get32(p + OFF_IMAGE_SIZE);
    img->flags = get32(p + OFF_FLAGS);
    img->version.major = p[OFF_VERSION];
    img->version.minor = p[OFF_VERSION + 1];
    img->version.revision = get16(p + OFF_VERSION + 2);
    img->version.build = get32(p + OFF_VERSION + 4);

    if (img->header_bytes < XIP_IMAGE_HEADER_MIN || img->payload_bytes == 0u) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_HEADER);
    }
    uint32_t left = avail_bytes;
    if (!fits(img->header_bytes, &left) || !fits(img->payload_bytes, &left) ||
            !fits(img->protected_bytes, &left) || left < TLV_INFO_BYTES) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_TRUNCATED);
    }
    img->total_bytes = avail_bytes - left;
    return XIP_OK;
}

int xip_image_parse(struct xip_image *img, const void *data,
        uint32_t avail_bytes) {
    const int err = xip_image_parse_header(img, data, avail_bytes);
    return err != 0 ? err : parse_areas(img, avail_bytes);
}

int xip_image_check_place(struct xip_image *img, uint32_t addr) {
    if ((img->flags & XIP_IMAGE_FLAG_ENCRYPTED) != 0u) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_ENCRYPTED);
    }
    if ((img->flags & XIP_IMAGE_FLAG_COMPRESSED) != 0u) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_COMPRESSED);
    }
    if ((img->flags &
                (XIP_IMAGE_FLAG_NON_BOOTABLE | XIP_IMAGE_FLAG_RAM_LOAD)) !=
            0u) {
        return refuse(img, XIP_ERR_IMAGE, XIP_REASON_NOT_XIP);
    }
    if ((img->flags & XIP_IMAGE_FLAG_ROM_FIXED) == 0u) {
        return refuse(img, XIP_ERR_ADDRESS, XIP_REASON_NOT_FIXED);
    }
    if (img->load_addr != addr) {
        return refuse(img, XIP_ERR_ADDRESS, XIP_REASON_ADDRESS);
    }
    return XIP_OK;
}

bool xip_image_tlv_next(const struct xip_image *img,
        struct xip_image_tlv *tlv) {
    const uint32_t start = img->header_bytes + img->payload_bytes;
    const uint32_t border = start + img->protected_bytes;
    uint32_t off = tlv->next_off;
    if (off == 0u) {
        off = start + TLV_INFO_BYTES; // of whichever area comes first
    }
    if (img->protected_bytes != 0u && off == border) {
        off += TLV_INFO_BYTES;
    }
    if (off >= img->total_bytes) {
        return false;
    }
    const uint8_t *p = img->data + off;
    tlv->type = get16(p);
    tlv->len_bytes = get16(p + 2);
    tlv->data = p + TLV_ENTRY_BYTES;
    tlv->is_protected = off < border;
    tlv->next_off = off + TLV_ENTRY_BYTES + tlv->len_bytes;
    return true;
}

bool xip_image_security_counter(const struct xip_image *img,
        uint32_t *counter) {
    struct xip_image_tlv tlv = {0};
    while (xip_image_tlv_next(img, &tlv) && tlv.is_protected) {
        if (tlv.type == XIP_TLV_SECURITY_COUNTER && tlv.len_bytes == 4) {
            *counter = get32(tlv.data);
            return true;
        }
    }
    return false;
}

int xip_image_version_compare(const struct xip_image_version *a,
        const struct xip_image_version *b) {
    if (a->major != b->major) {
        return a->major < b->major ? -1 : 1;
    }
    if (a->minor != b->minor) {
        return a->minor < b->minor ? -1 : 1;
    }
    if (a->revision != b->revision) {
        return a->revision < b->revision ? -1 : 1;
    }
    return 0;
}
