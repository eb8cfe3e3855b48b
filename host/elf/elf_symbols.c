/*
 * elf_symbols - which function or object stands where
 *
 * SPDX-License-Identifier: MIT
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_priv.h"

struct section_table {
    const uint8_t *data; // NULL: none
    uint32_t count;
};

static Elf32_Shdr section_at(const struct section_table *t, uint32_t i) {
    Elf32_Shdr s;
    memcpy(&s, t->data + (size_t)i * sizeof s, sizeof s);
    return s;
}

// $a, $t, $d and $x mark code and data for disassemblers (AAELF32, 5.5.5);
// they are no names of anything.
static bool mapping_symbol(const char *name) {
    return name[0] == '$' && name[1] && strchr("atdx", name[1]) &&
            (name[2] == 0 || name[2] == '.');
}

static bool wanted(const Elf32_Sym *sym, const char *name) {
    const unsigned type = ELF32_ST_TYPE(sym->st_info);
    return sym->st_shndx != SHN_UNDEF && *name && !mapping_symbol(name) &&
            (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE);
}

static struct elf_symbol_ convert(const struct section_table *sections,
        const Elf32_Sym *sym, const char *name) {
    const unsigned type = ELF32_ST_TYPE(sym->st_info);
    // Labels of assembler code have no type; those of a linker script neither,
    // and they mark places in executable sections too.
    const bool label = type == STT_NOTYPE && sym->st_shndx < sections->count &&
            (section_at(sections, sym->st_shndx).sh_flags & SHF_EXECINSTR);
    return (struct elf_symbol_){
            .name = name,
            .addr = type == STT_FUNC ? sym->st_value & ~1u : sym->st_value,
            .size_bytes = sym->st_size,
            .code = type == STT_FUNC || label,
            .data = type == STT_OBJECT,
            .global = ELF32_ST_BIND(sym->st_info) != STB_LOCAL,
    };
}

/// Order ///

static int rank(const struct elf_symbol_ *s) {
    return (s->size_bytes ? 4 : 0) + (s->code || s->data ? 2 : 0) +
            (s->global ? 1 : 0);
}

// By address; of several at one address the best comes last, where the search
// from above meets it first.
static int compare_addr(const void *a, const void *b) {
    const struct elf_symbol_ *x = a, *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    if (rank(x) != rank(y)) {
        return rank(x) - rank(y);
    }
    return -strcmp(x->name, y->name);
}

static int compare_name(const void *a, const void *b, void *symbols) {
    const struct elf_symbol_ *table = symbols;
    const struct elf_symbol_ *x = &table[*(const uint32_t *)a];
    const struct elf_symbol_ *y = &table[*(const uint32_t *)b];
    const int order = strcmp(x->name, y->name);
    if (order) {
        return order;
    }
    return rank(x) != rank(y) ? rank(y) - rank(x) : compare_addr(x, y);
}

static bool sort_symbols(struct elf_image *image) {
    qsort(image->symbols, image->symbol_count, sizeof *image->symbols,
            compare_addr);
    uint64_t reach = 0;
    for (size_t i = 0; i < image->symbol_count; i++) {
        struct elf_symbol_ *s = &image->symbols[i];
        const uint64_t end = (uint64_t)s->addr + s->size_bytes;
        reach = end > reach ? end : reach;
        s->reach = reach;
    }
    image->by_name = calloc(image->symbol_count + 1, sizeof *image->by_name);
    if (!image->by_name) {
        return false;
    }
    for (size_t i = 0; i < image->symbol_count; i++) {
        image->by_name[i] = (uint32_t)i;
    }
    qsort_r(image->by_name, image->symbol_count, sizeof *image->by_name,
            compare_name, image->symbols);
    return true;
}

/// Reading ///

static bool read_table(struct elf_image *image,
        const struct section_table *sections, const Elf32_Shdr *table) {
    if (table->sh_entsize != sizeof(Elf32_Sym) ||
            table->sh_link >= sections->count) {
        return false;
    }
    const Elf32_Shdr names = section_at(sections, table->sh_link);
    const uint8_t *data = elf_bytes_(image, table->sh_offset, table->sh_size);
    const uint8_t *text = elf_bytes_(image, names.sh_offset, names.sh_size);
    // A last byte of zero ends every name inside the table.
    if (!data || !text || names.sh_type != SHT_STRTAB || !names.sh_size ||
            text[names.sh_size - 1]) {
        return false;
    }
    const size_t count = table->sh_size / sizeof(Elf32_Sym);
    image->symbols = calloc(count + 1, sizeof *image->symbols);
    for (size_t i = 0; image->symbols && i < count; i++) {
        Elf32_Sym sym;
        memcpy(&sym, data + i * sizeof sym, sizeof sym);
        if (sym.st_name >= names.sh_size) {
            return false;
        }
        const char *name = (const char *)text + sym.st_name;
        if (wanted(&sym, name)) {
            image->symbols[image->symbol_count++] =
                    convert(sections, &sym, name);
        }
    }
    return image->symbols && sort_symbols(image);
}

bool elf_symbols_read_(struct elf_image *image, char *error, size_t size) {
    Elf32_Ehdr h;
    memcpy(&h, image->bytes, sizeof h);
    if (!h.e_shoff || !h.e_shnum) {
        return true; // stripped to the segments
    }
    const struct section_table sections = {
            .data = elf_bytes_(image, h.e_shoff,
                    (uint64_t)h.e_shnum * sizeof(Elf32_Shdr)),
            .count = h.e_shnum,
    };
    bool ok = sections.data && h.e_shentsize == sizeof(Elf32_Shdr);
    for (uint32_t i = 0; ok && i < sections.count; i++) {
        const Elf32_Shdr s = section_at(&sections, i);
        if (s.sh_type == SHT_SYMTAB && !image->symbols) {
            ok = read_table(image, &sections, &s);
        } else if (s.sh_type != SHT_NOBITS && s.sh_type != SHT_NULL) {
            ok = elf_bytes_(image, s.sh_offset, s.sh_size) != NULL;
        }
    }
    if (!ok) {
        snprintf(error, size,
                "%s: truncated or damaged in the section headers or symbols; "
                "build or copy it again",
                image->path);
    }
    return ok;
}

/// Search ///

// First index whose symbol begins above addr.
static size_t above(const struct elf_image *image, uint32_t addr) {
    size_t low = 0, high = image->symbol_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->symbols[middle].addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct elf_symbol_ *elf_symbol_at_(const struct elf_image *image,
        uint32_t addr) {
    const size_t top = above(image, addr);
    for (size_t i = top; i-- > 0 && image->symbols[i].reach > addr;) {
        const struct elf_symbol_ *s = &image->symbols[i];
        if ((s->code || s->data) && addr - s->addr < s->size_bytes) {
            return s;
        }
    }
    // Assembler code without .size: the nearest label below, if no sized
    // symbol ended in between and both are in one segment.
    const struct elf_segment *segment = elf_segment_at_(image, addr);
    for (size_t i = top; i-- > 0;) {
        const struct elf_symbol_ *s = &image->symbols[i];
        if (!segment || s->addr < segment->run_addr || s->size_bytes) {
            break;
        }
        if (s->code) {
            return s;
        }
    }
    return NULL;
}

bool elf_image_symbol(struct elf_image *image, const char *name, uint32_t *addr,
        uint32_t *size_bytes) {
    size_t low = 0, high = image->symbol_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const uint32_t i = image->by_name[middle];
        if (strcmp(image->symbols[i].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == image->symbol_count) {
        return false;
    }
    const struct elf_symbol_ *s = &image->symbols[image->by_name[low]];
    if (strcmp(s->name, name)) {
        return false;
    }
    *addr = s->addr;
    *size_bytes = s->size_bytes;
    return true;
}
