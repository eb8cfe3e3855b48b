/*
 * report_text - a check report for people
 *
 * SPDX-License-Identifier: MIT
 *
 * First comes the verdict, then the findings, grouped by the function to
 * change, functions with violations first; then what annotations cover; then
 * figures.
 */
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "check/assumptions.h"
#include "check/report/report_facts.h"
#include "check/report/report_priv.h"

#define COLUMNS 80u

enum paint { PLAIN, DIM, BOLD, RED, YELLOW, GREEN, CYAN };

struct printer {
    FILE *out;
    const struct check_report *report;
    const struct check_options *options;
    bool colour, verbose;
};

/// Printing ///

static void paint(const struct printer *p, enum paint paint) {
    static const char *const codes[] = {
            "0", "2", "1", "1;31", "1;33", "1;32", "36"};
    if (p->colour) {
        fprintf(p->out, "\033[%sm", codes[paint]);
    }
}

static void put_name(const struct printer *p, const char *text) {
    char *plain = report_demangle_(text);
    char *clean = report_clean_(plain);
    free(plain);
    for (char *c = clean; c && *c; c++) {
        fputc(*c == '\n' ? ' ' : *c, p->out);
    }
    free(clean);
}

static void painted(const struct printer *p, enum paint how, const char *text) {
    paint(p, how);
    put_name(p, text);
    paint(p, PLAIN);
}

// One line of text, words wrapped, all lines but the first indented.
static void put_line(const struct printer *p, const char *line, size_t length,
        size_t indent) {
    size_t column = indent;
    while (length) {
        size_t word = 0;
        while (word < length && line[word] != ' ') {
            word++;
        }
        if (column > indent && column + 1 + word > COLUMNS) {
            fprintf(p->out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', p->out);
            column++;
        }
        fwrite(line, 1, word, p->out);
        column += word;
        word += word < length;
        line += word;
        length -= word;
    }
    fputc('\n', p->out);
}

static void put_sentence(const struct printer *p, const char *line,
        size_t length, size_t indent) {
    char *copy = strndup(line, length);
    char *plain = report_demangle_(copy);
    if (plain) {
        put_line(p, plain, strlen(plain), indent);
    }
    free(plain);
    free(copy);
}

// Text of several lines. A line that begins with a blank is code and stays.
static void put_text(const struct printer *p, const char *text, size_t indent) {
    char *clean = report_clean_(text);
    const char *line = clean ? clean : "";
    for (bool first = true; *line || first; first = false) {
        const size_t length = strcspn(line, "\n");
        if (!first) {
            fprintf(p->out, "%*s", (int)indent, "");
        }
        if (*line == ' ') {
            fprintf(p->out, "%.*s\n", (int)length, line);
        } else {
            put_sentence(p, line, length, indent);
        }
        line += length + (line[length] == '\n');
    }
    free(clean);
}

#define LABEL_COLUMNS 10u

static void label(const struct printer *p, const char *name) {
    paint(p, DIM);
    fprintf(p->out, "    %-5s ", name);
    paint(p, PLAIN);
}

static void field(const struct printer *p, const char *name, const char *text) {
    if (text && *text) {
        label(p, name);
        put_text(p, text, LABEL_COLUMNS);
    }
}

/// A finding ///

static const enum paint class_paint[] = {RED, YELLOW, CYAN};

static void put_place(const struct printer *p, const struct check_finding *f) {
    label(p, "at");
    fprintf(p->out, "0x%08x", (unsigned)f->addr);
    if (f->file) {
        fputs("  ", p->out);
        put_name(p, report_path_(f->file));
        fprintf(p->out, ":%d", f->line);
    }
    if (f->count > 1) {
        fprintf(p->out, "  and %u more place%s", f->count - 1,
                f->count > 2 ? "s" : "");
    }
    fputc('\n', p->out);
    if (f->instruction) {
        label(p, "code");
        fprintf(p->out, "0x%08x  %s\n", (unsigned)f->addr, f->instruction);
    }
}

static bool same_path(const struct check_finding *a,
        const struct check_finding *b) {
    if (a->path_count != b->path_count) {
        return false;
    }
    for (size_t i = 0; i < a->path_count; i++) {
        if (a->path[i].addr != b->path[i].addr ||
                report_compare_(a->path[i].function, b->path[i].function) !=
                        0) {
            return false;
        }
    }
    return true;
}

// "root > a > b (tail call) > c". before: the finding above it in the same
// function, or NULL.
static void put_path(const struct printer *p, const struct check_finding *f,
        const struct check_finding *before) {
    if (!f->path_count || (f->path_count == 1 && !f->path[0].via) ||
            (before && same_path(f, before))) {
        return;
    }
    label(p, "path");
    for (size_t i = 0; i < f->path_count; i++) {
        const struct check_step *step = &f->path[i];
        if (i) {
            painted(p, DIM, " > ");
        }
        put_name(p, step->function);
        if (step->via && strcmp(step->via, "call") != 0) {
            fputs(" (", p->out);
            put_name(p, step->via);
            fputc(')', p->out);
        }
    }
    fputc('\n', p->out);
}

static void put_candidates(const struct printer *p,
        const struct check_finding *f) {
    if (!f->candidates || !f->candidates[0]) {
        return;
    }
    char *text = NULL;
    size_t size = 0, i = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return;
    }
    const size_t most = p->verbose ? SIZE_MAX : 8;
    for (; i < most && f->candidates[i]; i++) {
        fprintf(out, "%s%s", i ? ", " : "", f->candidates[i]);
    }
    if (f->candidates[i]) {
        size_t more = i;
        while (f->candidates[more]) {
            more++;
        }
        fprintf(out, " and %zu more (--verbose)", more - i);
    }
    fclose(out);
    field(p, f->rule == CHECK_RULE_SPLIT_OUTAGE ? "calls" : "may", text);
    free(text);
}

