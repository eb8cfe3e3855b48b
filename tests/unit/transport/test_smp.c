/*
 * test_smp - the SMP server: what clients send, byte by byte, and damage
 *
 * SPDX-License-Identifier: MIT
 *
 * The requests are written out as the known clients encode them; the slots
 * behind the server are an array.
 */
// sources: xipsafe/transport/xip_smp.c xipsafe/transport/xip_cbor.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xip_cbor.h"
#include "xip_smp.h"

#define V1 0
#define V2 1
#define READ 0
#define WRITE 2
#define SLOTS 2
#define SLOT_BYTES 0x1000u

/// Slots ///

static struct {
    struct xip_smp_slot slot[SLOTS];
    uint8_t file[SLOT_BYTES];
    uint32_t filled;
    unsigned begins, writes, finishes, tests, confirms, erases;
    unsigned last_slot;
    bool upgrade;
    int begin_err, write_err, finish_err, choose_err;
} chip;

static int show(void *ctx, unsigned slot, struct xip_smp_slot *s) {
    assert_ptr_equal(ctx, &chip);
    assert_true(slot < SLOTS);
    *s = chip.slot[slot];
    return 0;
}

static int begin(void *ctx, const struct xip_smp_upload *upload) {
    assert_ptr_equal(ctx, &chip);
    chip.begins++;
    chip.filled = 0;
    chip.upgrade = upload->upgrade;
    if (upload->total_bytes > SLOT_BYTES) {
        return XIP_ERR_RANGE;
    }
    return chip.begin_err;
}

static int put(void *ctx, const uint8_t *data, uint32_t len_bytes) {
    assert_ptr_equal(ctx, &chip);
    assert_true(len_bytes <= SLOT_BYTES - chip.filled);
    chip.writes++;
    if (len_bytes) {
        memcpy(chip.file + chip.filled, data, len_bytes);
    }
    chip.filled += len_bytes;
    return chip.write_err;
}

static int finish(void *ctx) {
    assert_ptr_equal(ctx, &chip);
    chip.finishes++;
    return chip.finish_err;
}

static int test_it(void *ctx, unsigned slot) {
    assert_ptr_equal(ctx, &chip);
    chip.tests++;
    chip.last_slot = slot;
    chip.slot[slot].flags |= XIP_SMP_PENDING;
    return chip.choose_err;
}

static int confirm(void *ctx, unsigned slot) {
    assert_ptr_equal(ctx, &chip);
    chip.confirms++;
    chip.last_slot = slot;
    chip.slot[slot].flags |= XIP_SMP_CONFIRMED;
    return chip.choose_err;
}

static int erase(void *ctx, unsigned slot) {
    assert_ptr_equal(ctx, &chip);
    chip.erases++;
    chip.last_slot = slot;
    chip.slot[slot].flags = 0;
    return 0;
}

static struct xip_smp_images images;
static struct xip_smp smp;
static struct xip_smp_config config;

static int open_server(void **state) {
    (void)state;
    memset(&chip, 0, sizeof chip);
    for (unsigned i = 0; i < SLOTS; i++) {
        chip.slot[i] = (struct xip_smp_slot){
                .addr = 0x90000000u + i * SLOT_BYTES,
                .size_bytes = SLOT_BYTES,
                .version = {1, 2 + i, 300, i ? 70000 : 0},
        };
        memset(chip.slot[i].digest, 0x10 + i, 32);
    }
    chip.slot[0].flags = XIP_SMP_PRESENT | XIP_SMP_BOOTABLE |
            XIP_SMP_CONFIRMED | XIP_SMP_ACTIVE;
    images = (struct xip_smp_images){
            SLOTS, show, begin, put, finish, test_it, confirm, erase};
    config = (struct xip_smp_config){
            .images = &images,
            .ctx = &chip,
            .buffer_bytes = 1024,
            .board = "a-board",
            .info = "xipsafe test",
    };
    xip_smp_init(&smp, &config);
    return 0;
}

/// Packets ///

static uint8_t answer[1024];
static uint32_t answer_bytes;

