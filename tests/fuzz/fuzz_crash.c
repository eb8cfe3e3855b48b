/*
 * fuzz_crash - a fault record: damaged, of another recorder, or made up
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: a byte (1: make the CRC of a record in memory right, 2: with an ELF),
 * and the file. The ELF is a good one; fuzz_elf has the others.
 */
// sources: host/crash/foreign.c host/crash/record.c host/crash/backtrace.c
// sources: host/crash/exidx.c host/crash/verdict.c host/crash/print.c
// sources: host/crash/json.c host/crash/core.c host/fault/*.c host/elf/*.c
// sources: host/base/*.c host/thumb/*.c host/board/*.c host/nor/nor_parts.c
// libs: elf dw jansson stdc++
#include <string.h>

#include "board/board.h"
#include "crash/crash.h"
#include "crash/foreign.h"
#include "fuzz.h"
#include "xip_fault.h"

#define ELF "tests/fuzz/corpus/elf/compiled"
enum { SEAL = 1, WITH_ELF = 2 };

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

static void seal(uint8_t *bytes, size_t size) {
    uint32_t record_bytes;
    if (size < sizeof(struct xip_fault_record)) {
        return;
    }
    memcpy(&record_bytes, bytes + 20, 4);
    if (record_bytes >= 24 && record_bytes <= size) {
        const uint32_t crc = crc32(bytes + 16, record_bytes - 16);
        memcpy(bytes + 12, &crc, 4);
    }
}

// All that the command does with a record, but for the ELF's build-id.
static void report(struct crash *c, struct elf_image *image) {
    static FILE *nowhere;
    if (!nowhere) {
        nowhere = fopen("/dev/null", "w");
        FUZZ_CHECK(nowhere);
    }
    if (image) {
        c->elfs.at[c->elfs.count++] = image;
    }
    backtrace_walk(&c->bt, &c->record, &c->elfs);
    verdict_find(&c->verdict, &c->record, &c->bt, &c->elfs,
            board_find(BOARD_DEFAULT));
    FUZZ_CHECK(c->verdict.what[0] && c->verdict.why && c->verdict.fix);
    crash_print(c, nowhere);
    FUZZ_CHECK(crash_json(c, nowhere));
    FUZZ_CHECK(crash_core(c, nowhere));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct elf_image *image;
    struct crash c = {.has_record = true};
    char why[RECORD_WHY_BYTES] = "";
    if (!size) {
        return 0;
    }
    if (!image) {
        char error[300] = "";
        image = elf_image_open(ELF, error, sizeof error);
        FUZZ_CHECK(image);
    }
    const unsigned how = data[0];
    uint8_t *const bytes = malloc(size); // of just the size
    FUZZ_CHECK(bytes);
    size--;
    memcpy(bytes, data + 1, size);
    if (how & SEAL) {
        seal(bytes, size);
    }
    enum record_result result =
            record_find(bytes, size, &c.record, &c.cut, why);
    if (result == RECORD_NONE) {
        result = foreign_find(bytes, size, &c.record, why);
    }
    free(bytes);
    switch (result) {
    case RECORD_DAMAGED:
        FUZZ_CHECK(c.record.damage[0]);
        // falls through
    case RECORD_GOOD:
        report(&c, how & WITH_ELF ? image : NULL);
        break;
    case RECORD_TROUBLE:
        FUZZ_CHECK(why[0]);
        break;
    default:
        if (c.cut.seen) {
            verdict_of_cut(&c.verdict, &c.cut);
            c.has_record = false;
            FUZZ_CHECK(c.verdict.what[0]);
        }
    }
    record_free(&c.record);
    return 0;
}

/// What to begin with ///

// A BusFault in code of the ELF, with a stack that leads back into it.
static size_t record(uint8_t *out) {
    static const struct {
        uint32_t kind, bytes, addr;
    } pieces[] = {{1, 64, 0x20017F00}, {1, 16, 0x90000008}, {2, 132, 0}};
    struct xip_fault_record r = {
            .magic = XIP_FAULT_MAGIC,
            .reset_cause = XIP_FAULT_NO_CAUSE,
            .layout = (uint32_t)sizeof r << 16 | XIP_FAULT_LAYOUT,
            .flags = XIP_FAULT_HAS_BUILD_ID,
            .sp = 0x20017F00,
            .frame = {1, 2, 3, 4, 12, 0x9000002F, 0x9000000A, 0x21000000},
            .saved = {.exc_return = 0xFFFFFFF9, .main_sp = 0x20017EE0},
            .ipsr = 5,
            .breadcrumb = 0x584F5002,
    };
    r.scb[10] = 0x8200;
    uint32_t at = sizeof r;
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t head[2] = {
                pieces[i].kind << 24 | pieces[i].bytes, pieces[i].addr};
        memcpy(out + at, head, sizeof head);
        for (uint32_t k = 0; k < pieces[i].bytes; k += 4) {
            const uint32_t word = 0x90000001u + k % 0x30;
            memcpy(out + at + 8 + k, &word, 4);
        }
        at += 8 + pieces[i].bytes;
    }
    r.size_bytes = at;
    memcpy(out, &r, sizeof r);
    return at;
}

static size_t as_text(uint8_t *out) {
    uint8_t bytes[1000];
    const size_t size = record(bytes);
    char *const text = (char *)out;
    size_t n = 0;
    seal(bytes, size);
    for (size_t i = 0; i < size; i += 4) {
        uint32_t word;
        memcpy(&word, bytes + i, 4);
        if (i % 32 == 0) {
            n += (size_t)sprintf(text + n, "\nxipfault %04zx:", i);
        }
        n += (size_t)sprintf(text + n, " %08x", word);
    }
    return n + (size_t)sprintf(text + n, "\nxipfault end\n");
}

static size_t zephyr(uint8_t *out) {
    static const char text[] =
            "#CD:BEGIN#\n"
            "#CD:5a4502000300050000000000\n"
            "#CD:410200440001000000020000000300000004000000"
            "0c0000002f0000900a00009000000021007f0120"
            "0500000006000000070000000800000009000000"
            "0a0000000b0000000c000000\n"
            "#CD:4d0100007f0120107f01202f0000901100009001000090\n"
            "#CD:01000000\n"
            "#CD:END#\n";
    memcpy(out, text, sizeof text - 1);
    return sizeof text - 1;
}

static size_t crashcatcher(uint8_t *out) {
    char *const text = (char *)out;
    size_t n = (size_t)sprintf(text, "CRASH ENCOUNTERED\n63430300\n00000000\n");
    for (unsigned i = 0; i < 20; i++) {
        n += (size_t)sprintf(text + n, "%02X000090%s", i, i % 4 ? "" : "\n");
    }
    return n +
            (size_t)sprintf(text + n,
                    "\n0000002010000020\n0011223344556677"
                    "8899AABBCCDDEEFF\n28ED00E03CED00E0\n"
                    "0082000000000000000000000000000000000000\nEnd of dump\n");
}

static size_t boot_log(uint8_t *out) {
    static const char text[] =
            "boot: xipsafe, reset by watchdog\r\n"
            "boot: the reset cut an erase at flash offset 0x00100000\r\n";
    memcpy(out, text, sizeof text - 1);
    return sizeof text - 1;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static size_t (*const make[])(uint8_t *) = {
            record, as_text, zephyr, crashcatcher, boot_log};
    if (i >= sizeof make / sizeof make[0] || room < 4000) {
        return 0;
    }
    out[0] = SEAL | WITH_ELF;
    return 1 + make[i](out + 1);
}
