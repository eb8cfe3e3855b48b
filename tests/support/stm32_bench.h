/*
 * stm32_bench - a board with fakes around it, for tests of its peripherals
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_BENCH_H
#define STM32_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fake_nor.h"
#include "support/fake_sim.h"
#include "sim/machine/sim_board.h"

#define RCC 0x40021000u
#define RCC_CR (RCC + 0x00)
#define RCC_CFGR (RCC + 0x08)
#define RCC_PLLCFGR (RCC + 0x0C)
#define RCC_AHB1ENR (RCC + 0x48)
#define RCC_AHB2ENR (RCC + 0x4C)
#define RCC_AHB3ENR (RCC + 0x50)
#define RCC_AHB3RSTR (RCC + 0x30)
#define RCC_APB1ENR (RCC + 0x58)
#define RCC_APB2ENR (RCC + 0x60)
#define RCC_BDCR (RCC + 0x90)
#define RCC_CSR (RCC + 0x94)
#define FLASH_ACR 0x40022000u
#define PWR_CR1 0x40007000u
#define GPIO(letter) (0x48000000u + ((letter) - 'A') * 0x400u)

struct bench {
    struct sim *sim;
    struct nor *nor;
    struct sim_board *board;
    uint8_t *internal;
};

static inline void bench_open_with(struct bench *b, const char *board,
        const struct sim_uart_peer *peer, bool fifo_residue) {
    memset(b, 0, sizeof *b);
    b->sim = fake_sim_new();
    b->nor = fake_nor_new();
    b->internal = malloc(1u << 20);
    assert_non_null(b->internal);
    memset(b->internal, 0x11, 1u << 20);
    struct sim_board_options options = {
            .board = board_find(board),
            .internal = b->internal,
            .nor = b->nor,
            .fifo_residue = fifo_residue,
    };
    if (peer) {
        options.peer = *peer;
    }
    b->board = sim_board_new(b->sim, &options);
    assert_non_null(b->board);
    fake_reset(b->sim, SIM_RESET_POWER_ON);
}

static inline void bench_open(struct bench *b, const char *board,
        const struct sim_uart_peer *peer) {
    bench_open_with(b, board, peer, false);
}

static inline void bench_close(struct bench *b) {
    sim_board_free(b->board);
    fake_nor_free(b->nor);
    fake_sim_free(b->sim);
    free(b->internal);
}

// MODER and AFR of one pin.
static inline void bench_pin(struct bench *b, char port, unsigned pin,
        uint32_t mode, uint32_t af) {
    const uint32_t base = GPIO(port);
    const uint32_t afr = base + 0x20 + pin / 8 * 4;
    const unsigned shift = pin % 8 * 4;
    fake_or32(b->sim, RCC_AHB2ENR, 1u << (port - 'A'));
    fake_w32(b->sim, afr,
            (fake_r32(b->sim, afr) & ~(15u << shift)) | af << shift);
    fake_w32(b->sim, base,
            (fake_r32(b->sim, base) & ~(3u << 2 * pin)) | mode << 2 * pin);
}

// MSI 4 MHz through the PLL to 80 MHz, as the boot program does.
static inline void bench_80mhz(struct bench *b) {
    struct sim *s = b->sim;
    fake_w32(s, FLASH_ACR, 0x604);
    fake_w32(s, RCC_PLLCFGR, 1u | 40u << 8 | 1u << 24);
    fake_or32(s, RCC_CR, 1u << 24);
    assert_true(fake_wait(s, RCC_CR, 1u << 25, 1u << 25, 2 * SIM_MS));
    fake_w32(s, RCC_CFGR, 3);
    assert_true(fake_wait(s, RCC_CFGR, 0xC, 0xC, 2 * SIM_MS));
    assert_int_equal(fake_hclk(s), 80000000);
}

#define assert_no_violation(sim) \
    do { \
        if (fake_rule(sim)) { \
            print_message("%s: %s\n", fake_rule(sim), \
                    fake_violation(sim)->what); \
        } \
        assert_null(fake_rule(sim)); \
    } while (0)

#define assert_rule(sim, rule) \
    do { \
        assert_non_null(fake_rule(sim)); \
        assert_string_equal(fake_rule(sim), rule); \
        fake_forget(sim); \
    } while (0)

#endif
