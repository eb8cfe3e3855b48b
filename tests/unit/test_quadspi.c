/*
 * test_quadspi - the modelled QUADSPI against a chip that writes down all
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/sim/stm32*.c host/sim/board*.c tests/unit/fake_sim.c
// sources: tests/unit/fake_nor.c
#include "stm32_bench.h"

#define QSPI 0xA0001000u
#define CR (QSPI + 0x00)
#define DCR (QSPI + 0x04)
#define SR (QSPI + 0x08)
#define FCR (QSPI + 0x0C)
#define DLR (QSPI + 0x10)
#define CCR (QSPI + 0x14)
#define AR (QSPI + 0x18)
#define ABR (QSPI + 0x1C)
#define DR (QSPI + 0x20)
#define PSMKR (QSPI + 0x24)
#define PSMAR (QSPI + 0x28)
#define PIR (QSPI + 0x2C)
#define IRQ 71

#define EN 1u
#define ABORT 2u
#define TCEN 8u
#define TEF 1u
#define TCF 2u
#define FTF 4u
#define SMF 8u
#define BUSY 0x20u
#define APMS (1u << 22)
#define TCIE (1u << 17)
#define FTIE (1u << 18)
#define SMIE (1u << 19)

// CCR values: IMODE 1 throughout.
#define WREN 0x00000106u
#define RDSR (0x01000105u | 1u << 26)
#define RDID (0x0100019Fu | 1u << 26)
#define SE (0x00002520u | 0u)  // 24-bit address, no data
#define PP (0x01002502u)       // 1-1-1
#define QPP (0x03002532u)      // 1-1-4
#define READ (0x01002503u | 1u << 26)
#define POLL (0x01000105u | 2u << 26)
#define MAP_FAST (0x0100250Bu | 8u << 18 | 3u << 26)
// 1-4-4, one mode byte, 4 dummy clocks.
#define MAP_QUAD (0x03000000u | 4u << 18 | 3u << 14 | 2u << 12 | 3u << 10 | \
        1u << 8 | 0xEBu | 3u << 26)

#define CLK 25000ull // ps at 80 MHz, prescaler 2

static struct bench b;
static struct sim *s;

static void pins(void) {
    for (unsigned pin = 10; pin < 16; pin++) {
        bench_pin(&b, 'E', pin, 2, 10);
    }
}

static int setup(void **state) {
    (void)state;
    bench_open(&b, "stm32l476g-disco", NULL);
    s = b.sim;
    bench_80mhz(&b);
    pins();
    fake_or32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, CR, 1u << 24);
    fake_w32(s, DCR, 23u << 16 | 1u << 8); // 16 MB, CSHT 2 clocks
    fake_or32(s, CR, EN);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static uint32_t sr(void) {
    return fake_r32(s, SR);
}

static unsigned level(void) {
    return sr() >> 8 & 31;
}

static void abort_(void) {
    fake_or32(s, CR, ABORT);
    assert_true(fake_wait(s, CR, ABORT, 0, 10 * SIM_US));
    assert_true(fake_wait(s, SR, BUSY, 0, 10 * SIM_US));
    fake_w32(s, FCR, 0x1B);
}

static void prescaler(uint32_t div) {
    fake_w32(s, CR, (fake_r32(s, CR) & 0xFFFFFF) | (div - 1) << 24);
}

static void idle(void) {
    assert_true(fake_wait(s, SR, BUSY, 0, 100 * SIM_US));
}

/// What starts a command ///

static void instruction_starts_on_ccr(void **state) {
    (void)state;
    const sim_time from = sim_now(s);
    fake_w32(s, CCR, WREN);
    assert_int_equal(sr() & (BUSY | TCF), BUSY);
    fake_run(s, 8 * CLK - 1);
    assert_int_equal(sr() & (BUSY | TCF), BUSY);
    fake_run(s, 1);
    assert_int_equal(sr() & (BUSY | TCF), TCF);
    const struct fake_frame *const f = fake_last(b.nor);
    assert_int_equal(f->frame.opcode, 0x06);
    assert_int_equal(f->frame.opcode_lanes, 1);
    assert_int_equal(f->frame.addr_bytes, 0);
    assert_int_equal(f->frame.data_lanes, 0);
    assert_int_equal(f->begin, from);
    assert_int_equal(f->end, from + 8 * CLK);
    fake_w32(s, FCR, TCF);
    assert_int_equal(sr() & TCF, 0);
    assert_no_violation(s);
}

// Nobody looks: the frame ends in time all the same, since an erase begins
// when nCS rises.
static void frame_ends_by_itself(void **state) {
    (void)state;
    fake_w32(s, CCR, WREN);
    fake_run(s, 8 * CLK);
    assert_int_not_equal(fake_last(b.nor)->end, 0);
}

static void command_with_address_starts_on_ar(void **state) {
    (void)state;
    fake_w32(s, CCR, SE);
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 0);
    assert_int_equal(sr() & BUSY, 0);
    const sim_time from = sim_now(s);
    fake_w32(s, AR, 0x123000);
    idle();
    assert_int_equal(b.nor->count, 1);
    const struct fake_frame *const f = fake_last(b.nor);
    assert_int_equal(f->frame.addr, 0x123000);
    assert_int_equal(f->frame.addr_bytes, 3);
    assert_int_equal(f->end - from, 32 * CLK);
}

static void read_without_address_starts_on_ccr(void **state) {
    (void)state;
    fake_w32(s, DLR, 2);
    const sim_time from = sim_now(s);
    fake_w32(s, CCR, RDID);
    fake_run(s, 16 * CLK - 1);
    assert_int_equal(level(), 0);
    fake_run(s, 1);
    assert_int_equal(level(), 1);
    fake_run(s, 16 * CLK);
    assert_int_equal(sr() & (TCF | BUSY), TCF | BUSY); // until it is drained
    const struct fake_frame *const f = fake_last(b.nor);
    assert_int_equal(f->bytes, 3);
    assert_int_equal(f->first - from, 16 * CLK);
    assert_int_equal(f->end - from, 32 * CLK);
    assert_int_equal(fake_read(s, DR, 1), 0x10);
    assert_int_equal(fake_read(s, DR, 1), 0x11);
    assert_int_equal(sr() & BUSY, BUSY);
    assert_int_equal(fake_read(s, DR, 1), 0x12);
    assert_int_equal(sr() & BUSY, 0);
}

static void read_with_address_starts_on_ar(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 3);
    fake_w32(s, CCR, READ);
    assert_int_equal(sr() & BUSY, 0);
    fake_w32(s, AR, 0x40);
    assert_int_equal(sr() & BUSY, BUSY);
    assert_int_equal(fake_r32(s, DR), 0x43424140);
    assert_int_equal(sr() & BUSY, 0);
    // AR again under the same CCR reads again.
    fake_w32(s, AR, 0x80);
    assert_int_equal(fake_r32(s, DR), 0x83828180);
    assert_int_equal(b.nor->count, 2);
    assert_no_violation(s);
}

static void write_starts_on_dr(void **state) {
    (void)state;
    fake_w32(s, DLR, 3);
    assert_int_equal(sr() & FTF, 0);
    fake_w32(s, CCR, PP);
    assert_int_equal(sr() & (FTF | BUSY), FTF); // drivers wait for it
    fake_w32(s, AR, 0x100);
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 0);
    const sim_time from = sim_now(s);
    fake_w32(s, DR, 0x44332211);
    assert_int_equal(sr() & BUSY, BUSY);
    idle();
    const struct fake_frame *const f = fake_last(b.nor);
    assert_int_equal(f->frame.addr, 0x100);
    assert_int_equal(f->bytes, 4);
    assert_memory_equal(f->data, "\x11\x22\x33\x44", 4);
    assert_int_equal(f->first - from, (32 + 8) * CLK);
    assert_int_equal(f->end - from, (32 + 32) * CLK);
    assert_int_equal(sr() & TCF, TCF);
}

static void disabled_starts_nothing(void **state) {
    (void)state;
    fake_w32(s, CR, 1u << 24);
    fake_w32(s, CCR, WREN);
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 0);
    assert_int_equal(fake_notes(s, "CR.EN is 0"), 1);
}

// Clearing all of CCR, as drivers do to leave a mode, sends nothing.
static void empty_ccr_starts_nothing(void **state) {
    (void)state;
    fake_w32(s, CCR, 0);
    fake_w32(s, AR, 0);
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 0);
}

/// Time and FIFO ///

// A quad page program takes what the bus needs, not a picosecond more, if the
// FIFO never runs empty.
static void page_program_takes_bus_time(void **state) {
    (void)state;
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, QPP);
    fake_w32(s, AR, 0x200);
    const sim_time from = sim_now(s);
    for (unsigned i = 0; i < 256; i += 4) {
        fake_w32(s, DR, i | (i + 1) << 8 | (i + 2) << 16 | (i + 3) << 24);
    }
    idle();
    const struct fake_frame *const f = fake_last(b.nor);
    assert_int_equal(f->bytes, 256);
    for (unsigned i = 0; i < 256; i++) {
        assert_int_equal(f->data[i], i);
    }
    assert_int_equal(f->end - from, (32 + 512) * CLK);
    assert_int_not_equal(fake_stalled(s), 0); // a full FIFO held the bus
    assert_no_violation(s);
}

// FIFO empty in the middle of a write: CLK stops, nCS stays low.
static void write_underrun_stops_the_clock(void **state) {
    (void)state;
    fake_w32(s, DLR, 1);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_write(s, DR, 1, 1);
    fake_run(s, SIM_MS);
    assert_int_equal(sr() & (BUSY | TCF), BUSY);
    assert_int_equal(fake_last(b.nor)->bytes, 1);
    assert_int_equal(fake_last(b.nor)->end, 0);
    const sim_time from = sim_now(s);
    fake_write(s, DR, 2, 1);
    idle();
    assert_int_equal(fake_last(b.nor)->end - from, 8 * CLK);
}

static void full_fifo_stops_the_clock(void **state) {
    (void)state;
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
    fake_run(s, SIM_MS);
    assert_int_equal(level(), 16);
    assert_int_equal(sr() & (BUSY | TCF | FTF), BUSY | FTF);
    assert_int_equal(fake_last(b.nor)->bytes, 16);
    const sim_time from = sim_now(s);
    assert_int_equal(fake_read(s, DR, 1), 0);
    assert_int_equal(level(), 15);
    fake_run(s, 8 * CLK);
    assert_int_equal(level(), 16);
    assert_int_equal(fake_last(b.nor)->last, from + 8 * CLK);
    for (unsigned i = 1; i < 64; i++) {
        assert_int_equal(fake_read(s, DR, 1), i);
    }
    assert_int_equal(sr() & (BUSY | TCF), TCF);
}

// A DR read waits on the bus for exactly the bytes it asks for.
static void dr_read_stalls(void **state) {
    (void)state;
    fake_w32(s, DLR, 7);
    fake_w32(s, CCR, READ);
    fake_stalled(s);
    const sim_time from = sim_now(s);
    fake_w32(s, AR, 0x10);
    assert_int_equal(fake_r32(s, DR), 0x13121110);
    assert_int_equal(fake_stalled(s), (32 + 32) * CLK);
    assert_int_equal(fake_read(s, DR, 2), 0x1514);
    assert_int_equal(fake_read(s, DR, 1), 0x16);
    assert_int_equal(fake_read(s, DR, 1), 0x17);
    assert_int_equal(sim_now(s) - from, (32 + 64) * CLK);
}

static void csht_keeps_ncs_high(void **state) {
    (void)state;
    fake_w32(s, DCR, 23u << 16 | 7u << 8);
    fake_w32(s, CCR, WREN);
    fake_run(s, 8 * CLK);
    assert_int_equal(sr() & BUSY, 0);
    fake_w32(s, CCR, WREN);
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->frames[1].begin - b.nor->frames[0].end, 8 * CLK);
}

static void lanes_and_modes_in_the_frame(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 1);
    fake_w32(s, ABR, 0xA5);
    fake_w32(s, CCR, (MAP_QUAD & ~(3u << 26)) | 1u << 26);
    const sim_time from = sim_now(s);
    fake_w32(s, AR, 0x654321);
    (void)fake_read(s, DR, 2);
    const struct nor_frame *const f = &fake_last(b.nor)->frame;
    assert_int_equal(f->addr_lanes, 4);
    assert_int_equal(f->addr, 0x654321);
    assert_int_equal(f->alt_bytes, 1);
    assert_int_equal(f->alt_lanes, 4);
    assert_int_equal(f->alt, 0xA5);
    assert_int_equal(f->dummy_clocks, 4);
    assert_int_equal(f->data_lanes, 4);
    // 8 + 6 + 2 + 4 clocks, 2 per byte, 4 kernel clocks each
    assert_int_equal(fake_last(b.nor)->last - from, 24 * 2 * CLK);
}

static void no_instruction_frame(void **state) {
    (void)state;
    fake_w32(s, ABR, 0xFF);
    fake_w32(s, CCR, 3u << 14 | 2u << 12 | 3u << 10); // address and mode only
    fake_w32(s, AR, 0xFFFFFF);
    idle();
    assert_false(fake_last(b.nor)->frame.has_opcode);
    assert_int_equal(fake_last(b.nor)->frame.opcode_lanes, 0);
    assert_int_equal(fake_last(b.nor)->frame.alt, 0xFF);
}

/// Status, errors, errata ///

static void ftf_follows_the_threshold(void **state) {
    (void)state;
    fake_or32(s, CR, 3u << 8); // 4 bytes
    fake_w32(s, DLR, 8);
    fake_w32(s, CCR, READ);
    const sim_time from = sim_now(s);
    fake_w32(s, AR, 0);
    fake_run_until(s, from + (32 + 24) * CLK);
    assert_int_equal(sr() & FTF, 0);
    fake_run(s, 8 * CLK);
    assert_int_equal(sr() & FTF, FTF);
    (void)fake_read(s, DR, 1);
    assert_int_equal(sr() & FTF, 0);
    fake_run(s, SIM_US * 10);
    (void)fake_r32(s, DR);
    (void)fake_read(s, DR, 2);
    assert_int_equal(sr() & FTF, FTF); // 2 left, the transfer has ended
}

static void interrupts(void **state) {
    (void)state;
    assert_false(fake_irq(s, IRQ));
    fake_or32(s, CR, TCIE);
    fake_w32(s, CCR, WREN);
    assert_false(fake_irq(s, IRQ));
    fake_run(s, 8 * CLK);
    assert_true(fake_irq(s, IRQ));
    fake_w32(s, FCR, TCF);
    assert_false(fake_irq(s, IRQ));
    fake_w32(s, CR, 1u << 24 | EN | FTIE | 3u << 8);
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
    fake_run(s, SIM_US);
    assert_false(fake_irq(s, IRQ));
    fake_run(s, 10 * SIM_US);
    assert_true(fake_irq(s, IRQ)); // nobody looked at SR meanwhile
}

static void write_threshold_interrupt(void **state) {
    (void)state;
    fake_or32(s, CR, FTIE | 3u << 8);
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, PP);
    assert_true(fake_irq(s, IRQ));
    fake_w32(s, AR, 0);
    const sim_time from = sim_now(s);
    for (unsigned i = 0; i < 4; i++) {
        fake_w32(s, DR, i);
    }
    assert_false(fake_irq(s, IRQ));
    fake_run_until(s, from + (32 + 32) * CLK - 1);
    assert_false(fake_irq(s, IRQ));
    fake_run(s, 1); // four bytes are out
    assert_true(fake_irq(s, IRQ));
}

static void address_outside_of_the_device(void **state) {
    (void)state;
    fake_w32(s, CCR, SE);
    fake_w32(s, AR, 0x1000000);
    assert_int_equal(sr() & (TEF | BUSY), TEF);
    assert_int_equal(b.nor->count, 0);
    fake_w32(s, FCR, TEF);
    assert_int_equal(sr() & TEF, 0);
    fake_w32(s, DLR, 1);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0xFFFFFF); // the second byte is outside
    assert_int_equal(sr() & TEF, TEF);
    fake_w32(s, FCR, TEF);
    fake_w32(s, AR, 0xFFFFFE);
    assert_int_equal(sr() & (TEF | BUSY), BUSY);
}

static void read_to_the_end_of_memory(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 0xFFFFFFFF);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0xFFFFF8);
    fake_run(s, 100 * SIM_US);
    assert_int_equal(level(), 8);
    assert_int_equal(sr() & TCF, TCF);
}

static void writes_while_busy_are_ignored(void **state) {
    (void)state;
    static const uint32_t regs[] = {DCR, DLR, CCR, ABR, PSMKR, PSMAR, PIR,
            QSPI + 0x30};
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
    for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
        const uint32_t old = fake_r32(s, regs[i]);
        fake_w32(s, regs[i], 0x101);
        assert_rule(s, "quadspi-busy-write");
        assert_int_equal(fake_r32(s, regs[i]), old);
    }
    fake_w32(s, AR, 4);
    assert_rule(s, "quadspi-busy-write");
    fake_or32(s, CR, 7u << 24);
    assert_rule(s, "quadspi-busy-write");
    assert_int_equal(fake_r32(s, CR) >> 24, 1);
    fake_or32(s, CR, TCIE); // any time
    assert_no_violation(s);
    assert_int_equal(b.nor->count, 1);
}

// HAL_QSPI_Receive writes AR after a CCR that has no address.
static void needless_ar_is_harmless(void **state) {
    (void)state;
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    fake_w32(s, AR, 0);
    assert_no_violation(s);
    assert_int_equal(b.nor->count, 1);
}

static void abort_takes_time_and_sets_tcf(void **state) {
    (void)state;
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
    fake_run(s, 5 * SIM_US);
    fake_or32(s, CR, ABORT);
    assert_int_not_equal(fake_last(b.nor)->end, 0);
    assert_int_equal(fake_r32(s, CR) & ABORT, ABORT);
    assert_int_equal(sr() & (BUSY | TCF), BUSY);
    fake_w32(s, CCR, WREN);
    assert_rule(s, "quadspi-busy-write");
    fake_run(s, SIM_US);
    assert_int_equal(fake_r32(s, CR) & ABORT, 0);
    assert_int_equal(sr() & (BUSY | TCF), TCF);
    assert_int_equal(level(), 0);
    fake_w32(s, FCR, TCF);
    fake_or32(s, CR, ABORT); // idle too
    assert_true(fake_wait(s, SR, TCF, TCF, SIM_US));
}

// ES0250: at CLK = HCLK/2 a byte stays in the FIFO, and the next read sees it.
static void residue_of_a_read(void **state) {
    (void)state;
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    b.nor->status = 0x42;
    assert_int_equal(fake_read(s, DR, 1), 0x42);
    assert_int_equal(sr() & BUSY, 0);
    assert_int_equal(level(), 1);
    b.nor->status = 0x80;
    fake_w32(s, CCR, RDSR);
    assert_int_equal(fake_notes(s, "still in the FIFO"), 1);
    assert_int_not_equal(fake_read(s, DR, 1), 0x80);
    abort_();
    assert_int_equal(level(), 0);
    fake_w32(s, CCR, RDSR);
    assert_int_equal(fake_read(s, DR, 1), 0x80);
}

static void no_residue_at_a_slower_clock(void **state) {
    (void)state;
    prescaler(3);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    assert_int_equal(level(), 0);
}

static void dr_misuse_is_noted(void **state) {
    (void)state;
    assert_int_equal(fake_r32(s, DR), 0);
    assert_int_equal(fake_notes(s, "QUADSPI_DR is read"), 1);
}

static void more_data_than_announced(void **state) {
    (void)state;
    fake_w32(s, DLR, 1);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_w32(s, DR, 0x44332211);
    idle();
    assert_int_equal(fake_last(b.nor)->bytes, 2);
    assert_int_equal(fake_notes(s, "than DLR announces"), 1);
}

/// Polling ///

static void start_poll(uint32_t cr) {
    fake_or32(s, CR, cr);
    fake_w32(s, PSMKR, 1);
    fake_w32(s, PSMAR, 0);
    fake_w32(s, PIR, 0x10);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, POLL);
}

// 400 ms of polling costs a handful of events, and the match comes in the
// first status read that ends after the operation did.
static void poll_finds_the_end(void **state) {
    (void)state;
    const sim_time from = sim_now(s);
    const sim_time end = from + 400 * SIM_MS;
    const sim_time period = (16 + 2 + 16) * CLK;
    b.nor->busy_until = end;
    start_poll(APMS | SMIE);
    assert_int_equal(sr() & (BUSY | SMF), BUSY);
    fake_run_until(s, end - 1);
    assert_int_equal(sr() & (BUSY | SMF), BUSY);
    assert_false(fake_irq(s, IRQ));
    fake_run(s, 1 + period);
    assert_int_equal(sr() & (BUSY | SMF), SMF);
    assert_true(fake_irq(s, IRQ));
    assert_true(b.nor->count < 20);
    const struct fake_frame *const f = fake_last(b.nor);
    assert_true(f->last >= end && f->last < end + period);
    assert_int_equal((f->begin - from) % period, 0); // on the grid of polls
    fake_w32(s, FCR, SMF);
    assert_false(fake_irq(s, IRQ));
}

static void poll_matches_at_once(void **state) {
    (void)state;
    start_poll(APMS);
    fake_run(s, 16 * CLK);
    assert_int_equal(sr() & (BUSY | SMF), SMF);
    assert_int_equal(b.nor->count, 1);
}

static void poll_without_stop_goes_on(void **state) {
    (void)state;
    start_poll(0);
    fake_run(s, 100 * SIM_US);
    assert_int_equal(sr() & (BUSY | SMF), BUSY | SMF);
    fake_w32(s, FCR, SMF);
    assert_int_equal(sr() & SMF, 0);
    fake_run(s, 10 * SIM_US);
    assert_int_equal(sr() & (BUSY | SMF), BUSY | SMF);
    abort_();
    assert_no_violation(s);
}

static void poll_of_a_stuck_chip_can_be_aborted(void **state) {
    (void)state;
    b.nor->status = 1; // for ever
    start_poll(APMS);
    fake_run(s, SIM_S);
    assert_int_equal(sr() & (BUSY | SMF), BUSY);
    assert_true(b.nor->count < 20);
    abort_();
    fake_w32(s, CCR, WREN);
    idle();
    assert_no_violation(s);
}

static void poll_or_mode(void **state) {
    (void)state;
    fake_or32(s, CR, 1u << 23 | APMS); // PMM: any bit
    fake_w32(s, PSMKR, 0x81);
    fake_w32(s, PSMAR, 0x80);
    b.nor->status = 0x01; // neither bit 7 set nor bit 0 clear
    fake_w32(s, CCR, POLL);
    fake_run(s, 10 * SIM_US);
    assert_int_equal(sr() & SMF, 0);
    abort_();
    b.nor->status = 0x81;
    fake_w32(s, CCR, POLL);
    fake_run(s, 10 * SIM_US);
    assert_int_equal(sr() & SMF, SMF);
}

/// The window ///

static void mapping_opens_the_window(void **state) {
    (void)state;
    assert_false(sim_window_is_open(s));
    fake_w32(s, CCR, MAP_FAST);
    assert_true(sim_window_is_open(s));
    assert_int_equal(sr() & BUSY, BUSY);
    // nCS high 2, 8 + 24 + 8, then 32 clocks per word.
    assert_int_equal(fake_window_timing(s).first_ps, (2 + 40 + 32) * CLK);
    assert_int_equal(fake_window_timing(s).next_ps, 32 * CLK);
    assert_int_equal(b.nor->asked.opcode, 0x0B);
    assert_int_equal(b.nor->asked.dummy_clocks, 8);
    assert_no_violation(s);
}

static void quad_mapping(void **state) {
    (void)state;
    fake_w32(s, ABR, 0xFF);
    fake_w32(s, CCR, MAP_QUAD);
    assert_true(sim_window_is_open(s));
    assert_int_equal(fake_window_timing(s).first_ps,
            (2 + 8 + 6 + 2 + 4 + 8) * CLK);
    // The mode byte reached the chip.
    assert_int_equal(fake_last(b.nor)->frame.alt, 0xFF);
    assert_int_not_equal(fake_last(b.nor)->end, 0);
}

static void continuous_read_drops_the_opcode(void **state) {
    (void)state;
    fake_w32(s, ABR, 0xA5);
    fake_w32(s, CCR, MAP_QUAD | 1u << 28); // SIOO
    assert_true(sim_window_is_open(s));
    assert_true(fake_last(b.nor)->frame.has_opcode);
    assert_false(b.nor->asked.has_opcode);
    assert_int_equal(fake_window_timing(s).first_ps,
            (2 + 6 + 2 + 4 + 8) * CLK);
}

static void abort_closes_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_or32(s, CR, ABORT);
    assert_false(sim_window_is_open(s)); // at once, not when it is done
    assert_string_equal(fake_window_reason(s), "QUADSPI is in command mode");
    assert_int_equal(sr() & BUSY, BUSY);
    assert_true(fake_wait(s, CR, ABORT, 0, SIM_US));
    assert_int_equal(sr() & (BUSY | TCF), TCF);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    abort_();
    assert_no_violation(s);
    assert_false(sim_window_is_open(s));
    fake_w32(s, CCR, MAP_FAST);
    assert_true(sim_window_is_open(s));
}

static void disabling_closes_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, CR, fake_r32(s, CR) & ~EN);
    assert_false(sim_window_is_open(s));
    assert_int_equal(sr() & BUSY, 0);
    assert_no_violation(s);
}

static void leaving_without_abort(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, CCR, WREN);
    assert_rule(s, "quadspi-busy-write");
    assert_true(sim_window_is_open(s));
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 0);
}

// Mapped while the chip erases: the window opens when the erase is over.
static void busy_chip_keeps_the_window_closed(void **state) {
    (void)state;
    const sim_time end = sim_now(s) + 50 * SIM_MS;
    b.nor->busy_until = end;
    fake_w32(s, CCR, MAP_FAST);
    assert_false(sim_window_is_open(s));
    assert_string_equal(fake_window_reason(s), "the chip is erasing");
    fake_run_until(s, end - 1);
    assert_false(sim_window_is_open(s));
    fake_run(s, 1);
    assert_true(sim_window_is_open(s));
}

static void unreadable_chip_gives_its_reason(void **state) {
    (void)state;
    b.nor->unreadable = "quad enable is not set";
    fake_w32(s, CCR, MAP_FAST);
    assert_false(sim_window_is_open(s));
    assert_string_equal(fake_window_reason(s), "quad enable is not set");
    assert_int_equal(sr() & BUSY, BUSY);
}

// ES0250: AR[1:0] of the last indirect command.
static void mapping_with_a_left_over_address(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x101);
    (void)fake_read(s, DR, 1);
    idle();
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-ar");
    abort_();
    fake_w32(s, CCR, RDSR); // no address: AR can be written
    (void)fake_read(s, DR, 1);
    fake_w32(s, AR, 0);
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-ar"); // cleared, but not aborted
    abort_();
    fake_w32(s, CCR, MAP_FAST);
    assert_no_violation(s);
}

static void mapping_after_an_aligned_address(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x104);
    (void)fake_read(s, DR, 1);
    idle();
    fake_w32(s, CCR, MAP_FAST);
    assert_no_violation(s);
}

static void mapping_with_timeout_counter(void **state) {
    (void)state;
    fake_or32(s, CR, TCEN);
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-tcen");
}

static void clock_taken_from_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, RCC_AHB3ENR, 0);
    assert_rule(s, "window-clock");
    assert_false(sim_window_is_open(s));
    fake_w32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, CCR, MAP_FAST);
    assert_true(sim_window_is_open(s));
    fake_w32(s, RCC_AHB3RSTR, 1u << 8);
    assert_rule(s, "window-controller");
    assert_false(sim_window_is_open(s));
    fake_w32(s, RCC_AHB3RSTR, 0);
    assert_int_equal(fake_r32(s, CR), 0);
}

// With the window closed the same writes are a driver's own business.
static void clock_taken_while_closed(void **state) {
    (void)state;
    fake_w32(s, RCC_AHB3ENR, 0);
    fake_w32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, RCC_AHB3RSTR, 1u << 8);
    fake_w32(s, RCC_AHB3RSTR, 0);
    bench_pin(&b, 'E', 12, 3, 0);
    assert_no_violation(s);
}

static void other_speed_is_a_note(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, RCC_CFGR, 3 | 8u << 4); // HPRE 2
    assert_no_violation(s);
    assert_true(sim_window_is_open(s));
    assert_int_equal(fake_notes(s, "while the QUADSPI window is open"), 1);
    assert_int_equal(fake_window_timing(s).next_ps, 32 * 2 * CLK);
}

static void pins_taken_from_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    bench_pin(&b, 'E', 8, 1, 0); // another pin of the port
    bench_pin(&b, 'E', 14, 0, 10); // IO2: not used by this read
    assert_no_violation(s);
    bench_pin(&b, 'E', 11, 3, 10);
    assert_rule(s, "window-pins");
    assert_false(sim_window_is_open(s));
    bench_pin(&b, 'E', 11, 2, 10);
    assert_true(sim_window_is_open(s));
    fake_w32(s, RCC + 0x2C, 1u << 4); // reset of the whole port
    assert_rule(s, "window-pins");
}

static void commands_without_pins(void **state) {
    (void)state;
    bench_pin(&b, 'E', 10, 3, 10);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    assert_int_equal(fake_read(s, DR, 1), 0xFF);
    assert_int_equal(b.nor->count, 0);
    assert_int_equal(fake_notes(s, "CLK pin PE10 is not set to AF10"), 1);
    abort_();
    fake_w32(s, CCR, MAP_FAST);
    assert_false(sim_window_is_open(s));
}

// A system reset resets pins, clock and controller, and is no driver's mistake.
static void system_reset_closes_quietly(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_false(sim_window_is_open(s));
    assert_no_violation(s);
    assert_int_equal(fake_notes(s, "while the QUADSPI window is open"), 0);
    fake_or32(s, RCC_AHB3ENR, 1u << 8);
    assert_int_equal(sr(), 0);
}

static void reset_in_a_frame_raises_ncs(void **state) {
    (void)state;
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_w32(s, DR, 0);
    fake_run(s, 50 * CLK);
    fake_reset(s, SIM_RESET_IWDG);
    assert_int_not_equal(fake_last(b.nor)->end, 0);
    assert_int_equal(fake_last(b.nor)->bytes, 2);
}

static void power_cut_in_a_frame(void **state) {
    (void)state;
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_w32(s, DR, 0);
    sim_board_power(b.board, false);
    assert_false(b.nor->powered);
    fake_run(s, SIM_MS);
    sim_board_power(b.board, true);
    assert_true(b.nor->powered);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_false(sim_window_is_open(s));
}

static void fsize_that_does_not_fit(void **state) {
    (void)state;
    fake_w32(s, DCR, 22u << 16);
    fake_w32(s, CCR, MAP_FAST);
    assert_int_equal(fake_notes(s, "FSIZE says 8388608 bytes"), 1);
}

/// What the chip tells ///

static void reports_become_violations(void **state) {
    (void)state;
    struct sim_board_nor to = {.sim = s, .window_addr = 0x90000000};
    for (int kind = NOR_READ_BUSY; kind <= NOR_TOO_FAST; kind++) {
        const struct nor_report report = {.kind = (enum nor_report_kind)kind,
                .opcode = 0x03, .off = 0x1000,
                .text = "something at some place"};
        sim_board_nor_report(&to, &report);
        assert_non_null(fake_rule(s));
        assert_memory_equal(fake_rule(s), "nor-", 4);
        assert_non_null(strstr(fake_violation(s)->what, "some place"));
        fake_forget(s);
    }
    fake_changed(s);
    sim_board_nor_changed(&to, 0x1000, 256);
    assert_int_equal(fake_changed(s), 256);
    sim_board_nor_operation(&to, 'E', 0x2000, 4096, 0, true);
    assert_int_equal(fake_trace(s, SIM_TRACE_CHIP, 0)->a, 'E');
    assert_int_equal(fake_trace(s, SIM_TRACE_CHIP, 0)->b, 0x2000);
    assert_int_equal(fake_trace(s, SIM_TRACE_CHIP, 0)->c, 1);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(instruction_starts_on_ccr), TEST(frame_ends_by_itself),
        TEST(command_with_address_starts_on_ar),
        TEST(read_without_address_starts_on_ccr),
        TEST(read_with_address_starts_on_ar), TEST(write_starts_on_dr),
        TEST(disabled_starts_nothing), TEST(empty_ccr_starts_nothing),
        TEST(page_program_takes_bus_time),
        TEST(write_underrun_stops_the_clock),
        TEST(full_fifo_stops_the_clock), TEST(dr_read_stalls),
        TEST(csht_keeps_ncs_high), TEST(lanes_and_modes_in_the_frame),
        TEST(no_instruction_frame), TEST(ftf_follows_the_threshold),
        TEST(interrupts), TEST(write_threshold_interrupt),
        TEST(address_outside_of_the_device), TEST(read_to_the_end_of_memory),
        TEST(writes_while_busy_are_ignored), TEST(needless_ar_is_harmless),
        TEST(abort_takes_time_and_sets_tcf), TEST(residue_of_a_read),
        TEST(no_residue_at_a_slower_clock), TEST(dr_misuse_is_noted),
        TEST(more_data_than_announced), TEST(poll_finds_the_end),
        TEST(poll_matches_at_once), TEST(poll_without_stop_goes_on),
        TEST(poll_of_a_stuck_chip_can_be_aborted), TEST(poll_or_mode),
        TEST(mapping_opens_the_window), TEST(quad_mapping),
        TEST(continuous_read_drops_the_opcode),
        TEST(abort_closes_the_window), TEST(disabling_closes_the_window),
        TEST(leaving_without_abort), TEST(busy_chip_keeps_the_window_closed),
        TEST(unreadable_chip_gives_its_reason),
        TEST(mapping_with_a_left_over_address),
        TEST(mapping_after_an_aligned_address),
        TEST(mapping_with_timeout_counter),
        TEST(clock_taken_from_the_window), TEST(clock_taken_while_closed),
        TEST(other_speed_is_a_note), TEST(pins_taken_from_the_window),
        TEST(commands_without_pins), TEST(system_reset_closes_quietly),
        TEST(reset_in_a_frame_raises_ncs), TEST(power_cut_in_a_frame),
        TEST(fsize_that_does_not_fit), TEST(reports_become_violations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
