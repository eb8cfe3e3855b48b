/*
 * ed25519 - images that imgtool has signed with an Ed25519 key
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/ed25519.h"

#include <string.h>

#include <sodium.h>

#define PRIVATE_BYTES 48u // RFC 8410 clause 7, without attributes

static const uint8_t public_prefix[12] = {
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
static const uint8_t private_prefix[16] = {0x30, 0x2E, 0x02, 0x01, 0x00, 0x30,
        0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

bool ed25519_take(uint8_t spki[ED25519_SPKI_BYTES], const uint8_t *der,
        size_t len) {
    if (len == ED25519_SPKI_BYTES &&
            !memcmp(der, public_prefix, sizeof public_prefix)) {
        memcpy(spki, der, len);
        return true;
    }
    if (len != PRIVATE_BYTES ||
            memcmp(der, private_prefix, sizeof private_prefix) != 0) {
        return false;
    }
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    memcpy(spki, public_prefix, sizeof public_prefix);
    crypto_sign_seed_keypair(spki + sizeof public_prefix, secret,
            der + sizeof private_prefix);
    sodium_memzero(secret, sizeof secret);
    return true;
}

/// The image ///

struct digest {
    uint16_t type; // of its TLV
    uint8_t bytes[crypto_hash_sha512_BYTES];
    size_t len;
};

static void hash(struct digest *digest, const void *data, size_t len) {
    if (digest->type == XIP_TLV_SHA256) {
        digest->len = crypto_hash_sha256_BYTES;
        crypto_hash_sha256(digest->bytes, data, len);
    } else {
        digest->len = crypto_hash_sha512_BYTES;
        crypto_hash_sha512(digest->bytes, data, len);
    }
}

static int refuse(struct xip_image *img, int err,
        enum xip_image_reason reason) {
    img->reason = (uint8_t)reason;
    return err;
}

static size_t covered(const struct xip_image *img) {
    return (size_t)img->header_bytes + img->payload_bytes +
            img->protected_bytes;
}

static int check_digest(struct xip_image *img, struct digest *digest) {
    struct xip_image_tlv tlv = {0};
    while (xip_image_tlv_next(img, &tlv)) {
        if (tlv.is_protected ||
                (tlv.type != XIP_TLV_SHA256 && tlv.type != XIP_TLV_SHA512)) {
            continue;
        }
        if (digest->len) {
            return refuse(img, XIP_ERR_IMAGE, XIP_REASON_TLV);
        }
        digest->type = tlv.type;
        hash(digest, img->data, covered(img));
        if (tlv.len_bytes != digest->len) {
            return refuse(img, XIP_ERR_IMAGE, XIP_REASON_TLV);
        }
        if (memcmp(tlv.data, digest->bytes, digest->len) != 0) {
            return refuse(img, XIP_ERR_HASH, XIP_REASON_DIGEST);
        }
    }
    return digest->len ? 0 : refuse(img, XIP_ERR_IMAGE, XIP_REASON_NO_DIGEST);
}

static bool names_key(const struct xip_image_tlv *tlv,
        const struct digest *digest, const uint8_t spki[ED25519_SPKI_BYTES]) {
    if (tlv->type == XIP_TLV_PUBKEY) {
        return tlv->len_bytes == ED25519_SPKI_BYTES &&
                !memcmp(tlv->data, spki, ED25519_SPKI_BYTES);
    }
    struct digest id = {.type = digest->type};
    hash(&id, spki, ED25519_SPKI_BYTES);
    return tlv->len_bytes == id.len && !memcmp(tlv->data, id.bytes, id.len);
}

static bool is_pure(const struct xip_image *img) {
    struct xip_image_tlv tlv = {0};
    while (xip_image_tlv_next(img, &tlv)) {
        if (!tlv.is_protected && tlv.type == XIP_TLV_SIG_PURE) {
            return tlv.len_bytes == 1 && tlv.data[0] == 1;
        }
    }
    return false;
}

int ed25519_verify(struct xip_image *img,
        const uint8_t spki[ED25519_SPKI_BYTES]) {
    struct digest digest = {0};
    const int err = check_digest(img, &digest);
    if (err != 0) {
        return err;
    }
    const bool pure = is_pure(img);
    const uint8_t *message = pure ? img->data : digest.bytes;
    const size_t len = pure ? covered(img) : digest.len;
    struct xip_image_tlv tlv = {0};
    bool ours = false, found = false, other = false;
    while (xip_image_tlv_next(img, &tlv)) {
        if (tlv.is_protected) {
            continue;
        }
        if (tlv.type == XIP_TLV_KEYHASH || tlv.type == XIP_TLV_PUBKEY) {
            ours = names_key(&tlv, &digest, spki);
        } else if (tlv.type == XIP_TLV_ED25519_SIG && ours) {
            if (tlv.len_bytes != crypto_sign_BYTES ||
                    crypto_sign_verify_detached(tlv.data, message, len,
                            spki + sizeof public_prefix) != 0) {
                return refuse(img, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
            }
            found = true;
            ours = false;
        } else if (tlv.type == XIP_TLV_ED25519_SIG ||
                tlv.type == XIP_TLV_ECDSA_SIG ||
                tlv.type == XIP_TLV_RSA2048_SIG ||
                tlv.type == XIP_TLV_RSA3072_SIG) {
            other = true;
        }
    }
    if (found) {
        img->reason = XIP_REASON_NONE;
        return 0;
    }
    return refuse(img, XIP_ERR_SIGNATURE,
            other ? XIP_REASON_UNKNOWN_KEY : XIP_REASON_UNSIGNED);
}
