/*
 * options - what the commands of `xipsafe image` share on their command line
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "xip_image.h"

// getopt_long with complaints of our own: returns '?' after a line on stderr.
int options_next(int argc, char **argv, const char *short_options,
        const struct option *long_options);

// Decimal, 0x or 0 octal, up to max. False after a line on stderr.
bool options_number(const char *name, const char *text, uint32_t max,
        uint32_t *value);

// MAJOR[.MINOR[.REVISION[+BUILD]]]. End of the version in *end; NULL if there
// is none. No message.
const char *options_version(const char *text,
        struct xip_image_version *version);

// The only positional argument; NULL after a line on stderr.
const char *options_file(int argc, char **argv, const char *what);

int cmd_sign(int argc, char **argv);
int cmd_dumpinfo(int argc, char **argv);
int cmd_factory(int argc, char **argv);

#endif
