/*
 * results - whether a call looks at what a function leaves in r0 or r1
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/analysis.h"

static bool is_used(const struct analysis *a, uint32_t function, unsigned r,
        unsigned depth);

// A branch at insn enters the function, and r, its result, is looked at.
static bool uses_result(const struct analysis *a, const struct thumb_insn *insn,
        uint32_t function, unsigned r, unsigned depth) {
    const struct model *model = &a->model;
    bool veneer = false;
    if ((insn->op != THUMB_BL && insn->op != THUMB_B) ||
            analysis_past_veneers(a, insn->target, &veneer) != function) {
        return false;
    }
    const struct elf_symbol *caller = model_symbol(model, insn->addr);
    if (insn->op == THUMB_BL) {
        return !flow_ignores(model, insn->addr + insn->size_bytes, r);
    }
    // A jump inside the function, or a tail call.
    return !caller ||
            (caller->addr != function && !analysis_is_veneer(a, caller) &&
                    is_used(a, caller->addr, r, depth + 1));
}

static bool section_uses(const struct analysis *a,
        const struct elf_image *image, const struct elf_section *section,
        uint32_t function, unsigned r, unsigned depth) {
    const uint32_t last = section->addr + section->size_bytes;
    for (uint32_t addr = section->addr; addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        while (content != ELF_CONTENT_DATA && addr + 2 <= end) {
            struct thumb_insn insn;
            const uint32_t room = end - addr < 4 ? end - addr : 4;
            const uint8_t *b = elf_image_bytes(image, addr, room);
            if (!b || !thumb_decode(&insn, addr, b, room)) {
                addr += 2;
                continue;
            }
            if (uses_result(a, &insn, function, r, depth)) {
                return true;
            }
            addr += insn.size_bytes;
        }
        addr = end;
    }
    return false;
}

#define TAILS_DEEP 4u

// What the function leaves in r may be its result: a call looks at it.
static bool is_used(const struct analysis *a, uint32_t function, unsigned r,
        unsigned depth) {
    bool used = depth == TAILS_DEEP;
    for (size_t k = 0; !used && k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        const struct elf_section *s;
        for (size_t i = 0; !used && (s = elf_image_section(image, i)); i++) {
            used = !s->zero && !s->data &&
                    section_uses(a, image, s, function, r, depth);
        }
    }
    return used;
}

bool result_used(const struct analysis *a, uint32_t function, bool high) {
    return is_used(a, function, high, 0);
}
