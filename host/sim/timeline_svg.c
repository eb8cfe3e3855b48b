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

#include "cmd_units.h"
#include "timeline_priv.h"

#define WIDTH 960
#define PLOT_X 132.0
#define PLOT_W 804.0
#define PLOT_R (PLOT_X + PLOT_W)
#define ROW_H 30.0
#define ROW_GAP 9.0
#define ROWS_Y 78.0
#define BINS_MAX 268 // three pixels each
#define EXCEPTION_ROWS 3

#define INK "#24292f"
#define GREY "#57606a"
#define GRID "#d8dee4"
#define OPEN "#cdeadf"
#define OUTAGE "#c93a4f"
#define ERASE "#d9780a"
#define PROGRAM "#6f4fc4"
#define BYTES "#4d7a35"

struct view {
    FILE *file;
    sim_time from, to;
};

static double x_of(const struct view *v, sim_time at) {
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

enum anchor { LEFT, MIDDLE, RIGHT };

static void put_text(FILE *file, double x, double y, enum anchor anchor,
        const char *style, const char *text) {
    static const char *const anchors[] = {"start", "middle", "end"};
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>", x, y,
            anchors[anchor], style);
    put_escaped(file, text);
    fputs("</text>\n", file);
}

#define LABEL "font-size=\"12.5\" fill=\"" INK "\""
#define SMALL "font-size=\"10.5\" fill=\"" GREY "\""
#define INSIDE "font-size=\"11\" fill=\"#ffffff\""

// Mean width of a character at 11 px, generous.
static double text_width(const char *text) {
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
        const double x0 = s ? x_of(v, s->from) : 0;
        double x1 = s ? x_of(v, s->to) : 0;
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
        const double x0 = x_of(v, s->from);
        const double x1 = x_of(v, s->to);
        if (x1 - x0 < 60) {
            continue;
        }
        char time[CMD_TEXT_BYTES];
        char text[100];
        cmd_format_time(time, s->to - s->from);
        const char *verb = s->kind == 'E' ? "erase at"
                : s->kind == 'P'          ? "program at"
                                          : "status write";
        if (!s->kind) {
            snprintf(text, sizeof(text), "cannot be read: %s", time);
        } else if (s->kind == 'S') {
            snprintf(text, sizeof(text), "%s, %s", verb, time);
        } else {
            snprintf(text, sizeof(text), "%s 0x%06" PRIx32 ", %s", verb, s->off,
                    time);
        }
        if (text_width(text) > x1 - x0 - 8) {
            snprintf(text, sizeof(text), "%s", time);
        }
        if (text_width(text) <= x1 - x0 - 8) {
            put_text(v->file, (x0 + x1) / 2, y, MIDDLE, INSIDE, text);
        }
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
    memset(b, 0, sizeof(*b));
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
        const double x0 = x_of(v, v->from + i * b->width);
        const double x1 = x_of(v, v->from + (i + 1) * b->width);
        const double bar = h * b->n[i] / scale;
        // A hair between the bars lets single ones be counted.
        const double gap = x1 - x0 > 2 ? 0.6 : 0;
        fprintf(v->file, "M%.1f %.1fV%.1fH%.1fV%.1fz", x0, y + h, y + h - bar,
                x1 - gap, y + h);
    }
    fputs("\"/>\n", v->file);
}

/// Axis ///

static void put_axis(const struct view *v, double top, double bottom,
        double label_y, unsigned ticks_about) {
    const sim_time step = nice_step((v->to - v->from) / ticks_about);
    const bool in_s = step >= SIM_S / 2;
    const bool in_ms = step >= SIM_MS / 10;
    const sim_time unit = in_s ? SIM_S : in_ms ? SIM_MS : SIM_US;
    const char *name = in_s ? "s" : in_ms ? "ms" : "us";
    const int decimals = step % unit == 0 ? 0 : step * 10 % unit == 0 ? 1 : 2;
    const sim_time first = (v->from + step - 1) / step * step;
    for (sim_time at = first; at <= v->to; at += step) {
        const double x = x_of(v, at);
        fprintf(v->file,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
                "y2=\"%.1f\" stroke=\"" GRID "\"/>\n",
                x, top, x, bottom);
        char text[40];
        snprintf(text, sizeof(text), "%.*f", decimals,
                (double)at / (double)unit);
        put_text(v->file, x, label_y, MIDDLE, SMALL, text);
    }
    char label[40];
    snprintf(label, sizeof(label), "%s since power-on", name);
    put_text(v->file, PLOT_X - 20, label_y, RIGHT, SMALL, label);
}

/// Rows ///

