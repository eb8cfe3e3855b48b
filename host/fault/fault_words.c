/*
 * fault_words - what a fault of the core means, in words
 *
 * SPDX-License-Identifier: MIT
 */
#include "fault/fault_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#define SP 13
#define LR 14
#define PC 15
#define XPSR 16
#define PPB 0xE0000000u // private peripheral bus
#define PPB_BYTES 0x100000u

/// Status bits ///

static const struct fault_bit bits[] = {
        {"IACCVIOL", FAULT_IACCVIOL, 0, "may not execute at PC"},
        {"DACCVIOL", FAULT_DACCVIOL, 0, "may not read or write that address"},
        {"MUNSTKERR", FAULT_MUNSTKERR, 0, "may not read the frame on return"},
        {"MSTKERR", FAULT_MSTKERR, 0, "may not write the exception frame"},
        {"MLSPERR", FAULT_MLSPERR, 0, "may not store the FP state"},
        {"MMARVALID", FAULT_MMARVALID, 0, "MMFAR has the address"},
        {"IBUSERR", FAULT_IBUSERR, 0, "no instruction can be fetched at PC"},
        {"PRECISERR", FAULT_PRECISERR, 0, "a data access failed, at PC"},
        {"IMPRECISERR", FAULT_IMPRECISERR, 0,
                "a buffered store failed, before PC"},
        {"UNSTKERR", FAULT_UNSTKERR, 0, "the frame cannot be read on return"},
        {"STKERR", FAULT_STKERR, 0, "the exception frame cannot be written"},
        {"LSPERR", FAULT_LSPERR, 0, "the FP state cannot be stored"},
        {"BFARVALID", FAULT_BFARVALID, 0, "BFAR has the address"},
        {"UNDEFINSTR", FAULT_UNDEFINSTR, 0, "no such instruction"},
        {"INVSTATE", FAULT_INVSTATE, 0, "the T bit is clear"},
        {"INVPC", FAULT_INVPC, 0, "wrong EXC_RETURN"},
        {"NOCP", FAULT_NOCP, 0, "the coprocessor is off"},
        {"STKOF", FAULT_STKOF, 0, "SP went below its limit"},
        {"UNALIGNED", FAULT_UNALIGNED, 0, "unaligned access"},
        {"DIVBYZERO", FAULT_DIVBYZERO, 0, "division by 0"},
        {"VECTTBL", 0, FAULT_VECTTBL, "the vector cannot be read"},
        {"FORCED", 0, FAULT_FORCED,
                "another fault that could not be taken as itself"},
        {"DEBUGEVT", 0, FAULT_DEBUGEVT, "BKPT without a debugger"},
};
#define BITS (sizeof bits / sizeof bits[0])

const struct fault_bit *fault_bit_at(size_t i) {
    return i < BITS ? &bits[i] : NULL;
}

const struct fault_bit *fault_bit_named(const char *name) {
    for (size_t i = 0; i < BITS; i++) {
        if (!strcasecmp(name, bits[i].name)) {
            return &bits[i];
        }
    }
    return NULL;
}

void fault_bits_text(uint32_t cfsr, uint32_t hfsr, char *text, size_t size) {
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < BITS && at < size; i++) {
        if ((cfsr & bits[i].cfsr) || (hfsr & bits[i].hfsr)) {
            at += (size_t)snprintf(text + at, size - at, "%s%s", at ? " " : "",
                    bits[i].name);
        }
    }
}

/// Causes ///

static bool in_window(const struct fault_facts *f, uint32_t addr) {
    return addr - f->window_addr < f->window_bytes;
}

// ", called from g (file.c:12)", or nothing.
static void called_from(const struct fault_facts *f, char *text, size_t size) {
    snprintf(text, size, "%s%s", f->caller ? ", called from " : "",
            f->caller ? f->caller : "");
}

// Where the chip is. In an outage whatever the lines say may be fetched.
static bool executed_flash(const struct fault_facts *f,
        struct fault_text *text) {
    const uint32_t pc = f->regs[PC];
    const uint32_t wanted = f->closed_why
            ? FAULT_IACCVIOL | FAULT_IBUSERR | FAULT_UNDEFINSTR
            : FAULT_IBUSERR;
    const bool behind = f->chip_bytes && pc - f->window_addr >= f->chip_bytes;
    if (!in_window(f, pc) || behind || !(f->cfsr & wanted) || f->vector_of) {
        return false;
    }
    char name[120], from[360];
    snprintf(name, sizeof name, "0x%08" PRIx32, pc);
    called_from(f, from, sizeof from);
    text->cause = FAULT_EXECUTED_FLASH;
    snprintf(text->what, sizeof text->what, "executed %s from flash%s%s",
            f->target ? f->target : name,
            f->closed_why ? " while it could not be read"
                          : ", which did not answer",
            from);
    if (f->closed_why) {
        text->why = f->closed_why;
        text->fix = "move the function to RAM, or do not call it there; "
                    "`xipsafe check` finds all of them";
    } else {
        text->why = "no outage of the library was open: the flash controller "
                    "was set up again or switched off, a command was sent past "
                    "the library, or the chip was still busy";
        text->fix = "code that runs from the flash must not touch the "
                    "controller, its clock or its pins: look at what was "
                    "called before this line";
    }
    return true;
}

