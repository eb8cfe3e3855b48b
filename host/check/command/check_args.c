/*
 * check_args - the command line of `xipsafe check`
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/command/check_args.h"

#include "check/assumptions.h"
#include "base/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "check/command/check_notes.h"
#include "base/cli.h"
#include "base/exception_name.h"
#include "base/number.h"
#include "base/options.h"
#include "base/terminal.h"

static const char help_text[] = {
#include "check/command/check.txt.inc"
};

enum {
    OPT_FILE = 1, // getopt's number for what is no option
    OPT_HELP = 1000,
    OPT_WITH,
    OPT_MAP,
    OPT_BOARD,
    OPT_XIP,
    OPT_RESIDENT,
    OPT_ROOT,
    OPT_BEGIN,
    OPT_END,
    OPT_VECTORS,
    OPT_INTERRUPTS,
    OPT_NOTES,
    OPT_STRICT_DATA,
    OPT_ASSUME,
    OPT_JSON,
    OPT_SARIF,
    OPT_LIMIT,
    OPT_ADVISE,
    OPT_VERBOSE,
    OPT_COLOUR,
    OPT_RULES,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"with", required_argument, NULL, OPT_WITH},
        {"map", required_argument, NULL, OPT_MAP},
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD},
        {"xip", required_argument, NULL, OPT_XIP},
        {"resident", required_argument, NULL, OPT_RESIDENT},
        {"root", required_argument, NULL, OPT_ROOT},
        {"begin", required_argument, NULL, OPT_BEGIN},
        {"end", required_argument, NULL, OPT_END},
        {"vectors", required_argument, NULL, OPT_VECTORS},
        {"interrupts", required_argument, NULL, OPT_INTERRUPTS},
        {"notes", required_argument, NULL, OPT_NOTES},
        {"strict-data", no_argument, NULL, OPT_STRICT_DATA},
        {"assume", required_argument, NULL, OPT_ASSUME},
        {"json", optional_argument, NULL, OPT_JSON},
        {"sarif", optional_argument, NULL, OPT_SARIF},
        {"limit", required_argument, NULL, OPT_LIMIT},
        {"advise", no_argument, NULL, OPT_ADVISE},
        {"verbose", no_argument, NULL, OPT_VERBOSE},
        {"colour", required_argument, NULL, OPT_COLOUR},
        {"color", required_argument, NULL, OPT_COLOUR},
        {"rules", no_argument, NULL, OPT_RULES},
        {NULL, 0, NULL, 0},
};

// Returns what a wrong value of an option leads to.
static int bad(const char *option, const char *text, const char *wanted) {
    option_bad(option, text, wanted);
    return CLI_TROUBLE;
}

/// Values ///

bool check_args_region(const char *text, struct check_region *region) {
    return number_parse_region(text, &region->addr, &region->size_bytes);
}

// "37" or "irq37": the first interrupt, exception 16, is 0.
static bool irq(const char *text, uint64_t *number, const char **end) {
    return number_parse_part(text + (strncasecmp(text, "irq", 3) ? 0 : 3),
            EXCEPTION_IRQ_MAX, number, end);
}

// One number, range or name; *end behind it.
static bool interrupt(const char *text, struct check_options *options,
        const char **end) {
    const size_t length = strcspn(text, ",");
    *end = text + length;
    const unsigned system = exception_number(text, length);
    if (system) {
        options->interrupts_on[system] = true;
        return true;
    }
    uint64_t first, last;
    const char *at;
    if (!irq(text, &first, &at)) {
        return false;
    }
    last = first;
    if (*at == '-' && !irq(at + 1, &last, &at)) {
        return false;
    }
    if (at != *end || last < first) {
        return false;
    }
    for (uint64_t i = first; i <= last; i++) {
        options->interrupts_on[i + EXCEPTION_IRQ0] = true;
    }
    return true;
}

bool check_args_interrupts(const char *text, struct check_options *options,
        const char **bad_at) {
    options->interrupts_all = !strcmp(text, "all");
    if (options->interrupts_all || !strcmp(text, "none")) {
        return true;
    }
    for (const char *at = text;; at++) {
        *bad_at = at;
        if (!interrupt(at, options, &at)) {
            return false;
        }
        if (!*at) {
            return true;
        }
    }
}

/// Options ///

static int add_image(struct check_args *args, const char *path, bool first) {
    if (first && args->images[0] && options_stray(path)) {
        return CLI_TROUBLE;
    }
    if (first && args->images[0]) {
        return cli_fail(CLI_TROUBLE,
                "'%s': one ELF is judged; name what it calls by --with", path);
    }
    if (args->image_count == CHECK_IMAGES_MAX) {
        return bad("with", path, "at most 8 ELFs");
    }
    if (first) {
        args->images[0] = path;
        args->image_count += !args->image_count;
        args->last_image = 0;
        return -1;
    }
    // --with may come before the program itself, which keeps its place.
    args->image_count += !args->image_count;
    args->last_image = args->image_count++;
    args->images[args->last_image] = path;
    return -1;
}

static int add_map(struct check_args *args, const char *path) {
    const size_t i = args->last_image;
    if (args->maps[i]) {
        return bad("--map", path,
                "this ELF has a map already; each --map "
                "belongs to the ELF before it");
    }
    args->maps[i] = path;
    return -1;
}

static int add_region(struct check_region *regions, size_t *count,
        const char *option, const char *text) {
    if (*count == CHECK_REGIONS_MAX) {
        return bad(option, text, "at most 8 of them");
    }
    if (!check_args_region(text, &regions[*count])) {
        return bad(option, text, "ADDR:SIZE as 0x90000000:16M, inside 32 bits");
    }
    (*count)++;
    return -1;
}

static void add_memory(struct check_options *o, const struct board_region *r) {
    o->memory[o->memory_count++] = (struct check_region){r->addr, r->bytes};
}

static int add_board(struct check_args *args, const char *name) {
    struct check_options *o = &args->options;
    if (!board_choose(&args->board, name, optarg)) {
        return CLI_TROUBLE;
    }
    if (o->xip_count == CHECK_REGIONS_MAX) {
        return bad(name, optarg, "at most 8 XIP regions");
    }
    const struct board *b = args->board.board;
    o->xip[o->xip_count++] =
            (struct check_region){b->window.addr, b->window.bytes};
    for (unsigned i = 0; i < b->alias_count; i++) {
        const struct board_alias *alias = &b->alias[i];
        o->alias[o->alias_count++] = (struct check_alias){
                alias->region.addr, alias->region.bytes, alias->of};
    }
    // Without its RAM the description is not complete.
    for (unsigned i = 0; i < b->ram_count; i++) {
        add_memory(o, &b->ram[i]);
        o->ram_count++;
    }
    for (unsigned i = 0; i < b->devices_count; i++) {
        o->devices[o->device_count++] =
                (struct check_region){b->devices[i].addr, b->devices[i].bytes};
        if (b->ram_count) {
            add_memory(o, &b->devices[i]);
        }
    }
    if (b->ram_count) {
        add_memory(o, &b->internal);
    }
    return -1;
}

static int add_pattern(const char ***list, const char *const **seen,
        size_t *count, const char *pattern) {
    const char **grown = array_one_more(*list, *count, sizeof *grown);
    if (!grown) {
        return cli_no_memory();
    }
    grown[(*count)++] = pattern;
    *seen = *list = grown;
    return -1;
}

static int set_interrupts(struct check_options *options, const char *text) {
    const char *at;
    if (check_args_interrupts(text, options, &at)) {
        return -1;
    }
    if (!*at || *at == ',') {
        return cli_fail(CLI_TROUBLE,
                "--interrupts '%s' is not usable: an element is empty, before "
                "or behind a comma",
                text);
    }
    return cli_fail(CLI_TROUBLE,
            "--interrupts '%s' is not usable from '%s' on; give all, none, or a "
            "list as SysTick,irq37,40-42; numbers count from IRQ 0, exception "
            "16, up to 495",
            text, at);
}

static int add_notes(struct check_args *args, const char *path) {
    struct check_options *options = &args->options;
    char error[400];
    const size_t before = options->note_count;
    if (!check_notes_read(path, options, error, sizeof error)) {
        return cli_fail(CLI_TROUBLE, "%s", error);
    }
    if (options->note_count == before) {
        args->empty_notes = path;
    }
    return -1;
}

static int set_colour(struct check_args *args, const char *when) {
    static const char *const names[] = {"auto", "always", "never"};
    size_t choice;
    if (!option_choice("colour", when, names, 3, "auto, always or never",
                &choice)) {
        return CLI_TROUBLE;
    }
    args->colour = choice ? choice == 1 : args->colour;
    return -1;
}

static int help(void) {
    fputs(help_text, stdout);
    const struct board *board;
    for (size_t i = 0; (board = board_at(i)); i++) {
        printf("  %-21s XIP 0x%08x:%uM (%s)\n", board->name,
                (unsigned)board->window.addr,
                (unsigned)(board->window.bytes >> 20), board->mcu);
    }
    return CLI_GOOD;
}

static int list_rules(void) {
    static const char *const classes[] = {"violation", "unknown", "warning"};
    for (int i = 0; i < CHECK_RULE_COUNT; i++) {
        char label[40];
        check_rule_label((enum check_rule_id)i, label, sizeof label);
        printf("%-19s %-10s %s\n", label, classes[check_rules[i].class],
                check_rules[i].what);
    }
    return CLI_GOOD;
}

static int set_assumption(struct check_options *o, const char *text) {
    if (!strcmp(text, assumptions[ASSUME_RUNTIME_DATA].name)) {
        o->assume_runtime_data = true;
    } else if (!strcmp(text, assumptions[ASSUME_SETTLED].name)) {
        o->assume_settled = true;
    } else if (!strcmp(text, "no-settled")) {
        o->assume_settled = false; // the default
    } else {
        return bad("assume", text, "runtime-data, settled or no-settled");
    }
    return -1;
}

static int set_limit(struct check_options *o, const char *text) {
    uint64_t limit;
    if (!number_parse(text, UINT32_MAX, &limit)) {
        return bad("limit", text, "a number of findings; 0: all");
    }
    o->limit = (size_t)limit;
    return -1;
}

static int take(struct check_args *args, int option, const char *name) {
    struct check_options *o = &args->options;
    switch (option) {
    case OPT_HELP:
        return help();
    case OPT_RULES:
        return list_rules();
    case OPT_FILE:
        return add_image(args, optarg, true);
    case OPT_WITH:
        return add_image(args, optarg, false);
    case OPT_MAP:
        return add_map(args, optarg);
    case OPT_BOARD:
        return add_board(args, name);
    case OPT_XIP:
        return add_region(o->xip, &o->xip_count, "xip", optarg);
    case OPT_RESIDENT:
        return add_region(o->resident, &o->resident_count, "resident", optarg);
    case OPT_ROOT:
        return add_pattern(&args->roots, &o->roots, &o->root_count, optarg);
    case OPT_BEGIN:
        return add_pattern(&args->begins, &o->begins, &o->begin_count, optarg);
    case OPT_END:
        return add_pattern(&args->ends, &o->ends, &o->end_count, optarg);
    case OPT_VECTORS:
        o->vectors = optarg;
        return -1;
    case OPT_INTERRUPTS:
        return set_interrupts(o, optarg);
    case OPT_NOTES:
        return add_notes(args, optarg);
    case OPT_COLOUR:
        return set_colour(args, optarg);
    case OPT_STRICT_DATA:
        o->assume_runtime_data = false; // the default
        return -1;
    case OPT_ASSUME:
        return set_assumption(o, optarg);
    case OPT_LIMIT:
        return set_limit(o, optarg);
    case OPT_ADVISE:
        args->advise = true;
        return -1;
    case OPT_VERBOSE:
        args->verbose = true;
        return -1;
    case OPT_JSON:
        args->json = output_of(optarg);
        return -1;
    default:
        args->sarif = output_of(optarg);
        return -1;
    }
}

/// What fits together ///

static bool overlap(const struct check_region *a,
        const struct check_region *b) {
    const uint64_t a_end = (uint64_t)a->addr + a->size_bytes;
    const uint64_t b_end = (uint64_t)b->addr + b->size_bytes;
    return a->addr < b_end && b->addr < a_end;
}

static int check_regions(const struct check_options *o) {
    if (!o->xip_count) {
        return cli_fail(CLI_TROUBLE,
                "no flash window given; name a board (--board NAME, "
                "--help lists them) or the address range that cannot be read "
                "(--xip 0x90000000:16M)");
    }
    for (size_t i = 0; i < o->xip_count; i++) {
        for (size_t k = 0; k < o->resident_count; k++) {
            if (overlap(&o->xip[i], &o->resident[k])) {
                return cli_fail(CLI_TROUBLE,
                        "--resident 0x%08x lies in the XIP region "
                        "0x%08x; a region is one or the other",
                        (unsigned)o->resident[k].addr,
                        (unsigned)o->xip[i].addr);
            }
        }
    }
    return -1;
}

static int check_outputs(const struct check_args *args) {
    const bool json = output_is_stdout(&args->json);
    const bool sarif = output_is_stdout(&args->sarif);
    const struct output *const outputs[] = {&args->json, &args->sarif};
    if (!output_all_differ(outputs, 2)) {
        return CLI_TROUBLE;
    }
    if (args->advise && (json || sarif)) {
        return cli_fail(CLI_TROUBLE,
                "--advise is text; send the other report to a file, as "
                "--json=check.json");
    }
    return -1;
}

static int check_all(struct check_args *args) {
    if (!args->images[0]) {
        return cli_fail(CLI_TROUBLE,
                "no ELF given; `xipsafe check APP.elf --board "
                "NAME`, or --help");
    }
    args->options.image_paths = args->images;
    args->options.image_count = args->image_count;
    if (!args->options.begin_count != !args->options.end_count) {
        return cli_fail(CLI_TROUBLE,
                "--begin and --end belong together: name the functions that "
                "switch the flash off and on again");
    }
    const int status = check_regions(&args->options);
    return status >= 0 ? status : check_outputs(args);
}

int check_args_read(struct check_args *args, int argc, char **argv) {
    memset(args, 0, sizeof *args);
    args->options.interrupts_all = true;
    args->colour = terminal_has_colour(stdout);
    options_begin();
    options_once("json sarif");
    int option;
    const char *name;
    // "-": what is no option comes in its place, so that --map knows its ELF.
    while ((option = options_next(argc, argv, "-:h", long_options, &name)) !=
            -1) {
        if (option == '?') {
            return CLI_TROUBLE;
        }
        const int status = take(args, option == 'h' ? OPT_HELP : option, name);
        if (status >= 0) {
            return status;
        }
    }
    return check_all(args);
}

void check_args_free(struct check_args *args) {
    check_notes_free(&args->options);
    board_choice_free(&args->board);
    free(args->roots);
    free(args->begins);
    free(args->ends);
    args->roots = args->begins = args->ends = NULL;
}
