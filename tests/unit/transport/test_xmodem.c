/*
 * test_xmodem - the XMODEM receiver: every answer, and a line that damages
 *
 * SPDX-License-Identifier: MIT
 *
 * The sender here is ours and plain: it sends a packet, waits for one answer,
 * and repeats the packet on anything but ACK.
 */
// sources: xipsafe/transport/xip_xmodem.c
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xip_xmodem.h"

#define SOH 0x01
#define STX 0x02
#define EOT 0x04
#define ACK 0x06
#define NAK 0x15
#define CAN 0x18
#define FILE_BYTES 9000u

static struct xip_xmodem x;
static uint8_t buffers[2][XIP_XMODEM_PACKET_BYTES];
static uint8_t file[FILE_BYTES];
static uint8_t packet[XIP_XMODEM_PACKET_BYTES + 5];

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t n) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % n;
}

static int fill_file(void **state) {
    (void)state;
    for (unsigned i = 0; i < FILE_BYTES; i++) {
        file[i] = (uint8_t)random_below(256);
    }
    return 0;
}

static void begin(void) {
    assert_int_equal(xip_xmodem_begin(&x, buffers[0], buffers[1]), 'C');
}

// CRC-16 by long division of the message with 16 zero bits behind it: another
// way than the receiver's, so that one mistake cannot be made twice.
static uint16_t crc_by_division(const uint8_t *data, size_t len) {
    uint32_t rest = 0;
    for (size_t bit = 0; bit < 8 * (len + 2); bit++) {
        const uint32_t next =
                bit < 8 * len ? data[bit / 8] >> (7 - bit % 8) & 1 : 0;
        rest = rest << 1 | next;
        if (rest & 0x10000) {
            rest ^= 0x11021;
        }
    }
    return (uint16_t)rest;
}

// Into `packet`; the data behind the end of the file is padding.
static size_t make_packet(uint8_t number, size_t off, size_t size) {
    packet[0] = size == 128 ? SOH : STX;
    packet[1] = number;
    packet[2] = (uint8_t)~number;
    for (size_t i = 0; i < size; i++) {
        packet[3 + i] = off + i < FILE_BYTES ? file[off + i] : 0x1A;
    }
    const uint16_t crc = crc_by_division(packet + 3, size);
    packet[3 + size] = (uint8_t)(crc >> 8);
    packet[4 + size] = (uint8_t)crc;
    return size + 5;
}

// Feed bytes; all but the last must cause nothing.
static uint32_t feed(const uint8_t *bytes, size_t len) {
    for (size_t i = 0; i + 1 < len; i++) {
        assert_int_equal(xip_xmodem_byte(&x, bytes[i]), 0);
    }
    return xip_xmodem_byte(&x, bytes[len - 1]);
}

static uint32_t feed_packet(uint8_t number, size_t off, size_t size) {
    return feed(packet, make_packet(number, off, size));
}

static void assert_data(uint32_t event, size_t off, size_t size) {
    assert_int_equal(event, ACK | XIP_XMODEM_DATA);
    assert_int_equal(x.data_bytes, size);
    assert_memory_equal(x.data, file + off, size);
}

/// One thing at a time ///

static void test_known_crc(void **state) {
    (void)state;
    // The check value of CRC-16/XMODEM.
    assert_int_equal(crc_by_division((const uint8_t *)"123456789", 9), 0x31C3);
}

static void test_both_sizes(void **state) {
    (void)state;
    begin();
    assert_data(feed_packet(1, 0, 1024), 0, 1024);
    assert_data(feed_packet(2, 1024, 128), 1024, 128);
    assert_data(feed_packet(3, 1152, 1024), 1152, 1024);
    assert_int_equal(x.received_bytes, 2176);
    assert_int_equal(xip_xmodem_byte(&x, EOT), NAK);
    assert_int_equal(xip_xmodem_byte(&x, EOT), ACK | XIP_XMODEM_END);
    // The ACK was lost: the sender says it again.
    assert_int_equal(xip_xmodem_byte(&x, EOT), ACK);
    assert_int_equal(xip_xmodem_byte(&x, SOH), 0);
    assert_int_equal(xip_xmodem_timeout(&x), 0);
    assert_int_equal(x.error, 0);
}

