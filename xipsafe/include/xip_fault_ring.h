/*
 * xip_fault_ring - the last fault records, in a region of the flash
 *
 * SPDX-License-Identifier: MIT
 *
 * A device in the field has no console that anybody watches: it keeps the
 * records of its last faults, one in each block of a region, and hands them out
 * when it is asked. xip_fault.h makes them; this needs the library's flash.
 *
 * Power loss at any point loses at most the record under way and the oldest
 * one, whose block it takes.
 */
#ifndef XIP_FAULT_RING_H
#define XIP_FAULT_RING_H

#include <stdint.h>

#include "xip_fault.h"
#include "xip_region.h"

#ifdef __cplusplus
extern "C" {
#endif

// Keep *record, in the block of the oldest one. For xip_fault_begin()'s result,
// before xip_fault_clear(): record in RAM, of at most block_bytes - 8.
//
// Blocks for one erase and some page programs; all of xip_region.h holds.
// Returns 0, PARAM, RANGE if it does not fit a block, or what the region says.
int xip_fault_ring_store(const struct xip_region *region,
        const struct xip_fault_record *record) XIP_MUST_CHECK;

// The record of that age, 0 the newest, into buffer, aligned to 4. Ages count
// intact records only.
// Returns its size in bytes, for xip_fault_print(buffer, ...); 0: there is none
// of that age; PARAM, RANGE if it is larger than capacity, or what the region
// says.
int xip_fault_ring_read(const struct xip_region *region, uint32_t age,
        void *buffer, uint32_t capacity_bytes) XIP_MUST_CHECK;

// Forget all records, the oldest one first.
// Blocks for one erase a block. Returns 0, PARAM, or what the region says:
// then the newest ones are still there.
int xip_fault_ring_clear(const struct xip_region *region) XIP_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
