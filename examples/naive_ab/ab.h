/*
 * ab - two slots of a home-made boot loader, and what can be wrong with it
 *
 * SPDX-License-Identifier: MIT
 *
 * A slot holds an image from its start. Its last two sectors hold the same
 * record: length and CRC of the image, and a sequence number. The slot with the
 * highest number starts. There is no digest and no signature: this is about
 * power cuts, not about attackers.
 *
 * A word of the flash plants defects, one a bit. Erased, it plants none, and
 * the design holds: the record comes last, in two copies that are never both
 * open, and the boot loader repairs one from the other before it relies on it.
 */
#ifndef AB_H
#define AB_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "xip_flash.h"

#define AB_SECTOR_BYTES 4096u
#define AB_RECORD_MAGIC 0x41424142u
#define AB_COPIES 2u
#define AB_DEFECTS_OFF 0x00200000u
#define AB_LOCK_OFF 0x00201000u // for AB_LOCKED
// A page of the internal flash, for AB_INTERNAL_FLAG.
#define AB_FLAG_ADDR 0x08080000u
// Survives a reset, for AB_RAM_FLAG.
#define AB_RAM_FLAG_ADDR (LAYOUT_NOINIT_ADDR + LAYOUT_NOINIT_BYTES - 8)
#define AB_RAM_FLAG_VALUE 0x0B0B0B0Bu

enum ab_defect {
    AB_RECORD_FIRST = 1 << 0,      // the record comes before the data
    AB_NO_IMAGE_CRC = 1 << 1,      // started without a look at the image
    AB_SHORT_CRC = 1 << 2,         // ... or at its first 256 bytes only
    AB_NO_RECORD_CRC = 1 << 3,     // a record counts whose magic is right
    AB_ONE_COPY = 1 << 4,          // of the record, and no repair
    AB_NO_VERIFY = 1 << 5,         // what was programmed is not read back
    AB_ACK_EARLY = 1 << 6,         // the sender is told before the record
    AB_RECORD_EARLY = 1 << 7,      // the record comes before the last page
    AB_NO_FALLBACK = 1 << 8,       // only the newest record is tried
    AB_NO_REERASE = 1 << 9,        // a sector that reads blank is not erased
    AB_REPAIR_GOOD = 1 << 11,      // the repair begins by erasing both copies
    AB_RAM_FLAG = 1 << 12,         // RAM says what to start after a reset
    AB_INTERNAL_FLAG = 1 << 13,    // a word in internal flash, erased first
    AB_OLD_FIRST = 1 << 14,        // the old slot's records go first
    AB_RECORD_IN_MIDDLE = 1 << 15, // record at half the image, CRC not checked
    AB_LOCKED = 1 << 16, // a word in the flash says that an update is under way
};
// What people write at first.
#define AB_NAIVE (AB_RECORD_FIRST | AB_NO_IMAGE_CRC | AB_ONE_COPY)

struct ab_record {
    uint32_t magic, sequence, bytes, crc;
    uint32_t record_crc; // of the four words before it
};

bool ab_has(enum ab_defect defect);
uint32_t ab_crc(uint32_t crc, const void *data, uint32_t len_bytes);
uint32_t ab_slot_off(unsigned slot);
uint32_t ab_record_off(unsigned slot, unsigned copy);
// In the window. Any context in which the flash can be read.
const uint8_t *ab_flash(uint32_t off);
// Copies it first, since unstable bits may read differently the next time.
bool ab_record_read(unsigned slot, unsigned copy, struct ab_record *record);
// Erases the sector of this copy and programs it. Power loss leaves this copy
// undefined and the other one as it was.
int ab_record_write(struct xip_flash *dev, unsigned slot, unsigned copy,
        const struct ab_record *record);

#endif
