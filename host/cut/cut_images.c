/*
 * cut_images - the images that may be started, byte for byte
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_images.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cli.h"
#include "base/file.h"
#include "base/number.h"

#define GRAIN 4096u // images begin at a multiple
#define FILE_MAX (256u << 20)

static struct cut_image *more(struct cut_images *images, const char *name,
        size_t bytes) {
    struct cut_image *at =
            array_one_more(images->at, images->count, sizeof *at);
    if (!at) {
        cli_no_memory();
        return NULL;
    }
    images->at = at;
    struct cut_image *image = &at[images->count];
    *image = (struct cut_image){.bytes = bytes, .data = malloc(bytes + 1)};
    if (!image->data) {
        cli_no_memory();
        return NULL;
    }
    const char *slash = strrchr(name, '/');
    snprintf(image->name, sizeof image->name, "%s", slash ? slash + 1 : name);
    images->count++;
    return image;
}

static int add_bytes(struct cut_images *images, const char *name,
        const uint8_t *data, size_t bytes, bool sent) {
    struct cut_image *image = bytes ? more(images, name, bytes) : NULL;
    if (!image) {
        return bytes ? CLI_TROUBLE : -1;
    }
    memcpy(image->data, data, bytes);
    image->sent = sent;
    return -1;
}

static int add_file(struct cut_images *images, const char *path,
        const char *at) {
    size_t bytes;
    uint8_t *data = file_read(path, FILE_MAX, &bytes);
    if (!data) {
        return CLI_TROUBLE;
    }
    int result = add_bytes(images, path, data, bytes, false);
    free(data);
    uint64_t off = 0;
    if (result < 0 && at && bytes) {
        if (!number_parse(at, UINT32_MAX, &off)) {
            return cli_fail(CLI_TROUBLE,
                    "--approve: '%s' is no offset: give FILE@0x100000", at);
        }
        images->at[images->count - 1].fixed = true;
        images->at[images->count - 1].off = (uint32_t)off;
    }
    return result;
}

static int add_path_at(struct cut_images *images, const char *text) {
    const char *at = strrchr(text, '@');
    char *path = strndup(text, at ? (size_t)(at - text) : strlen(text));
    const int result =
            path ? add_file(images, path, at ? at + 1 : NULL) : cli_no_memory();
    free(path);
    return result;
}

// FILE, FILE@OFF, or OFF:SIZE of what the chip holds.
static int add_approved(struct cut_images *images, const char *text,
        const struct cmd_files *files) {
    uint32_t off, bytes;
    if (!number_parse_region(text, &off, &bytes)) {
        return add_path_at(images, text);
    }
    if (off >= files->chip_bytes || bytes > files->chip_bytes - off) {
        return cli_fail(CLI_TROUBLE, "--approve %s: outside of the chip", text);
    }
    const int result = add_bytes(images, text, files->chip + off, bytes, false);
    if (result < 0) {
        images->at[images->count - 1].fixed = true;
        images->at[images->count - 1].off = off;
    }
    return result;
}

// The parts of an ELF that lie in the window.
static int add_elf(struct cut_images *images, const struct elf_image *elf,
        const struct cut_options *o, const struct cmd_files *files) {
    const uint32_t window = o->sim.board->window.addr;
    uint32_t from = UINT32_MAX, to = 0;
    struct elf_segment s;
    for (size_t i = 0; elf_image_segment(elf, i, &s); i++) {
        const uint32_t off = s.load_addr - window;
        if (s.load_addr >= window && off < files->chip_bytes &&
                s.file_bytes <= files->chip_bytes - off) {
            from = off < from ? off : from;
            to = off + s.file_bytes > to ? off + s.file_bytes : to;
        }
    }
    if (from >= to) {
        return -1;
    }
    const int result = add_bytes(images, elf_image_path(elf),
            files->chip + from, to - from, false);
    if (result < 0) {
        images->at[images->count - 1].fixed = true;
        images->at[images->count - 1].off = from;
    }
    return result;
}

// Symbols are of images that will be installed, or not at all.
static bool is_loaded(const struct elf_image *elf,
        const struct cut_options *o) {
    const char *path = elf_image_path(elf);
    for (size_t i = 0; i < o->sim.symbols.count; i++) {
        if (!strcmp(path, o->sim.symbols.at[i])) {
            return false;
        }
    }
    return true;
}

static bool is_same(const struct cut_image *a, const struct cut_image *b) {
    return a->bytes == b->bytes && a->fixed == b->fixed && a->off == b->off &&
            !memcmp(a->data, b->data, a->bytes);
}

// A file that is loaded, too, is one image, and not the old one.
static void mark_approved(struct cut_images *images, bool is_update) {
    struct cut_image *last = &images->at[images->count - 1];
    last->sent = is_update;
    for (size_t i = 0; i + 1 < images->count; i++) {
        if (is_same(&images->at[i], last)) {
            images->at[i].sent |= is_update;
            free(last->data);
            images->count--;
            return;
        }
    }
}

int cut_images_open(struct cut_images *images, const struct cut_options *o,
        const struct cmd_files *files) {
    int result = -1;
    for (size_t i = 0; result < 0 && i < files->elfs.count; i++) {
        if (is_loaded(files->elfs.at[i], o)) {
            result = add_elf(images, files->elfs.at[i], o, files);
        }
    }
    // The contents of the whole chip are no image.
    for (size_t i = o->flash ? 1 : 0; result < 0 && i < o->sim.load.count;
            i++) {
        if (strchr(o->sim.load.at[i], '@')) {
            result = add_path_at(images, o->sim.load.at[i]);
        }
    }
    for (unsigned i = 0; result < 0 && i < o->approve_count; i++) {
        const size_t before = images->count;
        result = add_approved(images, o->approve[i], files);
        if (result < 0 && images->count > before) {
            mark_approved(images, o->approve_is_update[i]);
        }
    }
    if (result < 0 && files->send) {
        result = add_bytes(images, o->sim.send, files->send, files->send_bytes,
                true);
    }
    return result;
}

void cut_images_close(struct cut_images *images) {
    for (size_t i = 0; i < images->count; i++) {
        free(images->at[i].data);
    }
    free(images->at);
}

bool cut_image_is_at(const struct cut_image *image, const uint8_t *chip,
        size_t chip_bytes, uint32_t off) {
    return off < chip_bytes && image->bytes <= chip_bytes - off &&
            !memcmp(image->data, chip + off, image->bytes);
}

static bool find_at(const struct cut_image *image, const uint8_t *chip,
        size_t chip_bytes, uint32_t pc_off, uint32_t *off) {
    if (image->fixed) {
        *off = image->off;
        return pc_off - image->off < image->bytes &&
                cut_image_is_at(image, chip, chip_bytes, *off);
    }
    for (*off = pc_off / GRAIN * GRAIN; pc_off - *off < image->bytes;
            *off -= GRAIN) {
        if (cut_image_is_at(image, chip, chip_bytes, *off)) {
            return true;
        }
        if (!*off) {
            break;
        }
    }
    return false;
}

int cut_images_find(const struct cut_images *images, const uint8_t *chip,
        size_t chip_bytes, uint32_t pc_off, uint32_t *off) {
    for (size_t i = 0; i < images->count; i++) {
        if (find_at(&images->at[i], chip, chip_bytes, pc_off, off)) {
            return (int)i;
        }
    }
    return -1;
}