static void test_packet_stays_while_the_next_arrives(void **state) {
    (void)state;
    begin();
    assert_data(feed_packet(1, 0, 1024), 0, 1024);
    const uint8_t *first = x.data;
    const size_t len = make_packet(2, 1024, 1024);
    for (size_t i = 0; i + 1 < len; i++) {
        assert_int_equal(xip_xmodem_byte(&x, packet[i]), 0);
    }
    assert_ptr_equal(x.data, first);
    assert_memory_equal(first, file, 1024);
    assert_data(xip_xmodem_byte(&x, packet[len - 1]), 1024, 1024);
    assert_memory_equal(first, file, 1024);
    assert_data(feed_packet(3, 2048, 1024), 2048, 1024);
    assert_ptr_equal(x.data, first);
}

static void test_one_buffer_twice(void **state) {
    (void)state;
    assert_int_equal(xip_xmodem_begin(&x, buffers[0], buffers[0]), 'C');
    for (unsigned i = 0; i < 8; i++) {
        assert_data(feed_packet((uint8_t)(i + 1), 1024 * i, 1024), 1024 * i,
                1024);
    }
}

static void test_asks_until_somebody_sends(void **state) {
    (void)state;
    begin();
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(xip_xmodem_timeout(&x), 'C');
    }
    // Line noise before the start is answered the same way, but counts.
    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal(xip_xmodem_byte(&x, 0x55), 0);
        assert_int_equal(xip_xmodem_timeout(&x), 'C');
    }
    assert_data(feed_packet(1, 0, 128), 0, 128);
    assert_int_equal(x.errors, 9);
    assert_int_equal(xip_xmodem_timeout(&x), NAK);
}

static void test_damaged_packet_is_refused_at_its_end(void **state) {
    (void)state;
    for (size_t at = 1; at < 133; at++) {
        begin();
        assert_data(feed_packet(1, 0, 128), 0, 128);
        const size_t len = make_packet(2, 128, 128);
        packet[at] ^= (uint8_t)(1u << at % 8);
        assert_int_equal(feed(packet, len), NAK);
        assert_data(feed_packet(2, 128, 128), 128, 128);
        assert_int_equal(x.errors, 1);
    }
}

static void test_lost_byte_is_a_timeout(void **state) {
    (void)state;
    begin();
    assert_data(feed_packet(1, 0, 128), 0, 128);
    for (size_t lost = 0; lost < 133; lost++) {
        const size_t len = make_packet(2, 128, 128);
        for (size_t i = 0; i < len; i++) {
            if (i != lost) {
                assert_int_equal(xip_xmodem_byte(&x, packet[i]), 0);
            }
        }
        assert_int_equal(xip_xmodem_timeout(&x), NAK);
        x.row = 0; // not in a row
    }
    assert_data(feed_packet(2, 128, 128), 128, 128);
}

// Without its first byte, packet 4 begins with an EOT.
static void test_packet_4_without_its_first_byte(void **state) {
    (void)state;
    begin();
    for (unsigned i = 0; i < 3; i++) {
        assert_data(feed_packet((uint8_t)(i + 1), 128 * i, 128), 128 * i, 128);
    }
    const size_t len = make_packet(4, 384, 128);
    assert_int_equal(xip_xmodem_byte(&x, packet[1]), NAK);
    for (size_t i = 2; i < len; i++) {
        assert_int_equal(xip_xmodem_byte(&x, packet[i]), 0);
    }
    assert_int_equal(xip_xmodem_timeout(&x), NAK);
    assert_data(feed_packet(4, 384, 128), 384, 128);
    assert_int_equal(xip_xmodem_byte(&x, EOT), NAK); // forgot the false one
    assert_int_equal(xip_xmodem_timeout(&x), NAK);
    assert_int_equal(xip_xmodem_byte(&x, EOT), ACK | XIP_XMODEM_END);
}

