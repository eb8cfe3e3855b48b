/*
 * xip_quirk - corrections of parameter tables that are wrong or incomplete
 *
 * SPDX-License-Identifier: MIT
 *
 * One entry per correction: the parts, the condition, the source. Entries are
 * applied from top to bottom, so a family comes before its exceptions. To add a
 * part, add entries; the decoder knows no names.
 */
#include "xip_sfdp_priv.h"

// Conditions.
#define ALWAYS 0u
#define REV0 1u  // a basic table of 9 words: no times, no quad enable
#define NEWER 2u // any longer one
#define QPI 3u   // the table says 4-4-4 is possible

// What an entry corrects, and what a, b and c are then.
enum fix {
    FIX_REFUSE,   // this part is known not to work
    FIX_FLAG,     // suspended shows in: a register, bits b erase, c program
    FIX_FAIL,     // failure shows in: a register, b bits, c clearing opcode
    FIX_VOLATILE, // mapped read depends on: a read, b write of that register
    FIX_RESET,    // b: longest reset in us
    FIX_QE,       // a: enum xip_part_qe
    FIX_SR_WREN,  // has 50h
    FIX_QUAD_PROGRAM, // a: 1-1-4 page program
    FIX_FOUR_BYTE,    // has 4-byte opcodes; a: 0 for 32 KB too
    FIX_SUSPEND,      // a latency us, b interval us, c suspend << 8 | resume
    FIX_LEAST,        // b: us that a resumed operation runs at least
    FIX_POWER_DOWN,   // b: us from ABh to the next command; B9h enters
    FIX_PAGE,         // b typical, c maximum us
    FIX_ERASE,        // a log2 of the size, b typical, c maximum ms
};

struct quirk {
    uint8_t id[3];
    uint8_t id_bytes; // how many of them count
    uint8_t when;
    uint8_t fix; // enum fix
    uint8_t a;
    uint16_t b, c;
};

