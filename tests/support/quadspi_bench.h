/*
 * quadspi_bench - a QUADSPI at 40 MHz with a chip that records all accesses
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef QUADSPI_BENCH_H
#define QUADSPI_BENCH_H

#include "support/stm32_bench.h"

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
#define LPTR (QSPI + 0x30)
#define IRQ 71

#define EN 1u
#define ABORT 2u
#define TCEN 8u
#define TEF 1u
#define TCF 2u
#define FTF 4u
#define SMF 8u
#define TOF 16u
#define BUSY 0x20u
#define APMS (1u << 22)
#define TCIE (1u << 17)
#define FTIE (1u << 18)
#define SMIE (1u << 19)

// CCR values: IMODE 1 throughout.
#define WREN 0x00000106u
#define RDSR (0x01000105u | 1u << 26)
#define RDID (0x0100019Fu | 1u << 26)
#define SE (0x00002520u | 0u) // 24-bit address, no data
#define PP (0x01002502u)      // 1-1-1
#define QPP (0x03002532u)     // 1-1-4
#define READ (0x01002503u | 1u << 26)
#define POLL (0x01000105u | 2u << 26)
#define MAP_FAST (0x0100250Bu | 8u << 18 | 3u << 26)
// 1-4-4, one mode byte, 4 dummy clocks.
#define MAP_QUAD \
    (0x03000000u | 4u << 18 | 3u << 14 | 2u << 12 | 3u << 10 | 1u << 8 | \
            0xEBu | 3u << 26)

#define CLK 25000ull // ps at 80 MHz, prescaler 2

static struct bench b;
static struct sim *s;

static inline void pins(void) {
    for (unsigned pin = 10; pin < 16; pin++) {
        bench_pin(&b, 'E', pin, 2, 10);
    }
}

static inline int setup_with(bool fifo_residue) {
    bench_open_with(&b, "stm32l476g-disco", NULL, fifo_residue);
    s = b.sim;
    bench_80mhz(&b);
    pins();
    fake_or32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, CR, 1u << 24);
    fake_w32(s, DCR, 23u << 16 | 1u << 8); // 16 MB, CSHT 2 clocks
    fake_or32(s, CR, EN);
    return 0;
}

static inline int setup(void **state) {
    (void)state;
    return setup_with(false);
}

static inline int teardown(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static inline uint32_t sr(void) {
    return fake_r32(s, SR);
}

static inline unsigned level(void) {
    return sr() >> 8 & 31;
}

static inline void abort_(void) {
    fake_or32(s, CR, ABORT);
    assert_true(fake_wait(s, CR, ABORT, 0, 10 * SIM_US));
    assert_true(fake_wait(s, SR, BUSY, 0, 10 * SIM_US));
    fake_w32(s, FCR, 0x1B);
}

static inline void prescaler(uint32_t div) {
    fake_w32(s, CR, (fake_r32(s, CR) & 0xFFFFFF) | (div - 1) << 24);
}

static inline void idle(void) {
    assert_true(fake_wait(s, SR, BUSY, 0, 100 * SIM_US));
}

#endif
