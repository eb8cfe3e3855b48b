/*
 * thumb - decodes one Thumb instruction into what a data-flow analysis needs
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/thumb: one decoder and printer of Thumb instructions.
 *
 * Covers ARMv6-M, ARMv7-M, ARMv7E-M with FPv4-SP/FPv5 and ARMv8-M (Armv6-M,
 * Armv7-M and Armv8-M Architecture Reference Manuals, chapters on the
 * instruction encodings). It decodes in detail control flow, memory accesses,
 * and the arithmetic by which compilers compute addresses; of other
 * instructions only which core registers they write. An encoding that is
 * unpredictable or not known for certain is THUMB_UNDEFINED, never guessed: so
 * are the vectors, half precision and low-overhead loops of Armv8.1-M.
 * Coprocessors 0 to 7 are taken for plain ones, not for custom datapath
 * extensions (CDE).
 *
 * MSR to MSP, PSP or CONTROL may change the SP and so is said to write it.
 *
 * Pure: no state between calls. What an IT block does to the instructions in
 * it is the caller's to apply; only `sets_flags` of a 16-bit ALU instruction
 * depends on it, and is given as outside an IT block.
 */
#ifndef THUMB_H
#define THUMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum thumb_op {
    THUMB_UNDEFINED, // unallocated, or not known to this decoder

    // rd = operand2, rd = rn OP operand2. operand2 is imm if `immediate`, else
    // rm shifted. rd == THUMB_NONE: only flags (CMP is SUB, TST is AND, ...).
    THUMB_MOV, // also MOVW; shifts by immediate are MOV with a shifted rm
    THUMB_MVN,
    THUMB_ADD, // also ADR: rn = 15 and immediate, value in target; SUB too
    THUMB_SUB,
    THUMB_RSB,
    THUMB_AND,
    THUMB_ORR,
    THUMB_EOR,
    THUMB_BIC,
    THUMB_ORN,
    THUMB_LSL, // by register: rd = rn SHIFT rm
    THUMB_LSR,
    THUMB_ASR,
    THUMB_ROR,
    THUMB_MUL,  // rd = rn * rm
    THUMB_MOVT, // rd = (rd & 0xFFFF) | imm << 16
    THUMB_UXTH, // rd = rm & 0xFFFF, and the like; with a rotation: OTHER
    THUMB_UXTB,
    THUMB_OTHER, // writes `writes`, no memory, no control flow

    // Memory. The address is rn + offset; rn = 15 is a literal, its address is
    // in target. LOAD: also LDREX, LDA, LDRD, VLDR. STORE likewise.
    THUMB_LOAD,
    THUMB_STORE,
    THUMB_LOAD_MULTIPLE, // LDM, POP, VLDM, VPOP
    THUMB_STORE_MULTIPLE,
    THUMB_PRELOAD, // PLD, PLI: an access too

    // Control flow. Direct targets are in target, Thumb bit removed.
    THUMB_B,     // condition in cond
    THUMB_BL,    // direct call
    THUMB_BX,    // to rm; BXNS has secure = true
    THUMB_BLX,   // call to rm; BLXNS has secure = true
    THUMB_CBZ,   // rn, target
    THUMB_CBNZ,  // rn, target
    THUMB_TABLE, // TBB (access_bytes 1), TBH (2): rn base (15: the table
                 // follows), rm index
    THUMB_IT,    // cond: first condition; it_mask: bits 3..0 of the encoding
    THUMB_SVC,
    THUMB_BKPT,
    THUMB_UDF, // permanently undefined: traps
    // MOV, ADD, LOAD and LOAD_MULTIPLE with register 15 in `writes` are jumps
    // too: test `writes`, not the operation.
};

enum thumb_shift {
    THUMB_SHIFT_LSL, // amount 0: none
    THUMB_SHIFT_LSR,
    THUMB_SHIFT_ASR,
    THUMB_SHIFT_ROR,
    THUMB_SHIFT_RRX,
};

#define THUMB_NONE 0xFFu // no register
#define THUMB_AL 14u     // condition: always

struct thumb_insn {
    uint32_t addr;
    uint32_t encoding;  // 32-bit ones with the first halfword on top
    uint8_t size_bytes; // 2 or 4, of an undefined encoding too
    uint8_t op;         // enum thumb_op
    uint8_t cond;       // of THUMB_B and THUMB_IT, else THUMB_AL
    uint8_t it_mask;

    uint8_t rd;  // destination; first register of a LOAD or STORE (LDR's Rt)
    uint8_t rd2; // second register of LDRD, STRD; STREX: status register
    uint8_t rn, rm;
    bool immediate; // operand2 or offset is imm, not rm
    bool sets_flags;
    uint32_t imm;   // operand2 expanded; offset without its sign
    uint8_t shift;  // enum thumb_shift, of rm
    uint8_t amount; // 0..32

    uint16_t reads;  // core registers, bit 15 for the PC as an operand
    uint16_t writes; // core registers; bit 15: this is a jump

    // Memory.
    uint8_t access_bytes; // of one element: 1, 2, 4, 8; of multiples the sum
    bool sign_extended;
    bool floating;  // the data goes to or comes from FP registers
    bool subtract;  // address is rn - offset
    bool indexed;   // address is rn + offset; else rn (post-indexed)
    bool writeback; // rn becomes rn + offset
    bool decrement; // LDMDB, STMDB (PUSH): the block is below rn
    uint16_t list;  // core registers of a multiple

    bool secure;     // BXNS, BLXNS
    uint32_t target; // of direct branches, literals and ADR
};

// Decodes the instruction at addr. False: there are fewer than size_bytes bytes
// (size_bytes is set if there are at least two).
bool thumb_decode(struct thumb_insn *insn, uint32_t addr, const uint8_t *bytes,
        size_t available);

// Instructions in the block that an IT begins (Armv7-M ARM A7.7.38).
static inline unsigned thumb_it_length(const struct thumb_insn *it) {
    return it->it_mask ? 4u - (unsigned)__builtin_ctz(it->it_mask) : 0;
}

// Behind insn, of an IT block: before is what was left when it began.
static inline unsigned thumb_it_left(const struct thumb_insn *insn,
        unsigned before) {
    return insn->op == THUMB_IT ? thumb_it_length(insn) : before - (before > 0);
}

// Writes "ldr.w r0, [r1, #4]", as objdump does, but without what depends on
// other instructions: the condition that an IT block gives.
void thumb_print(const struct thumb_insn *insn, char *text, size_t size);
// The same from bytes. False: fewer than the instruction has; text is empty.
bool thumb_print_bytes(uint32_t addr, const uint8_t *bytes, size_t available,
        char *text, size_t size);

#endif
