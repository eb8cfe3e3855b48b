/*
 * xip_port_opcode - commands that resident code makes itself, your controller
 *
 * SPDX-License-Identifier: MIT
 *
 * On one line, without address and dummy clocks: the same words as
 * xip_port_command() gives for them. TODO: with your encoding.
 */
#ifndef XIP_PORT_OPCODE_H
#define XIP_PORT_OPCODE_H

#include <stdint.h>

#include "xip_compiler.h"
#include "xip_resident.h"
#include "xip_template.h"

// A boot program that publishes resident code and an application agree on it.
// TODO: add a number of your own to XIP_PORT_PRIVATE; in this library, a name
// in enum xip_port_kind.
#define XIP_PORT_KIND (XIP_PORT_PRIVATE + 0u)

// Added to xip_port_opcode(): data goes out on one line.
#define XIP_PORT_OUT (TEMPLATE_CMD_OUT | (1u << TEMPLATE_CMD_LANES_POS))
// The same on four lines.
#define XIP_PORT_OUT_QUAD (TEMPLATE_CMD_OUT | (4u << TEMPLATE_CMD_LANES_POS))

XIP_ALWAYS_INLINE uint32_t xip_port_opcode(uint32_t opcode) {
    return TEMPLATE_CMD_VALID | opcode;
}

// Data comes in on one line.
XIP_ALWAYS_INLINE uint32_t xip_port_opcode_in(uint32_t opcode) {
    return TEMPLATE_CMD_VALID | opcode | TEMPLATE_CMD_IN |
            (1u << TEMPLATE_CMD_LANES_POS);
}

#endif
