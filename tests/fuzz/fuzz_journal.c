/*
 * fuzz_journal - the journal, whatever its sectors hold
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: the first bytes of each of the two sectors, half and half; the rest is
 * erased.
 */
// sources: xipsafe/slots/*.c xipsafe/image/xip_image.c
// sources: xipsafe/part/xip_part.c tests/support/fake_flash.c
#include <string.h>

#include "fuzz.h"
#include "support/fake_flash.h"
#include "xip_journal.h"
#include "xip_slots.h"

#define JOURNAL 0x7E000u
#define SECTOR 0x1000u
#define SLOTS 2u

static struct fake_flash fake;
static struct xip_journal_flash place;
static const struct xip_boot_slot places[SLOTS] = {
        {fake.mem + 0x10000, FAKE_WINDOW + 0x10000, 0x10000},
        {fake.mem + 0x20000, FAKE_WINDOW + 0x20000, 0x10000},
};

static int open_slots(struct xip_slots *slots) {
    struct xip_journal_io io;
    const int err =
            xip_journal_flash_io(&io, &place, &fake.dev, JOURNAL, 2 * SECTOR);
    FUZZ_CHECK(!err);
    return xip_slots_open(slots, &io, places, SLOTS);
}

static void look(const struct xip_slots *slots, struct xip_slot_info *info) {
    FUZZ_CHECK(xip_slots_chosen(slots) < (int)SLOTS);
    for (unsigned i = 0; i < SLOTS; i++) {
        const int err = xip_slots_list(slots, i, &info[i]);
        FUZZ_CHECK(err == 0 || err == XIP_ERR_IMAGE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t sizes[] = {SECTOR, 0};
    struct xip_slots slots;
    struct xip_slot_info first[SLOTS];
    struct xip_slot_info again[SLOTS];
    const size_t half = size / 2 < SECTOR ? size / 2 : SECTOR;
    fake_open(&fake, sizes, 256);
    memcpy(fake.mem + JOURNAL, data, half);
    memcpy(fake.mem + JOURNAL + SECTOR, data + half, half);
    memset(first, 0, sizeof first);
    memset(again, 0, sizeof again);
    if (open_slots(&slots)) {
        return 0; // it says so, and the highest version starts
    }
    look(&slots, first);
    // What it has settled stays so, and it still takes records.
    FUZZ_CHECK(!open_slots(&slots));
    look(&slots, again);
    FUZZ_CHECK(!memcmp(first, again, sizeof first));
    // A position that looks blank and is not, as no loss of power leaves one,
    // costs an error; opened again the journal goes on behind it.
    unsigned tries = 0;
    while (xip_slots_writing(&slots, 1, 77, 0x10000)) {
        FUZZ_CHECK(++tries < 2 * SECTOR / 128);
        FUZZ_CHECK(!open_slots(&slots));
    }
    FUZZ_CHECK(!open_slots(&slots));
    FUZZ_CHECK(xip_slots_written(&slots, 1, 77) == 0x10000);
    for (uint32_t i = 0; i < JOURNAL; i++) {
        FUZZ_CHECK(fake.mem[i] == 0xFF);
    }
    return 0;
}

// Records as the library writes them: one sector, then the change to the other.
size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    struct xip_slots slots;
    static const uint32_t sizes[] = {SECTOR, 0};
    const unsigned records = i ? 34 : 2;
    if (i > 1 || room < 4000) {
        return 0;
    }
    fake_open(&fake, sizes, 256);
    if (open_slots(&slots)) {
        return 0;
    }
    for (unsigned k = 0; k < records; k++) {
        if (xip_slots_writing(&slots, k % SLOTS, k, k * 256)) {
            return 0;
        }
    }
    // The first positions of each sector.
    memcpy(out, fake.mem + JOURNAL, 400);
    memcpy(out + 400, fake.mem + JOURNAL + SECTOR, 400);
    return 800;
}
