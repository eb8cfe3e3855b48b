/*
 * section_use - sections of code that no outage uses
 *
 * SPDX-License-Identifier: MIT
 *
 * With --root, code in RAM may run elsewhere only, as what ends a program that
 * never ends. Whoever reaches such code by an address that is not known has
 * that as a finding of its own.
 */
#include "check/analysis/analysis.h"

// Below it a number may be an address, and most are none.
#define LEAST_ADDR 0x100000u

// The function can form an address in the section.
static bool forms(struct analysis *a, const struct function_extent *extent,
        const struct elf_section *section) {
    const struct formed formed = analysis_formed(a, extent);
    bool found = formed.anything && section->addr >= LEAST_ADDR;
    for (size_t i = 0; i < formed.count && !found; i++) {
        found = formed.words[i] - section->addr < section->size_bytes;
    }
    return found;
}

static bool has_objects(const struct elf_image *image,
        const struct elf_section *section) {
    const uint32_t end = section->addr + section->size_bytes;
    const struct elf_symbol *symbol;
    bool found = false;
    for (size_t i = elf_image_symbol_from(image, section->addr); !found &&
            (symbol = elf_image_symbol_index(image, i)) && symbol->addr < end;
            i++) {
        found = symbol->object && symbol->size_bytes;
    }
    return found;
}

/// Other code and data, which may hand an address on ///

struct use {
    const struct elf_image *image; // that is looked at
    const struct elf_section *section;
    bool found;
};

static void on_word(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct use *use = ctx;
    uint32_t end;
    (void)section_bytes;
    if (!use->found && section != use->section &&
            word - use->section->addr < use->section->size_bytes) {
        use->found =
                elf_image_content(use->image, at, &end) != ELF_CONTENT_THUMB;
    }
}

static bool code_forms(struct analysis *a, const struct elf_image *image,
        const struct elf_section *section) {
    const struct elf_symbol *symbol;
    struct function_extent extent;
    bool found = false;
    for (size_t i = 0; !found && (symbol = elf_image_symbol_index(image, i));
            i++) {
        found = symbol->function && !symbol->absolute &&
                symbol->addr - section->addr >= section->size_bytes &&
                model_function(&a->model, symbol->addr, &extent) &&
                forms(a, &extent, section);
    }
    return found;
}

// A call of the outage takes its target from a register.
static bool calls_pointers(const struct analysis *a) {
    struct thumb_insn insn;
    bool calls = false;
    for (size_t i = 0; i < a->node_count && !calls; i++) {
        const struct node *node = &a->nodes[i];
        for (size_t k = 0; k < node->edge_count && !calls; k++) {
            const uint32_t at = node->edges[k].addr & ~1u;
            const uint8_t *bytes = model_bytes(&a->model, at, 4);
            calls = !bytes || !thumb_decode(&insn, at, bytes, 4) ||
                    (insn.op != THUMB_BL && insn.op != THUMB_B);
        }
    }
    return calls;
}

static bool leads_there(struct analysis *a, const struct elf_section *section) {
    bool found = false;
    if (section->addr < LEAST_ADDR || !calls_pointers(a)) {
        return false;
    }
    for (size_t k = 0; k < a->model.image_count && !found; k++) {
        struct use use = {a->model.images[k], section, false};
        analysis_scan_words(use.image, on_word, &use);
        found = use.found || code_forms(a, use.image, section);
    }
    return found;
}

bool section_is_used(struct analysis *a, const struct elf_image *image,
        const struct elf_section *section) {
    bool used = !section->execute || has_objects(image, section);
    for (size_t i = 0; i < a->node_count && !used; i++) {
        const struct node *node = &a->nodes[i];
        used = node->addr - section->addr < section->size_bytes ||
                forms(a, &node->extent, section);
    }
    return used || leads_there(a, section);
}
