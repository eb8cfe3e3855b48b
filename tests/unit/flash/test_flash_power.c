/*
 * test_flash_power - deep power-down, late operations, runs of pages
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"
#include "port/xip_port_opcode.h"

#define SECTOR 0x1000u
#define BLOCK 0x10000u

static struct xip_flash dev;

static void attach(const char *part, const struct xip_flash_config *c) {
    hostport_open(part, NULL);
    assert_int_equal(xip_flash_bringup(&dev, c, 2), 0);
    assert_int_equal(xip_flash_attach(&dev, c), 0);
    memset(hostport.reports, 0, sizeof hostport.reports);
    memset(hostport.commands, 0, sizeof hostport.commands);
}

static int open_w25q(void **state) {
    (void)state;
    const struct xip_flash_config c = hostport_config();
    attach("w25q128jv", &c);
    return 0;
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

static uint64_t us_of(uint32_t cycles) {
    return (uint64_t)cycles * 1000000u / HOSTPORT_HCLK_HZ;
}

// The first comes after first_us.
static void interrupts(uint64_t first_us, uint64_t period_us) {
    hostport.irq_period_ps = period_us * NOR_US;
    hostport.irq_next_ps = hostport.time_ps + first_us * NOR_US;
    hostport.irq_worst_ps = 0;
    hostport.irq_served = 0;
}

static bool stands_suspended(void) {
    uint32_t off;
    uint32_t len;
    return nor_operation(hostport.nor, &off, &len);
}

/// Deep power-down ///

static void it_sleeps_until_an_interrupt(void **state) {
    (void)state;
    for (unsigned stops = 0; stops < 2; stops++) {
        hostport.sleep_stops_counter = stops != 0;
        interrupts(5000, 100000);
        const uint64_t before = hostport.time_ps;
        assert_int_equal(xip_flash_sleep(&dev), 0);
        assert_true(hostport.time_ps - before >= 5000 * NOR_US);
        assert_true(hostport.time_ps - before < 5100 * NOR_US);
        assert_true(hostport.mapped && hostport.mask_depth == 0);
        assert_int_equal(hostport.commands[0xB9], stops + 1);
        assert_int_equal(hostport.commands[0xAB], stops + 1);
        // The handler ran, and not later than declared.
        assert_int_equal(hostport.irq_served, 1);
        assert_true(hostport.irq_worst_ps <= xip_flash_wake_us(&dev) * NOR_US);
        assert_true(us_of(dev.stats.wait_cycles[XIP_OP_SLEEP]) + 2 >=
                hostport.irq_worst_ps / NOR_US);
        assert_true(us_of(dev.stats.wait_cycles[XIP_OP_SLEEP]) <=
                xip_flash_wake_us(&dev));
    }
    assert_int_equal(dev.stats.sleeps, 2);
    assert_true(us_of(dev.stats.outage_max_cycles) < 1000);
    assert_int_equal(xip_flash_erase(&dev, 0x3000, SECTOR), 0);
    assert_int_equal(dev.resident.breadcrumb->state, 0);
    assert_no_reports();
}

static uint32_t lost;
static void count_lost(void *ctx, uint32_t ticks) {
    (void)ctx;
    lost += ticks;
}

// The caller keeps a tick back that is pending: each sleep ends at once, and
// loses those that come meanwhile.
static void ticks_that_sleeps_lose_under_the_callers_mask(void **state) {
    (void)state;
    dev.hooks.lost_ticks = count_lost;
    hostport.tick_cycles = HOSTPORT_HCLK_HZ / 100000; // 10 us
    hostport.look_ps = 100000;
    lost = 0;
    uint64_t asleep_ps = 0;
    for (unsigned i = 0; i < 200; i++) {
        interrupts(0, 100000);
        hostport.masked_by_caller = true;
        hostport.caller_masked_ps = hostport.time_ps - 50 * NOR_US;
        const uint64_t before = hostport.time_ps;
        assert_int_equal(xip_flash_sleep(&dev), 0);
        asleep_ps += hostport.time_ps - before;
        hostport.masked_by_caller = false;
        hostport.time_ps += 333 * NOR_US; // ticks are served
    }
    const uint64_t wraps = asleep_ps / (10 * NOR_US);
    assert_true(wraps > 200);
    assert_in_range(lost, wraps - wraps / 8, wraps + wraps / 8);
    hostport.tick_cycles = 0;
}

// However the interrupt falls into the way down, the release is heard, and it
// waits no longer than declared.
static void an_interrupt_on_the_way_down(void **state) {
    (void)state;
    const uint16_t gap_cycles = dev.resident.gap_cycles;
    for (uint64_t us = 0; us < 60; us++) {
        interrupts(us, 100000);
        assert_int_equal(xip_flash_sleep(&dev), 0);
        assert_int_equal(hostport.irq_served, 1);
        // The host spends no time in ordinary code, for which 64 us are
        // declared, nor in the second look, for which 11 are.
        assert_true(hostport.irq_worst_ps + 91 * NOR_US <=
                xip_flash_wake_us(&dev) * NOR_US);
    }
    assert_int_equal(dev.resident.gap_cycles, gap_cycles);
    assert_true(us_of(dev.stats.wait_max_cycles) <= xip_flash_wake_us(&dev));
    assert_true(xip_flash_wake_us(&dev) <= xip_flash_latency_us(&dev));
    assert_true(hostport.naps >= 10 && hostport.naps < 60);
    assert_no_reports();
}

static void every_part_that_sleeps_wakes_up(void **state) {
    (void)state;
    unsigned sleepers = 0;
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *part = nor_part_at(i);
        hostport_close();
        const struct xip_flash_config c = hostport_config();
        attach(part->name, &c);
        interrupts(1000, 100000);
        const bool sleeps = dev.part.power_down.enter_opcode != 0;
        assert_int_equal(xip_flash_sleep(&dev), sleeps ? 0 : XIP_ERR_PART);
        assert_int_equal(hostport.commands[0xB9], sleeps ? 1 : 0);
        assert_true(sleeps || part->sfdp_words < 14 || part->dpd_exit_us == 0);
        assert_true(hostport.irq_worst_ps <= xip_flash_wake_us(&dev) * NOR_US);
        sleepers += sleeps;
        assert_no_reports();
    }
    assert_true(sleepers >= 5);
}

// In a critical section of an RTOS: WFI ends for what PRIMASK masks only.
static void sleep_with_basepri_raised(void **state) {
    (void)state;
    interrupts(1000, 100000);
    hostport.basepri = 0x50;
    assert_int_equal(xip_flash_sleep(&dev), 0);
    assert_int_equal(hostport.basepri, 0x50);
    hostport.basepri = 0;
    assert_true(hostport.naps > 0);
    assert_no_reports();
}

static int slept;
static void sleep_in_hook(void *ctx) {
    (void)ctx;
    slept = xip_flash_sleep(&dev);
}

static void sleep_is_refused(void **state) {
    (void)state;
    interrupts(1000, 1000);
    assert_int_equal(xip_flash_sleep(NULL), XIP_ERR_PARAM);
    hostport.context_bad = true;
    assert_int_equal(xip_flash_sleep(&dev), XIP_ERR_CONTEXT);
    hostport.context_bad = false;
    hostport.dma = 1;
    assert_int_equal(xip_flash_sleep(&dev), XIP_ERR_DMA);
    hostport.dma = 0;
    // Between two polls of a background erase, and in a suspension.
    assert_int_equal(xip_flash_erase_begin(&dev, 0, SECTOR), 0);
    assert_int_equal(xip_flash_sleep(&dev), XIP_ERR_BUSY);
    assert_int_equal(xip_flash_erase_poll(&dev), XIP_FLASH_MORE);
    assert_int_equal(xip_flash_sleep(&dev), XIP_ERR_BUSY);
    assert_int_equal(xip_flash_erase_cancel(&dev), 0);
    const struct xip_flash_hooks hooks = {.yield = sleep_in_hook};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_erase(&dev, 0, SECTOR), 0);
    assert_int_equal(slept, XIP_ERR_BUSY);
    assert_int_equal(hostport.commands[0xB9], 0);
    assert_int_equal(hostport.mask_depth, 0);
}

// The release is lost, or the description has it wrong: the MCU is reset with
// the breadcrumb open and the window closed, and bring-up wakes the chip.
static void a_chip_that_does_not_wake_is_fatal(void **state) {
    (void)state;
    dev.part.power_down.exit_opcode = 0x04;
    interrupts(1000, 100000);
    jmp_buf fatal;
    hostport.fatal = &fatal;
    if (setjmp(fatal) == 0) {
        fail_msg("came back from a chip asleep: %d", xip_flash_sleep(&dev));
    }
    assert_false(hostport.mapped);
    assert_int_equal(dev.resident.breadcrumb->state,
            XIP_BREADCRUMB_OPEN | XIP_OP_SLEEP);
    hostport.mask_depth = 0;
    hostport.irq_period_ps = 0;
    const struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
    assert_true(hostport.mapped);
    assert_int_equal(xip_flash_erase(&dev, 0x3000, SECTOR), 0);
}

/// Late ///

static void hurry(uint32_t max_us) {
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        dev.part.erase[i].max_us = max_us;
    }
}

// It stands suspended, all but its sector can be read, and the next call ends
// it.
static void a_late_erase_is_suspended(void **state) {
    (void)state;
    uint8_t byte;
    const uint32_t max_us = dev.part.erase[0].max_us;
    hurry(1000);
    assert_int_equal(xip_flash_erase(&dev, 0x3000, SECTOR), XIP_ERR_TIMEOUT);
    assert_true(hostport.mapped && stands_suspended());
    assert_int_equal(hostport.commands[0x66], 0);
    assert_int_equal(dev.stats.recoveries, 0);
    assert_int_equal(dev.dirty_off, 0x3000);
    assert_int_equal(dev.dirty_bytes, SECTOR);
    assert_int_equal(dev.stop_off, 0x3000);
    // Not masked for longer than the deadline and a suspension.
    assert_true(us_of(dev.stats.outage_max_cycles) < 1000 + 100);
    assert_int_equal(dev.resident.breadcrumb->state,
            XIP_BREADCRUMB_OPEN | XIP_OP_ERASE);
    assert_int_equal(xip_flash_read(&dev, 0x3800, &byte, 1), XIP_ERR_BUSY);
    assert_int_equal(xip_flash_read(&dev, 0x4000, &byte, 1), 0);
    assert_false(xip_flash_idle(&dev));
    hurry(max_us);
    assert_int_equal(xip_flash_erase(&dev, 0x8000, SECTOR), 0);
    assert_int_equal(hostport.commands[0x99], 1);
    assert_int_equal(dev.stats.recoveries, 1);
    assert_false(stands_suspended());
    assert_int_equal(xip_flash_erase(&dev, 0x3000, SECTOR), 0);
    assert_int_equal(dev.resident.breadcrumb->state, 0);
    assert_no_reports();
}

static void each_way_on_ends_what_was_late(void **state) {
    (void)state;
    const uint32_t max_us = dev.part.erase[0].max_us;
    const uint8_t zero = 0;
    for (unsigned way = 0; way < 4; way++) {
        hurry(1000);
        const uint32_t off = way * SECTOR;
        assert_int_equal(xip_flash_erase(&dev, off, SECTOR), XIP_ERR_TIMEOUT);
        assert_true(stands_suspended());
        hurry(max_us);
        const struct xip_flash_config c = hostport_config();
        interrupts(1000, 100000);
        if (way == 0) {
            assert_int_equal(xip_flash_program(&dev, 0x8000, &zero, 1), 0);
        } else if (way == 1) {
            assert_int_equal(xip_flash_erase_begin(&dev, 0xF000, SECTOR), 0);
            assert_int_equal(xip_flash_erase_poll(&dev), XIP_FLASH_MORE);
            assert_int_equal(xip_flash_erase_cancel(&dev), 0);
        } else if (way == 2) {
            assert_int_equal(xip_flash_sleep(&dev), 0);
        } else {
            assert_int_equal(xip_flash_attach(&dev, &c), 0);
        }
        hostport.irq_period_ps = 0;
        assert_false(stands_suspended());
        assert_int_equal(xip_flash_erase(&dev, off, SECTOR), 0);
    }
    assert_no_reports();
}

static void a_late_page_is_suspended(void **state) {
    (void)state;
    static uint8_t data[0x800];
    dev.part.page_max_us = 300; // it needs 400
    assert_int_equal(xip_flash_program(&dev, 0x5080, data, sizeof data),
            XIP_ERR_TIMEOUT);
    assert_true(stands_suspended());
    assert_int_equal(dev.stop_off, 0x5080);
    assert_int_equal(dev.dirty_off, 0x5080);
    dev.part.page_max_us = 3000;
    assert_int_equal(xip_flash_erase(&dev, 0x5000, SECTOR), 0);
    assert_int_equal(xip_flash_program(&dev, 0x5080, data, sizeof data), 0);
    assert_no_reports();
}

/// Runs of pages ///

static uint8_t data[BLOCK];

static void fill(unsigned salt) {
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 31u + (i >> 8) * 7u + salt);
    }
}

static void pages_share_an_outage(void **state) {
    (void)state;
    fill(1);
    const uint32_t before = dev.stats.outages;
    assert_int_equal(xip_flash_program(&dev, 0, data, sizeof data), 0);
    assert_int_equal(dev.stats.outages - before, 1);
    assert_int_equal(dev.stats.programs, 256);
    assert_int_equal(hostport.commands[0x32], 256);
    assert_memory_equal(nor_array(hostport.nor), data, sizeof data);
    // What the chip needed is about 400 us a page.
    assert_in_range(us_of((uint32_t)(dev.stats.busy_cycles / 256)), 395, 410);
    // Ragged: head, whole pages, tail.
    assert_int_equal(xip_flash_program(&dev, 0x20010, data, 3000), 0);
    assert_int_equal(dev.stats.outages - before, 4);
    assert_memory_equal(nor_array(hostport.nor) + 0x20010, data, 3000);
    assert_no_reports();
}

// Bytes go through as before, and nobody waits longer than declared.
static void a_run_ends_for_an_interrupt(void **state) {
    (void)state;
    static const uint64_t periods_us[] = {20, 50, 333, 420, 700, 1000, 5000};
    for (unsigned i = 0; i < sizeof periods_us / sizeof *periods_us; i++) {
        fill(i);
        hostport.irq_period_ps = 0;
        assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), 0);
        interrupts(periods_us[i], periods_us[i]);
        assert_int_equal(xip_flash_program(&dev, 0x300, data, 0x4000), 0);
        assert_true(hostport.irq_worst_ps / NOR_US <=
                xip_flash_latency_us(&dev));
        assert_true(hostport.irq_served > 0);
        assert_memory_equal(nor_array(hostport.nor) + 0x300, data, 0x4000);
        assert_int_equal(nor_array(hostport.nor)[0x4300], 0xFF);
    }
    assert_true(us_of(dev.stats.wait_max_cycles) <= xip_flash_latency_us(&dev));
    assert_int_equal(dev.stats.recoveries, 0);
    assert_no_reports();
}

// Also where pages end before their slice is over; and a page that was
// suspended ends its run, so that the next ones get a deadline of their own.
static void a_run_ends_between_two_pages(void **state) {
    (void)state;
    struct xip_flash_config c = hostport_config();
    c.slice_us = 2000;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    fill(7);
    interrupts(100, 100000);
    assert_int_equal(xip_flash_program(&dev, 0, data, 0x4000), 0);
    assert_int_equal(dev.stats.suspensions, 0);
    assert_int_equal(dev.stats.outages, 2);
    assert_true(hostport.irq_worst_ps < 500 * NOR_US);
    c.slice_us = 0;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts(100, 100000);
    assert_int_equal(xip_flash_program(&dev, 0x8000, data, 0x400), 0);
    assert_int_equal(dev.stats.suspensions, 1);
    assert_int_equal(dev.stats.outages, 3);
    assert_memory_equal(nor_array(hostport.nor), data, 0x4000);
    assert_memory_equal(nor_array(hostport.nor) + 0x8000, data, 0x400);
}

static uint32_t calls, last_done;
static void count_progress(void *ctx, uint32_t done, uint32_t total) {
    (void)ctx;
    (void)total;
    assert_true(done > last_done && hostport.mapped);
    calls++;
    last_done = done;
}

static void count_yield(void *ctx) {
    (void)ctx;
    calls++;
}

static void hooks_are_called_often_enough(void **state) {
    (void)state;
    struct xip_flash_hooks hooks = {.progress = count_progress};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    calls = last_done = 0;
    assert_int_equal(xip_flash_program(&dev, 0, data, 0x4000), 0);
    assert_int_equal(calls, 4);
    assert_int_equal(last_done, 0x4000);
    hooks = (struct xip_flash_hooks){.yield = count_yield};
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    calls = 0;
    assert_int_equal(xip_flash_program(&dev, 0x4000, data, 0x4000), 0);
    assert_int_equal(calls, 64);
}

static void a_bounce_buffer_goes_at_once(void **state) {
    (void)state;
    static uint8_t bounce[1000];
    struct xip_flash_config c = hostport_config();
    c.bounce = bounce;
    c.bounce_bytes = sizeof bounce; // three pages and a rest
    fill(3);
    assert_int_equal(xip_flash_program(&dev, 0, data, 0x1000), 0);
    const void *source = (const void *)(uintptr_t)(HOSTPORT_WINDOW + 0x33);
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_program(&dev, 0x8000, source, 0x900), 0);
    assert_int_equal(dev.stats.programs, 9);
    assert_memory_equal(nor_array(hostport.nor) + 0x8000, data + 0x33, 0x900);
    // Less than a page does, too; none at all does not.
    c.bounce_bytes = 100;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_program(&dev, 0x9000, source, 0x400), 0);
    assert_memory_equal(nor_array(hostport.nor) + 0x9000, data + 0x33, 0x400);
    c.bounce_bytes = 0;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_program(&dev, 0xA000, source, 0x400),
            XIP_ERR_PARAM);
    assert_no_reports();
}

// The breadcrumb and stop_off name the page, not the run.
static void the_page_of_a_run_is_named(void **state) {
    (void)state;
    hostport_close();
    const struct xip_flash_config c = hostport_config();
    attach("n25q128a", &c);
    // SR1 BP2 to BP0 = 1: the upper 64 KB are protected, FSR bit 1 says so.
    const uint32_t limit = (16u << 20) - BLOCK;
    hostport.mapped = false;
    const uint32_t out = xip_port_opcode(0x01) | XIP_PORT_OUT;
    uint8_t sr = 0x04;
    xip_port_transfer_(xip_port_opcode(0x06), 0, NULL, 0);
    xip_port_transfer_(out, 0, &sr, 1);
    hostport.time_ps += 100 * NOR_MS;
    hostport.mapped = true;
    fill(4);
    assert_int_equal(xip_flash_program(&dev, limit - 0x300, data, 0x800),
            XIP_ERR_PROTECT);
    assert_int_equal(dev.stop_off, limit);
    assert_memory_equal(nor_array(hostport.nor) + limit - 0x300, data, 0x300);
    assert_int_equal(nor_array(hostport.nor)[limit], 0xFF);
    assert_int_equal(dev.resident.breadcrumb->off, limit);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_w25q, close_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
            CASE(it_sleeps_until_an_interrupt),
            CASE(ticks_that_sleeps_lose_under_the_callers_mask),
            CASE(an_interrupt_on_the_way_down),
            CASE(every_part_that_sleeps_wakes_up),
            CASE(sleep_with_basepri_raised),
            CASE(sleep_is_refused),
            CASE(a_chip_that_does_not_wake_is_fatal),
            CASE(a_late_erase_is_suspended),
            CASE(each_way_on_ends_what_was_late),
            CASE(a_late_page_is_suspended),
            CASE(pages_share_an_outage),
            CASE(a_run_ends_for_an_interrupt),
            CASE(a_run_ends_between_two_pages),
            CASE(hooks_are_called_often_enough),
            CASE(a_bounce_buffer_goes_at_once),
            CASE(the_page_of_a_run_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
