/*
 * server - gdb's remote serial protocol for the simulated machine
 *
 * SPDX-License-Identifier: MIT
 *
 * Packets as in gdb's manual, appendix E. One thread, all-stop.
 */
#include "sim/gdb/server.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb/server_priv.h"

#define SIGNAL_INT 2u
#define SIGNAL_ILL 4u
#define SIGNAL_TRAP 5u
#define SIGNAL_ABORT 6u
#define SIGNAL_SEGV 11u
#define BAD_REQUEST 1u
#define NO_MEMORY 12u // there is nothing at that address
#define MAX_READ (PACKET_BYTES / 2 - 8)

/// Answers ///

static void send_reply(struct gdb_server *s, const struct packet_reply *reply) {
    s->frame_bytes = packet_frame(reply, s->frame);
    s->o.send(s->o.ctx, s->frame, s->frame_bytes);
}

void gdb_server_repeat(struct gdb_server *s) {
    s->o.send(s->o.ctx, s->frame, s->frame_bytes);
}

static void ok(struct gdb_server *s) {
    packet_put(&s->reply, "OK");
}

static void bad(struct gdb_server *s, unsigned number) {
    packet_put(&s->reply, "E%02x", number);
}

void gdb_say_(struct gdb_server *s, const char *format, ...) {
    static struct packet_reply line;
    char text[GDB_TEXT_BYTES + 100];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    line.bytes = 0;
    line.full = false;
    packet_put(&line, "O");
    packet_put_hex(&line, text, strlen(text));
    send_reply(s, &line);
}

bool gdb_change_(struct gdb_server *s) {
    if (s->o.no_change && history_is_past(s->history)) {
        return false;
    }
    if (history_change(s->history)) {
        s->cut = true;
        fprintf(stderr,
                "xipsafe sim: gdb changes the past: what came behind "
                "this instruction is forgotten\n");
    }
    return true;
}

/// Registers ///

static uint32_t *word_of(struct sim_registers *r, unsigned number) {
    switch (number) {
    case DESCRIBE_XPSR:
        return &r->xpsr;
    case DESCRIBE_FPSCR:
        return &r->fpscr;
    case DESCRIBE_MSP:
        return &r->msp;
    case DESCRIBE_PSP:
        return &r->psp;
    case DESCRIBE_PRIMASK:
        return &r->primask;
    case DESCRIBE_BASEPRI:
        return &r->basepri;
    case DESCRIBE_FAULTMASK:
        return &r->faultmask;
    case DESCRIBE_CONTROL:
        return &r->control;
    case DESCRIBE_MSPLIM:
        return &r->msplim;
    case DESCRIBE_PSPLIM:
        return &r->psplim;
    default:
        break;
    }
    if (number < 16) {
        return &r->r[number];
    }
    return number >= DESCRIBE_D0 && number < DESCRIBE_FPSCR
            ? &r->s[2 * (number - DESCRIBE_D0)]
            : NULL;
}

static size_t width_of(unsigned number) {
    return number >= DESCRIBE_D0 && number < DESCRIBE_FPSCR ? 8 : 4;
}

static void read_registers(struct gdb_server *s) {
    struct sim_registers r;
    sim_get_registers(s->o.sim, &r);
    for (unsigned i = 0; i < s->registers.count; i++) {
        const unsigned number = s->registers.of[i];
        packet_put_hex(&s->reply, word_of(&r, number), width_of(number));
    }
}

static void write_registers(struct gdb_server *s, const char *at) {
    struct sim_registers r;
    sim_get_registers(s->o.sim, &r);
    for (unsigned i = 0; i < s->registers.count && *at; i++) {
        const unsigned number = s->registers.of[i];
        const size_t bytes = width_of(number);
        if (packet_bytes(&at, (uint8_t *)word_of(&r, number), bytes) != bytes) {
            bad(s, BAD_REQUEST);
            return;
        }
    }
    if (!gdb_change_(s)) {
        packet_put(&s->reply, "E.%s", s->o.no_change);
        return;
    }
    sim_set_registers(s->o.sim, &r);
    ok(s);
}

