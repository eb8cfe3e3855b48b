/*
 * fuzz_board - the board file, and what is printed of it
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/board/*.c host/base/*.c host/nor/nor_parts.c
#include <string.h>

#include "board/board.h"
#include "board/board_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    struct board board;
    char error[BOARD_ERROR_BYTES] = "";
    if (!size) {
        return 0;
    }
    nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
    uint8_t *const copy = malloc(size); // fmemopen() takes no const
    FUZZ_CHECK(copy && nowhere);
    memcpy(copy, data, size);
    FILE *const file = fmemopen(copy, size, "r");
    FUZZ_CHECK(file);
    if (board_read(&board, file, "fuzz.board", error)) {
        board_print(nowhere, &board);
        if (!board_lacks(&board)) {
            board_print_layout(nowhere, &board);
            board_print_cmake(nowhere, &board);
        }
    } else {
        FUZZ_CHECK(error[0] && !strchr(error, '\n'));
    }
    board_free(&board);
    fclose(file);
    free(copy);
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const char *const seeds[] = {
            "name a\ntext b c\nmcu STM32L476VG\npart w25q128jv\n"
            "port stm32_quadspi\nsoc stm32l4\n"
            "internal 0x08000000 1M\nboot 32K\nvectors 98\ntable 0x080001C0\n"
            "ram 0x20000000 96K\nram 0x10000000 32K\n"
            "noinit 0x10000000 256\nboot-ram 0x10000100 0x7F00\n"
            "window 0x90000000 256M\nslot 0x000000 1M\nslot 0x100000 1M\n"
            "header 0x200\njournal 0xFFE000 8K\n"
            "pin clk PE10 AF10\npin ncs PE11 AF10\n",
            "name x # comment\nalias 0 128M 0x90000000\nhse 8000000\n"
            "set 0x40021000=0x02000000:0x02000000\npulled-up PC13 PA0\n"
            "devices 0x50000000 1M\n",
    };
    if (i == sizeof seeds / sizeof seeds[0] || strlen(seeds[i]) > room) {
        return 0;
    }
    memcpy(out, seeds[i], strlen(seeds[i]));
    return strlen(seeds[i]);
}
