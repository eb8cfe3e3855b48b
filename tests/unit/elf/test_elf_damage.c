/*
 * test_elf_damage - debug information and map files that are damaged
 *
 * SPDX-License-Identifier: MIT
 *
 * Any answer is right but a crash, a read outside, a leak or an endless loop.
 * Compiles tests/support/elf_model with the target compiler; skips without it.
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

#define ROUNDS 150u

static uint8_t *model_bytes;
static size_t model_size;

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static bool read_zero(void *ctx, uint32_t addr, uint32_t *word) {
    (void)ctx;
    (void)addr;
    *word = BENCH_FLASH + 0x41;
    return true;
}

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
    uint32_t regs[16] = {[13] = BENCH_RAM, [15] = BENCH_FLASH + 0x44};
    elf_image_unwind(image, regs, read_zero, NULL);
    elf_image_close(image);
    return 1;
}

static Elf32_Shdr *header(uint8_t *bytes, unsigned i) {
    Elf32_Ehdr h;
    memcpy(&h, bytes, sizeof h);
    return i < h.e_shnum
            ? (Elf32_Shdr *)(void *)(bytes + h.e_shoff + i * sizeof(Elf32_Shdr))
            : NULL;
}

static void set_header(uint8_t *bytes, unsigned i, const Elf32_Shdr *s) {
    memcpy(header(bytes, i), s, sizeof *s);
}

// Sections that the program does not load: debug information, symbols.
static bool get_header(uint8_t *bytes, unsigned i, Elf32_Shdr *s) {
    if (header(bytes, i)) {
        memcpy(s, header(bytes, i), sizeof *s);
        return true;
    }
    return false;
}

static void file_cut_off_anywhere(void **state) {
    (void)state;
    if (!model_bytes) {
        skip();
    }
    // The section headers are the last thing in the file.
    for (size_t size = 0; size < model_size; size += 1 + size / 100) {
        assert_int_equal(try_bytes(model_bytes, size), 0);
    }
    assert_int_equal(try_bytes(model_bytes, model_size), 1);
}

static void sections_cut_off_anywhere(void **state) {
    (void)state;
    if (!model_bytes) {
        skip();
    }
    unsigned opened = 0;
    Elf32_Shdr s;
    for (unsigned i = 1; get_header(model_bytes, i, &s); i++) {
        const Elf32_Shdr whole = s;
        if (whole.sh_flags & SHF_ALLOC) {
            continue;
        }
        for (uint32_t size = 0; size < whole.sh_size; size += 1 + size / 60) {
            s.sh_size = size;
            set_header(model_bytes, i, &s);
            opened += try_bytes(model_bytes, model_size);
        }
        set_header(model_bytes, i, &whole);
    }
    assert_true(opened > 500);
}

static void any_byte_of_debug_information(void **state) {
    (void)state;
    if (!model_bytes) {
        skip();
    }
    uint8_t *copy = malloc(model_size);
    assert_non_null(copy);
    unsigned opened = 0;
    Elf32_Shdr s;
    for (unsigned i = 1; get_header(model_bytes, i, &s); i++) {
        if (s.sh_flags & SHF_ALLOC || s.sh_type != SHT_PROGBITS) {
            continue;
        }
        for (uint32_t round = 1; round <= ROUNDS; round++) {
            uint32_t seed = round * 2654435761u + i;
            memcpy(copy, model_bytes, model_size);
            for (uint32_t k = 0; k < 1 + round % 3 && s.sh_size; k++) {
                const uint32_t at = next_random(&seed) % s.sh_size;
                copy[s.sh_offset + at] ^= (uint8_t)next_random(&seed);
            }
            opened += try_bytes(copy, model_size);
        }
    }
    free(copy);
    assert_true(opened >= ROUNDS);
}

// Any byte of .ARM.attributes.
static void attributes(void **state) {
    (void)state;
    if (!model_bytes) {
        skip();
    }
    struct elf_image *image = bench_open("model.elf");
    assert_int_equal(elf_image_cpu_arch(image), 13); // Armv7E-M
    elf_image_close(image);
    const Elf32_Ehdr *h = (const Elf32_Ehdr *)model_bytes;
    unsigned tried = 0;
    for (unsigned i = 0; i < h->e_shnum; i++) {
        const Elf32_Shdr *s = header(model_bytes, i);
        for (uint32_t k = 0; s->sh_type == 0x70000003 && k < s->sh_size; k++) {
            static const uint8_t values[] = {0, 1, 5, 32, 65, 0x80, 0xFF};
            uint8_t *const at = model_bytes + s->sh_offset + k, old = *at;
            for (size_t v = 0; v < sizeof values; v++) {
                *at = values[v];
                tried += try_bytes(model_bytes, model_size);
            }
            *at = old;
        }
    }
    assert_true(tried > 100);
}

static void map_files(void **state) {
    (void)state;
    if (!model_bytes) {
        skip();
    }
    size_t size;
    uint8_t *map = bench_read("model.map", &size);
    struct elf_image *image = bench_open("model.elf");
    char error[400];
    unsigned read = 0;
    const char *begin = strstr((char *)map, "\n.text ");
    assert_non_null(begin);
    const size_t from = (size_t)(begin - (char *)map);
    for (uint32_t round = 0; round < 1500; round++) {
        uint32_t seed = (round + 1) * 2654435761u;
        const size_t at = from + next_random(&seed) % (size - from);
        const uint8_t old = map[at];
        static const char values[] = {0, '\n', ' ', '(', ')', 'x', '0', '/'};
        map[at] = (uint8_t)values[round % 8];
        // Cut off there, every third time.
        bench_write("damaged.map", map, round % 3 ? size : at);
        error[0] = 0;
        const bool ok = elf_image_read_map(image, bench_path("damaged.map"),
                error, sizeof error);
        assert_true(ok ? !error[0] : error[0] && !strchr(error, '\n'));
        read += ok;
        for (uint32_t off = 0; off < 0x440; off += 22) {
            const char *object = elf_image_object(image, BENCH_FLASH + off);
            assert_true(!object || strlen(object) < size);
        }
        map[at] = old;
    }
    elf_image_close(image);
    free(map);
    assert_true(read > 100 && read < 1500);
}

/// Main ///

static int set_up(void **state) {
    (void)state;
    if (bench_can_compile()) {
        bench_build("model", "-g -gdwarf-5", "-Wl,-q");
        model_bytes = bench_read("model.elf", &model_size);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(model_bytes);
    bench_remove();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(file_cut_off_anywhere),
            cmocka_unit_test(sections_cut_off_anywhere),
            cmocka_unit_test(any_byte_of_debug_information),
            cmocka_unit_test(attributes),
            cmocka_unit_test(map_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
