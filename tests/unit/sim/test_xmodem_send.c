/*
 * test_xmodem_send - the sender against a plain receiver of its own
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
// sources: host/sim/line/xmodem_send.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/line/xmodem_send.h"

#define MS 1000000000ull
#define BYTE_PS 86805555ull // 10 bits at 115200 baud

/// A receiver, written from the protocol and not from the sender ///

struct receiver {
    uint8_t data[8192];
    size_t bytes;
    uint8_t packet[1029];
    size_t have;
    uint8_t expected;
    unsigned bad, again;
    bool finished, cancelled;
    int refuse;                // packets to refuse although they are right
    bool doubts_end, end_seen; // wants the EOT twice
};

static uint16_t reference_crc(const uint8_t *data, size_t bytes) {
    uint32_t crc = 0; // remainder of the message times x^16 by 11021h
    for (size_t i = 0; i < bytes + 2; i++) {
        crc = crc << 8 | (i < bytes ? data[i] : 0);
        for (int bit = 23; bit >= 16; bit--) {
            if (crc & 1u << bit) {
                crc ^= 0x11021u << (bit - 16);
            }
        }
    }
    return (uint16_t)crc;
}

// Takes a byte; returns the answer or -1.
static int receive(struct receiver *r, uint8_t byte) {
    if (r->have == 0) {
        if (byte == 0x04) {
            if (r->doubts_end && !r->end_seen) {
                r->end_seen = true;
                return 0x15;
            }
            r->finished = true;
            return 0x06;
        }
        if (byte == 0x18) {
            r->cancelled = true;
            return -1;
        }
        if (byte != 0x01 && byte != 0x02) {
            return -1; // noise between packets
        }
    }
    r->packet[r->have++] = byte;
    const size_t block = r->packet[0] == 0x02 ? 1024 : 128;
    if (r->have < block + 5) {
        return -1;
    }
    r->have = 0;
    const uint16_t crc =
            (uint16_t)(r->packet[3 + block] << 8 | r->packet[4 + block]);
    if ((r->packet[1] ^ r->packet[2]) != 0xFF ||
            crc != reference_crc(r->packet + 3, block)) {
        r->bad++;
        return 0x15;
    }
    if (r->refuse) {
        r->refuse--;
        return 0x15;
    }
    if (r->packet[1] == (uint8_t)(r->expected - 1)) {
        r->again++;
        return 0x06;
    }
    if (r->packet[1] != r->expected) {
        return 0x18;
    }
    assert_true(r->bytes + block <= sizeof r->data);
    memcpy(r->data + r->bytes, r->packet + 3, block);
    r->bytes += block;
    r->expected++;
    return 0x06;
}

struct pair {
    struct xmodem_send x;
    struct receiver r;
    uint8_t data[5000];
    uint64_t now;
};

static void setup_pair(struct pair *p, size_t bytes) {
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < sizeof p->data; i++) {
        p->data[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    p->r.expected = 1;
    xmodem_send_init(&p->x, p->data, bytes, false);
}

static void request(struct pair *p) {
    assert_int_equal(xmodem_send_rx(&p->x, p->now, 'C'), XMODEM_HOLD);
    p->now = xmodem_send_deadline(&p->x);
    xmodem_send_tick(&p->x, p->now);
}

// Until nothing moves any more.
static void run(struct pair *p) {
    for (unsigned guard = 0; guard < 200000; guard++) {
        const int byte = xmodem_send_next(&p->x, p->now);
        if (byte < 0) {
            return;
        }
        p->now += BYTE_PS;
        const int answer = receive(&p->r, (uint8_t)byte);
        if (answer >= 0) {
            assert_int_equal(xmodem_send_rx(&p->x, p->now, (uint8_t)answer),
                    XMODEM_HIDE);
        }
    }
    fail_msg("the transfer does not end");
}

static void assert_arrived(const struct pair *p, size_t bytes) {
    assert_int_equal(p->x.state, XMODEM_DONE);
    assert_true(p->r.finished);
    assert_int_equal(xmodem_send_acknowledged(&p->x), bytes);
    assert_true(p->r.bytes >= bytes && p->r.bytes < bytes + 1024);
    assert_memory_equal(p->r.data, p->data, bytes);
    for (size_t i = bytes; i < p->r.bytes; i++) {
        assert_int_equal(p->r.data[i], 0x1A);
    }
}

/// Cases ///

static void test_crc(void **state) {
    (void)state;
    assert_int_equal(xmodem_crc((const uint8_t *)"123456789", 9), 0x31C3);
}

static void test_all_lengths_arrive(void **state) {
    (void)state;
    static const size_t lengths[] = {
            1, 127, 128, 129, 896, 897, 1023, 1024, 1025, 2048, 3000, 4999};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct pair p;
        setup_pair(&p, lengths[i]);
        request(&p);
        run(&p);
        assert_arrived(&p, lengths[i]);
        assert_int_equal(p.r.bad, 0);
        assert_int_equal(p.x.resent, 0);
    }
}

static void test_says_nothing_unasked(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 100);
    assert_int_equal(xmodem_send_next(&p.x, 0), -1);
    assert_int_equal(xmodem_send_deadline(&p.x), XMODEM_NEVER);
}

static void test_letters_of_a_text_do_not_start_it(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 100);
    const char *text = "C Clock: CCC";
    for (const char *c = text; *c; c++) {
        p.now += BYTE_PS;
        xmodem_send_rx(&p.x, p.now, (uint8_t)*c);
    }
    // The last one is quiet afterwards, but not alone.
    assert_int_equal(xmodem_send_deadline(&p.x), XMODEM_NEVER);
    xmodem_send_tick(&p.x, p.now + 100 * MS);
    assert_int_equal(xmodem_send_next(&p.x, p.now), -1);
    assert_int_equal(p.x.state, XMODEM_WAIT);
}

static void test_not_before_it_is_armed(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 100);
    xmodem_send_init(&p.x, p.data, 100, true);
    request(&p);
    assert_int_equal(xmodem_send_next(&p.x, p.now), -1);
    xmodem_send_arm(&p.x);
    p.now += 10 * MS;
    request(&p);
    run(&p);
    assert_arrived(&p, 100);
}

static void test_flipped_bit_is_sent_again(void **state) {
    (void)state;
    // In the data, the CRC, the number and its complement.
    static const uint64_t places[] = {500, 1027, 1030, 1031, 2057};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct pair p;
        setup_pair(&p, 3000);
        p.x.fault_at = places[i];
        request(&p);
        run(&p);
        assert_arrived(&p, 3000);
        assert_int_equal(p.r.bad, 1);
        assert_int_equal(p.x.resent, 1);
    }
}

static void test_lasting_fault_gives_up(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 3000);
    p.x.fault_at = 100;
    p.x.fault_every = 300;
    request(&p);
    run(&p);
    assert_int_equal(p.x.state, XMODEM_FAILED);
    assert_true(p.r.cancelled);
    assert_int_equal(p.r.bad, XMODEM_TRIES);
    assert_non_null(strstr(p.x.why, "10 times"));
    assert_int_equal(p.r.bytes, 0);
}

static void test_lost_answer_is_waited_for(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 128);
    request(&p);
    int byte;
    while ((byte = xmodem_send_next(&p.x, p.now)) >= 0) {
        p.now += BYTE_PS;
        (void)receive(&p.r, (uint8_t)byte); // its ACK is lost
    }
    const uint64_t deadline = xmodem_send_deadline(&p.x);
    assert_true(deadline >= p.now + 9000 * MS);
    xmodem_send_tick(&p.x, deadline - 1);
    assert_int_equal(xmodem_send_next(&p.x, deadline - 1), -1);
    p.now = deadline;
    xmodem_send_tick(&p.x, p.now);
    run(&p);
    assert_arrived(&p, 128);
    assert_int_equal(p.r.again, 1);
}

static void test_console_text_between_packets(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 3000);
    request(&p);
    int byte;
    unsigned count = 0;
    while ((byte = xmodem_send_next(&p.x, p.now)) >= 0) {
        p.now += BYTE_PS;
        if (count++ % 50 == 0) { // printed while packets arrive
            assert_int_equal(xmodem_send_rx(&p.x, p.now, 'v'), XMODEM_SHOW);
        }
        const int answer = receive(&p.r, (uint8_t)byte);
        if (answer >= 0) {
            xmodem_send_rx(&p.x, p.now, 'C');
            xmodem_send_rx(&p.x, p.now, (uint8_t)answer);
        }
    }
    assert_arrived(&p, 3000);
}

static void test_stale_answer_does_not_count(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 3000);
    request(&p);
    for (unsigned i = 0; i < 200; i++) {
        p.now += BYTE_PS;
        (void)receive(&p.r, (uint8_t)xmodem_send_next(&p.x, p.now));
    }
    xmodem_send_rx(&p.x, p.now, XMODEM_ACK);
    run(&p);
    assert_arrived(&p, 3000);
}

static void test_cancel_by_the_device(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 3000);
    request(&p);
    for (unsigned i = 0; i < 1200; i++) {
        p.now += BYTE_PS;
        const int answer =
                receive(&p.r, (uint8_t)xmodem_send_next(&p.x, p.now));
        if (answer >= 0) {
            xmodem_send_rx(&p.x, p.now, (uint8_t)answer);
        }
    }
    xmodem_send_rx(&p.x, p.now, XMODEM_CAN);
    assert_int_equal(p.x.state, XMODEM_DATA); // one may be noise
    xmodem_send_rx(&p.x, p.now, XMODEM_CAN);
    assert_int_equal(p.x.state, XMODEM_FAILED);
    assert_int_equal(xmodem_send_next(&p.x, p.now), -1);
    assert_non_null(strstr(p.x.why, "1024 bytes"));
}

static void test_restarted_device_gets_it_from_the_start(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 3000);
    request(&p);
    for (unsigned i = 0; i < 1500; i++) {
        const int byte = xmodem_send_next(&p.x, p.now);
        p.now += BYTE_PS;
        const int answer = receive(&p.r, (uint8_t)byte);
        if (answer >= 0) {
            xmodem_send_rx(&p.x, p.now, (uint8_t)answer);
        }
    }
    // The device lost what it had; the packet runs out into nothing.
    memset(&p.r, 0, sizeof p.r);
    p.r.expected = 1;
    while (xmodem_send_next(&p.x, p.now) >= 0) {
        p.now += BYTE_PS;
    }
    p.now += 1500 * MS;
    request(&p);
    run(&p);
    assert_arrived(&p, 3000);
    assert_int_equal(p.x.restarts, 1);
}

static void test_power_loss(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 3000);
    request(&p);
    for (unsigned i = 0; i < 100; i++) {
        p.now += BYTE_PS;
        xmodem_send_next(&p.x, p.now);
    }
    xmodem_send_line_lost(&p.x);
    assert_int_equal(xmodem_send_next(&p.x, p.now), -1);
    p.now += 10 * MS;
    request(&p);
    run(&p);
    assert_arrived(&p, 3000);
}

static void test_refused_once(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 2048);
    p.r.refuse = XMODEM_TRIES - 1;
    request(&p);
    run(&p);
    assert_arrived(&p, 2048);
    assert_int_equal(p.x.resent, XMODEM_TRIES - 1);
}

static void test_end_asked_twice(void **state) {
    (void)state;
    struct pair p;
    setup_pair(&p, 2048);
    p.r.doubts_end = true;
    request(&p);
    run(&p);
    assert_arrived(&p, 2048);
    assert_int_equal(p.x.resent, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_crc),
            cmocka_unit_test(test_all_lengths_arrive),
            cmocka_unit_test(test_says_nothing_unasked),
            cmocka_unit_test(test_letters_of_a_text_do_not_start_it),
            cmocka_unit_test(test_not_before_it_is_armed),
            cmocka_unit_test(test_flipped_bit_is_sent_again),
            cmocka_unit_test(test_lasting_fault_gives_up),
            cmocka_unit_test(test_lost_answer_is_waited_for),
            cmocka_unit_test(test_console_text_between_packets),
            cmocka_unit_test(test_stale_answer_does_not_count),
            cmocka_unit_test(test_cancel_by_the_device),
            cmocka_unit_test(test_restarted_device_gets_it_from_the_start),
            cmocka_unit_test(test_power_loss),
            cmocka_unit_test(test_refused_once),
            cmocka_unit_test(test_end_asked_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
