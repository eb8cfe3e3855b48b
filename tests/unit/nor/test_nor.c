/*
 * test_nor - commands, registers, frames and time of the chip model
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

#define W25Q "w25q128jv"
#define SIZE (16u << 20)

static struct bench b;

static int open_w25q(void **state) {
    (void)state;
    bench_open(&b, W25Q, NULL, (struct nor_options){.seed = 1});
    return 0;
}

static int close_bench(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static uint8_t byte_at(uint32_t addr) {
    uint8_t byte = 0;
    bench_read(&b, addr, &byte, 1);
    return byte;
}

/// Parts ///

static void parts_are_found(void **state) {
    (void)state;
    assert_null(nor_part_find("nothing"));
    size_t n = 0;
    for (const struct nor_part *p; (p = nor_part_at(n)) != NULL; n++) {
        assert_ptr_equal(nor_part_find(p->name), p);
        assert_int_equal(p->size_bytes & (p->size_bytes - 1), 0);
        assert_true(p->page_typ_us <= p->page_max_us);
        for (unsigned i = 0; i < 4 && p->erase[i].size_bytes; i++) {
            assert_true(p->erase[i].typ_us <= p->erase[i].max_us);
        }
    }
    assert_true(n >= 2);
}

/// Reading ///

static void ids(void **state) {
    (void)state;
    uint8_t id[3];
    struct nor_frame f = bench_shape(0x9F, false, 0, 1);
    bench_frame(&b, &f, NULL, id, 3);
    assert_memory_equal(id, "\xEF\x40\x18", 3);
    f = bench_shape(0x90, true, 0, 1);
    bench_frame(&b, &f, NULL, id, 2);
    assert_memory_equal(id, "\xEF\x17", 2);
    f = bench_shape(0x90, true, 1, 1);
    bench_frame(&b, &f, NULL, id, 2);
    assert_memory_equal(id, "\x17\xEF", 2);
    // W25Q128JV data sheet, 92h and 94h: M7-0 and, on four lines, four more
    // clocks behind the address.
    f = bench_shape(0x92, true, 0, 2);
    f.addr_lanes = 2;
    f.dummy_clocks = 4;
    bench_frame(&b, &f, NULL, id, 2);
    assert_memory_equal(id, "\xEF\x17", 2);
    f = bench_shape(0x94, true, 1, 4);
    f.addr_lanes = 4;
    f.dummy_clocks = 6;
    bench_frame(&b, &f, NULL, id, 2);
    assert_memory_equal(id, "\x17\xEF", 2);
    f = bench_shape(0xAB, true, 0, 1);
    bench_frame(&b, &f, NULL, id, 1);
    assert_int_equal(id[0], 0x17);
    f = bench_shape(0xAB, false, 0, 1);
    f.dummy_clocks = 24;
    bench_frame(&b, &f, NULL, id, 1);
    assert_int_equal(id[0], 0x17);
    bench_quiet(&b);
    f.dummy_clocks = 16;
    bench_frame(&b, &f, NULL, id, 1);
    bench_only(&b, NOR_BAD_FRAME);
}

// Every read command of the part, correctly framed, gets the same data.
static void all_reads_agree(void **state) {
    (void)state;
    const uint8_t data[4] = {0x12, 0x34, 0x56, 0x78};
    bench_program(&b, 0x4321, data, 4);
    static const struct {
        uint8_t opcode, addr_lanes, data_lanes, mode, dummy;
    } reads[] = {
            {0x03, 1, 1, 0, 0},
            {0x0B, 1, 1, 0, 8},
            {0x3B, 1, 2, 0, 8},
            {0x6B, 1, 4, 0, 8},
            {0xBB, 2, 2, 2, 0},
            {0xEB, 4, 4, 4, 4},
    };
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        struct nor_frame f =
                bench_shape(reads[i].opcode, true, 0x4321, reads[i].data_lanes);
        f.addr_lanes = reads[i].addr_lanes;
        f.alt_bytes = reads[i].mode ? 1 : 0;
        f.alt_lanes = reads[i].mode;
        f.alt = 0xFF;
        f.dummy_clocks = reads[i].dummy;
        uint8_t got[4];
        const char *why = NULL;
        assert_true(nor_readable(b.nor, b.now, &f, &why));
        assert_null(why);
        bench_frame(&b, &f, NULL, got, 4);
        assert_memory_equal(got, data, 4);
        bench_quiet(&b);
        // One clock more or less, other lanes, four address bytes: no data.
        for (unsigned wrong = 0; wrong < 5; wrong++) {
            struct nor_frame g = f;
            g.dummy_clocks += wrong == 0;
            g.addr_bytes += wrong == 1;
            g.addr_lanes =
                    wrong == 2 ? (g.addr_lanes == 1 ? 2 : 1) : g.addr_lanes;
            g.data_lanes =
                    wrong == 3 ? (g.data_lanes == 1 ? 2 : 1) : g.data_lanes;
            g.opcode_lanes = wrong == 4 ? 4 : 1;
            assert_false(nor_readable(b.nor, b.now, &g, &why));
            assert_non_null(why);
            bench_frame(&b, &g, NULL, got, 4);
            assert_memory_equal(got, "\xFF\xFF\xFF\xFF", 4);
            bench_only(&b, NOR_BAD_FRAME);
        }
    }
}

static void reads_wrap_at_the_end(void **state) {
    (void)state;
    bench_program(&b, SIZE - 1, (const uint8_t *)"\x11", 1);
    bench_program(&b, 0, (const uint8_t *)"\x22", 1);
    uint8_t got[2];
    bench_read(&b, SIZE - 1, got, 2);
    assert_memory_equal(got, "\x11\x22", 2);
}

static void unknown_opcodes_are_named(void **state) {
    (void)state;
    assert_int_equal(bench_reg(&b, 0x70), 0xFF); // Micron's
    bench_only(&b, NOR_UNKNOWN_OPCODE);
    assert_non_null(strstr(b.last.text, "70h"));
    assert_int_equal(b.last.opcode, 0x70);
    bench_cmd(&b, 0xFF); // mode reset: harmless anywhere
    bench_cmd(&b, 0xAB);
    bench_cmd(&b, 0x7A);
    bench_cmd(&b, 0x75);
    bench_quiet(&b);
}

static void a_kind_is_reported_once_per_frame(void **state) {
    (void)state;
    struct nor_frame f = bench_shape(0x06, false, 0, 0);
    nor_begin(b.nor, b.now, &f);
    for (int i = 0; i < 5; i++) {
        nor_out(b.nor, b.now, 0);
    }
    nor_end(b.nor, b.now);
    bench_only(&b, NOR_BAD_FRAME);
    assert_int_equal(bench_reg(&b, 0x05), 0); // and WEL was not set
    nor_begin(b.nor, b.now, &f);
    assert_int_equal(nor_in(b.nor, b.now), 0xFF);
    nor_end(b.nor, b.now);
    bench_only(&b, NOR_BAD_FRAME);
    assert_int_equal(bench_reg(&b, 0x05), 0);
}

/// Write enable, program, erase ///

static void write_enable_latch(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    assert_int_equal(bench_reg(&b, 0x05), 0x02);
    bench_cmd(&b, 0x04);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_page(&b, 0, (const uint8_t *)"\0", 1);
    bench_only(&b, NOR_NO_WEL);
    bench_cmd_at(&b, 0x20, 0);
    bench_only(&b, NOR_NO_WEL);
    bench_cmd(&b, 0xC7);
    bench_only(&b, NOR_NO_WEL);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\0", 1);
    bench_only(&b, NOR_NO_WEL);
    assert_int_equal(nor_array(b.nor)[0], 0xFF);
    assert_false(nor_busy(b.nor, b.now));
    bench_cmd(&b, 0x06);
    bench_page(&b, 0, (const uint8_t *)"\xA5", 1);
    assert_int_equal(bench_reg(&b, 0x05), 0x03); // WEL until the end
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    assert_int_equal(byte_at(0), 0xA5);
    bench_quiet(&b);
}

static void program_is_and(void **state) {
    (void)state;
    bench_program(&b, 0x100, (const uint8_t *)"\xF0", 1);
    bench_quiet(&b);
    bench_program(&b, 0x100, (const uint8_t *)"\x3C", 1);
    bench_only(&b, NOR_NOT_BLANK);
    assert_int_equal(b.last.off, 0x100);
    assert_int_equal(byte_at(0x100), 0x30);
    bench_program(&b, 0x100, (const uint8_t *)"\x10", 1);
    bench_quiet(&b);
    bench_program(&b, 0x101, NULL, 0); // no data: ignored
    bench_only(&b, NOR_BAD_FRAME);
    assert_false(nor_busy(b.nor, b.now));
}

static void program_wraps_in_its_page(void **state) {
    (void)state;
    uint8_t data[300];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
    }
    bench_program(&b, 0x5FE, data, 4);
    bench_only(&b, NOR_PAGE_WRAP);
    assert_int_equal(byte_at(0x5FE), 0);
    assert_int_equal(byte_at(0x5FF), 1);
    assert_int_equal(byte_at(0x500), 2);
    assert_int_equal(byte_at(0x501), 3);
    assert_int_equal(byte_at(0x600), 0xFF);
    assert_int_equal(b.changed_off, 0x500); // any of its bytes
    assert_int_equal(b.changed_len, 256);
    bench_program(&b, 0x700, data, 256);
    bench_quiet(&b);
    // 300 bytes: the last 256 count.
    bench_program(&b, 0x800, data, 300);
    bench_only(&b, NOR_PAGE_WRAP);
    assert_int_equal(byte_at(0x800), 0); // data[256]
    assert_int_equal(byte_at(0x82B), 43);
    assert_int_equal(byte_at(0x82C), 44);
    assert_int_equal(byte_at(0x8FF), 255);
}

static void erase_sizes_and_times(void **state) {
    (void)state;
    const struct nor_part *p = nor_part_of(b.nor);
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t size = p->erase[i].size_bytes;
        bench_program(&b, 0x20000 - 1, (const uint8_t *)"\0", 1);
        bench_program(&b, 0x20000, (const uint8_t *)"\0", 1);
        bench_program(&b, 0x20000 + size - 1, (const uint8_t *)"\0", 1);
        bench_program(&b, 0x20000 + size, (const uint8_t *)"\0", 1);
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, p->erase[i].opcode, 0x20000 + 5); // aligned down
        bench_only(&b, NOR_ERASE_UNALIGNED);
        assert_int_equal(nor_busy_until(b.nor),
                b.now + p->erase[i].typ_us * NOR_US);
        uint32_t off = 0;
        uint32_t len = 0;
        assert_true(nor_operation(b.nor, &off, &len));
        assert_int_equal(off, 0x20000);
        assert_int_equal(len, size);
        // Garbage in between.
        unsigned blank = 0;
        for (uint32_t j = 0; j < size; j++) {
            blank += nor_array(b.nor)[off + j] == 0xFF;
        }
        assert_true(blank < size / 16);
        const uint64_t until = nor_busy_until(b.nor);
        assert_true(nor_busy(b.nor, until - 1));
        assert_false(nor_busy(b.nor, until));
        b.now = until;
        assert_int_equal(b.ended_at, until);
        assert_int_equal(byte_at(0x20000), 0xFF);
        assert_int_equal(byte_at(0x20000 + size - 1), 0xFF);
        assert_int_equal(byte_at(0x20000 - 1), 0);
        assert_int_equal(byte_at(0x20000 + size), 0);
        assert_false(nor_operation(b.nor, &off, &len));
        bench_erase(&b, 0xD8, 0x10000);
        bench_erase(&b, 0xD8, 0x20000);
        bench_erase(&b, 0xD8, 0x30000);
    }
    bench_quiet(&b);
    assert_int_equal(nor_busy_until(b.nor), NOR_NEVER);
    const struct nor_counters c = nor_counters(b.nor);
    assert_int_equal(c.erases, 12);
    assert_int_equal(c.programs, 12);
    assert_int_equal(c.busy_ps,
            12 * 400 * NOR_US +
                    (45000 + 120000 + 150000 + 9 * 150000) * NOR_US);
    assert_int_equal(nor_wear(b.nor, 0x20000), 3 + 3);
    assert_int_equal(nor_wear(b.nor, 0x21000), 2 + 3);
    assert_int_equal(nor_wear(b.nor, 0x40000), 0);
    assert_int_equal(b.began, 24);
    assert_int_equal(b.ended, 24);
}

static void chip_erase(void **state) {
    (void)state;
    bench_program(&b, 0, (const uint8_t *)"\0", 1);
    bench_program(&b, SIZE - 1, (const uint8_t *)"\0", 1);
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x60);
    assert_int_equal(nor_busy_until(b.nor), b.now + 40000 * NOR_MS);
    bench_cmd(&b, 0x75); // not in a chip erase
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_idle(&b);
    assert_int_equal(byte_at(0), 0xFF);
    assert_int_equal(byte_at(SIZE - 1), 0xFF);
}

static void maximum_times(void **state) {
    (void)state;
    struct bench m;
    bench_open(&m, W25Q, NULL, (struct nor_options){.max_times = true});
    bench_cmd(&m, 0x06);
    bench_cmd_at(&m, 0x20, 0);
    assert_int_equal(nor_busy_until(m.nor), m.now + 400 * NOR_MS);
    bench_idle(&m);
    bench_cmd(&m, 0x06);
    bench_page(&m, 0, (const uint8_t *)"\0", 1);
    assert_int_equal(nor_busy_until(m.nor), m.now + 3 * NOR_MS);
    bench_close(&m);
}

static void busy_chip_answers_garbage(void **state) {
    (void)state;
    uint8_t got[64];
    unsigned zeros = 0;
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x3000);
    for (unsigned i = 0; i < 3; i++) {
        static const uint8_t opcode[3] = {0x03, 0x9F, 0x5A};
        struct nor_frame f = bench_shape(opcode[i], i != 1, 0x3000, 1);
        f.dummy_clocks = i == 2 ? 8 : 0;
        bench_frame(&b, &f, NULL, got, sizeof got);
        bench_only(&b, NOR_READ_BUSY);
        for (unsigned j = 0; j < sizeof got; j++) {
            zeros += got[j] != 0xFF;
        }
    }
    assert_true(zeros > 64);
    assert_non_null(strstr(b.last.text, "erases"));
    static const uint8_t ignored[] = {0x06, 0x04, 0xB9, 0xC7, 0x50, 0x7A};
    for (unsigned i = 0; i < sizeof ignored; i++) {
        bench_cmd(&b, ignored[i]);
        bench_only(&b, NOR_COMMAND_BUSY);
    }
    bench_cmd_at(&b, 0xD8, 0);
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_page(&b, 0, got, 4);
    bench_only(&b, NOR_COMMAND_BUSY);
    assert_int_equal(bench_reg(&b, 0x05) & 1, 1);
    assert_int_equal(bench_reg(&b, 0x35), 2);
    bench_quiet(&b);
    bench_idle(&b);
    assert_int_equal(byte_at(0), 0xFF);
    assert_int_equal(nor_counters(b.nor).erases, 1);
}

static void status_read_goes_on(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    bench_page(&b, 0, (const uint8_t *)"\0", 1);
    const uint64_t until = nor_busy_until(b.nor);
    const struct nor_frame f = bench_shape(0x05, false, 0, 1);
    nor_begin(b.nor, b.now, &f);
    assert_int_equal(nor_in(b.nor, until - 1), 0x03);
    assert_int_equal(nor_in(b.nor, until), 0x00);
    nor_end(b.nor, until);
    b.now = until;
}

/// Winbond registers ///

static void quad_enable_is_needed(void **state) {
    (void)state;
    assert_int_equal(bench_reg(&b, 0x35), 0x02); // the -IQ as delivered
    bench_cmd(&b, 0x50);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\0", 1);
    bench_only(&b, NOR_STATUS_WRITE);
    assert_false(nor_busy(b.nor, b.now)); // volatile: at once
    assert_int_equal(bench_reg(&b, 0x35), 0);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\2", 1); // 50h was for one
    bench_only(&b, NOR_NO_WEL);
    assert_int_equal(bench_reg(&b, 0x35), 0);
    struct nor_frame f = bench_quad(0, 0xFF, 4);
    uint8_t got = 0;
    const char *why = NULL;
    assert_false(nor_readable(b.nor, b.now, &f, &why));
    assert_string_equal(why, "quad enable is not set");
    bench_frame(&b, &f, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
    f = bench_shape(0x6B, true, 0, 4);
    f.dummy_clocks = 8;
    bench_frame(&b, &f, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
    bench_cmd(&b, 0x06);
    f = bench_shape(0x32, true, 0, 4);
    bench_frame(&b, &f, (const uint8_t *)"\0", NULL, 1);
    bench_only(&b, NOR_BAD_FRAME);
    assert_false(nor_busy(b.nor, b.now));
    // Volatile: lost at 66h 99h.
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, 30 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x35), 2);
    bench_cmd(&b, 0x06);
    f = bench_shape(0x32, true, 0x40, 4);
    bench_frame(&b, &f, (const uint8_t *)"\x77", NULL, 1);
    bench_idle(&b);
    assert_int_equal(byte_at(0x40), 0x77);
    bench_quiet(&b);
}

static void status_writes(void **state) {
    (void)state;
    // One byte keeps SR2, two bytes write it.
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, (const uint8_t *)"\x80", 1);
    assert_int_equal(nor_busy_until(b.nor), b.now + 10 * NOR_MS);
    assert_int_equal(bench_reg(&b, 0x05), 0x03); // not yet
    bench_cmd(&b, 0x75);                         // goes on
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x05), 0x80);
    assert_int_equal(bench_reg(&b, 0x35), 0x02);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, (const uint8_t *)"\x00\x00", 2);
    bench_only(&b, NOR_STATUS_WRITE); // quad enable
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x05), 0x00);
    assert_int_equal(bench_reg(&b, 0x35), 0x00);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x11, (const uint8_t *)"\xFF", 1);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x15), 0x64);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, (const uint8_t *)"\0\0\0", 3);
    bench_only(&b, NOR_BAD_FRAME);
    assert_false(nor_busy(b.nor, b.now));
    // LB bits are one-time.
    bench_set_reg(&b, 0x31, (const uint8_t *)"\x08", 1);
    bench_only(&b, NOR_STATUS_WRITE);
    bench_idle(&b);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\x02", 1);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x35), 0x0A);
    assert_int_equal(nor_counters(b.nor).status_writes, 5);
    bench_quiet(&b);
    // Non-volatile registers outlive the supply and a reset.
    nor_power_off(b.nor, b.now);
    nor_power_on(b.nor, b.now + NOR_MS);
    bench_wait(&b, 2 * NOR_MS);
    assert_int_equal(bench_reg(&b, 0x35), 0x0A);
    assert_int_equal(bench_reg(&b, 0x15), 0x64);
}

// SR1, SR2, first and last protected byte; W25Q128JV data sheet,
// memory protection.
static void protection_ranges(void **state) {
    (void)state;
    static const struct {
        uint8_t sr1, sr2;
        uint32_t first, last;
    } rows[] = {
            {0x1C, 0, 0, SIZE - 1},
            {0x04, 0, 0xFC0000, SIZE - 1},
            {0x18, 0, 0x800000, SIZE - 1},
            {0x24, 0, 0, 0x03FFFF},
            {0x44, 0, 0xFFF000, SIZE - 1},
            {0x50, 0, 0xFF8000, SIZE - 1},
            {0x6C, 0, 0, 0x003FFF},
            {0x04, 0x40, 0, 0xFBFFFF},
            {0x24, 0x40, 0x040000, SIZE - 1},
            {0x00, 0x40, 0, SIZE - 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint8_t sr[2] = {rows[i].sr1, rows[i].sr2};
        bench_cmd(&b, 0x50);
        bench_set_reg(&b, 0x01, sr, 2);
        bench_forget(&b); // test_nor_misuse looks at that
        const uint32_t in[2] = {rows[i].first, rows[i].last};
        for (unsigned j = 0; j < 2; j++) {
            bench_program(&b, in[j], (const uint8_t *)"\0", 1);
            bench_only(&b, NOR_PROTECTED);
            assert_int_equal(nor_array(b.nor)[in[j]], 0xFF);
            bench_erase(&b, 0x20, in[j] & ~0xFFFu);
            bench_only(&b, NOR_PROTECTED);
        }
        if (rows[i].first > 0) {
            bench_erase(&b, 0x20, (rows[i].first - 1) & ~0xFFFu);
        }
        if (rows[i].last < SIZE - 1) {
            bench_erase(&b, 0x20, rows[i].last + 1);
        }
        bench_quiet(&b);
        bench_cmd(&b, 0x06);
        bench_cmd(&b, 0xC7);
        bench_only(&b, NOR_PROTECTED);
        assert_false(nor_busy(b.nor, b.now));
    }
}

/// Continuous read ///

// nCS has to rise behind a whole byte.
static void cut_in_a_byte(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    const struct nor_frame erase = bench_shape(0x20, true, 0x1000, 0);
    nor_begin(b.nor, b.now, &erase);
    nor_cut(b.nor, b.now);
    assert_int_equal(bench_reg(&b, 0x05), 2); // WEL, no WIP
    const struct nor_frame program = bench_shape(0x02, true, 0x1000, 1);
    nor_begin(b.nor, b.now, &program);
    nor_out(b.nor, b.now, 0);
    nor_cut(b.nor, b.now);
    assert_int_equal(bench_reg(&b, 0x05), 2);
    nor_begin(b.nor, b.now, &program);
    nor_out(b.nor, b.now, 0);
    nor_end(b.nor, b.now);
    assert_int_equal(bench_reg(&b, 0x05), 3);
}

static void continuous_read(void **state) {
    (void)state;
    bench_program(&b, 0x123456, (const uint8_t *)"\x5A", 1);
    struct nor_frame f = bench_quad(0x123456, 0xA5, 4);
    uint8_t got = 0;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x5A);
    // Stays: no opcode now.
    struct nor_frame g = f;
    g.has_opcode = false;
    g.opcode_lanes = 0;
    const char *why = NULL;
    assert_false(nor_readable(b.nor, b.now, &f, &why));
    assert_true(nor_readable(b.nor, b.now, &g, &why));
    bench_frame(&b, &g, NULL, &got, 1);
    assert_int_equal(got, 0x5A);
    bench_quiet(&b);
    // A command is taken for an address, if it has one behind it, too.
    bench_frame(&b, &f, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
    assert_int_equal(b.last.cause, NOR_CAUSE_CONTINUOUS);
    assert_int_equal(got, 0xFF);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_BAD_FRAME);
    bench_cmd(&b, 0x06);
    bench_only(&b, NOR_BAD_FRAME);
    // Still in it; other mode bits end it after this read.
    g.alt = 0xFF;
    bench_frame(&b, &g, NULL, &got, 1);
    assert_int_equal(got, 0x5A);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_quiet(&b);
    bench_frame(&b, &g, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
    assert_int_equal(b.last.cause, NOR_CAUSE_OTHER);
    assert_int_equal(got, 0xFF);
    // M5-4 = 10 is what counts: 2Fh stays, 1Fh and 3Fh do not.
    f.alt = 0x2F;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_BAD_FRAME);
    bench_cmd(&b, 0xFF); // eight clocks of ones
    assert_int_equal(bench_reg(&b, 0x05), 0);
    f.alt = 0x1F;
    bench_frame(&b, &f, NULL, &got, 1);
    f.alt = 0x3F;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_quiet(&b);
}

static void mode_reset_needs_enough_clocks(void **state) {
    (void)state;
    uint8_t got = 0;
    // BBh needs sixteen clocks of ones.
    struct nor_frame f = bench_shape(0xBB, true, 0, 2);
    f.addr_lanes = 2;
    f.alt_bytes = 1;
    f.alt_lanes = 2;
    f.alt = 0xA0;
    bench_frame(&b, &f, NULL, &got, 1);
    bench_cmd(&b, 0xFF);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_BAD_FRAME);
    bench_set_reg(&b, 0xFF, (const uint8_t *)"\xFF", 1);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    // FFh on four lanes is two clocks: EBh goes on.
    f = bench_quad(0, 0xA0, 4);
    bench_frame(&b, &f, NULL, &got, 1);
    struct nor_frame ones = {
            .has_opcode = true, .opcode = 0xFF, .opcode_lanes = 4};
    bench_frame(&b, &ones, NULL, NULL, 0);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_BAD_FRAME);
    // Two clocks without an opcode, then eight.
    ones = (struct nor_frame){.addr_bytes = 1, .addr_lanes = 4, .addr = 0xFF};
    bench_frame(&b, &ones, NULL, NULL, 0);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_BAD_FRAME);
    ones = (struct nor_frame){.addr_bytes = 3,
            .addr_lanes = 4,
            .addr = 0xFFFFFF,
            .alt_bytes = 1,
            .alt_lanes = 4,
            .alt = 0xFF};
    bench_frame(&b, &ones, NULL, NULL, 0);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_frame(&b, &ones, NULL, NULL, 0); // harmless when already out
    bench_quiet(&b);
}

// The mode clocks sent as dummy clocks work, but nobody drives the mode bits.
static void undriven_mode_bits(void **state) {
    (void)state;
    bench_program(&b, 0, (const uint8_t *)"\x42", 1);
    struct nor_frame f = bench_quad(0, 0, 6);
    f.alt_bytes = 0;
    f.alt_lanes = 0;
    uint8_t got = 0;
    assert_true(nor_readable(b.nor, b.now, &f, NULL));
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x42);
    bench_only(&b, NOR_MODE_BITS);
    // As many clocks, and half of the lines float.
    f = bench_quad(0, 0xFF, 2);
    f.alt_lanes = 2;
    assert_false(nor_readable(b.nor, b.now, &f, NULL));
    bench_frame(&b, &f, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
}

/// Sleep, reset ///

static void deep_power_down(void **state) {
    (void)state;
    bench_cmd(&b, 0xB9);
    bench_cmd(&b, 0xAB); // tDP is 3 us: not heard
    bench_only(&b, NOR_TOO_FAST);
    bench_wait(&b, 3 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    bench_only(&b, NOR_ASLEEP);
    const struct nor_frame f = bench_quad(0, 0xFF, 4);
    assert_false(nor_readable(b.nor, b.now, &f, NULL));
    bench_cmd(&b, 0xFF);
    bench_quiet(&b);
    bench_cmd(&b, 0xAB);
    bench_reg(&b, 0x9F); // tRES1 is 3 us
    bench_only(&b, NOR_TOO_FAST);
    assert_int_equal(b.last.cause, NOR_CAUSE_WAKE);
    bench_wait(&b, 3 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    assert_true(nor_readable(b.nor, b.now, &f, NULL));
    bench_quiet(&b);
}

static void software_reset(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x99); // without 66h
    bench_only(&b, NOR_BAD_FRAME);
    bench_cmd(&b, 0x66);
    bench_reg(&b, 0x05); // comes between
    bench_cmd(&b, 0x99);
    bench_only(&b, NOR_BAD_FRAME);
    assert_int_equal(bench_reg(&b, 0x05), 2);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    assert_int_equal(bench_reg(&b, 0x05), 0xFF); // a poll is no mistake
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_NO_ANSWER], 1);
    assert_non_null(strstr(b.last.text, "reset takes another 30 us"));
    bench_cmd(&b, 0x06);
    bench_only(&b, NOR_TOO_FAST);
    assert_int_equal(b.last.cause, NOR_CAUSE_RESET);
    bench_wait(&b, 30 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05), 0); // WEL is gone
    // In an erase: the sector is not erased.
    uint8_t zeros[256] = {0};
    for (uint32_t i = 0; i < 4096; i += 256) {
        bench_program(&b, 0x8000 + i, zeros, 256);
    }
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    bench_wait(&b, 10 * NOR_MS);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_only(&b, NOR_RESET_BUSY);
    assert_false(nor_busy(b.nor, b.now));
    bench_wait(&b, 30 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    unsigned blank = 0;
    for (uint32_t i = 0; i < 4096; i++) {
        blank += nor_array(b.nor)[0x8000 + i] == 0xFF;
    }
    assert_true(blank < 4096);
    bench_erase(&b, 0x20, 0x8000);
    assert_int_equal(byte_at(0x8000), 0xFF);
    bench_quiet(&b);
}

/// Faults ///

static void faults(void **state) {
    (void)state;
    nor_set_faults(b.nor, &(struct nor_options){.ignore_wren = true});
    bench_cmd(&b, 0x06);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    nor_set_faults(b.nor, &(struct nor_options){.silent = true});
    assert_int_equal(bench_reg(&b, 0x05), 0xFF);
    nor_set_faults(b.nor, &(struct nor_options){.stuck_busy = true});
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0);
    assert_int_equal(nor_busy_until(b.nor), NOR_NEVER);
    bench_wait(&b, 1000000 * NOR_MS);
    assert_int_equal(bench_reg(&b, 0x05), 3);
    bench_cmd(&b, 0x75);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, NOR_MS);
    assert_int_equal(bench_reg(&b, 0x05), 3);
    nor_set_faults(b.nor, &(struct nor_options){0});
    nor_power_off(b.nor, b.now);
    nor_power_on(b.nor, b.now);
    bench_wait(&b, NOR_MS);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_erase(&b, 0x20, 0);
    bench_quiet(&b);
}

#define W(t) cmocka_unit_test_setup_teardown(t, open_w25q, close_bench)

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(parts_are_found),
            W(ids),
            W(all_reads_agree),
            W(reads_wrap_at_the_end),
            W(unknown_opcodes_are_named),
            W(a_kind_is_reported_once_per_frame),
            W(write_enable_latch),
            W(program_is_and),
            W(program_wraps_in_its_page),
            W(erase_sizes_and_times),
            W(chip_erase),
            cmocka_unit_test(maximum_times),
            W(busy_chip_answers_garbage),
            W(status_read_goes_on),
            W(quad_enable_is_needed),
            W(status_writes),
            W(protection_ranges),
            W(cut_in_a_byte),
            W(continuous_read),
            W(mode_reset_needs_enough_clocks),
            W(undriven_mode_bits),
            W(deep_power_down),
            W(software_reset),
            W(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
