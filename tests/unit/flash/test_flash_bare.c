/*
 * test_flash_bare - erase and program of a boot program, on the chip model
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c
// sources: xipsafe/slots/*.c xipsafe/image/xip_image.c
// sources: host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"
#include "xip_err.h"
#include "xip_flash.h"
#include "xip_journal.h"

#define OFF 0x20000u
#define JOURNAL 0x40000u

static struct xip_flash dev;

static void open_chip(const char *part) {
    hostport_open(part, NULL);
    const struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
}

static const uint8_t *window(uint32_t off) {
    return (const uint8_t *)(uintptr_t)(HOSTPORT_WINDOW + off);
}

static void assert_no_reports(void) {
    for (unsigned i = 0; i < 32; i++) {
        if (hostport.reports[i]) {
            fail_msg("the chip reports: %s", hostport.last_report);
        }
    }
}

static void every_part_is_erased_and_programmed(void **state) {
    (void)state;
    uint8_t data[256];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 5 + 1);
    }
    for (size_t i = 0; nor_part_at(i); i++) {
        open_chip(nor_part_at(i)->name);
        const uint32_t unit = dev.part.erase[0].size_bytes;
        assert_int_equal(xip_flash_bare_program(&dev, OFF, data, 256), 0);
        assert_int_equal(xip_flash_bare_program(&dev, OFF + 0x110, data, 16),
                0);
        assert_memory_equal(window(OFF), data, 256);
        assert_memory_equal(window(OFF + 0x110), data, 16);
        assert_int_equal(*window(OFF + 0x120), 0xFF);
        assert_int_equal(xip_flash_bare_erase(&dev, OFF), 0);
        for (uint32_t at = 0; at < unit; at++) {
            assert_int_equal(*window(OFF + at), 0xFF);
        }
        assert_no_reports();
        hostport_close();
    }
}

static void refusals(void **state) {
    (void)state;
    open_chip("w25q128jv");
    const uint8_t data[2] = {0};
    const uint32_t size = dev.part.size_bytes;
    assert_int_equal(xip_flash_bare_erase(&dev, size), XIP_ERR_RANGE);
    assert_int_equal(xip_flash_bare_erase(&dev, OFF + 1), XIP_ERR_ALIGN);
    dev.part.region_end[0] = OFF + 0x1000; // and none has a unit
    dev.part.region_end[1] = size;
    assert_int_equal(xip_flash_bare_erase(&dev, OFF), XIP_ERR_ALIGN);
    dev.part.region_end[0] = 0;
    assert_int_equal(xip_flash_bare_program(&dev, size - 1, data, 2),
            XIP_ERR_RANGE);
    assert_int_equal(xip_flash_bare_program(&dev, OFF + 255, data, 2),
            XIP_ERR_PARAM);
    assert_int_equal(xip_flash_bare_program(&dev, OFF, data, 0), XIP_ERR_PARAM);
    assert_int_equal(xip_flash_bare_program(&dev, OFF, NULL, 2), XIP_ERR_PARAM);
    assert_int_equal(xip_flash_bare_program(NULL, OFF, data, 2), XIP_ERR_PARAM);
    assert_int_equal(hostport.commands[0x06], 0);
    // What is programmed already cannot become a one again.
    const uint8_t ones[2] = {0xFF, 0xFF};
    assert_int_equal(xip_flash_bare_program(&dev, OFF, data, 2), 0);
    assert_int_equal(xip_flash_bare_program(&dev, OFF, ones, 2),
            XIP_ERR_VERIFY);
    hostport_close();
}

/// The journal of a boot program, with the supply cut at any time ///

static uint64_t cut_ps;
static jmp_buf power;

static void cut_when_due(void) {
    if (cut_ps && hostport.time_ps >= cut_ps) {
        cut_ps = 0;
        hostport_power_cut(&power);
    }
}

static uint32_t random32(void) {
    static uint32_t x = 12345;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

// A chip with two cuts in a row now and then; at most `shown` and `wanted` may
// be found.
static void a_journal_survives_every_cut(void **state) {
    (void)state;
    open_chip("w25q128jv");
    static struct xip_journal journal;
    static struct xip_journal_flash place;
    static uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES];
    static uint32_t shown, wanted, cuts;
    struct xip_journal_io io;
    xip_journal_bare_io(&io, &place, &dev, JOURNAL, 0x2000);
    hostport.tick = cut_when_due;
    for (unsigned round = 0; round < 4000; round++) {
        if (setjmp(power) == 0) {
            const struct xip_flash_config c = hostport_config();
            cut_ps = 0;
            assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
            // An append takes some 2 ms, an erase 45 ms.
            cut_ps = hostport.time_ps +
                    (1 + random32() % 4000) * (NOR_US * (round % 8 ? 1 : 20));
            assert_int_equal(xip_journal_open(&journal, &io), 0);
            assert_int_equal(xip_journal_settle(&journal), 0);
            uint32_t found;
            memcpy(&found, journal.payload, sizeof found);
            if (found != shown && found != wanted) {
                fail_msg("round %u: found %u, not %u or %u", round,
                        (unsigned)found, (unsigned)shown, (unsigned)wanted);
            }
            shown = found;
            wanted = found;
            for (unsigned i = 0; i < 40; i++) {
                wanted = shown + 1 + random32() % 9;
                memcpy(payload, &wanted, sizeof wanted);
                assert_int_equal(xip_journal_append(&journal, payload), 0);
                shown = wanted;
            }
        } else {
            cuts++;
        }
    }
    printf("%u cuts\n", (unsigned)cuts);
    assert_true(cuts > 3000);
    // The same data again, or zeros: no 1 where the array has a 0.
    assert_int_equal(hostport.reports[NOR_NOT_BLANK], 0);
    hostport_close();
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_part_is_erased_and_programmed),
            cmocka_unit_test(refusals),
            cmocka_unit_test(a_journal_survives_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