static bool read_flash(const struct fault_facts *f, struct fault_text *text) {
    const uint32_t wanted =
            f->closed_why ? FAULT_PRECISERR | FAULT_DACCVIOL : FAULT_PRECISERR;
    if (!in_window(f, f->addr) || f->behind_chip || !(f->cfsr & wanted)) {
        return false;
    }
    char by[160] = "";
    text->cause = FAULT_READ_FLASH;
    if (f->target) {
        snprintf(by, sizeof by, ", in %s", f->target);
    }
    snprintf(text->what, sizeof text->what,
            "read %s%s0x%08" PRIx32 " in flash%s%s", f->object ? f->object : "",
            f->object ? " at " : "", f->addr,
            f->closed_why ? " while it could not be read"
                          : ", which did not answer",
            by);
    if (f->closed_why) {
        text->why = f->closed_why;
        text->fix = "move what it reads (a constant, a string, a table) to "
                    "RAM, to a section of its own in .data";
    } else {
        text->why = "no outage of the library was open: the flash controller "
                    "is not set up yet, was set up again or switched off";
        text->fix = "set the controller up before the first read; or look at "
                    "what has changed it, its clock or its pins";
    }
    return true;
}

// Without an MPU (Armv7-M B3.1): peripherals, devices, the system.
static bool never_executed(uint32_t addr) {
    return (addr >= 0x40000000u && addr < 0x60000000u) || addr >= 0xA0000000u;
}

// Bit 0 is lost in PC. Erased flash is FFFFFFFE there.
static bool is_exc_return(uint32_t pc) {
    return pc == 0xFFFFFFF0u || pc == 0xFFFFFFF8u || pc == 0xFFFFFFFCu ||
            pc == 0xFFFFFFE0u || pc == 0xFFFFFFE8u || pc == 0xFFFFFFECu;
}

// In Handler mode it would have been a return.
static bool returned_in_thread(const struct fault_facts *f,
        struct fault_text *text) {
    const uint32_t pc = f->regs[PC];
    if (!is_exc_return(pc) || (f->regs[XPSR] & 0x1FF) || f->vector_of) {
        return false;
    }
    snprintf(text->what, sizeof text->what,
            "branched to the EXC_RETURN value 0x%08" PRIx32 " in Thread mode",
            pc | 1u);
    text->why = "such a value returns from a handler; to a thread it is an "
                "address where nothing may be executed";
    text->fix = "look for code that has LR of a handler: a task that returns "
                "where its first frame has EXC_RETURN in place of LR, or a "
                "handler that is called as a function";
    return true;
}

static void bad_target(const struct fault_facts *f, struct fault_text *text) {
    const uint32_t pc = f->regs[PC];
    if (returned_in_thread(f, text)) {
        return;
    }
    if (f->vector_of) {
        snprintf(text->what, sizeof text->what,
                "took %s, whose vector 0x%08" PRIx32 " %s", f->vector_of,
                pc | 1u,
                pc < FAULT_BLANK ? "points to where there is nothing to execute"
                                 : "is blank (erased flash)");
        text->why = "the vector table at VTOR has no handler for it";
        text->fix = "check that VTOR points to the table of this image and "
                    "that the table has all vectors";
        return;
    }
    if ((f->cfsr & FAULT_IACCVIOL) && (f->target || !never_executed(pc))) {
        char from[360];
        called_from(f, from, sizeof from);
        snprintf(text->what, sizeof text->what,
                "%s%s%s0x%08" PRIx32 ", which may not be executed%s",
                f->target ? "called " : "jumped to ",
                f->target ? f->target : "", f->target ? " at " : "", pc, from);
        text->why = "an MPU region with XN, or none at all, covers it";
        text->fix = "let the MPU region of RAM code have XN clear (MPU_RASR, "
                    "MPU_RLAR)";
        return;
    }
    if (pc < FAULT_BLANK) {
        snprintf(text->what, sizeof text->what,
                "jumped to 0x%08" PRIx32
                ", where there is nothing to execute (LR 0x%08" PRIx32 ")",
                pc, f->regs[LR]);
        text->why = "a pointer, a return address or a vector is wrong or was "
                    "never written";
        text->fix = "look at the caller: which pointer was called, and what "
                    "has written it or the stack";
        return;
    }
    char blank[40] = "pointer is";
    if (f->has_blank_table) {
        snprintf(blank, sizeof blank, "vectors at 0x%08" PRIx32 " are",
                f->blank_table);
    } else if (f->regs[SP] >= FAULT_BLANK) {
        snprintf(blank, sizeof blank, "vectors are");
    }
    snprintf(text->what, sizeof text->what,
            "jumped to 0x%08" PRIx32 " with SP 0x%08" PRIx32
            ": the %s blank (erased flash)",
            pc, f->regs[SP], blank);
    text->why = "an erased slot, or one that is not mapped, reads FFFFFFFF: SP "
                "and PC are invalid";
    text->fix = "check the first two words before the jump: SP in RAM, the "
                "reset vector odd and inside the image";
}

