/*
 * stm32l4xx_hal_qspi - QUADSPI of the stand-in
 *
 * SPDX-License-Identifier: MIT
 *
 * As the vendor's: every wait counts HAL ticks, so with interrupts masked it
 * never ends; and once the handle is in the mapped state, each command is
 * refused with HAL_BUSY.
 */
#include "stm32l4xx_hal.h"

#define SAMPLE_SHIFT QUADSPI_CR_SSHIFT
#define CSHT_6_CLOCKS (5u << 8)
#define LINES(n) ((n) == 4u ? 3u : (n))
#define FUNCTION_WRITE 0u

__attribute__((weak)) void HAL_QSPI_MspInit(QSPI_HandleTypeDef *handle) {
    (void)handle;
}

static HAL_StatusTypeDef wait_flag(QSPI_HandleTypeDef *hqspi, uint32_t flag,
        uint32_t value) {
    const uint32_t start = HAL_GetTick();
    while ((QUADSPI->SR & flag) != value) {
        if (HAL_GetTick() - start > hqspi->Timeout) {
            hqspi->State = HAL_QSPI_STATE_ERROR;
            return HAL_ERROR;
        }
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_QSPI_Init(QSPI_HandleTypeDef *hqspi) {
    if (hqspi->State == HAL_QSPI_STATE_RESET) {
        HAL_QSPI_MspInit(hqspi);
        hqspi->Timeout = 5000;
    }
    if (wait_flag(hqspi, QUADSPI_SR_BUSY, 0) != HAL_OK) {
        return HAL_ERROR;
    }
    QUADSPI->CR =
            (hqspi->ClockPrescaler << QUADSPI_CR_PRESCALER_POS) | SAMPLE_SHIFT;
    QUADSPI->DCR = (hqspi->FlashSize << QUADSPI_DCR_FSIZE_POS) | CSHT_6_CLOCKS;
    QUADSPI->CR |= QUADSPI_CR_EN;
    hqspi->State = HAL_QSPI_STATE_READY;
    return HAL_OK;
}

static uint32_t encode(const QSPI_CommandTypeDef *cmd, uint32_t function) {
    uint32_t ccr = cmd->Instruction | QUADSPI_CCR_IMODE_1 | function |
            cmd->DummyCycles << QUADSPI_CCR_DCYC_POS |
            LINES(cmd->DataLines) << 24;
    if (cmd->AddressLines != 0u) {
        ccr |= QUADSPI_CCR_ADSIZE_24 | LINES(cmd->AddressLines) << 10;
    }
    if (cmd->AlternateLines != 0u) {
        ccr |= LINES(cmd->AlternateLines) << 14; // one byte
    }
    return ccr;
}

HAL_StatusTypeDef HAL_QSPI_Command(QSPI_HandleTypeDef *hqspi,
        const QSPI_CommandTypeDef *cmd) {
    if (hqspi->State != HAL_QSPI_STATE_READY) {
        return HAL_BUSY;
    }
    if (wait_flag(hqspi, QUADSPI_SR_BUSY, 0) != HAL_OK) {
        return HAL_ERROR;
    }
    if (cmd->NbData != 0u) {
        QUADSPI->DLR = cmd->NbData - 1u;
    }
    QUADSPI->ABR = cmd->AlternateByte;
    QUADSPI->CCR = encode(cmd, FUNCTION_WRITE);
    if (cmd->AddressLines != 0u) {
        QUADSPI->AR = cmd->Address;
    }
    if (cmd->NbData != 0u) {
        return HAL_OK; // Transmit or Receive follows
    }
    const HAL_StatusTypeDef status =
            wait_flag(hqspi, QUADSPI_SR_TCF, QUADSPI_SR_TCF);
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
    return status;
}

static HAL_StatusTypeDef end_data(QSPI_HandleTypeDef *hqspi,
        HAL_StatusTypeDef status) {
    if (status == HAL_OK) {
        status = wait_flag(hqspi, QUADSPI_SR_TCF, QUADSPI_SR_TCF);
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    while ((QUADSPI->CR & QUADSPI_CR_ABORT) != 0u) {
        // A few clocks.
    }
    return status;
}

HAL_StatusTypeDef HAL_QSPI_Receive(QSPI_HandleTypeDef *hqspi, uint8_t *data,
        uint32_t size) {
    // Without an address phase CCR starts it, else AR.
    const uint32_t addr = QUADSPI->AR;
    QUADSPI->CCR |= QUADSPI_CCR_FMODE_READ;
    if ((QUADSPI->CCR & (3u << 10)) != 0u) {
        QUADSPI->AR = addr;
    }
    HAL_StatusTypeDef status = HAL_OK;
    for (uint32_t i = 0; i < size && status == HAL_OK; i++) {
        status = wait_flag(hqspi, QUADSPI_SR_FTF, QUADSPI_SR_FTF);
        data[i] = QUADSPI_DR8;
    }
    return end_data(hqspi, status);
}

HAL_StatusTypeDef HAL_QSPI_Transmit(QSPI_HandleTypeDef *hqspi,
        const uint8_t *data, uint32_t size) {
    HAL_StatusTypeDef status = HAL_OK;
    for (uint32_t i = 0; i < size && status == HAL_OK; i++) {
        status = wait_flag(hqspi, QUADSPI_SR_FTF, QUADSPI_SR_FTF);
        QUADSPI_DR8 = data[i];
    }
    return end_data(hqspi, status);
}

HAL_StatusTypeDef HAL_QSPI_MemoryMapped(QSPI_HandleTypeDef *hqspi,
        const QSPI_CommandTypeDef *cmd) {
    if (hqspi->State != HAL_QSPI_STATE_READY) {
        return HAL_BUSY;
    }
    if (wait_flag(hqspi, QUADSPI_SR_BUSY, 0) != HAL_OK) {
        return HAL_ERROR;
    }
    hqspi->State = HAL_QSPI_STATE_BUSY_MEM_MAPPED;
    QUADSPI->ABR = cmd->AlternateByte;
    QUADSPI->CCR = encode(cmd, QUADSPI_CCR_FMODE_MAPPED);
    return HAL_OK;
}
