/*
 * image_file - the images that are to be sent, checked before they are
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/image_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/number.h"
#include "board/board.h"
#include "image/key.h"
#include "image/pack.h"
#include "xip_boot.h"

#define FILE_MAX (256u * 1024 * 1024)

/// By itself ///

static int verify(struct image_file *file, const char *key_path) {
    struct key key;
    const uint8_t *keys[1] = {key.spki};
    struct xip_image_trust trust = {0};
    if (key_path) {
        if (!key_load(&key, key_path, false)) {
            return CLI_TROUBLE;
        }
        trust = (struct xip_image_trust){.keys = keys, .key_count = 1};
    }
    const int err = xip_image_verify(&file->image, &trust);
    if (key_path) {
        key_wipe(&key);
    }
    return err ? cli_fail(CLI_BAD, "%s: %s; build or sign it again", file->path,
                         xip_image_reason_text(file->image.reason))
               : CLI_GOOD;
}

static int check(struct image_file *file, const char *key_path) {
    if (!xip_image_parse(&file->image, file->data, (uint32_t)file->size)) {
        return verify(file, key_path);
    }
    if (file->image.reason == XIP_REASON_NO_MAGIC ||
            file->image.reason == XIP_REASON_EMPTY ||
            file->size < XIP_IMAGE_HEADER_MIN) {
        return cli_fail(CLI_BAD,
                "%s: not an MCUboot image; make one with `xipsafe image sign`",
                file->path);
    }
    return cli_fail(CLI_BAD, "%s: %s; build or sign it again", file->path,
            xip_image_reason_text(file->image.reason));
}

// One of a pack, with a copy of its bytes.
static int copy_image(struct image_file *file, const char *path,
        const struct pack_image *image) {
    const size_t room = strlen(path) + 16;
    file->data = malloc(image->size + 1);
    file->name = malloc(room);
    if (!file->data || !file->name) {
        return cli_no_memory();
    }
    snprintf(file->name, room, "%s[0x%08" PRIX32 "]", path, image->addr);
    memcpy(file->data, image->data, image->size);
    file->path = file->name;
    file->size = image->size;
    return CLI_GOOD;
}

static int read_pack(struct image_file *files, unsigned *count, unsigned max,
        const struct image_file *whole, const char *key_path) {
    struct pack pack;
    const char *const wrong = pack_parse(whole->data, whole->size, &pack);
    if (wrong) {
        return cli_fail(CLI_BAD, "%s: %s", whole->path, wrong);
    }
    if (pack.count > max - *count) {
        return cli_fail(CLI_TROUBLE, "%s: more than %u images in all",
                whole->path, max);
    }
    int status = CLI_GOOD;
    for (unsigned i = 0; i < pack.count && status == CLI_GOOD; i++) {
        struct image_file *const file = &files[(*count)++];
        status = copy_image(file, whole->path, &pack.at[i]);
        if (status == CLI_GOOD) {
            status = check(file, key_path);
        }
        if (status == CLI_GOOD && file->image.load_addr != pack.at[i].addr) {
            status = cli_fail(CLI_BAD,
                    "%s: linked for another address than the pack says; pack "
                    "the images again",
                    file->path);
        }
    }
    return status;
}

int image_file_read(struct image_file *files, unsigned *count, unsigned max,
        const char *path, const char *key_path) {
    struct image_file file = {.path = path};
    file.data = file_read(path, FILE_MAX, &file.size);
    if (!file.data) {
        return CLI_TROUBLE;
    }
    if (pack_is(file.data, file.size)) {
        const int status = read_pack(files, count, max, &file, key_path);
        image_file_free(&file);
        return status;
    }
    if (*count == max) {
        image_file_free(&file);
        return cli_fail(CLI_TROUBLE, "%s: more than %u images in all", path,
                max);
    }
    files[(*count)++] = file;
    return check(&files[*count - 1], key_path);
}

void image_file_free(struct image_file *file) {
    free(file->data);
    free(file->name);
    *file = (struct image_file){.path = NULL};
}

/// For a device ///

// The slot that an image was linked for; slot_count: none of the device.
static unsigned slot_of(const struct slots *slots,
        const struct xip_image *image) {
    unsigned i = 0;
    while (i < slots->slot_count && slots->slot[i].addr != image->load_addr) {
        i++;
    }
    return i;
}

static bool runs(const struct slots *slots, unsigned slot) {
    const struct slots_image *const image = slots_image_in(slots, slot);
    return image && image->flags & SLOTS_ACTIVE;
}

// "0x90000000 and 0x90100000", without the slot that runs.
static const char *free_slots(const struct slots *slots, char *text,
        size_t room) {
    size_t n = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < slots->slot_count; i++) {
        if (!runs(slots, i) && n + 20 < room) {
            n += (size_t)snprintf(text + n, room - n, "%s0x%08" PRIX32,
                    n ? " or " : "", slots->slot[i].addr);
        }
    }
    return text;
}

// What the boot program checks before the jump, if the board is known here.
static int check_board(const struct image_file *file,
        const struct slots *slots) {
    const struct board *const board = board_find(slots->board);
    if (!board || !board->ram_count || !board->vector_count) {
        return CLI_GOOD;
    }
    struct xip_boot_ram ram[BOARD_RAMS_MAX];
    for (unsigned i = 0; i < board->ram_count; i++) {
        ram[i] = (struct xip_boot_ram){board->ram[i].addr, board->ram[i].bytes};
    }
    const struct xip_boot_config config = {
            .ram = ram,
            .ram_count = (uint8_t)board->ram_count,
            .vector_count = board->vector_count,
    };
    struct xip_image image = file->image;
    return xip_boot_check_vectors(&image, image.load_addr, &config)
            ? cli_fail(CLI_BAD,
                      "%s: would not start on %s: %s; is it an image for "
                      "another chip?",
                      file->path, board->name,
                      xip_image_reason_text(image.reason))
            : CLI_GOOD;
}

static int check_size(const struct image_file *file, const struct slots *slots,
        unsigned slot) {
    char size[NUMBER_TEXT_BYTES];
    char room[NUMBER_TEXT_BYTES];
    return file->size > slots->slot[slot].bytes
            ? cli_fail(CLI_BAD,
                      "%s: %s bytes, and slot %u has %s; make the image "
                      "smaller",
                      file->path, number_format_count(size, file->size), slot,
                      number_format_count(room, slots->slot[slot].bytes))
            : CLI_GOOD;
}

static int no_slot(const struct image_file *file, const struct slots *slots) {
    char text[200];
    const unsigned slot = slot_of(slots, &file->image);
    struct xip_image image = file->image;
    if (xip_image_check_place(&image, image.load_addr)) {
        return cli_fail(CLI_BAD,
                "%s: %s; sign it with --rom-fixed and the slot's address",
                file->path, xip_image_reason_text(image.reason));
    }
    if (slot < slots->slot_count) {
        return cli_fail(CLI_BAD,
                "%s: linked for slot %u, which runs now; give the build for "
                "%s (both builds can be given, or one pack of them)",
                file->path, slot, free_slots(slots, text, sizeof text));
    }
    return cli_fail(CLI_BAD,
            "%s: linked for 0x%08" PRIX32
            ", where this device%s%s has no slot; "
            "it takes %s",
            file->path, image.load_addr, *slots->board ? ", " : "",
            slots->board, free_slots(slots, text, sizeof text));
}

static bool fits(const struct image_file *file, const struct slots *slots) {
    struct xip_image image = file->image;
    const unsigned slot = slot_of(slots, &image);
    return slot < slots->slot_count && !runs(slots, slot) &&
            !xip_image_check_place(&image, slots->slot[slot].addr);
}

int image_file_choose(const struct image_file *files, unsigned count,
        const struct slots *slots, const char *port, unsigned *choice,
        int *slot) {
    *choice = 0;
    *slot = -1;
    if (!slots->slot_count) {
        return count == 1
                ? CLI_GOOD
                : cli_fail(CLI_TROUBLE,
                          "%s: the device does not say for which address it "
                          "needs an image; give one file",
                          port);
    }
    while (*choice < count && !fits(&files[*choice], slots)) {
        ++*choice;
    }
    if (*choice == count) {
        return no_slot(&files[0], slots);
    }
    const struct image_file *const file = &files[*choice];
    *slot = (int)slot_of(slots, &file->image);
    const int status = check_size(file, slots, (unsigned)*slot);
    return status == CLI_GOOD ? check_board(file, slots) : status;
}
