/*
 * stldr - external loader for STM32CubeProgrammer
 *
 * SPDX-License-Identifier: MIT
 *
 * The interface is that of ST's UM2237, "Developing customized loaders for
 * external memory", and of the sources ST publishes for its own boards; names
 * and the layout of StorageInfo are fixed by them. Functions return 1 for
 * success and 0 for failure.
 */
#include <stddef.h>
#include <stdint.h>

#include "entry.h"
#include "loader.h"

#define STLDR_NOR_FLASH 3u
#define STLDR_SECTOR_KINDS 10
#define STLDR_OK 1
#define STLDR_FAILED 0

struct stldr_sectors {
    uint32_t count;
    uint32_t size_bytes;
};

struct stldr_info {
    char name[100]; // CubeProgrammer wants the file's name here
    uint16_t type;
    uint32_t start_addr;
    uint32_t size_bytes;
    uint32_t page_bytes;
    uint8_t erased;
    struct stldr_sectors sectors[STLDR_SECTOR_KINDS]; // ends at a count of 0
};

_Static_assert(offsetof(struct stldr_info, start_addr) == 104, "UM2237");
_Static_assert(offsetof(struct stldr_info, sectors) == 120, "UM2237");
_Static_assert(sizeof(struct stldr_info) == 200, "UM2237");

__attribute__((section(".Dev_info"), used, visibility("default")))
const struct stldr_info StorageInfo = {
        .name = LOADER_NAME,
        .type = STLDR_NOR_FLASH,
        .start_addr = LAYOUT_WINDOW_ADDR,
        .size_bytes = LAYOUT_FLASH_BYTES,
        .page_bytes = 256,
        .erased = 0xFF,
        .sectors = {{LOADER_SECTORS, LOADER_SECTOR_BYTES}},
};

static int result(int err) {
    return err == 0 ? STLDR_OK : STLDR_FAILED;
}

LOADER_CALLED int stldr_init(void) {
    return result(loader_init());
}

LOADER_CALLED int stldr_write(uint32_t addr, uint32_t len_bytes,
        const uint8_t *data) {
    return result(loader_program(addr, data, len_bytes));
}

LOADER_CALLED int stldr_read(uint32_t addr, uint32_t len_bytes, uint8_t *data) {
    return result(loader_read(addr, data, len_bytes));
}

// Erases every sector from that of first_addr to that of last_addr, both
// included, as ST's loaders do. The end of the chip is taken for its last byte.
LOADER_CALLED int stldr_sector_erase(uint32_t first_addr, uint32_t last_addr) {
    const uint32_t mask = LOADER_SECTOR_BYTES - 1u;
    if (last_addr == LAYOUT_WINDOW_ADDR + LAYOUT_FLASH_BYTES) {
        last_addr--;
    }
    if (last_addr < first_addr) {
        return STLDR_FAILED;
    }
    first_addr &= ~mask;
    return result(loader_erase(first_addr,
            (last_addr | mask) - first_addr + 1u));
}

LOADER_CALLED int stldr_mass_erase(void) {
    return result(loader_erase_all());
}

// The sum of the bytes from addr on. As in ST's loaders the length counts from
// the word that addr lies in.
LOADER_CALLED uint32_t stldr_checksum(uint32_t addr, uint32_t len_bytes,
        uint32_t sum) {
    const uint32_t end = (addr & ~3u) + len_bytes;
    uint8_t part[64];
    while (addr < end) {
        const uint32_t left = end - addr;
        const uint32_t n = left < sizeof(part) ? left : (uint32_t)sizeof(part);
        if (loader_read(addr, part, n) != 0) {
            return sum;
        }
        for (uint32_t i = 0; i < n; i++) {
            sum += part[i];
        }
        addr += n;
    }
    return sum;
}

// Low word (R0): 0, or the address of the first difference. High word (R1):
// the sum of the bytes without the padding at both ends, of which `padding`
// has the counts in bits 3:0 and 19:16.
LOADER_CALLED uint64_t stldr_verify(uint32_t addr, const uint8_t *data,
        uint32_t words, uint32_t padding) {
    const uint32_t len_bytes = words * 4u;
    const uint32_t sum = stldr_checksum(addr + (padding & 0xFu),
            len_bytes - ((padding >> 16) & 0xFu), 0);
    const uint32_t at = loader_compare(addr, data, len_bytes);
    return (uint64_t)sum << 32 | (at == addr + len_bytes ? 0u : at);
}

LOADER_ENTRY(Init, stldr_init)
LOADER_ENTRY(Write, stldr_write)
LOADER_ENTRY(Read, stldr_read)
LOADER_ENTRY(SectorErase, stldr_sector_erase)
LOADER_ENTRY(MassErase, stldr_mass_erase)
LOADER_ENTRY(CheckSum, stldr_checksum)
LOADER_ENTRY(Verify, stldr_verify)
