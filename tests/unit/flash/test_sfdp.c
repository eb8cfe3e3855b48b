/*
 * test_sfdp - the SFDP decoder and the quirk table
 *
 * SPDX-License-Identifier: MIT
 *
 * Three kinds of input: an image built here word by word, dumps of real parts
 * (looked for in $XIPSAFE_SFDP_DUMPS; the test says so when there are none),
 * and damaged versions of both. Each image is decoded from a heap block of its
 * own size, so that AddressSanitizer sees a read of one byte too many.
 */
// sources: xipsafe/*/xip_sfdp.c xipsafe/*/xip_quirk.c xipsafe/*/xip_part.c
// sources: tests/support/sfdp_dumps.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/sfdp_dumps.h"
#include "xip_err.h"

#define FLIPS 100000u
#define MIB 0x100000u

/// What must hold of every description, whatever it was made from ///

static bool power_of_two(uint32_t n) {
    return n != 0 && (n & (n - 1)) == 0;
}

static void assert_suspend_sane(const struct xip_part_suspend *s) {
    if (s->suspend_opcode == 0) {
        assert_int_equal(s->flag_mask, 0);
        return;
    }
    assert_int_not_equal(s->resume_opcode, 0);
    assert_int_not_equal(s->flag_opcode, 0);
    assert_int_not_equal(s->flag_mask, 0);
    assert_in_range(s->latency_max_us, 1, 2048);
    assert_in_range(s->interval_us, 1, 1024);
}

static void assert_sane(const struct xip_flash_part *p) {
    assert_non_null(memchr(p->name, 0, sizeof p->name));
    assert_true(power_of_two(p->size_bytes));
    assert_in_range(p->size_bytes, 0x10000, 0x80000000u);
    assert_true(power_of_two(p->page_bytes));
    assert_in_range(p->page_bytes, 16, 4096);
    assert_true(p->page_typ_us > 0 && p->page_max_us >= p->page_typ_us);
    assert_in_range(p->addr_bytes, 3, 4);
    assert_true(p->addr_bytes == 4 || p->size_bytes <= 16 * MIB);
    assert_true(p->read_lanes == 1 || p->read_lanes == 4);
    assert_true(p->program_lanes == 1 || p->read_lanes == 4);
    assert_true(p->read_opcode != 0 && p->read_opcode != 0xFF);
    assert_in_range(p->read_mode_clocks, 0, 7);
    assert_in_range(p->read_wait_clocks, 0, 31);
    assert_in_range(p->qe, XIP_QE_NONE, XIP_QE_SR2_BIT1_W31);
    assert_true(p->reset_max_us > 0);

    assert_int_not_equal(p->erase[0].size_bytes, 0);
    assert_true(p->page_bytes <= p->erase[0].size_bytes);
    bool ended = false;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        const struct xip_part_erase *e = &p->erase[i];
        ended = ended || e->size_bytes == 0;
        if (ended) {
            assert_int_equal(e->size_bytes, 0);
            continue;
        }
        assert_true(power_of_two(e->size_bytes));
        assert_in_range(e->size_bytes, 256, 0x40000);
        assert_true(e->size_bytes <= p->size_bytes);
        assert_true(i == 0 || e->size_bytes >= p->erase[i - 1].size_bytes);
        assert_true(e->opcode != 0 && e->opcode != 0xFF);
        assert_true(e->typ_us > 0 && e->max_us >= e->typ_us);
    }
    assert_suspend_sane(&p->erase_suspend);
    assert_suspend_sane(&p->program_suspend);
}

// Decode from a block of exactly `len` bytes.
static int decode(struct xip_flash_part *part, const struct sfdp_image *image,
        size_t len) {
    uint8_t *block = malloc(len ? len : 1);
    assert_non_null(block);
    memcpy(block, image->bytes, len);
    memset(part, 0xA5, sizeof *part);
    const int err =
            xip_part_from_sfdp(part, image->id, len ? block : block + 1, len);
    free(block);
    if (err == XIP_OK) {
        assert_sane(part);
    } else {
        struct xip_flash_part untouched;
        memset(&untouched, 0xA5, sizeof untouched);
        assert_int_equal(err, XIP_ERR_PART);
        assert_memory_equal(part, &untouched, sizeof untouched);
    }
    return err;
}

/// Images built here ///

