/*
 * fuzz_slots - `xipsafe slots`: a chip with anything in its journal and slots
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: the first bytes of the two sectors of the journal and of two slots, a
 * quarter each; the rest is erased. The journal is read twice, by the command's
 * own code from docs/SPEC.md and by the library: both have to say the same.
 */
// sources: host/slots/decide.c host/slots/journal_file.c
// sources: xipsafe/slots/xip_journal.c xipsafe/slots/xip_slots.c
// sources: xipsafe/boot/*.c xipsafe/image/*.c
// libs: bearssl
#include <string.h>

#include "fuzz.h"
#include "slots/decide.h"
#include "slots/journal_file.h"

#define SECTOR 0x1000u
#define SLOT_BYTES 0x2000u
#define JOURNAL (2 * SLOT_BYTES)
#define CHIP (JOURNAL + 2 * SECTOR)

static uint8_t chip[CHIP];
static const struct board board = {
        .window = {.addr = 0x90000000, .bytes = CHIP},
        .slot = {{.addr = 0, .bytes = SLOT_BYTES},
                {.addr = SLOT_BYTES, .bytes = SLOT_BYTES}},
        .slot_count = 2,
        .journal = {.addr = JOURNAL, .bytes = 2 * SECTOR},
        .ram = {{.addr = 0x20000000, .bytes = 0x18000}},
        .ram_count = 1,
        .vector_count = 98,
};

static int read_chip(void *ctx, uint32_t off, void *data, uint32_t len) {
    (void)ctx;
    memcpy(data, chip + JOURNAL + off, len);
    return 0;
}

// Opening writes nothing.
static const struct xip_journal_io io = {
        .read = read_chip,
        .sector_bytes = SECTOR,
        .payload_bytes = XIP_JOURNAL_PAYLOAD_BYTES,
        .mark_bytes = XIP_JOURNAL_MARK_BYTES,
};

static void both_read_the_same(void) {
    static struct journal_file file;
    struct xip_journal library;
    FUZZ_CHECK(journal_file_read(&file, chip + JOURNAL, 2 * SECTOR));
    FUZZ_CHECK(!xip_journal_open(&library, &io));
    const struct journal_position *newest = journal_file_newest(&file);
    FUZZ_CHECK(library.is_empty == !newest);
    if (newest) {
        FUZZ_CHECK(library.seq == newest->number);
        FUZZ_CHECK((library.seals == 2) == file.settled);
        FUZZ_CHECK(!memcmp(library.payload, newest->payload,
                XIP_JOURNAL_PAYLOAD_BYTES));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t at[] = {JOURNAL, JOURNAL + SECTOR, 0, SLOT_BYTES};
    struct decision d;
    const size_t quarter = size / 4 < SECTOR ? size / 4 : SECTOR;
    memset(chip, 0xFF, sizeof chip);
    for (unsigned i = 0; i < 4; i++) {
        memcpy(chip + at[i], data + i * quarter, quarter);
    }
    both_read_the_same();
    const struct decide_options options = {.board = &board, .power_lost = true};
    FUZZ_CHECK(decide(&d, &options, chip));
    FUZZ_CHECK(d.starts < 2 && d.chosen < (int)XIP_SLOTS_MAX + 256);
    FUZZ_CHECK(d.starts < 0 || d.slot[d.starts].has_image);
    FUZZ_CHECK(d.starts < 0 ||
            d.slot[d.starts].entry.state != XIP_SLOT_WRITING);
    return 0;
}

static int write_chip(void *ctx, uint32_t off, const void *data, uint32_t len) {
    (void)ctx;
    memcpy(chip + JOURNAL + off, data, len);
    return 0;
}
static int erase_chip(void *ctx, uint32_t off, uint32_t len) {
    (void)ctx;
    memset(chip + JOURNAL + off, 0xFF, len);
    return 0;
}

// Some records; the change to the other sector.
size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    const unsigned records = i ? 33 : 3;
    struct xip_journal_io writer = io;
    struct xip_journal j;
    writer.program = write_chip;
    writer.erase = erase_chip;
    memset(chip, 0xFF, sizeof chip);
    if (i > 1 || room < 2000 || xip_journal_open(&j, &writer)) {
        return 0;
    }
    for (unsigned k = 0; k < records; k++) {
        uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES] = {1, 0};
        payload[20] = XIP_SLOT_CONFIRMED;
        payload[24] = (uint8_t)k;
        if (xip_journal_append(&j, payload)) {
            return 0;
        }
    }
    memset(out, 0xFF, 2000);
    memcpy(out, chip + JOURNAL, 500);
    memcpy(out + 500, chip + JOURNAL + SECTOR, 500);
    return 2000;
}
