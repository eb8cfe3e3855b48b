/*
 * test_timeline - the SVG is well-formed and its marks stand where they should
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/sim/observe/timeline*.c host/base/*.c
// sources: host/sim/observe/measure.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/observe/measure.h"
#include "sim/observe/timeline.h"

#define SYSTICK 15
#define USART2 (16 + 38)
#define ERASE_MS 150
#define ERASE_AT (1000 * SIM_MS)

/// A run: one erase, some programs, ticks that wait, bytes that do not ///

struct feed {
    struct timeline *timeline;
    struct cmd_measure measure;
};

static void tell(struct feed *f, sim_time at, enum sim_trace_kind kind,
        uint32_t a, uint32_t b, uint32_t c) {
    const struct sim_trace e = {at, kind, a, b, c};
    if (f->timeline) {
        timeline_trace(f->timeline, &e);
    }
    cmd_measure_trace(&f->measure, &e);
}

static void operation(struct feed *f, sim_time at, char kind, uint32_t off,
        sim_time length) {
    tell(f, at, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(f, at + 5 * SIM_US, SIM_TRACE_CHIP, (uint32_t)kind, off, 1);
    tell(f, at + 5 * SIM_US + length, SIM_TRACE_CHIP, (uint32_t)kind, off, 0);
    tell(f, at + 15 * SIM_US + length, SIM_TRACE_WINDOW, 1, 0, 0);
}

static void quiet_ms(struct feed *f, unsigned from_ms, unsigned to_ms,
        bool tick) {
    for (unsigned ms = from_ms; ms < to_ms; ms++) {
        for (unsigned i = 0; i < 11; i++) {
            const sim_time at = ms * SIM_MS + i * 87 * SIM_US;
            tell(f, at, SIM_TRACE_UART_RX, 0x55, 0, 0);
            tell(f, at, SIM_TRACE_EXC_ENTER, USART2, 300, 0);
        }
        if (tick) {
            tell(f, ms * SIM_MS + 990 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK,
                    200, 0);
        }
    }
}

// A run of about 2.2 s. Erase from 1000 to 1150 ms, 8 programs from 1160 on.
static void feed_run(struct feed *f) {
    tell(f, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(f, 10 * SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    quiet_ms(f, 20, 1000, true);
    tell(f, ERASE_AT, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(f, ERASE_AT, SIM_TRACE_CHIP, 'E', 0x100000, 1);
    quiet_ms(f, 1000, 1000 + ERASE_MS, false);
    tell(f, ERASE_AT + ERASE_MS * SIM_MS, SIM_TRACE_CHIP, 'E', 0x100000, 0);
    tell(f, ERASE_AT + ERASE_MS * SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(f, ERASE_AT + ERASE_MS * SIM_MS, SIM_TRACE_EXC_ENTER, SYSTICK,
            149000000, 0);
    quiet_ms(f, 1150, 1160, true);
    for (unsigned i = 0; i < 8; i++) {
        operation(f, (1160 + i * 5) * SIM_MS, 'P', 0x100000 + 256 * i,
                700 * SIM_US);
        quiet_ms(f, 1161 + i * 5, 1165 + i * 5, true);
    }
    tell(f, 1210 * SIM_MS, SIM_TRACE_UART_RX, 0x55, 1, 0);
    quiet_ms(f, 1211, 2200, true);
    tell(f, 2200 * SIM_MS, SIM_TRACE_RESET, SIM_RESET_SOFTWARE, 0, 0);
}

static char *draw(const struct feed *f, const struct timeline_options *o) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    assert_true(timeline_write(f->timeline, file, o));
    fclose(file);
    return text;
}

static const char *const irq_names[] = {[28] = "TIM2", [38] = "USART2"};
static const struct sim_irqs irqs = {39, irq_names};

static const struct timeline_options whole = {
        .title = "An update",
        .figures = "figures",
        .irqs = &irqs,
        .end = 2300 * SIM_MS,
};

/// A small XML reader: nesting, attributes, entities ///

static const char *skip_name(const char *p) {
    while ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
            (*p >= '0' && *p <= '9') || *p == '-' || *p == ':') {
        p++;
    }
    return p;
}

static const char *check_text(const char *p, char end) {
    for (; *p && *p != end; p++) {
        assert_true((unsigned char)*p >= 0x20 || *p == '\n');
        assert_true(end == '<' || *p != '<');
        if (*p == '&') {
            assert_true(!strncmp(p, "&amp;", 5) || !strncmp(p, "&lt;", 4) ||
                    !strncmp(p, "&gt;", 4) || !strncmp(p, "&quot;", 6));
        }
    }
    return p;
}

static void assert_well_formed(const char *p) {
    char open[8][32];
    size_t depth = 0;
    bool had_root = false;
    while (*(p = check_text(p, '<'))) {
        const bool closing = p[1] == '/';
        const char *name = p + 1 + closing;
        p = skip_name(name);
        char tag[32];
        snprintf(tag, sizeof tag, "%.*s", (int)(p - name), name);
        assert_true(tag[0] && (depth > 0 || !had_root));
        had_root = true;
        if (closing) {
            assert_true(depth > 0);
            assert_string_equal(tag, open[--depth]);
            assert_int_equal(*p++, '>');
            continue;
        }
        while (*p == ' ') {
            const char *attribute = p + 1;
            p = skip_name(attribute);
            assert_true(p > attribute);
            assert_int_equal(*p++, '=');
            assert_int_equal(*p++, '"');
            p = check_text(p, '"');
            assert_int_equal(*p++, '"');
        }
        if (*p == '/') {
            p++;
        } else {
            assert_true(depth < 8);
            strcpy(open[depth++], tag);
        }
        assert_int_equal(*p++, '>');
    }
    assert_int_equal(depth, 0);
}

// The path data of a class; fails if it is not there.
static const char *path_of(const char *svg, const char *class) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "class=\"%s\"", class);
    const char *at = strstr(svg, wanted);
    assert_non_null(at);
    at = strstr(at, " d=\"");
    assert_non_null(at);
    return at + 4;
}

// x of the i-th "M x" of path data; -1 if there are fewer.
static double start_of(const char *path, unsigned index) {
    const char *end = strchr(path, '"');
    for (const char *p = path; p < end; p++) {
        if (*p == 'M' && index-- == 0) {
            return strtod(p + 1, NULL);
        }
    }
    return -1;
}

// Right edge of the i-th span ("M x y H right ...").
static double end_of(const char *path, unsigned index) {
    const char *end = strchr(path, '"');
    for (const char *p = path; p < end; p++) {
        if (*p == 'M' && index-- == 0) {
            return strtod(strchr(p, 'H') + 1, NULL);
        }
    }
    return -1;
}

static unsigned count_of(const char *path) {
    unsigned count = 0;
    for (const char *end = strchr(path, '"'); path < end; path++) {
        count += *path == 'M';
    }
    return count;
}

#define LEFT 132.0
#define RIGHT 936.0

static double place(double ms, double from_ms, double to_ms) {
    return LEFT + (RIGHT - LEFT) * (ms - from_ms) / (to_ms - from_ms);
}

static void assert_near(double a, double b) {
    if (a < b - 0.15 || a > b + 0.15) {
        fail_msg("%.2f is not %.2f", a, b);
    }
}

/// Cases ///

static void test_interval_holds_erase_and_programs(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    feed_run(&f);
    sim_time from, to;
    timeline_interval(f.timeline, &whole, &from, &to);
    assert_true(from < ERASE_AT && from > ERASE_AT - 100 * SIM_MS);
    assert_true(to > 1180 * SIM_MS && to < 1400 * SIM_MS);
    timeline_free(f.timeline);
}

static void test_marks_in_place(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    feed_run(&f);
    struct timeline_options o = whole;
    o.from = 950 * SIM_MS;
    o.to = 1250 * SIM_MS;
    char *svg = draw(&f, &o);
    assert_well_formed(svg);
    const char *erase = path_of(svg, "erase");
    assert_int_equal(count_of(erase), 1);
    assert_near(start_of(erase, 0), place(1000, 950, 1250));
    assert_near(end_of(erase, 0), place(1150, 950, 1250));
    const char *programs = path_of(svg, "program");
    assert_int_equal(count_of(programs), 8);
    assert_near(start_of(programs, 0), place(1160.005, 950, 1250));
    assert_near(start_of(programs, 7), place(1195.005, 950, 1250));
    const char *outages = path_of(svg, "outage");
    assert_int_equal(count_of(outages), 9);
    assert_near(end_of(outages, 0), place(1150, 950, 1250));
    // None of the ticks in the outage, bytes all through it (in bins of 2 ms).
    const char *ticks = path_of(svg, "exception-15");
    const char *bytes = path_of(svg, "exception-54");
    for (unsigned i = 0; start_of(ticks, i) >= 0; i++) {
        const double x = start_of(ticks, i);
        assert_true(x < place(1000, 950, 1250) + 0.05 ||
                x > place(1150, 950, 1250) - 0.1);
    }
    unsigned in_outage = 0;
    for (unsigned i = 0; start_of(bytes, i) >= 0; i++) {
        const double x = start_of(bytes, i);
        in_outage += x >= place(1000, 950, 1250) - 0.1 &&
                x < place(1150, 950, 1250) - 0.1;
    }
    assert_int_equal(in_outage, 75);
    assert_near(start_of(path_of(svg, "lost"), 0), place(1210, 950, 1250));
    assert_non_null(strstr(svg, ">SysTick<"));
    assert_non_null(strstr(svg, ">USART2<"));
    free(svg);
    timeline_free(f.timeline);
}

// An erase of 20 slices of 900 us and gaps of 100 us, in each of which a tick
// is served that has waited since the slice was 650 us old.
#define SLICES 20
static void feed_slices(struct feed *f) {
    tell(f, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(f, 10 * SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    for (unsigned i = 0; i < SLICES; i++) {
        const sim_time at = ERASE_AT + i * SIM_MS;
        const sim_time end = at + 900 * SIM_US;
        tell(f, at, SIM_TRACE_WINDOW, 0, 0, 0);
        tell(f, at, SIM_TRACE_CHIP, 'E', 0x100000,
                i ? SIM_CHIP_RESUMED : SIM_CHIP_BEGUN);
        if (i == SLICES - 1) {
            tell(f, end, SIM_TRACE_CHIP, 'E', 0x100000, SIM_CHIP_ENDED);
            tell(f, end, SIM_TRACE_WINDOW, 1, 0, 0);
            break;
        }
        tell(f, end, SIM_TRACE_CHIP, 'E', 0x100000, SIM_CHIP_SUSPENDED);
        tell(f, end, SIM_TRACE_WINDOW, 1, 0, 0);
        tell(f, end + 10 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK, 250000, 0);
        tell(f, end + 30 * SIM_US, SIM_TRACE_EXC_EXIT, SYSTICK, 0, 0);
    }
}

static void test_slices_show(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    feed_slices(&f);
    sim_time from, to;
    timeline_interval(f.timeline, &whole, &from, &to);
    assert_int_equal(from, ERASE_AT - SIM_MS);
    assert_int_equal(to, ERASE_AT + 5 * SIM_MS + SIM_MS / 2);
    char *svg = draw(&f, &whole);
    assert_well_formed(svg);
    const char *erase = path_of(svg, "erase");
    assert_int_equal(count_of(erase), 6);
    assert_near(start_of(erase, 1), place(1001, 999, 1005.5));
    assert_near(end_of(erase, 1), place(1001.9, 999, 1005.5));
    // Below the slices, through all of the erase.
    const char *suspended = path_of(svg, "suspended");
    assert_int_equal(count_of(suspended), 1);
    assert_near(start_of(suspended, 0), place(1000, 999, 1005.5));
    assert_near(end_of(suspended, 0), RIGHT);
    const char *ticks = path_of(svg, "exception-15");
    assert_int_equal(count_of(ticks), 5);
    assert_near(start_of(ticks, 0), place(1000.91, 999, 1005.5));
    assert_near(end_of(ticks, 0), place(1000.93, 999, 1005.5));
    const char *waits = path_of(svg, "wait-15");
    assert_near(start_of(waits, 0), place(1000.66, 999, 1005.5));
    assert_near(end_of(waits, 0), place(1000.91, 999, 1005.5));
    // Of six slices the first was begun, and the last is not shown to its end.
    assert_int_equal(count_of(path_of(svg, "resumed")), 5);
    assert_near(start_of(path_of(svg, "resumed"), 0),
            place(1001, 999, 1005.5) + 3);
    // Two bars each.
    assert_int_equal(count_of(path_of(svg, "suspends")), 5);
    assert_near(start_of(path_of(svg, "suspends"), 0),
            place(1000.9, 999, 1005.5) - 10);
    assert_null(strstr(svg, "runs in outages"));
    assert_non_null(strstr(svg,
            "Here: 6.50 ms, from 999.00 ms on; longest wait here 250.00 us, of "
            "SysTick; in the run 250.00 us, of SysTick, at 1.001 s"));
    assert_non_null(strstr(svg, ">this erase<"));
    assert_non_null(strstr(svg, ">whole run<"));
    free(svg);
    timeline_free(f.timeline);
}

// USART2 is above the ceiling; SysTick waits longer before the view than in it.
static void test_in_outages(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    tell(&f, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(&f, 10 * SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(&f, 15 * SIM_MS, SIM_TRACE_EXC_ENTER, SYSTICK, 900000, 0);
    tell(&f, 30 * SIM_MS, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(&f, 31 * SIM_MS, SIM_TRACE_EXC_ENTER, USART2, 200, 0);
    tell(&f, 40 * SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(&f, 41 * SIM_MS, SIM_TRACE_EXC_ENTER, SYSTICK, 5000, 0);
    struct timeline_options o = whole;
    o.from = 20 * SIM_MS;
    o.to = 60 * SIM_MS;
    char *svg = draw(&f, &o);
    assert_well_formed(svg);
    const char *text = strstr(svg, "runs in outages");
    assert_non_null(text);
    assert_null(strstr(text + 1, "runs in outages")); // of one row
    const char *outage = path_of(svg, "in-outage");
    assert_int_equal(count_of(outage), 1);
    assert_near(start_of(outage, 0), place(30, 20, 60));
    assert_near(end_of(outage, 0), place(40, 20, 60));
    assert_non_null(strstr(svg,
            "longest wait here 5.00 us, of SysTick; in the "
            "run 900.00 us, of SysTick, at 15.00 ms"));
    free(svg);
    timeline_free(f.timeline);
}

static void test_whole_run_and_reset(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    feed_run(&f);
    char *svg = draw(&f, &whole);
    const char *share = path_of(svg, "erase-share");
    assert_true(start_of(share, 0) <= place(1000, 0, 2300) + 0.1);
    assert_true(start_of(share, 0) >= place(1000, 0, 2300) - 2.1);
    const char *reset = strstr(svg, "class=\"reset\"");
    assert_non_null(reset);
    assert_near(strtod(strstr(reset, "x1=\"") + 4, NULL), place(2200, 0, 2300));
    free(svg);
    timeline_free(f.timeline);
}

static void test_texts_are_escaped(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    feed_run(&f);
    struct timeline_options o = whole;
    o.title = "a<b>&\"c\"\x01";
    o.figures = "<script>";
    char *svg = draw(&f, &o);
    assert_well_formed(svg);
    assert_null(strstr(svg, "<script>"));
    free(svg);
    timeline_free(f.timeline);
}

static void test_empty_run(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    struct timeline_options o = whole;
    o.irqs = NULL;
    char *svg = draw(&f, &o);
    assert_well_formed(svg);
    o.end = 0;
    free(svg);
    svg = draw(&f, &o);
    assert_well_formed(svg);
    free(svg);
    timeline_free(f.timeline);
}

// A minute of a busy line and thousands of outages stay a small picture.
static void test_size(void **state) {
    (void)state;
    struct feed f = {.timeline = timeline_new()};
    cmd_measure_init(&f.measure);
    tell(&f, 0, SIM_TRACE_WINDOW, 1, 0, 0);
    for (unsigned i = 0; i < 6000; i++) {
        operation(&f, (10 + i * 10) * SIM_MS, i % 256 ? 'P' : 'E', i * 256,
                i % 256 ? 3 * SIM_MS : 9 * SIM_MS);
        quiet_ms(&f, 10 + i * 10, 19 + i * 10, true);
    }
    struct timeline_options o = whole;
    o.end = 61 * SIM_S;
    o.from = SIM_MS;
    o.to = 60 * SIM_S;
    char *svg = draw(&f, &o);
    assert_well_formed(svg);
    assert_true(strlen(svg) < 200000);
    free(svg);
    timeline_free(f.timeline);
}

static void test_measure(void **state) {
    (void)state;
    struct feed f = {.timeline = NULL};
    cmd_measure_init(&f.measure);
    feed_run(&f);
    cmd_measure_end(&f.measure, 2300 * SIM_MS);
    const struct cmd_figures *u = &f.measure.update;
    assert_true(u->valid);
    assert_int_equal(u->from, ERASE_AT);
    assert_int_equal(u->erases, 1);
    assert_int_equal(u->programs, 8);
    assert_int_equal(u->busy, ERASE_MS * SIM_MS + 8 * 700 * SIM_US);
    assert_int_equal(u->outages, 9);
    assert_int_equal(u->outage_max, ERASE_MS * SIM_MS);
    assert_int_equal(u->outage_max_kind, 'E');
    assert_int_equal(u->outage_max_off, 0x100000);
    assert_int_equal(u->exceptions[SYSTICK].wait_max_ns, 149000000);
    assert_int_equal(u->exceptions[USART2].in_outages, ERASE_MS * 11);
    assert_int_equal(u->exceptions[SYSTICK].in_outages, 0);
    assert_int_equal(cmd_figures_longest_wait(u), SYSTICK);
    assert_int_equal(f.measure.run.uart_lost, 1);
    assert_int_equal(f.measure.resets[SIM_RESET_SOFTWARE], 1);
    assert_true(cmd_figures_served(&f.measure.run) > cmd_figures_served(u));
}

// The chip's time does not count while it stands still, its wait does.
static void test_measure_suspensions(void **state) {
    (void)state;
    struct feed f = {.timeline = NULL};
    cmd_measure_init(&f.measure);
    feed_slices(&f);
    cmd_measure_end(&f.measure, 2 * SIM_S);
    const struct cmd_figures *u = &f.measure.update;
    assert_int_equal(u->erases, 1);
    assert_int_equal(u->busy, SLICES * 900 * SIM_US);
    assert_int_equal(u->suspensions, SLICES - 1);
    assert_int_equal(u->suspended_sum, (SLICES - 1) * 100 * SIM_US);
    assert_int_equal(u->suspended_max, 100 * SIM_US);
    assert_int_equal(u->to - u->from, SLICES * SIM_MS - 100 * SIM_US);
    assert_int_equal(u->outages, SLICES);
    assert_int_equal(u->outage_max_kind, 'E');
    assert_int_equal(u->exceptions[SYSTICK].served, SLICES - 1);
    assert_int_equal(u->exceptions[SYSTICK].wait_sum_ns, (SLICES - 1) * 250000);
}

// A page programmed in a suspended erase; then the erase is aborted.
static void test_measure_nested(void **state) {
    (void)state;
    struct feed f = {.timeline = NULL};
    cmd_measure_init(&f.measure);
    tell(&f, SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(&f, 2 * SIM_MS, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_BEGUN);
    tell(&f, 3 * SIM_MS, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_SUSPENDED);
    tell(&f, 4 * SIM_MS, SIM_TRACE_CHIP, 'P', 0x2000, SIM_CHIP_BEGUN);
    tell(&f, 6 * SIM_MS, SIM_TRACE_CHIP, 'P', 0x2000, SIM_CHIP_ENDED);
    tell(&f, 7 * SIM_MS, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_RESUMED);
    tell(&f, 11 * SIM_MS, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_SUSPENDED);
    tell(&f, 50 * SIM_MS, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_ENDED);
    cmd_measure_end(&f.measure, SIM_S);
    const struct cmd_figures *u = &f.measure.update;
    assert_int_equal(u->busy, (1 + 2 + 4) * SIM_MS);
    assert_int_equal(u->erases, 1);
    assert_int_equal(u->programs, 1);
    assert_int_equal(u->suspensions, 2);
    assert_int_equal(u->suspended_max, 4 * SIM_MS);
}

// An erase before the transfer belongs to it; what another start of the
// firmware does later does not.
static void test_measure_of_a_transfer(void **state) {
    (void)state;
    struct feed f = {.timeline = NULL};
    cmd_measure_init(&f.measure);
    tell(&f, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(&f, SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    operation(&f, 10 * SIM_MS, 'E', 0x100000, 100 * SIM_MS);
    cmd_measure_update_begin(&f.measure, 200 * SIM_MS);
    operation(&f, 300 * SIM_MS, 'P', 0x100000, SIM_MS);
    cmd_measure_update_mark(&f.measure, 400 * SIM_MS);
    tell(&f, 500 * SIM_MS, SIM_TRACE_RESET, SIM_RESET_SOFTWARE, 0, 0);
    tell(&f, 501 * SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    operation(&f, 600 * SIM_MS, 'E', 0xFFE000, 300 * SIM_MS);
    cmd_measure_end(&f.measure, SIM_S);
    const struct cmd_figures *u = &f.measure.update;
    assert_true(u->valid);
    assert_int_equal(u->from, 10 * SIM_MS + 5 * SIM_US);
    assert_int_equal(u->to, 400 * SIM_MS);
    assert_int_equal(u->erases, 1);
    assert_int_equal(u->programs, 1);
    assert_int_equal(u->outages, 2);
    assert_int_equal(u->outage_max, 100 * SIM_MS + 15 * SIM_US);
    assert_int_equal(f.measure.run.erases, 2);
}

// The tick that waited for the last operation enters after its end.
static void test_measure_last_wait(void **state) {
    (void)state;
    struct feed f = {.timeline = NULL};
    cmd_measure_init(&f.measure);
    tell(&f, SIM_MS, SIM_TRACE_WINDOW, 1, 0, 0);
    operation(&f, 10 * SIM_MS, 'E', 0x100000, 100 * SIM_MS);
    tell(&f, 111 * SIM_MS, SIM_TRACE_EXC_ENTER, SYSTICK, 99000000, 0);
    tell(&f, 120 * SIM_MS, SIM_TRACE_EXC_ENTER, SYSTICK, 200, 0);
    cmd_measure_end(&f.measure, SIM_S);
    const struct cmd_exception *tick = &f.measure.update.exceptions[SYSTICK];
    assert_int_equal(tick->wait_max_ns, 99000000);
    assert_int_equal(tick->served, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_interval_holds_erase_and_programs),
            cmocka_unit_test(test_marks_in_place),
            cmocka_unit_test(test_slices_show),
            cmocka_unit_test(test_in_outages),
            cmocka_unit_test(test_whole_run_and_reset),
            cmocka_unit_test(test_texts_are_escaped),
            cmocka_unit_test(test_empty_run),
            cmocka_unit_test(test_size),
            cmocka_unit_test(test_measure),
            cmocka_unit_test(test_measure_suspensions),
            cmocka_unit_test(test_measure_nested),
            cmocka_unit_test(test_measure_of_a_transfer),
            cmocka_unit_test(test_measure_last_wait),
    };
    const char *keep = getenv("TIMELINE_SVG"); // to look at it
    if (keep) {
        struct feed f = {.timeline = timeline_new()};
        feed_run(&f);
        FILE *file = fopen(keep, "w");
        struct timeline_options o = whole;
        o.title = "65,536 bytes received and programmed while the firmware "
                  "runs from the same flash chip";
        o.figures = "took 6.789 s; the chip was busy 1.234 s; longest outage "
                    "150.20 ms; 68,790 interrupts served, 1,780 of them in "
                    "outages; 0 bytes lost";
        timeline_write(f.timeline, file, &o);
        fclose(file);
        timeline_free(f.timeline);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