static void bad_state(const struct fault_facts *f, struct fault_text *text) {
    const uint32_t pc = f->regs[PC];
    if (f->vector_of) {
        snprintf(text->what, sizeof text->what,
                "took %s, whose vector 0x%08" PRIx32 " is even", f->vector_of,
                pc);
    } else if (pc < 2 && f->not_called) {
        snprintf(text->what, sizeof text->what,
                "jumped to address 0 (LR 0x%08" PRIx32 ")", f->regs[LR]);
        text->why = "no call by a pointer lies before LR: a return address was "
                    "overwritten on the stack, or a function ended with the "
                    "call of a pointer that was never set";
        text->fix = "look at the arrays of the function that returned, at what "
                    "it pops, and at pointers that are called last";
        return;
    } else if (pc < 2) {
        text->cause = FAULT_NULL_TARGET;
        snprintf(text->what, sizeof text->what, "called a null pointer%s%s",
                f->caller ? ", in " : "", f->caller ? f->caller : "");
        text->why = "a function pointer that was never set";
        text->fix = "look at the pointer that this line calls";
        return;
    } else if (f->target) {
        char from[360];
        called_from(f, from, sizeof from);
        text->cause = FAULT_EVEN_TARGET;
        snprintf(text->what, sizeof text->what,
                "branched to %s at the even address 0x%08" PRIx32 "%s",
                f->target, pc, from);
        text->why = "bit 0 of a function pointer says Thumb; this core has "
                    "nothing else";
        text->fix = "set bit 0: use the function's name, or the word of the "
                    "vector table as it is, not an address made by hand";
        return;
    } else {
        snprintf(text->what, sizeof text->what,
                "jumped to 0x%08" PRIx32 " with bit 0 clear (LR 0x%08" PRIx32
                ")",
                pc, f->regs[LR]);
    }
    text->why = "bit 0 of a vector, function pointer or return address says "
                "Thumb; this core has nothing else";
    text->fix = "set bit 0 (jump to the reset vector as it is in the table, "
                "not to an address made by hand), or look for what has "
                "overwritten the pointer";
}

// An access just around SP, which is in no RAM.
static bool no_stack(const struct fault_facts *f, struct fault_text *text) {
    const uint32_t around = 1024;
    const uint32_t sp = f->regs[SP];
    if (!f->stack_outside || f->addr_unknown ||
            f->addr - (sp - around) >= 2 * around) {
        return false;
    }
    if (f->stack_above && f->addr >= sp) {
        snprintf(text->what, sizeof text->what,
                "read behind its stack: SP is 0x%08" PRIx32
                ", where RAM ends, and the access to 0x%08" PRIx32 " failed",
                sp, f->addr);
        text->why = "more was popped than pushed: by code in assembler, by a "
                    "return from a function that was never called, or from a "
                    "frame that was made by hand";
        text->fix = "look at what this code pops, and who has pushed it";
        return true;
    }
    snprintf(text->what, sizeof text->what,
            "ran out of stack: SP is 0x%08" PRIx32
            ", where no RAM is, and the access to 0x%08" PRIx32 " failed",
            sp, f->addr);
    text->why = "the calls need more stack than there is (recursion, large "
                "local arrays), or SP was never set";
    text->fix = "look at the call stack for what needs so much, and at the "
                "size of the stack in the linker script or of the task";
    return true;
}