// An EOT is confirmed by another one only if nothing came between them.
static void test_false_eot_is_forgotten(void **state) {
    (void)state;
    begin();
    assert_data(feed_packet(1, 0, 128), 0, 128);
    assert_int_equal(xip_xmodem_byte(&x, EOT), NAK);
    assert_data(feed_packet(2, 128, 128), 128, 128);
    assert_int_equal(xip_xmodem_byte(&x, EOT), NAK);
    assert_int_equal(xip_xmodem_byte(&x, 0x55), 0);
    assert_int_equal(xip_xmodem_timeout(&x), NAK);
    assert_int_equal(xip_xmodem_byte(&x, EOT), NAK);
    assert_int_equal(xip_xmodem_byte(&x, CAN), 0);
    assert_int_equal(xip_xmodem_byte(&x, 0x55), 0);
    assert_int_equal(xip_xmodem_timeout(&x), NAK);
    assert_int_equal(xip_xmodem_byte(&x, EOT), NAK);
    assert_int_equal(xip_xmodem_byte(&x, EOT), ACK | XIP_XMODEM_END);
}

static void test_duplicate_is_acknowledged_and_dropped(void **state) {
    (void)state;
    begin();
    assert_int_equal(feed_packet(0, 0, 128), NAK); // before the first
    assert_data(feed_packet(1, 0, 128), 0, 128);
    assert_int_equal(feed_packet(1, 0, 128), ACK);
    assert_int_equal(x.received_bytes, 128);
    assert_memory_equal(x.data, file, 128);
    assert_data(feed_packet(2, 128, 128), 128, 128);
    assert_int_equal(feed_packet(1, 0, 128), NAK); // two back
    assert_int_equal(feed_packet(4, 384, 128), NAK);
    assert_data(feed_packet(3, 256, 128), 256, 128);
}

static void test_numbers_wrap(void **state) {
    (void)state;
    begin();
    for (unsigned i = 1; i <= 600; i++) {
        assert_int_equal(feed_packet((uint8_t)i, i % 64 * 128, 128),
                ACK | XIP_XMODEM_DATA);
        if (i % 256 < 2) {
            assert_int_equal(feed_packet((uint8_t)i, i % 64 * 128, 128), ACK);
        }
    }
    assert_int_equal(x.received_bytes, 600 * 128);
}

static void assert_failed(uint32_t event, uint32_t answer) {
    assert_int_equal(event, answer | XIP_XMODEM_FAILED);
    assert_int_equal(x.error, XIP_ERR_TRANSFER);
    // Nothing brings it back.
    assert_int_equal(feed_packet(1, 0, 128), 0);
    assert_int_equal(xip_xmodem_byte(&x, EOT), 0);
    assert_int_equal(xip_xmodem_byte(&x, EOT), 0);
    assert_int_equal(xip_xmodem_timeout(&x), 0);
}

static uint32_t one_error(unsigned kind) {
    switch (kind) {
    case 0:
        return xip_xmodem_timeout(&x);
    case 1:
        make_packet(2, 128, 128);
        packet[100] ^= 1;
        return feed(packet, 133);
    case 2:
        return feed_packet(1, 0, 128); // the same one again
    default:
        return feed_packet(9, 0, 128);
    }
}

static void test_ten_errors_in_a_row_are_the_end(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < 5; kind++) {
        begin();
        assert_data(feed_packet(1, 0, 128), 0, 128);
        for (unsigned i = 1; i < 10; i++) {
            const unsigned k = kind == 4 ? i % 4 : kind;
            assert_int_equal(one_error(k), k == 2 ? ACK : NAK);
        }
        assert_failed(one_error(kind % 4), CAN | XIP_XMODEM_TWICE);
    }
    begin();
    assert_data(feed_packet(1, 0, 128), 0, 128);
    for (unsigned i = 1; i < 10; i++) {
        assert_int_equal(one_error(1), NAK);
    }
    assert_data(feed_packet(2, 128, 128), 128, 128); // in time
    assert_int_equal(one_error(0), NAK);
}

