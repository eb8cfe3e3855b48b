/*
 * board_bench - the boot program and an application on a whole board
 *
 * SPDX-License-Identifier: MIT
 *
 * Images of build/firmware; without them the test is skipped. Include behind
 * cmocka.h.
 */
#ifndef BOARD_BENCH_H
#define BOARD_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "sim/machine/chip.h"
#include "sim/machine/sim_board.h"
#include "sim/snapshot.h"

struct bench {
    struct sim *sim;
    struct chip chip;
    struct sim_board *board;
    uint8_t *internal, *array;
    uint64_t entries, text; // traces and UART bytes that were told
};

static inline void on_trace(void *ctx, const struct sim_trace *entry) {
    struct bench *b = ctx;
    b->entries++;
    b->text = (b->text ^ entry->time ^ entry->a ^ entry->b) * 0x100000001B3ull;
}

static inline void read_file(const char *name, uint8_t *to, size_t size) {
    const char *directory = getenv("XIPSAFE_FIRMWARE_DIR");
    char path[512];
    snprintf(path, sizeof path, "%s/%s",
            directory ? directory : "build/firmware", name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        print_message("no %s: make firmware\n", path);
        skip();
    }
    assert_true(fread(to, 1, size, file) > 0);
    fclose(file);
}

static inline struct bench *open_bench(const char *image) {
    struct bench *b = calloc(1, sizeof *b);
    const struct board *board = board_find("stm32l476g-disco");
    const struct nor_part *part = nor_part_find("w25q128jv");
    b->internal = aligned_alloc(4096, board->internal.bytes);
    b->array = aligned_alloc(4096, part->size_bytes);
    memset(b->internal, 0xFF, board->internal.bytes);
    memset(b->array, 0xFF, part->size_bytes);
    read_file("boot_hash.bin", b->internal, board->internal.bytes);
    read_file(image, b->array, part->size_bytes);
    b->sim = sim_new(&(struct sim_options){.time_limit = 10 * SIM_S});
    sim_add_trace(b->sim, on_trace, b);
    const struct chip_options chip = {
            .part = part,
            .array = b->array,
            .window_addr = board->window.addr,
    };
    assert_true(chip_open(&b->chip, b->sim, &chip));
    b->board = sim_board_new(b->sim,
            &(struct sim_board_options){
                    .board = board,
                    .internal = b->internal,
                    .nor = b->chip.nor,
            });
    assert_non_null(b->board);
    sim_power_on(b->sim);
    return b;
}

static inline void close_bench(struct bench *b) {
    sim_board_free(b->board);
    chip_close(&b->chip);
    sim_free(b->sim);
    free(b->internal);
    free(b->array);
    free(b);
}

// What two runs have in common at the same instruction.
struct point {
    uint64_t instruction, hash, cycles, memory;
    sim_time time;
    uint32_t regs[17];
};

static inline void look(struct bench *b, struct point *point) {
    struct sim_snapshot *snapshot = sim_save(b->sim);
    assert_non_null(snapshot);
    point->hash = sim_trace_hash(b->sim);
    point->cycles = sim_cycles(b->sim);
    point->time = sim_now(b->sim);
    point->memory = sim_snapshot_hash(snapshot);
    sim_registers(b->sim, point->regs);
    sim_snapshot_free(snapshot);
}

#endif
