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

static const char *in_outage(const struct judge *j) {
    return j->v->outage[0] ? j->v->outage : NULL;
}

#define CALLED ", called from"

// ", called from f (file:12)", of the second frame.
static void called_from(const struct judge *j, char *text, size_t size) {
    text[0] = '\0';
    if (j->bt->count > 1 && j->bt->frames[1].method != FRAME_EXCEPTION) {
        const struct frame *f = &j->bt->frames[1];
        if (f->place.file) {
            snprintf(text, size, CALLED " %s (%s:%d)", f->place.function,
                    f->place.file, f->place.line);
        } else if (f->image) {
            snprintf(text, size, CALLED " %s", f->place.function);
        }
        j->v->function = f->place.function;
    }
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
            ? "the MPU does not let the code write there: a guard region, or SP "
              "has left its stack"
            : "there is no memory: the stack has grown below the RAM, or SP was "
              "never set";
    v->fix = "give the stack more room, or look below for what needs so much; "
             "PC is unknown, the calls are return addresses found on the stack";
    if (m && m->addr > sp) {
        note(v, "the record has memory from 0x%08" PRIx32 " on", m->addr);
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

static bool judge_fetch(struct judge *j) {
    const uint32_t bits = FETCH_ERRORS | FAULT_UNDEFINSTR | FAULT_INVSTATE;
    const char *outage = in_outage(j);
    const bool likely = outage && j->r->no_status;
    if (!in_window(j, j->pc) || (!(j->cfsr & bits) && !likely)) {
        return false;
    }
    const bool bus = j->cfsr & FETCH_ERRORS;
    const bool odd_target = !(j->cfsr & FAULT_INVSTATE);
    if (!odd_target || (!outage && !bus)) {
        return false; // an even pointer, or a plain undefined instruction
    }
    struct verdict *v = j->v;
    char name[120], from[300];
    verdict_symbol(j->elfs, j->pc, name, sizeof name);
    called_from(j, from, sizeof from);
    v->target = j->bt->count ? j->bt->frames[0].place.function : NULL;
    if (outage) {
        v->kind = VERDICT_EXECUTED_FLASH;
        snprintf(v->what, sizeof v->what,
                "the firmware executed %s from flash while it could not be "
                "read%s",
                name, from);
        v->why = "an outage was open: the chip erases or programs, or its "
                 "controller sends commands, and the window gives nothing";
        v->fix = "move the function to RAM, or do not call it there; `xipsafe "
                 "check` finds all of them";
        return true;
    }
    v->kind = VERDICT_WINDOW_DEAD;
    snprintf(v->what, sizeof v->what,
            "the firmware executed %s from flash, which did not answer%s", name,
            from);
    v->why =
            "no outage of the library was open: the flash controller was set "
            "up again or switched off, a command was sent past the library, or "
            "the chip was still busy";
    v->fix = "code that runs from the flash must not touch the controller, its "
             "clock or its pins: look at what was called before this line";
    return true;
}

static bool judge_read(struct judge *j) {
    if (!j->has_addr || !in_window(j, j->addr) ||
            !(j->cfsr & FAULT_PRECISERR)) {
        return false;
    }
    struct verdict *v = j->v;
    char name[120], by[120];
    verdict_symbol(j->elfs, j->addr, name, sizeof name);
    verdict_symbol(j->elfs, j->pc, by, sizeof by);
    const char *outage = in_outage(j);
    v->kind = outage ? VERDICT_READ_FLASH : VERDICT_WINDOW_READ_DEAD;
    snprintf(v->what, sizeof v->what,
            "%s read %s at 0x%08" PRIx32 " in flash, %s", by, name, j->addr,
            outage ? "while it could not be read" : "which did not answer");
    v->why = outage
            ? "an outage was open, and constants, strings and tables lie in the "
              "flash unless they are moved"
            : "no outage of the library was open: the flash controller is not "
              "set up yet, was set up again or switched off";
    v->fix = outage
            ? "move what it reads to RAM (a section of its own in .data)"
            : "look at what has changed the controller, its clock or "
              "its pins";
    if (j->bt->count) {
        v->function = j->bt->frames[0].place.function;
    }
    for (size_t i = 0; i < j->elfs->count && !v->target; i++) {
        const struct elf_symbol *s =
                elf_image_symbol_at(j->elfs->at[i], j->addr);
        v->target = s ? s->name : NULL;
    }
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

static bool judge_target(struct judge *j) {
    char name[120], from[300];
    if ((j->cfsr & FAULT_IACCVIOL) && backtrace_image(j->elfs, j->pc)) {
        verdict_symbol(j->elfs, j->pc, name, sizeof name);
        called_from(j, from, sizeof from);
        snprintf(j->v->what, sizeof j->v->what,
                "the firmware called %s at 0x%08" PRIx32
                ", which may not be executed%s",
                name, j->pc, from);
        j->v->why = "an MPU region with XN, or none at all, covers it";
        j->v->fix = "let the MPU region of RAM code have XN clear (MPU_RASR, "
                    "MPU_RLAR)";
        return true;
    }
    if (!(j->cfsr & FAULT_INVSTATE) || vector_name(j, name)) {
        return false;
    }
    verdict_symbol(j->elfs, j->pc, name, sizeof name);
    called_from(j, from, sizeof from);
    struct verdict *v = j->v;
    if (j->pc < 2) {
        v->kind = VERDICT_NULL;
        snprintf(v->what, sizeof v->what,
                "the firmware called a null pointer%s%s", from[0] ? ", in" : "",
                from[0] ? from + strlen(CALLED) : "");
        v->why = "a function pointer that was never set";
        v->fix = "look at the pointer that this line calls";
        return true;
    }
    if (backtrace_image(j->elfs, j->pc)) {
        v->kind = VERDICT_EVEN;
        snprintf(v->what, sizeof v->what,
                "the firmware branched to %s at the even address 0x%08" PRIx32
                "%s",
                name, j->pc, from);
        v->why =
                "bit 0 of a function pointer says Thumb; this core has nothing "
                "else";
        v->fix =
                "set bit 0: use the function's name, or the word of the vector "
                "table as it is, not an address made by hand";
        return true;
    }
    return false;
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

static void judge_plain(struct judge *j) {
    struct fault_text text;
    char name[24];
    struct fault_facts facts = {
            .cfsr = j->cfsr,
            .hfsr = j->hfsr,
            .addr = j->addr,
            .addr_unknown = (j->cfsr & FAULT_IMPRECISERR) &&
                    !(j->cfsr & FAULT_PRECISERR),
            .window_addr = j->board->window.addr,
            .chip_bytes = j->board->flash_bytes,
    };
    memcpy(facts.regs, j->r->r, sizeof facts.regs);
    const bool first = j->cfsr & (FETCH_ERRORS | FAULT_INVSTATE);
    facts.vector_of = first ? vector_name(j, name) : NULL;
    if (j->r->no_status) {
        snprintf(j->v->what, sizeof j->v->what,
                "the firmware faulted, and a %s does not say how",
                j->r->foreign);
        j->v->why = "it has registers and memory, but no fault status";
        j->v->fix = "look at the instruction and the registers it uses; Zephyr "
                    "prints the status above its dump";
        return;
    }
    if (j->r->flags & XIP_FAULT_BASELINE) {
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
    fault_describe(&facts, &text);
    snprintf(j->v->what, sizeof j->v->what, "the firmware %s", text.what);
    j->v->why = text.why;
    j->v->fix = text.fix;
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
    if (!judge_panic(&j) && !judge_stack(&j) && !judge_vectors(&j) &&
            !judge_ram_code(&j) && !judge_fetch(&j) && !judge_read(&j) &&
            !judge_target(&j)) {
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
