/*
 * cmd_fault - faults, resets and endless waits of a run, for the report
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_fault.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/exception_name.h"
#include "base/number.h"
#include "sim/command/cmd_report.h"
#include "sim/observe/measure.h"
#include "sim/snapshot.h"

#define NOTES_MAX 4 // of faults that were handled
#define SP 13
#define LR 14
#define PC 15
#define XPSR 16
#define BLANK 0xFFFFFFF0u // erased flash, less the bits that a core clears

/// Status bits: Armv7-M ARM B3.2.15, B3.2.16 ///

enum {
    IACCVIOL = 1 << 0,
    DACCVIOL = 1 << 1,
    MUNSTKERR = 1 << 3,
    MSTKERR = 1 << 4,
    MLSPERR = 1 << 5,
    MMARVALID = 1 << 7,
    IBUSERR = 1 << 8,
    PRECISERR = 1 << 9,
    IMPRECISERR = 1 << 10,
    UNSTKERR = 1 << 11,
    STKERR = 1 << 12,
    LSPERR = 1 << 13,
    UNDEFINSTR = 1 << 16,
    INVSTATE = 1 << 17,
    INVPC = 1 << 18,
    NOCP = 1 << 19,
    UNALIGNED = 1 << 24,
    DIVBYZERO = 1 << 25,
    VECTTBL = 1 << 1,
};
#define DEBUGEVT (1u << 31)

static const struct status_bit {
    const char *name;
    uint32_t cfsr, hfsr;
} status_bits[] = {
        {"IACCVIOL", IACCVIOL, 0},
        {"DACCVIOL", DACCVIOL, 0},
        {"MUNSTKERR", MUNSTKERR, 0},
        {"MSTKERR", MSTKERR, 0},
        {"MLSPERR", MLSPERR, 0},
        {"MMARVALID", MMARVALID, 0},
        {"IBUSERR", IBUSERR, 0},
        {"PRECISERR", PRECISERR, 0},
        {"IMPRECISERR", IMPRECISERR, 0},
        {"UNSTKERR", UNSTKERR, 0},
        {"STKERR", STKERR, 0},
        {"LSPERR", LSPERR, 0},
        {"BFARVALID", 1 << 15, 0},
        {"UNDEFINSTR", UNDEFINSTR, 0},
        {"INVSTATE", INVSTATE, 0},
        {"INVPC", INVPC, 0},
        {"NOCP", NOCP, 0},
        {"UNALIGNED", UNALIGNED, 0},
        {"DIVBYZERO", DIVBYZERO, 0},
        {"VECTTBL", 0, VECTTBL},
        {"FORCED", 0, 1 << 30},
        {"DEBUGEVT", 0, DEBUGEVT},
};
#define STATUS_BITS (sizeof status_bits / sizeof status_bits[0])

void cmd_fault_bits(uint32_t cfsr, uint32_t hfsr, char *text, size_t size) {
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < STATUS_BITS && at < size; i++) {
        const struct status_bit *bit = &status_bits[i];
        if ((cfsr & bit->cfsr) || (hfsr & bit->hfsr)) {
            at += (size_t)snprintf(text + at, size - at, "%s%s", at ? " " : "",
                    bit->name);
        }
    }
}

static unsigned fault_number(const char *name) {
    const unsigned number = exception_number(name, strlen(name));
    return number >= 3 && number <= 6 ? number : 0;
}

bool cmd_fault_seen(const struct cmd_fault *f, const char *name) {
    const unsigned number = fault_number(name);
    if (number || !strcasecmp(name, "lockup")) {
        return f->exceptions >> number & 1;
    }
    for (size_t i = 0; i < STATUS_BITS; i++) {
        if (!strcasecmp(name, status_bits[i].name)) {
            return (f->cfsr & status_bits[i].cfsr) ||
                    (f->hfsr & status_bits[i].hfsr);
        }
    }
    return false;
}

bool cmd_fault_name_is_known(const char *name) {
    bool known = fault_number(name) || !strcasecmp(name, "lockup");
    for (size_t i = 0; i < STATUS_BITS; i++) {
        known |= !strcasecmp(name, status_bits[i].name);
    }
    return known;
}

/// Causes ///

// A register that points to erased flash: the vector table of a jump.
static bool blank_table(const struct cmd_fault *f,
        const struct sim_fault *fault, uint32_t *table) {
    static const uint8_t blank[8] = {
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    for (int i = 0; i < SP; i++) {
        const uint8_t *at = sim_memory(f->sim, fault->regs[i], sizeof blank);
        if (at && !(fault->regs[i] & 127) && !memcmp(at, blank, sizeof blank)) {
            *table = fault->regs[i];
            return true;
        }
    }
    return false;
}

// The handler's first instruction is at fault.
static bool is_vector(const struct cmd_fault *f,
        const struct sim_fault *fault) {
    const uint32_t number = fault->regs[XPSR] & 0x1FF;
    const uint8_t *vector =
            sim_memory(f->sim, sim_vtor(f->sim) + 4 * number, 4);
    uint32_t value = 0;
    if (!number || !vector) {
        return false;
    }
    memcpy(&value, vector, sizeof value);
    return (value & ~1u) == (fault->regs[PC] & ~1u);
}

static const char *taken_name(const struct cmd_fault *f,
        const struct sim_fault *fault, char name[CMD_NAME_BYTES]) {
    return cmd_exception_name(name, fault->regs[XPSR] & 0x1FF,
            sim_irqs(f->sim));
}

static void bad_target(const struct cmd_fault *f, const struct sim_fault *fault,
        struct cmd_fault_text *text) {
    const uint32_t pc = fault->regs[PC];
    uint32_t table;
    if (is_vector(f, fault)) {
        char name[CMD_NAME_BYTES];
        snprintf(text->what, sizeof text->what,
                "took %s, whose vector 0x%08" PRIx32 " %s",
                taken_name(f, fault, name), pc | 1u,
                pc < BLANK ? "points to where there is nothing to execute"
                           : "is blank (erased flash)");
        text->why = "the vector table at VTOR has no handler for it";
        text->fix = "check that VTOR points to the table of this image and "
                    "that the table has all vectors";
        return;
    }
    if (pc < BLANK) {
        snprintf(text->what, sizeof text->what,
                "jumped to 0x%08" PRIx32
                ", where there is nothing to execute (LR 0x%08" PRIx32 ")",
                pc, fault->regs[LR]);
        text->why = "a pointer, a return address or a vector is wrong or was "
                    "never written";
        text->fix = "look at the caller: which pointer was called, and what "
                    "has written it or the stack";
        return;
    }
    char blank[40] = "pointer is";
    if (blank_table(f, fault, &table)) {
        snprintf(blank, sizeof blank, "vectors at 0x%08" PRIx32 " are", table);
    } else if (fault->regs[SP] >= BLANK) {
        snprintf(blank, sizeof blank, "vectors are");
    }
    snprintf(text->what, sizeof text->what,
            "jumped to 0x%08" PRIx32 " with SP 0x%08" PRIx32
            ": the %s blank (erased flash)",
            pc, fault->regs[SP], blank);
    text->why = "an erased slot, or one that is not mapped, reads FFFFFFFF: SP "
                "and PC are invalid";
    text->fix = "check the first two words before the jump: SP in RAM, the "
                "reset vector odd and inside the image";
}

static void bad_state(const struct cmd_fault *f, const struct sim_fault *fault,
        struct cmd_fault_text *text) {
    const uint32_t pc = fault->regs[PC];
    if (is_vector(f, fault)) {
        char name[CMD_NAME_BYTES];
        snprintf(text->what, sizeof text->what,
                "took %s, whose vector 0x%08" PRIx32 " is even",
                taken_name(f, fault, name), pc);
    } else {
        snprintf(text->what, sizeof text->what,
                "jumped to 0x%08" PRIx32 " with bit 0 clear%s (LR 0x%08" PRIx32
                ")",
                pc, pc ? "" : ", a null pointer", fault->regs[LR]);
    }
    text->why = "bit 0 of a vector, function pointer or return address says "
                "Thumb; this core has nothing else";
    text->fix = "set bit 0 (jump to the reset vector as it is in the table, "
                "not to an address made by hand), or look for what has "
                "overwritten the pointer";
}

static void bad_access(const struct cmd_fault *f, const struct sim_fault *fault,
        struct cmd_fault_text *text) {
    const uint32_t window = f->options->board->window.addr;
    const uint32_t off = fault->bfar - window;
    const struct board_region *internal = &f->options->board->internal;
    text->fix = "look at the pointer that the instruction uses";
    if (fault->bfar - internal->addr < internal->bytes) {
        snprintf(text->what, sizeof text->what,
                "stored to 0x%08" PRIx32 ", internal flash that is locked",
                fault->bfar);
        text->why = "flash is no RAM: programming it needs the keys in KEYR, "
                    "CR.PG and whole double words";
        return;
    }
    if (off < 0x10000000 && off >= f->files->chip_bytes) {
        snprintf(text->what, sizeof text->what,
                "touched 0x%08" PRIx32
                ", behind the end of the flash chip (0x%08" PRIx32
                " and %zu bytes)",
                fault->bfar, window, f->files->chip_bytes);
        text->why = "the controller answers behind FSIZE with a bus error";
    } else if (fault->cfsr & IMPRECISERR) {
        snprintf(text->what, sizeof text->what,
                "stored to 0x%08" PRIx32 ", where nothing can be written, at "
                "0x%08" PRIx32,
                fault->bfar, fault->late_pc);
        text->why = "stores are buffered: the fault comes some instructions "
                    "behind the one that made it";
    } else {
        snprintf(text->what, sizeof text->what,
                "touched 0x%08" PRIx32
                ", where there is no memory and no register",
                fault->bfar);
        text->why = fault->bfar < 0x1000
                ? "the bus answers with an error; a small address is mostly a "
                  "member of a null pointer"
                : "the bus answers with an error";
    }
}

// Causes with one sentence each.
static const struct {
    uint32_t cfsr, hfsr;
    const char *what, *why, *fix;
} simple_causes[] = {
        {MSTKERR, 0, "could not push the frame of an exception",
                "the MPU does not let the interrupted code write there",
                "look at SP, and at the region of the stack"},
        {MUNSTKERR, 0, "could not pop the frame of an exception",
                "the MPU does not let the code that is returned to read there",
                "look at what has changed PSP or MSP in the handler"},
        {MLSPERR | LSPERR, 0, "could not store the FP state of another context",
                "lazy stacking left room for it in a frame, which cannot be "
                "written now (FPCCR, FPCAR)",
                "look at SP when the exception was taken"},
        {STKERR, 0, "could not push the frame of an exception",
                "the stack pointer is outside of RAM: the stack has "
                "overflowed, or SP was never set",
                "look at SP and at the size of the stack"},
        {UNSTKERR, 0, "could not pop the frame of an exception",
                "the stack pointer of the return is outside of RAM",
                "look at what has changed PSP or MSP in the handler"},
        {UNDEFINSTR, 0, "executed an undefined instruction",
                "the memory holds no code, or code of another core",
                "compare the memory with the ELF: RAM code not copied or "
                "overwritten, data executed, a deliberate trap (udf)"},
        {INVPC, 0, "returned from an exception with a wrong EXC_RETURN",
                "LR or the stack of a handler was damaged, or its frame says "
                "another mode",
                "look at what the handler does with LR and the stack"},
        {NOCP, 0, "used the FPU, which is off",
                "CPACR does not allow CP10 and CP11",
                "set bits 20 to 23 of CPACR before the first FP instruction "
                "(SystemInit with __FPU_USED)"},
        {UNALIGNED, 0, "made an unaligned access where none is allowed",
                "LDM, STM, LDRD, STRD and exclusives need multiples of 4",
                "look at the pointer: a packed structure, a cast of bytes"},
        {DIVBYZERO, 0, "divided by 0", "CCR.DIV_0_TRP makes it a fault",
                "look at the divisor"},
        {0, DEBUGEVT, "executed BKPT without a debugger",
                "without a debugger it is a HardFault",
                "an assert or semihosting (rdimon): build without it, or "
                "handle it"},
        {0, VECTTBL, "took an exception whose vector cannot be read",
                "VTOR points to where no memory is, or to the closed window",
                "put the table where it can always be read"},
};

void cmd_fault_describe(const struct cmd_fault *f,
        const struct sim_fault *fault, struct cmd_fault_text *text) {
    *text = (struct cmd_fault_text){.why = "", .fix = ""};
    if (fault->cfsr & (IACCVIOL | IBUSERR)) {
        bad_target(f, fault, text);
        return;
    }
    if (fault->cfsr & INVSTATE) {
        bad_state(f, fault, text);
        return;
    }
    if (fault->cfsr & DACCVIOL) {
        snprintf(text->what, sizeof text->what,
                "touched 0x%08" PRIx32 ", which the MPU forbids", fault->bfar);
        text->why = "the region that holds it, or that none does, gives this "
                    "code no right to";
        text->fix = "look at the pointer, or at the regions (MPU_RBAR, "
                    "MPU_RASR, CONTROL.nPRIV)";
        return;
    }
    if (fault->cfsr & (PRECISERR | IMPRECISERR)) {
        bad_access(f, fault, text);
        return;
    }
    for (size_t i = 0; i < sizeof simple_causes / sizeof simple_causes[0];
            i++) {
        if ((fault->cfsr & simple_causes[i].cfsr) ||
                (fault->hfsr & simple_causes[i].hfsr)) {
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

const char *cmd_fault_exception(const struct sim_fault *fault) {
    return fault->exception ? exception_name(fault->exception) : "lockup";
}

/// Watching ///

static void place_text(const struct cmd_fault *f, uint32_t pc, char *text,
        size_t size) {
    const struct cmd_frame at = cmd_stack_place(&f->files->elfs, f->sim, pc);
    if (at.place.file) {
        snprintf(text, size, "0x%08" PRIx32 " %s+0x%" PRIx32 " (%s:%d)", pc,
                at.place.function, at.place.offset, at.place.file,
                at.place.line);
    } else {
        snprintf(text, size, "0x%08" PRIx32 " %s+0x%" PRIx32, pc,
                at.place.function, at.place.offset);
    }
}

// After a jump to an invalid address only LR gives the caller.
static void walk(struct cmd_fault *f) {
    const struct elf_list *elfs = &f->files->elfs;
    cmd_stack_walk(elfs, f->sim, f->first.regs, &f->stack);
    const uint32_t back = f->first.regs[LR];
    if (f->stack.count != 1 || f->stack.frames[0].elf || back >= BLANK) {
        return;
    }
    uint32_t regs[17];
    struct cmd_stack callers;
    memcpy(regs, f->first.regs, sizeof regs);
    regs[PC] = (back & ~1u) - 2; // in the call
    cmd_stack_walk(elfs, f->sim, regs, &callers);
    for (size_t i = 0; i < callers.count && f->stack.count < CMD_STACK_MAX &&
            callers.frames[0].elf;
            i++) {
        f->stack.frames[f->stack.count++] = callers.frames[i];
    }
}

static void on_fault(void *ctx, const struct sim_fault *fault) {
    struct cmd_fault *f = ctx;
    // A frame that could not be pushed follows from what was wrong before.
    const bool keep = !f->count ||
            (!fault->nested &&
                    (fault->time != f->first.time ||
                            fault->regs[PC] != f->first.regs[PC]));
    f->exceptions |= 1u << fault->exception;
    f->cfsr |= fault->cfsr;
    f->hfsr |= fault->hfsr;
    if (!fault->exception) { // follows a fault that was reported
        f->first.exception = 0;
        return;
    }
    f->count++;
    if (!keep) {
        return;
    }
    f->first = *fault;
    walk(f);
    if (f->count > NOTES_MAX || !cmd_console_is_new(f->console)) {
        return;
    }
    struct cmd_fault_text text;
    char place[200];
    cmd_fault_describe(f, fault, &text);
    place_text(f, fault->regs[PC], place, sizeof place);
    cmd_console_say(f->console, "note: %s at %s: the firmware %s%s",
            cmd_fault_exception(fault), place, text.what,
            f->count == NOTES_MAX ? "; further faults are not reported" : "");
}

static void on_reset(void *ctx, enum sim_reset kind) {
    struct cmd_fault *f = ctx;
    const bool by_fault = sim_active_fault(f->sim) != 0;
    if (kind == SIM_RESET_PIN || (kind == SIM_RESET_SOFTWARE && !by_fault)) {
        return;
    }
    f->reset[0] = f->reset[1];
    f->reset[1] = (struct cmd_fault_reset){sim_now(f->sim), kind, by_fault};
    f->resets++;
    if (f->resets > NOTES_MAX || !cmd_console_is_new(f->console)) {
        return;
    }
    char place[200], chip[100] = "";
    uint32_t off, len;
    place_text(f, sim_pc(f->sim), place, sizeof place);
    if (nor_operation(f->nor, &off, &len)) {
        const char suspended = nor_suspended(f->nor, &off, &len);
        snprintf(chip, sizeof chip,
                "; it cuts %s of the %" PRIu32 " bytes at 0x%06" PRIx32,
                suspended ? "the suspended operation" : "the erase or program",
                len, off);
    }
    cmd_console_say(f->console, "note: reset by %s at %s%s%s",
            kind == SIM_RESET_IWDG ? "the watchdog" : "the handler of a fault",
            place, chip,
            f->resets == NOTES_MAX ? "; further resets are not reported" : "");
}

static void on_other_handler(void *ctx, unsigned number, uint32_t handler,
        uint32_t pc) {
    struct cmd_fault *f = ctx;
    const struct cmd_frame from = cmd_stack_place(&f->files->elfs, f->sim, pc);
    const struct cmd_frame to =
            cmd_stack_place(&f->files->elfs, f->sim, handler);
    const bool other = from.elf && to.elf && strcmp(from.elf, to.elf) != 0;
    if (!other && sim_vtor(f->sim)) {
        return; // code in the window, its vectors in internal flash: one image
    }
    if (!cmd_console_is_new(f->console)) {
        return;
    }
    char name[CMD_NAME_BYTES], place[200];
    place_text(f, handler, place, sizeof place);
    cmd_console_say(f->console,
            "note: %s interrupts code in the window at 0x%08" PRIx32
            " and runs %s of the boot program: VTOR %s. An application in the "
            "window sets VTOR to its own table before it enables interrupts, "
            "and a boot program stops SysTick and its interrupts before it "
            "jumps",
            cmd_exception_name(name, number, sim_irqs(f->sim)), pc, place,
            sim_vtor(f->sim) ? "is that of another image"
                             : "was not set since the reset");
}

void cmd_fault_watch(struct cmd_fault *f) {
    sim_add_state(f->sim, f, sizeof *f);
    const struct sim_observer observer = {
            .fault = on_fault,
            .reset = on_reset,
            .other_handler = on_other_handler,
            .ctx = f,
    };
    sim_observe(f->sim, &observer);
}

/// The end ///

bool cmd_fault_ended(const struct cmd_fault *f, enum sim_stop stop) {
    return f->count && stop != SIM_STOP_REQUEST && stop != SIM_STOP_POWER_CUT &&
            (stop == SIM_STOP_LOCKUP || sim_active_fault(f->sim));
}

// Two resets, and a third one could have come since only recently.
bool cmd_fault_loops(const struct cmd_fault *f) {
    return f->resets >= 2 &&
            sim_now(f->sim) - f->reset[1].at <=
            2 * (f->reset[1].at - f->reset[0].at);
}

void cmd_fault_report(const struct cmd_fault *f) {
    const struct sim_fault *fault = &f->first;
    struct cmd_fault_text text;
    char line[400];
    cmd_fault_describe(f, fault, &text);
    cmd_report_title("FAULT", cmd_fault_exception(fault), fault->time);
    snprintf(line, sizeof line, "the firmware %s", text.what);
    cmd_report_wrapped("what", line);
    cmd_report_stack("where", &f->stack);
    cmd_report_code(f->sim, fault->regs[PC], line, sizeof line);
    if (line[0]) {
        fprintf(stderr, "  code   0x%08" PRIx32 " %s\n", fault->regs[PC], line);
    }
    char bits[200];
    cmd_fault_bits(fault->cfsr, fault->hfsr, bits, sizeof bits);
    snprintf(line, sizeof line,
            "CFSR 0x%08" PRIx32 ", HFSR 0x%08" PRIx32 ": %s", fault->cfsr,
            fault->hfsr, bits);
    cmd_report_wrapped("status", line);
    const uint32_t *r = fault->regs;
    fprintf(stderr,
            "  stack  r0 %08" PRIx32 "  r1 %08" PRIx32 "  r2 %08" PRIx32
            "  r3 %08" PRIx32 "  r12 %08" PRIx32 "\n"
            "         lr %08" PRIx32 "  pc %08" PRIx32 "  xPSR %08" PRIx32
            "  sp %08" PRIx32 "\n",
            r[0], r[1], r[2], r[3], r[12], r[LR], r[PC], r[XPSR], r[SP]);
    cmd_report_wrapped("why", text.why);
    cmd_report_wrapped("fix", text.fix);
    cmd_report_debug(f->options, fault->instructions + 1);
    fputc('\n', stderr);
}

/// Waiting ///

static void say_pending(struct cmd_fault *f, const struct sim_waiting *w) {
    for (size_t i = 0; i < w->count; i++) {
        char name[CMD_NAME_BYTES], since[NUMBER_TEXT_BYTES], by[300];
        if (w->primask || w->faultmask || w->basepri) {
            char place[200] = "";
            if (w->mask_pc) {
                place_text(f, w->mask_pc, place, sizeof place);
            }
            snprintf(by, sizeof by, "%s masks it%s%s",
                    w->faultmask         ? "FAULTMASK"
                            : w->primask ? "PRIMASK"
                                         : "BASEPRI",
                    w->mask_pc ? ", set at " : "", place);
        } else if (w->active) {
            char active[CMD_NAME_BYTES];
            snprintf(by, sizeof by, "%s runs, and its priority is not higher",
                    cmd_exception_name(active, w->active, sim_irqs(f->sim)));
        } else {
            continue;
        }
        cmd_console_say(f->console, "note: at the end %s has waited for %s: %s",
                cmd_exception_name(name, w->pending[i].number,
                        sim_irqs(f->sim)),
                number_format_time(since,
                        sim_now(f->sim) - w->pending[i].since),
                by);
    }
}

static bool waits_long(const struct cmd_fault *f, const struct sim_waiting *w) {
    bool any = false;
    for (size_t i = 0; i < w->count; i++) {
        any |= sim_now(f->sim) - w->pending[i].since > 100 * SIM_MS;
    }
    return any && (w->primask || w->faultmask || w->basepri || w->active);
}

void cmd_fault_waiting(struct cmd_fault *f, bool all) {
    struct sim_waiting w;
    sim_waiting(f->sim, &w);
    if (all || waits_long(f, &w)) {
        say_pending(f, &w);
    }
    if (!all) {
        return;
    }
    char place[200], read[80] = "", busy[200];
    for (size_t i = 0; sim_busy(f->sim, i, busy, sizeof busy); i++) {
        cmd_console_say(f->console, "note: at the end %s", busy);
    }
    place_text(f, sim_pc(f->sim), place, sizeof place);
    if (w.last_read && !w.asleep && !w.stalled) {
        snprintf(read, sizeof read,
                "; the last register it has read is 0x%08" PRIx32, w.last_read);
    }
    cmd_console_say(f->console, "note: at the end the core %s %s%s",
            w.stalled          ? "waits for the bus at"
                    : w.asleep ? "sleeps at"
                               : "executes",
            place, read);
}

void cmd_fault_ticks(struct cmd_fault *f) {
    struct sim_ticks_lost lost;
    sim_ticks_lost(f->sim, &lost);
    if (!lost.count) {
        return;
    }
    char count[NUMBER_TEXT_BYTES], at[NUMBER_TEXT_BYTES], place[200];
    place_text(f, lost.mask_pc, place, sizeof place);
    cmd_console_say(f->console,
            "note: SysTick lost %s tick%s, the last one at %s: it counted to 0 "
            "while its interrupt was still pending%s%s. Time that is counted "
            "in its handler is late by them; count what COUNTFLAG or a cycle "
            "counter says, or mask for less than a tick",
            number_format_count(count, lost.count), lost.count > 1 ? "s" : "",
            number_format_time(at, lost.at),
            lost.mask_pc ? "; the mask before the first one was set at " : "",
            lost.mask_pc ? place : "");
}
