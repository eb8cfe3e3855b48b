/*
 * fake_line - device/line.h over an SMP server in the same process
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/fake_line.h"

#include <string.h>

#include "device/line.h"
#include "xip_smp_uart.h"

struct fake_line fake_line;

static struct xip_smp_uart uart;
static uint8_t buffer[4096];
static uint8_t back[16384];
static size_t back_at, back_bytes;
static unsigned answers;

void fake_line_open(fake_server *server) {
    memset(&fake_line, 0, sizeof fake_line);
    fake_line.server = server;
    xip_smp_uart_init(&uart, buffer, sizeof buffer);
    back_at = back_bytes = 0;
    answers = 0;
}

bool line_open(struct line *line, const char *path, uint32_t baud) {
    (void)baud;
    *line = (struct line){.fd = 0, .path = path};
    return true;
}

void line_close(struct line *line) {
    line->fd = -1;
}

int64_t line_now_ms(void) {
    return fake_line.now_ms;
}

static void put(void *ctx, uint8_t byte) {
    (void)ctx;
    if (back_bytes < sizeof back) {
        back[back_bytes++] = byte;
    }
}

static bool each(unsigned every, unsigned count) {
    return every && count % every == 0;
}

static void take(uint32_t size) {
    uint8_t answer[2048];
    if (!fake_line.server ||
            each(fake_line.lose_request, ++fake_line.requests)) {
        return;
    }
    const uint32_t n =
            fake_line.server(uart.packet, size, answer, sizeof answer);
    if (!n || each(fake_line.lose_answer, ++answers)) {
        return;
    }
    if (fake_line.noise) {
        for (const char *c = "log: \4 text\r\n"; *c; c++) {
            put(NULL, (uint8_t)*c);
        }
    }
    xip_smp_uart_send(answer, n, put, NULL);
    if (each(fake_line.repeat_answer, answers)) {
        xip_smp_uart_send(answer, n, put, NULL);
    }
}

bool line_write(struct line *line, const void *data, size_t size) {
    const uint8_t *const bytes = data;
    (void)line;
    if (back_at == back_bytes) {
        back_at = back_bytes = 0;
    }
    for (size_t i = 0; i < size; i++) {
        const int32_t got = xip_smp_uart_byte(&uart, bytes[i]);
        if (got > 0) {
            take((uint32_t)got);
        }
    }
    return true;
}

int line_read(struct line *line, int64_t deadline_ms) {
    (void)line;
    if (back_at < back_bytes) {
        return back[back_at++];
    }
    if (deadline_ms > fake_line.now_ms) {
        fake_line.now_ms = deadline_ms;
    }
    return LINE_NOTHING;
}
