/*
 * cmd_slots - the command `xipsafe slots`
 *
 * SPDX-License-Identifier: MIT
 */
#include "slots/cmd_slots.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/number.h"
#include "base/options.h"
#include "base/output.h"
#include "image/key.h"
#include "slots/slots_show.h"

static const char help_text[] = {
#include "slots/slots.txt.inc"
};

#define FILE_MAX (256u * 1024 * 1024)

enum {
    OPT_HELP = 256,
    OPT_BOARD,
    OPT_KEY,
    OPT_RESET,
    OPT_DOWNGRADE,
    OPT_RECORDS,
    OPT_JSON,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD},
        {"key", required_argument, NULL, OPT_KEY},
        {"reset", required_argument, NULL, OPT_RESET},
        {"downgrade", no_argument, NULL, OPT_DOWNGRADE},
        {"records", no_argument, NULL, OPT_RECORDS},
        {"json", optional_argument, NULL, OPT_JSON},
        {NULL, 0, NULL, 0},
};

struct command_line {
    struct board_choice board;
    const char *path, *key;
    bool power_lost, downgrade, records;
    struct output json;
};

/// Options ///

static bool set_reset(struct command_line *c, const char *text) {
    static const char *const names[] = {"power", "other"};
    size_t choice;
    if (!option_choice("reset", text, names, 2, "power or other", &choice)) {
        return false;
    }
    c->power_lost = choice == 0;
    return true;
}

static bool take(struct command_line *c, int option, const char *name,
        const char *text) {
    switch (option) {
    case OPT_BOARD:
        return board_choose(&c->board, name, text);
    case OPT_KEY:
        c->key = text;
        return true;
    case OPT_RESET:
        return set_reset(c, text);
    case OPT_DOWNGRADE:
        return c->downgrade = true;
    case OPT_RECORDS:
        return c->records = true;
    case OPT_JSON:
        c->json = output_of(text);
        return true;
    default:
        return false;
    }
}

// -1, or a status.
static int parse(struct command_line *c, int argc, char **argv) {
    int option;
    const char *name;
    options_begin();
    options_once("json");
    while ((option = options_next(argc, argv, ":", long_options, &name)) !=
            -1) {
        if (option == OPT_HELP) {
            return cli_print(help_text);
        }
        if (option == '?' || !take(c, option, name, optarg)) {
            return CLI_TROUBLE;
        }
    }
    if (optind == argc) {
        return cli_fail(CLI_TROUBLE,
                "give the contents of a chip, as written by xipsafe sim "
                "--flash; see %s",
                cli_help_hint());
    }
    if (optind + 1 < argc) {
        return cli_fail(CLI_TROUBLE, "'%s' is one argument too many; see %s",
                argv[optind + 1], cli_help_hint());
    }
    c->path = argv[optind];
    return c->board.board || board_choose(&c->board, "board", BOARD_DEFAULT)
            ? -1
            : CLI_TROUBLE;
}

/// The chip ///

static int check_board(const struct board *board) {
    return board->slot_count && board->ram_count && board->vector_count
            ? -1
            : cli_fail(CLI_TROUBLE,
                      "%s: says nothing of slots, RAM or vectors; docs/BOARDS.md "
                      "has the format",
                      board->file);
}

static uint32_t end_of(const struct board *board) {
    uint32_t end = board->journal.addr + board->journal.bytes;
    for (unsigned i = 0; i < board->slot_count; i++) {
        const uint32_t slot_end = board->slot[i].addr + board->slot[i].bytes;
        end = slot_end > end ? slot_end : end;
    }
    return end;
}

static int show(struct command_line *c, const uint8_t *chip,
        const struct decide_options *options) {
    static struct journal_file journal;
    const struct board *board = options->board;
    struct decision decision;
    const bool has_journal = board->journal.bytes &&
            journal_file_read(&journal, chip + board->journal.addr,
                    board->journal.bytes);
    if (!decide(&decision, options, chip)) {
        return cli_no_memory();
    }
    const struct slots_view view = {.path = c->path,
            .options = options,
            .journal = has_journal ? &journal : NULL,
            .decision = &decision};
    if (!c->json.wanted) {
        slots_show_text(&view, c->records);
    } else if (!output_close(&c->json, slots_show_json(&view, c->json.file))) {
        return CLI_TROUBLE;
    }
    return decision.starts < 0 ? CLI_BAD : CLI_GOOD;
}

static int read_and_show(struct command_line *c,
        const struct decide_options *options) {
    size_t bytes;
    const struct board *board = options->board;
    uint8_t *chip = file_read(c->path, FILE_MAX, &bytes);
    if (!chip) {
        return CLI_TROUBLE;
    }
    const int status = bytes < end_of(board)
            ? cli_fail(CLI_TROUBLE,
                      "%s: %zu bytes, and slots and journal of %s end at "
                      "0x%" PRIX32 "; read out the whole chip, or give its "
                      "--board",
                      c->path, bytes, board->name, end_of(board))
            : show(c, chip, options);
    free(chip);
    return status;
}

static int run(struct command_line *c) {
    struct key key;
    const uint8_t *keys[1] = {key.spki};
    struct decide_options options = {
            .board = c->board.board,
            .power_lost = c->power_lost,
            .allow_downgrade = c->downgrade,
    };
    int status = check_board(options.board);
    if (status >= 0) {
        return status;
    }
    if (c->key) {
        if (!key_load(&key, c->key, false)) {
            return CLI_TROUBLE;
        }
        options.trust = (struct xip_image_trust){.keys = keys, .key_count = 1};
    }
    status = output_open(&c->json) ? read_and_show(c, &options) : CLI_TROUBLE;
    if (c->key) {
        key_wipe(&key);
    }
    return status;
}

int cmd_slots(int argc, char **argv) {
    struct command_line c = {.power_lost = true};
    int status = parse(&c, argc, argv);
    status = status >= 0 ? status : run(&c);
    output_discard(&c.json);
    board_choice_free(&c.board);
    return status;
}
