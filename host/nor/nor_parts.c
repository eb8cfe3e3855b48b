/*
 * nor_parts - the parts that the chip model knows
 *
 * SPDX-License-Identifier: MIT
 *
 * Every figure names its source. SFDP: decoded from the table that the part
 * itself returns (JESD216). DS: attributed to the maker's data sheet, AC table
 * at 2.7 V to 3.6 V, in line with drivers in the field, but not checked against
 * the document itself: do that before a product depends on it. ST: the header
 * of ST's driver for the part, maxima only. est: no public figure was found,
 * the value is a guess and says why.
 *
 * To add a part, add a description and name it in parts[]; a part whose
 * registers or mode bits are of neither family needs a new enum nor_family.
 */
#include "nor/nor.h"

#include <string.h>

#define KB 1024u
#define MB (1024u * 1024u)

// Winbond W25Q128JV data sheet and the part's SFDP table:
// erase          DS tSE 45/400, tBE1 120/1600, tBE2 150/2000 ms, tCE 40/200 s
// page           DS tPP 0.4/3 ms; first and next byte: tBP1 30, tBP2 2.5 us
// status write   DS tW 10/15 ms
// EBh clocks     DS (EBh) and SFDP: 2 of mode bits, 4 more
// latency        DS tSUS 20 us; SFDP agrees
// least run      DS, 75h (revision M, 2024): not sooner than tSUS after 7Ah
// intervals      SFDP
// resume gap     DS (7Ah): BUSY is set within 200 ns of 7Ah
// resets         DS tRST 30 us, erasing or not
// wake-up        DS tRES1 3 us; SFDP agrees
// power-down     DS tDP 3 us
// power-up       DS tVSL 20 us, tPUW 5 ms
// clocks         DS fR 50 MHz (03h), FR 133 MHz
// nCS high       DS tSHSL1 10 ns between reads, tSHSL2 50 ns otherwise
// resume loss    est: ESP-IDF's documentation of auto-suspend warns that an
//                erase starves if it runs for less than about 40 us between
//                two suspends
// device id      DS
// SFDP layout    as in the part's table
#define W25Q128JV_BODY \
    .size_bytes = 16 * MB, .page_bytes = 256, \
    .erase[0] = {4 * KB, 0x20, 45000, 400000}, \
    .erase[1] = {32 * KB, 0x52, 120000, 1600000}, \
    .erase[2] = {64 * KB, 0xD8, 150000, 2000000}, .chip_typ_ms = 40000, \
    .chip_max_ms = 200000, .page_typ_us = 400, .page_max_us = 3000, \
    .sr_write_typ_us = 10000, .sr_write_max_us = 15000, .qe = NOR_QE_SR2_BIT1, \
    .volatile_sr = true, .read_144_mode_clocks = 2, .read_144_wait_clocks = 4, \
    .suspend_opcode = 0x75, .resume_opcode = 0x7A, .suspend_latency_us = 20, \
    .erase_least_us = 20, .program_least_us = 20, .erase_interval_us = 512, \
    .program_interval_us = 128, .resume_gap_ns = 200, .reset_us = 30, \
    .reset_erase_us = 30, .dpd_exit_us = 3, .dpd_enter_us = 3, \
    .family = NOR_WINBOND, .device_id = 0x17, .chip_opcode = {0xC7, 0x60}, \
    .power_up_us = 20, .power_up_write_us = 5000, .read_mhz = 50, \
    .other_mhz = 133, .high_read_ns = 10, .high_other_ns = 50, \
    .security_bytes = 256, .block_locks = true, .resume_loss_us = 40, \
    .first_byte_us = 30, .next_byte_us = 3, .sfdp_minor = 5, .sfdp_words = 16, \
    .sfdp_off = 0x80

static const struct nor_part w25q128jv = {
        .name = "w25q128jv",      // the -IQ: quad enable set in the factory
        .id = {0xEF, 0x40, 0x18}, // DS
        .qe_factory = true,       // DS
        W25Q128JV_BODY,
};

static const struct nor_part w25q128jv_im = {
        .name = "w25q128jv-im",   // as the -IQ, but quad enable not set
        .id = {0xEF, 0x70, 0x18}, // DS
        // DS: 38h, FFh; by default two clocks, which are the mode bits of EBh.
        .qpi_enter_opcode = 0x38,
        .qpi_exit_opcode = 0xFF,
        .qpi_read_clocks = 2,
        W25Q128JV_BODY,
};