static void put_head(const struct printer *p, const struct check_finding *f) {
    char label[40];
    check_rule_label(f->rule, label, sizeof label);
    fputs("  ", p->out);
    paint(p, class_paint[f->class]);
    fprintf(p->out, "%s %s", report_class_(f->class), label);
    paint(p, PLAIN);
    if (f->target) {
        fputs("  ", p->out);
        painted(p, BOLD, f->target);
        if (f->target_offset > 1) { // 1 is the Thumb bit
            fprintf(p->out, "+0x%x", (unsigned)f->target_offset);
        }
    }
    if (f->alias && report_compare_(f->alias, f->target) != 0) {
        fputs(" (in the source: ", p->out);
        put_name(p, f->alias);
        fputc(')', p->out);
    }
    if (f->load_image) {
        fputs("  the load image of ", p->out);
        put_name(p, f->target_section);
    }
    if (f->target_known) {
        fprintf(p->out, " at 0x%08x", (unsigned)f->target_addr);
    }
    if (f->target_object) {
        fputs(", from ", p->out);
        put_name(p, f->target_object);
    }
    paint(p, DIM);
    fputs("  ", p->out);
    put_name(p, f->id);
    paint(p, PLAIN);
    fputc('\n', p->out);
}

// Repeated words hide what differs. Returns the first finding that had them, or
// NULL if this is the first.
static const struct check_finding *said_before(struct index *said, uint64_t key,
        const struct report_entry_ *all, size_t i, bool fix) {
    const struct check_finding *f = all[i].f;
    size_t at, from = 0;
    while ((at = index_next(said, key, &from)) != INDEX_NONE) {
        const struct check_finding *first = all[at].f;
        if (!(fix ? report_compare_(first->fix, f->fix)
                  : report_compare_(first->cause, f->cause))) {
            return first;
        }
    }
    (void)index_add(said, key, i); // without memory it is printed twice
    return NULL;
}

// first: the finding that had the same text, or NULL.
static void field_once(const struct printer *p, const char *name,
        const char *text, const struct check_finding *first) {
    if (text && *text && first) {
        label(p, name);
        fprintf(p->out, "as for %s above\n", first->id);
    } else {
        field(p, name, text);
    }
}

// The words of the findings above.
struct said {
    struct index causes, fixes;
};

