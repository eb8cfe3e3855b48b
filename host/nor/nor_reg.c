/*
 * nor_reg - status and configuration registers, protection
 *
 * SPDX-License-Identifier: MIT
 *
 * Not modelled: the write-protect pin and status register locks (SRP, SRL read
 * back as written, SRL always 0).
 */
#include "nor/nor_priv.h"

// Bits that a write can change.
enum {
    SR1_WRITABLE = 0xFC, // protection bits, SRP or SRWD
    SR1_SRP = 0x80,      // SRWD of Macronix, Micron, ISSI
    SR2_SRL = 0x01,      // SRP1 of GigaDevice
    SR2_WRITABLE = 0x42, // CMP, QE
    SR2_ONCE = 0x38,     // LB3..LB1: one-time programmable
    SR3_WRITABLE = 0x60, // driver strength
    SR_BP = 0x7C,        // BP, TB, SEC or BP3
    FUNC_ONCE = 0xF2,    // ISSI: TBS and information row locks
    BANK_4BYTE = 0x80,
    DRIVER_BITS = 0xE0,
};

static bool quad_in(const struct nor *nor, const struct registers *r) {
    switch (nor->part->qe) {
    case NOR_QE_SR2_BIT1:
        return r->sr[1] & SR2_QE;
    case NOR_QE_SR1_BIT6:
        return r->sr[0] & SR1_QE;
    default:
        return false;
    }
}

bool nor_quad_enabled_(const struct nor *nor) {
    return nor->qpi || nor->part->qe == NOR_QE_NONE || quad_in(nor, &nor->live);
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

// Bits `erase`, `program` of the register that shows a suspended operation.
static uint8_t suspended(const struct nor *nor, uint8_t erase,
        uint8_t program) {
    return !nor->held.active ? 0 : nor->held.kind == 'E' ? erase : program;
}

static uint8_t failed(const struct nor *nor, uint8_t erase, uint8_t program) {
    return (nor->flags & FSR_ERASE ? erase : 0) |
            (nor->flags & FSR_PROGRAM ? program : 0);
}

static uint8_t read_sr2(const struct nor *nor) {
    // GD25Q64E data sheet, status register: SUS1 in an erase, SUS2 in a
    // program. W25Q128JV: SUS in either.
    const bool giga = nor->part->family == NOR_GIGA;
    return nor->live.sr[1] | suspended(nor, SR2_SUS, giga ? SR2_SUS2 : SR2_SUS);
}

// MX25R6435F data sheet: two bytes, TB and the power mode. MX25L51245G: one.
static uint8_t read_configuration(const struct nor *nor, uint32_t index) {
    return nor->live.sr[1 + (index & 1)] |
            (nor->four_byte && !(index & 1) ? CR_4BYTE : 0);
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
        value = read_sr2(nor);
        break;
    case REG_SR3:
        value = nor->live.sr[2];
        break;
    case REG_FSR:
        value = flag_status(nor);
        break;
    case REG_CR:
        value = read_configuration(nor, index);
        break;
    case REG_SEC:
        value = nor->live.sec | suspended(nor, SEC_ESB, SEC_PSB) |
                failed(nor, SEC_E_FAIL, SEC_P_FAIL);
        break;
    case REG_FUNC:
        value = nor->live.sr[1] | suspended(nor, FUNC_ESUS, FUNC_PSUS);
        break;
    case REG_ERP:
        value = nor->live.driver | failed(nor, ERP_E_ERR, ERP_P_ERR) |
                (nor->flags & FSR_PROT ? ERP_PROT_E : 0) |
                (nor_status_busy_(nor) ? SR1_WIP : 0);
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
    case REG_EAR:
        value = nor->ear;
        break;
    case REG_BANK:
        value = nor->four_byte ? BANK_4BYTE : 0;
        break;
    case REG_PARAM:
        value = nor->live.param;
        break;
    case REG_PARAM_NV:
    case REG_DRIVER:
    case REG_DRIVER_NV: // ERP reads it
        break;
    }
    return value;
}