// Micron N25Q128A, 3 V (N25Q128A13), data sheet; the
// erase maxima are also those of ST's n25q128a.h.
static const struct nor_part n25q128a = {
        .name = "n25q128a",
        .id = {0x20, 0xBA, 0x18}, // DS: 20h, BAh, 18h
        .size_bytes = 16 * MB,
        .page_bytes = 256,
        .erase[0] = {4 * KB, 0x20, 250000, 800000},   // DS tSSE 0.25/0.8 s
        .erase[1] = {64 * KB, 0xD8, 700000, 3000000}, // DS tSE 0.7/3 s
        .chip_typ_ms = 170000,
        .chip_max_ms = 250000, // DS tBE 170/250 s
        .page_typ_us = 500,
        .page_max_us = 5000, // DS tPP 0.5/5 ms
        .sr_write_typ_us = 1300,
        .sr_write_max_us = 8000, // DS tW 1.3/8 ms
        .qe = NOR_QE_NONE,
        .flag_status = true,
        .volatile_config = true,
        .read_144_mode_clocks = 1,
        .read_144_wait_clocks = 9, // DS: 10 clocks
        .suspend_opcode = 0x75,
        .resume_opcode = 0x7A,
        // est: the DS has typical latencies only (7 us program, 15 us erase);
        // the successor MT25Q guarantees 25 us in its SFDP.
        .suspend_latency_us = 25,
        // est: DS, suspend parameters: typically 700 us from an erase resume
        // to the next suspend, 5 us in a program. 64 us: MT25Q SFDP.
        .erase_interval_us = 700,
        .program_interval_us = 64,
        .resume_gap_ns = 200, // est: no figure; as Winbond
        // est: no figure for a reset in an erase was found; 30 ms is a guess
        // that makes a reset clearly slower than an idle one.
        .reset_us = 40,
        .reset_erase_us = 30000,
        .dpd_exit_us = 0,     // the 3 V part has no B9h (DS command set)
        .security_bytes = 65, // DS: OTP of 64 bytes and their lock
        .family = NOR_MICRON,
        .device_id = 0x17,
        .chip_opcode = {0xC7},      // DS: bulk erase, no 60h
        .program_144_opcode = 0x12, // ST n25q128a.h: extended quad input
        .power_up_us = 150,         // est: DS tVTR, read allowed
        .power_up_write_us = 1000,  // est: DS tVTW is of this order
        .read_mhz = 54,
        .other_mhz = 108, // DS fR, fC
        .high_read_ns = 20,
        .high_other_ns = 50,  // DS tSHSL
        .resume_loss_us = 50, // est: twice the latency, as for Winbond
        // DS tWNVCR 0.2/3 s
        .nvcr_write_typ_us = 200000,
        .nvcr_write_max_us = 3000000,
        // SFDP of revision 1.0 with 9 words, as the N25Q256A's that QEMU
        // carries (hw/block/m25p80_sfdp.c); no table of this very part was
        // found.
        .sfdp_minor = 0,
        .sfdp_words = 9,
        .sfdp_off = 0x30,
};

// Micron MT25QL128ABA, successor of the N25Q128A with the same id.
static const struct nor_part mt25ql128 = {
        .name = "mt25ql128",
        .id = {0x20, 0xBA, 0x18}, // DS
        .size_bytes = 16 * MB,
        .page_bytes = 256,
        // Order as in MT25QU512A's SFDP.
        .erase[0] = {4 * KB, 0x20, 50000, 400000},    // DS
        .erase[1] = {64 * KB, 0xD8, 150000, 1000000}, // DS
        .erase[2] = {32 * KB, 0x52, 100000, 1000000}, // DS
        .chip_typ_ms = 38000,
        .chip_max_ms = 114000, // est: a quarter of MT25QL512's die erase
        .page_typ_us = 120,
        .page_max_us = 1800, // DS
        .sr_write_typ_us = 1300,
        .sr_write_max_us = 8000, // DS, as N25Q128A
        .qe = NOR_QE_NONE,
        .flag_status = true,
        .volatile_config = true,
        .read_144_mode_clocks = 1,
        .read_144_wait_clocks = 9, // DS: 10 clocks
        .suspend_opcode = 0x75,
        .resume_opcode = 0x7A,
        .suspend_latency_us = 25, // SFDP of MT25QU512A, both kinds
        .erase_interval_us = 192, // the same
        .program_interval_us = 64,
        .resume_gap_ns = 200, // est: as Winbond
        // est: no figure found; as N25Q128A.
        .reset_us = 40,
        .reset_erase_us = 30000,
        .dpd_exit_us = 30,    // SFDP of MT25QU512A
        .dpd_enter_us = 3,    // DS tDP
        .security_bytes = 65, // DS: as N25Q128A
        .family = NOR_MICRON,
        .device_id = 0x17,
        .chip_opcode = {0xC7, 0x60}, // DS: bulk erase
        .program_144_opcode = 0x38,  // DS: extended quad input program
        .power_up_us = 300,          // est: DS tVTW is of this order
        .power_up_write_us = 1000,   // est: as N25Q128A
        .read_mhz = 54,
        .other_mhz = 133, // DS fR, fC
        .high_read_ns = 20,
        .high_other_ns = 50,      // DS tSHSL
        .qpi_enter_opcode = 0x35, // DS: as EVCR bit 7
        .qpi_exit_opcode = 0xF5,
        .resume_loss_us = 50, // est: twice the latency, as for Winbond
        .nvcr_write_typ_us = 200000,
        .nvcr_write_max_us = 1000000, // DS tNVCR 0.2/1 s
        .first_byte_us = 15,
        .next_byte_us = 1, // SFDP of MT25QU512A
        .sfdp_minor = 6,
        .sfdp_words = 16,
        .sfdp_off = 0x30,
};