static void put32(struct sfdp_image *image, size_t at, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        image->bytes[at + i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_header(struct sfdp_image *image, unsigned number, uint16_t id,
        uint8_t minor, uint8_t words, uint32_t off) {
    const size_t at = 8 + 8 * number;
    image->bytes[at] = (uint8_t)id;
    image->bytes[at + 1] = minor;
    image->bytes[at + 2] = 1;
    image->bytes[at + 3] = words;
    put32(image, at + 4, off | (uint32_t)(id >> 8) << 24);
    if (image->bytes[6] < number) {
        image->bytes[6] = (uint8_t)number;
    }
}

#define BASIC_AT 0x30u
#define WORD(n) (BASIC_AT + 4 * ((n)-1))

// No part has just these figures. Type 2 is the smallest, 3 is absent.
static const uint32_t built_words[16] = {
        0xFFF120E5, // 3-byte addresses, 1-4-4
        0x01FFFFFF, // 32 Mbit: 4 MiB
        0x6B08EB44, // 1-4-4: EBh, 2 mode, 4 wait
        0xBB423B08, 0xFFFFFFFE, 0xFF00FFFF, 0xEB40FFFF,
        0x200CD810, // 64 KB D8h, 4 KB 20h
        0x5212FF00, // none, 256 KB 52h
        // type 4: 3 x 1 s; type 2: 5 x 16 ms; type 1: 7 x 128 ms; max = 2 * 3
        3u << 30 | 2u << 25 | 1u << 16 | 4u << 11 | 2u << 9 | 6u << 4 | 2u,
        // page: 2^8, 9 x 64 us, max = 2 * 4
        1u << 31 | 1u << 13 | 8u << 8 | 8u << 4 | 3u,
        // erase: 2 x 8 us, 5 x 64 us; program: 10 x 128 ns, 3 x 64 us
        2u << 29 | 1u << 24 | 4u << 20 | 0u << 18 | 9u << 13 | 2u << 9 | 0x1E9,
        0x757A767B, // erase 75h/7Ah, program 76h/7Bh
        0x5CD5A2F7,
        0xFF0DF719 | 6u << 20, // DW15[22:20] = 6
        0x80F830E9,            // DW16: bit 3
};

static void build(struct sfdp_image *image, uint8_t words) {
    memset(image, 0, sizeof *image);
    memset(image->bytes, 0xFF, sizeof image->bytes);
    memcpy(image->bytes, "SFDP", 4);
    image->bytes[4] = 6;
    image->bytes[5] = 1;
    image->bytes[6] = 0;
    image->bytes[7] = 0xFF;
    put_header(image, 0, 0xFF00, words == 9 ? 0 : 6, words, BASIC_AT);
    for (unsigned i = 0; i < words && i < 16; i++) {
        put32(image, BASIC_AT + 4 * i, built_words[i]);
    }
    image->len = BASIC_AT + 4u * words;
    memcpy(image->id, "\xEF\x55\x55", 3);
}

static int decode_all(struct xip_flash_part *part,
        const struct sfdp_image *image) {
    return decode(part, image, image->len);
}

static void assert_erase(const struct xip_part_erase *e, uint32_t size,
        uint8_t opcode, uint32_t typ_us, uint32_t max_us) {
    assert_int_equal(e->size_bytes, size);
    assert_int_equal(e->opcode, opcode);
    assert_int_equal(e->typ_us, typ_us);
    assert_int_equal(e->max_us, max_us);
}

static void test_built_16_words(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_string_equal(p.name, "JEDEC EF5555");
    assert_memory_equal(p.id, image.id, 3);
    assert_int_equal(p.size_bytes, 4 * MIB);
    assert_int_equal(p.page_bytes, 256);
    assert_int_equal(p.page_typ_us, 576);
    assert_int_equal(p.page_max_us, 4608);
    assert_erase(&p.erase[0], 0x1000, 0x20, 80000, 480000);
    assert_erase(&p.erase[1], 0x10000, 0xD8, 896000, 5376000);
    assert_erase(&p.erase[2], 0x40000, 0x52, 3000000, 18000000);
    assert_int_equal(p.erase[3].size_bytes, 0);
    assert_int_equal(p.erase_suspend.suspend_opcode, 0x75);
    assert_int_equal(p.erase_suspend.resume_opcode, 0x7A);
    assert_int_equal(p.erase_suspend.latency_max_us, 16);
    assert_int_equal(p.erase_suspend.interval_us, 320);
    assert_int_equal(p.program_suspend.suspend_opcode, 0x76);
    assert_int_equal(p.program_suspend.resume_opcode, 0x7B);
    assert_int_equal(p.program_suspend.latency_max_us, 2); // 1.28 us, up
    assert_int_equal(p.program_suspend.interval_us, 192);
    assert_int_equal(p.qe, XIP_QE_SR2_BIT1_W31);
    assert_true(p.volatile_sr);
    assert_int_equal(p.addr_bytes, 3);
    assert_int_equal(p.read_opcode, 0xEB);
    assert_int_equal(p.read_mode_clocks, 2);
    assert_int_equal(p.read_wait_clocks, 4);
}

// Nobody knows this id, so all that is not in nine words is the safe guess.
static void test_built_9_words_of_nobody(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 9);
    image.id[0] = 0x55;
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.page_bytes, 256);
    assert_true(p.page_max_us >= 5376);        // MX25R6435F
    assert_true(p.erase[0].max_us >= 896000);  // W25Q128JV
    assert_true(p.erase[1].max_us >= 6144000); // MX25UW51245G
    assert_int_equal(p.read_opcode, 0x0B);     // quad enable unknown
    assert_int_equal(p.read_lanes, 1);
    assert_int_equal(p.read_mode_clocks, 0);
    assert_int_equal(p.read_wait_clocks, 8);
    assert_int_equal(p.program_opcode, 0x02);
    assert_int_equal(p.program_lanes, 1);
    assert_false(p.volatile_sr);
    assert_int_equal(p.erase_suspend.suspend_opcode, 0);
    assert_int_equal(p.program_suspend.suspend_opcode, 0);
}

// Words that are there count, even if the table is of no standard length.
static void test_lengths_between(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    for (uint8_t words = 0; words <= 16; words++) {
        build(&image, words);
        const int want = words < 9 ? XIP_ERR_PART : XIP_OK;
        assert_int_equal(decode_all(&p, &image), want);
        if (want != XIP_OK) {
            continue;
        }
        assert_int_equal(p.erase[1].max_us, words >= 10 ? 5376000 : 10000000);
        assert_int_equal(p.page_typ_us, words >= 11 ? 576 : 1000);
        assert_int_equal(p.erase_suspend.interval_us, words >= 13 ? 320 : 0);
    }
}