// From and to blocks of just their size, which AddressSanitizer watches.
static uint32_t handle_sized(const uint8_t *req, size_t size, size_t cap) {
    uint8_t *const in = malloc(size + 1);
    uint8_t *const out = malloc(cap + 1);
    assert_non_null(in);
    assert_non_null(out);
    memcpy(in + 1, req, size);
    const uint32_t got = xip_smp_handle(&smp, in + 1, (uint32_t)size, out + 1,
            (uint32_t)cap);
    assert_true(got <= cap);
    memcpy(answer, out + 1, got);
    answer_bytes = got;
    free(in);
    free(out);
    return got;
}

static size_t make_packet(uint8_t *packet, unsigned version, unsigned op,
        unsigned group, unsigned command, const void *map, size_t map_bytes) {
    const uint8_t header[8] = {(uint8_t)(version << 3 | op), 0,
            (uint8_t)(map_bytes >> 8), (uint8_t)map_bytes,
            (uint8_t)(group >> 8), (uint8_t)group, 0x42, (uint8_t)command};
    memcpy(packet, header, 8);
    memcpy(packet + 8, map, map_bytes);
    return 8 + map_bytes;
}

static void request(unsigned version, unsigned op, unsigned group,
        unsigned command, const void *map, size_t map_bytes) {
    uint8_t packet[1100];
    const size_t size =
            make_packet(packet, version, op, group, command, map, map_bytes);
    assert_true(handle_sized(packet, size, sizeof answer) >= 8);
    // The header of every answer.
    assert_int_equal(answer[0], version << 3 | (op + 1));
    assert_int_equal(answer[1], 0);
    assert_int_equal(answer[2] << 8 | answer[3], answer_bytes - 8);
    assert_int_equal(answer[4] << 8 | answer[5], group);
    assert_int_equal(answer[6], 0x42);
    assert_int_equal(answer[7], command);
}

#define MAP(...) \
    (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]) { \
        __VA_ARGS__ \
    }
#define TEXT(s) s, sizeof(s) - 1

static void answered(const void *map, size_t map_bytes) {
    assert_int_equal(answer_bytes - 8, map_bytes);
    assert_memory_equal(answer + 8, map, map_bytes);
}

static void refused(unsigned rc) {
    answered(MAP(0xa1, 0x62, 'r', 'c', (uint8_t)rc));
}

// By the image group, to a client of version 2.
static void refused_by_group(unsigned rc) {
    if (rc < 24) {
        answered(MAP(0xa1, 0x63, 'e', 'r', 'r', 0xa2, 0x65, 'g', 'r', 'o', 'u',
                'p', 1, 0x62, 'r', 'c', (uint8_t)rc));
    } else {
        answered(MAP(0xa1, 0x63, 'e', 'r', 'r', 0xa2, 0x65, 'g', 'r', 'o', 'u',
                'p', 1, 0x62, 'r', 'c', 0x18, (uint8_t)rc));
    }
}

static uint32_t number(const char *key) {
    const struct xip_cbor map = {answer + 8, answer + answer_bytes, false};
    struct xip_cbor_item item;
    assert_true(xip_cbor_find(&map, key, &item));
    assert_int_equal(item.type, XIP_CBOR_UINT);
    return item.value;
}

/// Further groups ///

static unsigned more_code;

static unsigned more(void *ctx, struct xip_smp_call *call) {
    assert_ptr_equal(ctx, &more_code);
    assert_ptr_equal(call->s, &smp);
    assert_int_equal(call->group, 65);
    assert_int_equal(call->command, 9);
    assert_int_equal(call->op, XIP_SMP_WRITE);
    struct xip_cbor_item item;
    xip_cbor_put(&call->out, XIP_CBOR_MAP,
            xip_cbor_find(&call->map, "k", &item));
    if (xip_cbor_find(&call->map, "k", &item)) {
        xip_cbor_put_text(&call->out, "k");
        xip_cbor_put(&call->out, XIP_CBOR_UINT, item.value + 1);
    }
    return more_code;
}

