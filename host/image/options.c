/*
 * options - what the commands of `xipsafe image` share on their command line
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"

int options_next(int argc, char **argv, const char *short_options,
        const struct option *long_options) {
    opterr = 0;
    const int at = optind ? optind : 1;
    const int option =
            getopt_long(argc, argv, short_options, long_options, NULL);
    if (option == ':') {
        cli_fail(CLI_TROUBLE, "image %s: %s needs a value; see --help", argv[0],
                argv[optind - 1]);
        return '?';
    }
    if (option == '?') {
        cli_fail(CLI_TROUBLE, "image %s: option '%s' is not known; see --help",
                argv[0], argv[at]);
    }
    return option;
}

bool options_number(const char *name, const char *text, uint32_t max,
        uint32_t *value) {
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 0);
    if (!isdigit((unsigned char)text[0]) || *end || errno || number > max) {
        cli_fail(CLI_TROUBLE, "%s '%s': a number from 0 to 0x%x is wanted",
                name, text, max);
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

static const char *part(const char *text, uint32_t max, uint32_t *value) {
    if (!isdigit((unsigned char)*text)) {
        return NULL;
    }
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (errno || number > max) {
        return NULL;
    }
    *value = (uint32_t)number;
    return end;
}

const char *options_version(const char *text,
        struct xip_image_version *version) {
    static const uint32_t max[4] = {
            UINT8_MAX, UINT8_MAX, UINT16_MAX, UINT32_MAX};
    static const char separator[3] = {'.', '.', '+'};
    uint32_t value[4] = {0};
    const char *p = part(text, max[0], &value[0]);
    for (int i = 1; p && i < 4 && *p == separator[i - 1]; i++) {
        p = part(p + 1, max[i], &value[i]);
    }
    *version = (struct xip_image_version){
            .major = (uint8_t)value[0],
            .minor = (uint8_t)value[1],
            .revision = (uint16_t)value[2],
            .build = value[3],
    };
    return p;
}

const char *options_file(int argc, char **argv, const char *what) {
    if (optind >= argc) {
        cli_fail(CLI_TROUBLE, "image %s: no %s given; see --help", argv[0],
                what);
        return NULL;
    }
    if (optind + 1 < argc) {
        cli_fail(CLI_TROUBLE, "image %s: '%s' is one argument too many",
                argv[0], argv[optind + 1]);
        return NULL;
    }
    return argv[optind];
}
