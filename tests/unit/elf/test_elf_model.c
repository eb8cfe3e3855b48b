/*
 * test_elf_model - what a linked program tells the checker about itself
 *
 * SPDX-License-Identifier: MIT
 *
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

static bool compiler;

static struct elf_image *open_model(const char *name) {
    if (!compiler) {
        skip();
    }
    return bench_open(name);
}

static const struct elf_symbol *symbol(const struct elf_image *image,
        const char *name) {
    size_t i = 0;
    const struct elf_symbol *s = elf_image_symbol_named(image, name, &i);
    if (!s) {
        fail_msg("no symbol %s", name);
    }
    return s;
}

/// Sections and bytes ///

static void sections_have_both_addresses(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    static const char *const names[] = {
            ".data", ".bss", ".a_section_with_a_long_name", ".text"};
    for (size_t i = 0; i < 4; i++) {
        const struct elf_section *s = elf_image_section(image, i);
        assert_string_equal(s->name, names[i]);
        assert_true(s->loaded);
        assert_ptr_equal(elf_image_section_at(image, s->addr), s);
        assert_ptr_equal(elf_image_section_at(image,
                                 s->addr + s->size_bytes - 1),
                s);
        assert_int_equal(s->zero, i == 1 || i == 2);
        // Code stands first in .data, and from that the linker takes the
        // flags of both.
        assert_int_equal(s->write, i == 1 || i == 2);
        assert_int_equal(s->execute, i == 0 || i == 3);
    }
    assert_null(elf_image_section(image, 4));
    const struct elf_section *data = elf_image_section(image, 0);
    const struct elf_section *text = elf_image_section(image, 3);
    assert_int_equal(data->addr, BENCH_RAM);
    assert_int_equal(data->load_addr, text->addr + text->size_bytes);
    assert_int_equal(text->load_addr, BENCH_FLASH);
    assert_null(elf_image_section_at(image, BENCH_FLASH - 1));
    assert_null(elf_image_section_at(image, text->addr + text->size_bytes));
    assert_null(elf_image_section_at(image, 0));
    assert_null(elf_image_section_at(image, UINT32_MAX));
    elf_image_close(image);
}

static void bytes_are_those_at_run_time(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    // A pointer in initialised data, at its address in RAM.
    const struct elf_symbol *ops = symbol(image, "model_ops");
    const uint8_t *word = elf_image_bytes(image, ops->addr, 8);
    assert_non_null(word);
    uint32_t pointers[2];
    memcpy(pointers, word, 8);
    assert_int_equal(pointers[0], symbol(image, "model_other")->addr | 1u);
    assert_int_equal(pointers[1], symbol(image, "model_ram")->addr | 1u);
    const struct elf_symbol *counter = symbol(image, "model_counter");
    assert_null(elf_image_bytes(image, counter->addr, 1));
    assert_true(elf_image_holds(image, counter->addr));
    // Up to the last byte of the segment, and not one more.
    const struct elf_section *text = elf_image_section(image, 3);
    assert_non_null(elf_image_bytes(image, text->addr, text->size_bytes));
    assert_null(elf_image_bytes(image, text->addr, text->size_bytes + 1));
    assert_null(elf_image_bytes(image, text->addr, UINT32_MAX));
    assert_null(elf_image_bytes(image, text->addr - 1, 2));
    assert_null(elf_image_bytes(image, UINT32_MAX, UINT32_MAX));
    assert_false(elf_image_holds(image, 0));
    assert_false(elf_image_holds(image, UINT32_MAX));
    elf_image_close(image);
}

static void without_section_headers_there_are_segments(void **state) {
    (void)state;
    elf_image_close(open_model("model.elf"));
    size_t size;
    uint8_t *bytes = bench_read("model.elf", &size);
    Elf32_Ehdr h;
    memcpy(&h, bytes, sizeof h);
    h.e_shoff = h.e_shnum = h.e_shstrndx = 0;
    memcpy(bytes, &h, sizeof h);
    bench_write("bare.elf", bytes, size);
    free(bytes);
    struct elf_image *image = bench_open("bare.elf");
    assert_null(elf_image_section(image, 0));
    assert_null(elf_image_symbol_index(image, 0));
    assert_null(elf_image_reloc(image, 0));
    assert_non_null(elf_image_bytes(image, BENCH_FLASH, 8));
    bench_use(image, bench_path("model.map"));
    elf_image_close(image);
}

// GNU ld without -n puts the headers into the first segment where they fit.
static void headers_of_the_file_are_left_out(void **state) {
    (void)state;
    struct elf_image *image = open_model("headers.elf");
    struct elf_segment segment;
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; elf_image_segment(image, i, &segment); i++) {
        first = segment.load_addr < first ? segment.load_addr : first;
        assert_non_null(elf_image_section_at(image, segment.run_addr));
    }
    assert_int_equal(first, BENCH_FLASH + 0x200);
    assert_false(elf_image_holds(image, BENCH_FLASH));
    assert_null(elf_image_bytes(image, BENCH_FLASH, 4));
    assert_non_null(elf_image_bytes(image, first, 4));
    elf_image_close(image);
}

static void build_ids_are_read(void **state) {
    (void)state;
    uint32_t size_bytes;
    struct elf_image *image = open_model("dwarf4.elf");
    assert_non_null(elf_image_build_id(image, &size_bytes));
    assert_int_equal(size_bytes, 20); // SHA-1
    elf_image_close(image);
    image = open_model("model.elf");
    assert_null(elf_image_build_id(image, &size_bytes));
    elf_image_close(image);
}

/// Symbols ///

static void equal_names_are_told_apart_by_file(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    const char *files[2];
    uint32_t addrs[2];
    size_t i = 0;
    for (unsigned n = 0; n < 2; n++) {
        const struct elf_symbol *s =
                elf_image_symbol_named(image, "helper", &i);
        assert_non_null(s);
        assert_true(s->function && s->code && s->thumb && !s->object);
        assert_int_equal(s->bind, ELF_LOCAL);
        assert_non_null(s->file);
        files[n] = s->file;
        addrs[n] = s->addr;
        assert_ptr_equal(elf_image_symbol_at(image, s->addr + 2), s);
    }
    assert_null(elf_image_symbol_named(image, "helper", &i));
    assert_true(addrs[0] != addrs[1]);
    assert_true((!strcmp(files[0], "app.c") && !strcmp(files[1], "other.c")) ||
            (!strcmp(files[0], "other.c") && !strcmp(files[1], "app.c")));
    i = 0;
    assert_null(elf_image_symbol_named(image, "helpe", &i));
    assert_null(elf_image_symbol_named(image, "", &i));
    assert_null(elf_image_symbol_named(image, "$t", &i));
    elf_image_close(image);
}

static void aliases_and_weak_names_are_kept(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    const struct elf_symbol *hook = symbol(image, "model_hook");
    const struct elf_symbol *real = symbol(image, "model_default");
    assert_int_equal(hook->addr, real->addr);
    assert_int_equal(hook->bind, ELF_WEAK);
    assert_int_equal(real->bind, ELF_GLOBAL);
    assert_null(real->file);
    assert_ptr_equal(elf_image_symbol_at(image, real->addr), real);
    // Undefined: not in the image.
    size_t i = 0;
    assert_null(elf_image_symbol_named(image, "model_absent", &i));
    const struct elf_symbol *flash = symbol(image, "FLASH");
    assert_true(flash->absolute && !flash->code && !flash->function);
    const struct elf_symbol *ops = symbol(image, "model_ops");
    assert_true(ops->object && !ops->code && !ops->absolute);
    assert_ptr_equal(elf_image_symbol_at(image, ops->addr + 7), ops);
    elf_image_close(image);
}

// Without .size, and with labels inside.
static void assembler_labels_belong_to_their_function(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    const struct elf_symbol *function = symbol(image, "model_asm");
    const struct elf_symbol *words = symbol(image, "model_asm_words");
    assert_int_equal(function->size_bytes, 0);
    assert_true(words->code && !words->function && !words->thumb);
    assert_string_equal(words->file, "low.o");
    assert_ptr_equal(elf_image_symbol_at(image, words->addr + 4), function);
    // The linker's veneer belongs to no file.
    const struct elf_symbol *veneer = symbol(image, "__model_ram_veneer");
    assert_int_equal(veneer->size_bytes, 8);
    assert_null(veneer->file);
    elf_image_close(image);
}

/// Contents ///

static void assert_content(const struct elf_image *image, uint32_t addr,
        uint32_t end_addr, enum elf_content content) {
    uint32_t end;
    assert_int_equal(elf_image_content(image, addr, &end), content);
    assert_int_equal(end, end_addr);
}

static void mapping_symbols_part_code_and_data(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    const uint32_t asm_addr = symbol(image, "model_asm")->addr;
    const uint32_t table = symbol(image, "model_asm_table")->addr;
    const uint32_t loop = symbol(image, "model_asm_loop")->addr;
    const uint32_t words = symbol(image, "model_asm_words")->addr;
    assert_content(image, asm_addr, table, ELF_CONTENT_THUMB);
    // $d and, at an odd address, $d.odd are one run.
    assert_int_equal(symbol(image, "model_asm_padding")->addr & 1, 1);
    assert_content(image, table, loop, ELF_CONTENT_DATA);
    assert_content(image, table + 3, loop, ELF_CONTENT_DATA);
    assert_content(image, loop + 2, words, ELF_CONTENT_THUMB);
    assert_content(image, words, words + 8, ELF_CONTENT_DATA);
    // $d of one section ends where $t of the next begins, whatever the order.
    const uint32_t end = symbol(image, "model_end")->addr;
    const uint32_t tail = symbol(image, "model_tail")->addr;
    uint32_t run_end;
    assert_int_equal(elf_image_content(image, tail, &run_end),
            ELF_CONTENT_THUMB);
    assert_true(end < tail && run_end > tail + 2);
    assert_content(image, end, run_end, ELF_CONTENT_THUMB);
    // $d, $d, $t.last at one address: the last counts.
    assert_content(image, tail + 2, run_end, ELF_CONTENT_THUMB);
    // Up to the end of the section.
    const struct elf_section *text = elf_image_section(image, 3);
    assert_content(image, symbol(image, "model_message")->addr,
            text->addr + text->size_bytes, ELF_CONTENT_DATA);
    // Nothing is said about these.
    assert_content(image, 0, 0, ELF_CONTENT_NONE);
    // Of common symbols nobody tells, up to what follows.
    assert_content(image, symbol(image, "model_counter")->addr,
            symbol(image, "state")->addr, ELF_CONTENT_NONE);
    elf_image_close(image);
}

/// Relocations ///

static const struct elf_reloc *reloc_in(const struct elf_image *image,
        const struct elf_symbol *at, const char *name) {
    const struct elf_reloc *r;
    for (size_t i = elf_image_reloc_from(image, at->addr);
            (r = elf_image_reloc(image, i)) &&
            r->addr < at->addr + at->size_bytes;
            i++) {
        if (strcmp(r->symbol, name) == 0) {
            return r;
        }
    }
    fail_msg("no reference from %s to %s", at->name, name);
    return NULL;
}

static void relocations_name_what_the_source_named(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    const struct elf_symbol *ram = symbol(image, "model_ram");
    const struct elf_reloc *r = reloc_in(image, ram, "model_other");
    assert_int_equal(r->type, R_ARM_THM_PC22); // BL
    assert_int_equal(r->value, symbol(image, "model_other")->addr);
    assert_true(r->thumb && !r->weak);
    // The weak name, not the function that is behind it.
    r = reloc_in(image, ram, "model_hook");
    assert_true(r->thumb && r->weak);
    assert_int_equal(r->value, symbol(image, "model_default")->addr);
    const struct elf_symbol *ops = symbol(image, "model_ops");
    r = reloc_in(image, ops, "model_ram");
    assert_int_equal(r->type, R_ARM_ABS32);
    assert_int_equal(r->addr, ops->addr + 4);
    r = reloc_in(image, symbol(image, "model_other"), "model_absent");
    assert_true(r->weak && !r->thumb && r->value == 0);
    // A static object: by its section.
    r = reloc_in(image, symbol(image, "model_other"), ".data");
    assert_int_equal(r->value, BENCH_RAM);
    // None is of debug information, all are inside the image.
    size_t count = 0;
    for (; (r = elf_image_reloc(image, count)); count++) {
        assert_true(elf_image_holds(image, r->addr));
    }
    assert_true(count > 10);
    assert_int_equal(elf_image_reloc_from(image, 0), 0);
    assert_int_equal(elf_image_reloc_from(image, UINT32_MAX), count);
    elf_image_close(image);

    image = open_model("plain.elf");
    assert_null(elf_image_reloc(image, 0));
    elf_image_close(image);
}

/// Debug information ///

struct seen {
    const struct elf_image *image;
    unsigned in_ram, in_flash, others, calls;
};

static bool see(void *ctx, const struct elf_inline *copy) {
    struct seen *seen = ctx;
    seen->calls++;
    const struct elf_section *s =
            elf_image_section_at(seen->image, copy->low_addr);
    assert_non_null(s);
    assert_true(copy->high_addr - s->addr <= s->size_bytes);
    if (strcmp(copy->name, "poll_ready") != 0) {
        seen->others++;
        return true;
    }
    assert_string_equal(copy->decl_file, "model/app.c");
    assert_int_equal(copy->decl_line, bench_line("app.c", "mark: poll_ready"));
    assert_string_equal(copy->call_file, "model/app.c");
    if (s->addr == BENCH_RAM) {
        assert_int_equal(copy->call_line, bench_line("app.c", "mark: in ram"));
        seen->in_ram++;
    } else {
        assert_int_equal(copy->call_line,
                bench_line("app.c", "mark: in flash"));
        seen->in_flash++;
    }
    return true;
}

static bool see_one(void *ctx, const struct elf_inline *copy) {
    (void)copy;
    ++*(unsigned *)ctx;
    return false;
}

static void inlined_copies_are_found(void **state) {
    (void)state;
    static const char *const names[] = {"model.elf", "dwarf4.elf", "lto.elf"};
    for (size_t i = 0; i < 3; i++) {
        struct elf_image *image = open_model(names[i]);
        struct seen seen = {.image = image};
        assert_true(elf_image_inlines(image, see, &seen));
        assert_true(seen.in_ram > 0);
        assert_true(seen.in_flash > 0);
        assert_true(seen.others > 0);
        unsigned calls = 0;
        assert_true(elf_image_inlines(image, see_one, &calls));
        assert_int_equal(calls, 1);
        elf_image_close(image);
    }
    struct elf_image *image = open_model("plain.elf");
    unsigned calls = 0;
    // libgcc's own debug information may be there, or not.
    elf_image_inlines(image, see_one, &calls);
    assert_true(calls <= 1);
    elf_image_close(image);
    image = open_model("stripped.elf");
    assert_false(elf_image_inlines(image, see_one, &calls));
    assert_null(elf_image_unit(image, BENCH_FLASH + 0x40));
    elf_image_close(image);
}

static bool see_method(void *ctx, const struct elf_inline *copy) {
    *(bool *)ctx |= strcmp(copy->name, "_ZN4port4Chip5readyEi") == 0;
    return true;
}

static void inlined_methods_have_their_linkage_name(void **state) {
    (void)state;
    elf_image_close(open_model("model.elf"));
    static const char source[] =
            "volatile int v;\n"
            "namespace port { struct Chip {\n"
            "  __attribute__((always_inline)) int ready(int x) {\n"
            "    v = x; return v * 2; } }; }\n"
            "extern \"C\" void _start() { port::Chip c;\n"
            "  for (;;) v = c.ready(v); }\n";
    bench_write("chip.cpp", source, sizeof source - 1);
    bench_run("arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g "
              "-nostdlib -fno-exceptions -Wl,-Ttext=0x90000000 "
              "chip.cpp -o chip.elf");
    struct elf_image *image = bench_open("chip.elf");
    bool found = false;
    assert_true(elf_image_inlines(image, see_method, &found));
    assert_true(found);
    elf_image_close(image);
}

static void units_tell_the_source_file(void **state) {
    (void)state;
    static const char *const names[] = {"model.elf", "dwarf4.elf", "lto.elf"};
    for (size_t i = 0; i < 3; i++) {
        struct elf_image *image = open_model(names[i]);
        const uint32_t ram = symbol(image, "model_ram")->addr;
        assert_string_equal(elf_image_unit(image, ram), "model/app.c");
        assert_string_equal(elf_image_unit(image,
                                    symbol(image, "model_other")->addr),
                "model/other.c");
        // Line numbers come from the same unit.
        struct elf_place p = elf_image_place(image, ram);
        assert_string_equal(p.file, "model/app.c");
        p = elf_image_place(image, symbol(image, "model_asm")->addr + 2);
        assert_string_equal(strrchr(p.file, '/'), "/low.S");
        assert_int_equal(p.line, bench_line("low.S", "and     r0, #3"));
        assert_null(elf_image_unit(image, 0));
        assert_null(elf_image_unit(image, UINT32_MAX));
        elf_image_close(image);
    }
}

/// Objects ///

static void read_map(struct elf_image *image, const char *name) {
    char error[400] = "";
    assert_true(elf_image_read_map(image, bench_path(name), error,
            sizeof error));
    assert_string_equal(error, "");
}

static void assert_object(struct elf_image *image, const char *name,
        const char *object) {
    const char *got = elf_image_object(image, symbol(image, name)->addr);
    assert_non_null(got);
    assert_string_equal(got, object);
}

static void maps_tell_objects_and_archive_members(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    read_map(image, "model.map");
    assert_object(image, "model_ram", "app.o");
    assert_object(image, "model_asm", "low.o");
    assert_object(image, "model_other", "libother.a(other.o)");
    assert_object(image, "table_with_a_long_name", "libother.a(other.o)");
    assert_object(image, "__udivmoddi4", "libgcc.a(_udivmoddi4.o)");
    assert_object(image, "model_common", "app.o");
    assert_object(image, "__model_ram_veneer", "linker stubs");
    assert_object(image, "model_kept", "app.o");
    assert_null(elf_image_object(image, 0));
    assert_null(elf_image_object(image,
            symbol(image, "model_kept")->addr + 4)); // *fill*
    elf_image_close(image);
}

static void objects_without_a_map(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    // By the file symbols; only assembler files are named as objects.
    assert_object(image, "model_ram", "app.c");
    assert_object(image, "model_asm", "low.o");
    assert_object(image, "table_with_a_long_name", "other.c");
    assert_object(image, "__udivmoddi4", "libgcc2.c");
    assert_object(image, "__model_ram_veneer", "linker stubs");
    elf_image_close(image);
}

static void objects_of_link_time_optimisation(void **state) {
    (void)state;
    struct elf_image *image = open_model("lto.elf");
    read_map(image, "lto.map");
    // The map only knows a temporary file.
    assert_object(image, "model_ram", "model/app.c");
    assert_object(image, "model_other", "model/other.c");
    assert_object(image, "model_asm", "low.o");
    elf_image_close(image);
}

// No $d for data, no STT_FILE for assembler files, thunks instead of veneers,
// and another map.
static void programs_of_llvm(void **state) {
    (void)state;
    elf_image_close(open_model("model.elf"));
    if (system("clang --version >/dev/null 2>&1 && "
               "ld.lld --version >/dev/null 2>&1")) {
        skip();
    }
    bench_run("for f in app other; do clang --target=arm-none-eabi "
              "-mcpu=cortex-m4 -mthumb -Os -g -fcommon -ffunction-sections "
              "-fdata-sections -fno-unwind-tables "
              "-fno-asynchronous-unwind-tables -c $S/$f.c -o $f.o || exit; "
              "done; arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -g -c $S/low.S; "
              "rm -f libother.a; arm-none-eabi-ar rcs libother.a other.o; "
              "ld.lld --gc-sections --emit-relocs --defsym=FLASH=0x90000000 "
              "-T $S/link.ld -Map=llvm.map app.o low.o libother.a "
              "$(arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb "
              "-print-libgcc-file-name) -o llvm.elf");
    struct elf_image *image = bench_open("llvm.elf");
    const struct elf_symbol *thunk =
            symbol(image, "__Thumbv7ABSLongThunk_model_other");
    assert_null(thunk->file);
    // They stand between functions, in no section with $d.
    uint32_t end;
    const struct elf_symbol *ops = symbol(image, "model_ops");
    assert_int_equal(elf_image_content(image, ops->addr, &end),
            ELF_CONTENT_DATA);
    assert_true(end >= ops->addr + ops->size_bytes);
    assert_int_equal(elf_image_content(image, thunk->addr, &end),
            ELF_CONTENT_THUMB);
    assert_true(end <= ops->addr);
    struct seen seen = {.image = image};
    elf_image_inlines(image, see_one, &seen.calls);
    assert_int_equal(seen.calls, 1);

    assert_string_equal(strrchr(elf_image_object(image,
                                        symbol(image, "model_asm")->addr),
                                '/'),
            "/low.S");
    assert_object(image, "model_ram", "app.c");
    assert_string_equal(elf_image_object(image, thunk->addr), "linker stubs");
    assert_null(elf_image_object(image, ops->addr));
    read_map(image, "llvm.map");
    assert_object(image, "model_asm", "low.o");
    assert_object(image, "model_ops", "app.o");
    assert_object(image, "model_other", "libother.a(other.o)");
    assert_object(image, "__udivmoddi4", "libgcc.a(_udivmoddi4.o)");
    assert_string_equal(elf_image_object(image, thunk->addr), "linker stubs");
    elf_image_close(image);
}

// A program at address 0, where maps also put what was thrown away and debug
// information where functions were that are gone.
static void discarded_sections_are_nowhere(void **state) {
    (void)state;
    struct elf_image *image = open_model("zero.elf");
    read_map(image, "zero.map");
    size_t i = 0;
    assert_null(elf_image_symbol_named(image, "model_gone", &i));
    assert_string_equal(elf_image_object(image, 0), "app.o"); // vectors
    assert_null(elf_image_unit(image, 0));
    assert_object(image, "model_asm", "low.o");
    assert_string_equal(elf_image_unit(image,
                                symbol(image, "model_other")->addr),
            "model/other.c");
    struct seen seen = {.image = image};
    assert_true(elf_image_inlines(image, see, &seen));
    assert_true(seen.in_ram > 0);
    elf_image_close(image);
}

static void assert_map_refused(struct elf_image *image, const char *name,
        const char *why) {
    char error[400] = "";
    assert_false(elf_image_read_map(image, bench_path(name), error,
            sizeof error));
    if (!strstr(error, why) || strchr(error, '\n')) {
        fail_msg("'%s' does not say '%s'", error, why);
    }
}

// What stands below the line of another section does not count.
static void sections_of_maps_have_names(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    const struct elf_section *text = elf_image_section(image, 3);
    bench_run("(cat model.map; echo '.other 0x%x 0x%x'; "
              "echo ' .other 0x%x 0x8 wrong.o') > other.map",
            text->addr, text->size_bytes, text->addr);
    read_map(image, "other.map");
    assert_string_equal(elf_image_object(image, text->addr), "app.o");
    elf_image_close(image);
}

static void other_maps_are_refused(void **state) {
    (void)state;
    struct elf_image *image = open_model("model.elf");
    assert_map_refused(image, "nowhere.map", "No such file");
    assert_map_refused(image, "model.elf", "no section .data");
    assert_map_refused(image, "zero.map", "no section .text of");
    bench_write("empty.map", "", 0);
    assert_map_refused(image, "empty.map", "no section");
    // What was read before is kept.
    read_map(image, "model.map");
    assert_map_refused(image, "zero.map", "same link");
    assert_object(image, "model_ram", "app.o");
    // Line ends of another system.
    bench_run("sed 's/$/\\r/' model.map > crlf.map");
    read_map(image, "crlf.map");
    assert_object(image, "model_other", "libother.a(other.o)");
    elf_image_close(image);
}

/// Main ///

static int set_up(void **state) {
    (void)state;
    compiler = bench_can_compile();
    if (compiler) {
        bench_build("model", "-g -gdwarf-5", "-Wl,-q");
        bench_build("dwarf4", "-g -gdwarf-4", "-Wl,--build-id");
        bench_build("lto", "-g -flto", "");
        bench_build("zero", "-g", "-Wl,--defsym=FLASH=0");
        bench_build("plain", "", "");
        bench_run("arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostartfiles "
                  "-T $S/link.ld -Wl,--gc-sections,"
                  "--defsym=FLASH=0x%x app.o low.o libother.a -o headers.elf",
                BENCH_FLASH + 0x200);
        bench_run("arm-none-eabi-strip -g plain.elf -o stripped.elf");
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    bench_remove();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(sections_have_both_addresses),
            cmocka_unit_test(bytes_are_those_at_run_time),
            cmocka_unit_test(without_section_headers_there_are_segments),
            cmocka_unit_test(headers_of_the_file_are_left_out),
            cmocka_unit_test(build_ids_are_read),
            cmocka_unit_test(equal_names_are_told_apart_by_file),
            cmocka_unit_test(aliases_and_weak_names_are_kept),
            cmocka_unit_test(assembler_labels_belong_to_their_function),
            cmocka_unit_test(mapping_symbols_part_code_and_data),
            cmocka_unit_test(relocations_name_what_the_source_named),
            cmocka_unit_test(inlined_copies_are_found),
            cmocka_unit_test(inlined_methods_have_their_linkage_name),
            cmocka_unit_test(units_tell_the_source_file),
            cmocka_unit_test(maps_tell_objects_and_archive_members),
            cmocka_unit_test(objects_without_a_map),
            cmocka_unit_test(objects_of_link_time_optimisation),
            cmocka_unit_test(programs_of_llvm),
            cmocka_unit_test(discarded_sections_are_nowhere),
            cmocka_unit_test(sections_of_maps_have_names),
            cmocka_unit_test(other_maps_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
