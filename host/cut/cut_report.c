/*
 * cut_report - what a campaign has found: text and JSON
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cli.h"
#include "base/number.h"

#define SHOWN 10 // bad points in the text

// By processor time of all jobs, so that a busy machine does not count.
static double rate(const struct cut_tally *t) {
    return t->cut_us ? 1e6 * (double)(t->cut - t->faults) / (double)t->cut_us
                     : 0;
}

/// Again ///

static bool is_dropped(const char *text) {
    static const char *const names[] = {"--only", "--json", "--svg", "--state",
            "--shard", "--jobs", "--vcd", "--timeline", "--html", "--resume"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t bytes = strlen(names[i]);
        if (!strncmp(text, names[i], bytes) &&
                (!text[bytes] || text[bytes] == '=')) {
            return true;
        }
    }
    return false;
}

void cut_report_again(const struct cut_options *o, const char *point,
        FILE *file) {
    fputs("xipsafe cut", file);
    for (int i = 1; i < o->argc; i++) {
        const char *text = o->argv[i];
        if (is_dropped(text)) {
            const bool takes =
                    strchr(text, '=') == NULL && strcmp(text, "--json") != 0;
            i += takes;
            continue;
        }
        fputc(' ', file);
        cli_put_word(file, text);
    }
    fputs(" --only ", file);
    cli_put_word(file, point);
    fputc('\n', file);
}

void cut_report_debug(const struct cut_options *o, const struct cut_point *p,
        uint64_t executed, FILE *file) {
    fputs("debug: xipsafe", file);
    for (char **text = o->sim_argv; *text; text++) {
        fputc(' ', file);
        cli_put_word(file, *text);
    }
    fprintf(file,
            " --power-cut %" PRIu64 ".%03uns --tear %" PRIu32
            " --gdb 3333 --gdb-at %" PRIu64 "\n",
            p->at / 1000, (unsigned)(p->at % 1000), p->tear, executed);
}

/// Text ///

static void put_head(const struct cut_walk *w, const struct cut_tally *t,
        FILE *file) {
    const struct cut_operations *ops = &w->plan->operations;
    char time[NUMBER_TEXT_BYTES];
    size_t internal = 0;
    for (size_t i = 0; i < ops->count; i++) {
        internal += ops->at[i].internal;
    }
    fprintf(file,
            "the run without a cut: %s simulated, %zu operations of the chip, "
            "%zu of the internal flash\n",
            number_format_time(time, w->plan->end), ops->count - internal,
            internal);
    fprintf(file,
            "%" PRIu64 " points: %" PRIu64 " run, %" PRIu64
            " equal to one of them%s\n",
            t->points, t->cut, t->equal, t->interrupted ? "; interrupted" : "");
}

static void put_verdicts(const struct cut_tally *t, FILE *file) {
    for (unsigned i = 0; i < CUT_VERDICTS; i++) {
        if (t->verdicts[i] || t->seconds[i] || i == CUT_GOOD) {
            fprintf(file, "  %8" PRIu64 "  %s", t->verdicts[i],
                    cut_verdicts[i].text);
            if (t->seconds[i]) {
                fprintf(file, "; %" PRIu64 " after a second cut",
                        t->seconds[i]);
            }
            fputc('\n', file);
        }
    }
}

static void put_images(const struct cut_walk *w, const struct cut_tally *t,
        FILE *file) {
    const struct cut_images *images = &w->m->images;
    for (size_t i = 0; i < images->count && i < 8; i++) {
        if (t->images[i]) {
            fprintf(file, "  %8" PRIu64 "  boot %s%s\n", t->images[i],
                    images->at[i].name,
                    images->at[i].sent ? ", the update" : "");
        }
    }
    for (unsigned i = 0; i < CUT_LEVELS; i++) {
        static const char *const where[] = {
                "the recovery", "the update that was begun again"};
        if (t->second[i] || t->second_equal[i]) {
            fprintf(file,
                    "second cuts, in %s: %" PRIu64 " run, %" PRIu64 " equal\n",
                    where[i], t->second[i], t->second_equal[i]);
        }
    }
    if (t->second[CUT_AGAIN]) {
        fprintf(file,
                "after two cuts the update was begun once more and has arrived "
                "%" PRIu64 " times\n",
                t->second_ended);
    }
    if (t->resumed + t->never_resumed) {
        fprintf(file,
                "the update was resumed or begun again at %" PRIu64
                " of %" PRIu64 " points\n",
                t->resumed, t->resumed + t->never_resumed);
    }
    fprintf(file,
            "%.0f cuts a second of processor time, restore to verdict; %.1f s "
            "by the clock\n",
            rate(t), t->seconds_taken);
}

static void put_bad(const struct cut_walk *w, FILE *file) {
    const struct cut_table *table = w->shared->table;
    unsigned shown = 0;
    for (uint32_t i = 0; i < table->points && shown < SHOWN; i++) {
        const struct cut_row *row = &table->row[i];
        if (row->state != CUT_DONE || row->verdict == CUT_GOOD) {
            continue;
        }
        char name[CUT_NAME_BYTES], what[200];
        cut_point_name(&w->plan->points[i], name);
        cut_point_what(w->plan, &w->plan->points[i], what, sizeof what);
        fprintf(file, "BAD %s: %s%s%s\n    cut %s\n    again: ", name,
                cut_verdicts[row->verdict].text, *row->why ? ": " : "",
                row->why, what);
        cut_report_again(w->m->options, name, file);
        shown++;
    }
    for (uint32_t i = 0;
            i < table->seconds && i < CUT_SECONDS_MAX && shown < SHOWN;
            i++, shown++) {
        const struct cut_second *s = &table->second[i];
        fprintf(file, "BAD %s: %s%s%s\n    again: ", s->name,
                cut_verdicts[s->verdict].text, *s->why ? ": " : "", s->why);
        cut_report_again(w->m->options, s->name, file);
    }
}

void cut_report_text(const struct cut_walk *w, const struct cut_tally *t) {
    FILE *file = output_is_stdout(&w->m->options->json) ? stderr : stdout;
    put_head(w, t, file);
    put_verdicts(t, file);
    put_images(w, t, file);
    put_bad(w, file);
    const uint64_t bad = cut_tally_bad(t);
    if (bad > SHOWN) {
        fprintf(file, "%" PRIu64 " more bad points: --json has all of them\n",
                bad - SHOWN);
    }
}

/// JSON ///

static void put_string(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            fprintf(file, "\\%c", c);
        } else if (c < 0x20 || c == 0x7F) {
            fprintf(file, "\\u%04x", c);
        } else {
            fputc(c, file);
        }
    }
    fputc('"', file);
}

static void put_point(FILE *file, const char *name, double time_s,
        unsigned verdict, const char *why, bool first) {
    fprintf(file, "%s\n    {\"point\": ", first ? "" : ",");
    put_string(file, name);
    if (time_s >= 0) {
        fprintf(file, ", \"time_s\": %.9f", time_s);
    }
    fprintf(file,
            ", \"verdict\": \"%s\", \"why\": ", cut_verdicts[verdict].name);
    put_string(file, why);
    fputc('}', file);
}

static void put_bad_points(const struct cut_walk *w, FILE *file) {
    const struct cut_table *table = w->shared->table;
    bool first = true;
    for (uint32_t i = 0; i < table->points; i++) {
        const struct cut_row *row = &table->row[i];
        if (row->state == CUT_DONE && row->verdict != CUT_GOOD) {
            char name[CUT_NAME_BYTES];
            cut_point_name(&w->plan->points[i], name);
            put_point(file, name, (double)w->plan->points[i].at / (double)SIM_S,
                    row->verdict, row->why, first);
            first = false;
        }
    }
    for (uint32_t i = 0; i < table->seconds && i < CUT_SECONDS_MAX; i++) {
        const struct cut_second *s = &table->second[i];
        put_point(file, s->name, -1, s->verdict, s->why, first);
        first = false;
    }
}

bool cut_report_json(const struct cut_walk *w, const struct cut_tally *t,
        FILE *file) {
    const struct cut_options *o = w->m->options;
    errno = 0;
    fprintf(file,
            "{\n  \"format\": 1,\n  \"complete\": %s,\n  \"shard\": \"%" PRIu64
            "/%" PRIu64 "\",\n  \"run_s\": %.9f,\n  \"operations\": %zu,\n"
            "  \"points\": %" PRIu64 ",\n  \"cuts\": %" PRIu64
            ",\n  \"equal\": %" PRIu64 ",\n  \"second_cuts\": %" PRIu64
            ",\n  \"second_equal\": %" PRIu64 ",\n  \"again_cuts\": %" PRIu64
            ",\n  \"again_equal\": %" PRIu64 ",\n  \"again_resumed\": %" PRIu64
            ",\n  \"resumed\": %" PRIu64 ",\n  \"not_resumed\": %" PRIu64
            ",\n  \"bad\": %" PRIu64
            ",\n  \"cuts_per_second\": %.1f,\n  \"cut_s\": %.3f,\n"
            "  \"clock_s\": %.3f,\n  \"boots_max\": %u,\n  \"verdicts\": {",
            t->interrupted ? "false" : "true", o->shard, o->shards,
            (double)w->plan->end / (double)SIM_S, w->plan->operations.count,
            t->points, t->cut, t->equal, t->second[CUT_RECOVERY],
            t->second_equal[CUT_RECOVERY], t->second[CUT_AGAIN],
            t->second_equal[CUT_AGAIN], t->second_ended, t->resumed,
            t->never_resumed, cut_tally_bad(t), rate(t),
            (double)t->cut_us / 1e6, t->seconds_taken, t->boots_max);
    for (unsigned i = 0; i < CUT_VERDICTS; i++) {
        fprintf(file, "%s\n    \"%s\": %" PRIu64, i ? "," : "",
                cut_verdicts[i].name, t->verdicts[i] + t->seconds[i]);
    }
    fputs("\n  },\n  \"boots\": {", file);
    const struct cut_images *images = &w->m->images;
    for (size_t i = 0; i < images->count && i < 8; i++) {
        fprintf(file, "%s\n    ", i ? "," : "");
        put_string(file, images->at[i].name);
        fprintf(file, ": %" PRIu64, t->images[i]);
    }
    fputs("\n  },\n  \"bad_points\": [", file);
    put_bad_points(w, file);
    fputs("\n  ]\n}\n", file);
    return !ferror(file);
}
