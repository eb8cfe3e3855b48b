/*
 * cmd_cut - the command `xipsafe cut`
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cmd_cut.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/number.h"
#include "cut/cut_report.h"
#include "cut/cut_watch.h"

struct campaign {
    struct cut_options options;
    struct cut_machine machine;
    struct cut_plan plan;
    struct cut_shared shared;
    struct cut_walk walk;
    struct cut_watch watch;
};

/// What the campaign is of ///

static uint64_t add(uint64_t hash, const void *data, size_t bytes) {
    const uint8_t *p = data;
    for (size_t i = 0; i < bytes; i++) {
        hash = (hash ^ p[i]) * 0x100000001B3ull;
    }
    return hash;
}

// Of the points and the files: what --state must agree in.
static uint64_t fingerprint(const struct campaign *c) {
    const struct cut_options *o = &c->options;
    uint64_t hash = 0xCBF29CE484222325ull;
    for (size_t i = 0; i < c->plan.count; i++) {
        const struct cut_point *p = &c->plan.points[i];
        const uint64_t words[] = {p->at, p->instruction, p->operation, p->place,
                p->percent, p->fault, p->tear};
        hash = add(hash, words, sizeof words);
    }
    for (size_t i = 0; i < c->machine.images.count; i++) {
        hash = add(hash, c->machine.images.at[i].data,
                c->machine.images.at[i].bytes);
    }
    hash = add(hash, c->machine.files.internal, o->sim.board->internal.bytes);
    for (unsigned i = 0; i < o->texts.count; i++) {
        hash = add(hash, o->texts.at[i], o->texts.bytes[i] + 1);
    }
    const uint64_t words[] = {o->twice, o->again, o->boots, o->resumes,
            o->shard, o->shards, o->boot_limit, o->swaps};
    return add(hash, words, sizeof words);
}

/// A campaign ///

static bool open_outputs(struct cut_options *o) {
    return output_open(&o->json) && output_open(&o->svg) &&
            output_open(&o->vcd) && output_open(&o->timeline) &&
            output_open(&o->html);
}

static bool write_outputs(struct campaign *c, const struct cut_tally *t) {
    struct cut_options *o = &c->options;
    bool good = true;
    if (o->json.file) {
        good &= output_close(&o->json,
                cut_report_json(&c->walk, t, o->json.file));
    }
    if (o->svg.file) {
        good &= output_close(&o->svg, cut_report_svg(&c->walk, t, o->svg.file));
    }
    return good;
}

// Of so many among all points: every n-th one. 0: none.
static uint32_t stride_of(uint64_t wanted, size_t points) {
    return !wanted             ? 0
            : wanted >= points ? 1
                               : (uint32_t)((points + wanted - 1) / wanted);
}

static int run_campaign(struct campaign *c) {
    struct cut_tally tally;
    int result = cut_table_open(&c->shared, c->options.state, c->plan.count,
            fingerprint(c));
    if (result >= 0) {
        return result;
    }
    c->walk.stride = stride_of(c->options.resumes, c->plan.count);
    c->walk.again_stride = stride_of(c->options.again, c->plan.count);
    result = cut_pool_run(&c->walk, &tally);
    if (result >= 0) {
        return result;
    }
    cut_report_text(&c->walk, &tally);
    if (!write_outputs(c, &tally)) {
        return CLI_TROUBLE;
    }
    if (cut_tally_bad(&tally)) {
        return CLI_BAD;
    }
    return tally.interrupted
            ? cli_fail(CLI_UNKNOWN, "interrupted%s",
                      c->options.state
                              ? "; the same command goes on where it was"
                              : "; with --state FILE it could go on")
            : CLI_GOOD;
}

/// One point ///

static int show_point(struct campaign *c) {
    char name[CUT_NAME_BYTES], what[200], title[300];
    const char *only = c->options.only;
    const char *second = strpbrk(only, "/+"); // see cut_level_marks
    size_t index;
    snprintf(name, sizeof name, "%.*s",
            (int)(second ? (size_t)(second - only) : strlen(only)), only);
    if (!cut_plan_find(&c->plan, name, &index)) {
        return cli_fail(CLI_TROUBLE,
                "--only %s: no such point; the run has operations 1 to %zu; "
                "give the options of the campaign that names it",
                only, c->plan.operations.count);
    }
    struct cut_outcome out;
    if (!cut_watch_begin(&c->watch, &c->machine)) {
        return cli_no_memory();
    }
    if (!cut_walk_one(&c->walk, index, second, &out)) {
        return cli_fail(CLI_TROUBLE,
                "--only %s: the run does not come to it; give the options of "
                "the campaign that names it",
                only);
    }
    cut_point_what(&c->plan, &c->plan.points[index], what, sizeof what);
    printf("\n%s, cut %s: %s%s%s\n", only, what, cut_verdicts[out.verdict].text,
            *out.why ? ": " : "", out.why);
    // A run of the simulator has one cut, and XMODEM.
    if (out.verdict != CUT_GOOD && !second && !c->options.by_smp &&
            c->plan.points[index].fault == CUT_POWER) {
        cut_report_debug(&c->options, &c->plan.points[index], out.executed,
                stdout);
    }
    snprintf(title, sizeof title, "%s: %s", only,
            cut_verdicts[out.verdict].text);
    if (!cut_watch_write(&c->watch, &c->options, title)) {
        return CLI_TROUBLE;
    }
    return out.verdict == CUT_GOOD ? CLI_GOOD : CLI_BAD;
}

/// The command ///

static int run(struct campaign *c) {
    int result = cut_machine_open(&c->machine, &c->options);
    if (result < 0) {
        result = open_outputs(&c->options) ? -1 : CLI_TROUBLE;
    }
    result = result >= 0 ? result : cut_plan_make(&c->plan, &c->machine);
    if (result >= 0) {
        return result;
    }
    c->walk = (struct cut_walk){
            .m = &c->machine, .plan = &c->plan, .shared = &c->shared};
    if (c->options.only) {
        return show_point(c);
    }
    if (!c->plan.count && c->plan.operations.count) {
        return cli_fail(CLI_UNKNOWN,
                "there is nothing to cut: the run has operations 1 to %zu; "
                "look at --operations",
                c->plan.operations.count);
    }
    if (!c->plan.count) {
        return cli_fail(CLI_UNKNOWN,
                "there is nothing to cut: no erase, no program in %.3f s; "
                "look at --send, --until and --time-limit",
                (double)c->plan.end / (double)SIM_S);
    }
    return run_campaign(c);
}

int cmd_cut(int argc, char **argv) {
    static struct campaign c;
    c.shared.fd = -1;
    int result = cut_options_parse(&c.options, argc, argv);
    if (result < 0) {
        result = run(&c);
        output_discard(&c.options.json);
        output_discard(&c.options.svg);
        output_discard(&c.options.vcd);
        output_discard(&c.options.timeline);
        output_discard(&c.options.html);
        cut_watch_end(&c.watch);
        cut_table_close(&c.shared);
        cut_plan_free(&c.plan);
        if (c.machine.options) {
            cut_machine_close(&c.machine);
        }
    }
    cut_options_free(&c.options);
    return result;
}
