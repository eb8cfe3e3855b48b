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
        const struct elf_section *section = elf_image_section_at(image, addr);
        table->name = symbol ? symbol->name : section ? section->name : "?";
        uint32_t end =
                section ? section->addr + section->size_bytes : addr + 4 * 256;
        // Up to the next symbol, if it is a plain label.
        const struct elf_symbol *next;
        for (size_t i = elf_image_symbol_from(image, addr + 4);
                (next = elf_image_symbol_index(image, i)); i++) {
            if (!next->absolute && (next->object || next->function)) {
                end = next->addr < end ? next->addr : end;
                break;
            }
        }
        table->count = (end - addr) / 4;
    }
    table->count = table->count > 512 ? 512 : table->count;
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

struct vtor {
    const struct analysis *a;
    const struct elf_image *image; // whose code sets it
    uint32_t value[16];
    uint32_t at[16]; // by which instruction
    size_t count;
    const char *unknown; // a sentence, or NULL
    uint32_t unknown_addr;
};

static void vtor_unknown(struct vtor *vtor, uint32_t addr, const char *how) {
    if (!vtor->unknown) {
        vtor->unknown = how;
        vtor->unknown_addr = addr;
    }
}

#define SCS_ADDR 0xE000E000u
#define SCB_ADDR 0xE000ED00u // Armv7-M ARM B3.2.2; VTOR is its third word

// The system control block from where on VTOR is reached.
static bool is_scb(uint32_t addr) {
    return addr >= SCB_ADDR && addr <= FLOW_VTOR_ADDR;
}

static bool leads_to_scb(const struct value *v) {
    const unsigned count = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE
            ? v->count
            : v->kind == VALUE_INITIAL;
    for (unsigned i = 0; i < count; i++) {
        if (is_scb(v->v[i])) {
            return true;
        }
    }
    return false;
}

