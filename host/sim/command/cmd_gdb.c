/*
 * cmd_gdb - `xipsafe sim --gdb`: a session of the debugger
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/command/cmd_gdb.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "sim/gdb/link.h"
#include "sim/gdb/server.h"

struct session {
    const struct cmd_gdb *gdb;
    struct gdb_link link;
    struct packet_reader reader;
};

/// What stopped the run ///

struct text {
    char *to;
    size_t at;
};

static void put(struct text *text, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(text->to + text->at, GDB_TEXT_BYTES - text->at,
            format, args);
    va_end(args);
    if (length > 0 && text->at + (size_t)length < GDB_TEXT_BYTES) {
        text->at += (size_t)length;
    }
}

static void put_violation(struct text *text, const struct sim_violation *v) {
    char time[NUMBER_TEXT_BYTES];
    const bool has_subject = strncmp(v->what, "the ", 4) == 0;
    put(text, "VIOLATION %s, %s after power-on\n", sim_rules[v->rule].name,
            number_format_time(time, v->time));
    put(text, "  what   %s%s\n", has_subject ? "" : "the firmware ", v->what);
    put(text, "  why    %s\n  fix    %s\n", v->why, v->fix);
    put(text,
            "The machine stands before that instruction, and cannot go on "
            "behind it.\n");
}

static void put_fault(struct text *text, const struct cmd_fault *f,
        const struct sim_fault *fault) {
    struct fault_text words;
    char time[NUMBER_TEXT_BYTES], bits[200];
    cmd_fault_describe(f, fault, &words);
    fault_bits_text(fault->cfsr, fault->hfsr, bits, sizeof bits);
    put(text, "FAULT %s, %s after power-on\n", cmd_fault_exception(fault),
            number_format_time(time, fault->time));
    put(text, "  what   the firmware %s\n", words.what);
    put(text, "  status %s\n", bits);
    put(text, "  why    %s\n  fix    %s\n", words.why, words.fix);
    if (fault->late_pc && strstr(bits, "IMPRECISERR")) {
        put(text,
                "It comes late: the store was at 0x%08" PRIx32
                "; reverse-stepi goes there.\n",
                fault->late_pc);
    }
    put(text,
            "The machine stands before that instruction; `continue` takes "
            "the fault.\n");
}

static void explain(void *ctx, enum history_stop stop, const struct history *h,
        char to[GDB_TEXT_BYTES]) {
    const struct session *s = ctx;
    struct text text = {to, 0};
    const struct sim_touch *touch = history_touch(h);
    switch (stop) {
    case HISTORY_FAULT:
        put_fault(&text, s->gdb->fault, history_fault(h));
        break;
    case HISTORY_VIOLATION:
    case HISTORY_LOCKUP:
        put_violation(&text, history_violation(h));
        break;
    case HISTORY_WATCH:
        if (!touch->by_cpu) {
            put(&text,
                    "0x%08" PRIx32 " was changed by the entry of an exception, "
                    "or by DMA or another device: no instruction did it\n",
                    touch->watch.addr);
        }
        break;
    case HISTORY_TIME:
        put(&text, "the --time-limit is reached\n");
        break;
    case HISTORY_IDLE:
        put(&text, "the core sleeps, and nothing will wake it\n");
        break;
    case HISTORY_OFF:
        put(&text, "the supply was cut, for good\n");
        break;
    default:
        break;
    }
}

/// The connection ///

static void send_bytes(void *ctx, const char *bytes, size_t len) {
    struct session *s = ctx;
    gdb_link_send(&s->link, bytes, len);
}

// While the machine runs. A closed connection ends the run as well; a packet
// that comes too early waits.
static bool interrupted(void *ctx) {
    struct session *s = ctx;
    if (s->link.fd < 0) {
        return false;
    }
    const int byte = gdb_link_take(&s->link, false);
    if (byte == '$') {
        s->link.at--;
    }
    return byte == 3 || s->link.closed;
}

static void forget_future(void *ctx) {
    struct session *s = ctx;
    cmd_console_forget_future(s->gdb->console);
    cmd_peer_forget_future(s->gdb->peer);
}

static bool power_cut(void *ctx) {
    const struct session *s = ctx;
    return s->gdb->power_again(s->gdb->ctx);
}

static void serve(struct session *s, struct gdb_server *server) {
    for (int byte; (byte = gdb_link_take(&s->link, true)) >= 0;) {
        const bool acknowledges = gdb_server_acknowledges(server);
        switch (packet_take(&s->reader, (uint8_t)byte)) {
        case PACKET_WHOLE:
            if (acknowledges) {
                gdb_link_send(&s->link, "+", 1);
            }
            if (!gdb_server_take(server, s->reader.text, s->reader.bytes)) {
                return;
            }
            break;
        case PACKET_BROKEN:
            if (acknowledges) {
                gdb_link_send(&s->link, "-", 1);
            }
            break;
        case PACKET_AGAIN:
            gdb_server_repeat(server);
            break;
        case PACKET_INTERRUPT: // the machine is halted already
        case PACKET_NOTHING:
            break;
        }
    }
}

// What is written once cannot be taken back.
static const char *keeps_a_record(const struct cmd_options *o) {
    return o->vcd.wanted || o->timeline.wanted || o->json.wanted || o->summary
            ? "the past cannot be changed: --vcd, --timeline, --json or "
              "--summary keep a record of what came behind"
            : NULL;
}

static const char *first_elf(const struct cmd_options *o) {
    return o->symbols.count     ? o->symbols.at[0]
            : o->internal.count ? o->internal.at[0]
                                : "firmware.elf";
}

enum cli_status cmd_gdb_run(const struct cmd_gdb *gdb) {
    static struct session s;
    const struct cmd_options *o = gdb->options;
    s = (struct session){.gdb = gdb, .link = {.fd = -1, .listener = -1}};
    const struct gdb_options options = {
            .sim = gdb->sim,
            .board = gdb->board,
            .nor = gdb->nor,
            .real = o->gdb_real,
            .history =
                    {
                            .power_cut = power_cut,
                            .forget_future = forget_future,
                            .ctx = &s,
                    },
            .explain = explain,
            .no_change = keeps_a_record(o),
            .send = send_bytes,
            .interrupted = interrupted,
            .ctx = &s,
    };
    struct gdb_server *server = gdb_server_new(&options, o->gdb_at);
    if (!server) {
        return cli_fail(CLI_TROUBLE,
                "--gdb: no snapshot of the machine can be made: out of memory, "
                "or built with -DXIPSAFE_CORE=unicorn");
    }
    enum cli_status status = CLI_TROUBLE;
    if (gdb_link_open(&s.link, o->gdb_port)) {
        cli_say("waiting for gdb: gdb-multiarch %s -ex 'target remote :%u'",
                first_elf(o), (unsigned)s.link.port);
        if (gdb_link_accept(&s.link)) {
            serve(&s, server);
            status = CLI_GOOD;
        }
    }
    gdb_link_close(&s.link);
    gdb_server_free(server);
    return status;
}