static void put_one_more(const struct printer *p,
        const struct check_finding *f) {
    label(p, "also");
    fprintf(p->out, "0x%08x  ", (unsigned)f->addr);
    put_name(p, f->function ? f->function : "?");
    if (report_by_table_(f) && f->target) {
        fputs(" to ", p->out);
        put_name(p, f->target);
    }
    if (f->file) {
        fputs("  ", p->out);
        put_name(p, report_path_(f->file));
        fprintf(p->out, ":%d", f->line);
    }
    fprintf(p->out, "  %s\n", f->id);
}

// The findings of the same fact, in the order of the report.
static void put_also(const struct printer *p, const struct report_entry_ *all,
        size_t leader) {
    size_t count = 0;
    for (size_t i = all[leader].next; i != REPORT_NO_ENTRY; i = all[i].next) {
        count++;
    }
    size_t *order = calloc(count + 1, sizeof *order);
    size_t k = count;
    for (size_t i = all[leader].next; order && i != REPORT_NO_ENTRY;
            i = all[i].next) {
        order[--k] = i;
    }
    const size_t most = p->verbose || count <= 8 ? count : 8;
    for (size_t i = 0; order && i < most; i++) {
        put_one_more(p, all[order[i]].f);
    }
    if (most < count) {
        label(p, "also");
        fprintf(p->out, "%zu more (--verbose)\n", count - most);
    }
    free(order);
}

static void put_finding(const struct printer *p,
        const struct report_entry_ *all, size_t i,
        const struct check_finding *before, struct said *said) {
    const struct check_finding *f = all[i].f;
    put_head(p, f);
    put_place(p, f);
    put_path(p, f, before && report_same_function_(f, before) ? before : NULL);
    field(p, "what", f->detail);
    put_candidates(p, f);
    field_once(p, "why", f->cause,
            said_before(&said->causes, all[i].cause_hash, all, i, false));
    field_once(p, "fix", f->fix,
            said_before(&said->fixes, all[i].fix_hash, all, i, true));
    put_also(p, all, i);
}

static void put_function(const struct printer *p,
        const struct check_finding *f) {
    fputc('\n', p->out);
    painted(p, BOLD, f->function ? f->function : "the image");
    if (f->object) {
        fputs("  ", p->out);
        put_name(p, f->object);
    }
    if (p->options->image_count > 1 && f->image) {
        fputs("  ", p->out);
        put_name(p, f->image);
    }
    fputc('\n', p->out);
}

/// Summary ///

#define SUMMARY_FROM 6u
#define SUMMARY_LINES 20u

// What has no name is one target of its rule.
static void put_sum_target(const struct printer *p,
        const struct report_sum_ *sum) {
    const struct check_finding *f = sum->f;
    if (f->target) {
        put_name(p, f->target);
    } else if (!f->target_known) {
        fputc('-', p->out);
    } else if (sum->count == 1) {
        fprintf(p->out, "0x%08x", (unsigned)f->target_addr);
    } else {
        fputs("addresses without a name", p->out);
    }
}

static void put_summary(const struct printer *p) {
    const struct check_report *r = p->report;
    struct report_sum_ *sums = r->finding_count < SUMMARY_FROM
            ? NULL
            : calloc(r->finding_count, sizeof *sums);
    if (!sums) {
        return;
    }
    const size_t count = report_add_up_(r, sums);
    fputs("\nFindings by rule and target\n", p->out);
    const size_t most =
            p->verbose || count <= SUMMARY_LINES ? count : SUMMARY_LINES;
    for (size_t i = 0; i < most; i++) {
        fprintf(p->out, "  %5zu  %-9s  %-15s  ", sums[i].count,
                report_class_(sums[i].f->class),
                check_rules[sums[i].f->rule].name);
        put_sum_target(p, &sums[i]);
        fputc('\n', p->out);
    }
    if (most < count) {
        fprintf(p->out, "  and %zu more lines (--verbose)\n", count - most);
    }
    free(sums);
}

/// All of them ///

static void put_findings(const struct printer *p) {
    const struct check_report *r = p->report;
    struct report_entry_ *all = report_sort_(r->findings, r->finding_count);
    struct said said = {0};
    if (!all) {
        fputs("(no memory to sort the findings; use --json)\n", p->out);
        return;
    }
    const struct check_finding *before = NULL;
    size_t printed = 0, left = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        if (all[i].follows) {
            continue;
        }
        if (p->options->limit && printed == p->options->limit) {
            left++;
            continue;
        }
        if (!before || !report_same_function_(all[i].f, before)) {
            put_function(p, all[i].f);
        }
        put_finding(p, all, i, before, &said);
        before = all[i].f;
        printed++;
    }
    if (left) {
        fprintf(p->out, "\n%zu more (--limit)\n", left);
    }
    index_free(&said.causes);
    index_free(&said.fixes);
    free(all);
    put_summary(p);
}