static void test_suspend_needs_a_flag_register(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    image.id[0] = 0x55; // says it can suspend; nobody knows where it shows
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.erase_suspend.suspend_opcode, 0);
    assert_int_equal(p.program_suspend.suspend_opcode, 0);
    build(&image, 16);
    put32(&image, WORD(12), built_words[11] | 1u << 31); // says it cannot
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.erase_suspend.suspend_opcode, 0);
}

static const struct {
    uint8_t id[2];
    uint8_t flag, erase_mask, program_mask;
} flag_registers[] = {
        {{0xEF, 0x40}, 0x35, 0x80, 0x80}, {{0x1F, 0x89}, 0x35, 0x80, 0x80},
        {{0xC8, 0x40}, 0x35, 0x84, 0x84}, {{0xC2, 0x28}, 0x2B, 0x08, 0x04},
        {{0x9D, 0x60}, 0x48, 0x08, 0x04}, {{0x20, 0xBA}, 0x70, 0x40, 0x04},
        {{0x20, 0xBB}, 0x70, 0x40, 0x04},
        {{0x20, 0x40}, 0, 0, 0}, // XMC, not Micron
};

static void test_flag_registers(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    for (size_t i = 0; i < sizeof flag_registers / sizeof *flag_registers;
            i++) {
        build(&image, 16);
        memcpy(image.id, flag_registers[i].id, 2);
        assert_int_equal(decode_all(&p, &image), XIP_OK);
        assert_int_equal(p.erase_suspend.flag_opcode, flag_registers[i].flag);
        assert_int_equal(p.erase_suspend.flag_mask,
                flag_registers[i].erase_mask);
        assert_int_equal(p.program_suspend.flag_opcode, flag_registers[i].flag);
        assert_int_equal(p.program_suspend.flag_mask,
                flag_registers[i].program_mask);
        const bool micron = image.id[0] == 0x20 && image.id[1] != 0x40;
        assert_int_equal(p.fail_opcode, micron ? 0x70 : 0);
        assert_int_equal(p.fail_mask, micron ? 0x32 : 0);
        assert_int_equal(p.fail_clear_opcode, micron ? 0x50 : 0);
        const bool macronix = image.id[0] == 0xC2;
        const uint8_t other = macronix ? 0x15 : 0;
        assert_int_equal(p.volatile_read_opcode, micron ? 0x85 : other);
        assert_int_equal(p.volatile_write_opcode,
                micron             ? 0x81
                        : macronix ? 0x01
                                   : 0);
    }
}

/// Four-byte addresses ///

// A 4-byte table with all of `support` behind the basic table.
static void build_large(struct sfdp_image *image, uint32_t support,
        uint32_t opcodes) {
    build(image, 16);
    put32(image, WORD(1), 0xFFF320E5); // 3 or 4
    put32(image, WORD(2), 0x1FFFFFFF); // 64 MiB
    put_header(image, 1, 0xFF84, 0, 2, 0x70);
    put32(image, 0x70, support);
    put32(image, 0x74, opcodes);
    image->len = 0x78;
}

static void test_four_byte_opcodes(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    // types 1, 2 and 4; 1-4-4 read, 1-1-4 program
    build_large(&image, 0x00000AE2 | 1u << 10 | 1u << 12, 0x5CFF21DC);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.size_bytes, 64 * MIB);
    assert_int_equal(p.addr_bytes, 4);
    assert_int_equal(p.read_opcode, 0xEC);
    assert_int_equal(p.read_mode_clocks, 2);
    assert_int_equal(p.program_opcode, 0x34);
    assert_int_equal(p.program_lanes, 4);
    assert_int_equal(p.erase[0].opcode, 0x21);
    assert_int_equal(p.erase[1].opcode, 0xDC);
    assert_int_equal(p.erase[2].opcode, 0x5C);

    // Without 34h the page program stays on one line.
    build_large(&image, 0x00000A62 | 1u << 10 | 1u << 12, 0x5CFF21DC);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.read_opcode, 0xEC);
    assert_int_equal(p.program_opcode, 0x12);
    assert_int_equal(p.program_lanes, 1);

    // An erase type without a 4-byte opcode is dropped, not sent as it is.
    build_large(&image, 0x00000042 | 1u << 10, 0xFFFF21DC);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.read_opcode, 0x0C); // no 1-4-4: one line
    assert_int_equal(p.read_lanes, 1);
    assert_int_equal(p.read_wait_clocks, 8);
    assert_int_equal(p.program_opcode, 0x12);
    assert_int_equal(p.program_lanes, 1);
    assert_int_equal(p.erase[0].opcode, 0x21);
    assert_int_equal(p.erase[1].size_bytes, 0);
}

// Each of these lacks something without which 4-byte addresses are no use.
static void test_four_byte_unusable_leaves_16_mib(void **state) {
    (void)state;
    static const uint32_t useless[][2] = {
            {0x00000E22, 0x5CFF21DC}, // no page program
            {0x00000E40, 0x5CFF21DC}, // no read
            {0x00000062, 0x5CFF21DC}, // no erase
            {0xFFFFFFFF, 0xFFFFFFFF}, // unprogrammed
            {0x00000000, 0x00000000},
    };
    struct sfdp_image image;
    struct xip_flash_part p;
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        build_large(&image, useless[i][0], useless[i][1]);
        assert_int_equal(decode_all(&p, &image), XIP_OK);
        assert_int_equal(p.size_bytes, 16 * MIB);
        assert_int_equal(p.addr_bytes, 3);
        assert_int_equal(p.read_opcode, 0xEB);
        assert_int_equal(p.erase[0].opcode, 0x20);
    }
    build_large(&image, 0x00000EE2, 0x5CFF21DC);
    put32(&image, WORD(1), 0xFFF120E5); // three bytes only, it says
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.size_bytes, 16 * MIB);
    // A small part needs none of it, whatever its table says (MX25R6435F).
    build_large(&image, 0xFFFFFFFF, 0xFFFFFFFF);
    put32(&image, WORD(2), 0x03FFFFFF);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.size_bytes, 8 * MIB);
    assert_int_equal(p.addr_bytes, 3);
}

