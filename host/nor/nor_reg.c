/*
 * nor_reg - status and configuration registers, protection
 *
 * SPDX-License-Identifier: MIT
 *
 * Not modelled: the write-protect pin and status register locks (SRP, SRL read
 * back as written, SRL always 0), individual block locks (WPS always 0),
 * security registers.
 */
#include "nor_priv.h"

// Bits that a write can change.
enum {
    SR1_WRITABLE = 0xFC, // protection bits, SRP or SRWD
    SR2_WRITABLE = 0x42, // CMP, QE
    SR2_ONCE = 0x38,     // LB3..LB1: one-time programmable
    SR3_WRITABLE = 0x60, // driver strength
};

bool nor_quad_enabled_(const struct nor *nor) {
    return nor->part->qe != NOR_QE_SR2_BIT1 || nor->live.sr[1] & SR2_QE;
}

static uint8_t flag_status(const struct nor *nor) {
    uint8_t fsr = nor->flags;
    if (!nor_status_busy_(nor)) {
        fsr |= FSR_READY;
    }
    if (nor->held.active) {
        fsr |= nor->held.kind == 'E' ? FSR_ES : FSR_PS;
    }
    return fsr;
}

uint8_t nor_read_reg_(const struct nor *nor, enum reg reg, uint32_t index) {
    uint8_t value = 0;
    switch (reg) {
    case REG_SR1:
        value = nor->live.sr[0];
        value |= nor_status_busy_(nor) ? SR1_WIP : 0;
        value |= nor->wel ? SR1_WEL : 0;
        break;
    case REG_SR2:
        value = nor->live.sr[1];
        value |= nor->held.active ? SR2_SUS : 0;
        break;
    case REG_SR3:
        value = nor->live.sr[2];
        break;
    case REG_FSR:
        value = flag_status(nor);
        break;
    case REG_VCR:
        value = nor->vcr;
        break;
    case REG_EVCR:
        value = nor->evcr;
        break;
    case REG_NVCR:
        value = (uint8_t)(nor->nv.nvcr >> (index & 1 ? 8 : 0));
        break;
    }
    return value;
}

// The registers as they are to be; false: wrong number of bytes.
static bool merge(const struct nor *nor, enum reg reg, const uint8_t *data,
        uint32_t len, struct registers *to) {
    const uint8_t *sr2 = NULL;
    bool good = len == 1;
    if (reg == REG_SR1) {
        to->sr[0] = data[0] & SR1_WRITABLE;
        if (nor->part->qe == NOR_QE_SR2_BIT1 && len == 2) {
            // W25Q128JV data sheet, 01h: a one-byte 01h keeps SR2.
            sr2 = data + 1;
            good = true;
        }
    } else if (reg == REG_SR2) {
        sr2 = data;
    } else if (reg == REG_SR3) {
        to->sr[2] = data[0] & SR3_WRITABLE;
    } else if (reg == REG_NVCR) {
        to->nvcr = (uint16_t)(data[0] | data[1] << 8);
        good = len == 2;
    }
    if (sr2) {
        to->sr[1] = (uint8_t)((*sr2 & (SR2_WRITABLE | SR2_ONCE)) |
                (to->sr[1] & SR2_ONCE));
    }
    return good;
}

void nor_write_reg_(struct nor *nor, enum reg reg, const uint8_t *data,
        uint32_t len) {
    const struct nor_part *part = nor->part;
    struct registers to = nor->nv;
    struct registers live = nor->live;
    if (!merge(nor, reg, data, len, &to)) {
        nor_say_(nor, NOR_BAD_FRAME, 0,
                "register write (%02Xh) with %u data bytes is ignored",
                nor->frame.opcode, (unsigned)len);
        return;
    }
    if (nor->volatile_wren && reg <= REG_SR3) {
        nor->volatile_wren = false;
        merge(nor, reg, data, len, &live);
        nor->live = live;
        return;
    }
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, 0,
                "register write (%02Xh) of 0x%02X without write enable",
                nor->frame.opcode, data[0]);
        return;
    }
    if (reg == REG_VCR || reg == REG_EVCR) {
        *(reg == REG_VCR ? &nor->vcr : &nor->evcr) = data[0];
        nor->wel = false;
        return;
    }
    const bool nvcr = reg == REG_NVCR;
    const uint32_t typ_us =
            nvcr ? part->nvcr_write_typ_us : part->sr_write_typ_us;
    const uint32_t max_us =
            nvcr ? part->nvcr_write_max_us : part->sr_write_max_us;
    nor->pending = to;
    nor_start_(nor,
            &(struct operation){
                    .kind = 'S',
                    .opcode = nor->frame.opcode,
                    .total_ps = (nor->opt.max_times ? max_us : typ_us) * NOR_US,
            });
}

// The protected range. Winbond: W25Q128JV data sheet, memory protection. Micron:
// N25Q128A data sheet, protected area sizes: BP3..BP0 count 64 KB sectors,
// doubling.
static uint32_t protected_size(const struct nor *nor) {
    const uint8_t sr = nor->live.sr[0];
    const uint32_t all = nor->part->size_bytes;
    unsigned bp = sr >> 2 & 7;
    if (nor->part->family == NOR_MICRON) {
        bp |= sr >> 3 & 8;
        return bp == 0 ? 0 : bp >= 9 ? all : 0x10000u << (bp - 1);
    }
    if (bp == 0 || bp == 7) {
        return bp ? all : 0;
    }
    if (sr & 0x40) { // SEC: 4 KB, doubling to 32 KB
        return bp < 4 ? 0x1000u << (bp - 1) : 0x8000u;
    }
    return all >> (7 - bp);
}

bool nor_protected_(const struct nor *nor, uint32_t off, uint32_t len) {
    const uint32_t size = protected_size(nor);
    const bool bottom = nor->live.sr[0] & 0x20;
    // [0, edge) and [edge, end): one of them is protected.
    const uint32_t edge = bottom ? size : nor->part->size_bytes - size;
    const bool invert =
            nor->part->family == NOR_WINBOND && nor->live.sr[1] & SR2_CMP;
    const bool low = bottom != invert;
    return low ? off < edge : off + len > edge;
}
