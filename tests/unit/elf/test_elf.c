/*
 * test_elf - the ELF reader on real firmware, and on damaged copies of it
 *
 * SPDX-License-Identifier: MIT
 *
 * Uses tests/firmware/elf_probe from XIPSAFE_FIRMWARE_DIR; skips without it.
 */
// sources: host/elf/*.c
// sources: host/base/*.c
// libs: elf dw unicorn

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>
#include <unistd.h>

#include "elf/elf_image.h"

#define RAM_ADDR 0x20000000u
#define RAM_BYTES 0x18000u
#define WINDOW_ADDR 0x90000000u
#define WINDOW_BYTES 0x100000u

static uint8_t *probe_bytes;
static size_t probe_size;
static char probe_path[512];
static char work_path[] = "/tmp/test_elf.XXXXXX";

static struct elf_image *open_probe(void) {
    if (!probe_bytes) {
        skip();
    }
    char error[300] = "";
    struct elf_image *image = elf_image_open(probe_path, error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(image);
    return image;
}

static uint32_t address_of(struct elf_image *image, const char *name) {
    uint32_t addr, size;
    if (!elf_image_symbol(image, name, &addr, &size)) {
        fail_msg("no symbol %s", name);
    }
    return addr;
}

static void write_work(const void *data, size_t size) {
    FILE *f = fopen(work_path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

// Memory in which every word is a plausible return address.
static bool read_addr(void *ctx, uint32_t addr, uint32_t *word) {
    (void)ctx;
    *word = WINDOW_ADDR + 0x201 + (addr & 0xFE);
    return true;
}

// Opens `data` and looks at everything. Returns NULL, or the error line.
static const char *look_at(const void *data, size_t size) {
    static char error[300];
    write_work(data, size);
    error[0] = 0;
    struct elf_image *image = elf_image_open(work_path, error, sizeof error);
    if (!image) {
        assert_true(error[0]);
        assert_null(strchr(error, '\n'));
        return error;
    }
    struct elf_segment s;
    unsigned sum = 0;
    for (size_t i = 0; elf_image_segment(image, i, &s); i++) {
        for (uint32_t k = 0; k < s.file_bytes; k++) {
            sum += s.data[k];
        }
    }
    for (uint32_t addr = WINDOW_ADDR + 0x200; addr < WINDOW_ADDR + 0x400;
            addr += 6) {
        sum += strlen(elf_image_place(image, addr).function);
        uint32_t regs[16] = {0};
        regs[13] = RAM_ADDR + 0x1000;
        regs[15] = addr;
        sum += elf_image_unwind(image, regs, read_addr, NULL);
    }
    elf_image_close(image);
    return sum == 1 ? "never" : NULL;
}

static void assert_refused(const void *data, size_t size, const char *why) {
    const char *error = look_at(data, size);
    assert_non_null(error);
    if (!strstr(error, why) || !strstr(error, work_path)) {
        fail_msg("'%s' does not say '%s'", error, why);
    }
}

/// What is there ///

static void segments_have_run_and_load_addresses(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    struct elf_segment flash, ram, none;
    assert_true(elf_image_segment(image, 0, &flash));
    assert_true(elf_image_segment(image, 1, &ram));
    assert_false(elf_image_segment(image, 2, &none));
    assert_int_equal(flash.run_addr, WINDOW_ADDR + 0x200);
    assert_int_equal(flash.load_addr, flash.run_addr);
    assert_true(flash.execute && !flash.write);
    assert_int_equal(ram.run_addr, RAM_ADDR);
    assert_int_equal(ram.load_addr, flash.load_addr + flash.file_bytes);
    assert_int_equal(ram.memory_bytes, ram.file_bytes + 4); // probe_sink
    // First word of the vector table: the initial stack pointer.
    assert_memory_equal(flash.data, "\x00\x80\x01\x20", 4);
    assert_int_equal(elf_image_entry(image) & ~1u,
            address_of(image, "Reset_Handler"));
    elf_image_close(image);
}

static void symbols_are_found_by_name(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    uint32_t addr, size;
    assert_true(elf_image_symbol(image, "probe_ram", &addr, &size));
    assert_int_equal(addr, RAM_ADDR); // no Thumb bit
    assert_true(size > 8);
    assert_true(elf_image_symbol(image, "probe_sink", &addr, &size));
    assert_int_equal(size, 4);
    assert_true(elf_image_symbol(image, "stack_top_", &addr, &size));
    assert_int_equal(addr, RAM_ADDR + RAM_BYTES);
    assert_false(elf_image_symbol(image, "probe", &addr, &size));
    assert_false(elf_image_symbol(image, "zzz", &addr, &size));
    assert_false(elf_image_symbol(image, "$t", &addr, &size));
    assert_false(elf_image_symbol(image, "$d", &addr, &size));
    assert_false(elf_image_symbol(image, "", &addr, &size));
    elf_image_close(image);
}

static void places_have_function_and_line(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    const uint32_t leaf = address_of(image, "probe_leaf");
    struct elf_place p = elf_image_place(image, leaf + 2);
    assert_string_equal(p.function, "probe_leaf");
    assert_int_equal(p.function_addr, leaf);
    assert_int_equal(p.offset, 2);
    // A compiler cache makes it relative to another folder.
    static const char probe[] = "tests/firmware/elf_probe/probe.c";
    const char *file = strstr(p.file, probe);
    assert_non_null(file);
    assert_string_equal(file, probe);

    // The line must be the one with the store.
    FILE *f = fopen(probe, "r");
    assert_non_null(f);
    char line[200] = "";
    for (int i = 0; i < p.line; i++) {
        assert_non_null(fgets(line, sizeof line, f));
    }
    fclose(f);
    assert_non_null(strstr(line, "probe: stop here"));

    p = elf_image_place(image, RAM_ADDR);
    assert_string_equal(p.function, "probe_ram");
    assert_non_null(p.file);
    p = elf_image_place(image, address_of(image, "probe_sink") + 3);
    assert_string_equal(p.function, "probe_sink");
    assert_int_equal(p.offset, 3);
    assert_null(p.file);
    elf_image_close(image);
}

static void places_without_a_size_or_a_name(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    // Assembler without .size, and its second halfword.
    const uint32_t label = address_of(image, "probe_asm");
    struct elf_place p = elf_image_place(image, label + 2);
    assert_string_equal(p.function, "probe_asm");
    assert_int_equal(p.offset, 2);
    // Outside everything, and at the ends of the address space.
    const uint32_t nowhere[] = {0, 0x08000000, RAM_ADDR + RAM_BYTES - 4,
            WINDOW_ADDR, WINDOW_ADDR + 0x10000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        p = elf_image_place(image, nowhere[i]);
        assert_string_equal(p.function, "?");
        assert_null(p.file);
    }
    elf_image_close(image);
}

/// Call stack ///

static bool read_word(void *ctx, uint32_t addr, uint32_t *word) {
    return uc_mem_read(ctx, addr, word, 4) == UC_ERR_OK;
}

static const int uc_registers[16] = {UC_ARM_REG_R0, UC_ARM_REG_R1,
        UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4, UC_ARM_REG_R5,
        UC_ARM_REG_R6, UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9,
        UC_ARM_REG_R10, UC_ARM_REG_R11, UC_ARM_REG_R12, UC_ARM_REG_SP,
        UC_ARM_REG_LR, UC_ARM_REG_PC};

// Executes the firmware from its reset handler up to `stop`.
static uc_engine *run_to(struct elf_image *image, uint32_t stop,
        uint32_t regs[16]) {
    uc_engine *uc;
    assert_int_equal(uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &uc),
            0);
    assert_int_equal(uc_mem_map(uc, RAM_ADDR, RAM_BYTES, UC_PROT_ALL), 0);
    assert_int_equal(uc_mem_map(uc, WINDOW_ADDR, WINDOW_BYTES, UC_PROT_ALL), 0);
    struct elf_segment s;
    for (size_t i = 0; elf_image_segment(image, i, &s); i++) {
        uc_mem_write(uc, s.load_addr, s.data, s.file_bytes);
    }
    const uint32_t sp = RAM_ADDR + RAM_BYTES, lr = 0xFFFFFFFF;
    uc_reg_write(uc, UC_ARM_REG_SP, &sp);
    uc_reg_write(uc, UC_ARM_REG_LR, &lr); // as after a reset
    assert_int_equal(uc_emu_start(uc, elf_image_entry(image) | 1u, stop, 0,
                             100000),
            0);
    for (int i = 0; i < 16; i++) {
        uc_reg_read(uc, uc_registers[i], &regs[i]);
    }
    assert_int_equal(regs[15], stop);
    return uc;
}

static void call_stack_goes_down_to_reset(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    uint32_t regs[16];
    uc_engine *uc = run_to(image, address_of(image, "probe_leaf") + 2, regs);
    static const char *const callers[] = {"probe_inner", "probe_ram",
            "probe_outer", "probe_start", "Reset_Handler"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(elf_image_unwind(image, regs, read_word, uc));
        assert_int_equal(regs[15] & 1, 1);
        struct elf_place p = elf_image_place(image, regs[15] - 2);
        assert_string_equal(p.function, callers[i]);
        assert_non_null(p.file);
    }
    // Reset_Handler's own frame is the last: LR there is no address.
    assert_int_equal(regs[13], RAM_ADDR + RAM_BYTES - 8);
    assert_false(elf_image_unwind(image, regs, read_word, uc));
    uc_close(uc);
    elf_image_close(image);
}

// As if an interrupt had come in probe_leaf: 8 words on MSP, LR in PC.
static void call_stack_goes_through_an_exception(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    uint32_t regs[16];
    const uint32_t stop = address_of(image, "probe_leaf") + 2;
    uc_engine *uc = run_to(image, stop, regs);
    const uint32_t sp = regs[13];
    const uint32_t frame[8] = {regs[0], regs[1], regs[2], regs[3], regs[12],
            regs[14], stop, 0x01000200}; // xPSR bit 9: SP was aligned by 4
    uc_mem_write(uc, sp - 36, frame, sizeof frame);
    regs[13] = sp - 36;
    regs[15] = regs[14] = 0xFFFFFFF9;
    regs[0] = regs[12] = 0;
    assert_true(elf_image_unwind(image, regs, read_word, uc));
    assert_int_equal(regs[15], stop);
    assert_int_equal(regs[13], sp);
    assert_int_equal(regs[0], frame[0]);
    assert_true(elf_image_unwind(image, regs, read_word, uc));
    assert_string_equal(elf_image_place(image, regs[15] - 2).function,
            "probe_inner");

    // A thread on PSP: the frame is not where SP points, whatever lies there.
    regs[13] = sp - 36;
    regs[15] = 0xFFFFFFFD;
    assert_false(elf_image_unwind(image, regs, read_word, uc));
    uc_close(uc);
    elf_image_close(image);
}

static bool read_nothing(void *ctx, uint32_t addr, uint32_t *word) {
    (void)ctx;
    (void)addr;
    (void)word;
    return false;
}

static void call_stack_ends_where_memory_ends(void **state) {
    (void)state;
    struct elf_image *image = open_probe();
    // In the middle of probe_inner the return address is on the stack.
    uint32_t regs[16] = {0};
    regs[13] = RAM_ADDR + 0x1000;
    regs[15] = address_of(image, "probe_inner") + 0x1c;
    const uint32_t before = regs[15];
    assert_false(elf_image_unwind(image, regs, read_nothing, NULL));
    assert_int_equal(regs[15], before);
    regs[15] = 0x12345678;
    assert_false(elf_image_unwind(image, regs, read_nothing, NULL));
    elf_image_close(image);
}

/// Bad input ///

static void wrong_files_are_named(void **state) {
    (void)state;
    char error[300];
    assert_null(elf_image_open("/nonexistent/a.elf", error, sizeof error));
    assert_non_null(strstr(error, "No such file"));
    assert_null(elf_image_open("/", error, sizeof error));
    assert_non_null(strstr(error, "not a file"));
    assert_refused("", 0, "not an ELF");
    assert_refused("\x7f"
                   "EL",
            3, "not an ELF");
    assert_refused("S0030000FC\n0123456789", 22, "not an ELF");
    Elf32_Ehdr h = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB},
            .e_type = ET_EXEC,
            .e_machine = EM_ARM,
            .e_phoff = sizeof h,
            .e_phentsize = sizeof(Elf32_Phdr),
            .e_phnum = 1};
    assert_refused(&h, 20, "truncated in the ELF header");
    assert_refused(&h, sizeof h, "truncated in the program headers");
    h.e_phnum = 0;
    assert_refused(&h, sizeof h, "no segments");
    h.e_type = ET_REL;
    assert_refused(&h, sizeof h, "not linked");
    h.e_type = ET_DYN;
    assert_refused(&h, sizeof h, "-pie");
    h.e_machine = EM_RISCV;
    assert_refused(&h, sizeof h, "not ARM");
    h.e_ident[EI_DATA] = ELFDATA2MSB;
    assert_refused(&h, sizeof h, "little-endian");
    h.e_ident[EI_CLASS] = ELFCLASS64;
    assert_refused(&h, sizeof h, "64-bit");
}

