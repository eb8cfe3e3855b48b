/*
 * elf_sections - the section headers, and which section an address lies in
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "elf/elf_priv.h"

Elf32_Shdr elf_header_(const struct elf_image *image, uint32_t i) {
    Elf32_Shdr h;
    memcpy(&h, image->headers + (size_t)i * sizeof h, sizeof h);
    return h;
}

const char *elf_header_name_(const struct elf_image *image, uint32_t i) {
    const uint32_t name = elf_header_(image, i).sh_name;
    return name < image->header_names_bytes ? image->header_names + name : "";
}

// The strings of section i, ended by a zero; NULL if it is no such section.
static const char *strings(const struct elf_image *image, uint32_t i,
        uint32_t *size_bytes) {
    if (i >= image->header_count) {
        return NULL;
    }
    const Elf32_Shdr h = elf_header_(image, i);
    const uint8_t *text = elf_bytes_(image, h.sh_offset, h.sh_size);
    // A last byte of zero ends every name inside the table.
    if (h.sh_type != SHT_STRTAB || !text || !h.sh_size || text[h.sh_size - 1]) {
        return NULL;
    }
    *size_bytes = h.sh_size;
    return (const char *)text;
}

/// Reading ///

static bool find_table(struct elf_image *image, uint32_t i) {
    const Elf32_Shdr h = elf_header_(image, i);
    uint32_t names_bytes;
    image->table_header = i;
    image->table_count = h.sh_size / sizeof(Elf32_Sym);
    image->table = elf_bytes_(image, h.sh_offset, h.sh_size);
    image->table_names = strings(image, h.sh_link, &names_bytes);
    if (h.sh_entsize != sizeof(Elf32_Sym) || !image->table ||
            !image->table_names) {
        return false;
    }
    for (uint32_t k = 0; k < image->table_count; k++) {
        if (elf_table_(image, k).st_name >= names_bytes) {
            return false;
        }
    }
    return true;
}

// For contents in the file, the offset identifies the segment even if several
// segments run at the same address in turn.
static void set_load_addr(const struct elf_image *image, const Elf32_Shdr *h,
        struct elf_section *section) {
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *g = &image->segments[i];
        const uint32_t off = section->addr - g->run_addr;
        if (section->addr < g->run_addr ||
                (uint64_t)off + section->size_bytes > g->memory_bytes) {
            continue;
        }
        const bool exact = section->zero ||
                (uint64_t)(g->data - image->bytes) + off == h->sh_offset;
        if (!section->loaded || exact) {
            section->load_addr = g->load_addr + off;
            section->loaded = true;
        }
        if (exact) {
            return;
        }
    }
}

static bool add_section(struct elf_image *image, uint32_t i) {
    const Elf32_Shdr h = elf_header_(image, i);
    const bool zero = h.sh_type == SHT_NOBITS;
    // Zeroed thread-local data is a template and has no address of its own.
    if (!(h.sh_flags & SHF_ALLOC) || !h.sh_size ||
            (zero && (h.sh_flags & SHF_TLS))) {
        return true;
    }
    if ((uint64_t)h.sh_addr + h.sh_size > UINT64_C(1) << 32 ||
            (image->header_names && h.sh_name >= image->header_names_bytes)) {
        return false;
    }
    struct elf_section_ *section = &image->sections[image->section_count++];
    *section = (struct elf_section_){
            .s = {.name = elf_header_name_(image, i),
                    .addr = h.sh_addr,
                    .size_bytes = h.sh_size,
                    .load_addr = h.sh_addr,
                    .execute = h.sh_flags & SHF_EXECINSTR,
                    .write = h.sh_flags & SHF_WRITE,
                    .zero = zero,
                    .note = h.sh_type == SHT_NOTE,
                    .data = h.sh_type == SHT_NOTE},
            .data = zero ? NULL : elf_bytes_(image, h.sh_offset, h.sh_size),
            .index = i,
    };
    set_load_addr(image, &h, &section->s);
    return true;
}

static int compare(const void *a, const void *b) {
    const struct elf_section_ *x = a, *y = b;
    if (x->s.addr != y->s.addr) {
        return x->s.addr < y->s.addr ? -1 : 1;
    }
    return x->index < y->index ? -1 : 1;
}

static bool sort_sections(struct elf_image *image) {
    const size_t count = image->section_count;
    if (!elf_cover_init_(&image->section_cover, count)) {
        return false;
    }
    qsort(image->sections, count, sizeof *image->sections, compare);
    for (size_t i = 0; i < count; i++) {
        const struct elf_section *s = &image->sections[i].s;
        elf_cover_add_(&image->section_cover, s->addr,
                (uint64_t)s->addr + s->size_bytes);
    }
    elf_cover_finish_(&image->section_cover);
    return true;
}

// Another segment has the section's bytes where the section runs, as that of
// .data has, where the headers come to lie in front of a .bss in RAM.
static bool is_of_another(const struct elf_image *image,
        const struct elf_segment *g, const struct elf_section_ *s) {
    for (size_t i = 0; s->data && i < image->segment_count; i++) {
        const struct elf_segment *other = &image->segments[i];
        const uint32_t at = s->s.addr - other->run_addr;
        if (other != g && s->s.addr >= other->run_addr &&
                at < other->file_bytes && s->data == other->data + at) {
            return true;
        }
    }
    return false;
}

// Lowest address of a section inside the segment, or its end.
static uint32_t first_section(const struct elf_image *image,
        const struct elf_segment *g) {
    uint32_t off = g->memory_bytes;
    for (size_t i = 0; i < image->section_count; i++) {
        const struct elf_section_ *s = &image->sections[i];
        const uint32_t at = s->s.addr - g->run_addr;
        if (s->s.addr >= g->run_addr && at < off &&
                !is_of_another(image, g, s)) {
            off = at;
        }
    }
    return g->run_addr + off;
}

// GNU ld without -n puts the file's own headers in front of the first section,
// into the same segment, where there is room. They are no part of the program.
static void drop_headers(struct elf_image *image) {
    for (size_t i = 0; i < image->segment_count; i++) {
        struct elf_segment *g = &image->segments[i];
        if (g->data != image->bytes || !g->file_bytes) {
            continue;
        }
        const uint32_t off = first_section(image, g) - g->run_addr;
        const uint32_t in_file = off < g->file_bytes ? off : g->file_bytes;
        g->run_addr += off;
        g->load_addr += off;
        g->memory_bytes -= off;
        g->data += in_file;
        g->file_bytes -= in_file;
    }
}

bool elf_sections_read_(struct elf_image *image) {
    Elf32_Ehdr e;
    memcpy(&e, image->bytes, sizeof e);
    if (!e.e_shoff || !e.e_shnum) {
        return true; // stripped to the segments
    }
    image->headers = elf_bytes_(image, e.e_shoff,
            (uint64_t)e.e_shnum * sizeof(Elf32_Shdr));
    image->header_count = e.e_shnum;
    image->sections = calloc(e.e_shnum, sizeof *image->sections);
    if (!image->headers || e.e_shentsize != sizeof(Elf32_Shdr) ||
            !image->sections) {
        return false;
    }
    if (e.e_shstrndx != SHN_UNDEF) {
        image->header_names =
                strings(image, e.e_shstrndx, &image->header_names_bytes);
        if (!image->header_names) {
            return false;
        }
    }
    for (uint32_t i = 0; i < image->header_count; i++) {
        const Elf32_Shdr h = elf_header_(image, i);
        const bool filled = h.sh_type != SHT_NOBITS && h.sh_type != SHT_NULL;
        if ((filled && !elf_bytes_(image, h.sh_offset, h.sh_size)) ||
                !add_section(image, i) ||
                (h.sh_type == SHT_SYMTAB && !image->table &&
                        !find_table(image, i))) {
            return false;
        }
    }
    drop_headers(image);
    return sort_sections(image);
}

/// Interface ///

const uint8_t *elf_image_build_id(const struct elf_image *image,
        uint32_t *size_bytes) {
    for (uint32_t i = 0; i < image->header_count; i++) {
        const Elf32_Shdr h = elf_header_(image, i);
        Elf32_Nhdr note;
        if (h.sh_type != SHT_NOTE || h.sh_size < sizeof note) {
            continue;
        }
        const uint8_t *data = elf_bytes_(image, h.sh_offset, h.sh_size);
        memcpy(&note, data, sizeof note);
        const uint64_t name_end = sizeof note + sizeof ELF_NOTE_GNU;
        if (note.n_type == NT_GNU_BUILD_ID &&
                note.n_namesz == sizeof ELF_NOTE_GNU &&
                name_end + note.n_descsz <= h.sh_size &&
                !memcmp(data + sizeof note, ELF_NOTE_GNU,
                        sizeof ELF_NOTE_GNU)) {
            *size_bytes = note.n_descsz;
            return data + name_end;
        }
    }
    return NULL;
}

const struct elf_section *elf_image_section(const struct elf_image *image,
        size_t i) {
    return i < image->section_count ? &image->sections[i].s : NULL;
}

const struct elf_section *elf_image_section_at(const struct elf_image *image,
        uint32_t addr) {
    const uint32_t i = elf_cover_find_(&image->section_cover, addr);
    return i == ELF_NONE_ ? NULL : &image->sections[i].s;
}

const uint8_t *elf_image_bytes(const struct elf_image *image, uint32_t addr,
        uint32_t len) {
    // Sections first: a segment may begin with the file's own headers, and
    // those may overlap sections of another segment.
    const struct elf_section *section = elf_image_section_at(image, addr);
    if (section && !section->zero && section->loaded) {
        const uint32_t off = addr - section->addr;
        const uint8_t *data = ((const struct elf_section_ *)section)->data;
        if (data && len <= section->size_bytes - off) {
            return data + off;
        }
    }
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        const uint32_t off = addr - s->run_addr;
        if (addr >= s->run_addr && off < s->file_bytes &&
                len <= s->file_bytes - off) {
            return s->data + off;
        }
    }
    return NULL;
}

bool elf_image_holds(const struct elf_image *image, uint32_t addr) {
    return elf_segment_at_(image, addr) != NULL;
}
