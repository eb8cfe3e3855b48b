/*
 * xip_template_resident - your controller, the half that runs in an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * While these run the flash cannot be read. So: XIP_RESIDENT on every function,
 * no call but to each other and xip_fatal_(), no constant table, no switch
 * with more than a few cases, no struct copy, no string, no division that
 * becomes a library call. `xipsafe check` proves it from the linked ELF.
 *
 * Every wait has an end: count turns, and call xip_fatal_() when they are used
 * up, since there is nothing to return to while the window is closed.
 */
#include "xip_port.h"
#include "xip_template.h"

// TODO: end the mapped burst (abort), wait until the controller is idle, leave
// it in command mode. Called with nothing fetching from the window any more.
XIP_RESIDENT void xip_port_unmap_(void) {
}

// TODO: write r->map back and open the window. The chip is idle, and the last
// command was a status read without an address. Whatever the last command left
// in the controller (address, FIFO, flags) must not reach the first mapped
// read: see the family's errata.
XIP_RESIDENT void xip_port_map_(const struct xip_resident *r) {
    (void)r;
}

// TODO: one command from chip select low to chip select high. On return the
// command is complete and the FIFO empty. len_bytes 0: a command without data.
// data may have any alignment; len_bytes is at most 320 in, and a page out, in
// one chip select.
XIP_RESIDENT void xip_port_transfer_(uint32_t cmd, uint32_t addr, uint8_t *data,
        uint32_t len_bytes) {
    (void)addr;
    if ((cmd & TEMPLATE_CMD_IN) == 0u) {
        return;
    }
    // As lines that are not driven. volatile: or this becomes a memset.
    for (volatile uint8_t *p = data; len_bytes != 0u; len_bytes--) {
        *p++ = 0xFFu;
    }
}
