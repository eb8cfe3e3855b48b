/*
 * check_notes - the annotations file
 *
 * SPDX-License-Identifier: MIT
 *
 * One annotation a line, `verb [number] words: reason`. The first colon that a
 * blank (or nothing) follows ends the words. A line whose first character is #
 * is a comment; a # elsewhere belongs to the line, as in "see issue #4".
 */
#include "check/command/check_notes.h"
#include "base/array.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/exception_name.h"
#include "base/lines.h"
#include "base/match.h"
#include "base/number.h"

#define LINE_MAX_BYTES 4096u
#define WORDS_MAX 256u

struct reader {
    const char *path;
    int line;
    struct check_options *options;
    char *error;
    size_t error_size;
};

static bool bad(const struct reader *r, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
static bool bad(const struct reader *r, const char *format, ...) {
    int at = snprintf(r->error, r->error_size, "%s:%d: ", r->path, r->line);
    if (at < 0 || (size_t)at >= r->error_size) {
        return false;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(r->error + at, r->error_size - (size_t)at, format, args);
    va_end(args);
    return false;
}

static const struct verb {
    const char *name;
    enum check_note_kind kind;
    size_t least, most; // words after the verb
    const char *form;
} verbs[] = {
        {"targets", CHECK_NOTE_TARGETS, 2, WORDS_MAX,
                "targets FUNCTION SYMBOL...: what sets the pointer"},
        {"allow", CHECK_NOTE_ALLOW, 1, 3,
                "allow RULE FUNCTION [TARGET]: why it does no harm"},
        {"const", CHECK_NOTE_CONST, 1, 1,
                "const OBJECT: why it never changes in an outage"},
        {"vectors", CHECK_NOTE_VECTORS, 2, WORDS_MAX,
                "vectors TABLE N=SYMBOL...: what fills the table` or `vectors "
                "TABLE copy TABLE: what copies it"},
        {"outside", CHECK_NOTE_OUTSIDE, 1, 1,
                "outside FUNCTION: why it never runs in an outage"},
        {"pointers", CHECK_NOTE_POINTERS, 2, 9,
                "pointers FUNCTION r0 r0*...: what refuses an address in the "
                "window"},
        {"begins", CHECK_NOTE_BEGINS, 1, 1,
                "begins FUNCTION: how it leaves the flash switched off"},
        {"ends", CHECK_NOTE_ENDS, 1, 1,
                "ends FUNCTION: how it switches the flash on again"},
};
#define VERBS (sizeof verbs / sizeof verbs[0])

/// Memory ///

static void free_note(struct check_note *note) {
    free((char *)note->file);
    free((char *)note->place);
    free((char *)note->words);
    free((char *)note->rule);
    free((char *)note->reason);
    for (char **t = note->targets; t && *t; t++) {
        free(*t);
    }
    free(note->targets);
}

void check_notes_free(struct check_options *options) {
    for (size_t i = 0; i < options->note_count; i++) {
        free_note(&options->notes[i]);
    }
    free(options->notes);
    options->notes = NULL;
    options->note_count = 0;
}

// The options own what note points to from now on.
static bool append(const struct reader *r, struct check_note *note) {
    struct check_options *o = r->options;
    struct check_note *notes =
            array_one_more(o->notes, o->note_count, sizeof *notes);
    if (!notes) {
        free_note(note);
        return bad(r, "out of memory");
    }
    o->notes = notes;
    o->notes[o->note_count++] = *note;
    return true;
}

/// Words ///

static bool is_pattern(const char *text) {
    return text && strpbrk(text, "*?");
}

// "XC-" and eight hexadecimal digits.
static bool is_id(const char *text) {
    return !strncmp(text, "XC-", 3) && strlen(text) == 11 &&
            strspn(text + 3, "0123456789abcdef") == 8;
}

static enum check_rule_id find_rule(const char *name) {
    int i = 0;
    while (i < CHECK_RULE_COUNT &&
            !check_rule_matches((enum check_rule_id)i, name)) {
        i++;
    }
    return (enum check_rule_id)i;
}

// A note that covers what it does not name hides the next defect.
static bool good_allow(const struct reader *r, char **words, size_t count) {
    if (count == 1) {
        return is_id(words[0]) ||
                bad(r,
                        "too few words for 'allow'; write `%s` or `allow "
                        "XC-01234567: reason`",
                        verbs[CHECK_NOTE_ALLOW].form);
    }
    if (is_pattern(words[0])) {
        return bad(r,
                "'%s': an annotation names one rule, no pattern; `xipsafe check "
                "--rules` lists them",
                words[0]);
    }
    const enum check_rule_id rule = find_rule(words[0]);
    if (rule == CHECK_RULE_COUNT) {
        return bad(r,
                "there is no rule '%s'; `xipsafe check --rules` lists them",
                words[0]);
    }
    const char *target = count > 2 ? words[2] : NULL;
    if (check_rules[rule].class == CHECK_VIOLATION &&
            (!target || is_pattern(words[1]) || is_pattern(target))) {
        return bad(r,
                "'%s' is a violation: name the one by its id, as `allow "
                "XC-01234567: reason`, or by its function and its target, "
                "without a pattern",
                words[0]);
    }
    return true;
}

static bool good_number(const struct reader *r, const struct verb *verb,
        const char *place, const char *target, unsigned number) {
    if (number || verb->kind == CHECK_NOTE_VECTORS ||
            (!is_pattern(place) && !is_pattern(target))) {
        return true;
    }
    return bad(r, "'%s' is a pattern: say how many it covers, as `%s 3 %s`",
            is_pattern(place) ? place : target, verb->name,
            strchr(verb->form, ' ') + 1);
}

// FUNCTION+0x12: a number must follow the +.
static bool good_place(const char *place) {
    const char *plus = strrchr(place, '+');
    if (!plus) {
        return true;
    }
    uint64_t offset;
    return plus != place && number_parse(plus + 1, UINT32_MAX, &offset);
}

// "SysTick=isr" and "irq37=isr" become "15=isr" and "53=isr"; "*=table", the
// entries that nothing else names are copied from a table, stays.
static char *vector_entry(const struct reader *r, const char *text) {
    const char *equals = strchr(text, '=');
    if (!equals || !equals[1]) {
        bad(r,
                "'%s' is not N=SYMBOL; write `15=my_tick`, `SysTick=my_tick` "
                "or `irq37=my_isr`",
                text);
        return NULL;
    }
    if (!strncmp(text, "*=", 2)) { // also what "copy TABLE" becomes
        return strdup(text);
    }
    const size_t length = (size_t)(equals - text);
    uint64_t number = exception_number(text, length);
    if (!number) {
        const bool irq = length > 3 && !strncasecmp(text, "irq", 3);
        const char *digits = text + (irq ? 3 : 0);
        const char *end;
        const bool parsed = number_parse_part(digits, 511, &number, &end);
        number += irq ? EXCEPTION_IRQ0 : 0;
        if (!parsed || end != equals || !number || number > 511) {
            bad(r,
                    "'%.*s' is no exception: its number in the table (1 to "
                    "511), irqN with N up to 495, or a name as SysTick",
                    (int)length, text);
            return NULL;
        }
    }
    char *entry = NULL;
    if (asprintf(&entry, "%u%s", (unsigned)number, equals) < 0) {
        bad(r, "out of memory");
        return NULL;
    }
    return entry;
}

// "r0" to "r3", and "r0*" for pointers that are read through it.
static bool good_argument(const struct reader *r, const char *text) {
    const bool good = text[0] == 'r' && text[1] >= '0' && text[1] <= '3' &&
            (!text[2] || (text[2] == '*' && !text[3]));
    return good ||
            bad(r,
                    "'%s' is no argument; write r0 to r3, or r0* for pointers "
                    "that are read through it",
                    text);
}

static bool copy_targets(const struct reader *r, struct check_note *note,
        char **words, size_t count) {
    for (size_t i = 0; note->kind == CHECK_NOTE_POINTERS && i < count; i++) {
        if (!good_argument(r, words[i])) {
            return false;
        }
    }
    note->targets = calloc(count + 1, sizeof *note->targets);
    if (note->targets && note->kind == CHECK_NOTE_VECTORS && count == 2 &&
            !strcmp(words[0], "copy")) {
        if (asprintf(&note->targets[0], "*=%s", words[1]) < 0) {
            note->targets[0] = NULL;
            return bad(r, "out of memory");
        }
        return true;
    }
    for (size_t i = 0; note->targets && i < count; i++) {
        note->targets[i] = note->kind == CHECK_NOTE_VECTORS
                ? vector_entry(r, words[i])
                : strdup(words[i]);
        if (!note->targets[i]) {
            return false;
        }
    }
    return note->targets || bad(r, "out of memory");
}

// The words with blanks between them, for the report. NULL: no memory.
static char *join(char **words, size_t count) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; out && i < count; i++) {
        fprintf(out, "%s%s", i ? " " : "", words[i]);
    }
    if (out) {
        fclose(out);
    }
    return text;
}

