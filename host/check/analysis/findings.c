/*
 * findings - collects what was found, with path, line and object
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/analysis/findings.h"
#include "base/array.h"
#include "check/assumptions.h"

/// Adding ///

static void fill_path(struct analysis *a, struct check_finding *f,
        uint32_t node) {
    size_t count = 0;
    for (uint32_t n = node; n != NO_NODE; n = a->nodes[n].parent) {
        count++;
    }
    f->path = count ? calloc(count, sizeof *f->path) : NULL;
    f->path_count = f->path ? count : 0;
    for (uint32_t n = node; f->path && n != NO_NODE; n = a->nodes[n].parent) {
        const struct node *at = &a->nodes[n];
        f->path[--count] = (struct check_step){
                .function = at->name,
                .via = at->parent == NO_NODE ? at->why_root : at->via,
                .addr = at->parent == NO_NODE ? at->addr : at->via_addr,
        };
    }
}

static void fill_target(struct analysis *a, struct check_finding *f) {
    struct elf_image *image = model_image(&a->model, f->target_addr);
    if (!image) {
        const struct elf_section *copied =
                model_load_image(&a->model, f->target_addr);
        f->target_section = copied ? copied->name : NULL;
        f->load_image = copied != NULL;
        return;
    }
    const struct elf_symbol *symbol = symbol_shown(image, f->target_addr);
    if (symbol) {
        f->target = f->target ? f->target : symbol->name;
        f->target_offset = f->target_addr - symbol->addr;
    }
    uint32_t end;
    f->target_is_data = symbol ? symbol->object
                               : elf_image_content(image, f->target_addr,
                                         &end) == ELF_CONTENT_DATA;
    if (!f->target_object) {
        f->target_object = elf_image_object(image, f->target_addr);
        f->target_mapped = elf_image_object_mapped(image, f->target_addr);
    }
    f->target_file = elf_image_place(image, f->target_addr).file;
    const struct elf_section *section =
            elf_image_section_at(image, f->target_addr);
    f->target_section = section ? section->name : NULL;
}

// The name that the source used, if relocations were kept.
static void fill_alias(struct analysis *a, struct check_finding *f) {
    const struct elf_image *image = model_image(&a->model, f->addr);
    if (!image || f->stored_in_table) {
        return;
    }
    const struct elf_reloc *reloc;
    for (size_t i = elf_image_reloc_from(image, f->addr);
            (reloc = elf_image_reloc(image, i)) && reloc->addr < f->addr + 4;
            i++) {
        if (reloc->symbol && f->target && reloc->symbol[0] != '.' &&
                reloc->value == f->target_addr - f->target_offset &&
                strcmp(reloc->symbol, f->target)) {
            f->alias = reloc->symbol;
        }
    }
}

// The instruction at the finding's address, as a listing shows it.
static void fill_instruction(struct analysis *a, struct check_finding *f) {
    const struct elf_image *image = model_image(&a->model, f->addr);
    if (!image || !check_rules[f->rule].at_insn || f->stored_in_table) {
        return;
    }
    uint32_t end;
    const enum elf_content content = elf_image_content(image, f->addr, &end);
    if (content == ELF_CONTENT_DATA || content == ELF_CONTENT_ARM) {
        return;
    }
    char text[80];
    size_t available = 4;
    const uint8_t *bytes = model_bytes(&a->model, f->addr, 4);
    if (!bytes) { // the last two bytes of an image
        available = 2;
        bytes = model_bytes(&a->model, f->addr, 2);
    }
    if (bytes &&
            thumb_print_bytes(f->addr, bytes, available, text, sizeof text)) {
        f->instruction = strdup(text);
        a->failed = a->failed || !f->instruction;
    }
}

// Where code ends and which table is in use is a guess then.
static bool is_stripped(const struct analysis *a, uint32_t addr) {
    const struct elf_image *image = model_image(&a->model, addr);
    return image && !elf_image_symbol_index(image, 0);
}

// Of an entry with its Thumb bit the instruction.
static uint32_t place_of(const struct analysis *a,
        const struct check_finding *f) {
    uint32_t end;
    const uint32_t even = f->addr & ~1u;
    const struct elf_image *image = model_image(&a->model, even);
    const struct elf_symbol *s =
            image ? elf_image_symbol_at(image, even) : NULL;
    const bool code = image &&
            (elf_image_entry(image) == f->addr ||
                    (s && s->code &&
                            elf_image_content(image, even, &end) !=
                                    ELF_CONTENT_DATA));
    return code && !f->stored_in_table ? even : f->addr;
}

static void fill(struct analysis *a, struct check_finding *f, uint32_t node) {
    f->addr = place_of(a, f);
    struct elf_image *image = model_image(&a->model, f->addr);
    if (node != NO_NODE && !f->function) {
        f->function = a->nodes[node].name;
        f->function_addr = a->nodes[node].addr;
    }
    if (!f->function) {
        const struct elf_symbol *symbol = model_symbol(&a->model, f->addr);
        f->function = symbol ? symbol->name : "?";
        f->function_addr = symbol ? symbol->addr : f->addr;
    }
    if (f->class == CHECK_VIOLATION) {
        f->class = check_rules[f->rule].class; // not set
    }
    if (f->class == CHECK_VIOLATION && is_stripped(a, f->addr)) {
        f->class = CHECK_UNKNOWN;
    }
    f->count = f->count ? f->count : 1;
    if (image) {
        const struct elf_place place = elf_image_place(image, f->addr);
        f->image = elf_image_path(image);
        f->line = f->file ? f->line : place.line; // or that of an annotation
        f->file = f->file ? f->file : place.file;
        f->object = elf_image_object(image, f->addr);
    }
    fill_instruction(a, f);
    if (f->target_known) {
        fill_target(a, f);
        fill_alias(a, f);
    }
    // FNV-1a over what stays the same when code moves. So does the address of
    // what is in no image, but that of a load image does not.
    char place[16] = "";
    if (f->target_known && !f->target && !f->load_image &&
            !model_image(&a->model, f->target_addr)) {
        snprintf(place, sizeof place, "0x%08x", (unsigned)f->target_addr);
    }
    const char *const parts[] = {check_rule_key(f->rule), f->function,
            f->target               ? f->target
                    : f->load_image ? f->target_section
                                    : place};
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < 3; i++) {
        for (const char *c = parts[i]; *c; c++) {
            hash = (hash ^ (uint8_t)*c) * 16777619u;
        }
        hash = (hash ^ '|') * 16777619u;
    }
    snprintf(f->id, sizeof f->id, "XC-%08x", (unsigned)hash);
    fill_path(a, f, node);
}

static bool same(const struct check_finding *x, const struct check_finding *y) {
    return x->class == y->class && !strcmp(x->id, y->id) &&
            x->function_addr == y->function_addr &&
            (x->target || (x->load_image && y->load_image) ||
                    x->target_addr == y->target_addr);
}

static void free_finding(struct check_finding *f) {
    free(f->path);
    free(f->instruction);
    free(f->detail);
    free(f->cause);
    free(f->fix);
    free((void *)f->candidates);
}

// Of a table: its entries, and once who stores to it.
static void add_detail(struct analysis *a, struct check_finding *to,
        const struct check_finding *f) {
    if (!to->stored_in_table || to->rule != CHECK_RULE_VECTOR_RUNTIME ||
            !to->detail || !f->detail || strstr(to->detail, "; ") ||
            !strcmp(to->detail, f->detail)) {
        return;
    }
    char *both;
    if (asprintf(&both, "%s; %s", to->detail, f->detail) < 0) {
        a->failed = true;
        return;
    }
    free(to->detail);
    to->detail = both;
}

static void append(struct analysis *a, struct check_finding **array,
        size_t *count, struct index *index, struct check_finding *f) {
    const uint64_t key =
            (uint64_t)strtoul(f->id + 3, NULL, 16) << 32 | f->function_addr;
    size_t at, from = 0;
    while ((at = index_next(index, key, &from)) != INDEX_NONE) {
        if (same(&(*array)[at], f) && (*array)[at].note == f->note) {
            (*array)[at].count += f->count;
            add_detail(a, &(*array)[at], f);
            free_finding(f);
            return;
        }
    }
    struct check_finding *grown = array_one_more(*array, *count, sizeof *grown);
    *array = grown ? grown : *array;
    if (!grown || !index_add(index, key, *count)) {
        a->failed = true;
        free_finding(f);
        return;
    }
    grown[(*count)++] = *f;
}

bool findings_tell(const struct analysis *a, uint32_t addr) {
    size_t from = 0;
    return index_next(&a->told_index, addr, &from) != INDEX_NONE;
}

void findings_told(struct analysis *a, uint32_t addr) {
    if (!findings_tell(a, addr) && !index_add(&a->told_index, addr, 0)) {
        a->failed = true;
    }
}

void finding_add(struct analysis *a, const struct check_finding *finding,
        uint32_t node, const char *detail, ...) {
    struct check_finding f = *finding;
    va_list args;
    va_start(args, detail);
    if (detail && vasprintf(&f.detail, detail, args) < 0) {
        f.detail = NULL;
        a->failed = true;
    }
    va_end(args);
    fill(a, &f, node);
    findings_told(a, f.addr);
    f.note = f.reason ? NULL : note_allows(a, &f);
    f.reason = f.note ? f.note->reason : f.reason;
    if (f.note) {
        note_covers(a, f.note, &f);
    }
    if (f.reason) {
        append(a, &a->report->annotated, &a->report->annotated_count,
                &a->annotated_index, &f);
    } else {
        append(a, &a->report->findings, &a->report->finding_count,
                &a->finding_index, &f);
    }
}

/// The end ///

static int compare(const void *a, const void *b) {
    const struct check_finding *x = a, *y = b;
    if (x->class != y->class) {
        return (int)x->class - (int)y->class;
    }
    if (x->rule != y->rule) {
        return (int)x->rule - (int)y->rule;
    }
    return (x->addr > y->addr) - (x->addr < y->addr);
}

static void name_assumptions(struct analysis *a) {
    struct check_report *r = a->report;
    for (int i = 0; i < ASSUME_COUNT; i++) {
        const bool used = i == ASSUME_MASKS ? !a->options->interrupts_all
                : i == ASSUME_NOTES
                ? r->annotated_count > 0 || a->options->vectors
                : i == ASSUME_TASKS  ? a->switches
                : i == ASSUME_SEARCH ? a->searched
                                     : !assumptions[i].only_if_used;
        r->assumed |= used ? 1u << i : 0;
    }
    for (size_t i = 0; i < a->options->note_count; i++) {
        r->assumed |= a->options->notes[i].used ? 1u << ASSUME_NOTES : 0;
    }
    for (size_t i = 0; i < r->finding_count; i++) {
        r->assumed |= r->findings[i].rule == CHECK_RULE_SETTLED
                ? 1u << ASSUME_SETTLED
                : 0;
    }
}

// What an annotation covers that covers more than it says is reported again.
static void take_back(struct analysis *a) {
    struct check_report *r = a->report;
    size_t kept = 0;
    for (size_t i = 0; i < r->annotated_count; i++) {
        struct check_finding *f = &r->annotated[i];
        struct check_note *note = f->note;
        if (!note || note->covers <= note->number) {
            r->annotated[kept++] = *f;
            continue;
        }
        note->refused = true;
        f->reason = NULL;
        f->note = NULL;
        append(a, &r->findings, &r->finding_count, &a->finding_index, f);
    }
    r->annotated_count = kept;
}

// `allow` with f's rule, function and target covers g, too.
static bool one_line(const struct check_finding *f,
        const struct check_finding *g) {
    const bool target = !f->target ||
            (g->target && !strcmp(f->target, g->target)) ||
            (g->target_section && !strcmp(f->target, g->target_section));
    return f->rule == g->rule && !strcmp(f->function, g->function) && target &&
            (f->target || !g->certain);
}

static uint64_t rule_and_function(const struct check_finding *f) {
    uint64_t hash = 2166136261u + f->rule;
    for (const char *c = f->function; *c; c++) {
        hash = (hash ^ (uint8_t)*c) * 1099511628211u;
    }
    return hash;
}

// The places of one finding at one address count once, as in note_covers().
static bool counted_before(const struct check_report *r,
        const struct check_finding *f, size_t at, struct index *index,
        const struct check_finding *g) {
    size_t k, from = 0;
    while ((k = index_next(index, rule_and_function(g), &from)) != INDEX_NONE) {
        const struct check_finding *before = &r->findings[k];
        if (k < at && before->count == 1 && before->addr == g->addr &&
                !strcmp(before->id, g->id) && one_line(f, before)) {
            return true;
        }
    }
    return false;
}

// The number that an `allow` line needs to cover all that it names. A file of
// findings of one function by the hundred is not counted.
#define SAME_MAX 64u
static void count_lines(struct analysis *a) {
    struct check_report *r = a->report;
    struct index index = {0};
    for (size_t i = 0; i < r->finding_count; i++) {
        a->failed = !index_add(&index, rule_and_function(&r->findings[i]), i) ||
                a->failed;
    }
    for (size_t i = 0; i < r->finding_count && !a->failed; i++) {
        struct check_finding *f = &r->findings[i];
        unsigned places = 0, same = 0;
        size_t k, from = 0;
        while (same <= SAME_MAX &&
                (k = index_next(&index, rule_and_function(f), &from)) !=
                        INDEX_NONE) {
            const struct check_finding *g = &r->findings[k];
            const bool counts = one_line(f, g) &&
                    (g->count > 1 || !counted_before(r, f, k, &index, g));
            places += counts ? g->count : 0;
            same++;
        }
        f->to_allow = same > SAME_MAX ? 0 : places;
    }
    index_free(&index);
}

void findings_finish(struct analysis *a) {
    struct check_report *r = a->report;
    notes_finish(a);
    note_names_check(a);
    take_back(a);
    count_lines(a);
    name_assumptions(a);
    if (r->finding_count) {
        qsort(r->findings, r->finding_count, sizeof *r->findings, compare);
    }
    r->verdict = CHECK_PROVED;
    for (size_t i = 0; i < r->finding_count; i++) {
        if (r->findings[i].class == CHECK_VIOLATION) {
            r->verdict = CHECK_VIOLATED;
        } else if (r->findings[i].class == CHECK_UNKNOWN &&
                r->verdict == CHECK_PROVED) {
            r->verdict = CHECK_CANNOT_TELL;
        }
    }
}

void findings_clear(struct check_report *report) {
    for (size_t i = 0; i < report->finding_count; i++) {
        free_finding(&report->findings[i]);
    }
    for (size_t i = 0; i < report->annotated_count; i++) {
        free_finding(&report->annotated[i]);
    }
    for (size_t i = 0; i < report->text_count; i++) {
        free(report->texts[i]);
    }
    free(report->texts);
    free(report->findings);
    free(report->annotated);
    free(report->roots);
    free(report->window_writes);
    free(report->handlers);
    *report = (struct check_report){0};
}
