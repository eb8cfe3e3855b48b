/*
 * table - the resident code of this boot program, published to applications
 *
 * SPDX-License-Identifier: MIT
 *
 * Lies at LAYOUT_RESIDENT_TABLE_ADDR. An application that keeps no resident
 * code of its own runs the one here, in internal flash, which no outage of the
 * external flash takes away.
 */
#include <stdint.h>

#include "xip_port_opcode.h"
#include "xip_resident.h"

// From boot.ld: makes the words of the table add up to 0.
extern const uint8_t xip_resident_check_[];

__attribute__((section(".xip_resident_table"), used))
const struct xip_resident_table xip_resident_table_ = {
        .magic = XIP_RESIDENT_MAGIC,
        .abi = XIP_RESIDENT_ABI,
        .port = XIP_PORT_KIND,
        .run = xip_resident_run,
        .check = (uint32_t)(uintptr_t)xip_resident_check_,
};

// The linker cannot read C constants: hand it their sum as a symbol.
void xip_resident_sum_to_linker_(void);
__attribute__((naked, used)) void xip_resident_sum_to_linker_(void) {
    __asm volatile(".globl xip_resident_sum_\n"
                   ".set xip_resident_sum_, %c0\n"
                   :
                   : "i"(XIP_RESIDENT_MAGIC + XIP_RESIDENT_ABI +
                           (uint32_t)XIP_PORT_KIND));
}
