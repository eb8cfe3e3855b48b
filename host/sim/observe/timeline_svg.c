/*
 * timeline - a picture of outages, chip operations and interrupts, as SVG
 *
 * SPDX-License-Identifier: MIT
 *
 * The drawing half. Spans closer than a fraction of a pixel are merged and
 * points are counted per bin, so that the file stays small however long the
 * run was.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "sim/observe/timeline_priv.h"

#define ROW_H 30.0
#define ROW_GAP 9.0
#define ROWS_Y 100.0
#define BINS_MAX 268  // three pixels each
#define MARKS_MAX 200 // beyond it bins show more
#define EXCEPTION_ROWS 3
#define FIRST_ASYNC 11 // SVCall: faults do not wait
#define MARKED 30.0    // pixels of a run that has room for its marks

double timeline_x_(const struct view *v, sim_time at) {
    if (at <= v->from) {
        return PLOT_X;
    }
    if (at >= v->to) {
        return PLOT_R;
    }
    return PLOT_X +
            PLOT_W * ((double)(at - v->from) / (double)(v->to - v->from));
}

static void put_escaped(FILE *file, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        default:
            // Control characters are not XML; texts may hold a file name.
            fputc((unsigned char)*text < 0x20 ? '?' : *text, file);
        }
    }
}

void timeline_text_(FILE *file, double x, double y, enum anchor anchor,
        const char *style, const char *text) {
    static const char *const anchors[] = {"start", "middle", "end"};
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>", x, y,
            anchors[anchor], style);
    put_escaped(file, text);
    fputs("</text>\n", file);
}

double timeline_text_width_(const char *text) {
    return 6.4 * (double)strlen(text);
}

/// Spans ///

// One path of all spans of a kind ('\0': any), merged where no gap would show.
static void put_spans(const struct view *v, const struct timeline_spans *list,
        char kind, const char *name, const char *fill, double y, double h) {
    fprintf(v->file, "<path class=\"%s\" fill=\"%s\" d=\"", name, fill);
    double from = -1;
    double to = -1;
    for (size_t i = 0; i <= list->count; i++) {
        const struct timeline_span *s = i < list->count ? &list->at[i] : NULL;
        if (s &&
                ((kind && s->kind != kind) || s->to <= v->from ||
                        s->from >= v->to)) {
            continue;
        }
        const double x0 = s ? timeline_x_(v, s->from) : 0;
        double x1 = s ? timeline_x_(v, s->to) : 0;
        x1 = s && x1 - x0 < 0.7 ? x0 + 0.7 : x1;
        if (s && from >= 0 && x0 - to < 0.3) {
            to = x1 > to ? x1 : to;
            continue;
        }
        if (from >= 0) {
            fprintf(v->file, "M%.1f %.1fH%.1fV%.1fH%.1fz", from, y, to, y + h,
                    from);
        }
        from = x0;
        to = x1;
    }
    fputs("\"/>\n", v->file);
}

// A text in each span that is wide enough for it.
static void put_span_texts(const struct view *v,
        const struct timeline_spans *list, double y) {
    for (size_t i = 0; i < list->count; i++) {
        const struct timeline_span *s = &list->at[i];
        if (s->to == SIM_NEVER || s->to <= v->from || s->from >= v->to) {
            continue;
        }
        const double x0 = timeline_x_(v, s->from);
        const double x1 = timeline_x_(v, s->to);
        if (x1 - x0 < 60) {
            continue;
        }
        const double marks = s->resumed || s->suspends ? 30 : 8;
        char time[NUMBER_TEXT_BYTES];
        char text[100];
        number_format_time(time, s->to - s->from);
        const char *verb = s->kind == 'E' ? "erase at"
                : s->kind == 'P'          ? "program at"
                                          : "status write";
        if (!s->kind) {
            snprintf(text, sizeof text, "cannot be read: %s", time);
        } else if (s->kind == 'S') {
            snprintf(text, sizeof text, "%s, %s", verb, time);
        } else {
            snprintf(text, sizeof text, "%s 0x%06" PRIx32 ", %s", verb, s->off,
                    time);
        }
        if (timeline_text_width_(text) > x1 - x0 - marks) {
            snprintf(text, sizeof text, "%s", time);
        }
        if (timeline_text_width_(text) <= x1 - x0 - marks) {
            timeline_text_(v->file, (x0 + x1) / 2, y, MIDDLE, INSIDE, text);
        }
    }
}

/// Suspensions ///

// The marks of a player: resumed is its start, suspended its pause.
void timeline_resumed_(FILE *file, double x, double y) {
    fprintf(file, "M%.1f %.1fl7 4.5l-7 4.5z", x + 3, y + 3);
}

void timeline_suspends_(FILE *file, double x, double y) {
    fprintf(file, "M%.1f %.1fh2.5v9h-2.5zm4.5 0h2.5v9h-2.5z", x - 10, y + 3);
}

static void put_suspensions(const struct view *v,
        const struct timeline_spans *runs, double y) {
    for (int resumed = 0; resumed < 2; resumed++) {
        fprintf(v->file, "<path class=\"%s\" fill=\"#ffffff\" d=\"",
                resumed ? "resumed" : "suspends");
        for (size_t i = 0; i < runs->count; i++) {
            const struct timeline_span *s = &runs->at[i];
            const double x0 = timeline_x_(v, s->from);
            const double x1 = timeline_x_(v, s->to);
            if (s->to <= v->from || s->from >= v->to || x1 - x0 < MARKED) {
                continue;
            }
            if (resumed && s->resumed && s->from >= v->from) {
                timeline_resumed_(v->file, x0, y);
            } else if (!resumed && s->suspends && s->to <= v->to) {
                timeline_suspends_(v->file, x1, y);
            }
        }
        fputs("\"/>\n", v->file);
    }
}

/// Counts per bin ///

struct bins {
    sim_time width;
    size_t count;
    unsigned n[BINS_MAX + 1];
    unsigned max;
    uint64_t sum;
};

static sim_time nice_step(sim_time at_least) {
    static const unsigned steps[] = {1, 2, 5};
    for (sim_time power = 1;; power *= 10) {
        for (size_t i = 0; i < 3; i++) {
            if (steps[i] * power >= at_least || power >= SIM_S * 100000) {
                return steps[i] * power;
            }
        }
    }
}

// what: only points with this value, UINT32_MAX: all.
static void fill_bins(struct bins *b, const struct view *v,
        const struct timeline_points *list, uint32_t what) {
    memset(b, 0, sizeof *b);
    b->width = nice_step((v->to - v->from + BINS_MAX - 1) / BINS_MAX);
    for (size_t i = 0; i < list->count; i++) {
        const struct timeline_point *p = &list->at[i];
        if (p->at < v->from || p->at >= v->to ||
                (what != UINT32_MAX && p->what != what)) {
            continue;
        }
        const size_t bin = (size_t)((p->at - v->from) / b->width);
        const unsigned n = ++b->n[bin];
        b->max = n > b->max ? n : b->max;
        b->sum++;
    }
    b->count = (size_t)((v->to - v->from + b->width - 1) / b->width);
}

static void put_bins(const struct view *v, const struct bins *b,
        const char *name, const char *fill, double y, double h,
        unsigned scale) {
    fprintf(v->file, "<path class=\"%s\" fill=\"%s\" d=\"", name, fill);
    for (size_t i = 0; i < b->count; i++) {
        if (!b->n[i]) {
            continue;
        }
        const double x0 = timeline_x_(v, v->from + i * b->width);
        const double x1 = timeline_x_(v, v->from + (i + 1) * b->width);
        const double bar = h * b->n[i] / scale;
        // A thin gap between the bars, so that single ones can be counted.
        const double gap = x1 - x0 > 2 ? 0.6 : 0;
        fprintf(v->file, "M%.1f %.1fV%.1fH%.1fV%.1fz", x0, y + h, y + h - bar,
                x1 - gap, y + h);
    }
    fputs("\"/>\n", v->file);
}

/// Axis ///

void timeline_axis_(const struct view *v, double top, double bottom,
        double label_y, unsigned ticks_about) {
    const sim_time step = nice_step((v->to - v->from) / ticks_about);
    const bool in_s = step >= SIM_S / 2;
    const bool in_ms = step >= SIM_MS / 10;
    const sim_time unit = in_s ? SIM_S : in_ms ? SIM_MS : SIM_US;
    const char *name = in_s ? "s" : in_ms ? "ms" : "us";
    const int decimals = step % unit == 0 ? 0 : step * 10 % unit == 0 ? 1 : 2;
    const sim_time first = (v->from + step - 1) / step * step;
    for (sim_time at = first; at <= v->to; at += step) {
        const double x = timeline_x_(v, at);
        fprintf(v->file,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
                "y2=\"%.1f\" stroke=\"" GRID "\"/>\n",
                x, top, x, bottom);
        char text[40];
        snprintf(text, sizeof text, "%.*f", decimals,
                (double)at / (double)unit);
        timeline_text_(v->file, x, label_y, MIDDLE, SMALL, text);
    }
    char label[40];
    snprintf(label, sizeof label, "%s since power-on", name);
    timeline_text_(v->file, PLOT_X - 20, label_y, RIGHT, SMALL, label);
}

/// Rows ///

void timeline_row_label_(FILE *file, double y, const char *name,
        const char *below) {
    timeline_text_(file, PLOT_X - 12, y + 13, RIGHT, LABEL, name);
    timeline_text_(file, PLOT_X - 12, y + 26, RIGHT, SMALL, below);
}

static void row_base(FILE *file, double y) {
    fprintf(file,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
            "stroke=\"#8c959f\" stroke-width=\"0.8\"/>\n",
            PLOT_X, y + ROW_H, PLOT_R, y + ROW_H);
}

static const char *per_bin(char text[64], const struct bins *b) {
    const sim_time unit = b->width >= SIM_S ? SIM_S
            : b->width >= SIM_MS            ? SIM_MS
            : b->width >= SIM_US            ? SIM_US
                                            : SIM_NS;
    const char *name = unit == SIM_S ? "s"
            : unit == SIM_MS         ? "ms"
            : unit == SIM_US         ? "us"
                                     : "ns";
    const unsigned units = (unsigned)(b->width / unit);
    if (units == 1) {
        snprintf(text, 64, "up to %u per %s", b->max, name);
    } else {
        snprintf(text, 64, "up to %u per %u %s", b->max, units, name);
    }
    return text;
}

// The most frequent interrupts of the interval, by number: the order of the
// rows does not depend on the counts.
static size_t choose_exceptions(const struct timeline *t, const struct view *v,
        unsigned chosen[EXCEPTION_ROWS]) {
    uint64_t count[CMD_EXCEPTIONS] = {0};
    for (size_t i = 0; i < t->exceptions.count; i++) {
        const struct timeline_point *p = &t->exceptions.at[i];
        if (p->at >= v->from && p->at < v->to && p->what < CMD_EXCEPTIONS) {
            count[p->what]++;
        }
    }
    bool take[CMD_EXCEPTIONS] = {false};
    for (size_t row = 0; row < EXCEPTION_ROWS; row++) {
        unsigned most = 0;
        for (unsigned i = 1; i < CMD_EXCEPTIONS; i++) {
            if (!take[i] && count[i] > count[most]) {
                most = i;
            }
        }
        take[most] = most != 0;
    }
    size_t rows = 0;
    for (unsigned i = 1; i < CMD_EXCEPTIONS; i++) {
        if (take[i]) {
            chosen[rows++] = i;
        }
    }
    return rows;
}

// How long each of them waited, and ran.
static void put_marks(const struct view *v, const struct timeline *t,
        unsigned exception, const char *fill, double y) {
    for (int waits = 1; waits >= 0; waits--) {
        fprintf(v->file, "<path class=\"%s-%u\" fill=\"%s\" d=\"",
                waits ? "wait" : "exception", exception, waits ? WAITS : fill);
        for (size_t i = 0; i < t->exceptions.count; i++) {
            const struct timeline_point *p = &t->exceptions.at[i];
            const sim_time from = p->at - p->wait_ns * SIM_NS;
            const sim_time to = p->at + p->run_ns * SIM_NS;
            if (p->what != exception || p->at < v->from || p->at >= v->to) {
                continue;
            }
            const double x0 = timeline_x_(v, waits ? from : p->at);
            const double x1 = timeline_x_(v, waits ? p->at : to);
            const double least = waits ? 0 : 1.4; // to be visible
            if (x1 - x0 >= 0.5 || !waits) {
                const double top = y + (waits ? ROW_H / 2 : 4);
                fprintf(v->file, "M%.1f %.1fH%.1fV%.1fH%.1fz", x0, top,
                        x1 - x0 < least ? x0 + least : x1, y + ROW_H, x0);
            }
        }
        fputs("\"/>\n", v->file);
    }
}

static void put_exceptions(const struct view *v, const struct timeline *t,
        unsigned exception, const struct bins *b, const char *fill, double y,
        char below[64]) {
    if (b->sum > MARKS_MAX) {
        char class[32];
        snprintf(class, sizeof class, "exception-%u", exception);
        put_bins(v, b, class, fill, y, ROW_H, b->max);
        per_bin(below, b);
        return;
    }
    uint32_t longest = 0;
    for (size_t i = 0; i < t->exceptions.count; i++) {
        const struct timeline_point *p = &t->exceptions.at[i];
        if (p->what == exception && p->at >= v->from && p->at < v->to &&
                p->wait_ns > longest) {
            longest = p->wait_ns;
        }
    }
    put_marks(v, t, exception, fill, y);
    char time[NUMBER_TEXT_BYTES];
    snprintf(below, 64, "waits here %s",
            number_format_time(time, longest * SIM_NS));
}

// An interrupt above the ceiling, or NMI: outages do not keep it waiting.
static bool put_in_outages(const struct view *v, const struct timeline *t,
        unsigned exception, double y) {
    bool any = false;
    for (size_t i = 0; i < t->exceptions.count && !any; i++) {
        const struct timeline_point *p = &t->exceptions.at[i];
        any = p->what == exception && p->in_outage && p->at >= v->from &&
                p->at < v->to;
    }
    if (any) {
        put_spans(v, &t->outages, 0, "in-outage", BACKGROUND, y, ROW_H);
    }
    return any;
}

static double put_exception_rows(const struct timeline *t, const struct view *v,
        const struct sim_irqs *irqs, double y) {
    static const char *const colours[EXCEPTION_ROWS] = {
            "#1f6aa5", "#178a7c", "#8a5a17"};
    unsigned chosen[EXCEPTION_ROWS];
    const size_t rows = choose_exceptions(t, v, chosen);
    struct bins *b = malloc(sizeof *b);
    for (size_t i = 0; b && i < rows; i++) {
        char name[CMD_NAME_BYTES];
        char below[64];
        fill_bins(b, v, &t->exceptions, chosen[i]);
        const bool in_outages = put_in_outages(v, t, chosen[i], y);
        put_exceptions(v, t, chosen[i], b, colours[i], y, below);
        timeline_row_label_(v->file, y,
                cmd_exception_name(name, chosen[i], irqs), below);
        if (in_outages) {
            timeline_text_(v->file, PLOT_R - 4, y + 10, RIGHT, OVER,
                    "runs in outages");
        }
        row_base(v->file, y);
        y += ROW_H + ROW_GAP;
    }
    free(b);
    return y;
}

static void put_bytes(const struct view *v, const struct timeline_points *list,
        const struct bins *b, bool lost, double y, unsigned scale) {
    const char *name = lost ? "lost" : "uart";
    const char *fill = lost ? OUTAGE : BYTES;
    if (scale == 0) {
        fprintf(v->file, "<path class=\"%s\" fill=\"%s\" d=\"", name, fill);
        for (size_t i = 0; i < list->count; i++) {
            const struct timeline_point *p = &list->at[i];
            if (p->at >= v->from && p->at < v->to && (p->what || !lost)) {
                fprintf(v->file, "M%.1f %.1fh1.4V%.1fh-1.4z",
                        timeline_x_(v, p->at), y + 8, y + ROW_H);
            }
        }
        fputs("\"/>\n", v->file);
        return;
    }
    put_bins(v, b, name, fill, y, ROW_H, scale);
}

static double put_uart_row(const struct timeline *t, const struct view *v,
        double y) {
    if (!t->bytes.count) {
        return y;
    }
    struct bins *b = malloc(sizeof *b);
    struct bins *lost = malloc(sizeof *lost);
    if (b && lost) {
        char below[64];
        fill_bins(b, v, &t->bytes, UINT32_MAX);
        fill_bins(lost, v, &t->bytes, 1);
        snprintf(below, sizeof below, "%" PRIu64 " here", b->sum);
        timeline_row_label_(v->file, y, "UART bytes in",
                b->sum > MARKS_MAX ? per_bin(below, b) : below);
        const unsigned scale = b->sum <= MARKS_MAX ? 0 : b->max;
        put_bytes(v, &t->bytes, b, false, y, scale);
        put_bytes(v, &t->bytes, lost, true, y, scale);
        row_base(v->file, y);
        y += ROW_H + ROW_GAP;
    }
    free(b);
    free(lost);
    return y;
}

static double put_zoom(const struct timeline *t, const struct view *v,
        const struct sim_irqs *irqs, size_t exception_rows) {
    const double bottom = ROWS_Y +
            (ROW_H + ROW_GAP) *
                    (double)(2 + exception_rows + (t->bytes.count ? 1 : 0));
    timeline_axis_(v, ROWS_Y - 4, bottom, bottom + 12, 10);
    double y = ROWS_Y;
    timeline_row_label_(v->file, y, "flash window", "where the code is");
    fprintf(v->file,
            "<rect class=\"open\" x=\"%.1f\" y=\"%.1f\" "
            "width=\"%.1f\" height=\"%.1f\" fill=\"" OPEN "\"/>\n",
            PLOT_X, y, PLOT_W, ROW_H);
    put_spans(v, &t->outages, 0, "outage", OUTAGE, y, ROW_H);
    put_span_texts(v, &t->outages, y + 19);
    y += ROW_H + ROW_GAP;
    timeline_row_label_(v->file, y, "flash chip", "busy");
    put_spans(v, &t->operations, 0, "suspended", SUSPENDED, y, ROW_H);
    put_spans(v, &t->runs, 'E', "erase", ERASE, y, ROW_H);
    put_spans(v, &t->runs, 'P', "program", PROGRAM, y, ROW_H);
    put_spans(v, &t->runs, 'S', "status", GREY, y, ROW_H);
    put_suspensions(v, &t->runs, y);
    put_span_texts(v, &t->runs, y + 19);
    row_base(v->file, y);
    y += ROW_H + ROW_GAP;
    y = put_exception_rows(t, v, irqs, y);
    return put_uart_row(t, v, y);
}

/// The picture ///

// The longest wait of an interrupt that is entered in the view; NULL: none is.
static const struct timeline_point *longest_wait(const struct timeline *t,
        const struct view *v) {
    const struct timeline_point *longest = NULL;
    for (size_t i = 0; i < t->exceptions.count; i++) {
        const struct timeline_point *p = &t->exceptions.at[i];
        if (p->what >= FIRST_ASYNC && p->at >= v->from && p->at <= v->to &&
                (!longest || p->wait_ns > longest->wait_ns)) {
            longest = p;
        }
    }
    return longest;
}

// Figures of the interval that the rows show, and of the run beside them.
static void put_scope(const struct timeline *t, const struct view *v,
        const struct view *run, const struct sim_irqs *irqs) {
    const struct timeline_point *here = longest_wait(t, v);
    const struct timeline_point *all = longest_wait(t, run);
    char a[NUMBER_TEXT_BYTES];
    char b[NUMBER_TEXT_BYTES];
    char name[CMD_NAME_BYTES];
    char text[300];
    size_t length = (size_t)snprintf(text, sizeof text, "Here: %s, from %s on",
            number_format_time(a, v->to - v->from),
            number_format_time(b, v->from));
    if (here) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                "; longest wait here %s, of %s",
                number_format_time(a, here->wait_ns * SIM_NS),
                cmd_exception_name(name, here->what, irqs));
    }
    if (all) {
        snprintf(text + length, sizeof text - length,
                "; in the run %s, of %s, at %s",
                number_format_time(a, all->wait_ns * SIM_NS),
                cmd_exception_name(name, all->what, irqs),
                number_format_time(b, all->at));
    }
    timeline_text_(v->file, 24, 80, LEFT, "font-size=\"13\" fill=\"" INK "\"",
            text);
}

bool timeline_write(const struct timeline *t, FILE *file,
        const struct timeline_options *o) {
    struct view zoom = {file, 0, 0};
    struct view subject = {file, 0, 0};
    timeline_interval(t, o, &zoom.from, &zoom.to);
    timeline_subject_(t, o, &subject.from, &subject.to);
    const bool nested =
            !o->to && subject.from < zoom.from && zoom.to < subject.to;
    const struct view run = {file, 0, o->end > zoom.to ? o->end : zoom.to};
    unsigned chosen[EXCEPTION_ROWS];
    const size_t rows = choose_exceptions(t, &zoom, chosen);
    const double zoom_bottom = ROWS_Y +
            (ROW_H + ROW_GAP) * (double)(2 + rows + (t->bytes.count ? 1 : 0)) +
            18;
    const double strip_y = zoom_bottom + 42;
    const double run_y = nested ? strip_y + STRIP_H + 50 : strip_y;
    const double legend_y = run_y + 84;
    const double height = legend_y + 36;
    errno = 0;
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%.0f\" viewBox=\"0 0 %d %.0f\" font-family=\""
            "Helvetica, Arial, 'DejaVu Sans', sans-serif\" role=\"img\">\n",
            WIDTH, height, WIDTH, height);
    fputs("<title>", file);
    put_escaped(file, o->title);
    fputs("</title>\n<desc>", file);
    put_escaped(file, o->figures);
    fputs("</desc>\n", file);
    fprintf(file,
            "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%.0f\" "
            "rx=\"8\" fill=\"#ffffff\" stroke=\"#d0d7de\"/>\n",
            WIDTH - 1, height - 1);
    timeline_text_(file, 24, 32, LEFT,
            "font-size=\"17\" font-weight=\"bold\" fill=\"" INK "\"", o->title);
    timeline_text_(file, 24, 54, LEFT, "font-size=\"12.5\" fill=\"" GREY "\"",
            o->figures);
    put_scope(t, &zoom, &run, o->irqs);
    put_zoom(t, &zoom, o->irqs, rows);
    if (nested) {
        timeline_strip_(t, &subject, &zoom, zoom_bottom, strip_y, "this erase");
    }
    timeline_strip_(t, &run, nested ? &subject : &zoom,
            nested ? strip_y + STRIP_H + 18 : zoom_bottom, run_y, "whole run");
    timeline_legend_(file, legend_y);
    fputs("</svg>\n", file);
    return fflush(file) == 0 && !ferror(file);
}
