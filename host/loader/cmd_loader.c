/*
 * cmd_loader - the command `xipsafe loader`
 *
 * SPDX-License-Identifier: MIT
 */
#include "loader/cmd_loader.h"
#include "part/part_model.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cli.h"
#include "base/options.h"
#include "loader/loader_calls.h"

static const char help_text[] = {
#include "loader/loader.txt.inc"
};

// pyOCD puts a header of 20h bytes in front; the other one is an odd multiple
// of 4.
#define FIRST_OFF 0x20u
#define SECOND_OFF 0x3004u

enum { OPT_HELP = 256, OPT_BOARD, OPT_PART, OPT_WHOLE, OPT_QUIET };

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD},
        {"part", required_argument, NULL, OPT_PART},
        {"whole", no_argument, NULL, OPT_WHOLE},
        {"quiet", no_argument, NULL, OPT_QUIET},
        {NULL, 0, NULL, 0},
};

struct command_line {
    struct board_choice choice;
    const char *part, *path;
    struct part_model model; // of --part sfdp:FILE
    struct loader_run run;
    struct loader_file file;
};

static int take(struct command_line *c, int id, const char *name) {
    switch (id) {
    case OPT_HELP:
        return cli_print(help_text);
    case OPT_BOARD:
        return board_choose(&c->choice, name, optarg) ? -1 : CLI_TROUBLE;
    case OPT_PART:
        c->part = optarg;
        return -1;
    case OPT_WHOLE:
        c->run.whole = true;
        return -1;
    case OPT_QUIET:
        c->run.quiet = true;
        return -1;
    default:
        return CLI_TROUBLE;
    }
}

static int parse(struct command_line *c, int argc, char **argv) {
    const char *name;
    int id;
    options_begin();
    while ((id = options_next(argc, argv, ":", long_options, &name)) != -1) {
        const int result = take(c, id, name);
        if (result >= 0) {
            return result;
        }
    }
    if (optind != argc - 1) {
        return cli_fail(CLI_TROUBLE, "give one FILE.FLM or FILE.stldr (%s)",
                cli_help_hint());
    }
    c->path = argv[optind];
    return -1;
}

static int choose(struct command_line *c) {
    char why[SIM_BOARD_WHY_BYTES];
    if (!c->choice.board &&
            !board_choose(&c->choice, "board", "stm32l476g-disco")) {
        return CLI_TROUBLE;
    }
    const struct board *board = c->run.board.board = c->choice.board;
    if (!sim_board_can(board, why)) {
        return cli_fail(CLI_TROUBLE, "%s", why);
    }
    const struct nor_part *part =
            part_choose(&c->model, c->part ? c->part : board->part);
    if (!part) {
        return CLI_TROUBLE;
    }
    c->run.part = *part;
    c->run.board.part = &c->run.part;
    return -1;
}

static int check_window(const struct command_line *c) {
    const struct board *board = c->run.board.board;
    if (c->file.start_addr == board->window.addr) {
        return -1;
    }
    return cli_fail(CLI_TROUBLE,
            "%s is for a memory at 0x%08" PRIx32
            ", the window of %s is at 0x%08" PRIx32 ": give its board",
            c->path, c->file.start_addr, board->name, board->window.addr);
}

// Is what was wrong right where the program is linked?
static int run_wrong_again(struct loader_run *run, uint32_t ram) {
    if (!run->run_wrong || run->file->link_addr) {
        return -1;
    }
    run->silent = true;
    const int result = loader_calls(run, ram, true);
    run->silent = false;
    if (result < 0 && !run->run_wrong) {
        printf("       with its program visible at 0x0, where it is linked, "
               "every call is right: it holds absolute addresses. Build it "
               "position-independent (-fropi -frwpi, -fpic), without tables "
               "of pointers\n");
    }
    return result;
}

static int run_all(struct command_line *c) {
    struct loader_run *run = &c->run;
    const struct loader_file *f = run->file = &c->file;
    const uint32_t ram = run->board.board->ram[0].addr;
    if (!run->quiet) {
        printf("%s: %s, 0x%08" PRIx32 " and %" PRIu32
               " bytes, pages of %" PRIu32 ", sectors of %" PRIu32 "\n",
                f->name, f->stldr ? "STM32CubeProgrammer" : "CMSIS-Pack",
                f->start_addr, f->size_bytes, f->page_bytes,
                f->sector[0].bytes);
    }
    const uint32_t first = f->stldr ? f->link_addr : ram + FIRST_OFF;
    if (!run->quiet) {
        printf("at 0x%08" PRIx32 ", part %s\n", first, run->board.part->name);
    }
    int result = loader_calls(run, first, false);
    if (result < 0 && !f->stldr) {
        result = run_wrong_again(run, ram);
    }
    if (result < 0 && !f->stldr) {
        if (!run->quiet) {
            printf("at 0x%08" PRIx32 "\n", ram + SECOND_OFF);
        }
        result = loader_calls(run, ram + SECOND_OFF, false);
    }
    if (result >= 0) {
        return result;
    }
    if (run->wrong) {
        printf("%s: %u wrong\n", c->path, run->wrong);
        return CLI_BAD;
    }
    printf("%s: every call did what it should\n", c->path);
    return CLI_GOOD;
}

int cmd_loader(int argc, char **argv) {
    static struct command_line c;
    int result = parse(&c, argc, argv);
    if (result < 0) {
        result = choose(&c);
    }
    if (result < 0) {
        result = loader_file_open(&c.file, c.path);
        if (result < 0) {
            result = check_window(&c);
        }
        if (result < 0) {
            result = run_all(&c);
        }
        loader_file_close(&c.file);
    }
    board_choice_free(&c.choice);
    part_model_close(&c.model);
    return result;
}
