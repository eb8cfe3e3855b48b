/*
 * fake_nor - a chip that only records what a controller does to it
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/fake_nor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct nor *fake_nor_new(void) {
    struct nor *nor = calloc(1, sizeof *nor);
    assert_non_null(nor);
    nor->part.name = "fake";
    nor->part.size_bytes = 16u << 20;
    nor->array = malloc(nor->part.size_bytes);
    assert_non_null(nor->array);
    memset(nor->array, 0xFF, nor->part.size_bytes);
    nor->powered = true;
    nor->busy_until = NOR_NEVER;
    return nor;
}

void fake_nor_free(struct nor *nor) {
    free(nor->array);
    free(nor);
}

const struct fake_frame *fake_last(const struct nor *nor) {
    assert_true(nor->count > 0);
    return &nor->frames[nor->count - 1];
}

static void tick(struct nor *nor, uint64_t time_ps) {
    assert_true(time_ps >= nor->time);
    nor->time = time_ps;
    if (nor->busy_until != NOR_NEVER && time_ps >= nor->busy_until) {
        nor->busy_until = NOR_NEVER;
    }
}

static struct fake_frame *open_frame(struct nor *nor) {
    assert_true(nor->count > 0);
    struct fake_frame *f = &nor->frames[nor->count - 1];
    assert_int_equal(f->end, 0);
    return f;
}

void nor_begin(struct nor *nor, uint64_t time_ps, const struct nor_frame *f) {
    tick(nor, time_ps);
    assert_true(nor->powered);
    assert_true(nor->count == 0 || fake_last(nor)->end != 0);
    assert_true(nor->count < FAKE_FRAMES);
    nor->frames[nor->count++] =
            (struct fake_frame){.frame = *f, .begin = time_ps};
}

static void record(struct fake_frame *f, uint64_t time_ps, uint8_t byte) {
    if (f->bytes == 0) {
        f->first = time_ps;
    }
    f->last = time_ps;
    if (f->bytes < FAKE_BYTES) {
        f->data[f->bytes] = byte;
    }
    f->bytes++;
}

uint8_t nor_in(struct nor *nor, uint64_t time_ps) {
    tick(nor, time_ps);
    struct fake_frame *f = open_frame(nor);
    uint8_t byte = (uint8_t)(0x10 + f->bytes);
    if (f->frame.has_opcode && f->frame.opcode == 0x05) {
        byte = nor->status | (nor->busy_until != NOR_NEVER ? 1u : 0);
    } else if (f->frame.addr_bytes != 0) {
        byte = (uint8_t)(f->frame.addr + f->bytes);
    }
    record(f, time_ps, byte);
    return byte;
}

void nor_out(struct nor *nor, uint64_t time_ps, uint8_t byte) {
    tick(nor, time_ps);
    record(open_frame(nor), time_ps, byte);
}

void nor_end(struct nor *nor, uint64_t time_ps) {
    tick(nor, time_ps);
    open_frame(nor)->end = time_ps;
}

void nor_cut(struct nor *nor, uint64_t time_ps) {
    tick(nor, time_ps);
    open_frame(nor)->cut = true;
    open_frame(nor)->end = time_ps;
}

bool nor_readable(struct nor *nor, uint64_t time_ps, const struct nor_frame *f,
        const char **why) {
    tick(nor, time_ps);
    nor->asked = *f;
    if (nor->busy_until != NOR_NEVER) {
        *why = "the chip is erasing";
        return false;
    }
    if (nor->unreadable) {
        *why = nor->unreadable;
        return false;
    }
    return true;
}

void nor_check_mapping(struct nor *nor, uint64_t time_ps,
        const struct nor_frame *f, uint64_t high_ps) {
    (void)f;
    tick(nor, time_ps);
    nor->mapping_high = high_ps;
}

void nor_new_driver(struct nor *nor) {
    (void)nor;
}

uint64_t nor_busy_until(const struct nor *nor) {
    return nor->busy_until;
}

const uint8_t *nor_array(const struct nor *nor) {
    return nor->array;
}

const struct nor_part *nor_part_of(const struct nor *nor) {
    return &nor->part;
}

void nor_power_off(struct nor *nor, uint64_t time_ps) {
    tick(nor, time_ps);
    assert_true(nor->powered);
    nor->powered = false;
    if (nor->count > 0 && nor->frames[nor->count - 1].end == 0) {
        nor->frames[nor->count - 1].end = time_ps;
    }
}

void nor_power_on(struct nor *nor, uint64_t time_ps) {
    tick(nor, time_ps);
    assert_false(nor->powered);
    nor->powered = true;
}

bool nor_operation(const struct nor *nor, uint32_t *off, uint32_t *len_bytes) {
    (void)nor;
    *off = 0;
    *len_bytes = 0;
    return false;
}
