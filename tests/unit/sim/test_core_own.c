/*
 * test_core_own - what the core of our own does that Unicorn does not
 *
 * SPDX-License-Identifier: MIT
 *
 * Programs are Thumb code made with arm-none-eabi-as; the assembly is beside.
 */
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/cpu/core_*.c host/sim/cpu/timing.c host/thumb/*.c
// sources: host/sim/cpu/mpu.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/sim_cpu.h"

enum { RAM = 0x20000000, ALIAS = 0, BAND = 0x22000000, BYTES = 4096 };

struct lab {
    struct sim_cpu *cpu;
    uint8_t *ram;
    unsigned reads;  // of the bus; the third one fails
    bool steady;     // what is read
    uint64_t cycles; // that a read takes
    uint64_t again, again_at;
};

// Bit-band writes, as the bus does them; other accesses count.
static uint32_t bus_read(void *ctx, uint32_t addr, unsigned size) {
    struct lab *lab = ctx;
    (void)size;
    if (++lab->reads == 3) {
        sim_cpu_bus_error(lab->cpu, addr, false);
    }
    sim_cpu_clock(lab->cpu)->cost += lab->cycles;
    if (lab->steady) {
        sim_cpu_steady(lab->cpu);
    }
    return 0x1000 + lab->reads;
}

static void bus_again(void *ctx, uint64_t reads, uint64_t cycle) {
    struct lab *lab = ctx;
    lab->again += reads;
    lab->again_at = cycle;
}

static void bus_write(void *ctx, uint32_t addr, uint32_t value, unsigned size) {
    struct lab *lab = ctx;
    (void)size;
    uint8_t *byte = &lab->ram[(addr - BAND) >> 5];
    const unsigned bit = addr >> 2 & 7;
    *byte = (uint8_t)((*byte & ~(1u << bit)) | (value & 1) << bit);
}

static int set_up(void **state) {
    struct lab *lab = calloc(1, sizeof *lab);
    const struct sim_cpu_bus bus = {.read = bus_read,
            .write = bus_write,
            .again = bus_again,
            .ctx = lab};
    lab->cpu = sim_cpu_new(&bus, sim_profile_at(0));
    lab->ram = calloc(1, BYTES);
    *state = lab;
    return !sim_cpu_map(lab->cpu, SIM_MEM_RAM, RAM, BYTES, lab->ram) ||
            !sim_cpu_map(lab->cpu, SIM_MEM_RAM, ALIAS, BYTES, lab->ram) ||
            !sim_cpu_map_bus(lab->cpu, BAND, 0x10000) ||
            !sim_cpu_map_bus(lab->cpu, 0x40000000, 1024);
}

static int tear_down(void **state) {
    struct lab *lab = *state;
    sim_cpu_free(lab->cpu);
    free(lab->ram);
    free(lab);
    return 0;
}

// Runs to the first stop; registers before and after in *regs.
static enum sim_cpu_stop run(struct lab *lab, struct sim_cpu_state *regs,
        const uint16_t *code, size_t bytes) {
    memcpy(lab->ram, code, bytes);
    sim_cpu_invalidate(lab->cpu, RAM, BYTES);
    sim_cpu_reset(lab->cpu);
    sim_cpu_configure(lab->cpu,
            &(struct sim_cpu_config){.fpu = 3, .fp_automatic = true});
    regs->xpsr = 1u << 24;
    regs->pc = RAM;
    sim_cpu_set_state(lab->cpu, regs);
    struct sim_cpu_clock *clock = sim_cpu_clock(lab->cpu);
    clock->deadline = SIM_NEVER;
    clock->limit = clock->instructions + 100;
    struct sim_cpu_exit stop;
    sim_cpu_run(lab->cpu, &stop);
    sim_cpu_get_state(lab->cpu, regs);
    return stop.why;
}

// Devices over many megabytes share what says so; a range that overlaps another
// one is refused, and nothing of it is mapped.
static void test_large_bus(void **state) {
    struct lab *lab = *state;
    static uint8_t more[0x1000];
    assert_true(sim_cpu_map_bus(lab->cpu, 0x5007F000, 0x20300000));
    assert_false(sim_cpu_map_bus(lab->cpu, 0x60000000, 0x100000));
    assert_false(sim_cpu_map(lab->cpu, SIM_MEM_RAM, 0x70300000, sizeof more,
            more));
    assert_false(sim_cpu_map_bus(lab->cpu, 0x70300000, 0x10100000));
    assert_true(sim_cpu_map(lab->cpu, SIM_MEM_RAM, 0x80000000, sizeof more,
            more));
    assert_false(sim_cpu_map_bus(lab->cpu, 0x7FF00000, 0x200000));
    assert_true(sim_cpu_map_bus(lab->cpu, 0x7FF00000, 0x100000));
    assert_false(sim_cpu_map_bus(lab->cpu, 0xFFF00000, 0x200000));

    // Loads from both ends and the middle reach the bus, one behind it nothing.
    static const uint16_t code[] = {
            0x6801, // ldr r1, [r0, #0]
            0x681A, // ldr r2, [r3, #0]
            0x682C, // ldr r4, [r5, #0]
            0xBE00, // bkpt
    };
    lab->reads = 10;
    struct sim_cpu_state regs = {
            .r = {0x5007F000, [3] = 0x60000000, [5] = 0x7037EFFC}};
    assert_int_equal(run(lab, &regs, code, sizeof code), SIM_CPU_BKPT);
    assert_int_equal(lab->reads, 13);
    assert_int_equal(regs.r[4], 0x1000 + 13);
    regs = (struct sim_cpu_state){
            .r = {0x5007F000, [3] = 0x60000000, [5] = 0x7037F000}};
    assert_int_not_equal(run(lab, &regs, code, sizeof code), SIM_CPU_BKPT);
    assert_int_equal(lab->reads, 15);
}

// A register that is steady is read once, until the bus is used otherwise or
// the run ends; the bus learns of the other reads, and time and path are the
// same. All of it twice: what runs first is decoded.
static void test_steady_register(void **state) {
    struct lab *lab = *state;
    static const uint16_t code[] = {
            0x6801, // ldr r1, [r0, #0]
            0x186D, // adds r5, r5, r1
            0x3C01, // subs r4, #1
            0xD1FB, // bne.n +0
            0x8819, // ldrh r1, [r3, #0]
            0x6806, // ldr r6, [r0, #0]
            0x6001, // str r1, [r0, #0]
            0x6807, // ldr r7, [r0, #0]
            0x2405, // movs r4, #5
            0x3A01, // subs r2, #1
            0xD1F4, // bne.n +0
            0xBE00, // bkpt
    };
    uint64_t cycles[2];
    lab->cycles = 4;
    for (int steady = 0; steady < 2; steady++) {
        lab->steady = steady;
        lab->reads = 10;
        struct sim_cpu_state regs = {
                .r = {BAND + 0x1000, [2] = 2, [3] = 0x40000000, [4] = 5}};
        const uint64_t before = sim_cpu_clock(lab->cpu)->cycles;
        assert_int_equal(run(lab, &regs, code, sizeof code), SIM_CPU_BKPT);
        cycles[steady] = sim_cpu_clock(lab->cpu)->cycles - before;
        assert_int_equal(lab->reads, steady ? 17 : 26);
        assert_int_equal(regs.r[7] - regs.r[6], 1);
        assert_int_equal(regs.r[6] - regs.r[1], 1);
    }
    assert_int_equal(cycles[0], cycles[1]);
    assert_int_equal(lab->again, 9);

    struct sim_cpu_state regs = {.r = {BAND + 0x1000, [4] = 50}};
    struct sim_cpu_exit stop;
    lab->again = 0;
    assert_int_equal(run(lab, &regs, code, sizeof code), SIM_CPU_BOUNDARY);
    assert_int_equal(lab->reads, 18);
    assert_int_equal(lab->again, 24);
    sim_cpu_clock(lab->cpu)->limit += 8;
    sim_cpu_run(lab->cpu, &stop);
    assert_int_equal(lab->reads, 19);
    assert_int_equal(lab->again, 25);
    assert_true(lab->again_at < sim_cpu_clock(lab->cpu)->cycles);
    assert_true(lab->again_at + 20 > sim_cpu_clock(lab->cpu)->cycles);
}

// The instruction at +8 was executed, is changed, and is executed again.
static void test_changed_code_runs(void **state) {
    struct lab *lab = *state;
    // One of the two stores is left out.
    static const uint16_t code[] = {
            0x2200,         // movs r2, #0
            0xE001,         // b.n +8
            0xBF00, 0xBF00, // nop; nop
            0x3201,         // adds r2, #1
            0x3C01,         // subs r4, #1
            0xD002,         // beq.n +20
            0x8001,         // strh r1, [r0, #0]
            0x6003,         // str r3, [r0, #0]
            0xE7F9,         // b.n +8
            0xBE00,         // bkpt
    };
    uint16_t by_bit[sizeof code / 2];
    memcpy(by_bit, code, sizeof code);
    by_bit[7] = 0xBF00; // nop
    uint16_t by_store[sizeof code / 2];
    memcpy(by_store, code, sizeof code);
    by_store[8] = 0xBF00;
    // ADDS r2, #16 by its own address, and by the alias.
    for (int i = 0; i < 2; i++) {
        struct sim_cpu_state regs = {
                .r = {(i ? ALIAS : RAM) + 8, 0x3210, [4] = 2}};
        assert_int_equal(run(lab, &regs, by_store, sizeof by_store),
                SIM_CPU_BKPT);
        assert_int_equal(regs.r[2], 17);
    }
    // Bit 4 of its immediate, by the bit-band alias.
    struct sim_cpu_state regs = {
            .r = {BAND + 8 * 32 + 4 * 4, [3] = 1, [4] = 2}};
    assert_int_equal(run(lab, &regs, by_bit, sizeof by_bit), SIM_CPU_BKPT);
    assert_int_equal(regs.r[2], 1 + 17);
}

static void test_faults_leave_registers(void **state) {
    struct lab *lab = *state;
    static const uint16_t multiple[] = {0xC91C}; // ldmia r1!, {r2, r3, r4}
    struct sim_cpu_state regs = {.r = {0, 0x40000000, 2, 3, 4}};
    assert_int_equal(run(lab, &regs, multiple, sizeof multiple), SIM_CPU_READ);
    assert_int_equal(regs.pc, RAM);
    assert_int_equal(regs.r[1], 0x40000000);
    assert_int_equal(regs.r[2], 2);
    assert_int_equal(regs.r[3], 3);
    assert_int_equal(regs.r[4], 4);
    assert_int_equal(lab->reads, 3);

    static const uint16_t vldr[] = {0xED91, 0x0A00}; // vldr s0, [r1]
    regs = (struct sim_cpu_state){.r = {0, RAM + 0x102}};
    assert_int_equal(run(lab, &regs, vldr, sizeof vldr), SIM_CPU_UNALIGNED);
}

// WFI in an IT block waits, and the block goes on behind it.
static void test_hint_in_it_block(void **state) {
    struct lab *lab = *state;
    static const uint16_t code[] = {
            0x4280, // cmp r0, r0
            0xBF06, // itte eq
            0xBF30, // wfieq
            0x2101, // moveq r1, #1
            0x2102, // movne r1, #2
            0xBE00, // bkpt
    };
    struct sim_cpu_state regs = {.r = {0}};
    assert_int_equal(run(lab, &regs, code, sizeof code), SIM_CPU_HINT);
    assert_int_equal(regs.pc, RAM + 4);
    sim_cpu_set_pc(lab->cpu, RAM + 6);
    struct sim_cpu_exit stop;
    sim_cpu_run(lab->cpu, &stop);
    sim_cpu_get_state(lab->cpu, &regs);
    assert_int_equal(stop.why, SIM_CPU_BKPT);
    assert_int_equal(regs.r[1], 1);
}

// The monitor of a Cortex-M4 holds no address (TRM 3.7).
static void test_exclusive_without_address(void **state) {
    struct lab *lab = *state;
    static const uint16_t code[] = {
            0xE851, 0x0F00, // ldrex r0, [r1]
            0xE842, 0x0300, // strex r3, r0, [r2]
            0xE842, 0x0400, // strex r4, r0, [r2]
            0xBE00,         // bkpt
    };
    struct sim_cpu_state regs = {.r = {0, RAM + 0x100, RAM + 0x200, 9, 9}};
    assert_int_equal(run(lab, &regs, code, sizeof code), SIM_CPU_BKPT);
    assert_int_equal(regs.r[3], 0);
    assert_int_equal(regs.r[4], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup_teardown(test_large_bus, set_up, tear_down),
            cmocka_unit_test_setup_teardown(test_steady_register, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_changed_code_runs, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_faults_leave_registers, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_hint_in_it_block, set_up,
                    tear_down),
            cmocka_unit_test_setup_teardown(test_exclusive_without_address,
                    set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
