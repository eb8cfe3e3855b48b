/*
 * test_journal_explore - every state that a small journal can reach
 *
 * SPDX-License-Identifier: MIT
 *
 * The journal's own C runs with marks and payloads of one byte and a few
 * positions a sector. A session opens, settles, compares, and appends some
 * records; the power fails before, in and after each operation of it, and the
 * next session begins with what is left. Sessions are run from every state that
 * was found until no new one is. So two cuts in a row and a cut in the repair
 * are in it, and the repair of that.
 *
 * A program operation that is cut leaves every prefix of its data, and the byte
 * behind the prefix as it was or unstable; or all of it unstable. An erase
 * leaves each part of the sector as it was, erased, or unstable. Unstable bits
 * read as ones, as zeros or mixed, independently at each read.
 *
 * A state is what the flash holds, up to a shift of the sequence numbers and
 * the names of the values, and what the journal may answer. What no session can
 * tell apart is one state: positions in front of one where reading ends, and
 * values that are neither the last one nor the new one: if a session reads one
 * of these, one that is not cut says so, and is bad. Bad is an answer
 * that is not the last value that append or settle promised, or the one that
 * was under way: a committed record is lost, an old state comes back, a record
 * that was never written is believed.
 */
// sources: xipsafe/slots/xip_journal.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xip_journal.h"

#define POSITIONS_MAX 3u // of a sector
#define RECORD 13u       // magic, number, value, CRC
#define POSITION (RECORD + 3u)
#define LAYERS 2u
#define NO_VALUE 0xFFu
#define EMPTY 0u              // also of a journal without a record
#define OLD 1u                // neither the last value nor the new one
#define FIRST_SEQ 0xFFFFFFFEu // of a state: the numbers wrap all the time

/// What the flash holds ///

enum mark { MARK_BLANK, MARK_DONE, MARK_WEAK };

// Data that was programmed: `done` bytes, the next one unstable if `edge`, all
// of it unstable if `weak`.
struct layer {
    uint8_t seq; // less FIRST_SEQ
    uint8_t value;
    uint8_t done;
    uint8_t edge, weak;
};

struct position {
    uint8_t mark[3]; // claim, seal, second seal: enum mark
    uint8_t layers;  // of the record; more than one is a defect
    struct layer layer[LAYERS];
};

struct state {
    struct position position[2][POSITIONS_MAX];
    uint8_t value;   // the journal's answer
    uint8_t pending; // may be its answer too; NO_VALUE: none is under way
    uint8_t has_pending;
};

static unsigned positions; // of a sector
static unsigned appends_max;
static bool mixed_erases;
static struct state now;
static uint32_t now_seq; // what layer.seq counts from

