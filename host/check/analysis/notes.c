/*
 * notes - which annotation covers what, and that it covers no more
 *
 * SPDX-License-Identifier: MIT
 *
 * An annotation names one place, or says how many it covers. One that covers
 * more hides a defect that came later, so nothing is taken from it.
 */
#include <stdlib.h>
#include <string.h>

#include "check/analysis/findings.h"
#include "base/match.h"

// "function" or "function+0x12".
static bool place_matches(const char *place, const char *function,
        uint32_t offset) {
    const char *plus = strrchr(place, '+');
    if (!plus) {
        return match_name(place, function);
    }
    char *end;
    const unsigned long at = strtoul(plus + 1, &end, 0);
    if (*end || end == plus + 1) {
        return match_name(place, function);
    }
    const size_t length = (size_t)(plus - place);
    return at == offset && strlen(function) == length &&
            !strncmp(place, function, length);
}

// Each counts once.
static void count_key(struct analysis *a, size_t note, uint64_t key) {
    size_t at, from = 0;
    while ((at = index_next(&a->noted_index, key, &from)) != INDEX_NONE) {
        if (at == note) {
            return;
        }
    }
    a->failed = !index_add(&a->noted_index, key, note) || a->failed;
    a->options->notes[note].covers++;
}

// A call is asked about several times. Functions of one name have calls of
// their own.
static void count_call(struct analysis *a, size_t note, uint32_t offset) {
    count_key(a, note,
            (uint64_t)analysis_here(a)->extent.entry_addr << 32 | offset);
}

void note_covers(struct analysis *a, struct check_note *note,
        const struct check_finding *f) {
    const size_t i = (size_t)(note - a->options->notes);
    if (f->count > 1) {
        note->covers += f->count; // of a function, together
    } else { // two findings, as of two targets, may be at one place
        count_key(a, i, (uint64_t)strtoul(f->id + 3, NULL, 16) << 32 | f->addr);
    }
}

struct check_note *note_find(struct analysis *a, enum check_note_kind kind,
        const char *function, uint32_t offset) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        struct check_note *note = &a->options->notes[i];
        if (note->kind == kind && !note->refused &&
                place_matches(note->place, function, offset)) {
            note->used++;
            if (kind == CHECK_NOTE_TARGETS) {
                count_call(a, i, offset);
            }
            return note;
        }
    }
    return NULL;
}

bool note_any(const struct analysis *a, enum check_note_kind kind) {
    bool any = false;
    for (size_t i = 0; !any && i < a->options->note_count; i++) {
        any = a->options->notes[i].kind == kind;
    }
    return any;
}

bool note_names(const struct analysis *a, enum check_note_kind kind,
        const char *name) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        const struct check_note *note = &a->options->notes[i];
        if (note->kind == kind && !note->refused &&
                match_name(note->place, name)) {
            return true;
        }
    }
    return false;
}

// As code is called, with the Thumb bit or without.
static bool is_addr(const char *text, uint32_t addr) {
    char *end;
    const unsigned long at = strtoul(text, &end, 0);
    return end != text && !*end && (at == addr || at == (addr | 1u));
}

static bool target_matches(const struct check_note *note,
        const struct check_finding *f) {
    if (!note->targets || !note->targets[0]) {
        return true;
    }
    for (char **t = note->targets; *t; t++) {
        if ((f->target && match_name(*t, f->target)) ||
                (f->target_section && match_name(*t, f->target_section)) ||
                (f->target_known && is_addr(*t, f->target_addr))) {
            return true;
        }
    }
    return false;
}

// One instruction, or what it leads to.
static bool is_exact(const struct check_note *note,
        const struct check_finding *f) {
    return (note->targets && note->targets[0]) ||
            is_addr(note->place, f->addr) ||
            (!match_name(note->place, f->function) && strchr(note->place, '+'));
}

static bool covers(const struct check_note *note,
        const struct check_finding *f) {
    if (!note->rule) {
        return !strcmp(note->place, f->id);
    }
    return check_rule_matches(f->rule, note->rule) &&
            (place_matches(note->place, f->function,
                     f->addr - f->function_addr) ||
                    is_addr(note->place, f->addr)) &&
            (!f->certain || is_exact(note, f)) && target_matches(note, f);
}

