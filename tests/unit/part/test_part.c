/*
 * test_part - SFDP dumps: what they say, and the chip that is made of them
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/part/sfdp.c host/part/part_model.c host/nor/*.c host/base/file.c host/base/cli.c
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
    assert_true(sfdp_decode(&s, image, len, why));
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
    assert_false(sfdp_decode(&s, far, 320, why));
    assert_non_null(strstr(why, "300h"));
    assert_true(sfdp_decode(&s, far, sizeof far, why));
    assert_int_equal(s.off, 0x300);
    assert_int_equal(s.size_bytes, 16u << 20);
    nor_free(nor);
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
        (void)sfdp_decode(&s, part, cut, why);
        free(part);
    }
    uint8_t *copy = malloc(len);
    for (size_t i = 0; i < len; i++) {
        memcpy(copy, image, len);
        for (unsigned value = 0; value < 256; value += 51) {
            copy[i] = (uint8_t)value;
            (void)sfdp_decode(&s, copy, len, why);
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
        assert_true(sfdp_decode(&s, image.bytes, image.len, why));
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
            cmocka_unit_test(damaged_dumps),
            cmocka_unit_test(agrees_with_the_dumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
