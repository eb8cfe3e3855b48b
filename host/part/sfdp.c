/*
 * sfdp - the parameter tables of a chip, read from a dump
 *
 * SPDX-License-Identifier: MIT
 */
#include "part/sfdp.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"

#define BASIC 0xFF00u
#define SECTOR_MAP 0xFF81u
#define FOUR_BYTE 0xFF84u
#define REV0_WORDS 9u

/// The file ///

static int hex_digit(int c) {
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

// A comment "# KEY: VALUE", in hexadecimal.
static bool value_of(const char *line, const char *key, unsigned long most,
        unsigned long *value) {
    if (strncmp(line, key, strlen(key)) != 0) {
        return false;
    }
    const char *digits = line + strlen(key);
    char *end;
    *value = strtoul(digits, &end, 16);
    return end != digits && *value <= most;
}

static void take_comment(struct sfdp_dump *dump, const char *line) {
    unsigned long value;
    if (value_of(line, "# jedec-id:", 0xFFFFFF, &value)) {
        dump->has_id = true;
        dump->id[0] = (uint8_t)(value >> 16);
        dump->id[1] = (uint8_t)(value >> 8);
        dump->id[2] = (uint8_t)value;
    } else if (value_of(line, "# sector-map:", 0xFF, &value)) {
        dump->map_id = (int)value;
    }
}

// What a dump leaves out reads as erased.
static bool take_offset(struct sfdp_dump *dump, const char *line) {
    char *end;
    const unsigned long off = strtoul(line, &end, 16);
    if (*end != ':' || off < dump->len || off > SFDP_MAX_BYTES) {
        return false;
    }
    memset(dump->bytes + dump->len, 0xFF, off - dump->len);
    dump->len = off;
    return true;
}

// One line of text; false: neither bytes nor a comment.
static bool take_line(struct sfdp_dump *dump, const char *line) {
    take_comment(dump, line);
    const char *colon = strchr(line, ':');
    const char *comment = strchr(line, '#');
    if (colon && (!comment || colon < comment)) {
        if (!take_offset(dump, line)) {
            return false;
        }
        line = colon + 1;
    }
    while (*line && *line != '#') {
        if (isspace((unsigned char)*line)) {
            line++;
            continue;
        }
        const int high = hex_digit((unsigned char)line[0]);
        const int low = high < 0 ? -1 : hex_digit((unsigned char)line[1]);
        if (low < 0) {
            return false;
        }
        dump->bytes[dump->len++] = (uint8_t)(high << 4 | low);
        line += 2;
    }
    return true;
}

static bool take_text(struct sfdp_dump *dump, char *text) {
    char *save = NULL;
    for (char *line = strtok_r(text, "\r\n", &save); line;
            line = strtok_r(NULL, "\r\n", &save)) {
        if (!take_line(dump, line)) {
            return false;
        }
    }
    return true;
}

bool sfdp_read_file(struct sfdp_dump *dump, const char *path) {
    memset(dump, 0, sizeof *dump);
    dump->map_id = -1;
    size_t size = 0;
    uint8_t *file = file_read(path, SFDP_MAX_BYTES, &size);
    if (!file) {
        return false;
    }
    if (size >= 4 && !memcmp(file, "SFDP", 4)) {
        dump->bytes = file;
        dump->len = size;
        return true;
    }
    char *text = malloc(size + 1);
    dump->bytes = malloc(SFDP_MAX_BYTES + size + 1);
    bool good = text && dump->bytes;
    if (good) {
        memcpy(text, file, size);
        text[size] = '\0';
        good = take_text(dump, text) && dump->len;
    }
    free(text);
    free(file);
    if (!good) {
        sfdp_free(dump);
        cli_fail(CLI_TROUBLE,
                "%s: neither raw SFDP bytes nor lines 'offset: bytes'; give "
                "what command 5Ah reads",
                path);
    }
    return good;
}

void sfdp_free(struct sfdp_dump *dump) {
    free(dump->bytes);
    dump->bytes = NULL;
}

/// Words ///

static uint32_t get32(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static uint32_t bits(uint32_t value, unsigned high, unsigned low) {
    return value >> low & (uint32_t)((1ull << (high - low + 1)) - 1);
}

struct table {
    const uint8_t *at; // NULL: there is none
    unsigned minor, words;
    uint32_t off;
};

// DWn, numbered from 1; a word behind the table reads as 0.
static uint32_t dw(const struct table *t, unsigned n) {
    return t->at && n <= t->words ? get32(t->at + 4 * (n - 1)) : 0;
}

static bool find_tables(struct sfdp *s, const uint8_t *bytes, size_t len,
        struct table *basic, struct table *four, struct table *map) {
    s->tables = bytes[6] + 1u;
    for (unsigned i = 0; i < s->tables; i++) {
        const size_t at = 8 + 8 * (size_t)i;
        if (at + 8 > len) {
            return false;
        }
        const uint8_t *h = bytes + at;
        const uint32_t id = h[0] | (uint32_t)h[7] << 8;
        const uint32_t off = get32(h + 4) & 0xFFFFFF;
        struct table *to = id == BASIC ? basic
                : id == FOUR_BYTE      ? four
                : id == SECTOR_MAP     ? map
                                       : NULL;
        s->foreign += (id & 0xFF00) != 0xFF00 || (id != BASIC && h[0] >= 0xA0);
        s->sector_map |= id == SECTOR_MAP;
        if (!to || h[2] != 1 || off + 4ull * h[3] > len ||
                (to->at &&
                        (h[1] < to->minor ||
                                (h[1] == to->minor && h[3] <= to->words)))) {
            continue;
        }
        *to = (struct table){bytes + off, h[1], h[3], off};
    }
    return basic->at && basic->words >= REV0_WORDS;
}

/// The basic table ///

static void take_erase(struct sfdp *s, const struct table *t) {
    static const uint32_t unit_ms[4] = {1, 16, 128, 1000};
    const uint32_t times = dw(t, 10);
    const uint32_t factor = 2 * (bits(times, 3, 0) + 1);
    unsigned n = 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t half = dw(t, 8 + i / 2) >> (i % 2 * 16) & 0xFFFF;
        const uint32_t log2 = half & 0xFF;
        if (log2 < 8 || log2 > 31) {
            continue;
        }
        struct sfdp_erase *e = &s->erase[n++];
        e->size_bytes = 1u << log2;
        e->opcode = (uint8_t)(half >> 8);
        const uint32_t time = times >> (4 + 7 * i);
        if (t->words > REV0_WORDS) {
            e->typ_ms = (bits(time, 4, 0) + 1) * unit_ms[bits(time, 6, 5)];
            e->max_ms = e->typ_ms * factor;
        }
    }
    s->uniform_4k = bits(dw(t, 1), 1, 0) == 1;
    if (n == 0 && s->uniform_4k) { // only DW1 knows it
        s->erase[0].size_bytes = 4096;
        s->erase[0].opcode = (uint8_t)bits(dw(t, 1), 15, 8);
    }
}

static void take_program(struct sfdp *s, const struct table *t) {
    static const uint32_t chip_ms[4] = {16, 256, 4000, 64000};
    const uint32_t word = dw(t, 11);
    s->page_bytes = 256;
    if (t->words < 11) {
        return;
    }
    const uint32_t log2 = bits(word, 7, 4);
    const uint32_t factor = 2 * (bits(word, 3, 0) + 1);
    s->page_bytes = log2 >= 4 ? 1u << log2 : 256;
    s->page_typ_us = (bits(word, 12, 8) + 1) * (bits(word, 13, 13) ? 64 : 8);
    s->page_max_us = s->page_typ_us * factor;
    s->chip_typ_ms = (bits(word, 28, 24) + 1) * chip_ms[bits(word, 30, 29)];
    s->chip_max_ms = s->chip_typ_ms * 2 * (bits(dw(t, 10), 3, 0) + 1);
}

static void take_reads(struct sfdp *s, const struct table *t) {
    const uint32_t dw1 = dw(t, 1);
    const uint32_t dw5 = dw(t, 5);
    const struct {
        bool has;
        const char *lanes;
        uint32_t half;
    } reads[] = {
            {dw1 >> 21 & 1, "1-4-4", dw(t, 3)},
            {dw1 >> 22 & 1, "1-1-4", dw(t, 3) >> 16},
            {dw1 >> 16 & 1, "1-1-2", dw(t, 4)},
            {dw1 >> 20 & 1, "1-2-2", dw(t, 4) >> 16},
            {dw5 & 1, "2-2-2", dw(t, 6) >> 16},
            {dw5 >> 4 & 1, "4-4-4", dw(t, 7) >> 16},
    };
    unsigned n = 0;
    for (unsigned i = 0; i < sizeof reads / sizeof *reads; i++) {
        if (reads[i].has) {
            s->read[n++] = (struct sfdp_read){reads[i].lanes,
                    (uint8_t)bits(reads[i].half, 15, 8),
                    (uint8_t)bits(reads[i].half, 7, 5),
                    (uint8_t)bits(reads[i].half, 4, 0)};
        }
    }
}

static double delay_us(uint32_t field) {
    static const double unit_us[4] = {0.128, 1, 8, 64};
    return (bits(field, 4, 0) + 1) * unit_us[bits(field, 6, 5)];
}

static void take_suspend(struct sfdp *s, const struct table *t) {
    const uint32_t word = dw(t, 12);
    s->has_suspend = t->words >= 13 && !(word >> 31);
    if (!s->has_suspend) {
        return;
    }
    s->suspend_rules = (uint8_t)word;
    s->program_interval_us = (bits(word, 12, 9) + 1) * 64;
    s->program_latency_us = delay_us(bits(word, 19, 13));
    s->erase_interval_us = (bits(word, 23, 20) + 1) * 64;
    s->erase_latency_us = delay_us(bits(word, 30, 24));
    s->resume_opcode = (uint8_t)bits(dw(t, 13), 23, 16);
    s->suspend_opcode = (uint8_t)bits(dw(t, 13), 31, 24);
}

static void take_modes(struct sfdp *s, const struct table *t) {
    s->quad_enable = -1;
    if (t->words >= 14) {
        const uint32_t word = dw(t, 14);
        s->polls_fsr = bits(word, 3, 3) && !bits(word, 2, 2);
        s->has_sleep = !(word >> 31);
        s->wake_us = s->has_sleep ? delay_us(bits(word, 14, 8)) : 0;
        s->wake_opcode = (uint8_t)bits(word, 22, 15);
        s->sleep_opcode = (uint8_t)bits(word, 30, 23);
    }
    if (t->words >= 15) {
        s->quad_enable = (int)bits(dw(t, 15), 22, 20);
    }
    if (t->words >= 16) {
        s->volatile_sr =
                bits(dw(t, 16), 3, 2) != 0 && bits(dw(t, 16), 6, 0) != 0x7F;
        s->reset = (uint8_t)bits(dw(t, 16), 13, 8);
    }
}

// Some small parts announce a table that nobody has programmed.
static void take_four_byte(struct sfdp *s, const struct table *four) {
    static const uint8_t opcodes[25] = {0x13, 0x0C, 0x3C, 0xBC, 0x6C, 0xEC,
            0x12, 0x34, 0x3E, 0, 0, 0, 0, 0x0E, 0xBE, 0xEE, 0xE0, 0xE2, 0xE1,
            0xE3, 0x7C, 0xCC, 0xFD, 0x84, 0x8E};
    if (!four->at || four->words < 2 || s->address_modes == 0 ||
            s->size_bytes <= 0x1000000) {
        return;
    }
    const uint32_t has = dw(four, 1);
    for (unsigned i = 0; i < sizeof opcodes; i++) {
        if (opcodes[i] && has >> i & 1) {
            s->four_byte[s->four_byte_count++] = opcodes[i];
        }
    }
}

// By table order: the types that were left out of erase[] are skipped.
static void take_four_byte_erase(struct sfdp *s, const struct table *t,
        const struct table *four) {
    unsigned n = 0;
    for (unsigned i = 0; i < 4 && s->four_byte_count; i++) {
        const uint32_t log2 = dw(t, 8 + i / 2) >> (i % 2 * 16) & 0xFF;
        if (log2 < 8 || log2 > 31) {
            continue;
        }
        const uint8_t opcode = (uint8_t)(dw(four, 2) >> 8 * i);
        s->erase_four_byte[n++] =
                dw(four, 1) >> (9 + i) & 1 && opcode != 0xFF ? opcode : 0;
    }
}

/// The sector map (JESD216F 6.5) ///

// Bits of erase[] for those of the table, which may have types left out.
static uint8_t types_of(const struct table *basic, uint32_t mask) {
    uint8_t types = 0;
    unsigned n = 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t log2 = dw(basic, 8 + i / 2) >> (i % 2 * 16) & 0xFF;
        if (log2 >= 8 && log2 <= 31) {
            types |= (uint8_t)((mask >> i & 1) << n++);
        }
    }
    return types;
}

