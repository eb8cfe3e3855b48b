/*
 * cmd_pictures - what `xipsafe sim` draws of a run: SVG, page, waveforms
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cli.h"
#include "base/number.h"

int cmd_pictures_begin(struct cmd_pictures *p, const struct cmd_options *o) {
    p->vcd = o->vcd.wanted ? vcd_new() : NULL;
    if (o->vcd.wanted && !p->vcd) {
        return cli_fail(CLI_TROUBLE,
                "cannot create a temporary file for --vcd: %s; check the "
                "free space of /tmp, and TMPDIR",
                strerror(errno));
    }
    const bool places = o->html.wanted || o->vcd.wanted;
    p->timeline = o->timeline.wanted ? timeline_new() : NULL;
    p->html = o->html.wanted ? html_new() : NULL;
    p->places = places ? places_new(&p->files->elfs, p->sim) : NULL;
    if ((o->timeline.wanted && !p->timeline) || (o->html.wanted && !p->html) ||
            (places && !p->places)) {
        return cli_no_memory();
    }
    return -1;
}

void cmd_pictures_trace(struct cmd_pictures *p, const struct sim_trace *e) {
    struct places_now place = {0};
    if (p->places) {
        place = places_at(p->places, e);
    }
    if (p->timeline) {
        timeline_trace(p->timeline, e);
    }
    if (p->html) {
        html_trace(p->html, e, place);
    }
    if (p->vcd) {
        size_t count;
        vcd_trace(p->vcd, e);
        vcd_function(p->vcd,
                places_table(p->places, &count)[place.handler].function);
    }
}

void cmd_pictures_power_cut(struct cmd_pictures *p) {
    if (p->html) {
        html_power_cut(p->html, sim_now(p->sim));
    }
}

void cmd_pictures_free(struct cmd_pictures *p) {
    timeline_free(p->timeline);
    html_free(p->html);
    vcd_free(p->vcd);
    places_free(p->places);
}

/// Texts ///

#define TITLE_BYTES 160
#define FIGURES_BYTES 300

static void title_of(const struct cmd_pictures *p, const struct cmd_options *o,
        char title[TITLE_BYTES]) {
    char bytes[NUMBER_TEXT_BYTES];
    if (o->send) {
        snprintf(title, TITLE_BYTES,
                "%s bytes received and programmed while "
                "the firmware runs from the same flash chip",
                number_format_count(bytes,
                        xmodem_send_acknowledged(&p->peer->xmodem)));
    } else if (!p->measure->update.valid) {
        snprintf(title, TITLE_BYTES, "A run on the board %s", o->board->name);
    } else {
        snprintf(title, TITLE_BYTES,
                "Erasing and programming the flash that "
                "the code runs from (%s)",
                o->part->name);
    }
}

static void figures_of(const struct cmd_pictures *p,
        const struct cmd_options *o, char figures[FIGURES_BYTES]) {
    const struct cmd_figures *f = &p->measure->update;
    char a[NUMBER_TEXT_BYTES];
    char b[NUMBER_TEXT_BYTES];
    char c[NUMBER_TEXT_BYTES];
    char d[NUMBER_TEXT_BYTES];
    if (!f->valid) {
        snprintf(figures, FIGURES_BYTES, "No erase or program in this run");
        return;
    }
    const size_t length = (size_t)snprintf(figures, FIGURES_BYTES,
            "%s took %s: chip busy %s, suspended %s times; longest outage %s; ",
            o->send ? "The update" : "All operations",
            number_format_time(a, f->to - f->from),
            number_format_time(b, f->busy),
            number_format_count(c, f->suspensions),
            number_format_time(d, f->outage_max));
    if (length < FIGURES_BYTES) {
        snprintf(figures + length, FIGURES_BYTES - length,
                "%s interrupts, %s in outages; %s bytes lost",
                number_format_count(a, cmd_figures_served(f)),
                number_format_count(b, cmd_figures_served_in_outages(f)),
                number_format_count(c, f->uart_lost));
    }
}

/// Files ///

// A millisecond on each side of the longest wait.
static void zoom_to_worst(const struct cmd_pictures *p,
        struct timeline_options *o) {
    const struct cmd_figures *f = &p->measure->run;
    const unsigned worst = cmd_figures_longest_wait(f);
    if (!worst) {
        return;
    }
    const struct cmd_exception *x = &f->exceptions[worst];
    const sim_time before = (sim_time)x->wait_max_ns * SIM_NS + SIM_MS;
    o->from = x->wait_at > before ? x->wait_at - before : 0;
    o->to = x->wait_at + SIM_MS;
}

static bool write_timeline(const struct cmd_pictures *p,
        const struct cmd_options *o, const char *title, const char *figures) {
    struct timeline_options t = {
            .title = title,
            .figures = figures,
            .irqs = sim_irqs(p->sim),
            .from = o->zoom ? o->zoom_from : 0,
            .to = o->zoom ? o->zoom_to : 0,
            .end = sim_now(p->sim),
    };
    if (o->zoom_worst) {
        zoom_to_worst(p, &t);
    }
    return timeline_write(p->timeline, o->timeline.file, &t);
}

static bool write_html(struct cmd_pictures *p, const struct cmd_options *o,
        const char *title, const char *figures) {
    struct sim_waiting waiting;
    sim_waiting(p->sim, &waiting);
    struct html_options h = {
            .title = title,
            .figures = figures,
            .board = o->board->name,
            .part = o->part->name,
            .irqs = sim_irqs(p->sim),
            .violation = sim_violation_of(p->sim),
            .waiting = &waiting,
            .end = sim_now(p->sim),
    };
    h.places = places_table(p->places, &h.place_count);
    h.calls = places_calls(p->places, &h.call_count);
    return html_write(p->html, o->html.file, &h);
}

static struct vcd_options waves_of(const struct cmd_pictures *p,
        const struct cmd_options *o, struct sim_waiting *waiting) {
    sim_waiting(p->sim, waiting);
    return (struct vcd_options){
            .board = o->board->name,
            .irqs = sim_irqs(p->sim),
            .part = o->part->name,
            .waiting = waiting,
            .end = sim_now(p->sim),
    };
}

// waves.gtkw for waves.vcd, with which GTKWave does not begin empty. One that
// is there may have been arranged by hand, and is left alone. NULL: none.
static char *view_path(const char *waves) {
    struct stat st;
    if (!waves || stat(waves, &st) || !S_ISREG(st.st_mode)) {
        return NULL;
    }
    size_t length = strlen(waves);
    if (length > 4 && !strcmp(waves + length - 4, ".vcd")) {
        length -= 4;
    }
    char *path;
    if (asprintf(&path, "%.*s.gtkw", (int)length, waves) < 0) {
        return NULL;
    }
    if (!stat(path, &st) || errno != ENOENT) {
        free(path);
        return NULL;
    }
    return path;
}

static bool write_view(struct cmd_pictures *p, const struct cmd_options *o) {
    char *path = view_path(o->vcd.path);
    if (!path) {
        return true;
    }
    struct sim_waiting waiting;
    const struct vcd_options v = waves_of(p, o, &waiting);
    const struct cmd_figures *f = &p->measure->run;
    const unsigned worst = cmd_figures_longest_wait(f);
    struct output view = {.wanted = true, .path = path};
    const bool written = output_open(&view) &&
            output_close(&view,
                    vcd_write_view(p->vcd, view.file, &v,
                            f->exceptions[worst].wait_at));
    free(path);
    return written;
}

static bool write_waves(struct cmd_pictures *p, const struct cmd_options *o) {
    struct sim_waiting waiting;
    const struct vcd_options v = waves_of(p, o, &waiting);
    return vcd_write(p->vcd, o->vcd.file, &v);
}

// The zoom lies in the run; false after a line on stderr.
static bool zoom_is_good(const struct cmd_pictures *p,
        const struct cmd_options *o) {
    char time[NUMBER_TEXT_BYTES];
    if (!o->zoom || o->zoom_from < sim_now(p->sim)) {
        return true;
    }
    cli_fail(CLI_TROUBLE,
            "--timeline-zoom begins after the run, which ended at %s; there "
            "is nothing to show",
            number_format_time(time, sim_now(p->sim)));
    return false;
}

bool cmd_pictures_write(struct cmd_pictures *p, struct cmd_options *o) {
    char title[TITLE_BYTES];
    char figures[FIGURES_BYTES];
    bool written = true;
    title_of(p, o, title);
    figures_of(p, o, figures);
    if (!zoom_is_good(p, o)) {
        output_discard(&o->timeline);
        written = false;
    } else if (o->timeline.file) {
        written &= output_close(&o->timeline,
                write_timeline(p, o, title, figures));
    }
    if (o->html.file) {
        written &= output_close(&o->html, write_html(p, o, title, figures));
    }
    if (o->vcd.file) {
        written &= output_close(&o->vcd, write_waves(p, o)) && write_view(p, o);
    }
    return written;
}