static void one_register(struct gdb_server *s, const char *at, bool write) {
    struct sim_registers r;
    uint64_t asked;
    sim_get_registers(s->o.sim, &r);
    if (!packet_hex(&at, s->registers.count - 1, &asked)) {
        bad(s, BAD_REQUEST);
        return;
    }
    const unsigned number = s->registers.of[asked];
    uint32_t *const word = word_of(&r, number);
    const size_t bytes = width_of(number);
    if (!write) {
        packet_put_hex(&s->reply, word, bytes);
        return;
    }
    const uint32_t psp = r.psp, msp = r.msp;
    if (!packet_is(&at, "=") ||
            packet_bytes(&at, (uint8_t *)word, bytes) != bytes || *at) {
        bad(s, BAD_REQUEST);
        return;
    }
    if (!gdb_change_(s)) {
        packet_put(&s->reply, "E.%s", s->o.no_change);
        return;
    }
    // One of the two is SP as well.
    if (number == DESCRIBE_MSP && r.r[13] == msp && msp != psp) {
        r.r[13] = r.msp;
    } else if (number == DESCRIBE_PSP && r.r[13] == psp && msp != psp) {
        r.r[13] = r.psp;
    }
    sim_set_registers(s->o.sim, &r);
    ok(s);
}

/// Memory ///

static bool range(const char **at, uint32_t *addr, uint32_t *len) {
    uint64_t a, n;
    if (!packet_hex(at, UINT32_MAX, &a) || !packet_is(at, ",") ||
            !packet_hex(at, UINT32_MAX, &n) || a + n > 1ull << 32) {
        return false;
    }
    *addr = (uint32_t)a;
    *len = (uint32_t)n;
    return true;
}

// On silicon a read of the window that is closed stalls the bus or faults.
static bool is_unreadable(const struct gdb_server *s, uint32_t addr) {
    return s->o.real &&
            addr - s->o.board->window.addr < s->o.board->window.bytes &&
            !sim_window_is_open(s->o.sim);
}

static void read_memory(struct gdb_server *s, const char *at) {
    static uint8_t bytes[MAX_READ];
    uint32_t addr, len;
    if (!range(&at, &addr, &len) || *at) {
        bad(s, BAD_REQUEST);
        return;
    }
    len = len < MAX_READ ? len : MAX_READ;
    if (is_unreadable(s, addr) ||
            !sim_debug_read(s->o.sim, addr, bytes, len, !s->o.real)) {
        bad(s, NO_MEMORY);
        return;
    }
    packet_put_hex(&s->reply, bytes, len);
}

static void write_bytes(struct gdb_server *s, uint32_t addr,
        const uint8_t *bytes, uint32_t len) {
    // Without bytes gdb asks whether there is such a packet.
    if (len && !gdb_change_(s)) {
        packet_put(&s->reply, "E.%s", s->o.no_change);
    } else if (sim_debug_write(s->o.sim, addr, bytes, len)) {
        ok(s);
    } else {
        bad(s, NO_MEMORY);
    }
}

static void write_memory(struct gdb_server *s, const char *at) {
    static uint8_t bytes[PACKET_BYTES / 2];
    uint32_t addr, len;
    if (!range(&at, &addr, &len) || !packet_is(&at, ":") ||
            len > sizeof bytes || packet_bytes(&at, bytes, len) != len || *at) {
        bad(s, BAD_REQUEST);
        return;
    }
    write_bytes(s, addr, bytes, len);
}

static void write_binary(struct gdb_server *s, const char *at,
        const char *end) {
    uint32_t addr, len;
    if (!range(&at, &addr, &len) || !packet_is(&at, ":") ||
            (size_t)(end - at) != len) {
        bad(s, BAD_REQUEST);
        return;
    }
    write_bytes(s, addr, (const uint8_t *)at, len);
}

