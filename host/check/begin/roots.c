/*
 * roots - finds the functions that an outage begins with
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check/begin/begin_priv.h"
#include "check/model/reset_tables.h"
#include "check/whole/whole.h"
#include "base/match.h"

static void add_root(struct analysis *a, const struct elf_symbol *symbol,
        const char *why) {
    if (!note_find(a, CHECK_NOTE_OUTSIDE, symbol->name, 0)) {
        analysis_root(a, symbol->addr, why);
    }
}

static unsigned add_section(struct analysis *a, struct elf_image *image,
        const char *pattern) {
    unsigned count = 0;
    const struct elf_symbol *symbol;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        const struct elf_section *section = symbol->function
                ? elf_image_section_at(image, symbol->addr)
                : NULL;
        if (section && !analysis_is_veneer(a, symbol) &&
                match_name(pattern, section->name)) {
            add_root(a, symbol, section->name);
            count++;
        }
    }
    return count;
}

static unsigned add_named(struct analysis *a, struct elf_image *image,
        const char *pattern) {
    unsigned count = 0;
    const struct elf_symbol *symbol;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        if (symbol->code && !symbol->absolute &&
                match_copies(pattern, symbol->name) &&
                !analysis_is_veneer(a, symbol)) {
            add_root(a, symbol, "--root");
            count++;
        }
    }
    return count;
}

static bool add_asked(struct analysis *a) {
    for (size_t i = 0; i < a->options->root_count; i++) {
        const char *pattern = a->options->roots[i];
        unsigned count = 0;
        for (size_t k = 0; k < a->model.image_count; k++) {
            struct elf_image *image = a->model.images[k];
            count += pattern[0] == '.' ? add_section(a, image, pattern)
                                       : add_named(a, image, pattern);
        }
        if (!count) {
            snprintf(a->error, a->error_size,
                    pattern[0] == '.'
                            ? "no section matches --root %s; an ELF has the "
                              "sections that the linker script makes, not "
                              "those that went into them (readelf -S lists "
                              "them)"
                            : "no function matches --root %s; it may have been "
                              "inlined or dropped by the linker (nm lists what "
                              "is left)",
                    pattern);
            return false;
        }
    }
    return true;
}

// First function at or above addr, or limit.
static uint32_t next_function(const struct elf_image *image, uint32_t addr,
        uint32_t limit) {
    const struct elf_symbol *symbol;
    for (size_t i = elf_image_symbol_from(image, addr);
            (symbol = elf_image_symbol_index(image, i)) && symbol->addr < limit;
            i++) {
        if (symbol->function && !symbol->absolute) {
            return symbol->addr;
        }
    }
    return limit;
}

// There is only padding between addr and end.
static bool padding(const struct analysis *a, uint32_t addr, uint32_t end) {
    for (; addr + 2 <= end; addr += 2) {
        const uint8_t *b = model_bytes(&a->model, addr, 2);
        const unsigned half = b ? (unsigned)(b[0] | b[1] << 8) : 0;
        // NOP, MOV r8, r8, NOP.W, zeros; lld fills with 0xD4.
        if (half != 0xBF00 && half != 0x46C0 && half != 0xF3AF &&
                half != 0x8000 && half != 0xD4D4 && half != 0) {
            return false;
        }
    }
    return true;
}

// Thumb code between addr and end outside of functions.
static void uncovered_piece(struct analysis *a, const struct elf_image *image,
        const struct elf_section *section, uint32_t addr, uint32_t end) {
    while (addr < end) {
        const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
        if (symbol && symbol->function) {
            // Without a size, the walk finds the end of the code itself.
            const uint32_t over = symbol->size_bytes
                    ? symbol->addr + symbol->size_bytes
                    : next_function(image, addr + 2, end);
            addr = over > addr ? over : addr + 2;
            continue;
        }
        const uint32_t next = next_function(image, addr, end);
        if (!padding(a, addr, next)) {
            finding_add(a,
                    &(struct check_finding){
                            .rule = CHECK_RULE_NO_SYMBOLS, .addr = addr},
                    NO_NODE,
                    "no function symbol covers the code at 0x%08x in %s",
                    (unsigned)addr, section->name);
        }
        addr = next;
    }
}

// Code outside flash that belongs to no function would not be judged.
static void uncovered(struct analysis *a, struct elf_image *image) {
    const struct elf_section *section;
    for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
        if (section->zero || model_forbidden(&a->model, section->addr)) {
            continue;
        }
        const uint32_t last = section->addr + section->size_bytes;
        for (uint32_t addr = section->addr; addr < last;) {
            uint32_t end = last;
            const enum elf_content content =
                    elf_image_content(image, addr, &end);
            end = end > addr && end < last ? end : last;
            if (content == ELF_CONTENT_THUMB) {
                uncovered_piece(a, image, section, addr, end);
            }
            addr = end;
        }
    }
}

/// Start code ///

#define CORE_ADDR 0xE0000000u // registers of the core itself from there on

static bool is_register(const struct analysis *a, uint32_t word) {
    return word < CORE_ADDR && model_device(&a->model, word);
}

// It calls a function by a branch, or goes on in another one, or may form the
// address of a register.
static bool goes_on(const struct analysis *a,
        const struct function_extent *extent, const struct thumb_insn *insn) {
    const bool away = insn->target < (extent->entry_addr & ~1u) ||
            insn->target >= extent->end_addr;
    return insn->op == THUMB_BL || (insn->op == THUMB_B && away) ||
            is_register(a,
                    insn->op == THUMB_MOVT ? insn->imm << 16 : insn->imm);
}

// The address of something that start code reaches for more.
static bool is_more(const struct analysis *a, uint32_t word) {
    const uint32_t addr = word & ~1u;
    const struct elf_symbol *to =
            word & 1 ? model_symbol(&a->model, addr) : NULL;
    return is_register(a, word) || (to && to->function && to->addr == addr);
}

// Such an address, by whatever it makes of its constants.
static bool forms_more(struct analysis *a,
        const struct function_extent *extent) {
    const struct formed formed = analysis_formed(a, extent);
    bool found = formed.anything;
    for (size_t i = 0; i < formed.count && !found; i++) {
        found = is_more(a, formed.words[i]);
    }
    return found;
}

// What it loads may be the address of a register or of a function: from RAM,
// that it may have filled itself, or from a table.
struct loads {
    const struct analysis *a;
    bool ram;     // something is loaded from there
    bool lost;    // an address of an access, or of a call, is not known
    bool goes_on; // one certainly may be such
};

// Words of a constant object, or what else holds addr.
static bool holds_more(const struct analysis *a, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    uint32_t word;
    if (addr >= CORE_ADDR || model_forbidden(&a->model, addr)) {
        return false;
    }
    if (!symbol || !symbol->size_bytes || !model_constant(&a->model, addr)) {
        return true;
    }
    bool more = false;
    for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
        more |= !model_word(&a->model, symbol->addr + at, &word) ||
                is_more(a, word);
    }
    return more;
}

static void reach(struct loads *l, const struct value *v) {
    const bool top = v->kind == VALUE_TOP, word = v->kind == VALUE_WORD_OF;
    const bool known = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
    const unsigned count = v->count < VALUE_CONSTS ? v->count : VALUE_CONSTS;
    for (unsigned i = 0; i < count && (known || word || top); i++) {
        l->goes_on |=
                known ? is_more(l->a, v->v[i]) : holds_more(l->a, v->v[i]);
    }
    // A register of the core, as VTOR, holds no more than what was put there.
    l->goes_on |= v->kind == VALUE_INITIAL && v->v[1] < CORE_ADDR &&
            !model_forbidden(&l->a->model, v->v[1]);
    l->lost |= top;
}

static void on_start_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct loads *l = ctx;
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    const struct model *model = &l->a->model;
    uint32_t word;
    (void)insn, (void)data;
    for (unsigned i = 0; known && how != FLOW_STORE && i < addr->count; i++) {
        const uint32_t at = addr->v[i];
        l->ram |= at < CORE_ADDR && !model_forbidden(model, at) &&
                !model_constant(model, at) && !model_load_image(model, at) &&
                (bytes < 4 || !model_word(model, at, &word));
    }
    reach(l, addr);
}

static void on_start_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    (void)insn, (void)how, (void)direct, (void)regs, (void)sp_bytes;
    reach(ctx, target);
}

static void on_start_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct loads *l = ctx;
    (void)addr, (void)detail;
    l->goes_on |= rule == CHECK_RULE_UNDECODABLE ||
            rule == CHECK_RULE_JUMP_UNKNOWN || rule == CHECK_RULE_NO_SYMBOLS;
}

static bool loads_more(struct analysis *a, const struct function_extent *extent,
        uint32_t addr) {
    struct loads l = {.a = a};
    struct flow_result result;
    const struct flow_events events = {.ctx = &l,
            .access = on_start_access,
            .call = on_start_call,
            .unknown = on_start_unknown};
    a->failed |= !flow_function(&a->model, extent, addr, &events, &result);
    return l.goes_on || (l.lost && l.ram);
}

struct entry {
    const struct reset_tables *resets;
    uint32_t addr;
    bool kept; // elsewhere than in a table of the reset
};

static void find_entry(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct entry *entry = ctx;
    bool reset = false;
    (void)section_bytes;
    if ((word & ~1u) != entry->addr) {
        return;
    }
    for (size_t i = 0; i < entry->resets->count; i++) {
        reset |= entry->resets->addr[i] + 4 == section->addr + at;
    }
    entry->kept |= !reset;
}

static bool is_kept(struct analysis *a, uint32_t addr) {
    struct reset_tables resets;
    struct entry entry = {.resets = &resets, .addr = addr};
    reset_tables_find(&a->model, &resets);
    for (size_t k = 0; k < a->model.image_count; k++) {
        analysis_scan_words(a->model.images[k], find_entry, &entry);
    }
    return entry.kept;
}

// The ELF's entry runs before all else, and so is no code of an outage, if it
// begins none: it calls no function of an image, and names no register. If
// something calls it, it is judged there.
static bool only_starts(struct analysis *a, const struct elf_image *image,
        const struct elf_symbol *symbol) {
    struct function_extent extent;
    if ((elf_image_entry(image) & ~1u) != symbol->addr ||
            !model_function(&a->model, symbol->addr, &extent) ||
            forms_more(a, &extent) || is_kept(a, symbol->addr) ||
            loads_more(a, &extent, symbol->addr)) {
        return false;
    }
    const struct function_code code = model_code(&a->model, &extent);
    for (uint32_t at = 0; at + 2 <= code.size_bytes;) {
        struct thumb_insn insn;
        uint32_t end;
        const uint32_t left = code.size_bytes - at, addr = code.addr + at;
        const enum elf_content content = elf_image_content(image, addr, &end);
        if (content == ELF_CONTENT_DATA) {
            if (left >= 4 && is_register(a, model_word_in(code.bytes + at))) {
                return false;
            }
            at += 2;
            continue;
        }
        if (content != ELF_CONTENT_THUMB ||
                !thumb_decode(&insn, addr, code.bytes + at,
                        left < 4 ? left : 4) ||
                goes_on(a, &extent, &insn)) {
            return false;
        }
        at += insn.size_bytes;
    }
    return code.size_bytes > 0;
}

static void add_all(struct analysis *a) {
    struct elf_image *image = a->model.images[0];
    const struct elf_symbol *symbol;
    bool any = false;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        if (!symbol->function || symbol->absolute ||
                model_forbidden(&a->model, symbol->addr)) {
            any = any || symbol->function;
            continue;
        }
        const struct elf_section *section =
                elf_image_section_at(image, symbol->addr);
        if (!analysis_is_veneer(a, symbol) && !only_starts(a, image, symbol)) {
            add_root(a, symbol, section ? section->name : "outside flash");
        }
        any = true;
    }
    if (any) {
        uncovered(a, image);
    } else {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_NO_SYMBOLS,
                        .addr = elf_image_entry(image)},
                NO_NODE,
                "%s has no symbols, so the functions that run in an outage are "
                "unknown; check the file before it is stripped",
                elf_image_path(image));
    }
}

// What a boot program publishes for its application (xip_resident.h): the
// application calls it by address, which no call in either image shows.
static void add_published(struct analysis *a, struct elf_image *image) {
    const struct elf_symbol *symbol;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        if (!symbol->object || !match_name("*resident_table*", symbol->name)) {
            continue;
        }
        for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
            uint32_t word;
            const struct elf_symbol *to = NULL;
            if (model_word(&a->model, symbol->addr + at, &word) && word & 1) {
                to = model_symbol(&a->model, word & ~1u);
            }
            if (to && to->function && to->addr == (word & ~1u)) {
                add_root(a, to, symbol->name);
            }
        }
    }
}

// A function of another image than the first one, which that calls in the
// window, or whose address it has there: then it may call it by a pointer.
static void add_called(struct analysis *a, uint32_t word) {
    const struct elf_image *first = a->model.images[0];
    const struct elf_symbol *to = NULL;
    if (word & 1 && !elf_image_holds(first, word & ~1u) &&
            !model_forbidden(&a->model, word & ~1u)) {
        to = model_symbol(&a->model, word & ~1u);
    }
    if (to && to->function && to->addr == (word & ~1u)) {
        add_root(a, to,
                keep_text(a, "its address in %s", elf_image_path(first)));
    }
}

static void in_data(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct analysis *a = ctx;
    (void)section_bytes;
    // A pool of code outside of the window is its.
    const uint32_t place = section->addr + at;
    if (!model_in_function(&a->model, place) ||
            model_forbidden(&a->model, place)) {
        add_called(a, word);
    }
}

static bool in_code(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct analysis *a = ctx;
    (void)symbol;
    // Other code is a root itself, and followed.
    if (!model_forbidden(&a->model, extent->entry_addr & ~1u)) {
        return false;
    }
    const struct formed formed = analysis_formed(a, extent);
    for (size_t i = 0; i < formed.count; i++) {
        add_called(a, formed.words[i]);
    }
    return true;
}

// By a branch of its own, or by a pointer that the run of the whole program
// follows, as one that the other image has put down.
static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct analysis *a = ctx;
    const uint32_t *targets = NULL;
    size_t count = 0;
    (void)how, (void)regs, (void)sp_bytes;
    if (direct && value_is_const(target)) {
        add_called(a, target->v[0] | 1);
        return;
    }
    whole_targets(a->whole, insn->addr, &targets, &count);
    for (size_t i = 0; i < count; i++) {
        add_called(a, targets[i]);
    }
}

static void add_all_called(struct analysis *a) {
    const struct flow_events events = {.ctx = a, .call = on_call};
    analysis_scan_words(a->model.images[0], in_data, a);
    analysis_scan(a, a->model.images[0], &events, in_code);
}

bool roots_find(struct analysis *a) {
    if (a->options->root_count) {
        return add_asked(a);
    }
    add_all(a);
    for (size_t k = 1; k < a->model.image_count; k++) {
        add_published(a, a->model.images[k]);
    }
    if (a->model.image_count > 1) {
        add_all_called(a);
    }
    return true;
}
