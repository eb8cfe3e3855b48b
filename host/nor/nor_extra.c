/*
 * nor_extra - bus timing, QPI, wrapped bursts, unique id, security registers
 *
 * SPDX-License-Identifier: MIT
 *
 * W25Q128JV data sheet, instruction set, for all that names no other part.
 */
#include "nor/nor_priv.h"

/// The bus ///

static uint32_t limit_mhz(const struct nor *nor, const struct command *cmd) {
    const struct nor_part *part = nor->part;
    if (part->low_power_mhz && !(nor->live.sr[2] & CR2_HIGH_POWER)) {
        return part->low_power_mhz;
    }
    const bool slow = cmd->kind == CMD_READ && !cmd->clocks;
    return slow ? part->read_mhz : part->other_mhz;
}

static void check_clock(struct nor *nor, const struct command *cmd) {
    const struct nor_frame *f = &nor->frame.f;
    const uint32_t mhz = limit_mhz(nor, cmd);
    // A picosecond is lost in the period of some clocks.
    if (f->clock_ps && mhz && (uint64_t)(f->clock_ps + 1) * mhz < 1000000) {
        nor_say_(nor, NOR_CLOCK, f->addr,
                "%02Xh at %u.%u MHz: %s allows it up to %u MHz%s",
                nor->frame.opcode, (unsigned)(1000000 / f->clock_ps),
                (unsigned)(10000000 / f->clock_ps % 10), nor->part->name,
                (unsigned)mhz,
                mhz == nor->part->low_power_mhz ? " in its low-power mode"
                                                : "");
    }
    if (f->ddr) {
        nor_say_(nor, NOR_DDR, f->addr,
                "%02Xh takes one edge of CLK, and the controller uses both",
                nor->frame.opcode);
    }
}

static void check_high(struct nor *nor, uint64_t high_ps, bool after_read) {
    const uint32_t least_ns =
            after_read ? nor->part->high_read_ns : nor->part->high_other_ns;
    if (high_ps < least_ns * 1000ull) {
        nor_say_(nor, NOR_SELECT_HIGH, nor->frame.f.addr,
                "nCS was high for %u.%u ns before %02Xh: %s needs %u ns "
                "after a %s",
                (unsigned)(high_ps / 1000), (unsigned)(high_ps / 100 % 10),
                nor->frame.opcode, nor->part->name, (unsigned)least_ns,
                after_read ? "read" : "write or command");
    }
}

void nor_check_bus_(struct nor *nor, const struct command *cmd) {
    check_clock(nor, cmd);
    if (nor->frame_end_ps && nor->frame.f.clock_ps) {
        check_high(nor, nor->now_ps - nor->frame_end_ps,
                nor->frame_end_is_read);
    }
}

void nor_check_mapping(struct nor *nor, uint64_t time_ps,
        const struct nor_frame *f, uint64_t high_ps) {
    nor_advance_(nor, time_ps);
    const uint8_t opcode = f->has_opcode ? f->opcode : nor->continuous;
    const struct command *cmd = &nor->command[opcode];
    nor->frame.f = *f;
    nor->frame.opcode = opcode;
    nor->frame.reported = 0;
    check_clock(nor, cmd);
    if (high_ps) {
        check_high(nor, high_ps, true);
    }
    if (cmd->kind == CMD_READ && cmd->mode_lanes && !f->alt_bytes &&
            nor->part->family != NOR_MICRON) {
        nor_say_(nor, NOR_MODE_BITS, f->addr,
                "the window is mapped by %02Xh, and nobody drives its mode "
                "bits: the floating lines may start continuous read",
                opcode);
    }
}

/// QPI ///

bool nor_qpi_frame_(struct nor *nor, const struct nor_frame *f, bool ones) {
    if (nor->qpi && ones && nor->part->qpi_exit_opcode == 0xFF) {
        nor->qpi = false; // two clocks of ones are enough
        return true;
    }
    // Two clocks are no opcode for a chip that listens on one line.
    return nor_protocol_(nor) == 1 && f->has_opcode && f->opcode_lanes == 4 &&
            !f->addr_bytes && !f->alt_bytes && !f->data_lanes &&
            !f->dummy_clocks;
}

/// Wrapped bursts ///

