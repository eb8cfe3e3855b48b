/*
 * test_sim_exceptions - the exception model of the simulated CPU
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

#define CYCLE_PS (SIM_S / HCLK)
#define irq_vector(irq) (16 + (irq))

static const uint16_t systick[] = {
        // start:
        0x480A,         // ldr r0, [pc, #40]
        0xF240, 0x31E7, // movw r1, #999
        0x6041,         // str r1, [r0, #4]
        0x2100,         // movs r1, #0
        0x6081,         // str r1, [r0, #8]
        0x2107,         // movs r1, #7
        0x6001,         // str r1, [r0, #0]
        // again:
        0xBF30, // wfi
        0xE7FD, // b.n 8000210 <again>
        // handler:
        0xF04F, 0x4280, // mov.w r2, #1073741824
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6013,         // str r3, [r2, #0]
        0xF8C2, 0xE000, // str.w lr, [r2]
        0x4B03,         // ldr r3, [pc, #12]
        0x681B,         // ldr r3, [r3, #0]
        0x6013,         // str r3, [r2, #0]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xE010, 0xE000, // .word 0xe000e010
        0xED04, 0xE000, // .word 0xe000ed04
};
enum {
    systick_again = 0x10,
    systick_handler = 0x14,
};

static void test_systick_counts_every_cycle(void **state) {
    (void)state;
    struct machine *m = machine_with(&(struct sim_options){
            .time_limit = 60 * SIM_US,
    });
    put_vector(m, 15, CODE + systick_handler);
    start_program(m, systick);
    assert_int_equal(sim_run(m->sim), SIM_STOP_TIME);
    // IPSR, EXC_RETURN, ICSR with RETTOBASE and VECTACTIVE; 12.5 us a tick.
    assert_log(m, 15, 0xFFFFFFF9, 0x80F, 15, 0xFFFFFFF9, 0x80F, 15, 0xFFFFFFF9,
            0x80F, 15, 0xFFFFFFF9, 0x80F);
    for (size_t i = 3; i < 12; i++) {
        assert_int_equal(m->lab.time[i] - m->lab.time[i - 3], 1000 * CYCLE_PS);
    }
    // The CPU slept: the interrupt waited for nothing but its own entry.
    assert_int_equal(trace_of(m, SIM_TRACE_EXC_ENTER, 0)->b,
            12 * CYCLE_PS / SIM_NS);
    assert_true(sim_instructions(m->sim) < 100);
    machine_free(m);
}

static const uint16_t nesting[] = {
        // start:
        0x4814,         // ldr r0, [pc, #80]
        0x210E,         // movs r1, #14
        0x6001,         // str r1, [r0, #0]
        0x4A14,         // ldr r2, [pc, #80]
        0x4914,         // ldr r1, [pc, #80]
        0x6011,         // str r1, [r2, #0]
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D13,         // ldr r5, [pc, #76]
        0x466F,         // mov r7, sp
        0x2101,         // movs r1, #1
        0x6029,         // str r1, [r5, #0]
        0xBF00,         // nop
        0x2199,         // movs r1, #153
        0x6021,         // str r1, [r4, #0]
        0x61E1,         // str r1, [r4, #28]
        0xE7FE,         // b.n 8000220 <start+0x20>
        // one:
        0x2110, // movs r1, #16
        0x6021, // str r1, [r4, #0]
        0x2103, // movs r1, #3
        0x6029, // str r1, [r5, #0]
        0x2102, // movs r1, #2
        0x6029, // str r1, [r5, #0]
        0xBF00, // nop
        0x2111, // movs r1, #17
        0x6021, // str r1, [r4, #0]
        0x466E, // mov r6, sp
        0x4770, // bx lr
        // two:
        0x2120,         // movs r1, #32
        0x6021,         // str r1, [r4, #0]
        0xF8C4, 0xE000, // str.w lr, [r4]
        0x4770,         // bx lr
        // three:
        0x2130,         // movs r1, #48
        0x6021,         // str r1, [r4, #0]
        0x4669,         // mov r1, sp
        0x1A71,         // subs r1, r6, r1
        0x6021,         // str r1, [r4, #0]
        0xF8C4, 0xE000, // str.w lr, [r4]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xE100, 0xE000, // .word 0xe000e100
        0xE400, 0xE000, // .word 0xe000e400
        0x8000, 0x8040, // .word 0x80408000
        0xEF00, 0xE000, // .word 0xe000ef00
};
enum {
    nesting_one = 0x22,
    nesting_two = 0x38,
    nesting_three = 0x42,
};

static void test_priorities_preempt_and_chain(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(1), CODE + nesting_one);
    put_vector(m, irq_vector(2), CODE + nesting_two);
    put_vector(m, irq_vector(3), CODE + nesting_three);
    start_program(m, nesting);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // 3 has the priority of 1 and waits for its end, on the same frame.
    assert_log(m, 0x10, 0x20, 0xFFFFFFF1, 0x11, 0x30, 0, 0xFFFFFFF9, 0x99);
    assert_int_equal(trace_of(m, SIM_TRACE_EXC_ENTER, 0)->a, irq_vector(1));
    assert_int_equal(trace_of(m, SIM_TRACE_EXC_ENTER, 1)->a, irq_vector(2));
    assert_int_equal(trace_of(m, SIM_TRACE_EXC_ENTER, 2)->a, irq_vector(3));
    const struct sim_trace *left = trace_of(m, SIM_TRACE_EXC_EXIT, 1);
    assert_int_equal(left->a, irq_vector(1));
    // Tail-chained: six cycles and no frame in between.
    assert_int_equal(trace_of(m, SIM_TRACE_EXC_ENTER, 2)->time - left->time,
            6 * CYCLE_PS);
    machine_free(m);
}

static const uint16_t masks[] = {
        // start:
        0x481B,         // ldr r0, [pc, #108]
        0x2106,         // movs r1, #6
        0x6001,         // str r1, [r0, #0]
        0x4A1B,         // ldr r2, [pc, #108]
        0x491B,         // ldr r1, [pc, #108]
        0x6011,         // str r1, [r2, #0]
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D1A,         // ldr r5, [pc, #104]
        0x4E1B,         // ldr r6, [pc, #108]
        0xB672,         // cpsid i
        0x2114,         // movs r1, #20
        0x6029,         // str r1, [r5, #0]
        0x6833,         // ldr r3, [r6, #0]
        0x6023,         // str r3, [r4, #0]
        0x2101,         // movs r1, #1
        0x6029,         // str r1, [r5, #0]
        0x6833,         // ldr r3, [r6, #0]
        0x6023,         // str r3, [r4, #0]
        0xB662,         // cpsie i
        0x3140,         // adds r1, #64
        0x6021,         // str r1, [r4, #0]
        0x214F,         // movs r1, #79
        0xF381, 0x8811, // msr BASEPRI, r1
        0xF3EF, 0x8111, // mrs r1, BASEPRI
        0x6021,         // str r1, [r4, #0]
        0x2102,         // movs r1, #2
        0x6029,         // str r1, [r5, #0]
        0x6833,         // ldr r3, [r6, #0]
        0x6023,         // str r3, [r4, #0]
        0x2101,         // movs r1, #1
        0x6029,         // str r1, [r5, #0]
        0xBF00,         // nop
        0x2100,         // movs r1, #0
        0xF381, 0x8811, // msr BASEPRI, r1
        0x2177,         // movs r1, #119
        0x6021,         // str r1, [r4, #0]
        0x211F,         // movs r1, #31
        0xF381, 0x8812, // msr BASEPRI_MAX, r1
        0x213C,         // movs r1, #60
        0xF381, 0x8812, // msr BASEPRI_MAX, r1
        0xF3EF, 0x8111, // mrs r1, BASEPRI
        0x6021,         // str r1, [r4, #0]
        0x61E1,         // str r1, [r4, #28]
        0xE7FE,         // b.n 8000264 <start+0x64>
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xE100, 0xE000, // .word 0xe000e100
        0xE400, 0xE000, // .word 0xe000e400
        0x3000, 0x0040, // .word 0x00403000
        0xEF00, 0xE000, // .word 0xe000ef00
        0xED04, 0xE000, // .word 0xe000ed04
};
enum {
    masks_handler = 0x66,
};

static void test_masks(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(1), CODE + masks_handler);
    put_vector(m, irq_vector(2), CODE + masks_handler);
    start_program(m, masks);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m,
            0x00400800, // a disabled one is ISRPENDING only
            0x00411800, // VECTPENDING does not see PRIMASK
            17, 0x41,   // before the instruction after CPSIE
            0x40,       // BASEPRI has four bits: 4Fh reads 40h
            0x00400800, // VECTPENDING does see BASEPRI
            17,         // priority 30h passes
            18, 0x77,   // priority 40h at once when BASEPRI is 0
            0x10);      // BASEPRI_MAX only raises
    machine_free(m);
}

static const uint16_t frames[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x481E,         // ldr r0, [pc, #120]
        0xF44F, 0x0170, // mov.w r1, #15728640
        0x6001,         // str r1, [r0, #0]
        0x481D,         // ldr r0, [pc, #116]
        0xF380, 0x8809, // msr PSP, r0
        0x2002,         // movs r0, #2
        0xF380, 0x8814, // msr CONTROL, r0
        0xF3BF, 0x8F6F, // isb sy
        0x2011,         // movs r0, #17
        0x2122,         // movs r1, #34
        0x2233,         // movs r2, #51
        0x2344,         // movs r3, #68
        0x469C,         // mov ip, r3
        0xDF01,         // svc 1
        // after_first:
        0xF3EF, 0x8009, // mrs r0, PSP
        0x6020,         // str r0, [r4, #0]
        0xEEB7, 0x0A00, // vmov.f32 s0, #112
        0xEEF0, 0x7A00, // vmov.f32 s15, #0
        0xEEB0, 0x8A08, // vmov.f32 s16, #8
        0xDF02,         // svc 2
        // after_second:
        0xEE10, 0x0A10, // vmov r0, s0
        0x6020,         // str r0, [r4, #0]
        0xEE17, 0x0A90, // vmov r0, s15
        0x6020,         // str r0, [r4, #0]
        0xF3EF, 0x8014, // mrs r0, CONTROL
        0x6020,         // str r0, [r4, #0]
        0x61E0,         // str r0, [r4, #28]
        0xE7FE,         // b.n 8000250 <after_second+0x14>
        // handler:
        0xF8C4, 0xE000, // str.w lr, [r4]
        0xF3EF, 0x8009, // mrs r0, PSP
        0x6020,         // str r0, [r4, #0]
        0x6901,         // ldr r1, [r0, #16]
        0x6021,         // str r1, [r4, #0]
        0x6981,         // ldr r1, [r0, #24]
        0x6021,         // str r1, [r4, #0]
        0x69C1,         // ldr r1, [r0, #28]
        0x6021,         // str r1, [r4, #0]
        0xF3EF, 0x8114, // mrs r1, CONTROL
        0x6021,         // str r1, [r4, #0]
        0x2100,         // movs r1, #0
        0xEE00, 0x1A10, // vmov s0, r1
        0xEE07, 0x1A90, // vmov s15, r1
        0xF3EF, 0x8114, // mrs r1, CONTROL
        0x6021,         // str r1, [r4, #0]
        0x4770,         // bx lr
        0xED88, 0xE000, // .word 0xe000ed88
        0x1004, 0x2000, // .word 0x20001004
};
enum {
    frames_after_first = 0x28,
    frames_after_second = 0x3C,
    frames_handler = 0x52,
};

static void test_process_stack_and_fp_frames(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + frames_handler);
    start_program(m, frames);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    const uint32_t after_svc = CODE + frames_after_first;
    assert_log(m,
            // Basic frame; SP was 4 mod 8, so bit 9 says one word of padding.
            0xFFFFFFFD, 0x20000FE0, 0x44, after_svc, 0x01000200, 0, 4,
            0x20001004,
            // Extended frame: 104 bytes. FPCA is clear at entry, and set by
            // the first FP instruction of the handler.
            0xFFFFFFED, 0x20000F98, 0x44, CODE + frames_after_second,
            0x01000200, 0, 4, 0x3F800000, 0x40000000, // S0 and S15 came back
            6);                                       // SPSEL and FPCA
    machine_free(m);
}

static const uint16_t sleeper[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x480B,         // ldr r0, [pc, #44]
        0x2120,         // movs r1, #32
        0x6001,         // str r1, [r0, #0]
        0xB672,         // cpsid i
        0x490A,         // ldr r1, [pc, #40]
        0x6161,         // str r1, [r4, #20]
        0xBF30,         // wfi
        0x6921,         // ldr r1, [r4, #16]
        0x6021,         // str r1, [r4, #0]
        0xB662,         // cpsie i
        0xBF00,         // nop
        0xBF40,         // sev
        0xBF20,         // wfe
        0x2142,         // movs r1, #66
        0x6021,         // str r1, [r4, #0]
        0xBF30,         // wfi
        0xE7FE,         // b.n 8000224 <start+0x24>
        // handler:
        0x2105,         // movs r1, #5
        0x60A1,         // str r1, [r4, #8]
        0xF3EF, 0x8105, // mrs r1, IPSR
        0x6021,         // str r1, [r4, #0]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xE100, 0xE000, // .word 0xe000e100
        0x4B40, 0x004C, // .word 0x004c4b40
};
enum {
    sleeper_handler = 0x26,
};

static void test_sleep_jumps_to_the_next_event(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(5), CODE + sleeper_handler);
    start_program(m, sleeper);
    assert_int_equal(sim_run(m->sim), SIM_STOP_IDLE);
    assert_int_equal(m->lab.count, 3);
    // WFI ends with PRIMASK set, the handler runs only after CPSIE.
    assert_in_range(m->lab.value[0], 5000000, 5001000);
    assert_int_equal(m->lab.value[1], irq_vector(5));
    assert_int_equal(m->lab.value[2], 0x42);
    assert_true(sim_instructions(m->sim) < 40);
    // It waited for the instructions under PRIMASK, counted from the event.
    const struct sim_trace *entered = trace_of(m, SIM_TRACE_EXC_ENTER, 0);
    assert_in_range(entered->b, 200, 600);
    assert_int_equal(trace_of(m, SIM_TRACE_SLEEP, 0)->a, 1);
    assert_int_equal(trace_of(m, SIM_TRACE_SLEEP, 1)->a, 0);
    machine_free(m);
}

static const uint16_t unprivileged[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D12,         // ldr r5, [pc, #72]
        0xF44F, 0x20E0, // mov.w r0, #458752
        0x6028,         // str r0, [r5, #0]
        0x4811,         // ldr r0, [pc, #68]
        0xF380, 0x8809, // msr PSP, r0
        0x2003,         // movs r0, #3
        0xF380, 0x8814, // msr CONTROL, r0
        0xF3BF, 0x8F6F, // isb sy
        0xDF00,         // svc 0
        0xB672,         // cpsid i
        0xF3EF, 0x8110, // mrs r1, PRIMASK
        0x6021,         // str r1, [r4, #0]
        0x6829,         // ldr r1, [r5, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 800022a <start+0x2a>
        // svcall:
        0xF8C4, 0xE000, // str.w lr, [r4]
        0xF3EF, 0x8014, // mrs r0, CONTROL
        0x6020,         // str r0, [r4, #0]
        0xF3EF, 0x8008, // mrs r0, MSP
        0x6020,         // str r0, [r4, #0]
        0x4770,         // bx lr
        // bus:
        0x6868,         // ldr r0, [r5, #4]
        0x6020,         // str r0, [r4, #0]
        0x6068,         // str r0, [r5, #4]
        0xF3EF, 0x8009, // mrs r0, PSP
        0x6981,         // ldr r1, [r0, #24]
        0x3102,         // adds r1, #2
        0x6181,         // str r1, [r0, #24]
        0x4770,         // bx lr
        0xED24, 0xE000, // .word 0xe000ed24
        0x1000, 0x2000, // .word 0x20001000
};
enum {
    unprivileged_svcall = 0x2C,
    unprivileged_bus = 0x3E,
};

static void test_unprivileged_thread(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, 11, CODE + unprivileged_svcall);
    put_vector(m, 5, CODE + unprivileged_bus);
    start_program(m, unprivileged);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    // Entry hides SPSEL and keeps nPRIV; CPSID did nothing; no PPB access.
    assert_log(m, 0xFFFFFFFD, 1, STACK, 0, 0x8200);
    machine_free(m);
}

static const uint16_t level[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4808,         // ldr r0, [pc, #32]
        0x2120,         // movs r1, #32
        0x6001,         // str r1, [r0, #0]
        0x2600,         // movs r6, #0
        0xF240, 0x1105, // movw r1, #261
        0x60A1,         // str r1, [r4, #8]
        0xBF00,         // nop
        0x6026,         // str r6, [r4, #0]
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000218 <start+0x18>
        // handler:
        0x3601,         // adds r6, #1
        0x2E03,         // cmp r6, #3
        0xD101,         // bne.n 8000224 <handler+0xa>
        0x2105,         // movs r1, #5
        0x60A1,         // str r1, [r4, #8]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xE100, 0xE000, // .word 0xe000e100
};
enum {
    level_handler = 0x1A,
};

static void test_level_pends_again(void **state) {
    (void)state;
    struct machine *m = machine_new();
    put_vector(m, irq_vector(5), CODE + level_handler);
    start_program(m, level);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 3);
    machine_free(m);
}

// All of ISER4 and ISER5, the priorities of 148 to 151 and ICTR as they read
// then; 150, which does not exist, and 149 by STIR.
static const uint16_t count[] = {
        // start:
        0xF04F, 0x4480, // mov.w r4, #1073741824
        0x4D0E,         // ldr r5, [pc, #56]
        0xF06F, 0x0000, // mvn.w r0, #0
        0x6128,         // str r0, [r5, #16]
        0x6929,         // ldr r1, [r5, #16]
        0x6021,         // str r1, [r4, #0]
        0x6168,         // str r0, [r5, #20]
        0x6969,         // ldr r1, [r5, #20]
        0x6021,         // str r1, [r4, #0]
        0xF8C5, 0x0394, // str.w r0, [r5, #916]
        0xF8D5, 0x1394, // ldr.w r1, [r5, #916]
        0x6021,         // str r1, [r4, #0]
        0x4E08,         // ldr r6, [pc, #32]
        0x6831,         // ldr r1, [r6, #0]
        0x6021,         // str r1, [r4, #0]
        0x4E08,         // ldr r6, [pc, #32]
        0x2196,         // movs r1, #150
        0x6031,         // str r1, [r6, #0]
        0x2195,         // movs r1, #149
        0x6031,         // str r1, [r6, #0]
        0xBF00,         // nop
        0x61E4,         // str r4, [r4, #28]
        0xE7FE,         // b.n 8000234 <start+0x34>
        // handler:
        0xF3EF, 0x8305, // mrs r3, IPSR
        0x6023,         // str r3, [r4, #0]
        0x4770,         // bx lr
        0x0000,         // .short 0x0000
        0xE100, 0xE000, // .word 0xe000e100
        0xE004, 0xE000, // .word 0xe000e004
        0xEF00, 0xE000, // .word 0xe000ef00
};
enum {
    count_handler = 0x36,
};

static void test_a_soc_says_how_many_interrupts(void **state) {
    (void)state;
    static const struct sim_irqs irqs = {.count = 150};
    struct machine *m = machine_new();
    sim_set_irqs(m->sim, &irqs);
    assert_ptr_equal(sim_irqs(m->sim), &irqs);
    put_vector(m, irq_vector(149), CODE + count_handler);
    start_program(m, count);
    assert_int_equal(sim_run(m->sim), SIM_STOP_REQUEST);
    assert_log(m, 0x003FFFFF, 0, 0x0000F0F0, 4, irq_vector(149));
    sim_irq(m->sim, 149, false);
    assert_int_equal(m->notes, 0);
    sim_irq(m->sim, 150, true);
    assert_non_null(strstr(m->note, "line 150 does not exist"));
    machine_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_systick_counts_every_cycle),
            cmocka_unit_test(test_priorities_preempt_and_chain),
            cmocka_unit_test(test_masks),
            cmocka_unit_test(test_process_stack_and_fp_frames),
            cmocka_unit_test(test_sleep_jumps_to_the_next_event),
            cmocka_unit_test(test_unprivileged_thread),
            cmocka_unit_test(test_level_pends_again),
            cmocka_unit_test(test_a_soc_says_how_many_interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
