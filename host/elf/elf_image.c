/*
 * elf_image - opens and checks a linked ARM ELF
 *
 * SPDX-License-Identifier: MIT
 *
 * The file is read whole and every offset in it is checked before use, so that
 * a damaged one is an error line and not a crash. Layout: "ELF for the Arm
 * Architecture" (AAELF32) and the System V gABI, chapters 4 and 5.
 */
#include "elf/elf_image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf/elf_priv.h"

// Far above any firmware with debug information; keeps sums in 32 bits safe.
#define FILE_MAX_BYTES (1u << 30)

#define LINKED "name the .elf file that the linker wrote"
#define DAMAGED "build or copy it again"

const uint8_t *elf_bytes_(const struct elf_image *image, uint64_t off,
        uint64_t len) {
    if (off > image->size || len > image->size - off) {
        return NULL;
    }
    return image->bytes + off;
}

/// Reading ///

uint8_t *elf_read_file_(const char *path, const char *advice, size_t *bytes,
        char *error, size_t size) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    uint8_t *data = NULL;
    *bytes = 0;
    if (fd < 0 || fstat(fd, &st)) {
        snprintf(error, size, "%s: cannot open: %s; %s", path, strerror(errno),
                advice);
    } else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES) {
        snprintf(error, size, "%s: %s; %s", path,
                S_ISREG(st.st_mode) ? "larger than 1 GB" : "not a file",
                advice);
    } else {
        const size_t want = (size_t)st.st_size;
        data = malloc(want + 1);
        ssize_t n = 1;
        while (data && *bytes < want && n > 0) {
            n = read(fd, data + *bytes, want - *bytes);
            *bytes += n > 0 ? (size_t)n : 0;
        }
        if (!data || *bytes != want) {
            snprintf(error, size, "%s: cannot read: %s; try again", path,
                    !data           ? strerror(ENOMEM)
                            : n < 0 ? strerror(errno)
                                    : "the file shrank meanwhile");
            free(data);
            data = NULL;
        } else {
            data[want] = 0;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return data;
}

/// Checks ///

static const char *kind_problem(const struct elf_image *image,
        const Elf32_Ehdr *h) {
    if (image->size < EI_NIDENT || memcmp(h->e_ident, ELFMAG, SELFMAG)) {
        return "not an ELF file; " LINKED;
    }
    if (h->e_ident[EI_CLASS] == ELFCLASS64) {
        return "a 64-bit ELF, not one for a Cortex-M; is it a program for "
               "the host?";
    }
    if (h->e_ident[EI_CLASS] != ELFCLASS32) {
        return "an ELF file of unknown class; " DAMAGED;
    }
    if (h->e_ident[EI_DATA] != ELFDATA2LSB) {
        return "not a little-endian ELF; only little-endian is supported";
    }
    if (image->size < sizeof *h) {
        return "truncated in the ELF header; " DAMAGED;
    }
    if (h->e_machine != EM_ARM) {
        return "an ELF file for another processor, not ARM; " LINKED;
    }
    if (h->e_type == ET_REL) {
        return "an object file that is not linked yet; " LINKED;
    }
    if (h->e_type != ET_EXEC) {
        return "not an executable with fixed addresses; link it without "
               "-pie and -shared";
    }
    if (h->e_phnum == 0) {
        return "it has no segments: nothing to load; " LINKED;
    }
    if (h->e_phentsize != sizeof(Elf32_Phdr)) {
        return "the program headers have a wrong size; " DAMAGED;
    }
    if (!elf_bytes_(image, h->e_phoff,
                (uint64_t)h->e_phnum * sizeof(Elf32_Phdr))) {
        return "truncated in the program headers; " DAMAGED;
    }
    return NULL;
}

// Adds one PT_LOAD. Returns what is wrong with it, or NULL.
static const char *add_segment(struct elf_image *image, const Elf32_Phdr *p) {
    if (p->p_filesz > p->p_memsz) {
        return "a segment has more bytes in the file than in memory; " DAMAGED;
    }
    if ((uint64_t)p->p_vaddr + p->p_memsz > UINT64_C(1) << 32 ||
            (uint64_t)p->p_paddr + p->p_filesz > UINT64_C(1) << 32) {
        return "a segment exceeds the address space; " DAMAGED;
    }
    const uint8_t *data = elf_bytes_(image, p->p_offset, p->p_filesz);
    if (!data) {
        return "truncated in a segment; " DAMAGED;
    }
    image->segments[image->segment_count++] = (struct elf_segment){
            .load_addr = p->p_paddr,
            .run_addr = p->p_vaddr,
            .data = data,
            .file_bytes = p->p_filesz,
            .memory_bytes = p->p_memsz,
            .execute = p->p_flags & PF_X,
            .write = p->p_flags & PF_W,
    };
    return NULL;
}

static const char *read_segments(struct elf_image *image, const Elf32_Ehdr *h) {
    image->segments = calloc(h->e_phnum, sizeof *image->segments);
    if (!image->segments) {
        return "out of memory";
    }
    bool loads = false;
    for (size_t i = 0; i < h->e_phnum; i++) {
        Elf32_Phdr p;
        memcpy(&p, image->bytes + h->e_phoff + i * sizeof p, sizeof p);
        if (p.p_type != PT_LOAD || p.p_memsz == 0) {
            continue;
        }
        const char *problem = add_segment(image, &p);
        if (problem) {
            return problem;
        }
        loads = loads || p.p_filesz != 0;
    }
    return loads ? NULL : "no segment has contents: nothing to load; " LINKED;
}

static bool read_tables(struct elf_image *image, char *error, size_t size) {
    if (elf_sections_read_(image) && elf_symbols_read_(image) &&
            elf_mapping_read_(image) && elf_symbols_sort_(image) &&
            elf_relocs_read_(image)) {
        const char *other = elf_other_profile_(image);
        if (other) {
            snprintf(error, size, "%s: %s", image->path, other);
        }
        return !other;
    }
    snprintf(error, size,
            "%s: truncated or damaged in the section headers, symbols or "
            "relocations; " DAMAGED,
            image->path);
    return false;
}

/// Interface ///

struct elf_image *elf_image_open(const char *path, char *error, size_t size) {
    struct elf_image *image = calloc(1, sizeof *image);
    if (!image || !(image->path = strdup(path))) {
        snprintf(error, size, "%s: out of memory", path);
        free(image);
        return NULL;
    }
    image->bytes = elf_read_file_(path, LINKED, &image->size, error, size);
    bool ok = image->bytes != NULL;
    if (ok) {
        Elf32_Ehdr h = {0};
        memcpy(&h, image->bytes,
                image->size < sizeof h ? image->size : sizeof h);
        const char *problem = kind_problem(image, &h);
        if (!problem) {
            problem = read_segments(image, &h);
        }
        if (problem) {
            snprintf(error, size, "%s: %s", path, problem);
        }
        image->entry = h.e_entry;
        ok = !problem && read_tables(image, error, size);
    }
    if (!ok) {
        elf_image_close(image);
        return NULL;
    }
    return image;
}

void elf_image_close(struct elf_image *image) {
    if (!image) {
        return;
    }
    if (image->dwarf) {
        dwarf_end(image->dwarf);
    }
    if (image->elf) {
        elf_end(image->elf);
    }
    for (size_t i = 0; i < image->unit_count; i++) {
        free(image->units[i].lines);
    }
    free(image->units);
    free(image->functions);
    free(image->named);
    free(image->strays);
    elf_cover_free_(&image->extent_cover);
    free(image->extents);
    free(image->pieces);
    free(image->map_text);
    free(image->relocs);
    free(image->mappings);
    free(image->by_name);
    elf_cover_free_(&image->symbol_cover);
    free(image->symbols);
    elf_cover_free_(&image->section_cover);
    free(image->sections);
    free(image->segments);
    free(image->bytes);
    free(image->path);
    free(image);
}

const char *elf_image_path(const struct elf_image *image) {
    return image->path;
}

uint32_t elf_image_entry(const struct elf_image *image) {
    return image->entry;
}

bool elf_image_segment(const struct elf_image *image, size_t i,
        struct elf_segment *segment) {
    for (size_t k = 0; k < image->segment_count; k++) {
        if (image->segments[k].file_bytes && i-- == 0) {
            *segment = image->segments[k];
            return true;
        }
    }
    return false;
}

const struct elf_segment *elf_segment_at_(const struct elf_image *image,
        uint32_t addr) {
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        if (addr >= s->run_addr && addr - s->run_addr < s->memory_bytes) {
            return s;
        }
    }
    return NULL;
}

struct elf_place elf_image_place(struct elf_image *image, uint32_t addr) {
    struct elf_place place = {.function = "?"};
    const struct elf_symbol_ *symbol = elf_symbol_at_(image, addr);
    if (symbol) {
        place.function = symbol->s.name;
        place.function_addr = symbol->s.addr;
        place.offset = addr - symbol->s.addr;
    }
    elf_line_at_(image, addr, &place.file, &place.line);
    return place;
}