/// Annotations ///

// "my.notes:3: allow 2 call f g"
static void put_line_of(const struct printer *p,
        const struct check_note *note) {
    put_name(p, note->file);
    fprintf(p->out, ":%d: %s ", note->line, report_note_verb_(note->kind));
    if (note->number > 1) {
        fprintf(p->out, "%u ", note->number);
    }
    put_name(p, note->words);
}

static void put_note(const struct printer *p, const struct check_note *note) {
    fputs("  ", p->out);
    put_line_of(p, note);
    fputs(": ", p->out);
    put_name(p, note->reason);
    fputc('\n', p->out);
}

static void put_used(const struct printer *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->options->note_count; i++) {
        if (report_applied_(&p->options->notes[i])) {
            fputs(count++ ? "" : "\nAssumed, because annotations say so:\n",
                    p->out);
            put_note(p, &p->options->notes[i]);
        }
    }
}

static void put_annotated(const struct printer *p) {
    const struct check_report *r = p->report;
    if (!r->annotated_count || !p->verbose) {
        return;
    }
    fprintf(p->out, "\nFindings that annotations cover: %zu\n",
            r->annotated_count);
    for (size_t i = 0; i < r->annotated_count; i++) {
        const struct check_finding *f = &r->annotated[i];
        fprintf(p->out, "  0x%08x %s ", (unsigned)f->addr,
                check_rules[f->rule].name);
        put_name(p, f->function ? f->function : "?");
        if (f->target) {
            fputs(" -> ", p->out);
            put_name(p, f->target);
        }
        fputs(": ", p->out);
        put_name(p, f->reason);
        fputc('\n', p->out);
    }
}

static void put_refused(const struct printer *p) {
    for (size_t i = 0; i < p->options->note_count; i++) {
        const struct check_note *note = &p->options->notes[i];
        if (note->refused) {
            painted(p, YELLOW, "refused");
            put_note(p, note);
            if (note->refuted) {
                fprintf(p->out, "    %s, at 0x%08x: judged without this line\n",
                        note->refuted, (unsigned)note->refuted_at);
                continue;
            }
            fprintf(p->out,
                    "    it covers %u and says %u: name each, or give the "
                    "number after the verb\n",
                    note->covers, note->number);
        }
    }
}

static void put_stale(const struct printer *p) {
    const struct check_note *note;
    for (size_t i = 0; (note = report_stale_(p->options, &i)) != NULL;) {
        painted(p, CYAN, "unused");
        fputs(" ", p->out);
        put_line_of(p, note);
        if (note->missing) {
            fputs("; no image has ", p->out);
            put_name(p, note->missing);
            fputc('\n', p->out);
        } else {
            fputs("; nothing here needs it\n", p->out);
        }
    }
}

/// Figures ///

static void put_stack(const struct printer *p, const struct check_root *r) {
    fprintf(p->out, "  %s %6u bytes  ",
            r->stack_bounded ? "at most " : "at least",
            (unsigned)r->stack_bytes);
    put_name(p, r->function);
    if (r->why) {
        fputs("  (", p->out);
        put_name(p, r->why);
        fputc(')', p->out);
    }
    if (!r->stack_bounded && r->stack_why) {
        fputs(": ", p->out);
        put_name(p, r->stack_why);
    }
    fputc('\n', p->out);
}

// The deepest that is bounded, and the deepest that is not.
static void put_worst_stack(const struct printer *p) {
    const struct check_root *worst[2] = {NULL, NULL};
    for (size_t i = 0; i < p->report->root_count; i++) {
        const struct check_root *r = &p->report->roots[i];
        if (!worst[r->stack_bounded] ||
                r->stack_bytes > worst[r->stack_bounded]->stack_bytes) {
            worst[r->stack_bounded] = r;
        }
    }
    for (int i = 1; i >= 0; i--) {
        if (worst[i]) {
            put_stack(p, worst[i]);
        }
    }
}