static void bad_access(const struct fault_facts *f, struct fault_text *text) {
    text->fix = "look at the pointer that the instruction uses";
    if (no_stack(f, text)) {
        return;
    }
    if (f->refused_why) {
        snprintf(text->what, sizeof text->what,
                "wrote a value to 0x%08" PRIx32
                " that the register refuses, at 0x%08" PRIx32,
                f->addr, f->late_pc ? f->late_pc : f->regs[PC]);
        text->why = f->refused_why;
        text->fix = f->refused_fix;
    } else if (f->addr_unknown) {
        snprintf(text->what, sizeof text->what,
                "stored to an address where nothing can be written, shortly "
                "before 0x%08" PRIx32,
                f->regs[PC]);
        text->why = "stores are buffered: the fault comes some instructions "
                    "behind the one that made it, and without its address";
        text->fix = "look for stores before that instruction; with "
                    "ACTLR.DISDEFWBUF set (Cortex-M3, M4) the fault is exact";
    } else if (f->in_internal_flash) {
        snprintf(text->what, sizeof text->what,
                "stored to 0x%08" PRIx32 ", internal flash that is locked",
                f->addr);
        text->why = "flash is no RAM: programming it needs the keys in KEYR, "
                    "CR.PG and whole double words";
    } else if (f->behind_chip) {
        snprintf(text->what, sizeof text->what,
                "touched 0x%08" PRIx32
                ", behind the end of the flash chip (0x%08" PRIx32
                " and %zu bytes)",
                f->addr, f->window_addr, f->chip_bytes);
        text->why = "the controller answers behind FSIZE with a bus error";
    } else if ((f->cfsr & FAULT_IMPRECISERR) && in_window(f, f->addr)) {
        snprintf(text->what, sizeof text->what,
                "stored to 0x%08" PRIx32
                " in the mapped flash, at 0x%08" PRIx32,
                f->addr, f->late_pc);
        text->why = "the window can only be read: the controller answers a "
                    "store with a bus error, some instructions behind it";
        text->fix = "erase and program the flash by its commands; variables "
                    "belong into RAM (.data, .bss)";
    } else if (f->cfsr & FAULT_IMPRECISERR) {
        snprintf(text->what, sizeof text->what,
                "stored to 0x%08" PRIx32 ", where nothing can be written, at "
                "0x%08" PRIx32,
                f->addr, f->late_pc);
        text->why = "stores are buffered: the fault comes some instructions "
                    "behind the one that made it";
    } else if (f->addr - PPB < PPB_BYTES) {
        snprintf(text->what, sizeof text->what,
                "touched the core's own register at 0x%08" PRIx32
                " without the right to",
                f->addr);
        text->why = "NVIC, SCB, SysTick, MPU and DWT need privilege: a thread "
                    "with CONTROL.nPRIV set gets a bus error";
        text->fix = "do it in a handler (SVC), or before nPRIV is set";
    } else {
        snprintf(text->what, sizeof text->what,
                "touched 0x%08" PRIx32
                ", where there is no memory and no register",
                f->addr);
        text->why = f->addr < 0x1000
                ? "the bus answers with an error; a small address is mostly a "
                  "member of a null pointer"
                : "the bus answers with an error";
    }
}

// Where PC is there was never an instruction. With a coprocessor that is off,
// code whose ELF was not given is the better guess.
static bool no_code(const struct fault_facts *f, struct fault_text *text) {
    const bool erased = f->code == FAULT_CODE_ERASED;
    const uint32_t wanted =
            erased ? FAULT_UNDEFINSTR | FAULT_NOCP : FAULT_UNDEFINSTR;
    if (f->code == FAULT_CODE_UNKNOWN || !(f->cfsr & wanted)) {
        return false;
    }
    snprintf(text->what, sizeof text->what,
            "executed %s 0x%08" PRIx32 "%s (LR 0x%08" PRIx32 "%s%s)",
            erased ? "erased flash at" : "an undefined instruction at",
            f->regs[PC], erased ? "" : ", where no ELF has code", f->regs[LR],
            f->caller ? ", " : "", f->caller ? f->caller : "");
    text->why = erased ? "nothing is programmed there: erased flash reads "
                         "FFFFFFFF, which is no instruction"
                       : "it is erased flash, data, or code whose ELF was not "
                         "given";
    text->fix = "look at the pointer or vector that led there: is that image "
                "or slot programmed, and linked for this address?";
    return true;
}

