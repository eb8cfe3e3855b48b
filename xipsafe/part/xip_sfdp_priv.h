/*
 * xip_sfdp_priv - between the SFDP decoder and the quirk table
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_SFDP_PRIV_H
#define XIP_SFDP_PRIV_H

#include "xip_part.h"

// Shortest basic flash parameter table: JESD216 of 2011, "revision 0".
#define XIP_SFDP_REV0_WORDS 9u

// A parameter table inside the SFDP image.
struct xip_sfdp_table_ {
    const uint8_t *at; // NULL: absent
    uint8_t words;
    uint8_t minor;
};

// A decode under way. part.erase is indexed by the SFDP type number.
struct xip_sfdp_ {
    struct xip_flash_part part;
    struct xip_sfdp_table_ basic;
    struct xip_sfdp_table_ four_byte; // 4-byte address instructions
    struct xip_sfdp_table_ sector_map;
    uint8_t usable; // erase types: bit i, type i of the table
    uint8_t region_types[XIP_PART_REGIONS]; // the same, of each region
    uint8_t quad_program_opcode;            // 1-1-4; 0: none known
    bool qe_known;
    bool qpi;              // the part says it can 4-4-4
    bool four_byte_forced; // has the usual 4-byte opcodes, says it or not
    bool four_byte_no_32k; // but none for 32 KB
    bool refused;
};

// Correct *s by what is known of this JEDEC id.
void xip_quirk_apply_(struct xip_sfdp_ *s);

#endif
