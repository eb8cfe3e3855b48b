/*
 * entries - judges the entries of a vector table
 *
 * SPDX-License-Identifier: MIT
 *
 * NMI and HardFault run whatever is masked; BASEPRI and PRIMASK hold back the
 * rest (Armv7-M ARM B1.4.3).
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/exception_name.h"
#include "check/begin/begin_priv.h"
#include "check/model/reset_tables.h"
#include "check/whole/whole.h"

bool vector_is_judged(const struct analysis *a, uint32_t n) {
    return n >= 2 && !reset_tables_reserved(&a->model, n) &&
            (n < 8 || a->options->interrupts_all ||
                    (n < 512 && a->options->interrupts_on[n]));
}

static const char *entry_name(struct analysis *a, uint32_t n) {
    if (n >= 16) {
        return keep_text(a, "vector %u (IRQ %u)", (unsigned)n,
                (unsigned)(n - 16));
    }
    const char *name = exception_name(n);
    return keep_text(a, "vector %u %s", (unsigned)n, name ? name : "reserved");
}

static void keep_handler(struct analysis *a, uint32_t n, const char *function) {
    struct check_report *r = a->report;
    for (size_t i = 0; i < r->handler_count; i++) {
        if (r->handlers[i].exception == n &&
                !strcmp(r->handlers[i].function, function)) {
            return;
        }
    }
    struct check_handler *grown =
            array_one_more(r->handlers, r->handler_count, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    r->handlers = grown;
    r->handlers[r->handler_count++] = (struct check_handler){n, function};
}

void vector_check(struct analysis *a, const struct vector_table *table,
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
    const bool sure = !table->one_of_several && !table->maybe_other;
    const char *const so = sure ? ""
            : table->maybe_other
            ? ", if VTOR leads there: name the table (--vectors)"
            : ", if the processor starts with it";
    const char *name = entry_name(a, n);
    const char *handler = symbol_name(a, target);
    keep_handler(a, n,
            handler ? handler : keep_text(a, "0x%08x", (unsigned)word));
    if (word == UINT32_MAX) {
        f.rule = CHECK_RULE_VECTOR_RUNTIME;
        f.target_known = false;
        finding_add(a, &f, NO_NODE,
                "%s of %s is 0xffffffff, as blank flash is: no handler is there",
                name, table->name);
    } else if (!(word & 1)) {
        f.rule = sure ? CHECK_RULE_VECTOR_EVEN : CHECK_RULE_VECTOR_RUNTIME;
        finding_add(a, &f, NO_NODE, "%s of %s holds 0x%08x, an even address%s",
                name, table->name, (unsigned)word, so);
    } else if (model_forbidden(&a->model, target)) {
        f.rule = sure ? CHECK_RULE_VECTOR : CHECK_RULE_VECTOR_RUNTIME;
        finding_add(a, &f, NO_NODE, "%s of %s leads to %s in flash%s", name,
                table->name, handler ? handler : "an address", so);
    } else {
        const uint32_t root = analysis_root(a, target, name);
        if (root != NO_NODE) {
            a->nodes[root].is_handler = true;
        }
    }
}

// All that entry n ever holds, by a run of the whole program. False: it does
// not know.
static bool check_known(struct analysis *a, const struct vector_table *table,
        uint32_t n) {
    uint32_t values[VALUE_CONSTS];
    const unsigned count = whole_vector(a->whole, table->addr, n, values);
    for (unsigned i = 0; i < count; i++) {
        if (values[i]) {
            vector_check(a, table, n, values[i]);
        }
    }
    return count > 0;
}

// No code can change the table at addr.
static bool is_fixed(const struct analysis *a, uint32_t addr) {
    return model_forbidden(&a->model, addr) || model_constant(&a->model, addr);
}

/// Filled at run time ///

// Judges entry n by one word of an annotation, "N=SYMBOL" or "*=TABLE". Of
// several symbols of that name any may be meant. False: it says nothing of it.
static bool word_says(struct analysis *a, const struct vector_table *table,
        const char *text, uint32_t n) {
    const char *equals = strchr(text, '=');
    const bool rest = *text == '*';
    bool says = false;
    if (!equals) {
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
                vector_check(a, table, n, word);
            }
            says = true;
        }
    }
    return says;
}

// The word gives entry n a handler of its own.
static bool names_entry(const char *text, uint32_t n) {
    return *text != '*' && strtoul(text, NULL, 10) == n;
}

// A handler that is nowhere is another one: that is not known, and nothing else
// that the line says is meant for it.
static void no_handler(struct analysis *a, const struct vector_table *table,
        const struct check_note *note, uint32_t n) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .function = table->name,
                    .function_addr = table->addr,
                    .addr = table->addr + 4 * n,
                    .stored_in_table = true},
            NO_NODE, "the handler that %s:%d names for %s of %s is in no image",
            note->file, note->line, entry_name(a, n), table->name);
}

// "N=" has precedence over "*=".
static bool noted_entry(struct analysis *a, const struct vector_table *table,
        const struct check_note *note, uint32_t n) {
    bool named = false, says = false, nowhere = false;
    for (char **t = note->targets; t && *t; t++) {
        if (names_entry(*t, n)) {
            named = true;
            nowhere |= !word_says(a, table, *t, n);
        }
    }
    if (nowhere) {
        no_handler(a, table, note, n);
    }
    for (char **t = note->targets; !named && t && *t; t++) {
        says |= **t == '*' && word_says(a, table, *t, n);
    }
    return named || says;
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
        vector_check(a, table, n, values[i]);
        known = true;
    }
    return known || (note && noted_entry(a, table, note, n));
}

const char *table_copied(const struct analysis *a,
        const struct vector_table *table) {
    const struct elf_image *image = model_image(&a->model, table->addr);
    const char *name = NULL;
    for (size_t i = 0; i < a->first_count; i++) {
        const struct vector_table *first = &a->first_tables[i];
        const struct elf_image *in = model_image(&a->model, first->addr);
        size_t from = 0;
        const struct elf_symbol *s =
                in ? elf_image_symbol_named(in, first->name, &from) : NULL;
        if (s && s->addr == first->addr && first->addr != table->addr &&
                first->count >= table->count && is_fixed(a, first->addr) &&
                (!name || in == image)) {
            name = s->name;
        }
    }
    return name;
}

static void check_filled(struct analysis *a, const struct vector_table *table) {
    const struct check_note *note =
            note_find(a, CHECK_NOTE_VECTORS, table->name, 0);
    unsigned unknown = 0;
    uint32_t first = 0;
    analysis_want(a, table->addr, 4 * table->count);
    for (uint32_t n = 2; n < table->count; n++) {
        // SecureFault is Armv8-M's; elsewhere its entry stays zero.
        if (vector_is_judged(a, n) && !filled_entry(a, table, note, n) &&
                n != 7) {
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
                        .stored_in_table = true,
                        .copy_of = table_copied(a, table)},
                NO_NODE,
                unknown == 1 ? "%u entry of %s is filled at run time, %s"
                             : "%u entries of %s are filled at run time, the "
                               "first is %s",
                unknown, table->name, entry_name(a, first));
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

static void keep_late(struct analysis *a, uint32_t addr, uint32_t word) {
    struct late_vector *grown = array_more(a->late_vectors,
            a->late_vector_count, &a->late_vector_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    a->late_vectors = grown;
    a->late_vectors[a->late_vector_count++] =
            (struct late_vector){.addr = addr, .word = word};
}

void vector_stored(struct analysis *a, const struct vector_table *table,
        uint32_t n, uint32_t word) {
    if (n >= 2 && vector_is_judged(a, n)) {
        vector_check(a, table, n, word);
    } else if (n == SVCALL || n == DEBUG_MONITOR) {
        keep_late(a, table->addr + 4 * n, word);
    }
}

// What it holds was searched for, where the run of the whole program has come
// to no end: the table was looked at as the one in use.
static bool check_searched(struct analysis *a, const struct vector_table *table,
        uint32_t n) {
    const uint32_t addr = table->addr + 4 * n;
    const struct check_note *note =
            note_find(a, CHECK_NOTE_VECTORS, table->name, 0);
    bool known = false;
    for (size_t i = 0; i < a->late_vector_count; i++) {
        if (a->late_vectors[i].addr == addr) {
            vector_check(a, table, n, a->late_vectors[i].word);
            known = true;
        }
    }
    return filled_entry(a, table, note, n) || known;
}

bool vector_check_late(struct analysis *a, const struct vector_table *table,
        uint32_t n) {
    const uint32_t addr = table->addr + 4 * n;
    // Of that run nothing is searched for: it has too many values, or none.
    const bool followed = whole_complete(a->whole);
    uint32_t word;
    bool known = check_known(a, table, n);
    if (known ||
            ((followed || n >= table->count) &&
                    !whole_unchanged(a->whole, addr, 4))) {
        return known;
    }
    // What was stored elsewhere than to exact places was reported.
    if (model_word(&a->model, addr, &word) && word) {
        vector_check(a, table, n, word);
        known = true;
    }
    return (!followed && check_searched(a, table, n)) || known;
}

/// A table ///

#define SMALLEST_TABLE 0x10000u

static bool is_baseline(const struct analysis *a) {
    const int arch = elf_image_cpu_arch(a->model.images[0]);
    return arch == ELF_ARCH_V6_M || arch == ELF_ARCH_V6S_M ||
            arch == ELF_ARCH_V8_M_BASE;
}

// Armv7-M ARM B3.2.5: the table is aligned to its size, rounded up to a power
// of two; VTOR does not hold the bits below. That of a Cortex-M0+ begins with
// bit 8 (its Generic User Guide, 4.3.4), and that of a Cortex-M23 may. The
// interrupts that code enables count, whatever the table's object holds.
static void check_place(struct analysis *a, const struct vector_table *table) {
    const uint32_t enabled = whole_enabled_end(a->whole, table->addr);
    const uint32_t count = enabled > table->count ? enabled : table->count;
    uint32_t size = is_baseline(a) ? 256 : 128;
    while (size < 4 * count) {
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
                (unsigned)table->addr, table->name, (unsigned)count,
                (unsigned)size);
    }
    for (uint32_t n = table->count; n < vectors_asked(a); n++) {
        if (a->options->interrupts_on[n]) {
            finding_add(a, &f, NO_NODE,
                    "%s has %u entries, and none for exception %u%s, which "
                    "--interrupts names",
                    table->name, (unsigned)table->count, (unsigned)n,
                    n < CORE_VECTORS ? ""
                                     : keep_text(a, " (IRQ %u)",
                                               (unsigned)(n - CORE_VECTORS)));
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
        if (vector_is_judged(a, n) &&
                !whole_vector(a->whole, table->addr, n, values)) {
            return false;
        }
    }
    for (uint32_t n = 2; n < table->count; n++) {
        if (vector_is_judged(a, n)) {
            check_known(a, table, n);
        }
    }
    return true;
}

void table_check(struct analysis *a, const struct vector_table *table) {
    check_place(a, table);
    if (model_forbidden(&a->model, table->addr)) {
        finding_add(a,
                &(struct check_finding){
                        .rule = table->one_of_several || table->maybe_other
                                ? CHECK_RULE_VECTOR_RUNTIME
                                : CHECK_RULE_VECTOR_TABLE,
                        .function = table->name,
                        .function_addr = table->addr,
                        .addr = table->addr,
                        .stored_in_table = true,
                        .target_addr = table->addr,
                        .target_known = true},
                NO_NODE,
                "%s, %s, lies in flash: an exception in an outage, NMI "
                "included, cannot read its vector",
                table->one_of_several ? "a table that the processor may start "
                                        "with (name it with --vectors)"
                        : table->maybe_other
                        ? "a table that may be in use (name it with --vectors)"
                        : "the table in use",
                table->name);
    }
    if (!table->empty) {
        behind_check(a, table);
    }
    if (!is_fixed(a, table->addr) && check_followed(a, table)) {
        return;
    }
    a->searched |= !is_fixed(a, table->addr);
    if (filled_at_run_time(a, table)) {
        check_filled(a, table);
        // Below, a number is rather a count than the table's address: an
        // annotation says what is stored there, or nothing is known.
        if (!table->empty || table->addr >= SMALLEST_TABLE) {
            vector_stores_check(a, table);
        }
        return;
    }
    const struct check_note *note =
            note_find(a, CHECK_NOTE_VECTORS, table->name, 0);
    for (uint32_t n = 2; n < table->count; n++) {
        uint32_t word;
        if (!vector_is_judged(a, n)) {
            continue;
        }
        if (model_word(&a->model, table->addr + 4 * n, &word) && word) {
            vector_check(a, table, n, word);
        }
        if (note) {
            noted_entry(a, table, note, n);
        }
    }
    if (!is_fixed(a, table->addr)) {
        vector_stores_check(a, table);
    }
}
