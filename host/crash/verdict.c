/*
 * verdict - what happened, why, and what to do
 *
 * SPDX-License-Identifier: MIT
 *
 * What the status bits say is in host/fault. Here is what only the place says:
 * the window, an outage, the vector table in use, RAM code and stacks.
 */
#include "crash/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/exception_name.h"
#include "fault/fault_words.h"
#include "xip_fault.h"

#define STACK_ERRORS (FAULT_MSTKERR | FAULT_STKERR | FAULT_STKOF)
#define OUTAGE_WHY \
    "an outage was open: the chip erases or programs, or its controller " \
    "sends commands, and the window gives nothing"
#define FETCH_ERRORS (FAULT_IACCVIOL | FAULT_IBUSERR)

struct judge {
    struct verdict *v;
    const struct record *r;
    const struct backtrace *bt;
    const struct elf_set *elfs;
    const struct board *board;
    uint32_t cfsr, hfsr, pc, lr;
    bool has_addr;
    uint32_t addr; // BFAR or MMFAR
};

const char *verdict_name(enum verdict_kind kind) {
    static const char *const names[] = {"fault", "panic", "executed-flash",
            "read-flash", "window-dead", "window-read-dead", "vectors-in-flash",
            "ram-code", "even-address", "null-call", "stack", "blank-image",
            "wrong-vector-table", "reset-in-outage"};
    return names[kind];
}

__attribute__((format(printf, 2, 3))) static void note(struct verdict *v,
        const char *format, ...) {
    va_list args;
    if (v->note_count < sizeof v->notes / sizeof v->notes[0]) {
        va_start(args, format);
        vsnprintf(v->notes[v->note_count++], sizeof v->notes[0], format, args);
        va_end(args);
    }
}

void verdict_symbol(const struct elf_set *elfs, uint32_t addr, char *text,
        size_t size) {
    for (size_t i = 0; i < elfs->count; i++) {
        const struct elf_place p = elf_image_place(elfs->at[i], addr);
        if (strcmp(p.function, "?") != 0) {
            if (p.offset) {
                snprintf(text, size, "%s+0x%" PRIx32, p.function, p.offset);
            } else {
                snprintf(text, size, "%s", p.function);
            }
            return;
        }
    }
    snprintf(text, size, "0x%08" PRIx32, addr);
}

static bool in_window(const struct judge *j, uint32_t addr) {
    return addr - j->board->window.addr < j->board->window.bytes;
}

// "f (file.c:12)", of the second frame. NULL: unknown.
static const char *caller_of(const struct judge *j, char *text, size_t size) {
    if (j->bt->count < 2 || j->bt->frames[1].method == FRAME_EXCEPTION ||
            !j->bt->frames[1].image) {
        return NULL;
    }
    const struct frame *f = &j->bt->frames[1];
    if (f->place.file) {
        snprintf(text, size, "%s (%s:%d)", f->place.function, f->place.file,
                f->place.line);
    } else {
        snprintf(text, size, "%s", f->place.function);
    }
    return text;
}

/// Verdicts, each true if it is the one ///

// A string of the image, as the recorder kept only its address.
static bool take_string(const struct elf_set *elfs, uint32_t addr, char *text,
        size_t size) {
    for (size_t i = 0; addr && i < elfs->count; i++) {
        size_t n = 0;
        const uint8_t *c;
        while (n + 1 < size &&
                (c = elf_image_bytes(elfs->at[i], addr + (uint32_t)n, 1)) &&
                *c >= ' ' && *c < 0x7F) {
            text[n++] = (char)*c;
        }
        text[n] = '\0';
        if (n) {
            return true;
        }
    }
    return false;
}

static bool is_panic(const struct judge *j) {
    return (j->r->flags & XIP_FAULT_PANIC) ||
            ((j->cfsr & FAULT_UNDEFINSTR) && j->bt->count &&
                    !strcmp(j->bt->frames[0].place.function,
                            "xip_fault_panic"));
}