// Parts that share an id or leave the table out.
static void test_four_byte_by_id(void **state) {
    (void)state;
    static const struct {
        uint8_t id[3];
        uint8_t words;
        uint32_t dw5;
        uint8_t addr_bytes;
    } cases[] = {
            {{0xC2, 0x20, 0x19}, 9, 0xFFFFFFFE, 4},  // MX25L25635F: 4-4-4
            {{0xC2, 0x20, 0x19}, 9, 0xFFFFFFEE, 3},  // MX25L25635E
            {{0xEF, 0x40, 0x19}, 16, 0xFFFFFFFE, 4}, // W25Q256JV
            {{0xEF, 0x40, 0x19}, 9, 0xFFFFFFFE, 3},  // W25Q256FV
            {{0x20, 0xBA, 0x19}, 9, 0xFFFFFFFE, 3},  // N25Q256A
    };
    struct sfdp_image image;
    struct xip_flash_part p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        build(&image, cases[i].words);
        memcpy(image.id, cases[i].id, 3);
        put32(&image, WORD(2), 0x0FFFFFFF);
        put32(&image, WORD(5), cases[i].dw5);
        assert_int_equal(decode_all(&p, &image), XIP_OK);
        assert_int_equal(p.addr_bytes, cases[i].addr_bytes);
        assert_int_equal(p.size_bytes,
                cases[i].addr_bytes == 4 ? 32 * MIB : 16 * MIB);
    }
}

/// Refusals ///

static void refuse_word(unsigned number, uint32_t value) {
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put32(&image, WORD(number), value);
    if (decode_all(&p, &image) != XIP_ERR_PART) {
        fail_msg("DW%u = %08x was accepted", number, (unsigned)value);
    }
}

static void refuse_byte(size_t at, uint8_t value) {
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    image.bytes[at] = value;
    if (decode_all(&p, &image) != XIP_ERR_PART) {
        fail_msg("byte %zu = %02x was accepted", at, value);
    }
}

static void test_refused_words(void **state) {
    (void)state;
    refuse_byte(0, 'X');
    refuse_byte(5, 2);          // major revision
    refuse_byte(7, 0xFD);       // access protocol of octal parts
    refuse_byte(10, 2);         // basic table of another major revision
    refuse_byte(8, 0x01);       // no basic table
    refuse_byte(6, 200);        // more headers than there are bytes
    refuse_word(1, 0xFFF720E5); // address mode "reserved"
    refuse_word(2, 0x017FFFFF); // 24 Mbit: not a power of two
    refuse_word(2, 0x01FFFFFE); // not a multiple of 8 bits
    refuse_word(2, 0x0000FFFF); // 8 KiB
    refuse_word(2, 0x8000001F); // 2^31 bits belong in the other form
    refuse_word(2, 0x80000023); // 4 GiB
    refuse_word(2, 0xFFFFFFFF);
    refuse_word(8, 0x200CD813);  // a 512 KB type
    refuse_word(8, 0x200CD807);  // a 128 byte type
    refuse_word(8, 0xFF0CD810);  // a size without an opcode
    refuse_word(8, 0x200C2010);  // one opcode, two sizes
    refuse_word(11, 0x80002833); // page of 8 bytes
    refuse_word(11, 0x800028F3); // page of 32 KB

    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put32(&image, WORD(8), 0xFF00FF00);
    put32(&image, WORD(9), 0xFF00FF00);
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART); // cannot erase
    build(&image, 16);
    put32(&image, WORD(2), 0x001FFFFF); // 256 KB, as large as its largest unit
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    put32(&image, WORD(2), 0x000FFFFF);
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
}

static void test_refused_kinds_of_part(void **state) {
    (void)state;
    static const uint16_t tables[] = {0xFF05, 0xFF06};
    struct sfdp_image image;
    struct xip_flash_part p;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        build(&image, 16);
        put_header(&image, 1, tables[i], 0, 4, BASIC_AT);
        assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    }
    build(&image, 16);
    put_header(&image, 1, 0xFF03, 0, 4, BASIC_AT); // RPMC: of no concern
    put_header(&image, 2, 0x01BF, 0, 4, 0xFFFFFF); // a vendor's own, anywhere
    assert_int_equal(decode_all(&p, &image), XIP_OK);
}

#define MAP_AT 0x100u

// A map as SST26VF064B has it: 4 KB everywhere, the others by place.
static void put_map(struct sfdp_image *image, const uint32_t *words,
        uint8_t count) {
    put_header(image, 1, 0xFF81, 0, count, MAP_AT);
    for (unsigned i = 0; i < count; i++) {
        put32(image, MAP_AT + 4 * i, words[i]);
    }
    image->len = MAP_AT + 4u * count;
}

