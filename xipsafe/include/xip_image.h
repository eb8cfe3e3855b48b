/*
 * xip_image - MCUboot images: parse, compare, verify
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/image: the MCUboot image format: one parser for boot program,
 * updater and host command.
 *
 * One parser for the boot program, the updater and the host command. An image
 * is a header, a payload that begins with the vector table, an optional
 * protected TLV area and an unprotected one. Header, payload and protected
 * area are covered by the digest and the signature; the unprotected area is
 * not signed. So policy (security counter, dependencies) is only ever taken
 * from the protected area.
 *
 * The bytes are hostile until xip_image_verify() returned 0: every length is
 * checked against the bound that the caller gives, and nothing is copied.
 * Verification proves what was read at that time. XIP code is fetched again
 * later, from a chip that could have been exchanged: docs/SECURITY.md.
 *
 * Call context: thread, with the window readable. No heap, no static data.
 * Reads the image only; power loss changes nothing.
 */
#ifndef XIP_IMAGE_H
#define XIP_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xip_err.h"

#ifdef __cplusplus
extern "C" {
#endif

// 0: leave the signature check out of the build, for boot programs without a
// key; a key is then an error. Saves 2.0 KB. Default 1.
#ifndef XIP_CFG_IMAGE_SIGNATURES
#define XIP_CFG_IMAGE_SIGNATURES 1
#endif

// 1: signatures are checked in half of the time and digests computed in nine
// tenths of it, for 0.6 KB of code and 1.2 KB of stack more. The watchdog is
// fed as without it. Default 0.
#ifndef XIP_CFG_IMAGE_FAST
#define XIP_CFG_IMAGE_FAST 0
#endif

// 1: the curve is BearSSL's and not our own, for those who rather rest on code
// that many others use. The program has to be linked with the files that
// boot/bearssl.files names: 4.8 KB more, and a signature takes 1.4 times as
// long, of which 0.2 s (at 80 MHz from internal flash) do not feed the
// watchdog. Default 0.
#ifndef XIP_CFG_IMAGE_BEARSSL
#define XIP_CFG_IMAGE_BEARSSL 0
#endif

#define XIP_IMAGE_MAGIC 0x96F3B83Du
#define XIP_IMAGE_HEADER_MIN 32u // the fields; hdr_size is usually larger
#define XIP_IMAGE_TLV_MAGIC 0x6907u
#define XIP_IMAGE_TLV_PROTECTED_MAGIC 0x6908u

#define XIP_IMAGE_FLAG_ENCRYPTED 0x0000000Cu // AES-128 or AES-256
#define XIP_IMAGE_FLAG_NON_BOOTABLE 0x00000010u
#define XIP_IMAGE_FLAG_RAM_LOAD 0x00000020u
#define XIP_IMAGE_FLAG_ROM_FIXED 0x00000100u
#define XIP_IMAGE_FLAG_COMPRESSED 0x00000E00u // LZMA1, LZMA2, Thumb filter

enum xip_image_tlv_type {
    XIP_TLV_KEYHASH = 0x01, // SHA-256 of the key's SubjectPublicKeyInfo
    XIP_TLV_PUBKEY = 0x02,  // the SubjectPublicKeyInfo itself
    XIP_TLV_SHA256 = 0x10,
    XIP_TLV_SHA512 = 0x12,      // with Ed25519 only
    XIP_TLV_RSA2048_SIG = 0x20, // of kinds that are not verified here
    XIP_TLV_ECDSA_SIG = 0x22,   // DER
    XIP_TLV_RSA3072_SIG = 0x23,
    XIP_TLV_ED25519_SIG = 0x24,
    XIP_TLV_SIG_PURE = 0x25,         // 1: over the bytes, not their digest
    XIP_TLV_DEPENDENCY = 0x40,       // {u8 image, 3 unused, version}
    XIP_TLV_SECURITY_COUNTER = 0x50, // u32
};

// A P-256 public key as imgtool and `xipsafe image getpub` export it: DER of
// SubjectPublicKeyInfo, 26 fixed bytes (RFC 5480) and the uncompressed point.
#define XIP_IMAGE_KEY_BYTES 91u
#define XIP_IMAGE_DIGEST_BYTES 32u

// Why an image was not accepted, finer than the error code. The numbers are
// stable: they are stored in records and printed by tools.
enum xip_image_reason {
    XIP_REASON_NONE = 0,
    // XIP_ERR_IMAGE
    XIP_REASON_EMPTY = 1, // erased where the header would be
    XIP_REASON_NO_MAGIC = 2,
    XIP_REASON_TRUNCATED = 3, // ends before its own header says it does
    XIP_REASON_HEADER = 4,    // sizes that contradict each other
    XIP_REASON_TLV = 5,       // a TLV area that cannot be right
    XIP_REASON_ENCRYPTED = 6,
    XIP_REASON_COMPRESSED = 7,
    XIP_REASON_NOT_XIP = 8,   // not bootable, or loaded to RAM
    XIP_REASON_NO_DIGEST = 9, // no SHA-256
    XIP_REASON_VECTORS = 10,  // vector table short or misaligned
    XIP_REASON_STACK = 11,    // initial SP outside RAM or not aligned
    XIP_REASON_ENTRY = 12,    // reset vector even or outside the image
    // XIP_ERR_HASH
    XIP_REASON_DIGEST = 13,
    // XIP_ERR_SIGNATURE
    XIP_REASON_UNSIGNED = 14,    // a digest, no signature
    XIP_REASON_UNKNOWN_KEY = 15, // signed, not by a key of ours
    XIP_REASON_SIGNATURE = 16,   // names our key, the signature is wrong
    // XIP_ERR_ADDRESS
    XIP_REASON_NOT_FIXED = 17, // does not say where it was linked
    XIP_REASON_ADDRESS = 18,   // linked for another place
    // XIP_ERR_VERSION
    XIP_REASON_OLDER = 19,     // sound header, but a newer one was chosen
    XIP_REASON_DOWNGRADE = 20, // on trial, and older than what runs
    XIP_REASON_COUNTER = 21,   // security counter too low
    // What the journal says of a slot
    XIP_REASON_UNCONFIRMED = 22, // was started often enough
    XIP_REASON_UNFINISHED = 23,  // is being written
    XIP_REASON_OTHER = 24,       // another slot was chosen
    XIP_REASON_NO_RECORD = 25,   // its trial could not be recorded
    // XIP_ERR_SIGNATURE: by a kind of key that is not P-256
    XIP_REASON_ED25519 = 26,
    XIP_REASON_RSA = 27,
    // Given to xip_slots_reject; higher ones are the application's own.
    XIP_REASON_APPLICATION = 128,
};

struct xip_image_version {
    uint8_t major, minor;
    uint16_t revision;
    uint32_t build; // shown, never compared
};

// What the header says, bounds checked. `data` points into caller's memory.
struct xip_image {
    const uint8_t *data;
    uint32_t header_bytes; // also the vector table's offset
    uint32_t payload_bytes;
    uint32_t protected_bytes; // 0: there is no protected area
    uint32_t unprotected_bytes;
    uint32_t total_bytes; // sum of the four, within the bound
    uint32_t load_addr;   // with ROM_FIXED: address of the first byte
    uint32_t flags;
    struct xip_image_version version;
    uint8_t digest[XIP_IMAGE_DIGEST_BYTES]; // set by xip_image_verify
    uint8_t reason; // enum xip_image_reason, after an error
};

// A place in the TLV areas and the entry found there. Start with {0}.
struct xip_image_tlv {
    uint32_t next_off;
    const uint8_t *data;
    uint16_t type;
    uint16_t len_bytes;
    bool is_protected;
};

// Whom to believe. May lie in the flash.
struct xip_image_trust {
    // key_count keys of XIP_IMAGE_KEY_BYTES each. 0: every image whose digest
    // matches is accepted, signed or not; such a check finds accidents, not
    // attacks.
    const uint8_t *const *keys;
    unsigned key_count;

    // SHA-256 of an image whose signature was found good before, kept where no
    // attacker writes; its signature is not checked again. NULL: none.
    const uint8_t *known;

    // Called every 1 KB of hashing and 514 times (526 with
    // XIP_CFG_IMAGE_FAST) in a P-256 check, to keep a watchdog quiet: every
    // 0.7 ms at 80 MHz from internal flash, every 13 ms fetched through a
    // QUADSPI window without a cache, hashing every 1 and 10 ms. For a window
    // watchdog call xip_flash_feed() in it, or return at once until enough
    // time has passed. May be NULL.
    void (*feed)(void *ctx);
    void *ctx;
};

// Read header and TLV structure of the image at data, of which avail_bytes may
// be touched (the slot, or the file).
//
// Reads no more than header and TLV areas. On failure *img holds the reason
// and nothing else worth reading.
// Returns 0, PARAM, or IMAGE.
int xip_image_parse(struct xip_image *img, const void *data,
        uint32_t avail_bytes) XIP_MUST_CHECK;

// As xip_image_parse, while the image arrives: reads the 32 bytes of the header
// alone, and says whether such an image fits. total_bytes is then where the
// unprotected area begins, with room for the 4 bytes that say how long it is.
int xip_image_parse_header(struct xip_image *img, const void *header,
        uint32_t avail_bytes) XIP_MUST_CHECK;

// Can it execute in place with its first byte at addr? Needs ROM_FIXED for
// just that address; encrypted, compressed, RAM-load and non-bootable images
// cannot.
// Returns 0, IMAGE or ADDRESS.
int xip_image_check_place(struct xip_image *img, uint32_t addr) XIP_MUST_CHECK;

// Step to the next TLV, protected ones first. False at the end.
bool xip_image_tlv_next(const struct xip_image *img, struct xip_image_tlv *tlv);

// Get the security counter. False if the protected area has none: one in the
// unprotected area is ignored, since it is not signed.
bool xip_image_security_counter(const struct xip_image *img, uint32_t *counter);

// Compare by major, minor and revision, as MCUboot does: <0, 0 or >0.
int xip_image_version_compare(const struct xip_image_version *a,
        const struct xip_image_version *b);

// Hash the image and check digest and signature.
//
// With keys: at least one signature by one of them, and no wrong signature
// that claims to be by one of them. Takes about 55 instructions a byte and 8
// million a signature; 0.8 KB of stack for the digest, 1.3 KB with keys.
// Returns 0 with img->digest set; IMAGE, HASH, SIGNATURE with img->reason;
// PARAM for keys in a build without signatures.
int xip_image_verify(struct xip_image *img, const struct xip_image_trust *trust)
        XIP_MUST_CHECK;

// A short English clause for a reason: "signature is not by our key".
const char *xip_image_reason_text(unsigned reason);

#ifdef __cplusplus
}
#endif

#endif
