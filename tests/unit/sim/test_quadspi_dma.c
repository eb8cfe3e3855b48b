/*
 * test_quadspi_dma - the QUADSPI asks DMA1 channel 5 and DMA2 channel 7
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

#define DMA1 0x40020000u
#define DMA2 0x40020400u
#define DMAEN 4u
#define SRAM 0x20000000u

#define DMA_EN 0x1u
#define DMA_DIR 0x10u
#define DMA_MINC 0x80u
#define DMA_WORDS 0xA00u

struct channel {
    uint32_t base; // of the controller
    unsigned n, selection;
};
static const struct channel channels[] = {{DMA1, 5, 5}, {DMA2, 7, 3}};

static void start_channel(const struct channel *c, uint32_t ccr,
        uint32_t count) {
    const uint32_t at = c->base + 8 + 20 * (c->n - 1);
    fake_or32(s, RCC_AHB1ENR, 3);
    fake_w32(s, c->base + 0xA8, c->selection << 4 * (c->n - 1));
    fake_w32(s, c->base + 4, ~0u);
    fake_w32(s, at, 0);
    fake_w32(s, at + 4, count);
    fake_w32(s, at + 8, DR);
    fake_w32(s, at + 12, SRAM);
    fake_w32(s, at, ccr | DMA_MINC | DMA_EN);
}

static uint32_t left(const struct channel *c) {
    return fake_r32(s, c->base + 8 + 20 * (c->n - 1) + 4);
}

static void read_by_dma(const struct channel *c, uint32_t ccr, unsigned bytes,
        unsigned threshold) {
    uint8_t *ram = sim_memory(s, SRAM, 128);
    memset(ram, 0xEE, 128);
    fake_w32(s, CR, 1u << 24 | (threshold - 1) << 8 | EN);
    fake_w32(s, DLR, bytes - 1);
    fake_w32(s, CCR, READ);
    start_channel(c, ccr, (ccr & DMA_WORDS) != 0 ? bytes / 4 : bytes);
    fake_w32(s, AR, 0x40);
    fake_run(s, 10 * SIM_US);
    assert_int_equal(level(), bytes < 16 ? bytes : 16); // no DMAEN yet
    fake_or32(s, CR, DMAEN);
    fake_run(s, 200 * SIM_US);
    assert_int_equal(left(c), 0);
    for (unsigned i = 0; i < bytes; i++) {
        assert_int_equal(ram[i], 0x40 + i);
    }
    assert_int_equal(ram[bytes], 0xEE);
    assert_int_equal(sr() & (TCF | BUSY), TCF);
    fake_w32(s, FCR, TCF);
}

static void reads(void **state) {
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        read_by_dma(&channels[i], 0, 100, 1);
        read_by_dma(&channels[i], 0, 39, 4); // the rest is below the threshold
        read_by_dma(&channels[i], DMA_WORDS, 64, 4);
    }
    assert_no_violation(s);
}

static void writes(void **state) {
    (void)state;
    uint8_t *ram = sim_memory(s, SRAM, 128);
    for (unsigned i = 0; i < 64; i++) {
        ram[i] = (uint8_t)(3 * i);
    }
    for (unsigned i = 0; i < 2; i++) {
        fake_w32(s, CR, 1u << 24 | EN);
        fake_w32(s, DLR, 63);
        fake_w32(s, CCR, PP);
        fake_w32(s, AR, 0x100);
        start_channel(&channels[i], DMA_DIR, 64);
        fake_or32(s, CR, DMAEN);
        fake_run(s, 100 * SIM_US);
        assert_int_equal(left(&channels[i]), 0);
        assert_int_equal(sr() & (TCF | BUSY), TCF);
        assert_int_equal(fake_last(b.nor)->bytes, 64);
        assert_memory_equal(fake_last(b.nor)->data, ram, 64);
        fake_w32(s, FCR, TCF);
    }
    assert_no_violation(s);
}

static void another_selection_is_another_request(void **state) {
    (void)state;
    const struct channel wrong = {DMA1, 5, 3};
    start_channel(&wrong, 0, 4);
    assert_int_equal(fake_notes(s, "QUADSPI (DMA1 channel 5, request 5"), 1);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(reads),
            TEST(writes),
            TEST(another_selection_is_another_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
