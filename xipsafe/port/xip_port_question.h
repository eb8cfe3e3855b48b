/*
 * xip_port_question - asks the chip which of its sector maps holds
 *
 * SPDX-License-Identifier: MIT
 *
 * For code that runs while there is no window: bring-up and self-test.
 */
#ifndef XIP_PORT_QUESTION_H
#define XIP_PORT_QUESTION_H

#include "xip_part.h"
#include "xip_port.h"

// `map` of xip_part_from_sfdp_map(); `sfdp` as it takes it.
static inline uint32_t xip_port_sector_map(const uint8_t *sfdp, size_t len) {
    uint32_t map = XIP_PART_ANY_MAP;
#if XIP_CFG_SECTOR_MAP
    struct xip_part_question q;
    for (uint32_t i = 0; xip_part_map_question(sfdp, len, i, &q); i++) {
        uint8_t answer;
        xip_port_transfer_(xip_port_command(q.opcode, q.addr_bytes,
                                   q.dummy_clocks, XIP_DIR_IN, 1),
                q.addr, &answer, 1);
        map = xip_part_map_answer(map, &q, answer);
    }
#else
    (void)sfdp;
    (void)len;
#endif
    return map;
}

#endif
