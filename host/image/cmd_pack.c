/*
 * cmd_pack - `xipsafe image pack` and `xipsafe image unpack`
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/number.h"
#include "base/options.h"
#include "image/cmd_image.h"
#include "image/image_args.h"
#include "image/input.h"
#include "image/key.h"
#include "image/pack.h"
#include "xip_image.h"

/// pack ///

static const char pack_help[] = {
#include "image/pack.txt.inc"
};

struct files {
    uint8_t *data[PACK_IMAGES_MAX];
    struct xip_image image[PACK_IMAGES_MAX];
    struct pack pack;
};

static int check(const char *path, struct xip_image *image, const uint8_t *data,
        size_t size, const struct key *key) {
    const uint8_t *const keys[] = {key ? key->spki : NULL};
    const struct xip_image_trust trust = {
            .keys = keys,
            .key_count = key ? 1 : 0,
    };
    int err = xip_image_parse(image, data, (uint32_t)size);
    if (!err) {
        err = xip_image_check_place(image, image->load_addr);
    }
    if (!err) {
        err = xip_image_verify(image, &trust);
    }
    return err ? cli_fail(CLI_BAD, "%s: %s", path,
                         image_args_reason(image->reason, size))
               : CLI_GOOD;
}

static int add(struct files *f, char **paths, const struct key *key) {
    const unsigned n = f->pack.count;
    size_t size;
    uint8_t *const data = file_read(paths[n], INPUT_MAX_BYTES, &size);
    if (!data) {
        return CLI_TROUBLE;
    }
    f->data[n] = data;
    const int status = check(paths[n], &f->image[n], data, size, key);
    if (status != CLI_GOOD) {
        return status;
    }
    for (unsigned i = 0; i < n; i++) {
        if (f->image[i].load_addr == f->image[n].load_addr) {
            return cli_fail(CLI_BAD,
                    "%s: linked for 0x%08" PRIX32
                    ", as %s; give the builds for other slots",
                    paths[n], f->image[n].load_addr, paths[i]);
        }
    }
    if (n &&
            xip_image_version_compare(&f->image[0].version,
                    &f->image[n].version)) {
        return cli_fail(CLI_BAD,
                "%s: has another version than %s; pack the builds of one "
                "version",
                paths[n], paths[0]);
    }
    f->pack.at[n] = (struct pack_image){f->image[n].load_addr, data, size};
    f->pack.count++;
    return CLI_GOOD;
}

static int write_pack(const struct files *f, const char *output) {
    size_t size;
    uint8_t *const data = pack_make(&f->pack, &size);
    if (!data) {
        return cli_no_memory();
    }
    const bool ok = file_write(output, data, size);
    free(data);
    return ok ? CLI_GOOD : CLI_TROUBLE;
}

static int pack_files(char **paths, int count, const struct key *key,
        const char *output) {
    static struct files f;
    int status = CLI_GOOD;
    memset(&f, 0, sizeof f);
    while (status == CLI_GOOD && (int)f.pack.count < count) {
        status = add(&f, paths, key);
    }
    if (status == CLI_GOOD) {
        status = write_pack(&f, output);
    }
    for (unsigned i = 0; i < PACK_IMAGES_MAX; i++) {
        free(f.data[i]);
    }
    return status;
}

int cmd_pack(int argc, char **argv) {
    static const struct option options[] = {
            {"output", required_argument, NULL, 'o'},
            {"key", required_argument, NULL, 'k'},
            {"help", no_argument, NULL, 'h'},
            {0},
    };
    const char *output = NULL;
    const char *key_path = NULL;
    int option;
    options_once("output");
    while ((option = options_next(argc, argv, ":o:k:h", options, NULL)) != -1) {
        switch (option) {
        case 'o':
            output = optarg;
            break;
        case 'k':
            key_path = optarg;
            break;
        case 'h':
            return cli_print(pack_help);
        default:
            return CLI_TROUBLE;
        }
    }
    if (!output || optind == argc) {
        return cli_fail(CLI_TROUBLE,
                "name the file to make with -o FILE, and the images behind "
                "it; %s",
                cli_help_hint());
    }
    if (argc - optind > (int)PACK_IMAGES_MAX) {
        return cli_fail(CLI_TROUBLE, "a pack holds at most %u images",
                PACK_IMAGES_MAX);
    }
    struct key key;
    if (key_path && !key_load(&key, key_path, false)) {
        return CLI_TROUBLE;
    }
    const int status = pack_files(argv + optind, argc - optind,
            key_path ? &key : NULL, output);
    if (key_path) {
        key_wipe(&key);
    }
    return status;
}

/// unpack ///

static const char unpack_help[] = {
#include "image/unpack.txt.inc"
};

static void list(const struct pack_image *p) {
    char count[NUMBER_TEXT_BYTES];
    struct xip_image image;
    printf("0x%08" PRIX32 "  ", p->addr);
    if (xip_image_parse(&image, p->data, (uint32_t)p->size)) {
        printf("%s", xip_image_reason_text(image.reason));
    } else {
        const struct xip_image_version *const v = &image.version;
        printf("v%u.%u.%u+%" PRIu32, v->major, v->minor, v->revision, v->build);
    }
    printf(", %s bytes\n", number_format_count(count, p->size));
}

// What the address names, all without one: written to output, or listed.
static int show(const char *path, const struct pack *pack, const char *output,
        const uint64_t *addr) {
    unsigned found = 0;
    if (output && !addr && pack->count > 1) {
        return cli_fail(CLI_TROUBLE,
                "%s: has %u images; name one of them with -a ADDRESS", path,
                pack->count);
    }
    for (unsigned i = 0; i < pack->count; i++) {
        const struct pack_image *const image = &pack->at[i];
        if (addr && *addr != image->addr) {
            continue;
        }
        found++;
        if (!output) {
            list(image);
        } else if (!file_write(output, image->data, image->size)) {
            return CLI_TROUBLE;
        }
    }
    return found ? CLI_GOOD
                 : cli_fail(CLI_TROUBLE,
                           "%s: has no image for 0x%08" PRIX64
                           "; without -a all are listed",
                           path, *addr);
}

static int unpack(const char *path, const char *output, const uint64_t *addr) {
    size_t size;
    uint8_t *const data = file_read(path, INPUT_MAX_BYTES, &size);
    if (!data) {
        return CLI_TROUBLE;
    }
    struct pack pack;
    const char *const wrong = pack_parse(data, size, &pack);
    const int status = wrong ? cli_fail(CLI_BAD, "%s: %s", path, wrong)
                             : show(path, &pack, output, addr);
    free(data);
    return status;
}

int cmd_unpack(int argc, char **argv) {
    static const struct option options[] = {
            {"output", required_argument, NULL, 'o'},
            {"address", required_argument, NULL, 'a'},
            {"help", no_argument, NULL, 'h'},
            {0},
    };
    const char *output = NULL;
    uint64_t addr = 0;
    bool has_addr = false;
    int option;
    options_once("output");
    while ((option = options_next(argc, argv, ":o:a:h", options, NULL)) != -1) {
        switch (option) {
        case 'o':
            output = optarg;
            break;
        case 'a':
            if (!number_parse(optarg, UINT32_MAX, &addr)) {
                return cli_fail(CLI_TROUBLE,
                        "--address %s: no number of 32 bits, as 0x90100000",
                        optarg);
            }
            has_addr = true;
            break;
        case 'h':
            return cli_print(unpack_help);
        default:
            return CLI_TROUBLE;
        }
    }
    const char *const path = image_args_file(argc, argv, "pack");
    if (!path) {
        return CLI_TROUBLE;
    }
    return unpack(path, output, has_addr ? &addr : NULL);
}
