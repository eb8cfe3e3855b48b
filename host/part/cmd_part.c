/*
 * cmd_part - `xipsafe part` and `xipsafe sfdp`
 *
 * SPDX-License-Identifier: MIT
 */
#include "part/cmd_part.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/cli.h"
#include "base/options.h"
#include "part/part_model.h"

static const char part_help[] = {
#include "part/part.txt.inc"
};
static const char sfdp_help[] = {
#include "part/sfdp.txt.inc"
};

/// JSON ///

static json_t *number(uint32_t value) { // 0: not in the table
    return value ? json_integer(value) : json_null();
}

static json_t *microseconds(double us) {
    return us == floor(us) ? json_integer((json_int_t)us) : json_real(us);
}

static json_t *erases(const struct sfdp *s) {
    json_t *list = json_array();
    for (unsigned i = 0; i < 4 && s->erase[i].size_bytes; i++) {
        const struct sfdp_erase *e = &s->erase[i];
        json_array_append_new(list,
                json_pack("{s:I, s:i, s:o, s:o}", "size_bytes",
                        (json_int_t)e->size_bytes, "opcode", (int)e->opcode,
                        "typ_ms", number(e->typ_ms), "max_ms",
                        number(e->max_ms)));
    }
    return list;
}

// null: none, or none that can be followed.
static json_t *sector_map(const struct sfdp *s) {
    json_t *list = s->region_count ? json_array() : json_null();
    json_int_t off = 0;
    for (unsigned i = 0; i < s->region_count; i++) {
        const struct sfdp_region *r = &s->region[i];
        json_t *sizes = json_array();
        for (unsigned t = 0; t < 4; t++) {
            if (r->types >> t & 1) {
                json_array_append_new(sizes,
                        json_integer(s->erase[t].size_bytes));
            }
        }
        json_array_append_new(list,
                json_pack("{s:I, s:I, s:o}", "off", off, "size_bytes",
                        (json_int_t)r->size_bytes, "erase_bytes", sizes));
        off += (json_int_t)r->size_bytes;
    }
    return list;
}

static json_t *detect(const struct sfdp *s) {
    json_t *list = json_array();
    for (unsigned i = 0; i < s->detects; i++) {
        const struct sfdp_detect *d = &s->detect[i];
        json_array_append_new(list,
                json_pack("{s:i, s:I, s:i, s:i}", "opcode", (int)d->opcode,
                        "addr", (json_int_t)d->addr, "mask", (int)d->mask,
                        "bit", (int)(s->detects - 1 - i)));
    }
    return list;
}

static json_t *suspend(const struct sfdp *s) {
    if (!s->has_suspend) {
        return json_null();
    }
    return json_pack("{s:i, s:o, s:i, s:o, s:i, s:i}", "erase_interval_us",
            (int)s->erase_interval_us, "erase_latency_us",
            microseconds(s->erase_latency_us), "program_interval_us",
            (int)s->program_interval_us, "program_latency_us",
            microseconds(s->program_latency_us), "suspend_opcode",
            (int)s->suspend_opcode, "resume_opcode", (int)s->resume_opcode);
}

static json_t *reads(const struct sfdp *s) {
    json_t *list = json_array();
    for (unsigned i = 0; s->read[i].lanes; i++) {
        const struct sfdp_read *r = &s->read[i];
        json_array_append_new(list,
                json_pack("{s:s, s:i, s:i, s:i}", "lanes", r->lanes, "opcode",
                        (int)r->opcode, "mode_clocks", (int)r->mode_clocks,
                        "wait_clocks", (int)r->wait_clocks));
    }
    return list;
}

static json_t *four_byte(const struct sfdp *s) {
    json_t *list = json_array();
    for (unsigned i = 0; i < s->four_byte_count; i++) {
        json_array_append_new(list, json_integer(s->four_byte[i]));
    }
    return list;
}

static const char *const reset_ways[6] = {"8 clocks of Fh", "10 clocks of Fh",
        "16 clocks of Fh", "F0h", "66h 99h", "leave 0-4-4 first"};

static json_t *resets(const struct sfdp *s) {
    json_t *list = json_array();
    for (unsigned i = 0; i < 6; i++) {
        if (s->reset >> i & 1) {
            json_array_append_new(list, json_string(reset_ways[i]));
        }
    }
    return list;
}

static int print_json(const struct sfdp *s) {
    json_t *root = json_pack("{s:I, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, "
                             "s:o, s:o}",
            "size_bytes", (json_int_t)s->size_bytes, "page_bytes",
            (int)s->page_bytes, "address_bytes", s->address_modes == 2 ? 4 : 3,
            "erase", erases(s), "sector_map", sector_map(s), "sector_map_reads",
            detect(s), "suspend", suspend(s), "quad_enable",
            s->quad_enable < 0 ? json_null() : json_integer(s->quad_enable),
            "fast_read", reads(s), "four_byte", four_byte(s), "reset",
            resets(s));
    if (!root) {
        return cli_no_memory();
    }
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
    return CLI_GOOD;
}

