/*
 * test_sim_faults - faults of the simulated CPU: status, frames, escalation
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
#include "sim/core/sim_core.h"
#include "support/sim_machine.h"

static const uint16_t busfault[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D16,         // ldr r5, [pc, #88]
        0xF44F, 0x20E0, // mov.w r0, #458752
        0x6028,         // str r0, [r5, #0]
        0x4815,         // ldr r0, [pc, #84]
        0x2155,         // movs r1, #85
        // unmapped:
        0xF850, 0x1B04, // ldr.w r1, [r0], #4
        0x6021,         // str r1, [r4, #0]
        0x6020,         // str r0, [r4, #0]
        0x4813,         // ldr r0, [pc, #76]
        0x2166,         // movs r1, #102
        // device:
        0xF850, 0x1B04, // ldr.w r1, [r0], #4
        0x6021,         // str r1, [r4, #0]
        0x6020,         // str r0, [r4, #0]
        0xF04F, 0x6000, // mov.w r0, #134217728
        // flash:
        0xF8C0, 0x1000, // str.w r1, [r0]
        0x480F,         // ldr r0, [pc, #60]
        0x4780,         // blx r0
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000232 <flash+0xa>
        // handler:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0x606A,         // str r2, [r5, #4]
        0x696A,         // ldr r2, [r5, #20]
        0x6022,         // str r2, [r4, #0]
        0x9A06,         // ldr r2, [sp, #24]
        0x6022,         // str r2, [r4, #0]
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x2B04,         // cmp r3, #4
        0xBF08,         // it eq
        0x9A05,         // ldreq r2, [sp, #20]
        0x3204,         // adds r2, #4
        0xF022, 0x0201, // bic.w r2, r2, #1
        0x2B04,         // cmp r3, #4
        0xBF08,         // it eq
        0x3A04,         // subeq r2, #4
        0x9206,         // str r2, [sp, #24]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
        0x0010, 0x6000, // .word 0x60000010
        0x000C, 0x4000, // .word 0x4000000c
        0x0001, 0xA000, // .word 0xa0000001
};
enum {
    busfault_unmapped = 0x10,
    busfault_device = 0x1C,
    busfault_flash = 0x28,
    busfault_handler = 0x34,
};

static void test_bus_faults(void **state) {
    (void)state;
    struct machine *m = machine_new();
    m->lab.errors = 1000;
    put_vector(m, 4, CODE + busfault_handler);
    put_vector(m, 5, CODE + busfault_handler);
    start_program(m, busfault);
    put_register(m, 0xE000E008, 2); // ACTLR.DISDEFWBUF: all are precise
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x8200, 0x60000010, CODE + busfault_unmapped, 5, 0x55,
            0x60000010, // neither loaded nor written back
            0x8200, 0x4000000C, CODE + busfault_device, 5, 0x66, 0x4000000C,
            0x8200, 0x08000000, CODE + busfault_flash, 5, 0x0001, 0x08000000,
            0xA0000000, 4); // execute-never
    machine_free(m);
}

static const uint16_t usage[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D19,         // ldr r5, [pc, #100]
        0xF44F, 0x20E0, // mov.w r0, #458752
        0x6028,         // str r0, [r5, #0]
        // undefined:
        0xF7F0, 0xA000, // udf.w #0
        0x4817,         // ldr r0, [pc, #92]
        // multiple:
        0xE890, 0x0006, // ldmia.w r0, {r1, r2}
        // dual:
        0xE9D0, 0x1200, // ldrd r1, r2, [r0]
        0x2100,         // movs r1, #0
        0xFBB1, 0xF2F1, // udiv r2, r1, r1
        0x4814,         // ldr r0, [pc, #80]
        0x6801,         // ldr r1, [r0, #0]
        0xF041, 0x0110, // orr.w r1, r1, #16
        0x6001,         // str r1, [r0, #0]
        0x2100,         // movs r1, #0
        // divide:
        0xFBB1, 0xF2F1, // udiv r2, r1, r1
        // fp:
        0xEEB0, 0x0A60, // vmov.f32 s0, s1
        0x4810,         // ldr r0, [pc, #64]
        0x4700,         // bx r0
        // even:
        0xF3AF, 0x8000, // nop.w
        0xF06F, 0x0006, // mvn.w r0, #6
        0x4700,         // bx r0
        0xF3AF, 0x8000, // nop.w
        // after:
        0x61E4, // str r4, [r4, #28]
        0xE7FE, // b.n 8000248 <after+0x2>
        // handler:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0x606A,         // str r2, [r5, #4]
        0x9A06,         // ldr r2, [sp, #24]
        0x6022,         // str r2, [r4, #0]
        0x3204,         // adds r2, #4
        0xF06F, 0x0303, // mvn.w r3, #3
        0x429A,         // cmp r2, r3
        0xBF08,         // it eq
        0x4A07,         // ldreq r2, [pc, #28]
        0x9206,         // str r2, [sp, #24]
        0x9A07,         // ldr r2, [sp, #28]
        0xF042, 0x7280, // orr.w r2, r2, #16777216
        0x9207,         // str r2, [sp, #28]
        0x4770,         // bx lr
        0xED24, 0xE000, // .word 0xe000ed24
        0x0101, 0x2000, // .word 0x20000101
        0xED14, 0xE000, // .word 0xe000ed14
        0x0238, 0x0800, // .word 0x08000238
        0x0246, 0x0800, // .word 0x08000246
};
enum {
    usage_undefined = 0xC,
    usage_multiple = 0x12,
    usage_dual = 0x16,
    usage_divide = 0x2C,
    usage_fp = 0x30,
    usage_even = 0x38,
    usage_after = 0x46,
    usage_handler = 0x4A,
};

static void test_usage_faults(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 4, CODE + usage_handler);
    put_vector(m, 6, CODE + usage_handler);
    start_program(m, usage);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 1u << 16, CODE + usage_undefined, 1u << 24,
            CODE + usage_multiple, 1u << 24, CODE + usage_dual, 1u << 25,
            CODE + usage_divide, 1u << 19, CODE + usage_fp, 1u << 17,
            CODE + usage_even, 1u << 0,
            0xFFFFFFF8); // EXC_RETURN means nothing in a thread
    machine_free(m);
}

static const uint16_t escalation[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D06,         // ldr r5, [pc, #24]
        0xF04F, 0x40C0, // mov.w r0, #1610612736
        0x6801,         // ldr r1, [r0, #0]
        0xE7FE,         // b.n 800020c <start+0xc>
        // hard:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0x68AA,         // ldr r2, [r5, #8]
        0x6022,         // str r2, [r4, #0]
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        // second:
        0x6801,         // ldr r1, [r0, #0]
        0xE7FE,         // b.n 800021e <second+0x2>
        0xED24, 0xE000, // .word 0xe000ed24
};
enum {
    escalation_first = 0xA,
    escalation_hard = 0xE,
    escalation_second = 0x1C,
};

struct told {
    struct sim_fault fault[4];
    size_t count;
    enum sim_reset reset;
    uint32_t reset_pc;
    struct sim *sim;
};

static void tell_fault(void *ctx, const struct sim_fault *fault) {
    struct told *told = ctx;
    assert_in_range(told->count, 0, 3);
    told->fault[told->count++] = *fault;
}

static void tell_reset(void *ctx, enum sim_reset kind) {
    struct told *told = ctx;
    told->reset = kind;
    told->reset_pc = sim_pc(told->sim);
}

static void observe(struct machine *m, struct told *told) {
    told->sim = m->sim;
    sim_observe(m->sim,
            &(struct sim_observer){
                    .fault = tell_fault,
                    .reset = tell_reset,
                    .ctx = told,
            });
}

static void test_escalation_and_lockup(void **state) {
    (void)state;
    struct machine *m = machine_new();
    struct told told = {.count = 0};
    observe(m, &told);
    put_vector(m, 3, CODE + escalation_hard);
    start_program(m, escalation);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    assert_log(m, 0x8200, 0x40000000, 3);
    assert_non_null(sim_violation_of(m->sim));
    assert_string_equal(sim_rules[sim_violation_of(m->sim)->rule].name,
            "lockup");
    assert_int_equal(sim_violation_of(m->sim)->pc, CODE + escalation_second);
    assert_int_equal(sim_run(m->sim), SIM_STOP_LOCKUP);
    // The observer was told of each, with the registers of the instruction.
    assert_int_equal(told.count, 3);
    assert_int_equal(told.fault[0].exception, 3);
    assert_int_equal(told.fault[0].cfsr, 0x8200);
    assert_int_equal(told.fault[0].hfsr, 0x40000000);
    assert_int_equal(told.fault[0].bfar, 0x60000000);
    assert_int_equal(told.fault[0].regs[15], CODE + escalation_first);
    assert_false(told.fault[0].nested);
    assert_int_equal(told.fault[1].regs[15], CODE + escalation_second);
    assert_true(told.fault[1].nested);
    assert_int_equal(told.fault[2].exception, 0);
    assert_int_equal(sim_active_fault(m->sim), 3);
    machine_free(m);
}

static const uint16_t stackless[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF04F, 0x5040, // mov.w r0, #805306368
        0xF380, 0x8809, // msr PSP, r0
        0x2002,         // movs r0, #2
        0xF380, 0x8814, // msr CONTROL, r0
        0xF3BF, 0x8F6F, // isb
        0xDE00,         // udf #0
        // hard:
        0x4803,         // ldr r0, [pc, #12]
        0x6801,         // ldr r1, [r0, #0]
        0x6021,         // str r1, [r4, #0]
        0x6841,         // ldr r1, [r0, #4]
        0x6021,         // str r1, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000224 <hard+0xc>
        0xBF00,         // nop
        0xED28, 0xE000, // .word 0xe000ed28
};
enum {
    stackless_hard = 0x18,
};

// The handler runs on the other stack (Cortex-M3 TRM 5.12.1), as in QEMU.
static void test_hard_fault_without_a_frame(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 3, CODE + stackless_hard);
    start_program(m, stackless);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x11000, 0x40000000);
    machine_free(m);
}

static const uint16_t nmi_stackless[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF04F, 0x5040, // mov.w r0, #805306368
        0xF380, 0x8809, // msr PSP, r0
        0x2002,         // movs r0, #2
        0xF380, 0x8814, // msr CONTROL, r0
        0x4808,         // ldr r0, [pc, #32]
        0xF04F, 0x4100, // mov.w r1, #2147483648
        0x6001,         // str r1, [r0, #0]
        0xF3BF, 0x8F6F, // isb sy
        0xE7FE,         // b.n 800021e <start+0x1e>
        // handler:
        0xF3EF, 0x8105, // mrs r1, IPSR
        0x6021,         // str r1, [r4, #0]
        0x4672,         // mov r2, lr
        0x6022,         // str r2, [r4, #0]
        0x2903,         // cmp r1, #3
        0xBF08,         // it eq
        0x61E4,         // streq r4, [r4, #28]
        0x4770,         // bx lr
        0xBF00,         // nop
        0xED04, 0xE000, // .word 0xe000ed04
};
enum {
    nmi_stackless_handler = 0x20,
};

// NMI runs first, then what its frame has caused.
static void test_nmi_without_a_frame(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 2, CODE + nmi_stackless_handler);
    put_vector(m, 3, CODE + nmi_stackless_handler);
    start_program(m, nmi_stackless);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 2, 0xFFFFFFFD, 3, 0xFFFFFFFD);
    machine_free(m);
}

static const uint16_t waiter[] = {
        // start:
        0xB672,         // cpsid i
        0x4805,         // ldr r0, [pc, #20]
        0x2120,         // movs r1, #32
        0x6001,         // str r1, [r0, #0]
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0xF240, 0x1105, // movw r1, #261
        0x60A1,         // str r1, [r4, #8]
        0x6921,         // ldr r1, [r4, #16]
        // end:
        0xE7FE, // b.n end
        0xBF00, // nop
        // iser:
        0xE100, 0xE000, // .word 0xe000e100
};
enum {
    waiter_end = 0x14,
};

static void test_what_it_waits_for(void **state) {
    (void)state;
    struct machine *m = machine_with(&(struct sim_options){
            .time_limit = SIM_MS,
    });
    struct told told = {.count = 0};
    observe(m, &told);
    start_program(m, waiter);
    assert_int_equal(sim_run(m->sim), SIM_STOP_TIME);
    struct sim_waiting w;
    sim_waiting(m->sim, &w);
    assert_int_equal(w.primask, 1);
    assert_int_equal(w.mask_pc, CODE);
    assert_int_equal(w.count, 1);
    assert_int_equal(w.pending[0].number, 16 + 5);
    assert_true(w.pending[0].since > 0 && w.pending[0].since < SIM_US);
    assert_int_equal(w.last_read, 0x40000010);
    assert_int_equal(w.active, 0);
    // A reset is told before it changes anything.
    sim_request_reset(m->sim, SIM_RESET_IWDG);
    (void)sim_run(m->sim);
    assert_int_equal(told.reset, SIM_RESET_IWDG);
    assert_int_equal(told.reset_pc, CODE + waiter_end);
    assert_int_equal(told.count, 0);
    machine_free(m);
}

static const uint16_t badreturn[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D09,         // ldr r5, [pc, #36]
        0xF44F, 0x2080, // mov.w r0, #262144
        0x6028,         // str r0, [r5, #0]
        0xDF00,         // svc 0
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000210 <start+0x10>
        // svcall:
        0xF06F, 0x000A, // mvn.w r0, #10
        0x4700,         // bx r0
        // usage:
        0x686A,         // ldr r2, [r5, #4]
        0x6022,         // str r2, [r4, #0]
        0xF8C4, 0xE000, // str.w lr, [r4]
        0x682A,         // ldr r2, [r5, #0]
        0x6022,         // str r2, [r4, #0]
        0xF06F, 0x0006, // mvn.w r0, #6
        0x4700,         // bx r0
        0x0000,         // .short 0x0000
        0xED24, 0xE000, // .word 0xe000ed24
};
enum {
    badreturn_svcall = 0x12,
    badreturn_usage = 0x18,
};

static void test_invalid_exc_return(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + badreturn_svcall);
    put_vector(m, 6, CODE + badreturn_usage);
    start_program(m, badreturn);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // SVCall is no longer active, UsageFault is; its return works.
    assert_log(m, 1u << 18, 0xFFFFFFF5, 0x00040008);
    machine_free(m);
}

static const uint16_t itblock[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D0E,         // ldr r5, [pc, #56]
        0xF44F, 0x20E0, // mov.w r0, #458752
        0x6028,         // str r0, [r5, #0]
        0xF04F, 0x40C0, // mov.w r0, #1610612736
        0x2101,         // movs r1, #1
        0x2200,         // movs r2, #0
        0x2901,         // cmp r1, #1
        0xBF03,         // ittte eq
        0x3201,         // addeq r2, #1
        0x6803,         // ldreq r3, [r0, #0]
        0x3202,         // addeq r2, #2
        0x3204,         // addne r2, #4
        0x6022,         // str r2, [r4, #0]
        0x2901,         // cmp r1, #1
        0xBF04,         // itt eq
        0x68E3,         // ldreq r3, [r4, #12]
        0x3201,         // addeq r2, #1
        0x6022,         // str r2, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800022e <start+0x2e>
        // handler:
        0x9B07,         // ldr r3, [sp, #28]
        0x6023,         // str r3, [r4, #0]
        0x4B03,         // ldr r3, [pc, #12]
        0x9300,         // str r3, [sp, #0]
        0x4618,         // mov r0, r3
        0x9B04,         // ldr r3, [sp, #16]
        0x6A23,         // ldr r3, [r4, #32]
        0x4770,         // bx lr
        0xED24, 0xE000, // .word 0xe000ed24
        0x0100, 0x2000, // .word 0x20000100
};
enum {
    itblock_handler = 0x30,
};

static void test_fault_inside_an_it_block(void **state) {
    (void)state;
    struct machine *m = machine_new();
    m->lab.errors = 2;
    put_vector(m, 5, CODE + itblock_handler);
    start_program(m, itblock);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // ITSTATE 06h and 04h in the frames; each block goes on where it was.
    assert_log(m, 0x65000400, 3, 0x61000400, 4);
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_bus_faults),
            cmocka_unit_test(test_usage_faults),
            cmocka_unit_test(test_escalation_and_lockup),
            cmocka_unit_test(test_hard_fault_without_a_frame),
            cmocka_unit_test(test_nmi_without_a_frame),
            cmocka_unit_test(test_what_it_waits_for),
            cmocka_unit_test(test_invalid_exc_return),
            cmocka_unit_test(test_fault_inside_an_it_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
