/*
 * loader_file - what a .FLM or .stldr says of itself
 *
 * SPDX-License-Identifier: MIT
 *
 * struct FlashDevice of the Open-CMSIS-Pack specification, and StorageInfo of
 * ST's UM2237.
 */
#include "loader/loader_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/cli.h"

enum {
    FLM_BYTES = 160, // up to the list of sectors
    STLDR_BYTES = 200,
    STLDR_KINDS = 10,
};

static uint32_t word(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static void take_flm(struct loader_file *f, const uint8_t *p, uint32_t bytes) {
    memcpy(f->name, p + 2, 128);
    f->start_addr = word(p + 132);
    f->size_bytes = word(p + 136);
    f->page_bytes = word(p + 140);
    f->erased = p[148];
    f->program_ms = word(p + 152);
    f->erase_ms = word(p + 156);
    for (uint32_t at = FLM_BYTES;
            at + 8 <= bytes && f->sector_count < LOADER_SECTORS_MAX; at += 8) {
        if (word(p + at) == UINT32_MAX) {
            break;
        }
        f->sector[f->sector_count].bytes = word(p + at);
        f->sector[f->sector_count++].off = word(p + at + 4);
    }
}

static void take_stldr(struct loader_file *f, const uint8_t *p) {
    memcpy(f->name, p, 100);
    f->start_addr = word(p + 104);
    f->size_bytes = word(p + 108);
    f->page_bytes = word(p + 112);
    f->erased = p[116];
    uint32_t off = 0;
    for (unsigned i = 0; i < STLDR_KINDS && word(p + 120 + 8 * i); i++) {
        f->sector[i].off = off;
        f->sector[i].bytes = word(p + 124 + 8 * i);
        f->sector_count++;
        off += word(p + 120 + 8 * i) * f->sector[i].bytes;
    }
}

static int measure(struct loader_file *f, const char *path,
        uint32_t description) {
    uint32_t from = UINT32_MAX;
    uint32_t to = 0;
    struct elf_segment s;
    for (size_t i = 0; elf_image_segment(f->image, i, &s); i++) {
        if (s.run_addr != description) { // a segment of its own
            from = s.run_addr < from ? s.run_addr : from;
            const uint32_t end = s.run_addr + s.memory_bytes;
            to = end > to ? end : to;
        }
    }
    if (from >= to || to - from > 1u << 20) {
        return cli_fail(CLI_TROUBLE,
                "%s: no program of at most 1 MB in it; give a .FLM or .stldr",
                path);
    }
    f->link_addr = from;
    f->link_bytes = (to - from + 7) & ~7u;
    const struct elf_section *section;
    for (size_t i = 0; (section = elf_image_section(f->image, i)); i++) {
        if (!strcmp(section->name, "PrgData")) {
            f->static_off = section->addr - from;
            break;
        }
    }
    return -1;
}

static int check(const struct loader_file *f, const char *path) {
    bool good = f->sector_count && f->page_bytes && f->size_bytes &&
            f->page_bytes <= 65536;
    for (unsigned i = 0; i < f->sector_count; i++) {
        good = good && f->sector[i].bytes && f->sector[i].off < f->size_bytes;
    }
    return good ? -1
                : cli_fail(CLI_BAD,
                          "%s: its description is not usable: %" PRIu32
                          " bytes, pages of %" PRIu32
                          ", %u kinds of sectors; a page has 1 to 65536 bytes, "
                          "a sector lies in the memory",
                          path, f->size_bytes, f->page_bytes, f->sector_count);
}

int loader_file_open(struct loader_file *f, const char *path) {
    char error[400] = "";
    memset(f, 0, sizeof *f);
    f->image = elf_image_open(path, error, sizeof error);
    if (!f->image) {
        return cli_fail(CLI_TROUBLE, "%s", error);
    }
    uint32_t addr, bytes;
    const uint8_t *p = NULL;
    if (elf_image_symbol(f->image, "FlashDevice", &addr, &bytes)) {
        const struct elf_section *s = elf_image_section_at(f->image, addr);
        bytes = s ? s->addr + s->size_bytes - addr : bytes;
        p = bytes < FLM_BYTES ? NULL : elf_image_bytes(f->image, addr, bytes);
        if (p) {
            take_flm(f, p, bytes);
        }
    } else if (elf_image_symbol(f->image, "StorageInfo", &addr, &bytes)) {
        f->stldr = true;
        p = elf_image_bytes(f->image, addr, STLDR_BYTES);
        if (p) {
            take_stldr(f, p);
        }
    }
    if (!p) {
        return cli_fail(CLI_TROUBLE,
                "%s has neither FlashDevice nor StorageInfo: give a .FLM or "
                ".stldr with its symbols",
                path);
    }
    const int result = measure(f, path, addr);
    return result >= 0 ? result : check(f, path);
}

void loader_file_close(struct loader_file *f) {
    if (f->image) {
        elf_image_close(f->image);
    }
}

void loader_file_load(const struct loader_file *f, uint8_t *to) {
    struct elf_segment s;
    memset(to, 0, f->link_bytes);
    for (size_t i = 0; elf_image_segment(f->image, i, &s); i++) {
        const uint32_t off = s.run_addr - f->link_addr;
        if (off < f->link_bytes && s.file_bytes <= f->link_bytes - off) {
            memcpy(to + off, s.data, s.file_bytes);
        }
    }
}

uint32_t loader_file_function(const struct loader_file *f, const char *name) {
    uint32_t addr, bytes;
    return elf_image_symbol(f->image, name, &addr, &bytes) ? addr | 1 : 0;
}

void loader_file_sector(const struct loader_file *f, uint32_t off,
        uint32_t *first_off, uint32_t *bytes) {
    unsigned i = f->sector_count - 1;
    while (i && f->sector[i].off > off) {
        i--;
    }
    *bytes = f->sector[i].bytes;
    *first_off = off - (off - f->sector[i].off) % *bytes;
}
