/*
 * thumb_memory - 32-bit loads, stores, multiples, exclusives, table branches
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM (DDI 0403E) A5.3.5 to A5.3.10, Armv8-M ARM (DDI 0553) C2.
 */
#include "thumb/thumb_priv.h"

/// Multiples ///

static bool multiple(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20;
    const uint32_t order = w >> 23 & 3, list = w & 0xFFFF;
    if (order == 0 || order == 3) {
        return false; // SRS, RFE
    }
    insn->op = load ? THUMB_LOAD_MULTIPLE : THUMB_STORE_MULTIPLE;
    insn->rn = thumb_reg_(w, 16);
    insn->list = (uint16_t)list;
    insn->access_bytes = (uint8_t)(4 * __builtin_popcount(list));
    insn->writeback = w & 1u << 21;
    insn->decrement = order == 2;
    if (insn->rn == THUMB_PC || list & 1u << THUMB_SP ||
            insn->access_bytes < 8) {
        return false;
    }
    if (insn->writeback && list >> insn->rn & 1) {
        return false;
    }
    return load ? (list & 0xC000) != 0xC000 : !(list & 0x8000);
}

/// Dual, exclusive, acquire and release, table branch ///

static bool dual(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20, before = w & 1u << 24;
    if (w == 0xE97FE97F) {
        insn->op = THUMB_OTHER; // SG
        return true;
    }
    insn->op = load ? THUMB_LOAD : THUMB_STORE;
    insn->access_bytes = 8;
    insn->rn = thumb_reg_(w, 16);
    insn->rd = thumb_reg_(w, 12);
    insn->rd2 = thumb_reg_(w, 8);
    thumb_offset_(insn, (w & 0xFF) * 4, w & 1u << 23);
    insn->indexed = before;
    insn->writeback = w & 1u << 21;
    if (insn->rn == THUMB_PC && (insn->writeback || !load)) {
        return false;
    }
    if (insn->writeback && (insn->rn == insn->rd || insn->rn == insn->rd2)) {
        return false;
    }
    return !thumb_bad_(insn->rd) && !thumb_bad_(insn->rd2) &&
            (!load || insn->rd != insn->rd2);
}

static bool table_branch(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_TABLE;
    insn->rn = thumb_reg_(w, 16);
    insn->rm = thumb_reg_(w, 0);
    insn->access_bytes = w & 0x10 ? 2 : 1;
    insn->amount = w & 0x10 ? 1 : 0;
    if (insn->rn == THUMB_PC) {
        insn->target = insn->addr + 4;
    }
    return (w & 0xFF00) == 0xF000 && insn->rn != THUMB_SP &&
            !thumb_bad_(insn->rm);
}

static bool test_target(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_OTHER;
    insn->rn = thumb_reg_(w, 16);
    insn->rd = thumb_reg_(w, 8);
    return !(w & 0x3F) && insn->rn != THUMB_PC && !thumb_bad_(insn->rd);
}

// Of a store, status is the register that tells whether it was done.
static bool exclusive(struct thumb_insn *insn, uint32_t w, unsigned bytes,
        unsigned status) {
    insn->op = w & 1u << 20 ? THUMB_LOAD : THUMB_STORE;
    insn->access_bytes = (uint8_t)bytes;
    insn->rn = thumb_reg_(w, 16);
    insn->rd = thumb_reg_(w, 12);
    insn->immediate = insn->indexed = true;
    if (insn->op == THUMB_STORE && status != THUMB_NONE) {
        insn->rd2 = (uint8_t)status;
        insn->writes = thumb_bit_(status);
        if (thumb_bad_(status) || status == insn->rn || status == insn->rd) {
            return false;
        }
    }
    return insn->rn != THUMB_PC && !thumb_bad_(insn->rd);
}

// LDREX and STREX have an offset, the others do not.
static bool exclusive_word(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20;
    if (!load && (w & 0xF000) == 0xF000) {
        return test_target(insn, w);
    }
    if (!exclusive(insn, w, 4, thumb_reg_(w, 8))) {
        return false;
    }
    insn->imm = (w & 0xFF) * 4;
    return !load || (w & 0xF00) == 0xF00;
}

