/*
 * board_check - whether what a board file says fits together
 *
 * SPDX-License-Identifier: MIT
 */
#include "board/board_check.h"

#include <inttypes.h>
#include <string.h>

#include "nor/nor.h"

#define SECTOR_BYTES 0x1000u  // smallest erase unit of the parts
#define HEADER_MIN 32u        // of an MCUboot image
#define COUNTER_BYTES 0x1000u // two pages of an STM32L4

static uint64_t end_of(const struct board_region *r) {
    return (uint64_t)r->addr + r->bytes;
}

static bool inside(const struct board_region *a, const struct board_region *b) {
    return a->addr >= b->addr && end_of(a) <= end_of(b);
}

static bool overlap(const struct board_region *a,
        const struct board_region *b) {
    return a->addr < end_of(b) && b->addr < end_of(a);
}

// Defaults are those of the STM32L4; another MCU must say its own.
static bool check_mcu(const struct board *b, char *error) {
    const bool known = !strncmp(b->mcu, "STM32L4", 7);
    if (!known && !b->window.line) {
        return board_fail(b, 0, error,
                "no window: add a line as 'window 0x90000000 256M' with the "
                "range where the %s maps the flash",
                b->mcu);
    }
    if (!known && !b->internal.line) {
        return board_fail(b, 0, error,
                "no internal flash: add a line as 'internal 0x08000000 1M'");
    }
    return true;
}

static bool check_flash(struct board *b, char *error) {
    const struct nor_part *part = nor_part_find(b->part);
    if (part && b->flash_bytes && b->flash_bytes != part->size_bytes) {
        return board_fail(b, b->flash_line, error,
                "the part %s has %" PRIu32 " bytes: leave 'flash' out",
                part->name, part->size_bytes);
    }
    if (part) {
        b->flash_bytes = part->size_bytes;
    }
    if (b->flash_bytes > b->window.bytes) {
        return board_fail(b, b->window.line, error,
                "the window is smaller than the flash chip (%" PRIu32
                " bytes): only what it shows can be executed; give the "
                "whole range that the controller maps",
                b->flash_bytes);
    }
    return true;
}

static bool check_internal(struct board *b, char *error) {
    for (unsigned i = 0; i < b->ram_count; i++) {
        if (overlap(&b->ram[i], &b->internal)) {
            return board_fail(b, b->ram[i].line, error,
                    "the RAM at 0x%08" PRIX32
                    " overlaps the internal flash (0x%08" PRIX32 "): move one",
                    b->ram[i].addr, b->internal.addr);
        }
        if (overlap(&b->ram[i], &b->window)) {
            return board_fail(b, b->ram[i].line, error,
                    "the RAM at 0x%08" PRIX32
                    " overlaps the window (0x%08" PRIX32 "): move one",
                    b->ram[i].addr, b->window.addr);
        }
    }
    if (overlap(&b->internal, &b->window)) {
        return board_fail(b, b->window.line, error,
                "the window overlaps the internal flash: move one");
    }
    b->boot.addr = b->internal.addr;
    if (b->boot.bytes > b->internal.bytes) {
        return board_fail(b, b->boot.line, error,
                "the boot program's place is larger than the internal flash");
    }
    const uint64_t vectors_end = b->internal.addr + 4ull * b->vector_count;
    if (b->table.line &&
            (b->table.addr < vectors_end ||
                    b->table.addr >= end_of(&b->boot))) {
        return board_fail(b, b->table.line, error,
                "the table lies outside of the boot program's place, or in "
                "its vector table, which ends at 0x%08" PRIX64,
                vectors_end);
    }
    return true;
}

static bool in_a_ram(const struct board *b, const struct board_region *r) {
    for (unsigned i = 0; i < b->ram_count; i++) {
        if (inside(r, &b->ram[i])) {
            return true;
        }
    }
    return !r->line;
}

static bool check_rams(const struct board *b, char *error) {
    if (!in_a_ram(b, &b->noinit)) {
        return board_fail(b, b->noinit.line, error,
                "'noinit' lies in none of the memories that 'ram' names");
    }
    if (!in_a_ram(b, &b->boot_ram)) {
        return board_fail(b, b->boot_ram.line, error,
                "'boot-ram' lies in none of the memories that 'ram' names");
    }
    if (b->noinit.line && b->boot_ram.line &&
            overlap(&b->noinit, &b->boot_ram)) {
        return board_fail(b, b->boot_ram.line, error,
                "'boot-ram' overlaps 'noinit', which no program may clear");
    }
    return true;
}

