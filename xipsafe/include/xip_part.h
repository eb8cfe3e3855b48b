/*
 * xip_part - what the library has to know of one NOR chip
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/part: what a flash part is: its description, its SFDP tables
 * and our corrections to them.
 *
 * Filled from the chip's own SFDP table (JESD216), then corrected by the quirk
 * table, or given by the user as a constant: a build without the SFDP code
 * saves about 2 KB. Times are the part's maximum unless the name says typ: an
 * outage that ends early returns into a chip that cannot be read.
 */
#ifndef XIP_PART_H
#define XIP_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// 0: leave the SFDP code and the corrections to it out of the build. It saves
// 3.1 KB; the part is described by a constant. Default 1.
#ifndef XIP_CFG_SFDP
#define XIP_CFG_SFDP 1
#endif

// 0: leave out what finds the sector map that holds and follows it: a part
// needs an erase type that each place of each of its maps has, and no other is
// used. It saves 0.7 KB. Default: as XIP_CFG_SFDP.
#ifndef XIP_CFG_SECTOR_MAP
#define XIP_CFG_SECTOR_MAP XIP_CFG_SFDP
#endif

#define XIP_PART_ERASE_TYPES 4u
#define XIP_PART_REGIONS 5u // SST26VF064B

// One erase command. size_bytes 0: this entry is unused.
struct xip_part_erase {
    uint32_t size_bytes; // power of two
    uint32_t typ_us;
    uint32_t max_us;
    uint8_t opcode;
    uint8_t regions; // bit i: region i has it; counts if region_end[0] is not 0
};

// How the quad enable bit is set (SFDP DW15 bits 22:20, JESD216B 6.4.18).
enum xip_part_qe {
    XIP_QE_NONE = 0,          // no bit: Micron
    XIP_QE_SR2_BIT1_W2 = 1,   // SR2 bit 1, 01h with two bytes, cannot be read
    XIP_QE_SR1_BIT6 = 2,      // SR1 bit 6, 01h with one byte: Macronix, ISSI
    XIP_QE_SR2_BIT7 = 3,      // SR2 bit 7, 3Fh/3Eh
    XIP_QE_SR2_BIT1_KEEP = 4, // as 1, a one-byte 01h leaves SR2: Winbond JV
    XIP_QE_SR2_BIT1_R35 = 5,  // SR2 bit 1, read by 35h, 01h with two bytes
    XIP_QE_SR2_BIT1_W31 = 6,  // SR2 bit 1, read by 35h, written by 31h
};

// Erase-suspend and program-suspend. opcode 0: the part cannot.
struct xip_part_suspend {
    uint8_t suspend_opcode;
    uint8_t resume_opcode;
    uint8_t flag_opcode;     // register that shows "suspended"
    uint8_t flag_mask;       // its bit(s) for this kind of operation
    uint16_t latency_max_us; // suspend to readable
    uint16_t interval_us;    // resume to next suspend that guarantees progress
    // Resume to next suspend that the data sheet allows, progress or not. 0: it
    // states none, and interval_us counts.
    uint16_t least_us;
};

// Deep power-down. enter_opcode 0: the part has none.
struct xip_part_power_down {
    uint8_t enter_opcode;
    uint8_t exit_opcode;
    uint16_t exit_max_us; // from release to the next command
};

struct xip_flash_part {
    char name[16];      // for messages, NUL-terminated
    uint8_t id[3];      // 9Fh: manufacturer, type, density
    uint8_t addr_bytes; // of every addressed command the library sends: 3 or 4
    uint32_t size_bytes;
    uint32_t page_bytes;                               // program unit
    struct xip_part_erase erase[XIP_PART_ERASE_TYPES]; // smallest first
    // Where the types differ from place to place: the end of each region, from
    // the start of the chip on. 0: no more. The first one 0: all of them
    // everywhere. A unit that a region cuts is what the region has of it.
    uint32_t region_end[XIP_PART_REGIONS];
    uint32_t page_typ_us;
    uint32_t page_max_us;
    uint32_t reset_max_us; // after 66h/99h in the middle of an erase

    uint8_t program_opcode;
    uint8_t program_lanes; // of the data: 1, or 4 for 32h; 0 counts as 1
    // The mapped read: 1-4-4 where the part has it, 1-1-1 (0Bh) otherwise.
    uint8_t read_opcode;
    uint8_t read_lanes;       // lanes of address and data: 1 or 4
    uint8_t read_mode_clocks; // sent as FFh: never starts continuous read
    uint8_t read_wait_clocks;
    enum xip_part_qe qe;
    bool volatile_sr; // 50h before 01h/31h writes the volatile bits only

