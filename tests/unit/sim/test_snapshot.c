/*
 * test_snapshot - going back, and the same run again
 *
 * SPDX-License-Identifier: MIT
 *
 * The boot program and an application of build/firmware, on a whole board: the
 * run is cut at random instructions, restored to earlier ones and run to each
 * of them again. Unicorn cannot; this program has the core of our own.
 */
// sources: host/sim/*.c host/base/*.c host/sim/core/*.c host/sim/stm32/*.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c host/sim/stm32l4/*.c host/sim/machine/*.c
// sources: host/nor/*.c host/board/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "support/board_bench.h"

#define POINTS 1000
#define HELD 250
// The boot program verifies its image up to about 1.2 million; later come
// suspensions of an erase for interrupts.
#define FROM 6500000u
#define TO 16500000u

static uint64_t random_state = 88172645463325252ull;
static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

static void run_to(struct bench *b, uint64_t instruction) {
    sim_stop_before(b->sim, instruction);
    assert_int_equal(sim_run(b->sim), SIM_STOP_REACHED);
    assert_int_equal(sim_instructions(b->sim), instruction);
}

static int by_number(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void test_the_same_again(void **state) {
    (void)state;
    struct bench *b = open_bench("irq_latency.img");
    static struct point points[POINTS];
    struct sim_snapshot *held[HELD];
    for (size_t i = 0; i < POINTS; i++) {
        points[i].instruction = FROM + next_random() % (TO - FROM);
    }
    qsort(points, POINTS, sizeof points[0], by_number);
    for (size_t i = 0; i < POINTS; i++) {
        run_to(b, points[i].instruction);
        look(b, &points[i]);
        if (i % (POINTS / HELD) == 0) {
            held[i / (POINTS / HELD)] = sim_save(b->sim);
        }
    }
    const uint64_t entries = b->entries, text = b->text;
    for (size_t n = 0; n < POINTS; n++) {
        const size_t i = next_random() % POINTS;
        struct point again = {.instruction = points[i].instruction};
        const size_t from = i / (POINTS / HELD);
        const size_t back = next_random() % 3;
        sim_restore(b->sim, held[from > back ? from - back : 0], true);
        run_to(b, again.instruction);
        look(b, &again);
        assert_memory_equal(&again, &points[i], sizeof again);
    }
    // What it costs, without a limit.
    const clock_t begin = clock();
    for (size_t n = 0; n < 100; n++) {
        sim_restore(b->sim, held[n % 2], true);
        sim_snapshot_free(sim_save(b->sim));
    }
    print_message("%u us for going back and saving, %zu KB each\n",
            (unsigned)((uint64_t)(clock() - begin) * 10000 / CLOCKS_PER_SEC),
            sim_snapshot_bytes(held[1]) / 1024);
    sim_restore(b->sim, held[HELD - 1], true);
    run_to(b, points[POINTS - 1].instruction);
    // Nothing was told twice; a run beyond the last point goes on telling.
    print_message("%u trace entries\n", (unsigned)entries);
    assert_true(entries > 300);
    assert_int_equal(b->entries, entries);
    assert_int_equal(b->text, text);
    sim_restore(b->sim, held[0], true);
    run_to(b, points[POINTS - 1].instruction + 200000);
    const uint64_t beyond = b->text;
    for (size_t i = 0; i < HELD; i++) {
        sim_snapshot_free(held[i]);
    }
    close_bench(b);
    b = open_bench("irq_latency.img");
    run_to(b, points[POINTS - 1].instruction + 200000);
    assert_int_equal(b->text, beyond);
    close_bench(b);
}

// Another end of the same beginning: all is told.
static void test_another_end(void **state) {
    (void)state;
    struct bench *b = open_bench("irq_latency.img");
    run_to(b, FROM);
    struct sim_snapshot *snapshot = sim_save(b->sim);
    uint64_t hash = 0;
    for (int i = 0; i < 2; i++) {
        const uint64_t before = b->entries;
        sim_restore(b->sim, snapshot, false);
        run_to(b, TO);
        assert_true(b->entries > before);
        assert_true(!hash || hash == sim_trace_hash(b->sim));
        hash = sim_trace_hash(b->sim);
    }
    // A power cut between, and the chip as it was before.
    sim_restore(b->sim, snapshot, false);
    sim_power_cut(b->sim);
    assert_int_equal(sim_run(b->sim), SIM_STOP_POWER_CUT);
    sim_board_power(b->board, false);
    sim_board_power(b->board, true);
    sim_power_on(b->sim);
    run_to(b, TO);
    assert_true(hash != sim_trace_hash(b->sim));
    sim_restore(b->sim, snapshot, false);
    run_to(b, TO);
    assert_int_equal(sim_trace_hash(b->sim), hash);
    sim_snapshot_free(snapshot);
    close_bench(b);
}

// Before the first instruction of a range, once for each call, and nothing else
// is different.
static void test_watch(void **state) {
    (void)state;
    struct bench *b = open_bench("irq_latency.img");
    run_to(b, TO);
    const uint64_t hash = sim_trace_hash(b->sim);
    close_bench(b);
    b = open_bench("irq_latency.img");
    sim_watch_fetch(b->sim, 0x90000000u, 16u << 20);
    sim_stop_before(b->sim, TO);
    assert_int_equal(sim_run(b->sim), SIM_STOP_FETCH);
    uint32_t regs[17];
    sim_registers(b->sim, regs);
    assert_int_equal(regs[15] >> 24, 0x90);
    assert_true(sim_window_is_open(b->sim));
    const uint64_t first = sim_instructions(b->sim);
    struct sim_snapshot *snapshot = sim_save(b->sim);
    assert_int_equal(sim_run(b->sim), SIM_STOP_REACHED);
    assert_int_equal(sim_trace_hash(b->sim), hash);
    // One instruction in the middle of a page, by its exact address.
    sim_restore(b->sim, snapshot, false);
    run_to(b, first + 40);
    sim_registers(b->sim, regs);
    sim_restore(b->sim, snapshot, false);
    sim_watch_fetch(b->sim, regs[15], 1);
    sim_stop_before(b->sim, TO);
    assert_int_equal(sim_run(b->sim), SIM_STOP_FETCH);
    assert_true(sim_instructions(b->sim) <= first + 40);
    assert_int_equal(sim_pc(b->sim) & ~1u, sim_pc(b->sim));
    uint32_t now[17];
    sim_registers(b->sim, now);
    assert_int_equal(now[15], regs[15]);
    assert_int_equal(sim_run(b->sim), SIM_STOP_REACHED);
    assert_int_equal(sim_trace_hash(b->sim), hash);
    sim_snapshot_free(snapshot);
    close_bench(b);
}

static void test_flash_hash(void **state) {
    (void)state;
    struct bench *b = open_bench("irq_latency.img");
    run_to(b, 1000);
    struct sim_snapshot *one = sim_save(b->sim);
    run_to(b, 1000000); // still the boot program
    struct sim_snapshot *two = sim_save(b->sim);
    assert_true(sim_snapshot_hash(one) != sim_snapshot_hash(two));
    assert_true(sim_snapshot_flash_hash(one) == sim_snapshot_flash_hash(two));
    b->array[0x800000] ^= 1;
    sim_state_changed(b->sim, b->array + 0x800000, 1);
    struct sim_snapshot *three = sim_save(b->sim);
    assert_true(sim_snapshot_flash_hash(three) != sim_snapshot_flash_hash(two));
    sim_snapshot_free(one);
    sim_snapshot_free(two);
    sim_snapshot_free(three);
    close_bench(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_watch),
            cmocka_unit_test(test_flash_hash),
            cmocka_unit_test(test_the_same_again),
            cmocka_unit_test(test_another_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