// Vendor table of Macronix parts: supply limits in mV, coded decimal; then
// reset, hold, power-down, suspend, burst and lock features in bits.
#define MACRONIX_TABLE(offset, limits, locks) \
    .sfdp_table[0] = { \
            0xC2, 0xFF, 0, 4, offset, {limits, 0x64C0F99D, locks, 0xFFFFFFFF}}

// Macronix MX25R6435F in its low-power mode, which is how it is delivered.
static const struct nor_part mx25r6435f = {
        .name = "mx25r6435f",
        .id = {0xC2, 0x28, 0x17}, // DS
        .size_bytes = 8 * MB,
        .page_bytes = 256,
        .erase[0] = {4 * KB, 0x20, 48000, 240000},    // SFDP, ST
        .erase[1] = {32 * KB, 0x52, 240000, 3000000}, // SFDP, ST
        .erase[2] = {64 * KB, 0xD8, 480000, 3500000}, // SFDP, ST
        .chip_typ_ms = 52000,
        .chip_max_ms = 240000, // SFDP, ST
        .page_typ_us = 896,
        .page_max_us = 5376,      // SFDP; the DS has 0.85/4 ms
        .sr_write_typ_us = 15000, // est: half of the maximum
        .sr_write_max_us = 30000, // DS tW
        .qe = NOR_QE_SR1_BIT6,    // DS; 0 as delivered
        .read_144_mode_clocks = 2,
        .read_144_wait_clocks = 4, // DS, SFDP
        .suspend_opcode = 0xB0,
        .resume_opcode = 0x30, // SFDP
        .suspend_alias = 0x75, // DS: 75h or B0h, 7Ah or 30h
        .resume_alias = 0x7A,
        .suspend_latency_us = 40, // SFDP
        .erase_interval_us = 320, // SFDP; DS tERS and tPRS 100 us
        .program_interval_us = 128,
        .resume_gap_ns = 200, // est: as Winbond
        // DS tREADY2 of the family: 40 us idle, up to 100 ms in an erase.
        .reset_us = 40,
        .reset_erase_us = 100000,
        .dpd_exit_us = 40,  // SFDP
        .dpd_enter_us = 30, // DS tDPDD: the chip obeys a release from then on
        .security_bytes = 1024, // DS: secured OTP of 8 Kbit
        .family = NOR_MACRONIX,
        .device_id = 0x17,           // DS
        .chip_opcode = {0xC7, 0x60}, // DS
        .program_144_opcode = 0x38,  // DS
        .power_up_us = 800,          // DS tVSL
        .read_mhz = 50,              // est: DS of the family
        .other_mhz = 80,             // DS, high performance mode
        .low_power_mhz = 33,         // DS, low-power mode, as delivered
        .high_read_ns = 10,          // est: as Winbond
        .high_other_ns = 30,         // est: DS of the family tSHSL
        .resume_loss_us = 80,        // est: twice the latency, as for Winbond
        .first_byte_us = 32,
        .next_byte_us = 1, // SFDP
        .sfdp_minor = 6,
        .sfdp_words = 16,
        .sfdp_off = 0x30,
        // Vendor table as MX25R8035F's; the header announces a table of 4-byte
        // opcodes that is not programmed.
        MACRONIX_TABLE(0x110, 0x16503600, 0xFFFFCFFE),
        .sfdp_table[1] = {0x84, 0xFF, 0, 2, 0xC0, {0xFFFFFFFF, 0xFFFFFFFF}},
        // SFDP: eight times the typical times at most, which is 1.92 s for
        // 32 KB where ST waits 3 s.
        .sfdp_word[0] = {10, 0x00F57223},
};

