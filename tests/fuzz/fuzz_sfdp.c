/*
 * fuzz_sfdp - SFDP tables: the library's decoder and the host's
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: the id in three bytes, then the tables.
 */
// sources: xipsafe/part/*.c host/part/sfdp.c host/base/file.c host/base/temporary.c host/base/cli.c
// sources: host/base/inputs.c
// sources: host/nor/*.c
#include <string.h>

#include "fuzz.h"
#include "nor/nor.h"
#include "part/sfdp.h"
#include "xip_err.h"
#include "xip_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct xip_flash_part part;
    struct sfdp s;
    char why[SFDP_WHY_BYTES] = "";
    if (size < 3) {
        return 0;
    }
    uint32_t map = XIP_PART_ANY_MAP;
    struct xip_part_question q;
    for (uint32_t i = 0; xip_part_map_question(data + 3, size - 3, i, &q);
            i++) {
        map = xip_part_map_answer(map, &q, data[i % size]);
    }
    if (!xip_part_from_sfdp_map(&part, data, data + 3, (uint32_t)(size - 3),
                map)) {
        FUZZ_CHECK(part.size_bytes && part.page_bytes);
        FUZZ_CHECK(part.erase[0].size_bytes);
        FUZZ_CHECK(part.addr_bytes == 3 || part.addr_bytes == 4);
    }
    if (!sfdp_decode(&s, data + 3, size - 3, -1, why)) {
        FUZZ_CHECK(why[0] && !strchr(why, '\n'));
    }
    return 0;
}

// The tables of the chip model.
size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const char *const parts[] = {"w25q128jv", "n25q128a", "mx25r6435f"};
    if (i == sizeof parts / sizeof parts[0]) {
        return 0;
    }
    static const uint8_t ids[][3] = {
            {0xEF, 0x40, 0x18}, {0x20, 0xBA, 0x18}, {0xC2, 0x28, 0x17}};
    const struct nor_options options = {.seed = 1};
    struct nor *const nor = nor_new(nor_part_find(parts[i]), NULL, &options);
    size_t n = 0;
    if (nor) {
        const uint8_t *const tables = nor_sfdp(nor, &n);
        n = n < room - 3 ? n : room - 3;
        memcpy(out, ids[i], 3);
        memcpy(out + 3, tables, n);
        n += 3;
        nor_free(nor);
    }
    return n;
}
