/*
 * xip_fault_priv - what recorder and ordinary code of the room share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_FAULT_PRIV_H
#define XIP_FAULT_PRIV_H

#include "xip_fault.h"

#define XIP_FAULT_CODE_WORDS_ 4
#define XIP_FAULT_RANGES_ (XIP_CFG_FAULT_RANGE_BYTES / 16)

// Header, then pieces: code at PC, stack, FP registers, ranges.
#define XIP_FAULT_WORDS_ \
    ((sizeof(struct xip_fault_record)) / 4u + 2u + XIP_FAULT_CODE_WORDS_ + \
            2u + XIP_CFG_FAULT_STACK_WORDS + \
            (XIP_CFG_FAULT_FP != 0 ? 2u + 33u : 0u) + \
            XIP_CFG_FAULT_RANGE_BYTES / 4u + 2u * XIP_FAULT_RANGES_)

union xip_fault_store {
    struct xip_fault_record record;
    uint32_t words[XIP_FAULT_WORDS_];
};
extern union xip_fault_store xip_fault_record_;

#define XIP_FAULT_BUSY_ 0x59535542u // "BUSY"

struct xip_fault_state {
    struct xip_fault_saved saved; // first: the entry code fills it
    uint32_t busy;                // XIP_FAULT_BUSY_: a fault is being recorded
    uint32_t word;                // read last from doubtful memory
    uint32_t has_build_id;        // XIP_FAULT_HAS_BUILD_ID
#if XIP_FAULT_RANGES_ > 0
    struct {
        uint32_t addr, len_bytes;
    } range[XIP_FAULT_RANGES_];
#endif
};
extern struct xip_fault_state xip_fault_state_;

// CRC-32 of the words in [at, end).
XIP_ALWAYS_INLINE uint32_t xip_fault_crc_words_(const uint32_t *at,
        const uint32_t *end) {
    uint32_t crc = ~0u;
    while (at < end) {
        crc ^= *at++;
        for (unsigned bit = 0; bit < 32u; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

#endif
