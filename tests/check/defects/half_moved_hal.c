/*
 * half_moved_hal - what people end with: .ramcode in .data, half of the HAL
 * moved
 *
 * SPDX-License-Identifier: MIT
 *
 * A QSPI driver in the shape of a vendor HAL. Erase, the command and the wait
 * for
 * the chip were given to RAM; the wait for a flag, the tick and its interrupt
 * stayed in the flash, and so did the table of commands.
 */
// linker: -DRAMCODE_IN_DATA
// check: --interrupts SysTick --root BSP_QSPI_Erase
// also: rule=load-unknown
// note: const hqspi: its pointer is only written by the initialiser
// note: const commands: never written; it lies behind hqspi in .data
// expect: rule=call function=HAL_QSPI_Command
//     target=QSPI_WaitFlagStateUntilTimeout
// expect: rule=call function=HAL_QSPI_AutoPolling
//     target=QSPI_WaitFlagStateUntilTimeout
// expect: rule=load|call function=BSP_QSPI_Erase
// also: rule=load|address|call function=BSP_QSPI_Erase
// expect: rule=vector target=SysTick_Handler
// agree: -DAGREE_STATUS=8
// agree-stuck: its tick comes once only
#include "harness.h"

typedef enum { HAL_OK, HAL_ERROR, HAL_BUSY, HAL_TIMEOUT } HAL_StatusTypeDef;

typedef struct {
    volatile uint32_t CR, DCR, SR, FCR, DLR, CCR, AR, ABR, DR, PSMKR, PSMAR,
            PIR;
} QUADSPI_TypeDef;

typedef struct {
    uint32_t Instruction;
    uint32_t Address;
    uint32_t AddressMode;
    uint32_t InstructionMode;
    uint32_t DataMode;
    uint32_t NbData;
} QSPI_CommandTypeDef;

typedef struct {
    QUADSPI_TypeDef *Instance;
    volatile uint32_t State;
    uint32_t Timeout;
} QSPI_HandleTypeDef;

QSPI_HandleTypeDef hqspi = {(QUADSPI_TypeDef *)QSPI_BASE, 1, 5000};
volatile uint32_t uwTick;

MOVED void HAL_IncTick(void) {
    uwTick++;
}

MOVED void SysTick_Handler(void) {
    HAL_IncTick();
    QSPI_SR = 0;
}

MOVED uint32_t HAL_GetTick(void) {
    return uwTick;
}

MOVED HAL_StatusTypeDef QSPI_WaitFlagStateUntilTimeout(QSPI_HandleTypeDef *h,
        uint32_t flag, uint32_t wanted, uint32_t start, uint32_t timeout) {
    while ((h->Instance->SR & flag) != wanted) {
        if (HAL_GetTick() - start > timeout) {
            h->State = 4;
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

RAM HAL_StatusTypeDef HAL_QSPI_Command(QSPI_HandleTypeDef *h,
        const QSPI_CommandTypeDef *c) {
    const HAL_StatusTypeDef status =
            QSPI_WaitFlagStateUntilTimeout(h, 0x20, 0, uwTick, h->Timeout);
    if (status == HAL_OK) {
        h->Instance->DLR = c->NbData;
        h->Instance->CCR = c->Instruction | c->InstructionMode |
                c->AddressMode | c->DataMode;
        h->Instance->AR = c->Address;
    }
    return status;
}

RAM HAL_StatusTypeDef HAL_QSPI_AutoPolling(QSPI_HandleTypeDef *h) {
    h->Instance->PSMKR = 1;
    h->Instance->PSMAR = 0;
    const HAL_StatusTypeDef status =
            QSPI_WaitFlagStateUntilTimeout(h, 8, 8, uwTick, h->Timeout);
    h->Instance->FCR = 8;
    return status;
}

MOVED_CONST const QSPI_CommandTypeDef commands[2] = {
        {0x06, 0, 0, 0x100, 0, 0},
        {0x20, 0, 0x2c00, 0x100, 0, 0},
};

RAM HAL_StatusTypeDef BSP_QSPI_Erase(uint32_t address) {
    if (HAL_QSPI_Command(&hqspi, &commands[0]) != HAL_OK) {
        return HAL_ERROR;
    }
    QSPI_CommandTypeDef c;
    volatile QSPI_CommandTypeDef *to = &c;
    to->Instruction = commands[1].Instruction;
    to->Address = address;
    to->AddressMode = *(const volatile uint32_t *)&commands[1].AddressMode;
    to->InstructionMode = 0x100;
    to->DataMode = 0;
    to->NbData = 0;
    if (HAL_QSPI_Command(&hqspi, &c) != HAL_OK) {
        return HAL_ERROR;
    }
    return HAL_QSPI_AutoPolling(&hqspi);
}

int main(void) {
    return BSP_QSPI_Erase(0x1000);
}