static void put_nested_stack(const struct printer *p) {
    const struct check_report *r = p->report;
    if (r->stack_room_bytes) {
        fprintf(p->out,
                "  together %6u bytes  the deepest, and the deepest handler with "
                "its frame; there are %u\n",
                (unsigned)r->stack_nested_bytes, (unsigned)r->stack_room_bytes);
    } else {
        fputs("  how much there is is not known: --board or --resident names "
              "its RAM\n",
                p->out);
    }
}

static void put_roots(const struct printer *p) {
    if (!p->report->root_count) {
        return;
    }
    if (!p->verbose) {
        fprintf(p->out,
                "\nStack of the deepest of %zu roots (--verbose: all)\n",
                p->report->root_count);
        put_worst_stack(p);
        put_nested_stack(p);
        return;
    }
    fprintf(p->out, "\nRoots and their stack: %zu\n", p->report->root_count);
    for (size_t i = 0; i < p->report->root_count; i++) {
        put_stack(p, &p->report->roots[i]);
    }
    put_nested_stack(p);
}

static void put_counts(const struct printer *p) {
    static const char *const names[][2] = {{"violation", "violations"},
            {"unknown", "unknowns"}, {"warning", "warnings"}};
    for (int class = 0; class < 3; class ++) {
        const size_t n = report_count_(p->report, (enum check_class) class);
        fprintf(p->out, "%s%zu %s", class ? ", " : "", n, names[class][n != 1]);
    }
    fputc('\n', p->out);
}

// "A1 roots, A2 images"
static void put_assumptions(const struct printer *p) {
    const char *between = "  assumes ";
    for (int i = 0; i < ASSUME_COUNT; i++) {
        if (p->report->assumed >> i & 1) {
            fprintf(p->out, "%s%s %s", between, assumptions[i].id,
                    assumptions[i].name);
            between = ", ";
        }
    }
    fputc('\n', p->out);
}

// A verdict is as good as the annotations that it rests on.
static void put_annotations(const struct printer *p) {
    size_t notes = 0;
    for (size_t i = 0; i < p->options->note_count; i++) {
        notes += report_applied_(&p->options->notes[i]);
    }
    if (!notes) {
        return;
    }
    fprintf(p->out, ", with %zu annotation%s", notes, notes == 1 ? "" : "s");
    const size_t covered = p->report->annotated_count;
    if (covered) {
        fprintf(p->out, " covering %zu finding%s", covered,
                covered == 1 ? "" : "s");
    }
}

// All that is unknown then follows from it.
static void put_stripped(const struct printer *p,
        const struct check_layout *l) {
    char *text;
    if (asprintf(&text,
                "%s has no symbols, so where code ends and which vector table "
                "is in use is a guess: check the ELF that the linker wrote, "
                "before strip or objcopy",
                report_base_(l->image)) >= 0) {
        painted(p, YELLOW, "  stripped");
        fputs(": ", p->out);
        put_text(p, text, 4);
        free(text);
    }
}

// What lies where, so that a wrong window is seen.
static void put_layout(const struct printer *p) {
    uint64_t in_window = 0;
    for (size_t i = 0; i < p->report->layout_count; i++) {
        const struct check_layout *l = &p->report->layout[i];
        if (l->stripped) {
            put_stripped(p, l);
        }
        fputs("  ", p->out);
        put_name(p, report_base_(l->image));
        fprintf(p->out,
                ": %llu bytes in the window, %llu in RAM, %llu elsewhere",
                (unsigned long long)l->window_bytes,
                (unsigned long long)l->ram_bytes,
                (unsigned long long)l->other_bytes);
        if (*l->build_id) {
            fprintf(p->out, "; build-id %.16s", l->build_id);
        }
        fputc('\n', p->out);
        if (l->assumed) {
            painted(p, YELLOW, "  undeclared");
            fprintf(p->out,
                    ": 0x%08x to 0x%08x is taken for internal flash, which "
                    "stays readable; without --root all its functions must run "
                    "in an outage (`outside NAME: why` in a notes file takes "
                    "one out)\n",
                    (unsigned)l->assumed_addr, (unsigned)l->assumed_last);
        }
        in_window += l->window_bytes;
    }
    if (p->report->layout_count && !in_window) {
        painted(p, YELLOW, "  nothing lies in the window");
        fputs("; is it the right one?\n", p->out);
    }
}

