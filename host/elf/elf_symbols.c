/*
 * elf_symbols - the functions and objects of an image, by address and by name
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "elf/elf_priv.h"

Elf32_Sym elf_table_(const struct elf_image *image, uint32_t i) {
    Elf32_Sym sym;
    memcpy(&sym, image->table + (size_t)i * sizeof sym, sizeof sym);
    return sym;
}

// Mapping symbols name nothing.
static bool wanted(const Elf32_Sym *sym, const char *name) {
    const unsigned type = ELF32_ST_TYPE(sym->st_info);
    return sym->st_shndx != SHN_UNDEF && *name &&
            (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE) &&
            (name[0] != '$' || strcmp(name, "$x") != 0) &&
            elf_mapping_kind_(name) == ELF_CONTENT_NONE;
}

// Linkers give their veneers no STT_FILE of their own: they follow that of the
// last input file.
bool elf_made_by_linker_(const char *name) {
    static const char *const ends[] = {"_veneer", "_from_thumb", "_from_arm"};
    if (strncmp(name, "__", 2) != 0) {
        return false;
    }
    const size_t len = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const size_t n = strlen(ends[i]);
        if (len > n + 2 && strcmp(name + len - n, ends[i]) == 0) {
            return true;
        }
    }
    // LLVM's: __Thumbv7ABSLongThunk_name.
    return (strncmp(name, "__Thumb", 7) == 0 ||
                   strncmp(name, "__ARM", 5) == 0) &&
            strstr(name, "Thunk_");
}

// The size that a symbol claims may be any number. What lies behind its section
// is not its own; a number of the linker script has the section it lies in.
static uint32_t clipped_size(const struct elf_image *image,
        const Elf32_Sym *sym) {
    const bool function = ELF32_ST_TYPE(sym->st_info) == STT_FUNC;
    const uint32_t addr = function ? sym->st_value & ~1u : sym->st_value;
    uint64_t begin = 0, end = 0;
    if (sym->st_shndx < image->header_count) {
        const Elf32_Shdr h = elf_header_(image, sym->st_shndx);
        begin = h.sh_addr;
        end = begin + h.sh_size;
    } else {
        const struct elf_section *s = elf_image_section_at(image, addr);
        begin = s ? s->addr : 0;
        end = s ? begin + s->size_bytes : 0;
    }
    if (addr < begin || addr >= end) {
        return 0;
    }
    return sym->st_size < end - addr ? sym->st_size : (uint32_t)(end - addr);
}

static struct elf_symbol_ convert(const struct elf_image *image,
        const Elf32_Sym *sym, const char *file) {
    const unsigned type = ELF32_ST_TYPE(sym->st_info);
    const unsigned bind = ELF32_ST_BIND(sym->st_info);
    const char *name = image->table_names + sym->st_name;
    // Labels of assembler code have no type. Nor have those of a linker script,
    // and they mark addresses in executable sections too.
    const bool label = type == STT_NOTYPE &&
            sym->st_shndx < image->header_count &&
            (elf_header_(image, sym->st_shndx).sh_flags & SHF_EXECINSTR);
    const bool function = type == STT_FUNC;
    const bool own = bind == STB_LOCAL && !elf_made_by_linker_(name);
    return (struct elf_symbol_){
            .s = {.name = name,
                    .addr = function ? sym->st_value & ~1u : sym->st_value,
                    .size_bytes = clipped_size(image, sym),
                    .function = function,
                    .object = type == STT_OBJECT,
                    .code = function || label,
                    .thumb = function && (sym->st_value & 1u),
                    .absolute = sym->st_shndx == SHN_ABS,
                    .bind = bind == STB_LOCAL  ? ELF_LOCAL
                            : bind == STB_WEAK ? ELF_WEAK
                                               : ELF_GLOBAL,
                    .file = own ? file : NULL},
            .label = ELF_NONE_,
            .section = sym->st_shndx,
    };
}

/// Order ///

// A weak name is mostly one of many for a default.
static int rank(const struct elf_symbol *s) {
    static const int binds[] = {
            [ELF_WEAK] = 0, [ELF_LOCAL] = 1, [ELF_GLOBAL] = 2};
    return (s->size_bytes ? 16 : 0) + (s->function || s->object ? 8 : 0) +
            (s->code ? 4 : 0) + binds[s->bind];
}

// By address; of several at one address the best comes last, where a search
// from above finds it first.
static int compare_addr(const void *a, const void *b) {
    const struct elf_symbol *x = a, *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    if (rank(x) != rank(y)) {
        return rank(x) - rank(y);
    }
    return -strcmp(x->name, y->name);
}

// Of one name the linker's choice comes first: the one that is not local.
static int compare_name(const void *a, const void *b, void *symbols) {
    const struct elf_symbol_ *table = symbols;
    const struct elf_name_ *m = a, *n = b;
    if (m->hash != n->hash) {
        return m->hash < n->hash ? -1 : 1;
    }
    const struct elf_symbol *x = &table[m->index].s, *y = &table[n->index].s;
    const int order = strcmp(x->name, y->name);
    if (order) {
        return order;
    }
    if ((x->bind == ELF_LOCAL) != (y->bind == ELF_LOCAL)) {
        return x->bind == ELF_LOCAL ? 1 : -1;
    }
    return rank(x) != rank(y) ? rank(y) - rank(x)
                              : (m->index < n->index ? -1 : 1);
}

// FNV-1a.
static uint32_t hash(const char *name) {
    uint32_t h = 2166136261u;
    while (*name) {
        h = (h ^ (uint8_t)*name++) * 16777619u;
    }
    return h;
}

static bool sort_names(struct elf_image *image) {
    const size_t count = image->symbol_count;
    image->by_name = calloc(count + 1, sizeof *image->by_name);
    if (!image->by_name) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        image->by_name[i] = (struct elf_name_){
                .hash = hash(image->symbols[i].s.name),
                .index = (uint32_t)i,
        };
    }
    qsort_r(image->by_name, count, sizeof *image->by_name, compare_name,
            image->symbols);
    return true;
}

// Assembler code without .size: the code after a label belongs to it, up to a
// symbol with a size. A local label inside a function belongs to the function.
static void set_label(struct elf_symbol_ *symbols, size_t i) {
    const struct elf_symbol *s = &symbols[i].s;
    const uint32_t before = i ? symbols[i - 1].label : ELF_NONE_;
    const bool inner = !s->function && s->bind == ELF_LOCAL &&
            before != ELF_NONE_ && symbols[before].s.function &&
            symbols[before].section == symbols[i].section;
    if (s->size_bytes) {
        symbols[i].label = ELF_NONE_;
    } else {
        symbols[i].label = s->code && !inner ? (uint32_t)i : before;
    }
}

bool elf_symbols_sort_(struct elf_image *image) {
    const size_t count = image->symbol_count;
    if (!elf_cover_init_(&image->symbol_cover, count)) {
        return false;
    }
    qsort(image->symbols, count, sizeof *image->symbols, compare_addr);
    for (size_t i = 0; i < count; i++) {
        const struct elf_symbol *s = &image->symbols[i].s;
        elf_cover_add_(&image->symbol_cover, s->addr,
                s->code || s->object ? (uint64_t)s->addr + s->size_bytes : 0);
        set_label(image->symbols, i);
    }
    elf_cover_finish_(&image->symbol_cover);
    return sort_names(image);
}

bool elf_symbols_read_(struct elf_image *image) {
    image->symbols =
            calloc((size_t)image->table_count + 1, sizeof *image->symbols);
    if (!image->symbols) {
        return false;
    }
    const char *file = NULL;
    for (uint32_t i = 0; i < image->table_count; i++) {
        const Elf32_Sym sym = elf_table_(image, i);
        const char *name = image->table_names + sym.st_name;
        if (ELF32_ST_TYPE(sym.st_info) == STT_FILE) {
            file = *name ? name : NULL;
        } else if (wanted(&sym, name)) {
            image->symbols[image->symbol_count++] = convert(image, &sym, file);
        }
    }
    return true;
}

/// Search ///

// First index whose symbol begins above addr.
static size_t above(const struct elf_image *image, uint32_t addr) {
    size_t low = 0, high = image->symbol_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->symbols[middle].s.addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct elf_symbol_ *elf_symbol_at_(const struct elf_image *image,
        uint32_t addr) {
    const uint32_t i = elf_cover_find_(&image->symbol_cover, addr);
    if (i != ELF_NONE_) {
        return &image->symbols[i];
    }
    // The nearest label below, in the same section and segment.
    const struct elf_segment *segment = elf_segment_at_(image, addr);
    const size_t top = segment ? above(image, addr) : 0;
    const uint32_t k = top ? image->symbols[top - 1].label : ELF_NONE_;
    if (!segment || k == ELF_NONE_) {
        return NULL;
    }
    const struct elf_symbol_ *label = &image->symbols[k];
    const struct elf_section *section = elf_image_section_at(image, addr);
    return label->s.addr >= segment->run_addr &&
                    (!section || label->s.addr >= section->addr)
            ? label
            : NULL;
}

bool elf_function_begins_(const struct elf_image *image, uint32_t addr) {
    for (size_t i = above(image, addr); i-- > 0;) {
        const struct elf_symbol *s = &image->symbols[i].s;
        if (s->addr != addr) {
            break;
        }
        if (s->function) {
            return true;
        }
    }
    return false;
}

// First index into by_name of that name, or the count.
static size_t find_name(const struct elf_image *image, const char *name) {
    const uint32_t wanted_hash = hash(name);
    size_t low = 0, high = image->symbol_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct elf_name_ *n = &image->by_name[middle];
        if (n->hash < wanted_hash ||
                (n->hash == wanted_hash &&
                        strcmp(image->symbols[n->index].s.name, name) < 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/// Interface ///

const struct elf_symbol *elf_image_symbol_index(const struct elf_image *image,
        size_t i) {
    return i < image->symbol_count ? &image->symbols[i].s : NULL;
}

size_t elf_image_symbol_from(const struct elf_image *image, uint32_t addr) {
    return addr ? above(image, addr - 1) : 0;
}

const struct elf_symbol *elf_image_symbol_at(const struct elf_image *image,
        uint32_t addr) {
    const struct elf_symbol_ *s = elf_symbol_at_(image, addr);
    return s ? &s->s : NULL;
}

const struct elf_symbol *elf_image_symbol_named(const struct elf_image *image,
        const char *name, size_t *i) {
    const size_t k = *i + (*i ? 0 : find_name(image, name));
    if (k >= image->symbol_count) {
        return NULL;
    }
    const struct elf_symbol *s = &image->symbols[image->by_name[k].index].s;
    if (strcmp(s->name, name)) {
        return NULL;
    }
    *i = k + 1;
    return s;
}

bool elf_image_symbol(struct elf_image *image, const char *name, uint32_t *addr,
        uint32_t *size_bytes) {
    size_t i = 0;
    const struct elf_symbol *s = elf_image_symbol_named(image, name, &i);
    if (s) {
        *addr = s->addr;
        *size_bytes = s->size_bytes;
    }
    return s != NULL;
}
