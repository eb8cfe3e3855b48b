/*
 * cmd_sign - `xipsafe image sign`, with imgtool's option names
 *
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/inputs.h"
#include "base/options.h"
#include "image/input.h"
#include "image/cmd_image.h"
#include "image/image_args.h"
#include "image/sign.h"
#include "image/trailer.h"

#define DEFAULT_MAX_SECTORS 128u

enum {
    OPT_PAD_HEADER = 256,
    OPT_ALIGN,
    OPT_MAX_ALIGN,
    OPT_PAD,
    OPT_CONFIRM,
    OPT_OVERWRITE_ONLY,
    OPT_KEY_FORMAT,
    OPT_FORCE,
};

static const struct option long_options[] = {
        {"key", required_argument, NULL, 'k'},
        {"version", required_argument, NULL, 'v'},
        {"header-size", required_argument, NULL, 'H'},
        {"pad-header", no_argument, NULL, OPT_PAD_HEADER},
        {"slot-size", required_argument, NULL, 'S'},
        {"align", required_argument, NULL, OPT_ALIGN},
        {"max-align", required_argument, NULL, OPT_MAX_ALIGN},
        {"pad", no_argument, NULL, OPT_PAD},
        {"test", no_argument, NULL, OPT_PAD},
        {"confirm", no_argument, NULL, OPT_CONFIRM},
        {"overwrite-only", no_argument, NULL, OPT_OVERWRITE_ONLY},
        {"max-sectors", required_argument, NULL, 'M'},
        {"rom-fixed", required_argument, NULL, 'F'},
        {"load-addr", required_argument, NULL, 'L'},
        {"security-counter", required_argument, NULL, 's'},
        {"dependencies", required_argument, NULL, 'd'},
        {"erased-val", required_argument, NULL, 'R'},
        {"public-key-format", required_argument, NULL, OPT_KEY_FORMAT},
        {"force", no_argument, NULL, OPT_FORCE},
        {"help", no_argument, NULL, 'h'},
        {0},
};
static const char short_options[] = ":k:v:H:S:M:F:L:s:d:R:h";

// The command line, before its parts are combined.
struct request {
    struct sign_options sign;
    const char *key_path;
    bool has_version;
    bool auto_counter;
    bool force; // an input that looks wrong is signed, with a note
    uint32_t align, max_align;
};

static const char help_text[] = {
#include "image/sign.txt.inc"
};

/// Values ///

// The text after the character `c` and the blanks around it; NULL if it is
// missing.
static const char *skip(const char *p, char c) {
    while (p && *p == ' ') {
        p++;
    }
    if (!p || *p != c) {
        return NULL;
    }
    do {
        p++;
    } while (*p == ' ');
    return p;
}

static const char *parse_dependency(const char *p, struct sign_dependency *d) {
    p = skip(p, '(');
    if (!p || !isdigit((unsigned char)*p)) {
        return NULL;
    }
    char *end;
    const unsigned long id = strtoul(p, &end, 10);
    d->image_id = (uint8_t)id;
    p = id <= UINT8_MAX ? skip(end, ',') : NULL;
    return p ? skip(image_args_version(p, &d->version), ')') : NULL;
}

// "(id,version)" once or more, separated by commas; blanks are allowed.
static bool parse_dependencies(const char *text, struct sign_options *sign) {
    const char *p = text;
    bool more = true;
    sign->dependency_count = 0;
    while (p && more && sign->dependency_count < SIGN_DEPENDENCIES_MAX) {
        p = parse_dependency(p, &sign->dependencies[sign->dependency_count++]);
        const char *next = skip(p, ',');
        more = next != NULL;
        p = more ? next : p;
    }
    if (!p || *p || more) {
        cli_fail(CLI_TROUBLE,
                "dependencies '%s' are not usable; give at most %d, as "
                "\"(1,1.2.3),(2,1.0.0)\"",
                text, SIGN_DEPENDENCIES_MAX);
        return false;
    }
    return true;
}

static bool power_of_two(const char *name, uint32_t value, uint32_t min) {
    if (value < min || value > 32 || (value & (value - 1))) {
        cli_fail(CLI_TROUBLE,
                "--%s %u is not usable; give a power of two from %u to 32",
                name, value, min);
        return false;
    }
    return true;
}

static bool parse_version(const char *text, struct request *r) {
    const char *end = image_args_version(text, &r->sign.version);
    if (!end || *end) {
        cli_fail(CLI_TROUBLE,
                "version '%s' is not usable; give 1.2.3 or 1.2.3+4, at most "
                "255.255.65535+4294967295",
                text);
        return false;
    }
    r->has_version = true;
    return true;
}

static bool parse_counter(const char *text, struct request *r) {
    r->sign.has_counter = true;
    r->auto_counter = !strcmp(text, "auto");
    return r->auto_counter ||
            option_u32("security-counter", text, UINT32_MAX, &r->sign.counter);
}

static bool parse_erased(const char *text, struct sign_options *sign) {
    uint32_t value;
    if (!option_u32("erased-val", text, 0xFF, &value)) {
        return false;
    }
    if (value != 0 && value != 0xFF) {
        return option_bad("erased-val", text, "0 or 0xff");
    }
    sign->erased = (uint8_t)value;
    return true;
}

static bool parse_key_format(const char *text, struct sign_options *sign) {
    sign->whole_key = !strcmp(text, "full");
    if (!sign->whole_key && strcmp(text, "hash")) {
        return option_bad("public-key-format", text, "hash or full");
    }
    return true;
}

static bool take_value(int option, const char *text, struct request *r) {
    struct sign_options *sign = &r->sign;
    switch (option) {
    case 'k':
        r->key_path = text;
        return true;
    case 'v':
        return parse_version(text, r);
    case 'H':
        return option_u32("header-size", text, UINT16_MAX, &sign->header_bytes);
    case 'S':
        return option_u32("slot-size", text, INPUT_MAX_BYTES,
                &sign->slot_bytes);
    case 'M':
        return option_u32("max-sectors", text, 65536, &sign->max_sectors);
    case 'F':
        sign->rom_fixed = true;
        return option_u32("rom-fixed", text, UINT32_MAX, &sign->rom_addr);
    case 'L':
        return option_u32("load-addr", text, UINT32_MAX, &sign->load_addr);
    case 's':
        return parse_counter(text, r);
    case 'd':
        return parse_dependencies(text, sign);
    case 'R':
        return parse_erased(text, sign);
    case OPT_ALIGN:
        return option_u32("align", text, 32, &r->align) &&
                power_of_two("align", r->align, 1);
    case OPT_MAX_ALIGN:
        return option_u32("max-align", text, 32, &r->max_align) &&
                power_of_two("max-align", r->max_align, 8);
    case OPT_KEY_FORMAT:
        return parse_key_format(text, sign);
    default:
        return false;
    }
}

static bool take_flag(int option, struct sign_options *sign) {
    switch (option) {
    case OPT_PAD_HEADER:
        sign->pad_header = true;
        return true;
    case OPT_PAD:
        sign->pad = true;
        return true;
    case OPT_CONFIRM:
        sign->confirm = true;
        return true;
    case OPT_OVERWRITE_ONLY:
        sign->overwrite_only = true;
        return true;
    default:
        return false;
    }
}

/// Checks over several options ///

static bool complete(struct request *r) {
    struct sign_options *sign = &r->sign;
    const char *missing = !r->has_version ? "--version is missing; give it, as "
                                            "--version 1.2.3"
            : !sign->header_bytes ? "--header-size is missing; give the "
                                    "room that the linker script leaves, "
                                    "as --header-size 0x200"
                                  : NULL;
    if ((sign->pad || sign->confirm) && !sign->slot_bytes) {
        missing = "--slot-size is missing; give what --pad fills, as "
                  "--slot-size 1M";
    }
    if (missing) {
        cli_fail(CLI_TROUBLE, "%s", missing);
        return false;
    }
    if (sign->header_bytes < XIP_IMAGE_HEADER_MIN) {
        cli_fail(CLI_TROUBLE,
                "--header-size %u is too small; 32 is the minimum",
                sign->header_bytes);
        return false;
    }
    if (sign->rom_fixed && sign->load_addr) {
        cli_fail(CLI_TROUBLE,
                "--rom-fixed and --load-addr exclude each other; choose one");
        return false;
    }
    if (r->auto_counter) {
        sign->counter = (uint32_t)sign->version.major << 24 |
                (uint32_t)sign->version.minor << 16 | sign->version.revision;
    }
    sign->align = (uint8_t)r->align;
    sign->max_align = (uint8_t)(r->max_align           ? r->max_align
                    : r->align > TRAILER_DEFAULT_ALIGN ? r->align
                                                       : TRAILER_DEFAULT_ALIGN);
    return true;
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static bool looks_wrong(const struct request *r, const char *path,
        const char *what) {
    if (r->force) {
        cli_say("%s: note: %s", path, what);
        return true;
    }
    cli_fail(CLI_TROUBLE, "%s: %s; --force signs it all the same", path, what);
    return false;
}

// A wrong address is the commonest mistake, and the boot program would refuse
// the image only on the device. If the input has an address, it must match; of
// a raw binary the second word is looked at.
static bool place_plausible(const struct request *r, const struct input *input,
        const char *path) {
    const struct sign_options *const sign = &r->sign;
    if (input->size >= 4 && get32(input->data) == XIP_IMAGE_MAGIC) {
        return looks_wrong(r, path,
                "an image already: it begins with the magic number of MCUboot");
    }
    if (!sign->rom_fixed) {
        return true;
    }
    const uint32_t hole = sign->pad_header ? 0 : sign->header_bytes;
    const uint32_t vectors = sign->rom_addr + sign->header_bytes;
    if (input->has_addr && input->addr + hole != vectors) {
        cli_fail(CLI_TROUBLE,
                "%s: linked for 0x%08x, but slot 0x%08x + header 0x%x is "
                "0x%08x; correct --rom-fixed, --header-size or the "
                "linker script",
                path, input->addr + hole, sign->rom_addr, sign->header_bytes,
                vectors);
        return false;
    }
    if (input->size < hole + 8) {
        return true;
    }
    const uint32_t entry = get32(input->data + hole + 4);
    if (!(entry & 1) || entry - vectors >= input->size - hole) {
        char what[160];
        snprintf(what, sizeof what,
                "the second word, 0x%08x, cannot be the reset vector of an "
                "image at 0x%08x: another slot, or no program",
                entry, vectors);
        return looks_wrong(r, path, what);
    }
    return true;
}

/// Work ///

static int write_image(const struct request *r, const char *in_path,
        const char *out_path) {
    struct input input;
    if (!input_read(&input, in_path, r->sign.erased)) {
        return CLI_TROUBLE;
    }
    size_t size = 0;
    uint8_t *image = place_plausible(r, &input, in_path)
            ? sign_image(&r->sign, in_path, input.data, input.size, &size)
            : NULL;
    const bool ok = image && file_write(out_path, image, size);
    free(image);
    input_free(&input);
    return ok ? CLI_GOOD : CLI_TROUBLE;
}

static bool has_suffix(const char *text, const char *suffix) {
    const size_t len = strlen(text);
    const size_t tail = strlen(suffix);
    return len >= tail && !strcasecmp(text + len - tail, suffix);
}

static int sign_files(struct request *r, int argc, char **argv) {
    if (argc - optind != 2) {
        return cli_fail(CLI_TROUBLE, "name INPUT and OUTPUT; see --help");
    }
    const char *out_path = argv[optind + 1];
    if (has_suffix(out_path, ".hex")) {
        return cli_fail(CLI_TROUBLE, "%s: only binary output; name it .bin",
                out_path);
    }
    if (inputs_same_file(argv[optind], out_path)) {
        return cli_fail(CLI_TROUBLE,
                "%s: INPUT and OUTPUT are one file; name another OUTPUT",
                out_path);
    }
    if (!complete(r)) {
        return CLI_TROUBLE;
    }
    struct key key;
    if (r->key_path) {
        if (!key_load(&key, r->key_path, true)) {
            return CLI_TROUBLE;
        }
        r->sign.key = &key;
    }
    const int status = write_image(r, argv[optind], out_path);
    if (r->key_path) {
        key_wipe(&key);
    }
    return status;
}

int cmd_sign(int argc, char **argv) {
    struct request r = {
            .align = 1,
            .sign = {.max_sectors = DEFAULT_MAX_SECTORS, .erased = 0xFF},
    };
    int option;
    while ((option = options_next(argc, argv, short_options, long_options,
                    NULL)) != -1) {
        if (option == 'h') {
            return cli_print(help_text);
        }
        if (option == '?') {
            return CLI_TROUBLE;
        }
        r.force |= option == OPT_FORCE;
        if (option != OPT_FORCE && !take_flag(option, &r.sign) &&
                !take_value(option, optarg, &r)) {
            return CLI_TROUBLE;
        }
    }
    return sign_files(&r, argc, argv);
}
