/*
 * image_file - the images that are to be sent, checked before they are
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include "device/slots.h"
#include "xip_image.h"

struct image_file {
    const char *path;
    char *name; // of one in a pack: path then; owned
    uint8_t *data;
    size_t size;
    struct xip_image image; // of data; its digest is set
};

// Reads an MCUboot image, or all of a pack of them, behind the *count files
// that there are, at most max. Checks each by itself: header, TLVs, digest, and
// with key_path the signature. CLI_GOOD, or a status after a line on stderr.
int image_file_read(struct image_file *files, unsigned *count, unsigned max,
        const char *path, const char *key_path);
void image_file_free(struct image_file *file);

// Chooses the file that the device can take now. CLI_GOOD with *choice and,
// if the device says where its slots are, *slot; otherwise a status after a
// line on stderr.
int image_file_choose(const struct image_file *files, unsigned count,
        const struct slots *slots, const char *port, unsigned *choice,
        int *slot);

#endif
