/*
 * tables - finds the vector tables in use, and how long they are
 *
 * SPDX-License-Identifier: MIT
 *
 * The table is read from the flash window or from RAM, where VTOR points
 * (Armv7-M ARM B3.2.5).
 */
#include <stdio.h>

#include "base/number.h"
#include "check/analysis/memory.h"
#include "check/begin/begin_priv.h"
#include "check/model/reset_tables.h"
#include "check/whole/whole.h"

/// How long ///

uint32_t vectors_asked(const struct analysis *a) {
    uint32_t n = a->options->interrupts_all ? 0 : VECTORS_MAX;
    while (n && !a->options->interrupts_on[n - 1]) {
        n--;
    }
    return n;
}

uint32_t table_label_end(const struct elf_image *image, uint32_t addr) {
    const struct elf_section *section = elf_image_section_at(image, addr);
    const uint32_t end =
            section ? section->addr + section->size_bytes : addr + 4 * 256;
    const struct elf_symbol *next;
    for (size_t i = elf_image_symbol_from(image, addr + 4);
            (next = elf_image_symbol_index(image, i)) && next->addr < end;
            i++) {
        if (!next->absolute && (next->object || next->function)) {
            return next->addr;
        }
    }
    return end;
}

uint32_t table_vectors_at(const struct analysis *a, uint32_t addr,
        uint32_t end) {
    uint32_t count = 0;
    for (uint32_t n = 0; end - addr >= 4 * (n + 1); n++) {
        uint32_t word, content_end;
        if (!model_word(&a->model, addr + 4 * n, &word)) {
            break;
        }
        const struct elf_image *image = model_image(&a->model, word & ~1u);
        const bool code = word & 1 && image &&
                elf_image_content(image, word & ~1u, &content_end) !=
                        ELF_CONTENT_DATA;
        if (word && !code) {
            break;
        }
        count = word ? n + 1 : count;
    }
    return count;
}

// The processor reads on where the table's object ends: that of the interrupts
// may be another one. One that has some of them is taken to have all, and so is
// one of which the run of the whole program says what is enabled (behind.c),
// unless --interrupts names others or nothing else is in its section.
static void add_neighbours(const struct analysis *a,
        const struct elf_image *image, struct vector_table *table) {
    const struct elf_section *section =
            elf_image_section_at(image, table->addr);
    const uint32_t addr = table->addr + 4 * table->count;
    const uint32_t last = section ? section->addr + section->size_bytes : addr;
    const uint32_t more = addr < last ? table_vectors_at(a, addr, last) : 0;
    const uint32_t all = table->count + more;
    const bool has_all =
            table->count > CORE_VECTORS || whole_complete(a->whole);
    if (!has_all || last - addr < 4 * (more + 1)) {
        table->count = all;
    } else if (table->count < vectors_asked(a)) {
        table->count = all < vectors_asked(a) ? all : vectors_asked(a);
    }
}

static bool measure(struct analysis *a, uint32_t addr,
        struct vector_table *table) {
    const struct elf_image *image = model_image(&a->model, addr);
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    *table = (struct vector_table){.addr = addr, .name = "?"};
    if (!image) {
        return false;
    }
    const struct elf_section *in = elf_image_section_at(image, addr);
    table->section_addr = in ? in->addr : 0;
    if (symbol && symbol->object && symbol->size_bytes) {
        table->name = symbol->name;
        table->count = (symbol->addr + symbol->size_bytes - addr) / 4;
    } else {
        table->name = symbol ? symbol->name : in ? in->name : "?";
        table->count = (table_label_end(image, addr) - addr) / 4;
    }
    add_neighbours(a, image, table);
    table->count = table->count > VECTORS_MAX ? VECTORS_MAX : table->count;
    return true;
}

// Memory where no image has anything: code fills it. It has the core's vectors
// and those that are asked about.
static bool measure_empty(struct analysis *a, uint32_t addr, const char *name,
        struct vector_table *table) {
    const uint32_t asked = a->options->interrupts_all && a->first_count
            ? a->first_tables[0].count
            : vectors_asked(a);
    *table = (struct vector_table){.addr = addr,
            .name = name,
            .count = asked > CORE_VECTORS ? asked : CORE_VECTORS,
            .empty = true};
    return !model_image(&a->model, addr) && memory_readable(a, addr);
}

// The same, if an annotation names a symbol there.
static bool measure_noted(struct analysis *a, uint32_t addr,
        struct vector_table *table) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        const struct check_note *note = &a->options->notes[i];
        for (size_t k = 0;
                note->kind == CHECK_NOTE_VECTORS && k < a->model.image_count;
                k++) {
            size_t from = 0;
            const struct elf_symbol *s =
                    elf_image_symbol_named(a->model.images[k], note->place,
                            &from);
            if (s && s->addr == addr &&
                    measure_empty(a, addr, s->name, table)) {
                return true;
            }
        }
    }
    return false;
}

