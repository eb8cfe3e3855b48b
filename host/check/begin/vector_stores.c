/*
 * vector_stores - what code writes into the vector table in RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * A store to an entry is made through an address that was formed from the
 * table's own, from that of an object before it (the anchor of its section), or
 * read from VTOR. Only functions that mention one of these are walked.
 */
#include <string.h>

#include "check/begin/begin_priv.h"

// Compilers reach an object from an anchor at most so far before it.
#define ANCHOR_BYTES 4096u
// And so far behind it; the end of the table may begin a loop.
#define ANCHOR_BELOW_BYTES 256u

struct unknown_stores {
    const char *how; // the first one; NULL: there is none
    uint32_t addr;
    struct index at; // all of them, by address
    unsigned count;
};

struct writes {
    struct analysis *a;
    const struct vector_table *table;
    const struct elf_image *image; // whose words are looked at
    uint32_t size_bytes;
    uint32_t function; // that is walked
    bool bits;         // it mentions a bit-band region
    struct passing passing;
    // Of calls that pass on an address by which VTOR is read.
    struct passing scb_passing;
    struct unknown_stores by_vtor, by_scb, others;
};

static const char through_vtor[] = "stores through the address in VTOR";
static const char not_followed[] =
        "uses the table's address in a way that is not followed";

static bool in_table(const struct writes *w, uint32_t addr) {
    return addr - w->table->addr < w->size_bytes ||
            model_stored_at(&w->a->model, addr) - w->table->addr <
            w->size_bytes;
}

static void add_unknown(struct writes *w, struct unknown_stores *u,
        uint32_t addr, const char *how) {
    // A store says more than what came before it in the same function.
    if (!u->how || (u->how == not_followed && how != not_followed)) {
        u->addr = addr;
        u->how = how;
    }
    size_t from = 0;
    if (index_next(&u->at, addr, &from) == INDEX_NONE) {
        w->a->failed |= !index_add(&u->at, addr, 0);
        u->count++;
    }
}

static void cannot_tell(struct writes *w, uint32_t addr, const char *how) {
    add_unknown(w, how == through_vtor ? &w->by_vtor : &w->others, addr, how);
}

// By the address of VTOR's block its value may be read, and stored through,
// where neither is seen.
static void cannot_follow(struct writes *w, uint32_t addr, const char *how) {
    add_unknown(w, &w->by_scb, addr, how);
}

static bool is_length(const struct value *v) {
    return v->kind == VALUE_CONST && v->distance;
}

// The address in VTOR, or made from that.
static bool is_of_vtor(const struct value *v) {
    bool found = v->kind == VALUE_INITIAL && v->v[1] == FLOW_VTOR_ADDR;
    for (unsigned i = 0;
            v->kind == VALUE_TOP && v->count != VALUE_MANY && i < v->count;
            i++) {
        found |= v->v[i] == FLOW_VTOR_ADDR;
    }
    return found;
}

// The address of the table, or of something inside of it.
static bool leads_in(const struct writes *w, const struct value *v) {
    const bool many = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
    for (unsigned i = 0; many && i < v->count; i++) {
        if (in_table(w, v->v[i])) {
            return true;
        }
    }
    // Or made from it (is_kept), or its distance to something.
    return is_length(v) || is_of_vtor(v) || (v->kind == VALUE_TOP && v->count);
}

// One past its end: who has that may count down.
static bool is_end(const struct writes *w, uint32_t addr) {
    return addr == w->table->addr + w->size_bytes;
}

// Some object begins there; so may labels of the linker script.
static bool object_begins(const struct model *model, uint32_t addr) {
    const struct elf_symbol *symbol;
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = elf_image_symbol_from(model->images[k], addr);
                (symbol = elf_image_symbol_index(model->images[k], i)) &&
                symbol->addr == addr;
                i++) {
            if (symbol->object || symbol->size_bytes) {
                return true;
            }
        }
    }
    return false;
}

// It is not the address of the next object.
static bool is_past(const struct writes *w, uint32_t addr) {
    return is_end(w, addr) && !object_begins(&w->a->model, addr);
}

// An address by which other code may reach the table.
static bool hands_on(const struct writes *w, const struct value *v) {
    const bool many = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
    bool past = false;
    for (unsigned i = 0; many && i < v->count; i++) {
        past |= is_past(w, v->v[i]);
    }
    return past || leads_in(w, v);
}

// What is made from the table's address is followed.
static bool is_kept(const void *ctx, uint32_t addr) {
    return in_table(ctx, addr);
}

// A function in the window, before the end of the table by an index: it may
// also be behind, in the object that follows.
static bool counts_down(const struct writes *w, const struct value *addr,
        const struct value *data) {
    uint32_t word;
    bool from_end = false;
    for (unsigned i = 0; addr->kind == VALUE_INSIDE && i < addr->count; i++) {
        from_end |= addr->v[i] == w->table->addr + w->size_bytes;
    }
    return from_end && data &&
            value_forbidden(&w->a->model.world, data, &word) && word & 1;
}