// gdb's `load` into flash: as a programmer does it, at once.
static void flash(struct gdb_server *s, const char *at, const char *end) {
    uint32_t addr, len;
    uint64_t value;
    if (packet_is(&at, "Done")) {
        ok(s);
    } else if (packet_is(&at, "Erase:") && range(&at, &addr, &len)) {
        uint8_t *memory = sim_memory(s->o.sim, addr, len);
        if (!memory) {
            bad(s, NO_MEMORY);
        } else if (!gdb_change_(s)) {
            packet_put(&s->reply, "E.%s", s->o.no_change);
        } else {
            memset(memory, 0xFF, len);
            sim_memory_changed(s->o.sim, addr, len);
            ok(s);
        }
    } else if (packet_is(&at, "Write:") &&
            packet_hex(&at, UINT32_MAX, &value) && packet_is(&at, ":")) {
        write_bytes(s, (uint32_t)value, (const uint8_t *)at,
                (uint32_t)(end - at));
    } else {
        bad(s, BAD_REQUEST);
    }
}

/// Breakpoints ///

static void point(struct gdb_server *s, const char *at, bool set) {
    struct point point;
    uint64_t kind;
    uint32_t addr, len;
    char why[POINTS_WHY_BYTES];
    if (!packet_hex(&at, 9, &kind) || !packet_is(&at, ",") ||
            !range(&at, &addr, &len)) {
        bad(s, BAD_REQUEST);
        return;
    }
    if (kind >= POINT_KINDS) {
        return; // not supported: an empty answer
    }
    point = (struct point){
            .kind = (enum point_kind)kind,
            .addr = kind < POINT_WRITE ? addr & ~1u : addr,
            .len = len,
    };
    if (s->o.real && kind == POINT_SOFTWARE) {
        history_change(s->history); // it is written into RAM
    }
    const bool done = set ? points_set(&s->points, &point, why)
                          : points_clear(&s->points, &point, why);
    if (done) {
        ok(s);
        return;
    }
    if (*why) { // gdb itself says no more than "cannot insert"
        fprintf(stderr, "xipsafe sim: %s\n", why);
    }
    if (set) {
        packet_put(&s->reply, "E.%s", *why ? why : "out of memory");
    } else {
        ok(s);
    }
}

/// Runs ///

static unsigned signal_of(const struct gdb_server *s) {
    switch (s->last) {
    case HISTORY_FAULT: {
        const uint32_t cfsr = history_fault(s->history)->cfsr;
        return cfsr & 0xFFFF || !cfsr ? SIGNAL_SEGV : SIGNAL_ILL;
    }
    case HISTORY_VIOLATION:
        return SIGNAL_SEGV;
    case HISTORY_LOCKUP:
        return SIGNAL_ABORT;
    case HISTORY_INTERRUPT:
        return SIGNAL_INT;
    default:
        return SIGNAL_TRAP;
    }
}

static void stop_reply(struct gdb_server *s) {
    static const char *const names[] = {
            [POINT_WRITE] = "watch",
            [POINT_READ] = "rwatch",
            [POINT_ACCESS] = "awatch",
    };
    packet_put(&s->reply, "T%02xthread:1;", signal_of(s));
    const struct point *point = s->last == HISTORY_WATCH
            ? points_find(&s->points, history_touch(s->history))
            : NULL;
    if (point) {
        packet_put(&s->reply, "%s:%" PRIx32 ";", names[point->kind],
                point->addr);
    }
    if (s->last == HISTORY_BEGIN) {
        packet_put(&s->reply, "replaylog:begin;");
    }
}

static void stopped(struct gdb_server *s, enum history_stop stop) {
    static char text[GDB_TEXT_BYTES];
    s->last = stop;
    *text = '\0';
    s->o.explain(s->o.ctx, stop, s->history, text);
    if (s->cut) {
        gdb_say_(s, "The past was changed: what came behind is forgotten.\n");
        s->cut = false;
    }
    if (*text) {
        gdb_say_(s, "%s", text);
    }
    stop_reply(s);
}

