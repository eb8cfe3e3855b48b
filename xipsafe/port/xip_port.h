/*
 * xip_port - what a controller port must supply
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/port: what a flash controller must supply, and a folder for
 * each controller.
 *
 * Bound at link time, never through a table: `xipsafe check` can only prove an
 * outage closed if every call in it is direct. The first three run inside an
 * outage: they are resident and call nothing but xip_fatal_(), to which every
 * bounded wait goes when the controller does not answer. The rest is ordinary
 * code.
 */
#ifndef XIP_PORT_H
#define XIP_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_part.h"
#include "xip_resident.h"

// Resident half ////////////////////////////////////////////////////////////

// Leave memory-mapped mode, by the family's own rules.
void xip_port_unmap_(void);

// Map the window again with r->map. The flash is idle, and the last command
// had no address phase (a status read).
void xip_port_map_(const struct xip_resident *r);

// Besides, each port has a header xip_port_opcode.h with the two encodings that
// resident code makes itself and XIP_PORT_KIND, its number in enum
// xip_port_kind or from XIP_PORT_PRIVATE on: see port/stm32_quadspi.

// Run one command: opcode, addr if the command has one, len data bytes in the
// command's direction. len 0 for a command without data.
void xip_port_transfer_(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len_bytes);

// Supplied by the library: reset the MCU with the breadcrumb left open. Does
// not return. It is not declared so because a compiler then calls it where a
// jump would do, and every wait for a register saves registers for that call.
void xip_fatal_(void);

// Ordinary half ////////////////////////////////////////////////////////////

enum xip_dir { XIP_DIR_NONE, XIP_DIR_IN, XIP_DIR_OUT };

// Encode a command for xip_op.cmd: instruction and address on one line, data
// on data_lanes.
uint32_t xip_port_command(uint8_t opcode, uint8_t addr_bytes,
        uint8_t dummy_clocks, enum xip_dir dir, uint8_t data_lanes);

// Read the mapped-mode configuration into r->map and r->mode_exit_opcode.
// Returns 0, or XIP_ERR_CONFIG: not enabled, not mapped, a mode this port
// cannot restore or leave: opcode not on one line (QPI), no opcode at all,
// continuous read but on four lines.
int xip_port_adopt(struct xip_resident *r);

// The read that an adopted r->map makes, opcode on one line. clocks: between
// address and data, mode bits included. opcode 0: the port cannot tell, and
// attach takes a mapping as it is.
struct xip_mapped_read {
    uint8_t opcode, addr_bytes, clocks, data_lanes;
};
struct xip_mapped_read xip_port_mapped_read(const struct xip_resident *r);

// Set up a controller that has clock and pins: clock divider, size, chip
// select time; leave it in command mode with the window closed.
int xip_port_setup(uint32_t prescaler, uint32_t size_bytes);

// Core clocks per flash clock, as set up.
uint32_t xip_port_divider(void);

// Send the clocks that end continuous read and quad command modes on a chip in
// an unknown state, in command mode.
void xip_port_rescue(void);

// Fill r->map for the part's mapped read.
void xip_port_read_mode(struct xip_resident *r,
        const struct xip_flash_part *part);

#endif
