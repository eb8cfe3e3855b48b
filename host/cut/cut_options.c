/*
 * cut_options - the command line of `xipsafe cut`
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/number.h"
#include "base/options.h"
#include "cut/cut_name.h"

static const char help_text[] = {
#include "cut/cut.txt.inc"
};

const char *const cut_fault_names[CUT_FAULTS] = {
        "power", "watchdog", "no-effect", "refused", "neighbour"};

enum {
    OPT_HELP,
    OPT_FLASH,
    OPT_SEND_START,
    OPT_SEND_BY,
    OPT_APPROVE,
    OPT_UPDATE,
    OPT_EXPECT,
    OPT_FORBID,
    OPT_CONFIRMED,
    OPT_UNTIL,
    OPT_DECIDE,
    OPT_WHEN,
    OPT_SWAPS,
    OPT_INSIDE,
    OPT_TEARS,
    OPT_TWICE,
    OPT_AGAIN,
    OPT_BOOTS,
    OPT_PC,
    OPT_INSTRUCTIONS,
    OPT_OPERATIONS,
    OPT_RANDOM,
    OPT_FAULT,
    OPT_TIME_LIMIT,
    OPT_BOOT_LIMIT,
    OPT_JOBS,
    OPT_SHARD,
    OPT_RESUMES,
    OPT_STATE,
    OPT_ONLY,
    OPT_JSON,
    OPT_SVG,
    OPT_VCD,
    OPT_TIMELINE,
    OPT_HTML,
    OPT_QUIET,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"flash", required_argument, NULL, OPT_FLASH},
        {"send-start", required_argument, NULL, OPT_SEND_START},
        {"send-by", required_argument, NULL, OPT_SEND_BY},
        {"update", required_argument, NULL, OPT_UPDATE},
        {"approve", required_argument, NULL, OPT_APPROVE},
        {"expect", required_argument, NULL, OPT_EXPECT},
        {"forbid", required_argument, NULL, OPT_FORBID},
        {"confirmed", required_argument, NULL, OPT_CONFIRMED},
        {"until", required_argument, NULL, OPT_UNTIL},
        {"decide", required_argument, NULL, OPT_DECIDE},
        {"when", required_argument, NULL, OPT_WHEN},
        {"swaps", no_argument, NULL, OPT_SWAPS},
        {"inside", required_argument, NULL, OPT_INSIDE},
        {"tears", required_argument, NULL, OPT_TEARS},
        {"twice", no_argument, NULL, OPT_TWICE},
        {"again", required_argument, NULL, OPT_AGAIN},
        {"boots", required_argument, NULL, OPT_BOOTS},
        {"pc", required_argument, NULL, OPT_PC},
        {"instructions", required_argument, NULL, OPT_INSTRUCTIONS},
        {"operations", required_argument, NULL, OPT_OPERATIONS},
        {"random", required_argument, NULL, OPT_RANDOM},
        {"fault", required_argument, NULL, OPT_FAULT},
        {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
        {"boot-limit", required_argument, NULL, OPT_BOOT_LIMIT},
        {"jobs", required_argument, NULL, OPT_JOBS},
        {"shard", required_argument, NULL, OPT_SHARD},
        {"resume", required_argument, NULL, OPT_RESUMES},
        {"state", required_argument, NULL, OPT_STATE},
        {"only", required_argument, NULL, OPT_ONLY},
        {"json", optional_argument, NULL, OPT_JSON},
        {"svg", required_argument, NULL, OPT_SVG},
        {"vcd", required_argument, NULL, OPT_VCD},
        {"timeline", required_argument, NULL, OPT_TIMELINE},
        {"html", required_argument, NULL, OPT_HTML},
        {"quiet", no_argument, NULL, OPT_QUIET},
        {NULL, 0, NULL, 0},
};

/// Values ///

static bool add_text(struct cut_options *o, const char *name, const char *text,
        uint32_t *set) {
    const size_t bytes = strlen(text);
    struct cut_texts *t = &o->texts;
    if (!bytes || bytes > CUT_TEXT_BYTES) {
        return option_bad(name, text, "a text of 1 to 255 bytes");
    }
    if (t->count == CUT_TEXTS_MAX) {
        cli_fail(CLI_TROUBLE, "more than %d texts", CUT_TEXTS_MAX);
        return false;
    }
    *set |= 1u << t->count;
    t->at[t->count] = text;
    t->bytes[t->count++] = bytes;
    return true;
}

static bool set_inside(struct cut_options *o, const char *text) {
    const char *at = text;
    o->percent_count = 0;
    if (!strcmp(text, "none")) {
        return true;
    }
    for (;;) {
        uint64_t percent;
        if (o->percent_count == CUT_PERCENTS_MAX ||
                !number_parse_part(at, 99, &percent, &at) || !percent ||
                (*at && *at != ',')) {
            return option_bad("inside", text,
                    "percentages from 1 to 99, as 10,50,90, or none");
        }
        o->percent[o->percent_count++] = (uint8_t)percent;
        if (!*at++) {
            return true;
        }
    }
}

static bool set_when(struct cut_options *o, const char *text) {
    const char *at;
    uint64_t addr, value;
    if (!number_parse_part(text, UINT32_MAX, &addr, &at) || *at != '=' ||
            !number_parse(at + 1, UINT32_MAX, &value) || addr % 4) {
        return option_bad("when", text, "a word, as 0x20000000=0x1234");
    }
    o->when = true;
    o->when_addr = (uint32_t)addr;
    o->when_value = (uint32_t)value;
    return true;
}

static bool add_instructions(struct cut_options *o, const char *text) {
    struct cut_range *r = &o->instructions[o->instructions_count];
    const char *at;
    if (o->instructions_count == CUT_RANGES_MAX ||
            !number_parse_part(text, UINT64_MAX, &r->from, &at) || *at != '-' ||
            !number_parse(at + 1, UINT64_MAX, &r->to) || r->from > r->to) {
        return option_bad("instructions", text,
                "their numbers, as 1000000-1000500, at most 8 times");
    }
    o->instructions_count++;
    return true;
}

static bool set_operations(struct cut_options *o, const char *text) {
    struct cut_range *r = &o->only_operations;
    const char *at;
    if (!number_parse_part(text, UINT32_MAX, &r->from, &at) ||
            (*at && *at != '-') ||
            !number_parse(*at ? at + 1 : text, UINT32_MAX, &r->to) ||
            !r->from || r->from > r->to) {
        return option_bad("operations", text, "their numbers, as 12 or 10-20");
    }
    return true;
}

static bool set_shard(struct cut_options *o, const char *text) {
    const char *at;
    if (!number_parse_part(text, UINT32_MAX, &o->shard, &at) || *at != '/' ||
            !number_parse(at + 1, UINT32_MAX, &o->shards) || !o->shard ||
            o->shard > o->shards) {
        return option_bad("shard", text, "I/N, from 1/N to N/N");
    }
    return true;
}

static bool add_fault(struct cut_options *o, const char *text) {
    size_t choice;
    if (!strcmp(text, "all")) {
        memset(o->faults, true, sizeof o->faults);
        return true;
    }
    if (!option_choice("fault", text, cut_fault_names, CUT_FAULTS,
                "power, watchdog, no-effect, refused, neighbour or all",
                &choice)) {
        return false;
    }
    o->faults[choice] = true;
    return true;
}

static bool set_points(const char *name, const char *text, uint64_t *points) {
    if (!strcmp(text, "all") || !strcmp(text, "none")) {
        *points = *text == 'a' ? UINT64_MAX : 0;
        return true;
    }
    return number_parse(text, UINT32_MAX, points) ||
            option_bad(name, text, "all, none or a number of points");
}

static bool add_approved(struct cut_options *o, const char *text,
        bool is_update) {
    if (o->approve_count == CUT_APPROVED_MAX) {
        cli_fail(CLI_TROUBLE, "more than %d times --approve and --update",
                CUT_APPROVED_MAX);
        return false;
    }
    o->approve_is_update[o->approve_count] = is_update;
    o->approve[o->approve_count++] = text;
    return true;
}

static bool set_send_by(struct cut_options *o, const char *text) {
    static const char *const names[] = {"xmodem", "smp"};
    size_t choice;
    if (!option_choice("send-by", text, names, 2, "xmodem or smp", &choice)) {
        return false;
    }
    o->by_smp = choice == 1;
    return true;
}

static bool set_unsigned(const char *name, const char *text, uint64_t max,
        unsigned *to) {
    uint64_t value;
    const bool good = option_number(name, text, 1, max, &value);
    *to = good ? (unsigned)value : *to;
    return good;
}

static bool take(struct cut_options *o, int id, const char *name,
        const char *text) {
    switch (id) {
    case OPT_FLASH:
        o->flash = text;
        return true;
    case OPT_SEND_START:
        return add_text(o, name, text, &o->arms);
    case OPT_APPROVE:
        return add_approved(o, text, false);
    case OPT_UPDATE:
        return add_approved(o, text, true);
    case OPT_SEND_BY:
        return set_send_by(o, text);
    case OPT_EXPECT:
        return add_text(o, name, text, &o->expects);
    case OPT_FORBID:
        return add_text(o, name, text, &o->forbids);
    case OPT_CONFIRMED:
        return add_text(o, name, text, &o->confirms);
    case OPT_UNTIL:
        return add_text(o, name, text, &o->untils);
    case OPT_DECIDE:
        o->decide = text;
        return true;
    case OPT_WHEN:
        return set_when(o, text);
    case OPT_SWAPS:
        return o->swaps = true;
    case OPT_INSIDE:
        return set_inside(o, text);
    case OPT_TEARS:
        return set_unsigned(name, text, 1000, &o->tears);
    case OPT_TWICE:
        return o->twice = true;
    case OPT_AGAIN:
        return set_points(name, text, &o->again);
    case OPT_BOOTS:
        return set_unsigned(name, text, 3, &o->boots);
    case OPT_PC:
        o->pc = text;
        return true;
    case OPT_INSTRUCTIONS:
        return add_instructions(o, text);
    case OPT_OPERATIONS:
        return set_operations(o, text);
    case OPT_RANDOM:
        return option_number(name, text, 1, 10000000, &o->random);
    case OPT_FAULT:
        return add_fault(o, text);
    case OPT_TIME_LIMIT:
        return option_time(name, text, &o->time_limit);
    case OPT_BOOT_LIMIT:
        return option_time(name, text, &o->boot_limit);
    case OPT_JOBS:
        return option_number(name, text, 1, 256, &o->jobs);
    case OPT_SHARD:
        return set_shard(o, text);
    case OPT_RESUMES:
        return set_points(name, text, &o->resumes);
    case OPT_STATE:
        o->state = text;
        return true;
    case OPT_ONLY:
        o->only = text;
        return true;
    case OPT_JSON:
        o->json = output_of(text);
        return true;
    case OPT_SVG:
        o->svg = output_of(text);
        return true;
    case OPT_VCD:
        o->vcd = output_of(text);
        return true;
    case OPT_TIMELINE:
        o->timeline = output_of(text);
        return true;
    case OPT_HTML:
        o->html = output_of(text);
        return true;
    default:
        return o->quiet = true;
    }
}

/// The command line ///

static const struct option *find(const char *text, size_t bytes) {
    for (const struct option *p = long_options; p->name; p++) {
        if (strlen(p->name) == bytes && !memcmp(p->name, text, bytes)) {
            return p;
        }
    }
    return NULL;
}

// An option of ours at argv[*i]; false: it is one of `xipsafe sim`. *result is
// -1 or an exit code.
static bool take_own(struct cut_options *o, int argc, char **argv, int *i,
        int *result) {
    const char *text = argv[*i];
    if (strncmp(text, "--", 2) != 0) {
        return false;
    }
    const size_t bytes = strcspn(text + 2, "=");
    const struct option *own = find(text + 2, bytes);
    if (!own) {
        return false;
    }
    const char *value = text[2 + bytes] ? text + 3 + bytes : NULL;
    if (own->val == OPT_HELP) {
        *result = cli_print(help_text);
        return true;
    }
    if (own->has_arg == no_argument && value) {
        *result = cli_fail(CLI_TROUBLE, "--%s takes no value; see %s",
                own->name, cli_help_hint());
        return true;
    }
    if (own->has_arg == required_argument && !value) {
        value = *i + 1 < argc ? argv[++*i] : NULL;
        if (!value) {
            *result = cli_fail(CLI_TROUBLE, "--%s needs a value; see %s",
                    own->name, cli_help_hint());
            return true;
        }
    }
    if (value && !*value) {
        *result = cli_fail(CLI_TROUBLE,
                "--%s needs a value: it was empty; see %s", own->name,
                cli_help_hint());
        return true;
    }
    *result = take(o, own->val, own->name, value) ? -1 : CLI_TROUBLE;
    return true;
}

static char *joined(const char *a, const char *b) {
    char *text = malloc(strlen(a) + strlen(b) + 1);
    if (text) {
        strcpy(text, a);
        strcat(text, b);
    }
    return text;
}

// Ours are taken out; files in front are --internal and --load.
static int split(struct cut_options *o, int argc, char **argv) {
    o->sim_argv = calloc((size_t)argc * 2 + 4, sizeof *o->sim_argv);
    if (!o->sim_argv) {
        return cli_no_memory();
    }
    int count = 0;
    o->sim_argv[count++] = strdup("sim");
    int i = 1;
    for (; i < argc && argv[i][0] != '-'; i++) {
        o->sim_argv[count++] =
                joined(strchr(argv[i], '@') ? "--load=" : "--internal=",
                        argv[i]);
    }
    for (; i < argc; i++) {
        int result = -1;
        if (take_own(o, argc, argv, &i, &result)) {
            if (result >= 0) {
                return result;
            }
        } else {
            o->sim_argv[count++] = strdup(argv[i]);
        }
    }
    if (o->flash) { // under everything else
        memmove(o->sim_argv + 2, o->sim_argv + 1,
                (size_t)(count - 1) * sizeof *o->sim_argv);
        o->sim_argv[1] = malloc(strlen(o->flash) + sizeof "--load=@0");
        if (o->sim_argv[1]) {
            sprintf(o->sim_argv[1], "--load=%s@0", o->flash);
        }
        count++;
    }
    for (int k = 0; k < count; k++) {
        if (!o->sim_argv[k]) {
            return cli_no_memory();
        }
    }
    return cmd_options_parse(&o->sim, count, o->sim_argv);
}

static int check_sim(const struct cmd_options *s) {
    const char *alien = cmd_options_cut(s) || s->cycles_given ? "--power-cut"
            : s->expect_violation || s->expect_fault ? "--expect-violation"
            : s->zoom || s->zoom_worst               ? "--timeline-zoom"
            : s->trace.wanted                        ? "--trace"
            : s->summary                             ? "--summary"
            : s->send_fault                          ? "--send-fault"
            : s->uart != CMD_UART_OUT                ? "--uart"
                                                     : NULL;
    return alien ? cli_fail(CLI_TROUBLE, "%s is an option of xipsafe sim; %s",
                           alien, cli_help_hint())
                 : -1;
}

static int check(struct cut_options *o) {
    const int result = check_sim(&o->sim);
    if (result >= 0) {
        return result;
    }
    bool any_fault = false;
    for (unsigned i = 0; i < CUT_FAULTS; i++) {
        any_fault |= o->faults[i];
    }
    o->faults[CUT_POWER] |= !any_fault;
    if (!o->time_limit) {
        o->time_limit = o->sim.send || o->untils ? 300 * SIM_S : 10 * SIM_S;
    }
    o->operations = !o->random && !o->pc && !o->instructions_count;
    if ((o->vcd.wanted || o->timeline.wanted || o->html.wanted) && !o->only) {
        return cli_fail(CLI_TROUBLE,
                "--vcd, --timeline and --html need --only POINT, of one that "
                "the campaign calls bad, say");
    }
    if (o->only && (o->json.wanted || o->svg.wanted || o->state)) {
        return cli_fail(CLI_TROUBLE,
                "--json, --svg and --state are of a whole campaign; without "
                "--only POINT");
    }
    const char *const wrong = o->only ? cut_name_wrong(o, o->only) : NULL;
    if (wrong) {
        return cli_fail(CLI_TROUBLE,
                "--only %s: %s; give the options of the campaign that names "
                "the point",
                o->only, wrong);
    }
    if (o->when && o->decide) {
        return cli_fail(CLI_TROUBLE, "--when and --decide exclude each other");
    }
    if (o->arms && !o->sim.send) {
        return cli_fail(CLI_TROUBLE, "--send-start needs --send FILE");
    }
    if ((o->by_smp || o->again) && !o->sim.send) {
        return cli_fail(CLI_TROUBLE, "%s needs --send FILE",
                o->by_smp ? "--send-by" : "--again");
    }
    const struct output *const outputs[] = {
            &o->json, &o->svg, &o->vcd, &o->timeline, &o->html};
    return output_all_differ(outputs, sizeof outputs / sizeof outputs[0])
            ? -1
            : CLI_TROUBLE;
}

int cut_options_parse(struct cut_options *o, int argc, char **argv) {
    memset(o, 0, sizeof *o);
    o->argc = argc;
    o->argv = argv;
    o->percent[0] = 10;
    o->percent[1] = 50;
    o->percent[2] = 90;
    o->percent_count = 3;
    o->tears = 2;
    o->boots = 1;
    o->boot_limit = 10 * SIM_S;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    o->jobs = processors > 0 ? (uint64_t)processors : 1;
    o->shard = o->shards = 1;
    o->resumes = 10;
    const int result = split(o, argc, argv);
    return result >= 0 ? result : check(o);
}

void cut_options_free(struct cut_options *o) {
    cmd_options_free(&o->sim);
    for (char **at = o->sim_argv; at && *at; at++) {
        free(*at);
    }
    free(o->sim_argv);
}