static bool judge_panic(struct judge *j) {
    if (!is_panic(j)) {
        return false;
    }
    struct verdict *v = j->v;
    const bool direct = j->r->flags & XIP_FAULT_PANIC;
    const uint32_t file = direct ? j->r->file : j->r->r[0];
    const uint32_t line = direct ? j->r->line : j->r->r[1];
    char name[200];
    if (!take_string(j->elfs, file, name, sizeof name)) {
        snprintf(name, sizeof name, "the file whose name is at 0x%08" PRIx32,
                file);
    }
    const size_t at = direct ? 0 : 1;
    const struct frame *f = j->bt->count > at ? &j->bt->frames[at] : NULL;
    v->kind = VERDICT_PANIC;
    snprintf(v->what, sizeof v->what,
            "the firmware stopped itself at %s:%" PRIu32 "%s%s", name, line,
            f ? ", in " : "",
            !f                         ? ""
                    : f->inlined_count ? f->inlined[0].name
                                       : f->place.function);
    v->why = "XIP_ASSERT, XIP_PANIC or an Error_Handler found a condition that "
             "must not be";
    v->fix = "look at the condition in that line, and at its caller";
    return true;
}

// Armv8-M, EXC_RETURN: bit 6 is the state of the frame, bit 0 that of the
// handler.
static bool judge_other_state(struct judge *j) {
    if (!(j->r->flags & XIP_FAULT_OTHER_STATE)) {
        return false;
    }
    const bool secure = j->r->exc_return & 1u << 6;
    snprintf(j->v->what, sizeof j->v->what,
            "%s code faulted, and the recorder, which is %s, does not read the "
            "stack of the other security state",
            secure ? "Secure" : "Non-secure", secure ? "Non-secure" : "Secure");
    j->v->why = "its registers are in an exception frame there; the status "
                "bits below, r4 to r11 and the outage are known";
    j->v->fix = "give that state a recorder of its own: AIRCR.BFHFNMINS lets "
                "Non-secure handlers take their faults; or halt it in a "
                "debugger";
    return true;
}

static bool judge_stack(struct judge *j) {
    if (j->r->frame_known) {
        return false;
    }
    struct verdict *v = j->v;
    const uint32_t sp = j->r->r[RECORD_SP];
    if (sp >= 0xFFFFFF00u) {
        v->kind = VERDICT_BLANK_IMAGE;
        snprintf(v->what, sizeof v->what,
                "the firmware jumped to an image that is not there: SP was "
                "0x%08" PRIx32 ", as erased flash has it",
                sp);
        v->why =
                "an erased slot, or one that is not mapped, reads FFFFFFFF: SP "
                "and PC are invalid, so no exception frame could be pushed";
        v->fix = "check the first two words before the jump: SP in RAM, the "
                 "reset vector odd and inside the image";
        return true;
    }
    v->kind = VERDICT_STACK;
    const bool process = (j->r->exc_return & 0xC) == 0xC;
    char near[120] = "";
    const struct record_memory *m = j->r->memories ? j->r->memory : NULL;
    for (size_t i = 0; i < j->elfs->count && !near[0]; i++) {
        for (uint32_t up = 0; up <= 256 && !near[0]; up += 4) {
            const struct elf_symbol *s =
                    elf_image_symbol_at(j->elfs->at[i], sp + up);
            if (s && s->object) {
                snprintf(near, sizeof near,
                        ", %s the %" PRIu32 " bytes of %s at 0x%08" PRIx32,
                        sp < s->addr ? "below" : "inside", s->size_bytes,
                        s->name, s->addr);
            }
        }
    }
    snprintf(v->what, sizeof v->what,
            "the stack overflowed: %s was 0x%08" PRIx32
            "%s, and the exception frame could not be pushed there",
            process ? "PSP" : "MSP", sp, near);
    v->why = j->cfsr & FAULT_MSTKERR
            ? "the MPU does not let the code write there: a guard region, or "
              "SP has left its stack"
            : "there is no memory: the stack has grown below the RAM, or SP "
              "was never set";
    v->fix = j->bt->count
            ? "give the stack more room, or look below for what needs so much; "
              "PC is unknown, the calls are return addresses found on the stack"
            : "give the stack more room, or look at what sets SP; PC is unknown";
    if (m && m->addr > sp) {
        note(v,
                "the record has the memory from 0x%08" PRIx32
                " on, the first above SP that can be read%s",
                m->addr,
                j->bt->count ? "" : ": there is no return address in it");
    }
    return true;
}