static const char *meaning(const struct check_window_write *w) {
    return !w->name ? "if that switches the flash off, it begins an "
                      "outage that no root shows (--begin names it)"
            : w->name[0] == 'V' ? "after the first outage, another table than "
                                  "the one that was judged may be in use"
                                : "what it forbids in an outage is not judged";
}

// All that write to the same registers.
static void put_writers(const struct printer *p, FILE *out, uint32_t what) {
    const struct check_report *r = p->report;
    const char *before = "";
    for (size_t i = 0; i < r->window_write_count; i++) {
        if (r->window_writes[i].what == what) {
            fprintf(out, "%s%s", before, r->window_writes[i].function);
            before = ", ";
        }
    }
}

static void put_window_write(const struct printer *p,
        const struct check_window_write *w) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return;
    }
    if (w->name) {
        fprintf(out, "%s is", w->name);
    } else {
        fprintf(out, "registers at 0x%08x, which %s writes in an outage, are",
                (unsigned)w->what, w->like ? w->like : "?");
    }
    fputs(" written from the window, by ", out);
    put_writers(p, out, w->what);
    fprintf(out, ": %s", meaning(w));
    fclose(out);
    fputs("  ", p->out);
    put_text(p, text, 4);
    free(text);
}

static bool is_first_write(const struct check_report *r, size_t i) {
    bool first = true;
    for (size_t k = 0; first && k < i; k++) {
        first = r->window_writes[k].what != r->window_writes[i].what;
    }
    return first;
}

static void put_window_writes(const struct printer *p) {
    const struct check_report *r = p->report;
    for (size_t i = 0; p->verbose && i < r->window_write_count; i++) {
        if (is_first_write(r, i)) {
            put_window_write(p, &r->window_writes[i]);
        }
    }
    if (p->verbose || !r->window_write_count) {
        return;
    }
    fputs("  code in the window writes there, too:", p->out);
    for (size_t i = 0; i < r->window_write_count; i++) {
        const struct check_window_write *w = &r->window_writes[i];
        if (!is_first_write(r, i)) {
            continue;
        }
        if (w->name) {
            fprintf(p->out, " %s", w->name);
        } else {
            fprintf(p->out, " 0x%08x", (unsigned)w->what);
        }
    }
    fputs(" (--verbose: which)\n", p->out);
}

// "interrupts SysTick: tick; IRQ 15: uart_isr"
static void put_interrupts(const struct printer *p) {
    const struct check_options *o = p->options;
    char *text = NULL;
    size_t size = 0;
    FILE *out = o->interrupts_all ? NULL : open_memstream(&text, &size);
    if (!out) {
        return;
    }
    unsigned n = report_interrupt_(o, 0);
    fputs(n ? "interrupts " : "interrupts none; NMI and faults count", out);
    for (const char *before = ""; n; n = report_interrupt_(o, n + 1)) {
        char *one = report_interrupts_(p->report, o, &n);
        fprintf(out, "%s%s", before, one ? one : "?");
        free(one);
        before = "; ";
    }
    fclose(out);
    fputs("  ", p->out);
    put_text(p, text, 4);
    free(text);
}

static void put_scope(const struct printer *p) {
    const struct check_options *o = p->options;
    put_layout(p);
    fputs("  window", p->out);
    for (size_t i = 0; i < o->xip_count; i++) {
        fprintf(p->out, "%s 0x%08x to 0x%08x", i ? "," : "",
                (unsigned)o->xip[i].addr,
                (unsigned)(o->xip[i].addr + (o->xip[i].size_bytes - 1)));
    }
    fprintf(p->out,
            "; looked at %zu functions, %zu instructions from %zu roots\n",
            p->report->function_count, p->report->instruction_count,
            p->report->root_count);
    if (!p->report->writes_device) {
        fputs("  none of them writes to a register, so none switches the flash "
              "off: were the\n  functions for RAM inlined into flash "
              "(noinline keeps them), or dropped?\n",
                p->out);
    }
    if (p->report->vectors) {
        fputs("  vectors ", p->out);
        put_name(p, p->report->vectors);
        fputc('\n', p->out);
    }
    put_interrupts(p);
    if (p->report->let_in) {
        fputs("  code of an outage may let interrupts in, so all were judged, not "
              "those of\n  --interrupts only\n",
                p->out);
    }
    if (p->report->not_followed) {
        fprintf(p->out, "  what RAM holds was not followed: %s\n",
                p->report->not_followed);
    }
    put_window_writes(p);
    put_assumptions(p);
}