static void row_label(FILE *file, double y, const char *name,
        const char *below) {
    put_text(file, PLOT_X - 12, y + 13, RIGHT, LABEL, name);
    put_text(file, PLOT_X - 12, y + 26, RIGHT, SMALL, below);
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

// The interrupts that came most often in the interval, by number: the order
// of the rows does not depend on the counts.
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

static double put_exception_rows(const struct timeline *t, const struct view *v,
        const char *mcu, double y) {
    static const char *const colours[EXCEPTION_ROWS] = {
            "#1f6aa5", "#178a7c", "#8a5a17"};
    unsigned chosen[EXCEPTION_ROWS];
    const size_t rows = choose_exceptions(t, v, chosen);
    struct bins *b = malloc(sizeof(*b));
    for (size_t i = 0; b && i < rows; i++) {
        char name[CMD_NAME_BYTES];
        char below[64];
        fill_bins(b, v, &t->exceptions, chosen[i]);
        row_label(v->file, y, cmd_exception_name(name, chosen[i], mcu),
                per_bin(below, b));
        char class[32];
        snprintf(class, sizeof(class), "exception-%u", chosen[i]);
        put_bins(v, b, class, colours[i], y, ROW_H, b->max);
        row_base(v->file, y);
        y += ROW_H + ROW_GAP;
    }
    free(b);
    return y;
}

static double put_uart_row(const struct timeline *t, const struct view *v,
        double y) {
    if (!t->bytes.count) {
        return y;
    }
    struct bins *b = malloc(sizeof(*b));
    struct bins *lost = malloc(sizeof(*lost));
    if (b && lost) {
        char below[64];
        fill_bins(b, v, &t->bytes, UINT32_MAX);
        fill_bins(lost, v, &t->bytes, 1);
        row_label(v->file, y, "UART bytes in",
                b->max ? per_bin(below, b) : "none here");
        put_bins(v, b, "uart", BYTES, y, ROW_H, b->max ? b->max : 1);
        put_bins(v, lost, "lost", OUTAGE, y, ROW_H, b->max ? b->max : 1);
        row_base(v->file, y);
        y += ROW_H + ROW_GAP;
    }
    free(b);
    free(lost);
    return y;
}

static double put_zoom(const struct timeline *t, const struct view *v,
        const char *mcu, size_t exception_rows) {
    const double bottom = ROWS_Y +
            (ROW_H + ROW_GAP) *
                    (double)(2 + exception_rows + (t->bytes.count ? 1 : 0));
    put_axis(v, ROWS_Y - 4, bottom, bottom + 12, 10);
    double y = ROWS_Y;
    row_label(v->file, y, "flash window", "where the code is");
    fprintf(v->file,
            "<rect class=\"open\" x=\"%.1f\" y=\"%.1f\" "
            "width=\"%.1f\" height=\"%.1f\" fill=\"" OPEN "\"/>\n",
            PLOT_X, y, PLOT_W, ROW_H);
    put_spans(v, &t->outages, 0, "outage", OUTAGE, y, ROW_H);
    put_span_texts(v, &t->outages, y + 19);
    y += ROW_H + ROW_GAP;
    row_label(v->file, y, "flash chip", "busy");
    put_spans(v, &t->operations, 'E', "erase", ERASE, y, ROW_H);
    put_spans(v, &t->operations, 'P', "program", PROGRAM, y, ROW_H);
    put_spans(v, &t->operations, 'S', "status", GREY, y, ROW_H);
    put_span_texts(v, &t->operations, y + 19);
    row_base(v->file, y);
    y += ROW_H + ROW_GAP;
    y = put_exception_rows(t, v, mcu, y);
    return put_uart_row(t, v, y);
}

/// The whole run ///

// Share of each pixel column in which the chip worked, erase over program.
static void put_shares(const struct timeline *t, const struct view *v,
        char kind, const char *name, const char *fill, double y, double h) {
    const size_t columns = (size_t)PLOT_W / 2;
    double *share = calloc(columns + 1, sizeof(*share));
    const double width = (double)(v->to - v->from) / (double)columns;
    for (size_t i = 0; share && i < t->operations.count; i++) {
        const struct timeline_span *s = &t->operations.at[i];
        if (s->kind != kind) {
            continue;
        }
        const double a = (double)(s->from - v->from) / width;
        const double b = s->to >= v->to ? (double)columns
                                        : (double)(s->to - v->from) / width;
        for (size_t c = (size_t)a; c < columns && (double)c < b; c++) {
            const double lo = a > (double)c ? a : (double)c;
            const double hi = b < (double)c + 1 ? b : (double)c + 1;
            share[c] += hi - lo;
        }
    }
    fprintf(v->file, "<path class=\"%s\" fill=\"%s\" d=\"", name, fill);
    for (size_t c = 0; share && c < columns; c++) {
        if (share[c] > 0.002) {
            const double bar = h * (share[c] > 1 ? 1 : share[c]);
            const double top = y + h - (bar < 3 ? 3 : bar); // to be seen
            fprintf(v->file, "M%.0f %.1fV%.1fh2V%.1fz",
                    PLOT_X + 2.0 * (double)c, y + h, top, y + h);
        }
    }
    fputs("\"/>\n", v->file);
    free(share);
}

static void put_resets(const struct timeline *t, const struct view *v, double y,
        double h) {
    static const char *const names[] = {
            "power on", "reset pin", "reset", "watchdog"};
    double free_from = PLOT_X + 4;
    for (size_t i = 0; i < t->resets.count && i < 2000; i++) {
        const struct timeline_point *p = &t->resets.at[i];
        if (p->at == v->from) {
            continue; // the start of the picture says it
        }
        const double x = x_of(v, p->at);
        fprintf(v->file,
                "<line class=\"reset\" x1=\"%.1f\" y1=\"%.1f\" "
                "x2=\"%.1f\" y2=\"%.1f\" stroke=\"" INK "\" "
                "stroke-dasharray=\"3 2\"/>\n",
                x, y - 6, x, y + h);
        const char *name = p->what < 4 ? names[p->what] : "reset";
        const double half = text_width(name) / 2;
        if (x - half > free_from && x + half < PLOT_R) {
            put_text(v->file, x, y - 9, MIDDLE, SMALL, name);
            free_from = x + half + 6;
        }
    }
}

static void put_overview(const struct timeline *t, const struct view *run,
        const struct view *zoom, double zoom_bottom, double y) {
    const double h = 34;
    const double x0 = x_of(run, zoom->from);
    double x1 = x_of(run, zoom->to);
    x1 = x1 - x0 < 3 ? x0 + 3 : x1;
    // The drawn interval, and where it stands in the run.
    fprintf(run->file,
            "<path class=\"zoom\" fill=\"#57606a\" "
            "fill-opacity=\"0.10\" d=\"M%.1f %.1fH%.1fL%.1f %.1fV%.1fH%.1f"
            "V%.1fz\"/>\n",
            PLOT_X, zoom_bottom, PLOT_R, x1, y, y + h, x0, y);
    put_axis(run, y, y + h, y + h + 14, 10);
    row_label(run->file, y, "whole run", "chip busy, share");
    put_shares(t, run, 'P', "program-share", PROGRAM, y, h);
    put_shares(t, run, 'E', "erase-share", ERASE, y, h);
    fprintf(run->file,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"%.1f\" fill=\"none\" stroke=\"" INK "\" "
            "stroke-width=\"1.2\"/>\n",
            x0, y, x1 - x0, h);
    fprintf(run->file,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
            "stroke=\"#8c959f\" stroke-width=\"0.8\"/>\n",
            PLOT_X, y + h, PLOT_R, y + h);
    put_resets(t, run, y, h);
}

static void put_legend(FILE *file, double y) {
    static const struct {
        const char *colour, *text;
    } marks[] = {
            {OPEN, "flash readable: code runs from it"},
            {OUTAGE, "outage: only resident code runs"},
            {ERASE, "erase"},
            {PROGRAM, "page program"},
    };
    double x = PLOT_X;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        fprintf(file,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" "
                "height=\"12\" rx=\"2\" fill=\"%s\"/>\n",
                x, y - 10, marks[i].colour);
        put_text(file, x + 18, y, LEFT, LABEL, marks[i].text);
        x += 18 + 6.6 * (double)strlen(marks[i].text) + 24;
    }
}

