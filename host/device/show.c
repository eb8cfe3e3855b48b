/*
 * show - what a device has, as text and JSON
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/show.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/number.h"

#define HASH_DIGITS 12 // enough to name an image

const char *show_hex(char *text, const uint8_t *data, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    }
    text[2 * bytes] = '\0';
    return text;
}

/// Text ///

static const char *state_of(const struct slots_image *image, char *text,
        size_t room) {
    static const struct {
        unsigned flag;
        const char *text;
    } words[] = {
            {SLOTS_ACTIVE, "runs"},
            {SLOTS_PENDING, "starts next"},
            {SLOTS_CONFIRMED, "confirmed"},
    };
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (image->flags & words[i].flag) {
            n += (size_t)snprintf(text + n, room - n, "%s%s", n ? ", " : "",
                    words[i].text);
        }
    }
    if (!(image->flags & SLOTS_BOOTABLE)) {
        snprintf(text + n, room - n, "%snot bootable", n ? ", " : "");
    }
    return text;
}

static void show_image(const struct slots_image *image) {
    char state[60];
    char hash[2 * SLOTS_HASH_BYTES + 1];
    show_hex(hash, image->hash, image->hash_bytes);
    printf("%-17s %.*s  %s\n", image->version, HASH_DIGITS, hash,
            state_of(image, state, sizeof state));
}

// A device that says where its slots are: each of them, empty ones too.
static void show_slots(const struct slots *slots) {
    for (unsigned i = 0; i < slots->slot_count; i++) {
        char size[NUMBER_TEXT_BYTES];
        const struct slots_image *const image = slots_image_in(slots, i);
        printf("slot %u  0x%08" PRIX32 "  %10s bytes  ", i, slots->slot[i].addr,
                number_format_count(size, slots->slot[i].bytes));
        if (image) {
            show_image(image);
        } else {
            printf("empty\n");
        }
    }
}

void show_list(const struct slots *slots) {
    if (slots->slot_count) {
        show_slots(slots);
        return;
    }
    if (!slots->image_count) {
        printf("no images\n");
    }
    for (unsigned i = 0; i < slots->image_count; i++) {
        printf("image %" PRIu32 "  slot %" PRIu32 "  ", slots->images[i].image,
                slots->images[i].slot);
        show_image(&slots->images[i]);
    }
}

void show_info(const struct show_info *info, const struct slots *slots) {
    if (*slots->board) {
        printf("board        %s\n", slots->board);
    }
    if (*info->firmware) {
        printf("firmware     %s\n", info->firmware);
    }
    if (*info->bootloader) {
        printf("boot loader  %s", info->bootloader);
        if (info->mode_known) {
            printf(", mode %" PRIu32 "%s", info->mode,
                    info->mode == 4           ? " (direct XIP)"
                            : info->mode == 5 ? " (direct XIP with revert)"
                                              : "");
        }
        printf("\n");
    }
    printf("protocol     SMP version %u, packets of %" PRIu32 " bytes\n",
            info->version, info->packet_bytes);
    show_list(slots);
}

/// JSON ///

static json_t *images_json(const struct slots *slots) {
    json_t *const list = json_array();
    for (unsigned i = 0; i < slots->image_count; i++) {
        const struct slots_image *const image = &slots->images[i];
        char hash[2 * SLOTS_HASH_BYTES + 1];
        json_t *const entry = json_pack("{s:I, s:I, s:s, s:s}", "image",
                (json_int_t)image->image, "slot", (json_int_t)image->slot,
                "version", image->version, "hash",
                show_hex(hash, image->hash, image->hash_bytes));
        for (unsigned f = 0; f < SLOTS_FLAGS; f++) {
            json_object_set_new(entry, slots_flag_names[f],
                    json_boolean(image->flags & 1u << f));
        }
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *slots_json(const struct slots *slots) {
    json_t *const list = json_array();
    for (unsigned i = 0; i < slots->slot_count; i++) {
        json_array_append_new(list,
                json_pack("{s:i, s:I, s:I}", "slot", (int)i, "addr",
                        (json_int_t)slots->slot[i].addr, "size_bytes",
                        (json_int_t)slots->slot[i].bytes));
    }
    return list;
}

static json_t *text_or_null(const char *text) {
    return *text ? json_string(text) : json_null();
}

bool show_json(FILE *out, const char *port, const struct show_info *info,
        const struct slots *slots) {
    json_t *const all = json_pack("{s:s, s:o, s:o, s:o}", "port", port, "board",
            text_or_null(slots->board), "slots", slots_json(slots), "images",
            images_json(slots));
    if (info) {
        json_object_set_new(all, "firmware", text_or_null(info->firmware));
        json_object_set_new(all, "bootloader", text_or_null(info->bootloader));
        json_object_set_new(all, "bootloader_mode",
                info->mode_known ? json_integer(info->mode) : json_null());
        json_object_set_new(all, "packet_bytes",
                json_integer(info->packet_bytes));
        json_object_set_new(all, "smp_version",
                json_integer((json_int_t)info->version));
    }
    const bool ok = all && json_dumpf(all, out, JSON_INDENT(2)) == 0 &&
            fputc('\n', out) != EOF;
    json_decref(all);
    return ok;
}