// The recorded bytes at PC are not those of the ELF.
static bool judge_ram_code(struct judge *j) {
    struct elf_image *image = backtrace_image(j->elfs, j->pc);
    const struct elf_section *s =
            image ? elf_image_section_at(image, j->pc) : NULL;
    if (!s || s->load_addr == s->addr) {
        return false;
    }
    uint32_t differ = 0, zero = 0, words = 0, word;
    for (uint32_t at = j->pc & ~3u; at < j->pc + 8; at += 4) {
        const uint8_t *elf = elf_image_bytes(image, at, 4);
        if (elf && record_word(j->r, at, &word)) {
            const uint32_t wanted = elf[0] | (uint32_t)elf[1] << 8 |
                    (uint32_t)elf[2] << 16 | (uint32_t)elf[3] << 24;
            words++;
            differ += word != wanted;
            zero += word == 0 || word == 0xFFFFFFFFu;
        }
    }
    if (!differ) {
        return false;
    }
    struct verdict *v = j->v;
    char name[120];
    verdict_symbol(j->elfs, j->pc, name, sizeof name);
    record_word(j->r, j->pc & ~3u, &word);
    v->kind = VERDICT_RAM_CODE;
    snprintf(v->what, sizeof v->what,
            "the firmware executed %s at 0x%08" PRIx32
            ", where the RAM holds 0x%08" PRIx32 " and not the code of the ELF",
            name, j->pc, word);
    v->why = zero == words || differ == words
            ? "the code was not copied to RAM before the call, or something "
              "has overwritten it"
            : "something has overwritten the code in RAM";
    v->fix = "look whether start-up copies its section (does it end behind the "
             "last function?) before the first call; else set a watchpoint "
             "there";
    note(v, "its section %s is copied from 0x%08" PRIx32, s->name,
            s->load_addr);
    return true;
}

static bool judge_vectors(struct judge *j) {
    struct verdict *v = j->v;
    const uint32_t vtor = j->r->scb[SCB_VTOR];
    if (!(j->hfsr & FAULT_VECTTBL) || !in_window(j, vtor)) {
        return false;
    }
    v->kind = VERDICT_VECTORS_IN_FLASH;
    snprintf(v->what, sizeof v->what,
            "an exception came while its vector, in the table at 0x%08" PRIx32
            " in flash, could not be read",
            vtor);
    v->why = "VTOR points to the window, which cannot be read in an outage";
    v->fix = "copy the table to RAM and set VTOR to it before the first outage";
    return true;
}

// The exception whose handler begins at PC, or NULL. Only a handler's first
// instruction has EXC_RETURN in LR for certain.
static const char *vector_name(const struct judge *j, char *name) {
    const uint32_t number = j->r->r[RECORD_XPSR] & 0x1FF;
    uint32_t vector = 0;
    const uint32_t at = j->r->scb[SCB_VTOR] + 4 * number;
    if (!number || (j->r->r[RECORD_LR] >> 24) != 0xFF) {
        return NULL;
    }
    if (record_word(j->r, at, &vector) && (vector & ~1u) != (j->pc & ~1u)) {
        return NULL;
    }
    const char *known = exception_name(number);
    if (known) {
        return known;
    }
    snprintf(name, 24, "interrupt %" PRIu32, number - EXCEPTION_IRQ0);
    return name;
}

// Of another image than the code at fault: its handlers ran.
static void note_table(struct judge *j) {
    const uint32_t vtor = j->r->scb[SCB_VTOR];
    const struct board_region *internal = &j->board->internal;
    if (in_window(j, j->pc) &&
            (vtor - internal->addr < internal->bytes || !vtor)) {
        j->v->kind = VERDICT_WRONG_TABLE;
        note(j->v,
                "VTOR is 0x%08" PRIx32 ", the boot program's table: its "
                "handlers run in the application. An application in the window "
                "sets VTOR to its own table before it enables interrupts",
                vtor);
    }
}

/// Together ///

