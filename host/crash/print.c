/*
 * print - the report as text
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/exception_name.h"
#include "crash/crash.h"
#include "fault/fault_words.h"
#include "thumb/thumb.h"
#include "xip_fault.h"

void crash_exception(const struct record *record, char *text, size_t size) {
    const char *name = exception_name(record->ipsr);
    if (record->flags & XIP_FAULT_PANIC) {
        snprintf(text, size, "panic");
    } else if (record->foreign && !record->ipsr) {
        snprintf(text, size, "fault");
    } else if (name) {
        snprintf(text, size, "%s", name);
    } else {
        snprintf(text, size, "exception %" PRIu32, record->ipsr);
    }
}

const char *frame_function(const struct frame *frame) {
    return frame->inlined_count ? frame->inlined[0].name
                                : frame->place.function;
}

static void wrapped(FILE *out, const char *label, const char *text) {
    fprintf(out, "  %-7s", label);
    size_t column = 9;
    while (*text) {
        const size_t word = strcspn(text, " ");
        if (column > 9 && column + 1 + word > 78) {
            fprintf(out, "\n%9s", "");
            column = 9;
        } else if (column > 9) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)word, text);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void place(FILE *out, const char *file, int line) {
    if (file) {
        fprintf(out, " (%s:%d)", file, line);
    }
}

static void print_frame(FILE *out, const char *label, const struct frame *f) {
    fprintf(out, "  %-7s0x%08" PRIx32 " ", label, f->pc);
    if (!f->image) {
        fprintf(out, "no ELF has code there");
    } else {
        fprintf(out, "%s", frame_function(f));
        if (!f->inlined_count && f->method == FRAME_FAULT) {
            fprintf(out, "+0x%" PRIx32, f->place.offset);
        }
        place(out, f->place.file, f->place.line);
    }
    fprintf(out, "  [%s%s%s]\n", frame_method_name(f->method),
            strcmp(frame_confidence(f->method), "certain") ? ", " : "",
            strcmp(frame_confidence(f->method), "certain")
                    ? frame_confidence(f->method)
                    : "");
    for (size_t i = 0; i < f->inlined_count; i++) {
        fprintf(out, "           inlined into %s",
                i + 1 < f->inlined_count ? f->inlined[i + 1].name
                                         : f->place.function);
        place(out, f->inlined[i].call_file, f->inlined[i].call_line);
        fputc('\n', out);
    }
}

static void print_stack(const struct crash *c, FILE *out) {
    for (size_t i = 0; i < c->bt.count; i++) {
        if (c->bt.frames[i].method == FRAME_EXCEPTION) {
            fprintf(out, "         (exception taken here)\n");
        }
        print_frame(out, i ? "" : "stack", &c->bt.frames[i]);
    }
    if (c->bt.cut) {
        wrapped(out, "",
                "(the record has no more of the stack: "
                "XIP_CFG_FAULT_STACK_WORDS)");
    }
}

static void print_code(const struct crash *c, FILE *out) {
    const uint32_t pc = c->record.r[RECORD_PC];
    const struct elf_image *image = backtrace_image(&c->elfs, pc);
    char text[80];
    if (!image || !c->record.frame_known ||
            (c->record.flags & XIP_FAULT_PANIC)) {
        return;
    }
    for (uint32_t bytes = 4; bytes >= 2; bytes -= 2) {
        const uint8_t *code = elf_image_bytes(image, pc, bytes);
        if (code) {
            thumb_print_bytes(pc, code, bytes, text, sizeof text);
            fprintf(out, "  code   0x%08" PRIx32 " %s\n", pc, text);
            return;
        }
    }
}

static void print_bits(const struct crash *c, FILE *out) {
    const uint32_t *scb = c->record.scb;
    if ((c->record.flags & XIP_FAULT_BASELINE) || c->record.no_status) {
        return;
    }
    fprintf(out,
            "  status CFSR %08" PRIx32 "  HFSR %08" PRIx32 "  MMFAR %08" PRIx32
            "  BFAR %08" PRIx32 "\n         DFSR %08" PRIx32 "  AFSR %08" PRIx32
            "  SHCSR %08" PRIx32 "  VTOR %08" PRIx32 "\n",
            scb[SCB_CFSR], scb[SCB_HFSR], scb[SCB_MMFAR], scb[SCB_BFAR],
            scb[SCB_DFSR], scb[SCB_AFSR], scb[SCB_SHCSR], scb[SCB_VTOR]);
    if (c->record.flags & XIP_FAULT_V8M) {
        fprintf(out, "         SFSR %08" PRIx32 "  SFAR %08" PRIx32 "\n",
                c->record.sfsr, c->record.sfar);
    }
    if (c->record.abfsr) {
        fprintf(out, "         ABFSR %08" PRIx32 "\n", c->record.abfsr);
    }
    const struct fault_bit *bit;
    for (size_t i = 0; (bit = fault_bit_at(i)); i++) {
        if ((scb[SCB_CFSR] & bit->cfsr) || (scb[SCB_HFSR] & bit->hfsr)) {
            fprintf(out, "         %-11s %s\n", bit->name, bit->meaning);
        }
    }
}

static void print_registers(const struct crash *c, FILE *out) {
    const struct record *r = &c->record;
    static const char *const names[] = {"r0", "r1", "r2", "r3", "r4", "r5",
            "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc",
            "xPSR"};
    for (size_t i = 0; i < 17; i++) {
        const bool lost =
                !r->frame_known && (i < 4 || i == 12 || i >= RECORD_LR);
        fprintf(out, "%s%-4s ",
                i == 0          ? "  regs   "
                        : i % 5 ? "  "
                                : "\n         ",
                names[i]);
        if (lost) {
            fprintf(out, "unknown ");
        } else {
            fprintf(out, "%08" PRIx32, r->r[i]);
        }
    }
    fprintf(out,
            "\n         MSP  %08" PRIx32 "  PSP  %08" PRIx32
            "  CONTROL %" PRIx32 "  EXC_RETURN %08" PRIx32 "\n"
            "         PRIMASK %" PRIx32 "  BASEPRI %02" PRIx32
            "  FAULTMASK %" PRIx32 "\n",
            r->msp, r->psp, r->control, r->exc_return, r->primask, r->basepri,
            r->faultmask);
    if (r->flags & XIP_FAULT_V8M) {
        fprintf(out, "         MSPLIM %08" PRIx32 "  PSPLIM %08" PRIx32 "\n",
                r->msplim, r->psplim);
    }
    for (unsigned i = 0; r->fp && i < 33; i++) {
        const uint8_t *p = r->fp + 4 * i;
        const uint32_t bits = p[0] | (uint32_t)p[1] << 8 |
                (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        float value;
        memcpy(&value, &bits, sizeof value);
        if (i == 32) {
            fprintf(out, "         FPSCR %08" PRIx32 "\n", bits);
        } else if (bits) {
            fprintf(out, "         s%-3u %08" PRIx32 " %g\n", i, bits,
                    (double)value);
        }
    }
}

// RM0351, RCC_CSR. Other families have other bits.
static void print_reset(const struct crash *c, FILE *out) {
    static const char *const names[] = {"firewall", "option bytes", "pin",
            "brown-out or power-on", "software", "independent watchdog",
            "window watchdog", "low-power"};
    const uint32_t cause = c->record.reset_cause;
    if (cause == XIP_FAULT_NO_CAUSE) {
        return;
    }
    fprintf(out, "  reset  cause register 0x%08" PRIx32, cause);
    const char *comma = ": ";
    for (unsigned i = 0; i < 8 && c->stm32l4; i++) {
        if (cause >> (24 + i) & 1) {
            fprintf(out, "%s%s", comma, names[i]);
            comma = ", ";
        }
    }
    fputc('\n', out);
}

// The first frame that is in the program: where a wrong jump came from.
static void print_where(const struct crash *c, FILE *out) {
    const struct frame *f = c->bt.count ? c->bt.frames : NULL;
    // The frame is that of the code to which the handler did not return.
    bool interrupted = c->record.scb[SCB_CFSR] & FAULT_INVPC;
    for (size_t i = 0; f && i < c->bt.count; i++) {
        if (c->bt.frames[i].image && c->bt.frames[i].place.file &&
                strncmp(c->bt.frames[i].place.function, "xip_fault_", 10)) {
            f = &c->bt.frames[i];
            interrupted |= f->method == FRAME_EXCEPTION;
            break;
        }
    }
    if (f && f->image) {
        fprintf(out, "  where  %s", frame_function(f));
        place(out, f->place.file, f->place.line);
        fprintf(out, "%s\n",
                f->method == FRAME_GUESS ? ", the last call on the stack"
                        : interrupted    ? ", which was interrupted"
                                         : "");
    }
}

void crash_print(const struct crash *c, FILE *out) {
    const struct verdict *v = &c->verdict;
    char name[32];
    if (!c->has_record) {
        fprintf(out, "CRASH without a record\n");
    } else {
        crash_exception(&c->record, name, sizeof name);
        fprintf(out, "CRASH %s%s\n", name,
                c->doubtful ? " (doubtful: --force)" : "");
    }
    wrapped(out, "what", v->what);
    print_where(c, out);
    wrapped(out, "why", v->why);
    wrapped(out, "fix", v->fix);
    if (c->finding[0]) {
        char text[120];
        snprintf(text, sizeof text, "`xipsafe check` has it as %s (%s)",
                c->finding, c->finding_rule);
        wrapped(out, "check", text);
    }
    for (size_t i = 0; i < v->note_count; i++) {
        wrapped(out, "note", v->notes[i]);
    }
    if (!c->has_record) {
        return;
    }
    fputc('\n', out);
    print_stack(c, out);
    print_code(c, out);
    print_bits(c, out);
    print_registers(c, out);
    print_reset(c, out);
}
