/*
 * test_device - the client side of SMP: loss, resume, refusals, other servers
 *
 * SPDX-License-Identifier: MIT
 *
 * Against our own server over arrays, and against answers written by hand as
 * other servers give them.
 */
// sources: host/device/client.c host/device/slots.c host/device/upload.c
// sources: host/device/image_file.c host/device/progress.c
// sources: host/device/faults.c xipsafe/smp/xip_smp_fault.c
// sources: host/image/key.c host/image/ed25519.c host/image/pack.c host/base/*.c host/board/*.c host/nor/*.c
// sources: xipsafe/image/*.c xipsafe/boot/xip_boot.c
// sources: xipsafe/transport/xip_cbor.c xipsafe/transport/xip_smp_uart.c
// sources: xipsafe/transport/xip_smp.c tests/support/fake_line.c
// libs: bearssl sodium
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cli.h"
#include "device/faults.h"
#include "device/image_file.h"
#include "device/progress.h"
#include "board/board.h"
#include "device/upload.h"
#include "support/fake_line.h"
#include "support/image_maker.h"
#include "xip_smp.h"
#include "xip_smp_fault.h"

#define SLOTS 2u
#define SLOT_BYTES 0x4000u
#define WINDOW 0x90000000u

/// The device ///

static struct xip_smp smp;
static struct xip_smp_images images;
static struct xip_smp_slot slot[SLOTS];
static uint8_t stored[SLOT_BYTES];
static uint32_t stored_bytes;
static unsigned begins;
static int begin_err, finish_err;
static const char *board = "a-board";
static uint32_t buffer_bytes;

static int show(void *ctx, unsigned i, struct xip_smp_slot *s) {
    (void)ctx;
    *s = slot[i];
    return 0;
}

static int begin(void *ctx, const struct xip_smp_upload *upload) {
    (void)ctx;
    (void)upload;
    begins++;
    stored_bytes = 0;
    return begin_err;
}

static int put(void *ctx, const uint8_t *data, uint32_t len) {
    (void)ctx;
    assert_true(len <= sizeof stored - stored_bytes);
    memcpy(stored + stored_bytes, data, len);
    stored_bytes += len;
    return 0;
}

static int finish(void *ctx) {
    (void)ctx;
    return finish_err;
}

static uint32_t our_server(const uint8_t *req, uint32_t req_bytes, uint8_t *rsp,
        uint32_t cap) {
    return xip_smp_handle(&smp, req, req_bytes, rsp, cap);
}

static uint32_t old_server(const uint8_t *req, uint32_t req_bytes, uint8_t *rsp,
        uint32_t cap) {
    return req[0] >> 3 ? 0 : our_server(req, req_bytes, rsp, cap);
}

static struct client client;
static char err_path[] = "/tmp/test_device_XXXXXX";
static int err_fd, real_err;

// Lines on stderr go to a file, to be looked at.
static void catch_lines(void) {
    fflush(stderr);
    assert_int_equal(ftruncate(err_fd, 0), 0);
    assert_int_equal(lseek(err_fd, 0, SEEK_SET), 0);
    real_err = dup(STDERR_FILENO);
    dup2(err_fd, STDERR_FILENO);
}

static void said(const char *text) {
    static char got[4000];
    fflush(stderr);
    dup2(real_err, STDERR_FILENO);
    close(real_err);
    const ssize_t n = pread(err_fd, got, sizeof got - 1, 0);
    got[n > 0 ? n : 0] = '\0';
    if (!strstr(got, text)) {
        fail_msg("no '%s' in: %s", text, got);
    }
    size_t lines = 0;
    for (const char *c = got; *c; c++) {
        lines += *c == '\n';
    }
    assert_int_equal(lines, 1);
}

#define REFUSED(status, call, text) \
    do { \
        catch_lines(); \
        const int got_ = (call); \
        said(text); \
        assert_int_equal(got_, status); \
    } while (0)

