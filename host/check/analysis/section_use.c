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

// The function can form an address in the section.
static bool forms(struct analysis *a, const struct node *node,
        const struct elf_section *section) {
    const struct formed formed = analysis_formed(a, &node->extent);
    bool found = false;
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

bool section_is_used(struct analysis *a, const struct elf_image *image,
        const struct elf_section *section) {
    bool used = !section->execute || has_objects(image, section);
    for (size_t i = 0; i < a->node_count && !used; i++) {
        const struct node *node = &a->nodes[i];
        used = node->addr - section->addr < section->size_bytes ||
                forms(a, node, section);
    }
    return used;
}
