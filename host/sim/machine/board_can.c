/*
 * board_can - which boards can be simulated
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "sim/machine/sim_board.h"
#include "sim/stm32l4/stm32l4.h"

#define PAGE_BYTES 4096u // what the CPU core can map
#define INTERNAL_MIN (16u * 1024u)
#define INTERNAL_MAX (2048u * 1024u)
#define RAM_MAX (16u * 1024u * 1024u)
#define CODE_END 0x40000000u // RAM lies below the peripherals, ARMv7-M B3.1

static bool refuse(char *why, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
static bool refuse(char *why, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(why, SIM_BOARD_WHY_BYTES, format, args);
    va_end(args);
    return false;
}

static bool can_internal(const struct board *board, char *why) {
    const struct board_region *r = &board->internal;
    return (r->addr == STM32L4_INTERNAL_ADDR && r->bytes >= INTERNAL_MIN &&
                   r->bytes <= INTERNAL_MAX && r->bytes % PAGE_BYTES == 0) ||
            refuse(why,
                    "%s:%u: internal '0x%08" PRIX32 " 0x%" PRIX32
                    "' is not usable: give its size, 16K to 2M, a multiple of "
                    "4K; it begins at 0x%08X",
                    board->file, r->line, r->addr, r->bytes,
                    STM32L4_INTERNAL_ADDR);
}

static bool can_ram(const struct board *board, const struct board_region *r,
        char *why) {
    if (r->addr % PAGE_BYTES || r->bytes % PAGE_BYTES || r->bytes > RAM_MAX ||
            r->addr >= CODE_END || r->bytes > CODE_END - r->addr) {
        return refuse(why,
                "%s:%u: ram '0x%08" PRIX32 " 0x%" PRIX32
                "' is not usable: give address and size, as 0x20000000 96K: "
                "multiples of 4K, below 0x%08X, at most 16M",
                board->file, r->line, r->addr, r->bytes, CODE_END);
    }
    if (r->addr < STM32L4_SYSTEM_ADDR + STM32L4_SYSTEM_BYTES &&
            STM32L4_SYSTEM_ADDR < r->addr + r->bytes) {
        return refuse(why,
                "%s:%u: the RAM at 0x%08" PRIX32
                " overlaps the system memory (0x%08X): move one",
                board->file, r->line, r->addr, STM32L4_SYSTEM_ADDR);
    }
    return true;
}

bool sim_board_can(const struct board *board, char why[SIM_BOARD_WHY_BYTES]) {
    if (!sim_soc_find(board->mcu)) {
        return refuse(why,
                "board '%s' is known, not simulated: there is no model of its "
                "MCU, %s; docs/CAVEATS.md says what is simulated",
                board->name, board->mcu);
    }
    if (board->window.addr != STM32L4_WINDOW_ADDR) {
        return refuse(why,
                "%s:%u: board '%s' is known, not simulated: the window of an "
                "%s begins at 0x%08X",
                board->file, board->window.line, board->name, board->mcu,
                STM32L4_WINDOW_ADDR);
    }
    if (!can_internal(board, why)) {
        return false;
    }
    for (unsigned i = 0; i < board->ram_count; i++) {
        if (!can_ram(board, &board->ram[i], why)) {
            return false;
        }
    }
    return board->ram_count ||
            refuse(why, "%s: no RAM: add a line as 'ram 0x20000000 96K'",
                    board->file);
}
