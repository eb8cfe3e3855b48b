/*
 * test_vcd - the waveforms can be read, and say what the trace said
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
// sources: host/sim/observe/vcd*.c host/sim/observe/measure.c host/nor/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/observe/measure.h"
#include "nor/nor.h"
#include "sim/observe/vcd.h"

#define SYSTICK 15
#define TIM2 (16 + 28)
#define USART2 (16 + 38)
#define EXPECT_MAX 64

static const char *const irq_names[] = {[28] = "TIM2", [38] = "USART2"};
static const struct sim_irqs irqs = {39, irq_names};

static void tell(struct vcd *v, sim_time at, enum sim_trace_kind kind,
        uint32_t a, uint32_t b, uint32_t c) {
    const struct sim_trace e = {at, kind, a, b, c};
    vcd_trace(v, &e);
}

/// A small reader, strict about what GTKWave relies on ///

struct signal {
    char code[8], name[96], type[8];
    unsigned bits;
};

struct change {
    unsigned long long ns;
    const struct signal *signal;
    unsigned value;
    char text[40];
};

struct waves {
    struct signal signals[EXPECT_MAX];
    size_t signal_count;
    struct change changes[256];
    size_t change_count;
    unsigned long long end_ns;
};

static const struct signal *by_code(const struct waves *w, const char *code) {
    for (size_t i = 0; i < w->signal_count; i++) {
        if (strcmp(w->signals[i].code, code) == 0) {
            return &w->signals[i];
        }
    }
    fail_msg("change of the undeclared signal '%s'", code);
    return NULL;
}

static void read_declaration(struct waves *w, const char *line,
        char scope[64]) {
    char name[32];
    char bits[8];
    struct signal *s = &w->signals[w->signal_count];
    if (sscanf(line, "$scope module %31s $end", name) == 1) {
        assert_string_equal(scope, ""); // they are not nested here
        snprintf(scope, 64, "%s.", name);
    } else if (strcmp(line, "$upscope $end") == 0) {
        assert_string_not_equal(scope, "");
        scope[0] = '\0';
    } else if (sscanf(line, "$var %7s %7s %7s %31s $end", s->type, bits,
                       s->code, name) == 4) {
        s->bits = (unsigned)strtoul(bits, NULL, 10);
        assert_true(w->signal_count + 1 < EXPECT_MAX);
        for (size_t i = 0; i < w->signal_count; i++) {
            assert_string_not_equal(w->signals[i].code, s->code);
        }
        snprintf(s->name, sizeof s->name, "%s%s", scope, name);
        w->signal_count++;
    } else {
        assert_true(line[0] == '$' && strlen(line) > 8);
        assert_string_equal(line + strlen(line) - 4, "$end");
    }
}

static void read_change(struct waves *w, const char *line) {
    struct change *c = &w->changes[w->change_count++];
    assert_true(w->change_count < 256);
    c->ns = w->end_ns;
    if (line[0] == 's') {
        char code[8];
        assert_int_equal(sscanf(line, "s%39s %7s", c->text, code), 2);
        c->signal = by_code(w, code);
        assert_string_equal(c->signal->type, "string");
        return;
    }
    if (line[0] == 'b') {
        char bits[40];
        char code[8];
        assert_int_equal(sscanf(line, "b%39[01] %7s", bits, code), 2);
        c->signal = by_code(w, code);
        assert_int_equal(strlen(bits), c->signal->bits);
        c->value = (unsigned)strtoul(bits, NULL, 2);
        return;
    }
    assert_true(line[0] == '0' || line[0] == '1');
    c->signal = by_code(w, line + 1);
    assert_int_equal(c->signal->bits, 1);
    c->value = (unsigned)(line[0] - '0');
}

static void read_waves(struct waves *w, char *text) {
    memset(w, 0, sizeof *w);
    char scope[64] = "";
    bool declared = false;
    bool in_start = false;
    bool started = false;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line;
            line = strtok_r(NULL, "\n", &rest)) {
        if (!declared) {
            declared = strcmp(line, "$enddefinitions $end") == 0;
            if (!declared) {
                read_declaration(w, line, scope);
            }
        } else if (line[0] == '#') {
            const unsigned long long ns = strtoull(line + 1, NULL, 10);
            assert_true(ns > w->end_ns || !started);
            started = true;
            w->end_ns = ns;
        } else if (line[0] == '$') {
            assert_true(strcmp(line, in_start ? "$end" : "$dumpvars") == 0);
            in_start = !in_start;
        } else {
            assert_true(started);
            read_change(w, line);
        }
    }
    assert_true(declared && !in_start);
    assert_string_equal(scope, "");
}

static void finish(struct vcd *v, struct waves *w, sim_time end) {
    // TIM2 became pending 5 us before the end, and was not served.
    const struct sim_waiting waiting = {
            .count = end > 40 * SIM_US,
            .pending = {{TIM2, end - 5 * SIM_US}},
    };
    const struct vcd_options o = {"a board", "a part", &irqs, &waiting, end};
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    assert_true(vcd_write(v, file, &o));
    fclose(file);
    assert_non_null(strstr(text, "$timescale 1 ns $end"));
    read_waves(w, text);
    free(text);
    vcd_free(v);
}

// Value after everything that happened up to ns; -1: there is no such signal.
static int value_at(const struct waves *w, const char *name,
        unsigned long long ns) {
    int value = -1;
    for (size_t i = 0; i < w->change_count; i++) {
        const struct change *c = &w->changes[i];
        if (c->ns <= ns && strcmp(c->signal->name, name) == 0) {
            value = (int)c->value;
        }
    }
    return value;
}

// The same of a text; "": there is no such signal.
static const char *text_at(const struct waves *w, const char *name,
        unsigned long long ns) {
    const char *text = "";
    for (size_t i = 0; i < w->change_count; i++) {
        const struct change *c = &w->changes[i];
        if (c->ns <= ns && strcmp(c->signal->name, name) == 0) {
            text = c->text;
        }
    }
    return text;
}

static unsigned count_of(const struct waves *w, const char *name) {
    unsigned count = 0;
    for (size_t i = 0; i < w->change_count; i++) {
        count += strcmp(w->changes[i].signal->name, name) == 0;
    }
    return count;
}

/// Cases ///

static void test_erase_in_slices(void **state) {
    (void)state;
    struct waves w;
    struct vcd *v = vcd_new();
    assert_non_null(v);
    tell(v, 0, SIM_TRACE_RESET, SIM_RESET_POWER_ON, 0, 0);
    tell(v, SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(v, 10 * SIM_US, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(v, 11 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_BEGUN);
    tell(v, 20 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_SUSPENDED);
    tell(v, 21 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    tell(v, 22 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK, 9000, 0);
    tell(v, 23 * SIM_US, SIM_TRACE_EXC_ENTER, TIM2, 0, 0);
    tell(v, 24 * SIM_US, SIM_TRACE_EXC_EXIT, TIM2, 0, 0);
    tell(v, 25 * SIM_US, SIM_TRACE_EXC_EXIT, SYSTICK, 0, 0);
    tell(v, 29 * SIM_US, SIM_TRACE_WINDOW, 0, 0, 0);
    tell(v, 30 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_RESUMED);
    tell(v, 40 * SIM_US, SIM_TRACE_CHIP, 'E', 0x1000, SIM_CHIP_ENDED);
    tell(v, 41 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    finish(v, &w, 50 * SIM_US);
    assert_int_equal(w.end_ns, 50000);
    assert_int_equal(value_at(&w, "flash.window_readable", 500), 0);
    assert_int_equal(value_at(&w, "flash.outage", 500), 0); // not yet used
    assert_int_equal(value_at(&w, "flash.outage", 10500), 1);
    assert_int_equal(value_at(&w, "flash.chip_erases", 15000), 1);
    assert_int_equal(value_at(&w, "flash.chip_suspended", 15000), 0);
    assert_int_equal(value_at(&w, "flash.chip_erases", 20500), 0);
    assert_int_equal(value_at(&w, "flash.chip_suspended", 20500), 1);
    assert_int_equal(value_at(&w, "flash.window_readable", 22000), 1);
    assert_int_equal(value_at(&w, "flash.outage", 22000), 0);
    assert_int_equal(value_at(&w, "interrupts.SysTick", 23500), 1);
    assert_int_equal(value_at(&w, "interrupts.TIM2", 23500), 1);
    assert_int_equal(value_at(&w, "interrupts.TIM2", 24500), 0);
    assert_int_equal(value_at(&w, "interrupts.SysTick", 25500), 0);
    assert_int_equal(value_at(&w, "flash.chip_suspended", 30500), 0);
    assert_int_equal(value_at(&w, "flash.chip_erases", 39999), 1);
    assert_int_equal(value_at(&w, "flash.chip_erases", 40000), 0);
    assert_string_equal(text_at(&w, "flash.chip_operation", 10500), "idle");
    assert_string_equal(text_at(&w, "flash.chip_operation", 15000), "erase");
    assert_string_equal(text_at(&w, "flash.chip_operation", 25000),
            "suspended");
    assert_string_equal(text_at(&w, "flash.chip_operation", 30500), "erase");
    assert_string_equal(text_at(&w, "flash.chip_operation", 40500), "idle");
    assert_int_equal(value_at(&w, "flash.chip_address", 10500), 0);
    assert_int_equal(value_at(&w, "flash.chip_address", 15000), 0x1000);
    // SysTick waited 9 us from 13 us on; TIM2 not, but at the end.
    assert_int_equal(value_at(&w, "interrupts.SysTick_pending", 12999), 0);
    assert_int_equal(value_at(&w, "interrupts.SysTick_pending", 13000), 1);
    assert_int_equal(value_at(&w, "interrupts.SysTick_pending", 21999), 1);
    assert_int_equal(value_at(&w, "interrupts.SysTick_pending", 22000), 0);
    assert_int_equal(value_at(&w, "interrupts.TIM2_pending", 44999), 0);
    assert_int_equal(value_at(&w, "interrupts.TIM2_pending", 45000), 1);
    // What did not happen is no signal.
    assert_int_equal(value_at(&w, "interrupts.USART2", 50000), -1);
    assert_int_equal(value_at(&w, "uart.rx_byte", 50000), -1);
}

static void test_bytes_pins_sleep(void **state) {
    (void)state;
    struct waves w;
    struct vcd *v = vcd_new();
    tell(v, SIM_US, SIM_TRACE_UART_RX, 0xA5, 0, 0);
    tell(v, 2 * SIM_US, SIM_TRACE_UART_RX, 0xA5, 0, 0);
    tell(v, 3 * SIM_US, SIM_TRACE_UART_RX, 0x5A, 1, 0);
    tell(v, 4 * SIM_US, SIM_TRACE_UART_TX, 'x', 0, 0);
    tell(v, 5 * SIM_US, SIM_TRACE_PIN, 4 << 8 | 8, 1, 0);
    tell(v, 6 * SIM_US, SIM_TRACE_PIN, 4 << 8 | 8, 0, 0);
    tell(v, 7 * SIM_US, SIM_TRACE_SLEEP, 1, 0, 0);
    tell(v, 8 * SIM_US, SIM_TRACE_EXC_ENTER, 3, 0, 0);
    tell(v, 9 * SIM_US, SIM_TRACE_RESET, SIM_RESET_IWDG, 0, 0);
    finish(v, &w, 10 * SIM_US);
    assert_int_equal(count_of(&w, "uart.rx"), 2); // equal bytes are two
    assert_int_equal(count_of(&w, "uart.rx_lost"), 1);
    assert_int_equal(value_at(&w, "uart.rx_byte", 2500), 0xA5);
    assert_int_equal(value_at(&w, "uart.rx_byte", 3500), 0x5A);
    assert_int_equal(value_at(&w, "uart.tx_byte", 4500), 'x');
    assert_int_equal(value_at(&w, "pins.PE8", 5500), 1);
    assert_int_equal(value_at(&w, "pins.PE8", 6500), 0);
    assert_int_equal(value_at(&w, "cpu.sleep", 7500), 1);
    assert_int_equal(value_at(&w, "interrupts.HardFault", 8500), 1);
    // A reset ends sleep and handlers.
    assert_int_equal(count_of(&w, "cpu.reset"), 1);
    assert_int_equal(value_at(&w, "cpu.sleep", 9500), 0);
    assert_int_equal(value_at(&w, "interrupts.HardFault", 9500), 0);
}

// The chip's end is noticed by a poll that comes after another event.
static void test_time_never_runs_back(void **state) {
    (void)state;
    struct waves w; // the reader fails if it does
    struct vcd *v = vcd_new();
    tell(v, SIM_US, SIM_TRACE_CHIP, 'P', 0, SIM_CHIP_BEGUN);
    tell(v, 5 * SIM_US, SIM_TRACE_UART_RX, 1, 0, 0);
    tell(v, 4 * SIM_US, SIM_TRACE_CHIP, 'P', 0, SIM_CHIP_ENDED);
    tell(v, 5 * SIM_US + 400, SIM_TRACE_UART_RX, 2, 0, 0); // same ns
    finish(v, &w, 6 * SIM_US);
    assert_int_equal(value_at(&w, "flash.chip_programs", 4999), 1);
    assert_int_equal(value_at(&w, "flash.chip_programs", 5000), 0);
    assert_int_equal(value_at(&w, "uart.rx_byte", 5000), 2);
}

static void test_aborted_in_suspension(void **state) {
    (void)state;
    struct waves w;
    struct vcd *v = vcd_new();
    tell(v, 1 * SIM_US, SIM_TRACE_CHIP, 'E', 0, SIM_CHIP_BEGUN);
    tell(v, 2 * SIM_US, SIM_TRACE_CHIP, 'E', 0, SIM_CHIP_SUSPENDED);
    tell(v, 3 * SIM_US, SIM_TRACE_CHIP, 'P', 256, SIM_CHIP_BEGUN);
    tell(v, 4 * SIM_US, SIM_TRACE_CHIP, 'P', 256, SIM_CHIP_ENDED);
    tell(v, 6 * SIM_US, SIM_TRACE_CHIP, 'E', 0, SIM_CHIP_ENDED);
    finish(v, &w, 7 * SIM_US);
    assert_int_equal(value_at(&w, "flash.chip_programs", 3500), 1);
    assert_int_equal(value_at(&w, "flash.chip_suspended", 4500), 1);
    assert_int_equal(value_at(&w, "flash.chip_suspended", 6500), 0);
}

// Functions, with what no text of a waveform may hold; and the view of GTKWave.
static void test_functions_and_view(void **state) {
    (void)state;
    struct waves w;
    struct vcd *v = vcd_new();
    static const char *const names[] = {"main", "a::b(int, char)"};
    tell(v, 1 * SIM_US, SIM_TRACE_WINDOW, 1, 0, 0);
    vcd_function(v, names[0]);
    tell(v, 2 * SIM_US, SIM_TRACE_EXC_ENTER, SYSTICK, 300, 0);
    vcd_function(v, names[1]);
    tell(v, 3 * SIM_US, SIM_TRACE_EXC_EXIT, SYSTICK, 0, 0);
    vcd_function(v, names[0]);
    tell(v, 4 * SIM_US, SIM_TRACE_UART_RX, 1, 0, 0);
    vcd_function(v, names[0]);
    tell(v, 5 * SIM_US, SIM_TRACE_VIOLATION, 0, 0, 0);
    tell(v, 6 * SIM_MS, SIM_TRACE_EXC_ENTER, USART2, 1000, 0); // at the end
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    const struct vcd_options o = {"a board", "a part", &irqs, NULL, 6 * SIM_MS};
    assert_true(vcd_write_view(v, file, &o, 2 * SIM_US));
    fclose(file);
    assert_non_null(strstr(text, "\n*-20.516531 2000\n@200\n-flash\n"));
    assert_non_null(strstr(text,
            "@28\ninterrupts.SysTick\n@28\ninterrupts.SysTick_pending\n"));
    assert_non_null(strstr(text, "@22\nuart.rx_byte[7:0]\n"));
    assert_null(strstr(text, "tx_byte"));
    free(text);
    finish(v, &w, 6 * SIM_US);
    assert_string_equal(text_at(&w, "cpu.function", 500), "?");
    assert_string_equal(text_at(&w, "cpu.function", 1000), "main");
    assert_string_equal(text_at(&w, "cpu.function", 2000), "a::b(int,_char)");
    assert_string_equal(text_at(&w, "cpu.function", 3000), "main");
    assert_int_equal(count_of(&w, "cpu.function"), 4); // with the first one
    assert_int_equal(count_of(&w, "cpu.violation"), 1);
    assert_int_equal(value_at(&w, "interrupts.SysTick_pending", 1700), 1);
    assert_int_equal(value_at(&w, "interrupts.USART2_pending", 5999000), 1);
    assert_int_equal(value_at(&w, "interrupts.USART2_pending", 6000000), 0);
}

/// What the chip model tells ///

struct told {
    char text[200];
    uint64_t at[8];
    size_t count;
};

static void add(struct told *t, const char *what, char kind, uint32_t off,
        uint64_t time_ps) {
    const size_t length = strlen(t->text);
    snprintf(t->text + length, sizeof t->text - length, "%s %c %x; ", what,
            kind, (unsigned)off);
    assert_true(t->count < 8);
    t->at[t->count++] = time_ps;
}

static void operation(void *ctx, char kind, uint32_t off, uint32_t len_bytes,
        uint64_t time_ps, bool begun) {
    (void)len_bytes;
    add(ctx, begun ? "begun" : "ended", kind, off, time_ps);
}

static void suspension(void *ctx, char kind, uint32_t off, uint64_t time_ps,
        bool suspended) {
    add(ctx, suspended ? "suspended" : "resumed", kind, off, time_ps);
}

static void command(struct nor *nor, uint64_t time_ps, uint8_t opcode,
        bool addressed) {
    const struct nor_frame f = {
            .has_opcode = true,
            .opcode = opcode,
            .opcode_lanes = 1,
            .addr_bytes = addressed ? 3 : 0,
            .addr_lanes = addressed ? 1 : 0,
            .addr = 0x3000,
    };
    nor_begin(nor, time_ps, &f);
    nor_end(nor, time_ps);
}

static void test_chip_tells_suspensions(void **state) {
    (void)state;
    struct told told = {.count = 0};
    const struct nor_options options = {
            .operation = operation, .suspension = suspension, .ctx = &told};
    const struct nor_part *part = nor_part_find("w25q128jv");
    struct nor *nor = nor_new(part, NULL, &options);
    assert_non_null(nor);
    const uint64_t start = NOR_MS;
    command(nor, start, 0x06, false);
    command(nor, start, 0x20, true);
    command(nor, start + 5 * NOR_MS, part->suspend_opcode, false);
    // It takes a while, and is told with the time when it was so.
    assert_false(nor_busy(nor, start + 6 * NOR_MS));
    assert_string_equal(told.text, "begun E 3000; suspended E 3000; ");
    assert_int_equal(told.at[1],
            start + 5 * NOR_MS + part->suspend_latency_us * NOR_US);
    command(nor, start + 9 * NOR_MS, part->resume_opcode, false);
    assert_int_equal(told.at[2], start + 9 * NOR_MS);
    assert_false(nor_busy(nor, start + NOR_MS * 1000));
    assert_string_equal(told.text,
            "begun E 3000; suspended E 3000; resumed E 3000; ended E 3000; ");
    nor_free(nor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_erase_in_slices),
            cmocka_unit_test(test_bytes_pins_sleep),
            cmocka_unit_test(test_time_never_runs_back),
            cmocka_unit_test(test_aborted_in_suspension),
            cmocka_unit_test(test_functions_and_view),
            cmocka_unit_test(test_chip_tells_suspensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
