/*
 * xip_template - your controller, the ordinary half
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs with the window open (or, in a boot program, from somewhere else), so
 * it may lie in the flash, use tables and call libc. Contracts: xip_port.h.
 */
#include "xip_template.h"

#include "xip_err.h"
#include "xip_port.h"

// TODO: the controller's own command register. The opcode always goes on one
// line and the address with it; data_lanes is 1 or 4. addr_bytes is 0 for a
// command without an address, dummy_clocks count between address and data.
// Two different commands need two different words.
uint32_t xip_port_command(uint8_t opcode, uint8_t addr_bytes,
        uint8_t dummy_clocks, enum xip_dir dir, uint8_t data_lanes) {
    uint32_t cmd = TEMPLATE_CMD_VALID | opcode |
            ((uint32_t)addr_bytes << TEMPLATE_CMD_ADDR_POS) |
            ((uint32_t)dummy_clocks << TEMPLATE_CMD_DUMMY_POS);
    if (dir != XIP_DIR_NONE) {
        cmd |= (uint32_t)data_lanes << TEMPLATE_CMD_LANES_POS;
        cmd |= dir == XIP_DIR_IN ? TEMPLATE_CMD_IN : TEMPLATE_CMD_OUT;
    }
    return cmd;
}

// TODO: if the controller is enabled and mapped, copy every register that the
// mapped read depends on into r->map (three words) and return 0. They are
// written back to the bit at the end of each outage, so what is missing here
// is lost in the first one. mode_exit_opcode: FFh, sent on one line with
// two clocks of ones on four behind each unmapping, if the mapping uses
// continuous read, else 0.
//
// XIP_ERR_CONFIG for everything that xip_port_map_ could not restore: not
// enabled, in command mode, two chips in parallel.
int xip_port_adopt(struct xip_resident *r) {
    r->mode_exit_opcode = 0;
    return XIP_ERR_CONFIG;
}

// TODO: decode what the function above has found.
struct xip_mapped_read xip_port_mapped_read(const struct xip_resident *r) {
    (void)r;
    return (struct xip_mapped_read){0, 0, 0, 0};
}

// TODO: from any state after a reset of the core alone (mapped, in the middle
// of a command) to command mode with the window closed. size_bytes is a power
// of two; 256 MB at first, until the part is known. Clock and pins are there.
// XIP_ERR_PARAM for a prescaler or size that the controller cannot have.
int xip_port_setup(uint32_t prescaler, uint32_t size_bytes) {
    (void)prescaler;
    (void)size_bytes;
    return XIP_ERR_CONFIG;
}

// TODO: read it from the controller, since another program may have set it up.
// Used for the declared latency only.
uint32_t xip_port_divider(void) {
    return 1;
}

// TODO: in command mode, at least eight clocks with all lines high by four
// lanes, then sixteen by one: ends continuous read (JESD216 DW15) whatever the
// chip is in. A controller that cannot send such clocks sends FFh as opcode.
void xip_port_rescue(void) {
}

// TODO: r->map for the read that the part names: opcode on one line; address,
// mode byte and data on part->read_lanes (1 or 4); part->addr_bytes;
// read_mode_clocks sent as FFh; read_wait_clocks of dummy. mode_exit_opcode 0.
void xip_port_read_mode(struct xip_resident *r,
        const struct xip_flash_part *part) {
    (void)part;
    r->mode_exit_opcode = 0;
}
