/*
 * test_part - SFDP dumps: what they say, and the chip that is made of them
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/part/sfdp.c host/part/part_model.c host/nor/*.c host/base/file.c host/base/temporary.c host/base/cli.c
// sources: host/base/inputs.c
// sources: tests/support/sfdp_dumps.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "part/part_model.h"
#include "support/sfdp_dumps.h"

static char path[64];

// A dump as a programmer would write it.
static void write_dump(const uint8_t *bytes, size_t len, const uint8_t id[3]) {
    snprintf(path, sizeof path, "/tmp/test_part.XXXXXX");
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    if (id) {
        fprintf(file, "# jedec-id: %02x%02x%02x\n", id[0], id[1], id[2]);
    }
    for (size_t i = 0; i < len; i++) {
        if (i % 16 == 0) {
            fprintf(file, "%s%04zx:", i ? "\n" : "", i);
        }
        fprintf(file, " %02x", bytes[i]);
    }
    fprintf(file, "  # end\n");
    fclose(file);
}

static bool open_model(struct part_model *m, char why[SFDP_WHY_BYTES]) {
    const bool good = part_model_open(m, path, why);
    unlink(path);
    return good;
}

// Every part of the model, through its own table.
static void a_part_survives_its_own_table(void **state) {
    (void)state;
    const struct nor_part *part;
    for (size_t i = 0; (part = nor_part_at(i)); i++) {
        struct nor *nor = nor_new(part, NULL, NULL);
        size_t len;
        const uint8_t *image = nor_sfdp(nor, &len);
        write_dump(image, len, part->id);
        static struct part_model m;
        char why[SFDP_WHY_BYTES];
        assert_true(open_model(&m, why));
        assert_memory_equal(m.part.id, part->id, 3);
        assert_int_equal(m.part.family, part->family);
        assert_int_equal(m.part.size_bytes, part->size_bytes);
        assert_int_equal(m.part.page_bytes, part->page_bytes);
        assert_int_equal(m.part.qe, part->qe);
        for (unsigned e = 0; e < 4; e++) {
            assert_int_equal(m.part.erase[e].size_bytes,
                    part->erase[e].size_bytes);
            assert_int_equal(m.part.erase[e].opcode, part->erase[e].opcode);
            if (part->sfdp_words >= 16) {
                assert_true(m.part.erase[e].max_us >= part->erase[e].typ_us);
            }
        }
        if (part->sfdp_words >= 16) {
            assert_int_equal(m.part.suspend_opcode, part->suspend_opcode);
            assert_int_equal(m.part.resume_opcode, part->resume_opcode);
            assert_true(m.part.suspend_latency_us >= part->suspend_latency_us);
            assert_true(m.part.erase_interval_us >= part->erase_interval_us);
        }
        assert_true(m.assumed_count >= 5);
        // The chip answers 5Ah with the dump.
        struct nor *copy = nor_new(&m.part, NULL, NULL);
        size_t copy_len;
        const uint8_t *again = nor_sfdp(copy, &copy_len);
        assert_int_equal(copy_len, len);
        assert_memory_equal(again, image, len);
        nor_free(copy);
        part_model_close(&m);
        nor_free(nor);
    }
}

static void figures_of_a_known_table(void **state) {
    (void)state;
    struct nor *nor = nor_new(nor_part_find("w25q128jv"), NULL, NULL);
    size_t len;
    const uint8_t *image = nor_sfdp(nor, &len);
    struct sfdp s;
    char why[SFDP_WHY_BYTES];
    assert_true(sfdp_decode(&s, image, len, -1, why));
    assert_int_equal(s.erase[0].typ_ms, 48); // 45 ms, rounded up to 16 ms
    assert_int_equal(s.erase_interval_us, 512);
    assert_int_equal(s.program_interval_us, 128);
    assert_true(s.erase_latency_us == 20);
    assert_int_equal(s.quad_enable, 4);
    assert_string_equal(s.read[0].lanes, "1-4-4");
    assert_int_equal(s.read[0].opcode, 0xEB);
    assert_int_equal(s.reset, 0x30);
    assert_int_equal(s.four_byte_count, 0);
    nor_free(nor);
}

// S25FL-L: the basic table is at 300h.
static void a_table_far_behind(void **state) {
    (void)state;
    struct nor *nor = nor_new(nor_part_find("w25q128jv"), NULL, NULL);
    size_t len;
    const uint8_t *image = nor_sfdp(nor, &len);
    static uint8_t far[0x340];
    memset(far, 0xFF, sizeof far);
    memcpy(far, image, 16);
    far[12] = 0x00;
    far[13] = 0x03;
    memcpy(far + 0x300, image + 0x80, 64);
    struct sfdp s;
    char why[SFDP_WHY_BYTES];
    assert_false(sfdp_decode(&s, far, 320, -1, why));
    assert_non_null(strstr(why, "300h"));
    assert_true(sfdp_decode(&s, far, sizeof far, -1, why));
    assert_int_equal(s.off, 0x300);
    assert_int_equal(s.size_bytes, 16u << 20);
    nor_free(nor);
}

#define MAP_AT 0x100u

// The tables of a W25Q128JV with other erase types, DW8 and DW9, and a map.
static void put_map(uint8_t *image, const uint32_t types[2],
        const uint32_t *map, uint8_t words) {
    struct nor *nor = nor_new(nor_part_find("w25q128jv"), NULL, NULL);
    size_t len;
    const uint8_t *tables = nor_sfdp(nor, &len);
    memset(image, 0xFF, 0x200);
    memcpy(image, tables, len < MAP_AT ? len : MAP_AT);
    image[6] = 1; // two headers
    const uint8_t header[8] = {
            0x81, 0, 1, words, MAP_AT & 0xFF, MAP_AT >> 8, 0, 0xFF};
    memcpy(image + 16, header, 8);
    memcpy(image + 0x80 + 28, types, 8);
    memcpy(image + MAP_AT, map, 4u * words);
    nor_free(nor);
}

// Of FL-S: 4 KB sectors at the start or, by register, at the end, or none.
static const uint32_t fls_types[2] = {0xD810200C, 0x00000000};
static const uint32_t fls_map[] = {
        0x08FF65FC, 4, 0x044865FD, 2,       // which one holds
        0x00010002, 0x0001FFF1, 0x00FDFFF2, // map 0: 128 KB, the rest
        0x00010102, 0x00FDFFF2, 0x0001FFF1, // map 1
        0x00000203, 0x00FFFFF2,             // map 2
};
// Of SST26: one opcode, whose unit is another in each place.
static const uint32_t sst_types[2] = {0xD80D200C, 0xD810D80F};
static const uint32_t sst_map[] = {
        0x00040003, 0x00007FF3, 0x00007FF5, 0x00FDFFF9, 0x00007FF5, 0x00007FF3};

static void sector_maps(void **state) {
    (void)state;
    static uint8_t image[0x200];
    struct sfdp s;
    char why[SFDP_WHY_BYTES];
    put_map(image, fls_types, fls_map, 12);
    assert_true(sfdp_decode(&s, image, sizeof image, -1, why));
    assert_int_equal(s.maps, 3);
    assert_int_equal(s.map_id, 0);
    assert_int_equal(s.region_count, 2);
    assert_int_equal(s.region[0].size_bytes, 128u << 10);
    assert_int_equal(s.region[0].types, 1);
    assert_int_equal(s.region[1].size_bytes, (16u << 20) - (128u << 10));
    assert_int_equal(s.region[1].types, 2);
    assert_int_equal(s.everywhere, 0); // map 2 has no 4 KB
    assert_int_equal(s.detects, 2);
    assert_int_equal(s.detect[0].opcode, 0x65);
    assert_int_equal(s.detect[0].mask, 8);
    assert_int_equal(s.detect[0].addr, 4);
    assert_int_equal(s.detect[0].addr_bytes, SFDP_VARIABLE);
    assert_int_equal(s.detect[0].clocks, SFDP_VARIABLE);
    assert_int_equal(s.detect[1].addr_bytes, 3);
    assert_int_equal(s.detect[1].clocks, 8);
    assert_true(sfdp_decode(&s, image, sizeof image, 1, why));
    assert_int_equal(s.region[1].types, 1);
    assert_true(sfdp_decode(&s, image, sizeof image, 2, why));
    assert_int_equal(s.region_count, 1);
    assert_true(sfdp_decode(&s, image, sizeof image, 3, why)); // no such map
    assert_int_equal(s.region_count, 0);
    // A type that the table leaves out moves the others.
    static const uint32_t hole[2] = {0x200C0000, 0x0000D810};
    static const uint32_t moved[] = {0x00010003, 0x0001FFF2, 0x00FDFFF4};
    put_map(image, hole, moved, 3);
    assert_true(sfdp_decode(&s, image, sizeof image, -1, why));
    assert_int_equal(s.region_count, 2);
    assert_int_equal(s.region[0].types, 1);
    assert_int_equal(s.region[1].types, 2);
    put_map(image, sst_types, sst_map, 6);
    assert_true(sfdp_decode(&s, image, sizeof image, -1, why));
    assert_int_equal(s.region_count, 5);
    assert_int_equal(s.region[2].types, 9);
    assert_int_equal(s.everywhere, 1);
    assert_int_equal(s.detects, 0);
}

// A map that is not the whole chip, that cuts a unit, or ends too early.
static void sector_maps_that_cannot_be(void **state) {
    (void)state;
    static const uint32_t wrong[][3] = {
            {0x00010003, 0x0001FFF1, 0x00FEFFF2},
            {0x00010003, 0x000100F1, 0x00FEFEF2},
            {0x00020003, 0x0001FFF1, 0x00FDFFF2},
            {0x00010003, 0x0001FFF1, 0x00FDFFF8},
    };
    static uint8_t image[0x200];
    struct sfdp s;
    char why[SFDP_WHY_BYTES];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put_map(image, fls_types, wrong[i], 3);
        assert_true(sfdp_decode(&s, image, sizeof image, -1, why));
        assert_int_equal(s.region_count, 0);
        assert_true(s.sector_map);
    }
}

static void erase(struct nor *nor, uint64_t *now, uint8_t opcode,
        uint32_t addr) {
    static const struct nor_frame enable = {
            .has_opcode = true, .opcode = 0x06, .opcode_lanes = 1};
    const struct nor_frame frame = {.has_opcode = true,
            .opcode = opcode,
            .opcode_lanes = 1,
            .addr_lanes = 1,
            .addr_bytes = 3,
            .addr = addr};
    *now += 30 * NOR_MS;
    nor_begin(nor, *now, &enable);
    nor_end(nor, *now + 1000);
    nor_begin(nor, *now + 2000000, &frame);
    *now += 3000000;
    nor_end(nor, *now);
}

static unsigned ignored;
static void count_ignored(void *ctx, const struct nor_report *report) {
    (void)ctx;
    ignored += report->kind == NOR_ERASE_UNIT;
}

// The chip does what its map says.
static void a_chip_with_a_sector_map(void **state) {
    (void)state;
    static uint8_t image[0x200];
    static struct part_model m;
    char why[SFDP_WHY_BYTES];
    static const struct {
        bool sst;
        uint8_t opcode;
        uint32_t addr, len;
    } erases[] = {
            {false, 0x20, 0x1F000, 0x1000},
            {false, 0x20, 0x20000, 0},
            {false, 0xD8, 0x10000, 0},
            {false, 0xD8, 0x20000, 0x10000},
            {false, 0xD8, 0xFF0000, 0x10000},
            {true, 0x20, 0x7000, 0x1000},
            {true, 0xD8, 0x6000, 0x2000},
            {true, 0xD8, 0x8000, 0x8000},
            {true, 0xD8, 0x10000, 0x10000},
            {true, 0xD8, 0xFF0000, 0x8000},
            {true, 0xD8, 0xFFE000, 0x2000},
    };
    for (size_t i = 0; i < sizeof erases / sizeof *erases; i++) {
        if (erases[i].sst) {
            put_map(image, sst_types, sst_map, 6);
        } else {
            put_map(image, fls_types, fls_map, 12);
        }
        write_dump(image, sizeof image, NULL);
        assert_true(open_model(&m, why));
        struct nor *nor = nor_new(&m.part, NULL,
                &(struct nor_options){.report = count_ignored});
        uint64_t now = 0;
        uint32_t off = 0, len = 0;
        ignored = 0;
        erase(nor, &now, erases[i].opcode, erases[i].addr);
        assert_int_equal(nor_operation(nor, &off, &len) ? len : 0,
                erases[i].len);
        assert_int_equal(ignored, !erases[i].len);
        if (erases[i].len) {
            assert_int_equal(off, erases[i].addr);
        }
        nor_free(nor);
        part_model_close(&m);
    }
}

// A driver finds the map that was chosen, as JESD216F says.
static void a_chip_says_which_map_holds(void **state) {
    (void)state;
    static uint8_t image[0x200];
    static struct part_model m;
    char why[SFDP_WHY_BYTES];
    for (unsigned id = 0; id < 3; id++) {
        put_map(image, fls_types, fls_map, 12);
        write_dump(image, sizeof image, NULL);
        FILE *file = fopen(path, "a");
        assert_non_null(file);
        fprintf(file, "\n# sector-map: %u\n", id);
        fclose(file);
        assert_true(open_model(&m, why));
        struct nor *nor = nor_new(&m.part, NULL, NULL);
        unsigned found = 0;
        for (unsigned i = 0; i < m.sfdp.detects; i++) {
            const struct nor_frame frame = {.has_opcode = true,
                    .opcode = m.sfdp.detect[i].opcode,
                    .opcode_lanes = 1,
                    .addr_lanes = 1,
                    .addr_bytes = 3,
                    .addr = m.sfdp.detect[i].addr,
                    .dummy_clocks = 8,
                    .data_lanes = 1};
            const uint64_t now = (30 + i) * NOR_MS;
            nor_begin(nor, now, &frame);
            const uint8_t byte = nor_in(nor, now + 1000);
            nor_end(nor, now + 2000);
            found = found << 1 | !!(byte & m.sfdp.detect[i].mask);
        }
        assert_int_equal(found, id);
        nor_free(nor);
        part_model_close(&m);
    }
}

// A damaged dump is refused, never read behind its end.
static void damaged_dumps(void **state) {
    (void)state;
    struct nor *nor = nor_new(nor_part_find("mx25r6435f"), NULL, NULL);
    size_t len;
    const uint8_t *image = nor_sfdp(nor, &len);
    char why[SFDP_WHY_BYTES];
    struct sfdp s;
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *part = malloc(cut ? cut : 1); // exactly, for the sanitizer
        memcpy(part, image, cut);
        (void)sfdp_decode(&s, part, cut, -1, why);
        free(part);
    }
    uint8_t *copy = malloc(len);
    for (size_t i = 0; i < len; i++) {
        memcpy(copy, image, len);
        for (unsigned value = 0; value < 256; value += 51) {
            copy[i] = (uint8_t)value;
            (void)sfdp_decode(&s, copy, len, -1, why);
        }
    }
    free(copy);
    write_dump((const uint8_t *)"not a table at all, but long", 28, NULL);
    static struct part_model m;
    assert_false(open_model(&m, why));
    nor_free(nor);
}

// The decoder of the library reads the real dumps, too: both agree.
static void agrees_with_the_dumps(void **state) {
    (void)state;
    unsigned seen = 0;
    for (unsigned i = 0; i < SFDP_DUMPS; i++) {
        const struct sfdp_expected *want = &sfdp_dumps[i];
        static struct sfdp_image image;
        struct sfdp s;
        char why[SFDP_WHY_BYTES];
        if (!sfdp_dump_load(&image, want) || want->addr_bytes == 0) {
            continue;
        }
        seen++;
        assert_true(sfdp_decode(&s, image.bytes, image.len, -1, why));
        // Of a large part that takes three address bytes only, the library
        // uses 16 MB.
        const uint64_t used = (uint64_t)want->size_mib << 20;
        assert_true(s.size_bytes == used ||
                (want->size_mib == 16 && s.size_bytes > used));
        if (s.words >= 16 && want->erase_suspend.suspend_opcode) {
            assert_int_equal(s.suspend_opcode,
                    want->erase_suspend.suspend_opcode);
            assert_int_equal(s.erase_interval_us,
                    want->erase_suspend.interval_us);
            assert_int_equal(s.erase_latency_us,
                    want->erase_suspend.latency_max_us);
        }
    }
    if (!seen) {
        printf("skipped: no SFDP dumps\n");
        skip();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_part_survives_its_own_table),
            cmocka_unit_test(figures_of_a_known_table),
            cmocka_unit_test(a_table_far_behind),
            cmocka_unit_test(sector_maps),
            cmocka_unit_test(sector_maps_that_cannot_be),
            cmocka_unit_test(a_chip_with_a_sector_map),
            cmocka_unit_test(a_chip_says_which_map_holds),
            cmocka_unit_test(damaged_dumps),
            cmocka_unit_test(agrees_with_the_dumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
