/*
 * nor_sfdp - the SFDP image that follows from a part's description
 *
 * SPDX-License-Identifier: MIT
 *
 * JESD216F clause 6.2 (headers) and 6.4 (basic flash parameter table). Times
 * are rounded up, as the encoding requires, so that no decoded figure is below
 * the part's own.
 */
#include "nor/nor_priv.h"

static const uint32_t erase_units_ms[4] = {1, 16, 128, 1000};
static const uint32_t chip_units_ms[4] = {16, 256, 4000, 64000};
static const uint32_t page_units_us[2] = {8, 64};
static const uint32_t byte_units_us[2] = {1, 8};
static const uint32_t delay_units_ns[4] = {128, 1000, 8000, 64000};

// A 5-bit (or narrower) count and its unit: the least value not below `value`,
// the larger unit if two are equal. Returns the coded value; *unit, *count get
// the fields.
static uint32_t encode(uint32_t value, const uint32_t *units, unsigned n_units,
        uint32_t max_count, uint32_t *unit, uint32_t *count) {
    uint32_t best = UINT32_MAX;
    for (unsigned i = 0; i < n_units; i++) {
        uint32_t n = (value + units[i] - 1) / units[i];
        n = n ? n : 1;
        if (n <= max_count && n * units[i] <= best) {
            best = n * units[i];
            *unit = i;
            *count = n - 1;
        }
    }
    return best;
}

static uint32_t log2_of(uint32_t value) {
    return value ? 31u - (uint32_t)__builtin_clz(value) : 0;
}

// k of "maximum = 2 * (k + 1) * typical" that covers max.
static uint32_t multiplier(uint32_t typ, uint32_t max) {
    const uint32_t k = (max + 2 * typ - 1) / (2 * typ);
    return k < 1 ? 0 : k > 16 ? 15 : k - 1;
}

static uint32_t erase_times(const struct nor_part *part) { // DW10
    uint32_t word = 0;
    uint32_t k = 0;
    uint32_t unit = 0;
    uint32_t count = 0;
    for (unsigned i = 0; i < 4; i++) {
        const struct nor_erase *erase = &part->erase[i];
        if (!erase->size_bytes) {
            continue;
        }
        const uint32_t typ_ms = encode((erase->typ_us + 999) / 1000,
                erase_units_ms, 4, 32, &unit, &count);
        word |= (unit << 5 | count) << (4 + 7 * i);
        const uint32_t need = multiplier(typ_ms, (erase->max_us + 999) / 1000);
        k = need > k ? need : k;
    }
    const uint32_t chip_ms =
            encode(part->chip_typ_ms, chip_units_ms, 4, 32, &unit, &count);
    const uint32_t need = multiplier(chip_ms, part->chip_max_ms);
    k = need > k ? need : k;
    return word | k;
}

static uint32_t program_times(const struct nor_part *part) { // DW11
    uint32_t unit = 0;
    uint32_t count = 0;
    const uint32_t typ_us =
            encode(part->page_typ_us, page_units_us, 2, 32, &unit, &count);
    uint32_t word = 1u << 31 | log2_of(part->page_bytes) << 4 |
            multiplier(typ_us, part->page_max_us) | unit << 13 | count << 8;
    encode(part->first_byte_us, byte_units_us, 2, 16, &unit, &count);
    word |= unit << 18 | count << 14;
    encode(part->next_byte_us, byte_units_us, 2, 16, &unit, &count);
    word |= unit << 23 | count << 19;
    encode(part->chip_typ_ms, chip_units_ms, 4, 32, &unit, &count);
    return word | unit << 29 | count << 24;
}

// From the dumps of relatives: W25Q128JV E9, MT25QU512A AC, MX25R6435F 44,
// IS25WP256 CC. GigaDevice est: as ISSI's and Winbond's tables combined, an
// erase suspension allows programs, a program suspension allows nothing.
uint32_t nor_suspend_rules_(const struct nor_part *part) {
    switch (part->family) {
    case NOR_MICRON:
        return 0xAC;
    case NOR_MACRONIX:
        return 0x44;
    case NOR_ISSI:
        return 0xCC;
    case NOR_GIGA:
        return 0xEC;
    default:
        return 0xE9;
    }
}

static uint32_t suspend(const struct nor_part *part) { // DW12
    if (!part->suspend_opcode) {
        return 0xFFFFFFFF;
    }
    const uint32_t rules = nor_suspend_rules_(part);
    const uint32_t program = (part->program_interval_us + 63) / 64 - 1;
    const uint32_t erase = (part->erase_interval_us + 63) / 64 - 1;
    uint32_t unit = 0;
    uint32_t count = 0;
    encode(part->suspend_latency_us * 1000, delay_units_ns, 4, 32, &unit,
            &count);
    return rules | 1u << 8 | (program & 15) << 9 | (unit << 5 | count) << 13 |
            (erase & 15) << 20 | (unit << 5 | count) << 24;
}

static uint32_t polling_and_sleep(const struct nor_part *part) { // DW14
    uint32_t word = 0x03 | (part->flag_status ? 0x3E : 0x3D) << 2;
    if (!part->dpd_exit_us) {
        return word | 0xFFFFFF00;
    }
    uint32_t unit = 0;
    uint32_t count = 0;
    encode(part->dpd_exit_us * 1000, delay_units_ns, 4, 32, &unit, &count);
    return word | unit << 13 | count << 8 | 0xABu << 15 | 0xB9u << 23;
}

