/*
 * board_file - reads the text that describes a board
 *
 * SPDX-License-Identifier: MIT
 */
#include "board/board_file.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/number.h"
#include "board/board_check.h"
#include "nor/nor.h"

#define HSE_MIN 1000000u
#define HSE_MAX 50000000u
#define VECTORS_MAX (16u + 496u) // ARMv7-M B1.5.3
#define AF_MAX 15u

const char *const board_signal_names[BOARD_SIGNALS] = {
        [BOARD_CLK] = "clk",
        [BOARD_NCS] = "ncs",
        [BOARD_IO0] = "io0",
        [BOARD_IO1] = "io1",
        [BOARD_IO2] = "io2",
        [BOARD_IO3] = "io3",
        [BOARD_TX] = "tx",
        [BOARD_RX] = "rx",
};

struct reader {
    struct board *board;
    const char *word; // of the line
    unsigned line;
    unsigned pins; // bits of the signals that have one
    char *error;
};

bool board_fail(const struct board *board, unsigned line, char *error,
        const char *format, ...) {
    char what[BOARD_ERROR_BYTES - 220];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    char where[16] = "";
    if (line) {
        snprintf(where, sizeof where, ":%u", line);
    }
    snprintf(error, BOARD_ERROR_BYTES, "%.200s%.15s: %s", board->file, where,
            what);
    return false;
}

static bool bad(const struct reader *r, const char *value, const char *wanted) {
    return board_fail(r->board, r->line, r->error,
            "%s '%.40s' is not usable: give %s", r->word, value, wanted);
}

/// Values ///

// The words of the value, at most max. More: max + 1.
static unsigned split(char *value, char **words, unsigned max) {
    unsigned count = 0;
    for (char *word = strtok(value, " \t"); word; word = strtok(NULL, " \t")) {
        if (count == max) {
            return max + 1;
        }
        words[count++] = word;
    }
    return count;
}

static bool take_string(struct reader *r, const char *value, char *to,
        size_t bytes) {
    if (strlen(value) >= bytes) {
        return board_fail(r->board, r->line, r->error,
                "the %s is longer than %zu bytes: shorten it", r->word,
                bytes - 1);
    }
    strcpy(to, value);
    return true;
}

// A name that paths and programs are made of.
static bool take_folder(struct reader *r, const char *value, char *to) {
    const char *other = value;
    while (isalnum((unsigned char)*other) || *other == '_') {
        other++;
    }
    return *other ? bad(r, value, "the name of a folder: letters, digits and _")
                  : take_string(r, value, to, BOARD_NAME_BYTES);
}

static bool parse_region(const char *addr, const char *bytes,
        struct board_region *region) {
    uint64_t at;
    uint64_t size;
    if (!number_parse(addr, UINT32_MAX, &at) ||
            !number_parse(bytes, UINT32_MAX, &size) || !size ||
            at + size > UINT64_C(0x100000000)) {
        return false;
    }
    region->addr = (uint32_t)at;
    region->bytes = (uint32_t)size;
    return true;
}

static bool take_region(struct reader *r, const char *value,
        struct board_region *region, const char *wanted) {
    char copy[BOARD_TEXT_BYTES];
    snprintf(copy, sizeof copy, "%s", value);
    char *words[2];
    region->line = r->line;
    if (split(copy, words, 2) != 2 ||
            !parse_region(words[0], words[1], region)) {
        return bad(r, value, wanted);
    }
    return true;
}

static bool take_bytes(struct reader *r, const char *value, uint32_t *bytes,
        const char *wanted) {
    uint64_t number;
    if (!number_parse(value, UINT32_MAX, &number) || !number) {
        return bad(r, value, wanted);
    }
    *bytes = (uint32_t)number;
    return true;
}