// A store of so many bytes may change VTOR.
static bool writes_vtor(const struct value *addr, uint32_t bytes) {
    if (addr->kind == VALUE_INSIDE) {
        // An index into all of the processor's registers.
        return leads_to_scb(addr) ||
                (bytes == 4 && addr->count == 1 &&
                        addr->v[0] >> 8 == SCS_ADDR >> 8);
    }
    const unsigned count = addr->kind == VALUE_CONST
            ? addr->count
            : addr->kind == VALUE_INITIAL;
    for (unsigned i = 0; i < count; i++) {
        if (addr->v[i] <= FLOW_VTOR_ADDR &&
                FLOW_VTOR_ADDR - addr->v[i] < bytes) {
            return true;
        }
    }
    return false;
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct vtor *vtor = ctx;
    if (how != FLOW_STORE) {
        return;
    }
    if (!writes_vtor(addr, bytes)) {
        // Who keeps the system control space may keep it for VTOR.
        const bool space =
                data && value_is_const(data) && data->v[0] == SCS_ADDR;
        if (data && addr->kind != VALUE_STACK &&
                (space || leads_to_scb(data))) {
            vtor_unknown(vtor, insn->addr,
                    "keeps the address of the system control block, and VTOR "
                    "may be set through it");
        }
        return;
    }
    if (addr->kind == VALUE_INSIDE || bytes != 4 || !data ||
            data->kind != VALUE_CONST) {
        vtor_unknown(vtor, insn->addr,
                "sets VTOR to an address that is only known at run time");
        return;
    }
    for (unsigned i = 0; i < data->count; i++) {
        // Where another program has its memory, the table is not there while
        // that runs; it is judged when the program is checked by itself.
        if (elf_image_holds(vtor->image, data->v[i]) &&
                model_image(&vtor->a->model, data->v[i]) != vtor->image) {
            continue;
        }
        if (vtor->count == sizeof vtor->value / sizeof vtor->value[0]) {
            vtor_unknown(vtor, insn->addr, "sets VTOR to one of many tables");
            return;
        }
        vtor->at[vtor->count] = insn->addr;
        vtor->value[vtor->count++] = data->v[i];
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct vtor *vtor = ctx;
    (void)how, (void)direct, (void)sp_bytes;
    for (unsigned k = 0; regs && k < VALUE_ARGUMENTS; k++) {
        const bool ignored = flow_left_over(&vtor->a->model, target, k, true);
        if (leads_to_scb(flow_argument(regs, k)) && !ignored) {
            vtor_unknown(vtor, insn->addr,
                    "passes on the address of the system control block, and "
                    "VTOR may be set through it");
        }
    }
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    // What is left in r0 or r1 is rather no result.
    if (insn && where == FLOW_GONE_OTHER && leads_to_scb(value)) {
        vtor_unknown(ctx, insn->addr,
                "uses the address of the system control block in a way that is "
                "not followed");
    }
}

// A pointer to the block in data.
static void on_word(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct vtor *vtor = ctx;
    (void)section_bytes;
    if (!is_scb(word) && word != SCS_ADDR) {
        return;
    }
    const struct elf_symbol *symbol =
            elf_image_symbol_at(vtor->image, section->addr + at);
    if (symbol && symbol->object && !symbol->function) {
        vtor_unknown(vtor, section->addr + at,
                "holds the address of the system control block, and VTOR may "
                "be set through it");
    }
}

// The function may compute VTOR's address: it has a pool word or an immediate
// in the block 0xE000Exxx. This is cheaper than to walk it.
static bool mentions_scs(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    const struct analysis *a = ((const struct vtor *)ctx)->a;
    const struct function_code code = model_code(&a->model, extent);
    (void)symbol;
    for (uint32_t at = 0; at + 4 <= code.size_bytes; at += 2) {
        const uint8_t *b = code.bytes + at;
        struct thumb_insn insn;
        if ((model_word_in(b) & 0xFFFFF000u) == 0xE000E000u) {
            return true;
        }
        uint32_t word;
        if (thumb_decode(&insn, code.addr + at, b, 4) && insn.immediate &&
                ((model_literal(&a->model, &insn, &word) &&
                         (word & 0xFFFFF000u) == 0xE000E000u) ||
                        (insn.op == THUMB_MOVT && insn.imm == 0xE000u) ||
                        insn.imm >> 24 == 0xE0u ||
                        (insn.op == THUMB_MOV && insn.imm == 0xE0u))) {
            return true;
        }
    }
    return false;
}

static void find_vtor(struct analysis *a, struct vtor *vtor) {
    const struct flow_events events = {
            .ctx = vtor, .access = on_access, .call = on_call, .gone = on_gone};
    for (size_t k = 0; k < a->model.image_count; k++) {
        vtor->image = a->model.images[k];
        analysis_scan_words(vtor->image, on_word, vtor);
        analysis_scan(a, vtor->image, &events, mentions_scs);
    }
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

static void vtor_finding(struct analysis *a, uint32_t addr, const char *how,
        uint32_t value) {
    const char *name = symbol_name(a, addr);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .addr = addr,
                    .target_addr = value,
                    .target_known = value != 0},
            NO_NODE, "%s (0x%08x) %s; name the table with --vectors",
            name ? name : "something", (unsigned)addr, how);
}

// Judges what is not the table in use. tables: the first `count`.
static void other_values(struct analysis *a, const struct vtor *vtor,
        const struct vector_table *tables, size_t count) {
    if (vtor->unknown) {
        vtor_finding(a, vtor->unknown_addr, vtor->unknown, 0);
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
                    vtor->value[i]);
            return;
        }
    }
}

// All that code sets VTOR to, at most `most`; if one is resident, those only:
// start code may point VTOR at flash before.
// What a run of the whole program says. False: it came to no end, or there are
// too many.
static bool vtor_followed(struct analysis *a, struct vtor *vtor) {
    uint32_t addr;
    for (size_t i = 0; whole_vtor(a->whole, i, &addr); i++) {
        if (i == sizeof vtor->value / sizeof vtor->value[0]) {
            vtor->count = 0;
            return false;
        }
        vtor->value[vtor->count++] = addr;
    }
    return vtor->count > 0;
}

