/*
 * test_console - the progress bar keeps to its terminal
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/sim/line/console.c host/base/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/line/console.h"

static int terminal, saved; // its other side; the real standard error
static char shown[8192];

static void resize(unsigned short columns) {
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
}

static void begin(unsigned short columns) {
    int side;
    assert_int_equal(openpty(&terminal, &side, NULL, NULL, NULL), 0);
    saved = dup(STDERR_FILENO);
    dup2(side, STDERR_FILENO);
    close(side);
    assert_int_equal(fcntl(terminal, F_SETFL, O_NONBLOCK), 0);
    resize(columns);
}

// What the terminal got since the last time.
static const char *got(void) {
    fflush(stderr);
    const ssize_t bytes = read(terminal, shown, sizeof shown - 1);
    shown[bytes > 0 ? bytes : 0] = '\0';
    return shown;
}

static void end(void) {
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(terminal);
}

// The longest line, where carriage returns begin one, without escapes.
static size_t longest(const char *text) {
    size_t most = 0, here = 0;
    for (; *text; text++) {
        if (*text == '\r' || *text == '\n') {
            here = 0;
        } else if (*text == '\033') {
            text += strcspn(text, "Km");
        } else if (++here > most) {
            most = here;
        }
    }
    return most;
}

static struct cmd_console fresh(void) {
    const struct console_options options = {.out = NULL};
    struct cmd_console c;
    cmd_console_init(&c, &options);
    return c;
}

static void test_fits(void **state) {
    (void)state;
    static const unsigned short widths[] = {20, 40, 60, 80, 81, 100, 300};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        begin(widths[i]);
        struct cmd_console c = fresh();
        for (size_t done = 0; done < 100000000; done += 20000000) {
            cmd_console_progress(&c, done, 100000000, 12345678901234u);
        }
        const char *text = got();
        const size_t most = longest(text);
        const bool whole = strstr(text, "simulated") != NULL;
        const bool lines = strchr(text, '\n') != NULL;
        const char *bar = strchr(text, '[');
        end();
        assert_true(most > 10 && most < widths[i]);
        assert_false(lines);
        assert_non_null(bar);
        assert_int_equal(whole, widths[i] >= 60);
    }
}

// A window that is made smaller or larger meanwhile.
static void test_follows(void **state) {
    (void)state;
    begin(100);
    struct cmd_console c = fresh();
    cmd_console_progress(&c, 10, 100, 0);
    const size_t wide = longest(got());
    resize(40);
    cmd_console_progress(&c, 20, 100, 0);
    const size_t narrow = longest(got());
    resize(100);
    cmd_console_progress(&c, 30, 100, 0);
    const size_t again = longest(got());
    end();
    assert_true(narrow < 40);
    assert_true(wide > 60);
    assert_true(again > 60);
}

// Where nothing can be drawn over, ten lines and no more.
static void test_dumb(void **state) {
    (void)state;
    begin(80);
    setenv("TERM", "dumb", 1);
    struct cmd_console c = fresh();
    size_t lines = 0;
    for (size_t done = 0; done <= 1000; done++) {
        cmd_console_progress(&c, done, 1000, 0);
        for (const char *at = got(); *at; at++) {
            lines += *at == '\n';
        }
    }
    setenv("TERM", "xterm", 1);
    end();
    assert_int_equal(lines, 11);
    assert_null(strchr(shown, '\033'));
}

int main(void) {
    setenv("TERM", "xterm", 1);
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_fits),
            cmocka_unit_test(test_follows),
            cmocka_unit_test(test_dumb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
