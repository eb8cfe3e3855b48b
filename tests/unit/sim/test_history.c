/*
 * test_history - the machine forwards and backwards, for the debugger
 *
 * SPDX-License-Identifier: MIT
 *
 * The boot program and an application of build/firmware. What a plain run
 * passes through is found again backwards, place by place. Unicorn cannot; this
 * program has the core of our own.
 */
// sources: host/sim/*.c host/base/*.c host/sim/core/*.c host/sim/stm32/*.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c host/sim/stm32l4/*.c host/sim/machine/*.c
// sources: host/nor/*.c host/board/*.c host/sim/gdb/history.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/board_bench.h"
#include "sim/gdb/history.h"

#define POINTS 200
// The boot program has verified its image: suspensions of an erase for
// interrupts.
#define FROM 6500000u
#define TO 9500000u

static uint64_t random_state = 88172645463325252ull;
static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

struct past {
    struct bench *b;
    struct history *h;
    unsigned forgotten;
};

static void forget(void *ctx) {
    ((struct past *)ctx)->forgotten++;
}

static void open_past(struct past *p, uint64_t every, size_t max_count) {
    p->b = open_bench("irq_latency.img");
    p->forgotten = 0;
    const struct history_options options = {
            .sim = p->b->sim,
            .every = every,
            .max_count = max_count,
            .forget_future = forget,
            .ctx = p,
    };
    p->h = history_new(&options);
    assert_non_null(p->h);
}

static void close_past(struct past *p) {
    history_free(p->h);
    close_bench(p->b);
}

static uint64_t now(const struct past *p) {
    return sim_instructions(p->b->sim);
}