static bool parse_pin(const char *text, struct board_pin *pin) {
    uint64_t number;
    if (text[0] != 'P' || text[1] < 'A' ||
            text[1] >= (char)('A' + BOARD_PORTS) ||
            !isdigit((unsigned char)text[2]) ||
            !number_parse(text + 2, 15, &number)) {
        return false;
    }
    pin->port = (uint8_t)(text[1] - 'A');
    pin->pin = (uint8_t)number;
    return true;
}

bool board_set_parse(const char *text, struct board_set *set) {
    char copy[100];
    if (strlen(text) >= sizeof copy) {
        return false;
    }
    strcpy(copy, text);
    char *value = strchr(copy, '=');
    if (!value) {
        return false;
    }
    *value++ = '\0';
    char *mask = strchr(copy, ':');
    if (mask) {
        *mask++ = '\0';
    }
    uint64_t addr;
    uint64_t mask_bits = UINT32_MAX;
    uint64_t bits;
    if (!number_parse(copy, UINT32_MAX, &addr) || addr % 4 ||
            (mask && !number_parse(mask, UINT32_MAX, &mask_bits)) ||
            !number_parse(value, UINT32_MAX, &bits)) {
        return false;
    }
    *set = (struct board_set){
            (uint32_t)addr, (uint32_t)mask_bits, (uint32_t)bits};
    return true;
}

/// Words ///

static bool take_name(struct reader *r, char *value) {
    return take_string(r, value, r->board->name, sizeof r->board->name);
}
static bool take_text(struct reader *r, char *value) {
    return take_string(r, value, r->board->text, sizeof r->board->text);
}
static bool take_mcu(struct reader *r, char *value) {
    return take_string(r, value, r->board->mcu, sizeof r->board->mcu);
}
static bool take_chip(struct reader *r, char *value) {
    return take_string(r, value, r->board->chip, sizeof r->board->chip);
}
static bool take_port(struct reader *r, char *value) {
    return take_folder(r, value, r->board->port);
}
static bool take_soc(struct reader *r, char *value) {
    return take_folder(r, value, r->board->soc);
}

// With the size alone it begins where that of the STM32 does.
static bool take_internal(struct reader *r, char *value) {
    struct board_region *internal = &r->board->internal;
    internal->line = r->line;
    if (!strpbrk(value, " \t")) {
        return take_bytes(r, value, &internal->bytes,
                "its size, or address and size, as 0x08000000 1M");
    }
    return take_region(r, value, internal,
            "its size, or address and size, as 0x08000000 1M");
}

static bool take_boot(struct reader *r, char *value) {
    r->board->boot.line = r->line;
    return take_bytes(r, value, &r->board->boot.bytes,
            "the size of the boot program's place, as 32K");
}

static bool take_table(struct reader *r, char *value) {
    uint64_t addr;
    if (!number_parse(value, UINT32_MAX, &addr) || addr % 4) {
        return bad(r, value, "an address, a multiple of 4");
    }
    r->board->table = (struct board_region){(uint32_t)addr, 0, r->line};
    return true;
}

static bool take_vectors(struct reader *r, char *value) {
    uint64_t count;
    if (!number_parse(value, VECTORS_MAX, &count) || count < 16) {
        return bad(r, value, "16 and the number of interrupts, at most 512");
    }
    r->board->vector_count = (uint16_t)count;
    return true;
}

static bool overlap(const struct board_region *a,
        const struct board_region *b) {
    return a->addr < (uint64_t)b->addr + b->bytes &&
            b->addr < (uint64_t)a->addr + a->bytes;
}

static bool take_ram(struct reader *r, char *value) {
    struct board *b = r->board;
    struct board_region ram;
    if (!take_region(r, value, &ram, "address and size, as 0x20000000 96K")) {
        return false;
    }
    if (b->ram_count == BOARD_RAMS_MAX) {
        return board_fail(b, r->line, r->error,
                "more than %d memories: combine those that touch",
                BOARD_RAMS_MAX);
    }
    for (unsigned i = 0; i < b->ram_count; i++) {
        if (overlap(&ram, &b->ram[i])) {
            return board_fail(b, r->line, r->error,
                    "overlaps the RAM at 0x%08" PRIX32
                    ": give each address once",
                    b->ram[i].addr);
        }
    }
    b->ram[b->ram_count++] = ram;
    return true;
}

