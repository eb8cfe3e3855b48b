/*
 * test_dma - the modelled DMA1 and DMA2
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
// sources: host/sim/stm32/*.c host/sim/stm32l4/*.c host/sim/machine/board*.c host/sim/machine/machine.c
// sources: host/board/*.c host/base/*.c host/nor/nor_parts.c
// sources: host/sim/rules.c
// sources: tests/support/fake_sim.c
// sources: tests/support/fake_nor.c
#include "support/stm32_bench.h"

#define DMA1 0x40020000u
#define DMA2 0x40020400u
#define ISR 0x00u
#define IFCR 0x04u
#define CCR(channel) (0x08u + 0x14u * ((channel)-1u))
#define CNDTR(channel) (CCR(channel) + 4u)
#define CPAR(channel) (CCR(channel) + 8u)
#define CMAR(channel) (CCR(channel) + 12u)
#define CSELR 0xA8u

#define EN 0x1u
#define TCIE 0x2u
#define HTIE 0x4u
#define TEIE 0x8u
#define DIR 0x10u
#define CIRC 0x20u
#define PINC 0x40u
#define MINC 0x80u
#define P16 0x100u
#define P32 0x200u
#define M16 0x400u
#define M32 0x800u
#define PL(n) ((uint32_t)(n) << 12)
#define MEM2MEM 0x4000u

#define GIF 1u
#define TCIF 2u
#define HTIF 4u
#define TEIF 8u

#define USART 0x40004400u
#define SRAM 0x20000000u
#define WINDOW 0x90000000u

static struct bench b;
static struct sim *s;

static uint8_t peer_out[64], peer_in[64];
static size_t peer_out_len, peer_out_at, peer_in_len;

static void peer_tx(void *ctx, uint8_t byte) {
    (void)ctx;
    assert_true(peer_in_len < sizeof peer_in);
    peer_in[peer_in_len++] = byte;
}

static int peer_next(void *ctx) {
    (void)ctx;
    return peer_out_at < peer_out_len ? peer_out[peer_out_at++] : -1;
}

static int setup(void **state) {
    (void)state;
    const struct sim_uart_peer peer = {
            .tx = peer_tx, .next = peer_next, .baud = 115200};
    peer_out_len = 0;
    peer_out_at = 0;
    peer_in_len = 0;
    bench_open(&b, "stm32l476g-disco", &peer);
    s = b.sim;
    bench_80mhz(&b);
    fake_or32(s, RCC_AHB1ENR, 3);
    memset(sim_memory(s, SRAM, 0x4000), 0, 0x4000);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static void prepare(uint32_t dma, unsigned channel, uint32_t par, uint32_t mar,
        uint32_t count) {
    fake_w32(s, dma + CPAR(channel), par);
    fake_w32(s, dma + CMAR(channel), mar);
    fake_w32(s, dma + CNDTR(channel), count);
}

static uint32_t flags(uint32_t dma, unsigned channel) {
    return fake_r32(s, dma + ISR) >> 4 * (channel - 1) & 0xFu;
}

static uint32_t left(uint32_t dma, unsigned channel) {
    return fake_r32(s, dma + CNDTR(channel));
}

static void put_bytes(uint32_t addr, const char *text) {
    memcpy(sim_memory(s, addr, (uint32_t)strlen(text)), text, strlen(text));
}

static void assert_bytes(uint32_t addr, const void *want, size_t len) {
    assert_memory_equal(sim_memory(s, addr, (uint32_t)len), want, len);
}

/// Memory to memory ///

static void copies_memory(void **state) {
    (void)state;
    put_bytes(SRAM, "0123456789abcdef");
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 4);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | P32 | M32 | EN);
    assert_int_equal(left(DMA1, 1), 4); // not at once
    (void)fake_changed(s);
    fake_run(s, SIM_US);
    assert_bytes(SRAM + 0x100, "0123456789abcdef", 16);
    assert_int_equal(fake_changed(s), 16); // translations of it are dropped
    assert_int_equal(left(DMA1, 1), 0);
    assert_int_equal(flags(DMA1, 1), GIF | TCIF | HTIF);
    // Normal mode: EN stays, and nothing more happens.
    assert_int_equal(fake_r32(s, DMA1 + CCR(1)) & EN, EN);
    fake_w32(s, DMA1 + IFCR, GIF);
    fake_run(s, SIM_MS);
    assert_int_equal(flags(DMA1, 1), 0);
    assert_no_violation(s);
}

static void no_circles_in_memory(void **state) {
    (void)state;
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 4);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | CIRC | PINC | MINC | EN);
    assert_int_equal(fake_notes(s, "MEM2MEM and CIRC"), 1);
    fake_run(s, SIM_MS);
    assert_int_equal(left(DMA1, 1), 0);
}

static void takes_time(void **state) {
    (void)state;
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 1000);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | EN);
    // 5 cycles of 12.5 ns an item
    fake_run(s, 500 * 5 * 12500 - 1);
    assert_int_equal(left(DMA1, 1), 501);
    assert_int_equal(flags(DMA1, 1), 0);
    fake_run(s, 1);
    assert_int_equal(left(DMA1, 1), 500);
    assert_int_equal(flags(DMA1, 1), GIF | HTIF);
    fake_run(s, 500 * 5 * 12500 - 1);
    assert_int_equal(flags(DMA1, 1), GIF | HTIF);
    fake_run(s, 1);
    assert_int_equal(flags(DMA1, 1), GIF | HTIF | TCIF);
}

static void direction_swaps_source_and_target(void **state) {
    (void)state;
    put_bytes(SRAM, "from");
    prepare(DMA2, 7, SRAM + 0x100, SRAM, 4); // CMAR is the source
    fake_w32(s, DMA2 + CCR(7), MEM2MEM | DIR | PINC | MINC | EN);
    fake_run(s, SIM_US);
    assert_bytes(SRAM + 0x100, "from", 4);
}

static void fixed_addresses(void **state) {
    (void)state;
    put_bytes(SRAM, "AB");
    prepare(DMA1, 2, SRAM, SRAM + 0x100, 3);
    fake_w32(s, DMA1 + CCR(2), MEM2MEM | MINC | EN);
    fake_run(s, SIM_US);
    assert_bytes(SRAM + 0x100, "AAA", 4); // fills
    prepare(DMA1, 3, SRAM, SRAM + 0x200, 2);
    fake_w32(s, DMA1 + CCR(3), MEM2MEM | PINC | EN);
    fake_run(s, SIM_US);
    assert_bytes(SRAM + 0x200, "B\0", 2); // the last one stays
}

// Wider target: zeroes; narrower: the low part. Addresses are aligned.
static void sizes_differ(void **state) {
    (void)state;
    put_bytes(SRAM, "\x11\x22\x33\x44\x55\x66\x77\x88");
    memset(sim_memory(s, SRAM + 0x100, 16), 0xEE, 16);
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 2);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | M32 | EN);
    fake_run(s, SIM_US);
    assert_bytes(SRAM + 0x100, "\x11\0\0\0\x22\0\0\0\xEE", 9);
    prepare(DMA1, 2, SRAM + 3, SRAM + 0x201, 2); // 32 bits to 16
    fake_w32(s, DMA1 + CCR(2), MEM2MEM | PINC | MINC | P32 | M16 | EN);
    fake_run(s, SIM_US);
    assert_bytes(SRAM + 0x200, "\x11\x22\x55\x66\0", 5);
}

static void higher_level_then_lower_number(void **state) {
    (void)state;
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 100);
    prepare(DMA1, 2, SRAM, SRAM + 0x200, 100);
    prepare(DMA1, 7, SRAM, SRAM + 0x300, 100);
    const uint32_t ccr = MEM2MEM | PINC | MINC | EN;
    fake_w32(s, DMA1 + CCR(2), ccr);
    fake_w32(s, DMA1 + CCR(1), ccr);
    fake_w32(s, DMA1 + CCR(7), ccr | PL(3));
    fake_run(s, 100 * 5 * 12500);
    assert_int_equal(left(DMA1, 7), 0);
    assert_int_equal(left(DMA1, 1), 100);
    fake_run(s, 100 * 5 * 12500);
    assert_int_equal(left(DMA1, 1), 0);
    assert_int_equal(left(DMA1, 2), 100);
}

static void both_controllers_run(void **state) {
    (void)state;
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 10);
    prepare(DMA2, 1, SRAM, SRAM + 0x200, 10);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    fake_w32(s, DMA2 + CCR(1), MEM2MEM | EN);
    fake_run(s, 10 * 5 * 12500);
    assert_int_equal(left(DMA1, 1), 0);
    assert_int_equal(left(DMA2, 1), 0);
}

/// Registers ///

static void enabled_is_read_only(void **state) {
    (void)state;
    const uint32_t ccr = PINC | MINC | EN; // no request comes
    prepare(DMA1, 4, SRAM, SRAM + 0x100, 7);
    fake_w32(s, DMA1 + CCR(4), ccr);
    prepare(DMA1, 4, 1, 2, 3);
    assert_int_equal(left(DMA1, 4), 7);
    assert_int_equal(fake_r32(s, DMA1 + CPAR(4)), SRAM);
    assert_int_equal(fake_r32(s, DMA1 + CMAR(4)), SRAM + 0x100);
    fake_w32(s, DMA1 + CCR(4), MEM2MEM | CIRC | P32 | PL(2) | TCIE | EN);
    assert_int_equal(fake_r32(s, DMA1 + CCR(4)), ccr | TCIE);
    assert_int_equal(fake_notes(s, "while EN=1"), 1);
    // Stopped, everything can be written.
    fake_w32(s, DMA1 + CCR(4), ccr & ~EN);
    prepare(DMA1, 4, 1, 2, 0x12345);
    assert_int_equal(left(DMA1, 4), 0x2345);
    assert_int_equal(fake_r32(s, DMA1 + CPAR(4)), 1);
    assert_int_equal(fake_r32(s, DMA1 + CMAR(4)), 2);
    fake_w32(s, DMA1 + CCR(4), 0xFFFF8000u);
    assert_int_equal(fake_r32(s, DMA1 + CCR(4)), 0);
}

static void stopping_keeps_the_remainder(void **state) {
    (void)state;
    put_bytes(SRAM, "0123456789");
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 10);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | EN);
    fake_run(s, 6 * 5 * 12500);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC);
    fake_run(s, SIM_MS);
    assert_int_equal(left(DMA1, 1), 4);
    assert_int_equal(fake_r32(s, DMA1 + CPAR(1)), SRAM);
    // A new start begins at the bases, with what was left.
    memset(sim_memory(s, SRAM + 0x100, 10), 0, 10);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | EN);
    fake_run(s, SIM_MS);
    assert_bytes(SRAM + 0x100, "0123\0", 5);
}

static void flags_are_cleared_one_by_one(void **state) {
    (void)state;
    prepare(DMA1, 3, SRAM, SRAM + 0x100, 4);
    fake_w32(s, DMA1 + CCR(3), MEM2MEM | HTIE | TCIE | EN);
    prepare(DMA1, 5, SRAM, SRAM + 0x100, 4);
    fake_w32(s, DMA1 + CCR(5), MEM2MEM | EN);
    fake_run(s, SIM_US);
    assert_true(fake_irq(s, 13));
    assert_false(fake_irq(s, 15)); // not enabled
    fake_w32(s, DMA1 + IFCR, HTIF << 8);
    assert_int_equal(flags(DMA1, 3), GIF | TCIF);
    assert_true(fake_irq(s, 13));
    fake_w32(s, DMA1 + IFCR, TCIF << 8);
    assert_int_equal(flags(DMA1, 3), 0); // GIF stands for nothing more
    assert_false(fake_irq(s, 13));
    assert_int_equal(flags(DMA1, 5), GIF | TCIF | HTIF);
    fake_w32(s, DMA1 + ISR, 0xFFFFFFFF); // read-only
    assert_int_equal(flags(DMA1, 5), GIF | TCIF | HTIF);
}

static void interrupt_numbers(void **state) {
    (void)state;
    static const unsigned irq[2][7] = {
            {11, 12, 13, 14, 15, 16, 17}, {56, 57, 58, 59, 60, 68, 69}};
    for (unsigned i = 0; i < 2; i++) {
        const uint32_t dma = i == 0 ? DMA1 : DMA2;
        for (unsigned c = 1; c <= 7; c++) {
            prepare(dma, c, SRAM, SRAM + 0x100, 1);
            fake_w32(s, dma + CCR(c), MEM2MEM | TCIE | EN);
            fake_run(s, SIM_US);
            for (unsigned n = 0; n < FAKE_IRQS; n++) {
                assert_int_equal(fake_irq(s, n), n == irq[i][c - 1]);
            }
            fake_w32(s, dma + IFCR, 0xFFFFFFFF);
            assert_false(fake_irq(s, irq[i][c - 1]));
        }
    }
}

/// USART2 ///

static void start_usart(uint32_t cr3) {
    fake_or32(s, RCC_APB1ENR, 1u << 17);
    bench_pin(&b, 'D', 5, 2, 7);
    bench_pin(&b, 'D', 6, 2, 7);
    fake_w32(s, USART + 0x0C, 694);
    fake_w32(s, USART + 0x08, cr3);
    fake_w32(s, USART, 0xD);
}

static void send(const char *text) {
    peer_out_at = 0;
    peer_out_len = strlen(text);
    memcpy(peer_out, text, peer_out_len);
    sim_board_uart_kick(b.board);
}

static const sim_time frame = 10 * (SIM_S / 115200);

static void receives_in_circles(void **state) {
    (void)state;
    start_usart(0x40);
    fake_w32(s, DMA1 + CSELR, 2u << 20);
    prepare(DMA1, 6, USART + 0x24, SRAM, 4);
    fake_w32(s, DMA1 + CCR(6), MINC | CIRC | HTIE | TCIE | EN);
    send("abcdefg");
    fake_run(s, frame + SIM_US);
    assert_bytes(SRAM, "a\0", 2);
    assert_int_equal(left(DMA1, 6), 3);
    assert_int_equal(fake_r32(s, USART + 0x1C) & 0x20, 0); // RXNE was taken
    assert_false(fake_irq(s, 16));
    fake_run(s, frame);
    assert_int_equal(flags(DMA1, 6), GIF | HTIF);
    assert_true(fake_irq(s, 16));
    fake_w32(s, DMA1 + IFCR, GIF << 20);
    fake_run(s, 2 * frame);
    assert_int_equal(flags(DMA1, 6), GIF | TCIF);
    assert_int_equal(left(DMA1, 6), 4); // reloaded
    fake_run(s, 3 * frame);
    assert_bytes(SRAM, "efgd\0", 5);
    assert_int_equal(left(DMA1, 6), 1);
    assert_int_equal(sim_board_counters(b.board).uart_overruns, 0);
}

static void sends(void **state) {
    (void)state;
    start_usart(0x80);
    put_bytes(SRAM, "hello");
    fake_w32(s, DMA1 + CSELR, 2u << 24);
    prepare(DMA1, 7, USART + 0x28, SRAM, 5);
    fake_w32(s, DMA1 + CCR(7), DIR | MINC | TCIE | EN);
    fake_run(s, 3 * frame);
    assert_false(fake_irq(s, 17));
    fake_run(s, 5 * frame);
    assert_true(fake_irq(s, 17));
    assert_int_equal(peer_in_len, 5);
    assert_memory_equal(peer_in, "hello", 5);
    assert_int_equal(fake_r32(s, USART + 0x1C) & 0x40, 0x40); // TC
}

static void needs_request_and_selection(void **state) {
    (void)state;
    start_usart(0); // DMAR is off
    fake_w32(s, DMA1 + CSELR, 2u << 20);
    prepare(DMA1, 6, USART + 0x24, SRAM, 4);
    fake_w32(s, DMA1 + CCR(6), MINC | EN);
    send("ab");
    fake_run(s, 2 * frame);
    assert_int_equal(left(DMA1, 6), 4);
    fake_w32(s, USART + 0x08, 0x40); // what waits in RDR comes now
    fake_run(s, SIM_US);
    assert_int_equal(left(DMA1, 6), 3);
    assert_bytes(SRAM, "a", 1);
    // Another peripheral's request.
    fake_w32(s, DMA1 + CSELR, 1u << 20);
    fake_w32(s, DMA1 + CCR(6), MINC);
    fake_w32(s, DMA1 + CCR(6), MINC | EN);
    send("c");
    fake_run(s, 2 * frame);
    assert_int_equal(left(DMA1, 6), 3);
    assert_int_equal(fake_notes(s, "enabled for request 1"), 1);
}

// DDRE: after an overrun nothing is taken until its flag is cleared.
static void reception_error_holds_requests(void **state) {
    (void)state;
    start_usart(0x2000);
    send("ab");
    fake_run(s, 2 * frame); // nobody reads: ORE
    fake_w32(s, DMA1 + CSELR, 2u << 20);
    prepare(DMA1, 6, USART + 0x24, SRAM, 4);
    fake_w32(s, DMA1 + CCR(6), MINC | EN);
    fake_w32(s, USART + 0x08, 0x2040);
    fake_run(s, SIM_US);
    assert_int_equal(left(DMA1, 6), 4);
    fake_w32(s, USART + 0x20, 8);
    fake_run(s, SIM_US);
    assert_int_equal(left(DMA1, 6), 3);
}

// A peripheral that takes words sees the byte on all lines.
static void narrow_write_to_apb(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1);
    put_bytes(SRAM, "\xB0");
    prepare(DMA1, 1, SRAM, 0x40000000 + 0x2C, 1); // TIM2_ARR
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    fake_run(s, SIM_US);
    assert_int_equal(fake_r32(s, 0x4000002C), 0xB0B0B0B0);
}

/// Errors ///

static void bus_error(uint32_t from, uint32_t to) {
    prepare(DMA1, 1, from, to, 4);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | P32 | M32 | TEIE | EN);
    fake_run(s, SIM_US);
    assert_int_equal(flags(DMA1, 1), GIF | TEIF);
    assert_int_equal(fake_r32(s, DMA1 + CCR(1)) & EN, 0);
    assert_int_equal(left(DMA1, 1), 4);
    assert_true(fake_irq(s, 11));
    fake_w32(s, DMA1 + IFCR, TEIF);
    assert_false(fake_irq(s, 11));
    assert_int_equal(flags(DMA1, 1), 0);
}

static void bus_errors(void **state) {
    (void)state;
    bus_error(0x70000000, SRAM); // nothing there
    bus_error(SRAM, 0x70000000);
    bus_error(SRAM, 0x08000000); // flash
    bus_error(SRAM, 0x1FFF7000); // system memory
    bus_error(0xE000ED00, SRAM); // the core's own registers
    bus_error(SRAM, WINDOW);
    bus_error(SRAM + 96 * 1024 - 2, SRAM + 96 * 1024); // beyond SRAM1
    assert_no_violation(s);                            // silicon answers these
}

static void an_error_stops_one_channel(void **state) {
    (void)state;
    prepare(DMA1, 1, 0x70000000, SRAM, 4);
    prepare(DMA1, 2, SRAM, SRAM + 0x100, 4);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    fake_w32(s, DMA1 + CCR(2), MEM2MEM | EN);
    fake_run(s, SIM_US);
    assert_int_equal(flags(DMA1, 1), GIF | TEIF);
    assert_int_equal(left(DMA1, 2), 0);
    // EN stays 0 until the flag is cleared.
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 4);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    assert_int_equal(fake_r32(s, DMA1 + CCR(1)) & EN, 0);
    assert_int_equal(fake_notes(s, "TEIF is set"), 1);
    fake_w32(s, DMA1 + IFCR, GIF);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    fake_run(s, SIM_US);
    assert_int_equal(left(DMA1, 1), 0);
}

/// The window ///

static void reads_the_open_window(void **state) {
    (void)state;
    const struct sim_window_timing timing = {0, 0};
    memcpy(sim_memory(s, WINDOW + 0x40, 4), "flsh", 4);
    fake_or32(s, RCC_AHB3ENR, 1u << 8);
    sim_window_open(s, &timing);
    prepare(DMA1, 1, WINDOW + 0x40, SRAM, 4);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | PINC | MINC | EN);
    fake_run(s, 10 * SIM_US);
    assert_bytes(SRAM, "flsh", 4);
    assert_no_violation(s);
}

// The chip answers, with garbage.
static void reading_a_suspended_unit_is_a_violation(void **state) {
    (void)state;
    const struct sim_window_timing timing = {0, 0};
    sim_window_open(s, &timing);
    sim_window_suspended(s, "half erased", WINDOW + 0x1000, 0x1000);
    prepare(DMA2, 3, SRAM, WINDOW + 0xFFE, 4);
    fake_set_pc(s, 0x20001234);
    fake_w32(s, DMA2 + CCR(3), MEM2MEM | DIR | MINC | PINC | EN);
    fake_run(s, 10 * SIM_US);
    assert_non_null(strstr(fake_violation(s)->what,
            "DMA2 channel 3, enabled at pc 0x20001234, read 0x90001000"));
    assert_rule(s, "window-suspended");
    assert_int_equal(left(DMA2, 3), 0);
}

// A bus error: the channel stops.
static void reading_behind_the_mapped_part_is_a_violation(void **state) {
    (void)state;
    const struct sim_window_timing timing = {0, 0};
    sim_window_open(s, &timing);
    sim_window_limit(s, 0x1000);
    prepare(DMA2, 3, SRAM, WINDOW + 0xFFE, 4);
    fake_w32(s, DMA2 + CCR(3), MEM2MEM | DIR | MINC | PINC | EN);
    fake_run(s, 10 * SIM_US);
    assert_non_null(strstr(fake_violation(s)->what,
            "read 0x90001000 behind what the controller maps"));
    assert_rule(s, "window-behind");
    assert_int_equal(left(DMA2, 3), 2);
    assert_int_equal(fake_r32(s, DMA2 + CCR(3)) & EN, 0);
}

static void reading_the_closed_window_is_a_violation(void **state) {
    (void)state;
    const struct sim_window_timing timing = {0, 0};
    sim_window_open(s, &timing);
    prepare(DMA2, 3, SRAM, WINDOW + 0x1234, 1000); // source: CMAR
    fake_set_pc(s, 0x20001234);
    fake_w32(s, DMA2 + CCR(3), MEM2MEM | DIR | MINC | EN);
    fake_set_pc(s, 0x20005678);
    fake_run(s, SIM_US);
    assert_no_violation(s);
    assert_true(left(DMA2, 3) < 1000);
    sim_window_close(s, "test");
    fake_run(s, SIM_US);
    assert_non_null(strstr(fake_violation(s)->what,
            "DMA2 channel 3, enabled at pc 0x20001234"));
    const uint32_t addr = fake_violation(s)->addr;
    assert_true(addr > WINDOW + 0x1234 && addr < WINDOW + 0x1234 + 1000);
    assert_rule(s, "window-dma");
    assert_int_equal(flags(DMA2, 3), GIF | TEIF);
    assert_int_equal(fake_r32(s, DMA2 + CCR(3)) & EN, 0);
}

// The channel itself may work through an outage: only its source matters.
static void closed_window_and_other_sources(void **state) {
    (void)state;
    sim_window_close(s, "test");
    start_usart(0xC0);
    put_bytes(SRAM + 0x100, "xy");
    fake_w32(s, DMA1 + CSELR, 2u << 20 | 2u << 24);
    prepare(DMA1, 6, USART + 0x24, SRAM, 4);
    prepare(DMA1, 7, USART + 0x28, SRAM + 0x100, 2);
    fake_w32(s, DMA1 + CCR(6), MINC | CIRC | EN);
    fake_w32(s, DMA1 + CCR(7), DIR | MINC | EN);
    send("abc");
    fake_run(s, 6 * frame);
    assert_bytes(SRAM, "abc", 3);
    assert_int_equal(peer_in_len, 2);
    assert_no_violation(s);
}

/// Left on ///

static void close_by_abort(void) {
    fake_or32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, 0xA0001000, 1);
    fake_w32(s, 0xA0001014, 3u << 26 | 3u << 24 | 1u << 8 | 0x6B); // mapped
    fake_w32(s, 0xA0001000, 3);                                    // ABORT
    fake_run(s, SIM_US);
}

// Before the read that would be a violation comes.
static void a_channel_that_may_read_the_closed_window(void **state) {
    (void)state;
    start_usart(0); // it does not ask
    fake_w32(s, DMA1 + CSELR, 2u << 20 | 2u << 24);
    fake_set_pc(s, 0x20001234);
    prepare(DMA1, 6, USART + 0x24, WINDOW, 4); // writes there: another fault
    fake_w32(s, DMA1 + CCR(6), MINC | CIRC | EN);
    prepare(DMA1, 7, USART + 0x28, SRAM, 2);
    fake_w32(s, DMA1 + CCR(7), DIR | MINC | EN);
    close_by_abort();
    assert_int_equal(fake_notes(s, "in the window, which is closed"), 0);
    fake_w32(s, DMA1 + CCR(7), 0);
    prepare(DMA1, 7, USART + 0x28, WINDOW + 0x40, 2);
    fake_w32(s, DMA1 + CCR(7), DIR | MINC | EN);
    close_by_abort();
    assert_int_equal(fake_notes(s,
                             "DMA1 channel 7, enabled at pc 0x20001234, is on "
                             "and reads 0x90000040 next"),
            1);
    close_by_abort();
    assert_int_equal(fake_notes(s, "in the window, which is closed"), 1);
}

static void a_channel_that_nobody_serves(void **state) {
    (void)state;
    start_usart(0xC0); // RX and TX
    fake_w32(s, DMA1 + CSELR, 5u << 16 | 2u << 20);
    prepare(DMA1, 6, USART + 0x24, SRAM, 8); // waits for its peer
    fake_w32(s, DMA1 + CCR(6), MINC | EN);
    fake_run(s, SIM_S);
    assert_null(fake_busy(s));
    fake_set_pc(s, 0x20001234);
    prepare(DMA1, 5, 0xA0001020, SRAM, 8); // QUADSPI, which is idle
    fake_w32(s, DMA1 + CCR(5), MINC | EN);
    fake_run(s, 99 * SIM_MS);
    assert_null(fake_busy(s));
    fake_run(s, 2 * SIM_MS);
    assert_string_equal(fake_busy(s),
            "DMA1 channel 5, enabled at pc 0x20001234, is on, and has moved "
            "nothing for 101 ms: 8 of 8 items are left, and its peripheral "
            "does not ask for them");
    fake_w32(s, DMA1 + CCR(5), 0);
    assert_null(fake_busy(s));
}

/// Clock, reset ///

static void gated(void **state) {
    (void)state;
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 100);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    fake_run(s, 10 * 5 * 12500);
    fake_w32(s, RCC_AHB1ENR, 2 | 1u << 8);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, DMA1 + CCR(1)), 0); // as it reads then
    fake_or32(s, RCC_AHB1ENR, 1);
    assert_int_equal(left(DMA1, 1), 90); // the one under way is lost
    fake_run(s, SIM_MS);
    assert_int_equal(left(DMA1, 1), 0); // it went on
    // RCC resets it.
    fake_w32(s, RCC + 0x28, 1);
    fake_w32(s, RCC + 0x28, 0);
    assert_int_equal(fake_r32(s, DMA1 + ISR), 0);
    assert_int_equal(fake_r32(s, DMA1 + CCR(1)), 0);
    assert_int_equal(fake_r32(s, DMA1 + CPAR(1)), 0);
}

static void reset_and_power(void **state) {
    (void)state;
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 100);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | HTIE | EN);
    fake_w32(s, DMA1 + CSELR, 0x123);
    fake_run(s, 60 * 5 * 12500);
    assert_true(fake_irq(s, 11));
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_false(fake_irq(s, 11));
    fake_or32(s, RCC_AHB1ENR, 1);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, DMA1 + ISR), 0);
    assert_int_equal(fake_r32(s, DMA1 + CSELR), 0);
    assert_int_equal(left(DMA1, 1), 0);
    prepare(DMA1, 1, SRAM, SRAM + 0x100, 100);
    fake_w32(s, DMA1 + CCR(1), MEM2MEM | EN);
    sim_board_power(b.board, false);
    (void)fake_changed(s);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_changed(s), 0); // nothing moves without supply
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(copies_memory),
            TEST(no_circles_in_memory),
            TEST(takes_time),
            TEST(direction_swaps_source_and_target),
            TEST(fixed_addresses),
            TEST(sizes_differ),
            TEST(higher_level_then_lower_number),
            TEST(both_controllers_run),
            TEST(enabled_is_read_only),
            TEST(stopping_keeps_the_remainder),
            TEST(flags_are_cleared_one_by_one),
            TEST(interrupt_numbers),
            TEST(receives_in_circles),
            TEST(sends),
            TEST(needs_request_and_selection),
            TEST(reception_error_holds_requests),
            TEST(narrow_write_to_apb),
            TEST(bus_errors),
            TEST(an_error_stops_one_channel),
            TEST(reads_the_open_window),
            TEST(reading_a_suspended_unit_is_a_violation),
            TEST(reading_behind_the_mapped_part_is_a_violation),
            TEST(reading_the_closed_window_is_a_violation),
            TEST(closed_window_and_other_sources),
            TEST(a_channel_that_may_read_the_closed_window),
            TEST(a_channel_that_nobody_serves),
            TEST(gated),
            TEST(reset_and_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