static uint32_t smallest_erase(const struct sfdp *s) {
    uint32_t smallest = 0x80000000;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t size = s->erase[i].size_bytes;
        smallest = size && size < smallest ? size : smallest;
    }
    return smallest;
}

// Regions from word n on. False: they are not the whole chip, have a type that
// the basic table does not, or end inside a unit of the smallest one. They may
// cut a larger one: such a region has what is left of it.
static bool take_regions(struct sfdp *s, const struct table *basic,
        const struct table *map, unsigned n, unsigned count) {
    uint64_t off = 0;
    if (count > SFDP_REGIONS || n + count - 1 > map->words) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const uint32_t word = dw(map, n + i);
        struct sfdp_region *region = &s->region[i];
        region->size_bytes = ((uint64_t)(word >> 8) + 1) * 256;
        region->types = types_of(basic, word);
        if (__builtin_popcount(region->types) !=
                        __builtin_popcount(word & 15) ||
                region->size_bytes % smallest_erase(s)) {
            return false;
        }
        off += region->size_bytes;
    }
    return off == s->size_bytes;
}

static void take_detect(struct sfdp *s, uint32_t head, uint32_t addr) {
    static const uint8_t addr_bytes[4] = {0, 3, 4, SFDP_VARIABLE};
    const unsigned clocks = bits(head, 19, 16);
    if (s->detects < SFDP_DETECTS) {
        s->detect[s->detects++] = (struct sfdp_detect){
                .opcode = (uint8_t)bits(head, 15, 8),
                .mask = (uint8_t)bits(head, 31, 24),
                .addr_bytes = addr_bytes[bits(head, 23, 22)],
                .clocks = (uint8_t)(clocks == 15 ? SFDP_VARIABLE : clocks),
                .addr = addr,
        };
    }
}

