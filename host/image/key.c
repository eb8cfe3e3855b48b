/*
 * key - P-256 keys in PEM files: PKCS#8, SEC1 and public keys
 *
 * SPDX-License-Identifier: MIT
 *
 * BearSSL does ASN.1, Base64 and arithmetic; its 32-bit code for prime curves
 * is what the boot program uses as well.
 */
#include "image/key.h"

#include <bearssl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"

#define PEM_MAX_BYTES 65536
#define POINT_BYTES 65
#define PREFIX_BYTES 26

// SubjectPublicKeyInfo up to the point (RFC 5480): SEQUENCE { SEQUENCE {
// id-ecPublicKey, secp256r1 }, BIT STRING }.
static const uint8_t spki_prefix[PREFIX_BYTES] = {
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

static bool fail(const char *path, const char *what) {
    cli_fail(CLI_TROUBLE, "%s: %s", path, what);
    return false;
}

void key_wipe(struct key *key) {
    explicit_bzero(key, sizeof *key);
}

/// Arithmetic ///

static br_ec_private_key private_part(struct key *key) {
    return (br_ec_private_key){
            .curve = BR_EC_secp256r1,
            .x = key->secret,
            .xlen = sizeof key->secret,
    };
}

static bool compute_public(struct key *key) {
    const br_ec_private_key sk = private_part(key);
    uint8_t point[BR_EC_KBUF_PUB_MAX_SIZE];
    if (br_ec_compute_pub(&br_ec_prime_i31, NULL, point, &sk) != POINT_BYTES) {
        return false;
    }
    memcpy(key->spki, spki_prefix, PREFIX_BYTES);
    memcpy(key->spki + PREFIX_BYTES, point, POINT_BYTES);
    return true;
}

static bool on_curve(const struct key *key) {
    static const uint8_t one[1] = {1};
    uint8_t point[POINT_BYTES];
    memcpy(point, key->spki + PREFIX_BYTES, sizeof point);
    return br_ec_prime_i31.mul(point, sizeof point, one, sizeof one,
                   BR_EC_secp256r1) == 1;
}

bool key_generate(struct key *key) {
    uint8_t seed[48];
    if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        cli_fail(CLI_TROUBLE, "the system gives no random numbers: %s",
                strerror(errno));
        return false;
    }
    br_hmac_drbg_context rng;
    br_hmac_drbg_init(&rng, &br_sha256_vtable, seed, sizeof seed);
    uint8_t buffer[BR_EC_KBUF_PRIV_MAX_SIZE];
    br_ec_private_key sk;
    *key = (struct key){.has_secret = true};
    bool ok = br_ec_keygen(&rng.vtable, &br_ec_prime_i31, &sk, buffer,
                      BR_EC_secp256r1) == KEY_SECRET_BYTES;
    if (ok) {
        memcpy(key->secret, sk.x, sizeof key->secret);
        ok = compute_public(key);
    }
    explicit_bzero(seed, sizeof seed);
    explicit_bzero(buffer, sizeof buffer);
    explicit_bzero(&rng, sizeof rng);
    return ok || fail("keygen", "could not make a key; try again");
}

size_t key_sign(const struct key *key, const uint8_t digest[32],
        uint8_t signature[KEY_SIGNATURE_MAX_BYTES]) {
    struct key copy = *key;
    const br_ec_private_key sk = private_part(&copy);
    const size_t len = br_ecdsa_i31_sign_asn1(&br_ec_prime_i31,
            &br_sha256_vtable, digest, &sk, signature);
    key_wipe(&copy);
    return len;
}

/// Read ///

// The DER bytes of one PEM object.
struct object {
    uint8_t data[1024]; // of a longer one, the beginning
    size_t len;
    bool too_long;
    bool complete;
};

static void collect(void *ctx, const void *data, size_t len) {
    struct object *object = ctx;
    const size_t room = sizeof object->data - object->len;
    object->too_long |= len > room;
    len = len < room ? len : room;
    memcpy(object->data + object->len, data, len);
    object->len += len;
}

