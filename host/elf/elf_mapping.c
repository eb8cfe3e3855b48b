/*
 * elf_mapping - tells code from data by mapping symbols
 *
 * SPDX-License-Identifier: MIT
 *
 * $a, $t and $d, or $t.something, begin a run of Arm code, Thumb code or data
 * that extends to the next one (AAELF32, 5.5.5). They may be at odd addresses:
 * the padding byte after a table of bytes is data.
 */
#include <stdlib.h>

#include "elf/elf_priv.h"

enum elf_content elf_mapping_kind_(const char *name) {
    if (name[0] != '$' || !name[1] || (name[2] && name[2] != '.')) {
        return ELF_CONTENT_NONE;
    }
    switch (name[1]) {
    case 'a':
        return ELF_CONTENT_ARM;
    case 't':
        return ELF_CONTENT_THUMB;
    case 'd':
        return ELF_CONTENT_DATA;
    default:
        return ELF_CONTENT_NONE;
    }
}

// The linker's own veneers follow the last file's symbols, without an STT_FILE
// of their own.
static bool read_mappings(struct elf_image *image) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < image->table_count; i++) {
        const Elf32_Sym sym = elf_table_(image, i);
        count += image->table_names[sym.st_name] == '$';
    }
    image->mappings = calloc((size_t)count + 1, sizeof *image->mappings);
    const char *file = NULL;
    for (uint32_t i = 0; image->mappings && i < image->table_count; i++) {
        const Elf32_Sym sym = elf_table_(image, i);
        const char *name = image->table_names + sym.st_name;
        const enum elf_content content = elf_mapping_kind_(name);
        if (ELF32_ST_TYPE(sym.st_info) == STT_FILE) {
            file = *name ? name : NULL;
        }
        if (content != ELF_CONTENT_NONE && sym.st_shndx != SHN_UNDEF &&
                sym.st_shndx < image->header_count &&
                ELF32_ST_TYPE(sym.st_info) == STT_NOTYPE) {
            image->mappings[image->mapping_count++] = (struct elf_mapping_){
                    .addr = sym.st_value,
                    .section = sym.st_shndx,
                    .content = (uint8_t)content,
                    .order = i,
                    .file = file,
            };
        }
    }
    return image->mappings != NULL;
}

