/*
 * test_board - the board file, and the table of boards
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/board/*.c host/base/*.c host/nor/nor_parts.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board_file.h"

static struct board board;
static char error[BOARD_ERROR_BYTES];

static bool read_bytes(const char *text, size_t size) {
    board_free(&board);
    strcpy(error, "");
    FILE *file = fmemopen((void *)text, size, "r");
    assert_non_null(file);
    const bool good = board_read(&board, file, "x.board", error);
    fclose(file);
    return good;
}

static bool read_text(const char *text) {
    return read_bytes(text, strlen(text));
}

// What a function prints of a board; to be freed.
static char *printed(void (*print)(FILE *, const struct board *),
        const struct board *what) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    print(out, what);
    fclose(out);
    return text;
}

static int setup(void **state) {
    (void)state;
    memset(&board, 0, sizeof board);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    board_free(&board);
    return 0;
}

/// The table ///

static void table_holds_every_folder(void **state) {
    (void)state;
    glob_t found;
    assert_int_equal(glob("boards/*/board.txt", 0, NULL, &found), 0);
    size_t count = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        assert_non_null(file);
        board_free(&board);
        if (!board_read(&board, file, found.gl_pathv[i], error)) {
            fail_msg("%s", error);
        }
        fclose(file);
        char path[100];
        snprintf(path, sizeof path, "boards/%s/board.txt", board.name);
        assert_string_equal(path, found.gl_pathv[i]);
        if (!strcmp(board.name, "template")) {
            assert_null(board_find("template"));
            continue;
        }
        count++;
        const struct board *row = board_find(board.name);
        assert_non_null(row);
        assert_string_equal(row->file, path);
        char *mine = printed(board_print, &board);
        char *its = printed(board_print, row);
        assert_string_equal(mine, its);
        free(mine);
        free(its);
    }
    assert_non_null(board_at(count - 1));
    assert_null(board_at(count));
    assert_null(board_find("nonsense"));
    assert_null(board_lacks(board_find(BOARD_DEFAULT)));
    globfree(&found);
}

