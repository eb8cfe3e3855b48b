/*
 * test_core_flash - what code and data in internal flash cost
 *
 * SPDX-License-Identifier: MIT
 *
 * By the words of RM0351 3.3.4: 8 bytes a read, a prefetch of the next ones,
 * and caches that deliver without a delay. Figures are counted by hand.
 */
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/sim_cpu.h"

enum { FLASH = 0x08000000, RAM = 0x20000000, BYTES = 0x8000 };

static struct {
    struct sim_cpu *cpu;
    uint8_t *flash, *ram;
} lab;

static const struct sim_flash_timing bare = {.wait_states = 3};
static const struct sim_flash_timing ahead = {
        .wait_states = 3, .prefetch = true};
static const struct sim_flash_timing cached = {
        .wait_states = 4, .code_cache = true};
static const struct sim_flash_timing all = {
        .wait_states = 4,
        .prefetch = true,
        .code_cache = true,
        .data_cache = true,
};

static int set_up(void **state) {
    (void)state;
    static const struct sim_cpu_bus bus;
    lab.cpu = sim_cpu_new(&bus, sim_profile_find("cortex-m4"));
    lab.flash = calloc(1, BYTES);
    lab.ram = calloc(1, BYTES);
    return !sim_cpu_map(lab.cpu, SIM_MEM_FLASH, FLASH, BYTES, lab.flash) ||
            !sim_cpu_map(lab.cpu, SIM_MEM_RAM, RAM, BYTES, lab.ram);
}

static int tear_down(void **state) {
    (void)state;
    sim_cpu_free(lab.cpu);
    free(lab.flash);
    free(lab.ram);
    return 0;
}

// Halfwords, and BKPT behind them, at off of flash.
static void put(uint32_t off, const uint16_t *code, size_t halfwords) {
    const uint16_t end = 0xBE00;
    if (halfwords) {
        memcpy(lab.flash + off, code, 2 * halfwords);
    }
    memcpy(lab.flash + off + 2 * halfwords, &end, 2);
    sim_cpu_invalidate(lab.cpu, FLASH + off, 2 * (uint32_t)halfwords + 2);
}

static void nops(uint32_t off, unsigned count) {
    uint16_t code[4096];
    for (unsigned i = 0; i < count; i++) {
        code[i] = 0xBF00;
    }
    put(off, code, count);
}

// From addr to BKPT, `slice` instructions at a time. r1 points to flash.
static unsigned sliced(uint32_t addr, unsigned slice) {
    sim_cpu_set_state(lab.cpu,
            &(struct sim_cpu_state){
                    .r = {[1] = FLASH + 0x4000, [2] = 100},
                    .pc = addr,
                    .xpsr = 1u << 24,
                    .msp = RAM + BYTES,
            });
    struct sim_cpu_clock *clock = sim_cpu_clock(lab.cpu);
    const uint64_t before = clock->cycles;
    struct sim_cpu_exit stop = {.why = SIM_CPU_BOUNDARY};
    while (stop.why == SIM_CPU_BOUNDARY) {
        clock->deadline = SIM_NEVER;
        clock->limit = clock->instructions + slice;
        sim_cpu_run(lab.cpu, &stop);
    }
    assert_int_equal(stop.why, SIM_CPU_BKPT);
    return (unsigned)(clock->cycles - before) - 1; // without BKPT
}

static unsigned took(uint32_t addr) {
    return sliced(addr, 100000);
}

// With empty caches, twice: in one piece and one by one, which must be alike.
static unsigned fresh(const struct sim_flash_timing *timing, uint32_t addr) {
    unsigned cycles[2];
    for (unsigned i = 0; i < 2; i++) {
        sim_cpu_flash(lab.cpu, timing);
        sim_cpu_flash_forget(lab.cpu, true, true);
        // A read that is under way does not count.
        sim_cpu_clock(lab.cpu)->cycles += 100;
        cycles[i] = sliced(addr, i ? 1 : 100000);
    }
    assert_int_equal(cycles[0], cycles[1]);
    return cycles[0];
}

// Three wait states: four halfwords last as long as the read of the next ones.
static void test_straight_code(void **state) {
    (void)state;
    nops(0, 40);
    const struct sim_flash_timing none = {0};
    assert_int_equal(fresh(&none, FLASH), 40);
    // Ten reads and that of BKPT.
    assert_int_equal(fresh(&bare, FLASH), 40 + 11 * 3);
    assert_int_equal(fresh(&ahead, FLASH), 40 + 3);
    const struct sim_flash_timing slow = {.wait_states = 4, .prefetch = true};
    assert_int_equal(fresh(&slow, FLASH), 40 + 4 + 10 * 1);
}

