/*
 * xip_port_opcode - the host's stand-in for that of a port
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_PORT_OPCODE_H
#define XIP_PORT_OPCODE_H

#include <stdint.h>

#include "xip_port.h"

#define XIP_PORT_KIND (XIP_PORT_PRIVATE + 0x686F73u)

// This port's own command encoding.
#define CMD_OPCODE 0x000000FFu
#define CMD_ADDR_POS 8
#define CMD_DUMMY_POS 12
#define CMD_DIR_POS 20
#define CMD_LANES_POS 24
#define CMD_VALID 0x80000000u // so that no command is 0

#define XIP_PORT_OUT \
    ((1u << CMD_LANES_POS) | ((uint32_t)XIP_DIR_OUT << CMD_DIR_POS))
#define XIP_PORT_OUT_QUAD \
    ((4u << CMD_LANES_POS) | ((uint32_t)XIP_DIR_OUT << CMD_DIR_POS))

static inline uint32_t xip_port_opcode(uint32_t opcode) {
    return CMD_VALID | opcode;
}

static inline uint32_t xip_port_opcode_in(uint32_t opcode) {
    return CMD_VALID | opcode | (1u << CMD_LANES_POS) |
            ((uint32_t)XIP_DIR_IN << CMD_DIR_POS);
}

#endif