static void odd_segments_are_refused(void **state) {
    (void)state;
    struct {
        Elf32_Ehdr h;
        Elf32_Phdr p;
    } f = {.h = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB},
                   .e_type = ET_EXEC,
                   .e_machine = EM_ARM,
                   .e_phoff = sizeof f.h,
                   .e_phentsize = sizeof f.p,
                   .e_phnum = 1},
            .p = {.p_type = PT_LOAD, .p_memsz = 4, .p_vaddr = 0xFFFFFFFC}};
    assert_refused(&f, sizeof f, "nothing to load");
    f.p.p_filesz = 4;
    assert_null(look_at(&f, sizeof f));
    f.p.p_memsz = 5;
    assert_refused(&f, sizeof f, "exceeds the address space");
    f.p.p_vaddr = 0;
    f.p.p_paddr = 0xFFFFFFFD;
    assert_refused(&f, sizeof f, "exceeds the address space");
    f.p.p_filesz = 6;
    assert_refused(&f, sizeof f, "more bytes in the file");
    f.p.p_paddr = 0;
    f.p.p_memsz = f.p.p_filesz = 0xFFFFFFF0;
    assert_refused(&f, sizeof f, "truncated in a segment");
    f.p.p_filesz = 0xFFFFFFF0;
    f.p.p_offset = 0x20; // the sum would wrap in 32 bits
    assert_refused(&f, sizeof f, "truncated in a segment");
    f.h.e_phoff = 0xFFFFFFF0;
    assert_refused(&f, sizeof f, "truncated in the program headers");
}