// Causes with one sentence each.
static const struct {
    uint32_t cfsr, hfsr;
    const char *what, *why, *fix;
} simple_causes[] = {
        {FAULT_MSTKERR, 0, "could not push the frame of an exception",
                "the MPU does not let the interrupted code write there: the "
                "stack has grown into a guard, or its region is wrong",
                "look at SP, at the size of the stack, and at its region"},
        {FAULT_MUNSTKERR, 0, "could not pop the frame of an exception",
                "the MPU does not let the code that is returned to read there",
                "look at what has changed PSP or MSP in the handler"},
        {FAULT_MLSPERR | FAULT_LSPERR, 0,
                "could not store the FP state of another context",
                "lazy stacking left room for it in a frame, which cannot be "
                "written now (FPCCR, FPCAR)",
                "look at SP when the exception was taken"},
        {FAULT_STKOF, 0, "ran out of stack",
                "SP went below the limit in MSPLIM or PSPLIM",
                "give the stack more room, or look for what needs so much"},
        {FAULT_STKERR, 0, "could not push the frame of an exception",
                "the stack pointer is outside of RAM: the stack has "
                "overflowed, or SP was never set",
                "look at SP and at the size of the stack"},
        {FAULT_UNSTKERR, 0, "could not pop the frame of an exception",
                "the stack pointer of the return is outside of RAM",
                "look at what has changed PSP or MSP in the handler"},
        {FAULT_UNDEFINSTR, 0, "executed an undefined instruction",
                "the memory holds no code, or code of another core",
                "compare the memory with the ELF: RAM code not copied or "
                "overwritten, data executed, a deliberate trap (udf)"},
        {FAULT_INVPC, 0, "returned from an exception with a wrong EXC_RETURN",
                "LR or the stack of a handler was damaged, or its frame says "
                "another mode",
                "look at what the handler does with LR and the stack"},
        {FAULT_NOCP, 0, "used the FPU, which is off",
                "CPACR does not allow CP10 and CP11",
                "set bits 20 to 23 of CPACR before the first FP instruction "
                "(SystemInit with __FPU_USED)"},
        {FAULT_UNALIGNED, 0, "made an unaligned access where none is allowed",
                "LDM, STM, LDRD, STRD and exclusives need multiples of 4; "
                "with CCR.UNALIGN_TRP all accesses need those of their size",
                "look at the pointer: a packed structure, a cast of bytes"},
        {FAULT_DIVBYZERO, 0, "divided by 0", "CCR.DIV_0_TRP makes it a fault",
                "look at the divisor"},
        {0, FAULT_DEBUGEVT, "executed BKPT without a debugger",
                "without a debugger it is a HardFault",
                "an assert or semihosting (rdimon): build without it, or "
                "handle it"},
        {0, FAULT_VECTTBL, "took an exception whose vector cannot be read",
                "VTOR points to where no memory is, or to the closed window",
                "put the table where it can always be read"},
};

void fault_describe(const struct fault_facts *f, struct fault_text *text) {
    *text = (struct fault_text){.why = "", .fix = ""};
    if (executed_flash(f, text) || read_flash(f, text)) {
        return;
    }
    if (f->cfsr & (FAULT_IACCVIOL | FAULT_IBUSERR)) {
        bad_target(f, text);
        return;
    }
    if (f->cfsr & FAULT_INVSTATE) {
        bad_state(f, text);
        return;
    }
    if (f->cfsr & FAULT_DACCVIOL) {
        snprintf(text->what, sizeof text->what,
                "touched 0x%08" PRIx32 ", which the MPU forbids", f->addr);
        text->why = "the region that holds it, or that none does, gives this "
                    "code no right to";
        text->fix = "look at the pointer, or at the regions (MPU_RBAR, "
                    "MPU_RASR, CONTROL.nPRIV)";
        return;
    }
    if (f->cfsr & (FAULT_PRECISERR | FAULT_IMPRECISERR)) {
        bad_access(f, text);
        return;
    }
    if (no_code(f, text)) {
        return;
    }
    for (size_t i = 0; i < sizeof simple_causes / sizeof simple_causes[0];
            i++) {
        if ((f->cfsr & simple_causes[i].cfsr) ||
                (f->hfsr & simple_causes[i].hfsr)) {
            snprintf(text->what, sizeof text->what, "%s",
                    simple_causes[i].what);
            text->why = simple_causes[i].why;
            text->fix = simple_causes[i].fix;
            return;
        }
    }
    snprintf(text->what, sizeof text->what,
            "executed SVC where SVCall cannot interrupt");
    text->why = "SVC is taken at once or is a HardFault: PRIMASK, BASEPRI or a "
                "handler of higher priority prevents it";
    text->fix = "call it with interrupts unmasked, or raise SVCall's priority";
}
