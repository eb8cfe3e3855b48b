/*
 * fuzz_image - header, TLVs, digest and signature of an MCUboot image
 *
 * SPDX-License-Identifier: MIT
 *
 * First as it is. Then each digest TLV gets the right digest, so that what
 * comes behind the digest is reached too. Signatures are real ones: a wrong one
 * must not be accepted.
 */
// sources: xipsafe/image/*.c xipsafe/boot/xip_boot.c
// libs: bearssl
#include <string.h>

#include "fuzz.h"
#include "support/image_maker.h"
#include "xip_boot.h"
#include "xip_image.h"

#define ADDR 0x90000000u
#define SIGNER 5

static uint8_t spki[91];

static void look(const uint8_t *data, size_t size) {
    const uint8_t *const keys[] = {spki};
    static const struct xip_boot_ram ram[] = {{0x20000000, 0x10000}};
    const struct xip_image_trust trust = {.keys = keys, .key_count = 1};
    const struct xip_boot_config config = {
            .ram = ram, .ram_count = 1, .vector_count = 16};
    struct xip_image img;
    struct xip_image_tlv tlv = {0};
    uint32_t counter;
    if (xip_image_parse(&img, data, (uint32_t)size)) {
        FUZZ_CHECK(img.reason);
        FUZZ_CHECK(strcmp(xip_image_reason_text(img.reason), "unknown reason"));
        return;
    }
    FUZZ_CHECK(img.total_bytes <= size);
    FUZZ_CHECK(img.header_bytes + img.payload_bytes + img.protected_bytes +
                    img.unprotected_bytes ==
            img.total_bytes);
    while (xip_image_tlv_next(&img, &tlv)) {
        FUZZ_CHECK(tlv.data >= data &&
                tlv.data + tlv.len_bytes <= data + img.total_bytes);
    }
    (void)xip_image_security_counter(&img, &counter);
    struct xip_image at = img;
    if (!xip_image_check_place(&at, ADDR)) {
        FUZZ_CHECK(at.load_addr == ADDR);
    }
    at = img;
    const int signed_err = xip_image_verify(&at, &trust);
    FUZZ_CHECK(!signed_err == !at.reason);
    const struct xip_image_trust nobody = {0};
    at = img;
    if (xip_image_verify(&at, &nobody)) {
        FUZZ_CHECK(signed_err);
    } else if (!xip_boot_check_vectors(&at, ADDR, &config)) {
        FUZZ_CHECK(at.payload_bytes >= 64);
    }
}

static void correct_digests(uint8_t *data, size_t size) {
    struct xip_image img;
    struct xip_image_tlv tlv = {0};
    if (xip_image_parse(&img, data, (uint32_t)size)) {
        return;
    }
    const struct maker m = {
            .data = data,
            .signed_bytes =
                    img.header_bytes + img.payload_bytes + img.protected_bytes,
    };
    while (xip_image_tlv_next(&img, &tlv)) {
        if (tlv.type == XIP_TLV_SHA256 && tlv.len_bytes == 32 &&
                !tlv.is_protected) {
            maker_digest(&m, data + (tlv.data - data));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!spki[0]) {
        maker_public(SIGNER, spki);
    }
    uint8_t *const copy = malloc(size ? size : 1);
    FUZZ_CHECK(copy);
    memcpy(copy, data, size);
    look(copy, size);
    correct_digests(copy, size);
    look(copy, size);
    free(copy);
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    struct maker m;
    static const uint8_t counter[4] = {7};
    if (i > 3 || room < 1000) {
        return 0;
    }
    maker_start(&m, out, 0x80, 200, ADDR);
    maker_version(&m, 1, 2, 3, 4);
    maker_put32(out + 0x80, 0x20001000);
    maker_put32(out + 0x84, ADDR + 0xA1);
    if (i & 1) {
        maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
        maker_tlv(&m, XIP_TLV_SECURITY_COUNTER, counter, 4);
        maker_protected_done(&m);
    }
    maker_seal(&m);
    if (i & 2) {
        maker_sign(&m, SIGNER);
    }
    return m.size;
}