// A symbol table whose last name would run out of the file.
static void open_string_table_is_refused(void **state) {
    (void)state;
    if (!probe_bytes) {
        skip();
    }
    uint8_t *copy = malloc(probe_size);
    assert_non_null(copy);
    memcpy(copy, probe_bytes, probe_size);
    Elf32_Ehdr h;
    memcpy(&h, copy, sizeof h);
    Elf32_Shdr *sections = (void *)(copy + h.e_shoff);
    for (size_t i = 0; i < h.e_shnum; i++) {
        if (sections[i].sh_type == SHT_SYMTAB) {
            const Elf32_Shdr *names = &sections[sections[i].sh_link];
            copy[names->sh_offset + names->sh_size - 1] = 'x';
        }
    }
    assert_refused(copy, probe_size, "damaged");
    free(copy);
}

static void truncated_at_any_length_is_refused(void **state) {
    (void)state;
    if (!probe_bytes) {
        skip();
    }
    // The section headers are the last thing in the file, so no prefix is
    // whole.
    for (size_t size = 0; size < probe_size; size += 1 + size / 64) {
        assert_non_null(look_at(probe_bytes, size));
    }
    assert_null(look_at(probe_bytes, probe_size));
}

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

// Any answer is right but a crash, a leak or an endless loop.
static void flipped_bits_never_crash(void **state) {
    (void)state;
    if (!probe_bytes) {
        skip();
    }
    uint8_t *copy = malloc(probe_size);
    assert_non_null(copy);
    unsigned opened = 0;
    for (uint32_t round = 1; round <= 400; round++) {
        uint32_t seed = round * 2654435761u;
        memcpy(copy, probe_bytes, probe_size);
        // Every other round in the headers, where it matters most.
        const size_t range = round & 1 ? 0x400 : probe_size;
        for (uint32_t k = 0; k < 1 + round % 8; k++) {
            const uint32_t at = next_random(&seed) % range;
            copy[at] ^= (uint8_t)(1u << (next_random(&seed) & 7));
        }
        opened += look_at(copy, probe_size) == NULL;
    }
    free(copy);
    assert_true(opened > 20 && opened < 400);
}