// After a wrong EXC_RETURN the frame is that of the code which was interrupted;
// which handler returned is only in SHCSR and ICSR.
static void note_active(const struct judge *j) {
    static const struct {
        unsigned bit, exception;
    } system[] = {{7, 11}, {8, 12}, {10, 14}, {11, 15}};
    char list[120] = "";
    for (size_t i = 0; i < sizeof system / sizeof system[0]; i++) {
        if (j->r->scb[SCB_SHCSR] >> system[i].bit & 1) {
            const size_t at = strlen(list);
            snprintf(list + at, sizeof list - at, "%s%s", at ? ", " : "",
                    exception_name(system[i].exception));
        }
    }
    note(j->v, "the stack is that of the interrupted code; %s%s",
            list[0] ? "exceptions that are active: "
                    : "which handler returned is not recorded",
            list);
}

// What a checker's report calls the two ends of it.
static void name_ends(struct judge *j, enum fault_cause cause) {
    struct verdict *v = j->v;
    const struct backtrace *bt = j->bt;
    const char *at = bt->count ? bt->frames[0].place.function : NULL;
    if (cause == FAULT_EXECUTED_FLASH) {
        v->target = at;
        v->function = bt->count > 1 && bt->frames[1].method != FRAME_EXCEPTION
                ? bt->frames[1].place.function
                : NULL;
    } else if (cause == FAULT_READ_FLASH) {
        v->function = at;
        for (size_t i = 0; i < j->elfs->count && !v->target; i++) {
            const struct elf_symbol *s =
                    elf_image_symbol_at(j->elfs->at[i], j->addr);
            v->target = s ? s->name : NULL;
        }
    }
}

static enum verdict_kind kind_of(enum fault_cause cause, bool outage) {
    switch (cause) {
    case FAULT_EXECUTED_FLASH:
        return outage ? VERDICT_EXECUTED_FLASH : VERDICT_WINDOW_DEAD;
    case FAULT_READ_FLASH:
        return outage ? VERDICT_READ_FLASH : VERDICT_WINDOW_READ_DEAD;
    case FAULT_EVEN_TARGET:
        return VERDICT_EVEN;
    case FAULT_NULL_TARGET:
        return VERDICT_NULL;
    default:
        return VERDICT_FAULT;
    }
}

// What the status bits say, with the names of the place.
static void judge_status(struct judge *j, uint32_t cfsr) {
    struct fault_text text;
    char vector[24], target[120], object[120], caller[360];
    struct fault_facts facts = {
            .cfsr = cfsr,
            .hfsr = j->hfsr,
            .addr = j->addr,
            .addr_unknown =
                    (cfsr & FAULT_IMPRECISERR) && !(cfsr & FAULT_PRECISERR),
            .window_addr = j->board->window.addr,
            .window_bytes = j->board->window.bytes,
            .chip_bytes = j->board->flash_bytes,
            .closed_why = j->v->outage[0] ? OUTAGE_WHY : NULL,
            .caller = caller_of(j, caller, sizeof caller),
    };
    memcpy(facts.regs, j->r->r, sizeof facts.regs);
    if (cfsr & (FETCH_ERRORS | FAULT_INVSTATE)) {
        facts.vector_of = vector_name(j, vector);
    }
    if (backtrace_image(j->elfs, j->pc)) {
        verdict_symbol(j->elfs, j->pc, target, sizeof target);
        facts.target = target;
    } else {
        facts.code = FAULT_CODE_OF_NO_ELF;
    }
    verdict_symbol(j->elfs, j->addr, object, sizeof object);
    if (strncmp(object, "0x", 2) != 0) {
        facts.object = object;
    }
    fault_describe(&facts, &text);
    j->v->kind = kind_of(text.cause, facts.closed_why);
    snprintf(j->v->what, sizeof j->v->what, "the firmware %s", text.what);
    j->v->why = text.why;
    j->v->fix = text.fix;
    name_ends(j, text.cause);
}

