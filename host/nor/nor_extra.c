/*
 * nor_extra - bus timing, QPI, wrapped bursts, unique id, security registers,
 * locks of single blocks
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

static void set_wrap(struct nor *nor) {
    static const uint8_t sizes[4] = {8, 16, 32, 64};
    const uint8_t value = nor->frame.data[0];
    if (!nor->frame.count) {
        return;
    }
    if (nor->frame.cmd->arg == 0) { // W4 0: on; W6-5: how much
        nor->wrap_bytes = value & 0x10 ? 0 : sizes[value >> 5 & 3];
    } else if (nor->part->family == NOR_ISSI) { // P2, P1-0
        nor->wrap_bytes = value & 0x04 ? sizes[value & 3] : 0;
    } else { // MX25R6435F, burst read: 1xh off
        nor->wrap_bytes = value & 0xF0 ? 0 : sizes[value & 3];
    }
}

uint32_t nor_wrapped_(const struct nor *nor, uint32_t addr, uint32_t count) {
    const struct command *cmd = nor->frame.cmd;
    const bool wraps = nor->wrap_bytes &&
            (nor->part->family == NOR_ISSI || cmd->addr_lanes == 4);
    const uint32_t mask = wraps ? nor->wrap_bytes - 1u : ~0u;
    return (addr & ~mask) | ((addr + count) & mask);
}

/// Security registers ///

// Register 1 to 3, by address bits 13:12; NULL: none.
static uint8_t *security(struct nor *nor, uint32_t addr) {
    const uint32_t n = addr >> 12;
    const bool good = n >= 1 && n <= SECURITY_REGISTERS;
    return good ? nor->security[n - 1] : NULL;
}

static bool once_locked(const struct nor *nor, uint32_t addr) {
    return nor->live.sr[1] >> (2 + (addr >> 12)) & 1; // LB1 is bit 3
}

static void change_security(struct nor *nor, bool erase) {
    const uint32_t addr = nor->frame.addr;
    const struct nor_part *part = nor->part;
    if (!security(nor, addr)) {
        nor_say_(nor, NOR_BAD_FRAME, addr,
                "%02Xh: 0x%06X is in no security register (001000h, 002000h, "
                "003000h)",
                nor->frame.opcode, (unsigned)addr);
        return;
    }
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, addr, "%02Xh at 0x%06X without write enable",
                nor->frame.opcode, (unsigned)addr);
        return;
    }
    if (once_locked(nor, addr)) {
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
    uint8_t *to = security(nor, op->off);
    const uint32_t size = nor->part->security_bytes;
    const uint32_t page = nor->part->page_bytes;
    const uint32_t first = op->off & (size - 1) & ~(page - 1);
    const bool erase = nor->command[op->opcode].arg == SECURITY_ERASE;
    for (uint32_t i = erase ? 0 : first; i < (erase ? size : first + page);
            i++) {
        const uint8_t pick = torn ? (uint8_t)nor_mix_(op->key + i) : 0xFF;
        if (erase) {
            to[i] |= pick;
        } else {
            to[i] &= (uint8_t) ~(pick & ~nor->page[i - first]);
        }
    }
}

/// Locks of single blocks ///

// 4 KB sectors in the first and last 64 KB, 64 KB blocks between them.
static uint32_t lock_unit(const struct nor *nor, uint32_t off) {
    const bool edge = off < 0x10000 || off >= nor->part->size_bytes - 0x10000;
    return edge ? NOR_WEAR_BYTES : 0x10000;
}

bool nor_locked_(const struct nor *nor, uint32_t off, uint32_t len) {
    for (uint32_t at = off; at < off + len; at += NOR_WEAR_BYTES) {
        if (nor->locked[at / NOR_WEAR_BYTES]) {
            return true;
        }
    }
    return nor->locked[(off + len - 1) / NOR_WEAR_BYTES];
}

static void set_locks(struct nor *nor, enum lock what) {
    const uint32_t unit = lock_unit(nor, nor->frame.addr);
    uint32_t off = nor->frame.addr & ~(unit - 1);
    uint32_t len = unit;
    if (what == LOCK_SET_ALL || what == LOCK_CLEAR_ALL) {
        off = 0;
        len = nor->part->size_bytes;
    }
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, off, "%02Xh without write enable",
                nor->frame.opcode);
        return;
    }
    nor->wel = false;
    memset(nor->locked + off / NOR_WEAR_BYTES,
            what == LOCK_SET || what == LOCK_SET_ALL, len / NOR_WEAR_BYTES);
}

/// Frames ///

uint8_t nor_extra_in_(struct nor *nor) {
    const uint32_t i = nor->frame.count;
    const uint32_t addr = nor->frame.addr;
    const uint8_t *from;
    switch (nor->frame.cmd->kind) {
    case CMD_UNIQUE: // 64 bits, then again
        return (uint8_t)(nor_mix_(nor->opt.seed) >> 8 * (i & 7));
    case CMD_SECURITY:
        from = security(nor, addr);
        return from ? from[(addr + i) & (nor->part->security_bytes - 1u)]
                    : 0xFF;
    default:
        return nor->locked[addr / NOR_WEAR_BYTES];
    }
}

void nor_extra_end_(struct nor *nor) {
    const struct command *cmd = nor->frame.cmd;
    switch (cmd->kind) {
    case CMD_WRAP:
        set_wrap(nor);
        break;
    case CMD_SECURITY:
        if (cmd->arg != SECURITY_READ) {
            change_security(nor, cmd->arg == SECURITY_ERASE);
        }
        break;
    case CMD_LOCK:
        if (cmd->arg != LOCK_READ) {
            set_locks(nor, (enum lock)cmd->arg);
        }
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