/// Text ///

static const char *size_text(uint64_t bytes, char text[16]) {
    if (bytes >= 1u << 20) {
        snprintf(text, 16, "%lluM", (unsigned long long)(bytes >> 20));
    } else {
        snprintf(text, 16, "%lluK", (unsigned long long)(bytes >> 10));
    }
    return text;
}

static void print_erases(const struct sfdp *s) {
    char text[16];
    for (unsigned i = 0; i < 4 && s->erase[i].size_bytes; i++) {
        const struct sfdp_erase *e = &s->erase[i];
        printf("erase       %s by %02Xh", size_text(e->size_bytes, text),
                e->opcode);
        if (e->typ_ms) {
            printf(", %u ms, at most %u ms", (unsigned)e->typ_ms,
                    (unsigned)e->max_ms);
        }
        putchar('\n');
    }
}

static void print_sector_map(const struct sfdp *s) {
    uint64_t off = 0;
    char text[16];
    for (unsigned i = 0; i < s->region_count; i++) {
        const struct sfdp_region *r = &s->region[i];
        printf("sectors     from %llXh:", (unsigned long long)off);
        for (unsigned t = 0; t < 4; t++) {
            if (r->types >> t & 1) {
                printf(" %s", size_text(s->erase[t].size_bytes, text));
            }
        }
        if (i == 0 && s->maps > 1) {
            printf(" (map %u, of %u)", s->map_id, s->maps);
        }
        putchar('\n');
        off += r->size_bytes;
    }
}

static void print_detect(const struct sfdp *s) {
    for (unsigned i = 0; i < s->detects; i++) {
        const struct sfdp_detect *d = &s->detect[i];
        printf("which map   bit %u of its number: is a bit of %02Xh set in "
               "what %02Xh reads",
                s->detects - 1 - i, d->mask, d->opcode);
        if (d->addr_bytes) {
            printf(" at %Xh", (unsigned)d->addr);
        }
        if (d->clocks == SFDP_VARIABLE) {
            puts(", after the wait clocks that are set up");
        } else {
            printf(", after %u wait clocks\n", d->clocks);
        }
    }
}

static void print_table(const struct sfdp *s) {
    static const char *const addresses[] = {"3", "3 or 4", "4", "?"};
    char text[16];
    printf("size        %s, pages of %u bytes%s, %s address bytes\n",
            size_text(s->size_bytes, text), (unsigned)s->page_bytes,
            s->words < 11 ? " (assumed)" : "", addresses[s->address_modes]);
    printf("tables      %u, of them %u of the maker; basic: %u words at %Xh\n",
            s->tables, s->foreign, s->words, (unsigned)s->off);
    print_erases(s);
    print_sector_map(s);
    print_detect(s);
    if (s->page_typ_us) {
        printf("program     a page in %u us, at most %u us\n",
                (unsigned)s->page_typ_us, (unsigned)s->page_max_us);
    }
    for (unsigned i = 0; s->read[i].lanes; i++) {
        printf("read        %s by %02Xh, %u mode and %u wait clocks\n",
                s->read[i].lanes, s->read[i].opcode, s->read[i].mode_clocks,
                s->read[i].wait_clocks);
    }
    if (s->has_suspend) {
        printf("suspend     %02Xh, resume %02Xh; latency %g us in an erase, %g "
               "us in a program; then run %u us or %u us before the next\n",
                s->suspend_opcode, s->resume_opcode, s->erase_latency_us,
                s->program_latency_us, (unsigned)s->erase_interval_us,
                (unsigned)s->program_interval_us);
    } else {
        printf("suspend     not in the table\n");
    }
}

static void print_wait(const struct sfdp *s) {
    uint32_t longest_ms = 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t ms = s->erase[i].max_ms;
        longest_ms = ms > longest_ms ? ms : longest_ms;
    }
    if (s->has_suspend) {
        // The library's slice is the interval: what is left of it, then tSUS.
        printf("worst wait  %g us: a slice of %u us and the suspend latency, "
               "bus transfers not counted\n",
                s->erase_interval_us + s->erase_latency_us,
                (unsigned)s->erase_interval_us);
    } else if (longest_ms) {
        printf("worst wait  %u ms: the longest erase, which cannot be "
               "suspended\n",
                (unsigned)longest_ms);
    } else {
        printf("worst wait  unknown: the table has neither times nor a "
               "suspend command\n");
    }
}

#define LIBRARY_REGIONS 5u // XIP_PART_REGIONS

