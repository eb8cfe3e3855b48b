/*
 * image_args - arguments that the commands of `xipsafe image` share
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/image_args.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "base/cli.h"

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

const char *image_args_version(const char *text,
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

const char *image_args_file(int argc, char **argv, const char *what) {
    if (optind >= argc) {
        cli_fail(CLI_TROUBLE, "no %s given; see %s", what, cli_help_hint());
        return NULL;
    }
    if (optind + 1 < argc) {
        cli_fail(CLI_TROUBLE, "'%s' is one argument too many",
                argv[optind + 1]);
        return NULL;
    }
    return argv[optind];
}

const char *image_args_reason(unsigned reason, size_t bytes) {
    if (reason == XIP_REASON_NO_MAGIC ||
            (reason == XIP_REASON_TRUNCATED && bytes < XIP_IMAGE_HEADER_MIN)) {
        return "not an MCUboot image; `xipsafe image sign` makes one";
    }
    if (reason == XIP_REASON_TRUNCATED) {
        return "ends before its header says it does; copy or sign it again";
    }
    return xip_image_reason_text(reason);
}