static void serve(void) {
    const struct xip_smp_config config = {
            .images = &images,
            .buffer_bytes = buffer_bytes,
            .board = board,
    };
    xip_smp_init(&smp, &config);
}

static int open_device(void **state) {
    (void)state;
    memset(slot, 0, sizeof slot);
    for (unsigned i = 0; i < SLOTS; i++) {
        slot[i].addr = WINDOW + i * SLOT_BYTES;
        slot[i].size_bytes = SLOT_BYTES;
        slot[i].version = (struct xip_image_version){1, 0, i, 0};
        memset(slot[i].digest, 0xA0 + i, 32);
    }
    slot[0].flags = XIP_SMP_PRESENT | XIP_SMP_ACTIVE | XIP_SMP_BOOTABLE;
    images = (struct xip_smp_images){
            SLOTS, show, begin, put, finish, NULL, NULL, NULL};
    begins = 0;
    begin_err = finish_err = 0;
    board = "a-board";
    buffer_bytes = 600;
    serve();
    fake_line_open(our_server);
    assert_int_equal(client_open(&client, "port", 115200, 1000), CLI_GOOD);
    return 0;
}

/// An image in a file ///

static struct image_file file;
static uint8_t bytes[SLOT_BYTES + 100];

static void make_file(uint32_t addr, uint32_t payload) {
    struct maker m;
    maker_start(&m, bytes, 0x200, payload, addr);
    maker_version(&m, 2, 0, 0, 0);
    maker_put32(bytes + 0x200, 0x20001000);
    maker_put32(bytes + 0x204, (addr + 0x400) | 1);
    maker_seal(&m);
    file = (struct image_file){.path = "a.img", .data = bytes, .size = m.size};
    assert_int_equal(xip_image_parse(&file.image, bytes, m.size), 0);
}

static int choose(const struct image_file *files, unsigned count,
        unsigned *choice, int *into) {
    struct slots slots;
    assert_int_equal(slots_read(&client, &slots), CLI_GOOD);
    return image_file_choose(files, count, &slots, "port", choice, into);
}

static int choose_this(void) {
    unsigned choice;
    int into;
    return choose(&file, 1, &choice, &into);
}

/// Finding a device ///

static void test_who_is_there(void **state) {
    (void)state;
    assert_int_equal(client.version, 1);
    assert_int_equal(client.packet_bytes, 596);
    fake_line_open(old_server);
    assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
    assert_int_equal(client.version, 0);
    fake_line_open(our_server);
    fake_line.noise = true;
    fake_line.lose_request = 2;
    assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
    // A small one, and one that says nonsense.
    buffer_bytes = 50;
    serve();
    assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
    assert_int_equal(client.packet_bytes, 92);
    buffer_bytes = UINT32_MAX;
    serve();
    assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
    assert_int_equal(client.packet_bytes, CLIENT_PACKET_MAX - 4);

    fake_line_open(NULL);
    REFUSED(CLI_TROUBLE, client_open(&client, "port", 115200, 5000),
            "port: no answer in 5.0 s");
    assert_true(fake_line.now_ms >= 5000 && fake_line.now_ms <= 6000);
}

static void test_a_device_that_falls_silent(void **state) {
    (void)state;
    struct slots slots;
    fake_line.server = NULL;
    REFUSED(CLI_TROUBLE, slots_read(&client, &slots),
            "port: the device answered before and is silent now");
}

/// Lists ///

static void test_list(void **state) {
    (void)state;
    struct slots slots;
    slot[1].flags = XIP_SMP_PRESENT | XIP_SMP_PENDING;
    assert_int_equal(slots_read(&client, &slots), CLI_GOOD);
    assert_int_equal(slots.image_count, 2);
    assert_int_equal(slots.slot_count, 2);
    assert_string_equal(slots.board, "a-board");
    assert_string_equal(slots.images[1].version, "1.0.1");
    assert_int_equal(slots.images[1].flags, SLOTS_PENDING);
    assert_int_equal(slots.images[0].flags, SLOTS_ACTIVE | SLOTS_BOOTABLE);
    assert_int_equal(slots.images[1].hash_bytes, 32);
    assert_int_equal(slots.slot[1].addr, WINDOW + SLOT_BYTES);
    assert_int_equal(slots.slot[1].bytes, SLOT_BYTES);
    assert_ptr_equal(slots_image_in(&slots, 1), &slots.images[1]);
    assert_null(slots_image_in(&slots, 2));
}