static bool exclusive_or_table(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20;
    const uint32_t op = w >> 4 & 15;
    const unsigned bytes = 1u << (op & 3), low = w & 15;
    if (load && op < 2) {
        return table_branch(insn, w);
    }
    if (bytes == 8 || (w & 0xF00) != 0xF00) {
        return false; // LDREXD, STREXD, LDAEXD, STLEXD are not in an M profile
    }
    switch (op >> 2) {
    case 1: // LDREXB, STREXB
    case 3: // LDAEX, STLEX
        if (op == 6) {
            return false; // the word form has an offset
        }
        return exclusive(insn, w, bytes, low) && (!load || low == 15);
    case 2: // LDA, STL
        return exclusive(insn, w, bytes, THUMB_NONE) && low == 15;
    default:
        return false;
    }
}

static bool dual_or_exclusive(struct thumb_insn *insn, uint32_t w) {
    if (w & (1u << 24 | 1u << 21)) {
        return dual(insn, w);
    }
    return w & 1u << 23 ? exclusive_or_table(insn, w) : exclusive_word(insn, w);
}

/// Single ///

// The part after size and register: [rn, rm, LSL #n], [rn, #-imm8], or with
// writeback. imm12 and literals were decoded before.
static bool single_offset(struct thumb_insn *insn, uint32_t w) {
    if (!(w & 0x800)) {
        insn->rm = thumb_reg_(w, 0);
        insn->amount = w >> 4 & 3;
        insn->indexed = true;
        return !(w & 0x7C0) && !thumb_bad_(insn->rm);
    }
    const bool before = w & 0x400, add = w & 0x200, write = w & 0x100;
    thumb_offset_(insn, w & 0xFF, add);
    insn->indexed = before;
    insn->writeback = write;
    if (before && add && !write) { // LDRT and the like
        return !thumb_bad_(insn->rd);
    }
    return (before || write) && !(write && insn->rn == insn->rd);
}

// PLD, PLI. PLDW is a hint that an M profile does not have. No writeback.
static bool preload(struct thumb_insn *insn, uint32_t w) {
    const bool wide = w & 1u << 23 || insn->rn == THUMB_PC;
    insn->op = THUMB_PRELOAD;
    insn->rd = THUMB_NONE;
    insn->sign_extended = false;
    return insn->access_bytes == 1 &&
            (wide || !(w & 0x800) || (w & 0xF00) == 0xC00);
}

static bool single(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20;
    const uint32_t size = w >> 21 & 3;
    insn->op = load ? THUMB_LOAD : THUMB_STORE;
    insn->access_bytes = (uint8_t)(1u << size);
    insn->sign_extended = w & 1u << 24;
    insn->rn = thumb_reg_(w, 16);
    insn->rd = thumb_reg_(w, 12);
    if (size == 3 || (insn->sign_extended && (!load || size == 2))) {
        return false;
    }
    bool valid = true;
    if (insn->rn == THUMB_PC) {
        thumb_offset_(insn, w & 0xFFF, w & 1u << 23);
        valid = load;
    } else if (w & 1u << 23) {
        thumb_offset_(insn, w & 0xFFF, true);
    } else {
        valid = single_offset(insn, w);
    }
    if (load && insn->rd == THUMB_PC && size != 2) {
        return preload(insn, w) && valid;
    }
    // SP and, of a word load, PC are fine for words only.
    if (size != 2 || !load) {
        valid = valid && insn->rd != THUMB_PC &&
                (size == 2 || insn->rd != THUMB_SP);
    }
    return valid;
}

bool thumb_decode_memory_(struct thumb_insn *insn, uint32_t w) {
    if (w >> 27 == 0x1D) {
        return w & 1u << 22 ? dual_or_exclusive(insn, w) : multiple(insn, w);
    }
    return single(insn, w);
}
