/*
 * cmd_image - keygen, getpub and verify, and the way to the other commands
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/cmd_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "image/input.h"
#include "image/key.h"
#include "image/options.h"
#include "xip_image.h"

/// keygen ///

static int keygen_help(void) {
    printf("usage: xipsafe image keygen -k FILE [-t ecdsa-p256]\n\n"
           "Makes a P-256 key and writes it to FILE (PEM, mode 0600). Never "
           "overwrites.\n\n"
           "  -k, --key FILE         the new file\n"
           "  -t, --type TYPE        only ecdsa-p256\n"
           "  -f, --format FORMAT    pkcs8 (default) or openssl (SEC1)\n\n"
           "example: xipsafe image keygen -k my_key.pem -t ecdsa-p256\n");
    return CLI_GOOD;
}

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
    while ((option = options_next(argc, argv, ":k:t:f:h", options)) != -1) {
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
                        "format '%s': pkcs8 or openssl is wanted", optarg);
            }
            break;
        case 'h':
            return keygen_help();
        default:
            return CLI_TROUBLE;
        }
    }
    if (!path || optind < argc) {
        return cli_fail(CLI_TROUBLE,
                "image keygen: name the new file with -k FILE; see --help");
    }
    struct key key;
    const bool ok = key_generate(&key) && key_store(&key, path, format);
    key_wipe(&key);
    return ok ? CLI_GOOD : CLI_TROUBLE;
}

/// getpub ///

static int getpub_help(void) {
    printf("usage: xipsafe image getpub -k FILE [-e ENCODING] [-o FILE]\n\n"
           "Writes the public half of a key.\n\n"
           "  -k, --key FILE         PEM, private or public\n"
           "  -e, --encoding ENC     lang-c (default), pem, or raw (DER)\n"
           "  -o, --output FILE      default: standard output\n\n"
           "example: xipsafe image getpub -k my_key.pem -e lang-c "
           "-o boot/key_p256.h\n");
    return CLI_GOOD;
}

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

// The text or bytes of one encoding, to be freed; NULL without memory.
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
        return cli_fail(CLI_TROUBLE, "image getpub: no memory");
    }
    bool ok = true;
    if (output) {
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
    while ((option = options_next(argc, argv, ":k:e:o:h", options)) != -1) {
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
            return getpub_help();
        default:
            return CLI_TROUBLE;
        }
    }
    if (strcmp(encoding, "lang-c") && strcmp(encoding, "pem") &&
            strcmp(encoding, "raw")) {
        return cli_fail(CLI_TROUBLE,
                "encoding '%s': lang-c, pem or raw is wanted", encoding);
    }
    if (!key_path || optind < argc) {
        return cli_fail(CLI_TROUBLE,
                "image getpub: name the key with -k FILE; see --help");
    }
    return put_public(key_path, encoding, output);
}

/// verify ///

static int verify_help(void) {
    printf("usage: xipsafe image verify [-k FILE] IMAGE\n\n"
           "Checks structure, SHA-256 and, with a key, the signature.\n\n"
           "  -k, --key FILE         PEM, private or public; without it only "
           "the\n"
           "                         contents are checked\n\n"
           "exit: 0 good, 1 bad (with the reason), 2 could not check\n\n"
           "example: xipsafe image verify -k my_key.pem app_signed.bin\n");
    return CLI_GOOD;
}

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
    struct xip_image img;
    int err = xip_image_parse(&img, data, (uint32_t)size);
    if (!err) {
        err = xip_image_verify(&img, &trust);
    }
    int status = CLI_GOOD;
    if (err) {
        // "our" key is the one that was named.
        const bool other = img.reason == XIP_REASON_UNKNOWN_KEY;
        status = cli_fail(CLI_BAD, "%s: bad: %s", path,
                other ? "signature is not by this key"
                      : xip_image_reason_text(img.reason));
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
    while ((option = options_next(argc, argv, ":k:h", options)) != -1) {
        switch (option) {
        case 'k':
            key_path = optarg;
            break;
        case 'h':
            return verify_help();
        default:
            return CLI_TROUBLE;
        }
    }
    const char *path = options_file(argc, argv, "image");
    if (!path) {
        return CLI_TROUBLE;
    }
    if (!key_path) {
        return verify_file(path, NULL);
    }
    struct key key;
    if (!key_load(&key, key_path, false)) {
        return CLI_TROUBLE;
    }
    const int status = verify_file(path, &key);
    key_wipe(&key);
    return status;
}

/// All ///

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *text;
} commands[] = {
        {"keygen", keygen, "make a key"},
        {"getpub", getpub, "export its public half, for the boot program"},
        {"sign", cmd_sign, "make a signed image of a program"},
        {"verify", verify, "check an image"},
        {"dumpinfo", cmd_dumpinfo, "show what is in an image"},
        {"factory", cmd_factory, "one file for the line: boot program, image"},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static int usage(void) {
    printf("usage: xipsafe image COMMAND [options]\n\n"
           "MCUboot images, the same bytes as imgtool makes:\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("  %-9s %s\n", commands[i].name, commands[i].text);
    }
    printf("\n"
           "  xipsafe image COMMAND --help   options of one command\n\n"
           "example: xipsafe image keygen -k my_key.pem\n"
           "         xipsafe image sign -k my_key.pem -v 1.0.0 -H 0x200 "
           "--pad-header \\\n"
           "             -S 0x100000 --rom-fixed 0x90000000 app.bin "
           "app_signed.bin\n");
    return CLI_GOOD;
}

int cmd_image(int argc, char **argv) {
    if (argc < 2) {
        return cli_fail(CLI_TROUBLE,
                "image: no command; `xipsafe image --help` lists them");
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
            !strcmp(name, "help")) {
        return usage();
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (!strcmp(name, commands[i].name)) {
            optind = 0; // glibc: start afresh
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return cli_fail(CLI_TROUBLE,
            "image: no command '%s'; `xipsafe image --help` lists them", name);
}
