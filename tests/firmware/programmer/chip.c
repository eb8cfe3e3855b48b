/*
 * chip - single commands to the flash, past the loader
 *
 * SPDX-License-Identifier: MIT
 */
#include "chip.h"

#include "stm32l476.h"

#define TURNS 1000000u
#define READ_ID 0x9Fu
#define READ_STATUS 0x05u
#define READ_QUAD 0xEBu
#define CONTINUOUS 0xA0u // M5-4 = 10b, W25Q128JV data sheet 8.2.11
#define CCR_QUAD (3u << 10 | 3u << 14 | 3u << 24) // ADMODE, ABMODE, DMODE
#define LOCK_KEY 0x10000u
#define FLASH_PINS 0xFC00u // PE10 to PE15

static void wait_for(uint32_t flag, uint32_t wanted) {
    for (uint32_t i = 0; i < TURNS && (QUADSPI->SR & flag) != wanted; i++) {
    }
}

void chip_take(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    wait_for(QUADSPI_SR_BUSY, 0);
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
}

static void finish(void) {
    wait_for(QUADSPI_SR_TCF, QUADSPI_SR_TCF);
    chip_take();
}

void chip_send(uint8_t opcode) {
    QUADSPI->CCR = opcode | QUADSPI_CCR_IMODE_1;
    finish();
}

void chip_send_to(uint8_t opcode, uint32_t off) {
    QUADSPI->CCR = opcode | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_ADMODE_1 |
            QUADSPI_CCR_ADSIZE_24;
    QUADSPI->AR = off;
    finish();
}

static uint8_t read_byte(uint8_t opcode) {
    QUADSPI->DLR = 0;
    QUADSPI->CCR = opcode | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_DMODE_1 |
            QUADSPI_CCR_FMODE_READ;
    wait_for(QUADSPI_SR_TCF, QUADSPI_SR_TCF);
    const uint8_t value = QUADSPI_DR8;
    chip_take();
    return value;
}

uint8_t chip_status(void) {
    return read_byte(READ_STATUS);
}

uint8_t chip_maker(void) {
    return read_byte(READ_ID);
}

void chip_enter_continuous(void) {
    QUADSPI->DLR = 0;
    QUADSPI->ABR = CONTINUOUS;
    QUADSPI->CCR = READ_QUAD | QUADSPI_CCR_IMODE_1 | CCR_QUAD |
            QUADSPI_CCR_ADSIZE_24 | 4u << QUADSPI_CCR_DCYC_POS |
            QUADSPI_CCR_FMODE_READ;
    QUADSPI->AR = 0;
    wait_for(QUADSPI_SR_TCF, QUADSPI_SR_TCF);
    (void)QUADSPI_DR8;
    chip_take();
}

void chip_disconnect(void) {
    chip_take();
    QUADSPI->CR = 0;
    GPIO(GPIO_E)->MODER |= 0xFFF00000u; // analogue
    GPIO(GPIO_E)->LCKR = LOCK_KEY | FLASH_PINS;
    GPIO(GPIO_E)->LCKR = FLASH_PINS;
    GPIO(GPIO_E)->LCKR = LOCK_KEY | FLASH_PINS;
    (void)GPIO(GPIO_E)->LCKR;
}
