/*
 * nor_parts - the parts that the chip model knows
 *
 * SPDX-License-Identifier: MIT
 *
 * Every figure names its source. SFDP: decoded from the table that the part
 * itself answers with (JESD216). DS: attributed to the maker's data sheet, AC
 * table at 2.7 V to 3.6 V, in line with drivers in the field, but not checked
 * against the document itself: do that before a product depends on it. est: no
 * public figure was found, the value is a guess and says why.
 *
 * To add a part, add a description and name it in parts[]; a part whose
 * registers or mode bits are of neither family needs a new enum nor_family.
 */
#include "nor.h"

#include <string.h>

#define KB 1024u
#define MB (1024u * 1024u)

// Winbond W25Q128JV data sheet and the part's SFDP table:
// erase          DS tSE 45/400, tBE1 120/1600, tBE2 150/2000 ms, tCE 40/200 s
// page           DS tPP 0.4/3 ms; first and next byte: tBP1 30, tBP2 2.5 us
// status write   DS tW 10/15 ms
// EBh clocks     DS (EBh) and SFDP: 2 of mode bits, 4 more
// latency        DS tSUS 20 us; SFDP agrees
// intervals      SFDP; the DS demands only tSUS between resume and suspend
// resume gap     DS (7Ah): BUSY is set within 200 ns of 7Ah
// resets         DS tRST 30 us, erasing or not
// wake-up        DS tRES1 3 us; SFDP agrees
// power-up       DS tVSL 20 us
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
    .erase_interval_us = 512, .program_interval_us = 128, \
    .resume_gap_ns = 200, .reset_us = 30, .reset_erase_us = 30, \
    .dpd_exit_us = 3, .family = NOR_WINBOND, .device_id = 0x17, \
    .chip_opcode = {0xC7, 0x60}, .power_up_us = 20, .resume_loss_us = 40, \
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
        .dpd_exit_us = 0, // the 3 V part has no B9h (DS command set)
        .family = NOR_MICRON,
        .device_id = 0x17,
        .chip_opcode = {0xC7},      // DS: bulk erase, no 60h
        .program_144_opcode = 0x12, // ST n25q128a.h: extended quad input
        .power_up_us = 150,         // est: DS tVTR, read allowed
        .resume_loss_us = 50,       // est: twice the latency, as for Winbond
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

static const struct nor_part *const parts[] = {
        &w25q128jv,
        &w25q128jv_im,
        &n25q128a,
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