static int compare(const void *a, const void *b) {
    const struct elf_mapping_ *x = a, *y = b;
    if (x->section != y->section) {
        return x->section < y->section ? -1 : 1;
    }
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

// Of several at one address the last counts. But a run may be empty at the
// end of one object's section where a function of the next begins: then it is
// code.
static bool better(const struct elf_image *image,
        const struct elf_mapping_ *old, const struct elf_mapping_ *new) {
    return old->content == new->content || new->content != ELF_CONTENT_DATA ||
            !elf_function_begins_(image, new->addr);
}

// First of the sorted ones that is above addr in the section with that index.
static size_t above(const struct elf_image *image, size_t sorted,
        uint32_t section, uint32_t addr) {
    size_t low = 0, high = sorted;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct elf_mapping_ *m = &image->mappings[middle];
        if (m->section < section ||
                (m->section == section && m->addr <= addr)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// Sorts, and leaves one per address.
static void tidy(struct elf_image *image) {
    struct elf_mapping_ *m = image->mappings;
    qsort(m, image->mapping_count, sizeof *m, compare);
    size_t kept = 0;
    for (size_t i = 0; i < image->mapping_count; i++) {
        struct elf_mapping_ *last = kept ? &m[kept - 1] : NULL;
        if (!last || last->section != m[i].section || last->addr != m[i].addr) {
            m[kept++] = m[i];
        } else if (better(image, last, &m[i])) {
            *last = m[i];
        }
    }
    image->mapping_count = kept;
}

// Clang puts no $d into sections of data, so that in the program the code
// before them seems to continue. An object there is data nevertheless.
static bool add_objects(struct elf_image *image) {
    const size_t symbols = image->mapping_count, count = image->symbol_count;
    struct elf_mapping_ *grown =
            realloc(image->mappings, (symbols + count + 1) * sizeof *grown);
    if (!grown) {
        return false;
    }
    image->mappings = grown;
    for (size_t i = 0; i < count; i++) {
        const struct elf_symbol_ *s = &image->symbols[i];
        const size_t k = s->s.object && s->s.size_bytes
                ? above(image, symbols, s->section, s->s.addr)
                : 0;
        const struct elf_mapping_ *m = k ? &grown[k - 1] : NULL;
        if (m && m->section == s->section && m->addr < s->s.addr &&
                m->content != ELF_CONTENT_DATA) {
            grown[image->mapping_count++] = (struct elf_mapping_){
                    .addr = s->s.addr,
                    .section = s->section,
                    .content = ELF_CONTENT_DATA,
                    .order = image->table_count,
                    .file = s->s.file,
            };
        }
    }
    return true;
}

// In the section with that index, or none of all has any.
static bool has_code(const struct elf_image *image, uint32_t section) {
    bool code = !image->mapping_count;
    for (size_t i = 0; i < image->mapping_count && !code; i++) {
        const struct elf_mapping_ *m = &image->mappings[i];
        code = m->section == section && m->content != ELF_CONTENT_DATA;
    }
    for (size_t i = 0; i < image->symbol_count && !code; i++) {
        const struct elf_symbol_ *s = &image->symbols[i];
        code = s->section == section && s->s.code;
    }
    return code;
}

// Clang has no mapping symbols in sections of data, and the linker none in what
// it makes itself.
static void tell_data(struct elf_image *image) {
    for (size_t i = 0; i < image->section_count; i++) {
        struct elf_section_ *s = &image->sections[i];
        s->s.data |= !s->s.execute && !has_code(image, s->index);
    }
}

// Assembler code gives a table a size, and often no type.
static void tell_objects(struct elf_image *image) {
    for (size_t i = 0; i < image->symbol_count; i++) {
        struct elf_symbol *s = &image->symbols[i].s;
        if (s->function || s->object || !s->size_bytes || s->absolute) {
            continue;
        }
        const struct elf_mapping_ *m = elf_mapping_at_(image, s->addr);
        if (m ? m->content == ELF_CONTENT_DATA : !s->code) {
            s->object = true;
            s->code = false;
        }
    }
}

bool elf_mapping_read_(struct elf_image *image) {
    if (!image->table) {
        return true;
    }
    if (!read_mappings(image)) {
        return false;
    }
    tidy(image);
    if (!add_objects(image)) {
        return false;
    }
    tidy(image);
    const size_t count = image->mapping_count;
    struct elf_mapping_ *m = image->mappings;
    for (size_t i = count; i-- > 0;) {
        const struct elf_mapping_ *next = &m[i + 1];
        if (i + 1 == count || next->section != m[i].section) {
            m[i].end_addr = UINT32_MAX; // the end of the section ends it
        } else {
            m[i].end_addr =
                    next->content == m[i].content ? next->end_addr : next->addr;
        }
    }
    tell_data(image);
    tell_objects(image);
    return true;
}

/// Search ///

static uint32_t index_of(const struct elf_section *section) {
    return ((const struct elf_section_ *)section)->index;
}

// `*next`: the first one of the sections behind addr.
static const struct elf_mapping_ *mapping_in(const struct elf_image *image,
        const struct elf_section *s, uint32_t addr, size_t *next) {
    *next = above(image, image->mapping_count, index_of(s), addr);
    const struct elf_mapping_ *m = *next ? &image->mappings[*next - 1] : NULL;
    return m && m->section == index_of(s) && m->addr >= s->addr ? m : NULL;
}

const struct elf_mapping_ *elf_mapping_at_(const struct elf_image *image,
        uint32_t addr) {
    const struct elf_section *s = elf_image_section_at(image, addr);
    size_t next;
    return s ? mapping_in(image, s, addr, &next) : NULL;
}

enum elf_content elf_image_content(const struct elf_image *image, uint32_t addr,
        uint32_t *end_addr) {
    *end_addr = addr;
    const struct elf_section *s = elf_image_section_at(image, addr);
    if (!s) {
        return ELF_CONTENT_NONE;
    }
    const uint64_t end = (uint64_t)s->addr + s->size_bytes;
    *end_addr = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
    size_t next;
    const struct elf_mapping_ *m = mapping_in(image, s, addr, &next);
    if (m) {
        *end_addr = m->end_addr < *end_addr ? m->end_addr : *end_addr;
        return (enum elf_content)m->content;
    }
    if (next < image->mapping_count &&
            image->mappings[next].section == index_of(s) &&
            image->mappings[next].addr < *end_addr) {
        *end_addr = image->mappings[next].addr;
    }
    return ELF_CONTENT_NONE;
}
