/*
 * elf_bench - ELF files for tests: compiled, hand-made, damaged
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/elf_bench.h"

#define FLAGS \
    "-mcpu=cortex-m4 -mthumb -Os -ffunction-sections -fdata-sections " \
    "-fcommon -ffile-prefix-map=$S/=model/"

/// Files ///

const char *bench_dir(void) {
    static char dir[] = "/tmp/elf_bench.XXXXXX";
    static bool made;
    if (!made) {
        assert_non_null(mkdtemp(dir));
        made = true;
    }
    return dir;
}

void bench_remove(void) {
    char command[BENCH_PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", bench_dir());
    assert_int_equal(system(command), 0);
}

const char *bench_path(const char *name) {
    static char paths[4][BENCH_PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, BENCH_PATH_MAX, "%s/%s", bench_dir(), name);
    return path;
}

struct elf_image *bench_open(const char *name) {
    char error[400] = "";
    struct elf_image *image =
            elf_image_open(bench_path(name), error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(image);
    return image;
}

uint8_t *bench_read(const char *name, size_t *size) {
    FILE *f = fopen(bench_path(name), "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, f), *size);
    fclose(f);
    data[*size] = 0;
    return data;
}

void bench_write(const char *name, const void *data, size_t size) {
    // Some file systems wait for the disk when a file is rewritten.
    unlink(bench_path(name));
    FILE *f = fopen(bench_path(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

int bench_line(const char *file, const char *mark) {
    char path[BENCH_PATH_MAX], text[400];
    snprintf(path, sizeof path, "tests/support/elf_model/%s", file);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    int line = 1;
    while (fgets(text, sizeof text, f) && !strstr(text, mark)) {
        line++;
    }
    assert_non_null(strstr(text, mark));
    fclose(f);
    return line;
}

/// Compiled ///

bool bench_can_compile(void) {
    return system("arm-none-eabi-gcc --version >/dev/null 2>&1") == 0;
}

void bench_run(const char *format, ...) {
    char command[2000], all[3000];
    va_list list;
    va_start(list, format);
    vsnprintf(command, sizeof command, format, list);
    va_end(list);
    // Without IFS a blank in $S divides nothing.
    snprintf(all, sizeof all,
            "IFS=; S=$PWD/tests/support/elf_model; cd '%s' && %s", bench_dir(),
            command);
    if (system(all)) {
        fail_msg("failed: %s", command);
    }
}

void bench_build(const char *name, const char *compiler_flags,
        const char *linker_flags) {
    bench_run("for f in app.c other.c low.S; do "
              "arm-none-eabi-gcc " FLAGS " %s -c $S/$f -o ${f%%.*}.o || exit; "
              "done; rm -f libother.a; arm-none-eabi-ar rcs libother.a other.o",
            compiler_flags);
    bench_run("arm-none-eabi-gcc " FLAGS " %s -nostartfiles -T $S/link.ld "
              "-Wl,--gc-sections,-n,--defsym=FLASH=0x%x,-Map=%s.map %s "
              "app.o low.o libother.a -o %s.elf",
            compiler_flags, BENCH_FLASH, name, linker_flags, name);
}

/// By hand ///

struct cursor {
    uint8_t *bytes;
    uint32_t off;
};

static uint32_t put(struct cursor *c, const void *data, uint32_t size) {
    const uint32_t at = c->off;
    if (size) {
        memcpy(c->bytes + at, data, size);
    }
    c->off = (at + size + 3) & ~3u;
    return at;
}

void bench_make(const char *name, const struct bench_file *f) {
    static const char sections[] =
            "\0.text\0.bss\0.symtab\0.strtab\0.rel.text\0.shstrtab";
    const uint32_t symbols_bytes = f->symbol_count * sizeof(Elf32_Sym);
    const uint32_t relocs_bytes = f->reloc_count * sizeof(Elf32_Rel);
    struct cursor c = {0};
    c.bytes = calloc(1,
            1000 + f->text_bytes + symbols_bytes + relocs_bytes +
                    f->names_bytes);
    assert_non_null(c.bytes);
    Elf32_Ehdr h = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB},
            .e_type = ET_EXEC,
            .e_machine = EM_ARM,
            .e_phoff = sizeof h,
            .e_phentsize = sizeof(Elf32_Phdr),
            .e_phnum = 2,
            .e_shentsize = sizeof(Elf32_Shdr),
            .e_shnum = 7,
            .e_shstrndx = 6};
    c.off = sizeof h + 2 * sizeof(Elf32_Phdr);
    const uint32_t text = c.off;
    c.off = (c.off + f->text_bytes + 3) & ~3u;
    const Elf32_Phdr p[2] = {
            {PT_LOAD, text, BENCH_FLASH, BENCH_FLASH, f->text_bytes,
                    f->text_bytes, PF_R | PF_X, 4},
            {PT_LOAD, text, BENCH_RAM, BENCH_RAM, 0, f->bss_bytes, PF_R | PF_W,
                    4},
    };
    const uint32_t symtab = put(&c, f->symbols, symbols_bytes);
    const uint32_t strtab = put(&c, f->names, f->names_bytes);
    const uint32_t rel = put(&c, f->relocs, relocs_bytes);
    const uint32_t shstrtab = put(&c, sections, sizeof sections);
    const Elf32_Shdr s[7] = {
            {0},
            {1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, BENCH_FLASH, text,
                    f->text_bytes, 0, 0, 4, 0},
            {7, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, BENCH_RAM, 0, f->bss_bytes,
                    0, 0, 4, 0},
            {12, SHT_SYMTAB, 0, 0, symtab, symbols_bytes, 4, 1, 4,
                    sizeof(Elf32_Sym)},
            {20, SHT_STRTAB, 0, 0, strtab, f->names_bytes, 0, 0, 1, 0},
            {28, SHT_REL, 0, 0, rel, relocs_bytes, 3, 1, 4, sizeof(Elf32_Rel)},
            {38, SHT_STRTAB, 0, 0, shstrtab, sizeof sections, 0, 0, 1, 0},
    };
    h.e_shoff = put(&c, s, sizeof s);
    memcpy(c.bytes, &h, sizeof h);
    memcpy(c.bytes + sizeof h, p, sizeof p);
    bench_write(name, c.bytes, c.off);
    free(c.bytes);
}

/// Everything ///

static bool count_inlines(void *ctx, const struct elf_inline *copy) {
    unsigned *count = ctx;
    assert_non_null(copy->name);
    assert_true(copy->low_addr < copy->high_addr);
    return ++*count < 500;
}

static uint32_t use_addr(struct elf_image *image, uint32_t addr) {
    uint32_t end = 0, sum = (uint32_t)elf_image_content(image, addr, &end);
    assert_true(end >= addr);
    const struct elf_section *s = elf_image_section_at(image, addr);
    if (s) {
        assert_true(end > addr || addr == UINT32_MAX);
        assert_true(addr - s->addr < s->size_bytes);
        sum += (uint32_t)strlen(s->name);
    }
    const uint8_t *bytes = elf_image_bytes(image, addr, 4);
    if (bytes) {
        assert_true(elf_image_holds(image, addr));
        sum += bytes[0] + bytes[3];
    }
    const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
    if (symbol) {
        assert_true(symbol->addr <= addr);
        sum += (uint32_t)strlen(symbol->name);
    }
    const char *unit = elf_image_unit(image, addr);
    const char *object = elf_image_object(image, addr);
    const struct elf_place place = elf_image_place(image, addr);
    sum += unit ? (uint32_t)strlen(unit) : 0;
    sum += object ? (uint32_t)strlen(object) : 0;
    sum += place.file ? (uint32_t)strlen(place.file) : 0;
    const struct elf_reloc *r =
            elf_image_reloc(image, elf_image_reloc_from(image, addr));
    assert_true(!r || r->addr >= addr);
    return sum;
}

static uint32_t use_symbols(struct elf_image *image) {
    uint32_t sum = 0, last = 0;
    const struct elf_symbol *s;
    for (size_t i = 0; (s = elf_image_symbol_index(image, i)); i++) {
        assert_true(s->addr >= last);
        last = s->addr;
        sum += s->file ? (uint32_t)strlen(s->file) : 0;
        if (i % 8 == 0) {
            size_t k = 0;
            assert_non_null(elf_image_symbol_named(image, s->name, &k));
            sum += use_addr(image, s->addr);
        }
    }
    return sum;
}

void bench_use(struct elf_image *image, const char *map_path) {
    char error[400] = "";
    uint32_t sum = 0, last = 0;
    unsigned inlines = 0;
    const struct elf_section *s;
    assert_in_range(elf_image_cpu_arch(image) + 1, 0, 256);
    if (map_path && !elf_image_read_map(image, map_path, error, sizeof error)) {
        assert_true(error[0] && !strchr(error, '\n'));
    }
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        assert_true(s->addr >= last && s->size_bytes);
        last = s->addr;
        uint32_t step = s->size_bytes / 24 + 1;
        for (uint32_t off = 0; off < s->size_bytes; off += step) {
            sum += use_addr(image, s->addr + off);
            step = step > s->size_bytes - off ? s->size_bytes - off : step;
        }
        sum += use_addr(image, s->addr + s->size_bytes - 1);
    }
    sum += use_addr(image, 0) + use_addr(image, UINT32_MAX);
    sum += use_symbols(image);
    const struct elf_reloc *r;
    last = 0;
    for (size_t i = 0; (r = elf_image_reloc(image, i)); i++) {
        assert_true(r->addr >= last && r->symbol);
        last = r->addr;
        sum += (uint32_t)strlen(r->symbol);
    }
    elf_image_inlines(image, count_inlines, &inlines);
    assert_true(sum != 1);
}