static const uint8_t *canned;
static size_t canned_bytes;

// The list is canned, nothing else is supported.
static uint32_t canned_server(const uint8_t *req, uint32_t req_bytes,
        uint8_t *rsp, uint32_t cap) {
    static const uint8_t no[] = {0xa1, 0x62, 'r', 'c', 8};
    const bool is_list = req[5] == 1 && req[7] == 0;
    const uint8_t *const map = is_list ? canned : no;
    const size_t n = is_list ? canned_bytes : sizeof no;
    (void)cap;
    (void)req_bytes;
    memcpy(rsp, req, 8);
    rsp[0]++;
    rsp[2] = (uint8_t)(n >> 8);
    rsp[3] = (uint8_t)n;
    memcpy(rsp + 8, map, n);
    return 8 + (uint32_t)n;
}

static void answer_with(const char *map, size_t n) {
    canned = (const uint8_t *)map;
    canned_bytes = n;
    fake_line_open(canned_server);
    assert_int_equal(client_open(&client, "port", 115200, 1000), CLI_GOOD);
}
#define ANSWER(map) answer_with(map, sizeof(map) - 1)

static void test_lists_of_other_servers(void **state) {
    (void)state;
    struct slots slots;
    // Zephyr: maps and arrays without length, keys that we do not know.
    ANSWER("\xbf\x66images\x9f\xbf\x64slot\x01\x67version\x65"
           "0.1\x1b[\x64hash\x44\x01\x02\x03\x04\x68"
           "bootable\xf5\x67"
           "strange\x82\x01\xa1\x02\x03\x67pending\xf4\xff\xff\x6bsplitStatus"
           "\x00\xff");
    assert_int_equal(slots_read(&client, &slots), CLI_GOOD);
    assert_int_equal(slots.image_count, 1);
    assert_int_equal(slots.slot_count, 0);
    // Nothing in it can reach the terminal as a command.
    assert_string_equal(slots.images[0].version, "0.1?[");
    assert_int_equal(slots.images[0].hash_bytes, 4);
    assert_int_equal(slots.images[0].flags, SLOTS_BOOTABLE);

    ANSWER("\xa1\x63"
           "err\xa2\x65group\x01\x62rc\x03");
    REFUSED(CLI_BAD, slots_read(&client, &slots),
            "the device does not list its images: there is no image in the "
            "slot");
    ANSWER("\xa1\x63"
           "err\xa2\x65group\x01\x62rc\x18\xc8");
    REFUSED(CLI_BAD, slots_read(&client, &slots), "its error 200");
    ANSWER("\xa1\x62rc\x19\x01\x00");
    REFUSED(CLI_BAD, slots_read(&client, &slots), "error 256");
    ANSWER("\xa1\x62rc\x08");
    REFUSED(CLI_BAD, slots_read(&client, &slots), "not supported");
    ANSWER("\x80");
    REFUSED(CLI_TROUBLE, slots_read(&client, &slots), "answer is damaged");
    ANSWER("\xa1\x66images\x81\x05");
    REFUSED(CLI_TROUBLE, slots_read(&client, &slots), "answer is damaged");
    // More images than there is room for.
    static char many[8 + 2 + 40] = "\xa1\x66images\x98\x28";
    memset(many + 10, 0xa0, 40);
    answer_with(many, sizeof many);
    assert_int_equal(slots_read(&client, &slots), CLI_GOOD);
    assert_int_equal(slots.image_count, SLOTS_MAX);
}

