/*
 * test_nor_power - power cuts and resets in the chip model
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

#define W25Q "w25q128jv"
#define N25Q "n25q128a"

#define USED 0x200000u // no test goes beyond

static struct bench b;
static uint8_t old_data[0x10000];
static uint8_t storage[16u << 20]; // one for all: fresh pages cost most

static void open_seed(uint64_t seed) {
    memset(storage, 0xFF, USED);
    bench_open(&b, W25Q, storage, (struct nor_options){.seed = seed});
}

static void cut(uint64_t off_ps) {
    nor_power_off(b.nor, b.now);
    bench_wait(&b, off_ps);
    nor_power_on(b.nor, b.now);
    bench_wait(&b, nor_part_of(b.nor)->power_up_us * NOR_US);
}

static void program_range(uint32_t off, const uint8_t *data, uint32_t len) {
    for (uint32_t i = 0; i < len; i += 256) {
        bench_program(&b, off + i, data + i, 256);
    }
}

static bool is_blank(const uint8_t *p, size_t n) {
    return p[0] == 0xFF && memcmp(p, p + 1, n - 1) == 0;
}

static void supply(void **state) {
    (void)state;
    open_seed(1);
    bench_program(&b, 0, (const uint8_t *)"\x5A", 1);
    nor_power_off(b.nor, b.now);
    nor_power_off(b.nor, b.now); // twice does no harm
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_ASLEEP);
    const struct nor_frame f = bench_quad(0, 0xFF, 4);
    assert_false(nor_readable(b.nor, b.now, &f, NULL));
    nor_power_on(b.nor, b.now);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF); // 20 us
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_NO_ANSWER], 1);
    bench_forget(&b);
    bench_cmd(&b, 0x66); // as bring-ups begin
    bench_cmd(&b, 0x99);
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_NO_ANSWER], 2);
    bench_cmd(&b, 0x06);
    bench_only(&b, NOR_TOO_FAST);
    assert_false(nor_readable(b.nor, b.now, &f, NULL));
    bench_wait(&b, 20 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    assert_true(nor_readable(b.nor, b.now, &f, NULL));
    uint8_t got = 0;
    bench_read(&b, 0, &got, 1);
    assert_int_equal(got, 0x5A);
    bench_quiet(&b);
    bench_close(&b);
}

static void volatile_state_is_lost(void **state) {
    (void)state;
    open_seed(1);
    bench_cmd(&b, 0x50);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\0", 1);
    bench_only(&b, NOR_STATUS_WRITE);
    bench_cmd(&b, 0x06);
    cut(NOR_MS);
    assert_int_equal(bench_reg(&b, 0x35), 2);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    uint8_t got = 0;
    const struct nor_frame f = bench_quad(0, 0xA5, 4);
    bench_frame(&b, &f, NULL, &got, 1); // continuous read
    cut(NOR_MS);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_cmd(&b, 0xB9);
    cut(NOR_MS);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0);
    bench_wait(&b, NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    cut(NOR_MS);
    assert_int_equal(bench_reg(&b, 0x35), 0x02);
    uint32_t off = 0;
    uint32_t len = 0;
    assert_false(nor_operation(b.nor, &off, &len));
    bench_quiet(&b);
    bench_close(&b);
}

// Only bits that the program was to clear may differ, and over many cuts the
// results are of every kind: untouched, in between, complete, and stable.
static void torn_program(void **state) {
    (void)state;
    unsigned untouched = 0;
    unsigned complete = 0;
    unsigned between = 0;
    unsigned unstable = 0;
    uint8_t base[256];
    uint8_t data[256];
    for (unsigned i = 0; i < 256; i++) {
        base[i] = (uint8_t)(i * 29 | 0x81);
        data[i] = (uint8_t)(i * 73);
    }
    for (uint64_t seed = 0; seed < 300; seed++) {
        open_seed(seed);
        bench_program(&b, 0x1000, base, 256);
        bench_program(&b, 0x1100, base, 256);
        bench_cmd(&b, 0x06);
        bench_page(&b, 0x1000, data, 256);
        bench_only(&b, NOR_NOT_BLANK); // some of it asks for a 1 over a 0
        bench_wait(&b, (seed * 37 % 400) * NOR_US);
        nor_power_off(b.nor, b.now);
        assert_int_equal(b.began, b.ended);
        const uint8_t *array = nor_array(b.nor);
        uint8_t first[256];
        bool changed = false;
        for (unsigned boot = 0; boot < 8; boot++) {
            nor_power_on(b.nor, b.now);
            bench_wait(&b, NOR_MS);
            unsigned wrong = 0;
            for (unsigned i = 0; i < 256; i++) {
                const uint8_t got = array[0x1000 + i];
                // No bit set, none cleared that should stay.
                wrong += (got & ~base[i]) != 0 ||
                        (got | (base[i] & ~data[i])) != base[i];
            }
            assert_int_equal(wrong, 0);
            if (boot == 0) {
                memcpy(first, array + 0x1000, 256);
                uint8_t done[256];
                for (unsigned i = 0; i < 256; i++) {
                    done[i] = base[i] & data[i];
                }
                const bool same = memcmp(first, base, 256) == 0;
                const bool all = memcmp(first, done, 256) == 0;
                untouched += same;
                complete += all;
                between += !same && !all;
            }
            changed |= memcmp(first, array + 0x1000, 256) != 0;
            nor_power_off(b.nor, b.now);
        }
        unstable += changed;
        assert_memory_equal(array + 0x1100, base, 256); // the neighbour
        assert_int_equal(array[0xFFF], 0xFF);
        nor_power_on(b.nor, b.now);
        bench_wait(&b, NOR_MS);
        bench_erase(&b, 0x20, 0x1000);
        for (unsigned i = 0; i < 8; i++) {
            cut(NOR_MS);
            assert_true(is_blank(array + 0x1000, 4096));
        }
        bench_quiet(&b);
        bench_close(&b);
    }
    assert_true(untouched > 10);
    assert_true(complete > 10);
    assert_true(between > 100);
    assert_true(unstable > 150 && unstable < 300);
}

// A sector whose erase was cut can read as before, as blank, as anything, and
// not the same the next time; its neighbours are as they were, and a completed
// erase cures it.
static void torn_erase(void **state) {
    (void)state;
    unsigned as_before = 0;
    unsigned blank = 0;
    unsigned unstable = 0;
    unsigned deceptive = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        open_seed(seed);
        program_range(0x7000, old_data, 0x3000);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        bench_wait(&b, (seed * 7 % 45) * NOR_MS);
        nor_power_off(b.nor, b.now);
        const uint8_t *array = nor_array(b.nor);
        uint8_t first[4096];
        bool changed = false;
        bool good_once = false;
        for (unsigned boot = 0; boot < 8; boot++) {
            nor_power_on(b.nor, b.now);
            bench_wait(&b, NOR_MS);
            const bool empty = is_blank(array + 0x8000, 4096);
            const bool same =
                    memcmp(array + 0x8000, old_data + 0x1000, 4096) == 0;
            if (boot == 0) {
                memcpy(first, array + 0x8000, 4096);
                as_before += same;
                blank += empty;
            }
            good_once |= same || empty;
            changed |= memcmp(first, array + 0x8000, 4096) != 0;
            nor_power_off(b.nor, b.now);
        }
        unstable += changed;
        deceptive += changed && good_once;
        assert_memory_equal(array + 0x7000, old_data, 0x1000);
        assert_memory_equal(array + 0x9000, old_data + 0x2000, 0x1000);
        nor_power_on(b.nor, b.now);
        bench_wait(&b, NOR_MS);
        bench_erase(&b, 0x20, 0x8000);
        cut(NOR_MS);
        assert_true(is_blank(array + 0x8000, 4096));
        bench_quiet(&b);
        bench_close(&b);
    }
    assert_true(as_before > 10);
    assert_true(blank > 30);
    assert_true(deceptive > 50);
    assert_true(unstable > 150 && unstable < 300);
}

// Unstable bits in read frames: the frame's value is what the array then
// holds, it differs between frames, and `changed` names the byte.
static void unstable_bits_in_reads(void **state) {
    (void)state;
    unsigned differing = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        open_seed(seed);
        program_range(0x8000, old_data, 0x1000);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        bench_wait(&b, 20 * NOR_MS);
        cut(NOR_MS);
        uint8_t one[4096];
        uint8_t two[4096];
        bench_read(&b, 0x8000, one, sizeof one);
        assert_memory_equal(nor_array(b.nor) + 0x8000, one, sizeof one);
        for (unsigned i = 0; i < 4; i++) {
            b.changes = 0;
            bench_read(&b, 0x8000, two, sizeof two);
            const unsigned wrong = memcmp(one, two, sizeof one) != 0;
            differing += wrong;
            assert_int_equal(b.changes > 0, wrong);
            memcpy(one, two, sizeof one);
        }
        // An operation elsewhere shakes it as well, with notice.
        bool weak = false;
        for (unsigned i = 0; i < 8 && !weak; i++) {
            b.changes = 0;
            bench_read(&b, 0x8000, one, sizeof one);
            weak = b.changes > 0;
        }
        bench_cmd(&b, 0x06);
        b.changes = 0;
        bench_page(&b, 0x100000, (const uint8_t *)"\xFF", 1);
        assert_int_equal(b.changes, weak);
        bench_idle(&b);
        bench_close(&b);
    }
    assert_true(differing > 40);
}

static void torn_status_write(void **state) {
    (void)state;
    unsigned kept = 0;
    unsigned lost = 0;
    unsigned quad_lost = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        open_seed(seed);
        bench_cmd(&b, 0x06);
        bench_set_reg(&b, 0x01, (const uint8_t *)"\x1C\x02", 2);
        bench_wait(&b, 5 * NOR_MS);
        uint32_t off, len;
        assert_int_equal(nor_running(b.nor, &off, &len), 'S');
        assert_int_equal(nor_stored_status(b.nor, 1), 0);
        cut(NOR_MS);
        assert_int_equal(nor_running(b.nor, &off, &len), 0);
        const uint8_t sr = bench_reg(&b, 0x05);
        assert_int_equal(nor_stored_status(b.nor, 1), sr);
        assert_int_equal(sr & ~0x1C, 0);
        kept += sr == 0x1C;
        lost += sr == 0;
        const uint8_t quad = bench_reg(&b, 0x35); // was and should be 2
        assert_int_equal(quad & ~2, 0);
        quad_lost += !quad;
        bench_close(&b);
    }
    assert_true(kept > 0 && lost > 0 && kept + lost < 100);
    assert_in_range(quad_lost, 1, 99);
}

// A reset in an erase tears it like a cut, takes its own time and leaves
// nothing suspended.
static void reset_tears(void **state) {
    (void)state;
    for (unsigned micron = 0; micron < 2; micron++) {
        bench_open(&b, micron ? N25Q : W25Q, NULL,
                (struct nor_options){.seed = 5});
        const struct nor_part *p = nor_part_of(b.nor);
        program_range(0x10000, old_data, 0x10000);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0xD8, 0x10000);
        bench_wait(&b, 60 * NOR_MS);
        bench_cmd(&b, 0x75);
        bench_wait(&b, p->suspend_latency_us * NOR_US);
        bench_cmd(&b, 0x66);
        bench_cmd(&b, 0x99);
        bench_only(&b, NOR_RESET_BUSY);
        const uint64_t ready = b.now + p->reset_erase_us * NOR_US;
        const struct nor_frame f = bench_quad(0, 0xFF, micron ? 8 : 4);
        assert_false(nor_readable(b.nor, ready - 1, &f, NULL));
        assert_true(nor_readable(b.nor, ready, &f, NULL));
        b.now = ready;
        uint32_t off = 0;
        uint32_t len = 0;
        assert_false(nor_operation(b.nor, &off, &len));
        assert_false(is_blank(nor_array(b.nor) + 0x10000, 0x10000));
        bench_cmd(&b, 0x7A); // nothing to resume
        assert_false(nor_busy(b.nor, b.now));
        bench_erase(&b, 0xD8, 0x10000);
        assert_int_equal(nor_array(b.nor)[0x10000], 0xFF);
        bench_quiet(&b);
        bench_close(&b);
    }
}

// A program inside a suspended erase, then the cut: both are torn, nothing
// else is.
static void cut_of_two(void **state) {
    (void)state;
    open_seed(3);
    program_range(0x8000, old_data, 0x1000);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    bench_wait(&b, 20 * NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 20 * NOR_US);
    uint8_t zeros[256] = {0};
    bench_cmd(&b, 0x06);
    bench_page(&b, 0x20000, zeros, 256);
    bench_wait(&b, 200 * NOR_US);
    assert_int_equal(b.began, 18);
    assert_int_equal(b.ended, 16);
    cut(NOR_MS);
    assert_int_equal(b.ended, 18);
    assert_int_equal(nor_array(b.nor)[0x20100], 0xFF);
    unsigned zero = 0;
    for (unsigned i = 0; i < 256; i++) {
        zero += nor_array(b.nor)[0x20000 + i] == 0;
    }
    assert_true(zero < 256);
    bench_quiet(&b);
    bench_close(&b);
}

static void many_unstable_places(void **state) {
    (void)state;
    // More torn ranges than the model keeps one by one.
    open_seed(7);
    for (uint32_t i = 0; i < 100; i++) {
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, i * 0x3000);
        bench_wait(&b, 20 * NOR_MS);
        cut(NOR_MS);
    }
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(is_blank(nor_array(b.nor) + i * 0x3000 + 0x1000, 0x2000));
        bench_erase(&b, 0x20, i * 0x3000);
    }
    cut(NOR_MS);
    assert_true(is_blank(nor_array(b.nor), 100 * 0x3000));
    bench_close(&b);
}

// The same seed and the same commands give the same contents; another seed
// does not.
static void cuts_are_deterministic(void **state) {
    (void)state;
    uint8_t result[3][4096];
    for (unsigned i = 0; i < 3; i++) {
        open_seed(i == 2 ? 12 : 11);
        program_range(0x8000, old_data, 0x1000);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        bench_wait(&b, 22 * NOR_MS);
        cut(NOR_MS);
        memcpy(result[i], nor_array(b.nor) + 0x8000, 4096);
        bench_close(&b);
    }
    assert_memory_equal(result[0], result[1], 4096);
    assert_memory_not_equal(result[0], result[2], 4096);
}

static void the_callers_array_is_used(void **state) {
    (void)state;
    uint8_t *array = malloc(16u << 20);
    memset(array, 0xFF, 16u << 20);
    array[5] = 0x12;
    bench_open(&b, W25Q, array, (struct nor_options){0});
    assert_ptr_equal(nor_array(b.nor), array);
    uint8_t got = 0;
    bench_read(&b, 5, &got, 1);
    assert_int_equal(got, 0x12);
    bench_program(&b, 5, (const uint8_t *)"\x10", 1);
    assert_int_equal(b.changed_off, 5);
    assert_int_equal(b.changed_len, 1);
    bench_close(&b);
    assert_int_equal(array[5], 0x10);
    free(array);
}

static int fill(void **state) {
    (void)state;
    uint64_t seed = 99;
    memset(storage, 0xFF, sizeof storage);
    for (size_t i = 0; i < sizeof old_data; i++) {
        old_data[i] = (uint8_t)bench_random(&seed);
    }
    return 0;
}

// A number gives another tear, the same number the same one.
static void numbered_tears(void **state) {
    (void)state;
    static uint8_t torn[8][4096];
    unsigned different = 0;
    for (unsigned i = 0; i < 8; i++) {
        open_seed(1);
        program_range(0x8000, old_data, 0x1000);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        bench_wait(&b, 20 * NOR_MS);
        nor_set_tear(b.nor, i / 2);
        nor_power_off(b.nor, b.now);
        memcpy(torn[i], nor_array(b.nor) + 0x8000, 4096);
        different += i > 1 && memcmp(torn[i], torn[i - 2], 4096) != 0;
        bench_close(&b);
    }
    for (unsigned i = 0; i < 8; i += 2) {
        assert_memory_equal(torn[i], torn[i + 1], 4096);
    }
    assert_int_equal(different, 6);
}

// One operation goes wrong, the one behind it does not.
static void faults_of_one_operation(void **state) {
    (void)state;
    uint8_t got[2] = {0};
    open_seed(1);
    const uint8_t *array = nor_array(b.nor);
    nor_fault_next(b.nor, NOR_FAULT_NO_EFFECT);
    bench_program(&b, 0x8000, (const uint8_t *)"\x5A", 1);
    bench_program(&b, 0x8100, (const uint8_t *)"\x5A", 1);
    assert_int_equal(array[0x8000], 0xFF);
    assert_int_equal(array[0x8100], 0x5A);
    nor_fault_next(b.nor, NOR_FAULT_NO_EFFECT);
    bench_erase(&b, 0x20, 0x8000);
    bench_read(&b, 0x8100, got, 1);
    assert_int_equal(got[0], 0x5A);
    nor_fault_next(b.nor, NOR_FAULT_NEIGHBOUR);
    bench_program(&b, 0x9000, (const uint8_t *)"\x5A", 1);
    assert_int_equal(array[0x9000], 0x5A);
    const uint8_t flipped = (uint8_t)~array[0x9100];
    assert_true(flipped != 0 && (flipped & (flipped - 1)) == 0);
    bench_quiet(&b);
    nor_fault_next(b.nor, NOR_FAULT_REFUSED);
    bench_cmd(&b, 0x06);
    assert_int_equal(bench_reg(&b, 0x05) & 2, 0);
    bench_cmd(&b, 0x06);
    assert_int_equal(bench_reg(&b, 0x05) & 2, 2);
    bench_close(&b);
}

static void what_is_unstable(void **state) {
    (void)state;
    bool any = false;
    for (uint64_t seed = 0; seed < 8; seed++) {
        open_seed(seed);
        const uint64_t registers = nor_registers_hash(b.nor);
        program_range(0x8000, old_data, 0x1000);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x20, 0x8000);
        bench_wait(&b, 20 * NOR_MS);
        cut(NOR_MS);
        any |= nor_unstable(b.nor, 0x8000, 0x1000);
        assert_false(nor_unstable(b.nor, 0, 0x8000));
        assert_false(nor_unstable(b.nor, 0x9000, 0x1000));
        assert_true(nor_registers_hash(b.nor) == registers);
        bench_erase(&b, 0x20, 0x8000);
        assert_false(nor_unstable(b.nor, 0x8000, 0x1000));
        bench_cmd(&b, 0x06);
        bench_set_reg(&b, 0x01, (const uint8_t *)"\x1C", 1);
        bench_idle(&b);
        assert_true(nor_registers_hash(b.nor) != registers);
        bench_close(&b);
    }
    assert_true(any);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(supply),
            cmocka_unit_test(volatile_state_is_lost),
            cmocka_unit_test(torn_program),
            cmocka_unit_test(torn_erase),
            cmocka_unit_test(unstable_bits_in_reads),
            cmocka_unit_test(torn_status_write),
            cmocka_unit_test(reset_tears),
            cmocka_unit_test(cut_of_two),
            cmocka_unit_test(many_unstable_places),
            cmocka_unit_test(cuts_are_deterministic),
            cmocka_unit_test(numbered_tears),
            cmocka_unit_test(faults_of_one_operation),
            cmocka_unit_test(what_is_unstable),
            cmocka_unit_test(the_callers_array_is_used),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
