/*
 * cmd_sim - the command `xipsafe sim`
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_sim.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/chip.h"
#include "sim/command/cmd_fault.h"
#include "sim/command/cmd_gdb.h"
#include "sim/command/cmd_pictures.h"
#include "sim/command/cmd_report.h"
#include "sim/command/cmd_torn.h"
#include "base/number.h"
#include "base/output.h"
#include "base/temporary.h"
#include "sim/observe/trace_text.h"
#include "sim/profile.h"
#include "sim/snapshot.h"

struct run {
    struct cmd_options options;
    struct cmd_files files;
    struct cmd_console console;
    struct cmd_peer peer;
    struct chip chip;
    struct cmd_measure measure;
    struct cmd_pictures pictures;
    struct cmd_stack stack;
    struct cmd_fault fault;
    struct sim *sim;
    struct sim_board *board;
    struct sim_event cut_event; // --power-cut, --power-cut-internal
    bool cut_wanted;            // in this cycle
    uint64_t operations;        // of the internal flash, in this cycle
    unsigned cuts;              // of the supply
    bool update_begun, update_ended;
    bool interrupted;
};

static volatile sig_atomic_t interrupt_seen;

// The second one ends the process.
static void on_interrupt(int signal_number) {
    interrupt_seen = 1;
    // NOLINTNEXTLINE(bugprone-signal-handler): it calls unlink() and raise().
    signal(signal_number, temporary_die);
}

/// Trace ///

// The sender's progress since the last event defines the update.
static void follow_sender(struct run *r, sim_time now) {
    if (!r->peer.sending) {
        return;
    }
    const bool active = xmodem_send_active(&r->peer.xmodem);
    if (active && !r->update_begun) {
        cmd_measure_update_begin(&r->measure, r->peer.send_from);
    }
    r->update_begun = active;
    if (r->peer.send_to != SIM_NEVER && !r->update_ended) {
        r->update_ended = true;
        cmd_measure_update_mark(&r->measure, now);
    }
}

static void count_internal(struct run *r) {
    const struct cmd_options *o = &r->options;
    const sim_time now = sim_now(r->sim);
    r->operations++;
    if (r->cut_wanted && r->operations == o->power_cut_internal) {
        const sim_time took = sim_board_internal_until(r->board) - now;
        sim_schedule(r->sim, &r->cut_event,
                now + took / 100 * o->power_cut_percent);
    }
}

static void trace(void *ctx, const struct sim_trace *e) {
    struct run *r = ctx;
    if (e->kind == SIM_TRACE_INTERNAL && e->c == SIM_CHIP_BEGUN) {
        count_internal(r);
    }
    if (e->kind == SIM_TRACE_CHIP && e->a == 'E' && e->c == SIM_CHIP_BEGUN) {
        cmd_fault_erase(&r->fault);
    }
    follow_sender(r, e->time);
    cmd_measure_trace(&r->measure, e);
    cmd_pictures_trace(&r->pictures, e);
    if (r->options.trace.file) {
        trace_text_write(r->options.trace.file, e);
    }
    if (interrupt_seen && !r->interrupted) {
        r->interrupted = true;
        sim_request_stop(r->sim);
    }
}

// The call stack of the first violation, while it is still in memory: with
// --on-violation fault the run goes on.
static void keep_stack(struct run *r) {
    const struct sim_violation *v = sim_violation_of(r->sim);
    if (v && !r->stack.count) {
        cmd_stack_walk(&r->files.elfs, r->sim, v->regs, &r->stack);
    }
}

static void note(void *ctx, const char *line) {
    struct run *r = ctx;
    char named[1000];
    keep_stack(r);
    cmd_report_name_places(&r->files.elfs, r->sim, line, named, sizeof named);
    cmd_console_say(&r->console, "note: %s", named);
}

/// Setting up ///

static bool open_outputs(struct cmd_options *o) {
    o->trace.live = o->uart_file.live = true;
    return output_open(&o->json) && output_open(&o->timeline) &&
            output_open(&o->html) && output_open(&o->trace) &&
            output_open(&o->vcd) && output_open(&o->uart_file);
}

static void cut_event(void *ctx) {
    struct run *r = ctx;
    sim_power_cut(r->sim);
}

// The stream for the MCU's output; NULL: none.
static FILE *console_file(const struct cmd_options *o) {
    if (o->uart == CMD_UART_FILE) {
        return o->uart_file.file;
    }
    if (o->uart == CMD_UART_OUT || o->uart == CMD_UART_STDIO) {
        return output_is_stdout(&o->json) ? stderr : stdout;
    }
    return NULL;
}

static int open_line(struct run *r) {
    const struct cmd_options *o = &r->options;
    const struct console_options console = {
            .out = console_file(o),
            .prefix = o->uart_prefix,
            .immediate = o->uart == CMD_UART_STDIO,
            .quiet = o->quiet,
            .expect = o->expect.at,
            .expect_count = o->expect.count,
            .wait_for = o->send_start,
    };
    cmd_console_init(&r->console, &console);
    const struct peer_options peer = {
            .input = o->uart == CMD_UART_PTY    ? PEER_PTY
                    : o->uart == CMD_UART_STDIO ? PEER_STDIN
                                                : PEER_NO_INPUT,
            .baud = o->baud,
            .send_name = o->send,
            .send = r->files.send,
            .send_bytes = r->files.send_bytes,
            .send_waits = o->send_start != NULL,
            .send_is_faulty = o->send_fault,
            .fault_at = o->send_fault_at,
            .fault_every = o->send_fault_every,
            .send_ends_run = !o->expect.count && !o->time_limit,
    };
    return cmd_peer_open(&r->peer, r->sim, &peer, &r->console);
}

static int set_up(struct run *r) {
    const struct cmd_options *o = &r->options;
    const struct chip_options chip = {
            .part = o->part,
            .array = r->files.chip,
            .window_addr = o->board->window.addr,
            .max_times = o->max_times,
            .resume_loss_percent = o->resume_loss_percent,
            .seed = o->machine.seed,
            .cut_percent = o->power_cut_percent,
    };
    if (o->machine.core && o->machine.core->estimated && !o->quiet) {
        cli_say("the time of a %s is an estimate: that of a Cortex-M4",
                o->machine.core->name);
    }
    r->sim = sim_new(&o->machine);
    if (!r->sim || !chip_open(&r->chip, r->sim, &chip)) {
        return cli_no_memory();
    }
    const int result = open_line(r);
    if (result >= 0) {
        return result;
    }
    const struct sim_board_options board = {
            .board = o->board,
            .internal = r->files.internal,
            .nor = r->chip.nor,
            .peer = cmd_peer_line(&r->peer),
            .fifo_residue = o->fifo_residue,
    };
    r->board = sim_board_new(r->sim, &board);
    if (!r->board) {
        return cli_fail(CLI_TROUBLE,
                "cannot make the board %s: out of memory; close other programs",
                o->board->name);
    }
    cmd_peer_attach(&r->peer, r->board);
    for (size_t i = 0; i < o->set_count; i++) {
        sim_board_set(r->board, o->sets[i].addr, o->sets[i].mask,
                o->sets[i].value);
    }
    cmd_measure_init(&r->measure);
    r->pictures.files = &r->files;
    r->pictures.peer = &r->peer;
    r->pictures.measure = &r->measure;
    r->pictures.sim = r->sim;
    const int pictures = cmd_pictures_begin(&r->pictures, o);
    if (pictures >= 0) {
        return pictures;
    }
    sim_add_trace(r->sim, trace, r);
    sim_set_note(r->sim, note, r);
    r->fault.sim = r->sim;
    r->fault.nor = r->chip.nor;
    r->fault.files = &r->files;
    r->fault.options = o;
    r->fault.console = &r->console;
    cmd_fault_watch(&r->fault);
    r->cut_event =
            (struct sim_event){.fire = cut_event, .ctx = r, .at = SIM_NEVER};
    sim_add_state(r->sim, &r->cut_event, sizeof r->cut_event);
    sim_add_state(r->sim, &r->cuts, sizeof r->cuts);
    sim_add_state(r->sim, &r->cut_wanted, sizeof r->cut_wanted);
    sim_add_state(r->sim, &r->operations, sizeof r->operations);
    return -1;
}

/// Running ///

static void plan_cut(struct run *r, bool cut) {
    const struct cmd_options *o = &r->options;
    r->cut_wanted = cut;
    r->operations = 0;
    chip_new_cycle(&r->chip, cut ? o->power_cut_op : 0);
    sim_cancel(r->sim, &r->cut_event);
    if (cut && o->power_cut) {
        sim_schedule(r->sim, &r->cut_event, sim_now(r->sim) + o->power_cut);
    }
}

static void power_on(struct run *r) {
    const struct cmd_options *o = &r->options;
    const bool wanted = cmd_options_cut(o);
    sim_power_on(r->sim);
    cmd_peer_power_on(&r->peer);
    plan_cut(r, wanted && (!r->cuts || r->cuts < o->power_cycles));
}

static void tear(struct run *r) {
    char time[NUMBER_TEXT_BYTES], what[CMD_TORN_BYTES];
    const struct cmd_torn torn =
            cmd_torn_before(r->chip.nor, sim_now(r->sim), what);
    const bool is_new = cmd_console_is_new(&r->console);
    if (is_new) {
        cmd_console_say(&r->console, "power cut at %s%s",
                number_format_time(time, sim_now(r->sim)), what);
        cmd_pictures_power_cut(&r->pictures);
    }
    cmd_peer_power_lost(&r->peer);
    if (r->options.tear_given) {
        nor_set_tear(r->chip.nor, r->options.tear);
        sim_board_tear(r->board, r->options.tear);
    }
    sim_board_power(r->board, false);
    if (is_new) {
        cmd_torn_after(r->chip.nor, &torn, &r->console);
    }
}

// The supply was cut. false: it does not return.
static bool power_again(void *ctx) {
    struct run *r = ctx;
    const struct cmd_options *o = &r->options;
    r->cuts++;
    tear(r);
    if (cmd_options_cut(o) && r->cuts > o->power_cycles) {
        return false;
    }
    sim_board_power(r->board, true);
    power_on(r);
    return true;
}

static enum sim_stop run_cycles(struct run *r) {
    enum sim_stop stop;
    power_on(r);
    do {
        stop = sim_run(r->sim);
    } while (stop == SIM_STOP_POWER_CUT && power_again(r));
    return stop;
}

// In a debugger; the run has no verdict.
static struct cmd_result debug(struct run *r) {
    const struct cmd_gdb gdb = {
            .sim = r->sim,
            .board = r->options.board,
            .nor = r->chip.nor,
            .options = &r->options,
            .fault = &r->fault,
            .console = &r->console,
            .peer = &r->peer,
            .power_again = power_again,
            .ctx = r,
    };
    power_on(r);
    return (struct cmd_result){
            .text = "debugged",
            .stop = SIM_STOP_REQUEST,
            .exit = cmd_gdb_run(&gdb),
            .power_cuts = r->cuts,
    };
}

static const char *stop_text(const struct run *r, enum sim_stop stop) {
    switch (stop) {
    case SIM_STOP_TIME:
        return "time limit";
    case SIM_STOP_VIOLATION:
        return "violation";
    case SIM_STOP_LOCKUP:
        return "lockup";
    case SIM_STOP_POWER_CUT:
        return "power cut";
    case SIM_STOP_IDLE:
        return "idle for ever";
    case SIM_STOP_REACHED: // these are not asked for
    case SIM_STOP_BREAK:
    case SIM_STOP_WATCH:
    case SIM_STOP_FAULT:
    case SIM_STOP_ENTRY:
    case SIM_STOP_TRACE:
    case SIM_STOP_ASLEEP:
    case SIM_STOP_FETCH:
    case SIM_STOP_REQUEST:
        return r->interrupted             ? "interrupted"
                : r->options.expect.count ? "expected texts seen"
                                          : "transfer ended";
    }
    return "?";
}

// The exit code, and a line that says why it is not 0.
static struct cmd_result judge(struct run *r, enum sim_stop stop) {
    const struct cmd_options *o = &r->options;
    struct cmd_result result = {stop_text(r, stop), stop, CLI_GOOD, r->cuts};
    char time[NUMBER_TEXT_BYTES];
    char apart[NUMBER_TEXT_BYTES];
    number_format_time(time, sim_now(r->sim));
    const struct sim_violation *v = sim_violation_of(r->sim);
    if (o->expect_violation) {
        if (!v || strcmp(sim_rules[v->rule].name, o->expect_violation) != 0) {
            result.exit = CLI_BAD;
            cli_fail(CLI_TROUBLE, "no violation of %s came first (%s after %s)",
                    o->expect_violation, result.text, time);
        }
        if (v) {
            return result;
        }
    } else if (v && !(o->expect_fault && v->rule == SIM_RULE_LOCKUP)) {
        result.exit = CLI_BAD;
        return result;
    }
    if (o->expect_fault && !cmd_fault_seen(&r->fault, o->expect_fault)) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE, "no fault %s came (%s after %s)", o->expect_fault,
                result.text, time);
    } else if (!o->expect_fault && stop == SIM_STOP_TIME &&
            cmd_fault_loops(&r->fault)) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE,
                "%" PRIu64 " resets by the watchdog or from the handler of a "
                "fault, the last two %s apart: the firmware goes on resetting "
                "itself (%s after %s)",
                r->fault.resets,
                number_format_time(apart,
                        r->fault.reset[1].at - r->fault.reset[0].at),
                result.text, time);
    } else if (!o->expect_fault && stop == SIM_STOP_TIME &&
            cmd_fault_asks(&r->fault)) {
        char text[500];
        cmd_fault_asks_text(&r->fault, text, sizeof text);
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE, "%s (%s after %s)", text, result.text, time);
    } else if (!o->expect_fault && cmd_fault_ended(&r->fault, stop)) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE,
                "the run ended in the handler of a fault (%s after %s)",
                result.text, time);
    } else if (!o->expect_fault && cmd_fault_ended_in_nmi(&r->fault, stop)) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE,
                "the run ended in the handler of NMI (%s after %s): an ECC "
                "error of the internal flash or a write to ICSR raised it",
                result.text, time);
    } else if (stop == SIM_STOP_LOCKUP && !o->expect_fault) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE,
                "the CPU locked up at 0x%08" PRIx32
                " after %s: a fault inside the HardFault handler or its vector",
                sim_pc(r->sim), time);
    } else if (o->expect.count && r->console.expect_met < o->expect.count) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE,
                "the MCU did not print '%s' (%s after %s): see its output, "
                "or raise --time-limit",
                o->expect.at[r->console.expect_met], result.text, time);
    } else if (o->expect.count && o->send && r->peer.send_from == SIM_NEVER &&
            stop != SIM_STOP_POWER_CUT) {
        result.exit = CLI_BAD;
        cli_fail(CLI_TROUBLE,
                "not a byte of %s was sent: the device did not ask for it (%s "
                "after %s); leave out --send if that is right",
                o->send, result.text, time);
    } else if (cmd_options_cut(o) && !r->cuts) {
        result.exit = CLI_TROUBLE;
        cli_fail(CLI_TROUBLE,
                "the power was never cut: the run ended before %s (%s after "
                "%s)",
                cmd_options_cut(o), result.text, time);
    } else if (!o->expect.count && r->peer.sending &&
            stop != SIM_STOP_POWER_CUT && r->peer.xmodem.state != XMODEM_DONE) {
        result.exit = CLI_BAD;
        const char *why = r->peer.xmodem.state == XMODEM_FAILED
                ? r->peer.xmodem.why
                : r->peer.send_from == SIM_NEVER
                ? "the device did not ask for it"
                : "it was not finished in time";
        cli_fail(CLI_TROUBLE, "%s was not transferred: %s (%s after %s)",
                o->send, why, result.text, time);
    } else if (stop == SIM_STOP_TIME && !o->time_limit && !o->quiet) {
        cli_say("stopped after %s of simulated time; --time-limit changes that",
                time);
    }
    return result;
}

/// Reports ///

// Figures of the chip that stand on its table alone, or on nothing.
static void say_assumed(const struct part_model *model) {
    for (unsigned i = 0; i < model->assumed_count; i++) {
        printf("%s  assumed: %s\n", model->name, model->assumed[i]);
    }
    printf("%s  model and library read the same table: that they agree says "
           "nothing about its figures\n",
            model->name);
}

static int report(struct run *r, struct cmd_result result) {
    const struct cmd_options *o = &r->options;
    const struct cmd_report all = {o, &r->files, r->sim, r->board, r->chip.nor,
            &r->peer, &r->measure, &r->stack, &r->fault, result};
    const struct sim_violation *v = sim_violation_of(r->sim);
    const bool fault = cmd_fault_ended(&r->fault, result.stop);
    const bool lockup = fault && v && v->rule == SIM_RULE_LOCKUP;
    if (v && !lockup) { // which would say the same again
        cmd_report_violation(&all);
    }
    if (fault ||
            (result.stop == SIM_STOP_TIME && cmd_fault_loops(&r->fault) &&
                    r->fault.reset[1].by_fault)) {
        cmd_fault_report(&r->fault, lockup ? v : NULL);
    }
    if (!o->quiet) {
        cmd_report_counts(&all);
    }
    if (o->summary) {
        if (o->part == &o->model.part) {
            say_assumed(&o->model);
        }
        cmd_report_summary(&all);
    }
    struct cmd_options *out = &r->options;
    bool written = true;
    if (out->json.file) {
        written &=
                output_close(&out->json, cmd_report_json(&all, out->json.file));
    }
    written &= cmd_pictures_write(&r->pictures, out);
    written &= output_close(&out->trace, true);
    written &= output_close(&out->uart_file, true);
    return written ? (int)result.exit : CLI_TROUBLE;
}

// A run that was stopped in the middle says nothing of what would have come,
// but interrupts, for which a unit is suspended, do not take so long.
#define LONG_SUSPENDED (100 * SIM_MS)
static void name_suspended(struct run *r, enum sim_stop stop) {
    uint32_t off, len;
    const sim_time now = sim_now(r->chip.sim);
    (void)nor_busy(r->chip.nor, now); // not asked of late
    const char kind = nor_suspended(r->chip.nor, &off, &len);
    const bool lately =
            kind && now - nor_suspended_since_ps(r->chip.nor) < LONG_SUSPENDED;
    if (stop == SIM_STOP_VIOLATION || (stop == SIM_STOP_REQUEST && lately)) {
        return;
    }
    if (kind) {
        cmd_console_say(&r->console,
                "note: at the end of the run the %s of %" PRIu32
                " bytes at 0x%06" PRIx32
                " is still suspended: it was never resumed to its end, and "
                "they hold garbage",
                kind == 'E' ? "erase" : "program", len, off);
    }
}

static int run_all(struct run *r) {
    if (!open_outputs(&r->options)) {
        return CLI_TROUBLE;
    }
    int result = cmd_files_open(&r->files, &r->options);
    if (result < 0) {
        result = set_up(r);
    }
    if (result >= 0) {
        return result;
    }
    const struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct cmd_result verdict = {.stop = SIM_STOP_REQUEST};
    const enum sim_stop stop =
            r->options.gdb ? SIM_STOP_REQUEST : run_cycles(r);
    if (r->options.gdb) {
        verdict = debug(r);
    }
    keep_stack(r);
    name_suspended(r, stop);
    if (stop == SIM_STOP_TIME || stop == SIM_STOP_IDLE) {
        cmd_fault_waiting(&r->fault,
                r->console.expect_met < r->options.expect.count,
                stop == SIM_STOP_IDLE);
        cmd_files_doubt_slots(&r->files, &r->options);
    }
    cmd_fault_ticks(&r->fault);
    follow_sender(r, sim_now(r->sim));
    cmd_measure_end(&r->measure, sim_now(r->sim));
    cmd_console_end(&r->console);
    return report(r, r->options.gdb ? verdict : judge(r, stop));
}

static void tear_down(struct run *r) {
    if (r->board) {
        sim_board_free(r->board);
    }
    cmd_peer_close(&r->peer);
    chip_close(&r->chip);
    if (r->sim) {
        sim_free(r->sim);
    }
    cmd_pictures_free(&r->pictures);
    cmd_files_close(&r->files);
    struct cmd_options *o = &r->options;
    struct output *const outputs[] = {&o->uart_file, &o->json, &o->timeline,
            &o->html, &o->trace, &o->vcd};
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        output_discard(outputs[i]);
    }
    cmd_options_free(&r->options);
}

int cmd_sim(int argc, char **argv) {
    struct run *r = calloc(1, sizeof *r);
    if (!r) {
        return cli_no_memory();
    }
    r->peer.output_fd = -1;
    r->peer.pty_hold_fd = -1;
    int result = cmd_options_parse(&r->options, argc, argv);
    if (result < 0) {
        result = run_all(r);
    }
    tear_down(r);
    free(r);
    return result;
}
