/*
 * placement - finds what was meant for RAM and is not there
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "check/analysis/findings.h"
#include "check/place/place.h"
#include "base/array.h"
#include "base/match.h"
#include "check/whole/whole.h"

/// Sections for RAM that stayed in flash ///

static bool ram_section_name(const char *name) {
    static const char *const patterns[] = {".RamFunc*", ".ramfunc*",
            ".ramcode*", ".ram_code*", ".ram_func*", ".ramtext*", ".ram_text*",
            ".fastcode*", ".fast_code*", ".itcm*", ".ITCM*", ".noflash*",
            ".time_critical*", ".code_ram*", ".ram", ".ram.*", ".ramcall*",
            ".text_ram*", ".fastrun*", ".iram*", ".relocate_code*"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (match_name(patterns[i], name)) {
            return true;
        }
    }
    return false;
}

static void check_orphan(struct analysis *a, struct elf_image *image,
        const struct elf_section *section) {
    if (!section->size_bytes || !section->execute ||
            !model_forbidden(&a->model, section->addr) ||
            !ram_section_name(section->name)) {
        return;
    }
    const struct elf_symbol *symbol = elf_image_symbol_at(image, section->addr);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_ORPHAN,
                    .function = symbol ? symbol->name : section->name,
                    .function_addr = section->addr,
                    .addr = section->addr,
                    .target_addr = section->addr,
                    .target_known = true},
            NO_NODE,
            "section %s lies at 0x%08x, in flash: the linker script does not "
            "name it, so ld placed it after the code",
            section->name, (unsigned)section->addr);
}

/// Copies ///

// Every number that code or data holds and that could be an address or size:
// words of pools and data, MOVW with MOVT.
struct number {
    uint32_t value;
    uint32_t at; // where it is held
};
struct numbers {
    struct number *all;
    size_t count, room;
    bool failed;
};

static void add_number(struct numbers *n, uint32_t value, uint32_t at) {
    struct number *grown =
            array_more(n->all, n->count, &n->room, sizeof *grown);
    if (!grown) {
        n->failed = true;
        return;
    }
    n->all = grown;
    n->all[n->count++] = (struct number){value, at};
}

static int compare(const void *a, const void *b) {
    const uint32_t x = ((const struct number *)a)->value;
    const uint32_t y = ((const struct number *)b)->value;
    return (x > y) - (x < y);
}

static void collect_code(const struct analysis *a, uint32_t addr, uint32_t end,
        struct numbers *n) {
    uint32_t low[16] = {0};
    while (addr + 2 <= end) {
        struct thumb_insn insn;
        const uint32_t room = end - addr < 4 ? end - addr : 4;
        const uint8_t *bytes = model_bytes(&a->model, addr, room);
        if (!bytes || !thumb_decode(&insn, addr, bytes, room)) {
            addr += 2;
            continue;
        }
        if (insn.op == THUMB_MOV && insn.immediate && insn.rd < 16) {
            low[insn.rd] = insn.imm;
            add_number(n, insn.imm, addr);
        } else if (insn.op == THUMB_MOVT && insn.rd < 16) {
            add_number(n, (low[insn.rd] & 0xFFFF) | insn.imm << 16, addr);
        }
        addr += insn.size_bytes;
    }
}

static void collect_words(const struct analysis *a, uint32_t addr, uint32_t end,
        struct numbers *n) {
    for (addr = (addr + 3) & ~3u; addr + 4 <= end; addr += 4) {
        uint32_t word;
        if (model_word(&a->model, addr, &word)) {
            add_number(n, word, addr);
        }
    }
}

static void collect(const struct analysis *a, struct elf_image *image,
        struct numbers *n) {
    const struct elf_section *section;
    for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
        const uint32_t last = section->addr + section->size_bytes;
        for (uint32_t addr = section->addr; !section->zero && addr < last;) {
            uint32_t end = last;
            const enum elf_content content =
                    elf_image_content(image, addr, &end);
            end = end > addr && end < last ? end : last;
            if (content == ELF_CONTENT_THUMB) {
                collect_code(a, addr, end, n);
            } else {
                collect_words(a, addr, end, n);
            }
            addr = end;
        }
    }
    if (n->count) {
        qsort(n->all, n->count, sizeof *n->all, compare);
    }
}

// Index of the first number from low on.
static size_t first_number(const struct numbers *n, uint32_t low) {
    size_t first = 0, last = n->count;
    while (first < last) {
        const size_t middle = first + (last - first) / 2;
        if (n->all[middle].value < low) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return first;
}

// Some number lies in [low, high].
static bool mentioned(const struct numbers *n, uint32_t low, uint32_t high) {
    const size_t first = first_number(n, low);
    return first < n->count && n->all[first].value <= high;
}

// Start of the run of sections that are copied together: same distance of load
// and run address, no other in between.
static uint32_t run_start(const struct elf_image *image,
        const struct elf_section *section) {
    uint32_t start = section->addr;
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        if (!s->zero && s->loaded && s->load_addr != s->addr &&
                s->load_addr - s->addr == section->load_addr - section->addr &&
                s->addr < start) {
            start = s->addr;
        }
    }
    return start;
}

static uint32_t run_end(const struct elf_image *image,
        const struct elf_section *section) {
    uint32_t end = section->addr + section->size_bytes;
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        const uint32_t last = s->addr + s->size_bytes;
        if (!s->zero && s->loaded && s->load_addr != s->addr &&
                s->load_addr - s->addr == section->load_addr - section->addr &&
                last > end) {
            end = last;
        }
    }
    return end;
}

// A programmer writes nothing there.
static bool is_ram(const struct analysis *a, uint32_t addr) {
    const struct check_options *o = a->options;
    for (size_t i = 0; i < o->ram_count; i++) {
        if (addr >= o->memory[i].addr &&
                addr - o->memory[i].addr < o->memory[i].size_bytes) {
            return true;
        }
    }
    return addr >= 0x20000000u && addr < 0x40000000u; // Armv7-M ARM, B3.1
}

static void no_copy(struct analysis *a, struct elf_image *image,
        const struct elf_section *section, enum check_rule_id rule,
        const char *why) {
    const struct elf_symbol *symbol = elf_image_symbol_at(image, section->addr);
    const bool used = section_is_used(a, image, section);
    finding_add(a,
            &(struct check_finding){.rule = rule,
                    .class = used ? check_rules[rule].class : CHECK_WARNING,
                    .function = symbol ? symbol->name : section->name,
                    .function_addr = section->addr,
                    .addr = section->addr,
                    .target_addr = section->addr,
                    .target_known = true},
            NO_NODE, "section %s runs at 0x%08x and is loaded at 0x%08x: %s%s",
            section->name, (unsigned)section->addr,
            (unsigned)section->load_addr, why,
            used ? "" : "; no code of an outage uses it");
}

// Where memory that start code clears begins in [low, high]; above high: it
// does not.
static uint64_t cleared_from(const struct elf_image *image, uint32_t low,
        uint32_t high) {
    const struct elf_section *s;
    uint64_t from = (uint64_t)high + 1;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        if (s->zero && s->addr >= low && s->addr < from) {
            from = s->addr;
        }
    }
    return from;
}

// The load address of another section, which is copied by itself.
static bool loaded_elsewhere(const struct elf_image *image, uint32_t load_addr,
        uint32_t delta) {
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        if (!s->zero && s->loaded && s->load_addr == load_addr &&
                s->load_addr - s->addr != delta) {
            return true;
        }
    }
    return false;
}

// A run of sections, of which one is asked about.
struct run {
    const struct elf_image *image;
    const struct elf_section *section;
    uint32_t start, last; // of the run
    uint32_t delta;       // from run to load address
};

// Alignment may put some bytes between the end symbol of a script and the end
// of the section.
#define SLACK 32u

// Numbers of a list of copies are so near to each other.
#define BESIDE 64u

// A copy stops in front of the section.
static bool stops_before(const struct run *r, const struct numbers *n) {
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(r->image, i)); i++) {
        if (!s->zero && s->loaded && s->load_addr - s->addr == r->delta &&
                s->addr < r->section->addr &&
                mentioned(n, s->addr + s->size_bytes, r->section->addr)) {
            return true;
        }
    }
    return false;
}

// The number at `at` is of the function, or of the object, that holds the one
// at `of`. Without a size, it is near.
static bool is_beside(const struct elf_image *image, uint32_t of, uint32_t at) {
    const struct elf_symbol *f = elf_image_symbol_at(image, of);
    return f && f->size_bytes ? at - f->addr < f->size_bytes
                              : at - (of - BESIDE) <= 2 * BESIDE;
}

// How often the function that holds the number `of` holds one in [low, high].
static size_t count_beside(const struct run *r, const struct numbers *n,
        uint32_t of, uint32_t low, uint32_t high) {
    size_t most = 0;
    for (size_t i = first_number(n, of); i < n->count && n->all[i].value == of;
            i++) {
        size_t count = 0;
        for (size_t k = first_number(n, low);
                k < n->count && n->all[k].value <= high; k++) {
            count += is_beside(r->image, n->all[i].at, n->all[k].at);
        }
        most = count > most ? count : most;
    }
    return most;
}

// The code that copies holds a number in [low, high].
static bool copies_to(const struct run *r, const struct numbers *n,
        uint32_t low, uint32_t high) {
    return count_beside(r, n, r->section->load_addr, low, high) ||
            count_beside(r, n, r->start + r->delta, low, high);
}

static bool ends_behind(const struct run *r, const struct numbers *n) {
    const struct elf_section *s = r->section;
    const uint32_t end = s->addr + s->size_bytes, high = r->last + SLACK;
    const bool own_copy = mentioned(n, s->load_addr, s->load_addr);
    const uint64_t cleared = cleared_from(r->image, end, high);
    // In memory at 0, an address is a number like any other.
    if (cleared > end &&
            (end > VALUE_NUMBER_MAX
                            ? mentioned(n, end, (uint32_t)(cleared - 1))
                            : copies_to(r, n, end, (uint32_t)(cleared - 1)))) {
        return true;
    }
    // Where memory to be cleared follows, its first address ends no copy by
    // itself: the code that copies holds it twice.
    if (cleared <= high && mentioned(n, (uint32_t)cleared, high) &&
            (own_copy || !stops_before(r, n) ||
                    count_beside(r, n, r->start + r->delta, end,
                            (uint32_t)cleared) > 1)) {
        return true;
    }
    for (size_t i = first_number(n, end + r->delta);
            i < n->count && n->all[i].value <= high + r->delta; i++) {
        if (!loaded_elsewhere(r->image, n->all[i].value, r->delta)) {
            return true;
        }
    }
    // So is a length.
    const uint32_t start = r->start + r->delta;
    return count_beside(r, n, s->load_addr, s->size_bytes, s->size_bytes + 3) ||
            count_beside(r, n, start, end - r->start, high - r->start) ||
            count_beside(r, n, start, (end - r->start) / 4,
                    (high - r->start) / 4);
}

static struct run run_of(const struct elf_image *image,
        const struct elf_section *section) {
    return (struct run){
            .image = image,
            .section = section,
            .start = run_start(image, section),
            .last = run_end(image, section),
            .delta = section->load_addr - section->addr,
    };
}

enum copy { NO_COPY, SHORT_COPY, MAYBE_COPIED, COPIED };

/// A pointer that runs on ///

// A copy whose pointer goes on where the one before has stopped, at the end of
// another section's load image: no number says where that is.

static bool is_copied(const struct elf_section *s) {
    return !s->zero && s->loaded && s->size_bytes && s->load_addr != s->addr;
}

// The section whose load image ends at `load`, or in front of it where `load`
// is aligned to words, or (*near) to more.
static const struct elf_section *loaded_before(const struct elf_image *image,
        uint32_t load, bool *near) {
    const struct elf_section *s, *before = NULL;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        const uint32_t gap = load - (s->load_addr + s->size_bytes);
        if (is_copied(s) && gap < SLACK &&
                (!before || s->load_addr > before->load_addr)) {
            before = s;
            *near = gap >= 4;
        }
    }
    return before;
}

static bool meets(uint32_t addr, uint32_t low, uint32_t high) {
    return addr >= low && addr <= high;
}

// Where sections of another run begin and end in [low, high], and whether an
// object begins at `start`: a number there may be theirs.
static size_t others(const struct run *r, uint32_t low, uint32_t high,
        uint32_t start) {
    const struct elf_section *s;
    const struct elf_symbol *o = elf_image_symbol_at(r->image, start);
    size_t count = o && o->object && o->addr == start;
    for (size_t i = 0; (s = elf_image_section(r->image, i)); i++) {
        const bool own = is_copied(s) && s->load_addr - s->addr == r->delta;
        count += own ? 0 : meets(s->addr, low, high);
        count += own ? 0 : meets(s->addr + s->size_bytes, low, high);
    }
    return count;
}

static size_t others_at_start(const struct run *r) {
    return others(r, r->start - 3, r->start, r->start);
}

// Numbers below are everywhere.
#define LENGTH_MIN 64u

// What holds the number `of` holds where the section begins and ends, too.
static enum copy holds_both(const struct run *r, const struct numbers *n,
        uint32_t of) {
    const uint32_t end = r->section->addr + r->section->size_bytes;
    // In memory at 0, an address is a number like any other.
    const uint32_t high = end > VALUE_NUMBER_MAX ? r->last + SLACK : end + 3;
    const uint32_t bytes = end - r->start;
    const size_t starts = count_beside(r, n, of, r->start, r->start);
    const size_t ends = count_beside(r, n, of, end, high);
    const bool length = count_beside(r, n, of, bytes, bytes + 3) ||
            count_beside(r, n, of, bytes / 4, (bytes + 3) / 4);
    if (!starts || (!ends && !length)) {
        return NO_COPY;
    }
    const bool ends_there = ends > others(r, end, high, 0);
    return starts > others_at_start(r) &&
                    (ends_there ? end >= LENGTH_MIN
                                : length && bytes / 4 >= LENGTH_MIN)
            ? COPIED
            : MAYBE_COPIED;
}

// How many numbers lie in [low, high].
static size_t mentions(const struct numbers *n, uint32_t low, uint32_t high) {
    size_t count = 0;
    for (size_t i = first_number(n, low);
            i < n->count && n->all[i].value <= high; i++) {
        count++;
    }
    return count;
}

static enum copy copied(const struct elf_image *image,
        const struct elf_section *section, const struct numbers *n);

static enum copy runs_on(const struct run *r, const struct numbers *n) {
    bool near = false;
    const struct elf_section *before =
            loaded_before(r->image, r->start + r->delta, &near);
    if (!before || before->load_addr >= r->start + r->delta) {
        return NO_COPY;
    }
    const enum copy there = copied(r->image, before, n);
    // The first one whose load address something holds.
    const struct elf_section *first = before;
    struct run run = run_of(r->image, first);
    bool any;
    while (!mentioned(n, run.start + run.delta, first->load_addr) &&
            (before = loaded_before(r->image, run.start + run.delta, &any))) {
        first = before;
        run = run_of(r->image, first);
    }
    enum copy here = holds_both(r, n, run.start + run.delta);
    const enum copy list = holds_both(r, n, run.start);
    here = list > here ? list : here;
    const uint32_t end = r->section->addr + r->section->size_bytes;
    const uint32_t high = r->last + SLACK;
    if (here == NO_COPY && r->start > VALUE_NUMBER_MAX &&
            mentions(n, r->start, r->start) > others_at_start(r) &&
            mentions(n, end, high) > others(r, end, high, 0)) {
        here = MAYBE_COPIED;
    }
    here = here == COPIED && near ? MAYBE_COPIED : here;
    return there < MAYBE_COPIED ? NO_COPY : there < here ? there : here;
}

static enum copy copied(const struct elf_image *image,
        const struct elf_section *section, const struct numbers *n) {
    const struct run run = run_of(image, section);
    if (!mentioned(n, run.start + run.delta, section->load_addr)) {
        return runs_on(&run, n);
    }
    return ends_behind(&run, n) ? COPIED : SHORT_COPY;
}

static void check_copy(struct analysis *a, struct elf_image *image,
        const struct elf_section *section, const struct numbers *n) {
    if (whole_copied(a->whole, section->addr, section->size_bytes)) {
        return;
    }
    switch (copied(image, section, n)) {
    case NO_COPY:
        no_copy(a, image, section, CHECK_RULE_NO_COPY,
                "no code and no data holds its load address, so nothing copies "
                "it");
        return;
    case SHORT_COPY:
        no_copy(a, image, section, CHECK_RULE_NO_COPY,
                "the copy ends before it");
        return;
    case MAYBE_COPIED:
        no_copy(a, image, section, CHECK_RULE_COPY_UNKNOWN,
                "that is where the copy of another section ends, and whether "
                "it goes on is not seen");
        return;
    case COPIED:
        if (whole_never_stored(a->whole, section->addr, section->size_bytes)) {
            no_copy(a, image, section, CHECK_RULE_COPY_UNKNOWN,
                    "code knows its load address, and in the run of the whole "
                    "program nothing stores to it");
        }
        return;
    }
}

static void check_copies(struct analysis *a, struct elf_image *image) {
    struct numbers numbers = {0};
    const struct elf_section *section;
    collect(a, image, &numbers);
    a->failed = a->failed || numbers.failed;
    for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
        if (section->zero || !section->loaded || !section->size_bytes ||
                match_name(".note*", section->name) ||
                (section->load_addr == section->addr &&
                        !is_ram(a, section->addr)) ||
                model_forbidden(&a->model, section->addr)) {
            continue;
        }
        if (section->load_addr == section->addr) {
            no_copy(a, image, section, CHECK_RULE_NO_COPY,
                    "it is not kept in flash, so RAM does not hold it after a "
                    "reset");
        } else {
            check_copy(a, image, section, &numbers);
        }
    }
    free(numbers.all);
}

/// Notes ///

static bool is_resident(const struct analysis *a, uint32_t addr) {
    const struct check_options *o = a->options;
    bool is = false;
    for (size_t i = 0; i < o->resident_count; i++) {
        is |= addr - o->resident[i].addr < o->resident[i].size_bytes;
    }
    return is;
}

// A debugger loads all of it into RAM.
static bool is_for_ram(const struct analysis *a,
        const struct elf_image *image) {
    const struct elf_section *s;
    bool all = true;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        all &= s->zero || !s->loaded || is_ram(a, s->load_addr);
    }
    return all;
}

// Of a note that no line of the linker script names, ld makes the first thing
// in RAM.
static void check_notes(struct analysis *a, struct elf_image *image) {
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        if (s->note && s->loaded && s->load_addr == s->addr &&
                is_ram(a, s->addr) && !model_forbidden(&a->model, s->addr) &&
                !is_resident(a, s->addr) && !is_for_ram(a, image)) {
            finding_add(a,
                    &(struct check_finding){.rule = CHECK_RULE_NO_COPY,
                            .class = CHECK_WARNING,
                            .function = s->name,
                            .function_addr = s->addr,
                            .addr = s->addr,
                            .target_addr = s->addr,
                            .target_known = true},
                    NO_NODE,
                    "section %s runs at 0x%08x and is loaded there, too: it is "
                    "not kept in flash, so RAM does not hold it after a reset",
                    s->name, (unsigned)s->addr);
        }
    }
}

/// Inlined copies ///

struct inline_search {
    struct analysis *a;
    struct elf_image *image;
};

// By the run of the whole program it reads no register: a wait for the flash
// controller does.
static bool reads_memory(const struct analysis *a, uint32_t addr) {
    const struct whole_span *spans;
    size_t count;
    bool good = whole_accesses(a->whole, addr, &spans, &count) == WHOLE_ALL &&
            count;
    for (size_t i = 0; i < count; i++) {
        good &= !model_device(&a->model, spans[i].first) &&
                !model_device(&a->model, spans[i].last);
    }
    return good;
}

// It stores nothing and calls nothing: a copy in the flash has nothing to do
// with an outage, as that of a function which only delivers a variable.
static bool only_reads(const struct analysis *a,
        const struct elf_inline *copy) {
    struct thumb_insn insn;
    bool reads = true;
    for (uint32_t at = copy->low_addr; reads && at < copy->high_addr;
            at += insn.size_bytes) {
        const uint32_t room = copy->high_addr - at < 4 ? 2 : 4;
        const uint8_t *bytes = model_bytes(&a->model, at, room);
        if (!bytes || !thumb_decode(&insn, at, bytes, room)) {
            return false;
        }
        reads = insn.op == THUMB_LOAD ? reads_memory(a, at)
                                      : insn.op < THUMB_OTHER &&
                        insn.op != THUMB_UNDEFINED && !(insn.writes >> 15 & 1);
    }
    return reads;
}

static bool is_outside_flash(void *ctx, uint32_t addr) {
    const struct inline_search *s = ctx;
    return elf_image_section_at(s->image, addr) &&
            !model_forbidden(&s->a->model, addr);
}

static bool inlined(void *ctx, const struct elf_inline *copy) {
    struct inline_search *s = ctx;
    struct analysis *a = s->a;
    uint32_t function;
    if (!copy->name || !model_forbidden(&a->model, copy->low_addr) ||
            !elf_image_copied(s->image, copy, is_outside_flash, s, &function)) {
        return true;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_INLINED,
                    .class = only_reads(a, copy)
                            ? CHECK_WARNING
                            : check_rules[CHECK_RULE_INLINED].class,
                    .addr = copy->low_addr,
                    .target_addr = function,
                    .target_known = true},
            NO_NODE,
            "%s is outside flash, and a copy of it was inlined here, in flash",
            copy->name);
    return true;
}

void placement_check(struct analysis *a) {
    for (size_t k = 0; k < a->model.image_count; k++) {
        struct elf_image *image = a->model.images[k];
        const struct elf_section *section;
        for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
            check_orphan(a, image, section);
        }
        if (k == 0) {
            check_copies(a, image);
        }
        check_notes(a, image);
        struct inline_search search = {a, image};
        no_debug_check(a, image, elf_image_inlines(image, inlined, &search));
    }
}