static const uint8_t wrap_sizes[4] = {8, 16, 32, 64};

static void set_wrap(struct nor *nor) {
    const uint8_t value = nor->frame.data[0];
    if (!nor->frame.count) {
        return;
    }
    if (nor->frame.cmd->arg == 0) { // W4 0: on; W6-5: how much
        nor->wrap_bytes = value & 0x10 ? 0 : wrap_sizes[value >> 5 & 3];
    } else if (nor->part->family == NOR_WINBOND) { // in QPI, for 0Ch
        nor->qpi_param = value | 0x80;
    } else { // MX25R6435F, burst read: 1xh off
        nor->wrap_bytes = value & 0xF0 ? 0 : wrap_sizes[value & 3];
    }
}

uint32_t nor_wrap_(const struct nor *nor, const struct command *cmd,
        uint8_t opcode) {
    static const uint8_t micron[4] = {16, 32, 64, 0}; // N25Q, VCR bits 1:0
    if (cmd->kind != CMD_READ) {
        return 0;
    }
    switch (nor->part->family) {
    case NOR_MICRON:
        return cmd->clocks ? micron[nor->vcr & 3] : 0;
    case NOR_ISSI: // read parameters, P2, P1-0
        return nor->live.param & 4 ? wrap_sizes[nor->live.param & 3] : 0;
    default:
        break;
    }
    if (opcode == 0x0C && cmd->wide) {
        return wrap_sizes[nor->qpi_param & 3];
    }
    return cmd->addr_lanes == 4 ? nor->wrap_bytes : 0;
}

/// Security registers ///

// Winbond, GigaDevice: address bits 13:12 are 1 to 3. ISSI, information rows: 0
// to 3. Micron: 64 bytes of OTP and one that locks them. Macronix: secured OTP.
// -1: there is none at this address.
static int slot_of(const struct nor *nor, uint32_t addr) {
    const uint32_t n = addr >> 12;
    switch (nor->part->family) {
    case NOR_MICRON:
    case NOR_MACRONIX:
        return addr < nor->part->security_bytes ? 0 : -1;
    case NOR_ISSI:
        return n < SECURITY_REGISTERS ? (int)n : -1;
    default:
        return n >= 1 && n <= 3 ? (int)n - 1 : -1;
    }
}

// For ever.
static bool once_locked(const struct nor *nor, int slot) {
    switch (nor->part->family) {
    case NOR_MICRON:
        return !(nor->security[0][64] & 1);
    case NOR_MACRONIX:
        return nor->live.sec & SEC_OTP_LOCKED;
    case NOR_ISSI: // IRL0 is bit 4 of the function register
        return nor->live.sr[1] >> (4 + slot) & 1;
    default: // LB1 is bit 3 of SR2
        return nor->live.sr[1] >> (3 + slot) & 1;
    }
}

static void change_security(struct nor *nor, uint32_t addr, bool erase) {
    const struct nor_part *part = nor->part;
    const int slot = slot_of(nor, addr);
    if (slot < 0) {
        nor_say_(nor, NOR_BAD_FRAME, addr,
                "%02Xh: 0x%06X is in no security register of %s",
                nor->frame.opcode, (unsigned)addr, part->name);
        return;
    }
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, addr, "%02Xh at 0x%06X without write enable",
                nor->frame.opcode, (unsigned)addr);
        return;
    }
    if (once_locked(nor, slot)) {
        nor_say_(nor, NOR_PROTECTED, addr,
                "%02Xh at 0x%06X: the security register is locked for ever",
                nor->frame.opcode, (unsigned)addr);
        nor->wel = false;
        return;
    }
    memcpy(nor->page, nor->frame.data, part->page_bytes);
    const uint32_t typ_us = erase ? part->erase[0].typ_us : part->page_typ_us;
    const uint32_t max_us = erase ? part->erase[0].max_us : part->page_max_us;
    nor_start_(nor,
            &(struct operation){
                    .kind = 'S',
                    .security = true,
                    .chip_erase = false,
                    .opcode = nor->frame.opcode,
                    .off = addr,
                    .total_ps = (nor->opt.max_times ? max_us : typ_us) * NOR_US,
            });
}

