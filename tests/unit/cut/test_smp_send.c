/*
 * test_smp_send - the sender of a campaign against our own server
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/cut/smp_send.c xipsafe/transport/xip_smp.c
// sources: xipsafe/transport/xip_cbor.c xipsafe/transport/xip_smp_uart.c
// sources: xipsafe/image/*.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cut/smp_send.h"
#include "support/image_maker.h"
#include "xip_smp.h"

#define BYTE_PS 86805555ull // 10 bits at 115200 baud
#define ROOM 0x2000u

/// The device ///

static struct {
    struct xip_smp smp;
    struct xip_smp_uart uart;
    uint8_t line[1024], stored[ROOM];
    uint32_t stored_bytes, resumes_at;
    unsigned begins, tests;
    int begin_err;
} device;
static uint8_t digest[32]; // of the image that is sent

static int show(void *ctx, unsigned slot, struct xip_smp_slot *s) {
    (void)ctx;
    (void)slot;
    s->flags = XIP_SMP_PRESENT;
    memcpy(s->digest, digest, sizeof digest);
    return 0;
}

static int begin(void *ctx, const struct xip_smp_upload *upload) {
    (void)ctx;
    (void)upload;
    device.begins++;
    device.stored_bytes = 0;
    return device.begin_err;
}

// After the first packet it may have more than it was sent.
static int put(void *ctx, const uint8_t *data, uint32_t len) {
    (void)ctx;
    memcpy(device.stored + device.stored_bytes, data, len);
    device.stored_bytes += len;
    if (device.resumes_at > device.stored_bytes) {
        device.stored_bytes = device.resumes_at;
        device.resumes_at = 0;
        return (int)device.stored_bytes;
    }
    return 0;
}

static int finish(void *ctx) {
    (void)ctx;
    return 0;
}

static int test(void *ctx, unsigned slot) {
    (void)ctx;
    (void)slot;
    device.tests++;
    return 0;
}

static struct xip_smp_images images = {
        1, show, begin, put, finish, test, NULL, NULL};

static void start_device(void) {
    const struct xip_smp_config config = {
            .images = &images, .buffer_bytes = sizeof device.line};
    xip_smp_init(&device.smp, &config);
    xip_smp_uart_init(&device.uart, device.line, sizeof device.line);
}

/// The line between them ///

static struct smp_send sender;
static uint8_t file[ROOM];
static uint32_t file_bytes;
static uint64_t now;
static unsigned lose_every; // packet of the device's answers; 0: none
static unsigned answers;

static void to_sender(void *ctx, uint8_t byte) {
    (void)ctx;
    now += BYTE_PS;
    assert_true(smp_send_rx(&sender, now, byte));
}

static void to_device(uint8_t byte) {
    uint8_t answer[512];
    const int32_t got = xip_smp_uart_byte(&device.uart, byte);
    if (got <= 0) {
        return;
    }
    const uint32_t bytes = xip_smp_handle(&device.smp, device.uart.packet,
            (uint32_t)got, answer, sizeof answer);
    answers += bytes != 0;
    if (bytes && (!lose_every || answers % lose_every)) {
        xip_smp_uart_send(answer, bytes, to_sender, NULL);
    }
}

// Until nothing is left to do, or so many bytes have gone to the device.
static void run(unsigned bytes) {
    while (bytes) {
        const int byte = smp_send_next(&sender, now);
        if (byte >= 0) {
            now += BYTE_PS;
            to_device((uint8_t)byte);
            bytes--;
        } else if (smp_send_deadline(&sender) != SMP_SEND_NEVER) {
            now = smp_send_deadline(&sender);
            smp_send_tick(&sender, now);
        } else {
            return;
        }
    }
}

static int begin_test(void **state) {
    (void)state;
    struct maker m;
    memset(&device, 0, sizeof device);
    images.test = test;
    maker_start(&m, file, 0x200, 3000, 0x90100000);
    maker_seal(&m);
    memcpy(digest, m.data + m.size - 32, 32);
    file_bytes = m.size;
    lose_every = answers = 0;
    now = 0;
    start_device();
    smp_send_init(&sender, file, file_bytes, false);
    return 0;
}

static void assert_arrived(void) {
    assert_int_equal(sender.state, SMP_SEND_DONE);
    assert_true(smp_send_arrived(&sender));
    assert_int_equal(device.stored_bytes, file_bytes);
    assert_memory_equal(device.stored, file, file_bytes);
    assert_true(device.smp.reset_wanted);
}

/// Tests ///

static void it_uploads_tests_and_resets(void **state) {
    (void)state;
    run(100000);
    assert_arrived();
    assert_int_equal(device.tests, 1);
    assert_int_equal(device.begins, 1);
}

static void lost_answers_are_asked_for_again(void **state) {
    (void)state;
    for (lose_every = 2; lose_every < 9; lose_every++) {
        const unsigned lose = lose_every;
        begin_test(NULL);
        lose_every = lose;
        run(200000);
        assert_arrived();
        assert_true(now > SMP_SEND_ANSWER_PS);
    }
}

// Wherever it happens: it begins again, and the device says from where.
static void a_loss_of_power(void **state) {
    (void)state;
    for (unsigned bytes = 1; bytes < 5000; bytes += 37) {
        begin_test(NULL);
        run(bytes);
        const bool arrived = smp_send_arrived(&sender);
        const uint32_t kept = device.stored_bytes / 1024 * 1024;
        smp_send_line_lost(&sender);
        start_device();
        if (arrived) {
            assert_int_equal(sender.state, SMP_SEND_DONE);
            continue;
        }
        assert_int_equal(sender.off, 0);
        device.resumes_at = kept;
        run(100000);
        assert_arrived();
    }
}

static void serial_recovery_has_no_test(void **state) {
    (void)state;
    images.test = NULL;
    run(100000);
    assert_arrived();
    assert_int_equal(device.tests, 0);
}

static void a_device_that_will_not_have_it(void **state) {
    (void)state;
    device.begin_err = XIP_ERR_ADDRESS;
    run(1000000);
    assert_int_equal(sender.state, SMP_SEND_FAILED);
    assert_false(smp_send_arrived(&sender));
    assert_int_equal(device.begins, SMP_SEND_REFUSALS);
    assert_int_equal(smp_send_next(&sender, now), -1);
}

static void text_is_the_consoles(void **state) {
    (void)state;
    for (const char *c = "app: alive\n"; *c; c++) {
        assert_false(smp_send_rx(&sender, now, (uint8_t)*c));
    }
    smp_send_init(&sender, file, file_bytes, true);
    assert_int_equal(smp_send_next(&sender, now), -1);
    smp_send_arm(&sender);
    run(100000);
    assert_arrived();
}

#define TEST(name) cmocka_unit_test_setup(name, begin_test)
int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(it_uploads_tests_and_resets),
            TEST(lost_answers_are_asked_for_again),
            TEST(a_loss_of_power),
            TEST(serial_recovery_has_no_test),
            TEST(a_device_that_will_not_have_it),
            TEST(text_is_the_consoles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
