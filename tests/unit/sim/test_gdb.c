/*
 * test_gdb - the remote protocol: answers, and what is no packet at all
 *
 * SPDX-License-Identifier: MIT
 *
 * The server without a connection, on the boot program of build/firmware. The
 * answers are compared with what gdb's manual asks for; then come packets that
 * no gdb sends. Unicorn cannot; this program has the core of our own.
 */
// sources: host/sim/*.c host/base/*.c host/sim/core/*.c host/sim/stm32/*.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/sim/cpu/mpu.c
// sources: host/thumb/*.c host/sim/stm32l4/*.c host/sim/machine/*.c
// sources: host/nor/*.c host/board/*.c host/sim/gdb/[dhmps]*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/board_bench.h"
#include "sim/gdb/server.h"

static uint64_t random_state = 88172645463325252ull;
static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

struct session {
    struct bench *b;
    struct gdb_server *server;
    struct packet_reader reader;
    char answer[PACKET_BYTES + 1]; // the last one
    char console[GDB_TEXT_BYTES];  // O packets of the last one
    unsigned frames;
    unsigned notes;
    bool interrupt;
};

static void on_send(void *ctx, const char *bytes, size_t len) {
    struct session *s = ctx;
    for (size_t i = 0; i < len; i++) {
        const enum packet_event event =
                packet_take(&s->reader, (uint8_t)bytes[i]);
        assert_int_not_equal(event, PACKET_BROKEN);
        if (event != PACKET_WHOLE) {
            continue;
        }
        const char *at = s->reader.text;
        s->frames++;
        if (at[0] == 'O' && at[1] != 'K') {
            at++;
            const size_t length = packet_bytes(&at, (uint8_t *)s->console,
                    sizeof s->console - 1);
            s->console[length] = '\0';
        } else {
            memcpy(s->answer, at, s->reader.bytes + 1);
        }
    }
}

static void on_note(void *ctx, const char *line) {
    (void)line;
    ((struct session *)ctx)->notes++;
}

static bool on_interrupt(void *ctx) {
    return ((struct session *)ctx)->interrupt;
}

static void on_explain(void *ctx, enum history_stop stop,
        const struct history *h, char text[GDB_TEXT_BYTES]) {
    (void)ctx;
    (void)h;
    snprintf(text, GDB_TEXT_BYTES, "%s",
            stop == HISTORY_FAULT           ? "fault"
                    : stop == HISTORY_WATCH ? "watch"
                                            : "");
}

static struct session *open_session(bool real) {
    struct session *s = calloc(1, sizeof *s);
    s->b = open_bench("irq_latency.img");
    sim_set_note(s->b->sim, on_note, s);
    const struct gdb_options options = {
            .sim = s->b->sim,
            .board = board_find("stm32l476g-disco"),
            .nor = s->b->chip.nor,
            .real = real,
            .history = {.every = 5000},
            .explain = on_explain,
            .send = on_send,
            .interrupted = on_interrupt,
            .ctx = s,
    };
    s->server = gdb_server_new(&options, 0);
    assert_non_null(s->server);
    return s;
}

static void close_session(struct session *s) {
    gdb_server_free(s->server);
    close_bench(s->b);
    free(s);
}

static const char *ask(struct session *s, const char *packet) {
    s->answer[0] = '\0';
    s->console[0] = '\0';
    gdb_server_take(s->server, packet, strlen(packet));
    return s->answer;
}

#define assert_answer(s, packet, wanted) \
    assert_string_equal(ask(s, packet), wanted)

