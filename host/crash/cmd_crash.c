/*
 * cmd_crash - `xipsafe crash`
 *
 * SPDX-License-Identifier: MIT
 */
#include "crash/cmd_crash.h"

#include <stdlib.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/options.h"
#include "base/output.h"
#include "board/board.h"
#include "crash/crash.h"

#define FILE_MAX_BYTES ((size_t)256 << 20)

static const char help[] = {
#include "crash/crash.txt.inc"
};

struct options {
    struct board_choice board;
    struct crash_options crash;
};

enum {
    OPT_BOARD = 256,
    OPT_BOARD_FILE,
    OPT_FORCE,
    OPT_JSON,
    OPT_CORE,
    OPT_CHECK
};

static const struct option long_options[] = {
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD_FILE},
        {"force", no_argument, NULL, OPT_FORCE},
        {"json", optional_argument, NULL, OPT_JSON},
        {"core", required_argument, NULL, OPT_CORE},
        {"check", required_argument, NULL, OPT_CHECK},
        {"help", no_argument, NULL, 'h'},
        {0},
};

// -1: go on.
static int parse(int argc, char **argv, struct options *o) {
    const char *name;
    int id;
    options_begin();
    options_once("json core check");
    while ((id = options_next(argc, argv, ":h", long_options, &name)) != -1) {
        switch (id) {
        case 'h':
            return cli_print(help);
        case OPT_BOARD:
        case OPT_BOARD_FILE:
            if (!board_choose(&o->board, name, optarg)) {
                return CLI_TROUBLE;
            }
            break;
        case OPT_FORCE:
            o->crash.force = true;
            break;
        case OPT_JSON:
            o->crash.json = output_of(optarg);
            break;
        case OPT_CORE:
            o->crash.core = output_of(optarg);
            break;
        case OPT_CHECK:
            o->crash.check = optarg;
            break;
        default:
            return CLI_TROUBLE;
        }
    }
    if (!o->board.board) {
        o->board.board = board_find(BOARD_DEFAULT);
    }
    if (optind == argc) {
        return cli_fail(CLI_TROUBLE,
                "no file: give the console's log, or a dump of the record's "
                "memory, and the ELF");
    }
    o->crash.board = o->board.board;
    o->crash.name = argv[optind];
    o->crash.elfs = argv + optind + 1;
    o->crash.elf_count = argc - optind - 1;
    const struct output *outputs[] = {&o->crash.json, &o->crash.core};
    return output_all_differ(outputs, 2) ? -1 : CLI_TROUBLE;
}

int cmd_crash(int argc, char **argv) {
    struct options o = {0};
    int status = parse(argc, argv, &o);
    if (status < 0) {
        uint8_t *const data =
                file_read(o.crash.name, FILE_MAX_BYTES, &o.crash.size);
        o.crash.data = data;
        status = data ? crash_decode(&o.crash) : CLI_TROUBLE;
        free(data);
    }
    board_choice_free(&o.board);
    return status;
}