// Of several maps of which nobody knows which one holds, and of one that is not
// the whole chip, the types that every region has (JESD216F 6.5).
static void test_sector_map(void **state) {
    (void)state;
    static const uint32_t one[] = {
            0x000200FF | 2 | 1, 0x00007FF3, 0x00FFFFF2, 0x00007FF2};
    // Two commands that read the configuration, then two maps.
    static const uint32_t several[] = {0x6500F000, 4, 0x6500F001, 2, 0x00000002,
            0x003FFFF3, 0x00010103, 0x00007FF3, 0x00FFFFFA};
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put_map(&image, one, 4);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_erase(&p.erase[0], 0x1000, 0x20, 5 * 16000, 6 * 5 * 16000);
    assert_int_equal(p.erase[1].size_bytes, 0);
    build(&image, 16);
    put_map(&image, several, 9);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.erase[0].size_bytes, 0x1000);
    assert_int_equal(p.erase[1].size_bytes, 0);
    // No type for all places, a map that ends too early or never.
    put32(&image, MAP_AT + 4 * 8, 0x00FFFFFC);
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    build(&image, 16);
    put_map(&image, several, 9);
    put_header(&image, 1, 0xFF81, 0, 8, MAP_AT);
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    put_header(&image, 1, 0xFF81, 0, 4, MAP_AT);
    image.len = MAP_AT + 4u * 4; // commands only, and nothing behind them
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    // One opcode for three sizes is refused only without a map.
    build(&image, 16);
    put32(&image, WORD(8), 0x200CD810);
    put32(&image, WORD(9), 0xD80FD80D);
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    put_map(&image, one, 4);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.erase[0].size_bytes, 0x1000);
    assert_int_equal(p.erase[1].size_bytes, 0);
    assert_int_equal(p.region_end[0], 0);
}

static int decode_map(struct xip_flash_part *p, const struct sfdp_image *image,
        uint32_t map) {
    return xip_part_from_sfdp_map(p, image->id, image->bytes, image->len, map);
}

// S25FS-S: 4 KB sectors at one end, or at none, by two registers.
static void test_the_map_that_holds(void **state) {
    (void)state;
    static const uint32_t maps[] = {
            0x08F765FC, 4, 0x044865FD, 2,       // which one
            0x00020002, 0x00007FF2, 0x00007FF8, // 0: 32 KB, 32 KB,
            0x003EFFF1,                         // the rest
            0x00010102, 0x003DFFF1, 0x0001FFF2, // 1: 128 KB at the end
            0x00000303, 0x003FFFF1,             // 3: all alike
    };
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put_map(&image, maps, 13);
    struct xip_part_question q;
    assert_true(xip_part_map_question(image.bytes, image.len, 0, &q));
    assert_int_equal(q.opcode, 0x65);
    assert_int_equal(q.mask, 0x08);
    assert_int_equal(q.addr, 4);
    assert_int_equal(q.addr_bytes, 3); // as the mode says: three after a reset
    assert_int_equal(q.dummy_clocks, 7);
    uint32_t map = xip_part_map_answer(XIP_PART_ANY_MAP, &q, 0xF7);
    assert_int_equal(map, 0);
    assert_true(xip_part_map_question(image.bytes, image.len, 1, &q));
    assert_int_equal(q.addr_bytes, 3);
    assert_int_equal(q.dummy_clocks, 8);
    assert_int_equal(xip_part_map_answer(map, &q, 0x04), 1);
    assert_int_equal(xip_part_map_answer(1, &q, 0x04), 3);
    assert_int_equal(xip_part_map_answer(1, &q, 0xFB), 2);
    assert_false(xip_part_map_question(image.bytes, image.len, 2, &q));
    assert_false(xip_part_map_question(image.bytes, MAP_AT, 0, &q));

    assert_int_equal(decode_map(&p, &image, 3), XIP_OK);
    assert_int_equal(p.erase[0].size_bytes, 0x10000);
    assert_int_equal(p.erase[1].size_bytes, 0);
    assert_int_equal(xip_part_unit(&p, 0), 0x10000);
    assert_int_equal(decode_map(&p, &image, 0), XIP_OK);
    assert_int_equal(p.erase[0].size_bytes, 0x1000);
    assert_int_equal(p.erase[1].size_bytes, 0x10000);
    assert_int_equal(p.region_end[1], 0x10000);
    assert_int_equal(p.region_end[2], 4 * MIB);
    assert_int_equal(p.region_end[3], 0);
    assert_int_equal(decode_map(&p, &image, 1), XIP_OK);
    assert_int_equal(xip_part_unit(&p, 0), 0x10000);
    assert_int_equal(xip_part_unit(&p, 4 * MIB - 1), 0x1000);
    assert_int_equal(decode_map(&p, &image, 2), XIP_ERR_PART);
    assert_int_equal(decode_map(&p, &image, XIP_PART_ANY_MAP), XIP_ERR_PART);
    // One that nothing has to be asked for.
    static const uint32_t one[] = {0x00010003, 0x0001FFF2, 0x003DFFF1};
    build(&image, 16);
    put_map(&image, one, 3);
    assert_false(xip_part_map_question(image.bytes, image.len, 0, &q));
    assert_int_equal(decode_map(&p, &image, XIP_PART_ANY_MAP), XIP_OK);
    assert_int_equal(xip_part_unit(&p, 0x1FFFF), 0x1000);
    assert_int_equal(xip_part_unit(&p, 0x20000), 0x10000);
    // Not the whole chip, or beyond it, and no type that is everywhere.
    static const uint32_t wrong[] = {0x003CFFF1, 0x003EFFF1, 0xFFFFFFF1};
    put32(&image, MAP_AT + 4, 0x0001F7F2); // cuts 4 KB
    put32(&image, MAP_AT + 4 * 2, 0x003E07F1);
    assert_int_equal(decode_map(&p, &image, XIP_PART_ANY_MAP), XIP_ERR_PART);
    put32(&image, MAP_AT + 4, 0x0001FFF2);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put32(&image, MAP_AT + 4 * 2, wrong[i]);
        assert_int_equal(decode_map(&p, &image, XIP_PART_ANY_MAP),
                XIP_ERR_PART);
    }
}

