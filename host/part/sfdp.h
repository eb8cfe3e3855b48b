/*
 * sfdp - the parameter tables of a chip, read from a dump
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/part: a flash chip from a dump of its own SFDP tables: the commands
 * `xipsafe part` and `xipsafe sfdp`, and a part for the chip model.
 *
 * JESD216F. A decoder of its own, not the library's, so that two readings of
 * one table can be compared. The bytes are not trusted: every pointer is
 * checked against the length of the dump.
 */
#ifndef SFDP_H
#define SFDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SFDP_MAX_BYTES 65536u
#define SFDP_WHY_BYTES 200

// A file: raw bytes that begin with "SFDP", or text: lines "offset: bytes" in
// hexadecimal, or bytes alone; # begins a comment. "# jedec-id: ef4018" gives
// the id, "# sector-map: 1" which of several maps holds: registers say it.
struct sfdp_dump {
    uint8_t *bytes;
    size_t len;
    bool has_id;
    uint8_t id[3];
    int map_id; // -1: the first one
};

struct sfdp_erase {
    uint32_t size_bytes; // 0: unused
    uint8_t opcode;
    uint32_t typ_ms, max_ms; // 0: not in the table
};

// Of the sector map that holds: bit i of types is erase[i].
struct sfdp_region {
    uint64_t size_bytes;
    uint8_t types;
};
#define SFDP_REGIONS 16

// A command of the sector map (JESD216F 6.5.1): a register's bits of `mask` are
// one bit of the number of the map that holds; the first command's is highest.
struct sfdp_detect {
    uint8_t opcode, mask;
    uint8_t addr_bytes, clocks; // 255: as the chip is set up
    uint32_t addr;
};
#define SFDP_DETECTS 8
#define SFDP_VARIABLE 255

struct sfdp_read {
    const char *lanes; // "1-4-4"; NULL: end
    uint8_t opcode, mode_clocks, wait_clocks;
};

struct sfdp {
    unsigned words;           // of the basic table: 9, 16, 20 or 23
    uint32_t off;             // of the basic table
    unsigned tables, foreign; // all of them; those that are no JESD216 ones
    uint64_t size_bytes;
    uint32_t page_bytes;   // 256 if the table does not say
    uint8_t address_modes; // 0: three bytes, 1: three or four, 2: four
    struct sfdp_erase erase[4];
    bool uniform_4k;
    bool sector_map; // erase sizes depend on the address
    // The map of that number, if it can be followed; region_count 0: it cannot.
    unsigned maps, map_id;
    struct sfdp_region region[SFDP_REGIONS];
    unsigned region_count;
    struct sfdp_detect detect[SFDP_DETECTS];
    unsigned detects;
    uint8_t everywhere; // bit i: erase[i] is in all regions of all maps
    uint32_t page_typ_us, page_max_us, chip_typ_ms, chip_max_ms;
    struct sfdp_read read[7];
    bool has_suspend;
    uint32_t erase_interval_us, program_interval_us;
    double erase_latency_us, program_latency_us;
    uint8_t suspend_opcode, resume_opcode;
    uint8_t suspend_rules; // DW12[7:0]
    bool has_sleep;
    double wake_us;
    uint8_t sleep_opcode, wake_opcode;
    int quad_enable; // DW15[22:20]; -1: not in the table
    bool polls_fsr;  // 70h shows ready
    bool volatile_sr;
    uint8_t four_byte[24]; // opcodes with a 4-byte address
    unsigned four_byte_count;
    uint8_t erase_four_byte[4]; // 0: none
    uint8_t reset;              // DW16[13:8]
};

// False after a line on stderr: the file could not be read, or is no dump.
bool sfdp_read_file(struct sfdp_dump *dump, const char *path);
void sfdp_free(struct sfdp_dump *dump);
// map_id: as in struct sfdp_dump.
bool sfdp_decode(struct sfdp *s, const uint8_t *bytes, size_t len, int map_id,
        char why[SFDP_WHY_BYTES]);

#endif
