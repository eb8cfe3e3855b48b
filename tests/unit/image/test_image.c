/*
 * test_image - parsing and verifying MCUboot images
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/image/*.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fence.h"
#include "support/image_maker.h"
#include "xip_image.h"

#define VECTORS "tests/vectors/imgtool/"
#define KEY_SEED 5
#define OTHER_SEED 6
#define SLOT_ADDR 0x90100000u

/// Help ///

static uint8_t *load(const char *name, uint32_t *size) {
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (uint32_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    fclose(file);
    return data;
}

// The public half of tests/vectors/imgtool/key_p256.pem.
static const uint8_t vector_key[XIP_IMAGE_KEY_BYTES] = {
        0x30,
        0x59,
        0x30,
        0x13,
        0x06,
        0x07,
        0x2a,
        0x86,
        0x48,
        0xce,
        0x3d,
        0x02,
        0x01,
        0x06,
        0x08,
        0x2a,
        0x86,
        0x48,
        0xce,
        0x3d,
        0x03,
        0x01,
        0x07,
        0x03,
        0x42,
        0x00,
        0x04,
        0xe1,
        0x35,
        0x4e,
        0xae,
        0x67,
        0x09,
        0x2d,
        0xff,
        0x6d,
        0xbc,
        0x26,
        0x25,
        0x5a,
        0x0d,
        0x40,
        0xcb,
        0x79,
        0x51,
        0x87,
        0xb5,
        0xe4,
        0x36,
        0x62,
        0x7f,
        0x0b,
        0xd4,
        0x8d,
        0x35,
        0xc2,
        0x7f,
        0xbc,
        0x84,
        0xac,
        0x47,
        0x47,
        0x60,
        0x60,
        0x9a,
        0x65,
        0xe1,
        0x45,
        0x9f,
        0xf7,
        0x5e,
        0x9f,
        0xe6,
        0x64,
        0x00,
        0x73,
        0xec,
        0x75,
        0x7e,
        0x36,
        0xae,
        0x4c,
        0x57,
        0xfd,
        0xf5,
        0x6a,
        0x38,
        0xf6,
        0x21,
        0xea,
        0xa6,
};
static const uint8_t *const vector_keys[] = {vector_key};
static const struct xip_image_trust vector_trust = {
        .keys = vector_keys,
        .key_count = 1,
};
static const struct xip_image_trust no_key = {.key_count = 0};

static int check(struct xip_image *img, const uint8_t *data, uint32_t size,
        const struct xip_image_trust *trust) {
    const int err = xip_image_parse(img, data, size);
    return err ? err : xip_image_verify(img, trust);
}

// The small image of most tests below.
static uint8_t memory[4096];

static struct maker begin(void) {
    struct maker m;
    maker_start(&m, memory, 0x200, 333, SLOT_ADDR);
    maker_version(&m, 2, 0, 0, 0);
    return m;
}

static void expect(const struct maker *m, int err, unsigned reason) {
    uint8_t key[91];
    uint8_t second[91];
    maker_public(KEY_SEED, key);
    maker_public(KEY_SEED + 10, second);
    const uint8_t *const keys[] = {second, key};
    const struct xip_image_trust trust = {.keys = keys, .key_count = 2};
    struct xip_image img;
    assert_int_equal(check(&img, m->data, m->size, &trust), err);
    assert_int_equal(img.reason, reason);
}

/// What imgtool wrote ///

static void accepts_images_of_imgtool(void **state) {
    (void)state;
    static const struct {
        const char *path;
        uint32_t total_bytes;
    } file[] = {
            {VECTORS "p256_nopad.bin", 0x400 + 6001 + 12 + 152},
            {VECTORS "p256_pad.bin", 0x400 + 6001 + 12 + 150},
            {VECTORS "p256_confirm.bin", 0x400 + 6001 + 12 + 150},
    };
    for (size_t i = 0; i < 3; i++) {
        uint32_t size;
        uint8_t *data = load(file[i].path, &size);
        struct xip_image img;
        assert_int_equal(check(&img, data, size, &vector_trust), 0);
        assert_int_equal(img.reason, XIP_REASON_NONE);
        assert_int_equal(img.header_bytes, 0x400);
        assert_int_equal(img.payload_bytes, 6001);
        assert_int_equal(img.protected_bytes, 12);
        assert_int_equal(img.total_bytes, file[i].total_bytes);
        assert_int_equal(img.version.major, 1);
        assert_int_equal(img.version.minor, 2);
        assert_int_equal(img.version.revision, 3);
        assert_int_equal(img.version.build, 4);
        assert_int_equal(xip_image_check_place(&img, 0x90000000), 0);
        uint32_t counter = 0;
        assert_true(xip_image_security_counter(&img, &counter));
        assert_int_equal(counter, 7);
        free(data);
    }
}

static void hash_only_needs_a_build_without_key(void **state) {
    (void)state;
    uint32_t size;
    uint8_t *data = load(VECTORS "unsigned_hashonly.bin", &size);
    struct xip_image img;
    assert_int_equal(check(&img, data, size, &no_key), 0);
    assert_int_equal(check(&img, data, size, &vector_trust), XIP_ERR_SIGNATURE);
    assert_int_equal(img.reason, XIP_REASON_UNSIGNED);
    free(data);
}

static void refuses_every_truncation(void **state) {
    (void)state;
    uint32_t size;
    uint8_t *data = load(VECTORS "p256_nopad.bin", &size);
    struct fence f = fence_make(size);
    struct xip_image img;
    for (uint32_t len = 0; len < size; len++) {
        const uint8_t *p = fence_put(&f, data, len);
        assert_int_equal(xip_image_parse(&img, p, len), XIP_ERR_IMAGE);
        assert_int_equal(img.reason, XIP_REASON_TRUNCATED);
    }
    const uint8_t *p = fence_put(&f, data, size);
    assert_int_equal(check(&img, p, size, &vector_trust), 0);
    munmap(f.base, f.mapped);
    free(data);
}

// Each byte of header and TLV areas with each bit, each byte of the rest with
// one: none of them is accepted, and none is read past its end.
static void refuses_every_flipped_bit(void **state) {
    (void)state;
    uint32_t size;
    uint8_t *data = load(VECTORS "p256_nopad.bin", &size);
    struct fence f = fence_make(size);
    uint8_t *p = fence_put(&f, data, size);
    struct xip_image img;
    for (uint32_t i = 0; i < size; i++) {
        const bool thorough = i < 32 || i >= 0x400 + 6001;
        for (unsigned bit = thorough ? 0 : i % 8; bit < 8; bit++) {
            p[i] ^= (uint8_t)(1u << bit);
            assert_int_not_equal(check(&img, p, size, &vector_trust), 0);
            assert_int_not_equal(img.reason, XIP_REASON_NONE);
            p[i] ^= (uint8_t)(1u << bit);
            if (!thorough) {
                break;
            }
        }
    }
    assert_int_equal(check(&img, p, size, &vector_trust), 0);
    munmap(f.base, f.mapped);
    free(data);
}

// Sizes at the ends of their range must not wrap into something plausible.
static void refuses_extreme_sizes(void **state) {
    (void)state;
    static const uint32_t extreme[] = {0, 1, 3, 4, 31, 0x7FFF, 0xFFFF,
            0x7FFFFFFF, 0x80000000, 0xFFFFFE00, 0xFFFFFFE0, 0xFFFFFFFC,
            0xFFFFFFFF};
    struct maker m = begin();
    maker_seal(&m);
    struct fence f = fence_make(m.size);
    uint8_t *p = fence_put(&f, m.data, m.size);
    struct xip_image img;
    assert_int_equal(xip_image_parse(&img, p, m.size), 0);
    for (size_t i = 0; i < sizeof extreme / sizeof extreme[0]; i++) {
        for (size_t j = 0; j < sizeof extreme / sizeof extreme[0]; j++) {
            memcpy(p, m.data, m.size);
            maker_put16(p + 8, extreme[i]);
            maker_put32(p + 12, extreme[j]);
            assert_int_equal(xip_image_parse(&img, p, m.size), XIP_ERR_IMAGE);
            maker_put16(p + 10, extreme[i]);
            assert_int_equal(xip_image_parse(&img, p, m.size), XIP_ERR_IMAGE);
        }
    }
    // Header and payload together wrap to any sum.
    memcpy(p, m.data, m.size);
    for (uint32_t sum = 0; sum < m.size; sum++) {
        maker_put32(p + 12, sum - 0x200u);
        if (sum != 0x200 + 333) {
            assert_int_equal(xip_image_parse(&img, p, m.size), XIP_ERR_IMAGE);
        }
    }
    // Sizes that are wrong by themselves: all the rest is where it was.
    static const uint32_t headers[] = {0, 31, 0x200 + 333};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        memcpy(p, m.data, m.size);
        maker_put16(p + 8, headers[i]);
        maker_put32(p + 12, 0x200 + 333 - headers[i]);
        assert_int_equal(xip_image_parse(&img, p, m.size), XIP_ERR_IMAGE);
        assert_int_equal(img.reason, XIP_REASON_HEADER);
    }
    // An area that is smaller than its own head.
    memcpy(p, m.data, m.size);
    for (uint32_t size = 0; size < 4; size++) {
        maker_put16(p + m.area + 2, size);
        assert_int_equal(xip_image_parse(&img, p, m.size), XIP_ERR_IMAGE);
        assert_int_equal(img.reason, XIP_REASON_TLV);
    }
    munmap(f.base, f.mapped);
}

// While it arrives: 32 bytes are read, and room for the next head is needed.
static void header_alone(void **state) {
    (void)state;
    struct maker m = begin();
    maker_seal(&m);
    struct fence fence = fence_make(XIP_IMAGE_HEADER_MIN);
    const uint8_t *header = fence_put(&fence, m.data, XIP_IMAGE_HEADER_MIN);
    const uint32_t needed = m.signed_bytes + 4;
    struct xip_image img;
    assert_int_equal(xip_image_parse_header(&img, header, needed), 0);
    assert_int_equal(img.total_bytes, m.signed_bytes);
    assert_int_equal(xip_image_parse_header(&img, header, UINT32_MAX), 0);
    assert_int_equal(img.total_bytes, m.signed_bytes);
    for (uint32_t avail = 0; avail < needed; avail++) {
        assert_int_equal(xip_image_parse_header(&img, header, avail),
                XIP_ERR_IMAGE);
        assert_int_equal(img.reason, XIP_REASON_TRUNCATED);
    }
    assert_int_equal(xip_image_parse_header(&img, NULL, needed), XIP_ERR_PARAM);
    assert_int_equal(xip_image_parse_header(NULL, header, needed),
            XIP_ERR_PARAM);
}

static void names_what_is_not_an_image(void **state) {
    (void)state;
    struct xip_image img;
    memset(memory, 0xFF, sizeof memory);
    assert_int_equal(xip_image_parse(&img, memory, sizeof memory),
            XIP_ERR_IMAGE);
    assert_int_equal(img.reason, XIP_REASON_EMPTY);
    memset(memory, 0, sizeof memory);
    assert_int_equal(xip_image_parse(&img, memory, sizeof memory),
            XIP_ERR_IMAGE);
    assert_int_equal(img.reason, XIP_REASON_NO_MAGIC);
    assert_int_equal(xip_image_parse(&img, NULL, 100), XIP_ERR_PARAM);
    assert_int_equal(xip_image_parse(NULL, memory, 100), XIP_ERR_PARAM);
}

/// TLV areas ///

static void refuses_areas_that_cannot_be_right(void **state) {
    (void)state;
    struct xip_image img;
    // A protected area that the header does not announce.
    struct maker m = begin();
    maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    maker_tlv(&m, 0xA0, "abcd", 4);
    maker_seal(&m);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), XIP_ERR_IMAGE);
    assert_int_equal(img.reason, XIP_REASON_TLV);
    // Announced, and of another size.
    maker_put16(m.data + 10, 16);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), XIP_ERR_IMAGE);
    assert_int_equal(img.reason, XIP_REASON_TLV);
    maker_put16(m.data + 10, 12);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), 0);
    // An entry that leaves its area by one byte, then one that is cut.
    maker_put16(m.data + 0x200 + 333 + 4 + 2, 5);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), XIP_ERR_IMAGE);
    maker_put16(m.data + 0x200 + 333 + 4 + 2, 3);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), XIP_ERR_IMAGE);
    // A few bytes behind the last entry, too few for another one.
    for (uint32_t stray = 1; stray < 4; stray++) {
        m = begin();
        maker_seal(&m);
        m.size += stray;
        maker_put16(m.data + m.area + 2, m.size - m.area);
        struct fence f = fence_make(m.size);
        const uint8_t *p = fence_put(&f, m.data, m.size);
        assert_int_equal(xip_image_parse(&img, p, m.size), XIP_ERR_IMAGE);
        munmap(f.base, f.mapped);
    }
}

static void iterates_both_areas_in_order(void **state) {
    (void)state;
    struct maker m = begin();
    maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    maker_tlv(&m, 0xA1, "x", 1);
    maker_tlv(&m, 0xA2, "", 0);
    maker_protected_done(&m);
    maker_seal(&m);
    maker_tlv(&m, 0xA3, "yz", 2);
    struct xip_image img;
    assert_int_equal(xip_image_parse(&img, m.data, m.size), 0);
    static const struct {
        uint16_t type;
        uint16_t len;
        bool is_protected;
    } want[] = {
            {0xA1, 1, true},
            {0xA2, 0, true},
            {XIP_TLV_SHA256, 32, false},
            {0xA3, 2, false},
    };
    struct xip_image_tlv tlv = {0};
    for (size_t i = 0; i < 4; i++) {
        assert_true(xip_image_tlv_next(&img, &tlv));
        assert_int_equal(tlv.type, want[i].type);
        assert_int_equal(tlv.len_bytes, want[i].len);
        assert_int_equal(tlv.is_protected, want[i].is_protected);
    }
    assert_false(xip_image_tlv_next(&img, &tlv));
}

static void policy_counts_only_when_protected(void **state) {
    (void)state;
    static const uint8_t nine[4] = {9, 0, 0, 0};
    static const uint8_t one[4] = {1, 0, 0, 0};
    uint32_t counter = 77;
    struct xip_image img;

    struct maker m = begin();
    maker_seal(&m);
    maker_tlv(&m, XIP_TLV_SECURITY_COUNTER, nine, 4);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), 0);
    assert_false(xip_image_security_counter(&img, &counter));
    assert_int_equal(counter, 77);

    m = begin();
    maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    maker_tlv(&m, XIP_TLV_SECURITY_COUNTER, one, 4);
    maker_protected_done(&m);
    maker_seal(&m);
    maker_tlv(&m, XIP_TLV_SECURITY_COUNTER, nine, 4);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), 0);
    assert_true(xip_image_security_counter(&img, &counter));
    assert_int_equal(counter, 1);

    // A counter has four bytes.
    static const uint8_t five[5] = {5};
    m = begin();
    maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    maker_tlv(&m, XIP_TLV_SECURITY_COUNTER, five, 5);
    maker_protected_done(&m);
    maker_seal(&m);
    assert_int_equal(xip_image_parse(&img, m.data, m.size), 0);
    assert_false(xip_image_security_counter(&img, &counter));
}

/// Signatures ///

static void accepts_our_signature(void **state) {
    (void)state;
    struct maker m = begin();
    maker_seal(&m);
    maker_sign(&m, KEY_SEED);
    expect(&m, 0, XIP_REASON_NONE);
}

static void accepts_a_whole_public_key(void **state) {
    (void)state;
    uint8_t spki[91];
    maker_public(KEY_SEED, spki);
    struct maker m = begin();
    maker_seal(&m);
    maker_tlv(&m, XIP_TLV_PUBKEY, spki, sizeof spki);
    maker_signature(&m, KEY_SEED);
    expect(&m, 0, XIP_REASON_NONE);
    // A key that somebody brought along is not a key of ours.
    maker_public(OTHER_SEED, spki);
    m = begin();
    maker_seal(&m);
    maker_tlv(&m, XIP_TLV_PUBKEY, spki, sizeof spki);
    maker_signature(&m, OTHER_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_UNKNOWN_KEY);
}

static void key_hash_has_one_length(void **state) {
    (void)state;
    static const uint8_t lengths[] = {0, 31, 33};
    for (size_t i = 0; i < sizeof lengths; i++) {
        uint8_t spki[91];
        uint8_t hash[33] = {0};
        br_sha256_context sha;
        maker_public(KEY_SEED, spki);
        br_sha256_init(&sha);
        br_sha256_update(&sha, spki, sizeof spki);
        br_sha256_out(&sha, hash);
        struct maker m = begin();
        maker_seal(&m);
        maker_tlv(&m, XIP_TLV_KEYHASH, hash, lengths[i]);
        maker_signature(&m, KEY_SEED);
        expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_UNKNOWN_KEY);
    }
}

// What proves an image stands behind what it proves.
static void proofs_in_the_protected_area_are_ignored(void **state) {
    (void)state;
    struct maker m = begin();
    maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    maker_tlv(&m, XIP_TLV_SHA256, memory, 32);
    maker_key_hash(&m, KEY_SEED);
    maker_tlv(&m, XIP_TLV_ECDSA_SIG, memory, 70);
    maker_protected_done(&m);
    maker_seal(&m);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_UNSIGNED);
    maker_sign(&m, KEY_SEED);
    expect(&m, 0, XIP_REASON_NONE);
}

static void refuses_foreign_signatures(void **state) {
    (void)state;
    struct maker m = begin();
    maker_seal(&m);
    maker_sign(&m, OTHER_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_UNKNOWN_KEY);
    // Names our key, signed by another.
    m = begin();
    maker_seal(&m);
    maker_key_hash(&m, KEY_SEED);
    maker_signature(&m, OTHER_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
    // A signature without a key in front of it.
    m = begin();
    maker_seal(&m);
    maker_signature(&m, KEY_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_UNKNOWN_KEY);
    // Our key's name, and no signature.
    m = begin();
    maker_seal(&m);
    maker_key_hash(&m, KEY_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_UNSIGNED);
}

static void several_signatures(void **state) {
    (void)state;
    struct maker m = begin();
    maker_seal(&m);
    maker_sign(&m, OTHER_SEED);
    maker_sign(&m, KEY_SEED);
    expect(&m, 0, XIP_REASON_NONE);
    // A key counts for one signature: the second here is nobody's.
    m = begin();
    maker_seal(&m);
    maker_sign(&m, KEY_SEED);
    maker_signature(&m, OTHER_SEED);
    expect(&m, 0, XIP_REASON_NONE);
    // A wrong one under our key is not outvoted, in either order.
    m = begin();
    maker_seal(&m);
    maker_key_hash(&m, KEY_SEED);
    maker_signature(&m, OTHER_SEED);
    maker_sign(&m, KEY_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
    m = begin();
    maker_seal(&m);
    maker_sign(&m, KEY_SEED);
    maker_key_hash(&m, KEY_SEED);
    maker_signature(&m, OTHER_SEED);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
}

// The signature is over what was hashed here, not over what the TLV says.
static void digest_cannot_be_replaced(void **state) {
    (void)state;
    struct maker m = begin();
    maker_seal(&m);
    maker_sign(&m, KEY_SEED);
    m.data[0x210] ^= 1;
    expect(&m, XIP_ERR_HASH, XIP_REASON_DIGEST);
    uint8_t digest[32];
    maker_digest(&m, digest);
    memcpy(m.data + m.signed_bytes + 8, digest, sizeof digest);
    expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
}

static void digest_is_needed(void **state) {
    (void)state;
    struct maker m = begin();
    m.signed_bytes = m.size;
    maker_area(&m, XIP_IMAGE_TLV_MAGIC);
    maker_sign(&m, KEY_SEED);
    expect(&m, XIP_ERR_IMAGE, XIP_REASON_NO_DIGEST);
    // A second digest that is wrong.
    m = begin();
    maker_seal(&m);
    maker_sign(&m, KEY_SEED);
    maker_tlv(&m, XIP_TLV_SHA256, memory, 32);
    expect(&m, XIP_ERR_HASH, XIP_REASON_DIGEST);
    // The right one, and a byte behind it.
    uint8_t longer[33] = {0};
    m = begin();
    m.signed_bytes = m.size;
    maker_digest(&m, longer);
    maker_area(&m, XIP_IMAGE_TLV_MAGIC);
    maker_tlv(&m, XIP_TLV_SHA256, longer, sizeof longer);
    maker_sign(&m, KEY_SEED);
    expect(&m, XIP_ERR_IMAGE, XIP_REASON_TLV);
}

// Padded with zeros by old versions of imgtool: good. With anything else: no.
static void padded_signature(void **state) {
    (void)state;
    static const struct {
        uint8_t filler;
        uint8_t len;
        int err;
    } cases[] = {
            {0, 72, 0},
            {1, 72, XIP_ERR_SIGNATURE},
            {0, 73, XIP_ERR_SIGNATURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct maker m = begin();
        maker_seal(&m);
        maker_key_hash(&m, KEY_SEED);
        const uint32_t entry = m.size;
        maker_signature(&m, KEY_SEED);
        while (m.size - entry - 4 < cases[i].len) {
            m.data[m.size++] = cases[i].filler;
        }
        maker_put16(m.data + entry + 2, cases[i].len);
        maker_put16(m.data + m.area + 2, m.size - m.area);
        expect(&m, cases[i].err,
                cases[i].err ? XIP_REASON_SIGNATURE : XIP_REASON_NONE);
    }
}

static void damaged_signature_stays_in_bounds(void **state) {
    (void)state;
    for (uint32_t len = 0; len <= 80; len++) {
        struct maker m = begin();
        uint8_t junk[80];
        memset(junk, 0x30, sizeof junk);
        maker_seal(&m);
        maker_key_hash(&m, KEY_SEED);
        maker_tlv(&m, XIP_TLV_ECDSA_SIG, junk, len);
        expect(&m, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
    }
}

// Feeds: pieces of 1 KB of that vector (and one of the key), one signature.
#define PIECES 7
#define SIGNATURE (255 + 3 + 256)

static void count_feeds(void *ctx) {
    ++*(unsigned *)ctx;
}

static void feeds_the_watchdog(void **state) {
    (void)state;
    uint32_t size;
    uint8_t *data = load(VECTORS "p256_nopad.bin", &size);
    unsigned fed = 0;
    struct xip_image_trust trust = vector_trust;
    trust.feed = count_feeds;
    trust.ctx = &fed;
    struct xip_image img;
    assert_int_equal(check(&img, data, size, &trust), 0);
    assert_int_equal(fed, PIECES + 1 + SIGNATURE);
    free(data);
}

// After a warm reset: the digest is computed, the signature not checked again.
static void known_image(void **state) {
    (void)state;
    uint32_t size;
    uint8_t *data = load(VECTORS "p256_nopad.bin", &size);
    unsigned fed = 0;
    struct xip_image_trust trust = vector_trust;
    struct xip_image img;
    uint8_t known[XIP_IMAGE_DIGEST_BYTES];
    assert_int_equal(check(&img, data, size, &trust), 0);
    memcpy(known, img.digest, sizeof known);
    trust.known = known;
    trust.feed = count_feeds;
    trust.ctx = &fed;
    assert_int_equal(check(&img, data, size, &trust), 0);
    assert_int_equal(fed, PIECES); // hashed, no more
    known[31] ^= 1;                // of another image
    fed = 0;
    assert_int_equal(check(&img, data, size, &trust), 0);
    assert_int_equal(fed, PIECES + 1 + SIGNATURE);
    known[31] ^= 1;
    data[size / 2] ^= 1; // contents have changed since
    assert_int_equal(check(&img, data, size, &trust), XIP_ERR_HASH);
    free(data);
}

/// Version and place ///

static void versions_are_ordered(void **state) {
    (void)state;
    static const struct xip_image_version ascending[] = {
            {0, 0, 1, 9},
            {0, 1, 0, 0},
            {0, 255, 65535, 0},
            {1, 0, 0, 0},
            {1, 0, 255, 0},
            {1, 0, 256, 0},
            {1, 2, 0, 0},
            {1, 10, 0, 0},
            {128, 0, 0, 0},
            {255, 0, 0, 0},
    };
    const size_t count = sizeof ascending / sizeof ascending[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            const int order =
                    xip_image_version_compare(&ascending[i], &ascending[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
    const struct xip_image_version a = {1, 2, 3, 4};
    const struct xip_image_version b = {1, 2, 3, 5};
    assert_int_equal(xip_image_version_compare(&a, &b), 0);
    assert_int_equal(xip_image_version_compare(&b, &a), 0);
}

static void place_is_checked(void **state) {
    (void)state;
    static const struct {
        uint32_t flags;
        uint32_t addr;
        int err;
        unsigned reason;
    } cases[] = {
            {0x100, SLOT_ADDR, 0, XIP_REASON_NONE},
            {0x100, SLOT_ADDR + 0x100000, XIP_ERR_ADDRESS, XIP_REASON_ADDRESS},
            {0, SLOT_ADDR, XIP_ERR_ADDRESS, XIP_REASON_NOT_FIXED},
            {0x104, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_ENCRYPTED},
            {0x108, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_ENCRYPTED},
            {0x110, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_NOT_XIP},
            {0x120, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_NOT_XIP},
            {0x300, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_COMPRESSED},
            {0x500, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_COMPRESSED},
            {0x900, SLOT_ADDR, XIP_ERR_IMAGE, XIP_REASON_COMPRESSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct maker m = begin();
        maker_put32(m.data + 16, cases[i].flags);
        maker_seal(&m);
        struct xip_image img;
        assert_int_equal(xip_image_parse(&img, m.data, m.size), 0);
        assert_int_equal(xip_image_check_place(&img, cases[i].addr),
                cases[i].err);
        assert_int_equal(img.reason, cases[i].reason);
    }
}

// Of imgtool, for keys that are not P-256: refused by name where a key counts.
static void names_other_kinds_of_keys(void **state) {
    (void)state;
    static const struct {
        const char *file;
        enum xip_image_reason reason, without_key;
    } cases[] = {
            {VECTORS "ed25519_sha256.bin", XIP_REASON_ED25519, XIP_REASON_NONE},
            {VECTORS "ed25519_sha512.bin", XIP_REASON_ED25519,
                    XIP_REASON_NO_DIGEST},
            {VECTORS "ed25519_pure.bin", XIP_REASON_ED25519,
                    XIP_REASON_NO_DIGEST},
            {VECTORS "rsa2048.bin", XIP_REASON_RSA, XIP_REASON_NONE},
            {VECTORS "unsigned_hashonly.bin", XIP_REASON_UNSIGNED,
                    XIP_REASON_NONE},
    };
    const uint8_t *const keys[] = {vector_key};
    const struct xip_image_trust ours = {.keys = keys, .key_count = 1};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct xip_image img;
        uint32_t size;
        uint8_t *data = load(cases[i].file, &size);
        assert_int_equal(xip_image_parse(&img, data, size), 0);
        assert_int_equal(xip_image_verify(&img, &ours), XIP_ERR_SIGNATURE);
        assert_int_equal(img.reason, cases[i].reason);
        const int err =
                xip_image_verify(&img, &(struct xip_image_trust){.keys = NULL});
        assert_int_equal(img.reason, cases[i].without_key);
        assert_int_equal(err, img.reason ? XIP_ERR_IMAGE : 0);
        free(data);
    }
}

static void every_reason_has_words(void **state) {
    (void)state;
    for (unsigned i = 0; i <= XIP_REASON_RSA; i++) {
        assert_string_not_equal(xip_image_reason_text(i), "unknown reason");
    }
    // They are in the order of the numbers.
    static const struct {
        unsigned reason;
        const char *text;
    } some[] = {
            {XIP_REASON_NONE, "accepted"},
            {XIP_REASON_NO_DIGEST, "has no SHA-256"},
            {XIP_REASON_SIGNATURE, "signature is wrong"},
            {XIP_REASON_OLDER, "not newer than the one that starts"},
            {XIP_REASON_UNFINISHED, "update is not complete"},
            {XIP_REASON_RSA, "signed with RSA, not with P-256"},
            {XIP_REASON_APPLICATION, "rejected by the application"},
            {255, "rejected by the application"},
    };
    for (unsigned i = 0; i < sizeof some / sizeof some[0]; i++) {
        assert_string_equal(xip_image_reason_text(some[i].reason),
                some[i].text);
    }
    assert_string_equal(xip_image_reason_text(XIP_REASON_RSA + 1),
            "unknown reason");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(accepts_images_of_imgtool),
            cmocka_unit_test(hash_only_needs_a_build_without_key),
            cmocka_unit_test(refuses_every_truncation),
            cmocka_unit_test(refuses_every_flipped_bit),
            cmocka_unit_test(refuses_extreme_sizes),
            cmocka_unit_test(header_alone),
            cmocka_unit_test(names_what_is_not_an_image),
            cmocka_unit_test(refuses_areas_that_cannot_be_right),
            cmocka_unit_test(iterates_both_areas_in_order),
            cmocka_unit_test(policy_counts_only_when_protected),
            cmocka_unit_test(accepts_our_signature),
            cmocka_unit_test(accepts_a_whole_public_key),
            cmocka_unit_test(key_hash_has_one_length),
            cmocka_unit_test(proofs_in_the_protected_area_are_ignored),
            cmocka_unit_test(refuses_foreign_signatures),
            cmocka_unit_test(several_signatures),
            cmocka_unit_test(digest_cannot_be_replaced),
            cmocka_unit_test(digest_is_needed),
            cmocka_unit_test(padded_signature),
            cmocka_unit_test(damaged_signature_stays_in_bounds),
            cmocka_unit_test(feeds_the_watchdog),
            cmocka_unit_test(known_image),
            cmocka_unit_test(versions_are_ordered),
            cmocka_unit_test(place_is_checked),
            cmocka_unit_test(names_other_kinds_of_keys),
            cmocka_unit_test(every_reason_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