// S25FS512S, 4 KB sectors at the bottom (its sheet, table 71): what is left of
// the first 256 KB is a region of its own, which cuts the unit.
static void test_a_unit_that_a_region_cuts(void **state) {
    (void)state;
    static const uint32_t map[] = {
            0x00020003, 0x00007FF1, 0x00037FF4, 0x003BFFF4};
    static const struct {
        uint32_t off, len, bytes;
        unsigned type;
    } fits[] = {
            {0, 0x400000, 0x1000, 0},
            {0x7000, 0x100000, 0x1000, 0},
            {0x8000, 0x38000, 0x38000, 1},
            {0x40000, 0x40000, 0x40000, 1},
            {0x3C0000, 0x40000, 0x40000, 1},
    };
    static const uint32_t none[][2] = {{0x8000, 0x37FFF}, {0x9000, 0x100000},
            {0x41000, 0x100000}, {0x40000, 0x3F000}, {0x800, 0x1000}};
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put32(&image, WORD(8), 0x200C);
    put32(&image, WORD(9), 0xD812); // type 3: 256 KB
    put_map(&image, map, 4);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        const struct xip_part_erase *type =
                xip_part_fit(&p, fits[i].off, fits[i].len);
        assert_ptr_equal(type, &p.erase[fits[i].type]);
        assert_int_equal(xip_part_unit_bytes(&p, type, fits[i].off),
                fits[i].bytes);
        assert_int_equal(xip_part_unit(&p, fits[i].off + fits[i].bytes - 1),
                fits[i].bytes);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(xip_part_fit(&p, none[i][0], none[i][1]));
    }
    assert_true(xip_part_whole_units(&p, 0, 4 * MIB));
    assert_true(xip_part_whole_units(&p, 0x7000, 0x39000));
    assert_false(xip_part_whole_units(&p, 0x7000, 0x38000));
    assert_true(xip_part_whole_units(&p, 5, 0));
}

// SST26VF064B: one opcode, and the region says how much it erases.
static void test_one_opcode_by_place(void **state) {
    (void)state;
    static const uint32_t map[] = {0x00040003, 0x00007FF3, 0x00007FF5,
            0x003DFFF9, 0x00007FF5, 0x00007FF3};
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put32(&image, WORD(8), 0xD80D200C);
    put32(&image, WORD(9), 0xD810D80F);
    put_map(&image, map, 6);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    static const uint32_t largest[][2] = {{0, 0x2000}, {0x8000, 0x8000},
            {0x10000, 0x10000}, {0x3F0000, 0x8000}, {0x3FE000, 0x2000}};
    for (size_t i = 0; i < 5; i++) {
        const struct xip_part_erase *type =
                xip_part_fit(&p, largest[i][0], 0x100000);
        assert_int_equal(type->size_bytes, largest[i][1]);
        assert_int_equal(type->opcode, 0xD8);
        assert_int_equal(xip_part_unit(&p, largest[i][0]), 0x1000);
    }
    // Two sizes by one opcode at one place.
    put32(&image, MAP_AT + 4, 0x00007FF7);
    assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    // A region more than are followed: what is everywhere.
    static const uint32_t six[] = {0x00050003, 0x00007FF3, 0x00007FF5,
            0x001EFFF9, 0x001EFFF9, 0x00007FF5, 0x00007FF3};
    put_map(&image, six, 7);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.region_end[0], 0);
    assert_int_equal(p.erase[0].size_bytes, 0x1000);
    assert_int_equal(p.erase[1].size_bytes, 0);
}

#define FETCHED 320u

// As attach and bring-up do: the first bytes, then what lies behind them.
static int decode_fetched(struct xip_flash_part *p,
        const struct sfdp_image *image, unsigned *fetches) {
    uint8_t *sfdp = test_malloc(FETCHED); // ASan sees a byte too many
    memcpy(sfdp, image->bytes, FETCHED);
    uint32_t off;
    uint8_t *to;
    size_t bytes;
    *fetches = 0;
    while ((bytes = xip_part_sfdp_far(sfdp, FETCHED, &off, &to)) != 0) {
        assert_true(to >= sfdp && to + bytes <= sfdp + FETCHED);
        assert_true(off + bytes <= sizeof image->bytes);
        memcpy(to, image->bytes + off, bytes);
        assert_in_range(++*fetches, 1, 3);
    }
    const int err = xip_part_from_sfdp(p, image->id, sfdp, FETCHED);
    test_free(sfdp);
    return err;
}

// S25FL-L and S25FS-S: tables from 300h on.
static void test_tables_far_behind(void **state) {
    (void)state;
    static const uint32_t map[] = {0x000000FF | 2 | 1, 0x00FFFFF2};
    struct sfdp_image image;
    struct xip_flash_part near, p;
    unsigned fetches;
    build(&image, 16);
    put_map(&image, map, 2);
    assert_int_equal(decode_all(&near, &image), XIP_OK);
    assert_int_equal(decode_fetched(&p, &image, &fetches), XIP_OK);
    assert_int_equal(fetches, 0);
    assert_memory_equal(&p, &near, sizeof p);

    memcpy(image.bytes + 0x200, image.bytes + BASIC_AT, 64);
    memset(image.bytes + BASIC_AT, 0xFF, 64);
    put_header(&image, 0, 0xFF00, 6, 16, 0x200);
    assert_int_equal(decode_fetched(&p, &image, &fetches), XIP_OK);
    assert_int_equal(fetches, 1);
    assert_memory_equal(&p, &near, sizeof p);

    memcpy(image.bytes + 0x240, map, 8);
    memset(image.bytes + MAP_AT, 0xFF, 8);
    put_header(&image, 1, 0xFF81, 0, 2, 0x240);
    put_header(&image, 2, 0x01BF, 0, 200, 0x1F0); // a vendor's, of no concern
    assert_int_equal(decode_fetched(&p, &image, &fetches), XIP_OK);
    assert_int_equal(fetches, 2);
    assert_memory_equal(&p, &near, sizeof p);

    // A longer table: its first 24 words are all that is used.
    put_header(&image, 0, 0xFF00, 6, 23, 0x200);
    assert_int_equal(decode_fetched(&p, &image, &fetches), XIP_OK);
    // No room is left: refused, and nothing is overwritten.
    for (unsigned i = 2; i < 34; i++) {
        put_header(&image, i, 0x01BF, 0, 4, 0x200);
    }
    assert_int_equal(decode_fetched(&p, &image, &fetches), XIP_ERR_PART);
}

