/*
 * board - the table of boards and the board file, for all commands
 *
 * SPDX-License-Identifier: MIT
 */
#include "board/board.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/lines.h"
#include "board/board_file.h"

/// The table ///

// Of cmake/host.cmake: every boards/<board>/board.txt, but for the template.
struct text {
    const char *file;
    const char *text;
};
#include "board/boards.inc"
#define TEXTS (sizeof texts / sizeof texts[0])

static struct board boards[TEXTS];
static size_t board_count;

static bool load(struct board *board, const struct text *text) {
    FILE *file = fmemopen((void *)text->text, strlen(text->text), "r");
    char error[BOARD_ERROR_BYTES];
    if (!file) {
        cli_no_memory();
        return false;
    }
    const bool good = board_read(board, file, text->file, error);
    fclose(file);
    if (!good) {
        // tests/unit/board sees to it that no command is delivered with this.
        cli_fail(CLI_TROUBLE, "%s", error);
        board_free(board);
    }
    return good;
}

// Once. A board may be like one that comes before it.
static void load_all(void) {
    static bool begun;
    if (begun) {
        return;
    }
    begun = true;
    for (size_t i = 0; i < TEXTS; i++) {
        board_count += load(&boards[board_count], &texts[i]);
    }
}

const struct board *board_at(size_t i) {
    load_all();
    return i < board_count ? &boards[i] : NULL;
}

const struct board *board_find(const char *name) {
    const struct board *board;
    for (size_t i = 0; (board = board_at(i)); i++) {
        if (!strcmp(board->name, name)) {
            return board;
        }
    }
    return NULL;
}

/// Options ///

static bool choose_name(struct board_choice *choice, const char *name) {
    choice->board = board_find(name);
    if (choice->board) {
        return true;
    }
    char names[400] = "";
    const struct board *board;
    for (size_t i = 0; (board = board_at(i)); i++) {
        const size_t at = strlen(names);
        snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "",
                board->name);
    }
    cli_fail(CLI_TROUBLE,
            "unknown board '%s'; known boards: %s; one of your own is given "
            "by --board-file FILE",
            name, names);
    return false;
}

static bool choose_file(struct board_choice *choice, const char *path) {
    const char *why;
    FILE *file = lines_open(path, &why);
    if (!file) {
        cli_fail(CLI_TROUBLE,
                "cannot read %s: %s; check the --board-file option", path, why);
        return false;
    }
    char error[BOARD_ERROR_BYTES];
    const bool good = board_read(&choice->own, file, path, error);
    fclose(file);
    choice->board = &choice->own;
    if (!good) {
        cli_fail(CLI_TROUBLE, "%s", error);
    }
    return good;
}

bool board_choose(struct board_choice *choice, const char *option,
        const char *value) {
    if (choice->board) {
        cli_fail(CLI_TROUBLE,
                "--board and --board-file exclude each other: give one of "
                "them, once");
        return false;
    }
    return strcmp(option, "board") ? choose_file(choice, value)
                                   : choose_name(choice, value);
}

void board_choice_free(struct board_choice *choice) {
    board_free(&choice->own);
}

/// Names ///

void board_loader(const struct board *board, char name[BOARD_NAME_BYTES + 10]) {
    const size_t room = BOARD_NAME_BYTES + 10;
    snprintf(name, room, "xipsafe_%s", board->name);
    for (char *c = name + strlen("xipsafe_"); *c; c++) {
        const bool usual = isalnum((unsigned char)*c) || strchr("-_.", *c);
        *c = usual ? (char)toupper((unsigned char)*c) : '-';
    }
}
