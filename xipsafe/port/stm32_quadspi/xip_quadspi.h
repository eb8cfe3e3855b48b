/*
 * xip_quadspi - register map of the STM32 QUADSPI
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/port/stm32_quadspi: the QUADSPI controller of STM32, and
 * nothing of the family around it.
 *
 * Source: RM0351 (STM32L4x5/L4x6) section 17.5. F4, F7, G4 and WB have the
 * same peripheral at the same address, H7 at 0x52005000; none of them has been
 * tried, and each needs a half of its own in xipsafe/soc.
 */
#ifndef XIP_QUADSPI_H
#define XIP_QUADSPI_H

#include <stdint.h>

// Cost of another address: none. Default: all but H7.
#ifndef XIP_CFG_QUADSPI_ADDR
#define XIP_CFG_QUADSPI_ADDR 0xA0001000u
#endif

struct quadspi {
    volatile uint32_t cr, dcr, sr, fcr, dlr, ccr, ar, abr, dr;
    volatile uint32_t psmkr, psmar, pir, lptr;
};
#define QUADSPI ((struct quadspi *)XIP_CFG_QUADSPI_ADDR)

#define QUADSPI_CR_EN (1u << 0)
#define QUADSPI_CR_ABORT (1u << 1)
#define QUADSPI_CR_TCEN (1u << 3)
#define QUADSPI_CR_SSHIFT (1u << 4)
#define QUADSPI_CR_DFM (1u << 6)
#define QUADSPI_CR_FTHRES (0x1Fu << 8)
#define QUADSPI_CR_FTHRES_WORDS (7u << 8) // FTF in a write: room for 8 bytes
#define QUADSPI_CR_PRESCALER_POS 24
#define QUADSPI_DCR_CSHT_POS 8
#define QUADSPI_DCR_FSIZE_POS 16
#define QUADSPI_SR_TCF (1u << 1)
#define QUADSPI_SR_FTF (1u << 2)
#define QUADSPI_SR_BUSY (1u << 5)
#define QUADSPI_FCR_ALL 0x1Bu

#define QUADSPI_CCR_IMODE (3u << 8)
#define QUADSPI_CCR_IMODE_POS 8
#define QUADSPI_CCR_ADMODE (3u << 10)
#define QUADSPI_CCR_ADMODE_POS 10
#define QUADSPI_CCR_ADSIZE_POS 12
#define QUADSPI_CCR_ABMODE_POS 14
#define QUADSPI_CCR_ABSIZE_POS 16
#define QUADSPI_CCR_DCYC_POS 18
#define QUADSPI_CCR_DMODE_POS 24
#define QUADSPI_CCR_FMODE_POS 26
#define QUADSPI_CCR_FMODE (3u << 26)
#define QUADSPI_CCR_FMODE_READ (1u << 26)
#define QUADSPI_CCR_FMODE_MAPPED (3u << 26)
#define QUADSPI_CCR_SIOO (1u << 28)
#define QUADSPI_CCR_DDRM (1u << 31)

// Register value of a number of lines: 1, 2, 4 give 1, 2, 3.
#define QUADSPI_LINES(n) ((n) == 4u ? 3u : (n))

#endif
