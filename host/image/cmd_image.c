/*
 * cmd_image - keygen, getpub and verify, and the table of all image commands
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/cmd_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/command.h"
#include "base/file.h"
#include "base/options.h"
#include "image/input.h"
#include "image/key.h"
#include "image/image_args.h"
#include "image/pack.h"
#include "xip_image.h"

/// keygen ///

static const char keygen_help_text[] = {
#include "image/keygen.txt.inc"
};

static int keygen(int argc, char **argv) {
    static const struct option options[] = {
            {"key", required_argument, NULL, 'k'},
            {"type", required_argument, NULL, 't'},
            {"format", required_argument, NULL, 'f'},
            {"help", no_argument, NULL, 'h'},
            {0},
    };
    const char *path = NULL;
    enum key_format format = KEY_PKCS8;
    int option;
    options_once("key");
    while ((option = options_next(argc, argv, ":k:t:f:h", options, NULL)) !=
            -1) {
        switch (option) {
        case 'k':
            path = optarg;
            break;
        case 't':
            if (strcmp(optarg, "ecdsa-p256")) {
                return cli_fail(CLI_TROUBLE,
                        "key type '%s' is not supported; use ecdsa-p256",
                        optarg);
            }
            break;
        case 'f':
            if (!strcmp(optarg, "openssl") || !strcmp(optarg, "sec1")) {
                format = KEY_SEC1;
            } else if (strcmp(optarg, "pkcs8")) {
                return cli_fail(CLI_TROUBLE,
                        "format '%s' is not supported; use pkcs8 or openssl",
                        optarg);
            }
            break;
        case 'h':
            return cli_print(keygen_help_text);
        default:
            return CLI_TROUBLE;
        }
    }
    if (!path || optind < argc) {
        return cli_fail(CLI_TROUBLE,
                "name the new file with -k FILE; see --help");
    }
    struct key key;
    const bool ok = key_generate(&key) && key_store(&key, path, format);
    key_wipe(&key);
    return ok ? CLI_GOOD : CLI_TROUBLE;
}

/// getpub ///

static const char getpub_help_text[] = {
#include "image/getpub.txt.inc"
};

static void print_c(FILE *out, const struct key *key) {
    fputs("/*\n"
          " * Public key, made by `xipsafe image getpub`: replace, never edit\n"
          " *\n"
          " * SPDX-License-Identifier: MIT\n"
          " */\n"
          "// clang-format off\n"
          "const unsigned char ecdsa_pub_key[] = {",
            out);
    for (size_t i = 0; i < sizeof key->spki; i++) {
        fprintf(out, "%s0x%02x,", i % 8 ? " " : "\n    ", key->spki[i]);
    }
    fprintf(out, "\n};\nconst unsigned int ecdsa_pub_key_len = %zu;\n",
            sizeof key->spki);
}

