/*
 * cmd_report - the results of `xipsafe sim`: violation, table, JSON
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_report.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/number.h"
#include "base/terminal.h"
#include "sim/command/cmd_fault.h"
#include "thumb/thumb.h"

/// Violation ///

struct colour {
    const char *bad, *strong, *dim, *off;
};

static struct colour colours(void) {
    if (terminal_has_colour(stderr)) {
        return (struct colour){"\033[1;31m", "\033[1m", "\033[2m", "\033[0m"};
    }
    return (struct colour){"", "", "", ""};
}

static void print_frame(const struct cmd_frame *f, const struct colour *c) {
    if (!strcmp(f->place.function, "?")) {
        fputs(f->elf ? "(in no function of its ELF)\n"
                     : "(no ELF has code there)\n",
                stderr);
        return;
    }
    fprintf(stderr, "%s+0x%" PRIx32, f->place.function, f->place.offset);
    if (f->place.file) {
        fprintf(stderr, "  %s%s:%d%s", c->dim, f->place.file, f->place.line,
                c->off);
    }
    fputc('\n', stderr);
}

// Text wrapped at 78 columns behind a label of 9 columns.
void cmd_report_wrapped(const char *label, const char *text) {
    fprintf(stderr, "  %-7s", label);
    size_t column = 9;
    while (*text) {
        const size_t word = strcspn(text, " ");
        if (column > 9 && column + 1 + word > 78) {
            fprintf(stderr, "\n%9s", "");
            column = 9;
        } else if (column > 9) {
            fputc(' ', stderr);
            column++;
        }
        fprintf(stderr, "%.*s", (int)word, text);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', stderr);
}

void cmd_report_code(struct sim *sim, uint32_t pc, char *text, size_t size) {
    text[0] = '\0';
    for (uint32_t bytes = 4; bytes >= 2; bytes -= 2) {
        const uint8_t *code = sim_memory(sim, pc, bytes);
        if (code) {
            thumb_print_bytes(pc, code, bytes, text, size);
            return;
        }
    }
}

// The instruction at the violation's pc, as "ldr r3, [r2, #4]". Empty if the
// fetch itself failed, or if there is no memory at pc.
static void print_instruction(const struct cmd_report *r, char *text,
        size_t size) {
    const struct sim_violation *v = sim_violation_of(r->sim);
    text[0] = '\0';
    if (!v->has_addr || v->addr != v->pc) {
        cmd_report_code(r->sim, v->pc, text, size);
    }
}

void cmd_report_stack(const char *label, const struct cmd_stack *stack) {
    const struct colour c = colours();
    for (size_t i = 0; i < stack->count; i++) {
        const struct cmd_frame *frame = &stack->frames[i];
        if (frame->interrupted) {
            fprintf(stderr, "         %s(exception taken here)%s\n", c.dim,
                    c.off);
        }
        fprintf(stderr, "  %-7s0x%08" PRIx32 " ", i ? "" : label, frame->pc);
        print_frame(frame, &c);
    }
}

void cmd_report_title(const char *kind, const char *name, sim_time time) {
    const struct colour c = colours();
    char text[NUMBER_TEXT_BYTES];
    fflush(stdout);
    fprintf(stderr, "\n%s%s%s %s%s%s, %s after power-on\n", c.bad, kind, c.off,
            c.strong, name, c.off, number_format_time(text, time));
}

void cmd_report_debug(const struct cmd_options *o, uint64_t instructions) {
    if (o->gdb || o->quiet || o->uart == CMD_UART_STDIO ||
            o->uart == CMD_UART_PTY) {
        return;
    }
    fputs("  debug  xipsafe sim", stderr);
    for (int i = 1; i < o->argc; i++) {
        fputc(' ', stderr);
        cli_put_word(stderr, o->argv[i]);
    }
    fprintf(stderr, " --gdb 3333 --gdb-at %" PRIu64 "\n", instructions);
}

// Behind text, if an address is there: its length, else 0.
static size_t address_behind(const char *text, uint32_t *addr) {
    static const char *const before[] = {"pc 0x", "The instruction at 0x"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const size_t length = strlen(before[i]);
        char *end;
        if (strncmp(text, before[i], length) != 0) {
            continue;
        }
        *addr = (uint32_t)strtoul(text + length, &end, 16);
        if (end == text + length + 8) {
            return length + 8;
        }
    }
    return 0;
}

void cmd_report_name_places(const struct elf_list *elfs, struct sim *sim,
        const char *text, char *out, size_t size) {
    size_t n = 0;
    for (out[0] = '\0'; *text && n + 1 < size;) {
        uint32_t addr;
        const size_t length = address_behind(text, &addr);
        const size_t copied = length ? length : 1;
        n += (size_t)snprintf(out + n, size - n, "%.*s", (int)copied, text);
        text += copied;
        if (!length || n + 1 >= size) {
            continue;
        }
        const struct elf_place at = cmd_stack_place(elfs, sim, addr).place;
        if (!strcmp(at.function, "?")) {
            continue;
        }
        n += at.file ? (size_t)snprintf(out + n, size - n, " (%s, %s:%d)",
                               at.function, at.file, at.line)
                     : (size_t)snprintf(out + n, size - n,
                               " (%s+0x%" PRIx32 ")", at.function, at.offset);
    }
}

static void print_named(const struct cmd_report *r, const char *label,
        const char *text) {
    char named[1000];
    cmd_report_name_places(&r->files->elfs, r->sim, text, named, sizeof named);
    cmd_report_wrapped(label, named);
}

void cmd_report_violation(const struct cmd_report *r) {
    const struct sim_violation *v = sim_violation_of(r->sim);
    cmd_report_title("VIOLATION", sim_rules[v->rule].name, v->time);
    char what[400];
    const bool has_subject = strncmp(v->what, "the ", 4) == 0;
    snprintf(what, sizeof what, "%s%s", has_subject ? "" : "the firmware ",
            v->what);
    if (v->has_addr && v->addr != v->pc) {
        const struct cmd_frame at =
                cmd_stack_place(&r->files->elfs, r->sim, v->addr);
        if (strcmp(at.place.function, "?") != 0) {
            const size_t length = strlen(what);
            snprintf(what + length, sizeof what - length, " (%s+0x%" PRIx32 ")",
                    at.place.function, at.place.offset);
        }
    }
    print_named(r, "what", what);
    cmd_report_stack("where", r->stack);
    char code[80];
    print_instruction(r, code, sizeof code);
    if (code[0]) {
        fprintf(stderr, "  code   0x%08" PRIx32 " %s\n", v->pc, code);
    }
    if (r->stack->count && !r->stack->frames[0].elf &&
            sim_memory(r->sim, r->stack->frames[0].pc, 2)) {
        cmd_report_wrapped("",
                "(give the application's ELF with --symbols to see "
                "functions and lines)");
    }
    print_named(r, "why", v->why);
    cmd_report_wrapped("fix", v->fix);
    cmd_report_debug(r->options, v->instructions + 1);
    fputc('\n', stderr);
}

/// Table ///

static void row(const char *label, const char *value, const char *rest) {
    printf("  %-30s %16s%s%s\n", label, value, *rest ? "  " : "", rest);
}

static const char *operation_name(char kind) {
    switch (kind) {
    case 'E':
        return "erase";
    case 'P':
        return "page program";
    case 'S':
        return "status write";
    default:
        return "no operation";
    }
}

static void summary_chip(const struct cmd_figures *f) {
    char value[NUMBER_TEXT_BYTES];
    char a[NUMBER_TEXT_BYTES];
    char b[NUMBER_TEXT_BYTES];
    char rest[200];
    snprintf(rest, sizeof rest, "%s erases, %s page programs",
            number_format_count(a, f->erases),
            number_format_count(b, f->programs));
    row("the chip needed", number_format_time(value, f->busy), rest);
    row("the update took", number_format_time(value, f->to - f->from), "");
    if (f->suspensions) {
        snprintf(rest, sizeof rest, "%s times, the longest %s",
                number_format_count(a, f->suspensions),
                number_format_time(b, f->suspended_max));
        row("suspended, in total", number_format_time(value, f->suspended_sum),
                rest);
    }
    snprintf(rest, sizeof rest, "%s outages",
            number_format_count(a, f->outages));
    row("flash unreadable, in total", number_format_time(value, f->outage_sum),
            rest);
    rest[0] = '\0';
    if (f->outage_max_kind) {
        snprintf(rest, sizeof rest, "%s at 0x%06" PRIx32,
                operation_name(f->outage_max_kind), f->outage_max_off);
    }
    row("longest outage", number_format_time(value, f->outage_max), rest);
}

static void summary_interrupts(const struct cmd_report *r,
        const struct cmd_figures *f) {
    char value[NUMBER_TEXT_BYTES];
    char count[NUMBER_TEXT_BYTES];
    char label[64];
    char rest[100];
    snprintf(rest, sizeof rest, "%s of them while the flash was unreadable",
            number_format_count(count, cmd_figures_served_in_outages(f)));
    row("interrupts served", number_format_count(value, cmd_figures_served(f)),
            rest);
    for (unsigned i = 1; i < CMD_EXCEPTIONS; i++) {
        const struct cmd_exception *x = &f->exceptions[i];
        if (!x->served) {
            continue;
        }
        char name[CMD_NAME_BYTES];
        snprintf(label, sizeof label, "longest wait of %s",
                cmd_exception_name(name, i, sim_irqs(r->sim)));
        char at[NUMBER_TEXT_BYTES];
        snprintf(rest, sizeof rest, "at %s; exception %u, served %s times",
                number_format_time(at, x->wait_at), i,
                number_format_count(count, x->served));
        row(label, number_format_time(value, (sim_time)x->wait_max_ns * SIM_NS),
                rest);
    }
}

void cmd_report_summary(const struct cmd_report *r) {
    const struct cmd_figures *f = &r->measure->update;
    char value[NUMBER_TEXT_BYTES];
    if (!f->valid) {
        printf("\nno update: the chip was neither erased nor programmed\n");
        f = &r->measure->run;
    } else {
        printf("\nupdate%s%s\n", r->options->send ? " with " : "",
                r->options->send ? r->options->send : "");
    }
    if (r->options->send) {
        char rest[100];
        snprintf(rest, sizeof rest,
                "%s on the line, %" PRIu64 " packets resent",
                number_format_count(value, f->uart_rx), r->peer->xmodem.resent);
        row("bytes sent",
                number_format_count(value,
                        xmodem_send_acknowledged(&r->peer->xmodem)),
                rest);
    }
    if (r->measure->update.valid) {
        summary_chip(f);
    }
    summary_interrupts(r, f);
    row("bytes lost (overrun)", number_format_count(value, f->uart_lost), "");
    fflush(stdout);
}

/// JSON ///

static json_t *number(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *seconds(sim_time ps) {
    return json_real((double)ps / (double)SIM_S);
}

static json_t *json_exceptions(const struct cmd_report *r,
        const struct cmd_figures *f) {
    json_t *list = json_array();
    for (unsigned i = 1; i < CMD_EXCEPTIONS; i++) {
        const struct cmd_exception *x = &f->exceptions[i];
        if (!x->served) {
            continue;
        }
        char name[CMD_NAME_BYTES];
        json_t *one = json_object();
        json_object_set_new(one, "number", number(i));
        json_object_set_new(one, "name",
                json_string(cmd_exception_name(name, i, sim_irqs(r->sim))));
        json_object_set_new(one, "served", number(x->served));
        json_object_set_new(one, "served_in_outages", number(x->in_outages));
        json_object_set_new(one, "longest_wait_ns", number(x->wait_max_ns));
        json_object_set_new(one, "longest_wait_at_s", seconds(x->wait_at));
        json_object_set_new(one, "mean_wait_ns",
                number(x->wait_sum_ns / x->served));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *json_figures(const struct cmd_report *r,
        const struct cmd_figures *f) {
    json_t *j = json_object();
    json_object_set_new(j, "from_s", seconds(f->from));
    json_object_set_new(j, "elapsed_s", seconds(f->to - f->from));
    json_object_set_new(j, "erases", number(f->erases));
    json_object_set_new(j, "programs", number(f->programs));
    json_object_set_new(j, "status_writes", number(f->status_writes));
    json_object_set_new(j, "chip_busy_s", seconds(f->busy));
    json_object_set_new(j, "suspensions", number(f->suspensions));
    json_object_set_new(j, "suspended_s", seconds(f->suspended_sum));
    json_object_set_new(j, "longest_suspension_s", seconds(f->suspended_max));
    json_object_set_new(j, "longest_suspension_at_s",
            seconds(f->suspended_max_at));
    json_object_set_new(j, "outages", number(f->outages));
    json_object_set_new(j, "outage_sum_s", seconds(f->outage_sum));
    json_object_set_new(j, "longest_outage_s", seconds(f->outage_max));
    json_object_set_new(j, "longest_outage_at_s", seconds(f->outage_max_at));
    json_object_set_new(j, "interrupts_served", number(cmd_figures_served(f)));
    json_object_set_new(j, "interrupts_served_in_outages",
            number(cmd_figures_served_in_outages(f)));
    const unsigned longest = cmd_figures_longest_wait(f);
    json_object_set_new(j, "longest_wait_ns",
            number(f->exceptions[longest].wait_max_ns));
    json_object_set_new(j, "longest_wait_exception", number(longest));
    json_object_set_new(j, "exceptions", json_exceptions(r, f));
    json_t *uart = json_object();
    json_object_set_new(uart, "received_bytes", number(f->uart_rx));
    json_object_set_new(uart, "sent_bytes", number(f->uart_tx));
    json_object_set_new(uart, "lost_bytes", number(f->uart_lost));
    json_object_set_new(j, "uart", uart);
    return j;
}

static json_t *json_stack(const struct cmd_stack *frames) {
    json_t *stack = json_array();
    for (size_t i = 0; i < frames->count; i++) {
        const struct cmd_frame *frame = &frames->frames[i];
        json_t *one = json_object();
        json_object_set_new(one, "pc", number(frame->pc));
        json_object_set_new(one, "function",
                json_string(frame->place.function));
        json_object_set_new(one, "offset", number(frame->place.offset));
        if (frame->place.file) {
            json_object_set_new(one, "file", json_string(frame->place.file));
            json_object_set_new(one, "line", json_integer(frame->place.line));
        }
        json_array_append_new(stack, one);
    }
    return stack;
}

// The first fault of those that were handled last.
static json_t *json_fault(const struct cmd_report *r) {
    const struct cmd_fault *f = r->fault;
    if (!f->count) {
        return json_null();
    }
    char bits[200];
    fault_bits_text(f->first.cfsr, f->first.hfsr, bits, sizeof bits);
    json_t *j = json_object();
    json_object_set_new(j, "kind", json_string(cmd_fault_exception(&f->first)));
    json_object_set_new(j, "count", number(f->count));
    json_object_set_new(j, "ended_run",
            json_boolean(cmd_fault_ended(f, r->result.stop)));
    json_object_set_new(j, "what", json_string(f->text.what));
    json_object_set_new(j, "why", json_string(f->text.why));
    json_object_set_new(j, "fix", json_string(f->text.fix));
    json_object_set_new(j, "status", json_string(bits));
    json_object_set_new(j, "cfsr", number(f->first.cfsr));
    json_object_set_new(j, "hfsr", number(f->first.hfsr));
    json_object_set_new(j, "time_s", seconds(f->first.time));
    json_object_set_new(j, "pc", number(f->first.regs[15]));
    json_object_set_new(j, "stack", json_stack(&f->stack));
    return j;
}

static json_t *json_violation(const struct cmd_report *r) {
    const struct sim_violation *v = sim_violation_of(r->sim);
    if (!v) {
        return json_null();
    }
    json_t *j = json_object();
    json_object_set_new(j, "rule", json_string(sim_rules[v->rule].name));
    json_object_set_new(j, "what", json_string(v->what));
    json_object_set_new(j, "why", json_string(v->why));
    json_object_set_new(j, "fix", json_string(v->fix));
    json_object_set_new(j, "time_s", seconds(v->time));
    json_object_set_new(j, "pc", number(v->pc));
    char code[80];
    print_instruction(r, code, sizeof code);
    if (code[0]) {
        json_object_set_new(j, "instruction", json_string(code));
    }
    if (v->has_addr) {
        json_object_set_new(j, "address", number(v->addr));
    }
    json_object_set_new(j, "stack", json_stack(r->stack));
    return j;
}

static json_t *json_transfer(const struct cmd_report *r) {
    if (!r->peer->sending) {
        return json_null();
    }
    const struct xmodem_send *x = &r->peer->xmodem;
    json_t *j = json_object();
    json_object_set_new(j, "file_bytes", number(x->bytes));
    json_object_set_new(j, "acknowledged_bytes",
            number(xmodem_send_acknowledged(x)));
    json_object_set_new(j, "line_bytes", number(x->line_bytes));
    json_object_set_new(j, "packets_sent_again", number(x->resent));
    json_object_set_new(j, "complete", json_boolean(x->state == XMODEM_DONE));
    if (r->peer->send_from != SIM_NEVER && r->peer->send_to != SIM_NEVER) {
        json_object_set_new(j, "elapsed_s",
                seconds(r->peer->send_to - r->peer->send_from));
    }
    return j;
}

static json_t *json_resets(const struct cmd_report *r) {
    static const char *const names[4] = {
            "power_on", "pin", "software", "watchdog"};
    json_t *j = json_object();
    for (unsigned i = 0; i < 4; i++) {
        json_object_set_new(j, names[i], number(r->measure->resets[i]));
    }
    return j;
}

// What the core waits for at the end of the run.
static json_t *json_waiting(const struct cmd_report *r) {
    struct sim_waiting w;
    sim_waiting(r->sim, &w);
    json_t *pending = json_array();
    for (size_t i = 0; i < w.count; i++) {
        char name[CMD_NAME_BYTES];
        json_t *one = json_object();
        json_object_set_new(one, "exception", number(w.pending[i].number));
        json_object_set_new(one, "name",
                json_string(cmd_exception_name(name, w.pending[i].number,
                        sim_irqs(r->sim))));
        json_object_set_new(one, "waited_s",
                seconds(sim_now(r->sim) - w.pending[i].since));
        json_array_append_new(pending, one);
    }
    json_t *j = json_object();
    json_object_set_new(j, "pc", number(sim_pc(r->sim)));
    json_object_set_new(j, "asleep", json_boolean(w.asleep));
    json_object_set_new(j, "stalled", json_boolean(w.stalled));
    json_object_set_new(j, "primask", number(w.primask));
    json_object_set_new(j, "faultmask", number(w.faultmask));
    json_object_set_new(j, "basepri", number(w.basepri));
    json_object_set_new(j, "masked_at_pc",
            w.mask_pc ? number(w.mask_pc) : json_null());
    json_object_set_new(j, "active_exception", number(w.active));
    json_object_set_new(j, "last_register_read",
            w.last_read ? number(w.last_read) : json_null());
    json_object_set_new(j, "pending", pending);
    return j;
}

struct rule_count {
    const char *name;
    uint64_t all, allowed;
};

// Of the rule whose rows begin at *i, which moves on to the next one.
static bool count_rule(const struct cmd_report *r, size_t *i,
        struct rule_count *count) {
    if (*i == SIM_RULES) {
        return false;
    }
    *count = (struct rule_count){.name = sim_rules[*i].name};
    for (; *i < SIM_RULES && !strcmp(sim_rules[*i].name, count->name); ++*i) {
        count->all += sim_violations(r->sim, (enum sim_rule) * i);
        count->allowed += sim_violations_allowed(r->sim, (enum sim_rule) * i);
    }
    return true;
}

void cmd_report_counts(const struct cmd_report *r) {
    struct rule_count count;
    for (size_t i = 0; count_rule(r, &i, &count);) {
        char a[NUMBER_TEXT_BYTES];
        char b[NUMBER_TEXT_BYTES];
        if (count.all > 1 || count.allowed) {
            cli_say("violations of %s: %s, allowed: %s", count.name,
                    number_format_count(a, count.all),
                    number_format_count(b, count.allowed));
        }
    }
}

// {"nor-too-fast": {"count": 3, "allowed": 3}}
static json_t *json_violations(const struct cmd_report *r) {
    json_t *j = json_object();
    struct rule_count count;
    for (size_t i = 0; count_rule(r, &i, &count);) {
        if (count.all) {
            json_t *one = json_object();
            json_object_set_new(one, "count", number(count.all));
            json_object_set_new(one, "allowed", number(count.allowed));
            json_object_set_new(j, count.name, one);
        }
    }
    return j;
}

bool cmd_report_json(const struct cmd_report *r, FILE *file) {
    json_t *j = json_object();
    json_object_set_new(j, "format", json_integer(1));
    json_object_set_new(j, "board", json_string(r->options->board->name));
    json_object_set_new(j, "part", json_string(r->options->part->name));
    json_object_set_new(j, "result", json_string(r->result.text));
    json_object_set_new(j, "exit", json_integer(r->result.exit));
    json_object_set_new(j, "seed", number(r->options->machine.seed));
    json_object_set_new(j, "time_s", seconds(sim_now(r->sim)));
    json_object_set_new(j, "instructions", number(sim_instructions(r->sim)));
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, sim_trace_hash(r->sim));
    json_object_set_new(j, "trace_hash", json_string(hash));
    json_object_set_new(j, "power_cuts", number(r->result.power_cuts));
    json_object_set_new(j, "resets", json_resets(r));
    json_object_set_new(j, "violation", json_violation(r));
    json_object_set_new(j, "fault", json_fault(r));
    struct sim_ticks_lost lost;
    sim_ticks_lost(r->sim, &lost);
    json_object_set_new(j, "ticks_lost", number(lost.count));
    json_object_set_new(j, "violations", json_violations(r));
    json_object_set_new(j, "at_end", json_waiting(r));
    json_object_set_new(j, "transfer", json_transfer(r));
    json_object_set_new(j, "update",
            r->measure->update.valid ? json_figures(r, &r->measure->update)
                                     : json_null());
    json_object_set_new(j, "run", json_figures(r, &r->measure->run));
    errno = 0;
    const bool written =
            json_dumpf(j, file, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) ==
                    0 &&
            fputc('\n', file) != EOF && fflush(file) == 0;
    json_decref(j);
    return written;
}