static bool take_noinit(struct reader *r, char *value) {
    return take_region(r, value, &r->board->noinit,
            "address and size of RAM that no program clears");
}
static bool take_boot_ram(struct reader *r, char *value) {
    return take_region(r, value, &r->board->boot_ram,
            "address and size of the boot program's RAM");
}
static bool take_window(struct reader *r, char *value) {
    return take_region(r, value, &r->board->window,
            "address and size, as 0x90000000 256M");
}

static bool take_alias(struct reader *r, char *value) {
    struct board *b = r->board;
    char copy[BOARD_TEXT_BYTES];
    snprintf(copy, sizeof copy, "%s", value);
    char *words[3];
    uint64_t of;
    struct board_alias alias = {.region.line = r->line};
    if (split(copy, words, 3) != 3 ||
            !parse_region(words[0], words[1], &alias.region) ||
            !number_parse(words[2], UINT32_MAX, &of)) {
        return bad(r, value,
                "address, size and the address of the same memory, as "
                "0x11000000 16M 0x10000000");
    }
    if (b->alias_count == BOARD_ALIASES_MAX) {
        return board_fail(b, r->line, r->error, "more than %d aliases",
                BOARD_ALIASES_MAX);
    }
    alias.of = (uint32_t)of;
    b->alias[b->alias_count++] = alias;
    return true;
}

static bool take_devices(struct reader *r, char *value) {
    struct board *b = r->board;
    struct board_region devices;
    if (!take_region(r, value, &devices,
                "address and size of registers, as 0x14000000 4K")) {
        return false;
    }
    if (b->devices_count == BOARD_DEVICES_MAX) {
        return board_fail(b, r->line, r->error,
                "more than %d ranges of registers: combine those that touch",
                BOARD_DEVICES_MAX);
    }
    b->devices[b->devices_count++] = devices;
    return true;
}
static bool take_journal(struct reader *r, char *value) {
    return take_region(r, value, &r->board->journal,
            "offset in the flash chip and size, as 0xFFE000 8K");
}

static bool take_counter(struct reader *r, char *value) {
    return take_region(r, value, &r->board->counter,
            "address of two pages of internal flash and their size, as "
            "0x080FF000 4K");
}

static bool take_golden(struct reader *r, char *value) {
    uint64_t number;
    if (!number_parse(value, BOARD_SLOTS_MAX - 1, &number)) {
        return bad(r, value, "the number of a slot, as 2; the first one is 0");
    }
    r->board->golden = (unsigned)number + 1;
    r->board->golden_line = r->line;
    return true;
}

static bool take_part(struct reader *r, char *value) {
    if (!nor_part_find(value)) {
        return board_fail(r->board, r->line, r->error,
                "unknown part '%.40s': `xipsafe sim --list` names those that "
                "there are; for another one give its size, as 'flash 16M'",
                value);
    }
    return take_string(r, value, r->board->part, sizeof r->board->part);
}

static bool take_flash(struct reader *r, char *value) {
    r->board->flash_line = r->line;
    return take_bytes(r, value, &r->board->flash_bytes,
            "the size of the flash chip, as 16M");
}

static bool take_slot(struct reader *r, char *value) {
    struct board *b = r->board;
    struct board_region slot;
    if (!take_region(r, value, &slot,
                "offset in the flash chip and size, as 0x100000 1M")) {
        return false;
    }
    if (b->slot_count == BOARD_SLOTS_MAX) {
        return board_fail(b, r->line, r->error,
                "more than %d slots: the journal takes no more",
                BOARD_SLOTS_MAX);
    }
    b->slot[b->slot_count++] = slot;
    return true;
}

