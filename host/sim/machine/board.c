/*
 * board - the boards the simulator knows, and a machine put together
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "sim/stm32/sim_stm32.h"

#define INTERNAL_ADDR 0x08000000u
#define INTERNAL_BYTES 0x100000u
#define SRAM1_ADDR 0x20000000u
#define SRAM1_BYTES (96u * 1024u)
#define SRAM2_ADDR 0x10000000u
#define SRAM2_BYTES (32u * 1024u)
#define WINDOW_ADDR 0x90000000u
#define WINDOW_BYTES 0x10000000u

#define PERIPH_ADDR 0x40000000u
#define PERIPH_BYTES 0x20000000u
#define AHB3_ADDR 0xA0000000u
#define AHB3_BYTES 0x2000u
#define DEBUG_ADDR 0xE0042000u
#define DEBUG_BYTES 0x400u

#define BUTTON (1u << 13) // PC13 on a Nucleo

/// The table ///

#define PORT(letter) ((letter) - 'A')
#define HSE_NOTE \
    "HSE is started: this board has none unless a crystal or a " \
    "solder bridge was added; the model gives 8 MHz"

struct board {
    struct sim_board_info info;
    struct stm32_wiring wiring;
};

// UM1879 (32L476GDISCOVERY) and UM1724 (Nucleo-64) for the wiring; the Nucleo
// has no flash of its own, its row is the usual way to wire one to the pins
// that an LQFP64 offers (DS10198 table "alternate function AF10").
static const struct board boards[] = {
        {
                .info =
                        {
                                .name = "stm32l476g-disco",
                                .mcu = "STM32L476VG",
                                .part = "n25q128a",
                                .internal_addr = INTERNAL_ADDR,
                                .internal_bytes = INTERNAL_BYTES,
                                .window_addr = WINDOW_ADDR,
                                .window_bytes = WINDOW_BYTES,
                                .text = "32L476GDISCOVERY: N25Q128A on "
                                        "QUADSPI, USART2 on PD5/PD6",
                        },
                .wiring =
                        {
                                .qspi_clk = {PORT('E'), 10, 10},
                                .qspi_ncs = {PORT('E'), 11, 10},
                                .qspi_io = {{PORT('E'), 12, 10},
                                        {PORT('E'), 13, 10},
                                        {PORT('E'), 14, 10},
                                        {PORT('E'), 15, 10}},
                                .uart_tx = {PORT('D'), 5, 7},
                                .uart_rx = {PORT('D'), 6, 7},
                                .hse_hz = 8000000,
                                .hse_note = HSE_NOTE,
                        },
        },
        {
                .info =
                        {
                                .name = "nucleo-l476rg-w25q128",
                                .mcu = "STM32L476RG",
                                .part = "w25q128jv",
                                .internal_addr = INTERNAL_ADDR,
                                .internal_bytes = INTERNAL_BYTES,
                                .window_addr = WINDOW_ADDR,
                                .window_bytes = WINDOW_BYTES,
                                .text = "Nucleo with a W25Q128JV wired to "
                                        "QUADSPI (PB10 PB11 PB1 PB0 PA7 PA6), "
                                        "USART2 on PA2/PA3",
                        },
                .wiring =
                        {
                                .qspi_clk = {PORT('B'), 10, 10},
                                .qspi_ncs = {PORT('B'), 11, 10},
                                .qspi_io = {{PORT('B'), 1, 10},
                                        {PORT('B'), 0, 10}, {PORT('A'), 7, 10},
                                        {PORT('A'), 6, 10}},
                                .uart_tx = {PORT('A'), 2, 7},
                                .uart_rx = {PORT('A'), 3, 7},
                                .hse_hz = 8000000,
                                .hse_note = HSE_NOTE,
                                // The button, not pressed.
                                .pulled_up = {[PORT('C')] = BUTTON},
                        },
        },
};
#define BOARDS (sizeof boards / sizeof boards[0])

const struct sim_board_info *sim_board_at(size_t i) {
    return i < BOARDS ? &boards[i].info : NULL;
}

const struct sim_board_info *sim_board_find(const char *name) {
    for (size_t i = 0; i < BOARDS; i++) {
        if (strcmp(boards[i].info.name, name) == 0) {
            return &boards[i].info;
        }
    }
    return NULL;
}

/// A machine ///

// What stands in the way of a --set at an address that nothing answers.
struct extra {
    struct extra *next;
    struct stm32 *mcu;
    uint32_t base;
};

struct sim_board {
    struct stm32 mcu;
    struct stm32_wiring wiring;
    uint8_t *ram[SIM_BOARD_RAMS];
    uint8_t system[SIM_BOARD_SYSTEM_BYTES];
    struct extra *extras;
};

static uint32_t periph_read(void *ctx, uint32_t off, unsigned size) {
    return stm32_bus_read(ctx, PERIPH_ADDR + off, size);
}
static void periph_write(void *ctx, uint32_t off, uint32_t value,
        unsigned size) {
    stm32_bus_write(ctx, PERIPH_ADDR + off, value, size);
}
static uint32_t ahb3_read(void *ctx, uint32_t off, unsigned size) {
    return stm32_bus_read(ctx, AHB3_ADDR + off, size);
}
static void ahb3_write(void *ctx, uint32_t off, uint32_t value, unsigned size) {
    stm32_bus_write(ctx, AHB3_ADDR + off, value, size);
}
static uint32_t debug_read(void *ctx, uint32_t off, unsigned size) {
    return stm32_bus_read(ctx, DEBUG_ADDR + off, size);
}
static void debug_write(void *ctx, uint32_t off, uint32_t value,
        unsigned size) {
    stm32_bus_write(ctx, DEBUG_ADDR + off, value, size);
}
static uint32_t extra_read(void *ctx, uint32_t off, unsigned size) {
    const struct extra *e = ctx;
    return stm32_bus_read(e->mcu, e->base + off, size);
}
static void extra_write(void *ctx, uint32_t off, uint32_t value,
        unsigned size) {
    const struct extra *e = ctx;
    stm32_bus_write(e->mcu, e->base + off, value, size);
}
static void reset(void *ctx, enum sim_reset kind) {
    stm32_reset(ctx, kind);
}

static void put(uint8_t *at, uint32_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

// RM0351 49 and 3.4.1. Calibration values are those of a typical part.
static void fill_system(uint8_t *system, uint32_t internal_bytes) {
    memset(system, 0xFF, SIM_BOARD_SYSTEM_BYTES);
    put(system + 0x500, 0xFFFFFFE0, 4); // package
    put(system + 0x590, 0x00360024, 4); // unique id: wafer x, y
    put(system + 0x594, 0x5846500A, 4); // lot, wafer
    put(system + 0x598, 0x20313533, 4);
    put(system + 0x5A8, 1033, 2); // TS_CAL1
    put(system + 0x5AA, 1655, 2); // VREFINT_CAL
    put(system + 0x5CA, 1377, 2); // TS_CAL2
    put(system + 0x5E0, internal_bytes / 1024, 2);
    put(system + 0x800, 0xFFEFF8AA, 4); // user options, and their complement
    put(system + 0x804, ~0xFFEFF8AAu, 4);
}

static void add_memories(struct sim_board *board) {
    const struct stm32 *m = &board->mcu;
    struct sim *sim = m->sim;
    sim_add_memory(sim, "internal flash", SIM_MEM_FLASH, INTERNAL_ADDR,
            m->internal_bytes, m->internal);
    sim_add_memory(sim, "system memory", SIM_MEM_FLASH, SIM_BOARD_SYSTEM_ADDR,
            SIM_BOARD_SYSTEM_BYTES, board->system);
    // The window shows the chip's array itself; the chip model changes it.
    sim_add_memory(sim, "QUADSPI window", SIM_MEM_WINDOW, m->window_addr,
            m->window_bytes, (uint8_t *)nor_array(m->nor));
}

static void add_peripherals(struct sim_board *board) {
    const struct sim_periph periphs[] = {
            {.name = "peripherals",
                    .base = PERIPH_ADDR,
                    .size = PERIPH_BYTES,
                    .read = periph_read,
                    .write = periph_write,
                    .reset = reset,
                    .ctx = &board->mcu},
            {.name = "AHB3",
                    .base = AHB3_ADDR,
                    .size = AHB3_BYTES,
                    .read = ahb3_read,
                    .write = ahb3_write,
                    .ctx = &board->mcu},
            {.name = "DBGMCU",
                    .base = DEBUG_ADDR,
                    .size = DEBUG_BYTES,
                    .read = debug_read,
                    .write = debug_write,
                    .ctx = &board->mcu},
    };
    for (size_t i = 0; i < sizeof periphs / sizeof periphs[0]; i++) {
        sim_add_periph(board->mcu.sim, &periphs[i]);
    }
}

static const struct sim_board_custom stm32l476_memories = {
        .ram = {{SRAM1_ADDR, SRAM1_BYTES}, {SRAM2_ADDR, SRAM2_BYTES}},
        .ram_count = 2,
};

// Pages, which the CPU core needs to map them.
static bool add_rams(struct sim_board *board,
        const struct sim_board_custom *custom) {
    static const char *const names[SIM_BOARD_RAMS] = {"SRAM1", "SRAM2", "RAM 3",
            "RAM 4", "RAM 5", "RAM 6", "RAM 7", "RAM 8"};
    for (unsigned i = 0; i < custom->ram_count; i++) {
        const uint32_t addr = custom->ram[i].addr;
        const uint32_t bytes = custom->ram[i].bytes;
        board->ram[i] = aligned_alloc(4096, bytes);
        if (!board->ram[i]) {
            return false;
        }
        memset(board->ram[i], 0, bytes);
        sim_add_memory(board->mcu.sim, names[i], SIM_MEM_RAM, addr, bytes,
                board->ram[i]);
        if (addr == SRAM1_ADDR) {
            board->mcu.sram1_bytes = bytes;
        }
    }
    return true;
}

static void free_memories(struct sim_board *board) {
    for (unsigned i = 0; i < SIM_BOARD_RAMS; i++) {
        free(board->ram[i]);
    }
}

static bool find_wiring(struct sim_board *board,
        const struct sim_board_options *options) {
    const struct sim_board_custom *custom = options->custom;
    const char *name = custom ? custom->like : options->board;
    for (size_t i = 0; name && i < BOARDS; i++) {
        if (strcmp(boards[i].info.name, name) == 0) {
            board->wiring = boards[i].wiring;
        }
    }
    const bool found = board->wiring.hse_hz != 0;
    if (custom) {
        board->wiring.any_pin = !custom->like;
        board->wiring.hse_hz = custom->hse_hz;
        board->wiring.hse_note = NULL;
    }
    return found || custom;
}

struct sim_board_info sim_board_default(void) {
    struct sim_board_info info = boards[0].info;
    info.name = info.part = "";
    info.text = "a board of your own";
    return info;
}

struct sim_board *sim_board_new(struct sim *sim,
        const struct sim_board_options *options) {
    struct sim_board *board = calloc(1, sizeof *board);
    if (!board || !find_wiring(board, options)) {
        free(board);
        return NULL;
    }
    const struct sim_board_custom *memories =
            options->custom ? options->custom : &stm32l476_memories;
    struct stm32 *m = &board->mcu;
    m->sim = sim;
    m->wiring = &board->wiring;
    m->internal = options->internal;
    m->internal_bytes = options->custom ? options->custom->info.internal_bytes
                                        : INTERNAL_BYTES;
    m->nor = options->nor;
    m->peer = options->peer;
    m->window_addr = WINDOW_ADDR;
    m->window_bytes = nor_part_of(options->nor)->size_bytes;
    if (m->window_bytes > WINDOW_BYTES) {
        m->window_bytes = WINDOW_BYTES;
    }
    fill_system(board->system, m->internal_bytes);
    if (!add_rams(board, memories)) {
        free_memories(board);
        free(board);
        return NULL;
    }
    add_memories(board);
    stm32_init(m);
    add_peripherals(board);
    return board;
}

void sim_board_free(struct sim_board *board) {
    if (!board) {
        return;
    }
    while (board->extras) {
        struct extra *next = board->extras->next;
        free(board->extras);
        board->extras = next;
    }
    stm32_free(&board->mcu);
    free_memories(board);
    free(board);
}

void sim_board_uart_kick(struct sim_board *board) {
    stm32_usart_kick(&board->mcu);
}

void sim_board_power(struct sim_board *board, bool on) {
    stm32_power(&board->mcu, on);
}

/// --set ///

static bool answers(struct sim_board *board, uint32_t addr) {
    for (const struct extra *e = board->extras; e; e = e->next) {
        if (addr - e->base < 1024u) {
            return true;
        }
    }
    return addr - PERIPH_ADDR < PERIPH_BYTES || addr - AHB3_ADDR < AHB3_BYTES ||
            addr - DEBUG_ADDR < DEBUG_BYTES;
}

void sim_board_set(struct sim_board *board, uint32_t addr, uint32_t mask,
        uint32_t value) {
    struct sim *sim = board->mcu.sim;
    if (sim_memory(sim, addr, 1) != NULL) {
        sim_note(sim, "--set 0x%08X is ignored: that is memory, not a register",
                (unsigned)addr);
        return;
    }
    if (addr >= 0xE0000000u && !answers(board, addr)) {
        sim_note(sim,
                "--set 0x%08X is ignored: the core's own registers "
                "cannot be overridden",
                (unsigned)addr);
        return;
    }
    if (!answers(board, addr)) {
        struct extra *e = calloc(1, sizeof *e);
        if (!e) {
            return;
        }
        *e = (struct extra){.next = board->extras,
                .mcu = &board->mcu,
                .base = addr & ~1023u};
        board->extras = e;
        const struct sim_periph periph = {.name = "--set",
                .base = e->base,
                .size = 1024,
                .read = extra_read,
                .write = extra_write,
                .ctx = e};
        sim_add_periph(sim, &periph);
    }
    stm32_bus_set(&board->mcu, addr, mask, value);
}

struct sim_board_counters sim_board_counters(const struct sim_board *board) {
    const struct stm32_usart *u = &board->mcu.usart;
    return (struct sim_board_counters){
            .uart_rx = u->rx_count,
            .uart_tx = u->tx_count,
            .uart_overruns = u->overruns,
    };
}
