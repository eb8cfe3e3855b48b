/*
 * ab - two slots of a home-made boot loader: records and CRC
 *
 * SPDX-License-Identifier: MIT
 */
#include "ab.h"

#include <string.h>

const uint8_t *ab_flash(uint32_t off) {
    return (const uint8_t *)(uintptr_t)(LAYOUT_WINDOW_ADDR + off);
}

bool ab_has(enum ab_defect defect) {
    uint32_t word;
    memcpy(&word, ab_flash(AB_DEFECTS_OFF), sizeof(word));
    return word != UINT32_MAX && (word & (uint32_t)defect) != 0u;
}

// CRC-32 of IEEE 802.3; begins with 0.
uint32_t ab_crc(uint32_t crc, const void *data, uint32_t len_bytes) {
    const uint8_t *p = data;
    crc = ~crc;
    for (uint32_t i = 0; i < len_bytes; i++) {
        crc ^= p[i];
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = crc >> 1 ^ ((crc & 1u) != 0u ? 0xEDB88320u : 0u);
        }
    }
    return ~crc;
}

uint32_t ab_slot_off(unsigned slot) {
    return slot == 0u ? LAYOUT_SLOT0_OFF : LAYOUT_SLOT1_OFF;
}

uint32_t ab_record_off(unsigned slot, unsigned copy) {
    return ab_slot_off(slot) + LAYOUT_SLOT_BYTES -
            (AB_COPIES - copy) * AB_SECTOR_BYTES;
}

bool ab_record_read(unsigned slot, unsigned copy, struct ab_record *record) {
    memcpy(record, ab_flash(ab_record_off(slot, copy)), sizeof(*record));
    return record->magic == AB_RECORD_MAGIC &&
            (ab_has(AB_NO_RECORD_CRC) ||
                    (record->bytes <= LAYOUT_SLOT_BYTES &&
                            record->record_crc == ab_crc(0, record, 16)));
}

int ab_record_write(struct xip_flash *dev, unsigned slot, unsigned copy,
        const struct ab_record *record) {
    const uint32_t off = ab_record_off(slot, copy);
    int err = xip_flash_erase(dev, off, AB_SECTOR_BYTES);
    if (err == 0) {
        err = xip_flash_program(dev, off, record, sizeof(*record));
    }
    return err;
}
