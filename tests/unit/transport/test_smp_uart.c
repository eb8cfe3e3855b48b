/*
 * test_smp_uart - the serial framing of SMP: known lines, damage, text between
 *
 * SPDX-License-Identifier: MIT
 *
 * The lines come from the protocol's public description and from independent
 * programs; the CRC here is another algorithm than the framing's.
 */
// sources: xipsafe/transport/xip_smp_uart.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xip_smp_uart.h"

#define CAP 1024u

static struct xip_smp_uart uart;
static uint8_t *buffer; // of just the size, which AddressSanitizer watches

static int open_uart(void **state) {
    (void)state;
    buffer = malloc(CAP);
    xip_smp_uart_init(&uart, buffer, CAP);
    return buffer ? 0 : -1;
}

static int close_uart(void **state) {
    (void)state;
    free(buffer);
    return 0;
}

/// The other end, plain ///

static char wire[8000];
static size_t wire_bytes;

static void put(void *ctx, uint8_t byte) {
    assert_ptr_equal(ctx, &uart);
    assert_true(wire_bytes < sizeof wire);
    wire[wire_bytes++] = (char)byte;
}

static void send_packet(const void *packet, size_t size) {
    wire_bytes = 0;
    xip_smp_uart_send(packet, (uint32_t)size, put, &uart);
}

// All bytes; returns what the last one returned, the others being `taken`.
static int32_t feed(const char *bytes, size_t size) {
    for (size_t i = 0; i + 1 < size; i++) {
        assert_int_equal(xip_smp_uart_byte(&uart, (uint8_t)bytes[i]),
                XIP_SMP_UART_TAKEN);
    }
    return xip_smp_uart_byte(&uart, (uint8_t)bytes[size - 1]);
}

static int32_t feed_line(const char *text) {
    char line[200];
    snprintf(line, sizeof line, "\6\11%s\n", text);
    return feed(line, strlen(line));
}

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

// base64 with lines of any length, as other programs could cut them.
static size_t make_lines(char *out, const uint8_t *raw, size_t size,
        size_t chars_per_line) {
    static const char alphabet[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[4000];
    size_t chars = 0;
    for (size_t i = 0; i < size; i += 3) {
        const unsigned n = size - i < 3 ? (unsigned)(size - i) : 3;
        uint32_t bits = 0;
        for (unsigned j = 0; j < 3; j++) {
            bits = bits << 8 | (j < n ? raw[i + j] : 0);
        }
        for (unsigned j = 0; j < 4; j++) {
            text[chars++] = j <= n ? alphabet[bits >> (18 - 6 * j) & 63] : '=';
        }
    }
    size_t out_bytes = 0;
    for (size_t i = 0; i < chars; i += chars_per_line) {
        const size_t n =
                chars - i < chars_per_line ? chars - i : chars_per_line;
        out[out_bytes] = i ? 4 : 6;
        out[out_bytes + 1] = i ? 0x14 : 9;
        memcpy(out + out_bytes + 2, text + i, n);
        out[out_bytes + 2 + n] = '\n';
        out_bytes += n + 3;
    }
    return out_bytes;
}

static size_t make_raw(uint8_t *raw, const uint8_t *packet, size_t size) {
    const uint16_t crc = crc_by_division(packet, size);
    raw[0] = (uint8_t)((size + 2) >> 8);
    raw[1] = (uint8_t)(size + 2);
    memcpy(raw + 2, packet, size);
    raw[2 + size] = (uint8_t)(crc >> 8);
    raw[3 + size] = (uint8_t)crc;
    return size + 4;
}

/// Known lines ///

static const struct {
    const char *base64;
    size_t size;
    const char *packet;
} known[] = {
        {"AA9IZWxsbywgd29ybGQhet4=", 13, "Hello, world!"},
        {"ABAKAAAGAAABAKFhZGJoaaWv", 14,
                "\x0a\0\0\6\0\0\1\0\xa1\x61\x64\x62hi"},
        {"AAsIAAABAAECAKDBYQ==", 9, "\x08\0\0\1\0\1\2\0\xa0"},
        {"AAsKAAABAAADBaC5dw==", 9, "\x0a\0\0\1\0\0\3\5\xa0"},
        {"AAsAAAABAAAEBqCGLA==", 9, "\0\0\0\1\0\0\4\6\xa0"},
        {"ABEKAAAHAAEFBaFkc2xvdAGQZQ==", 15,
                "\x0a\0\0\7\0\1\5\5\xa1\x64slot\1"},
        {"ABQKAAAKAAEGAKFnY29uZmlybfV3wg==", 18,
                "\x0a\0\0\x0a\0\1\6\0\xa1\x67"
                "confirm\xf5"},
};

static void test_known_lines(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(feed_line(known[i].base64), known[i].size);
        assert_memory_equal(uart.packet, known[i].packet, known[i].size);

        char line[100];
        snprintf(line, sizeof line, "\6\11%s\n", known[i].base64);
        send_packet(known[i].packet, known[i].size);
        assert_int_equal(wire_bytes, strlen(line));
        assert_memory_equal(wire, line, wire_bytes);
    }
    assert_int_equal(uart.damaged, 0);
}

