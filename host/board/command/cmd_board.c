/*
 * cmd_board - `xipsafe board`: the boards, and what is known of one
 *
 * SPDX-License-Identifier: MIT
 */
#include "board/command/cmd_board.h"

#include <stdio.h>

#include "base/cli.h"
#include "base/command.h"
#include "base/options.h"
#include "board/board.h"

static const char help_text[] = {
#include "board/command/board.txt.inc"
};

static int list(int argc, char **argv) {
    static const struct option options[] = {
            {"help", no_argument, NULL, 'h'}, {0}};
    options_begin();
    const int option = options_next(argc, argv, ":h", options, NULL);
    if (option != -1) {
        return option == 'h' ? cli_print(help_text) : CLI_TROUBLE;
    }
    if (optind < argc) {
        return cli_fail(CLI_TROUBLE, "'%s' is one argument too many; see %s",
                argv[optind], cli_help_hint());
    }
    const struct board *board;
    for (size_t i = 0; (board = board_at(i)); i++) {
        printf("%-21s %s, %s: %s\n", board->name, board->mcu,
                *board->part ? board->part : "no part", board->text);
    }
    return CLI_GOOD;
}

enum { OPT_BOARD = 256, OPT_LAYOUT, OPT_CMAKE };

static const struct option long_options[] = {
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD},
        {"layout", no_argument, NULL, OPT_LAYOUT},
        {"cmake", no_argument, NULL, OPT_CMAKE},
        {"help", no_argument, NULL, 'h'},
        {0},
};

static int print(const struct board *board, int as) {
    if (!as) {
        board_print(stdout, board);
        return CLI_GOOD;
    }
    const char *lacks = board_lacks(board);
    if (lacks) {
        return cli_fail(CLI_TROUBLE,
                "%s: no '%s' line, which firmware needs; docs/BOARDS.md has "
                "the format",
                board->file, lacks);
    }
    (as == OPT_LAYOUT ? board_print_layout : board_print_cmake)(stdout, board);
    return CLI_GOOD;
}

static int show_options(struct board_choice *choice, int argc, char **argv) {
    int as = 0;
    int option;
    const char *name;
    options_begin();
    while ((option = options_next(argc, argv, ":h", long_options, &name)) !=
            -1) {
        if (option == 'h') {
            return cli_print(help_text);
        }
        if (option == '?' ||
                (option == OPT_BOARD && !board_choose(choice, name, optarg))) {
            return CLI_TROUBLE;
        }
        if (option != OPT_BOARD) {
            if (as && as != option) {
                return cli_fail(CLI_TROUBLE,
                        "--layout and --cmake: choose one");
            }
            as = option;
        }
    }
    if (optind < argc) {
        return cli_fail(CLI_TROUBLE,
                "'%s' is not an option: give --board NAME or --board-file FILE",
                argv[optind]);
    }
    if (!choice->board && !board_choose(choice, "board", BOARD_DEFAULT)) {
        return CLI_TROUBLE;
    }
    return print(choice->board, as);
}

static int show(int argc, char **argv) {
    struct board_choice choice = {0};
    const int status = show_options(&choice, argc, argv);
    board_choice_free(&choice);
    return status;
}

static const struct command commands[] = {
        {"list", "board list", list},
        {"show", "board show", show},
};

int cmd_board(int argc, char **argv) {
    return command_run(commands, sizeof commands / sizeof commands[0],
            help_text, argc, argv);
}
