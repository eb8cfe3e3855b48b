/*
 * reset_tables - vector tables that the processor may start with
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/model/reset_tables.h"

// Armv7-M ARM B3.2.5: a table is aligned to 128 bytes at least.
#define TABLE_ALIGN 128u
#define SMALLEST_STACK 0x400u
enum {
    STACK,
    RESET,
    NMI,
    HARD_FAULT,
    WORDS,
    MEM_MANAGE = WORDS,
    USAGE_FAULT = 6,
    SECURE_FAULT = 7,
    SVCALL = 11,
    DEBUG_MONITOR = 12,
    RESERVED = 13,
    PENDSV = 14,
    CORE_WORDS = 16,
};

static bool has_secure_fault(const struct model *model) {
    bool has = false;
    for (size_t k = 0; k < model->image_count; k++) {
        const int arch = elf_image_cpu_arch(model->images[k]);
        has |= (arch < ELF_ARCH_V7 || arch > ELF_ARCH_V7E_M) &&
                arch != ELF_ARCH_V8_M_BASE;
    }
    return has;
}

// Armv6-M ARM B1.5.2, and Armv8-M without the Main Extension: all faults are
// HardFault, and there is no monitor. Even where such code runs on a larger
// core, these are off until code enables them.
static bool has_small_core(const struct model *model) {
    bool has = model->image_count > 0;
    for (size_t k = 0; k < model->image_count; k++) {
        const int arch = elf_image_cpu_arch(model->images[k]);
        has &= arch == ELF_ARCH_V6_M || arch == ELF_ARCH_V6S_M ||
                arch == ELF_ARCH_V8_M_BASE;
    }
    return has;
}

bool reset_tables_reserved(const struct model *model, uint32_t n) {
    return (n > SECURE_FAULT && n < SVCALL) || n == RESERVED ||
            (n == SECURE_FAULT && !has_secure_fault(model)) ||
            (((n >= MEM_MANAGE && n <= USAGE_FAULT) || n == DEBUG_MONITOR) &&
                    has_small_core(model));
}

static bool is_copied(const struct elf_section *s) {
    return s->zero || s->load_addr != s->addr;
}

bool reset_tables_copied(const struct elf_image *image, uint32_t addr) {
    const struct elf_section *section = elf_image_section_at(image, addr);
    return section && is_copied(section);
}

// A function of the images.
static bool leads_to_code(const struct model *model, uint32_t word) {
    const struct elf_section *s = model_section(model, word & ~1u);
    return word & 1 && s && s->execute;
}

// What no device and no image has in flash may be a stack, wherever it lies.
static bool may_be_stack(const struct model *model, uint32_t sp) {
    const uint32_t at = sp - 4;
    const struct elf_section *s = model_section(model, at);
    return !(sp & 3) && sp > SMALLEST_STACK && !model_device(model, at) &&
            (!s || s->write || is_copied(s));
}

// A function, or what may be one in a ROM that no image has; or none.
static bool may_be_vector(const struct model *model, uint32_t word) {
    const bool elsewhere = word & 1 && !model_section(model, word & ~1u) &&
            !model_device(model, word) && word < 0xE0000000u;
    return !word || elsewhere || leads_to_code(model, word);
}

// Nothing but vectors; `full`: those that each program has.
static bool has_vectors(const struct model *model, uint32_t addr, bool full) {
    const uint8_t *b = model_bytes(model, addr, 4 * CORE_WORDS);
    bool has = b;
    for (uint32_t n = NMI; has && n < CORE_WORDS; n++) {
        const uint32_t word = model_word_in(b + 4 * n);
        const bool needed =
                full && (n <= HARD_FAULT || n == SVCALL || n >= PENDSV);
        has = reset_tables_reserved(model, n) ||
                (may_be_vector(model, word) && (word || !needed));
    }
    return has;
}

static bool is_table(const struct model *model, uint32_t addr) {
    const uint8_t *b = model_bytes(model, addr, 4 * WORDS);
    if (!b || !may_be_stack(model, model_word_in(b)) ||
            !leads_to_code(model, model_word_in(b + 4 * RESET))) {
        return false;
    }
    // Elsewhere than RAM usually is, the first word may be any number.
    const uint32_t sp = model_word_in(b), at = sp - 4;
    const bool usual = at >= 0x20000000u && at < 0x40000000u;
    return usual || model_is_entry(model, model_word_in(b + 4 * RESET)) ||
            has_vectors(model, addr, false) ||
            (leads_to_code(model, model_word_in(b + 4 * NMI)) &&
                    leads_to_code(model, model_word_in(b + 4 * HARD_FAULT)));
}

/// Where ///

static void add(const struct model *model, struct reset_tables *tables,
        uint32_t addr) {
    size_t at = tables->count;
    for (size_t i = 0; i < tables->count; i++) {
        if (tables->addr[i] == addr) {
            return;
        }
        if (!model_forbidden(model, tables->addr[i]) && at > i) {
            at = i;
        }
    }
    if (tables->count == RESET_TABLES_MAX) {
        tables->more = true;
        return;
    }
    at = model_forbidden(model, addr) ? at : tables->count;
    for (size_t i = tables->count++; i > at; i--) {
        tables->addr[i] = tables->addr[i - 1];
    }
    tables->addr[at] = addr;
}

// Each place of the section where a table may begin, from *at on. False: there
// are no more.
static bool next_place(const struct elf_section *s, uint32_t *at) {
    const uint32_t end = s->addr + s->size_bytes;
    *at = (*at + TABLE_ALIGN - 1) & ~(TABLE_ALIGN - 1);
    return *at >= s->addr && *at < end && end - *at >= 8;
}

// A table in RAM, which VTOR may be set to, has that reset.
static bool is_in_ram(const struct model *model, uint32_t reset) {
    const struct elf_section *s;
    uint32_t other;
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(model->images[k], i)); i++) {
            for (uint32_t at = s->addr; is_copied(s) && next_place(s, &at);
                    at += TABLE_ALIGN) {
                if (model_word(model, at + 4 * RESET, &other) &&
                        other == reset && is_table(model, at)) {
                    return true;
                }
            }
        }
    }
    return false;
}

// The first instruction of an image, or of a table that is known.
static bool is_reset(const struct model *model,
        const struct reset_tables *tables, uint32_t reset) {
    uint32_t other;
    bool is = model_is_entry(model, reset);
    for (size_t i = 0; !is && i < tables->count; i++) {
        is = model_word(model, tables->addr[i] + 4 * RESET, &other) &&
                other == reset;
    }
    return is || is_in_ram(model, reset);
}

static void find_inner(const struct model *model, struct reset_tables *tables,
        const struct elf_section *s) {
    uint32_t reset;
    for (uint32_t at = s->addr; next_place(s, &at); at += TABLE_ALIGN) {
        if (is_table(model, at) && model_word(model, at + 4 * RESET, &reset) &&
                (has_vectors(model, at, true) ||
                        is_reset(model, tables, reset))) {
            add(model, tables, at);
        }
    }
}

void reset_tables_find(const struct model *model, struct reset_tables *tables) {
    const struct elf_section *s;
    *tables = (struct reset_tables){0};
    for (int inner = 0; inner < 2; inner++) {
        for (size_t k = 0; k < model->image_count; k++) {
            const struct elf_image *image = model->images[k];
            for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
                if (is_copied(s)) {
                    continue;
                }
                if (inner) {
                    find_inner(model, tables, s);
                } else if (!(s->addr & (TABLE_ALIGN - 1)) &&
                        is_table(model, s->addr)) {
                    add(model, tables, s->addr);
                }
            }
        }
    }
}