/// Sizes and lines ///

static void test_every_size(void **state) {
    (void)state;
    uint8_t packet[CAP];
    uint8_t raw[CAP + 4];
    char lines[3000];
    for (size_t i = 0; i < sizeof packet; i++) {
        packet[i] = (uint8_t)(i * 7 + i / 256);
    }
    for (size_t size = 1; size <= CAP - 4; size++) {
        send_packet(packet, size);
        // As the plain encoder has it, and no line longer than allowed.
        const size_t n =
                make_lines(lines, raw, make_raw(raw, packet, size), 124);
        assert_int_equal(wire_bytes, n);
        assert_memory_equal(wire, lines, n);
        size_t line = 0;
        for (size_t i = 0; i < n; i++) {
            line++;
            assert_true(line <= XIP_SMP_UART_LINE_BYTES);
            line = wire[i] == '\n' ? 0 : line;
        }
        assert_int_equal(feed(wire, wire_bytes), size);
        assert_memory_equal(uart.packet, packet, size);
    }
    assert_int_equal(uart.damaged, 0);
}

static void test_lines_of_other_lengths(void **state) {
    (void)state;
    uint8_t packet[300];
    uint8_t raw[304];
    char lines[3000];
    memset(packet, 0x5A, sizeof packet);
    const size_t size = make_raw(raw, packet, sizeof packet);
    for (size_t chars = 4; chars <= 512; chars += 4) {
        const size_t n = make_lines(lines, raw, size, chars);
        assert_int_equal(feed(lines, n), sizeof packet);
        assert_memory_equal(uart.packet, packet, sizeof packet);
    }
}

static void test_carriage_returns(void **state) {
    (void)state;
    assert_int_equal(feed_line("AAsAAAABAAAEBqCGLA==\r"), 9);
}

/// What else is on the line ///

static void test_text_between(void **state) {
    (void)state;
    static const char text[] = "boot: slot 1\r\n\x09\x14\xff";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        assert_int_equal(xip_smp_uart_byte(&uart, (uint8_t)text[i]),
                XIP_SMP_UART_TEXT);
    }
    assert_int_equal(feed_line(known[0].base64), 13);
    // A control character of other origin takes nothing along but itself.
    assert_int_equal(xip_smp_uart_byte(&uart, 6), XIP_SMP_UART_TAKEN);
    assert_int_equal(xip_smp_uart_byte(&uart, 'x'), XIP_SMP_UART_TEXT);
    assert_int_equal(xip_smp_uart_byte(&uart, 4), XIP_SMP_UART_TAKEN);
    assert_int_equal(xip_smp_uart_byte(&uart, '\n'), XIP_SMP_UART_TEXT);
    assert_int_equal(feed_line(known[1].base64), 14);
}

static void test_text_between_lines_of_a_packet(void **state) {
    (void)state;
    uint8_t packet[150];
    memset(packet, 1, sizeof packet);
    send_packet(packet, sizeof packet);
    size_t first = 0;
    while (wire[first] != '\n') {
        first++;
    }
    assert_int_equal(feed(wire, first + 1), XIP_SMP_UART_TAKEN);
    assert_int_equal(xip_smp_uart_byte(&uart, '['), XIP_SMP_UART_TEXT);
    assert_int_equal(feed(wire + first + 1, wire_bytes - first - 1),
            sizeof packet);
    assert_memory_equal(uart.packet, packet, sizeof packet);
}