// Of all maps, that which holds or not.
static void narrow(struct sfdp *s, const struct table *basic,
        const struct table *map, unsigned n, unsigned count) {
    for (unsigned i = 0; i < count && n + i <= map->words; i++) {
        s->everywhere &= types_of(basic, dw(map, n + i));
    }
}

// Commands of two words that read registers come first; then the maps, each a
// word with its number, and its regions.
static void take_sector_map(struct sfdp *s, const struct table *basic,
        const struct table *map, int wanted) {
    unsigned n = 1;
    s->everywhere = 0xF;
    while (n <= map->words) {
        const uint32_t head = dw(map, n);
        if (!bits(head, 1, 1)) {
            take_detect(s, head, n < map->words ? dw(map, n + 1) : 0);
            n += 2;
            continue;
        }
        const unsigned count = bits(head, 23, 16) + 1;
        const unsigned id = bits(head, 15, 8);
        if (wanted < 0 ? !s->maps : id == (unsigned)wanted) {
            s->map_id = id;
            s->region_count =
                    take_regions(s, basic, map, n + 1, count) ? count : 0;
        }
        s->maps++;
        narrow(s, basic, map, n + 1, count);
        n += 1 + count;
        if (bits(head, 0, 0)) {
            break;
        }
    }
}

bool sfdp_decode(struct sfdp *s, const uint8_t *bytes, size_t len, int map_id,
        char why[SFDP_WHY_BYTES]) {
    struct table basic = {0};
    struct table four = {0};
    struct table map = {0};
    memset(s, 0, sizeof *s);
    if (len < 16 || memcmp(bytes, "SFDP", 4) != 0) {
        snprintf(why, SFDP_WHY_BYTES,
                "no SFDP signature: the first bytes have to be 53 46 44 50");
        return false;
    }
    if (!find_tables(s, bytes, len, &basic, &four, &map)) {
        snprintf(why, SFDP_WHY_BYTES,
                "no basic table of 9 words or more within %zu bytes: dump more "
                "of them (some parts have it at 300h)",
                len);
        return false;
    }
    s->words = basic.words;
    s->off = basic.off;
    const uint32_t density = dw(&basic, 2);
    const uint32_t log2 = density & 0x7FFFFFFF;
    if (density >> 31 ? log2 < 19 || log2 > 40 : density < 0x7FFFF) {
        snprintf(why, SFDP_WHY_BYTES, "the table says a size of %08Xh: damaged",
                (unsigned)density);
        return false;
    }
    s->size_bytes =
            density >> 31 ? 1ull << (log2 - 3) : ((uint64_t)density + 1) / 8;
    s->address_modes = (uint8_t)bits(dw(&basic, 1), 18, 17);
    take_erase(s, &basic);
    take_program(s, &basic);
    take_reads(s, &basic);
    take_suspend(s, &basic);
    take_modes(s, &basic);
    take_four_byte(s, &four);
    take_four_byte_erase(s, &basic, &four);
    take_sector_map(s, &basic, &map, map_id);
    return true;
}