static void test_newest_basic_table_wins(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put_header(&image, 0, 0xFF00, 0, 9, BASIC_AT);
    put_header(&image, 1, 0xFF00, 6, 16, BASIC_AT);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.page_typ_us, 576);
    put_header(&image, 0, 0xFF00, 6, 16, BASIC_AT);
    put_header(&image, 1, 0xFF00, 0, 9, BASIC_AT);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.page_typ_us, 576);
    // A third header beyond the count is not one (W25Q512JV).
    put_header(&image, 2, 0xFF81, 0, 4, BASIC_AT);
    image.bytes[6] = 1;
    assert_int_equal(decode_all(&p, &image), XIP_OK);
}

static void test_reserved_quad_enable_means_one_line(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    put32(&image, WORD(15), built_words[14] | 7u << 20);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_int_equal(p.read_lanes, 1);
    assert_int_equal(p.read_opcode, 0x0B);
    assert_int_equal(p.program_lanes, 1);
    assert_int_equal(p.qe, XIP_QE_NONE);
}

static void test_volatile_status(void **state) {
    (void)state;
    static const struct {
        uint32_t dw16;
        bool want;
    } words[] = {
            {0x80F830E9, true}, {0x80F830E1, false}, {0x80F830E4, true},
            {0xFFFFFFFF, false}, // unprogrammed
    };
    struct sfdp_image image;
    struct xip_flash_part p;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        build(&image, 16);
        put32(&image, WORD(16), words[i].dw16);
        assert_int_equal(decode_all(&p, &image), XIP_OK);
        assert_int_equal(p.volatile_sr, words[i].want);
    }
}

static void test_fit(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    build(&image, 16);
    assert_int_equal(decode_all(&p, &image), XIP_OK);
    assert_ptr_equal(xip_part_fit(&p, 0, 0x100000), &p.erase[2]);
    assert_ptr_equal(xip_part_fit(&p, 0, 0x40000), &p.erase[2]);
    assert_ptr_equal(xip_part_fit(&p, 0, 0x3FFFF), &p.erase[1]);
    assert_ptr_equal(xip_part_fit(&p, 0x10000, 0x40000), &p.erase[1]);
    assert_ptr_equal(xip_part_fit(&p, 0x11000, 0x40000), &p.erase[0]);
    assert_ptr_equal(xip_part_fit(&p, 0, 0x1000), &p.erase[0]);
    assert_null(xip_part_fit(&p, 0, 0xFFF));
    assert_null(xip_part_fit(&p, 0x800, 0x100000));
    assert_null(xip_part_fit(&p, 0, 0));
}

/// Real parts ///

static bool dumps_present(void) {
    struct sfdp_image image;
    if (sfdp_dump_load(&image, &sfdp_dumps[0])) {
        return true;
    }
    print_message("no SFDP dumps: set XIPSAFE_SFDP_DUMPS to their folder\n");
    return false;
}

static void assert_suspend(const struct xip_part_suspend *got,
        const struct xip_part_suspend *want) {
    assert_int_equal(got->suspend_opcode, want->suspend_opcode);
    assert_int_equal(got->resume_opcode, want->resume_opcode);
    assert_int_equal(got->flag_opcode, want->flag_opcode);
    assert_int_equal(got->flag_mask, want->flag_mask);
    assert_int_equal(got->latency_max_us, want->latency_max_us);
    assert_int_equal(got->interval_us, want->interval_us);
    assert_int_equal(got->least_us, want->least_us);
}

static void assert_part(const struct xip_flash_part *p,
        const struct sfdp_expected *want) {
    assert_int_equal(p->size_bytes, want->size_mib * MIB);
    assert_int_equal(p->page_bytes, 256);
    assert_int_equal(p->addr_bytes, want->addr_bytes);
    for (unsigned i = 0; i < 4; i++) {
        assert_erase(&p->erase[i], want->erase[i].kib * 1024,
                want->erase[i].opcode, want->erase[i].typ_ms * 1000,
                want->erase[i].max_ms * 1000);
    }
    assert_int_equal(p->page_typ_us, want->page_typ_us);
    assert_int_equal(p->page_max_us, want->page_max_us);
    assert_int_equal(p->read_opcode, want->read[0]);
    assert_int_equal(p->read_lanes, want->read[1]);
    assert_int_equal(p->read_mode_clocks, want->read[2]);
    assert_int_equal(p->read_wait_clocks, want->read[3]);
    assert_int_equal(p->program_opcode, want->program[0]);
    assert_int_equal(p->program_lanes, want->program[1]);
    assert_int_equal(p->qe, want->qe);
    assert_int_equal(p->volatile_sr, want->volatile_sr);
    assert_suspend(&p->erase_suspend, &want->erase_suspend);
    assert_suspend(&p->program_suspend, &want->program_suspend);
    const bool winbond = want->id[0] == 0xEF;
    assert_int_equal(p->reset_max_us, winbond ? 30 : 100000);
}

