/*
 * elf_relocs - the references that the linker resolved and left in the file
 *
 * SPDX-License-Identifier: MIT
 *
 * In an executable r_offset is an address (gABI, chapter 4), also in those
 * sections that --emit-relocs keeps.
 */
#include <stdlib.h>
#include <string.h>

#include "elf/elf_priv.h"

static struct elf_reloc convert(const struct elf_image *image,
        const Elf32_Rel *rel) {
    const Elf32_Sym sym = elf_table_(image, ELF32_R_SYM(rel->r_info));
    const unsigned type = ELF32_ST_TYPE(sym.st_info);
    const bool function = type == STT_FUNC;
    const char *name = image->table_names + sym.st_name;
    if (type == STT_SECTION && !*name && sym.st_shndx < image->header_count) {
        name = elf_header_name_(image, sym.st_shndx);
    }
    return (struct elf_reloc){
            .addr = rel->r_offset,
            .type = ELF32_R_TYPE(rel->r_info),
            .symbol = name,
            .value = function ? sym.st_value & ~1u : sym.st_value,
            .thumb = function && (sym.st_value & 1u),
            .weak = ELF32_ST_BIND(sym.st_info) == STB_WEAK,
    };
}

// Those of debug information do not count: none of it is loaded into memory.
static bool wanted(const struct elf_image *image, const Elf32_Shdr *h) {
    return (h->sh_type == SHT_REL || h->sh_type == SHT_RELA) && image->table &&
            h->sh_link == image->table_header && h->sh_info != SHN_UNDEF &&
            h->sh_info < image->header_count &&
            (elf_header_(image, h->sh_info).sh_flags & SHF_ALLOC);
}

static size_t entry_bytes(const Elf32_Shdr *h) {
    return h->sh_type == SHT_REL ? sizeof(Elf32_Rel) : sizeof(Elf32_Rela);
}

// False: an entry names a symbol that does not exist.
static bool add_table(struct elf_image *image, const Elf32_Shdr *h) {
    const Elf32_Shdr section = elf_header_(image, h->sh_info);
    const uint8_t *data = elf_bytes_(image, h->sh_offset, h->sh_size);
    const size_t step = entry_bytes(h);
    for (size_t off = 0; data && off + step <= h->sh_size; off += step) {
        Elf32_Rel rel; // RELA begins in the same way
        memcpy(&rel, data + off, sizeof rel);
        const unsigned type = ELF32_R_TYPE(rel.r_info);
        if (ELF32_R_SYM(rel.r_info) >= image->table_count) {
            return false;
        }
        // These two refer to nothing. The linker edits exception tables and
        // then leaves some that lie outside.
        if (type != R_ARM_NONE && type != R_ARM_V4BX &&
                rel.r_offset - section.sh_addr < section.sh_size) {
            image->relocs[image->reloc_count++] = convert(image, &rel);
        }
    }
    return true;
}

static int compare(const void *a, const void *b) {
    const struct elf_reloc *x = a, *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    return x->type != y->type ? x->type - y->type
                              : strcmp(x->symbol, y->symbol);
}

bool elf_relocs_read_(struct elf_image *image) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < image->header_count; i++) {
        const Elf32_Shdr h = elf_header_(image, i);
        if (wanted(image, &h)) {
            if (h.sh_entsize != entry_bytes(&h)) {
                return false;
            }
            count += h.sh_size / h.sh_entsize;
        }
    }
    // Damaged headers may name the same bytes again and again.
    if (count > image->size / sizeof(Elf32_Rel)) {
        return false;
    }
    image->relocs = calloc(count + 1, sizeof *image->relocs);
    for (uint32_t i = 0; image->relocs && i < image->header_count; i++) {
        const Elf32_Shdr h = elf_header_(image, i);
        if (wanted(image, &h) && !add_table(image, &h)) {
            return false;
        }
    }
    if (image->relocs) {
        qsort(image->relocs, image->reloc_count, sizeof *image->relocs,
                compare);
    }
    return image->relocs != NULL;
}

/// Interface ///

const struct elf_reloc *elf_image_reloc(const struct elf_image *image,
        size_t i) {
    return i < image->reloc_count ? &image->relocs[i] : NULL;
}

size_t elf_image_reloc_from(const struct elf_image *image, uint32_t addr) {
    size_t low = 0, high = image->reloc_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (image->relocs[middle].addr < addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
