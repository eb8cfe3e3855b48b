/*
 * flm - the flash algorithm format of CMSIS-Pack
 *
 * SPDX-License-Identifier: MIT
 *
 * The structure that probes read out of the file, as the Open-CMSIS-Pack
 * specification gives it under "Flash Programming". Fixed by them: field
 * sizes, the names of functions and sections, interface version 1.01.
 */
#ifndef FLM_H
#define FLM_H

#include <stddef.h>
#include <stdint.h>

#define FLM_VERSION 0x0101u
#define FLM_EXTERNAL_SPI 5u
#define FLM_SECTOR_KINDS 512
#define FLM_END 0xFFFFFFFFu

struct flm_sectors {
    uint32_t size_bytes;
    uint32_t off; // first one of this size; both FLM_END: end of the list
};

struct flm_device {
    uint16_t version;
    char name[128];
    uint16_t type;
    uint32_t start_addr;
    uint32_t size_bytes;
    uint32_t page_bytes; // most that ProgramPage gets
    uint32_t reserved;
    uint8_t erased;
    uint32_t program_timeout_ms; // of one page
    uint32_t erase_timeout_ms;   // of one sector
    struct flm_sectors sectors[FLM_SECTOR_KINDS];
};

_Static_assert(offsetof(struct flm_device, start_addr) == 132, "FlashOS.h");
_Static_assert(offsetof(struct flm_device, sectors) == 160, "FlashOS.h");

#endif