static void test_real_parts(void **state) {
    (void)state;
    if (!dumps_present()) {
        skip();
    }
    for (size_t i = 0; i < SFDP_DUMPS; i++) {
        struct sfdp_image image;
        struct xip_flash_part p;
        if (!sfdp_dump_load(&image, &sfdp_dumps[i])) {
            fail_msg("dump of %s is missing", sfdp_dumps[i].file);
        }
        const int err = decode_all(&p, &image);
        if ((err == XIP_OK) != (sfdp_dumps[i].addr_bytes != 0)) {
            fail_msg("%s: error %d", sfdp_dumps[i].file, err);
        }
        if (err == XIP_OK) {
            print_message("%s\n", sfdp_dumps[i].file);
            assert_part(&p, &sfdp_dumps[i]);
        }
    }
}

/// Damaged input ///

static size_t all_images(struct sfdp_image *images, size_t most) {
    size_t count = 0;
    build(&images[count++], 9);
    build(&images[count++], 16);
    build_large(&images[count++], 0x00000EE2, 0x5CFF21DC);
    for (size_t i = 0; i < SFDP_DUMPS && count < most; i++) {
        count += sfdp_dump_load(&images[count], &sfdp_dumps[i]) ? 1 : 0;
    }
    return count;
}

static void test_truncated_at_every_length(void **state) {
    (void)state;
    static struct sfdp_image images[SFDP_DUMPS + 3];
    const size_t count = all_images(images, SFDP_DUMPS + 3);
    for (size_t i = 0; i < count; i++) {
        struct xip_flash_part whole, p;
        const int err = decode_all(&whole, &images[i]);
        for (size_t len = 0; len < images[i].len; len++) {
            // Less of it is refused or says the same, never something else.
            if (decode(&p, &images[i], len) == XIP_OK) {
                assert_int_equal(err, XIP_OK);
                assert_memory_equal(&p, &whole, sizeof p);
            }
        }
    }
}

static uint32_t random_state;

static uint32_t random32(void) { // xorshift
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void test_bit_flips(void **state) {
    (void)state;
    static struct sfdp_image images[SFDP_DUMPS + 3];
    const size_t count = all_images(images, SFDP_DUMPS + 3);
    unsigned accepted = 0;
    random_state = 0x5FD9216;
    for (unsigned n = 0; n < FLIPS; n++) {
        static struct sfdp_image image;
        image = images[random32() % count];
        const unsigned flips = 1 + random32() % 4;
        for (unsigned i = 0; i < flips; i++) {
            // Half of them where the headers are.
            const size_t range = random32() % 2 ? 40 : image.len;
            image.bytes[random32() % range] ^= (uint8_t)(1u << random32() % 8);
        }
        struct xip_flash_part p;
        accepted += decode_all(&p, &image) == XIP_OK;
    }
    // Most bits are times or unused; a decoder that refused all proves nothing.
    assert_in_range(accepted, FLIPS / 10, FLIPS * 9 / 10);
}

static void test_pointers_out_of_range(void **state) {
    (void)state;
    struct sfdp_image image;
    struct xip_flash_part p;
    for (unsigned words = 9; words < 256; words += 6) {
        for (uint32_t off = 0; off < 0x200; off++) {
            build(&image, 16);
            put_header(&image, 0, 0xFF00, 6, (uint8_t)words, off);
            if (off + 4 * words > image.len) {
                assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
            } else {
                (void)decode_all(&p, &image);
            }
            build_large(&image, 0x00000EE2, 0x5CFF21DC);
            put_header(&image, 1, 0xFF84, 0, (uint8_t)words, off);
            if (off + 4 * words > image.len) {
                assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
            } else {
                (void)decode_all(&p, &image);
            }
        }
    }
    static const uint32_t far[] = {0xFFFFFF, 0xFFFFFC, 0x800000, 0x10000};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        build(&image, 16);
        put_header(&image, 0, 0xFF00, 6, 16, far[i]);
        assert_int_equal(decode_all(&p, &image), XIP_ERR_PART);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_built_16_words),
            cmocka_unit_test(test_built_9_words_of_nobody),
            cmocka_unit_test(test_lengths_between),
            cmocka_unit_test(test_suspend_needs_a_flag_register),
            cmocka_unit_test(test_flag_registers),
            cmocka_unit_test(test_four_byte_opcodes),
            cmocka_unit_test(test_four_byte_unusable_leaves_16_mib),
            cmocka_unit_test(test_four_byte_by_id),
            cmocka_unit_test(test_refused_words),
            cmocka_unit_test(test_refused_kinds_of_part),
            cmocka_unit_test(test_sector_map),
            cmocka_unit_test(test_the_map_that_holds),
            cmocka_unit_test(test_a_unit_that_a_region_cuts),
            cmocka_unit_test(test_one_opcode_by_place),
            cmocka_unit_test(test_tables_far_behind),
            cmocka_unit_test(test_newest_basic_table_wins),
            cmocka_unit_test(test_reserved_quad_enable_means_one_line),
            cmocka_unit_test(test_volatile_status),
            cmocka_unit_test(test_fit),
            cmocka_unit_test(test_real_parts),
            cmocka_unit_test(test_truncated_at_every_length),
            cmocka_unit_test(test_bit_flips),
            cmocka_unit_test(test_pointers_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
