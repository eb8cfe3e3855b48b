/*
 * note_names - names in annotations that no image has
 *
 * SPDX-License-Identifier: MIT
 *
 * A line whose place is in no image is unused: files that come with an SDK have
 * lines for several versions of it. One that is used and names something else
 * that is nowhere is misspelt or outdated, and so is half of a driver that does
 * not exist: less is judged than its author thinks.
 */
#include <stdlib.h>
#include <string.h>

#include "base/match.h"
#include "base/number.h"
#include "check/analysis/findings.h"

// In any image, of any kind; a section, too.
static bool has_name(const struct analysis *a, const char *name) {
    uint64_t addr;
    bool found = number_parse(name, UINT32_MAX, &addr);
    for (size_t k = 0; !found && k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        const struct elf_symbol *s;
        const struct elf_section *section;
        for (size_t i = 0; !found && (s = elf_image_symbol_index(image, i));
                i++) {
            found = match_name(name, s->name);
        }
        for (size_t i = 0; !found && (section = elf_image_section(image, i));
                i++) {
            found = match_name(name, section->name);
        }
    }
    return found;
}

// What `targets` may lead to, as judge_call.c looks for it.
static bool has_function(const struct analysis *a, const char *name) {
    uint64_t addr;
    bool found = number_parse(name, UINT32_MAX, &addr);
    for (size_t k = 0; !found && k < a->model.image_count; k++) {
        const struct elf_image *image = a->model.images[k];
        const struct elf_symbol *s;
        for (size_t i = 0; !found && (s = elf_image_symbol_index(image, i));
                i++) {
            found = s->function
                    ? match_name(name, s->name) && !analysis_is_veneer(a, s)
                    : s->code && !strcmp(name, s->name);
        }
    }
    return found;
}

bool note_has_symbol(const struct analysis *a, const char *name) {
    bool found = false;
    for (size_t k = 0; !found && k < a->model.image_count; k++) {
        size_t from = 0;
        found = elf_image_symbol_named(a->model.images[k], name, &from) != NULL;
    }
    return found;
}

// "function", or "function+0x12" without its offset.
static bool has_place(const struct analysis *a, const struct check_note *note) {
    if (note->kind == CHECK_NOTE_ALLOW && !note->rule) {
        return true; // the id of a finding
    }
    const char *plus = strrchr(note->place, '+');
    uint64_t offset;
    char *name = plus && number_parse(plus + 1, UINT32_MAX, &offset)
            ? strndup(note->place, (size_t)(plus - note->place))
            : NULL;
    const bool found = has_name(a, name ? name : note->place);
    free(name);
    return found || note->used; // a copy that was inlined
}

static bool has_word(const struct analysis *a, const struct check_note *note,
        const char *word) {
    switch (note->kind) {
    case CHECK_NOTE_TARGETS:
        return has_function(a, word);
    case CHECK_NOTE_ALLOW:
        return has_name(a, word);
    case CHECK_NOTE_VECTORS:
        return note_has_symbol(a, strchr(word, '=') + 1);
    default:
        return true;
    }
}

static void report(struct analysis *a, const struct check_note *note,
        enum check_class class, const char *name, const char *what) {
    const struct elf_symbol *symbol = NULL;
    for (size_t k = 0; !symbol && k < a->model.image_count; k++) {
        size_t from = 0;
        symbol = elf_image_symbol_named(a->model.images[k], note->place, &from);
    }
    const uint32_t addr =
            symbol ? symbol->addr : elf_image_entry(a->model.images[0]);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_STALE_NOTE,
                    .class = class,
                    .function = note->place,
                    .function_addr = addr,
                    .addr = addr,
                    .file = note->file,
                    .line = note->line,
                    .target = name},
            NO_NODE, "%s:%d names %s, and %s", note->file, note->line, name,
            what);
}

// "200=isr" of a table of 98 entries is never looked at.
static void check_entry(struct analysis *a, const struct check_note *note,
        const char *word) {
    for (size_t i = 0; *word != '*' && i < a->table_count; i++) {
        const struct vector_table *table = &a->tables[i];
        if (match_name(note->place, table->name) &&
                strtoul(word, NULL, 10) >= table->count) {
            report(a, note, CHECK_WARNING, word,
                    keep_text(a, "%s has entries 0 to %u only", table->name,
                            (unsigned)table->count - 1));
            return;
        }
    }
}

static void check_words(struct analysis *a, struct check_note *note) {
    bool any = false;
    for (char **t = note->targets; t && *t; t++) {
        const char *equals = strchr(*t, '=');
        const bool vector = note->kind == CHECK_NOTE_VECTORS;
        if (has_word(a, note, *t)) {
            any = true;
        } else {
            const char *name = vector ? equals + 1 : *t;
            note->missing = note->missing ? note->missing : name;
            if (note->used) {
                report(a, note, CHECK_WARNING, name,
                        vector && **t == '*' ? "no image has such an object"
                                             : "no image has such a function");
            }
        }
        if (vector && note->used) {
            check_entry(a, note, *t);
        }
    }
    if (note->kind == CHECK_NOTE_TARGETS && !any) {
        note->used = 0; // nothing was taken from it
    }
}

// Lines name halves of a driver, and no outage begins by them: what runs
// between them is judged by nothing.
static bool nothing_begins(const struct analysis *a) {
    bool begins = a->options->begin_count > 0;
    for (size_t i = 0; i < a->options->note_count && !begins; i++) {
        const struct check_note *note = &a->options->notes[i];
        begins = note->kind == CHECK_NOTE_BEGINS && note->used;
    }
    return !begins;
}

void note_names_check(struct analysis *a) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        struct check_note *note = &a->options->notes[i];
        const bool half = note->kind == CHECK_NOTE_BEGINS ||
                note->kind == CHECK_NOTE_ENDS;
        note->missing = NULL;
        if (note->refused) {
            continue;
        }
        if (has_place(a, note)) {
            check_words(a, note);
            continue;
        }
        note->missing = note->place;
        if (half) {
            const bool begins = note->kind == CHECK_NOTE_BEGINS;
            report(a, note,
                    begins && nothing_begins(a) ? CHECK_UNKNOWN : CHECK_WARNING,
                    note->place, "no image has such a function");
        }
    }
}