static void test_more(void **state) {
    (void)state;
    request(V2, WRITE, 65, 9, TEXT("\xa1\x61k\x05"));
    refused(8);
    config.more = more;
    config.more_ctx = &more_code;
    xip_smp_init(&smp, &config);
    more_code = 0;
    request(V2, WRITE, 65, 9, TEXT("\xa1\x61k\x05"));
    answered(TEXT("\xa1\x61k\x06"));
    // What it wrote before it refused is not sent.
    more_code = XIP_SMP_CODE(7, XIP_SMP_RC_BUSY);
    request(V1, WRITE, 65, 9, TEXT("\xa1\x61k\x05"));
    refused(10);
    request(V2, WRITE, 65, 9, TEXT("\xa0"));
    answered(TEXT("\xa1\x63"
                  "err\xa2\x65group\x18\x41\x62rc\x07"));
    // A damaged map does not get there.
    request(V2, WRITE, 65, 9, TEXT("\xa2\x61k\x05"));
    refused(3);
    // Those that the server has do not, either.
    request(V2, READ, 0, 6, TEXT("\xa0"));
    assert_int_equal(number("buf_size"), 1024);
}

/// OS group ///

static void test_echo(void **state) {
    (void)state;
    // smpclient, version 2.
    request(V2, WRITE, 0, 0, TEXT("\xa1\x61\x64\x62hi"));
    answered(TEXT("\xa1\x61r\x62hi"));
    // As a read, with other keys, a tag and an open map.
    request(V1, READ, 0, 0, TEXT("\xbf\x61x\x01\x61\x64\xc1\x65hello\xff"));
    answered(TEXT("\xa1\x61r\x65hello"));
    request(V1, WRITE, 0, 0, TEXT("\xa0"));
    refused(3);
    request(V1, WRITE, 0, 0, TEXT("\xa1\x61\x64\x05"));
    refused(3);
}

static void test_parameters(void **state) {
    (void)state;
    request(V1, READ, 0, 6, TEXT("\xa0"));
    answered(TEXT("\xa2\x68"
                  "buf_size\x19\x04\x00\x69"
                  "buf_count\x01"));
}

static void test_reset(void **state) {
    (void)state;
    request(V1, READ, 0, 5, TEXT("\xa0"));
    refused(8);
    assert_false(smp.reset_wanted);
    // mcumgr-client sends no map at all.
    request(V1, WRITE, 0, 5, "", 0);
    answered(TEXT("\xa0"));
    assert_true(smp.reset_wanted);
    smp.reset_wanted = false;
    request(V2, WRITE, 0, 5,
            TEXT("\xa1\x65"
                 "force\x01"));
    answered(TEXT("\xa0"));
    assert_true(smp.reset_wanted);
}

static void test_info(void **state) {
    (void)state;
    request(V2, READ, 0, 7, TEXT("\xa0"));
    answered(TEXT("\xa1\x66output\x6cxipsafe test"));
    request(V2, READ, 0, 8, TEXT("\xa0"));
    answered(TEXT("\xa1\x6a"
                  "bootloader\x67xipsafe"));
    request(V2, READ, 0, 8, TEXT("\xa1\x65query\x64mode"));
    answered(TEXT("\xa1\x64mode\x05"));
    request(V2, READ, 0, 8, TEXT("\xa1\x65query\x64moda"));
    answered(MAP(0xa1, 0x63, 'e', 'r', 'r', 0xa2, 0x65, 'g', 'r', 'o', 'u', 'p',
            0, 0x62, 'r', 'c', 3));
    request(V1, WRITE, 0, 1,
            TEXT("\xa1\x64"
                 "echo\x00"));
    refused(0);
}

static void test_unknown(void **state) {
    (void)state;
    request(V1, READ, 0, 99, TEXT("\xa0"));
    refused(8);
    request(V2, READ, 1, 99, TEXT("\xa0"));
    refused(8);
    request(V2, READ, 8, 0, TEXT("\xa0"));
    refused(8);
    request(V2, WRITE, 64, 0, TEXT("\xa0"));
    refused(8);
    config.images = NULL;
    xip_smp_init(&smp, &config);
    request(V2, READ, 1, 0, TEXT("\xa0"));
    refused(8);
    request(V2, READ, 64, 0, TEXT("\xa0"));
    refused(8);
}

/// Image group ///