    // A volatile register the mapped read depends on, written again after the
    // chip was reset (Micron VCR: 85h, 81h with 06h; 01h: written behind SR1,
    // as Macronix's configuration register, 15h). 0: none.
    uint8_t volatile_read_opcode;
    uint8_t volatile_write_opcode;

    // A register with bits that say "the operation failed", cleared by an
    // opcode (Micron 70h: 0x32, 50h). fail_mask 0: the part has none.
    uint8_t fail_opcode;
    uint8_t fail_mask;
    uint8_t fail_clear_opcode;

    struct xip_part_suspend erase_suspend;
    struct xip_part_suspend program_suspend;
    struct xip_part_power_down power_down;
};

// Decode an SFDP image of `len` bytes, read from SFDP address 0, and apply the
// corrections known for this JEDEC id. 256 bytes hold the tables that are used
// of nearly every quad part; a table that lies beyond `len` is refused (S25FL-L
// has them at 300h: xip_part_sfdp_far). Where erase units differ from place to
// place (sector map: SST26, S25FS-S), the regions of the map that holds are
// taken over. If that is not known, or they are not the whole chip, or too many
// of them, only the types that every place of every map has are used.
//
// Where the chip says nothing, the answer is the safe one: times are the worst
// of all known parts, the read is 1-1-1 unless it is known how to enable quad,
// there is no suspend unless it is known where the part shows it. A part above
// 16 MiB without usable 4-byte opcodes is described as its first 16 MiB, which
// is what 3-byte commands reach.
//
// program_lanes 4 and read_lanes 4 presuppose that the quad enable bit is set.
//
// Pure: touches no hardware, so it runs on the host as well. *part is written
// only on success. Source: JESD216F; each correction names its own.
// Returns 0, or XIP_ERR_PART: no SFDP signature, a basic table shorter than 9
// words or outside `len`, a density, page or erase type that cannot be, a part
// without one erase type for all places of several maps, an octal part.
int xip_part_from_sfdp(struct xip_flash_part *part, const uint8_t id[3],
        const uint8_t *sfdp, size_t len);

// The same, with the number of the map that holds, or XIP_PART_ANY_MAP. One
// that the table does not have is XIP_ERR_PART.
int xip_part_from_sfdp_map(struct xip_flash_part *part, const uint8_t id[3],
        const uint8_t *sfdp, size_t len, uint32_t map);
#define XIP_PART_ANY_MAP UINT32_MAX

// A read of one byte, of which it counts whether a bit of `mask` is set.
struct xip_part_question {
    uint8_t opcode;
    uint8_t addr_bytes;
    uint8_t dummy_clocks;
    uint8_t mask;
    uint32_t addr;
};

// The number of the sector map that holds is in registers. *map begins as
// XIP_PART_ANY_MAP and `number` as 0. Is there a question? Then ask the chip,
// call xip_part_map_answer(), and ask for the next number.
bool xip_part_map_question(const uint8_t *sfdp, size_t len, uint32_t number,
        struct xip_part_question *question);
uint32_t xip_part_map_answer(uint32_t map,
        const struct xip_part_question *question, uint8_t answer);

// Of the first `len` bytes of SFDP: is a table that is used beyond them?
// Returns its bytes, 0 if none is (any more), or if there is no room for it.
// They are to be read from SFDP address *off to *to, where nothing that is used
// lies; its header points there from now on. Call until it returns 0.
size_t xip_part_sfdp_far(uint8_t *sfdp, size_t len, uint32_t *off,
        uint8_t **to);

// Bytes of the unit of this type that begins at off. 0: none begins there.
uint32_t xip_part_unit_bytes(const struct xip_flash_part *part,
        const struct xip_part_erase *type, uint32_t off);

// The largest erase type of which a unit begins at `off` and fits in `len`.
// NULL if none does.
const struct xip_part_erase *xip_part_fit(const struct xip_flash_part *part,
        uint32_t off, uint32_t len);

// Bytes of the smallest unit that `off` lies in. 0: the place cannot be erased.
uint32_t xip_part_unit(const struct xip_flash_part *part, uint32_t off);

// Is [off, off + len) made of units that an erase takes one after the other?
bool xip_part_whole_units(const struct xip_flash_part *part, uint32_t off,
        uint32_t len);

#ifdef __cplusplus
}
#endif

#endif