// Whatever is wrong with a list, it ends with a status and one line.
static void test_damaged_lists(void **state) {
    (void)state;
    static char map[200];
    static const char good[] =
            "\xa1\x66images\x81\xa4\x64slot\x01\x67version\x65"
            "0.1.2\x64hash\x44\x01\x02\x03\x04\x68"
            "bootable\xf5";
    uint32_t random = 9;
    struct slots slots;
    catch_lines();
    for (unsigned round = 0; round < 3000; round++) {
        memcpy(map, good, sizeof good);
        size_t n = sizeof good - 1;
        for (unsigned i = 0; i < 1 + round % 3; i++) {
            random = random * 1664525u + 1013904223u;
            map[(random >> 8) % n] = (char)(random >> 24);
        }
        n = round % 4 ? n : (random >> 10) % n;
        canned = (const uint8_t *)map;
        canned_bytes = n;
        fake_line_open(canned_server);
        assert_int_equal(client_open(&client, "port", 115200, 1000), CLI_GOOD);
        const int status = slots_read(&client, &slots);
        assert_in_range(status, CLI_GOOD, CLI_TROUBLE);
        assert_true(slots.image_count <= SLOTS_MAX);
    }
    fflush(stderr);
    dup2(real_err, STDERR_FILENO);
    close(real_err);
}

/// Uploads ///

static const struct upload_options quiet = {.quiet = true};

static void test_upload(void **state) {
    (void)state;
    size_t resumed;
    static const uint32_t buffers[] = {50, 128, 200, 600, 1024, 2048};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        buffer_bytes = buffers[i];
        serve();
        assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
        make_file(WINDOW + SLOT_BYTES, 5000 + (uint32_t)i);
        assert_int_equal(upload(&client, &file, &quiet, &resumed), CLI_GOOD);
        assert_int_equal(resumed, 0);
        assert_int_equal(stored_bytes, file.size);
        assert_memory_equal(stored, bytes, file.size);
    }
    assert_int_equal(client.repeated, 0);
}

static void test_upload_on_a_bad_line(void **state) {
    (void)state;
    size_t resumed;
    make_file(WINDOW + SLOT_BYTES, 9000);
    for (unsigned i = 2; i < 6; i++) {
        for (unsigned j = 2; j < 6; j++) {
            xip_smp_forget(&smp);
            fake_line_open(our_server);
            fake_line.lose_request = i;
            fake_line.lose_answer = j;
            fake_line.repeat_answer = 3;
            fake_line.noise = true;
            assert_int_equal(client_open(&client, "port", 115200, 5000),
                    CLI_GOOD);
            assert_int_equal(upload(&client, &file, &quiet, &resumed),
                    CLI_GOOD);
            assert_int_equal(stored_bytes, file.size);
            assert_memory_equal(stored, bytes, file.size);
            assert_true(client.repeated > 3);
        }
    }
}

static void test_resume(void **state) {
    (void)state;
    size_t resumed;
    make_file(WINDOW + SLOT_BYTES, 9000);
    // The line breaks after some packets.
    fake_line_open(our_server);
    assert_int_equal(client_open(&client, "port", 115200, 1000), CLI_GOOD);
    fake_line.lose_request = 1;
    REFUSED(CLI_TROUBLE, upload(&client, &file, &quiet, &resumed), "silent");
    fake_line.lose_request = 0;
    assert_int_equal(begins, 0);
    assert_int_equal(upload(&client, &file, &quiet, &resumed), CLI_GOOD);
    assert_int_equal(begins, 1);
    // As if it had been interrupted at 4000.
    smp.received_bytes = stored_bytes = 4000;
    assert_int_equal(upload(&client, &file, &quiet, &resumed), CLI_GOOD);
    assert_int_equal(resumed, 4000);
    assert_int_equal(begins, 1);
    assert_memory_equal(stored, bytes, file.size);
    // Another file does not go on there.
    smp.received_bytes = stored_bytes = 4000;
    make_file(WINDOW + SLOT_BYTES, 9001);
    assert_int_equal(upload(&client, &file, &quiet, &resumed), CLI_GOOD);
    assert_int_equal(resumed, 0);
    assert_int_equal(begins, 2);
}