static const char entry_0[] = "\xa9\x65image\x00\x64slot\x00\x67version\x67"
                              "1.2.300\x64hash\x58\x20"
                              "\x10\x10\x10\x10\x10\x10\x10\x10"
                              "\x10\x10\x10\x10\x10\x10\x10\x10"
                              "\x10\x10\x10\x10\x10\x10\x10\x10"
                              "\x10\x10\x10\x10\x10\x10\x10\x10"
                              "\x68"
                              "bootable\xf5\x67pending\xf4\x69"
                              "confirmed\xf5\x66"
                              "active\xf5\x69permanent\xf4";

static void test_list(void **state) {
    (void)state;
    uint8_t wanted[400] = "\xa1\x66images\x81";
    request(V2, READ, 1, 0, TEXT("\xa0"));
    memcpy(wanted + 9, entry_0, sizeof entry_0 - 1);
    answered(wanted, 9 + sizeof entry_0 - 1);

    // A second one, with a build number, and each flag in its place.
    chip.slot[1].flags = XIP_SMP_PRESENT | XIP_SMP_PENDING | XIP_SMP_PERMANENT;
    request(V1, READ, 1, 0, TEXT("\xa0"));
    assert_memory_equal(answer + 8, "\xa1\x66images\x82", 9);
    const uint8_t *const second = answer + 8 + 9 + sizeof entry_0 - 1;
    static const char begins[] = "\xa9\x65image\x00\x64slot\x01\x67version\x6d"
                                 "1.3.300.70000\x64hash\x58\x20";
    assert_memory_equal(second, begins, sizeof begins - 1);
    static const char flags[] = "\x68"
                                "bootable\xf4\x67pending\xf5\x69"
                                "confirmed\xf4\x66"
                                "active\xf4\x69permanent\xf5";
    assert_memory_equal(second + sizeof begins - 1 + 32, flags,
            sizeof flags - 1);
    assert_ptr_equal(second + sizeof begins - 1 + 32 + sizeof flags - 1,
            answer + answer_bytes);

    chip.slot[0].flags = chip.slot[1].flags = 0;
    request(V1, READ, 1, 0, TEXT("\xa0"));
    answered(TEXT("\xa1\x66images\x80"));
}

static void test_slots(void **state) {
    (void)state;
    request(V2, READ, 1, 6, TEXT("\xa0"));
    answered(TEXT("\xa1\x66images\x81\xa2\x65image\x00\x65slots\x82"
                  "\xa2\x64slot\x00\x64size\x19\x10\x00"
                  "\xa2\x64slot\x01\x64size\x19\x10\x00"));
    request(V2, READ, 64, 0, TEXT("\xa0"));
    answered(TEXT("\xa2\x65"
                  "board\x67"
                  "a-board\x65slots\x82"
                  "\xa2\x64"
                  "addr\x1a\x90\x00\x00\x00\x64size\x19\x10\x00"
                  "\xa2\x64"
                  "addr\x1a\x90\x00\x10\x00\x64size\x19\x10\x00"));
}

// {"hash": h'bb...', "confirm": true or false}
static size_t state_map(uint8_t *map, uint8_t byte, bool confirming) {
    static const char parts[] = "\xa2\x64hash\x58\x20\x67"
                                "confirm";
    memcpy(map, parts, 8);
    memset(map + 8, byte, 32);
    memcpy(map + 40, parts + 8, 8);
    map[48] = confirming ? 0xf5 : 0xf4;
    return 49;
}