// The new contents of the registers; false: wrong number of bytes.
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
        if (nor->part->family == NOR_MACRONIX && len <= 3) {
            // The configuration register follows; TB is programmed once. Not
            // modelled: dummy clocks and driver strength, which stay as
            // delivered. The power mode changes the clock limit only: times
            // are those of the low-power mode.
            to->sr[1] |= len > 1 ? data[1] & CR_TB : 0;
            if (nor->part->low_power_mhz && len > 2) {
                to->sr[2] = data[2] & CR2_HIGH_POWER;
            }
            good = true;
        }
    } else if (reg == REG_FUNC) {
        to->sr[1] |= data[0] & FUNC_ONCE;
    } else if (reg == REG_SR2) {
        sr2 = data;
    } else if (reg == REG_SR3) {
        to->sr[2] = data[0] &
                (SR3_WRITABLE | (nor->part->block_locks ? SR3_WPS : 0));
    } else if (reg == REG_NVCR) {
        to->nvcr = (uint16_t)(data[0] | data[1] << 8);
        good = len == 2;
    } else if (reg == REG_PARAM || reg == REG_PARAM_NV) {
        to->param = data[0];
    } else if (reg == REG_DRIVER || reg == REG_DRIVER_NV) {
        to->driver = data[0] & DRIVER_BITS;
    }
    if (sr2) {
        to->sr[1] = (uint8_t)((*sr2 & (SR2_WRITABLE | SR2_ONCE)) |
                (to->sr[1] & SR2_ONCE));
    }
    return good;
}

// More of the chip than before, or the register itself.
static void check_protection(struct nor *nor, const struct registers *to,
        bool sets_srl) {
    const struct registers *from = &nor->live;
    const uint8_t bp =
            nor->part->qe == NOR_QE_SR1_BIT6 ? SR_BP & ~SR1_QE : SR_BP;
    const bool sets_bp = to->sr[0] & ~from->sr[0] & bp;
    const bool sets_srp = to->sr[0] & ~from->sr[0] & SR1_SRP;
    const char *lock = "";
    if (sets_srl) {
        lock = ". From then on the chip refuses status writes (SRL, SRP1)";
    } else if (sets_srp) {
        lock = ". While WP# is low the chip refuses status writes (SRP, SRWD)";
    }
    if (sets_bp || lock[0]) {
        nor_say_(nor, NOR_NOW_PROTECTED, 0,
                "%02Xh sets %s: SR1 goes from %02Xh to %02Xh%s",
                nor->frame.opcode,
                sets_bp ? "protection bits" : "the lock of the status register",
                from->sr[0], to->sr[0], lock);
    }
}

// The model keeps no such bit.
static bool has_srl(const struct nor *nor, enum reg reg, const uint8_t *data,
        uint32_t len) {
    return nor->part->qe == NOR_QE_SR2_BIT1 &&
            ((reg == REG_SR2 && data[0] & SR2_SRL) ||
                    (reg == REG_SR1 && len == 2 && data[1] & SR2_SRL));
}

// A status write that nobody means, most likely: its cause is found long after
// it, when quad reads give FFh or an erase does nothing.
static void check_status(struct nor *nor, const struct registers *to,
        bool sets_srl) {
    const struct registers *from = &nor->live;
    const bool has_sr2 = nor->part->qe == NOR_QE_SR2_BIT1;
    const bool loses_qe = quad_in(nor, from) && !quad_in(nor, to);
    const bool sets_cmp = has_sr2 && to->sr[1] & ~from->sr[1] & SR2_CMP;
    const bool sets_once = has_sr2 && to->sr[1] & ~from->sr[1] & SR2_ONCE;
    if (loses_qe || sets_cmp || sets_once) {
        nor_say_(nor, NOR_STATUS_WRITE, 0,
                "%02Xh turns SR1 SR2 from %02Xh %02Xh into %02Xh %02Xh:%s%s%s",
                nor->frame.opcode, from->sr[0], from->sr[1], to->sr[0],
                to->sr[1], loses_qe ? " quad enable is gone." : "",
                sets_cmp ? " CMP turns protection around." : "",
                sets_once ? " Lock bits stay for ever." : "");
    } else {
        check_protection(nor, to, sets_srl);
    }
}