// The kind of a key that is not for us, by the object identifier with which
// PKCS#8 or SPKI begins (RFC 8017, RFC 8410, RFC 3279); NULL: not known.
static const char *other_kind(const struct object *object) {
    static const struct {
        uint8_t bytes[12];
        uint8_t len;
        const char *kind;
    } kinds[] = {
            {{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01},
                    11, "an RSA key"},
            {{0x06, 0x03, 0x2B, 0x65, 0x70}, 5, "an Ed25519 key"},
            {{0x06, 0x03, 0x2B, 0x65, 0x71}, 5, "an Ed448 key"},
            {{0x06, 0x03, 0x2B, 0x65, 0x6E}, 5, "an X25519 key"},
            {{0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01}, 9,
                    "a DSA key"},
    };
    for (size_t at = 0; at < 24; at++) {
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            if (at + kinds[i].len <= object->len &&
                    !memcmp(object->data + at, kinds[i].bytes, kinds[i].len)) {
                return kinds[i].kind;
            }
        }
    }
    return NULL;
}

static bool wrong_kind(const char *path, const char *kind) {
    char text[160];
    snprintf(text, sizeof text,
            "%s; images are signed with P-256: make one with `xipsafe image "
            "keygen`",
            kind);
    return fail(path, text);
}

static bool take_secret(struct key *key, const struct object *object,
        const char *path) {
    br_skey_decoder_context decoder;
    br_skey_decoder_init(&decoder);
    br_skey_decoder_push(&decoder, object->data, object->len);
    const br_ec_private_key *sk = br_skey_decoder_get_ec(&decoder);
    bool ok = false;
    if (br_skey_decoder_last_error(&decoder)) {
        fail(path,
                "the private key in it is damaged, or of a kind that "
                "`xipsafe image keygen` does not make");
    } else if (!sk || sk->curve != BR_EC_secp256r1) {
        fail(path, "not a P-256 key; make one with `xipsafe image keygen`");
    } else if (sk->xlen > sizeof key->secret) {
        fail(path, "the private key in it is too long for P-256");
    } else {
        memset(key, 0, sizeof *key);
        memcpy(key->secret + sizeof key->secret - sk->xlen, sk->x, sk->xlen);
        key->has_secret = true;
        ok = compute_public(key) ||
                fail(path, "the private key in it is 0 or too large");
    }
    explicit_bzero(&decoder, sizeof decoder);
    return ok;
}

static bool take_public(struct key *key, const struct object *object,
        const char *path) {
    if (object->len != sizeof key->spki ||
            memcmp(object->data, spki_prefix, PREFIX_BYTES)) {
        return fail(path, "not a P-256 public key");
    }
    *key = (struct key){0};
    memcpy(key->spki, object->data, object->len);
    return on_curve(key) ||
            fail(path, "damaged: its point is not on the curve P-256");
}

static bool take(struct key *key, const struct object *object, const char *name,
        const char *path, bool need_secret, bool any) {
    if (!strcmp(name, "ENCRYPTED PRIVATE KEY")) {
        return fail(path,
                "has a passphrase, which is not supported; "
                "decrypt it with `openssl pkey`");
    }
    if (!strcmp(name, "RSA PRIVATE KEY")) {
        return wrong_kind(path, "an RSA key");
    }
    if (!strcmp(name, "DSA PRIVATE KEY")) {
        return wrong_kind(path, "a DSA key");
    }
    if (!strcmp(name, "OPENSSH PRIVATE KEY")) {
        return wrong_kind(path, "a key of OpenSSH");
    }
    if (any && ed25519_take(key->ed25519, object->data, object->len)) {
        key->is_ed25519 = true;
        return true;
    }
    const char *kind = other_kind(object);
    if (kind) {
        return wrong_kind(path, kind);
    }
    if (object->too_long || !object->complete) {
        return fail(path, "damaged PEM file");
    }
    if (strcmp(name, "PUBLIC KEY")) {
        return take_secret(key, object, path);
    }
    if (need_secret) {
        return fail(path, "a public key; signing needs the private one");
    }
    return take_public(key, object, path);
}

static bool is_key_name(const char *name) {
    const size_t len = strlen(name);
    return (len >= 11 && !strcmp(name + len - 11, "PRIVATE KEY")) ||
            !strcmp(name, "PUBLIC KEY");
}

