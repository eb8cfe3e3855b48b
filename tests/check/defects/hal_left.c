/*
 * hal_left - a HAL function left in the flash, called from RAM in a loop
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call function=ram_program target=HAL_QSPI_Transmit
// also: rule=load-unknown function=HAL_QSPI_Transmit
// note: const hqspi: its pointer is only written by the initialiser
#include "harness.h"

typedef struct {
    volatile uint32_t *registers;
    uint32_t state;
} QSPI_HandleTypeDef;

QSPI_HandleTypeDef hqspi = {(volatile uint32_t *)QSPI_BASE, 1};

MOVED int HAL_QSPI_Transmit(QSPI_HandleTypeDef *handle, uint32_t word) {
    handle->registers[8] = word;
    handle->state = 2;
    return 0;
}

RAM int ram_program(uint32_t count) {
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++) {
        status = HAL_QSPI_Transmit(&hqspi, i);
    }
    return status;
}

int main(void) {
    return ram_program(4);
}