/// Main ///

static int set_up(void **state) {
    (void)state;
    const int fd = mkstemp(work_path);
    if (fd < 0) {
        return -1;
    }
    close(fd);
    const char *dir = getenv("XIPSAFE_FIRMWARE_DIR");
    if (!dir) {
        return 0;
    }
    snprintf(probe_path, sizeof probe_path, "%s/elf_probe.elf", dir);
    FILE *f = fopen(probe_path, "rb");
    if (!f) {
        return 0;
    }
    fseek(f, 0, SEEK_END);
    probe_size = (size_t)ftell(f);
    rewind(f);
    probe_bytes = malloc(probe_size);
    const bool ok =
            probe_bytes && fread(probe_bytes, 1, probe_size, f) == probe_size;
    fclose(f);
    return ok ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    free(probe_bytes);
    unlink(work_path);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(segments_have_run_and_load_addresses),
            cmocka_unit_test(symbols_are_found_by_name),
            cmocka_unit_test(places_have_function_and_line),
            cmocka_unit_test(places_without_a_size_or_a_name),
            cmocka_unit_test(call_stack_goes_down_to_reset),
            cmocka_unit_test(call_stack_goes_through_an_exception),
            cmocka_unit_test(call_stack_ends_where_memory_ends),
            cmocka_unit_test(wrong_files_are_named),
            cmocka_unit_test(odd_segments_are_refused),
            cmocka_unit_test(open_string_table_is_refused),
            cmocka_unit_test(truncated_at_any_length_is_refused),
            cmocka_unit_test(flipped_bits_never_crash),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
