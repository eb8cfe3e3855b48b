/*
 * decode - from a record to its report
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "crash/crash.h"
#include "crash/foreign.h"
#include "xip_fault.h"

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

static int open_elfs(struct crash *c, const struct crash_options *o) {
    const size_t room = sizeof c->elfs.at / sizeof c->elfs.at[0];
    if (!o->elf_count) {
        return cli_fail(CLI_TROUBLE,
                "no ELF: give the one that the device runs, behind %s",
                o->name);
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
static int match(struct crash *c, const struct crash_options *o) {
    char wanted[41], got[41];
    const bool known = c->record.flags & XIP_FAULT_HAS_BUILD_ID;
    for (size_t i = 0; known && i < c->elfs.count; i++) {
        if (is_of(c->elfs.at[i], &c->record)) {
            struct elf_image *image = c->elfs.at[i];
            for (; i; i--) {
                c->elfs.at[i] = c->elfs.at[i - 1];
            }
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

// -1: there is something to decode.
static int find(struct crash *c, const struct crash_options *o) {
    char why[RECORD_WHY_BYTES];
    enum record_result result =
            record_find(o->data, o->size, &c->record, &c->cut, why);
    if (result == RECORD_NONE) {
        result = foreign_find(o->data, o->size, &c->record, why);
    }
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
                                  o->name, c->record.damage);
    case RECORD_NONE:
        if (c->cut.seen) {
            return -1;
        }
        return cli_fail(CLI_BAD,
                "%s: no record in it: lines that begin with xipfault, or the "
                "bytes of the record's memory",
                o->name);
    default:
        return cli_fail(CLI_BAD, "%s: %s", o->name, why);
    }
}

static bool write_outputs(const struct crash *c, struct crash_options *o) {
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

static int decode(struct crash *c, struct crash_options *o) {
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
        c->stm32l4 = !strcmp(o->board->soc, "stm32l4");
        backtrace_walk(&c->bt, &c->record, &c->elfs);
        verdict_find(&c->verdict, &c->record, &c->bt, &c->elfs, o->board);
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

int crash_decode(struct crash_options *o) {
    struct crash *c = calloc(1, sizeof *c);
    if (!c) {
        return cli_no_memory();
    }
    const int status = decode(c, o);
    for (size_t i = 0; i < c->elfs.count; i++) {
        elf_image_close(c->elfs.at[i]);
    }
    record_free(&c->record);
    free(c);
    return status;
}

void crash_line(const uint8_t *data, size_t size, char text[CRASH_LINE_BYTES]) {
    const size_t room = CRASH_LINE_BYTES;
    struct record record;
    struct record_cut cut;
    char why[RECORD_WHY_BYTES];
    const enum record_result result =
            record_find(data, size, &record, &cut, why);
    if (result != RECORD_GOOD && result != RECORD_DAMAGED) {
        snprintf(text, room, "%zu bytes that are no record", size);
    } else {
        char name[32], build[41];
        crash_exception(&record, name, sizeof name);
        id_text(record.flags & XIP_FAULT_HAS_BUILD_ID ? record.build_id : NULL,
                sizeof record.build_id, build);
        const char *const outage = record_outage(&record);
        size_t n = (size_t)snprintf(text, room, "%s", name);
        if (record.frame_known) {
            n += (size_t)snprintf(text + n, room - n, " at 0x%08" PRIx32,
                    record.r[RECORD_PC]);
        }
        snprintf(text + n, room - n, "%s%s%s, build %s",
                outage ? " in an outage (" : "", outage ? outage : "",
                outage ? ")" : "", build);
    }
    record_free(&record);
}
