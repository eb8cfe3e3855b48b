/*
 * memory - what lies where, and which addresses stay readable
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/analysis/findings.h"
#include "base/match.h"

/// Regions ///

static bool in_one(const struct check_region *regions, size_t count,
        uint32_t addr) {
    for (size_t i = 0; i < count; i++) {
        if (addr >= regions[i].addr &&
                addr - regions[i].addr < regions[i].size_bytes) {
            return true;
        }
    }
    return false;
}

// Armv7-M ARM, B3.1, the system address map: code, then on-chip RAM.
static bool arch_code(uint32_t addr) {
    return addr < 0x20000000u;
}
static bool arch_ram(uint32_t addr) {
    return addr >= 0x20000000u && addr < 0x40000000u;
}

static bool declared(const struct check_options *o, uint32_t addr) {
    return in_one(o->resident, o->resident_count, addr) ||
            in_one(o->memory, o->memory_count, addr);
}

// It is RAM, as far as the image shows.
static bool is_ram_section(const struct elf_section *s) {
    return s->zero || (s->loaded && s->load_addr != s->addr) ||
            arch_ram(s->addr);
}

static uint32_t last_of(const struct elf_section *s) {
    return s->addr + (s->size_bytes - 1);
}

/// What lies where ///

static bool refuse(struct analysis *a, const struct elf_image *image,
        const struct elf_section *s, const char *why) {
    snprintf(a->error, a->error_size,
            "%s: section %s, 0x%08" PRIx32 " to 0x%08" PRIx32 ", %s",
            elf_image_path(image), s->name, s->addr, last_of(s), why);
    return false;
}

// The address of a region that was given as a decimal number, and with 0x in
// front would hold the section. NULL: there is none.
static const char *without_0x(const struct check_region *regions, size_t count,
        const struct elf_section *s, char text[16]) {
    for (size_t i = 0; i < count; i++) {
        snprintf(text, 16, "%" PRIu32, regions[i].addr);
        const unsigned long long addr = strtoull(text, NULL, 16);
        if (regions[i].addr > 9 && addr <= s->addr &&
                last_of(s) - addr < regions[i].size_bytes) {
            return text;
        }
    }
    return NULL;
}

static bool refuse_outside(struct analysis *a, const struct elf_image *image,
        const struct elf_section *s) {
    const struct check_options *o = a->options;
    char windows[200] = "", text[16], hint[60] = "", why[420];
    for (size_t i = 0; i < o->xip_count; i++) {
        const size_t used = strlen(windows);
        snprintf(windows + used, sizeof windows - used,
                "%s0x%08" PRIx32 " to 0x%08" PRIx32, i ? ", " : "",
                o->xip[i].addr, o->xip[i].addr + o->xip[i].size_bytes - 1);
    }
    if (without_0x(o->xip, o->xip_count, s, text) ||
            without_0x(o->resident, o->resident_count, s, text)) {
        snprintf(hint, sizeof hint, " (%s is decimal: 0x%s?)", text, text);
    }
    snprintf(why, sizeof why,
            "lies neither in the window, %s, nor in memory that is known to "
            "stay readable%s: correct --xip, or name that memory (--resident "
            "ADDR:SIZE, or `ram` and `internal` of the board file)",
            windows, hint);
    return refuse(a, image, s, why);
}

// The window lies where a microcontroller has its internal flash.
static bool window_in_code(const struct check_options *o) {
    for (size_t i = 0; i < o->xip_count; i++) {
        if (arch_code(o->xip[i].addr)) {
            return true;
        }
    }
    return false;
}

static void assume(struct check_layout *layout, const struct elf_section *s) {
    if (!layout->assumed || s->addr < layout->assumed_addr) {
        layout->assumed_addr = s->addr;
    }
    if (!layout->assumed || last_of(s) > layout->assumed_last) {
        layout->assumed_last = last_of(s);
    }
    layout->assumed = true;
}

// A window begins or ends in the middle of it.
static bool is_cut(const struct analysis *a, const struct elf_section *s) {
    const struct check_options *o = a->options;
    const bool first = model_forbidden(&a->model, s->addr);
    bool cut = first != model_forbidden(&a->model, last_of(s));
    for (size_t i = 0; i < o->xip_count; i++) {
        const uint32_t at = o->xip[i].addr;
        cut = cut ||
                (at > s->addr && at <= last_of(s) &&
                        model_forbidden(&a->model, at - 1) !=
                                model_forbidden(&a->model, at));
    }
    return cut;
}

// Armv7-M ARM B3.1: Device memory, and the system's.
static bool registers_of_architecture(const struct elf_section *s) {
    return s->zero &&
            ((s->addr >= 0x40000000u && last_of(s) < 0x60000000u) ||
                    s->addr >= 0xA0000000u);
}

static bool place_section(struct analysis *a, const struct elf_image *image,
        const struct elf_section *s, struct check_layout *layout) {
    const struct check_options *o = a->options;
    const bool first = model_forbidden(&a->model, s->addr);
    if (is_cut(a, s)) {
        return refuse(a, image, s,
                "lies in the window with a part only: give the window its "
                "whole size (--xip ADDR:SIZE)");
    }
    const bool ram = is_ram_section(s);
    layout->window_bytes += first ? s->size_bytes : 0;
    layout->ram_bytes += !first && ram ? s->size_bytes : 0;
    layout->other_bytes += !first && !ram ? s->size_bytes : 0;
    if (first || (declared(o, s->addr) && declared(o, last_of(s)))) {
        return true;
    }
    if (ram && !o->memory_count) {
        return true;
    }
    if (!ram && arch_code(s->addr) && !o->memory_count && !o->resident_count &&
            !window_in_code(o)) {
        assume(layout, s);
        return true;
    }
    if (registers_of_architecture(s)) {
        return refuse(a, image, s,
                "lies where the architecture has registers, and in none of the "
                "board file's memory: if it is no memory, as a structure over "
                "registers, name those (a line `devices ADDR SIZE` of the board "
                "file)");
    }
    return refuse_outside(a, image, s);
}

// Notes of the linker are for tools. They lie anywhere.
static bool is_program(const struct elf_section *s) {
    return s->size_bytes && !match_name(".note*", s->name);
}

static void set_build_id(struct check_layout *layout,
        const struct elf_image *image) {
    uint32_t size = 0;
    const uint8_t *id = elf_image_build_id(image, &size);
    const size_t most = sizeof layout->build_id / 2;
    for (uint32_t i = 0; id && i < size && i < most; i++) {
        snprintf(layout->build_id + 2 * i, 3, "%02x", id[i]);
    }
}

bool memory_place(struct analysis *a) {
    struct check_report *r = a->report;
    for (size_t k = 0; k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        struct check_layout *layout = &r->layout[r->layout_count++];
        *layout = (struct check_layout){.image = elf_image_path(image),
                .stripped = !elf_image_symbol_index(image, 0)};
        set_build_id(layout, image);
        const struct elf_section *s;
        for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
            if (is_program(s) && !place_section(a, image, s, layout)) {
                return false;
            }
        }
        // Without section headers, its segments.
        struct elf_segment g;
        for (size_t i = 0;
                !elf_image_section(image, 0) && elf_image_segment(image, i, &g);
                i++) {
            const struct elf_section segment = {.name = "(a segment)",
                    .addr = g.run_addr,
                    .size_bytes = g.memory_bytes,
                    .load_addr = g.load_addr,
                    .loaded = true,
                    .execute = g.execute,
                    .write = g.write};
            if (!place_section(a, image, &segment, layout)) {
                return false;
            }
        }
    }
    return true;
}

/// Accesses ///

// Between the first and the last section of RAM in the same 16 MB, and up to
// the top of the stack there.
static bool own_ram(const struct analysis *a, uint32_t addr) {
    uint32_t low = UINT32_MAX, high = 0;
    for (size_t k = 0; k < a->model.image_count; k++) {
        const struct elf_section *s;
        for (size_t i = 0; (s = elf_image_section(a->model.images[k], i));
                i++) {
            if (is_ram_section(s) && s->addr >> 24 == addr >> 24) {
                low = s->addr < low ? s->addr : low;
                high = last_of(s) > high ? last_of(s) : high;
            }
        }
    }
    if (a->stack_top && (a->stack_top - 1) >> 24 == addr >> 24) {
        low = a->stack_top - 1 < low ? a->stack_top - 1 : low;
        high = a->stack_top - 1 > high ? a->stack_top - 1 : high;
    }
    return addr >= low && addr <= high;
}

bool memory_readable(const struct analysis *a, uint32_t addr) {
    const uint32_t at = model_canonical(&a->model, addr);
    const struct check_options *o = a->options;
    if (in_one(o->xip, o->xip_count, at)) {
        return in_one(o->resident, o->resident_count, at);
    }
    // What a bit-band region shows is not found by its offset.
    return declared(o, addr) || declared(o, at) ||
            model_device(&a->model, at) || model_image(&a->model, at) ||
            (at != addr && arch_ram(at)) ||
            (!o->memory_count && own_ram(a, at));
}

void memory_access(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr) {
    uint32_t byte;
    const bool bits = addr->kind == VALUE_INSIDE &&
            model_bit_band(&a->model, addr->v[0], &byte);
    const unsigned count = addr->kind == VALUE_CONST || bits
            ? addr->count
            : addr->kind == VALUE_INITIAL;
    for (unsigned i = 0; i < count; i++) {
        const uint32_t at = addr->v[i];
        if (model_forbidden(&a->model, at) || memory_readable(a, at)) {
            continue;
        }
        if (addr->kind == VALUE_INITIAL) {
            const char *object = symbol_name(a, addr->v[1]);
            if (!object || !note_find(a, CHECK_NOTE_CONST, object, 0)) {
                continue; // unknown anyway
            }
        }
        const uint32_t same = model_canonical(&a->model, at);
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_MEMORY_UNKNOWN,
                        .addr = insn->addr,
                        .target_addr = at,
                        .target_known = true},
                a->current,
                same != at ? "0x%08x may show the window, 0x%08x there"
                           : "0x%08x is in no image and in no memory that was "
                             "named",
                (unsigned)at, (unsigned)same);
    }
}

/// The stack ///

static void judge_stack(struct analysis *a, uint32_t table, uint32_t top) {
    if (model_forbidden(&a->model, top - 1)) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_STORE,
                        .addr = table,
                        .stored_in_table = true,
                        .target_addr = top - 1,
                        .target_known = true},
                NO_NODE,
                "the stack ends at 0x%08x, in the window: whatever is pushed in "
                "an outage goes there",
                (unsigned)top);
    }
}

void memory_stack(struct analysis *a, uint32_t table) {
    uint32_t top = 0;
    if (table && model_word(&a->model, table, &top) && top) {
        a->stack_top = top;
        judge_stack(a, table, top);
    }
    // What a reset reads, also where another table is in use later.
    for (size_t i = 0; i < a->first_count; i++) {
        const uint32_t addr = a->first_tables[i].addr;
        if (model_word(&a->model, addr, &top) && top && top != a->stack_top) {
            a->stack_top = a->stack_top ? a->stack_top : top;
            judge_stack(a, addr, top);
        }
    }
}

/// Several images ///

static void claimed(struct analysis *a, const struct elf_image *x,
        const struct elf_section *s, const struct elf_image *y,
        const struct elf_section *t, uint32_t from) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_MEMORY_UNKNOWN,
                    .function = s->name,
                    .function_addr = s->addr,
                    .addr = s->addr,
                    .target_addr = from,
                    .target_known = true},
            NO_NODE,
            "%s (section %s) and %s (section %s) both claim 0x%08x, and not "
            "with the same bytes",
            elf_image_path(x), s->name, elf_image_path(y), t->name,
            (unsigned)from);
}

// Both are written to the same place, with other bytes.
static bool loads_differ(const struct elf_image *x, const struct elf_section *s,
        const struct elf_image *y, const struct elf_section *t,
        uint32_t *from) {
    *from = s->load_addr > t->load_addr ? s->load_addr : t->load_addr;
    const uint32_t s_last = s->load_addr + (s->size_bytes - 1);
    const uint32_t t_last = t->load_addr + (t->size_bytes - 1);
    const uint32_t last = s_last < t_last ? s_last : t_last;
    if (s->zero || t->zero || !s->loaded || !t->loaded || *from > last) {
        return false;
    }
    const uint32_t size = last - *from + 1;
    const uint8_t *p =
            elf_image_bytes(x, s->addr + (*from - s->load_addr), size);
    const uint8_t *q =
            elf_image_bytes(y, t->addr + (*from - t->load_addr), size);
    return !p || !q || memcmp(p, q, size);
}

static void compare_sections(struct analysis *a, const struct elf_image *x,
        const struct elf_section *s, const struct elf_image *y) {
    const struct elf_section *t;
    for (size_t i = 0; (t = elf_image_section(y, i)); i++) {
        uint32_t from;
        if (!is_program(t)) {
            continue;
        }
        if (loads_differ(x, s, y, t, &from)) {
            claimed(a, x, s, y, t, from);
            continue;
        }
        // RAM of one is RAM of the other once that runs; who reads it then is
        // judged where it is read.
        from = s->addr > t->addr ? s->addr : t->addr;
        if (from <= last_of(s) && from <= last_of(t) &&
                is_ram_section(s) != is_ram_section(t)) {
            claimed(a, x, s, y, t, from);
        }
    }
}

void memory_images(struct analysis *a) {
    for (size_t k = 0; k < a->model.image_count; k++) {
        for (size_t m = k + 1; m < a->model.image_count; m++) {
            const struct elf_image *x = a->model.images[k];
            const struct elf_section *s;
            for (size_t i = 0; (s = elf_image_section(x, i)); i++) {
                if (is_program(s)) {
                    compare_sections(a, x, s, a->model.images[m]);
                }
            }
        }
    }
}

// Outage code lies there.
static bool is_walked(const struct analysis *a, uint32_t first, uint32_t last) {
    bool is = false;
    for (size_t i = 0; i < a->node_count && !is; i++) {
        is = a->nodes[i].addr >= first && a->nodes[i].addr <= last;
    }
    return is;
}

// Overlays: which of them is there when it runs, an ELF does not say.
static void overlaid(struct analysis *a, const struct elf_image *image,
        const struct elf_section *s) {
    const struct elf_section *t;
    for (size_t i = 0; (t = elf_image_section(image, i)); i++) {
        const uint32_t first = s->addr > t->addr ? s->addr : t->addr;
        const uint32_t last = last_of(s) < last_of(t) ? last_of(s) : last_of(t);
        if (t > s && is_program(t) && first <= last &&
                (s->execute || t->execute) && is_walked(a, first, last)) {
            claimed(a, image, s, image, t, first);
        }
    }
}

// Code is looked up where it is linked, a store where the memory is.
static void aliased(struct analysis *a, const struct elf_section *s) {
    const uint32_t at = model_canonical(&a->model, s->addr);
    if (at != s->addr && s->execute && is_walked(a, s->addr, last_of(s))) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_MEMORY_UNKNOWN,
                        .function = s->name,
                        .function_addr = s->addr,
                        .addr = s->addr,
                        .target_addr = at,
                        .target_known = true},
                NO_NODE,
                "%s is linked for 0x%08x, an alias of 0x%08x: a store there "
                "that changes its code is not seen (let the board file name "
                "the first as `ram`, and the other one as its alias)",
                s->name, (unsigned)s->addr, (unsigned)at);
    }
}

void memory_code(struct analysis *a) {
    for (size_t k = 0; k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        const struct elf_section *s;
        for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
            if (is_program(s)) {
                overlaid(a, image, s);
                aliased(a, s);
            }
        }
    }
}

void memory_shared(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr) {
    const struct node *node = analysis_here(a);
    if (addr->kind != VALUE_CONST && addr->kind != VALUE_INSIDE) {
        return;
    }
    for (unsigned i = 0; i < addr->count; i++) {
        const uint32_t at = addr->v[i];
        const struct elf_image *owner = model_image(&a->model, at);
        if (!node->image || !owner || owner == node->image ||
                !elf_image_holds(node->image, at)) {
            continue;
        }
        const struct elf_section *s = elf_image_section_at(owner, at);
        const struct elf_section *own = elf_image_section_at(node->image, at);
        if (!s || !own || (!is_ram_section(s) && !is_ram_section(own))) {
            continue; // memory_images() has compared them
        }
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_MEMORY_UNKNOWN,
                        .addr = insn->addr,
                        .target_addr = at,
                        .target_known = true},
                a->current, "its variable at 0x%08x lies where %s has its RAM",
                (unsigned)at, elf_image_path(owner));
    }
}
