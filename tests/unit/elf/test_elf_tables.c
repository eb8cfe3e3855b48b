/*
 * test_elf_tables - tables that no linker writes: huge, nested, damaged
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/elf/*.c
// sources: host/base/*.c tests/support/elf_bench.c
// libs: elf dw

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/elf_bench.h"

#define FUNC ELF32_ST_INFO(STB_GLOBAL, STT_FUNC)
#define LOCAL_FUNC ELF32_ST_INFO(STB_LOCAL, STT_FUNC)
#define LABEL ELF32_ST_INFO(STB_LOCAL, STT_NOTYPE)
#define TEXT_BYTES 0x400u

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/// Search ///

// Every sized symbol that covers addr, the slow way; the last one counts.
static const struct elf_symbol *slow_at(const struct elf_image *image,
        uint32_t addr) {
    const struct elf_symbol *s, *best = NULL;
    for (size_t i = 0; (s = elf_image_symbol_index(image, i)); i++) {
        if (s->addr <= addr && addr - s->addr < s->size_bytes) {
            best = s;
        }
    }
    return best;
}

// Overlapping, nested and empty functions in any arrangement.
static void search_by_address_is_exact(void **state) {
    (void)state;
    enum { COUNT = 60 };
    char names[COUNT * 8 + 1] = "";
    Elf32_Sym symbols[COUNT + 1] = {{0}};
    unsigned found = 0;
    for (uint32_t round = 1; round <= 60; round++) {
        uint32_t seed = round * 2654435761u;
        const uint32_t count = 1 + next_random(&seed) % COUNT;
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t addr = next_random(&seed) % TEXT_BYTES & ~1u;
            const uint32_t size =
                    next_random(&seed) % (round % 2 ? 40 : TEXT_BYTES);
            snprintf(names + 1 + i * 8, 8, "f%u", i % 7);
            symbols[i + 1] = (Elf32_Sym){.st_name = 1 + i * 8,
                    .st_value = BENCH_FLASH + addr + 1,
                    .st_size = size & ~1u,
                    .st_info = FUNC,
                    .st_shndx = BENCH_TEXT};
        }
        bench_make("random.elf",
                &(struct bench_file){.text_bytes = TEXT_BYTES,
                        .symbols = symbols,
                        .symbol_count = count + 1,
                        .names = names,
                        .names_bytes = sizeof names});
        struct elf_image *image = bench_open("random.elf");
        for (uint32_t off = 0; off < TEXT_BYTES; off++) {
            const struct elf_symbol *slow = slow_at(image, BENCH_FLASH + off);
            const struct elf_symbol *fast =
                    elf_image_symbol_at(image, BENCH_FLASH + off);
            found += slow != NULL;
            if (slow || (fast && fast->size_bytes)) {
                assert_ptr_equal(fast, slow);
            }
        }
        // Each name has all of its symbols.
        size_t named = 0;
        for (unsigned k = 0; k < 7; k++) {
            char name[8];
            snprintf(name, sizeof name, "f%u", k);
            size_t i = 0;
            while (elf_image_symbol_named(image, name, &i)) {
                named++;
            }
        }
        assert_int_equal(named, count);
        elf_image_close(image);
    }
    assert_true(found > 10000);
}

// A symbol may claim any size. What lies behind its section is not its own.
static void symbols_end_with_their_section(void **state) {
    (void)state;
    static const char names[] = "\0inside\0beyond\0outside\0number\0nowhere";
    static const Elf32_Sym symbols[] = {
            {0},
            {1, BENCH_FLASH + 1, 16, FUNC, 0, BENCH_TEXT},
            {8, BENCH_FLASH + 0x21, UINT32_MAX, FUNC, 0, BENCH_TEXT},
            {15, BENCH_FLASH + TEXT_BYTES, UINT32_MAX, FUNC, 0, BENCH_TEXT},
            {23, BENCH_FLASH + 0x31, UINT32_MAX - 0x10, FUNC, 0, SHN_ABS},
            {30, 0x10000001, UINT32_MAX, FUNC, 0, SHN_ABS},
    };
    static const uint32_t sizes[] = {
            16, TEXT_BYTES - 0x20, 0, TEXT_BYTES - 0x30, 0};
    bench_make("sizes.elf",
            &(struct bench_file){.text_bytes = TEXT_BYTES,
                    .symbols = symbols,
                    .symbol_count = 6,
                    .names = names,
                    .names_bytes = sizeof names});
    struct elf_image *image = bench_open("sizes.elf");
    for (size_t k = 0; k < 5; k++) {
        size_t i = 0;
        const struct elf_symbol *s = elf_image_symbol_named(image,
                names + symbols[k + 1].st_name, &i);
        assert_non_null(s);
        assert_int_equal(s->size_bytes, sizes[k]);
    }
    elf_image_close(image);
}

// The worst arrangement for a search that walks: each contains the next, and
// all have one name; then a million labels without size.
static void a_million_symbols_are_fine(void **state) {
    (void)state;
    enum { COUNT = 1000000 };
    Elf32_Sym *symbols = calloc(COUNT, sizeof *symbols);
    assert_non_null(symbols);
    for (uint32_t labels = 0; labels < 2; labels++) {
        for (uint32_t i = 1; i < COUNT; i++) {
            symbols[i] = (Elf32_Sym){.st_name = 1,
                    .st_value = BENCH_FLASH + i * 2 + !labels,
                    .st_size = labels ? 0 : (COUNT - i) * 4,
                    .st_info = labels ? LABEL : FUNC,
                    .st_shndx = labels ? BENCH_BSS : BENCH_TEXT};
        }
        bench_make("million.elf",
                &(struct bench_file){.text_bytes = COUNT * 4,
                        .bss_bytes = 64,
                        .symbols = symbols,
                        .symbol_count = COUNT,
                        .names = "\0f",
                        .names_bytes = 3});
        struct elf_image *image = bench_open("million.elf");
        size_t i = 0, named = 0;
        while (elf_image_symbol_named(image, "f", &i)) {
            named++;
        }
        assert_int_equal(named, COUNT - 1);
        // From the end, where the outermost ones are left.
        for (uint32_t k = 2; k < COUNT; k++) {
            const uint32_t addr = BENCH_FLASH + COUNT * 4 - k * 2;
            const struct elf_symbol *s = elf_image_symbol_at(image, addr);
            if (labels) {
                assert_null(s);
            } else {
                assert_true(s && s->addr == BENCH_FLASH + (k - 1) * 2);
            }
        }
        elf_image_close(image);
    }
    free(symbols);
}

static void labels_stay_in_their_section(void **state) {
    (void)state;
    static const char names[] = "\0code\0data\0inner\0next";
    const Elf32_Sym symbols[] = {{0},
            {1, BENCH_FLASH + 9, 0, FUNC, 0, BENCH_TEXT},
            {11, BENCH_FLASH + 12, 0, LABEL, 0, BENCH_TEXT},
            {6, BENCH_RAM, 0, LABEL, 0, BENCH_BSS},
            {17, BENCH_FLASH + 33, 4, FUNC, 0, BENCH_TEXT}};
    bench_make("labels.elf",
            &(struct bench_file){.text_bytes = 0x40,
                    .bss_bytes = 0x40,
                    .symbols = symbols,
                    .symbol_count = 5,
                    .names = names,
                    .names_bytes = sizeof names});
    struct elf_image *image = bench_open("labels.elf");
    assert_null(elf_image_symbol_at(image, BENCH_FLASH + 4));
    assert_string_equal(elf_image_symbol_at(image, BENCH_FLASH + 30)->name,
            "code");
    assert_string_equal(elf_image_symbol_at(image, BENCH_FLASH + 35)->name,
            "next");
    // Behind a symbol that says where it ends there is nothing.
    assert_null(elf_image_symbol_at(image, BENCH_FLASH + 36));
    assert_null(elf_image_symbol_at(image, BENCH_RAM + 4));
    assert_null(elf_image_symbol_at(image, BENCH_FLASH + 0x40));
    elf_image_close(image);

    // Another section of the same segment begins at 0x18.
    size_t size;
    uint8_t *bytes = bench_read("labels.elf", &size);
    Elf32_Ehdr h;
    Elf32_Shdr s;
    memcpy(&h, bytes, sizeof h);
    uint8_t *header = bytes + h.e_shoff + BENCH_BSS * sizeof s;
    memcpy(&s, header, sizeof s);
    s.sh_addr = BENCH_FLASH + 0x18;
    s.sh_size = 8;
    memcpy(header, &s, sizeof s);
    bench_write("labels.elf", bytes, size);
    free(bytes);
    image = bench_open("labels.elf");
    assert_non_null(elf_image_symbol_at(image, BENCH_FLASH + 0x17));
    assert_null(elf_image_symbol_at(image, BENCH_FLASH + 0x18));
    elf_image_close(image);
}

/// Mapping symbols ///

static void mapping_symbols_in_any_order(void **state) {
    (void)state;
    static const char names[] = "\0$t\0$d\0$a\0$x\0$d.\0$dx\0f";
    const Elf32_Sym symbols[] = {{0},
            {4, BENCH_FLASH + 16, 0, LABEL, 0, BENCH_TEXT},
            {1, BENCH_FLASH, 0, LABEL, 0, BENCH_TEXT},
            {7, BENCH_FLASH + 8, 0, LABEL, 0, BENCH_TEXT},
            {1, BENCH_FLASH + 8, 0, LABEL, 0, BENCH_TEXT}, // the last of two
            {13, BENCH_FLASH + 19, 0, LABEL, 0, BENCH_TEXT},
            {7, BENCH_FLASH + 24, 0, LABEL, 0, BENCH_TEXT},
            {10, BENCH_FLASH + 4, 0, LABEL, 0, BENCH_TEXT},    // of AArch64
            {17, BENCH_FLASH + 4, 0, LABEL, 0, BENCH_TEXT},    // just a name
            {4, BENCH_FLASH + 26, 0, LABEL, 0, 77},            // nowhere
            {4, BENCH_FLASH + 0x100, 0, LABEL, 0, BENCH_TEXT}, // outside
            {4, BENCH_FLASH - 4, 0, LABEL, 0, BENCH_TEXT},
            {1, BENCH_FLASH + 28, 0, LABEL, 0, BENCH_TEXT},
            {4, BENCH_FLASH + 28, 0, LABEL, 0, BENCH_TEXT}, // empty, then f
            {21, BENCH_FLASH + 29, 2, LOCAL_FUNC, 0, BENCH_TEXT}};
    bench_make("mapping.elf",
            &(struct bench_file){.text_bytes = 0x20,
                    .bss_bytes = 0x10,
                    .symbols = symbols,
                    .symbol_count = sizeof symbols / sizeof symbols[0],
                    .names = names,
                    .names_bytes = sizeof names});
    struct elf_image *image = bench_open("mapping.elf");
    static const struct {
        uint32_t off, end;
        enum elf_content content;
    } want[] = {{0, 16, ELF_CONTENT_THUMB}, {15, 16, ELF_CONTENT_THUMB},
            {16, 24, ELF_CONTENT_DATA}, {20, 24, ELF_CONTENT_DATA},
            {24, 28, ELF_CONTENT_ARM}, {28, 32, ELF_CONTENT_THUMB},
            {31, 32, ELF_CONTENT_THUMB}, {32, 32, ELF_CONTENT_NONE}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        uint32_t end;
        assert_int_equal(elf_image_content(image, BENCH_FLASH + want[i].off,
                                 &end),
                want[i].content);
        assert_int_equal(end, BENCH_FLASH + want[i].end);
    }
    uint32_t end;
    assert_int_equal(elf_image_content(image, BENCH_RAM + 1, &end),
            ELF_CONTENT_NONE);
    assert_int_equal(end, BENCH_RAM + 0x10);
    size_t i = 0;
    assert_non_null(elf_image_symbol_named(image, "$dx", &i));
    elf_image_close(image);
}

/// Relocations ///

static void relocations_of_any_table(void **state) {
    (void)state;
    static const char names[] = "\0f";
    const Elf32_Sym symbols[] = {{0},
            {1, BENCH_FLASH + 1, 4, FUNC, 0, BENCH_TEXT},
            {0, BENCH_RAM, 0, ELF32_ST_INFO(STB_LOCAL, STT_SECTION), 0,
                    BENCH_BSS}};
    Elf32_Rel relocs[] = {
            {BENCH_FLASH + 12, ELF32_R_INFO(2, R_ARM_ABS32)},
            {BENCH_FLASH + 4, ELF32_R_INFO(1, R_ARM_THM_PC22)},
            {BENCH_FLASH + 4, ELF32_R_INFO(0, R_ARM_V4BX)}, // no reference
            {BENCH_FLASH + 4, ELF32_R_INFO(1, R_ARM_NONE)},
            {BENCH_FLASH + 0x20, ELF32_R_INFO(1, R_ARM_ABS32)}, // outside
            {8, ELF32_R_INFO(1, R_ARM_ABS32)},
    };
    struct bench_file file = {.text_bytes = 0x20,
            .bss_bytes = 4,
            .symbols = symbols,
            .symbol_count = 3,
            .names = names,
            .names_bytes = sizeof names,
            .relocs = relocs,
            .reloc_count = 6};
    bench_make("relocs.elf", &file);
    struct elf_image *image = bench_open("relocs.elf");
    const struct elf_reloc *r = elf_image_reloc(image, 0);
    assert_int_equal(r->addr, BENCH_FLASH + 4);
    assert_string_equal(r->symbol, "f");
    assert_true(r->thumb && r->value == BENCH_FLASH);
    r = elf_image_reloc(image, 1);
    assert_string_equal(r->symbol, ".bss");
    assert_int_equal(r->value, BENCH_RAM);
    assert_null(elf_image_reloc(image, 2));
    assert_int_equal(elf_image_reloc_from(image, BENCH_FLASH + 5), 1);
    elf_image_close(image);

    relocs[1].r_info = ELF32_R_INFO(3, R_ARM_ABS32); // there are 3 symbols
    bench_make("relocs.elf", &file);
    char error[400] = "";
    assert_null(elf_image_open(bench_path("relocs.elf"), error, sizeof error));
    assert_non_null(strstr(error, "relocations"));
}

/// Damage ///

static unsigned try_bytes(const uint8_t *bytes, size_t size) {
    char error[400] = "";
    bench_write("damaged.elf", bytes, size);
    struct elf_image *image =
            elf_image_open(bench_path("damaged.elf"), error, sizeof error);
    if (!image) {
        assert_true(error[0] && !strchr(error, '\n'));
        return 0;
    }
    bench_use(image, NULL);
    elf_image_close(image);
    return 1;
}

static void make_small(void) {
    static const char names[] = "\0$t\0$d\0main\0main.c\0table\0_veneer";
    const Elf32_Sym symbols[] = {{0},
            {12, 0, 0, ELF32_ST_INFO(STB_LOCAL, STT_FILE), 0, SHN_ABS},
            {1, BENCH_FLASH, 0, LABEL, 0, BENCH_TEXT},
            {4, BENCH_FLASH + 8, 0, LABEL, 0, BENCH_TEXT},
            {7, BENCH_FLASH + 1, 8, FUNC, 0, BENCH_TEXT},
            {19, BENCH_RAM, 8, ELF32_ST_INFO(STB_WEAK, STT_OBJECT), 0,
                    BENCH_BSS},
            {25, BENCH_FLASH + 8, 0, LABEL, 0, BENCH_TEXT}};
    const Elf32_Rel relocs[] = {
            {BENCH_FLASH + 8, ELF32_R_INFO(5, R_ARM_ABS32)}};
    bench_make("small.elf",
            &(struct bench_file){.text_bytes = 16,
                    .bss_bytes = 8,
                    .symbols = symbols,
                    .symbol_count = 7,
                    .names = names,
                    .names_bytes = sizeof names,
                    .relocs = relocs,
                    .reloc_count = 1});
}

static void cut_off_anywhere(void **state) {
    (void)state;
    make_small();
    size_t size;
    uint8_t *bytes = bench_read("small.elf", &size);
    for (size_t k = 0; k < size; k++) {
        // A copy of just that size: reading on is an error of the heap.
        assert_int_equal(try_bytes(bytes, k), 0);
    }
    assert_int_equal(try_bytes(bytes, size), 1);
    free(bytes);
}

// Every byte of a small file, with values that overflow sums and indices.
static void any_byte_wrong(void **state) {
    (void)state;
    make_small();
    size_t size;
    uint8_t *bytes = bench_read("small.elf", &size);
    unsigned opened = 0;
    for (size_t k = 0; k < size; k++) {
        static const uint8_t flips[] = {0x01, 0x04, 0x80, 0xFF};
        for (size_t i = 0; i < sizeof flips; i++) {
            bytes[k] ^= flips[i];
            opened += try_bytes(bytes, size);
            bytes[k] ^= flips[i];
        }
    }
    free(bytes);
    assert_true(opened > size && opened < 4 * size);
}

// Whole words, two at a time.
static void any_words_wrong(void **state) {
    (void)state;
    make_small();
    size_t size;
    uint8_t *bytes = bench_read("small.elf", &size);
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    static const uint32_t values[] = {0, 1, 4, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFF0, 0xFFFFFFFC, 0xFFFFFFFF, BENCH_FLASH, BENCH_RAM};
    unsigned opened = 0;
    for (uint32_t round = 1; round <= 4000; round++) {
        uint32_t seed = round * 2654435761u;
        memcpy(copy, bytes, size);
        for (unsigned k = 0; k < 2; k++) {
            const size_t at = next_random(&seed) % (size / 4) * 4;
            const uint32_t value = values[next_random(&seed) % 10];
            memcpy(copy + at, &value, 4);
        }
        opened += try_bytes(copy, size);
    }
    free(copy);
    free(bytes);
    assert_true(opened > 400);
}

/// Main ///

static int tear_down(void **state) {
    (void)state;
    bench_remove();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(search_by_address_is_exact),
            cmocka_unit_test(symbols_end_with_their_section),
            cmocka_unit_test(a_million_symbols_are_fine),
            cmocka_unit_test(labels_stay_in_their_section),
            cmocka_unit_test(mapping_symbols_in_any_order),
            cmocka_unit_test(relocations_of_any_table),
            cmocka_unit_test(cut_off_anywhere),
            cmocka_unit_test(any_byte_wrong),
            cmocka_unit_test(any_words_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