/// Which ///

static bool named_by_option(struct analysis *a, struct vector_table *table) {
    const char *name = a->options->vectors;
    uint64_t addr;
    if (number_parse(name, UINT32_MAX, &addr)) {
        return measure(a, (uint32_t)addr, table) ||
                measure_empty(a, (uint32_t)addr,
                        keep_text(a, "0x%08x", (unsigned)addr), table);
    }
    for (size_t i = 0; i < a->model.image_count; i++) {
        size_t k = 0;
        const struct elf_symbol *symbol =
                elf_image_symbol_named(a->model.images[i], name, &k);
        if (symbol) {
            return measure(a, symbol->addr, table) ||
                    measure_empty(a, symbol->addr, symbol->name, table);
        }
    }
    return false;
}

// Two static tables of that name, of which one would not be judged.
static bool is_ambiguous(const struct analysis *a) {
    const char *name = a->options->vectors;
    for (size_t i = 0; i < a->model.image_count; i++) {
        const struct elf_symbol *first = NULL, *s;
        size_t k = 0;
        while ((s = elf_image_symbol_named(a->model.images[i], name, &k))) {
            if (first && !s->function && s->addr != first->addr) {
                return true;
            }
            first = s->function ? first : s;
        }
    }
    return false;
}

// Only functions have that name, or the address is that of one.
static bool is_function(const struct analysis *a) {
    const char *name = a->options->vectors;
    uint64_t addr;
    bool function = false, other = false;
    if (number_parse(name, UINT32_MAX, &addr)) {
        const struct elf_symbol *s = model_symbol(&a->model, (uint32_t)addr);
        return s && s->function && !s->object &&
                (uint32_t)addr - s->addr < s->size_bytes;
    }
    for (size_t i = 0; i < a->model.image_count; i++) {
        const struct elf_symbol *s;
        size_t k = 0;
        while ((s = elf_image_symbol_named(a->model.images[i], name, &k))) {
            function |= s->function;
            other |= !s->function;
        }
    }
    return function && !other;
}

// note: what says that another table is in use, or NULL.
static void vtor_finding(struct analysis *a, uint32_t addr, const char *how,
        uint32_t value, const struct check_note *note) {
    const char *name = symbol_name(a, addr);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .addr = addr,
                    .target_addr = value,
                    .target_known = value != 0,
                    .reason = note ? note->reason : NULL},
            NO_NODE, "%s (0x%08x) %s; name the table with --vectors",
            name ? name : "something", (unsigned)addr, how);
}

// An exception of the non-secure state may come in an outage of the secure one,
// and its table is not judged.
static void other_state(struct analysis *a, const struct vtor *vtor) {
    if (vtor->non_secure) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .addr = vtor->non_secure},
                NO_NODE,
                "sets VTOR of the non-secure state, whose vectors are not "
                "judged");
    }
}

// False: one line in error.
static bool bad_option(struct analysis *a, const char *why) {
    snprintf(a->error, a->error_size, "--vectors %s: %s", a->options->vectors,
            why);
    return false;
}

bool table_by_option(struct analysis *a, struct vector_table *table) {
    uint64_t addr;
    if (number_parse(a->options->vectors, UINT32_MAX, &addr) && addr & 3) {
        return bad_option(a, "no table can begin there; its words are aligned");
    }
    if (is_ambiguous(a)) {
        return bad_option(a,
                "several objects have that name; give the address of the "
                "table");
    }
    if (is_function(a)) {
        return bad_option(a,
                "that is a function; name the object that is the table");
    }
    if (!whole_complete(a->whole)) {
        struct vtor vtor = {0};
        vtor_find(a, &vtor);
        other_state(a, &vtor);
    }
    return named_by_option(a, table) ||
            bad_option(a,
                    "no image holds that symbol or address, and it is in no "
                    "memory that the board or --resident names; nm lists the "
                    "names");
}

// Judges what is not the table in use. tables: the first `count`.
static void other_values(struct analysis *a, const struct vtor *vtor,
        const struct vector_table *tables, size_t count,
        const struct check_note *note) {
    if (vtor->unknown) {
        vtor_finding(a, vtor->unknown_addr, vtor->unknown, 0, note);
        a->scb_told |= vtor->unknown_scb && !note;
    }
    for (size_t i = 0; i < vtor->count; i++) {
        bool judged = false;
        for (size_t k = 0; k < count; k++) {
            judged |= tables[k].addr == vtor->value[i];
        }
        if (!judged) {
            const bool flash = model_forbidden(&a->model, vtor->value[i]);
            vtor_finding(a, vtor->at[i],
                    flash ? "sets VTOR to the window as well, and whether that "
                            "is before the outage is not known"
                          : "sets VTOR to memory that no image fills",
                    vtor->value[i], note);
            return;
        }
    }
}

