/*
 * thumb_priv - what the decoder's files share
 *
 * SPDX-License-Identifier: MIT
 *
 * Each decode function fills the fields of an instruction whose fields are
 * "nothing" and returns false for what is undefined, unpredictable, or not
 * part of an M profile. 32-bit encodings are one word, first halfword on top,
 * so that bit numbers of the second halfword are those of the manuals.
 *
 * What is read and written follows from op and fields; the functions set only
 * what does not.
 */
#ifndef THUMB_PRIV_H
#define THUMB_PRIV_H

#include "thumb/thumb.h"

#define THUMB_SP 13u
#define THUMB_LR 14u
#define THUMB_PC 15u

static inline uint32_t thumb_bits_(uint32_t w, unsigned low, unsigned count) {
    return w >> low & ((1u << count) - 1);
}

static inline uint8_t thumb_reg_(uint32_t w, unsigned low) {
    return (uint8_t)(w >> low & 15);
}

static inline uint16_t thumb_bit_(unsigned reg) {
    return reg < 16 ? (uint16_t)(1u << reg) : 0;
}

// SP or PC, where most 32-bit encodings allow neither.
static inline bool thumb_bad_(unsigned reg) {
    return reg == THUMB_SP || reg == THUMB_PC;
}

static inline uint32_t thumb_sign_(uint32_t value, unsigned bits) {
    const uint32_t sign = 1u << (bits - 1);
    return ((value & (2 * sign - 1)) ^ sign) - sign;
}

// What literals and ADR count from.
static inline uint32_t thumb_literal_base_(const struct thumb_insn *insn) {
    return (insn->addr + 4) & ~3u;
}

// offset counts from rn, which is set; a literal's target follows.
static inline void thumb_offset_(struct thumb_insn *insn, uint32_t imm,
        bool add) {
    insn->immediate = true;
    insn->indexed = true;
    insn->imm = imm;
    insn->subtract = !add;
    if (insn->rn == THUMB_PC) {
        const uint32_t base = thumb_literal_base_(insn);
        insn->target = add ? base + imm : base - imm;
    }
}

// op, amount: type and imm5 of the encoding. Armv7-M ARM, DecodeImmShift().
void thumb_imm_shift_(struct thumb_insn *insn, uint32_t type, uint32_t imm5);

bool thumb_decode32_(struct thumb_insn *insn, uint32_t w);
bool thumb_decode_data_(struct thumb_insn *insn, uint32_t w);
bool thumb_decode_memory_(struct thumb_insn *insn, uint32_t w);
bool thumb_decode_coprocessor_(struct thumb_insn *insn, uint32_t w);

/// Text ///

struct thumb_text {
    char *text;
    size_t size; // at least 1
    size_t used; // without the zero at the end; too much is cut
};

void thumb_put_(struct thumb_text *out, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
const char *thumb_register_(unsigned reg);
void thumb_put_shift_(struct thumb_text *out, const struct thumb_insn *insn);
void thumb_put_operand2_(struct thumb_text *out, const struct thumb_insn *insn);
// THUMB_OTHER. False: without a name here.
bool thumb_print_other_(struct thumb_text *out, const struct thumb_insn *insn);

#endif