static uint64_t little(const char *hex) {
    uint8_t bytes[8];
    const size_t count = packet_bytes(&hex, bytes, 8);
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/// Frames ///

static enum packet_event take(struct packet_reader *r, const char *bytes) {
    enum packet_event last = PACKET_NOTHING;
    for (; *bytes; bytes++) {
        const enum packet_event event = packet_take(r, (uint8_t)*bytes);
        last = event != PACKET_NOTHING ? event : last;
    }
    return last;
}

static void test_frames(void **state) {
    (void)state;
    static struct packet_reader r;
    assert_int_equal(take(&r, "+$OK#9a"), PACKET_WHOLE);
    assert_string_equal(r.text, "OK");
    assert_int_equal(take(&r, "$OK#9b"), PACKET_BROKEN);
    assert_int_equal(take(&r, "$OK#9x"), PACKET_BROKEN);
    assert_int_equal(take(&r, "$OK#x"), PACKET_BROKEN);
    assert_int_equal(take(&r, "\x03"), PACKET_INTERRUPT);
    assert_int_equal(take(&r, "-"), PACKET_AGAIN);
    assert_int_equal(take(&r, "$#00"), PACKET_WHOLE);
    assert_int_equal(r.bytes, 0);
    // One that was cut off by another.
    assert_int_equal(take(&r, "$m1234$OK#9a"), PACKET_WHOLE);
    // Escapes, there and back.
    static struct packet_reply reply;
    static char frame[PACKET_FRAME_BYTES];
    packet_put(&reply, "a$b#c}d*e");
    const size_t bytes = packet_frame(&reply, frame);
    enum packet_event event = PACKET_NOTHING;
    for (size_t i = 0; i < bytes; i++) {
        event = packet_take(&r, (uint8_t)frame[i]);
    }
    assert_int_equal(event, PACKET_WHOLE);
    assert_string_equal(r.text, "a$b#c}d*e");
    // An escape at the end, and more than there is room for.
    assert_int_equal(take(&r, "$}#7d"), PACKET_BROKEN);
    take(&r, "$");
    for (size_t i = 0; i < PACKET_BYTES + 100; i++) {
        packet_take(&r, 'x');
    }
    assert_true(r.too_long && r.bytes == PACKET_BYTES);
    assert_int_equal(take(&r, "#00"), PACKET_BROKEN);
    for (int i = 0; i < 1000; i++) { // a reply that is full stays one
        packet_put(&reply, "%64d", i);
        packet_put_hex(&reply, frame, 64);
    }
    assert_true(reply.full && reply.bytes <= PACKET_BYTES);
}

/// Answers ///

static void test_answers(void **state) {
    (void)state;
    struct session *s = open_session(false);
    assert_non_null(strstr(ask(s, "qSupported:swbreak+"), "ReverseStep+"));
    assert_non_null(strstr(ask(s, "qSupported"), "ReverseContinue+"));
    assert_answer(s, "vCont?", "vCont;c;C;s;S;r");
    assert_answer(s, "vMustReplyEmpty", "");
    assert_answer(s, "?", "T05thread:1;");
    assert_non_null(strstr(ask(s, "qXfer:features:read:target.xml:0,ffff"),
            "org.gnu.gdb.arm.m-profile"));
    assert_int_equal(s->answer[0], 'l');
    ask(s, "qXfer:features:read:target.xml:0,10");
    assert_int_equal(s->answer[0], 'm');
    assert_int_equal(strlen(s->answer), 17);
    assert_answer(s, "qXfer:features:read:target.xml:fffff,10", "l");
    assert_answer(s, "qXfer:features:read:other.xml:0,10", "");
    assert_non_null(strstr(ask(s, "qXfer:memory-map:read::0,ffff"),
            "<memory type=\"flash\" start=\"0x90000000\" length=\"0x1000000\""));
    // Registers: 17 and 4 of four bytes, 16 of eight, FPSCR, and two stacks.
    assert_int_equal(strlen(ask(s, "g")), 2 * (17 * 4 + 16 * 8 + 7 * 4));
    assert_int_equal(little(ask(s, "pf")), sim_pc(s->b->sim));
    assert_answer(s, "P5=78563412", "OK");
    assert_int_equal(little(ask(s, "p5")), 0x12345678);
    assert_answer(s, "P11=0102030405060708", "OK"); // d0
    assert_answer(s, "p11", "0102030405060708");
    assert_answer(s, "P20=00000000ffffffff", "OK"); // d15: s30, s31
    assert_answer(s, "p20", "00000000ffffffff");
    assert_answer(s, "p28", "E01");
    assert_answer(s, "P5=1234", "E01");
    assert_answer(s, "P5=1234567890", "E01");
    char all[1000];
    snprintf(all, sizeof all, "Gefbeadde%s", ask(s, "g") + 8);
    assert_answer(s, all, "OK");
    assert_int_equal(little(ask(s, "p0")), 0xDEADBEEF);
    assert_int_equal(little(ask(s, "p5")), 0x12345678);
    // Memory: RAM, flash, a register, nothing at all, and the end of it.
    assert_answer(s, "M20000000,4:01020304", "OK");
    assert_answer(s, "m20000000,4", "01020304");
    gdb_server_take(s->server, "X20000004,3:a\0b", 15);
    assert_string_equal(s->answer, "OK");
    assert_answer(s, "m20000004,3", "610062");
    assert_answer(s, "m20000001,1", "02");
    assert_int_equal(little(ask(s, "me000ed00,4")), 0x410FC241);
    assert_answer(s, "m30000000,4", "E0c");
    // Registers that are not modelled, or without a clock: no note of it.
    assert_int_equal(strlen(ask(s, "m40020000,100")), 512);
    assert_int_equal(strlen(ask(s, "m40004400,30")), 96);
    assert_int_equal(s->notes, 0);
    assert_answer(s, "mfffffffe,4", "E01");
    assert_answer(s, "m20000000", "E01");
    assert_answer(s, "m20000000,4,", "E01");
    assert_answer(s, "M20000000,4:0102", "E01");
    // Flash, as `load` writes it.
    assert_answer(s, "vFlashErase:90100000,1000", "OK");
    gdb_server_take(s->server, "vFlashWrite:90100000:xyz", 24);
    assert_answer(s, "vFlashDone", "OK");
    assert_answer(s, "m90100000,4", "78797aff");
    // Steps, a breakpoint, and the way back.
    const uint64_t begin = little(ask(s, "pf"));
    assert_answer(s, "vCont;s:1;c", "T05thread:1;");
    const uint64_t second = little(ask(s, "pf"));
    assert_answer(s, "s", "T05thread:1;");
    assert_answer(s, "vCont;s", "T05thread:1;");
    char packet[64];
    snprintf(packet, sizeof packet, "Z1,%x,2", (unsigned)second);
    assert_answer(s, packet, "OK");
    assert_answer(s, "bc", "T05thread:1;");
    assert_int_equal(little(ask(s, "pf")), second);
    assert_answer(s, "bs", "T05thread:1;");
    assert_int_equal(little(ask(s, "pf")), begin);
    assert_answer(s, "bs", "T05thread:1;replaylog:begin;");
    assert_answer(s, "vCont;c", "T05thread:1;");
    assert_int_equal(little(ask(s, "pf")), second);
    packet[0] = 'z';
    assert_answer(s, packet, "OK");
    snprintf(packet, sizeof packet, "vCont;r%x,%x", (unsigned)second,
            (unsigned)second + 0x100);
    assert_answer(s, packet, "T05thread:1;");
    // An interrupt ends a run.
    s->interrupt = true;
    assert_answer(s, "c", "T02thread:1;");
    assert_answer(s, "bc", "T02thread:1;");
    // Monitor: "time", and one that there is not.
    assert_answer(s, "qRcmd,74696d65", "OK");
    assert_non_null(strstr(s->console, "instructions"));
    assert_answer(s, "qRcmd,78", "OK");
    assert_non_null(strstr(s->console, "unknown command 'x'"));
    assert_answer(s, "qRcmd,7", "E01");
    assert_answer(s, "QStartNoAckMode", "OK");
    assert_false(gdb_server_acknowledges(s->server));
    assert_false(gdb_server_take(s->server, "k", 1));
    close_session(s);
}

// Who writes a word: the place of the write, both ways.
static void test_watch(void **state) {
    (void)state;
    struct session *s = open_session(false);
    for (int i = 0; i < 300; i++) {
        ask(s, "s");
    }
    uint32_t regs[17];
    sim_registers(s->b->sim, regs);
    char packet[64];
    snprintf(packet, sizeof packet, "Z2,%x,4", (unsigned)regs[13] - 4);
    assert_answer(s, packet, "OK");
    snprintf(packet, sizeof packet, "T05thread:1;watch:%x;",
            (unsigned)regs[13] - 4);
    assert_answer(s, "c", packet);
    const uint64_t after = sim_instructions(s->b->sim);
    assert_answer(s, "bc", packet);
    assert_int_equal(sim_instructions(s->b->sim), after - 1);
    close_session(s);
}

/// As a core has them ///

static void test_real(void **state) {
    (void)state;
    struct session *s = open_session(true);
    assert_null(strstr(ask(s, "qSupported"), "Reverse"));
    assert_answer(s, "bs", "");
    for (unsigned i = 0; i < 6; i++) {
        char packet[64];
        snprintf(packet, sizeof packet, "Z1,%x,2", 0x08001000 + 2 * i);
        assert_answer(s, packet, "OK");
    }
    assert_non_null(strstr(ask(s, "Z1,8001100,2"), "six comparators"));
    assert_answer(s, "z1,8001000,2", "OK");
    assert_non_null(strstr(ask(s, "Z1,20000000,2"), "below 0x20000000"));
    assert_non_null(strstr(ask(s, "Z0,90000400,2"), "as into RAM"));
    assert_answer(s, "Z0,20000100,2", "OK");
    assert_answer(s, "m20000100,2", "00be");
    assert_answer(s, "z0,20000100,2", "OK");
    assert_answer(s, "m20000100,2", "dede");
    assert_answer(s, "Z2,20000000,4", "OK");
    assert_non_null(strstr(ask(s, "Z2,20000002,4"), "power of two"));
    assert_answer(s, "Z3,20000004,1", "OK");
    assert_answer(s, "Z4,20000008,2", "OK");
    assert_answer(s, "Z4,2000000c,2", "OK");
    assert_non_null(strstr(ask(s, "Z2,20000010,4"), "all four"));
    assert_answer(s, "m90000000,4", "E0c"); // the window is closed
    close_session(s);
}

/// What no gdb sends ///

// Bytes of a packet are changed, cut off or doubled.
static size_t spoil(char *packet, const char *from, size_t room) {
    size_t bytes = (size_t)snprintf(packet, room, "%s", from);
    for (uint32_t n = 1 + next_random() % 3; n > 0; n--) {
        const size_t at = next_random() % (bytes + 1);
        switch (next_random() % 4) {
        case 0:
            packet[at] = (char)next_random();
            break;
        case 1:
            bytes = at;
            break;
        case 2:
            if (bytes + 8 < room) {
                memmove(packet + at + 8, packet + at, bytes - at);
                memset(packet + at, "f0,:;#9\xFF"[next_random() % 8], 8);
                bytes += 8;
            }
            break;
        default:
            packet[at] = "0123456789abcdef,:;=+-"[next_random() % 22];
            break;
        }
    }
    packet[bytes] = '\0';
    return bytes;
}

static void test_malformed(void **state) {
    (void)state;
    static const char *const packets[] = {
            "m20000000,10",
            "M20000000,4:01020304",
            "X20000000,4:abcd",
            "G0000000011111111222222223333333344444444",
            "P5=78563412",
            "p11",
            "Z0,20000000,2",
            "z0,20000000,2",
            "Z2,20000000,4",
            "z2,20000000,4",
            "Z4,40004400,ffffffff",
            "vCont;s:1;c",
            "vCont;r8000000,8000100",
            "vCont;C05:1",
            "vFlashErase:90100000,1000",
            "vFlashWrite:90100000:abc",
            "vFlashDone",
            "qXfer:features:read:target.xml:0,ffff",
            "qXfer:memory-map:read::0,ffff",
            "qRcmd,74696d65",
            "qRcmd,676f746f20313030", // goto 100
            "qRcmd,6261636b2077696e646f77",
            "qRcmd,706f7765722d637574",
            "qRcmd,7265736574",
            "qSupported:multiprocess+;swbreak+",
            "vRun;",
            "bs",
            "bc",
            "s",
            "S05",
            "c20000000",
            "H-1",
            "Hg0",
            "T1",
            "?",
            "",
    };
    struct session *s = open_session(false);
    s->interrupt = true;
    for (int i = 0; i < 4000; i++) {
        char packet[300];
        const size_t count = sizeof packets / sizeof packets[0];
        const size_t bytes =
                spoil(packet, packets[next_random() % count], sizeof packet);
        const unsigned frames = s->frames;
        if (packet[0] == 'k' || packet[0] == 'D') {
            continue;
        }
        gdb_server_take(s->server, packet, bytes);
        assert_true(s->frames > frames); // always an answer
    }
    // And bytes that are no packets.
    static struct packet_reader r;
    for (int i = 0; i < 200000; i++) {
        const uint32_t x = next_random();
        packet_take(&r,
                x & 0x700 ? (uint8_t) "$#}{+-\x03"
                                      "0fm"[x % 10]
                          : (uint8_t)x);
    }
    // The machine still runs.
    s->interrupt = false;
    assert_answer(s, "p28", "E01");
    close_session(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_frames),
            cmocka_unit_test(test_answers),
            cmocka_unit_test(test_watch),
            cmocka_unit_test(test_real),
            cmocka_unit_test(test_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
