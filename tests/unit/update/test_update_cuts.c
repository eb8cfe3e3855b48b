/*
 * test_update_cuts - the life of a device, cut at every operation of it
 *
 * SPDX-License-Identifier: MIT
 *
 * Updater, journal, slots and the boot program's choice, compiled for the host,
 * over an array. The life is executed once: a factory image, updates that are
 * confirmed, one that is not and is rejected, with the journal changing its
 * sectors on the way. In front of each operation it halts; the operation is
 * torn in several ways, the device boots twice on what is left, and what starts
 * is compared byte for byte with what may start. Each operation of those boots
 * is cut in the same way. Then all that was changed is put back, from a log of
 * old bytes, and the life goes on.
 *
 * A bit that was under way is weak: every boot reads it anew, at random, until
 * it is programmed or erased.
 *
 * XIPSAFE_SECONDS=10: other tears, for so many seconds of processor time, and
 * the rate (scripts/bench-cut).
 */
// sources: xipsafe/update/*.c xipsafe/image/*.c xipsafe/boot/*.c
// sources: xipsafe/slots/*.c xipsafe/part/xip_part.c
// sources: tests/support/fake_flash.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "support/fake_flash.h"
#include "support/image_maker.h"
#include "xip_boot.h"
#include "xip_update.h"

#define SLOTS 2u
#define SLOT_BYTES 0x2000u
#define UNIT 0x1000u
#define JOURNAL (SLOTS * SLOT_BYTES)
#define CHIP (JOURNAL + 2u * UNIT)
#define HEADER 0x80u // of a core with 16 vectors
#define PAYLOAD 600u
#define VERSIONS 32u
#define LEVELS 2u // of cuts
#define RAM_ADDR 0x20000000u

static struct fake_flash fake;
static const struct xip_boot_slot places[SLOTS] = {
        {fake.mem, FAKE_WINDOW, SLOT_BYTES},
        {fake.mem + SLOT_BYTES, FAKE_WINDOW + SLOT_BYTES, SLOT_BYTES},
};
static uint8_t image[VERSIONS][SLOT_BYTES];
static uint32_t image_bytes[VERSIONS];
// By version: may start now. A cut leaves the state before a call or after it.
static uint32_t allowed;
static uint32_t cuts, resumed;

