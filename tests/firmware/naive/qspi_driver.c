/*
 * qspi_driver - a flash driver in the shape vendor libraries have
 *
 * SPDX-License-Identifier: MIT
 */
#include "qspi_driver.h"

#include "stm32l476.h"

struct qspi_command {
    uint32_t instruction;
    uint32_t address_mode; // QUADSPI_CCR_ADMODE_1 | size, or 0
    uint32_t address;
    uint32_t data_mode; // QUADSPI_CCR_DMODE_1, or 0
    uint32_t len_bytes;
    uint32_t function; // QUADSPI_CCR_FMODE_*
};

static enum qspi_status wait_flag(uint32_t flag, uint32_t wanted) {
    for (uint32_t i = 0; i < 1000000u; i++) {
        if ((QUADSPI->SR & flag) == wanted) {
            return QSPI_OK;
        }
    }
    return QSPI_ERROR;
}

// The first thing every command does: take the controller out of the mode it
// is in. If that is memory-mapped mode, the next instruction is never fetched.
static enum qspi_status abort_transfer(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    return wait_flag(QUADSPI_SR_BUSY, 0);
}

static enum qspi_status send_command(const struct qspi_command *c) {
    if (c->data_mode) {
        QUADSPI->DLR = c->len_bytes - 1u;
    }
    QUADSPI->CCR = c->instruction | QUADSPI_CCR_IMODE_1 | c->address_mode |
            c->data_mode | c->function;
    if (c->address_mode) {
        QUADSPI->AR = c->address;
    }
    return QSPI_OK;
}

static enum qspi_status finish(void) {
    if (wait_flag(QUADSPI_SR_TCF, QUADSPI_SR_TCF) != QSPI_OK) {
        return QSPI_ERROR;
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
    return wait_flag(QUADSPI_SR_BUSY, 0);
}

static enum qspi_status write_enable(void) {
    const struct qspi_command c = {.instruction = 0x06};
    (void)send_command(&c);
    return finish();
}

static enum qspi_status wait_ready(void) {
    const struct qspi_command c = {
            .instruction = 0x05,
            .data_mode = QUADSPI_CCR_DMODE_1,
            .len_bytes = 1,
            .function = QUADSPI_CCR_FMODE_READ,
    };
    for (uint32_t i = 0; i < 1000000u; i++) {
        (void)send_command(&c);
        if (finish() != QSPI_OK) {
            return QSPI_ERROR;
        }
        const uint8_t status = QUADSPI_DR8;
        // A read leaves bytes in the FIFO (ES0250).
        if (abort_transfer() != QSPI_OK) {
            return QSPI_ERROR;
        }
        if (!(status & 1u)) {
            return QSPI_OK;
        }
    }
    return QSPI_ERROR;
}

enum qspi_status qspi_erase_sector(uint32_t off) {
    const struct qspi_command c = {
            .instruction = 0x20,
            .address_mode = QUADSPI_CCR_ADMODE_1 | QUADSPI_CCR_ADSIZE_24,
            .address = off,
    };
    if (abort_transfer() != QSPI_OK || write_enable() != QSPI_OK) {
        return QSPI_ERROR;
    }
    (void)send_command(&c);
    return finish() == QSPI_OK ? wait_ready() : QSPI_ERROR;
}

enum qspi_status qspi_program_page(uint32_t off, const uint8_t *data,
        uint32_t len_bytes) {
    const struct qspi_command c = {
            .instruction = 0x02,
            .address_mode = QUADSPI_CCR_ADMODE_1 | QUADSPI_CCR_ADSIZE_24,
            .address = off,
            .data_mode = QUADSPI_CCR_DMODE_1,
            .len_bytes = len_bytes,
    };
    if (abort_transfer() != QSPI_OK || write_enable() != QSPI_OK) {
        return QSPI_ERROR;
    }
    (void)send_command(&c);
    for (uint32_t i = 0; i < len_bytes; i++) {
        if (wait_flag(QUADSPI_SR_FTF, QUADSPI_SR_FTF) != QSPI_OK) {
            return QSPI_ERROR;
        }
        QUADSPI_DR8 = data[i];
    }
    return finish() == QSPI_OK ? wait_ready() : QSPI_ERROR;
}
