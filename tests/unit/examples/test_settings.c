/*
 * test_settings - the example's log loses nothing, wherever the supply goes
 *
 * SPDX-License-Identifier: MIT
 *
 * A history of settings_set() is cut in every chip operation, at several
 * points of it; the session after that is cut again in each of its first
 * operations; then everything must be there, and must stay. The chip model
 * leaves bits that read differently each time.
 *
 * XIPSAFE_SEEDS is how many chips (seeds of torn bits) are tried (2).
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
// sources: examples/settings/settings.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "examples/settings/settings.h"
#include "port/hostport.h"

#define REGION_OFF 0x10000u
#define REGION_BYTES 0x2000u
#define KEYS 4u
#define SETS 140u // fills a block twice over

static struct xip_flash dev;
static struct xip_region region;
static struct settings settings;
static struct nor_part part;

/// The chip, and the cut ///

static struct {
    unsigned operations; // begun since the cut was planned
    unsigned at;         // operation to cut, from 1; 0: none
    unsigned percent;    // of its time; above 100: after it
    bool planned;
    uint64_t at_ps;
    jmp_buf where;
} cut;

static void count_operation(void *ctx, char kind, uint32_t off, uint32_t len,
        uint64_t time_ps, bool begun) {
    (void)ctx, (void)kind, (void)off, (void)len, (void)time_ps;
    cut.operations += begun ? 1u : 0u;
}

static void tick(void) {
    if (cut.at == 0 || cut.operations < cut.at) {
        return;
    }
    const uint64_t until = nor_busy_until(hostport.nor);
    if (!cut.planned) {
        cut.planned = true;
        const uint64_t left = until == NOR_NEVER ? 0 : until - hostport.time_ps;
        cut.at_ps = hostport.time_ps + left / 100 * cut.percent;
    }
    if (hostport.time_ps >= cut.at_ps) {
        cut.at = 0;
        hostport_power_cut(&cut.where);
    }
}

static void plan_cut(unsigned at, unsigned percent) {
    cut.operations = 0;
    cut.at = at;
    cut.percent = percent;
    cut.planned = false;
}

static void attach(void) {
    const struct xip_flash_config config = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &config), 0);
    assert_int_equal(xip_region_init(&region, &dev, REGION_OFF, REGION_BYTES,
                             0),
            0);
}

static void open_chip(uint64_t seed) {
    part = *nor_part_find("w25q128jv");
    part.size_bytes = 1u << 17; // quick to set up
    hostport_open_part(&part,
            &(struct nor_options){.seed = seed, .operation = count_operation});
    hostport.look_ps = 20 * NOR_US;
    hostport.tick = tick;
    plan_cut(0, 0);
    attach();
}

static uint8_t *area(void) {
    return (uint8_t *)(uintptr_t)nor_array(hostport.nor) + REGION_OFF;
}

/// What must be there ///

static uint32_t acked[KEYS]; // 0: never set

static uint16_t key_of(uint32_t i) {
    return (uint16_t)((i * 7u + i / 5u) % KEYS);
}

static uint32_t length_of(uint32_t value) {
    return 4u + value % (SETTINGS_VALUE_BYTES - 3u);
}

// Every byte of a value follows from the number that it stands for.
static void fill(uint8_t *data, uint32_t value) {
    memcpy(data, &value, 4);
    for (uint32_t i = 4; i < length_of(value); i++) {
        data[i] = (uint8_t)(value * 13u + i);
    }
}

static int set(uint16_t key, uint32_t value) {
    uint8_t data[SETTINGS_VALUE_BYTES];
    fill(data, value);
    return settings_set(&settings, key, data, length_of(value));
}

// The number, 0 for none. Garbage ends the test.
static uint32_t get(uint16_t key) {
    uint8_t data[SETTINGS_VALUE_BYTES] = {0};
    uint8_t wanted[SETTINGS_VALUE_BYTES] = {0};
    const int len = settings_get(&settings, key, data, sizeof data);
    if (len == SETTINGS_NONE) {
        return 0;
    }
    uint32_t value;
    memcpy(&value, data, 4);
    assert_int_equal(len, length_of(value));
    fill(wanted, value);
    assert_memory_equal(data, wanted, sizeof data);
    return value;
}

static void no_reports(void) {
    for (size_t i = 0; i < sizeof hostport.reports / sizeof(unsigned); i++) {
        if (hostport.reports[i] != 0) {
            fail_msg("the chip reports: %s", hostport.last_report);
        }
    }
}

/// Without cuts ///

static void values_are_kept_and_replaced(void **state) {
    (void)state;
    open_chip(1);
    assert_int_equal(settings_mount(&settings, &region), 1);
    assert_int_equal(settings_mount(&settings, &region), 0);
    assert_int_equal(settings_get(&settings, 7, NULL, 0), SETTINGS_NONE);
    assert_int_equal(settings_set(&settings, 7, "one", 3), 0);
    assert_int_equal(settings_set(&settings, 8, "", 0), 0);
    assert_int_equal(settings_set(&settings, 7, "other", 5), 0);
    char text[8] = {0};
    assert_int_equal(settings_get(&settings, 7, text, sizeof text), 5);
    assert_string_equal(text, "other");
    assert_int_equal(settings_get(&settings, 8, text, sizeof text), 0);
    memset(text, 0, sizeof text);
    assert_int_equal(settings_get(&settings, 7, text, 2), 5); // cut, not over
    assert_string_equal(text, "ot");
    assert_int_equal(settings_mount(&settings, &region), 0);
    assert_int_equal(settings.keys, 2);
    assert_int_equal(settings_get(&settings, 7, text, sizeof text), 5);
    no_reports();
    hostport_close();
}

static void wrong_arguments_change_nothing(void **state) {
    (void)state;
    open_chip(1);
    struct xip_region small;
    struct settings s = {.error = -1};
    assert_int_equal(settings_get(&s, 1, NULL, 0), -1);
    assert_int_equal(settings_set(&s, 1, "a", 1), -1);
    assert_int_equal(xip_region_init(&small, &dev, 0, 4096, 0), 0);
    assert_int_equal(settings_mount(&s, &small), XIP_ERR_RANGE);
    assert_int_equal(settings_mount(&s, NULL), XIP_ERR_PARAM);
    assert_int_equal(settings_mount(&s, &region), 1);
    const unsigned before = cut.operations;
    uint8_t data[SETTINGS_VALUE_BYTES + 1] = {0};
    assert_int_equal(settings_set(&s, 1, data, sizeof data), XIP_ERR_PARAM);
    assert_int_equal(settings_set(&s, 0xFFF0, data, 1), XIP_ERR_PARAM);
    assert_int_equal(settings_set(&s, 1, NULL, 1), XIP_ERR_PARAM);
    assert_int_equal(settings_get(&s, 0xFFFD, data, 1), XIP_ERR_PARAM);
    assert_int_equal(cut.operations, before);
    hostport_close();
}

// As many keys as the header says, in any order, and still room to change each.
static void a_full_store_refuses_new_keys_only(void **state) {
    (void)state;
    open_chip(1);
    assert_int_equal(settings_mount(&settings, &region), 1);
    uint16_t keys = 0;
    while (set(keys, 100u + keys) == 0) {
        keys++;
    }
    assert_int_equal(keys, 58);
    assert_int_equal(set(keys, 1), SETTINGS_FULL);
    for (uint32_t round = 2; round < 5; round++) {
        assert_int_equal(settings_mount(&settings, &region), 0);
        assert_int_equal(settings.keys, 58);
        for (uint16_t key = 0; key < keys; key++) {
            assert_int_equal(get(key), (round - 1u) * 100u + key);
            assert_int_equal(set(key, round * 100u + key), 0);
        }
    }
    no_reports();
    hostport_close();
}

/// With cuts ///

static uint8_t before[SETS][REGION_BYTES]; // each set, as the chip was
static uint32_t acked_before[SETS][KEYS];
static unsigned operations_of[SETS];
static struct settings session[SETS];

// One history without a cut; a new session now and then.
static void record_history(void) {
    open_chip(1);
    memset(acked, 0, sizeof acked);
    assert_int_equal(settings_mount(&settings, &region), 1);
    for (uint32_t i = 0; i < SETS; i++) {
        if (i % 11u == 10u) {
            assert_int_equal(settings_mount(&settings, &region), 0);
        }
        memcpy(before[i], area(), REGION_BYTES);
        memcpy(acked_before[i], acked, sizeof acked);
        session[i] = settings;
        plan_cut(0, 0);
        assert_int_equal(set(key_of(i), i + 1u), 0);
        operations_of[i] = cut.operations;
        acked[key_of(i)] = i + 1u;
    }
    no_reports();
    hostport_close();
}

struct trial {
    uint32_t set;
    unsigned at, percent;          // the first cut
    unsigned again, again_percent; // the second one; 0: none
    uint64_t seed;
};

static struct trial now;

static void wrong(const char *what, uint16_t key, uint32_t got) {
    fail_msg("%s: key %u is %u, acknowledged %u; set %u cut in operation %u "
             "at %u %%, then %u at %u %%, seed %llu",
            what, key, got, acked[key], now.set, now.at, now.percent, now.again,
            now.again_percent, (unsigned long long)now.seed);
}

// After a mount: every acknowledged value, and of `key` that or `attempted`.
// What is seen now counts as acknowledged from here on.
static void look(const char *when, uint16_t key, uint32_t attempted) {
    for (uint16_t k = 0; k < KEYS; k++) {
        const uint32_t got = get(k);
        if (got != acked[k] && !(k == key && got == attempted)) {
            wrong(when, k, got);
        }
        acked[k] = got;
    }
}

static volatile bool looked;
static volatile uint32_t attempt;

// Mount, look, and go on; may be cut at any point of it.
static void next_session(uint16_t key, uint32_t attempted) {
    const int err = settings_mount(&settings, &region);
    assert_int_equal(err, 0);
    look("after a cut", key, attempted);
    looked = true;
    for (uint32_t i = 0; i < 2; i++) {
        attempt = 1000u + i;
        assert_int_equal(set(key, attempt), 0);
        acked[key] = attempt;
    }
}

static void power_cycle(void) {
    if (setjmp(cut.where) == 0) {
        hostport_power_cut(&cut.where);
    }
    attach();
}

// Returns false when the second cut lay behind the end of the session.
static bool try(const struct trial *trial) {
    now = *trial;
    const uint16_t key = key_of(now.set);
    open_chip(now.seed);
    memcpy(area(), before[now.set], REGION_BYTES);
    memcpy(acked, acked_before[now.set], sizeof acked);
    settings = session[now.set];
    if (setjmp(cut.where) == 0) {
        plan_cut(now.at, now.percent);
        (void)set(key, now.set + 1u);
        hostport_run(NOR_MS);
        tick(); // a cut right behind the last operation
        fail_msg("set %u has no operation %u", now.set, now.at);
    }
    attach();
    looked = false;
    attempt = now.set + 1u;
    volatile bool cut_again = false;
    if (setjmp(cut.where) == 0) {
        plan_cut(now.again, now.again_percent);
        next_session(key, now.set + 1u);
        plan_cut(0, 0);
    } else {
        cut_again = true;
        attach();
        assert_int_equal(settings_mount(&settings, &region), 0);
        look("after the second cut", key, attempt);
    }
    // What was seen once is seen again, however often bits are shaken.
    for (unsigned i = 0; i < 3; i++) {
        power_cycle();
        assert_int_equal(settings_mount(&settings, &region), 0);
        look("later", KEYS, 0);
    }
    assert_int_equal(set(key, 5000), 0);
    assert_int_equal(get(key), 5000);
    hostport_close();
    return cut_again;
}

static const unsigned percents[] = {0, 20, 50, 80, 99, 101};
#define PERCENTS (sizeof(percents) / sizeof(percents[0]))

static unsigned long seeds(void) {
    const char *text = getenv("XIPSAFE_SEEDS");
    return text ? strtoul(text, NULL, 0) : 2;
}

// Sets that open a session, that move to the other block, and plain ones; all
// plain ones are alike but for what they store.
static bool interesting(uint32_t i) {
    return operations_of[i] > 3u || i % 11u == 10u || i < 2u || i % 16u == 0 ||
            (i + 1u < SETS && operations_of[i + 1u] > 6u);
}

static void every_cut_is_survived(void **state) {
    (void)state;
    record_history();
    unsigned long trials = 0;
    unsigned moves = 0;
    for (uint32_t i = 0; i < SETS; i++) {
        moves += operations_of[i] > 6u ? 1u : 0u;
        for (unsigned at = 1; at <= operations_of[i]; at++) {
            for (size_t p = 0; p < PERCENTS; p++) {
                for (unsigned long seed = 1; seed <= seeds(); seed++) {
                    (void)try(&(struct trial){.set = i,
                            .at = at,
                            .percent = percents[p],
                            .seed = seed});
                    trials++;
                }
            }
        }
    }
    assert_true(moves >= 2);
    print_message("%lu cuts, %u moves to the other block\n", trials, moves);
}

// All second cuts of one first cut.
static unsigned long cut_the_next_session(uint32_t i, unsigned at,
        unsigned long seed) {
    unsigned again = 1;
    bool more = true;
    for (; more && again < 200; again++) {
        const struct trial trial = {
                .set = i,
                .at = at,
                .percent = percents[(at + i + seed) % PERCENTS],
                .again = again,
                .again_percent = percents[(at + again) % (PERCENTS - 1)],
                .seed = seed * 1000u + i + again,
        };
        more = try(&trial);
    }
    return again - 1u;
}

static void every_second_cut_is_survived(void **state) {
    (void)state;
    record_history();
    unsigned long trials = 0;
    for (uint32_t i = 0; i < SETS; i++) {
        for (unsigned at = 1; interesting(i) && at <= operations_of[i]; at++) {
            for (unsigned long seed = 1; seed <= seeds(); seed++) {
                trials += cut_the_next_session(i, at, seed);
            }
        }
    }
    print_message("%lu pairs of cuts\n", trials);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(values_are_kept_and_replaced),
            cmocka_unit_test(wrong_arguments_change_nothing),
            cmocka_unit_test(a_full_store_refuses_new_keys_only),
            cmocka_unit_test(every_cut_is_survived),
            cmocka_unit_test(every_second_cut_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
