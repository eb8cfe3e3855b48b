/*
 * test_quadspi - the modelled QUADSPI against a chip that writes down all
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
// sources: host/sim/stm32/*.c host/sim/stm32l4/*.c host/sim/machine/board*.c host/sim/machine/machine.c
// sources: host/board/*.c host/base/*.c host/nor/nor_parts.c
// sources: host/sim/rules.c
// sources: tests/support/fake_sim.c
// sources: tests/support/fake_nor.c
#include "support/quadspi_bench.h"

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
    const struct fake_frame *f = fake_last(b.nor);
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
    const struct fake_frame *f = fake_last(b.nor);
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
    const struct fake_frame *f = fake_last(b.nor);
    assert_int_equal(f->bytes, 3);
    assert_int_equal(f->first - from, 16 * CLK);
    assert_int_equal(f->end - from, 32 * CLK);
    assert_int_equal(fake_read(s, DR, 1), 0x10);
    assert_int_equal(fake_read(s, DR, 1), 0x11);
    assert_int_equal(sr() & BUSY, BUSY);
    assert_int_equal(fake_read(s, DR, 1), 0x12);
    assert_int_equal(sr() & BUSY, 0);
    assert_null(fake_busy(s));
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
    const struct fake_frame *f = fake_last(b.nor);
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
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
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
    const struct fake_frame *f = fake_last(b.nor);
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
    // What a driver hears that waits for the end of it.
    assert_string_equal(fake_busy(s),
            "QUADSPI is BUSY in an indirect read: of 64 bytes (DLR + 1), 64 "
            "were not read from DR");
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
    const struct nor_frame *f = &fake_last(b.nor)->frame;
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
    static const uint32_t regs[] = {
            DCR, DLR, CCR, ABR, PSMKR, PSMAR, PIR, QSPI + 0x30};
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
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

static void used_by_an_interrupt(void **state) {
    (void)state;
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x100);
    fake_exception(s, 16 + 54);
    fake_w32(s, CCR, WREN);
    assert_int_equal(fake_violation(s)->rule, SIM_RULE_QUADSPI_BUSY_INTERRUPT);
    assert_rule(s, "quadspi-busy-write");
    fake_exception(s, 16 + IRQ); // the driver's own
    fake_w32(s, CCR, WREN);
    assert_int_equal(fake_violation(s)->rule, SIM_RULE_QUADSPI_BUSY_TRANSFER);
    assert_rule(s, "quadspi-busy-write");
    fake_exception(s, 16 + 54);
    abort_();
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x100);
    fake_w32(s, CCR, WREN);
    assert_int_equal(fake_violation(s)->rule, SIM_RULE_QUADSPI_BUSY_TRANSFER);
    assert_rule(s, "quadspi-busy-write");
}

// What changes nothing is no mistake; a command that is lost is.
static void a_read_is_asked_for_twice(void **state) {
    (void)state;
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x100);
    fake_w32(s, DLR, 63);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x100);
    assert_no_violation(s);
    assert_int_equal(b.nor->count, 1);
    assert_int_equal(fake_read(s, DR, 1), 0);
    fake_w32(s, AR, 0x100);
    assert_rule(s, "quadspi-busy-write");
    fake_w32(s, CCR, READ);
    assert_rule(s, "quadspi-busy-write");
    abort_();
    fake_w32(s, CCR, WREN);
    fake_w32(s, CCR, WREN);
    assert_rule(s, "quadspi-busy-write");
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
    assert_int_equal(fake_violation(s)->rule, SIM_RULE_QUADSPI_BUSY_ABORT);
    assert_rule(s, "quadspi-busy-write");
    fake_run(s, SIM_US);
    assert_int_equal(fake_r32(s, CR) & ABORT, 0);
    assert_int_equal(sr() & (BUSY | TCF), TCF);
    assert_int_equal(level(), 0);
    fake_w32(s, FCR, TCF);
    fake_or32(s, CR, ABORT); // idle too
    assert_true(fake_wait(s, SR, TCF, TCF, SIM_US));
}

// The chip's data sheets: nCS has to rise behind a whole byte.
static void stopped_in_a_command(void **state) {
    (void)state;
    fake_w32(s, CCR, WREN);
    fake_or32(s, CR, ABORT);
    assert_true(fake_last(b.nor)->cut);
    assert_int_equal(fake_notes(s,
                             "(CR.ABORT) before the command 06h is over: "
                             "the chip sees a part of it"),
            1);
    abort_();
    fake_w32(s, CCR, SE);
    fake_w32(s, AR, 0x1000);
    fake_w32(s, CR, fake_r32(s, CR) & ~EN);
    assert_true(fake_last(b.nor)->cut);
    assert_int_equal(fake_notes(s, "before the command"), 1); // once
}

static void stopped_in_a_program(void **state) {
    (void)state;
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0x1000);
    fake_w32(s, DR, 0x44332211);
    fake_run(s, 20 * SIM_US); // the clock waits for more
    fake_w32(s, CR, fake_r32(s, CR) & ~EN);
    assert_false(fake_last(b.nor)->cut);
    assert_int_equal(fake_last(b.nor)->bytes, 4);
    assert_int_equal(fake_notes(s,
                             "(CR.EN=0) before the command 02h is over: "
                             "the chip goes by the bytes"),
            1);
    fake_or32(s, CR, EN);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0x1000);
    fake_w32(s, DR, 0x44332211);
    abort_();
    assert_true(fake_last(b.nor)->cut);
    assert_int_equal(fake_notes(s, "before the command"), 1);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0x1000);
    for (int i = 0; i < 64; i++) {
        fake_w32(s, DR, 0);
    }
    idle();
    abort_();
    assert_false(fake_last(b.nor)->cut);
}

static void reset_in_a_command(void **state) {
    (void)state;
    fake_w32(s, CCR, WREN);
    fake_or32(s, RCC_AHB3RSTR, 1u << 8);
    assert_true(fake_last(b.nor)->cut);
    assert_int_equal(fake_notes(s, "AHB3RSTR"), 1);
    assert_int_equal(fake_notes(s, "before the command 06h is over"), 1);
}

// ES0250: at CLK = HCLK/2 a byte stays in the FIFO, and the next read sees it.
static int setup_residue(void **state) {
    (void)state;
    return setup_with(true);
}

// RM0351, SR.BUSY: until the FIFO is empty, too. ST's HAL aborts only then.
static void residue_keeps_busy(void **state) {
    (void)state;
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    b.nor->status = 0x42;
    assert_int_equal(fake_read(s, DR, 1), 0x42);
    assert_int_equal(level(), 1);
    assert_int_equal(sr() & (BUSY | TCF), BUSY | TCF);
    abort_();
    assert_int_equal(level(), 0);
    b.nor->status = 0x80;
    fake_w32(s, CCR, RDSR);
    assert_int_equal(fake_read(s, DR, 1), 0x80);
    (void)fake_read(s, DR, 1); // or read until BUSY is 0
    assert_int_equal(sr() & BUSY, 0);
    assert_int_equal(level(), 0);
}

static void unread_residue_blocks_the_next_command(void **state) {
    (void)state;
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    fake_w32(s, CCR, WREN);
    assert_rule(s, "quadspi-busy-write");
}

// What the errata sheet says: quad, DDR, CLK = HCLK/2. A loader that waits for
// BUSY=0 after it has read what it asked for works at any other setting.
static void residue_only_as_in_the_errata(void **state) {
    (void)state;
    fake_w32(s, DLR, 0);
    for (uint32_t div = 1; div <= 3; div++) {
        prescaler(div);
        fake_w32(s, CCR, RDSR);
        (void)fake_read(s, DR, 1);
        assert_int_equal(level(), 0);
        assert_int_equal(sr() & BUSY, 0);
    }
    prescaler(2);
    fake_w32(s, CCR, 0x87002DEDu); // 1-4-4, DDR, indirect read
    fake_w32(s, AR, 0);
    (void)fake_read(s, DR, 1);
    assert_int_equal(level(), 1);
    assert_int_equal(sr() & BUSY, BUSY);
}

static void dr_misuse_is_noted(void **state) {
    (void)state;
    assert_int_equal(fake_r32(s, DR), 0);
    assert_int_equal(fake_notes(s, "QUADSPI_DR is read"), 1);
}

static void dr_write_without_a_command(void **state) {
    (void)state;
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    const unsigned count = b.nor->count;
    fake_w32(s, DR, 1);
    fake_run(s, SIM_US);
    assert_int_equal(fake_notes(s, "QUADSPI_DR is written"), 1);
    assert_int_equal(b.nor->count, count);
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

/// Commands that never end, or never begin ///

static void an_address_behind_the_device(void **state) {
    (void)state;
    fake_w32(s, CCR, SE);
    fake_w32(s, AR, 16u << 20);
    assert_rule(s, "quadspi-not-sent");
    assert_int_equal(sr() & (TEF | TCF | BUSY), TEF);
    assert_int_equal(b.nor->count, 0);
}

static void look_for(unsigned looks) {
    for (unsigned i = 0; i < looks; i++) {
        fake_run(s, SIM_US);
        (void)sr();
    }
}

static void one_byte_too_many_announced(void **state) {
    (void)state;
    fake_w32(s, DLR, 1);
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    look_for(990);
    assert_no_violation(s);
    look_for(20);
    assert_rule(s, "quadspi-stuck");
    assert_non_null(strstr(fake_violation(s)->why, "were read"));
    fake_forget(s);
    abort_();
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_write(s, DR, 0x11, 1);
    look_for(1010);
    assert_rule(s, "quadspi-stuck");
    assert_non_null(strstr(fake_violation(s)->why, "were written"));
}

// TCF cannot come before DR is read, since the FIFO is smaller.
static void a_read_longer_than_the_fifo(void **state) {
    (void)state;
    fake_w32(s, DLR, 31);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0);
    look_for(1010);
    assert_rule(s, "quadspi-stuck");
    assert_non_null(strstr(fake_violation(s)->what, "the FIFO is full"));
    fake_forget(s);
    for (unsigned i = 0; i < 20; i++) { // one that reads, if slowly
        (void)fake_read(s, DR, 1);
        look_for(900);
    }
    assert_no_violation(s);
}

// AR holds the address already, and the driver does not write it again.
static void a_command_without_its_address(void **state) {
    (void)state;
    fake_w32(s, AR, 0x1000);
    fake_w32(s, CCR, SE);
    look_for(990);
    assert_no_violation(s);
    look_for(20);
    assert_rule(s, "quadspi-not-sent");
    assert_non_null(strstr(fake_violation(s)->what, "waits for AR"));
    assert_int_equal(b.nor->count, 0);
    fake_forget(s);
    fake_w32(s, AR, 0x1000);
    fake_run(s, SIM_MS);
    assert_int_equal(b.nor->count, 1);
    look_for(1010); // at TCF
    assert_no_violation(s);
    fake_w32(s, FCR, TCF);
    look_for(1010);
    assert_no_violation(s);
    fake_w32(s, CCR, PP); // FTF is 1: the driver may go on
    look_for(1010);
    assert_no_violation(s);
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
    const struct fake_frame *f = fake_last(b.nor);
    assert_true(f->last >= end && f->last < end + period);
    assert_int_equal((f->begin - from) % period, 0); // on the grid of polls
    fake_w32(s, FCR, SMF);
    assert_false(fake_irq(s, IRQ));
}

// The chip gets ready at any clock of a read of several bytes.
static void poll_of_several_bytes(void **state) {
    (void)state;
    const sim_time period = (16 + 8 + 32) * CLK;
    for (unsigned clock = 0; clock < 2 * period / CLK; clock++) {
        for (unsigned wait_us = 5; wait_us < 30; wait_us += 2) {
            start_poll(APMS);
            abort_();
            b.nor->count = 0;
            fake_w32(s, DLR, 3);
            const sim_time end = sim_now(s) + wait_us * SIM_US + clock * CLK;
            b.nor->busy_until = end;
            fake_w32(s, CCR, POLL);
            fake_run_until(s, end + 3 * period);
            assert_int_equal(sr() & (BUSY | SMF), SMF);
            fake_w32(s, FCR, SMF);
        }
    }
    assert_int_equal(fake_notes(s, "left from another command"), 0);
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, POLL);
    assert_int_equal(fake_notes(s, "with DLR=255, left from another"), 1);
}

// RM0351, FTF in polling mode: a driver may want the status that matched.
static void poll_leaves_its_status_in_dr(void **state) {
    (void)state;
    b.nor->status = 0x42;
    start_poll(APMS);
    idle();
    assert_int_equal(sr() & FTF, FTF);
    assert_int_equal(fake_read(s, DR, 1), 0x42);
    assert_int_equal(sr() & FTF, 0);
    assert_int_equal(fake_notes(s, "QUADSPI_DR is read"), 0);
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

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(instruction_starts_on_ccr),
            TEST(frame_ends_by_itself),
            TEST(command_with_address_starts_on_ar),
            TEST(read_without_address_starts_on_ccr),
            TEST(read_with_address_starts_on_ar),
            TEST(write_starts_on_dr),
            TEST(disabled_starts_nothing),
            TEST(empty_ccr_starts_nothing),
            TEST(page_program_takes_bus_time),
            TEST(write_underrun_stops_the_clock),
            TEST(full_fifo_stops_the_clock),
            TEST(dr_read_stalls),
            TEST(csht_keeps_ncs_high),
            TEST(lanes_and_modes_in_the_frame),
            TEST(no_instruction_frame),
            TEST(ftf_follows_the_threshold),
            TEST(interrupts),
            TEST(write_threshold_interrupt),
            TEST(address_outside_of_the_device),
            TEST(read_to_the_end_of_memory),
            TEST(writes_while_busy_are_ignored),
            TEST(needless_ar_is_harmless),
            TEST(a_read_is_asked_for_twice),
            TEST(used_by_an_interrupt),
            TEST(abort_takes_time_and_sets_tcf),
            TEST(stopped_in_a_command),
            TEST(stopped_in_a_program),
            TEST(reset_in_a_command),
            cmocka_unit_test_setup_teardown(residue_keeps_busy, setup_residue,
                    teardown),
            cmocka_unit_test_setup_teardown(
                    unread_residue_blocks_the_next_command, setup_residue,
                    teardown),
            TEST(residue_only_as_in_the_errata),
            TEST(poll_leaves_its_status_in_dr),
            TEST(dr_misuse_is_noted),
            TEST(dr_write_without_a_command),
            TEST(more_data_than_announced),
            TEST(an_address_behind_the_device),
            TEST(one_byte_too_many_announced),
            TEST(a_read_longer_than_the_fifo),
            TEST(a_command_without_its_address),
            TEST(poll_finds_the_end),
            TEST(poll_of_several_bytes),
            TEST(poll_matches_at_once),
            TEST(poll_without_stop_goes_on),
            TEST(poll_of_a_stuck_chip_can_be_aborted),
            TEST(poll_or_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