static bool take_header(struct reader *r, char *value) {
    return take_bytes(r, value, &r->board->header_bytes,
            "the size of an image's header, as 0x200");
}

// In Hz: 8M would be 8,388,608.
static bool take_hse(struct reader *r, char *value) {
    uint64_t hz;
    if (strpbrk(value, "KMG") || !number_parse(value, HSE_MAX, &hz) ||
            (hz && hz < HSE_MIN)) {
        return board_fail(r->board, r->line, r->error,
                "hse '%.40s' is not usable: give the crystal's frequency in "
                "Hz, %u to %u, or 0 for none",
                value, HSE_MIN, HSE_MAX);
    }
    r->board->hse_hz = (uint32_t)hz;
    return true;
}

static bool take_hse_note(struct reader *r, char *value) {
    return take_string(r, value, r->board->hse_note, sizeof r->board->hse_note);
}

static bool take_pin(struct reader *r, char *value) {
    char copy[BOARD_TEXT_BYTES];
    snprintf(copy, sizeof copy, "%s", value);
    char *words[3];
    struct board_pin pin;
    uint64_t af;
    unsigned signal = 0;
    const bool three = split(copy, words, 3) == 3;
    while (three && signal < BOARD_SIGNALS &&
            strcmp(words[0], board_signal_names[signal])) {
        signal++;
    }
    if (!three || signal == BOARD_SIGNALS || !parse_pin(words[1], &pin) ||
            strncmp(words[2], "AF", 2) ||
            !number_parse(words[2] + 2, AF_MAX, &af)) {
        return bad(r, value,
                "signal (clk, ncs, io0 to io3, tx, rx), pin and alternate "
                "function, as clk PE10 AF10");
    }
    if (r->pins & 1u << signal) {
        return board_fail(r->board, r->line, r->error,
                "pin %s is given twice: leave one out",
                board_signal_names[signal]);
    }
    r->pins |= 1u << signal;
    pin.af = (uint8_t)af;
    r->board->pin[signal] = pin;
    r->board->pins_known = true;
    return true;
}

static bool take_pulled_up(struct reader *r, char *value) {
    char copy[BOARD_TEXT_BYTES];
    snprintf(copy, sizeof copy, "%s", value);
    for (char *word = strtok(copy, " \t"); word; word = strtok(NULL, " \t")) {
        struct board_pin pin;
        if (!parse_pin(word, &pin)) {
            return bad(r, value, "pins, as PC13 PE3");
        }
        r->board->pulled_up[pin.port] |= 1u << pin.pin;
    }
    return true;
}

static bool take_like(struct reader *r, char *value) {
    const struct board *like = board_find(value);
    struct board *b = r->board;
    if (!like) {
        return board_fail(b, r->line, r->error,
                "unknown board '%.40s': `xipsafe board list` names those that "
                "there are",
                value);
    }
    b->pins_known = like->pins_known;
    memcpy(b->pin, like->pin, sizeof b->pin);
    for (unsigned i = 0; i < BOARD_PORTS; i++) {
        b->pulled_up[i] |= like->pulled_up[i];
    }
    r->pins = (1u << BOARD_SIGNALS) - 1u;
    return true;
}

static bool take_set(struct reader *r, char *value) {
    struct board *b = r->board;
    struct board_set set;
    if (!board_set_parse(value, &set)) {
        return board_fail(b, r->line, r->error,
                "'%.40s' is not usable: give ADDR[:MASK]=VALUE with the "
                "address of a 32-bit register",
                value);
    }
    struct board_set *sets =
            array_more(b->sets, b->set_count, &b->set_room, sizeof *sets);
    if (!sets) {
        return board_fail(b, r->line, r->error,
                "out of memory: close other programs");
    }
    b->sets = sets;
    sets[b->set_count++] = set;
    return true;
}

