/*
 * test_check_fuzz - damaged ELFs never crash the checker
 *
 * SPDX-License-Identifier: MIT
 *
 * The files are firmware of ours with bytes changed, cut off, or put into
 * disorder, from a fixed seed. Whatever the answer is, it must be one: an error
 * line, or a verdict. The sanitizers watch. XIPSAFE_SEEDS multiplies the
 * number of files.
 */
// sources: host/board/*.c host/nor/nor_parts.c
// sources: host/check/*.c host/check/*/*.c host/check/*/*/*.c
// sources: host/thumb/*.c
// sources: host/elf/*.c host/base/*.c
// libs: elf dw jansson stdc++
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libelf.h>

#include "check/judge/judge.h"
#include "check/explain/explain.h"
#include "check/report/report.h"

static uint8_t *original;
static size_t original_bytes;
static char path[] = "/tmp/xipsafe_fuzz_XXXXXX";
static uint32_t seed = 0x2545F491u;

static uint32_t random_u32(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static unsigned times(unsigned n) {
    const char *text = getenv("XIPSAFE_SEEDS");
    const unsigned long factor = text ? strtoul(text, NULL, 10) : 1;
    return n * (factor ? (unsigned)factor : 1);
}

static void write_file(const uint8_t *data, size_t size) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

// Opens and judges the file. Returns whether it got as far as a verdict.
static bool judge(void) {
    char error[512] = "";
    struct elf_image *image = elf_image_open(path, error, sizeof error);
    if (!image) {
        assert_true(error[0]);
        return false;
    }
    struct check_options options = {
            .xip = {{0x90000000u, 0x10000000u}},
            .xip_count = 1,
            .interrupts_all = random_u32() & 1,
            .assume_runtime_data = random_u32() & 1,
    };
    struct check_report report;
    const bool good =
            check_run(&image, 1, &options, &report, error, sizeof error);
    if (good) {
        explain_all(&report);
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        report_text(out, &report, &options, false, true);
        report_json(out, &report, &options);
        report_sarif(out, &report, &options);
        explain_advise(out, &image, 1, &report, &options);
        fclose(out);
        assert_true(size > 0);
        free(text);
        check_report_free(&report);
    } else {
        assert_true(error[0]);
    }
    elf_image_close(image);
    return good;
}

static void the_undamaged_one_is_judged(void **state) {
    (void)state;
    write_file(original, original_bytes);
    assert_true(judge());
}

static void changed_bytes(void **state) {
    uint8_t *copy = malloc(original_bytes);
    unsigned verdicts = 0;
    (void)state;
    for (unsigned i = 0; i < times(150); i++) {
        memcpy(copy, original, original_bytes);
        const unsigned count = 1 + random_u32() % 40;
        // Sometimes all of them close together, where a structure is.
        const size_t base = random_u32() % original_bytes;
        const size_t span = random_u32() & 1 ? 64 : original_bytes;
        for (unsigned k = 0; k < count; k++) {
            const size_t at = (base + random_u32() % span) % original_bytes;
            copy[at] = random_u32() & 3
                    ? (uint8_t)random_u32()
                    : (uint8_t)(random_u32() & 1 ? 0xFF : 0);
        }
        write_file(copy, original_bytes);
        verdicts += judge();
    }
    free(copy);
    // Most damage leaves a file that can be judged; else nothing was tried.
    assert_true(verdicts > times(150) / 4);
}

// Words of section headers and symbols: the structures, not the contents.
static void changed_tables(void **state) {
    uint8_t *copy = malloc(original_bytes);
    uint32_t headers;
    (void)state;
    memcpy(&headers, original + 32, 4); // e_shoff
    const size_t from = headers < original_bytes ? headers : 0;
    for (unsigned i = 0; i < times(100); i++) {
        memcpy(copy, original, original_bytes);
        for (unsigned k = 0; k < 3; k++) {
            const size_t room = original_bytes - from - 4;
            const size_t at = from + (random_u32() % room & ~(size_t)3);
            const uint32_t words[] = {0, ~0u, random_u32(), 0x90000000u,
                    (uint32_t)original_bytes, 1};
            memcpy(copy + at, &words[random_u32() % 6], 4);
        }
        write_file(copy, original_bytes);
        judge();
    }
    free(copy);
}

// One function after the other begins far below its section, outside of all
// images, while others still call it where it was.
static void symbols_that_begin_outside(void **state) {
    (void)state;
    uint8_t *copy = malloc(original_bytes);
    memcpy(copy, original, original_bytes);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)copy, original_bytes);
    assert_non_null(elf);
    unsigned moved = 0;
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
        const Elf32_Shdr *header = elf32_getshdr(scn);
        if (!header || header->sh_type != SHT_SYMTAB) {
            continue;
        }
        for (uint32_t at = 0; at < header->sh_size; at += sizeof(Elf32_Sym)) {
            Elf32_Sym was, symbol;
            uint8_t *place = copy + header->sh_offset + at;
            memcpy(&was, place, sizeof was);
            if (ELF32_ST_TYPE(was.st_info) != STT_FUNC ||
                    was.st_value >= 0x90000000u) {
                continue;
            }
            symbol = was;
            symbol.st_value -= 0x8000;
            symbol.st_size += 0x8000;
            memcpy(place, &symbol, sizeof symbol);
            write_file(copy, original_bytes);
            judge();
            memcpy(place, &was, sizeof was);
            moved++;
        }
    }
    elf_end(elf);
    assert_true(moved > 0);
    free(copy);
}

static void cut_off(void **state) {
    (void)state;
    for (unsigned i = 0; i < times(40); i++) {
        write_file(original, random_u32() % original_bytes);
        judge();
    }
}

static int load(void **state) {
    const char *dir = getenv("XIPSAFE_FIRMWARE_DIR");
    char name[512];
    (void)state;
    snprintf(name, sizeof name, "%s/naive.elf", dir ? dir : "build/firmware");
    FILE *f = fopen(name, "rb");
    if (!f) {
        return -1;
    }
    original = malloc(1u << 22);
    original_bytes = fread(original, 1, 1u << 22, f);
    fclose(f);
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int unload(void **state) {
    (void)state;
    free(original);
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(the_undamaged_one_is_judged),
            cmocka_unit_test(symbols_that_begin_outside),
            cmocka_unit_test(changed_bytes),
            cmocka_unit_test(changed_tables),
            cmocka_unit_test(cut_off),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