void nor_write_reg_(struct nor *nor, enum reg reg, const uint8_t *data,
        uint32_t len) {
    const struct nor_part *part = nor->part;
    struct registers to = nor->nv;
    struct registers live = nor->live;
    // Registers that the write does not include keep their volatile value.
    if (!merge(nor, reg, data, len, &to) ||
            !merge(nor, reg, data, len, &live)) {
        nor_say_(nor, NOR_BAD_FRAME, 0,
                "register write (%02Xh) with %u data bytes is ignored",
                nor->frame.opcode, (unsigned)len);
        return;
    }
    if (reg <= REG_SR3 && (nor->wel || nor->volatile_wren)) {
        check_status(nor, &live, has_srl(nor, reg, data, len));
    }
    if (nor->volatile_wren && reg <= REG_SR3) {
        nor->volatile_wren = false;
        nor->live = live;
        return;
    }
    if (reg == REG_PARAM || reg == REG_DRIVER) {
        nor->live = live;
        return;
    }
    if (reg == REG_BANK) {
        nor->four_byte = data[0] & BANK_4BYTE;
        return;
    }
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, 0,
                "register write (%02Xh) of 0x%02X without write enable",
                nor->frame.opcode, data[0]);
        return;
    }
    if (reg == REG_VCR || reg == REG_EVCR || reg == REG_EAR) {
        *(reg == REG_VCR                 ? &nor->vcr
                        : reg == REG_EAR ? &nor->ear
                                         : &nor->evcr) = data[0];
        nor->wel = false;
        return;
    }
    const bool nvcr = reg == REG_NVCR;
    const uint32_t typ_us =
            nvcr ? part->nvcr_write_typ_us : part->sr_write_typ_us;
    const uint32_t max_us =
            nvcr ? part->nvcr_write_max_us : part->sr_write_max_us;
    nor->pending = to;
    nor->pending_live = live;
    nor_start_(nor,
            &(struct operation){
                    .kind = 'S',
                    .opcode = nor->frame.opcode,
                    .total_ps = (nor->opt.max_times ? max_us : typ_us) * NOR_US,
            });
}

// BP3..BP0 count 64 KB blocks, doubling. N25Q128A, MX25L51245G and IS25LP128F
// data sheets, protected area sizes.
static uint32_t protected_blocks(const struct nor *nor, unsigned bp) {
    const uint32_t all = nor->part->size_bytes;
    if (bp == 0) {
        return 0;
    }
    return all >> (bp - 1) <= 0x10000 ? all : 0x10000u << (bp - 1);
}

// The protected range. Winbond, GigaDevice: W25Q128JV data sheet, memory
// protection.
static uint32_t protected_size(const struct nor *nor) {
    const uint8_t sr = nor->live.sr[0];
    const uint32_t all = nor->part->size_bytes;
    const unsigned bp = sr >> 2 & 7;
    switch (nor->part->family) {
    case NOR_MICRON:
        return protected_blocks(nor, bp | (sr >> 3 & 8));
    case NOR_MACRONIX:
    case NOR_ISSI:
        return protected_blocks(nor, sr >> 2 & 15);
    default:
        break;
    }
    if (bp == 0 || bp == 7) {
        return bp ? all : 0;
    }
    if (sr & 0x40) { // SEC: 4 KB, doubling to 32 KB
        return bp < 4 ? 0x1000u << (bp - 1) : 0x8000u;
    }
    return all >> (7 - bp);
}

static bool protects_bottom(const struct nor *nor) {
    switch (nor->part->family) {
    case NOR_MACRONIX:
        return nor->live.sr[1] & CR_TB;
    case NOR_ISSI:
        return nor->live.sr[1] & FUNC_TBS;
    default:
        return nor->live.sr[0] & 0x20; // TB
    }
}

bool nor_protected_(const struct nor *nor, uint32_t off, uint32_t len) {
    const enum nor_family family = nor->part->family;
    if ((nor->part->block_locks && nor->live.sr[2] & SR3_WPS) ||
            nor->live.sec & SEC_WPSEL) {
        return nor_locked_(nor, off, len);
    }
    if ((family == NOR_MICRON || family == NOR_ISSI) &&
            nor_locked_(nor, off, len)) {
        return true;
    }
    if (off >= nor->unlocked_off &&
            off + len <= nor->unlocked_off + NOR_WEAR_BYTES) {
        return false;
    }
    const uint32_t size = protected_size(nor);
    const bool bottom = protects_bottom(nor);
    // [0, edge) and [edge, end): one of them is protected.
    const uint32_t edge = bottom ? size : nor->part->size_bytes - size;
    const bool invert =
            nor->part->qe == NOR_QE_SR2_BIT1 && nor->live.sr[1] & SR2_CMP;
    const bool low = bottom != invert;
    return low ? off < edge : off + len > edge;
}
