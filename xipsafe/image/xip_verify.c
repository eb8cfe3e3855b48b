/*
 * xip_verify - digest and ECDSA P-256 signature of an MCUboot image
 *
 * SPDX-License-Identifier: MIT
 *
 * The digest TLV is in the unprotected area, so it only finds damage; the
 * signature is over the digest computed here, never over the stored one.
 */
#include <string.h>

#include "xip_p256_priv.h"
#include "xip_sha256_priv.h"

#define SPKI_PREFIX_BYTES 26u
_Static_assert(SPKI_PREFIX_BYTES + XIP_P256_POINT_BYTES == XIP_IMAGE_KEY_BYTES,
        "RFC 5480");
#define SIGNATURE_MAX_BYTES 72u // SEQUENCE of two 33-byte INTEGERs

static int refuse(struct xip_image *img, int err,
        enum xip_image_reason reason) {
    img->reason = (uint8_t)reason;
    return err;
}

static void compute_digest(struct xip_image *img,
        const struct xip_image_trust *trust) {
    xip_sha256_(img->digest, img->data,
            img->header_bytes + img->payload_bytes + img->protected_bytes,
            trust);
}

static int check_digest(struct xip_image *img) {
    struct xip_image_tlv tlv = {0};
    bool found = false;
    while (xip_image_tlv_next(img, &tlv)) {
        if (tlv.type != XIP_TLV_SHA256 || tlv.is_protected) {
            continue;
        }
        if (tlv.len_bytes != XIP_IMAGE_DIGEST_BYTES) {
            return refuse(img, XIP_ERR_IMAGE, XIP_REASON_TLV);
        }
        if (memcmp(tlv.data, img->digest, XIP_IMAGE_DIGEST_BYTES) != 0) {
            return refuse(img, XIP_ERR_HASH, XIP_REASON_DIGEST);
        }
        found = true;
    }
    return found ? XIP_OK : refuse(img, XIP_ERR_IMAGE, XIP_REASON_NO_DIGEST);
}

// The key that a KEYHASH or PUBKEY entry names, or NULL.
static const uint8_t *find_key(const struct xip_image_trust *trust,
        const struct xip_image_tlv *tlv) {
    for (unsigned i = 0; i < trust->key_count; i++) {
        const uint8_t *key = trust->keys[i];
        if (tlv->type == XIP_TLV_PUBKEY) {
            if (tlv->len_bytes == XIP_IMAGE_KEY_BYTES &&
                    memcmp(tlv->data, key, XIP_IMAGE_KEY_BYTES) == 0) {
                return key;
            }
            continue;
        }
        uint8_t hash[XIP_IMAGE_DIGEST_BYTES];
        xip_sha256_(hash, key, XIP_IMAGE_KEY_BYTES, trust);
        if (tlv->len_bytes == sizeof(hash) &&
                memcmp(tlv->data, hash, sizeof(hash)) == 0) {
            return key;
        }
    }
    return NULL;
}

// `imgtool --pad-sig` of old filled up to 72 bytes with zeros, which a strict
// DER reader refuses: cut them off.
static uint32_t signature_bytes(const struct xip_image_tlv *tlv) {
    uint32_t len = tlv->len_bytes;
    if (len < 2 || len > SIGNATURE_MAX_BYTES || tlv->data[1] >= 0x80) {
        return 0;
    }
    const uint32_t der = 2u + tlv->data[1];
    while (len > der && tlv->data[len - 1] == 0) {
        len--;
    }
    return len == der ? der : 0;
}

static bool signature_good(const struct xip_image *img,
        const struct xip_image_trust *trust, const uint8_t *key,
        const struct xip_image_tlv *tlv) {
    const uint32_t len = signature_bytes(tlv);
    if (len == 0u) {
        return false;
    }
    return xip_p256_verify_(key + SPKI_PREFIX_BYTES, img->digest, tlv->data,
            len, trust);
}

// MCUboot's order: a key entry selects a key, the next signature uses it up.
// Stricter than MCUboot in one thing: a wrong signature under a key of ours is
// never outvoted by another one.
static int check_signature(struct xip_image *img,
        const struct xip_image_trust *trust) {
    struct xip_image_tlv tlv = {0};
    const uint8_t *key = NULL;
    bool is_signed = false;
    bool found = false;
    while (xip_image_tlv_next(img, &tlv)) {
        if (tlv.is_protected) {
            continue;
        }
        if (tlv.type == XIP_TLV_KEYHASH || tlv.type == XIP_TLV_PUBKEY) {
            key = find_key(trust, &tlv);
        } else if (tlv.type == XIP_TLV_ECDSA_SIG) {
            is_signed = true;
            if (key != NULL && !signature_good(img, trust, key, &tlv)) {
                return refuse(img, XIP_ERR_SIGNATURE, XIP_REASON_SIGNATURE);
            }
            found = found || key != NULL;
            key = NULL;
        }
    }
    if (found) {
        return XIP_OK;
    }
    return refuse(img, XIP_ERR_SIGNATURE,
            is_signed ? XIP_REASON_UNKNOWN_KEY : XIP_REASON_UNSIGNED);
}

// An image by imgtool for another kind of key is named as such.
static int name_kind(struct xip_image *img, int err) {
    struct xip_image_tlv tlv = {0};
    while (xip_image_tlv_next(img, &tlv)) {
        if (tlv.type == XIP_TLV_ED25519_SIG) {
            return refuse(img, XIP_ERR_SIGNATURE, XIP_REASON_ED25519);
        }
        if (tlv.type == XIP_TLV_RSA2048_SIG ||
                tlv.type == XIP_TLV_RSA3072_SIG) {
            return refuse(img, XIP_ERR_SIGNATURE, XIP_REASON_RSA);
        }
    }
    return err;
}

int xip_image_verify(struct xip_image *img,
        const struct xip_image_trust *trust) {
    if (trust->key_count != 0u && !XIP_CFG_IMAGE_SIGNATURES) {
        return refuse(img, XIP_ERR_PARAM, XIP_REASON_UNKNOWN_KEY);
    }
    img->reason = XIP_REASON_NONE;
    compute_digest(img, trust);
    int err = check_digest(img);
    const bool known = trust->known != NULL &&
            memcmp(trust->known, img->digest, XIP_IMAGE_DIGEST_BYTES) == 0;
    if (XIP_CFG_IMAGE_SIGNATURES && err == 0 && trust->key_count != 0u &&
            !known) {
        err = check_signature(img, trust);
    }
    // An Ed25519 image may have no SHA-256 at all.
    if (trust->key_count != 0u &&
            (img->reason == XIP_REASON_NO_DIGEST ||
                    img->reason == XIP_REASON_UNSIGNED)) {
        err = name_kind(img, err);
    }
    return err;
}
