/*
 * board - the table of boards and the board file, for all commands
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/board: the table of boards and the board file, for all commands.
 *
 * A board is what its boards/<board>/board.txt says; the table is those files,
 * built in. docs/BOARDS.md has the format.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define BOARD_DEFAULT "stm32l476g-disco"

#define BOARD_NAME_BYTES 40
#define BOARD_TEXT_BYTES 160
#define BOARD_RAMS_MAX 8
#define BOARD_ALIASES_MAX 8
#define BOARD_DEVICES_MAX 8
#define BOARD_SLOTS_MAX 6 // as many as the journal takes
#define BOARD_PORTS 11u   // of pins: A to K

// `line` is the line of the board file that says it. 0: no line does, and the
// region is a default or empty.
struct board_region {
    uint32_t addr, bytes;
    unsigned line;
};

// The same memory is seen at region and at the address `of`.
struct board_alias {
    struct board_region region;
    uint32_t of;
};

// port 0: A; af: the alternate function that the pin needs.
struct board_pin {
    uint8_t port, pin, af;
};
enum board_signal {
    BOARD_CLK,
    BOARD_NCS,
    BOARD_IO0,
    BOARD_IO1,
    BOARD_IO2,
    BOARD_IO3,
    BOARD_TX,
    BOARD_RX,
    BOARD_SIGNALS,
};

// Reads of a register give the bits of mask from value.
struct board_set {
    uint32_t addr, mask, value;
};

// Texts are empty and numbers 0 where the file says nothing.
struct board {
    const char *file; // for messages
    char name[BOARD_NAME_BYTES];
    char text[BOARD_TEXT_BYTES]; // one line for a list
    char mcu[BOARD_NAME_BYTES];  // "STM32L476VG"
    char chip[BOARD_NAME_BYTES]; // the MCU as probe-rs and pyOCD call it
    char port[BOARD_NAME_BYTES], soc[BOARD_NAME_BYTES]; // folders of xipsafe/

    struct board_region internal; // flash
    struct board_region boot;     // the boot program's part of it
    struct board_region table;    // of resident functions; bytes 0
    uint16_t vector_count;        // 16 and the interrupts of the MCU
    struct board_region ram[BOARD_RAMS_MAX];
    unsigned ram_count;
    struct board_region noinit; // RAM that no program clears
    struct board_region boot_ram;

    // The whole range that the controller maps, not the chip's size: behind
    // its end the same bytes, or nothing, appear.
    struct board_region window;
    // Of the window and of memories. A bit-band region is an alias too.
    struct board_alias alias[BOARD_ALIASES_MAX];
    unsigned alias_count;
    // Registers outside of the ranges that the architecture has for devices.
    struct board_region devices[BOARD_DEVICES_MAX];
    unsigned devices_count;
    char part[BOARD_NAME_BYTES];
    uint32_t flash_bytes; // of the part
    unsigned flash_line;
    // Addresses are positions in the chip.
    struct board_region slot[BOARD_SLOTS_MAX];
    unsigned slot_count;
    uint32_t header_bytes; // of an image
    struct board_region journal;
    // The slot that is started if no other one can be, and 1. 0: none.
    unsigned golden, golden_line;
    struct board_region counter; // of the security counter, in internal flash

    uint32_t hse_hz; // 0: no crystal
    char hse_note[BOARD_TEXT_BYTES];
    bool pins_known; // false: any pin counts as connected
    struct board_pin pin[BOARD_SIGNALS];
    uint32_t pulled_up[BOARD_PORTS]; // inputs that the board holds high
    struct board_set *sets;
    size_t set_count, set_room;
};

/// The table ///

// NULL: the end of the list.
const struct board *board_at(size_t i);
const struct board *board_find(const char *name); // NULL: unknown

/// Options of a command ///

#define BOARD_OPTIONS "board", "board-file"

// Zero-initialised: nothing was chosen.
struct board_choice {
    const struct board *board;
    struct board own; // of --board-file
};
// Takes the option "board" or "board-file" with its value. False after a line
// on stderr.
bool board_choose(struct board_choice *choice, const char *option,
        const char *value);
void board_choice_free(struct board_choice *choice);

/// What it says ///

// The first word of the board file that is missing to build firmware or to
// make a factory file. NULL: none is.
const char *board_lacks(const struct board *board);
// The file name of its external loaders, without the ending.
void board_loader(const struct board *board, char name[BOARD_NAME_BYTES + 10]);
// A vector table lies at a multiple of this.
uint32_t board_vector_align(const struct board *board);
// "ADDR[:MASK]=VALUE" of a 32-bit register.
bool board_set_parse(const char *text, struct board_set *set);

// As a board file, as layout.h, as a CMake file.
void board_print(FILE *out, const struct board *board);
void board_print_layout(FILE *out, const struct board *board);
void board_print_cmake(FILE *out, const struct board *board);

#endif
