/*
 * line - a serial port or pty as bytes with deadlines
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/line.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/cli.h"

#define WRITE_MS 5000 // a line that takes nothing for so long is stuck

static const struct {
    uint32_t baud;
    speed_t speed;
} speeds[] = {
        {9600, B9600},
        {19200, B19200},
        {38400, B38400},
        {57600, B57600},
        {115200, B115200},
        {230400, B230400},
        {460800, B460800},
        {500000, B500000},
        {576000, B576000},
        {921600, B921600},
        {1000000, B1000000},
        {1152000, B1152000},
        {1500000, B1500000},
        {2000000, B2000000},
        {2500000, B2500000},
        {3000000, B3000000},
        {3500000, B3500000},
        {4000000, B4000000},
};

int64_t line_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool refuse(struct line *line, const char *why, const char *what_to_do) {
    cli_fail(CLI_TROUBLE, "%s: %s; %s", line->path, why, what_to_do);
    line_close(line);
    return false;
}

static const char *open_advice(int error) {
    switch (error) {
    case EACCES:
    case EPERM:
        return "add yourself to its group (often dialout) and log in again";
    case EBUSY:
        return "close the program that uses it";
    default:
        return "look at the name: /dev/serial/by-id lists ports that are "
               "plugged in";
    }
}

static bool set_up(struct line *line, speed_t speed) {
    struct termios t;
    if (tcgetattr(line->fd, &t)) {
        return refuse(line, "not a serial port", "name one, or a pty");
    }
    cfmakeraw(&t);
    t.c_cflag |= CLOCAL | CREAD;
    // Opening raises DTR and RTS, which a USB serial device may wait for. They
    // stay: where they are wired to the reset, each command would reset it.
    t.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
    if (cfsetspeed(&t, speed) || tcsetattr(line->fd, TCSANOW, &t)) {
        return refuse(line, strerror(errno), "give another --baud");
    }
    // An answer to somebody else's request is none of ours.
    tcflush(line->fd, TCIFLUSH);
    return true;
}

bool line_open(struct line *line, const char *path, uint32_t baud) {
    *line = (struct line){.fd = -1, .path = path};
    size_t i = 0;
    while (i < sizeof speeds / sizeof speeds[0] && speeds[i].baud != baud) {
        i++;
    }
    if (i == sizeof speeds / sizeof speeds[0]) {
        cli_fail(CLI_TROUBLE,
                "--baud %" PRIu32
                " is no usual speed; give 115200 or what the firmware sets",
                baud);
        return false;
    }
    line->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (line->fd < 0) {
        const int error = errno;
        return refuse(line, strerror(error), open_advice(error));
    }
    if (!set_up(line, speeds[i].speed)) {
        return false;
    }
    ioctl(line->fd, TIOCEXCL); // root may open it all the same
    return true;
}

void line_close(struct line *line) {
    if (line->fd >= 0) {
        ioctl(line->fd, TIOCNXCL);
        close(line->fd);
    }
    line->fd = -1;
}

bool line_write(struct line *line, const void *data, size_t size) {
    const uint8_t *bytes = data;
    while (size) {
        const ssize_t n = write(line->fd, bytes, size);
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
            continue;
        }
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            cli_fail(CLI_TROUBLE, "%s: %s; is it still plugged in?", line->path,
                    strerror(errno));
            return false;
        }
        struct pollfd ready = {line->fd, POLLOUT, 0};
        if (poll(&ready, 1, WRITE_MS) == 0) {
            cli_fail(CLI_TROUBLE,
                    "%s: takes no byte for %d s; is the other end open?",
                    line->path, WRITE_MS / 1000);
            return false;
        }
    }
    return true;
}

static int gone(const struct line *line, const char *why) {
    cli_fail(CLI_TROUBLE, "%s: %s; is it still plugged in?", line->path, why);
    return LINE_GONE;
}

int line_read(struct line *line, int64_t deadline_ms) {
    while (line->input_at == line->input_bytes) {
        const int64_t left = deadline_ms - line_now_ms();
        struct pollfd ready = {line->fd, POLLIN, 0};
        const int n = poll(&ready, 1, left > 0 ? (int)left : 0);
        if (n == 0) {
            return LINE_NOTHING;
        }
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return gone(line, strerror(errno));
        }
        const ssize_t got = read(line->fd, line->input, sizeof line->input);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            return gone(line,
                    got ? strerror(errno) : "the other end is closed");
        }
        line->input_at = 0;
        line->input_bytes = got > 0 ? (size_t)got : 0;
    }
    return line->input[line->input_at++];
}