// The text or bytes of one encoding, to be freed; NULL: out of memory.
static char *encode_public(const struct key *key, const char *encoding,
        size_t *size) {
    char *text = NULL;
    if (!strcmp(encoding, "pem")) {
        text = key_pem(key->spki, sizeof key->spki, "PUBLIC KEY");
        *size = text ? strlen(text) : 0;
        return text;
    }
    FILE *out = open_memstream(&text, size);
    if (!out) {
        return NULL;
    }
    if (!strcmp(encoding, "raw")) {
        fwrite(key->spki, 1, sizeof key->spki, out);
    } else {
        print_c(out, key);
    }
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static int put_public(const char *key_path, const char *encoding,
        const char *output) {
    struct key key;
    if (!key_load(&key, key_path, false)) {
        return CLI_TROUBLE;
    }
    size_t size;
    char *text = encode_public(&key, encoding, &size);
    key_wipe(&key);
    if (!text) {
        return cli_no_memory();
    }
    bool ok = true;
    if (output && strcmp(output, "-") != 0) {
        ok = file_write(output, text, size);
    } else {
        fwrite(text, 1, size, stdout);
    }
    free(text);
    return ok ? CLI_GOOD : CLI_TROUBLE;
}

static int getpub(int argc, char **argv) {
    static const struct option options[] = {
            {"key", required_argument, NULL, 'k'},
            {"encoding", required_argument, NULL, 'e'},
            {"output", required_argument, NULL, 'o'},
            {"help", no_argument, NULL, 'h'},
            {0},
    };
    const char *key_path = NULL;
    const char *encoding = "lang-c";
    const char *output = NULL;
    int option;
    options_once("output");
    while ((option = options_next(argc, argv, ":k:e:o:h", options, NULL)) !=
            -1) {
        switch (option) {
        case 'k':
            key_path = optarg;
            break;
        case 'e':
            encoding = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'h':
            return cli_print(getpub_help_text);
        default:
            return CLI_TROUBLE;
        }
    }
    if (strcmp(encoding, "lang-c") && strcmp(encoding, "pem") &&
            strcmp(encoding, "raw")) {
        return cli_fail(CLI_TROUBLE,
                "encoding '%s' is not supported; use lang-c, pem or raw",
                encoding);
    }
    if (!key_path || optind < argc) {
        return cli_fail(CLI_TROUBLE, "name the key with -k FILE; see --help");
    }
    return put_public(key_path, encoding, output);
}

/// verify ///

static const char verify_help_text[] = {
#include "image/verify.txt.inc"
};

static int verify_file(const char *path, const struct key *key) {
    size_t size;
    uint8_t *data = file_read(path, INPUT_MAX_BYTES, &size);
    if (!data) {
        return CLI_TROUBLE;
    }
    const uint8_t *const keys[] = {key ? key->spki : NULL};
    const struct xip_image_trust trust = {
            .keys = keys,
            .key_count = key ? 1 : 0,
    };
    if (pack_is(data, size)) {
        free(data);
        return pack_is_no_image(path);
    }
    struct xip_image img;
    int err = xip_image_parse(&img, data, (uint32_t)size);
    if (!err) {
        err = key && key->is_ed25519 ? ed25519_verify(&img, key->ed25519)
                                     : xip_image_verify(&img, &trust);
    }
    int status = CLI_GOOD;
    if (err) {
        // "our" key is the one on the command line.
        const bool other = img.reason == XIP_REASON_UNKNOWN_KEY;
        status = cli_fail(CLI_BAD, "%s: bad: %s", path,
                other ? "the signature was not made with this key"
                      : image_args_reason(img.reason, size));
    } else {
        printf("%s: good: v%u.%u.%u+%u, %s\n", path, img.version.major,
                img.version.minor, img.version.revision, img.version.build,
                key ? "contents and signature"
                    : "contents only; name a key to check the signature");
    }
    free(data);
    return status;
}

static int verify(int argc, char **argv) {
    static const struct option options[] = {
            {"key", required_argument, NULL, 'k'},
            {"help", no_argument, NULL, 'h'},
            {0},
    };
    const char *key_path = NULL;
    int option;
    while ((option = options_next(argc, argv, ":k:h", options, NULL)) != -1) {
        switch (option) {
        case 'k':
            key_path = optarg;
            break;
        case 'h':
            return cli_print(verify_help_text);
        default:
            return CLI_TROUBLE;
        }
    }
    const char *path = image_args_file(argc, argv, "image");
    if (!path) {
        return CLI_TROUBLE;
    }
    if (!key_path) {
        return verify_file(path, NULL);
    }
    struct key key;
    if (!key_load_verifier(&key, key_path)) {
        return CLI_TROUBLE;
    }
    const int status = verify_file(path, &key);
    key_wipe(&key);
    return status;
}

/// All ///

static const char help_text[] = {
#include "image/image.txt.inc"
};

static const struct command commands[] = {
        {"keygen", "image keygen", keygen},
        {"getpub", "image getpub", getpub},
        {"sign", "image sign", cmd_sign},
        {"verify", "image verify", verify},
        {"dumpinfo", "image dumpinfo", cmd_dumpinfo},
        {"factory", "image factory", cmd_factory},
        {"pack", "image pack", cmd_pack},
        {"unpack", "image unpack", cmd_unpack},
};

int cmd_image(int argc, char **argv) {
    return command_run(commands, sizeof commands / sizeof commands[0],
            help_text, argc, argv);
}
