/*
 * cut_svg - outcome over time of cut, as a picture
 *
 * SPDX-License-Identifier: MIT
 *
 * A row for each outcome and a stroke for each point in it; the operations of
 * the flash below. Points that are equal to another one are drawn as that one.
 */
#include <errno.h>
#include <stdio.h>

#include "base/number.h"
#include "cut/cut_report.h"

#define WIDTH 1000.0
#define LEFT 290.0
#define ROW 26.0
#define TOP 56.0

// From the first point to the end of the run.
static double x_of(const struct cut_walk *w, sim_time at) {
    const sim_time from = w->plan->points[0].at;
    const sim_time span = w->plan->end > from ? w->plan->end - from : 1;
    return at <= from
            ? LEFT
            : LEFT + (WIDTH - LEFT - 20) * (double)(at - from) / (double)span;
}

struct lane {
    char name[120];
    const char *colour;
    int image; // of CUT_GOOD
    unsigned verdict;
};
#define LANES_MAX (CUT_VERDICTS + 8)

static size_t find_lanes(const struct cut_walk *w, const struct cut_tally *t,
        struct lane lane[LANES_MAX]) {
    static const char *const colours[] = {
            "#2f7d32", "#1565c0", "#00838f", "#6a1b9a"};
    const struct cut_images *images = &w->m->images;
    size_t count = 0;
    for (size_t i = 0; i < images->count && i < 8; i++) {
        if (t->images[i]) {
            lane[count] = (struct lane){.colour = colours[i % 4],
                    .image = (int)i,
                    .verdict = CUT_GOOD};
            snprintf(lane[count].name, sizeof lane[count].name, "boots %.60s%s",
                    images->at[i].name, images->at[i].sent ? " (update)" : "");
            count++;
        }
    }
    for (unsigned v = 1; v < CUT_VERDICTS; v++) {
        if (t->verdicts[v]) {
            lane[count] = (struct lane){
                    .colour = "#c62828", .image = -3, .verdict = v};
            snprintf(lane[count].name, sizeof lane[count].name, "%s",
                    cut_verdicts[v].text);
            count++;
        }
    }
    return count;
}

static const struct cut_row *resolved(const struct cut_table *t, uint32_t i) {
    const struct cut_row *row = &t->row[i];
    if (row->state == CUT_EQUAL && row->same < t->points) {
        row = &t->row[row->same];
    }
    return row->state == CUT_DONE ? row : NULL;
}

// One path a lane: a picture of a million points stays small, since strokes
// nearer than half a unit are left out.
static void draw_lane(const struct cut_walk *w, const struct lane *lane,
        double y, FILE *file) {
    const struct cut_table *t = w->shared->table;
    double last = -1;
    fprintf(file, "<path stroke=\"%s\" d=\"", lane->colour);
    for (uint32_t i = 0; i < t->points; i++) {
        const struct cut_row *row = resolved(t, i);
        if (!row || row->verdict != lane->verdict ||
                (lane->image >= -2 && row->image != lane->image)) {
            continue;
        }
        const double x = x_of(w, w->plan->points[i].at);
        if (x - last >= 0.5) {
            fprintf(file, "M%.1f %.1fv%.0f", x, y, ROW - 8);
            last = x;
        }
    }
    fputs("\"/>\n", file);
}

static void put_text(FILE *file, double x, double y, const char *text) {
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\">", x, y);
    for (; *text; text++) {
        if (*text == '<' || *text == '&') {
            fputs(*text == '<' ? "&lt;" : "&amp;", file);
        } else {
            fputc(*text, file);
        }
    }
    fputs("</text>\n", file);
}

static void draw_operations(const struct cut_walk *w, double y, FILE *file) {
    const struct cut_operations *ops = &w->plan->operations;
    put_text(file, 12, y + 14, "erases, programs");
    double last = -1;
    for (size_t i = 0; i < ops->count; i++) {
        const struct cut_operation *op = &ops->at[i];
        const double x = x_of(w, op->from);
        const double to = x_of(w, op->to ? op->to : op->from);
        if (to - last < 0.3) {
            continue;
        }
        last = to;
        fprintf(file,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\" "
                "fill=\"%s\"/>\n",
                x, y, to - x > 0.5 ? to - x : 0.5, ROW - 8,
                op->kind == 'E' ? "#ef6c00" : "#546e7a");
    }
}

bool cut_report_svg(const struct cut_walk *w, const struct cut_tally *t,
        FILE *file) {
    struct lane lane[LANES_MAX];
    const size_t lanes = find_lanes(w, t, lane);
    const double height = TOP + ROW * (double)(lanes + 1) + 36;
    char text[200], time[NUMBER_TEXT_BYTES];
    errno = 0;
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f "
            "%.0f\" font-family=\"sans-serif\" font-size=\"13\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            WIDTH, height);
    snprintf(text, sizeof text,
            "What boots after a power cut, by the time of the cut: %llu "
            "points, %llu bad",
            (unsigned long long)t->points,
            (unsigned long long)(t->cut - t->verdicts[CUT_GOOD]));
    put_text(file, 12, 26, text);
    double y = TOP;
    for (size_t i = 0; i < lanes; i++) {
        put_text(file, 12, y + 14, lane[i].name);
        draw_lane(w, &lane[i], y, file);
        y += ROW;
    }
    draw_operations(w, y, file);
    y += ROW;
    put_text(file, LEFT, y + 16,
            number_format_time(time, w->plan->points[0].at));
    put_text(file, WIDTH - 90, y + 16, number_format_time(time, w->plan->end));
    fputs("</svg>\n", file);
    return !ferror(file);
}