static void test_test_and_confirm(void **state) {
    (void)state;
    uint8_t map[64];
    chip.slot[1].flags = XIP_SMP_PRESENT;
    request(V2, WRITE, 1, 0, map, state_map(map, 0x11, false));
    assert_int_equal(chip.tests, 1);
    assert_int_equal(chip.last_slot, 1);
    assert_memory_equal(answer + 8, "\xa1\x66images\x82", 9);
    request(V2, WRITE, 1, 0, map, state_map(map, 0x11, true));
    assert_int_equal(chip.confirms, 1);
    assert_int_equal(chip.last_slot, 1);
    // The running one, without naming it.
    request(V2, WRITE, 1, 0,
            TEXT("\xa1\x67"
                 "confirm\xf5"));
    assert_int_equal(chip.confirms, 2);
    assert_int_equal(chip.last_slot, 0);

    // Refused.
    request(V2, WRITE, 1, 0, map, state_map(map, 0x77, false));
    refused_by_group(8);
    request(V1, WRITE, 1, 0, map, state_map(map, 0x77, false));
    refused(5);
    request(V2, WRITE, 1, 0, map, state_map(map, 0x10, false));
    refused_by_group(33);
    request(V2, WRITE, 1, 0, TEXT("\xa0"));
    refused_by_group(24);
    request(V2, WRITE, 1, 0, TEXT("\xa1\x64hash\x42\x11\x11"));
    refused_by_group(24);
    chip.choose_err = XIP_ERR_VERSION;
    request(V2, WRITE, 1, 0, map, state_map(map, 0x11, false));
    refused_by_group(27);
    assert_int_equal(chip.tests, 2);
    images.test = NULL;
    request(V2, WRITE, 1, 0, map, state_map(map, 0x11, false));
    refused(8);
    images.confirm = NULL;
    request(V2, WRITE, 1, 0,
            TEXT("\xa1\x67"
                 "confirm\xf5"));
    refused(8);
    chip.slot[0].flags = XIP_SMP_PRESENT;
    request(V2, WRITE, 1, 0,
            TEXT("\xa1\x67"
                 "confirm\xf5"));
    refused_by_group(34);
    // A client can see that there is no way back.
    request(V2, READ, 0, 8, TEXT("\xa1\x65query\x64mode"));
    answered(TEXT("\xa1\x64mode\x04"));
}

static void test_erase(void **state) {
    (void)state;
    request(V2, WRITE, 1, 5, TEXT("\xa0"));
    answered(TEXT("\xa0"));
    assert_int_equal(chip.last_slot, 1);
    request(V2, WRITE, 1, 5, TEXT("\xa1\x64slot\x01"));
    answered(TEXT("\xa0"));
    assert_int_equal(chip.erases, 2);
    request(V2, WRITE, 1, 5, TEXT("\xa1\x64slot\x00"));
    refused_by_group(33);
    request(V1, WRITE, 1, 5, TEXT("\xa1\x64slot\x00"));
    refused(6);
    request(V2, WRITE, 1, 5, TEXT("\xa1\x64slot\x02"));
    refused_by_group(14);
    request(V2, WRITE, 1, 5, TEXT("\xa1\x64slot\x1a\xff\xff\xff\xff"));
    refused_by_group(14);
    assert_int_equal(chip.erases, 2);
}

/// Upload ///

static uint8_t file[3000];

// The keys in the order of mcumgr-client, "image" included; sha as wanted.
static size_t chunk_map(uint8_t *map, uint32_t off, const uint8_t *data,
        uint32_t n, uint32_t total, const uint8_t *sha) {
    struct xip_cbor_writer w = {map, map + 1000, false};
    const bool first = off == 0;
    xip_cbor_put(&w, XIP_CBOR_MAP, first ? (sha ? 6 : 5) : 2);
    if (first) {
        xip_cbor_put_text(&w, "image");
        xip_cbor_put(&w, XIP_CBOR_UINT, 1);
        xip_cbor_put_text(&w, "len");
        xip_cbor_put(&w, XIP_CBOR_UINT, total);
        xip_cbor_put_text(&w, "upgrade");
        xip_cbor_put_bool(&w, false);
    }
    xip_cbor_put_text(&w, "data");
    xip_cbor_put_string(&w, XIP_CBOR_BYTES, data, n);
    xip_cbor_put_text(&w, "off");
    xip_cbor_put(&w, XIP_CBOR_UINT, off);
    if (first && sha) {
        xip_cbor_put_text(&w, "sha");
        xip_cbor_put_string(&w, XIP_CBOR_BYTES, sha, 32);
    }
    assert_false(w.full);
    return (size_t)(w.next - map);
}

static void send_chunk(unsigned version, uint32_t off, uint32_t n,
        uint32_t total, const uint8_t *sha) {
    uint8_t map[1000];
    request(version, WRITE, 1, 1, map,
            chunk_map(map, off, file + off, n, total, sha));
}

static void fill_file(void) {
    for (size_t i = 0; i < sizeof file; i++) {
        file[i] = (uint8_t)(i * 31 + i / 256);
    }
}