static void test_cancel(void **state) {
    (void)state;
    begin();
    assert_data(feed_packet(1, 0, 128), 0, 128);
    assert_int_equal(xip_xmodem_byte(&x, CAN), 0);
    assert_failed(xip_xmodem_byte(&x, CAN), 0);
    begin();
    assert_failed(xip_xmodem_cancel(&x), CAN | XIP_XMODEM_TWICE);
    // One CAN alone is noise; in a packet it is data.
    begin();
    assert_int_equal(xip_xmodem_byte(&x, CAN), 0);
    assert_int_equal(xip_xmodem_byte(&x, 'x'), 0);
    assert_int_equal(xip_xmodem_byte(&x, CAN), 0);
    assert_int_equal(xip_xmodem_byte(&x, CAN), 0);
    assert_int_equal(xip_xmodem_timeout(&x), 'C');
    memset(file, CAN, 128);
    assert_data(feed_packet(1, 0, 128), 0, 128);
    fill_file(NULL);
}

/// A line that damages ///

struct line {
    unsigned flip, drop, insert; // one byte in so many; 0: never
    unsigned answer_lost, answer_wrong;
    bool short_packets;
};

static bool happens(unsigned one_in) {
    return one_in != 0 && random_below(one_in) == 0;
}

static uint8_t received[FILE_BYTES + 2048];
static size_t received_bytes;
static bool ended, failed;
static int answer; // the last byte that came back, -1: none

static void handle(const struct line *line, uint32_t event) {
    if (event & XIP_XMODEM_DATA) {
        assert_true(received_bytes + x.data_bytes <= sizeof received);
        memcpy(received + received_bytes, x.data, x.data_bytes);
        received_bytes += x.data_bytes;
    }
    ended = ended || (event & XIP_XMODEM_END);
    failed = failed || (event & XIP_XMODEM_FAILED);
    const int byte = (int)(event & XIP_XMODEM_ANSWER);
    if (byte != 0 && !happens(line->answer_lost)) {
        answer = happens(line->answer_wrong) ? (int)random_below(256) : byte;
    }
}

static void transmit(const struct line *line, const uint8_t *bytes,
        size_t len) {
    answer = -1;
    for (size_t i = 0; i < len; i++) {
        if (happens(line->insert)) {
            handle(line, xip_xmodem_byte(&x, (uint8_t)random_below(256)));
        }
        if (!happens(line->drop)) {
            const uint8_t flip =
                    happens(line->flip) ? (uint8_t)(1u << random_below(8)) : 0;
            handle(line, xip_xmodem_byte(&x, bytes[i] ^ flip));
        }
    }
    // The sender waits some ten times as long as the receiver.
    for (unsigned i = 0; answer < 0 && i < 10; i++) {
        handle(line, xip_xmodem_timeout(&x));
    }
}

// True if the sender believes that all is done.
static bool send_file(const struct line *line) {
    uint8_t number = 1;
    for (size_t off = 0; off < FILE_BYTES; number++) {
        const bool is_short = line->short_packets || FILE_BYTES - off < 896;
        const size_t size = is_short ? 128 : 1024;
        unsigned tries = 0;
        do {
            if (failed || ++tries > 10) {
                return false;
            }
            transmit(line, packet, make_packet(number, off, size));
        } while (answer != ACK);
        off += size;
    }
    static const uint8_t eot = EOT;
    for (unsigned tries = 0; tries < 10 && !failed; tries++) {
        transmit(line, &eot, 1);
        if (answer == ACK) {
            return true;
        }
    }
    return false;
}