bool timeline_write(const struct timeline *t, FILE *file,
        const struct timeline_options *o) {
    struct view zoom = {file, 0, 0};
    timeline_interval(t, o, &zoom.from, &zoom.to);
    const struct view run = {file, 0, o->end > zoom.to ? o->end : zoom.to};
    unsigned chosen[EXCEPTION_ROWS];
    const size_t rows = choose_exceptions(t, &zoom, chosen);
    const double zoom_bottom = ROWS_Y +
            (ROW_H + ROW_GAP) * (double)(2 + rows + (t->bytes.count ? 1 : 0)) +
            18;
    const double strip_y = zoom_bottom + 42;
    const double legend_y = strip_y + 84;
    const double height = legend_y + 16;
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
    put_text(file, 24, 32, LEFT,
            "font-size=\"17\" font-weight=\"bold\" "
            "fill=\"" INK "\"",
            o->title);
    put_text(file, 24, 54, LEFT, "font-size=\"13\" fill=\"" GREY "\"",
            o->figures);
    put_zoom(t, &zoom, o->mcu, rows);
    put_overview(t, &run, &zoom, zoom_bottom, strip_y);
    put_legend(file, legend_y);
    fputs("</svg>\n", file);
    return fflush(file) == 0 && !ferror(file);
}