static const uint8_t sha_a[32] = {0xAA, 1, 2};
static const uint8_t sha_b[32] = {0xBB, 1, 2};

static void test_upload(void **state) {
    (void)state;
    fill_file();
    for (uint32_t chunk = 1; chunk <= 512; chunk += 73) {
        for (uint32_t off = 0; off < sizeof file; off += chunk) {
            const uint32_t n = sizeof file - off < chunk
                    ? (uint32_t)sizeof file - off
                    : chunk;
            send_chunk(V2, off, n, sizeof file, sha_a);
            assert_int_equal(number("off"), off + n);
        }
        assert_int_equal(chip.filled, sizeof file);
        assert_memory_equal(chip.file, file, sizeof file);
    }
    assert_int_equal(chip.begins, 8);
    assert_int_equal(chip.finishes, 8);
    assert_int_equal(smp.received_bytes, sizeof file);
    assert_int_equal(smp.total_bytes, sizeof file);
}

static void test_lost_and_repeated_packets(void **state) {
    (void)state;
    fill_file();
    // Before there is an upload: begin.
    send_chunk(V1, 512, 100, sizeof file, NULL);
    assert_int_equal(number("off"), 0);
    send_chunk(V1, 0, 512, sizeof file, sha_a);
    send_chunk(V1, 0, 512, sizeof file, sha_a); // the answer was lost
    assert_int_equal(number("off"), 512);
    assert_int_equal(chip.begins, 1);
    send_chunk(V1, 1024, 512, sizeof file, NULL); // a packet was lost
    assert_int_equal(number("off"), 512);
    send_chunk(V1, 512, 512, sizeof file, NULL);
    send_chunk(V1, 512, 512, sizeof file, NULL);
    assert_int_equal(number("off"), 1024);
    for (uint32_t off = 1024; off < sizeof file; off += 494) {
        send_chunk(V1, off, 494, sizeof file, NULL);
    }
    assert_int_equal(number("off"), sizeof file);
    send_chunk(V1, sizeof file - 494, 494, sizeof file, NULL);
    assert_int_equal(number("off"), sizeof file);
    assert_int_equal(chip.finishes, 1);
    assert_memory_equal(chip.file, file, sizeof file);
}

static void test_resume(void **state) {
    (void)state;
    fill_file();
    send_chunk(V2, 0, 512, sizeof file, sha_a);
    send_chunk(V2, 512, 512, sizeof file, NULL);
    // The client is started again.
    send_chunk(V2, 0, 100, sizeof file, sha_a);
    assert_int_equal(number("off"), 1024);
    assert_int_equal(chip.begins, 1);
    // Another file, another length, or no name for it: from the start.
    send_chunk(V2, 0, 100, sizeof file, sha_b);
    assert_int_equal(number("off"), 100);
    assert_int_equal(chip.begins, 2);
    send_chunk(V2, 0, 100, 2000, sha_b);
    assert_int_equal(number("off"), 100);
    assert_int_equal(chip.begins, 3);
    send_chunk(V2, 0, 100, 2000, NULL);
    assert_int_equal(chip.begins, 4);
    send_chunk(V2, 0, 100, 2000, NULL);
    assert_int_equal(chip.begins, 5);
    // Something else wrote to the slot, or it was erased.
    send_chunk(V2, 0, 100, 2000, sha_b);
    xip_smp_forget(&smp);
    send_chunk(V2, 0, 100, 2000, sha_b);
    assert_int_equal(chip.begins, 7);
    request(V2, WRITE, 1, 5, TEXT("\xa0"));
    send_chunk(V2, 100, 100, 2000, NULL);
    assert_int_equal(number("off"), 0);
}