static bool check_chip_region(const struct board *b,
        const struct board_region *r, const char *what, char *error) {
    if (b->flash_bytes && end_of(r) > b->flash_bytes) {
        return board_fail(b, r->line, error,
                "the %s ends behind the flash chip, which has %" PRIu32
                " bytes",
                what, b->flash_bytes);
    }
    if (r->addr % SECTOR_BYTES || r->bytes % SECTOR_BYTES) {
        return board_fail(b, r->line, error,
                "the %s does not consist of whole erase sectors: give "
                "multiples of 4K",
                what);
    }
    return true;
}

static bool check_slots(const struct board *b, char *error) {
    const uint32_t align = board_vector_align(b);
    for (unsigned i = 0; i < b->slot_count; i++) {
        const struct board_region *slot = &b->slot[i];
        if (!check_chip_region(b, slot, "slot", error)) {
            return false;
        }
        if (slot->bytes != b->slot[0].bytes) {
            return board_fail(b, slot->line, error,
                    "slots differ in size: make them equal");
        }
        for (unsigned k = 0; k < i; k++) {
            if (overlap(slot, &b->slot[k])) {
                return board_fail(b, slot->line, error,
                        "overlaps the slot of line %u: move one",
                        b->slot[k].line);
            }
        }
        if (b->journal.line && overlap(slot, &b->journal)) {
            return board_fail(b, b->journal.line, error,
                    "the journal overlaps the slot of line %u: move one",
                    slot->line);
        }
        const uint32_t vectors = b->window.addr + slot->addr + b->header_bytes;
        if (b->header_bytes &&
                (b->header_bytes < HEADER_MIN || b->header_bytes % 4 ||
                        (b->vector_count && vectors % align))) {
            return board_fail(b, slot->line, error,
                    "the vector table behind the header would lie at "
                    "0x%08" PRIX32
                    ": 'header' must make that a multiple of 0x%" PRIX32,
                    vectors, align);
        }
    }
    return !b->journal.line ||
            check_chip_region(b, &b->journal, "journal", error);
}

// It is tried last, by a boot program that keeps a journal.
static bool check_golden(const struct board *b, char *error) {
    if (b->golden > b->slot_count) {
        return board_fail(b, b->golden_line, error,
                "there is no slot %u: the first one of %u is 0", b->golden - 1,
                b->slot_count);
    }
    if (b->golden && b->slot_count < 2) {
        return board_fail(b, b->golden_line, error,
                "the golden slot is the only one: add another 'slot'");
    }
    if (b->golden && !b->journal.line) {
        return board_fail(b, b->golden_line, error,
                "a golden slot needs a 'journal': without one the highest "
                "version starts");
    }
    return true;
}

static bool check_counter(const struct board *b, char *error) {
    const struct board_region *c = &b->counter;
    if (!c->line) {
        return true;
    }
    if (!inside(c, &b->internal) || overlap(c, &b->boot)) {
        return board_fail(b, c->line, error,
                "the counter lies outside of the internal flash, or in the "
                "boot program's place");
    }
    if (c->bytes != COUNTER_BYTES || c->addr % (COUNTER_BYTES / 2)) {
        return board_fail(b, c->line, error,
                "the counter is not two pages: give a multiple of 2K and 4K");
    }
    return true;
}

// What an alias shows is seen where it shows it, and nothing else is there.
static bool check_aliases(const struct board *b, char *error) {
    for (unsigned i = 0; i < b->alias_count; i++) {
        const struct board_alias *alias = &b->alias[i];
        bool bad = overlap(&alias->region, &b->window) ||
                overlap(&alias->region, &b->internal);
        for (unsigned k = 0; k < b->ram_count; k++) {
            bad = bad || overlap(&alias->region, &b->ram[k]);
        }
        if (bad) {
            return board_fail(b, alias->region.line, error,
                    "the alias at 0x%08" PRIX32
                    " overlaps the window or a memory: an alias is another "
                    "address of one",
                    alias->region.addr);
        }
    }
    return true;
}

bool board_check(struct board *board, char *error) {
    return check_mcu(board, error) && check_flash(board, error) &&
            check_internal(board, error) && check_rams(board, error) &&
            check_slots(board, error) && check_golden(board, error) &&
            check_counter(board, error) && check_aliases(board, error);
}

uint32_t board_vector_align(const struct board *board) {
    uint32_t align = 128; // VTOR, ARMv7-M B3.2.5
    while (align < 4u * board->vector_count) {
        align *= 2;
    }
    return align;
}

const char *board_lacks(const struct board *b) {
    const struct {
        const char *word;
        bool there;
    } wanted[] = {
            {"boot", b->boot.bytes},
            {"table", b->table.line},
            {"vectors", b->vector_count},
            {"ram", b->ram_count},
            {"noinit", b->noinit.bytes},
            {"boot-ram", b->boot_ram.bytes},
            {"part", b->flash_bytes},
            {"slot", b->slot_count},
            {"header", b->header_bytes},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!wanted[i].there) {
            return wanted[i].word;
        }
    }
    return NULL;
}
