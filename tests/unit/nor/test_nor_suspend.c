/*
 * test_nor_suspend - suspension, and random histories of the chip model
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

#define W25Q "w25q128jv"
#define N25Q "n25q128a"

static struct bench b;

static int open_w25q(void **state) {
    (void)state;
    bench_open(&b, W25Q, NULL, (struct nor_options){.seed = 1});
    return 0;
}

static int close_bench(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static uint8_t byte_at(uint32_t addr) {
    uint8_t byte = 0;
    bench_read(&b, addr, &byte, 1);
    return byte;
}

/// Suspension ///

static void suspend_and_resume(void **state) {
    (void)state;
    bench_program(&b, 0x9000, (const uint8_t *)"\x33", 1);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    const uint64_t start = b.now;
    const uint64_t end = start + 45 * NOR_MS;
    b.now = start + 10 * NOR_MS;
    bench_cmd(&b, 0x75);
    const uint64_t asked = b.now;
    assert_int_equal(nor_busy_until(b.nor), asked + 20 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05) & 1, 1);
    assert_int_equal(bench_reg(&b, 0x35), 0x02);
    assert_true(nor_busy(b.nor, asked + 20 * NOR_US - 1));
    assert_false(nor_busy(b.nor, asked + 20 * NOR_US));
    b.now = asked + 20 * NOR_US;
    assert_int_equal(bench_reg(&b, 0x05), 0); // WEL does not stay
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    uint32_t off = 0;
    uint32_t len = 0;
    assert_true(nor_operation(b.nor, &off, &len));
    assert_int_equal(off, 0x8000);
    assert_int_equal(len, 0x1000);
    const struct nor_frame f = bench_quad(0x9000, 0xFF, 4);
    assert_true(nor_readable(b.nor, b.now, &f, NULL));
    assert_int_equal(byte_at(0x9000), 0x33);
    bench_quiet(&b);
    uint8_t inside[16]; // the last eight are beyond the sector
    bench_read(&b, 0x8FF8, inside, sizeof inside);
    bench_only(&b, NOR_READ_BUSY); // once, not per byte
    assert_int_equal(inside[8], 0x33);
    assert_non_null(strstr(b.last.text, "suspended"));
    bench_cmd(&b, 0x75); // already
    bench_quiet(&b);
    bench_wait(&b, 100 * NOR_MS); // a suspension may last
    bench_cmd(&b, 0x7A);
    // What is left, and the loss per resume.
    assert_int_equal(nor_busy_until(b.nor),
            b.now + (end - asked) + 40 * NOR_US);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x35), 0x02);
    assert_int_equal(byte_at(0x8000), 0xFF);
    bench_quiet(&b);
    assert_int_equal(b.began, 2);
    assert_int_equal(b.ended, 2);
}

// The estimate of what a resume costs, half or twice.
static void resume_costs_more_or_less(void **state) {
    (void)state;
    static const unsigned percents[] = {0, 50, 100, 200};
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        bench_close(&b);
        bench_open(&b, W25Q, NULL,
                (struct nor_options){.resume_loss_percent = percents[i]});
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        const uint64_t end = b.now + 45 * NOR_MS;
        bench_wait(&b, NOR_MS);
        bench_cmd(&b, 0x75);
        const uint64_t asked = b.now;
        bench_wait(&b, 20 * NOR_US);
        bench_cmd(&b, 0x7A);
        const unsigned percent = percents[i] ? percents[i] : 100;
        assert_int_equal(nor_busy_until(b.nor),
                b.now + (end - asked) + 40 * NOR_US * percent / 100);
    }
}

// After a resume the status reads idle and not suspended for a moment.
static void resume_gap(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    bench_wait(&b, NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    const struct nor_frame resume = bench_shape(0x7A, false, 0, 0);
    const struct nor_frame sr1 = bench_shape(0x05, false, 0, 1);
    const struct nor_frame sr2 = bench_shape(0x35, false, 0, 1);
    nor_begin(b.nor, b.now, &resume);
    nor_end(b.nor, b.now);
    nor_begin(b.nor, b.now + 1000, &sr2);
    assert_int_equal(nor_in(b.nor, b.now + 1000), 0x02);
    nor_end(b.nor, b.now + 1000);
    nor_begin(b.nor, b.now + 2000, &sr1);
    assert_int_equal(nor_in(b.nor, b.now + 199999), 0);
    assert_int_equal(nor_in(b.nor, b.now + 200000), 1);
    nor_end(b.nor, b.now + 200000);
    assert_true(nor_busy(b.nor, b.now));
    bench_wait(&b, NOR_MS);
    bench_quiet(&b);
    // The chip is not readable in the gap either.
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    nor_begin(b.nor, b.now, &resume);
    nor_end(b.nor, b.now);
    const struct nor_frame f = bench_quad(0, 0xFF, 4);
    assert_false(nor_readable(b.nor, b.now + 1000, &f, NULL));
}

static void suspend_as_the_operation_ends(void **state) {
    (void)state;
    // Anywhere in the last tSUS the operation just finishes.
    for (uint64_t early = 0; early <= 21 * NOR_US; early += NOR_US / 2) {
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        const uint64_t end = nor_busy_until(b.nor);
        const struct nor_frame f = bench_shape(0x75, false, 0, 0);
        nor_begin(b.nor, end - early, &f);
        nor_end(b.nor, end - early);
        b.now = end + NOR_US;
        const bool held = early > 20 * NOR_US;
        assert_int_equal(bench_reg(&b, 0x35), held ? 0x82 : 0x02);
        assert_int_equal(bench_reg(&b, 0x05), 0);
        bench_cmd(&b, 0x7A);
        bench_idle(&b);
    }
    bench_quiet(&b);
}

static void suspend_every(uint64_t run_ps, int times) {
    for (int i = 0; i < times; i++) {
        bench_cmd(&b, 0x7A);
        bench_wait(&b, run_ps);
        bench_cmd(&b, 0x75);
        bench_wait(&b, 20 * NOR_US);
    }
}

// Suspending below the interval never gets anywhere and is counted; only below
// the part's minimum it is reported. At the interval the erase ends.
static void fast_suspending_starves(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    bench_wait(&b, NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    bench_quiet(&b);
    const uint64_t frame_ps = 800000; // of a suspend, which counts at its end
    suspend_every(20 * NOR_US - frame_ps, 500);
    suspend_every(512 * NOR_US - frame_ps - 1, 500);
    bench_quiet(&b);
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    assert_int_equal(nor_counters(b.nor).short_runs, 1000);
    suspend_every(20 * NOR_US - frame_ps - 1, 10);
    assert_int_equal(b.reports[NOR_SUSPEND_EARLY], 10);
    assert_non_null(strstr(b.last.text, "the part allows it after 20 us"));
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    assert_int_equal(nor_counters(b.nor).short_runs, 1010);
    bench_forget(&b);
    int slices = 0;
    while (bench_reg(&b, 0x35) & 0x80) {
        bench_cmd(&b, 0x7A);
        bench_wait(&b, 512 * NOR_US);
        bench_cmd(&b, 0x75);
        bench_wait(&b, 20 * NOR_US);
        assert_true(++slices < 200);
    }
    // 44 ms of work, 512 + 0.8 (the frame) - 40 us in each slice.
    assert_int_equal(slices, 44000 / (512 + 1 - 40) + 1);
    assert_false(nor_busy(b.nor, b.now));
    assert_int_equal(byte_at(0x8000), 0xFF);
    assert_int_equal(nor_counters(b.nor).short_runs, 1010);
    bench_quiet(&b);
}

// A part that states no minimum: the interval counts as one.
static void fast_suspending_unstated(void **state) {
    (void)state;
    bench_close(&b);
    bench_open(&b, N25Q, NULL, (struct nor_options){.seed = 1});
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    bench_wait(&b, NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 25 * NOR_US);
    bench_cmd(&b, 0x7A);
    bench_wait(&b, 698 * NOR_US);
    bench_cmd(&b, 0x75);
    bench_only(&b, NOR_SUSPEND_EARLY);
    assert_non_null(strstr(b.last.text, "it makes progress after 700 us"));
}

static void commands_in_a_suspension(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0xD8, 0x10000);
    bench_wait(&b, 10 * NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    bench_cmd(&b, 0x06);
    bench_quiet(&b);
    bench_cmd_at(&b, 0x20, 0x40000);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_cmd(&b, 0xC7);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_cmd(&b, 0xB9);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\2", 1);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_page(&b, 0x1FF00, (const uint8_t *)"\0", 1); // in the block
    bench_only(&b, NOR_COMMAND_BUSY);
    // A program elsewhere.
    bench_page(&b, 0x20000, (const uint8_t *)"\x5A", 1);
    assert_true(nor_busy(b.nor, b.now));
    bench_cmd(&b, 0x75); // SUS is 1 already
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_idle(&b);
    assert_int_equal(byte_at(0x20000), 0x5A);
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    bench_cmd(&b, 0x7A);
    bench_idle(&b);
    assert_int_equal(byte_at(0x10000), 0xFF);
    // A suspended program: no program, an erase elsewhere.
    uint8_t data[256];
    memset(data, 0x0F, sizeof data);
    bench_cmd(&b, 0x06);
    bench_page(&b, 0x30000, data, 256);
    bench_wait(&b, 100 * NOR_US);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    byte_at(0x30080);
    bench_only(&b, NOR_READ_BUSY);
    bench_cmd(&b, 0x06);
    bench_page(&b, 0x50000, data, 1);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_cmd_at(&b, 0x20, 0x30000);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_cmd_at(&b, 0x20, 0x20000);
    assert_true(nor_busy(b.nor, b.now));
    bench_idle(&b);
    assert_int_equal(byte_at(0x20000), 0xFF);
    bench_cmd(&b, 0x7A);
    bench_idle(&b);
    assert_memory_equal(nor_array(b.nor) + 0x30000, data, 256);
    bench_quiet(&b);
}

/// Random histories ///

// A plain model: an array, AND and fill. Whatever the order, the interleaved
// suspensions and the times, the chip's array must equal it whenever idle.
static void history_equals_a_plain_model(void **state) {
    const char *part = *state;
    enum { SPAN = 0x40000 };
    static uint8_t model[SPAN];
    for (uint64_t run = 1; run <= 8; run++) {
        uint64_t seed = run;
        struct bench h;
        bench_open(&h, part, NULL,
                (struct nor_options){.seed = run, .max_times = run & 1});
        const struct nor_part *p = nor_part_of(h.nor);
        memset(model, 0xFF, sizeof model);
        for (int step = 0; step < 400; step++) {
            const uint32_t at = bench_random(&seed) % SPAN;
            uint8_t data[300];
            const bool erase = bench_random(&seed) % 4 == 0;
            bench_cmd(&h, 0x06);
            if (erase) {
                const struct nor_erase *e = &p->erase[bench_random(&seed) %
                        (p->erase[2].size_bytes ? 3 : 2)];
                bench_cmd_at(&h, e->opcode, at);
                memset(model + (at & ~(e->size_bytes - 1)), 0xFF,
                        e->size_bytes);
            } else {
                const size_t n = 1 + bench_random(&seed) % sizeof data;
                uint8_t page[256];
                memset(page, 0xFF, sizeof page);
                for (size_t i = 0; i < n; i++) {
                    data[i] = (uint8_t)bench_random(&seed);
                    page[(at + i) % 256] = data[i];
                }
                bench_page(&h, at, data, n);
                for (unsigned i = 0; i < 256; i++) {
                    model[(at & ~255u) + i] &= page[i];
                }
            }
            while (bench_random(&seed) % 3 == 0) {
                bench_wait(&h, bench_random(&seed) % 2000 * NOR_US);
                bench_cmd(&h, p->suspend_opcode);
                bench_wait(&h, p->suspend_latency_us * NOR_US);
                assert_false(nor_busy(h.nor, h.now));
                // Outside the operation the array is the model's now.
                uint32_t off = 0;
                uint32_t len = 0;
                const uint32_t other = bench_random(&seed) % SPAN;
                uint8_t got = 0;
                if (!nor_operation(h.nor, &off, &len) || other - off >= len) {
                    bench_read(&h, other, &got, 1);
                    assert_int_equal(got, model[other]);
                }
                bench_cmd(&h, p->resume_opcode);
            }
            bench_idle(&h);
            const uint32_t look = bench_random(&seed) % SPAN;
            uint8_t got = 0;
            bench_read(&h, look, &got, 1);
            assert_int_equal(got, model[look]);
        }
        assert_memory_equal(nor_array(h.nor), model, SPAN);
        assert_int_equal(h.reports[NOR_READ_BUSY], 0);
        assert_int_equal(h.reports[NOR_BAD_FRAME], 0);
        assert_int_equal(h.reports[NOR_NO_WEL], 0);
        assert_int_equal(h.reports[NOR_COMMAND_BUSY], 0);
        bench_close(&h);
    }
}

// What a caller asks and when must not change what happens.
static void looking_changes_nothing(void **state) {
    (void)state;
    uint64_t hash[2];
    for (unsigned look = 0; look < 2; look++) {
        struct bench h;
        bench_open(&h, W25Q, NULL, (struct nor_options){.seed = 9});
        uint64_t seed = 3;
        hash[look] = 0;
        const struct nor_frame f = bench_quad(0, 0xFF, 4);
        for (int i = 0; i < 200; i++) {
            bench_cmd(&h, 0x06);
            bench_cmd_at(&h, 0x20, 0x1000 * (bench_random(&seed) % 8));
            const uint64_t step = bench_random(&seed) % 30000 * NOR_US;
            for (unsigned j = 1; look && j < 20; j++) {
                (void)nor_busy(h.nor, h.now + step / 20 * j);
                (void)nor_readable(h.nor, h.now + step / 20 * j, &f, NULL);
            }
            bench_wait(&h, step);
            if (i % 3 == 0) {
                nor_power_off(h.nor, h.now);
                nor_power_on(h.nor, h.now);
                bench_wait(&h, NOR_MS);
            }
            bench_idle(&h);
            for (unsigned j = 0; j < 0x8000; j++) {
                hash[look] =
                        (hash[look] ^ nor_array(h.nor)[j]) * 1099511628211ull;
            }
        }
        bench_close(&h);
    }
    assert_int_equal(hash[0], hash[1]);
}

#define W(t) cmocka_unit_test_setup_teardown(t, open_w25q, close_bench)

int main(void) {
    const struct CMUnitTest tests[] = {
            W(suspend_and_resume),
            W(resume_costs_more_or_less),
            W(resume_gap),
            W(suspend_as_the_operation_ends),
            W(fast_suspending_starves),
            W(fast_suspending_unstated),
            W(commands_in_a_suspension),
            cmocka_unit_test_prestate(history_equals_a_plain_model, W25Q),
            cmocka_unit_test_prestate(history_equals_a_plain_model, N25Q),
            cmocka_unit_test(looking_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
