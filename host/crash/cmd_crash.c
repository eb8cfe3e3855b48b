/*
 * cmd_crash - `xipsafe crash`
 *
 * SPDX-License-Identifier: MIT
 */
#include "crash/cmd_crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/options.h"
#include "base/output.h"
#include "board/board.h"
#include "crash/crash.h"
#include "crash/foreign.h"
#include "xip_fault.h"

#define FILE_MAX_BYTES ((size_t)256 << 20)

static const char help[] = {
#include "crash/crash.txt.inc"
};

struct options {
    struct board_choice board;
    bool force;
    struct output json, core;
    const char *check;
    const char *file;
    char **elfs;
    int elf_count;
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
            o->force = true;
            break;
        case OPT_JSON:
            o->json = output_of(optarg);
            break;
        case OPT_CORE:
            o->core = output_of(optarg);
            break;
        case OPT_CHECK:
            o->check = optarg;
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
    o->file = argv[optind];
    o->elfs = argv + optind + 1;
    o->elf_count = argc - optind - 1;
    const struct output *outputs[] = {&o->json, &o->core};
    return output_all_differ(outputs, 2) ? -1 : CLI_TROUBLE;
}

static bool is_of(const struct elf_image *image, const struct record *record) {
    uint32_t size;
    const uint8_t *id = elf_image_build_id(image, &size);
    if (!id) {
        return false;
    }
    size = size < sizeof record->build_id ? size
                                          : (uint32_t)sizeof record->build_id;
    return !memcmp(id, record->build_id, size);
}

static void id_text(const uint8_t *id, uint32_t size, char text[41]) {
    snprintf(text, 41, "none");
    for (uint32_t i = 0; id && i < size && i < 20; i++) {
        snprintf(text + 2 * i, 3, "%02x", id[i]);
    }
}

static int open_elfs(struct crash *c, const struct options *o) {
    const size_t room = sizeof c->elfs.at / sizeof c->elfs.at[0];
    if (!o->elf_count) {
        return cli_fail(CLI_TROUBLE,
                "no ELF: give the one that the device runs, behind %s",
                o->file);
    }
    for (int i = 0; i < o->elf_count; i++) {
        char error[300];
        if (c->elfs.count == room) {
            return cli_fail(CLI_TROUBLE, "more than %zu ELF files", room);
        }
        struct elf_image *image =
                elf_image_open(o->elfs[i], error, sizeof error);
        if (!image) {
            return cli_fail(CLI_TROUBLE, "%s", error);
        }
        c->elfs.at[c->elfs.count++] = image;
    }
    return -1;
}

// The ELF of the record comes first. A wrong one would give a plausible report
// about lines that never ran.
static int match(struct crash *c, const struct options *o) {
    char wanted[41], got[41];
    const bool known = c->record.flags & XIP_FAULT_HAS_BUILD_ID;
    for (size_t i = 0; known && i < c->elfs.count; i++) {
        if (is_of(c->elfs.at[i], &c->record)) {
            struct elf_image *image = c->elfs.at[i];
            memmove(c->elfs.at + 1, c->elfs.at, i * sizeof c->elfs.at[0]);
            c->elfs.at[0] = image;
            return -1;
        }
    }
    c->doubtful = true;
    if (o->force) {
        return -1;
    }
    if (c->record.foreign) {
        return cli_fail(CLI_BAD,
                "a %s has no build-id, so nothing says that %s is what ran: "
                "give --force if you are sure",
                c->record.foreign, elf_image_path(c->elfs.at[0]));
    }
    if (!known) {
        return cli_fail(CLI_BAD,
                "the record has no build-id, so nothing says that %s is what "
                "ran: link with -Wl,--build-id and xip_build_id.ld, or give "
                "--force if you are sure",
                elf_image_path(c->elfs.at[0]));
    }
    uint32_t size = 0;
    const uint8_t *id = elf_image_build_id(c->elfs.at[0], &size);
    id_text(c->record.build_id, 20, wanted);
    id_text(id, size, got);
    return cli_fail(CLI_BAD,
            "the record is of the build %s, and %s of %s: addresses would be "
            "taken for the wrong lines. Give the ELF of that build, or --force",
            wanted, elf_image_path(c->elfs.at[0]), got);
}