// Words: two cycles for 8 bytes.
static void test_wide_code(void **state) {
    (void)state;
    uint16_t code[21];
    for (unsigned i = 0; i < 20; i += 2) {
        code[i] = 0xF3AF; // nop.w
        code[i + 1] = 0x8000;
    }
    put(0, code, 20);
    assert_int_equal(fresh(&ahead, FLASH), 10 + 3 + 5 * 2);
    // One halfword on, so that each second one lies in two reads.
    memmove(code + 1, code, 40);
    code[0] = 0xBF00;
    put(0, code, 21);
    assert_int_equal(fresh(&bare, FLASH), 11 + 3 * 6);
    // Of one that goes elsewhere, too: b.w 40h.
    static const uint16_t leaves[] = {0xBF00, 0xBF00, 0xBF00, 0xF000, 0xB81B};
    put(0x40, NULL, 0);
    put(0, leaves, 5);
    assert_int_equal(fresh(&bare, FLASH), 3 + 1 + SIM_BRANCH_CYCLES + 3 * 3);
}

// subs r2,#1; bne: in one read it is fetched once; over two reads, each turn
// needs both, if there is no cache.
static void test_loops(void **state) {
    (void)state;
    static const uint16_t inside[] = {0x3A01, 0xD1FD};
    put(0, inside, 2);
    const unsigned turns = 100 + 3 * 99 + 1;
    assert_int_equal(fresh(&bare, FLASH), turns + 3);
    static const uint16_t across[] = {0xBF00, 0xBF00, 0xBF00, 0x3A01, 0xD1FD};
    put(0, across, 5);
    assert_int_equal(fresh(&bare, FLASH), 3 + turns + 3 * 200);
    assert_int_equal(fresh(&cached, FLASH), 3 + turns + 4 * 2);
    // Once more: all of it is there.
    assert_int_equal(took(FLASH), 3 + turns);
    // While the cache is off, it does not answer; then it does again.
    struct sim_flash_timing off = cached;
    off.code_cache = false;
    sim_cpu_flash(lab.cpu, &off);
    assert_true(took(FLASH) > turns + 4 * 100);
    sim_cpu_flash(lab.cpu, &cached);
    took(FLASH); // the last unit is in the buffer, or not
    assert_int_equal(took(FLASH), 3 + turns);
    sim_cpu_flash_forget(lab.cpu, true, false);
    assert_int_equal(took(FLASH), 3 + turns + 4 * 2);
}

// 1 KB of code stays, one line more does not: the line that is needed next is
// the one that was not used for the longest time.
static void test_code_cache_size(void **state) {
    (void)state;
    nops(0, 512 - 1); // and BKPT
    assert_int_equal(fresh(&cached, FLASH), 511 + 4 * 128);
    assert_int_equal(took(FLASH), 511);
    nops(0, 512 + 16 - 1);
    assert_int_equal(fresh(&cached, FLASH), 527 + 4 * 132);
    assert_int_equal(took(FLASH), 527 + 4 * 132);
}

// A prefetch that comes too late is a miss: the next time it is in the cache.
static void test_prefetch_and_cache(void **state) {
    (void)state;
    nops(0, 40);
    assert_int_equal(fresh(&all, FLASH), 40 + 4 + 10 * 1);
    assert_int_equal(took(FLASH), 40);
    // A prefetch in time is none: each turn of a loop begins it again.
    nops(0, 6);
    static const uint16_t loop[] = {0x3A01, 0xD1F7}; // over two reads
    put(12, loop, 2);
    struct sim_flash_timing quick = all;
    quick.wait_states = 3;
    const unsigned turns = 7 * 100 + 3 * 99 + 1;
    assert_int_equal(fresh(&quick, FLASH), 3 + turns);
}

// Loads of flash: the same 8 bytes, the next ones, and far ones, from code in
// the 8 bytes that are read first.
static void test_data(void **state) {
    (void)state;
    static const uint16_t same[] = {0x6808, 0x6848}; // ldr r0,[r1]; ,[r1,#4]
    put(0, same, 2);
    // 2 + 1 for the loads, one read of code, one of data behind it.
    assert_int_equal(fresh(&bare, FLASH), 3 + 3 + 3);
    static const uint16_t next[] = {0x6808, 0x6888, 0x6808}; // +0, +8, +0
    put(0, next, 3);
    // Each read of data waits for the one before it to end.
    assert_true(fresh(&bare, FLASH) >= 4 + 3 + 3 * 3);
    struct sim_flash_timing data = bare;
    data.data_cache = true;
    const unsigned first = fresh(&data, FLASH);
    assert_true(first < fresh(&bare, FLASH));
    fresh(&data, FLASH);
    assert_int_equal(took(FLASH), 4); // code in its buffer, data in the cache
    sim_cpu_flash_forget(lab.cpu, false, true);
    assert_true(took(FLASH) > 4);
}

