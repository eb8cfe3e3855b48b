/*
 * vectors - finds the vector table in use and judges its entries
 *
 * SPDX-License-Identifier: MIT
 *
 * NMI and HardFault run whatever is masked; BASEPRI and PRIMASK hold back the
 * rest (Armv7-M ARM B1.4.3). The table is read from the flash window or from
 * RAM, where VTOR points (B3.2.5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exception_name.h"
#include "base/number.h"
#include "check/begin/begin_priv.h"
#include "check/whole/whole.h"

static bool is_judged(const struct analysis *a, uint32_t n) {
    if (n >= 2 && n <= 7) {
        return true;
    }
    return n >= 8 &&
            (a->options->interrupts_all ||
                    (n < 512 && a->options->interrupts_on[n]));
}

/// Which table ///

#define CORE_VECTORS 16u // before those of the interrupts
#define VECTORS_MAX 512u

// The number of the last exception that --interrupts names, and one; 0: it
// names none, or all, and how many there are is not known.
static uint32_t vectors_asked(const struct analysis *a) {
    uint32_t n = a->options->interrupts_all ? 0 : VECTORS_MAX;
    while (n && !a->options->interrupts_on[n - 1]) {
        n--;
    }
    return n;
}

// Where what begins at addr, by a label, ends: at the next symbol of an object
// or a function, or with its section.
static uint32_t label_end(const struct elf_image *image, uint32_t addr) {
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

// How many words up to end are vectors, or zero; the last is a vector.
static uint32_t vectors_at(const struct analysis *a, uint32_t addr,
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
// may be another one. One that has some of them is taken to have all, unless
// --interrupts names others or nothing else is in its section.
static void add_neighbours(const struct analysis *a,
        const struct elf_image *image, struct vector_table *table) {
    const struct elf_section *section =
            elf_image_section_at(image, table->addr);
    const uint32_t addr = table->addr + 4 * table->count;
    const uint32_t last = section ? section->addr + section->size_bytes : addr;
    const uint32_t more = addr < last ? vectors_at(a, addr, last) : 0;
    const uint32_t all = table->count + more;
    if (table->count <= CORE_VECTORS || last - addr < 4 * (more + 1)) {
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
        table->count = (label_end(image, addr) - addr) / 4;
    }
    add_neighbours(a, image, table);
    table->count = table->count > VECTORS_MAX ? VECTORS_MAX : table->count;
    return true;
}

static bool by_option(struct analysis *a, struct vector_table *table) {
    const char *name = a->options->vectors;
    uint64_t addr;
    if (number_parse(name, UINT32_MAX, &addr)) {
        return measure(a, (uint32_t)addr, table);
    }
    for (size_t i = 0; i < a->model.image_count; i++) {
        size_t k = 0;
        const struct elf_symbol *symbol =
                elf_image_symbol_named(a->model.images[i], name, &k);
        if (symbol) {
            return measure(a, symbol->addr, table);
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

// Names that start-up files give the table.
static bool by_name(struct analysis *a, struct vector_table *table) {
    static const char *const names[] = {"g_pfnVectors", "__isr_vector",
            "__isr_vectors", "__Vectors", "__vector_table", "vector_table",
            "_vectors", "vectors", "isr_vector", "exception_table",
            "_vector_table"};
    for (size_t k = 0; k < a->model.image_count; k++) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            size_t next = 0;
            const struct elf_symbol *symbol =
                    elf_image_symbol_named(a->model.images[k], names[i], &next);
            if (symbol && measure(a, symbol->addr, table)) {
                return true;
            }
        }
    }
    return false;
}

// A section whose first words are a stack pointer and an odd address in the
// image is a vector table, and nothing else is. Nothing sets VTOR, so one in
// flash, where the processor starts, is the one in use.
static bool by_shape(struct analysis *a, struct vector_table *table) {
    const struct elf_section *section;
    bool found = false;
    for (size_t k = 0; k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
            uint32_t sp, reset;
            if (!section->zero && !(section->addr & 0x7F) &&
                    model_word(&a->model, section->addr, &sp) &&
                    model_word(&a->model, section->addr + 4, &reset) &&
                    reset & 1 && !(sp & 3) && sp >= 0x10000000u &&
                    sp <= 0x40000000u && !model_forbidden(&a->model, sp) &&
                    elf_image_holds(image, reset & ~1u) &&
                    (!found || model_forbidden(&a->model, section->addr))) {
                found = measure(a, section->addr, table);
            }
        }
    }
    return found;
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

// Judges what is not the table in use. tables: the first `count`.
static void other_values(struct analysis *a, const struct vtor *vtor,
        const struct vector_table *tables, size_t count,
        const struct check_note *note) {
    if (vtor->unknown) {
        vtor_finding(a, vtor->unknown_addr, vtor->unknown, 0, note);
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

// All that code sets VTOR to, at most `most`; if one is resident, those only:
// start code may point VTOR at flash before.
static size_t by_vtor(struct analysis *a, struct vector_table *tables,
        size_t most) {
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
        bool known = !measure(a, vtor.value[i], &t);
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
    // An annotation of the first one says that it is in use in each outage;
    // what that covers is counted.
    const struct check_note *note =
            left ? note_find(a, CHECK_NOTE_VECTORS, tables[0].name, 0) : NULL;
    other_values(a, &vtor, tables, left, note);
    return left;
}

/// Entries ///

static const char *entry_name(struct analysis *a, uint32_t n) {
    if (n >= 16) {
        return keep_text(a, "vector %u (IRQ %u)", (unsigned)n,
                (unsigned)(n - 16));
    }
    const char *name = exception_name(n);
    return keep_text(a, "vector %u %s", (unsigned)n, name ? name : "reserved");
}

static void check_entry(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word) {
    const uint32_t addr = table->addr + 4 * n;
    bool veneer = false;
    uint32_t target = analysis_past_veneers(a, word & ~1u, &veneer);
    if (veneer && model_forbidden(&a->model, word)) {
        target = word & ~1u; // the veneer itself lies in flash
    }
    struct check_finding f = {
            .function = table->name,
            .function_addr = table->addr,
            .addr = addr,
            .target_addr = target,
            .target_known = true,
            .stored_in_table = true,
            .through_veneer = veneer,
    };
    const char *name = entry_name(a, n);
    const char *handler = symbol_name(a, target);
    if (word == UINT32_MAX) {
        f.rule = CHECK_RULE_VECTOR_RUNTIME;
        f.target_known = false;
        finding_add(a, &f, NO_NODE,
                "%s of %s is 0xffffffff, as blank flash is: no handler is there",
                name, table->name);
    } else if (!(word & 1)) {
        f.rule = CHECK_RULE_VECTOR_EVEN;
        finding_add(a, &f, NO_NODE, "%s of %s holds 0x%08x, an even address",
                name, table->name, (unsigned)word);
    } else if (model_forbidden(&a->model, target)) {
        f.rule = CHECK_RULE_VECTOR;
        finding_add(a, &f, NO_NODE, "%s of %s leads to %s in flash", name,
                table->name, handler ? handler : "an address");
    } else {
        const uint32_t root = analysis_root(a, target, name);
        if (root != NO_NODE) {
            a->nodes[root].is_handler = true;
        }
    }
}

// No code can change the table at addr.
static bool is_fixed(const struct analysis *a, uint32_t addr) {
    return model_forbidden(&a->model, addr) || model_constant(&a->model, addr);
}

// Judges entry n by one word of an annotation, "N=SYMBOL" or "*=TABLE". Of
// several symbols of that name any may be meant. False: it says nothing of it.
static bool word_says(struct analysis *a, const struct vector_table *table,
        const char *text, uint32_t n) {
    const char *equals = strchr(text, '=');
    const bool rest = *text == '*';
    bool says = false;
    if (!equals || (!rest && strtoul(text, NULL, 10) != n)) {
        return false;
    }
    for (size_t i = 0; !says && i < a->model.image_count; i++) {
        const struct elf_symbol *s;
        size_t k = 0;
        while ((s = elf_image_symbol_named(a->model.images[i], equals + 1,
                        &k))) {
            uint32_t word = s->addr | 1;
            // What code may change by then is not what is copied.
            if (rest &&
                    (!is_fixed(a, s->addr) ||
                            !model_word(&a->model, s->addr + 4 * n, &word))) {
                continue;
            }
            if (word) {
                check_entry(a, table, n, word);
            }
            says = true;
        }
    }
    return says;
}

// "N=" has precedence over "*=".
static bool noted_entry(struct analysis *a, const struct vector_table *table,
        const struct check_note *note, uint32_t n) {
    for (int rest = 0; rest < 2; rest++) {
        for (char **t = note->targets; t && *t; t++) {
            if ((**t == '*') == rest && word_says(a, table, *t, n)) {
                return true;
            }
        }
    }
    return false;
}

// Entry n of a table that start code fills: from stores to exactly that place,
// or from a note.
static bool filled_entry(struct analysis *a, const struct vector_table *table,
        const struct check_note *note, uint32_t n) {
    uint32_t values[4];
    bool known = false;
    const size_t count = a->settled
            ? settled_stores(a->settled, table->addr + 4 * n, values, 4)
            : 0;
    for (size_t i = 0; i < count; i++) {
        check_entry(a, table, n, values[i]);
        known = true;
    }
    return known || (note && noted_entry(a, table, note, n));
}

static void check_filled(struct analysis *a, const struct vector_table *table) {
    const struct check_note *note =
            note_find(a, CHECK_NOTE_VECTORS, table->name, 0);
    unsigned unknown = 0;
    uint32_t first = 0;
    analysis_want(a, table->addr, 4 * table->count);
    for (uint32_t n = 2; n < table->count; n++) {
        // SecureFault is Armv8-M's; elsewhere its entry stays zero.
        if (is_judged(a, n) && !filled_entry(a, table, note, n) && n != 7) {
            first = unknown++ ? first : n;
        }
    }
    if (note) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .function = table->name,
                        .function_addr = table->addr,
                        .addr = table->addr,
                        .stored_in_table = true,
                        .reason = note->reason},
                NO_NODE, "%s is filled at run time", table->name);
    }
    if (unknown) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .function = table->name,
                        .function_addr = table->addr,
                        .addr = table->addr + 4 * first,
                        .stored_in_table = true},
                NO_NODE,
                "%u entries of %s are filled at run time, the first is number "
                "%u",
                unknown, table->name, (unsigned)first);
    }
}

static bool filled_at_run_time(const struct analysis *a,
        const struct vector_table *table) {
    for (uint32_t n = 0; n < table->count; n++) {
        uint32_t word;
        if (model_word(&a->model, table->addr + 4 * n, &word) && word) {
            return false;
        }
    }
    return true;
}

void vector_stored(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word) {
    if (n >= 2 && is_judged(a, n)) {
        check_entry(a, table, n, word);
    }
}

// Armv7-M ARM B3.2.5: the table is aligned to its size, rounded up to a power
// of two; VTOR does not hold the bits below.
static void check_place(struct analysis *a, const struct vector_table *table) {
    uint32_t size = 128;
    while (size < 4 * table->count) {
        size *= 2;
    }
    struct check_finding f = {.rule = CHECK_RULE_VECTOR_RUNTIME,
            .function = table->name,
            .function_addr = table->addr,
            .addr = table->addr,
            .stored_in_table = true};
    if (table->addr & (size - 1)) {
        finding_add(a, &f, NO_NODE,
                "VTOR cannot hold 0x%08x, the address of %s: %u entries need "
                "an alignment of %u, so another table is used",
                (unsigned)table->addr, table->name, (unsigned)table->count,
                (unsigned)size);
    }
    for (uint32_t n = table->count; n < vectors_asked(a); n++) {
        if (a->options->interrupts_on[n]) {
            finding_add(a, &f, NO_NODE,
                    "%s has %u entries, and none for exception %u, which "
                    "--interrupts names",
                    table->name, (unsigned)table->count, (unsigned)n);
            break;
        }
    }
}

// All that the words of the table ever hold, by a run of the whole program.
// False: it does not know.
static bool check_followed(struct analysis *a,
        const struct vector_table *table) {
    uint32_t values[VALUE_CONSTS];
    for (uint32_t n = 2; n < table->count; n++) {
        if (is_judged(a, n) &&
                !whole_vector(a->whole, table->addr, n, values)) {
            return false;
        }
    }
    for (uint32_t n = 2; n < table->count; n++) {
        const unsigned count = is_judged(a, n)
                ? whole_vector(a->whole, table->addr, n, values)
                : 0;
        for (unsigned i = 0; i < count; i++) {
            if (values[i]) {
                check_entry(a, table, n, values[i]);
            }
        }
    }
    return true;
}

// The object at addr, or what is there until one begins, ends there.
static uint32_t object_end(const struct analysis *a,
        const struct elf_image *image, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return symbol && symbol->object && symbol->addr == addr &&
                    symbol->size_bytes >= 4
            ? addr + symbol->size_bytes
            : label_end(image, addr);
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
        if (!is_judged(a, n) || !whole_is_vector(a->whole, table->addr, n)) {
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
                check_entry(a, table, n, values[i]);
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
        if ((end - addr) & 3 || 4 * vectors_at(a, addr, end) != end - addr) {
            return;
        }
        for (; addr < end; addr += 4) {
            const uint32_t n = (addr - table->addr) / 4;
            uint32_t word = 0;
            model_word(&a->model, addr, &word);
            if (word && !model_forbidden(&a->model, word)) {
                check_entry(a, table, n, word);
            } else if (word) {
                behind_leads_to_flash(a, table, n, word);
                return;
            }
        }
    }
}

static void check_table(struct analysis *a, const struct vector_table *table) {
    check_place(a, table);
    if (model_forbidden(&a->model, table->addr)) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_TABLE,
                        .function = table->name,
                        .function_addr = table->addr,
                        .addr = table->addr,
                        .stored_in_table = true,
                        .target_addr = table->addr,
                        .target_known = true},
                NO_NODE,
                "the table in use, %s, lies in flash: an exception in an "
                "outage, NMI included, cannot read its vector",
                table->name);
    }
    check_behind(a, table);
    check_enabled(a, table);
    if (!is_fixed(a, table->addr) && check_followed(a, table)) {
        return;
    }
    a->searched |= !is_fixed(a, table->addr);
    if (filled_at_run_time(a, table)) {
        check_filled(a, table);
        vector_stores_check(a, table);
        return;
    }
    const struct check_note *note =
            note_find(a, CHECK_NOTE_VECTORS, table->name, 0);
    for (uint32_t n = 2; n < table->count; n++) {
        uint32_t word;
        if (!is_judged(a, n)) {
            continue;
        }
        if (model_word(&a->model, table->addr + 4 * n, &word) && word) {
            check_entry(a, table, n, word);
        }
        if (note) {
            noted_entry(a, table, note, n);
        }
    }
    if (!is_fixed(a, table->addr)) {
        vector_stores_check(a, table);
    }
}

// Nothing sets VTOR: the processor uses the table it started with.
static bool by_default(struct analysis *a, struct vector_table *table,
        const char **how) {
    struct vector_table shaped, named;
    const bool shape = by_shape(a, &shaped), name = by_name(a, &named);
    const bool use_shape = shape &&
            (!name ||
                    (model_forbidden(&a->model, shaped.addr) &&
                            !model_forbidden(&a->model, named.addr)));
    *table = use_shape ? shaped : named;
    *how = use_shape ? "by its contents; nothing sets VTOR"
                     : "by its name; nothing sets VTOR";
    return shape || name;
}

#define TABLES_MAX 4u

// The stack is where the table that the processor starts with says, and where
// one in use does: a program that starts another one takes it from there.
static void add_first(struct analysis *a, const struct vector_table *tables,
        size_t count) {
    struct vector_table first;
    const char *how;
    uint32_t top;
    for (size_t i = 0; i < count; i++) {
        if (model_word(&a->model, tables[i].addr, &top)) {
            model_add_stack(&a->model, top);
        }
    }
    a->first_table = (struct vector_table){0};
    if (!by_default(a, &first, &how)) {
        return;
    }
    a->first_table = first;
    if (model_word(&a->model, first.addr, &top)) {
        model_add_stack(&a->model, top);
    }
}

bool vectors_check(struct analysis *a) {
    struct vector_table tables[TABLES_MAX];
    const char *how = "--vectors";
    size_t count;
    uint64_t addr;
    if (a->options->vectors &&
            number_parse(a->options->vectors, UINT32_MAX, &addr) && addr & 3) {
        snprintf(a->error, a->error_size,
                "--vectors %s: no table can begin there; its words are aligned",
                a->options->vectors);
        return false;
    }
    if (a->options->vectors && is_ambiguous(a)) {
        snprintf(a->error, a->error_size,
                "--vectors %s: several objects have that name; give the "
                "address of the table",
                a->options->vectors);
        return false;
    }
    if (a->options->vectors) {
        struct vtor vtor = {0};
        if (!whole_complete(a->whole)) {
            vtor_find(a, &vtor);
            other_state(a, &vtor);
        }
        count = by_option(a, &tables[0]);
        if (!count) {
            snprintf(a->error, a->error_size,
                    "--vectors %s: no image holds that symbol or address; nm "
                    "lists the names",
                    a->options->vectors);
            return false;
        }
    } else {
        how = "VTOR is set to it";
        count = by_vtor(a, tables, TABLES_MAX);
        count = count ? count : by_default(a, &tables[0], &how);
    }
    if (!count) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .addr = elf_image_entry(a->model.images[0])},
                NO_NODE, "no vector table was found; name it with --vectors");
        return true;
    }
    a->report->vectors =
            keep_text(a, "%s at 0x%08x, %u entries (%s)", tables[0].name,
                    (unsigned)tables[0].addr, (unsigned)tables[0].count, how);
    for (size_t i = 0; i < count; i++) {
        check_table(a, &tables[i]);
    }
    a->table = tables[0];
    add_first(a, tables, count);
    return true;
}

#define SVCALL 11u
#define DEBUG_MONITOR 12u

// Masked, an SVC escalates to HardFault, as a BKPT does where the monitor is
// not enabled. HardFault is judged always.
static void entered(struct analysis *a, uint32_t n, const char *instruction) {
    uint32_t word;
    if (is_judged(a, n) || n >= a->table.count) {
        return;
    }
    if (model_word(&a->model, a->table.addr + 4 * n, &word) && word) {
        check_entry(a, &a->table, n, word);
        return;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .function = a->table.name,
                    .function_addr = a->table.addr,
                    .addr = a->table.addr + 4 * n,
                    .stored_in_table = true},
            NO_NODE,
            "code in an outage executes %s, and the vector of %s is not known",
            instruction, exception_name(n));
}

void vectors_reached(struct analysis *a) {
    if (a->calls_supervisor) {
        entered(a, SVCALL, "SVC");
    }
    if (a->calls_monitor) {
        entered(a, DEBUG_MONITOR, "BKPT");
    }
}
