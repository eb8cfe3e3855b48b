/*
 * image_maker - images in memory for the tests of parser and boot program
 *
 * SPDX-License-Identifier: MIT
 *
 * Independent of host/image: otherwise a mistake that writer and reader share
 * would not be found.
 */
#ifndef IMAGE_MAKER_H
#define IMAGE_MAKER_H

#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "xip_image.h"

struct maker {
    uint8_t *data;
    uint32_t size;
    uint32_t signed_bytes;
    uint32_t area; // where the open TLV area begins
};

static inline void maker_put16(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static inline void maker_put32(uint8_t *p, uint32_t value) {
    maker_put16(p, value);
    maker_put16(p + 2, value >> 16);
}

// Header and a payload that begins with the given stack pointer and entry.
static inline void maker_start(struct maker *m, uint8_t *data,
        uint32_t header_bytes, uint32_t payload_bytes, uint32_t addr) {
    *m = (struct maker){.data = data, .size = header_bytes + payload_bytes};
    memset(data, 0xFF, header_bytes);
    memset(data, 0, 32);
    for (uint32_t i = 0; i < payload_bytes; i++) {
        data[header_bytes + i] = (uint8_t)(i * 7 + 3);
    }
    maker_put32(data, XIP_IMAGE_MAGIC);
    maker_put32(data + 4, addr);
    maker_put16(data + 8, header_bytes);
    maker_put32(data + 12, payload_bytes);
    maker_put32(data + 16, XIP_IMAGE_FLAG_ROM_FIXED);
}

static inline void maker_version(struct maker *m, uint8_t major, uint8_t minor,
        uint16_t revision, uint32_t build) {
    m->data[20] = major;
    m->data[21] = minor;
    maker_put16(m->data + 22, revision);
    maker_put32(m->data + 24, build);
}

static inline void maker_area(struct maker *m, uint16_t magic) {
    m->area = m->size;
    maker_put16(m->data + m->size, magic);
    maker_put16(m->data + m->size + 2, 4);
    m->size += 4;
}

static inline void maker_tlv(struct maker *m, uint16_t type, const void *data,
        uint32_t len) {
    uint8_t *p = m->data + m->size;
    maker_put16(p, type);
    maker_put16(p + 2, len);
    memcpy(p + 4, data, len);
    m->size += 4 + len;
    maker_put16(m->data + m->area + 2, m->size - m->area);
}

// The protected area is complete: store its size in the header.
static inline void maker_protected_done(struct maker *m) {
    maker_put16(m->data + 10, m->size - m->area);
}

static inline void maker_digest(const struct maker *m, uint8_t digest[32]) {
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, m->data, m->signed_bytes);
    br_sha256_out(&sha, digest);
}

// Ends the signed part, begins the unprotected area with the digest in it.
static inline void maker_seal(struct maker *m) {
    uint8_t digest[32];
    m->signed_bytes = m->size;
    maker_digest(m, digest);
    maker_area(m, XIP_IMAGE_TLV_MAGIC);
    maker_tlv(m, XIP_TLV_SHA256, digest, sizeof digest);
}

// A fixed test key per seed: its SubjectPublicKeyInfo.
static inline br_ec_private_key maker_secret(uint8_t seed, uint8_t secret[32]) {
    memset(secret, seed, 32);
    return (br_ec_private_key){
            .curve = BR_EC_secp256r1,
            .x = secret,
            .xlen = 32,
    };
}

static inline void maker_public(uint8_t seed, uint8_t spki[91]) {
    static const uint8_t prefix[26] = {
            0x30,
            0x59,
            0x30,
            0x13,
            0x06,
            0x07,
            0x2A,
            0x86,
            0x48,
            0xCE,
            0x3D,
            0x02,
            0x01,
            0x06,
            0x08,
            0x2A,
            0x86,
            0x48,
            0xCE,
            0x3D,
            0x03,
            0x01,
            0x07,
            0x03,
            0x42,
            0x00,
    };
    uint8_t secret[32];
    const br_ec_private_key key = maker_secret(seed, secret);
    memcpy(spki, prefix, sizeof prefix);
    br_ec_compute_pub(&br_ec_prime_i31, NULL, spki + sizeof prefix, &key);
}

static inline void maker_key_hash(struct maker *m, uint8_t seed) {
    uint8_t spki[91];
    uint8_t hash[32];
    maker_public(seed, spki);
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, spki, sizeof spki);
    br_sha256_out(&sha, hash);
    maker_tlv(m, XIP_TLV_KEYHASH, hash, sizeof hash);
}

static inline void maker_signature(struct maker *m, uint8_t seed) {
    uint8_t secret[32];
    uint8_t digest[32];
    uint8_t signature[72];
    const br_ec_private_key key = maker_secret(seed, secret);
    maker_digest(m, digest);
    const size_t len = br_ecdsa_i31_sign_asn1(&br_ec_prime_i31,
            &br_sha256_vtable, digest, &key, signature);
    maker_tlv(m, XIP_TLV_ECDSA_SIG, signature, (uint32_t)len);
}

static inline void maker_sign(struct maker *m, uint8_t seed) {
    maker_key_hash(m, seed);
    maker_signature(m, seed);
}

#endif