// A printed board is a board file and means the same.
static void printed_board_reads_back(void **state) {
    (void)state;
    const struct board *row;
    for (size_t i = 0; (row = board_at(i)); i++) {
        char *first = printed(board_print, row);
        assert_true(read_text(first));
        char *second = printed(board_print, &board);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
}

/// What a file says ///

// The format as it was before there was a table of boards.
static void an_old_file(void **state) {
    (void)state;
    assert_true(read_text("# memories\n"
                          "name     thermostat rev C\n"
                          "internal 128K\r\n"
                          "\n"
                          "  ram    0x20000000 16K   # SRAM1\n"
                          "ram      0x20040000 8192\n"
                          "part     mx25r6435f\n"
                          "hse      16000000\n"
                          "like     stm32l476g-disco\n"
                          "alias    0x13000000 16M 0x90000000\n"
                          "alias    0x22000000 32M 0x20000000\n"
                          "devices  0x14000000 4K\n"
                          "set      0x50040000:0x1=0x1   # ADRDY\n"
                          "set      0x50040008:0=0"));
    assert_string_equal(board.name, "thermostat rev C");
    assert_string_equal(board.file, "x.board");
    assert_int_equal(board.internal.addr, 0x08000000);
    assert_int_equal(board.internal.bytes, 128 * 1024);
    assert_int_equal(board.ram_count, 2);
    assert_int_equal(board.ram[0].line, 5);
    assert_int_equal(board.ram[1].addr, 0x20040000);
    assert_int_equal(board.ram[1].bytes, 8192);
    assert_int_equal(board.window.addr, 0x90000000);
    assert_int_equal(board.window.bytes, 0x10000000);
    assert_int_equal(board.alias_count, 2);
    assert_int_equal(board.alias[0].region.addr, 0x13000000);
    assert_int_equal(board.alias[0].region.bytes, 16 << 20);
    assert_int_equal(board.alias[0].of, 0x90000000);
    assert_int_equal(board.devices_count, 1);
    assert_int_equal(board.devices[0].addr, 0x14000000);
    assert_int_equal(board.flash_bytes, 8 << 20);
    assert_int_equal(board.hse_hz, 16000000);
    assert_string_equal(board.hse_note, "");
    assert_true(board.pins_known);
    assert_int_equal(board.pin[BOARD_IO3].port, 4);
    assert_int_equal(board.pin[BOARD_IO3].pin, 15);
    assert_int_equal(board.pin[BOARD_TX].af, 7);
    assert_int_equal(board.set_count, 2);
    assert_int_equal(board.sets[0].addr, 0x50040000);
    assert_int_equal(board.sets[0].mask, 1);
    assert_int_equal(board.sets[1].mask, 0);
    assert_string_equal(board_lacks(&board), "boot");
}

static void an_empty_file(void **state) {
    (void)state;
    assert_true(read_text("\n"));
    assert_string_equal(board.name, "own board");
    assert_int_equal(board.internal.bytes, 1 << 20);
    assert_int_equal(board.ram_count, 0);
    assert_false(board.pins_known);
    assert_int_equal(board.flash_bytes, 0);
}

static void pins(void **state) {
    (void)state;
    assert_true(
            read_text("pin clk PA0 AF0\npin ncs PK15 AF15\npin io0 PB1 AF1\n"
                      "pin io1 PB2 AF1\npin io2 PB3 AF1\npin io3 PB4 AF1\n"
                      "pin tx PC1 AF2\npin rx PC2 AF2\n"
                      "pulled-up PC13 PA0\npulled-up PC1\n"));
    assert_int_equal(board.pin[BOARD_NCS].port, 10);
    assert_int_equal(board.pin[BOARD_NCS].pin, 15);
    assert_int_equal(board.pin[BOARD_NCS].af, 15);
    assert_int_equal(board.pulled_up[2], 1u << 13 | 1u << 1);
    assert_int_equal(board.pulled_up[0], 1);
}

static void names_made_of_it(void **state) {
    (void)state;
    char loader[BOARD_NAME_BYTES + 10];
    assert_true(read_text("name my board/rev.2\n"));
    board_loader(&board, loader);
    assert_string_equal(loader, "xipsafe_MY-BOARD-REV.2");
    board_loader(board_find(BOARD_DEFAULT), loader);
    assert_string_equal(loader, "xipsafe_STM32L476G-DISCO");
}

static void vector_alignment(void **state) {
    (void)state;
    static const unsigned counts[][2] = {{16, 128}, {32, 128}, {33, 256},
            {98, 512}, {129, 1024}, {512, 2048}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        board.vector_count = (uint16_t)counts[i][0];
        assert_int_equal(board_vector_align(&board), counts[i][1]);
    }
}

static void settings(void **state) {
    (void)state;
    struct board_set set;
    assert_true(board_set_parse("0x40021000=3", &set));
    assert_int_equal(set.addr, 0x40021000);
    assert_int_equal(set.mask, UINT32_MAX);
    assert_int_equal(set.value, 3);
    static const char *const wrong[] = {"", "=", "0x40021000", "0x40021001=1",
            "0x40021000:=1", "0x40021000:1=", "0x140021000=1", "a=1", "4=1:2"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(board_set_parse(wrong[i], &set));
    }
}

/// What is wrong with it ///

#define RAM "ram 0x20000000 96K\n"
#define SLOT "part w25q128jv\nslot 0 1M\nheader 0x200\nvectors 98\n"

static void mistakes(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
            {"rom 0x08000000 1M\n", "x.board:1: unknown word 'rom'"},
            {"\n# a\nram\n", "x.board:3: 'ram' needs a value"},
            {"part w25q128jv\n\npart n25q128a\n",
                    "x.board:3: 'part' was given in line 1 already"},
            {"name 0123456789012345678901234567890123456789\n",
                    "x.board:1: the name is longer than 39 bytes"},
            {"part w25q999\n", "x.board:1: unknown part 'w25q999'"},
            {"like disco\n", "x.board:1: unknown board 'disco'"},
            {"port ../x\n", "x.board:1: port '../x' is not usable"},
            {"internal 0\n", "x.board:1: internal '0' is not usable"},
            {"internal 1.5M\n", "x.board:1: internal '1.5M'"},
            {"internal 0x08000000 1M 2\n",
                    "x.board:1: internal '0x08000000 1M"},
            {"internal 0xFFFFF000 8K\n", "x.board:1: internal"},
            {"boot 2M\n", "x.board:1: the boot program's place is larger"},
            {"vectors 15\n", "x.board:1: vectors '15'"},
            {"vectors 513\n", "x.board:1: vectors '513'"},
            {"boot 32K\nvectors 98\ntable 0x08000184\n",
                    "x.board:3: the table lies outside"},
            {"boot 32K\ntable 0x08008000\n",
                    "x.board:2: the table lies outside"},
            {"table 0x08000002\n", "x.board:1: table '0x08000002'"},
            {"ram 0x20000000\n", "x.board:1: ram '0x20000000' is not usable"},
            {"ram 0x20000000 0\n", "x.board:1: ram"},
            {"ram 0x20000000 96K extra\n", "x.board:1: ram"},
            {"ram -1 4K\n", "x.board:1: ram"},
            {RAM "ram 0x20017000 4K\n",
                    "x.board:2: overlaps the RAM at 0x20000000"},
            {"ram 0x080FF000 8K\n",
                    "x.board:1: the RAM at 0x080FF000 overlaps"},
            {"ram 0x90000000 8K\n", "overlaps the window"},
            {"alias 0x13000000 16M\n", "x.board:1: alias '0x13000000 16M'"},
            {"alias 0x13000000 16M flash\n", "x.board:1: alias"},
            {"alias 0x91000000 16M 0x90000000\n",
                    "x.board:1: the alias at 0x91000000 overlaps the window"},
            {RAM "alias 0x20000000 4K 0x10000000\n",
                    "x.board:2: the alias at 0x20000000 overlaps"},
            {"devices 0x14000000\n", "x.board:1: devices '0x14000000'"},
            {"ram 0 4K\nram 0x1000 4K\nram 0x2000 4K\nram 0x3000 4K\n"
             "ram 0x4000 4K\nram 0x5000 4K\nram 0x6000 4K\nram 0x7000 4K\n"
             "ram 0x8000 4K\n",
                    "x.board:9: more than 8 memories"},
            {RAM "noinit 0x10000000 256\n", "x.board:2: 'noinit' lies in none"},
            {RAM "boot-ram 0x20000000 97K\n", "x.board:2: 'boot-ram' lies in"},
            {RAM "noinit 0x20000000 256\nboot-ram 0x20000000 4K\n",
                    "x.board:3: 'boot-ram' overlaps 'noinit'"},
            {"window 0x08000000 16M\n",
                    "x.board:1: the window overlaps the internal flash"},
            {"mcu STM32H743\n", "x.board: no window"},
            {"mcu STM32H743\nwindow 0x90000000 256M\n",
                    "x.board: no internal flash"},
            {"part w25q128jv\nflash 8M\n",
                    "x.board:2: the part w25q128jv has 16777216 bytes"},
            {"flash 16M\nwindow 0x90000000 8M\n",
                    "x.board:2: the window is smaller"},
            {SLOT "slot 0x80000 1M\n",
                    "x.board:5: overlaps the slot of line 2"},
            {SLOT "slot 0x100000 2M\n", "x.board:5: slots differ in size"},
            {SLOT "slot 0xF80000 1M\n", "x.board:5: the slot ends behind"},
            {SLOT "slot 0x100800 1M\n", "x.board:5: the slot does not consist"},
            {SLOT "slot 1M 1M\nslot 2M 1M\nslot 3M 1M\nslot 4M 1M\n"
                  "slot 5M 1M\nslot 6M 1M\n",
                    "x.board:10: more than 6 slots"},
            {SLOT "golden 6\n", "x.board:5: golden '6' is not usable"},
            {SLOT "slot 1M 1M\njournal 0xFFE000 8K\ngolden 2\n",
                    "x.board:7: there is no slot 2"},
            {SLOT "journal 0xFFE000 8K\ngolden 0\n",
                    "x.board:6: the golden slot is the only one"},
            {SLOT "slot 1M 1M\ngolden 1\n",
                    "x.board:6: a golden slot needs a 'journal'"},
            {"boot 32K\ncounter 0x08007000 4K\n",
                    "x.board:2: the counter lies outside"},
            {"counter 0x20000000 4K\n", "x.board:1: the counter lies outside"},
            {"counter 0x080FF000 8K\n", "x.board:1: the counter lies outside"},
            {"counter 0x080FF000 2K\n",
                    "x.board:1: the counter is not two pages"},
            {"counter 0x080FEC00 4K\n",
                    "x.board:1: the counter is not two pages"},
            {"counter 0x080FF000\n", "x.board:1: counter '0x080FF000'"},
            {SLOT "journal 0x1000 8K\n", "x.board:5: the journal overlaps"},
            {SLOT "journal 16M 8K\n", "x.board:5: the journal ends behind"},
            {"slot 0 1M\nheader 0x100\nvectors 98\n",
                    "would lie at 0x90000100: 'header' must make that a "
                    "multiple of 0x200"},
            {"hse 8M\n", "x.board:1: hse '8M' is not usable"},
            {"hse 100000000\n", "x.board:1: hse"},
            {"hse 999999\n", "x.board:1: hse"},
            {"pin clk PE10\n", "x.board:1: pin 'clk PE10' is not usable"},
            {"pin cs PE10 AF10\n", "x.board:1: pin"},
            {"pin clk PL1 AF10\n", "x.board:1: pin"},
            {"pin clk PE16 AF10\n", "x.board:1: pin"},
            {"pin clk E10 AF10\n", "x.board:1: pin"},
            {"pin clk PE10 AF16\n", "x.board:1: pin"},
            {"pin clk PE10 10\n", "x.board:1: pin"},
            {"pin clk PE10 AF10\npin clk PE11 AF10\n",
                    "x.board:2: pin clk is given twice"},
            {"pin clk PE10 AF10\n", "x.board: no pin of ncs"},
            {"pulled-up PC13 C1\n", "x.board:1: pulled-up 'PC13 C1'"},
            {RAM "set 0x40021001=1\n", "x.board:2: '0x40021001=1' is not"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (read_text(cases[i].text)) {
            fail_msg("accepted: %s", cases[i].text);
        }
        if (!strstr(error, cases[i].message)) {
            fail_msg("'%s' is not in '%s'", cases[i].message, error);
        }
    }
    static const char zero[] = "name a\0b\n";
    assert_false(read_bytes(zero, sizeof zero - 1));
    assert_non_null(strstr(error, "x.board:1: holds a zero byte"));
}

// Whatever bytes come, an answer: good or one line.
static void random_files(void **state) {
    (void)state;
    const struct board *row = board_find(BOARD_DEFAULT);
    char *text = printed(board_print, row);
    const size_t size = strlen(text);
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    uint32_t seed = 1;
    for (unsigned i = 0; i < 3000; i++) {
        memcpy(copy, text, size + 1);
        for (unsigned k = 0; k <= i % 4; k++) {
            seed = seed * 1664525u + 1013904223u;
            copy[(seed >> 8) % size] =
                    "0123456789 \nKMGxAFP:=#,\t\377"[seed % 24];
        }
        if (!read_bytes(copy, size)) {
            assert_non_null(strstr(error, "x.board"));
            assert_null(strchr(error, '\n'));
        }
    }
    free(copy);
    free(text);
}

/// What is made of it ///

static void layout(void **state) {
    (void)state;
    char *text = printed(board_print_layout, board_find(BOARD_DEFAULT));
    static const char *const lines[] = {
            "#define LAYOUT_BOARD_NAME \"stm32l476g-disco\"\n",
            "#define LAYOUT_INTERNAL_BYTES 0x00100000\n",
            "#define LAYOUT_BOOT_BYTES 0x00008000\n",
            "#define LAYOUT_RESIDENT_TABLE_ADDR 0x080001C0\n",
            "#define LAYOUT_SRAM2_ADDR 0x10000000\n",
            "#define LAYOUT_NOINIT_BYTES 0x00000400\n",
            "#define LAYOUT_BOOT_RAM_BYTES 0x00007C00\n",
            "#define LAYOUT_WINDOW_ADDR 0x90000000\n",
            "#define LAYOUT_FLASH_BYTES 0x01000000\n",
            "#define LAYOUT_SLOT_COUNT 2\n",
            "#define LAYOUT_SLOT1_OFF 0x00100000\n",
            "#define LAYOUT_HEADER_BYTES 0x200\n",
            "#define LAYOUT_JOURNAL_OFF 0x00FFE000\n",
            "#define LAYOUT_VECTOR_COUNT 98\n",
            "#define LAYOUT_VECTOR_ALIGN 512\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!strstr(text, lines[i])) {
            fail_msg("no %s in %s", lines[i], text);
        }
    }
    free(text);
    text = printed(board_print_cmake, board_find(BOARD_DEFAULT));
    assert_non_null(strstr(text, "set(BOARD_PORT [==[stm32_quadspi]==])\n"));
    assert_non_null(strstr(text,
            "set(BOARD_SLOT_OFFS 0x00000000 0x00100000)\n"));
    free(text);
}

