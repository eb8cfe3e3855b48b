/*
 * chance - numbers that read like addresses
 *
 * SPDX-License-Identifier: MIT
 *
 * The beginning of RAM reads like a bit, and what lies in the first 64 KB like
 * a count. Compilers make such numbers in other ways than addresses, and where
 * the linker left its relocations, those say which is which.
 */
#include "check/analysis/analysis.h"

// The linker left those of the image that holds addr.
static bool has_relocations(const struct analysis *a, uint32_t addr) {
    const struct elf_image *image = model_image(&a->model, addr);
    return image && elf_image_reloc(image, 0);
}

static bool is_relocated(const struct analysis *a, uint32_t addr) {
    const struct elf_image *image = model_image(&a->model, addr);
    const struct elf_reloc *r = image
            ? elf_image_reloc(image, elf_image_reloc_from(image, addr))
            : NULL;
    return r && r->addr == addr;
}

bool analysis_reads_like_number(uint32_t word) {
    return word <= 0xFFFF || !(word & 0xFFFF);
}

bool analysis_by_chance(const struct analysis *a, uint32_t addr,
        uint32_t word) {
    if (!(addr & 3) || word & 0xFFFF) {
        return false;
    }
    if (has_relocations(a, addr)) {
        return !is_relocated(a, addr);
    }
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return !symbol || !(symbol->size_bytes & 3) || symbol->size_bytes < 4 ||
            addr - symbol->addr > symbol->size_bytes - 4;
}

// The instruction of a function makes it as an address is made: from a pool, or
// by a MOVT, even if that is of zero.
static bool makes(const struct analysis *a, const struct thumb_insn *insn,
        uint32_t word, bool *low) {
    uint32_t loaded;
    const bool told = has_relocations(a, insn->addr);
    if (insn->op == THUMB_MOV && insn->immediate && insn->size_bytes == 4) {
        *low |= insn->imm == (word & 0xFFFF);
    } else if (insn->op == THUMB_MOVT) {
        return *low && insn->imm == word >> 16 &&
                (!told || is_relocated(a, insn->addr));
    }
    return model_literal(&a->model, insn, &loaded) && loaded == word &&
            (!told || is_relocated(a, insn->target));
}

bool analysis_makes_address(const struct analysis *a,
        const struct function_extent *extent, uint32_t word) {
    const struct function_code code = model_code(&a->model, extent);
    const struct elf_image *image = model_image(&a->model, code.addr);
    const uint32_t last = code.addr + code.size_bytes;
    bool low = false;
    for (uint32_t addr = code.addr; image && addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        while (content != ELF_CONTENT_DATA && addr + 2 <= end) {
            struct thumb_insn insn;
            if (!thumb_decode(&insn, addr, code.bytes + (addr - code.addr),
                        end - addr)) {
                break;
            }
            if (makes(a, &insn, word, &low)) {
                return true;
            }
            addr += insn.size_bytes;
        }
        addr = end;
    }
    return false;
}

bool analysis_is_address(const struct analysis *a, uint32_t addr,
        uint32_t word) {
    return has_relocations(a, addr) ? is_relocated(a, addr) : word > 0xFFFF;
}
