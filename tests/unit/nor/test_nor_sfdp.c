/*
 * test_nor_sfdp - the model's SFDP image against its description and real dumps
 *
 * SPDX-License-Identifier: MIT
 *
 * Dumps are read from the folder that XIPSAFE_SFDP_DUMPS names, text files of
 * lines "offset: bytes" in hex.
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

#define NOR_SFDP_IMAGE 320u

static const uint8_t *image_of(struct bench *b, const char *part) {
    bench_open(b, part, NULL, (struct nor_options){0});
    size_t len = 0;
    const uint8_t *image = nor_sfdp(b->nor, &len);
    assert_int_equal(len, NOR_SFDP_IMAGE);
    return image;
}

static uint32_t word(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

// DWORD n of the basic table, numbered from 1 as in JESD216.
static uint32_t dw(const uint8_t *image, unsigned n) {
    const uint32_t at = word(image + 12) & 0xFFFFFF;
    return word(image + at + 4 * (n - 1));
}

/// Against the description, decoded independently ///

static void headers(void **state) {
    (void)state;
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *p = nor_part_at(i);
        struct bench b;
        const uint8_t *image = image_of(&b, p->name);
        assert_memory_equal(image, "SFDP", 4);
        assert_int_equal(image[5], 1);
        assert_int_equal(image[7], 0xFF);
        for (unsigned t = 0; t <= image[6]; t++) {
            // Behind the headers, inside the image, on a word.
            const uint8_t *header = image + 8 + 8 * t;
            const uint32_t at = word(header + 4) & 0xFFFFFF;
            assert_int_equal(header[2], 1);
            assert_in_range(at, 8 + 8 * (image[6] + 1u),
                    NOR_SFDP_IMAGE - 4u * header[3]);
            assert_int_equal(at % 4, 0);
        }
        assert_int_equal(image[8] | image[15] << 8, 0xFF00);
        assert_true(image[11] >= 9);
        bench_close(&b);
    }
}

static void sizes_and_reads(void **state) {
    (void)state;
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *p = nor_part_at(i);
        struct bench b;
        const uint8_t *image = image_of(&b, p->name);
        assert_int_equal(dw(image, 2) + 1, p->size_bytes * 8u);
        assert_int_equal(dw(image, 1) & 3, 1);
        assert_int_equal(dw(image, 1) >> 8 & 0xFF, 0x20);
        assert_int_equal(dw(image, 1) >> 17 & 3, p->four_byte);
        // EBh: opcode, mode clocks, wait clocks; a read framed so is accepted.
        const uint32_t half = dw(image, 3) & 0xFFFF;
        assert_int_equal(half >> 8, 0xEB);
        const unsigned clocks = (half & 31) + (half >> 5 & 7);
        const struct nor_frame f = bench_quad(0, 0xFF, (uint8_t)(clocks - 2));
        if (p->qe_factory || p->qe == NOR_QE_NONE) {
            assert_true(nor_readable(b.nor, 0, &f, NULL));
        }
        for (unsigned t = 0; t < 4; t++) {
            const uint32_t type = dw(image, 8 + t / 2) >> (t % 2 * 16);
            if (p->erase[t].size_bytes) {
                assert_int_equal(1u << (type & 0xFF), p->erase[t].size_bytes);
                assert_int_equal(type >> 8 & 0xFF, p->erase[t].opcode);
            } else {
                assert_int_equal(type & 0xFF, 0);
            }
        }
        bench_close(&b);
    }
}

// The part's own table says something that the description does not.
static bool overridden(const struct nor_part *p, unsigned number) {
    for (unsigned i = 0; i < 4; i++) {
        if (p->sfdp_word[i].number == number) {
            return true;
        }
    }
    return false;
}

// What a reader decodes is never below the figure and not far above it.
static void times_are_covered(void **state) {
    (void)state;
    static const uint32_t erase_unit[4] = {1, 16, 128, 1000};
    static const uint32_t chip_unit[4] = {16, 256, 4000, 64000};
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *p = nor_part_at(i);
        if (p->sfdp_words < 11) {
            continue;
        }
        struct bench b;
        const uint8_t *image = image_of(&b, p->name);
        const uint32_t w = dw(image, 10);
        const uint32_t times = 2 * ((w & 15) + 1);
        for (unsigned t = 0; t < 4 && p->erase[t].size_bytes; t++) {
            const uint32_t field = w >> (4 + 7 * t);
            const uint32_t typ_us =
                    ((field & 31) + 1) * erase_unit[field >> 5 & 3] * 1000;
            assert_in_range(typ_us, p->erase[t].typ_us,
                    p->erase[t].typ_us * 4 / 3);
            if (!overridden(p, 10)) {
                assert_in_range(typ_us * times, p->erase[t].max_us, UINT32_MAX);
            }
        }
        const uint32_t p11 = dw(image, 11);
        const uint32_t page_us =
                ((p11 >> 8 & 31) + 1) * (p11 >> 13 & 1 ? 64 : 8);
        assert_in_range(page_us, p->page_typ_us, p->page_typ_us * 5 / 4);
        assert_in_range(page_us * 2 * ((p11 & 15) + 1), p->page_max_us,
                p->page_max_us * 2);
        assert_int_equal(1u << (p11 >> 4 & 15), p->page_bytes);
        const uint32_t chip_ms =
                ((p11 >> 24 & 31) + 1) * chip_unit[p11 >> 29 & 3];
        assert_in_range(chip_ms, p->chip_typ_ms, p->chip_typ_ms * 5 / 4);
        if (!overridden(p, 10)) {
            assert_in_range(chip_ms * times, p->chip_max_ms, UINT32_MAX);
        }
        bench_close(&b);
    }
}

static void suspend_words(void **state) {
    (void)state;
    static const uint32_t unit_ns[4] = {128, 1000, 8000, 64000};
    for (size_t i = 0; nor_part_at(i); i++) {
        const struct nor_part *p = nor_part_at(i);
        if (p->sfdp_words < 13) {
            continue;
        }
        struct bench b;
        const uint8_t *image = image_of(&b, p->name);
        const uint32_t w = dw(image, 12);
        assert_int_equal(w >> 31, 0);
        assert_int_equal(((w >> 9 & 15) + 1) * 64, p->program_interval_us);
        assert_int_equal(((w >> 20 & 15) + 1) * 64, p->erase_interval_us);
        const uint32_t latency_ns = p->suspend_latency_us * 1000;
        assert_in_range(((w >> 13 & 31) + 1) * unit_ns[w >> 18 & 3], latency_ns,
                latency_ns * 5 / 4);
        assert_in_range(((w >> 24 & 31) + 1) * unit_ns[w >> 29 & 3], latency_ns,
                latency_ns * 5 / 4);
        assert_int_equal(dw(image, 13) >> 24, p->suspend_opcode);
        assert_int_equal(dw(image, 13) >> 16 & 0xFF, p->resume_opcode);
        bench_close(&b);
    }
}

// 5Ah on the wire: what nor_sfdp() says, FFh beyond it.
static void on_the_wire(void **state) {
    (void)state;
    struct bench b;
    const uint8_t *image = image_of(&b, "w25q128jv");
    uint8_t got[NOR_SFDP_IMAGE + 44];
    struct nor_frame f = bench_shape(0x5A, true, 0, 1);
    f.dummy_clocks = 8;
    bench_frame(&b, &f, NULL, got, sizeof got);
    assert_memory_equal(got, image, NOR_SFDP_IMAGE);
    for (unsigned i = NOR_SFDP_IMAGE; i < sizeof got; i++) {
        assert_int_equal(got[i], 0xFF);
    }
    f.addr = 0x80;
    bench_frame(&b, &f, NULL, got, 64);
    assert_memory_equal(got, image + 0x80, 64);
    bench_quiet(&b);
    f.dummy_clocks = 0;
    bench_frame(&b, &f, NULL, got, 4);
    bench_only(&b, NOR_BAD_FRAME);
    bench_close(&b);
}

/// Against real dumps ///

struct difference {
    unsigned word; // of the basic table; 0: the end
    uint32_t model, real;
    const char *reason;
};

struct comparison {
    const char *part, *file;
    uint32_t len;   // bytes to compare, from address 0; 0: see words
    uint32_t words; // of the basic table only, wherever it stands
    struct difference known[10];
};

static const struct comparison comparisons[] = {
        {
                "w25q128jv",
                "w25q128jv.hex",
                192,
                0,
                {
                        {1, 0xFFF120E5, 0xFFF920E5,
                                "the part claims DTR; the -IQ's data "
                                "sheet has none"},
                        {5, 0xFFFFFFEE, 0xFFFFFFFE,
                                "the part claims 4-4-4; the -IQ has no QPI"},
                        {7, 0x0000FFFF, 0xEB40FFFF, "4-4-4 read: as word 5"},
                        {10, 0x00A60226, 0x00A60236,
                                "4 KB: the data sheet's 45 ms rounds to "
                                "48, not 64"},
                        {11, 0xC914E683, 0xC914EA82,
                                "page: 400 us typical rounds to 448, 3000 "
                                "maximum needs a factor of 8; the part "
                                "says 704 and 6"},
                        {15, 0xFF4DF600, 0xFF4DF719,
                                "sequences to enter and leave 4-4-4: as word 5"},
                },
        },
        {
                // A relative: same family and layout, 256 Mbit.
                "n25q128a",
                "qemu_n25q256a.hex",
                84,
                0,
                {
                        {1, 0xFFF120E5, 0xFFFB20E5,
                                "the 256 Mbit part has 4-byte addresses "
                                "and DTR"},
                        {2, 0x07FFFFFF, 0x0FFFFFFF, "half the size"},
                        {4, 0xBB273B27, 0xBB273B08,
                                "3Bh has one mode clock of the eight, like 6Bh"},
                },
        },
        // As far as the dump goes.
        {"mx25r6435f", "mx25r6435f.hex", 128, 0, {{0}}},
        {"mx25l51245g", "mx25l51245g_mx66l51235f.hex", 112, 0, {{0}}},
        {
                // A relative: 512 Mbit, 1.8 V.
                "mt25ql128",
                "mt25qu512a_mt25ql512ab.hex",
                0,
                16,
                {
                        {1, 0xFFF120E5, 0xFFFB20E5,
                                "the 512 Mbit part has 4-byte addresses "
                                "and DTR"},
                        {2, 0x07FFFFFF, 0x1FFFFFFF, "a quarter of the size"},
                        {10, 0x00994A34, 0x00994A24,
                                "4 KB: the data sheet's 50 ms round to "
                                "64, not 48"},
                        {11, 0xC9038E87, 0xE1038E8B,
                                "chip erase; page: the data sheet's 1800 us "
                                "need a factor of 16, not 24"},
                        {15, 0xFF820F08, 0xFF820F4A,
                                "sequences to enter and leave 4-4-4: the model "
                                "has the EVCR only"},
                        {16, 0x80F83181, 0x363DBD81,
                                "4-byte modes; reset by F0h and 16 clocks"},
                },
        },
        {
                // A relative: 256 Mbit, 1.8 V.
                "is25lp128f",
                "is25wp256.hex",
                0,
                16,
                {
                        {1, 0xFFF120E5, 0xFFF920E5, "DTR, not modelled"},
                        {2, 0x07FFFFFF, 0x0FFFFFFF, "half the size"},
                        {5, 0xFFFFFFEE, 0xFFFFFFFE, "4-4-4, not modelled"},
                        {7, 0xFF00FFFF, 0xEB44FFFF, "as word 5"},
                        {10, 0x00A94262, 0x00C94A23, "times: its data sheet"},
                        {11, 0xC8141881, 0xCE11D882, "times: its data sheet"},
                        {12, 0x4C698DCC, 0x4668CDCC,
                                "latency: the data sheet's 100 us round "
                                "to 104, not 56"},
                        {14, 0x5CD5A4F7, 0x5CD5AEF7, "wake-up 5 us, not 15"},
                        {15, 0xFF2C4200, 0xFF2C424A, "as word 5"},
                        {16, 0x80F830F0, 0xA9FA30F0, "4-byte modes"},
                },
        },
        {
                // A relative: 32 Mbit, an older generation.
                "gd25q128e",
                "gd25q32c.hex",
                0,
                9,
                {{2, 0x07FFFFFF, 0x01FFFFFF, "four times the size"}},
        },
};

static bool load(const char *file, uint8_t *data, size_t cap) {
    const char *folder = getenv("XIPSAFE_SFDP_DUMPS");
    char path[512];
    snprintf(path, sizeof path, "%s/%s",
            folder ? folder : "../shared/facts/sfdp_dumps", file);
    FILE *f = fopen(path, "r");
    if (!f) {
        return false;
    }
    memset(data, 0xFF, cap);
    char line[256];
    while (fgets(line, sizeof line, f)) {
        char *at = line;
        const unsigned long off = strtoul(line, &at, 16);
        if (line[0] == '#' || *at != ':') {
            continue;
        }
        at++;
        for (unsigned i = 0; i < 16 && off + i < cap; i++) {
            char *next = at;
            const unsigned long byte = strtoul(at, &next, 16);
            if (next == at) {
                break;
            }
            data[off + i] = (uint8_t)byte;
            at = next;
        }
    }
    fclose(f);
    return true;
}

static void equals_the_real_dump(void **state) {
    const struct comparison *c = *state;
    uint8_t real[256];
    if (!load(c->file, real, sizeof real)) {
        print_message("skipped: no SFDP dumps\n");
        skip();
    }
    struct bench b;
    const uint8_t *image = image_of(&b, c->part);
    const uint32_t table = word(real + 12) & 0xFFFFFF;
    const uint32_t own_table = word(image + 12) & 0xFFFFFF;
    const uint32_t start = c->words ? table : 0;
    const uint32_t end = c->words ? table + 4 * c->words : c->len;
    for (uint32_t at = start; at < end; at += 4) {
        const unsigned n = at < table ? 0 : (at - table) / 4 + 1;
        const uint32_t own = word(image + (n ? own_table - table : 0) + at);
        const struct difference *known = NULL;
        for (unsigned i = 0; i < 10 && c->known[i].word; i++) {
            if (n && c->known[i].word == n) {
                known = &c->known[i];
            }
        }
        if (known) {
            // Both sides as written down, or the list is out of date.
            assert_int_equal(own, known->model);
            assert_int_equal(word(real + at), known->real);
            assert_int_not_equal(known->model, known->real);
        } else if (own != word(real + at)) {
            fail_msg("%s: offset 0x%X (DW%u) is %08X, %s has %08X", c->part,
                    (unsigned)at, n, (unsigned)own, c->file,
                    (unsigned)word(real + at));
        }
    }
    bench_close(&b);
}

#define COMPARED(i) \
    cmocka_unit_test_prestate(equals_the_real_dump, \
            (void *)(uintptr_t)&comparisons[i])

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(headers),
            cmocka_unit_test(sizes_and_reads),
            cmocka_unit_test(times_are_covered),
            cmocka_unit_test(suspend_words),
            cmocka_unit_test(on_the_wire),
            COMPARED(0),
            COMPARED(1),
            COMPARED(2),
            COMPARED(3),
            COMPARED(4),
            COMPARED(5),
            COMPARED(6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
