/*
 * start_code - a loader of a few instructions, where there is none
 *
 * SPDX-License-Identifier: MIT
 *
 * What the least loader does, as code that the machine runs from internal
 * flash: wait for the chip, write a list of registers (clocks, pins, QUADSPI
 * mapped by 0Bh on one line, VTOR), take SP and PC from the vector table. The
 * clock stays the 4 MHz of a reset; 0Bh with eight dummy clocks at prescaler 2
 * is right for every part also if the application goes to 80 MHz. RM0351 6.4
 * (RCC), 8.4 (GPIO), 17.5 (QUADSPI); Armv7-M ARM B3.2.5.
 */
#include <string.h>

#include "sim/machine/sim_board.h"

#define RCC 0x40021000u
#define RCC_AHB2ENR (RCC + 0x4Cu)
#define RCC_AHB3ENR (RCC + 0x50u)
#define AHB3ENR_QSPIEN (1u << 8)
#define GPIO(port) (0x48000000u + (port)*0x400u)
#define GPIO_MODER 0x00u
#define GPIO_AFR 0x20u
#define QUADSPI 0xA0001000u
#define QUADSPI_DCR (QUADSPI + 0x04u)
#define QUADSPI_CCR (QUADSPI + 0x14u)
#define CR_EN 1u
#define CR_PRESCALER_2 (2u << 24)
#define DCR_FSIZE_POS 16u
// Mapped, eight dummy clocks; data, 24 address bits, address and instruction on
// one line, 0Bh.
#define CCR_MAPPED_0BH \
    (3u << 26 | 1u << 24 | 8u << 18 | 2u << 12 | 1u << 10 | 1u << 8 | 0x0Bu)
#define SCB_VTOR 0xE000ED08u

#define ENTRY 0x10u
#define HANG 0x32u
#define LIST 0x34u

static const uint16_t code[] = {
        0xF242, 0x7010, // 10: movw r0, #10000
        0x3801,         // 14: subs r0, #1
        0xD1FD,         //     bne 14, 7 ms at 4 MHz
        0xA006,         // 18: adr r0, LIST
        0x6801,         // 1a: ldr r1, [r0]
        0xB119,         //     cbz r1, 26
        0x6842,         //     ldr r2, [r0, #4]
        0x600A,         //     str r2, [r1]
        0x3008,         //     adds r0, #8
        0xE7F9,         //     b 1a
        0x6840,         // 26: ldr r0, [r0, #4]
        0x6801,         //     ldr r1, [r0]
        0xF381, 0x8808, //     msr msp, r1
        0x6840,         //     ldr r0, [r0, #4]
        0x4700,         //     bx r0
        0xE7FE,         // 32: b 32, for a fault
};

static uint8_t *put(uint8_t *at, uint32_t word) {
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(word >> (8 * i));
    }
    return at + 4;
}

static uint8_t *put_write(uint8_t *at, uint32_t addr, uint32_t value) {
    return put(put(at, addr), value);
}

// Of all pins that the flash needs on this port.
static uint8_t *put_port(uint8_t *at, const struct board *board,
        unsigned port) {
    uint32_t moder = port == 0 ? 0xABFFFFFFu
            : port == 1        ? 0xFFFFFEBFu
                               : 0xFFFFFFFFu;
    uint32_t afr[2] = {0, 0};
    bool used = false;
    for (unsigned i = BOARD_CLK; i <= BOARD_IO3; i++) {
        const struct board_pin *pin = &board->pin[i];
        if (pin->port == port) {
            moder = (moder & ~(3u << (2 * pin->pin))) | 2u << (2 * pin->pin);
            afr[pin->pin / 8] |= (uint32_t)pin->af << (4 * (pin->pin % 8));
            used = true;
        }
    }
    if (used) {
        at = put_write(at, GPIO(port) + GPIO_AFR, afr[0]);
        at = put_write(at, GPIO(port) + GPIO_AFR + 4, afr[1]);
        at = put_write(at, GPIO(port) + GPIO_MODER, moder);
    }
    return at;
}

static unsigned log2_of(uint32_t bytes) {
    unsigned log2 = 0;
    while (bytes >>= 1) {
        log2++;
    }
    return log2;
}

void sim_board_start_code(const struct board *board, uint32_t chip_bytes,
        uint32_t vectors_addr, uint8_t *internal) {
    const uint32_t base = board->internal.addr;
    uint8_t *at = put(internal, board->ram[0].addr + board->ram[0].bytes);
    at = put(at, (base + ENTRY) | 1);
    at = put(at, (base + HANG) | 1); // NMI
    put(at, (base + HANG) | 1);      // HardFault
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        internal[ENTRY + 2 * i] = (uint8_t)code[i];
        internal[ENTRY + 2 * i + 1] = (uint8_t)(code[i] >> 8);
    }
    uint32_t ports = 0;
    for (unsigned i = BOARD_CLK; board->pins_known && i <= BOARD_IO3; i++) {
        ports |= 1u << board->pin[i].port;
    }
    at = put_write(internal + LIST, RCC_AHB2ENR, ports);
    for (unsigned port = 0; board->pins_known && port < BOARD_PORTS; port++) {
        at = put_port(at, board, port);
    }
    at = put_write(at, RCC_AHB3ENR, AHB3ENR_QSPIEN);
    at = put_write(at, QUADSPI_DCR, (log2_of(chip_bytes) - 1) << DCR_FSIZE_POS);
    at = put_write(at, QUADSPI, CR_PRESCALER_2 | CR_EN);
    at = put_write(at, QUADSPI_CCR, CCR_MAPPED_0BH);
    at = put_write(at, SCB_VTOR, vectors_addr);
    put_write(at, 0, vectors_addr); // the end of the list
}
