/*
 * cmd_board - a board that a user describes, and register settings
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_board.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/number.h"

#define WHERE_BYTES 240  // "file:line"
#define PAGE_BYTES 4096u // what the CPU core can map
#define INTERNAL_MIN (16u * 1024u)
#define INTERNAL_MAX (2048u * 1024u)
#define RAM_MAX (16u * 1024u * 1024u)
#define CODE_END 0x40000000u // RAM lies below the peripherals, ARMv7-M B3.1
#define HSE_MIN 1000000u
#define HSE_MAX 48000000u

/// Files of lines ///

struct line_file {
    const char *path, *option;
    // `where` names the line; it may be changed.
    int (*take)(struct cmd_options *o, char *line, const char *where);
};

static int read_lines(struct cmd_options *o, const struct line_file *f) {
    FILE *file = fopen(f->path, "r");
    if (!file) {
        return cli_fail(CLI_TROUBLE,
                "cannot read %s: %s; check the --%s option", f->path,
                strerror(errno), f->option);
    }
    int result = -1;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    for (unsigned number = 1;
            result < 0 && (length = getline(&line, &size, file)) > 0;
            number++) {
        char where[WHERE_BYTES];
        snprintf(where, sizeof(where), "%s:%u", f->path, number);
        if (strlen(line) != (size_t)length) {
            result = cli_fail(CLI_TROUBLE,
                    "%s: holds a zero byte: this is no text file", where);
            break;
        }
        line[strcspn(line, "#\r\n")] = '\0';
        char *text = line + strspn(line, " \t");
        char *end = text + strlen(text);
        while (end > text && (end[-1] == ' ' || end[-1] == '\t')) {
            *--end = '\0';
        }
        if (*text) {
            result = f->take(o, text, where);
        }
    }
    if (result < 0 && ferror(file)) {
        result = cli_fail(CLI_TROUBLE,
                "cannot read %s: give a text file to --%s", f->path, f->option);
    }
    free(line);
    fclose(file);
    return result;
}

/// Register settings ///

int cmd_set_add(struct cmd_options *o, const char *text, const char *where) {
    char copy[100];
    if (strlen(text) >= sizeof(copy)) {
        return cli_fail(CLI_TROUBLE,
                "%s: '%.40s...' is too long: give ADDR[:MASK]=VALUE", where,
                text);
    }
    strcpy(copy, text);
    char *value = strchr(copy, '=');
    if (value) {
        *value++ = '\0';
    }
    char *mask = strchr(copy, ':');
    if (mask) {
        *mask++ = '\0';
    }
    uint64_t addr = 0;
    uint64_t mask_bits = UINT32_MAX;
    uint64_t bits = 0;
    if (!value || !number_parse(copy, UINT32_MAX, &addr) || addr % 4 ||
            (mask && !number_parse(mask, UINT32_MAX, &mask_bits)) ||
            !number_parse(value, UINT32_MAX, &bits)) {
        return cli_fail(CLI_TROUBLE,
                "%s: '%s' is not usable: give ADDR[:MASK]=VALUE with "
                "the address of a 32-bit register",
                where, text);
    }
    struct cmd_set *sets = realloc(o->sets, (o->set_count + 1) * sizeof(*sets));
    if (!sets) {
        return cli_fail(CLI_TROUBLE, "out of memory for --set: use fewer");
    }
    o->sets = sets;
    sets[o->set_count++] = (struct cmd_set){
            (uint32_t)addr, (uint32_t)mask_bits, (uint32_t)bits};
    return -1;
}

static int take_set(struct cmd_options *o, char *line, const char *where) {
    return cmd_set_add(o, line, where);
}

int cmd_set_file(struct cmd_options *o, const char *path) {
    return read_lines(o, &(struct line_file){path, "set-file", take_set});
}

/// Boards ///

// A number with K or M behind it, or none.
static bool parse_size(const char *text, uint64_t max, uint64_t *bytes) {
    char copy[32];
    const size_t length = strlen(text);
    if (length == 0 || length >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, text, length + 1);
    uint64_t unit = 1;
    const char last = copy[length - 1];
    if (last == 'K' || last == 'M') {
        unit = last == 'K' ? 1024u : 1024u * 1024u;
        copy[length - 1] = '\0';
    }
    if (!number_parse(copy, max / unit, bytes)) {
        return false;
    }
    *bytes *= unit;
    return true;
}

static int take_name(struct cmd_options *o, char *value, const char *where) {
    if (strlen(value) >= SIM_BOARD_NAME_BYTES) {
        return cli_fail(CLI_TROUBLE,
                "%s: the name is longer than %d bytes: shorten it", where,
                SIM_BOARD_NAME_BYTES - 1);
    }
    strcpy(o->custom->name, value);
    return -1;
}

static int take_part(struct cmd_options *o, char *value, const char *where) {
    if (!nor_part_find(value)) {
        return cli_fail(CLI_TROUBLE,
                "%s: unknown part '%.40s': xipsafe sim --list names "
                "those that there are",
                where, value);
    }
    snprintf(o->custom->part, sizeof(o->custom->part), "%s", value);
    return -1;
}

static int take_like(struct cmd_options *o, char *value, const char *where) {
    const struct sim_board_info *const like = sim_board_find(value);
    if (!like) {
        return cli_fail(CLI_TROUBLE,
                "%s: unknown board '%.40s': xipsafe sim --list names "
                "those that there are",
                where, value);
    }
    o->custom->like = like->name;
    return -1;
}

static int take_internal(struct cmd_options *o, char *value,
        const char *where) {
    uint64_t bytes;
    if (!parse_size(value, INTERNAL_MAX, &bytes) || bytes < INTERNAL_MIN ||
            bytes % PAGE_BYTES) {
        return cli_fail(CLI_TROUBLE,
                "%s: internal '%.40s' is not usable: give its size, 16K to "
                "2M, a multiple of 4K (it begins at 0x%08" PRIX32 ")",
                where, value, o->custom->info.internal_addr);
    }
    o->custom->info.internal_bytes = (uint32_t)bytes;
    return -1;
}

static int take_hse(struct cmd_options *o, char *value, const char *where) {
    uint64_t hz;
    if (!parse_size(value, HSE_MAX, &hz) || (hz && hz < HSE_MIN)) {
        return cli_fail(CLI_TROUBLE,
                "%s: hse '%.40s' is not usable: give the crystal's "
                "frequency in Hz, %u to %u, or 0 for none",
                where, value, HSE_MIN, HSE_MAX);
    }
    o->custom->hse_hz = (uint32_t)hz;
    return -1;
}

static bool overlap(uint32_t a, uint32_t a_bytes, uint32_t b,
        uint32_t b_bytes) {
    return a < b + b_bytes && b < a + a_bytes;
}

static int add_ram(struct cmd_options *o, uint32_t addr, uint32_t bytes,
        const char *where) {
    struct sim_board_custom *const c = o->custom;
    if (c->ram_count == SIM_BOARD_RAMS) {
        return cli_fail(CLI_TROUBLE,
                "%s: more than %d memories: combine those that touch", where,
                SIM_BOARD_RAMS);
    }
    for (unsigned i = 0; i < c->ram_count; i++) {
        if (overlap(addr, bytes, c->ram[i].addr, c->ram[i].bytes)) {
            return cli_fail(CLI_TROUBLE,
                    "%s: overlaps the RAM at 0x%08" PRIX32
                    ": give each address once",
                    where, c->ram[i].addr);
        }
    }
    c->ram[c->ram_count].addr = addr;
    c->ram[c->ram_count++].bytes = bytes;
    return -1;
}

static int take_ram(struct cmd_options *o, char *value, const char *where) {
    char *size = value + strcspn(value, " \t");
    if (*size) {
        *size++ = '\0';
        size += strspn(size, " \t");
    }
    uint64_t addr;
    uint64_t bytes;
    if (!number_parse(value, CODE_END, &addr) ||
            !parse_size(size, RAM_MAX, &bytes) || !bytes || addr % PAGE_BYTES ||
            bytes % PAGE_BYTES || addr + bytes > CODE_END) {
        return cli_fail(CLI_TROUBLE,
                "%s: ram '%.20s %.20s' is not usable: give address "
                "and size, as 0x20000000 96K: multiples of 4K, below "
                "0x%08X, at most 16M",
                where, value, size, CODE_END);
    }
    return add_ram(o, (uint32_t)addr, (uint32_t)bytes, where);
}

static int take_board_set(struct cmd_options *o, char *value,
        const char *where) {
    return cmd_set_add(o, value, where);
}

static const struct {
    const char *key;
    int (*take)(struct cmd_options *o, char *value, const char *where);
} keys[] = {
        {"name", take_name},
        {"part", take_part},
        {"internal", take_internal},
        {"ram", take_ram},
        {"hse", take_hse},
        {"like", take_like},
        {"set", take_board_set},
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int take_board_line(struct cmd_options *o, char *line,
        const char *where) {
    char *value = line + strcspn(line, " \t");
    if (*value) {
        *value++ = '\0';
        value += strspn(value, " \t");
    }
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(line, keys[i].key) == 0) {
            return *value
                    ? keys[i].take(o, value, where)
                    : cli_fail(CLI_TROUBLE, "%s: '%s' needs a value behind it",
                              where, line);
        }
    }
    return cli_fail(CLI_TROUBLE,
            "%s: unknown word '%.40s': a line begins with name, part, "
            "internal, ram, hse, like or set",
            where, line);
}

// After the last line: what other memories take, what was left out.
static int check_board(struct cmd_options *o, const char *path) {
    struct sim_board_custom *const c = o->custom;
    if (!c->ram_count) {
        return cli_fail(CLI_TROUBLE,
                "%s: no RAM: add a line as 'ram 0x20000000 96K'", path);
    }
    if (!c->part[0]) {
        return cli_fail(CLI_TROUBLE,
                "%s: no flash chip: add a line as 'part w25q128jv'", path);
    }
    const struct sim_board_info *const info = &c->info;
    for (unsigned i = 0; i < c->ram_count; i++) {
        if (overlap(c->ram[i].addr, c->ram[i].bytes, info->internal_addr,
                    info->internal_bytes) ||
                overlap(c->ram[i].addr, c->ram[i].bytes, SIM_BOARD_SYSTEM_ADDR,
                        SIM_BOARD_SYSTEM_BYTES)) {
            return cli_fail(CLI_TROUBLE,
                    "%s: the RAM at 0x%08" PRIX32
                    " overlaps the internal flash (0x%08" PRIX32
                    ") or the system memory (0x%08X): move one",
                    path, c->ram[i].addr, info->internal_addr,
                    SIM_BOARD_SYSTEM_ADDR);
        }
    }
    return -1;
}

int cmd_board_file(struct cmd_options *o, const char *path) {
    o->custom = calloc(1, sizeof(*o->custom));
    if (!o->custom) {
        return cli_fail(CLI_TROUBLE,
                "out of memory for %s: close other programs", path);
    }
    o->custom->info = sim_board_default();
    strcpy(o->custom->name, "own board");
    int result = read_lines(o,
            &(struct line_file){path, "board-file", take_board_line});
    if (result < 0) {
        result = check_board(o, path);
    }
    o->custom->info.name = o->custom->name;
    o->custom->info.part = o->custom->part;
    o->board = &o->custom->info;
    return result;
}