static void layout_of_more(void **state) {
    (void)state;
    assert_true(read_text(SLOT "slot 1M 1M\nslot 2M 1M\n"
                               "journal 0xFFE000 8K\ngolden 2\n"
                               "counter 0x080FF000 4K\n"));
    char *text = printed(board_print_layout, &board);
    static const char *const lines[] = {
            "#define LAYOUT_SLOT_COUNT 3\n",
            "#define LAYOUT_SLOT2_OFF 0x00200000\n",
            "    {(const void *)(LAYOUT_WINDOW_ADDR + LAYOUT_SLOT2_OFF), \\\n",
            "#define LAYOUT_GOLDEN_SLOT 2\n",
            "#define LAYOUT_COUNTER_ADDR 0x080FF000\n",
            "#define LAYOUT_COUNTER_BYTES 0x00001000\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!strstr(text, lines[i])) {
            fail_msg("no %s in %s", lines[i], text);
        }
    }
    free(text);
    text = printed(board_print, &board);
    assert_non_null(strstr(text, "golden    2\n"));
    assert_non_null(strstr(text, "counter   0x080FF000 4K\n"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(table_holds_every_folder),
            cmocka_unit_test(printed_board_reads_back),
            cmocka_unit_test(an_old_file),
            cmocka_unit_test(an_empty_file),
            cmocka_unit_test(pins),
            cmocka_unit_test(names_made_of_it),
            cmocka_unit_test(vector_alignment),
            cmocka_unit_test(settings),
            cmocka_unit_test(mistakes),
            cmocka_unit_test(random_files),
            cmocka_unit_test(layout),
            cmocka_unit_test(layout_of_more),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
