/*
 * fuzz_update - an update that streams in, in pieces of any size
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: the size of a piece in one byte, a byte of options, then the image.
 */
// sources: xipsafe/update/*.c xipsafe/image/xip_image.c
// sources: xipsafe/slots/*.c xipsafe/part/xip_part.c
// sources: tests/support/fake_flash.c
// libs: bearssl
#include <string.h>

#include "fuzz.h"
#include "support/fake_flash.h"
#include "support/image_maker.h"
#include "xip_update.h"

#define SLOT 0x4000u
#define SLOT_BYTES 0x4000u

static struct fake_flash fake;

static void check_neighbours(void) {
    for (uint32_t i = 0; i < 0x10000; i++) {
        FUZZ_CHECK((i >= SLOT && i < SLOT + SLOT_BYTES) || fake.mem[i] == 0xFF);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t sizes[] = {0x1000, 0x4000, 0};
    struct xip_update update;
    if (size < 2) {
        return 0;
    }
    const size_t piece = 1 + 3u * data[0];
    const bool idle = data[1] & 1;
    const uint8_t *const image = data + 2;
    const size_t image_bytes = size - 2;
    fake_open(&fake, sizes, data[1] & 2 ? 256 : 128);
    int err = xip_update_begin(&update, &fake.dev, SLOT, SLOT_BYTES, NULL);
    FUZZ_CHECK(!err);
    for (size_t at = 0; !err && at < image_bytes;) {
        const size_t n = image_bytes - at < piece ? image_bytes - at : piece;
        err = xip_update_write(&update, image + at, (uint32_t)n);
        if (!err && idle) {
            const int erased = xip_update_idle(&update);
            FUZZ_CHECK(erased >= 0);
        }
        at += n;
    }
    FUZZ_CHECK(update.erased_bytes <= SLOT_BYTES);
    FUZZ_CHECK(update.received_bytes <= image_bytes);
    if (!err && !xip_update_finish(&update)) {
        FUZZ_CHECK(update.total_bytes <= image_bytes);
        FUZZ_CHECK(!memcmp(fake.mem + SLOT, image, update.total_bytes));
    } else {
        // No header: no boot program will look at it.
        FUZZ_CHECK(fake.mem[SLOT] == 0xFF);
    }
    FUZZ_CHECK(!fake.twice);
    check_neighbours();
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    struct maker m;
    if (i > 2 || room < 3000) {
        return 0;
    }
    out[0] = (uint8_t)(i * 60);
    out[1] = (uint8_t)i;
    maker_start(&m, out + 2, 0x80, 300 + 200 * i, FAKE_WINDOW + SLOT);
    if (i) {
        maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
        maker_protected_done(&m);
    }
    maker_seal(&m);
    return m.size + 2;
}