static void judge_plain(struct judge *j) {
    const bool baseline = j->r->flags & XIP_FAULT_BASELINE;
    // Without a status the open outage says enough.
    if (j->v->outage[0] && (j->r->no_status || baseline) &&
            in_window(j, j->pc)) {
        judge_status(j, FAULT_IBUSERR);
        return;
    }
    if (j->r->no_status) {
        snprintf(j->v->what, sizeof j->v->what,
                "the firmware faulted, and a %s does not say how",
                j->r->foreign);
        j->v->why = "it has registers and memory, but no fault status";
        j->v->fix = "look at the instruction and the registers it uses; Zephyr "
                    "prints the status above its dump";
        return;
    }
    if (baseline) {
        snprintf(j->v->what, sizeof j->v->what,
                "the firmware caused a HardFault");
        j->v->why = "this core does not say why: an unaligned access, an "
                    "address without memory, an undefined instruction, an even "
                    "branch target, BKPT, or SVC in a handler";
        j->v->fix = "look at the instruction and the registers it uses";
        return;
    }
    if (!j->cfsr && !(j->hfsr & (FAULT_DEBUGEVT | FAULT_VECTTBL)) &&
            j->r->ipsr == 2) {
        snprintf(j->v->what, sizeof j->v->what, "an NMI came");
        j->v->why = "the firmware has no handler of its own for it";
        j->v->fix = "on STM32: the clock security system, ECC or parity; look "
                    "at their flags";
        return;
    }
    judge_status(j, j->cfsr);
}

void verdict_find(struct verdict *v, const struct record *record,
        const struct backtrace *bt, const struct elf_set *elfs,
        const struct board *board) {
    struct judge j = {
            .v = v,
            .r = record,
            .bt = bt,
            .elfs = elfs,
            .board = board,
            .cfsr = record->scb[SCB_CFSR],
            .hfsr = record->scb[SCB_HFSR],
            .pc = record->r[RECORD_PC],
            .lr = record->r[RECORD_LR],
    };
    *v = (struct verdict){.why = "", .fix = ""};
    if (record->flags & XIP_FAULT_PANIC) {
        j.cfsr = j.hfsr = 0; // left over
    }
    j.has_addr = j.cfsr & (FAULT_BFARVALID | FAULT_MMARVALID);
    j.addr = j.cfsr & FAULT_BFARVALID  ? record->scb[SCB_BFAR]
            : j.cfsr & FAULT_MMARVALID ? record->scb[SCB_MMFAR]
                                       : 0;
    const char *outage = record_outage(record);
    if (outage) {
        snprintf(v->outage, sizeof v->outage, "%s at flash offset 0x%06" PRIx32,
                outage, record->breadcrumb_off);
    }
    if (!judge_panic(&j) && !judge_other_state(&j) && !judge_stack(&j) &&
            !judge_vectors(&j) && !judge_ram_code(&j)) {
        judge_plain(&j);
    }
    note_table(&j);
    if (outage) {
        note(v, "an outage was open: %s", v->outage);
    }
    if (record->flags & XIP_FAULT_HEADER_ONLY) {
        note(v, "the recorder was interrupted before it had read the stack");
    }
    if (record->foreign) {
        note(v, "of a %s%s", record->foreign,
                !record->no_status || record->ipsr ? ""
                        : record->reason == 2
                        ? ": a stack check failed (K_ERR_STACK_CHK_FAIL)"
                        : record->reason == 3 ? ": k_oops()"
                        : record->reason == 4 ? ": k_panic()"
                                              : "");
    }
    if (record->later) {
        note(v,
                "%" PRIu32 " more fault%s came before this record was read; "
                "they are not recorded",
                record->later, record->later > 1 ? "s" : "");
    }
    if (j.cfsr & FAULT_INVPC) {
        note_active(&j);
    }
    if (record->primask && !(record->flags & XIP_FAULT_PANIC) &&
            (j.hfsr & FAULT_FORCED)) {
        note(v, "PRIMASK was set, so the fault came as HardFault");
    }
}

void verdict_of_cut(struct verdict *v, const struct record_cut *cut) {
    *v = (struct verdict){.kind = VERDICT_CUT};
    snprintf(v->what, sizeof v->what,
            "a reset%s%s ended %s at flash offset 0x%06" PRIx32
            ", and no handler ran",
            cut->reset[0] ? " by " : "", cut->reset, cut->kind, cut->off);
    v->why =
            "in an outage nothing feeds a watchdog but the library, and a core "
            "that waits for ever or is locked up records nothing";
    v->fix = "give the library the watchdog (struct xip_watchdog), with its "
             "interval; to see the line, run it on the simulator (xipsafe sim) "
             "or with a debugger";
    snprintf(v->outage, sizeof v->outage, "%s at flash offset 0x%06" PRIx32,
            cut->kind, cut->off);
}
