/*
 * nor_lock - locks of single blocks, beside the protection bits
 *
 * SPDX-License-Identifier: MIT
 *
 * Data sheets: W25Q128JV, individual block locks (WPS); MX25L51245G, individual
 * sector protection (WPSEL); IS25LP128F, advanced sector protection and sector
 * unlock; N25Q128A and MT25QL128ABA, lock registers. Not modelled: passwords
 * and what freezes the locks.
 */
#include "nor/nor_priv.h"

// 4 KB sectors in the first and last 64 KB, 64 KB blocks between them. Micron's
// are 64 KB everywhere.
static uint32_t lock_unit(const struct nor *nor, uint32_t off) {
    const bool edge = off < 0x10000 || off >= nor->part->size_bytes - 0x10000;
    return edge && nor->part->family != NOR_MICRON ? NOR_WEAR_BYTES : 0x10000;
}

bool nor_locked_(const struct nor *nor, uint32_t off, uint32_t len) {
    const uint32_t last = (off + len - 1) / NOR_WEAR_BYTES;
    for (uint32_t n = off / NOR_WEAR_BYTES; n <= last; n++) {
        if (nor->locked[n] & (LOCKED | LOCKED_LASTING)) {
            return true;
        }
    }
    return false;
}

// Winbond and Macronix lock all at power-up or reset, the others nothing.
void nor_lock_defaults_(struct nor *nor) {
    const bool all =
            nor->part->family != NOR_MICRON && nor->part->family != NOR_ISSI;
    for (uint32_t n = 0; n < nor->part->size_bytes / NOR_WEAR_BYTES; n++) {
        nor->locked[n] = (uint8_t)((nor->locked[n] & LOCKED_LASTING) |
                (all ? LOCKED : 0));
    }
}

uint8_t nor_lock_in_(const struct nor *nor) {
    const uint8_t now = nor->locked[nor->frame.addr / NOR_WEAR_BYTES];
    const bool lasting = nor->frame.cmd->arg & LOCK_LASTING;
    const bool locked = now & (lasting ? LOCKED_LASTING : LOCKED);
    switch (nor->part->family) {
    case NOR_MACRONIX:
        return locked ? 0xFF : 0;
    case NOR_ISSI:
        return locked ? 0 : 0xFF;
    case NOR_MICRON:
        return lasting ? (locked ? 0 : 0xFF)
                       : (uint8_t)(locked | (now & LOCKED_DOWN ? 2 : 0));
    default:
        return locked;
    }
}

// The bits that a written byte means.
static uint8_t written(const struct nor *nor) {
    const uint8_t byte = nor->frame.data[0];
    switch (nor->part->family) {
    case NOR_MICRON:
        return (uint8_t)((byte & 1 ? LOCKED : 0) |
                (byte & 2 ? LOCKED_DOWN : 0));
    case NOR_ISSI:
        return byte ? 0 : LOCKED;
    default:
        return byte ? LOCKED : 0;
    }
}

static bool allowed(struct nor *nor, uint32_t off) {
    if (!nor->wel) {
        nor_say_(nor, NOR_NO_WEL, off, "%02Xh without write enable",
                nor->frame.opcode);
        return false;
    }
    nor->wel = false;
    if (nor->locked[off / NOR_WEAR_BYTES] & LOCKED_DOWN) {
        nor_say_(nor, NOR_PROTECTED, off,
                "%02Xh: the lock register of 0x%06X is locked until the next "
                "power-on",
                nor->frame.opcode, (unsigned)off);
        return false;
    }
    return true;
}

// Those that stay take the time of a program or an erase. The lock itself is
// changed at once.
static void take_time(struct nor *nor, bool erase) {
    const struct nor_part *part = nor->part;
    const struct nor_erase *unit = &part->erase[0];
    const uint32_t typ_us = erase ? unit->typ_us : part->page_typ_us;
    const uint32_t max_us = erase ? unit->max_us : part->page_max_us;
    nor->pending = nor->nv;
    nor->pending_live = nor->live;
    nor_start_(nor,
            &(struct operation){
                    .kind = 'S',
                    .opcode = nor->frame.opcode,
                    .total_ps = (nor->opt.max_times ? max_us : typ_us) * NOR_US,
            });
}

static void change(struct nor *nor) {
    const unsigned what = nor->frame.cmd->arg & ~LOCK_LASTING;
    const bool lasting = nor->frame.cmd->arg & LOCK_LASTING;
    const bool all = what == LOCK_SET_ALL || what == LOCK_CLEAR_ALL;
    const uint32_t unit = lock_unit(nor, nor->frame.addr);
    const uint32_t off = all ? 0 : nor->frame.addr & ~(unit - 1);
    const uint32_t len = all ? nor->part->size_bytes : unit;
    const uint8_t mask =
            lasting ? LOCKED_LASTING : (uint8_t)(LOCKED | LOCKED_DOWN);
    const bool set = what == LOCK_SET || what == LOCK_SET_ALL;
    const uint8_t bits = what == LOCK_WRITE ? written(nor)
            : !set                          ? 0
            : lasting                       ? LOCKED_LASTING
                                            : LOCKED;
    if (!allowed(nor, off)) {
        return;
    }
    for (uint32_t at = off; at < off + len; at += NOR_WEAR_BYTES) {
        uint8_t *lock = &nor->locked[at / NOR_WEAR_BYTES];
        *lock = (uint8_t)((*lock & ~mask) | bits);
    }
    if (lasting) {
        take_time(nor, what == LOCK_CLEAR_ALL);
    }
}

void nor_lock_end_(struct nor *nor) {
    const struct command *cmd = nor->frame.cmd;
    const unsigned what = cmd->arg & ~LOCK_LASTING;
    if (cmd->kind == CMD_UNLOCK) { // of one 4 KB sector at a time
        nor->unlocked_off = cmd->arg ? nor->frame.addr & ~(NOR_WEAR_BYTES - 1)
                                     : NOR_NOWHERE;
    } else if (what != LOCK_READ && (what != LOCK_WRITE || nor->frame.count)) {
        change(nor);
    }
}