void nor_security_done_(struct nor *nor, const struct operation *op,
        bool torn) {
    uint8_t *to = nor->security[slot_of(nor, op->off)];
    const uint32_t size = nor->part->security_bytes;
    const uint32_t page = nor->part->page_bytes;
    const uint32_t first = op->off % size & ~(page - 1);
    const struct command *cmd = &nor->command[op->opcode];
    const bool erase = cmd->kind == CMD_SECURITY && cmd->arg == SECURITY_ERASE;
    const uint32_t end = erase || first + page > size ? size : first + page;
    for (uint32_t i = erase ? 0 : first; i < end; i++) {
        const uint8_t pick = torn ? (uint8_t)nor_mix_(op->key + i) : 0xFF;
        if (erase) {
            to[i] |= pick;
        } else {
            to[i] &= (uint8_t) ~(pick & ~nor->page[i - first]);
        }
    }
}

uint8_t nor_otp_byte_(const struct nor *nor, uint32_t off) {
    return nor->security[0][off % nor->part->security_bytes];
}

void nor_otp_program_(struct nor *nor) {
    change_security(nor, nor->frame.addr % nor->part->security_bytes, false);
}

// Bits of Macronix's security register.
static void set_for_ever(struct nor *nor, uint8_t bit) {
    const struct nor_part *part = nor->part;
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, 0, "%02Xh without write enable",
                nor->frame.opcode);
        return;
    }
    nor_say_(nor, NOR_NOW_PROTECTED, 0, "%02Xh, for ever: %s",
            nor->frame.opcode,
            bit == SEC_WPSEL
                    ? "locks of single blocks replace the protection bits"
                    : "the secured OTP is locked");
    nor->pending = nor->nv;
    nor->pending_live = nor->live;
    nor->pending.sec |= bit;
    nor->pending_live.sec |= bit;
    nor_start_(nor,
            &(struct operation){
                    .kind = 'S',
                    .opcode = nor->frame.opcode,
                    .total_ps = (nor->opt.max_times ? part->sr_write_max_us
                                                    : part->sr_write_typ_us) *
                            NOR_US,
            });
}

/// Frames ///

uint8_t nor_extra_in_(struct nor *nor) {
    const uint32_t i = nor->frame.count;
    const uint32_t addr = nor->frame.addr;
    const uint32_t size = nor->part->security_bytes;
    if (nor->frame.cmd->kind == CMD_UNIQUE) { // then again; ISSI has 128 bits
        const bool high = nor->part->family == NOR_ISSI && i & 8;
        return (uint8_t)(nor_mix_(nor->opt.seed + high) >> 8 * (i & 7));
    }
    const int slot = slot_of(nor, addr);
    return slot < 0 ? 0xFF : nor->security[slot][(addr + i) % size];
}

void nor_extra_end_(struct nor *nor) {
    const struct command *cmd = nor->frame.cmd;
    switch (cmd->kind) {
    case CMD_WRAP:
        set_wrap(nor);
        break;
    case CMD_SECURITY:
        if (cmd->arg != SECURITY_READ) {
            change_security(nor, nor->frame.addr, cmd->arg == SECURITY_ERASE);
        }
        break;
    case CMD_OTP_MODE:
        nor->otp_mode = cmd->arg != 0;
        break;
    case CMD_SEC_SET:
        set_for_ever(nor, cmd->arg);
        break;
    case CMD_LOCK:
    case CMD_UNLOCK:
        nor_lock_end_(nor);
        break;
    case CMD_QPI:
        if (nor->part->family == NOR_MICRON) { // as EVCR bit 7
            nor->evcr = (uint8_t)((nor->evcr & 0x7F) | (cmd->arg ? 0 : 0x80));
        } else {
            nor->qpi = cmd->arg != 0;
        }
        break;
    default:
        break;
    }
}

/// Which sector map holds ///

uint8_t nor_detected_(const struct nor *nor) {
    const struct nor_frame *f = &nor->frame.f;
    for (unsigned i = 0; i < NOR_DETECTS; i++) {
        const struct nor_detect *d = &nor->part->detect[i];
        if (d->opcode == f->opcode && (!d->addr_bytes || d->addr == f->addr)) {
            return d->answer;
        }
    }
    return 0; // another register
}