// Macronix MX25L51245G, 512 Mbit, in the version whose SFDP ends after nine
// words.
static const struct nor_part mx25l51245g = {
        .name = "mx25l51245g",
        .id = {0xC2, 0x20, 0x1A}, // DS
        .size_bytes = 64 * MB,
        .page_bytes = 256,
        .erase[0] = {4 * KB, 0x20, 30000, 400000},    // DS tSE 30/400 ms
        .erase[1] = {32 * KB, 0x52, 180000, 1000000}, // DS tBE32 0.18/1 s
        .erase[2] = {64 * KB, 0xD8, 280000, 2000000}, // DS tBE 0.28/2 s, ST 2 s
        .chip_typ_ms = 200000,
        .chip_max_ms = 600000, // DS tCE 200/600 s, ST 600 s
        .page_typ_us = 250,
        .page_max_us = 1500,      // DS tPP 0.25/1.5 ms
        .sr_write_typ_us = 20000, // est: half of the maximum
        .sr_write_max_us = 40000, // DS tW
        .qe = NOR_QE_SR1_BIT6,    // DS; 0 as delivered
        .read_144_mode_clocks = 2,
        .read_144_wait_clocks = 4, // DS with DC = 00, SFDP
        .suspend_opcode = 0xB0,
        .resume_opcode = 0x30,    // DS
        .suspend_latency_us = 25, // SFDP of MX66L1G45G: DS tPSL, tESL 25 us
        .erase_interval_us = 448, // SFDP of MX66L1G45G
        .program_interval_us = 128,
        .resume_gap_ns = 200, // est: as Winbond
        // DS tREADY2: 40 us idle, 12 to 25 ms in an erase of a unit, 100 ms in
        // a chip erase.
        .reset_us = 40,
        .reset_erase_us = 100000,
        .dpd_exit_us = 30,     // SFDP of MX66L1G45G: DS tRES1
        .dpd_enter_us = 10,    // DS tDP
        .security_bytes = 512, // DS: secured OTP of 4 Kbit
        .family = NOR_MACRONIX,
        .device_id = 0x19,           // DS
        .chip_opcode = {0xC7, 0x60}, // DS
        .program_144_opcode = 0x38,  // DS
        .four_byte = true,           // DS
        .erase_4byte_opcode = {0x21, 0x5C, 0xDC},
        .power_up_us = 1500, // DS tVSL
        .read_mhz = 50,      // est: DS of the family
        .other_mhz = 166,    // DS; fewer with the default dummy clocks
        .high_read_ns = 7,   // est: DS of the family tSHSL
        .high_other_ns = 30,
        .qpi_enter_opcode = 0x35,
        .qpi_exit_opcode = 0xF5,
        .qpi_read_clocks = 6, // DS; SFDP
        .resume_loss_us = 50, // est: twice the latency, as for Winbond
        .sfdp_minor = 0,
        .sfdp_words = 9,
        .sfdp_off = 0x30,
        MACRONIX_TABLE(0x60, 0x27003600, 0xFFFFCB85),
        // SFDP: 4-4-4, which is not modelled.
        .sfdp_word[0] = {5, 0xFFFFFFFE},
        .sfdp_word[1] = {7, 0xEB44FFFF},
};