// clang-format off
static const struct quirk quirks[] = {
    // No JESD216 table says which register shows a suspension.
    // W25Q128JV data sheet, Status Register-2: bit 7 SUS, of either kind.
    { { 0xEF }, 1, ALWAYS, FIX_FLAG, 0x35, 0x80, 0x80 },
    // AT25SF128A data sheet, Status Register 2: bit 7 SUS.
    { { 0x1F }, 1, ALWAYS, FIX_FLAG, 0x35, 0x80, 0x80 },
    // GD25Q64C data sheet, status bits S15 SUS1 and S10 SUS2. One operation
    // at a time is suspended, so either bit says it.
    { { 0xC8 }, 1, ALWAYS, FIX_FLAG, 0x35, 0x84, 0x84 },
    // MX25R6435F data sheet, security register: bit 3 ESB, bit 2 PSB.
    { { 0xC2 }, 1, ALWAYS, FIX_FLAG, 0x2B, 0x08, 0x04 },
    // IS25LP128F data sheet, function register: bit 3 ESUS, bit 2 PSUS.
    { { 0x9D }, 1, ALWAYS, FIX_FLAG, 0x48, 0x08, 0x04 },
    // N25Q128A and MT25Q data sheets, flag status register: bit 6 erase,
    // bit 2 program. Second byte too: XMC uses manufacturer 20h as well.
    { { 0x20, 0xBA }, 2, ALWAYS, FIX_FLAG, 0x70, 0x40, 0x04 },
    { { 0x20, 0xBB }, 2, ALWAYS, FIX_FLAG, 0x70, 0x40, 0x04 },

    // W25Q32BV, W25Q32JV, W25Q64JV (revision J) and W25Q128JV (M) data sheets,
    // 75h: not sooner than tSUS, which is 20 us, after 7Ah. IQ and IM.
    { { 0xEF, 0x40, 0x16 }, 3, ALWAYS, FIX_LEAST, 0, 20, 0 },
    { { 0xEF, 0x40, 0x17 }, 3, ALWAYS, FIX_LEAST, 0, 20, 0 },
    { { 0xEF, 0x40, 0x18 }, 3, ALWAYS, FIX_LEAST, 0, 20, 0 },
    { { 0xEF, 0x70, 0x16 }, 3, ALWAYS, FIX_LEAST, 0, 20, 0 },
    { { 0xEF, 0x70, 0x17 }, 3, ALWAYS, FIX_LEAST, 0, 20, 0 },
    { { 0xEF, 0x70, 0x18 }, 3, ALWAYS, FIX_LEAST, 0, 20, 0 },
    // 9D6018 has none: IS25LP128F's data sheet says tRS 80 us, but the older
    // IS25LP128 has the same id, and what its sheet says is not known.

    // N25Q128A and MT25Q data sheets, flag status register: bit 5 erase, 4
    // program, 1 protection error; 50h.
    { { 0x20, 0xBA }, 2, ALWAYS, FIX_FAIL, 0x70, 0x32, 0x50 },
    { { 0x20, 0xBB }, 2, ALWAYS, FIX_FAIL, 0x70, 0x32, 0x50 },

    // The same data sheets, volatile configuration register: dummy clocks in
    // bits 7:4, which 66h/99h set back to the non-volatile ones.
    { { 0x20, 0xBA }, 2, ALWAYS, FIX_VOLATILE, 0x85, 0x81, 0 },
    { { 0x20, 0xBB }, 2, ALWAYS, FIX_VOLATILE, 0x85, 0x81, 0 },

    // MX25L51245G data sheet, configuration register: dummy clocks in bits 7:6,
    // read by 15h, written behind the status register.
    { { 0xC2 }, 1, ALWAYS, FIX_VOLATILE, 0x15, 0x01, 0 },

    // W25Q128JV data sheet, AC characteristics: tRST 30 us, also of a chip
    // that was erasing.
    { { 0xEF }, 1, ALWAYS, FIX_RESET, 0, 30, 0 },

    // W25Q128JV, GD25Q64C, IS25LP128F, N25Q128A data sheets: 32h. SFDP names
    // only the 4-byte form (34h). Macronix has 38h instead, with the address
    // on four lines.
    { { 0xEF }, 1, ALWAYS, FIX_QUAD_PROGRAM, 0x32, 0, 0 },
    { { 0xC8 }, 1, ALWAYS, FIX_QUAD_PROGRAM, 0x32, 0, 0 },
    { { 0x9D }, 1, ALWAYS, FIX_QUAD_PROGRAM, 0x32, 0, 0 },
    { { 0x20, 0xBA }, 2, ALWAYS, FIX_QUAD_PROGRAM, 0x32, 0, 0 },
    { { 0x20, 0xBB }, 2, ALWAYS, FIX_QUAD_PROGRAM, 0x32, 0, 0 },

    // Linux drivers/mtd/spi-nor/issi.c: IS25LP256 and IS25WP256 state 3-byte
    // addresses only and have all 4-byte opcodes.
    { { 0x9D, 0x60, 0x19 }, 3, ALWAYS, FIX_FOUR_BYTE, 0, 0, 0 },
    { { 0x9D, 0x70, 0x19 }, 3, ALWAYS, FIX_FOUR_BYTE, 0, 0, 0 },
    // Linux drivers/mtd/spi-nor/winbond.c: W25Q256JV has them and no table;
    // W25Q256FV, same id and 9 words, has none. Its relatives' tables
    // (W25Q512JV: FFF00AFFh) have no 32 KB erase.
    { { 0xEF, 0x40, 0x19 }, 3, NEWER, FIX_FOUR_BYTE, 1, 0, 0 },
    // Linux drivers/mtd/spi-nor/macronix.c: MX25L25635F has them, its
    // namesake E has not; only F can 4-4-4.
    { { 0xC2, 0x20, 0x19 }, 3, QPI, FIX_FOUR_BYTE, 0, 0, 0 },
    // MX66L51235F and MX25L51245G data sheets, command set.
    { { 0xC2, 0x20, 0x1A }, 3, REV0, FIX_FOUR_BYTE, 0, 0, 0 },

    // MT35XU: one or eight lines, and its table admits neither.
    { { 0x2C, 0x5B }, 2, ALWAYS, FIX_REFUSE, 0, 0, 0 },

    // Quad enable, of tables that end before DW15.
    // W25Q128BV and W25Q128FV data sheets: SR2 bit 1, 35h and two-byte 01h.
    { { 0xEF }, 1, REV0, FIX_QE, XIP_QE_SR2_BIT1_R35, 0, 0 },
    // MX25L3233F data sheet, status register: bit 6.
    { { 0xC2 }, 1, REV0, FIX_QE, XIP_QE_SR1_BIT6, 0, 0 },
    // IS25LP064 data sheet, status register: bit 6.
    { { 0x9D }, 1, REV0, FIX_QE, XIP_QE_SR1_BIT6, 0, 0 },
    // GD25Q32C data sheet, status register: S9.
    { { 0xC8 }, 1, REV0, FIX_QE, XIP_QE_SR2_BIT1_R35, 0, 0 },
    // Linux drivers/mtd/spi-nor/gigadevice.c: but GD25Q256C has it at SR1
    // bit 6.
    { { 0xC8, 0x40, 0x19 }, 3, REV0, FIX_QE, XIP_QE_SR1_BIT6, 0, 0 },
    // N25Q128A data sheet: quad commands need no bit.
    { { 0x20, 0xBA }, 2, REV0, FIX_QE, XIP_QE_NONE, 0, 0 },
    { { 0x20, 0xBB }, 2, REV0, FIX_QE, XIP_QE_NONE, 0, 0 },

    // W25Q128FV and GD25Q32C data sheets: 50h, of tables that end before DW16.
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_SR_WREN, 0, 0, 0 },
    // IS25LP128F data sheet, command set: 50h, which its table does not state.
    { { 0x9D, 0x60, 0x18 }, 3, ALWAYS, FIX_SR_WREN, 0, 0, 0 },
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_SR_WREN, 0, 0, 0 },

    // W25Q128FV (tRES1 3 us) and GD25Q32C (20 us) data sheets, AC
    // characteristics, B9h and ABh. N25Q128A of 3 V has no B9h.
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_POWER_DOWN, 0, 3, 0 },
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_POWER_DOWN, 0, 20, 0 },

    // W25Q128FV data sheet, AC characteristics; interval as in W25Q128JV's
    // table. W25Q256FV is of the same family.
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_PAGE, 0, 700, 3000 },
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_ERASE, 12, 100, 400 },
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_ERASE, 15, 120, 1600 },
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_ERASE, 16, 150, 2000 },
    { { 0xEF, 0x40, 0x18 }, 3, REV0, FIX_SUSPEND, 20, 512, 0x757A },
    // N25Q128A and N25Q256A data sheets, AC characteristics. The suspend
    // latencies there are typical ones (7 and 15 us): MT25Q's 25 us, doubled.
    // The same table: typically 700 us from an erase resume to a suspend.
    { { 0x20, 0xBA }, 2, REV0, FIX_PAGE, 0, 500, 5000 },
    { { 0x20, 0xBA }, 2, REV0, FIX_ERASE, 12, 250, 800 },
    { { 0x20, 0xBA }, 2, REV0, FIX_ERASE, 16, 700, 3000 },
    { { 0x20, 0xBA }, 2, REV0, FIX_SUSPEND, 50, 700, 0x757A },
    { { 0x20, 0xBB }, 2, REV0, FIX_PAGE, 0, 500, 5000 },
    { { 0x20, 0xBB }, 2, REV0, FIX_ERASE, 12, 250, 800 },
    { { 0x20, 0xBB }, 2, REV0, FIX_ERASE, 16, 700, 3000 },
    { { 0x20, 0xBB }, 2, REV0, FIX_SUSPEND, 50, 700, 0x757A },
    // GD25Q32C data sheet, AC characteristics, figures up to 105 degrees.
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_PAGE, 0, 600, 2400 },
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_ERASE, 12, 50, 500 },
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_ERASE, 15, 150, 1600 },
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_ERASE, 16, 200, 3000 },
    { { 0xC8, 0x40, 0x16 }, 3, REV0, FIX_SUSPEND, 40, 512, 0x757A },
    // ST's mx25r6435f.h waits 3 s for 32 KB, which the part's own table puts at
    // 1.92 s.
    { { 0xC2, 0x28, 0x17 }, 3, NEWER, FIX_ERASE, 15, 240, 3000 },
    // MX66L51235F, MX25L51245G: what the table of the larger MX66L1G45G says.
    { { 0xC2, 0x20, 0x1A }, 3, REV0, FIX_PAGE, 0, 256, 3072 },
    { { 0xC2, 0x20, 0x1A }, 3, REV0, FIX_ERASE, 12, 30, 420 },
    { { 0xC2, 0x20, 0x1A }, 3, REV0, FIX_ERASE, 15, 160, 2240 },
    { { 0xC2, 0x20, 0x1A }, 3, REV0, FIX_ERASE, 16, 288, 4032 },
    { { 0xC2, 0x20, 0x1A }, 3, REV0, FIX_SUSPEND, 25, 448, 0xB030 },
};
// clang-format on