/// Damage ///

static void test_every_wrong_bit(void **state) {
    (void)state;
    char line[40];
    snprintf(line, sizeof line, "\6\11%s\n", known[1].base64);
    for (size_t bit = 16; bit < 8 * (strlen(line) - 1); bit++) {
        xip_smp_uart_init(&uart, buffer, CAP);
        line[bit / 8] ^= (char)(1 << bit % 8);
        for (size_t i = 0; line[i]; i++) {
            const int32_t got = xip_smp_uart_byte(&uart, (uint8_t)line[i]);
            assert_true(got <= 0);
        }
        line[bit / 8] ^= (char)(1 << bit % 8);
        // The next packet is none the worse.
        assert_int_equal(feed_line(known[0].base64), 13);
        assert_int_equal(uart.damaged, 1);
    }
}

static void test_lost_lines(void **state) {
    (void)state;
    uint8_t packet[400];
    memset(packet, 2, sizeof packet);
    send_packet(packet, sizeof packet);
    for (unsigned lost = 0; lost < 5; lost++) {
        unsigned line = 0;
        for (size_t i = 0; i < wire_bytes; i++) {
            if (line != lost) {
                assert_true(xip_smp_uart_byte(&uart, (uint8_t)wire[i]) <= 0);
            }
            line += wire[i] == '\n';
        }
        assert_int_equal(line, 5);
    }
    assert_int_equal(feed(wire, wire_bytes), sizeof packet);
    // A packet that was broken off is followed by a whole one.
    assert_int_equal(feed(wire, 140), XIP_SMP_UART_TAKEN);
    assert_int_equal(feed(wire, wire_bytes), sizeof packet);
    assert_memory_equal(uart.packet, packet, sizeof packet);
}

static void test_lengths_that_lie(void **state) {
    (void)state;
    assert_int_equal(feed_line("AAA="), XIP_SMP_UART_TAKEN);     // 0
    assert_int_equal(feed_line("AAIAAA=="), XIP_SMP_UART_TAKEN); // a CRC only
    assert_int_equal(feed_line("AA=="), XIP_SMP_UART_TAKEN); // half a length
    assert_int_equal(feed_line(""), XIP_SMP_UART_TAKEN);
    assert_int_equal(uart.damaged, 4);
    // More than the buffer: discarded when it is full.
    assert_int_equal(feed_line("//8AAAAA"), XIP_SMP_UART_TAKEN);
    for (unsigned line = 0; line < 40; line++) {
        assert_true(feed("\4\24AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                            91) == XIP_SMP_UART_TAKEN);
    }
    assert_int_equal(uart.damaged, 5);
    assert_int_equal(feed_line(known[0].base64), 13);
}

static void test_random_bytes(void **state) {
    (void)state;
    static const char often[] = "\6\11\4\24\nAAAAAABCDabcd0123+/==\r";
    uint32_t random = 7;
    for (unsigned i = 0; i < 1000000; i++) {
        random = random * 1664525u + 1013904223u;
        const uint8_t byte = random >> 30
                ? (uint8_t)often[(random >> 8) % (sizeof often - 1)]
                : (uint8_t)(random >> 16);
        const int32_t got = xip_smp_uart_byte(&uart, byte);
        if (got > 0) {
            assert_true(uart.packet + got <= buffer + CAP);
        }
    }
    (void)feed("\n", 1);
    assert_int_equal(feed_line(known[0].base64), 13);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_known_lines),
            cmocka_unit_test(test_every_size),
            cmocka_unit_test(test_lines_of_other_lengths),
            cmocka_unit_test(test_carriage_returns),
            cmocka_unit_test(test_text_between),
            cmocka_unit_test(test_text_between_lines_of_a_packet),
            cmocka_unit_test(test_every_wrong_bit),
            cmocka_unit_test(test_lost_lines),
            cmocka_unit_test(test_lengths_that_lie),
            cmocka_unit_test(test_random_bytes),
    };
    struct CMUnitTest all[sizeof tests / sizeof tests[0]];
    memcpy(all, tests, sizeof all);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i].setup_func = open_uart;
        all[i].teardown_func = close_uart;
    }
    return cmocka_run_group_tests(all, NULL, NULL);
}