// number: 0 if the line gives none.
static bool add_note(const struct reader *r, const struct verb *verb,
        char **words, size_t count, unsigned number, const char *reason) {
    const bool allow = verb->kind == CHECK_NOTE_ALLOW;
    if (allow && !good_allow(r, words, count)) {
        return false;
    }
    const bool ruled = allow && count > 1;
    const char *place = words[ruled ? 1 : 0];
    const size_t used = ruled ? 2 : 1;
    if (!good_place(place)) {
        return bad(r, "'%s': write FUNCTION or FUNCTION+0x12", place);
    }
    if (!good_number(r, verb, place, allow && count > 2 ? words[2] : NULL,
                number)) {
        return false;
    }
    struct check_note note = {
            .kind = verb->kind,
            .line = r->line,
            .file = strdup(r->path),
            .place = strdup(place),
            .words = join(words, count),
            .rule = ruled ? strdup(words[0]) : NULL,
            .reason = strdup(reason),
            .number = number ? number : 1,
    };
    if (!note.file || !note.place || !note.words || !note.reason ||
            (ruled && !note.rule)) {
        free_note(&note);
        return bad(r, "out of memory");
    }
    if (!copy_targets(r, &note, words + used, count - used)) {
        free_note(&note);
        return false;
    }
    return append(r, &note);
}

