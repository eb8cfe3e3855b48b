/*
 * cmd_files - what `xipsafe sim` reads and keeps: chip, images, symbols
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/number.h"

#define FILE_MAX_BYTES (256u << 20) // no chip of this kind is larger

/// The chip ///

static int erase_new_file(int fd, const char *path, size_t bytes) {
    // Allocated now: a full disk must not show as a SIGBUS in the middle.
    const int error = posix_fallocate(fd, 0, (off_t)bytes);
    if (error) {
        unlink(path);
        return cli_fail(CLI_TROUBLE,
                "cannot make %s of %zu bytes: %s; free some space or "
                "choose another place",
                path, bytes, strerror(error));
    }
    return -1;
}

static int open_chip_file(struct cmd_files *files,
        const struct cmd_options *o) {
    const char *path = o->flash;
    bool made = false;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        made = fd >= 0;
    }
    if (fd < 0) {
        return cli_fail(CLI_TROUBLE,
                "cannot open %s for reading and writing: %s; check "
                "the --flash option",
                path, strerror(errno));
    }
    files->chip_fd = fd;
    struct stat status;
    if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
        return cli_fail(CLI_TROUBLE,
                "%s is not a regular file: give --flash a file of %" PRIu32
                " bytes or a new name",
                path, o->part->size_bytes);
    }
    if (!made && (uint64_t)status.st_size != o->part->size_bytes) {
        return cli_fail(CLI_TROUBLE,
                "%s has %lld bytes, %s has %" PRIu32
                ": give another --flash file or --part",
                path, (long long)status.st_size, o->part->name,
                o->part->size_bytes);
    }
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        return cli_fail(CLI_TROUBLE,
                "%s is in use by another simulation: wait for it or use a copy",
                path);
    }
    const int result = made ? erase_new_file(fd, path, files->chip_bytes) : -1;
    if (result >= 0) {
        return result;
    }
    files->chip = mmap(NULL, files->chip_bytes, PROT_READ | PROT_WRITE,
            MAP_SHARED, fd, 0);
    if (files->chip == MAP_FAILED) {
        files->chip = NULL;
        return cli_fail(CLI_TROUBLE,
                "cannot map %s: %s; copy it to a local disk", path,
                strerror(errno));
    }
    if (made) {
        memset(files->chip, 0xFF, files->chip_bytes);
        if (!o->quiet) {
            cli_say("made %s, an erased %s", path, o->part->name);
        }
    }
    return -1;
}

static int open_chip(struct cmd_files *files, const struct cmd_options *o) {
    files->chip_bytes = o->part->size_bytes;
    if (o->flash) {
        return open_chip_file(files, o);
    }
    // Anonymous pages are page-aligned, which the CPU core needs to map them.
    files->chip = mmap(NULL, files->chip_bytes, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (files->chip == MAP_FAILED) {
        files->chip = NULL;
        return cli_fail(CLI_TROUBLE,
                "out of memory for a %s: close other programs", o->part->name);
    }
    memset(files->chip, 0xFF, files->chip_bytes);
    return -1;
}

/// Images ///

// The whole of a regular file; *data is malloced.
static int read_file(const char *path, const char *option, uint8_t **data,
        size_t *bytes) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status)) {
        const int result = cli_fail(CLI_TROUBLE,
                "cannot read %s: %s; check the --%s option", path,
                strerror(errno), option);
        if (fd >= 0) {
            close(fd);
        }
        return result;
    }
    if (!S_ISREG(status.st_mode) || status.st_size <= 0 ||
            status.st_size > (off_t)FILE_MAX_BYTES) {
        close(fd);
        return cli_fail(CLI_TROUBLE, "%s is %s: give --%s a firmware file",
                path,
                !S_ISREG(status.st_mode) ? "not a regular file"
                        : status.st_size ? "too large"
                                         : "empty",
                option);
    }
    *bytes = (size_t)status.st_size;
    *data = malloc(*bytes);
    size_t have = 0;
    while (*data && have < *bytes) {
        const ssize_t got = read(fd, *data + have, *bytes - have);
        if (got <= 0) {
            break;
        }
        have += (size_t)got;
    }
    close(fd);
    if (!*data || have < *bytes) {
        free(*data);
        *data = NULL;
        return cli_fail(CLI_TROUBLE,
                "cannot read all of %s: check the --%s option", path, option);
    }
    return -1;
}

static bool is_elf(const char *path) {
    unsigned char magic[4] = {0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const bool elf =
            read(fd, magic, 4) == 4 && memcmp(magic, "\177ELF", 4) == 0;
    close(fd);
    return elf;
}

static int add_elf(struct cmd_files *files, const char *path,
        struct elf_image **image) {
    char error[400] = "";
    *image = elf_image_open(path, error, sizeof error);
    if (!*image) {
        return cli_fail(CLI_TROUBLE, "%s", error);
    }
    struct elf_image **at = realloc(files->elfs.at,
            (files->elfs.count + 1) * sizeof(struct elf_image *));
    if (!at) {
        elf_image_close(*image);
        return cli_no_memory();
    }
    files->elfs.at = at;
    at[files->elfs.count++] = *image;
    return -1;
}

struct area {
    const char *option, *name, *other; // other: what to use instead
    uint32_t addr;
    uint8_t *data;
    size_t bytes;
};

static int load_elf(struct cmd_files *files, const struct area *area,
        const char *path) {
    struct elf_image *image;
    const int result = add_elf(files, path, &image);
    if (result >= 0) {
        return result;
    }
    struct elf_segment segment;
    size_t copied = 0;
    for (size_t i = 0; elf_image_segment(image, i, &segment); i++) {
        const uint64_t off = (uint64_t)segment.load_addr - area->addr;
        if (segment.load_addr < area->addr ||
                off + segment.file_bytes > area->bytes) {
            return cli_fail(CLI_TROUBLE,
                    "%s has a segment at 0x%08" PRIx32
                    ", outside the %s (0x%08" PRIx32 ", %zu bytes): %s",
                    path, segment.load_addr, area->name, area->addr,
                    area->bytes, area->other);
        }
        memcpy(area->data + off, segment.data, segment.file_bytes);
        copied += segment.file_bytes;
    }
    if (!copied) {
        return cli_fail(CLI_TROUBLE,
                "%s holds nothing to load: give --%s the linked executable",
                path, area->option);
    }
    return -1;
}

static int load_raw(const struct area *area, const char *path, uint64_t off) {
    uint8_t *data = NULL;
    size_t bytes = 0;
    const int result = read_file(path, area->option, &data, &bytes);
    if (result >= 0) {
        return result;
    }
    if (off > area->bytes || bytes > area->bytes - off) {
        free(data);
        return cli_fail(CLI_TROUBLE,
                "%s has %zu bytes, too many at offset 0x%" PRIx64
                " of the %s (%zu bytes): check the --%s option",
                path, bytes, off, area->name, area->bytes, area->option);
    }
    memcpy(area->data + off, data, bytes);
    free(data);
    return -1;
}

static int load_internal(struct cmd_files *files, const struct cmd_options *o) {
    files->internal =
            aligned_alloc(4096, (o->board->internal_bytes + 4095u) & ~4095u);
    if (!files->internal) {
        return cli_fail(CLI_TROUBLE,
                "out of memory for the internal flash: close other programs");
    }
    memset(files->internal, 0xFF, o->board->internal_bytes);
    const struct area area = {
            "internal",
            "internal flash",
            "load it with --load",
            o->board->internal_addr,
            files->internal,
            o->board->internal_bytes,
    };
    int result = -1;
    for (size_t i = 0; result < 0 && i < o->internal.count; i++) {
        const char *path = o->internal.at[i];
        result = is_elf(path) ? load_elf(files, &area, path)
                              : load_raw(&area, path, 0);
    }
    return result;
}

static int load_chip(struct cmd_files *files, const struct cmd_options *o) {
    const struct area area = {
            "load",
            "flash window",
            "load it with --internal",
            o->board->window_addr,
            files->chip,
            files->chip_bytes,
    };
    int result = -1;
    for (size_t i = 0; result < 0 && i < o->load.count; i++) {
        const char *text = o->load.at[i];
        const char *at = strrchr(text, '@');
        if (!at) {
            if (access(text, R_OK)) {
                return cli_fail(CLI_TROUBLE,
                        "cannot read %s: %s; check the --load option", text,
                        strerror(errno));
            }
            if (!is_elf(text)) {
                return cli_fail(CLI_TROUBLE,
                        "--load %s is not an ELF: say where it goes, "
                        "as %s@0x100000",
                        text, text);
            }
            result = load_elf(files, &area, text);
            continue;
        }
        uint64_t off;
        if (at == text || !number_parse(at + 1, UINT32_MAX, &off)) {
            return cli_fail(CLI_TROUBLE,
                    "--load '%s' is not usable: give FILE@OFFSET, as "
                    "app.img@0x100000",
                    text);
        }
        char *path = strndup(text, (size_t)(at - text));
        result = path
                ? load_raw(&area, path, off)
                : cli_fail(CLI_TROUBLE, "out of memory for --load %s", text);
        free(path);
    }
    return result;
}

int cmd_files_open(struct cmd_files *files, const struct cmd_options *o) {
    memset(files, 0, sizeof *files);
    files->chip_fd = -1;
    // Everything that only reads comes first, so that a mistake leaves no
    // half-changed --flash file behind.
    int result = load_internal(files, o);
    for (size_t i = 0; result < 0 && i < o->symbols.count; i++) {
        struct elf_image *image;
        result = add_elf(files, o->symbols.at[i], &image);
    }
    if (result < 0 && o->send) {
        result = read_file(o->send, "send", &files->send, &files->send_bytes);
    }
    if (result < 0) {
        result = open_chip(files, o);
    }
    if (result < 0) {
        result = load_chip(files, o);
    }
    return result;
}

void cmd_files_close(struct cmd_files *files) {
    if (files->chip) {
        munmap(files->chip, files->chip_bytes);
    }
    if (files->chip_fd >= 0) {
        close(files->chip_fd);
    }
    for (size_t i = 0; i < files->elfs.count; i++) {
        elf_image_close(files->elfs.at[i]);
    }
    free(files->elfs.at);
    free(files->internal);
    free(files->send);
}
