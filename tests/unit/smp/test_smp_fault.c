/*
 * test_smp_fault - fault records through an SMP server
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/smp/xip_smp_fault.c xipsafe/transport/xip_smp.c
// sources: xipsafe/transport/xip_cbor.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "xip_smp_fault.h"

#define RECORD_BYTES 556u
#define RING 3u
#define DOWNLOAD 0
#define STATUS 1
#define READ 0
#define WRITE 2

union store {
    struct xip_fault_record record;
    uint8_t bytes[RECORD_BYTES];
};

static union store in_ram, kept[RING];
static unsigned kept_count;
static int ring_err;
static union store room;
static struct xip_smp_fault fault;
static struct xip_smp smp;
static unsigned forgotten;

static void forget(void) {
    forgotten++;
}

// Instead of xip_fault_ring.c, which test_fault_ring has.
int xip_fault_ring_read(const struct xip_region *region, uint32_t age,
        void *buffer, uint32_t capacity_bytes) {
    assert_ptr_equal(region, &kept);
    assert_ptr_equal(buffer, &room);
    assert_int_equal(capacity_bytes, sizeof room);
    if (ring_err || age >= kept_count) {
        return ring_err;
    }
    memcpy(buffer, &kept[age], RECORD_BYTES);
    return (int)RECORD_BYTES;
}

int xip_fault_ring_clear(const struct xip_region *region) {
    assert_ptr_equal(region, &kept);
    assert_int_equal(forgotten, 0); // the older ones go first
    kept_count = ring_err ? kept_count : 0;
    return ring_err;
}

static void fill(union store *s, uint8_t mark) {
    for (size_t i = 0; i < sizeof s->bytes; i++) {
        s->bytes[i] = (uint8_t)(mark + i * 7);
    }
    s->record.size_bytes = RECORD_BYTES;
}

static int open_server(void **state) {
    (void)state;
    fill(&in_ram, 1);
    for (unsigned i = 0; i < RING; i++) {
        fill(&kept[i], (uint8_t)(10 * (i + 1)));
    }
    kept_count = 2;
    ring_err = 0;
    forgotten = 0;
    memset(&fault, 0, sizeof fault);
    fault.record = &in_ram.record;
    fault.forget = forget;
    const struct xip_smp_config config = {
            .buffer_bytes = 1024,
            .more = xip_smp_fault_handle,
            .more_ctx = &fault,
    };
    xip_smp_init(&smp, &config);
    return 0;
}

static void with_ring(void) {
    xip_smp_fault_use_ring(&fault, (struct xip_region *)(void *)&kept, &room,
            sizeof room);
}

/// A client ///

static uint8_t answer[1024];
static uint32_t answer_bytes;

static void request(unsigned op, unsigned group, unsigned command,
        const uint8_t *map, size_t map_bytes, uint32_t cap) {
    uint8_t packet[200] = {(uint8_t)(1 << 3 | op), 0, 0, (uint8_t)map_bytes, 0,
            (uint8_t)group, 7, (uint8_t)command};
    memcpy(packet + 8, map, map_bytes);
    answer_bytes =
            xip_smp_handle(&smp, packet, 8 + (uint32_t)map_bytes, answer, cap);
    assert_true(answer_bytes > 8);
}

static bool get(const char *key, struct xip_cbor_item *item) {
    const struct xip_cbor map = {answer + 8, answer + answer_bytes, false};
    return xip_cbor_find(&map, key, item);
}

static uint32_t number(const char *key) {
    struct xip_cbor_item item;
    assert_true(get(key, &item));
    assert_int_equal(item.type, XIP_CBOR_UINT);
    return item.value;
}

// The code of the group; 0: none.
static uint32_t code(void) {
    struct xip_cbor map = {answer + 8, answer + answer_bytes, false};
    struct xip_cbor_item item;
    if (!get("err", &item)) {
        return 0;
    }
    map.next += 5; // {"err": {"group": n, "rc": n}}
    assert_true(xip_cbor_find(&map, "rc", &item));
    return item.value;
}

static void ask_file(unsigned op, unsigned command, const char *name,
        uint32_t off, uint32_t cap) {
    uint8_t map[100];
    struct xip_cbor_writer w = {map, map + sizeof map, false};
    xip_cbor_put(&w, XIP_CBOR_MAP, 2);
    xip_cbor_put_text(&w, "off");
    xip_cbor_put(&w, XIP_CBOR_UINT, off);
    xip_cbor_put_text(&w, "name");
    xip_cbor_put_text(&w, name);
    assert_false(w.full);
    request(op, 8, command, map, (size_t)(w.next - map), cap);
}

// As mcumgr's clients do it: off and data until len.
static void downloads(const char *name, const union store *wanted,
        uint32_t cap) {
    uint8_t got[RECORD_BYTES];
    uint32_t off = 0;
    struct xip_cbor_item data;
    do {
        ask_file(READ, DOWNLOAD, name, off, cap);
        assert_int_equal(number("off"), off);
        if (off == 0) {
            assert_int_equal(number("len"), RECORD_BYTES);
        }
        assert_true(get("data", &data));
        assert_int_equal(data.type, XIP_CBOR_BYTES);
        assert_true(data.value > 0 && data.value <= RECORD_BYTES - off);
        memcpy(got + off, data.data, data.value);
        off += data.value;
    } while (off < RECORD_BYTES);
    assert_memory_equal(got, wanted, RECORD_BYTES);
}

// How many there are.
static uint32_t count(void) {
    char name[] = "/crash/0";
    for (;; name[7]++) {
        ask_file(READ, STATUS, name, 0, sizeof answer);
        if (code() == 3) {
            return (uint32_t)(name[7] - '0');
        }
        assert_int_equal(number("len"), RECORD_BYTES);
    }
}

/// Tests ///

static void each_record_is_a_file(void **state) {
    (void)state;
    static const uint32_t caps[] = {80, 128, 512, 600, 700, sizeof answer};
    with_ring();
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        downloads("/crash/0", &in_ram, caps[i]);
        downloads("/crash/1", &kept[0], caps[i]);
        downloads("/crash/2", &kept[1], caps[i]);
    }
    ask_file(READ, DOWNLOAD, "/crash/3", 0, sizeof answer);
    assert_int_equal(code(), 3);
    assert_int_equal(count(), 3);
    // The newest is in the ring already.
    fault.record = NULL;
    downloads("/crash/0", &kept[0], sizeof answer);
    assert_int_equal(count(), 2);
    ask_file(READ, STATUS, "/crash/1", 0, sizeof answer);
    assert_int_equal(number("len"), RECORD_BYTES);
    ask_file(READ, STATUS, "/crash/2", 0, sizeof answer);
    assert_int_equal(code(), 3);
}

static void nothing_else_is_a_file(void **state) {
    (void)state;
    static const char *const names[] = {"", "/", "/crash", "/crash/",
            "/crash/x", "/crash/0x0", "crash/0", "/crash/-1", "/crasH/0",
            "/crash/0/", "/crash/99999999999999999999", "/crash/4294967296"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ask_file(READ, DOWNLOAD, names[i], 0, sizeof answer);
        assert_int_equal(code(), 2);
    }
    ask_file(READ, DOWNLOAD, "/crash/1", 0, sizeof answer);
    assert_int_equal(code(), 3);
    // Nobody writes one, and there is no other command.
    ask_file(WRITE, DOWNLOAD, "/crash/0", 0, sizeof answer);
    assert_int_equal(code(), 15);
    ask_file(READ, 2, "/crash/0", 0, sizeof answer);
    assert_int_equal(number("rc"), XIP_SMP_RC_UNSUPPORTED);
}

static void a_client_that_asks_wrongly_is_told(void **state) {
    (void)state;
    ask_file(READ, DOWNLOAD, "/crash/0", RECORD_BYTES, sizeof answer);
    struct xip_cbor_item data;
    assert_true(get("data", &data));
    assert_int_equal(data.value, 0);
    ask_file(READ, DOWNLOAD, "/crash/0", RECORD_BYTES + 1, sizeof answer);
    assert_int_equal(code(), 12);
    ask_file(READ, DOWNLOAD, "/crash/0", UINT32_MAX, sizeof answer);
    assert_int_equal(code(), 12);
    ask_file(READ, DOWNLOAD, "/crash/0", 0, 8 + 20);
    assert_int_equal(number("rc"), XIP_SMP_RC_SIZE);
    static const char no_name[] = "\xa1\x63off\x00";
    request(READ, 8, DOWNLOAD, (const uint8_t *)no_name, sizeof no_name - 1,
            sizeof answer);
    assert_int_equal(number("rc"), XIP_SMP_RC_INVALID);
    static const char no_off[] = "\xa1\x64name\x68/crash/0";
    request(READ, 8, DOWNLOAD, (const uint8_t *)no_off, sizeof no_off - 1,
            sizeof answer);
    assert_int_equal(number("rc"), XIP_SMP_RC_INVALID);
    // A name in pieces has no bytes in one place.
    static const char open_name[] = "\xa1\x64name\x7f\x68/crash/0\xff";
    request(READ, 8, STATUS, (const uint8_t *)open_name, sizeof open_name - 1,
            sizeof answer);
    assert_int_equal(number("rc"), XIP_SMP_RC_INVALID);
}

static void clear(void) {
    request(WRITE, 64, 1, (const uint8_t *)"\xa0", 1, sizeof answer);
}

static void they_are_forgotten_on_request(void **state) {
    (void)state;
    with_ring();
    clear();
    assert_int_equal(answer_bytes, 9);
    assert_int_equal(forgotten, 1);
    assert_int_equal(kept_count, 0);
    assert_int_equal(count(), 0);
    ask_file(READ, DOWNLOAD, "/crash/0", 0, sizeof answer);
    assert_int_equal(code(), 3);
    forgotten = 0;
    clear(); // there is none
    assert_int_equal(answer_bytes, 9);
    assert_int_equal(forgotten, 0);
}

static void what_fails_is_told(void **state) {
    (void)state;
    with_ring();
    ring_err = XIP_ERR_TIMEOUT;
    ask_file(READ, DOWNLOAD, "/crash/1", 0, sizeof answer);
    assert_int_equal(code(), 7);
    clear();
    assert_int_equal(number("rc"), XIP_SMP_RC_UNKNOWN);
    assert_int_equal(forgotten, 0);
    // Nobody said how: then nothing is lost.
    ring_err = 0;
    fault.forget = NULL;
    clear();
    assert_int_equal(number("rc"), XIP_SMP_RC_UNSUPPORTED);
    assert_int_equal(count(), 3);
    // The layout is not ours.
    request(READ, 64, 0, (const uint8_t *)"\xa0", 1, sizeof answer);
    assert_int_equal(number("rc"), XIP_SMP_RC_UNSUPPORTED);
    request(READ, 64, 1, (const uint8_t *)"\xa0", 1, sizeof answer);
    assert_int_equal(number("rc"), XIP_SMP_RC_UNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup(each_record_is_a_file, open_server),
            cmocka_unit_test_setup(nothing_else_is_a_file, open_server),
            cmocka_unit_test_setup(a_client_that_asks_wrongly_is_told,
                    open_server),
            cmocka_unit_test_setup(they_are_forgotten_on_request, open_server),
            cmocka_unit_test_setup(what_fails_is_told, open_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
