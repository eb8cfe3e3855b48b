/*
 * key - P-256 keys in PEM files: PKCS#8, SEC1 and public keys
 *
 * SPDX-License-Identifier: MIT
 *
 * Every failure puts one line on stderr through cli_fail; the caller only
 * returns CLI_TROUBLE. Call key_wipe on every key that was loaded or made.
 */
#ifndef KEY_H
#define KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/ed25519.h"
#include "xip_image.h"

#define KEY_SECRET_BYTES 32
#define KEY_SIGNATURE_MAX_BYTES 72

struct key {
    bool is_ed25519; // then only `ed25519` is filled
    uint8_t ed25519[ED25519_SPKI_BYTES];
    bool has_secret;
    uint8_t secret[KEY_SECRET_BYTES];  // big-endian
    uint8_t spki[XIP_IMAGE_KEY_BYTES]; // DER of the public half
};

enum key_format { KEY_PKCS8, KEY_SEC1 };

// A new key from the system's random numbers.
bool key_generate(struct key *key);

// Reads the first key in a PEM file, private or public. need_secret: a public
// one is refused.
bool key_load(struct key *key, const char *path, bool need_secret);
// One to verify with, which may be an Ed25519 key.
bool key_load_verifier(struct key *key, const char *path);

// Writes the private key, mode 0600. Refuses a path that exists.
bool key_store(const struct key *key, const char *path, enum key_format format);

// DER signature over a SHA-256 digest, deterministic (RFC 6979): the same
// image and key give the same file. Returns its length, 0 on failure.
size_t key_sign(const struct key *key, const uint8_t digest[32],
        uint8_t signature[KEY_SIGNATURE_MAX_BYTES]);

// PEM text of DER bytes, to be freed; NULL: out of memory.
char *key_pem(const void *der, size_t len, const char *banner);

void key_wipe(struct key *key);

#endif