static void reads(uint32_t dw[16], const struct nor_part *part) {
    const uint32_t quad = 0xEB00u | (uint32_t)part->read_144_mode_clocks << 5 |
            part->read_144_wait_clocks;
    if (part->family == NOR_MICRON) {
        // One mode clock of the VCR's dummy clocks: 1 + 7 by default. 2-2-2
        // and 4-4-4 exist through the EVCR.
        dw[2] = quad | 0x6B270000;
        dw[3] = 0x3B27 | 0xBB270000;
        dw[4] = 0xFFFFFFFF;
        dw[5] = 0xBB27FFFF;
        dw[6] = quad << 16 | 0xFFFF;
        return;
    }
    dw[2] = quad | 0x6B080000;
    // BBh: four clocks between address and data. Winbond and GigaDevice code
    // them as 2 + 2, ISSI as mode clocks, Macronix as dummy clocks.
    dw[3] = part->family == NOR_MACRONIX ? 0xBB043B08
            : part->family == NOR_ISSI   ? 0xBB803B08
                                         : 0xBB423B08;
    dw[4] = 0xFFFFFFEE;
    dw[5] = part->family == NOR_WINBOND ? 0x0000FFFF : 0xFF00FFFF;
    dw[6] = dw[5];
}

// DW15 and DW16: continuous read, quad enable, status writes, reset.
static void modes(uint32_t dw[16], const struct nor_part *part) {
    switch (part->family) {
    case NOR_WINBOND:
        // DW15: continuous read entered by A5h or Axh, left by other mode
        // bits or by FFh for 8 clocks; quad enable by two-byte 01h, one byte
        // keeps SR2 (4). Bits 12, 15 and 19 are reserved and read 1.
        dw[14] = 0xFF4DF600;
        // DW16: status bits non-volatile with 06h or volatile with 50h, reset
        // by 66h 99h after leaving continuous read, no 4-byte addresses.
        dw[15] = 0x80F830E9;
        break;
    case NOR_GIGA:
        // est: as W25Q128JV, but SR2 is written by 31h (6).
        dw[14] = 0xFF6DF600;
        dw[15] = 0x80F830E9;
        break;
    case NOR_MACRONIX:
        // As the words of MX25R6435F: continuous read entered by A5h, left by
        // 00h or FFh for 8 clocks; quad enable SR1 bit 6 (2); 66h 99h.
        dw[14] = 0xFF29BE00;
        dw[15] = 0xFFFFD0F0;
        break;
    case NOR_ISSI:
        // As IS25WP256, without its 4-4-4 and its 4-byte addresses.
        dw[14] = 0xFF2C4200;
        dw[15] = 0x80F830F0;
        break;
    case NOR_MICRON:
        // No quad enable bit; continuous read through VCR bit 3, 4-4-4 through
        // EVCR bit 7; status bits non-volatile, reset by 66h 99h.
        dw[14] = 0xFF820F08;
        dw[15] = 0x80F83181;
        break;
    }
}

static void basic_table(uint32_t dw[16], const struct nor_part *part) {
    // DW1: 4 KB erase uniform, 64-byte buffer or more, 1-1-2, 1-2-2, 1-4-4,
    // 1-1-4, no DTR, address bytes; bits 7:5 and 31:23 read 1.
    dw[0] = 0xFFF100E5 | (uint32_t)part->erase[0].opcode << 8 |
            (uint32_t)part->four_byte << 17;
    dw[1] = part->size_bytes * 8 - 1;
    reads(dw, part);
    // An unused type is 0, or has FFh as its opcode.
    const bool zero = part->family == NOR_WINBOND || part->family == NOR_MICRON;
    for (unsigned i = 0; i < 4; i++) {
        const struct nor_erase *erase = &part->erase[i];
        const uint32_t half = erase->size_bytes
                ? log2_of(erase->size_bytes) | (uint32_t)erase->opcode << 8
                : zero ? 0
                       : 0xFF00;
        dw[7 + i / 2] |= half << (i % 2 * 16);
    }
    dw[9] = erase_times(part);
    dw[10] = program_times(part);
    dw[11] = suspend(part);
    dw[12] = (uint32_t)(part->suspend_opcode << 8 | part->resume_opcode);
    dw[12] |= dw[12] << 16;
    dw[13] = polling_and_sleep(part);
    modes(dw, part);
    for (unsigned i = 0; i < 4 && part->sfdp_word[i].number; i++) {
        dw[part->sfdp_word[i].number - 1] = part->sfdp_word[i].value;
    }
}

static void put32(uint8_t *p, uint32_t word) {
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(word >> 8 * i);
    }
}

static void put_header(uint8_t *p, const struct nor_sfdp_table *table) {
    p[0] = table->id_lsb;
    p[1] = table->minor;
    p[2] = 1;
    p[3] = table->words;
    put32(p + 4, table->off | (uint32_t)table->id_msb << 24);
}

void nor_sfdp_build_(uint8_t image[NOR_SFDP_BYTES],
        const struct nor_part *part) {
    uint32_t dw[16] = {0};
    memset(image, 0xFF, NOR_SFDP_BYTES);
    basic_table(dw, part);
    memcpy(image, "SFDP", 4);
    image[4] = part->sfdp_minor;
    image[5] = 1;
    image[6] = 0; // one parameter header
    put_header(image + 8,
            &(struct nor_sfdp_table){
                    .id_msb = 0xFF, // FF00h: the basic table
                    .minor = part->sfdp_minor,
                    .words = part->sfdp_words,
                    .off = part->sfdp_off,
            });
    for (unsigned i = 0; i < part->sfdp_words && i < 16; i++) {
        put32(image + part->sfdp_off + 4 * i, dw[i]);
    }
    for (unsigned t = 0; t < 2 && part->sfdp_table[t].words; t++) {
        const struct nor_sfdp_table *table = &part->sfdp_table[t];
        image[6]++;
        put_header(image + 16 + 8 * t, table);
        for (unsigned i = 0; i < table->words; i++) {
            put32(image + table->off + 4 * i, table->word[i]);
        }
    }
}
