/*
 * baseline - the two usual ways to write to the flash the code runs from
 *
 * SPDX-License-Identifier: MIT
 */
#include "baseline.h"

#include "stm32l476.h"

#define IN_RAM __attribute__((section(".RamFunc.baseline"), noinline))

#define SECTOR_BYTES 4096u
#define BLOCK_BYTES 65536u
#define PAGE_BYTES 256u

// W25Q128JV: opcodes, and "write in progress".
#define CMD_WRITE_ENABLE 0x06u
#define CMD_STATUS 0x05u
#define CMD_ERASE_SECTOR 0x20u
#define CMD_ERASE_BLOCK 0xD8u
#define CMD_PROGRAM_QUAD 0x32u
#define STATUS_WIP 0x01u

#define CCR_ADDRESS (QUADSPI_CCR_ADMODE_1 | QUADSPI_CCR_ADSIZE_24)
#define CCR_DMODE_4 (3u << 24)

IN_RAM static void stop(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    while ((QUADSPI->CR & QUADSPI_CR_ABORT) != 0u ||
            (QUADSPI->SR & QUADSPI_SR_BUSY) != 0u) {
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
}

IN_RAM static void finish(void) {
    while ((QUADSPI->SR & QUADSPI_SR_TCF) == 0u) {
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
}

IN_RAM static void write_enable(void) {
    QUADSPI->CCR = CMD_WRITE_ENABLE | QUADSPI_CCR_IMODE_1;
    finish();
}

IN_RAM static void wait_idle(void) {
    uint32_t status;
    do {
        QUADSPI->DLR = 0;
        QUADSPI->CCR = CMD_STATUS | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_DMODE_1 |
                QUADSPI_CCR_FMODE_READ;
        finish();
        status = QUADSPI_DR8;
        stop(); // the FIFO may hold another byte
    } while ((status & STATUS_WIP) != 0u);
}

IN_RAM static void erase(uint32_t opcode, uint32_t off) {
    write_enable();
    QUADSPI->CCR = opcode | QUADSPI_CCR_IMODE_1 | CCR_ADDRESS;
    QUADSPI->AR = off;
    finish();
    wait_idle();
}

IN_RAM static void program(uint32_t off, const uint8_t *data) {
    write_enable();
    QUADSPI->DLR = PAGE_BYTES - 1u;
    QUADSPI->CCR =
            CMD_PROGRAM_QUAD | QUADSPI_CCR_IMODE_1 | CCR_ADDRESS | CCR_DMODE_4;
    QUADSPI->AR = off;
    for (uint32_t i = 0; i < PAGE_BYTES; i++) {
        while ((QUADSPI->SR & QUADSPI_SR_FTF) == 0u) {
        }
        QUADSPI_DR8 = data[i];
    }
    finish();
    wait_idle();
}

/// With interrupts off ///

// Returns the configuration of the mapped read.
IN_RAM static uint32_t begin(void) {
    __asm volatile("cpsid i" ::: "memory");
    const uint32_t mapped = QUADSPI->CCR;
    stop();
    return mapped;
}

IN_RAM static void end(uint32_t mapped) {
    QUADSPI->AR = 0; // ES0250: the first mapped read needs AR[1:0] = 0
    stop();
    QUADSPI->CCR = mapped;
    __asm volatile("dsb\n\tisb\n\tcpsie i\n\tisb" ::: "memory");
}

IN_RAM void baseline_erase_masked(uint32_t off, uint32_t len_bytes) {
    const uint32_t mapped = begin();
    for (uint32_t i = 0; i < len_bytes; i += BLOCK_BYTES) {
        erase(CMD_ERASE_BLOCK, off + i);
    }
    end(mapped);
}

IN_RAM void baseline_erase_by_unit(uint32_t off, uint32_t len_bytes) {
    for (uint32_t i = 0; i < len_bytes; i += SECTOR_BYTES) {
        const uint32_t mapped = begin();
        erase(CMD_ERASE_SECTOR, off + i);
        end(mapped);
    }
}

IN_RAM void baseline_program_masked(uint32_t off, const uint8_t *data,
        uint32_t len_bytes) {
    const uint32_t mapped = begin();
    for (uint32_t i = 0; i < len_bytes; i += PAGE_BYTES) {
        program(off + i, data + i);
    }
    end(mapped);
}

IN_RAM void baseline_program_by_unit(uint32_t off, const uint8_t *data,
        uint32_t len_bytes) {
    for (uint32_t i = 0; i < len_bytes; i += PAGE_BYTES) {
        const uint32_t mapped = begin();
        program(off + i, data + i);
        end(mapped);
    }
}
