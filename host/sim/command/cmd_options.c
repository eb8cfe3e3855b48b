/*
 * cmd_options - the command line of `xipsafe sim`
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/command/cmd_fault.h"
#include "sim/command/cmd_set.h"
#include "base/cli.h"
#include "base/number.h"
#include "base/options.h"
#include "sim/profile.h"

static const char help_text[] = {
#include "sim/command/sim.txt.inc"
};

enum {
    OPT_HELP = 1000,
    OPT_LIST,
    OPT_RULES,
    OPT_BOARD,
    OPT_CORE,
    OPT_PART,
    OPT_FLASH,
    OPT_INTERNAL,
    OPT_LOAD,
    OPT_SYMBOLS,
    OPT_START,
    OPT_UART,
    OPT_UART_PREFIX,
    OPT_BAUD,
    OPT_SEND,
    OPT_SEND_FAULT,
    OPT_SEND_START,
    OPT_EXPECT,
    OPT_EXPECT_VIOLATION,
    OPT_EXPECT_FAULT,
    OPT_TIME_LIMIT,
    OPT_POWER_CUT,
    OPT_POWER_CUT_OP,
    OPT_POWER_CUT_INTERNAL,
    OPT_POWER_CUT_PERCENT,
    OPT_TEAR,
    OPT_POWER_CYCLES,
    OPT_SEED,
    OPT_SLICE,
    OPT_MAX_TIMES,
    OPT_RESUME_LOSS,
    OPT_FIFO_RESIDUE,
    OPT_ON_VIOLATION,
    OPT_ALLOW,
    OPT_STRICT,
    OPT_SET,
    OPT_SET_FILE,
    OPT_JSON,
    OPT_TIMELINE,
    OPT_ZOOM,
    OPT_HTML,
    OPT_SUMMARY,
    OPT_TRACE,
    OPT_VCD,
    OPT_QUIET,
    OPT_GDB,
    OPT_GDB_AT,
    OPT_REAL_DEBUGGER,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"list", no_argument, NULL, OPT_LIST},
        {"rules", optional_argument, NULL, OPT_RULES},
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD},
        {"core", required_argument, NULL, OPT_CORE},
        {"part", required_argument, NULL, OPT_PART},
        {"flash", required_argument, NULL, OPT_FLASH},
        {"internal", required_argument, NULL, OPT_INTERNAL},
        {"load", required_argument, NULL, OPT_LOAD},
        {"symbols", required_argument, NULL, OPT_SYMBOLS},
        {"start", required_argument, NULL, OPT_START},
        {"uart", required_argument, NULL, OPT_UART},
        {"uart-prefix", required_argument, NULL, OPT_UART_PREFIX},
        {"baud", required_argument, NULL, OPT_BAUD},
        {"send", required_argument, NULL, OPT_SEND},
        {"send-fault", required_argument, NULL, OPT_SEND_FAULT},
        {"send-start", required_argument, NULL, OPT_SEND_START},
        {"expect", required_argument, NULL, OPT_EXPECT},
        {"expect-violation", required_argument, NULL, OPT_EXPECT_VIOLATION},
        {"expect-fault", required_argument, NULL, OPT_EXPECT_FAULT},
        {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
        {"power-cut", required_argument, NULL, OPT_POWER_CUT},
        {"power-cut-op", required_argument, NULL, OPT_POWER_CUT_OP},
        {"power-cut-internal", required_argument, NULL, OPT_POWER_CUT_INTERNAL},
        {"power-cut-percent", required_argument, NULL, OPT_POWER_CUT_PERCENT},
        {"tear", required_argument, NULL, OPT_TEAR},
        {"power-cycles", required_argument, NULL, OPT_POWER_CYCLES},
        {"seed", required_argument, NULL, OPT_SEED},
        {"slice", required_argument, NULL, OPT_SLICE},
        {"max-times", no_argument, NULL, OPT_MAX_TIMES},
        {"resume-loss", required_argument, NULL, OPT_RESUME_LOSS},
        {"fifo-residue", no_argument, NULL, OPT_FIFO_RESIDUE},
        {"on-violation", required_argument, NULL, OPT_ON_VIOLATION},
        {"allow", required_argument, NULL, OPT_ALLOW},
        {"strict", no_argument, NULL, OPT_STRICT},
        {"set", required_argument, NULL, OPT_SET},
        {"set-file", required_argument, NULL, OPT_SET_FILE},
        {"json", optional_argument, NULL, OPT_JSON},
        {"timeline", required_argument, NULL, OPT_TIMELINE},
        {"timeline-zoom", required_argument, NULL, OPT_ZOOM},
        {"html", required_argument, NULL, OPT_HTML},
        {"summary", no_argument, NULL, OPT_SUMMARY},
        {"trace", required_argument, NULL, OPT_TRACE},
        {"vcd", required_argument, NULL, OPT_VCD},
        {"quiet", no_argument, NULL, OPT_QUIET},
        {"gdb", required_argument, NULL, OPT_GDB},
        {"gdb-at", required_argument, NULL, OPT_GDB_AT},
        {"real-debugger", no_argument, NULL, OPT_REAL_DEBUGGER},
        {NULL, 0, NULL, 0},
};

static int list_all(void) {
    printf("boards:\n");
    const struct board *board;
    for (size_t i = 0; (board = board_at(i)); i++) {
        char why[SIM_BOARD_WHY_BYTES];
        printf("  %-21s %s, %s: %s%s\n", board->name, board->mcu,
                *board->part ? board->part : "no part", board->text,
                sim_board_can(board, why) ? "" : " (known, not simulated)");
    }
    printf("parts:\n");
    const struct nor_part *part;
    for (size_t i = 0; (part = nor_part_at(i)) != NULL; i++) {
        char size[NUMBER_TEXT_BYTES];
        printf("  %-20s id %02x %02x %02x, %s bytes\n", part->name, part->id[0],
                part->id[1], part->id[2],
                number_format_count(size, part->size_bytes));
    }
    return CLI_GOOD;
}

// One line a rule; of one rule, why it is one and what to do.
static int list_rules(const char *name) {
    bool found = false;
    for (size_t i = 0; i < SIM_RULES; i++) {
        const struct sim_rule_row *r = &sim_rules[i];
        const bool first = !i || strcmp(r->name, r[-1].name) != 0;
        if (!name && first) {
            printf("%-19s %-11s %s\n", r->name, sim_rule_classes[r->class],
                    r->what);
        }
        if (name && !strcmp(name, r->name)) {
            if (first) {
                printf("%s: %s\n", r->name, r->what);
            }
            printf("  why  %s\n  fix  %s\n", r->why, r->cure);
            found = true;
        }
    }
    if (name && !found) {
        return cli_fail(CLI_TROUBLE,
                "unknown rule '%s'; `xipsafe sim --rules` lists them", name);
    }
    return CLI_GOOD;
}

static int bad_value(const char *option, const char *value,
        const char *wanted) {
    option_bad(option, value, wanted);
    return CLI_TROUBLE;
}

static int add_string(struct cmd_strings *list, const char *option,
        const char *text) {
    if (list->count == CMD_LIST_MAX) {
        return cli_fail(CLI_TROUBLE,
                "more than %d times --%s: combine the files", CMD_LIST_MAX,
                option);
    }
    list->at[list->count++] = text;
    return -1;
}

static int set_part(struct cmd_options *o, const char *name) {
    o->part = part_choose(&o->model, name);
    return o->part ? -1 : CLI_TROUBLE;
}

static int set_core(struct cmd_options *o, const char *name) {
    o->machine.core = sim_profile_find(name);
    if (o->machine.core) {
        return -1;
    }
    char names[200] = "";
    const struct sim_profile *core;
    for (size_t i = 0; (core = sim_profile_at(i)); i++) {
        const size_t at = strlen(names);
        snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "",
                core->name);
    }
    return bad_value("core", name, names);
}

static int set_uart(struct cmd_options *o, const char *text) {
    static const struct {
        const char *name;
        enum cmd_uart uart;
    } uarts[] = {
            {"out", CMD_UART_OUT},
            {"stdio", CMD_UART_STDIO},
            {"none", CMD_UART_NONE},
            {"pty", CMD_UART_PTY},
    };
    for (size_t i = 0; i < sizeof uarts / sizeof uarts[0]; i++) {
        if (strcmp(text, uarts[i].name) == 0) {
            o->uart = uarts[i].uart;
            return -1;
        }
    }
    if (strncmp(text, "file:", 5) == 0 && text[5]) {
        o->uart = CMD_UART_FILE;
        o->uart_file = (struct output){.wanted = true, .path = text + 5};
        return -1;
    }
    return bad_value("uart", text, "out, stdio, none, pty or file:PATH");
}

static int set_send_fault(struct cmd_options *o, const char *text) {
    char copy[64];
    snprintf(copy, sizeof copy, "%s", text);
    char *every = strchr(copy, '/');
    if (every) {
        *every++ = '\0';
    }
    o->send_fault = true;
    if (!number_parse(copy, UINT32_MAX, &o->send_fault_at) ||
            (every &&
                    (!number_parse(every, UINT32_MAX, &o->send_fault_every) ||
                            !o->send_fault_every))) {
        return bad_value("send-fault", text,
                "a byte number, or N/EVERY, as 5000 or 5000/700");
    }
    return -1;
}

static int set_zoom(struct cmd_options *o, const char *text) {
    char copy[64];
    o->zoom_worst = !strcmp(text, "worst");
    o->zoom = !o->zoom_worst;
    if (o->zoom_worst) {
        return -1;
    }
    snprintf(copy, sizeof copy, "%s", text);
    char *to = strchr(copy, '-');
    if (to) {
        *to++ = '\0';
    }
    if (!to || !number_parse_time(copy, &o->zoom_from) ||
            !number_parse_time(to, &o->zoom_to) || o->zoom_from >= o->zoom_to) {
        return bad_value("timeline-zoom", text,
                "two times, as 1.2s-1.5s, or worst");
    }
    return -1;
}

static int set_on_violation(struct cmd_options *o, const char *text) {
    static const char *const names[] = {
            [SIM_STOP] = "stop", [SIM_FAULT] = "fault", [SIM_STALL] = "stall"};
    size_t choice;
    if (!option_choice("on-violation", text, names, 3, "stop, fault or stall",
                &choice)) {
        return CLI_TROUBLE;
    }
    o->machine.on_violation = choice;
    return -1;
}

// A rule of the table, or NULL after a complaint. text may go on after length.
static const struct sim_rule_row *find_rule(const char *text, size_t length) {
    for (size_t i = 0; i < SIM_RULES; i++) {
        if (strncmp(sim_rules[i].name, text, length) == 0 &&
                !sim_rules[i].name[length]) {
            return &sim_rules[i];
        }
    }
    cli_fail(CLI_TROUBLE,
            "unknown rule '%.*s'; `xipsafe sim --rules` lists them",
            (int)length, text);
    return NULL;
}

// After these the machine cannot go on: there is nothing to go on with.
static bool ends_the_run(const char *rule) {
    static const char *const names[] = {"window-fetch", "window-read",
            "window-vector", "window-dma", "lockup"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(rule, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int add_allow(struct cmd_options *o, const char *text) {
    const size_t length = strcspn(text, "=");
    const struct sim_rule_row *rule = find_rule(text, length);
    if (!rule) {
        return CLI_TROUBLE;
    }
    if (ends_the_run(rule->name)) {
        return cli_fail(CLI_TROUBLE,
                "--allow %s: the machine cannot go on after that; see "
                "--on-violation",
                rule->name);
    }
    if (text[length] && !text[length + 1]) {
        return bad_value("allow", text, "RULE, or RULE=TEXT");
    }
    if (o->machine.allow_count == CMD_LIST_MAX) {
        return cli_fail(CLI_TROUBLE, "more than %d times --allow",
                CMD_LIST_MAX);
    }
    o->allow[o->machine.allow_count++] = (struct sim_allow){
            .rule = rule->name,
            .text = text[length] ? text + length + 1 : NULL,
    };
    o->machine.allow = o->allow;
    return -1;
}

static int set_time(const char *option, const char *text, sim_time *time) {
    return option_time(option, text, time) ? -1 : CLI_TROUBLE;
}

static int set_number(const char *option, const char *text, uint64_t min,
        uint64_t max, uint64_t *value) {
    return option_number(option, text, min, max, value) ? -1 : CLI_TROUBLE;
}

static int set_text(const char *option, const char *text, const char **to) {
    if (!*text) {
        return cli_fail(CLI_TROUBLE,
                "--%s needs a text or file name: it was empty", option);
    }
    *to = text;
    return -1;
}

static int set_output(const char *option, const char *text, struct output *to) {
    const char *path;
    const int result = set_text(option, text, &path);
    *to = output_of(text);
    return result;
}

// A text to wait for: the console keeps that much of the output.
static int set_awaited(const char *option, const char *text, const char **to) {
    if (strlen(text) > CONSOLE_AWAITED_MAX) {
        return cli_fail(CLI_TROUBLE,
                "--%s: the text is longer than %d bytes: give a part of it",
                option, CONSOLE_AWAITED_MAX);
    }
    return set_text(option, text, to);
}

// Options that are text; -2: not one of them.
static int take_text(struct cmd_options *o, int id, const char *name,
        const char *text) {
    switch (id) {
    case OPT_BOARD:
        return board_choose(&o->choice, name, text) ? -1 : CLI_TROUBLE;
    case OPT_CORE:
        return set_core(o, text);
    case OPT_PART:
        return set_part(o, text);
    case OPT_FLASH:
        return set_text(name, text, &o->flash);
    case OPT_INTERNAL:
        return add_string(&o->internal, name, text);
    case OPT_LOAD:
        return add_string(&o->load, name, text);
    case OPT_SYMBOLS:
        return add_string(&o->symbols, name, text);
    case OPT_UART:
        return set_uart(o, text);
    case OPT_UART_PREFIX:
        return set_text(name, text, &o->uart_prefix);
    case OPT_SEND:
        return set_text(name, text, &o->send);
    case OPT_SEND_FAULT:
        return set_send_fault(o, text);
    case OPT_SEND_START:
        return set_awaited(name, text, &o->send_start);
    case OPT_EXPECT: {
        const char *check = NULL;
        const int result = set_awaited(name, text, &check);
        return result < 0 ? add_string(&o->expect, name, text) : result;
    }
    case OPT_EXPECT_VIOLATION:
        o->expect_violation = text;
        return find_rule(text, strlen(text)) ? -1 : CLI_TROUBLE;
    case OPT_EXPECT_FAULT:
        o->expect_fault = text;
        return cmd_fault_name_is_known(text)
                ? -1
                : bad_value("expect-fault", text,
                          "hardfault, memmanage, busfault, usagefault, lockup "
                          "or a bit of CFSR or HFSR, as invstate");
    case OPT_ON_VIOLATION:
        return set_on_violation(o, text);
    case OPT_ALLOW:
        return add_allow(o, text);
    case OPT_SET:
        return cmd_set_add(o, text, "--set");
    case OPT_SET_FILE:
        return cmd_set_file(o, text);
    case OPT_JSON:
        o->json = output_of(text);
        return -1;
    case OPT_TIMELINE:
        return set_output(name, text, &o->timeline);
    case OPT_ZOOM:
        return set_zoom(o, text);
    case OPT_HTML:
        return set_output(name, text, &o->html);
    case OPT_TRACE:
        return set_output(name, text, &o->trace);
    case OPT_VCD:
        return set_output(name, text, &o->vcd);
    default:
        return -2;
    }
}

static int take_value(struct cmd_options *o, int id, const char *name,
        const char *text) {
    uint64_t number = 0;
    int result;
    switch (id) {
    case OPT_TIME_LIMIT:
        return set_time(name, text, &o->time_limit);
    case OPT_POWER_CUT:
        return set_time(name, text, &o->power_cut);
    case OPT_POWER_CUT_OP:
        return set_number(name, text, 1, UINT32_MAX, &o->power_cut_op);
    case OPT_POWER_CUT_INTERNAL:
        return set_number(name, text, 1, UINT32_MAX, &o->power_cut_internal);
    case OPT_TEAR:
        o->tear_given = true;
        return set_number(name, text, 0, UINT64_MAX, &o->tear);
    case OPT_POWER_CUT_PERCENT:
        result = set_number(name, text, 1, 99, &number);
        o->power_cut_percent = (unsigned)number;
        return result;
    case OPT_POWER_CYCLES:
        o->cycles_given = true;
        return set_number(name, text, 0, 1000000, &o->power_cycles);
    case OPT_START:
        o->start = true;
        result = set_number(name, text, 0, UINT32_MAX, &number);
        o->start_addr = (uint32_t)number;
        return result;
    case OPT_BAUD:
        result = set_number(name, text, 50, 20000000, &number);
        o->baud = (uint32_t)number;
        return result;
    case OPT_SEED:
        return set_number(name, text, 0, UINT64_MAX, &o->machine.seed);
    case OPT_SLICE:
        return set_number(name, text, 1, UINT32_MAX,
                &o->machine.slice_instructions);
    case OPT_MAX_TIMES:
        o->max_times = true;
        return -1;
    case OPT_RESUME_LOSS:
        result = set_number(name, text, 1, 10000, &number);
        o->resume_loss_percent = (unsigned)number;
        return result;
    case OPT_FIFO_RESIDUE:
        o->fifo_residue = true;
        return -1;
    case OPT_STRICT:
        o->machine.strict = true;
        return -1;
    case OPT_SUMMARY:
        o->summary = true;
        return -1;
    case OPT_QUIET:
        o->quiet = true;
        return -1;
    case OPT_GDB:
        o->gdb = true;
        result = set_number(name, text, 0, UINT16_MAX, &number);
        o->gdb_port = (uint16_t)number;
        return result;
    case OPT_GDB_AT:
        return set_number(name, text, 1, UINT64_MAX, &o->gdb_at);
    case OPT_REAL_DEBUGGER:
        o->gdb_real = true;
        return -1;
    case OPT_LIST:
        return list_all();
    case OPT_RULES:
        return list_rules(text);
    case OPT_HELP:
        return cli_print(help_text);
    default:
        return CLI_TROUBLE;
    }
}

static int check_board(struct cmd_options *o) {
    if (!o->choice.board && !board_choose(&o->choice, "board", BOARD_DEFAULT)) {
        return CLI_TROUBLE;
    }
    const struct board *board = o->board = o->choice.board;
    char why[SIM_BOARD_WHY_BYTES];
    if (!sim_board_can(board, why)) {
        return cli_fail(CLI_TROUBLE, "%s", why);
    }
    if (!o->part && !*board->part) {
        return cli_fail(CLI_TROUBLE,
                "%s: no flash chip: add a line as 'part w25q128jv', or give "
                "--part",
                board->file);
    }
    for (size_t i = 0; i < board->set_count; i++) {
        const int result = cmd_set_copy(o, &board->sets[i]);
        if (result >= 0) {
            return result;
        }
    }
    return o->part ? -1 : set_part(o, board->part);
}

// A register cannot be set where there is memory.
static int check_sets(const struct cmd_options *o) {
    const struct board *b = o->board;
    for (size_t i = 0; i < o->set_count; i++) {
        const uint32_t addr = o->sets[i].addr;
        const char *what = addr - b->internal.addr < b->internal.bytes
                ? "internal flash"
                : addr - b->window.addr < b->window.bytes ? "the window"
                                                          : NULL;
        for (unsigned k = 0; k < b->ram_count; k++) {
            what = addr - b->ram[k].addr < b->ram[k].bytes ? "RAM" : what;
        }
        if (what) {
            return cli_fail(CLI_TROUBLE,
                    "--set 0x%08x lies in %s of %s, and not in a register: "
                    "memory is filled by --internal and --load",
                    (unsigned)addr, what, b->name);
        }
    }
    return -1;
}

static int check_start(const struct cmd_options *o) {
    const uint32_t off = o->start_addr - o->board->window.addr;
    if (!o->start) {
        return -1;
    }
    if (o->internal.count) {
        return cli_fail(CLI_TROUBLE,
                "--start and --internal exclude each other: what is in the "
                "internal flash starts the application, or nothing is there");
    }
    if (off >= o->part->size_bytes || off % 4) {
        return cli_fail(CLI_TROUBLE,
                "--start 0x%08x is no word of the %s in the window (0x%08x to "
                "0x%08x): give the address of the vector table",
                (unsigned)o->start_addr, o->part->name,
                (unsigned)o->board->window.addr,
                (unsigned)(o->board->window.addr + o->part->size_bytes - 1));
    }
    return -1;
}

const char *cmd_options_cut(const struct cmd_options *o) {
    return o->power_cut             ? "--power-cut"
            : o->power_cut_op       ? "--power-cut-op"
            : o->power_cut_internal ? "--power-cut-internal"
                                    : NULL;
}

static int check_cut(const struct cmd_options *o) {
    const int ways =
            !!o->power_cut + !!o->power_cut_op + !!o->power_cut_internal;
    if (ways > 1) {
        return cli_fail(CLI_TROUBLE,
                "--power-cut, --power-cut-op and --power-cut-internal exclude "
                "each other: give one of them");
    }
    if (!ways && (o->cycles_given || o->tear_given)) {
        return cli_fail(CLI_TROUBLE,
                "%s needs --power-cut, --power-cut-op or --power-cut-internal",
                o->cycles_given ? "--power-cycles" : "--tear");
    }
    return -1;
}

static int check_together(struct cmd_options *o) {
    int result = check_board(o);
    result = result >= 0 ? result : check_sets(o);
    result = result >= 0 ? result : check_start(o);
    if (result >= 0) {
        return result;
    }
    if ((o->send_fault || o->send_start) && !o->send) {
        return cli_fail(CLI_TROUBLE,
                "--send-fault and --send-start need --send FILE");
    }
    result = check_cut(o);
    if (result >= 0) {
        return result;
    }
    const struct output *const outputs[] = {&o->json, &o->timeline, &o->html,
            &o->trace, &o->vcd, &o->uart_file};
    if (!output_all_differ(outputs, sizeof outputs / sizeof outputs[0])) {
        return CLI_TROUBLE;
    }
    if (output_is_stdout(&o->json) && o->summary) {
        return cli_fail(CLI_TROUBLE,
                "--summary is text and --json goes to standard output as well; "
                "give --json=FILE");
    }
    if ((o->zoom || o->zoom_worst) && !o->timeline.wanted) {
        return cli_fail(CLI_TROUBLE,
                "--timeline-zoom needs --timeline FILE.svg");
    }
    if ((o->gdb_at || o->gdb_real) && !o->gdb) {
        return cli_fail(CLI_TROUBLE,
                "--gdb-at and --real-debugger need --gdb PORT");
    }
    if (o->gdb && o->machine.on_violation == SIM_STALL) {
        return cli_fail(CLI_TROUBLE,
                "--gdb stops at a violation: leave out --on-violation stall");
    }
    if (!o->time_limit && !o->gdb && o->uart != CMD_UART_PTY &&
            o->uart != CMD_UART_STDIO) {
        o->machine.time_limit = 300 * SIM_S;
    } else {
        o->machine.time_limit = o->time_limit ? o->time_limit : SIM_NEVER;
    }
    return -1;
}

int cmd_options_parse(struct cmd_options *o, int argc, char **argv) {
    memset(o, 0, sizeof *o);
    o->argc = argc;
    o->argv = argv;
    o->baud = 115200;
    o->power_cut_percent = 50;
    o->power_cycles = 1;
    o->machine.seed = 1;
    options_begin();
    options_once("flash send json timeline html trace vcd");
    const char *name;
    int id;
    while ((id = options_next(argc, argv, ":", long_options, &name)) != -1) {
        if (id == '?') {
            return CLI_TROUBLE;
        }
        int result = take_text(o, id, name, optarg);
        if (result == -2) {
            result = take_value(o, id, name, optarg);
        }
        if (result >= 0) {
            return result;
        }
    }
    if (optind < argc && options_stray(argv[optind])) {
        return CLI_TROUBLE;
    }
    if (optind < argc) {
        return cli_fail(CLI_TROUBLE,
                "'%s' is not an option: files are given as --internal "
                "FILE or --load FILE@OFFSET",
                argv[optind]);
    }
    return check_together(o);
}

void cmd_options_free(struct cmd_options *o) {
    free(o->sets);
    board_choice_free(&o->choice);
    part_model_close(&o->model);
}
