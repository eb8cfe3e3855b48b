/*
 * fault_words - what a fault of the core means, in words
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/fault: what a fault of the core means, in words, for the
 * simulator and for records of devices.
 *
 * Armv7-M Architecture Reference Manual, B3.2.15 and B3.2.16; Armv8-M, D1.2.
 */
#ifndef FAULT_WORDS_H
#define FAULT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Status bits ///

enum {
    FAULT_IACCVIOL = 1 << 0,
    FAULT_DACCVIOL = 1 << 1,
    FAULT_MUNSTKERR = 1 << 3,
    FAULT_MSTKERR = 1 << 4,
    FAULT_MLSPERR = 1 << 5,
    FAULT_MMARVALID = 1 << 7,
    FAULT_IBUSERR = 1 << 8,
    FAULT_PRECISERR = 1 << 9,
    FAULT_IMPRECISERR = 1 << 10,
    FAULT_UNSTKERR = 1 << 11,
    FAULT_STKERR = 1 << 12,
    FAULT_LSPERR = 1 << 13,
    FAULT_BFARVALID = 1 << 15,
    FAULT_UNDEFINSTR = 1 << 16,
    FAULT_INVSTATE = 1 << 17,
    FAULT_INVPC = 1 << 18,
    FAULT_NOCP = 1 << 19,
    FAULT_STKOF = 1 << 20,
    FAULT_UNALIGNED = 1 << 24,
    FAULT_DIVBYZERO = 1 << 25,
    // Of HFSR.
    FAULT_VECTTBL = 1 << 1,
};
#define FAULT_FORCED (1u << 30)
#define FAULT_DEBUGEVT (1u << 31)

struct fault_bit {
    const char *name;
    uint32_t cfsr, hfsr; // one of them, in its place
    const char *meaning; // a clause without a subject
};
// NULL: the end of the list.
const struct fault_bit *fault_bit_at(size_t i);
// Of that name, in any case; or NULL.
const struct fault_bit *fault_bit_named(const char *name);
// Those that are set, as "PRECISERR BFARVALID".
void fault_bits_text(uint32_t cfsr, uint32_t hfsr, char *text, size_t size);

/// Causes ///

#define FAULT_BLANK 0xFFFFFFF0u // erased flash, less the bits a core clears

enum fault_code {
    FAULT_CODE_UNKNOWN,
    FAULT_CODE_ERASED,   // flash that reads FFFFFFFF
    FAULT_CODE_OF_NO_ELF // no ELF that was given has code there
};

struct fault_facts {
    uint32_t cfsr, hfsr;
    enum fault_code code; // what is at PC
    uint32_t addr;        // BFAR or MMFAR
    uint32_t late_pc;     // with IMPRECISERR, of the store; 0: unknown
    bool addr_unknown;    // an imprecise error leaves no address
    uint32_t regs[17];    // of the instruction, as they are stacked
    // The exception whose handler begins at PC, or NULL.
    const char *vector_of;
    bool has_blank_table; // a register points to an erased vector table
    uint32_t blank_table;
    // Of addr: it lies in internal flash, or behind the end of the chip.
    bool in_internal_flash, behind_chip;
    bool stack_outside; // SP is in no RAM
    bool stack_above;   // but just behind the end of one
    bool not_called;    // no call by a pointer lies before LR
    // A device at addr has refused the value; NULL: none has.
    const char *refused_why, *refused_fix;
    uint32_t window_addr, window_bytes;
    size_t chip_bytes;
    // The window could not be read then, for this reason: one sentence. NULL:
    // nothing says so.
    const char *closed_why;
    // For the words; NULL: unknown.
    const char *target; // the function that PC is in: "f", "f+0x4"
    const char *caller; // of that function: "g (file.c:12)"
    const char *object; // what addr is in: "table+0x4"
};

enum fault_cause {
    FAULT_OTHER,
    FAULT_EXECUTED_FLASH, // PC is in the window, which gave no instruction
    FAULT_READ_FLASH,     // addr is in the window, which gave nothing
    FAULT_EVEN_TARGET,
    FAULT_NULL_TARGET,
};

// One sentence each; `what` without its subject, "the firmware".
struct fault_text {
    enum fault_cause cause;
    char what[600];
    const char *why, *fix;
};
void fault_describe(const struct fault_facts *facts, struct fault_text *text);

#endif