/// Lines ///

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

// Cuts the line at the colon; the reason, or NULL.
static char *cut_reason(char *line) {
    for (char *colon = strchr(line, ':'); colon;
            colon = strchr(colon + 1, ':')) {
        if (!colon[1] || isspace((unsigned char)colon[1])) {
            *colon = '\0';
            char *reason = trim(colon + 1);
            return *reason ? reason : NULL;
        }
    }
    return NULL;
}

static bool no_such_verb(const struct reader *r, const char *word) {
    char list[200] = "";
    size_t at = 0;
    for (size_t i = 0; i < VERBS; i++) {
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s",
                i ? ", " : "", verbs[i].name);
    }
    return bad(r, "'%s' is no annotation; there are: %s", word, list);
}

// The number behind the verb: how many the annotation covers. 0: there is none.
static unsigned take_number(char **words, size_t *count) {
    uint64_t number;
    if (*count < 2 || strspn(words[1], "0123456789") != strlen(words[1]) ||
            !number_parse(words[1], 9999, &number) || !number) {
        return 0;
    }
    memmove(&words[1], &words[2], (*count - 2) * sizeof words[0]);
    (*count)--;
    return (unsigned)number;
}

static bool read_line(const struct reader *r, char *line) {
    line = trim(line);
    if (!*line || *line == '#') {
        return true;
    }
    const char *reason = cut_reason(line);
    char *words[WORDS_MAX + 1];
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t", &rest); word;
            word = strtok_r(NULL, " \t", &rest)) {
        if (count > WORDS_MAX) {
            return bad(r, "more than %u words; use several lines", WORDS_MAX);
        }
        words[count++] = word;
    }
    if (!count) {
        return bad(r, "nothing before the colon; write `%s`", verbs[0].form);
    }
    const unsigned number = take_number(words, &count);
    for (size_t i = 0; i < VERBS; i++) {
        const struct verb *verb = &verbs[i];
        if (strcmp(words[0], verb->name) != 0) {
            continue;
        }
        if (count - 1 < verb->least || count - 1 > verb->most) {
            return bad(r, "%s words for '%s'; write `%s`",
                    count - 1 < verb->least ? "too few" : "too many",
                    verb->name, verb->form);
        }
        if (!reason) {
            return bad(r, "no reason; write `%s`", verb->form);
        }
        return add_note(r, verb, words + 1, count - 1, number, reason);
    }
    return no_such_verb(r, words[0]);
}

static bool read_lines(struct reader *r, FILE *file) {
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, file)) {
        r->line++;
        const size_t length = strlen(line);
        if (length && line[length - 1] != '\n' && !feof(file)) {
            return bad(r,
                    "longer than %u characters, or binary; use several lines",
                    LINE_MAX_BYTES - 2);
        }
        // A byte order mark, as some editors write it.
        const bool mark = r->line == 1 && !strncmp(line, "\xEF\xBB\xBF", 3);
        if (!read_line(r, line + (mark ? 3 : 0))) {
            return false;
        }
    }
    if (ferror(file)) {
        snprintf(r->error, r->error_size, "cannot read '%s': %s", r->path,
                strerror(errno));
        return false;
    }
    return true;
}

bool check_notes_read(const char *path, struct check_options *options,
        char *error, size_t error_size) {
    const char *why;
    FILE *file = lines_open(path, &why);
    if (!file) {
        snprintf(error, error_size, "cannot read annotations '%s': %s", path,
                why);
        return false;
    }
    struct reader r = {path, 0, options, error, error_size};
    const bool good = read_lines(&r, file);
    fclose(file);
    return good;
}