static const struct {
    const char *name;
    bool (*take)(struct reader *r, char *value);
    bool again; // may come several times
} words[] = {
        {"name", take_name, false},
        {"text", take_text, false},
        {"mcu", take_mcu, false},
        {"chip", take_chip, false},
        {"port", take_port, false},
        {"soc", take_soc, false},
        {"internal", take_internal, false},
        {"boot", take_boot, false},
        {"table", take_table, false},
        {"vectors", take_vectors, false},
        {"ram", take_ram, true},
        {"noinit", take_noinit, false},
        {"boot-ram", take_boot_ram, false},
        {"window", take_window, false},
        {"alias", take_alias, true},
        {"devices", take_devices, true},
        {"part", take_part, false},
        {"flash", take_flash, false},
        {"slot", take_slot, true},
        {"header", take_header, false},
        {"journal", take_journal, false},
        {"golden", take_golden, false},
        {"counter", take_counter, false},
        {"hse", take_hse, false},
        {"hse-note", take_hse_note, false},
        {"pin", take_pin, true},
        {"pulled-up", take_pulled_up, true},
        {"like", take_like, false},
        {"set", take_set, true},
};
#define WORDS (sizeof words / sizeof words[0])

/// Lines ///

// first[i]: the line in which words[i] came first.
static bool take_line(struct reader *r, char *line, unsigned *first) {
    char *value = line + strcspn(line, " \t");
    if (*value) {
        *value++ = '\0';
        value += strspn(value, " \t");
    }
    size_t i = 0;
    while (i < WORDS && strcmp(line, words[i].name)) {
        i++;
    }
    if (i == WORDS) {
        return board_fail(r->board, r->line, r->error,
                "unknown word '%.40s': docs/BOARDS.md has the words that a "
                "line begins with",
                line);
    }
    if (!*value) {
        return board_fail(r->board, r->line, r->error,
                "'%s' needs a value behind it", line);
    }
    if (first[i] && !words[i].again) {
        return board_fail(r->board, r->line, r->error,
                "'%s' was given in line %u already: leave one out", line,
                first[i]);
    }
    first[i] = first[i] ? first[i] : r->line;
    r->word = words[i].name;
    return words[i].take(r, value);
}

static bool take_lines(struct reader *r, FILE *file) {
    unsigned first[WORDS] = {0};
    struct lines lines = {.file = file};
    bool good = true;
    char *line;
    while (good && (line = lines_next(&lines))) {
        r->line = lines.number;
        good = take_line(r, line, first);
    }
    if (good && lines.error) {
        good = board_fail(r->board, lines.number, r->error, "%s", lines.error);
    }
    lines_free(&lines);
    return good;
}

// What a file that says nothing of its MCU has always meant: an STM32L476,
// RM0351, 2.2.2.
static void take_defaults(struct board *b) {
    *b = (struct board){
            .name = "own board",
            .text = "a board of your own",
            .mcu = "STM32L476",
            .internal = {0x08000000u, 0x100000u, 0},
            .window = {0x90000000u, 0x10000000u, 0},
    };
}

bool board_read(struct board *board, FILE *file, const char *name,
        char error[BOARD_ERROR_BYTES]) {
    struct reader r = {.board = board, .error = error};
    take_defaults(board);
    board->file = name;
    if (!take_lines(&r, file)) {
        return false;
    }
    if (board->pins_known && r.pins != (1u << BOARD_SIGNALS) - 1u) {
        unsigned missing = 0;
        while (r.pins & 1u << missing) {
            missing++;
        }
        return board_fail(board, 0, error,
                "no pin of %s: add a line as 'pin %s PE10 AF10', or give no "
                "pins at all",
                board_signal_names[missing], board_signal_names[missing]);
    }
    return board_check(board, error);
}

void board_free(struct board *board) {
    free(board->sets);
    board->sets = NULL;
    board->set_count = board->set_room = 0;
}