// One action for the one thread: what comes first.
static void resume(struct gdb_server *s, const char *at) {
    uint64_t value, to;
    switch (*at++) {
    case 'C':
        if (!packet_hex(&at, 255, &value)) {
            break;
        }
        __attribute__((fallthrough));
    case 'c':
        stopped(s, history_continue(s->history));
        return;
    case 'S':
        if (!packet_hex(&at, 255, &value)) {
            break;
        }
        __attribute__((fallthrough));
    case 's':
        stopped(s, history_step(s->history));
        return;
    case 'r':
        if (packet_hex(&at, UINT32_MAX, &value) && packet_is(&at, ",") &&
                packet_hex(&at, UINT32_MAX, &to)) {
            stopped(s,
                    history_step_range(s->history, (uint32_t)value,
                            (uint32_t)to));
            return;
        }
        break;
    default:
        break;
    }
    bad(s, BAD_REQUEST);
}

static void backwards(struct gdb_server *s, const char *at) {
    if (s->o.real || (strcmp(at, "s") != 0 && strcmp(at, "c") != 0)) {
        return; // not supported
    }
    stopped(s,
            *at == 's' ? history_back_step(s->history)
                       : history_back_continue(s->history));
}

static void restart(struct gdb_server *s) {
    if (!gdb_change_(s)) {
        packet_put(&s->reply, "E.%s", s->o.no_change);
        return;
    }
    sim_request_reset(s->o.sim, SIM_RESET_PIN);
    s->last = history_settle(s->history);
    stop_reply(s);
}

static void verbose(struct gdb_server *s, const char *at, const char *end) {
    if (!strcmp(at, "Cont?")) {
        packet_put(&s->reply, "vCont;c;C;s;S;r");
    } else if (packet_is(&at, "Cont;")) {
        resume(s, at);
    } else if (packet_is(&at, "Flash")) {
        flash(s, at, end);
    } else if (packet_is(&at, "Kill;")) {
        s->ended = true;
        ok(s);
    } else if (packet_is(&at, "Run")) {
        restart(s);
    }
}

/// Questions ///

static void transfer(struct gdb_server *s, const char *text, size_t bytes,
        const char *at) {
    uint32_t from, len;
    if (!range(&at, &from, &len) || *at) {
        bad(s, BAD_REQUEST);
        return;
    }
    len = len < MAX_READ ? len : MAX_READ;
    const size_t rest = from < bytes ? bytes - from : 0;
    const size_t part = rest < len ? rest : len;
    packet_put(&s->reply, "%c%.*s", part == rest ? 'l' : 'm', (int)part,
            part ? text + from : "");
}

static void question(struct gdb_server *s, const char *at) {
    static char command[PACKET_BYTES];
    if (packet_is(&at, "Supported")) {
        packet_put(&s->reply,
                "PacketSize=%x;QStartNoAckMode+;vContSupported+;"
                "qXfer:features:read+;qXfer:memory-map:read+%s",
                PACKET_BYTES,
                s->o.real ? "" : ";ReverseStep+;ReverseContinue+");
    } else if (packet_is(&at, "Xfer:features:read:target.xml:")) {
        transfer(s, s->target, s->target_bytes, at);
    } else if (packet_is(&at, "Xfer:memory-map:read::")) {
        transfer(s, s->memory, s->memory_bytes, at);
    } else if (packet_is(&at, "Rcmd,")) {
        const size_t length =
                packet_bytes(&at, (uint8_t *)command, sizeof command - 1);
        command[length] = '\0';
        if (*at) {
            bad(s, BAD_REQUEST);
        } else {
            gdb_monitor_(s, command);
        }
    } else if (!strcmp(at, "C")) {
        packet_put(&s->reply, "QC1");
    } else if (!strcmp(at, "fThreadInfo")) {
        packet_put(&s->reply, "m1");
    } else if (!strcmp(at, "sThreadInfo")) {
        packet_put(&s->reply, "l");
    } else if (packet_is(&at, "Attached")) {
        packet_put(&s->reply, "0"); // at its end gdb kills, not detaches
    } else if (packet_is(&at, "Symbol:")) {
        ok(s);
    }
}

