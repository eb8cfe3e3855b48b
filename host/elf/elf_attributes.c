/*
 * elf_attributes - which architecture the linker says an image is for
 *
 * SPDX-License-Identifier: MIT
 *
 * Addenda to, and Errata in, the ABI for the Arm architecture, 3.2: sections of
 * vendors, of which "aeabi" counts, and in it the attributes of the whole file.
 */
#include <string.h>

#include "elf/elf_priv.h"

enum { TAG_FILE = 1, TAG_CPU_NAME_RAW = 4, TAG_CPU_NAME = 5, TAG_CPU_ARCH = 6 };
enum { TAG_CPU_ARCH_PROFILE = 7 };
enum { TAG_COMPATIBILITY = 32 };

// What is left to read; `at` is NULL once it was too short.
struct rest {
    const uint8_t *at, *end;
};

static uint32_t take_number(struct rest *rest) {
    uint32_t value = 0;
    for (unsigned shift = 0; rest->at && shift < 35; shift += 7) {
        if (rest->at == rest->end) {
            rest->at = NULL;
            return 0;
        }
        const uint8_t byte = *rest->at++;
        value |= shift < 32 ? (byte & 0x7Fu) << shift : 0;
        if (!(byte & 0x80)) {
            return value;
        }
    }
    rest->at = NULL;
    return 0;
}

static const char *take_text(struct rest *rest) {
    const uint8_t *zero = rest->at
            ? memchr(rest->at, 0, (size_t)(rest->end - rest->at))
            : NULL;
    const char *text = (const char *)rest->at;
    rest->at = zero ? zero + 1 : NULL;
    return zero ? text : NULL;
}

// The bytes that a word, which counts itself and `before`, says there are.
static struct rest take_block(struct rest *rest, uint32_t before) {
    const size_t left = rest->at ? (size_t)(rest->end - rest->at) : 0;
    if (left < 4) {
        rest->at = NULL;
        return (struct rest){NULL, NULL};
    }
    const uint32_t bytes = rest->at[0] | rest->at[1] << 8 | rest->at[2] << 16 |
            (uint32_t)rest->at[3] << 24;
    if (bytes < 4 + before || bytes - before > left) {
        rest->at = NULL;
        return (struct rest){NULL, NULL};
    }
    const struct rest block = {rest->at + 4, rest->at + (bytes - before)};
    rest->at = block.end;
    return block;
}

// The number of that tag; -1: there is none.
static int number_in(struct rest file, uint32_t wanted) {
    while (file.at && file.at < file.end) {
        const uint32_t tag = take_number(&file);
        if (tag == wanted) {
            const uint32_t value = take_number(&file);
            return file.at && value < 256 ? (int)value : -1;
        }
        if (tag == TAG_COMPATIBILITY) {
            take_number(&file);
        }
        const bool text = tag == TAG_CPU_NAME_RAW || tag == TAG_CPU_NAME ||
                (tag >= TAG_COMPATIBILITY &&
                        (tag & 1 || tag == TAG_COMPATIBILITY));
        if (text) {
            take_text(&file);
        } else {
            take_number(&file);
        }
    }
    return -1;
}

static int number_of(struct rest vendor, uint32_t wanted) {
    const char *name = take_text(&vendor);
    while (name && !strcmp(name, "aeabi") && vendor.at &&
            vendor.at < vendor.end) {
        const uint8_t *tag_at = vendor.at;
        const uint32_t tag = take_number(&vendor);
        if (!vendor.at) {
            break;
        }
        const uint32_t tag_bytes = (uint32_t)(vendor.at - tag_at);
        const struct rest block = take_block(&vendor, tag_bytes);
        if (tag == TAG_FILE && block.at) {
            return number_in(block, wanted);
        }
    }
    return -1;
}

static int attribute(const struct elf_image *image, uint32_t wanted) {
    for (uint32_t i = 0; i < image->header_count; i++) {
        const Elf32_Shdr h = elf_header_(image, i);
        const uint8_t *bytes = h.sh_type == SHT_ARM_ATTRIBUTES
                ? elf_bytes_(image, h.sh_offset, h.sh_size)
                : NULL;
        if (!bytes || !h.sh_size || *bytes != 'A') {
            continue;
        }
        struct rest rest = {bytes + 1, bytes + h.sh_size};
        while (rest.at && rest.at < rest.end) {
            const struct rest vendor = take_block(&rest, 0);
            const int number = vendor.at ? number_of(vendor, wanted) : -1;
            if (number >= 0) {
                return number;
            }
        }
    }
    return -1;
}

int elf_image_cpu_arch(const struct elf_image *image) {
    return attribute(image, TAG_CPU_ARCH);
}

const char *elf_other_profile_(const struct elf_image *image) {
    switch (attribute(image, TAG_CPU_ARCH_PROFILE)) {
    case 'A':
        return "its attributes say Cortex-A, not a Cortex-M; name the ELF of "
               "the Cortex-M";
    case 'R':
        return "its attributes say Cortex-R, not a Cortex-M; name the ELF of "
               "the Cortex-M";
    default:
        return NULL;
    }
}
