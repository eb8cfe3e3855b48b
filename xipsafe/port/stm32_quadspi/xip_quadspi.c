/*
 * xip_quadspi - STM32 QUADSPI, the ordinary half
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_quadspi.h"

#include <stddef.h>

#include "xip_err.h"
#include "xip_port.h"

// Slowest chip select pause any supported part asks for at 133 MHz.
#define CSHT_CLOCKS 4u

// Ends continuous read: eight clocks with every line high. SFDP DW15 bit 13.
#define MODE_EXIT_OPCODE 0xFFu

uint32_t xip_port_command(uint8_t opcode, uint8_t addr_bytes,
        uint8_t dummy_clocks, enum xip_dir dir, uint8_t data_lanes) {
    uint32_t cmd = opcode | (1u << QUADSPI_CCR_IMODE_POS) |
            ((uint32_t)dummy_clocks << QUADSPI_CCR_DCYC_POS);
    if (addr_bytes != 0u) {
        cmd |= (1u << QUADSPI_CCR_ADMODE_POS) |
                ((addr_bytes - 1u) << QUADSPI_CCR_ADSIZE_POS);
    }
    if (dir != XIP_DIR_NONE) {
        cmd |= QUADSPI_LINES((uint32_t)data_lanes) << QUADSPI_CCR_DMODE_POS;
    }
    if (dir == XIP_DIR_IN) {
        cmd |= QUADSPI_CCR_FMODE_READ;
    }
    return cmd;
}

int xip_port_adopt(struct xip_resident *r) {
    const uint32_t ccr = QUADSPI->ccr;
    if ((QUADSPI->cr & QUADSPI_CR_EN) == 0u ||
            (ccr & QUADSPI_CCR_FMODE) != QUADSPI_CCR_FMODE_MAPPED ||
            (QUADSPI->cr & QUADSPI_CR_DFM) != 0u) {
        return XIP_ERR_CONFIG;
    }
    // What resident code sends would be taken for something else: a chip that
    // expects opcodes on four lines or none at all, or that leaves continuous
    // read after more clocks than four lines take.
    const bool continuous = (ccr & QUADSPI_CCR_SIOO) != 0u;
    if ((ccr & QUADSPI_CCR_IMODE) != 1u << QUADSPI_CCR_IMODE_POS ||
            (continuous &&
                    ((ccr & QUADSPI_CCR_ADMODE) != QUADSPI_CCR_ADMODE ||
                            (ccr & QUADSPI_CCR_DDRM) != 0u))) {
        return XIP_ERR_CONFIG;
    }
    r->map[0] = ccr;
    r->map[1] = QUADSPI->abr;
    r->mode_exit_opcode = continuous ? MODE_EXIT_OPCODE : 0u;
    return 0;
}

struct xip_mapped_read xip_port_mapped_read(const struct xip_resident *r) {
    static const uint8_t lanes[4] = {0, 1, 2, 4};
    const uint32_t ccr = r->map[0];
    const uint32_t alt_lanes = lanes[(ccr >> QUADSPI_CCR_ABMODE_POS) & 3u];
    uint32_t clocks = (ccr >> QUADSPI_CCR_DCYC_POS) & 0x1Fu;
    if (alt_lanes != 0u) {
        clocks +=
                8u * (((ccr >> QUADSPI_CCR_ABSIZE_POS) & 3u) + 1u) / alt_lanes;
    }
    return (struct xip_mapped_read){
            .opcode = (uint8_t)ccr,
            .addr_bytes =
                    (uint8_t)(((ccr >> QUADSPI_CCR_ADSIZE_POS) & 3u) + 1u),
            .clocks = (uint8_t)clocks,
            .data_lanes = lanes[(ccr >> QUADSPI_CCR_DMODE_POS) & 3u],
    };
}

int xip_port_setup(uint32_t prescaler, uint32_t size_bytes) {
    if (prescaler == 0u || prescaler > 256u || size_bytes < 2u ||
            (size_bytes & (size_bytes - 1u)) != 0u) {
        return XIP_ERR_PARAM;
    }
    uint32_t log2 = 0;
    while ((size_bytes >> (log2 + 1u)) != 0u) {
        log2++;
    }
    // A reset may have left the mapping on: stop it before DCR is writable.
    QUADSPI->cr |= QUADSPI_CR_EN;
    xip_port_unmap_();
    QUADSPI->cr = 0;
    QUADSPI->dcr = ((log2 - 1u) << QUADSPI_DCR_FSIZE_POS) |
            ((CSHT_CLOCKS - 1u) << QUADSPI_DCR_CSHT_POS);
    QUADSPI->cr = ((prescaler - 1u) << QUADSPI_CR_PRESCALER_POS) |
            QUADSPI_CR_SSHIFT | QUADSPI_CR_EN;
    return 0;
}

uint32_t xip_port_divider(void) {
    return (QUADSPI->cr >> QUADSPI_CR_PRESCALER_POS) + 1u;
}

// JESD216 DW15 bits 15:10: eight or ten clocks with all lines high. Four
// alternate bytes on four lines give eight with nothing else in the frame; the
// one-line FFh covers parts that look at one line only (16 clocks).
void xip_port_rescue(void) {
    QUADSPI->abr = 0xFFFFFFFFu;
    xip_port_transfer_((3u << QUADSPI_CCR_ABMODE_POS) |
                    (3u << QUADSPI_CCR_ABSIZE_POS) |
                    (2u << QUADSPI_CCR_DCYC_POS),
            0, NULL, 0);
    xip_port_transfer_(MODE_EXIT_OPCODE | (1u << QUADSPI_CCR_IMODE_POS) |
                    (1u << QUADSPI_CCR_ABMODE_POS),
            0, NULL, 0);
}

void xip_port_read_mode(struct xip_resident *r,
        const struct xip_flash_part *part) {
    const uint32_t lines = QUADSPI_LINES((uint32_t)part->read_lanes);
    uint32_t wait = part->read_wait_clocks;
    uint32_t ccr = part->read_opcode | (1u << QUADSPI_CCR_IMODE_POS) |
            (lines << QUADSPI_CCR_ADMODE_POS) |
            ((part->addr_bytes - 1u) << QUADSPI_CCR_ADSIZE_POS) |
            (lines << QUADSPI_CCR_DMODE_POS) | QUADSPI_CCR_FMODE_MAPPED;

    // Mode bits go out as an alternate byte when they fill one; a part with a
    // single mode clock (Micron) takes it as one more dummy clock.
    if (part->read_mode_clocks * part->read_lanes == 8u) {
        ccr |= lines << QUADSPI_CCR_ABMODE_POS; // ABSIZE 0: one byte
    } else {
        wait += part->read_mode_clocks;
    }
    r->map[0] = ccr | (wait << QUADSPI_CCR_DCYC_POS);
    r->map[1] = 0xFFu;
    r->mode_exit_opcode = 0;
}
