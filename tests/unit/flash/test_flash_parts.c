/*
 * test_flash_parts - the library on every part that the chip model knows
 *
 * SPDX-License-Identifier: MIT
 *
 * The model's descriptions and the library's quirk table have different
 * sources: what one of them has wrong shows here.
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"

#define BLOCK 0x10000u

static struct xip_flash dev;
static const struct nor_part *part;

static uint64_t us_of(uint32_t cycles) {
    return (uint64_t)cycles * 1000000u / HOSTPORT_HCLK_HZ;
}

static void assert_no_reports(void) {
    for (size_t i = 0; i < sizeof hostport.reports / sizeof(unsigned); i++) {
        if (hostport.reports[i] != 0) {
            fail_msg("%u reports of kind %zu, the last: %s",
                    hostport.reports[i], i, hostport.last_report);
        }
    }
}

static void bring_up(uint32_t flags) {
    struct xip_flash_config c = hostport_config();
    c.flags = (uint8_t)flags;
    assert_int_equal(xip_flash_bringup(&dev, &c, 2), 0);
}

static void attach(void) {
    const struct xip_flash_config c = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
}

// As a boot program and then an application would.
static void open_mapped(bool max_times) {
    hostport_open(part->name, &(struct nor_options){.max_times = max_times});
    bring_up(XIP_FLASH_NONVOLATILE_QE);
    attach();
}

static int open_part(void **state) {
    part = *state;
    open_mapped(false);
    return 0;
}

static int close_part(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

static const uint8_t *chip(uint32_t off) {
    return nor_array(hostport.nor) + off;
}

/// What SFDP and the quirk table make of it ///

static const struct nor_erase *erase_of_size(uint32_t size, uint8_t *opcode) {
    for (unsigned i = 0; i < 4; i++) {
        if (part->erase[i].size_bytes == size) {
            *opcode = part->four_byte ? part->erase_4byte_opcode[i]
                                      : part->erase[i].opcode;
            return &part->erase[i];
        }
    }
    return NULL;
}

static void no_figure_is_below_the_parts(void **state) {
    (void)state;
    assert_int_equal(dev.part.size_bytes, part->size_bytes);
    assert_int_equal(dev.part.page_bytes, part->page_bytes);
    assert_int_equal(dev.part.addr_bytes, part->four_byte ? 4 : 3);
    assert_true(dev.part.page_max_us >= part->page_max_us);
    unsigned types = 0;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        const struct xip_part_erase *type = &dev.part.erase[i];
        if (!type->size_bytes) {
            continue;
        }
        uint8_t opcode = 0;
        const struct nor_erase *own = erase_of_size(type->size_bytes, &opcode);
        assert_non_null(own);
        assert_int_equal(type->opcode, opcode);
        assert_true(type->max_us >= own->max_us);
        types++;
    }
    assert_true(types >= 2);
    assert_true(dev.part.reset_max_us >= part->reset_erase_us);

    const struct xip_part_suspend *erase = &dev.part.erase_suspend;
    const struct xip_part_suspend *program = &dev.part.program_suspend;
    assert_int_equal(erase->suspend_opcode, part->suspend_opcode);
    assert_int_equal(erase->resume_opcode, part->resume_opcode);
    assert_int_equal(program->suspend_opcode, part->suspend_opcode);
    assert_true(erase->latency_max_us >= part->suspend_latency_us);
    assert_true(program->latency_max_us >= part->suspend_latency_us);
    assert_true(erase->interval_us >= part->erase_interval_us);
    assert_true(program->interval_us >= part->program_interval_us);
}

static void reads_on_four_lines(void **state) {
    (void)state;
    assert_int_equal(dev.part.read_lanes, 4);
    assert_int_equal(dev.part.read_opcode, part->four_byte ? 0xEC : 0xEB);
    assert_int_equal(dev.part.read_mode_clocks, part->read_144_mode_clocks);
    assert_int_equal(dev.part.read_wait_clocks, part->read_144_wait_clocks);
    // Macronix has no program with the address on one line and data on four.
    const bool quad = part->family != NOR_MACRONIX;
    assert_int_equal(dev.part.program_lanes, quad ? 4 : 1);
    assert_int_equal(dev.part.program_opcode,
            quad                      ? 0x32
                    : part->four_byte ? 0x12
                                      : 0x02);
    assert_no_reports(); // nor did learning it cause any
}

/// Interrupts ///

static void interrupts_every(uint64_t period_ps) {
    hostport.irq_period_ps = period_ps;
    hostport.irq_next_ps = hostport.time_ps + period_ps;
    hostport.irq_worst_ps = 0;
    hostport.irq_served = 0;
}

static void fill(uint8_t *data, size_t len, uint32_t seed) {
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        data[i] = (uint8_t)(seed >> 24);
    }
}

static void assert_waits_as_declared(void) {
    const uint64_t worst_us = hostport.irq_worst_ps / NOR_US;
    const uint64_t seen_us = us_of(dev.stats.wait_max_cycles);
    if (worst_us > xip_flash_latency_us(&dev)) {
        fail_msg("an interrupt waited %u us, declared are %u us",
                (unsigned)worst_us, (unsigned)xip_flash_latency_us(&dev));
    }
    // The library's own figure bounds what the model saw, but for the two
    // microseconds that the host's clock moves between mask and first look.
    if (seen_us + 2 < worst_us || seen_us > xip_flash_latency_us(&dev)) {
        fail_msg("an interrupt waited %u us, measured were %u us",
                (unsigned)worst_us, (unsigned)seen_us);
    }
}

static void under_interrupts(bool max_times, uint64_t period_us) {
    hostport_close();
    open_mapped(max_times);
    uint8_t data[1000];
    fill(data, sizeof data, (uint32_t)period_us);
    const uint32_t off = part->size_bytes - 2 * BLOCK;
    assert_int_equal(xip_flash_program(&dev, off + 0x8123, data, 1000), 0);
    attach(); // statistics from here

    interrupts_every(period_us * NOR_US);
    assert_int_equal(xip_flash_erase(&dev, off, BLOCK), 0);
    assert_true(xip_flash_blank(&dev, off, BLOCK));
    assert_true(dev.stats.suspensions > 50);
    assert_int_equal(xip_flash_program(&dev, off + 0x77, data, 1000), 0);
    assert_memory_equal(chip(off + 0x77), data, sizeof data);
    assert_int_equal(*chip(off + 0x76), 0xFF);
    assert_int_equal(*chip(off + 0x77 + 1000), 0xFF);
    assert_true(hostport.irq_served > 50);
    assert_waits_as_declared();
    assert_int_equal(dev.stats.recoveries, 0);
    assert_no_reports();
}

static void interrupts_at_typical_times(void **state) {
    (void)state;
    under_interrupts(false, 1000);
    under_interrupts(false, 200);
    under_interrupts(false, 20);
}

static void interrupts_at_maximum_times(void **state) {
    (void)state;
    under_interrupts(true, 1000);
    under_interrupts(true, 200);
    under_interrupts(true, 20);
}

/// Refusal and recovery ///

static void set_status(uint8_t value) {
    const struct nor_frame wren = {
            .has_opcode = true, .opcode = 0x06, .opcode_lanes = 1};
    const struct nor_frame write = {.has_opcode = true,
            .opcode = 0x01,
            .opcode_lanes = 1,
            .data_lanes = 1};
    hostport.time_ps += NOR_US;
    nor_begin(hostport.nor, hostport.time_ps, &wren);
    nor_end(hostport.nor, hostport.time_ps);
    nor_begin(hostport.nor, hostport.time_ps, &write);
    nor_out(hostport.nor, hostport.time_ps, value);
    nor_end(hostport.nor, hostport.time_ps);
    hostport.time_ps += 100 * NOR_MS;
}

// The last blocks are protected. Micron says so; elsewhere it is found by
// reading back.
static void a_protected_block_is_noticed(void **state) {
    (void)state;
    const uint8_t byte = 0x5A;
    const uint32_t off = part->size_bytes - BLOCK;
    assert_int_equal(xip_flash_program(&dev, off, &byte, 1), 0);
    const uint8_t qe = part->qe == NOR_QE_SR1_BIT6 ? 0x40 : 0;
    set_status(qe | 0x04);
    const int expected =
            part->family == NOR_MICRON ? XIP_ERR_PROTECT : XIP_ERR_VERIFY;
    assert_int_equal(xip_flash_erase(&dev, off, BLOCK), expected);
    assert_int_equal(dev.stop_off, off);
    assert_int_equal(xip_flash_program(&dev, off + 1, &byte, 1), expected);
    assert_int_equal(*chip(off), 0x5A);
    assert_int_equal(*chip(off + 1), 0xFF);
    // Below it nothing is protected, and an old failure is no new one.
    assert_int_equal(xip_flash_program(&dev, 0x100, &byte, 1), 0);
    assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), 0);
    set_status(qe);
    assert_int_equal(xip_flash_erase(&dev, off, BLOCK), 0);
}

// Late and reset: the mapping has to stand afterwards, volatile bits included.
static void a_late_part_is_reset_and_mapped_again(void **state) {
    (void)state;
    hostport_close();
    hostport_open(part->name, NULL);
    bring_up(0); // does not write a non-volatile bit
    uint32_t max_us[XIP_PART_ERASE_TYPES];
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        max_us[i] = dev.part.erase[i].max_us;
        dev.part.erase[i].max_us = 1000;
    }
    // Suspended first, reset by the next call.
    assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), XIP_ERR_TIMEOUT);
    assert_int_equal(dev.stats.recoveries, 0);
    assert_true(hostport.mapped);
    assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), XIP_ERR_TIMEOUT);
    assert_int_equal(dev.stats.recoveries, 1);
    // A part that cannot suspend is reset at once.
    const uint8_t suspend = dev.part.erase_suspend.suspend_opcode;
    dev.part.erase_suspend.suspend_opcode = 0;
    assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), XIP_ERR_TIMEOUT);
    assert_int_equal(dev.stats.recoveries, 3); // and the one from before
    assert_true(hostport.mapped);
    dev.part.erase_suspend.suspend_opcode = suspend;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        dev.part.erase[i].max_us = max_us[i];
    }
    assert_int_equal(xip_flash_erase(&dev, 0, BLOCK), 0);
    assert_no_reports();
}

/// Bring-up ///

#define OPCODE(op) \
    { .has_opcode = true, .opcode = (op), .opcode_lanes = 1 }
#define WITH_ADDR(op, bytes, a) \
    { \
        .has_opcode = true, .opcode = (op), .opcode_lanes = 1, \
        .addr_bytes = (bytes), .addr_lanes = 1, .addr = (a) \
    }

static void leave_it(const struct nor_frame *frames, size_t count,
        uint64_t wait_ps) {
    hostport_close();
    open_mapped(false); // quad enable is set
    const uint8_t byte = 0;
    assert_int_equal(xip_flash_program(&dev, BLOCK + 0x300, &byte, 1), 0);
    for (size_t i = 0; i < count; i++) {
        hostport.time_ps += NOR_US;
        nor_begin(hostport.nor, hostport.time_ps, &frames[i]);
        if (frames[i].opcode == 0x02 || frames[i].opcode == 0x81) {
            // 81h: Micron's VCR, six dummy clocks, continuous read allowed.
            nor_out(hostport.nor, hostport.time_ps,
                    frames[i].opcode == 0x81 ? 0x63 : 0x0F);
        } else if (frames[i].data_lanes != 0) {
            (void)nor_in(hostport.nor, hostport.time_ps);
        }
        nor_end(hostport.nor, hostport.time_ps);
    }
    hostport.time_ps += wait_ps;
    assert_no_reports(); // the state was reached as the part wants it
}

static void brought_up(void) {
    bring_up(0);
    assert_true(hostport.mapped);
    assert_int_equal(dev.part.read_lanes, 4);
    assert_memory_equal(dev.part.id, part->id, 3);
    uint32_t off;
    uint32_t len;
    assert_false(nor_operation(hostport.nor, &off, &len));
    const uint8_t data[4] = {1, 2, 3, 4};
    assert_int_equal(xip_flash_erase(&dev, 2 * BLOCK, BLOCK), 0);
    assert_int_equal(xip_flash_program(&dev, 2 * BLOCK + 254, data, 4), 0);
    assert_memory_equal(chip(2 * BLOCK + 254), data, 4);
    assert_no_reports();
}

static void bringup_of_a_busy_chip(void **state) {
    (void)state;
    const struct nor_frame erasing[] = {
            OPCODE(0x06), WITH_ADDR(0xD8, 3, BLOCK)};
    leave_it(erasing, 2, NOR_MS);
    brought_up();
    // Waited for, not torn by a reset.
    assert_true(xip_flash_blank(&dev, BLOCK, BLOCK));
}

// The unit is finished, not left torn, whatever the part's resume opcode is.
static void bringup_of_a_suspended_chip(void **state) {
    (void)state;
    const struct nor_frame erase[] = {OPCODE(0x06), WITH_ADDR(0xD8, 3, BLOCK),
            OPCODE(part->suspend_opcode)};
    leave_it(erase, 3, NOR_MS);
    brought_up();
    assert_true(xip_flash_blank(&dev, BLOCK, BLOCK));

    struct nor_frame program[] = {OPCODE(0x06), WITH_ADDR(0x02, 3, BLOCK),
            OPCODE(part->suspend_opcode)};
    program[1].data_lanes = 1;
    leave_it(program, 3, NOR_MS);
    brought_up();
    assert_int_equal(*chip(BLOCK), 0x0F);
}

static void bringup_of_a_sleeping_chip(void **state) {
    (void)state;
    const struct nor_frame asleep[] = {OPCODE(0xB9)};
    leave_it(asleep, part->dpd_exit_us != 0 ? 1 : 0, 100 * NOR_US);
    brought_up();
}

static void bringup_in_continuous_read(void **state) {
    (void)state;
    struct nor_frame frames[] = {OPCODE(0x06), OPCODE(0x81), OPCODE(0xEB)};
    struct nor_frame *read = &frames[2];
    read->addr_bytes = 3;
    read->addr_lanes = 4;
    read->alt_bytes = 1;
    read->alt_lanes = 4;
    read->alt = 0xA5;
    read->dummy_clocks = 4;
    read->data_lanes = 4;
    if (part->volatile_config) {
        frames[1].data_lanes = 1;
        read->alt = 0x00;
        read->dummy_clocks = 4; // and two of the mode byte
        leave_it(frames, 3, NOR_US);
    } else {
        leave_it(read, 1, NOR_US);
    }
    brought_up();
    if (part->four_byte) {
        read->opcode = 0xEC;
        read->addr_bytes = 4;
        leave_it(read, 1, NOR_US);
        brought_up();
    }
}

static void bringup_in_four_byte_mode(void **state) {
    (void)state;
    const struct nor_frame frames[] = {
            OPCODE(0xB7), OPCODE(0x06), WITH_ADDR(0xD8, 4, BLOCK)};
    leave_it(frames, part->four_byte ? 1 : 0, NOR_US);
    brought_up();
    if (part->four_byte) {
        leave_it(frames, 3, NOR_US);
        brought_up();
        assert_true(xip_flash_blank(&dev, BLOCK, BLOCK));
    }
}

/// What a boot loader has left ///

// A read command and the mode it needs. clocks: after the address; 0xFF: those
// of the part's 1-4-4 read.
struct left {
    const char *name;
    uint8_t opcode, addr_bytes, addr_lanes, data_lanes, clocks;
    bool four_byte_mode, continuous;
};
static const struct left lefts[] = {
        {"03h", 0x03, 3, 1, 1, 0, false, false},
        {"0Bh", 0x0B, 3, 1, 1, 8, false, false},
        {"3Bh", 0x3B, 3, 1, 2, 8, false, false},
        {"6Bh", 0x6B, 3, 1, 4, 8, false, false},
        {"EBh", 0xEB, 3, 4, 4, 0xFF, false, false},
        {"EBh, continuous", 0xEB, 3, 4, 4, 0xFF, false, true},
        {"13h", 0x13, 4, 1, 1, 0, false, false},
        {"0Ch", 0x0C, 4, 1, 1, 8, false, false},
        {"3Ch", 0x3C, 4, 1, 2, 8, false, false},
        {"6Ch", 0x6C, 4, 1, 4, 8, false, false},
        {"ECh", 0xEC, 4, 4, 4, 0xFF, false, false},
        {"ECh, continuous", 0xEC, 4, 4, 4, 0xFF, false, true},
        {"03h, 4-byte mode", 0x03, 4, 1, 1, 0, true, false},
        {"0Bh, 4-byte mode", 0x0B, 4, 1, 1, 8, true, false},
        {"6Bh, 4-byte mode", 0x6B, 4, 1, 4, 8, true, false},
        {"EBh, 4-byte mode", 0xEB, 4, 4, 4, 0xFF, true, false},
        {"EBh, 4-byte mode, continuous", 0xEB, 4, 4, 4, 0xFF, true, true},
        {"ECh, 4-byte mode", 0xEC, 4, 4, 4, 0xFF, true, false},
        {"ECh, 4-byte mode, continuous", 0xEC, 4, 4, 4, 0xFF, true, true},
};

// Quad enable by the volatile write where the part has one; Micron: other dummy
// clocks than after a reset, and XIP on for continuous read.
static void set_registers(const struct left *l) {
    if (part->volatile_config) {
        const uint8_t vcr = l->continuous ? 0xA3 : 0xAB;
        hostport_command(0x06, NULL, 0);
        hostport_command(0x81, &vcr, 1);
        return;
    }
    const bool first = part->qe == NOR_QE_SR1_BIT6;
    const uint8_t sr[2] = {first ? 0x40 : 0, 0x02};
    hostport_command(part->volatile_sr ? 0x50 : 0x06, NULL, 0);
    hostport_command(0x01, sr, first ? 1 : 2);
    hostport.time_ps += 100 * NOR_MS;
}

static bool leave(const struct left *l) {
    struct nor_frame read = {
            .has_opcode = true,
            .opcode = l->opcode,
            .opcode_lanes = 1,
            .addr_bytes = l->addr_bytes,
            .addr_lanes = l->addr_lanes,
            .dummy_clocks = l->clocks,
            .data_lanes = l->data_lanes,
    };
    const bool micron = part->volatile_config;
    if (l->clocks == 0xFF) {
        read.alt_bytes = 1;
        read.alt_lanes = 4;
        read.alt = !l->continuous ? 0xFF : micron ? 0x00 : 0xA5;
        read.dummy_clocks = 4;
    }
    if (micron && l->clocks != 0) { // as VCR says: ten
        read.dummy_clocks = read.alt_bytes ? 8 : 10;
    }
    hostport_close();
    hostport_open(part->name, NULL);
    set_registers(l);
    // Attach refuses four bytes where the part's table says three.
    if (l->addr_bytes == 4 && !part->four_byte) {
        return false;
    }
    if (l->four_byte_mode) {
        hostport_command(0xB7, NULL, 0);
    }
    const char *why;
    if (!nor_readable(hostport.nor, hostport.time_ps, &read, &why)) {
        return false; // not a read of this part
    }
    hostport_map(&read, l->continuous);
    return true;
}

static void a_round(uint32_t off) {
    const uint8_t data[4] = {1, 2, 3, 4};
    assert_int_equal(xip_flash_erase(&dev, off, BLOCK), 0);
    assert_int_equal(xip_flash_program(&dev, off + 254, data, 4), 0);
    assert_memory_equal(chip(off + 254), data, 4);
}

// Attach adopts it; whatever comes, the port sees to it that the mapped read is
// one that the chip takes, and the model that each command has the shape of the
// mode the chip is in. A reset by time-out included.
static void every_mapping_of_a_boot_loader_survives(void **state) {
    (void)state;
    unsigned tried = 0;
    for (size_t i = 0; i < sizeof lefts / sizeof lefts[0]; i++) {
        if (!leave(&lefts[i])) {
            continue;
        }
        print_message("%s: %s\n", part->name, lefts[i].name);
        tried++;
        attach();
        a_round(2 * BLOCK);
        const uint32_t max_us = dev.part.erase[0].max_us;
        dev.part.erase[0].max_us = 1000;
        assert_int_equal(xip_flash_erase(&dev, 0x1000, 0x1000),
                XIP_ERR_TIMEOUT);
        dev.part.erase[0].max_us = max_us;
        a_round(3 * BLOCK);
        assert_int_equal(hostport.commands[0x99], 1);
        assert_int_equal(dev.stats.recoveries, 1);
        if (dev.part.power_down.enter_opcode != 0) {
            hostport.irq_period_ps = NOR_MS;
            hostport.irq_next_ps = hostport.time_ps + NOR_MS;
            assert_int_equal(xip_flash_sleep(&dev), 0);
        }
        attach(); // again: nothing was lost
        a_round(4 * BLOCK);
        hostport.irq_period_ps = 0;
        assert_no_reports();
    }
    assert_true(tried >= (part->four_byte ? 17 : 5));
}

// Micron's VCR with other dummy clocks, volatile: the reset takes them back.
static void bringup_of_a_reconfigured_chip(void **state) {
    (void)state;
    struct nor_frame frames[] = {OPCODE(0x06), OPCODE(0x81)};
    frames[1].data_lanes = 1;
    leave_it(frames, part->volatile_config ? 2 : 0, NOR_US);
    brought_up();
}

// As delivered, and nobody allows a non-volatile write: four lines where a
// volatile bit or none is enough, one line elsewhere. Programming works.
static void bringup_as_delivered(void **state) {
    (void)state;
    hostport_close();
    hostport_open(part->name, NULL);
    bring_up(0);
    const uint64_t writes = nor_counters(hostport.nor).status_writes;
    assert_int_equal(writes, 0);
    const uint8_t data[4] = {1, 2, 3, 4};
    assert_int_equal(xip_flash_program(&dev, 254, data, 4), 0);
    attach(); // finds the bit as the boot program left it
    assert_int_equal(xip_flash_program(&dev, 1000, data, 4), 0);
    assert_memory_equal(chip(1000), data, 4);
    assert_no_reports();
}

/// One of each for every part ///

struct each {
    const char *name;
    CMUnitTestFunction function;
};
#define EACH(f) \
    { #f, f }

static const struct each cases[] = {
        EACH(no_figure_is_below_the_parts),
        EACH(reads_on_four_lines),
        EACH(interrupts_at_typical_times),
        EACH(interrupts_at_maximum_times),
        EACH(a_protected_block_is_noticed),
        EACH(a_late_part_is_reset_and_mapped_again),
        EACH(bringup_of_a_busy_chip),
        EACH(bringup_of_a_suspended_chip),
        EACH(bringup_of_a_sleeping_chip),
        EACH(bringup_in_continuous_read),
        EACH(bringup_in_four_byte_mode),
        EACH(bringup_of_a_reconfigured_chip),
        EACH(every_mapping_of_a_boot_loader_survives),
        EACH(bringup_as_delivered),
};

#define CASES (sizeof(cases) / sizeof(*cases))
#define PARTS_MAX 32

int main(void) {
    static struct CMUnitTest tests[CASES * PARTS_MAX];
    static char names[CASES * PARTS_MAX][80];
    size_t n = 0;
    for (size_t p = 0; nor_part_at(p) && p < PARTS_MAX; p++) {
        for (size_t c = 0; c < CASES; c++, n++) {
            snprintf(names[n], sizeof names[n], "%s: %s", nor_part_at(p)->name,
                    cases[c].name);
            tests[n] = (struct CMUnitTest){
                    .name = names[n],
                    .test_func = cases[c].function,
                    .setup_func = open_part,
                    .teardown_func = close_part,
                    .initial_state = (void *)(uintptr_t)nor_part_at(p),
            };
        }
    }
    return _cmocka_run_group_tests("flash_parts", tests, n, NULL, NULL);
}
