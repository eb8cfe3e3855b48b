/*
 * xip_sha256 - SHA-256 of bytes that lie in one piece
 *
 * SPDX-License-Identifier: MIT
 *
 * Source: FIPS 180-4, 5 and 6.2. One round, 64 times: half of BearSSL's size
 * at about its speed. unit_sha256 compares the two.
 */
#include "xip_sha256_priv.h"

#include <string.h>

#include "xip_compiler.h"

#define ROUNDS 64u
#define TURN (1u + 3u * XIP_CFG_IMAGE_FAST) // rounds
#define BLOCK_BYTES 64u
#define LENGTH_BYTES 8u
#define END_MARK 0x80u
// Hashed in 10 ms through a window: a window watchdog may be that short.
#define FEED_BYTES 1024u

// FIPS 180-4, 4.2.2.
static const uint32_t k[ROUNDS] = {0x428A2F98, 0x71374491, 0xB5C0FBCF,
        0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5, 0xD807AA98,
        0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7,
        0xC19BF174, 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F,
        0x4A7484AA, 0x5CB0A9DC, 0x76F988DA, 0x983E5152, 0xA831C66D, 0xB00327C8,
        0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967, 0x27B70A85,
        0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E,
        0x92722C85, 0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819,
        0xD6990624, 0xF40E3585, 0x106AA070, 0x19A4C116, 0x1E376C08, 0x2748774C,
        0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3, 0x748F82EE,
        0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7,
        0xC67178F2};

// FIPS 180-4, 5.3.3.
static const uint32_t initial[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372,
        0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

static uint32_t rotate(uint32_t x, unsigned bits) {
    return x >> bits | x << (32u - bits);
}

static uint32_t get32_be(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
            p[3];
}

static void put32_be(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

// The variables a to h of FIPS 180-4 are v[0] to v[7]. Each round begins one
// word lower, so that only a and e, which change, are written. Maj(a, b, c) is
// b ^ ((a ^ b) & (b ^ c)), and a ^ b is the next round's b ^ c.
static XIP_NOINLINE void run_rounds(uint32_t *v, const uint32_t *w) {
    uint32_t a = v[0];
    uint32_t e = v[4];
    uint32_t bc = v[1] ^ v[2];
    for (unsigned i = 0; i < ROUNDS; i += TURN) {
        XIP_IMAGE_UNROLL_
        for (unsigned j = i; j < i + TURN; j++) {
            const uint32_t b = v[1];
            const uint32_t ab = a ^ b;
            const uint32_t one = v[7] + k[j] + w[j] +
                    (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                    (v[6] ^ (e & (v[5] ^ v[6])));
            const uint32_t two =
                    (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                    (b ^ (ab & bc));
            bc = ab;
            e = v[3] + one;
            v[3] = e;
            a = one + two;
            *--v = a;
        }
    }
}

static void take_block(uint32_t state[8], const uint8_t *block) {
    uint32_t w[ROUNDS];
    uint32_t v[ROUNDS + 8u];
    for (unsigned i = 0; i < 16u; i++) {
        w[i] = get32_be(block + 4u * i);
    }
    for (unsigned i = 16; i < ROUNDS; i++) {
        const uint32_t x = w[i - 15u];
        const uint32_t y = w[i - 2u];
        w[i] = w[i - 16u] + w[i - 7u] +
                (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
                (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    memcpy(v + ROUNDS, state, 8 * sizeof(*v));
    run_rounds(v + ROUNDS, w);
    for (unsigned i = 0; i < 8u; i++) {
        state[i] += v[i];
    }
}

// The block at `at`, made of what is left of the data, a one, zeros, and in the
// last block the length in bits.
static void pad_block(uint8_t block[BLOCK_BYTES], const uint8_t *data,
        uint32_t at, uint32_t len_bytes) {
    memset(block, 0, BLOCK_BYTES);
    if (at <= len_bytes) {
        memcpy(block, data + at, len_bytes - at);
        block[len_bytes - at] = END_MARK;
    }
    if (at + BLOCK_BYTES > len_bytes + LENGTH_BYTES) {
        put32_be(block + BLOCK_BYTES - 8u, len_bytes >> 29);
        put32_be(block + BLOCK_BYTES - 4u, len_bytes << 3);
    }
}

void xip_image_feed_(const struct xip_image_trust *trust) {
    if (trust->feed != NULL) {
        trust->feed(trust->ctx);
    }
}

void xip_sha256_(uint8_t digest[XIP_IMAGE_DIGEST_BYTES], const uint8_t *data,
        uint32_t len_bytes, const struct xip_image_trust *trust) {
    uint32_t state[8];
    memcpy(state, initial, sizeof(state));
    for (uint32_t at = 0; at <= len_bytes + LENGTH_BYTES; at += BLOCK_BYTES) {
        uint8_t padded[BLOCK_BYTES];
        const uint8_t *block = data + at;
        if (at + BLOCK_BYTES > len_bytes) {
            pad_block(padded, data, at, len_bytes);
            block = padded;
        }
        take_block(state, block);
        if (at % FEED_BYTES == 0u) {
            xip_image_feed_(trust);
        }
    }
    for (unsigned i = 0; i < 8u; i++) {
        put32_be(digest + 4u * i, state[i]);
    }
}