// What came is a beginning of the file and, if it ended, all of it.
static void run(const struct line *line, unsigned *good) {
    received_bytes = 0;
    ended = failed = false;
    begin();
    send_file(line);
    const size_t n = received_bytes < FILE_BYTES ? received_bytes : FILE_BYTES;
    assert_memory_equal(received, file, n);
    for (size_t i = FILE_BYTES; i < received_bytes; i++) {
        assert_int_equal(received[i], 0x1A);
    }
    assert_false(ended && failed);
    assert_int_equal(failed, x.error == XIP_ERR_TRANSFER);
    if (ended) {
        assert_true(received_bytes >= FILE_BYTES);
        (*good)++;
    }
}

static void test_clean_line(void **state) {
    (void)state;
    unsigned good = 0;
    struct line line = {0};
    run(&line, &good);
    assert_int_equal(x.errors, 0);
    line.short_packets = true;
    run(&line, &good);
    assert_int_equal(good, 2);
}

static void test_damaging_lines(void **state) {
    (void)state;
    static const struct line lines[] = {
            {.flip = 3000}, {.drop = 3000}, {.insert = 3000},
            {.answer_lost = 5}, {.answer_wrong = 8},
            {.flip = 500, .short_packets = true},
            {.drop = 400, .short_packets = true},
            {.insert = 400, .short_packets = true},
            {.flip = 4000,
                    .drop = 4000,
                    .insert = 4000,
                    .answer_lost = 20,
                    .answer_wrong = 50},
            {.flip = 1000,
                    .drop = 1000,
                    .insert = 1000,
                    .answer_lost = 20,
                    .answer_wrong = 50,
                    .short_packets = true},
            {.drop = 20, .short_packets = true}, // hopeless
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        unsigned good = 0;
        for (uint32_t seed = 1; seed <= 100; seed++) {
            random_state = seed;
            run(&lines[i], &good);
        }
        // A receiver that always gave up would pass all of the above.
        const bool hopeless = lines[i].drop == 20;
        if (hopeless ? good != 0 : good < 20) {
            fail_msg("line %zu: %u of 100 arrived", i, good);
        }
    }
}

// No sender at all, bytes only: never out of bounds, never an end.
static void test_random_bytes(void **state) {
    (void)state;
    static const uint8_t likely[] = {SOH, STX, EOT, CAN, 1, 0xFE};
    random_state = 7;
    for (unsigned turn = 0; turn < 2000; turn++) {
        begin();
        for (unsigned i = 0; i < 3000; i++) {
            const uint8_t byte = happens(2) ? (uint8_t)random_below(256)
                                            : likely[random_below(6)];
            const uint32_t event = happens(200) ? xip_xmodem_timeout(&x)
                                                : xip_xmodem_byte(&x, byte);
            // Its CRC would have to be right by chance.
            assert_false(event & XIP_XMODEM_DATA);
        }
        assert_int_equal(x.received_bytes, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_known_crc),
            cmocka_unit_test(test_both_sizes),
            cmocka_unit_test(test_packet_stays_while_the_next_arrives),
            cmocka_unit_test(test_one_buffer_twice),
            cmocka_unit_test(test_asks_until_somebody_sends),
            cmocka_unit_test(test_damaged_packet_is_refused_at_its_end),
            cmocka_unit_test(test_lost_byte_is_a_timeout),
            cmocka_unit_test(test_packet_4_without_its_first_byte),
            cmocka_unit_test(test_false_eot_is_forgotten),
            cmocka_unit_test(test_duplicate_is_acknowledged_and_dropped),
            cmocka_unit_test(test_numbers_wrap),
            cmocka_unit_test(test_ten_errors_in_a_row_are_the_end),
            cmocka_unit_test(test_cancel),
            cmocka_unit_test(test_clean_line),
            cmocka_unit_test(test_damaging_lines),
            cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, fill_file, NULL);
}