static int find(struct crash *c, const struct options *o) {
    char why[RECORD_WHY_BYTES];
    size_t size;
    uint8_t *data = file_read(o->file, FILE_MAX_BYTES, &size);
    if (!data) {
        return CLI_TROUBLE;
    }
    enum record_result result =
            record_find(data, size, &c->record, &c->cut, why);
    if (result == RECORD_NONE) {
        result = foreign_find(data, size, &c->record, why);
    }
    free(data);
    switch (result) {
    case RECORD_GOOD:
        c->has_record = true;
        return -1;
    case RECORD_DAMAGED:
        c->has_record = true;
        c->doubtful = true;
        return o->force ? -1
                        : cli_fail(CLI_BAD,
                                  "%s: the record is damaged: %s; --force "
                                  "decodes it all the same",
                                  o->file, c->record.damage);
    case RECORD_NONE:
        if (c->cut.seen) {
            return -1;
        }
        return cli_fail(CLI_BAD,
                "%s: no record in it: lines that begin with xipfault, or the "
                "bytes of the record's memory",
                o->file);
    default:
        return cli_fail(CLI_BAD, "%s: %s", o->file, why);
    }
}

static bool write_outputs(const struct crash *c, struct options *o) {
    if (!output_open(&o->json)) {
        return false;
    }
    if (!output_close(&o->json,
                !o->json.wanted || crash_json(c, o->json.file))) {
        return false;
    }
    if (o->core.wanted && !c->has_record) {
        cli_fail(CLI_TROUBLE, "--core: there is no record");
        return false;
    }
    return output_open(&o->core) &&
            output_close(&o->core,
                    !o->core.wanted || crash_core(c, o->core.file));
}

// Of another recorder: in the memory that it has dumped.
static void take_breadcrumb(struct crash *c) {
    uint32_t addr, size;
    for (size_t i = 0; c->record.foreign && i < c->elfs.count; i++) {
        if (elf_image_symbol(c->elfs.at[i], "xip_breadcrumb_", &addr, &size) &&
                record_word(&c->record, addr, &c->record.breadcrumb) &&
                record_word(&c->record, addr + 4, &c->record.breadcrumb_off)) {
            return;
        }
    }
}

static int run(struct crash *c, struct options *o) {
    int status = find(c, o);
    if (status >= 0) {
        return status;
    }
    if (c->has_record) {
        status = open_elfs(c, o);
        status = status < 0 ? match(c, o) : status;
        if (status >= 0) {
            return status;
        }
        take_breadcrumb(c);
        backtrace_walk(&c->bt, &c->record, &c->elfs);
        verdict_find(&c->verdict, &c->record, &c->bt, &c->elfs, o->board.board);
    } else {
        verdict_of_cut(&c->verdict, &c->cut);
    }
    if (o->check && !crash_take_check(c, o->check)) {
        return CLI_TROUBLE;
    }
    if (!write_outputs(c, o)) {
        return CLI_TROUBLE;
    }
    if (!output_is_stdout(&o->json) && !output_is_stdout(&o->core)) {
        crash_print(c, stdout);
    }
    return CLI_GOOD;
}

int cmd_crash(int argc, char **argv) {
    struct options o = {0};
    struct crash *c = calloc(1, sizeof *c);
    int status = c ? parse(argc, argv, &o) : cli_no_memory();
    if (status < 0) {
        status = run(c, &o);
    }
    for (size_t i = 0; c && i < c->elfs.count; i++) {
        elf_image_close(c->elfs.at[i]);
    }
    if (c) {
        record_free(&c->record);
    }
    free(c);
    board_choice_free(&o.board);
    return status;
}
