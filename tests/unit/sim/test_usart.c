/*
 * test_usart - the modelled USART2 and the line to its peer
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

#define USART 0x40004400u
#define CR1 (USART + 0x00)
#define CR3 (USART + 0x08)
#define BRR (USART + 0x0C)
#define RQR (USART + 0x18)
#define ISR (USART + 0x1C)
#define ICR (USART + 0x20)
#define RDR (USART + 0x24)
#define TDR (USART + 0x28)
#define IRQ 38

#define ORE 0x08u
#define FE 0x02u
#define IDLE 0x10u
#define RXNE 0x20u
#define TC 0x40u
#define TXE 0x80u

static struct bench b;
static struct sim *s;

// The peer: what it sends, what it got and when.
static uint8_t peer_out[64], peer_in[64];
static sim_time peer_in_at[64];
static size_t peer_out_len, peer_out_at, peer_in_len;
static bool peer_kicks; // kicks from within its own tx()

static void peer_tx(void *ctx, uint8_t byte) {
    (void)ctx;
    assert_true(peer_in_len < sizeof peer_in);
    peer_in_at[peer_in_len] = sim_now(s);
    peer_in[peer_in_len++] = byte;
    if (peer_kicks) {
        peer_out_len++;
        sim_board_uart_kick(b.board);
    }
}

static int peer_next(void *ctx) {
    (void)ctx;
    return peer_out_at < peer_out_len ? peer_out[peer_out_at++] : -1;
}

static void send(const char *text) {
    peer_out_at = 0;
    peer_out_len = strlen(text);
    memcpy(peer_out, text, peer_out_len);
    sim_board_uart_kick(b.board);
}

static void open_at(const char *board, uint32_t baud) {
    const struct sim_uart_peer peer = {
            .tx = peer_tx, .next = peer_next, .baud = baud};
    peer_out_len = 0;
    peer_out_at = 0;
    peer_in_len = 0;
    peer_kicks = false;
    bench_open(&b, board, &peer);
    s = b.sim;
}

static int setup(void **state) {
    (void)state;
    open_at("stm32l476g-disco", 115200);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static void start(uint32_t brr, uint32_t cr1) {
    fake_or32(s, RCC_APB1ENR, 1u << 17);
    bench_pin(&b, 'D', 5, 2, 7);
    bench_pin(&b, 'D', 6, 2, 7);
    fake_w32(s, BRR, brr);
    fake_w32(s, CR1, cr1);
}

// At 80 MHz and BRR 694: 10 bits of 694 cycles.
static const sim_time frame = 6940ull * 12500;

static void start_80mhz(uint32_t cr1) {
    bench_80mhz(&b);
    start(694, cr1);
}

static void acknowledges(void **state) {
    (void)state;
    assert_int_equal(fake_r32(s, ISR), 0); // no clock yet
    fake_or32(s, RCC_APB1ENR, 1u << 17);
    assert_int_equal(fake_r32(s, ISR), 0xC0);
    start(35, 0xD);
    assert_int_equal(fake_r32(s, ISR), 0xC0 | 3u << 21);
    fake_w32(s, CR1, 0xC);
    assert_int_equal(fake_r32(s, ISR), 0xC0);
}

static void sends_in_frame_time(void **state) {
    (void)state;
    start_80mhz(0x9);
    fake_run(s, frame); // the idle frame after TE
    const sim_time from = sim_now(s);
    fake_w32(s, TDR, 'A');
    assert_int_equal(fake_r32(s, ISR) & (TXE | TC), TXE);
    fake_w32(s, TDR, 'B');
    assert_int_equal(fake_r32(s, ISR) & (TXE | TC), 0);
    fake_run(s, frame - 1);
    assert_int_equal(peer_in_len, 0);
    fake_run(s, 1);
    assert_int_equal(peer_in_len, 1);
    assert_int_equal(fake_r32(s, ISR) & (TXE | TC), TXE);
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 2);
    assert_memory_equal(peer_in, "AB", 2);
    assert_int_equal(peer_in_at[0] - from, frame);
    assert_int_equal(peer_in_at[1] - from, 2 * frame);
    assert_int_equal(fake_r32(s, ISR) & (TXE | TC), TXE | TC);
    assert_int_equal(sim_board_counters(b.board).uart_tx, 2);
    assert_int_equal(fake_trace(s, SIM_TRACE_UART_TX, 1)->a, 'B');
}

static void idle_frame_comes_first(void **state) {
    (void)state;
    start_80mhz(0x9);
    fake_w32(s, TDR, 'A');
    assert_int_equal(fake_r32(s, ISR) & TXE, 0);
    fake_run(s, 2 * frame - 1);
    assert_int_equal(peer_in_len, 0);
    fake_run(s, 1);
    assert_int_equal(peer_in_len, 1);
}

// A TDR that is written twice before it moved on loses the first word.
static void tdr_overwritten(void **state) {
    (void)state;
    start_80mhz(0x9);
    fake_w32(s, TDR, 'A');
    fake_w32(s, TDR, 'B');
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 1);
    assert_int_equal(peer_in[0], 'B');
    assert_int_equal(fake_notes(s, "while ISR.TXE is 0"), 1);
}

static void off_sends_nothing(void **state) {
    (void)state;
    start_80mhz(0x8);
    fake_w32(s, TDR, 'A');
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 0);
    assert_int_equal(fake_notes(s, "while CR1.UE or TE is 0"), 1);
    fake_w32(s, CR1, 0x9);
    fake_w32(s, TDR, 'B');
    fake_run(s, frame + frame / 2);
    fake_w32(s, CR1, 0x8); // cuts it
    assert_int_equal(fake_r32(s, ISR), 0xC0);
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 0);
}

static void baud_rate_register_below_16(void **state) {
    (void)state;
    start(15, 0xD);
    fake_w32(s, TDR, 'A');
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 0);
    assert_int_equal(fake_r32(s, ISR) & TC, 0);
    assert_int_equal(fake_notes(s, "has no bit clock"), 1);
}

static void wrong_tx_pin(void **state) {
    (void)state;
    start_80mhz(0x9);
    bench_pin(&b, 'D', 5, 2, 8);
    fake_w32(s, TDR, 'A');
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 0);
    assert_int_equal(fake_r32(s, ISR) & TC, TC);
    assert_int_equal(fake_notes(s, "TX pin PD5 is not set to AF7"), 1);
}

static void nucleo_pins(void **state) {
    (void)state;
    bench_close(&b);
    open_at("nucleo-l476rg-w25q128", 115200);
    fake_or32(s, RCC_APB1ENR, 1u << 17);
    bench_pin(&b, 'A', 2, 2, 7);
    bench_pin(&b, 'A', 3, 2, 7);
    fake_w32(s, BRR, 35);
    fake_w32(s, CR1, 0xD);
    fake_w32(s, TDR, 'N');
    send("x");
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 1);
    assert_int_equal(fake_r32(s, RDR), 'x');
}

/// Receiving ///

static const sim_time peer_frame = 10 * (SIM_S / 115200);

static void receives(void **state) {
    (void)state;
    start_80mhz(0x5 | RXNE);
    send("A");
    fake_run(s, peer_frame - 1);
    assert_int_equal(fake_r32(s, ISR) & RXNE, 0);
    assert_int_equal(fake_r32(s, ISR) >> 16 & 1, 1); // BUSY
    assert_false(fake_irq(s, IRQ));
    fake_run(s, 1);
    assert_int_equal(fake_r32(s, ISR) & RXNE, RXNE);
    assert_true(fake_irq(s, IRQ));
    assert_int_equal(fake_r32(s, RDR), 'A');
    assert_false(fake_irq(s, IRQ));
    assert_int_equal(fake_r32(s, ISR) & RXNE, 0);
    assert_int_equal(fake_trace(s, SIM_TRACE_UART_RX, 0)->b, 0);
}

// The older word stays, the newer one is lost, and only ICR clears ORE.
static void overrun_keeps_the_older(void **state) {
    (void)state;
    start_80mhz(0x5);
    send("ABC");
    fake_run(s, 3 * peer_frame);
    assert_int_equal(fake_r32(s, ISR) & (RXNE | ORE), RXNE | ORE);
    assert_int_equal(fake_r32(s, RDR), 'A');
    assert_int_equal(fake_r32(s, ISR) & (RXNE | ORE), ORE);
    const struct sim_soc_counters c = sim_board_counters(b.board);
    assert_int_equal(c.uart_rx, 3);
    assert_int_equal(c.uart_overruns, 2);
    assert_int_equal(fake_trace(s, SIM_TRACE_UART_RX, 1)->b, 1);
    assert_int_equal(fake_trace(s, SIM_TRACE_UART_RX, 1)->a, 'B');
    fake_or32(s, CR1, RXNE);
    assert_true(fake_irq(s, IRQ)); // ORE with RXNEIE: the storm
    fake_w32(s, ICR, ORE);
    assert_false(fake_irq(s, IRQ));
    send("D");
    fake_run(s, peer_frame);
    assert_int_equal(fake_r32(s, RDR), 'D');
}

static void overrun_disabled_takes_the_newer(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1u << 17);
    fake_w32(s, CR3, 1u << 12);
    start_80mhz(0x5);
    send("AB");
    fake_run(s, 2 * peer_frame);
    assert_int_equal(fake_r32(s, ISR) & (RXNE | ORE), RXNE);
    assert_int_equal(fake_r32(s, RDR), 'B');
    assert_int_equal(sim_board_counters(b.board).uart_overruns, 1);
}

// Bytes follow each other at the peer's pace whatever the firmware does.
static void back_to_back(void **state) {
    (void)state;
    start_80mhz(0x5);
    const sim_time from = sim_now(s);
    send("12345");
    for (unsigned i = 0; i < 5; i++) {
        fake_run_until(s, from + (i + 1) * peer_frame);
        assert_int_equal(fake_r32(s, ISR) & RXNE, RXNE);
        assert_int_equal(fake_r32(s, RDR), '1' + (int)i);
    }
    assert_int_equal(fake_r32(s, ISR) & (ORE | FE), 0);
}

static void request_drops_the_word(void **state) {
    (void)state;
    start_80mhz(0x5);
    send("A");
    fake_run(s, peer_frame);
    fake_w32(s, RQR, 8);
    assert_int_equal(fake_r32(s, ISR) & RXNE, 0);
}

static void idle_after_one_frame(void **state) {
    (void)state;
    start_80mhz(0x5 | IDLE);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, ISR) & IDLE, 0); // RE alone does not
    send("AB");
    fake_run(s, 2 * peer_frame + frame - 1);
    assert_int_equal(fake_r32(s, ISR) & IDLE, 0); // not between the two
    fake_run(s, 1);
    assert_int_equal(fake_r32(s, ISR) & IDLE, IDLE);
    assert_true(fake_irq(s, IRQ));
    fake_w32(s, ICR, IDLE);
    assert_false(fake_irq(s, IRQ));
    fake_run(s, SIM_S);
    assert_int_equal(fake_r32(s, ISR) & IDLE, 0); // once per reception
}

static void lost_while_off_or_unconnected(void **state) {
    (void)state;
    send("A");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_notes(s, "does not receive"), 1);
    start_80mhz(0x5);
    bench_pin(&b, 'D', 6, 0, 7);
    send("B");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, ISR) & RXNE, 0);
    assert_int_equal(fake_notes(s, "RX pin PD6"), 1);
}

static void wrong_baud_garbles(void **state) {
    (void)state;
    bench_80mhz(&b);
    start(730, 0xD); // 109589 baud: 5 % off
    send("A");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, ISR) & (RXNE | FE), RXNE | FE);
    assert_int_not_equal(fake_r32(s, RDR), 'A');
    assert_int_equal(fake_notes(s, "109589 baud"), 1);
    fake_w32(s, TDR, 'A');
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 1);
    assert_int_not_equal(peer_in[0], 'A');
}

static void baud_near_enough(void **state) {
    (void)state;
    bench_80mhz(&b);
    start(716, 0x5); // 3 % off
    send("A");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, ISR) & (RXNE | FE), RXNE);
    assert_int_equal(fake_r32(s, RDR), 'A');
}

// The clock changes under a running USART: the bytes become garbage.
static void clock_change_breaks_the_baud(void **state) {
    (void)state;
    start(35, 0x5); // right at 4 MHz
    bench_80mhz(&b);
    send("A");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, ISR) & FE, FE);
}

static void kernel_clock_choices(void **state) {
    (void)state;
    fake_or32(s, RCC_CR, 1u << 8);
    fake_run(s, SIM_MS);
    fake_w32(s, RCC + 0x88, 2u << 2); // HSI16
    bench_80mhz(&b);
    start(139, 0x5);
    send("A");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, RDR), 'A');
    // PCLK1 = HCLK / 4
    fake_w32(s, RCC + 0x88, 0);
    fake_w32(s, RCC_CFGR, 3 | 5u << 8);
    fake_w32(s, CR1, 0);
    start(174, 0x5); // 20 MHz
    send("B");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, RDR), 'B');
}

static void oversampling_by_8(void **state) {
    (void)state;
    bench_80mhz(&b);
    // Twice 80 MHz / 115200 = 1389 = 56Dh: BRR 560h | Dh >> 1
    start(0x566, 0x5 | 1u << 15);
    send("A");
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, ISR) & (RXNE | FE), RXNE);
    assert_int_equal(fake_r32(s, RDR), 'A');
}

static void locked_while_enabled(void **state) {
    (void)state;
    start_80mhz(0x5);
    fake_w32(s, BRR, 35);
    assert_int_equal(fake_r32(s, BRR), 694);
    fake_w32(s, CR1, 0x5 | 1u << 15); // OVER8
    assert_int_equal(fake_r32(s, CR1), 0x5);
    assert_int_equal(fake_notes(s, "while UE=1"), 1);
}

static void kick_from_within_tx(void **state) {
    (void)state;
    start_80mhz(0xD);
    peer_kicks = true;
    peer_out[0] = 'k';
    fake_w32(s, TDR, 'A');
    fake_run(s, SIM_MS);
    assert_int_equal(peer_in_len, 1);
    assert_int_equal(fake_r32(s, RDR), 'k');
}

static void reset_keeps_the_line(void **state) {
    (void)state;
    start_80mhz(0x5);
    send("AB");
    fake_run(s, peer_frame / 2);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_false(fake_irq(s, IRQ));
    start(35, 0x5);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, RDR), 'A');
    fake_reset(s, SIM_RESET_POWER_ON); // what is on the line is lost
    assert_int_equal(fake_r32(s, RCC_CSR), 0x0C000600);
}

static void power_cycle_asks_the_peer_again(void **state) {
    (void)state;
    start_80mhz(0x5);
    send("AB");
    fake_run(s, peer_frame / 2);
    sim_board_power(b.board, false);
    fake_run(s, SIM_S);
    assert_int_equal(peer_out_at, 1); // nobody asked while it was off
    sim_board_power(b.board, true);
    fake_reset(s, SIM_RESET_POWER_ON);
    start(35, 0x5);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, RDR), 'B');
}

static void interrupt_enables(void **state) {
    (void)state;
    start_80mhz(0xD);
    assert_false(fake_irq(s, IRQ));
    fake_or32(s, CR1, 1u << 7); // TXEIE
    assert_true(fake_irq(s, IRQ));
    fake_w32(s, TDR, 1);
    assert_false(fake_irq(s, IRQ));
    fake_run(s, frame);
    assert_true(fake_irq(s, IRQ));
    fake_w32(s, CR1, 0xD | 1u << 6); // TCIE
    assert_false(fake_irq(s, IRQ));
    fake_run(s, frame);
    assert_true(fake_irq(s, IRQ));
    fake_w32(s, ICR, TC);
    assert_false(fake_irq(s, IRQ));
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(acknowledges),
            TEST(sends_in_frame_time),
            TEST(idle_frame_comes_first),
            TEST(tdr_overwritten),
            TEST(off_sends_nothing),
            TEST(baud_rate_register_below_16),
            TEST(wrong_tx_pin),
            TEST(nucleo_pins),
            TEST(receives),
            TEST(overrun_keeps_the_older),
            TEST(overrun_disabled_takes_the_newer),
            TEST(back_to_back),
            TEST(request_drops_the_word),
            TEST(idle_after_one_frame),
            TEST(lost_while_off_or_unconnected),
            TEST(wrong_baud_garbles),
            TEST(baud_near_enough),
            TEST(clock_change_breaks_the_baud),
            TEST(kernel_clock_choices),
            TEST(oversampling_by_8),
            TEST(locked_while_enabled),
            TEST(kick_from_within_tx),
            TEST(reset_keeps_the_line),
            TEST(power_cycle_asks_the_peer_again),
            TEST(interrupt_enables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