// Steps to the first object that is a key; `openssl ecparam -genkey` puts
// another one before it. False: there is none.
static bool find_object(const uint8_t *text, size_t size, struct object *object,
        char name[128]) {
    br_pem_decoder_context decoder;
    br_pem_decoder_init(&decoder);
    bool inside = false;
    // The decoder needs a line feed after the last line.
    static const uint8_t newline[1] = {'\n'};
    for (size_t done = 0; done <= size;) {
        const uint8_t *p = done < size ? text + done : newline;
        done += br_pem_decoder_push(&decoder, p, done < size ? size - done : 1);
        switch (br_pem_decoder_event(&decoder)) {
        case BR_PEM_BEGIN_OBJ:
            snprintf(name, 128, "%s", br_pem_decoder_name(&decoder));
            inside = is_key_name(name);
            br_pem_decoder_setdest(&decoder, inside ? collect : NULL, object);
            break;
        case BR_PEM_END_OBJ:
            if (inside) {
                object->complete = true;
                return true;
            }
            break;
        case BR_PEM_ERROR:
            return inside;
        default:
            break;
        }
    }
    return inside;
}

// Line ends of other systems: the decoder wants none but line feeds.
static size_t without_returns(uint8_t *text, size_t size) {
    size_t left = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\r') {
            text[left++] = text[i];
        } else if (i + 1 == size || text[i + 1] != '\n') {
            text[left++] = '\n';
        }
    }
    return left;
}

static bool load(struct key *key, const char *path, bool need_secret,
        bool any) {
    size_t size;
    uint8_t *text = file_read(path, PEM_MAX_BYTES, &size);
    if (!text) {
        return false;
    }
    struct object object = {.len = 0};
    char name[128];
    bool ok = false;
    size = without_returns(text, size);
    if (memmem(text, size, "Proc-Type: 4,ENCRYPTED", 22)) { // RFC 1421, 4.6.1.1
        fail(path,
                "has a passphrase, which is not supported; decrypt it with "
                "`openssl pkey`");
    } else if (find_object(text, size, &object, name)) {
        ok = take(key, &object, name, path, need_secret, any);
    } else {
        fail(path,
                "contains no key; give a PEM file with a P-256 key, see "
                "`xipsafe image keygen`");
    }
    explicit_bzero(&object, sizeof object);
    explicit_bzero(text, size);
    free(text);
    return ok;
}

bool key_load(struct key *key, const char *path, bool need_secret) {
    return load(key, path, need_secret, false);
}

bool key_load_verifier(struct key *key, const char *path) {
    memset(key, 0, sizeof *key);
    return load(key, path, false, true);
}

/// Write ///

char *key_pem(const void *der, size_t len, const char *banner) {
    const size_t size = br_pem_encode(NULL, der, len, banner, BR_PEM_LINE64);
    char *pem = malloc(size + 1);
    if (pem) {
        br_pem_encode(pem, der, len, banner, BR_PEM_LINE64);
    }
    return pem;
}

static char *private_pem(const struct key *key, enum key_format format) {
    struct key copy = *key;
    const br_ec_private_key sk = private_part(&copy);
    const br_ec_public_key pk = {
            .curve = BR_EC_secp256r1,
            .q = copy.spki + PREFIX_BYTES,
            .qlen = POINT_BYTES,
    };
    uint8_t der[512];
    size_t len;
    char *pem = NULL;
    if (format == KEY_PKCS8) {
        len = br_encode_ec_pkcs8_der(NULL, &sk, &pk);
        if (len <= sizeof der) {
            br_encode_ec_pkcs8_der(der, &sk, &pk);
            pem = key_pem(der, len, "PRIVATE KEY");
        }
    } else {
        len = br_encode_ec_raw_der(NULL, &sk, &pk);
        if (len <= sizeof der) {
            br_encode_ec_raw_der(der, &sk, &pk);
            pem = key_pem(der, len, "EC PRIVATE KEY");
        }
    }
    explicit_bzero(der, sizeof der);
    key_wipe(&copy);
    return pem;
}

static bool write_new(const char *path, const char *text) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno == EEXIST
                ? fail(path,
                          "exists; a key is never overwritten, choose "
                          "another name")
                : fail(path, strerror(errno));
    }
    const size_t len = strlen(text);
    const ssize_t done = write(fd, text, len);
    bool ok = done == (ssize_t)len && !fsync(fd);
    int error = done >= 0 && done < (ssize_t)len ? ENOSPC : errno;
    if (close(fd) && ok) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        unlink(path);
        cli_fail(CLI_TROUBLE, "%s: cannot write: %s", path, strerror(error));
    }
    return ok;
}

bool key_store(const struct key *key, const char *path,
        enum key_format format) {
    char *pem = private_pem(key, format);
    if (!pem) {
        return fail(path, "no memory");
    }
    const bool ok = write_new(path, pem);
    explicit_bzero(pem, strlen(pem));
    free(pem);
    return ok;
}