static bool matches(const struct quirk *q, const struct xip_sfdp_ *s) {
    for (unsigned i = 0; i < q->id_bytes; i++) {
        if (q->id[i] != s->part.id[i]) {
            return false;
        }
    }
    const bool rev0 = s->basic.words == XIP_SFDP_REV0_WORDS;
    return q->when == ALWAYS || (q->when == REV0 && rev0) ||
            (q->when == NEWER && !rev0) || (q->when == QPI && s->qpi);
}

static void set_flag(struct xip_flash_part *part, const struct quirk *q) {
    part->erase_suspend.flag_opcode = q->a;
    part->erase_suspend.flag_mask = (uint8_t)q->b;
    part->program_suspend.flag_opcode = q->a;
    part->program_suspend.flag_mask = (uint8_t)q->c;
}

static void set_suspend(struct xip_part_suspend *suspend,
        const struct quirk *q) {
    suspend->suspend_opcode = (uint8_t)(q->c >> 8);
    suspend->resume_opcode = (uint8_t)q->c;
    suspend->latency_max_us = q->a;
    suspend->interval_us = q->b;
}

static void set_erase(struct xip_flash_part *part, const struct quirk *q) {
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        if (part->erase[i].size_bytes == 1u << q->a) {
            part->erase[i].typ_us = q->b * 1000u;
            part->erase[i].max_us = q->c * 1000u;
        }
    }
}