static void test_upload_is_refused(void **state) {
    (void)state;
    fill_file();
    send_chunk(V2, 0, 100, SLOT_BYTES + 1, sha_a);
    refused_by_group(30);
    send_chunk(V1, 0, 100, SLOT_BYTES + 1, sha_a);
    refused(3);
    send_chunk(V2, 0, 100, 99, sha_a);
    refused_by_group(31);
    send_chunk(V2, 0, 1, 0, sha_a);
    refused_by_group(21);
    request(V2, WRITE, 1, 1,
            TEXT("\xa2\x63off\x00\x64"
                 "data\x41\x01"));
    refused_by_group(21);
    request(V2, WRITE, 1, 1,
            TEXT("\xa1\x64"
                 "data\x41\x01"));
    refused(3);
    static const struct {
        int err;
        unsigned v1, v2;
    } codes[] = {
            {XIP_ERR_ADDRESS, 3, 25},
            {XIP_ERR_IMAGE, 3, 22},
            {XIP_ERR_VERSION, 6, 27},
            {XIP_ERR_RUNNING, 6, 33},
            {XIP_ERR_BUSY, 10, 1},
            {XIP_ERR_HASH, 9, 24},
            {XIP_ERR_SIGNATURE, 9, 24},
            {XIP_ERR_TRANSFER, 3, 21},
            {XIP_ERR_VERIFY, 1, 12},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        chip.begin_err = codes[i].err;
        send_chunk(V1, 0, 100, 200, NULL);
        refused(codes[i].v1);
        send_chunk(V2, 0, 100, 200, sha_a);
        refused_by_group(codes[i].v2);
        chip.begin_err = 0;
        // An upload that failed is not resumed.
        const unsigned begins = chip.begins;
        send_chunk(V2, 0, 100, 200, sha_a);
        assert_int_equal(chip.begins, begins + 1);
        chip.write_err = codes[i].err;
        send_chunk(V2, 100, 50, 200, NULL);
        refused_by_group(codes[i].v2);
        chip.write_err = 0;
        send_chunk(V2, 100, 50, 200, NULL);
        assert_int_equal(number("off"), 0);
        send_chunk(V2, 0, 100, 200, sha_a);
        chip.finish_err = codes[i].err;
        send_chunk(V2, 100, 100, 200, NULL);
        refused_by_group(codes[i].v2);
        chip.finish_err = 0;
    }
    images.begin = NULL;
    send_chunk(V2, 0, 100, 200, sha_a);
    refused(8);
}

static void test_upgrade_only(void **state) {
    (void)state;
    request(V2, WRITE, 1, 1, TEXT("\xa3\x63off\x00\x63len\x05\x67upgrade\xf5"));
    assert_int_equal(number("off"), 0);
    assert_true(chip.upgrade);
    send_chunk(V2, 0, 100, 200, NULL);
    assert_false(chip.upgrade);
}

/// Damage ///

static void test_what_is_no_request(void **state) {
    (void)state;
    uint8_t packet[40];
    const size_t size = make_packet(packet, V2, READ, 0, 6, TEXT("\xa0"));
    for (size_t n = 0; n < size; n++) {
        assert_int_equal(handle_sized(packet, n, 100), 0);
    }
    // Padding behind it does not matter.
    assert_true(handle_sized(packet, size + 3, 100) > 0);
    // No room for any answer, or for this one.
    assert_int_equal(handle_sized(packet, size, 7), 0);
    for (size_t cap = 8; cap < 100; cap++) {
        const uint32_t got = handle_sized(packet, size, cap);
        if (got && got != 8 + 24) {
            refused(7);
        }
    }
    // An answer is not answered.
    for (unsigned op = 0; op < 8; op++) {
        packet[0] = (uint8_t)(1 << 3 | op);
        const bool is_request = op == READ || op == WRITE;
        assert_int_equal(handle_sized(packet, size, 100) != 0, is_request);
    }
    // A later version of the protocol.
    packet[0] = 2 << 3 | READ;
    assert_true(handle_sized(packet, size, 100) > 0);
    assert_int_equal(answer[0], 1 << 3 | 1);
    refused(13);
    // Damaged maps.
    request(V2, READ, 0, 6, TEXT("\x80"));
    refused(3);
    request(V2, WRITE, 0, 5, TEXT("\xa1"));
    refused(3);
    assert_false(smp.reset_wanted);
}

