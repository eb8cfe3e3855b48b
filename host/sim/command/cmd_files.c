/*
 * cmd_files - the files of `xipsafe sim`: chip, images, symbols
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_files.h"
#include "base/array.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/number.h"
#include "sim/profile.h"

#define FILE_MAX_BYTES (256u << 20) // no chip of this kind is larger

/// The chip ///

static int open_chip_file(struct cmd_files *files,
        const struct cmd_options *o) {
    if (!file_map_open(&files->map, o->flash, files->chip_bytes, 0xFF)) {
        return CLI_TROUBLE;
    }
    files->chip = files->map.data;
    if (files->map.created && !o->quiet) {
        cli_say("created %s, an erased %s", o->flash, o->part->name);
    }
    return -1;
}

static int open_chip(struct cmd_files *files, const struct cmd_options *o) {
    files->chip_bytes = o->part->size_bytes;
    if (o->flash) {
        return open_chip_file(files, o);
    }
    files->chip = nor_pages_new(files->chip_bytes, true);
    if (!files->chip) {
        return cli_fail(CLI_TROUBLE,
                "out of memory for a %s: close other programs", o->part->name);
    }
    memset(files->chip, 0xFF, files->chip_bytes);
    return -1;
}

/// Images ///

static int read_file(const char *path, uint8_t **data, size_t *bytes) {
    *data = file_read(path, FILE_MAX_BYTES, bytes);
    if (!*data) {
        return CLI_TROUBLE;
    }
    if (!*bytes) {
        free(*data);
        *data = NULL;
        return cli_fail(CLI_TROUBLE, "%s: empty; give a firmware file", path);
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
    struct elf_image **at = array_one_more(files->elfs.at, files->elfs.count,
            sizeof(struct elf_image *));
    if (!at) {
        elf_image_close(*image);
        return cli_no_memory();
    }
    files->elfs.at = at;
    at[files->elfs.count++] = *image;
    return -1;
}

// What was put into one memory, in its order.
struct load_log {
    struct loaded {
        uint64_t off, bytes;
        const char *option, *path;
    } at[CMD_LIST_MAX];
    size_t count;
};

struct area {
    const char *option, *name, *other; // other: what to use instead
    uint32_t addr;
    uint8_t *data; // NULL: not there yet
    size_t bytes;
    struct load_log *log; // or NULL
};

static struct area internal_area(const struct cmd_files *files,
        const struct cmd_options *o) {
    return (struct area){
            "internal",
            "internal flash",
            "load it with --load",
            o->board->internal.addr,
            files->internal,
            o->board->internal.bytes,
            NULL,
    };
}

static struct area chip_area(const struct cmd_files *files,
        const struct cmd_options *o) {
    return (struct area){
            "load",
            "flash window",
            "load it with --internal",
            o->board->window.addr,
            files->chip,
            o->part->size_bytes,
            NULL,
    };
}

static bool is_in(const struct area *area, const struct elf_segment *segment) {
    return segment->load_addr >= area->addr &&
            (uint64_t)segment->load_addr - area->addr + segment->file_bytes <=
            area->bytes;
}

// A later file counts, which is no mistake where the first is of a whole chip.
static void put(const struct area *area, const char *path, uint64_t off,
        const uint8_t *data, uint64_t bytes) {
    struct load_log *log = area->log;
    for (size_t i = 0; log && i < log->count; i++) {
        const struct loaded *one = &log->at[i];
        const uint64_t from = one->off > off ? one->off : off;
        const uint64_t end = one->off + one->bytes;
        const uint64_t to = end < off + bytes ? end : off + bytes;
        if (from < to &&
                memcmp(area->data + from, data + (from - off),
                        (size_t)(to - from)) != 0) {
            cli_say("note: --%s %s replaces 0x%" PRIx64 " to 0x%" PRIx64
                    " of --%s %s: the later one counts",
                    area->option, path, from, to - 1, one->option, one->path);
        }
    }
    if (log && log->count < CMD_LIST_MAX) {
        log->at[log->count++] = (struct loaded){off, bytes, area->option, path};
    }
    memcpy(area->data + off, data, (size_t)bytes);
}

static void copy_segments(const struct area *area,
        const struct elf_image *image) {
    struct elf_segment segment;
    for (size_t i = 0; area->data && elf_image_segment(image, i, &segment);
            i++) {
        if (is_in(area, &segment)) {
            put(area, elf_image_path(image), segment.load_addr - area->addr,
                    segment.data, segment.file_bytes);
        }
    }
}

// Code that the core does not execute would run until an instruction that is
// undefined there.
static int check_core(const struct cmd_options *o, const char *path,
        const struct elf_image *image) {
    const struct sim_profile *core =
            o->machine.core ? o->machine.core : sim_profile_at(0);
    const int arch = elf_image_cpu_arch(image);
    if (arch < 0 || sim_profile_executes(core, (unsigned)arch)) {
        return -1;
    }
    const char *name = sim_profile_arch_name((unsigned)arch);
    return cli_fail(CLI_TROUBLE,
            "%s is made for %s (Tag_CPU_arch %d), which a %s does not execute: "
            "give the core of its MCU with --core, or build it with -mcpu=%s",
            path, name ? name : "another architecture", arch, core->name,
            core->name);
}

// Into area, and what lies in the other memory there: one ELF may hold both.
static int load_elf(struct cmd_files *files, const struct cmd_options *o,
        const struct area *area, const struct area *other, const char *path) {
    struct elf_image *image;
    int result = add_elf(files, path, &image);
    result = result >= 0 ? result : check_core(o, path, image);
    if (result >= 0) {
        return result;
    }
    struct elf_segment segment, first = {0};
    size_t here = 0;
    size_t there = 0;
    for (size_t i = 0; elf_image_segment(image, i, &segment); i++) {
        if (is_in(area, &segment)) {
            here += segment.file_bytes;
        } else if (is_in(other, &segment)) {
            first = there ? first : segment;
            there += segment.file_bytes;
        } else {
            return cli_fail(CLI_TROUBLE,
                    "%s has a segment at 0x%08" PRIx32
                    ", outside the %s (0x%08" PRIx32
                    ", %zu bytes) and the %s (0x%08" PRIx32 ", %zu bytes): %s",
                    path, segment.load_addr, area->name, area->addr,
                    area->bytes, other->name, other->addr, other->bytes,
                    "check its linker script, and the board's memories");
        }
    }
    if (!here && there) {
        return cli_fail(CLI_TROUBLE,
                "%s has a segment at 0x%08" PRIx32
                " and nothing else, outside the %s (0x%08" PRIx32
                ", %zu bytes): %s",
                path, first.load_addr, area->name, area->addr, area->bytes,
                area->other);
    }
    if (!here) {
        return cli_fail(CLI_TROUBLE,
                "%s holds nothing to load: give --%s the linked executable",
                path, area->option);
    }
    copy_segments(area, image);
    copy_segments(other, image);
    return -1;
}

// label: how messages about overlaps name it.
static int load_raw(const struct area *area, const char *path,
        const char *label, uint64_t off) {
    uint8_t *data = NULL;
    size_t bytes = 0;
    const int result = read_file(path, &data, &bytes);
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
    put(area, label, off, data, bytes);
    free(data);
    return -1;
}

static uint32_t word_at(const uint8_t *b) {
    return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

#define IMAGE_MAGIC 0x96F3B83Du // MCUboot: image_header.ih_magic

static bool is_stack(const struct board *b, uint32_t stack) {
    for (unsigned i = 0; i < b->ram_count; i++) {
        if (stack - 1 - b->ram[i].addr < b->ram[i].bytes) {
            return true;
        }
    }
    return false;
}

// A file without addresses that the processor could not begin with: its first
// two words are no stack and no code (Armv7-M ARM B1.5.5).
static int doubt_raw(const struct board *b, const uint8_t *data,
        const char *path) {
    const uint32_t stack = word_at(data), entry = word_at(data + 4);
    if (stack == IMAGE_MAGIC) {
        return cli_fail(CLI_TROUBLE,
                "%s is an MCUboot image, not a program for the internal flash: "
                "it goes into the chip, --load %s@OFFSET",
                path, path);
    }
    if (is_stack(b, stack) ||
            (entry & 1 && entry - b->internal.addr < b->internal.bytes)) {
        return -1; // the run shows what is wrong with it
    }
    return cli_fail(CLI_TROUBLE,
            "%s is no program for 0x%08x: its first word 0x%08x is no stack in "
            "RAM, and its second word 0x%08x no code in the internal flash; "
            "give the ELF that the linker wrote",
            path, (unsigned)b->internal.addr, (unsigned)stack, (unsigned)entry);
}

static int load_internal(struct cmd_files *files, const struct cmd_options *o) {
    files->internal =
            aligned_alloc(4096, (o->board->internal.bytes + 4095u) & ~4095u);
    if (!files->internal) {
        return cli_fail(CLI_TROUBLE,
                "out of memory for the internal flash: close other programs");
    }
    memset(files->internal, 0xFF, o->board->internal.bytes);
    struct load_log log = {.count = 0};
    struct area area = internal_area(files, o);
    const struct area chip = chip_area(files, o);
    area.log = &log;
    int result = -1;
    for (size_t i = 0; result < 0 && i < o->internal.count; i++) {
        const char *path = o->internal.at[i];
        if (is_elf(path)) {
            result = load_elf(files, o, &area, &chip, path);
            continue;
        }
        result = load_raw(&area, path, path, 0);
        result = result >= 0 ? result
                             : doubt_raw(o->board, files->internal, path);
    }
    return result;
}

static int load_chip(struct cmd_files *files, const struct cmd_options *o) {
    struct load_log log = {.count = 0};
    struct area area = chip_area(files, o);
    const struct area internal = internal_area(files, o);
    area.log = &log;
    // The parts in the window of what --internal has loaded.
    area.option = "internal";
    for (size_t i = 0; i < files->elfs.count; i++) {
        const char *path = elf_image_path(files->elfs.at[i]);
        for (size_t k = 0; k < o->internal.count; k++) {
            if (!strcmp(path, o->internal.at[k])) {
                copy_segments(&area, files->elfs.at[i]);
                break;
            }
        }
    }
    area.option = "load";
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
            result = load_elf(files, o, &area, &internal, text);
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
                ? load_raw(&area, path, text, off)
                : cli_fail(CLI_TROUBLE, "out of memory for --load %s", text);
        free(path);
    }
    return result;
}

// Where the section is written there are other bytes, but no blank flash: what
// the ELF names will be installed there later. An image's header is no part of
// it: the linker leaves room, and it is signed into the image only.
static bool is_other(const struct cmd_options *o, const struct area *area,
        const struct elf_section *section, const uint8_t *bytes) {
    const uint64_t off = (uint64_t)section->load_addr - area->addr;
    if (!area->data || section->load_addr < area->addr ||
            off + section->size_bytes > area->bytes) {
        return false;
    }
    uint32_t from = 0;
    for (unsigned i = 0; i < o->board->slot_count; i++) {
        const uint64_t end = o->board->slot[i].addr + o->board->header_bytes;
        if (area->addr == o->board->window.addr && off < end &&
                off >= o->board->slot[i].addr) {
            from = (uint32_t)(end - off);
        }
    }
    if (from >= section->size_bytes ||
            !memcmp(area->data + off + from, bytes + from,
                    section->size_bytes - from)) {
        return false;
    }
    for (uint32_t i = from; i < section->size_bytes; i++) {
        if (area->data[off + i] != 0xFF) {
            return true;
        }
    }
    return false;
}

// The first section with code, or with the build-id, that the flash holds
// otherwise; NULL: none. Other data may have been changed by the firmware.
static const struct elf_section *stale_section(const struct cmd_files *files,
        const struct cmd_options *o, const struct elf_image *image) {
    const struct area chip = chip_area(files, o);
    const struct area internal = internal_area(files, o);
    const struct elf_section *section;
    for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
        const uint8_t *bytes = section->zero || !section->size_bytes
                ? NULL
                : elf_image_bytes(image, section->addr, section->size_bytes);
        if (bytes && section->loaded &&
                (section->execute ||
                        !strcmp(section->name, ".note.gnu.build-id")) &&
                (is_other(o, &chip, section, bytes) ||
                        is_other(o, &internal, section, bytes))) {
            return section;
        }
    }
    return NULL;
}

// Functions and lines of another program would be named without a doubt. Only
// what a line may bring is not there yet.
static int doubt_symbols(const struct cmd_files *files,
        const struct cmd_options *o, const char *path,
        const struct elf_image *image) {
    const struct elf_section *const section = stale_section(files, o, image);
    if (!section) {
        return -1;
    }
    if (o->send || o->uart == CMD_UART_PTY) {
        cli_say("note: --symbols %s: the flash holds other bytes at "
                "0x%08" PRIx32 " (%s); until it is installed, functions and "
                "lines may be wrong",
                path, section->load_addr, section->name);
        return -1;
    }
    return cli_fail(CLI_TROUBLE,
            "--symbols %s is of another program: the flash holds other bytes "
            "at 0x%08" PRIx32
            " (%s); give the ELF that was loaded, or load what "
            "was built from this one",
            path, section->load_addr, section->name);
}

static int no_internal(void) {
    return cli_fail(CLI_TROUBLE,
            "no firmware for the internal flash: give --internal "
            "BOOT.elf, or --start ADDR if no boot program maps the window");
}

// In place of a boot program: a few instructions that map the chip and jump.
static int put_start(struct cmd_files *files, const struct cmd_options *o) {
    const struct board *b = o->board;
    const uint32_t off = o->start_addr - b->window.addr;
    if (off + 8 > files->chip_bytes) {
        return cli_fail(CLI_TROUBLE, "--start 0x%08x: the chip ends there",
                (unsigned)o->start_addr);
    }
    const uint32_t stack = word_at(files->chip + off);
    const uint32_t entry = word_at(files->chip + off + 4);
    if (stack == 0xFFFFFFFF && entry == 0xFFFFFFFF) {
        return cli_fail(CLI_TROUBLE,
                "--start 0x%08x: the flash is blank there; --load the "
                "application, and give the address of its vector table",
                (unsigned)o->start_addr);
    }
    if (!is_stack(b, stack) || !(entry & 1)) {
        return cli_fail(CLI_TROUBLE,
                "--start 0x%08x: no vector table lies there: its first word is "
                "0x%08x, which is %s stack in RAM, and its second word 0x%08x "
                "%s; --load the application, and give the address of its "
                "vector table",
                (unsigned)o->start_addr, (unsigned)stack,
                is_stack(b, stack) ? "a" : "no", (unsigned)entry,
                entry & 1 ? "may be code" : "is even, and so no code");
    }
    for (size_t i = 0; i < b->internal.bytes; i++) {
        if (files->internal[i] != 0xFF) {
            return cli_fail(CLI_TROUBLE,
                    "--start is for an application without a boot program, and "
                    "there is something at 0x%08x in the internal flash: leave "
                    "--start out",
                    (unsigned)(b->internal.addr + i));
        }
    }
    sim_board_start_code(b, o->part->size_bytes, o->start_addr,
            files->internal);
    return -1;
}

// An ELF where the boot program looks for an image, which would begin with a
// header.
void cmd_files_doubt_slots(const struct cmd_files *files,
        const struct cmd_options *o) {
    const struct board *b = o->board;
    for (size_t i = 0; o->internal.count && i < b->slot_count; i++) {
        const uint32_t off = b->slot[i].addr;
        const uint32_t code = off + b->header_bytes;
        if (code + 8 > files->chip_bytes ||
                word_at(files->chip + off) != 0xFFFFFFFF ||
                !is_stack(b, word_at(files->chip + code))) {
            continue;
        }
        cli_say("note: a program without an image header lies at 0x%08x: a "
                "boot program that starts images sees an empty slot; load what "
                "`xipsafe image sign` makes, --load APP.img@0x%x, or leave "
                "--internal out and give --start 0x%08x",
                (unsigned)(b->window.addr + code), (unsigned)off,
                (unsigned)(b->window.addr + code));
    }
}

int cmd_files_open(struct cmd_files *files, const struct cmd_options *o) {
    memset(files, 0, sizeof *files);
    if (!o->internal.count && !o->load.count) {
        return no_internal();
    }
    // Everything that only reads comes first, so that a mistake leaves no
    // half-changed --flash file behind.
    int result = load_internal(files, o);
    for (size_t i = 0; result < 0 && i < o->symbols.count; i++) {
        struct elf_image *image;
        result = add_elf(files, o->symbols.at[i], &image);
    }
    if (result < 0 && o->send) {
        result = read_file(o->send, &files->send, &files->send_bytes);
    }
    if (result < 0) {
        result = open_chip(files, o);
    }
    if (result < 0) {
        result = load_chip(files, o);
    }
    if (result < 0 && o->start) {
        result = put_start(files, o);
    }
    if (result < 0 && !o->internal.count &&
            !memcmp(files->internal, "\xff\xff\xff\xff", 4)) {
        result = no_internal();
    }
    for (size_t i = 0; result < 0 && i < o->symbols.count; i++) {
        const char *path = o->symbols.at[i];
        for (size_t k = 0; k < files->elfs.count; k++) {
            if (!strcmp(elf_image_path(files->elfs.at[k]), path)) {
                result = doubt_symbols(files, o, path, files->elfs.at[k]);
                break;
            }
        }
    }
    return result;
}

void cmd_files_close(struct cmd_files *files) {
    if (files->map.data) {
        file_map_close(&files->map);
    } else {
        nor_pages_free(files->chip, files->chip_bytes);
    }
    for (size_t i = 0; i < files->elfs.count; i++) {
        elf_image_close(files->elfs.at[i]);
    }
    free(files->elfs.at);
    free(files->internal);
    free(files->send);
}
