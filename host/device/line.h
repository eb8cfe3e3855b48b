/*
 * line - a serial port or pty as bytes with deadlines
 *
 * SPDX-License-Identifier: MIT
 *
 * termios and nothing else: libserialport 0.1.1 refuses a pty, which has none
 * of the lines that it asks for.
 */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line {
    int fd; // -1: not open
    const char *path;
    uint8_t input[512];
    size_t input_at, input_bytes;
};

// Raw, 8N1, without flow control, for this program alone; DTR and RTS are
// raised and stay so behind line_close(). What has arrived already is
// discarded. False after a line on stderr.
bool line_open(struct line *line, const char *path, uint32_t baud);
void line_close(struct line *line);

// Milliseconds of a clock that only goes forward.
int64_t line_now_ms(void);

// False after a line on stderr.
bool line_write(struct line *line, const void *data, size_t size);

enum { LINE_NOTHING = -1, LINE_GONE = -2 };
// The next byte, LINE_NOTHING if none comes until the deadline, or LINE_GONE
// after a line on stderr.
int line_read(struct line *line, int64_t deadline_ms);

#endif