static int by_number(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void test_random_points(void **state) {
    (void)state;
    static struct point points[POINTS];
    for (size_t i = 0; i < POINTS; i++) {
        points[i].instruction = FROM + next_random() % (TO - FROM);
    }
    qsort(points, POINTS, sizeof points[0], by_number);
    struct bench *plain = open_bench("irq_latency.img");
    for (size_t i = 0; i < POINTS; i++) {
        const struct sim_place place = {
                .instructions = points[i].instruction,
                .kind = SIM_PLACE_BEFORE,
        };
        sim_stop_at(plain->sim, &place);
        assert_int_equal(sim_run(plain->sim), SIM_STOP_REACHED);
        look(plain, &points[i]);
    }
    const uint64_t entries = plain->entries, text = plain->text;
    close_bench(plain);
    struct past p;
    open_past(&p, 100000, 40); // few: thinned out
    const uint64_t last = points[POINTS - 1].instruction;
    assert_int_equal(history_go(p.h, last), HISTORY_DONE);
    for (size_t n = 0; n < POINTS; n++) {
        const struct point *point = &points[next_random() % POINTS];
        struct point again = {.instruction = point->instruction};
        assert_int_equal(history_go(p.h, point->instruction), HISTORY_DONE);
        look(p.b, &again);
        assert_memory_equal(&again, point, sizeof again);
    }
    struct history_figures figures;
    history_figures(p.h, &figures);
    assert_true(figures.snapshots <= 40);
    assert_int_equal(figures.end.instructions, last);
    print_message("%zu snapshots, %zu KB\n", figures.snapshots,
            figures.bytes / 1024);
    // Nothing was told twice.
    history_go(p.h, last);
    assert_int_equal(p.b->entries, entries);
    assert_int_equal(p.b->text, text);
    close_past(&p);
}

// To the next exception entry. The history does not know: history_go() is next.
static void go_to_entry(struct past *p) {
    const struct sim_stops stops = {.entries = true};
    sim_set_stops(p->b->sim, &stops);
    sim_stop_at(p->b->sim, NULL);
    sim_stop_before(p->b->sim, UINT64_MAX);
    assert_int_equal(sim_run(p->b->sim), SIM_STOP_ENTRY);
}

#define STEPS 2000

static void test_steps(void **state) {
    (void)state;
    static struct point points[STEPS];
    struct past p;
    open_past(&p, 100000, 0);
    history_step_into(p.h, true);
    assert_int_equal(history_go(p.h, FROM + 4321), HISTORY_DONE);
    for (size_t i = 0; i < STEPS; i++) {
        look(p.b, &points[i]);
        assert_int_equal(history_step(p.h), HISTORY_DONE);
    }
    for (size_t i = STEPS; i-- > 0;) {
        struct point again = {0};
        assert_int_equal(history_back_step(p.h), HISTORY_DONE);
        look(p.b, &again);
        assert_memory_equal(&again, &points[i], sizeof again);
    }
    // Not into interrupts: the thread alone, and the same places both ways.
    history_step_into(p.h, false);
    static uint64_t at[STEPS];
    unsigned jumps = 0;
    assert_int_equal(history_go(p.h, FROM), HISTORY_DONE);
    while (sim_depth(p.b->sim)) {
        history_step(p.h);
    }
    // Interrupts are far apart: begin before one.
    go_to_entry(&p);
    const uint64_t before = now(&p) - STEPS / 2;
    history_go(p.h, FROM);
    assert_int_equal(history_go(p.h, before), HISTORY_DONE);
    for (size_t i = 0; i < STEPS; i++) {
        at[i] = now(&p);
        jumps += i && at[i] - at[i - 1] > 1;
        assert_int_equal(sim_depth(p.b->sim), 0);
        assert_int_equal(history_step(p.h), HISTORY_DONE);
    }
    assert_true(jumps > 0);
    for (size_t i = STEPS; i-- > 0;) {
        assert_int_equal(history_back_step(p.h), HISTORY_DONE);
        assert_int_equal(now(&p), at[i]);
    }
    close_past(&p);
}

#define HITS 500

static void test_breakpoints(void **state) {
    (void)state;
    struct past p;
    open_past(&p, 100000, 0);
    for (int i = 0; i < 3; i++) {
        history_go(p.h, FROM + next_random() % 50000);
        const uint32_t pc = sim_pc(p.b->sim);
        assert_true(sim_break(p.b->sim, pc, true));
        history_go(p.h, FROM);
        static uint64_t hits[HITS];
        size_t count = 0;
        while (count < HITS && history_continue(p.h) == HISTORY_BREAK) {
            assert_int_equal(sim_pc(p.b->sim), pc);
            hits[count++] = now(&p);
        }
        assert_true(count > 0);
        // At the last hit, or behind it where the run ended.
        for (size_t n = count - (now(&p) == hits[count - 1]); n-- > 0;) {
            assert_int_equal(history_back_continue(p.h), HISTORY_BREAK);
            assert_int_equal(now(&p), hits[n]);
            assert_int_equal(sim_pc(p.b->sim), pc);
        }
        assert_true(sim_break(p.b->sim, pc, false));
    }
    close_past(&p);
}

#define FRAME_WORDS 8u
#define STRETCH 1000000u
#define WRITES 1000u

// Where most of some exception entries put their frame.
static uint32_t usual_frame(struct past *p) {
    enum { TRIES = 21 };
    uint32_t sp[TRIES];
    history_go(p->h, FROM);
    for (size_t i = 0; i < TRIES; i++) {
        uint32_t regs[17];
        go_to_entry(p);
        sim_registers(p->b->sim, regs);
        sp[i] = regs[13];
    }
    size_t best = 0, most = 0;
    for (size_t i = 0; i < TRIES; i++) {
        size_t same = 0;
        for (size_t j = 0; j < TRIES; j++) {
            same += sp[i] == sp[j];
        }
        best = same > most ? i : best;
        most = same > most ? same : most;
    }
    return sp[best];
}

struct writes {
    size_t count, by_entries;
    uint64_t at[WRITES];
};

// Of the watched word from FROM on.
static void find_writes(struct past *p, uint32_t addr, uint64_t end,
        struct writes *found) {
    found->count = found->by_entries = 0;
    history_go(p->h, FROM);
    while (found->count < WRITES && now(p) < end &&
            history_continue(p->h) == HISTORY_WATCH) {
        assert_int_equal(history_touch(p->h)->watch.addr, addr);
        found->by_entries += !history_touch(p->h)->by_cpu;
        found->at[found->count++] = now(p);
    }
}

static void test_watchpoints(void **state) {
    (void)state;
    struct past p;
    open_past(&p, 100000, 0);
    const uint32_t frame = usual_frame(&p);
    // The word of it that code writes most often, too.
    static struct writes found;
    struct sim_watch watch = {.len = 4, .write = true};
    size_t most = 0;
    for (unsigned i = 0; i < FRAME_WORDS; i++) {
        struct sim_watch word = watch;
        word.addr = frame + 4 * i;
        assert_true(sim_watch(p.b->sim, &word, true));
        find_writes(&p, word.addr, FROM + STRETCH, &found);
        assert_true(sim_watch(p.b->sim, &word, false));
        if (found.count > most) {
            most = found.count;
            watch = word;
        }
    }
    assert_true(sim_watch(p.b->sim, &watch, true));
    find_writes(&p, watch.addr, UINT64_MAX, &found);
    print_message("%zu of %zu writes by exception entries\n", found.by_entries,
            found.count);
    assert_true(found.by_entries > 10 && found.by_entries < found.count);
    for (size_t n = found.count; n-- > 0;) {
        assert_int_equal(history_back_continue(p.h), HISTORY_WATCH);
        assert_int_equal(now(&p), found.at[n] - 1);
    }
    assert_true(sim_watch(p.b->sim, &watch, false));
    close_past(&p);
}

// A change in the past: the future is another one, and is told.
static void test_change(void **state) {
    (void)state;
    struct past p;
    open_past(&p, 100000, 0);
    history_go(p.h, TO);
    const uint64_t hash = sim_trace_hash(p.b->sim), told = p.b->entries;
    assert_false(history_is_past(p.h));
    assert_false(history_change(p.h)); // at the end: nothing is lost
    history_go(p.h, FROM);
    assert_true(history_is_past(p.h));
    history_go(p.h, TO);
    assert_int_equal(sim_trace_hash(p.b->sim), hash);
    assert_int_equal(p.b->entries, told);
    history_go(p.h, FROM);
    assert_true(history_change(p.h));
    assert_int_equal(p.forgotten, 1);
    assert_false(history_is_past(p.h));
    uint8_t *ram = sim_memory(p.b->sim, 0x20017F00, 4);
    ram[0] ^= 0x55;
    const uint8_t changed = ram[0];
    history_go(p.h, TO);
    assert_int_equal(sim_trace_hash(p.b->sim), hash); // it hurts nobody
    assert_true(p.b->entries > told);
    history_go(p.h, FROM + 500000); // by no snapshot of the old future
    assert_int_equal(ram[0], changed);
    // Back over the change, and over it again.
    history_go(p.h, FROM - 1000);
    assert_int_not_equal(ram[0], changed);
    history_go(p.h, FROM + 1000);
    assert_int_equal(ram[0], changed);
    assert_int_equal(history_back_step(p.h), HISTORY_DONE);
    history_go(p.h, FROM);
    assert_int_equal(ram[0], changed);
    assert_int_equal(history_back_step(p.h), HISTORY_DONE);
    assert_int_not_equal(ram[0], changed);
    assert_int_equal(history_step(p.h), HISTORY_DONE);
    assert_int_equal(ram[0], changed);
    // Where history begins.
    assert_int_equal(history_go(p.h, 0), HISTORY_BEGIN);
    assert_int_equal(history_back_step(p.h), HISTORY_BEGIN);
    assert_int_equal(history_back_continue(p.h), HISTORY_BEGIN);
    close_past(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_random_points),
            cmocka_unit_test(test_steps),
            cmocka_unit_test(test_breakpoints),
            cmocka_unit_test(test_watchpoints),
            cmocka_unit_test(test_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
