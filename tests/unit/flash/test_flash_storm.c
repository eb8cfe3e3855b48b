/*
 * test_flash_storm - random work under random interrupts, seed after seed
 *
 * SPDX-License-Identifier: MIT
 *
 * XIPSAFE_SEEDS is how many (300); XIPSAFE_SEED runs that one alone. In front
 * of the random ones stand the cases that a random history does not reach: a
 * chip that does not do what its description says.
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"

#define AREA 0x40000u // what a history works on
#define SECTOR 0x1000u

static struct xip_flash dev;

static uint64_t us_of(uint32_t cycles) {
    return (uint64_t)cycles * 1000000u / HOSTPORT_HCLK_HZ;
}

static uint32_t below(uint64_t *state, uint32_t n) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % n;
}

/// Random histories ///

// Interrupts: a few hundred of one kind, then of another, 20 us apart at least.
struct train {
    uint64_t random;
    uint32_t kind, left, gap_us;
};

enum { PERIODIC, BURST, PAUSE, JITTER, KINDS };

static uint64_t next_interrupt(void *ctx, uint64_t at_ps) {
    struct train *t = ctx;
    if (t->left == 0) {
        t->kind = below(&t->random, KINDS);
        t->left = t->kind == PAUSE ? 1 : 1 + below(&t->random, 200);
        t->gap_us = t->kind == BURST ? 20
                : t->kind == PAUSE   ? 1000 + below(&t->random, 30000)
                                     : 20 + below(&t->random, 2000);
    }
    t->left--;
    const uint32_t gap_us =
            t->kind == JITTER ? 20 + below(&t->random, 1000) : t->gap_us;
    return at_ps + gap_us * NOR_US + below(&t->random, 1000000);
}

struct history {
    uint64_t seed, random;
    uint32_t base;               // chip offset of the area
    uint32_t call_off, call_end; // of the call under way, in the area
    struct nor_part part;        // as the chip is built
    struct train train;
    uint8_t model[AREA];
};

static struct history h;

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fail_msg("%s (%s:%d); again with XIPSAFE_SEED=%llu, part %s, %s", \
                    #condition, __FILE__, __LINE__, \
                    (unsigned long long)h.seed, h.part.name, \
                    hostport.last_report); \
        } \
    } while (0)

static void read_elsewhere(void) {
    uint8_t got[64];
    const uint32_t off = below(&h.random, AREA - sizeof got);
    const bool apart = off + sizeof got <= h.call_off || off >= h.call_end;
    const int err = xip_flash_read(&dev, h.base + off, got, sizeof got);
    CHECK(!apart || err == 0 || err == XIP_ERR_BUSY);
    if (apart && err == 0) {
        CHECK(memcmp(got, h.model + off, sizeof got) == 0);
    }
}

static void yield(void *ctx) {
    (void)ctx;
    CHECK(hostport.mapped);
    // A DMA channel may start in a suspension, and holds the resume back.
    hostport.dma = dev.resident.suspended && !hostport.dma &&
            below(&h.random, 64) == 0;
    hostport_run(below(&h.random, 10) * NOR_US);
    if (below(&h.random, 8) == 0) {
        read_elsewhere();
    }
}

static void call(uint32_t off, uint32_t len) {
    h.call_off = off;
    h.call_end = off + len;
    hostport.dma = 0;
}

static void choose_range(uint32_t *off, uint32_t *len) {
    *len = (1 + below(&h.random, 2)) * SECTOR;
    if (below(&h.random, 32) == 0) { // long: seldom
        *len = 0x10000 + below(&h.random, 3) * SECTOR;
    }
    *off = below(&h.random, (AREA - *len) / SECTOR + 1) * SECTOR;
}

static void erase(void) {
    uint32_t off;
    uint32_t len;
    choose_range(&off, &len);
    call(off, len);
    CHECK(xip_flash_erase(&dev, h.base + off, len) == 0);
    memset(h.model + off, 0xFF, len);
}

static void erase_in_background(void) {
    uint32_t off;
    uint32_t len;
    choose_range(&off, &len);
    call(off, len);
    CHECK(xip_flash_erase_begin(&dev, h.base + off, len) == 0);
    const uint32_t cancel = below(&h.random, 200);
    uint32_t polls = 0;
    int err = XIP_FLASH_MORE;
    while (err == XIP_FLASH_MORE && (cancel > 60 || polls++ < cancel)) {
        hostport.dma = 0;
        err = xip_flash_erase_poll(&dev);
        CHECK(err >= 0);
        hostport_run(below(&h.random, 300) * NOR_US);
        read_elsewhere();
    }
    uint32_t done = len;
    if (err == XIP_FLASH_MORE) {
        CHECK(xip_flash_erase_cancel(&dev) == 0);
        done = dev.stop_off + dev.dirty_bytes - (h.base + off);
    }
    CHECK(done <= len && xip_flash_idle(&dev));
    memset(h.model + off, 0xFF, done);
}

static void program(void) {
    uint8_t data[1500];
    const uint32_t len = 1 + below(&h.random, sizeof data);
    const uint32_t off = below(&h.random, AREA - sizeof data);
    for (uint32_t i = 0; i < len; i++) {
        // Only clears bits, as a careful caller would.
        data[i] = (uint8_t)(h.model[off + i] & below(&h.random, 256));
    }
    call(off, len);
    CHECK(xip_flash_program(&dev, h.base + off, data, len) == 0);
    memcpy(h.model + off, data, len);
}

// A part of the list, with a gap after resume that silicon has somewhere.
static void choose_part(void) {
    size_t count = 0;
    while (nor_part_at(count)) {
        count++;
    }
    h.part = *nor_part_at(below(&h.random, (uint32_t)count));
    h.part.resume_gap_ns = below(&h.random, 1900);
    // 64 MB take long to set up: seldom.
    if (h.part.size_bytes > 0x1000000u && below(&h.random, 8) != 0) {
        h.part = *nor_part_find("w25q128jv");
    }
    h.base = below(&h.random, h.part.size_bytes / AREA) * AREA;
}

static volatile uint32_t watchdog;

static struct xip_flash_config choose_config(const struct xip_flash_hooks
                *hooks) {
    struct xip_flash_config c = hostport_config();
    c.hooks = hooks;
    c.flags = XIP_FLASH_NONVOLATILE_QE;
    if (below(&h.random, 3) == 0) {
        c.slice_us = below(&h.random, 4000);
    }
    if (below(&h.random, 4) == 0) {
        c.erase_max_bytes = SECTOR;
    }
    if (below(&h.random, 2) == 0) {
        c.watchdog = (struct xip_watchdog){.reg = &watchdog,
                .value = 0xAAAA,
                .interval_us = 100 + below(&h.random, 5000)};
    }
    return c;
}

static void check_all(const struct xip_flash_config *c) {
    const uint64_t worst_us = hostport.irq_worst_ps / NOR_US;
    const uint32_t declared_us = xip_flash_latency_us(&dev);
    CHECK(memcmp(nor_array(hostport.nor) + h.base, h.model, AREA) == 0);
    CHECK(worst_us <= declared_us);
    // The host's clock moves 2 us between the mask and the first look.
    CHECK(us_of(dev.stats.wait_max_cycles) + 2 >= worst_us);
    CHECK(us_of(dev.stats.wait_max_cycles) <= declared_us);
    CHECK(dev.stats.recoveries == 0 && hostport.mask_depth == 0);
    for (size_t i = 0; i < sizeof hostport.reports / sizeof(unsigned); i++) {
        CHECK(hostport.reports[i] == 0);
    }
    if (c->watchdog.interval_us != 0 && hostport.watchdog_writes > 1) {
        CHECK(hostport.watchdog_min_ps >=
                (c->watchdog.interval_us - 2) * NOR_US);
    }
}

static void run_history(uint64_t seed) {
    memset(&h, 0, sizeof h);
    h.seed = seed;
    h.random = seed * 0x9E3779B97F4A7C15u + 1;
    h.train.random = ~h.random;
    memset(h.model, 0xFF, sizeof h.model);
    choose_part();
    hostport_open_part(&h.part,
            &(struct nor_options){.max_times = below(&h.random, 16) == 0});
    if (below(&h.random, 8) == 0) {
        hostport.look_ps = NOR_US / 5; // a faster core sees shorter gaps
    }
    const struct xip_flash_hooks hooks = {.yield = yield};
    const struct xip_flash_config c = choose_config(&hooks);
    CHECK(xip_flash_bringup(&dev, &c, 2) == 0);
    watchdog = 0;
    hostport.watchdog = c.watchdog.interval_us != 0 ? &watchdog : NULL;
    hostport.irq_train = next_interrupt;
    hostport.irq_ctx = &h.train;
    hostport.irq_next_ps = hostport.time_ps + NOR_US;
    hostport.irq_work_ps = below(&h.random, 15) * NOR_US;
    const uint32_t steps = 2 + below(&h.random, 5);
    for (uint32_t i = 0; i < steps; i++) {
        const uint32_t what = below(&h.random, 8);
        if (what == 0) {
            erase_in_background();
        } else if (what < 3) {
            erase();
        } else {
            program();
        }
        check_all(&c);
    }
    hostport_close();
}

static unsigned long number_of(const char *name, unsigned long otherwise) {
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 0) : otherwise;
}

static void random_histories(void **state) {
    (void)state;
    const unsigned long one = number_of("XIPSAFE_SEED", 0);
    if (one != 0) {
        run_history(one);
        return;
    }
    const unsigned long count = number_of("XIPSAFE_SEEDS", 300);
    for (unsigned long seed = 1; seed <= count; seed++) {
        run_history(seed);
    }
}

/// A chip that does not do what is said of it ///

static int open_w25q(void **state) {
    (void)state;
    hostport_open("w25q128jv", NULL);
    const struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    return 0;
}

static int close_chip(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

static void interrupts_every(uint64_t period_us) {
    hostport.irq_period_ps = period_us * NOR_US;
    hostport.irq_next_ps = hostport.time_ps + hostport.irq_period_ps;
    hostport.irq_worst_ps = 0;
    hostport.irq_served = 0;
}

// It takes longer than any table says, and interrupts keep coming: the deadline
// counts what the chip worked, and comes.
static void the_deadline_holds_in_a_storm(void **state) {
    (void)state;
    dev.part.erase[0].max_us = 3000; // it needs 45 ms
    interrupts_every(20);
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    assert_int_equal(dev.stats.recoveries, 0); // it stands suspended
    assert_true(dev.stats.suspensions >= 6);
    assert_true(us_of((uint32_t)dev.stats.busy_cycles) < 8 * 3000 + 1000);
}

// Without interrupts it comes when it is said to.
static void the_deadline_is_not_late(void **state) {
    (void)state;
    dev.part.erase[0].max_us = 3000;
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    assert_in_range(us_of((uint32_t)dev.stats.busy_cycles), 3000, 3010);
}

static void a_flag_that_never_clears_is_survived(void **state) {
    (void)state;
    dev.part.erase_suspend.flag_opcode = 0x9F; // EFh: bit 7 is always set
    interrupts_every(1000);
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    assert_true(dev.stats.suspensions < 100);
    // The same where a core is so slow that a look takes longer than the gap.
    dev.resident.gap_cycles = 1;
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    assert_true(dev.stats.suspensions < 200);
    dev.resident.gap_cycles = 2 * (HOSTPORT_HCLK_HZ / 1000000u);
    dev.part.erase_suspend.flag_opcode = 0x35;
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), 0);
}

// Four times as slow to suspend as declared: seen late, but not taken for the
// end of the operation.
static void a_slow_suspension_is_survived(void **state) {
    (void)state;
    dev.part.erase_suspend.latency_max_us = 4;
    dev.part.program_suspend.latency_max_us = 4;
    interrupts_every(1000);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_true(dev.stats.suspensions > 50);
    assert_true(xip_flash_blank(&dev, 0, 0x10000));
    uint8_t page[256];
    memset(page, 0x5A, sizeof page);
    assert_int_equal(xip_flash_program(&dev, 0, page, sizeof page), 0);
    assert_int_equal(dev.stats.recoveries, 0);
}

// Reset takes longer than the part declares: waited for as long again.
static void a_slow_reset_is_survived(void **state) {
    (void)state;
    dev.part.erase_suspend.suspend_opcode = 0;
    dev.part.erase[0].max_us = 1000;
    dev.resident.reset_cycles = 20 * (HOSTPORT_HCLK_HZ / 1000000u);
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    assert_int_equal(dev.stats.recoveries, 1);
    assert_true(hostport.reports[NOR_NO_ANSWER] > 0); // it was slower
}

// What the first unit would hide: nothing is changed by a refused call.
static void a_ragged_end_is_refused_at_once(void **state) {
    (void)state;
    const uint32_t before = hostport.commands[0x20];
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR + 256), XIP_ERR_ALIGN);
    assert_int_equal(xip_flash_erase_begin(&dev, 0, SECTOR + 256),
            XIP_ERR_ALIGN);
    assert_int_equal(hostport.commands[0x20], before);
}

static unsigned vector_turns;
static void enable_an_interrupt(void *ctx) {
    (void)ctx;
    hostport.bad_vector = vector_turns > 0 ? 40 : 0;
    vector_turns -= vector_turns > 0 ? 1 : 0;
}

// An interrupt that was enabled in a suspension, with its vector in the window.
static void a_new_vector_holds_the_resume_back(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = enable_an_interrupt};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(1000);
    vector_turns = 3;
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), 0);
    assert_int_equal(dev.stats.held_back, 3);
}

static int read_in_page;
static void read_the_page(void *ctx) {
    (void)ctx;
    uint8_t byte;
    if (dev.resident.suspended) {
        read_in_page = xip_flash_read(&dev, 0x120, &byte, 1);
        assert_int_equal(xip_flash_read(&dev, 0x200, &byte, 1), 0);
        assert_int_equal(xip_flash_read(&dev, 0xFF, &byte, 1), 0);
    }
}

// JESD216 DW12 bit 2: the whole page of a suspended program is not to be read,
// also where nothing is programmed.
static void the_suspended_page_is_not_read(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = read_the_page};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    c.image_addr = HOSTPORT_WINDOW + 0x1000;
    c.image_bytes = 0x210;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    const uint8_t data[4] = {0};
    interrupts_every(50);
    read_in_page = 0;
    assert_int_equal(xip_flash_program(&dev, 0x160, data, 4), 0);
    assert_true(dev.stats.suspensions > 0);
    assert_int_equal(read_in_page, XIP_ERR_BUSY);
    // So a page that the running image shares is its own.
    assert_int_equal(xip_flash_program(&dev, 0x1220, data, 4), XIP_ERR_RUNNING);
    assert_int_equal(xip_flash_program(&dev, 0x1300, data, 4), 0);
}

static void the_watchdog_interval_is_kept(void **state) {
    (void)state;
    struct xip_flash_config c = hostport_config();
    c.watchdog = (struct xip_watchdog){
            .reg = &watchdog, .value = 0xAAAA, .interval_us = 5000};
    hostport.time_ps += 6000 * NOR_US;
    watchdog = 0;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    xip_flash_feed(&dev); // a store might start it
    assert_int_equal(watchdog, 0);
    hostport.watchdog = &watchdog;
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_in_range(hostport.watchdog_min_ps, 4998 * NOR_US, 5005 * NOR_US);
    assert_in_range(hostport.watchdog_max_ps, 4998 * NOR_US, 5005 * NOR_US);
    assert_true(hostport.watchdog_writes >= 28);
    // No sooner because of suspensions.
    interrupts_every(300);
    hostport.watchdog_writes = 0;
    hostport.watchdog_min_ps = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_true(hostport.watchdog_writes >= 28);
    assert_true(hostport.watchdog_min_ps >= 4998 * NOR_US);
    // Nor because the caller has fed it, or has just started it.
    hostport.watchdog = NULL;
    hostport.time_ps += 6000 * NOR_US;
    xip_flash_fed(&dev);
    watchdog = 0;
    xip_flash_feed(&dev);
    assert_int_equal(watchdog, 0);
    const uint8_t byte = 0;
    assert_int_equal(xip_flash_program(&dev, 0, &byte, 1), 0);
    assert_int_equal(watchdog, 0);
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), 0);
    assert_int_equal(watchdog, 0xAAAA);
    watchdog = 0;
    xip_flash_feed(&dev);
    assert_int_equal(watchdog, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_w25q, close_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
            CASE(the_deadline_holds_in_a_storm),
            CASE(the_deadline_is_not_late),
            CASE(a_flag_that_never_clears_is_survived),
            CASE(a_slow_suspension_is_survived),
            CASE(a_slow_reset_is_survived),
            CASE(a_ragged_end_is_refused_at_once),
            CASE(a_new_vector_holds_the_resume_back),
            CASE(the_suspended_page_is_not_read),
            CASE(the_watchdog_interval_is_kept),
            cmocka_unit_test(random_histories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
