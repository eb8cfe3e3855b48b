/*
 * test_crash_damage - records with damage anywhere: an error or a report, and
 * never an access outside of the record
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/crash/foreign.c host/crash/record.c host/crash/backtrace.c host/crash/exidx.c
// sources: host/crash/verdict.c host/crash/print.c host/crash/json.c
// sources: host/crash/core.c host/fault/*.c host/elf/*.c host/base/*.c
// sources: host/thumb/*.c host/board/*.c host/nor/nor_parts.c
// libs: elf dw jansson stdc++
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "crash/crash.h"
#include "crash/foreign.h"
#include "xip_fault.h"

#define BYTES 700u
#define ROUNDS 12000u

static uint32_t state = 1;

static uint32_t draw(uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

static uint32_t crc32(const uint8_t *data, size_t size) {
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

static void put32(uint8_t *p, uint32_t value) {
    memcpy(p, &value, sizeof value);
}

// A header, a stack of 200 bytes, 16 bytes of code, FP registers.
static uint32_t make(uint8_t *bytes) {
    const uint32_t head = (uint32_t)sizeof(struct xip_fault_record);
    struct xip_fault_record r = {
            .magic = XIP_FAULT_MAGIC,
            .reset_cause = XIP_FAULT_NO_CAUSE,
            .layout = head << 16 | XIP_FAULT_LAYOUT,
            .flags = XIP_FAULT_HAS_BUILD_ID,
            .sp = 0x20017F00,
            .frame = {1, 2, 3, 4, 12, 0x90000429, 0x90000410, 0x21000000},
            .saved = {.exc_return = 0xFFFFFFF9, .main_sp = 0x20017EE0},
            .ipsr = 5,
            .breadcrumb = 0x584F5002,
    };
    r.scb[10] = 0x8200;
    memset(bytes, 0, BYTES);
    uint32_t at = head;
    const struct {
        uint32_t kind, bytes, addr;
    } pieces[] = {{1, 200, 0x20017F00}, {1, 16, 0x90000410}, {2, 132, 0}};
    for (unsigned i = 0; i < 3; i++) {
        put32(bytes + at, pieces[i].kind << 24 | pieces[i].bytes);
        put32(bytes + at + 4, pieces[i].addr);
        for (uint32_t k = 0; k < pieces[i].bytes; k += 4) {
            put32(bytes + at + 8 + k, 0x90000400u + (draw(0x4000) | 1u));
        }
        at += 8 + pieces[i].bytes;
    }
    r.size_bytes = at;
    memcpy(bytes, &r, sizeof r);
    return at;
}

static void seal(uint8_t *bytes, uint32_t size) {
    put32(bytes + 12, crc32(bytes + 16, size - 16));
}

// The lines of xip_fault_print().
static size_t to_text(const uint8_t *bytes, uint32_t size, char *text) {
    size_t n = 0;
    for (uint32_t i = 0; i < size; i += 4) {
        uint32_t word;
        memcpy(&word, bytes + i, 4);
        if (i % 32 == 0) {
            n += (size_t)sprintf(text + n, "\nxipfault %04x:", i);
        }
        n += (size_t)sprintf(text + n, " %08x", word);
    }
    return n + (size_t)sprintf(text + n, "\nxipfault end\n");
}

// Everything that the command does with a record.
static void report(struct crash *c, FILE *nowhere) {
    backtrace_walk(&c->bt, &c->record, &c->elfs);
    verdict_find(&c->verdict, &c->record, &c->bt, &c->elfs,
            board_find(BOARD_DEFAULT));
    crash_print(c, nowhere);
    assert_true(crash_json(c, nowhere));
    assert_true(crash_core(c, nowhere));
}

static enum record_result try(const uint8_t *data, size_t size,
        struct elf_image *image) {
    struct crash c = {.has_record = true};
    char why[RECORD_WHY_BYTES];
    // Of exactly that size, so that a byte behind it is seen.
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    const enum record_result result =
            record_find(copy, size, &c.record, &c.cut, why);
    free(copy);
    if (result == RECORD_GOOD || result == RECORD_DAMAGED) {
        FILE *nowhere = fopen("/dev/null", "w");
        assert_non_null(nowhere);
        if (image) {
            c.elfs.at[c.elfs.count++] = image;
        }
        report(&c, nowhere);
        fclose(nowhere);
    }
    record_free(&c.record);
    return result;
}

static struct elf_image *open_elf(void) {
    char error[300];
    return elf_image_open("build/firmware/crash.elf", error, sizeof error);
}

static void test_intact(void **unused) {
    (void)unused;
    uint8_t bytes[BYTES];
    char text[4 * BYTES];
    const uint32_t size = make(bytes);
    struct elf_image *image = open_elf();
    seal(bytes, size);
    assert_int_equal(try(bytes, size, image), RECORD_GOOD);
    assert_int_equal(try((uint8_t *)text, to_text(bytes, size, text), image),
            RECORD_GOOD);
    bytes[40] ^= 1;
    assert_int_equal(try(bytes, size, image), RECORD_DAMAGED);
    elf_image_close(image);
}

// What the firmware of tests/sim/crash.sh cannot record on the simulator.
static void test_verdicts(void **unused) {
    (void)unused;
    enum { VTOR = 2, CFSR = 10, HFSR = 11, MMFAR = 13, BFAR = 14 };
    static const struct {
        uint32_t vtor, cfsr, hfsr, ipsr, pc, crumb;
        const char *verdict, *what;
    } cases[] = {
            {0x08000000, 0x02000000, 0, 6, 0x90000410, 0, "wrong-vector-table",
                    "divided by 0"},
            {0x90000200, 0, 2, 3, 0x20000100, 0x584F5002, "vectors-in-flash",
                    "0x90000200 in flash, could not be read"},
            {0x20001000, 0, 0, 2, 0x20000100, 0, "fault", "an NMI came"},
            {0x20001000, 0x20000, 0, 6, 0, 0, "null-call", "a null pointer"},
            {0x20001000, 0x100, 0, 5, 0x90000410, 0x584F5003, "executed-flash",
                    "while it could not be read"},
            {0x20001000, 0x100, 0, 5, 0x90000410, 0, "window-dead",
                    "did not answer"},
            {0x20001000, 0x80000, 0, 6, 0x90000410, 0, "fault", "the FPU"},
            // The fence of the library: faults of the MPU, in an outage.
            {0x20001000, 1, 0, 4, 0x90000410, 0x584F5003, "executed-flash",
                    "while it could not be read"},
            {0x20001000, 0x82, 0, 4, 0x20000100, 0x584F5003, "read-flash",
                    "read 0x90000500 in flash while it could not be read"},
            // An MPU region of the user's.
            {0x20001000, 1, 0, 4, 0x90000410, 0, "fault",
                    "jumped to 0x90000410, which may not be executed"},
            {0x20001000, 0x82, 0, 4, 0x20000100, 0, "fault",
                    "touched 0x90000500, which the MPU forbids"},
            {0x20001000, 0x8200, 0, 5, 0x20000100, 0, "window-read-dead",
                    "read 0x90000500 in flash, which did not answer"},
            // Behind the chip's 16 MB there is no flash.
            {0x20001000, 0x100, 0, 5, 0x91000410, 0, "fault",
                    "jumped to 0x91000410, where there is nothing to execute"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[BYTES];
        const uint32_t size = make(bytes);
        struct xip_fault_record r;
        memcpy(&r, bytes, sizeof r);
        r.scb[VTOR] = cases[i].vtor;
        r.scb[CFSR] = cases[i].cfsr;
        r.scb[HFSR] = cases[i].hfsr;
        r.ipsr = cases[i].ipsr;
        r.scb[MMFAR] = r.scb[BFAR] = 0x90000500;
        r.frame[XIP_FAULT_PC] = cases[i].pc;
        r.breadcrumb = cases[i].crumb;
        memcpy(bytes, &r, sizeof r);
        seal(bytes, size);
        struct crash c = {.has_record = true};
        char why[RECORD_WHY_BYTES];
        assert_int_equal(record_find(bytes, size, &c.record, &c.cut, why),
                RECORD_GOOD);
        backtrace_walk(&c.bt, &c.record, &c.elfs);
        verdict_find(&c.verdict, &c.record, &c.bt, &c.elfs,
                board_find(BOARD_DEFAULT));
        assert_string_equal(verdict_name(c.verdict.kind), cases[i].verdict);
        assert_non_null(strstr(c.verdict.what, cases[i].what));
        record_free(&c.record);
    }
}

// Bits, words and lengths change; in half of the records the CRC is right all
// the same.
static void test_damaged(void **unused) {
    (void)unused;
    uint8_t bytes[BYTES];
    char text[4 * BYTES];
    struct elf_image *image = open_elf();
    for (unsigned i = 0; i < ROUNDS; i++) {
        const uint32_t size = make(bytes);
        for (unsigned n = 1 + draw(4); n; n--) {
            static const uint32_t odd[] = {0, 1, 3, 0x7FFFFFFC, 0x80000000,
                    0xFFFFFFF1, 0xFFFFFFFC, 0xFFFFFFFF, 0x01FFFFFC, 0x020000FF};
            uint8_t *at = bytes + 16 + draw(size - 20);
            if (draw(2)) {
                *at ^= (uint8_t)(1u << draw(8));
            } else {
                put32(at, odd[draw(sizeof odd / sizeof odd[0])]);
            }
        }
        if (draw(2)) {
            seal(bytes, size);
        }
        // With the ELF in some: the walk takes longer than all else.
        struct elf_image *with = i % 4 ? NULL : image;
        if (draw(2)) {
            (void)try(bytes, draw(8) ? size : draw(size), with);
            continue;
        }
        size_t length = to_text(bytes, size, text);
        for (unsigned n = draw(4); n; n--) {
            text[draw((uint32_t)length)] = (char)draw(256);
        }
        length = draw(8) ? length : draw((uint32_t)length);
        (void)try((uint8_t *)text, length, with);
    }
    elf_image_close(image);
}

// A dump of Zephyr and one of CrashCatcher, whole, damaged and cut off.
static size_t zephyr(char *text) {
    uint8_t bytes[200] = {
            'Z', 'E', 2, 0, 3, 0, 5, 0, 0, 0, 0, 0, 'A', 2, 0, 68};
    size_t n = 17;
    for (unsigned i = 0; i < 17; i++) {
        put32(bytes + n, 0x90000400u + i);
        n += 4;
    }
    bytes[n++] = 'M';
    bytes[n++] = 1;
    n++;
    put32(bytes + n, 0x20000000);
    put32(bytes + n + 4, 0x20000040);
    n += 8 + 64;
    size_t at = (size_t)sprintf(text, "[1] #CD:BEGIN#\n");
    for (size_t i = 0; i < n; i++) {
        at += (size_t)sprintf(text + at, i % 32 ? "%02x" : "\n#CD:%02x",
                bytes[i]);
    }
    return at + (size_t)sprintf(text + at, "\n#CD:END#\n");
}

static size_t crashcatcher(char *text) {
    size_t at = (size_t)sprintf(text,
            "CRASH ENCOUNTERED\r\nEnable logging\r\n\r\n63430300\r\n00000000");
    for (unsigned i = 0; i < 20; i++) {
        at += (size_t)sprintf(text + at,
                i % 4 ? "%02X040090" : "\r\n%02X040090", i);
    }
    at += (size_t)sprintf(text + at, "\r\n0000002010000020\r\n");
    at += (size_t)sprintf(text + at, "00112233445566778899AABBCCDDEEFF\r\n");
    at += (size_t)sprintf(text + at, "28ED00E03CED00E0\r\n");
    at += (size_t)sprintf(text + at, "00820000000000000000000000000000\r\n");
    return at + (size_t)sprintf(text + at, "00000030\r\n\r\nEnd of dump\r\n");
}

static enum record_result try_foreign(const char *text, size_t size,
        struct elf_image *image) {
    struct crash c = {.has_record = true};
    char why[RECORD_WHY_BYTES];
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    const enum record_result result =
            foreign_find((uint8_t *)copy, size, &c.record, why);
    free(copy);
    if (result == RECORD_GOOD || result == RECORD_DAMAGED) {
        FILE *nowhere = fopen("/dev/null", "w");
        assert_non_null(nowhere);
        if (image) {
            c.elfs.at[c.elfs.count++] = image;
        }
        report(&c, nowhere);
        fclose(nowhere);
    }
    record_free(&c.record);
    return result;
}

static void test_foreign(void **unused) {
    (void)unused;
    char text[2048], damaged[2048];
    struct elf_image *image = open_elf();
    size_t (*const make_one[])(char *) = {zephyr, crashcatcher};
    for (unsigned i = 0; i < 2 * 3000; i++) {
        size_t length = make_one[i % 2](text);
        assert_true(length < sizeof text);
        if (i < 2) {
            assert_int_equal(try_foreign(text, length, image), RECORD_GOOD);
        }
        memcpy(damaged, text, length);
        for (unsigned n = draw(5); n; n--) {
            static const char hex[] = "0123456789abcdef\n\rF";
            damaged[draw((uint32_t)length)] = hex[draw(sizeof hex - 1)];
        }
        length = draw(3) ? length : draw((uint32_t)length);
        (void)try_foreign(damaged, length, i % 4 ? NULL : image);
    }
    elf_image_close(image);
}

// A log of the boot program without a record.
static void test_cut(void **unused) {
    (void)unused;
    static const char log[] =
            "boot: xipsafe, reset by watchdog\r\n"
            "boot: the reset cut an erase at flash offset 0x00100000\r\n";
    struct record record;
    struct record_cut cut;
    char why[RECORD_WHY_BYTES];
    assert_int_equal(record_find((const uint8_t *)log, sizeof log - 1, &record,
                             &cut, why),
            RECORD_NONE);
    assert_true(cut.seen);
    assert_string_equal(cut.kind, "an erase");
    assert_string_equal(cut.reset, "watchdog");
    assert_int_equal(cut.off, 0x100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_intact),
            cmocka_unit_test(test_verdicts),
            cmocka_unit_test(test_damaged),
            cmocka_unit_test(test_foreign),
            cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
