/*
 * cmd_set - registers that the user sets: --set and --set-file
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_set.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cli.h"
#include "base/lines.h"

#define WHERE_BYTES 240 // "file:line"

int cmd_set_copy(struct cmd_options *o, const struct board_set *set) {
    struct board_set *sets =
            array_more(o->sets, o->set_count, &o->set_room, sizeof *sets);
    if (!sets) {
        return cli_no_memory();
    }
    o->sets = sets;
    sets[o->set_count++] = *set;
    return -1;
}

int cmd_set_add(struct cmd_options *o, const char *text, const char *where) {
    struct board_set set;
    if (!board_set_parse(text, &set)) {
        return cli_fail(CLI_TROUBLE,
                "%s: '%.60s' is not usable: give ADDR[:MASK]=VALUE with the "
                "address of a 32-bit register",
                where, text);
    }
    return cmd_set_copy(o, &set);
}

int cmd_set_file(struct cmd_options *o, const char *path) {
    const char *why;
    struct lines lines = {.file = lines_open(path, &why)};
    if (!lines.file) {
        return cli_fail(CLI_TROUBLE,
                "cannot read %s: %s; check the --set-file option", path, why);
    }
    int result = -1;
    char *text;
    while (result < 0 && (text = lines_next(&lines))) {
        char where[WHERE_BYTES];
        snprintf(where, sizeof where, "%s:%u", path, lines.number);
        result = cmd_set_add(o, text, where);
    }
    if (result < 0 && lines.error) {
        result = cli_fail(CLI_TROUBLE, "%s: %s", path, lines.error);
    }
    lines_free(&lines);
    fclose(lines.file);
    return result;
}