// What a run of the whole program says. False: it came to no end, or there are
// too many.
static bool vtor_followed(struct analysis *a, struct vtor *vtor) {
    uint32_t addr, by;
    for (size_t i = 0; whole_vtor(a->whole, i, &addr, &by); i++) {
        if (i == sizeof vtor->value / sizeof vtor->value[0]) {
            vtor->count = 0;
            return false;
        }
        vtor->at[vtor->count] = by;
        vtor->value[vtor->count++] = addr;
    }
    return vtor->count > 0;
}

// In one object: the first ends where the other begins. What an exception reads
// of that is judged as what lies behind a table, by the run.
static void cut_at_others(const struct analysis *a, struct vector_table *tables,
        size_t count) {
    for (size_t i = 0; whole_complete(a->whole) && i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            const uint32_t words = (tables[k].addr - tables[i].addr) / 4;
            if (words >= CORE_VECTORS && words < tables[i].count) {
                tables[i].count = words;
            }
        }
    }
}

// One is set that is not judged, but for those in the window.
static bool is_other(const struct analysis *a, const struct vtor *vtor,
        const struct vector_table *tables, size_t count) {
    bool other = vtor->sets_unknown;
    for (size_t i = 0; !other && i < vtor->count; i++) {
        other = !model_forbidden(&a->model, vtor->value[i]);
        for (size_t k = 0; k < count; k++) {
            other &= tables[k].addr != vtor->value[i];
        }
    }
    return other;
}

size_t table_by_vtor(struct analysis *a, struct vector_table *tables,
        size_t most, bool *maybe_other) {
    struct vtor vtor = {0};
    size_t count = 0;
    bool resident = false;
    if (!vtor_followed(a, &vtor)) {
        vtor_find(a, &vtor);
        other_state(a, &vtor);
        if (whole_complete(a->whole) && vtor.count) {
            vtor_finding(a, vtor.at[0],
                    "sets VTOR, and the run of the whole program never comes "
                    "there",
                    vtor.value[0], NULL);
        }
    }
    for (size_t i = 0; i < vtor.count && count < most; i++) {
        struct vector_table t;
        bool known = !measure(a, vtor.value[i], &t) &&
                !measure_noted(a, vtor.value[i], &t);
        for (size_t k = 0; k < count; k++) {
            known |= tables[k].addr == vtor.value[i];
        }
        if (!known) {
            resident |= !model_forbidden(&a->model, t.addr);
            tables[count++] = t;
        }
    }
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (!resident || !model_forbidden(&a->model, tables[i].addr)) {
            tables[left++] = tables[i];
        }
    }
    cut_at_others(a, tables, left);
    // An annotation of the first one says that it is in use in each outage;
    // what that covers is counted.
    const struct check_note *note =
            left ? note_find(a, CHECK_NOTE_VECTORS, tables[0].name, 0) : NULL;
    other_values(a, &vtor, tables, left, note);
    *maybe_other = !note && is_other(a, &vtor, tables, left);
    return left;
}

/// That of the reset ///

struct found {
    struct vector_table *tables;
    size_t count, most;
};

static void add_found(struct analysis *a, struct found *found, uint32_t addr) {
    struct vector_table table;
    for (size_t i = 0; i < found->count; i++) {
        if (found->tables[i].addr == addr) {
            return;
        }
    }
    if (found->count < found->most && measure(a, addr, &table)) {
        found->tables[found->count++] = table;
    }
}

// Names that start-up files give the table.
static void by_name(struct analysis *a, bool copied, struct found *found) {
    static const char *const names[] = {"g_pfnVectors", "__isr_vector",
            "__isr_vectors", "__Vectors", "__vector_table", "vector_table",
            "_vectors", "vectors", "isr_vector", "exception_table",
            "_vector_table"};
    for (size_t k = 0; k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            size_t next = 0;
            const struct elf_symbol *symbol =
                    elf_image_symbol_named(image, names[i], &next);
            if (symbol && reset_tables_copied(image, symbol->addr) == copied) {
                add_found(a, found, symbol->addr);
            }
        }
    }
}

size_t table_by_reset(struct analysis *a, struct vector_table *tables,
        size_t most) {
    struct found found = {.tables = tables, .most = most};
    struct reset_tables resets;
    reset_tables_find(&a->model, &resets);
    for (size_t i = 0; i < resets.count; i++) {
        add_found(a, &found, resets.addr[i]);
    }
    by_name(a, false, &found);
    return found.count;
}

size_t table_by_name(struct analysis *a, struct vector_table *tables,
        size_t most) {
    struct found found = {.tables = tables, .most = most};
    by_name(a, true, &found);
    return found.count;
}