/// Packets ///

bool gdb_server_acknowledges(const struct gdb_server *s) {
    return !s->no_ack;
}

bool gdb_server_take(struct gdb_server *s, const char *text, size_t bytes) {
    const char *const at = text + (bytes != 0);
    const char *const end = text + bytes;
    s->reply.bytes = 0;
    s->reply.full = false;
    s->reply.text[0] = '\0';
    bool no_ack = s->no_ack;
    switch (bytes ? text[0] : '\0') {
    case '?':
        stop_reply(s);
        break;
    case 'g':
        read_registers(s);
        break;
    case 'G':
        write_registers(s, at);
        break;
    case 'p':
        one_register(s, at, false);
        break;
    case 'P':
        one_register(s, at, true);
        break;
    case 'm':
        read_memory(s, at);
        break;
    case 'M':
        write_memory(s, at);
        break;
    case 'X':
        write_binary(s, at, end);
        break;
    case 'Z':
        point(s, at, true);
        break;
    case 'z':
        point(s, at, false);
        break;
    case 'c':
    case 's':
    case 'C':
    case 'S':
        resume(s, text);
        break;
    case 'b':
        backwards(s, at);
        break;
    case 'v':
        verbose(s, at, end);
        break;
    case 'q':
        question(s, at);
        break;
    case 'Q':
        if (!strcmp(at, "StartNoAckMode")) {
            no_ack = true;
            ok(s);
        }
        break;
    case 'H':
    case 'T':
    case '!':
        ok(s);
        break;
    case 'D':
        ok(s);
        s->ended = true;
        break;
    case 'k':
        s->ended = true;
        return false;
    default:
        break; // an empty answer: not supported
    }
    send_reply(s, &s->reply);
    s->no_ack = no_ack;
    return !s->ended;
}

/// Life ///

static bool poll(void *ctx) {
    const struct gdb_server *s = ctx;
    return s->o.interrupted && s->o.interrupted(s->o.ctx);
}

static bool power_cut(void *ctx) {
    const struct gdb_server *s = ctx;
    return s->o.history.power_cut && s->o.history.power_cut(s->o.history.ctx);
}

static void forget_future(void *ctx) {
    const struct gdb_server *s = ctx;
    if (s->o.history.forget_future) {
        s->o.history.forget_future(s->o.history.ctx);
    }
}

struct gdb_server *gdb_server_new(const struct gdb_options *options,
        uint64_t at) {
    struct gdb_server *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->o = *options;
    s->points.sim = options->sim;
    s->points.real = options->real;
    struct history_options history = options->history;
    history.sim = options->sim;
    history.bkpt = options->real;
    history.power_cut = power_cut;
    history.forget_future = forget_future;
    history.poll = poll;
    history.ctx = s;
    s->history = history_new(&history);
    if (!s->history) {
        gdb_server_free(s);
        return NULL;
    }
    const uint32_t chip = nor_part_of(options->nor)->size_bytes;
    const uint32_t window = options->board->window.bytes;
    const struct sim_profile *core = sim_core(options->sim);
    describe_registers(&s->registers, core);
    s->target_bytes = describe_target(s->target, core);
    s->memory_bytes = describe_memory(s->memory, options->board,
            chip < window ? chip : window);
    s->last = at ? history_go(s->history, at) : HISTORY_DONE;
    if (s->last != HISTORY_DONE) {
        static char text[GDB_TEXT_BYTES];
        s->o.explain(s->o.ctx, s->last, s->history, text);
        fprintf(stderr, "%s", text);
    }
    return s;
}

void gdb_server_free(struct gdb_server *s) {
    if (s) {
        history_free(s->history);
        points_free(&s->points);
        free(s);
    }
}
