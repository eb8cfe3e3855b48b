/*
 * nor_bench - a controller for tests of the chip model
 *
 * SPDX-License-Identifier: MIT
 *
 * Sends frames as a driver would, at 40 MHz, keeps the time and counts the
 * model's reports.
 */
#ifndef NOR_BENCH_H
#define NOR_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nor/nor.h"

#define BENCH_KINDS NOR_KINDS

struct bench {
    struct nor *nor;
    uint64_t now;
    unsigned reports[BENCH_KINDS];
    struct nor_report last;
    unsigned began, ended;
    uint64_t ended_at;
    unsigned changes;
    uint32_t changed_off, changed_len;
};

static inline void bench_report(void *ctx, const struct nor_report *report) {
    struct bench *b = ctx;
    b->reports[report->kind]++;
    b->last = *report;
    assert_true(strlen(report->text) > 0);
}

static inline void bench_changed(void *ctx, uint32_t off, uint32_t len) {
    struct bench *b = ctx;
    b->changes++;
    b->changed_off = off;
    b->changed_len = len;
}

static inline void bench_operation(void *ctx, char kind, uint32_t off,
        uint32_t len, uint64_t time_ps, bool begun) {
    struct bench *b = ctx;
    (void)kind;
    (void)off;
    (void)len;
    if (begun) {
        b->began++;
    } else {
        b->ended++;
        b->ended_at = time_ps;
    }
}

static inline void bench_open_part(struct bench *b, const struct nor_part *part,
        uint8_t *array, struct nor_options options) {
    memset(b, 0, sizeof *b);
    options.report = bench_report;
    options.changed = bench_changed;
    options.operation = bench_operation;
    options.ctx = b;
    b->nor = nor_new(part, array, &options);
    assert_non_null(b->nor);
}

static inline void bench_open(struct bench *b, const char *part, uint8_t *array,
        struct nor_options options) {
    bench_open_part(b, nor_part_find(part), array, options);
}

static inline void bench_close(struct bench *b) {
    nor_free(b->nor);
}

static inline void bench_wait(struct bench *b, uint64_t ps) {
    b->now += ps;
}

// Send a frame with n bytes of data in either direction.
static inline void bench_frame(struct bench *b, const struct nor_frame *f,
        const uint8_t *out, uint8_t *in, size_t n) {
    b->now += 800000;
    nor_begin(b->nor, b->now, f);
    for (size_t i = 0; i < n; i++) {
        b->now += 200000 / (f->data_lanes ? f->data_lanes : 1);
        if (in) {
            in[i] = nor_in(b->nor, b->now);
        } else {
            nor_out(b->nor, b->now, out[i]);
        }
    }
    nor_end(b->nor, b->now);
}

static inline struct nor_frame bench_shape(uint8_t opcode, bool addressed,
        uint32_t addr, uint8_t data_lanes) {
    return (struct nor_frame){
            .has_opcode = true,
            .opcode = opcode,
            .opcode_lanes = 1,
            .addr_bytes = addressed ? 3 : 0,
            .addr_lanes = addressed ? 1 : 0,
            .addr = addr,
            .data_lanes = data_lanes,
    };
}

static inline void bench_cmd(struct bench *b, uint8_t opcode) {
    const struct nor_frame f = bench_shape(opcode, false, 0, 0);
    bench_frame(b, &f, NULL, NULL, 0);
}

static inline void bench_cmd_at(struct bench *b, uint8_t opcode,
        uint32_t addr) {
    const struct nor_frame f = bench_shape(opcode, true, addr, 0);
    bench_frame(b, &f, NULL, NULL, 0);
}

static inline uint8_t bench_reg(struct bench *b, uint8_t opcode) {
    const struct nor_frame f = bench_shape(opcode, false, 0, 1);
    uint8_t value = 0;
    bench_frame(b, &f, NULL, &value, 1);
    return value;
}

static inline void bench_set_reg(struct bench *b, uint8_t opcode,
        const uint8_t *data, size_t n) {
    const struct nor_frame f = bench_shape(opcode, false, 0, 1);
    bench_frame(b, &f, data, NULL, n);
}

static inline void bench_read(struct bench *b, uint32_t addr, uint8_t *data,
        size_t n) {
    const struct nor_frame f = bench_shape(0x03, true, addr, 1);
    bench_frame(b, &f, NULL, data, n);
}

static inline void bench_page(struct bench *b, uint32_t addr,
        const uint8_t *data, size_t n) {
    const struct nor_frame f = bench_shape(0x02, true, addr, 1);
    bench_frame(b, &f, data, NULL, n);
}

// Wait until the chip is idle, exactly.
static inline void bench_idle(struct bench *b) {
    const uint64_t until = nor_busy_until(b->nor);
    if (until != NOR_NEVER && until > b->now) {
        b->now = until;
    }
    assert_false(nor_busy(b->nor, b->now));
}

static inline void bench_erase(struct bench *b, uint8_t opcode, uint32_t addr) {
    bench_cmd(b, 0x06);
    bench_cmd_at(b, opcode, addr);
    bench_idle(b);
}

static inline void bench_program(struct bench *b, uint32_t addr,
        const uint8_t *data, size_t n) {
    bench_cmd(b, 0x06);
    bench_page(b, addr, data, n);
    bench_idle(b);
}

static inline struct nor_frame bench_quad(uint32_t addr, uint8_t mode,
        uint8_t dummy) {
    return (struct nor_frame){
            .has_opcode = true,
            .opcode = 0xEB,
            .opcode_lanes = 1,
            .addr_bytes = 3,
            .addr_lanes = 4,
            .addr = addr,
            .alt_bytes = 1,
            .alt_lanes = 4,
            .alt = mode,
            .dummy_clocks = dummy,
            .data_lanes = 4,
    };
}

// Notes do not count.
static inline unsigned bench_total(const struct bench *b) {
    unsigned total = 0;
    for (unsigned i = 0; i < NOR_NOTES; i++) {
        total += b->reports[i];
    }
    return total;
}

static inline void bench_forget(struct bench *b) {
    memset(b->reports, 0, sizeof b->reports);
}

// Exactly one report since the last call, and of this kind.
static inline void bench_only(struct bench *b, enum nor_report_kind kind) {
    if (bench_total(b) != 1 || b->reports[kind] != 1) {
        fail_msg("expected one report of kind %d, got %u; last: %d %s", kind,
                bench_total(b), b->last.kind, b->last.text);
    }
    bench_forget(b);
}

static inline void bench_quiet(const struct bench *b) {
    if (bench_total(b) != 0) {
        fail_msg("unexpected report %d: %s", b->last.kind, b->last.text);
    }
}

static inline uint32_t bench_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*seed >> 33);
}

#endif