// Requests of every kind, as a start for damage.
static size_t sample(unsigned which, uint8_t *packet) {
    uint8_t map[1000];
    switch (which) {
    case 0:
        return make_packet(packet, V2, WRITE, 1, 1, map,
                chunk_map(map, 0, file, 60, 200, sha_a));
    case 1:
        return make_packet(packet, V1, WRITE, 1, 1, map,
                chunk_map(map, 60, file, 60, 200, NULL));
    case 2:
        return make_packet(packet, V2, WRITE, 1, 0, map,
                state_map(map, 0x11, true));
    case 3:
        return make_packet(packet, V1, WRITE, 0, 0, TEXT("\xa1\x61\x64\x62hi"));
    case 4:
        return make_packet(packet, V2, READ, 0, 8,
                TEXT("\xbf\x65query\x64mode\xff"));
    case 5:
        return make_packet(packet, V2, WRITE, 1, 5, TEXT("\xa1\x64slot\x01"));
    case 6:
        return make_packet(packet, V2, READ, 1, 0, TEXT("\xa0"));
    default:
        return 0;
    }
}

static void test_every_truncation(void **state) {
    (void)state;
    uint8_t packet[1100];
    size_t size;
    for (unsigned which = 0; (size = sample(which, packet)) != 0; which++) {
        for (size_t n = 8; n < size; n++) {
            // The packet is cut off, or its length field agrees with it.
            assert_int_equal(handle_sized(packet, n, 400), 0);
            uint8_t shorter[1100];
            memcpy(shorter, packet, n);
            shorter[2] = (uint8_t)((n - 8) >> 8);
            shorter[3] = (uint8_t)(n - 8);
            const unsigned writes = chip.writes;
            const unsigned erases = chip.erases;
            assert_true(handle_sized(shorter, n, 400) >= 8);
            if (n > 8) {
                refused(3);
                assert_int_equal(chip.writes, writes);
                assert_int_equal(chip.erases, erases);
            }
        }
        // Every capacity of the answer.
        for (size_t cap = 0; cap < 400; cap++) {
            (void)handle_sized(packet, size, cap);
        }
    }
}

static void test_random_damage(void **state) {
    (void)state;
    uint32_t random = 3;
    uint8_t packet[1100];
    chip.slot[1].flags = XIP_SMP_PRESENT;
    for (unsigned round = 0; round < 100000; round++) {
        random = random * 1664525u + 1013904223u;
        size_t size = sample((random >> 8) % 7, packet);
        random = random * 1664525u + 1013904223u;
        for (unsigned i = 0; i < (random >> 28); i++) {
            random = random * 1664525u + 1013904223u;
            packet[(random >> 8) % size] = (uint8_t)(random >> 24);
        }
        if (random >> 31) { // nothing of a request but its header
            for (size_t i = 8; i < size; i++) {
                random = random * 1664525u + 1013904223u;
                packet[i] = (uint8_t)(random >> 24);
            }
        }
        (void)handle_sized(packet, size, (random >> 10) % 500);
        assert_true(smp.received_bytes <= smp.total_bytes);
        assert_true(smp.total_bytes <= SLOT_BYTES);
        assert_true(chip.last_slot < SLOTS);
    }
    // It still works.
    fill_file();
    xip_smp_forget(&smp);
    send_chunk(V2, 0, 200, 200, sha_b);
    assert_int_equal(number("off"), 200);
    assert_memory_equal(chip.file, file, 200);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_more),
            cmocka_unit_test(test_echo),
            cmocka_unit_test(test_parameters),
            cmocka_unit_test(test_reset),
            cmocka_unit_test(test_info),
            cmocka_unit_test(test_unknown),
            cmocka_unit_test(test_list),
            cmocka_unit_test(test_slots),
            cmocka_unit_test(test_test_and_confirm),
            cmocka_unit_test(test_erase),
            cmocka_unit_test(test_upload),
            cmocka_unit_test(test_lost_and_repeated_packets),
            cmocka_unit_test(test_resume),
            cmocka_unit_test(test_upload_is_refused),
            cmocka_unit_test(test_upgrade_only),
            cmocka_unit_test(test_what_is_no_request),
            cmocka_unit_test(test_every_truncation),
            cmocka_unit_test(test_random_damage),
    };
    struct CMUnitTest all[sizeof tests / sizeof tests[0]];
    memcpy(all, tests, sizeof all);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i].setup_func = open_server;
    }
    return cmocka_run_group_tests(all, NULL, NULL);
}