// ISSI IS25LP128F.
static const struct nor_part is25lp128f = {
        .name = "is25lp128f",
        .id = {0x9D, 0x60, 0x18}, // DS
        .size_bytes = 16 * MB,
        .page_bytes = 256,
        .erase[0] = {4 * KB, 0x20, 100000, 300000},   // DS
        .erase[1] = {32 * KB, 0x52, 140000, 500000},  // DS
        .erase[2] = {64 * KB, 0xD8, 170000, 1000000}, // DS
        .chip_typ_ms = 35000,
        .chip_max_ms = 90000, // DS
        .page_typ_us = 200,
        .page_max_us = 800, // DS
        .sr_write_typ_us = 2000,
        .sr_write_max_us = 15000, // DS
        .qe = NOR_QE_SR1_BIT6,    // DS; 0 as delivered
        .volatile_sr = true,      // DS: 50h
        .read_144_mode_clocks = 2,
        .read_144_wait_clocks = 4, // DS, default read parameters
        .suspend_opcode = 0x75,
        .resume_opcode = 0x7A, // DS
        .suspend_alias = 0xB0,
        .resume_alias = 0x30,      // DS: either
        .suspend_latency_us = 100, // DS tSUS; SFDP rounds it to 104 us
        .erase_least_us = 80,      // DS tRS
        .program_least_us = 80,
        // SFDP.
        .erase_interval_us = 448,
        .program_interval_us = 448,
        .resume_gap_ns = 200, // est: as Winbond
        .reset_us = 35,
        .reset_erase_us = 100000, // DS tSRST 35 us idle; est: as Macronix
        .dpd_exit_us = 5,         // DS tRES1
        .dpd_enter_us = 3,        // DS tDP
        .security_bytes = 256,    // DS: four information rows
        .family = NOR_ISSI,
        .device_id = 0x17,           // DS
        .chip_opcode = {0xC7, 0x60}, // DS
        .power_up_us = 1000,         // est: DS tVCE and tPUW are 0.1 to 10 ms
        .power_up_write_us = 10000,
        .read_mhz = 80,
        .other_mhz = 166, // DS
        .high_read_ns = 7,
        .high_other_ns = 7, // DS tCEH
        .qpi_enter_opcode = 0x35,
        .qpi_exit_opcode = 0xF5,
        .qpi_read_clocks = 6,                     // DS, default read parameters
        .erase_4byte_opcode = {0x21, 0x5C, 0xDC}, // DS
        .resume_loss_us = 80, // est: tRS, shorter runs make no progress
        .first_byte_us = 8,
        .next_byte_us = 3, // SFDP of IS25WP256
        .sfdp_minor = 6,
        .sfdp_words = 16,
        .sfdp_off = 0x30,
};

// GigaDevice GD25Q128E. We had neither its data sheet nor its SFDP table:
// figures of the family (GD25Q64C, GD25Q64E, GD25Q128C) where drivers in the
// field agree, the worst of them where they do not.
static const struct nor_part gd25q128e = {
        .name = "gd25q128e",
        .id = {0xC8, 0x40, 0x18}, // DS
        .size_bytes = 16 * MB,
        .page_bytes = 256,
        .erase[0] = {4 * KB, 0x20, 50000, 500000},    // family: tSE 45..50/500
        .erase[1] = {32 * KB, 0x52, 150000, 1600000}, // family: tBE1
        .erase[2] = {64 * KB, 0xD8, 200000, 3000000}, // family: tBE2
        .chip_typ_ms = 60000,
        .chip_max_ms = 120000, // family: tCE 25..60/120 s
        .page_typ_us = 600,
        .page_max_us = 2400, // family: tPP 0.5..0.6/2.4 ms
        .sr_write_typ_us = 5000,
        .sr_write_max_us = 30000, // family: tW 5/30 ms
        .qe = NOR_QE_SR2_BIT1,    // family; not set as delivered
        .volatile_sr = true,      // family: 50h
        .read_144_mode_clocks = 2,
        .read_144_wait_clocks = 4, // family, SFDP of GD25Q32C
        .suspend_opcode = 0x75,
        .resume_opcode = 0x7A,    // family
        .suspend_latency_us = 40, // family: tSUS 20 to 40 us
        // est: tables of other GigaDevice parts say 64 or 128 us.
        .erase_interval_us = 128,
        .program_interval_us = 64,
        .resume_gap_ns = 200, // family: WIP is back within 200 ns
        .reset_us = 30,
        .reset_erase_us = 12000, // family: tRST 30 us, 12 ms in an erase
        .dpd_exit_us = 20,       // family: tRES1
        .dpd_enter_us = 20,      // family: tDP
        .family = NOR_GIGA,
        .device_id = 0x17, // family
        .chip_opcode = {0xC7, 0x60},
        .power_up_us = 2500,       // family: tVSL 1.8 to 2.5 ms
        .power_up_write_us = 5000, // est: as Winbond
        .read_mhz = 80,
        .other_mhz = 133, // family
        .high_read_ns = 20,
        .high_other_ns = 20,    // family: tSHSL
        .security_bytes = 1024, // family: three of 1 KB
        .resume_loss_us = 40,   // est: as Winbond
        .first_byte_us = 30,
        .next_byte_us = 3, // est: as Winbond
        .sfdp_minor = 6,
        .sfdp_words = 16,
        .sfdp_off = 0x30,
};

static const struct nor_part *const parts[] = {
        &w25q128jv,
        &w25q128jv_im,
        &n25q128a,
        &mt25ql128,
        &mx25r6435f,
        &mx25l51245g,
        &is25lp128f,
        &gd25q128e,
};

const struct nor_part *nor_part_at(size_t i) {
    return i < sizeof parts / sizeof parts[0] ? parts[i] : NULL;
}

const struct nor_part *nor_part_find(const char *name) {
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i]->name, name) == 0) {
            return parts[i];
        }
    }
    return NULL;
}
