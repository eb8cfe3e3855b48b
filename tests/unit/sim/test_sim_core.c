/*
 * test_sim_core - time, slices, resets, memory of the simulated machine
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/thumb/*.c
// sources: host/sim/rules.c host/base/*.c
// sources: host/sim/core/core.c host/sim/core/bus.c host/sim/core/events.c
// sources: host/sim/core/exceptions.c host/sim/core/exc_frame.c
// sources: host/sim/core/scs.c
// sources: host/sim/profile.c host/sim/cpu/float/*.c
// sources: host/sim/core/systick.c host/sim/core/report.c host/sim/cpu/timing.c
// sources: host/sim/core/store.c
// sources: host/sim/core/snapshot.c host/sim/core/debug.c
// sources: host/sim/cpu/mpu.c
// sources: host/sim/cpu/unicorn/cpu_unicorn.c host/sim/cpu/unicorn/cpu_hook.c
// libs: unicorn
#include "sim/cpu/sim_cpu.h"
#include "support/sim_machine.h"

#include "sim/core/sim_core.h" // for slices of random length

// Interrupts, IT blocks, SVC, WFI, masks, the window opened and closed.
static const uint16_t mixed[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x2001,         // movs r0, #1
        0x6060,         // str r0, [r4, #4]
        0x4825,         // ldr r0, [pc, #148]
        0xF240, 0x11F5, // movw r1, #501
        0x6041,         // str r1, [r0, #4]
        0x2100,         // movs r1, #0
        0x6081,         // str r1, [r0, #8]
        0x2107,         // movs r1, #7
        0x6001,         // str r1, [r0, #0]
        0x4822,         // ldr r0, [pc, #136]
        0x2120,         // movs r1, #32
        0x6001,         // str r1, [r0, #0]
        0xF44F, 0x77C8, // mov.w r7, #400
        0x4D21,         // ldr r5, [pc, #132]
        0x4E21,         // ldr r6, [pc, #132]
        0xF8DF, 0x8088, // ldr.w r8, [pc, #136]
        // round:
        0x2001,         // movs r0, #1
        0x6060,         // str r0, [r4, #4]
        0x4821,         // ldr r0, [pc, #132]
        0x4345,         // muls r5, r0
        0x4821,         // ldr r0, [pc, #132]
        0x4405,         // add r5, r0
        0x4628,         // mov r0, r5
        0x47B0,         // blx r6
        0x0F69,         // lsrs r1, r5, #29
        0x2903,         // cmp r1, #3
        0xBF89,         // itett hi
        0x3005,         // addhi r0, #5
        0x4068,         // eorls r0, r5
        0xF8C8, 0x0000, // strhi.w r0, [r8]
        0xF8D8, 0x1000, // ldrhi.w r1, [r8]
        0xE888, 0x0007, // stmia.w r8, {r0, r1, r2}
        0xE898, 0x0007, // ldmia.w r8, {r0, r1, r2}
        0x2900,         // cmp r1, #0
        0xBF08,         // it eq
        0x2103,         // moveq r1, #3
        0xFBB0, 0xF2F1, // udiv r2, r0, r1
        0x6022,         // str r2, [r4, #0]
        0x2000,         // movs r0, #0
        0x6060,         // str r0, [r4, #4]
        0x0D28,         // lsrs r0, r5, #20
        0x6160,         // str r0, [r4, #20]
        0xDF00,         // svc 0
        0x0E28,         // lsrs r0, r5, #24
        0x3801,         // subs r0, #1
        0xD5FD,         // bpl.n 800026c <round+0x42>
        0xB672,         // cpsid i
        0x0E68,         // lsrs r0, r5, #25
        0x3801,         // subs r0, #1
        0xD5FD,         // bpl.n 8000274 <round+0x4a>
        0xB662,         // cpsie i
        0xF017, 0x0F07, // tst.w r7, #7
        0xBF08,         // it eq
        0x2301,         // moveq r3, #1
        0xD100,         // bne.n 8000286 <round+0x5c>
        0xBF30,         // wfi
        0x3F01,         // subs r7, #1
        0xD1CF,         // bne.n 800022a <round>
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800028c <round+0x62>
        // tick:
        0x6921, // ldr r1, [r4, #16]
        0x6021, // str r1, [r4, #0]
        0x4770, // bx lr
        // line:
        0x2105, // movs r1, #5
        0x60A1, // str r1, [r4, #8]
        0x4770, // bx lr
        // svcall:
        0xB510,         // push {r4, lr}
        0x4629,         // mov r1, r5
        0xBD10,         // pop {r4, pc}
        0xE010, 0xE000, // .word 0xe000e010
        0xE100, 0xE000, // .word 0xe000e100
        0x2345, 0x0001, // .word 0x00012345
        0x0001, 0x9000, // .word 0x90000001
        0x0100, 0x2000, // .word 0x20000100
        0x660D, 0x0019, // .word 0x0019660d
        0xF35F, 0x3C6E, // .word 0x3c6ef35f
};
enum {
    mixed_round = 0x2A,
    mixed_tick = 0x8E,
    mixed_line = 0x94,
    mixed_svcall = 0x9A,
};

// The function at the start of the window that it calls.
static const uint16_t inwindow[] = {
        // start:
        0x0341,         // lsls r1, r0, #13
        0x4048,         // eors r0, r1
        0xF04F, 0x315A, // mov.w r1, #1515870810
        0x4048,         // eors r0, r1
        0xF010, 0x0F04, // tst.w r0, #4
        0xD001,         // beq.n start+0x14
        0x0C41,         // lsrs r1, r0, #17
        0x4048,         // eors r0, r1
        0x4770,         // bx lr
};

struct outcome {
    uint64_t hash, instructions, cycles, log;
};

// Another length after each trace entry.
static void shuffle_slices(void *ctx, const struct sim_trace *entry) {
    struct machine *m = ctx;
    static uint32_t random = 1;
    (void)entry;
    random = random * 1664525u + 1013904223u;
    m->sim->options.slice_instructions = 1 + (random >> 24);
}

static struct outcome run_mixed(uint64_t slice, bool shuffle) {
    struct machine *m = machine_with(&(struct sim_options){
            .time_limit = SIM_S,
            .slice_instructions = slice,
    });
    m->timing = (struct sim_window_timing){700 * SIM_NS, 200 * SIM_NS};
    if (shuffle) {
        sim_add_trace(m->sim, shuffle_slices, m);
    }
    put_vector(m, 15, CODE + mixed_tick);
    put_vector(m, 11, CODE + mixed_svcall);
    put_vector(m, 16 + 5, CODE + mixed_line);
    memcpy(m->window, inwindow, sizeof inwindow);
    start_program(m, mixed);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    struct outcome outcome = {
            .hash = sim_trace_hash(m->sim),
            .instructions = sim_instructions(m->sim),
            .cycles = sim_cycles(m->sim),
    };
    assert_true(m->lab.count > 400);
    for (size_t i = 0; i < m->lab.count; i++) {
        outcome.log = (outcome.log ^ m->lab.value[i] ^ m->lab.time[i]) *
                0x100000001B3ull;
    }
    assert_null(sim_violation_of(m->sim));
    machine_free(m);
    return outcome;
}

static void test_slices_cannot_be_seen(void **state) {
    (void)state;
    const struct outcome whole = run_mixed(0, false);
    assert_true(whole.instructions > 50000);
    const uint64_t slices[] = {1, 7, 1000, 50};
    for (size_t i = 0; i < 4; i++) {
        const struct outcome sliced = run_mixed(slices[i], i == 3);
        assert_int_equal(sliced.hash, whole.hash);
        assert_int_equal(sliced.instructions, whole.instructions);
        assert_int_equal(sliced.cycles, whole.cycles);
        assert_int_equal(sliced.log, whole.log);
    }
}

static const uint16_t leftovers[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x480F,         // ldr r0, [pc, #60]
        0x6801,         // ldr r1, [r0, #0]
        0x6021,         // str r1, [r4, #0]
        0xF44F, 0x0170, // mov.w r1, #15728640
        0x6001,         // str r1, [r0, #0]
        0xF3EF, 0x8014, // mrs r0, CONTROL
        0x6020,         // str r0, [r4, #0]
        0xF8C4, 0xE000, // str.w lr, [r4]
        0x4668,         // mov r0, sp
        0x6020,         // str r0, [r4, #0]
        0xEE11, 0x0A90, // vmov r0, s3
        0x6020,         // str r0, [r4, #0]
        0x4808,         // ldr r0, [pc, #32]
        0x6801,         // ldr r1, [r0, #0]
        0x6021,         // str r1, [r4, #0]
        0xF241, 0x2134, // movw r1, #4660
        0x6001,         // str r1, [r0, #0]
        0xEE01, 0x1A90, // vmov s3, r1
        0x2140,         // movs r1, #64
        0xF381, 0x8811, // msr BASEPRI, r1
        0x4804,         // ldr r0, [pc, #16]
        0x4904,         // ldr r1, [pc, #16]
        0x6001,         // str r1, [r0, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000242 <start+0x42>
        0xED88, 0xE000, // .word 0xe000ed88
        0x0400, 0x2000, // .word 0x20000400
        0xED0C, 0xE000, // .word 0xe000ed0c
        0x0004, 0x05FA, // .word 0x05fa0004
};

static void test_resets_leave_nothing_behind(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, leftovers);
    // The program resets itself for ever.
    m->sim->options.time_limit = sim_now(m->sim) + 20 * SIM_US;
    assert_int_equal(sim_run(m->sim), SIM_STOP_TIME);
    assert_true(m->lab.count >= 6 * 10);
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(trace_of(m, SIM_TRACE_RESET, i)->a,
                i ? SIM_RESET_SOFTWARE : SIM_RESET_POWER_ON);
        // CPACR, CONTROL, LR, SP, S3; RAM is kept, but not over power-on.
        const uint32_t expected[] = {
                0,
                0,
                0xFFFFFFFF,
                STACK,
                0,
                i ? 0x1234 : 0xDEDEDEDE,
        };
        assert_memory_equal(m->lab.value + 6 * i, expected, sizeof expected);
    }
    m->lab.count = 0;
    sim_power_on(m->sim);
    m->sim->options.time_limit = sim_now(m->sim) + SIM_US;
    assert_int_equal(sim_run(m->sim), SIM_STOP_TIME);
    assert_true(m->lab.count >= 6);
    assert_int_equal(m->lab.value[4], 0);
    assert_int_equal(m->lab.value[5], 0xDEDEDEDE);
    machine_free(m);
}

static void test_no_reset_vector(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_word(m, FLASH, STACK);
    put_word(m, FLASH + 4, 0x60000001);
    sim_power_on(m->sim);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    put_word(m, FLASH + 4, CODE); // even
    sim_power_on(m->sim);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    machine_free(m);
}

static const uint16_t uncopied[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4805,         // ldr r0, [pc, #20]
        0x4780,         // blx r0
        // returned:
        0x61E4, // str r4, [r4, #28]
        0xE7FE, // b.n 800020a <returned+0x2>
        // usage:
        0x9806,         // ldr r0, [sp, #24]
        0x6020,         // str r0, [r4, #0]
        0x9805,         // ldr r0, [sp, #20]
        0xF020, 0x0001, // bic.w r0, r0, #1
        0x9006,         // str r0, [sp, #24]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0x2001, 0x2000, // .word 0x20002001
};
enum {
    uncopied_returned = 0x8,
    uncopied_usage = 0xC,
};

static void test_ram_that_was_never_copied(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, uncopied);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *violation = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[violation->rule].name, "ram-not-copied");
    assert_int_equal(violation->pc, 0x20002000);
    assert_int_equal(violation->regs[14], CODE + uncopied_returned + 1);
    machine_free(m);

    m = machine_with(&(struct sim_options){
            .time_limit = SIM_S,
            .on_violation = SIM_FAULT,
    });
    put_vector(m, 3, CODE + uncopied_usage);
    start_program(m, uncopied);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x20002000);
    assert_string_equal(sim_rules[sim_violation_of(m->sim)->rule].name,
            "ram-not-copied");
    machine_free(m);
}

static const uint16_t clocks[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D11,         // ldr r5, [pc, #68]
        0xF04F, 0x7080, // mov.w r0, #16777216
        0x6028,         // str r0, [r5, #0]
        0x4D10,         // ldr r5, [pc, #64]
        0x2000,         // movs r0, #0
        0x6068,         // str r0, [r5, #4]
        0x2001,         // movs r0, #1
        0x6028,         // str r0, [r5, #0]
        0x480F,         // ldr r0, [pc, #60]
        0x2120,         // movs r1, #32
        0x6001,         // str r1, [r0, #0]
        0xF44F, 0x717A, // mov.w r1, #1000
        0xB672,         // cpsid i
        0x686A,         // ldr r2, [r5, #4]
        0x6161,         // str r1, [r4, #20]
        0xBF30,         // wfi
        0x686B,         // ldr r3, [r5, #4]
        0x1A9B,         // subs r3, r3, r2
        0x6023,         // str r3, [r4, #0]
        0x480A,         // ldr r0, [pc, #40]
        0x6260,         // str r0, [r4, #36]
        0x6922,         // ldr r2, [r4, #16]
        0xBF00,         // nop
        0xBF00,         // nop
        0x6923,         // ldr r3, [r4, #16]
        0x1A9B,         // subs r3, r3, r2
        0x6023,         // str r3, [r4, #0]
        0x6922,         // ldr r2, [r4, #16]
        0x69A3,         // ldr r3, [r4, #24]
        0x6923,         // ldr r3, [r4, #16]
        0x1A9B,         // subs r3, r3, r2
        0x6023,         // str r3, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800024a <start+0x4a>
        0xEDFC, 0xE000, // .word 0xe000edfc
        0x1000, 0xE000, // .word 0xe0001000
        0xE100, 0xE000, // .word 0xe000e100
        0x0900, 0x003D, // .word 0x003d0900
};

static void test_clocks(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, clocks);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_int_equal(m->lab.count, 3);
    // Of the instructions around WFI alone: it stands still in sleep.
    assert_in_range(m->lab.value[0], 1, 10);
    // At 4 MHz: a load from the APB (2 + 4), two NOPs; 250 ns a cycle.
    assert_int_equal(m->lab.value[1], 8 * 250);
    // One more such load with a wait of 1 us; Unicorn does not pipeline loads.
    const uint32_t pipelined = sim_cpu_is_exact() ? 2 : 0;
    assert_int_equal(m->lab.value[2], (2 * 6 - pipelined) * 250 + 1000);
    machine_free(m);
}

static void test_a_clock_that_is_kept_in_sleep(void **state) {
    (void)state;
    struct machine *m = machine_new();
    sim_sleep_clock(m->sim, true);
    start_program(m, clocks);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // 1000 ns of 80 MHz and the instructions around.
    assert_in_range(m->lab.value[0], 80, 90);
    machine_free(m);
}

static const uint16_t patched[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF000, 0xF81E, // bl 8000244 <value>
        0x6020,         // str r0, [r4, #0]
        0xF242, 0x0102, // movw r1, #8194
        0x62A1,         // str r1, [r4, #40]
        0xF000, 0xF818, // bl 8000244 <value>
        0x6020,         // str r0, [r4, #0]
        0x4B0C,         // ldr r3, [pc, #48]
        0xF023, 0x6300, // bic.w r3, r3, #134217728
        0x4798,         // blx r3
        0x6020,         // str r0, [r4, #0]
        0xF242, 0x0103, // movw r1, #8195
        0x62A1,         // str r1, [r4, #40]
        0x4798,         // blx r3
        0x6020,         // str r0, [r4, #0]
        0x2100,         // movs r1, #0
        0x6848,         // ldr r0, [r1, #4]
        0x6020,         // str r0, [r4, #0]
        0xF04F, 0x5000, // mov.w r0, #536870912
        0xF64C, 0x22FE, // movw r2, #51966
        0x6042,         // str r2, [r0, #4]
        0x62E0,         // str r0, [r4, #44]
        0x6848,         // ldr r0, [r1, #4]
        0x6020,         // str r0, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000242 <start+0x42>
        // value:
        0x2001,         // movs r0, #1
        0x4770,         // bx lr
        0x0245, 0x0800, // .word 0x08000245
};
enum {
    patched_value = 0x44,
};

static void test_changed_memory_is_executed(void **state) {
    (void)state;
    struct machine *m = machine_new();
    m->lab.patch_addr = CODE + patched_value;
    start_program(m, patched);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // Through the address itself, and through the alias at 0, which then
    // shows something else.
    assert_log(m, 1, 2, 2, 3, CODE | 1, 0xCAFE);
    machine_free(m);
}

static const uint16_t monitor[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF04F, 0x5000, // mov.w r0, #536870912
        0x2107,         // movs r1, #7
        0xE850, 0x2F00, // ldrex r2, [r0]
        0xE840, 0x1300, // strex r3, r1, [r0]
        0x6023,         // str r3, [r4, #0]
        0xE850, 0x2F00, // ldrex r2, [r0]
        0xDF00,         // svc 0
        0xE840, 0x1300, // strex r3, r1, [r0]
        0x6023,         // str r3, [r4, #0]
        0x4806,         // ldr r0, [pc, #24]
        0x6001,         // str r1, [r0, #0]
        0x6802,         // ldr r2, [r0, #0]
        0x6022,         // str r2, [r4, #0]
        0x4805,         // ldr r0, [pc, #20]
        0x2100,         // movs r1, #0
        0x6001,         // str r1, [r0, #0]
        0xF04F, 0x5000, // mov.w r0, #536870912
        0x6802,         // ldr r2, [r0, #0]
        0x6022,         // str r2, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000238 <start+0x38>
        // svcall:
        0x4770,         // bx lr
        0x0000, 0xE004, // .word 0xe0040000
        0x0004, 0x2200, // .word 0x22000004
};
enum {
    monitor_svcall = 0x3A,
};

static void test_monitor_strays_and_bit_bands(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + monitor_svcall);
    start_program(m, monitor);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // An exception takes the reservation; an unknown register is memory;
    // bit 1 of
    // the word at 20000000 is cleared alone.
    assert_log(m, 0, 1, 7, 7 & ~2);
    assert_int_equal(m->notes, 1);
    assert_non_null(strstr(m->note, "0xe0040000"));
    machine_free(m);

    m = machine_with(&(struct sim_options){
            .time_limit = SIM_S,
            .strict = true,
    });
    put_vector(m, 11, CODE + monitor_svcall);
    start_program(m, monitor);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    assert_string_equal(sim_rules[sim_violation_of(m->sim)->rule].name,
            "not-modelled");
    assert_int_equal(sim_violation_of(m->sim)->addr, 0xE0040000);
    machine_free(m);
}

static void test_aircr_without_its_key(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_register(m, 0xE000ED0C, 0x05FA0300);
    assert_int_equal(m->notes, 0);
    put_register(m, 0xE000ED0C, 0x700);
    put_register(m, 0xE000ED0C, 4);
    assert_int_equal(m->notes, 1);
    assert_non_null(strstr(m->note, "without its key"));
    machine_free(m);
}

static const uint16_t banded[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4802,         // ldr r0, [pc, #8]
        0x2101,         // movs r1, #1
        0x6001,         // str r1, [r0, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800020c <start+0xc>
        0xBF00,         // nop
        0x0024, 0x4200, // .word 0x42000024
};

// A bit of a register is written with its word: bridges make one of a byte.
static void test_bit_band_of_a_register(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, banded);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 9);
    machine_free(m);
}

static const uint16_t endless[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x6921,         // ldr r1, [r4, #16]
        0x6021,         // str r1, [r4, #0]
        0xF640, 0x31B8, // movw r1, #3000
        0x6161,         // str r1, [r4, #20]
        0x3001,         // adds r0, #1
        0xE7FD,         // b.n 800020e <start+0xe>
};

static void cut(void *ctx) {
    sim_power_cut(((struct machine *)ctx)->sim);
}

static void test_power_cut_and_again(void **state) {
    (void)state;
    struct machine *m = machine_new();
    struct sim_event event = {.fire = cut, .ctx = m, .at = SIM_NEVER};
    start_program(m, endless);
    const sim_time begin = sim_now(m->sim);
    sim_schedule(m->sim, &event, begin + 2 * SIM_US);
    assert_int_equal(sim_run(m->sim), SIM_STOP_POWER_CUT);
    assert_in_range(sim_now(m->sim) - begin, 2 * SIM_US, 2 * SIM_US + 40000);
    const uint64_t first = sim_instructions(m->sim);
    const uint32_t first_log = m->lab.value[0];
    const sim_time second = sim_now(m->sim);
    sim_cancel(m->sim, &m->lab.event);
    sim_power_on(m->sim);
    sim_schedule(m->sim, &event, second + 2 * SIM_US);
    assert_int_equal(sim_run(m->sim), SIM_STOP_POWER_CUT);
    assert_int_equal(sim_instructions(m->sim), 2 * first);
    assert_int_equal(m->lab.value[1] - second / SIM_NS, first_log);
    sim_cancel(m->sim, &m->lab.event);
    machine_free(m);
}

static void reset_and_stop(void *ctx) {
    struct machine *m = ctx;
    sim_request_stop(m->sim);
    sim_request_reset(m->sim, SIM_RESET_PIN);
}

static void test_a_reset_does_not_swallow_a_stop(void **state) {
    (void)state;
    struct machine *m = machine_new();
    struct sim_event event = {.fire = reset_and_stop, .ctx = m};
    start_program(m, endless);
    sim_schedule(m->sim, &event, sim_now(m->sim) + SIM_US);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_int_equal(trace_of(m, SIM_TRACE_RESET, 1)->a, SIM_RESET_PIN);
    assert_int_equal(sim_pc(m->sim), CODE);
    machine_free(m);
}

struct firing {
    struct machine *m;
    struct sim_event event;
    int id;
};
static int fired[4];
static sim_time fired_at[4];
static size_t fired_count;

static void note_firing(void *ctx) {
    struct firing *firing = ctx;
    fired_at[fired_count] = sim_now(firing->m->sim);
    fired[fired_count++] = firing->id;
}

// At 48 MHz a cycle is no whole number of picoseconds.
static void fire_in_order(uint32_t hz) {
    struct machine *m = machine_new();
    sim_set_hclk(m->sim, hz);
    start_program(m, endless);
    const sim_time now = sim_now(m->sim);
    const sim_time at[4] = {now + 700001, now + 500000, now + 700001, now};
    struct firing firing[4];
    fired_count = 0;
    for (int i = 0; i < 4; i++) {
        firing[i] = (struct firing){
                .m = m,
                .id = i,
                .event = {note_firing, &firing[i], SIM_NEVER, 0, NULL},
        };
        sim_schedule(m->sim, &firing[i].event, at[i]);
    }
    m->sim->options.time_limit = now + 2 * SIM_US;
    const uint64_t cycles = sim_cycles(m->sim);
    assert_int_equal(sim_run(m->sim), SIM_STOP_TIME);
    const int order[4] = {3, 1, 0, 2};
    assert_int_equal(fired_count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(fired[i], order[i]);
        assert_int_equal(fired_at[i], at[order[i]]); // not a cycle later
    }
    const uint64_t run = sim_cycles(m->sim) - cycles;
    assert_in_range(run, hz / 500000, hz / 500000 + 4);
    assert_int_equal(sim_now(m->sim) - now, run * SIM_S / hz);
    machine_free(m);
}

static void test_events_fire_in_order_and_on_time(void **state) {
    (void)state;
    fire_in_order(HCLK);
    fire_in_order(48000000);
}

static uint32_t read_one(void *ctx, uint32_t off, unsigned size) {
    (void)ctx;
    (void)off;
    (void)size;
    return 1;
}

static uint32_t read_two(void *ctx, uint32_t off, unsigned size) {
    (void)ctx;
    (void)size;
    return 0x200 + off;
}

static void ignore_write(void *ctx, uint32_t off, uint32_t value,
        unsigned size) {
    (void)ctx;
    (void)off;
    (void)value;
    (void)size;
}

static const uint16_t overlap[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4803,         // ldr r0, [pc, #12]
        0x6801,         // ldr r1, [r0, #0]
        0x6021,         // str r1, [r4, #0]
        0x6841,         // ldr r1, [r0, #4]
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000210 <start+0x10>
        0x0000,         // .short 0x0000
        0x0400, 0x5000, // .word 0x50000400
};

static void test_the_smaller_peripheral_answers(void **state) {
    (void)state;
    for (int swap = 0; swap < 2; swap++) {
        struct machine *m = machine_new();
        const struct sim_periph small = {
                .name = "small",
                .base = 0x50000400,
                .size = 4,
                .read = read_one,
                .write = ignore_write,
        };
        const struct sim_periph all = {
                .name = "all",
                .base = 0x40000000,
                .size = 0x20000000,
                .read = read_two,
                .write = ignore_write,
        };
        sim_add_periph(m->sim, swap ? &all : &small);
        sim_add_periph(m->sim, swap ? &small : &all);
        start_program(m, overlap);
        assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
        assert_log(m, 1, 0x10000604);
        machine_free(m);
    }
}

// As memory, however many; a reset clears them, and each is reported once.
static void test_registers_that_are_not_modelled(void **state) {
    (void)state;
    enum { COUNT = 500 };
    struct machine *m = machine_new();
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            *sim_register(m->sim, 0x50000000 + 4 * i) = i + 1;
            sim_unmodelled(m->sim, "it", 0x50000000 + 4 * i, true);
        }
        for (uint32_t i = 0; i < COUNT; i++) { // any byte of the word
            assert_int_equal(*sim_register(m->sim, 0x50000003 + 4 * i), i + 1);
        }
        assert_int_equal(m->notes, COUNT);
        sim_power_on(m->sim);
        assert_int_equal(*sim_register(m->sim, 0x50000000 + 4 * pass), 0);
    }
    assert_non_null(strstr(m->note, "it: register 0x500007cc"));
    // A whole peripheral: one report, apart from those of its registers.
    for (uint32_t i = 0; i < 8; i++) {
        sim_unmodelled_block(m->sim, "they", 0x50000000, 0x50000008 + 4 * i,
                true);
    }
    assert_int_equal(m->notes, COUNT + 1);
    assert_non_null(strstr(m->note, "they at 0x50000000 is not modelled"));
    assert_non_null(strstr(m->note, "first 0x50000008, written"));
    sim_unmodelled_block(m->sim, NULL, 0x50000400, 0x5000041c, false);
    assert_int_equal(m->notes, COUNT + 2);
    assert_non_null(strstr(m->note, "the peripheral at 0x50000400 is not"));
    machine_free(m);
}

/// Stores to flash memory ///

static const uint16_t stores[] = {
        // start:
        0xF04F, 0x6000, // mov.w r0, #134217728
        0x2101,         // movs r1, #1
        0x2202,         // movs r2, #2
        0xF840, 0x1F04, // str.w r1, [r0, #4]!
        0xF820, 0x1B04, // strh.w r1, [r0], #4
        0xE9E0, 0x1202, // strd r1, r2, [r0, #8]!
        0xC006,         // stmia r0!, {r1, r2}
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n .
};

static struct {
    uint32_t addr[8], value[8];
    unsigned size[8], count;
} stored;

static bool keep_store(void *ctx, uint32_t addr, uint32_t value,
        unsigned size) {
    (void)ctx;
    stored.addr[stored.count % 8] = addr;
    stored.value[stored.count % 8] = value;
    stored.size[stored.count++ % 8] = size;
    return true;
}

static void test_stores_to_flash(void **state) {
    (void)state;
    struct machine *m = machine_new();
    const struct sim_store store = {.store = keep_store};
    stored.count = 0;
    sim_set_store(m->sim, &store);
    start_program(m, stores);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    static const uint32_t off[6] = {4, 4, 16, 20, 16, 20};
    static const uint32_t value[6] = {1, 1, 1, 2, 1, 2};
    static const unsigned size[6] = {4, 2, 4, 4, 4, 4};
    assert_int_equal(stored.count, 6);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(stored.addr[i], 0x08000000u + off[i]);
        assert_int_equal(stored.value[i], value[i]);
        assert_int_equal(stored.size[i], size[i]);
    }
    uint32_t regs[17];
    sim_registers(m->sim, regs);
    assert_int_equal(regs[0], 0x08000000u + 24);
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_registers_that_are_not_modelled),
            cmocka_unit_test(test_slices_cannot_be_seen),
            cmocka_unit_test(test_resets_leave_nothing_behind),
            cmocka_unit_test(test_no_reset_vector),
            cmocka_unit_test(test_ram_that_was_never_copied),
            cmocka_unit_test(test_clocks),
            cmocka_unit_test(test_a_clock_that_is_kept_in_sleep),
            cmocka_unit_test(test_changed_memory_is_executed),
            cmocka_unit_test(test_monitor_strays_and_bit_bands),
            cmocka_unit_test(test_bit_band_of_a_register),
            cmocka_unit_test(test_aircr_without_its_key),
            cmocka_unit_test(test_power_cut_and_again),
            cmocka_unit_test(test_a_reset_does_not_swallow_a_stop),
            cmocka_unit_test(test_events_fire_in_order_and_on_time),
            cmocka_unit_test(test_the_smaller_peripheral_answers),
            cmocka_unit_test(test_stores_to_flash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
