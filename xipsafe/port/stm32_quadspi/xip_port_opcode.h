/*
 * xip_port_opcode - commands that resident code makes itself, STM32 QUADSPI
 *
 * SPDX-License-Identifier: MIT
 *
 * On one line, without address: the opcode alone, so that the tables resident
 * code works from hold a byte a command. Every port has a header of this name.
 */
#ifndef XIP_PORT_OPCODE_H
#define XIP_PORT_OPCODE_H

#include <stdint.h>

#include "xip_compiler.h"
#include "xip_quadspi.h"
#include "xip_resident.h"

// A boot program that publishes resident code and an application agree on it.
#define XIP_PORT_KIND XIP_PORT_STM32_QUADSPI

// Added to xip_port_opcode(): data goes out on one line.
#define XIP_PORT_OUT (1u << QUADSPI_CCR_DMODE_POS)
// The same on four lines.
#define XIP_PORT_OUT_QUAD (3u << QUADSPI_CCR_DMODE_POS)

XIP_ALWAYS_INLINE uint32_t xip_port_opcode(uint32_t opcode) {
    return opcode | (1u << QUADSPI_CCR_IMODE_POS);
}

// Data comes in on one line.
XIP_ALWAYS_INLINE uint32_t xip_port_opcode_in(uint32_t opcode) {
    return xip_port_opcode(opcode) | XIP_PORT_OUT | QUADSPI_CCR_FMODE_READ;
}

#endif