static void exact(struct writes *w, const struct thumb_insn *insn,
        uint32_t addr, const struct value *data, uint32_t bytes) {
    const uint32_t n = (addr - w->table->addr) / 4;
    if (addr & 3 || addr - w->table->addr >= w->size_bytes || bytes != 4 ||
            !data || data->kind != VALUE_CONST) {
        cannot_tell(w, insn->addr, "stores a vector that is not known");
        return;
    }
    for (unsigned i = 0; i < data->count; i++) {
        vector_stored(w->a, w->table, n, data->v[i]);
    }
}

/// What is followed ///

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct writes *w = ctx;
    const uint32_t at = insn ? insn->addr : w->function;
    const bool high = where == FLOW_GONE_RETURN_HIGH;
    const bool result = where == FLOW_GONE_RETURN || high;
    const bool table = hands_on(w, value), scb = vtor_leads_to_scb(value);
    // A callee's result is followed in its caller.
    if ((!table && !scb) || (result && w->passing.depth)) {
        return;
    }
    const bool used = result && result_used(w->a, w->function, high);
    if (table && !result) {
        cannot_tell(w, at, not_followed);
    } else if (table && used) {
        cannot_tell(w, at, "returns the table's address");
    }
    if (scb && !result) {
        cannot_follow(w, at,
                "uses the address of the system control block in a way that is "
                "not followed, and VTOR may be read through it");
    } else if (scb && used) {
        cannot_follow(w, at,
                "returns the address of the system control block, and VTOR may "
                "be read through it");
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct writes *w = ctx;
    if (how != FLOW_STORE) {
        return;
    }
    if (value_is_const(addr) && in_table(w, addr->v[0])) {
        exact(w, insn, addr->v[0], data, bytes);
    } else if ((leads_in(w, addr) || (w->bits && addr->kind == VALUE_TOP) ||
                       counts_down(w, addr, data)) &&
            !(data && start_code_copies(w->a, w->function, addr, data))) {
        cannot_tell(w, insn->addr,
                is_of_vtor(addr) ? through_vtor
                                 : "stores somewhere into the table");
    }
    const bool to_vtor = value_is_const(addr) && addr->v[0] == FLOW_VTOR_ADDR;
    if (data && addr->kind != VALUE_STACK && !to_vtor && hands_on(w, data)) {
        cannot_tell(w, insn->addr, "keeps the table's address somewhere");
    }
    if (data && addr->kind != VALUE_STACK && vtor_is_base(data)) {
        cannot_follow(w, insn->addr,
                "keeps the address of the system control block, and VTOR may "
                "be read through it");
    }
}

static const char passes_on[] = "passes on the table's address";
static const char passes_scb[] =
        "passes on the address of the system control block, and VTOR may be "
        "read through it";

// Argument k of a call is the table's address, and the callee may look at it
// and does not copy a whole section there.
static bool passed(const struct writes *w, const struct value *target,
        const struct value *regs, unsigned k) {
    const struct value *arg = flow_argument(regs, k);
    return hands_on(w, arg) && !flow_left_over(&w->a->model, target, k) &&
            !start_code_copies_all(w->a, target, regs, k);
}

// The same of an address by which VTOR may be read.
static bool passed_scb(const struct writes *w, const struct value *target,
        const struct value *regs, unsigned k) {
    return vtor_leads_to_scb(flow_argument(regs, k)) &&
            !flow_left_over(&w->a->model, target, k);
}

// A call that passes the table on: it has to be walked into.
static void pass(struct writes *w, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target) {
    if (!passing_add(&w->passing, insn, how, target)) {
        cannot_tell(w, insn->addr, passes_on);
    }
}

// Also with what is rather the address of the next object.
static bool walks_into(void *ctx, uint32_t target, const struct value *regs) {
    const struct writes *w = ctx;
    const struct value callee = value_const(target | 1);
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const struct value *arg = flow_argument(regs, k);
        if (passed(w, &callee, regs, k) || passed_scb(w, &callee, regs, k) ||
                (value_is_const(arg) && is_end(w, arg->v[0]) &&
                        !flow_left_over(&w->a->model, &callee, k))) {
            return true;
        }
    }
    return false;
}

static void on_inlined(void *ctx, const struct thumb_insn *insn,
        uint32_t callee, enum flow_inlined how) {
    struct writes *w = ctx;
    (void)callee;
    if (!passing_inlined(&w->passing, insn, how)) {
        cannot_tell(w, insn->addr, passes_on);
    }
    if (!passing_inlined(&w->scb_passing, insn, how)) {
        cannot_follow(w, insn->addr, passes_scb);
    }
}

