/*
 * test_flash - erase, program, read, refusals and recovery on the chip model
 *
 * SPDX-License-Identifier: MIT
 *
 * The target's own sources (flash/ and resident/) compiled for the host.
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"
#include "xip_flash_priv.h"

static struct xip_flash dev;
static uint64_t seed;

static uint32_t random_below(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static int open_w25q(void **state) {
    (void)state;
    hostport_open("w25q128jv", NULL);
    const struct xip_flash_config config = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &config), 0);
    memset(hostport.reports, 0, sizeof hostport.reports);
    return 0;
}

static int close_chip(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

static void assert_no_reports(void) {
    for (size_t i = 0; i < sizeof hostport.reports / sizeof(unsigned); i++) {
        assert_int_equal(hostport.reports[i], 0);
    }
}

/// Attach ///

static void attach_learns_the_part(void **state) {
    (void)state;
    assert_int_equal(dev.part.size_bytes, 16u << 20);
    assert_int_equal(dev.part.page_bytes, 256);
    assert_int_equal(dev.part.erase[0].size_bytes, 4096);
    assert_true(hostport.mapped);
    assert_int_equal(hostport.commands[0x06], 0); // nothing was enabled
    assert_int_equal(hostport.commands[0x01], 0);
}

static void attach_refuses(void **state) {
    (void)state;
    struct xip_flash d;
    struct xip_flash_config c = hostport_config();

    c.hclk_hz = 0;
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_PARAM);
    // What xipsafe/xipsafe.notes tells the checker: nothing an outage reads
    // or writes through a pointer lies in the window.
    void *const window = (void *)(uintptr_t)HOSTPORT_WINDOW;
    c = hostport_config();
    assert_int_equal(xip_flash_attach(window, &c), XIP_ERR_RESIDENT);
    c.bounce = window;
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_RESIDENT);
    c.bounce = (uint8_t *)window - 200; // its end
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_RESIDENT);
    c = hostport_config();
    hostport.mapping_broken = true;
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_CONFIG);
    hostport.mapping_broken = false;
    hostport.context_bad = true;
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_CONTEXT);
    hostport.context_bad = false;
    hostport.bad_vector = 54;
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_VECTOR);
    assert_int_equal(d.bad_exception, 54);
    hostport.bad_vector = 0;
    hostport.dma = 1;
    assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_DMA);
}

static int fake_run(struct xip_resident *r, struct xip_op *op,
        const struct xip_watch *watch) {
    (void)r;
    (void)op;
    (void)watch;
    return 0;
}

static void table_of_another_abi_is_refused(void **state) {
    (void)state;
    if (sizeof(void *) != 4) {
        // The sum runs over 32-bit words; the target tests the good case.
        struct xip_resident_table table = {.magic = XIP_RESIDENT_MAGIC,
                .abi = XIP_RESIDENT_ABI,
                .run = fake_run};
        struct xip_flash d;
        struct xip_flash_config c = hostport_config();
        c.resident = &table;
        assert_int_equal(xip_flash_attach(&d, &c), XIP_ERR_ABI);
    }
}

/// Refusals: nothing may reach the chip ///

// A chip as S25FL128S: 32 KB of 4 KB sectors, 64 KB sectors behind them.
static void erases_by_the_units_of_each_region(void **state) {
    (void)state;
    static const struct {
        uint32_t off, len;
    } bad[] = {{0x800, 0x1000}, {0, 0x8000 + 0x1000}, {0x10000, 0x1000},
            {0x9000, 0x7000}, {0xF000, 0x11000}};
    dev.part.region_end[0] = 0x8000;
    dev.part.region_end[1] = 0x10000; // of a cut unit 32 KB are left
    dev.part.region_end[2] = dev.part.size_bytes;
    dev.part.erase[0].regions = 1; // 4 KB
    dev.part.erase[2].regions = 6; // 64 KB
    memset(hostport.commands, 0, sizeof hostport.commands);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(xip_flash_erase(&dev, bad[i].off, bad[i].len),
                XIP_ERR_ALIGN);
    }
    assert_int_equal(hostport.commands[0x06], 0);
    assert_int_equal(xip_flash_erase(&dev, 0x20000, 0x20000), 0);
    assert_int_equal(hostport.commands[0xD8], 2);
    assert_int_equal(hostport.commands[0x20], 0);
    assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x7000), 0);
    assert_int_equal(hostport.commands[0x20], 7);
}

// What is declared holds for the smallest unit of each region, if the part
// cannot suspend.
static void latency_of_the_smallest_units(void **state) {
    (void)state;
    memset(&dev.part.erase_suspend, 0, sizeof dev.part.erase_suspend);
    const uint32_t small_us = xip_flash_latency_us(&dev);
    assert_true(small_us < dev.part.erase[2].max_us);
    dev.part.region_end[0] = 0x8000;
    dev.part.region_end[1] = dev.part.size_bytes;
    dev.part.erase[0].regions = 1;
    dev.part.erase[1].regions = 3; // 32 KB, the smallest of the second one
    dev.part.erase[2].regions = 2;
    const uint32_t us = xip_flash_latency_us(&dev);
    assert_true(us >= dev.part.erase[1].max_us);
    assert_true(us < dev.part.erase[2].max_us);
    memset(hostport.commands, 0, sizeof hostport.commands);
    assert_int_equal(xip_flash_erase(&dev, 0x10000, 0x10000), 0);
    assert_int_equal(hostport.commands[0x52], 2);
    assert_int_equal(hostport.commands[0xD8], 0);
}

static void refusals_send_nothing(void **state) {
    (void)state;
    uint8_t byte = 0;
    memset(hostport.commands, 0, sizeof hostport.commands);

    assert_int_equal(xip_flash_erase(&dev, 100, 4096), XIP_ERR_ALIGN);
    assert_int_equal(xip_flash_erase(&dev, 4096, 100), XIP_ERR_ALIGN);
    assert_int_equal(xip_flash_erase(&dev, 16u << 20, 4096), XIP_ERR_RANGE);
    assert_int_equal(xip_flash_erase(&dev, (16u << 20) - 4096, 8192),
            XIP_ERR_RANGE);
    assert_int_equal(xip_flash_erase(&dev, 4096, UINT32_MAX & ~4095u),
            XIP_ERR_RANGE);
    assert_int_equal(xip_flash_program(&dev, 16u << 20, &byte, 1),
            XIP_ERR_RANGE);
    assert_int_equal(xip_flash_program(&dev, 0, NULL, 1), XIP_ERR_PARAM);
    assert_int_equal(xip_flash_read(&dev, 0, NULL, 1), XIP_ERR_PARAM);

    hostport.context_bad = true;
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), XIP_ERR_CONTEXT);
    hostport.context_bad = false;
    hostport.bad_vector = 3;
    assert_int_equal(xip_flash_program(&dev, 0, &byte, 1), XIP_ERR_VECTOR);
    assert_int_equal(dev.bad_exception, 3);
    hostport.bad_vector = 0;
    hostport.dma = 1;
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), XIP_ERR_DMA);
    hostport.dma = 0;

    for (size_t i = 0; i < 256; i++) {
        assert_int_equal(hostport.commands[i], 0);
    }
}

static void running_image_is_kept(void **state) {
    (void)state;
    struct xip_flash_config c = hostport_config();
    c.image_addr = HOSTPORT_WINDOW + 0x10200;
    c.image_bytes = 0x5000;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    const uint8_t byte = 0;

    assert_int_equal(xip_flash_erase(&dev, 0x10000, 4096), XIP_ERR_RUNNING);
    assert_int_equal(xip_flash_erase(&dev, 0x15000, 4096), XIP_ERR_RUNNING);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x100000), XIP_ERR_RUNNING);
    assert_int_equal(xip_flash_program(&dev, 0x151FF, &byte, 1),
            XIP_ERR_RUNNING);
    assert_int_equal(xip_flash_program(&dev, 0x15200, &byte, 1), 0);
    assert_int_equal(xip_flash_erase(&dev, 0x16000, 4096), 0);

    hostport.vectors = HOSTPORT_WINDOW + 0x40000;
    assert_int_equal(xip_flash_erase(&dev, 0x40000, 4096), XIP_ERR_RUNNING);
    c.flags = XIP_FLASH_ALLOW_RUNNING;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_erase(&dev, 0x40000, 4096), 0);
}

static int hook_result;
static void reenter(void *ctx) {
    (void)ctx;
    hook_result = xip_flash_erase(&dev, 0x8000, 4096);
}

static void re_entry_is_refused(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = reenter};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    hook_result = 1;
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), 0);
    assert_int_equal(hook_result, XIP_ERR_BUSY);
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), 0); // given back
}

static unsigned releases;
static int stop_dma(void *ctx) {
    (void)ctx;
    hostport.dma = 0;
    return 0;
}

static void restart_dma(void *ctx) {
    (void)ctx;
    releases++;
}

static void quiesce_comes_before_the_checks(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {
            .quiesce = stop_dma, .release = restart_dma};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    releases = 0;
    hostport.dma = 1;
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), 0);
    assert_int_equal(releases, 1);
    hostport.bad_vector = 3; // refused after quiesce: released all the same
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), XIP_ERR_VECTOR);
    assert_int_equal(releases, 2);
    hostport.bad_vector = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), 0);
}

/// Splitting ///

static void erase_uses_the_largest_type_that_fits(void **state) {
    (void)state;
    memset(hostport.commands, 0, sizeof hostport.commands);
    // 4 KB to the 32 KB boundary, 32 KB, two of 64 KB, 32 KB, 4 KB.
    assert_int_equal(xip_flash_erase(&dev, 0x7000, 0x32000 - 0x1000), 0);
    assert_int_equal(hostport.commands[0xD8], 2);
    assert_int_equal(hostport.commands[0x52], 2);
    assert_int_equal(hostport.commands[0x20], 1);
    assert_int_equal(dev.stats.erases, 5);
    assert_no_reports();
}

static void program_splits_at_pages(void **state) {
    (void)state;
    uint8_t data[700];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7);
    }
    memset(hostport.commands, 0, sizeof hostport.commands);
    assert_int_equal(xip_flash_program(&dev, 0x2F0, data, sizeof data), 0);
    assert_int_equal(dev.stats.programs, 4); // 16 + 256 + 256 + 172
    assert_memory_equal(nor_array(hostport.nor) + 0x2F0, data, sizeof data);
    assert_int_equal(nor_array(hostport.nor)[0x2EF], 0xFF);
    assert_int_equal(nor_array(hostport.nor)[0x2F0 + 700], 0xFF);
    assert_no_reports();
}

static void source_in_the_window_is_bounced(void **state) {
    (void)state;
    uint8_t data[600];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i ^ 0x5A);
    }
    assert_int_equal(xip_flash_program(&dev, 0x1000, data, sizeof data), 0);
    const void *source = (const void *)(uintptr_t)(HOSTPORT_WINDOW + 0x1003);
    assert_int_equal(xip_flash_program(&dev, 0x5001, source, 590), 0);
    assert_memory_equal(nor_array(hostport.nor) + 0x5001, data + 3, 590);

    struct xip_flash_config c = hostport_config();
    c.bounce = NULL;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_program(&dev, 0x7000, source, 10),
            XIP_ERR_PARAM);
}

static void program_over_programmed_bits_is_reported(void **state) {
    (void)state;
    const uint8_t zero = 0x00;
    const uint8_t one = 0x01;
    assert_int_equal(xip_flash_program(&dev, 0x123, &zero, 1), 0);
    assert_int_equal(xip_flash_program(&dev, 0x123, &one, 1), XIP_ERR_VERIFY);
    assert_int_equal(dev.stop_off, 0x123);
}

/// A random history against a plain model ///

static void history_equals_a_plain_model(void **state) {
    (void)state;
    enum { AREA = 0x30000 };
    static uint8_t model[AREA];
    memset(model, 0xFF, sizeof model);
    seed = 20;
    for (unsigned round = 0; round < 400; round++) {
        if (random_below(4) == 0) {
            const uint32_t off = random_below(AREA / 4096) * 4096;
            const uint32_t len = (1 + random_below(8)) * 4096;
            if (off + len > AREA) {
                continue;
            }
            assert_int_equal(xip_flash_erase(&dev, off, len), 0);
            memset(model + off, 0xFF, len);
        } else {
            uint8_t data[1500];
            const uint32_t off = random_below(AREA - sizeof data);
            const uint32_t len = 1 + random_below(sizeof data);
            for (uint32_t i = 0; i < len; i++) {
                // Only clears bits, as a careful caller would.
                data[i] = (uint8_t)(model[off + i] & random_below(256));
                model[off + i] = data[i];
            }
            assert_int_equal(xip_flash_program(&dev, off, data, len), 0);
        }
    }
    assert_memory_equal(nor_array(hostport.nor), model, sizeof model);
    for (uint32_t i = AREA; i < AREA + 0x10000; i++) {
        assert_int_equal(nor_array(hostport.nor)[i], 0xFF);
    }
    assert_int_equal(hostport.mask_depth, 0);
    assert_int_equal(dev.stats.recoveries, 0);
}

/// A chip that misbehaves ///

static void open_misbehaving(const struct nor_options *options) {
    hostport_close();
    hostport_open("w25q128jv", NULL);
    const struct xip_flash_config config = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &config), 0);
    nor_set_faults(hostport.nor, options);
}

static void write_enable_that_does_not_hold(void **state) {
    (void)state;
    open_misbehaving(&(struct nor_options){.ignore_wren = true});
    assert_int_equal(xip_flash_erase(&dev, 0x3000, 4096), XIP_ERR_PROTECT);
    assert_int_equal(dev.stop_off, 0x3000);
    assert_true(hostport.mapped);
    assert_int_equal(hostport.commands[0x20], 0);
    assert_int_equal(hostport.mask_depth, 0);
}

// The chip never becomes idle, not even by reset: the MCU must be reset with
// the breadcrumb open, and the window must stay closed.
static void stuck_chip_resets_the_mcu(void **state) {
    (void)state;
    open_misbehaving(&(struct nor_options){.stuck_busy = true});
    jmp_buf fatal;
    hostport.fatal = &fatal;
    if (setjmp(fatal) == 0) {
        fail_msg("came back from a stuck chip with %d",
                xip_flash_erase(&dev, 0x3000, 4096));
    }
    assert_false(hostport.mapped);
    assert_int_equal(hostport.commands[0x66], 1);
    assert_int_equal(hostport.commands[0x99], 1);
    assert_int_equal(dev.resident.breadcrumb->state,
            XIP_BREADCRUMB_OPEN | XIP_OP_ERASE);
    assert_int_equal(dev.resident.breadcrumb->off, 0x3000);
}

static void cannot_suspend(void) {
    dev.part.erase_suspend.suspend_opcode = 0;
    dev.part.program_suspend.suspend_opcode = 0;
}

// The part takes longer than it declares and cannot suspend: reset brings it
// back, the code says that the sector is undefined, and the next erase works.
static void late_chip_is_reset_and_usable(void **state) {
    (void)state;
    cannot_suspend();
    dev.part.erase[0].max_us = 1000;
    assert_int_equal(xip_flash_erase(&dev, 0x3000, 4096), XIP_ERR_TIMEOUT);
    assert_int_equal(dev.stop_off, 0x3000);
    assert_int_equal(dev.stats.recoveries, 1);
    assert_true(hostport.mapped);
    dev.part.erase[0].max_us = 400000;
    assert_int_equal(xip_flash_erase(&dev, 0x3000, 4096), 0);
    assert_int_equal(dev.resident.breadcrumb->state, 0);
}

// After a reset something else answers: mapping it would run foreign bytes.
static void another_chip_after_reset_is_fatal(void **state) {
    (void)state;
    cannot_suspend();
    dev.part.erase[0].max_us = 1000;
    dev.resident.id ^= 0x10000u;
    jmp_buf fatal;
    hostport.fatal = &fatal;
    if (setjmp(fatal) == 0) {
        fail_msg("went on with another chip: %d",
                xip_flash_erase(&dev, 0x3000, 4096));
    }
    assert_false(hostport.mapped);
}

static void stopped_counter_does_not_hang(void **state) {
    (void)state;
    open_misbehaving(&(struct nor_options){.stuck_busy = true});
    hostport.counter_stopped = true;
    jmp_buf fatal;
    hostport.fatal = &fatal;
    if (setjmp(fatal) == 0) {
        fail_msg("came back from a stuck chip with %d",
                xip_flash_erase(&dev, 0x3000, 4096));
    }
    assert_int_equal(hostport.commands[0x99], 1);
}

static uint32_t watchdog_register;

static void watchdog_is_kept_alive(void **state) {
    (void)state;
    struct xip_flash_config c = hostport_config();
    c.watchdog = (struct xip_watchdog){
            .reg = &watchdog_register, .value = 0xAAAA, .interval_us = 5000};
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    watchdog_register = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, 65536), 0);
    assert_int_equal(watchdog_register, 0xAAAA);
}

static uint32_t lost;
static void count_lost(void *ctx, uint32_t ticks) {
    (void)ctx;
    lost += ticks;
}

static void lost_ticks_are_counted(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.lost_ticks = count_lost};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    hostport.tick_cycles = HOSTPORT_HCLK_HZ / 1000;
    lost = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, 4096), 0);
    const uint32_t ms = dev.stats.outage_max_cycles / hostport.tick_cycles;
    assert_in_range(lost, ms - 1, ms + 1);
    assert_true(lost > 10);
}

/// Suspension ///

static uint64_t us_of(uint32_t cycles) {
    return (uint64_t)cycles * 1000000u / HOSTPORT_HCLK_HZ;
}

static void interrupts_every(uint64_t period_ps) {
    hostport.irq_period_ps = period_ps;
    hostport.irq_next_ps = hostport.time_ps + period_ps;
    hostport.irq_worst_ps = 0;
    hostport.irq_served = 0;
}

// Code runs between the look at SysTick and the outage, and a wrap in it is
// served: it is none of those that the outage has lost.
static void ticks_served_in_front_of_an_outage_are_not_lost(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.lost_ticks = count_lost};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    // A fast tick, so that an outage of half a millisecond loses some.
    hostport.tick_cycles = HOSTPORT_HCLK_HZ / 10000;
    hostport.between_ps = 70 * NOR_US;
    hostport.look_ps = 100000; // 0.1 us: how exact the counts can be
    interrupts_every(NOR_MS);  // in step with the tick: errors add up
    lost = 0;
    hostport.ticks_lost = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_true(dev.stats.suspensions > 50);
    assert_true(lost > 200);
    assert_in_range(lost, hostport.ticks_lost - 2, hostport.ticks_lost + 2);
}

// One wrap stays pending for the whole call, ordinary code between two units
// included.
static void ticks_under_the_callers_mask_are_all_counted(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.lost_ticks = count_lost};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    c.erase_max_bytes = 0x1000;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    hostport.tick_cycles = HOSTPORT_HCLK_HZ / 1000;
    hostport.look_ps = 100000;
    for (unsigned i = 0; i < 4; i++) {
        // The second and third call begin with a tick that is pending already.
        hostport.between_ps = (i % 2 == 0 ? 70 : 2100) * NOR_US;
        hostport.time_ps += NOR_MS / 3;
        hostport.masked_by_caller = true;
        if (i == 0 || i == 3) {
            hostport.caller_masked_ps = hostport.time_ps;
        }
        const uint64_t before = hostport.time_ps / NOR_MS;
        const bool pending = i == 1 || i == 2;
        lost = 0;
        assert_int_equal(xip_flash_erase(&dev, 0, 0x8000), 0);
        const uint64_t wraps = hostport.time_ps / NOR_MS - before;
        const uint64_t want = pending ? wraps : wraps - 1;
        assert_in_range(lost, want - 8, want + 1);
        assert_true(wraps > 300);
    }
}

static unsigned writes_left, clock_reads;
static void write_the_counter(void) {
    if (hostport.mask_depth != 0 && writes_left != 0 &&
            ++clock_reads % 5000 == 0) {
        writes_left--;
        hostport.counter_off -= (uint32_t)(hostport.time_ps / 12500) +
                hostport.counter_off; // DWT->CYCCNT = 0
    }
}

// The usual profiling idiom, above the ceiling.
static void a_handler_that_writes_the_counter_ends_nothing(void **state) {
    (void)state;
    static const uint32_t starts[] = {5000, 0x40000000, 0x90000000, 0xFFFFF000};
    const struct xip_flash_hooks hooks = {.lost_ticks = count_lost};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    hostport.tick_cycles = HOSTPORT_HCLK_HZ / 1000;
    hostport.tick = write_the_counter;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        hostport.counter_off = starts[i];
        writes_left = 3;
        lost = 0;
        const uint64_t start_ps = hostport.time_ps;
        assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
        const uint64_t ms = (hostport.time_ps - start_ps) / NOR_MS;
        assert_int_equal(writes_left, 0);
        assert_true(lost <= ms);
        assert_true(us_of(dev.stats.outage_max_cycles) <= 1000 * (ms + 1));
        assert_true(us_of(dev.stats.wait_max_cycles) <= 1000 * (ms + 1));
    }
    hostport.tick = NULL;
    assert_int_equal(dev.stats.recoveries, 0);
}

// A slice that never ends; a clock that is no whole number of MHz.
static void declared_latency_of_odd_settings(void **state) {
    (void)state;
    static const uint32_t slices[] = {
            0, 1000, 20000, 1999999, 2000000, 0x7FFFFFFF, UINT32_MAX};
    static const uint32_t clocks[] = {
            1000000, 1250000, 4194304, 33333333, 80000000, 480000000};
    for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++) {
        for (size_t k = 0; k < sizeof clocks / sizeof clocks[0]; k++) {
            struct xip_flash_config c = hostport_config();
            c.slice_us = slices[i];
            c.hclk_hz = clocks[k];
            assert_int_equal(xip_flash_attach(&dev, &c), 0);
            const uint32_t max_us = dev.part.erase[2].max_us;
            const uint32_t least = slices[i] < max_us ? slices[i] : max_us;
            const uint32_t declared = xip_flash_latency_us(&dev);
            assert_true(declared >= least);
            // A slice is not longer than declared, nor much shorter.
            dev.op.kind = XIP_OP_ERASE;
            xip_flash_allow_suspend_(&dev, &dev.op);
            const uint64_t slice_us =
                    (uint64_t)dev.op.slice_cycles * 1000000 / clocks[k];
            assert_true(slice_us <= declared || declared >= max_us);
            assert_true(slices[i] > max_us ||
                    slice_us <= (uint64_t)least + least / 900 + 600);
        }
    }
    hostport.irq_period_ps = 0;
}

static void waiting_interrupts_suspend_the_erase(void **state) {
    (void)state;
    interrupts_every(NOR_MS);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_true(hostport.irq_served > 140);
    assert_true(dev.stats.suspensions > 140);
    assert_true(hostport.irq_worst_ps / NOR_US <= xip_flash_latency_us(&dev));
    // The library's own figure bounds what the model saw.
    assert_true(us_of(dev.stats.wait_max_cycles) >=
            hostport.irq_worst_ps / NOR_US);
    assert_true(us_of(dev.stats.wait_max_cycles) <= xip_flash_latency_us(&dev));
    assert_no_reports();
}

static void a_quiet_system_is_not_suspended(void **state) {
    (void)state;
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_int_equal(dev.stats.suspensions, 0);
}

static void a_caller_that_masks_is_obeyed(void **state) {
    (void)state;
    hostport.masked_by_caller = true;
    interrupts_every(NOR_MS);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x1000), 0);
    assert_int_equal(dev.stats.suspensions, 0);
}

// However fast they come, the erase ends, and no wait is longer than declared.
static void interrupt_storms_do_not_starve(void **state) {
    (void)state;
    static const uint64_t periods_us[] = {20, 50, 100, 333, 500, 777, 1000};
    for (size_t i = 0; i < sizeof periods_us / sizeof *periods_us; i++) {
        interrupts_every(periods_us[i] * NOR_US);
        assert_int_equal(xip_flash_erase(&dev, 0, 0x11000), 0);
        uint8_t page[512];
        memset(page, (int)i, sizeof page);
        assert_int_equal(xip_flash_program(&dev, 0x80, page, 512), 0);
        assert_memory_equal(nor_array(hostport.nor) + 0x80, page, 512);
        assert_true(hostport.irq_worst_ps / NOR_US <=
                xip_flash_latency_us(&dev));
    }
    assert_int_equal(dev.stats.recoveries, 0);
    assert_no_reports();
}

static uint32_t yields;
static int read_in_yield;
static uint8_t read_byte;
static void read_while_suspended(void *ctx) {
    (void)ctx;
    yields++;
    if (dev.resident.suspended) {
        read_in_yield = xip_flash_read(&dev, 0x8000, &read_byte, 1);
        assert_int_equal(xip_flash_read(&dev, 0x20000, &read_byte, 1), 0);
    }
}

static void the_suspended_unit_is_not_read(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = read_while_suspended};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    yields = 0;
    read_in_yield = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_true(yields > 100);
    assert_int_equal(read_in_yield, XIP_ERR_BUSY);
}

// The chip of another boot loader, described by `part`: what attach says.
static int attach_to(const struct nor_frame *read,
        const struct xip_flash_part *described) {
    struct xip_flash_config c = hostport_config();
    c.part = described;
    hostport_map(read, false);
    return xip_flash_attach(&dev, &c);
}

static void open_again(const char *name, struct xip_flash_part *described) {
    hostport_close();
    hostport_open(name, NULL);
    struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
    *described = dev.part;
    hostport_close();
    hostport_open(name, NULL);
}

// A part above 16 MiB whose table leads to 3-byte commands, in 4-byte mode:
// each command takes four bytes, or a page program would go elsewhere.
static void commands_follow_the_address_mode(void **state) {
    (void)state;
    struct xip_flash_part p;
    open_again("mx25l51245g", &p);
    p.addr_bytes = 3;
    p.size_bytes = 0x1000000;
    p.program_opcode = 0x02;
    p.program_lanes = 1;
    p.erase[0].opcode = 0x20;
    hostport_command(0xB7, NULL, 0);
    const struct nor_frame mode = {.has_opcode = true,
            .opcode = 0x0B,
            .opcode_lanes = 1,
            .addr_bytes = 4,
            .addr_lanes = 1,
            .dummy_clocks = 8,
            .data_lanes = 1};
    assert_int_equal(attach_to(&mode, &p), 0);
    assert_int_equal(dev.part.addr_bytes, 4);
    uint8_t data[4] = {1, 2, 3, 4};
    assert_int_equal(xip_flash_erase(&dev, 0x200000, 0x1000), 0);
    assert_int_equal(xip_flash_program(&dev, 0x200000, data, 4), 0);
    assert_memory_equal(nor_array(hostport.nor) + 0x200000, data, 4);
    // A read with four bytes in either mode does not say which one it is.
    const struct nor_frame fixed = {.has_opcode = true,
            .opcode = 0x0C,
            .opcode_lanes = 1,
            .addr_bytes = 4,
            .addr_lanes = 1,
            .dummy_clocks = 8,
            .data_lanes = 1};
    assert_int_equal(attach_to(&fixed, &p), XIP_ERR_CONFIG);
    p.id[0] = 0x01; // not known to leave it by B7h
    assert_int_equal(attach_to(&mode, &p), XIP_ERR_PART);
}

// Other dummy clocks, and no register known that a recovery could write.
static void unknown_dummy_clocks_are_refused(void **state) {
    (void)state;
    struct xip_flash_part p;
    open_again("n25q128a", &p);
    const uint8_t vcr = 0x6B;
    hostport_command(0x06, NULL, 0);
    hostport_command(0x81, &vcr, 1);
    struct nor_frame read = {.has_opcode = true,
            .opcode = 0x0B,
            .opcode_lanes = 1,
            .addr_bytes = 3,
            .addr_lanes = 1,
            .dummy_clocks = 6,
            .data_lanes = 1};
    assert_int_equal(attach_to(&read, &p), 0);
    assert_int_equal(dev.resident.replay_data[0], 0x6B);
    p.volatile_read_opcode = 0;
    assert_int_equal(attach_to(&read, &p), XIP_ERR_CONFIG);
    read.opcode = 0x03;
    read.dummy_clocks = 0;
    assert_int_equal(attach_to(&read, &p), 0);
}

// Quad enable is written again by the command that the part has for it.
static void quad_enable_comes_back_by_the_parts_own_command(void **state) {
    (void)state;
    struct xip_flash_part p;
    open_again("w25q128jv", &p);
    const struct nor_frame read = {.has_opcode = true,
            .opcode = 0x0B,
            .opcode_lanes = 1,
            .addr_bytes = 3,
            .addr_lanes = 1,
            .dummy_clocks = 8,
            .data_lanes = 1};
    const struct xip_resident *const r = &dev.resident;
    p.volatile_sr = true;
    p.qe = XIP_QE_SR2_BIT1_W31;
    assert_int_equal(attach_to(&read, &p), 0);
    assert_int_equal(r->replay_opcode, 0x31);
    assert_int_equal(r->replay_bytes, 1);
    assert_int_equal(r->replay_data[0] & 0x02, 0x02);
    p.qe = XIP_QE_SR2_BIT1_R35;
    assert_int_equal(attach_to(&read, &p), 0);
    assert_int_equal(r->replay_opcode, 0x01);
    assert_int_equal(r->replay_bytes, 2);
    assert_int_equal(r->replay_data[1] & 0x02, 0x02);
    p.qe = XIP_QE_SR2_BIT7; // none is known
    assert_int_equal(attach_to(&read, &p), 0);
    assert_int_equal(r->replay_opcode, 0);
    const struct nor_frame quad = {.has_opcode = true,
            .opcode = 0x6B,
            .opcode_lanes = 1,
            .addr_bytes = 3,
            .addr_lanes = 1,
            .dummy_clocks = 8,
            .data_lanes = 4};
    assert_int_equal(attach_to(&quad, &p), XIP_ERR_CONFIG);
}

static unsigned dma_turns;
static void start_dma(void *ctx) {
    (void)ctx;
    hostport.dma = dma_turns > 0;
    dma_turns -= dma_turns > 0 ? 1 : 0;
}

static void dma_started_in_a_suspension_holds_the_resume_back(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = start_dma};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    dma_turns = 3;
    assert_int_equal(xip_flash_erase(&dev, 0, 0x1000), 0);
    assert_int_equal(dev.stats.held_back, 3);
}

// Ordinary interrupts of every kind, at any place where they are not masked:
// they start and stop DMA from the window, enable and disable interrupts. The
// port aborts if the window is closed under one of them.
static uint32_t random_state;
static void change_surroundings(void) {
    if (hostport.mask_depth != 0) {
        return;
    }
    random_state = random_state * 1664525u + 1013904223u;
    const unsigned dice = random_state >> 24;
    hostport.dma = dice < 32 ? 1 : 0;
    hostport.bad_vector = dice % 32 == 1 ? 40 : 0;
}

static void changes_between_check_and_mask_hold_the_outage_back(void **state) {
    (void)state;
    uint8_t data[1024] = {0};
    for (uint32_t turn = 1; turn <= 60; turn++) {
        random_state = turn;
        interrupts_every(600);
        hostport.tick = change_surroundings;
        int err[4];
        err[0] = xip_flash_erase(&dev, 0, 0x3000);
        err[1] = xip_flash_program(&dev, 0x100, data, sizeof data);
        err[2] = xip_flash_erase_begin(&dev, 0x4000, 0x2000);
        do {
            err[3] = xip_flash_erase_poll(&dev);
        } while (err[3] == XIP_FLASH_MORE || err[3] == XIP_ERR_DMA ||
                err[3] == XIP_ERR_VECTOR);
        hostport.tick = NULL;
        hostport.dma = 0;
        hostport.bad_vector = 0;
        for (unsigned i = 0; i < 3; i++) { // refused at once, or not at all
            assert_true(err[i] == 0 || err[i] == XIP_ERR_DMA ||
                    err[i] == XIP_ERR_VECTOR);
        }
        assert_true(err[3] == (err[2] == 0 ? 0 : XIP_ERR_PARAM));
        if (err[0] == 0 && err[1] == 0) {
            assert_int_equal(xip_flash_verify(&dev, 0x100, data, sizeof data),
                    0);
        }
    }
    assert_true(dev.stats.held_back > 20);
}

static void never_ending_dma(void *ctx) {
    (void)ctx;
    hostport.dma = dev.resident.suspended;
    hostport.time_ps += 100 * NOR_MS;
}

static void a_hold_back_has_an_end(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = never_ending_dma};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    const uint64_t start_ps = hostport.time_ps;
    assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x2000), XIP_ERR_HELD);
    const uint64_t took_ps = hostport.time_ps - start_ps;
    assert_true(took_ps > 9900 * NOR_MS && took_ps < 10500 * NOR_MS);
    assert_true(hostport.mapped);
    assert_int_equal(dev.stop_off, 0x1000);
    assert_int_equal(dev.dirty_off, 0x1000);
    assert_int_equal(dev.dirty_bytes, 0x1000);
    assert_string_equal(xip_err_name(XIP_ERR_HELD), "XIP_ERR_HELD");
    // Refused while it goes on; then the next call ends what is suspended.
    assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x1000), XIP_ERR_DMA);
    hostport.dma = 0;
    hostport.irq_period_ps = 0;
    assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x1000), 0);
    assert_true(xip_flash_blank(&dev, 0x1000, 0x1000));
}

static unsigned dma_hook_turns;
static void long_dma_again_and_again(void *ctx) {
    (void)ctx;
    hostport.dma = dev.resident.suspended && ++dma_hook_turns % 60 != 0;
    hostport.time_ps += 100 * NOR_MS;
}

// Six seconds in each suspension: none of them is an end.
static void each_hold_back_counts_on_its_own(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {.yield = long_dma_again_and_again};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x1000), 0);
    assert_true(dev.stats.held_back > 200);
    hostport.dma = 0;
}

static void dma_after_a_unit(void *ctx, uint32_t done, uint32_t total) {
    (void)ctx;
    (void)total;
    hostport.dma = done == 0x1000;
}

static void let_time_pass(void *ctx) {
    (void)ctx;
    hostport.time_ps += 100 * NOR_MS;
}

// The unit has not begun: the code of the refusal, and nothing is dirty.
static void held_back_before_a_unit_is_a_refusal_in_the_end(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {
            .progress = dma_after_a_unit, .yield = let_time_pass};
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    dev.dirty_bytes = 0;
    const uint32_t commands = hostport.commands[0x20];
    assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x2000), XIP_ERR_DMA);
    assert_int_equal(hostport.commands[0x20], commands + 1);
    assert_int_equal(dev.stats.erases, 1);
    assert_int_equal(dev.stop_off, 0x2000);
    assert_int_equal(dev.dirty_bytes, 0);
    hostport.dma = 0;
}

static void background_erase_stands_still_between_polls(void **state) {
    (void)state;
    uint8_t zeros[300] = {0};
    assert_int_equal(xip_flash_program(&dev, 0x10100, zeros, 300), 0);
    assert_int_equal(xip_flash_erase_begin(&dev, 0x10000, 0x11000), 0);
    unsigned polls = 0;
    int more;
    while ((more = xip_flash_erase_poll(&dev)) == XIP_FLASH_MORE) {
        polls++;
        assert_true(hostport.mapped);
        assert_false(nor_busy(hostport.nor, hostport.time_ps));
        assert_int_equal(xip_flash_erase(&dev, 0, 0x1000), XIP_ERR_BUSY);
        hostport.time_ps += 3 * NOR_MS;
    }
    assert_int_equal(more, 0);
    assert_true(polls > 200);
    assert_true(xip_flash_blank(&dev, 0x10000, 0x11000));
    assert_true(us_of(dev.stats.outage_max_cycles) <=
            xip_flash_latency_us(&dev));
    assert_int_equal(xip_flash_erase(&dev, 0, 0x1000), 0); // given back
    assert_no_reports();
}

static int nested[2];
static unsigned locks, quiets;
static void call_from_a_hook(void *ctx, uint32_t done, uint32_t total) {
    (void)ctx;
    (void)done;
    (void)total;
    nested[0] = xip_flash_erase_poll(&dev);
    nested[1] = xip_flash_erase_cancel(&dev);
}
static void lock_once(void *ctx) {
    (void)ctx;
    assert_int_equal(locks, 0);
    locks++;
}
static void unlock_once(void *ctx) {
    (void)ctx;
    assert_int_equal(locks, 1);
    locks--;
}
static int quiet(void *ctx) {
    (void)ctx;
    assert_int_equal(quiets % 2, 0);
    quiets++;
    return quiets == 5 ? XIP_ERR_TRANSFER : 0;
}
static void loud(void *ctx) {
    (void)ctx;
    assert_int_equal(quiets % 2, 1);
    quiets++;
}

// A cancel button in the progress hook is refused: the lock is given back once.
// Bus masters are at rest in each outage, and only then.
static void hooks_of_a_background_erase(void **state) {
    (void)state;
    const struct xip_flash_hooks hooks = {
            .progress = call_from_a_hook,
            .lock = lock_once,
            .unlock = unlock_once,
            .quiesce = quiet,
            .release = loud,
    };
    struct xip_flash_config c = hostport_config();
    c.hooks = &hooks;
    quiets = 0;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_erase_begin(&dev, 0x10000, 0x2000), 0);
    assert_int_equal(locks, 1);
    int err;
    unsigned refused = 0;
    do {
        err = xip_flash_erase_poll(&dev);
        if (err == XIP_ERR_TRANSFER) { // handed on, and nothing done
            refused++;
            quiets++;
            assert_int_equal(quiets, 6);
        }
    } while (err == XIP_FLASH_MORE || err == XIP_ERR_TRANSFER);
    assert_int_equal(err, 0);
    assert_int_equal(refused, 1);
    assert_int_equal(nested[0], XIP_ERR_BUSY);
    assert_int_equal(nested[1], XIP_ERR_BUSY);
    assert_int_equal(locks, 0);
    assert_int_equal(quiets % 2, 0);
    assert_true(quiets > 100);
    assert_int_equal(xip_flash_erase_begin(&dev, 0x10000, 0x2000), 0);
    assert_int_equal(xip_flash_erase_poll(&dev), XIP_FLASH_MORE);
    const unsigned before = quiets;
    assert_int_equal(xip_flash_erase_cancel(&dev), 0);
    assert_int_equal(quiets, before + 2);
    assert_int_equal(locks, 0);
}

static void cancelled_erase_names_the_dirty_unit(void **state) {
    (void)state;
    assert_int_equal(xip_flash_erase_begin(&dev, 0x10000, 0x20000), 0);
    assert_int_equal(xip_flash_erase_poll(&dev), XIP_FLASH_MORE);
    assert_false(xip_flash_idle(&dev));
    assert_int_equal(xip_flash_clock_changed(&dev, 4000000), XIP_ERR_BUSY);
    assert_int_equal(xip_flash_erase_cancel(&dev), 0);
    assert_int_equal(dev.dirty_off, 0x10000);
    assert_int_equal(dev.dirty_bytes, 0x10000);
    assert_true(xip_flash_idle(&dev));
    uint32_t off;
    uint32_t len;
    assert_false(nor_operation(hostport.nor, &off, &len));
    assert_int_equal(xip_flash_erase_poll(&dev), XIP_ERR_PARAM);
}

static void a_part_that_cannot_suspend_takes_small_units(void **state) {
    (void)state;
    struct xip_flash_part part = dev.part;
    part.erase_suspend.suspend_opcode = 0;
    struct xip_flash_config c = hostport_config();
    c.part = &part;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_int_equal(dev.stats.erases, 16);
    assert_int_equal(dev.stats.suspensions, 0);
    assert_true(hostport.irq_worst_ps / NOR_US <= xip_flash_latency_us(&dev));
    assert_true(xip_flash_latency_us(&dev) > 400000);
    c.flags = XIP_FLASH_THROUGHPUT;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_int_equal(dev.stats.erases, 1);
}

// The flag never shows: the operation is taken for finished while it stands
// still. Read-back finds it, a resume lets it end.
static void a_flag_that_never_sets_is_survived(void **state) {
    (void)state;
    struct xip_flash_part part = dev.part;
    part.erase_suspend.flag_mask = 0;
    struct xip_flash_config c = hostport_config();
    c.part = &part;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_true(xip_flash_blank(&dev, 0, 0x10000));
}

// A suspend the part does not know: the erase goes on and ends.
static void an_ignored_suspend_is_survived(void **state) {
    (void)state;
    struct xip_flash_part part = dev.part;
    part.erase_suspend.suspend_opcode = 0xB0;
    struct xip_flash_config c = hostport_config();
    c.part = &part;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    interrupts_every(NOR_MS);
    assert_int_equal(xip_flash_erase(&dev, 0, 0x10000), 0);
    assert_int_equal(dev.stats.recoveries, 0);
    assert_int_equal(dev.stats.suspensions, 0);
}

/// Bring-up ///

static void bringup_from(const struct nor_frame *frames, size_t count,
        uint64_t wait_ps) {
    hostport_close();
    hostport_open("w25q128jv", NULL);
    for (size_t i = 0; i < count; i++) {
        hostport.time_ps += NOR_US;
        nor_begin(hostport.nor, hostport.time_ps, &frames[i]);
        if (frames[i].data_lanes != 0) {
            (void)nor_in(hostport.nor, hostport.time_ps);
        }
        nor_end(hostport.nor, hostport.time_ps);
    }
    hostport.time_ps += wait_ps;
    const struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
    assert_true(hostport.mapped);
    assert_int_equal(dev.part.id[0], 0xEF);
    uint32_t off;
    uint32_t len;
    assert_false(nor_operation(hostport.nor, &off, &len));
    assert_int_equal(xip_flash_erase(&dev, 0x7000, 4096), 0);
}

#define OPCODE(op) \
    { .has_opcode = true, .opcode = (op), .opcode_lanes = 1 }
#define WITH_ADDR(op, a) \
    { \
        .has_opcode = true, .opcode = (op), .opcode_lanes = 1, \
        .addr_bytes = 3, .addr_lanes = 1, .addr = (a) \
    }

static void bringup_from_any_state(void **state) {
    (void)state;
    bringup_from(NULL, 0, 0);

    const struct nor_frame asleep[] = {OPCODE(0xB9)};
    bringup_from(asleep, 1, 100 * NOR_US);

    const struct nor_frame erasing[] = {
            OPCODE(0x06), WITH_ADDR(0xD8, 0x100000)};
    bringup_from(erasing, 2, NOR_MS);
    // Waited for, not torn by a reset.
    assert_true(xip_flash_blank(&dev, 0x100000, 0x10000));

    const struct nor_frame suspended[] = {
            OPCODE(0x06), WITH_ADDR(0xD8, 0x100000), OPCODE(0x75)};
    bringup_from(suspended, 3, NOR_MS);

    const struct nor_frame continuous[] = {{.has_opcode = true,
            .opcode = 0xEB,
            .opcode_lanes = 1,
            .addr_bytes = 3,
            .addr_lanes = 4,
            .alt_bytes = 1,
            .alt_lanes = 4,
            .alt = 0xA5,
            .dummy_clocks = 4,
            .data_lanes = 4}};
    bringup_from(continuous, 1, NOR_US);
}

static void bringup_without_a_chip(void **state) {
    (void)state;
    hostport_close();
    hostport_open("w25q128jv", &(struct nor_options){.silent = true});
    const struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), XIP_ERR_PART);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_w25q, close_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
            CASE(attach_learns_the_part),
            CASE(attach_refuses),
            CASE(table_of_another_abi_is_refused),
            CASE(erases_by_the_units_of_each_region),
            CASE(latency_of_the_smallest_units),
            CASE(refusals_send_nothing),
            CASE(running_image_is_kept),
            CASE(re_entry_is_refused),
            CASE(quiesce_comes_before_the_checks),
            CASE(erase_uses_the_largest_type_that_fits),
            CASE(program_splits_at_pages),
            CASE(source_in_the_window_is_bounced),
            CASE(program_over_programmed_bits_is_reported),
            CASE(history_equals_a_plain_model),
            CASE(write_enable_that_does_not_hold),
            CASE(stuck_chip_resets_the_mcu),
            CASE(late_chip_is_reset_and_usable),
            CASE(another_chip_after_reset_is_fatal),
            CASE(stopped_counter_does_not_hang),
            CASE(watchdog_is_kept_alive),
            CASE(lost_ticks_are_counted),
            CASE(ticks_served_in_front_of_an_outage_are_not_lost),
            CASE(waiting_interrupts_suspend_the_erase),
            CASE(a_quiet_system_is_not_suspended),
            CASE(a_caller_that_masks_is_obeyed),
            CASE(interrupt_storms_do_not_starve),
            CASE(the_suspended_unit_is_not_read),
            CASE(commands_follow_the_address_mode),
            CASE(unknown_dummy_clocks_are_refused),
            CASE(quad_enable_comes_back_by_the_parts_own_command),
            CASE(dma_started_in_a_suspension_holds_the_resume_back),
            CASE(changes_between_check_and_mask_hold_the_outage_back),
            CASE(a_hold_back_has_an_end),
            CASE(each_hold_back_counts_on_its_own),
            CASE(held_back_before_a_unit_is_a_refusal_in_the_end),
            CASE(background_erase_stands_still_between_polls),
            CASE(hooks_of_a_background_erase),
            CASE(cancelled_erase_names_the_dirty_unit),
            CASE(ticks_under_the_callers_mask_are_all_counted),
            CASE(a_handler_that_writes_the_counter_ends_nothing),
            CASE(declared_latency_of_odd_settings),
            CASE(a_part_that_cannot_suspend_takes_small_units),
            CASE(a_flag_that_never_sets_is_survived),
            CASE(an_ignored_suspend_is_survived),
            CASE(bringup_from_any_state),
            CASE(bringup_without_a_chip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