static uint32_t forgetful_server(const uint8_t *req, uint32_t req_bytes,
        uint8_t *rsp, uint32_t cap) {
    const uint32_t n = our_server(req, req_bytes, rsp, cap);
    if (fake_line.requests == 9) { // a reset
        xip_smp_forget(&smp);
    }
    if (fake_line.requests > 40) { // it never gets on
        xip_smp_forget(&smp);
    }
    return n;
}

static void test_a_device_that_begins_anew(void **state) {
    (void)state;
    size_t resumed;
    make_file(WINDOW + SLOT_BYTES, 9000);
    fake_line_open(forgetful_server);
    assert_int_equal(client_open(&client, "port", 115200, 1000), CLI_GOOD);
    assert_int_equal(upload(&client, &file, &quiet, &resumed), CLI_GOOD);
    assert_int_equal(begins, 2);
    assert_memory_equal(stored, bytes, file.size);
    xip_smp_forget(&smp);
    fake_line.requests = 100;
    REFUSED(CLI_TROUBLE, upload(&client, &file, &quiet, &resumed),
            "does not get beyond byte");
}

static void test_the_device_refuses(void **state) {
    (void)state;
    size_t resumed;
    make_file(WINDOW + SLOT_BYTES, 9000);
    begin_err = XIP_ERR_ADDRESS;
    REFUSED(CLI_BAD, upload(&client, &file, &quiet, &resumed),
            "the device does not take the image: linked for another address");
    begin_err = 0;
    finish_err = XIP_ERR_SIGNATURE;
    REFUSED(CLI_BAD, upload(&client, &file, &quiet, &resumed),
            "digest or signature is wrong");
}

/// What is refused before anything is sent ///

static void test_the_file_for_the_free_slot(void **state) {
    (void)state;
    static uint8_t others[SLOT_BYTES + 100];
    struct image_file files[2];
    unsigned choice;
    int into;
    make_file(WINDOW, 5000);
    memcpy(others, bytes, sizeof others);
    files[0] = file;
    files[0].data = others;
    make_file(WINDOW + SLOT_BYTES, 5000);
    files[1] = file;
    assert_int_equal(choose(files, 2, &choice, &into), CLI_GOOD);
    assert_int_equal(choice, 1);
    assert_int_equal(into, 1);
    slot[0].flags = XIP_SMP_PRESENT;
    slot[1].flags = XIP_SMP_PRESENT | XIP_SMP_ACTIVE;
    assert_int_equal(choose(files, 2, &choice, &into), CLI_GOOD);
    assert_int_equal(choice, 0);
    assert_int_equal(into, 0);
    slot[0].flags = slot[1].flags = 0; // serial recovery: any
    assert_int_equal(choose(files, 2, &choice, &into), CLI_GOOD);
    assert_int_equal(choice, 0);
}

static void test_wrong_files(void **state) {
    (void)state;
    make_file(WINDOW, 5000);
    REFUSED(CLI_BAD, choose_this(),
            "a.img: linked for slot 0, which runs now; give the build for "
            "0x90004000");
    make_file(0x70000000, 5000);
    REFUSED(CLI_BAD, choose_this(),
            "a.img: linked for 0x70000000, where this device, a-board has no "
            "slot; it takes 0x90004000");
    make_file(WINDOW + SLOT_BYTES, SLOT_BYTES - 0x200);
    REFUSED(CLI_BAD, choose_this(), "and slot 1 has 16,384");
    make_file(WINDOW + SLOT_BYTES, 5000);
    file.image.flags = 0;
    REFUSED(CLI_BAD, choose_this(), "sign it with --rom-fixed");
    // A board that is known here: its RAM is.
    make_file(WINDOW + SLOT_BYTES, 5000);
    board = BOARD_DEFAULT;
    serve();
    assert_int_equal(choose_this(), CLI_GOOD);
    maker_put32(bytes + 0x200, 0x24001000);
    REFUSED(CLI_BAD, choose_this(),
            "a.img: would not start on stm32l476g-disco: ");
}

