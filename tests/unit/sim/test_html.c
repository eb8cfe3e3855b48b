/*
 * test_html - the page's data say what the trace said, in the bytes allowed
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c host/sim/rules.c
// sources: host/sim/observe/html*.c host/sim/observe/measure.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/observe/html.h"

#define SYSTICK 15
#define USART2 (16 + 38)

static const char *const irq_names[] = {[38] = "USART2"};
static const struct sim_irqs irqs = {39, irq_names};
static const struct place places[] = {{"?", NULL, 0},
        {"main", "src/main.c", 12}, {"a<b>\"\\", "src/main.c", 13}};

static const struct places_call calls[] = {{0, 0}, {2, 0}};

static void tell(struct html *h, sim_time at, enum sim_trace_kind kind,
        uint32_t a, uint32_t b, uint32_t c) {
    const struct sim_trace e = {at, kind, a, b, c};
    html_trace(h, &e, (struct places_now){1, 2, 1});
}

static char *finish(struct html *h, sim_time end, size_t bytes_max,
        size_t *bytes) {
    const struct html_options o = {
            .title = "A title </script>",
            .figures = "figures",
            .board = "a board",
            .part = "a part",
            .irqs = &irqs,
            .places = places,
            .place_count = 3,
            .calls = calls,
            .call_count = 2,
            .end = end,
            .bytes_max = bytes_max,
    };
    char *text = NULL;
    FILE *file = open_memstream(&text, bytes);
    assert_non_null(file);
    assert_true(html_write(h, file, &o));
    fclose(file);
    html_free(h);
    return text;
}

/// A reader of rows ///

struct item {
    uint64_t at, count, length, place, wait, in_outages, value, kind, flags,
            calls;
};

struct row {
    uint64_t count, step;
    struct item *items;
    uint64_t sum, wait_max, in_outages;
};

static uint64_t number(const char **p) {
    uint64_t n = 0;
    for (unsigned shift = 0;; shift += 5) {
        static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz-_";
        const char *digit = strchr(digits, **p);
        assert_true(digit && **p);
        ++*p;
        n |= (uint64_t)((digit - digits) & 31) << shift;
        if (digit - digits < 32) {
            return n;
        }
    }
}

static void read_item(struct item *item, const char **p, const char *kind,
        uint64_t before) {
    const uint64_t first = number(p);
    item->at = before + first / 2;
    item->count = first % 2 ? number(p) : 1;
    if (!strcmp(kind, "pin") || !strcmp(kind, "mapped")) {
        item->length = number(p);
        return;
    }
    if (!strcmp(kind, "rx")) {
        item->value = number(p);
        item->length = item->count > 1 ? number(p) : 0;
        return;
    }
    item->length = number(p);
    item->place = number(p);
    if (!strcmp(kind, "exception")) {
        item->wait = number(p);
        item->in_outages = number(p);
        return;
    }
    item->value = number(p);
    item->kind = number(p);
    item->flags = number(p);
    item->calls = !strcmp(kind, "chip") ? number(p) : 0;
}

// The row whose line has the text. Without one, a count of 0.
static struct row read_row(const char *page, const char *kind,
        const char *name) {
    char wanted[80];
    struct row row = {.count = 0};
    snprintf(wanted, sizeof wanted, "{\"kind\":\"%s\",\"name\":\"%s\"", kind,
            name);
    const char *at = strstr(page, wanted);
    if (!at) {
        return row;
    }
    at = strstr(at, "\"step\":");
    char *rest;
    row.step = strtoull(at + 7, &rest, 10);
    row.count = strtoull(strchr(rest, ':') + 1, &rest, 10);
    const char *p = strstr(rest, "\"items\":\"") + 9;
    row.items = calloc(row.count, sizeof *row.items);
    for (uint64_t i = 0, before = 0; i < row.count; i++) {
        struct item *item = &row.items[i];
        read_item(item, &p, kind, before);
        before = item->at;
        row.sum += item->count;
        row.in_outages += item->in_outages;
        row.wait_max = item->wait > row.wait_max ? item->wait : row.wait_max;
    }
    assert_int_equal(*p, '"');
    return row;
}

static void assert_item(const struct row *row, size_t i, uint64_t at,
        uint64_t length) {
    assert_true(i < row->count);
    assert_int_equal(row->items[i].at, at);
    assert_int_equal(row->items[i].length, length);
}

/// Cases ///

static void test_rows_say_what_happened(void **state) {
    (void)state;
    struct html *h = html_new();
    assert_non_null(h);
    tell(h, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(h, SIM_US, SIM_TRACE_WINDOW, 0, 0, 0); // not yet used: no outage
    tell(h, 2 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(h, 10 * SIM_US, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(h, 11 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_BEGUN);
    tell(h, 20 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_SUSPENDED);
    tell(h, 21 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK, 9000, 0);
    tell(h, 22 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(h, 23 * SIM_US, SIM_TRACE_EXC_EXIT, SYSTICK, 0, 0);
    tell(h, 24 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK, 100, 0);
    tell(h, 25 * SIM_US, SIM_TRACE_EXC_EXIT, SYSTICK, 0, 0);
    tell(h, 29 * SIM_US, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(h, 30 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_RESUMED);
    tell(h, 33 * SIM_US, SIM_TRACE_PIN, 4 << 8 | 8, 1, 0);
    tell(h, 34 * SIM_US, SIM_TRACE_VIOLATION, SIM_RULE_WINDOW_FETCH, 0x100, 1);
    html_power_cut(h, 40 * SIM_US);
    tell(h, 40 * SIM_US, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(h, 41 * SIM_US, SIM_TRACE_UART_RX, 'x', 0, 0);
    tell(h, 42 * SIM_US, SIM_TRACE_UART_RX, 'y', 1, 0);
    tell(h, 43 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(h, 44 * SIM_US, SIM_TRACE_WINDOW, 0, 0, 0);
    size_t bytes;
    char *page = finish(h, 50 * SIM_US, 0, &bytes);

    const struct row outages = read_row(page, "outage", "outage");
    assert_int_equal(outages.count, 3);
    assert_item(&outages, 0, 10000, 12000);
    assert_int_equal(outages.items[0].flags, 0);
    assert_item(&outages, 1, 29000, 11000); // cut
    assert_int_equal(outages.items[1].flags, 2);
    assert_item(&outages, 2, 44000, 6000); // not over
    assert_int_equal(outages.items[2].flags, 3);
    const struct row mapped = read_row(page, "mapped", "mapped");
    assert_item(&mapped, 0, 2000, 38000);
    assert_item(&mapped, 1, 43000, 7000);
    const struct row chip = read_row(page, "chip", "chip");
    assert_int_equal(chip.count, 2);
    assert_item(&chip, 0, 11000, 9000);
    assert_int_equal(chip.items[0].value, 0x1000);
    assert_int_equal(chip.items[0].kind, 'E');
    assert_int_equal(chip.items[0].flags, 1); // then suspended
    assert_int_equal(chip.items[0].calls, 1);
    assert_non_null(strstr(page, "\"calls\":[0,0,2,0]"));
    assert_item(&chip, 1, 30000, 10000);
    assert_int_equal(chip.items[1].flags, 4 | 2); // resumed, cut
    const struct row suspended = read_row(page, "suspended", "suspended");
    assert_int_equal(suspended.count, 1);
    assert_item(&suspended, 0, 20000, 10000);
    const struct row ticks = read_row(page, "exception", "SysTick");
    assert_int_equal(ticks.count, 2);
    assert_item(&ticks, 0, 21000, 2000);
    assert_int_equal(ticks.items[0].wait, 9000);
    assert_int_equal(ticks.items[0].place, 1);
    assert_int_equal(ticks.items[0].in_outages, 1);
    assert_int_equal(ticks.items[1].in_outages, 0);
    const struct row rx = read_row(page, "rx", "rx");
    assert_int_equal(rx.items[0].value, 'x');
    assert_int_equal(rx.items[1].value, 'y' | 0x100);
    assert_item(&rx, 1, 42000, 0);
    const struct row pin = read_row(page, "pin", "PE8");
    assert_item(&pin, 0, 33000, 7000);
    const struct row resets = read_row(page, "reset", "reset");
    assert_int_equal(resets.count, 3);
    assert_int_equal(resets.items[1].value, 4); // power cut
    const struct row violations = read_row(page, "violation", "violation");
    assert_int_equal(violations.items[0].kind, 'A');
    // The handler, the longest wait and outage, and texts that end nothing.
    assert_non_null(strstr(page, "\"number\":15,\"handler\":2,"));
    assert_non_null(strstr(page,
            "\"worst_wait\":{\"at\":12000,\"length\":9000,\"exception\":15}"));
    assert_non_null(strstr(page,
            "\"worst_outage\":{\"at\":10000,\"length\":12000,"));
    assert_non_null(strstr(page, "\"A title \\u003c/script>\""));
    assert_non_null(strstr(page, "\"a\\u003cb>\\u0022\\u005c\",\"\",13]"));
    assert_non_null(strstr(page, "\"window-fetch\""));
    free(outages.items);
    free(mapped.items);
    free(chip.items);
    free(suspended.items);
    free(ticks.items);
    free(rx.items);
    free(pin.items);
    free(resets.items);
    free(violations.items);
    free(page);
}

// One outage each millisecond with an erase in it, a tick that waited for it,
// and five bytes; each hundredth one is followed by a reset.
static void feed(struct html *h, unsigned count) {
    tell(h, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    for (unsigned i = 0; i < count; i++) {
        const sim_time at = (i + 1) * SIM_MS;
        tell(h, at, SIM_TRACE_WINDOW, 1, 0, 0);
        tell(h, at + SIM_US, SIM_TRACE_WINDOW, 0, 0, 0);
        tell(h, at + 2 * SIM_US, SIM_TRACE_CHIP, i % 2 ? 'E' : 'P', i << 8,
                SIM_CHIP_BEGUN);
        tell(h, at + 600 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK,
                i == count / 3 ? 777777 : 500000, 0);
        tell(h, at + 603 * SIM_US, SIM_TRACE_EXC_EXIT, SYSTICK, 0, 0);
        tell(h, at + 700 * SIM_US, SIM_TRACE_CHIP, i % 2 ? 'E' : 'P', i << 8,
                SIM_CHIP_ENDED);
        tell(h, at + 701 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
        for (unsigned k = 0; k < 5; k++) {
            tell(h, at + (710 + k * 40) * SIM_US, SIM_TRACE_UART_RX, k,
                    i == 5 && k == 2, 0);
        }
        if (i % 100 == 99) {
            tell(h, at + 990 * SIM_US, SIM_TRACE_RESET, SIM_RESET_IWDG, 0, 0);
        }
    }
}

// What a thinned page must not lose.
static void assert_kept(const char *page, unsigned count) {
    const struct row outages = read_row(page, "outage", "outage");
    const struct row chip = read_row(page, "chip", "chip");
    const struct row ticks = read_row(page, "exception", "SysTick");
    const struct row rx = read_row(page, "rx", "rx");
    const struct row resets = read_row(page, "reset", "reset");
    assert_int_equal(outages.sum, count);
    assert_int_equal(chip.sum, count);
    assert_int_equal(ticks.sum, count);
    assert_int_equal(ticks.in_outages, count);
    assert_int_equal(ticks.wait_max, 777777);
    assert_int_equal(rx.sum, 5 * count);
    assert_int_equal(resets.count, 1 + count / 100);
    assert_true(rx.count < rx.sum && rx.step > 0);
    bool lost = false;
    for (size_t i = 0; i < rx.count; i++) {
        lost |= rx.items[i].value >= 0x100;
        assert_true(rx.items[i].count == 1 || rx.items[i].length <= rx.step);
    }
    assert_true(lost);
    free(outages.items);
    free(chip.items);
    free(ticks.items);
    free(rx.items);
    free(resets.items);
}

static void test_bytes_are_bounded(void **state) {
    (void)state;
    size_t whole;
    struct html *h = html_new();
    feed(h, 20000);
    char *page = finish(h, 20002 * SIM_MS, 0, &whole);
    assert_true(whole < HTML_BYTES_MAX);
    const struct row rx = read_row(page, "rx", "rx");
    assert_int_equal(rx.step, 0); // all of it
    assert_int_equal(rx.count, 100000);
    free(rx.items);
    free(page);
    // In ever less.
    for (size_t most = whole - 1; most > 60000; most /= 3) {
        size_t bytes;
        h = html_new();
        feed(h, 20000);
        page = finish(h, 20002 * SIM_MS, most, &bytes);
        assert_true(bytes <= most);
        assert_kept(page, 20000);
        free(page);
    }
}

// A row of a long run is thinned while it is recorded.
static void test_memory_is_bounded(void **state) {
    (void)state;
    struct html *h = html_new();
    feed(h, 110000);
    size_t bytes;
    char *page = finish(h, 110002 * SIM_MS, 0, &bytes);
    assert_true(bytes < HTML_BYTES_MAX);
    const struct row rx = read_row(page, "rx", "rx");
    assert_true(rx.count < 1u << 18);
    assert_int_equal(rx.sum, 550000);
    free(rx.items);
    assert_kept(page, 110000);
    free(page);
}

static void test_a_run_without_events(void **state) {
    (void)state;
    size_t bytes;
    char *page = finish(html_new(), 0, 0, &bytes);
    assert_non_null(strstr(page, "\"rows\":[\n]}"));
    assert_null(strstr(page, "@DATA@"));
    assert_non_null(strstr(page, "</html>"));
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_rows_say_what_happened),
            cmocka_unit_test(test_bytes_are_bounded),
            cmocka_unit_test(test_memory_is_bounded),
            cmocka_unit_test(test_a_run_without_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