static void put32(uint8_t *p, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint32_t crc32(const uint8_t *p, unsigned len) {
    uint32_t crc = UINT32_MAX;
    for (unsigned i = 0; i < 8 * len; i++) {
        const uint32_t bit = (p[i / 8] >> i % 8 ^ crc) & 1;
        crc = crc >> 1 ^ (bit ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static unsigned crc_from; // 0, or what a defect leaves out of the CRC

static void render(const struct layer *l, uint8_t record[RECORD]) {
    put32(record, XIP_JOURNAL_MAGIC);
    put32(record + 4, now_seq + l->seq);
    record[8] = l->value;
    put32(record + 9, crc32(record + crc_from, 9 - crc_from));
}

// The bits of a record that are zero, and those that are unstable.
static void cells(const struct position *p, uint8_t zero[RECORD],
        uint8_t weak[RECORD]) {
    memset(zero, 0, RECORD);
    memset(weak, 0, RECORD);
    for (unsigned n = 0; n < p->layers; n++) {
        const struct layer *l = &p->layer[n];
        uint8_t record[RECORD];
        render(l, record);
        for (unsigned i = 0; i < RECORD; i++) {
            const uint8_t bits = (uint8_t)~record[i];
            if (i < l->done && !l->weak) {
                zero[i] |= bits;
            } else if (i < l->done || (i == l->done && l->edge)) {
                weak[i] |= bits;
            }
        }
    }
    for (unsigned i = 0; i < RECORD; i++) {
        weak[i] &= (uint8_t)~zero[i];
    }
}

/// Choices: a path through a session, and the next one ///

#define CHOICES_MAX 400u
#define STATES_MAX 8000000u // that a sample keeps
static uint8_t chosen[CHOICES_MAX], options[CHOICES_MAX];
static unsigned choices, scripted;
static jmp_buf power;

static bool sampling; // paths are drawn
static uint32_t seed;
static uint32_t random32(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static unsigned choose(unsigned n) {
    assert_true(choices < CHOICES_MAX && n < 256);
    if (n < 2) {
        return 0;
    }
    if (sampling) { // choice 0 of an operation: it is done, and not cut
        return random32() % 4 ? 0 : random32() % n;
    }
    if (choices >= scripted) {
        chosen[choices] = 0;
        options[choices] = (uint8_t)n;
        scripted = choices + 1;
    }
    return chosen[choices++];
}

static bool next_path(void) {
    while (scripted != 0 && ++chosen[scripted - 1] == options[scripted - 1]) {
        scripted--;
    }
    choices = 0;
    return scripted != 0;
}

/// The chip ///

static uint8_t *mark_at(struct position *p, uint32_t in) {
    assert_true(in == 0 || in > RECORD);
    return &p->mark[in == 0 ? 0 : in - RECORD];
}

static struct position *locate(uint32_t off, uint32_t *in) {
    const uint32_t sector_bytes = positions * POSITION;
    assert_true(off < 2 * sector_bytes);
    *in = off % sector_bytes % POSITION;
    return &now.position[off / sector_bytes][off % sector_bytes / POSITION];
}

static int chip_read(void *ctx, uint32_t off, void *data, uint32_t len) {
    (void)ctx;
    uint32_t in;
    struct position *p = locate(off, &in);
    uint8_t *out = data;
    if (len == 1) {
        const uint8_t mark = *mark_at(p, in);
        const bool programmed =
                mark == MARK_WEAK ? choose(2) : mark == MARK_DONE;
        *out = programmed ? 0 : 0xFF;
        return 0;
    }
    assert_true(in == 1 && len == RECORD);
    uint8_t zero[RECORD];
    uint8_t weak[RECORD];
    cells(p, zero, weak);
    unsigned weak_bytes = 0;
    for (unsigned i = 0; i < RECORD; i++) {
        weak_bytes += weak[i] != 0;
    }
    // Ones, zeros, the lowest unstable bit only, zeros but for one byte: of
    // magic, number, value, CRC.
    const unsigned how = weak_bytes > 1 ? choose(3 + 4)
            : weak_bytes                ? choose(3)
                                        : 0;
    bool first = true;
    for (unsigned i = 0; i < RECORD; i++) {
        uint8_t low = zero[i];
        if (how == 1 || (how >= 3 && i != 4 * (how - 3))) {
            low |= weak[i];
        } else if (how == 2 && weak[i] && first) {
            low |= weak[i] & (uint8_t)-weak[i];
            first = false;
        }
        out[i] = (uint8_t)~low;
    }
    return 0;
}

static void cut(void) {
    longjmp(power, 1);
}

static void program_mark(uint8_t *mark) {
    switch (choose(4)) {
    case 1:
        cut();
        break;
    case 2:
        *mark = *mark == MARK_DONE ? MARK_DONE : MARK_WEAK;
        cut();
        break;
    case 3:
        *mark = MARK_DONE;
        cut();
        break;
    default:
        *mark = MARK_DONE;
        break;
    }
}

// The same data again adds to what is there; other data is a layer more.
static struct layer *layer_for(struct position *p, uint8_t seq, uint8_t value) {
    for (unsigned i = 0; i < p->layers; i++) {
        if (p->layer[i].seq == seq && p->layer[i].value == value) {
            return &p->layer[i];
        }
    }
    if (p->layers == LAYERS) {
        p->layers--;
        memmove(p->layer, p->layer + 1, sizeof p->layer[0] * (LAYERS - 1));
    }
    p->layer[p->layers] = (struct layer){.seq = seq, .value = value};
    return &p->layer[p->layers++];
}

static void program_record(struct position *p, const uint8_t *data) {
    const uint32_t seq = (uint32_t)data[4] | (uint32_t)data[5] << 8 |
            (uint32_t)data[6] << 16 | (uint32_t)data[7] << 24;
    // Numbers that were never in a state are renamed by it later.
    assert_true(seq - now_seq < 200);
    struct layer *l = layer_for(p, (uint8_t)(seq - now_seq), data[8]);
    uint8_t expected[RECORD];
    render(l, expected);
    assert_memory_equal(data, expected, RECORD);
    // Done; before; after; all unstable; every prefix with and without an
    // unstable byte behind it.
    const unsigned how = choose(4 + 2 * RECORD);
    if (how == 0 || how == 2) {
        *l = (struct layer){l->seq, l->value, RECORD, 0, 0};
    } else if (how == 3) {
        if (l->done < RECORD || l->weak) {
            *l = (struct layer){l->seq, l->value, RECORD, 0, 1};
        }
    } else if (how >= 4) {
        const uint8_t done = (uint8_t)((how - 4) / 2);
        if (l->weak && l->done > done) {
            // A mix; unstable as a whole is the worst of it.
        } else if (l->done <= done) {
            *l = (struct layer){l->seq, l->value, done, (how & 1), 0};
        }
    }
    if (l->done == 0 && !l->edge) {
        p->layers--;
    }
    if (how) {
        cut();
    }
}

static int chip_program(void *ctx, uint32_t off, const void *data,
        uint32_t len) {
    (void)ctx;
    uint32_t in;
    struct position *p = locate(off, &in);
    if (len == 1) {
        assert_int_equal(*(const uint8_t *)data, 0);
        program_mark(mark_at(p, in));
    } else {
        assert_true(in == 1 && len == RECORD);
        program_record(p, data);
    }
    return 0;
}

// Unstable; in the long run also as it was or erased, each part for itself.
// Unstable bits may always read as either, so they are the worst of the three.
enum torn { TORN_WEAK, TORN_OLD, TORN_ERASED };
static enum torn tear(void) {
    return mixed_erases ? (enum torn)choose(3) : TORN_WEAK;
}

static void tear_mark(uint8_t *mark) {
    if (*mark != MARK_BLANK) {
        const enum torn how = tear();
        *mark = how == TORN_OLD    ? *mark
                : how == TORN_WEAK ? MARK_WEAK
                                   : MARK_BLANK;
    }
}

static int chip_erase(void *ctx, uint32_t off, uint32_t len) {
    (void)ctx;
    uint32_t in;
    const struct position *first = locate(off, &in);
    assert_int_equal(len, positions * POSITION);
    struct position *p = now.position[first == now.position[0] ? 0 : 1];
    const unsigned how = choose(4); // done, before, in it, after
    for (unsigned i = 0; i < positions && how == 2; i++) {
        for (unsigned n = 0; n < 3; n++) {
            tear_mark(&p[i].mark[n]);
        }
        if (p[i].layers) {
            const enum torn how_torn = tear();
            if (how_torn == TORN_ERASED) {
                p[i].layers = 0;
            }
            for (unsigned n = 0; n < p[i].layers && how_torn == TORN_WEAK;
                    n++) {
                p[i].layer[n].weak = 1;
            }
        }
    }
    if (how == 0 || how == 3) {
        memset(p, 0, sizeof *p * POSITIONS_MAX);
    }
    if (how) {
        cut();
    }
    return 0;
}

/// States ///

static struct state *seen;
static size_t seen_count, seen_room;
static uint32_t *table; // of numbers of states, from 1
static size_t table_size;

static uint64_t hash(const struct state *s) {
    uint64_t h = 0xCBF29CE484222325u;
    const uint8_t *p = (const uint8_t *)s;
    for (size_t i = 0; i < sizeof *s; i++) {
        h = (h ^ p[i]) * 0x100000001B3u;
    }
    return h ^ h >> 29;
}

static uint8_t rename_value(uint8_t names[256], uint8_t *count, uint8_t value) {
    if (value == NO_VALUE) {
        return value;
    }
    if (names[value] == NO_VALUE) {
        names[value] = (*count)++;
    }
    return names[value];
}

// Shapes that can only read alike are one state: never as blank or valid, never
// as valid.
static void merge_shapes(struct position *p) {
    for (unsigned n = 0; n < p->layers && p->layers == 1; n++) {
        struct layer *l = &p->layer[n];
        if (l->weak && l->done < RECORD) {
            *l = (struct layer){l->seq, l->value, 0, 1, 0};
        } else if (l->done > 0 && l->done < RECORD - l->edge) {
            *l = (struct layer){l->seq, l->value, 1, 0, 0};
        }
    }
}

// Reading ends here, whatever it reads at the positions behind.
static bool is_solid(const struct position *p) {
    return p->mark[0] == MARK_DONE && p->mark[1] == MARK_DONE &&
            p->layers == 1 && p->layer[0].done == RECORD && !p->layer[0].weak;
}

// A position in front of a solid one is neither read nor programmed before the
// sector is erased. That leaves nothing of it, or all of it unstable: what is
// programmed or unstable is one shape, and a record that is not whole is one.
static void merge_dead(struct position *sector) {
    unsigned solid = 0;
    for (unsigned i = 0; i < positions; i++) {
        solid = is_solid(&sector[i]) ? i : solid;
    }
    for (unsigned i = 0; i < solid; i++) {
        struct position *p = &sector[i];
        for (unsigned n = 0; n < 3; n++) {
            p->mark[n] = p->mark[n] ? MARK_DONE : MARK_BLANK;
        }
        for (unsigned n = 0; n < p->layers; n++) {
            struct layer *l = &p->layer[n];
            if (l->done == RECORD) {
                l->weak = 0;
            } else if (p->layers == 1) {
                *l = (struct layer){l->seq, l->value, 1, 0, 0};
            }
        }
    }
}

// The smallest number becomes 0, the values 0, 1, 2 in the order in which they
// are met. Unused fields are zero, so that equal states are equal bytes.
static void normalise(struct state *s) {
    uint8_t lowest = 255;
    uint8_t names[256];
    uint8_t count = OLD + 1;
    memset(names, NO_VALUE, sizeof names);
    for (unsigned i = 0; i < 2 && !mixed_erases; i++) {
        merge_dead(s->position[i]);
    }
    names[EMPTY] = EMPTY;
    for (unsigned i = 0; i < 2 * POSITIONS_MAX; i++) {
        struct position *p = &s->position[i / POSITIONS_MAX][i % POSITIONS_MAX];
        merge_shapes(p);
        memset(p->layer + p->layers, 0,
                sizeof p->layer[0] * (LAYERS - p->layers));
        for (unsigned n = 0; n < p->layers; n++) {
            lowest = p->layer[n].seq < lowest ? p->layer[n].seq : lowest;
        }
    }
    s->value = rename_value(names, &count, s->value);
    s->pending = rename_value(names, &count, s->pending);
    for (unsigned i = 0; i < 2 * POSITIONS_MAX; i++) {
        struct position *p = &s->position[i / POSITIONS_MAX][i % POSITIONS_MAX];
        for (unsigned n = 0; n < p->layers; n++) {
            struct layer *l = &p->layer[n];
            l->seq = (uint8_t)(l->seq - lowest);
            l->value = names[l->value] == NO_VALUE && p->layers == 1
                    ? OLD
                    : rename_value(names, &count, l->value);
        }
    }
}

static void grow_table(void) {
    table_size = table_size ? 2 * table_size : 1u << 16;
    free(table);
    table = calloc(table_size, sizeof *table);
    assert_non_null(table);
    for (size_t i = 0; i < seen_count; i++) {
        size_t at = hash(&seen[i]) % table_size;
        while (table[at]) {
            at = (at + 1) % table_size;
        }
        table[at] = (uint32_t)i + 1;
    }
}

static void note(struct state *s) {
    normalise(s);
    if (2 * seen_count >= table_size) {
        grow_table();
    }
    size_t at = hash(s) % table_size;
    while (table[at]) {
        if (memcmp(&seen[table[at] - 1], s, sizeof *s) == 0) {
            return;
        }
        at = (at + 1) % table_size;
    }
    if (seen_count == seen_room) {
        seen_room = seen_room ? 2 * seen_room : 1024;
        seen = realloc(seen, seen_room * sizeof *seen);
        assert_non_null(seen);
    }
    seen[seen_count++] = *s;
    table[at] = (uint32_t)seen_count;
}

/// A session ///

static uint64_t paths, cuts;
static const char *bad;

static struct xip_journal_io chip_io(void) {
    return (struct xip_journal_io){
            .read = chip_read,
            .program = chip_program,
            .erase = chip_erase,
            .sector_bytes = positions * POSITION,
            .payload_bytes = 1,
            .mark_bytes = 1,
    };
}

static uint8_t unused_value(void) {
    uint8_t value = EMPTY + 1;
    for (unsigned i = 0; i < 2 * POSITIONS_MAX; i++) {
        const struct position *p =
                &now.position[i / POSITIONS_MAX][i % POSITIONS_MAX];
        for (unsigned n = 0; n < p->layers; n++) {
            const uint8_t taken = p->layer[n].value;
            value = taken >= value ? taken + 1 : value;
        }
    }
    return now.value >= value ? now.value + 1 : value;
}

static struct xip_journal journal; // a cut is a longjmp

static void open_it(void) {
    const struct xip_journal_io io = chip_io();
    memset(&journal, 0, sizeof journal);
    if (xip_journal_open(&journal, &io)) {
        bad = "open failed without a cause";
    }
}

static void settle(void) {
    if (xip_journal_settle(&journal)) {
        bad = "settle failed without a cause";
        return;
    }
    const uint8_t value = journal.payload[0];
    if (value != now.value && !(now.has_pending && value == now.pending)) {
        bad = journal.is_empty ? "everything is lost"
                               : "a state that is neither the last one nor new";
        return;
    }
    now.value = value;
    now.has_pending = 0;
    now.pending = NO_VALUE;
}

static void append(void) {
    const uint8_t wanted = unused_value();
    now.has_pending = 1;
    now.pending = wanted;
    if (xip_journal_append(&journal, &wanted)) {
        bad = "append failed without a cause";
        return;
    }
    now.value = wanted;
    now.has_pending = 0;
    now.pending = NO_VALUE;
}

// Step 0 opens, step 1 settles, the others append.
static void step(unsigned number) {
    if (number == 0) {
        open_it();
    } else if (number == 1) {
        settle();
    } else {
        append();
    }
}

static void session(void) {
    step(0);
    for (unsigned i = 1; !bad && i < 2 + appends_max; i++) {
        if (i >= 2 && !choose(2)) {
            return;
        }
        step(i);
    }
}

static void print_state(const struct state *s) {
    for (unsigned i = 0; i < 2 * positions; i++) {
        const struct position *p = &s->position[i / positions][i % positions];
        printf("%s claim %u seals %u %u", i % positions ? "" : "\n", p->mark[0],
                p->mark[1], p->mark[2]);
        for (unsigned n = 0; n < p->layers; n++) {
            const struct layer *l = &p->layer[n];
            printf(" [%u:%u %u%s%s]", l->seq, l->value, l->done,
                    l->edge ? "+" : "", l->weak ? "~" : "");
        }
        printf("\n");
    }
    printf("value %u pending %u\n", s->value, s->pending);
}

// A record of the journal that is tested: a defect may have another CRC.
static int learn(void *ctx, uint32_t off, const void *data, uint32_t len) {
    (void)ctx;
    (void)off;
    if (len == RECORD) {
        const uint8_t *record = data;
        const uint32_t crc = (uint32_t)record[9] | (uint32_t)record[10] << 8 |
                (uint32_t)record[11] << 16 | (uint32_t)record[12] << 24;
        crc_from = crc == crc32(record, 9) ? 0 : 8;
    }
    return 0;
}
static int nothing(void *ctx, uint32_t off, uint32_t len) {
    (void)ctx;
    (void)off;
    (void)len;
    return 0;
}

static void learn_format(void) {
    struct xip_journal j;
    struct xip_journal_io io = chip_io();
    io.program = learn;
    io.erase = nothing;
    const uint8_t value = 7;
    memset(&now, 0, sizeof now);
    assert_int_equal(xip_journal_open(&j, &io), 0);
    assert_int_equal(xip_journal_append(&j, &value), 0);
}

static void explore_begin(unsigned of_positions, unsigned appends) {
    positions = of_positions;
    appends_max = appends;
    seen_count = 0;
    table_size = 0;
    paths = 0;
    cuts = 0;
    struct state blank;
    memset(&blank, 0, sizeof blank);
    blank.value = EMPTY;
    blank.pending = NO_VALUE;
    grow_table();
    note(&blank);
    bad = NULL;
    learn_format();
}

static void fail_if_bad(size_t from) {
    if (bad) {
        print_state(&seen[from]);
        fail_msg("%s (state %zu, path %llu)", bad, from,
                (unsigned long long)paths);
    }
}

// One session from a state, and what it leaves.
static void run_path(size_t from) {
    now = seen[from];
    now_seq = FIRST_SEQ;
    choices = 0;
    paths++;
    if (setjmp(power) == 0) {
        session();
    } else {
        cuts++;
    }
    fail_if_bad(from);
}

/// Sessions step by step ///

// Reads are independent: what a step may do depends on the flash and on what
// the journal knows, not on what it has read before. So places in a session
// that are equal in both go on once.
struct place {
    struct state state;
    struct xip_journal journal;
};
static struct place *places[2]; // before the step, behind it
static size_t place_count[2], place_room[2];

static void add_place(void) {
    struct place p;
    memset(&p, 0, sizeof p);
    p.state = now;
    p.journal = journal;
    for (size_t i = 0; i < place_count[1]; i++) {
        // Padding that differs: the place goes on twice, and that is all.
        // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
        if (memcmp(&places[1][i], &p, sizeof p) == 0) {
            return;
        }
    }
    if (place_count[1] == place_room[1]) {
        place_room[1] = place_room[1] ? 2 * place_room[1] : 64;
        places[1] = realloc(places[1], place_room[1] * sizeof p);
        assert_non_null(places[1]);
    }
    places[1][place_count[1]++] = p;
}

// All paths of a step from a place. A cut ends the session, and so may the end
// of a step.
static void run_step(size_t from, const struct place *p, unsigned number) {
    scripted = 0;
    do {
        now = p->state;
        now_seq = FIRST_SEQ;
        journal = p->journal;
        choices = 0;
        paths++;
        if (setjmp(power) == 0) {
            step(number);
            fail_if_bad(from);
            add_place();
        } else {
            cuts++;
        }
        struct state left = now;
        note(&left);
    } while (next_path());
}

static void run_sessions(size_t from) {
    memset(&journal, 0, sizeof journal);
    now = seen[from];
    place_count[1] = 0;
    add_place();
    for (unsigned i = 0; i < 2 + appends_max; i++) {
        struct place *const before = places[1];
        const size_t room = place_room[1];
        places[1] = places[0];
        place_room[1] = place_room[0];
        places[0] = before;
        place_room[0] = room;
        place_count[0] = place_count[1];
        place_count[1] = 0;
        for (size_t n = 0; n < place_count[0]; n++) {
            run_step(from, &places[0][n], i);
        }
    }
}

static void explore_end(const char *how) {
    printf("%u positions a sector, %u appends a session, %s: %zu states, "
           "%llu paths, %llu cuts, 0 bad\n",
            positions, appends_max, how, seen_count, (unsigned long long)paths,
            (unsigned long long)cuts);
}

static void explore(unsigned of_positions, unsigned appends) {
    explore_begin(of_positions, appends);
    for (size_t i = 0; i < seen_count; i++) {
        run_sessions(i);
    }
    explore_end("all");
}

// Paths that are drawn, each from a state that another one has left: of what is
// too much to be explored.
static void explore_some(unsigned of_positions, unsigned appends,
        uint64_t of_paths) {
    explore_begin(of_positions, appends);
    sampling = true;
    seed = 1;
    while (paths < of_paths) {
        run_path(random32() % seen_count);
        if (seen_count < STATES_MAX) {
            note(&now);
        }
    }
    sampling = false;
    explore_end("drawn");
}

static void two_positions(void **state) {
    (void)state;
    explore(2, 1);
}

// The long ones: XIPSAFE_EXPLORE=1, `make deep`.
static bool is_deep(void) {
    const char *depth = getenv("XIPSAFE_EXPLORE");
    return depth && *depth != '0';
}

static void two_positions_long_sessions(void **state) {
    (void)state;
    explore(2, 3);
}

// All of them are 96 million paths; else some are drawn.
static void three_positions(void **state) {
    (void)state;
    if (is_deep()) {
        explore(3, 1);
    } else {
        explore_some(3, 2, 200000);
    }
}

// Of the tears of an erase, every mix. None is worse than unstable, which reads
// as any of them.
static void two_positions_mixed_erases(void **state) {
    (void)state;
    mixed_erases = true;
    explore_some(2, 2, is_deep() ? 100000000 : 200000);
    mixed_erases = false;
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(two_positions),
            cmocka_unit_test(two_positions_long_sessions),
            cmocka_unit_test(three_positions),
            cmocka_unit_test(two_positions_mixed_erases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
