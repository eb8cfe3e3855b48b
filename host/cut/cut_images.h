/*
 * cut_images - the images that may be started, byte for byte
 *
 * SPDX-License-Identifier: MIT
 *
 * An image is approved if it was in the flash at the beginning, was sent, or
 * was named by --approve or --update.
 * What starts is compared with all of them, whatever a boot program verifies.
 */
#ifndef CUT_IMAGES_H
#define CUT_IMAGES_H

#include "cut/cut_options.h"
#include "sim/command/cmd_files.h"

struct cut_image {
    char name[80];
    uint8_t *data;
    size_t bytes;
    bool fixed; // at off; otherwise at any multiple of 4 KB
    uint32_t off;
    bool sent; // the update, or of --update
};

struct cut_images {
    struct cut_image *at;
    size_t count;
};

// The chip holds its first contents. Returns -1, or an exit code.
int cut_images_open(struct cut_images *images, const struct cut_options *o,
        const struct cmd_files *files);
void cut_images_close(struct cut_images *images);
// The image that holds offset pc_off of the chip, whole. -1: none. *off is
// where it begins.
int cut_images_find(const struct cut_images *images, const uint8_t *chip,
        size_t chip_bytes, uint32_t pc_off, uint32_t *off);
bool cut_image_is_at(const struct cut_image *image, const uint8_t *chip,
        size_t chip_bytes, uint32_t off);

#endif