static uint32_t seed = 1;
static uint32_t random32(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/// Bits that are weak, and a log to put all back ///

static uint8_t weak[CHIP + sizeof(uint64_t)];

struct entry {
    uint32_t off, len;
    size_t at; // in the bytes: contents, then weak bits
};
static struct entry entries[512];
static size_t entry_count;
static uint8_t bytes[1u << 20];
static size_t byte_count;

static void log_range(uint32_t off, uint32_t len) {
    assert_true(entry_count < sizeof entries / sizeof entries[0] &&
            byte_count + 2 * len <= sizeof bytes);
    entries[entry_count++] = (struct entry){off, len, byte_count};
    memcpy(bytes + byte_count, fake.mem + off, len);
    memcpy(bytes + byte_count + len, weak + off, len);
    byte_count += 2 * len;
}

static void undo_to(size_t count) {
    while (entry_count > count) {
        const struct entry *e = &entries[--entry_count];
        memcpy(fake.mem + e->off, bytes + e->at, e->len);
        memcpy(weak + e->off, bytes + e->at + e->len, e->len);
        byte_count = e->at;
    }
}

// The first byte from `at` on that has a weak bit, or `end`.
static uint32_t next_weak(uint32_t at, uint32_t end) {
    while (at < end && !weak[at]) {
        uint64_t word;
        memcpy(&word, weak + at, sizeof word); // there are some behind the end
        at += word ? 1 : (uint32_t)sizeof word;
    }
    return at < end ? at : end;
}

// The ranges in the log hold all weak bits that there are. False: there are
// none.
static bool read_anew(void) {
    bool any = false;
    for (size_t i = 0; i < entry_count; i++) {
        const struct entry *e = &entries[i];
        uint32_t at = e->off;
        while ((at = next_weak(at, e->off + e->len)) < e->off + e->len) {
            any = true;
            const uint8_t reads = (uint8_t)random32();
            fake.mem[at] =
                    (uint8_t)((fake.mem[at] & ~weak[at]) | (reads & weak[at]));
            at++;
        }
    }
    return any;
}

/// Tears ///

enum tear { NOT_BEGUN, PREFIX, MIXED, ALL_WEAK, NEARLY_DONE, TEARS };

// The byte becomes `wanted`, but for the bits that are still open.
static void tear_byte(uint32_t at, uint8_t wanted, uint8_t done, uint8_t open) {
    const uint8_t changing = fake.mem[at] ^ wanted;
    fake.mem[at] = (uint8_t)(fake.mem[at] ^ (changing & done));
    weak[at] = (uint8_t)((weak[at] & ~done) | (changing & ~done & open));
}

// data NULL: an erase. Its tears are in blocks of 64 bytes.
static void tear(uint32_t off, const uint8_t *data, uint32_t len,
        enum tear how) {
    const uint32_t block = data ? 1 : 64;
    const uint32_t edge = random32() % len / block * block;
    const uint8_t bit = (uint8_t)(1u << random32() % 8);
    for (uint32_t i = 0; i < len && how != NOT_BEGUN; i++) {
        const uint8_t wanted = data ? fake.mem[off + i] & data[i] : 0xFF;
        const uint8_t open = how == MIXED ? (uint8_t)random32() : 0xFF;
        const bool at_edge = i / block * block == edge;
        uint8_t done = how == MIXED ? (uint8_t)random32() : 0;
        if (how == PREFIX) {
            if (i >= edge + block) {
                return;
            }
            done = at_edge ? 0 : 0xFF;
        } else if (how == NEARLY_DONE) {
            done = i == edge ? (uint8_t)~bit : 0xFF;
        }
        tear_byte(off + i, wanted, done, open);
    }
}

/// A boot ///

static void open_slots(struct xip_slots *slots, struct xip_journal_flash *at) {
    struct xip_journal_io io;
    assert_int_equal(xip_journal_flash_io(&io, at, &fake.dev, JOURNAL,
                             2 * UNIT),
            0);
    assert_int_equal(xip_slots_open(slots, &io, places, SLOTS), 0);
}

// Returns the version that starts.
static unsigned boot(struct xip_slots *slots, struct xip_journal_flash *at,
        bool power_lost) {
    static const struct xip_boot_ram ram[] = {{RAM_ADDR, 0x18000}};
    static const struct xip_boot_config config = {
            .slots = places,
            .ram = ram,
            .slot_count = SLOTS,
            .ram_count = 1,
            .vector_count = 16,
    };
    const struct xip_boot_policy policy = {.power_lost = power_lost};
    struct xip_boot_choice choice;
    open_slots(slots, at);
    if (xip_boot_choose_recorded(&config, slots, &policy, &choice)) {
        return 0; // a brick
    }
    const unsigned version = choice.image.version.major;
    const uint32_t off = choice.slot * SLOT_BYTES;
    if (version >= VERSIONS ||
            memcmp(fake.mem + off, image[version], image_bytes[version])) {
        return VERSIONS; // never approved
    }
    const uint32_t end = off + image_bytes[version];
    return next_weak(off, end) < end ? VERSIONS : version;
}

static unsigned slot_of(unsigned version) {
    return (version - 1u) % SLOTS;
}

static int install(struct xip_update *update, struct xip_slots *slots,
        unsigned version) {
    const struct xip_update_options options = {
            .slots = slots, .slot = slot_of(version)};
    int err = xip_update_begin(update, &fake.dev, slot_of(version) * SLOT_BYTES,
            SLOT_BYTES, &options);
    err = err ? err
              : xip_update_write(update, image[version], image_bytes[version]);
    return err ? err : xip_update_finish(update);
}

/// Cuts ///

static unsigned level;      // cuts on top of each other now
static unsigned tears_each; // of a kind
static unsigned updating;   // the version that is under way; 0: none

static unsigned boot_checked(void) {
    struct xip_slots slots;
    struct xip_journal_flash at;
    read_anew();
    const unsigned version = boot(&slots, &at, true);
    if (version >= VERSIONS || !(allowed >> version & 1)) {
        fail_msg("cut %u: %s starts (version %u, allowed 0x%x)", (unsigned)cuts,
                version == 0 ? "nothing"
                        : version < VERSIONS
                        ? "the wrong image"
                        : "an image that was never approved",
                version, (unsigned)allowed);
    }
    return version;
}

// After some cuts the update is begun again, and arrives.
static void resume(unsigned version) {
    struct xip_slots slots;
    struct xip_journal_flash at;
    struct xip_update update;
    if (updating && version != updating && cuts % 64 == 0) {
        const unsigned wanted = updating;
        resumed++;
        level = LEVELS; // no more cuts
        read_anew();
        open_slots(&slots, &at);
        assert_int_equal(install(&update, &slots, wanted), 0);
        read_anew();
        assert_int_equal(boot(&slots, &at, true), wanted);
    }
}

static void cut(uint32_t off, const uint8_t *data, uint32_t len,
        enum tear how) {
    const size_t before = entry_count;
    const unsigned outer = level;
    log_range(off, len);
    tear(off, data, len, how);
    cuts++;
    level++;
    const unsigned operations = fake.operations;
    const unsigned first = boot_checked();
    level = LEVELS; // the second boot is not cut
    // It is the same again if nothing is weak and nothing was written.
    if (read_anew() || fake.operations != operations) {
        const unsigned second = boot_checked();
        if (first != second) {
            fail_msg("cut %u: version %u starts, then %u", (unsigned)cuts,
                    first, second);
        }
    }
    resume(first);
    level = outer;
    undo_to(before);
}

static void before_operation(struct fake_flash *f, uint32_t off,
        const uint8_t *data, uint32_t len) {
    (void)f;
    if (level < LEVELS) {
        const unsigned each = level ? 1 : tears_each;
        cut(off, data, len, NOT_BEGUN);
        for (unsigned how = PREFIX; how < TEARS; how++) {
            for (unsigned i = 0; i < each; i++) {
                cut(off, data, len, (enum tear)how);
            }
        }
    }
    if (level) {
        log_range(off, len);
    }
    for (uint32_t i = 0; i < len; i++) { // what it makes of weak bits
        weak[off + i] &= data ? data[i] : 0;
    }
}

/// The life of a device ///

static void make_images(void) {
    for (unsigned v = 1; v < VERSIONS; v++) {
        struct maker m;
        const uint32_t addr = FAKE_WINDOW + slot_of(v) * SLOT_BYTES;
        maker_start(&m, image[v], HEADER, PAYLOAD + v * 5, addr);
        maker_version(&m, (uint8_t)v, 0, 0, 0);
        maker_put32(m.data + HEADER, RAM_ADDR + 0x1000);
        maker_put32(m.data + HEADER + 4, addr + HEADER + 65);
        m.data[HEADER + 500] = (uint8_t)v;
        maker_seal(&m);
        image_bytes[v] = m.size;
    }
}

static unsigned start(struct xip_slots *slots, struct xip_journal_flash *at,
        bool power_lost) {
    const unsigned version = boot(slots, at, power_lost);
    assert_true(version < VERSIONS && (allowed >> version & 1));
    return version;
}

// The application `old` installs `fresh`. Up to the last entry the old one
// starts, then the new one.
static void update_to(unsigned old, unsigned fresh) {
    struct xip_slots slots;
    struct xip_journal_flash at;
    struct xip_update update;
    const struct xip_update_options options = {
            .slots = &slots, .slot = slot_of(fresh)};
    allowed = 1u << old;
    open_slots(&slots, &at);
    updating = fresh;
    assert_int_equal(xip_update_begin(&update, &fake.dev,
                             slot_of(fresh) * SLOT_BYTES, SLOT_BYTES, &options),
            0);
    assert_int_equal(xip_update_write(&update, image[fresh],
                             image_bytes[fresh]),
            0);
    allowed |= 1u << fresh;
    assert_int_equal(xip_update_finish(&update), 0);
    allowed = 1u << fresh;
    updating = 0;
}

// The new one confirms itself. Now and then the old one is chosen again all the
// same: then the journal alone says what starts, and not the version.
static unsigned confirm(unsigned old, unsigned version) {
    struct xip_slots slots;
    struct xip_journal_flash at;
    assert_int_equal(start(&slots, &at, false), version);
    assert_int_equal(xip_slots_confirm(&slots, slot_of(version)), 0);
    if (version % 3) {
        return version;
    }
    allowed |= 1u << old;
    assert_int_equal(xip_slots_choose(&slots, slot_of(old)), 0);
    allowed = 1u << old;
    return old;
}

// Three starts, no confirmation.
static void give_up(unsigned old, unsigned version) {
    struct xip_slots slots;
    struct xip_journal_flash at;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(start(&slots, &at, false), version);
    }
    allowed |= 1u << old;
    assert_int_equal(start(&slots, &at, false), old);
    allowed = 1u << old;
}