static size_t by_vtor(struct analysis *a, struct vector_table *tables,
        size_t most) {
    struct vtor vtor = {.a = a};
    size_t count = 0;
    bool resident = false;
    if (!vtor_followed(a, &vtor)) {
        find_vtor(a, &vtor);
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
    if (!left || !note_find(a, CHECK_NOTE_VECTORS, tables[0].name, 0)) {
        other_values(a, &vtor, tables, left);
    }
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

// The value of entry n by one word of an annotation, "N=SYMBOL" or "*=TABLE".
static bool word_says(const struct analysis *a, const char *text, uint32_t n,
        uint32_t *word) {
    const char *equals = strchr(text, '=');
    const bool rest = *text == '*';
    if (!equals || (!rest && strtoul(text, NULL, 10) != n)) {
        return false;
    }
    for (size_t i = 0; i < a->model.image_count; i++) {
        size_t k = 0;
        const struct elf_symbol *symbol =
                elf_image_symbol_named(a->model.images[i], equals + 1, &k);
        if (symbol && rest) {
            return model_word(&a->model, symbol->addr + 4 * n, word);
        }
        if (symbol) {
            *word = symbol->addr | 1;
            return true;
        }
    }
    return false;
}

// "N=" has precedence over "*=".
static bool noted_entry(const struct analysis *a, const struct check_note *note,
        uint32_t n, uint32_t *word) {
    for (int rest = 0; rest < 2; rest++) {
        for (char **t = note->targets; t && *t; t++) {
            if ((**t == '*') == rest && word_says(a, *t, n, word)) {
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
    uint32_t word, values[4];
    bool known = false;
    const size_t count = a->settled
            ? settled_stores(a->settled, table->addr + 4 * n, values, 4)
            : 0;
    for (size_t i = 0; i < count; i++) {
        check_entry(a, table, n, values[i]);
        known = true;
    }
    if (!known && note && noted_entry(a, note, n, &word)) {
        if (word) {
            check_entry(a, table, n, word);
        }
        known = true;
    }
    return known;
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
    for (uint32_t n = table->count; n < 512 && !a->options->interrupts_all;
            n++) {
        if (a->options->interrupts_on[n]) {
            finding_add(a, &f, NO_NODE,
                    "%s has %u entries, and none for exception %u, which "
                    "--interrupts names",
                    table->name, (unsigned)table->count, (unsigned)n);
            break;
        }
    }
}

static bool fixed(const struct analysis *a, const struct vector_table *table) {
    return model_forbidden(&a->model, table->addr) ||
            model_constant(&a->model, table->addr);
}

// All that the words of the table ever hold, by a run of the whole program.
// False: it does not know.
static bool check_followed(struct analysis *a,
        const struct vector_table *table) {
    uint32_t values[VALUE_CONSTS];
    for (uint32_t n = 2; n < table->count; n++) {
        if (is_judged(a, n) &&
                !whole_values(a->whole, table->addr + 4 * n, values)) {
            return false;
        }
    }
    for (uint32_t n = 2; n < table->count; n++) {
        const unsigned count = is_judged(a, n)
                ? whole_values(a->whole, table->addr + 4 * n, values)
                : 0;
        for (unsigned i = 0; i < count; i++) {
            if (values[i]) {
                check_entry(a, table, n, values[i]);
            }
        }
    }
    return true;
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
    if (!fixed(a, table) && check_followed(a, table)) {
        return;
    }
    if (filled_at_run_time(a, table)) {
        check_filled(a, table);
        vector_stores_check(a, table);
        return;
    }
    for (uint32_t n = 2; n < table->count; n++) {
        uint32_t word;
        if (is_judged(a, n) &&
                model_word(&a->model, table->addr + 4 * n, &word) && word) {
            check_entry(a, table, n, word);
        }
    }
    if (!fixed(a, table)) {
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
static void add_stacks(struct analysis *a, const struct vector_table *tables,
        size_t count) {
    struct vector_table first;
    const char *how;
    uint32_t top;
    for (size_t i = 0; i < count; i++) {
        if (model_word(&a->model, tables[i].addr, &top)) {
            model_add_stack(&a->model, top);
        }
    }
    if (by_default(a, &first, &how) &&
            model_word(&a->model, first.addr, &top)) {
        model_add_stack(&a->model, top);
    }
}

bool vectors_check(struct analysis *a) {
    struct vector_table tables[TABLES_MAX];
    const char *how = "--vectors";
    size_t count;
    if (a->options->vectors) {
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
    add_stacks(a, tables, count);
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
