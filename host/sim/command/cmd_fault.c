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
#include "sim/debug.h"
#include "sim/observe/measure.h"
#include "sim/snapshot.h"

#define NOTES_MAX 4              // of faults that were handled
#define LONG_WAIT (100 * SIM_MS) // what a note at the end is about
#define STORM_ENTRIES 100u
#define POLL_READS 1000u
#define ASKED_RESETS 4u // a program may have a reason for some
#define NMI 2
#define SP 13
#define LR 14
#define PC 15
#define XPSR 16

/// Names ///

static unsigned fault_number(const char *name) {
    const unsigned number = exception_number(name, strlen(name));
    return number >= 3 && number <= 6 ? number : 0;
}

bool cmd_fault_seen(const struct cmd_fault *f, const char *name) {
    const unsigned number = fault_number(name);
    if (number || !strcasecmp(name, "lockup")) {
        return f->exceptions >> number & 1;
    }
    const struct fault_bit *bit = fault_bit_named(name);
    return bit && ((f->cfsr & bit->cfsr) || (f->hfsr & bit->hfsr));
}

bool cmd_fault_name_is_known(const char *name) {
    return fault_number(name) || !strcasecmp(name, "lockup") ||
            fault_bit_named(name);
}

/// Causes ///

static bool is_blank(const struct cmd_fault *f, uint32_t addr, uint32_t bytes) {
    static const uint8_t blank[8] = {
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    const uint8_t *at = sim_memory(f->sim, addr, bytes);
    return at && !memcmp(at, blank, bytes);
}

// A register that points to erased flash: the vector table of a jump.
static bool blank_table(const struct cmd_fault *f,
        const struct sim_fault *fault, uint32_t *table) {
    for (int i = 0; i < SP; i++) {
        if (!(fault->regs[i] & 127) && is_blank(f, fault->regs[i], 8)) {
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

// After a jump to an invalid address only LR gives the caller.
static void walk(const struct cmd_fault *f, const struct sim_fault *fault,
        struct cmd_stack *stack) {
    const struct elf_list *elfs = &f->files->elfs;
    cmd_stack_walk(elfs, f->sim, fault->regs, stack);
    const uint32_t back = fault->regs[LR];
    if (fault->regs[PC] < 2 && stack->count) {
        stack->count = 1; // whatever lies at 0 was not called
        stack->frames[0].elf = NULL;
    }
    if (stack->count != 1 || stack->frames[0].elf || back >= FAULT_BLANK) {
        return;
    }
    uint32_t regs[17];
    struct cmd_stack callers;
    memcpy(regs, fault->regs, sizeof regs);
    regs[PC] = (back & ~1u) - 2; // in the call
    cmd_stack_walk(elfs, f->sim, regs, &callers);
    for (size_t i = 0; i < callers.count && stack->count < CMD_STACK_MAX &&
            callers.frames[0].elf;
            i++) {
        stack->frames[stack->count++] = callers.frames[i];
    }
}

// "f+0x4"; NULL: no ELF knows it.
static const char *name_of(const struct cmd_fault *f, uint32_t addr, char *text,
        size_t size) {
    const struct cmd_frame at = cmd_stack_place(&f->files->elfs, f->sim, addr);
    if (!strcmp(at.place.function, "?")) {
        return NULL;
    }
    snprintf(text, size, at.place.offset ? "%s+0x%" PRIx32 : "%s",
            at.place.function, at.place.offset);
    return text;
}

// "f (file.c:12)".
static const char *frame_text(const struct cmd_frame *frame, char *text,
        size_t size) {
    if (frame->place.file) {
        snprintf(text, size, "%s (%s:%d)", frame->place.function,
                frame->place.file, frame->place.line);
    } else if (!strcmp(frame->place.function, "?")) { // an ELF without symbols
        snprintf(text, size, "0x%08" PRIx32, frame->pc);
    } else {
        snprintf(text, size, "%s", frame->place.function);
    }
    return text;
}

// NULL: unknown.
static const char *caller_of(const struct cmd_stack *stack, char *text,
        size_t size) {
    const struct cmd_frame *const frame = &stack->frames[1];
    return stack->count < 2 || frame->interrupted || !frame->elf
            ? NULL
            : frame_text(frame, text, size);
}

static bool is_ram(const struct board *board, uint32_t addr) {
    for (unsigned i = 0; i < board->ram_count; i++) {
        if (addr - board->ram[i].addr < board->ram[i].bytes) {
            return true;
        }
    }
    return false;
}

static bool is_above_ram(const struct board *board, uint32_t addr) {
    return !is_ram(board, addr) && is_ram(board, addr - 4);
}

// BLX of a register: what is called by a pointer returns behind it.
static bool is_behind_call(const struct cmd_fault *f, uint32_t lr) {
    const uint8_t *at = sim_memory(f->sim, (lr & ~1u) - 2, 2);
    return at && (at[0] & 0x83) == 0x80 && at[1] == 0x47;
}

void cmd_fault_describe(const struct cmd_fault *f,
        const struct sim_fault *fault, struct fault_text *text) {
    const struct board_region *window = &f->options->board->window;
    const struct board_region *internal = &f->options->board->internal;
    const uint32_t off = fault->bfar - window->addr;
    const uint32_t pc = fault->regs[PC];
    const bool in_flash = pc - internal->addr < internal->bytes ||
            pc - window->addr < window->bytes;
    struct fault_facts facts = {
            .cfsr = fault->cfsr,
            .hfsr = fault->hfsr,
            .code = in_flash && is_blank(f, pc, 4) ? FAULT_CODE_ERASED
                                                   : FAULT_CODE_UNKNOWN,
            .addr = fault->bfar,
            .late_pc = fault->late_pc,
            .in_internal_flash = fault->bfar - internal->addr < internal->bytes,
            .stack_outside = !is_ram(f->options->board, fault->regs[SP]),
            .stack_above = is_above_ram(f->options->board, fault->regs[SP]),
            .not_called = !is_behind_call(f, fault->regs[LR]),
            .behind_chip = off < 0x10000000 && off >= f->files->chip_bytes,
            .window_addr = window->addr,
            .window_bytes = window->bytes,
            .chip_bytes = f->files->chip_bytes,
            .closed_why = sim_window_is_open(f->sim)
                    ? NULL
                    : sim_window_reason(f->sim),
    };
    char name[CMD_NAME_BYTES], target[120], object[120], caller[360];
    struct cmd_stack stack;
    walk(f, fault, &stack);
    facts.caller = caller_of(&stack, caller, sizeof caller);
    if (stack.count && stack.frames[0].elf) {
        facts.target = name_of(f, pc, target, sizeof target);
    }
    if (!sim_refused(f->sim, fault->bfar, &facts.refused_why,
                &facts.refused_fix)) {
        facts.refused_why = NULL;
    }
    facts.object = name_of(f, fault->bfar, object, sizeof object);
    memcpy(facts.regs, fault->regs, sizeof facts.regs);
    if (is_vector(f, fault)) {
        facts.vector_of = taken_name(f, fault, name);
    }
    facts.has_blank_table = blank_table(f, fault, &facts.blank_table);
    fault_describe(&facts, text);
}

const char *cmd_fault_exception(const struct sim_fault *fault) {
    return fault->exception ? exception_name(fault->exception) : "lockup";
}

/// Watching ///

static void place_text(const struct cmd_fault *f, uint32_t pc, char *text,
        size_t size) {
    const struct cmd_frame at = cmd_stack_place(&f->files->elfs, f->sim, pc);
    if (pc < 2 || !strcmp(at.place.function, "?")) {
        snprintf(text, size, "0x%08" PRIx32, pc);
    } else if (at.place.file) {
        snprintf(text, size, "0x%08" PRIx32 " %s+0x%" PRIx32 " (%s:%d)", pc,
                at.place.function, at.place.offset, at.place.file,
                at.place.line);
    } else {
        snprintf(text, size, "0x%08" PRIx32 " %s+0x%" PRIx32, pc,
                at.place.function, at.place.offset);
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
    walk(f, fault, &f->stack);
    cmd_fault_describe(f, fault, &f->text);
    if (f->count > NOTES_MAX || !cmd_console_is_new(f->console)) {
        return;
    }
    char place[200];
    place_text(f, fault->regs[PC], place, sizeof place);
    cmd_console_say(f->console, "note: %s at %s: the firmware %s%s",
            cmd_fault_exception(fault), place, f->text.what,
            f->count == NOTES_MAX ? "; further faults are not reported" : "");
}

// Empty: the chip had nothing to do.
static const char *cut_operation(const struct cmd_fault *f, bool meant,
        char *text, size_t size) {
    uint32_t off, len;
    text[0] = 0;
    (void)nor_busy(f->nor, sim_now(f->sim)); // not asked of late
    if (nor_operation(f->nor, &off, &len)) {
        const char suspended = nor_suspended(f->nor, &off, &len);
        snprintf(text, size,
                "; the chip %s of the %" PRIu32 " bytes at 0x%06" PRIx32 "%s",
                suspended ? "keeps the suspended operation"
                          : "goes on with the erase or program",
                len, off,
                !meant              ? ""
                        : suspended ? ". Resume it and wait for its end first"
                                    : ". Wait until WIP is 0 first");
    }
    return text;
}

static const char *reset_text(enum sim_reset kind, bool by_fault) {
    switch (kind) {
    case SIM_RESET_IWDG:
        return "by the watchdog";
    case SIM_RESET_WWDG:
        return "by the window watchdog";
    case SIM_RESET_PIN:
        return "by the pin";
    default:
        return by_fault ? "by the handler of a fault" : "by software";
    }
}

// One that the firmware asks for, or a user, is worth a word only if the chip
// is at work: the chip has no part in it.
static void on_reset(void *ctx, enum sim_reset kind) {
    struct cmd_fault *f = ctx;
    char place[200], chip[200];
    const bool by_fault = sim_active_fault(f->sim) != 0;
    const bool meant =
            kind == SIM_RESET_PIN || (kind == SIM_RESET_SOFTWARE && !by_fault);
    if (meant && kind == SIM_RESET_SOFTWARE) {
        f->asked_at[0] = f->asked_at[1];
        f->asked_at[1] = sim_now(f->sim);
        f->asked_pc = sim_pc(f->sim);
        f->asked++;
    }
    cut_operation(f, meant, chip, sizeof chip);
    if (meant && !chip[0]) {
        return;
    }
    if (!meant) {
        f->reset[0] = f->reset[1];
        f->reset[1] = (struct cmd_fault_reset){sim_now(f->sim), kind, by_fault};
        f->resets++;
    }
    unsigned *const notes = &f->reset_notes[meant];
    if (*notes == NOTES_MAX) {
        return;
    }
    ++*notes;
    if (!cmd_console_is_new(f->console)) {
        return;
    }
    place_text(f, sim_pc(f->sim), place, sizeof place);
    cmd_console_say(f->console, "note: reset %s at %s%s%s",
            reset_text(kind, by_fault), place, chip,
            *notes == NOTES_MAX ? "; further resets are not reported" : "");
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

void cmd_fault_erase(struct cmd_fault *f) {
    struct cmd_stack stack;
    uint32_t regs[17], off, len;
    if (f->erases == NOTES_MAX || !cmd_console_is_new(f->console) ||
            !nor_operation(f->nor, &off, &len)) {
        return;
    }
    const uint32_t from = f->options->board->window.addr + off;
    const bool table = sim_vtor(f->sim) - from < len;
    sim_registers(f->sim, regs);
    cmd_stack_walk(&f->files->elfs, f->sim, regs, &stack);
    size_t i = 0;
    while (i < stack.count && stack.frames[i].pc - from >= len) {
        i++;
    }
    if (i == stack.count && !table) {
        return;
    }
    char at[200], code[400] = "";
    place_text(f, regs[PC], at, sizeof at);
    if (i < stack.count) {
        char caller[360];
        snprintf(code, sizeof code, "code that runs, %s",
                frame_text(&stack.frames[i], caller, sizeof caller));
    }
    f->erases++;
    cmd_console_say(f->console,
            "note: the erase of %" PRIu32 " bytes at 0x%06" PRIx32
            " reaches %s%s%s; the core is at %s. Keep what is erased out of "
            "the range of the running image",
            len, off, code, i < stack.count && table ? ", and " : "",
            table ? "the vector table" : "", at);
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

bool cmd_fault_ended_in_nmi(const struct cmd_fault *f, enum sim_stop stop) {
    struct sim_waiting w;
    sim_waiting(f->sim, &w);
    return stop == SIM_STOP_TIME && w.active == NMI;
}

// The next one could have come since only recently.
static bool goes_on(const struct cmd_fault *f, sim_time last_but_one,
        sim_time last) {
    return sim_now(f->sim) - last <= 2 * (last - last_but_one);
}

bool cmd_fault_loops(const struct cmd_fault *f) {
    return f->resets >= 2 && goes_on(f, f->reset[0].at, f->reset[1].at);
}

bool cmd_fault_asks(const struct cmd_fault *f) {
    return f->asked >= ASKED_RESETS &&
            goes_on(f, f->asked_at[0], f->asked_at[1]);
}

void cmd_fault_asks_text(const struct cmd_fault *f, char *text, size_t size) {
    char place[200], apart[NUMBER_TEXT_BYTES], count[NUMBER_TEXT_BYTES];
    place_text(f, f->asked_pc, place, sizeof place);
    snprintf(text, size,
            "%s resets by software (AIRCR.SYSRESETREQ), the last two %s apart, "
            "the last one at %s: the firmware goes on resetting itself",
            number_format_count(count, f->asked),
            number_format_time(apart, f->asked_at[1] - f->asked_at[0]), place);
}

void cmd_fault_report(const struct cmd_fault *f,
        const struct sim_violation *lockup) {
    const struct sim_fault *fault = &f->first;
    const struct fault_text *const text = &f->text;
    char line[1000];
    cmd_report_title(lockup ? "VIOLATION" : "FAULT", cmd_fault_exception(fault),
            lockup ? lockup->time : fault->time);
    snprintf(line, sizeof line, "the firmware %s%s%s", text->what,
            lockup ? "; then the CPU locked up: " : "",
            lockup ? lockup->why : "");
    cmd_report_wrapped("what", line);
    cmd_report_stack("where", &f->stack);
    cmd_report_code(f->sim, fault->regs[PC], line, sizeof line);
    if (line[0]) {
        fprintf(stderr, "  code   0x%08" PRIx32 " %s\n", fault->regs[PC], line);
    }
    char bits[200];
    fault_bits_text(fault->cfsr, fault->hfsr, bits, sizeof bits);
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
    cmd_report_wrapped("why", text->why);
    cmd_report_wrapped("fix", text->fix);
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

// A handler that does not come back; those of faults are reported as such.
static void say_active(struct cmd_fault *f, const struct sim_waiting *w) {
    char name[CMD_NAME_BYTES], since[NUMBER_TEXT_BYTES], place[200];
    if (!w->active || sim_active_fault(f->sim) ||
            sim_now(f->sim) - w->active_since <= LONG_WAIT) {
        return;
    }
    place_text(f, sim_pc(f->sim), place, sizeof place);
    cmd_console_say(f->console,
            "note: at the end the handler of %s has not returned for %s; it is "
            "at %s",
            cmd_exception_name(name, w->active, sim_irqs(f->sim)),
            number_format_time(since, sim_now(f->sim) - w->active_since),
            place);
}

// Handlers one after the other, and nothing else.
static void say_storm(struct cmd_fault *f, const struct sim_waiting *w) {
    char name[CMD_NAME_BYTES], since[NUMBER_TEXT_BYTES];
    char count[NUMBER_TEXT_BYTES];
    const sim_time span = sim_now(f->sim) - w->handlers_since;
    if (!w->active || sim_active_fault(f->sim) || w->entries < STORM_ENTRIES ||
            span <= LONG_WAIT) {
        return;
    }
    cmd_console_say(f->console,
            "note: at the end nothing but handlers has run for %s: %s were "
            "entered, the last one for %s. Its request is not cleared in the "
            "handler, or comes again before the handler has ended",
            number_format_time(since, span),
            number_format_count(count, w->entries),
            cmd_exception_name(name, w->active, sim_irqs(f->sim)));
}

// Why a counter of the core stands still.
static const char *why_steady(uint32_t addr, uint32_t value) {
    switch (addr) {
    case 0xE0001004u: // DWT_CYCCNT
        return ": it counts with DEMCR.TRCENA and DWT_CTRL.CYCCNTENA only";
    case 0xE000E010u: // SYST_CSR
        return value & 1 ? "" : ": SysTick is off (ENABLE is 0)";
    case 0xE000E018u: // SYST_CVR
        return ": SysTick is off (SYST_CSR.ENABLE), or SYST_RVR is 0";
    default:
        return "";
    }
}

static void say_poll(struct cmd_fault *f, const struct sim_waiting *w) {
    char since[NUMBER_TEXT_BYTES], place[200], name[SIM_REGISTER_BYTES];
    const sim_time span = sim_now(f->sim) - w->poll_since;
    if (w->poll_count < POLL_READS || span <= LONG_WAIT || w->asleep) {
        return;
    }
    place_text(f, sim_pc(f->sim), place, sizeof place);
    cmd_console_say(f->console,
            "note: at the end the core at %s has read %s for %s, which always "
            "gave 0x%08" PRIx32 "%s",
            place, sim_register_name(f->sim, w->poll_addr, name),
            number_format_time(since, span), w->poll_value,
            why_steady(w->poll_addr, w->poll_value));
}

// A handler that firmware may wait for, and that never runs.
static void say_disabled(struct cmd_fault *f, const struct sim_waiting *w) {
    for (size_t i = 0; i < w->disabled_count; i++) {
        const unsigned number = w->disabled[i].number;
        const sim_time span = sim_now(f->sim) - w->disabled[i].since;
        char name[CMD_NAME_BYTES], since[NUMBER_TEXT_BYTES];
        if (span <= LONG_WAIT) {
            continue;
        }
        cmd_console_say(f->console,
                "note: at the end %s has requested its interrupt for %s, and "
                "the NVIC does not enable it: no handler runs. Set bit %u of "
                "NVIC_ISER%u (NVIC_EnableIRQ), or do not let the device ask",
                cmd_exception_name(name, number, sim_irqs(f->sim)),
                number_format_time(since, span), (number - 16) % 32,
                (number - 16) / 32);
    }
}

static bool waits_long(const struct cmd_fault *f, const struct sim_waiting *w) {
    bool any = false;
    for (size_t i = 0; i < w->count; i++) {
        any |= sim_now(f->sim) - w->pending[i].since > LONG_WAIT;
    }
    return any && (w->primask || w->faultmask || w->basepri || w->active);
}

void cmd_fault_waiting(struct cmd_fault *f, bool all, bool idle) {
    struct sim_waiting w;
    char place[200], name[SIM_REGISTER_BYTES], read[120] = "", busy[200];
    sim_waiting(f->sim, &w);
    say_active(f, &w);
    say_storm(f, &w);
    say_poll(f, &w);
    say_disabled(f, &w);
    if (all || waits_long(f, &w)) {
        say_pending(f, &w);
    }
    if (idle && !w.primask) { // with the mask it is how programs end
        place_text(f, sim_pc(f->sim), place, sizeof place);
        cmd_console_say(f->console,
                "note: at the end the core sleeps at %s, and nothing that is "
                "set up will wake it: no interrupt is enabled and comes",
                place);
    }
    enum sim_busy how;
    for (size_t i = 0; (how = sim_busy(f->sim, i, busy, sizeof busy)); i++) {
        if (all || how == SIM_BUSY_LEFT) {
            cmd_console_say(f->console, "note: at the end %s", busy);
        }
    }
    if (!all) {
        return;
    }
    place_text(f, sim_pc(f->sim), place, sizeof place);
    if (w.last_read && !w.asleep && !w.stalled) {
        snprintf(read, sizeof read, "; the last register it has read is %s",
                sim_register_name(f->sim, w.last_read, name));
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