static void live(unsigned tears) {
    static const uint32_t sizes[] = {UNIT, 0};
    fake_open(&fake, sizes, 256);
    memset(weak, 0, sizeof weak);
    memcpy(fake.mem, image[1], image_bytes[1]); // the factory's
    entry_count = byte_count = 0;
    level = 0;
    tears_each = tears;
    fake.before = before_operation;
    unsigned runs = 1;
    for (unsigned v = 2; v < VERSIONS; v++) {
        if (slot_of(v) == slot_of(runs)) {
            continue; // that slot runs
        }
        update_to(runs, v);
        if (v % 4 == 0) {
            give_up(runs, v);
        } else {
            runs = confirm(runs, v);
        }
    }
    fake.before = NULL;
}

static void nothing_is_lost_and_nothing_else_starts(void **state) {
    (void)state;
    const char *again = getenv("XIPSAFE_SEED");
    seed = again ? (uint32_t)strtoul(again, NULL, 0) | 1u : 1u;
    printf("again with XIPSAFE_SEED=%u\n", (unsigned)seed);
    cuts = resumed = 0;
    live(2);
    printf("%u cuts, %u updates begun again\n", (unsigned)cuts,
            (unsigned)resumed);
    assert_true(cuts > 5000 && resumed > 20);
}

static double cpu_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static void the_rate(void **state) {
    (void)state;
    const char *seconds = getenv("XIPSAFE_SECONDS");
    if (!seconds) {
        skip();
    }
    const double from = cpu_seconds();
    uint64_t all = 0;
    double took;
    do {
        cuts = 0;
        live(8);
        all += cuts;
        took = cpu_seconds() - from;
    } while (took < strtod(seconds, NULL));
    printf("%llu cuts, %.0f a second\n", (unsigned long long)all,
            (double)all / took);
}

int main(void) {
    make_images();
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(nothing_is_lost_and_nothing_else_starts),
            cmocka_unit_test(the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
