/*
 * timeline - a picture of outages, chip operations and interrupts, as SVG
 *
 * SPDX-License-Identifier: MIT
 *
 * The strips that show where in the run the interval above lies, and the
 * legend.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/observe/timeline_priv.h"

// Share of each column of two pixels that spans of a kind ('\0': any) cover.
static void put_shares(const struct timeline_spans *list, const struct view *v,
        char kind, const char *name, const char *fill, double y, double h) {
    const size_t columns = (size_t)PLOT_W / 2;
    double *share = calloc(columns + 1, sizeof *share);
    const double width = (double)(v->to - v->from) / (double)columns;
    for (size_t i = 0; share && i < list->count; i++) {
        const struct timeline_span *s = &list->at[i];
        if ((kind && s->kind != kind) || s->to <= v->from || s->from >= v->to) {
            continue;
        }
        const double a =
                s->from > v->from ? (double)(s->from - v->from) / width : 0;
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
            const double top = y + h - (bar < 3 ? 3 : bar); // to be visible
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
        // The start of the picture shows it already.
        if (p->at <= v->from || p->at >= v->to) {
            continue;
        }
        const double x = timeline_x_(v, p->at);
        fprintf(v->file,
                "<line class=\"reset\" x1=\"%.1f\" y1=\"%.1f\" "
                "x2=\"%.1f\" y2=\"%.1f\" stroke=\"" INK
                "\" stroke-dasharray=\"3 2\"/>\n",
                x, y - 6, x, y + h);
        const char *name = p->what < 4 ? names[p->what] : "reset";
        const double half = timeline_text_width_(name) / 2;
        if (x - half > free_from && x + half < PLOT_R) {
            timeline_text_(v->file, x, y - 9, MIDDLE, SMALL, name);
            free_from = x + half + 6;
        }
    }
}

void timeline_strip_(const struct timeline *t, const struct view *v,
        const struct view *shown, double above_y, double y, const char *name) {
    const double h = STRIP_H;
    const double x0 = timeline_x_(v, shown->from);
    double x1 = timeline_x_(v, shown->to);
    x1 = x1 - x0 < 3 ? x0 + 3 : x1;
    // The interval above, and its position in this strip.
    fprintf(v->file,
            "<path class=\"zoom\" fill=\"#57606a\" "
            "fill-opacity=\"0.10\" d=\"M%.1f %.1fH%.1fL%.1f %.1fV%.1fH%.1f"
            "V%.1fz\"/>\n",
            PLOT_X, above_y, PLOT_R, x1, y, y + h, x0, y);
    timeline_axis_(v, y, y + h, y + h + 14, 10);
    timeline_row_label_(v->file, y, name, "chip busy, share");
    put_shares(&t->operations, v, 0, "suspended-share", SUSPENDED, y, h);
    put_shares(&t->runs, v, 'P', "program-share", PROGRAM, y, h);
    put_shares(&t->runs, v, 'E', "erase-share", ERASE, y, h);
    fprintf(v->file,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"%.1f\" fill=\"none\" stroke=\"" INK
            "\" stroke-width=\"1.2\"/>\n",
            x0, y, x1 - x0, h);
    fprintf(v->file,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
            "stroke=\"#8c959f\" stroke-width=\"0.8\"/>\n",
            PLOT_X, y + h, PLOT_R, y + h);
    put_resets(t, v, y, h);
}

// A run of the chip as the rows show one that was resumed and suspended again.
static void legend_of_a_run(FILE *file, double x, double y) {
    fprintf(file,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"30\" height=\"15\" rx=\"2\" "
            "fill=\"" ERASE "\"/>\n<path fill=\"#ffffff\" d=\"",
            x, y - 12);
    timeline_resumed_(file, x, y - 12);
    timeline_suspends_(file, x + 30, y - 12);
    fputs("\"/>\n", file);
    const char *text = "resumed, suspended";
    timeline_text_(file, x + 36, y, LEFT, LABEL, text);
}

double timeline_legend_(FILE *file, double y) {
    static const struct {
        const char *colour, *text;
    } marks[] = {
            {OPEN, "flash readable: code runs from it"},
            {OUTAGE, "outage: only resident code runs"},
            {ERASE, "erase"},
            {PROGRAM, "page program"},
            {SUSPENDED, "suspended: no progress"},
            {BACKGROUND, "runs in an outage"},
            {WAITS, "interrupt waits (dark: it runs)"},
    };
    double x = PLOT_X;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const double length = 18 + timeline_text_width_(marks[i].text) + 24;
        if (x + length > PLOT_R + 24) {
            x = PLOT_X;
            y += 20;
        }
        fprintf(file,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" "
                "height=\"12\" rx=\"2\" fill=\"%s\"/>\n",
                x, y - 10, marks[i].colour);
        timeline_text_(file, x + 18, y, LEFT, LABEL, marks[i].text);
        x += length;
    }
    legend_of_a_run(file, x, y);
    return y + 16;
}
