/*
 * test_flash_credit - early suspensions on credit, and what they guarantee
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"

#define SECTOR 0x1000u
#define BLOCK 0x10000u
#define GENERAL_US 588u // W25Q128JV, as declared without credits
#define RARE_US 110u    // what credits are for

static struct xip_flash dev;

static uint64_t us_of(uint32_t cycles) {
    return (uint64_t)cycles * 1000000u / HOSTPORT_HCLK_HZ;
}

static uint32_t below(uint64_t *state, uint32_t n) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % n;
}

static void open_with(const char *part, uint8_t credits) {
    hostport_open(part, NULL);
    struct xip_flash_config c = hostport_config();
    c.credits = credits;
    c.flags = XIP_FLASH_NONVOLATILE_QE;
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
    hostport.look_ps = NOR_US / 5;
}

// What follows from it is computed again with the clock.
static void the_part_is_another(void) {
    assert_int_equal(xip_flash_clock_changed(&dev, HOSTPORT_HCLK_HZ), 0);
}

static int close_chip(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

static void assert_no_reports(void) {
    for (size_t i = 0; i < sizeof hostport.reports / sizeof(unsigned); i++) {
        if (hostport.reports[i] != 0) {
            fail_msg("%u reports of kind %zu, the last: %s",
                    hostport.reports[i], i, hostport.last_report);
        }
    }
}

// Interrupts in groups of `many`, some of 30 to 130 us apart; between the
// first of two groups pass from_us and up to spread_us more.
struct groups {
    uint64_t random;
    uint32_t many, left, from_us, spread_us;
    uint64_t first_ps;
};
static struct groups groups;

static uint64_t next_of_group(void *ctx, uint64_t at_ps) {
    struct groups *g = ctx;
    if (g->left != 0) {
        g->left--;
        return at_ps + (30 + below(&g->random, 100)) * NOR_US;
    }
    g->left = g->many - 1;
    g->first_ps += (g->from_us + below(&g->random, g->spread_us)) * NOR_US;
    return g->first_ps;
}

static void interrupts_in_groups(uint32_t many, uint32_t from_us,
        uint32_t spread_us) {
    groups = (struct groups){.random = many + from_us,
            .many = many,
            .from_us = from_us,
            .spread_us = spread_us,
            .first_ps = hostport.time_ps};
    hostport.irq_train = next_of_group;
    hostport.irq_ctx = &groups;
    hostport.irq_next_ps = next_of_group(&groups, hostport.time_ps);
    hostport.irq_work_ps = 5 * NOR_US;
    hostport.irq_worst_ps = 0;
    hostport.irq_served = 0;
}

static void interrupts_every(uint64_t period_us) {
    hostport.irq_train = NULL;
    hostport.irq_work_ps = 0;
    hostport.irq_period_ps = period_us * NOR_US;
    hostport.irq_next_ps = hostport.time_ps + hostport.irq_period_ps;
    hostport.irq_worst_ps = 0;
    hostport.irq_served = 0;
}

// Sectors, blocks and pages, many beginnings of units among them.
static void work(unsigned times) {
    uint8_t data[5 * 256];
    for (unsigned i = 0; i < times; i++) {
        memset(data, (int)(i + 1), sizeof data);
        assert_int_equal(xip_flash_erase(&dev, 0, 4 * SECTOR), 0);
        assert_int_equal(xip_flash_program(&dev, 0x80, data, sizeof data), 0);
        assert_memory_equal(nor_array(hostport.nor) + 0x80, data, sizeof data);
        assert_int_equal(xip_flash_erase(&dev, BLOCK, BLOCK), 0);
    }
    assert_int_equal(dev.stats.recoveries, 0);
}

static void assert_waits_below(uint32_t declared_us) {
    const uint64_t worst_us = hostport.irq_worst_ps / NOR_US;
    const uint64_t seen_us = us_of(dev.stats.wait_max_cycles);
    if (worst_us > declared_us || seen_us > declared_us) {
        fail_msg("an interrupt waited %u us, measured were %u, declared %u",
                (unsigned)worst_us, (unsigned)seen_us, (unsigned)declared_us);
    }
    assert_true(seen_us + 2 >= worst_us);
}

/// Credit that is paid back in time ///

static void rare_interrupts_wait_for_no_slice(void **state) {
    (void)state;
    for (uint8_t n = 1; n <= 4; n++) {
        open_with("w25q128jv", n);
        const uint32_t window_ms = 6u * n + 2u;
        const uint32_t declared =
                xip_flash_latency_sporadic_us(&dev, n, window_ms);
        assert_in_range(declared, 80, RARE_US);
        // The longest wait of one that came later than the slice counts, too.
        interrupts_in_groups(n, window_ms * 1000, 700);
        work(12);
        assert_true(hostport.irq_served > 100);
        assert_true(dev.stats.early > 1);
        assert_waits_below(declared);
        assert_no_reports();
        hostport_close();
    }
    open_with("w25q128jv", 0);
}

// At the very beginning of a unit, and at once after the resume.
static void a_unit_begins_without_debt(void **state) {
    (void)state;
    open_with("w25q128jv", 1);
    for (unsigned i = 0; i < 3; i++) {
        hostport.irq_train = NULL;
        hostport.irq_period_ps = 30000 * NOR_US;
        hostport.irq_next_ps = hostport.time_ps + 20 * NOR_US;
        hostport.irq_worst_ps = 0;
        assert_int_equal(xip_flash_erase(&dev, i * SECTOR, SECTOR), 0);
        assert_int_equal(dev.stats.early, i + 1);
        assert_waits_below(RARE_US);
    }
    // The second in a row has no credit left.
    hostport.irq_period_ps = 100 * NOR_US;
    hostport.irq_next_ps = hostport.time_ps + 20 * NOR_US;
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), 0);
    assert_true(hostport.irq_worst_ps > 400 * NOR_US);
    assert_waits_below(GENERAL_US);
    assert_no_reports();
}

// One every millisecond comes after the slice: nothing changes.
static void steady_interrupts_cost_no_more(void **state) {
    (void)state;
    uint64_t took_ps[2];
    for (uint8_t credits = 0; credits < 2; credits++) {
        open_with("w25q128jv", credits);
        interrupts_every(1000);
        const uint64_t start_ps = hostport.time_ps;
        assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), 0);
        took_ps[credits] = hostport.time_ps - start_ps;
        assert_true(dev.stats.suspensions > 100);
        hostport_close();
    }
    assert_in_range(took_ps[1], took_ps[0] - NOR_MS, took_ps[0] + NOR_MS);
    open_with("w25q128jv", 0);
}

/// Credit that is used up ///

// However fast they come, the work ends, and no wait is longer than a slice
// allows: of each run on credit one other is a whole slice.
static void storms_do_not_starve(void **state) {
    (void)state;
    static const uint64_t periods_us[] = {20, 100, 333, 500, 777};
    static const uint8_t credits[] = {1, 2, 255};
    for (size_t k = 0; k < sizeof credits; k++) {
        open_with("w25q128jv", credits[k]);
        assert_int_equal(xip_flash_latency_us(&dev), GENERAL_US);
        for (size_t i = 0; i < sizeof periods_us / sizeof *periods_us; i++) {
            interrupts_every(periods_us[i]);
            const uint64_t start_ps = hostport.time_ps;
            work(1);
            assert_true(hostport.time_ps - start_ps < 1500 * NOR_MS);
            assert_waits_below(GENERAL_US);
        }
        const struct nor_counters c = nor_counters(hostport.nor);
        assert_true(dev.stats.early > 100);
        assert_true(c.short_runs <= dev.stats.early);
        assert_true(dev.stats.early <= dev.stats.suspensions);
        assert_no_reports();
        hostport_close();
    }
    open_with("w25q128jv", 0);
}

// Early runs do not move the time-out: an erase that takes a little less than
// declared never times out, one that never ends always does.
static void early_runs_leave_the_deadline_alone(void **state) {
    (void)state;
    open_with("w25q128jv", 255);
    dev.part.erase[0].max_us = 46000; // it takes 45 ms
    for (uint32_t us = 20; us < 1000; us += 70) {
        interrupts_every(us);
        assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), 0);
    }
    assert_true(dev.stats.early > 1000);
    dev.part.erase[0].max_us = 3000;
    for (uint32_t us = 20; us < 1000; us += 70) {
        interrupts_every(us);
        assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    }
    hostport.reports[NOR_RESET_BUSY] = 0;
    assert_no_reports();
}

/// Declared wrongly ///

static void more_than_declared_wait_for_a_slice(void **state) {
    (void)state;
    open_with("w25q128jv", 1);
    interrupts_in_groups(3, 8000, 700);
    work(10);
    assert_true(hostport.irq_worst_ps > RARE_US * NOR_US);
    assert_waits_below(GENERAL_US);
    assert_no_reports();
}

static void a_least_time_too_short_is_reported(void **state) {
    (void)state;
    open_with("w25q128jv", 4);
    dev.part.erase_suspend.least_us = 10; // the chip requires 20
    the_part_is_another();
    interrupts_every(20);
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), 0);
    assert_true(hostport.reports[NOR_SUSPEND_EARLY] > 0);
    assert_non_null(strstr(hostport.last_report, "allows it after 20 us"));
}

// Runs of a slice that bring nothing: the credit is paid back with nothing, and
// the operation is late all the same.
static void a_slice_too_short_ends_in_a_time_out(void **state) {
    (void)state;
    open_with("w25q128jv", 4);
    dev.part.erase_suspend.interval_us = 128; // the chip makes none below 512
    the_part_is_another();
    interrupts_every(50);
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), XIP_ERR_TIMEOUT);
    assert_no_reports();
}

static void what_cannot_be_covered_is_declared_as_ever(void **state) {
    (void)state;
    open_with("w25q128jv", 3);
    assert_int_equal(xip_flash_latency_us(&dev), GENERAL_US);
    assert_in_range(xip_flash_latency_sporadic_us(&dev, 3, 20), 80, RARE_US);
    assert_in_range(xip_flash_latency_sporadic_us(&dev, 0, 2), 80, RARE_US);
    assert_int_equal(xip_flash_latency_sporadic_us(&dev, 3, 19), GENERAL_US);
    assert_int_equal(xip_flash_latency_sporadic_us(&dev, 4, 1000), GENERAL_US);
    assert_int_equal(xip_flash_latency_sporadic_us(&dev, UINT32_MAX, 9000),
            GENERAL_US);
    dev.part.program_suspend.least_us = 0; // programs have none
    the_part_is_another();
    const uint32_t program_us = xip_flash_latency_sporadic_us(&dev, 1, 8);
    assert_in_range(program_us, RARE_US + 50, GENERAL_US - 300);
    dev.config.credits = 0;
    assert_int_equal(xip_flash_latency_sporadic_us(&dev, 0, 1000), GENERAL_US);
}

// A poll ends with its slice whether or not one waits.
static void a_background_erase_has_no_credit(void **state) {
    (void)state;
    open_with("w25q128jv", 4);
    interrupts_every(100);
    assert_int_equal(xip_flash_erase_begin(&dev, 0, SECTOR), 0);
    int err;
    do {
        err = xip_flash_erase_poll(&dev);
        hostport_run(10 * NOR_US);
    } while (err == XIP_FLASH_MORE);
    assert_int_equal(err, 0);
    assert_int_equal(dev.stats.early, 0);
    assert_waits_below(GENERAL_US);
    assert_no_reports();
}

// The data sheets of the others state no least time, or their id stands for a
// second part, whose sheet is not known: IS25LP128F's is IS25LP128's.
static void a_part_without_least_time_keeps_the_slice(void **state) {
    (void)state;
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *part = nor_part_at(i);
        open_with(part->name, 4);
        const uint32_t least = dev.part.erase_suspend.least_us;
        const bool shared = strcmp(part->name, "is25lp128f") == 0;
        assert_int_equal(least, shared ? 0 : part->erase_least_us);
        assert_int_equal(dev.part.program_suspend.least_us,
                shared ? 0 : part->program_least_us);
        const uint32_t general = xip_flash_latency_us(&dev);
        const uint32_t rare = xip_flash_latency_sporadic_us(&dev, 1, 1000);
        assert_true(least != 0 ? rare < general : rare == general);
        interrupts_every(50);
        work(1);
        assert_true(least != 0 ? dev.stats.early > 0 : dev.stats.early == 0);
        assert_waits_below(general);
        assert_no_reports();
        hostport_close();
    }
    open_with("w25q128jv", 0);
}

#define CASE(f) cmocka_unit_test_teardown(f, close_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
            CASE(rare_interrupts_wait_for_no_slice),
            CASE(a_unit_begins_without_debt),
            CASE(steady_interrupts_cost_no_more),
            CASE(storms_do_not_starve),
            CASE(early_runs_leave_the_deadline_alone),
            CASE(more_than_declared_wait_for_a_slice),
            CASE(a_least_time_too_short_is_reported),
            CASE(a_slice_too_short_ends_in_a_time_out),
            CASE(what_cannot_be_covered_is_declared_as_ever),
            CASE(a_background_erase_has_no_credit),
            CASE(a_part_without_least_time_keeps_the_slice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
