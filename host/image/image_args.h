/*
 * image_args - arguments that the commands of `xipsafe image` share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef IMAGE_ARGS_H
#define IMAGE_ARGS_H

#include <stddef.h>

#include "xip_image.h"

// MAJOR[.MINOR[.REVISION[+BUILD]]]. End of the version; NULL if there is none.
// Prints nothing.
const char *image_args_version(const char *text,
        struct xip_image_version *version);

// The only argument that is not an option; NULL after a line on stderr.
const char *image_args_file(int argc, char **argv, const char *what);

// Why a file of so many bytes is no good image, in words.
const char *image_args_reason(unsigned reason, size_t bytes);

#endif
