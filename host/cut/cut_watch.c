/*
 * cut_watch - pictures of one point: timeline, waveforms, a page for a browser
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_watch.h"

#include "base/cli.h"

static void on_trace(void *ctx, const struct sim_trace *e) {
    struct cut_watch *w = ctx;
    struct places_now place = {0};
    if (w->places) {
        place = places_at(w->places, e);
    }
    if (w->timeline) {
        timeline_trace(w->timeline, e);
    }
    if (w->vcd) {
        size_t count;
        vcd_trace(w->vcd, e);
        vcd_function(w->vcd,
                places_table(w->places, &count)[place.handler].function);
    }
    if (w->html) {
        html_trace(w->html, e, place);
    }
}

static void on_cut(void *ctx) {
    struct cut_watch *w = ctx;
    if (w->html) {
        html_power_cut(w->html, sim_now(w->m->sim));
    }
}

static void on_note(void *ctx, const char *line) {
    (void)ctx;
    cli_say("note: %s", line);
}

bool cut_watch_begin(struct cut_watch *w, struct cut_machine *m) {
    const struct cut_options *o = m->options;
    const bool places = o->html.wanted || o->vcd.wanted;
    *w = (struct cut_watch){
            .m = m,
            .timeline = o->timeline.wanted ? timeline_new() : NULL,
            .vcd = o->vcd.wanted ? vcd_new() : NULL,
            .html = o->html.wanted ? html_new() : NULL,
            .places = places ? places_new(&m->files.elfs, m->sim) : NULL,
    };
    m->echo = o->quiet ? NULL : stdout;
    m->shown = on_trace;
    m->cut_shown = on_cut;
    m->shown_ctx = w;
    m->noted = o->quiet ? NULL : on_note;
    return (w->timeline || !o->timeline.wanted) && (w->vcd || !o->vcd.wanted) &&
            (w->html || !o->html.wanted) && (w->places || !places);
}

static bool write_html(struct cut_watch *w, const char *title, FILE *file) {
    struct sim *sim = w->m->sim;
    const struct cmd_options *s = &w->m->options->sim;
    struct sim_waiting waiting;
    sim_waiting(sim, &waiting);
    struct html_options h = {
            .title = title,
            .figures = "The run, the power cut, and the boots behind it",
            .board = s->board->name,
            .part = s->part->name,
            .irqs = sim_irqs(sim),
            .violation = sim_violation_of(sim),
            .waiting = &waiting,
            .end = sim_now(sim),
    };
    h.places = places_table(w->places, &h.place_count);
    h.calls = places_calls(w->places, &h.call_count);
    return html_write(w->html, file, &h);
}

bool cut_watch_write(struct cut_watch *w, struct cut_options *o,
        const char *title) {
    struct sim *sim = w->m->sim;
    bool good = true;
    if (o->timeline.file) {
        const struct timeline_options t = {
                .title = title,
                .figures = "",
                .irqs = sim_irqs(sim),
                .to = sim_now(sim),
                .end = sim_now(sim),
        };
        good &= output_close(&o->timeline,
                timeline_write(w->timeline, o->timeline.file, &t));
    }
    if (o->vcd.file) {
        struct sim_waiting waiting;
        sim_waiting(sim, &waiting);
        const struct vcd_options v = {
                .board = o->sim.board->name,
                .part = o->sim.part->name,
                .irqs = sim_irqs(sim),
                .waiting = &waiting,
                .end = sim_now(sim),
        };
        good &= output_close(&o->vcd, vcd_write(w->vcd, o->vcd.file, &v));
    }
    if (o->html.file) {
        good &= output_close(&o->html, write_html(w, title, o->html.file));
    }
    return good;
}

void cut_watch_end(struct cut_watch *w) {
    timeline_free(w->timeline);
    vcd_free(w->vcd);
    html_free(w->html);
    places_free(w->places);
}
