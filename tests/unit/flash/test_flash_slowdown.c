/*
 * test_flash_slowdown - erases under interrupts within a declared slow-down
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

#define BLOCK 0x10000u
#define HANDLER_US 5u

static struct xip_flash dev;

static uint64_t us_of(uint32_t cycles) {
    return (uint64_t)cycles * 1000000u / HOSTPORT_HCLK_HZ;
}

static void open_with(const struct nor_part *part, uint8_t percent,
        uint32_t latency_us) {
    hostport_open_part(part, NULL);
    struct xip_flash_config c = hostport_config();
    c.slowdown_percent = percent;
    c.latency_us = latency_us;
    c.flags = XIP_FLASH_NONVOLATILE_QE;
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
    hostport.look_ps = NOR_US / 5;
    hostport.irq_work_ps = HANDLER_US * NOR_US;
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

static uint64_t erase_ps(void) {
    const uint64_t start_ps = hostport.time_ps;
    assert_int_equal(xip_flash_erase(&dev, BLOCK, BLOCK), 0);
    assert_int_equal(dev.stats.recoveries, 0);
    return hostport.time_ps - start_ps;
}

// Percent by which the second erase takes longer than the first, what the
// handlers take apart.
static unsigned slowdown(uint64_t alone_ps) {
    const uint64_t took_ps =
            erase_ps() - hostport.irq_served * HANDLER_US * NOR_US;
    return took_ps > alone_ps
            ? (unsigned)((took_ps - alone_ps) * 100 / alone_ps)
            : 0;
}

static void assert_waits_as_declared(void) {
    const uint64_t worst_us = hostport.irq_worst_ps / NOR_US;
    const uint64_t seen_us = us_of(dev.stats.wait_max_cycles);
    const uint32_t declared_us = xip_flash_latency_us(&dev);
    if (worst_us > declared_us || seen_us > declared_us) {
        fail_msg("%s: waited %u us, measured were %u, declared %u",
                nor_part_of(hostport.nor)->name, (unsigned)worst_us,
                (unsigned)seen_us, (unsigned)declared_us);
    }
    for (size_t i = 0; i < sizeof hostport.reports / sizeof(unsigned); i++) {
        assert_int_equal(hostport.reports[i], 0);
    }
}

/// Every part ///

static void every_part_holds_the_slowdown(void **state) {
    (void)state;
    static const uint8_t percents[] = {10, 20, 40};
    for (size_t i = 0; nor_part_at(i); i++) {
        for (size_t k = 0; k < sizeof percents; k++) {
            open_with(nor_part_at(i), percents[k], 9000);
            const uint64_t alone_ps = erase_ps();
            for (uint64_t period_us = 1000; period_us >= 60; period_us /= 4) {
                interrupts_every(period_us);
                const unsigned seen = slowdown(alone_ps);
                if (seen > percents[k]) {
                    fail_msg("%s: %u %% at %u us, asked for %u %%",
                            nor_part_at(i)->name, seen, (unsigned)period_us,
                            percents[k]);
                }
                assert_waits_as_declared();
            }
            hostport_close();
        }
    }
    hostport_open("w25q128jv", NULL);
}

static void twenty_percent_take_at_most_2500_us(void **state) {
    (void)state;
    for (size_t i = 0; nor_part_at(i); i++) {
        open_with(nor_part_at(i), 20, 2500);
        assert_in_range(xip_flash_latency_us(&dev), 1, 2500);
        const uint64_t alone_ps = erase_ps();
        interrupts_every(1000);
        assert_in_range(slowdown(alone_ps), 0, 20);
        assert_waits_as_declared();
        hostport_close();
    }
    hostport_open("w25q128jv", NULL);
}

/// The rate counts ///

// Two, 600 us apart, every 20 ms.
static uint64_t next_of_two(void *ctx, uint64_t at_ps) {
    uint32_t *n = ctx;
    return at_ps + (++*n % 2 != 0 ? 600 : 19400) * NOR_US;
}

// Those that come rarely still wait for the shortest slice, even soon after a
// resume: the long runs between them have paid for it.
static void rare_interrupts_wait_no_longer(void **state) {
    (void)state;
    const struct nor_part *part = nor_part_find("is25lp128f");
    open_with(part, 20, 2500);
    const uint32_t longest_us = xip_flash_latency_us(&dev);
    assert_in_range(longest_us, 1500, 2500);
    uint32_t n = 0;
    interrupts_every(1000);
    hostport.irq_train = next_of_two;
    hostport.irq_ctx = &n;
    for (unsigned i = 0; i < 5; i++) {
        (void)erase_ps();
    }
    assert_true(dev.stats.suspensions > 60);
    assert_true(hostport.irq_worst_ps < 700 * NOR_US);
    hostport.irq_train = NULL;
    interrupts_every(1000);
    (void)erase_ps();
    assert_true(hostport.irq_worst_ps > 1000 * NOR_US);
    assert_waits_as_declared();
}

static void the_latency_comes_first(void **state) {
    (void)state;
    const struct nor_part *part = nor_part_find("is25lp128f");
    static const uint32_t clocks[] = {1000000, 33333333, 80000000, 480000000};
    for (uint32_t us = 700; us < 2000; us += 77) {
        open_with(part, 20, us);
        assert_in_range(xip_flash_latency_us(&dev), us - 5, us);
        const uint64_t alone_ps = erase_ps();
        interrupts_every(500);
        const unsigned seen = slowdown(alone_ps);
        assert_true(us < 1000 ? seen > 20 : us < 1250 || seen <= 20);
        assert_waits_as_declared();
        hostport_close();
    }
    // Less than the part needs: that. Other clocks.
    open_with(part, 20, 1);
    const uint32_t least_us = xip_flash_latency_us(&dev);
    assert_in_range(least_us, 448 + 104, 700);
    for (size_t k = 1; k < sizeof clocks / sizeof clocks[0]; k++) {
        dev.config.latency_us = 1800;
        assert_int_equal(xip_flash_clock_changed(&dev, clocks[k]), 0);
        assert_in_range(xip_flash_latency_us(&dev), 1700, 1800);
    }
}

// A resume that costs the part twice what was assumed, or half of it.
static void the_cost_of_a_resume_is_an_estimate(void **state) {
    (void)state;
    struct nor_part part = *nor_part_find("mx25l51245g");
    const uint32_t estimate_us = part.resume_loss_us;
    unsigned seen[3];
    for (unsigned i = 0; i < 3; i++) {
        part.resume_loss_us = estimate_us / 2 << i;
        open_with(&part, 20, 2500);
        const uint64_t alone_ps = erase_ps();
        interrupts_every(300);
        seen[i] = slowdown(alone_ps);
        hostport_close();
    }
    hostport_open("w25q128jv", NULL);
    assert_true(seen[0] < seen[1] && seen[1] < seen[2]);
    assert_in_range(seen[1], 5, 20);
    assert_in_range(seen[2], 20, 40);
}

// Polls keep the slow-down, too; credits are for programs.
static void polls_and_credits(void **state) {
    (void)state;
    open_with(nor_part_find("w25q128jv"), 10, 1400);
    dev.config.credits = 3;
    const uint32_t declared_us = xip_flash_latency_us(&dev);
    assert_in_range(declared_us, 1100, 1400);
    assert_int_equal(xip_flash_latency_sporadic_us(&dev, 1, 1000), declared_us);
    interrupts_every(100);
    assert_int_equal(xip_flash_erase_begin(&dev, 0, BLOCK), 0);
    int err;
    do {
        err = xip_flash_erase_poll(&dev);
        hostport_run(10 * NOR_US);
    } while (err == XIP_FLASH_MORE);
    assert_int_equal(err, 0);
    assert_int_equal(dev.stats.early, 0);
    assert_in_range(dev.stats.suspensions, 90, 300);
    const uint8_t page[256] = {0};
    assert_int_equal(xip_flash_program(&dev, 0, page, sizeof page), 0);
    assert_true(dev.stats.early > 0);
    assert_waits_as_declared();
}

#define CASE(f) cmocka_unit_test_teardown(f, close_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
            CASE(every_part_holds_the_slowdown),
            CASE(twenty_percent_take_at_most_2500_us),
            CASE(rare_interrupts_wait_no_longer),
            CASE(the_latency_comes_first),
            CASE(the_cost_of_a_resume_is_an_estimate),
            CASE(polls_and_credits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
