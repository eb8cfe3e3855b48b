/*
 * behind - judges vectors behind the object of the table
 *
 * SPDX-License-Identifier: MIT
 *
 * The processor reads on where the table's object ends.
 */
#include "check/begin/begin_priv.h"
#include "check/whole/whole.h"

// The object at addr, or what is there until one begins, ends there.
static uint32_t object_end(const struct analysis *a,
        const struct elf_image *image, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return symbol && symbol->object && symbol->addr == addr &&
                    symbol->size_bytes >= 4
            ? addr + symbol->size_bytes
            : table_label_end(image, addr);
}

static void behind_leads_to_flash(struct analysis *a,
        const struct vector_table *table, uint32_t n, uint32_t word) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .function = table->name,
                    .function_addr = table->addr,
                    .addr = table->addr + 4 * n,
                    .stored_in_table = true,
                    .target_addr = word & ~1u,
                    .target_known = true},
            NO_NODE,
            "what is behind %s reads like the vector of interrupt %u, and leads "
            "to flash: name the interrupts (--interrupts)",
            table->name, (unsigned)(n - CORE_VECTORS));
}

// Vectors behind the table, whatever lies there, of interrupts that code
// enables in a run of the whole program.
static void check_enabled(struct analysis *a,
        const struct vector_table *table) {
    for (uint32_t n = table->count; n < VECTORS_MAX; n++) {
        uint32_t values[VALUE_CONSTS];
        const uint32_t addr = table->addr + 4 * n;
        if (!vector_is_judged(a, n) ||
                !whole_is_vector(a->whole, table->addr, n)) {
            continue;
        }
        unsigned count = whole_vector(a->whole, table->addr, n, values);
        if (!count && whole_unchanged(a->whole, addr, 4)) {
            count = model_word(&a->model, addr, &values[0]);
        }
        for (unsigned i = 0; i < count; i++) {
            if (values[i] && model_forbidden(&a->model, values[i])) {
                behind_leads_to_flash(a, table, n, values[i]);
            } else if (values[i]) {
                vector_check(a, table, n, values[i]);
            }
        }
        if (!count) {
            finding_add(a,
                    &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                            .function = table->name,
                            .function_addr = table->addr,
                            .addr = addr,
                            .stored_in_table = true},
                    NO_NODE,
                    "interrupt %u is enabled, and its vector lies behind %s, "
                    "where something unknown is",
                    (unsigned)(n - CORE_VECTORS), table->name);
        }
    }
}

// Objects behind the table that hold vectors and nothing else: those of more
// interrupts, or pointers of another kind. None must lead to the window.
static void check_behind(struct analysis *a, const struct vector_table *table) {
    const struct elf_image *image = model_image(&a->model, table->addr);
    uint32_t addr = table->addr + 4 * table->count;
    while (image && elf_image_holds(image, addr) &&
            a->options->interrupts_all &&
            addr - table->addr < 4 * VECTORS_MAX) {
        const uint32_t end = object_end(a, image, addr);
        if ((end - addr) & 3 ||
                4 * table_vectors_at(a, addr, end) != end - addr) {
            return;
        }
        for (; addr < end; addr += 4) {
            const uint32_t n = (addr - table->addr) / 4;
            uint32_t word = 0;
            model_word(&a->model, addr, &word);
            if (word && !model_forbidden(&a->model, word)) {
                vector_check(a, table, n, word);
            } else if (word) {
                behind_leads_to_flash(a, table, n, word);
                return;
            }
        }
    }
}

void behind_check(struct analysis *a, const struct vector_table *table) {
    if (!whole_complete(a->whole)) {
        check_behind(a, table);
    }
    check_enabled(a, table);
}
