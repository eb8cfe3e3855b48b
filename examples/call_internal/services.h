/*
 * services - functions in internal flash that code in the external flash calls
 *
 * SPDX-License-Identifier: MIT
 *
 * The two programs are linked apart, so neither knows the other's addresses.
 * What they agree on is this table at a fixed place, as with a ROM's table. It
 * only ever grows at the end, and `version` counts; the caller checks both
 * words before it trusts a pointer.
 */
#ifndef SERVICES_H
#define SERVICES_H

// Read by internal.ld too.
#define SERVICES_ADDR 0x08000200

#ifndef XIP_LINKER_SCRIPT

#include <stddef.h>
#include <stdint.h>

#define SERVICES_MAGIC 0x56435653u // "SVCV"
#define SERVICES_VERSION 1u

struct services {
    uint32_t magic;
    uint32_t version;
    uint32_t (*crc32)(const void *data, size_t len_bytes);
    void (*puts)(const char *text);
    void (*put_hex)(uint32_t value);
};

#endif

#endif