static void apply(struct xip_sfdp_ *s, const struct quirk *q) {
    struct xip_flash_part *const part = &s->part;
    switch ((enum fix)q->fix) {
    case FIX_REFUSE:
        s->refused = true;
        break;
    case FIX_FLAG:
        set_flag(part, q);
        break;
    case FIX_FAIL:
        part->fail_opcode = q->a;
        part->fail_mask = (uint8_t)q->b;
        part->fail_clear_opcode = (uint8_t)q->c;
        break;
    case FIX_VOLATILE:
        part->volatile_read_opcode = q->a;
        part->volatile_write_opcode = (uint8_t)q->b;
        break;
    case FIX_RESET:
        part->reset_max_us = q->b;
        break;
    case FIX_QE:
        part->qe = (enum xip_part_qe)q->a;
        s->qe_known = true;
        break;
    case FIX_SR_WREN:
        part->volatile_sr = true;
        break;
    case FIX_QUAD_PROGRAM:
        s->quad_program_opcode = q->a;
        break;
    case FIX_FOUR_BYTE:
        s->four_byte_forced = true;
        s->four_byte_no_32k = q->a != 0u;
        break;
    case FIX_SUSPEND:
        set_suspend(&part->erase_suspend, q);
        set_suspend(&part->program_suspend, q);
        break;
    case FIX_LEAST:
        part->erase_suspend.least_us = q->b;
        part->program_suspend.least_us = q->b;
        break;
    case FIX_POWER_DOWN:
        part->power_down = (struct xip_part_power_down){0xB9, 0xAB, q->b};
        break;
    case FIX_PAGE:
        part->page_typ_us = q->b;
        part->page_max_us = q->c;
        break;
    case FIX_ERASE:
        set_erase(part, q);
        break;
    }
}

void xip_quirk_apply_(struct xip_sfdp_ *s) {
    for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
        if (matches(&quirks[i], s)) {
            apply(s, &quirks[i]);
        }
    }
}
