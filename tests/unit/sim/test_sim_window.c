/*
 * test_sim_window - the window of the simulated machine: gate, cost, reports
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
#include "support/sim_machine.h"

#include "sim/core/sim_core.h"

// 600 times: open, read, call; close, read, call. Counts what got through.
static const uint16_t leak[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D20,         // ldr r5, [pc, #128]
        0xF44F, 0x3000, // mov.w r0, #131072
        0x6028,         // str r0, [r5, #0]
        0xF04F, 0x4610, // mov.w r6, #2415919104
        0x2700,         // movs r7, #0
        0x46B8,         // mov r8, r7
        0x46B9,         // mov r9, r7
        0x46BA,         // mov sl, r7
        0xF240, 0x2B58, // movw fp, #600
        0x2201,         // movs r2, #1
        0x2300,         // movs r3, #0
        // round:
        0x6062,         // str r2, [r4, #4]
        0x6C30,         // ldr r0, [r6, #64]
        0x4407,         // add r7, r0
        0xF106, 0x0001, // add.w r0, r6, #1
        0x4780,         // blx r0
        0x4480,         // add r8, r0
        0xF241, 0x1111, // movw r1, #4369
        0x6063,         // str r3, [r4, #4]
        // read:
        0xF8D6, 0x1040, // ldr.w r1, [r6, #64]
        0xF241, 0x1011, // movw r0, #4369
        0x4288,         // cmp r0, r1
        0xBF18,         // it ne
        0xF10A, 0x0A01, // addne.w sl, sl, #1
        0xF106, 0x0001, // add.w r0, r6, #1
        0x4780,         // blx r0
        // returned:
        0x42B0,         // cmp r0, r6
        0xBF98,         // it ls
        0xF10A, 0x0A01, // addls.w sl, sl, #1
        0xF1BB, 0x0B01, // subs.w fp, fp, #1
        0xD1E3,         // bne.n 8000220 <round>
        0x6027,         // str r7, [r4, #0]
        0x4640,         // mov r0, r8
        0x6020,         // str r0, [r4, #0]
        0x4648,         // mov r0, r9
        0x6020,         // str r0, [r4, #0]
        0x4650,         // mov r0, sl
        0x6020,         // str r0, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000268 <returned+0x1e>
        // bus:
        0xF109, 0x0901, // add.w r9, r9, #1
        0x6868,         // ldr r0, [r5, #4]
        0x6068,         // str r0, [r5, #4]
        0x05C0,         // lsls r0, r0, #23
        0xD403,         // bmi.n 800027e <fetch>
        0x9806,         // ldr r0, [sp, #24]
        0x3004,         // adds r0, #4
        0x9006,         // str r0, [sp, #24]
        0x4770,         // bx lr
        // fetch:
        0x9805,         // ldr r0, [sp, #20]
        0xF020, 0x0001, // bic.w r0, r0, #1
        0x9006,         // str r0, [sp, #24]
        0x4770,         // bx lr
        0xED24, 0xE000, // .word 0xe000ed24
};
enum {
    leak_round = 0x20,
    leak_read = 0x34,
    leak_returned = 0x4A,
    leak_bus = 0x6A,
    leak_fetch = 0x7E,
};

static const uint16_t two[] = {
        // start:
        0x2002, // movs r0, #2
        0x4770, // bx lr
};

static void test_a_closed_window_never_leaks(void **state) {
    (void)state;
    struct machine *m = machine_with(&(struct sim_options){
            .time_limit = SIM_S,
            .on_violation = SIM_FAULT,
    });
    put_vector(m, 5, CODE + leak_bus);
    memcpy(m->window, two, sizeof two);
    start_program(m, leak);
    put_word(m, WINDOW + 0x40, 3);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // Sums of the open reads and calls, faults, leaks.
    assert_log(m, 600 * 3, 600 * 2, 2 * 600, 0);
    const struct sim_violation *first = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[first->rule].name, "window-read");
    assert_int_equal(first->addr, WINDOW + 0x40);
    assert_int_equal(first->pc, CODE + leak_read);
    machine_free(m);
}

static void test_violations_do_not_see_slices(void **state) {
    (void)state;
    const uint64_t slices[] = {0, 1, 2, 3, 7, 1000};
    uint64_t hash[6], cycles[6], instructions[6];
    for (size_t i = 0; i < 6; i++) {
        struct machine *m = machine_with(&(struct sim_options){
                .time_limit = SIM_S,
                .on_violation = SIM_FAULT,
                .slice_instructions = slices[i],
        });
        m->timing = (struct sim_window_timing){300 * SIM_NS, 100 * SIM_NS};
        put_vector(m, 5, CODE + leak_bus);
        memcpy(m->window, two, sizeof two);
        start_program(m, leak);
        put_word(m, WINDOW + 0x40, 3);
        assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
        hash[i] = sim_trace_hash(m->sim);
        cycles[i] = sim_cycles(m->sim);
        instructions[i] = sim_instructions(m->sim);
        assert_int_equal(hash[i], hash[0]);
        assert_int_equal(cycles[i], cycles[0]);
        assert_int_equal(instructions[i], instructions[0]);
        machine_free(m);
    }
}

// From outside the machine too, with no instruction in between but the read.
static void test_the_raw_gate_never_leaks(void **state) {
    (void)state;
    const uint16_t load[] = {0x6801}; // ldr r1, [r0]
    const struct sim_cpu_bus bus = {0};
    struct sim_cpu *cpu = sim_cpu_new(&bus, sim_profile_at(0));
    uint8_t *ram = aligned_alloc(4096, 4096);
    uint8_t *window = aligned_alloc(4096, WINDOW_BYTES);
    memcpy(ram, load, sizeof load);
    memset(window, 0x77, WINDOW_BYTES);
    assert_true(sim_cpu_map(cpu, SIM_MEM_RAM, RAM, 4096, ram));
    assert_true(sim_cpu_map(cpu, SIM_MEM_WINDOW, WINDOW, WINDOW_BYTES, window));
    for (int i = 0; i < 1200; i++) {
        const bool open = i % 2 == 0;
        sim_cpu_window(cpu, open);
        struct sim_cpu_state regs = {.xpsr = 1u << 24, .pc = RAM};
        regs.r[0] = WINDOW + 64u * (uint32_t)i / 2;
        sim_cpu_set_state(cpu, &regs);
        struct sim_cpu_clock *clock = sim_cpu_clock(cpu);
        clock->deadline = SIM_NEVER;
        clock->limit = clock->instructions + 1;
        struct sim_cpu_exit stop;
        sim_cpu_run(cpu, &stop);
        sim_cpu_get_state(cpu, &regs);
        assert_int_equal(stop.why, open ? SIM_CPU_BOUNDARY : SIM_CPU_READ);
        assert_int_equal(regs.r[1], open ? 0x77777777 : 0);
    }
    sim_cpu_free(cpu);
    free(ram);
    free(window);
}

static const uint16_t jump[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x2001,         // movs r0, #1
        0x6060,         // str r0, [r4, #4]
        0x4801,         // ldr r0, [pc, #4]
        0x4780,         // blx r0
        // returned:
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800020e <returned+0x2>
        0x0001, 0x9000, // .word 0x90000001
};
enum {
    jump_returned = 0xC,
};

static const uint16_t closer[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x2000,         // movs r0, #0
        0x6060,         // str r0, [r4, #4]
        // next:
        0x2001, // movs r0, #1
        0x6020, // str r0, [r4, #0]
        0x4770, // bx lr
};
enum {
    closer_next = 0x8,
};

static void test_code_that_closes_its_own_window(void **state) {
    (void)state;
    for (int fault = 0; fault < 2; fault++) {
        struct machine *m = machine_with(&(struct sim_options){
                .time_limit = SIM_S,
                .on_violation = fault ? SIM_FAULT : SIM_STOP,
        });
        memcpy(m->window, closer, sizeof closer);
        start_program(m, jump);
        // With SIM_FAULT there is no handler: HardFault's vector is FFFFFFFF.
        assert_int_equal(sim_run(m->sim),
                fault ? SIM_STOP_LOCKUP : SIM_STOP_VIOLATION);
        const struct sim_violation *violation = sim_violation_of(m->sim);
        assert_string_equal(sim_rules[violation->rule].name, "window-fetch");
        // The instruction after the store, which happened once.
        assert_int_equal(violation->pc, WINDOW + closer_next);
        assert_int_equal(violation->addr, WINDOW + closer_next);
        assert_int_equal(violation->regs[15], violation->pc);
        assert_int_equal(violation->regs[14], CODE + jump_returned + 1);
        assert_non_null(strstr(violation->why, "the lab has closed it"));
        assert_non_null(strstr(violation->fix, "resident"));
        assert_int_equal(m->lab.count, 0);
        machine_free(m);
    }
}

static const uint16_t reader[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4802,         // ldr r0, [pc, #8]
        // load:
        0xF810, 0x1B01, // ldrb.w r1, [r0], #1
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800020c <load+0x6>
        0x0000,         // .short 0x0000
        0x0044, 0x9000, // .word 0x90000044
};
enum {
    reader_load = 0x6,
};

static void test_read_of_the_closed_window(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, reader);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *violation = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[violation->rule].name, "window-read");
    assert_int_equal(violation->addr, WINDOW + 0x44);
    assert_int_equal(violation->regs[0], WINDOW + 0x44); // no write-back
    assert_int_equal(violation->pc, CODE + reader_load);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    machine_free(m);
}

static const uint16_t arm[] = {
        // start:
        0x4802,         // ldr r0, [pc, #8]
        0x2101,         // movs r1, #1
        0x6001,         // str r1, [r0, #0]
        0xF8C0, 0x1100, // str.w r1, [r0, #256]
        0xE7FE,         // b.n 800020a <start+0xa>
        0xE100, 0xE000, // .word 0xe000e100
};

// The violation names what let the interrupt come.
static void test_interrupt_enabled_in_an_outage(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 16, WINDOW + 0x40);
    start_program(m, arm);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *violation = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[violation->rule].name, "window-vector");
    char text[40];
    snprintf(text, sizeof text, "0x%08x enabled IRQ 0", CODE + 6);
    assert_non_null(strstr(violation->why, text));
    machine_free(m);
}

static void test_read_behind_the_mapped_part(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, reader);
    sim_window_open(m->sim, &m->timing);
    sim_window_limit(m->sim, 0x44);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *violation = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[violation->rule].name, "window-behind");
    assert_int_equal(violation->addr, WINDOW + 0x44);
    machine_free(m);
}

static const uint16_t enter[] = {
        // start:
        0xF04F, 0x4610, // mov.w r6, #2415919104
        0xF106, 0x0001, // add.w r0, r6, #1
        0x4700,         // bx r0
};

// Whether or not the limit is the end of a page; and the bus fault, if the run
// goes on.
static void test_fetch_behind_the_mapped_part(void **state) {
    (void)state;
    static const uint32_t limits[] = {0x10, 0x400, 0x840};
    for (size_t i = 0; i < 2 * sizeof limits / sizeof *limits; i++) {
        const uint32_t limit = limits[i / 2];
        struct machine *m = machine_with(&(struct sim_options){
                .time_limit = SIM_S,
                .on_violation = i % 2 ? SIM_FAULT : SIM_STOP,
        });
        for (uint32_t off = 0; off < 0x1000; off += 2) {
            memcpy(m->window + off, "\x00\xbf", 2); // nop
        }
        put_vector(m, 3, CODE + 0x41);
        memcpy(m->flash + (CODE - FLASH) + 0x40, "\xfe\xe7", 2); // b.n .
        start_program(m, enter);
        sim_window_open(m->sim, &m->timing);
        sim_window_limit(m->sim, limit);
        m->sim->options.time_limit = SIM_MS;
        assert_int_equal(sim_run(m->sim),
                i % 2 ? SIM_STOP_TIME : SIM_STOP_VIOLATION);
        const struct sim_violation *v = sim_violation_of(m->sim);
        assert_string_equal(sim_rules[v->rule].name, "window-behind");
        assert_int_equal(v->pc, WINDOW + limit);
        assert_int_equal(v->addr, WINDOW + limit);
        assert_int_equal(sim_instructions(m->sim) >= 3 + limit / 2, true);
        if (i % 2) {
            assert_int_equal(m->sim->scs.cfsr, CFSR_IBUSERR);
            assert_int_equal(sim_active_fault(m->sim), 3);
        }
        machine_free(m);
    }
}

// Code that ran before there was a limit.
static void test_fetch_behind_a_new_limit(void **state) {
    (void)state;
    struct machine *m = machine_new();
    for (uint32_t off = 0; off < 0x20; off += 2) {
        memcpy(m->window + off, "\x00\xbf", 2); // nop
    }
    memcpy(m->window + 0x20, "\xee\xe7", 2); // b.n .-0x20
    start_program(m, enter);
    sim_window_open(m->sim, &m->timing);
    sim_stop_before(m->sim, 3 + 10 * 17); // at the start again
    assert_int_equal(sim_run(m->sim), SIM_STOP_REACHED);
    sim_stop_before(m->sim, SIM_NEVER);
    sim_window_limit(m->sim, 0x10);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    assert_int_equal(sim_violation_of(m->sim)->rule, SIM_RULE_WINDOW_BEHIND);
    assert_int_equal(sim_violation_of(m->sim)->addr, WINDOW + 0x10);
    machine_free(m);
}

static void test_a_cure_for_the_reason(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, reader);
    sim_window_close(m->sim, "the chip is erasing");
    sim_window_cure(m->sim, "wait until WIP is 0");
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    assert_string_equal(sim_violation_of(m->sim)->fix, "wait until WIP is 0");
    machine_free(m);
}

static void test_an_endless_stall(void **state) {
    (void)state;
    struct machine *m = machine_with(&(struct sim_options){
            .time_limit = SIM_MS,
            .on_violation = SIM_STALL,
    });
    start_program(m, reader);
    assert_int_equal(sim_run(m->sim), SIM_STOP_IDLE);
    sim_schedule(m->sim, &m->lab.event, 2 * SIM_MS);
    assert_int_equal(sim_run(m->sim), SIM_STOP_TIME);
    assert_int_equal(sim_now(m->sim), SIM_MS);
    assert_int_equal(m->lab.count, 0);
    // Only a reset helps.
    sim_cancel(m->sim, &m->lab.event);
    sim_request_reset(m->sim, SIM_RESET_IWDG);
    m->sim->options.time_limit = SIM_S;
    const uint64_t before = sim_instructions(m->sim);
    assert_int_equal(sim_run(m->sim), SIM_STOP_IDLE);
    assert_true(sim_instructions(m->sim) > before);
    machine_free(m);
}

static const uint16_t vectors[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4802,         // ldr r0, [pc, #8]
        0x4903,         // ldr r1, [pc, #12]
        0x6001,         // str r1, [r0, #0]
        0xDF00,         // svc 0
        // after:
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800020e <after+0x2>
        0xED08, 0xE000, // .word 0xe000ed08
        0x0400, 0x9000, // .word 0x90000400
};
enum {
    vectors_after = 0xC,
};

static const uint16_t handler[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xDF00,         // svc 0
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000208 <start+0x8>
};

static void test_vectors_and_handlers(void **state) {
    (void)state;
    struct machine *m = machine_new();
    start_program(m, vectors);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    const struct sim_violation *violation = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[violation->rule].name, "window-vector");
    assert_int_equal(violation->addr, WINDOW + 0x400 + 4 * 11);
    assert_non_null(strstr(violation->what, "SVC"));
    assert_int_equal(violation->pc, CODE + vectors_after);
    machine_free(m);

    m = machine_new();
    put_vector(m, 11, WINDOW + 0x200);
    start_program(m, handler);
    assert_int_equal(sim_run(m->sim), SIM_STOP_VIOLATION);
    violation = sim_violation_of(m->sim);
    assert_string_equal(sim_rules[violation->rule].name, "window-vector");
    assert_int_equal(violation->addr, WINDOW + 0x200);
    machine_free(m);

    // As a fault: the vector of SVCall is unreadable, and so is HardFault's.
    m = machine_with(&(struct sim_options){
            .time_limit = SIM_S,
            .on_violation = SIM_FAULT,
    });
    start_program(m, vectors);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    assert_string_equal(sim_rules[sim_violation_of(m->sim)->rule].name,
            "window-vector");
    machine_free(m);
}

static const uint16_t writer[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D09,         // ldr r5, [pc, #36]
        0xF44F, 0x3000, // mov.w r0, #131072
        0x6028,         // str r0, [r5, #0]
        0x2001,         // movs r0, #1
        0x6060,         // str r0, [r4, #4]
        0xF04F, 0x4010, // mov.w r0, #2415919104
        0xF8C0, 0x0000, // str.w r0, [r0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800021a <start+0x1a>
        // bus:
        0x6868,         // ldr r0, [r5, #4]
        0x6020,         // str r0, [r4, #0]
        0x6968,         // ldr r0, [r5, #20]
        0x6020,         // str r0, [r4, #0]
        0x9806,         // ldr r0, [sp, #24]
        0x3004,         // adds r0, #4
        0x9006,         // str r0, [sp, #24]
        0x4770,         // bx lr
        0xED24, 0xE000, // .word 0xe000ed24
};
enum {
    writer_bus = 0x1C,
};

static void test_the_window_is_read_only(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 5, CODE + writer_bus);
    start_program(m, writer);
    put_register(m, 0xE000E008, 2); // ACTLR.DISDEFWBUF: it is precise
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x8200, WINDOW);
    assert_int_equal(get_word(m, WINDOW), 0xFFFFFFFF);
    assert_null(sim_violation_of(m->sim));
    machine_free(m);
}

static const uint16_t suspended[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x2001,         // movs r0, #1
        0x6060,         // str r0, [r4, #4]
        0xF04F, 0x4610, // mov.w r6, #2415919104
        0x6C30,         // ldr r0, [r6, #64]
        0x6020,         // str r0, [r4, #0]
        // peek:
        0x6A30,         // ldr r0, [r6, #32]
        0x6020,         // str r0, [r4, #0]
        0xF106, 0x0001, // add.w r0, r6, #1
        0x4780,         // blx r0
        0x6020,         // str r0, [r4, #0]
        0x61E0,         // str r0, [r4, #28]
        0xE7FE,         // b.n peek+0xe
};
enum {
    suspended_peek = 0x10,
};

// The part of the window whose operation is suspended is told of, once.
static void test_the_suspended_unit(void **state) {
    (void)state;
    static const struct {
        uint32_t from, len;
        size_t logged;
        uint32_t pc, addr;
    } cases[] = {
            {32, 16, 1, CODE + suspended_peek, WINDOW + 32},
            {0, 4, 2, WINDOW, WINDOW}, // executed
            {0, 0, 3, 0, 0},           // resumed
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct machine *m = machine_new();
        memcpy(m->window, two, sizeof two);
        start_program(m, suspended);
        sim_window_suspended(m->sim, "half erased", WINDOW + cases[i].from,
                cases[i].len);
        assert_int_equal(sim_run(m->sim),
                cases[i].len ? SIM_STOP_VIOLATION : SIM_STOP_REQUEST);
        assert_int_equal(m->lab.count, cases[i].logged);
        const struct sim_violation *v = sim_violation_of(m->sim);
        assert_int_equal(v != NULL, cases[i].len != 0);
        if (v) {
            assert_string_equal(sim_rules[v->rule].name, "window-suspended");
            assert_int_equal(v->pc, cases[i].pc);
            assert_int_equal(v->addr, cases[i].addr);
        }
        machine_free(m);
    }
}

static const uint16_t repatch[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4E09,         // ldr r6, [pc, #36]
        0x2501,         // movs r5, #1
        0x2700,         // movs r7, #0
        0xF44F, 0x5000, // mov.w r0, #8192
        // again:
        0x6065,         // str r5, [r4, #4]
        0x4680,         // mov r8, r0
        0x47B0,         // blx r6
        0x6020,         // str r0, [r4, #0]
        0x4640,         // mov r0, r8
        0x6067,         // str r7, [r4, #4]
        0x3003,         // adds r0, #3
        0x62A0,         // str r0, [r4, #40]
        0xF242, 0x0109, // movw r1, #8201
        0x4288,         // cmp r0, r1
        0xD1F3,         // bne.n 800020e <again>
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000228 <again+0x1a>
        0x0000,         // .short 0x0000
        0x0001, 0x9000, // .word 0x90000001
};
enum {
    repatch_again = 0xE,
};

static void test_contents_change_while_closed(void **state) {
    (void)state;
    struct machine *m = machine_new();
    m->lab.patch_addr = WINDOW;
    memcpy(m->window, two, sizeof two);
    start_program(m, repatch);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 2, 3, 6);
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_a_closed_window_never_leaks),
            cmocka_unit_test(test_violations_do_not_see_slices),
            cmocka_unit_test(test_the_raw_gate_never_leaks),
            cmocka_unit_test(test_code_that_closes_its_own_window),
            cmocka_unit_test(test_read_of_the_closed_window),
            cmocka_unit_test(test_interrupt_enabled_in_an_outage),
            cmocka_unit_test(test_read_behind_the_mapped_part),
            cmocka_unit_test(test_a_cure_for_the_reason),
            cmocka_unit_test(test_an_endless_stall),
            cmocka_unit_test(test_vectors_and_handlers),
            cmocka_unit_test(test_the_window_is_read_only),
            cmocka_unit_test(test_contents_change_while_closed),
            cmocka_unit_test(test_the_suspended_unit),
            cmocka_unit_test(test_fetch_behind_the_mapped_part),
            cmocka_unit_test(test_fetch_behind_a_new_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