bool note_at(const struct analysis *a, enum check_rule_id rule,
        const char *function, uint32_t function_addr, uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < a->options->note_count; i++) {
        const struct check_note *note = &a->options->notes[i];
        found |= note->kind == CHECK_NOTE_ALLOW && note->rule &&
                check_rule_matches(rule, note->rule) &&
                (is_addr(note->place, addr) ||
                        (strchr(note->place, '+') &&
                                place_matches(note->place, function,
                                        addr - function_addr)));
    }
    return found;
}

struct check_note *note_allows(struct analysis *a,
        const struct check_finding *f) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        struct check_note *note = &a->options->notes[i];
        if (note->kind == CHECK_NOTE_ALLOW && !note->refused &&
                covers(note, f)) {
            note->used++;
            return note;
        }
    }
    return NULL;
}

/// How many they cover ///

// Functions or objects of that name, at different addresses.
static unsigned count_names(const struct analysis *a,
        const struct check_note *note) {
    unsigned count = 0;
    for (size_t k = 0; k < a->model.image_count; k++) {
        uint32_t last = 0;
        const struct elf_symbol *s;
        for (size_t i = 0; (s = elf_image_symbol_index(a->model.images[k], i));
                i++) {
            const bool object = note->kind == CHECK_NOTE_CONST ||
                    note->kind == CHECK_NOTE_VECTORS;
            const bool kind =
                    object ? s->object : s->code && !analysis_is_veneer(a, s);
            if (kind && !s->absolute && match_name(note->place, s->name) &&
                    (!count || s->addr != last)) {
                count++;
                last = s->addr;
            }
        }
    }
    return count;
}

void notes_reset(struct analysis *a) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        a->options->notes[i].refuted = NULL;
    }
}

void notes_begin(struct analysis *a) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        struct check_note *note = &a->options->notes[i];
        note->used = note->covers = 0;
        note->refused = note->refuted != NULL;
        if (note->kind == CHECK_NOTE_CONST ||
                note->kind == CHECK_NOTE_OUTSIDE ||
                note->kind == CHECK_NOTE_BEGINS ||
                note->kind == CHECK_NOTE_ENDS ||
                note->kind == CHECK_NOTE_POINTERS) {
            note->covers = count_names(a, note);
            note->refused |= note->covers > note->number;
        } else if (note->kind == CHECK_NOTE_VECTORS &&
                !strpbrk(note->place, "*?")) {
            const unsigned tables = count_names(a, note);
            note->covers = tables > 1 ? tables : 0;
            note->refused |= tables > note->number;
        }
    }
}

void notes_refute(struct analysis *a, enum check_note_kind kind,
        const char *name, const char *why, uint32_t at) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        struct check_note *note = &a->options->notes[i];
        if (note->kind == kind && !note->refused && !note->refuted &&
                match_name(note->place, name)) {
            note->refuted = why;
            note->refuted_at = at;
            a->refuted = true;
        }
    }
}

// Its calls were followed to its targets; which of them it meant is unknown.
void notes_finish(struct analysis *a) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        struct check_note *note = &a->options->notes[i];
        if (note->kind != CHECK_NOTE_TARGETS || note->covers <= note->number) {
            continue;
        }
        note->refused = true;
        const struct elf_symbol *symbol = NULL;
        for (size_t k = 0; !symbol && k < a->model.image_count; k++) {
            size_t from = 0;
            symbol = elf_image_symbol_named(a->model.images[k], note->place,
                    &from);
        }
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_CALL_UNKNOWN,
                        .function = note->place,
                        .function_addr = symbol ? symbol->addr : 0,
                        .addr = symbol ? symbol->addr : 0},
                NO_NODE,
                "%s:%d names the targets of %u of its calls, and %u are there: "
                "give each a line with its offset, or say `targets %u`",
                note->file, note->line, note->number, note->covers,
                note->covers);
    }
}