// What attach and bring-up make of a map. They ask the chip which one holds.
static void print_library(const struct sfdp *s) {
    char text[16];
    if (!s->sector_map || !s->region_count) {
        return;
    }
    if (s->region_count <= LIBRARY_REGIONS) {
        puts("library     erases by the units of each region, of the map that "
             "the chip has. A build with XIP_CFG_SECTOR_MAP=0 uses those only "
             "that are in all regions of all maps, or needs config.part");
        return;
    }
    printf("library     the map has more than %u regions: it erases units of",
            LIBRARY_REGIONS);
    for (unsigned t = 0; t < 4; t++) {
        if (s->everywhere >> t & 1) {
            printf(" %s", size_text(s->erase[t].size_bytes, text));
        }
    }
    puts(s->everywhere ? ", which are everywhere"
                       : " no size, since none is everywhere: bring-up fails "
                         "(XIP_ERR_PART)");
}

static void print_doubts(const struct part_model *m) {
    const struct sfdp *s = &m->sfdp;
    if (s->sector_map) {
        puts("doubtful    erase sizes depend on the address (sector map)");
    }
    print_library(s);
    if (!s->uniform_4k && !s->region_count) {
        puts("doubtful    4 KB erases are not uniform");
    }
    if (s->quad_enable == 7) {
        puts("doubtful    the table has a reserved code for quad enable");
    }
    for (unsigned i = 0; i < m->assumed_count; i++) {
        printf("assumed     %s\n", m->assumed[i]);
    }
    puts("note        model and library read the same table: that they agree "
         "says nothing about its figures");
}

/// Commands ///

static int list(void) {
    const struct nor_part *part;
    char text[16];
    for (size_t i = 0; (part = nor_part_at(i)); i++) {
        printf("%-14s %02X%02X%02X  %s\n", part->name, part->id[0], part->id[1],
                part->id[2], size_text(part->size_bytes, text));
    }
    return CLI_GOOD;
}

enum { OPT_JSON = 256, OPT_LIST };

static const struct option part_options[] = {
        {"list", no_argument, NULL, OPT_LIST},
        {"help", no_argument, NULL, 'h'},
        {0},
};
static const struct option sfdp_options[] = {
        {"json", no_argument, NULL, OPT_JSON},
        {"help", no_argument, NULL, 'h'},
        {0},
};

// Returns -1 with *file and the option given (0: none), or a status.
static int parse(int argc, char **argv, const struct option *options,
        const char *help, int *given, const char **file) {
    const char *name;
    int id;
    *given = 0;
    options_begin();
    while ((id = options_next(argc, argv, ":h", options, &name)) != -1) {
        if (id == 'h') {
            return cli_print(help);
        }
        if (id == '?') {
            return CLI_TROUBLE;
        }
        *given = id;
    }
    *file = optind < argc ? argv[optind] : NULL;
    if (optind + 1 < argc) {
        return cli_fail(CLI_TROUBLE, "'%s' is one argument too many; see %s",
                argv[optind + 1], cli_help_hint());
    }
    return -1;
}

int cmd_part(int argc, char **argv) {
    int given;
    const char *file = NULL;
    const int result =
            parse(argc, argv, part_options, part_help, &given, &file);
    if (result >= 0) {
        return result;
    }
    if (given == OPT_LIST) {
        return list();
    }
    if (!file) {
        return cli_fail(CLI_TROUBLE,
                "no file: give a dump of the chip's SFDP "
                "tables");
    }
    static struct part_model model;
    char why[SFDP_WHY_BYTES];
    if (!part_model_open(&model, file, why)) {
        return *why ? cli_fail(CLI_BAD, "%s", why) : CLI_TROUBLE;
    }
    if (model.dump.has_id) {
        printf("id          %02X %02X %02X\n", model.dump.id[0],
                model.dump.id[1], model.dump.id[2]);
    }
    print_table(&model.sfdp);
    print_wait(&model.sfdp);
    print_doubts(&model);
    part_model_close(&model);
    return CLI_GOOD;
}

int cmd_sfdp(int argc, char **argv) {
    int given;
    const char *file = NULL;
    const int result =
            parse(argc, argv, sfdp_options, sfdp_help, &given, &file);
    if (result >= 0) {
        return result;
    }
    if (!file) {
        return cli_fail(CLI_TROUBLE,
                "no file: give a dump of the chip's SFDP "
                "tables");
    }
    struct sfdp_dump dump;
    struct sfdp s;
    char why[SFDP_WHY_BYTES];
    if (!sfdp_read_file(&dump, file)) {
        return CLI_TROUBLE;
    }
    const bool good = sfdp_decode(&s, dump.bytes, dump.len, dump.map_id, why);
    sfdp_free(&dump);
    if (!good) {
        return cli_fail(CLI_BAD, "%s", why);
    }
    if (given == OPT_JSON) {
        return print_json(&s);
    }
    print_table(&s);
    return CLI_GOOD;
}
