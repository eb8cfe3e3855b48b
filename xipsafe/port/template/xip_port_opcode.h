/*
 * xip_port_opcode - commands that resident code makes itself, your controller
 *
 * SPDX-License-Identifier: MIT
 *
 * The header keeps this name in every port. What xip_port_command() gives for
 * an opcode on one line without address, in arithmetic that needs no table.
 */
#ifndef XIP_PORT_OPCODE_H
#define XIP_PORT_OPCODE_H

#include <stdint.h>

#include "xip_compiler.h"
#include "xip_template.h"

// TODO: added to xip_port_opcode(): data goes out on one line.
#define XIP_PORT_OUT ((1u << TEMPLATE_CMD_LANES_POS) | TEMPLATE_CMD_OUT)

// TODO: without data.
XIP_ALWAYS_INLINE uint32_t xip_port_opcode(uint32_t opcode) {
    return TEMPLATE_CMD_VALID | opcode;
}

// TODO: data comes in on one line.
XIP_ALWAYS_INLINE uint32_t xip_port_opcode_in(uint32_t opcode) {
    return TEMPLATE_CMD_VALID | opcode | (1u << TEMPLATE_CMD_LANES_POS) |
            TEMPLATE_CMD_IN;
}

#endif