// The walk of a function has ended.
static void end_function(struct writes *w) {
    uint32_t at;
    if (passing_end(&w->passing, &at)) {
        cannot_tell(w, at, passes_on);
    }
    if (passing_end(&w->scb_passing, &at)) {
        cannot_follow(w, at, passes_scb);
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct writes *w = ctx;
    (void)direct, (void)sp_bytes;
    for (unsigned k = 0; regs && k < VALUE_ARGUMENTS; k++) {
        if (passed(w, target, regs, k) &&
                !start_code_copies_by(w->a, w->function, target, regs, k)) {
            pass(w, insn, how, target);
        }
        if (passed_scb(w, target, regs, k) &&
                !passing_add(&w->scb_passing, insn, how, target)) {
            cannot_follow(w, insn->addr, passes_scb);
        }
    }
}

static bool mentions(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct writes *w = ctx;
    end_function(w);
    if (symbol->absolute) {
        return false;
    }
    w->function = symbol->addr;
    w->bits = false;
    const struct formed formed = analysis_formed(w->a, extent);
    for (size_t i = 0; i < formed.count; i++) {
        w->bits |= model_makes_bit_band(&w->a->model, formed.words[i]);
    }
    return w->bits ||
            formed_near(&formed, w->table->addr - ANCHOR_BYTES,
                    ANCHOR_BYTES + w->size_bytes + ANCHOR_BELOW_BYTES) ||
            formed_near(&formed, MODEL_SCS_ADDR, MODEL_SCS_BYTES) ||
            formed_near(&formed, MODEL_SCS_ADDR + MODEL_SCS_NON_SECURE,
                    MODEL_SCS_BYTES);
}

// A pointer to an entry in data. The table's own address may be that of a
// section, in the list of what start code copies.
static void on_word(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct writes *w = ctx;
    const bool past = is_past(w, word);
    const struct value value = value_const(word);
    const bool scb = vtor_is_base(&value);
    if ((!in_table(w, word) && !past && !scb) ||
            start_code_lists(w->a, section, section_bytes, at)) {
        return;
    }
    const struct elf_symbol *symbol =
            elf_image_symbol_at(w->image, section->addr + at);
    if (symbol ? symbol->object && !symbol->function
               : !(past || scb) || !section->execute) {
        if (scb) {
            cannot_follow(w, section->addr + at,
                    "holds the address of the system control block, and VTOR "
                    "may be read through it");
        } else {
            cannot_tell(w, section->addr + at, "holds a vector's address");
        }
    }
}

static bool names_entry(const struct check_note *note) {
    bool names = false;
    for (char **t = note->targets; t && *t; t++) {
        names |= **t != '*';
    }
    return names;
}

static void report(const struct writes *w, struct unknown_stores *u,
        const struct check_note *note) {
    const char *who = symbol_name(w->a, u->addr);
    if (u->how) {
        finding_add(w->a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .function = w->table->name,
                        .function_addr = w->table->addr,
                        .addr = w->table->addr,
                        .count = u->count,
                        .stored_in_table = true,
                        .copy_of = table_copied(w->a, w->table),
                        .reason = note ? note->reason : NULL},
                NO_NODE, "%s (0x%08x) %s", who ? who : "something",
                (unsigned)u->addr, u->how);
    }
    index_free(&u->at);
}

// Of the function that has the block's address: what it does with that is known
// there, and for every table.
static void report_scb(const struct writes *w, const struct check_note *note) {
    const struct unknown_stores *u = &w->by_scb;
    if (u->how && !w->a->scb_told) {
        finding_add(w->a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .addr = u->addr,
                        .target_addr = w->table->addr,
                        .target_known = true,
                        .count = u->count,
                        .reason = note ? note->reason : NULL},
                NO_NODE, "%s", u->how);
    }
}

void vector_stores_check(struct analysis *a, const struct vector_table *table) {
    struct writes w = {.a = a, .table = table, .size_bytes = 4 * table->count};
    const struct flow_events events = {.ctx = &w,
            .access = on_access,
            .call = on_call,
            .gone = on_gone,
            .inlined = on_inlined,
            .walks_into = walks_into};
    analysis_follow(a, is_kept, &w);
    a->model.keep_word = FLOW_VTOR_ADDR;
    for (size_t i = 0; i < a->model.image_count; i++) {
        analysis_scan(a, a->model.images[i], &events, mentions);
        end_function(&w);
        w.image = a->model.images[i];
        analysis_scan_words(w.image, on_word, &w);
    }
    analysis_follow(a, NULL, NULL);
    a->model.keep_word = 0;
    const struct check_note *note =
            note_find(a, CHECK_NOTE_VECTORS, table->name, 0);
    report(&w, &w.others, note);
    // That start code copies a table says nothing of a vector that is set by
    // VTOR.
    note = note && names_entry(note) ? note : NULL;
    report(&w, &w.by_vtor, note);
    report_scb(&w, note);
    index_free(&w.by_scb.at);
}
