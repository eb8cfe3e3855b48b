/*
 * xip_template - registers of your controller
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/port/template: a port that compiles and does nothing, to
 * begin a new one with.
 *
 * Copy this folder to xipsafe/port/<controller>, rename `template` in its
 * files, and fill it in from the top; docs/PORTING.md has the order. As it
 * stands it compiles, touches no register, and makes the library refuse:
 * xip_flash_attach and xip_flash_bringup return XIP_ERR_CONFIG.
 *
 * Write the register map here as a struct with the names and the section
 * numbers of the manual, as port/stm32_quadspi/xip_quadspi.h does. No vendor
 * header: it would be one more thing that a user's project has another
 * version of. Registers of other peripherals (clocks, DMA, remapping) belong to
 * the family: xipsafe/soc.
 */
#ifndef XIP_TEMPLATE_H
#define XIP_TEMPLATE_H

#include <stdint.h>

// A command word: everything but the address and the data. Best is what goes
// into the controller's command register as it is, so that resident code only
// stores it. This encoding is a stand-in that keeps the commands apart.
#define TEMPLATE_CMD_VALID 0x80000000u // no command is 0
#define TEMPLATE_CMD_OPCODE 0x000000FFu
#define TEMPLATE_CMD_ADDR_POS 8
#define TEMPLATE_CMD_DUMMY_POS 12
#define TEMPLATE_CMD_LANES_POS 20
#define TEMPLATE_CMD_IN 0x01000000u
#define TEMPLATE_CMD_OUT 0x02000000u

#endif