static void test_another_server_takes_one_file(void **state) {
    (void)state;
    unsigned choice;
    int into;
    ANSWER("\xa1\x66images\x80");
    make_file(WINDOW, 5000);
    const struct image_file files[2] = {file, file};
    REFUSED(CLI_TROUBLE, choose(files, 2, &choice, &into), "give one file");
    assert_int_equal(choose(files, 1, &choice, &into), CLI_GOOD);
    assert_int_equal(into, -1);
}

/// Fault records ///

#define RECORD_BYTES 556u
#define RECORDS 2u

static union {
    uint32_t words[RECORD_BYTES / 4];
    struct xip_fault_record record;
} records[RECORDS], record_buffer;
static unsigned record_count;

int xip_fault_ring_read(const struct xip_region *region, uint32_t age,
        void *buffer, uint32_t capacity_bytes) {
    (void)region;
    assert_int_equal(capacity_bytes, RECORD_BYTES);
    if (age < record_count) {
        memcpy(buffer, &records[age], RECORD_BYTES);
    }
    return age < record_count ? (int)RECORD_BYTES : 0;
}

int xip_fault_ring_clear(const struct xip_region *region) {
    (void)region;
    record_count = 0;
    return 0;
}

static void serve_records(void) {
    static struct xip_smp_fault fault;
    for (unsigned i = 0; i < RECORDS; i++) {
        for (size_t w = 0; w < RECORD_BYTES / 4; w++) {
            records[i].words[w] = (uint32_t)(w * 0x01030507u + i);
        }
    }
    record_count = RECORDS;
    xip_smp_fault_use_ring(&fault, NULL, &record_buffer, RECORD_BYTES);
    const struct xip_smp_config config = {
            .buffer_bytes = buffer_bytes,
            .more = xip_smp_fault_handle,
            .more_ctx = &fault,
    };
    xip_smp_init(&smp, &config);
}

static void has_record(uint32_t age, bool there) {
    uint8_t *data;
    size_t size;
    assert_int_equal(faults_fetch(&client, age, &data, &size), CLI_GOOD);
    assert_int_equal(size, there ? RECORD_BYTES : 0);
    if (there) {
        assert_memory_equal(data, &records[age], RECORD_BYTES);
    }
    free(data);
}

static void test_fault_records(void **state) {
    (void)state;
    static fake_server *const servers[] = {our_server, old_server};
    for (size_t i = 0; i < 2; i++) {
        fake_line_open(servers[i]);
        serve_records();
        assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
        fake_line.noise = true;
        fake_line.lose_answer = 3;
        has_record(0, true);
        has_record(1, true);
        has_record(2, false);
        assert_int_equal(faults_forget(&client), CLI_GOOD);
        has_record(0, false);
    }
    // A device without them.
    serve();
    uint8_t *data;
    size_t size;
    REFUSED(CLI_BAD, faults_fetch(&client, 0, &data, &size),
            "does not hand out the fault record: not supported");
    assert_null(data);
    REFUSED(CLI_BAD, faults_forget(&client),
            "does not forget its fault records: not supported");
}

// An answer to a download as a wrong server gives it.
static struct piece {
    uint32_t off, len, bytes;
    bool no_len;
} pieces[2];

static uint32_t wrong_server(const uint8_t *req, uint32_t req_bytes,
        uint8_t *rsp, uint32_t cap) {
    static unsigned next;
    if ((req[4] << 8 | req[5]) != 8) {
        next = 0;
        return our_server(req, req_bytes, rsp, cap);
    }
    static const uint8_t zeros[600];
    const struct piece *p = &pieces[next++ % 2];
    struct xip_cbor_writer w = {rsp + 8, rsp + cap, false};
    xip_cbor_put(&w, XIP_CBOR_MAP, p->no_len ? 2 : 3);
    xip_cbor_put_text(&w, "off");
    xip_cbor_put(&w, XIP_CBOR_UINT, p->off);
    xip_cbor_put_text(&w, "data");
    xip_cbor_put_string(&w, XIP_CBOR_BYTES, zeros, p->bytes);
    if (!p->no_len) {
        xip_cbor_put_text(&w, "len");
        xip_cbor_put(&w, XIP_CBOR_UINT, p->len);
    }
    const uint32_t map_bytes = (uint32_t)(w.next - (rsp + 8));
    memcpy(rsp, req, 8);
    rsp[0]++;
    rsp[2] = (uint8_t)(map_bytes >> 8);
    rsp[3] = (uint8_t)map_bytes;
    return 8 + map_bytes;
}

