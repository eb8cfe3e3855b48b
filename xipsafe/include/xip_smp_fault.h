/*
 * xip_smp_fault - fault records over SMP
 *
 * SPDX-License-Identifier: MIT
 *
 * Hands out what xip_fault.h recorded, as files of the protocol's file group
 * (8), so that any client that downloads files can fetch them: /crash/0 is the
 * newest record, /crash/1 the one before. The bytes are what `xipsafe crash
 * FILE app.elf` reads; `xipsafe device crash` fetches, decodes and clears.
 *
 * A record holds registers and the top of a stack, and nothing authenticates a
 * client: docs/SECURITY.md.
 *
 * Served: group 8, download (0) and status (1); group 64, command 1, write:
 * forget all records.
 *
 * Call context: as xip_smp_handle().
 */
#ifndef XIP_SMP_FAULT_H
#define XIP_SMP_FAULT_H

#include <stdint.h>

#include "xip_fault_ring.h"
#include "xip_smp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_SMP_XIPSAFE_FORGET 1u // command of XIP_SMP_GROUP_XIPSAFE

// Caller-allocated; all zero: there is no record.
struct xip_smp_fault {
    // The newest record, as xip_fault_begin() returned it and with
    // xip_fault_clear() not yet called. NULL: there is none.
    const struct xip_fault_record *record;
    void (*forget)(void); // xip_fault_clear; NULL: no record can be cleared

    // Older ones, xip_smp_fault_use_ring(). NULL: none are kept.
    int (*read)(const struct xip_region *ring, uint32_t age, void *buffer,
            uint32_t cap_bytes);
    int (*erase)(const struct xip_region *ring);
    const struct xip_region *ring;
    void *buffer; // aligned to 4, as large as the largest record
    uint32_t buffer_bytes;
};

// For xip_smp_config.more; more_ctx is a struct xip_smp_fault.
unsigned xip_smp_fault_handle(void *fault, struct xip_smp_call *call);

/// The records of a ring ///

// Hand out the records that xip_fault_ring_store() keeps, too. *ring and the
// buffer are used until the server ends.
static inline void xip_smp_fault_use_ring(struct xip_smp_fault *fault,
        const struct xip_region *ring, void *buffer, uint32_t buffer_bytes) {
    fault->read = xip_fault_ring_read;
    fault->erase = xip_fault_ring_clear;
    fault->ring = ring;
    fault->buffer = buffer;
    fault->buffer_bytes = buffer_bytes;
}

#ifdef __cplusplus
}
#endif

#endif