static void put_accesses(const struct printer *p) {
    const size_t accesses = p->report->unknown_loads;
    const size_t functions = p->report->unknown_functions;
    fprintf(p->out, " (%zu access%s in %zu function%s)", accesses,
            accesses == 1 ? "" : "es", functions, functions == 1 ? "" : "s");
}

static void put_settled(const struct printer *p) {
    const struct check_report *r = p->report;
    size_t objects = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        bool first = r->findings[i].rule == CHECK_RULE_SETTLED;
        for (size_t k = 0; first && k < i; k++) {
            first = r->findings[k].rule != CHECK_RULE_SETTLED ||
                    strcmp(r->findings[k].target, r->findings[i].target) != 0;
        }
        objects += first;
    }
    fprintf(p->out, " (%zu object%s)", objects, objects == 1 ? "" : "s");
}

static void put_verdict(const struct printer *p) {
    static const struct {
        const char *word;
        enum paint paint;
    } verdicts[] = {
            [CHECK_PROVED] = {"PROVED", GREEN},
            [CHECK_VIOLATED] = {"VIOLATED", RED},
            [CHECK_CANNOT_TELL] = {"UNKNOWN", YELLOW},
    };
    const enum check_verdict verdict = p->report->verdict;
    painted(p, verdicts[verdict].paint, verdicts[verdict].word);
    const char *between = ", assuming ";
    for (int i = 0; i < ASSUME_COUNT; i++) {
        if (p->report->assumed >> i & 1 && assumptions[i].only_if_used) {
            fprintf(p->out, "%s%s", between, assumptions[i].id);
            between = " and ";
            if (i == ASSUME_RUNTIME_DATA) {
                put_accesses(p);
            } else if (i == ASSUME_SETTLED) {
                put_settled(p);
            }
        }
    }
    put_annotations(p);
    fputs("  ", p->out);
    for (size_t i = 0; i < p->options->image_count; i++) {
        fputs(i ? " + " : "", p->out);
        put_name(p, p->options->image_paths[i]);
    }
    fputs(p->options->image_count ? ": " : "", p->out);
    put_counts(p);
}

static bool only_stacks(const struct check_report *r) {
    bool only = true;
    for (size_t i = 0; i < r->finding_count; i++) {
        only &= r->findings[i].class != CHECK_VIOLATION ||
                r->findings[i].rule == CHECK_RULE_STACK_SMALL;
    }
    return only;
}

static void put_meaning(const struct printer *p) {
    const char *text = "";
    switch (p->report->verdict) {
    case CHECK_PROVED:
        text = "PROVED: no fetch, no vector and no access goes to the window "
               "while it cannot be read, as far as what is assumed is true.";
        break;
    case CHECK_VIOLATED:
        text = only_stacks(p->report)
                ? "VIOLATED: this image overwrites what lies below its stack."
                : "VIOLATED: this image reads the window while it cannot be "
                  "read.";
        break;
    case CHECK_CANNOT_TELL:
        text = "UNKNOWN: nothing wrong was found, but the above could not be "
               "decided. Change the code, or annotate it.";
        break;
    }
    fputc('\n', p->out);
    put_text(p, text, 0);
    fputs("docs/CHECK.md says what this covers and what it does not.\n",
            p->out);
}

void report_text(FILE *out, const struct check_report *report,
        const struct check_options *options, bool colour, bool verbose) {
    const struct printer p = {out, report, options, colour, verbose};
    put_verdict(&p);
    put_scope(&p);
    put_findings(&p);
    put_used(&p);
    put_annotated(&p);
    put_refused(&p);
    put_stale(&p);
    put_roots(&p);
    put_meaning(&p);
}
