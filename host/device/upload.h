/*
 * upload - sends an image in packets
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "device/client.h"
#include "device/image_file.h"

struct upload_options {
    bool quiet;
    bool patient; // the device may erase a whole slot for the first packet
};

// CLI_GOOD, or a status after a line on stderr. *resumed: bytes that the
// device had already.
int upload(struct client *c, const struct image_file *file,
        const struct upload_options *options, size_t *resumed);

#endif
