/*
 * cmd_options - the command line of `xipsafe sim`
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/command/cmd_board.h"
#include "base/number.h"

static const char help_text[] =
        "Usage: xipsafe sim --internal BOOT.elf [options]\n"
        "Runs firmware binaries on a simulated microcontroller and flash chip, "
        "and\n"
        "stops where they touch the flash while it cannot be read.\n"
        "\n"
        "Machine:\n"
        "  --board NAME           the board (default stm32l476g-disco)\n"
        "  --board-file FILE      a board of your own: see "
        "docs/SIMULATE_YOURS.md\n"
        "  --part NAME            the flash chip (default: the board's)\n"
        "  --list                 known boards and parts\n"
        "  --flash FILE           contents of the chip, kept between runs; "
        "made if\n"
        "                         missing. Default: in memory, erased\n"
        "  --internal FILE        ELF or raw file for the internal flash; "
        "repeatable\n"
        "  --load FILE@OFFSET     raw bytes into the chip before power-on; "
        "repeatable\n"
        "  --load ELF             the segments of an ELF that lie in the "
        "window\n"
        "  --symbols ELF          more symbols for reports; repeatable\n"
        "  --set ADDR[:MASK]=VAL  these bits of a register read so; "
        "repeatable\n"
        "  --set-file FILE        such lines from a file, # begins a comment\n"
        "  --max-times            the chip takes its maximum times, not "
        "typical ones\n"
        "  --strict               stop at a register that is not modelled\n"
        "  --on-violation WHAT    stop (default), fault (bus error), stall\n"
        "  --seed N, --slice N    random seed; longest run of the CPU core\n"
        "\n"
        "UART:\n"
        "  --uart WHERE           out (default: the MCU's output to stdout), "
        "stdio\n"
        "                         (stdin too), none, pty, file:PATH\n"
        "  --uart-prefix TEXT     before each line of the MCU's output\n"
        "  --baud N               of the other end of the line (default "
        "115200)\n"
        "  --send FILE            send it by XMODEM-1K once the device asks "
        "('C')\n"
        "  --send-start TEXT      not before the MCU printed this\n"
        "  --send-fault N         flip one bit of the N-th byte on the line, "
        "once\n"
        "  --send-fault N/EVERY   and of every EVERY-th one after it\n"
        "\n"
        "End and power:\n"
        "  --expect TEXT          end with exit 0 once the MCU printed this;\n"
        "                         repeatable: all of them, in this order\n"
        "  --time-limit TIME      of simulated time, as 10s or 500ms. Default: "
        "5 s\n"
        "                         after --send is done, 300s without one, none "
        "with\n"
        "                         --uart pty and stdio\n"
        "  --power-cut TIME       cut the supply this long after power-on\n"
        "  --power-cut-op N       cut it in the N-th erase, program or status "
        "write\n"
        "  --power-cut-percent P  at this part of the operation (default 50)\n"
        "  --power-cycles N       cut and power up again N times (default 1; "
        "0: stop\n"
        "                         at the cut)\n"
        "\n"
        "Reports:\n"
        "  --summary              a table of the update at the end\n"
        "  --json FILE            all figures\n"
        "  --timeline FILE.svg    picture of outages, chip and interrupts\n"
        "  --timeline-zoom A-B    from time A to B instead of the first erase\n"
        "  --trace FILE           one line per event\n"
        "  --vcd FILE             waveforms of the same, for GTKWave\n"
        "  --quiet                only errors and violations\n"
        "\n"
        "Exit: 0 good, 1 the firmware did wrong or an expected text is "
        "missing,\n"
        "2 unusable input.\n"
        "\n"
        "Example:\n"
        "  xipsafe sim --internal boot.elf --load v1.img@0 --send v2.img \\\n"
        "      --expect 'v2 running' --summary --timeline update.svg\n";

int cmd_error(const char *format, ...) {
    fflush(stdout);
    va_list args;
    va_start(args, format);
    fputs("xipsafe sim: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return CMD_UNUSABLE;
}

enum {
    OPT_HELP = 1000,
    OPT_LIST,
    OPT_BOARD,
    OPT_BOARD_FILE,
    OPT_PART,
    OPT_FLASH,
    OPT_INTERNAL,
    OPT_LOAD,
    OPT_SYMBOLS,
    OPT_UART,
    OPT_UART_PREFIX,
    OPT_BAUD,
    OPT_SEND,
    OPT_SEND_FAULT,
    OPT_SEND_START,
    OPT_EXPECT,
    OPT_TIME_LIMIT,
    OPT_POWER_CUT,
    OPT_POWER_CUT_OP,
    OPT_POWER_CUT_PERCENT,
    OPT_POWER_CYCLES,
    OPT_SEED,
    OPT_SLICE,
    OPT_MAX_TIMES,
    OPT_ON_VIOLATION,
    OPT_STRICT,
    OPT_SET,
    OPT_SET_FILE,
    OPT_JSON,
    OPT_TIMELINE,
    OPT_ZOOM,
    OPT_SUMMARY,
    OPT_TRACE,
    OPT_VCD,
    OPT_QUIET,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"list", no_argument, NULL, OPT_LIST},
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD_FILE},
        {"part", required_argument, NULL, OPT_PART},
        {"flash", required_argument, NULL, OPT_FLASH},
        {"internal", required_argument, NULL, OPT_INTERNAL},
        {"load", required_argument, NULL, OPT_LOAD},
        {"symbols", required_argument, NULL, OPT_SYMBOLS},
        {"uart", required_argument, NULL, OPT_UART},
        {"uart-prefix", required_argument, NULL, OPT_UART_PREFIX},
        {"baud", required_argument, NULL, OPT_BAUD},
        {"send", required_argument, NULL, OPT_SEND},
        {"send-fault", required_argument, NULL, OPT_SEND_FAULT},
        {"send-start", required_argument, NULL, OPT_SEND_START},
        {"expect", required_argument, NULL, OPT_EXPECT},
        {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
        {"power-cut", required_argument, NULL, OPT_POWER_CUT},
        {"power-cut-op", required_argument, NULL, OPT_POWER_CUT_OP},
        {"power-cut-percent", required_argument, NULL, OPT_POWER_CUT_PERCENT},
        {"power-cycles", required_argument, NULL, OPT_POWER_CYCLES},
        {"seed", required_argument, NULL, OPT_SEED},
        {"slice", required_argument, NULL, OPT_SLICE},
        {"max-times", no_argument, NULL, OPT_MAX_TIMES},
        {"on-violation", required_argument, NULL, OPT_ON_VIOLATION},
        {"strict", no_argument, NULL, OPT_STRICT},
        {"set", required_argument, NULL, OPT_SET},
        {"set-file", required_argument, NULL, OPT_SET_FILE},
        {"json", required_argument, NULL, OPT_JSON},
        {"timeline", required_argument, NULL, OPT_TIMELINE},
        {"timeline-zoom", required_argument, NULL, OPT_ZOOM},
        {"summary", no_argument, NULL, OPT_SUMMARY},
        {"trace", required_argument, NULL, OPT_TRACE},
        {"vcd", required_argument, NULL, OPT_VCD},
        {"quiet", no_argument, NULL, OPT_QUIET},
        {NULL, 0, NULL, 0},
};

static int list_all(void) {
    printf("boards:\n");
    const struct sim_board_info *board;
    for (size_t i = 0; (board = sim_board_at(i)) != NULL; i++) {
        printf("  %-20s %s, %s: %s\n", board->name, board->mcu, board->part,
                board->text);
    }
    printf("parts:\n");
    const struct nor_part *part;
    for (size_t i = 0; (part = nor_part_at(i)) != NULL; i++) {
        char size[NUMBER_TEXT_BYTES];
        printf("  %-20s id %02x %02x %02x, %s bytes\n", part->name, part->id[0],
                part->id[1], part->id[2],
                number_format_count(size, part->size_bytes));
    }
    return CMD_GOOD;
}

// "known boards: a, b" for a message.
static void names_of(char *text, size_t size, bool boards) {
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0;; i++) {
        const struct sim_board_info *board = boards ? sim_board_at(i) : NULL;
        const struct nor_part *part = boards ? NULL : nor_part_at(i);
        if (!board && !part) {
            return;
        }
        const int length = snprintf(text + at, size - at, "%s%s", i ? ", " : "",
                board ? board->name : part->name);
        if (length < 0 || (size_t)length >= size - at) {
            return;
        }
        at += (size_t)length;
    }
}

static int bad_value(const char *option, const char *value,
        const char *wanted) {
    return cmd_error("--%s '%s' is not usable: give %s", option, value, wanted);
}

static int add_string(struct cmd_strings *list, const char *option,
        const char *text) {
    if (list->count == CMD_LIST_MAX) {
        return cmd_error("more than %d times --%s: combine the files",
                CMD_LIST_MAX, option);
    }
    list->at[list->count++] = text;
    return -1;
}

static int set_board(struct cmd_options *o, const char *name) {
    o->board = sim_board_find(name);
    if (o->board) {
        return -1;
    }
    char names[400];
    names_of(names, sizeof(names), true);
    return cmd_error("unknown board '%s'; known boards: %s", name, names);
}

static int set_part(struct cmd_options *o, const char *name) {
    o->part = nor_part_find(name);
    if (o->part) {
        return -1;
    }
    char names[400];
    names_of(names, sizeof(names), false);
    return cmd_error("unknown part '%s'; known parts: %s", name, names);
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
    for (size_t i = 0; i < sizeof(uarts) / sizeof(uarts[0]); i++) {
        if (strcmp(text, uarts[i].name) == 0) {
            o->uart = uarts[i].uart;
            return -1;
        }
    }
    if (strncmp(text, "file:", 5) == 0 && text[5]) {
        o->uart = CMD_UART_FILE;
        o->uart_file = text + 5;
        return -1;
    }
    return bad_value("uart", text, "out, stdio, none, pty or file:PATH");
}

static int set_send_fault(struct cmd_options *o, const char *text) {
    char copy[64];
    snprintf(copy, sizeof(copy), "%s", text);
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
    snprintf(copy, sizeof(copy), "%s", text);
    char *to = strchr(copy, '-');
    if (to) {
        *to++ = '\0';
    }
    o->zoom = true;
    if (!to || !number_parse_time(copy, &o->zoom_from) ||
            !number_parse_time(to, &o->zoom_to) || o->zoom_from >= o->zoom_to) {
        return bad_value("timeline-zoom", text, "two times, as 1.2s-1.5s");
    }
    return -1;
}

static int set_on_violation(struct cmd_options *o, const char *text) {
    if (strcmp(text, "stop") == 0) {
        o->machine.on_violation = SIM_STOP;
    } else if (strcmp(text, "fault") == 0) {
        o->machine.on_violation = SIM_FAULT;
    } else if (strcmp(text, "stall") == 0) {
        o->machine.on_violation = SIM_STALL;
    } else {
        return bad_value("on-violation", text, "stop, fault or stall");
    }
    return -1;
}

static int set_time(const char *option, const char *text, sim_time *time) {
    if (!number_parse_time(text, time) || *time == 0) {
        return bad_value(option, text,
                "a time above 0 with its unit, as 10s, 500ms, 20us");
    }
    return -1;
}

static int set_number(const char *option, const char *text, uint64_t min,
        uint64_t max, uint64_t *value) {
    if (!number_parse(text, max, value) || *value < min) {
        return cmd_error(
                "--%s '%s' is not usable: give a number from %llu to %llu",
                option, text, (unsigned long long)min, (unsigned long long)max);
    }
    return -1;
}

static int set_text(const char *option, const char *text, const char **to) {
    if (!*text) {
        return cmd_error("--%s needs a text or file name: it was empty",
                option);
    }
    *to = text;
    return -1;
}

// A text to wait for: the console keeps that much of the output.
static int set_awaited(const char *option, const char *text, const char **to) {
    if (strlen(text) > CMD_AWAITED_MAX) {
        return cmd_error(
                "--%s: the text is longer than %d bytes: give a part of it",
                option, CMD_AWAITED_MAX);
    }
    return set_text(option, text, to);
}

// Options that are text; -2: not one of them.
static int take_text(struct cmd_options *o, int id, const char *name,
        const char *text) {
    switch (id) {
    case OPT_BOARD:
        return set_board(o, text);
    case OPT_BOARD_FILE:
        return set_text(name, text, &o->board_file);
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
    case OPT_ON_VIOLATION:
        return set_on_violation(o, text);
    case OPT_SET:
        return cmd_set_add(o, text, "--set");
    case OPT_SET_FILE:
        return cmd_set_file(o, text);
    case OPT_JSON:
        return set_text(name, text, &o->json);
    case OPT_TIMELINE:
        return set_text(name, text, &o->timeline);
    case OPT_ZOOM:
        return set_zoom(o, text);
    case OPT_TRACE:
        return set_text(name, text, &o->trace);
    case OPT_VCD:
        return set_text(name, text, &o->vcd);
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
    case OPT_POWER_CUT_PERCENT:
        result = set_number(name, text, 1, 99, &number);
        o->power_cut_percent = (unsigned)number;
        return result;
    case OPT_POWER_CYCLES:
        return set_number(name, text, 0, 1000000, &o->power_cycles);
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
    case OPT_STRICT:
        o->machine.strict = true;
        return -1;
    case OPT_SUMMARY:
        o->summary = true;
        return -1;
    case OPT_QUIET:
        o->quiet = true;
        return -1;
    case OPT_LIST:
        return list_all();
    case OPT_HELP:
        fputs(help_text, stdout);
        return CMD_GOOD;
    default:
        return CMD_UNUSABLE;
    }
}

static int check_together(struct cmd_options *o) {
    if (o->board && o->board_file) {
        return cmd_error(
                "--board and --board-file exclude each other: give one of them");
    }
    if (o->board_file) {
        const int result = cmd_board_file(o, o->board_file);
        if (result >= 0) {
            return result;
        }
    }
    if (!o->board) {
        const int result = set_board(o, "stm32l476g-disco");
        if (result >= 0) {
            return result;
        }
    }
    if (!o->part) {
        const int result = set_part(o, o->board->part);
        if (result >= 0) {
            return result;
        }
    }
    if (!o->internal.count) {
        return cmd_error("no firmware for the internal flash: give --internal "
                         "BOOT.elf (--help shows an example)");
    }
    if ((o->send_fault || o->send_start) && !o->send) {
        return cmd_error("--send-fault and --send-start need --send FILE");
    }
    if (o->power_cut && o->power_cut_op) {
        return cmd_error("--power-cut and --power-cut-op exclude each other: "
                         "give one of them");
    }
    if (o->zoom && !o->timeline) {
        return cmd_error("--timeline-zoom needs --timeline FILE.svg");
    }
    if (!o->time_limit && o->uart != CMD_UART_PTY &&
            o->uart != CMD_UART_STDIO) {
        o->machine.time_limit = 300 * SIM_S;
    } else {
        o->machine.time_limit = o->time_limit ? o->time_limit : SIM_NEVER;
    }
    return -1;
}

int cmd_options_parse(struct cmd_options *o, int argc, char **argv) {
    memset(o, 0, sizeof(*o));
    o->baud = 115200;
    o->power_cut_percent = 50;
    o->power_cycles = 1;
    o->machine.seed = 1;
    optind = 0; // another command may have used getopt before
    opterr = 0;
    int index = 0;
    int id;
    while ((id = getopt_long(argc, argv, ":", long_options, &index)) != -1) {
        if (id == ':') {
            return cmd_error("%s needs a value: see xipsafe sim --help",
                    argv[optind - 1]);
        }
        if (id < OPT_HELP) {
            return cmd_error("unknown option '%s': see xipsafe sim --help",
                    argv[optind - 1]);
        }
        const char *name = long_options[index].name;
        int result = take_text(o, id, name, optarg);
        if (result == -2) {
            result = take_value(o, id, name, optarg);
        }
        if (result >= 0) {
            return result;
        }
    }
    if (optind < argc) {
        return cmd_error("'%s' is not an option: files are given as --internal "
                         "FILE or --load FILE@OFFSET",
                argv[optind]);
    }
    return check_together(o);
}

void cmd_options_free(struct cmd_options *o) {
    free(o->sets);
    free(o->custom);
}