static void test_pieces_that_do_not_fit(void **state) {
    (void)state;
    static const struct piece wrong[][2] = {
            {{.off = 4, .len = 100, .bytes = 50}},
            {{.off = 0, .len = 100, .bytes = 101}},
            {{.off = 0, .len = 100, .bytes = 0}},
            {{.off = 0, .no_len = true, .bytes = 50}},
            {{.off = 0, .len = FAULTS_RECORD_MAX + 1, .bytes = 50}},
            {{.off = 0, .len = 100, .bytes = 50},
                    {.off = 0, .len = 100, .bytes = 50}},
            {{.off = 0, .len = 100, .bytes = 50},
                    {.off = 50, .no_len = true, .bytes = 51}},
            {{.off = 0, .len = 100, .bytes = 50},
                    {.off = 50, .no_len = true, .bytes = 0}},
    };
    const size_t in_the_first = 5;
    uint8_t *data;
    size_t size;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        memcpy(pieces, wrong[i], sizeof pieces);
        fake_line_open(wrong_server);
        assert_int_equal(client_open(&client, "port", 115200, 5000), CLI_GOOD);
        REFUSED(CLI_BAD, faults_fetch(&client, 0, &data, &size),
                "another piece of /crash/0");
        assert_null(data);
        // The probe, and nothing after the wrong piece.
        assert_int_equal(fake_line.requests, i < in_the_first ? 2 : 3);
    }
}

static void test_progress(void **state) {
    (void)state;
    char text[64];
    assert_string_equal(progress_text(text, sizeof text, 0, 0, 100, 5),
            "begins");
    assert_string_equal(progress_text(text, sizeof text, 0, 10240, 102400,
                                1000),
            "10.0 KB/s, 9 s left");
    assert_string_equal(progress_text(text, sizeof text, 0, 10240, 1024000,
                                1000),
            "10.0 KB/s, 1 min 39 s left");
    // What was there before counts neither as rate nor as time.
    assert_string_equal(progress_text(text, sizeof text, 92160, 102400, 102400,
                                2000),
            "5.0 KB/s");
}

static int open_err(void **state) {
    (void)state;
    err_fd = mkstemp(err_path);
    return err_fd < 0;
}

static int close_err(void **state) {
    (void)state;
    close(err_fd);
    return unlink(err_path);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_who_is_there),
            cmocka_unit_test(test_a_device_that_falls_silent),
            cmocka_unit_test(test_list),
            cmocka_unit_test(test_lists_of_other_servers),
            cmocka_unit_test(test_damaged_lists),
            cmocka_unit_test(test_upload),
            cmocka_unit_test(test_upload_on_a_bad_line),
            cmocka_unit_test(test_resume),
            cmocka_unit_test(test_a_device_that_begins_anew),
            cmocka_unit_test(test_the_device_refuses),
            cmocka_unit_test(test_the_file_for_the_free_slot),
            cmocka_unit_test(test_wrong_files),
            cmocka_unit_test(test_another_server_takes_one_file),
            cmocka_unit_test(test_fault_records),
            cmocka_unit_test(test_pieces_that_do_not_fit),
            cmocka_unit_test(test_progress),
    };
    struct CMUnitTest all[sizeof tests / sizeof tests[0]];
    memcpy(all, tests, sizeof all);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i].setup_func = open_device;
    }
    return cmocka_run_group_tests(all, open_err, close_err);
}