// 8 lines of 32 bytes: a walk over 256 bytes stays, over 288 it does not.
static void test_data_cache_size(void **state) {
    (void)state;
    // ldr r0,[r1]; adds r1,#8; subs r2,#1; bne
    static const uint16_t walk[] = {0x6808, 0x3108, 0x3A01, 0xD1FB};
    const struct sim_flash_timing data = {.wait_states = 4, .data_cache = true};
    static const struct {
        uint16_t turns; // movs r2, #turns
        bool stays;
    } sizes[] = {{0x2220, true}, {0x2224, false}};
    for (unsigned i = 0; i < 2; i++) {
        put(0, &sizes[i].turns, 1);
        put(2, walk, 4);
        const unsigned first = fresh(&data, FLASH);
        const unsigned again = took(FLASH);
        const unsigned reads = (sizes[i].turns & 0xFFu) * 4u;
        if (sizes[i].stays) {
            assert_true(again + reads <= first);
        } else {
            assert_true(again + 8 >= first);
        }
    }
}

// Code in RAM reads flash at its price, and fetches at none.
static void test_code_in_ram(void **state) {
    (void)state;
    static const uint16_t code[] = {0x6808, 0xBF00, 0xBE00};
    memcpy(lab.ram, code, sizeof code);
    sim_cpu_invalidate(lab.cpu, RAM, sizeof code);
    const struct sim_flash_timing none = {0};
    assert_int_equal(fresh(&none, RAM), 3);
    assert_int_equal(fresh(&bare, RAM), 3 + 3);
}

// 40h and 60h by turns, with 68h in the cache, so that nothing is prefetched
// behind 60h; what was behind 40h is dropped, and 48h waits in the end.
static void test_dropped_prefetch(void **state) {
    (void)state;
    static const uint16_t before[] = {0xBF00, 0xBF00, 0xBF00, 0xE00B}; // b 60h
    static const uint16_t after[] = {0x3A01, 0xD0F1, 0xE7EC}; // subs; beq 48h
    static const uint16_t begin[] = {0xE7EA};                 // b 40h
    put(0x40, before, 4);
    put(0x60, after, 3);
    put(0x68, begin, 1);
    const unsigned turn = 4 + 2 + 3 + 2; // two branches, one not taken
    const unsigned last = 4 + 2 + 2 + 2;
    // 68h, 40h behind the prefetch of 70h, 60h, 48h.
    const unsigned waits = 4 + (3 + 4) + 4 + 4;
    assert_int_equal(fresh(&all, FLASH + 0x68),
            1 + 2 + 99 * turn + last + waits);
}

static uint32_t seed;

static uint32_t below(uint32_t n) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

enum { BLOCKS = 50, BLOCK = 48 };

static uint16_t *branch(uint16_t *at, uint32_t from, uint32_t to) {
    const uint32_t off = to - from - 4;
    *at++ = (uint16_t)(0xF000 | (off >> 21 & 0x400) | (off >> 12 & 0x3FF));
    *at++ = (uint16_t)(0xB800 | (off >> 1 & 0x7FF));
    return at;
}

// Some of its bytes, then to one of two others by a bit of what is left in r2.
static void put_block(uint32_t off) {
    uint16_t code[BLOCK / 2], *at = code;
    for (uint32_t n = below(8); n; n--) {
        if (below(2)) {
            *at++ = 0xF3AF; // nop.w
            *at++ = 0x8000;
        } else {
            *at++ = 0xBF00;
        }
    }
    *at++ = 0x3A01; // subs r2,#1; bne over BKPT
    *at++ = 0xD100;
    *at++ = 0xBE00;
    *at++ = (uint16_t)(0x0814 | (1 + below(6)) << 6); // lsrs r4,r2
    *at++ = 0xD201;                                   // bcs
    for (int i = 0; i < 2; i++) {
        const uint32_t from = off + 2 * (uint32_t)(at - code);
        at = branch(at, from, below(BLOCKS) * BLOCK + 0x40);
    }
    put(off, code, (size_t)(at - code));
}

// What is known of records that wait for nothing holds only as long as the
// cache is what it was: all is as if nothing were known, which is how single
// instructions are executed.
static void test_paths(void **state) {
    (void)state;
    static const struct sim_flash_timing *const timings[] = {
            &bare, &ahead, &cached, &all};
    for (uint32_t program = 0; program < 100; program++) {
        seed = program;
        for (uint32_t i = 0; i < BLOCKS; i++) {
            put_block(i * BLOCK + 0x40);
        }
        static const uint16_t begins[] = {0xF640, 0x32B8}; // movw r2,#3000
        put(0x3C, begins, 2);
        put_block(0x40);
        for (unsigned i = 0; i < 4; i++) {
            assert_true(fresh(timings[i], FLASH + 0x3C) > 3000);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup_teardown(test_straight_code, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_wide_code, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_loops, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_code_cache_size, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_prefetch_and_cache, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_data, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_data_cache_size, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_code_in_ram, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_dropped_prefetch, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_paths, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
